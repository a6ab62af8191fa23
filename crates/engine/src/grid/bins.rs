//! Histograms: bins of one width, with round borders; of dates and moments by calendar.

use chrono::{DateTime, Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use touchstone_spec::DataType;

use crate::types::{date_text, time_text, timestamp_text};

/// One bar of a histogram. The filters `at_least` its `from` and `less` than its `to` show its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bin {
    /// Where it begins, as a plain or ISO value of the column's type.
    pub from: String,
    /// Where the next one begins.
    pub to: String,
    /// Values in it.
    pub count: u64,
}

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A Monday, before which weeks are counted backward.
const MONDAY: i64 = -3 * DAY;

/// Widths of bins over time, from narrow to wide.
const WIDTHS: [Width; 26] = [
    Width::Micros(SECOND),
    Width::Micros(5 * SECOND),
    Width::Micros(15 * SECOND),
    Width::Micros(MINUTE),
    Width::Micros(5 * MINUTE),
    Width::Micros(15 * MINUTE),
    Width::Micros(30 * MINUTE),
    Width::Micros(HOUR),
    Width::Micros(3 * HOUR),
    Width::Micros(6 * HOUR),
    Width::Micros(12 * HOUR),
    Width::Micros(DAY),
    Width::Micros(7 * DAY),
    Width::Months(1),
    Width::Months(3),
    Width::Months(6),
    Width::Months(12),
    Width::Months(24),
    Width::Months(5 * 12),
    Width::Months(10 * 12),
    Width::Months(20 * 12),
    Width::Months(50 * 12),
    Width::Months(100 * 12),
    Width::Months(500 * 12),
    Width::Months(1_000 * 12),
    Width::Months(20_000 * 12),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Width {
    Micros(i64),
    Months(i64),
}

impl Width {
    /// Number of the bin that a moment is in.
    fn bin(self, micros: i64) -> i64 {
        match self {
            Self::Micros(width) if width == 7 * DAY => micros.saturating_sub(MONDAY).div_euclid(width),
            Self::Micros(width) => micros.div_euclid(width),
            Self::Months(width) => month(micros).div_euclid(width),
        }
    }

    /// Where a bin begins.
    fn start(self, bin: i64) -> i64 {
        match self {
            Self::Micros(width) if width == 7 * DAY => bin.saturating_mul(width).saturating_add(MONDAY),
            Self::Micros(width) => bin.saturating_mul(width),
            Self::Months(width) => {
                let month = bin.saturating_mul(width);
                let year = i32::try_from(month.div_euclid(12)).unwrap_or(i32::MAX);
                let month = u32::try_from(month.rem_euclid(12)).unwrap_or(0) + 1;
                NaiveDate::from_ymd_opt(year, month, 1)
                    .and_then(|day| day.and_hms_opt(0, 0, 0))
                    .map_or(i64::MAX, |moment| moment.and_utc().timestamp_micros())
            }
        }
    }
}

/// Months from the year 0 to a moment.
fn month(micros: i64) -> i64 {
    DateTime::from_timestamp_micros(micros)
        .map_or(0, |moment| i64::from(moment.year()) * 12 + i64::from(moment.month0()))
}

/// Values of a column on their way into bins.
#[derive(Debug, Clone)]
pub(super) enum Axis {
    /// Numbers.
    Numbers {
        /// In units of the last digit, where the type has one: so they are whole, and borders exact.
        numbers: Vec<f64>,
        /// Digits behind the point; none for floating numbers.
        scale: Option<u8>,
    },
    /// Microseconds since 1970, or of the day.
    Times(Vec<i64>),
}

impl Axis {
    /// The axis of a type's values; none where values have no distances.
    pub(super) fn of(data_type: &DataType) -> Option<Self> {
        Some(match data_type {
            DataType::Int | DataType::Long => Self::Numbers { numbers: Vec::new(), scale: Some(0) },
            DataType::Float | DataType::Double => Self::Numbers { numbers: Vec::new(), scale: None },
            DataType::Decimal { scale, .. } => Self::Numbers { numbers: Vec::new(), scale: Some(*scale) },
            DataType::Date | DataType::Time | DataType::Timestamp | DataType::Timestamptz => {
                Self::Times(Vec::new())
            }
            _ => return None,
        })
    }

    /// Adds a number; a decimal by its digits.
    pub(super) fn push_number(&mut self, number: f64) {
        if let Self::Numbers { numbers, .. } = self
            && number.is_finite()
        {
            numbers.push(number);
        }
    }

    pub(super) fn push_days(&mut self, days: i32) {
        self.push_micros(i64::from(days).saturating_mul(DAY));
    }

    pub(super) fn push_micros(&mut self, micros: i64) {
        if let Self::Times(times) = self {
            times.push(micros);
        }
    }

    pub(super) fn append(&mut self, other: Self) {
        match (self, other) {
            (Self::Numbers { numbers, .. }, Self::Numbers { numbers: others, .. }) => numbers.extend(others),
            (Self::Times(times), Self::Times(others)) => times.extend(others),
            // Parts of one column have one axis.
            _ => {}
        }
    }

    /// The mean of numbers.
    pub(super) fn mean(&self) -> Option<f64> {
        match self {
            Self::Numbers { numbers, scale } if !numbers.is_empty() => {
                // The same sum whatever the order in which parts came.
                let mut sorted = numbers.clone();
                sorted.sort_unstable_by(f64::total_cmp);
                let unit = 10_f64.powi(i32::from(scale.unwrap_or(0)));
                Some(sorted.iter().sum::<f64>() / sorted.len() as f64 / unit)
            }
            _ => None,
        }
    }

    /// At most `limit` bins over all values; the empty ones between are there too.
    pub(super) fn bins(&self, data_type: &DataType, limit: usize) -> Vec<Bin> {
        match self {
            Self::Numbers { numbers, scale } => number_bins(numbers, *scale, limit),
            Self::Times(times) => time_bins(times, data_type, limit),
        }
    }
}

fn number_bins(numbers: &[f64], scale: Option<u8>, limit: usize) -> Vec<Bin> {
    let lowest = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let range = highest - lowest;
    if numbers.is_empty() || !range.is_finite() {
        return Vec::new();
    }
    let raw = range / limit as f64;
    let mut step = if raw > 0.0 { 10_f64.powf(raw.log10().floor()) } else { 1.0 };
    if scale.is_some() {
        step = step.max(1.0);
    }
    let size = |step: f64| (highest / step).floor() - (lowest / step).floor() + 1.0;
    // 1, 2, 5, 10, 20 …
    for factor in [2.0, 2.5, 2.0].into_iter().cycle().take(12) {
        if size(step) <= limit as f64 {
            break;
        }
        step *= factor;
    }
    let first = (lowest / step).floor();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most `limit`")]
    let mut counts = vec![0_u64; size(step).clamp(1.0, limit as f64) as usize];
    let last_bin = counts.len() - 1;
    for number in numbers {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative, cut to the last bin"
        )]
        let bin = ((number / step).floor() - first).max(0.0) as usize;
        if let Some(count) = counts.get_mut(bin.min(last_bin)) {
            *count += 1;
        }
    }
    let unit = 10_f64.powi(i32::from(scale.unwrap_or(0)));
    let border = |bin: usize| number_text((first + bin as f64) * step / unit, step / unit);
    counts
        .into_iter()
        .enumerate()
        .map(|(bin, count)| Bin { from: border(bin), to: border(bin + 1), count })
        .collect()
}

/// A border with as many digits as the step has.
fn number_text(number: f64, step: f64) -> String {
    let number = if number == 0.0 { 0.0 } else { number };
    if number.abs() >= 1e18 || step < 1e-18 {
        return format!("{number:e}");
    }
    // A step of 0.1 is a little less or more than it.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 18")]
    let decimals = (-(step.log10() + 1e-9).floor()).clamp(0.0, 18.0) as usize;
    format!("{number:.decimals$}")
}

fn time_bins(times: &[i64], data_type: &DataType, limit: usize) -> Vec<Bin> {
    let (Some(least), Some(greatest)) = (times.iter().min(), times.iter().max()) else { return Vec::new() };
    let size = |width: &Width| width.bin(*greatest).saturating_sub(width.bin(*least)).saturating_add(1);
    let fits = |width: &&Width| usize::try_from(size(width)).is_ok_and(|size| size <= limit);
    let whole_days = *data_type == DataType::Date;
    let narrow = |width: &&Width| !whole_days || !matches!(width, Width::Micros(width) if *width < DAY);
    let Some(width) = WIDTHS.iter().filter(narrow).find(fits) else { return Vec::new() };
    let first = width.bin(*least);
    let mut counts = vec![0_u64; usize::try_from(size(width)).unwrap_or(0)];
    for time in times {
        let bin = usize::try_from(width.bin(*time).saturating_sub(first)).unwrap_or(usize::MAX);
        if let Some(count) = counts.get_mut(bin) {
            *count += 1;
        }
    }
    let border = |bin: usize| {
        let micros = width.start(first.saturating_add(i64::try_from(bin).unwrap_or(i64::MAX)));
        match data_type {
            DataType::Date => date_text(i32::try_from(micros.div_euclid(DAY)).unwrap_or(i32::MAX)),
            // A day has no hour 24.
            DataType::Time => time_text(micros.min(DAY - 1)),
            _ => timestamp_text(micros),
        }
    };
    counts
        .into_iter()
        .enumerate()
        .map(|(bin, count)| Bin { from: border(bin), to: border(bin + 1), count })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers(values: &[f64], scale: Option<u8>, limit: usize) -> Vec<(String, String, u64)> {
        let bins = number_bins(values, scale, limit);
        bins.into_iter().map(|bin| (bin.from, bin.to, bin.count)).collect()
    }

    fn bin(from: &str, to: &str, count: u64) -> (String, String, u64) {
        (from.to_owned(), to.to_owned(), count)
    }

    #[test]
    fn borders_are_round() {
        assert_eq!(
            numbers(&[1.0, 2.0, 7.0], Some(0), 4),
            [bin("0", "2", 1), bin("2", "4", 1), bin("4", "6", 0), bin("6", "8", 1)]
        );
        // 0.28, 0.29 and 0.31, exactly, although 0.29 * 100 isn't 29 in floating numbers.
        assert_eq!(
            numbers(&[28.0, 29.0, 31.0], Some(2), 10),
            [bin("0.28", "0.29", 1), bin("0.29", "0.30", 1), bin("0.30", "0.31", 0), bin("0.31", "0.32", 1)]
        );
        assert_eq!(numbers(&[0.0, 100.0], Some(2), 11)[10], bin("1.0", "1.1", 1));
        assert_eq!(numbers(&[-3.0, -3.0], Some(0), 10), [bin("-3", "-2", 2)]);
        assert_eq!(numbers(&[0.25, 0.75], None, 2), [bin("0.0", "0.5", 1), bin("0.5", "1.0", 1)]);
        assert_eq!(numbers(&[], None, 10), []);
        assert_eq!(numbers(&[f64::MAX, f64::MIN], None, 10), []);
    }

    #[test]
    fn dates_go_by_calendar() {
        let days = |from: &str, to: &str| {
            let day = |text: &str| crate::types::days_of(text.parse().unwrap());
            let times = [day(from), day(to)].map(|day| i64::from(day) * DAY);
            time_bins(&times, &DataType::Date, 13)
        };
        let bins = days("2021-01-31", "2022-01-01");
        assert_eq!(bins.len(), 13);
        assert_eq!((bins[0].from.as_str(), bins[12].from.as_str()), ("2021-01-01", "2022-01-01"));
        let bins = days("2021-01-05", "2021-01-12");
        assert_eq!((bins.len(), bins[0].to.as_str()), (8, "2021-01-06"));
        let weeks = days("2021-01-05", "2021-01-20");
        assert_eq!((weeks.len(), weeks[0].from.as_str()), (3, "2021-01-04"));
        let hours = time_bins(&[0, 5 * HOUR], &DataType::Timestamp, 10);
        assert_eq!((hours.len(), hours[5].to.as_str()), (6, "1970-01-01 06:00:00"));
        assert_eq!(time_bins(&[DAY - 1], &DataType::Time, 10)[0].to, "23:59:59.999999");
    }

    proptest! {
        #[test]
        fn every_value_is_in_one_bin(
            values in prop::collection::vec(-1e9..1e9_f64, 1..60),
            times in prop::collection::vec(-1_000_000_000_000_000..4_000_000_000_000_000_i64, 1..60),
            limit in 1..41_usize,
        ) {
            let bins = number_bins(&values, None, limit);
            prop_assert!(bins.len() <= limit);
            prop_assert_eq!(bins.iter().map(|bin| bin.count).sum::<u64>(), values.len() as u64);
            let bins = time_bins(&times, &DataType::Timestamp, limit);
            prop_assert!(bins.len() <= limit);
            prop_assert_eq!(bins.iter().map(|bin| bin.count).sum::<u64>(), times.len() as u64);
        }
    }
}
