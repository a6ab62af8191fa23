//! What stands where there is nothing: what it would be, and what to do next.

use egui::{Align, Layout, RichText, Ui, UiBuilder};

use super::command_button;
use crate::command::{Command, Commands};
use crate::state::State;
use crate::theme::{self, Tokens};

/// An empty place: an icon, what is missing, why, and the next step.
pub(crate) fn empty(
    ui: &mut Ui,
    state: &State,
    commands: &Commands,
    icon: char,
    title: &str,
    text: &str,
    next: Option<&Command>,
) {
    centred(ui, 128.0, |ui| {
        let tokens = Tokens::of(ui.visuals());
        ui.add(
            egui::Label::new(RichText::new(icon).size(32.0).color(tokens.text_disabled)).selectable(false),
        );
        ui.add_space(4.0);
        ui.label(RichText::new(title).font(theme::strong()).color(tokens.text_strong));
        if !text.is_empty() {
            ui.label(RichText::new(text).color(tokens.text_subdued));
        }
        if let Some(next) = next {
            ui.add_space(8.0);
            command_button(ui, state, commands, next, super::Button::primary);
        }
    });
}

/// A place whose content is on its way.
pub(crate) fn pending(ui: &mut Ui, text: &str) {
    centred(ui, 24.0, |ui| {
        ui.label(RichText::new(text).color(Tokens::of(ui.visuals()).text_subdued));
    });
}

fn centred(ui: &mut Ui, height: f32, content: impl FnOnce(&mut Ui)) {
    let rect = ui.available_rect_before_wrap();
    let top = (rect.height() * 0.4 - height / 2.0).max(8.0);
    let inner = rect.with_min_y(rect.top() + top);
    let layout = Layout::top_down(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(inner.shrink2(egui::vec2(24.0, 0.0))).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        content(ui);
    });
    ui.advance_cursor_after_rect(rect);
}
