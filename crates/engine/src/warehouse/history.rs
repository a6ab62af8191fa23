//! Earlier snapshots of the tables, and the runs that made them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchstone_spec::TableName;

use super::{Loaded, Warehouse, read};
use crate::{EngineError, ErrorKind, SnapshotInfo, Table, silver::Watch};

/// A run that wrote to the warehouse, and what it wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSnapshots {
    /// Id of the run.
    pub run_id: String,
    /// When its last table was written.
    pub at: DateTime<Utc>,
    /// Its tables, sorted by name: quarantine and rejects tables among them.
    pub tables: Vec<RunTable>,
}

/// A table as a run wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunTable {
    /// The table.
    pub table: TableName,
    /// The snapshot.
    pub snapshot: SnapshotInfo,
}

impl Warehouse {
    /// The runs whose snapshots the warehouse holds, newest first.
    ///
    /// # Errors
    /// When the warehouse can't be read.
    pub async fn runs(&self) -> Result<Vec<RunSnapshots>, EngineError> {
        let mut runs: BTreeMap<String, RunSnapshots> = BTreeMap::new();
        for table in self.tables().await? {
            for snapshot in self.snapshots(&table).await? {
                let Some(run_id) = snapshot.run_id.clone() else { continue };
                let run = runs.entry(run_id.clone()).or_insert_with(|| RunSnapshots {
                    run_id,
                    at: snapshot.at,
                    tables: Vec::new(),
                });
                run.at = run.at.max(snapshot.at);
                run.tables.push(RunTable { table: table.clone(), snapshot });
            }
        }
        let mut runs: Vec<RunSnapshots> = runs.into_values().collect();
        // Ids of runs sort by time, where two ended in the same millisecond.
        runs.sort_by(|left, right| (right.at, &right.run_id).cmp(&(left.at, &left.run_id)));
        Ok(runs)
    }

    /// The rows of a table as one of its snapshots has them, with the columns it had then.
    ///
    /// # Errors
    /// When the table or the snapshot isn't there, or can't be read.
    pub async fn read_snapshot(&self, name: &TableName, snapshot: &str) -> Result<Table, EngineError> {
        let loaded = self.existing(name).await?;
        let id = snapshot_id(name, &loaded, snapshot)?;
        read::rows(self, name, &loaded, Some(id), &|_| Ok(())).await
    }

    /// The current rows of a table, and the id of their snapshot; none when there is none. `watch` hears how many rows
    /// are read, and may stop it.
    pub(crate) async fn read_current(
        &self,
        name: &TableName,
        watch: Watch<'_>,
    ) -> Result<Option<(Table, Option<String>)>, EngineError> {
        let Some(loaded) = self.load(name).await? else { return Ok(None) };
        let id = loaded.metadata.current_snapshot_id();
        let rows = read::rows(self, name, &loaded, id, watch).await?;
        Ok(Some((rows, id.map(|id| id.to_string()))))
    }

    /// The columns that name a row of a table, as one of its snapshots knows them: silver tables have those of their
    /// `key`, gold tables where the pipeline gives some. Empty when there are none, or when they can be null.
    ///
    /// # Errors
    /// When the table or the snapshot isn't there, or can't be read.
    pub async fn key(&self, name: &TableName, snapshot: &str) -> Result<Vec<String>, EngineError> {
        let loaded = self.existing(name).await?;
        let id = snapshot_id(name, &loaded, snapshot)?;
        let fault = |error: iceberg::Error| EngineError::warehouse(name.to_string(), &error);
        let Some(snapshot) = loaded.metadata.snapshot_by_id(id) else { return Ok(Vec::new()) };
        let schema = snapshot.schema(&loaded.metadata).map_err(fault)?;
        let identifiers: Vec<i32> = schema.identifier_field_ids().collect();
        Ok(schema
            .as_struct()
            .fields()
            .iter()
            .filter(|field| identifiers.contains(&field.id))
            .map(|field| field.name.clone())
            .collect())
    }

    /// Names of a table's current columns.
    pub(crate) async fn column_names(&self, name: &TableName) -> Result<Vec<String>, EngineError> {
        let loaded = self.existing(name).await?;
        let schema = loaded.metadata.current_schema();
        Ok(schema.as_struct().fields().iter().map(|field| field.name.clone()).collect())
    }

    /// The snapshot that a table's reader saw, as the reader's own tells; where it doesn't, because an earlier version
    /// made it, the one of its run, else the newest that was there before it.
    pub(crate) async fn seen_by(
        &self,
        name: &TableName,
        reader: &SnapshotInfo,
    ) -> Result<Option<SnapshotInfo>, EngineError> {
        if !self.contains(name).await? {
            return Ok(None);
        }
        let snapshots = self.snapshots(name).await?;
        if let Some(id) = reader.reads.get(name) {
            return Ok(snapshots.into_iter().find(|snapshot| snapshot.id == *id));
        }
        let same_run =
            snapshots.iter().find(|snapshot| snapshot.run_id.is_some() && snapshot.run_id == reader.run_id);
        Ok(same_run.or_else(|| snapshots.iter().find(|snapshot| snapshot.at <= reader.at)).cloned())
    }
}

fn snapshot_id(name: &TableName, loaded: &Loaded, snapshot: &str) -> Result<i64, EngineError> {
    snapshot.parse().ok().filter(|id| loaded.metadata.snapshot_by_id(*id).is_some()).ok_or_else(|| {
        EngineError::new(
            ErrorKind::Missing,
            name.to_string(),
            format!("the table has no snapshot {snapshot}"),
            "choose one of its snapshots; deleting the warehouse deletes those of earlier runs",
        )
    })
}
