//! `audit`: the trail of what was published, and its proof.

use std::{path::PathBuf, process::ExitCode};

use serde_json::json;
use touchstone_studio::{
    AuditQuery, environment_error,
    protocol::{AuditFilter, ExportFormat},
    trail,
};

use super::open;
use crate::{
    Outcome,
    arguments::{AuditAction, ExportAs},
    output,
};

/// What is to be seen of the trail.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shown {
    /// The newest events.
    Events {
        /// At most so many.
        limit: usize,
        /// As JSON.
        json: bool,
    },
    /// All events, as a text to keep.
    Export(ExportAs),
}

/// Shows the audit trail or verifies it.
pub(crate) async fn audit(
    folder: Option<PathBuf>,
    action: AuditAction,
    environment: &str,
    filter: &AuditFilter,
    shown: Shown,
) -> Outcome {
    let (studio, workspace) = open(folder)?;
    let registry = studio.registry(&workspace, environment).await?;
    let failed = |error| environment_error(&error, environment);
    match action {
        AuditAction::Show => {
            let (limit, json) = match shown {
                Shown::Events { limit, json } => (limit, json),
                Shown::Export(format) => {
                    let format = match format {
                        ExportAs::Csv => ExportFormat::Csv,
                        ExportAs::Json => ExportFormat::Json,
                    };
                    let text = trail::export(&registry, environment, filter, format).await?;
                    output::text(&text);
                    return Ok(ExitCode::SUCCESS);
                }
            };
            let query = AuditQuery { filter: trail::filter(filter)?, limit, ..AuditQuery::default() };
            let page = registry.audit(&query).await.map_err(failed)?;
            if json {
                output::json(&page.events)?;
            } else {
                let rows = page
                    .events
                    .into_iter()
                    .map(|event| {
                        vec![
                            event.sequence.to_string(),
                            event.time.to_rfc3339_opts(touchstone_studio::SecondsFormat::Secs, true),
                            event.actor,
                            event.action.to_string(),
                            event.pipeline,
                            event.version.to_string(),
                            event.message,
                            event.hash.chars().take(12).collect(),
                        ]
                    })
                    .collect();
                output::table(
                    &["#event", "time", "by", "action", "pipeline", "#version", "message", "hash"],
                    rows,
                );
            }
            Ok(ExitCode::SUCCESS)
        }
        AuditAction::Verify => {
            let report = registry.verify_audit().await.map_err(failed)?;
            let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
            if matches!(shown, Shown::Events { json: true, .. }) {
                output::json(&json!({
                    "intact": report.is_intact(),
                    "events": report.events,
                    "versions": report.versions,
                    "problems": problems,
                }))?;
            } else if report.is_intact() && report.events == 0 {
                output::line(format!(
                    "nothing was ever published to {environment}: there is no event to prove"
                ));
            } else if report.is_intact() {
                output::line(format!(
                    "intact: {} in one chain, {} as {} published",
                    output::count(report.events, "event"),
                    output::count(report.versions, "version"),
                    if report.versions == 1 { "it was" } else { "they were" },
                ));
            } else {
                for problem in &problems {
                    output::line(format!("broken: {problem}"));
                }
                let verb = if report.events == 1 { "is" } else { "are" };
                output::line(format!("{} {verb} proved", output::count(report.events, "event")));
            }
            Ok(if report.is_intact() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}
