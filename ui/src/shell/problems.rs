//! The list of problems: everything that is wrong in the workspace, unsaved edits included, each a click from its place.

use std::borrow::Cow;

use egui::{Align, Frame, Label, Layout, Margin, RichText, ScrollArea, TextEdit, Ui};
use touchstone_protocol::{PipelineState, RunOutcome};
use touchstone_spec::{Diagnostic, Place, Severity};

use super::Command as Own;
use crate::command::{Command, Commands, Section};
use crate::design::segmented;
use crate::state::State;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::grid::{Cell, GridColumn, Listed};
use crate::widgets::{Button, ListRow, empty, icon_button, marked, move_focus, tick};
use crate::{design, icon, text};

/// Rows that are shown at most: nobody reads more before the first are mended.
const SHOWN: usize = 500;
/// Code of a simulation that did not come to its end.
const RUN_FAILED: &str = "run-failed";
/// Width below which the header takes two lines.
const NARROW: f32 = 640.0;
/// Width of the field to filter by.
const FILTER: f32 = 180.0;
/// Width of what is chosen beside it.
const CHOICES: f32 = 292.0;

/// How the list is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Only problems that hold this.
    pub filter: String,
    /// Whether errors alone are shown.
    pub hides_warnings: bool,
    /// What puts them together.
    pub grouping: Grouping,
}

/// What puts problems together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Grouping {
    /// Their pipeline.
    #[default]
    Pipeline,
    /// How much they matter.
    Severity,
}

impl State {
    /// Everything that is wrong: with the documents as they are edited, or with the files until those are here and
    /// compiled.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        let documents = &self.design.documents;
        let are_here = documents.loading.value().is_some() && documents.iter().next().is_some();
        if are_here && documents.are_compiled() {
            return &self.design.compilation().diagnostics.0;
        }
        self.open_workspace().map(|workspace| workspace.diagnostics.as_slice()).unwrap_or_default()
    }

    /// Simulations that did not come to their end, each as a problem of its pipeline.
    pub(crate) fn failed_runs(&self) -> Vec<Diagnostic> {
        let listed = self.open_workspace().into_iter().flat_map(|workspace| &workspace.pipelines);
        let failed = |one: &&PipelineState| {
            let is_running = self.pipelines.get(&one.name).is_some_and(|known| known.job.is_some());
            matches!(one.last_run, Some(RunOutcome::Failed | RunOutcome::Halted)) && !is_running
        };
        let problem = |one: &PipelineState| {
            let run = self.pipelines.get(&one.name).and_then(|known| known.last_run());
            let why = run.and_then(|run| run.message.as_deref()).unwrap_or("see in Prove why");
            let (why, help) = why.split_once('\n').map_or((why, None), |(why, help)| (why, Some(help)));
            let ended = if one.last_run == Some(RunOutcome::Halted) { "was halted" } else { "failed" };
            Diagnostic {
                place: Place { file: one.file.clone(), line: 1, column: 1, path: String::new() },
                severity: Severity::Error,
                code: RUN_FAILED.to_owned(),
                message: format!("The simulation of {} {ended}: {why}", one.name),
                help: help.map(str::to_owned),
            }
        };
        listed.filter(failed).map(problem).collect()
    }

    /// How many errors and warnings there are in a file; none before anybody knows.
    pub(crate) fn problems_of(&self, file: &str) -> Option<(usize, usize)> {
        self.design.documents.get(file)?;
        let of_file = self.diagnostics().iter().filter(|one| one.place.file == file);
        let (errors, warnings): (Vec<_>, Vec<_>) = of_file.partition(|one| one.severity == Severity::Error);
        Some((errors.len(), warnings.len()))
    }
}

/// `2 errors, 1 warning`; nothing where there is nothing.
pub(super) fn counted(errors: usize, warnings: usize) -> String {
    let errors = (errors > 0).then(|| text::count(errors as u64, "error", "errors"));
    let warnings = (warnings > 0).then(|| text::count(warnings as u64, "warning", "warnings"));
    errors.into_iter().chain(warnings).collect::<Vec<_>>().join(", ")
}

/// `2 failed runs`; nothing where there is none.
pub(super) fn failed_runs(runs: usize) -> String {
    if runs == 0 { String::new() } else { text::count(runs as u64, "failed run", "failed runs") }
}

/// The problems that the view lets through, put together: the name of each group, and its problems.
fn grouped<'a>(state: &'a State, runs: &'a [Diagnostic], view: &View) -> Vec<(String, Vec<&'a Diagnostic>)> {
    let wanted = view.filter.trim().to_lowercase();
    let is_shown = |one: &&Diagnostic| {
        let texts = [&one.message, &one.place.path, &one.place.file, &one.code];
        let texts = texts.into_iter().chain(&one.help);
        !(view.hides_warnings && one.severity == Severity::Warning)
            && (wanted.is_empty() || texts.into_iter().any(|text| text.to_lowercase().contains(&wanted)))
    };
    let mut groups: Vec<(String, Vec<&Diagnostic>)> = Vec::new();
    for one in runs.iter().chain(state.diagnostics()).filter(is_shown) {
        let name = match view.grouping {
            Grouping::Pipeline => pipeline(state, &one.place.file),
            Grouping::Severity if one.severity == Severity::Error => "Errors".to_owned(),
            Grouping::Severity => "Warnings".to_owned(),
        };
        match groups.iter_mut().find(|(group, _)| *group == name) {
            Some((_, problems)) => problems.push(one),
            None => groups.push((name, vec![one])),
        }
    }
    for (_, problems) in &mut groups {
        problems.sort_by_key(|one| one.severity);
    }
    let worst = |problems: &[&Diagnostic]| problems.first().map(|one| one.severity);
    groups.sort_by_key(|(_, problems)| worst(problems));
    groups
}

/// The pipeline that a file is about; the file itself where it is about none.
fn pipeline(state: &State, file: &str) -> String {
    let listed = state.open_workspace().into_iter().flat_map(|workspace| &workspace.pipelines);
    let listed = listed.filter(|one| one.file == file).map(|one| one.name.clone()).next();
    let document = || state.design.documents.get(file).and_then(design::OpenDocument::pipeline);
    let named = listed.or_else(|| document().map(|one| one.pipeline.clone()));
    named.unwrap_or_else(|| file.to_owned())
}

/// All that is shown, as a text to paste.
fn text_of(groups: &[(String, Vec<&Diagnostic>)]) -> String {
    let all = groups.iter().flat_map(|(_, problems)| problems);
    all.map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

pub(super) fn problems(state: &State, commands: &Commands, ui: &mut Ui) {
    let view = &state.shell.problems;
    let runs = state.failed_runs();
    let groups = grouped(state, &runs, view);
    header(state, commands, view, &groups, ui);
    if groups.is_empty() {
        let is_filtered = !state.diagnostics().is_empty() || !runs.is_empty();
        let (title, words) = if is_filtered {
            ("No such problems", "No problem is as the filter asks")
        } else {
            ("No problems", "All pipelines compile: they can be simulated and published")
        };
        empty(ui, state, commands, icon::PASSED, title, words, None);
        return;
    }
    let tokens = Tokens::of(ui.visuals());
    let inner = Frame::new().inner_margin(Margin { left: 8, right: 8, top: 0, bottom: 4 });
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        inner.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let (mut rows, mut moved, mut shown) = (Vec::new(), 0, 0);
            for (name, problems) in &groups {
                if shown >= SHOWN {
                    break;
                }
                ui.add_space(4.0);
                ui.horizontal(|ui| {
                    ui.add_space(8.0);
                    ui.label(RichText::new(name).font(theme::small_strong()).color(tokens.text_subdued));
                    let how_many = RichText::new(text::number(problems.len() as u64)).font(theme::small());
                    ui.label(how_many.color(tokens.text_disabled));
                });
                for one in problems.iter().take(SHOWN - shown) {
                    shown += 1;
                    let row = row(tokens, one).show(ui);
                    moved += row.step;
                    if row.response.clicked() {
                        if one.code == RUN_FAILED {
                            commands.send(Command::Select(pipeline(state, &one.place.file)));
                            commands.send(Command::ShowSection(Section::Prove));
                        } else {
                            commands.send(Command::Design(design::go_to(one)));
                        }
                    }
                    rows.push(row.response.on_hover_ui(|ui| tooltip(ui, one)));
                }
            }
            move_focus(&rows, moved);
            let all: usize = groups.iter().map(|(_, problems)| problems.len()).sum();
            if all > shown {
                ui.weak(format!("{} more behind these", text::number((all - shown) as u64)));
            }
        });
    });
}

fn header(
    state: &State,
    commands: &Commands,
    view: &View,
    groups: &[(String, Vec<&Diagnostic>)],
    ui: &mut Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    let count = |severity| state.diagnostics().iter().filter(|one| one.severity == severity).count();
    let told = counted(count(Severity::Error), count(Severity::Warning));
    let told = [told, failed_runs(state.failed_runs().len())];
    let told = told.into_iter().filter(|one| !one.is_empty()).collect::<Vec<_>>().join(", ");
    let title = |ui: &mut Ui| {
        ui.label(RichText::new("Problems").font(theme::strong()).color(tokens.text_strong));
        ui.add(Label::new(RichText::new(&told).color(tokens.text_subdued)).truncate());
    };
    let actions = |is_narrow: bool, ui: &mut Ui| {
        if icon_button(ui, icon::CLOSE, "Hide problems").clicked() {
            commands.send(Command::ToggleProblems);
        }
        let copy = Button::new("Copy all").icon(icon::COPY).quiet().enabled(!groups.is_empty());
        let copy = copy.icon_only(is_narrow).show(ui);
        if copy.on_hover_text("Copy the problems that are shown").clicked() {
            commands.send(Command::Copy(text_of(groups)));
        }
    };
    Frame::new().inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
        let right = Layout::right_to_left(Align::Center);
        if ui.available_width() >= NARROW {
            ui.horizontal(|ui| {
                title(ui);
                ui.add_space(8.0);
                choices(commands, view, FILTER, ui);
                ui.with_layout(right, |ui| actions(false, ui));
            });
            return;
        }
        // A small window, or large text: what can be chosen stands on a line of its own.
        ui.horizontal(|ui| {
            ui.with_layout(right, |ui| {
                actions(true, ui);
                ui.with_layout(Layout::left_to_right(Align::Center), title);
            });
        });
        ui.horizontal(|ui| {
            let filter = (ui.available_width() - CHOICES).clamp(60.0, FILTER);
            choices(commands, view, filter, ui);
        });
    });
}

/// Which problems are shown, and how they are put together.
fn choices(commands: &Commands, view: &View, field: f32, ui: &mut Ui) {
    let send = |command| commands.send(Command::Shell(command));
    let mut filter = view.filter.clone();
    let field = ui.add(
        TextEdit::singleline(&mut filter).hint_text(crate::widgets::hint("Filter")).desired_width(field),
    );
    super::name_field(&field, "Filter problems", &filter);
    if field.changed() {
        send(Own::FilterProblems(filter));
    }
    let all = [Grouping::Pipeline, Grouping::Severity];
    let now = all.iter().position(|one| *one == view.grouping).unwrap_or_default();
    let texts = ["By pipeline", "By severity"];
    let chosen = segmented(ui, "Put together", &texts, &[], now);
    if let Some(grouping) = chosen.and_then(|at| all.get(at)) {
        send(Own::GroupProblems(*grouping));
    }
    let mut shows = !view.hides_warnings;
    if tick(ui, &mut shows, "Warnings") {
        send(Own::ShowWarnings(shows));
    }
}

fn row<'a>(tokens: &Tokens, one: &'a Diagnostic) -> ListRow<'a> {
    let (sign, word) = match one.severity {
        Severity::Error => (icon::ERROR, "Error"),
        Severity::Warning => (icon::WARNING, "Warning"),
    };
    let color = tokens.tone_text(Tone::of_severity(one.severity));
    let place = if one.code == RUN_FAILED {
        "Prove".to_owned()
    } else if one.place.path.is_empty() {
        one.place.to_string()
    } else {
        one.place.path.clone()
    };
    let help = one.help.as_deref().unwrap_or_default();
    let next = if help.is_empty() { String::new() } else { format!(", {help}") };
    ListRow::new(&one.message, false)
        .icon(sign, color)
        .note(help)
        .detail(place.clone(), tokens.text_subdued)
        .name(format!("{word}: {}{next}, {place}", one.message))
        .marked()
}

fn tooltip(ui: &mut Ui, one: &Diagnostic) {
    let tokens = Tokens::of(ui.visuals());
    ui.set_max_width(420.0);
    ui.label(marked(&one.message, tokens.text, tokens.text_strong));
    if let Some(help) = &one.help {
        ui.label(marked(help, tokens.text_subdued, tokens.text));
    }
    ui.label(RichText::new(format!("{}  {}", one.place, one.code)).font(theme::mono_small()).weak());
}

/// Diagnostics as a table.
pub(crate) fn listed<'a>(diagnostics: &'a [Diagnostic], tokens: &Tokens) -> Listed<'a> {
    let words = |words: &'a str| Cell::Text(text::unmarked(words));
    let rows = diagnostics.iter().map(|one| {
        let (sign, word) = match one.severity {
            Severity::Error => (icon::ERROR, "Error"),
            Severity::Warning => (icon::WARNING, "Warning"),
        };
        let color = tokens.tone_text(Tone::of_severity(one.severity));
        vec![
            Cell::Icon(sign, color, word.into()),
            words(&one.message),
            one.help.as_deref().map_or(Cell::Blank, words),
            Cell::Toned(one.place.to_string().into(), Tone::Neutral),
            Cell::Toned(Cow::Borrowed(&one.place.path), Tone::Neutral),
        ]
    });
    Listed {
        columns: vec![
            GridColumn::words("Kind"),
            GridColumn::words("Reason").stretched(),
            GridColumn::words("Next step").stretched(),
            GridColumn::data("Place"),
            GridColumn::data("Path"),
        ],
        rows: rows.collect(),
    }
}
