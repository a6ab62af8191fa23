//! `publish`, `history`, `diff` and `rollback`: versions of metadata.

use std::{path::PathBuf, process::ExitCode};

use serde_json::json;
use touchstone_studio::{
    ErrorCode, PublishPlan, Restored, RpcError, Studio, Workspace, pipeline_name, release,
    spec::{ChangeClass, SpecDiff},
};

use super::open;
use crate::{Outcome, arguments::PublishOptions, output};

/// Publishes one pipeline, or all that changed.
pub(crate) async fn publish(folder: Option<PathBuf>, options: PublishOptions) -> Outcome {
    let (studio, workspace) = open(folder)?;
    let environment = &options.env.env;
    let registry = studio.registry(&workspace, environment).await?;
    let names: Vec<String> = match &options.pipeline {
        Some(name) => vec![name.clone()],
        None => workspace.documents.iter().map(|document| pipeline_name(document).to_owned()).collect(),
    };
    let mut plans = Vec::new();
    for name in &names {
        plans.push(studio.plan(&workspace, name, environment).await?);
    }
    // With several, none is published unless all can be.
    let blocked: usize = plans.iter().map(|plan| plan.problems.len()).sum();
    if blocked > 0 {
        for problem in plans.iter().flat_map(|plan| &plan.problems) {
            output::note(format!("{problem}\n"));
        }
        return Err(RpcError::new(
            ErrorCode::InvalidSpec,
            if blocked == 1 {
                "1 error keeps this from being published".to_owned()
            } else {
                format!("{blocked} errors keep this from being published")
            },
        )
        .with_help("mend them; `touchstone check` shows them again"));
    }
    let broken = plans.iter().filter(|plan| plan.breaks_readers());
    let broken: Vec<&str> = broken.map(|plan| plan.pipeline.as_str()).collect();
    if !options.dry_run && !options.breaking && !broken.is_empty() {
        return Err(RpcError::new(
            ErrorCode::Conflict,
            format!("readers of {} would break; nothing was published", broken.join(", ")),
        )
        .with_help(
            "`--dry-run` shows what changes and whom it reaches; tell them, then publish with `--breaking`",
        ));
    }
    let mut results = Vec::new();
    for plan in &plans {
        let unchanged = is_unchanged(&workspace, plan, &registry, environment).await?;
        if unchanged && options.pipeline.is_none() {
            continue;
        }
        if !options.json {
            show_plan(plan, unchanged);
        }
        if options.dry_run || unchanged {
            results.push(json!({ "plan": plan, "unchanged": unchanged, "published": null }));
            continue;
        }
        let message = options.message.as_deref().unwrap_or_default();
        let published = release::publish(&workspace, &registry, plan, message).await?;
        if !options.json {
            output::line(format!(
                "published {} version {} to {environment} (audit event {})",
                plan.pipeline, published.version.version, published.audit_sequence
            ));
        }
        results.push(json!({ "plan": plan, "unchanged": false, "published": published }));
    }
    if options.json {
        output::json(&results)?;
    } else if results.is_empty() {
        output::line(format!("nothing to publish: everything is in {environment} as it is here"));
    } else if options.dry_run {
        output::line("dry run: nothing was published");
    }
    Ok(ExitCode::SUCCESS)
}

async fn is_unchanged(
    workspace: &Workspace,
    plan: &PublishPlan,
    registry: &touchstone_studio::Registry,
    environment: &str,
) -> Result<bool, RpcError> {
    let Some(current) = &plan.current else { return Ok(false) };
    let published = release::version(registry, environment, &plan.pipeline, current.version).await?;
    let content = release::content(workspace, &plan.pipeline)?;
    // A comment is no change of the metadata, but a version must hold the text it was made from.
    Ok(published.version.content_hash == plan.content_hash && published.spec_text == content.spec_text)
}

fn show_plan(plan: &PublishPlan, unchanged: bool) {
    let from = plan
        .current
        .as_ref()
        .map_or_else(|| "not published".to_owned(), |version| format!("version {}", version.version));
    if unchanged {
        output::line(format!(
            "{}: {from} in {} is the same; nothing to publish",
            plan.pipeline, plan.environment
        ));
        return;
    }
    output::line(format!(
        "{}: {from} → version {} in {} ({})",
        plan.pipeline, plan.next_version, plan.environment, plan.class
    ));
    if plan.current.is_some() && plan.diff.changes.is_empty() {
        output::line("  only comments, layout or the compiled form differ");
    } else {
        output::difference(&plan.diff);
    }
    for touch in &plan.touches {
        let owner = touch.owner.as_ref().map(|owner| format!(", {owner}")).unwrap_or_default();
        output::line(format!("  reaches {} (by {}{owner})", touch.column, touch.because));
    }
    output::checks(&plan.checklist);
    if plan.class == ChangeClass::Breaking {
        output::line("  breaking: readers of the tables above must be told before this is published");
    }
}

/// Lists published versions.
pub(crate) async fn history(
    folder: Option<PathBuf>,
    pipeline: &str,
    environment: &str,
    json: bool,
) -> Outcome {
    let (studio, workspace) = open(folder)?;
    let registry = studio.registry(&workspace, environment).await?;
    let versions = release::history(&registry, environment, pipeline).await?;
    if versions.is_empty() {
        return Err(release::not_published(pipeline, environment));
    }
    if json {
        output::json(&versions)?;
    } else {
        let rows = versions
            .into_iter()
            .map(|version| {
                let what =
                    version.rollback_of.map_or_else(String::new, |old| format!(" (rolled back to {old})"));
                vec![
                    version.version.to_string(),
                    version.published_at,
                    version.author,
                    version.class.to_string(),
                    format!("{}{what}", version.message),
                ]
            })
            .collect();
        output::table(&["#version", "published", "by", "change", "message"], rows);
    }
    Ok(ExitCode::SUCCESS)
}

/// Compares two versions, or a version and the workspace's document.
pub(crate) async fn diff(
    folder: Option<PathBuf>,
    pipeline: &str,
    before: Option<u64>,
    after: Option<u64>,
    environment: &str,
    json: bool,
) -> Outcome {
    let (studio, workspace) = open(folder)?;
    let difference = compare(&studio, &workspace, pipeline, before, after, environment).await?;
    if json {
        output::json(&json!({ "class": difference.class(), "changes": difference.changes }))?;
    } else {
        output::difference(&difference);
        output::line(format!("change class: {}", difference.class()));
    }
    Ok(ExitCode::SUCCESS)
}

async fn compare(
    studio: &Studio,
    workspace: &Workspace,
    pipeline: &str,
    before: Option<u64>,
    after: Option<u64>,
    environment: &str,
) -> Result<SpecDiff, RpcError> {
    let registry = studio.registry(workspace, environment).await?;
    let Some(before) = before else {
        let plan = release::plan(workspace, &registry, pipeline, environment).await?;
        return Ok(plan.diff);
    };
    let old = release::version(&registry, environment, pipeline, before).await?;
    let old_content = Some((old.spec_text.as_str(), old.nodes.as_slice()));
    if let Some(after) = after {
        let new = release::version(&registry, environment, pipeline, after).await?;
        return Ok(release::difference(old_content, (&new.spec_text, &new.nodes)));
    }
    let new = release::content(workspace, pipeline)?;
    Ok(release::difference(old_content, (&new.spec_text, &new.nodes)))
}

/// Publishes an old version anew.
pub(crate) async fn rollback(
    folder: Option<PathBuf>,
    pipeline: &str,
    version: u64,
    message: &str,
    environment: &str,
    json: bool,
) -> Outcome {
    let (studio, workspace) = open(folder)?;
    let registry = studio.registry(&workspace, environment).await?;
    let published = release::rollback(&registry, environment, pipeline, version, message, None).await?;
    if json {
        output::json(&published)?;
    } else {
        output::line(format!(
            "published {pipeline} version {} to {environment}: version {version} again (audit event {})",
            published.version.version, published.audit_sequence
        ));
        output::line(format!(
            "the document stays as it is; `touchstone restore {pipeline} {version} --env {environment}` writes that of \
             version {version}"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the document of a published version back.
pub(crate) async fn restore(
    folder: Option<PathBuf>,
    pipeline: &str,
    version: u64,
    force: bool,
    environment: &str,
    json: bool,
) -> Outcome {
    let (studio, workspace) = open(folder)?;
    let registry = studio.registry(&workspace, environment).await?;
    let Restored { file, changed } =
        touchstone_studio::restore(&workspace, &registry, environment, pipeline, version, force).await?;
    if json {
        output::json(&json!({ "file": file, "changed": changed }))?;
    } else if changed {
        output::line(format!(
            "{file} is what version {version} was published from; `touchstone diff {pipeline}` compares it with what is current"
        ));
    } else {
        output::line(format!("{file} is what version {version} was published from already"));
    }
    Ok(ExitCode::SUCCESS)
}
