//! `audit`: the trail of what was published, and its proof.

use std::{path::PathBuf, process::ExitCode};

use serde_json::json;
use touchstone_studio::{AuditFilter, AuditQuery, environment_error};

use super::open;
use crate::{Outcome, arguments::AuditAction, output};

/// Which events to show.
#[derive(Debug)]
pub(crate) struct Filter {
    /// Only of this pipeline.
    pub(crate) pipeline: Option<String>,
    /// Only of this person.
    pub(crate) actor: Option<String>,
    /// At most so many.
    pub(crate) limit: usize,
}

/// Shows the audit trail or verifies it.
pub(crate) async fn audit(
    folder: Option<PathBuf>,
    action: AuditAction,
    environment: &str,
    filter: Filter,
    json: bool,
) -> Outcome {
    let (studio, workspace) = open(folder)?;
    let registry = studio.registry(&workspace, environment).await?;
    let failed = |error| environment_error(&error, environment);
    match action {
        AuditAction::Show => {
            let query = AuditQuery {
                filter: AuditFilter {
                    pipeline: filter.pipeline,
                    actor: filter.actor,
                    ..AuditFilter::default()
                },
                limit: filter.limit,
                ..AuditQuery::default()
            };
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
            if json {
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
