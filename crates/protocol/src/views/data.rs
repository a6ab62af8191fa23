//! Data in a grid: what is shown, sorted and filtered how, and what is known of its columns.

use serde::{Deserialize, Serialize};
use touchstone_spec::{ContractField, CsvFormat, DataType, NegativeStyle, TableName};

use crate::{CellView, ColumnView, EvidenceView, RejectView};

/// Which data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DataRef {
    /// A data file that no pipeline names yet.
    File {
        /// The file, absolute or relative to the workspace.
        path: String,
    },
    /// The sample of a source, with the types that the contract promises.
    Sample {
        /// The pipeline.
        pipeline: String,
        /// Its source.
        source: String,
    },
    /// A table of the local warehouse. Quarantined rows: the table's name with `_quarantine` behind it; those that the
    /// filter left out `_filtered`, those that gave way to one with their key `_deduplicated`; rejected records: the
    /// bronze table's name with `_rejects`.
    Table {
        /// The table.
        table: TableName,
        /// As a run left it. None: as it is now.
        run: Option<String>,
    },
}

/// Sorted and filtered how, and read as what.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DataQuery {
    /// Sorted by these columns, the first before the others. Empty: as stored.
    pub sort: Vec<SortBy>,
    /// Only rows that pass every filter.
    pub filters: Vec<Filter>,
    /// Only rows of which some cell holds this text; letters match whether large or small.
    pub search: Option<String>,
    /// Columns of a file or sample that are read otherwise than the file speaks for, or than the contract on disk
    /// promises: what becomes of them is seen before anything is saved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<ContractField>,
    /// The format that a file or sample is read in, where it isn't the one that the file speaks for, or that is on disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<CsvFormat>,
}

impl DataQuery {
    /// The same data read in the same way, all of it as stored.
    #[must_use]
    pub fn reading(&self) -> Self {
        Self { types: self.types.clone(), format: self.format.clone(), ..Self::default() }
    }
}

/// One column to sort by. Nulls and values that don't read as the column's type come last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SortBy {
    /// Name of the column.
    pub column: String,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// One condition on a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// Name of the column.
    pub column: String,
    /// What must hold.
    pub test: FilterTest,
}

/// What a filter asks of a cell. Values are texts, read as the column's type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "op", content = "value", rename_all = "snake_case")]
pub enum FilterTest {
    /// Equal.
    Is(String),
    /// Not equal; nulls pass.
    IsNot(String),
    /// One of these.
    OneOf(Vec<String>),
    /// Holds this text, letters large or small.
    Contains(String),
    /// Begins with this text.
    StartsWith(String),
    /// Matches this regular expression.
    Matches(String),
    /// Less than.
    Less(String),
    /// Greater than.
    Greater(String),
    /// Neither less than the first nor greater than the second.
    Between(String, String),
    /// Null.
    IsNull,
    /// Anything but null.
    IsNotNull,
    /// An empty text.
    IsEmpty,
    /// Only white space, at least one character of it.
    IsBlank,
    /// Doesn't read as the column's type.
    IsBad,
}

/// A page of rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DataView {
    /// The columns.
    pub columns: Vec<ColumnView>,
    /// The rows, each with one cell per column.
    pub rows: Vec<Vec<CellView>>,
    /// Where each row is stored, from zero: names the row however the data is sorted. Record number less one for files.
    pub row_ids: Vec<u64>,
    /// Cells that don't read as their column's type.
    pub bad: Vec<BadCell>,
    /// Cells with a text that stands for 'no value'.
    #[serde(default)]
    pub null_texts: Vec<CellPlace>,
    /// Place of the first row given, from zero.
    pub offset: u64,
    /// Rows that there are, after filtering.
    pub total: u64,
    /// Whether `total` is final: not while the data is still being read, and rows may yet follow.
    pub complete: bool,
}

/// A cell of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellPlace {
    /// Row within the page, from zero.
    pub row: usize,
    /// Column, from zero.
    pub column: usize,
}

/// A cell that doesn't read as its column's type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadCell {
    /// Row within the page, from zero.
    pub row: usize,
    /// Column, from zero.
    pub column: usize,
    /// Why.
    pub reason: String,
}

/// Where something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundView {
    /// Row after sorting and filtering, from zero.
    pub row: u64,
    /// Column, from zero.
    pub column: usize,
}

/// A data file at first sight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileView {
    /// The file, as [`DataRef::File`] names it.
    pub path: String,
    /// Its name without folders.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its dialect for people: `delimiter ";" · windows-1252 · header in line 4`.
    pub format: String,
    /// The dialect itself.
    #[serde(default)]
    pub csv: Option<CsvFormat>,
    /// What was found out, each with why: `delimiter ; : 2,995 of 3,000 lines have 12 fields`.
    pub format_evidence: Vec<String>,
    /// What is known of the data.
    pub profile: ProfileView,
}

/// What is known of data and its columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileView {
    /// How the file was read, for people: `delimiter ";" · windows-1252 · header in line 4`. None for tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Rows that were looked at.
    pub rows: u64,
    /// Whether these are all; else the first part of the file.
    pub complete: bool,
    /// Records that could not be read, the first hundred.
    pub rejects: Vec<RejectView>,
    /// How many records could not be read.
    pub rejected: u64,
    /// What was read otherwise than it is written in the file: names of columns that are empty or stand twice.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Columns that together name a row, with why: `Trade ID: 2,924 of 2,995 different`.
    pub keys: Vec<KeyView>,
    /// The columns, in order.
    pub columns: Vec<ColumnSummary>,
}

/// A candidate for the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyView {
    /// Its columns.
    pub columns: Vec<String>,
    /// Rows that repeat another one's key.
    pub repeats: u64,
    /// Whether these columns are there to name a row; else that they do may be chance.
    #[serde(default)]
    pub identifies: bool,
    /// Why, in one sentence.
    pub reason: String,
}

/// A column in a grid's header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnSummary {
    /// Name of the column.
    pub name: String,
    /// The type that it is read as.
    pub data_type: DataType,
    /// Share of nulls, 0 to 1.
    pub null_share: f32,
    /// Values that don't read as the type.
    pub bad: u64,
    /// Small distribution: at most 16 bars, each the share of the highest, 0 to 1. Of numbers and dates a histogram, of
    /// texts the most frequent values.
    pub bars: Vec<f32>,
    /// What speaks for the type. None where the table's metadata decides it.
    pub evidence: Option<EvidenceView>,
}

/// Everything about one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfileView {
    /// Name of the column.
    pub name: String,
    /// The type that it is read as.
    pub data_type: DataType,
    /// Rows that were counted.
    pub rows: u64,
    /// Whether these are all.
    pub complete: bool,
    /// Nulls.
    pub nulls: u64,
    /// Empty texts.
    pub empties: u64,
    /// Texts of white space only.
    pub blanks: u64,
    /// Cells that aren't what the column should be.
    pub bad: u64,
    /// Those of them that hold a text which doesn't read as the type; the others have no value, and are counted there
    /// too. All rows are values, nulls, empties, blanks and these.
    #[serde(default)]
    pub misread: u64,
    /// Some of these.
    pub bad_examples: Vec<String>,
    /// Texts that often stand for 'no value' among the misread ones, the most frequent first.
    #[serde(default)]
    pub null_like: Vec<ValueCount>,
    /// Different values.
    pub distinct: u64,
    /// Whether `distinct` is a count and not an estimate.
    pub distinct_exact: bool,
    /// Least value.
    pub min: Option<String>,
    /// Greatest value.
    pub max: Option<String>,
    /// Mean, for numbers.
    pub mean: Option<String>,
    /// Histogram, for numbers, dates and times; else lengths of texts.
    pub histogram: Vec<BinView>,
    /// What the histogram counts: `values`, `days`, `lengths`…
    pub histogram_of: String,
    /// Most frequent values, at most 50.
    pub top: Vec<ValueCount>,
    /// Most frequent shapes (`9` digit, `A` letter), at most 20.
    pub shapes: Vec<ValueCount>,
    /// Different shapes.
    #[serde(default)]
    pub distinct_shapes: u64,
    /// Types that the column could take, the chosen one first.
    pub alternatives: Vec<AlternativeView>,
    /// Why the type is what it is, in one sentence.
    pub reason: Option<String>,
}

impl ColumnProfileView {
    /// Values that read as the type: with nulls, empties, blanks and what is misread they are all rows.
    pub fn values(&self) -> u64 {
        let others = self.nulls + self.empties + self.blanks + self.misread;
        self.rows.saturating_sub(others)
    }
}

/// One bar of a histogram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BinView {
    /// Its least value.
    pub low: String,
    /// The value that it ends before (the last bar: with).
    pub high: String,
    /// Values in it.
    pub count: u64,
}

/// How often a value is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueCount {
    /// The value.
    pub value: String,
    /// How often.
    pub count: u64,
}

/// A type that a column could take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlternativeView {
    /// The type.
    pub data_type: DataType,
    /// How values are written, as contracts say it: a date pattern.
    pub format: Option<String>,
    /// The decimal mark, as contracts say it.
    pub decimal_mark: Option<String>,
    /// The grouping mark, as contracts say it.
    pub group_mark: Option<String>,
    /// How negative numbers are written, as contracts say it.
    #[serde(default)]
    pub negative: Option<NegativeStyle>,
    /// Texts of a boolean that mean true, as contracts say it.
    #[serde(default)]
    pub true_values: Vec<String>,
    /// Those that mean false.
    #[serde(default)]
    pub false_values: Vec<String>,
    /// Values that read as it.
    pub parsed: u64,
    /// Values that don't.
    pub failed: u64,
    /// Some of these.
    pub failed_examples: Vec<String>,
    /// What speaks for it or against, in one sentence.
    pub reason: String,
    /// Whether it is the one that inference chose.
    pub chosen: bool,
}

impl AlternativeView {
    /// Has a column read as this type; what else is promised of it stays.
    pub fn give_to(&self, field: &mut ContractField) {
        let sign = |text: &Option<String>| text.as_ref().and_then(|text| text.chars().next());
        field.data_type = self.data_type.clone();
        field.format.clone_from(&self.format);
        field.decimal_mark = sign(&self.decimal_mark);
        field.grouping_mark = sign(&self.group_mark);
        field.negative = self.negative;
        field.true_values.clone_from(&self.true_values);
        field.false_values.clone_from(&self.false_values);
    }
}

/// A record as it is in its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordView {
    /// The file, relative to the workspace.
    pub file: String,
    /// Number of the record, from one.
    pub record: u64,
    /// Line it begins on, from one.
    pub line: u64,
    /// Byte it begins at, from zero.
    pub byte: u64,
    /// Its text, decoded; line ends kept.
    pub raw: String,
    /// Its fields with their header names; empty where it could not be read.
    pub fields: Vec<(String, CellView)>,
}
