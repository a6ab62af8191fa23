//! Preview: what a pipeline makes of the first records of its samples, as it stands in the editor, without writing
//! anything.
//!
//! Only what the table needs is run. The records of its own source are the first few; a table that it reads is made
//! from its own sample too, up to [`PreviewOptions::upstream_records`] of it, so that a lookup finds what it would
//! find in a run; tables of other pipelines are taken from the warehouse where they are. Samples, and tables that are
//! made from them, are kept between calls for as long as neither the file nor what is done with it changes.

mod needed;
mod view;

use std::{path::PathBuf, sync::Mutex};

use serde::{Deserialize, Serialize};
use touchstone_compiler::{CompiledPipeline, CompiledSource, GoldPlan, SilverPlan};
use touchstone_spec::{Layer, TableName};

use crate::{
    Cancelled, EngineError, ErrorKind, LostValues, RejectedRecord, RuleResult, TablePage, Totals, Warehouse,
    bronze::rejected_record, cancel::go_on, gold, lost, quality::SAMPLE_ROWS, relation::Query,
    silver::Passage,
};
use needed::{Kept, Needed};

/// What is previewed.
#[derive(Debug, Clone)]
pub struct PreviewOptions {
    /// Root folder of the workspace; samples are found below it.
    pub workspace: PathBuf,
    /// Folder of the warehouse; it needn't be there.
    pub warehouse: PathBuf,
    /// Records of the table's own source; of a gold table, the rows that are shown.
    pub records: u64,
    /// Records of the sources of the tables that it reads.
    pub upstream_records: u64,
}

impl PreviewOptions {
    /// The first thousand records, and up to twenty thousand of the sources of other tables.
    pub fn new(workspace: impl Into<PathBuf>, warehouse: impl Into<PathBuf>) -> Self {
        Self {
            workspace: workspace.into(),
            warehouse: warehouse.into(),
            records: 1_000,
            upstream_records: 20_000,
        }
    }
}

/// What a table would be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// The table.
    pub table: TableName,
    /// What it is made from: for silver the records of its source, as text, as read; for gold the rows of the tables
    /// that it reads, those that [`PreviewRow::from`] names.
    pub inputs: Vec<PreviewInput>,
    /// The rows that would be loaded; of gold as many as [`PreviewOptions::records`].
    pub result: TablePage,
    /// Where each of them came from.
    pub rows: Vec<PreviewRow>,
    /// The rows that wouldn't be loaded, and why.
    pub left: Vec<PreviewLeft>,
    /// Where every row went.
    pub totals: Totals,
    /// The rules, in the order of the ruleset.
    pub rules: Vec<PreviewRule>,
    /// Values that became null because they don't fit.
    pub lost: Vec<LostValues>,
    /// Whether there are more records than were read: in the table's own sample, or for gold in one of those that the
    /// tables it reads are made from.
    pub is_part: bool,
    /// Silver: the first records that couldn't be read.
    pub rejects: Vec<RejectedRecord>,
}

/// Rows that a table is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewInput {
    /// Bronze, silver or gold table.
    pub table: TableName,
    /// Its alias in the query that reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Where its rows are from.
    pub origin: InputOrigin,
    /// The rows. `total` counts all rows of the table, shown or not.
    pub page: TablePage,
    /// For each of them the number of its record, or in gold the row in its table, counted from zero.
    pub numbers: Vec<u64>,
}

/// Where the rows of a table are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputOrigin {
    /// Made from its sample just now.
    Sample,
    /// From the warehouse, as the last run left it.
    Warehouse,
}

/// Where a row came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewRow {
    /// Number of its record; in gold, number of the row in the query's result.
    pub number: u64,
    /// The rows that made it, per input.
    pub from: Vec<PreviewOrigin>,
}

/// Rows of one input that made a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewOrigin {
    /// How many there are.
    pub total: u64,
    /// The first of them, as places in [`PreviewInput::page`].
    pub rows: Vec<usize>,
}

/// A row that wouldn't be loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewLeft {
    /// Number of its record; in gold, number of the row in the query's result.
    pub number: u64,
    /// Silver: its place in [`PreviewInput::page`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<usize>,
    /// Why it wouldn't.
    pub why: LeftBecause,
}

/// Why a row wouldn't be loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum LeftBecause {
    /// The table's `where` leaves it out.
    Filtered,
    /// It gave way to a record with its key.
    Deduplicated {
        /// Number of that record.
        kept: u64,
    },
    /// It would go to quarantine.
    Quarantined {
        /// What is wrong with it, one entry per broken rule.
        problems: Vec<PreviewProblem>,
    },
}

/// Something that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewProblem {
    /// Column of the contract or field that is to blame, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The rule.
    pub rule: String,
    /// What is wrong, with the value.
    pub reason: String,
}

/// What a rule found on the sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewRule {
    /// As a run reports it.
    #[serde(flatten)]
    pub result: RuleResult,
    /// Numbers of all rows that break it, whether they would be loaded or not.
    pub failing_numbers: Vec<u64>,
}

/// Previews tables, and keeps what it read for the next time.
#[derive(Debug, Default)]
pub struct Previewer {
    kept: Mutex<Kept>,
}

impl Previewer {
    /// Previews a silver or gold table. `pipelines` are all that are known, the table's own as it stands in the
    /// editor.
    ///
    /// Call inside a tokio runtime, on a thread that may be kept busy: the future computes between its awaits.
    ///
    /// # Errors
    /// When there is no such table, when its sample can't be read, when a table that it needs can neither be made nor
    /// found, or when the caller cancels.
    pub async fn preview(
        &self,
        pipelines: &[&CompiledPipeline],
        table: &TableName,
        options: &PreviewOptions,
        cancelled: Cancelled<'_>,
    ) -> Result<Preview, EngineError> {
        let missing = || {
            EngineError::new(
                ErrorKind::Missing,
                table.to_string(),
                "there is no such silver or gold table",
                "choose one of the pipeline's tables",
            )
        };
        let pipeline = *pipelines.iter().find(|known| known.name == table.pipeline).ok_or_else(missing)?;
        let warehouse =
            if options.warehouse.is_dir() { Some(Warehouse::open(&options.warehouse).await?) } else { None };
        let mut needed = Needed::new(&self.kept, pipelines, options, warehouse.as_ref(), cancelled, table);
        match table.layer {
            Layer::Silver => {
                let plan = pipeline.silver.get(&table.table).ok_or_else(missing)?;
                let source = needed::source_of(pipeline, plan)?;
                needed.add_all(&needed::of_silver(plan)).await?;
                silver(&needed, plan, source)
            }
            Layer::Gold => {
                let plan = pipeline.gold.get(&table.table).ok_or_else(missing)?;
                needed.add_all(&needed::of_gold(plan)).await?;
                gold_table(&needed, plan)
            }
            Layer::Bronze => Err(missing()),
        }
    }
}

fn silver(needed: &Needed<'_>, plan: &SilverPlan, source: &CompiledSource) -> Result<Preview, EngineError> {
    let name = &plan.schema.name;
    let place = name.to_string();
    let watch = |_: u64| go_on(needed.cancelled, &place);
    let bronze = needed.sample(source, &place, needed.options.records)?;
    let mut passage = Passage::begin(plan, source, &bronze, &needed.tables, &watch)?;
    passage.filter(&watch)?;
    passage.map(&watch)?;
    passage.deduplicate(&watch)?;
    passage.check(&watch)?;
    Ok(Preview {
        table: name.clone(),
        inputs: vec![view::records(&bronze, &TableName::new(&name.pipeline, Layer::Bronze, &plan.source))?],
        result: view::whole(&passage.table()?)?,
        rows: view::silver_rows(&passage),
        left: view::left(&passage),
        totals: passage.totals(),
        rules: view::rules(&passage.findings, &passage.failing_records()),
        lost: passage.lost_values()?,
        is_part: bronze.is_part,
        rejects: bronze.rejects.iter().take(SAMPLE_ROWS).map(rejected_record).collect(),
    })
}

fn gold_table(needed: &Needed<'_>, plan: &GoldPlan) -> Result<Preview, EngineError> {
    let name = &plan.schema.name;
    let place = name.to_string();
    let made = Query { tables: &needed.tables, cancelled: needed.cancelled }.trace(&plan.query)?;
    let rows = gold::result(plan, &made.rows)?;
    let checked = gold::check(plan, &rows, &needed.tables, &|_| go_on(needed.cancelled, &place))?;
    let (inputs, from) = view::gold_inputs(needed, plan, &made, &checked)?;
    Ok(Preview {
        table: name.clone(),
        inputs,
        result: TablePage::of(&checked.table, 0, view::shown(needed))?,
        rows: from,
        left: view::gold_left(&checked),
        totals: checked.totals,
        rules: view::rules(&checked.findings, &checked.failing),
        lost: lost::in_query(plan, &made, &needed.tables)?,
        is_part: needed.is_part,
        rejects: Vec::new(),
    })
}
