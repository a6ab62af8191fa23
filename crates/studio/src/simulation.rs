//! Simulations: which pipelines run, and what is kept of the report.

use std::sync::Arc;

use chrono::Utc;
use touchstone_compiler::CompiledPipeline;
use touchstone_engine::{
    EngineError, ErrorKind, Outcome, RuleResult, RunObserver, RunReport, SimulateOptions, TableOutcome,
    TableReport, Totals, simulate,
};
use touchstone_protocol::{
    ErrorCode, FlowView, LostValues, QuarantineView, RejectView, RpcError, RuleState, RuleView, RunOutcome,
    RunView, TableRunView,
};
use touchstone_registry::{Registry, Run, RunStatus};

use crate::{
    config::LOCAL,
    environment::{actor, store_error},
    file::write_whole,
    release,
    workspace::Workspace,
};

/// Runs the pipeline `name`, and first those whose tables it reads, over their samples. The report is kept: in full
/// below `.touchstone/runs`, in short in the local registry: as a run of each pipeline whose tables it made.
///
/// # Errors
/// When the pipeline has errors, or the run can't begin. A run that began gives a report, whatever came of it; only
/// when it was cancelled is that an error too.
pub async fn run(
    workspace: Arc<Workspace>,
    registry: &Registry,
    name: &str,
    row_limit: Option<u64>,
    observer: Arc<dyn RunObserver>,
) -> Result<RunReport, RpcError> {
    // Fails early, with the place, when a pipeline on the way has errors.
    upstream_first(&workspace, name)?;
    let run_id = uuid::Uuid::now_v7().to_string();
    let started_at = Utc::now();
    let handle = tokio::runtime::Handle::current();
    let (inner, asked) = (Arc::clone(&workspace), name.to_owned());
    let id = run_id.clone();
    let task = tokio::task::spawn_blocking(move || {
        let pipelines = upstream_first(&inner, &asked)?;
        let options = SimulateOptions {
            workspace: inner.root.clone(),
            warehouse: inner.warehouse(),
            run_id: id,
            started_at,
            row_limit,
        };
        handle
            .block_on(simulate(&pipelines, &options, observer.as_ref()))
            .map_err(|error| engine_error(&error))
    });
    let report = task.await.map_err(|error| {
        RpcError::new(ErrorCode::Failed, format!("the simulation stopped unexpectedly: {error}"))
    })??;
    keep(&workspace, registry, name, &report).await?;
    Ok(report)
}

/// The pipeline and all that it reads from, each after those it reads.
fn upstream_first<'workspace>(
    workspace: &'workspace Workspace,
    name: &str,
) -> Result<Vec<&'workspace CompiledPipeline>, RpcError> {
    fn visit<'workspace>(
        workspace: &'workspace Workspace,
        name: &str,
        order: &mut Vec<&'workspace CompiledPipeline>,
    ) -> Result<(), RpcError> {
        if order.iter().any(|known| known.name == name) {
            return Ok(());
        }
        let compiled = workspace.compiled(name)?;
        let mut upstream: Vec<&str> = compiled.reads.iter().map(|table| table.pipeline.as_str()).collect();
        upstream.dedup();
        for other in upstream {
            // The compiler refuses cycles, so this ends.
            visit(workspace, other, order)?;
        }
        if !order.iter().any(|known| known.name == name) {
            order.push(compiled);
        }
        Ok(())
    }
    let mut order = Vec::new();
    visit(workspace, name, &mut order)?;
    Ok(order)
}

async fn keep(
    workspace: &Workspace,
    registry: &Registry,
    name: &str,
    report: &RunReport,
) -> Result<(), RpcError> {
    let json = serde_json::to_vec_pretty(report).map_err(|error| {
        RpcError::new(ErrorCode::Failed, format!("the report can't be written as JSON: {error}"))
    })?;
    write_whole(&workspace.runs().join(format!("{}.json", report.run_id)), &json)?;
    record(workspace, registry, name, report, view(name, report)).await?;
    for other in upstream_first(workspace, name)?.into_iter().filter(|other| other.name != name) {
        let made = upstream_first(workspace, &other.name)?;
        if let Some(part) = part(name, &other.name, &made, report) {
            record(workspace, registry, &other.name, report, part).await?;
        }
    }
    Ok(())
}

/// What a run of `asked` did to the tables of `name`, which it reads, and to those that `name` is `made` from. None
/// when it did not come as far as a table of `name`.
fn part(asked: &str, name: &str, made: &[&CompiledPipeline], report: &RunReport) -> Option<RunView> {
    let is_of = |table: &TableRunView| made.iter().any(|pipeline| pipeline.name == table.table.pipeline);
    let whole = view(name, report);
    let tables: Vec<TableRunView> = whole.tables.into_iter().filter(is_of).collect();
    if !tables.iter().any(|table| table.table.pipeline == name && table.counted) {
        return None;
    }
    let is_troubled = |table: &TableRunView| {
        let failed = table.rules.iter().any(|rule| rule.state == RuleState::Failed);
        failed || table.flow.rejected > 0 || table.flow.quarantined > 0
    };
    // How the whole ended is about these tables only where it ended at one of them.
    let (outcome, message) = if tables.iter().any(|table| !table.counted) {
        (whole.outcome, whole.message)
    } else if tables.iter().any(is_troubled) {
        (RunOutcome::SucceededWithFailures, None)
    } else {
        (RunOutcome::Succeeded, None)
    };
    let duration_ms = tables.iter().map(|table| table.duration_ms).sum();
    Some(RunView { along_with: Some(asked.to_owned()), outcome, message, tables, duration_ms, ..whole })
}

async fn record(
    workspace: &Workspace,
    registry: &Registry,
    name: &str,
    report: &RunReport,
    view: RunView,
) -> Result<(), RpcError> {
    let version = registry.current(name).await.map_err(|error| store_error(&error, None))?;
    let run = Run {
        pipeline: name.to_owned(),
        run_id: report.run_id.clone(),
        version: version.map(|current| current.version),
        environment: LOCAL.to_owned(),
        status: match view.outcome {
            RunOutcome::Succeeded | RunOutcome::SucceededWithFailures => RunStatus::Succeeded,
            RunOutcome::Cancelled => RunStatus::Cancelled,
            RunOutcome::Halted | RunOutcome::Failed => RunStatus::Failed,
        },
        started_at: report.started_at,
        finished_at: Some(Utc::now()),
        actor: actor(),
        report: kept_report(workspace, name, &view),
    };
    registry.record_run(&run).await.map_err(|error| store_error(&error, None))
}

/// A run that was kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct KeptRun {
    /// What happened.
    pub(crate) view: RunView,
    /// Hash of the content that ran, as publishing would hash it.
    pub(crate) content_hash: Option<String>,
}

/// Key of the content hash beside the keys of a [`RunView`].
const CONTENT_HASH: &str = "content_hash";

fn kept_report(workspace: &Workspace, name: &str, view: &RunView) -> serde_json::Value {
    let mut kept = serde_json::to_value(view).unwrap_or_default();
    if let Ok(content) = release::content(workspace, name) {
        kept[CONTENT_HASH] = content.content_hash.into();
    }
    kept
}

/// Simulations of a pipeline, newest first.
///
/// # Errors
/// When the registry can't be read.
pub(crate) async fn kept(registry: &Registry, name: &str, limit: u32) -> Result<Vec<KeptRun>, RpcError> {
    let page = registry.runs(name, limit, None).await.map_err(|error| store_error(&error, None))?;
    // A report of another version of Touchstone may not be readable; then it is as if there were none.
    let read = |run: Run| {
        let content_hash = run.report.get(CONTENT_HASH).and_then(|hash| hash.as_str()).map(str::to_owned);
        Some(KeptRun { view: serde_json::from_value(run.report).ok()?, content_hash })
    };
    Ok(page.runs.into_iter().filter_map(read).collect())
}

/// Simulations of a pipeline for the front doors, newest first.
///
/// # Errors
/// When the registry can't be read.
pub async fn runs(registry: &Registry, name: &str, limit: u32) -> Result<Vec<RunView>, RpcError> {
    Ok(kept(registry, name, limit).await?.into_iter().map(|run| run.view).collect())
}

/// Rejected records that a view holds per table; the full report and the rejects table have more.
const REJECTS_SHOWN: usize = 100;

/// The report as the window shows it.
pub fn view(name: &str, report: &RunReport) -> RunView {
    RunView {
        id: report.run_id.clone(),
        pipeline: name.to_owned(),
        along_with: None,
        started_at: report.started_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        duration_ms: report.duration_millis,
        outcome: match report.outcome {
            Outcome::Succeeded => RunOutcome::Succeeded,
            Outcome::SucceededWithFailures => RunOutcome::SucceededWithFailures,
            Outcome::Halted => RunOutcome::Halted,
            Outcome::Failed => RunOutcome::Failed,
            Outcome::Cancelled => RunOutcome::Cancelled,
        },
        message: report
            .problem
            .as_ref()
            .map(|problem| format!("{}: {}\n{}", problem.place, problem.reason, problem.next_step)),
        tables: report.tables.iter().map(table_view).collect(),
    }
}

/// Control totals for the front doors.
pub(crate) fn flow(totals: Option<Totals>) -> FlowView {
    match totals {
        None => FlowView::default(),
        Some(Totals::Bronze { records, loaded, rejected, .. }) => {
            FlowView { rows_in: records, loaded, rejected, ..FlowView::default() }
        }
        Some(Totals::Silver { records, loaded, filtered, deduplicated, quarantined }) => {
            FlowView { rows_in: records, loaded, rejected: 0, filtered, deduplicated, quarantined }
        }
        Some(Totals::Gold { records, loaded, quarantined }) => {
            FlowView { rows_in: records, loaded, quarantined, ..FlowView::default() }
        }
    }
}

/// What a rule found, for the front doors.
pub(crate) fn rule_view(rule: &RuleResult) -> RuleView {
    RuleView {
        rule: rule.rule.clone(),
        state: match rule.outcome {
            touchstone_engine::RuleOutcome::Passed => RuleState::Passed,
            touchstone_engine::RuleOutcome::Failed => RuleState::Failed,
        },
        measured: rule.measured.clone(),
        rows: rule.rows,
        failing_rows: rule.failing_rows,
    }
}

/// Values that became null, for the front doors.
pub(crate) fn lost(values: &[touchstone_engine::LostValues]) -> Vec<LostValues> {
    let view = |lost: &touchstone_engine::LostValues| LostValues {
        field: lost.field.clone(),
        rows: lost.values,
        reason: lost.reason.clone(),
    };
    values.iter().map(view).collect()
}

fn table_view(table: &TableReport) -> TableRunView {
    let was_made = matches!(table.outcome, TableOutcome::Written | TableOutcome::Halted);
    let totals = table.totals.filter(|_| was_made);
    TableRunView {
        table: table.table.clone(),
        flow: flow(totals),
        counted: totals.is_some(),
        rules: table.rules.iter().map(rule_view).collect(),
        quarantine: table
            .quarantine
            .iter()
            .map(|count| QuarantineView { rule: count.rule.clone(), rows: count.rows })
            .collect(),
        rejects: table
            .rejects
            .iter()
            .take(REJECTS_SHOWN)
            .map(|reject| RejectView {
                record: reject.record,
                line: reject.line,
                byte: reject.byte,
                reason: reject.reason.clone(),
                raw: reject.raw.clone(),
            })
            .collect(),
        lost: lost(&table.lost),
        reads: table.reads.clone(),
        lookups: table.lookups.clone(),
        duration_ms: table.steps.iter().map(|step| step.millis).sum(),
    }
}

/// An engine's error for the UI.
pub(crate) fn engine_error(error: &EngineError) -> RpcError {
    let code = match error.kind {
        ErrorKind::Cancelled => ErrorCode::Cancelled,
        ErrorKind::Locked => ErrorCode::Unavailable,
        ErrorKind::Missing => ErrorCode::NotFound,
        _ => ErrorCode::Failed,
    };
    RpcError::new(code, format!("{}: {}", error.place, error.reason)).with_help(error.next_step.clone())
}
