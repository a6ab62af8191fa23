//! What a caller hands to a run, and what it hears while the run goes on.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchstone_spec::TableName;

use crate::Step;

/// How to run.
#[derive(Debug, Clone)]
pub struct SimulateOptions {
    /// Root folder of the workspace; samples are found below it.
    pub workspace: PathBuf,
    /// Folder of the Iceberg warehouse, made when it isn't there.
    pub warehouse: PathBuf,
    /// Id of the run, unique in the workspace.
    pub run_id: String,
    /// When the run began: `_loaded_at` of the bronze rows, and the time of the snapshots.
    pub started_at: DateTime<Utc>,
    /// Read only so many records of each source.
    pub row_limit: Option<u64>,
}

/// One step that a run will take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// Table that is made.
    pub table: TableName,
    /// Which step.
    pub step: Step,
}

/// What a run tells while it goes on. `step` is an index into the steps of [`RunEvent::Planned`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum RunEvent {
    /// All steps, known before the first begins. Comes once, first.
    Planned {
        /// The steps, in order.
        steps: Vec<PlannedStep>,
    },
    /// A step begins.
    Started {
        /// Which.
        step: usize,
    },
    /// A step got on.
    Advanced {
        /// Which.
        step: usize,
        /// Rows done.
        done: u64,
        /// Rows in all, when that is known.
        total: Option<u64>,
    },
    /// A step is done.
    Finished {
        /// Which.
        step: usize,
        /// Rows after it.
        rows: u64,
    },
}

/// Watches a run, and may stop it.
pub trait RunObserver: Send + Sync {
    /// Something happened. Called from the run's own thread: return soon.
    fn progress(&self, event: RunEvent);

    /// Whether the run is to stop. It does at the next step or batch; the table at hand stays as it was.
    fn cancelled(&self) -> bool;
}

/// Watches nothing and stops nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl RunObserver for Unobserved {
    fn progress(&self, _event: RunEvent) {}

    fn cancelled(&self) -> bool {
        false
    }
}
