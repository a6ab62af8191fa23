//! Choices between values.

use super::{Category, FunctionEntry, Nullability, scalar};
use crate::Function as F;

const VALUES: Category = Category::Values;

pub(super) fn entries() -> Vec<FunctionEntry> {
    vec![
        scalar(
            F::Coalesce,
            VALUES,
            &["coalesce"],
            "(value T, …) -> T",
            "The first value that isn't null.",
            ("coalesce(null, 'UNKNOWN')", "UNKNOWN"),
            "coalesce({*})",
        )
        .nulls(Nullability::AllArguments, "null if all arguments are null"),
        scalar(
            F::NullIf,
            VALUES,
            &["nullif"],
            "(a T, b T) -> T",
            "Null if both are equal, else `a`.",
            ("nullif('N/A', 'N/A')", "null"),
            "nullif({0}, {1})",
        )
        .nulls(Nullability::Always, "`a` if `b` is null"),
        scalar(
            F::If,
            VALUES,
            &["if"],
            "(condition boolean, then T, else T) -> T",
            "One value when the condition is true, the other when it isn't.",
            ("if(1 > 2, 'more', 'less')", "less"),
            "if({0}, {1}, {2})",
        )
        .nulls(Nullability::Behind, "a null condition counts as false"),
        scalar(
            F::Greatest,
            VALUES,
            &["greatest"],
            "(value O, other O, …) -> O",
            "The greatest value.",
            ("greatest(3, null, 7)", "7"),
            "greatest({*})",
        )
        .nulls(Nullability::AllArguments, "nulls are passed over; null if all are"),
        scalar(
            F::Least,
            VALUES,
            &["least"],
            "(value O, other O, …) -> O",
            "The least value.",
            ("least(date '2026-03-02', date '2026-02-27')", "2026-02-27"),
            "least({*})",
        )
        .nulls(Nullability::AllArguments, "nulls are passed over; null if all are"),
    ]
}
