//! A published version's document, taken back into the workspace.

use touchstone_protocol::{ErrorCode, RpcError, SaveView};
use touchstone_registry::Registry;

use crate::{
    document::{documents, save},
    release::{history, version},
    workspace::Workspace,
};

/// What [`restore`] wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The document, relative to the workspace.
    pub file: String,
    /// Whether it said something else before.
    pub changed: bool,
}

/// Writes the document of a published version into the workspace, as its steward wrote it. Nothing is published. What the
/// document says now must be in some version, unless `force` says that it may go.
///
/// # Errors
/// When there is no such version, its text isn't known, the document has changes that are in no version, or it can't be
/// written. Nothing is written then.
pub async fn restore(
    workspace: &Workspace,
    registry: &Registry,
    environment: &str,
    name: &str,
    number: u64,
    force: bool,
) -> Result<Restored, RpcError> {
    let wanted = version(registry, environment, name, number).await?.spec_text;
    let file = match workspace.document(name) {
        Ok(document) => document.file.clone(),
        Err(_) => workspace.relative(&workspace.pipeline_file(name)),
    };
    let now = documents(&workspace.root)?.into_iter().find(|document| document.file == file);
    if let Some(unreadable) = now.as_ref().and_then(|now| now.unreadable.as_ref()) {
        return Err(RpcError::new(ErrorCode::Failed, format!("{file} {unreadable}; nothing was written"))
            .with_help("see to the file first, or move it away"));
    }
    if now.as_ref().is_some_and(|now| now.text == wanted) {
        return Ok(Restored { file, changed: false });
    }
    if let Some(now) = &now
        && !force
        && !is_published(registry, environment, name, &now.text).await?
    {
        return Err(RpcError::new(
            ErrorCode::Conflict,
            format!("{file} has changes that are in no version in `{environment}`; nothing was written"),
        )
        .with_help(format!(
            "`touchstone diff {name} --env {environment}` shows them; publish them first, or write over them with \
             --force"
        )));
    }
    match save(&workspace.root, &file, &wanted, now.as_ref().map(|now| now.hash.as_str()))? {
        SaveView::Saved { .. } => Ok(Restored { file, changed: true }),
        SaveView::Changed { .. } => Err(RpcError::new(
            ErrorCode::Conflict,
            format!("{file} was changed by somebody else at this moment; nothing was written"),
        )
        .with_help("look at it and restore again")),
    }
}

/// Whether some version holds this text, the newest looked at first.
async fn is_published(
    registry: &Registry,
    environment: &str,
    name: &str,
    text: &str,
) -> Result<bool, RpcError> {
    for one in history(registry, environment, name).await? {
        if version(registry, environment, name, one.version).await?.spec_text == text {
            return Ok(true);
        }
    }
    Ok(false)
}
