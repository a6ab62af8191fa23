//! Data in grids: samples, files, tables; their rows in pages, what is known of their columns.

mod column;
mod command;
mod copying;
mod dialect;
mod filter;
mod find;
mod grid;
mod load;
mod notes;
mod paged;
mod query;
mod rejects;
mod rows;
mod sample;
mod toolbar;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use touchstone_protocol::{AlternativeView, ColumnProfileView, DataQuery, DataRef, FoundView, ProfileView};

use crate::command::{Place, Section};
use crate::remote::Remote;

pub use command::Command;
pub(crate) use dialect::dialect;
pub(crate) use grid::{CellAt, Options, grid};
pub(crate) use load::add_null;
pub(crate) use notes::notes;
pub(crate) use paged::{nulls_of, table_header, type_icon};
pub(crate) use query::test_of;
pub(crate) use rejects::{rejects, rejects_below};
pub use rows::{PAGE_ROWS, Row, Rows};
pub(crate) use sample::sample;

/// What is known of data, and how it is looked at.
#[derive(Debug, Default)]
pub struct State {
    /// Rows, sorted and filtered.
    pub rows: BTreeMap<RowsOf, Rows>,
    /// What is known of the columns.
    pub profiles: BTreeMap<DataRef, Remote<ProfileView>>,
    /// As what the data was read whose columns were asked for last.
    pub(crate) profiled: BTreeMap<DataRef, DataQuery>,
    /// Everything about single columns.
    pub columns: BTreeMap<ColumnOf, Remote<ColumnProfileView>>,
    /// How each is looked at.
    pub views: BTreeMap<DataRef, View>,
    /// Whether records that could not be read are listed below the others; none: where there is room for both.
    pub rejects: Option<bool>,
    /// Types that were chosen for columns of files, for the pipeline that may be made of them.
    pub chosen: BTreeMap<String, BTreeMap<String, AlternativeView>>,
    /// The sample that was shown last, the revision of the documents that its columns were read by, and whether its own
    /// was edited.
    pub(crate) read: Option<(DataRef, u64, bool)>,
}

/// Which rows: of which data, sorted and filtered how.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowsOf {
    /// Which data.
    pub data: DataRef,
    /// Sorted and filtered how.
    pub query: DataQuery,
}

/// Which column, over which rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnOf {
    /// Which data.
    pub data: DataRef,
    /// Filtered how.
    pub query: DataQuery,
    /// Name of the column.
    pub column: String,
}

/// How data is looked at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct View {
    /// Sorted and filtered how.
    pub query: DataQuery,
    /// The last query that had an answer: its rows stay in sight until the next are here.
    #[serde(skip)]
    pub answered: Option<DataQuery>,
    /// Whether the panel with everything about a column is shown.
    pub panel: bool,
    /// The column that it is about.
    pub column: Option<String>,
    /// Widths that columns were given.
    pub widths: BTreeMap<String, f32>,
    /// Columns that are not shown.
    pub hidden: BTreeSet<String>,
    /// Cell that the keyboard is at: row, and place among the columns shown.
    #[serde(skip)]
    pub cursor: Option<(u64, usize)>,
    /// What is looked for.
    #[serde(skip)]
    pub find: Option<Find>,
    /// Text of the field that asks for a row's number.
    #[serde(skip)]
    pub go_to: Option<String>,
    /// Cell to bring into sight: row, and place among all columns.
    #[serde(skip)]
    pub jump: Option<Jump>,
    /// Column whose filter is to be asked for.
    #[serde(skip)]
    pub asks_filter: Option<String>,
}

/// A cell to bring into sight, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jump {
    /// Tells it from the jump before.
    pub serial: u64,
    /// The row, after sorting and filtering.
    pub row: u64,
    /// The column's place among all columns.
    pub column: usize,
}

/// What is looked for in data.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Find {
    /// The text.
    pub text: String,
    /// Where it was found last; none where it is nowhere.
    pub found: Remote<Option<FoundView>>,
    /// Rows that hold it.
    pub hits: Remote<u64>,
    /// The text that both are about.
    pub asked: String,
}

impl RowsOf {
    /// All rows of data, as stored.
    pub fn all(data: DataRef) -> Self {
        Self { data, query: DataQuery::default() }
    }
}

impl State {
    /// How data is looked at.
    pub fn view(&self, data: &DataRef) -> Option<&View> {
        self.views.get(data)
    }

    /// As what data is read now.
    pub(crate) fn reading_of(&self, data: &DataRef) -> DataQuery {
        self.views.get(data).map(|view| view.query.reading()).unwrap_or_default()
    }

    /// The rows that are shown of data: those asked for, or the last that were, until these are here.
    pub(crate) fn shown_rows(&self, data: &DataRef) -> Option<(&DataQuery, &Rows)> {
        let of =
            |query: &DataQuery| self.rows.get_key_value(&RowsOf { data: data.clone(), query: query.clone() });
        let view = self.views.get(data);
        let plain = DataQuery::default();
        let asked = of(view.map_or(&plain, |view| &view.query));
        let answered = || view.and_then(|view| view.answered.as_ref()).and_then(of);
        asked
            .filter(|(_, rows)| rows.total().is_some())
            .or_else(|| answered().filter(|(_, rows)| rows.total().is_some()))
            .or(asked)
            .map(|(of, rows)| (&of.query, rows))
    }
}

/// The data that the window's centre shows as a grid, if any: what keys and palette are about.
pub(crate) fn shown(state: &crate::state::State) -> Option<DataRef> {
    match &state.place {
        Place::File(path) => Some(DataRef::File { path: path.clone() }),
        Place::Pipeline(name) => {
            let pipeline = state.pipelines.get(name)?;
            match pipeline.section {
                Section::Data => Some(DataRef::Sample {
                    pipeline: name.clone(),
                    source: pipeline.shown_source()?.to_owned(),
                }),
                Section::Prove => {
                    let table = pipeline.part.table(&pipeline.shown_table()?.table)?;
                    Some(DataRef::Table { table, run: None })
                }
                Section::Design | Section::Publish => None,
            }
        }
        _ => None,
    }
}
