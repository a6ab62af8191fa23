//! Proves that the audit chain is whole and that the published versions are the ones it recorded.
//!
//! What is read first can't be newer than what is read later, so a publish in between is never mistaken for
//! damage: pointers and versions are read between two looks at the head, then the events up to the second.

use crate::audit::{AuditEvent, AuditHead, NO_HASH, event_hash};
use crate::error::StoreError;
use crate::keys;
use crate::registry::Registry;
use crate::store::{Item, Query};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// In what way something isn't as it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// An event does not have the hash it claims, or can't be read.
    EventChanged,
    /// An event is not there, though later ones are.
    EventMissing,
    /// An event is whole, but lies where another belongs.
    EventReordered,
    /// An event doesn't hold the hash of the one before: one of the two was rewritten.
    EventUnlinked,
    /// Events are missing at the end, or the head doesn't name the last one.
    Truncated,
    /// A version is not as it was published.
    VersionChanged,
    /// A recorded version is not there.
    VersionMissing,
    /// A version is there that no event recorded.
    VersionUnrecorded,
    /// The current pointer doesn't name the last recorded version.
    PointerMoved,
}

impl ProblemKind {
    /// Its name for scripts, in snake case.
    pub fn code(self) -> &'static str {
        match self {
            Self::EventChanged => "event_changed",
            Self::EventMissing => "event_missing",
            Self::EventReordered => "event_reordered",
            Self::EventUnlinked => "event_unlinked",
            Self::Truncated => "truncated",
            Self::VersionChanged => "version_changed",
            Self::VersionMissing => "version_missing",
            Self::VersionUnrecorded => "version_unrecorded",
            Self::PointerMoved => "pointer_moved",
        }
    }
}

/// One thing that isn't as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditProblem {
    /// In what way.
    pub kind: ProblemKind,
    /// The event it is about.
    pub sequence: Option<u64>,
    /// The pipeline it is about.
    pub pipeline: Option<String>,
    /// The version it is about.
    pub version: Option<u64>,
    /// All of it in a sentence.
    pub message: String,
}

impl fmt::Display for AuditProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What verifying found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditReport {
    /// How many events are proved: all of them, or those before the first problem of the chain.
    pub events: u64,
    /// How many versions were compared with their events.
    pub versions: u64,
    /// The first problem of the chain, if any, then those of versions and pointers.
    pub problems: Vec<AuditProblem>,
}

impl AuditReport {
    /// Whether everything is as it was recorded.
    pub fn is_intact(&self) -> bool {
        self.problems.is_empty()
    }
}

/// What lies in the store for one version.
struct Found {
    hash: String,
    claimed_hash: Option<String>,
    content_hash: Option<String>,
}

#[derive(Default)]
struct Snapshot {
    versions: BTreeMap<(String, u64), Found>,
    pointers: BTreeMap<String, Value>,
}

impl Registry {
    /// Reads the whole audit chain and every published version, and compares them.
    ///
    /// The report is `Ok` whatever it found; an error means that reading failed.
    pub async fn verify_audit(&self) -> Result<AuditReport, StoreError> {
        let before = self.raw_head().await?;
        let mut snapshot = Snapshot::default();
        for pointer in self.collect_all(Query::new(keys::CURRENT, "")).await? {
            let pipeline = pointer.key.sort.clone();
            self.find_versions(&pipeline, &mut snapshot).await?;
            snapshot.pointers.insert(pipeline, pointer.body);
        }
        let head = self.raw_head().await?;
        let mut report = AuditReport::default();
        let events = self.walk_chain(&head, &mut report).await?;
        // A pipeline whose pointer is gone is still known from its events.
        for event in &events {
            if !snapshot.pointers.contains_key(&event.pipeline) && event.sequence <= before.sequence() {
                self.find_versions(&event.pipeline, &mut snapshot).await?;
            }
        }
        compare(&snapshot, &events, before.sequence(), &mut report);
        Ok(report)
    }

    async fn raw_head(&self) -> Result<Head, StoreError> {
        Ok(match self.store().get(&keys::head()).await? {
            None => Head::None,
            Some(item) => serde_json::from_value(item.body).map_or(Head::Unreadable, Head::Is),
        })
    }

    async fn find_versions(&self, pipeline: &str, snapshot: &mut Snapshot) -> Result<(), StoreError> {
        let query = Query::new(keys::versions(pipeline), keys::VERSION_PREFIX);
        for item in self.collect_all(query).await? {
            let number = item.key.sort[keys::VERSION_PREFIX.len()..].parse().unwrap_or(0);
            if snapshot.versions.contains_key(&(pipeline.to_owned(), number)) {
                continue;
            }
            let text = |name: &str| Some(item.body.get(name)?.as_str()?.to_owned());
            let (claimed_hash, content_hash) = (text("version_hash"), text("content_hash"));
            let Some(stored) = self.stored_version(pipeline, number).await? else { continue };
            let found = Found { hash: stored.hash(), claimed_hash, content_hash };
            snapshot.versions.insert((pipeline.to_owned(), number), found);
        }
        Ok(())
    }

    /// The events up to `head`, as far as the chain holds; what breaks it goes into the report.
    async fn walk_chain(&self, head: &Head, report: &mut AuditReport) -> Result<Vec<AuditEvent>, StoreError> {
        let mut events: Vec<AuditEvent> = Vec::new();
        let mut previous = NO_HASH.to_owned();
        let mut query = Query::new(keys::AUDIT, keys::EVENT_PREFIX);
        // Newer events than the head's belong to publishes that came after we looked, or to nobody; the
        // second is found when the head is compared with a fresh look below.
        let last = head.sequence();
        'pages: loop {
            let page = self.store().query(&query).await?;
            for item in page.items {
                let sequence = events.len() as u64 + 1;
                if sequence > last {
                    break 'pages;
                }
                match check_event(item, sequence, &previous) {
                    Ok(event) => {
                        previous.clone_from(&event.hash);
                        events.push(event);
                    }
                    Err(problem) => {
                        report.events = events.len() as u64;
                        report.problems.push(problem);
                        return Ok(events);
                    }
                }
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        report.events = events.len() as u64;
        report.problems.extend(self.check_end(head, &previous, report.events).await?);
        Ok(events)
    }

    /// Compares the end of the chain with what the head says.
    async fn check_end(
        &self,
        head: &Head,
        last_hash: &str,
        events: u64,
    ) -> Result<Option<AuditProblem>, StoreError> {
        let message = match head {
            Head::Unreadable => format!("the audit head can't be read; {events} events are proved"),
            Head::None => {
                let first = self.store().get(&keys::event(1)).await?;
                // A first publish may have come since we looked for the head.
                if first.is_none() || self.audit_head().await?.is_some() {
                    return Ok(None);
                }
                "the audit head is missing, though there are events".to_owned()
            }
            Head::Is(head) if head.sequence != events => format!(
                "the audit chain is cut off: the head names event {}, and the last one there is {events}",
                head.sequence
            ),
            Head::Is(head) if head.hash != last_hash => {
                format!(
                    "the audit head does not have the hash of event {events}: one of the two was rewritten"
                )
            }
            Head::Is(head) => {
                let beyond = Query {
                    after: Some(keys::event(head.sequence).sort),
                    ..Query::new(keys::AUDIT, keys::EVENT_PREFIX).limit(1)
                };
                let beyond = self.store().query(&beyond).await?.items.into_iter().next();
                let now = self.raw_head().await?;
                let Some(beyond) = beyond.filter(|_| now.sequence() == head.sequence) else {
                    return Ok(None);
                };
                format!("{} lies behind the event that the audit head names as last", beyond.key.sort)
            }
        };
        Ok(Some(problem(ProblemKind::Truncated, Some(events + 1), None, message)))
    }
}

enum Head {
    None,
    Is(AuditHead),
    Unreadable,
}

impl Head {
    /// Up to which event the chain is claimed to go; an unreadable head claims nothing, so all is walked.
    fn sequence(&self) -> u64 {
        match self {
            Self::None => 0,
            Self::Is(head) => head.sequence,
            Self::Unreadable => u64::MAX,
        }
    }
}

/// The event in `item`, if it is the one that belongs at `sequence` behind `previous`.
fn check_event(item: Item, sequence: u64, previous: &str) -> Result<AuditEvent, AuditProblem> {
    let found = |kind, message: String| problem(kind, Some(sequence), None, message);
    if item.key != keys::event(sequence) {
        return Err(found(
            ProblemKind::EventMissing,
            format!("audit event {sequence} is missing; the next one there is {}", item.key.sort),
        ));
    }
    let hash = event_hash(item.body.clone());
    let event: AuditEvent = serde_json::from_value(item.body).map_err(|error| {
        found(
            ProblemKind::EventChanged,
            format!("audit event {sequence} was changed: it can't be read: {error}"),
        )
    })?;
    let what = format!("{} of {} version {} by {}", event.action, event.pipeline, event.version, event.actor);
    if hash != event.hash {
        return Err(found(
            ProblemKind::EventChanged,
            format!(
                "audit event {sequence} ({what}) was changed: its content does not have the hash it claims"
            ),
        ));
    }
    if event.sequence != sequence {
        return Err(found(
            ProblemKind::EventReordered,
            format!("audit event {} ({what}) lies in the place of event {sequence}", event.sequence),
        ));
    }
    if event.previous_hash != previous {
        return Err(found(
            ProblemKind::EventUnlinked,
            format!(
                "audit event {sequence} ({what}) does not hold the hash of the event before: one of the two was \
                 rewritten"
            ),
        ));
    }
    Ok(event)
}

/// Compares versions and pointers with the events; `settled` is the last event that was there before any of
/// them was read.
fn compare(snapshot: &Snapshot, events: &[AuditEvent], settled: u64, report: &mut AuditReport) {
    let chain_holds = report.problems.is_empty();
    let mut recorded = BTreeSet::new();
    let mut latest: BTreeMap<&str, (u64, BTreeSet<u64>)> = BTreeMap::new();
    for event in events {
        let key = (event.pipeline.clone(), event.version);
        let (settled_version, later) = latest.entry(&event.pipeline).or_default();
        if event.sequence <= settled {
            *settled_version = event.version;
        } else {
            later.insert(event.version);
        }
        let name = format!("version {} of {}", event.version, event.pipeline);
        let detail = |name: &str| event.details.get(name).and_then(Value::as_str);
        match snapshot.versions.get(&key) {
            None if event.sequence <= settled => report.problems.push(problem(
                ProblemKind::VersionMissing,
                Some(event.sequence),
                Some((&event.pipeline, event.version)),
                format!("{name} is missing, which audit event {} recorded", event.sequence),
            )),
            None => {}
            Some(found) => {
                report.versions += 1;
                let expected = detail("version_hash");
                let as_recorded = expected == Some(found.hash.as_str())
                    && expected == found.claimed_hash.as_deref()
                    && detail("content_hash") == found.content_hash.as_deref();
                if !as_recorded {
                    report.problems.push(problem(
                        ProblemKind::VersionChanged,
                        Some(event.sequence),
                        Some((&event.pipeline, event.version)),
                        format!("{name} is not as audit event {} recorded it", event.sequence),
                    ));
                }
            }
        }
        recorded.insert(key);
    }
    // Behind a break in the chain, events that exist weren't read: what they recorded proves nothing.
    if !chain_holds {
        return;
    }
    for (pipeline, version) in snapshot.versions.keys() {
        if !recorded.contains(&(pipeline.clone(), *version)) {
            report.problems.push(problem(
                ProblemKind::VersionUnrecorded,
                None,
                Some((pipeline, *version)),
                format!("version {version} of {pipeline} is there, but no audit event recorded it"),
            ));
        }
    }
    let pipelines: BTreeSet<&str> =
        snapshot.pointers.keys().map(String::as_str).chain(latest.keys().copied()).collect();
    for pipeline in pipelines {
        let pointed = snapshot.pointers.get(pipeline).and_then(|body| body.get("version")?.as_u64());
        let (settled_version, later) = latest.get(pipeline).cloned().unwrap_or_default();
        let named = pointed.unwrap_or(0);
        let event = events.iter().find(|event| event.pipeline == pipeline && event.version == named);
        if named != settled_version && !later.contains(&named) {
            report.problems.push(problem(
                ProblemKind::PointerMoved,
                None,
                Some((pipeline, named)),
                match pointed {
                    Some(pointed) => format!(
                        "{pipeline} points to version {pointed}, but version {settled_version} was published last"
                    ),
                    None => format!(
                        "{pipeline} points to no version, but version {settled_version} was published last"
                    ),
                },
            ));
        } else if let (Some(event), Some(body)) = (event, snapshot.pointers.get(pipeline))
            && !repeats(body, event)
        {
            report.problems.push(problem(
                ProblemKind::PointerMoved,
                Some(event.sequence),
                Some((pipeline, named)),
                format!("what {pipeline} says of its current version {named} is not what was published"),
            ));
        }
    }
}

/// Whether a current pointer says of its version what the event recorded.
fn repeats(pointer: &Value, event: &AuditEvent) -> bool {
    let time = serde_json::to_value(event).ok().and_then(|event| event.get("time").cloned());
    pointer.get("actor").and_then(Value::as_str) == Some(&event.actor)
        && pointer.get("message").and_then(Value::as_str) == Some(&event.message)
        && pointer.get("pipeline").and_then(Value::as_str) == Some(&event.pipeline)
        && pointer.get("content_hash") == event.details.get("content_hash")
        && pointer.get("change_class") == event.details.get("change_class")
        && pointer.get("published_at") == time.as_ref()
}

fn problem(
    kind: ProblemKind,
    sequence: Option<u64>,
    version: Option<(&str, u64)>,
    message: String,
) -> AuditProblem {
    AuditProblem {
        kind,
        sequence,
        pipeline: version.map(|(pipeline, _)| pipeline.to_owned()),
        version: version.map(|(_, version)| version),
        message,
    }
}
