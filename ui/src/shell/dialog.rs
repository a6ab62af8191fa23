//! Questions that are asked before something that can't be undone.

use egui::{Label, RichText, Ui};

use crate::command::{Command, Commands};
use crate::state::{Dialog, State};
use crate::theme::{self, Tokens};
use crate::widgets::{Button, command_button};

/// Breaking changes that are named.
const BREAKING_NAMED: usize = 8;

pub(super) fn dialog(state: &State, commands: &Commands, ui: &Ui) {
    match state.dialog {
        None => {}
        Some(Dialog::PublishBreaking) => {
            let is_left = crate::widgets::dialog(ui, "publish breaking", |ui| {
                let tokens = Tokens::of(ui.visuals());
                ui.set_width(400.0);
                let title = "Publish a breaking change?";
                crate::widgets::title(ui, title);
                ui.label(
                    "Tables, columns or keys that readers rely on go away or change their type. \
                     What reads them will fail until it is changed too.",
                );
                let plan = state.selected_pipeline().and_then(|pipeline| pipeline.plan.value());
                for change in plan.map(|plan| plan.diff.breaking(BREAKING_NAMED)).unwrap_or_default() {
                    let words = RichText::new(change).font(theme::mono()).color(tokens.text_strong);
                    ui.add(Label::new(words).wrap());
                }
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
