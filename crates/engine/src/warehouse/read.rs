//! Reads tables back.

use std::{path::PathBuf, sync::Arc};

use arrow::array::RecordBatch;
use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt};
use iceberg::{
    TableIdent,
    scan::FileScanTask,
    spec::{DataContentType, Schema, TableMetadata},
    table::Table as IcebergTable,
};
use polars::prelude::DataFrame;
use touchstone_compiler::Column;
use touchstone_spec::TableName;

use super::{Loaded, SnapshotInfo, Warehouse, columns::append, path_of, schema::our_type};
use crate::{EngineError, ErrorKind, Table, silver::Watch, types::Builder};

/// Property of a snapshot's summary that names the run.
pub(super) const RUN_ID: &str = "touchstone.run-id";

/// Property of a snapshot's summary that names the snapshots it was made from, as JSON: table to snapshot id.
pub(super) const READS: &str = "touchstone.reads";

/// The rows of a snapshot (the current one, when none is named), in the order in which they were written.
pub(super) async fn rows(
    warehouse: &Warehouse,
    name: &TableName,
    loaded: &Loaded,
    snapshot: Option<i64>,
    watch: Watch<'_>,
) -> Result<Table, EngineError> {
    let fault = |error: iceberg::Error| EngineError::warehouse(name.to_string(), &error);
    let schema = match snapshot.and_then(|id| loaded.metadata.snapshot_by_id(id)) {
        Some(snapshot) => snapshot.schema(&loaded.metadata).map_err(fault)?,
        None => loaded.metadata.current_schema().clone(),
    };
    let columns = columns(name, &schema)?;
    let mut builders =
        columns.iter().map(|column| Builder::new(&column.data_type)).collect::<Result<Vec<_>, _>>()?;
    let identifier = TableIdent::from_strs([name.pipeline.as_str(), &name.layer.to_string(), &name.table])
        .map_err(fault)?;
    let table = IcebergTable::builder()
        .identifier(identifier)
        .metadata(loaded.metadata.clone())
        .metadata_location(loaded.location.clone())
        .file_io(warehouse.files.clone())
        .runtime(warehouse.runtime.clone())
        .build()
        .map_err(fault)?;
    let mut height = 0;
    if loaded.metadata.current_snapshot().is_some() {
        let scan = match snapshot {
            Some(id) => table.scan().snapshot_id(id),
            None => table.scan(),
        };
        let scan = scan.build().map_err(fault)?;
        let mut tasks: Vec<FileScanTask> =
            scan.plan_files().await.map_err(fault)?.try_collect().await.map_err(fault)?;
        // Plans come in any order; the names of data files count up.
        tasks.sort_by(|left, right| {
            (&left.data_file_path, left.start).cmp(&(&right.data_file_path, right.start))
        });
        let tasks = futures::stream::iter(tasks.into_iter().map(Ok)).boxed();
        let reader = table.reader_builder().with_data_file_concurrency_limit(1).build();
        let mut batches = reader.read(tasks).map_err(fault)?.stream();
        while let Some(batch) = batches.try_next().await.map_err(fault)? {
            height += batch.num_rows();
            watch(height as u64)?;
            for (column, builder) in columns.iter().zip(&mut builders) {
                append(builder, array(&batch, &column.name, name)?, &column.data_type)?;
            }
        }
    }
    let series = columns
        .iter()
        .zip(builders)
        .map(|(column, builder)| Ok(builder.finish(&column.name)?.into()))
        .collect::<Result<Vec<_>, EngineError>>()?;
    Ok(Table { columns, frame: DataFrame::new(height, series)? })
}

fn array<'batch>(
    batch: &'batch RecordBatch,
    column: &str,
    table: &TableName,
) -> Result<&'batch arrow::array::ArrayRef, EngineError> {
    batch.column_by_name(column).ok_or_else(|| {
        EngineError::new(
            ErrorKind::Warehouse,
            table.to_string(),
            format!("a data file has no column `{column}`"),
            "simulate the pipeline that makes the table again",
        )
    })
}

/// The Parquet files of a snapshot.
pub(crate) struct DataFiles {
    /// In the order in which their rows were written.
    pub(crate) paths: Vec<PathBuf>,
    /// The table's columns at that time, each with its field id.
    pub(crate) columns: Vec<(i32, Column)>,
}

/// The files of a snapshot; none: of the current one.
pub(super) async fn data_files(
    warehouse: &Warehouse,
    name: &TableName,
    loaded: &Loaded,
    snapshot: Option<i64>,
) -> Result<DataFiles, EngineError> {
    let fault = |error: iceberg::Error| EngineError::warehouse(name.to_string(), &error);
    let metadata = &loaded.metadata;
    let found = match snapshot {
        None => metadata.current_snapshot(),
        Some(id) => Some(metadata.snapshot_by_id(id).ok_or_else(|| {
            EngineError::new(
                ErrorKind::Missing,
                name.to_string(),
                format!("the table has no snapshot {id}"),
                "choose one of the table's snapshots",
            )
        })?),
    };
    let schema = match found {
        None => Arc::clone(metadata.current_schema()),
        Some(snapshot) => snapshot.schema(metadata).map_err(fault)?,
    };
    let ids = schema.as_struct().fields().iter().map(|field| field.id);
    let columns = ids.zip(columns(name, &schema)?).collect();
    let mut paths = Vec::new();
    for (_, entry) in warehouse.live_files(loaded, found).await.map_err(fault)? {
        if entry.content_type() != DataContentType::Data {
            return Err(EngineError::new(
                ErrorKind::Unsupported,
                name.to_string(),
                "another program deleted single rows of this table, which Touchstone doesn't show",
                "open the table with another Iceberg reader, or simulate the pipeline again",
            ));
        }
        paths.push(path_of(entry.file_path()));
    }
    // Manifests list files in any order; the names of data files count up.
    paths.sort();
    Ok(DataFiles { paths, columns })
}

fn columns(name: &TableName, schema: &Schema) -> Result<Vec<Column>, EngineError> {
    schema
        .as_struct()
        .fields()
        .iter()
        .map(|field| {
            let data_type = our_type(&field.field_type).ok_or_else(|| {
                EngineError::new(
                    ErrorKind::Unsupported,
                    format!("{name}.{}", field.name),
                    format!("the column has the type {}, which Touchstone doesn't read", field.field_type),
                    "open the table with another Iceberg reader",
                )
            })?;
            Ok(Column {
                name: field.name.clone(),
                data_type,
                required: field.required,
                description: field.doc.clone(),
            })
        })
        .collect()
}

/// The snapshots, newest first.
pub(super) fn snapshots(metadata: &TableMetadata) -> Vec<SnapshotInfo> {
    let mut snapshots: Vec<_> = metadata.snapshots().collect();
    snapshots.sort_by_key(|snapshot| std::cmp::Reverse(snapshot.sequence_number()));
    snapshots
        .into_iter()
        .map(|snapshot| {
            let summary = snapshot.summary();
            let property = |key: &str| summary.additional_properties.get(key).cloned();
            SnapshotInfo {
                id: snapshot.snapshot_id().to_string(),
                at: DateTime::<Utc>::from_timestamp_millis(snapshot.timestamp_ms()).unwrap_or_default(),
                operation: summary.operation.as_str().to_owned(),
                rows: property("total-records").and_then(|rows| rows.parse().ok()).unwrap_or(0),
                run_id: property(RUN_ID),
                reads: property(READS)
                    .and_then(|reads| serde_json::from_str(&reads).ok())
                    .unwrap_or_default(),
                current: metadata.current_snapshot_id() == Some(snapshot.snapshot_id()),
            }
        })
        .collect()
}
