//! A silver mapping as Spark SQL.
//!
//! Reads the typed source `source` (see `spark_sql_typed_source`) and the views of the tables that it looks into.
//! Fields that use fields above them stand in later steps; a lookup is a left join on a unique column, so it
//! never multiplies rows. `_source_file` and `_record` are passed on, so that the job can say where a row came from.

use std::collections::BTreeMap;

use touchstone_spec::{Keep, TableName};

use super::{
    Steps,
    expression::{Names, expression},
    name, select, spark_view,
};
use crate::{ColumnRef, Expr, ExprKind, FieldPlan, SilverPlan};

/// The relation that a step reads.
const ROW: &str = "`_row`";
/// Columns of the source that aren't the contract's.
const ORIGIN: [&str; 2] = ["`_source_file`", "`_record`"];

pub(crate) fn render(plan: &SilverPlan) -> String {
    let mut steps = Steps::default();
    let mut input = "`source`".to_owned();
    if let Some(filter) = &plan.filter {
        let joins = Joins::of([filter]);
        let condition = expression(filter, &joins);
        input = steps.add(
            "_filtered",
            format!("SELECT {ROW}.*\nFROM {input} {ROW}{}\nWHERE {condition}", joins.render()),
        );
    }
    for (number, fields) in layers(&plan.fields).into_iter().enumerate() {
        let joins = Joins::of(fields.iter().map(|field| &field.expr));
        let mut columns = vec![format!("{ROW}.*")];
        columns.extend(
            fields
                .iter()
                .map(|field| format!("{} AS {}", expression(&field.expr, &joins), field_name(&field.name))),
        );
        let sql = select(&columns, &format!("FROM {input} {ROW}{}", joins.render()));
        input = steps.add(&format!("_fields_{}", number + 1), sql);
    }
    if !plan.key.is_empty() {
        let key: Vec<String> = plan.key.iter().map(|column| field_name(column)).collect();
        let rank = format!(
            "row_number() OVER (PARTITION BY {} ORDER BY {}) AS `_rank`",
            key.join(", "),
            order(plan)
        );
        input = steps.add("_ranked", select(&[format!("{ROW}.*"), rank], &format!("FROM {input} {ROW}")));
    }
    let mut columns: Vec<String> = plan
        .fields
        .iter()
        .map(|field| format!("{} AS {}", field_name(&field.name), name(&field.name)))
        .collect();
    columns.extend(ORIGIN.map(str::to_owned));
    let condition = if plan.key.is_empty() { "" } else { "\nWHERE `_rank` = 1" };
    steps.finish(&select(&columns, &format!("FROM {input}{condition}")))
}

/// The row that stays comes first: by the chosen field, then by its place in the files.
fn order(plan: &SilverPlan) -> String {
    let direction = if plan.keep == Keep::Latest { "DESC" } else { "ASC" };
    let mut keys: Vec<String> =
        plan.order_by.iter().map(|field| format!("{} {direction} NULLS LAST", field_name(field))).collect();
    keys.extend(ORIGIN.map(|column| format!("{column} {direction}")));
    keys.join(", ")
}

fn field_name(field: &str) -> String {
    name(&format!("_field_{field}"))
}

/// Fields by how many fields above they stand on, one on the other.
fn layers(fields: &[FieldPlan]) -> Vec<Vec<&FieldPlan>> {
    let mut depths: BTreeMap<&str, usize> = BTreeMap::new();
    let mut layers: Vec<Vec<&FieldPlan>> = Vec::new();
    for field in fields {
        let columns = field.expr.columns();
        let above = columns.iter().filter(|column| column.relation.is_none());
        let depth = above
            .filter_map(|column| depths.get(column.name.as_str()))
            .map(|depth| depth + 1)
            .max()
            .unwrap_or(0);
        depths.insert(&field.name, depth);
        if layers.len() <= depth {
            layers.resize(depth + 1, Vec::new());
        }
        if let Some(layer) = layers.get_mut(depth) {
            layer.push(field);
        }
    }
    layers
}

/// The lookups of one step as left joins, each table and key once.
#[derive(Default)]
struct Joins {
    joins: Vec<Join>,
}

struct Join {
    table: TableName,
    by: String,
    key: Expr,
    columns: Vec<String>,
}

impl Joins {
    fn of<'expr>(expressions: impl IntoIterator<Item = &'expr Expr>) -> Self {
        let mut joins = Self::default();
        expressions.into_iter().for_each(|expr| joins.collect(expr));
        joins
    }

    /// Inner lookups first, as the key of an outer one may use them.
    fn collect(&mut self, expr: &Expr) {
        expr.operands().into_iter().for_each(|operand| self.collect(operand));
        let ExprKind::Lookup { table, by, key, column } = &expr.kind else { return };
        match self.joins.iter_mut().find(|join| join.table == *table && join.by == *by && join.key == **key) {
            Some(join) if join.columns.contains(column) => {}
            Some(join) => join.columns.push(column.clone()),
            None => self.joins.push(Join {
                table: table.clone(),
                by: by.clone(),
                key: key.as_ref().clone(),
                columns: vec![column.clone()],
            }),
        }
    }

    fn render(&self) -> String {
        self.joins
            .iter()
            .enumerate()
            .map(|(index, join)| {
                let alias = alias(index);
                let mut columns = vec![name(&join.by)];
                columns.extend(
                    join.columns.iter().filter(|column| **column != join.by).map(|column| name(column)),
                );
                format!(
                    "\nLEFT JOIN (SELECT {} FROM {}) {alias} ON {alias}.{} = {}",
                    columns.join(", "),
                    name(&spark_view(&join.table)),
                    name(&join.by),
                    expression(&join.key, self)
                )
            })
            .collect::<Vec<_>>()
            .concat()
    }
}

fn alias(index: usize) -> String {
    format!("`_lookup_{}`", index + 1)
}

impl Names for Joins {
    fn column(&self, column: &ColumnRef) -> String {
        match column.relation {
            Some(_) => format!("{ROW}.{}", name(&column.name)),
            None => format!("{ROW}.{}", field_name(&column.name)),
        }
    }

    fn lookup(&self, lookup: &Expr) -> String {
        let ExprKind::Lookup { table, by, key, column } = &lookup.kind else { return "NULL".to_owned() };
        let index =
            self.joins.iter().position(|join| join.table == *table && join.by == *by && join.key == **key);
        format!("{}.{}", alias(index.unwrap_or(0)), name(column))
    }
}
