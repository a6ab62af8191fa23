//! A local run: bronze, silver and gold of some pipelines, into the warehouse.

use std::{collections::BTreeMap, time::Instant};

use touchstone_compiler::{
    Check, CompiledPipeline, CompiledSource, GoldPlan, PartitionField, Rule, SilverPlan,
};
use touchstone_spec::{Layer, TableName};

use crate::{
    EngineError, ErrorKind, Outcome, Problem, RuleResult, RunObserver, RunReport, SimulateOptions, Step,
    Table, TableOutcome, TableReport, Totals, Warehouse, Written,
    bronze::{self, Bronze},
    expression::Tables,
    gold,
    lock::RunLock,
    meter::{Meter, plan},
    quality::SAMPLE_ROWS,
    silver::{self, Passage, Watch},
    warehouse::{NewSnapshot, Staged},
};

/// Runs pipelines over their samples, in the order given (upstream first), and replaces their tables in the warehouse.
///
/// A table becomes visible together with its quarantine, when both are complete; tables after a rule that halts, an
/// error or a cancel stay as they were. What happened to each table stands in the report; an error is returned only
/// when the run can't begin: the warehouse can't be opened, or another run is under way.
///
/// Call inside a tokio runtime, on a thread that may be kept busy (`spawn_blocking`): the future computes between its
/// awaits.
pub async fn simulate(
    pipelines: &[&CompiledPipeline],
    options: &SimulateOptions,
    observer: &dyn RunObserver,
) -> Result<RunReport, EngineError> {
    let since = Instant::now();
    let warehouse = Warehouse::open(&options.warehouse).await?;
    let _lock = RunLock::take(warehouse.root())?;
    let meter = Meter::new(observer, plan(pipelines));
    let mut run = Run {
        options,
        warehouse: &warehouse,
        meter,
        tables: Tables::new(),
        snapshots: BTreeMap::new(),
        reports: pipelines.iter().flat_map(|pipeline| TableReport::all_of(pipeline)).collect(),
        at: 0,
    };
    let ended = run.all(pipelines).await;
    let mut reports = run.reports;
    let problem = match ended {
        Ok(()) => None,
        Err(Stop::Halted { table, rule }) => Some(Problem {
            kind: None,
            place: format!("rule `{}`", rule.rule),
            reason: format!("it failed: {}", rule.measured),
            next_step: format!(
                "correct the data or the rule; with `on_failure: quarantine` the rows that break it would be set \
                 aside instead ({table} is as it was before this run)"
            ),
            table: Some(table),
        }),
        Err(Stop::Failed { table, error }) => {
            if let Some(report) = reports.iter_mut().find(|report| report.table == table)
                && error.kind != ErrorKind::Cancelled
            {
                report.outcome = TableOutcome::Failed;
            }
            Some(Problem {
                kind: Some(error.kind),
                table: Some(table),
                place: error.place,
                reason: error.reason,
                next_step: error.next_step,
            })
        }
    };
    Ok(RunReport {
        run_id: options.run_id.clone(),
        pipelines: pipelines.iter().map(|pipeline| pipeline.name.clone()).collect(),
        started_at: options.started_at,
        duration_millis: u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX),
        outcome: outcome(problem.as_ref(), &reports),
        problem,
        row_limit: options.row_limit,
        tables: reports,
    })
}

fn outcome(problem: Option<&Problem>, reports: &[TableReport]) -> Outcome {
    match problem {
        Some(Problem { kind: None, .. }) => Outcome::Halted,
        Some(Problem { kind: Some(ErrorKind::Cancelled), .. }) => Outcome::Cancelled,
        Some(_) => Outcome::Failed,
        None => {
            let troubled = reports.iter().any(|report| {
                report.failed_rules().next().is_some()
                    || report.totals.is_some_and(|totals| totals.troubled() > 0)
            });
            if troubled { Outcome::SucceededWithFailures } else { Outcome::Succeeded }
        }
    }
}

/// How a table is written.
#[derive(Default)]
struct Layout<'plan> {
    key: &'plan [String],
    partition_by: &'plan [PartitionField],
    /// Snapshots that it was made from.
    reads: BTreeMap<TableName, String>,
}

/// A step of a silver table after its first.
type Take<'run> = fn(&mut Passage<'run>, Watch<'_>) -> Result<(), EngineError>;

/// What became of a silver table's records.
struct Passed {
    table: Table,
    /// What was set aside, as [`Totals::set_aside`] lists it.
    set_aside: [Table; 3],
    totals: Totals,
    halted: Option<RuleResult>,
}

/// Why a run ends early.
enum Stop {
    Halted { table: TableName, rule: Box<RuleResult> },
    Failed { table: TableName, error: Box<EngineError> },
}

struct Run<'run> {
    options: &'run SimulateOptions,
    warehouse: &'run Warehouse,
    meter: Meter<'run>,
    /// Tables that were made by this run or read from the warehouse.
    tables: Tables,
    /// The snapshots that they and the bronze tables are in.
    snapshots: BTreeMap<TableName, String>,
    reports: Vec<TableReport>,
    /// Report of the table at hand.
    at: usize,
}

impl Run<'_> {
    async fn all(&mut self, pipelines: &[&CompiledPipeline]) -> Result<(), Stop> {
        for pipeline in pipelines {
            let mut sources = Vec::new();
            for source in pipeline.sources.values() {
                let name = TableName::new(&pipeline.name, Layer::Bronze, &source.name);
                let bronze = self.bronze(source, &name).await.map_err(|error| failed(&name, error))?;
                sources.push((source, bronze));
            }
            for plan in pipeline.silver.values() {
                let name = &plan.schema.name;
                let needed = plan.lookups.iter().chain(plan.rules.rules.iter().flat_map(referenced));
                let needed: Vec<TableName> = needed.cloned().collect();
                self.fetch(&needed).await.map_err(|error| failed(name, error))?;
                let (source, bronze) =
                    sources.iter().find(|(source, _)| source.name == plan.source).ok_or_else(|| {
                        failed(name, EngineError::internal(name.to_string(), "its source isn't there"))
                    })?;
                let halted = self.silver(plan, source, bronze).await.map_err(|error| failed(name, error))?;
                halt(name, halted)?;
            }
            for plan in pipeline.gold.values() {
                let name = &plan.schema.name;
                let needed: Vec<TableName> =
                    plan.reads.iter().chain(plan.rules.rules.iter().flat_map(referenced)).cloned().collect();
                self.fetch(&needed).await.map_err(|error| failed(name, error))?;
                let halted = self.gold(plan).await.map_err(|error| failed(name, error))?;
                halt(name, halted)?;
            }
        }
        Ok(())
    }

    /// Reads tables that earlier runs made. One that isn't there is the problem of the expression that needs it.
    async fn fetch(&mut self, names: &[TableName]) -> Result<(), EngineError> {
        for name in names {
            if self.tables.contains_key(name) {
                continue;
            }
            let read = self.warehouse.read_current(name, &|_| self.meter.go_on(name)).await?;
            if let Some((table, snapshot)) = read {
                self.tables.insert(name.clone(), table);
                self.snapshots.extend(snapshot.map(|snapshot| (name.clone(), snapshot)));
            }
        }
        Ok(())
    }

    fn report(&mut self, name: &TableName) -> Result<&mut TableReport, EngineError> {
        self.at = self
            .reports
            .iter()
            .position(|report| report.table == *name)
            .ok_or_else(|| EngineError::internal(name.to_string(), "the table isn't planned"))?;
        self.reports
            .get_mut(self.at)
            .ok_or_else(|| EngineError::internal(name.to_string(), "the table isn't planned"))
    }

    async fn bronze(&mut self, source: &CompiledSource, name: &TableName) -> Result<Bronze, EngineError> {
        let step = self.meter.begin(name, Step::Read)?;
        let read =
            bronze::read(source, &name.to_string(), self.options, &|done, total| step.advance(done, total))?;
        let done = step.end(read.table.height());
        let report = self.report(name)?;
        report.steps.push(done);
        report.file = Some(read.file.clone());
        report.extra_columns.clone_from(&read.extra_columns);
        report.rejects = read.rejects.iter().take(SAMPLE_ROWS).map(bronze::rejected_record).collect();
        let rejects = bronze::rejects_table(&read)?;
        self.write(name, &read.table, read.totals, Layout::default(), &[rejects]).await?;
        Ok(read)
    }

    async fn silver(
        &mut self,
        plan: &SilverPlan,
        source: &CompiledSource,
        bronze: &Bronze,
    ) -> Result<Option<RuleResult>, EngineError> {
        let name = &plan.schema.name;
        let tables = std::mem::take(&mut self.tables);
        let passed = self.pass(plan, source, bronze, &tables);
        self.tables = tables;
        let Passed { table, set_aside, totals, halted } = passed?;
        if halted.is_some() {
            let report = self.report(name)?;
            report.outcome = TableOutcome::Halted;
            return Ok(halted);
        }
        let bronze = TableName::new(&name.pipeline, Layer::Bronze, &plan.source);
        let reads = self.snapshots_of(std::iter::once(&bronze).chain(&plan.lookups));
        let layout = Layout { key: &plan.schema.key, partition_by: &plan.schema.partition_by, reads };
        self.write(name, &table, totals, layout, &set_aside).await?;
        self.keep(name, table, &plan.schema.partition_by).await?;
        Ok(None)
    }

    fn pass(
        &mut self,
        plan: &SilverPlan,
        source: &CompiledSource,
        bronze: &Bronze,
        tables: &Tables,
    ) -> Result<Passed, EngineError> {
        let name = &plan.schema.name;
        let total = bronze.table.height();
        let step = self.meter.begin(name, Step::Contract)?;
        let mut passage =
            Passage::begin(plan, source, bronze, tables, &|done| step.advance(done, Some(total)))?;
        let mut steps = vec![step.end(passage.height())];
        let rest: [(Step, Take<'_>); 4] = [
            (Step::Filter, Passage::filter),
            (Step::Map, Passage::map),
            (Step::Deduplicate, Passage::deduplicate),
            (Step::Rules, Passage::check),
        ];
        for (kind, take) in rest {
            let step = self.meter.begin(name, kind)?;
            let height = passage.height();
            take(&mut passage, &|done| step.advance(done, Some(height)))?;
            steps.push(step.end(passage.height()));
        }
        let (by_rule, quarantined) = passage.quarantine_report();
        let report = self.report(name)?;
        report.steps = steps;
        report.rules.clone_from(&passage.findings);
        report.quarantine = by_rule;
        report.quarantined = quarantined;
        let (duplicates, deduplicated) = passage.deduplicated()?;
        report.duplicates = duplicates;
        report.lost = passage.lost_values()?;
        let totals = passage.totals();
        report.totals = Some(totals);
        let quarantine = silver::quarantine_table(&bronze.table, &passage.quarantined)?;
        Ok(Passed {
            table: passage.table()?,
            set_aside: [quarantine, passage.filtered_table()?, deduplicated],
            totals,
            halted: passage.halted,
        })
    }

    async fn gold(&mut self, plan: &GoldPlan) -> Result<Option<RuleResult>, EngineError> {
        let name = &plan.schema.name;
        let step = self.meter.begin(name, Step::Query)?;
        let (rows, lost) = gold::query(plan, &self.tables, &|| self.meter.cancelled())?;
        let queried = step.end(rows.height());
        let step = self.meter.begin(name, Step::Rules)?;
        let checked = gold::check(plan, &rows, &self.tables, &|_| step.advance(0, Some(queried.rows)))?;
        let ruled = step.end(checked.table.height());
        let records: Vec<u64> = (1..=rows.height()).collect();
        let report = self.report(name)?;
        report.steps = vec![queried, ruled];
        report.lost = lost;
        report.rules.clone_from(&checked.findings);
        report.quarantine = silver::counts(&checked.quarantined);
        report.quarantined = silver::quarantined_records(&checked.quarantined, &records);
        report.totals = Some(checked.totals);
        if checked.halted.is_some() {
            report.outcome = TableOutcome::Halted;
            return Ok(checked.halted);
        }
        let reads = self.snapshots_of(&plan.reads);
        let layout = Layout { key: &plan.schema.key, partition_by: &plan.schema.partition_by, reads };
        self.write(name, &checked.table, checked.totals, layout, &[checked.quarantine]).await?;
        self.keep(name, checked.table, &plan.schema.partition_by).await?;
        Ok(None)
    }

    /// The snapshots of some tables, of those that are known.
    fn snapshots_of<'name>(
        &self,
        names: impl IntoIterator<Item = &'name TableName>,
    ) -> BTreeMap<TableName, String> {
        let known = |name: &TableName| Some((name.clone(), self.snapshots.get(name)?.clone()));
        names.into_iter().filter_map(known).collect()
    }

    /// Keeps a table for those that read it. A partitioned one is read back: its rows now stand in the order of the
    /// partitions, and whoever reads it later must see the same.
    async fn keep(
        &mut self,
        name: &TableName,
        table: Table,
        partition_by: &[PartitionField],
    ) -> Result<(), EngineError> {
        let stored = if partition_by.is_empty() {
            None
        } else {
            self.warehouse.read_current(name, &|_| self.meter.go_on(name)).await?
        };
        self.tables.insert(name.clone(), stored.map_or(table, |(stored, _)| stored));
        Ok(())
    }

    /// Stages the table of rows set aside. Without any there is none, unless an earlier run made one: then it becomes
    /// empty.
    async fn stage_aside(
        &self,
        new: &NewSnapshot<'_>,
        watch: Watch<'_>,
    ) -> Result<Option<Staged>, EngineError> {
        if new.table.height() > 0 || self.warehouse.contains(&new.name).await? {
            self.warehouse.stage(new, watch).await.map(Some)
        } else {
            Ok(None)
        }
    }

    /// Writes a table and the rows that didn't come so far, all or nothing. `set_aside` are their tables, as
    /// [`Totals::set_aside`] lists them.
    async fn write(
        &mut self,
        name: &TableName,
        table: &Table,
        totals: Totals,
        layout: Layout<'_>,
        set_aside: &[Table],
    ) -> Result<(), EngineError> {
        let heights: Vec<u64> = set_aside.iter().map(Table::height).collect();
        let endings = totals.set_aside();
        let told = endings.iter().map(|(_, rows)| *rows);
        if !totals.add_up() || totals.loaded() != table.height() || !told.eq(heights.iter().copied()) {
            return Err(EngineError::internal(
                name.to_string(),
                format!(
                    "the control totals don't add up: {totals:?}, {} rows, set aside {heights:?}",
                    table.height()
                ),
            ));
        }
        let step = self.meter.begin(name, Step::Write)?;
        let Layout { key, partition_by, reads } = layout;
        let new = |name: &TableName, table, key, partition_by| NewSnapshot {
            name: name.clone(),
            table,
            key,
            partition_by,
            run_id: &self.options.run_id,
            reads: &reads,
            at: self.options.started_at,
        };
        let total = table.height() + heights.iter().sum::<u64>();
        let written = |done| step.advance(done, Some(total));
        let mut staged = vec![self.warehouse.stage(&new(name, table, key, partition_by), &written).await?];
        let mut before = table.height();
        // The first of them is what went wrong.
        let mut troubled = None;
        for (place, ((ending, _), rows)) in endings.iter().zip(set_aside).enumerate() {
            let aside = TableName::new(&name.pipeline, name.layer, format!("{}_{ending}", name.table));
            let written = |done| step.advance(before + done, Some(total));
            match self.stage_aside(&new(&aside, rows, &[], &[]), &written).await {
                Ok(Some(aside)) => {
                    if place == 0 {
                        troubled = Some(aside.snapshot_id.to_string());
                    }
                    staged.push(aside);
                }
                Ok(None) => {}
                Err(error) => {
                    Warehouse::discard(staged);
                    return Err(error);
                }
            }
            before += rows.height();
        }
        if self.meter.cancelled() {
            Warehouse::discard(staged);
            return Err(EngineError::cancelled(name.to_string()));
        }
        self.warehouse.commit(&staged).await?;
        if let Some(main) = staged.first() {
            self.snapshots.insert(name.clone(), main.snapshot_id.to_string());
        }
        let done = step.end(table.height());
        let root = self.warehouse.root().to_owned();
        let report = self.report(name)?;
        report.steps.push(done);
        report.outcome = TableOutcome::Written;
        report.totals = Some(totals);
        report.written = staged.first().map(|main| Written {
            snapshot_id: main.snapshot_id.to_string(),
            metadata: relative(&main.metadata, &root),
            troubled_snapshot_id: troubled,
        });
        Ok(())
    }
}

fn relative(path: &std::path::Path, root: &std::path::Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}

fn failed(table: &TableName, error: EngineError) -> Stop {
    Stop::Failed { table: table.clone(), error: Box::new(error) }
}

fn halt(table: &TableName, halted: Option<RuleResult>) -> Result<(), Stop> {
    match halted {
        Some(rule) => Err(Stop::Halted { table: table.clone(), rule: Box::new(rule) }),
        None => Ok(()),
    }
}

/// Tables that a rule looks into.
pub(crate) fn referenced(rule: &Rule) -> Vec<&TableName> {
    match &rule.check {
        Check::ReferentialIntegrity { table, .. } => vec![table],
        Check::All(rules) | Check::Any(rules) => rules.iter().flat_map(referenced).collect(),
        _ => Vec::new(),
    }
}
