//! Patterns of dates and times in the letters of Java, as far as both engines read them the same way.

use touchstone_spec::DataType;

/// A part of a date or time that a pattern names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    Day,
    Hour,
    HalfHour,
    HalfDay,
    Minute,
    Second,
    Fraction,
    Zone,
}

/// What is wrong with a pattern and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PatternError {
    pub(crate) message: String,
    pub(crate) help: String,
    /// Whether it runs all the same.
    pub(crate) warning: bool,
}

/// Checks a pattern for values of `data_type`.
pub(crate) fn check(pattern: &str, data_type: &DataType) -> Result<(), PatternError> {
    let error =
        |message: String, help: &str| Err(PatternError { message, help: help.to_owned(), warning: false });
    let mut parts: Vec<Part> = Vec::new();
    let mut two_digit_year = false;
    let characters: Vec<char> = pattern.chars().collect();
    let mut position = 0;
    while let Some(&letter) = characters.get(position) {
        if letter == '\'' {
            let length = characters.iter().skip(position + 1).position(|character| *character == '\'');
            match length {
                Some(length) => position += length + 2,
                None => return error("a quote in the pattern is never closed".to_owned(), "close it: 'T'"),
            }
            continue;
        }
        let run = characters.iter().skip(position).take_while(|character| **character == letter).count();
        if letter.is_ascii_alphabetic() {
            let Some(part) = part_of(letter, run) else {
                return error(
                    format!(
                        "`{}` isn't a letter group of the portable date patterns",
                        letter.to_string().repeat(run)
                    ),
                    hint(letter),
                );
            };
            if parts.contains(&part) {
                return error(format!("the pattern names the {} twice", part.describe()), hint(letter));
            }
            two_digit_year |= part == Part::Year && run == 2;
            parts.push(part);
        } else if matches!(letter, '[' | ']' | '{' | '}' | '#') {
            return error(
                format!("`{letter}` isn't part of the portable date patterns"),
                "give the format that most rows have; the others are quarantined, with the reason",
            );
        }
        position += run;
    }
    complete(&parts, data_type)?;
    if two_digit_year {
        return Err(PatternError {
            message: "two-digit years are read as 2000 to 2099".to_owned(),
            help: "ask the sender for four digits, or check that no year before 2000 occurs".to_owned(),
            warning: true,
        });
    }
    Ok(())
}

impl Part {
    fn describe(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Hour | Self::HalfHour => "hour",
            Self::HalfDay => "half of the day (am or pm)",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::Fraction => "fraction of a second",
            Self::Zone => "time zone",
        }
    }
}

fn part_of(letter: char, run: usize) -> Option<Part> {
    Some(match (letter, run) {
        ('y' | 'u', 2 | 4) => Part::Year,
        ('M', 1..=3) => Part::Month,
        ('d', 1 | 2) => Part::Day,
        ('H', 1 | 2) => Part::Hour,
        ('h', 1 | 2) => Part::HalfHour,
        ('a', 1) => Part::HalfDay,
        ('m', 1 | 2) => Part::Minute,
        ('s', 1 | 2) => Part::Second,
        ('S', 1..=9) => Part::Fraction,
        ('X', 1..=3) => Part::Zone,
        _ => return None,
    })
}

fn hint(letter: char) -> &'static str {
    match letter {
        'Y' => "years are `yyyy`; `YYYY` is the year of the week",
        'D' => "days of the month are `dd`; `DD` is the day of the year",
        'E' | 'e' => "days of the week can't be read; cut them off with an expression over the text",
        'Z' | 'z' | 'V' | 'O' | 'x' => "time zones are `XXX`, as in +01:00 or Z",
        'm' => "minutes are `mm`, months are `MM`",
        'M' => "months are `M`, `MM` or `MMM` (Jan), minutes are `mm`",
        _ => {
            "the letters are yyyy MM dd HH mm ss SSS, hh with a, MMM for Jan, XXX for +01:00; text stands in single quotes"
        }
    }
}

/// Whether the pattern names what a value of the type needs, and nothing more.
fn complete(parts: &[Part], data_type: &DataType) -> Result<(), PatternError> {
    let has = |part: Part| parts.contains(&part);
    let fail =
        |message: String, help: &str| Err(PatternError { message, help: help.to_owned(), warning: false });
    let time = [Part::Hour, Part::HalfHour, Part::Minute, Part::Second, Part::Fraction, Part::HalfDay];
    let needs_date = *data_type != DataType::Time;
    for part in [Part::Year, Part::Month, Part::Day] {
        if needs_date && !has(part) {
            return fail(
                format!("the pattern of a {data_type} names no {}", part.describe()),
                "a date needs year, month and day: `yyyy-MM-dd`; `mm` is minutes, `MM` months",
            );
        }
        if !needs_date && has(part) {
            return fail(
                format!("the pattern of a time names the {}", part.describe()),
                "a time has no date; make the column a timestamp",
            );
        }
    }
    if *data_type == DataType::Date {
        if let Some(part) = parts.iter().find(|part| time.contains(part) || **part == Part::Zone) {
            return fail(
                format!("the pattern of a date names the {}", part.describe()),
                "make the column a timestamp, and take `cast(… as date)` in the mapping",
            );
        }
    } else if !(has(Part::Hour) || has(Part::HalfHour) && has(Part::HalfDay)) {
        return fail(
            format!("the pattern of a {data_type} names no hour"),
            "hours are `HH` (0 to 23), or `hh` with `a` (am or pm); a date without time is a date",
        );
    }
    if has(Part::Zone) && *data_type != DataType::Timestamptz {
        return fail(
            format!("the pattern of a {data_type} names the time zone"),
            "make the column a timestamptz",
        );
    }
    if *data_type == DataType::Timestamptz && !has(Part::Zone) {
        return Err(PatternError {
            message: "the pattern names no time zone; values are taken as UTC".to_owned(),
            help: "make the column a timestamp if they aren't in UTC".to_owned(),
            warning: true,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_patterns_pass() {
        for (pattern, data_type) in [
            ("dd/MM/yyyy", DataType::Date),
            ("d MMM yyyy", DataType::Date),
            ("yyyyMMdd", DataType::Date),
            ("yyyy-MM-dd HH:mm:ss", DataType::Timestamp),
            ("yyyy-MM-dd'T'HH:mm:ss.SSS", DataType::Timestamp),
            ("MM/dd/yyyy hh:mm a", DataType::Timestamp),
            ("yyyy-MM-dd'T'HH:mm:ssXXX", DataType::Timestamptz),
            ("HH:mm", DataType::Time),
        ] {
            assert_eq!(check(pattern, &data_type), Ok(()), "{pattern}");
        }
    }

    #[test]
    fn slips_are_explained() {
        let mut told = Vec::new();
        for (pattern, data_type) in [
            ("DD/MM/YYYY", DataType::Date),
            ("dd/mm/yyyy", DataType::Date),
            ("dd/MM/yy", DataType::Date),
            ("EEE dd MMM yyyy", DataType::Date),
            ("yyyy-MM-dd HH:mm", DataType::Date),
            ("yyyy-MM-dd", DataType::Timestamp),
            ("yyyy-MM-dd hh:mm", DataType::Timestamp),
            ("yyyy-MM-dd HH:mm", DataType::Timestamptz),
            ("yyyy-MM-dd[ HH:mm]", DataType::Timestamp),
            ("yyyy-MM-dd'T", DataType::Timestamp),
            ("yyyyMMddMM", DataType::Date),
        ] {
            let error = check(pattern, &data_type).unwrap_err();
            told.push(format!("{pattern} as {data_type}: {}\n    {}", error.message, error.help));
        }
        insta::assert_snapshot!(told.join("\n"));
    }
}
