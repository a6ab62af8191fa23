//! The forms of dates and times that are looked for, found by the shape of a text (`99/99/9999`).

use std::{collections::HashMap, hash::BuildHasherDefault, sync::LazyLock};

use touchstone_spec::DataType;

use super::survey::Ready;
use crate::pattern::Pattern;

/// Which of day and month comes first, where a form leaves it open to the eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
    Certain,
}

/// One form.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) pattern: Pattern,
    pub(super) data_type: DataType,
    pub(super) order: Order,
    /// The same form with day and month exchanged.
    pub(super) twin: Option<usize>,
    /// What a contract field says: None where the form is ISO 8601.
    pub(super) format: Option<String>,
}

/// All forms, and which of them a shape may have. Stricter forms come before laxer ones.
#[derive(Debug)]
pub(super) struct Forms {
    pub(super) all: Vec<Form>,
    by_shape: HashMap<String, Vec<usize>, BuildHasherDefault<Ready>>,
    iso_timestamp: usize,
    iso_timestamptz: usize,
}

pub(super) static FORMS: LazyLock<Forms> = LazyLock::new(Forms::new);

const TIMES: [&str; 9] = [
    "HH:mm:ss",
    "HH:mm",
    "HH:mm:ss.SSS",
    "HH:mm:ss.SSSSSS",
    "hh:mm:ss a",
    "hh:mm a",
    "h:mm:ss a",
    "h:mm a",
    "H:mm",
];

impl Forms {
    fn new() -> Self {
        let mut forms =
            Self { all: Vec::new(), by_shape: HashMap::default(), iso_timestamp: 0, iso_timestamptz: 0 };
        let iso = forms.push(Pattern::iso_date(), "yyyy-MM-dd", DataType::Date, Order::Certain);
        forms.set_format(Some(iso), None);
        let dates = date_patterns();
        for (text, order) in &dates {
            forms.add(text, DataType::Date, *order);
        }
        for time in TIMES {
            let added = forms.add(time, DataType::Time, Order::Certain);
            if matches!(time, "HH:mm:ss" | "HH:mm" | "HH:mm:ss.SSS" | "HH:mm:ss.SSSSSS") {
                forms.set_format(added, None);
            }
        }
        // These two are found by their beginning, whatever fraction and zone follow.
        let pattern = Pattern::iso_timestamp();
        forms.iso_timestamp = forms.push(pattern, "", DataType::Timestamp, Order::Certain);
        forms.set_format(Some(forms.iso_timestamp), None);
        let pattern = Pattern::iso_timestamptz();
        forms.iso_timestamptz = forms.push(pattern, "", DataType::Timestamptz, Order::Certain);
        forms.set_format(Some(forms.iso_timestamptz), None);
        for (date, order) in &dates {
            for time in TIMES {
                forms.add(&format!("{date} {time}"), DataType::Timestamp, *order);
            }
        }
        for text in ["yyyyMMddHHmmss", "yyyyMMdd'T'HHmmss", "yyyy/MM/dd'T'HH:mm:ss"] {
            forms.add(text, DataType::Timestamp, Order::Certain);
        }
        forms.pair_twins();
        forms
    }

    fn add(&mut self, text: &str, data_type: DataType, order: Order) -> Option<usize> {
        Pattern::new(text).ok().map(|pattern| self.push(pattern, text, data_type, order))
    }

    fn push(&mut self, pattern: Pattern, shape_of: &str, data_type: DataType, order: Order) -> usize {
        let index = self.all.len();
        let format = Some(pattern.text.clone());
        self.all.push(Form { pattern, data_type, order, twin: None, format });
        if !shape_of.is_empty() {
            for shape in shapes(shape_of) {
                self.by_shape.entry(shape).or_default().push(index);
            }
        }
        index
    }

    fn set_format(&mut self, index: Option<usize>, format: Option<String>) {
        if let Some(form) = index.and_then(|index| self.all.get_mut(index)) {
            form.format = format;
        }
    }

    fn pair_twins(&mut self) {
        let texts: HashMap<String, usize> =
            self.all.iter().enumerate().map(|(index, form)| (form.pattern.text.clone(), index)).collect();
        for form in &mut self.all {
            if form.order != Order::Certain {
                let exchanged: String = form
                    .pattern
                    .text
                    .split_inclusive(' ')
                    .enumerate()
                    .map(|(part, text)| if part == 0 { exchange(text) } else { text.to_owned() })
                    .collect();
                form.twin = texts.get(&exchanged).copied();
            }
        }
    }

    /// The forms that a text of this shape may have.
    pub(super) fn of_shape(&self, shape: &str) -> &[usize] {
        if let Some(forms) = self.by_shape.get(shape) {
            return forms;
        }
        &[]
    }

    /// ISO 8601 timestamps without and with zone, for texts that begin like one.
    pub(super) fn iso_timestamps(&self, shape: &str) -> Option<[usize; 2]> {
        let rest = shape.strip_prefix("9999-99-99")?;
        let (separator, time) = rest.split_at_checked(1)?;
        (matches!(separator, "A" | " ") && time.starts_with("99:99"))
            .then_some([self.iso_timestamp, self.iso_timestamptz])
    }

    pub(super) fn get(&self, index: usize) -> Option<&Form> {
        self.all.get(index)
    }
}

/// Exchanges day and month in a pattern of digits.
fn exchange(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            'd' => 'M',
            'M' => 'd',
            other => other,
        })
        .collect()
}

fn date_patterns() -> Vec<(String, Order)> {
    let mut dates = Vec::new();
    for year in ["yyyy", "yy"] {
        for (day, month) in [("dd", "MM"), ("d", "M")] {
            for mark in ['/', '.', '-'] {
                dates.push((format!("{day}{mark}{month}{mark}{year}"), Order::DayFirst));
                dates.push((format!("{month}{mark}{day}{mark}{year}"), Order::MonthFirst));
            }
        }
    }
    let certain = [
        "yyyyMMdd",
        "yyyy/MM/dd",
        "yyyy.MM.dd",
        "yyyy-M-d",
        "yyyy/M/d",
        "dd-MMM-yyyy",
        "d-MMM-yyyy",
        "dd-MMM-yy",
        "d-MMM-yy",
        "dd MMM yyyy",
        "d MMM yyyy",
        "dd/MMM/yyyy",
        "ddMMMyyyy",
        "yyyy-MMM-dd",
        "MMM dd, yyyy",
        "MMM d, yyyy",
        "MMMM d, yyyy",
        "d MMMM yyyy",
        "EEE, d MMM yyyy",
    ];
    dates.extend(certain.iter().map(|text| ((*text).to_owned(), Order::Certain)));
    dates
}

/// All shapes that texts of a pattern can have.
fn shapes(pattern: &str) -> Vec<String> {
    let mut shapes = vec![String::new()];
    let mut characters = pattern.chars().peekable();
    let mut quoted = false;
    while let Some(character) = characters.next() {
        if character == '\'' {
            quoted = !quoted;
            continue;
        }
        let mut count = 1;
        if !quoted && character.is_ascii_alphabetic() {
            while characters.next_if_eq(&character).is_some() {
                count += 1;
            }
        }
        let choices = if quoted || !character.is_ascii_alphabetic() {
            vec![shape(&character.to_string())]
        } else {
            letter_shapes(character, count)
        };
        shapes =
            shapes.iter().flat_map(|head| choices.iter().map(move |tail| format!("{head}{tail}"))).collect();
    }
    shapes.sort_unstable();
    shapes.dedup();
    shapes
}

fn letter_shapes(letter: char, count: usize) -> Vec<String> {
    match (letter, count) {
        ('d' | 'M' | 'H' | 'h', 1) => vec!["9".to_owned(), "99".to_owned()],
        ('M', 3) | ('E', _) => vec!["Aaa".to_owned(), "AAA".to_owned(), "aaa".to_owned()],
        ('M', 4) => (3..=9)
            .flat_map(|length: usize| {
                let tail = length.saturating_sub(1);
                [format!("A{}", "a".repeat(tail)), "A".repeat(length), "a".repeat(length)]
            })
            .collect(),
        ('a', _) => vec!["AA".to_owned(), "aa".to_owned()],
        (_, count) => vec!["9".repeat(count)],
    }
}

/// Longest shape that is kept.
const SHAPE_LIMIT: usize = 40;

/// A text's shape: `9` for a digit, `A` and `a` for letters, other characters as they are, cut at forty.
pub(super) fn shape(text: &str) -> String {
    let mut shape = String::with_capacity(text.len().min(SHAPE_LIMIT));
    write_shape(text, &mut shape);
    shape
}

/// Writes a text's shape into a buffer: `9` for a digit, `A` and `a` for letters, other characters as they are, cut at
/// forty.
pub fn write_shape(text: &str, shape: &mut String) {
    shape.clear();
    for (place, character) in text.chars().enumerate() {
        if place == SHAPE_LIMIT {
            shape.push('…');
            break;
        }
        shape.push(match character {
            '0'..='9' => '9',
            'A'..='Z' => 'A',
            'a'..='z' => 'a',
            ascii if ascii.is_ascii() => ascii,
            upper if upper.is_uppercase() => 'A',
            letter if letter.is_alphabetic() => 'a',
            other => other,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let shape = shape(text);
        FORMS
            .of_shape(&shape)
            .iter()
            .copied()
            .chain(FORMS.iso_timestamps(&shape).into_iter().flatten())
            .filter_map(|index| FORMS.get(index))
            .filter(|form| form.pattern.read(text).is_ok())
            .map(|form| form.pattern.text.clone())
            .collect()
    }

    #[test]
    fn a_text_finds_its_forms() {
        let report: Vec<String> = [
            "2026-03-01",
            "31/12/2026",
            "03/04/2026",
            "3/4/26",
            "20260301",
            "01-MAR-2026",
            "March 1, 2026",
            "23/02/2026 10:01:01",
            "2/3/2026 4:05 PM",
            "2026-03-01T10:20:30.1234Z",
            "2026-03-01 10:20",
            "10:20:30",
            "20260301102030",
            "31/02/2026",
            "hello",
        ]
        .iter()
        .map(|text| format!("{text}: {}", found(text).join(", ")))
        .collect();
        insta::assert_snapshot!(report.join("\n"));
    }

    #[test]
    fn each_open_form_has_its_twin() {
        for form in FORMS.all.iter().filter(|form| form.order != Order::Certain) {
            let twin = form.twin.and_then(|twin| FORMS.get(twin)).unwrap();
            assert_ne!(twin.order, form.order);
            assert_eq!(twin.data_type, form.data_type);
        }
    }
}
