//! Replaces a table's rows by one new snapshot.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::array::{ArrayRef, RecordBatch};
use chrono::{DateTime, Utc};
use iceberg::{
    MetadataLocation,
    arrow::schema_to_arrow_schema,
    spec::{
        DataFile, FormatVersion, MAIN_BRANCH, ManifestEntryRef, ManifestFile, ManifestListWriter,
        ManifestStatus, ManifestWriterBuilder, Operation, Snapshot, SortOrder, Summary, TableMetadata,
        TableMetadataBuilder,
    },
    writer::file_writer::{FileWriter, FileWriterBuilder, ParquetWriterBuilder},
};
use parquet::file::properties::WriterProperties;
use polars::prelude::DataFrame;
use touchstone_compiler::PartitionField;
use touchstone_spec::TableName;
use uuid::Uuid;

use super::{
    Loaded, Warehouse,
    catalog::Move,
    columns::to_arrow,
    location_of,
    partition::partitions,
    path_of,
    read::{READS, RUN_ID},
    schema::{follow, partition_spec},
};
use crate::{EngineError, Table, cancel::ROWS_BETWEEN, silver::Watch};

/// Rows of one row group.
const GROUP_ROWS: usize = 65_536;

/// Rows of one page of a data file.
const PAGE_ROWS: usize = 4_096;

/// Rows that are to replace a table's.
pub(crate) struct NewSnapshot<'run> {
    pub(crate) name: TableName,
    pub(crate) table: &'run Table,
    pub(crate) key: &'run [String],
    pub(crate) partition_by: &'run [PartitionField],
    pub(crate) run_id: &'run str,
    /// Snapshots that the rows were made from, by table.
    pub(crate) reads: &'run BTreeMap<TableName, String>,
    pub(crate) at: DateTime<Utc>,
}

/// A snapshot whose files are all written, but which nobody can see yet.
#[derive(Debug)]
pub(crate) struct Staged {
    pub(crate) snapshot_id: i64,
    /// Metadata file.
    pub(crate) metadata: PathBuf,
    pointer: Move,
    files: Vec<PathBuf>,
}

impl Warehouse {
    /// Writes the files of a new snapshot. `watch` hears how many rows are written, and may stop it. When that fails,
    /// those already written are removed.
    pub(crate) async fn stage(&self, new: &NewSnapshot<'_>, watch: Watch<'_>) -> Result<Staged, EngineError> {
        let mut files = Vec::new();
        let staged = self.write_files(new, watch, &mut files).await;
        if staged.is_err() {
            remove(&files);
        }
        staged
    }

    /// Makes staged snapshots visible, all of them or none.
    pub(crate) async fn commit(&self, staged: &[Staged]) -> Result<(), EngineError> {
        let moves: Vec<Move> = staged.iter().map(|staged| staged.pointer.clone()).collect();
        let committed = self.catalog.commit(&moves).await;
        if committed.is_err() {
            for staged in staged {
                remove(&staged.files);
            }
        }
        committed
    }

    /// Drops snapshots that shall not become visible.
    pub(crate) fn discard(staged: Vec<Staged>) {
        for staged in staged {
            remove(&staged.files);
        }
    }

    async fn write_files(
        &self,
        new: &NewSnapshot<'_>,
        watch: Watch<'_>,
        files: &mut Vec<PathBuf>,
    ) -> Result<Staged, EngineError> {
        let fault = |error: iceberg::Error| EngineError::warehouse(new.name.to_string(), &error);
        let existing = self.load(&new.name).await?;
        let folder = self.folder(&new.name);
        for part in ["data", "metadata"] {
            let folder = folder.join(part);
            fs::create_dir_all(&folder).map_err(|error| EngineError::io(&folder, &error))?;
        }
        let builder = prepared(new, existing.as_ref(), &folder)?;
        // The builder knows the new schema and partition spec only once it has built them.
        let planned = builder.clone().build().map_err(fault)?.metadata;

        let commit = Uuid::new_v4();
        let added = self.write_data((new, watch), &planned, (&folder, commit), files).await?;
        let removed = match &existing {
            Some(existing) => {
                self.live_files(existing, existing.metadata.current_snapshot()).await.map_err(fault)?
            }
            None => Vec::new(),
        };

        let snapshot_id = fresh_id(&planned);
        let parent = planned.current_snapshot_id();
        let sequence_number = planned.next_sequence_number();
        let metadata_folder = folder.join("metadata");
        let mut manifests = Vec::new();
        if !added.is_empty() {
            let path = metadata_folder.join(format!("{commit}-m0.avro"));
            manifests.push(self.write_added(&planned, snapshot_id, &added, &path, files).await?);
        }
        if let Some(existing) = &existing {
            for (index, (spec, entries)) in by_spec(&removed).into_iter().enumerate() {
                let path = metadata_folder.join(format!("{commit}-m{}.avro", index + 1));
                manifests.push(
                    self.write_removed(&existing.metadata, spec, snapshot_id, &entries, &path, files).await?,
                );
            }
        }
        let list = metadata_folder.join(format!("snap-{snapshot_id}-0-{commit}.avro"));
        files.push(list.clone());
        let output =
            self.files.new_output(location_of(&list)).map_err(fault)?.writer().await.map_err(fault)?;
        let mut writer = ManifestListWriter::v2(output, snapshot_id, parent, sequence_number);
        writer.add_manifests(manifests.into_iter()).map_err(fault)?;
        writer.close().await.map_err(fault)?;

        let snapshot = Snapshot::builder()
            .with_snapshot_id(snapshot_id)
            .with_parent_snapshot_id(parent)
            .with_sequence_number(sequence_number)
            .with_timestamp_ms(timestamp(&planned, new.at))
            .with_manifest_list(location_of(&list))
            .with_summary(summary(new, parent.is_some(), &added, &removed))
            .with_schema_id(planned.current_schema_id())
            .build();
        let metadata = builder
            .set_branch_snapshot(snapshot, MAIN_BRANCH)
            .and_then(TableMetadataBuilder::build)
            .map_err(fault)?;
        let path = write_metadata(new, existing.as_ref(), &metadata.metadata, &folder, files)?;
        sync_folder(&folder.join("data"))?;
        sync_folder(&metadata_folder)?;
        Ok(Staged {
            snapshot_id,
            pointer: Move {
                table: new.name.clone(),
                from: existing.map(|existing| existing.location),
                to: location_of(&path),
            },
            metadata: path,
            files: std::mem::take(files),
        })
    }

    fn folder(&self, name: &TableName) -> PathBuf {
        self.root.join(&name.pipeline).join(name.layer.to_string()).join(&name.table)
    }

    /// Writes the rows: one data file per partition, in the order of the partitions' first rows.
    async fn write_data(
        &self,
        (new, watch): (&NewSnapshot<'_>, Watch<'_>),
        metadata: &TableMetadata,
        (folder, commit): (&Path, Uuid),
        files: &mut Vec<PathBuf>,
    ) -> Result<Vec<DataFile>, EngineError> {
        let fault = |error: iceberg::Error| EngineError::warehouse(new.name.to_string(), &error);
        let schema = metadata.current_schema();
        let arrow_schema = Arc::new(schema_to_arrow_schema(schema).map_err(fault)?);
        // Small row groups and pages, so that a page of a grid costs little wherever it is.
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_data_page_row_count_limit(PAGE_ROWS)
            .build();
        let writer = ParquetWriterBuilder::new(properties, schema.clone());
        let mut added = Vec::new();
        let mut done = 0;
        for (ordinal, (values, frame)) in partitions(new, metadata, watch)?.into_iter().enumerate() {
            let path = folder.join("data").join(format!("{ordinal:05}-{commit}.parquet"));
            files.push(path.clone());
            let output = self.files.new_output(location_of(&path)).map_err(fault)?;
            let mut writer = writer.build(output).await.map_err(fault)?;
            let mut offset = 0;
            while offset < frame.height() {
                let slice = frame.slice(i64::try_from(offset).unwrap_or(i64::MAX), ROWS_BETWEEN);
                let arrays = arrays(&slice, new.table)?;
                let batch = RecordBatch::try_new(arrow_schema.clone(), arrays)
                    .map_err(|error| EngineError::internal(new.name.to_string(), error.to_string()))?;
                writer.write(&batch).await.map_err(fault)?;
                done += batch.num_rows() as u64;
                watch(done)?;
                offset += ROWS_BETWEEN;
            }
            for mut file in writer.close().await.map_err(fault)? {
                let file = file
                    .partition(values.clone())
                    .partition_spec_id(metadata.default_partition_spec_id())
                    .build()
                    .map_err(|error| EngineError::internal(new.name.to_string(), error.to_string()))?;
                added.push(file);
            }
        }
        Ok(added)
    }

    async fn write_added(
        &self,
        metadata: &TableMetadata,
        snapshot_id: i64,
        added: &[DataFile],
        path: &Path,
        files: &mut Vec<PathBuf>,
    ) -> Result<ManifestFile, EngineError> {
        let fault = |error: iceberg::Error| EngineError::warehouse(path.display().to_string(), &error);
        files.push(path.to_owned());
        let mut writer = ManifestWriterBuilder::new(
            self.files.new_output(location_of(path)).map_err(fault)?,
            Some(snapshot_id),
            metadata.current_schema().clone(),
            metadata.default_partition_spec().as_ref().clone(),
        )
        .build_v2_data();
        for file in added {
            // The sequence number is inherited from the manifest list.
            writer.add_file(file.clone(), -1).map_err(fault)?;
        }
        let manifest = writer.write_manifest_file().await.map_err(fault)?;
        sync_file(path)?;
        Ok(manifest)
    }

    /// A manifest that names the files of the snapshot before as deleted.
    async fn write_removed(
        &self,
        metadata: &TableMetadata,
        spec: i32,
        snapshot_id: i64,
        entries: &[&ManifestEntryRef],
        path: &Path,
        files: &mut Vec<PathBuf>,
    ) -> Result<ManifestFile, EngineError> {
        let fault = |error: iceberg::Error| EngineError::warehouse(path.display().to_string(), &error);
        let spec = metadata
            .partition_spec_by_id(spec)
            .ok_or_else(|| EngineError::internal(path.display().to_string(), "an unknown partition spec"))?;
        files.push(path.to_owned());
        let mut writer = ManifestWriterBuilder::new(
            self.files.new_output(location_of(path)).map_err(fault)?,
            Some(snapshot_id),
            // The schema under which those files were written: the new one may lack the partition's column.
            metadata.current_schema().clone(),
            spec.as_ref().clone(),
        )
        .build_v2_data();
        for entry in entries {
            writer
                .add_delete_file(
                    entry.data_file.clone(),
                    entry.sequence_number.unwrap_or_default(),
                    entry.file_sequence_number,
                )
                .map_err(fault)?;
        }
        let manifest = writer.write_manifest_file().await.map_err(fault)?;
        sync_file(path)?;
        Ok(manifest)
    }

    /// The files of a snapshot, each with its partition spec.
    pub(super) async fn live_files(
        &self,
        existing: &Loaded,
        snapshot: Option<&Arc<Snapshot>>,
    ) -> iceberg::Result<Vec<(i32, ManifestEntryRef)>> {
        let Some(snapshot) = snapshot else { return Ok(Vec::new()) };
        let bytes = self.files.new_input(snapshot.manifest_list())?.read().await?;
        let list =
            iceberg::spec::ManifestList::parse_with_version(&bytes, existing.metadata.format_version())?;
        let mut live = Vec::new();
        for manifest in list.entries() {
            for entry in manifest.load_manifest(&self.files).await?.entries() {
                if entry.status != ManifestStatus::Deleted {
                    live.push((manifest.partition_spec_id, entry.clone()));
                }
            }
        }
        Ok(live)
    }
}

/// The table's metadata with the schema and the partition spec of the new rows.
fn prepared(
    new: &NewSnapshot<'_>,
    existing: Option<&Loaded>,
    folder: &Path,
) -> Result<TableMetadataBuilder, EngineError> {
    let fault = |error: iceberg::Error| EngineError::warehouse(new.name.to_string(), &error);
    match existing {
        None => {
            let schema = follow(None, &new.table.columns, new.key)?;
            let spec = partition_spec(&schema, new.partition_by)?;
            TableMetadataBuilder::new(
                schema,
                spec,
                SortOrder::unsorted_order(),
                location_of(folder),
                FormatVersion::V2,
                HashMap::from([("write.format.default".to_owned(), "parquet".to_owned())]),
            )
            .map_err(fault)
        }
        Some(existing) => {
            let metadata = &existing.metadata;
            let current = (metadata.current_schema().as_ref(), metadata.last_column_id());
            let schema = follow(Some(current), &new.table.columns, new.key)?;
            let spec = partition_spec(&schema, new.partition_by)?;
            TableMetadataBuilder::new_from_metadata(
                metadata.as_ref().clone(),
                Some(existing.location.clone()),
            )
            .add_current_schema(schema)
            .and_then(|builder| builder.add_default_partition_spec(spec))
            .map_err(fault)
        }
    }
}

/// Writes the metadata file, under a name that nobody has used.
fn write_metadata(
    new: &NewSnapshot<'_>,
    existing: Option<&Loaded>,
    metadata: &TableMetadata,
    folder: &Path,
    files: &mut Vec<PathBuf>,
) -> Result<PathBuf, EngineError> {
    let location = match existing {
        None => MetadataLocation::new_with_metadata(location_of(folder), metadata),
        Some(existing) => existing
            .location
            .parse::<MetadataLocation>()
            .map_err(|error| EngineError::warehouse(new.name.to_string(), &error))?
            .with_next_version()
            .with_new_metadata(metadata),
    };
    let path = path_of(&location.to_string());
    let json =
        json(metadata).map_err(|error| EngineError::internal(new.name.to_string(), error.to_string()))?;
    files.push(path.clone());
    fs::write(&path, json).map_err(|error| EngineError::io(&path, &error))?;
    sync_file(&path)?;
    Ok(path)
}

/// The metadata file's text. The library lists snapshots and schemas in any order; people and tools that compare
/// files want the oldest first.
fn json(metadata: &TableMetadata) -> serde_json::Result<Vec<u8>> {
    let mut document = serde_json::to_value(metadata)?;
    for (list, by) in
        [("snapshots", "sequence-number"), ("schemas", "schema-id"), ("partition-specs", "spec-id")]
    {
        if let Some(entries) = document.get_mut(list).and_then(serde_json::Value::as_array_mut) {
            entries.sort_by_key(|entry| entry.get(by).and_then(serde_json::Value::as_i64));
        }
    }
    serde_json::to_vec(&document)
}

fn arrays(frame: &DataFrame, table: &Table) -> Result<Vec<ArrayRef>, EngineError> {
    table
        .columns
        .iter()
        .map(|column| to_arrow(frame.column(&column.name)?.as_materialized_series(), &column.data_type))
        .collect()
}

fn by_spec(entries: &[(i32, ManifestEntryRef)]) -> std::collections::BTreeMap<i32, Vec<&ManifestEntryRef>> {
    let mut specs: std::collections::BTreeMap<i32, Vec<&ManifestEntryRef>> =
        std::collections::BTreeMap::new();
    for (spec, entry) in entries {
        specs.entry(*spec).or_default().push(entry);
    }
    specs
}

/// Time of the snapshot: the run's, but never before the table's last change, which Iceberg doesn't allow.
fn timestamp(metadata: &TableMetadata, at: DateTime<Utc>) -> i64 {
    let last = metadata.current_snapshot().map_or(i64::MIN, |snapshot| snapshot.timestamp_ms());
    let now = Utc::now().timestamp_millis();
    at.timestamp_millis().max(last.saturating_add(1)).max(now.min(metadata.last_updated_ms()))
}

fn fresh_id(metadata: &TableMetadata) -> i64 {
    loop {
        let (high, low) = Uuid::new_v4().as_u64_pair();
        let id = i64::try_from((high ^ low) >> 1).unwrap_or(i64::MAX);
        if id != 0 && metadata.snapshot_by_id(id).is_none() {
            return id;
        }
    }
}

/// What Iceberg's readers and tools show of a snapshot.
fn summary(
    new: &NewSnapshot<'_>,
    has_parent: bool,
    added: &[DataFile],
    removed: &[(i32, ManifestEntryRef)],
) -> Summary {
    let records: u64 = added.iter().map(DataFile::record_count).sum();
    let size: u64 = added.iter().map(DataFile::file_size_in_bytes).sum();
    let removed_records: u64 = removed.iter().map(|(_, entry)| entry.record_count()).sum();
    let removed_size: u64 = removed.iter().map(|(_, entry)| entry.file_size_in_bytes()).sum();
    let mut properties = HashMap::from([(RUN_ID.to_owned(), new.run_id.to_owned())]);
    if !new.reads.is_empty()
        && let Ok(reads) = serde_json::to_string(new.reads)
    {
        properties.insert(READS.to_owned(), reads);
    }
    let mut put = |key: &str, value: u64| {
        properties.insert(key.to_owned(), value.to_string());
    };
    if !added.is_empty() {
        put("added-data-files", added.len() as u64);
        put("added-records", records);
        put("added-files-size", size);
    }
    if !removed.is_empty() {
        put("deleted-data-files", removed.len() as u64);
        put("deleted-records", removed_records);
        put("removed-files-size", removed_size);
    }
    put("total-data-files", added.len() as u64);
    put("total-records", records);
    put("total-files-size", size);
    for key in ["total-delete-files", "total-position-deletes", "total-equality-deletes"] {
        put(key, 0);
    }
    let operation = if has_parent { Operation::Overwrite } else { Operation::Append };
    Summary { operation, additional_properties: properties }
}

fn sync_file(path: &Path) -> Result<(), EngineError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| EngineError::io(path, &error))
}

/// A new file is safe only once its folder is. Windows can't open folders, and needn't.
fn sync_folder(path: &Path) -> Result<(), EngineError> {
    if cfg!(unix) { sync_file(path) } else { Ok(()) }
}

/// Removes files that no metadata names. One that can't be removed is only waste.
fn remove(files: &[PathBuf]) {
    for file in files {
        fs::remove_file(file).ok();
    }
}
