//! What stops a file from being read at all, worded for people: where, why, and what to do next.

use std::{fmt, io};

use serde::{Deserialize, Serialize};

/// Where in a file something is. Parts that don't apply are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestPlace {
    /// Name or path of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Name of the column or of the contract's field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Offset in bytes from the start of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byte: Option<u64>,
}

impl IngestPlace {
    pub(crate) fn file(name: &str) -> Self {
        Self { file: Some(name.to_owned()), ..Self::default() }
    }

    pub(crate) fn line(name: &str, line: u64, byte: u64) -> Self {
        Self { file: Some(name.to_owned()), line: Some(line), byte: Some(byte), column: None }
    }

    pub(crate) fn column(name: &str) -> Self {
        Self { column: Some(name.to_owned()), ..Self::default() }
    }
}

impl fmt::Display for IngestPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(file) = &self.file {
            parts.push(file.clone());
        }
        if let Some(line) = self.line {
            parts.push(format!("line {line}"));
        }
        if let Some(column) = &self.column {
            parts.push(format!("column `{column}`"));
        }
        if let Some(byte) = self.byte {
            parts.push(format!("byte {byte}"));
        }
        f.write_str(&parts.join(", "))
    }
}

/// What kind of trouble it is, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IngestErrorCode {
    /// The file can't be opened or read, or output can't be written.
    Io,
    /// The file holds nothing.
    EmptyFile,
    /// The file isn't text.
    BinaryFile,
    /// The encoding is unknown, can't be split safely, or contradicts the file.
    Encoding,
    /// The format contradicts itself.
    Format,
    /// There is no header where the format says one is.
    NoHeader,
    /// The header is longer than a record may be.
    HeaderTooLong,
    /// A contract field's type or pattern can't be read from text.
    Field,
    /// The watcher said to stop.
    Cancelled,
}

/// Why a file, format or contract field can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct IngestError(Box<Problem>);

#[derive(Debug)]
struct Problem {
    code: IngestErrorCode,
    place: IngestPlace,
    reason: String,
    next_step: String,
    source: Option<io::Error>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.to_string();
        if !place.is_empty() {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.reason)?;
        if !self.next_step.is_empty() {
            write!(f, "; {}", self.next_step)?;
        }
        Ok(())
    }
}

impl IngestError {
    pub(crate) fn new(
        code: IngestErrorCode,
        place: IngestPlace,
        reason: impl Into<String>,
        next_step: impl Into<String>,
    ) -> Self {
        Self(Box::new(Problem {
            code,
            place,
            reason: reason.into(),
            next_step: next_step.into(),
            source: None,
        }))
    }

    pub(crate) fn cancelled(file: &str) -> Self {
        Self::new(IngestErrorCode::Cancelled, IngestPlace::file(file), "cancelled", "")
    }

    /// Trouble with reading the file itself.
    pub(crate) fn reading(file: &str, error: io::Error) -> Self {
        let (reason, next_step) = match error.kind() {
            io::ErrorKind::NotFound => ("there is no such file", "check the path"),
            io::ErrorKind::PermissionDenied => {
                ("this user may not read the file", "ask for read permission, or copy it to where you may")
            }
            io::ErrorKind::IsADirectory => ("this is a folder, not a file", "name a file inside it"),
            io::ErrorKind::InvalidInput => ("the path can't be used", "check the path"),
            _ => ("reading failed", "check that the disk or share is still there, and try again"),
        };
        Self::with_io(file, reason, next_step, error)
    }

    /// Trouble with writing an output.
    pub(crate) fn writing(output: &str, error: io::Error) -> Self {
        let (reason, next_step) = match error.kind() {
            io::ErrorKind::StorageFull => ("the disk is full", "free some space and run again"),
            io::ErrorKind::PermissionDenied => {
                ("this user may not write there", "choose another folder for the output")
            }
            io::ErrorKind::BrokenPipe => ("the output was closed before all was written", "run again"),
            _ => ("writing failed", "check that the disk is still there, and run again"),
        };
        Self::with_io(output, reason, next_step, error)
    }

    fn with_io(file: &str, reason: &str, next_step: &str, error: io::Error) -> Self {
        Self(Box::new(Problem {
            code: IngestErrorCode::Io,
            place: IngestPlace::file(file),
            reason: format!("{reason} ({error})"),
            next_step: next_step.to_owned(),
            source: Some(error),
        }))
    }

    /// What kind of trouble it is.
    pub fn code(&self) -> IngestErrorCode {
        self.0.code
    }

    /// Where it is.
    pub fn place(&self) -> &IngestPlace {
        &self.0.place
    }

    /// What is wrong, without place and next step.
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// What to do about it; empty when there is nothing to do.
    pub fn next_step(&self) -> &str {
        &self.0.next_step
    }

    /// The operating system's error behind this one.
    pub fn io_error(&self) -> Option<&io::Error> {
        self.0.source.as_ref()
    }
}
