//! Documents: as they are on disk, saved, changed by others, and tried out.

use serde::{Deserialize, Serialize};

use crate::{ColumnView, FlowView, RuleView, TablePage};

/// A document as it is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentView {
    /// Its file, relative to the workspace, with `/`.
    pub file: String,
    /// Its text. Bytes that aren't UTF-8 are answered in `unreadable`.
    pub text: String,
    /// Hash of its bytes, to save it by.
    pub hash: String,
    /// Why it can't be read, where it can't.
    pub unreadable: Option<String>,
}

/// What came of saving.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum SaveView {
    /// It is written.
    Saved {
        /// Hash of what is on disk now.
        hash: String,
    },
    /// The file is another one now, and was left alone.
    Changed {
        /// What is there. None: somebody removed it.
        on_disk: Option<DocumentView>,
    },
}

/// What changed in the workspace's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesView {
    /// The revision to ask with next time.
    pub revision: u64,
    /// The documents and `touchstone.toml` with their hashes, in order of their names.
    pub files: Vec<(String, String)>,
    /// How many other studios have the workspace open.
    #[serde(default)]
    pub others: usize,
    /// The files in the folder `samples`, in order of their names; the first five hundred.
    #[serde(default)]
    pub samples: Vec<String>,
    /// Sample files that documents name and that are not there, in order.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// What a table of an unsaved document makes of the first records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreviewView {
    /// The table's rows.
    pub page: TablePage,
    /// The rows that they were made from, aligned: row i became row i. Empty columns where rows don't correspond (gold).
    pub input: TablePage,
    /// Results of its rules, over these rows.
    pub rules: Vec<RuleView>,
    /// For each rule, the first rows of `page` that broke it.
    pub failing: Vec<Vec<u64>>,
    /// Rows that would go into quarantine: the first hundred, and the first hundred of each rule. The last column says
    /// why.
    pub quarantined: TablePage,
    /// For each rule, the rows of `quarantined` that broke it.
    #[serde(default)]
    pub failing_aside: Vec<Vec<u64>>,
    /// Where the rows went.
    pub flow: FlowView,
    /// Fields in which values became null because they didn't fit.
    pub lost: Vec<LostValues>,
    /// Whether more sample records are there than were read.
    pub is_part: bool,
}

/// Values that became null because they didn't fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostValues {
    /// The field.
    pub field: String,
    /// How many.
    pub rows: u64,
    /// Why: `division by zero`.
    pub reason: String,
}

/// How a table differs between two simulations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunDiffView {
    /// Run of the older side. None: there was none.
    pub before: Option<String>,
    /// Run of the newer side.
    pub after: String,
    /// Columns that rows are matched by. Empty: whole rows.
    pub key: Vec<String>,
    /// Columns of both sides.
    pub columns: Vec<ColumnView>,
    /// Columns that only one side has, or with another type, in words.
    pub schema_changes: Vec<String>,
    /// Rows only in the newer side.
    pub added: u64,
    /// Rows only in the older side.
    pub removed: u64,
    /// Rows in both with other values.
    pub changed: u64,
    /// Rows that are the same.
    pub same: u64,
    /// How many rows changed in each column, in the order of the columns.
    pub changed_in: Vec<u64>,
    /// Differing rows: a page of them.
    pub rows: Vec<DiffRow>,
    /// Place of the first row given, from zero.
    pub offset: u64,
    /// Differing rows of the kind asked for.
    pub total: u64,
}

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowChange {
    /// Only in the newer side.
    Added,
    /// Only in the older side.
    Removed,
    /// In both, with other values.
    Changed,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffRow {
    /// What happened to it.
    pub kind: RowChange,
    /// As it was. None: added.
    pub before: Option<Vec<crate::CellView>>,
    /// As it is. None: removed.
    pub after: Option<Vec<crate::CellView>>,
}

/// Which rows and expressions made a cell: a tree from the cell to the records of files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracedView {
    /// The steps, the cell's own first; each step's inputs are in later steps.
    pub steps: Vec<TraceStep>,
}

/// Rows of one table on the way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceStep {
    /// Where the rows are: `gold.sector_exposure`, `silver.trades`, `bronze.trades`, `samples/trades.csv`.
    pub place: String,
    /// The layer, `source` for records of a file.
    pub layer: String,
    /// What made it, as the steward wrote it: an expression, a query. None: taken over.
    pub expression: Option<String>,
    /// How these rows came to matter: `rows of the group`, `looked up by isin`, `gave way (older)`.
    pub role: String,
    /// The columns shown; those that matter for the cell first.
    pub columns: Vec<String>,
    /// The rows, at most 50.
    pub rows: Vec<Vec<crate::CellView>>,
    /// How many rows there are in all.
    pub total: u64,
    /// For records of files: the record itself.
    pub records: Vec<crate::RecordView>,
}
