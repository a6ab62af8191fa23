//! Conversions: which the compiler puts in by itself, which a steward may ask for, and the common type of several
//! values.

use touchstone_spec::DataType;

use crate::{Expr, ExprKind, Literal, literal};

/// Digits that hold any int, and any long, as Spark counts them.
const INT_DIGITS: u8 = 10;
const LONG_DIGITS: u8 = 20;

/// The expression as `to`, when no value can be lost on the way; else the expression back.
#[expect(
    clippy::result_large_err,
    reason = "the expression goes back to the caller, who reports or casts it"
)]
pub(crate) fn widen(expr: Expr, to: &DataType) -> Result<Expr, Expr> {
    if expr.data_type == *to {
        return Ok(expr);
    }
    if let Some(constant) = expr.literal() {
        return match constant_as(constant, &expr.data_type, to) {
            Some(Literal::Null) => Ok(Expr::null(to.clone())),
            Some(converted) => Ok(Expr::constant(converted, to.clone())),
            None => Err(expr),
        };
    }
    if widens(&expr.data_type, to) { Ok(cast(expr, to)) } else { Err(expr) }
}

/// A conversion node. A conversion that loses nothing can't make a null.
pub(crate) fn cast(expr: Expr, to: &DataType) -> Expr {
    if expr.data_type == *to {
        return expr;
    }
    let nullable = expr.nullable || !widens(&expr.data_type, to);
    Expr { kind: ExprKind::Cast(Box::new(expr)), data_type: to.clone(), nullable }
}

/// Whether every value of `from` is one of `to` (a long as a double is the exception that Spark makes too).
pub(crate) fn widens(from: &DataType, to: &DataType) -> bool {
    use DataType::{Date, Decimal, Double, Float, Int, Long, Timestamp};
    match (from, to) {
        _ if from == to => true,
        (Int, Long) | (Int | Long | Float | Decimal { .. }, Double) | (Date, Timestamp) => true,
        (Int | Long | Decimal { .. }, Decimal { precision, scale }) => {
            let (from_precision, from_scale) = decimal_of(from);
            from_scale <= *scale && from_precision - from_scale <= precision - scale
        }
        _ => false,
    }
}

/// Precision and scale of a whole number or a decimal.
pub(crate) fn decimal_of(data_type: &DataType) -> (u8, u8) {
    match data_type {
        DataType::Decimal { precision, scale } => (*precision, *scale),
        DataType::Long => (LONG_DIGITS, 0),
        _ => (INT_DIGITS, 0),
    }
}

/// A whole-number constant with the digits that it has, as Spark types it beside decimals.
pub(crate) fn tight(expr: Expr) -> Expr {
    match (expr.literal(), &expr.data_type) {
        (Some(Literal::Integer(value)), DataType::Int | DataType::Long) => {
            let digits = value.unsigned_abs().to_string();
            let precision = u8::try_from(digits.len()).unwrap_or(LONG_DIGITS);
            Expr::constant(Literal::Decimal(value.to_string()), DataType::Decimal { precision, scale: 0 })
        }
        _ => expr,
    }
}

/// A constant in another type, when it says the same there.
fn constant_as(constant: &Literal, from: &DataType, to: &DataType) -> Option<Literal> {
    match (constant, to) {
        (Literal::Null, _) => Some(Literal::Null),
        (Literal::Integer(value), DataType::Int) => i32::try_from(*value).ok().map(|_| constant.clone()),
        (Literal::Integer(value), DataType::Float | DataType::Double) => Some(Literal::Number(*value as f64)),
        (Literal::Integer(value), DataType::Decimal { precision, scale }) => {
            literal::decimal_at(&value.to_string(), *precision, *scale).map(Literal::Decimal)
        }
        (Literal::Decimal(digits), DataType::Decimal { precision, scale }) => {
            literal::decimal_at(digits, *precision, *scale).map(Literal::Decimal)
        }
        (Literal::Decimal(digits), DataType::Float | DataType::Double) => {
            digits.parse().ok().map(Literal::Number)
        }
        (Literal::Integer(_), DataType::Long) | (Literal::Number(_), DataType::Float | DataType::Double) => {
            Some(constant.clone())
        }
        (Literal::Date(days), DataType::Timestamp) => {
            Some(Literal::Timestamp(i64::from(*days) * 86_400_000_000))
        }
        (
            Literal::Text(text),
            DataType::Date | DataType::Timestamp | DataType::Timestamptz | DataType::Uuid,
        ) if *from == DataType::String => literal::read(text, to),
        (Literal::Text(_), DataType::String) if *from == DataType::Uuid => Some(constant.clone()),
        _ => None,
    }
}

/// Why values have no common type: the places of two that don't go together, and their types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clash {
    pub(crate) at: usize,
    pub(crate) wanted: DataType,
}

/// All values in their common type.
pub(crate) fn unify(values: Vec<Expr>) -> Result<(Vec<Expr>, DataType), Clash> {
    let is_text = |value: &Expr| matches!(value.literal(), Some(Literal::Text(_)));
    let is_null = |value: &Expr| matches!(value.literal(), Some(Literal::Null));
    let decimals = values.iter().any(|value| matches!(value.data_type, DataType::Decimal { .. }));
    let floats = values.iter().any(|value| matches!(value.data_type, DataType::Float | DataType::Double));
    let values: Vec<Expr> =
        values.into_iter().map(|value| if decimals && !floats { tight(value) } else { value }).collect();
    let mut common: Option<DataType> = None;
    for (at, value) in values.iter().enumerate().filter(|(_, value)| !is_text(value) && !is_null(value)) {
        common = Some(match common {
            None => value.data_type.clone(),
            Some(so_far) => match wider(&so_far, &value.data_type) {
                Some(both) => both,
                None => return Err(Clash { at, wanted: so_far }),
            },
        });
    }
    let target = common.unwrap_or(DataType::String);
    let mut converted = Vec::with_capacity(values.len());
    for (at, value) in values.into_iter().enumerate() {
        let value = if matches!(target, DataType::Decimal { .. }) && value.data_type.is_numeric() {
            // Two decimals of 38 digits may have no type that holds both; the wider one is cut behind the point.
            widen(value, &target).unwrap_or_else(|value| cast(value, &target))
        } else {
            widen(value, &target).map_err(|_| Clash { at, wanted: target.clone() })?
        };
        converted.push(value);
    }
    Ok((converted, target))
}

/// The type that holds the values of both.
pub(crate) fn wider(one: &DataType, other: &DataType) -> Option<DataType> {
    use DataType::{Double, Float};
    if one == other || widens(other, one) {
        return Some(one.clone());
    }
    if widens(one, other) {
        return Some(other.clone());
    }
    if !one.is_numeric() || !other.is_numeric() {
        return None;
    }
    if matches!(one, Float | Double) || matches!(other, Float | Double) {
        return Some(Double);
    }
    let ((precision, scale), (other_precision, other_scale)) = (decimal_of(one), decimal_of(other));
    let whole = (precision - scale).max(other_precision - other_scale);
    let scale = scale.max(other_scale).min(38 - whole);
    Some(DataType::Decimal { precision: whole + scale, scale })
}

/// What a field's `type` does with a value of another type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Declared {
    /// It converts, exactly or by rounding to the declared scale.
    Converts,
    /// It would lose something that nobody asked for.
    Lossy,
    /// There is no such conversion, not even by `cast`.
    Impossible,
}

/// Whether declaring `to` is enough to make it of `from`, or a cast must be written.
pub(crate) fn declared(from: &DataType, to: &DataType) -> Declared {
    use DataType::{Boolean, Date, Decimal, Double, Float, Int, Long, String, Time, Uuid};
    if widens(from, to) {
        return Declared::Converts;
    }
    match (from, to) {
        // Exact decimals are what a declared scale is for: 12.345678 becomes 12.35.
        (Int | Long | Float | Double | Decimal { .. }, Decimal { .. })
        | (Boolean | Int | Long | Decimal { .. } | Date | Uuid | Time, String) => Declared::Converts,
        _ if castable(from, to) => Declared::Lossy,
        _ => Declared::Impossible,
    }
}

/// Whether `cast` knows the way.
pub(crate) fn castable(from: &DataType, to: &DataType) -> bool {
    use DataType::{Binary, Boolean, Date, String, Time, Timestamp, Timestamptz, Uuid};
    if from == to {
        return true;
    }
    match (from, to) {
        _ if from.is_nested() || to.is_nested() => false,
        (Binary | Time, to) => *to == String,
        (String, _) => !matches!(to, Time),
        (_, String) | (Date | Timestamp | Timestamptz, Date | Timestamp | Timestamptz) => true,
        (Uuid, _) | (_, Uuid | Binary | Time) => false,
        (Boolean, to) => to.is_numeric(),
        (from, Boolean) => from.is_numeric(),
        (from, to) => from.is_numeric() && to.is_numeric(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(precision: u8, scale: u8) -> DataType {
        DataType::Decimal { precision, scale }
    }

    #[test]
    fn common_types_follow_spark() {
        for (one, other, both) in [
            (DataType::Int, DataType::Long, Some(DataType::Long)),
            (DataType::Long, DataType::Double, Some(DataType::Double)),
            (DataType::Int, decimal(5, 2), Some(decimal(12, 2))),
            (decimal(18, 6), decimal(10, 2), Some(decimal(18, 6))),
            (decimal(38, 0), decimal(38, 10), Some(decimal(38, 0))),
            (decimal(38, 10), DataType::Float, Some(DataType::Double)),
            (DataType::Date, DataType::Timestamp, Some(DataType::Timestamp)),
            (DataType::String, DataType::Int, None),
        ] {
            assert_eq!(wider(&one, &other), both, "{one} and {other}");
            assert_eq!(wider(&other, &one), both, "{other} and {one}");
        }
    }

    #[test]
    fn constants_take_the_type_of_what_they_stand_beside() {
        let date = Expr {
            kind: ExprKind::Column(crate::ColumnRef::bare("d")),
            data_type: DataType::Date,
            nullable: true,
        };
        let text = |text: &str| Expr::constant(Literal::Text(text.to_owned()), DataType::String);
        let (values, target) = unify(vec![date.clone(), text("2026-03-02")]).unwrap();
        assert_eq!(
            (target, values.get(1).and_then(Expr::literal)),
            (DataType::Date, Some(&Literal::Date(20_514)))
        );
        assert_eq!(unify(vec![date, text("02.03.2026")]).unwrap_err().at, 1);
    }
}
