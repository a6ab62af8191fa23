//! A studio for tests, asked through the protocol as a front door asks it.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{path::Path, sync::Arc, time::Duration};

use serde::de::DeserializeOwned;
use tempfile::TempDir;
use touchstone_protocol::{
    Call, JobResult, JobState, JobStatus, JobView, OpenWorkspace, RpcError, RunView, StartSimulate, dispatch,
};
use touchstone_studio::{KeyStore, MemoryKeys, PersonFolders, Studio, StudioOptions};

/// A studio with folders of its own.
pub(crate) struct Desk {
    pub(crate) studio: Arc<Studio>,
    folder: TempDir,
}

impl Desk {
    /// Without a workspace.
    pub(crate) fn new() -> Self {
        Self::with_keys(Arc::new(MemoryKeys::default()))
    }

    /// Without a workspace, with a keychain.
    pub(crate) fn with_keys(keys: Arc<dyn KeyStore>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let folders = PersonFolders {
            config: folder.path().join("config"),
            documents: folder.path().join("documents"),
        };
        let options = StudioOptions { folders: Some(folders), ..StudioOptions::default() };
        Self { studio: Studio::start_with(options, keys), folder }
    }

    /// With a copy of the samples open.
    pub(crate) async fn with_samples() -> Self {
        let desk = Self::new();
        desk.open_samples().await;
        desk
    }

    pub(crate) async fn open_samples(&self) {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
        copy_folder(&Path::new(&manifest).join("../../samples"), &self.workspace());
        let path = self.workspace().to_string_lossy().into_owned();
        self.ask(OpenWorkspace { path }).await.unwrap();
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn workspace(&self) -> std::path::PathBuf {
        self.folder.path().join("workspace")
    }

    /// Asks as a page does: through JSON and back.
    pub(crate) async fn ask<C: Call>(&self, call: C) -> Result<C::Reply, RpcError>
    where
        C::Reply: DeserializeOwned,
    {
        let request = serde_json::to_value(call.into_request()).unwrap();
        let answer = dispatch(&*self.studio, serde_json::from_value(request).unwrap()).await?;
        Ok(serde_json::from_value(answer).unwrap())
    }

    /// Waits for the end of a job.
    pub(crate) async fn end_of(&self, job: JobView) -> JobView {
        loop {
            let view = self.ask(JobStatus { job: job.id.clone() }).await.unwrap();
            if !matches!(view.state, JobState::Running | JobState::Cancelling) {
                return view;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Simulates a pipeline to its end.
    pub(crate) async fn simulate(&self, pipeline: &str) -> RunView {
        let job = self.ask(StartSimulate { pipeline: pipeline.to_owned() }).await.unwrap();
        let ended = self.end_of(job).await;
        match ended.result {
            Some(JobResult::Run(run)) => run,
            _ => panic!("{ended:?}"),
        }
    }

    /// Replaces a text in a file of the workspace.
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.workspace().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from} is not in {file}");
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            if !path.ends_with(".touchstone") {
                copy_folder(&path, &target);
            }
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
