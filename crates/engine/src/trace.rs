//! Where a cell comes from: from a gold row to the silver rows that made it, on to the records of the file, with the
//! expression and the values of every step.
//!
//! Tables don't carry their origin with them: their columns are the steward's, and the same on AWS. Instead the step
//! that made a table is taken again, over the snapshots that it read then, this time keeping for every row what it was
//! made from; the rows it gives are matched with those of the table, value by value. What is told is therefore proved:
//! these rows and this expression do make this value. Where they don't (the pipeline was changed after the run) the
//! trace says so instead of guessing.

mod gold;
mod silver;
mod source;
mod tables;
mod usage;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};
use touchstone_compiler::{CompiledPipeline, Lineage};
use touchstone_spec::{DataType, TableName};

use crate::{Cancelled, EngineError, ErrorKind, SnapshotInfo, Warehouse};
use gold::MadeGold;
use silver::MadeSilver;
pub(crate) use source::SourceFile;
pub use source::{SourceField, SourceRecord};
pub(crate) use tables::Held;
pub use usage::ColumnUse;
pub(crate) use usage::Wanted;

/// Which cell is asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceRequest {
    /// A bronze, silver or gold table.
    pub table: TableName,
    /// Row of its current snapshot, or of the one that is asked about, counted from zero, in the order in which it is
    /// stored.
    pub row: u64,
    /// Column; none: the whole row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// How many rows are shown of each table that the cell was made from.
    pub limit: usize,
}

/// Rows of a table that went into a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracedTable {
    /// The table.
    pub table: TableName,
    /// Its alias in the query that reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// The snapshot whose rows these are; none when there is none of the table any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotInfo>,
    /// The table's columns.
    pub columns: Vec<TracedColumn>,
    /// How many rows went into the cell.
    pub total: u64,
    /// The first of them.
    pub rows: Vec<TracedRow>,
    /// Gold: the tables that these rows were made from, from left to right as the query reads them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Self>,
    /// Why the trace goes no further.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<String>,
}

/// A column of a traced table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracedColumn {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub data_type: DataType,
    /// The expression that makes it, as the steward wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// What it has to do with the cell.
    #[serde(rename = "use")]
    pub usage: ColumnUse,
}

/// A row that went into a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracedRow {
    /// Row of the snapshot, counted from zero.
    pub row: u64,
    /// Its values as text, in the order of [`TracedTable::columns`]; none for null.
    pub values: Vec<Option<String>>,
    /// Silver: the record that it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<SourceRecord>,
    /// Silver: records with the same key that gave way to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gave_way: Vec<SourceRecord>,
    /// Silver: rows of other tables that its values were looked up in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<TracedLookup>,
}

/// A value that was looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedLookup {
    /// Field whose expression looks it up.
    pub field: String,
    /// Table that is looked into.
    pub table: TableName,
    /// Its column that is compared, and what it is compared with.
    pub by: String,
    /// The value looked for; none for null, which is never found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The snapshot that was looked into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
    /// The row that was found, counted from zero in that snapshot; none when there is no such row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The column that is taken.
    pub column: String,
    /// The value that was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Traces cells of a workspace's tables. Keeps what it worked out for the last tables, so that a second cell of the
/// same table is answered at once.
#[derive(Debug)]
pub struct Tracer {
    workspace: PathBuf,
    warehouse: Warehouse,
    silver: Mutex<Vec<Arc<MadeSilver>>>,
    gold: Mutex<Vec<Arc<MadeGold>>>,
}

/// How many tables a tracer keeps of each layer.
const KEPT: usize = 4;

impl Tracer {
    /// A tracer of this workspace and its warehouse.
    pub fn new(workspace: &Path, warehouse: Warehouse) -> Self {
        Self {
            workspace: workspace.to_owned(),
            warehouse,
            silver: Mutex::new(Vec::new()),
            gold: Mutex::new(Vec::new()),
        }
    }

    /// Traces a cell: its row, and below it what it was made from. `pipelines` are all that are known, compiled as they are now; what was made by one that isn't
    /// among them is shown, and not followed.
    ///
    /// Call inside a tokio runtime, on a thread that may be kept busy: the future computes between its awaits.
    ///
    /// # Errors
    /// When the table, the row or the column isn't there, when the table's pipeline is unknown or was changed after
    /// the run so that the row can't be made again, or when the caller cancels.
    pub async fn trace(
        &self,
        pipelines: &[&CompiledPipeline],
        request: &TraceRequest,
        cancelled: Cancelled<'_>,
    ) -> Result<TracedTable, EngineError> {
        self.trace_snapshot(pipelines, None, request, cancelled).await
    }

    /// Traces a cell of the snapshot of this id, such as one that another cell's value was looked up in; without an id
    /// of the current one.
    ///
    /// # Errors
    /// As [`Tracer::trace`].
    pub async fn trace_snapshot(
        &self,
        pipelines: &[&CompiledPipeline],
        snapshot: Option<&str>,
        request: &TraceRequest,
        cancelled: Cancelled<'_>,
    ) -> Result<TracedTable, EngineError> {
        let name = &request.table;
        let snapshot = self.snapshot(name, snapshot).await?;
        let lineage = Lineage::of(pipelines.iter().copied());
        let asked = tables::Asked { pipelines, lineage: &lineage, limit: request.limit, cancelled };
        let row = usize::try_from(request.row).unwrap_or(usize::MAX);
        let wanted = match &request.column {
            Some(column) => Wanted::value(column),
            None => Wanted::all(&self.warehouse.column_names(name).await?),
        };
        let table = self.table(&asked, name, None, Some(snapshot), vec![row], wanted).await?;
        let missing =
            |reason: String, next: &str| EngineError::new(ErrorKind::Missing, name.to_string(), reason, next);
        let has = |column: &String| table.columns.iter().any(|known| known.name == *column);
        if table.rows.is_empty() || !request.column.as_ref().is_none_or(has) {
            let column =
                request.column.as_ref().map(|name| format!("no column `{name}`, or ")).unwrap_or_default();
            return Err(missing(
                format!("there is {column}no row {}", request.row),
                "read the table again: it may have been replaced by a newer run",
            ));
        }
        match &table.ends {
            Some(reason) if table.inputs.is_empty() => {
                Err(missing(reason.clone(), "simulate the pipeline again, and ask for the cell again"))
            }
            _ => Ok(table),
        }
    }

    /// The snapshot of this id, or the current one.
    async fn snapshot(&self, name: &TableName, id: Option<&str>) -> Result<SnapshotInfo, EngineError> {
        let asked = |snapshot: &SnapshotInfo| id.map_or(snapshot.current, |id| snapshot.id == id);
        let snapshots = self.warehouse.snapshots(name).await?;
        snapshots.into_iter().find(asked).ok_or_else(|| {
            EngineError::new(
                ErrorKind::Missing,
                name.to_string(),
                id.map_or("the table has no rows yet".to_owned(), |id| {
                    format!("the table has no snapshot {id}")
                }),
                format!("simulate the pipeline `{}` first", name.pipeline),
            )
        })
    }

    fn remembered<T>(kept: &Mutex<Vec<Arc<T>>>, fits: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        kept.lock().unwrap_or_else(PoisonError::into_inner).iter().find(|made| fits(made)).cloned()
    }

    fn remember<T>(kept: &Mutex<Vec<Arc<T>>>, made: T) -> Arc<T> {
        let made = Arc::new(made);
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(KEPT - 1);
        kept.insert(0, Arc::clone(&made));
        made
    }
}
