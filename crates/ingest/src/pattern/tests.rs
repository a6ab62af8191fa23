//! What patterns read, and what they refuse.

use proptest::prelude::*;

use super::*;

fn read(pattern: &str, text: &str) -> Result<Moment, PatternFault> {
    Pattern::new(pattern).unwrap().read(text)
}

#[test]
fn patterns_read_what_java_reads() {
    let day = 20_513; // 2026-03-01
    for (pattern, text) in [
        ("dd/MM/yyyy", "01/03/2026"),
        ("d/M/yyyy", "1/3/2026"),
        ("d/M/yyyy", "01/03/2026"),
        ("MM/dd/yy", "03/01/26"),
        ("yyyyMMdd", "20260301"),
        ("dd-MMM-yyyy", "01-MAR-2026"),
        ("d MMMM yyyy", "1 March 2026"),
        ("EEE, d MMM yyyy", "Sun, 1 Mar 2026"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2026-03-01T00:00:00.000Z"),
        ("dd/MM/yyyy[ HH:mm]", "01/03/2026"),
        ("dd/MM/yyyy[ HH:mm]", "01/03/2026 00:00"),
    ] {
        assert_eq!(read(pattern, text).map(|moment| moment.days), Ok(day), "{pattern} {text}");
    }
    assert_eq!(read("h:mm a", "1:05 PM").unwrap().micros, 47_100_000_000);
    assert_eq!(read("hh:mm a", "12:00 AM").unwrap().micros, 0);
    assert_eq!(read("HHmmssSSS", "235959999").unwrap().micros, 86_399_999_000);
    assert_eq!(read("yyyy-MM-dd HH:mm Z", "2026-03-01 02:30 +0230").unwrap().utc_micros(), day_micros(day));
}

fn day_micros(days: i32) -> i64 {
    i64::from(days) * DAY_MICROS
}

#[test]
fn the_calendar_is_strict() {
    for (pattern, text, expected) in [
        ("dd/MM/yyyy", "31/02/2026", PatternFault::NoSuchDay { year: 2026, month: 2 }),
        ("dd/MM/yyyy", "29/02/2025", PatternFault::NoSuchDay { year: 2025, month: 2 }),
        ("dd/MM/yyyy", "01/13/2026", PatternFault::NoSuchMonth { month: 13 }),
        ("dd/MM/yyyy", "1/3/2026", PatternFault::Form),
        ("dd/MM/yyyy", "01/03/2026 ", PatternFault::Form),
        ("dd/MM/yyyy", "01/03/26", PatternFault::Form),
        ("EEE d/M/yyyy", "Mon 1/3/2026", PatternFault::WrongWeekday { weekday: 6 }),
        ("HH:mm", "24:00", PatternFault::NoSuchTime),
        ("HH:mm:ss.SSSSSSSSS", "10:00:00.123456789", PatternFault::TooFine),
    ] {
        assert_eq!(read(pattern, text), Err(expected), "{pattern} {text}");
    }
    assert!(read("dd/MM/yyyy", "29/02/2024").is_ok());
}

#[test]
fn a_bad_pattern_says_what_is_wrong() {
    for (pattern, expected) in [
        ("DD/MM/yyyy", "the day of the month is `d`"),
        ("dd/MM/YYYY", "the calendar year is `y`"),
        ("yyyy-MM-ddTHH:mm", "single quotes: 'T'"),
        ("yyyy-MM-dd'T", "not closed"),
        ("yyyy[-MM", "not closed"),
        ("qq", "`qq` is not supported"),
        ("", "empty"),
    ] {
        let error = Pattern::new(pattern).unwrap_err();
        assert!(error.contains(expected), "{pattern}: {error}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(pattern in "[yMdHhmsSaEXZ/: '\\[\\]-]{0,14}", text in "[0-9/: TZ+a-zA-Zé-]{0,24}") {
        if let Ok(pattern) = Pattern::new(&pattern) {
            let within = |moment: Moment| (0..DAY_MICROS).contains(&moment.micros);
            prop_assert!(pattern.read(&text).map_or(true, within));
        }
        prop_assert!(Pattern::iso_timestamptz().read(&text).map_or(true, |moment| moment.offset.is_some()));
    }
}
