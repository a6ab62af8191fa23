//! Runs a compiled pipeline on Polars: bronze, silver, gold, quality, quarantine, control totals and the local Iceberg
//! warehouse.

mod error;
mod page;
mod report;
mod run;
mod types;

pub use error::{EngineError, ErrorKind};
pub use page::{PageColumn, TablePage};
pub use report::{
    Duplicate, FailingRow, Outcome, Problem, QuarantineCount, QuarantinedRecord, RejectedRecord, RuleOutcome,
    RuleResult, RunReport, Step, StepReport, TableOutcome, TableReport, Totals, Written,
};
pub use run::{PlannedStep, RunEvent, RunObserver, SimulateOptions, Unobserved};
pub use types::Table;
