//! Jobs: simulations, data read as a whole and pipelines drafted from files, that run beside the requests, with progress and cancel.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use touchstone_engine::{RunEvent, RunObserver};
use touchstone_protocol::{
    DataQuery, DataRef, ErrorCode, JobResult, JobState, JobView, RpcError, StepState, StepView,
};

use crate::{data::Watched, studio::lock};

/// Finished jobs that are remembered, so that a late question still gets its answer.
const REMEMBERED: usize = 20;

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Work {
    /// Simulates the pipeline that is its subject.
    Simulate,
    /// Reads data as a whole, in this way.
    Profile(DataRef, Box<DataQuery>),
    /// Drafts the pipeline that is its subject from these files.
    Draft(Vec<PathBuf>),
}

/// The jobs of one studio.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    jobs: Mutex<BTreeMap<String, Arc<Job>>>,
}

impl Jobs {
    /// Begins a job. Ids sort by time, so the oldest are forgotten first. When the same data is being read as a whole
    /// already, gives that job and whether it is new.
    ///
    /// # Errors
    /// When it is a simulation and another one still runs: the warehouse has one writer.
    pub(crate) fn begin(&self, id: String, subject: &str, work: Work) -> Result<(Arc<Job>, bool), RpcError> {
        let mut jobs = lock(&self.jobs);
        let is_same = |job: &&Arc<Job>| {
            job.is_running() && job.work == work && (work == Work::Simulate || job.subject == subject)
        };
        if let Some(running) = jobs.values().find(is_same) {
            if work != Work::Simulate {
                return Ok((Arc::clone(running), false));
            }
            return Err(RpcError::new(
                ErrorCode::Unavailable,
                format!("a simulation of `{}` is still running", running.subject),
            )
            .with_help("wait for it, or cancel it first"));
        }
        while jobs.len() >= REMEMBERED {
            let ended = jobs.iter().find(|(_, job)| !job.is_running()).map(|(id, _)| id.clone());
            let Some(ended) = ended else { break };
            jobs.remove(&ended);
        }
        let job = Arc::new(Job {
            id: id.clone(),
            subject: subject.to_owned(),
            work,
            cancelled: AtomicBool::new(false),
            progress: Mutex::new(Progress::default()),
        });
        jobs.insert(id, Arc::clone(&job));
        Ok((job, true))
    }

    /// Asks all jobs to stop.
    pub(crate) fn cancel_all(&self) {
        lock(&self.jobs).values().for_each(|job| job.cancel());
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

/// One job.
#[derive(Debug)]
pub(crate) struct Job {
    id: String,
    subject: String,
    work: Work,
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

    /// Says what its steps will be.
    pub(crate) fn plan(&self, titles: &[&str]) {
        lock(&self.progress).steps = titles.iter().map(|title| waiting((*title).to_owned())).collect();
    }

    /// Says that a step begins, and that those before it are done.
    pub(crate) fn reach(&self, step: usize) {
        let mut progress = lock(&self.progress);
        progress.step_share = 0.0;
        for (place, known) in progress.steps.iter_mut().enumerate() {
            known.state = match place.cmp(&step) {
                std::cmp::Ordering::Less => StepState::Done,
                std::cmp::Ordering::Equal => StepState::Running,
                std::cmp::Ordering::Greater => StepState::Waiting,
            };
        }
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
                progress.steps =
                    steps.iter().map(|step| waiting(format!("{}: {}", step.table, step.step))).collect();
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

fn waiting(title: String) -> StepView {
    StepView { title, state: StepState::Waiting, rows: None, rows_expected: None }
}

/// The steps of a job that reads a file as a whole; of a table, only the last one is to be done.
pub(crate) const FILE_STEPS: [&str; 3] = ["Read the records", "Prove the types", "Count the columns"];

impl Watched for Job {
    fn begin(&self, part: usize) {
        let skipped = FILE_STEPS.len().saturating_sub(lock(&self.progress).steps.len());
        self.reach(part.saturating_sub(skipped));
    }

    fn advance(&self, done: u64, total: u64) -> ControlFlow<()> {
        if self.cancelled.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        if total > 0 {
            lock(&self.progress).step_share = (done as f32 / total as f32).min(1.0);
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> Work {
        Work::Profile(DataRef::File { path: path.to_owned() }, Box::default())
    }

    #[test]
    fn one_simulation_at_a_time_and_any_number_of_readings() {
        let jobs = Jobs::default();
        let (simulation, _) = jobs.begin("1".to_owned(), "trades", Work::Simulate).unwrap();
        let refused = jobs.begin("2".to_owned(), "prices", Work::Simulate).unwrap_err();
        assert_eq!(refused.code, ErrorCode::Unavailable);
        let (first, is_new) = jobs.begin("3".to_owned(), "a.csv", file("a.csv")).unwrap();
        assert!(is_new);
        let (second, _) = jobs.begin("4".to_owned(), "b.csv", file("b.csv")).unwrap();
        let (same, is_new) = jobs.begin("5".to_owned(), "a.csv", file("a.csv")).unwrap();
        assert!(!is_new && same.id == first.id && second.id != first.id);

        simulation.end(Err(RpcError::new(ErrorCode::Cancelled, "cancelled")));
        assert_eq!(simulation.view().state, JobState::Cancelled);
        jobs.begin("6".to_owned(), "prices", Work::Simulate).unwrap();
    }

    #[test]
    fn jobs_that_run_are_never_forgotten() {
        let jobs = Jobs::default();
        let (running, _) = jobs.begin("00".to_owned(), "a.csv", file("a.csv")).unwrap();
        for number in 1..50 {
            let id = format!("{number:02}");
            let (job, _) = jobs.begin(id.clone(), &id, file(&id)).unwrap();
            job.end(Err(RpcError::new(ErrorCode::Failed, "no")));
        }
        assert!(Arc::ptr_eq(&jobs.find("00").unwrap(), &running));
        assert_eq!(jobs.find("01").unwrap_err().code, ErrorCode::NotFound);
    }

    #[test]
    fn a_reading_tells_how_far_it_is_and_stops_when_asked() {
        let jobs = Jobs::default();
        let (job, _) = jobs.begin("1".to_owned(), "a.csv", file("a.csv")).unwrap();
        job.plan(&FILE_STEPS);
        Watched::begin(job.as_ref(), 1);
        assert_eq!(job.advance(50, 100), ControlFlow::Continue(()));
        let view = job.view();
        let states: Vec<StepState> = view.steps.iter().map(|step| step.state).collect();
        assert_eq!(states, [StepState::Done, StepState::Running, StepState::Waiting]);
        assert!((view.fraction - 0.5).abs() < 0.001, "{}", view.fraction);
        job.cancel();
        assert_eq!(job.view().state, JobState::Cancelling);
        assert_eq!(job.advance(60, 100), ControlFlow::Break(()));
    }
}
