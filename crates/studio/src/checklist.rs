//! What a careful person looks at before they publish.

use touchstone_ingest::CsvReader;
use touchstone_protocol::{CheckState, CheckView, PublishPlan, RuleState, RunOutcome, RunView, TableRunView};
use touchstone_registry::Registry;
use touchstone_spec::{ChangeClass, FileFormat, Layer, Severity, Source};

use crate::{
    connection::chain,
    environment::store_error,
    release::Content,
    simulation::KeptRun,
    source::ingest_error,
    workspace::{Workspace, count},
};

/// Share of rows in quarantine from which on somebody should look.
const QUARANTINE_SHARE: f64 = 0.05;

/// Breaking changes that the checklist names.
const BREAKING_NAMED: usize = 4;

/// The checklist for a plan. `content` is none when the document has errors, `run` when it was never simulated here.
pub(crate) async fn checklist(
    workspace: &Workspace,
    registry: &Registry,
    plan: &PublishPlan,
    content: Option<&Content>,
    run: Option<&KeptRun>,
) -> Vec<CheckView> {
    let mut checks = vec![compiles(workspace, plan)];
    checks.extend(simulated(workspace, plan, content, run));
    checks.extend(contracts(workspace, &plan.pipeline));
    checks.push(owner(workspace, &plan.pipeline));
    checks.extend(upstream(workspace, registry, plan).await);
    checks.push(breaking(plan));
    checks.push(chain(registry, &plan.environment).await);
    checks
}

/// `title` says what was looked at and not how it is: it stands beside good and bad signs. `detail` says how it is.
fn check(title: &str, state: CheckState, detail: impl Into<String>) -> CheckView {
    CheckView { title: title.to_owned(), state, detail: detail.into() }
}

fn compiles(workspace: &Workspace, plan: &PublishPlan) -> CheckView {
    const TITLE: &str = "Document";
    let found = workspace
        .document(&plan.pipeline)
        .map(|document| workspace.diagnostics_of(&document.file))
        .unwrap_or_default();
    let warnings = found.iter().filter(|found| found.severity == Severity::Warning).count();
    match (plan.problems.first(), warnings) {
        (Some(first), _) => check(
            TITLE,
            CheckState::Failed,
            format!("{} to mend: {}", count(plan.problems.len(), "error"), first.message),
        ),
        (None, 0) => check(TITLE, CheckState::Passed, "no errors and no warnings"),
        (None, warnings) => {
            check(TITLE, CheckState::Warning, format!("{} to look at", count(warnings, "warning")))
        }
    }
}

/// What the last simulation says: whether it is of this content, and how it went.
fn simulated(
    workspace: &Workspace,
    plan: &PublishPlan,
    content: Option<&Content>,
    run: Option<&KeptRun>,
) -> Vec<CheckView> {
    const AS_IT_IS: &str = "Simulation";
    const TOTALS: &str = "Control totals";
    const RULES: &str = "Rules";
    const QUARANTINE: &str = "Quarantine";
    let Some(run) = run else {
        let unknown = |title| check(title, CheckState::Unknown, "simulate the pipeline to find out");
        let never = check(AS_IT_IS, CheckState::Warning, "it was never simulated here");
        return vec![never, unknown(TOTALS), unknown(RULES), unknown(QUARANTINE)];
    };
    let view = &run.view;
    let same =
        content.is_some_and(|content| run.content_hash.as_deref() == Some(content.content_hash.as_str()));
    let ended = matches!(view.outcome, RunOutcome::Succeeded | RunOutcome::SucceededWithFailures);
    let as_it_is = match (same, ended) {
        (true, true) => {
            check(AS_IT_IS, CheckState::Passed, format!("of the document as it is, on {}", view.started_at))
        }
        (true, false) => check(
            AS_IT_IS,
            CheckState::Warning,
            view.message.clone().unwrap_or_else(|| "the last simulation did not come to its end".to_owned()),
        ),
        (false, _) => check(
            AS_IT_IS,
            CheckState::Warning,
            format!("the document changed since the simulation of {}; simulate it again", view.started_at),
        ),
    };
    let written = rules_of(workspace, &plan.pipeline);
    // What was not counted says nothing, least of all that it is good.
    if !ended {
        let at = view.failed_at().map(|table| format!(" at {}", table.table)).unwrap_or_default();
        let unknown = format!("not known: the simulation {}{at}", view.outcome.ended());
        let told = |title| check(title, CheckState::Warning, unknown.clone());
        let rules = match written {
            Some(0) => no_rules(RULES),
            Some(rules) => check(RULES, CheckState::Warning, format!("{}, {unknown}", count(rules, "rule"))),
            None => told(RULES),
        };
        return vec![as_it_is, told(TOTALS), rules, told(QUARANTINE)];
    }
    vec![as_it_is, totals(TOTALS, view), rules(RULES, view, written), quarantine(QUARANTINE, view)]
}

/// How many rules the document has, as it is now; none when it can't be compiled.
fn rules_of(workspace: &Workspace, pipeline: &str) -> Option<usize> {
    let compiled = workspace.compilation.pipelines.get(pipeline)?;
    let silver = compiled.silver.values().map(|table| table.rules.rules.len());
    Some(silver.chain(compiled.gold.values().map(|table| table.rules.rules.len())).sum())
}

fn no_rules(title: &str) -> CheckView {
    check(title, CheckState::Warning, "there are no rules: nothing says what good data is")
}

fn totals(title: &str, run: &RunView) -> CheckView {
    let wrong: Vec<String> =
        run.tables.iter().filter(|table| !table.adds_up()).map(|table| table.table.to_string()).collect();
    if wrong.is_empty() {
        check(title, CheckState::Passed, format!("add up in {}", count(run.tables.len(), "table")))
    } else {
        check(title, CheckState::Failed, format!("rows are unaccounted for in {}", wrong.join(", ")))
    }
}

fn rules(title: &str, run: &RunView, written: Option<usize>) -> CheckView {
    let all = || own(run).flat_map(|table| table.rules.iter().map(move |rule| (&table.table, rule)));
    let failed: Vec<String> = all()
        .filter(|(_, rule)| rule.state == RuleState::Failed)
        .map(|(table, rule)| format!("{table}: {} ({})", rule.rule, rule.measured))
        .collect();
    match (failed.first(), all().count()) {
        (None, 0) => match written {
            None | Some(0) => no_rules(title),
            Some(rules) => check(
                title,
                CheckState::Warning,
                format!("not known: {} came after the last simulation", count(rules, "rule")),
            ),
        },
        (None, rules) => check(title, CheckState::Passed, format!("{} hold", count(rules, "rule"))),
        (Some(first), rules) => check(
            title,
            CheckState::Warning,
            format!("{} of {} failed: {first}", failed.len(), count(rules, "rule")),
        ),
    }
}

/// The pipeline's own tables: those of pipelines that it reads are checked when they are published.
fn own(run: &RunView) -> impl Iterator<Item = &TableRunView> {
    run.tables.iter().filter(|table| table.table.pipeline == run.pipeline)
}

fn quarantine(title: &str, run: &RunView) -> CheckView {
    // Rows count once, where they come in; they are held back wherever that is.
    let records = own(run).filter(|table| table.table.layer == Layer::Bronze);
    let rows: u64 = records.map(|table| table.flow.rows_in).sum();
    let held: u64 = own(run).map(|table| table.flow.quarantined + table.flow.rejected).sum();
    let share = if rows == 0 { 0.0 } else { held as f64 / rows as f64 };
    let detail =
        format!("{held} of {} quarantined or rejected ({:.1} %)", count_u64(rows, "row"), share * 100.0);
    let state = if share > QUARANTINE_SHARE { CheckState::Warning } else { CheckState::Passed };
    check(title, state, detail)
}

fn count_u64(number: u64, noun: &str) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), noun)
}

/// Whether each sample has the columns that its contract promises.
fn contracts(workspace: &Workspace, pipeline: &str) -> Vec<CheckView> {
    let Ok(document) = workspace.document(pipeline) else { return Vec::new() };
    let sources = document.pipeline.iter().flat_map(|pipeline| &pipeline.sources);
    sources
        .map(|(name, Source::File(file))| {
            let title = format!("Contract of {name}");
            let Some(sample) = &file.sample else {
                return check(&title, CheckState::Warning, "there is no sample to compare it with");
            };
            let FileFormat::Csv(format) = &file.format;
            let columns = match CsvReader::open(&workspace.root.join(sample), format) {
                Ok(reader) => reader.columns().to_vec(),
                Err(error) => return check(&title, CheckState::Failed, ingest_error(&error).message),
            };
            if format.header_row == 0 {
                return if columns.len() == file.contract.len() {
                    check(&title, CheckState::Passed, fits(columns.len()))
                } else {
                    let detail = format!(
                        "the sample has {}, the contract {}",
                        count(columns.len(), "column"),
                        file.contract.len()
                    );
                    check(&title, CheckState::Warning, detail)
                };
            }
            let missing: Vec<&str> = file
                .contract
                .iter()
                .map(|field| field.name.as_str())
                .filter(|name| !columns.iter().any(|column| column == name))
                .collect();
            let more: Vec<&str> = columns
                .iter()
                .map(String::as_str)
                .filter(|column| !file.contract.iter().any(|field| field.name == *column))
                .collect();
            if missing.is_empty() && more.is_empty() {
                check(&title, CheckState::Passed, fits(columns.len()))
            } else if missing.is_empty() {
                check(&title, CheckState::Warning, format!("the contract doesn't name {}", more.join(", ")))
            } else {
                check(&title, CheckState::Failed, format!("the sample has no column {}", missing.join(", ")))
            }
        })
        .collect()
}

fn fits(columns: usize) -> String {
    format!("{}, as in its sample", count(columns, "column"))
}

fn owner(workspace: &Workspace, pipeline: &str) -> CheckView {
    const TITLE: &str = "Owner";
    let owner = workspace
        .document(pipeline)
        .ok()
        .and_then(|document| document.pipeline.as_ref()?.owner.clone())
        .filter(|owner| !owner.trim().is_empty());
    match owner {
        Some(owner) => check(TITLE, CheckState::Passed, owner),
        None => check(TITLE, CheckState::Warning, "nobody answers for it: set `owner` to a person or a team"),
    }
}

/// Whether the pipelines that it reads are published there too.
async fn upstream(workspace: &Workspace, registry: &Registry, plan: &PublishPlan) -> Option<CheckView> {
    const TITLE: &str = "Upstream";
    let compiled = workspace.compilation.pipelines.get(&plan.pipeline)?;
    let mut names: Vec<&str> = compiled
        .reads
        .iter()
        .map(|table| table.pipeline.as_str())
        .filter(|name| *name != plan.pipeline)
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return None;
    }
    let mut missing = Vec::new();
    for name in &names {
        match registry.current(name).await {
            Ok(Some(_)) => {}
            Ok(None) => missing.push(*name),
            Err(error) => {
                let error = store_error(&error, Some(&plan.environment));
                return Some(check(TITLE, CheckState::Unknown, error.message));
            }
        }
    }
    Some(if missing.is_empty() {
        check(TITLE, CheckState::Passed, format!("{} published there", is_are(&names)))
    } else {
        let detail = format!("{} not in {}: publish there first", is_are(&missing), plan.environment);
        check(TITLE, CheckState::Warning, detail)
    })
}

/// Names as the subject of a sentence.
fn is_are(names: &[&str]) -> String {
    format!("{} {}", names.join(", "), if names.len() == 1 { "is" } else { "are" })
}

fn breaking(plan: &PublishPlan) -> CheckView {
    const TITLE: &str = "Readers";
    let many = plan.diff.changes.iter().filter(|change| change.class == ChangeClass::Breaking).count();
    match (many, &plan.current) {
        (1.., Some(_)) => check(
            TITLE,
            CheckState::Warning,
            format!(
                "{} ({}), {} downstream: tell their readers first, and say so in the message",
                count(many, "breaking change"),
                plan.diff.breaking(BREAKING_NAMED).join(", "),
                count(plan.touches.len(), "column")
            ),
        ),
        (_, None) => check(TITLE, CheckState::Passed, "nobody reads it yet: it is a first version"),
        (0, Some(_)) => check(TITLE, CheckState::Passed, change(plan.class)),
    }
}

fn change(class: ChangeClass) -> &'static str {
    match class {
        ChangeClass::None => "no table changes",
        ChangeClass::Compatible => "the change is compatible",
        ChangeClass::Breaking => "the change is breaking",
    }
}

#[cfg(test)]
mod tests {
    use touchstone_protocol::FlowView;
    use touchstone_spec::TableName;

    use super::*;

    fn table(pipeline: &str, layer: Layer, rows_in: u64, held: u64) -> TableRunView {
        let flow = FlowView { rows_in, quarantined: held, loaded: rows_in - held, ..FlowView::default() };
        TableRunView {
            table: TableName::new(pipeline, layer, pipeline),
            counted: true,
            reads: Vec::new(),
            lookups: Vec::new(),
            flow,
            rules: Vec::new(),
            quarantine: Vec::new(),
            rejects: Vec::new(),
            lost: Vec::new(),
            duration_ms: 0,
        }
    }

    #[test]
    fn rows_of_pipelines_that_are_read_are_not_counted() {
        let run = RunView {
            id: String::new(),
            pipeline: "claims".to_owned(),
            along_with: None,
            started_at: String::new(),
            duration_ms: 0,
            outcome: RunOutcome::Succeeded,
            message: None,
            tables: vec![
                table("policies", Layer::Bronze, 241, 1),
                table("claims", Layer::Bronze, 500, 0),
                table("claims", Layer::Silver, 500, 36),
                table("claims", Layer::Gold, 16, 0),
            ],
        };
        let found = quarantine("Quarantine", &run);
        assert_eq!(found.detail, "36 of 500 rows quarantined or rejected (7.2 %)");
        assert_eq!(found.state, CheckState::Warning);
    }
}
