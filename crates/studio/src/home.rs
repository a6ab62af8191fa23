//! The start page: a person's own folders, workspaces opened before, new ones, and the sample workspace.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use touchstone_protocol::{ErrorCode, RecentView, RpcError};

use crate::{
    config::CONFIG_FILE,
    file::{io_error, write_whole},
    state,
    workspace::{Workspace, write_ignore},
};

/// Workspaces that are remembered.
const REMEMBERED: usize = 20;
/// Name of the file that lists them.
const RECENT_FILE: &str = "recent.json";
/// Name of the sample workspace's folder.
const SAMPLE_FOLDER: &str = "touchstone-sample";

/// A person's folders on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonFolders {
    /// Settings and what is remembered.
    pub config: PathBuf,
    /// Where a person keeps their work; the sample workspace is put here.
    pub documents: PathBuf,
}

impl PersonFolders {
    /// Those that the operating system names, or the environment variables `TOUCHSTONE_CONFIG_DIR` and
    /// `TOUCHSTONE_DOCUMENTS_DIR`. None: the system names none, and nothing is remembered.
    pub fn find() -> Option<Self> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let config = set("TOUCHSTONE_CONFIG_DIR").or_else(|| Some(dirs::config_dir()?.join("touchstone")))?;
        let documents =
            set("TOUCHSTONE_DOCUMENTS_DIR").or_else(dirs::document_dir).or_else(dirs::home_dir)?;
        Some(Self { config, documents })
    }

    /// Where the sample workspace is or would be.
    pub(crate) fn sample(&self) -> PathBuf {
        self.documents.join(SAMPLE_FOLDER)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Recent {
    name: String,
    path: String,
    opened_at: String,
}

/// Workspaces opened before, newest first. A list that can't be read is as none: it must not hold up a start.
pub(crate) fn recent(folders: &PersonFolders) -> Vec<RecentView> {
    known(folders)
        .into_iter()
        .map(|recent| RecentView {
            exists: Path::new(&recent.path).join(CONFIG_FILE).is_file(),
            name: recent.name,
            path: recent.path,
            opened_at: recent.opened_at,
        })
        .collect()
}

fn known(folders: &PersonFolders) -> Vec<Recent> {
    let read = state::load(&folders.config, RECENT_FILE).ok().flatten();
    read.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
}

/// The workspace that was opened last, if it is still there.
pub fn last_workspace(folders: &PersonFolders) -> Option<PathBuf> {
    let last = recent(folders).into_iter().next().filter(|recent| recent.exists)?;
    Some(last.path.into())
}

/// Remembers that a workspace was opened.
///
/// # Errors
/// When the list can't be written.
pub(crate) fn remember(folders: &PersonFolders, workspace: &Workspace) -> Result<(), RpcError> {
    let path = workspace.root.to_string_lossy().into_owned();
    let mut list = known(folders);
    list.retain(|recent| recent.path != path);
    let opened_at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    list.insert(0, Recent { name: workspace.config.name.clone(), path, opened_at });
    list.truncate(REMEMBERED);
    keep(folders, &list)
}

/// Takes a workspace from the list.
///
/// # Errors
/// When the list can't be written.
pub(crate) fn forget(folders: &PersonFolders, path: &str) -> Result<(), RpcError> {
    let mut list = known(folders);
    list.retain(|recent| recent.path != path);
    keep(folders, &list)
}

fn keep(folders: &PersonFolders, list: &[Recent]) -> Result<(), RpcError> {
    let value = serde_json::to_value(list).map_err(|error| {
        RpcError::new(ErrorCode::Failed, format!("the list can't be written as JSON: {error}"))
    })?;
    state::save(&folders.config, RECENT_FILE, &value)
}

/// Makes a new workspace in `folder`, which must be empty or not be there.
///
/// # Errors
/// When something lies in it, or it can't be written.
pub(crate) fn new_workspace(folder: &Path, name: Option<&str>) -> Result<Workspace, RpcError> {
    let folder = std::path::absolute(folder).map_err(|error| io_error(folder, &error))?;
    refuse_full(&folder)?;
    let own = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).or(own);
    Workspace::init(&folder, &name.unwrap_or_else(|| "workspace".to_owned()))
}

fn refuse_full(folder: &Path) -> Result<(), RpcError> {
    if folder.join(CONFIG_FILE).exists() {
        return Err(RpcError::new(ErrorCode::Failed, format!("{} is a workspace already", folder.display()))
            .with_help("open it instead"));
    }
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io_error(folder, &error)),
    };
    for entry in entries {
        let name = entry.map_err(|error| io_error(folder, &error))?.file_name();
        let name = name.to_string_lossy().into_owned();
        // A fresh git repository is an empty folder to people.
        if !name.starts_with('.') {
            return Err(RpcError::new(
                ErrorCode::Failed,
                format!("{} is not empty: it holds {name}", folder.display()),
            )
            .with_help("choose an empty folder, or name one that doesn't exist yet"));
        }
    }
    Ok(())
}

/// Puts the sample workspace where it isn't yet. Gives its folder.
///
/// # Errors
/// When another thing is in its place, or it can't be written; nothing half-written stays.
pub(crate) fn sample_workspace(folders: &PersonFolders) -> Result<PathBuf, RpcError> {
    let folder = folders.sample();
    if folder.join(CONFIG_FILE).is_file() {
        return Ok(folder);
    }
    refuse_full(&folder)?;
    let failed = |error: std::io::Error| io_error(&folder, &error);
    std::fs::create_dir_all(&folders.documents).map_err(|error| io_error(&folders.documents, &error))?;
    let beside = tempfile::Builder::new()
        .prefix(".touchstone-sample-")
        .tempdir_in(&folders.documents)
        .map_err(failed)?;
    for (file, bytes) in BUNDLED {
        write_whole(&beside.path().join(file), bytes)?;
    }
    write_ignore(beside.path())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(beside.path(), std::fs::Permissions::from_mode(0o755)).map_err(failed)?;
    }
    if folder.exists() {
        // Empty, as was seen above; a folder takes the place of none but an empty one.
        std::fs::remove_dir(&folder).map_err(failed)?;
    }
    let path = beside.keep();
    std::fs::rename(&path, &folder).map_err(failed)?;
    Ok(folder)
}

/// Names the files of the sample workspace, and takes them into the binary.
macro_rules! bundled {
    ($($file:literal,)*) => {
        &[$(($file, include_bytes!(concat!("../../../samples/", $file)))),*]
    };
}

/// The sample workspace.
const BUNDLED: &[(&str, &[u8])] = bundled![
    ".gitattributes",
    "pipelines/positions.yaml",
    "pipelines/prices.yaml",
    "pipelines/securities.yaml",
    "pipelines/trades.yaml",
    "samples/positions_20260331.tsv",
    "samples/prices.csv",
    "samples/securities.txt",
    "samples/trades_20260302.csv",
    "touchstone.toml",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(folder: &Path) -> PersonFolders {
        PersonFolders { config: folder.join("config"), documents: folder.join("documents") }
    }

    fn files(folder: &Path, below: &str, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() && name != ".touchstone" {
                files(&entry.path(), &format!("{name}/"), found);
            } else if entry.path().is_file() {
                found.push(name);
            }
        }
    }

    #[test]
    fn the_whole_sample_workspace_is_bundled() {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
        let mut there = Vec::new();
        files(&Path::new(&manifest).join("../../samples"), "", &mut there);
        there.retain(|file| file != ".gitignore");
        there.sort();
        assert_eq!(there, BUNDLED.iter().map(|(file, _)| *file).collect::<Vec<_>>());
    }

    #[test]
    fn the_sample_is_put_once_and_never_over_anything() {
        let folder = tempfile::tempdir().unwrap();
        let folders = folders(folder.path());
        let sample = sample_workspace(&folders).unwrap();
        let workspace = Workspace::open(&sample).unwrap();
        assert!(!workspace.compilation.diagnostics.has_errors());
        let mine = sample.join("pipelines/trades.yaml");
        std::fs::write(&mine, "pipeline: mine\n").unwrap();
        assert_eq!(sample_workspace(&folders).unwrap(), sample);
        assert_eq!(std::fs::read_to_string(&mine).unwrap(), "pipeline: mine\n");

        std::fs::remove_file(sample.join(CONFIG_FILE)).unwrap();
        let error = sample_workspace(&folders).unwrap_err();
        assert!(error.message.contains("is not empty"), "{}", error.message);
        assert_eq!(std::fs::read_dir(&folders.documents).unwrap().count(), 1, "nothing half-written stays");
    }

    #[test]
    fn workspaces_are_remembered_newest_first_and_forgotten_on_request() {
        let folder = tempfile::tempdir().unwrap();
        let folders = folders(folder.path());
        for name in ["one", "two", "one"] {
            let place = folder.path().join(name);
            let workspace = match Workspace::open(&place) {
                Ok(workspace) => workspace,
                Err(_) => new_workspace(&place, None).unwrap(),
            };
            remember(&folders, &workspace).unwrap();
        }
        let names =
            |folders| recent(folders).into_iter().map(|one| (one.name, one.exists)).collect::<Vec<_>>();
        assert_eq!(names(&folders), [("one".to_owned(), true), ("two".to_owned(), true)]);
        std::fs::remove_dir_all(folder.path().join("two")).unwrap();
        assert_eq!(names(&folders)[1], ("two".to_owned(), false));
        let path = recent(&folders)[1].path.clone();
        forget(&folders, &path).unwrap();
        assert_eq!(names(&folders).len(), 1);
    }

    #[test]
    fn a_new_workspace_needs_an_empty_folder() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("firm");
        std::fs::create_dir_all(place.join(".git")).unwrap();
        assert_eq!(new_workspace(&place, Some("  ")).unwrap().config.name, "firm");
        assert!(new_workspace(&place, None).unwrap_err().message.contains("is a workspace already"));
        let full = folder.path();
        assert!(new_workspace(full, None).unwrap_err().message.contains("it holds firm"));
    }
}
