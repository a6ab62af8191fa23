//! Sources: their formats, their samples and single records of these, and the reader's errors for people.

use std::path::Path;

use touchstone_ingest::{CsvReader, IngestError, IngestErrorCode};
use touchstone_protocol::{ErrorCode, RecordView, RpcError};
use touchstone_spec::{CsvFormat, FileFormat, FileSource, Source};

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
