//! What a registry promises about the audit chain, on every store.

use super::{Outcome, SteppingClock, input, publish_all, registry};
use crate::audit::{AuditAction, AuditFilter, AuditQuery, event_hash};
use crate::error::StoreError;
use crate::keys;
use crate::registry::Registry;
use crate::store::{Condition, Item, Key, Order, Store, Write};
use crate::verify::{AuditProblem, ProblemKind};
use serde_json::{Value, json};
use std::sync::Arc;

/// A registry with six events: four versions of trades, two of prices between them.
async fn six_events(store: &Arc<dyn Store>) -> Result<Registry, StoreError> {
    let registry = registry(Arc::clone(store));
    publish_all(&registry, "trades", 1, 2).await?;
    publish_all(&registry, "prices", 1, 2).await?;
    publish_all(&registry, "trades", 3, 4).await?;
    Ok(registry)
}

async fn read(store: &dyn Store, key: &Key) -> Result<Value, StoreError> {
    match store.get(key).await? {
        Some(item) => Ok(item.body),
        None => panic!("{key} is not there"),
    }
}

async fn overwrite(store: &dyn Store, key: Key, body: Value) -> Outcome {
    store.transact(vec![Write::put(Item::new(key, body), Condition::None)]).await
}

async fn remove(store: &dyn Store, key: Key) -> Outcome {
    store.transact(vec![Write::delete(key, Condition::Exists)]).await
}

/// The problems that verifying finds; the chain's first, if any, comes first.
async fn problems(registry: &Registry) -> Result<Vec<AuditProblem>, StoreError> {
    let problems = registry.verify_audit().await?.problems;
    assert!(!problems.is_empty(), "nothing was found");
    Ok(problems)
}

fn named(problem: &AuditProblem) -> (ProblemKind, Option<u64>) {
    (problem.kind, problem.sequence)
}

/// Every publish adds one event, each with the hash of the one before.
pub async fn the_chain_grows_and_verifies(store: Arc<dyn Store>) -> Outcome {
    let empty = registry(Arc::clone(&store));
    assert!(empty.verify_audit().await?.is_intact());
    let registry = six_events(&store).await?;
    let report = registry.verify_audit().await?;
    assert!(report.is_intact(), "{report:?}");
    assert_eq!((report.events, report.versions), (6, 6));
    let query = AuditQuery { order: Order::Ascending, ..Default::default() };
    let events = registry.audit(&query).await?.events;
    assert_eq!(events[0].previous_hash, "0".repeat(64));
    for (before, event) in events.iter().zip(&events[1..]) {
        assert_eq!((event.sequence, &event.previous_hash), (before.sequence + 1, &before.hash));
        assert!(event.time > before.time);
    }
    let stored = read(store.as_ref(), &keys::event(6)).await?;
    assert_eq!(stored["time"], json!("2026-03-02T06:00:05.000000Z"));
    assert_eq!(stored["details"]["content_hash"], json!("h4"));
    assert_eq!(stored["hash"], json!(event_hash(stored.clone())));
    let head = read(store.as_ref(), &keys::head()).await?;
    assert_eq!(head, json!({ "sequence": 6, "hash": stored["hash"] }));
    Ok(())
}

/// Events are found by pipeline, actor, kind and time, both ways, in pages.
pub async fn audit_filters_and_pages(store: Arc<dyn Store>) -> Outcome {
    let registry = six_events(&store).await?;
    registry.publish(input("prices", "p3", "bo", Some(2))).await?;
    let ask = async |filter: AuditFilter, order, limit| {
        let mut found = Vec::new();
        let mut query = AuditQuery { filter, order, limit, after: None };
        loop {
            let page = registry.audit(&query).await?;
            assert!(page.events.len() <= limit);
            found.extend(page.events.into_iter().map(|event| event.sequence));
            query.after = page.next;
            if query.after.is_none() {
                return Ok::<_, StoreError>(found);
            }
        }
    };
    let none = AuditFilter::default;
    for limit in [1, 2, 3, 7, 100] {
        assert_eq!(ask(none(), Order::Ascending, limit).await?, [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(ask(none(), Order::Descending, limit).await?, [7, 6, 5, 4, 3, 2, 1]);
        let prices = AuditFilter { pipeline: Some("prices".into()), ..none() };
        assert_eq!(ask(prices, Order::Descending, limit).await?, [7, 4, 3]);
    }
    let bo = AuditFilter { actor: Some("bo".into()), ..none() };
    assert_eq!(ask(bo, Order::Ascending, 5).await?, [7]);
    let back = AuditFilter { action: Some(AuditAction::Rollback), ..none() };
    assert_eq!(ask(back, Order::Ascending, 5).await?, [0; 0]);
    let middle =
        AuditFilter { since: Some(SteppingClock::at(2)), until: Some(SteppingClock::at(4)), ..none() };
    assert_eq!(ask(middle, Order::Ascending, 5).await?, [3, 4]);
    Ok(())
}

/// Verifying beside busy publishers never mistakes what they do for damage.
pub async fn verifying_while_others_publish(store: Arc<dyn Store>) -> Outcome {
    let registry = registry(store);
    let publishers: Vec<_> = (0..4)
        .map(|n| {
            let registry = registry.clone();
            tokio::spawn(async move { publish_all(&registry, &format!("pipeline_{n}"), 1, 6).await })
        })
        .collect();
    while !publishers.iter().all(tokio::task::JoinHandle::is_finished) {
        let report = registry.verify_audit().await?;
        assert!(report.is_intact(), "{report:?}");
    }
    for publisher in publishers {
        match publisher.await {
            Ok(outcome) => assert_eq!(outcome?.len(), 6),
            Err(error) => panic!("a publisher broke off: {error}"),
        }
    }
    assert_eq!(registry.verify_audit().await?.events, 24);
    Ok(())
}

/// An event whose words were changed is found and named.
pub async fn a_changed_event_is_found(store: Arc<dyn Store>) -> Outcome {
    let registry = six_events(&store).await?;
    let good = read(store.as_ref(), &keys::event(3)).await?;
    for (attribute, value) in [
        ("actor", json!("mallory")),
        ("message", json!("change H1")),
        ("time", json!("2026-03-02T06:00:02.000001Z")),
        ("version", json!(7)),
        ("details", json!({})),
        ("added", json!(true)),
        ("hash", json!("0".repeat(64))),
        ("action", json!("nonsense")),
    ] {
        let mut forged = good.clone();
        forged[attribute] = value;
        overwrite(store.as_ref(), keys::event(3), forged).await?;
        let found = problems(&registry).await?;
        assert_eq!(named(&found[0]), (ProblemKind::EventChanged, Some(3)), "{attribute}: {found:?}");
        assert!(found[0].message.contains("audit event 3"), "{}", found[0]);
    }
    overwrite(store.as_ref(), keys::event(3), good).await?;
    assert!(registry.verify_audit().await?.is_intact());
    Ok(())
}

/// An event that was changed and given a fitting hash no longer fits the one behind it, or the head.
pub async fn a_rewritten_event_is_found(store: Arc<dyn Store>) -> Outcome {
    let registry = six_events(&store).await?;
    for (sequence, expected) in
        [(3, (ProblemKind::EventUnlinked, Some(4))), (6, (ProblemKind::Truncated, Some(7)))]
    {
        let good = read(store.as_ref(), &keys::event(sequence)).await?;
        let mut forged = good.clone();
        forged["actor"] = json!("mallory");
        forged["hash"] = json!(event_hash(forged.clone()));
        overwrite(store.as_ref(), keys::event(sequence), forged).await?;
        assert_eq!(named(&problems(&registry).await?[0]), expected);
        overwrite(store.as_ref(), keys::event(sequence), good).await?;
    }
    Ok(())
}

/// A gap in the chain is found.
pub async fn a_missing_event_is_found(store: Arc<dyn Store>) -> Outcome {
    let registry = six_events(&store).await?;
    for sequence in [1, 4] {
        let key = keys::event(sequence);
        let good = read(store.as_ref(), &key).await?;
        remove(store.as_ref(), key.clone()).await?;
        assert_eq!(named(&problems(&registry).await?[0]), (ProblemKind::EventMissing, Some(sequence)));
        overwrite(store.as_ref(), key, good).await?;
    }
    assert!(registry.verify_audit().await?.is_intact());
    Ok(())
}

/// Two events that changed places are found.
pub async fn a_reordered_event_is_found(store: Arc<dyn Store>) -> Outcome {
    let registry = six_events(&store).await?;
    let (second, third) =
        (read(store.as_ref(), &keys::event(2)).await?, read(store.as_ref(), &keys::event(3)).await?);
    overwrite(store.as_ref(), keys::event(2), third).await?;
    overwrite(store.as_ref(), keys::event(3), second).await?;
    assert_eq!(named(&problems(&registry).await?[0]), (ProblemKind::EventReordered, Some(2)));
    Ok(())
}

/// Events that were cut off at the end are found, even when the head was moved back or taken away.
pub async fn a_truncated_chain_is_found(store: Arc<dyn Store>) -> Outcome {
    let registry = six_events(&store).await?;
    let head = read(store.as_ref(), &keys::head()).await?;
    let (fifth, sixth) =
        (read(store.as_ref(), &keys::event(5)).await?, read(store.as_ref(), &keys::event(6)).await?);

    remove(store.as_ref(), keys::event(6)).await?;
    assert_eq!(named(&problems(&registry).await?[0]), (ProblemKind::Truncated, Some(6)));

    let moved = json!({ "sequence": 5, "hash": fifth["hash"] });
    overwrite(store.as_ref(), keys::head(), moved.clone()).await?;
    let kinds: Vec<ProblemKind> = problems(&registry).await?.iter().map(|problem| problem.kind).collect();
    assert_eq!(kinds, [ProblemKind::VersionUnrecorded, ProblemKind::PointerMoved]);

    overwrite(store.as_ref(), keys::event(6), sixth).await?;
    assert_eq!(named(&problems(&registry).await?[0]), (ProblemKind::Truncated, Some(6)));
    overwrite(store.as_ref(), keys::head(), json!({ "sequence": "six" })).await?;
    assert_eq!(named(&problems(&registry).await?[0]), (ProblemKind::Truncated, Some(7)));
    remove(store.as_ref(), keys::head()).await?;
    assert_eq!(named(&problems(&registry).await?[0]), (ProblemKind::Truncated, Some(1)));

    overwrite(store.as_ref(), keys::head(), head).await?;
    assert!(registry.verify_audit().await?.is_intact());
    Ok(())
}

/// A version that isn't what was published is found: header, node, text, or gone altogether.
pub async fn a_changed_version_is_found(store: Arc<dyn Store>) -> Outcome {
    let registry = six_events(&store).await?;
    let changes: [(Key, &[&str], Value); 5] = [
        (keys::version("trades", 2), &["content_hash"], json!("h9")),
        (keys::version("trades", 2), &["message"], json!("nothing to see")),
        (keys::version("trades", 2), &["version_hash"], json!("0".repeat(64))),
        (keys::node("trades", 2, 2, "silver", "trades"), &["nodes", "0", "compiled", "steps", "1"], json!(9)),
        (keys::text("trades", 2, 0), &["text"], json!("pipeline: trades\n")),
    ];
    for (key, path, value) in changes {
        let good = read(store.as_ref(), &key).await?;
        let mut forged = good.clone();
        let pointer = format!("/{}", path.join("/"));
        if let Some(place) = forged.pointer_mut(&pointer) {
            *place = value;
        }
        overwrite(store.as_ref(), key.clone(), forged).await?;
        let found = problems(&registry).await?;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(named(&found[0]), (ProblemKind::VersionChanged, Some(2)), "{pointer}");
        assert_eq!((found[0].pipeline.as_deref(), found[0].version), (Some("trades"), Some(2)));
        overwrite(store.as_ref(), key, good).await?;
    }
    let key = keys::node("trades", 2, 1, "source", "trades file");
    let good = read(store.as_ref(), &key).await?;
    remove(store.as_ref(), key.clone()).await?;
    assert_eq!(named(&problems(&registry).await?[0]), (ProblemKind::VersionChanged, Some(2)));
    overwrite(store.as_ref(), key, good).await?;
    remove(store.as_ref(), keys::version("prices", 1)).await?;
    assert_eq!(named(&problems(&registry).await?[0]), (ProblemKind::VersionMissing, Some(3)));
    Ok(())
}

/// A version that was slipped in beside the chain is found, and in the way of the next publish it is told.
pub async fn an_unrecorded_version_is_found(store: Arc<dyn Store>) -> Outcome {
    let registry = six_events(&store).await?;
    let header = read(store.as_ref(), &keys::version("trades", 4)).await?;
    overwrite(store.as_ref(), keys::version("trades", 5), header).await?;
    let found = problems(&registry).await?;
    assert_eq!((found[0].kind, found[0].version), (ProblemKind::VersionUnrecorded, Some(5)));
    let error = super::refused(
        registry.publish(input("trades", "h5", "ana", Some(4))).await,
        crate::ErrorKind::Corrupt,
    );
    assert!(error.next_step().contains("touchstone audit verify"), "{error}");
    Ok(())
}

/// A pointer that was turned back, or taken away, is found.
pub async fn a_moved_pointer_is_found(store: Arc<dyn Store>) -> Outcome {
    let registry = six_events(&store).await?;
    let good = read(store.as_ref(), &keys::current("trades")).await?;
    for name in ["actor", "message", "content_hash", "change_class", "published_at", "pipeline"] {
        let mut forged = good.clone();
        forged[name] = json!("forged");
        overwrite(store.as_ref(), keys::current("trades"), forged).await?;
        let found = problems(&registry).await?;
        assert_eq!(
            found.iter().map(|problem| problem.kind).collect::<Vec<_>>(),
            [ProblemKind::PointerMoved],
            "{name}"
        );
    }
    let mut pointer = good;
    pointer["version"] = json!(3);
    overwrite(store.as_ref(), keys::current("trades"), pointer).await?;
    let found = problems(&registry).await?;
    assert_eq!(found.iter().map(|problem| problem.kind).collect::<Vec<_>>(), [ProblemKind::PointerMoved]);
    remove(store.as_ref(), keys::current("trades")).await?;
    let found = problems(&registry).await?;
    assert_eq!(found.iter().map(|problem| problem.kind).collect::<Vec<_>>(), [ProblemKind::PointerMoved]);
    assert!(found[0].message.contains("points to no version"), "{}", found[0]);
    Ok(())
}

/// An event that was slipped in behind the last one is found, also when it leaves a gap.
pub async fn an_event_behind_the_head_is_found(store: Arc<dyn Store>) -> Outcome {
    let registry = six_events(&store).await?;
    for sequence in [7, 9] {
        let event = read(store.as_ref(), &keys::event(6)).await?;
        overwrite(store.as_ref(), keys::event(sequence), event).await?;
        let found = problems(&registry).await?;
        assert_eq!(found[0].kind, ProblemKind::Truncated, "{sequence}: {found:?}");
        remove(store.as_ref(), keys::event(sequence)).await?;
        assert!(registry.verify_audit().await?.is_intact());
    }
    Ok(())
}
