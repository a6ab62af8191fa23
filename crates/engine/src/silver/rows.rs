//! Rows in quarantine: what is wrong with them, for the quarantine table and for the report.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::{DataFrame, IntoSeries, NewChunkedArray, StringChunked};
use touchstone_compiler::Ruleset;
use touchstone_spec::DataType;

use super::table_rows;
use crate::{
    EngineError, QuarantineCount, QuarantinedRecord, Table,
    bronze::{KEPT_RECORD, KEY, LOADED_AT, REASON, RULES, column},
    page::texts,
    quality::{SAMPLE_ROWS, columns_of},
};

/// Why a column has no value in some rows; shorter where nothing is known.
pub(crate) type Missing<'rows> = dyn Fn(&str, &[usize]) -> Result<Vec<Option<String>>, EngineError> + 'rows;

/// A row that went to quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quarantined {
    /// Its row in bronze; in gold, in the query's result.
    pub(crate) origin: usize,
    /// What is wrong with it.
    pub(crate) faults: Vec<Fault>,
}

/// One rule that a row broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Column of the contract or field, where one is to blame.
    pub(crate) column: Option<String>,
    /// The rule.
    pub(crate) rule: String,
    /// What was wrong, with the value.
    pub(crate) reason: String,
}

impl Quarantined {
    pub(crate) fn at(origin: usize) -> Self {
        Self { origin, faults: Vec::new() }
    }

    pub(crate) fn add(&mut self, column: Option<&str>, rule: &str, reason: String) {
        self.faults.push(Fault { column: column.map(str::to_owned), rule: rule.to_owned(), reason });
    }

    fn rules(&self) -> Vec<String> {
        self.faults.iter().map(|fault| fault.rule.clone()).collect()
    }

    fn reason(&self) -> String {
        let mut reasons: Vec<&str> = Vec::new();
        for fault in &self.faults {
            if !fault.reason.is_empty() && !reasons.contains(&fault.reason.as_str()) {
                reasons.push(&fault.reason);
            }
        }
        reasons.join("; ")
    }
}

/// Puts the values that a rule looked at into the reasons of the rows that broke it. Rows are keyed by their place in
/// `table`. `missing` says why columns have no value there, as far as that is known.
pub(crate) fn explain(
    broken: &mut BTreeMap<usize, Quarantined>,
    rules: &Ruleset,
    table: &Table,
    missing: &Missing<'_>,
) -> Result<(), EngineError> {
    let rows: Vec<Option<usize>> = broken.keys().map(|row| Some(*row)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let wanted = |fault: &Fault| rules.rules.iter().find(|rule| rule.text == fault.rule);
    let faults = broken.values().flat_map(|quarantined| &quarantined.faults);
    let named: BTreeSet<String> = faults.filter_map(wanted).flat_map(columns_of).collect();
    let values = table_rows(table, &rows)?;
    let mut columns: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for column in values.columns.iter().filter(|column| named.contains(&column.name)) {
        let texts = texts(values.series(&column.name)?, &column.data_type)?;
        let is_null = |(_, text): &(&usize, &Option<String>)| text.is_none();
        let nulls: Vec<usize> = broken.keys().zip(&texts).filter(is_null).map(|(row, _)| *row).collect();
        let mut reasons = missing(&column.name, &nulls)?.into_iter();
        let told = texts.into_iter().map(|text| {
            if let Some(text) = text {
                return format!("{} = {text}", column.name);
            }
            let because = reasons.next().flatten().map(|because| format!(": {because}"));
            format!("{} has no value{}", column.name, because.unwrap_or_default())
        });
        columns.insert(&column.name, told.collect());
    }
    for (place, quarantined) in broken.values_mut().enumerate() {
        for fault in &mut quarantined.faults {
            let Some(rule) = wanted(fault) else { continue };
            let told = columns_of(rule).into_iter().map(|name| {
                let told = columns.get(name.as_str()).and_then(|told| told.get(place));
                told.cloned().unwrap_or_else(|| format!("{name} has no value"))
            });
            fault.reason = told.collect::<Vec<_>>().join(", ");
        }
    }
    Ok(())
}

/// How many rows broke which rule: the most broken first, then by name.
pub(crate) fn counts(quarantined: &[Quarantined]) -> Vec<QuarantineCount> {
    let mut rows: BTreeMap<&str, u64> = BTreeMap::new();
    for quarantined in quarantined {
        for fault in &quarantined.faults {
            *rows.entry(&fault.rule).or_default() += 1;
        }
    }
    let mut counts: Vec<QuarantineCount> =
        rows.into_iter().map(|(rule, rows)| QuarantineCount { rule: rule.to_owned(), rows }).collect();
    counts.sort_by(|left, right| right.rows.cmp(&left.rows).then_with(|| left.rule.cmp(&right.rule)));
    counts
}

/// The first rows in quarantine, for the report.
pub(crate) fn quarantined_records(quarantined: &[Quarantined], records: &[u64]) -> Vec<QuarantinedRecord> {
    quarantined
        .iter()
        .take(SAMPLE_ROWS)
        .map(|quarantined| QuarantinedRecord {
            record: records.get(quarantined.origin).copied().unwrap_or(0),
            rules: quarantined.rules(),
            reason: quarantined.reason(),
        })
        .collect()
}

/// The quarantine table: the rows as they came in, with `_rules` (joined by `; `) and `_reason`.
pub(crate) fn quarantine_table(rows: &Table, quarantined: &[Quarantined]) -> Result<Table, EngineError> {
    let Table { mut columns, frame } = rows_aside(rows, quarantined.iter().map(|row| row.origin))?;
    let rules: Vec<String> = quarantined.iter().map(|quarantined| quarantined.rules().join("; ")).collect();
    let reasons: Vec<String> = quarantined.iter().map(Quarantined::reason).collect();
    let mut series = frame.into_columns();
    for (name, texts) in [(RULES, rules), (REASON, reasons)] {
        columns.push(column(name, DataType::String, true));
        series.push(
            StringChunked::from_iter_values(name.into(), texts.iter().map(String::as_str))
                .into_series()
                .into(),
        );
    }
    Ok(Table { columns, frame: DataFrame::new(quarantined.len(), series)? })
}

/// Rows that went no further, as they came in.
pub(crate) fn rows_aside(rows: &Table, places: impl Iterator<Item = usize>) -> Result<Table, EngineError> {
    let places: Vec<Option<usize>> = places.map(Some).collect();
    let rows = table_rows(rows, &places)?;
    let mut columns = Vec::new();
    let mut series = Vec::new();
    for known in &rows.columns {
        // The load time says nothing about the row, and would make each run's table differ.
        if known.name == LOADED_AT {
            continue;
        }
        // What is said of the row may stand beside a column of the same name.
        let is_taken = [RULES, REASON, KEY, KEPT_RECORD].contains(&known.name.as_str());
        let name = if is_taken { format!("{}_column", known.name) } else { known.name.clone() };
        let values = rows.series(&known.name)?.clone().with_name(name.as_str().into());
        columns.push(column(name, known.data_type.clone(), known.required && known.name.starts_with('_')));
        series.push(values.into());
    }
    Ok(Table { columns, frame: DataFrame::new(places.len(), series)? })
}
