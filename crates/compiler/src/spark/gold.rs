//! A gold query as Spark SQL: one step per relational operator, columns under their physical names.

use touchstone_spec::DataType;

use super::{
    Steps,
    expression::{Physical, expression},
    name, select, spark_view,
};
use crate::{Expr, ExprKind, GoldPlan, JoinKind, NamedExpr, Relation, SortKey};

pub(crate) fn render(plan: &GoldPlan) -> String {
    let mut steps = Steps::default();
    let last = operator(&plan.query, &mut steps);
    steps.finish(&last)
}

/// The operator's own SELECT, its inputs added to the steps.
fn operator(relation: &Relation, steps: &mut Steps) -> String {
    match relation {
        Relation::Scan { table, alias, columns } => {
            let columns: Vec<String> = columns
                .iter()
                .map(|column| format!("{} AS {}", name(column), name(&format!("{alias}.{column}"))))
                .collect();
            select(&columns, &format!("FROM {}", name(&spark_view(table))))
        }
        Relation::Alias { input, alias } => {
            let columns: Vec<String> = bare_columns(input)
                .into_iter()
                .map(|column| format!("{} AS {}", name(&column), name(&format!("{alias}.{column}"))))
                .collect();
            let input = step(input, steps);
            select(&columns, &format!("FROM {input}"))
        }
        Relation::Filter { input, predicate } => {
            let input = step(input, steps);
            format!("SELECT *\nFROM {input}\nWHERE {}", sql(predicate))
        }
        Relation::Join { left, right, kind, on, residual } => {
            let (left, right) = (step(left, steps), step(right, steps));
            let mut conditions: Vec<String> =
                on.iter().map(|(left, right)| format!("{} = {}", sql(left), sql(right))).collect();
            conditions.extend(residual.iter().map(sql));
            let kind = match kind {
                JoinKind::Inner => "INNER JOIN",
                JoinKind::Left => "LEFT JOIN",
                JoinKind::Cross => "CROSS JOIN",
            };
            let on = if conditions.is_empty() {
                String::new()
            } else {
                format!(" ON {}", conditions.join(" AND "))
            };
            format!("SELECT *\nFROM {left}\n{kind} {right}{on}")
        }
        Relation::Aggregate { input, group_by, aggregates } => {
            let input = step(input, steps);
            let mut columns: Vec<String> = group_by.iter().map(column).collect();
            columns.extend(
                aggregates
                    .iter()
                    .map(|aggregate| format!("{} AS {}", sql(&aggregate.expr), name(&aggregate.name))),
            );
            let groups: Vec<String> = group_by.iter().map(|group| group_key(&group.expr)).collect();
            let rest =
                if groups.is_empty() { String::new() } else { format!("\nGROUP BY {}", groups.join(", ")) };
            select(&columns, &format!("FROM {input}{rest}"))
        }
        Relation::Project { input, columns } => {
            let input = step(input, steps);
            select(&columns.iter().map(column).collect::<Vec<_>>(), &format!("FROM {input}"))
        }
        Relation::Distinct { input } => {
            let input = step(input, steps);
            format!("SELECT DISTINCT *\nFROM {input}")
        }
        Relation::UnionAll { inputs } => {
            let inputs: Vec<String> =
                inputs.iter().map(|input| format!("SELECT *\nFROM {}", step(input, steps))).collect();
            inputs.join("\nUNION ALL\n")
        }
        Relation::Sort { input, keys } => {
            let input = step(input, steps);
            format!("SELECT *\nFROM {input}\nORDER BY {}", order(keys))
        }
        Relation::Limit { input, rows } => limit(input, *rows, steps),
    }
}

/// ORDER BY and LIMIT stand in one SELECT: an order in a subquery means nothing.
fn limit(input: &Relation, rows: u64, steps: &mut Steps) -> String {
    match input {
        Relation::Sort { input, keys } => {
            let input = step(input, steps);
            format!("SELECT *\nFROM {input}\nORDER BY {}\nLIMIT {rows}", order(keys))
        }
        Relation::Project { input: inner, columns } if matches!(inner.as_ref(), Relation::Sort { .. }) => {
            let Relation::Sort { input: sorted, keys } = inner.as_ref() else { return String::new() };
            let from = step(sorted, steps);
            select(
                &columns.iter().map(column).collect::<Vec<_>>(),
                &format!("FROM {from}\nORDER BY {}\nLIMIT {rows}", order(keys)),
            )
        }
        other => {
            let from = step(other, steps);
            format!("SELECT *\nFROM {from}\nLIMIT {rows}")
        }
    }
}

fn step(relation: &Relation, steps: &mut Steps) -> String {
    let sql = operator(relation, steps);
    steps.next(sql)
}

fn sql(expr: &Expr) -> String {
    expression(expr, &Physical)
}

fn column(column: &NamedExpr) -> String {
    let (written, wanted) = (sql(&column.expr), name(&column.name));
    if written == wanted { written } else { format!("{written} AS {wanted}") }
}

/// A bare number would be the position of a column.
fn group_key(expr: &Expr) -> String {
    match (&expr.kind, &expr.data_type) {
        (ExprKind::Literal(_), DataType::Int) => format!("CAST({} AS INT)", sql(expr)),
        _ => sql(expr),
    }
}

fn order(keys: &[SortKey]) -> String {
    keys.iter()
        .map(|key| {
            format!(
                "{} {} NULLS {}",
                name(&key.column.physical()),
                if key.descending { "DESC" } else { "ASC" },
                if key.nulls_first { "FIRST" } else { "LAST" }
            )
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// The columns that a query gives.
fn bare_columns(relation: &Relation) -> Vec<String> {
    match relation {
        Relation::Project { columns, .. } => columns.iter().map(|column| column.name.clone()).collect(),
        Relation::Aggregate { group_by, aggregates, .. } => group_by
            .iter()
            .map(|group| group.name.clone())
            .chain(aggregates.iter().map(|aggregate| aggregate.name.clone()))
            .collect(),
        Relation::Filter { input, .. }
        | Relation::Distinct { input }
        | Relation::Sort { input, .. }
        | Relation::Limit { input, .. } => bare_columns(input),
        Relation::UnionAll { inputs } => inputs.first().map(bare_columns).unwrap_or_default(),
        Relation::Scan { .. } | Relation::Alias { .. } | Relation::Join { .. } => Vec::new(),
    }
}
