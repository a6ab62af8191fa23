//! Arithmetic and the functions of numbers.

use polars::prelude::Series;
use touchstone_compiler::ArithmeticOp;
use touchstone_spec::DataType;

use super::{Values, finish, values};
use crate::{
    EngineError,
    decimal::{self, Operand},
};

fn scale_of(data_type: &DataType) -> u8 {
    match data_type {
        DataType::Decimal { scale, .. } => *scale,
        _ => 0,
    }
}

fn pairs<T: Copy>(left: &[Option<T>], right: &[Option<T>], op: impl Fn(T, T) -> Option<T>) -> Vec<Option<T>> {
    left.iter()
        .zip(right)
        .map(|(left, right)| left.zip(*right).and_then(|(left, right)| op(left, right)))
        .collect()
}

/// `left op right`; null on division by zero and where the result doesn't fit its type.
pub(super) fn arithmetic(
    op: ArithmeticOp,
    (left, left_type): (&Series, &DataType),
    (right, right_type): (&Series, &DataType),
    result: &DataType,
) -> Result<Series, EngineError> {
    let computed = match (values(left, left_type)?, values(right, right_type)?) {
        (Values::Whole(left), Values::Whole(right)) => {
            if let DataType::Decimal { precision, scale } = result {
                let (left_scale, right_scale) = (scale_of(left_type), scale_of(right_type));
                Values::Whole(pairs(&left, &right, |left, right| {
                    decimal::arithmetic(
                        op,
                        Operand { unscaled: left, scale: left_scale },
                        Operand { unscaled: right, scale: right_scale },
                        *precision,
                        *scale,
                    )
                }))
            } else if matches!(result, DataType::Double | DataType::Float) {
                Values::Real(pairs(&reals(&left), &reals(&right), |left, right| real(op, left, right)))
            } else {
                Values::Whole(pairs(&left, &right, |left, right| whole(op, left, right)))
            }
        }
        (Values::Real(left), Values::Real(right)) => {
            Values::Real(pairs(&left, &right, |left, right| real(op, left, right)))
        }
        (left, right) => {
            return Err(EngineError::internal("arithmetic", format!("{left:?} and {right:?} don't meet")));
        }
    };
    finish(computed, result)
}

#[expect(clippy::cast_precision_loss, reason = "int and long become double, as in Spark")]
fn reals(values: &[Option<i128>]) -> Vec<Option<f64>> {
    values.iter().map(|value| value.map(|value| value as f64)).collect()
}

/// int and long are far narrower than these 128 bits; what doesn't fit them is found at the end.
fn whole(op: ArithmeticOp, left: i128, right: i128) -> Option<i128> {
    match op {
        ArithmeticOp::Add => left.checked_add(right),
        ArithmeticOp::Subtract => left.checked_sub(right),
        ArithmeticOp::Multiply => left.checked_mul(right),
        ArithmeticOp::Divide => left.checked_div(right),
        ArithmeticOp::Remainder => left.checked_rem(right),
    }
}

fn real(op: ArithmeticOp, left: f64, right: f64) -> Option<f64> {
    match op {
        ArithmeticOp::Add => Some(left + right),
        ArithmeticOp::Subtract => Some(left - right),
        ArithmeticOp::Multiply => Some(left * right),
        ArithmeticOp::Divide => (right != 0.0).then(|| left / right),
        ArithmeticOp::Remainder => (right != 0.0).then(|| left % right),
    }
}

fn each(
    series: &Series,
    from: &DataType,
    result: &DataType,
    whole: impl Fn(i128) -> Option<i128>,
    real: impl Fn(f64) -> f64,
) -> Result<Series, EngineError> {
    let computed = match values(series, from)? {
        Values::Whole(values) => {
            Values::Whole(values.into_iter().map(|value| value.and_then(&whole)).collect())
        }
        Values::Real(values) => Values::Real(values.into_iter().map(|value| value.map(&real)).collect()),
    };
    finish(computed, result)
}

/// Minus the operand; null where the type can't hold it.
pub(super) fn negate(series: &Series, result: &DataType) -> Result<Series, EngineError> {
    each(series, result, result, i128::checked_neg, |value| -value)
}

/// Without the sign; null where the type can't hold it.
pub(super) fn abs(series: &Series, result: &DataType) -> Result<Series, EngineError> {
    each(series, result, result, i128::checked_abs, f64::abs)
}

/// -1, 0 or 1; null for NaN.
pub(super) fn sign(series: &Series, from: &DataType) -> Result<Series, EngineError> {
    let signs = match values(series, from)? {
        Values::Whole(values) => values.into_iter().map(|value| value.map(i128::signum)).collect(),
        Values::Real(values) => values
            .into_iter()
            .map(|value| {
                // NaN has no sign: Spark's cast of NaN to int is 0.
                value.map(|value| if value > 0.0 { 1 } else { -i128::from(value < 0.0) })
            })
            .collect(),
    };
    finish(Values::Whole(signs), &DataType::Int)
}

/// Whole numbers below or above.
pub(super) fn to_whole(
    series: &Series,
    from: &DataType,
    result: &DataType,
    up: bool,
) -> Result<Series, EngineError> {
    let scale = scale_of(from);
    let computed = match values(series, from)? {
        Values::Whole(values) => values
            .into_iter()
            .map(|value| {
                value.map(|unscaled| {
                    let operand = Operand { unscaled, scale };
                    if up { decimal::ceil(operand) } else { decimal::floor(operand) }
                })
            })
            .collect(),
        Values::Real(values) => values
            .into_iter()
            .map(|value| value.and_then(|value| whole_of(if up { value.ceil() } else { value.floor() })))
            .collect(),
    };
    finish(Values::Whole(computed), result)
}

/// A float without its fraction as a whole number; none for NaN, infinities and what is far too large.
pub(super) fn whole_of(value: f64) -> Option<i128> {
    // Beyond 10^38 no type of ours could hold it.
    #[expect(clippy::cast_possible_truncation, reason = "in range: checked in the same line")]
    (value.abs() < 1e38).then_some(value.trunc() as i128)
}

/// Rounded half up, away from zero.
pub(super) fn round(
    series: &Series,
    from: &DataType,
    places: i64,
    result: &DataType,
) -> Result<Series, EngineError> {
    let computed = match (values(series, from)?, result) {
        (Values::Whole(values), DataType::Decimal { precision, scale }) => {
            let from_scale = scale_of(from);
            Values::Whole(
                values
                    .into_iter()
                    .map(|value| {
                        value.and_then(|unscaled| {
                            let kept = decimal::rescale(
                                Operand { unscaled, scale: from_scale },
                                *precision,
                                *scale,
                            )?;
                            if places < 0 { round_whole(kept, places) } else { Some(kept) }
                        })
                    })
                    .collect(),
            )
        }
        (Values::Whole(values), _) => Values::Whole(
            values.into_iter().map(|value| value.and_then(|value| round_whole(value, places))).collect(),
        ),
        (Values::Real(values), _) => Values::Real(
            values.into_iter().map(|value| value.map(|value| round_real(value, places))).collect(),
        ),
    };
    finish(computed, result)
}

/// To tens, hundreds … when `places` is negative; else as it is.
fn round_whole(value: i128, places: i64) -> Option<i128> {
    let Ok(zeros) = u32::try_from(-places) else { return Some(value) };
    let Some(unit) = 10_i128.checked_pow(zeros) else { return Some(0) };
    let rest = value % unit;
    let up = rest.unsigned_abs() >= unit.unsigned_abs().div_ceil(2) && unit > 1;
    let cut = value - rest;
    if up { cut.checked_add(unit * value.signum()) } else { Some(cut) }
}

/// A double rounded by its shortest decimal digits, as Spark does: 2.345 to two places is 2.35, although the double
/// itself lies a little below.
fn round_real(value: f64, places: i64) -> f64 {
    if !value.is_finite() {
        return value;
    }
    let text = format!("{:e}", value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    // How many of the digits stay.
    let keep = exponent + 1 + places;
    let Ok(keep_digits) = usize::try_from(keep) else { return 0.0_f64.copysign(value) };
    if keep_digits >= digits.len() {
        return value;
    }
    let up = digits.get(keep_digits).is_some_and(|digit| *digit >= b'5');
    let kept: u128 =
        digits.iter().take(keep_digits).fold(0, |kept, digit| kept * 10 + u128::from(digit - b'0'));
    format!("{}e{}", kept + u128::from(up), -places).parse::<f64>().unwrap_or(value).copysign(value)
}

#[cfg(test)]
mod tests {
    use super::{round_real, round_whole};

    #[test]
    #[expect(clippy::float_cmp, reason = "rounding gives the one nearest double")]
    fn doubles_are_rounded_by_the_digits_people_see() {
        assert_eq!(round_real(2.345, 2), 2.35);
        assert_eq!(round_real(-2.345, 2), -2.35);
        assert_eq!(round_real(2.5, 0), 3.0);
        assert_eq!(round_real(0.05, 1), 0.1);
        assert_eq!(round_real(0.04, 1), 0.0);
        assert_eq!(round_real(0.5, 0), 1.0);
        assert_eq!(round_real(0.005, 1), 0.0);
        assert_eq!(round_real(1234.5, -2), 1200.0);
        assert_eq!(round_real(1e300, 2), 1e300);
        assert_eq!(round_real(9.999, 2), 10.0);
    }

    #[test]
    fn whole_numbers_are_rounded_to_tens() {
        assert_eq!(round_whole(15, -1), Some(20));
        assert_eq!(round_whole(-15, -1), Some(-20));
        assert_eq!(round_whole(14, -1), Some(10));
        assert_eq!(round_whole(14, 2), Some(14));
    }
}
