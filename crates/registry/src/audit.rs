//! The audit chain: one event for everything that was published, each holding the hash of the one before.
//!
//! An event's item is a JSON object with these keys: `sequence` (from 1, without gaps), `time` (RFC 3339, UTC,
//! microseconds), `actor`, `action` (`publish` or `rollback`), `pipeline`, `version`, `message`, `details`
//! (`change_class`, `content_hash`, `version_hash`, and `rolled_back_to` for a rollback), `previous_hash` (64
//! zeros in the first event) and `hash`.
//!
//! `hash` is SHA-256, in lower-case hexadecimal, over the canonical JSON (see [`crate::canonical`]) of that
//! object without `hash` itself. `version_hash` is the same over the version's header item without its
//! `version_hash`, with `nodes` (the nodes of all its node items, in order) and `spec_text` (its text items,
//! joined) added.

use crate::canonical;
use crate::clock::micros;
use crate::error::StoreError;
use crate::keys;
use crate::model::Version;
use crate::registry::{Registry, body, parse};
use crate::store::{Order, Query};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;
use touchstone_spec::ChangeClass;

/// The hash before the first event.
pub(crate) const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditAction {
    /// A version was published from a pipeline document.
    Publish,
    /// An older version was published anew.
    Rollback,
}

impl AuditAction {
    /// Its name in items and messages.
    pub fn code(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Rollback => "rollback",
        }
    }
}

impl fmt::Display for AuditAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One event of the audit chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// Its place in the chain, from 1.
    pub sequence: u64,
    /// When it happened.
    #[serde(with = "micros")]
    pub time: DateTime<Utc>,
    /// Who did it.
    pub actor: String,
    /// What was done.
    pub action: AuditAction,
    /// To which pipeline.
    pub pipeline: String,
    /// Which version came of it.
    pub version: u64,
    /// Why, in the actor's words.
    pub message: String,
    /// Change class and hashes of the version.
    pub details: Value,
    /// The hash of the event before.
    pub previous_hash: String,
    /// This event's hash.
    pub hash: String,
}

impl AuditEvent {
    /// The event that `version` was published, next in the chain behind `head`.
    pub(crate) fn of(version: &Version, head: Option<&AuditHead>, place: &str) -> Result<Self, StoreError> {
        let mut details = json!({
            "change_class": version.change_class,
            "content_hash": version.content_hash,
            "version_hash": version.version_hash,
        });
        if let Some(rolled_back_to) = version.rolled_back_to {
            details["rolled_back_to"] = rolled_back_to.into();
        }
        let mut event = Self {
            sequence: head.map_or(0, |head| head.sequence) + 1,
            time: version.published_at,
            actor: version.actor.clone(),
            action: version.action,
            pipeline: version.pipeline.clone(),
            version: version.version,
            message: version.message.clone(),
            details,
            previous_hash: head.map_or_else(|| NO_HASH.to_owned(), |head| head.hash.clone()),
            hash: String::new(),
        };
        event.hash = event_hash(body(&event, place)?);
        Ok(event)
    }

    /// What the version meant for readers, as recorded.
    pub fn change_class(&self) -> Option<ChangeClass> {
        serde_json::from_value(self.details.get("change_class")?.clone()).ok()
    }
}

/// The hash of the event whose item has this body.
pub(crate) fn event_hash(mut body: Value) -> String {
    if let Value::Object(map) = &mut body {
        map.remove("hash");
    }
    canonical::hash(&body)
}

/// The end of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AuditHead {
    pub(crate) sequence: u64,
    pub(crate) hash: String,
}

/// Which audit events are wanted; what isn't set doesn't matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Of this pipeline.
    pub pipeline: Option<String>,
    /// By this actor.
    pub actor: Option<String>,
    /// Of this kind.
    pub action: Option<AuditAction>,
    /// Not before this time.
    pub since: Option<DateTime<Utc>>,
    /// Before this time.
    pub until: Option<DateTime<Utc>>,
}

impl AuditFilter {
    /// Whether `event` is wanted.
    pub fn matches(&self, event: &AuditEvent) -> bool {
        self.pipeline.as_ref().is_none_or(|pipeline| *pipeline == event.pipeline)
            && self.actor.as_ref().is_none_or(|actor| *actor == event.actor)
            && self.action.is_none_or(|action| action == event.action)
            && self.since.is_none_or(|since| event.time >= since)
            && self.until.is_none_or(|until| event.time < until)
    }
}

/// A question to the audit chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditQuery {
    /// Which events.
    pub filter: AuditFilter,
    /// Oldest (ascending) or newest (descending) first.
    pub order: Order,
    /// At most so many.
    pub limit: usize,
    /// Go on behind the event with this sequence number: the `next` of the page before.
    pub after: Option<u64>,
}

impl Default for AuditQuery {
    /// The newest hundred events.
    fn default() -> Self {
        Self { filter: AuditFilter::default(), order: Order::Descending, limit: 100, after: None }
    }
}

/// A part of the audit chain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditPage {
    /// The events that were wanted.
    pub events: Vec<AuditEvent>,
    /// Hand this in as `after` to go on; `None` at the end.
    pub next: Option<u64>,
}

impl Registry {
    /// The audit events that `query` asks for.
    pub async fn audit(&self, query: &AuditQuery) -> Result<AuditPage, StoreError> {
        let place = self.place();
        let mut page = AuditPage::default();
        let mut pages = Query {
            order: query.order,
            after: query.after.map(|sequence| keys::event(sequence).sort),
            ..Query::new(keys::AUDIT, keys::EVENT_PREFIX)
        };
        if query.filter == AuditFilter::default() {
            pages.limit = u32::try_from(query.limit).ok();
        }
        while page.events.len() < query.limit {
            let found = self.store().query(&pages).await?;
            for item in found.items {
                let event: AuditEvent = parse(item, &place)?;
                if query.filter.matches(&event) {
                    page.events.push(event);
                }
                if page.events.len() == query.limit {
                    page.next = page.events.last().map(|event| event.sequence);
                    return Ok(page);
                }
            }
            match found.next {
                Some(next) => pages.after = Some(next),
                None => break,
            }
        }
        Ok(page)
    }

    pub(crate) async fn audit_head(&self) -> Result<Option<AuditHead>, StoreError> {
        let item = self.store().get(&keys::head()).await?;
        item.map(|item| parse(item, &self.place())).transpose()
    }
}
