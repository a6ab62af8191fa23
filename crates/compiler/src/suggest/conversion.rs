//! How a source column becomes a field of another type.

use touchstone_spec::DataType;

use super::{SourceColumn, TargetField, names::Words};
use crate::{
    editor::written_name,
    literal,
    typing::convert::{self, Declared},
};

/// What to write into a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mapping {
    /// `from: <column>`
    From(String),
    /// `expr: <expression>`
    Expression(String),
}

/// How a column's values become another type.
pub(super) enum Fit {
    Same,
    Widens,
    /// Text that is read as the type, and how.
    Parses(String),
    Converts,
    /// Text that a number would spoil, and why; the field stays text.
    StaysText(String),
    /// What would be lost.
    Loses(String),
    Impossible,
}

pub(super) fn fit(source: &SourceColumn, wanted: &DataType) -> Fit {
    let found = &source.data_type;
    if found == wanted {
        return Fit::Same;
    }
    match convert::declared(found, wanted) {
        Declared::Converts if convert::widens(found, wanted) => Fit::Widens,
        Declared::Converts => Fit::Converts,
        Declared::Impossible => Fit::Impossible,
        Declared::Lossy if *found == DataType::String => parse(source, wanted),
        Declared::Lossy => Fit::Loses(format!("making {wanted} of {found} can lose something")),
    }
}

fn parse(source: &SourceColumn, wanted: &DataType) -> Fit {
    if wanted.is_numeric() {
        if let Some(zeros) = leading_zeros(source) {
            return Fit::Loses(format!(
                "`{zeros}` begins with 0, which a number would lose: identifiers stay text"
            ));
        }
        if Words::of(&source.name).is_identifier() || source.identifier.is_some() {
            return Fit::StaysText("identifiers stay text".to_owned());
        }
    }
    match reading(source, wanted) {
        Some(reading) => Fit::Parses(reading.how),
        None if source.values.is_empty() => Fit::Converts,
        None => Fit::Loses(format!("not every value of the sample can be read as {wanted}")),
    }
}

/// A value with zeros in front that a number would lose.
fn leading_zeros(source: &SourceColumn) -> Option<&str> {
    source.values.iter().map(|value| value.trim()).find(|value| {
        value.len() > 1 && value.starts_with('0') && value.chars().all(|letter| letter.is_ascii_digit())
    })
}

/// An expression that reads text, and in words how.
struct Reading {
    expression: String,
    how: String,
}

/// Patterns in which dates are tried, each with a test of its own reading.
const DATE_PATTERNS: [&str; 9] = [
    "yyyy-MM-dd",
    "dd/MM/yyyy",
    "MM/dd/yyyy",
    "dd.MM.yyyy",
    "dd-MM-yyyy",
    "yyyy/MM/dd",
    "yyyyMMdd",
    "yyyy.MM.dd",
    "MM-dd-yyyy",
];

fn reading(source: &SourceColumn, wanted: &DataType) -> Option<Reading> {
    let column = written_name(&source.name);
    let values: Vec<&str> =
        source.values.iter().map(|value| value.trim()).filter(|value| !value.is_empty()).collect();
    if values.is_empty() {
        return None;
    }
    let all = |reads: &dyn Fn(&str) -> bool| values.iter().all(|value| reads(value));
    let is_plain = all(&|value| literal::read(value, wanted).is_some());
    if is_plain {
        let expression = format!("cast(trim({column}) as {wanted})");
        return Some(Reading { expression, how: format!("all {} values of the sample are", values.len()) });
    }
    match wanted {
        DataType::Date => {
            let fitting: Vec<&str> = DATE_PATTERNS
                .iter()
                .copied()
                .filter(|pattern| all(&|value| reads_as(value, pattern)))
                .collect();
            let pattern = fitting.first()?;
            let expression = format!("to_date(trim({column}), '{pattern}')");
            let how = match fitting.get(1) {
                Some(other) => format!("in the form {pattern}; {other} fits too, so check which is meant"),
                None => format!("in the form {pattern}"),
            };
            Some(Reading { expression, how })
        }
        DataType::Boolean => {
            const PAIRS: [(&str, &str); 4] = [("Y", "N"), ("YES", "NO"), ("T", "F"), ("1", "0")];
            let (yes, no) = PAIRS.iter().find(|(yes, no)| {
                all(&|value| value.eq_ignore_ascii_case(yes) || value.eq_ignore_ascii_case(no))
            })?;
            let text = format!("upper(trim({column}))");
            let expression =
                format!("case when {text} = '{yes}' then true when {text} = '{no}' then false end");
            Some(Reading { expression, how: format!("{yes} is true, {no} is false") })
        }
        _ if wanted.is_numeric() => {
            // The mark that stands last is the decimal one.
            for (grouping, mark) in [(',', '.'), ('.', ','), (' ', ','), ('\'', '.')] {
                let plain = |value: &str| {
                    value
                        .chars()
                        .filter(|letter| *letter != grouping)
                        .map(|letter| if letter == mark { '.' } else { letter })
                        .collect::<String>()
                };
                if all(&|value| {
                    grouped(value, grouping, mark) && literal::read(&plain(value), wanted).is_some()
                }) {
                    let quoted = if grouping == '\'' { "''".to_owned() } else { grouping.to_string() };
                    let mut text = format!("replace(trim({column}), '{quoted}', '')");
                    if mark == ',' {
                        text = format!("replace({text}, ',', '.')");
                    }
                    let expression = format!("cast({text} as {wanted})");
                    return Some(Reading {
                        expression,
                        how: format!("with `{grouping}` between thousands and `{mark}` before the fraction"),
                    });
                }
            }
            None
        }
        _ => None,
    }
}

/// Whether a number's groups have three digits each.
fn grouped(value: &str, grouping: char, mark: char) -> bool {
    let whole = value.split(mark).next().unwrap_or_default().trim_start_matches(['-', '+']);
    let mut groups = whole.split(grouping);
    let first = groups.next().unwrap_or_default().len();
    let mut count = 0;
    let rest = groups.all(|group| {
        count += 1;
        group.len() == 3
    });
    rest && (count == 0 || (1..=3).contains(&first))
}

/// Whether a text is a date of this pattern.
fn reads_as(value: &str, pattern: &str) -> bool {
    if value.len() != pattern.len() || !value.is_ascii() {
        return false;
    }
    let mut parts = [String::new(), String::new(), String::new()];
    for (letter, sign) in value.chars().zip(pattern.chars()) {
        let part = match sign {
            'y' => 0,
            'M' => 1,
            'd' => 2,
            _ if letter == sign => continue,
            _ => return false,
        };
        if let Some(part) = parts.get_mut(part) {
            part.push(letter);
        }
    }
    literal::date(&parts.join("-")).is_some()
}

/// What to write, and the type that the field then has; none where there is no way.
pub(super) fn mapping(source: &SourceColumn, target: &TargetField) -> Option<(Mapping, DataType)> {
    let found = source.data_type.clone();
    let from = || Mapping::From(source.name.clone());
    let Some(wanted) = &target.data_type else { return Some((from(), found)) };
    match fit(source, wanted) {
        Fit::Same | Fit::Widens => Some((from(), wanted.clone())),
        Fit::Converts if convert::declared(&found, wanted) == Declared::Converts => {
            Some((from(), wanted.clone()))
        }
        Fit::StaysText(_) => Some((from(), found)),
        Fit::Parses(_) => {
            let reading = reading(source, wanted)?;
            Some((Mapping::Expression(reading.expression), wanted.clone()))
        }
        Fit::Converts | Fit::Loses(_) => {
            let column = written_name(&source.name);
            Some((Mapping::Expression(format!("cast({column} as {wanted})")), wanted.clone()))
        }
        Fit::Impossible => None,
    }
}
