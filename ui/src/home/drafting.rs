//! A pipeline made of files: drafted in a job that can be left and cancelled, then written at once or opened unsaved.

use touchstone_protocol::{
    CancelJob, DocumentView, ErrorCode, JobResult, JobState, JobStatus, JobView, RpcError, SaveDocument,
    SaveView, StartDraft,
};

use crate::App;
use crate::command::Place;
use crate::remote::Ticket;
use crate::state::Job;

/// A pipeline that is being made.
#[derive(Debug, Default)]
pub struct Drafting {
    /// Its name.
    pub pipeline: String,
    /// What it is made of.
    pub files: Vec<String>,
    /// How far it is.
    pub job: Job,
    /// What asked for it in the design, where it is opened unsaved; else it is written at once.
    pub(crate) opens: Option<Ticket>,
    /// Whether it is drafted, and being written.
    is_written: bool,
}

impl Drafting {
    /// Share that is done, 0 to 1.
    pub(crate) fn fraction(&self) -> f32 {
        self.job.progress.value().map_or(0.0, |view| view.fraction)
    }

    /// What is done, and how far it is.
    pub(crate) fn words(&self) -> String {
        let share = self.fraction() * 100.0;
        if self.job.cancelling {
            format!("Cancelling {}", self.pipeline)
        } else {
            format!("Making {}: all of its file is read and copied  {share:.0} %", self.pipeline)
        }
    }
}

impl App {
    /// Starts to make a pipeline of files. `key`: columns that name the records of the first. `opens`: opened unsaved, for who asked so in the design.
    pub(crate) fn start_draft(
        &mut self,
        pipeline: String,
        files: Vec<String>,
        key: Option<Vec<String>>,
        opens: Option<Ticket>,
    ) {
        let ticket = self.ticket();
        let mut job = Job::default();
        job.progress.begin(ticket);
        let call = StartDraft { pipeline: pipeline.clone(), files: files.clone(), key };
        self.state.home.drafting = Some(Drafting { pipeline, files, job, opens, is_written: false });
        self.call(call, move |app, result| match result {
            Ok(view) => app.follow_draft(ticket, view),
            Err(error) => app.draft_failed(error),
        });
    }

    /// Asks the job that makes a pipeline to stop.
    pub(crate) fn stop_making(&mut self) {
        let Some(drafting) = self.state.home.drafting.as_mut().filter(|one| !one.is_written) else { return };
        drafting.job.cancelling = true;
        // Without an id the back end hasn't begun; its first answer carries the wish on.
        if let Some(id) = drafting.job.progress.value().map(|view| view.id.clone()) {
            self.cancel_making(id);
        }
    }

    fn cancel_making(&mut self, job: String) {
        self.call(CancelJob { job }, move |app, result| {
            if let Err(error) = result {
                if let Some(drafting) = &mut app.state.home.drafting {
                    drafting.job.cancelling = false;
                }
                app.notice("The pipeline is still being made", error, None);
            }
        });
    }

    /// Asks how far the pipeline is that is being made.
    pub(crate) fn poll_draft(&mut self) {
        let ticket = self.ticket();
        let Some(drafting) = self.state.home.drafting.as_mut().filter(|one| !one.is_written) else { return };
        if drafting.job.progress.is_pending() {
            return;
        }
        let Some(job) = drafting.job.progress.value().map(|view| view.id.clone()) else { return };
        drafting.job.progress.begin(ticket);
        self.call(JobStatus { job }, move |app, result| match result {
            Ok(view) => app.follow_draft(ticket, view),
            Err(error) if error.code == ErrorCode::Unavailable => {
                if let Some(drafting) = &mut app.state.home.drafting {
                    drafting.job.progress.finish(ticket, Err(error));
                    app.poll_later();
                }
            }
            Err(error) => app.draft_failed(error),
        });
    }

    fn follow_draft(&mut self, ticket: Ticket, view: JobView) {
        let Some(drafting) = &mut self.state.home.drafting else { return };
        if Job::has_ended(&view) {
            let no_reason =
                || RpcError::new(ErrorCode::Failed, "The files could not be read, and no reason was given");
            match (view.state, view.result) {
                (JobState::Cancelled, _) => self.draft_cancelled(),
                (_, Some(JobResult::Draft(draft))) => self.drafted_files(draft),
                _ => self.draft_failed(view.error.unwrap_or_else(no_reason)),
            }
            return;
        }
        let late_cancel = drafting.job.cancelling && drafting.job.progress.value().is_none();
        let id = view.id.clone();
        if drafting.job.progress.finish(ticket, Ok(view)) {
            self.poll_later();
        }
        if late_cancel {
            self.cancel_making(id);
        }
    }

    fn draft_cancelled(&mut self) {
        let Some(drafting) = self.state.home.drafting.take() else { return };
        if drafting.opens.is_some() {
            self.state.design.drafting = crate::remote::Remote::default();
        }
    }

    fn draft_failed(&mut self, error: RpcError) {
        let Some(drafting) = self.state.home.drafting.take() else { return };
        match drafting.opens {
            // What failed is told in the question, as long as it is there.
            Some(ticket) if self.state.design.question.is_some() => {
                self.state.design.drafting.finish(ticket, Err(error));
            }
            _ => self.notice(format!("The pipeline {} could not be made", drafting.pipeline), error, None),
        }
    }

    fn drafted_files(&mut self, draft: DocumentView) {
        let Some(drafting) = &mut self.state.home.drafting else { return };
        if let Some(ticket) = drafting.opens {
            let pipeline = drafting.pipeline.clone();
            self.state.home.drafting = None;
            if self.state.design.drafting.finish(ticket, Ok(draft.clone())) {
                self.drafted(&draft.file, draft.text, pipeline);
            }
            return;
        }
        drafting.is_written = true;
        let file = drafting.files.first().cloned().unwrap_or_default();
        match self.with_chosen_types(draft, &file) {
            Err(error) => self.draft_failed(error),
            Ok(draft) => {
                let call = SaveDocument { file: draft.file, text: draft.text, base_hash: None };
                self.call(call, move |app, result| match result {
                    Err(error) => app.draft_failed(error),
                    Ok(SaveView::Changed { .. }) => {
                        let error =
                            RpcError::new(ErrorCode::Conflict, "A document of this name is there already");
                        app.draft_failed(error.with_help("Choose another name"));
                    }
                    Ok(SaveView::Saved { .. }) => app.pipeline_made(&file),
                });
            }
        }
    }

    fn pipeline_made(&mut self, file: &str) {
        let Some(drafting) = self.state.home.drafting.take() else { return };
        self.state.home.naming = None;
        self.load_workspace();
        // Whoever has gone elsewhere meanwhile stays there, and finds it in the list.
        if self.state.place == Place::File(file.to_owned()) {
            self.select(&drafting.pipeline);
        }
    }
}
