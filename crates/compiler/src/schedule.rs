//! Triggers: five fields of cron, and the shape of time zone names.

use touchstone_spec::nearest;

use crate::finding::{At, Finding};

struct CronField {
    name: &'static str,
    low: u32,
    high: u32,
    words: &'static [&'static str],
}

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const FIELDS: [CronField; 5] = [
    CronField { name: "minute", low: 0, high: 59, words: &[] },
    CronField { name: "hour", low: 0, high: 23, words: &[] },
    CronField { name: "day of month", low: 1, high: 31, words: &[] },
    CronField { name: "month", low: 1, high: 12, words: &MONTHS },
    CronField { name: "day of week", low: 0, high: 7, words: &DAYS },
];

/// Checks `minute hour day month weekday`. Gives the offset in characters, what is wrong, and what to do.
pub(crate) fn check_cron(text: &str) -> Result<(), (usize, String, String)> {
    const SHAPE: &str = "write minute, hour, day of month, month and day of week, as in `0 6 * * MON-FRI`";
    let parts: Vec<&str> = text.split_whitespace().collect();
    if parts.len() != FIELDS.len() {
        return Err((
            0,
            format!("a schedule has five fields, and this has {}", parts.len()),
            SHAPE.to_owned(),
        ));
    }
    let mut offset = 0;
    for (part, field) in parts.iter().zip(&FIELDS) {
        let start = text.get(offset..).and_then(|rest| rest.find(part)).unwrap_or(0) + offset;
        let shown = text.get(..start).map_or(0, |head| head.chars().count());
        check_field(part, field).map_err(|message| (shown, message, SHAPE.to_owned()))?;
        offset = start + part.len();
    }
    let restricted = |index: usize| parts.get(index).is_some_and(|part| *part != "*");
    if restricted(2) && restricted(4) {
        return Err((
            0,
            "day of month and day of week are both given, and the platform's scheduler takes one".to_owned(),
            "write `*` for one of the two".to_owned(),
        ));
    }
    Ok(())
}

fn check_field(part: &str, field: &CronField) -> Result<(), String> {
    for item in part.split(',') {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (item, None),
        };
        if step.is_some_and(|step| step.parse::<u32>().map_or(true, |step| step == 0 || step > field.high)) {
            return Err(format!("`{item}` has a step that doesn't fit the {}", field.name));
        }
        if range == "*" {
            continue;
        }
        let (low, high) = range.split_once('-').unwrap_or((range, range));
        match (value(low, field), value(high, field)) {
            (Some(low), Some(high)) if low <= high => {}
            (Some(_), Some(_)) => return Err(format!("`{range}` runs backwards")),
            _ => {
                return Err(format!(
                    "`{item}` doesn't fit the {}, which goes from {} to {}",
                    field.name, field.low, field.high
                ));
            }
        }
    }
    Ok(())
}

fn value(text: &str, field: &CronField) -> Option<u32> {
    let word = field.words.iter().position(|word| word.eq_ignore_ascii_case(text));
    if let Some(index) = word {
        return u32::try_from(index).ok().map(|index| index + field.low);
    }
    text.parse().ok().filter(|number| (field.low..=field.high).contains(number))
}

const AREAS: [&str; 11] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
    "Etc",
];

/// Checks that a name has the form of an IANA time zone. Which cities there are is the platform's knowledge.
pub(crate) fn check_timezone(zone: &str) -> Option<Finding> {
    const SHAPE: &str = "write UTC or Area/City, as in America/New_York or Europe/London";
    if matches!(zone, "UTC" | "GMT") {
        return None;
    }
    let finding = Finding::error(At::START, "bad-timezone", format!("`{zone}` is not an IANA time zone"));
    let Some((area, city)) = zone.split_once('/') else {
        return Some(finding.help(SHAPE));
    };
    let well_formed = city.starts_with(|first: char| first.is_ascii_uppercase())
        && city
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '+' | '/'));
    match (AREAS.contains(&area), nearest(area, AREAS)) {
        (true, _) if well_formed => None,
        (false, Some(near)) => Some(finding.help(format!("did you mean {near}/{city}?"))),
        _ => Some(finding.help(SHAPE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_checked_field_by_field() {
        for good in ["0 6 * * MON-FRI", "*/15 * * * *", "30 18 1,15 * *", "0 0 * JAN-MAR/2 sun"] {
            assert_eq!(check_cron(good), Ok(()), "{good}");
        }
        for (bad, offset) in [
            ("0 6 * *", 0),
            ("0 25 * * *", 2),
            ("0 6 32 * *", 4),
            ("0 6 * * FRI-MON", 8),
            ("0 6 1 * MON", 0),
            ("0/0 6 * * *", 0),
        ] {
            assert_eq!(check_cron(bad).unwrap_err().0, offset, "{bad}");
        }
    }

    #[test]
    fn time_zones_have_a_form() {
        for good in ["UTC", "America/New_York", "America/Argentina/Buenos_Aires", "Etc/GMT+5"] {
            assert_eq!(check_timezone(good), None, "{good}");
        }
        for bad in ["EST", "New York", "Amerika/New_York", "Europe/london"] {
            assert!(check_timezone(bad).is_some(), "{bad}");
        }
    }
}
