//! How long work learns that nobody waits for it any more.

use crate::EngineError;

/// Asked now and then by long work: whether the caller wants it to stop.
pub type Cancelled<'asked> = &'asked (dyn Fn() -> bool + Send + Sync);

/// Rows that are worked through between two questions.
pub(crate) const ROWS_BETWEEN: usize = 32_768;

/// Never stops.
pub fn never() -> bool {
    false
}

/// The error when the caller wants to stop.
pub(crate) fn go_on(cancelled: Cancelled<'_>, place: &str) -> Result<(), EngineError> {
    if cancelled() { Err(EngineError::cancelled(place)) } else { Ok(()) }
}
