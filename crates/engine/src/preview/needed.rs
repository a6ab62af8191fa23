//! The tables that a preview needs: made from samples, or read from the warehouse.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::DateTime;
use serde::Serialize;
use touchstone_compiler::{CompiledPipeline, CompiledSource, GoldPlan, SilverPlan};
use touchstone_spec::{Layer, TableName};

use super::{InputOrigin, PreviewOptions};
use crate::{
    Cancelled, EngineError, SimulateOptions, Table, Warehouse,
    bronze::{self, Bronze},
    cancel::go_on,
    expression::Tables,
    gold,
    silver::Passage,
    simulate::referenced,
    trace::Held,
};

/// How many samples and how many tables are kept.
const KEPT: usize = 32;

/// Samples that were read and tables that were made, each under the mark of all that went into it; the last used
/// first.
#[derive(Debug, Default)]
pub(super) struct Kept {
    samples: Vec<(u64, Arc<Bronze>)>,
    tables: Vec<(u64, Arc<Table>)>,
}

fn find<T>(kept: &mut Vec<(u64, Arc<T>)>, mark: u64) -> Option<Arc<T>> {
    let at = kept.iter().position(|(known, _)| *known == mark)?;
    let entry = kept.remove(at);
    let found = Arc::clone(&entry.1);
    kept.insert(0, entry);
    Some(found)
}

fn keep<T>(kept: &mut Vec<(u64, Arc<T>)>, mark: u64, made: &Arc<T>) {
    kept.truncate(KEPT - 1);
    kept.insert(0, (mark, Arc::clone(made)));
}

/// What a table or a sample depends on, as one number.
fn mark(of: &impl Serialize) -> Result<u64, EngineError> {
    let json = serde_json::to_string(of)
        .map_err(|error| EngineError::internal("preview", format!("a plan has no JSON: {error}")))?;
    let mut hasher = DefaultHasher::new();
    json.hash(&mut hasher);
    Ok(hasher.finish())
}

/// The tables at hand, and how to come by more.
pub(super) struct Needed<'call> {
    kept: &'call Mutex<Kept>,
    pipelines: &'call [&'call CompiledPipeline],
    pub(super) options: &'call PreviewOptions,
    warehouse: Option<&'call Warehouse>,
    pub(super) cancelled: Cancelled<'call>,
    /// Its pipeline is made anew, whatever the warehouse has.
    asked: &'call TableName,
    pub(super) tables: Tables,
    marks: BTreeMap<TableName, u64>,
    from_warehouse: BTreeSet<TableName>,
    /// Whether a sample has more records than were read for these tables.
    pub(super) is_part: bool,
}

impl<'call> Needed<'call> {
    pub(super) fn new(
        kept: &'call Mutex<Kept>,
        pipelines: &'call [&'call CompiledPipeline],
        options: &'call PreviewOptions,
        warehouse: Option<&'call Warehouse>,
        cancelled: Cancelled<'call>,
        asked: &'call TableName,
    ) -> Self {
        Self {
            kept,
            pipelines,
            options,
            warehouse,
            cancelled,
            asked,
            tables: Tables::new(),
            marks: BTreeMap::new(),
            from_warehouse: BTreeSet::new(),
            is_part: false,
        }
    }

    /// Where the rows of a table are from.
    pub(super) fn origin(&self, name: &TableName) -> InputOrigin {
        if self.from_warehouse.contains(name) { InputOrigin::Warehouse } else { InputOrigin::Sample }
    }

    /// Brings these tables to hand. One that can neither be found nor made is left out: the expression that needs it
    /// says so.
    pub(super) async fn add_all(&mut self, names: &[TableName]) -> Result<(), EngineError> {
        for name in names {
            self.add(name).await?;
        }
        Ok(())
    }

    fn add<'held>(&'held mut self, name: &'held TableName) -> Held<'held, ()> {
        Box::pin(async move {
            go_on(self.cancelled, &name.to_string())?;
            if self.tables.contains_key(name) {
                return Ok(());
            }
            if name.pipeline != self.asked.pipeline
                && let Some(warehouse) = self.warehouse
                && warehouse.contains(name).await?
            {
                return self.read(warehouse, name).await;
            }
            let Some(pipeline) = self.pipelines.iter().find(|known| known.name == name.pipeline).copied()
            else {
                return Ok(());
            };
            let silver = pipeline.silver.get(&name.table).filter(|_| name.layer == Layer::Silver);
            let gold = pipeline.gold.get(&name.table).filter(|_| name.layer == Layer::Gold);
            let (mark, below) = match (silver, gold) {
                (Some(plan), _) => {
                    let source = source_of(pipeline, plan)?;
                    (
                        mark(&(plan, source, self.sample_mark(source, self.options.upstream_records)?))?,
                        of_silver(plan),
                    )
                }
                (None, Some(plan)) => (mark(plan)?, of_gold(plan)),
                (None, None) => return Ok(()),
            };
            if let Some(plan) = silver {
                let source = source_of(pipeline, plan)?;
                let sample = self.sample(source, &name.to_string(), self.options.upstream_records)?;
                self.is_part |= sample.is_part;
            }
            self.add_all(&below).await?;
            let below: Vec<Option<u64>> = below.iter().map(|name| self.marks.get(name).copied()).collect();
            let mark = self::mark(&(mark, below))?;
            let known = find(&mut self.lock().tables, mark);
            let table = if let Some(table) = known {
                table
            } else {
                let made = match (silver, gold) {
                    (Some(plan), _) => self.make_silver(plan, source_of(pipeline, plan)?)?,
                    (None, Some(plan)) => self.make_gold(plan)?,
                    (None, None) => return Ok(()),
                };
                let made = Arc::new(made);
                keep(&mut self.lock().tables, mark, &made);
                made
            };
            // Columns are shared, not copied.
            self.tables.insert(name.clone(), table.as_ref().clone());
            self.marks.insert(name.clone(), mark);
            Ok(())
        })
    }

    async fn read(&mut self, warehouse: &Warehouse, name: &TableName) -> Result<(), EngineError> {
        let snapshots = warehouse.snapshots(name).await?;
        let current = snapshots.iter().find(|snapshot| snapshot.current).map(|snapshot| &snapshot.id);
        let mark = mark(&(name, current, warehouse.root()))?;
        let known = find(&mut self.lock().tables, mark);
        let table = if let Some(table) = known {
            table
        } else {
            let table = Arc::new(warehouse.read(name).await?);
            keep(&mut self.lock().tables, mark, &table);
            table
        };
        self.tables.insert(name.clone(), table.as_ref().clone());
        self.marks.insert(name.clone(), mark);
        self.from_warehouse.insert(name.clone());
        Ok(())
    }

    fn make_silver(&self, plan: &SilverPlan, source: &CompiledSource) -> Result<Table, EngineError> {
        let place = plan.schema.name.to_string();
        let watch = |_: u64| go_on(self.cancelled, &place);
        let bronze = self.sample(source, &place, self.options.upstream_records)?;
        let mut passage = Passage::begin(plan, source, &bronze, &self.tables, &watch)?;
        passage.filter(&watch)?;
        passage.map(&watch)?;
        passage.deduplicate(&watch)?;
        passage.check(&watch)?;
        passage.table()
    }

    fn make_gold(&self, plan: &GoldPlan) -> Result<Table, EngineError> {
        let place = plan.schema.name.to_string();
        let (rows, _) = gold::query(plan, &self.tables, self.cancelled)?;
        Ok(gold::check(plan, &rows, &self.tables, &|_| go_on(self.cancelled, &place))?.table)
    }

    /// The first records of a source, read or remembered.
    pub(super) fn sample(
        &self,
        source: &CompiledSource,
        place: &str,
        records: u64,
    ) -> Result<Bronze, EngineError> {
        let mark = self.sample_mark(source, records)?;
        let known = find(&mut self.lock().samples, mark);
        let read = if let Some(read) = known {
            read
        } else {
            let options = SimulateOptions {
                workspace: self.options.workspace.clone(),
                warehouse: self.options.warehouse.clone(),
                run_id: String::new(),
                started_at: DateTime::default(),
                row_limit: Some(records),
            };
            let watch = |_: u64, _: Option<u64>| go_on(self.cancelled, place);
            let read = Arc::new(bronze::read(source, place, &options, &watch)?);
            keep(&mut self.lock().samples, mark, &read);
            read
        };
        Ok(read.as_ref().clone())
    }

    /// What the records of a sample depend on: the file, how it is read, and which columns are promised.
    fn sample_mark(&self, source: &CompiledSource, records: u64) -> Result<u64, EngineError> {
        let file = source.sample.as_ref().map(|sample| identity(&self.options.workspace.join(sample)));
        let names: Vec<&str> = source.contract.iter().map(|field| field.name.as_str()).collect();
        mark(&(&self.options.workspace, &source.sample, file, &source.format, names, records))
    }

    fn lock(&self) -> MutexGuard<'call, Kept> {
        // What is kept is whole after every statement, so a panic elsewhere doesn't spoil it.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file that was changed has another length or time. None when there is no file: reading says why.
fn identity(path: &Path) -> Option<(u64, u128)> {
    let about = std::fs::metadata(path).ok()?;
    let changed = about.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some((about.len(), changed.as_nanos()))
}

/// The source of a silver table.
pub(super) fn source_of<'plan>(
    pipeline: &'plan CompiledPipeline,
    plan: &SilverPlan,
) -> Result<&'plan CompiledSource, EngineError> {
    pipeline.sources.get(&plan.source).ok_or_else(|| {
        EngineError::internal(plan.schema.name.to_string(), format!("there is no source `{}`", plan.source))
    })
}

/// Tables that a silver table looks into.
pub(super) fn of_silver(plan: &SilverPlan) -> Vec<TableName> {
    plan.lookups.iter().chain(plan.rules.rules.iter().flat_map(referenced)).cloned().collect()
}

/// Tables that a gold table reads.
pub(super) fn of_gold(plan: &GoldPlan) -> Vec<TableName> {
    plan.reads.iter().chain(plan.rules.rules.iter().flat_map(referenced)).cloned().collect()
}
