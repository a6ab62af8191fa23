//! What a run tells about itself: where every row went, what the rules found, how long it took.
//!
//! Plain data, the same as JSON wherever it goes. Counts are whole numbers; a share that a rule measured is text, exact
//! to six places, so that two runs over the same input give the same bytes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchstone_compiler::CompiledPipeline;
use touchstone_spec::{Layer, TableName};

use crate::ErrorKind;

/// Report of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// Id that the caller gave the run.
    pub run_id: String,
    /// Pipelines that ran, upstream first.
    pub pipelines: Vec<String>,
    /// When the run began.
    pub started_at: DateTime<Utc>,
    /// How long it took.
    pub duration_millis: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it halted or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// Only this many records of each source were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_limit: Option<u64>,
    /// One entry per table, in the order in which they were made. Tables that the run never came to are listed as
    /// [`TableOutcome::NotReached`].
    pub tables: Vec<TableReport>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All tables were written and no rule failed.
    Succeeded,
    /// All tables were written; a rule failed or a record was quarantined or rejected.
    SucceededWithFailures,
    /// A rule of a table with `on_failure: halt` failed; that table and those after it were not written.
    Halted,
    /// An error stopped it; the table it happened at and those after it were not written.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

/// Why a run halted or failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What sort of problem; none when a rule halted the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ErrorKind>,
    /// Table at which it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableName>,
    /// Where.
    pub place: String,
    /// What is wrong there.
    pub reason: String,
    /// What to do about it.
    pub next_step: String,
}

/// What happened to one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableReport {
    /// The table; a source's bronze table carries the source's name.
    pub table: TableName,
    /// How it ended.
    pub outcome: TableOutcome,
    /// Where every row went; none when the table wasn't reached or failed before rows were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totals: Option<Totals>,
    /// Bronze: file that was read, relative to the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Bronze: columns of the file that the contract doesn't name; they are kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra_columns: Vec<String>,
    /// Bronze: the first rejected records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejects: Vec<RejectedRecord>,
    /// How many records each rule put into quarantine; a record that breaks two rules counts at both.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quarantine: Vec<QuarantineCount>,
    /// The first quarantined records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quarantined: Vec<QuarantinedRecord>,
    /// Silver: the first rows that lost against another row with their key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<Duplicate>,
    /// Results of the table's rules, in the order of the ruleset.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleResult>,
    /// Silver and gold: values that became null because they don't fit, by field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<LostValues>,
    /// What was written to the warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Written>,
    /// Tables whose rows it is made of: silver from its bronze table, gold from those of its query.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<TableName>,
    /// Silver: tables that its expressions look things up in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<TableName>,
    /// The steps, in order, and how long each took.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepReport>,
}

/// How a table ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableOutcome {
    /// Written to the warehouse.
    Written,
    /// Stopped by a rule; as it was before the run.
    Halted,
    /// Stopped by an error; as it was before the run.
    Failed,
    /// The run ended before it; as it was before the run.
    NotReached,
}

/// Control totals of one table: the first number is the sum of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "layer", rename_all = "snake_case")]
pub enum Totals {
    /// Records of a file.
    Bronze {
        /// Records between header and footer.
        records: u64,
        /// In the bronze table.
        loaded: u64,
        /// Unreadable; kept in the rejects table.
        rejected: u64,
        /// Footer records, not part of `records`.
        footer: u64,
    },
    /// Rows of a bronze table.
    Silver {
        /// Rows of the bronze table.
        records: u64,
        /// In the silver table.
        loaded: u64,
        /// Left out by the table's `where`; kept in a table of their own.
        filtered: u64,
        /// Lost against another row with the same key; kept in a table of their own.
        deduplicated: u64,
        /// In the quarantine table.
        quarantined: u64,
    },
    /// Rows that a query gave.
    Gold {
        /// Rows of the query's result.
        records: u64,
        /// In the gold table.
        loaded: u64,
        /// In the quarantine table.
        quarantined: u64,
    },
}

impl Totals {
    /// Rows that came in.
    pub fn records(&self) -> u64 {
        match self {
            Self::Bronze { records, .. } | Self::Silver { records, .. } | Self::Gold { records, .. } => {
                *records
            }
        }
    }

    /// Rows that the table has.
    pub fn loaded(&self) -> u64 {
        match self {
            Self::Bronze { loaded, .. } | Self::Silver { loaded, .. } | Self::Gold { loaded, .. } => *loaded,
        }
    }

    /// Rows that are neither in the table nor left out on purpose: rejected or quarantined.
    pub fn troubled(&self) -> u64 {
        match self {
            Self::Bronze { rejected, .. } => *rejected,
            Self::Silver { quarantined, .. } | Self::Gold { quarantined, .. } => *quarantined,
        }
    }

    /// Rows that aren't in the table, by where they are kept: the table of this ending beside it.
    pub fn set_aside(&self) -> Vec<(&'static str, u64)> {
        match self {
            Self::Bronze { rejected, .. } => vec![("rejects", *rejected)],
            Self::Silver { filtered, deduplicated, quarantined, .. } => {
                vec![("quarantine", *quarantined), ("filtered", *filtered), ("deduplicated", *deduplicated)]
            }
            Self::Gold { quarantined, .. } => vec![("quarantine", *quarantined)],
        }
    }

    /// Whether every row ended in exactly one place.
    pub fn add_up(&self) -> bool {
        let aside = self.set_aside().into_iter().map(|(_, rows)| rows);
        let mut places = std::iter::once(self.loaded()).chain(aside);
        places.try_fold(0_u64, u64::checked_add) == Some(self.records())
    }
}

/// A record that couldn't be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRecord {
    /// Number of the record, counted from one after the header.
    pub record: u64,
    /// Line in the file on which it begins.
    pub line: u64,
    /// Byte in the file at which it begins.
    pub byte: u64,
    /// Why.
    pub reason: String,
    /// Its text, as read, cut when long.
    pub raw: String,
}

/// Records that one rule put into quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineCount {
    /// Text of the rule.
    pub rule: String,
    /// How many records.
    pub rows: u64,
}

/// A record in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantinedRecord {
    /// Number of the record in its file; in gold, number of the row in the query's result.
    pub record: u64,
    /// All rules that it broke.
    pub rules: Vec<String>,
    /// What was wrong, with the value.
    pub reason: String,
}

/// A row that lost against another row with its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicate {
    /// Number of the record that was left out.
    pub record: u64,
    /// Number of the record that stayed.
    pub kept: u64,
    /// The key that both have: `trade_id = T1`.
    #[serde(default)]
    pub key: String,
    /// Why the other one stayed.
    #[serde(default)]
    pub reason: String,
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleResult {
    /// The rule as written.
    pub rule: String,
    /// Whether it passed.
    pub outcome: RuleOutcome,
    /// What was measured, in words and numbers: `3 of 1000 rows`, `0.984000`.
    pub measured: String,
    /// Rows that the rule looked at.
    pub rows: u64,
    /// Rows that break it; zero for rules about the table as a whole.
    pub failing_rows: u64,
    /// The first of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failing: Vec<FailingRow>,
}

/// Whether a rule passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleOutcome {
    /// Passed.
    Passed,
    /// Failed.
    Failed,
}

/// A row that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingRow {
    /// Number of the record in its file; in gold, number of the row in the query's result.
    pub record: u64,
    /// Columns that the rule looks at, and their values; null is none.
    pub values: Vec<(String, Option<String>)>,
}

/// Values of one field that became null because they don't fit, although there was something to begin with: a division
/// by zero, a result that its type can't hold, a text that is no date. Silver counts those of the rows that it loads; in
/// gold, values that a sum or another aggregate left out for this reason count too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostValues {
    /// The field, or the column of the gold table.
    pub field: String,
    /// Why, in words.
    pub reason: String,
    /// How many values.
    pub values: u64,
    /// The first of them, with what they were computed from. In gold `record` is the number of the row that the
    /// expression was computed on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first: Vec<FailingRow>,
}

/// A table as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Id of the Iceberg snapshot, as text: it has more digits than JavaScript's numbers.
    pub snapshot_id: String,
    /// Metadata file of the table, relative to the warehouse: what DuckDB's `iceberg_scan` takes.
    pub metadata: String,
    /// Snapshot of the quarantine (silver, gold) or rejects (bronze) table, when it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub troubled_snapshot_id: Option<String>,
}

/// One step of making a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReport {
    /// Which step.
    pub step: Step,
    /// Rows after it.
    pub rows: u64,
    /// How long it took.
    pub millis: u64,
}

/// The steps of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Bronze: read the file.
    Read,
    /// Silver: turn text into the contract's types.
    Contract,
    /// Silver: leave out what `where` excludes.
    Filter,
    /// Silver: compute the fields.
    Map,
    /// Silver: keep one row per key.
    Deduplicate,
    /// Gold: run the query.
    Query,
    /// Silver and gold: check the rules.
    Rules,
    /// Write the table.
    Write,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Contract => "contract",
            Self::Filter => "filter",
            Self::Map => "map",
            Self::Deduplicate => "de-duplicate",
            Self::Query => "query",
            Self::Rules => "rules",
            Self::Write => "write",
        })
    }
}

impl TableReport {
    /// A table that the run hasn't come to yet.
    pub fn not_reached(table: TableName) -> Self {
        Self {
            table,
            outcome: TableOutcome::NotReached,
            totals: None,
            file: None,
            extra_columns: Vec::new(),
            rejects: Vec::new(),
            quarantine: Vec::new(),
            quarantined: Vec::new(),
            duplicates: Vec::new(),
            rules: Vec::new(),
            lost: Vec::new(),
            written: None,
            reads: Vec::new(),
            lookups: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// Tables that no run has come to yet, each with what it is made from: all of a pipeline's, in order.
    pub(crate) fn all_of(pipeline: &CompiledPipeline) -> Vec<Self> {
        let bronze = |source: &str| TableName::new(&pipeline.name, Layer::Bronze, source);
        let sources = pipeline.sources.keys().map(|source| Self::not_reached(bronze(source)));
        let silver = pipeline.silver.values().map(|plan| Self {
            reads: vec![bronze(&plan.source)],
            lookups: plan.lookups.clone(),
            ..Self::not_reached(plan.schema.name.clone())
        });
        let gold = pipeline
            .gold
            .values()
            .map(|plan| Self { reads: plan.reads.clone(), ..Self::not_reached(plan.schema.name.clone()) });
        sources.chain(silver).chain(gold).collect()
    }

    /// Rules that failed.
    pub fn failed_rules(&self) -> impl Iterator<Item = &RuleResult> {
        self.rules.iter().filter(|rule| rule.outcome == RuleOutcome::Failed)
    }

    /// Layer of the table.
    pub fn layer(&self) -> Layer {
        self.table.layer
    }
}
