//! The commands, a module for each group.

pub(crate) mod audit;
pub(crate) mod data;
pub(crate) mod design;
pub(crate) mod environment;
pub(crate) mod lineage;
pub(crate) mod prove;
pub(crate) mod reference;
pub(crate) mod release;
pub(crate) mod rename;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod workspace;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use touchstone_keychain::SystemKeychain;
use touchstone_studio::{CONFIG_FILE, RpcError, Studio, StudioOptions, Workspace};

/// Opens the workspace in `folder`; without one, in the current folder or the nearest one above it.
fn open(folder: Option<PathBuf>) -> Result<(Arc<Studio>, Arc<Workspace>), RpcError> {
    let folder = folder.or_else(nearest).unwrap_or_else(here);
    let studio = Studio::start_with(StudioOptions::default(), Arc::new(SystemKeychain));
    let workspace = studio.open(&folder)?;
    Ok((studio, workspace))
}

/// The current folder or the nearest one above it that is a workspace.
fn nearest() -> Option<PathBuf> {
    here().ancestors().find(|folder| folder.join(CONFIG_FILE).exists()).map(Path::to_path_buf)
}

fn here() -> PathBuf {
    std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."))
}

/// A value's name as JSON has it, in words: `succeeded with failures`.
fn name<T: serde::Serialize>(value: &T) -> String {
    let text = serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned));
    text.unwrap_or_default().replace('_', " ")
}
