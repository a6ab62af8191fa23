//! Numbers that rules measure on a table as a whole, and the conditions they must meet.

use std::cmp::Ordering;

use polars::prelude::Series;
use touchstone_compiler::{Check, Condition};
use touchstone_spec::DataType;

use super::{Subject, Verdict, rows};
use crate::{
    EngineError,
    expression::{Values, compare_floats, meets, values},
    keys::Keys,
    types::decimal_text,
};

/// Whether a number meets a condition.
pub(super) fn condition_met(value: f64, condition: &Condition) -> bool {
    match condition {
        Condition::Compare(op, bound) => meets(*op, compare_floats(value, *bound)),
        Condition::Between { low, high, negated } => (*low < value && value < *high) != *negated,
        Condition::In { values, negated } => {
            values.iter().any(|wanted| compare_floats(value, *wanted) == Ordering::Equal) != *negated
        }
    }
}

/// The share of rows that pass, and whether it meets its condition.
pub(super) fn share(passing: u64, rows: u64, condition: &Condition) -> (bool, f64) {
    let share = if rows == 0 { 1.0 } else { passing as f64 / rows as f64 };
    (condition_met(share, condition), share)
}

/// A share to six places.
pub(super) fn share_text(share: f64) -> String {
    format!("{share:.6}")
}

impl Subject<'_> {
    /// Rules about a column as a whole.
    pub(super) fn measured(&self, check: &Check, considered: &[bool]) -> Result<Verdict, EngineError> {
        let rows = considered.iter().filter(|row| **row).count() as u64;
        Ok(match check {
            Check::Completeness { column, condition } => {
                let nulls = rows::nulls(self.table.series(column)?);
                let missing =
                    nulls.iter().zip(considered).filter(|(null, considered)| **null && **considered).count()
                        as u64;
                let (passed, share) = share(rows - missing, rows, condition);
                Verdict {
                    passed,
                    measured: format!("{}, {missing} of {rows} rows have no value", share_text(share)),
                    breaks: None,
                }
            }
            Check::Uniqueness { column, condition } => {
                let repeated = self.repeated(std::slice::from_ref(column), considered)?;
                let unique = repeated
                    .iter()
                    .zip(considered)
                    .filter(|(repeated, considered)| !**repeated && **considered)
                    .count() as u64;
                let (passed, share) = share(unique, rows, condition);
                Verdict {
                    passed,
                    measured: format!(
                        "{}, {unique} of {rows} rows have a value of their own",
                        share_text(share)
                    ),
                    breaks: None,
                }
            }
            Check::DistinctValuesCount { column, condition } => {
                let series = self.table.series(column)?;
                let groups = Keys::new(std::slice::from_ref(series), series.len())?;
                let mut seen = std::collections::BTreeSet::new();
                for (row, group) in groups.groups().of_row.iter().enumerate() {
                    if considered.get(row) == Some(&true) && !groups.has_null(row) {
                        seen.insert(*group);
                    }
                }
                super::number(seen.len() as f64, seen.len().to_string(), condition)
            }
            Check::Sum { column, condition } => {
                let sum = self.sum(column, considered)?;
                verdict(sum.map(|sum| (sum.value, sum.text)), condition)
            }
            Check::Mean { column, condition } => {
                let sum = self.sum(column, considered)?;
                verdict(
                    sum.map(|sum| {
                        let mean = sum.value / sum.count as f64;
                        (mean, share_text(mean))
                    }),
                    condition,
                )
            }
            other => return Err(EngineError::internal("rules", format!("{other:?} isn't about a column"))),
        })
    }

    /// The sum of a column's values; none when it has none. Whole numbers and decimals are summed exactly.
    fn sum(&self, column: &str, considered: &[bool]) -> Result<Option<Sum>, EngineError> {
        let series: &Series = self.table.series(column)?;
        let data_type = self
            .table
            .columns
            .iter()
            .find(|known| known.name == column)
            .map_or(DataType::Double, |column| column.data_type.clone());
        let scale = match data_type {
            DataType::Decimal { scale, .. } => scale,
            _ => 0,
        };
        let sum = match values(series, &data_type)? {
            Values::Whole(values) => {
                let present: Vec<i128> = considered_values(values, considered);
                if let Some(sum) = present.iter().try_fold(0_i128, |sum, value| sum.checked_add(*value)) {
                    let text = decimal_text(sum, scale);
                    Sum { value: text.parse().unwrap_or(f64::NAN), text, count: present.len() }
                } else {
                    let value = present.iter().map(|value| *value as f64).sum::<f64>()
                        / 10_f64.powi(i32::from(scale));
                    Sum { value, text: format!("{value:e}"), count: present.len() }
                }
            }
            Values::Real(values) => {
                let present = considered_values(values, considered);
                let value: f64 = present.iter().sum();
                Sum { value, text: share_text(value), count: present.len() }
            }
        };
        Ok((sum.count > 0).then_some(sum))
    }
}

struct Sum {
    value: f64,
    text: String,
    count: usize,
}

fn considered_values<T>(values: Vec<Option<T>>, considered: &[bool]) -> Vec<T> {
    values
        .into_iter()
        .zip(considered)
        .filter(|(_, considered)| **considered)
        .filter_map(|(value, _)| value)
        .collect()
}

fn verdict(measured: Option<(f64, String)>, condition: &Condition) -> Verdict {
    match measured {
        Some((value, text)) => {
            Verdict { passed: condition_met(value, condition), measured: text, breaks: None }
        }
        None => Verdict { passed: false, measured: "no values".to_owned(), breaks: None },
    }
}
