//! Simulations: starting, following, cancelling.

use std::collections::BTreeSet;
use std::time::Duration;

use touchstone_protocol::{
    CancelJob, ErrorCode, JobState, JobStatus, JobView, RpcError, RunOutcome, RunView, StartSimulate,
};

use touchstone_protocol::{DataRef, JobResult};

use crate::App;
use crate::command::{Command, Section};
use crate::design::OpenDocument;
use crate::remote::{Remote, Ticket};
use crate::state::{Job, Pipeline};
use crate::text;

/// Seconds between two questions how far a job is.
const POLL_SECONDS: f64 = 0.2;

/// A simulation that begins when the edits that were there are saved: it proves what is seen, not what was.
#[derive(Debug)]
pub struct Awaited {
    pub(crate) pipeline: String,
    ticket: Ticket,
    files: BTreeSet<String>,
    /// Other pipelines' documents among these.
    others: Vec<String>,
}

impl App {
    pub(crate) fn simulate(&mut self) {
        let Some(name) = self.state.selected.clone() else { return };
        self.show_section(Section::Prove);
        let ticket = self.ticket();
        let mut job = Job::default();
        job.progress.begin(ticket);
        self.state.pipelines.entry(name.clone()).or_default().job = Some(job);
        let files = self.unsaved_for(&name);
        if files.is_empty() {
            self.start_simulation(name, ticket);
            return;
        }
        let own = self.state.design_file();
        let others = files.iter().filter(|file| Some(file.as_str()) != own).cloned().collect();
        self.state.prove.awaited = Some(Awaited { pipeline: name, ticket, files: files.clone(), others });
        for file in files {
            if self.state.design.documents.get(&file).is_some_and(|document| document.conflict.is_some()) {
                self.not_saved(&file);
            }
            self.save_document(&file);
        }
    }

    /// Unsaved documents that a simulation of this pipeline looks at: its own, those of the pipelines that it reads, and
    /// what was changed with any of them by one rename, whose halves would contradict each other.
    fn unsaved_for(&self, name: &str) -> BTreeSet<String> {
        let documents = &self.state.design.documents;
        let compilation = documents.compilation();
        let name = self.state.name_in_document(name).unwrap_or(name);
        let mut reached = vec![name];
        let mut at = 0;
        while let Some(one) = reached.get(at) {
            at += 1;
            let reads = compilation.pipelines.get(*one).map(|compiled| compiled.reads.as_slice());
            let blocked = compilation.blocked.get(*one).into_iter();
            for table in reads.unwrap_or_default().iter().chain(blocked) {
                if !reached.contains(&table.pipeline.as_str()) {
                    reached.push(&table.pipeline);
                }
            }
        }
        let files = reached.into_iter().filter_map(|one| documents.file_of(one));
        let own = self.state.design_file();
        let is_dirty = |file: &&str| documents.get(file).is_some_and(OpenDocument::is_dirty);
        documents.with_halves(files.chain(own).filter(is_dirty).map(str::to_owned).collect())
    }

    /// The key was pressed where errors keep from it: says so, and shows them.
    pub(crate) fn say_what_stops_simulating(&mut self) {
        let errors = self.state.errors();
        let (Some(name), true) = (self.state.selected.clone(), errors > 0) else { return };
        self.state.problems = true;
        self.state.shell.problems.filter.clear();
        let errors = text::count(errors as u64, "error", "errors");
        let told = format!("{name} can't be simulated: mend its {errors} first, listed in Problems");
        self.mention("", told, false);
    }

    /// A document is what its file is now.
    pub(crate) fn is_saved(&mut self, file: &str) {
        let Some(awaited) = &mut self.state.prove.awaited else { return };
        if !awaited.files.contains(file) {
            return;
        }
        // What was typed while it was written counts too.
        if self.state.design.documents.get(file).is_some_and(OpenDocument::is_dirty) {
            self.save_document(file);
            return;
        }
        awaited.files.remove(file);
        if !awaited.files.is_empty() {
            return;
        }
        // The name may be one of the edits, and the list of pipelines not have heard of it.
        let old = awaited.pipeline.clone();
        if let Some(new) = self.state.name_in_document(&old).filter(|new| **new != old).map(str::to_owned) {
            self.pipeline_renamed(&old, &new);
        }
        if let Some(awaited) = self.state.prove.awaited.take() {
            if !awaited.others.is_empty() {
                let others = awaited.others.join(", ");
                self.mention("", format!("Saved with {}: {others}", awaited.pipeline), false);
            }
            self.start_simulation(awaited.pipeline, awaited.ticket);
        }
    }

    /// A document could not be saved, for a reason that the person is told.
    pub(crate) fn not_saved(&mut self, file: &str) {
        let Some(awaited) = self.state.prove.awaited.take_if(|awaited| awaited.files.contains(file)) else {
            return;
        };
        let name = awaited.pipeline;
        if let Some(pipeline) = self.state.pipelines.get_mut(&name) {
            pipeline.job = None;
        }
        let error = RpcError::new(ErrorCode::Conflict, format!("The edits of {file} are not saved"))
            .with_help("Save them, then simulate");
        self.notice(format!("{name} was not simulated"), error, Some(Command::Simulate));
    }

    fn start_simulation(&mut self, name: String, ticket: Ticket) {
        self.call(StartSimulate { pipeline: name.clone() }, move |app, result| match result {
            Ok(view) => app.follow(&name, ticket, view),
            Err(error) => app.end_job(&name, Some(error)),
        });
    }

    pub(crate) fn cancel_simulation(&mut self) {
        let Some(name) = self.state.selected.clone() else { return };
        let Some(job) = self.state.pipelines.get_mut(&name).and_then(|one| one.job.as_mut()) else { return };
        job.cancelling = true;
        // Without an id the back end hasn't begun; its first answer carries the wish on.
        if let Some(id) = job.progress.value().map(|view| view.id.clone()) {
            self.send_cancel(name, id);
        }
    }

    fn send_cancel(&mut self, name: String, id: String) {
        self.call(CancelJob { job: id }, move |app, result| {
            if let Err(error) = result {
                if let Some(job) = app.state.pipelines.get_mut(&name).and_then(|one| one.job.as_mut()) {
                    job.cancelling = false;
                }
                app.notice(format!("The simulation of {name} could not be cancelled"), error, None);
            }
        });
    }

    /// Asks how far the jobs are, when it's time to; asks nothing while none runs.
    pub(crate) fn poll_jobs(&mut self) {
        let Some(at) = self.poll_at else { return };
        let now = self.ctx.input(|input| input.time);
        if now < at {
            self.ctx.request_repaint_after(Duration::from_secs_f64(at - now));
            return;
        }
        self.poll_at = None;
        self.poll_reading();
        self.poll_draft();
        let running: Vec<(String, String)> = self
            .state
            .pipelines
            .iter()
            .filter_map(|(name, one)| {
                let progress = &one.job.as_ref()?.progress;
                (!progress.is_pending())
                    .then(|| progress.value())?
                    .map(|view| (name.clone(), view.id.clone()))
            })
            .collect();
        for (name, job) in running {
            let ticket = self.ticket();
            if let Some(job) = self.state.pipelines.get_mut(&name).and_then(|one| one.job.as_mut()) {
                job.progress.begin(ticket);
            }
            self.call(JobStatus { job }, move |app, result| match result {
                Ok(view) => app.follow(&name, ticket, view),
                Err(error) if error.code == ErrorCode::Unavailable => {
                    app.keep_following(&name, ticket, error);
                }
                Err(error) => app.end_job(&name, Some(error)),
            });
        }
    }

    fn follow(&mut self, name: &str, ticket: Ticket, view: JobView) {
        let Some(pipeline) = self.state.pipelines.get_mut(name) else { return };
        let Some(job) = pipeline.job.as_mut() else { return };
        let is_first = job.progress.value().is_none();
        let late_cancel = is_first && job.cancelling;
        if Job::has_ended(&view) {
            let error = match view.state {
                JobState::Failed => Some(view.error.unwrap_or_else(|| {
                    RpcError::new(ErrorCode::Failed, "The simulation failed and gave no reason")
                })),
                _ => None,
            };
            if let Some(JobResult::Run(run)) = view.result {
                pipeline.run.set(Some(run));
            }
            self.end_job(name, error);
            return;
        }
        let id = view.id.clone();
        if job.progress.finish(ticket, Ok(view)) {
            self.poll_later();
        }
        if late_cancel {
            self.send_cancel(name.to_owned(), id);
        }
    }

    /// The back end didn't answer this time; the job may well run on.
    fn keep_following(&mut self, name: &str, ticket: Ticket, error: RpcError) {
        if let Some(job) = self.state.pipelines.get_mut(name).and_then(|one| one.job.as_mut()) {
            job.progress.finish(ticket, Err(error));
            self.poll_later();
        }
    }

    pub(crate) fn poll_later(&mut self) {
        self.poll_at = Some(self.ctx.input(|input| input.time) + POLL_SECONDS);
        self.ctx.request_repaint_after(Duration::from_secs_f64(POLL_SECONDS));
    }

    /// The job has ended, one way or another: its tables and the list may have changed.
    fn end_job(&mut self, name: &str, error: Option<RpcError>) {
        self.refresh_upstream(name);
        if let Some(pipeline) = self.state.pipelines.get_mut(name) {
            pipeline.job = None;
            let failed = |run: &RunView| matches!(run.outcome, RunOutcome::Failed | RunOutcome::Halted);
            if !pipeline.publishing.is_pending()
                && (error.is_some() || pipeline.last_run().is_some_and(failed))
            {
                // That something was published well is no news any more.
                pipeline.publishing = Remote::default();
            }
        }
        for (of, rows) in &mut self.state.data.rows {
            if matches!(of.data, DataRef::Table { .. }) {
                rows.make_stale();
            }
        }
        // They were counted in the tables of the run before, or not at all.
        self.ask_columns_anew(|data| matches!(data, DataRef::Table { .. }));
        match error {
            Some(error) => {
                let problems = error.code == ErrorCode::InvalidSpec;
                let action = problems.then_some(Command::ToggleProblems);
                self.notice(format!("{name} could not be simulated"), error, action);
            }
            None => self.load_last_run(name),
        }
        self.forget_proofs(name);
        self.load_workspace();
        // The checklist looks at the last simulation.
        self.load_publication(name);
    }

    /// The pipelines that were looked at and are read by this one: they were simulated along with it.
    fn refresh_upstream(&mut self, name: &str) {
        let run = self.state.pipelines.get(name).and_then(Pipeline::last_run);
        let tables = run.map(|run| run.tables.as_slice()).unwrap_or_default();
        let made: BTreeSet<&str> = tables.iter().map(|table| table.table.pipeline.as_str()).collect();
        let known = |other: &&str| *other != name && self.state.pipelines.contains_key(*other);
        let others: Vec<String> = made.into_iter().filter(known).map(str::to_owned).collect();
        for other in others {
            self.load_last_run(&other);
            self.load_publication(&other);
            if self.state.prove.runs.contains_key(&other) {
                self.load_runs(other);
            }
        }
    }

    fn load_last_run(&mut self, name: &str) {
        let pipeline = name.to_owned();
        self.fetch(touchstone_protocol::LastRun { pipeline: pipeline.clone() }, move |state| {
            state.pipelines.get_mut(&pipeline).map(|one: &mut Pipeline| &mut one.run)
        });
    }
}
