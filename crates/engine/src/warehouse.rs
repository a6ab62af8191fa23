//! The local warehouse: real Apache Iceberg tables (format 2) in a folder, behind a SQL catalog on `SQLite`.
//!
//! Layout: `catalog.db` (the tables of the JDBC and SQL catalogs that Spark, PyIceberg and iceberg-rust share; the
//! catalog is called `touchstone`), and one folder per table, `<pipeline>/<layer>/<table>`, with `data` and
//! `metadata`. A table's name is `<pipeline>.<layer>.<table>`, that is namespace `<pipeline>.<layer>`; its quarantine
//! is `<table>_quarantine`, what its filter left out `<table>_filtered`, what gave way to a row with the same key
//! `<table>_deduplicated`, the rejects of a source `<table>_rejects`. So PyIceberg opens
//! `catalog.load_table("trades.silver.trades")`, and DuckDB `iceberg_scan('<metadata file>')`.
//!
//! Each run replaces a table's rows in one new snapshot; earlier ones stay. Files are written first and flushed; the
//! last step moves the catalog's pointers, of a table and what was set aside together, in one transaction that fails when
//! somebody else moved them meanwhile. Until then nothing of the new snapshot can be seen, and a crash leaves only
//! files that no metadata names.

mod catalog;
mod columns;
mod history;
mod partition;
mod read;
mod schema;
mod write;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use iceberg::{Runtime, io::FileIO, spec::TableMetadata};
use serde::{Deserialize, Serialize};
use touchstone_spec::TableName;

use crate::{EngineError, ErrorKind, Grid, GridMemory, Table, TablePage};
use catalog::Catalog;
pub(crate) use columns::each_value;
pub use history::{RunSnapshots, RunTable};
pub(crate) use read::DataFiles;
pub(crate) use write::{NewSnapshot, Staged};

/// Name of the catalog inside its database, as readers give it.
pub const CATALOG_NAME: &str = "touchstone";

/// A folder of Iceberg tables.
#[derive(Debug, Clone)]
pub struct Warehouse {
    root: PathBuf,
    catalog: Catalog,
    files: FileIO,
    runtime: Runtime,
}

/// A snapshot of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotInfo {
    /// Its id, as text: it has more digits than JavaScript's numbers.
    pub id: String,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// `append` for the first, then `overwrite`.
    pub operation: String,
    /// Rows of the table.
    pub rows: u64,
    /// Run that made it, when a simulation did.
    pub run_id: Option<String>,
    /// Snapshots of other tables that its rows were made from, by table.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reads: BTreeMap<TableName, String>,
    /// Whether it is the current one.
    pub current: bool,
}

/// A table's metadata, and where it stands.
#[derive(Debug, Clone)]
struct Loaded {
    metadata: Arc<TableMetadata>,
    location: String,
}

impl Warehouse {
    /// Opens the warehouse in this folder; makes it when it isn't there. Call inside a tokio runtime.
    pub async fn open(root: &Path) -> Result<Self, EngineError> {
        std::fs::create_dir_all(root).map_err(|error| EngineError::io(root, &error))?;
        let root = std::path::absolute(root).map_err(|error| EngineError::io(root, &error))?;
        let place = root.display().to_string();
        if root.to_str().is_none() {
            return Err(EngineError::new(
                ErrorKind::Unsupported,
                place,
                "the path of the workspace isn't valid UTF-8, and Iceberg's metadata names files by path",
                "move the workspace to a folder whose path is plain text",
            ));
        }
        let runtime = Runtime::try_current().map_err(|error| EngineError::warehouse(place, &error))?;
        let catalog = Catalog::open(&root).await?;
        Ok(Self { root, catalog, files: FileIO::new_with_fs(), runtime })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Names of all tables, sorted: quarantine and rejects tables among them.
    pub async fn tables(&self) -> Result<Vec<TableName>, EngineError> {
        self.catalog.tables().await
    }

    /// Whether a run has written this table.
    pub async fn contains(&self, name: &TableName) -> Result<bool, EngineError> {
        Ok(self.catalog.pointer(name).await?.is_some())
    }

    /// The current rows of a table.
    pub async fn read(&self, name: &TableName) -> Result<Table, EngineError> {
        let loaded = self.existing(name).await?;
        read::rows(self, name, &loaded, None, &|_| Ok(())).await
    }

    /// A page of a table's current rows.
    pub async fn page(
        &self,
        name: &TableName,
        offset: usize,
        limit: usize,
    ) -> Result<TablePage, EngineError> {
        Grid::of_table(self, name, None, &GridMemory::default()).await?.table_page(offset, limit)
    }

    /// The Parquet files of a snapshot of a table (none: the current one), with their columns.
    pub(crate) async fn data_files(
        &self,
        name: &TableName,
        snapshot: Option<i64>,
    ) -> Result<DataFiles, EngineError> {
        let loaded = self.existing(name).await?;
        read::data_files(self, name, &loaded, snapshot).await
    }

    /// The snapshots of a table, newest first.
    pub async fn snapshots(&self, name: &TableName) -> Result<Vec<SnapshotInfo>, EngineError> {
        let loaded = self.existing(name).await?;
        Ok(read::snapshots(&loaded.metadata))
    }

    /// The table's metadata file, what DuckDB's `iceberg_scan` takes.
    pub async fn metadata_file(&self, name: &TableName) -> Result<PathBuf, EngineError> {
        Ok(path_of(&self.existing(name).await?.location))
    }

    async fn existing(&self, name: &TableName) -> Result<Loaded, EngineError> {
        self.load(name).await?.ok_or_else(|| {
            EngineError::new(
                ErrorKind::Missing,
                name.to_string(),
                "no run has made this table yet",
                format!("simulate the pipeline `{}` first", name.pipeline),
            )
        })
    }

    async fn load(&self, name: &TableName) -> Result<Option<Loaded>, EngineError> {
        let Some(location) = self.catalog.pointer(name).await? else { return Ok(None) };
        if !path_of(&location).starts_with(&self.root) {
            return Err(EngineError::new(
                ErrorKind::Warehouse,
                name.to_string(),
                format!(
                    "the workspace was moved or copied: its warehouse still points to {}",
                    path_of(&location).display()
                ),
                format!("delete {} and simulate again; simulations make it anew", self.root.display()),
            ));
        }
        let metadata = TableMetadata::read_from(&self.files, &location)
            .await
            .map_err(|error| EngineError::warehouse(name.to_string(), &error))?;
        Ok(Some(Loaded { metadata: Arc::new(metadata), location }))
    }
}

/// The address of a file, as Iceberg's metadata writes it.
fn location_of(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// The file at an address.
fn path_of(location: &str) -> PathBuf {
    PathBuf::from(location.strip_prefix("file://").unwrap_or(location))
}
