//! The studio: an open workspace, its registries, its jobs, and what is remembered between requests.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use touchstone_engine::{RunObserver, Warehouse};
use touchstone_protocol::{
    ErrorCode, JobResult, JobView, PipelineState, PipelineView, PublishPlan, RpcError, RunView, SourceView,
    TableView, VersionView, WorkspaceView,
};
use touchstone_registry::{Current, Registry};
use touchstone_spec::{Layer, Severity, Source};

use crate::{
    checklist,
    config::LOCAL,
    data::Library,
    environment::store_error,
    file::{blocking, io_error},
    home::PersonFolders,
    job::{Jobs, Work},
    keys::{KeyStore, NoKeys},
    opened::Opened,
    prove::Proofs,
    release,
    seat::Seats,
    simulation,
    workspace::{MACHINE_MADE, Workspace, pipeline_name},
};

/// What a front door brings.
#[derive(Debug, Default)]
pub struct StudioOptions {
    /// Where the person's own things are kept. None: nothing is remembered of the person.
    pub folders: Option<PersonFolders>,
    /// Whether the front door answers requests for the system's dialogs.
    pub has_dialogs: bool,
}

/// What every front door calls. Cheap to share; all methods take `&self`.
#[derive(Debug)]
pub struct Studio {
    pub(crate) keys: Arc<dyn KeyStore>,
    pub(crate) options: StudioOptions,
    root: RwLock<Option<PathBuf>>,
    opened: Arc<Opened>,
    /// Where uploads go while no workspace is open; removed with the studio.
    uploads: Mutex<Option<tempfile::TempDir>>,
    registries: tokio::sync::Mutex<BTreeMap<(PathBuf, String), Arc<Registry>>>,
    pub(crate) jobs: Jobs,
    pub(crate) library: Arc<Library>,
    pub(crate) proofs: Proofs,
    pub(crate) warehouse: tokio::sync::Mutex<Option<Warehouse>>,
    pub(crate) seats: Arc<Seats>,
}

impl Studio {
    /// A studio without a workspace, that remembers nothing of the person.
    pub fn new() -> Arc<Self> {
        Self::start(StudioOptions::default())
    }

    /// A studio without a workspace, for a front door.
    pub fn start(options: StudioOptions) -> Arc<Self> {
        Self::start_with(options, Arc::new(NoKeys))
    }

    /// The same, with a keychain for the access keys of environments.
    pub fn start_with(options: StudioOptions, keys: Arc<dyn KeyStore>) -> Arc<Self> {
        Arc::new(Self {
            keys,
            options,
            root: RwLock::default(),
            opened: Arc::default(),
            uploads: Mutex::default(),
            registries: tokio::sync::Mutex::default(),
            jobs: Jobs::default(),
            library: Arc::default(),
            proofs: Proofs::default(),
            warehouse: tokio::sync::Mutex::default(),
            seats: Arc::default(),
        })
    }

    /// Asks all jobs to stop: the front door closes.
    pub fn stop_jobs(&self) {
        self.jobs.cancel_all();
    }

    /// Forgets the registries that are open: their settings or keys are others now.
    pub(crate) async fn forget_registries(&self) {
        self.registries.lock().await.clear();
    }

    /// Opens the workspace in `folder`; the one that was open is left. Blocks while its files are read.
    ///
    /// # Errors
    /// As [`Workspace::open`]; the workspace that was open stays open then.
    pub fn open(&self, folder: &Path) -> Result<Arc<Workspace>, RpcError> {
        Ok(self.take(self.opened.read(folder)?))
    }

    /// The same, where nothing may be held up.
    ///
    /// # Errors
    /// As [`Studio::open`].
    pub(crate) async fn open_soon(&self, folder: PathBuf) -> Result<Arc<Workspace>, RpcError> {
        let opened = Arc::clone(&self.opened);
        Ok(self.take(blocking(move || opened.read(&folder)).await?))
    }

    fn take(&self, workspace: Arc<Workspace>) -> Arc<Workspace> {
        *self.root.write().unwrap_or_else(PoisonError::into_inner) = Some(workspace.root.clone());
        workspace
    }

    /// Reads the workspace in `folder` before it is asked for, so that it opens at once then.
    pub async fn prepare(&self, folder: PathBuf) {
        let opened = Arc::clone(&self.opened);
        // Who opens it is told why it can't be.
        if let Ok(workspace) = blocking(move || opened.read(&folder)).await {
            drop(self.registry(&workspace, LOCAL).await);
        }
    }

    /// Folder of the open workspace.
    pub fn root(&self) -> Option<PathBuf> {
        self.root.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The open workspace, read and compiled as its files are now.
    ///
    /// # Errors
    /// When none is open or it can't be read any more.
    pub async fn workspace(&self) -> Result<Arc<Workspace>, RpcError> {
        let root = self.open_root()?;
        let opened = Arc::clone(&self.opened);
        blocking(move || opened.read(&root)).await
    }

    /// Folder of the open workspace.
    ///
    /// # Errors
    /// When none is open.
    pub(crate) fn open_root(&self) -> Result<PathBuf, RpcError> {
        self.root().ok_or_else(|| {
            RpcError::new(ErrorCode::NoWorkspace, "no workspace is open").with_help("open a workspace first")
        })
    }

    /// Where files that the page sends are kept.
    ///
    /// # Errors
    /// When the system has no place for them.
    pub(crate) fn uploads(&self) -> Result<PathBuf, RpcError> {
        if let Some(root) = self.root() {
            return Ok(root.join(MACHINE_MADE).join("uploads"));
        }
        let mut uploads = lock(&self.uploads);
        if let Some(folder) = uploads.as_ref() {
            return Ok(folder.path().to_path_buf());
        }
        let folder = tempfile::Builder::new()
            .prefix("touchstone-")
            .tempdir()
            .map_err(|error| io_error(&std::env::temp_dir(), &error))?;
        Ok(uploads.insert(folder).path().to_path_buf())
    }

    /// A file that the page names: absolute, or relative to the open workspace.
    pub(crate) fn file(&self, named: &str) -> PathBuf {
        let path = Path::new(named);
        self.root().map_or_else(|| path.to_path_buf(), |root| root.join(path))
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
        let registry = Arc::new(self.open_registry(workspace, environment).await?);
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
        let (job, _) = self.jobs.begin(uuid::Uuid::now_v7().to_string(), name, Work::Simulate)?;
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

    /// What publishing a pipeline would change, with what a careful person looks at first.
    ///
    /// # Errors
    /// When there is no such pipeline or environment, or a registry can't be read.
    pub async fn plan(
        &self,
        workspace: &Workspace,
        name: &str,
        environment: &str,
    ) -> Result<PublishPlan, RpcError> {
        let registry = self.registry(workspace, environment).await?;
        let mut plan = release::plan(workspace, &registry, name, environment).await?;
        let local = self.registry(workspace, LOCAL).await?;
        let run = simulation::kept(&local, name, 1).await?.into_iter().next();
        let content = release::content(workspace, name).ok();
        plan.checklist =
            checklist::checklist(workspace, &registry, &plan, content.as_ref(), run.as_ref()).await;
        Ok(plan)
    }
}

/// The data behind these locks is whole after every statement, so a panic elsewhere doesn't spoil it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The last simulation of a pipeline, from the local registry.
///
/// # Errors
/// When the registry can't be read.
pub async fn last_run(registry: &Registry, name: &str) -> Result<Option<RunView>, RpcError> {
    Ok(simulation::kept(registry, name, 1).await?.into_iter().next().map(|run| run.view))
}

/// A dialect for people: `delimiter ";" · windows-1252 · header in line 4 · last line left out · null - n/a`.
pub(crate) fn describe_format(format: &touchstone_spec::FileFormat) -> String {
    let touchstone_spec::FileFormat::Csv(csv) = format;
    // In quotes: some delimiters look like what stands between these words.
    let delimiter = match csv.delimiter {
        '\t' => "tab".to_owned(),
        other => format!("\"{other}\""),
    };
    let header = match csv.header_row {
        0 => "no header".to_owned(),
        row => format!("header in line {row}"),
    };
    let mut words = vec![format!("delimiter {delimiter}"), csv.encoding.clone(), header];
    match csv.footer_rows {
        0 => {}
        1 => words.push("last line left out".to_owned()),
        lines => words.push(format!("last {lines} lines left out")),
    }
    if !csv.null_values.is_empty() {
        words.push(format!("null {}", csv.null_values.join(" ")));
    }
    if csv.trim {
        words.push("blanks at both ends dropped".to_owned());
    }
    match csv.quote {
        Some('"') => {}
        Some(quote) => words.push(format!("quote {quote}")),
        None => words.push("no quotes".to_owned()),
    }
    if let Some(escape) = csv.escape {
        words.push(format!("escape {escape}"));
    }
    words.join(" · ")
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
                    expression: expression(compiled, schema.name.layer, &schema.name.table, &column.name),
                })
                .collect(),
            key: schema.key.clone(),
        })
        .collect()
}

/// How a table's column is made, as the steward wrote it: a silver field's expression, a gold table's query is its
/// columns'.
pub(crate) fn expression(
    compiled: &touchstone_compiler::CompiledPipeline,
    layer: Layer,
    table: &str,
    column: &str,
) -> Option<String> {
    match layer {
        Layer::Silver => {
            let plan = compiled.silver.get(table)?;
            plan.fields.iter().find(|field| field.name == column).map(|field| field.source_text.clone())
        }
        Layer::Bronze | Layer::Gold => None,
    }
}
