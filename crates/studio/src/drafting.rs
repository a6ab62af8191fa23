//! Drafting a pipeline as a job: all of its files are read, which takes long for large ones.

use std::{
    ops::ControlFlow,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use touchstone_protocol::{DocumentView, JobResult, JobView, RpcError, StartDraft};

use crate::{
    data::Watched,
    draft::{DraftStep, Drafted, draft_pipeline},
    file::{blocking, hash},
    job::Work,
    studio::Studio,
};

impl Studio {
    /// A pipeline drafted at once.
    ///
    /// # Errors
    /// As [`draft_pipeline`].
    pub(crate) async fn draft(&self, pipeline: String, files: &[String]) -> Result<DocumentView, RpcError> {
        let workspace = self.workspace().await?;
        let files: Vec<PathBuf> = files.iter().map(|file| self.file(file)).collect();
        let unwatched = |_: DraftStep| ControlFlow::Continue(());
        blocking(move || draft_pipeline(&workspace, &pipeline, &files, None, &unwatched)).await.map(view)
    }

    /// Starts to draft a pipeline.
    ///
    /// # Errors
    /// When no workspace is open.
    pub(crate) async fn draft_job(&self, asked: StartDraft) -> Result<JobView, RpcError> {
        let workspace = self.workspace().await?;
        let files: Vec<PathBuf> = asked.files.iter().map(|file| self.file(file)).collect();
        let id = uuid::Uuid::now_v7().to_string();
        let (job, is_new) = self.jobs.begin(id, &asked.pipeline, Work::Draft(files.clone()))?;
        if is_new {
            let name = |file: &PathBuf| {
                file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
            };
            let steps: Vec<String> = files
                .iter()
                .map(|file| format!("Read {}", name(file)))
                .chain(std::iter::once("Copy into the samples".to_owned()))
                .collect();
            job.plan(&steps.iter().map(String::as_str).collect::<Vec<_>>());
            let running = Arc::clone(&job);
            tokio::spawn(async move {
                let watched = Arc::clone(&running);
                let result = blocking(move || {
                    let last = files.len();
                    let (at, furthest) = (AtomicUsize::new(usize::MAX), AtomicU64::new(0));
                    draft_pipeline(&workspace, &asked.pipeline, &files, asked.key.as_deref(), &|step| {
                        let (place, done, total) = match step {
                            DraftStep::Read { file, done, total } => (file, done, total),
                            DraftStep::Copy { done, total } => (last, done, total),
                        };
                        if at.swap(place, Ordering::Relaxed) != place {
                            furthest.store(0, Ordering::Relaxed);
                            watched.reach(place);
                        }
                        // A file's beginning and end are looked at before all of it is.
                        furthest.fetch_max(done, Ordering::Relaxed);
                        watched.advance(furthest.load(Ordering::Relaxed), total)
                    })
                });
                running.end(result.await.map(view).map(JobResult::Draft));
            });
        }
        Ok(job.view())
    }
}

fn view(drafted: Drafted) -> DocumentView {
    DocumentView {
        hash: hash(drafted.text.as_bytes()),
        file: drafted.file,
        text: drafted.text,
        unreadable: None,
    }
}
