//! The line above the picture: what is shown, and how it's found.

use egui::{
    Align, Frame, Id, Key, Layout, Margin, Modifiers, Popup, PopupCloseBehavior, RichText, ScrollArea,
    Stroke, TextEdit, Ui,
};

use super::graph::Spot;
use super::{Command, Find, Goal, Tier};
use crate::command::{Command as AppCommand, Commands};
use crate::icon;
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::{Button, CheckRow, Chip, command_icon, icon_button};

/// Width up to which only what is used most has room.
const NARROW: f32 = 560.0;

/// Names the field for the text, so that the keys lead there.
pub(super) fn find_field() -> Id {
    Id::unique("find in lineage")
}

fn send(commands: &Commands, command: Command) {
    commands.send(AppCommand::Lineage(command));
}

pub(super) fn toolbar(state: &State, commands: &Commands, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let lineage = &state.lineage;
    Frame::new().inner_margin(Margin { left: 12, right: 8, top: 6, bottom: 6 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            // Keys and palette have what a narrow line leaves out.
            let room = ui.available_width();
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                let icon = |ui: &mut Ui, command: Command, selected: bool| {
                    command_icon(ui, state, commands, &AppCommand::Lineage(command), selected);
                };
                icon(ui, Command::ToggleSide, !lineage.is_side_hidden);
                icon(ui, Command::Find, lineage.find.is_some());
                ui.add_space(6.0);
                icon(ui, Command::See(Goal::Way), false);
                icon(ui, Command::See(Goal::All), false);
                icon(ui, Command::Zoom(true), false);
                if room > NARROW {
                    let zoom = format!("{:.0} %", lineage.camera.zoom * 100.0);
                    ui.label(RichText::new(zoom).font(theme::small()).color(tokens.text_subdued));
                }
                icon(ui, Command::Zoom(false), false);
                if !lineage.tables_only && room > NARROW {
                    ui.add_space(6.0);
                    icon(ui, Command::OpenAll(true), false);
                    icon(ui, Command::OpenAll(false), false);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.spacing_mut().item_spacing.x = 8.0;
                    level(state, commands, ui);
                    filter(state, commands, room <= NARROW, ui);
                    folded(state, ui);
                });
            });
        });
        if !lineage.filter.is_plain() {
            chips(state, commands, ui);
        }
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 0.5, Stroke::new(1.0, tokens.line));
}

fn level(state: &State, commands: &Commands, ui: &mut Ui) {
    let texts = ["Tables", "Columns"];
    let tooltips = ["Tables and what they are made from".to_owned(), "Their columns too".to_owned()];
    let shown = usize::from(!state.lineage.tables_only);
    if let Some(chosen) = crate::design::segmented(ui, "Level", &texts, &tooltips, shown) {
        send(commands, Command::ShowTablesOnly(chosen == 0));
    }
}

/// That columns are folded by themselves, so that all tables can be seen; the sign on a card shows them.
fn folded(state: &State, ui: &mut Ui) {
    let Some(words) = super::folded(state) else { return };
    let tokens = Tokens::of(ui.visuals());
    let words = RichText::new(words).font(theme::small()).color(tokens.text_subdued);
    let told = "There are too many columns to show them all at first";
    ui.add(egui::Label::new(words).truncate()).on_hover_text(told);
}

/// The button that opens the list of layers and pipelines.
fn filter(state: &State, commands: &Commands, is_narrow: bool, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let lineage = &state.lineage;
    let button = Button::new("Filter…").icon(icon::FILTER).quiet().icon_only(is_narrow);
    let response = button.selected(!lineage.filter.is_plain()).show(ui);
    let popup = Popup::menu(&response).width(260.0).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let heading = |ui: &mut Ui, text: &str| {
            ui.add_space(4.0);
            ui.label(RichText::new(text).font(theme::small_strong()).color(tokens.text_subdued));
            ui.add_space(2.0);
        };
        heading(ui, "Layers");
        for tier in Tier::ALL {
            let is_shown = !lineage.filter.tiers.contains(&tier);
            if CheckRow::new(tier.text(), is_shown).show(ui).clicked() {
                send(commands, Command::HideTier(tier, is_shown));
            }
        }
        heading(ui, "Pipelines");
        ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            for name in state.design.compilation().pipelines.keys() {
                let is_shown = !lineage.filter.pipelines.contains(name);
                if CheckRow::new(name, is_shown).show(ui).clicked() {
                    send(commands, Command::HidePipeline(name.clone(), is_shown));
                }
            }
        });
    });
    response.on_hover_text("Layers and pipelines that are shown");
}

/// One chip for each thing that is hidden; its cross shows it again.
fn chips(state: &State, commands: &Commands, ui: &mut Ui) {
    let filter = &state.lineage.filter;
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
        if let Some(only) = &filter.only {
            let words = format!("only the way of {only}");
            if Chip::new(&words).icon(icon::FILTER).removable().show(ui).removed {
                send(commands, Command::Only(false));
            }
        }
        for tier in &filter.tiers {
            let words = format!("without {}", tier.text().to_lowercase());
            if Chip::new(&words).icon(icon::HIDDEN).removable().show(ui).removed {
                send(commands, Command::HideTier(*tier, false));
            }
        }
        for pipeline in &filter.pipelines {
            let words = format!("without {pipeline}");
            if Chip::new(&words).icon(icon::HIDDEN).removable().show(ui).removed {
                send(commands, Command::HidePipeline(pipeline.clone(), false));
            }
        }
    });
}

/// The field for a name, and where it was found.
pub(super) fn find_bar(state: &State, commands: &Commands, find: &Find, found: &[Spot], ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let frame = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(12, 4));
    frame.show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_min_width(ui.available_width());
            let mut wanted = find.text.clone();
            let edit = TextEdit::singleline(&mut wanted).id(find_field()).desired_width(240.0);
            let edit = ui.add(edit.hint_text(crate::widgets::hint("Find a table or a column")));
            let (back, next, close) = keys(ui, &edit);
            if edit.changed() {
                send(commands, Command::EditFind(wanted));
            }
            let up = AppCommand::Lineage(Command::FindAgain(true));
            let down = AppCommand::Lineage(Command::FindAgain(false));
            command_icon(ui, state, commands, &up, false);
            command_icon(ui, state, commands, &down, false);
            if back {
                commands.send(up);
            } else if next {
                commands.send(down);
            }
            if !find.text.trim().is_empty() {
                let (words, color) = came_of(state, found, tokens);
                ui.label(RichText::new(words).font(theme::small()).color(color));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icon::CLOSE, "Close the search").clicked() || close {
                    send(commands, Command::CloseFind);
                }
            });
        });
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 0.5, Stroke::new(1.0, tokens.line));
}

/// `2 of 14`, `14 found`, `Nowhere`.
fn came_of(state: &State, found: &[Spot], tokens: &Tokens) -> (String, egui::Color32) {
    if found.is_empty() {
        return ("Nowhere".to_owned(), tokens.warning);
    }
    let graph = state.lineage.map.as_ref().map(|(_, map)| &map.graph);
    let selected = state.lineage.selected.as_ref().and_then(|target| graph?.spot(target));
    let at = selected.and_then(|selected| found.iter().position(|spot| *spot == selected));
    let number = crate::text::number(found.len() as u64);
    let words = match at {
        Some(at) => format!("{} of {number}", crate::text::number(at as u64 + 1)),
        None => format!("{number} found"),
    };
    (words, tokens.text_subdued)
}

/// Shift+Enter, Enter and Escape in the field.
fn keys(ui: &Ui, field: &egui::Response) -> (bool, bool, bool) {
    if !field.has_focus() && !field.lost_focus() {
        return (false, false, false);
    }
    let (back, next, close) = ui.input_mut(|input| {
        (
            input.consume_key(Modifiers::SHIFT, Key::Enter),
            input.consume_key(Modifiers::NONE, Key::Enter),
            input.consume_key(Modifiers::NONE, Key::Escape),
        )
    });
    if back || next {
        field.request_focus();
    }
    (back, next, close)
}
