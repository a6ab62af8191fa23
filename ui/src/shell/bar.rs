//! The bar at the top: the menu, the workspace, the views, and what can be done everywhere.

use egui::{Align, Layout, Popup, RichText, Sense, Ui, pos2, vec2};

use crate::command::{Command, Commands, Place};
use crate::icon;
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::{Button, command_button, icon_button};

pub(crate) fn bar(state: &State, commands: &Commands, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal_centered(|ui| {
        menu(state, commands, ui);
        mark(ui, tokens, 20.0);
        match state.open_workspace() {
            None => {
                ui.label(RichText::new("Touchstone").font(theme::strong()).color(tokens.text_strong));
            }
            Some(workspace) => {
                let name = RichText::new(&workspace.name).font(theme::strong()).color(tokens.text_strong);
                ui.label(name).on_hover_text(&workspace.root);
                ui.add_space(12.0);
                for place in [Place::Lineage, Place::Audit, Place::Settings] {
                    let is_shown = state.place == place;
                    let command = Command::Go(place);
                    command_button(ui, state, commands, &command, |button| button.quiet().selected(is_shown));
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
                command_button(ui, state, commands, &Command::Reload, Button::quiet);
                command_button(ui, state, commands, &Command::PickWorkspace, Button::quiet);
            }
        });
    });
}

/// All commands with their keys.
fn menu(state: &State, commands: &Commands, ui: &mut Ui) {
    let response = icon_button(ui, icon::MENU, "Menu");
    Popup::menu(&response).width(288.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (place, group) in Command::menu().into_iter().enumerate() {
            if place > 0 {
                ui.separator();
            }
            for command in group {
                let offer = command.offer();
                let keys = offer.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
                let button = Button::new(offer.text)
                    .icon(offer.icon)
                    .quiet()
                    .role(egui::Role::MenuItem)
                    .min_width(280.0)
                    .shortcut(Some(keys.unwrap_or_default()))
                    .enabled(state.obstacle(&command).is_none());
                if button.show(ui).clicked() {
                    commands.send(command);
                    ui.close();
                }
            }
        }
    });
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
