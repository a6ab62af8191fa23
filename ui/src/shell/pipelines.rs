//! The list of pipelines with their state.

use egui::{RichText, ScrollArea, Ui};
use touchstone_protocol::{PipelineState, RunOutcome};

use crate::command::{Command, Commands};
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::{ListRow, error_box};
use crate::{icon, text};

pub(crate) fn pipelines(state: &State, commands: &Commands, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let Some(workspace) = state.open_workspace() else { return };
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        ui.add_space(8.0);
        ui.label(RichText::new("Pipelines").font(theme::small_strong()).color(tokens.text_subdued));
        let how_many = text::number(workspace.pipelines.len() as u64);
        ui.label(RichText::new(how_many).font(theme::small()).color(tokens.text_disabled));
    });
    ui.add_space(4.0);
    if let Some(error) = state.workspace.error() {
        error_box(ui, state, commands, "The list may be old", error, Some(&Command::Retry), None);
        ui.add_space(4.0);
    }
    if workspace.pipelines.is_empty() {
        ui.label(
            RichText::new(
                "No pipelines yet. `touchstone new NAME --from FILE` writes one from a sample file",
            )
            .color(tokens.text_subdued),
        );
        return;
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        let mut moved = 0;
        let mut rows = Vec::with_capacity(workspace.pipelines.len());
        for pipeline in &workspace.pipelines {
            let row = row(state, tokens, pipeline).show(ui);
            moved += row.step;
            if row.response.clicked() {
                commands.send(Command::Select(pipeline.name.clone()));
            }
            rows.push(row.response.on_hover_ui(|ui| tooltip(ui, pipeline)));
        }
        // The focus goes along with the selection.
        let at = rows.iter().position(egui::Response::has_focus);
        let to = at.and_then(|at| at.checked_add_signed(isize::try_from(moved).unwrap_or_default()));
        if let (true, Some(to)) = (moved != 0, to)
            && let (Some(row), Some(pipeline)) = (rows.get(to), workspace.pipelines.get(to))
        {
            row.request_focus();
            row.scroll_to_me(None);
            commands.send(Command::Select(pipeline.name.clone()));
        }
    });
}

fn row<'a>(state: &State, tokens: &Tokens, pipeline: &'a PipelineState) -> ListRow<'a> {
    let is_selected = state.selected.as_ref() == Some(&pipeline.name);
    let is_running = state.pipelines.get(&pipeline.name).is_some_and(|one| one.job.is_some());
    let (sign, color) = match (is_running, pipeline.last_run) {
        (true, _) => (icon::WAITING, tokens.link),
        _ if pipeline.errors > 0 => (icon::ERROR, tokens.error),
        (_, Some(RunOutcome::Succeeded)) => (icon::PASSED, tokens.success),
        (_, Some(RunOutcome::SucceededWithFailures)) => (icon::WARNING, tokens.warning),
        (_, Some(RunOutcome::Halted | RunOutcome::Failed)) => (icon::FAILED, tokens.error),
        (_, Some(RunOutcome::Cancelled)) => (icon::CANCELLED, tokens.text_subdued),
        (_, None) => (icon::NOT_YET, tokens.text_disabled),
    };
    let mut row = ListRow::new(&pipeline.name, is_selected).icon(sign, color);
    row = match &pipeline.published {
        Some(version) if pipeline.changed => {
            row.detail(format!("v{} changed", version.version), tokens.warning)
        }
        Some(version) => row.detail(format!("v{}", version.version), tokens.text_subdued),
        None => row.detail("not published", tokens.text_disabled),
    };
    if pipeline.errors > 0 {
        row = row.detail(text::count(pipeline.errors as u64, "error", "errors"), tokens.error);
    } else if pipeline.warnings > 0 {
        row = row.detail(text::count(pipeline.warnings as u64, "warning", "warnings"), tokens.warning);
    }
    row.name(format!("{}: {}", pipeline.name, sentences(pipeline).join(", ")))
}

/// The state in words: problems, what is published, the last simulation.
fn sentences(pipeline: &PipelineState) -> Vec<String> {
    let mut words = Vec::new();
    if pipeline.errors > 0 {
        words.push(text::count(pipeline.errors as u64, "error", "errors"));
    }
    if pipeline.warnings > 0 {
        words.push(text::count(pipeline.warnings as u64, "warning", "warnings"));
    }
    words.push(match &pipeline.published {
        None => "not published".to_owned(),
        Some(version) if pipeline.changed => format!("changed since version {}", version.version),
        Some(version) => format!("published as version {}", version.version),
    });
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

fn tooltip(ui: &mut Ui, pipeline: &PipelineState) {
    ui.set_max_width(320.0);
    ui.label(RichText::new(pipeline.title.as_ref().unwrap_or(&pipeline.name)).font(theme::strong()));
    for sentence in sentences(pipeline) {
        ui.label(sentence);
    }
    ui.label(RichText::new(&pipeline.file).font(theme::mono_small()).weak());
}
