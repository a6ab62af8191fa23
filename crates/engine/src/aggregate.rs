//! Aggregates over groups of rows. Rows are taken in their order, one after the other, so that a sum of floats has the
//! same last digit on every machine.

use std::cmp::Ordering;

use arrow::datatypes::i256;
use polars::prelude::{DataFrame, Int64Chunked, IntoSeries, NewChunkedArray, Series};
use touchstone_compiler::{AggregateFunction, Expr, ExprKind};
use touchstone_spec::DataType;

use crate::{
    EngineError, decimal,
    expression::{Evaluator, NO_NAME, Tables, Values, finish, gather, row_order, values},
    keys::{Groups, Keys},
};

/// One value per group.
pub(crate) fn aggregate(
    expr: &Expr,
    rows: &DataFrame,
    tables: &Tables,
    groups: &Groups,
) -> Result<Series, EngineError> {
    let ExprKind::Aggregate { function, distinct, arguments } = &expr.kind else {
        return Err(EngineError::internal("aggregation", "a column isn't an aggregate"));
    };
    let evaluator = Evaluator { rows, tables };
    let inputs =
        arguments.iter().map(|argument| evaluator.evaluate(argument)).collect::<Result<Vec<_>, _>>()?;
    let counted = counted_rows(&inputs, *distinct, groups, rows.height())?;
    let first = || {
        inputs
            .first()
            .zip(arguments.first())
            .ok_or_else(|| EngineError::internal(format!("{function:?}"), "the aggregate has no argument"))
    };
    match function {
        AggregateFunction::Count => {
            let mut counts = vec![0_i64; groups.len()];
            for (row, group) in groups.of_row.iter().enumerate() {
                if counted.get(row).copied().unwrap_or(false)
                    && let Some(count) = counts.get_mut(*group)
                {
                    *count += 1;
                }
            }
            Ok(Int64Chunked::from_vec(NO_NAME, counts).into_series())
        }
        AggregateFunction::Sum => {
            let (input, argument) = first()?;
            let sums = match sums(input, &argument.data_type, groups, &counted)? {
                Sums::Whole(sums) => Values::Whole(
                    sums.into_iter()
                        .map(|(sum, count)| (count > 0).then(|| sum?.to_i128()).flatten())
                        .collect(),
                ),
                Sums::Real(sums) => {
                    Values::Real(sums.into_iter().map(|(sum, count)| (count > 0).then_some(sum)).collect())
                }
            };
            finish(sums, &expr.data_type)
        }
        AggregateFunction::Avg => {
            let (input, argument) = first()?;
            mean(sums(input, &argument.data_type, groups, &counted)?, &argument.data_type, &expr.data_type)
        }
        AggregateFunction::Min | AggregateFunction::Max => {
            let (input, _) = first()?;
            let wanted = if *function == AggregateFunction::Min { Ordering::Less } else { Ordering::Greater };
            Ok(gather(input, &extreme_rows(input, groups, wanted)?)?)
        }
        AggregateFunction::MinBy | AggregateFunction::MaxBy => {
            let (input, _) = first()?;
            let order = inputs.get(1).ok_or_else(|| {
                EngineError::internal(format!("{function:?}"), "the aggregate has no order")
            })?;
            let wanted =
                if *function == AggregateFunction::MinBy { Ordering::Less } else { Ordering::Greater };
            Ok(gather(input, &extreme_rows(order, groups, wanted)?)?)
        }
    }
}

/// Which rows count: those whose arguments all have a value, and with `distinct` the first of equal ones in a group.
fn counted_rows(
    inputs: &[Series],
    distinct: bool,
    groups: &Groups,
    height: usize,
) -> Result<Vec<bool>, EngineError> {
    let mut counted = vec![true; height];
    for input in inputs {
        for (counted, present) in counted.iter_mut().zip(input.is_not_null().iter()) {
            *counted &= present == Some(true);
        }
    }
    if distinct {
        let group = Int64Chunked::from_iter_values(
            NO_NAME,
            groups.of_row.iter().map(|group| i64::try_from(*group).unwrap_or(i64::MAX)),
        )
        .into_series();
        let columns: Vec<Series> = std::iter::once(group).chain(inputs.iter().cloned()).collect();
        let same = Keys::new(&columns, height)?.groups();
        for (row, group) in same.of_row.iter().enumerate() {
            if let Some(counted) = counted.get_mut(row) {
                *counted &= same.first_rows.get(*group) == Some(&row);
            }
        }
    }
    Ok(counted)
}

enum Sums {
    /// Sum (none when it is beyond 256 bits) and number of values.
    Whole(Vec<(Option<i256>, i64)>),
    Real(Vec<(f64, i64)>),
}

fn sums(
    input: &Series,
    data_type: &DataType,
    groups: &Groups,
    counted: &[bool],
) -> Result<Sums, EngineError> {
    let rows = groups.of_row.iter().zip(counted);
    Ok(match values(input, data_type)? {
        Values::Whole(values) => {
            let mut sums = vec![(Some(i256::from_i128(0)), 0_i64); groups.len()];
            for (value, (group, counted)) in values.into_iter().zip(rows) {
                if let (Some(value), true, Some((sum, count))) = (value, *counted, sums.get_mut(*group)) {
                    *sum = sum.and_then(|sum| sum.checked_add(i256::from_i128(value)));
                    *count += 1;
                }
            }
            Sums::Whole(sums)
        }
        Values::Real(values) => {
            let mut sums = vec![(0.0, 0_i64); groups.len()];
            for (value, (group, counted)) in values.into_iter().zip(rows) {
                if let (Some(value), true, Some((sum, count))) = (value, *counted, sums.get_mut(*group)) {
                    *sum += value;
                    *count += 1;
                }
            }
            Sums::Real(sums)
        }
    })
}

#[expect(clippy::cast_precision_loss, reason = "a mean of integers is a double, as in Spark")]
fn mean(sums: Sums, from: &DataType, to: &DataType) -> Result<Series, EngineError> {
    let means = match (sums, to) {
        (Sums::Whole(sums), DataType::Decimal { precision, scale }) => {
            let from_scale = match from {
                DataType::Decimal { scale, .. } => *scale,
                _ => 0,
            };
            Values::Whole(
                sums.into_iter()
                    .map(|(sum, count)| decimal::mean(sum?, count, from_scale, *precision, *scale))
                    .collect(),
            )
        }
        (Sums::Whole(sums), _) => Values::Real(
            sums.into_iter()
                .map(|(sum, count)| {
                    let sum = sum.filter(|_| count > 0)?.to_i128()?;
                    Some(sum as f64 / count as f64)
                })
                .collect(),
        ),
        (Sums::Real(sums), _) => Values::Real(
            sums.into_iter().map(|(sum, count)| (count > 0).then(|| sum / count as f64)).collect(),
        ),
    };
    finish(means, to)
}

/// For each group the first row whose value is the extreme; none when all are null.
fn extreme_rows(
    series: &Series,
    groups: &Groups,
    wanted: Ordering,
) -> Result<Vec<Option<usize>>, EngineError> {
    let order = row_order(series)?;
    let mut best: Vec<Option<usize>> = vec![None; groups.len()];
    for (row, (group, present)) in groups.of_row.iter().zip(series.is_not_null().iter()).enumerate() {
        if let (Some(true), Some(best)) = (present, best.get_mut(*group))
            && best.is_none_or(|best| order(row, best) == wanted)
        {
            *best = Some(row);
        }
    }
    Ok(best)
}
