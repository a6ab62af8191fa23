//! Files: written whole or not at all, named by the hash of their bytes, and their errors for people.

use std::{
    fs::File,
    io::{ErrorKind, Write},
    path::Path,
};

use sha2::{Digest, Sha256};
use touchstone_protocol::{ErrorCode, RpcError};

/// SHA-256 of some bytes, in hexadecimal.
pub(crate) fn hash(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        for digit in [byte >> 4, byte & 0xf] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    text
}

/// Writes a file that must not exist yet, whole or not at all.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<(), RpcError> {
    let taken = || {
        RpcError::new(ErrorCode::Failed, format!("{} exists already", path.display()))
            .with_help("choose another name, or remove it first")
    };
    if path.exists() {
        return Err(taken());
    }
    match place(path, text.as_bytes(), false) {
        // Somebody was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(taken()),
        other => other.map_err(|error| io_error(path, &error)),
    }
}

/// Writes a file whole or not at all: into a neighbour first, which then takes its name.
///
/// # Errors
/// When it can't be written; what was there before stays then.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), RpcError> {
    place(path, bytes, true).map_err(|error| io_error(path, &error))
}

fn place(path: &Path, bytes: &[u8], over_another: bool) -> std::io::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)?;
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let prefix = format!(".{name}.");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".tmp");
    let permissions = std::fs::metadata(path).ok().map(|known| known.permissions());
    #[cfg(unix)]
    {
        // Temporary files are private by default; this one becomes a file like any other.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut neighbour = builder.tempfile_in(parent)?;
    neighbour.write_all(bytes)?;
    if let Some(permissions) = permissions {
        neighbour.as_file().set_permissions(permissions)?;
    }
    neighbour.as_file().sync_all()?;
    if over_another {
        neighbour.persist(path)?;
    } else {
        neighbour.persist_noclobber(path)?;
    }
    // The new name is on disk only when its folder is; where folders can't be opened, the system sees to that.
    match File::open(parent) {
        Ok(folder) if cfg!(unix) => folder.sync_all(),
        _ => Ok(()),
    }
}

/// An error of the file system, for people.
pub(crate) fn io_error(path: &Path, error: &std::io::Error) -> RpcError {
    let help = match error.kind() {
        ErrorKind::NotFound => "check the path",
        ErrorKind::PermissionDenied => "ask for permission to this file or folder, or choose another one",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "free some space on this disk and try again; nothing was left half-written"
        }
        ErrorKind::IsADirectory => "name a file, not a folder",
        ErrorKind::ReadOnlyFilesystem => "copy the workspace to a disk that can be written",
        _ => "check the disk and try again",
    };
    let code = if error.kind() == ErrorKind::NotFound { ErrorCode::NotFound } else { ErrorCode::Failed };
    RpcError::new(code, format!("{}: {error}", path.display())).with_help(help)
}

/// Does `work` where it may block.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RpcError> + Send + 'static,
) -> Result<T, RpcError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        RpcError::new(ErrorCode::Failed, format!("it stopped unexpectedly: {error}"))
            .with_help("try again; if it stays so, report it")
    })?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_never_takes_the_place_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/new.yaml");
        write_new(&path, "first").unwrap();
        assert!(write_new(&path, "second").unwrap_err().message.contains("exists already"));
        assert_eq!(place(&path, b"third", false).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "first");
        write_whole(&path, b"fourth").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "fourth");
        let left: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "no neighbour stays behind");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        write_whole(&path, b"one").unwrap();
        let others = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(others(&path) & 0o600, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(others(&path), 0o640);
    }
}
