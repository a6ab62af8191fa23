//! What is known of data and its columns: counts from the grid, evidence from inference.

use std::path::Path;

use touchstone_ingest::{ColumnProfile, CountedText, Inference, Reject, TypeEvidence};
use touchstone_protocol::{
    AlternativeView, ColumnProfileView, ColumnSummary, DataQuery, ErrorCode, EvidenceView, FileView, KeyView,
    ProfileView, RejectView, RpcError, ValueCount,
};
use touchstone_spec::{ContractField, DataType, FileFormat};

use super::{Data, Watched};
use crate::studio::{describe_format, lock};

/// Candidates for the key that a profile lists.
const KEYS: usize = 5;
/// What is known of data. Answers at once; with a watcher every row is counted first.
///
/// # Errors
/// When a file can't be read any more, or the watcher says to stop.
pub(crate) fn profile_view(data: &Data, watched: Option<&dyn Watched>) -> Result<ProfileView, RpcError> {
    if let Some(known) = lock(&data.profile).clone()
        && (known.complete || watched.is_none())
    {
        return Ok(known);
    }
    if let Some(watched) = watched {
        watched.begin(2);
        if watched.advance(1, 1).is_break() {
            return Err(RpcError::new(ErrorCode::Cancelled, "cancelled"));
        }
    }
    let rows = data.grid.len();
    let note = data.grid.file_note();
    let view = ProfileView {
        rows,
        complete: data.is_whole() && data.inference.as_ref().is_none_or(|inference| inference.complete),
        rejects: note.map(|note| note.rejects.iter().map(reject).collect()).unwrap_or_default(),
        rejected: note.map_or(0, |note| note.rejected),
        keys: data.inference.as_deref().map(keys).unwrap_or_default(),
        columns: (0..data.columns.len()).filter_map(|place| column_summary(data, place)).collect(),
    };
    *lock(&data.profile) = Some(view.clone());
    Ok(view)
}

fn column_summary(data: &Data, place: usize) -> Option<ColumnSummary> {
    let column = data.columns.get(place)?;
    let profile = inferred(data, place);
    let highest =
        profile.iter().flat_map(|profile| &profile.top_values).map(|value| value.count).max().unwrap_or(0);
    let bars = profile.iter().flat_map(|profile| &profile.top_values);
    Some(ColumnSummary {
        name: column.name.clone(),
        data_type: column.data_type.clone(),
        null_share: profile
            .filter(|profile| profile.records > 0)
            .map_or(0.0, |profile| profile.nulls as f32 / profile.records as f32),
        bad: profile.and_then(|profile| profile.evidence.first()).map_or(0, |evidence| evidence.failed),
        bars: bars.map(|value| value.count as f32 / highest as f32).collect(),
        evidence: profile
            .map(|profile| evidence(profile, promised(data, place).map(|field| field.data_type.clone()))),
    })
}

/// What inference found of a column: by name, and by place where the header is another one.
fn inferred(data: &Data, column: usize) -> Option<&ColumnProfile> {
    let inference = data.inference.as_deref()?;
    let name = &data.columns.get(column)?.name;
    let named = inference.columns.iter().find(|profile| profile.name == *name);
    named.or_else(|| inference.columns.get(column).filter(|_| inference.columns.len() == data.columns.len()))
}

fn promised(data: &Data, column: usize) -> Option<&ContractField> {
    let name = &data.columns.get(column)?.name;
    data.contract.as_ref()?.iter().find(|field| field.name == *name)
}

fn evidence(profile: &ColumnProfile, promised: Option<DataType>) -> EvidenceView {
    let chosen = profile.evidence.first();
    EvidenceView {
        inferred: profile.inferred.data_type.clone(),
        promised,
        parsed: chosen.map_or(0, |evidence| evidence.parsed),
        failed: chosen.map_or(0, |evidence| evidence.failed),
        failed_examples: chosen.map(failed_examples).unwrap_or_default(),
        nulls: profile.nulls,
        distinct: profile.distinct,
        distinct_exact: profile.distinct_exact,
        reason: profile.reason.clone(),
    }
}

fn failed_examples(evidence: &TypeEvidence) -> Vec<String> {
    evidence.failed_examples.iter().map(|example| example.value.clone()).collect()
}

fn keys(inference: &Inference) -> Vec<KeyView> {
    inference
        .candidate_keys
        .iter()
        .take(KEYS)
        .map(|key| KeyView {
            columns: key.columns.clone(),
            repeats: key.duplicates,
            reason: key.reason.clone(),
        })
        .collect()
}

/// A record that could not be read, for the front doors.
pub(crate) fn reject(reject: &Reject) -> RejectView {
    RejectView {
        record: reject.record,
        line: reject.line,
        byte: reject.byte,
        reason: reject.reason.message.clone(),
        raw: reject.raw.clone(),
    }
}

/// Everything about one column that inference found; a query's filters don't narrow it.
///
/// # Errors
/// When there is no such column.
pub(crate) fn column_view(
    data: &Data,
    _query: &DataQuery,
    column: &str,
) -> Result<ColumnProfileView, RpcError> {
    let place = data.column(column)?;
    let profile = inferred(data, place);
    let chosen = profile.and_then(|profile| profile.evidence.first());
    let count = |count: fn(&ColumnProfile) -> u64| profile.map_or(0, count);
    Ok(ColumnProfileView {
        name: column.to_owned(),
        data_type: data.columns.get(place).map_or(DataType::String, |column| column.data_type.clone()),
        rows: count(|profile| profile.records),
        complete: data.is_whole() && data.inference.as_ref().is_some_and(|inference| inference.complete),
        nulls: count(|profile| profile.nulls),
        empties: count(|profile| profile.empties),
        blanks: count(|profile| profile.blanks),
        bad: chosen.map_or(0, |evidence| evidence.failed),
        bad_examples: chosen.map(failed_examples).unwrap_or_default(),
        distinct: count(|profile| profile.distinct),
        distinct_exact: profile.is_some_and(|profile| profile.distinct_exact),
        min: profile.and_then(|profile| profile.min_value.clone().or_else(|| profile.min_text.clone())),
        max: profile.and_then(|profile| profile.max_value.clone().or_else(|| profile.max_text.clone())),
        mean: None,
        histogram: Vec::new(),
        histogram_of: "values".to_owned(),
        top: profile.map(|profile| counts_of(&profile.top_values)).unwrap_or_default(),
        shapes: profile.map(|profile| counts_of(&profile.shapes)).unwrap_or_default(),
        alternatives: profile.map(alternatives).unwrap_or_default(),
        reason: profile.map(|profile| profile.reason.clone()),
    })
}

fn counts_of(counted: &[CountedText]) -> Vec<ValueCount> {
    counted.iter().map(|one| ValueCount { value: one.text.clone(), count: one.count }).collect()
}

fn alternatives(profile: &ColumnProfile) -> Vec<AlternativeView> {
    profile
        .evidence
        .iter()
        .enumerate()
        .map(|(place, evidence)| {
            let chosen = (place == 0).then_some(&profile.inferred);
            let mark = |mark: char| mark.to_string();
            AlternativeView {
                data_type: evidence.data_type.clone(),
                format: chosen.and_then(|field| field.format.clone()),
                decimal_mark: chosen.and_then(|field| field.decimal_mark).map(mark),
                group_mark: chosen.and_then(|field| field.grouping_mark).map(mark),
                parsed: evidence.parsed,
                failed: evidence.failed,
                failed_examples: failed_examples(evidence),
                reason: evidence.reason_rejected.clone().unwrap_or_else(|| profile.reason.clone()),
                chosen: place == 0,
            }
        })
        .collect()
}

/// A data file at first sight.
///
/// # Errors
/// When the file can't be read any more.
pub(crate) fn file_view(data: &Data, path: &Path) -> Result<FileView, RpcError> {
    let inference = data.inference.as_deref();
    let evidence = inference.map(|inference| {
        let reasons = [
            &inference.encoding.reason,
            &inference.dialect.reason,
            &inference.header.reason,
            &inference.footer.reason,
        ];
        let notes = inference.notes.iter().map(|note| &note.message);
        reasons.into_iter().filter(|reason| !reason.is_empty()).chain(notes).cloned().collect()
    });
    Ok(FileView {
        path: path.to_string_lossy().into_owned(),
        name: path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        bytes: std::fs::metadata(path).map_or(0, |metadata| metadata.len()),
        format: inference
            .map(|inference| describe_format(&FileFormat::Csv(inference.format.clone())))
            .unwrap_or_default(),
        format_evidence: evidence.unwrap_or_default(),
        profile: profile_view(data, None)?,
    })
}
