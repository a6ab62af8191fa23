//! The one suite that every [`Store`](crate::Store) has to pass, and what a registry promises on top of it.
//!
//! A crate that brings a store calls [`conformance_tests!`](crate::conformance_tests) with a function that
//! gives a fresh, empty store; every case becomes a test of its own.

#![expect(
    clippy::missing_panics_doc,
    reason = "a case panics where a store breaks a promise; that is its purpose"
)]

mod audit;
mod fault;
mod items;
mod publishing;

pub use audit::*;
pub use fault::*;
pub use items::*;
pub use publishing::*;

use crate::clock::Clock;
use crate::error::{ErrorKind, StoreError};
use crate::model::{Node, NodeKind, PublishInput, Version};
use crate::registry::Registry;
use crate::store::Store;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use touchstone_spec::ChangeClass;

/// What a case gives back: an error of the store that the case did not ask for, or nothing.
pub type Outcome = Result<(), StoreError>;

/// Makes a test of every case. The argument is an async function without arguments that gives a `Result` of
/// something that holds the store: anything with a method or field access `.store()` giving `Arc<dyn Store>`.
#[macro_export]
macro_rules! conformance_tests {
    ($fresh:path) => {
        $crate::conformance_tests!(@each $fresh,
            put_get_and_delete, pages_of_a_partition, paging_beyond_a_megabyte, keys_sort_by_their_bytes,
            conditions_hold_or_name_the_write, a_transaction_is_all_or_nothing, bodies_come_back_whole,
            large_bodies_fit, what_is_too_large_is_refused, racing_counters_lose_nothing,
            publish_and_read_back, a_blind_publish_is_refused, twenty_writers_race_for_one_version,
            racing_pipelines_all_win, rollback_is_a_new_version, many_nodes_and_a_long_text,
            bad_input_is_refused, runs_come_newest_first, bookmarks_move_on_condition,
            a_dropped_publish_leaves_all_or_nothing, a_refused_publish_leaves_nothing,
            a_lost_answer_is_told_as_such,
            the_chain_grows_and_verifies, audit_filters_and_pages, verifying_while_others_publish,
            a_changed_event_is_found, a_rewritten_event_is_found, a_missing_event_is_found,
            a_reordered_event_is_found, a_truncated_chain_is_found, a_changed_version_is_found,
            an_unrecorded_version_is_found, a_moved_pointer_is_found, an_event_behind_the_head_is_found,
        );
    };
    (@each $fresh:path, $($case:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $case() -> Result<(), Box<dyn std::error::Error>> {
                let fresh = $fresh().await?;
                Ok($crate::conformance::$case(fresh.store()).await?)
            }
        )+
    };
}

/// A clock that goes a second further each time it is read.
#[derive(Debug)]
pub struct SteppingClock(AtomicI64);

impl SteppingClock {
    /// A clock that begins at 2026-03-02, 06:00 UTC.
    pub fn new() -> Self {
        Self(AtomicI64::new(0))
    }

    /// The time `seconds` after the clock's beginning.
    pub fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(1_772_431_200 + seconds)
    }
}

impl Default for SteppingClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SteppingClock {
    fn now(&self) -> DateTime<Utc> {
        Self::at(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// A registry over `store` with a stepping clock.
pub fn registry(store: Arc<dyn Store>) -> Registry {
    Registry::new(store).with_clock(Arc::new(SteppingClock::new()))
}

/// Something to publish: a header, a source and a silver table, different for each `hash`.
pub fn input(pipeline: &str, hash: &str, actor: &str, expected_version: Option<u64>) -> PublishInput {
    PublishInput {
        pipeline: pipeline.into(),
        nodes: vec![
            node(
                NodeKind::Pipeline,
                pipeline,
                json!({ "title": "Daily équity trades", "owner": "ana@example.com" }),
            ),
            node(NodeKind::Source, "trades file", json!({ "delimiter": ";", "header_row": 3 })),
            node(
                NodeKind::Silver,
                "trades",
                json!({ "key": ["trade_id"], "threshold": 0.98, "hash": hash, "empty": "", "none": null }),
            ),
        ],
        spec_text: format!("# {hash}\npipeline: {pipeline}\ntitle: Daily équity trades\n"),
        content_hash: hash.into(),
        change_class: ChangeClass::Compatible,
        message: format!("change {hash}"),
        actor: actor.into(),
        expected_version,
    }
}

/// A node whose compiled body holds its spec.
pub fn node(kind: NodeKind, name: &str, spec: serde_json::Value) -> Node {
    Node { kind, name: name.into(), compiled: json!({ "from_spec": spec, "steps": [1, 2, 3] }), spec }
}

/// Publishes versions `from` to `to` of `pipeline`.
async fn publish_all(
    registry: &Registry,
    pipeline: &str,
    from: u64,
    to: u64,
) -> Result<Vec<Version>, StoreError> {
    let mut versions = Vec::new();
    for version in from..=to {
        let before = (version > 1).then(|| version - 1);
        versions.push(registry.publish(input(pipeline, &format!("h{version}"), "ana", before)).await?);
    }
    Ok(versions)
}

/// Checks that something went wrong in the way it should, with a message that is complete.
#[track_caller]
fn refused<T: Debug>(result: Result<T, StoreError>, kind: ErrorKind) -> StoreError {
    match result {
        Ok(value) => panic!("this should have been refused as {kind:?}: {value:?}"),
        Err(error) => {
            assert_eq!(error.kind(), kind, "{error}");
            assert!(!error.place().is_empty() && !error.reason().is_empty(), "{error}");
            assert!(!error.next_step().is_empty(), "{error}");
            error
        }
    }
}
