//! Functions of dates and timestamps. Timestamps with a zone are looked at in UTC.

use super::{Category, FunctionEntry, Nullability, scalar};
use crate::{Expr, ExprKind, Function as F, Literal};

const DATES: Category = Category::Dates;

pub(super) fn entries() -> Vec<FunctionEntry> {
    vec![
        scalar(
            F::Year,
            DATES,
            &["year"],
            "(date datetime) -> int",
            "The year.",
            ("year(date '2026-03-02')", "2026"),
            "year({0})",
        ),
        scalar(
            F::Month,
            DATES,
            &["month"],
            "(date datetime) -> int",
            "The month, 1 to 12.",
            ("month(date '2026-03-02')", "3"),
            "month({0})",
        ),
        scalar(
            F::Day,
            DATES,
            &["day", "dayofmonth"],
            "(date datetime) -> int",
            "The day of the month, 1 to 31.",
            ("day(date '2026-03-02')", "2"),
            "day({0})",
        ),
        scalar(
            F::DayOfWeek,
            DATES,
            &["day_of_week"],
            "(date datetime) -> int",
            "The day of the week, 1 Monday to 7 Sunday (ISO 8601).",
            ("day_of_week(date '2026-03-02')", "1"),
            "weekday({0}) + 1",
        ),
        scalar(
            F::DateTrunc,
            DATES,
            &["date_trunc"],
            "(unit string literal, date date) -> date",
            "The first day of the `year`, `quarter`, `month` or `week` (Monday).",
            ("date_trunc('month', date '2026-03-17')", "2026-03-01"),
            "",
        )
        .rendered(|arguments, sql| {
            let unit = unit_of(arguments).unwrap_or_default().to_uppercase();
            format!("trunc({}, '{unit}')", sql.get(1).map_or("NULL", String::as_str))
        }),
        scalar(
            F::DateAdd,
            DATES,
            &["date_add"],
            "(date date, days int) -> date",
            "The date so many days later; earlier when negative.",
            ("date_add(date '2026-02-27', 3)", "2026-03-02"),
            "date_add({0}, {1})",
        )
        .nulls(Nullability::Always, "null if an argument is, or if there is no such date"),
        scalar(
            F::AddMonths,
            DATES,
            &["add_months"],
            "(date date, months int) -> date",
            "The date so many months later; the last day of the month where the day doesn't exist.",
            ("add_months(date '2026-01-31', 1)", "2026-02-28"),
            "add_months({0}, {1})",
        )
        .nulls(Nullability::Always, "null if an argument is, or if there is no such date"),
        scalar(
            F::DateDiff,
            DATES,
            &["date_diff", "datediff"],
            "(end date, start date) -> int",
            "How many days lie between: `end` minus `start`.",
            ("date_diff(date '2026-03-02', date '2026-02-27')", "3"),
            "datediff({0}, {1})",
        ),
        scalar(
            F::LastDay,
            DATES,
            &["last_day"],
            "(date date) -> date",
            "The last day of the month.",
            ("last_day(date '2026-02-10')", "2026-02-28"),
            "last_day({0})",
        ),
    ]
}

/// The units of `date_trunc`.
pub(crate) const UNITS: [&str; 4] = ["year", "quarter", "month", "week"];

fn unit_of(arguments: &[Expr]) -> Option<&str> {
    match arguments.first().map(|argument| &argument.kind) {
        Some(ExprKind::Literal(Literal::Text(unit))) => Some(unit),
        _ => None,
    }
}
