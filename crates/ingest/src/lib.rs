//! Bytes to rows: dialect, encoding, lossless reading, rejects, profile, and type inference with evidence.
//!
//! The way through this crate: [`infer()`] looks at a file and proposes how to read it; [`CsvReader`] reads it
//! record by record, accounting for every byte; [`ValueParser`] turns one text into one typed value, or says why
//! it can't. Reading never guesses: what can't be read for certain is a [`Reject`].

mod calendar;
mod clean;
mod column;
mod credentials;
mod encoding;
mod error;
mod infer;
mod input;
mod number;
mod outcome;
mod pattern;
mod progress;
mod reader;
mod split;
mod value;

pub use clean::clean;
pub use column::{SeenValue, TextBatch, TextColumn};
pub use error::{IngestError, IngestErrorCode, IngestPlace};
pub use infer::{
    CandidateKey, ColumnProfile, CountedText, DialectCandidate, DialectEvidence, DuplicateKey,
    EncodingCandidate, EncodingEvidence, FooterEvidence, HeaderEvidence, IdentifierEvidence, IdentifierKind,
    InferOptions, InferSource, Inference, NullMarker, RejectCount, TypeEvidence, infer, looks_like_null,
    text_hash, write_shape,
};
pub use outcome::{
    ByteTotals, FooterRecord, PreambleLine, ReadNote, ReadTotals, Reject, RejectCode, RejectReason,
};
pub use progress::{Progress, unwatched};
pub use reader::{CsvReader, ReadLimits, RecordText};
pub use value::{Content, Value, ValueError, ValueParser, parse_value};
