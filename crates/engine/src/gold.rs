//! Gold: a query over silver and gold tables, then its rules.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;
use touchstone_compiler::{ExprKind, GoldPlan, NamedExpr, Relation};
use touchstone_spec::OnFailure;

use crate::{
    Cancelled, EngineError, LostValues, RuleOutcome, RuleResult, Table, Totals,
    bronze::{RECORD, column, record_series},
    expression::Tables,
    lost,
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
    /// For each rule the numbers of the query's rows that break it.
    pub(crate) failing: Vec<Vec<u64>>,
    pub(crate) halted: Option<RuleResult>,
    pub(crate) totals: Totals,
}

/// Runs the query; gives its rows, and what became null on the way.
pub(crate) fn query(
    plan: &GoldPlan,
    tables: &Tables,
    cancelled: Cancelled<'_>,
) -> Result<(Table, Vec<LostValues>), EngineError> {
    let query = Query { tables, cancelled };
    if !lost::query_can_lose(&plan.query) {
        return Ok((result(plan, &query.run(&plan.query)?)?, Vec::new()));
    }
    let made = query.trace(&plan.query)?;
    Ok((result(plan, &made.rows)?, lost::in_query(plan, &made, tables)?))
}

/// The table that a query's rows are.
pub(crate) fn result(plan: &GoldPlan, rows: &DataFrame) -> Result<Table, EngineError> {
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

/// The columns of a gold table that name a row of it: its key, or else, where the query groups, the columns that hold
/// what it groups by. Empty when it groups by something that it doesn't show.
pub fn group_columns(plan: &GoldPlan) -> Vec<String> {
    if !plan.schema.key.is_empty() {
        return plan.schema.key.clone();
    }
    let mut projections: Vec<&[NamedExpr]> = Vec::new();
    let mut relation = &plan.query;
    let groups = loop {
        relation = match relation {
            Relation::Project { input, columns } => {
                projections.push(columns);
                input
            }
            Relation::Sort { input, .. } | Relation::Filter { input, .. } | Relation::Limit { input, .. } => {
                input
            }
            Relation::Aggregate { group_by, .. } => break group_by,
            _ => return Vec::new(),
        };
    };
    let shown = |group: &NamedExpr| {
        // A name is followed up through the projections that only pass it on.
        projections.iter().rev().try_fold(group.name.clone(), |name, columns| {
            columns
                .iter()
                .find(|column| {
                    matches!(&column.expr.kind, ExprKind::Column(reference) if reference.physical() == name)
                })
                .map(|column| column.name.clone())
        })
    };
    groups.iter().map(shown).collect::<Option<Vec<_>>>().unwrap_or_default()
}

/// Checks the rules.
pub(crate) fn check(
    plan: &GoldPlan,
    rows: &Table,
    tables: &Tables,
    watch: &dyn Fn(usize) -> Result<(), EngineError>,
) -> Result<Checked, EngineError> {
    let records: Vec<u64> = (1..=rows.height()).collect();
    let findings =
        quality::evaluate(&plan.rules, &Subject { table: rows, records: &records, tables }, watch)?;
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
        // Of a query it isn't followed what its columns are missing for.
        crate::silver::explain(&mut broken, &plan.rules, rows, &|_, _| Ok(Vec::new()))?;
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
        failing: findings.iter().map(failing).collect(),
        findings: findings.into_iter().map(|finding| finding.result).collect(),
        halted,
    })
}

fn failing(finding: &quality::Finding) -> Vec<u64> {
    let breaks = finding.breaks.iter().flatten();
    (1..).zip(breaks).filter(|(_, breaks)| **breaks).map(|(number, _)| number).collect()
}

/// The query's rows with their numbers.
fn numbered(rows: &Table, records: &[u64]) -> Result<Table, EngineError> {
    let mut columns = rows.columns.clone();
    let mut frame = rows.frame.clone();
    columns.push(column(RECORD, touchstone_spec::DataType::Long, true));
    frame.with_column(record_series(records).into())?;
    Ok(Table { columns, frame })
}
