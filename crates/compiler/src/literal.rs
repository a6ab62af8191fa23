//! Text to constants of a type, and the types that constants have by themselves.

use touchstone_spec::DataType;

use crate::{Expr, ExprKind, Literal};

impl Expr {
    /// A constant that isn't null.
    pub(crate) fn constant(literal: Literal, data_type: DataType) -> Self {
        Self { kind: ExprKind::Literal(literal), data_type, nullable: false }
    }

    /// Null, of a type.
    pub(crate) fn null(data_type: DataType) -> Self {
        Self { kind: ExprKind::Literal(Literal::Null), data_type, nullable: true }
    }

    /// The constant that it is.
    pub(crate) fn literal(&self) -> Option<&Literal> {
        match &self.kind {
            ExprKind::Literal(literal) => Some(literal),
            _ => None,
        }
    }
}

/// A number as written: whole numbers are int, long or decimal by size, `1.5` is a decimal, `1e3` a double.
pub(crate) fn number(text: &str) -> Option<Expr> {
    if text.contains(['e', 'E']) {
        let value: f64 = text.parse().ok()?;
        return value.is_finite().then(|| Expr::constant(Literal::Number(value), DataType::Double));
    }
    if let Ok(value) = text.parse::<i64>() {
        let data_type = if i32::try_from(value).is_ok() { DataType::Int } else { DataType::Long };
        return Some(Expr::constant(Literal::Integer(value), data_type));
    }
    let (precision, scale, digits) = digits(text)?;
    (precision <= 38)
        .then(|| Expr::constant(Literal::Decimal(digits), DataType::Decimal { precision, scale }))
}

/// Precision, scale and plain digits of a decimal as written.
fn digits(text: &str) -> Option<(u8, u8, String)> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits_only = |part: &str| part.chars().all(|digit| digit.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits_only(whole) || !digits_only(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let scale = u8::try_from(fraction.len()).ok()?;
    let precision = u8::try_from(whole.len()).ok()?.checked_add(scale)?.max(1);
    let shown = if whole.is_empty() { "0" } else { whole };
    let digits = if scale == 0 { format!("{sign}{shown}") } else { format!("{sign}{shown}.{fraction}") };
    Some((precision, scale, digits))
}

/// A decimal's digits at exactly `scale`, if it fits `precision` without losing any.
pub(crate) fn decimal_at(text: &str, precision: u8, scale: u8) -> Option<String> {
    let (_, written_scale, digits) = digits(text)?;
    let (head, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let needed = fraction.trim_end_matches('0');
    if needed.len() > usize::from(scale) && written_scale > scale {
        return None;
    }
    let whole = head.trim_start_matches('-');
    let whole_digits = if whole == "0" { 0 } else { whole.len() };
    if whole_digits > usize::from(precision - scale) {
        return None;
    }
    if scale == 0 {
        return Some(head.to_owned());
    }
    let kept: String = fraction.chars().chain(std::iter::repeat('0')).take(usize::from(scale)).collect();
    Some(format!("{head}.{kept}"))
}

/// The constant of `data_type` that `text` says; none when it says none exactly.
pub(crate) fn read(text: &str, data_type: &DataType) -> Option<Literal> {
    let trimmed = text.trim();
    match data_type {
        DataType::Boolean if trimmed.eq_ignore_ascii_case("true") => Some(Literal::Boolean(true)),
        DataType::Boolean if trimmed.eq_ignore_ascii_case("false") => Some(Literal::Boolean(false)),
        DataType::Int => trimmed.parse::<i32>().ok().map(|value| Literal::Integer(value.into())),
        DataType::Long => trimmed.parse::<i64>().ok().map(Literal::Integer),
        DataType::Float | DataType::Double => {
            trimmed.parse::<f64>().ok().filter(|value| value.is_finite()).map(Literal::Number)
        }
        DataType::Decimal { precision, scale } => {
            decimal_at(trimmed, *precision, *scale).map(Literal::Decimal)
        }
        DataType::Date => date(trimmed).map(Literal::Date),
        DataType::Timestamp => timestamp(trimmed, false).map(Literal::Timestamp),
        DataType::Timestamptz => timestamp(trimmed, true).map(Literal::Timestamp),
        DataType::String => Some(Literal::Text(text.to_owned())),
        DataType::Uuid => is_uuid(trimmed).then(|| Literal::Text(trimmed.to_ascii_lowercase())),
        _ => None,
    }
}

/// How constants of a type are written, for help texts.
pub(crate) fn example(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Boolean => "true or false",
        DataType::Int | DataType::Long => "a whole number",
        DataType::Float | DataType::Double => "a number, such as 1.5",
        DataType::Decimal { .. } => "a number that fits its digits, such as 1.50",
        DataType::Date => "a date, such as 2026-03-02",
        DataType::Timestamp => "a timestamp, such as 2026-03-02 18:05:00",
        DataType::Timestamptz => "a timestamp, such as 2026-03-02 18:05:00Z",
        DataType::Uuid => "a UUID, such as 123e4567-e89b-12d3-a456-426614174000",
        _ => "text",
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(index, character)| match index {
            8 | 13 | 18 | 23 => character == '-',
            _ => character.is_ascii_hexdigit(),
        })
}

/// Days since 1970-01-01 of `yyyy-MM-dd`.
pub(crate) fn date(text: &str) -> Option<i32> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    let (year, month, day): (i32, u32, u32) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if year < 1 || !(1..=length).contains(&day) {
        return None;
    }
    // Days from civil, years beginning in March so that the leap day is the last one.
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let month_from_march = i32::try_from((month + 9) % 12).ok()?;
    let day_of_year = (153 * month_from_march + 2) / 5 + i32::try_from(day).ok()? - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// `yyyy-MM-dd` of days since 1970-01-01.
pub(crate) fn date_text(days: i32) -> String {
    let shifted = i64::from(days) + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

const MICROSECONDS_PER_DAY: i64 = 86_400_000_000;

/// Microseconds since 1970-01-01T00:00:00 of `yyyy-MM-dd[( |T)HH:mm[:ss[.SSSSSS]]]`, with `Z` or an offset where `zoned`.
pub(crate) fn timestamp(text: &str, zoned: bool) -> Option<i64> {
    let day = date(text.get(..10)?)?;
    let rest = text.get(10..)?;
    let (clock, offset_minutes) = match rest.strip_suffix(['Z', 'z']) {
        Some(clock) if zoned => (clock, 0),
        _ => match rest.rfind(['+', '-']) {
            Some(place) if zoned => (rest.get(..place)?, offset(rest.get(place..)?)?),
            _ => (rest, 0),
        },
    };
    let micros = if clock.is_empty() { 0 } else { time(clock.strip_prefix(['T', ' '])?)? };
    Some(i64::from(day) * MICROSECONDS_PER_DAY + micros - offset_minutes * 60_000_000)
}

fn offset(text: &str) -> Option<i64> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

fn time(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next().unwrap_or("00"));
    let (second, fraction) = second.split_once('.').unwrap_or((second, "0"));
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.chars().all(|digit| digit.is_ascii_digit())
    };
    if parts.next().is_some()
        || !digits(hour, 2)
        || !digits(minute, 2)
        || !digits(second, 2)
        || !digits(fraction, 6)
    {
        return None;
    }
    let (hour, minute, second): (i64, i64, i64) =
        (hour.parse().ok()?, minute.parse().ok()?, second.parse().ok()?);
    let micros: i64 = format!("{fraction:0<6}").parse().ok()?;
    (hour < 24 && minute < 60 && second < 60)
        .then_some(((hour * 60 + minute) * 60 + second) * 1_000_000 + micros)
}

/// `yyyy-MM-dd HH:mm:ss.SSSSSS` of microseconds since 1970-01-01T00:00:00.
pub(crate) fn timestamp_text(micros: i64) -> String {
    let day = i32::try_from(micros.div_euclid(MICROSECONDS_PER_DAY)).unwrap_or(i32::MAX);
    let rest = micros.rem_euclid(MICROSECONDS_PER_DAY);
    let (seconds, fraction) = (rest / 1_000_000, rest % 1_000_000);
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let date = date_text(day);
    if fraction == 0 { format!("{date} {clock}") } else { format!("{date} {clock}.{fraction:06}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn dates_are_read_back(days in -700_000_i32..2_900_000) {
            prop_assert_eq!(date(&date_text(days)), Some(days));
        }

        #[test]
        fn timestamps_are_read_back(micros in -10_000_000_000_000_000_i64..200_000_000_000_000_000) {
            prop_assert_eq!(timestamp(&timestamp_text(micros), false), Some(micros));
        }
    }

    #[test]
    fn constants_are_exact_or_none() {
        assert_eq!(date("1970-01-01"), Some(0));
        assert_eq!(date("2026-02-29"), None);
        assert_eq!(date("2024-02-29"), Some(19_782));
        assert_eq!(timestamp("1970-01-01T01:00:00+01:00", true), Some(0));
        assert_eq!(timestamp("1970-01-01 00:00:01.5", false), Some(1_500_000));
        assert_eq!(decimal_at("1.5", 4, 2), Some("1.50".to_owned()));
        assert_eq!(decimal_at("1.500", 4, 2), Some("1.50".to_owned()));
        assert_eq!(decimal_at("1.505", 4, 2), None);
        assert_eq!(decimal_at("123", 4, 2), None);
        assert_eq!(decimal_at("-0.5", 2, 1), Some("-0.5".to_owned()));
        let typed = |text: &str| number(text).map(|typed| typed.data_type.to_string());
        assert_eq!(typed("1").as_deref(), Some("int"));
        assert_eq!(typed("3000000000").as_deref(), Some("long"));
        assert_eq!(typed("30000000000000000000").as_deref(), Some("decimal(20,0)"));
        assert_eq!(typed("1.5").as_deref(), Some("decimal(2,1)"));
        assert_eq!(typed("0.05").as_deref(), Some("decimal(2,2)"));
        assert_eq!(typed("1e3").as_deref(), Some("double"));
    }
}
