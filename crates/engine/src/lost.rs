//! Values that became null because they don't fit: counted per field, with the first of them.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, Series};
use touchstone_compiler::{AggregateFunction, Expr, ExprKind, GoldPlan, Relation};
use touchstone_spec::DataType;

use crate::{
    EngineError, FailingRow, LostValues,
    expression::{Evaluator, Loss, Tables, can_lose},
    page::texts,
    quality::SAMPLE_ROWS,
    relation::{Links, Made, take},
};

/// A value that became null.
#[derive(Debug, Clone)]
pub(crate) struct Lost {
    /// Row of the frame that the expression was computed on.
    pub(crate) row: usize,
    pub(crate) loss: Loss,
    /// The values that it was computed from; of the first of each kind.
    pub(crate) from: Vec<(String, Option<String>)>,
}

/// The values of an expression that became null over these rows. `values` is what it gave.
pub(crate) fn lost(
    expr: &Expr,
    values: &Series,
    rows: &DataFrame,
    tables: &Tables,
) -> Result<Vec<Lost>, EngineError> {
    if values.null_count() == 0 || !can_lose(expr) {
        return Ok(Vec::new());
    }
    let nulls: Vec<usize> = values
        .is_null()
        .iter()
        .enumerate()
        .filter_map(|(row, null)| (null == Some(true)).then_some(row))
        .collect();
    // Only the columns that it needs, at the rows that are null.
    let mut columns: BTreeMap<String, DataType> = BTreeMap::new();
    expr.visit(&mut |part| {
        if let ExprKind::Column(column) = &part.kind {
            columns.insert(column.physical(), part.data_type.clone());
        }
    });
    let places: Vec<Option<usize>> = nulls.iter().map(|row| Some(*row)).collect();
    let needed = if columns.is_empty() {
        DataFrame::new(rows.height(), Vec::new())?
    } else {
        rows.select(columns.keys().map(String::as_str))?
    };
    let frame = take(&needed, &places)?;
    let losses = Evaluator { rows: &frame, tables }.losses(expr)?;
    let found: Vec<(usize, usize, Loss)> = nulls
        .into_iter()
        .zip(losses)
        .enumerate()
        .filter_map(|(place, (row, loss))| loss.map(|loss| (place, row, loss)))
        .collect();
    let mut lost: Vec<Lost> =
        found.iter().map(|(_, row, loss)| Lost { row: *row, loss: loss.clone(), from: Vec::new() }).collect();
    // The first of each kind are shown with what they were computed from.
    let mut shown: Vec<(&Loss, usize)> = Vec::new();
    let mut detailed = Vec::new();
    for (at, (place, _, loss)) in found.iter().enumerate() {
        let known = shown.iter().position(|(known, _)| *known == loss);
        let known = known.unwrap_or_else(|| {
            shown.push((loss, 0));
            shown.len() - 1
        });
        if let Some((_, times)) = shown.get_mut(known)
            && *times < SAMPLE_ROWS
        {
            *times += 1;
            detailed.push((at, Some(*place)));
        }
    }
    let places: Vec<Option<usize>> = detailed.iter().map(|(_, place)| *place).collect();
    let frame = take(&frame, &places)?;
    for (physical, data_type) in &columns {
        let name = physical.strip_prefix("source.").unwrap_or(physical);
        let values = texts(frame.column(physical)?.as_materialized_series(), data_type)?;
        for ((at, _), value) in detailed.iter().zip(values) {
            if let Some(lost) = lost.get_mut(*at) {
                lost.from.push((name.to_owned(), value));
            }
        }
    }
    Ok(lost)
}

/// Losses counted per field and reason, in the order in which they come.
#[derive(Debug, Default)]
pub(crate) struct Tally(Vec<LostValues>);

impl Tally {
    pub(crate) fn add(&mut self, field: &str, record: u64, lost: &Lost) {
        let reason = lost.loss.to_string();
        let known = self.0.iter().position(|entry| entry.field == field && entry.reason == reason);
        let at = known.unwrap_or_else(|| {
            self.0.push(LostValues { field: field.to_owned(), reason, values: 0, first: Vec::new() });
            self.0.len() - 1
        });
        if let Some(entry) = self.0.get_mut(at) {
            entry.values += 1;
            if entry.first.len() < SAMPLE_ROWS {
                entry.first.push(FailingRow { record, values: lost.from.clone() });
            }
        }
    }

    pub(crate) fn finish(self) -> Vec<LostValues> {
        self.0
    }
}

/// Whether a query computes anything that can become null.
pub(crate) fn query_can_lose(relation: &Relation) -> bool {
    let own = match relation {
        Relation::Aggregate { aggregates, .. } => {
            aggregates.iter().any(|aggregate| sums(&aggregate.expr).is_some())
        }
        _ => false,
    };
    own || relation.expressions().into_iter().any(can_lose)
        || relation.inputs().into_iter().any(query_can_lose)
}

/// What became null on the way through a gold query, by the column of the table that it went into.
pub(crate) fn in_query(
    plan: &GoldPlan,
    made: &Made,
    tables: &Tables,
) -> Result<Vec<LostValues>, EngineError> {
    let mut tally = Tally::default();
    let wanted: Names =
        plan.schema.columns.iter().map(|column| (column.name.clone(), column.name.clone())).collect();
    walk(&plan.query, made, &wanted, tables, &mut tally)?;
    Ok(tally.finish())
}

/// Columns of a relation, and the gold column that each goes into.
type Names = BTreeMap<String, String>;

fn walk(
    relation: &Relation,
    made: &Made,
    wanted: &Names,
    tables: &Tables,
    tally: &mut Tally,
) -> Result<(), EngineError> {
    let mut below = Names::new();
    match (relation, made.inputs.first()) {
        (Relation::Project { columns, .. }, Some(input)) => {
            for column in columns {
                let Some(gold) = wanted.get(&column.name) else { continue };
                let values = made.rows.column(&column.name)?.as_materialized_series();
                count(&column.expr, values, gold, (&input.rows, tables), tally)?;
                pass_on(&column.expr, gold, &mut below);
            }
        }
        (Relation::Aggregate { group_by, aggregates, .. }, Some(input)) => {
            let evaluator = Evaluator { rows: &input.rows, tables };
            for group in group_by {
                let Some(gold) = wanted.get(&group.name) else { continue };
                if can_lose(&group.expr) {
                    count(
                        &group.expr,
                        &evaluator.evaluate(&group.expr)?,
                        gold,
                        (&input.rows, tables),
                        tally,
                    )?;
                }
                pass_on(&group.expr, gold, &mut below);
            }
            for column in aggregates {
                let Some(gold) = wanted.get(&column.name) else { continue };
                for argument in column.expr.operands() {
                    if can_lose(argument) {
                        count(argument, &evaluator.evaluate(argument)?, gold, (&input.rows, tables), tally)?;
                    }
                }
                let sums = made.rows.column(&column.name)?.as_materialized_series();
                too_large(&column.expr, sums, (gold, made), &evaluator, tally)?;
                pass_on(&column.expr, gold, &mut below);
            }
        }
        (Relation::Alias { alias, .. }, _) => {
            for (name, gold) in wanted {
                let bare = name.strip_prefix(alias.as_str()).and_then(|name| name.strip_prefix('.'));
                below.insert(bare.unwrap_or(name).to_owned(), gold.clone());
            }
        }
        _ => below.clone_from(wanted),
    }
    for (input, relation) in made.inputs.iter().zip(relation.inputs()) {
        walk(relation, input, &below, tables, tally)?;
    }
    Ok(())
}

fn pass_on(expr: &Expr, gold: &str, below: &mut Names) {
    for column in expr.columns() {
        below.entry(column.physical()).or_insert_with(|| gold.to_owned());
    }
}

fn count(
    expr: &Expr,
    values: &Series,
    gold: &str,
    (rows, tables): (&DataFrame, &Tables),
    tally: &mut Tally,
) -> Result<(), EngineError> {
    for lost in lost(expr, values, rows, tables)? {
        tally.add(gold, lost.row as u64 + 1, &lost);
    }
    Ok(())
}

/// The argument of a sum or a mean, whose result may be too large for its type.
fn sums(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Aggregate {
            function: AggregateFunction::Sum | AggregateFunction::Avg, arguments, ..
        } => arguments.first(),
        _ => None,
    }
}

/// Groups that have values, and no sum.
fn too_large(
    expr: &Expr,
    results: &Series,
    (gold, made): (&str, &Made),
    evaluator: &Evaluator<'_>,
    tally: &mut Tally,
) -> Result<(), EngineError> {
    let (Some(argument), Links::Groups(members)) = (sums(expr), &made.links) else { return Ok(()) };
    if results.null_count() == 0 {
        return Ok(());
    }
    let present: Vec<bool> =
        evaluator.evaluate(argument)?.is_not_null().iter().map(|present| present == Some(true)).collect();
    for (group, (missing, members)) in results.is_null().iter().zip(members).enumerate() {
        let has_values = members.iter().any(|row| present.get(*row) == Some(&true));
        if missing == Some(true) && has_values {
            let loss = Loss::DoesntFit(expr.data_type.clone());
            tally.add(gold, group as u64 + 1, &Lost { row: group, loss, from: Vec::new() });
        }
    }
    Ok(())
}
