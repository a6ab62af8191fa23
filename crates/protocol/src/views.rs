//! What replies hold: what a person sees, and nothing that they must not.

mod data;
mod design;
mod follow;
mod settings;

use serde::{Deserialize, Serialize};
use touchstone_spec::{ChangeClass, DataType, Diagnostic, SpecDiff, TableName};

pub use data::{
    AlternativeView, BadCell, BinView, CellPlace, ColumnProfileView, ColumnSummary, DataQuery, DataRef,
    DataView, FileView, Filter, FilterTest, FoundView, KeyView, ProfileView, RecordView, SortBy, ValueCount,
};
pub use design::{
    ChangesView, DiffRow, DocumentView, LostValues, PreviewView, RowChange, RunDiffView, SaveView, TraceStep,
    TracedView,
};
pub use follow::{AuditFilter, CheckState, CheckView, ComparisonView, ExportFormat, TouchView};
pub use settings::{
    ConnectionView, CredentialSource, EnvironmentSettings, HomeView, ProfileSettings, RecentView,
    SettingsView, StateScope,
};

/// An open workspace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkspaceView {
    /// Name from `touchstone.toml`.
    pub name: String,
    /// Its folder, absolute.
    pub root: String,
    /// Environments that metadata can be published to, `local` first.
    pub environments: Vec<EnvironmentView>,
    /// Its pipelines, by name.
    pub pipelines: Vec<PipelineState>,
    /// Everything the compiler found, in document order.
    pub diagnostics: Vec<Diagnostic>,
}

/// A place where metadata is published. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentView {
    /// Name of the environment.
    pub name: String,
    /// Where it is, for people: `this computer`, or `DynamoDB table touchstone-dev in eu-west-1`.
    pub location: String,
}

/// A pipeline in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PipelineState {
    /// Name of the pipeline; the file's name where the document doesn't say one.
    pub name: String,
    /// What people call it.
    pub title: Option<String>,
    /// Its file, relative to the workspace.
    pub file: String,
    /// How many errors it has.
    pub errors: usize,
    /// How many warnings it has.
    pub warnings: usize,
    /// Current version in the environment `local`. None: not published.
    pub published: Option<VersionView>,
    /// Whether the document differs from what is published.
    pub changed: bool,
    /// Outcome of its last simulation. None: never simulated here.
    pub last_run: Option<RunOutcome>,
}

/// One pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PipelineView {
    /// Its state in the list.
    pub state: PipelineState,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What it reads.
    pub sources: Vec<SourceView>,
    /// The tables it makes, silver first.
    pub tables: Vec<TableView>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

/// A source of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceView {
    /// Name of the source.
    pub name: String,
    /// Sample file, relative to the workspace.
    pub sample: Option<String>,
    /// Its dialect for people: `delimiter ";" · windows-1252 · header in line 4`.
    pub format: String,
    /// How many columns the contract promises.
    pub columns: usize,
}

/// A table that a pipeline makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableView {
    /// Its name.
    pub name: TableName,
    /// What one row is.
    pub description: Option<String>,
    /// Its columns.
    pub columns: Vec<ColumnView>,
    /// Columns that together name a row.
    pub key: Vec<String>,
}

/// A column of a grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnView {
    /// Name of the column.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// How it is made, as the steward wrote it.
    pub expression: Option<String>,
}

/// One cell as text. None: null. An empty text is an empty text.
pub type CellView = Option<String>;

/// Some rows of a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TablePage {
    /// The columns.
    pub columns: Vec<ColumnView>,
    /// The rows, each with one cell per column.
    pub rows: Vec<Vec<CellView>>,
    /// Place of the first row given, from zero.
    pub offset: u64,
    /// Rows that there are in all.
    pub total: u64,
}

/// What speaks for and against a column's type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvidenceView {
    /// Type that the data shows.
    pub inferred: DataType,
    /// Type that the contract promises. None: the column isn't in the contract.
    pub promised: Option<DataType>,
    /// Values that read as the inferred type.
    pub parsed: u64,
    /// Values that don't.
    pub failed: u64,
    /// Some values that don't.
    pub failed_examples: Vec<String>,
    /// Records without a value.
    pub nulls: u64,
    /// Different values; `distinct_exact` says whether they were all counted.
    pub distinct: u64,
    /// Whether `distinct` is a count and not an estimate.
    pub distinct_exact: bool,
    /// Why this type, in one sentence.
    pub reason: String,
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectView {
    /// Number of the record, from one.
    pub record: u64,
    /// Line it begins on, from one.
    pub line: u64,
    /// Byte it begins at, from zero.
    pub byte: u64,
    /// Why it could not be read.
    pub reason: String,
    /// The record as it is in the file, cut where it is long.
    pub raw: String,
}

/// A job: something that takes longer than a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobView {
    /// Id of the job.
    pub id: String,
    /// What it works on: a pipeline that is simulated, a file that is read.
    pub subject: String,
    /// Whether it runs, and how it ended.
    pub state: JobState,
    /// Its steps, in order.
    pub steps: Vec<StepView>,
    /// Share of the work that is done, 0 to 1.
    pub fraction: f32,
    /// Its result, once done.
    pub result: Option<JobResult>,
    /// Its error, once failed.
    pub error: Option<crate::RpcError>,
}

/// What came of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum JobResult {
    /// A simulation.
    Run(RunView),
    /// Data that was read as a whole.
    Profile(ProfileView),
    /// A pipeline's document that is not written yet.
    Draft(DocumentView),
}

/// Whether a job runs, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It runs.
    Running,
    /// It was asked to stop and is about to.
    Cancelling,
    /// It ended; there is a result.
    Done,
    /// It ended with an error.
    Failed,
    /// It was cancelled.
    Cancelled,
}

/// One step of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    /// What it does: `silver.trades: rules`.
    pub title: String,
    /// How far it is.
    pub state: StepState,
    /// Rows done so far, where rows are counted.
    pub rows: Option<u64>,
    /// Rows that there are to do, where that is known.
    pub rows_expected: Option<u64>,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Not begun.
    Waiting,
    /// Begun.
    Running,
    /// Ended.
    Done,
}

/// How a simulation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    /// All tables were made and every rule passed.
    Succeeded,
    /// All tables were made; rules failed or rows were quarantined or rejected.
    SucceededWithFailures,
    /// A rule stopped the run.
    Halted,
    /// The run ended in an error.
    Failed,
    /// The person cancelled it.
    Cancelled,
}

impl RunOutcome {
    /// How one that made nothing more ended, in words: `failed`.
    pub fn ended(self) -> &'static str {
        match self {
            Self::Halted => "was halted by a rule",
            Self::Cancelled => "was cancelled",
            _ => "failed",
        }
    }
}

/// A simulation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunView {
    /// Id of the run.
    pub id: String,
    /// Pipeline whose run it is.
    pub pipeline: String,
    /// Pipeline whose simulation made it along, because it reads this one. None: it was asked for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub along_with: Option<String>,
    /// When it began, RFC 3339 in UTC.
    pub started_at: String,
    /// How long it took.
    pub duration_ms: u64,
    /// How it ended.
    pub outcome: RunOutcome,
    /// Why, where it did not succeed.
    pub message: Option<String>,
    /// What happened at each table, in the order of the run.
    pub tables: Vec<TableRunView>,
}

/// What a run did at one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableRunView {
    /// The table.
    pub table: TableName,
    /// Whether its rows were counted: not where the run ended before, or while it was made. Then nothing is known of
    /// them, and the table is as it was before the run.
    #[serde(default = "counted")]
    pub counted: bool,
    /// Tables whose rows it was made of; none for bronze.
    #[serde(default)]
    pub reads: Vec<TableName>,
    /// Tables that things were looked up in for it.
    #[serde(default)]
    pub lookups: Vec<TableName>,
    /// Control totals: where every row went.
    pub flow: FlowView,
    /// Results of its rules.
    pub rules: Vec<RuleView>,
    /// Rows in quarantine, by what they broke.
    pub quarantine: Vec<QuarantineView>,
    /// Rejected records, the first hundred (bronze only).
    pub rejects: Vec<RejectView>,
    /// Fields in which values became null because they didn't fit.
    #[serde(default)]
    pub lost: Vec<LostValues>,
    /// How long it took.
    pub duration_ms: u64,
}

/// Control totals of one table: `rows_in` is the sum of all others. In gold, what comes in is the query's result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowView {
    /// Records or rows that came in.
    pub rows_in: u64,
    /// Rows in the table.
    pub loaded: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Records that the filter took out.
    pub filtered: u64,
    /// Rows that gave way to another with the same key.
    pub deduplicated: u64,
    /// Rows that broke the contract or a rule.
    pub quarantined: u64,
}

/// Result of one rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleView {
    /// The rule as written.
    pub rule: String,
    /// Whether it held.
    pub state: RuleState,
    /// What was measured: `0.991`, `3 rows`.
    pub measured: String,
    /// Rows that it looked at: those that broke the contract never reach it.
    #[serde(default)]
    pub rows: u64,
    /// Rows that broke it.
    pub failing_rows: u64,
}

/// Whether a rule held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleState {
    /// It held.
    Passed,
    /// It didn't.
    Failed,
}

/// Rows in quarantine for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineView {
    /// What they broke.
    pub rule: String,
    /// How many rows; a row that broke several rules counts at each.
    pub rows: u64,
}

/// What publishing would change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublishPlan {
    /// The pipeline.
    pub pipeline: String,
    /// The environment.
    pub environment: String,
    /// Version that is current there. None: not published.
    pub current: Option<VersionView>,
    /// Version that publishing would make.
    pub next_version: u64,
    /// The differences, field by field.
    pub diff: SpecDiff,
    /// The gravest class of all differences.
    pub class: ChangeClass,
    /// Hash of what would be published.
    pub content_hash: String,
    /// What keeps it from being published; empty when nothing does.
    pub problems: Vec<Diagnostic>,
    /// What a careful person would look at first.
    pub checklist: Vec<CheckView>,
    /// Gold and silver columns that the differences reach, also in other pipelines.
    pub touches: Vec<TouchView>,
}

impl PublishPlan {
    /// Whether publishing it would break readers of what is published: then somebody must say that it is meant.
    pub fn breaks_readers(&self) -> bool {
        self.class == ChangeClass::Breaking && self.current.is_some()
    }
}

/// A version that was just published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedView {
    /// The version.
    pub version: VersionView,
    /// Number of its audit event.
    pub audit_sequence: u64,
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionView {
    /// Its number, from one.
    pub version: u64,
    /// When it was published, RFC 3339 in UTC.
    pub published_at: String,
    /// Who published it.
    pub author: String,
    /// Why.
    pub message: String,
    /// What it meant for readers.
    pub class: ChangeClass,
    /// The version that it published anew, if it is a roll-back.
    pub rollback_of: Option<u64>,
}

/// The audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditView {
    /// Events, newest first.
    pub events: Vec<AuditEventView>,
    /// Events that the filter lets through.
    pub total: u64,
    /// Everybody in the trail, in order of their names.
    pub actors: Vec<String>,
    /// What is wrong with the chain. None: every event holds the hash of the one before it.
    pub broken: Option<String>,
}

/// One audit event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEventView {
    /// Number in the chain, from one.
    pub sequence: u64,
    /// When, RFC 3339 in UTC.
    pub time: String,
    /// Who.
    pub actor: String,
    /// What was done: `publish`, `rollback`.
    pub action: String,
    /// To which pipeline.
    pub pipeline: String,
    /// The version that came of it.
    pub version: Option<u64>,
    /// Why.
    pub message: String,
    /// What the version meant for readers.
    pub class: Option<ChangeClass>,
    /// The version before, to compare with. None: there was none.
    pub previous_version: Option<u64>,
    /// Hash of the event, in hexadecimal.
    pub hash: String,
    /// Hash of the event before, in hexadecimal; empty for the first.
    pub previous_hash: String,
}

/// Reports that say nothing of it are of tables that were made.
fn counted() -> bool {
    true
}

impl RunView {
    /// The first table that the run did not come to the end of; none when it made all.
    pub fn failed_at(&self) -> Option<&TableRunView> {
        self.tables.iter().find(|table| !table.counted)
    }
}

impl TableRunView {
    /// Whether every row is accounted for; nobody knows of a table that was not counted.
    pub fn adds_up(&self) -> bool {
        let flow = self.flow;
        flow.rows_in == flow.loaded + flow.rejected + flow.filtered + flow.deduplicated + flow.quarantined
    }
}
