//! The functions that expressions may call.

use serde::{Deserialize, Serialize};

/// Scalar functions. Unless said otherwise: a null argument gives null. Positions in text count characters from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// `upper(text)`
    Upper,
    /// `lower(text)`
    Lower,
    /// `trim(text)`: without spaces (U+0020) at both ends.
    Trim,
    /// `ltrim(text)`
    Ltrim,
    /// `rtrim(text)`
    Rtrim,
    /// `length(text)`: characters, as int.
    Length,
    /// `substring(text, start int, length int)`: start from 1; a negative start counts from the end.
    Substring,
    /// `replace(text, search, replacement)`: all occurrences.
    Replace,
    /// `concat(text, …)` and `a || b`: null if one is null.
    Concat,
    /// `lpad(text, length int, pad)`: cut to `length` when longer.
    Lpad,
    /// `rpad(text, length int, pad)`
    Rpad,
    /// `left(text, length int)`
    Left,
    /// `right(text, length int)`
    Right,
    /// `split_part(text, delimiter, part int)`: part from 1, negative from the end; empty when there is no such part.
    SplitPart,
    /// `starts_with(text, prefix)`
    StartsWith,
    /// `ends_with(text, suffix)`
    EndsWith,
    /// `contains(text, search)`
    Contains,
    /// `regexp_like(text, pattern)`: whether the pattern (a literal) matches anywhere.
    RegexpLike,
    /// `regexp_extract(text, pattern, group int)`: empty when nothing matches.
    RegexpExtract,
    /// `regexp_replace(text, pattern, replacement)`: all matches; `$1` is a group.
    RegexpReplace,
    /// `coalesce(value, …)`: the first that isn't null.
    Coalesce,
    /// `nullif(a, b)`: null if both are equal, else a.
    NullIf,
    /// `if(condition, then, else)`: a null condition is false.
    If,
    /// `greatest(value, …)`: nulls are passed over; null if all are.
    Greatest,
    /// `least(value, …)`: nulls are passed over; null if all are.
    Least,
    /// `abs(number)`
    Abs,
    /// `round(number, places int literal)`: half up (away from zero); a decimal keeps `places` digits behind the point.
    Round,
    /// `ceil(number)`: long for double, `decimal(p-s+1,0)` for decimals.
    Ceil,
    /// `floor(number)`
    Floor,
    /// `sign(number)`: -1, 0 or 1, as int.
    Sign,
    /// `year(date or timestamp)`: int.
    Year,
    /// `month(…)`: 1 to 12.
    Month,
    /// `day(…)`: 1 to 31.
    Day,
    /// `day_of_week(…)`: 1 Monday to 7 Sunday (ISO).
    DayOfWeek,
    /// `date_trunc(unit literal, date)`: first day of the year, quarter, month or week (Monday); a date.
    DateTrunc,
    /// `date_add(date, days int)`
    DateAdd,
    /// `add_months(date, months int)`: the last day of the month where the day doesn't exist.
    AddMonths,
    /// `date_diff(end date, start date)`: days, as int.
    DateDiff,
    /// `last_day(date)`: last day of the month.
    LastDay,
    /// `to_date(text, pattern literal)`: by a pattern of Java's letters; null where it doesn't fit.
    ToDate,
}

/// Aggregates over the rows of a group. Null inputs are passed over; with no input, `count` gives 0 and all others null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AggregateFunction {
    /// `count(*)`, `count(value)`, `count(distinct value)`: long.
    Count,
    /// `sum(number)`: long for integers, `decimal(min(p+10,38),s)` for decimals, double for floats.
    Sum,
    /// `avg(number)`: double, or `decimal(min(p+4,38),min(s+4,38))` (rounded half up) for decimals.
    Avg,
    /// `min(value)`
    Min,
    /// `max(value)`
    Max,
    /// `min_by(value, order)`: value of the row with the least order.
    MinBy,
    /// `max_by(value, order)`: value of the row with the greatest order.
    MaxBy,
}
