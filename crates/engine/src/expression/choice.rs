//! Choices between values: case, in, coalesce, greatest.

use std::cmp::Ordering;

use polars::prelude::{BooleanChunked, NewChunkedArray, Series};
use touchstone_compiler::Expr;
use touchstone_spec::DataType;

use super::{Evaluator, NO_NAME, booleans, compare, truths};
use crate::{EngineError, types::physical_type};

/// Where the flags are true the first value, else the second.
pub(super) fn choose(
    flags: impl Iterator<Item = bool>,
    then: &Series,
    otherwise: &Series,
) -> Result<Series, EngineError> {
    let mask = BooleanChunked::from_iter_values(NO_NAME, flags);
    Ok(then.zip_with(&mask, otherwise)?)
}

impl Evaluator<'_> {
    pub(super) fn case(
        &self,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
        data_type: &DataType,
    ) -> Result<Series, EngineError> {
        let mut result = match otherwise {
            Some(otherwise) => self.evaluate(otherwise)?,
            None => Series::full_null(NO_NAME, self.rows.height(), &physical_type(data_type)?),
        };
        // The first true condition wins, so it is put in last.
        for (condition, value) in branches.iter().rev() {
            result = self.evaluate(value)?.zip_with(&self.mask(condition)?, &result)?;
        }
        Ok(result)
    }

    /// SQL's way with nulls: unknown when nothing matches and a null is among what was compared.
    pub(super) fn is_in(&self, operand: &Expr, list: &[Expr], negated: bool) -> Result<Series, EngineError> {
        let operand = self.evaluate(operand)?;
        let mut found = vec![Some(false); operand.len()];
        for value in list {
            let orderings = compare(&operand, &self.evaluate(value)?)?;
            for (found, ordering) in found.iter_mut().zip(orderings) {
                *found = match (*found, ordering) {
                    (Some(true), _) | (_, Some(Ordering::Equal)) => Some(true),
                    (None, _) | (_, None) => None,
                    _ => Some(false),
                };
            }
        }
        Ok(booleans(found.into_iter().map(|found| found.map(|found| found != negated))))
    }
}

/// The first value that isn't null.
pub(super) fn coalesce(values: &[Series]) -> Result<Option<Series>, EngineError> {
    let mut result: Option<Series> = None;
    for value in values.iter().rev() {
        result = Some(match result {
            Some(later) => {
                choose(value.is_not_null().iter().map(|present| present == Some(true)), value, &later)?
            }
            None => value.clone(),
        });
    }
    Ok(result)
}

/// The first value, but null where it equals the second.
pub(super) fn null_if(value: &Series, other: &Series) -> Result<Series, EngineError> {
    let equal = compare(value, other)?;
    let nothing = Series::full_null(NO_NAME, value.len(), value.dtype());
    choose(equal.into_iter().map(|ordering| ordering == Some(Ordering::Equal)), &nothing, value)
}

/// One value or the other.
pub(super) fn if_else(condition: &Series, then: &Series, otherwise: &Series) -> Result<Series, EngineError> {
    Ok(then.zip_with(&truths(condition.bool()?), otherwise)?)
}

/// The extreme of the values that aren't null: the one that stands so (`wanted`) to all others.
pub(super) fn extreme(values: &[Series], wanted: Ordering) -> Result<Option<Series>, EngineError> {
    let mut best: Option<Series> = None;
    for value in values {
        best = Some(match best {
            Some(best) => {
                let orderings = compare(value, &best)?;
                let best_is_null = best.is_null();
                let better = orderings
                    .into_iter()
                    .zip(best_is_null.iter())
                    .map(|(ordering, missing)| ordering == Some(wanted) || missing == Some(true));
                choose(better, value, &best)?
            }
            None => value.clone(),
        });
    }
    Ok(best)
}
