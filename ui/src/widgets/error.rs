//! Errors: what was tried, what went wrong, the next step; they stay, and can be copied whole.

use egui::{Align, Frame, Layout, Margin, RichText, Role, Stroke, Ui, UiBuilder};
use touchstone_protocol::RpcError;

use super::{Button, command_button, icon_button, marked, state_icon};
use crate::command::{Command, Commands};
use crate::icon;
use crate::state::State;
use crate::theme::{self, Tokens};

/// An error in a box of its own. `dismiss` closes it; without it, it stays until a retry succeeds.
pub(crate) fn error_box(
    ui: &mut Ui,
    state: &State,
    commands: &Commands,
    title: &str,
    error: &RpcError,
    action: Option<&Command>,
    dismiss: Option<&Command>,
) {
    let tokens = Tokens::of(ui.visuals());
    let frame = Frame::new()
        .fill(tokens.error_fill)
        .stroke(Stroke::new(1.0, tokens.error_line.gamma_multiply(0.6)))
        .corner_radius(6)
        .inner_margin(Margin::symmetric(12, 8));
    // Read aloud as it comes.
    let builder = UiBuilder::new().accessibility_role(Role::Alert);
    ui.scope_builder(builder, |ui| {
        frame.show(ui, |ui| {
            ui.horizontal_top(|ui| {
                state_icon(ui, icon::ERROR, tokens.error, "Error");
                // From the right, so that the text takes what the buttons leave.
                ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                    if let Some(dismiss) = dismiss
                        && icon_button(ui, icon::CLOSE, dismiss.offer().text).clicked()
                    {
                        commands.send(dismiss.clone());
                    }
                    let copy = Button::new("Copy").icon(icon::COPY).quiet().show(ui);
                    if copy.on_hover_text("Copy the whole message").clicked() {
                        commands.send(Command::Copy(error_text(title, error)));
                    }
                    if let Some(action) = action {
                        command_button(ui, state, commands, action, Button::quiet);
                    }
                    ui.with_layout(Layout::top_down(Align::Min), |ui| {
                        ui.set_max_width(ui.available_width().min(720.0));
                        ui.label(RichText::new(title).font(theme::strong()).color(tokens.text_strong));
                        ui.label(marked(&error.message, tokens.text, tokens.text_strong));
                        if let Some(help) = &error.help {
                            ui.label(marked(help, tokens.text_subdued, tokens.text));
                        }
                    });
                });
            });
        })
    });
}

/// The whole error as text.
pub(crate) fn error_text(title: &str, error: &RpcError) -> String {
    let help = error.help.as_ref().map(|help| format!("\nNext step: {help}")).unwrap_or_default();
    format!("{title}\n{}{help}", error.message)
}
