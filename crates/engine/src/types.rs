//! How the design's types stand in Polars, and how their values are written as text.
//!
//! A Polars type alone doesn't say what a column is: uuid and string are both text, timestamp and timestamptz both
//! microseconds. So a table carries its columns' types beside the frame, and kernels take the type along.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike};
use polars::prelude::{
    BinaryChunked, BooleanChunked, ChunkFull, DataFrame, DataType as Physical, Float32Chunked,
    Float64Chunked, Int32Chunked, Int64Chunked, Int128Chunked, IntoSeries, NewChunkedArray, PlSmallStr,
    PolarsResult, Series, StringChunked, TimeUnit,
};
use touchstone_compiler::Column;
use touchstone_ingest::Value;
use touchstone_spec::DataType;

use crate::{EngineError, ErrorKind};

/// Rows with the types of their columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// Their values. Decimals, dates and times have Polars' types for them; uuid stands as text, timestamp and
    /// timestamptz both as microseconds without a zone.
    pub frame: DataFrame,
}

impl Table {
    /// A table without rows.
    pub fn empty(columns: Vec<Column>) -> Result<Self, EngineError> {
        let series = columns
            .iter()
            .map(|column| {
                Ok(Series::new_empty(column.name.as_str().into(), &physical_type(&column.data_type)?).into())
            })
            .collect::<Result<Vec<_>, EngineError>>()?;
        Ok(Self { columns, frame: DataFrame::new(0, series)? })
    }

    /// How many rows.
    pub fn height(&self) -> u64 {
        self.frame.height() as u64
    }

    /// Values of one column.
    pub fn series(&self, name: &str) -> Result<&Series, EngineError> {
        Ok(self.frame.column(name)?.as_materialized_series())
    }
}

/// The Polars type of a column.
pub(crate) fn physical_type(data_type: &DataType) -> Result<Physical, EngineError> {
    Ok(match data_type {
        DataType::Boolean => Physical::Boolean,
        DataType::Int => Physical::Int32,
        DataType::Long => Physical::Int64,
        DataType::Float => Physical::Float32,
        DataType::Double => Physical::Float64,
        DataType::Decimal { precision, scale } => Physical::Decimal((*precision).into(), (*scale).into()),
        DataType::Date => Physical::Date,
        DataType::Time => Physical::Time,
        DataType::Timestamp | DataType::Timestamptz => Physical::Datetime(TimeUnit::Microseconds, None),
        DataType::String | DataType::Uuid => Physical::String,
        DataType::Binary => Physical::Binary,
        DataType::List(_) | DataType::Map(..) | DataType::Struct(_) => return Err(nested(data_type)),
    })
}

/// The error for a type that no kernel takes.
pub(crate) fn nested(data_type: &DataType) -> EngineError {
    EngineError::new(
        ErrorKind::Unsupported,
        data_type.to_string(),
        "lists, maps and structs can't be simulated",
        "give the field a simple type, or leave it out",
    )
}

const NO_NAME: PlSmallStr = PlSmallStr::EMPTY;

/// Nanoseconds per microsecond: Polars counts a time of day in nanoseconds, Iceberg in microseconds.
pub(crate) const NANOS: i64 = 1_000;

/// A decimal column from its unscaled values.
pub(crate) fn decimal_series(values: Int128Chunked, precision: u8, scale: u8) -> PolarsResult<Series> {
    values.into_series().into_decimal(precision.into(), scale.into())
}

/// Values of one column that come one at a time.
pub(crate) enum Builder {
    Boolean(Vec<Option<bool>>),
    Int(Vec<Option<i32>>),
    Long(Vec<Option<i64>>),
    Float(Vec<Option<f32>>),
    Double(Vec<Option<f64>>),
    Decimal(u8, u8, Vec<Option<i128>>),
    Date(Vec<Option<i32>>),
    Time(Vec<Option<i64>>),
    Timestamp(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
    Binary(Vec<Option<Vec<u8>>>),
}

impl Builder {
    pub(crate) fn new(data_type: &DataType) -> Result<Self, EngineError> {
        Ok(match data_type {
            DataType::Boolean => Self::Boolean(Vec::new()),
            DataType::Int => Self::Int(Vec::new()),
            DataType::Long => Self::Long(Vec::new()),
            DataType::Float => Self::Float(Vec::new()),
            DataType::Double => Self::Double(Vec::new()),
            DataType::Decimal { precision, scale } => Self::Decimal(*precision, *scale, Vec::new()),
            DataType::Date => Self::Date(Vec::new()),
            DataType::Time => Self::Time(Vec::new()),
            DataType::Timestamp | DataType::Timestamptz => Self::Timestamp(Vec::new()),
            DataType::String | DataType::Uuid => Self::Text(Vec::new()),
            DataType::Binary => Self::Binary(Vec::new()),
            DataType::List(_) | DataType::Map(..) | DataType::Struct(_) => return Err(nested(data_type)),
        })
    }

    /// Adds a value; one that isn't of the column's type counts as null, and that is the caller's fault.
    pub(crate) fn push(&mut self, value: Value<'_>) {
        match (self, value) {
            (Self::Boolean(values), Value::Boolean(value)) => values.push(Some(value)),
            (Self::Int(values), Value::Int(value)) | (Self::Date(values), Value::Date(value)) => {
                values.push(Some(value));
            }
            (Self::Long(values), Value::Long(value))
            | (Self::Time(values), Value::Time(value))
            | (Self::Timestamp(values), Value::Timestamp(value) | Value::Timestamptz(value)) => {
                values.push(Some(value));
            }
            (Self::Float(values), Value::Float(value)) => values.push(Some(value)),
            (Self::Double(values), Value::Double(value)) => values.push(Some(value)),
            (Self::Decimal(_, _, values), Value::Decimal { unscaled, .. }) => values.push(Some(unscaled)),
            (Self::Text(values), Value::Text(value)) => values.push(Some(value.into_owned())),
            (Self::Text(values), Value::Uuid(bytes)) => {
                values.push(Some(uuid::Uuid::from_bytes(bytes).hyphenated().to_string()));
            }
            (Self::Binary(values), Value::Binary(value)) => values.push(Some(value)),
            (builder, _) => builder.push_null(),
        }
    }

    pub(crate) fn push_null(&mut self) {
        match self {
            Self::Boolean(values) => values.push(None),
            Self::Int(values) | Self::Date(values) => values.push(None),
            Self::Long(values) | Self::Time(values) | Self::Timestamp(values) => values.push(None),
            Self::Float(values) => values.push(None),
            Self::Double(values) => values.push(None),
            Self::Decimal(_, _, values) => values.push(None),
            Self::Text(values) => values.push(None),
            Self::Binary(values) => values.push(None),
        }
    }

    pub(crate) fn finish(self, name: &str) -> Result<Series, EngineError> {
        let series = match self {
            Self::Boolean(values) => BooleanChunked::from_slice_options(NO_NAME, &values).into_series(),
            Self::Int(values) => Int32Chunked::from_slice_options(NO_NAME, &values).into_series(),
            Self::Long(values) => Int64Chunked::from_slice_options(NO_NAME, &values).into_series(),
            Self::Float(values) => Float32Chunked::from_slice_options(NO_NAME, &values).into_series(),
            Self::Double(values) => Float64Chunked::from_slice_options(NO_NAME, &values).into_series(),
            Self::Decimal(precision, scale, values) => {
                decimal_series(Int128Chunked::from_slice_options(NO_NAME, &values), precision, scale)?
            }
            Self::Date(values) => {
                Int32Chunked::from_slice_options(NO_NAME, &values).into_series().into_date()
            }
            Self::Time(values) => Int64Chunked::from_iter_options(
                NO_NAME,
                values.into_iter().map(|value| value.map(|value| value * NANOS)),
            )
            .into_series()
            .into_time(),
            Self::Timestamp(values) => Int64Chunked::from_slice_options(NO_NAME, &values)
                .into_series()
                .into_datetime(TimeUnit::Microseconds, None),
            Self::Text(values) => StringChunked::from_slice_options(NO_NAME, &values).into_series(),
            Self::Binary(values) => BinaryChunked::from_slice_options(NO_NAME, &values).into_series(),
        };
        Ok(series.with_name(name.into()))
    }
}

/// A text column that has one value everywhere.
pub(crate) fn constant_text(name: &str, value: &str, height: usize) -> Series {
    StringChunked::full(name.into(), value, height).into_series()
}

/// Each value of a column as text: what a cast to string gives (Spark's format), and what reports and grids show.
pub(crate) fn text_of(series: &Series, data_type: &DataType) -> Result<StringChunked, EngineError> {
    let physical = series.to_physical_repr();
    let name = series.name().clone();
    Ok(match data_type {
        DataType::String | DataType::Uuid => series.str()?.clone(),
        DataType::Boolean => texts(name, series.bool()?.iter(), |value| value.to_string()),
        DataType::Int => texts(name, series.i32()?.iter(), |value| value.to_string()),
        DataType::Long => texts(name, series.i64()?.iter(), |value| value.to_string()),
        DataType::Float => {
            texts(name, series.f32()?.iter(), |value| float_text(f64::from(value), &format!("{value:e}")))
        }
        DataType::Double => {
            texts(name, series.f64()?.iter(), |value| float_text(value, &format!("{value:e}")))
        }
        DataType::Decimal { scale, .. } => {
            texts(name, physical.i128()?.iter(), |value| decimal_text(value, *scale))
        }
        DataType::Date => texts(name, physical.i32()?.iter(), date_text),
        DataType::Time => texts(name, physical.i64()?.iter(), |value| time_text(value / NANOS)),
        DataType::Timestamp | DataType::Timestamptz => texts(name, physical.i64()?.iter(), timestamp_text),
        DataType::Binary => texts(name, series.binary()?.iter(), hex),
        DataType::List(_) | DataType::Map(..) | DataType::Struct(_) => return Err(nested(data_type)),
    })
}

/// A value as text, the way [`text_of`] writes it; none for null.
pub(crate) fn value_text<'value>(value: &'value Value<'_>) -> Option<Cow<'value, str>> {
    Some(Cow::Owned(match value {
        Value::Null => return None,
        Value::Text(text) => return Some(Cow::Borrowed(text)),
        Value::Boolean(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Long(value) => value.to_string(),
        Value::Float(value) => float_text(f64::from(*value), &format!("{value:e}")),
        Value::Double(value) => float_text(*value, &format!("{value:e}")),
        Value::Decimal { unscaled, scale } => decimal_text(*unscaled, *scale),
        Value::Date(days) => date_text(*days),
        Value::Time(micros) => time_text(*micros),
        Value::Timestamp(micros) | Value::Timestamptz(micros) => timestamp_text(*micros),
        Value::Uuid(bytes) => uuid::Uuid::from_bytes(*bytes).hyphenated().to_string(),
        Value::Binary(bytes) => hex(bytes),
    }))
}

fn texts<T>(
    name: PlSmallStr,
    values: impl Iterator<Item = Option<T>>,
    text: impl Fn(T) -> String,
) -> StringChunked {
    StringChunked::from_iter_options(name, values.map(|value| value.map(&text)))
}

/// Bytes in hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(half.into(), 16));
        }
        text
    })
}

/// A decimal with all digits of its scale.
pub(crate) fn decimal_text(unscaled: i128, scale: u8) -> String {
    let digits = unscaled.unsigned_abs().to_string();
    let sign = if unscaled < 0 { "-" } else { "" };
    let scale = usize::from(scale);
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

/// A float the way Java and Spark write it: `1.0`, `0.001`, `1.0E7`, `NaN`, `Infinity`.
fn float_text(value: f64, scientific: &str) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(|&character| character != '.').collect();
    if value == 0.0 {
        return format!("{sign}0.0");
    }
    if !(-3..7).contains(&exponent) {
        let (first, rest) = digits.split_at(1);
        return format!("{sign}{first}.{}E{exponent}", if rest.is_empty() { "0" } else { rest });
    }
    if let Ok(whole) = usize::try_from(exponent) {
        let padded = format!("{digits:0<width$}", width = whole + 2);
        let (whole, fraction) = padded.split_at(whole + 1);
        return format!("{sign}{whole}.{fraction}");
    }
    let zeros = usize::try_from(-exponent - 1).unwrap_or(0);
    format!("{sign}0.{}{digits}", "0".repeat(zeros))
}

/// The day so many days after 1970-01-01.
pub(crate) fn date_of(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(days.checked_add(EPOCH_FROM_CE)?)
}

/// Days from 1970-01-01 to a day.
pub(crate) fn days_of(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - EPOCH_FROM_CE
}

/// Days from 0001-01-01 (day 1) to 1970-01-01.
const EPOCH_FROM_CE: i32 = 719_163;

/// ISO date.
pub(crate) fn date_text(days: i32) -> String {
    date_of(days).map_or_else(|| format!("day {days}"), |date| date.format("%Y-%m-%d").to_string())
}

fn fraction(nanoseconds: u32) -> String {
    let micros = nanoseconds / 1_000;
    if micros == 0 { String::new() } else { format!(".{micros:06}").trim_end_matches('0').to_owned() }
}

pub(crate) fn time_text(micros: i64) -> String {
    let seconds = u32::try_from(micros.div_euclid(1_000_000)).unwrap_or(u32::MAX);
    let nanos = u32::try_from(micros.rem_euclid(1_000_000) * NANOS).unwrap_or(0);
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos).map_or_else(
        || format!("{micros} µs"),
        |time| format!("{}{}", time.format("%H:%M:%S"), fraction(time.nanosecond())),
    )
}

pub(crate) fn timestamp_text(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros).map_or_else(
        || format!("{micros} µs"),
        |time| format!("{}{}", time.format("%Y-%m-%d %H:%M:%S"), fraction(time.nanosecond())),
    )
}

#[cfg(test)]
mod tests {
    use super::{date_text, decimal_text, float_text, time_text, timestamp_text};

    #[test]
    fn values_are_written_exactly() {
        assert_eq!(decimal_text(-5, 2), "-0.05");
        assert_eq!(decimal_text(1_234_500, 4), "123.4500");
        assert_eq!(decimal_text(7, 0), "7");
        assert_eq!(date_text(0), "1970-01-01");
        assert_eq!(date_text(-1), "1969-12-31");
        assert_eq!(time_text(3_661_000_000), "01:01:01");
        assert_eq!(timestamp_text(1_500_000), "1970-01-01 00:00:01.5");
    }

    #[test]
    fn floats_look_as_they_do_in_spark() {
        let text = |value: f64| float_text(value, &format!("{value:e}"));
        for (value, expected) in [
            (1.0, "1.0"),
            (-0.5, "-0.5"),
            (0.001, "0.001"),
            (0.0001, "1.0E-4"),
            (1_234_567.0, "1234567.0"),
            (12_345_678.0, "1.2345678E7"),
            (0.1 + 0.2, "0.30000000000000004"),
            (0.0, "0.0"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(text(value), expected);
        }
    }
}
