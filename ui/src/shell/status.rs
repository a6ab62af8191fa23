//! The bar at the bottom: where the workspace is, messages, what runs, whether the audit chain holds.

use egui::{Align, Layout, RichText, Ui};
use touchstone_spec::Severity;

use super::messages;
use super::problems::{counted, failed_runs};
use crate::command::{Command, Commands};
use crate::icon;
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::page::is_narrow;
use crate::widgets::{Button, progress, state_icon};

pub(super) fn status(state: &State, commands: &Commands, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let subdued = |text: &str| RichText::new(text).font(theme::small()).color(tokens.text_subdued);
    ui.horizontal_centered(|ui| {
        // A message takes the room: what is told here always can be asked for elsewhere.
        let has_messages = state.has_messages();
        if let Some(workspace) = state.open_workspace() {
            problems(state, commands, ui);
            if !has_messages {
                ui.label(subdued(&workspace.root).font(theme::mono_small()));
            }
            others(state, has_messages && is_narrow(ui.ctx()), ui);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let known = state.audit.value().filter(|_| state.audit.error().is_none());
            match known.map(|audit| audit.broken.as_ref()) {
                None => {}
                Some(None) => {
                    if !(has_messages && is_narrow(ui.ctx())) {
                        ui.label(subdued("Audit chain holds"));
                    }
                    state_icon(ui, icon::CHAIN_HOLDS, tokens.success, "Good");
                }
                Some(Some(broken)) => {
                    let text = subdued("Audit chain is broken").color(tokens.error);
                    ui.label(text).on_hover_text(broken);
                    state_icon(ui, icon::CHAIN_BROKEN, tokens.error, "Bad");
                }
            }
            if let Some(drafting) = &state.home.drafting {
                ui.add_space(16.0);
                ui.label(subdued(&format!("{:.0} %", drafting.fraction() * 100.0)));
                let name = format!("Making of {}", drafting.pipeline);
                progress(ui, &name, drafting.fraction(), 96.0);
                let doing = if drafting.job.cancelling { "Cancelling" } else { "Making" };
                ui.label(subdued(&format!("{doing} {}", drafting.pipeline)));
            }
            if let Some((name, job)) = state.running_job() {
                ui.add_space(16.0);
                let fraction = job.progress.value().map_or(0.0, |view| view.fraction);
                ui.label(subdued(&format!("{:.0} %", fraction * 100.0)));
                progress(ui, &format!("Simulation of {name}"), fraction, 96.0);
                let doing = if job.cancelling { "Cancelling" } else { "Simulating" };
                ui.label(subdued(&format!("{doing} {name}")));
            }
            if has_messages {
                ui.add_space(8.0);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    messages::line(state, commands, ui);
                });
            }
        });
    });
}

/// Says that others have the workspace open.
fn others(state: &State, is_short: bool, ui: &mut Ui) {
    let words = match state.shell.others {
        0 => return,
        1 => "Open in another studio too".to_owned(),
        more => format!("Open in {more} other studios too"),
    };
    let tokens = Tokens::of(ui.visuals());
    ui.add_space(8.0);
    state_icon(ui, icon::WARNING, tokens.warning, "Note");
    if is_short {
        return;
    }
    ui.label(RichText::new(words).font(theme::small()).color(tokens.warning)).on_hover_text(
        "Each keeps its own unsaved edits. What is saved in one is merged into the other, or asked about",
    );
}

/// How many problems there are; a click shows or hides their list.
fn problems(state: &State, commands: &Commands, ui: &mut Ui) {
    let count = |severity| state.diagnostics().iter().filter(|one| one.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let runs = state.failed_runs().len();
    let (sign, words) = match (errors, warnings) {
        _ if runs > 0 => {
            let told = [counted(errors, warnings), failed_runs(runs)];
            let told = told.into_iter().filter(|one| !one.is_empty()).collect::<Vec<_>>().join(", ");
            (icon::ERROR, told)
        }
        (0, 0) => (icon::PASSED, "No problems in documents".to_owned()),
        (0, _) => (icon::WARNING, counted(errors, warnings)),
        _ => (icon::ERROR, counted(errors, warnings)),
    };
    let offer = Command::ToggleProblems.offer();
    let keys = offer.shortcut.map(|keys| ui.ctx().format_shortcut(&keys)).unwrap_or_default();
    let name = format!("Problems: {}", words.to_lowercase());
    let button = Button::new(&words).icon(sign).quiet().name(&name).selected(state.problems);
    if button.show(ui).on_hover_text(format!("{} ({keys})", offer.tooltip)).clicked() {
        commands.send(Command::ToggleProblems);
    }
}
