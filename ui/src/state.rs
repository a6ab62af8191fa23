//! What the window shows: read by the panels, changed by the app alone.

use std::collections::BTreeMap;

use touchstone_protocol::{
    AuditView, DataQuery, JobState, JobView, PipelineState, PipelineView, PublishPlan, PublishedView,
    RpcError, RunView, TableRunView, VersionView, WorkspaceView,
};
use touchstone_spec::{Severity, TableName};

use crate::command::{Command, Place, Section, TablePart};
use crate::keep::Person;
use crate::remote::Remote;
use crate::{account, data, design, home, lineage, palette, prove, release, settings, shell};

/// The environment on this computer.
pub const LOCAL: &str = "local";

/// Everything that is shown.
#[derive(Debug, Default)]
pub struct State {
    /// The open workspace; none when there is none.
    pub workspace: Remote<Option<WorkspaceView>>,
    /// The workspace being opened.
    pub opening: Remote<()>,
    /// Path in the start page's field.
    pub path: String,
    /// Open tabs, in order.
    pub tabs: Vec<Place>,
    /// What the centre shows: one of the tabs, or the start page.
    pub place: Place,
    /// Selected pipeline: the one that is shown, or was last.
    pub selected: Option<String>,
    /// Whether the list of problems is shown.
    pub problems: bool,
    /// Environment that is published to.
    pub environment: String,
    /// What is known of each pipeline that was looked at.
    pub pipelines: BTreeMap<String, Pipeline>,
    /// The audit trail of the environment.
    pub audit: Remote<AuditView>,
    /// Errors that nobody has dismissed.
    pub notices: Vec<Notice>,
    /// The question that is asked, if any.
    pub dialog: Option<Dialog>,
    /// The person's own choices.
    pub person: Person,
    /// The window around the rooms.
    pub shell: shell::State,
    /// The list of everything, while it's open.
    pub palette: Option<palette::Palette>,
    /// The start page.
    pub home: home::State,
    /// Data in grids.
    pub data: data::State,
    /// Documents and how they are edited.
    pub design: design::State,
    /// Simulations.
    pub prove: prove::State,
    /// Versions.
    pub release: release::State,
    /// Lineage.
    pub lineage: lineage::State,
    /// The audit trail's filters.
    pub account: account::State,
    /// Settings.
    pub settings: settings::State,
}

/// A question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialog {
    /// Readers break: publish all the same?
    PublishBreaking,
}

/// What is known of a pipeline.
#[derive(Debug, Default)]
pub struct Pipeline {
    /// The pipeline.
    pub view: Remote<PipelineView>,
    /// The section that is shown.
    pub section: Section,
    /// Source whose sample is shown; the first when none was chosen.
    pub source: Option<String>,
    /// Its last simulation.
    pub run: Remote<Option<RunView>>,
    /// Its job, until it has ended.
    pub job: Option<Job>,
    /// Table that is selected in the simulation; the last when none was chosen.
    pub table: Option<TableName>,
    /// Part of it that is shown.
    pub part: TablePart,
    /// Place of the difference that is looked at whole.
    pub change: Option<usize>,
    /// What publishing would change.
    pub plan: Remote<PublishPlan>,
    /// Its published versions.
    pub history: Remote<Vec<VersionView>>,
    /// The version being published.
    pub publishing: Remote<PublishedView>,
    /// Hash of what was published last.
    pub published_hash: String,
    /// Why it is published.
    pub message: String,
}

/// A simulation that runs.
#[derive(Debug, Default)]
pub struct Job {
    /// How far it is; none before the back end has begun.
    pub progress: Remote<JobView>,
    /// Whether the person asked it to stop.
    pub cancelling: bool,
    /// For data that is read as a whole: as what.
    pub(crate) read_as: DataQuery,
}

/// An error that stays until it's dismissed.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Names it.
    pub id: u64,
    /// What was tried.
    pub title: String,
    /// What went wrong, and the next step.
    pub error: RpcError,
    /// What leads on.
    pub action: Option<Command>,
}

impl State {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { environment: LOCAL.to_owned(), ..Self::default() }
    }

    /// What stays when another workspace is opened: what is the person's own, and the files that were looked at before
    /// there was a workspace.
    pub(crate) fn for_another_workspace(self) -> Self {
        let has_workspace = self.open_workspace().is_some();
        let mut next = Self { notices: self.notices, person: self.person, ..Self::new() };
        if !has_workspace {
            next.tabs = self.tabs;
            next.tabs.retain(|tab| matches!(tab, Place::File(_)));
            next.place = Some(self.place).filter(|place| next.tabs.contains(place)).unwrap_or_default();
            next.data = self.data;
            next.home = home::State { new_path: None, view: Remote::default(), ..self.home };
        }
        next
    }

    /// The open workspace.
    pub fn open_workspace(&self) -> Option<&WorkspaceView> {
        self.workspace.value().and_then(Option::as_ref)
    }

    /// The selected pipeline, as the list has it.
    pub fn selected_state(&self) -> Option<&PipelineState> {
        let selected = self.selected.as_ref()?;
        self.open_workspace()?.pipelines.iter().find(|pipeline| &pipeline.name == selected)
    }

    /// What is known of the selected pipeline.
    pub fn selected_pipeline(&self) -> Option<&Pipeline> {
        self.pipelines.get(self.selected.as_ref()?)
    }

    /// The simulation that runs, if any, with its pipeline.
    pub fn running_job(&self) -> Option<(&String, &Job)> {
        self.pipelines.iter().find_map(|(name, pipeline)| pipeline.job.as_ref().map(|job| (name, job)))
    }

    /// The section of the pipeline that is shown, where one is.
    pub fn section(&self) -> Option<Section> {
        let Place::Pipeline(name) = &self.place else { return None };
        self.pipelines.get(name).map(|pipeline| pipeline.section)
    }

    /// The pipeline that is `step` away from the selected one in the list.
    pub fn neighbour(&self, step: isize) -> Option<&str> {
        let pipelines = &self.open_workspace()?.pipelines;
        let place = pipelines.iter().position(|pipeline| Some(&pipeline.name) == self.selected.as_ref());
        let place = place.map_or(Some(0), |place| place.checked_add_signed(step))?;
        pipelines.get(place).map(|pipeline| pipeline.name.as_str())
    }

    /// Why a command can't be given now; none when it can.
    pub fn obstacle(&self, command: &Command) -> Option<String> {
        let reason = match command {
            Command::OpenPath if self.path.trim().is_empty() => "Type the path of a workspace first",
            Command::OpenPath | Command::PickWorkspace if self.opening.is_pending() => {
                "A workspace is being opened"
            }
            Command::CloseThisTab if self.tabs.is_empty() => "No tab is open",
            Command::OpenPath
            | Command::PickWorkspace
            | Command::EditPath(_)
            | Command::Retry
            | Command::Dismiss(_)
            | Command::Copy(_)
            | Command::Go(Place::Home | Place::File(_) | Place::Settings)
            | Command::CloseTab(_)
            | Command::CloseThisTab
            | Command::ToggleTheme
            | Command::Palette(_) => return None,
            Command::Shell(command) => return command.obstacle(self),
            Command::Home(command) => return command.obstacle(self),
            Command::Data(command) => return command.obstacle(self),
            Command::Settings(command) => return command.obstacle(self),
            _ if self.open_workspace().is_none() => "Open a workspace first",
            Command::Simulate => return self.simulate_obstacle(),
            Command::CancelSimulation => match self.selected_pipeline().and_then(|one| one.job.as_ref()) {
                None => "No simulation runs",
                Some(job) if job.cancelling => "The simulation is being cancelled",
                Some(_) => return None,
            },
            Command::Publish => return self.publish_obstacle(),
            Command::ShowSection(_) if self.selected.is_none() => "Select a pipeline first",
            Command::NextPipeline if self.neighbour(1).is_none() => "This is the last pipeline",
            Command::PreviousPipeline if self.neighbour(-1).is_none() => "This is the first pipeline",
            Command::Design(command) => return command.obstacle(self),
            Command::Prove(command) => return command.obstacle(self),
            Command::Release(command) => return command.obstacle(self),
            Command::Lineage(command) => return command.obstacle(self),
            Command::Account(command) => return command.obstacle(self),
            _ => return None,
        };
        Some(reason.to_owned())
    }

    fn simulate_obstacle(&self) -> Option<String> {
        let Some(pipeline) = self.selected_pipeline() else {
            return Some("Select a pipeline first".to_owned());
        };
        if pipeline.job.is_some() {
            return Some("The simulation is running".to_owned());
        }
        // One at a time waits; a second would take its place, and the first would never begin.
        if self.prove.awaited.is_some() {
            return Some("Edits are being saved for another simulation".to_owned());
        }
        match self.errors() {
            0 => None,
            errors => Some(format!(
                "{} in the pipeline must be mended first",
                crate::text::count(errors as u64, "error", "errors")
            )),
        }
    }

    /// Errors in the selected pipeline as it is edited.
    pub(crate) fn errors(&self) -> usize {
        let is_here = |file: &&str| self.design.documents.get(file).is_some();
        let Some(file) = self.design_file().filter(is_here) else {
            return self.selected_state().map_or(0, |state| state.errors);
        };
        let found = self.design.compilation().diagnostics.0.iter();
        found.filter(|one| one.severity == Severity::Error && one.place.file == file).count()
    }

    /// The selected pipeline's document, where it has edits that aren't saved.
    pub(crate) fn unsaved_document(&self) -> Option<&str> {
        let file = self.design_file()?;
        self.design.documents.get(file).is_some_and(crate::design::OpenDocument::is_dirty).then_some(file)
    }

    fn publish_obstacle(&self) -> Option<String> {
        self.nothing_to_publish().or_else(|| {
            let has_no_message = self.selected_pipeline()?.message.trim().is_empty();
            has_no_message.then(|| "Say in the message why you publish".to_owned())
        })
    }

    /// Why nothing can be published, whatever the message says; none where something can.
    pub(crate) fn nothing_to_publish(&self) -> Option<String> {
        let reason = match self.selected_pipeline() {
            None => "Select a pipeline first".to_owned(),
            Some(pipeline) if pipeline.publishing.is_pending() => "It is being published".to_owned(),
            Some(_) if self.unsaved_document().is_some() => {
                "Save first: the edits are not part of what would be published".to_owned()
            }
            Some(pipeline) => match pipeline.plan.value() {
                None => "The difference is not known yet".to_owned(),
                Some(_) if pipeline.plan.is_pending() => "The difference is being made".to_owned(),
                Some(plan) if !plan.problems.is_empty() => format!(
                    "{} must be mended first",
                    crate::text::count(plan.problems.len() as u64, "problem", "problems")
                ),
                Some(plan) if plan.diff.changes.is_empty() && plan.current.is_some() => {
                    "Nothing has changed since it was published".to_owned()
                }
                Some(_) => return None,
            },
        };
        Some(reason)
    }

    /// Whether publishing would break readers.
    pub(crate) fn is_breaking(&self) -> bool {
        let plan = self.selected_pipeline().and_then(|pipeline| pipeline.plan.value());
        plan.is_some_and(PublishPlan::breaks_readers)
    }
}

impl Pipeline {
    /// The source whose sample is shown.
    pub fn shown_source(&self) -> Option<&str> {
        let sources = &self.view.value()?.sources;
        let chosen = sources.iter().find(|source| Some(&source.name) == self.source.as_ref());
        chosen
            .or_else(|| sources.iter().find(|source| source.sample.is_some()))
            .map(|source| source.name.as_str())
    }

    /// The last simulation.
    pub fn last_run(&self) -> Option<&RunView> {
        self.run.value().and_then(Option::as_ref)
    }

    /// The table of the simulation that is selected.
    pub fn shown_table(&self) -> Option<&TableRunView> {
        let tables = &self.last_run()?.tables;
        tables.iter().find(|table| Some(&table.table) == self.table.as_ref()).or_else(|| tables.last())
    }
}

impl Job {
    /// Whether it has ended.
    pub(crate) fn has_ended(view: &JobView) -> bool {
        !matches!(view.state, JobState::Running | JobState::Cancelling)
    }
}
