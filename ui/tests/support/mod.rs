//! A back end that answers from a small script, and can be told to be slow or to fail.

mod data;
#[allow(dead_code, reason = "not every test designs")]
pub(crate) mod design;
mod home;
mod prove;
mod release;
mod samples;
#[allow(dead_code, reason = "not every test sets")]
pub(crate) mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
pub(crate) use prove::run;
use serde::Serialize;
use serde_json::Value;
use touchstone_protocol::{
    ColumnView, DataRef, EnvironmentSettings, EnvironmentView, ErrorCode, HomeView, JobResult, JobState,
    JobView, PipelineState, PipelineView, PublishedView, Request, RpcError, RunView, SourceView, StepState,
    StepView, VersionView, WorkspaceView,
};
use touchstone_spec::{ChangeClass, DataType, Diagnostic, Place, Severity};
use touchstone_ui::App;
use touchstone_ui::backend::{Backend, Reply};
use touchstone_ui::command::Command;
use touchstone_ui::state::State;

/// Draws the window as it is now into `NAME.png` in the folder that `TOUCHSTONE_PICTURES` names; without it, nothing.
#[allow(dead_code, reason = "not every test looks")]
pub(crate) fn picture<S>(harness: &mut egui_kittest::Harness<'_, S>, name: &str) {
    let Some(folder) = std::env::var_os("TOUCHSTONE_PICTURES") else { return };
    let path = std::path::Path::new(&folder).join(format!("{name}.png"));
    let saved = harness.render().and_then(|image| image.save(&path).map_err(|error| error.to_string()));
    assert_eq!(saved, Ok(()), "{}", path.display());
}

/// The window, with the script behind it.
pub(crate) type Window<'a> = Harness<'a, Option<App>>;

#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn window(script: &Script) -> Window<'static> {
    let script = script.clone();
    let builder = Harness::builder().with_size(egui::vec2(1280.0, 800.0)).with_step_dt(0.25);
    let mut harness = builder.build_ui_state(
        move |ui, app: &mut Option<App>| {
            // The app needs the context, which the harness makes.
            app.get_or_insert_with(|| App::new(ui.ctx(), script.clone())).frame(ui);
        },
        None,
    );
    settle(&mut harness);
    harness
}

/// A few frames: an answer comes before the frame after the question, and may lead to another question.
#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn settle(harness: &mut Window<'_>) {
    harness.run_steps(8);
}

#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn click(harness: &mut Window<'_>, role: Role, name: &str) {
    harness.get_by_role_and_label(role, name).click();
    settle(harness);
}

#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn press(harness: &mut Window<'_>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    settle(harness);
}

/// What the window shows.
#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn state<'a>(harness: &'a Window<'_>) -> &'a State {
    harness.state().as_ref().unwrap_or_else(|| panic!("no frame was drawn yet")).state()
}

/// Does what a panel, the menu or the palette would send.
#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn command(harness: &mut Window<'_>, command: Command) {
    harness.state_mut().as_mut().unwrap_or_else(|| panic!("no frame was drawn yet")).command(command);
    settle(harness);
}

#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn sees(harness: &Window<'_>, text: &str) -> bool {
    harness.query_all_by_label_contains(text).next().is_some()
}

#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn select_trades(harness: &mut Window<'_>) {
    // Its source may be listed below it: `source trades: …`.
    let is_it = |label: String| label.starts_with("trades: ");
    let mut rows = harness.query_all_by_label_contains("trades: ");
    let row = rows.find(|row| row.accesskit_node().label().is_some_and(is_it));
    row.unwrap_or_else(|| panic!("the pipeline trades is not in the list")).click();
    drop(rows);
    settle(harness);
}

/// The script; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Script(Arc<Mutex<Inner>>);

#[expect(clippy::struct_excessive_bools, reason = "each switches one thing of the script")]
#[derive(Default)]
pub(crate) struct Inner {
    /// Everything that was asked.
    pub asked: Vec<Request>,
    /// Whether a workspace is open.
    pub is_open: bool,
    /// Methods that are not answered until [`Script::release`].
    pub held: BTreeSet<&'static str>,
    /// Methods that fail.
    pub failing: BTreeMap<&'static str, RpcError>,
    /// The run that simulations come to, where that is not the usual.
    pub run_ends: Option<RunView>,
    /// Whether publishing breaks readers.
    pub breaking: bool,
    /// How many times a job says that it runs before it's done.
    pub job_steps: u32,
    /// Whether samples are so large that only their beginning is read at once.
    pub large_samples: bool,
    /// What is told of how a file is read.
    pub notes: Vec<String>,
    /// How far a pipeline is that is made of files; none where it is made at once.
    pub draft_share: Option<f32>,
    /// What the page wanted remembered of the person, and of the workspace.
    pub kept: [Option<Value>; 2],
    /// Environments beside the one on this computer.
    pub environments: Vec<EnvironmentSettings>,
    /// Why the keychain can't be used.
    pub keychain_problem: Option<String>,
    /// Environments that have no table yet.
    pub without_table: Vec<String>,
    /// What the start page is told, where that is not the usual.
    pub home: Option<HomeView>,
    waiting: Vec<(Request, Reply)>,
    /// The pipeline being made of files; none where that was cancelled.
    draft: Option<String>,
    published: Vec<VersionView>,
    run: Option<RunView>,
    job_step: u32,
    cancelled: bool,
}

impl Backend for Script {
    fn send(&self, request: Request, reply: Reply) {
        let mut inner = self.lock();
        inner.asked.push(request.clone());
        // Nothing ever changes outside.
        if inner.held.contains(request.method()) || matches!(request, Request::AwaitChanges(_)) {
            inner.waiting.push((request, reply));
            return;
        }
        let result = inner.answer(&request);
        drop(inner);
        reply(result);
    }
}

impl Script {
    /// A back end with the sample workspace open.
    pub(crate) fn open() -> Self {
        let script = Self::default();
        script.lock().is_open = true;
        script
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers what was held of this method, and holds it no longer.
    #[allow(dead_code, reason = "not every test needs it")]
    pub(crate) fn release(&self, method: &'static str) {
        let mut inner = self.lock();
        inner.held.remove(method);
        let (now, later) =
            std::mem::take(&mut inner.waiting).into_iter().partition(|(one, _)| one.method() == method);
        inner.waiting = later;
        let answered: Vec<_> = Vec::into_iter(now)
            .map(|(request, reply): (Request, Reply)| (inner.answer(&request), reply))
            .collect();
        drop(inner);
        for (result, reply) in answered {
            reply(result);
        }
    }

    /// How often this method was asked for.
    #[allow(dead_code, reason = "not every test needs it")]
    pub(crate) fn count(&self, method: &str) -> usize {
        self.lock().asked.iter().filter(|request| request.method() == method).count()
    }
}

fn json(value: impl Serialize) -> Result<Value, RpcError> {
    serde_json::to_value(value).map_err(|error| RpcError::new(ErrorCode::Failed, error.to_string()))
}

impl Inner {
    fn answer(&mut self, request: &Request) -> Result<Value, RpcError> {
        if let Some(error) = self.failing.get(request.method()) {
            return Err(error.clone());
        }
        match request {
            Request::OpenWorkspace(open) if open.path.contains("nowhere") => {
                Err(RpcError::new(ErrorCode::NotFound, format!("{} is not a workspace", open.path))
                    .with_help("Choose a folder that has a touchstone.toml"))
            }
            Request::OpenWorkspace(_) | Request::OpenSampleWorkspace(_) | Request::NewWorkspace(_) => {
                self.is_open = true;
                json(self.workspace())
            }
            Request::PickWorkspace(_) => json(None::<WorkspaceView>),
            Request::Workspace(_) => json(self.is_open.then(|| self.workspace())),
            Request::OpenPipeline(open) => json(self.pipeline(&open.pipeline)),
            Request::Rows(rows) => json(match &rows.data {
                DataRef::Table { table: name, .. } => samples::table(name, rows.offset, rows.limit),
                DataRef::Sample { .. } | DataRef::File { .. } => {
                    data::rows(rows, samples::sample(rows.offset, rows.limit))
                }
            }),
            Request::Profile(_) => {
                let known = samples::profile();
                let notes = self.notes.clone();
                json(touchstone_protocol::ProfileView { complete: !self.large_samples, notes, ..known })
            }
            Request::ColumnProfile(asked) => json(data::column(&asked.column)),
            Request::Find(asked) => json(data::find(asked)),
            Request::Home(_) => json(self.home.clone().unwrap_or_else(home::home)),
            Request::ForgetWorkspace(_) => json(home::forgotten()),
            Request::OpenFile(open) => json(home::file(&open.file, samples::profile())),
            Request::DraftPipeline(draft) => json(home::draft(&draft.pipeline)),
            Request::Documents(_) => json(Vec::<touchstone_protocol::DocumentView>::new()),
            Request::SaveDocument(_) => json(touchstone_protocol::SaveView::Saved { hash: "1".to_owned() }),
            Request::StartDraft(draft) => {
                self.draft = Some(draft.pipeline.clone());
                json(self.draft_job())
            }
            Request::JobStatus(status) if status.job == "draft-1" => json(self.draft_job()),
            Request::CancelJob(cancel) if cancel.job == "draft-1" => {
                self.draft = None;
                json(self.draft_job())
            }
            Request::StartProfile(_) | Request::StartSimulate(_) => {
                (self.job_step, self.cancelled) = (0, false);
                json(self.job())
            }
            Request::JobStatus(_) => {
                self.job_step += 1;
                json(self.job())
            }
            Request::CancelJob(_) => {
                self.cancelled = true;
                json(self.job())
            }
            Request::LastRun(_) => json(&self.run),
            Request::PlanPublish(plan) => json(self.plan(&plan.pipeline, &plan.environment)),
            Request::Publish(publish) => {
                let current = self.published.first().map(|version| version.version);
                if publish.expected_version != current {
                    return Err(RpcError::new(ErrorCode::Conflict, "Mara published version 2 in between")
                        .with_help("Look at the new difference and publish again"));
                }
                let version = self.publish("you", &publish.message);
                json(PublishedView { audit_sequence: version.version, version })
            }
            Request::History(_) => json(&self.published),
            Request::Audit(audit) => json(self.audit(&audit.filter)),
            Request::CompareVersions(compare) => json(release::comparison(compare, self.breaking)),
            Request::RollBack(roll_back) => {
                let mut version = self.publish("you", &roll_back.message);
                version.rollback_of = Some(roll_back.version);
                self.published[0] = version.clone();
                json(PublishedView { audit_sequence: version.version, version })
            }
            Request::ExportAudit(export) => json(release::export(&export.filter, export.format)),
            Request::SaveText(save) => json(Some(format!("/exports/{}", save.name))),
            Request::LoadState(load) => json(&self.kept[load.scope as usize]),
            Request::SaveState(save) => {
                self.kept[save.scope as usize] = Some(save.state.clone());
                json(())
            }
            Request::Settings(_)
            | Request::SaveEnvironment(_)
            | Request::RemoveEnvironment(_)
            | Request::EnterKeys(_)
            | Request::ForgetKeys(_) => json(settings::change(self, request)),
            Request::SetUpEnvironment(asked) => {
                self.without_table.retain(|name| *name != asked.environment);
                json(settings::connection(&asked.environment))
            }
            Request::TestConnection(test) if self.without_table.contains(&test.environment) => {
                json(settings::without_table())
            }
            Request::TestConnection(test) => json(settings::connection(&test.environment)),
            Request::Runs(_) => json(prove::runs()),
            Request::RunDiff(diff) => json(prove::diff(diff)),
            Request::Trace(trace) => json(prove::trace(trace)),
            other => Err(RpcError::new(ErrorCode::Unsupported, format!("no answer to {}", other.method()))),
        }
    }

    /// Somebody publishes a version.
    pub(crate) fn publish(&mut self, author: &str, message: &str) -> VersionView {
        let version = VersionView {
            version: self.published.len() as u64 + 1,
            published_at: "2026-03-02T14:05:09Z".to_owned(),
            author: author.to_owned(),
            message: message.to_owned(),
            class: ChangeClass::Compatible,
            rollback_of: None,
        };
        self.published.insert(0, version.clone());
        version
    }

    fn workspace(&self) -> WorkspaceView {
        let names = ["positions", "prices", "securities", "trades"];
        WorkspaceView {
            name: "Harbour Lane".to_owned(),
            root: "/data/harbour-lane".to_owned(),
            environments: vec![
                EnvironmentView { name: "local".to_owned(), location: "this computer".to_owned() },
                EnvironmentView {
                    name: "dev".to_owned(),
                    location: "DynamoDB table touchstone-dev".to_owned(),
                },
            ],
            pipelines: names.iter().map(|name| self.state(name)).collect(),
            diagnostics: vec![problem()],
        }
    }

    fn state(&self, name: &str) -> PipelineState {
        let is_trades = name == "trades";
        PipelineState {
            name: name.to_owned(),
            title: is_trades.then(|| "Daily equity trades".to_owned()),
            file: format!("pipelines/{name}.yaml"),
            errors: usize::from(name == "positions"),
            warnings: usize::from(name == "prices"),
            published: if is_trades { self.published.first().cloned() } else { None },
            changed: false,
            last_run: if is_trades { self.run.as_ref().map(|run| run.outcome) } else { None },
        }
    }

    fn pipeline(&self, name: &str) -> PipelineView {
        let state = self.state(name);
        let diagnostics = if state.errors > 0 { vec![problem()] } else { Vec::new() };
        PipelineView {
            owner: Some("equity-data@example.com".to_owned()),
            description: Some("What the desks bought and sold, one row per trade".to_owned()),
            sources: vec![SourceView {
                name: name.to_owned(),
                sample: Some(format!("samples/{name}.csv")),
                format: "delimiter \";\"  ·  windows-1252  ·  header in line 4".to_owned(),
                columns: 8,
            }],
            tables: Vec::new(),
            diagnostics,
            state,
        }
    }

    fn draft_job(&self) -> JobView {
        let name = self.draft.clone().unwrap_or_default();
        let state = match (&self.draft, self.draft_share) {
            (None, _) => JobState::Cancelled,
            (_, Some(_)) => JobState::Running,
            (_, None) => JobState::Done,
        };
        let result = (state == JobState::Done).then(|| JobResult::Draft(home::draft(&name)));
        JobView {
            id: "draft-1".to_owned(),
            subject: name,
            state,
            steps: Vec::new(),
            fraction: self.draft_share.unwrap_or(1.0),
            result,
            error: None,
        }
    }

    fn job(&mut self) -> JobView {
        let is_done = self.job_step >= self.job_steps;
        let state = match (self.cancelled, is_done) {
            (true, _) => JobState::Cancelled,
            (false, true) => JobState::Done,
            (false, false) => JobState::Running,
        };
        if state == JobState::Done {
            self.run = Some(self.run_ends.clone().unwrap_or_else(run));
        }
        let step = |place: u32, title: &str| StepView {
            title: title.to_owned(),
            state: match place.cmp(&self.job_step) {
                std::cmp::Ordering::Less => StepState::Done,
                std::cmp::Ordering::Equal => StepState::Running,
                std::cmp::Ordering::Greater => StepState::Waiting,
            },
            rows: (place < self.job_step).then_some(5_021),
            rows_expected: None,
        };
        JobView {
            id: "job-1".to_owned(),
            subject: "trades".to_owned(),
            state,
            steps: vec![
                step(0, "bronze.trades: read"),
                step(1, "silver.trades: map"),
                step(2, "silver.trades: rules"),
                step(3, "gold.sector_exposure"),
            ],
            fraction: if is_done { 1.0 } else { self.job_step as f32 / 4.0 },
            result: (state == JobState::Done).then(|| JobResult::Run(self.run.clone().unwrap_or_else(run))),
            error: None,
        }
    }
}

fn problem() -> Diagnostic {
    Diagnostic {
        place: Place {
            file: "pipelines/positions.yaml".to_owned(),
            line: 31,
            column: 18,
            path: "silver.positions.fields.market_value.expr".to_owned(),
        },
        severity: Severity::Error,
        code: "unknown-column".to_owned(),
        message: "there is no column quantty in positions".to_owned(),
        help: Some("did you mean quantity?".to_owned()),
    }
}

pub(crate) fn column(name: &str, data_type: DataType) -> ColumnView {
    ColumnView { name: name.to_owned(), data_type, expression: None }
}
