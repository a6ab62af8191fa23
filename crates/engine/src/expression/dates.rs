//! Functions of dates and timestamps. Timestamps with a zone are looked at in UTC.

use chrono::{Datelike, Months, NaiveDate};
use polars::prelude::{Int32Chunked, IntoSeries, NewChunkedArray, Series};
use touchstone_ingest::{Value, ValueParser};
use touchstone_spec::{ContractField, CsvFormat, DataType};

use super::{NO_NAME, Values, values};
use crate::{
    EngineError, ErrorKind,
    types::{date_of, days_of},
};

/// Microseconds per day.
pub(super) const DAY_MICROS: i64 = 86_400_000_000;

/// The day of each date or timestamp, in days since 1970-01-01.
fn days(series: &Series, data_type: &DataType) -> Result<Vec<Option<i32>>, EngineError> {
    let per_day = if *data_type == DataType::Date { 1 } else { i128::from(DAY_MICROS) };
    let Values::Whole(values) = values(series, data_type)? else {
        return Err(EngineError::internal("date function", format!("{data_type} isn't a date")));
    };
    Ok(values
        .into_iter()
        .map(|value| value.and_then(|value| i32::try_from(value.div_euclid(per_day)).ok()))
        .collect())
}

/// A whole number of each date or timestamp.
pub(super) fn number(
    series: &Series,
    data_type: &DataType,
    part: impl Fn(NaiveDate) -> i32,
) -> Result<Series, EngineError> {
    let numbers = days(series, data_type)?.into_iter().map(|day| day.and_then(date_of).map(&part));
    Ok(Int32Chunked::from_iter_options(NO_NAME, numbers).into_series())
}

/// A date for each date.
pub(super) fn date(
    series: &Series,
    map: impl Fn(NaiveDate) -> Option<NaiveDate>,
) -> Result<Series, EngineError> {
    let dates = days(series, &DataType::Date)?
        .into_iter()
        .map(|day| day.and_then(date_of).and_then(&map).map(days_of));
    Ok(Int32Chunked::from_iter_options(NO_NAME, dates).into_series().into_date())
}

/// A date for each date and number.
pub(super) fn date_with_number(
    series: &Series,
    number: &Series,
    map: impl Fn(i32, i32) -> Option<i32>,
) -> Result<Series, EngineError> {
    let dates = days(series, &DataType::Date)?
        .into_iter()
        .zip(number.i32()?.iter())
        .map(|(day, number)| day.zip(number).and_then(|(day, number)| map(day, number)));
    Ok(Int32Chunked::from_iter_options(NO_NAME, dates).into_series().into_date())
}

/// The same day so many months later; the month's last day where that day doesn't exist.
pub(super) fn add_months(day: i32, months: i32) -> Option<i32> {
    let date = date_of(day)?;
    let step = Months::new(months.unsigned_abs());
    let moved = if months < 0 { date.checked_sub_months(step) } else { date.checked_add_months(step) };
    moved.map(days_of)
}

/// Days from `start` to `end`.
pub(super) fn difference(end: &Series, start: &Series) -> Result<Series, EngineError> {
    let (ends, starts) = (days(end, &DataType::Date)?, days(start, &DataType::Date)?);
    let differences = ends
        .into_iter()
        .zip(starts)
        .map(|(end, start)| end.zip(start).and_then(|(end, start)| end.checked_sub(start)));
    Ok(Int32Chunked::from_iter_options(NO_NAME, differences).into_series())
}

/// The last day of the month.
pub(super) fn last_day(date: NaiveDate) -> Option<NaiveDate> {
    date.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}

/// The first day of the unit that a date lies in.
pub(super) fn truncate(unit: &str, date: NaiveDate) -> Option<NaiveDate> {
    match unit.to_ascii_lowercase().as_str() {
        "year" => NaiveDate::from_ymd_opt(date.year(), 1, 1),
        "quarter" => NaiveDate::from_ymd_opt(date.year(), date.month0() / 3 * 3 + 1, 1),
        "month" => date.with_day(1),
        "week" => Some(date.week(chrono::Weekday::Mon).first_day()),
        _ => None,
    }
}

/// The date in each text, by a pattern in Java's letters; null where it doesn't fit.
pub(super) fn to_date(text: &Series, pattern: &str) -> Result<Series, EngineError> {
    let field =
        ContractField { format: Some(pattern.to_owned()), ..ContractField::new("to_date", DataType::Date) };
    let parser = ValueParser::new(&field, &CsvFormat::default()).map_err(|error| {
        EngineError::new(
            ErrorKind::Unsupported,
            format!("to_date with the pattern `{pattern}`"),
            error.reason(),
            error.next_step(),
        )
    })?;
    let dates = text.str()?.iter().map(|text| match text.map(|text| parser.parse(text)) {
        Some(Ok(Value::Date(day))) => Some(day),
        _ => None,
    });
    Ok(Int32Chunked::from_iter_options(NO_NAME, dates).into_series().into_date())
}
