//! Errors of the engine: each names the place, the reason and the next step.

use std::{io, path::Path};

use serde::{Deserialize, Serialize};

/// What sort of thing went wrong, for callers that act on it (exit codes, a retry, a hint).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// A file can't be read: missing, not a file, not decodable.
    Input,
    /// A file breaks its contract as a whole: a promised column is missing.
    Contract,
    /// Something that is needed wasn't made yet: no sample, a table that no run has written.
    Missing,
    /// The operating system denies access.
    Permission,
    /// The disk is full.
    StorageFull,
    /// The warehouse is damaged or was changed by somebody else.
    Warehouse,
    /// Another process is running a simulation in this workspace.
    Locked,
    /// The caller asked to stop.
    Cancelled,
    /// The compiled plan asks for something the engine can't do.
    Unsupported,
    /// A fault in Touchstone itself: control totals that don't add up, a kernel that failed.
    Internal,
}

/// Why the engine can't go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{place}: {reason}\n  next: {next_step}")]
pub struct EngineError {
    /// What sort of thing went wrong.
    pub kind: ErrorKind,
    /// Where: a file, a table, a rule.
    pub place: String,
    /// What is wrong there.
    pub reason: String,
    /// What to do about it.
    pub next_step: String,
}

impl EngineError {
    /// An error of this kind.
    pub fn new(
        kind: ErrorKind,
        place: impl Into<String>,
        reason: impl Into<String>,
        next_step: impl Into<String>,
    ) -> Self {
        Self { kind, place: place.into(), reason: reason.into(), next_step: next_step.into() }
    }

    /// A fault of our own.
    pub fn internal(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::new(
            ErrorKind::Internal,
            place,
            reason,
            "nothing was written for this table; report this with the pipeline and its sample",
        )
    }

    /// The caller asked to stop.
    pub fn cancelled(place: impl Into<String>) -> Self {
        Self::new(
            ErrorKind::Cancelled,
            place,
            "the run was cancelled",
            "tables finished before this one are complete; start the run again when you want",
        )
    }

    /// An error of the file system at `path`.
    pub fn io(path: &Path, error: &io::Error) -> Self {
        let (kind, next_step) = advice(error.kind());
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => error.to_string(),
        };
        Self::new(kind, path.display().to_string(), reason, next_step)
    }

    /// An error of the warehouse, at a table or a file. Looks for the file-system error underneath, so that a full
    /// disk is called a full disk.
    pub fn warehouse(place: impl Into<String>, error: &(dyn std::error::Error + 'static)) -> Self {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
        let mut kind = io::ErrorKind::Other;
        while let Some(current) = cause {
            let io_error = current.downcast_ref::<io::Error>();
            // Some layers keep only the text of what the system said.
            let text = current.to_string();
            kind = match io_error.map(io::Error::kind) {
                Some(known) if !matches!(advice(known).0, ErrorKind::Input) => known,
                _ if text.contains("No space left") || text.contains("database or disk is full") => {
                    io::ErrorKind::StorageFull
                }
                _ if text.contains("Permission denied") || text.contains("readonly database") => {
                    io::ErrorKind::PermissionDenied
                }
                _ => kind,
            };
            // An io::Error's source is its inner error's source: the inner one itself would be passed over.
            cause = match io_error.and_then(io::Error::get_ref) {
                Some(inner) => Some(inner),
                None => current.source(),
            };
        }
        match advice(kind) {
            (ErrorKind::Input, _) => Self::new(
                ErrorKind::Warehouse,
                place,
                error.to_string(),
                "run the simulation again; if that fails too, delete the folder .touchstone/warehouse: \
                 simulations make it anew",
            ),
            (kind, next_step) => Self::new(kind, place, error.to_string(), next_step),
        }
    }
}

fn advice(kind: io::ErrorKind) -> (ErrorKind, &'static str) {
    match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => (
            ErrorKind::StorageFull,
            "free some space and run again; tables that were complete before are untouched",
        ),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            (ErrorKind::Permission, "give your user read and write access to it and run again")
        }
        io::ErrorKind::NotFound => {
            (ErrorKind::Input, "check the path; samples are given relative to the workspace folder")
        }
        _ => (ErrorKind::Input, "check that the file can be opened by another program, and run again"),
    }
}

impl From<polars::error::PolarsError> for EngineError {
    fn from(error: polars::error::PolarsError) -> Self {
        Self::internal("column kernel", error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::{EngineError, ErrorKind};
    use std::{io, path::Path};

    #[test]
    fn a_full_disk_is_called_one_however_deep_it_is_buried() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(EngineError::io(Path::new("x"), &full).kind, ErrorKind::StorageFull);
        let buried = io::Error::other(full);
        assert_eq!(EngineError::warehouse("t", &buried).kind, ErrorKind::StorageFull);
        let text_only = io::Error::other("write failed: No space left on device (os error 28)");
        assert_eq!(EngineError::warehouse("t", &text_only).kind, ErrorKind::StorageFull);
        let other = io::Error::other("bad magic");
        assert_eq!(EngineError::warehouse("t", &other).kind, ErrorKind::Warehouse);
    }
}
