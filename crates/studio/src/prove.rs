//! Proof: a table side by side with an earlier run, a cell followed back to its records, a table of an unsaved document
//! over the first records.

use std::{collections::BTreeSet, sync::Arc};

use touchstone_compiler::Compilation;
use touchstone_engine::{
    ColumnChange, ColumnUse, CompareOptions, ComparedColumn, Comparison, LeftBecause, PreviewInput,
    PreviewOptions, Previewer, SourceRecord, TraceRequest, TracedTable, Tracer, compare, group_columns,
    never,
};
use touchstone_protocol::{
    CellView, ColumnView, DiffRow, ErrorCode, Preview, PreviewView, RecordView, RowChange, RpcError, RunDiff,
    RunDiffView, TablePage, Trace, TraceStep, TracedView,
};
use touchstone_spec::{DataType, Layer, Severity, TableName};

use crate::{
    data::snapshot_of,
    file::blocking,
    simulation::{engine_error, flow, lost, rule_view},
    studio::{Studio, lock},
    touches::compile_file,
};

/// Comparisons that are remembered, for the next page.
const COMPARISONS: usize = 3;
/// Sample records that a preview reads at most.
const PREVIEW_LIMIT: u64 = 10_000;
/// Rows that a preview shows of those that break a rule, and of those in quarantine.
const FAILING_ROWS: usize = 1_000;
const QUARANTINED_ROWS: usize = 100;
/// Rows that a step of a trace shows.
const TRACED_ROWS: usize = 50;

/// What was compared: the table, its metadata file, and the snapshots asked for.
type Compared = (TableName, std::path::PathBuf, Option<String>, Option<String>);

/// What proofs worked out lately.
#[derive(Debug, Default)]
pub(crate) struct Proofs {
    comparisons: std::sync::Mutex<Vec<(Compared, Arc<Comparison>)>>,
    tracer: std::sync::Mutex<Option<(std::path::PathBuf, Arc<Tracer>)>>,
    previewer: Arc<Previewer>,
}

impl Studio {
    /// How a table differs between two simulations.
    ///
    /// # Errors
    /// When no run made the table, or one of the runs named didn't.
    pub async fn compare_runs(&self, asked: RunDiff) -> Result<RunDiffView, RpcError> {
        let comparison = self.comparison(&asked).await?;
        let kinds: Vec<touchstone_engine::RowChange> = match asked.kind {
            None => vec![
                touchstone_engine::RowChange::Added,
                touchstone_engine::RowChange::Removed,
                touchstone_engine::RowChange::Changed,
            ],
            Some(RowChange::Added) => vec![touchstone_engine::RowChange::Added],
            Some(RowChange::Removed) => vec![touchstone_engine::RowChange::Removed],
            Some(RowChange::Changed) => vec![touchstone_engine::RowChange::Changed],
        };
        let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let (offset, limit) = (asked.offset, size(asked.limit));
        blocking(move || {
            let page = comparison.page(&kinds, size(offset), limit).map_err(|error| engine_error(&error))?;
            let summary = comparison.summary();
            let rows = page.rows.into_iter().filter_map(|row| {
                let kind = match row.change {
                    touchstone_engine::RowChange::Added => RowChange::Added,
                    touchstone_engine::RowChange::Removed => RowChange::Removed,
                    touchstone_engine::RowChange::Changed => RowChange::Changed,
                    touchstone_engine::RowChange::Same => return None,
                };
                Some(DiffRow { kind, before: row.before, after: row.after })
            });
            let run = |snapshot: &touchstone_engine::SnapshotInfo| {
                snapshot.run_id.clone().unwrap_or_else(|| format!("snapshot {}", snapshot.id))
            };
            Ok(RunDiffView {
                before: summary.before.as_ref().map(run),
                after: run(&summary.after),
                key: summary.key.clone(),
                columns: summary.columns.iter().map(compared_column).collect(),
                schema_changes: summary.columns.iter().filter_map(schema_change).collect(),
                added: summary.counts.added,
                removed: summary.counts.removed,
                changed: summary.counts.changed,
                same: summary.counts.same,
                changed_in: summary.columns.iter().map(|column| column.changed_values).collect(),
                rows: rows.collect(),
                offset,
                total: page.total,
            })
        })
        .await
    }

    async fn comparison(&self, asked: &RunDiff) -> Result<Arc<Comparison>, RpcError> {
        let workspace = self.workspace().await?;
        let warehouse = self.warehouse().await?;
        let table = asked.table.clone();
        let snapshot = async |run: &Option<String>| match run {
            Some(run) => Ok(Some(snapshot_of(&warehouse, &table, run).await?.to_string())),
            None => Ok::<_, RpcError>(None),
        };
        let (before, after) = (snapshot(&asked.before).await?, snapshot(&asked.after).await?);
        let metadata = warehouse.metadata_file(&table).await.map_err(|error| engine_error(&error))?;
        let identity = (table.clone(), metadata, before.clone(), after.clone());
        let known = lock(&self.proofs.comparisons).iter().find(|(of, _)| *of == identity).cloned();
        if let Some((_, comparison)) = known {
            return Ok(comparison);
        }
        let key = workspace
            .compilation
            .pipelines
            .get(&table.pipeline)
            .and_then(|compiled| compiled.gold.get(&table.table))
            .filter(|_| table.layer == Layer::Gold)
            .map(group_columns)
            .unwrap_or_default();
        let options = CompareOptions { before, after, key };
        let handle = tokio::runtime::Handle::current();
        let comparison = blocking(move || {
            handle
                .block_on(compare(&warehouse, &table, &options, &never))
                .map_err(|error| engine_error(&error))
        })
        .await?;
        let comparison = Arc::new(comparison);
        let mut known = lock(&self.proofs.comparisons);
        if known.len() >= COMPARISONS {
            known.remove(0);
        }
        known.push((identity, Arc::clone(&comparison)));
        Ok(comparison)
    }

    /// Which rows and which expressions made a cell.
    ///
    /// # Errors
    /// When the table, row or column isn't there, or the pipeline was changed after the run.
    pub async fn trace_cell(&self, asked: Trace) -> Result<TracedView, RpcError> {
        let workspace = self.workspace().await?;
        let warehouse = self.warehouse().await?;
        let tracer = self.tracer(&workspace.root, warehouse);
        let request =
            TraceRequest { table: asked.table, row: asked.row, column: asked.column, limit: TRACED_ROWS };
        let column = request.column.clone();
        let handle = tokio::runtime::Handle::current();
        let answer = blocking(move || {
            let pipelines: Vec<_> = workspace.compilation.pipelines.values().collect();
            handle.block_on(tracer.trace(&pipelines, &request, &never)).map_err(|error| engine_error(&error))
        });
        Ok(view(&answer.await?, column.as_deref()))
    }

    /// One table of an unsaved document over the first records of its samples.
    ///
    /// # Errors
    /// When the document has errors, there is no such table, or a sample can't be read.
    pub async fn preview_table(&self, asked: Preview) -> Result<PreviewView, RpcError> {
        let workspace = self.workspace().await?;
        let previewer = Arc::clone(&self.proofs.previewer);
        let handle = tokio::runtime::Handle::current();
        blocking(move || {
            let compilation = compile_file(&workspace, &asked.file, &asked.text);
            let name = &asked.table.pipeline;
            if !compilation.pipelines.contains_key(name) {
                return Err(not_compiled(&compilation, &asked));
            }
            let pipelines: Vec<_> = compilation.pipelines.values().collect();
            let mut options = PreviewOptions::new(&workspace.root, workspace.warehouse());
            options.records = asked.limit.clamp(1, PREVIEW_LIMIT);
            let made = handle
                .block_on(previewer.preview(&pipelines, &asked.table, &options, &never))
                .map_err(|error| engine_error(&error))?;
            Ok(preview_view(&made))
        })
        .await
    }

    fn tracer(&self, root: &std::path::Path, warehouse: touchstone_engine::Warehouse) -> Arc<Tracer> {
        let mut known = lock(&self.proofs.tracer);
        if let Some((of, tracer)) = known.as_ref()
            && of == root
        {
            return Arc::clone(tracer);
        }
        let tracer = Arc::new(Tracer::new(root, warehouse));
        *known = Some((root.to_path_buf(), Arc::clone(&tracer)));
        tracer
    }
}

fn compared_column(column: &ComparedColumn) -> ColumnView {
    ColumnView {
        name: column.name.clone(),
        data_type: column.after.clone().or_else(|| column.before.clone()).unwrap_or(DataType::String),
        expression: None,
    }
}

fn schema_change(column: &ComparedColumn) -> Option<String> {
    let name = &column.name;
    Some(match (&column.change, &column.before, &column.after) {
        (ColumnChange::Same, ..) => return None,
        (ColumnChange::Added, ..) => format!("{name} is new"),
        (ColumnChange::Removed, ..) => format!("{name} is gone"),
        (ColumnChange::Retyped, Some(before), Some(after)) => format!("{name} was {before} and is {after}"),
        (ColumnChange::Retyped, ..) => format!("{name} has another type"),
        (ColumnChange::Renamed { from }, ..) => format!("{name} was called {from}"),
    })
}

/// The tree of a trace as steps: the cell's own first, each one's inputs behind it.
fn view(traced: &TracedTable, column: Option<&str>) -> TracedView {
    let mut steps = Vec::new();
    let cell = traced.columns.iter().find(|known| Some(known.name.as_str()) == column);
    let expression = cell.and_then(|cell| cell.expression.clone());
    let role = if column.is_some() { "the cell" } else { "the row" };
    step(traced, expression, None, role.to_owned(), &mut steps);
    TracedView { steps }
}

/// `read_by` is the expression that reads the table's columns.
fn step(
    table: &TracedTable,
    expression: Option<String>,
    read_by: Option<&str>,
    role: String,
    steps: &mut Vec<TraceStep>,
) {
    let mut order: Vec<usize> = (0..table.columns.len()).collect();
    // What makes the value comes first, then what decides about rows.
    // Of those that make it, the ones that the expression names come before those that these were made from.
    let is_named = |name: &str| {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        read_by.is_some_and(|text| text.split(|letter| !is_part(letter)).any(|word| word == name))
    };
    order.sort_by_key(|place| {
        let column = table.columns.get(*place);
        column.map(|column| (std::cmp::Reverse(column.usage), !is_named(&column.name)))
    });
    let rows = table.rows.iter().map(|row| {
        order.iter().map(|place| row.values.get(*place).cloned().flatten()).collect::<Vec<CellView>>()
    });
    let made_by = || {
        let columns = table.columns.iter().filter(|column| column.usage == ColumnUse::Value);
        let made: Vec<(&str, &str)> = columns
            .filter_map(|column| Some((column.name.as_str(), column.expression.as_deref()?)))
            .collect();
        match made.as_slice() {
            [] => None,
            [(_, expression)] => Some((*expression).to_owned()),
            many => {
                let lines: Vec<String> =
                    many.iter().map(|(name, expression)| format!("{name} = {expression}")).collect();
                Some(lines.join("\n"))
            }
        }
    };
    let role = match &table.ends {
        Some(reason) => format!("{role}; goes no further: {reason}"),
        None => role,
    };
    let expression = expression.or_else(made_by);
    let reads = expression.clone();
    steps.push(TraceStep {
        place: table.table.to_string(),
        layer: table.table.layer.to_string(),
        expression,
        role,
        columns: order
            .iter()
            .filter_map(|place| table.columns.get(*place))
            .map(|column| column.name.clone())
            .collect(),
        rows: rows.collect(),
        total: table.total,
        records: Vec::new(),
    });
    for input in &table.inputs {
        let alias = input.alias.as_deref().filter(|alias| *alias != input.table.table);
        let role = match (alias, input.total) {
            (Some(alias), 1) => format!("the row read as {alias}"),
            (Some(alias), _) => format!("the rows read as {alias}"),
            (None, 1) => "the row it was made from".to_owned(),
            (None, _) => "the rows it was made from".to_owned(),
        };
        step(input, None, reads.as_deref(), role, steps);
    }
    for lookup in lookups(table) {
        steps.push(lookup);
    }
    let records: Vec<&SourceRecord> = table.rows.iter().filter_map(|row| row.record.as_ref()).collect();
    records_step(&records, "the record it was made from", steps);
    let gave_way: Vec<&SourceRecord> = table.rows.iter().flat_map(|row| &row.gave_way).collect();
    records_step(&gave_way, "has the same key and gave way", steps);
}

/// A step for each table and field that values were looked up in.
fn lookups(table: &TracedTable) -> Vec<TraceStep> {
    let mut steps: Vec<TraceStep> = Vec::new();
    for lookup in table.rows.iter().flat_map(|row| &row.lookups) {
        let role = format!("looked up for {} by {}", lookup.field, lookup.by);
        let row = vec![lookup.key.clone(), lookup.value.clone()];
        let place = lookup.table.to_string();
        if let Some(known) = steps.iter_mut().find(|step| step.place == place && step.role == role) {
            known.total += 1;
            if known.rows.len() < TRACED_ROWS {
                known.rows.push(row);
            }
            continue;
        }
        steps.push(TraceStep {
            place,
            layer: lookup.table.layer.to_string(),
            expression: None,
            role,
            columns: vec![lookup.by.clone(), lookup.column.clone()],
            rows: vec![row],
            total: 1,
            records: Vec::new(),
        });
    }
    steps
}

fn records_step(records: &[&SourceRecord], role: &str, steps: &mut Vec<TraceStep>) {
    let Some(first) = records.first() else { return };
    let mut fields: Vec<(usize, &touchstone_engine::SourceField)> = first.fields.iter().enumerate().collect();
    fields.sort_by_key(|(_, field)| std::cmp::Reverse(field.usage));
    let row = |record: &SourceRecord| -> Vec<CellView> {
        fields
            .iter()
            .map(|(place, _)| record.fields.get(*place).and_then(|field| field.text.clone()))
            .collect()
    };
    steps.push(TraceStep {
        place: first.file.clone(),
        layer: "source".to_owned(),
        expression: None,
        role: role.to_owned(),
        columns: fields.iter().map(|(_, field)| field.name.clone()).collect(),
        rows: records.iter().take(TRACED_ROWS).map(|record| row(record)).collect(),
        total: records.len() as u64,
        records: records.iter().take(TRACED_ROWS).map(|record| record_view(record)).collect(),
    });
}

fn record_view(record: &SourceRecord) -> RecordView {
    RecordView {
        file: record.file.clone(),
        record: record.record,
        line: record.line.unwrap_or_default(),
        byte: record.byte.unwrap_or_default(),
        raw: record.text.clone().or_else(|| record.no_text.clone()).unwrap_or_default(),
        fields: record.fields.iter().map(|field| (field.name.clone(), field.text.clone())).collect(),
    }
}

fn not_compiled(compilation: &Compilation, asked: &Preview) -> RpcError {
    let errors = compilation.diagnostics.0.iter().filter(|found| found.severity == Severity::Error);
    let found = errors.clone().find(|found| found.place.file == asked.file).or_else(|| errors.clone().next());
    let message = match (found, compilation.blocked.get(&asked.table.pipeline)) {
        (Some(error), _) => format!("{}:{}: {}", error.place.file, error.place.line, error.message),
        (None, Some(table)) => format!("it reads {table}, whose pipeline has errors"),
        (None, None) => format!("there is no pipeline `{}`", asked.table.pipeline),
    };
    let help = found.and_then(|error| error.help.clone());
    RpcError::new(ErrorCode::InvalidSpec, message)
        .with_help(help.unwrap_or_else(|| "mend it, and the rows come back".to_owned()))
}

fn columns(page: &touchstone_engine::TablePage) -> Vec<ColumnView> {
    let column = |column: &touchstone_engine::PageColumn| ColumnView {
        name: column.name.clone(),
        data_type: column.data_type.clone(),
        expression: None,
    };
    page.columns.iter().map(column).collect()
}

fn preview_view(made: &touchstone_engine::Preview) -> PreviewView {
    let page = TablePage {
        columns: columns(&made.result),
        rows: made.result.rows.clone(),
        offset: 0,
        total: made.result.total,
    };
    // Rows correspond where each was made from one row of one table.
    let input = match (made.table.layer, made.inputs.as_slice()) {
        (Layer::Silver, [input]) => aligned(made, input),
        _ => TablePage::default(),
    };
    let (quarantined, failing_aside) = quarantined(made);
    PreviewView {
        page,
        input,
        rules: made.rules.iter().map(|rule| rule_view(&rule.result)).collect(),
        failing: made.rules.iter().map(|rule| failing(made, &rule.failing_numbers)).collect(),
        quarantined,
        failing_aside,
        flow: flow(Some(made.totals)),
        lost: lost(&made.lost),
        is_part: made.is_part,
    }
}

fn aligned(made: &touchstone_engine::Preview, input: &PreviewInput) -> TablePage {
    let rows = made.rows.iter().map(|row| {
        let place = row.from.first().and_then(|from| from.rows.first());
        let found = place.and_then(|place| input.page.rows.get(*place));
        found.cloned().unwrap_or_else(|| vec![None; input.page.columns.len()])
    });
    TablePage { columns: columns(&input.page), rows: rows.collect(), offset: 0, total: made.result.total }
}

/// The rows of the page that break a rule.
fn failing(made: &touchstone_engine::Preview, numbers: &[u64]) -> Vec<u64> {
    let numbers: BTreeSet<u64> = numbers.iter().copied().collect();
    let places = made.rows.iter().zip(0_u64..).filter(|(row, _)| numbers.contains(&row.number));
    places.map(|(_, place)| place).take(FAILING_ROWS).collect()
}

/// The rows that would go into quarantine, as they were read, with what is wrong with them in the last column; and for
/// each rule those of them that broke it.
fn quarantined(made: &touchstone_engine::Preview) -> (TablePage, Vec<Vec<u64>>) {
    let input = made.inputs.first().filter(|_| made.table.layer == Layer::Silver);
    let mut shown = input.map(|input| columns(&input.page)).unwrap_or_default();
    let number = ColumnView { name: "_row".to_owned(), data_type: DataType::Long, expression: None };
    if input.is_none() {
        shown.push(number);
    }
    shown.push(ColumnView { name: "_reason".to_owned(), data_type: DataType::String, expression: None });
    let held = made.left.iter().filter_map(|left| match &left.why {
        LeftBecause::Quarantined { problems } => Some((left, problems)),
        LeftBecause::Filtered | LeftBecause::Deduplicated { .. } => None,
    });
    let mut total = 0;
    let mut shown_rows = Vec::new();
    let mut failing_aside = vec![Vec::new(); made.rules.len()];
    for (left, problems) in held {
        let broken: Vec<usize> = (0..made.rules.len())
            .filter(|at| {
                let rule = made.rules.get(*at).map(|rule| rule.result.rule.as_str());
                problems.iter().any(|problem| Some(problem.rule.as_str()) == rule)
            })
            .collect();
        let is_wanted = |at: &usize| failing_aside.get(*at).is_some_and(|rows| rows.len() < QUARANTINED_ROWS);
        if total < QUARANTINED_ROWS as u64 || broken.iter().any(is_wanted) {
            for at in broken {
                if let Some(rows) = failing_aside.get_mut(at) {
                    rows.push(shown_rows.len() as u64);
                }
            }
            shown_rows.push((left, problems));
        }
        total += 1;
    }
    let rows = shown_rows.into_iter().map(|(left, problems)| {
        let reasons: Vec<String> =
            problems.iter().map(|problem| format!("{} ({})", problem.reason, problem.rule)).collect();
        let read = input.zip(left.input).and_then(|(input, place)| input.page.rows.get(place)).cloned();
        let mut row = read.unwrap_or_else(|| match input {
            Some(input) => vec![None; input.page.columns.len()],
            None => vec![Some(left.number.to_string())],
        });
        row.push(Some(reasons.join("; ")));
        row
    });
    (TablePage { columns: shown, rows: rows.collect(), offset: 0, total }, failing_aside)
}
