//! Evaluates quality rules: what each measured, and which rows break it.
//!
//! As Glue does, rules look at all rows of a table as it would be without them; which rows go to quarantine is decided
//! afterwards. A rule with a threshold that is met breaks no row. Where values must be unique, every row whose value
//! stands in another row too breaks the rule: none of them is more right than the others. Without rows nothing can be
//! broken: row rules pass and shares are 1; a sum or mean without values fails.

mod measure;
mod rows;

use polars::prelude::BooleanChunked;
use touchstone_compiler::{Check, Condition, Rule, Ruleset};

use crate::{
    EngineError, FailingRow, RuleOutcome, RuleResult, Table,
    expression::{Evaluator, Tables},
    page::texts,
};
use measure::{condition_met, share_text};

/// How many failing rows a report names.
pub(crate) const SAMPLE_ROWS: usize = 20;

/// What a rule found.
pub(crate) struct Finding {
    /// For the report.
    pub(crate) result: RuleResult,
    /// For a rule about single rows: whether each row breaks it. All false when the rule passed.
    pub(crate) breaks: Option<Vec<bool>>,
}

/// The rows that rules look at.
pub(crate) struct Subject<'table> {
    pub(crate) table: &'table Table,
    /// Number of the record of each row, for the report.
    pub(crate) records: &'table [u64],
    /// Tables for references.
    pub(crate) tables: &'table Tables,
}

/// What a check found, before it is worded for the report.
struct Verdict {
    passed: bool,
    measured: String,
    breaks: Option<Vec<bool>>,
}

/// Evaluates all rules of a table. `watch` hears how many rules are done, and may stop it.
pub(crate) fn evaluate(
    ruleset: &Ruleset,
    subject: &Subject<'_>,
    watch: &dyn Fn(usize) -> Result<(), EngineError>,
) -> Result<Vec<Finding>, EngineError> {
    ruleset
        .rules
        .iter()
        .enumerate()
        .map(|(done, rule)| {
            watch(done)?;
            let considered = subject.considered(rule)?;
            let verdict = subject.judge(rule, &considered)?;
            let breaks = if verdict.passed {
                verdict.breaks.map(|breaks| vec![false; breaks.len()])
            } else {
                verdict.breaks
            };
            let failing: Vec<usize> = breaks
                .iter()
                .flatten()
                .enumerate()
                .filter_map(|(row, breaks)| breaks.then_some(row))
                .collect();
            Ok(Finding {
                result: RuleResult {
                    rule: rule.text.clone(),
                    outcome: if verdict.passed { RuleOutcome::Passed } else { RuleOutcome::Failed },
                    measured: verdict.measured,
                    rows: considered.iter().filter(|row| **row).count() as u64,
                    failing_rows: failing.len() as u64,
                    failing: subject.describe(&columns_of(rule), &failing)?,
                },
                breaks,
            })
        })
        .collect()
}

/// The columns that a rule looks at, each once.
pub(crate) fn columns_of(rule: &Rule) -> Vec<String> {
    let mut columns: Vec<String> = match &rule.check {
        Check::RowCount(_) | Check::ColumnCount(_) => Vec::new(),
        Check::ColumnExists { column, .. }
        | Check::IsComplete { column }
        | Check::Completeness { column, .. }
        | Check::IsUnique { column }
        | Check::Uniqueness { column, .. }
        | Check::DistinctValuesCount { column, .. }
        | Check::ColumnValues { column, .. }
        | Check::ColumnLength { column, .. }
        | Check::Sum { column, .. }
        | Check::Mean { column, .. } => vec![column.clone()],
        Check::IsPrimaryKey { columns } | Check::ReferentialIntegrity { columns, .. } => columns.clone(),
        Check::All(rules) | Check::Any(rules) => rules.iter().flat_map(columns_of).collect(),
    };
    let mut seen = std::collections::BTreeSet::new();
    columns.retain(|column| seen.insert(column.clone()));
    columns
}

impl Subject<'_> {
    fn height(&self) -> usize {
        self.table.frame.height()
    }

    /// The rows that a rule looks at.
    fn considered(&self, rule: &Rule) -> Result<Vec<bool>, EngineError> {
        let mask: Option<BooleanChunked> = rule
            .filter
            .as_ref()
            .map(|filter| Evaluator { rows: &self.table.frame, tables: self.tables }.mask(filter))
            .transpose()?;
        Ok(match mask {
            Some(mask) => mask.iter().map(|row| row == Some(true)).collect(),
            None => vec![true; self.height()],
        })
    }

    fn judge(&self, rule: &Rule, considered: &[bool]) -> Result<Verdict, EngineError> {
        let exact = |breaks: Vec<bool>| {
            let (broken, rows) = count(&breaks, considered);
            Verdict {
                passed: broken == 0,
                measured: format!("{broken} of {rows} rows break it"),
                breaks: Some(only(breaks, considered)),
            }
        };
        let shared = |breaks: Vec<bool>, condition: &Condition| {
            let (broken, rows) = count(&breaks, considered);
            let (passed, share) = measure::share(rows - broken, rows, condition);
            Verdict {
                passed,
                measured: format!("{}, {broken} of {rows} rows break it", share_text(share)),
                breaks: Some(only(breaks, considered)),
            }
        };
        let thresholded = |breaks: Vec<bool>, threshold: Option<&Condition>| match threshold {
            Some(condition) => shared(breaks, condition),
            None => exact(breaks),
        };
        Ok(match &rule.check {
            Check::IsComplete { column } => exact(rows::nulls(self.table.series(column)?)),
            Check::IsUnique { column } => exact(self.repeated(std::slice::from_ref(column), considered)?),
            Check::IsPrimaryKey { columns } => exact(self.repeated(columns, considered)?),
            Check::ColumnValues { column, condition, threshold } => {
                thresholded(self.wrong_values(column, condition)?, threshold.as_ref())
            }
            Check::ColumnLength { column, condition, threshold } => {
                thresholded(rows::wrong_lengths(self.table.series(column)?, condition)?, threshold.as_ref())
            }
            Check::ReferentialIntegrity { columns, table, reference, condition } => {
                shared(self.unreferenced(columns, table, reference)?, condition)
            }
            Check::All(rules) | Check::Any(rules) if rule.is_row_rule() => {
                exact(self.composite(rules, considered, matches!(rule.check, Check::All(_)))?)
            }
            Check::All(rules) | Check::Any(rules) => {
                self.combined(rules, considered, matches!(rule.check, Check::All(_)))?
            }
            Check::RowCount(condition) => {
                let rows = considered.iter().filter(|row| **row).count();
                number(rows as f64, rows.to_string(), condition)
            }
            Check::ColumnCount(condition) => {
                let columns = self.table.columns.len();
                number(columns as f64, columns.to_string(), condition)
            }
            Check::ColumnExists { exists, .. } => Verdict {
                passed: *exists,
                measured: if *exists { "it exists" } else { "it doesn't exist" }.to_owned(),
                breaks: None,
            },
            Check::Completeness { .. }
            | Check::Uniqueness { .. }
            | Check::DistinctValuesCount { .. }
            | Check::Sum { .. }
            | Check::Mean { .. } => self.measured(&rule.check, considered)?,
        })
    }

    /// Rows that break a composite of row rules: one of all, or all of any.
    fn composite(&self, rules: &[Rule], considered: &[bool], all: bool) -> Result<Vec<bool>, EngineError> {
        let mut breaks = vec![!all; self.height()];
        for rule in rules {
            let verdict = self.judge(rule, &both(considered, &self.considered(rule)?))?;
            let broken =
                verdict.breaks.filter(|_| !verdict.passed).unwrap_or_else(|| vec![false; self.height()]);
            for (breaks, broken) in breaks.iter_mut().zip(broken) {
                *breaks = if all { *breaks || broken } else { *breaks && broken };
            }
        }
        Ok(breaks)
    }

    /// A composite with rules about the table: judged as a whole.
    fn combined(&self, rules: &[Rule], considered: &[bool], all: bool) -> Result<Verdict, EngineError> {
        let mut passed = all;
        let mut measured = Vec::new();
        for rule in rules {
            let verdict = self.judge(rule, &both(considered, &self.considered(rule)?))?;
            passed = if all { passed && verdict.passed } else { passed || verdict.passed };
            measured.push(verdict.measured);
        }
        Ok(Verdict { passed, measured: measured.join("; "), breaks: None })
    }

    /// The first failing rows with the values that the rule looks at.
    fn describe(&self, columns: &[String], failing: &[usize]) -> Result<Vec<FailingRow>, EngineError> {
        let shown: Vec<Option<usize>> = failing.iter().take(SAMPLE_ROWS).map(|row| Some(*row)).collect();
        let mut described: Vec<FailingRow> = shown
            .iter()
            .flatten()
            .map(|row| FailingRow {
                record: self.records.get(*row).copied().unwrap_or(0),
                values: Vec::new(),
            })
            .collect();
        for name in columns {
            let Some(column) = self.table.columns.iter().find(|column| column.name == *name) else {
                continue;
            };
            let values = crate::expression::gather(self.table.series(name)?, &shown)?;
            for (row, text) in described.iter_mut().zip(texts(&values, &column.data_type)?) {
                row.values.push((name.clone(), text));
            }
        }
        Ok(described)
    }
}

fn number(value: f64, text: String, condition: &Condition) -> Verdict {
    Verdict { passed: condition_met(value, condition), measured: text, breaks: None }
}

/// How many of the rows that are looked at break a rule, and how many are looked at.
fn count(breaks: &[bool], considered: &[bool]) -> (u64, u64) {
    let broken =
        breaks.iter().zip(considered).filter(|(breaks, considered)| **breaks && **considered).count();
    (broken as u64, considered.iter().filter(|row| **row).count() as u64)
}

fn only(breaks: Vec<bool>, considered: &[bool]) -> Vec<bool> {
    breaks.into_iter().zip(considered).map(|(breaks, considered)| breaks && *considered).collect()
}

fn both(left: &[bool], right: &[bool]) -> Vec<bool> {
    left.iter().zip(right).map(|(left, right)| *left && *right).collect()
}
