//! The selected pipeline: its header, its tabs.

use egui::{Align, Frame, Layout, Margin, RichText, Stroke, Ui};

use crate::command::{Command, Commands, Section};
use crate::icon;
use crate::state::{Pipeline, State};
use crate::theme::{self, Tokens, Tone};
use crate::widgets::page::{is_narrow, is_short};
use crate::widgets::{Button, Part, command_button, empty, error_box, part, pending, tabs};
use crate::{data, design, prove, release};

pub(super) fn pipeline(state: &State, commands: &Commands, ui: &mut Ui) {
    let listed = state.selected_state();
    let nothing = Pipeline::default();
    let known = state.selected_pipeline();
    let pipeline = known.unwrap_or(&nothing);
    let Some(listed) = listed.filter(|_| known.is_some()) else {
        match (state.selected.as_ref(), state.design_file()) {
            // In the workspace once it's saved.
            (Some(name), Some(file)) if listed.is_none() => draft(state, commands, name, file, pipeline, ui),
            _ => {
                let list = Command::Shell(super::Command::ToggleList);
                let (text, next) = if state.shell.is_list_hidden {
                    ("Select one in the list", Some(&list))
                } else {
                    ("Select a pipeline at the left", None)
                };
                empty(ui, state, commands, icon::PIPELINE, "No pipeline selected", text, next);
            }
        }
        return;
    };
    let title = state.title_of(&listed.name).unwrap_or(&listed.name);
    header(state, commands, title, &listed.file, pipeline, ui);
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
    if pipeline.section != Section::Design {
        part(ui, Part::Content);
    }
    ui.push_id((&listed.name, pipeline.section.text()), |ui| match pipeline.section {
        Section::Design => design::design(state, commands, Some(pipeline), ui),
        Section::Data => data::sample(state, commands, listed, view, pipeline, ui),
        Section::Prove => prove::simulate(state, commands, pipeline, ui),
        Section::Publish => release::publish(state, commands, pipeline, ui),
    });
}

/// A pipeline that is drafted and not saved yet: only its design is there.
fn draft(state: &State, commands: &Commands, name: &str, file: &str, pipeline: &Pipeline, ui: &mut Ui) {
    header(state, commands, name, file, pipeline, ui);
    if pipeline.section == Section::Design {
        ui.push_id((name, "draft"), |ui| design::design(state, commands, Some(pipeline), ui));
        return;
    }
    let text = "Its data, simulations and versions are those of the saved document";
    let save = Command::Design(design::Command::Save);
    empty(ui, state, commands, icon::FILE, "Not saved yet", text, Some(&save));
}

/// Its name, its file, what it is for, and its sections.
fn header(state: &State, commands: &Commands, title: &str, file: &str, pipeline: &Pipeline, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    if is_short(ui.ctx()) {
        slim_header(state, commands, pipeline, ui);
        return;
    }
    let header = Frame::new().inner_margin(Margin { left: 16, right: 12, top: 12, bottom: 0 });
    header.show(ui, |ui| {
        ui.horizontal(|ui| {
            // From the right, so that the title takes what the button leaves.
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                simulate(state, commands, pipeline, false, ui);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    crate::widgets::title(ui, title);
                    let file = RichText::new(file).font(theme::mono_small());
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
        sections(commands, pipeline, ui);
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 0.5, Stroke::new(1.0, tokens.line));
}

/// Its sections alone, where there is little height: the window's tab names the pipeline.
fn slim_header(state: &State, commands: &Commands, pipeline: &Pipeline, ui: &mut Ui) {
    Frame::new().inner_margin(Margin { left: 8, right: 12, top: 0, bottom: 0 }).show(ui, |ui| {
        ui.spacing_mut().interact_size.y = 32.0;
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                simulate(state, commands, pipeline, is_narrow(ui.ctx()), ui);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| sections(commands, pipeline, ui));
            });
        });
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 0.5, Stroke::new(1.0, Tokens::of(ui.visuals()).line));
}

/// Starts a simulation, or stops the one that runs.
fn simulate(state: &State, commands: &Commands, pipeline: &Pipeline, as_icon: bool, ui: &mut Ui) {
    if pipeline.job.is_some() {
        let look = |button: Button<'static>| button.icon_only(as_icon);
        command_button(ui, state, commands, &Command::CancelSimulation, look);
    } else {
        let look = |button: Button<'static>| button.primary().icon_only(as_icon);
        command_button(ui, state, commands, &Command::Simulate, look);
    }
}

/// The tabs of its sections.
fn sections(commands: &Commands, pipeline: &Pipeline, ui: &mut Ui) {
    let shown = Section::ALL.iter().position(|one| *one == pipeline.section).unwrap_or_default();
    let headings = Section::ALL.map(|section| heading(ui, section));
    if let Some(chosen) = tabs(ui, &headings, shown).and_then(|place| Section::ALL.get(place)) {
        commands.send(Command::ShowSection(*chosen));
    }
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
