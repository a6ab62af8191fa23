//! The bar at the top: the menu, the workspace, the views, and what can be done everywhere.

use egui::{Align, Layout, Popup, RichText, ScrollArea, Sense, Ui, pos2, vec2};

use super::tabs::item;
use crate::command::{Command, Commands, Place};
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::page::is_narrow;
use crate::widgets::{Button, command_button, command_icon, icon_button};
use crate::{icon, palette};

pub(crate) fn bar(state: &State, commands: &Commands, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    // Large text leaves room for icons alone.
    let is_narrow = is_narrow(ui.ctx());
    ui.horizontal_centered(|ui| {
        menu(state, commands, ui);
        if state.open_workspace().is_some() {
            let list = Command::Shell(super::Command::ToggleList);
            command_icon(ui, state, commands, &list, !state.shell.is_list_hidden);
        }
        mark(ui, tokens, 20.0);
        match state.open_workspace() {
            None => {
                ui.label(RichText::new("Touchstone").font(theme::strong()).color(tokens.text_strong));
            }
            Some(workspace) => {
                let name = RichText::new(&workspace.name).font(theme::strong()).color(tokens.text_strong);
                // The buttons at both sides come first.
                let room = ui.available_width() - if is_narrow { 280.0 } else { 580.0 };
                ui.scope(|ui| {
                    ui.set_max_width(room.max(64.0));
                    ui.add(egui::Label::new(name).truncate()).on_hover_text(&workspace.root);
                });
                ui.add_space(12.0);
                for place in [Place::Lineage, Place::Audit] {
                    let is_shown = state.place == place;
                    let command = Command::Go(place);
                    if is_narrow {
                        command_icon(ui, state, commands, &command, is_shown);
                    } else {
                        command_button(ui, state, commands, &command, |button| {
                            button.quiet().selected(is_shown)
                        });
                    }
                }
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let theme = if tokens.dark { icon::SUN } else { icon::MOON };
            let name = if tokens.dark { "Light theme" } else { "Dark theme" };
            if icon_button(ui, theme, name).clicked() {
                commands.send(Command::ToggleTheme);
            }
            if state.open_workspace().is_some() {
                for command in [Command::Go(Place::Settings), Command::Reload] {
                    let is_shown = command == Command::Go(state.place.clone());
                    command_icon(ui, state, commands, &command, is_shown);
                }
            }
            ui.add_space(4.0);
            search(commands, is_narrow, ui);
        });
    });
}

/// All commands with their keys.
fn menu(state: &State, commands: &Commands, ui: &mut Ui) {
    let response = icon_button(ui, icon::MENU, "Menu");
    Popup::menu(&response).width(260.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        let room = ui.ctx().content_rect().height() - 96.0;
        ScrollArea::vertical().max_height(room).min_scrolled_height(room).show(ui, |ui| {
            for (place, group) in Command::menu().into_iter().enumerate() {
                if place > 0 {
                    ui.separator();
                }
                for command in group {
                    item(state, commands, &command, ui);
                }
            }
        });
    });
}

/// The way to everything: what one looks for is typed.
fn search(commands: &Commands, is_narrow: bool, ui: &mut Ui) {
    let command = Command::Palette(palette::Command::Open(String::new()));
    let offer = command.offer();
    let keys = offer.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
    let button = Button::new(if is_narrow { "" } else { "Search" }).icon(icon::FIND).name(offer.text);
    let button = if is_narrow { button.quiet() } else { button.min_width(200.0).shortcut(keys) };
    if button.show(ui).on_hover_text(offer.tooltip).clicked() {
        commands.send(command);
    }
}

/// The stone with the streak that proves the gold.
pub(crate) fn mark(ui: &mut Ui, tokens: &Tokens, size: f32) {
    let (rect, _) = ui.allocate_exact_size(vec2(size, size), Sense::hover());
    let at = |x: f32, y: f32| pos2(rect.left() + x * size, rect.top() + y * size);
    let outline =
        [(0.30, 0.06), (0.74, 0.10), (0.97, 0.42), (0.88, 0.80), (0.54, 0.97), (0.14, 0.84), (0.03, 0.46)];
    let points = outline.iter().map(|(x, y)| at(*x, *y)).collect();
    let stroke = egui::Stroke::new(1.0, tokens.text_disabled);
    ui.painter().add(egui::Shape::convex_polygon(points, tokens.button_pressed, stroke));
    let width = size * 0.11;
    ui.painter().line_segment([at(0.26, 0.70), at(0.74, 0.30)], egui::Stroke::new(width, tokens.gold));
    ui.painter()
        .line_segment([at(0.44, 0.76), at(0.70, 0.55)], egui::Stroke::new(width * 0.6, tokens.silver));
}
