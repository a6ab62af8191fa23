//! What inference found, and why it thinks so: the answer that people and programs get.

use serde::{Deserialize, Serialize};
use touchstone_spec::{ContractField, CsvFormat, DataType};

use super::IdentifierKind;
use crate::{FooterRecord, PreambleLine, ReadNote, Reject, RejectCode, column::SeenValue};

/// A proposal for how to read a file, with the evidence for each part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inference {
    /// How to read the file.
    pub format: CsvFormat,
    /// Its columns with their types.
    pub contract: Vec<ContractField>,
    /// Why this encoding.
    pub encoding: EncodingEvidence,
    /// Why this delimiter and quote.
    pub dialect: DialectEvidence,
    /// Why this line is the header.
    pub header: HeaderEvidence,
    /// The lines above the header.
    pub preamble: Vec<PreambleLine>,
    /// Why the last records aren't data.
    pub footer: FooterEvidence,
    /// One profile per column, in order.
    pub columns: Vec<ColumnProfile>,
    /// Columns that could name a record, the best first.
    pub candidate_keys: Vec<CandidateKey>,
    /// What a person should know besides.
    pub notes: Vec<ReadNote>,
    /// Records read, loaded and rejected ones.
    pub records: u64,
    /// How many of them couldn't be read.
    pub rejected: u64,
    /// How many for which reason.
    pub reject_counts: Vec<RejectCount>,
    /// The first of them, at most twenty.
    pub rejects: Vec<Reject>,
    /// Bytes read.
    pub bytes: u64,
    /// Whether the whole file was read, and not only the first `max_bytes` of it.
    pub complete: bool,
}

/// How many records were rejected for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectCount {
    /// The reason.
    pub code: RejectCode,
    /// How many.
    pub records: u64,
}

/// Why an encoding was chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EncodingEvidence {
    /// The encoding, by its WHATWG label.
    pub encoding: String,
    /// The reason, for people.
    pub reason: String,
    /// How many bytes are beyond ASCII.
    pub non_ascii_bytes: u64,
    /// Eight-bit encodings that were weighed, the best first; empty when the answer was certain.
    pub candidates: Vec<EncodingCandidate>,
}

/// An encoding that was weighed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EncodingCandidate {
    /// Its WHATWG label.
    pub encoding: String,
    /// From 0 to 1: the share of bytes that make sense in it (letters in words, signs outside of them).
    pub score: f64,
    /// What some of the file's bytes would be in it.
    pub examples: String,
}

/// Why a delimiter and a quote were chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DialectEvidence {
    /// The reason, for people.
    pub reason: String,
    /// What was tried, the best first, at most six.
    pub candidates: Vec<DialectCandidate>,
}

/// A delimiter and a quote that were tried on the beginning of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DialectCandidate {
    /// The delimiter.
    pub delimiter: char,
    /// The quote.
    pub quote: Option<char>,
    /// From 0 to 1: consistency squared, times (columns − 1) / columns, times how typical the cells are.
    pub score: f64,
    /// The most frequent number of fields.
    pub columns: usize,
    /// Share of records with that number of fields, from 0 to 1.
    pub consistency: f64,
    /// Share of cells that look like data (numbers, dates, codes, nothing), from 0 to 1.
    pub typed: f64,
    /// Records it was tried on.
    pub records: usize,
}

/// Why a line is the header, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderEvidence {
    /// Line of the header, counted from 1; 0: none.
    pub row: u64,
    /// The reason, for people.
    pub reason: String,
    /// What each column had to say.
    pub votes: Vec<String>,
}

/// Why the last records aren't data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FooterEvidence {
    /// The reason, for people; empty when there is no footer.
    pub reason: String,
    /// The records, as the reader set them aside.
    pub records: Vec<FooterRecord>,
}

/// All that is known about one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// Its place, counted from 1.
    pub position: usize,
    /// The field that is proposed for the contract.
    pub inferred: ContractField,
    /// Why this type, in one sentence.
    pub reason: String,
    /// The types that were tried, the chosen one first.
    pub evidence: Vec<TypeEvidence>,
    /// The kind of identifier that its check digits prove.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<IdentifierEvidence>,
    /// Loaded records.
    pub records: u64,
    /// Unquoted empty fields.
    pub nulls: u64,
    /// Quoted empty fields.
    pub empties: u64,
    /// Fields of blanks only.
    pub blanks: u64,
    /// Fields with blanks before or behind their text.
    pub padded: u64,
    /// Texts that seem to stand for 'no value'.
    pub null_markers: Vec<NullMarker>,
    /// How many different texts there are.
    pub distinct: u64,
    /// Whether `distinct` and `top_values` are exact; else `distinct` is estimated to within some 3 %.
    pub distinct_exact: bool,
    /// Smallest and largest text, by code point; shortened.
    pub min_text: Option<String>,
    /// See `min_text`.
    pub max_text: Option<String>,
    /// Smallest and largest value of the type, as written.
    pub min_value: Option<String>,
    /// See `min_value`.
    pub max_value: Option<String>,
    /// Length of the shortest and longest text, in characters, blanks around included.
    pub min_length: usize,
    /// See `min_length`.
    pub max_length: usize,
    /// The ten most frequent texts.
    pub top_values: Vec<CountedText>,
    /// The first five different texts.
    pub examples: Vec<String>,
    /// Whole numbers that begin with 0.
    pub leading_zeros: u64,
    /// The five most frequent shapes: `9` for a digit, `A` and `a` for letters.
    pub shapes: Vec<CountedText>,
}

/// One type that was tried on a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TypeEvidence {
    /// The type.
    #[serde(rename = "type")]
    pub data_type: DataType,
    /// The contract's field that reads the column so, with pattern and marks: what to put there to take this type.
    pub field: ContractField,
    /// Pattern of a date or time; for numbers, an example of how they are written, unless plainly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Values that are of this type.
    pub parsed: u64,
    /// Values that aren't.
    pub failed: u64,
    /// Some of those, at most five.
    pub failed_examples: Vec<SeenValue>,
    /// Why it wasn't chosen; None for the chosen one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_rejected: Option<String>,
}

/// Values with the form of an identifier, and how many of them have the right check digit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentifierEvidence {
    /// The kind.
    pub kind: IdentifierKind,
    /// Values with the right form and check digit.
    pub valid: u64,
    /// Values that aren't.
    pub invalid: u64,
    /// Some of those, at most five.
    pub invalid_examples: Vec<SeenValue>,
}

/// A text that seems to stand for 'no value'.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NullMarker {
    /// The text.
    pub text: String,
    /// How often it occurs.
    pub count: u64,
    /// Whether it is among the proposed format's `null_values`.
    pub accepted: bool,
    /// Why, or why not.
    pub reason: String,
}

/// A text and how often it occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedText {
    /// The text, shortened.
    pub text: String,
    /// How often.
    pub count: u64,
}

/// Columns that could name a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateKey {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Records whose key an earlier record has.
    pub duplicates: u64,
    /// Some of them.
    pub duplicate_examples: Vec<DuplicateKey>,
    /// Records that were compared; fewer than all in a large file.
    pub checked: u64,
    /// Whether its columns are there to name a record, by their names or the form of their values; else that they do
    /// may be chance.
    #[serde(default)]
    pub identifies: bool,
    /// The evidence in words.
    pub reason: String,
}

/// Two records with one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateKey {
    /// Record with the key, counted from 1.
    pub first_record: u64,
    /// Later record with the same key.
    pub record: u64,
    /// The key, a text per column; empty where it wasn't kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

impl ColumnProfile {
    /// Fields that are no value as the proposed format and type read them: missing ones, those with a text of
    /// `null_values`, those of blanks (which the format drops), and empty ones unless the column is one of texts.
    pub fn no_values(&self) -> u64 {
        let markers = self.null_markers.iter().filter(|marker| marker.accepted).map(|marker| marker.count);
        let texts = self.blanks.saturating_add(self.empties.saturating_sub(self.empty_texts()));
        self.nulls.saturating_add(markers.sum()).saturating_add(texts)
    }

    /// Fields that are read as the empty text: quotes with nothing between them, in a column of texts.
    pub fn empty_texts(&self) -> u64 {
        if self.inferred.data_type == DataType::String { self.empties } else { 0 }
    }
}

impl Inference {
    /// Why the format quotes fields so, or not at all.
    pub fn quote_reason(&self) -> String {
        let tried = |quote: Option<char>| {
            let mut all = self.dialect.candidates.iter();
            all.find(|one| one.delimiter == self.format.delimiter && one.quote == quote)
        };
        match (self.format.quote, tried(None), tried(Some('"'))) {
            (Some('"'), None, _) => "fields may stand between \"; none does so far".to_owned(),
            (Some(quote), ..) => format!("fields may stand between {quote}"),
            (None, _, Some(quoted)) => format!(
                "a \" is a sign like any other: read as a quote, only {:.1} % of the first {} records have {} fields",
                quoted.consistency * 100.0,
                quoted.records,
                quoted.columns
            ),
            (None, ..) => "a \" is a sign like any other".to_owned(),
        }
    }

    /// Why the format drops blanks around texts; none where it doesn't.
    pub fn trim_reason(&self) -> Option<String> {
        let padded = self.columns.iter().filter(|column| column.padded > 0 || column.blanks > 0);
        let padded: Vec<(&str, u64)> = padded
            .map(|column| (column.name.as_str(), column.padded.saturating_add(column.blanks)))
            .collect();
        if !self.format.trim {
            return None;
        }
        let fields: u64 = padded.iter().map(|(_, count)| *count).sum();
        let mut names: Vec<&str> = padded.iter().take(3).map(|(name, _)| *name).collect();
        if padded.len() > names.len() {
            names.push("…");
        }
        Some(format!(
            "blanks around texts are dropped: {fields} field{} of {} {} some",
            if fields == 1 { "" } else { "s" },
            names.join(", "),
            if fields == 1 { "has" } else { "have" }
        ))
    }
}
