//! The registry itself: where its store is, and everything that only reads.

use crate::canonical;
use crate::clock::{Clock, SystemClock};
use crate::error::{ErrorKind, StoreError};
use crate::keys;
use crate::model::{Current, History, Node, Version, VersionContent};
use crate::store::{Item, Query, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;

/// A name's bytes at most: several names and a number go into one sort key of 1024.
const NAME_BYTES: usize = 255;

/// The published truth of one environment, over whatever store keeps it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Registry {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl Registry {
    /// The registry that `store` keeps.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, clock: Arc::new(SystemClock) }
    }

    /// The same registry, reading the time from `clock`.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The place as messages name it.
    pub fn place(&self) -> String {
        self.store.place()
    }

    /// The current version of every published pipeline, by name.
    pub async fn pipelines(&self) -> Result<Vec<Current>, StoreError> {
        let items = self.collect_all(Query::new(keys::CURRENT, "")).await?;
        items.into_iter().map(|item| parse(item, &self.place())).collect()
    }

    /// The current version of `pipeline`; `None` if it was never published.
    pub async fn current(&self, pipeline: &str) -> Result<Option<Current>, StoreError> {
        self.check_name("pipeline", pipeline)?;
        let item = self.store.get(&keys::current(pipeline)).await?;
        item.map(|item| parse(item, &self.place())).transpose()
    }

    /// At most `limit` versions of `pipeline`, newest first, all older than `before`.
    pub async fn history(
        &self,
        pipeline: &str,
        limit: u32,
        before: Option<u64>,
    ) -> Result<History, StoreError> {
        self.check_name("pipeline", pipeline)?;
        let after = before.map(|version| keys::version(pipeline, version).sort);
        let query =
            Query::new(keys::versions(pipeline), keys::VERSION_PREFIX).descending().limit(limit).after(after);
        let (items, next) = self.collect(query).await?;
        let versions: Vec<Version> =
            items.into_iter().map(|item| parse(item, &self.place())).collect::<Result<_, _>>()?;
        let next = next.and(versions.last().map(|version| version.version));
        Ok(History { versions, next })
    }

    /// Version `version` of `pipeline` with its nodes and text; `None` if there is none.
    pub async fn version(&self, pipeline: &str, version: u64) -> Result<Option<VersionContent>, StoreError> {
        self.check_name("pipeline", pipeline)?;
        let Some(stored) = self.stored_version(pipeline, version).await? else { return Ok(None) };
        let place = self.pipeline_place(pipeline);
        let header: Version =
            from_body(stored.header, &keys::version(pipeline, version).to_string(), &place)?;
        let nodes: Vec<Node> = stored
            .nodes
            .into_iter()
            .map(|node| from_body(node, &keys::node_prefix(version), &place))
            .collect::<Result<_, _>>()?;
        if nodes.len() != header.node_count {
            return Err(corrupt(
                &place,
                format!("version {version} has {} of its {} nodes", nodes.len(), header.node_count),
            ));
        }
        Ok(Some(VersionContent { version: header, nodes, spec_text: stored.text }))
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    pub(crate) fn pipeline_place(&self, pipeline: &str) -> String {
        format!("{}, pipeline {pipeline}", self.place())
    }

    /// What lies in the store for a version, not yet interpreted.
    pub(crate) async fn stored_version(
        &self,
        pipeline: &str,
        version: u64,
    ) -> Result<Option<StoredVersion>, StoreError> {
        let key = keys::version(pipeline, version);
        let Some(header) = self.store.get(&key).await? else { return Ok(None) };
        let partition = keys::versions(pipeline);
        let nodes = self.collect_all(Query::new(partition.clone(), keys::node_prefix(version))).await?;
        let nodes = nodes
            .into_iter()
            .flat_map(|mut item| match item.body.get_mut("nodes").map(Value::take) {
                Some(Value::Array(nodes)) => nodes,
                // Kept as it is, so that whoever reads or verifies it stumbles.
                _ => vec![item.body],
            })
            .collect();
        let text = self.collect_all(Query::new(partition, keys::text_prefix(version))).await?;
        let text = text.iter().filter_map(|item| item.body.get("text")?.as_str()).collect();
        Ok(Some(StoredVersion { header: header.body, nodes, text }))
    }

    /// Reads pages until the query's limit is reached or there is no more.
    pub(crate) async fn collect(&self, mut query: Query) -> Result<(Vec<Item>, Option<String>), StoreError> {
        let mut items = Vec::new();
        loop {
            let page = self.store.query(&query).await?;
            let found = u32::try_from(page.items.len()).unwrap_or(u32::MAX);
            items.extend(page.items);
            query.limit = query.limit.map(|limit| limit.saturating_sub(found));
            if page.next.is_none() || query.limit == Some(0) {
                return Ok((items, page.next));
            }
            query.after = page.next;
        }
    }

    /// Reads every page.
    pub(crate) async fn collect_all(&self, query: Query) -> Result<Vec<Item>, StoreError> {
        Ok(self.collect(Query { limit: None, ..query }).await?.0)
    }

    /// Refuses what can't be part of a key: empty, too long, or with `#` or a control character in it.
    pub(crate) fn check_name(&self, what: &str, name: &str) -> Result<(), StoreError> {
        let reason = if name.trim().is_empty() {
            format!("the {what} is empty")
        } else if name.len() > NAME_BYTES {
            format!("the {what} has {} bytes, and it can have {NAME_BYTES}", name.len())
        } else if name.contains(|character: char| character == '#' || character.is_control()) {
            format!("the {what} {name:?} contains '#' or a control character")
        } else {
            return Ok(());
        };
        Err(StoreError::new(ErrorKind::Invalid, self.place(), reason, format!("Give another {what}")))
    }
}

/// The bodies of one version.
pub(crate) struct StoredVersion {
    pub(crate) header: Value,
    pub(crate) nodes: Vec<Value>,
    pub(crate) text: String,
}

impl StoredVersion {
    /// SHA-256 over the canonical form of the header without `version_hash`, with `nodes` (all of them, in
    /// order) and `spec_text` added.
    pub(crate) fn hash(self) -> String {
        let mut whole = self.header;
        if let Value::Object(map) = &mut whole {
            map.remove("version_hash");
            map.insert("nodes".into(), Value::Array(self.nodes));
            map.insert("spec_text".into(), Value::String(self.text));
        }
        canonical::hash(&whole)
    }
}

/// The body of an item that says `value`.
pub(crate) fn body<T: Serialize>(value: &T, place: &str) -> Result<Value, StoreError> {
    serde_json::to_value(value).map_err(|error| {
        StoreError::new(
            ErrorKind::Invalid,
            place,
            format!("it can't be written as JSON: {error}"),
            "Correct it and try again",
        )
    })
}

/// What an item says.
pub(crate) fn parse<T: DeserializeOwned>(item: Item, place: &str) -> Result<T, StoreError> {
    from_body(item.body, &item.key.to_string(), place)
}

fn from_body<T: DeserializeOwned>(body: Value, key: &str, place: &str) -> Result<T, StoreError> {
    serde_json::from_value(body)
        .map_err(|error| corrupt(place, format!("the item {key} can't be read: {error}")))
}

pub(crate) fn corrupt(place: &str, reason: String) -> StoreError {
    StoreError::new(
        ErrorKind::Corrupt,
        place,
        reason,
        "Run `touchstone audit verify` to see what else is damaged, and restore the registry from a backup",
    )
}
