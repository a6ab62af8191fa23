//! Quality rules: DQDL, parsed and bound to columns.
//!
//! Source: AWS Glue Data Quality, "Data Quality Definition Language (DQDL) reference".

use serde::{Deserialize, Serialize};

use crate::{CompareOp, Expr, Literal};
use touchstone_spec::TableName;

/// The rules of one table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ruleset {
    /// The text as the steward wrote it.
    pub text: String,
    /// Its rules, in order.
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The rule as written, in one line.
    pub text: String,
    /// What it checks.
    pub check: Check,
    /// Rows that the rule looks at: `where "…"`; all when absent.
    pub filter: Option<Expr>,
}

impl Rule {
    /// Whether single rows break it, so that they can be quarantined; else only the table as a whole passes or fails.
    pub fn is_row_rule(&self) -> bool {
        match &self.check {
            Check::IsComplete { .. }
            | Check::IsUnique { .. }
            | Check::IsPrimaryKey { .. }
            | Check::ColumnValues { .. }
            | Check::ColumnLength { .. }
            | Check::ReferentialIntegrity { .. } => true,
            Check::All(rules) | Check::Any(rules) => rules.iter().all(Self::is_row_rule),
            _ => false,
        }
    }

    /// Whether no row can break it where rows with this `key` were de-duplicated before: it asks for what de-duplication
    /// has just made true.
    pub fn holds_by_key(&self, key: &[String]) -> bool {
        let is_key = |columns: &[String]| {
            !key.is_empty()
                && key.iter().all(|name| columns.contains(name))
                && columns.iter().all(|name| key.contains(name))
        };
        match &self.check {
            Check::IsUnique { column } => is_key(std::slice::from_ref(column)),
            Check::IsPrimaryKey { columns } => is_key(columns),
            Check::All(rules) => rules.iter().all(|rule| rule.holds_by_key(key)),
            Check::Any(rules) => rules.iter().any(|rule| rule.holds_by_key(key)),
            _ => false,
        }
    }
}

/// What a rule checks. Columns are columns of the table the rule stands at. Shares are numbers from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// `RowCount > 0`
    RowCount(Condition),
    /// `ColumnCount = 12`
    ColumnCount(Condition),
    /// `ColumnExists "c"`: decided by the compiler, kept for the report.
    ColumnExists {
        /// Column that must exist.
        column: String,
        /// Whether it does.
        exists: bool,
    },
    /// `IsComplete "c"`: no row is null.
    IsComplete {
        /// Column looked at.
        column: String,
    },
    /// `Completeness "c" > 0.98`: share of rows that aren't null.
    Completeness {
        /// Column looked at.
        column: String,
        /// What the share must meet.
        condition: Condition,
    },
    /// `IsUnique "c"`: no value stands in two rows; nulls break it too.
    IsUnique {
        /// Column looked at.
        column: String,
    },
    /// `Uniqueness "c" > 0.9`: share of rows whose value stands in one row only.
    Uniqueness {
        /// Column looked at.
        column: String,
        /// What the share must meet.
        condition: Condition,
    },
    /// `DistinctValuesCount "c" < 12`
    DistinctValuesCount {
        /// Column looked at.
        column: String,
        /// What the number must meet.
        condition: Condition,
    },
    /// `IsPrimaryKey "a" "b"`: complete and together unique.
    IsPrimaryKey {
        /// Columns of the key.
        columns: Vec<String>,
    },
    /// `ColumnValues "c" > 0 [with threshold > 0.9]`: every row (or the share) meets the condition. Null rows break a
    /// comparison, as in Glue.
    ColumnValues {
        /// Column looked at.
        column: String,
        /// What a value must meet.
        condition: ValueCondition,
        /// Share of rows that must meet it; all when absent.
        threshold: Option<Condition>,
    },
    /// `ColumnLength "c" = 12`: length of text in characters.
    ColumnLength {
        /// Column looked at.
        column: String,
        /// What the length must meet.
        condition: Condition,
        /// Share of rows that must meet it; all when absent.
        threshold: Option<Condition>,
    },
    /// `Sum "c" > 0`
    Sum {
        /// Column looked at.
        column: String,
        /// What the sum must meet.
        condition: Condition,
    },
    /// `Mean "c" between 1 and 5`
    Mean {
        /// Column looked at.
        column: String,
        /// What the mean must meet.
        condition: Condition,
    },
    /// `ReferentialIntegrity "isin" "securities.isin" >= 0.99`: share of rows whose values stand in the other table; a
    /// null row breaks it. Without a condition: `= 1.0`.
    ReferentialIntegrity {
        /// Columns looked at.
        columns: Vec<String>,
        /// Table that is looked into.
        table: TableName,
        /// Its columns, in the order of `columns`.
        reference: Vec<String>,
        /// What the share must meet.
        condition: Condition,
    },
    /// `(…) and (…)`
    All(Vec<Rule>),
    /// `(…) or (…)`
    Any(Vec<Rule>),
}

/// What a number must meet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// `= 1`, `> 0.9` …
    Compare(CompareOp, f64),
    /// `between 1 and 5`: greater than the first and less than the second, as in Glue. `not between` is `negated`.
    Between {
        /// Lower bound, exclusive.
        low: f64,
        /// Upper bound, exclusive.
        high: f64,
        /// `not between`
        negated: bool,
    },
    /// `in [1, 2]`
    In {
        /// The numbers.
        values: Vec<f64>,
        /// `not in`
        negated: bool,
    },
}

/// What a value must meet. Literals have the column's type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueCondition {
    /// `= 'x'`, `> 0` …
    Compare(CompareOp, Literal),
    /// `between a and b`, both exclusive, as in Glue.
    Between {
        /// Lower bound, exclusive.
        low: Literal,
        /// Upper bound, exclusive.
        high: Literal,
        /// `not between`
        negated: bool,
    },
    /// `in ["a", "b"]`; `NULL`, `EMPTY` and `WHITESPACES_ONLY` may stand among them.
    In {
        /// The values.
        values: Vec<Literal>,
        /// Whether null is among them.
        null: bool,
        /// Whether the empty text is among them.
        empty: bool,
        /// Whether text of blanks only is among them.
        blank: bool,
        /// `not in`
        negated: bool,
    },
    /// `matches "regex"`: the whole text matches.
    Matches {
        /// The pattern.
        pattern: String,
        /// `not matches`
        negated: bool,
    },
}
