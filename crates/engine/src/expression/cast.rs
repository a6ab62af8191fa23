//! Conversions between types: null where a value can't be one (Spark's `try_cast`).

use chrono::{DateTime, NaiveDate, NaiveTime, Timelike};
use polars::prelude::{BinaryChunked, IntoSeries, NewChunkedArray, Series, StringChunked};
use touchstone_spec::DataType;

use super::{NO_NAME, Values, arithmetic::whole_of, booleans, dates::DAY_MICROS, finish, values};
use crate::{
    EngineError,
    decimal::{self, Operand},
    types::{NANOS, days_of, text_of},
};

/// A column as another type.
pub(super) fn cast(series: &Series, from: &DataType, to: &DataType) -> Result<Series, EngineError> {
    if from == to {
        return Ok(series.clone());
    }
    match (from, to) {
        (DataType::Binary, DataType::String) => {
            let texts =
                series.binary()?.iter().map(|bytes| bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()));
            Ok(StringChunked::from_iter_options(NO_NAME, texts).into_series())
        }
        (_, DataType::String) => Ok(text_of(series, from)?.into_series()),
        (DataType::String, _) => parse(series, to),
        (_, DataType::Boolean) => Ok(match values(series, from)? {
            Values::Whole(values) => booleans(values.into_iter().map(|value| value.map(|value| value != 0))),
            Values::Real(values) => booleans(values.into_iter().map(|value| value.map(|value| value != 0.0))),
        }),
        _ => finish(convert(values(series, from)?, from, to)?, to),
    }
}

/// Numbers, dates and times, in the units of the target.
fn convert(from_values: Values, from: &DataType, to: &DataType) -> Result<Values, EngineError> {
    let from_scale = match from {
        DataType::Decimal { scale, .. } => *scale,
        _ => 0,
    };
    Ok(match (from_values, to) {
        (Values::Whole(values), DataType::Decimal { precision, scale }) => {
            Values::Whole(each(values, |unscaled| {
                decimal::rescale(Operand { unscaled, scale: from_scale }, *precision, *scale)
            }))
        }
        (Values::Real(values), DataType::Decimal { precision, scale }) => {
            Values::Whole(each(values, |value| {
                // By the digits that people see, as Spark does: 0.1 is 0.1.
                value.is_finite().then(|| decimal::parse(&format!("{value:e}"), *precision, *scale)).flatten()
            }))
        }
        (Values::Whole(values), DataType::Float | DataType::Double) => {
            Values::Real(each(values, |unscaled| {
                crate::types::decimal_text(unscaled, from_scale).parse::<f64>().ok()
            }))
        }
        (Values::Real(values), DataType::Float | DataType::Double) => Values::Real(values),
        (Values::Real(values), DataType::Int | DataType::Long) => Values::Whole(each(values, whole_of)),
        (Values::Whole(values), DataType::Int | DataType::Long) => {
            let per_unit = match from {
                // A timestamp as a number is in seconds.
                DataType::Timestamp | DataType::Timestamptz => 1_000_000,
                _ => 1,
            };
            Values::Whole(each(values, |unscaled| {
                Some(decimal::truncate(Operand { unscaled, scale: from_scale }).div_euclid(per_unit))
            }))
        }
        (Values::Whole(values), DataType::Date) => {
            Values::Whole(each(values, |micros| Some(micros.div_euclid(DAY_MICROS.into()))))
        }
        (Values::Whole(values), DataType::Timestamp | DataType::Timestamptz) => {
            let factor = i128::from(if *from == DataType::Date { DAY_MICROS } else { 1 });
            Values::Whole(each(values, |value| value.checked_mul(factor)))
        }
        (values, _) => {
            return Err(EngineError::internal("cast", format!("{values:?} can't become {to}")));
        }
    })
}

fn each<A, B>(values: Vec<Option<A>>, map: impl Fn(A) -> Option<B>) -> Vec<Option<B>> {
    values.into_iter().map(|value| value.and_then(&map)).collect()
}

/// Text as another type. Blanks around it don't matter.
fn parse(series: &Series, to: &DataType) -> Result<Series, EngineError> {
    let texts = || -> Result<_, EngineError> { Ok(series.str()?.iter().map(|text| text.map(str::trim))) };
    let whole = |read: &dyn Fn(&str) -> Option<i128>| -> Result<Series, EngineError> {
        finish(Values::Whole(texts()?.map(|text| text.and_then(read)).collect()), to)
    };
    match to {
        DataType::Boolean => Ok(booleans(texts()?.map(|text| text.and_then(boolean)))),
        DataType::Int | DataType::Long => whole(&|text| text.parse::<i128>().ok()),
        DataType::Float | DataType::Double => {
            finish(Values::Real(texts()?.map(|text| text.and_then(|text| float(text, to))).collect()), to)
        }
        DataType::Decimal { precision, scale } => whole(&|text| decimal::parse(text, *precision, *scale)),
        DataType::Date => whole(&|text| date_prefix(text).map(|date| days_of(date).into())),
        DataType::Timestamp => whole(&|text| timestamp(text, false)),
        DataType::Timestamptz => whole(&|text| timestamp(text, true)),
        DataType::Time => whole(&|text| time_of_day(text).map(|(micros, _)| i128::from(micros * NANOS))),
        DataType::Uuid => {
            let uuids = texts()?.map(|text| {
                text.and_then(|text| uuid::Uuid::try_parse(text).ok())
                    .map(|uuid| uuid.hyphenated().to_string())
            });
            Ok(StringChunked::from_iter_options(NO_NAME, uuids).into_series())
        }
        DataType::Binary => {
            let bytes = series.str()?.iter().map(|text| text.map(str::as_bytes));
            Ok(BinaryChunked::from_iter_options(NO_NAME, bytes).into_series())
        }
        _ => Err(crate::types::nested(to)),
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

/// A number as Java reads it: digits, point, exponent; `NaN` and `Infinity` by name.
fn float(text: &str, to: &DataType) -> Option<f64> {
    let unsigned = text.trim_start_matches(['+', '-']);
    let named = ["nan", "inf", "infinity"].contains(&unsigned.to_ascii_lowercase().as_str());
    if !named && !unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    // A float is rounded from the text once, not from a double.
    if *to == DataType::Float { text.parse::<f32>().ok().map(f64::from) } else { text.parse().ok() }
}

/// `2026`, `2026-03`, `2026-3-2`, and a date with anything behind a `T` or a blank, as Spark reads them.
fn date_prefix(text: &str) -> Option<NaiveDate> {
    let day = text.split(['T', ' ']).next()?;
    if day.len() < text.len() && day.matches('-').count() < 2 {
        return None;
    }
    date(day)
}

fn date(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('-');
    let year = parts.next().filter(|year| year.len() == 4).and_then(digits)?;
    let month = parts.next().map_or(Some(1), |month| digits(month).filter(|_| month.len() <= 2))?;
    let day = parts.next().map_or(Some(1), |day| digits(day).filter(|_| day.len() <= 2))?;
    if parts.next().is_some() {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

fn digits(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// Microseconds since midnight, and what follows the time.
fn time_of_day(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|character: char| !character.is_ascii_digit() && !matches!(character, ':' | '.'));
    let (clock, rest) = text.split_at(end.unwrap_or(text.len()));
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':').map(digits);
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().map_or(Some(0), |second| second)?;
    if parts.next().is_some() || fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Digits beyond the microsecond are cut off.
    let micros: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    let time = NaiveTime::from_hms_opt(hour, minute, second)?;
    Some((i64::from(time.num_seconds_from_midnight()) * 1_000_000 + micros, rest))
}

/// A date, or a date and a time behind a `T` or a blank. With a zone, an offset (`Z`, `+01:00`) is taken into account;
/// without one the time is UTC. A timestamp without zone keeps the clock as written.
fn timestamp(text: &str, with_zone: bool) -> Option<i128> {
    let Some((day, clock)) = text.split_once(['T', ' ']) else {
        return date(text).map(|date| i128::from(days_of(date)) * i128::from(DAY_MICROS));
    };
    let day = date(day).filter(|_| day.matches('-').count() == 2)?;
    let (micros, zone) = time_of_day(clock.trim_start())?;
    let local = i128::from(days_of(day)) * i128::from(DAY_MICROS) + i128::from(micros);
    let offset_seconds = match zone.trim() {
        "" | "Z" | "z" | "UTC" => 0,
        offset => DateTime::parse_from_str(&format!("2000-01-01T00:00:00{offset}"), "%Y-%m-%dT%H:%M:%S%#z")
            .ok()?
            .offset()
            .local_minus_utc(),
    };
    Some(if with_zone { local - i128::from(offset_seconds) * 1_000_000 } else { local })
}

#[cfg(test)]
mod tests {
    use super::{date_prefix, float, time_of_day, timestamp};
    use touchstone_spec::DataType;

    #[test]
    fn dates_and_times_are_read_as_spark_reads_them() {
        for (text, expected) in [
            ("2026-03-02", Some("2026-03-02")),
            ("2026-3-2", Some("2026-03-02")),
            ("2026", Some("2026-01-01")),
            ("2026-03-02T10:00", Some("2026-03-02")),
            ("02/03/2026", None),
            ("2026-02-30", None),
            ("26-03-02", None),
            ("", None),
        ] {
            assert_eq!(date_prefix(text).map(|date| date.to_string()).as_deref(), expected, "{text}");
        }
        assert_eq!(timestamp("1970-01-01 00:00:01.5", false), Some(1_500_000));
        assert_eq!(timestamp("1970-01-01T01:00:00+01:00", true), Some(0));
        assert_eq!(timestamp("1970-01-02", true), Some(86_400_000_000));
        assert_eq!(timestamp("1970-01-01 25:00:00", false), None);
        assert_eq!(time_of_day("10:30").map(|(micros, _)| micros), Some(37_800_000_000));
    }

    #[test]
    fn only_numbers_are_numbers() {
        for text in ["", "abc", "1,5", "e5", "0x10", "+-1", "i"] {
            assert_eq!(float(text, &DataType::Double), None, "{text}");
        }
        assert_eq!(float("-1.5e3", &DataType::Double), Some(-1500.0));
    }
}
