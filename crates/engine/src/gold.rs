//! Gold: a query over silver and gold tables, then its rules.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;
use touchstone_compiler::GoldPlan;
use touchstone_spec::OnFailure;

use crate::{
    EngineError, RuleOutcome, RuleResult, Table, Totals,
    bronze::{RECORD, column, record_series},
    expression::Tables,
    quality::{self, Subject},
    relation::Query,
    silver::{Quarantined, quarantine_table, table_rows},
    types::physical_type,
};

/// What the rules of a gold table made of the query's rows.
pub(crate) struct Checked {
    pub(crate) table: Table,
    pub(crate) quarantined: Vec<Quarantined>,
    /// The rows in quarantine, as a table.
    pub(crate) quarantine: Table,
    pub(crate) findings: Vec<RuleResult>,
    pub(crate) halted: Option<RuleResult>,
    pub(crate) totals: Totals,
}

/// Runs the query.
pub(crate) fn query(
    plan: &GoldPlan,
    tables: &Tables,
    cancelled: &dyn Fn() -> bool,
) -> Result<Table, EngineError> {
    let rows = Query { tables, cancelled }.run(&plan.query)?;
    let columns = plan.schema.columns.clone();
    let series = columns
        .iter()
        .map(|column| {
            let values = rows.column(&column.name)?.clone();
            let expected = physical_type(&column.data_type)?;
            if *values.dtype() != expected {
                return Err(EngineError::internal(
                    format!("{}.{}", plan.schema.name, column.name),
                    format!("the query gives {}, the plan says {}", values.dtype(), column.data_type),
                ));
            }
            Ok(values)
        })
        .collect::<Result<Vec<_>, EngineError>>()?;
    Ok(Table { columns, frame: DataFrame::new(rows.height(), series)? })
}

/// Checks the rules.
pub(crate) fn check(plan: &GoldPlan, rows: &Table, tables: &Tables) -> Result<Checked, EngineError> {
    let records: Vec<u64> = (1..=rows.height()).collect();
    let findings = quality::evaluate(&plan.rules, &Subject { table: rows, records: &records, tables })?;
    let halted = (plan.on_failure == OnFailure::Halt)
        .then(|| findings.iter().find(|finding| finding.result.outcome == RuleOutcome::Failed))
        .flatten()
        .map(|finding| finding.result.clone());
    let mut broken: BTreeMap<usize, Quarantined> = BTreeMap::new();
    if plan.on_failure == OnFailure::Quarantine {
        for finding in &findings {
            for (row, breaks) in finding.breaks.iter().flatten().enumerate() {
                if *breaks {
                    broken.entry(row).or_insert_with(|| Quarantined::at(row)).add(
                        None,
                        &finding.result.rule,
                        String::new(),
                    );
                }
            }
        }
        crate::silver::explain(&mut broken, &plan.rules, rows)?;
    }
    let kept: Vec<Option<usize>> =
        (0..rows.frame.height()).filter(|row| !broken.contains_key(row)).map(Some).collect();
    let table = table_rows(rows, &kept)?;
    let quarantined: Vec<Quarantined> = broken.into_values().collect();
    let numbered = numbered(rows, &records)?;
    Ok(Checked {
        totals: Totals::Gold {
            records: rows.height(),
            loaded: table.height(),
            quarantined: quarantined.len() as u64,
        },
        quarantine: quarantine_table(&numbered, &quarantined)?,
        table,
        quarantined,
        findings: findings.into_iter().map(|finding| finding.result).collect(),
        halted,
    })
}

/// The query's rows with their numbers.
fn numbered(rows: &Table, records: &[u64]) -> Result<Table, EngineError> {
    let mut columns = rows.columns.clone();
    let mut frame = rows.frame.clone();
    columns.push(column(RECORD, touchstone_spec::DataType::Long, true));
    frame.with_column(record_series(records).into())?;
    Ok(Table { columns, frame })
}
