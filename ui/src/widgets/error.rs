//! Errors: what was tried, what went wrong, the next step; they stay, and can be copied whole. Notes beside them.

use egui::{Align, Color32, Frame, Layout, Margin, RichText, Role, Stroke, Ui, UiBuilder};
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
    let look = Look {
        fill: tokens.error_fill,
        line: tokens.error_line.gamma_multiply(0.6),
        sign: Some((icon::ERROR, tokens.error, "Error")),
        // Read aloud as it comes.
        role: Role::Alert,
    };
    let buttons = |ui: &mut Ui| {
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
    };
    message(ui, &look, buttons, |ui| {
        ui.label(RichText::new(title).font(theme::strong()).color(tokens.text_strong));
        ui.label(marked(&error.message, tokens.text, tokens.text_strong));
        if let Some(help) = &error.help {
            ui.label(marked(help, tokens.text_subdued, tokens.text));
        }
    });
}

/// Something worth knowing that came to pass, in a box of its own.
pub(crate) fn note_box(
    ui: &mut Ui,
    icon: Option<char>,
    buttons: impl FnOnce(&mut Ui),
    content: impl FnOnce(&mut Ui),
) {
    let tokens = Tokens::of(ui.visuals());
    let look = Look {
        fill: tokens.raised,
        line: tokens.line_strong,
        sign: icon.map(|icon| (icon, tokens.link, "Note")),
        role: Role::Status,
    };
    message(ui, &look, buttons, content);
}

/// Width below which the buttons stand under the text.
const NARROW: f32 = 560.0;

struct Look {
    fill: Color32,
    line: Color32,
    sign: Option<(char, Color32, &'static str)>,
    role: Role,
}

fn message(ui: &mut Ui, look: &Look, buttons: impl FnOnce(&mut Ui), content: impl FnOnce(&mut Ui)) {
    let frame = Frame::new()
        .fill(look.fill)
        .stroke(Stroke::new(1.0, look.line))
        .corner_radius(6)
        .inner_margin(Margin::symmetric(12, 8));
    let builder = UiBuilder::new().accessibility_role(look.role);
    ui.scope_builder(builder, |ui| {
        frame.show(ui, |ui| {
            let is_narrow = ui.available_width() < NARROW;
            ui.horizontal_top(|ui| {
                if let Some((sign, color, word)) = look.sign {
                    state_icon(ui, sign, color, word);
                }
                if is_narrow {
                    ui.vertical(|ui| {
                        ui.style_mut().interaction.selectable_labels = true;
                        content(ui);
                        ui.horizontal(|ui| {
                            ui.with_layout(Layout::right_to_left(Align::Center), buttons);
                        });
                    });
                    return;
                }
                // From the right, so that the text takes what the buttons leave.
                ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                    buttons(ui);
                    ui.with_layout(Layout::top_down(Align::Min), |ui| {
                        ui.set_max_width(ui.available_width().min(720.0));
                        // Worth copying in parts.
                        ui.style_mut().interaction.selectable_labels = true;
                        content(ui);
                    });
                });
            });
        });
    });
}

/// The whole error as text.
pub(crate) fn error_text(title: &str, error: &RpcError) -> String {
    let help = error.help.as_ref().map(|help| format!("\nNext step: {help}")).unwrap_or_default();
    format!("{title}\n{}{help}", error.message)
}
