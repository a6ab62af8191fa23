//! Text as it was read, column by column, compactly.

use serde::{Deserialize, Serialize};

use crate::Reject;

/// The texts of one column: one buffer, where each text ends, and which are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextColumn {
    values: String,
    /// `offsets[i]..offsets[i + 1]` is the i-th text; one more entry than texts.
    offsets: Vec<usize>,
    present: Vec<bool>,
}

impl Default for TextColumn {
    fn default() -> Self {
        Self { values: String::new(), offsets: vec![0], present: Vec::new() }
    }
}

impl TextColumn {
    /// An empty column with room for `rows` texts.
    pub fn with_capacity(rows: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows.saturating_add(1));
        offsets.push(0);
        Self { values: String::new(), offsets, present: Vec::with_capacity(rows) }
    }

    /// How many texts there are, the missing ones included.
    pub fn len(&self) -> usize {
        self.present.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.present.is_empty()
    }

    /// The text in row `row` (counted from 0). None: missing (an empty field without quotes) or no such row;
    /// `Some("")`: an empty field in quotes.
    pub fn get(&self, row: usize) -> Option<&str> {
        if !self.present.get(row).copied()? {
            return None;
        }
        self.values.get(*self.offsets.get(row)?..*self.offsets.get(row.checked_add(1)?)?)
    }

    /// The texts in order, as [`TextColumn::get`] gives them.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        self.present.iter().zip(self.offsets.windows(2)).map(|(present, bounds)| match bounds {
            [start, end] if *present => self.values.get(*start..*end),
            _ => None,
        })
    }

    /// All texts, one after the other without separator. Missing ones take no room.
    pub fn values(&self) -> &str {
        &self.values
    }

    /// Where each text begins in [`TextColumn::values`], and last where the last one ends.
    pub fn offsets(&self) -> &[usize] {
        &self.offsets
    }

    /// For each row whether it has a text.
    pub fn present(&self) -> &[bool] {
        &self.present
    }

    /// Appends a text; None is a missing one.
    pub fn push(&mut self, text: Option<&str>) {
        if let Some(text) = text {
            self.values.push_str(text);
        }
        self.offsets.push(self.values.len());
        self.present.push(text.is_some());
    }
}

impl<'text> FromIterator<Option<&'text str>> for TextColumn {
    fn from_iter<I: IntoIterator<Item = Option<&'text str>>>(texts: I) -> Self {
        let mut column = Self::default();
        for text in texts {
            column.push(text);
        }
        column
    }
}

/// Some records in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextBatch {
    /// One per column of the file, all of one length.
    pub columns: Vec<TextColumn>,
    /// Number of each loaded record, counted from 1 over loaded and rejected records alike.
    pub record_numbers: Vec<u64>,
    /// Where each loaded record begins: bytes from the start of the file.
    pub byte_offsets: Vec<u64>,
    /// Line on which each loaded record begins, counted from 1.
    pub lines: Vec<u64>,
    /// Records between these that couldn't be read.
    pub rejects: Vec<Reject>,
}

impl TextBatch {
    /// How many records were loaded into this batch.
    pub fn rows(&self) -> usize {
        self.record_numbers.len()
    }
}

/// A value with the place it was seen at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenValue {
    /// The text, shortened to a hundred characters.
    pub value: String,
    /// Record, counted from 1.
    pub record: u64,
    /// Line on which the record begins, counted from 1.
    pub line: u64,
}
