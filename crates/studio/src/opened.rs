//! A workspace is compiled once, and anew only when its files say something else.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::SystemTime,
};

use touchstone_protocol::RpcError;

use crate::{
    changes::SETTLED,
    config::CONFIG_FILE,
    studio::lock,
    workspace::{Workspace, document_files},
};

/// The workspace that was read last.
#[derive(Debug, Default)]
pub(crate) struct Opened(Mutex<Option<Known>>);

#[derive(Debug)]
struct Known {
    /// Its files when it was read.
    stamps: Vec<Stamp>,
    workspace: Arc<Workspace>,
}

/// A file with its time and length.
type Stamp = (PathBuf, Option<SystemTime>, u64);

impl Opened {
    /// The workspace in `folder` as its files are now. Who asks while it is being read waits and gets the same: a page
    /// that opens asks for half a dozen things at once. Blocks.
    ///
    /// # Errors
    /// As [`Workspace::open`].
    pub(crate) fn read(&self, folder: &Path) -> Result<Arc<Workspace>, RpcError> {
        let root = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
        let mut known = lock(&self.0);
        // Before the files are read: what changes meanwhile has another stamp then.
        let stamps = stamps(&root)?;
        if let Some(known) = known.as_ref()
            && known.workspace.root == root
            && known.stamps == stamps
            && (are_settled(&stamps) || known.workspace.is_as_its_files())
        {
            return Ok(Arc::clone(&known.workspace));
        }
        let workspace = Arc::new(Workspace::open(&root)?);
        *known = Some(Known { stamps, workspace: Arc::clone(&workspace) });
        Ok(workspace)
    }
}

/// The files that make a workspace what it is.
fn stamps(root: &Path) -> Result<Vec<Stamp>, RpcError> {
    let mut files = document_files(root)?;
    files.push(root.join(CONFIG_FILE));
    let stamp = |path: PathBuf| {
        let metadata = std::fs::metadata(&path).ok();
        let modified = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
        (path, modified, metadata.map_or(0, |metadata| metadata.len()))
    };
    Ok(files.into_iter().map(stamp).collect())
}

/// Whether the files are so old that another writing would have given them another time.
fn are_settled(stamps: &[Stamp]) -> bool {
    let now = SystemTime::now();
    stamps.iter().all(|(_, modified, _)| {
        modified.and_then(|modified| now.duration_since(modified).ok()).is_some_and(|age| age > SETTLED)
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        Workspace::init(folder.path(), "x").unwrap();
        let file = folder.path().join("pipelines/p.yaml");
        fs::write(&file, text).unwrap();
        (folder, file)
    }

    #[test]
    fn what_nobody_changed_is_not_compiled_again() {
        let (folder, _) = written("pipeline: p\n");
        let opened = Opened::default();
        let first = opened.read(folder.path()).unwrap();
        // The files are as young as can be.
        assert!(Arc::ptr_eq(&first, &opened.read(folder.path()).unwrap()));
    }

    #[test]
    fn a_change_within_the_same_tick_of_the_clock_is_seen() {
        let (folder, file) = written("pipeline: p\nowner: a@b.c\n");
        let opened = Opened::default();
        opened.read(folder.path()).unwrap();
        let time = fs::metadata(&file).unwrap().modified().unwrap();
        fs::write(&file, "pipeline: p\nowner: z@b.c\n").unwrap();
        fs::File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
        let again = opened.read(folder.path()).unwrap();
        assert_eq!(again.documents[0].pipeline.as_ref().unwrap().owner.as_deref(), Some("z@b.c"));
    }

    #[test]
    fn another_folder_is_another_workspace() {
        let ((one, _), (other, _)) = (written("pipeline: p\n"), written("pipeline: q\n"));
        let opened = Opened::default();
        opened.read(one.path()).unwrap();
        assert!(opened.read(other.path()).unwrap().document("q").is_ok());
        fs::remove_file(other.path().join(CONFIG_FILE)).unwrap();
        assert!(opened.read(other.path()).is_err());
    }
}
