//! The published truth: versions, publishing, runs, the audit chain, and the store it is kept in.
//!
//! [`Registry`] holds the rules (what a publish is, who wins a race, what the audit chain proves) and writes
//! plain items through the [`Store`] trait, so the same items lie in an embedded `SQLite` file
//! ([`SqliteStore`]) or in a DynamoDB table. [`keys`] lists every item there is.
//!
//! Invariant: a publish is one transaction with conditions; it happens wholly or not at all, and a version,
//! once published, never changes (`conformance`, both stores).
//!
//! Invariant: every published version has exactly one audit event, whose hash covers the event before it and
//! the version's whole content (`conformance`, both stores).

mod audit;
pub mod canonical;
mod clock;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod error;
pub mod keys;
pub mod limits;
mod model;
mod packing;
mod publish;
mod registry;
pub mod retry;
mod runs;
mod sqlite;
mod store;
mod verify;

pub use audit::{AuditAction, AuditEvent, AuditFilter, AuditPage, AuditQuery};
pub use clock::{Clock, SystemClock};
pub use error::{ErrorKind, FailedWrite, StoreError};
pub use model::{Current, History, Node, NodeKind, PublishInput, RollbackInput, Version, VersionContent};
pub use registry::Registry;
pub use runs::{Bookmark, BookmarkInput, Run, RunPage, RunStatus};
pub use sqlite::{SqliteOptions, SqliteStore};
pub use store::{Condition, Item, Key, Order, Page, Query, Store, Write};
pub use verify::{AuditProblem, AuditReport, ProblemKind};
