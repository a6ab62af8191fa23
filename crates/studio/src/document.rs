//! Documents: read as they are on disk, and written only over what the person started from.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use touchstone_protocol::{DocumentView, ErrorCode, RpcError, SaveView};

use crate::{
    file::{hash, io_error, write_new, write_whole},
    workspace::{DOCUMENT_LIMIT, MACHINE_MADE, PIPELINES, document_files, read_text},
};

/// All documents of the workspace in `root`, by file name.
///
/// # Errors
/// When the folder of the documents can't be listed. A document that can't be read says so itself.
pub(crate) fn documents(root: &Path) -> Result<Vec<DocumentView>, RpcError> {
    let mut found = Vec::new();
    for path in document_files(root)? {
        // A file that went away since it was listed is none any more.
        found.extend(view(root, &path));
    }
    Ok(found)
}

fn view(root: &Path, path: &Path) -> Option<DocumentView> {
    let file = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    if !path.exists() {
        return None;
    }
    Some(match read_text(path) {
        Ok(text) => DocumentView { hash: hash(text.as_bytes()), file, text, unreadable: None },
        Err((message, _)) => DocumentView {
            hash: std::fs::read(path).map(|bytes| hash(&bytes)).unwrap_or_default(),
            file,
            text: String::new(),
            unreadable: Some(message),
        },
    })
}

/// Writes `text` to the document `file`, if its hash is still `base_hash` (none: if it doesn't exist).
///
/// # Errors
/// When `file` isn't a document's place, the text is too long, or it can't be written. Nothing is written then.
pub(crate) fn save(
    root: &Path,
    file: &str,
    text: &str,
    base_hash: Option<&str>,
) -> Result<SaveView, RpcError> {
    let path = place(root, file)?;
    if text.len() as u64 > DOCUMENT_LIMIT {
        return Err(RpcError::new(
            ErrorCode::Failed,
            format!("{} bytes are too many for a pipeline document", text.len()),
        )
        .with_help("move data to a file in `samples/`"));
    }
    let _lock = lock_workspace(root)?;
    let on_disk = view(root, &path);
    if on_disk.as_ref().map(|known| known.hash.as_str()) != base_hash {
        // What is there already may be what is to be saved: then there is nothing to ask about.
        return Ok(match on_disk {
            Some(known) if known.unreadable.is_none() && known.text == text => {
                SaveView::Saved { hash: known.hash }
            }
            on_disk => SaveView::Changed { on_disk },
        });
    }
    match base_hash {
        Some(_) => write_whole(&path, text.as_bytes())?,
        None => write_new(&path, text)?,
    }
    Ok(SaveView::Saved { hash: hash(text.as_bytes()) })
}

/// Removes the document `file`, if its hash is still `base_hash`.
///
/// # Errors
/// A conflict when it is another one now; when `file` isn't a document's place or can't be removed.
pub(crate) fn delete(root: &Path, file: &str, base_hash: &str) -> Result<(), RpcError> {
    let path = place(root, file)?;
    let _lock = lock_workspace(root)?;
    match view(root, &path) {
        None => Err(RpcError::new(ErrorCode::NotFound, format!("{file} is gone already"))
            .with_help("nothing is left to do")),
        Some(known) if known.hash != base_hash => {
            Err(RpcError::new(ErrorCode::Conflict, format!("{file} changed since you looked at it"))
                .with_help("look at it again before you delete it"))
        }
        Some(_) => std::fs::remove_file(&path).map_err(|error| io_error(&path, &error)),
    }
}

/// Held while a file of the workspace is compared and written, so that two windows on one workspace don't overwrite each other.
pub(crate) fn lock_workspace(root: &Path) -> Result<File, RpcError> {
    let folder = root.join(MACHINE_MADE);
    std::fs::create_dir_all(&folder).map_err(|error| io_error(&folder, &error))?;
    let path = folder.join("documents.lock");
    let failed = |error: std::io::Error| io_error(&path, &error);
    let file = File::options().write(true).create(true).truncate(false).open(&path).map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(file)
}

/// Where a document named by the page stands: in the folder of the pipelines, nowhere else.
fn place(root: &Path, file: &str) -> Result<PathBuf, RpcError> {
    let refused = |reason: &str| {
        RpcError::new(ErrorCode::Failed, format!("`{}` {reason}", file.escape_debug()))
            .with_help(format!("pipeline documents are named `{PIPELINES}/NAME.yaml`"))
    };
    let name = file
        .strip_prefix(PIPELINES)
        .and_then(|rest| rest.strip_prefix('/'))
        .ok_or_else(|| refused("is not in the workspace's folder of pipelines"))?;
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or_default();
    if stem.is_empty() || name.starts_with('.') {
        return Err(refused("is no name of a pipeline document"));
    }
    if name.chars().any(|letter| letter.is_control() || r#"/\:*?"<>|"#.contains(letter)) || name.len() > 200 {
        return Err(refused("has letters that a file name can't have, or too many"));
    }
    let pipelines = root.join(PIPELINES);
    let root = std::fs::canonicalize(root).map_err(|error| io_error(root, &error))?;
    if pipelines.exists() {
        let real = std::fs::canonicalize(&pipelines).map_err(|error| io_error(&pipelines, &error))?;
        if !real.starts_with(&root) {
            return Err(refused("would be written outside of the workspace: its folder is a link"));
        }
    }
    let path = pipelines.join(name);
    match std::fs::symlink_metadata(&path) {
        Ok(found) if found.is_symlink() => Err(refused("is a link to another file, which stays as it is")),
        Ok(found) if found.is_dir() => Err(refused("is a folder")),
        _ => Ok(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(PIPELINES)).unwrap();
        folder
    }

    fn saved(view: SaveView) -> String {
        match view {
            SaveView::Saved { hash } => hash,
            SaveView::Changed { on_disk } => panic!("not saved: {on_disk:?}"),
        }
    }

    #[test]
    fn a_document_is_saved_over_what_the_person_saw_and_nothing_else() {
        let folder = workspace();
        let (root, file) = (folder.path(), "pipelines/trades.yaml");
        let first = saved(save(root, file, "pipeline: trades\n", None).unwrap());
        let second = saved(save(root, file, "pipeline: trades\n# two\n", Some(&first)).unwrap());
        assert_eq!(documents(root).unwrap()[0].hash, second);

        // Somebody else writes; a save from before is refused and shows what is there.
        std::fs::write(root.join(file), "theirs").unwrap();
        let answer = save(root, file, "mine", Some(&second)).unwrap();
        let SaveView::Changed { on_disk: Some(theirs) } = answer else { panic!("{answer:?}") };
        assert_eq!(theirs.text, "theirs");
        assert_eq!(std::fs::read_to_string(root.join(file)).unwrap(), "theirs");
        assert!(matches!(save(root, file, "new", None).unwrap(), SaveView::Changed { on_disk: Some(_) }));
        // The same text twice is no conflict.
        saved(save(root, file, "theirs", Some(&second)).unwrap());

        assert_eq!(delete(root, file, &second).unwrap_err().code, ErrorCode::Conflict);
        delete(root, file, &theirs.hash).unwrap();
        assert_eq!(delete(root, file, &theirs.hash).unwrap_err().code, ErrorCode::NotFound);
        assert_eq!(save(root, file, "x", Some(&second)).unwrap(), SaveView::Changed { on_disk: None });
    }

    #[test]
    fn of_many_who_save_at_once_one_wins() {
        let folder = workspace();
        let base = saved(save(folder.path(), "pipelines/a.yaml", "base", None).unwrap());
        let won: usize = std::thread::scope(|scope| {
            let savers: Vec<_> = (0..8)
                .map(|number| {
                    let (root, base) = (folder.path(), &base);
                    scope.spawn(move || {
                        let text = format!("by {number}");
                        matches!(
                            save(root, "pipelines/a.yaml", &text, Some(base)).unwrap(),
                            SaveView::Saved { .. }
                        )
                    })
                })
                .collect();
            savers.into_iter().map(|saver| usize::from(saver.join().unwrap())).sum()
        });
        assert_eq!(won, 1);
    }

    #[test]
    fn nothing_is_written_outside_of_the_pipelines_folder() {
        let folder = workspace();
        let root = folder.path();
        for file in [
            "touchstone.toml",
            "../x.yaml",
            "pipelines/../x.yaml",
            "pipelines/../../x.yaml",
            "pipelines/deep/x.yaml",
            "pipelines/.x.yaml",
            "pipelines/.yaml",
            "pipelines/x.toml",
            "pipelines\\x.yaml",
            "pipelines/a\\..\\..\\x.yaml",
            "/etc/x.yaml",
            "pipelines/x\0.yaml",
            "pipelines/con:x.yaml",
            "pipelinesx.yaml",
            "",
        ] {
            assert!(save(root, file, "x", None).is_err(), "{file:?}");
            assert!(delete(root, file, "x").is_err(), "{file:?}");
        }
        let left: Vec<_> = std::fs::read_dir(root.join(PIPELINES)).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nowhere() {
        let outside = tempfile::tempdir().unwrap();
        let secret = outside.path().join("other.yaml");
        std::fs::write(&secret, "theirs").unwrap();
        let folder = workspace();
        let link = folder.path().join("pipelines/link.yaml");
        std::os::unix::fs::symlink(&secret, &link).unwrap();
        let base = hash(b"theirs");
        assert!(save(folder.path(), "pipelines/link.yaml", "mine", Some(&base)).is_err());
        assert!(delete(folder.path(), "pipelines/link.yaml", &base).is_err());
        assert_eq!(std::fs::read_to_string(&secret).unwrap(), "theirs");

        let other = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), other.path().join(PIPELINES)).unwrap();
        let error = save(other.path(), "pipelines/new.yaml", "mine", None).unwrap_err();
        assert!(error.message.contains("outside of the workspace"), "{}", error.message);
    }
}
