//! How values of one type stand to each other. NaN is above all numbers and equals itself, the two zeros are equal, and
//! text is ordered by its bytes, as in Spark.

use std::cmp::Ordering;

use polars::prelude::{DataType as Physical, Series};

use crate::EngineError;

/// Row by row; null where one side is.
pub(crate) fn compare(left: &Series, right: &Series) -> Result<Vec<Option<Ordering>>, EngineError> {
    let (left, right) = (left.to_physical_repr(), right.to_physical_repr());
    macro_rules! zip {
        ($get:ident, $compare:expr) => {
            left.$get()?
                .iter()
                .zip(right.$get()?.iter())
                .map(|(left, right)| left.zip(right).map(|(left, right)| $compare(&left, &right)))
                .collect()
        };
    }
    Ok(match left.dtype() {
        Physical::Boolean => zip!(bool, bool::cmp),
        Physical::Int32 => zip!(i32, i32::cmp),
        Physical::Int64 => zip!(i64, i64::cmp),
        Physical::Int128 => zip!(i128, i128::cmp),
        Physical::Float32 => {
            zip!(f32, |left: &f32, right: &f32| compare_floats(f64::from(*left), f64::from(*right)))
        }
        Physical::Float64 => zip!(f64, |left: &f64, right: &f64| compare_floats(*left, *right)),
        Physical::String => zip!(str, |left: &&str, right: &&str| left.cmp(right)),
        Physical::Binary => zip!(binary, |left: &&[u8], right: &&[u8]| left.cmp(right)),
        other => return Err(EngineError::internal("comparison", format!("{other} has no order"))),
    })
}

/// Compares two rows of one column.
pub(crate) type RowOrder<'column> = Box<dyn Fn(usize, usize) -> Ordering + 'column>;

/// How the rows of a column stand to each other; null is below every value.
pub(crate) fn row_order(series: &Series) -> Result<RowOrder<'static>, EngineError> {
    let physical = series.to_physical_repr().rechunk();
    macro_rules! by {
        ($get:ident, $compare:expr) => {{
            let values = physical.$get()?.clone();
            Box::new(move |left: usize, right: usize| match (values.get(left), values.get(right)) {
                (Some(left), Some(right)) => $compare(&left, &right),
                (left, right) => left.is_some().cmp(&right.is_some()),
            })
        }};
    }
    Ok(match physical.dtype() {
        Physical::Boolean => by!(bool, bool::cmp),
        Physical::Int32 => by!(i32, i32::cmp),
        Physical::Int64 => by!(i64, i64::cmp),
        Physical::Int128 => by!(i128, i128::cmp),
        Physical::Float32 => {
            by!(f32, |left: &f32, right: &f32| compare_floats(f64::from(*left), f64::from(*right)))
        }
        Physical::Float64 => by!(f64, |left: &f64, right: &f64| compare_floats(*left, *right)),
        Physical::String => by!(str, |left: &&str, right: &&str| left.cmp(right)),
        Physical::Binary => by!(binary, |left: &&[u8], right: &&[u8]| left.cmp(right)),
        other => return Err(EngineError::internal("sorting", format!("{other} has no order"))),
    })
}

/// Two floats.
pub(crate) fn compare_floats(left: f64, right: f64) -> Ordering {
    left.partial_cmp(&right).unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
}

#[cfg(test)]
mod tests {
    use super::{Ordering, compare_floats};

    #[test]
    fn nan_is_the_greatest_and_equals_itself() {
        assert_eq!(compare_floats(f64::NAN, f64::INFINITY), Ordering::Greater);
        assert_eq!(compare_floats(1.0, f64::NAN), Ordering::Less);
        assert_eq!(compare_floats(f64::NAN, -f64::NAN), Ordering::Equal);
        assert_eq!(compare_floats(0.0, -0.0), Ordering::Equal);
    }
}
