//! Which rows a query leaves in.

use arrow::array::{Array, ArrayRef};
use regex::Regex;
use touchstone_ingest::{Content, Value, ValueParser};
use touchstone_spec::{ContractField, CsvFormat, DataType};

use super::{
    Column, Filter, Test,
    cells::{Cell, Key, Reading, key},
};
use crate::{EngineError, ErrorKind};

/// A text to look for, whatever the case of its letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Needle(String);

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_lowercase())
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        if !text.is_ascii() {
            return text.to_lowercase().contains(&self.0);
        }
        let (needle, text) = (self.0.as_bytes(), text.as_bytes());
        let Some((first, rest)) = needle.split_first() else { return true };
        let Some(last) = text.len().checked_sub(needle.len()) else { return false };
        text.iter().take(last + 1).enumerate().any(|(at, byte)| {
            byte.to_ascii_lowercase() == *first
                && text.get(at + 1..=at + rest.len()).is_some_and(|part| part.eq_ignore_ascii_case(rest))
        })
    }

    fn begins(&self, text: &str) -> bool {
        if text.is_ascii() {
            let beginning = text.as_bytes().get(..self.0.len());
            return beginning.is_some_and(|part| part.eq_ignore_ascii_case(self.0.as_bytes()));
        }
        text.to_lowercase().starts_with(&self.0)
    }
}

/// A filter, made ready.
pub(super) struct Predicate {
    pub(super) column: usize,
    check: Check,
}

enum Check {
    /// One of these texts, or one of these values.
    Same {
        texts: Vec<String>,
        keys: Vec<Key<'static>>,
        wanted: bool,
    },
    Range {
        least: Option<Key<'static>>,
        greatest: Option<Key<'static>>,
        inclusive: bool,
    },
    Contains(Needle),
    Begins(Needle),
    Matches(Regex),
    Null(bool),
    Empty,
    Blank,
    Bad,
}

impl Predicate {
    /// Makes a filter on this column ready.
    pub(super) fn new(filter: &Filter, column: &Column) -> Result<Self, EngineError> {
        let same = |values: &[String], wanted| Check::Same {
            keys: values.iter().filter_map(|value| column.key_of(value).ok()).collect(),
            texts: values.to_vec(),
            wanted,
        };
        let bound = |value: &str| column.key_of(value).map(Some);
        let check = match &filter.test {
            Test::Is { value } => same(std::slice::from_ref(value), true),
            Test::IsNot { value } => same(std::slice::from_ref(value), false),
            Test::OneOf { values } => same(values, true),
            Test::Contains { value } => Check::Contains(Needle::new(value)),
            Test::StartsWith { value } => Check::Begins(Needle::new(value)),
            Test::Matches { value } => Check::Matches(Regex::new(value).map_err(|error| {
                // The last line of the library's message says what is wrong; those before draw where.
                let text = error.to_string();
                let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
                column.refused(format!("the regular expression `{value}` can't be read: {reason}"))
            })?),
            Test::Less { value } => Check::Range { least: None, greatest: bound(value)?, inclusive: false },
            Test::Greater { value } => {
                Check::Range { least: bound(value)?, greatest: None, inclusive: false }
            }
            Test::AtLeast { value } => Check::Range { least: bound(value)?, greatest: None, inclusive: true },
            Test::AtMost { value } => Check::Range { least: None, greatest: bound(value)?, inclusive: true },
            Test::Between { from, to } => {
                Check::Range { least: bound(from)?, greatest: bound(to)?, inclusive: true }
            }
            Test::IsNull => Check::Null(true),
            Test::IsNotNull => Check::Null(false),
            Test::IsEmpty => Check::Empty,
            Test::IsBlank => Check::Blank,
            Test::IsBad => Check::Bad,
        };
        Ok(Self { column: filter.column, check })
    }

    /// Takes out of `keep` the rows that don't pass.
    pub(super) fn test(
        &self,
        column: &Column,
        array: &ArrayRef,
        keep: &mut [bool],
    ) -> Result<(), EngineError> {
        match &self.check {
            Check::Same { texts, keys, wanted } => {
                let mut passed = vec![false; keep.len()];
                let mut slots = passed.iter_mut();
                column.each_text(array, |text| {
                    if let Some(slot) = slots.next() {
                        *slot = text.is_some_and(|text| texts.iter().any(|one| one == text));
                    }
                })?;
                let mut slots = passed.iter_mut();
                column.each_key(array, |cell| {
                    if let (Some(slot), Some(key)) = (slots.next(), cell) {
                        *slot |= keys.contains(&key);
                    }
                })?;
                for (keep, passed) in keep.iter_mut().zip(passed) {
                    *keep &= passed == *wanted;
                }
                Ok(())
            }
            Check::Range { least, greatest, inclusive } => {
                let inside = |key: &Key<'_>| {
                    let above = least.as_ref().is_none_or(|least| key > least || *inclusive && key == least);
                    above
                        && greatest
                            .as_ref()
                            .is_none_or(|greatest| key < greatest || *inclusive && key == greatest)
                };
                let mut slots = keep.iter_mut();
                column.each_key(array, |key| {
                    if let Some(slot) = slots.next() {
                        *slot &= key.is_some_and(|key| inside(&key));
                    }
                })
            }
            Check::Contains(needle) => {
                by_text(column, array, keep, |text| text.is_some_and(|text| needle.is_in(text)))
            }
            Check::Begins(needle) => {
                by_text(column, array, keep, |text| text.is_some_and(|text| needle.begins(text)))
            }
            Check::Matches(regex) => {
                by_text(column, array, keep, |text| text.is_some_and(|text| regex.is_match(text)))
            }
            Check::Empty => by_text(column, array, keep, |text| column.content(text) == Content::Empty),
            Check::Blank => by_text(column, array, keep, |text| column.content(text) == Content::Blank),
            Check::Null(wanted) => {
                by_text(column, array, keep, |text| (column.content(text) == Content::Null) == *wanted)
            }
            Check::Bad => match &column.reading {
                Reading::Typed => {
                    keep.fill(false);
                    Ok(())
                }
                Reading::Text { required, .. } => {
                    by_text(column, array, keep, |text| column.content(text).is_bad(*required))
                }
            },
        }
    }
}

fn by_text(
    column: &Column,
    array: &ArrayRef,
    keep: &mut [bool],
    passes: impl Fn(Option<&str>) -> bool,
) -> Result<(), EngineError> {
    let mut slots = keep.iter_mut();
    column.each_text(array, |text| {
        if let Some(slot) = slots.next() {
            *slot &= passes(text);
        }
    })
}

impl Column {
    pub(super) fn each_text(
        &self,
        array: &ArrayRef,
        each: impl FnMut(Option<&str>),
    ) -> Result<(), EngineError> {
        self.reading.each_text(array, &self.about.data_type, each)
    }

    /// Hands out the keys of the cells in order; none where there is no value, or a bad one.
    pub(super) fn each_key(
        &self,
        array: &ArrayRef,
        mut each: impl FnMut(Option<Key<'_>>),
    ) -> Result<(), EngineError> {
        self.reading.each_cell(array, &self.about.data_type, |cell| {
            each(match cell {
                Cell::Value(value) => key(value),
                Cell::Null | Cell::Bad => None,
            });
        })
    }

    /// What a cell is, by its text as it is shown.
    pub(super) fn content(&self, text: Option<&str>) -> Content {
        match (&self.reading, text) {
            (_, None) => Content::Null,
            (Reading::Text { parser, .. }, Some(text)) => parser.content(text),
            (Reading::Typed, Some(text)) if self.about.data_type == DataType::String => {
                Content::of(Some(&Value::Text(text.into())))
            }
            (Reading::Typed, Some(_)) => Content::Value,
        }
    }

    /// The key of a value that a person wrote: as the column writes it, or plainly.
    fn key_of(&self, text: &str) -> Result<Key<'static>, EngineError> {
        let plain = CsvFormat { trim: true, ..CsvFormat::default() };
        let field = ContractField::new(self.about.name.clone(), self.about.data_type.clone());
        let by_type =
            ValueParser::new(&field, &plain).map_err(|error| self.refused(error.reason().to_owned()))?;
        let own = match &self.reading {
            Reading::Text { parser, .. } => parser.parse(text).ok().filter(|value| *value != Value::Null),
            Reading::Typed => None,
        };
        let value = match own {
            Some(value) => value,
            None => by_type.parse(text).map_err(|error| self.refused(error.to_string()))?,
        };
        // A table's bytes are shown in hexadecimal digits, and so they are asked for.
        if let (Reading::Typed, DataType::Binary) = (&self.reading, &self.about.data_type) {
            return unhex(text)
                .map(|bytes| Key::Bytes(bytes.into()))
                .ok_or_else(|| self.refused(format!("`{text}` is not a row of hexadecimal digits")));
        }
        key(value)
            .map(|key| key.to_owned_key())
            .ok_or_else(|| self.refused("there is no value to compare with".to_owned()))
    }

    fn refused(&self, reason: String) -> EngineError {
        EngineError::new(
            ErrorKind::Input,
            format!("filter on `{}`", self.about.name),
            reason,
            "correct the filter",
        )
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|character| character.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair.iter().fold(0, |byte, digit| byte * 16 + digit)).ok())
        .collect()
}

/// The rows of a batch that pass all filters and have the text, counted from the batch's first.
pub(super) fn passing(
    columns: &[Column],
    predicates: &[Predicate],
    needle: Option<&Needle>,
    read: &[usize],
    arrays: &[ArrayRef],
) -> Result<Vec<bool>, EngineError> {
    let rows = arrays.first().map_or(0, Array::len);
    let mut keep = vec![true; rows];
    let array =
        |column: usize| read.iter().position(|one| *one == column).and_then(|place| arrays.get(place));
    for predicate in predicates {
        if let (Some(column), Some(array)) = (columns.get(predicate.column), array(predicate.column)) {
            predicate.test(column, array, &mut keep)?;
        }
    }
    if let Some(needle) = needle {
        let mut found = vec![false; rows];
        for (place, column) in read.iter().enumerate() {
            if let (Some(column), Some(array)) = (columns.get(*column), arrays.get(place)) {
                mark(column, array, needle, &mut found)?;
            }
        }
        for (keep, found) in keep.iter_mut().zip(found) {
            *keep &= found;
        }
    }
    Ok(keep)
}

/// Marks the rows whose cell has the text.
pub(super) fn mark(
    column: &Column,
    array: &ArrayRef,
    needle: &Needle,
    found: &mut [bool],
) -> Result<(), EngineError> {
    let mut slots = found.iter_mut();
    column.each_text(array, |text| {
        if let Some(slot) = slots.next() {
            *slot = *slot || text.is_some_and(|text| needle.is_in(text));
        }
    })
}
