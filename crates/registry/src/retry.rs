//! How long to wait before trying again when several writers meet.

use std::time::Duration;
use tokio::time::sleep;
use uuid::Uuid;

const FIRST_PAUSE: u64 = 4;
const LONGEST_PAUSE: u64 = 800;

/// Waits before try number `attempt` (from 1): a random time, at most twice as long as the time before, so
/// that writers who collided once don't collide again.
pub async fn pause(attempt: u32) {
    let ceiling = FIRST_PAUSE.saturating_mul(1_u64.checked_shl(attempt.min(20)).unwrap_or(u64::MAX));
    // A random UUID is the randomness this crate has anyway.
    let (random, _) = Uuid::new_v4().as_u64_pair();
    sleep(Duration::from_millis(random % ceiling.min(LONGEST_PAUSE))).await;
}
