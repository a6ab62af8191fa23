//! Data in a grid: files, samples and tables, opened once and remembered until they change.

mod file;
mod profile;
mod query;
mod table;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use touchstone_engine::{Grid, GridMemory, GridView};
use touchstone_ingest::Inference;
use touchstone_protocol::{ColumnProfileView, ColumnView, DataQuery, ProfileView};
use touchstone_spec::{ContractField, CsvFormat, TableName};

use crate::{data::file::Stamp, studio::lock};

pub(crate) use file::{FileRequest, Watched};
pub(crate) use profile::{column_view, file_view, profile_view};
pub(crate) use query::{find, rows};
pub(crate) use table::snapshot_of;

/// Grids that are remembered: what a steward goes back and forth between.
const REMEMBERED: usize = 12;
/// Sorted and filtered views of one grid that are remembered, four bytes per row each.
const VIEWS: usize = 6;
/// Profiles of columns of one grid that are remembered.
const COLUMNS: usize = 200;
/// Inferences that are remembered.
const INFERENCES: usize = 12;

/// All data that was opened lately.
#[derive(Debug, Default)]
pub(crate) struct Library {
    memory: GridMemory,
    known: Mutex<Vec<Arc<Data>>>,
    inferences: Mutex<Vec<(Stamp, Arc<Inference>)>>,
    /// One opening at a time: two questions about a new file read it once.
    opening: Mutex<()>,
}

/// What remembered data is good for.
#[derive(Debug, Clone, PartialEq)]
enum Identity {
    /// A file as it was, read in this format and with these types; the whole of it or its first records.
    File { stamp: Stamp, format: Box<CsvFormat>, types: Vec<ContractField>, is_whole: bool },
    /// A snapshot of a table of a warehouse, as its metadata file has it.
    Table { name: TableName, metadata: PathBuf, snapshot: Option<i64> },
}

/// Some data, and what was worked out about it.
#[derive(Debug)]
pub(crate) struct Data {
    identity: Identity,
    grid: Grid,
    columns: Vec<ColumnView>,
    /// What the file itself speaks for.
    inference: Option<Arc<Inference>>,
    /// What the contract promises, for samples.
    contract: Option<Vec<ContractField>>,
    views: Mutex<Vec<(DataQuery, GridView)>>,
    profile: Mutex<Option<ProfileView>>,
    profiles: Mutex<Vec<(DataQuery, String, ColumnProfileView)>>,
}

impl Data {
    fn new(
        identity: Identity,
        grid: Grid,
        columns: Vec<ColumnView>,
        inference: Option<Arc<Inference>>,
        contract: Option<Vec<ContractField>>,
    ) -> Self {
        Self {
            identity,
            grid,
            columns,
            inference,
            contract,
            views: Mutex::default(),
            profile: Mutex::default(),
            profiles: Mutex::default(),
        }
    }

    /// The format that a file was read in.
    fn format(&self) -> Option<&CsvFormat> {
        match &self.identity {
            Identity::File { format, .. } => Some(format),
            Identity::Table { .. } => None,
        }
    }

    /// Whether all rows are here, and not only the first of a long file.
    fn is_whole(&self) -> bool {
        !matches!(self.identity, Identity::File { is_whole: false, .. })
    }
}

impl Library {
    fn find(&self, identity: &Identity) -> Option<Arc<Data>> {
        let mut known = lock(&self.known);
        let place = known.iter().position(|data| data.identity == *identity)?;
        let data = known.remove(place);
        known.push(Arc::clone(&data));
        Some(data)
    }

    fn remember(&self, data: Data) -> Arc<Data> {
        let data = Arc::new(data);
        let mut known = lock(&self.known);
        known.retain(|other| !replaces(&data.identity, &other.identity));
        if known.len() >= REMEMBERED {
            known.remove(0);
        }
        known.push(Arc::clone(&data));
        data
    }
}

/// Whether data of an identity is what became of data of another, which nobody asks for any more.
fn replaces(new: &Identity, old: &Identity) -> bool {
    match (new, old) {
        (
            Identity::File { stamp, format, types, .. },
            Identity::File { stamp: old, format: old_format, types: old_types, .. },
        ) => stamp.path == old.path && (stamp != old || (format == old_format && types == old_types)),
        (
            Identity::Table { name, metadata, snapshot },
            Identity::Table { name: old, metadata: before, snapshot: old_snapshot },
        ) => name == old && (metadata != before || snapshot == old_snapshot),
        _ => false,
    }
}

/// The file that a folder's cache of grids is in.
pub(crate) fn cache_folder(machine_made: &Path) -> PathBuf {
    machine_made.join("cache")
}
