//! A back end that answers from a small script, and can be told to be slow or to fail.

mod data;
#[allow(dead_code, reason = "not every test designs")]
pub(crate) mod design;
mod home;
mod prove;
mod release;
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
use serde::Serialize;
use serde_json::Value;
use touchstone_protocol::{
    AuditEventView, AuditFilter, AuditView, ColumnSummary, ColumnView, DataRef, DataView,
    EnvironmentSettings, EnvironmentView, ErrorCode, EvidenceView, FlowView, HomeView, JobResult, JobState,
    JobView, PipelineState, PipelineView, ProfileView, PublishPlan, PublishedView, QuarantineView,
    RejectView, Request, RpcError, RuleState, RuleView, RunOutcome, RunView, SourceView, StepState, StepView,
    TableRunView, VersionView, WorkspaceView,
};
use touchstone_spec::{
    Change, ChangeClass, DataType, Diagnostic, Layer, Place, Severity, SpecDiff, TableName,
};
use touchstone_ui::App;
use touchstone_ui::backend::{Backend, Reply};

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
    /// Whether publishing breaks readers.
    pub breaking: bool,
    /// How many times a job says that it runs before it's done.
    pub job_steps: u32,
    /// What the page wanted remembered of the person, and of the workspace.
    pub kept: [Option<Value>; 2],
    /// Environments beside the one on this computer.
    pub environments: Vec<EnvironmentSettings>,
    /// Why the keychain can't be used.
    pub keychain_problem: Option<String>,
    /// What the start page is told, where that is not the usual.
    pub home: Option<HomeView>,
    waiting: Vec<(Request, Reply)>,
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
                DataRef::Table { table: name, .. } => table(name, rows.offset, rows.limit),
                DataRef::Sample { .. } | DataRef::File { .. } => {
                    data::rows(rows, sample(rows.offset, rows.limit))
                }
            }),
            Request::Profile(_) => json(profile()),
            Request::ColumnProfile(asked) => json(data::column(&asked.column)),
            Request::Find(asked) => json(data::find(asked)),
            Request::Home(_) => json(self.home.clone().unwrap_or_else(home::home)),
            Request::ForgetWorkspace(_) => json(home::forgotten()),
            Request::OpenFile(open) => json(home::file(&open.file, profile())),
            Request::DraftPipeline(draft) => json(home::draft(&draft.pipeline)),
            Request::Documents(_) => json(Vec::<touchstone_protocol::DocumentView>::new()),
            Request::SaveDocument(_) => json(touchstone_protocol::SaveView::Saved { hash: "1".to_owned() }),
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
            Request::CompareVersions(compare) => json(release::comparison(compare)),
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
                format: "delimiter ;  ·  windows-1252  ·  header in line 4".to_owned(),
                columns: 8,
            }],
            tables: Vec::new(),
            diagnostics,
            state,
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
            self.run = Some(run());
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
            result: (state == JobState::Done).then(|| JobResult::Run(run())),
            error: None,
        }
    }

    fn plan(&self, pipeline: &str, environment: &str) -> PublishPlan {
        let change = |path: &str, before: Value, after: Value, class| Change {
            path: path.to_owned(),
            before,
            after,
            class,
        };
        let class = if self.breaking { ChangeClass::Breaking } else { ChangeClass::Compatible };
        let changes = vec![
            change("title", Value::Null, "Daily equity trades".into(), ChangeClass::None),
            change("silver.trades.fields.notional.type", "int".into(), "decimal(18,2)".into(), class),
            change(
                "silver.trades.fields.sector.if_missing",
                Value::Null,
                "UNKNOWN".into(),
                ChangeClass::Compatible,
            ),
        ];
        PublishPlan {
            pipeline: pipeline.to_owned(),
            environment: environment.to_owned(),
            current: self.published.first().cloned(),
            next_version: self.published.len() as u64 + 1,
            diff: SpecDiff { changes },
            class,
            content_hash: "c0ffee".to_owned(),
            problems: if pipeline == "positions" { vec![problem()] } else { Vec::new() },
            checklist: release::checklist(),
            touches: if self.breaking { release::touches() } else { Vec::new() },
        }
    }

    fn audit(&self, filter: &AuditFilter) -> AuditView {
        let event = |version: &VersionView| AuditEventView {
            sequence: version.version,
            time: version.published_at.clone(),
            actor: version.author.clone(),
            action: "publish".to_owned(),
            pipeline: "trades".to_owned(),
            version: Some(version.version),
            message: version.message.clone(),
            class: Some(version.class),
            previous_version: version.version.checked_sub(1).filter(|before| *before > 0),
            hash: "9f86d081884c7d659a2feaa0c55ad015".to_owned(),
            previous_hash: String::new(),
        };
        let is_shown =
            |event: &AuditEventView| filter.actor.as_ref().is_none_or(|actor| *actor == event.actor);
        AuditView {
            events: self.published.iter().map(event).filter(is_shown).collect(),
            total: self.published.len() as u64,
            actors: vec!["mara".to_owned(), "you".to_owned()],
            broken: None,
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

const DECIMAL: DataType = DataType::Decimal { precision: 18, scale: 6 };
const TRADES: u64 = 5_021;

fn sample_columns() -> Vec<ColumnView> {
    vec![
        column("Trade ID", DataType::String),
        column("Trade Dt", DataType::Date),
        column("Settle Dt", DataType::Date),
        column("ISIN", DataType::String),
        column("Side", DataType::String),
        column("Qty", DataType::Long),
        column("Px", DECIMAL),
        column("Broker", DataType::String),
        column("Comment", DataType::String),
    ]
}

fn sample(offset: u64, limit: u64) -> DataView {
    let row = |row: u64| {
        let text = |text: &str| Some(text.to_owned());
        vec![
            Some(format!("{:07}", 4_200 + row)),
            text("02/03/2026"),
            text("04/03/2026"),
            text(if row.is_multiple_of(3) { "DE0007164600" } else { "US0378331005" }),
            text(if row.is_multiple_of(2) { "BUY" } else { "SELL" }),
            Some((row * 37 % 12_000).to_string()),
            if row % 11 == 7 { None } else { Some(format!("{},{:02}", 80 + row % 90, row % 100)) },
            text(if row.is_multiple_of(5) { "Société Générale" } else { "J.P. Morgan" }),
            text(match row % 4 {
                0 => "",
                1 => "  ",
                2 => "agreed by phone,\nsecond line",
                _ => "ok",
            }),
        ]
    };
    let rows: Vec<_> = (offset..(offset + limit).min(TRADES)).collect();
    DataView {
        columns: sample_columns(),
        row_ids: rows.clone(),
        rows: rows.into_iter().map(row).collect(),
        bad: Vec::new(),
        offset,
        total: TRADES,
        complete: true,
    }
}

fn profile() -> ProfileView {
    let evidence = |column: &ColumnView| EvidenceView {
        inferred: column.data_type.clone(),
        promised: Some(if column.name == "Qty" { DECIMAL } else { column.data_type.clone() }),
        parsed: if column.name == "Px" { 4_560 } else { TRADES },
        failed: if column.name == "Px" { 5 } else { 0 },
        failed_examples: if column.name == "Px" { vec!["n/a".to_owned()] } else { Vec::new() },
        nulls: if column.name == "Px" { 456 } else { 0 },
        distinct: 180,
        distinct_exact: true,
        reason: "Most values read as this type".to_owned(),
    };
    let summary = |column: ColumnView| ColumnSummary {
        evidence: Some(evidence(&column)),
        name: column.name,
        data_type: column.data_type,
        null_share: 0.0,
        bad: 0,
        bars: vec![0.2, 1.0, 0.6],
    };
    ProfileView {
        rows: TRADES,
        complete: true,
        keys: Vec::new(),
        columns: sample_columns().into_iter().map(summary).collect(),
        rejects: vec![RejectView {
            record: 2_210,
            line: 2_214,
            byte: 190_877,
            reason: "9 fields expected, 7 found".to_owned(),
            raw: "0006410;02/03/2026;;US0378331005;BUY;100".to_owned(),
        }],
        rejected: 1,
    }
}

fn table(name: &TableName, offset: u64, limit: u64) -> DataView {
    let total = if name.table.ends_with("_quarantine") { 12 } else { 4_980 };
    let columns = vec![
        column("trade_id", DataType::String),
        column("trade_date", DataType::Date),
        column("quantity", DataType::Long),
        column("notional", DataType::Decimal { precision: 18, scale: 2 }),
        column("sector", DataType::String),
    ];
    let row = |row: u64| {
        vec![
            Some(format!("{:07}", 4_200 + row)),
            Some("2026-03-02".to_owned()),
            Some((row * 37 % 12_000).to_string()),
            Some(format!("{}.{:02}", row * 3_120 % 1_000_000, row % 100)),
            (!row.is_multiple_of(9)).then(|| "Technology".to_owned()),
        ]
    };
    let rows = offset..(offset + limit).min(total);
    DataView {
        columns,
        row_ids: rows.clone().collect(),
        rows: rows.map(row).collect(),
        bad: Vec::new(),
        offset,
        total,
        complete: true,
    }
}

pub(crate) fn run() -> RunView {
    let name = |layer, table: &str| TableName::new("trades", layer, table);
    let part = |table, flow| TableRunView {
        table,
        flow,
        reads: Vec::new(),
        rules: Vec::new(),
        quarantine: Vec::new(),
        rejects: Vec::new(),
        lost: Vec::new(),
        duration_ms: 41,
    };
    let mut bronze = part(
        name(Layer::Bronze, "trades"),
        FlowView { rows_in: 5_022, loaded: 5_021, rejected: 1, ..FlowView::default() },
    );
    bronze.rejects = profile().rejects;
    let mut silver = part(
        name(Layer::Silver, "trades"),
        FlowView {
            rows_in: 5_021,
            loaded: 4_980,
            filtered: 20,
            deduplicated: 9,
            quarantined: 12,
            rejected: 0,
        },
    );
    silver.quarantine = vec![QuarantineView { rule: "ColumnValues \"notional\" > 0".to_owned(), rows: 12 }];
    let rule = |rule: &str, state, measured: &str, failing_rows| RuleView {
        rule: rule.to_owned(),
        state,
        measured: measured.to_owned(),
        failing_rows,
    };
    silver.rules = vec![
        rule("IsPrimaryKey \"trade_id\"", RuleState::Passed, "unique", 0),
        rule("ColumnValues \"notional\" > 0", RuleState::Failed, "12 rows", 12),
    ];
    let gold = part(
        name(Layer::Gold, "sector_exposure"),
        FlowView { rows_in: 4_980, loaded: 33, ..FlowView::default() },
    );
    RunView {
        id: "run-1".to_owned(),
        pipeline: "trades".to_owned(),
        started_at: "2026-03-02T14:05:09Z".to_owned(),
        duration_ms: 1_240,
        outcome: RunOutcome::SucceededWithFailures,
        message: None,
        tables: vec![bronze, silver, gold],
    }
}
