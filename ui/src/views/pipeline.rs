//! The selected pipeline: its header, its tabs.

use egui::{Align, Frame, Layout, Margin, RichText, Stroke, Ui};

use super::{problems, publish, sample, simulate};
use crate::command::{Command, Commands, Tab};
use crate::icon;
use crate::state::State;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::{Button, command_button, empty, error_box, pending, tabs};

pub(super) fn pipeline(state: &State, commands: &Commands, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let (Some(listed), Some(pipeline)) = (state.selected_state(), state.selected_pipeline()) else {
        let text = "Select a pipeline at the left";
        empty(ui, state, commands, icon::PIPELINE, "No pipeline selected", text, None);
        return;
    };
    let header = Frame::new().inner_margin(Margin { left: 16, right: 12, top: 12, bottom: 0 });
    header.show(ui, |ui| {
        ui.horizontal(|ui| {
            let title = listed.title.as_ref().unwrap_or(&listed.name);
            ui.label(RichText::new(title).font(theme::title()).color(tokens.text_strong));
            ui.label(RichText::new(&listed.file).font(theme::mono_small()).color(tokens.text_subdued));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if pipeline.job.is_some() {
                    command_button(ui, state, commands, &Command::CancelSimulation, |button| button);
                } else {
                    command_button(ui, state, commands, &Command::Simulate, Button::primary);
                }
            });
        });
        let about = pipeline.view.value().map(|view| {
            let parts = [view.description.as_deref(), view.owner.as_deref()];
            parts.into_iter().flatten().map(str::trim).collect::<Vec<_>>().join("  ·  ")
        });
        let about = about.filter(|about| !about.is_empty());
        let about = RichText::new(about.unwrap_or_default()).color(tokens.text_subdued);
        ui.add(egui::Label::new(about).truncate());
        ui.add_space(6.0);
        let shown = Tab::ALL.iter().position(|tab| *tab == state.tab).unwrap_or_default();
        let headings = Tab::ALL.map(|tab| heading(state, ui, tab));
        if let Some(chosen) = tabs(ui, &headings, shown).and_then(|place| Tab::ALL.get(place)) {
            commands.send(Command::ShowTab(*chosen));
        }
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 0.5, Stroke::new(1.0, tokens.line));

    if let Some(error) = pipeline.view.error() {
        Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
            let title = "The pipeline could not be read";
            error_box(ui, state, commands, title, error, Some(&Command::Retry), None);
        });
    }
    let Some(view) = pipeline.view.value() else {
        if pipeline.view.is_pending() {
            pending(ui, "Reading the pipeline…");
        }
        return;
    };
    ui.push_id((&listed.name, state.tab.text()), |ui| match state.tab {
        Tab::Sample => sample::sample(state, commands, listed, view, pipeline, ui),
        Tab::Simulate => simulate::simulate(state, commands, pipeline, ui),
        Tab::Publish => publish::publish(state, commands, pipeline, ui),
        Tab::Problems => problems::problems(state, commands, &view.diagnostics, ui),
    });
}

fn heading(state: &State, ui: &Ui, tab: Tab) -> crate::widgets::TabHeading<'static> {
    let offer = Command::ShowTab(tab).offer();
    let keys = offer.shortcut.map(|keys| ui.ctx().format_shortcut(&keys)).unwrap_or_default();
    let listed = state.selected_state();
    let (count, tone) = match (tab, listed) {
        (Tab::Problems, Some(listed)) if listed.errors > 0 => {
            (Some(listed.errors + listed.warnings), Tone::Error)
        }
        (Tab::Problems, Some(listed)) if listed.warnings > 0 => (Some(listed.warnings), Tone::Warning),
        _ => (None, Tone::Neutral),
    };
    crate::widgets::TabHeading {
        text: tab.text(),
        count: count.map(|count| count as u64),
        tone,
        tooltip: format!("{} ({keys})", offer.tooltip),
    }
}
