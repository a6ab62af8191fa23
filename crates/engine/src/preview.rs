//! Preview: a silver table's mapping over the first records of its source, without writing anything.

use serde::{Deserialize, Serialize};
use touchstone_compiler::CompiledPipeline;

use crate::{
    Duplicate, EngineError, ErrorKind, RuleResult, SimulateOptions, Table, TablePage, Warehouse, bronze,
    expression::Tables,
    silver::{Passage, table_rows},
    simulate::referenced,
};

/// What a mapping makes of the first records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// The records as text, as read.
    pub source: TablePage,
    /// Their numbers.
    pub source_records: Vec<u64>,
    /// The rows that would be loaded.
    pub result: TablePage,
    /// The records that they come from.
    pub result_records: Vec<u64>,
    /// What is wrong with the others, one entry per broken rule.
    pub problems: Vec<PreviewProblem>,
    /// Records that the filter leaves out.
    pub filtered: Vec<u64>,
    /// Records that lose against another with their key.
    pub duplicates: Vec<Duplicate>,
    /// What the rules found on these records.
    pub rules: Vec<RuleResult>,
}

/// Why a record would go to quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewProblem {
    /// Number of the record.
    pub record: u64,
    /// Column of the contract or field that is to blame, when it is one.
    pub column: Option<String>,
    /// The rule.
    pub rule: String,
    /// What is wrong, with the value.
    pub reason: String,
}

/// Runs the mapping of the silver table `table` over the first `options.row_limit` records of its source. Tables that
/// it looks into are read from the warehouse, as the last run left them.
pub async fn preview(
    pipeline: &CompiledPipeline,
    table: &str,
    options: &SimulateOptions,
) -> Result<Preview, EngineError> {
    let plan = pipeline.silver.get(table).ok_or_else(|| {
        EngineError::new(
            ErrorKind::Missing,
            pipeline.name.clone(),
            format!("there is no silver table `{table}`"),
            "choose one of the pipeline's silver tables",
        )
    })?;
    let place = plan.schema.name.to_string();
    let source = pipeline.sources.get(&plan.source).ok_or_else(|| {
        EngineError::internal(place.clone(), format!("there is no source `{}`", plan.source))
    })?;
    let mut tables = Tables::new();
    let needed: Vec<_> = plan.lookups.iter().chain(plan.rules.rules.iter().flat_map(referenced)).collect();
    if !needed.is_empty() {
        let warehouse = Warehouse::open(&options.warehouse).await?;
        for name in needed {
            if warehouse.contains(name).await? {
                tables.insert(name.clone(), warehouse.read(name).await?);
            }
        }
    }
    let unwatched = |_: u64| Ok(());
    let read = bronze::read(source, &place, options, &unwatched)?;
    let mut passage = Passage::begin(plan, source, &read, &tables, &unwatched)?;
    passage.filter(&unwatched)?;
    passage.map(&unwatched)?;
    passage.deduplicate(&unwatched)?;
    passage.check(&unwatched)?;
    let problems = passage
        .quarantined
        .iter()
        .flat_map(|quarantined| {
            let record = passage.record(quarantined.origin);
            quarantined.faults.iter().map(move |fault| PreviewProblem {
                record,
                column: fault.column.clone(),
                rule: fault.rule.clone(),
                reason: fault.reason.clone(),
            })
        })
        .collect();
    Ok(Preview {
        source: page(&source_columns(&read.table)?)?,
        source_records: read.records.clone(),
        result: page(&passage.table()?)?,
        result_records: passage.records(),
        problems,
        filtered: passage.filtered.iter().map(|row| passage.record(*row)).collect(),
        duplicates: passage
            .lost
            .iter()
            .map(|(row, kept)| Duplicate { record: passage.record(*row), kept: passage.record(*kept) })
            .collect(),
        rules: passage.findings.clone(),
    })
}

fn page(table: &Table) -> Result<TablePage, EngineError> {
    TablePage::of(table, 0, table.frame.height())
}

/// The columns of the file, without those that Touchstone adds.
fn source_columns(table: &Table) -> Result<Table, EngineError> {
    let all: Vec<Option<usize>> = (0..table.frame.height()).map(Some).collect();
    let added = bronze::ADDED;
    let mut rows = table_rows(table, &all)?;
    rows.columns.retain(|column| !added.contains(&column.name.as_str()));
    rows.frame = rows.frame.drop_many(added);
    Ok(rows)
}
