//! `rename`: another name, in every place that means it.

use std::{path::PathBuf, process::ExitCode};

use serde_json::json;
use touchstone_studio::{
    ErrorCode, RpcError, Workspace,
    compiler::{OutputNames, Rename, RenameTarget, rename},
    rename_error, write_rename,
};

use super::open;
use crate::{Outcome, arguments::RenameOptions, output};

/// Shows every place that changes, and writes the documents.
pub(crate) fn rename_to(folder: Option<PathBuf>, options: &RenameOptions) -> Outcome {
    let (_, workspace) = open(folder)?;
    let target = target(&workspace, options)?;
    let outputs = if options.follow { OutputNames::Follow } else { OutputNames::Keep };
    let found = rename(&workspace.documents, &target, &options.name, outputs)
        .map_err(|error| rename_error(&error))?;
    let moved =
        if options.dry_run { None } else { write_rename(&workspace, &target, &options.name, &found)? };
    if options.json {
        output::json(&json!({
            "target": target,
            "to": options.name,
            "written": !options.dry_run,
            "places": found.places().collect::<Vec<_>>(),
            "kept": names(&found.kept),
            "followed": names(&found.followed),
            "notes": found.notes,
            "with_errors": found.unread,
            "file": moved,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    show(&target, options, &found);
    if let Some(file) = moved {
        output::line(format!("the document is now {file}"));
    }
    Ok(ExitCode::SUCCESS)
}

fn target(workspace: &Workspace, options: &RenameOptions) -> Result<RenameTarget, RpcError> {
    if options.pipeline {
        return Ok(RenameTarget::Pipeline { pipeline: options.target.clone() });
    }
    let found = workspace.compilation.lineage.find(&options.target).map_err(|reason| {
        let error = RpcError::new(ErrorCode::NotFound, reason);
        if workspace.compilation.diagnostics.has_errors() {
            error.with_help(
                "tables of pipelines with errors aren't found; `touchstone check` shows the errors",
            )
        } else {
            error
        }
    })?;
    RenameTarget::of(&found).map_err(|error| rename_error(&error))
}

fn show(target: &RenameTarget, options: &RenameOptions, found: &Rename) {
    for place in found.places() {
        let (before, after) = (place.before.trim(), place.after.trim());
        let change = match (before.is_empty(), after.is_empty()) {
            (true, _) => format!("+ {after}"),
            (_, true) => format!("- {before}"),
            _ => format!("{before} → {after}"),
        };
        output::line(format!("{}: {change}", place.place));
        output::line(format!("    {}", place.line.trim()));
    }
    for (columns, what) in [(&found.kept, "keeps its name"), (&found.followed, "gets the new name too")] {
        for name in names(columns) {
            output::line(format!("{name} {what}"));
        }
    }
    for note in &found.notes {
        output::line(format!("note: {note}"));
    }
    for place in &found.unread {
        output::line(format!(
            "warning: {} has errors ({place}): names in it may have been missed",
            place.file
        ));
    }
    let (places, documents) = (found.places().count(), found.documents.len());
    let done = if options.dry_run { "would be" } else { "is now" };
    output::line(format!(
        "{} {target} {done} {}: {places} place{} in {documents} document{}",
        target.kind(),
        options.name,
        if places == 1 { "" } else { "s" },
        if documents == 1 { "" } else { "s" },
    ));
}

fn names(columns: &[(touchstone_studio::spec::TableName, String)]) -> Vec<String> {
    columns.iter().map(|(table, column)| format!("{table}.{column}")).collect()
}
