//! Where everything in a file went: loaded, rejected, preamble, footer, blank.

use serde::{Deserialize, Serialize};

use crate::encoding::TextEncoding;

/// Why a record couldn't be loaded, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectCode {
    /// Fewer fields than the header has.
    TooFewFields,
    /// More fields than the header has.
    TooManyFields,
    /// A quote opens a field and never closes it.
    UnclosedQuote,
    /// Text stands between a closing quote and the next delimiter.
    TextAfterQuote,
    /// Bytes that mean nothing in the file's encoding.
    Undecodable,
    /// A NUL byte.
    NulByte,
    /// Longer than a record may be.
    TooLong,
}

impl RejectCode {
    /// The code as it stands in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooFewFields => "too_few_fields",
            Self::TooManyFields => "too_many_fields",
            Self::UnclosedQuote => "unclosed_quote",
            Self::TextAfterQuote => "text_after_quote",
            Self::Undecodable => "undecodable",
            Self::NulByte => "nul_byte",
            Self::TooLong => "too_long",
        }
    }
}

/// Why a record couldn't be loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectReason {
    /// For programs.
    pub code: RejectCode,
    /// For people.
    pub message: String,
}

/// A record that couldn't be loaded, with all that is needed to find it in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// Number of the record, counted from 1 over loaded and rejected records alike.
    pub record: u64,
    /// Line on which it begins, counted from 1.
    pub line: u64,
    /// Where it begins: bytes from the start of the file.
    pub byte: u64,
    /// Bytes in the file, its line end included.
    pub length: u64,
    /// What is wrong with it.
    pub reason: RejectReason,
    /// Its text without the line end; bytes that mean nothing in the encoding show as U+FFFD.
    pub raw: String,
    /// Its bytes without the line end, where `raw` can't show them faithfully.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_bytes: Option<Vec<u8>>,
    /// Whether `raw` and `raw_bytes` hold only the beginning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub raw_cut: bool,
}

/// One line above the header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreambleLine {
    /// Line, counted from 1.
    pub line: u64,
    /// Where it begins: bytes from the start of the file.
    pub byte: u64,
    /// Bytes in the file, its line end included.
    pub length: u64,
    /// Its text.
    pub text: String,
    /// Its bytes, where `text` can't show them faithfully.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_bytes: Option<Vec<u8>>,
}

/// One of the records at the end that the format says aren't data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FooterRecord {
    /// Number of the record, counted on from the data's.
    pub record: u64,
    /// Line on which it begins, counted from 1.
    pub line: u64,
    /// Where it begins: bytes from the start of the file.
    pub byte: u64,
    /// Bytes in the file, its line end included.
    pub length: u64,
    /// Its text as it stands in the file.
    pub text: String,
    /// Its bytes, where `text` can't show them faithfully.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_bytes: Option<Vec<u8>>,
}

/// Something about the file that a person should know, although it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadNote {
    /// Line it is about, counted from 1; absent when it is about the whole file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The note.
    pub message: String,
}

/// How many bytes each part of a file takes, line ends included. The parts add up to the bytes read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByteTotals {
    /// Byte order mark.
    pub byte_order_mark: u64,
    /// Lines above the header.
    pub preamble: u64,
    /// The header.
    pub header: u64,
    /// Loaded records.
    pub loaded: u64,
    /// Rejected records.
    pub rejected: u64,
    /// Footer records.
    pub footer: u64,
    /// Blank lines between the records.
    pub blank: u64,
}

impl ByteTotals {
    /// All parts together.
    pub fn sum(&self) -> u64 {
        [
            self.byte_order_mark,
            self.preamble,
            self.header,
            self.loaded,
            self.rejected,
            self.footer,
            self.blank,
        ]
        .iter()
        .fold(0, |sum, part| sum.saturating_add(*part))
    }
}

/// Control totals of one reading: `records_read = loaded + rejected`, with the footer set apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadTotals {
    /// Data records met: loaded and rejected ones.
    pub records_read: u64,
    /// Records that came out in batches.
    pub loaded: u64,
    /// Records that came out as rejects.
    pub rejected: u64,
    /// Records at the end that aren't data.
    pub footer: Vec<FooterRecord>,
    /// Bytes read from the file.
    pub bytes: u64,
    /// Where these bytes belong.
    pub byte_totals: ByteTotals,
    /// Lines read, of any kind.
    pub lines: u64,
    /// Lines between the records with nothing on them.
    pub blank_lines: u64,
    /// Whether the file was read to its end.
    pub complete: bool,
}

/// A record's bytes as text for showing: the text, the bytes where the text isn't faithful, and whether it was cut.
pub(crate) struct Shown {
    pub(crate) text: String,
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) cut: bool,
}

/// Shows at most `limit` bytes of `record`.
pub(crate) fn show(record: &[u8], encoding: &TextEncoding, limit: usize) -> Shown {
    let mut end = record.len().min(limit);
    let cut = end < record.len();
    // A cut shouldn't fall inside a character of UTF-8: the halves would look undecodable.
    while cut && end > 0 && record.get(end).is_some_and(|byte| byte & 0xC0 == 0x80) && limit - end < 3 {
        end -= 1;
    }
    let bytes = record.get(..end).unwrap_or_default();
    match encoding.decode(bytes) {
        Some(text) => Shown { text: text.into_owned(), bytes: None, cut },
        None => Shown { text: encoding.decode_lossy(bytes), bytes: Some(encoding.source_bytes(bytes)), cut },
    }
}
