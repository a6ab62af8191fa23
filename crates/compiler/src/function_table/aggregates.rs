//! Aggregates over the rows of a group.

use touchstone_spec::DataType;

use super::{AnyFunction, Category, Example, FunctionEntry, Nullability, Spark};
use crate::{AggregateFunction as A, Expr};

const NULLS: &str = "nulls are passed over; null if there is no value";

pub(super) fn entries() -> Vec<FunctionEntry> {
    vec![
        FunctionEntry {
            nulls: "nulls aren't counted; 0 if there is no value",
            nullable: Nullability::Never,
            ..aggregate(
                A::Count,
                &["count"],
                "(value any) -> long",
                "How many rows have a value; `count(*)` counts rows, `count(distinct value)` values that differ.",
                "count(*)",
                "count({0})",
                |_| DataType::Long,
            )
        },
        FunctionEntry {
            spark: Spark::Rendered(|arguments, sql| {
                let number = sql.first().map_or("NULL", String::as_str);
                // A sum of integers that overflows wraps around without ANSI mode; try_sum gives null.
                let whole = arguments.first().is_some_and(|argument| argument.data_type.is_integer());
                format!("{}({number})", if whole { "try_sum" } else { "sum" })
            }),
            ..aggregate(
                A::Sum,
                &["sum"],
                "(number N) -> number",
                "The sum: a long for whole numbers, ten digits more for decimals, else a double. Null if its type can't hold it.",
                "sum(quantity)",
                "",
                sum,
            )
        },
        aggregate(
            A::Avg,
            &["avg", "mean"],
            "(number N) -> number",
            "The mean: a double, or a decimal with four digits more behind the point.",
            "avg(price)",
            "avg({0})",
            average,
        ),
        aggregate(A::Min, &["min"], "(value O) -> O", "The least value.", "min(price)", "min({0})", first),
        aggregate(A::Max, &["max"], "(value O) -> O", "The greatest value.", "max(price)", "max({0})", first),
        aggregate(
            A::MinBy,
            &["min_by"],
            "(value any, order ordered) -> any",
            "The value of the row with the least `order`; rows whose order is null are passed over.",
            "min_by(price, trade_date)",
            "min_by({0}, {1})",
            first,
        ),
        aggregate(
            A::MaxBy,
            &["max_by"],
            "(value any, order ordered) -> any",
            "The value of the row with the greatest `order`; rows whose order is null are passed over.",
            "max_by(price, trade_date)",
            "max_by({0}, {1})",
            first,
        ),
    ]
}

fn aggregate(
    function: A,
    names: &'static [&'static str],
    signature: &'static str,
    documentation: &'static str,
    example: &'static str,
    spark: &'static str,
    result: fn(&[Expr]) -> DataType,
) -> FunctionEntry {
    FunctionEntry {
        function: AnyFunction::Aggregate(function),
        category: Category::Aggregates,
        names,
        signature,
        documentation,
        nulls: NULLS,
        example: Example { expression: example, result: "" },
        result: Some(result),
        nullable: Nullability::Always,
        spark: Spark::Template(spark),
    }
}

fn first(arguments: &[Expr]) -> DataType {
    arguments.first().map_or(DataType::String, |argument| argument.data_type.clone())
}

fn sum(arguments: &[Expr]) -> DataType {
    match first(arguments) {
        DataType::Int | DataType::Long => DataType::Long,
        DataType::Decimal { precision, scale } => {
            DataType::Decimal { precision: (precision + 10).min(38), scale }
        }
        _ => DataType::Double,
    }
}

fn average(arguments: &[Expr]) -> DataType {
    match first(arguments) {
        DataType::Decimal { precision, scale } => {
            DataType::Decimal { precision: (precision + 4).min(38), scale: (scale + 4).min(38) }
        }
        _ => DataType::Double,
    }
}
