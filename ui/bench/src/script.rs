//! A back end that answers at once: documents made by rule, and a million rows.

use std::sync::Mutex;

use serde::Serialize;
use serde_json::Value;
use touchstone_protocol::{
    AuditView, ChangesView, ColumnSummary, ColumnView, DataView, DocumentView, EnvironmentView, ErrorCode,
    HomeView, PipelineState, PipelineView, ProfileView, Request, RpcError, RunView, SaveView, SourceView,
    VersionView, WorkspaceView,
};
use touchstone_spec::DataType;
use touchstone_ui::backend::{Backend, Reply};

use crate::documents;

const ROWS: u64 = 1_000_000;
const COLUMNS: usize = 30;

/// The workspace that is open.
pub(crate) struct Workspace {
    pipelines: usize,
    /// Those who wait for changes, which don't come.
    watching: Mutex<Vec<Reply>>,
}

impl Workspace {
    pub(crate) fn small() -> Self {
        Self { pipelines: 4, watching: Mutex::new(Vec::new()) }
    }

    /// Five hundred tables, files and bronze tables among them.
    pub(crate) fn large() -> Self {
        Self { pipelines: documents::MANY, watching: Mutex::new(Vec::new()) }
    }
}

impl Backend for Workspace {
    fn send(&self, request: Request, reply: Reply) {
        if matches!(&request, Request::AwaitChanges(wait) if wait.revision > 0) {
            if let Ok(mut watching) = self.watching.lock() {
                watching.push(reply);
            }
            return;
        }
        reply(self.answer(&request));
    }
}

fn json(value: impl Serialize) -> Result<Value, RpcError> {
    serde_json::to_value(value).map_err(|error| RpcError::new(ErrorCode::Failed, error.to_string()))
}

impl Workspace {
    fn answer(&self, request: &Request) -> Result<Value, RpcError> {
        match request {
            Request::Workspace(_) => json(Some(WorkspaceView {
                name: "Bench".to_owned(),
                root: "/bench".to_owned(),
                environments: vec![EnvironmentView {
                    name: "local".to_owned(),
                    location: "this computer".to_owned(),
                }],
                pipelines: (0..self.pipelines).map(state).collect(),
                diagnostics: Vec::new(),
            })),
            Request::Home(_) => json(HomeView {
                recent: Vec::new(),
                has_dialogs: false,
                sample: None,
                version: "0".to_owned(),
            }),
            Request::Documents(_) => json((0..self.pipelines).map(document).collect::<Vec<_>>()),
            Request::AwaitChanges(_) => json(ChangesView {
                revision: 1,
                files: files(self.pipelines),
                others: 0,
                samples: Vec::new(),
                missing: Vec::new(),
            }),
            Request::SaveDocument(save) => json(SaveView::Saved { hash: save.text.clone() }),
            Request::OpenPipeline(open) => json(pipeline(&open.pipeline)),
            Request::Rows(rows) => json(page(rows.offset, rows.limit)),
            Request::Profile(_) => json(profile()),
            Request::LastRun(_) => json(None::<RunView>),
            Request::History(_) => json(Vec::<VersionView>::new()),
            Request::Audit(_) => {
                json(AuditView { events: Vec::new(), total: 0, actors: Vec::new(), broken: None })
            }
            other => Err(RpcError::new(ErrorCode::Unsupported, format!("no answer to {}", other.method()))),
        }
    }
}

fn state(number: usize) -> PipelineState {
    let name = documents::name(number);
    PipelineState {
        file: format!("pipelines/{name}.yaml"),
        name,
        title: None,
        errors: 0,
        warnings: 0,
        published: None,
        changed: false,
        last_run: None,
    }
}

fn pipeline(name: &str) -> PipelineView {
    let number = name.trim_start_matches('p').parse().unwrap_or_default();
    PipelineView {
        state: state(number),
        owner: Some("bench@example.com".to_owned()),
        description: None,
        sources: vec![SourceView {
            name: "s".to_owned(),
            sample: Some("samples/s.csv".to_owned()),
            format: "delimiter ,".to_owned(),
            columns: COLUMNS,
        }],
        tables: Vec::new(),
        diagnostics: Vec::new(),
    }
}

fn columns() -> Vec<ColumnView> {
    let kinds = [
        DataType::String,
        DataType::Long,
        DataType::Date,
        DataType::Decimal { precision: 18, scale: 6 },
        DataType::Boolean,
    ];
    let column = |(at, data_type): (usize, &DataType)| ColumnView {
        name: format!("Column {at}"),
        data_type: data_type.clone(),
        expression: None,
    };
    kinds.iter().cycle().take(COLUMNS).enumerate().map(column).collect()
}

fn page(offset: u64, limit: u64) -> DataView {
    let cell = |row: u64, column: usize| match column % 5 {
        0 if (row + column as u64).is_multiple_of(13) => None,
        0 => Some(format!("Société {} {column}", row * 7 % 1_000)),
        1 => Some((row * 31 % 100_000).to_string()),
        2 => Some(format!("2026-{:02}-{:02}", row % 12 + 1, row % 28 + 1)),
        3 => Some(format!("{}.{:06}", row % 9_000, row * 17 % 1_000_000)),
        _ => Some(row.is_multiple_of(3).to_string()),
    };
    let rows = offset..(offset + limit).min(ROWS);
    DataView {
        columns: columns(),
        row_ids: rows.clone().collect(),
        rows: rows.map(|row| (0..COLUMNS).map(|column| cell(row, column)).collect()).collect(),
        bad: Vec::new(),
        null_texts: Vec::new(),
        offset,
        total: ROWS,
        complete: true,
    }
}

fn profile() -> ProfileView {
    let summary = |column: ColumnView| ColumnSummary {
        name: column.name,
        data_type: column.data_type,
        null_share: 0.07,
        bad: 0,
        bars: vec![0.2, 1.0, 0.6, 0.4, 0.1],
        evidence: None,
    };
    ProfileView {
        format: None,
        rows: ROWS,
        complete: true,
        keys: Vec::new(),
        columns: columns().into_iter().map(summary).collect(),
        rejects: Vec::new(),
        rejected: 0,
        notes: Vec::new(),
    }
}

fn files(pipelines: usize) -> Vec<(String, String)> {
    (0..pipelines).map(|number| (state(number).file, documents::text(number))).collect()
}

fn document(number: usize) -> DocumentView {
    let text = documents::text(number);
    DocumentView { file: state(number).file, hash: text.clone(), text, unreadable: None }
}
