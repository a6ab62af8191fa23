//! Runs a compiled pipeline on Polars: bronze, silver, gold, quality, quarantine, control totals and the local Iceberg
//! warehouse.

mod aggregate;
mod bronze;
mod cancel;
mod compare;
mod decimal;
mod error;
mod expression;
mod gold;
mod grid;
mod keys;
mod lock;
mod lost;
mod meter;
mod page;
mod preview;
mod provenance;
mod quality;
mod relation;
mod report;
mod report_text;
mod run;
mod set_aside;
mod silver;
mod simulate;
mod trace;
mod types;
mod warehouse;

pub use cancel::{Cancelled, never};
pub use compare::{
    ChangeCounts, ColumnChange, CompareOptions, ComparedColumn, ComparedPage, ComparedRow, Comparison,
    ComparisonSummary, RowChange, compare,
};
pub use error::{EngineError, ErrorKind};
pub use expression::evaluate_constant;
pub use gold::group_columns;
pub use grid::{
    BadCell, BadValue, Bin, CellCounts, CellPlace, FileNote, Filter, Grid, GridColumn, GridFile, GridHit,
    GridMemory, GridPage, GridProfile, GridProgress, GridQuery, GridSummary, GridView, GridWatch,
    RecordPlace, Sort, Test, TextLengths, ValueCount, grid_unwatched,
};
pub use page::{PageColumn, TablePage};
pub use preview::{
    InputOrigin, LeftBecause, Preview, PreviewInput, PreviewLeft, PreviewOptions, PreviewOrigin,
    PreviewProblem, PreviewRow, PreviewRule, Previewer,
};
pub use report::{
    Duplicate, FailingRow, LostValues, Outcome, Problem, QuarantineCount, QuarantinedRecord, RejectedRecord,
    RuleOutcome, RuleResult, RunReport, Step, StepReport, TableOutcome, TableReport, Totals, Written,
};
pub use run::{PlannedStep, RunEvent, RunObserver, SimulateOptions, Unobserved};
pub use set_aside::{
    QuarantinePage, QuarantinedRow, RejectedRow, RejectsPage, quarantine_page, rejects_page,
};
pub use simulate::simulate;
pub use trace::{
    ColumnUse, SourceField, SourceRecord, TraceRequest, TracedColumn, TracedLookup, TracedRow, TracedTable,
    Tracer,
};
pub use types::Table;
pub use warehouse::{CATALOG_NAME, RunSnapshots, RunTable, SnapshotInfo, Warehouse};
