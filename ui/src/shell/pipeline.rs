//! The selected pipeline: its header, its tabs.

use egui::{Align, Frame, Layout, Margin, RichText, Stroke, Ui};

use crate::command::{Command, Commands, Section};
use crate::icon;
use crate::state::State;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::{Button, command_button, empty, error_box, pending, tabs};
use crate::{data, design, prove, release};

pub(super) fn pipeline(state: &State, commands: &Commands, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    if state.selected_state().is_none() && state.design_file().is_some() {
        // Drafted, and not in the workspace before it's saved.
        design::design(state, commands, state.selected_pipeline(), ui);
        return;
    }
    let (Some(listed), Some(pipeline)) = (state.selected_state(), state.selected_pipeline()) else {
        let text = "Select a pipeline at the left";
        empty(ui, state, commands, icon::PIPELINE, "No pipeline selected", text, None);
        return;
    };
    let header = Frame::new().inner_margin(Margin { left: 16, right: 12, top: 12, bottom: 0 });
    header.show(ui, |ui| {
        ui.horizontal(|ui| {
            // From the right, so that the title takes what the button leaves.
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if pipeline.job.is_some() {
                    command_button(ui, state, commands, &Command::CancelSimulation, |button| button);
                } else {
                    command_button(ui, state, commands, &Command::Simulate, Button::primary);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let title = listed.title.as_ref().unwrap_or(&listed.name);
                    crate::widgets::title(ui, title);
                    let file = RichText::new(&listed.file).font(theme::mono_small());
                    ui.add(egui::Label::new(file.color(tokens.text_subdued)).truncate().selectable(true));
                });
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
        let shown = Section::ALL.iter().position(|one| *one == pipeline.section).unwrap_or_default();
        let headings = Section::ALL.map(|section| heading(ui, section));
        if let Some(chosen) = tabs(ui, &headings, shown).and_then(|place| Section::ALL.get(place)) {
            commands.send(Command::ShowSection(*chosen));
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
    ui.push_id((&listed.name, pipeline.section.text()), |ui| match pipeline.section {
        Section::Design => design::design(state, commands, Some(pipeline), ui),
        Section::Data => data::sample(state, commands, listed, view, pipeline, ui),
        Section::Prove => prove::simulate(state, commands, pipeline, ui),
        Section::Publish => release::publish(state, commands, pipeline, ui),
    });
}

fn heading(ui: &Ui, section: Section) -> crate::widgets::TabHeading<'static> {
    let offer = Command::ShowSection(section).offer();
    let keys = offer.shortcut.map(|keys| ui.ctx().format_shortcut(&keys)).unwrap_or_default();
    crate::widgets::TabHeading {
        text: section.text(),
        count: None,
        tone: Tone::Neutral,
        tooltip: format!("{} ({keys})", offer.tooltip),
    }
}
