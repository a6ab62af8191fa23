//! The keys of every item a registry holds, in `SQLite` and in DynamoDB alike.
//!
//! | item | partition key | sort key | written |
//! |---|---|---|---|
//! | current version of a pipeline; the partition is the list of pipelines | `CURRENT` | `trades` | replaced by every publish, on condition of the version before |
//! | header of a version | `PIPELINE#trades` | `VERSION#0000000003` | once |
//! | nodes of a version, one item per node while they fit | `PIPELINE#trades` | `NODE#0000000003#0000#silver#trades` | once |
//! | the pipeline's text as its steward wrote it, cut where it is long | `PIPELINE#trades` | `TEXT#0000000003#0000` | once |
//! | audit event | `AUDIT` | `EVENT#000000000042` | once |
//! | last audit event's sequence and hash | `AUDIT` | `HEAD` | replaced with every event, on condition of the hash before |
//! | run | `RUNS#trades` | `RUN#2026-03-02T06:00:00.000000Z#<run id>` | replaced as the run goes on |
//! | bookmark | `BOOKMARKS#trades` | `SOURCE#prices` | replaced, on condition of its revision |
//!
//! Numbers in keys are padded with zeros, so their order as text is their order as numbers; the newest
//! version, event or run is the first item of a descending query.
//!
//! A node item's body is `{"nodes": [{"kind", "name", "spec", "compiled"}, …]}`. It holds one node, and its key
//! names that node, unless a version has more nodes than a transaction takes; then an item holds several
//! neighbours and its key names the first. So a reader that wants a version's nodes asks for everything that
//! begins with `NODE#<version>#` and takes each body's `nodes` in order: that is right in both cases.

use crate::clock::time_text;
use crate::store::Key;
use chrono::{DateTime, Utc};

/// The partition of the current versions.
pub const CURRENT: &str = "CURRENT";
/// The partition of the audit chain.
pub const AUDIT: &str = "AUDIT";
/// What an audit event's sort key begins with.
pub const EVENT_PREFIX: &str = "EVENT#";
/// What a version header's sort key begins with.
pub const VERSION_PREFIX: &str = "VERSION#";
/// What a run's sort key begins with.
pub const RUN_PREFIX: &str = "RUN#";

/// Where the current version of `pipeline` is named.
pub fn current(pipeline: &str) -> Key {
    Key::new(CURRENT, pipeline)
}

/// The partition of all versions of `pipeline`.
pub fn versions(pipeline: &str) -> String {
    format!("PIPELINE#{pipeline}")
}

/// Where the header of a version lies.
pub fn version(pipeline: &str, version: u64) -> Key {
    Key::new(versions(pipeline), format!("{VERSION_PREFIX}{version:010}"))
}

/// What the sort keys of a version's node items begin with.
pub fn node_prefix(version: u64) -> String {
    format!("NODE#{version:010}#")
}

/// Where a version's node item number `position` lies, whose first node is `name` of `kind`.
pub fn node(pipeline: &str, version: u64, position: usize, kind: &str, name: &str) -> Key {
    Key::new(versions(pipeline), format!("{}{position:04}#{kind}#{name}", node_prefix(version)))
}

/// What the sort keys of a version's text items begin with.
pub fn text_prefix(version: u64) -> String {
    format!("TEXT#{version:010}#")
}

/// Where part number `position` of a version's text lies.
pub fn text(pipeline: &str, version: u64, position: usize) -> Key {
    Key::new(versions(pipeline), format!("{}{position:04}", text_prefix(version)))
}

/// Where the audit event with this sequence number lies.
pub fn event(sequence: u64) -> Key {
    Key::new(AUDIT, format!("{EVENT_PREFIX}{sequence:012}"))
}

/// Where the last audit event is named.
pub fn head() -> Key {
    Key::new(AUDIT, "HEAD")
}

/// The partition of all runs of `pipeline`.
pub fn runs(pipeline: &str) -> String {
    format!("RUNS#{pipeline}")
}

/// Where a run lies.
pub fn run(pipeline: &str, started_at: DateTime<Utc>, run_id: &str) -> Key {
    Key::new(runs(pipeline), format!("{RUN_PREFIX}{}#{run_id}", time_text(started_at)))
}

/// Where the bookmark of a source lies.
pub fn bookmark(pipeline: &str, source: &str) -> Key {
    Key::new(format!("BOOKMARKS#{pipeline}"), format!("SOURCE#{source}"))
}
