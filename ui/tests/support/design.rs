//! A back end with the sample workspace's documents on a disk of its own, which others can write to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use egui_kittest::Harness;
use touchstone_protocol::{
    AwaitChanges, ChangesView, ColumnView, DocumentView, ErrorCode, FlowView, JobResult, JobState, JobView,
    LostValues, Preview, PreviewView, Request, RpcError, RuleState, RuleView, SaveDocument, SaveView,
    TablePage,
};
use touchstone_spec::{DataType, Document, Layer};
use touchstone_ui::App;
use touchstone_ui::backend::{Backend, Reply};

use super::{Script, Window, json, settle};

/// The disk; clones share it.
#[derive(Clone)]
pub(crate) struct Disk {
    pub(crate) script: Script,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    files: BTreeMap<String, String>,
    revision: u64,
    /// Other studios that have the workspace open.
    others: usize,
    /// Sample files that are gone.
    gone: Vec<String>,
    /// Those who wait for changes.
    watching: Vec<Reply>,
    held: Vec<(Request, Reply)>,
}

impl Disk {
    pub(crate) fn with_samples() -> Self {
        let mut inner = Inner { revision: 1, ..Inner::default() };
        let samples = [
            ("positions", include_str!("../../../samples/pipelines/positions.yaml")),
            ("prices", include_str!("../../../samples/pipelines/prices.yaml")),
            ("securities", include_str!("../../../samples/pipelines/securities.yaml")),
            ("trades", include_str!("../../../samples/pipelines/trades.yaml")),
        ];
        for (name, text) in samples {
            inner.files.insert(format!("pipelines/{name}.yaml"), text.to_owned());
        }
        Self { script: Script::open(), inner: Arc::new(Mutex::new(inner)) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn text(&self, file: &str) -> String {
        self.lock().files.get(file).cloned().unwrap_or_default()
    }

    /// Other studios open the workspace, and the page is told.
    pub(crate) fn meet_others(&self, others: usize) {
        self.lock().others = others;
    }

    /// These sample files are not there (any more), and the page is told.
    pub(crate) fn lose_samples(&self, gone: &[&str]) {
        let mut inner = self.lock();
        inner.gone = gone.iter().map(|sample| (*sample).to_owned()).collect();
        inner.revision += 1;
        let changes = inner.changes();
        let watching = std::mem::take(&mut inner.watching);
        drop(inner);
        for reply in watching {
            reply(json(&changes));
        }
    }

    /// Somebody else writes a file (or removes it), and the page is told.
    pub(crate) fn write(&self, file: &str, text: Option<String>) {
        let mut inner = self.lock();
        match text {
            Some(text) => inner.files.insert(file.to_owned(), text),
            None => inner.files.remove(file),
        };
        inner.revision += 1;
        let changes = inner.changes();
        let watching = std::mem::take(&mut inner.watching);
        drop(inner);
        for reply in watching {
            reply(json(&changes));
        }
    }

    /// Somebody else writes a file, and the page is not told yet.
    pub(crate) fn write_unseen(&self, file: &str, text: String) {
        self.lock().files.insert(file.to_owned(), text);
    }

    /// Answers what was held of this method, and holds it no longer.
    pub(crate) fn release(&self, method: &'static str) {
        self.script.lock().held.remove(method);
        let held = std::mem::take(&mut self.lock().held);
        for (request, reply) in held {
            if request.method() == method {
                self.send(request, reply);
            } else {
                self.lock().held.push((request, reply));
            }
        }
    }
}

impl Backend for Disk {
    fn send(&self, request: Request, reply: Reply) {
        let is_ours = matches!(
            request,
            Request::Documents(_)
                | Request::SaveDocument(_)
                | Request::DeleteDocument(_)
                | Request::DraftPipeline(_)
                | Request::StartDraft(_)
                | Request::AwaitChanges(_)
                | Request::Preview(_)
        );
        if !is_ours {
            self.script.send(request, reply);
            return;
        }
        let failing = {
            let mut script = self.script.lock();
            script.asked.push(request.clone());
            if script.held.contains(request.method()) {
                drop(script);
                self.lock().held.push((request, reply));
                return;
            }
            script.failing.get(request.method()).cloned()
        };
        if let Some(error) = failing {
            reply(Err(error));
            return;
        }
        let mut inner = self.lock();
        let result = match request {
            Request::AwaitChanges(AwaitChanges { revision, .. }) if revision == inner.revision => {
                inner.watching.push(reply);
                return;
            }
            Request::AwaitChanges(_) => json(inner.changes()),
            Request::Documents(_) => {
                json(inner.files.iter().map(|(file, text)| view(file, text)).collect::<Vec<_>>())
            }
            Request::SaveDocument(save) => json(inner.save(&save)),
            Request::DeleteDocument(delete) => {
                inner.files.remove(&delete.file);
                json(())
            }
            Request::DraftPipeline(draft) => draft_of(&draft.pipeline, &draft.files).and_then(json),
            Request::StartDraft(draft) => {
                let (result, error) = match draft_of(&draft.pipeline, &draft.files) {
                    Ok(document) => (Some(JobResult::Draft(document)), None),
                    Err(error) => (None, Some(error)),
                };
                json(JobView {
                    id: "draft-1".to_owned(),
                    subject: draft.pipeline,
                    state: if error.is_some() { JobState::Failed } else { JobState::Done },
                    steps: Vec::new(),
                    fraction: 1.0,
                    result,
                    error,
                })
            }
            Request::Preview(asked) => preview(&asked).and_then(json),
            _ => return,
        };
        drop(inner);
        reply(result);
    }
}

impl Inner {
    fn changes(&self) -> ChangesView {
        let files = self.files.iter().map(|(file, text)| (file.clone(), text.clone()));
        let samples = ["samples/prices.csv", "samples/trades_20260302.csv"].map(str::to_owned);
        let is_gone = |sample: &String| self.gone.contains(sample);
        let (missing, samples) = samples.into_iter().partition(is_gone);
        ChangesView { revision: self.revision, files: files.collect(), others: self.others, samples, missing }
    }

    fn save(&mut self, save: &SaveDocument) -> SaveView {
        // A text is its own hash.
        let on_disk = self.files.get(&save.file);
        if on_disk != save.base_hash.as_ref() {
            return SaveView::Changed { on_disk: on_disk.map(|text| view(&save.file, text)) };
        }
        self.files.insert(save.file.clone(), save.text.clone());
        SaveView::Saved { hash: save.text.clone() }
    }
}

fn view(file: &str, text: &str) -> DocumentView {
    DocumentView { file: file.to_owned(), text: text.to_owned(), hash: text.to_owned(), unreadable: None }
}

/// What a data file shows: of the sample of `trades` what its contract says, but for one type; of others, rates.
fn drafted(file: &str) -> String {
    if file.contains("trades") {
        let text = include_str!("../../../samples/pipelines/trades.yaml");
        let source = text.split("sources:").nth(1).and_then(|rest| rest.split("silver:").next());
        let source = source.unwrap_or_default().replace("Settle Dt, type: date", "Settle Dt, type: string");
        return format!("sources:{}", source.replace(", format: dd/MM/yyyy }", " }"));
    }
    format!(
        "sources:\n  fx:\n    kind: file\n    format: {{ csv: {{ delimiter: \";\" }} }}\n    sample: {file}\n    \
         contract:\n      - {{ name: Ccy, type: string, required: true }}\n      - {{ name: As Of, type: date, format: \
         dd/MM/yyyy }}\n      - {{ name: Rate, type: \"decimal(18,6)\" }}\nsilver:\n  fx:\n    from: fx\n    fields:\n      \
         ccy: {{ from: Ccy }}\n      as_of: {{ from: As Of }}\n      rate: {{ from: Rate }}\n    key: [ccy, as_of]\n"
    )
}

/// Two records as they came, each with what is wrong with it.
fn aside(input: &TablePage, broken: &RuleView) -> TablePage {
    let mut columns = input.columns.clone();
    columns.push(ColumnView { name: "_reason".to_owned(), data_type: DataType::String, expression: None });
    let reason = format!("isin = DE0007164600 stands nowhere in securities ({})", broken.rule);
    let rows = input.rows.iter().take(2).map(|row| [row.as_slice(), &[Some(reason.clone())]].concat());
    TablePage { rows: rows.collect(), columns, offset: 0, total: 2 }
}

/// Rows that look like what the table would make.
fn preview(asked: &Preview) -> Result<PreviewView, RpcError> {
    let document = Document::read(&asked.file, asked.text.clone());
    let pipeline = document
        .pipeline
        .ok_or_else(|| RpcError::new(ErrorCode::InvalidSpec, "the document can't be read"))?;
    let column = |name: &str, data_type: DataType, expression: Option<String>| ColumnView {
        name: name.to_owned(),
        data_type,
        expression,
    };
    let page = |columns: Vec<ColumnView>| {
        let rows = (0..20u64).map(|row| columns.iter().map(|one| cell(&one.name, row)).collect());
        TablePage { rows: rows.collect(), columns, offset: 0, total: 20 }
    };
    let silver = pipeline.silver.get(&asked.table.table).filter(|_| asked.table.layer == Layer::Silver);
    let (input, output, rules) = if let Some(table) = silver {
        let source = pipeline.sources.get(&table.from);
        let contract = source.map(touchstone_spec::Source::contract).unwrap_or_default();
        let input = contract.iter().map(|one| column(&one.name, one.data_type.clone(), None)).collect();
        let output = table.fields.iter().map(|(name, field)| {
            let data_type = field.data_type.clone().unwrap_or(DataType::String);
            column(name, data_type, field.expr.clone().or(field.from.clone()))
        });
        (page(input), page(output.collect()), table.rules.clone())
    } else {
        let gold = pipeline.gold.get(&asked.table.table);
        let names = ["trade_date", "sector", "gross_notional", "trades"];
        let output = names.map(|name| column(name, DataType::String, None)).to_vec();
        (TablePage::default(), page(output), gold.and_then(|gold| gold.rules.clone()))
    };
    let texts: Vec<String> = rules
        .unwrap_or_default()
        .lines()
        .map(|line| line.trim().trim_end_matches(',').to_owned())
        .filter(|line| !line.is_empty() && !line.contains("Rules") && line != "]")
        .collect();
    let rules: Vec<RuleView> = texts
        .into_iter()
        .enumerate()
        .map(|(at, rule)| RuleView {
            rule,
            state: if at % 3 == 1 { RuleState::Failed } else { RuleState::Passed },
            measured: if at % 3 == 1 { "2 rows".to_owned() } else { "1.0".to_owned() },
            rows: 17,
            failing_rows: if at % 3 == 1 { 2 } else { 0 },
        })
        .collect();
    // What breaks references is in quarantine; all else that breaks a rule is loaded.
    let is_aside = |rule: &RuleView| rule.rule.starts_with("ReferentialIntegrity");
    let rows = |rule: &RuleView, shown: bool| (0..if shown { rule.failing_rows } else { 0 }).collect();
    Ok(PreviewView {
        page: output,
        failing: rules.iter().map(|rule| rows(rule, !is_aside(rule))).collect(),
        failing_aside: rules.iter().map(|rule| rows(rule, is_aside(rule))).collect(),
        quarantined: rules
            .iter()
            .find(|rule| is_aside(rule))
            .map(|rule| aside(&input, rule))
            .unwrap_or_default(),
        input,
        rules,
        flow: FlowView { rows_in: 20, loaded: 17, quarantined: 3, ..FlowView::default() },
        lost: silver.map(divisions).unwrap_or_default(),
        is_part: true,
    })
}

fn draft_of(name: &str, files: &[String]) -> Result<DocumentView, RpcError> {
    if files.iter().any(|file| file.contains("nowhere")) {
        return Err(RpcError::new(ErrorCode::NotFound, "there is no file nowhere.csv"));
    }
    let sources = files.first().map(|file| drafted(file)).unwrap_or_default();
    let text = format!("pipeline: {name}\ntitle: Drafted\n{sources}");
    Ok(view(&format!("pipelines/{name}.yaml"), &text))
}

/// Whatever is divided meets a zero.
fn divisions(table: &touchstone_spec::SilverTable) -> Vec<LostValues> {
    let divides = |expr: &Option<String>| expr.as_ref().is_some_and(|text| text.contains('/'));
    let fields = table.fields.iter().filter(|(_, field)| divides(&field.expr));
    let lost =
        |name: &String| LostValues { field: name.clone(), rows: 3, reason: "division by zero".to_owned() };
    fields.map(|(name, _)| lost(name)).collect()
}

fn cell(name: &str, row: u64) -> Option<String> {
    let text = match name.to_lowercase().as_str() {
        "trade id" | "trade_id" => format!("{:07}", 4_200 + row),
        "qty" | "quantity" => format!("{}.00", row * 37 % 900),
        "px" | "price" => format!("{}.250000", 80 + row % 9),
        "notional" => format!("{}.25", row * 3_120),
        "isin" => "DE0007164600".to_owned(),
        "sector" if row % 5 == 3 => return None,
        "sector" => "Technology".to_owned(),
        "trade dt" => "02/03/2026".to_owned(),
        "trade_date" => "2026-03-02".to_owned(),
        "side" => (if row.is_multiple_of(2) { "BUY" } else { "SELL" }).to_owned(),
        "remarks" if row.is_multiple_of(4) => String::new(),
        other => format!("{} {row}", other.chars().take(3).collect::<String>()),
    };
    Some(text)
}

/// A window on the disk, with the pipeline `trades` selected.
pub(crate) fn designing(disk: &Disk) -> Window<'static> {
    designing_at(disk, egui::vec2(1280.0, 800.0))
}

pub(crate) fn designing_at(disk: &Disk, size: egui::Vec2) -> Window<'static> {
    let mut harness = opened_at(disk, size);
    super::select_trades(&mut harness);
    harness
}

/// A window on the disk, with what is remembered there.
pub(crate) fn opened(disk: &Disk) -> Window<'static> {
    opened_at(disk, egui::vec2(1280.0, 800.0))
}

fn opened_at(disk: &Disk, size: egui::Vec2) -> Window<'static> {
    let disk = disk.clone();
    let builder = Harness::builder().with_size(size).with_step_dt(0.25);
    let mut harness = builder.build_ui_state(
        move |ui, app: &mut Option<App>| {
            app.get_or_insert_with(|| App::new(ui.ctx(), disk.clone())).frame(ui);
        },
        None,
    );
    settle(&mut harness);
    harness
}
