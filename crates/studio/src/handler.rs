//! Answers the protocol's requests, for every front door that speaks it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use serde_json::Value;
use touchstone_protocol::{
    Audit, AuditView, AwaitChanges, CancelJob, ChangesView, ColumnProfile, ColumnProfileView,
    CompareVersions, ComparisonView, ConnectionView, CopyText, DataView, DeleteDocument, DocumentView,
    Documents, DraftPipeline, EnterKeys, ErrorCode, ExportAudit, FileView, Find, ForgetKeys, ForgetWorkspace,
    FoundView, Handler, History, Home, HomeView, JobStatus, JobView, LastRun, LoadState, NewWorkspace,
    OpenFile, OpenPipeline, OpenSampleWorkspace, OpenWorkspace, PickFiles, PickWorkspace, PipelineView,
    PlanPublish, Preview, PreviewView, Profile, ProfileView, Publish, PublishPlan, PublishedView, Record,
    RecordView, RemoveEnvironment, RollBack, Rows, RpcError, RunDiff, RunDiffView, RunView, Runs,
    SaveDocument, SaveEnvironment, SaveState, SaveText, SaveView, SetUpEnvironment, Settings, SettingsView,
    StartDraft, StartProfile, StartSimulate, StateScope, TestConnection, Trace, TracedView, Upload,
    VersionView, WorkspaceView,
};

use crate::{
    changes,
    config::LOCAL,
    document,
    file::blocking,
    home, release, simulation,
    state::{self, STATE_FILE},
    studio::{Studio, last_run},
    trail, upload,
    workspace::MACHINE_MADE,
};

/// Most rows that one request gives.
const PAGE_LIMIT: u64 = 1_000;
/// Most runs that one request gives.
const RUNS_LIMIT: u32 = 100;
/// How long a question for changes waits for one.
const PATIENCE: Duration = Duration::from_secs(30);

impl Handler for Studio {
    async fn open_workspace(&self, params: OpenWorkspace) -> Result<WorkspaceView, RpcError> {
        self.enter(params.path.into()).await
    }

    async fn pick_workspace(&self, _params: PickWorkspace) -> Result<Option<WorkspaceView>, RpcError> {
        Err(no_dialog("folder"))
    }

    async fn workspace(
        &self,
        _params: touchstone_protocol::Workspace,
    ) -> Result<Option<WorkspaceView>, RpcError> {
        if self.root().is_none() {
            return Ok(None);
        }
        let workspace = Studio::workspace(self).await?;
        Ok(Some(self.workspace_view(&workspace).await?))
    }

    async fn pipeline(&self, params: OpenPipeline) -> Result<PipelineView, RpcError> {
        let workspace = Studio::workspace(self).await?;
        self.pipeline_view(&workspace, &params.pipeline).await
    }

    async fn rows(&self, params: Rows) -> Result<DataView, RpcError> {
        let limit = params.limit.min(PAGE_LIMIT);
        self.data_rows(&params.data, params.query, params.offset, limit).await
    }

    async fn profile(&self, params: Profile) -> Result<ProfileView, RpcError> {
        self.data_profile(&params.data, &params.query).await
    }

    async fn start_simulate(&self, params: StartSimulate) -> Result<JobView, RpcError> {
        let workspace = Studio::workspace(self).await?;
        self.start_simulation(workspace, &params.pipeline).await
    }

    async fn job_status(&self, params: JobStatus) -> Result<JobView, RpcError> {
        Ok(self.jobs.find(&params.job)?.view())
    }

    async fn cancel_job(&self, params: CancelJob) -> Result<JobView, RpcError> {
        let job = self.jobs.find(&params.job)?;
        job.cancel();
        Ok(job.view())
    }

    async fn last_run(&self, params: LastRun) -> Result<Option<RunView>, RpcError> {
        let workspace = Studio::workspace(self).await?;
        let registry = self.registry(&workspace, LOCAL).await?;
        last_run(&registry, &params.pipeline).await
    }

    async fn plan_publish(&self, params: PlanPublish) -> Result<PublishPlan, RpcError> {
        let workspace = Studio::workspace(self).await?;
        self.plan(&workspace, &params.pipeline, &params.environment).await
    }

    async fn publish(&self, params: Publish) -> Result<PublishedView, RpcError> {
        let workspace = Studio::workspace(self).await?;
        let registry = self.registry(&workspace, &params.environment).await?;
        let plan = release::plan(&workspace, &registry, &params.pipeline, &params.environment).await?;
        let current = plan.current.as_ref();
        let seen = current.map(|version| version.version);
        if seen != params.expected_version {
            let published = current.map_or_else(
                || "it is not published any more".to_owned(),
                |version| {
                    format!(
                        "{} published version {} (“{}”)",
                        version.author, version.version, version.message
                    )
                },
            );
            return Err(RpcError::new(
                ErrorCode::Conflict,
                format!("since you looked at the difference, {published}"),
            )
            .with_help("look at the new difference and publish again"));
        }
        // What the person saw is what is published: the content is compared once more inside.
        let seen = PublishPlan { content_hash: params.content_hash, ..plan };
        release::publish(&workspace, &registry, &seen, &params.message).await
    }

    async fn history(&self, params: History) -> Result<Vec<VersionView>, RpcError> {
        let workspace = Studio::workspace(self).await?;
        let registry = self.registry(&workspace, &params.environment).await?;
        release::history(&registry, &params.environment, &params.pipeline).await
    }

    async fn audit(&self, params: Audit) -> Result<AuditView, RpcError> {
        let workspace = Studio::workspace(self).await?;
        let registry = self.registry(&workspace, &params.environment).await?;
        let limit = usize::try_from(params.limit.min(PAGE_LIMIT)).unwrap_or(usize::MAX);
        trail::view(&registry, &params.environment, &params.filter, limit).await
    }

    async fn roll_back(&self, params: RollBack) -> Result<PublishedView, RpcError> {
        let workspace = Studio::workspace(self).await?;
        let registry = self.registry(&workspace, &params.environment).await?;
        release::rollback(
            &registry,
            &params.environment,
            &params.pipeline,
            params.version,
            &params.message,
            Some(params.expected_version),
        )
        .await
    }

    async fn export_audit(&self, params: ExportAudit) -> Result<String, RpcError> {
        let workspace = Studio::workspace(self).await?;
        let registry = self.registry(&workspace, &params.environment).await?;
        trail::export(&registry, &params.environment, &params.filter, params.format).await
    }

    async fn compare_versions(&self, params: CompareVersions) -> Result<ComparisonView, RpcError> {
        let workspace = Studio::workspace(self).await?;
        let CompareVersions { pipeline, environment, before, after } = params;
        let registry = self.registry(&workspace, &environment).await?;
        release::compare(&workspace, &registry, &environment, &pipeline, before, after).await
    }

    async fn home(&self, _params: Home) -> Result<HomeView, RpcError> {
        let folders = self.options.folders.clone();
        let has_dialogs = self.options.has_dialogs;
        blocking(move || {
            Ok(HomeView {
                recent: folders.as_ref().map(home::recent).unwrap_or_default(),
                has_dialogs,
                sample: folders.map(|folders| folders.sample().to_string_lossy().into_owned()),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            })
        })
        .await
    }

    async fn new_workspace(&self, params: NewWorkspace) -> Result<Option<WorkspaceView>, RpcError> {
        let NewWorkspace { path: Some(path), name } = params else { return Err(no_dialog("folder")) };
        let made = blocking(move || home::new_workspace(Path::new(&path), name.as_deref())).await?;
        Ok(Some(self.enter(made.root).await?))
    }

    async fn open_sample_workspace(&self, _params: OpenSampleWorkspace) -> Result<WorkspaceView, RpcError> {
        let Some(folders) = self.options.folders.clone() else {
            return Err(RpcError::new(
                ErrorCode::Unsupported,
                "the system names no folder of yours to put it in",
            )
            .with_help("set TOUCHSTONE_DOCUMENTS_DIR and TOUCHSTONE_CONFIG_DIR to folders of yours"));
        };
        let folder = blocking(move || home::sample_workspace(&folders)).await?;
        self.enter(folder).await
    }

    async fn forget_workspace(&self, params: ForgetWorkspace) -> Result<HomeView, RpcError> {
        if let Some(folders) = self.options.folders.clone() {
            blocking(move || home::forget(&folders, &params.path)).await?;
        }
        self.home(Home {}).await
    }

    async fn pick_files(&self, _params: PickFiles) -> Result<Vec<String>, RpcError> {
        Err(no_dialog("file"))
    }

    async fn upload(&self, params: Upload) -> Result<Option<String>, RpcError> {
        let folder = self.uploads()?;
        let whole = blocking(move || upload::keep(&folder, &params)).await?;
        Ok(whole.map(|path| path.to_string_lossy().into_owned()))
    }

    async fn save_text(&self, _params: SaveText) -> Result<Option<String>, RpcError> {
        Err(no_dialog("file"))
    }

    async fn copy_text(&self, _params: CopyText) -> Result<(), RpcError> {
        Err(RpcError::new(ErrorCode::Unsupported, "there is no clipboard here"))
    }

    async fn open_file(&self, params: OpenFile) -> Result<FileView, RpcError> {
        self.first_sight(&params.file).await
    }

    async fn start_profile(&self, params: StartProfile) -> Result<JobView, RpcError> {
        self.profile_job(params.data, &params.query).await
    }

    async fn find(&self, params: Find) -> Result<Option<FoundView>, RpcError> {
        self.data_find(&params.data, params.query, params.text, params.from, params.backward).await
    }

    async fn column(&self, params: ColumnProfile) -> Result<ColumnProfileView, RpcError> {
        self.data_column(&params.data, params.query, params.column).await
    }

    async fn record(&self, params: Record) -> Result<RecordView, RpcError> {
        self.original_record(&params.pipeline, &params.source, params.record).await
    }

    async fn documents(&self, _params: Documents) -> Result<Vec<DocumentView>, RpcError> {
        let root = self.open_root()?;
        blocking(move || document::documents(&root)).await
    }

    async fn save_document(&self, params: SaveDocument) -> Result<SaveView, RpcError> {
        let root = self.open_root()?;
        blocking(move || document::save(&root, &params.file, &params.text, params.base_hash.as_deref())).await
    }

    async fn delete_document(&self, params: DeleteDocument) -> Result<(), RpcError> {
        let root = self.open_root()?;
        blocking(move || document::delete(&root, &params.file, &params.base_hash)).await
    }

    async fn draft_pipeline(&self, params: DraftPipeline) -> Result<DocumentView, RpcError> {
        self.draft(params.pipeline, &params.files).await
    }

    async fn start_draft(&self, params: StartDraft) -> Result<JobView, RpcError> {
        self.draft_job(params).await
    }

    async fn await_changes(&self, params: AwaitChanges) -> Result<ChangesView, RpcError> {
        changes::wait(self.open_root()?, Arc::clone(&self.seats), (params.page, params.revision), PATIENCE)
            .await
    }

    async fn preview(&self, params: Preview) -> Result<PreviewView, RpcError> {
        self.preview_table(params).await
    }

    async fn runs(&self, params: Runs) -> Result<Vec<RunView>, RpcError> {
        let workspace = Studio::workspace(self).await?;
        let registry = self.registry(&workspace, LOCAL).await?;
        let limit = u32::try_from(params.limit).unwrap_or(RUNS_LIMIT).min(RUNS_LIMIT);
        simulation::runs(&registry, &params.pipeline, limit).await
    }

    async fn run_diff(&self, params: RunDiff) -> Result<RunDiffView, RpcError> {
        let limit = params.limit.min(PAGE_LIMIT);
        self.compare_runs(RunDiff { limit, ..params }).await
    }

    async fn trace(&self, params: Trace) -> Result<TracedView, RpcError> {
        self.trace_cell(params).await
    }

    async fn settings(&self, _params: Settings) -> Result<SettingsView, RpcError> {
        self.settings_view().await
    }

    async fn save_environment(&self, params: SaveEnvironment) -> Result<SettingsView, RpcError> {
        self.change_environment(params).await
    }

    async fn remove_environment(&self, params: RemoveEnvironment) -> Result<SettingsView, RpcError> {
        self.drop_environment(&params.name).await
    }

    async fn enter_keys(&self, params: EnterKeys) -> Result<SettingsView, RpcError> {
        Err(RpcError::new(ErrorCode::Unsupported, "access keys can't be typed here").with_help(format!(
            "enter them in a terminal, in the workspace's folder: `touchstone env keys {}`",
            params.environment
        )))
    }

    async fn forget_keys(&self, params: ForgetKeys) -> Result<SettingsView, RpcError> {
        self.remove_keys(&params.environment).await
    }

    async fn test_connection(&self, params: TestConnection) -> Result<ConnectionView, RpcError> {
        self.connection(&params.environment).await
    }

    async fn set_up_environment(&self, params: SetUpEnvironment) -> Result<ConnectionView, RpcError> {
        self.set_up(&params.environment).await
    }

    async fn load_state(&self, params: LoadState) -> Result<Option<Value>, RpcError> {
        let Some(folder) = self.state_folder(params.scope)? else { return Ok(None) };
        let seats = Arc::clone(&self.seats);
        blocking(move || match params.scope {
            StateScope::Person => state::load(&folder, STATE_FILE),
            StateScope::Workspace => seats.load(&folder, params.page),
        })
        .await
    }

    async fn save_state(&self, params: SaveState) -> Result<(), RpcError> {
        let Some(folder) = self.state_folder(params.scope)? else { return Ok(()) };
        let seats = Arc::clone(&self.seats);
        blocking(move || match params.scope {
            StateScope::Person => state::save(&folder, STATE_FILE, &params.state),
            StateScope::Workspace => seats.save(&folder, params.page, &params.state),
        })
        .await
    }
}

impl Studio {
    /// Remembers that a workspace was opened, and shows it.
    async fn enter(&self, folder: PathBuf) -> Result<WorkspaceView, RpcError> {
        let workspace = self.open_soon(folder).await?;
        let view = self.workspace_view(&workspace).await?;
        if let Some(folders) = self.options.folders.clone() {
            // That the list can't be written must not keep anybody from working.
            drop(blocking(move || home::remember(&folders, &workspace)).await);
        }
        Ok(view)
    }

    /// Where the page's state is kept. None: nothing is remembered of the person.
    fn state_folder(&self, scope: StateScope) -> Result<Option<PathBuf>, RpcError> {
        Ok(match scope {
            StateScope::Person => self.options.folders.as_ref().map(|folders| folders.config.clone()),
            StateScope::Workspace => Some(self.open_root()?.join(MACHINE_MADE)),
        })
    }
}

fn no_dialog(of: &str) -> RpcError {
    RpcError::new(ErrorCode::Unsupported, format!("there is no {of} dialog here"))
        .with_help(format!("type the {of}'s path"))
}
