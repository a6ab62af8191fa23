//! Answers the protocol's requests, for every front door that speaks it.

use std::path::Path;

use touchstone_engine::Warehouse;
use touchstone_protocol::{
    Audit, AuditView, CancelJob, DataRef, DataView, ErrorCode, Handler, History, JobStatus, JobView, LastRun,
    OpenPipeline, OpenWorkspace, PickWorkspace, PipelineView, PlanPublish, Profile, ProfileView, Publish,
    PublishPlan, PublishedView, RollBack, Rows, RpcError, RunView, StartSimulate, VersionView, WorkspaceView,
};
use touchstone_spec::TableName;

use crate::{
    config::LOCAL,
    release,
    simulation::engine_error,
    studio::{Studio, last_run},
};

/// Most rows that one request gives.
const PAGE_LIMIT: u64 = 1_000;

impl Handler for Studio {
    async fn open_workspace(&self, params: OpenWorkspace) -> Result<WorkspaceView, RpcError> {
        let workspace = self.open(Path::new(&params.path))?;
        self.workspace_view(&workspace).await
    }

    async fn pick_workspace(&self, _params: PickWorkspace) -> Result<Option<WorkspaceView>, RpcError> {
        Err(RpcError::new(ErrorCode::Failed, "there is no folder dialog here")
            .with_help("type the folder's path"))
    }

    async fn workspace(
        &self,
        _params: touchstone_protocol::Workspace,
    ) -> Result<Option<WorkspaceView>, RpcError> {
        if self.root().is_none() {
            return Ok(None);
        }
        let workspace = Studio::workspace(self)?;
        Ok(Some(self.workspace_view(&workspace).await?))
    }

    async fn pipeline(&self, params: OpenPipeline) -> Result<PipelineView, RpcError> {
        let workspace = Studio::workspace(self)?;
        self.pipeline_view(&workspace, &params.pipeline).await
    }

    async fn rows(&self, params: Rows) -> Result<DataView, RpcError> {
        let workspace = Studio::workspace(self)?;
        let limit = params.limit.min(PAGE_LIMIT);
        match params.data {
            DataRef::File { .. } => Err(unsupported()),
            DataRef::Sample { pipeline, source } => {
                self.samples.rows(&workspace, &pipeline, &source, params.offset, limit).await
            }
            DataRef::Table { table, .. } => table_rows(&workspace, &table, params.offset, limit).await,
        }
    }

    async fn profile(&self, params: Profile) -> Result<ProfileView, RpcError> {
        let workspace = Studio::workspace(self)?;
        match params.data {
            DataRef::Sample { pipeline, source } => {
                self.samples.profile(&workspace, &pipeline, &source).await
            }
            DataRef::File { .. } | DataRef::Table { .. } => Err(unsupported()),
        }
    }

    async fn start_simulate(&self, params: StartSimulate) -> Result<JobView, RpcError> {
        let workspace = Studio::workspace(self)?;
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
        let workspace = Studio::workspace(self)?;
        let registry = self.registry(&workspace, LOCAL).await?;
        last_run(&registry, &params.pipeline).await
    }

    async fn plan_publish(&self, params: PlanPublish) -> Result<PublishPlan, RpcError> {
        let workspace = Studio::workspace(self)?;
        let registry = self.registry(&workspace, &params.environment).await?;
        release::plan(&workspace, &registry, &params.pipeline, &params.environment).await
    }

    async fn publish(&self, params: Publish) -> Result<PublishedView, RpcError> {
        let workspace = Studio::workspace(self)?;
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
        let workspace = Studio::workspace(self)?;
        let registry = self.registry(&workspace, &params.environment).await?;
        release::history(&registry, &params.environment, &params.pipeline).await
    }

    async fn audit(&self, params: Audit) -> Result<AuditView, RpcError> {
        let workspace = Studio::workspace(self)?;
        let limit = usize::try_from(params.limit.min(PAGE_LIMIT)).unwrap_or(usize::MAX);
        self.audit_view(&workspace, &params.environment, limit).await
    }

    async fn roll_back(&self, params: RollBack) -> Result<PublishedView, RpcError> {
        let workspace = Studio::workspace(self)?;
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

    async fn export_audit(&self, _params: touchstone_protocol::ExportAudit) -> Result<String, RpcError> {
        Err(unsupported())
    }

    async fn compare_versions(
        &self,
        _params: touchstone_protocol::CompareVersions,
    ) -> Result<touchstone_protocol::ComparisonView, RpcError> {
        Err(unsupported())
    }

    async fn home(
        &self,
        _params: touchstone_protocol::Home,
    ) -> Result<touchstone_protocol::HomeView, RpcError> {
        Err(unsupported())
    }

    async fn new_workspace(
        &self,
        _params: touchstone_protocol::NewWorkspace,
    ) -> Result<Option<touchstone_protocol::WorkspaceView>, RpcError> {
        Err(unsupported())
    }

    async fn open_sample_workspace(
        &self,
        _params: touchstone_protocol::OpenSampleWorkspace,
    ) -> Result<touchstone_protocol::WorkspaceView, RpcError> {
        Err(unsupported())
    }

    async fn forget_workspace(
        &self,
        _params: touchstone_protocol::ForgetWorkspace,
    ) -> Result<touchstone_protocol::HomeView, RpcError> {
        Err(unsupported())
    }

    async fn pick_files(&self, _params: touchstone_protocol::PickFiles) -> Result<Vec<String>, RpcError> {
        Err(unsupported())
    }

    async fn upload(&self, _params: touchstone_protocol::Upload) -> Result<Option<String>, RpcError> {
        Err(unsupported())
    }

    async fn save_text(&self, _params: touchstone_protocol::SaveText) -> Result<Option<String>, RpcError> {
        Err(unsupported())
    }

    async fn open_file(
        &self,
        _params: touchstone_protocol::OpenFile,
    ) -> Result<touchstone_protocol::FileView, RpcError> {
        Err(unsupported())
    }

    async fn start_profile(
        &self,
        _params: touchstone_protocol::StartProfile,
    ) -> Result<touchstone_protocol::JobView, RpcError> {
        Err(unsupported())
    }

    async fn find(
        &self,
        _params: touchstone_protocol::Find,
    ) -> Result<Option<touchstone_protocol::FoundView>, RpcError> {
        Err(unsupported())
    }

    async fn column(
        &self,
        _params: touchstone_protocol::ColumnProfile,
    ) -> Result<touchstone_protocol::ColumnProfileView, RpcError> {
        Err(unsupported())
    }

    async fn record(
        &self,
        _params: touchstone_protocol::Record,
    ) -> Result<touchstone_protocol::RecordView, RpcError> {
        Err(unsupported())
    }

    async fn documents(
        &self,
        _params: touchstone_protocol::Documents,
    ) -> Result<Vec<touchstone_protocol::DocumentView>, RpcError> {
        Err(unsupported())
    }

    async fn save_document(
        &self,
        _params: touchstone_protocol::SaveDocument,
    ) -> Result<touchstone_protocol::SaveView, RpcError> {
        Err(unsupported())
    }

    async fn delete_document(&self, _params: touchstone_protocol::DeleteDocument) -> Result<(), RpcError> {
        Err(unsupported())
    }

    async fn draft_pipeline(
        &self,
        _params: touchstone_protocol::DraftPipeline,
    ) -> Result<touchstone_protocol::DocumentView, RpcError> {
        Err(unsupported())
    }

    async fn await_changes(
        &self,
        _params: touchstone_protocol::AwaitChanges,
    ) -> Result<touchstone_protocol::ChangesView, RpcError> {
        Err(unsupported())
    }

    async fn preview(
        &self,
        _params: touchstone_protocol::Preview,
    ) -> Result<touchstone_protocol::PreviewView, RpcError> {
        Err(unsupported())
    }

    async fn runs(
        &self,
        _params: touchstone_protocol::Runs,
    ) -> Result<Vec<touchstone_protocol::RunView>, RpcError> {
        Err(unsupported())
    }

    async fn run_diff(
        &self,
        _params: touchstone_protocol::RunDiff,
    ) -> Result<touchstone_protocol::RunDiffView, RpcError> {
        Err(unsupported())
    }

    async fn trace(
        &self,
        _params: touchstone_protocol::Trace,
    ) -> Result<touchstone_protocol::TracedView, RpcError> {
        Err(unsupported())
    }

    async fn settings(
        &self,
        _params: touchstone_protocol::Settings,
    ) -> Result<touchstone_protocol::SettingsView, RpcError> {
        Err(unsupported())
    }

    async fn save_environment(
        &self,
        _params: touchstone_protocol::SaveEnvironment,
    ) -> Result<touchstone_protocol::SettingsView, RpcError> {
        Err(unsupported())
    }

    async fn remove_environment(
        &self,
        _params: touchstone_protocol::RemoveEnvironment,
    ) -> Result<touchstone_protocol::SettingsView, RpcError> {
        Err(unsupported())
    }

    async fn enter_keys(
        &self,
        _params: touchstone_protocol::EnterKeys,
    ) -> Result<touchstone_protocol::SettingsView, RpcError> {
        Err(unsupported())
    }

    async fn forget_keys(
        &self,
        _params: touchstone_protocol::ForgetKeys,
    ) -> Result<touchstone_protocol::SettingsView, RpcError> {
        Err(unsupported())
    }

    async fn test_connection(
        &self,
        _params: touchstone_protocol::TestConnection,
    ) -> Result<touchstone_protocol::ConnectionView, RpcError> {
        Err(unsupported())
    }

    async fn load_state(
        &self,
        _params: touchstone_protocol::LoadState,
    ) -> Result<Option<serde_json::Value>, RpcError> {
        Err(unsupported())
    }

    async fn save_state(&self, _params: touchstone_protocol::SaveState) -> Result<(), RpcError> {
        Err(unsupported())
    }
}

fn unsupported() -> RpcError {
    RpcError::new(ErrorCode::Unsupported, "this front door doesn't answer that")
}

async fn table_rows(
    workspace: &crate::Workspace,
    table: &TableName,
    offset: u64,
    limit: u64,
) -> Result<DataView, RpcError> {
    let warehouse = Warehouse::open(&workspace.warehouse()).await.map_err(|error| engine_error(&error))?;
    let rows = usize::try_from(limit).unwrap_or(usize::MAX);
    let first = usize::try_from(offset).unwrap_or(usize::MAX);
    let page = warehouse.page(table, first, rows).await.map_err(|error| engine_error(&error))?;
    Ok(DataView {
        columns: page
            .columns
            .into_iter()
            .map(|column| touchstone_protocol::ColumnView {
                name: column.name,
                data_type: column.data_type,
                expression: None,
            })
            .collect(),
        row_ids: (offset..).take(page.rows.len()).collect(),
        rows: page.rows,
        bad: Vec::new(),
        offset,
        total: page.total,
        complete: true,
    })
}
