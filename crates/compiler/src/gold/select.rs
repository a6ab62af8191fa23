//! One SELECT: items, WHERE, GROUP BY, HAVING, DISTINCT and the ORDER BY behind it.

use std::sync::Arc;

use sqlparser::{
    ast::{self, Select, SelectItem},
    tokenizer::Span,
};

use super::{
    from::{FromItem, comma_join, conjuncts},
    grouping::{Grouping, has_aggregate},
    query::{Output, Planned, Planner, position, sort_key},
};
use crate::{
    ColumnRef, Expr, ExprKind, NamedExpr, Relation, SortKey,
    finding::{At, Finding},
    names::{Decl, Named, Origin},
    typing::{
        Typer,
        operators::balanced,
        scope::{Scope, ScopeColumn, ScopeRelation},
    },
};

/// The relation that stands for the items of the SELECT where other clauses may name them.
const ITEMS: &str = "$items";

/// An item of the SELECT list.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) name: String,
    pub(super) at: At,
    pub(super) expr: Option<Expr>,
    /// Columns that it names outside aggregates, with their places.
    pub(super) outside: Vec<(ColumnRef, At)>,
    /// What gives it its name.
    origin: Option<Arc<Origin>>,
}

/// An expression over columns and items, and the columns that it names outside aggregates.
pub(super) struct OverItems {
    pub(super) expr: Expr,
    outside: Vec<(ColumnRef, At)>,
}

/// A sort key, and its value where that is no column of the result by position.
struct Order {
    key: SortKey,
    value: Option<OverItems>,
    at: At,
}

/// The clauses above FROM and WHERE.
struct Clauses {
    items: Vec<Item>,
    grouping: Grouping,
    having: Option<OverItems>,
    orders: Vec<Order>,
    distinct: bool,
    /// Whether something that was found makes a plan impossible.
    wrong: bool,
}

impl<'query> Planner<'query> {
    pub(super) fn select(
        &mut self,
        select: &'query Select,
        order_by: Option<&'query ast::OrderBy>,
    ) -> Planned {
        let errors = self.findings.len();
        self.refuse_select(select);
        if select.from.is_empty() {
            self.refuse(At::of_select(select), "SELECT without FROM", "read a table");
            return Planned { open: true, ..Planned::default() };
        }
        let mut parts: Vec<FromItem> = Vec::new();
        for item in &select.from {
            let part = self.joined_tables(item);
            let at = At::of_factor(&item.relation);
            let is_twice = parts.iter().any(|earlier| self.check_twice(earlier, &part, at));
            parts.push(if is_twice { FromItem::hidden() } else { part });
        }
        let scope = Scope {
            relations: parts.iter().flat_map(|part| part.relations.iter().cloned()).collect(),
            hints: Vec::new(),
        };
        let filter = self.filter(select.selection.as_ref(), &scope);
        let items = self.items(&select.projection, &scope);
        let open = items.is_none()
            || scope.relations.iter().any(|relation| relation.open) && has_star(&select.projection);
        let items = items.unwrap_or_default();
        let outputs: Vec<Output> = items.iter().map(output).collect();
        let grouping = self.grouping(select, &scope, &items);
        let having = select.having.as_ref().map(|node| self.over_items(node, &scope, &items, false, true));
        let distinct = matches!(select.distinct, Some(ast::Distinct::Distinct));
        let orders =
            order_by.map_or(Some(Vec::new()), |order_by| self.orders(order_by, &scope, &items, &outputs));
        let mut planned = Planned { relation: None, outputs, open };
        let is_error = |finding: &Finding| finding.severity == touchstone_spec::Severity::Error;
        let wrong = self.findings.iter().skip(errors).any(is_error) || matches!(having, Some(None));
        let (Some(filter), Some(grouping), Some(orders)) = (filter, grouping, orders) else { return planned };
        let (from, rest) = comma_join(parts, filter);
        let filtered = from.relation.map(|relation| match balanced(rest, ExprKind::And) {
            Some(predicate) => Relation::Filter { input: Box::new(relation), predicate },
            None => relation,
        });
        let clauses = Clauses { items, grouping, having: having.flatten(), orders, distinct, wrong };
        planned.relation = self.finish(filtered, clauses);
        planned
    }

    /// Everything above FROM and WHERE. Mistakes of grouping are found even when the rest can't be planned.
    fn finish(&mut self, input: Option<Relation>, clauses: Clauses) -> Option<Relation> {
        let Clauses { items, mut grouping, having, orders, distinct, wrong } = clauses;
        let aggregated = grouping.is_grouped
            || items.iter().filter_map(|item| item.expr.as_ref()).any(has_aggregate)
            || having.is_some()
            || orders.iter().filter_map(|order| order.value.as_ref()).any(|value| has_aggregate(&value.expr));
        let mut columns = Vec::new();
        let mut complete = !wrong;
        for item in items {
            let Some(mut expr) = item.expr else {
                complete = false;
                continue;
            };
            if aggregated {
                complete &= self.regroup(&mut expr, &mut grouping, &item.outside, item.at);
            }
            columns.push(NamedExpr { name: item.name, expr });
        }
        let having = having.map(|mut having| {
            complete &= self.regroup(&mut having.expr, &mut grouping, &having.outside, At::START);
            having.expr
        });
        let mut keys = Vec::new();
        let shown = columns.len();
        for order in orders {
            let mut key = order.key;
            if let Some(mut value) = order.value {
                if aggregated {
                    complete &= self.regroup(&mut value.expr, &mut grouping, &value.outside, order.at);
                }
                let found = columns.iter().position(|column| column.expr == value.expr);
                if found.is_none_or(|index| index >= shown) && distinct {
                    self.findings.push(
                        Finding::error(
                            order.at,
                            "unknown-column",
                            "ORDER BY behind DISTINCT names a column of the result",
                        )
                        .help("select what it is ordered by, too"),
                    );
                    complete = false;
                }
                let name = if let Some(column) = found.and_then(|index| columns.get(index)) {
                    column.name.clone()
                } else {
                    let name = format!("_sort_{}", columns.len() + 1 - shown);
                    columns.push(NamedExpr { name: name.clone(), expr: value.expr });
                    name
                };
                key.column = ColumnRef::bare(name);
            }
            keys.push(key);
        }
        let mut relation = input.filter(|_| complete)?;
        if aggregated {
            relation = grouping.over(relation);
            if let Some(predicate) = having {
                relation = Relation::Filter { input: Box::new(relation), predicate };
            }
        }
        let hidden = columns.len() > shown;
        let kept: Vec<NamedExpr> = columns.iter().take(shown).map(as_column).collect();
        relation = Relation::Project { input: Box::new(relation), columns };
        if distinct {
            relation = Relation::Distinct { input: Box::new(relation) };
        }
        if !keys.is_empty() {
            relation = Relation::Sort { input: Box::new(relation), keys };
        }
        if hidden {
            relation = Relation::Project { input: Box::new(relation), columns: kept };
        }
        Some(relation)
    }

    fn refuse_select(&mut self, select: &Select) {
        let at = At::of_select(select);
        if matches!(select.distinct, Some(ast::Distinct::On(_))) {
            self.refuse(at, "DISTINCT ON", "write max_by(value, order) with group by");
        }
        if select.qualify.is_some() || !select.named_window.is_empty() {
            self.refuse(at, "QUALIFY or WINDOW", "write max_by(value, order) with group by");
        }
        if select.top.is_some() {
            self.refuse(at, "TOP", "write LIMIT");
        }
        let other = select.exclude.is_some()
            || select.into.is_some()
            || select.prewhere.is_some()
            || select.value_table_mode.is_some()
            || !select.lateral_views.is_empty()
            || !select.connect_by.is_empty()
            || !select.cluster_by.is_empty()
            || !select.distribute_by.is_empty()
            || !select.sort_by.is_empty()
            || select.select_modifiers.is_some()
            || select.flavor != ast::SelectFlavor::Standard;
        if other {
            self.refuse(
                at,
                "a clause of this SELECT",
                "it has SELECT, FROM, WHERE, GROUP BY, HAVING, ORDER BY and LIMIT",
            );
        }
    }

    /// The conditions of WHERE; none when they can't be typed.
    fn filter(&mut self, node: Option<&ast::Expr>, scope: &Scope) -> Option<Vec<Expr>> {
        let Some(node) = node else { return Some(Vec::new()) };
        let mut checker = Typer::new(scope, None);
        checker.place = "a WHERE condition";
        let typed = checker.condition(node, "WHERE");
        self.findings.append(&mut checker.findings);
        self.names.append(&mut checker.names);
        typed.map(conjuncts)
    }

    /// The items with `*` written out; none when the list can't be known.
    fn items(&mut self, projection: &[SelectItem], scope: &Scope) -> Option<Vec<Item>> {
        let mut items: Vec<Item> = Vec::new();
        let mut known = true;
        for node in projection {
            match node {
                SelectItem::UnnamedExpr(expr) => {
                    let name = match expr {
                        ast::Expr::Identifier(name) => Some(name.value.clone()),
                        ast::Expr::CompoundIdentifier(parts) => parts.last().map(|name| name.value.clone()),
                        _ => None,
                    };
                    let mut item = self.item(expr, scope, &items);
                    if let Some(name) = name {
                        self.name_bare(&mut item, expr);
                        // The column's own spelling where the query's differs in case.
                        item.name = match item.expr.as_ref().map(|expr| &expr.kind) {
                            Some(ExprKind::Column(column)) => column.name.clone(),
                            _ => name,
                        };
                    } else {
                        self.findings.push(
                            Finding::error(item.at, "missing-alias", "this column has no name")
                                .help(format!("write `{expr} as name`")),
                        );
                        item.name = format!("_column_{}", items.len() + 1);
                        item.expr = None;
                        known = false;
                    }
                    items.push(item);
                }
                SelectItem::ExprWithAlias { expr, alias } => {
                    let mut item = self.item(expr, scope, &items);
                    self.name_given(&mut item, expr, alias);
                    items.push(Item { name: alias.value.clone(), ..item });
                }
                SelectItem::Wildcard(options) => {
                    known &= self.plain_star(options);
                    items.extend(scope.relations.iter().flat_map(|relation| star(relation, At::of(node))));
                }
                SelectItem::QualifiedWildcard(
                    ast::SelectItemQualifiedWildcardKind::ObjectName(name),
                    options,
                ) => {
                    known &= self.plain_star(options);
                    let wanted: Vec<String> = name
                        .0
                        .iter()
                        .filter_map(|part| part.as_ident().map(|ident| ident.value.to_lowercase()))
                        .collect();
                    let found = scope.relations.iter().find(|relation| {
                        relation
                            .qualifiers
                            .iter()
                            .any(|path| path.join(".").to_lowercase() == wanted.join("."))
                    });
                    if let Some(relation) = found {
                        let idents: Vec<ast::Ident> =
                            name.0.iter().filter_map(|part| part.as_ident().cloned()).collect();
                        self.names.extend(Named::qualifier(&idents, relation));
                        items.extend(star(relation, At::of(node)));
                    } else {
                        let names: Vec<String> = scope
                            .relations
                            .iter()
                            .filter_map(|relation| relation.qualifiers.first().map(|path| path.join(".")))
                            .collect();
                        let help = crate::finding::suggest(
                            &wanted.join("."),
                            names.iter().map(String::as_str),
                            "tables",
                        );
                        let message = format!("`{}` is not a table or alias of this query", wanted.join("."));
                        self.findings
                            .push(Finding::error(At::of(node), "unknown-table", message).maybe_help(help));
                        known = false;
                    }
                }
                other => {
                    self.refuse(
                        At::of(other),
                        "this item of SELECT",
                        "write expressions with `as name`, columns or `*`",
                    );
                    known = false;
                }
            }
        }
        for (index, item) in items.iter().enumerate() {
            if items.iter().take(index).any(|earlier| earlier.name.eq_ignore_ascii_case(&item.name)) {
                self.findings.push(
                    Finding::error(
                        item.at,
                        "duplicate-name",
                        format!("two columns of this SELECT are called `{}`", item.name),
                    )
                    .help("give one of them another name with `as`"),
                );
            }
        }
        known.then_some(items)
    }

    fn plain_star(&mut self, options: &ast::WildcardAdditionalOptions) -> bool {
        let plain = options.opt_ilike.is_none()
            && options.opt_exclude.is_none()
            && options.opt_except.is_none()
            && options.opt_replace.is_none()
            && options.opt_rename.is_none();
        if !plain {
            self.refuse(At::of(&options.wildcard_token.0), "what stands behind `*`", "name the columns");
        }
        plain
    }

    /// An item without an alias has its name from the column.
    fn name_bare(&mut self, item: &mut Item, node: &ast::Expr) {
        let Some((origin, span)) = item.origin.take().zip(last_word(node)) else { return };
        let number = self.given(At::from(span.start));
        self.names.push(Named::bare(span, &origin, number));
        let kept = Origin { is_kept: true, item: Some(number), ..origin.as_ref().clone() };
        item.origin = Some(Arc::new(kept));
    }

    /// An item with an alias has its name from there.
    fn name_given(&mut self, item: &mut Item, node: &ast::Expr, alias: &ast::Ident) {
        let of = item.origin.take();
        let column = match item.expr.as_ref().map(|expr| &expr.kind) {
            Some(ExprKind::Column(column)) => Some(column.name.as_str()),
            _ => None,
        };
        let number = self.given(At::from(alias.span.start));
        if let (Some(origin), Some(span), Some(column)) = (&of, last_word(node), column) {
            self.names.push(Named::alias(span, alias, origin, number, column));
        }
        let value = of.and_then(|of| of.value.clone());
        let origin = Arc::new(Origin { decl: Decl::Local(number), is_kept: false, item: None, value });
        self.names.push(Named::given(alias, &origin, column));
        item.origin = Some(origin);
    }

    fn item(&mut self, node: &ast::Expr, scope: &Scope, before: &[Item]) -> Item {
        let hints = before
            .iter()
            .map(|item| {
                let why = format!("`{}` is another column of this SELECT; write its expression out, or use a common table expression", item.name);
                (item.name.clone(), why)
            })
            .collect();
        let scope = Scope { relations: scope.relations.clone(), hints };
        let mut checker = Typer::new(&scope, None);
        checker.aggregates = true;
        checker.place = "a query";
        let expr = checker.expr(node);
        let outside = std::mem::take(&mut checker.outside);
        self.findings.append(&mut checker.findings);
        self.names.append(&mut checker.names);
        let origin = match expr.as_ref().map(|expr| &expr.kind) {
            Some(ExprKind::Column(column)) => scope.origin(column).map(|(_, origin)| origin),
            _ => None,
        };
        Item { name: String::new(), at: At::of_expr(node), expr, outside, origin }
    }

    /// A clause in which items may be named too: `items_first` where they shadow columns, as in ORDER BY.
    pub(super) fn over_items(
        &mut self,
        node: &ast::Expr,
        scope: &Scope,
        items: &[Item],
        items_first: bool,
        is_condition: bool,
    ) -> Option<OverItems> {
        let mut relations = scope.relations.clone();
        for relation in &mut relations {
            relation.rank = u8::from(items_first);
        }
        relations.push(ScopeRelation {
            alias: Some(ITEMS.to_owned()),
            columns: items.iter().map(|item| output(item).column).collect(),
            rank: u8::from(!items_first),
            ..ScopeRelation::default()
        });
        let scope = Scope { relations, hints: Vec::new() };
        let mut checker = Typer::new(&scope, None);
        checker.aggregates = true;
        checker.place = "a query";
        let typed = if is_condition { checker.condition(node, "HAVING") } else { checker.expr(node) };
        let outside = std::mem::take(&mut checker.outside);
        self.findings.append(&mut checker.findings);
        self.names.append(&mut checker.names);
        let mut typed = typed?;
        write_out(&mut typed, items);
        Some(OverItems { expr: typed, outside })
    }

    fn orders(
        &mut self,
        order_by: &'query ast::OrderBy,
        scope: &Scope,
        items: &[Item],
        outputs: &[Output],
    ) -> Option<Vec<Order>> {
        let ast::OrderByKind::Expressions(nodes) = &order_by.kind else {
            self.refuse(At::of(order_by), "ORDER BY ALL", "name the columns");
            return None;
        };
        let mut orders = Vec::new();
        for node in nodes {
            if node.with_fill.is_some() || matches!(node.options.sort, Some(ast::OrderBySort::Using(_))) {
                self.refuse(
                    At::of(node),
                    "what stands behind this sort key",
                    "write ASC or DESC, and NULLS FIRST or NULLS LAST",
                );
                return None;
            }
            if let ast::Expr::Value(value) = &node.expr {
                let Some(name) = position(value, outputs) else {
                    self.findings.push(
                        Finding::error(
                            At::of_expr(&node.expr),
                            "unknown-column",
                            format!("ORDER BY {} is no column of the result", node.expr),
                        )
                        .help("write the column's name"),
                    );
                    return None;
                };
                orders.push(Order { key: sort_key(&name, node), value: None, at: At::of_expr(&node.expr) });
                continue;
            }
            let value = self.over_items(&node.expr, scope, items, true, false)?;
            orders.push(Order { key: sort_key("", node), value: Some(value), at: At::of_expr(&node.expr) });
        }
        Some(orders)
    }
}

fn has_star(projection: &[SelectItem]) -> bool {
    projection.iter().any(|item| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)))
}

fn as_column(column: &NamedExpr) -> NamedExpr {
    let expr = Expr { kind: ExprKind::Column(ColumnRef::bare(&column.name)), ..column.expr.clone() };
    NamedExpr { name: column.name.clone(), expr }
}

pub(super) fn output(item: &Item) -> Output {
    Output {
        column: ScopeColumn {
            name: item.name.clone(),
            data_type: item.expr.as_ref().map(|expr| expr.data_type.clone()),
            nullable: item.expr.as_ref().is_none_or(|expr| expr.nullable),
            origin: item.origin.clone(),
        },
        at: item.at,
    }
}

/// The last word of an item that is a column and nothing else.
fn last_word(node: &ast::Expr) -> Option<Span> {
    match node {
        ast::Expr::Identifier(name) => Some(name.span),
        ast::Expr::CompoundIdentifier(parts) => parts.last().map(|name| name.span),
        _ => None,
    }
}

fn star(relation: &ScopeRelation, at: At) -> Vec<Item> {
    relation
        .columns
        .iter()
        .map(|column| {
            let reference = ColumnRef { relation: relation.alias.clone(), name: column.name.clone() };
            let expr = column.data_type.clone().map(|data_type| Expr {
                kind: ExprKind::Column(reference.clone()),
                data_type,
                nullable: column.nullable,
            });
            Item {
                name: column.name.clone(),
                at,
                expr,
                outside: vec![(reference, at)],
                origin: relation.origin(column),
            }
        })
        .collect()
}

/// Puts the items' expressions where their names stand.
fn write_out(expr: &mut Expr, items: &[Item]) {
    if let ExprKind::Column(column) = &expr.kind
        && column.relation.as_deref() == Some(ITEMS)
    {
        if let Some(item) =
            items.iter().find(|item| item.name == column.name).and_then(|item| item.expr.clone())
        {
            *expr = item;
        }
        return;
    }
    for operand in expr.operands_mut() {
        write_out(operand, items);
    }
}
