//! What a registry promises about publishing, on every store.

use super::{Outcome, SteppingClock, input, node, publish_all, refused, registry};
use crate::audit::AuditAction;
use crate::canonical::normalise;
use crate::error::ErrorKind;
use crate::keys;
use crate::model::{NodeKind, RollbackInput};
use crate::runs::{BookmarkInput, Run, RunStatus};
use crate::store::Store;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use touchstone_spec::ChangeClass;

/// A version is read back as it was published, in history, list and pointer alike.
pub async fn publish_and_read_back(store: Arc<dyn Store>) -> Outcome {
    let registry = registry(Arc::clone(&store));
    assert_eq!(registry.current("trades").await?, None);
    assert_eq!(registry.pipelines().await?, vec![]);
    let wanted = input("trades", "h1", "Ána", None);
    let first = registry.publish(wanted.clone()).await?;
    assert_eq!(
        (first.version, first.published_at, first.action),
        (1, SteppingClock::at(0), AuditAction::Publish)
    );
    publish_all(&registry, "trades", 2, 4).await?;
    registry.publish(input("prices", "p1", "bo", None)).await?;

    let Some(read) = registry.version("trades", 1).await? else { panic!("version 1 is not there") };
    assert_eq!(read.version, first);
    assert_eq!(read.spec_text, wanted.spec_text);
    assert_eq!(read.nodes, wanted.nodes);
    assert_eq!(registry.version("trades", 5).await?, None);
    assert_eq!(registry.version("nobody", 1).await?, None);

    let Some(current) = registry.current("trades").await? else { panic!("trades has no current version") };
    assert_eq!((current.version, current.content_hash.as_str(), current.actor.as_str()), (4, "h4", "ana"));
    let listed: Vec<(String, u64)> =
        registry.pipelines().await?.into_iter().map(|current| (current.pipeline, current.version)).collect();
    assert_eq!(listed, [("prices".into(), 1), ("trades".into(), 4)]);

    let newest = registry.history("trades", 3, None).await?;
    let numbers: Vec<u64> = newest.versions.iter().map(|version| version.version).collect();
    assert_eq!((numbers, newest.next), (vec![4, 3, 2], Some(2)));
    let rest = registry.history("trades", 3, newest.next).await?;
    assert_eq!((rest.versions, rest.next), (vec![first], None));

    // The items themselves, as the platform reads them.
    let pointer = store.get(&keys::current("trades")).await?.map(|item| item.body["version"].clone());
    assert_eq!(pointer, Some(json!(4)));
    let silver = store.get(&keys::node("trades", 4, 2, "silver", "trades")).await?.map(|item| item.body);
    assert_eq!(silver.map(|body| body["nodes"][0]["spec"]["hash"].clone()), Some(json!("h4")));
    Ok(())
}

/// Whoever did not see what is published can't replace it, and is told who published what.
pub async fn a_blind_publish_is_refused(store: Arc<dyn Store>) -> Outcome {
    let registry = registry(store);
    refused(registry.publish(input("trades", "h", "bo", Some(3))).await, ErrorKind::Conflict);
    publish_all(&registry, "trades", 1, 3).await?;
    let error = refused(registry.publish(input("trades", "mine", "bo", Some(1))).await, ErrorKind::Conflict);
    assert_eq!(
        error.reason(),
        "your change is based on version 1, but ana published version 2 at 2026-03-02 06:00:01 UTC (\"change h2\"), \
         ana published version 3 at 2026-03-02 06:00:02 UTC (\"change h3\")"
    );
    let error = refused(registry.publish(input("trades", "mine", "bo", None)).await, ErrorKind::Conflict);
    assert!(error.reason().contains("ana published version 1"), "{error}");
    let error = refused(registry.publish(input("trades", "mine", "bo", Some(9))).await, ErrorKind::Conflict);
    assert!(error.reason().contains("based on version 9, but 3 is current"), "{error}");
    assert_eq!(registry.history("trades", 10, None).await?.versions.len(), 3);
    assert!(registry.verify_audit().await?.is_intact());
    Ok(())
}

/// Twenty writers race for one version: one wins, nineteen are told clearly that they didn't.
pub async fn twenty_writers_race_for_one_version(store: Arc<dyn Store>) -> Outcome {
    let registry = registry(store);
    publish_all(&registry, "trades", 1, 1).await?;
    let writers: Vec<_> = (0..20)
        .map(|writer| {
            let registry = registry.clone();
            let name = format!("writer {writer}");
            tokio::spawn(async move { registry.publish(input("trades", &name, &name, Some(1))).await })
        })
        .collect();
    let mut winners = Vec::new();
    let mut conflicts = Vec::new();
    for writer in writers {
        match writer.await {
            Ok(Ok(version)) => winners.push(version),
            Ok(Err(error)) => {
                assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
                conflicts.push(error);
            }
            Err(error) => panic!("a writer broke off: {error}"),
        }
    }
    assert_eq!((winners.len(), conflicts.len()), (1, 19));
    let winner = &winners[0];
    for conflict in conflicts {
        let expected = format!("based on version 1, but {} published version 2", winner.actor);
        assert!(conflict.reason().contains(&expected), "{conflict}");
    }
    assert_eq!(registry.current("trades").await?.map(|current| current.actor), Some(winner.actor.clone()));
    let report = registry.verify_audit().await?;
    assert!(report.is_intact(), "{report:?}");
    assert_eq!((report.events, report.versions), (2, 2));
    Ok(())
}

/// Publishes of different pipelines meet only at the audit chain: all of them win.
pub async fn racing_pipelines_all_win(store: Arc<dyn Store>) -> Outcome {
    let registry = registry(store);
    let publishers: Vec<_> = (0..20)
        .map(|n| {
            let registry = registry.clone();
            tokio::spawn(async move { publish_all(&registry, &format!("pipeline_{n:02}"), 1, 2).await })
        })
        .collect();
    for publisher in publishers {
        match publisher.await {
            Ok(outcome) => assert_eq!(outcome?.len(), 2),
            Err(error) => panic!("a publisher broke off: {error}"),
        }
    }
    let report = registry.verify_audit().await?;
    assert!(report.is_intact(), "{report:?}");
    assert_eq!((report.events, report.versions), (40, 40));
    assert_eq!(registry.pipelines().await?.len(), 20);
    Ok(())
}

/// Going back publishes the old content as a new version, with an event of its own kind.
pub async fn rollback_is_a_new_version(store: Arc<dyn Store>) -> Outcome {
    let registry = registry(store);
    publish_all(&registry, "trades", 1, 3).await?;
    let back = |to_version, expected_version| RollbackInput {
        pipeline: "trades".into(),
        to_version,
        change_class: ChangeClass::Breaking,
        message: "the new prices were wrong".into(),
        actor: "bo".into(),
        expected_version,
    };
    let version = registry.rollback(back(1, 3)).await?;
    assert_eq!(
        (version.version, version.rolled_back_to, version.action),
        (4, Some(1), AuditAction::Rollback)
    );
    let (old, new) = (registry.version("trades", 1).await?, registry.version("trades", 4).await?);
    let (Some(old), Some(new)) = (old, new) else { panic!("a version is missing") };
    assert_eq!(
        (old.nodes, old.spec_text, old.version.content_hash),
        (new.nodes, new.spec_text, new.version.content_hash)
    );
    let event = registry.audit(&crate::AuditQuery { limit: 1, ..Default::default() }).await?.events.remove(0);
    assert_eq!((event.action, event.version), (AuditAction::Rollback, 4));
    assert_eq!(event.details["rolled_back_to"], json!(1));
    assert_eq!(event.change_class(), Some(ChangeClass::Breaking));
    let error = refused(registry.rollback(back(9, 4)).await, ErrorKind::NotFound);
    assert!(error.reason().contains("no version 9"), "{error}");
    refused(registry.rollback(back(2, 3)).await, ErrorKind::Conflict);
    assert!(registry.verify_audit().await?.is_intact());
    Ok(())
}

/// More nodes than a transaction has items, and a text longer than one item, are published all the same.
pub async fn many_nodes_and_a_long_text(store: Arc<dyn Store>) -> Outcome {
    let registry = registry(store);
    let mut wanted = input("wide", "h1", "ana", None);
    wanted.nodes = (0..400)
        .map(|n| {
            let fields: Value =
                (0..40).map(|f| json!({ "name": format!("field {f}"), "type": "decimal(18,2)" })).collect();
            node(
                NodeKind::Silver,
                &format!("table {n:03}"),
                json!({ "fields": fields, "share": 1.0 / f64::from(n + 1) }),
            )
        })
        .collect();
    wanted.spec_text = "# ünïcödé\ntable: \"x\"\n".repeat(30_000);
    let version = registry.publish(wanted.clone()).await?;
    assert_eq!(version.node_count, 400);
    assert!(version.node_items < 96 && version.text_items > 1, "{version:?}");
    let Some(read) = registry.version("wide", 1).await? else { panic!("version 1 is not there") };
    assert!(read.spec_text == wanted.spec_text);
    for (read, wanted) in read.nodes.iter().zip(&wanted.nodes) {
        assert_eq!((&read.name, &read.spec), (&wanted.name, &normalise(&wanted.spec)));
    }
    assert!(registry.verify_audit().await?.is_intact());

    wanted.spec_text = "x".repeat(4_200_000);
    wanted.expected_version = Some(1);
    let error = refused(registry.publish(wanted.clone()).await, ErrorKind::TooLarge);
    assert!(error.next_step().contains("Split the pipeline"), "{error}");
    wanted.spec_text = "x".into();
    wanted.nodes[7].spec = json!({ "text": "x".repeat(500_000) });
    let error = refused(registry.publish(wanted).await, ErrorKind::TooLarge);
    assert!(error.reason().contains("silver table 007"), "{error}");
    Ok(())
}

/// What the caller got wrong is refused before anything is written.
pub async fn bad_input_is_refused(store: Arc<dyn Store>) -> Outcome {
    let registry = registry(store);
    let good = input("trades", "h1", "ana", None);
    let mut bad = vec![good.clone(); 8];
    bad[0].pipeline = String::new();
    bad[1].pipeline = "a#b".into();
    bad[2].pipeline = "x".repeat(300);
    bad[3].nodes.clear();
    bad[4].actor = " ".into();
    bad[5].message = String::new();
    bad[6].nodes[1].name = "line\nbreak".into();
    bad[7].content_hash = String::new();
    for input in bad {
        refused(registry.publish(input).await, ErrorKind::Invalid);
    }
    assert_eq!(registry.pipelines().await?, vec![]);
    registry.publish(good).await?;
    Ok(())
}

/// Runs are listed newest first, in pages, and replaced as they go on.
pub async fn runs_come_newest_first(store: Arc<dyn Store>) -> Outcome {
    let registry = registry(store);
    let run = |n: i64, status| Run {
        pipeline: "trades".into(),
        run_id: format!("run {n}"),
        version: (n % 2 == 0).then_some(3),
        environment: "local".into(),
        status,
        started_at: SteppingClock::at(n * 3600),
        finished_at: (status != RunStatus::Running).then(|| SteppingClock::at(n * 3600 + 60)),
        actor: "ana".into(),
        report: json!({ "loaded": n, "seconds": 1.5 }),
    };
    for n in 0..25 {
        registry.record_run(&run(n, RunStatus::Running)).await?;
        registry.record_run(&run(n, RunStatus::Succeeded)).await?;
    }
    let mut other = run(1, RunStatus::Failed);
    other.pipeline = "trades2".into();
    registry.record_run(&other).await?;
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = registry.runs("trades", 10, after).await?;
        assert!(page.runs.len() <= 10);
        found.extend(page.runs);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, (0..25).rev().map(|n| run(n, RunStatus::Succeeded)).collect::<Vec<_>>());
    other.report = json!({ "rows": "x".repeat(500_000) });
    let error = refused(registry.record_run(&other).await, ErrorKind::TooLarge);
    assert!(error.reason().contains("run 1"), "{error}");
    Ok(())
}

/// A bookmark moves only from where its mover saw it.
pub async fn bookmarks_move_on_condition(store: Arc<dyn Store>) -> Outcome {
    let registry = registry(store);
    let to = |position: Value, run: &str, expected_revision| BookmarkInput {
        pipeline: "trades".into(),
        source: "trades file".into(),
        position,
        run_id: run.into(),
        expected_revision,
    };
    assert_eq!(registry.bookmark("trades", "trades file").await?, None);
    let first = registry.put_bookmark(to(json!({ "file": "a.csv", "etag": "1" }), "r1", None)).await?;
    assert_eq!(first.revision, 1);
    let second = registry.put_bookmark(to(json!("b.csv"), "r2", Some(1))).await?;
    assert_eq!(registry.bookmark("trades", "trades file").await?, Some(second));
    for expected in [None, Some(1), Some(7)] {
        let error =
            refused(registry.put_bookmark(to(json!("c.csv"), "r3", expected)).await, ErrorKind::Conflict);
        assert!(error.reason().contains("revision 2 (moved by run r2)"), "{error}");
    }
    let racers: Vec<_> = (0..10)
        .map(|n| {
            let (registry, input) = (registry.clone(), to(json!(n), &format!("racer {n}"), Some(2)));
            tokio::spawn(async move { registry.put_bookmark(input).await })
        })
        .collect();
    let mut winners = BTreeSet::new();
    for racer in racers {
        if let Ok(Ok(bookmark)) = racer.await {
            winners.insert(bookmark.run_id);
        }
    }
    assert_eq!(winners.len(), 1);
    Ok(())
}
