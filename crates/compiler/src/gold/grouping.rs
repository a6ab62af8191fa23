//! GROUP BY: what makes a group, which aggregates are computed, and what may stand above them.

use sqlparser::ast::{self, Select};

use super::{query::Planner, select::Item};
use crate::{
    Aggregate, ColumnRef, Expr, ExprKind, NamedExpr, Relation,
    finding::{At, Finding},
    typing::scope::Scope,
};

/// The groups of one SELECT and the aggregates over them.
#[derive(Debug, Default)]
pub(super) struct Grouping {
    /// Whether GROUP BY is written.
    pub(super) is_grouped: bool,
    groups: Vec<NamedExpr>,
    aggregates: Vec<Aggregate>,
}

impl Grouping {
    pub(super) fn over(self, input: Relation) -> Relation {
        Relation::Aggregate { input: Box::new(input), group_by: self.groups, aggregates: self.aggregates }
    }

    fn group(&mut self, expr: Expr) {
        if self.groups.iter().any(|group| group.expr == expr) {
            return;
        }
        let name = match &expr.kind {
            ExprKind::Column(column) if !self.groups.iter().any(|group| group.name == column.name) => {
                column.name.clone()
            }
            _ => format!("_group_{}", self.groups.len() + 1),
        };
        self.groups.push(NamedExpr { name, expr });
    }

    fn aggregate(&mut self, expr: &Expr) -> String {
        if let Some(known) = self.aggregates.iter().find(|known| known.expr == *expr) {
            return known.name.clone();
        }
        let name = format!("_aggregate_{}", self.aggregates.len() + 1);
        self.aggregates.push(Aggregate { name: name.clone(), expr: expr.clone() });
        name
    }

    /// Rewrites an expression over the rows below to one over the groups; gives the first column that is neither
    /// grouped nor aggregated.
    fn rewrite(&mut self, expr: &mut Expr) -> Option<ColumnRef> {
        let name = match &expr.kind {
            ExprKind::Aggregate { .. } => Some(self.aggregate(expr)),
            _ => self.groups.iter().find(|group| group.expr == *expr).map(|group| group.name.clone()),
        };
        if let Some(name) = name {
            expr.kind = ExprKind::Column(ColumnRef::bare(name));
            return None;
        }
        if let ExprKind::Column(column) = &expr.kind {
            return Some(column.clone());
        }
        let mut first = None;
        for operand in expr.operands_mut() {
            let missing = self.rewrite(operand);
            first = first.or(missing);
        }
        first
    }
}

pub(super) fn has_aggregate(expr: &Expr) -> bool {
    let mut found = false;
    expr.visit(&mut |part| found |= matches!(part.kind, ExprKind::Aggregate { .. }));
    found
}

impl<'query> Planner<'query> {
    /// What GROUP BY says; none when it can't be typed.
    pub(super) fn grouping(
        &mut self,
        select: &'query Select,
        scope: &Scope,
        items: &[Item],
    ) -> Option<Grouping> {
        let nodes = match &select.group_by {
            ast::GroupByExpr::Expressions(nodes, modifiers) if modifiers.is_empty() => nodes,
            _ => {
                self.refuse(
                    At::of_select(select),
                    "GROUP BY ALL, ROLLUP and CUBE",
                    "name the columns; join several queries with UNION ALL",
                );
                return None;
            }
        };
        let mut grouping = Grouping { is_grouped: !nodes.is_empty(), ..Grouping::default() };
        let mut right = true;
        for node in nodes {
            match self.group_item(node, scope, items) {
                Some(expr) if has_aggregate(&expr) => {
                    self.findings.push(
                        Finding::error(
                            At::of_expr(node),
                            "misplaced-aggregate",
                            "GROUP BY can't group by an aggregate",
                        )
                        .help("aggregate in a common table expression (`with …`) first"),
                    );
                    right = false;
                }
                Some(expr) => grouping.group(expr),
                None => right = false,
            }
        }
        right.then_some(grouping)
    }

    /// A column, an expression, the alias of an item, or its position.
    fn group_item(&mut self, node: &ast::Expr, scope: &Scope, items: &[Item]) -> Option<Expr> {
        if let ast::Expr::Value(value) = node {
            let index = match &value.value {
                ast::Value::Number(text, _) => {
                    text.parse::<usize>().ok().and_then(|number| number.checked_sub(1))
                }
                _ => None,
            };
            let Some(item) = index.and_then(|index| items.get(index)) else {
                self.findings.push(
                    Finding::error(
                        At::of_expr(node),
                        "unknown-column",
                        format!("GROUP BY {node} is no column of the result"),
                    )
                    .help("write the column's name"),
                );
                return None;
            };
            return item.expr.clone();
        }
        Some(self.over_items(node, scope, items, false, false)?.expr)
    }

    /// Rewrites over the groups, and tells a column that has no one value there.
    pub(super) fn regroup(
        &mut self,
        expr: &mut Expr,
        grouping: &mut Grouping,
        outside: &[(ColumnRef, At)],
        fallback: At,
    ) -> bool {
        let Some(missing) = grouping.rewrite(expr) else { return true };
        let at = outside.iter().find(|(column, _)| *column == missing).map_or(fallback, |(_, at)| *at);
        self.findings.push(
            Finding::error(at, "not-grouped", format!("`{}` has no single value in a group", missing.name))
                .help(format!(
                    "add it to GROUP BY, or take min({0}), max({0}) or max_by({0}, …)",
                    missing.name
                )),
        );
        false
    }
}
