//! Simulations: what runs, and of the last one the control totals, rules and rows of every table.

use std::borrow::Cow;

use egui::{Align, Frame, Margin, Panel, RichText, ScrollArea, Ui};
use touchstone_protocol::{
    DataRef, ErrorCode, FilterTest, JobView, RpcError, RuleState, RunOutcome, RunView, StepState,
    TableRunView,
};
use touchstone_spec::{Layer, TableName};

use super::{TracedCell, changes, flow, trace};
use crate::command::{Command, Commands, TablePart};
use crate::data;
use crate::shell;
use crate::state::{Job, Pipeline, State};
use crate::theme::{self, Tokens, Tone};
use crate::widgets::grid::{Cell, Grid, GridColumn, Listed};
use crate::widgets::page::with_height;
use crate::widgets::{
    Button, TabHeading, badge, command_button, empty, error_box, layer_dot, pending, progress, state_icon,
    tabs,
};
use crate::{icon, text};

/// Height in which control totals and a table have room below each other.
const ROOMY: f32 = 400.0;
/// Least height of a table with its header.
const TABLE: f32 = 200.0;
/// The same with what is listed above it.
const QUARANTINE: f32 = 300.0;

pub(crate) fn simulate(state: &State, commands: &Commands, pipeline: &Pipeline, ui: &mut Ui) {
    if let Some(job) = &pipeline.job {
        running(job, ui);
    }
    if let Some(error) = pipeline.run.error() {
        Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
            let title = "The last simulation could not be read";
            error_box(ui, state, commands, title, error, Some(&Command::Retry), None);
        });
    }
    match pipeline.last_run() {
        Some(run) => result(state, commands, pipeline, run, ui),
        None if pipeline.job.is_some() => {}
        None if pipeline.run.value().is_none() => {
            if pipeline.run.is_pending() {
                pending(ui, "Reading the last simulation…");
            }
        }
        None => {
            let text = "A simulation makes bronze, silver and gold from the samples, on this computer";
            empty(ui, state, commands, icon::PLAY, "Not simulated yet", text, Some(&Command::Simulate));
        }
    }
}

/// The job's steps, with how far it is.
fn running(job: &Job, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let frame = Frame::new().fill(tokens.header).inner_margin(Margin::symmetric(16, 10));
    frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let view = job.progress.value();
        let fraction = view.map_or(0.0, |view| view.fraction);
        ui.horizontal(|ui| {
            let doing = if job.cancelling { "Cancelling…" } else { "Simulating…" };
            ui.label(RichText::new(doing).font(theme::strong()).color(tokens.text_strong));
            ui.label(RichText::new(format!("{:.0} %", fraction * 100.0)).color(tokens.text_subdued));
            if let Some(error) = job.progress.error() {
                ui.label(RichText::new(format!("No news: {}", error.message)).color(tokens.warning));
            }
        });
        progress(ui, "Simulation", fraction, ui.available_width());
        if let Some(view) = view {
            ScrollArea::vertical()
                .id_salt("steps")
                .auto_shrink([false, true])
                .max_height(132.0)
                .show(ui, |ui| steps(ui, view));
        }
    });
}

fn steps(ui: &mut Ui, view: &JobView) {
    let tokens = Tokens::of(ui.visuals());
    for (place, step) in view.steps.iter().enumerate() {
        let (sign, color, words) = match step.state {
            StepState::Waiting => (icon::CIRCLE, tokens.text_disabled, "waiting"),
            StepState::Running => (icon::PLAY, tokens.link, "running"),
            StepState::Done => (icon::CHECK, tokens.success, "done"),
        };
        let row = ui.horizontal(|ui| {
            state_icon(ui, sign, color, words);
            let is_waiting = step.state == StepState::Waiting;
            let color = if is_waiting { tokens.text_subdued } else { tokens.text };
            ui.label(RichText::new(&step.title).font(theme::mono()).color(color));
            if let Some(rows) = step.rows {
                let rows = text::count(rows, "row", "rows");
                ui.label(RichText::new(rows).font(theme::small()).color(tokens.text_subdued));
            }
        });
        // Once for each step: who scrolls back to look at an earlier one is left alone.
        let shown = ui.scope_id().with("step that was scrolled to");
        if step.state == StepState::Running && ui.data(|data| data.get_temp(shown)) != Some(place) {
            ui.data_mut(|data| data.insert_temp(shown, place));
            row.response.scroll_to_me(Some(Align::Center));
        }
    }
}

/// Height that the rows below the flow keep: their header and a few of them.
const ROWS_BELOW: f32 = 224.0;

fn result(state: &State, commands: &Commands, pipeline: &Pipeline, run: &RunView, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let is_short = ui.available_height() < ROOMY;
    // Stopped before anything was counted, it has no totals, and nobody asks what went wrong.
    let has_totals = run.outcome != RunOutcome::Cancelled || run.tables.iter().any(|table| table.counted);
    Frame::new().inner_margin(Margin::symmetric(16, 8)).show(ui, |ui| {
        ui.horizontal(|ui| {
            let is_narrow = ui.available_width() < 640.0;
            let are_shown = !is_short || state.prove.totals_open;
            ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
                let trace = Command::Prove(super::Command::ToggleTrace);
                let is_shown = state.prove.tracing;
                command_button(ui, state, commands, &trace, |button| {
                    button.quiet().selected(is_shown).icon_only(is_narrow)
                });
                for (text, sign, is_table) in [("Table", icon::TABLE, true), ("Flow", icon::PIPELINE, false)]
                {
                    let is_shown = are_shown && has_totals && state.prove.totals_as_table == is_table;
                    let button = Button::new(text).icon(sign).quiet().selected(is_shown).icon_only(is_narrow);
                    let about = if has_totals {
                        format!("Control totals: {text}")
                    } else {
                        "No control totals: you stopped the run before a table was made".to_owned()
                    };
                    if button.enabled(has_totals).show(ui).on_hover_text(about).clicked() {
                        commands.send(Command::Prove(super::Command::TotalsAsTable(is_table)));
                    }
                }
                ui.with_layout(egui::Layout::left_to_right(Align::Center), |ui| outcome(run, ui));
            });
        });
        why(state, commands, run, ui);
    });
    if run.tables.is_empty() {
        return;
    }
    let shown = pipeline.shown_table();
    if state.prove.tracing {
        let frame = Frame::new().fill(tokens.panel).inner_margin(Margin::same(12));
        crate::keep::keep_panel(ui, "trace");
        Panel::right("trace").default_size(400.0).size_range(280.0..=720.0).frame(frame).show(ui, |ui| {
            trace::panel(state, commands, ui);
        });
    }
    let frame = Frame::new().fill(tokens.content);
    if let (false, Some(shown)) = (has_totals, shown) {
        let first = run.failed_at().unwrap_or(shown);
        let shown = if pipeline.table.is_none() { first } else { shown };
        egui::CentralPanel::default().frame(frame).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            table_parts(state, commands, pipeline, run, shown, ui);
        });
        return;
    }
    // A small window, or large text: they take the room in turn, and choosing a table leads to it.
    if is_short {
        egui::CentralPanel::default().frame(frame).show(ui, |ui| match shown {
            Some(shown) if !state.prove.totals_open => {
                let least = if pipeline.part == TablePart::Quarantine { QUARANTINE } else { TABLE };
                with_height(ui, "table", least, |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    table_parts(state, commands, pipeline, run, shown, ui);
                });
            }
            shown => control_totals(state, commands, run, shown, ui),
        });
        return;
    }
    let room = ui.available_height();
    let wanted = if state.prove.totals_as_table {
        Grid::full_height(&totals(run, tokens)) + 2.0
    } else {
        flow::height(run, ui)
    };
    // As much as it takes, as long as some rows are seen below.
    let height = wanted.min((room - ROWS_BELOW).max(room * 0.5));
    // A flow of another shape gets its own height; that of a run which was cancelled is no measure for the next.
    #[expect(clippy::cast_possible_truncation, reason = "a float saturates at both ends")]
    let shape = wanted.round() as i32;
    Panel::top(("totals", shape))
        .resizable(true)
        .default_size(height)
        .size_range(60.0_f32.min(room)..=(room * 0.8).max(60.0))
        .frame(frame)
        .show(ui, |ui| control_totals(state, commands, run, shown, ui));
    if let Some(shown) = shown {
        egui::CentralPanel::default().frame(frame).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            table_parts(state, commands, pipeline, run, shown, ui);
        });
    }
}

fn control_totals(
    state: &State,
    commands: &Commands,
    run: &RunView,
    shown: Option<&TableRunView>,
    ui: &mut Ui,
) {
    if !state.prove.totals_as_table {
        flow::flow(commands, run, shown.map(|shown| &shown.table), ui);
        return;
    }
    let totals = totals(run, Tokens::of(ui.visuals()));
    let place = shown.and_then(|shown| run.tables.iter().position(|table| table.table == shown.table));
    let selected = place.map(|place| place as u64);
    let output = Grid::new("totals", "Control totals", &totals).select_rows(selected).show(ui);
    let chosen = output.selected.and_then(|row| run.tables.get(usize::try_from(row).ok()?));
    if let Some(chosen) = chosen {
        commands.send(Command::ShowTable(chosen.table.clone()));
    }
}

/// How the run ended, when it was, and how long it took.
fn outcome(run: &RunView, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let tone = Tone::of_outcome(run.outcome);
    badge(ui, shell::outcome_text(run.outcome).trim_start_matches("simulation "), tone);
    let mut words = format!("{}  ·  {}", text::time(&run.started_at), text::duration(run.duration_ms));
    if let Some(other) = &run.along_with {
        words = format!("from the simulation of {other}, which reads it  ·  {words}");
    }
    ui.add(egui::Label::new(RichText::new(words).color(tokens.text_subdued)).truncate());
}

/// Why it did not come to its end, whole.
fn why(state: &State, commands: &Commands, run: &RunView, ui: &mut Ui) {
    // Who stopped it knows why.
    let Some(message) = run.message.as_ref().filter(|_| run.outcome != RunOutcome::Cancelled) else { return };
    let (message, help) = message.split_once('\n').unwrap_or((message, ""));
    let error = RpcError::new(ErrorCode::Failed, message);
    let error = if help.is_empty() { error } else { error.with_help(help) };
    ui.add_space(8.0);
    let title = text::sentence(&not_known(run));
    error_box(ui, state, commands, &title, &error, None, None);
}

/// Why nothing is known of a table that was not counted.
fn not_known(run: &RunView) -> String {
    let at = run.failed_at().map(|table| text::table(&table.table, Some(&run.pipeline)));
    if run.outcome == RunOutcome::Cancelled {
        return format!("the run was stopped{}", at.map(|at| format!(" before {at}")).unwrap_or_default());
    }
    let at = at.map(|at| format!(" at {at}"));
    format!("the run {}{}", run.outcome.ended(), at.unwrap_or_default())
}

/// Where every row went, table by table: what came in is the sum of all that follows.
fn totals(run: &RunView, tokens: &Tokens) -> Listed<'static> {
    let rows = run.tables.iter().map(|table| {
        let flow = table.flow;
        let dim = |number: u64, tone| {
            let tone = if number == 0 { Tone::Neutral } else { tone };
            Cell::Toned(text::number(number).into(), tone)
        };
        let named = Cell::Icon(
            icon::TABLE,
            tokens.layer(table.table.layer),
            text::table(&table.table, Some(&run.pipeline)).into(),
        );
        if !table.counted {
            let mut cells = vec![named];
            cells.extend((0..6).map(|_| Cell::Blank));
            let unknown = Cell::Icon(icon::NOT_YET, tokens.text_subdued, "not known".into());
            cells.extend([unknown, Cell::Blank, Cell::Blank]);
            return cells;
        }
        let sum = if table.adds_up() {
            Cell::Icon(icon::CHECK, tokens.success, "yes".into())
        } else {
            Cell::Icon(icon::FAILED, tokens.error, "no".into())
        };
        let failed = table.rules.iter().filter(|rule| rule.state == RuleState::Failed).count();
        let rules = match (table.rules.len(), failed) {
            (0, _) => Cell::Blank,
            (all, 0) => Cell::Icon(icon::PASSED, tokens.success, format!("{all} of {all} passed").into()),
            (all, failed) => {
                Cell::Icon(icon::FAILED, tokens.error, format!("{} of {all} passed", all - failed).into())
            }
        };
        vec![
            named,
            Cell::Text(text::number(flow.rows_in).into()),
            Cell::Text(text::number(flow.loaded).into()),
            dim(flow.rejected, Tone::Warning),
            dim(flow.filtered, Tone::Neutral),
            dim(flow.deduplicated, Tone::Neutral),
            dim(flow.quarantined, Tone::Warning),
            sum,
            rules,
            Cell::Toned(text::duration(table.duration_ms).into(), Tone::Neutral),
        ]
    });
    Listed {
        columns: vec![
            GridColumn::words("Table"),
            GridColumn::numbers("In"),
            GridColumn::numbers("= Loaded"),
            GridColumn::numbers("+ Rejected"),
            GridColumn::numbers("+ Filtered"),
            GridColumn::numbers("+ Deduplicated"),
            GridColumn::numbers("+ Quarantined"),
            GridColumn::words("Adds up"),
            GridColumn::words("Rules").stretched(),
            GridColumn::numbers("Took"),
        ],
        rows: rows.collect(),
    }
}

fn table_parts(
    state: &State,
    commands: &Commands,
    pipeline: &Pipeline,
    run: &RunView,
    table: &TableRunView,
    ui: &mut Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    let failed = table.rules.iter().filter(|rule| rule.state == RuleState::Failed).count();
    let warned = |number: u64| if number > 0 { Tone::Warning } else { Tone::Neutral };
    let mut parts = vec![(TablePart::Rows, Some(table.flow.loaded), Tone::Neutral)];
    match table.table.layer {
        Layer::Bronze => {
            parts.push((TablePart::Rejects, Some(table.flow.rejected), warned(table.flow.rejected)));
        }
        Layer::Silver | Layer::Gold => {
            let quarantined = table.flow.quarantined;
            parts.push((TablePart::Quarantine, Some(quarantined), warned(quarantined)));
            for (part, rows) in [
                (TablePart::Filtered, table.flow.filtered),
                (TablePart::Deduplicated, table.flow.deduplicated),
            ] {
                if rows > 0 {
                    parts.push((part, Some(rows), Tone::Neutral));
                }
            }
        }
    }
    if !table.rules.is_empty() {
        // A number in red is that of what failed.
        let (count, tone) =
            if failed > 0 { (failed, Tone::Error) } else { (table.rules.len(), Tone::Neutral) };
        parts.push((TablePart::Rules, Some(count as u64), tone));
    }
    parts.push((TablePart::Changes, None, Tone::Neutral));
    if !table.counted {
        for (_, count, _) in &mut parts {
            *count = None;
        }
    }
    let shown = parts.iter().position(|part| part.0 == pipeline.part).unwrap_or_default();
    let headings: Vec<_> = parts
        .iter()
        .map(|(part, count, tone)| {
            let text = Command::ShowPart(*part).offer().text;
            let is_rules = *part == TablePart::Rules && *tone == Tone::Error;
            let tooltip =
                if is_rules { format!("{failed} of {} failed", table.rules.len()) } else { String::new() };
            TabHeading { text, count: *count, tone: *tone, tooltip }
        })
        .collect();
    Frame::new().fill(tokens.panel).inner_margin(Margin { left: 16, right: 12, top: 0, bottom: 0 }).show(
        ui,
        |ui| {
            // As high as the tabs, so that what stands before them is centred on them.
            ui.spacing_mut().interact_size.y = 32.0;
            ui.horizontal(|ui| {
                ui.set_min_width(ui.available_width());
                layer_dot(ui, table.table.layer);
                let home = pipeline.view.value().map(|view| view.state.name.as_str());
                let name = text::table(&table.table, home);
                ui.label(RichText::new(name).font(theme::strong()).color(tokens.text_strong));
                ui.add_space(8.0);
                if let Some((part, ..)) = tabs(ui, &headings, shown).and_then(|place| parts.get(place)) {
                    commands.send(Command::ShowPart(*part));
                }
            });
        },
    );
    let part = parts.get(shown).map_or(TablePart::Rows, |part| part.0);
    ui.push_id((table.table.to_string(), shown), |ui| match part {
        TablePart::Rejects | TablePart::Quarantine if !table.counted => {
            let what = if part == TablePart::Quarantine { "The quarantine" } else { "What was rejected" };
            let title = format!("{what} is not known: {}", not_known(run));
            let text = "Mend what stopped it and simulate again";
            empty(ui, state, commands, icon::NOT_YET, &title, text, Some(&Command::Simulate));
        }
        TablePart::Rows if !table.counted && was_never_made(state, &table.table) => {
            let title = text::sentence(&not_known(run));
            let text = "This table was never made: simulate again";
            empty(ui, state, commands, icon::NOT_YET, &title, text, Some(&Command::Simulate));
        }
        TablePart::Rows => {
            if !table.counted {
                let words = format!("Rows of an earlier run, if there are any: {}", not_known(run));
                Frame::new().fill(tokens.warning_fill).inner_margin(Margin::symmetric(16, 4)).show(
                    ui,
                    |ui| {
                        ui.set_min_width(ui.available_width());
                        ui.add(egui::Label::new(RichText::new(words).color(tokens.text)).truncate());
                    },
                );
            }
            let nothing = ("No rows", "Nothing was loaded into this table");
            rows(state, commands, &table.table, nothing, ui);
        }
        TablePart::Filtered | TablePart::Deduplicated => aside(state, commands, table, part, ui),
        TablePart::Quarantine => quarantine(state, commands, table, ui),
        TablePart::Rules => rules(commands, table, ui),
        TablePart::Rejects if table.rejects.is_empty() => {
            empty(ui, state, commands, icon::PASSED, "No rejects", "Every record could be read", None);
        }
        TablePart::Rejects => data::rejects(commands, &table.rejects, table.flow.rejected, ui),
        TablePart::Changes => changes::changes(state, commands, run, &table.table, ui),
    });
}

/// Whether no run has made the table yet.
fn was_never_made(state: &State, table: &TableName) -> bool {
    let all = data::RowsOf::all(DataRef::Table { table: table.clone(), run: None });
    let error = state.data.rows.get(&all).and_then(|rows| rows.error());
    error.is_some_and(|error| error.code == ErrorCode::NotFound)
}

fn rows(state: &State, commands: &Commands, table: &TableName, nothing: (&str, &str), ui: &mut Ui) {
    let name = format!("Rows of {table}");
    let data = DataRef::Table { table: table.clone(), run: None };
    let trace = |at: &data::CellAt<'_>| {
        let cell = TracedCell { table: table.clone(), row: at.row, column: Some(at.column.to_owned()) };
        let is_new = state.prove.trace.as_ref().is_none_or(|traced| traced.cell != cell);
        (state.prove.tracing && is_new).then_some(Command::Prove(super::Command::Trace(cell)))
    };
    data::grid(state, commands, &data, &data::Options::new(&name, nothing).cursor(&trace), ui);
}

fn quarantine(state: &State, commands: &Commands, table: &TableRunView, ui: &mut Ui) {
    if table.flow.quarantined == 0 {
        let text = "No row broke the contract or a rule";
        empty(ui, state, commands, icon::PASSED, "Nothing in quarantine", text, None);
        return;
    }
    let tokens = Tokens::of(ui.visuals());
    let reasons = Listed {
        columns: vec![GridColumn::numbers("Rows"), GridColumn::words("What they broke").stretched()],
        rows: table
            .quarantine
            .iter()
            .map(|one| vec![Cell::Text(text::number(one.rows).into()), Cell::Text(in_words(&one.rule))])
            .collect(),
    };
    let data = TablePart::Quarantine.table(&table.table).map(|table| DataRef::Table { table, run: None });
    let view = data.as_ref().and_then(|data| state.data.views.get(data));
    let test = view.and_then(|view| data::test_of(&view.query, RULES));
    let filtered = table.quarantine.iter().position(|one| Some(&only(table, &one.rule)) == test);
    let height = (Grid::full_height(&reasons) + 2.0).min(ui.available_height() * 0.35);
    ui.allocate_ui(egui::vec2(ui.available_width(), height), |ui| {
        let grid = Grid::new("reasons", "Quarantine by reason", &reasons);
        let output = grid.select_rows(filtered.map(|place| place as u64)).show(ui);
        if let Some(copied) = output.copied {
            commands.send(Command::Copy(copied));
        }
        let chosen = output.selected.and_then(|row| usize::try_from(row).ok());
        if let (Some(chosen), Some(data)) = (chosen, data) {
            // A second time takes it back.
            let rule = table.quarantine.get(chosen).filter(|_| filtered != Some(chosen));
            let test = rule.map(|one| only(table, &one.rule));
            commands.send(Command::Data(data::Command::Filter(data, RULES.to_owned(), test)));
        }
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top(), egui::Stroke::new(1.0, tokens.line));
    ui.add_space(1.0);
    aside(state, commands, table, TablePart::Quarantine, ui);
}

/// The column of a quarantine with the rules that a row broke.
const RULES: &str = "_rules";

/// Signs that mean something in a regular expression. No others are escaped: `\>` is the end of a word
/// (source: the syntax of the `regex` crate).
const SIGNS: &str = r"\.+*?()|[]{}^$#&-~";

/// Only the rows that broke this rule, maybe beside others.
fn only(table: &TableRunView, rule: &str) -> FilterTest {
    let is_part = table.quarantine.iter().any(|other| other.rule != rule && other.rule.contains(rule));
    if !is_part {
        return FilterTest::Contains(rule.to_owned());
    }
    let mut pattern = String::from("(^|; )");
    for letter in rule.chars() {
        if SIGNS.contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    FilterTest::Matches(format!("{pattern}($|; )"))
}

/// A rule as a sentence, as where it is written; its text where it has no form.
fn in_words(rule: &str) -> Cow<'_, str> {
    if let Some(contract) = rule.strip_prefix("contract: ") {
        return Cow::Owned(format!("The contract: {contract}"));
    }
    let form = touchstone_compiler::read_rule(rule);
    form.map_or(Cow::Borrowed(rule), |form| Cow::Owned(text::unmarked(&form.in_words()).into_owned()))
}

/// Rows that did not come into the table.
fn aside(state: &State, commands: &Commands, table: &TableRunView, part: TablePart, ui: &mut Ui) {
    let Some(beside) = part.table(&table.table) else { return };
    let name = format!("Rows of {beside}");
    let nothing = ("No rows", "These rows are not there any more");
    let data = DataRef::Table { table: beside, run: None };
    data::grid(state, commands, &data, &data::Options::new(&name, nothing), ui);
}

fn rules(commands: &Commands, table: &TableRunView, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let rows = table.rules.iter().map(|rule| {
        let result = match rule.state {
            RuleState::Passed => Cell::Icon(icon::PASSED, tokens.success, "Passed".into()),
            RuleState::Failed => Cell::Icon(icon::FAILED, tokens.error, "Failed".into()),
        };
        let tone = if rule.failing_rows > 0 { Tone::Warning } else { Tone::Neutral };
        vec![
            result,
            Cell::Text(in_words(&rule.rule)),
            Cell::Text(Cow::Borrowed(&rule.measured)),
            Cell::Toned(text::number(rule.failing_rows).into(), tone),
        ]
    });
    let listed = Listed {
        columns: vec![
            GridColumn::words("Result"),
            GridColumn::words("Rule").stretched(),
            GridColumn::data("Measured"),
            GridColumn::numbers("Failing rows"),
        ],
        rows: rows.collect(),
    };
    let output = Grid::new("rules", "Rules", &listed).show(ui);
    if let Some(copied) = output.copied {
        commands.send(Command::Copy(copied));
    }
}

#[cfg(test)]
mod tests {
    use touchstone_protocol::QuarantineView;

    use super::*;

    #[test]
    fn only_the_rows_of_one_rule_are_asked_for_where_another_begins_like_it() {
        let rule = |rule: &str| QuarantineView { rule: rule.to_owned(), rows: 1 };
        let table = TableRunView {
            table: TableName::new("trades", Layer::Silver, "trades"),
            counted: true,
            reads: Vec::new(),
            lookups: Vec::new(),
            flow: touchstone_protocol::FlowView::default(),
            rules: Vec::new(),
            quarantine: vec![
                rule("ColumnValues \"b\" > 0"),
                rule("ColumnValues \"b\" > 0.5"),
                rule("ColumnValues \"a\" matches \"[A-Z]+\""),
            ],
            rejects: Vec::new(),
            lost: Vec::new(),
            duration_ms: 0,
        };
        let asked = |place: usize| only(&table, &table.quarantine[place].rule);
        assert_eq!(asked(0), FilterTest::Matches(r#"(^|; )ColumnValues "b" > 0($|; )"#.to_owned()));
        assert_eq!(asked(1), FilterTest::Contains(r#"ColumnValues "b" > 0.5"#.to_owned()));
        assert_eq!(asked(2), FilterTest::Contains(r#"ColumnValues "a" matches "[A-Z]+""#.to_owned()));
    }
}
