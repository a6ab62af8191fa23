//! Questions that are asked before something goes away.

use egui::Ui;

use super::view::send;
use super::{Command as Own, Question};
use crate::command::{Command, Commands};
use crate::state::State;
use crate::widgets::{Button, command_button};

pub(crate) fn question(state: &State, commands: &Commands, ui: &Ui) {
    let Some(question) = &state.settings.question else { return };
    let (title, words, command) = match question {
        Question::Remove(name) => (
            format!("Remove {name}?"),
            "Its section goes out of touchstone.toml. What is published there stays published, and access keys \
             stay in the keychain until you forget them.",
            Own::Remove(name.clone()),
        ),
        Question::SetUp(name) => (
            format!("Set up {name}?"),
            "Where there is no table of this name it is created, billed by what is read and written. Point-in-time \
             recovery and deletion protection are switched on. What stands in a table stays as it is.",
            Own::SetUp(name.clone()),
        ),
        Question::Forget(name) => (
            format!("Forget the access keys of {name}?"),
            "They are taken out of the system's keychain. To publish there again they must be entered again.",
            Own::Forget(name.clone()),
        ),
    };
    let is_left = crate::widgets::dialog(ui, "settings question", |ui| {
        ui.set_width(400.0);
        crate::widgets::title(ui, &title);
        ui.label(words);
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            command_button(ui, state, commands, &Command::Settings(command), Button::primary);
            let close = Command::Settings(Own::CloseQuestion);
            let cancel = command_button(ui, state, commands, &close, |button| button);
            // The safe answer is the one that Enter gives.
            if ui.memory(|memory| memory.focused().is_none()) {
                cancel.request_focus();
            }
        });
    });
    if is_left {
        send(commands, Own::CloseQuestion);
    }
}
