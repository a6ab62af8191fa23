//! `runs`, `compare` and `trace`: what simulations made, how two differ, and where a cell comes from.

use std::{path::PathBuf, process::ExitCode};

use touchstone_studio::{
    ErrorCode, LOCAL, RpcError, Workspace,
    compiler::{LineageNode, LineageTarget},
    protocol::{CellView, RowChange, RunDiff, Trace, TraceStep},
    runs as kept_runs,
    spec::TableName,
};

use super::{name, open};
use crate::{
    Outcome,
    arguments::{CompareOptions, RowKind, TraceOptions},
    output::{self, count},
};

/// Lists simulations of a pipeline, newest first.
pub(crate) async fn runs(folder: Option<PathBuf>, pipeline: &str, limit: u32, json: bool) -> Outcome {
    let (studio, workspace) = open(folder)?;
    workspace.document(pipeline)?;
    let registry = studio.registry(&workspace, LOCAL).await?;
    let runs = kept_runs(&registry, pipeline, limit).await?;
    if json {
        output::json(&runs)?;
    } else if runs.is_empty() {
        output::line(format!("{pipeline} was never simulated here"));
    } else {
        let rows = runs
            .into_iter()
            .map(|run| {
                let loaded: Vec<String> = run
                    .tables
                    .iter()
                    .map(|table| format!("{}.{} {}", table.table.layer, table.table.table, table.flow.loaded))
                    .collect();
                let with = run.along_with.map(|other| format!(", with {other}")).unwrap_or_default();
                vec![run.id, run.started_at, format!("{}{with}", name(&run.outcome)), loaded.join(", ")]
            })
            .collect();
        output::table(&["run", "started", "outcome", "rows"], rows);
    }
    Ok(ExitCode::SUCCESS)
}

/// Compares a table of two simulations.
pub(crate) async fn compare(folder: Option<PathBuf>, options: CompareOptions) -> Outcome {
    let (studio, workspace) = open(folder)?;
    let table = table_named(&workspace, &options.table)?;
    let found = studio
        .compare_runs(RunDiff {
            table,
            before: options.before,
            after: options.after,
            kind: options.kind.map(|kind| match kind {
                RowKind::Added => RowChange::Added,
                RowKind::Removed => RowChange::Removed,
                RowKind::Changed => RowChange::Changed,
            }),
            offset: 0,
            limit: options.rows,
        })
        .await?;
    if options.json {
        output::json(&found)?;
        return Ok(ExitCode::SUCCESS);
    }
    let before = found.before.as_deref().unwrap_or("nothing");
    output::line(format!("{before} → {}", found.after));
    for change in &found.schema_changes {
        output::line(format!("  column {change}"));
    }
    output::line(format!(
        "{} added, {} removed, {} changed, {} the same",
        count(found.added, "row"),
        found.removed,
        found.changed,
        found.same
    ));
    for (column, changed) in found.columns.iter().zip(&found.changed_in) {
        if *changed > 0 {
            output::line(format!("  {}: {}", column.name, count(*changed, "other value")));
        }
    }
    if found.rows.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let mut header = vec![""];
    header.extend(found.columns.iter().map(|column| column.name.as_str()));
    let row = |sign: &str, cells: &[CellView]| {
        let mut row = vec![sign.to_owned()];
        row.extend(cells.iter().map(shown));
        row
    };
    let mut rows = Vec::new();
    for one in &found.rows {
        rows.extend(one.before.as_deref().map(|cells| row("-", cells)));
        rows.extend(one.after.as_deref().map(|cells| row("+", cells)));
    }
    output::line("");
    output::table(&header, rows);
    Ok(ExitCode::SUCCESS)
}

/// Follows a cell back to the records that made it.
pub(crate) async fn trace(folder: Option<PathBuf>, options: TraceOptions) -> Outcome {
    let (studio, workspace) = open(folder)?;
    let table = table_named(&workspace, &options.table)?;
    let Some(row) = options.row.checked_sub(1) else {
        return Err(RpcError::new(ErrorCode::NotFound, "rows are counted from one"));
    };
    let traced = studio.trace_cell(Trace { table, row, column: options.column }).await?;
    if options.json {
        output::json(&traced)?;
    } else {
        for step in &traced.steps {
            show(step);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Columns that a step shows; those that matter for the cell come first.
const COLUMNS: usize = 8;
/// Rows that a step shows.
const ROWS: usize = 5;

fn show(step: &TraceStep) {
    output::line(format!("{}: {}", step.place, step.role));
    if let Some(expression) = &step.expression {
        for text in expression.lines() {
            output::line(format!("    {text}"));
        }
    }
    for record in step.records.iter().take(ROWS) {
        output::line(format!("  line {}: {}", record.line, record.raw.trim_end()));
    }
    if step.records.is_empty() {
        let header: Vec<&str> = step.columns.iter().take(COLUMNS).map(String::as_str).collect();
        let rows = step.rows.iter().take(ROWS).map(|row| row.iter().take(COLUMNS).map(shown).collect());
        output::table(&header, rows.collect());
    }
    let more = step.total.saturating_sub(ROWS as u64);
    if more > 0 {
        output::line(format!("  and {} more", count(more, "row")));
    }
    output::line("");
}

fn shown(cell: &CellView) -> String {
    cell.clone().unwrap_or_else(|| "null".to_owned())
}

/// The table of this name, in full or in short.
fn table_named(workspace: &Workspace, text: &str) -> Result<TableName, RpcError> {
    if let Ok(name) = text.parse() {
        return Ok(name);
    }
    let found = workspace.compilation.lineage.find(text);
    match found.map_err(|reason| RpcError::new(ErrorCode::NotFound, reason))? {
        LineageTarget::Table(LineageNode::Table { name }) => Ok(name),
        other => Err(RpcError::new(ErrorCode::NotFound, format!("{other} is not a table"))
            .with_help("name a table, for example trades.silver.trades")),
    }
}
