//! Versions compared, the audit trail filtered.

use serde::{Deserialize, Serialize};
use touchstone_spec::{ChangeClass, SpecDiff};

/// What two versions differ in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparisonView {
    /// The differences, field by field.
    pub diff: SpecDiff,
    /// The gravest class of all differences.
    pub class: ChangeClass,
    /// Gold and silver columns that the differences reach, also in other pipelines.
    pub touches: Vec<TouchView>,
    /// The older document's text, where it was kept.
    pub before_text: Option<String>,
    /// The newer document's text, where it was kept.
    pub after_text: Option<String>,
}

/// A column that a difference reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TouchView {
    /// The column: `trades.gold.sector_exposure.gross_notional`.
    pub column: String,
    /// Who answers for its pipeline.
    pub owner: Option<String>,
    /// The field that was changed: `silver.trades.notional`.
    pub because: String,
}

/// One line of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckView {
    /// What is looked at: `Control totals`; not how it is.
    pub title: String,
    /// What came of it.
    pub state: CheckState,
    /// More about it, and the next step where there is one.
    pub detail: String,
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// It holds.
    Passed,
    /// It doesn't, and deserves a look; publishing is possible.
    Warning,
    /// It doesn't, and must first.
    Failed,
    /// It could not be found out.
    Unknown,
}

/// Which audit events. Empty fields let everything through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFilter {
    /// Only this person's.
    pub actor: Option<String>,
    /// Only this pipeline's.
    pub pipeline: Option<String>,
    /// Only from this day on (`2026-03-01`, UTC).
    pub from: Option<String>,
    /// Only to the end of this day.
    pub to: Option<String>,
}

/// As what a text is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Comma-separated, RFC 4180, with a header.
    Csv,
    /// A JSON array of the whole events.
    Json,
}
