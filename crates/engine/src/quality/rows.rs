//! Which rows break a rule about single rows.

use std::cmp::Ordering;

use polars::prelude::Series;
use touchstone_compiler::{Condition, Literal, ValueCondition};
use touchstone_spec::{DataType, TableName};

use super::{Subject, measure::condition_met};
use crate::{
    EngineError,
    expression::{compare, constant, meets, table, whole_match},
    keys::Keys,
};

/// Rows without a value.
pub(super) fn nulls(series: &Series) -> Vec<bool> {
    series.is_null().iter().map(|null| null == Some(true)).collect()
}

/// Rows whose text has the wrong length; null has none.
pub(super) fn wrong_lengths(series: &Series, condition: &Condition) -> Result<Vec<bool>, EngineError> {
    Ok(series
        .str()?
        .iter()
        .map(|text| text.is_none_or(|text| !condition_met(text.chars().count() as f64, condition)))
        .collect())
}

impl Subject<'_> {
    /// Rows whose values in these columns are null or stand in another row too.
    pub(super) fn repeated(&self, columns: &[String], considered: &[bool]) -> Result<Vec<bool>, EngineError> {
        let series =
            columns.iter().map(|column| self.table.series(column).cloned()).collect::<Result<Vec<_>, _>>()?;
        let keys = Keys::new(&series, self.height())?;
        let groups = keys.groups();
        let mut sizes = vec![0_u64; groups.len()];
        for (group, considered) in groups.of_row.iter().zip(considered) {
            if let (true, Some(size)) = (*considered, sizes.get_mut(*group)) {
                *size += 1;
            }
        }
        Ok(groups
            .of_row
            .iter()
            .enumerate()
            .map(|(row, group)| keys.has_null(row) || sizes.get(*group).is_some_and(|size| *size > 1))
            .collect())
    }

    /// Rows whose values in `columns` stand in no row of the other table; null stands nowhere.
    pub(super) fn unreferenced(
        &self,
        columns: &[String],
        name: &TableName,
        reference: &[String],
    ) -> Result<Vec<bool>, EngineError> {
        let other = table(self.tables, name)?;
        let mine =
            columns.iter().map(|column| self.table.series(column).cloned()).collect::<Result<Vec<_>, _>>()?;
        let theirs =
            reference.iter().map(|column| other.series(column).cloned()).collect::<Result<Vec<_>, _>>()?;
        let mine = Keys::new(&mine, self.height())?;
        let theirs = Keys::new(&theirs, other.frame.height())?;
        let index = theirs.index();
        Ok((0..mine.len()).map(|row| mine.matches(row, &index).is_empty()).collect())
    }

    /// Rows whose value doesn't meet a condition. Null meets one only by name: `in [NULL, …]`.
    pub(super) fn wrong_values(
        &self,
        column: &str,
        condition: &ValueCondition,
    ) -> Result<Vec<bool>, EngineError> {
        let series = self.table.series(column)?;
        let data_type = self
            .table
            .columns
            .iter()
            .find(|known| known.name == column)
            .map_or(DataType::String, |column| column.data_type.clone());
        let against = |literal: &Literal| -> Result<Vec<Option<Ordering>>, EngineError> {
            compare(series, &constant(literal, &data_type, series.len())?)
        };
        Ok(match condition {
            ValueCondition::Compare(op, literal) => against(literal)?
                .into_iter()
                .map(|ordering| !ordering.is_some_and(|ordering| meets(*op, ordering)))
                .collect(),
            ValueCondition::Between { low, high, negated } => against(low)?
                .into_iter()
                .zip(against(high)?)
                .map(|(low, high)| match low.zip(high) {
                    Some((low, high)) => (low.is_gt() && high.is_lt()) == *negated,
                    None => true,
                })
                .collect(),
            ValueCondition::In { values, null, empty, blank, negated } => {
                let mut found = vec![false; series.len()];
                for literal in values {
                    for (found, ordering) in found.iter_mut().zip(against(literal)?) {
                        *found |= ordering == Some(Ordering::Equal);
                    }
                }
                if (*empty || *blank) && data_type == DataType::String {
                    for (found, text) in found.iter_mut().zip(series.str()?.iter()) {
                        *found |= text.is_some_and(|text| {
                            (*empty && text.is_empty())
                                || (*blank && !text.is_empty() && text.chars().all(char::is_whitespace))
                        });
                    }
                }
                found
                    .into_iter()
                    .zip(nulls(series))
                    .map(|(found, missing)| if missing { !*null || *negated } else { found == *negated })
                    .collect()
            }
            ValueCondition::Matches { pattern, negated } => {
                let regex = whole_match(pattern)?;
                series
                    .str()?
                    .iter()
                    .map(|text| text.is_none_or(|text| regex.is_match(text) == *negated))
                    .collect()
            }
        })
    }
}
