//! Jobs: simulations that run beside the requests, with progress and cancel.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use touchstone_engine::{RunEvent, RunObserver};
use touchstone_protocol::{ErrorCode, JobResult, JobState, JobView, RpcError, StepState, StepView};

use crate::studio::lock;

/// Finished jobs that are remembered, so that a late question still gets its answer.
const REMEMBERED: usize = 20;

/// The jobs of one studio.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    jobs: Mutex<BTreeMap<String, Arc<Job>>>,
}

impl Jobs {
    /// Begins a job. Ids sort by time, so the oldest are forgotten first.
    ///
    /// # Errors
    /// When another job of the studio still runs: the warehouse has one writer.
    pub(crate) fn begin(&self, id: String, subject: &str) -> Result<Arc<Job>, RpcError> {
        let mut jobs = lock(&self.jobs);
        if let Some(running) = jobs.values().find(|job| job.is_running()) {
            return Err(RpcError::new(
                ErrorCode::Unavailable,
                format!("a simulation of `{}` is still running", running.subject),
            )
            .with_help("wait for it, or cancel it first"));
        }
        while jobs.len() >= REMEMBERED {
            jobs.pop_first();
        }
        let job = Arc::new(Job {
            id: id.clone(),
            subject: subject.to_owned(),
            cancelled: AtomicBool::new(false),
            progress: Mutex::new(Progress::default()),
        });
        jobs.insert(id, Arc::clone(&job));
        Ok(job)
    }

    /// The job of this id.
    ///
    /// # Errors
    /// When there is none (any more).
    pub(crate) fn find(&self, id: &str) -> Result<Arc<Job>, RpcError> {
        lock(&self.jobs)
            .get(id)
            .cloned()
            .ok_or_else(|| RpcError::new(ErrorCode::NotFound, format!("there is no job `{id}`")))
    }
}

/// One simulation.
#[derive(Debug)]
pub(crate) struct Job {
    id: String,
    subject: String,
    cancelled: AtomicBool,
    progress: Mutex<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    steps: Vec<StepView>,
    /// Share of the step at hand that is done, 0 to 1.
    step_share: f32,
    end: Option<Result<JobResult, RpcError>>,
}

impl Job {
    /// Asks it to stop.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Ends it.
    pub(crate) fn end(&self, result: Result<JobResult, RpcError>) {
        lock(&self.progress).end = Some(result);
    }

    fn is_running(&self) -> bool {
        lock(&self.progress).end.is_none()
    }

    /// How far it is.
    pub(crate) fn view(&self) -> JobView {
        let progress = lock(&self.progress);
        let done = progress.steps.iter().filter(|step| step.state == StepState::Done).count();
        let running = progress.steps.iter().any(|step| step.state == StepState::Running);
        let share = if running { progress.step_share } else { 0.0 };
        let (state, result, error) = match &progress.end {
            None if self.cancelled.load(Ordering::Relaxed) => (JobState::Cancelling, None, None),
            None => (JobState::Running, None, None),
            Some(Ok(result)) => (JobState::Done, Some(result.clone()), None),
            Some(Err(error)) if error.code == ErrorCode::Cancelled => (JobState::Cancelled, None, None),
            Some(Err(error)) => (JobState::Failed, None, Some(error.clone())),
        };
        let fraction = if progress.end.is_some() {
            1.0
        } else if progress.steps.is_empty() {
            0.0
        } else {
            (done as f32 + share) / progress.steps.len() as f32
        };
        JobView {
            id: self.id.clone(),
            subject: self.subject.clone(),
            state,
            steps: progress.steps.clone(),
            fraction,
            result,
            error,
        }
    }
}

impl RunObserver for Job {
    fn progress(&self, event: RunEvent) {
        let mut progress = lock(&self.progress);
        match event {
            RunEvent::Planned { steps } => {
                progress.steps = steps
                    .iter()
                    .map(|step| StepView {
                        title: format!("{}: {}", step.table, step.step),
                        state: StepState::Waiting,
                        rows: None,
                        rows_expected: None,
                    })
                    .collect();
            }
            RunEvent::Started { step } => {
                progress.step_share = 0.0;
                if let Some(step) = progress.steps.get_mut(step) {
                    step.state = StepState::Running;
                }
            }
            RunEvent::Advanced { step, done, total } => {
                if let Some(total) = total.filter(|total| *total > 0) {
                    progress.step_share = (done as f32 / total as f32).min(1.0);
                }
                if let Some(step) = progress.steps.get_mut(step) {
                    step.rows = Some(done);
                    step.rows_expected = total;
                }
            }
            RunEvent::Finished { step, rows } => {
                if let Some(step) = progress.steps.get_mut(step) {
                    step.state = StepState::Done;
                    step.rows = Some(rows);
                }
            }
        }
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}
