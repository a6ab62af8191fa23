//! Sources: their formats, their samples and single records of these, and the reader's errors for people.

use std::path::Path;

use touchstone_compiler::SourceColumn;
use touchstone_ingest::{CountedText, CsvReader, InferOptions, IngestError, IngestErrorCode, infer};
use touchstone_protocol::{ErrorCode, RecordView, RpcError};
use touchstone_spec::{ContractField, CsvFormat, FileFormat, FileSource, Source};

use crate::workspace::Workspace;

/// Records read at once while one of them is looked for.
const BATCH: usize = 8_192;

/// The reader's error for the front doors.
pub fn ingest_error(error: &IngestError) -> RpcError {
    let place = error.place().to_string();
    let code =
        if error.code() == IngestErrorCode::Cancelled { ErrorCode::Cancelled } else { ErrorCode::Failed };
    let message =
        if place.is_empty() { error.reason().to_owned() } else { format!("{place}: {}", error.reason()) };
    let mut answer = RpcError::new(code, message);
    if !error.next_step().is_empty() {
        answer.help = Some(error.next_step().to_owned());
    }
    answer
}

/// The format of a source written `pipeline.source`.
///
/// # Errors
/// When there is none.
pub fn source_format(workspace: &Workspace, source: &str) -> Result<CsvFormat, RpcError> {
    let (pipeline, name) = source.split_once('.').unwrap_or((source, source));
    let document = workspace.document(pipeline)?;
    match document.pipeline.as_ref().and_then(|spec| spec.sources.get(name)) {
        Some(Source::File(file)) => {
            let FileFormat::Csv(format) = file.format.clone();
            Ok(format)
        }
        None => Err(RpcError::new(ErrorCode::NotFound, format!("`{pipeline}` has no source `{name}`"))
            .with_help("write PIPELINE.SOURCE, as in trades.trades")),
    }
}

/// The source of a pipeline, with the path of its sample relative to the workspace.
///
/// # Errors
/// When there is no such pipeline, source or sample.
pub(crate) fn sample_of<'workspace>(
    workspace: &'workspace Workspace,
    pipeline: &str,
    source: &str,
) -> Result<(&'workspace FileSource, &'workspace str), RpcError> {
    let document = workspace.document(pipeline)?;
    let Some(Source::File(file)) = document.pipeline.as_ref().and_then(|spec| spec.sources.get(source))
    else {
        return Err(RpcError::new(ErrorCode::NotFound, format!("`{pipeline}` has no source `{source}`"))
            .with_help("open the pipeline again to see its sources"));
    };
    let Some(sample) = &file.sample else {
        return Err(RpcError::new(ErrorCode::NotFound, format!("the source `{source}` has no sample"))
            .with_help("add `sample: samples/FILE` to the source"));
    };
    Ok((file, sample))
}

/// The columns that a source's contract promises, with what its sample shows of their values.
///
/// # Errors
/// When there is no such pipeline, source or sample, or the sample can't be read.
pub fn sample_columns(
    workspace: &Workspace,
    pipeline: &str,
    source: &str,
) -> Result<Vec<SourceColumn>, RpcError> {
    let (file, sample) = sample_of(workspace, pipeline, source)?;
    let path = workspace.root.join(sample);
    let inference = infer(path.as_path(), &InferOptions::default()).map_err(|error| ingest_error(&error))?;
    let column = |field: &ContractField| {
        let profile = inference.columns.iter().find(|profile| profile.name == field.name);
        let texts = |counted: &[CountedText]| counted.iter().map(|one| one.text.clone()).collect();
        SourceColumn {
            required: field.required,
            values: profile.map(|profile| texts(&profile.top_values)).unwrap_or_default(),
            shapes: profile.map(|profile| texts(&profile.shapes)).unwrap_or_default(),
            identifier: profile
                .and_then(|profile| profile.identifier.as_ref())
                .map(|identifier| identifier.kind.as_str().to_owned()),
            ..SourceColumn::new(&field.name, field.data_type.clone())
        }
    };
    Ok(file.contract.iter().map(column).collect())
}

/// A record as it is in its file.
///
/// # Errors
/// When the file can't be read in the format, or has no such record.
pub(crate) fn record(
    path: &Path,
    file: &str,
    format: &CsvFormat,
    number: u64,
) -> Result<RecordView, RpcError> {
    let failed = |error: IngestError| ingest_error(&error);
    let mut reader = CsvReader::open(path, format).map_err(failed)?;
    let columns = reader.columns().to_vec();
    while let Some(batch) = reader.next_batch(BATCH).map_err(failed)? {
        if let Some(reject) = batch.rejects.iter().find(|reject| reject.record == number) {
            return Ok(RecordView {
                file: file.to_owned(),
                record: number,
                line: reject.line,
                byte: reject.byte,
                raw: reject.raw.clone(),
                fields: Vec::new(),
            });
        }
        let Ok(row) = batch.record_numbers.binary_search(&number) else {
            if batch.record_numbers.last().is_some_and(|last| *last > number) {
                break;
            }
            continue;
        };
        let byte = batch.byte_offsets.get(row).copied().unwrap_or_default();
        let text = CsvReader::records_at(path, format, &[byte]).map_err(failed)?;
        let raw = text.into_iter().next().flatten().map(|record| record.text).unwrap_or_default();
        let cells = batch.columns.iter().map(|column| column.get(row).map(str::to_owned));
        return Ok(RecordView {
            file: file.to_owned(),
            record: number,
            line: batch.lines.get(row).copied().unwrap_or_default(),
            byte,
            raw,
            fields: columns.into_iter().zip(cells).collect(),
        });
    }
    Err(RpcError::new(ErrorCode::NotFound, format!("{file} has no record {number}"))
        .with_help("the file may have changed since it was read; simulate again"))
}
