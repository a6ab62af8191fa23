//! The list of pipelines with their state.

use egui::{Align, Frame, Key, Layout, Margin, Modifiers, RichText, Role, ScrollArea, TextEdit, Ui};
use touchstone_compiler::fuzzy_match;
use touchstone_protocol::{PipelineState, RunOutcome};

use super::Command as Own;
use super::problems::counted;
use crate::command::{Command, Commands, Place, Section};
use crate::state::{LOCAL, State};
use crate::theme::{self, Tokens};
use crate::widgets::{Button, ListRow, command_button, command_icon, error_box, move_focus};
use crate::{design, home, icon, text};

/// More pipelines than this can be filtered.
const FILTER_FROM: usize = 7;

pub(crate) fn pipelines(state: &State, commands: &Commands, ui: &mut Ui) {
    let Some(workspace) = state.open_workspace() else { return };
    header(state, commands, workspace.pipelines.len(), ui);
    if let Some(error) = state.workspace.error() {
        error_box(ui, state, commands, "The list may be old", error, Some(&Command::Retry), None);
        ui.add_space(4.0);
    }
    let tokens = Tokens::of(ui.visuals());
    let new = new_documents(state);
    if workspace.pipelines.is_empty() && new.is_empty() {
        nothing(state, commands, ui);
        return;
    }
    if workspace.pipelines.len() + new.len() > FILTER_FROM || !state.shell.filter.is_empty() {
        filter(state, commands, ui);
    }
    let wanted = state.shell.filter.trim();
    let is_shown = |name: &str, title: Option<&str>| {
        wanted.is_empty()
            || fuzzy_match(wanted, name).is_some()
            || title.is_some_and(|title| fuzzy_match(wanted, title).is_some())
    };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        let (mut moved, mut rows, mut names) = (0, Vec::new(), Vec::new());
        for pipeline in &workspace.pipelines {
            if !is_shown(&pipeline.name, pipeline.title.as_deref()) {
                continue;
            }
            let row = row(state, tokens, pipeline).show(ui);
            moved += row.step;
            if row.response.clicked() {
                commands.send(Command::Select(pipeline.name.clone()));
            }
            row.response.context_menu(|ui| menu(state, commands, &pipeline.name, ui));
            names.push(pipeline.name.as_str());
            rows.push(row.response.on_hover_ui(|ui| tooltip(ui, state, pipeline)));
        }
        for name in new.iter().filter(|name| is_shown(name, None)) {
            let row = ListRow::new(name, state.selected.as_deref() == Some(*name))
                .icon(icon::EDIT, tokens.warning)
                .detail("new", tokens.warning)
                .name(format!("{name}: new, not saved yet"));
            let row = row.show(ui);
            moved += row.step;
            if row.response.clicked() {
                commands.send(Command::Select((*name).to_owned()));
            }
            names.push(name);
            rows.push(row.response);
        }
        if rows.is_empty() {
            ui.label(RichText::new("No pipeline is named like this").color(tokens.text_subdued));
        }
        // The focus goes along with the selection.
        if let Some(name) = move_focus(&rows, moved).and_then(|to| names.get(to)) {
            commands.send(Command::Select((*name).to_owned()));
        }
    });
}

fn header(state: &State, commands: &Commands, how_many: usize, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal(|ui| {
        ui.add_space(8.0);
        ui.label(RichText::new("Pipelines").font(theme::small_strong()).color(tokens.text_subdued));
        let how_many = text::number(how_many as u64);
        ui.label(RichText::new(how_many).font(theme::small()).color(tokens.text_disabled));
        if !is_of_chosen(state) {
            let words =
                RichText::new(format!("as in {LOCAL}")).font(theme::small()).color(tokens.text_subdued);
            ui.label(words).on_hover_text(format!(
                "Versions and changes are those of {LOCAL}; {} is chosen in Publish, which tells of it",
                state.environment
            ));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let new = Command::Design(design::Command::NewPipeline);
            command_icon(ui, state, commands, &new, false);
        });
    });
    ui.add_space(2.0);
}

fn filter(state: &State, commands: &Commands, ui: &mut Ui) {
    let mut filter = state.shell.filter.clone();
    let field = TextEdit::singleline(&mut filter)
        .hint_text(crate::widgets::hint("Filter"))
        .desired_width(f32::INFINITY);
    let field = ui.add(field);
    super::name_field(&field, "Filter pipelines", &filter);
    if field.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        filter.clear();
    }
    if filter != state.shell.filter {
        commands.send(Command::Shell(Own::FilterPipelines(filter)));
    }
    ui.add_space(4.0);
}

/// A workspace without pipelines: how the first one is made.
fn nothing(state: &State, commands: &Commands, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.add_space(8.0);
    Frame::new().inner_margin(Margin::symmetric(8, 0)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        ui.label(RichText::new("No pipelines yet").font(theme::strong()).color(tokens.text_strong));
        let words = "A pipeline begins with a data file: drop a CSV file onto the window, or";
        ui.label(RichText::new(words).color(tokens.text_subdued));
        let new = Command::Design(design::Command::NewPipeline);
        command_button(ui, state, commands, &new, Button::primary);
        let look = Command::Home(home::Command::LookAt);
        command_button(ui, state, commands, &look, |button| button);
    });
}

/// Documents that have no file yet, by the names of their pipelines.
fn new_documents(state: &State) -> Vec<&str> {
    let documents = state.design.documents.iter().filter(|(_, document)| document.is_new());
    let listed = |name: &str| {
        let workspace = state.open_workspace();
        workspace.is_some_and(|workspace| workspace.pipelines.iter().any(|one| one.name == name))
    };
    let names = documents.filter_map(|(_, document)| Some(document.pipeline()?.pipeline.as_str()));
    names.filter(|name| !listed(name)).collect()
}

/// What can be done with a pipeline; each of it with this one selected first.
fn menu(state: &State, commands: &Commands, name: &str, ui: &mut Ui) {
    ui.spacing_mut().item_spacing.y = 1.0;
    let groups: [&[Command]; 3] = [
        &[
            Command::ShowSection(Section::Design),
            Command::ShowSection(Section::Data),
            Command::ShowSection(Section::Prove),
            Command::ShowSection(Section::Publish),
            Command::Go(Place::Lineage),
        ],
        &[Command::Simulate],
        &[Command::Design(design::Command::AskDelete)],
    ];
    for (at, group) in groups.into_iter().enumerate() {
        if at > 0 {
            ui.separator();
        }
        for command in group {
            let offer = command.offer();
            // The selected one is what the reasons are about.
            let is_selected = state.selected.as_deref() == Some(name);
            let obstacle = state.obstacle(command).filter(|_| is_selected);
            let button = Button::new(offer.text).icon(offer.icon).quiet().role(Role::MenuItem);
            let button = button.min_width(220.0).shortcut(Some(String::new())).enabled(obstacle.is_none());
            let response = button.show(ui);
            if response.clicked() {
                commands.send(Command::Select(name.to_owned()));
                commands.send(command.clone());
                ui.close();
            }
            if let Some(obstacle) = obstacle {
                response.on_hover_text(obstacle);
            }
        }
    }
}

/// Whether what is listed is of the environment that is chosen: the list tells of the one on this computer.
fn is_of_chosen(state: &State) -> bool {
    state.environment == LOCAL
}

/// Errors and warnings: with the documents as they are edited, where those are here.
fn problems(state: &State, pipeline: &PipelineState) -> (usize, usize) {
    state.problems_of(&pipeline.file).unwrap_or((pipeline.errors, pipeline.warnings))
}

fn row<'a>(state: &State, tokens: &Tokens, pipeline: &'a PipelineState) -> ListRow<'a> {
    let is_selected = state.selected.as_ref() == Some(&pipeline.name);
    let is_running = state.pipelines.get(&pipeline.name).is_some_and(|one| one.job.is_some());
    let is_edited = is_edited(state, pipeline);
    let (errors, warnings) = problems(state, pipeline);
    let (sign, color) = match (is_running, pipeline.last_run) {
        (true, _) => (icon::WAITING, tokens.link),
        _ if errors > 0 => (icon::ERROR, tokens.error),
        (_, Some(RunOutcome::Succeeded)) => (icon::PASSED, tokens.success),
        (_, Some(RunOutcome::SucceededWithFailures)) => (icon::WARNING, tokens.warning),
        (_, Some(RunOutcome::Halted | RunOutcome::Failed)) => (icon::FAILED, tokens.error),
        (_, Some(RunOutcome::Cancelled)) => (icon::CANCELLED, tokens.text_subdued),
        (_, None) => (icon::NOT_YET, tokens.text_disabled),
    };
    let mut row = ListRow::new(&pipeline.name, is_selected).icon(sign, color);
    if is_edited {
        row = row.detail("edited", tokens.warning);
    }
    row = match &pipeline.published {
        Some(version) if pipeline.changed => {
            row.detail(format!("v{} changed", version.version), tokens.warning)
        }
        Some(version) => row.detail(format!("v{}", version.version), tokens.text_subdued),
        None if is_edited => row,
        None => row.detail("not published", tokens.text_disabled),
    };
    if errors > 0 {
        row = row.detail(text::count(errors as u64, "error", "errors"), tokens.error);
    } else if warnings > 0 {
        row = row.detail(text::count(warnings as u64, "warning", "warnings"), tokens.warning);
    }
    row.name(format!("{}: {}", pipeline.name, sentences(state, pipeline).join(", ")))
}

fn is_edited(state: &State, pipeline: &PipelineState) -> bool {
    state.design.documents.get(&pipeline.file).is_some_and(design::OpenDocument::is_dirty)
}

/// The state in words: problems, what is published, the last simulation.
fn sentences(state: &State, pipeline: &PipelineState) -> Vec<String> {
    let (errors, warnings) = problems(state, pipeline);
    let mut words: Vec<String> =
        Some(counted(errors, warnings)).into_iter().filter(|it| !it.is_empty()).collect();
    if is_edited(state, pipeline) {
        words.push("edited".to_owned());
    }
    let published = match &pipeline.published {
        None => "not published".to_owned(),
        Some(version) if pipeline.changed => format!("changed since version {}", version.version),
        Some(version) => format!("published as version {}", version.version),
    };
    words.push(if is_of_chosen(state) { published } else { format!("{published} in {LOCAL}") });
    words.push(match pipeline.last_run {
        None => "not simulated".to_owned(),
        Some(outcome) => outcome_text(outcome).to_owned(),
    });
    words
}

/// How a simulation ended, in words.
pub(crate) fn outcome_text(outcome: RunOutcome) -> &'static str {
    match outcome {
        RunOutcome::Succeeded => "simulation succeeded",
        RunOutcome::SucceededWithFailures => "simulation found bad rows",
        RunOutcome::Halted => "simulation halted by a rule",
        RunOutcome::Failed => "simulation failed",
        RunOutcome::Cancelled => "simulation cancelled",
    }
}

fn tooltip(ui: &mut Ui, state: &State, pipeline: &PipelineState) {
    ui.set_max_width(320.0);
    ui.label(RichText::new(pipeline.title.as_ref().unwrap_or(&pipeline.name)).font(theme::strong()));
    for sentence in sentences(state, pipeline) {
        ui.label(sentence);
    }
    ui.label(RichText::new(&pipeline.file).font(theme::mono_small()).weak());
}
