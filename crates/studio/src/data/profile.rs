//! What is known of data and its columns: counts from the grid, evidence from inference.

use std::{ops::ControlFlow, path::Path};

use touchstone_engine::{GridProfile, GridProgress, GridSummary, grid_unwatched};
use touchstone_ingest::{ColumnProfile, Inference, Reject, TypeEvidence};
use touchstone_protocol::{
    AlternativeView, BinView, ColumnProfileView, ColumnSummary, DataQuery, EvidenceView, FileView, KeyView,
    ProfileView, RejectView, RpcError, ValueCount,
};
use touchstone_spec::{ContractField, DataType, FileFormat};

use super::{COLUMNS, Data, Watched};
use crate::{
    simulation::engine_error,
    studio::{describe_format, lock},
};

/// Candidates for the key that a profile lists.
const KEYS: usize = 5;
/// Rows up to which all are counted at once; of more, some that are spread evenly.
const COUNTED_AT_ONCE: u64 = 65_536;

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
    let all = data.grid.all();
    let summaries = match watched {
        None => data.grid.summary(&all, data.grid.len() > COUNTED_AT_ONCE, &grid_unwatched),
        Some(watched) => {
            watched.begin(2);
            let watch = |progress: GridProgress| watched.advance(progress.done, progress.total);
            data.grid.summary(&all, false, &watch)
        }
    };
    let summaries = summaries.map_err(|error| engine_error(&error))?;
    let rows = data.grid.len();
    let counted_all = summaries.iter().all(|summary| summary.exact);
    let note = data.grid.file_note();
    let view = ProfileView {
        format: data.format().map(|format| describe_format(&FileFormat::Csv(format.clone()))),
        rows,
        complete: data.is_whole()
            && counted_all
            && data.inference.as_ref().is_none_or(|inference| inference.complete),
        rejects: note.map(|note| note.rejects.iter().map(reject).collect()).unwrap_or_default(),
        rejected: note.map_or(0, |note| note.rejected),
        notes: note.map(|note| note.notes.clone()).unwrap_or_default(),
        keys: data.inference.as_deref().map(keys).unwrap_or_default(),
        columns: summaries.iter().filter_map(|summary| column_summary(data, summary)).collect(),
    };
    *lock(&data.profile) = Some(view.clone());
    Ok(view)
}

fn column_summary(data: &Data, summary: &GridSummary) -> Option<ColumnSummary> {
    let column = data.columns.get(summary.column)?;
    let counts = summary.counts;
    let nulls = counts.nulls + counts.null_markers;
    let bars: Vec<u64> = if summary.histogram.is_empty() {
        summary.top_values.iter().map(|value| value.count).collect()
    } else {
        summary.histogram.iter().map(|bin| bin.count).collect()
    };
    let highest = bars.iter().copied().max().unwrap_or(0);
    Some(ColumnSummary {
        name: column.name.clone(),
        data_type: column.data_type.clone(),
        null_share: if counts.rows == 0 { 0.0 } else { nulls as f32 / counts.rows as f32 },
        bad: counts.bad,
        bars: bars
            .into_iter()
            .map(|count| if highest == 0 { 0.0 } else { count as f32 / highest as f32 })
            .collect(),
        evidence: inferred(data, summary.column).map(|profile| {
            evidence(profile, promised(data, summary.column).map(|field| field.data_type.clone()))
        }),
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
        nulls: profile.no_values(),
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
            identifies: key.identifies,
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

/// Everything about one column, over the rows that pass the query's filters.
///
/// # Errors
/// When there is no such column, or as rows of the query.
pub(crate) fn column_view(
    data: &Data,
    query: &DataQuery,
    column: &str,
) -> Result<ColumnProfileView, RpcError> {
    // In which order the rows come makes no difference.
    let query = DataQuery { sort: Vec::new(), ..query.clone() };
    let known = lock(&data.profiles);
    if let Some((_, _, view)) = known.iter().find(|(of, name, _)| *of == query && name == column) {
        return Ok(view.clone());
    }
    drop(known);
    let place = data.column(column)?;
    let view = data.view(&query)?;
    let unwatched = |_: GridProgress| ControlFlow::Continue(());
    let profile = data.grid.profile(&view, place, &unwatched).map_err(|error| engine_error(&error))?;
    let view = column_profile(data, place, &profile);
    let mut known = lock(&data.profiles);
    if known.len() >= COLUMNS {
        known.remove(0);
    }
    known.push((query, column.to_owned(), view.clone()));
    Ok(view)
}

fn column_profile(data: &Data, place: usize, profile: &GridProfile) -> ColumnProfileView {
    let inferred = inferred(data, place);
    let (name, data_type) = data.columns.get(place).map_or_else(
        || (String::new(), DataType::String),
        |column| (column.name.clone(), column.data_type.clone()),
    );
    let counts = profile.counts;
    ColumnProfileView {
        name,
        histogram_of: histogram_of(&data_type).to_owned(),
        data_type,
        rows: counts.rows,
        complete: data.is_whole() && profile.exact,
        nulls: counts.nulls + counts.null_markers,
        empties: counts.empties,
        blanks: counts.blanks,
        bad: counts.bad,
        misread: counts.misread,
        null_like: counts_of(&profile.null_like),
        bad_examples: profile.bad_values.iter().filter_map(|bad| bad.text.clone()).collect(),
        distinct: profile.distinct,
        distinct_exact: profile.exact,
        min: profile.min.clone(),
        max: profile.max.clone(),
        mean: profile.mean.map(|mean| number_as_in(field_of(data, place), mean)),
        histogram: profile
            .histogram
            .iter()
            .map(|bin| BinView { low: bin.from.clone(), high: bin.to.clone(), count: bin.count })
            .collect(),
        top: counts_of(&profile.top_values),
        shapes: counts_of(&profile.shapes),
        distinct_shapes: profile.distinct_shapes,
        alternatives: inferred.map(alternatives).unwrap_or_default(),
        reason: inferred.map(|profile| profile.reason.clone()),
    }
}

/// How the cells of a column are written: as the contract says, or as was found.
fn field_of(data: &Data, place: usize) -> Option<&ContractField> {
    // A table's values are written in one way, whatever the file's was.
    data.grid.file_note()?;
    promised(data, place).or_else(|| Some(&inferred(data, place)?.evidence.first()?.field))
}

/// A number in the writing of a column, to six places: beside the least and the greatest it must not read as another.
fn number_as_in(field: Option<&ContractField>, number: f64) -> String {
    let text = format!("{:.6}", number.abs());
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let mut written = String::new();
    if number < 0.0 && text != "0" {
        written.push('-');
    }
    let grouping = field.and_then(|field| field.grouping_mark);
    for (at, digit) in whole.chars().enumerate() {
        if let Some(mark) = grouping.filter(|_| at > 0 && (whole.len() - at).is_multiple_of(3)) {
            written.push(mark);
        }
        written.push(digit);
    }
    if let Some(fraction) = fraction {
        written.push(field.and_then(|field| field.decimal_mark).unwrap_or('.'));
        written.push_str(fraction);
    }
    written
}

fn counts_of(counted: &[touchstone_engine::ValueCount]) -> Vec<ValueCount> {
    counted.iter().map(|one| ValueCount { value: one.text.clone(), count: one.count }).collect()
}

fn histogram_of(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Date => "days",
        DataType::Time | DataType::Timestamp | DataType::Timestamptz => "times",
        _ => "values",
    }
}

fn alternatives(profile: &ColumnProfile) -> Vec<AlternativeView> {
    profile
        .evidence
        .iter()
        .enumerate()
        .map(|(place, evidence)| {
            let mark = |mark: char| mark.to_string();
            AlternativeView {
                data_type: evidence.data_type.clone(),
                format: evidence.field.format.clone(),
                decimal_mark: evidence.field.decimal_mark.map(mark),
                group_mark: evidence.field.grouping_mark.map(mark),
                negative: evidence.field.negative,
                true_values: evidence.field.true_values.clone(),
                false_values: evidence.field.false_values.clone(),
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
            inference.encoding.reason.clone(),
            inference.dialect.reason.clone(),
            inference.quote_reason(),
            inference.trim_reason().unwrap_or_default(),
            inference.header.reason.clone(),
            inference.footer.reason.clone(),
        ];
        let nulls = inference.columns.iter().flat_map(|column| {
            let accepted = column.null_markers.iter().filter(|marker| marker.accepted);
            accepted.map(move |marker| format!("null {} in {}: {}", marker.text, column.name, marker.reason))
        });
        let notes = inference.notes.iter().map(|note| note.message.clone());
        let reasons = reasons.into_iter().filter(|reason| !reason.is_empty());
        reasons.chain(nulls).chain(notes).collect()
    });
    Ok(FileView {
        path: path.to_string_lossy().into_owned(),
        name: path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        bytes: std::fs::metadata(path).map_or(0, |metadata| metadata.len()),
        format: inference
            .map(|inference| describe_format(&FileFormat::Csv(inference.format.clone())))
            .unwrap_or_default(),
        csv: inference.map(|inference| inference.format.clone()),
        format_evidence: evidence.unwrap_or_default(),
        profile: profile_view(data, None)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_is_written_as_the_values_are() {
        let mut field = ContractField::new("Px", DataType::Double);
        (field.decimal_mark, field.grouping_mark) = (Some(','), Some('.'));
        assert_eq!(number_as_in(Some(&field), 275.208_316), "275,208316");
        assert_eq!(number_as_in(Some(&field), -6_848_100.5), "-6.848.100,5");
        assert_eq!(number_as_in(Some(&field), 848.0), "848");
        assert_eq!(number_as_in(None, 6_848.25), "6848.25");
        assert_eq!(number_as_in(None, -0.000_000_1), "0");
    }
}
