//! `simulate`: a run over the samples.

use std::{io::IsTerminal, path::PathBuf, process::ExitCode, sync::Arc};

use touchstone_studio::{LOCAL, RunObserver, engine::Outcome as RunEnd, pipeline_name, simulation};

use super::open;
use crate::{Outcome, output, progress::Bar};

/// Simulates one pipeline, or all of them.
pub(crate) async fn simulate(
    folder: Option<PathBuf>,
    pipeline: Option<String>,
    rows: Option<u64>,
    json: bool,
) -> Outcome {
    let (studio, workspace) = open(folder)?;
    let names: Vec<String> = match pipeline {
        Some(name) => vec![name],
        None => workspace.documents.iter().map(|document| pipeline_name(document).to_owned()).collect(),
    };
    let registry = studio.registry(&workspace, LOCAL).await?;
    let mut reports = Vec::new();
    let mut all_well = true;
    for name in &names {
        let bar = Arc::new(Bar::new());
        let observer: Arc<dyn RunObserver> = Arc::clone(&bar) as Arc<dyn RunObserver>;
        let run = simulation::run(Arc::clone(&workspace), &registry, name, rows, observer);
        tokio::pin!(run);
        let report = loop {
            tokio::select! {
                result = &mut run => break result,
                // The run stops at the next step and leaves nothing half-written.
                signal = tokio::signal::ctrl_c() => if signal.is_ok() { bar.cancel() },
            }
        };
        bar.clear();
        let report = report?;
        all_well &= matches!(report.outcome, RunEnd::Succeeded | RunEnd::SucceededWithFailures);
        if !json {
            output::line(report.to_text().trim_end());
            if names.len() > 1 || std::io::stdout().is_terminal() {
                output::line("");
            }
        }
        reports.push(report);
    }
    if json {
        match reports.as_slice() {
            [report] if names.len() == 1 => output::json(report)?,
            reports => output::json(&reports)?,
        }
    }
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
