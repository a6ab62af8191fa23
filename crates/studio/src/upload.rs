//! Uploads: files that come in pieces from a page that knows no paths.

use std::{
    fs::{File, OpenOptions},
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use touchstone_protocol::{ErrorCode, RpcError, Upload};

use crate::file::io_error;

/// Most bytes of one piece.
const PIECE_LIMIT: usize = 1024 * 1024;
/// Most bytes of one file.
const FILE_LIMIT: u64 = 4 * 1024 * 1024 * 1024;
/// Pieces of an upload that nobody went on with for so long are removed.
const ABANDONED: Duration = Duration::from_hours(24);

/// Keeps a piece of a file below `folder`. Gives the file's path once it is whole.
///
/// # Errors
/// When the piece doesn't follow what came before, is too large or no base64, or can't be written.
pub(crate) fn keep(folder: &Path, piece: &Upload) -> Result<Option<PathBuf>, RpcError> {
    let part = folder.join(format!("{}.part", safe_id(&piece.id)?));
    let refused = |reason: String, help: &str| Err(RpcError::new(ErrorCode::Failed, reason).with_help(help));
    let Ok(bytes) = BASE64_STANDARD.decode(&piece.data) else {
        return refused(format!("a piece of {} is not base64", piece.name), "drop the file again");
    };
    let length = piece.offset.saturating_add(bytes.len() as u64);
    if bytes.len() > PIECE_LIMIT || length > FILE_LIMIT {
        return refused(
            format!("{} is too large to come through the page", piece.name),
            "open it by its path instead, or in the desktop window",
        );
    }
    std::fs::create_dir_all(folder).map_err(|error| io_error(folder, &error))?;
    if piece.offset == 0 {
        remove_abandoned(folder, SystemTime::now());
    }
    let failed = |error: std::io::Error| io_error(&part, &error);
    let mut options = OpenOptions::new();
    let mut file =
        options.write(true).create(true).truncate(piece.offset == 0).open(&part).map_err(failed)?;
    let there = file.metadata().map_err(failed)?.len();
    // A piece may come twice when its answer got lost on the way.
    if piece.offset > there {
        return refused(
            format!("a piece of {} is missing: {there} bytes came, then byte {}", piece.name, piece.offset),
            "drop the file again",
        );
    }
    file.set_len(piece.offset)
        .and_then(|()| file.seek(SeekFrom::Start(piece.offset)))
        .and_then(|_| file.write_all(&bytes))
        .map_err(failed)?;
    if !piece.done {
        return Ok(None);
    }
    file.sync_all().map_err(failed)?;
    drop(file);
    let target = free_name(folder, &safe_name(&piece.name))?;
    std::fs::rename(&part, &target).map_err(|error| io_error(&target, &error))?;
    Ok(Some(target))
}

fn safe_id(id: &str) -> Result<&str, RpcError> {
    let is_safe = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    if id.is_empty() || id.len() > 64 || !id.chars().all(is_safe) {
        return Err(RpcError::new(ErrorCode::Failed, "the upload's id has letters that it can't have")
            .with_help("use letters, digits and `-`"));
    }
    Ok(id)
}

/// A name without folders and without letters that a file system knows otherwise.
pub(crate) fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let cleaned: String = last
        .chars()
        .map(|letter| if letter.is_control() || r#":*?"<>|"#.contains(letter) { '_' } else { letter })
        .collect();
    let cleaned = cleaned.trim_start_matches('.').trim_end_matches([' ', '.']);
    // The end of a name says what it is.
    let excess = cleaned.chars().count().saturating_sub(80);
    let cut: String = cleaned.chars().skip(excess).collect();
    if cut.is_empty() { "file.csv".to_owned() } else { cut }
}

/// A path in `folder` that is taken now and empty: `name`, or `name-2`…
pub(crate) fn free_name(folder: &Path, name: &str) -> Result<PathBuf, RpcError> {
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    for number in 1..10_000 {
        let candidate = match number {
            1 => folder.join(name),
            number => folder.join(format!("{stem}-{number}{extension}")),
        };
        match File::create_new(&candidate) {
            Ok(_) => return Ok(candidate),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(io_error(&candidate, &error)),
        }
    }
    Err(RpcError::new(ErrorCode::Failed, format!("there are too many files named {name}"))
        .with_help("remove some of them, or rename yours"))
}

/// Old pieces only cost space: that one can't be removed stops nothing.
fn remove_abandoned(folder: &Path, now: SystemTime) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let age = modified.ok().and_then(|modified| now.duration_since(modified).ok());
        if path.extension().is_some_and(|extension| extension == "part")
            && age.is_some_and(|age| age > ABANDONED)
        {
            drop(std::fs::remove_file(path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(name: &str, offset: u64, text: &str, done: bool) -> Upload {
        Upload {
            name: name.to_owned(),
            id: "one".to_owned(),
            offset,
            data: BASE64_STANDARD.encode(text),
            done,
        }
    }

    #[test]
    fn pieces_become_a_file_under_a_name_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("uploads");
        assert_eq!(keep(&folder, &piece("a.csv", 0, "id;", false)).unwrap(), None);
        assert_eq!(keep(&folder, &piece("a.csv", 0, "id;", false)).unwrap(), None, "the same piece again");
        let whole = keep(&folder, &piece("a.csv", 3, "px", true)).unwrap().unwrap();
        assert_eq!(std::fs::read_to_string(&whole).unwrap(), "id;px");
        let second = keep(&folder, &piece("../../a.csv", 0, "other", true)).unwrap().unwrap();
        assert_eq!(second, folder.join("a-2.csv"));
        assert_eq!(std::fs::read_to_string(&whole).unwrap(), "id;px");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let gap = keep(folder.path(), &piece("a.csv", 5, "x", true)).unwrap_err();
        assert!(gap.message.contains("is missing"), "{}", gap.message);
        let long = piece("a.csv", 0, &"x".repeat(PIECE_LIMIT + 1), false);
        assert!(keep(folder.path(), &long).unwrap_err().message.contains("too large"));
        let far = piece("a.csv", FILE_LIMIT, "x", false);
        assert!(keep(folder.path(), &far).unwrap_err().message.contains("too large"));
        for id in ["", "../x", "a/b", &"x".repeat(65)] {
            assert!(keep(folder.path(), &Upload { id: id.to_owned(), ..piece("a", 0, "x", true) }).is_err());
        }
        let garbage = Upload { data: "no base64!".to_owned(), ..piece("a.csv", 0, "", true) };
        assert!(keep(folder.path(), &garbage).is_err());
    }

    #[test]
    fn names_are_made_safe() {
        for (name, safe) in [
            ("trades 2026.csv", "trades 2026.csv"),
            ("C:\\temp\\a:b.csv", "a_b.csv"),
            ("/etc/passwd", "passwd"),
            ("..", "file.csv"),
            (".hidden.csv", "hidden.csv"),
            ("a\0b\n.csv", "a_b_.csv"),
            ("", "file.csv"),
        ] {
            assert_eq!(safe_name(name), safe, "{name:?}");
        }
        assert!(safe_name(&format!("{}.csv", "é".repeat(300))).ends_with("é.csv"));
    }

    #[test]
    fn pieces_that_nobody_went_on_with_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        keep(folder.path(), &piece("a.csv", 0, "x", false)).unwrap();
        remove_abandoned(folder.path(), SystemTime::now());
        assert!(folder.path().join("one.part").exists());
        remove_abandoned(folder.path(), SystemTime::now() + ABANDONED * 2);
        assert!(!folder.path().join("one.part").exists());
    }
}
