//! Publishing: one transaction that makes a version current, or a clear no.
//!
//! Two races are told apart. When somebody else published the same pipeline, it is a conflict, and the caller
//! has to look at what changed. When somebody else published another pipeline, only the end of the audit chain
//! moved; the event is built anew and the transaction repeated, unseen by the caller.

use crate::audit::{AuditAction, AuditEvent, AuditHead};
use crate::canonical;
use crate::clock::to_micros;
use crate::error::{ErrorKind, StoreError};
use crate::keys;
use crate::model::{Current, Node, PublishInput, RollbackInput, Version};
use crate::packing::{Packed, pack};
use crate::registry::{Registry, StoredVersion, body, corrupt, parse};
use crate::retry::pause;
use crate::store::{Condition, Item, Query, Write};
use serde_json::Value;
use touchstone_spec::ChangeClass;

/// Enough for dozens of publishers at once: in every round, at least one of them gets through.
const MOST_TRIES: u32 = 60;
/// Of the versions that came in between, so many are named in a conflict.
const NAMED_VERSIONS: u32 = 5;

/// A message's characters at most.
const MESSAGE_BYTES: usize = 10_000;

impl Registry {
    /// Publishes a pipeline's content as its next version: version, nodes, text, current pointer, audit event
    /// and audit head, all of them or none.
    ///
    /// Errors: a conflict when another version than `expected_version` is current, naming who published what
    /// in between; too large when the content passes what one transaction holds; invalid input; and whatever
    /// the store reports. After an unreachable store it may be unknown whether the version was written: look
    /// at [`Registry::current`] before trying again; trying again with the same `expected_version` is safe.
    pub async fn publish(&self, input: PublishInput) -> Result<Version, StoreError> {
        self.release(Release {
            pipeline: input.pipeline,
            nodes: input.nodes,
            spec_text: input.spec_text,
            content_hash: input.content_hash,
            change_class: input.change_class,
            message: input.message,
            actor: input.actor,
            action: AuditAction::Publish,
            rolled_back_to: None,
            expected_version: input.expected_version,
        })
        .await
    }

    /// Publishes the content of an older version anew, as the next version, with its own kind of audit event.
    ///
    /// Errors: not found when there is no such version, and those of [`Registry::publish`].
    pub async fn rollback(&self, input: RollbackInput) -> Result<Version, StoreError> {
        let Some(content) = self.version(&input.pipeline, input.to_version).await? else {
            return Err(StoreError::new(
                ErrorKind::NotFound,
                self.pipeline_place(&input.pipeline),
                format!("there is no version {} to go back to", input.to_version),
                format!("Choose one that `touchstone history {}` lists", input.pipeline),
            ));
        };
        self.release(Release {
            pipeline: input.pipeline,
            nodes: content.nodes,
            spec_text: content.spec_text,
            content_hash: content.version.content_hash,
            change_class: input.change_class,
            message: input.message,
            actor: input.actor,
            action: AuditAction::Rollback,
            rolled_back_to: Some(input.to_version),
            expected_version: Some(input.expected_version),
        })
        .await
    }

    async fn release(&self, release: Release) -> Result<Version, StoreError> {
        self.check_release(&release)?;
        let place = self.pipeline_place(&release.pipeline);
        let bodies: Vec<Value> =
            release.nodes.iter().map(|node| body(node, &place)).collect::<Result<_, _>>()?;
        // What can't be packed is refused before anything is asked of the store.
        pack(&release.nodes, &bodies, &release.spec_text, &place)?;
        let mut failure = None;
        for attempt in 1..=MOST_TRIES {
            let current = self.current(&release.pipeline).await?;
            if current.as_ref().map(|current| current.version) != release.expected_version {
                return Err(self.lost_race(&release, current.as_ref()).await?);
            }
            let head = self.audit_head().await?;
            let attempted = self.attempt(&release, &bodies, head.as_ref(), &place)?;
            let error = match self.store().transact(attempted.writes).await {
                Ok(()) => return Ok(attempted.version),
                Err(error) => error,
            };
            match error.kind() {
                ErrorKind::Busy => {}
                ErrorKind::Conflict if self.moved(&release, current.as_ref(), head.as_ref()).await? => {}
                ErrorKind::Conflict => return Err(blocked(&place, &error)),
                ErrorKind::Unreachable => return Err(unanswered(&release.pipeline, place, &error)),
                _ => return Err(error),
            }
            failure = Some(error);
            pause(attempt).await;
        }
        let reason = failure.map_or_else(String::new, |error| format!(": {}", error.reason()));
        Err(StoreError::new(
            ErrorKind::Busy,
            place,
            format!("{MOST_TRIES} tries to publish met other writers each time; nothing was written{reason}"),
            "Try again in a minute",
        ))
    }

    /// Whether a conflict is explained by somebody having moved the pointer or the audit head meanwhile.
    async fn moved(
        &self,
        release: &Release,
        current: Option<&Current>,
        head: Option<&AuditHead>,
    ) -> Result<bool, StoreError> {
        Ok(self.audit_head().await?.as_ref() != head
            || self.current(&release.pipeline).await?.as_ref() != current)
    }

    fn check_release(&self, release: &Release) -> Result<(), StoreError> {
        self.check_name("pipeline", &release.pipeline)?;
        for node in &release.nodes {
            self.check_name(&format!("{} node's name", node.kind), &node.name)?;
        }
        let reason = if release.nodes.is_empty() {
            "there is nothing to publish: no nodes".to_owned()
        } else if release.actor.trim().is_empty() {
            "the actor is empty, and the audit trail needs one".to_owned()
        } else if release.message.trim().is_empty() {
            "the message is empty, and the audit trail needs one".to_owned()
        } else if release.message.len() > MESSAGE_BYTES {
            format!("the message has {} bytes, and it can have {MESSAGE_BYTES}", release.message.len())
        } else if release.content_hash.is_empty() {
            "the content hash is empty".to_owned()
        } else {
            return Ok(());
        };
        Err(StoreError::new(
            ErrorKind::Invalid,
            self.pipeline_place(&release.pipeline),
            reason,
            "Correct it and publish again",
        ))
    }

    /// The transaction that makes `release` the next version, behind `head`.
    fn attempt(
        &self,
        release: &Release,
        bodies: &[Value],
        head: Option<&AuditHead>,
        place: &str,
    ) -> Result<Attempt, StoreError> {
        let packed = pack(&release.nodes, bodies, &release.spec_text, place)?;
        let version = release.header(&packed, bodies, to_micros(self.clock().now()), place)?;
        let event = AuditEvent::of(&version, head, place)?;
        let new_head = AuditHead { sequence: event.sequence, hash: event.hash.clone() };
        let once = |item| Write::put(item, Condition::NotExists);
        let replacing = |item, attribute: &str, value: Option<Value>| {
            let condition = value.map_or(Condition::NotExists, |value| Condition::AttributeEquals {
                attribute: attribute.into(),
                value,
            });
            Write::put(item, condition)
        };
        let mut writes = vec![
            replacing(
                Item::new(keys::current(&version.pipeline), body(&pointer(&version), place)?),
                "version",
                release.expected_version.map(Value::from),
            ),
            replacing(
                Item::new(keys::head(), body(&new_head, place)?),
                "hash",
                head.map(|head| Value::from(head.hash.clone())),
            ),
            once(Item::new(keys::event(event.sequence), body(&event, place)?)),
            once(Item::new(keys::version(&version.pipeline, version.version), body(&version, place)?)),
        ];
        writes.extend(packed.into_items(&version.pipeline, version.version).into_iter().map(once));
        Ok(Attempt { version, writes })
    }

    /// Says who published what since the version that `release` is based on.
    async fn lost_race(
        &self,
        release: &Release,
        current: Option<&Current>,
    ) -> Result<StoreError, StoreError> {
        let reason = match (release.expected_version, current) {
            (expected, Some(current)) if expected.is_none_or(|expected| expected < current.version) => {
                let between = self.published_after(&release.pipeline, expected.unwrap_or(0), current).await?;
                match expected {
                    Some(expected) => format!("your change is based on version {expected}, but {between}"),
                    None => format!("your change is based on nothing being published, but {between}"),
                }
            }
            (Some(expected), Some(current)) => {
                format!("your change is based on version {expected}, but {} is current", current.version)
            }
            (Some(expected), None) => {
                format!("your change is based on version {expected}, but nothing is published")
            }
            // Unreachable by the caller's check; still a true sentence.
            (None, _) => "nothing is published".to_owned(),
        };
        Ok(StoreError::new(
            ErrorKind::Conflict,
            self.pipeline_place(&release.pipeline),
            reason,
            "Compare it with what is published now, take over what you need, and publish again",
        ))
    }

    /// "ana published version 7 at … (“why”)", for every version behind `since`, as far as they are few.
    async fn published_after(
        &self,
        pipeline: &str,
        since: u64,
        current: &Current,
    ) -> Result<String, StoreError> {
        let query = Query::new(keys::versions(pipeline), keys::VERSION_PREFIX)
            .after(Some(keys::version(pipeline, since).sort))
            .limit(NAMED_VERSIONS);
        let (items, _) = self.collect(query).await?;
        let versions: Vec<Version> =
            items.into_iter().map(|item| parse(item, &self.place())).collect::<Result<_, _>>()?;
        let mut sentences: Vec<String> = versions
            .iter()
            .map(|version| {
                format!(
                    "{} published version {} at {} ({:?})",
                    version.actor,
                    version.version,
                    version.published_at.format("%Y-%m-%d %H:%M:%S UTC"),
                    shortened(&version.message),
                )
            })
            .collect();
        let named = versions.last().map_or(since, |version| version.version);
        if named < current.version {
            sentences.push(format!("{} is current by now", current.version));
        }
        Ok(sentences.join(", "))
    }
}

/// What is published, from whichever document it comes.
struct Release {
    pipeline: String,
    nodes: Vec<Node>,
    spec_text: String,
    content_hash: String,
    change_class: ChangeClass,
    message: String,
    actor: String,
    action: AuditAction,
    rolled_back_to: Option<u64>,
    expected_version: Option<u64>,
}

impl Release {
    fn header(
        &self,
        packed: &Packed,
        bodies: &[Value],
        published_at: chrono::DateTime<chrono::Utc>,
        place: &str,
    ) -> Result<Version, StoreError> {
        let mut version = Version {
            pipeline: self.pipeline.clone(),
            version: self.expected_version.unwrap_or(0) + 1,
            action: self.action,
            rolled_back_to: self.rolled_back_to,
            published_at,
            actor: self.actor.clone(),
            message: self.message.clone(),
            change_class: self.change_class,
            content_hash: self.content_hash.clone(),
            node_count: self.nodes.len(),
            node_items: packed.nodes.len(),
            text_items: packed.text.len(),
            version_hash: String::new(),
        };
        let stored = StoredVersion {
            header: canonical::normalise(&body(&version, place)?),
            nodes: bodies.to_vec(),
            text: self.spec_text.clone(),
        };
        version.version_hash = stored.hash();
        Ok(version)
    }
}

struct Attempt {
    version: Version,
    writes: Vec<Write>,
}

fn pointer(version: &Version) -> Current {
    Current {
        pipeline: version.pipeline.clone(),
        version: version.version,
        content_hash: version.content_hash.clone(),
        change_class: version.change_class,
        published_at: version.published_at,
        actor: version.actor.clone(),
        message: version.message.clone(),
    }
}

/// Items are in the way although nobody moved the pointer or the head: they were not left by a publish.
fn blocked(place: &str, error: &StoreError) -> StoreError {
    let keys: Vec<String> = error.failed().iter().map(|write| write.key.to_string()).collect();
    corrupt(
        place,
        format!(
            "nothing was written, since items are in the way that no publish leaves: {}",
            keys.join(", ")
        ),
    )
    .with_failed(error.failed().to_vec())
}

/// The store fell silent after it was asked to write.
fn unanswered(pipeline: &str, place: String, error: &StoreError) -> StoreError {
    StoreError::new(
        ErrorKind::Unreachable,
        place,
        format!("{}; whether the version was written is not known", error.reason()),
        format!("{}; then see in `touchstone history {pipeline}` whether it is there", error.next_step()),
    )
}

fn shortened(message: &str) -> String {
    const LONGEST: usize = 80;
    let line = message.lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}
