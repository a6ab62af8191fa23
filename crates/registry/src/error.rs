//! What can go wrong with a registry, told so that a person knows the place, the reason and the next step.

use crate::store::Key;
use std::fmt;

/// What the caller can do about an error; the UI and the command line choose by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Somebody else wrote first. Read again, compare, and decide.
    Conflict,
    /// The registry did not answer: network, endpoint, time-out.
    Unreachable,
    /// Credentials are missing, expired, or not allowed to do this.
    Credentials,
    /// There is a place, but not the right one: no table, or a table with other keys.
    WrongShape,
    /// What was to be written passes a limit of the item model.
    TooLarge,
    /// What is there can't be what a registry wrote.
    Corrupt,
    /// Others hold the registry right now; the same call may succeed a moment later.
    Busy,
    /// No room left.
    DiskFull,
    /// The registry may be read but not written.
    ReadOnly,
    /// The version, pipeline or run that was asked for isn't there.
    NotFound,
    /// The caller's own input is not acceptable; nothing was tried.
    Invalid,
    /// Anything else.
    Other,
}

impl ErrorKind {
    /// The kind's name as scripts see it, in snake case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::Unreachable => "unreachable",
            Self::Credentials => "credentials",
            Self::WrongShape => "wrong_shape",
            Self::TooLarge => "too_large",
            Self::Corrupt => "corrupt",
            Self::Busy => "busy",
            Self::DiskFull => "disk_full",
            Self::ReadOnly => "read_only",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Other => "other",
        }
    }
}

/// One write of a transaction whose condition did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedWrite {
    /// The write's position in the list that was handed in.
    pub index: usize,
    /// The item it was about.
    pub key: Key,
}

/// An error of the registry or of its store. Its text names the place, the reason and the next step, and
/// never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError {
    kind: ErrorKind,
    place: String,
    reason: String,
    next_step: String,
    retryable: bool,
    failed: Vec<FailedWrite>,
}

impl StoreError {
    /// An error of `kind` at `place`. `reason` is a clause without a full stop; `next_step` is a sentence
    /// without one. Only [`ErrorKind::Busy`] and [`ErrorKind::Unreachable`] start out as retryable.
    pub fn new(
        kind: ErrorKind,
        place: impl Into<String>,
        reason: impl Into<String>,
        next_step: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            place: place.into(),
            reason: reason.into(),
            next_step: next_step.into(),
            retryable: matches!(kind, ErrorKind::Busy | ErrorKind::Unreachable),
            failed: Vec::new(),
        }
    }

    /// The error of a transaction of which `failed` names the writes whose conditions did not hold.
    pub fn conflict(place: impl Into<String>, failed: Vec<FailedWrite>) -> Self {
        let names: Vec<String> =
            failed.iter().map(|write| format!("write {} ({})", write.index, write.key)).collect();
        Self {
            failed,
            ..Self::new(
                ErrorKind::Conflict,
                place,
                format!("another writer was first; nothing was written: {}", names.join(", ")),
                "Read the items again and repeat what still applies",
            )
        }
    }

    /// The same error, with the writes that failed.
    #[must_use]
    pub fn with_failed(mut self, failed: Vec<FailedWrite>) -> Self {
        self.failed = failed;
        self
    }

    /// What the caller can do about it.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Which registry, table, file or item.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What is wrong there.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What to do next.
    pub fn next_step(&self) -> &str {
        &self.next_step
    }

    /// Whether the very same call may succeed when it is made again.
    pub fn is_retryable(&self) -> bool {
        self.retryable
    }

    /// For a conflict: the writes whose conditions did not hold. Empty otherwise.
    pub fn failed(&self) -> &[FailedWrite] {
        &self.failed
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}. {}.", self.place, self.reason, self.next_step)
    }
}

impl std::error::Error for StoreError {}
