//! Silver: text becomes typed, mapped, de-duplicated and checked rows, and every record that doesn't is accounted for.
//!
//! The steps, in order: contract, filter, fields, de-duplication, rules. A record leaves at the first step that it
//! can't pass, with everything that is wrong with it at that step.

mod duplicates;
mod missing;
mod rows;

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::{DataFrame, Series};
use touchstone_compiler::{ColumnRef, CompiledSource, SilverPlan};
use touchstone_ingest::{Value, ValueParser};
use touchstone_spec::OnFailure;

use crate::{
    Duplicate, EngineError, LostValues, QuarantineCount, QuarantinedRecord, RuleOutcome, RuleResult, Table,
    Totals,
    bronze::{Bronze, ingest_error},
    cancel::ROWS_BETWEEN,
    expression::{Evaluator, Tables, gather},
    keys::Keys,
    lost::{Tally, lost},
    quality::{self, SAMPLE_ROWS, Subject},
    relation::take,
    types::Builder,
};
use duplicates::{Decided, Precedence, deduplicated_table};
pub(crate) use rows::{Fault, Quarantined, counts, explain, quarantine_table, quarantined_records};

/// Hears how many rows of a step are done, and may stop it.
pub(crate) type Watch<'watch> = &'watch dyn Fn(u64) -> Result<(), EngineError>;

/// Tells how far a step is that goes over all rows several times.
struct Share<'watch> {
    height: usize,
    /// How many times.
    parts: usize,
    watch: Watch<'watch>,
}

impl Share<'_> {
    fn tell(&self, parts_done: usize, rows_done: usize) -> Result<(), EngineError> {
        (self.watch)(((self.height * parts_done + rows_done) / self.parts.max(1)) as u64)
    }
}

/// Rows on their way from bronze to silver.
pub(crate) struct Passage<'run> {
    plan: &'run SilverPlan,
    bronze: &'run Bronze,
    tables: &'run Tables,
    /// The contract's columns as `source.<name>`, then the fields.
    frame: DataFrame,
    /// For each row of `frame` its row in bronze.
    origins: Vec<usize>,
    /// What went to quarantine.
    pub(crate) quarantined: Vec<Quarantined>,
    /// Bronze rows that the filter left out.
    pub(crate) filtered: Vec<usize>,
    /// Rows that lost against another with their key, and that other, as rows of bronze.
    pub(crate) lost: Vec<(usize, usize)>,
    /// By what that was decided.
    decided: Option<Decided>,
    /// What the rules found.
    pub(crate) findings: Vec<RuleResult>,
    /// For each rule the bronze rows that break it.
    failing: Vec<Vec<usize>>,
    /// The rule that halts the run.
    pub(crate) halted: Option<RuleResult>,
}

impl<'run> Passage<'run> {
    /// Step one: text becomes the contract's types.
    pub(crate) fn begin(
        plan: &'run SilverPlan,
        source: &CompiledSource,
        bronze: &'run Bronze,
        tables: &'run Tables,
        watch: Watch<'_>,
    ) -> Result<Self, EngineError> {
        let height = bronze.records.len();
        let mut broken: BTreeMap<usize, Quarantined> = BTreeMap::new();
        let mut columns = Vec::new();
        let share = Share { height, parts: source.contract.len(), watch };
        for (done, (field, name)) in source.contract.iter().zip(&bronze.contract_columns).enumerate() {
            let parser = ValueParser::new(field, &source.format)
                .map_err(|error| ingest_error(std::path::Path::new(&bronze.file), &bronze.file, &error))?;
            let mut builder = Builder::new(&field.data_type)?;
            let typed = format!("contract: {} is {}", field.name, field.data_type);
            let required = format!("contract: {} is required", field.name);
            for (row, text) in bronze.table.series(name)?.str()?.iter().enumerate() {
                if row % ROWS_BETWEEN == 0 {
                    share.tell(done, row)?;
                }
                match text.map_or(Ok(Value::Null), |text| parser.parse(text)) {
                    Ok(Value::Null) => {
                        if field.required {
                            broken.entry(row).or_insert_with(|| Quarantined::at(row)).add(
                                Some(&field.name),
                                &required,
                                format!("{} has no value", field.name),
                            );
                        }
                        builder.push_null();
                    }
                    Ok(value) => builder.push(value),
                    Err(error) => {
                        broken.entry(row).or_insert_with(|| Quarantined::at(row)).add(
                            Some(&field.name),
                            &typed,
                            format!("{}: {error}", field.name),
                        );
                        builder.push_null();
                    }
                }
            }
            columns.push(builder.finish(&ColumnRef::source(&field.name).physical())?.into());
        }
        let mut passage = Self {
            plan,
            bronze,
            tables,
            frame: DataFrame::new(height, columns)?,
            origins: (0..height).collect(),
            quarantined: Vec::new(),
            filtered: Vec::new(),
            lost: Vec::new(),
            decided: None,
            findings: Vec::new(),
            failing: Vec::new(),
            halted: None,
        };
        passage.quarantine(broken)?;
        Ok(passage)
    }

    /// Rows that are still on their way.
    pub(crate) fn height(&self) -> u64 {
        self.frame.height() as u64
    }

    /// Step two: leaves out the records for which the filter isn't true.
    pub(crate) fn filter(&mut self, watch: Watch<'_>) -> Result<(), EngineError> {
        watch(0)?;
        let Some(filter) = &self.plan.filter else { return Ok(()) };
        let keep: Vec<bool> = self.over().mask(filter)?.iter().map(|keep| keep == Some(true)).collect();
        let gone = self.retain(&keep)?;
        self.filtered.extend(gone);
        Ok(())
    }

    /// Step three: computes the fields; rows without a required value, or without their key, go to quarantine.
    pub(crate) fn map(&mut self, watch: Watch<'_>) -> Result<(), EngineError> {
        let mut broken: BTreeMap<usize, Quarantined> = BTreeMap::new();
        let share = Share { height: self.frame.height(), parts: self.plan.fields.len(), watch };
        for (done, field) in self.plan.fields.iter().enumerate() {
            share.tell(done, 0)?;
            let values = self.over().evaluate(&field.expr)?.with_name(field.name.as_str().into());
            let is_key = self.plan.key.contains(&field.name);
            if field.required || is_key {
                let losses = lost(&field.expr, &values, &self.frame, self.tables)?;
                let mut losses = losses.into_iter().peekable();
                let rule =
                    if is_key { format!("key: {}", field.name) } else { format!("required: {}", field.name) };
                let nulls: Vec<usize> = places(&values);
                let above = self.plan.fields.get(..done).unwrap_or_default();
                let missing = missing::missing(&field.expr, above, &self.frame, &nulls, self.tables)?;
                for (row, missing) in nulls.into_iter().zip(missing) {
                    let origin = self.origins.get(row).copied().unwrap_or(row);
                    let lost = losses.next_if(|lost| lost.row == row).map(|lost| lost.loss.to_string());
                    let because = lost.or(missing).map(|because| format!(": {because}")).unwrap_or_default();
                    broken.entry(row).or_insert_with(|| Quarantined::at(origin)).add(
                        Some(&field.name),
                        &rule,
                        format!("{} has no value (from {}){because}", field.name, field.source_text),
                    );
                }
            }
            self.frame.with_column(values.into())?;
        }
        self.quarantine(broken)
    }

    /// Step four: of the rows with one key one stays.
    pub(crate) fn deduplicate(&mut self, watch: Watch<'_>) -> Result<(), EngineError> {
        watch(0)?;
        if self.plan.key.is_empty() {
            return Ok(());
        }
        let key =
            self.plan.key.iter().map(|field| self.field(field).cloned()).collect::<Result<Vec<_>, _>>()?;
        let groups = Keys::new(&key, self.frame.height())?.groups();
        let order = self.plan.order_by.as_ref().map(|field| self.field(field)).transpose()?;
        let precedence = Precedence::new(self.plan.keep, order)?;
        let mut winners = groups.first_rows.clone();
        for (row, group) in groups.of_row.iter().enumerate() {
            if row % ROWS_BETWEEN == 0 {
                watch(row as u64)?;
            }
            if let Some(standing) = winners.get_mut(*group)
                && row != *standing
                && precedence.replaces(row, *standing)
            {
                *standing = row;
            }
        }
        let winner = |row: usize| groups.of_row.get(row).and_then(|group| winners.get(*group)).copied();
        let keep: Vec<bool> = (0..self.frame.height()).map(|row| winner(row) == Some(row)).collect();
        let pairs: Vec<(usize, usize)> = keep
            .iter()
            .enumerate()
            .filter(|(_, keep)| !**keep)
            .filter_map(|(row, _)| Some((row, winner(row)?)))
            .collect();
        self.decided = Some(Decided::new(&key, order, &pairs)?);
        let origin = |row: &usize| self.origins.get(*row).copied().unwrap_or(*row);
        self.lost = pairs.iter().map(|(row, winner)| (origin(row), origin(winner))).collect();
        self.retain(&keep)?;
        Ok(())
    }

    /// Step five: checks the rules. With `on_failure: quarantine`, rows that break a row rule go there.
    pub(crate) fn check(&mut self, watch: Watch<'_>) -> Result<(), EngineError> {
        let table = self.table()?;
        let records = self.records();
        let subject = Subject { table: &table, records: &records, tables: self.tables };
        let share = Share { height: records.len(), parts: self.plan.rules.rules.len(), watch };
        let findings = quality::evaluate(&self.plan.rules, &subject, &|done| share.tell(done, 0))?;
        if self.plan.on_failure == OnFailure::Halt {
            self.halted = findings
                .iter()
                .find(|finding| finding.result.outcome == RuleOutcome::Failed)
                .map(|finding| finding.result.clone());
        }
        self.failing = findings
            .iter()
            .map(|finding| {
                let rows = finding.breaks.iter().flatten().zip(&self.origins);
                rows.filter(|(breaks, _)| **breaks).map(|(_, origin)| *origin).collect()
            })
            .collect();
        let mut broken: BTreeMap<usize, Quarantined> = BTreeMap::new();
        if self.plan.on_failure == OnFailure::Quarantine {
            for finding in &findings {
                for (row, breaks) in finding.breaks.iter().flatten().enumerate() {
                    if *breaks {
                        let origin = self.origins.get(row).copied().unwrap_or(row);
                        broken.entry(row).or_insert_with(|| Quarantined::at(origin)).add(
                            None,
                            &finding.result.rule,
                            String::new(),
                        );
                    }
                }
            }
            let missing = |name: &str, rows: &[usize]| {
                let field = self.plan.fields.iter().find(|field| field.name == name);
                field.map_or(Ok(Vec::new()), |field| {
                    missing::missing(&field.expr, &self.plan.fields, &self.frame, rows, self.tables)
                })
            };
            rows::explain(&mut broken, &self.plan.rules, &table, &missing)?;
        }
        let deduplicated = self.lost.len();
        let told = self.plan.rules.rules.iter().zip(findings).map(|(rule, finding)| {
            let mut result = finding.result;
            if rule.holds_by_key(&self.plan.key) {
                let rows = if deduplicated == 1 { "row was" } else { "rows were" };
                result.measured =
                    format!("{}; always passes: {deduplicated} {rows} deduplicated before", result.measured);
            }
            result
        });
        self.findings = told.collect();
        self.quarantine(broken)
    }

    /// For each row that is still on its way its row in bronze.
    pub(crate) fn origins(&self) -> &[usize] {
        &self.origins
    }

    /// For each rule the numbers of all records that break it.
    pub(crate) fn failing_records(&self) -> Vec<Vec<u64>> {
        self.failing.iter().map(|rows| rows.iter().map(|row| self.record(*row)).collect()).collect()
    }

    /// Values of the rows that are still on their way that became null because they don't fit.
    pub(crate) fn lost_values(&self) -> Result<Vec<LostValues>, EngineError> {
        let mut tally = Tally::default();
        for field in &self.plan.fields {
            for lost in lost(&field.expr, self.field(&field.name)?, &self.frame, self.tables)? {
                let origin = self.origins.get(lost.row).copied().unwrap_or(lost.row);
                tally.add(&field.name, self.record(origin), &lost);
            }
        }
        Ok(tally.finish())
    }

    /// The rows that are left, and for each its row in bronze.
    pub(crate) fn into_rows(self) -> (DataFrame, Vec<usize>) {
        (self.frame, self.origins)
    }

    /// The table as it is now.
    pub(crate) fn table(&self) -> Result<Table, EngineError> {
        let columns = self.plan.schema.columns.clone();
        let series = columns
            .iter()
            .map(|column| Ok(self.field(&column.name)?.clone().into()))
            .collect::<Result<Vec<_>, EngineError>>()?;
        Ok(Table { columns, frame: DataFrame::new(self.frame.height(), series)? })
    }

    /// Numbers of the records of the rows that are still on their way.
    pub(crate) fn records(&self) -> Vec<u64> {
        self.origins.iter().map(|row| self.record(*row)).collect()
    }

    /// Number of the record of a bronze row.
    pub(crate) fn record(&self, row: usize) -> u64 {
        self.bronze.records.get(row).copied().unwrap_or(0)
    }

    /// Where every row of bronze went.
    pub(crate) fn totals(&self) -> Totals {
        Totals::Silver {
            records: self.bronze.records.len() as u64,
            loaded: self.height(),
            filtered: self.filtered.len() as u64,
            deduplicated: self.lost.len() as u64,
            quarantined: self.quarantined.len() as u64,
        }
    }

    /// The rows that lost against another: the first for the report, and all of them as a table.
    pub(crate) fn deduplicated(&self) -> Result<(Vec<Duplicate>, Table), EngineError> {
        let in_quarantine: BTreeSet<usize> = self.quarantined.iter().map(|row| row.origin).collect();
        let kept: Vec<u64> = self.lost.iter().map(|(_, kept)| self.record(*kept)).collect();
        let later: Vec<bool> = self.lost.iter().map(|(_, kept)| in_quarantine.contains(kept)).collect();
        let told = match &self.decided {
            Some(decided) => decided.told(self.plan, &later)?,
            None => Vec::new(),
        };
        let first = self.lost.iter().zip(&kept).zip(&told).take(SAMPLE_ROWS);
        let first = first.map(|(((row, _), kept), told)| Duplicate {
            record: self.record(*row),
            kept: *kept,
            key: told.key.clone(),
            reason: told.reason.clone(),
        });
        let first = first.collect();
        Ok((first, deduplicated_table(&self.bronze.table, &self.lost, &kept, told)?))
    }

    /// The rows that the filter left out.
    pub(crate) fn filtered_table(&self) -> Result<Table, EngineError> {
        rows::rows_aside(&self.bronze.table, self.filtered.iter().copied())
    }

    /// How many records broke which rule, and the first of them.
    pub(crate) fn quarantine_report(&self) -> (Vec<QuarantineCount>, Vec<QuarantinedRecord>) {
        (counts(&self.quarantined), quarantined_records(&self.quarantined, &self.bronze.records))
    }

    /// The contract's columns of the rows that are still on their way, and the fields.
    fn over(&self) -> Evaluator<'_> {
        Evaluator { rows: &self.frame, tables: self.tables }
    }

    fn field(&self, name: &str) -> Result<&Series, EngineError> {
        Ok(self.frame.column(name)?.as_materialized_series())
    }

    /// Keeps some rows; gives the bronze rows of the others.
    fn retain(&mut self, keep: &[bool]) -> Result<Vec<usize>, EngineError> {
        if keep.iter().all(|keep| *keep) {
            return Ok(Vec::new());
        }
        let kept: Vec<Option<usize>> =
            keep.iter().enumerate().filter_map(|(row, keep)| keep.then_some(Some(row))).collect();
        self.frame = take(&self.frame, &kept)?;
        let mut gone = Vec::new();
        let mut origins = Vec::with_capacity(kept.len());
        for (origin, keep) in self.origins.iter().zip(keep) {
            if *keep { origins.push(*origin) } else { gone.push(*origin) }
        }
        self.origins = origins;
        Ok(gone)
    }

    /// Sends rows of the frame to quarantine.
    fn quarantine(&mut self, broken: BTreeMap<usize, Quarantined>) -> Result<(), EngineError> {
        let keep: Vec<bool> = (0..self.frame.height()).map(|row| !broken.contains_key(&row)).collect();
        self.retain(&keep)?;
        self.quarantined.extend(broken.into_values());
        self.quarantined.sort_by_key(|quarantined| quarantined.origin);
        Ok(())
    }
}

/// The rows without a value.
fn places(values: &Series) -> Vec<usize> {
    let nulls = values.is_null();
    nulls.iter().enumerate().filter(|(_, null)| *null == Some(true)).map(|(row, _)| row).collect()
}

/// Rows of a table by their places.
pub(crate) fn table_rows(table: &Table, rows: &[Option<usize>]) -> Result<Table, EngineError> {
    let series = table
        .columns
        .iter()
        .map(|column| Ok(gather(table.series(&column.name)?, rows)?.into()))
        .collect::<Result<Vec<_>, EngineError>>()?;
    Ok(Table { columns: table.columns.clone(), frame: DataFrame::new(rows.len(), series)? })
}
