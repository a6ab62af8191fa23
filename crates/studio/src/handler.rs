//! Answers the protocol's requests, for every front door that speaks it.

use std::path::Path;

use touchstone_engine::Warehouse;
use touchstone_protocol::{
    Audit, AuditView, CancelJob, ErrorCode, Handler, History, JobStatus, JobView, LastRun, OpenPipeline,
    OpenWorkspace, PickWorkspace, PipelineView, PlanPublish, Publish, PublishPlan, PublishedView, RpcError,
    RunView, SampleRows, SampleView, StartSimulate, TablePage, TableRows, VersionView, WorkspaceView,
};

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

    async fn sample_rows(&self, params: SampleRows) -> Result<SampleView, RpcError> {
        let workspace = Studio::workspace(self)?;
        let limit = params.limit.min(PAGE_LIMIT);
        self.samples.rows(workspace, &params.pipeline, &params.source, params.offset, limit).await
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

    async fn table_rows(&self, params: TableRows) -> Result<TablePage, RpcError> {
        let workspace = Studio::workspace(self)?;
        let warehouse =
            Warehouse::open(&workspace.warehouse()).await.map_err(|error| engine_error(&error))?;
        let limit = usize::try_from(params.limit.min(PAGE_LIMIT)).unwrap_or(usize::MAX);
        let offset = usize::try_from(params.offset).unwrap_or(usize::MAX);
        let page =
            warehouse.page(&params.table, offset, limit).await.map_err(|error| engine_error(&error))?;
        Ok(TablePage {
            columns: page
                .columns
                .into_iter()
                .map(|column| touchstone_protocol::ColumnView {
                    name: column.name,
                    data_type: column.data_type,
                    expression: None,
                })
                .collect(),
            rows: page.rows,
            offset: params.offset,
            total: page.total,
        })
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
}
