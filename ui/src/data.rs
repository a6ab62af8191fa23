//! Data in grids: samples, files, tables; their rows in pages, what is known of their columns.

mod paged;
mod rows;
mod sample;

use std::collections::BTreeMap;
use std::ops::Range;

use touchstone_protocol::{DataQuery, DataRef, Profile, ProfileView, Rows as RowsCall};
use touchstone_spec::TableName;

use crate::App;
use crate::command::Offer;
use crate::icon;
use crate::remote::Remote;

pub(crate) use paged::{is_numeric, paged, table_header};
pub use rows::{PAGE_ROWS, Row, Rows};
pub(crate) use sample::{rejects, sample};

/// What is known of data.
#[derive(Debug, Default)]
pub struct State {
    /// Rows, sorted and filtered.
    pub rows: BTreeMap<RowsOf, Rows>,
    /// What is known of the columns.
    pub profiles: BTreeMap<DataRef, Remote<ProfileView>>,
}

/// Which rows: of which data, sorted and filtered how.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowsOf {
    /// Which data.
    pub data: DataRef,
    /// Sorted and filtered how.
    pub query: DataQuery,
}

impl RowsOf {
    /// All rows of data, as stored.
    pub fn all(data: DataRef) -> Self {
        Self { data, query: DataQuery::default() }
    }

    /// All rows of a table as it is now.
    pub fn table(table: TableName) -> Self {
        Self::all(DataRef::Table { table, run: None })
    }
}

/// Something to do with data.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Rows have come into view.
    NeedRows(RowsOf, Range<u64>),
    /// What is known of data's columns has come into view.
    NeedProfile(DataRef),
}

impl Command {
    /// How it is offered.
    pub fn offer(&self) -> Offer {
        match self {
            Self::NeedRows(..) => Offer::unlisted("Rows"),
            Self::NeedProfile(_) => Offer { icon: icon::TABLE, ..Offer::unlisted("Columns") },
        }
    }

    /// Why it can't be given now; none when it can.
    pub fn obstacle(&self, _state: &crate::state::State) -> Option<String> {
        None
    }

    /// Those that menu, palette and keys offer now.
    pub fn offered(_state: &crate::state::State) -> Vec<Self> {
        Vec::new()
    }
}

impl App {
    pub(crate) fn apply_data(&mut self, command: Command) {
        match command {
            Command::NeedRows(of, visible) => self.load_rows(&of, &visible),
            Command::NeedProfile(data) => self.load_profile(data),
        }
    }

    fn load_rows(&mut self, of: &RowsOf, visible: &Range<u64>) {
        let rows = self.state.data.rows.entry(of.clone()).or_default();
        for page in rows.missing(visible) {
            let ticket = self.ticket();
            self.state.data.rows.entry(of.clone()).or_default().begin(page, ticket);
            let (data, query) = (of.data.clone(), of.query.clone());
            let of = of.clone();
            let call = RowsCall { data, query, offset: page * PAGE_ROWS, limit: PAGE_ROWS };
            self.call(call, move |app, result| {
                if let Some(rows) = app.state.data.rows.get_mut(&of) {
                    rows.finish(page, ticket, result);
                }
            });
        }
    }

    fn load_profile(&mut self, data: DataRef) {
        if self.state.data.profiles.entry(data.clone()).or_default().is_pending() {
            return;
        }
        self.fetch(Profile { data: data.clone() }, move |state| state.data.profiles.get_mut(&data));
    }
}
