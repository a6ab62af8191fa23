//! What may be asked of a grid, and what it answers.

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use touchstone_spec::DataType;

use crate::{EngineError, ErrorKind};

/// Which rows to show, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GridQuery {
    /// The order: by the first entry, rows that are equal there by the second, and so on; rows that are equal
    /// everywhere stay in the order of the file or table.
    #[serde(default)]
    pub sort: Vec<Sort>,
    /// Rows must pass all of these.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// A text that some cell of the row must contain; capital and small letters are the same.
    #[serde(default)]
    pub find: Option<String>,
}

/// An order by one column. Values go by type: numbers as numbers, dates as dates, texts by code point. Then come bad
/// cells, last those without a value; these are last in descending order too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort {
    /// The column, counted from zero.
    pub column: usize,
    /// Whether the greatest value comes first.
    #[serde(default)]
    pub descending: bool,
}

/// A condition on one column.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// The column, counted from zero.
    pub column: usize,
    /// What its cells must be.
    #[serde(flatten)]
    pub test: Test,
}

/// What a cell must be. Values are written as the column writes them, or as ISO and plain numbers write them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Test {
    /// This value, or exactly this text.
    Is {
        /// The value.
        value: String,
    },
    /// Anything else, no value among it.
    IsNot {
        /// The value.
        value: String,
    },
    /// One of these values or texts.
    OneOf {
        /// The values.
        values: Vec<String>,
    },
    /// A text with this in it; capital and small letters are the same.
    Contains {
        /// The part.
        value: String,
    },
    /// A text that begins with this; capital and small letters are the same.
    StartsWith {
        /// The beginning.
        value: String,
    },
    /// A text that a regular expression finds something in.
    Matches {
        /// The regular expression.
        value: String,
    },
    /// A value less than this one.
    Less {
        /// The value.
        value: String,
    },
    /// A value greater than this one.
    Greater {
        /// The value.
        value: String,
    },
    /// This value or a greater one.
    AtLeast {
        /// The value.
        value: String,
    },
    /// This value or a lesser one.
    AtMost {
        /// The value.
        value: String,
    },
    /// A value from this one to that one, both included.
    Between {
        /// The least.
        from: String,
        /// The greatest.
        to: String,
    },
    /// No value: missing, or a text that the format reads as 'no value'.
    IsNull,
    /// Anything but no value.
    IsNotNull,
    /// The empty text (in a file: in quotes).
    IsEmpty,
    /// Nothing but blanks, at least one.
    IsBlank,
    /// A text that isn't of the column's type, or no value where the contract requires one.
    IsBad,
}

/// A column of a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridColumn {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub data_type: DataType,
    /// Whether every row must have a value.
    pub required: bool,
    /// Why the contract's field for it can't be used; it is read as text then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Rows in the order that a query asks for. Cheap to clone.
#[derive(Debug, Clone)]
pub struct GridView {
    /// None: all rows in their own order.
    pub(super) rows: Option<Arc<Vec<u32>>>,
    pub(super) all: u32,
}

impl GridView {
    /// How many rows it shows.
    pub fn len(&self) -> u64 {
        self.rows.as_ref().map_or(u64::from(self.all), |rows| rows.len() as u64)
    }

    /// Whether it shows none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at a position, counted from zero among all rows of the grid.
    pub fn row(&self, position: u64) -> Option<u32> {
        match &self.rows {
            None => u32::try_from(position).ok().filter(|row| *row < self.all),
            Some(rows) => rows.get(usize::try_from(position).ok()?).copied(),
        }
    }

    /// Where a row stands; none when the view leaves it out.
    pub fn position(&self, row: u32) -> Option<u64> {
        match &self.rows {
            None => (row < self.all).then_some(u64::from(row)),
            Some(rows) => rows.iter().position(|one| *one == row).map(|position| position as u64),
        }
    }

    /// The rows at positions, as far as there are any.
    pub(super) fn slice(&self, from: u64, limit: u64) -> Vec<u32> {
        let end = from.saturating_add(limit).min(self.len());
        (from..end).filter_map(|position| self.row(position)).collect()
    }
}

/// Rows as they are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridPage {
    /// The columns shown, counted from zero among the grid's.
    pub columns: Vec<usize>,
    /// Position of the first row in the view.
    pub first: u64,
    /// Rows of the whole view.
    pub total: u64,
    /// The texts, row by row: one per column, none where there is no value.
    pub rows: Vec<Vec<Option<String>>>,
    /// Number of each row among all rows of the grid.
    pub row_ids: Vec<u32>,
    /// For a file: where each row's record is.
    pub records: Vec<RecordPlace>,
    /// Cells that aren't what their column should be.
    pub bad: Vec<BadCell>,
    /// Cells whose text stands for 'no value'.
    pub null_markers: Vec<CellPlace>,
    /// Cells of which only the beginning is here; [`Grid::cell`](super::Grid::cell) gives all of it.
    pub cut: Vec<CellPlace>,
}

/// Where a record is in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordPlace {
    /// Its number, counted from 1 over readable and unreadable ones.
    pub record: u64,
    /// Line on which it begins, counted from 1.
    pub line: u64,
    /// Where it begins: bytes from the start of the file.
    pub byte: u64,
}

/// A cell of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellPlace {
    /// Row of the page, counted from zero.
    pub row: usize,
    /// Column of the grid, counted from zero.
    pub column: usize,
}

/// A cell of a page that isn't what its column should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadCell {
    /// Where it is.
    #[serde(flatten)]
    pub place: CellPlace,
    /// What is wrong with it.
    pub reason: String,
}

/// A cell that a search found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridHit {
    /// Position in the view.
    pub position: u64,
    /// Column of the grid.
    pub column: usize,
}

/// How far work on a grid has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GridProgress {
    /// Bytes of the file, or rows, that are done.
    pub done: u64,
    /// Bytes or rows in all.
    pub total: u64,
}

/// Is told now and then, from any thread, how far work on a grid is, and may say to stop.
pub type GridWatch<'watch> = dyn Fn(GridProgress) -> ControlFlow<()> + Sync + 'watch;

/// The watcher of work that nobody watches: always goes on.
pub fn grid_unwatched(_: GridProgress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Work that is watched.
pub(super) struct Work<'watch> {
    watch: &'watch GridWatch<'watch>,
    done: AtomicU64,
    total: u64,
    place: String,
}

impl<'watch> Work<'watch> {
    pub(super) fn new(place: &str, total: u64, watch: &'watch GridWatch<'watch>) -> Self {
        Self { watch, done: AtomicU64::new(0), total, place: place.to_owned() }
    }

    /// Tells that so much more is done; an error when the watcher says to stop.
    pub(super) fn advance(&self, by: u64) -> Result<(), EngineError> {
        let done = self.done.fetch_add(by, Ordering::Relaxed).saturating_add(by);
        match (self.watch)(GridProgress { done, total: self.total.max(done) }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(EngineError::new(
                ErrorKind::Cancelled,
                self.place.clone(),
                "cancelled",
                "what was shown before is unchanged; ask again when you want",
            )),
        }
    }
}
