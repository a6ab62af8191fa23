//! How long work tells how far it is, and how it is told to stop.

use std::ops::ControlFlow;

use crate::IngestError;

/// How far a pass over a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read so far.
    pub bytes: u64,
    /// Size of the file in bytes, when it is known.
    pub total_bytes: Option<u64>,
    /// Records read so far, loaded and rejected.
    pub records: u64,
}

/// The watcher of work that nobody watches: always goes on.
pub fn unwatched(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Tells the watcher; gives the cancellation error when it says to stop.
pub(crate) fn tell(
    watch: &dyn Fn(Progress) -> ControlFlow<()>,
    progress: Progress,
    file: &str,
) -> Result<(), IngestError> {
    match watch(progress) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(IngestError::cancelled(file)),
    }
}
