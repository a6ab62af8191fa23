//! The studio: an open workspace, its registries, its jobs, and what is remembered between requests.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use touchstone_engine::RunObserver;
use touchstone_protocol::{
    AuditEventView, AuditView, ErrorCode, JobResult, JobView, PipelineState, PipelineView, RpcError, RunView,
    SourceView, TableView, VersionView, WorkspaceView,
};
use touchstone_registry::{AuditQuery, Current, Registry};
use touchstone_spec::{Severity, Source};

use crate::{
    config::LOCAL,
    environment::{open_registry, store_error},
    job::Jobs,
    release,
    sample::Samples,
    simulation,
    workspace::{Workspace, pipeline_name},
};

/// What every front door calls. Cheap to share; all methods take `&self`.
#[derive(Debug, Default)]
pub struct Studio {
    root: RwLock<Option<PathBuf>>,
    registries: tokio::sync::Mutex<BTreeMap<(PathBuf, String), Arc<Registry>>>,
    pub(crate) jobs: Jobs,
    pub(crate) samples: Samples,
}

impl Studio {
    /// A studio without a workspace.
    pub fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// Opens the workspace in `folder`; the one that was open is left.
    ///
    /// # Errors
    /// As [`Workspace::open`]; the workspace that was open stays open then.
    pub fn open(&self, folder: &Path) -> Result<Arc<Workspace>, RpcError> {
        let workspace = Workspace::open(folder)?;
        *self.root.write().unwrap_or_else(PoisonError::into_inner) = Some(workspace.root.clone());
        Ok(Arc::new(workspace))
    }

    /// Folder of the open workspace.
    pub fn root(&self) -> Option<PathBuf> {
        self.root.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The open workspace, read and compiled as its files are now.
    ///
    /// # Errors
    /// When none is open or it can't be read any more.
    pub fn workspace(&self) -> Result<Arc<Workspace>, RpcError> {
        let Some(root) = self.root() else {
            return Err(RpcError::new(ErrorCode::NoWorkspace, "no workspace is open")
                .with_help("open a workspace first"));
        };
        Ok(Arc::new(Workspace::open(&root)?))
    }

    /// The registry of an environment; opened once.
    ///
    /// # Errors
    /// When the environment isn't configured or its store can't be opened.
    pub async fn registry(
        &self,
        workspace: &Workspace,
        environment: &str,
    ) -> Result<Arc<Registry>, RpcError> {
        // Another table or region in touchstone.toml is another registry.
        let settings = workspace
            .config
            .environment(environment)?
            .map_or_else(String::new, |config| format!("{config:?}"));
        let key = (workspace.root.clone(), format!("{environment} {settings}"));
        let mut registries = self.registries.lock().await;
        if let Some(registry) = registries.get(&key)
            // A registry file that somebody removed is opened anew.
            && (environment != LOCAL || workspace.registry_file().exists())
        {
            return Ok(Arc::clone(registry));
        }
        let registry = Arc::new(open_registry(workspace, environment).await?);
        registries.insert(key, Arc::clone(&registry));
        Ok(registry)
    }

    /// The open workspace for the window.
    ///
    /// # Errors
    /// When it or its local registry can't be read.
    pub async fn workspace_view(&self, workspace: &Workspace) -> Result<WorkspaceView, RpcError> {
        let registry = self.registry(workspace, LOCAL).await?;
        let published = registry.pipelines().await.map_err(|error| store_error(&error, None))?;
        let mut pipelines = Vec::new();
        for document in &workspace.documents {
            pipelines.push(self.pipeline_state(workspace, &registry, &published, document).await?);
        }
        Ok(WorkspaceView {
            name: workspace.config.name.clone(),
            root: workspace.root.to_string_lossy().into_owned(),
            environments: workspace.config.environments(),
            pipelines,
            diagnostics: workspace.compilation.diagnostics.0.clone(),
        })
    }

    async fn pipeline_state(
        &self,
        workspace: &Workspace,
        registry: &Registry,
        published: &[Current],
        document: &touchstone_spec::Document,
    ) -> Result<PipelineState, RpcError> {
        let name = pipeline_name(document);
        let current = published.iter().find(|current| current.pipeline == name);
        let changed = match (current, release::content(workspace, name)) {
            (Some(current), Ok(content)) => current.content_hash != content.content_hash,
            _ => true,
        };
        let found = workspace.diagnostics_of(&document.file);
        let count = |severity| found.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        Ok(PipelineState {
            name: name.to_owned(),
            title: document.pipeline.as_ref().and_then(|pipeline| pipeline.title.clone()),
            file: document.file.clone(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            published: current.map(|current| VersionView {
                version: current.version,
                published_at: current.published_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
                author: current.actor.clone(),
                message: current.message.clone(),
                class: current.change_class,
                rollback_of: None,
            }),
            changed,
            last_run: last_run(registry, name).await?.map(|run| run.outcome),
        })
    }

    /// One pipeline for the window.
    ///
    /// # Errors
    /// When there is no such pipeline, or the local registry can't be read.
    pub async fn pipeline_view(&self, workspace: &Workspace, name: &str) -> Result<PipelineView, RpcError> {
        let document = workspace.document(name)?;
        let registry = self.registry(workspace, LOCAL).await?;
        let published = registry.pipelines().await.map_err(|error| store_error(&error, None))?;
        let state = self.pipeline_state(workspace, &registry, &published, document).await?;
        let pipeline = document.pipeline.clone().unwrap_or_default();
        let sources = pipeline
            .sources
            .iter()
            .map(|(name, Source::File(file))| SourceView {
                name: name.clone(),
                sample: file.sample.clone(),
                format: describe_format(&file.format),
                columns: file.contract.len(),
            })
            .collect();
        let compiled = workspace.compilation.pipelines.get(name);
        let tables = compiled.map(tables).unwrap_or_default();
        Ok(PipelineView {
            state,
            owner: pipeline.owner,
            description: pipeline.description,
            sources,
            tables,
            diagnostics: workspace.diagnostics_of(&document.file),
        })
    }

    /// Starts a simulation as a job.
    ///
    /// # Errors
    /// When the pipeline has errors or another simulation runs.
    pub async fn start_simulation(&self, workspace: Arc<Workspace>, name: &str) -> Result<JobView, RpcError> {
        workspace.compiled(name)?;
        let registry = self.registry(&workspace, LOCAL).await?;
        let job = self.jobs.begin(uuid::Uuid::now_v7().to_string(), name)?;
        let (running, name) = (Arc::clone(&job), name.to_owned());
        tokio::spawn(async move {
            let observer: Arc<dyn RunObserver> = Arc::clone(&running) as Arc<dyn RunObserver>;
            let result = simulation::run(workspace, &registry, &name, None, observer).await;
            running.end(match result {
                Ok(report) if report.outcome == touchstone_engine::Outcome::Cancelled => {
                    Err(RpcError::new(ErrorCode::Cancelled, "the simulation was cancelled"))
                }
                Ok(report) => Ok(JobResult::Run(simulation::view(&name, &report))),
                Err(error) => Err(error),
            });
        });
        Ok(job.view())
    }

    /// The audit trail of an environment, newest first, and whether its chain holds.
    ///
    /// # Errors
    /// When its registry can't be read.
    pub async fn audit_view(
        &self,
        workspace: &Workspace,
        environment: &str,
        limit: usize,
    ) -> Result<AuditView, RpcError> {
        let registry = self.registry(workspace, environment).await?;
        let failed = |error| store_error(&error, Some(environment));
        let query = AuditQuery { limit, ..AuditQuery::default() };
        let page = registry.audit(&query).await.map_err(failed)?;
        let report = registry.verify_audit().await.map_err(failed)?;
        let total = page.events.first().map_or(0, |event| event.sequence);
        Ok(AuditView {
            events: page
                .events
                .into_iter()
                .map(|event| AuditEventView {
                    sequence: event.sequence,
                    class: event.change_class(),
                    time: event.time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
                    actor: event.actor,
                    action: event.action.to_string(),
                    pipeline: event.pipeline,
                    version: Some(event.version),
                    previous_version: event.version.checked_sub(1).filter(|version| *version > 0),
                    message: event.message,
                    hash: event.hash,
                    previous_hash: event.previous_hash,
                })
                .collect(),
            total,
            actors: Vec::new(),
            broken: report.problems.first().map(ToString::to_string),
        })
    }
}

/// The last simulation of a pipeline, from the local registry.
///
/// # Errors
/// When the registry can't be read.
pub async fn last_run(registry: &Registry, name: &str) -> Result<Option<RunView>, RpcError> {
    let page = registry.runs(name, 1, None).await.map_err(|error| store_error(&error, None))?;
    // A report of another version of Touchstone may not be readable; then it is as if there were none.
    Ok(page.runs.into_iter().next().and_then(|run| serde_json::from_value(run.report).ok()))
}

fn describe_format(format: &touchstone_spec::FileFormat) -> String {
    let touchstone_spec::FileFormat::Csv(csv) = format;
    let delimiter = match csv.delimiter {
        '\t' => "tab".to_owned(),
        other => other.to_string(),
    };
    let header = match csv.header_row {
        0 => "no header".to_owned(),
        row => format!("header in line {row}"),
    };
    format!("delimiter {delimiter} · {} · {header}", csv.encoding)
}

fn tables(compiled: &touchstone_compiler::CompiledPipeline) -> Vec<TableView> {
    compiled
        .schemas()
        .map(|schema| TableView {
            name: schema.name.clone(),
            description: schema.description.clone(),
            columns: schema
                .columns
                .iter()
                .map(|column| touchstone_protocol::ColumnView {
                    name: column.name.clone(),
                    data_type: column.data_type.clone(),
                    expression: expression(compiled, &schema.name.table, &column.name),
                })
                .collect(),
            key: schema.key.clone(),
        })
        .collect()
}

fn expression(compiled: &touchstone_compiler::CompiledPipeline, table: &str, column: &str) -> Option<String> {
    let plan = compiled.silver.get(table)?;
    plan.fields.iter().find(|field| field.name == column).map(|field| field.source_text.clone())
}
