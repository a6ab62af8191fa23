//! The app: takes the commands that panels send, asks the back end, and puts the answers into the state.

use std::sync::mpsc;

use egui::{Context, Theme, Ui};
use touchstone_protocol::{
    DataRef, ErrorCode, History, LastRun, OpenPipeline, OpenWorkspace, PickWorkspace, PipelineState,
    PlanPublish, RpcError, Workspace, WorkspaceView,
};

use crate::backend::Backend;
use crate::command::{Command, Commands, Place, Section, TablePart};
use crate::keep::Keeper;
use crate::keys::Turns;
use crate::outside::Parting;
use crate::remote::{Remote, Ticket};
use crate::state::{Notice, State};
use crate::{data, release, shell, theme};

/// What to do with an answer once it's here.
pub(crate) type Answered = Box<dyn FnOnce(&mut App) + Send>;

/// The whole window.
pub struct App {
    pub(crate) state: State,
    commands: Commands,
    pub(crate) backend: Box<dyn Backend>,
    pub(crate) ctx: Context,
    answers: mpsc::Receiver<Answered>,
    pub(crate) answered: mpsc::Sender<Answered>,
    last_ticket: u64,
    /// Tells a browser's tab from the others; zero for a window.
    pub(crate) page: u64,
    /// When to ask how far the jobs are.
    pub(crate) poll_at: Option<f64>,
    pub(crate) keeper: Keeper,
    pub(crate) parting: Parting,
}

impl App {
    /// A window on what `backend` has open.
    pub fn new(ctx: &Context, backend: impl Backend + 'static) -> Self {
        theme::install(ctx);
        // The size of text is a choice that is remembered, by commands of our own.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        ctx.add_plugin(Turns::default());
        let (answered, answers) = mpsc::channel();
        let mut app = Self {
            state: State::new(),
            commands: Commands::default(),
            backend: Box::new(backend),
            ctx: ctx.clone(),
            answers,
            answered,
            last_ticket: 0,
            page: 0,
            poll_at: None,
            keeper: Keeper::default(),
            parting: Parting::default(),
        };
        app.load_person();
        app.load_workspace();
        app
    }

    /// The same as a browser's tab: others may show the same, and each keeps its own unsaved edits.
    #[must_use]
    pub fn as_tab(mut self, page: u64) -> Self {
        self.page = page;
        self
    }

    /// What is shown.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Has `command` done after the next frame, as if a panel had sent it.
    pub fn command(&mut self, command: Command) {
        self.commands.send(command);
        self.ctx.request_repaint();
    }

    /// Draws one frame, before it what has been answered, after it what has been commanded.
    pub fn frame(&mut self, ui: &mut Ui) {
        crate::widgets::note_hands(ui.ctx());
        self.take_answers();
        self.take_drops();
        self.poll_jobs();
        self.design_frame();
        self.data_frame();
        self.lineage_frame();
        shell::shortcuts(&self.state, &self.commands, ui.ctx());
        if !self.awaits_person() {
            shell::window(&self.state, &self.commands, ui);
        }
        let commands = self.commands.take();
        if !commands.is_empty() {
            for command in commands {
                self.apply(command);
            }
            self.keep_soon();
            self.ctx.request_repaint();
        }
        self.hand_on_copies();
        self.keep_frame();
    }

    /// Takes what has been answered.
    pub(crate) fn take_answers(&mut self) {
        while let Ok(answered) = self.answers.try_recv() {
            answered(self);
            self.keep_soon();
        }
    }

    /// Does what a person commanded.
    fn apply(&mut self, command: Command) {
        // The difference must be in sight before it's published: the keys work everywhere.
        let is_in_sight = self.state.section() == Some(Section::Publish)
            && self.state.release.comparison_of(self.state.selected.as_deref()).is_none();
        if command == Command::Publish && self.state.selected.is_some() {
            let has_message =
                self.state.selected_pipeline().is_some_and(|one| !one.message.trim().is_empty());
            if !has_message {
                self.ctx.memory_mut(|memory| memory.request_focus(release::message_field()));
            }
            if !is_in_sight {
                self.show_section(Section::Publish);
                return;
            }
        }
        if self.state.obstacle(&command).is_some() {
            if command == Command::Simulate {
                self.say_what_stops_simulating();
            }
            return;
        }
        match command {
            Command::PickWorkspace => self.pick_workspace(),
            Command::EditPath(path) => self.state.path = path,
            Command::OpenPath => self.open_path(),
            Command::Reload => self.reload(),
            Command::Go(place) => self.go(place),
            Command::CloseTab(place) => self.close_tab(&place),
            Command::CloseThisTab => self.close_tab(&self.state.place.clone()),
            Command::ToggleProblems => self.state.problems = !self.state.problems,
            Command::Select(pipeline) => self.select(&pipeline),
            Command::NextPipeline => self.select_neighbour(1),
            Command::PreviousPipeline => self.select_neighbour(-1),
            Command::ShowSection(section) => self.show_section(section),
            Command::ShowSource(source) => self.change_pipeline(|pipeline| pipeline.source = Some(source)),
            Command::Simulate => self.simulate(),
            Command::CancelSimulation => self.cancel_simulation(),
            Command::ShowTable(table) => {
                self.state.prove.totals_open = false;
                self.change_pipeline(|pipeline| {
                    pipeline.table = Some(table);
                    pipeline.part = TablePart::default();
                });
            }
            Command::ShowPart(part) => self.change_pipeline(|pipeline| pipeline.part = part),
            Command::ChooseEnvironment(environment) => self.choose_environment(environment),
            Command::ShowChange(place) => self.change_pipeline(|pipeline| pipeline.change = Some(place)),
            Command::EditMessage(message) => self.change_pipeline(|pipeline| pipeline.message = message),
            Command::Publish => self.publish(),
            Command::ConfirmPublish => self.publish_now(),
            Command::CloseDialog => self.state.dialog = None,
            Command::Retry => self.retry(),
            Command::Dismiss(id) => self.state.notices.retain(|notice| notice.id != id),
            Command::Copy(text) => self.ctx.copy_text(text),
            Command::ToggleTheme => {
                let other = if self.ctx.theme() == Theme::Dark { Theme::Light } else { Theme::Dark };
                self.set_theme(other.into());
            }
            Command::Shell(command) => self.apply_shell(command),
            Command::Palette(command) => self.apply_palette(command),
            Command::Home(command) => self.apply_home(command),
            Command::Data(command) => self.apply_data(command),
            Command::Design(command) => self.apply_design(command),
            Command::Prove(command) => self.apply_prove(command),
            Command::Release(command) => self.apply_release(command),
            Command::Lineage(command) => self.apply_lineage(command),
            Command::Account(command) => self.apply_account(command),
            Command::Settings(command) => self.apply_settings(command),
        }
    }

    fn pick_workspace(&mut self) {
        let ticket = self.ticket();
        self.state.opening.begin(ticket);
        self.leave(move |app| {
            app.call(PickWorkspace {}, move |app, result| match result {
                // The person closed the dialog.
                Ok(None) => {
                    app.state.opening.finish(ticket, Ok(()));
                }
                Ok(Some(workspace)) => app.opened(ticket, Ok(workspace)),
                Err(error) => app.opened(ticket, Err(error)),
            });
        });
    }

    fn open_path(&mut self) {
        let path = self.state.path.trim().to_owned();
        self.open_by(OpenWorkspace { path });
    }

    pub(crate) fn opened(&mut self, ticket: Ticket, result: Result<WorkspaceView, RpcError>) {
        match result {
            Ok(workspace) => {
                if self.state.opening.finish(ticket, Ok(())) {
                    // It would be written into the other workspace.
                    self.stop_making();
                    let environment = workspace.environments.first().map(|first| first.name.clone());
                    let before = std::mem::take(&mut self.state);
                    self.state = before.for_another_workspace();
                    self.forget_workspace();
                    self.state.environment = environment.unwrap_or_else(|| crate::state::LOCAL.to_owned());
                    self.state.workspace.set(None);
                    self.show_workspace(Some(workspace));
                }
            }
            Err(error) => {
                if self.state.opening.finish(ticket, Err(error.clone())) {
                    self.notice("The workspace could not be opened", error, None);
                }
            }
        }
    }

    pub(crate) fn load_workspace(&mut self) {
        let ticket = self.ticket();
        self.state.workspace.begin(ticket);
        self.call(Workspace {}, move |app, result| match result {
            Ok(workspace) => {
                let renamed = app.renamed_pipelines(workspace.as_ref());
                if app.state.workspace.finish(ticket, Ok(workspace.clone())) {
                    for (old, new) in &renamed {
                        app.pipeline_renamed(old, new);
                    }
                    app.show_workspace(workspace);
                }
            }
            Err(error) if error.code == ErrorCode::NoWorkspace => {
                app.state.workspace.finish(ticket, Ok(None));
                app.look_back();
            }
            Err(error) => {
                app.state.workspace.finish(ticket, Err(error));
            }
        });
    }

    /// The workspace's list is here: keeps the selection where it can, else selects the first.
    pub(crate) fn show_workspace(&mut self, workspace: Option<WorkspaceView>) {
        let selected = workspace.as_ref().and_then(|workspace| {
            let kept = workspace.pipelines.iter().find(|one| Some(&one.name) == self.state.selected.as_ref());
            kept.or_else(|| workspace.pipelines.first()).map(|one| one.name.clone())
        });
        self.state.workspace.set(workspace);
        if selected != self.state.selected {
            self.state.selected = None;
            if let Some(selected) = selected {
                let place = self.state.place.clone();
                self.select(&selected);
                // Whoever looks at a file goes on with it.
                if matches!(place, Place::File(_)) {
                    self.state.place = place;
                }
            }
        }
        if self.state.open_workspace().is_some() && !self.state.audit.is_requested() {
            self.load_audit();
        }
        self.keep_workspace();
        self.look_back();
    }

    /// Pipelines of the list before whose file now holds one of another name.
    fn renamed_pipelines(&self, workspace: Option<&WorkspaceView>) -> Vec<(String, String)> {
        let before = self.state.open_workspace().into_iter().flat_map(|workspace| &workspace.pipelines);
        let now = workspace.map(|workspace| workspace.pipelines.as_slice()).unwrap_or_default();
        let gone = before.filter(|old| now.iter().all(|new| new.name != old.name));
        let same_file = |old: &PipelineState| {
            let file = self.state.file_now(&old.file);
            now.iter().find(|new| new.file == file)
        };
        gone.filter_map(|old| Some((old.name.clone(), same_file(old)?.name.clone()))).collect()
    }

    pub(crate) fn reload(&mut self) {
        self.load_workspace();
        for rows in self.state.data.rows.values_mut() {
            rows.make_stale();
        }
        // A sample may be read in another way now: texts that stand for null, blanks, the contract.
        self.ask_columns_anew(|data| matches!(data, DataRef::Sample { .. }));
        self.load_audit();
        if let Some(selected) = self.state.selected.clone() {
            self.load_pipeline(&selected);
        }
    }

    fn select_neighbour(&mut self, step: isize) {
        if let Some(pipeline) = self.state.neighbour(step).map(str::to_owned) {
            self.select(&pipeline);
        }
    }

    /// Shows a place, in a tab of its own.
    pub(crate) fn go(&mut self, place: Place) {
        if let Place::Pipeline(name) = &place {
            self.state.selected = Some(name.clone());
            let known = self.state.pipelines.entry(name.clone()).or_default().view.value().is_some();
            if !known {
                self.load_pipeline(name);
            }
        }
        if place == Place::Audit {
            self.load_audit();
        }
        if place != Place::Home && !self.state.tabs.contains(&place) {
            self.state.tabs.push(place.clone());
        }
        self.state.place = place;
    }

    /// Closes a tab; where it was shown, its neighbour is.
    pub(crate) fn close_tab(&mut self, place: &Place) {
        let Some(at) = self.state.tabs.iter().position(|tab| tab == place) else { return };
        self.state.tabs.remove(at);
        if self.state.place == *place {
            let next = self.state.tabs.get(at.min(self.state.tabs.len().saturating_sub(1))).cloned();
            self.go(next.unwrap_or_default());
        }
    }

    pub(crate) fn select(&mut self, pipeline: &str) {
        self.go(Place::Pipeline(pipeline.to_owned()));
    }

    pub(crate) fn show_section(&mut self, section: Section) {
        if let Some(selected) = self.state.selected.clone() {
            self.select(&selected);
            self.change_pipeline(|pipeline| pipeline.section = section);
            if section == Section::Publish {
                // Versions that are compared stand where the difference and its message do.
                self.state.release.comparison = None;
            }
        }
    }

    pub(crate) fn choose_environment(&mut self, environment: String) {
        if self.state.environment == environment {
            return;
        }
        self.state.environment = environment;
        for pipeline in self.state.pipelines.values_mut() {
            pipeline.plan = Remote::default();
            pipeline.history = Remote::default();
            pipeline.publishing = Remote::default();
        }
        self.state.audit = Remote::default();
        self.load_audit();
        if let Some(selected) = self.state.selected.clone() {
            self.load_publication(&selected);
        }
    }

    pub(crate) fn load_pipeline(&mut self, name: &str) {
        let pipeline = name.to_owned();
        self.fetch(OpenPipeline { pipeline: pipeline.clone() }, {
            let pipeline = pipeline.clone();
            move |state| state.pipelines.get_mut(&pipeline).map(|one| &mut one.view)
        });
        self.fetch(LastRun { pipeline: pipeline.clone() }, move |state| {
            state.pipelines.get_mut(&pipeline).map(|one| &mut one.run)
        });
        self.load_publication(name);
    }

    /// What is published of a pipeline in the environment, and what publishing would change.
    pub(crate) fn load_publication(&mut self, name: &str) {
        let (pipeline, environment) = (name.to_owned(), self.state.environment.clone());
        self.fetch(PlanPublish { pipeline: pipeline.clone(), environment: environment.clone() }, {
            let pipeline = pipeline.clone();
            move |state| state.pipelines.get_mut(&pipeline).map(|one| &mut one.plan)
        });
        self.fetch(History { pipeline: pipeline.clone(), environment }, move |state| {
            state.pipelines.get_mut(&pipeline).map(|one| &mut one.history)
        });
    }

    /// Asks again for all that is shown and failed.
    fn retry(&mut self) {
        for rows in self.state.data.rows.values_mut() {
            rows.forget_failures();
        }
        for diff in self.state.prove.diffs.values_mut() {
            diff.forget_failures();
        }
        let columns = self.state.data.columns.iter().filter(|(_, column)| column.error().is_some());
        let columns = columns.map(|(of, _)| data::Command::NeedColumn(of.clone()));
        let profiles = self.state.data.profiles.iter().filter(|(_, profile)| profile.error().is_some());
        let profiles = profiles.map(|(of, _)| data::Command::NeedProfile(of.clone()));
        for again in columns.chain(profiles).collect::<Vec<_>>() {
            self.apply_data(again);
        }
        if self.state.workspace.error().is_some() {
            self.load_workspace();
        }
        if self.state.audit.error().is_some() {
            self.load_audit();
        }
        let failed = self.state.selected_pipeline().is_some_and(|one| {
            let loads = [one.view.error(), one.run.error(), one.plan.error(), one.history.error()];
            loads.iter().any(Option::is_some)
        });
        if let (true, Some(selected)) = (failed, self.state.selected.clone()) {
            self.load_pipeline(&selected);
        }
    }

    pub(crate) fn change_pipeline(&mut self, change: impl FnOnce(&mut crate::state::Pipeline)) {
        if let Some(pipeline) =
            self.state.selected.as_ref().and_then(|name| self.state.pipelines.get_mut(name))
        {
            change(pipeline);
        }
    }

    /// Shows an error until it's dismissed.
    pub(crate) fn notice(&mut self, title: impl Into<String>, error: RpcError, action: Option<Command>) {
        if error.code == ErrorCode::Cancelled {
            return;
        }
        let id = self.ticket().0;
        self.state.notices.push(Notice { id, title: title.into(), error, action });
    }

    pub(crate) fn ticket(&mut self) -> Ticket {
        self.last_ticket += 1;
        Ticket(self.last_ticket)
    }
}
