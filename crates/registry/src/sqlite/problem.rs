//! What `SQLite` reports, told as place, reason and next step.

use crate::error::{ErrorKind, StoreError};
use std::fmt;
use std::path::{Path, PathBuf};

// https://www.sqlite.org/rescode.html
const PERM: u32 = 3;
const BUSY: u32 = 5;
const LOCKED: u32 = 6;
const READONLY: u32 = 8;
const IOERR: u32 = 10;
const CORRUPT: u32 = 11;
const FULL: u32 = 13;
const CANTOPEN: u32 = 14;
const NOTADB: u32 = 26;

/// The registry file.
#[derive(Debug, Clone)]
pub(super) struct Place(PathBuf);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "registry {}", self.0.display())
    }
}

impl Place {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(super) fn error(
        &self,
        kind: ErrorKind,
        reason: impl Into<String>,
        next_step: impl Into<String>,
    ) -> StoreError {
        StoreError::new(kind, self.to_string(), reason, next_step)
    }

    pub(super) fn corrupt(&self, reason: String) -> StoreError {
        self.error(ErrorKind::Corrupt, reason, "Move the file away and put a backup in its place")
    }

    pub(super) fn not_a_database(&self) -> StoreError {
        self.error(
            ErrorKind::Corrupt,
            "the file is not a SQLite database",
            "If something else was saved there, move it away and a new registry is made; if it was the registry, \
             put a backup in its place",
        )
    }

    /// For errors of the file system around the file.
    pub(super) fn io(&self, error: &std::io::Error) -> StoreError {
        use std::io::ErrorKind as Io;
        match error.kind() {
            Io::PermissionDenied => self.error(
                ErrorKind::ReadOnly,
                "permission denied",
                "Allow this user to read and write the file and its folder, or use another workspace folder",
            ),
            Io::ReadOnlyFilesystem => self.read_only(),
            Io::StorageFull | Io::QuotaExceeded => self.disk_full(),
            _ => self.error(
                ErrorKind::Other,
                format!("the file can't be opened: {error}"),
                "Look at the path, and that its folder is there and can be written to",
            ),
        }
    }

    pub(super) fn problem(&self, error: &sqlx::Error) -> StoreError {
        match error {
            sqlx::Error::Database(database) => {
                let code = database.code().and_then(|code| code.parse::<u32>().ok());
                // The low byte is the primary code, the others say more of the same.
                self.sqlite_problem(code.unwrap_or(0) & 0xff, database.message())
            }
            sqlx::Error::Io(error) => self.io(error),
            other => self.error(ErrorKind::Other, format!("SQLite failed: {other}"), "Try again"),
        }
    }

    pub(super) fn sqlite_problem(&self, code: u32, message: &str) -> StoreError {
        match code {
            BUSY | LOCKED => self.busy(),
            READONLY => self.read_only(),
            FULL => self.disk_full(),
            CORRUPT => self.corrupt(format!("the file is damaged ({message})")),
            NOTADB => self.not_a_database(),
            PERM | CANTOPEN => self.error(
                ErrorKind::Other,
                format!("the file can't be opened ({message})"),
                "Look that its folder is there and that this user may write to both",
            ),
            IOERR => self.error(
                ErrorKind::Other,
                format!("reading or writing the file failed ({message})"),
                "Look at the disk; the last finished publish is safe",
            ),
            _ => self.error(ErrorKind::Other, format!("SQLite failed ({message})"), "Try again"),
        }
    }

    fn busy(&self) -> StoreError {
        self.error(
            ErrorKind::Busy,
            "another process is writing to it and did not finish in time",
            "Wait for it, or close the other Touchstone, and try again",
        )
    }

    pub(super) fn read_only(&self) -> StoreError {
        self.error(
            ErrorKind::ReadOnly,
            "the file can't be written to",
            "Allow this user to write to the file and its folder, or use another workspace folder",
        )
    }

    fn disk_full(&self) -> StoreError {
        self.error(
            ErrorKind::DiskFull,
            "no room is left on the disk; nothing was written",
            "Free some space and try again",
        )
    }
}
