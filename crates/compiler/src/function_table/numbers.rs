//! Functions of numbers.

use touchstone_spec::DataType;

use super::{Category, FunctionEntry, Nullability, scalar};
use crate::{Expr, ExprKind, Function as F, Literal};

const NUMBERS: Category = Category::Numbers;

pub(super) fn entries() -> Vec<FunctionEntry> {
    vec![
        scalar(F::Abs, NUMBERS, &["abs"], "(number N) -> N", "The number without its sign.", ("abs(-12.5)", "12.5"), "")
            .rendered(|arguments, sql| {
                let number = sql.first().map_or("NULL", String::as_str);
                // Without ANSI mode Spark's abs of the least integer stays negative.
                if arguments.first().is_some_and(|argument| argument.data_type.is_integer()) {
                    format!("if({number} < 0, try_subtract(0, {number}), {number})")
                } else {
                    format!("abs({number})")
                }
            })
            .nulls(Nullability::Always, "null if the number is, or if its type can't hold the result"),
        scalar(F::Round, NUMBERS, &["round"], "(number N, places int literal = 0) -> number", "The number rounded half up (away from zero) to `places` digits behind the point. Whole numbers stay as they are.", ("round(2.345, 2)", "2.35"), "round({0}, {1})").result(round),
        scalar(F::Ceil, NUMBERS, &["ceil", "ceiling"], "(number N) -> number", "The least whole number that isn't less: a long, or a decimal without fraction.", ("ceil(1.2)", "2"), "ceil({0})").result(whole),
        scalar(F::Floor, NUMBERS, &["floor"], "(number N) -> number", "The greatest whole number that isn't more: a long, or a decimal without fraction.", ("floor(-1.2)", "-2"), "floor({0})").result(whole),
        scalar(F::Sign, NUMBERS, &["sign", "signum"], "(number N) -> int", "-1, 0 or 1.", ("sign(-3.5)", "-1"), "CAST(sign({0}) AS INT)").result(|_| DataType::Int),
    ]
}

/// Spark's rule: one digit more in front, as rounding up may carry.
fn round(arguments: &[Expr]) -> DataType {
    let (Some(number), places) = (arguments.first(), arguments.get(1)) else { return DataType::Double };
    let DataType::Decimal { precision, scale } = number.data_type else { return number.data_type.clone() };
    let places = match places.map(|places| &places.kind) {
        Some(ExprKind::Literal(Literal::Integer(places))) => u8::try_from(*places).unwrap_or(0),
        _ => 0,
    };
    let kept = scale.min(places);
    DataType::Decimal { precision: (precision - scale + 1 + kept).min(38), scale: kept }
}

fn whole(arguments: &[Expr]) -> DataType {
    match arguments.first().map(|number| &number.data_type) {
        Some(DataType::Decimal { precision, scale }) => {
            DataType::Decimal { precision: (precision - scale + 1).min(38), scale: 0 }
        }
        _ => DataType::Long,
    }
}
