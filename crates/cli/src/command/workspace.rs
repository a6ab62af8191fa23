//! `init`, `new` and `check`: the workspace and its documents.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use touchstone_studio::{Workspace, new_pipeline, spec::Severity};

use super::open;
use crate::{Outcome, output};

/// Makes a folder a workspace.
pub(crate) fn init(folder: &Path, name: Option<String>) -> Outcome {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let name = name.unwrap_or_else(|| {
        absolute
            .file_name()
            .map_or_else(|| "workspace".to_owned(), |name| name.to_string_lossy().into_owned())
    });
    let workspace = Workspace::init(folder, &name)?;
    output::line(format!("made the workspace “{name}” in {}", workspace.root.display()));
    output::line("next: touchstone new NAME --from FILE");
    Ok(ExitCode::SUCCESS)
}

/// Writes a new pipeline, inferred from a data file.
pub(crate) fn new(folder: Option<PathBuf>, name: &str, from: &Path, key: &[String]) -> Outcome {
    let (_, workspace) = open(folder)?;
    let made = new_pipeline(&workspace, name, from, (!key.is_empty()).then_some(key))?;
    if let Some(copied) = &made.copied_sample {
        output::line(format!("copied the data file to {copied}"));
    }
    output::line(format!("wrote {}: {} columns, {} fields", made.file, made.columns, made.fields));
    for note in &made.notes {
        output::line(format!("  note: {note}"));
    }
    output::line(format!("next: look through it, then touchstone check and touchstone simulate {name}"));
    Ok(ExitCode::SUCCESS)
}

/// Checks all pipelines.
pub(crate) fn check(folder: Option<PathBuf>, json: bool) -> Outcome {
    let (_, workspace) = open(folder)?;
    let found = &workspace.compilation.diagnostics;
    if json {
        output::json(found)?;
    } else {
        for diagnostic in &found.0 {
            output::line(format!("{diagnostic}\n"));
        }
        let (errors, warnings) = (found.count(Severity::Error), found.count(Severity::Warning));
        output::line(format!(
            "{} checked: {errors} error{}, {warnings} warning{}",
            plural(workspace.documents.len(), "pipeline"),
            if errors == 1 { "" } else { "s" },
            if warnings == 1 { "" } else { "s" },
        ));
    }
    Ok(if found.has_errors() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn plural(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
