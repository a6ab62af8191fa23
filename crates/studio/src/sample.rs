//! Samples: their rows for the grid, and the evidence for their types. A file is read once and remembered until it
//! changes.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use touchstone_ingest::{
    CsvReader, InferOptions, Inference, IngestError, IngestErrorCode, Reject, TextBatch, infer,
};
use touchstone_protocol::{
    ColumnSummary, ColumnView, DataView, ErrorCode, EvidenceView, ProfileView, RejectView, RpcError,
};
use touchstone_spec::{ContractField, CsvFormat, FileFormat, Source};

use crate::{file::io_error, workspace::Workspace};

/// Samples that are remembered: those a steward goes back and forth between.
const REMEMBERED: usize = 4;
/// Records read at once.
const BATCH: usize = 8_192;
/// Rejected records that a view holds.
const REJECTS_SHOWN: usize = 100;

/// Samples read so far.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    known: Mutex<Vec<Arc<Sample>>>,
}

/// A sample that was read.
#[derive(Debug)]
struct Sample {
    key: Key,
    columns: Vec<String>,
    batches: Vec<TextBatch>,
    rows: u64,
    rejects: Vec<Reject>,
    rejected: u64,
    inference: Inference,
}

/// What a remembered sample is good for: the file as it was, read in this format.
#[derive(Debug, Clone, PartialEq)]
struct Key {
    path: PathBuf,
    modified: Option<SystemTime>,
    length: u64,
    format: CsvFormat,
}

impl Samples {
    /// `limit` rows of a source's sample from row `offset`.
    ///
    /// # Errors
    /// When there is no such source or sample, or it can't be read in the source's format.
    pub(crate) async fn rows(
        &self,
        workspace: &Workspace,
        pipeline: &str,
        source: &str,
        offset: u64,
        limit: u64,
    ) -> Result<DataView, RpcError> {
        let (sample, contract) = self.sample(workspace, pipeline, source).await?;
        Ok(rows(&sample, &contract, offset, limit))
    }

    /// What is known of a source's sample.
    ///
    /// # Errors
    /// As [`Samples::rows`].
    pub(crate) async fn profile(
        &self,
        workspace: &Workspace,
        pipeline: &str,
        source: &str,
    ) -> Result<ProfileView, RpcError> {
        let (sample, contract) = self.sample(workspace, pipeline, source).await?;
        Ok(profile(&sample, &contract))
    }

    async fn sample(
        &self,
        workspace: &Workspace,
        pipeline: &str,
        source: &str,
    ) -> Result<(Arc<Sample>, Vec<ContractField>), RpcError> {
        let document = workspace.document(pipeline)?;
        let Some(Source::File(file)) = document.pipeline.as_ref().and_then(|spec| spec.sources.get(source))
        else {
            return Err(RpcError::new(ErrorCode::NotFound, format!("`{pipeline}` has no source `{source}`")));
        };
        let Some(sample) = &file.sample else {
            return Err(RpcError::new(ErrorCode::NotFound, format!("the source `{source}` has no sample"))
                .with_help("add `sample: samples/FILE` to the source"));
        };
        let FileFormat::Csv(format) = file.format.clone();
        let path = workspace.root.join(sample);
        let metadata = std::fs::metadata(&path).map_err(|error| io_error(&path, &error))?;
        let key = Key { path, modified: metadata.modified().ok(), length: metadata.len(), format };
        let read = if let Some(known) = self.find(&key) {
            known
        } else {
            let task = tokio::task::spawn_blocking(move || read(key));
            let read = task.await.map_err(|error| {
                RpcError::new(ErrorCode::Failed, format!("reading the sample stopped: {error}"))
            })??;
            self.remember(read)
        };
        Ok((read, file.contract.clone()))
    }

    fn find(&self, key: &Key) -> Option<Arc<Sample>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|sample| sample.key == *key).cloned()
    }

    fn remember(&self, sample: Sample) -> Arc<Sample> {
        let sample = Arc::new(sample);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|other| other.key.path != sample.key.path);
        if known.len() >= REMEMBERED {
            known.remove(0);
        }
        known.push(Arc::clone(&sample));
        sample
    }
}

fn read(key: Key) -> Result<Sample, RpcError> {
    let mut reader = CsvReader::open(&key.path, &key.format).map_err(|error| ingest_error(&error))?;
    let columns = reader.columns().to_vec();
    let (mut batches, mut rejects, mut rows) = (Vec::new(), Vec::new(), 0_u64);
    while let Some(mut batch) = reader.next_batch(BATCH).map_err(|error| ingest_error(&error))? {
        let room = REJECTS_SHOWN.saturating_sub(rejects.len());
        rejects.extend(std::mem::take(&mut batch.rejects).into_iter().take(room));
        rows += batch.record_numbers.len() as u64;
        batches.push(batch);
    }
    let totals = reader.finish();
    let inference =
        infer(key.path.as_path(), &InferOptions::default()).map_err(|error| ingest_error(&error))?;
    Ok(Sample { key, columns, batches, rows, rejects, rejected: totals.rejected, inference })
}

fn rows(sample: &Sample, contract: &[ContractField], offset: u64, limit: u64) -> DataView {
    let columns = sample
        .columns
        .iter()
        .enumerate()
        .map(|(position, name)| {
            let evidence = evidence(sample, position, name, contract);
            ColumnView {
                name: name.clone(),
                data_type: evidence.promised.unwrap_or(evidence.inferred),
                expression: None,
            }
        })
        .collect();
    let (mut rows, mut row_ids) = (Vec::new(), Vec::new());
    let mut start = 0_u64;
    for batch in &sample.batches {
        let length = batch.record_numbers.len() as u64;
        let first = offset.saturating_sub(start).min(length);
        let last = offset.saturating_add(limit).saturating_sub(start).min(length);
        for row in first..last {
            let Ok(row) = usize::try_from(row) else { continue };
            rows.push(batch.columns.iter().map(|column| column.get(row).map(str::to_owned)).collect());
            row_ids.extend(batch.record_numbers.get(row).map(|record| record.saturating_sub(1)));
        }
        start += length;
    }
    DataView { columns, rows, row_ids, bad: Vec::new(), offset, total: sample.rows, complete: true }
}

fn profile(sample: &Sample, contract: &[ContractField]) -> ProfileView {
    let summary = |(position, name): (usize, &String)| {
        let evidence = evidence(sample, position, name, contract);
        ColumnSummary {
            name: name.clone(),
            data_type: evidence.promised.clone().unwrap_or_else(|| evidence.inferred.clone()),
            null_share: if sample.rows == 0 { 0.0 } else { evidence.nulls as f32 / sample.rows as f32 },
            bad: evidence.failed,
            bars: Vec::new(),
            evidence: Some(evidence),
        }
    };
    ProfileView {
        rows: sample.rows,
        complete: true,
        rejects: sample
            .rejects
            .iter()
            .map(|reject| RejectView {
                record: reject.record,
                line: reject.line,
                byte: reject.byte,
                reason: reject.reason.message.clone(),
                raw: reject.raw.clone(),
            })
            .collect(),
        rejected: sample.rejected,
        keys: Vec::new(),
        columns: sample.columns.iter().enumerate().map(summary).collect(),
    }
}

fn evidence(sample: &Sample, position: usize, name: &str, contract: &[ContractField]) -> EvidenceView {
    let has_header = sample.key.format.header_row > 0;
    let promised =
        if has_header { contract.iter().find(|field| field.name == name) } else { contract.get(position) };
    let profile = sample
        .inference
        .columns
        .iter()
        .find(|profile| profile.name == name)
        .or_else(|| sample.inference.columns.get(position));
    let promised = promised.map(|field| field.data_type.clone());
    let Some(profile) = profile else {
        return EvidenceView {
            inferred: touchstone_spec::DataType::String,
            promised,
            parsed: 0,
            failed: 0,
            failed_examples: Vec::new(),
            nulls: 0,
            distinct: 0,
            distinct_exact: true,
            reason: "the file was inferred in another format, so there is no evidence for this column"
                .to_owned(),
        };
    };
    let chosen = profile.evidence.first();
    EvidenceView {
        inferred: profile.inferred.data_type.clone(),
        promised,
        parsed: chosen.map_or(0, |evidence| evidence.parsed),
        failed: chosen.map_or(0, |evidence| evidence.failed),
        failed_examples: chosen
            .map(|evidence| evidence.failed_examples.iter().map(|example| example.value.clone()).collect())
            .unwrap_or_default(),
        nulls: profile.nulls,
        distinct: profile.distinct,
        distinct_exact: profile.distinct_exact,
        reason: profile.reason.clone(),
    }
}

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
