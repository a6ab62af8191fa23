//! Questions that are asked before something that can't be undone.

use egui::Ui;

use crate::command::{Command, Commands};
use crate::state::{Dialog, State};
use crate::widgets::{Button, command_button};

pub(super) fn dialog(state: &State, commands: &Commands, ui: &Ui) {
    match state.dialog {
        None => {}
        Some(Dialog::PublishBreaking) => {
            let is_left = crate::widgets::dialog(ui, "publish breaking", |ui| {
                ui.set_width(400.0);
                let title = "Publish a breaking change?";
                crate::widgets::title(ui, title);
                ui.label(
                    "Tables, columns or keys that readers rely on go away or change their type. \
                     What reads them will fail until it is changed too.",
                );
                ui.add_space(8.0);
                ui.horizontal(|ui| {
                    command_button(ui, state, commands, &Command::ConfirmPublish, Button::primary);
                    let cancel = command_button(ui, state, commands, &Command::CloseDialog, |button| button);
                    // The safe answer is the one that Enter gives.
                    if ui.memory(|memory| memory.focused().is_none()) {
                        cancel.request_focus();
                    }
                });
            });
            if is_left {
                commands.send(Command::CloseDialog);
            }
        }
    }
}
