//! What settings look like: their parts at the left, one of them at the right.

use egui::{Frame, Margin, Panel, RichText, ScrollArea, Ui};

use super::{Command as Own, Part, about, appearance, environments, shortcuts};
use crate::command::{Command, Commands};
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::{Button, ListRow, move_focus};

/// Text is easily read up to this width.
const WIDTH: f32 = 760.0;
/// Width of the list of parts.
const PARTS: f32 = 200.0;

pub(super) fn send(commands: &Commands, command: Own) {
    commands.send(Command::Settings(command));
}

pub(crate) fn settings(state: &State, commands: &Commands, ui: &mut Ui) {
    if !state.settings.view.is_requested() {
        send(commands, Own::Load);
    }
    let tokens = Tokens::of(ui.visuals());
    // Large text leaves no room for two columns.
    let is_narrow = ui.available_width() < 2.0 * PARTS + 240.0;
    let frame = Frame::new().inner_margin(Margin { left: 12, right: 8, top: 16, bottom: 8 });
    if is_narrow {
        Panel::top("parts of settings").resizable(false).frame(frame).show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                for part in Part::ALL {
                    let button = Button::new(part.text()).icon(part.icon()).quiet();
                    if button.selected(part == state.settings.part).show(ui).clicked() {
                        send(commands, Own::Show(part));
                    }
                }
            });
        });
    } else {
        Panel::left("settings").resizable(false).exact_size(PARTS).frame(frame).show(ui, |ui| {
            parts(state, commands, ui);
        });
    }
    let side = if is_narrow { 12 } else { 24 };
    let frame = Frame::new().inner_margin(Margin { left: side, right: side, top: 16, bottom: 24 });
    ScrollArea::vertical().id_salt(state.settings.part.text()).auto_shrink(false).show(ui, |ui| {
        frame.show(ui, |ui| {
            ui.set_max_width(WIDTH.min(ui.available_width()));
            ui.spacing_mut().item_spacing.y = 8.0;
            let part = state.settings.part;
            ui.label(RichText::new(part.text()).font(theme::title()).color(tokens.text_strong));
            ui.label(RichText::new(part.about()).color(tokens.text_subdued));
            ui.add_space(8.0);
            match part {
                Part::Environments => environments::environments(state, commands, ui),
                Part::Appearance => appearance::appearance(state, commands, ui),
                Part::Shortcuts => shortcuts::shortcuts(state, commands, ui),
                Part::About => about::about(state, ui),
            }
        });
    });
}

fn parts(state: &State, commands: &Commands, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.spacing_mut().item_spacing.y = 1.0;
    let (mut moved, mut rows) = (0, Vec::new());
    for part in Part::ALL {
        let is_shown = part == state.settings.part;
        let color = if is_shown { tokens.text } else { tokens.text_subdued };
        let row = ListRow::new(part.text(), is_shown).icon(part.icon(), color).show(ui);
        moved += row.step;
        if row.response.clicked() {
            send(commands, Own::Show(part));
        }
        rows.push(row.response);
    }
    if let Some(part) = move_focus(&rows, moved).and_then(|to| Part::ALL.get(to)) {
        send(commands, Own::Show(*part));
    }
}

/// A heading inside a part.
pub(super) fn heading(ui: &mut Ui, text: &str) {
    let tokens = Tokens::of(ui.visuals());
    ui.label(RichText::new(text).font(theme::strong()).color(tokens.text_strong));
}

pub(super) fn subdued(ui: &mut Ui, text: &str) {
    let tokens = Tokens::of(ui.visuals());
    ui.add(egui::Label::new(RichText::new(text).color(tokens.text_subdued)).wrap());
}

/// What belongs together.
pub(super) fn card(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let tokens = Tokens::of(ui.visuals());
    let frame = Frame::new().fill(tokens.panel).corner_radius(6).inner_margin(Margin::symmetric(16, 12));
    frame.stroke(egui::Stroke::new(1.0, tokens.line)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        content(ui);
    });
}
