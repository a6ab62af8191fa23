//! The documents a steward writes: pipelines, sources, fields, types and rules, in and out of YAML.
//!
//! This crate knows what a pipeline document may say and where in the file it said it.
//! Whether it makes sense (names, types of expressions) is the compiler's business.

mod change;
mod data_type;
mod diagnostic;
mod document;
mod duration;
mod edit;
pub mod edits;
mod emit;
mod merge;
mod model;
mod names;
mod plain_words;
mod schema;
mod text_diff;
mod tree;

pub use change::{Change, ChangeClass, SpecDiff, diff};
pub use data_type::{DataType, ParseTypeError, StructField};
pub use diagnostic::{Diagnostic, Diagnostics, Place, Severity, nearest};
pub use document::{Document, write_yaml};
pub use duration::{ParsePeriodError, Period, PeriodUnit};
pub use edit::{Edit, EditError, EditValue, Position, apply};
pub use merge::{Conflict, ConflictKind, Merge, Side, merge, resolve};
pub use model::{
    AlertEvent, Alerts, ArchiveTier, ContractField, CsvFormat, Field, FileFormat, FileSource, GoldTable,
    Keep, Landing, LayerRetention, NegativeStyle, OnFailure, Pipeline, Retention, Scalar, SilverTable,
    Source, Trigger,
};
pub use names::{Layer, TableName, check_name, snake_case};
pub use plain_words::in_plain_words;
pub use schema::json_schema;
pub use text_diff::{DiffLine, Hunk, LineChange, text_diff};
pub use tree::{DocPath, Segment, Span};
