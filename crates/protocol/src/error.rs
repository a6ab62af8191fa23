//! Why a request failed, in a form that the UI can act on.

use serde::{Deserialize, Serialize};

/// A failed request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct RpcError {
    /// What the UI does about it.
    pub code: ErrorCode,
    /// What went wrong and where, for people.
    pub message: String,
    /// The next step.
    pub help: Option<String>,
}

impl RpcError {
    /// An error of this code and message.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None }
    }

    /// The same, with the next step.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// What the UI does about a failed request. A code exists only where the UI acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No workspace is open: show the start page.
    NoWorkspace,
    /// What was asked for doesn't exist (any more): reload the list.
    NotFound,
    /// The spec has errors: show the problems.
    InvalidSpec,
    /// Somebody published in between: load the new difference and ask again.
    Conflict,
    /// The other side can't be reached, or another process holds the workspace: offer to retry.
    Unavailable,
    /// Credentials are missing, expired or not enough: point to the settings.
    Credentials,
    /// The person cancelled it: say nothing.
    Cancelled,
    /// The front door has no such thing (a dialog): do without.
    Unsupported,
    /// Anything else: show the message.
    Failed,
}
