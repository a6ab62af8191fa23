//! From counts to a proposal: each column's type with the evidence for and against it.

use touchstone_spec::{ContractField, CsvFormat, DataType};

use super::{
    ColumnProfile, CountedText, IdentifierEvidence, NullMarker, TypeEvidence,
    candidates::{self, Candidate, FileVotes, Kind},
    identifiers::{self, IdentifierKind, NameHint},
    nulls::{self, Marker},
    survey::{Survey, TypeTally},
};
use crate::{ValueParser, value::shortened};

/// A column is proposed to be of a type that at least this share of its values is of, in percent.
pub(super) const THRESHOLD: u64 = 95;

/// The columns' profiles, and what the format says about 'no value' and blanks.
pub(super) struct Decision {
    pub(super) columns: Vec<ColumnProfile>,
    pub(super) null_values: Vec<String>,
    pub(super) trim: bool,
}

struct Column<'survey> {
    name: &'survey str,
    survey: &'survey Survey,
    tally: TypeTally,
    candidates: Vec<Candidate>,
    /// Index of the chosen candidate; None: text.
    chosen: Option<usize>,
    reason: String,
    /// Why the candidate that would have been chosen isn't.
    kept_as_text: Option<String>,
    identifier: Option<IdentifierKind>,
    markers: Vec<NullMarker>,
}

/// Decides about all columns together, because marks and orders of dates go by file.
pub(super) fn decide(names: &[String], surveys: &[Survey], format: &CsvFormat) -> Decision {
    let tallies: Vec<TypeTally> = surveys.iter().map(Survey::tally).collect();
    let votes = FileVotes::count(&tallies, format.delimiter);
    let mut columns: Vec<Column<'_>> = names
        .iter()
        .zip(surveys)
        .zip(tallies)
        .map(|((name, survey), tally)| choose(name, survey, tally, &votes))
        .collect();
    let null_values = agree_on_markers(&mut columns);
    let trim = surveys.iter().any(|survey| survey.padded > 0 || survey.blanks > 0);
    // Evidence is counted as the proposed format will read: markers are null, blanks around are dropped.
    let reading = CsvFormat { null_values: null_values.clone(), trim: true, ..format.clone() };
    let columns = columns
        .into_iter()
        .enumerate()
        .map(|(index, column)| profile(column, index.saturating_add(1), &reading))
        .collect();
    Decision { columns, null_values, trim }
}

fn choose<'survey>(
    name: &'survey str,
    survey: &'survey Survey,
    tally: TypeTally,
    votes: &FileVotes,
) -> Column<'survey> {
    let candidates = candidates::of(name, survey, &tally, votes);
    let enough = |parsed: u64| {
        tally.values > 0 && u128::from(parsed) * 100 >= u128::from(tally.values) * u128::from(THRESHOLD)
    };
    let chosen = candidates.iter().position(|candidate| candidate.eligible && enough(candidate.parsed));
    let identifier = IdentifierKind::ALL
        .into_iter()
        .find(|kind| tally.of_kind(*kind) > 0 && enough(tally.of_kind(*kind)) && survey.distinct() > 1);
    let mut column = Column {
        name,
        survey,
        tally,
        candidates,
        chosen,
        reason: String::new(),
        kept_as_text: None,
        identifier,
        markers: Vec::new(),
    };
    if let Some(reason) = identifier_reason(&column) {
        column.kept_as_text = column.chosen.map(|_| reason.clone());
        column.chosen = None;
        column.reason = reason;
    } else {
        column.reason = match column.chosen.and_then(|index| column.candidates.get(index)) {
            Some(candidate) => candidate.reason.clone(),
            None if column.tally.values == 0 => "there is no value to judge by".to_owned(),
            None => match column.candidates.iter().max_by_key(|candidate| candidate.parsed) {
                Some(best) if best.eligible => format!(
                    "no type fits {THRESHOLD} % of the values; the nearest, {}, fits {} of {}",
                    best.field.data_type, best.parsed, column.tally.values
                ),
                _ => "the values are texts".to_owned(),
            },
        };
    }
    column
}

/// Why a column is an identifier and so stays text; None when it isn't one.
fn identifier_reason(column: &Column<'_>) -> Option<String> {
    let tally = &column.tally;
    if let Some(kind) = column.identifier {
        return Some(format!(
            "{} of {} values have the form and the check digits of {}: an identifier, which stays text",
            tally.of_kind(kind),
            tally.values,
            kind.with_article()
        ));
    }
    let chosen = column.chosen.and_then(|index| column.candidates.get(index))?;
    let Kind::Number { .. } = chosen.kind else { return None };
    let numbers = &tally.numbers;
    if numbers.leading_zeros > 0 {
        return Some(format!(
            "{} of {} values begin with 0, as identifiers do; as numbers they would lose it",
            numbers.leading_zeros, tally.values
        ));
    }
    let whole = numbers.digits_only.saturating_mul(100) >= tally.values.saturating_mul(THRESHOLD);
    let (shortest, longest) = numbers.digits_lengths?;
    if !whole {
        return None;
    }
    if longest > 18 {
        return Some(format!("values of up to {longest} digits are identifiers, not quantities"));
    }
    match identifiers::name_hint(column.name) {
        NameHint::Strong => Some(format!("`{}` names an identifier, which stays text", column.name)),
        NameHint::Weak if shortest == longest && shortest >= 5 && column.survey.distinct() > 1 => Some(
            format!("`{}` with {shortest} digits throughout is an identifier, which stays text", column.name),
        ),
        _ => None,
    }
}

/// Decides which texts stand for 'no value'. The format has one list for all columns, so that a text which may be
/// a value in one column isn't on it.
fn agree_on_markers(columns: &mut [Column<'_>]) -> Vec<String> {
    for column in &mut *columns {
        for text in nulls::all() {
            let count = column.survey.count_of(text);
            if count > 0 {
                let (accepted, reason) = judge_marker(column, text, count);
                column.markers.push(NullMarker { text: text.to_owned(), count, accepted, reason });
            }
        }
    }
    let mut accepted: Vec<String> = Vec::new();
    for text in nulls::all() {
        let with = |column: &&Column<'_>| column.markers.iter().any(|marker| marker.text == text);
        let refused = columns
            .iter()
            .filter(with)
            .find(|column| column.markers.iter().any(|marker| marker.text == text && !marker.accepted))
            .map(|column| column.name.to_owned());
        let wanted = columns
            .iter()
            .any(|column| column.markers.iter().any(|marker| marker.text == text && marker.accepted));
        if !wanted {
            continue;
        }
        match refused {
            None => accepted.push(text.to_owned()),
            Some(other) => {
                for marker in columns.iter_mut().flat_map(|column| &mut column.markers) {
                    if marker.text == text && marker.accepted {
                        marker.accepted = false;
                        marker.reason = format!("it may be a value in `{other}`, and the list goes by file");
                    }
                }
            }
        }
    }
    accepted
}

/// Whether a text is there often enough, or is so plainly no word, that it is more than a slip.
fn is_weighty(text: &str, count: u64, values: u64) -> bool {
    let sign = text.chars().all(|character| !character.is_alphanumeric());
    sign || (count >= 3 && count.saturating_mul(1000) >= values)
}

fn judge_marker(column: &Column<'_>, text: &str, count: u64) -> (bool, String) {
    let clear = nulls::marker(text) == Some(Marker::Clear);
    let typed =
        column.chosen.and_then(|index| column.candidates.get(index)).map(|chosen| &chosen.field.data_type);
    let values = column.tally.values;
    match typed {
        Some(data_type) if clear => (true, format!("the other values are of type {data_type}")),
        Some(data_type) => {
            if is_weighty(text, count, values) {
                (true, format!("the other values are of type {data_type}"))
            } else {
                (false, "it occurs too seldom to be more than a slip".to_owned())
            }
        }
        None if clear && values > 0 => (true, "no text means anything else by it".to_owned()),
        None if clear => (false, "the column has no other value".to_owned()),
        None => (false, "in a column of texts it may be a value".to_owned()),
    }
}

fn profile(column: Column<'_>, position: usize, reading: &CsvFormat) -> ColumnProfile {
    let survey = column.survey;
    let markers: u64 =
        column.markers.iter().filter(|marker| marker.accepted).map(|marker| marker.count).sum();
    let values = survey.values().saturating_sub(markers);
    let chosen = column.chosen.and_then(|index| column.candidates.get(index));
    let mut inferred = chosen.map_or_else(
        || ContractField::new(column.name, DataType::String),
        |candidate| candidate.field.clone(),
    );
    // What isn't read as the type, and often stands for no value, may come to be null by a word of a person.
    let unread: Vec<&NullMarker> =
        column.markers.iter().filter(|marker| chosen.is_some() && !marker.accepted).collect();
    inferred.required = values > 0
        && values == survey.records
        && !unread.iter().any(|marker| is_weighty(&marker.text, marker.count, column.tally.values));
    let reason = if unread.is_empty() {
        column.reason.clone()
    } else {
        let told: Vec<String> =
            unread.iter().map(|marker| format!("{} × `{}`", marker.count, marker.text)).collect();
        format!("{}; {}, which often stands for no value, is not read as one", column.reason, told.join(", "))
    };
    let (min_value, max_value) = chosen.map_or((None, None), |candidate| candidate.bounds.clone());
    let mut evidence = type_evidence(&column, values, inferred.required, reading);
    let text = TypeEvidence {
        data_type: DataType::String,
        field: ContractField {
            required: inferred.required,
            ..ContractField::new(column.name, DataType::String)
        },
        format: None,
        parsed: values,
        failed: 0,
        failed_examples: Vec::new(),
        reason_rejected: column.chosen.map(|_| "any value is a text; the narrower type says more".to_owned()),
    };
    if column.chosen.is_none() {
        evidence.insert(0, text);
    } else {
        evidence.push(text);
    }
    let kept = survey.kept();
    let mut by_count = kept.clone();
    by_count.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.first.cmp(&other.first)));
    ColumnProfile {
        name: column.name.to_owned(),
        position,
        inferred,
        reason,
        evidence,
        identifier: column.identifier.map(|kind| identifier_evidence(&column, kind, values, reading)),
        records: survey.records,
        nulls: survey.nulls,
        empties: survey.empties,
        blanks: survey.blanks,
        padded: survey.padded,
        distinct: survey.distinct(),
        distinct_exact: survey.exact(),
        min_text: survey.min_text.as_deref().map(shortened),
        max_text: survey.max_text.as_deref().map(shortened),
        min_value,
        max_value,
        min_length: survey.min_length.unwrap_or(0),
        max_length: survey.max_length,
        top_values: by_count
            .iter()
            .take(10)
            .map(|kept| CountedText { text: shortened(&kept.text), count: kept.count })
            .collect(),
        examples: kept.iter().take(5).map(|kept| shortened(&kept.text)).collect(),
        leading_zeros: column.tally.numbers.leading_zeros,
        shapes: survey.top_shapes(5).into_iter().map(|(text, count)| CountedText { text, count }).collect(),
        null_markers: column.markers,
    }
}

/// The types that were tried, the chosen one first.
fn type_evidence(column: &Column<'_>, values: u64, required: bool, reading: &CsvFormat) -> Vec<TypeEvidence> {
    let mut evidence = Vec::new();
    for (index, candidate) in column.candidates.iter().enumerate() {
        let Ok(parser) = ValueParser::new(&candidate.field, reading) else { continue };
        let is_value = |text: &str| !parser.is_null(text);
        let mut parsed = candidate.kind.count(&column.survey.overflow);
        let mut failed_examples = Vec::new();
        for kept in column.survey.kept().into_iter().filter(|kept| is_value(&kept.text)) {
            if parser.accepts(&kept.text) {
                parsed = parsed.saturating_add(kept.count);
            } else if failed_examples.len() < 5 {
                failed_examples.push(kept.seen());
            }
        }
        for odd in column.survey.odd() {
            let seen = odd.seen();
            let failing = is_value(&odd.text) && !parser.accepts(&odd.text);
            if failed_examples.len() < 5 && failing && !failed_examples.contains(&seen) {
                failed_examples.push(seen);
            }
        }
        let failed = values.saturating_sub(parsed);
        let is_chosen = column.chosen == Some(index);
        let reason_rejected = if is_chosen {
            None
        } else if let Some(reason) =
            column.kept_as_text.clone().filter(|_| failed.saturating_mul(20) <= values)
        {
            Some(reason)
        } else if let Some(reason) = &candidate.against {
            Some(reason.clone())
        } else if failed > 0 {
            Some(format!("{failed} of {values} values aren't of this type"))
        } else {
            Some("another type fits as well and says more".to_owned())
        };
        let entry = TypeEvidence {
            data_type: candidate.field.data_type.clone(),
            field: ContractField { required, ..candidate.field.clone() },
            format: candidate.shown.clone(),
            parsed,
            failed,
            failed_examples,
            reason_rejected,
        };
        if is_chosen { evidence.insert(0, entry) } else { evidence.push(entry) }
    }
    evidence
}

fn identifier_evidence(
    column: &Column<'_>,
    kind: IdentifierKind,
    values: u64,
    reading: &CsvFormat,
) -> IdentifierEvidence {
    let valid = column.tally.of_kind(kind);
    let invalid_examples = column
        .survey
        .kept()
        .into_iter()
        .filter(|kept| !reading.null_values.iter().any(|null| **null == *kept.text))
        .filter(|kept| identifiers::identifier(&kept.text) != Some(kind))
        .take(5)
        .map(super::survey::Kept::seen)
        .collect();
    IdentifierEvidence { kind, valid, invalid: values.saturating_sub(valid), invalid_examples }
}
