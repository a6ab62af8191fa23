//! FROM: tables, subqueries and joins.

use std::{collections::BTreeSet, sync::Arc};

use sqlparser::ast::{self, JoinConstraint, JoinOperator, TableFactor, TableWithJoins};

use super::query::{Planned, Planner};
use crate::{
    CompareOp, Expr, ExprKind, JoinKind, Relation,
    finding::{At, Finding},
    names::{Decl, Named, Owner},
    typing::{
        Typer,
        operators::balanced,
        scope::{Scope, ScopeColumn, ScopeRelation},
    },
};

/// Rows and the relations whose columns they have.
#[derive(Debug, Default)]
pub(super) struct FromItem {
    /// None when something is wrong, here or in what it reads.
    pub(super) relation: Option<Relation>,
    pub(super) relations: Vec<ScopeRelation>,
}

impl FromItem {
    pub(super) fn hidden() -> Self {
        Self { relation: None, relations: vec![ScopeRelation { open: true, ..ScopeRelation::default() }] }
    }

    fn aliases(&self) -> BTreeSet<&str> {
        self.relations.iter().filter_map(|relation| relation.alias.as_deref()).collect()
    }
}

impl<'query> Planner<'query> {
    /// One item of FROM with its joins.
    pub(super) fn joined_tables(&mut self, item: &'query TableWithJoins) -> FromItem {
        let mut left = self.factor(&item.relation);
        for join in &item.joins {
            let right = self.factor(&join.relation);
            left = self.join(left, right, join);
        }
        left
    }

    fn factor(&mut self, factor: &'query TableFactor) -> FromItem {
        match factor {
            TableFactor::Table {
                name,
                alias,
                args: None,
                with_hints,
                version: None,
                with_ordinality: false,
                partitions,
                json_path: None,
                sample: None,
                index_hints,
            } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => {
                self.table(name, alias.as_ref())
            }
            TableFactor::Derived { lateral: false, subquery, alias, sample: None } => {
                let planned = self.query(subquery);
                let wanted = alias.as_ref().map_or("query", |alias| alias.name.value.as_str());
                let qualifiers = alias.iter().map(|alias| vec![alias.name.value.clone()]).collect();
                self.check_alias(alias.as_ref());
                self.under_alias(planned, wanted, qualifiers)
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } => self.joined_tables(table_with_joins),
            other => {
                self.refuse(
                    At::of_factor(other),
                    "this item of FROM",
                    "read tables, subqueries and joins of them",
                );
                FromItem::hidden()
            }
        }
    }

    fn check_alias(&mut self, alias: Option<&ast::TableAlias>) {
        if let Some(alias) = alias
            && (!alias.columns.is_empty() || alias.at.is_some())
        {
            let at = At::from(alias.name.span.start);
            self.refuse(
                at,
                "a list of column names behind an alias",
                "name the columns inside: `expression as name`",
            );
        }
    }

    fn table(&mut self, name: &ast::ObjectName, alias: Option<&ast::TableAlias>) -> FromItem {
        self.check_alias(alias);
        let at = At::of(name);
        let parts: Vec<String> =
            name.0.iter().filter_map(|part| part.as_ident().map(|ident| ident.value.clone())).collect();
        let own =
            match parts.as_slice() {
                [single] => self.reach.iter().rev().copied().find(|index| {
                    self.ctes.get(*index).is_some_and(|cte| cte.name.eq_ignore_ascii_case(single))
                }),
                _ => None,
            };
        let last = parts.last().cloned().unwrap_or_default();
        let wanted = alias.map_or(last.clone(), |alias| alias.name.value.clone());
        if let Some(index) = own {
            let planned = self.cte(index);
            let qualifiers = vec![vec![wanted.clone()]];
            return self.under_alias(planned, &wanted, qualifiers);
        }
        let (table, known) = match self.view.table(&parts) {
            Ok(found) => found,
            Err(unknown) => {
                if let Some(unknown) = unknown {
                    self.findings
                        .push(Finding::error(at, unknown.code, unknown.message).maybe_help(unknown.help));
                }
                let mut hidden = FromItem::hidden();
                if let Some(relation) = hidden.relations.first_mut() {
                    relation.qualifiers = vec![vec![wanted], parts];
                }
                return hidden;
            }
        };
        self.reads.insert(table.clone());
        self.names.extend(Named::table(name, table.clone()));
        let in_front = alias.is_none().then(|| Arc::new((Decl::Table(table.clone()), parts.clone())));
        let owner = Some(Arc::new(Owner::Table(table.clone())));
        let mut qualifiers = vec![vec![wanted.clone()]];
        if alias.is_none() {
            qualifiers.push(parts);
            qualifiers.push(vec![table.pipeline.clone(), table.layer.to_string(), table.table.clone()]);
        }
        let alias = self.unique_alias(&wanted);
        let columns: Vec<ScopeColumn> = known
            .iter()
            .flat_map(|known| &known.columns)
            .map(|column| ScopeColumn {
                name: column.name.clone(),
                data_type: column.data_type.clone(),
                nullable: column.nullable,
                origin: None,
            })
            .collect();
        let names = columns.iter().map(|column| column.name.clone()).collect();
        self.columns_of_tables.insert(alias.clone(), names);
        let relation = known.filter(|known| !known.open).map(|_| Relation::Scan {
            table,
            alias: alias.clone(),
            columns: Vec::new(),
        });
        let open = known.is_none_or(|known| known.open);
        FromItem {
            relation,
            relations: vec![ScopeRelation {
                alias: Some(alias),
                qualifiers,
                columns,
                open,
                owner,
                named: in_front,
                ..ScopeRelation::default()
            }],
        }
    }

    fn under_alias(&mut self, planned: Planned, wanted: &str, qualifiers: Vec<Vec<String>>) -> FromItem {
        let alias = self.unique_alias(wanted);
        let columns = planned.outputs.into_iter().map(|output| output.column).collect();
        let relation =
            planned.relation.map(|input| Relation::Alias { input: Box::new(input), alias: alias.clone() });
        let (alias, open) = (Some(alias), planned.open);
        let scope = ScopeRelation { alias, qualifiers, columns, open, ..ScopeRelation::default() };
        FromItem { relation, relations: vec![scope] }
    }

    fn join(&mut self, left: FromItem, mut right: FromItem, join: &'query ast::Join) -> FromItem {
        let at = At::of_factor(&join.relation);
        if self.check_twice(&left, &right, at) {
            right = FromItem::hidden();
        }
        let (kind, constraint) = match &join.join_operator {
            JoinOperator::Join(constraint) | JoinOperator::Inner(constraint) => (JoinKind::Inner, constraint),
            JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) => {
                (JoinKind::Left, constraint)
            }
            JoinOperator::CrossJoin(constraint) => (JoinKind::Cross, constraint),
            other => {
                let help = match other {
                    JoinOperator::Right(_) | JoinOperator::RightOuter(_) => {
                        "swap the two sides and write LEFT JOIN"
                    }
                    JoinOperator::FullOuter(_) => "join two left joins with UNION ALL",
                    JoinOperator::Semi(_) | JoinOperator::LeftSemi(_) => {
                        "write an INNER JOIN with a `select distinct` of the right side"
                    }
                    JoinOperator::Anti(_) | JoinOperator::LeftAnti(_) => {
                        "write a LEFT JOIN, and `where <right key> is null`"
                    }
                    _ => "write INNER JOIN or LEFT JOIN … ON, or CROSS JOIN",
                };
                self.refuse(at, "this join", help);
                return FromItem { relation: None, relations: both(left, right) };
            }
        };
        if kind == JoinKind::Left {
            for column in right.relations.iter_mut().flat_map(|relation| &mut relation.columns) {
                column.nullable = true;
            }
        }
        let condition = match (kind, constraint) {
            (JoinKind::Cross, JoinConstraint::None) => {
                return pair(left, right, |left, right| {
                    Some(joined(left, right, JoinKind::Cross, Vec::new(), None))
                });
            }
            (JoinKind::Inner | JoinKind::Left, JoinConstraint::On(condition)) => condition,
            (_, JoinConstraint::Using(_) | JoinConstraint::Natural) => {
                self.refuse(at, "USING or NATURAL", "write ON a.column = b.column");
                return FromItem { relation: None, relations: both(left, right) };
            }
            _ => {
                self.findings.push(
                    Finding::error(at, "missing-on", "this join has no ON")
                        .help("write ON a.column = b.column, or CROSS JOIN for all pairs"),
                );
                return FromItem { relation: None, relations: both(left, right) };
            }
        };
        let scope = Scope {
            relations: left.relations.iter().chain(&right.relations).cloned().collect(),
            hints: Vec::new(),
        };
        let mut checker = Typer::new(&scope, None);
        checker.place = "an ON condition";
        let typed = checker.condition(condition, "ON");
        self.findings.append(&mut checker.findings);
        self.names.append(&mut checker.names);
        let (left_aliases, right_aliases) = (left.aliases(), right.aliases());
        let parts = typed.map(|typed| split_join(conjuncts(typed), &left_aliases, &right_aliases));
        let no_equality = parts.as_ref().is_some_and(|(on, _)| on.is_empty());
        if kind == JoinKind::Left && no_equality {
            self.findings.push(
                Finding::error(
                    At::of_expr(condition),
                    "join-without-equality",
                    "a LEFT JOIN needs an equality between its two sides",
                )
                .help("write ON a.column = b.column and …"),
            );
            return FromItem { relation: None, relations: both(left, right) };
        }
        pair(left, right, |left, right| {
            let (on, rest) = parts?;
            let residual = balanced(rest, ExprKind::And);
            Some(match (on.is_empty(), residual) {
                (true, Some(predicate)) => Relation::Filter {
                    input: Box::new(joined(left, right, JoinKind::Cross, Vec::new(), None)),
                    predicate,
                },
                (true, None) => joined(left, right, JoinKind::Cross, Vec::new(), None),
                (false, residual) => joined(left, right, kind, on, residual),
            })
        })
    }

    /// Two relations of one FROM can't go by one name.
    pub(super) fn check_twice(&mut self, left: &FromItem, right: &FromItem, at: At) -> bool {
        let name =
            |relation: &ScopeRelation| relation.qualifiers.first().map(|path| path.join(".").to_lowercase());
        let taken: BTreeSet<String> = left.relations.iter().filter_map(name).collect();
        let Some(twice) = right.relations.iter().filter_map(name).find(|name| taken.contains(name)) else {
            return false;
        };
        self.findings.push(
            Finding::error(at, "duplicate-name", format!("two tables of this FROM are called `{twice}`"))
                .help("give one of them another alias: `silver.trades as other`"),
        );
        true
    }
}

/// Comma-separated items, joined by what WHERE says about them; gives back the rest of the conditions.
pub(super) fn comma_join(items: Vec<FromItem>, mut conditions: Vec<Expr>) -> (FromItem, Vec<Expr>) {
    let mut items = items.into_iter();
    let mut left = items.next().unwrap_or_default();
    for right in items {
        let (on, rest) = split_join(conditions, &left.aliases(), &right.aliases());
        conditions = rest;
        left = pair(left, right, |left, right| {
            let kind = if on.is_empty() { JoinKind::Cross } else { JoinKind::Inner };
            Some(joined(left, right, kind, on, None))
        });
    }
    (left, conditions)
}

fn both(left: FromItem, right: FromItem) -> Vec<ScopeRelation> {
    left.relations.into_iter().chain(right.relations).collect()
}

fn pair(
    left: FromItem,
    right: FromItem,
    make: impl FnOnce(Relation, Relation) -> Option<Relation>,
) -> FromItem {
    let relation = match (left.relation, right.relation) {
        (Some(left), Some(right)) => make(left, right),
        _ => None,
    };
    FromItem { relation, relations: left.relations.into_iter().chain(right.relations).collect() }
}

fn joined(
    left: Relation,
    right: Relation,
    kind: JoinKind,
    on: Vec<(Expr, Expr)>,
    residual: Option<Expr>,
) -> Relation {
    Relation::Join { left: Box::new(left), right: Box::new(right), kind, on, residual }
}

/// The conditions that `and` joins.
pub(super) fn conjuncts(expr: Expr) -> Vec<Expr> {
    match expr.kind {
        ExprKind::And(left, right) => conjuncts(*left).into_iter().chain(conjuncts(*right)).collect(),
        kind => vec![Expr { kind, ..expr }],
    }
}

/// Equalities between the two sides as pairs (left, right), and the rest.
fn split_join(
    conditions: Vec<Expr>,
    left: &BTreeSet<&str>,
    right: &BTreeSet<&str>,
) -> (Vec<(Expr, Expr)>, Vec<Expr>) {
    let mut on = Vec::new();
    let mut rest = Vec::new();
    for condition in conditions {
        match condition.kind {
            ExprKind::Compare { op: CompareOp::Equal, left: one, right: other } => {
                if is_of(&one, left) && is_of(&other, right) {
                    on.push((*one, *other));
                } else if is_of(&one, right) && is_of(&other, left) {
                    on.push((*other, *one));
                } else {
                    let kind = ExprKind::Compare { op: CompareOp::Equal, left: one, right: other };
                    rest.push(Expr { kind, ..condition });
                }
            }
            kind => rest.push(Expr { kind, ..condition }),
        }
    }
    (on, rest)
}

/// Whether it names columns, and only of these relations.
fn is_of(expr: &Expr, aliases: &BTreeSet<&str>) -> bool {
    let columns = expr.columns();
    !columns.is_empty()
        && columns
            .iter()
            .all(|column| column.relation.as_deref().is_some_and(|alias| aliases.contains(alias)))
}
