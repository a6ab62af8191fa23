//! What is left when a publish is cut off, refused or unanswered.

use super::{Outcome, input, publish_all, refused, registry};
use crate::error::{ErrorKind, StoreError};
use crate::keys;
use crate::store::{Item, Key, Page, Query, Store, Write};
use async_trait::async_trait;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

/// A future that is given up after being polled so many times.
struct CutOff<F> {
    inner: Pin<Box<F>>,
    polls: usize,
}

impl<F: Future> Future for CutOff<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.inner.as_mut().poll(context).map(Some)
    }
}

/// A publish that is dropped at any point is there wholly or not at all, and the next one goes through.
pub async fn a_dropped_publish_leaves_all_or_nothing(store: Arc<dyn Store>) -> Outcome {
    let registry = registry(Arc::clone(&store));
    let mut dropped = 0;
    for polls in 0.. {
        let before = registry.current("trades").await?.map(|current| current.version);
        let hash = format!("cut {polls}");
        let publish = registry.publish(input("trades", &hash, "ana", before));
        let outcome = CutOff { inner: Box::pin(publish), polls }.await;
        let next = before.unwrap_or(0) + 1;
        // A request sent before it was dropped may overtake this one; then the next try has the last word.
        if matches!(&outcome, Some(Err(error)) if error.kind() == ErrorKind::Conflict) {
            continue;
        }
        if let Some(outcome) = outcome {
            assert_eq!(outcome?.version, next);
            assert!(dropped > 2, "the publish was never cut off in the middle");
            break;
        }
        dropped += 1;
        // A request that was sent may still arrive, so only one of two pictures is right, but no third.
        let current = registry.current("trades").await?.map(|current| current.version);
        let version = registry.version("trades", next).await?;
        if current == before {
            let nodes = store.query(&Query::new(keys::versions("trades"), keys::node_prefix(next))).await?;
            let arrived_since = registry.current("trades").await?.map(|current| current.version) != before;
            assert!(
                arrived_since || (version.is_none() && nodes.items.is_empty()),
                "half a version was left"
            );
        } else {
            assert_eq!(current, Some(next));
            assert_eq!(registry.version("trades", next).await?.map(|content| content.nodes.len()), Some(3));
        }
        let report = registry.verify_audit().await?;
        assert!(report.is_intact(), "{report:?}");
    }
    assert!(registry.verify_audit().await?.is_intact());
    Ok(())
}

const HEALTHY: u8 = 0;
const REFUSING: u8 = 1;
const SILENT: u8 = 2;

/// A store whose writes fail: before they are made, or after, as when an answer is lost.
#[derive(Debug)]
struct Faulty {
    inner: Arc<dyn Store>,
    mode: AtomicU8,
}

impl Faulty {
    fn new(inner: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self { inner, mode: AtomicU8::new(HEALTHY) })
    }

    fn unreachable(&self) -> StoreError {
        StoreError::new(
            ErrorKind::Unreachable,
            self.inner.place(),
            "the line went dead",
            "Look at the network",
        )
    }
}

#[async_trait]
impl Store for Faulty {
    fn place(&self) -> String {
        self.inner.place()
    }

    async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        self.inner.get(key).await
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        self.inner.query(query).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        match self.mode.load(Ordering::Relaxed) {
            REFUSING => Err(self.unreachable()),
            SILENT => {
                self.inner.transact(writes).await?;
                Err(self.unreachable())
            }
            _ => self.inner.transact(writes).await,
        }
    }
}

/// When the store can't be reached, nothing is there afterwards, and the same publish goes through later.
pub async fn a_refused_publish_leaves_nothing(store: Arc<dyn Store>) -> Outcome {
    let faulty = Faulty::new(store);
    let registry = registry(Arc::clone(&faulty) as Arc<dyn Store>);
    publish_all(&registry, "trades", 1, 1).await?;
    faulty.mode.store(REFUSING, Ordering::Relaxed);
    let wanted = input("trades", "h2", "ana", Some(1));
    refused(registry.publish(wanted.clone()).await, ErrorKind::Unreachable);
    assert_eq!(registry.history("trades", 10, None).await?.versions.len(), 1);
    assert!(registry.verify_audit().await?.is_intact());
    faulty.mode.store(HEALTHY, Ordering::Relaxed);
    assert_eq!(registry.publish(wanted).await?.version, 2);
    Ok(())
}

/// When the answer to a publish is lost, trying again can't publish it twice: the conflict names oneself.
pub async fn a_lost_answer_is_told_as_such(store: Arc<dyn Store>) -> Outcome {
    let faulty = Faulty::new(store);
    let registry = registry(Arc::clone(&faulty) as Arc<dyn Store>);
    faulty.mode.store(SILENT, Ordering::Relaxed);
    let wanted = input("trades", "h1", "ana", None);
    let error = refused(registry.publish(wanted.clone()).await, ErrorKind::Unreachable);
    assert!(error.next_step().contains("history"), "{error}");
    faulty.mode.store(HEALTHY, Ordering::Relaxed);
    let error = refused(registry.publish(wanted).await, ErrorKind::Conflict);
    assert!(error.reason().contains("ana published version 1"), "{error}");
    assert_eq!(registry.history("trades", 10, None).await?.versions.len(), 1);
    assert!(registry.verify_audit().await?.is_intact());
    Ok(())
}
