//! Renames that follow, written into the documents: all of them or none.

use std::path::PathBuf;

use touchstone_compiler::{Rename, RenameError, RenameTarget};
use touchstone_protocol::{ErrorCode, RpcError};

use crate::{
    document::lock_workspace,
    file::{io_error, write_whole},
    workspace::{PIPELINES, Workspace, read_text},
};

/// A refused rename as an answer.
#[must_use]
pub fn rename_error(error: &RenameError) -> RpcError {
    let told = RpcError::new(ErrorCode::InvalidSpec, error.to_string());
    match &error.help {
        Some(help) => told.with_help(help),
        None => told,
    }
}

/// Writes the documents that a rename changes. The document of a renamed pipeline gets its name too, where it had the old
/// one; gives that file.
///
/// # Errors
/// When a document has changed since it was read, or one can't be written: then all stay as they were.
pub fn write_rename(
    workspace: &Workspace,
    target: &RenameTarget,
    to: &str,
    rename: &Rename,
) -> Result<Option<String>, RpcError> {
    let _lock = lock_workspace(&workspace.root)?;
    let mut texts: Vec<(PathBuf, &str, &str)> = Vec::new();
    for renamed in &rename.documents {
        let path = workspace.root.join(&renamed.file);
        let read = workspace.documents.iter().find(|document| document.file == renamed.file);
        let before = read.map(|document| document.text.as_str()).unwrap_or_default();
        if read_text(&path).map_err(|(message, _)| RpcError::new(ErrorCode::Failed, message))? != before {
            return Err(RpcError::new(ErrorCode::Conflict, format!("{} changed meanwhile", renamed.file))
                .with_help("nothing was written; try again"));
        }
        texts.push((path, before, &renamed.text));
    }
    for (written, (path, _, text)) in texts.iter().enumerate() {
        if let Err(error) = write_whole(path, text.as_bytes()) {
            let back =
                texts.iter().take(written).map(|(path, before, _)| write_whole(path, before.as_bytes()));
            let lost = back.filter(Result::is_err).count();
            let help = if lost == 0 {
                "nothing was changed; see to the file, and try again".to_owned()
            } else {
                format!("{lost} documents were renamed already and couldn't be brought back")
            };
            return Err(error.with_help(help));
        }
    }
    let RenameTarget::Pipeline { pipeline } = target else { return Ok(None) };
    let file = |name: &str| format!("{PIPELINES}/{name}.yaml");
    let (old, new) = (workspace.root.join(file(pipeline)), workspace.root.join(file(to)));
    let has_old_name = rename.documents.iter().any(|document| document.file == file(pipeline));
    if !has_old_name || new.exists() {
        return Ok(None);
    }
    std::fs::rename(&old, &new).map_err(|error| io_error(&old, &error))?;
    Ok(Some(file(to)))
}
