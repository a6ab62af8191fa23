//! Whether a name can be given: it is a name, and free.

use touchstone_spec::{Document, FileFormat, Layer, Pipeline, Source, check_name, snake_case};

use super::{RenameError, RenameTarget};
use crate::{document_checks::is_reserved_column, names::DocumentNames};

/// Whether `target` is there and can be called `to`.
pub(super) fn name(
    documents: &[Document],
    names: &[DocumentNames],
    target: &RenameTarget,
    to: &str,
) -> Result<(), RenameError> {
    let pipelines = || documents.iter().filter_map(|document| document.pipeline.as_ref());
    let missing = || {
        RenameError::new(format!("there is no {} `{target}`", target.kind()))
            .help("it may have been removed or renamed meanwhile")
    };
    let pipeline = pipelines().find(|pipeline| pipeline.pipeline == target.pipeline()).ok_or_else(missing)?;
    let taken = siblings(pipeline, names, target).ok_or_else(missing)?;
    if !taken.iter().any(|name| name == target.name()) {
        return Err(missing());
    }
    if to == target.name() {
        return Err(RenameError::new(format!("`{to}` is its name already")).help("give it another"));
    }
    well_formed(target, to)?;
    let taken: Vec<String> = match target {
        RenameTarget::Pipeline { .. } => pipelines().map(|pipeline| pipeline.pipeline.clone()).collect(),
        _ => taken,
    };
    let is_other = |name: &&String| *name != target.name() && name.to_lowercase() == to.to_lowercase();
    if let Some(name) = taken.iter().find(is_other) {
        let whose = match target {
            RenameTarget::Pipeline { .. } => "the workspace".to_owned(),
            RenameTarget::Source { .. } | RenameTarget::Table { .. } => {
                format!("pipeline `{}`", target.pipeline())
            }
            RenameTarget::SourceColumn { source, .. } => format!("the contract of `{source}`"),
            RenameTarget::Column { table, .. } => table.to_string(),
        };
        return Err(RenameError::new(format!("{whose} has a {} `{name}` already", target.kind()))
            .help("choose another name, or rename the other one first"));
    }
    Ok(())
}

fn well_formed(target: &RenameTarget, to: &str) -> Result<(), RenameError> {
    if let RenameTarget::SourceColumn { .. } = target {
        if to.trim().is_empty() || to.chars().any(char::is_control) {
            return Err(RenameError::new("a column needs a name of letters that can be seen"));
        }
        if is_reserved_column(to) {
            return Err(RenameError::new(format!("`{to}` is a name that bronze tables use themselves"))
                .help("choose another name"));
        }
        return Ok(());
    }
    check_name(to).map_err(|reason| {
        RenameError::new(format!("`{to}` can't be the name: {reason}"))
            .help(format!("for example `{}`", snake_case(to)))
    })?;
    if matches!(target, RenameTarget::Pipeline { .. }) && matches!(to, "bronze" | "silver" | "gold") {
        return Err(RenameError::new(format!("`{to}` is the name of a layer"))
            .help("name the pipeline after its data"));
    }
    Ok(())
}

/// The names of the target and of what stands beside it.
fn siblings(pipeline: &Pipeline, names: &[DocumentNames], target: &RenameTarget) -> Option<Vec<String>> {
    Some(match target {
        RenameTarget::Pipeline { .. } => vec![pipeline.pipeline.clone()],
        RenameTarget::Source { .. } => pipeline.sources.keys().cloned().collect(),
        RenameTarget::SourceColumn { source, .. } => {
            pipeline.sources.get(source)?.contract().iter().map(|column| column.name.clone()).collect()
        }
        RenameTarget::Table { table } if table.layer == Layer::Gold => {
            pipeline.gold.keys().cloned().collect()
        }
        RenameTarget::Table { .. } => pipeline.silver.keys().cloned().collect(),
        RenameTarget::Column { table, .. } if table.layer == Layer::Gold => names
            .iter()
            .flat_map(|document| &document.outputs)
            .filter(|output| output.table == *table)
            .map(|output| output.column.clone())
            .collect(),
        RenameTarget::Column { table, .. } => {
            pipeline.silver.get(&table.table)?.fields.keys().cloned().collect()
        }
    })
}

/// What to know before it is done.
pub(super) fn notes(documents: &[Document], target: &RenameTarget, to: &str) -> Vec<String> {
    match target {
        RenameTarget::SourceColumn { pipeline, source, .. } => {
            let found = documents
                .iter()
                .filter_map(|document| document.pipeline.as_ref())
                .filter(|known| known.pipeline == *pipeline)
                .find_map(|known| known.sources.get(source));
            let has_header = found.is_some_and(|Source::File(file)| {
                let FileFormat::Csv(format) = &file.format;
                format.header_row > 0
            });
            if has_header {
                vec![format!(
                    "Columns are found by the file's header: files of {source} must have `{to}` there"
                )]
            } else {
                Vec::new()
            }
        }
        RenameTarget::Source { .. } => Vec::new(),
        _ => vec![
            "What reads it outside of this workspace must follow: published, the change is breaking"
                .to_owned(),
        ],
    }
}
