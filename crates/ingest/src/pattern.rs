//! Patterns of dates and times in the letters of Java and Spark, read strictly.
//!
//! Source of the letters: Spark SQL reference, "Datetime Patterns for Formatting and Parsing".
//! Read here: `y u M L d E a H h m s S X x Z`, text in single quotes, and `[…]` for parts that may be absent.

use crate::calendar::{MONTHS, WEEKDAYS, days_from_civil, days_in_month, month_name};

const DAY_MICROS: i64 = 86_400_000_000;

/// A compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// As people write it.
    pub(crate) text: String,
    items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    Literal(char),
    /// `T` or a blank, as ISO 8601 and RFC 3339 allow.
    DateTimeSeparator,
    Year,
    /// Two digits of a year from 2000 to 2099, as Java reads `yy`.
    ShortYear,
    Month {
        widest: usize,
        narrowest: usize,
    },
    MonthName {
        short: bool,
    },
    Day {
        widest: usize,
        narrowest: usize,
    },
    Weekday {
        short: bool,
    },
    Hour {
        narrowest: usize,
    },
    HalfDayHour {
        narrowest: usize,
    },
    Minute {
        narrowest: usize,
    },
    Second {
        narrowest: usize,
    },
    Fraction {
        narrowest: usize,
        widest: usize,
    },
    HalfDay,
    Zone {
        letter_z: bool,
        colon: Colon,
    },
    Optional(Vec<Item>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colon {
    /// `+02:00`
    Always,
    /// `+0200`
    Never,
    /// `+02` or `+0200`
    HoursOrNever,
    /// Any of them.
    Any,
}

/// Why a text is not the date or time it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PatternFault {
    /// It doesn't have the form.
    Form,
    /// It has the form, but there is no such day: year and month say how many days there are.
    NoSuchDay {
        year: i64,
        month: u32,
    },
    NoSuchMonth {
        month: u32,
    },
    NoSuchTime,
    YearZero,
    /// The day of the week contradicts the date.
    WrongWeekday {
        weekday: usize,
    },
    /// A fraction of a second finer than a microsecond.
    TooFine,
}

impl PatternFault {
    /// The reason for people; None when the form says it all.
    pub(crate) fn reason(self) -> Option<String> {
        match self {
            Self::Form => None,
            Self::NoSuchDay { year, month } => {
                Some(format!("{} {year} has {} days", month_name(month), days_in_month(year, month)))
            }
            Self::NoSuchMonth { month } => Some(format!("there is no month {month}")),
            Self::NoSuchTime => Some("there is no such time of day".to_owned()),
            Self::YearZero => Some("the calendar has no year 0".to_owned()),
            Self::WrongWeekday { weekday } => {
                WEEKDAYS.get(weekday).map(|name| format!("that day is a {name}"))
            }
            Self::TooFine => Some("it is finer than a microsecond".to_owned()),
        }
    }
}

/// What a text said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Days since 1970-01-01; 0 for a time alone.
    pub(crate) days: i32,
    /// Microseconds since midnight.
    pub(crate) micros: i64,
    /// Seconds east of UTC, where the text says so.
    pub(crate) offset: Option<i32>,
}

impl Moment {
    /// Microseconds since 1970-01-01 00:00, in the clock that the text was written by.
    pub(crate) fn local_micros(self) -> i64 {
        i64::from(self.days).saturating_mul(DAY_MICROS).saturating_add(self.micros)
    }

    /// Microseconds since 1970-01-01 00:00 UTC.
    pub(crate) fn utc_micros(self) -> i64 {
        self.local_micros().saturating_sub(i64::from(self.offset.unwrap_or(0)).saturating_mul(1_000_000))
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Parts {
    year: Option<i64>,
    month: Option<u32>,
    day: Option<u32>,
    weekday: Option<usize>,
    hour: u32,
    half_day_hour: Option<u32>,
    afternoon: Option<bool>,
    minute: u32,
    second: u32,
    nanos: u32,
    offset: Option<i32>,
}

impl Pattern {
    /// Compiles a pattern; the error says what in it can't be read.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let mut characters = text.chars().peekable();
        let items = compile(&mut characters, false)?;
        if items.is_empty() {
            return Err("the pattern is empty".to_owned());
        }
        Ok(Self { text: text.to_owned(), items })
    }

    /// ISO 8601 date: `yyyy-MM-dd`.
    pub(crate) fn iso_date() -> Self {
        Self { text: "yyyy-MM-dd".to_owned(), items: iso_date_items() }
    }

    /// ISO 8601 time of day: `HH:mm[:ss[.fraction]]`.
    pub(crate) fn iso_time() -> Self {
        Self { text: "HH:mm:ss".to_owned(), items: iso_time_items() }
    }

    /// ISO 8601 date and time, with `T` or a blank between.
    pub(crate) fn iso_timestamp() -> Self {
        let mut items = iso_date_items();
        items.push(Item::DateTimeSeparator);
        items.extend(iso_time_items());
        Self { text: "yyyy-MM-dd'T'HH:mm:ss".to_owned(), items }
    }

    /// [`Pattern::iso_timestamp`] followed by `Z`, `+02:00`, `+0200` or `+02`.
    pub(crate) fn iso_timestamptz() -> Self {
        let mut pattern = Self::iso_timestamp();
        "yyyy-MM-dd'T'HH:mm:ssXXX".clone_into(&mut pattern.text);
        pattern.items.push(Item::Zone { letter_z: true, colon: Colon::Any });
        pattern
    }

    pub(crate) fn has_date(&self) -> bool {
        let has = |wanted: fn(&Item) -> bool| any(&self.items, wanted);
        has(|item| matches!(item, Item::Year | Item::ShortYear))
            && has(|item| matches!(item, Item::Month { .. } | Item::MonthName { .. }))
            && has(|item| matches!(item, Item::Day { .. }))
    }

    pub(crate) fn has_time(&self) -> bool {
        any(&self.items, |item| matches!(item, Item::Hour { .. } | Item::HalfDayHour { .. }))
    }

    /// Whether any part of a date is named at all.
    pub(crate) fn names_date(&self) -> bool {
        any(&self.items, |item| {
            matches!(
                item,
                Item::Year | Item::ShortYear | Item::Month { .. } | Item::MonthName { .. } | Item::Day { .. }
            )
        })
    }

    pub(crate) fn has_zone(&self) -> bool {
        any(&self.items, |item| matches!(item, Item::Zone { .. }))
    }

    /// `h` without `a` doesn't say which half of the day is meant.
    pub(crate) fn half_day_is_open(&self) -> bool {
        any(&self.items, |item| matches!(item, Item::HalfDayHour { .. }))
            && !any(&self.items, |item| matches!(item, Item::HalfDay))
    }

    /// Reads a text; all of it must have the form.
    pub(crate) fn read(&self, text: &str) -> Result<Moment, PatternFault> {
        let mut parts = Parts::default();
        let rest = follow(&self.items, text, &mut parts)?;
        if !rest.is_empty() {
            return Err(PatternFault::Form);
        }
        parts.moment()
    }
}

fn iso_date_items() -> Vec<Item> {
    vec![
        Item::Year,
        Item::Literal('-'),
        Item::Month { narrowest: 2, widest: 2 },
        Item::Literal('-'),
        Item::Day { narrowest: 2, widest: 2 },
    ]
}

fn iso_time_items() -> Vec<Item> {
    vec![
        Item::Hour { narrowest: 2 },
        Item::Literal(':'),
        Item::Minute { narrowest: 2 },
        Item::Optional(vec![
            Item::Literal(':'),
            Item::Second { narrowest: 2 },
            Item::Optional(vec![Item::Literal('.'), Item::Fraction { narrowest: 1, widest: 9 }]),
        ]),
    ]
}

fn any(items: &[Item], wanted: fn(&Item) -> bool) -> bool {
    items.iter().any(|item| match item {
        Item::Optional(inner) => any(inner, wanted),
        item => wanted(item),
    })
}

fn compile(
    characters: &mut std::iter::Peekable<std::str::Chars<'_>>,
    inside: bool,
) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    while let Some(character) = characters.next() {
        match character {
            '\'' => {
                if characters.next_if_eq(&'\'').is_some() {
                    items.push(Item::Literal('\''));
                    continue;
                }
                loop {
                    match characters.next() {
                        Some('\'') if characters.next_if_eq(&'\'').is_some() => {
                            items.push(Item::Literal('\''));
                        }
                        Some('\'') => break,
                        Some(literal) => items.push(Item::Literal(literal)),
                        None => return Err("a single quote is not closed".to_owned()),
                    }
                }
            }
            // One level is what formats in the wild use; deeper nesting could only be a mistake or an attack.
            '[' if inside => return Err("`[` inside `[…]` is not supported".to_owned()),
            '[' => items.push(Item::Optional(compile(characters, true)?)),
            ']' if inside => return Ok(items),
            ']' => return Err("`]` without `[`".to_owned()),
            letter if letter.is_ascii_alphabetic() => {
                let mut count = 1;
                while characters.next_if_eq(&letter).is_some() {
                    count += 1;
                }
                items.push(letter_item(letter, count)?);
            }
            '{' | '}' | '#' => return Err(format!("`{character}` is reserved; put it in single quotes")),
            literal => items.push(Item::Literal(literal)),
        }
    }
    if inside { Err("`[` is not closed".to_owned()) } else { Ok(items) }
}

fn letter_item(letter: char, count: usize) -> Result<Item, String> {
    let narrowest = count.min(2);
    Ok(match (letter, count) {
        ('y' | 'u', 2) => Item::ShortYear,
        ('y' | 'u', 1 | 4) => Item::Year,
        ('M' | 'L', 1 | 2) => Item::Month { narrowest, widest: 2 },
        ('M' | 'L', 3) => Item::MonthName { short: true },
        ('M' | 'L', 4) => Item::MonthName { short: false },
        ('d', 1 | 2) => Item::Day { narrowest, widest: 2 },
        ('E', 1..=3) => Item::Weekday { short: true },
        ('E', 4) => Item::Weekday { short: false },
        ('a', 1) => Item::HalfDay,
        ('H', 1 | 2) => Item::Hour { narrowest },
        ('h', 1 | 2) => Item::HalfDayHour { narrowest },
        ('m', 1 | 2) => Item::Minute { narrowest },
        ('s', 1 | 2) => Item::Second { narrowest },
        ('S', 1..=9) => Item::Fraction { narrowest: count, widest: count },
        ('X' | 'x', 1) => Item::Zone { letter_z: letter == 'X', colon: Colon::HoursOrNever },
        ('X' | 'x', 2) => Item::Zone { letter_z: letter == 'X', colon: Colon::Never },
        ('X' | 'x', 3) => Item::Zone { letter_z: letter == 'X', colon: Colon::Always },
        ('Z', 1..=3) => Item::Zone { letter_z: false, colon: Colon::Never },
        ('Z', 5) => Item::Zone { letter_z: true, colon: Colon::Always },
        ('T', _) => return Err("`T` is no pattern letter; write it in single quotes: 'T'".to_owned()),
        ('D', _) => return Err("`D` is the day of the year; the day of the month is `d`".to_owned()),
        ('Y', _) => return Err("`Y` is the year of the week; the calendar year is `y`".to_owned()),
        (letter, count) => {
            let letters: String = std::iter::repeat_n(letter, count).collect();
            return Err(format!(
                "`{letters}` is not supported; use yyyy, yy, M, MM, MMM, MMMM, d, dd, E, a, H, HH, h, hh, m, mm, \
                 s, ss, S to SSSSSSSSS, X, XXX, Z"
            ));
        }
    })
}

/// Follows the items through the text; gives what is left of it.
fn follow<'text>(items: &[Item], text: &'text str, parts: &mut Parts) -> Result<&'text str, PatternFault> {
    let mut rest = text;
    for item in items {
        rest = match item {
            Item::Literal(literal) => rest.strip_prefix(*literal).ok_or(PatternFault::Form)?,
            Item::DateTimeSeparator => rest.strip_prefix(['T', ' ']).ok_or(PatternFault::Form)?,
            Item::Year => {
                let (year, after) = number(rest, 4, 4)?;
                parts.year = Some(i64::from(year));
                after
            }
            Item::ShortYear => {
                let (year, after) = number(rest, 2, 2)?;
                parts.year = Some(2000 + i64::from(year));
                after
            }
            Item::Month { narrowest, widest } => {
                let (month, after) = number(rest, *narrowest, *widest)?;
                parts.month = Some(month);
                after
            }
            Item::MonthName { short } => {
                let (index, after) = name(rest, &MONTHS, *short)?;
                parts.month = u32::try_from(index + 1).ok();
                after
            }
            Item::Day { narrowest, widest } => {
                let (day, after) = number(rest, *narrowest, *widest)?;
                parts.day = Some(day);
                after
            }
            Item::Weekday { short } => {
                let (index, after) = name(rest, &WEEKDAYS, *short)?;
                parts.weekday = Some(index);
                after
            }
            Item::Hour { narrowest } => {
                let (hour, after) = number(rest, *narrowest, 2)?;
                parts.hour = hour;
                after
            }
            Item::HalfDayHour { narrowest } => {
                let (hour, after) = number(rest, *narrowest, 2)?;
                parts.half_day_hour = Some(hour);
                after
            }
            Item::Minute { narrowest } => {
                let (minute, after) = number(rest, *narrowest, 2)?;
                parts.minute = minute;
                after
            }
            Item::Second { narrowest } => {
                let (second, after) = number(rest, *narrowest, 2)?;
                parts.second = second;
                after
            }
            Item::Fraction { narrowest, widest } => {
                let (fraction, after) = number(rest, *narrowest, *widest)?;
                let written = rest.len().saturating_sub(after.len());
                let missing = u32::try_from(9_usize.saturating_sub(written)).unwrap_or(0);
                parts.nanos = fraction.saturating_mul(10_u32.saturating_pow(missing));
                after
            }
            Item::HalfDay => {
                let head = rest.get(..2).ok_or(PatternFault::Form)?;
                parts.afternoon = Some(if head.eq_ignore_ascii_case("pm") {
                    true
                } else if head.eq_ignore_ascii_case("am") {
                    false
                } else {
                    return Err(PatternFault::Form);
                });
                rest.get(2..).unwrap_or_default()
            }
            Item::Zone { letter_z, colon } => {
                let (offset, after) = zone(rest, *letter_z, *colon)?;
                parts.offset = Some(offset);
                after
            }
            Item::Optional(inner) => {
                let mut tried = *parts;
                match follow(inner, rest, &mut tried) {
                    Ok(after) => {
                        *parts = tried;
                        after
                    }
                    Err(_) => rest,
                }
            }
        };
    }
    Ok(rest)
}

/// At least `narrowest` and at most `widest` digits (up to nine).
fn number(text: &str, narrowest: usize, widest: usize) -> Result<(u32, &str), PatternFault> {
    let length = text.bytes().take(widest).take_while(u8::is_ascii_digit).count();
    if length < narrowest {
        return Err(PatternFault::Form);
    }
    let (digits, rest) = text.split_at_checked(length).ok_or(PatternFault::Form)?;
    let value = digits.bytes().fold(0_u32, |value, digit| {
        value.saturating_mul(10).saturating_add(u32::from(digit.wrapping_sub(b'0')))
    });
    Ok((value, rest))
}

/// One of the names, or its first three letters, in any case.
fn name<'text>(text: &'text str, names: &[&str], short: bool) -> Result<(usize, &'text str), PatternFault> {
    for (index, full) in names.iter().enumerate() {
        let wanted = if short { full.get(..3).unwrap_or(full) } else { full };
        if let Some((head, rest)) = text.split_at_checked(wanted.len())
            && head.eq_ignore_ascii_case(wanted)
        {
            return Ok((index, rest));
        }
    }
    Err(PatternFault::Form)
}

fn zone(text: &str, letter_z: bool, colon: Colon) -> Result<(i32, &str), PatternFault> {
    if letter_z && let Some(rest) = text.strip_prefix('Z') {
        return Ok((0, rest));
    }
    let (negative, rest) = match text.as_bytes().first() {
        Some(b'+') => (false, text.get(1..).unwrap_or_default()),
        Some(b'-') => (true, text.get(1..).unwrap_or_default()),
        _ => return Err(PatternFault::Form),
    };
    let (hours, rest) = number(rest, 2, 2)?;
    let with_colon = rest.strip_prefix(':').map(|after| number(after, 2, 2));
    let (minutes, rest) = match (colon, with_colon) {
        (Colon::Always | Colon::Any, Some(minutes)) => minutes?,
        (Colon::Always, None) => return Err(PatternFault::Form),
        (Colon::Never, _) => number(rest, 2, 2)?,
        _ => number(rest, 2, 2).unwrap_or((0, rest)),
    };
    // Java's limit for an offset.
    if hours > 18 || minutes > 59 {
        return Err(PatternFault::NoSuchTime);
    }
    let seconds = i32::try_from(hours * 3600 + minutes * 60).map_err(|_| PatternFault::NoSuchTime)?;
    Ok((if negative { -seconds } else { seconds }, rest))
}

impl Parts {
    fn moment(self) -> Result<Moment, PatternFault> {
        let days = match (self.year, self.month, self.day) {
            (Some(year), Some(month), Some(day)) => {
                let days_there = days_in_month(year, month);
                if year == 0 {
                    return Err(PatternFault::YearZero);
                }
                if days_there == 0 {
                    return Err(PatternFault::NoSuchMonth { month });
                }
                if day == 0 || day > days_there {
                    return Err(PatternFault::NoSuchDay { year, month });
                }
                days_from_civil(year, month, day)
            }
            _ => 0,
        };
        if let Some(given) = self.weekday {
            // 1970-01-01 was a Thursday, the fourth day.
            let actual = usize::try_from((days + 3).rem_euclid(7)).unwrap_or(0);
            if given != actual {
                return Err(PatternFault::WrongWeekday { weekday: actual });
            }
        }
        let hour = match self.half_day_hour {
            None => self.hour,
            Some(hour @ 1..=12) => hour % 12 + if self.afternoon == Some(true) { 12 } else { 0 },
            Some(_) => return Err(PatternFault::NoSuchTime),
        };
        if hour > 23 || self.minute > 59 || self.second > 59 {
            return Err(PatternFault::NoSuchTime);
        }
        if !self.nanos.is_multiple_of(1000) {
            return Err(PatternFault::TooFine);
        }
        let seconds = i64::from(hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        Ok(Moment {
            days: i32::try_from(days).map_err(|_| PatternFault::Form)?,
            micros: seconds * 1_000_000 + i64::from(self.nanos / 1000),
            offset: self.offset,
        })
    }
}

#[cfg(test)]
mod tests;
