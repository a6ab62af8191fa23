//! What is published: versions, their nodes, and what a caller hands in to publish one.

use crate::audit::AuditAction;
use crate::clock::micros;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use touchstone_spec::ChangeClass;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// What belongs to the pipeline as a whole: title, owner, trigger, retention, alerts.
    Pipeline,
    /// A source with its contract.
    Source,
    /// A silver table.
    Silver,
    /// A gold table.
    Gold,
}

impl NodeKind {
    /// Its name in keys and items.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pipeline => "pipeline",
            Self::Source => "source",
            Self::Silver => "silver",
            Self::Gold => "gold",
        }
    }
}

impl fmt::Display for NodeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One part of a version: a source, a table, or the pipeline's own header.
///
/// The two bodies come back in their canonical form: the order of an object's keys does not last. What needs
/// an order is a list in `compiled`; the steward's own order is in the version's `spec_text`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its name within the pipeline.
    pub name: String,
    /// What the steward wrote about it.
    pub spec: Value,
    /// What the compiler made of it; what the platform runs.
    pub compiled: Value,
}

/// The header of one published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The pipeline.
    pub pipeline: String,
    /// Its number, from 1.
    pub version: u64,
    /// Whether it was published from a document or from an older version.
    pub action: AuditAction,
    /// For a rollback: the version whose content this one has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolled_back_to: Option<u64>,
    /// When it was published.
    #[serde(with = "micros")]
    pub published_at: DateTime<Utc>,
    /// Who published it.
    pub actor: String,
    /// Why, in the actor's words.
    pub message: String,
    /// What the change means for readers.
    pub change_class: ChangeClass,
    /// The caller's hash of the content; equal content has equal hashes.
    pub content_hash: String,
    /// How many nodes it has.
    pub node_count: usize,
    /// In how many items the nodes lie.
    pub node_items: usize,
    /// In how many items the text lies.
    pub text_items: usize,
    /// The registry's own hash: over this header without this field, the nodes and the text. See
    /// [`crate::Registry::verify_audit`].
    pub version_hash: String,
}

/// A version with everything in it.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionContent {
    /// Its header.
    pub version: Version,
    /// Its nodes, in the order they were published in.
    pub nodes: Vec<Node>,
    /// The pipeline document as its steward wrote it.
    pub spec_text: String,
}

/// Which version of a pipeline is the published one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Current {
    /// The pipeline.
    pub pipeline: String,
    /// The version's number.
    pub version: u64,
    /// The caller's hash of the content.
    pub content_hash: String,
    /// What the last change meant for readers.
    pub change_class: ChangeClass,
    /// When it was published.
    #[serde(with = "micros")]
    pub published_at: DateTime<Utc>,
    /// Who published it.
    pub actor: String,
    /// Why.
    pub message: String,
}

/// A part of a pipeline's history, newest version first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// The versions.
    pub versions: Vec<Version>,
    /// Hand this in as `before` to go on; `None` at the end.
    pub next: Option<u64>,
}

/// What is to be published.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishInput {
    /// The pipeline.
    pub pipeline: String,
    /// Its parts; at least one.
    pub nodes: Vec<Node>,
    /// The pipeline document as written.
    pub spec_text: String,
    /// The caller's hash of the content.
    pub content_hash: String,
    /// What the change means for readers.
    pub change_class: ChangeClass,
    /// Why it is published.
    pub message: String,
    /// Who publishes it.
    pub actor: String,
    /// The version the author saw as published and compared with; `None` if there was none yet. A publish is
    /// never blind: when another version is current by then, it is a conflict.
    pub expected_version: Option<u64>,
}

/// Which older version is to be published anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollbackInput {
    /// The pipeline.
    pub pipeline: String,
    /// The version whose content is wanted back.
    pub to_version: u64,
    /// What going back means for readers.
    pub change_class: ChangeClass,
    /// Why.
    pub message: String,
    /// Who does it.
    pub actor: String,
    /// The version the actor saw as published.
    pub expected_version: u64,
}
