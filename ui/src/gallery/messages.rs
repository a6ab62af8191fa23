//! What is said where there is nothing, where something is awaited, and where something went wrong.

use egui::{Frame, RichText, Role, Ui, vec2};
use touchstone_protocol::{ErrorCode, RpcError};

use super::heading;
use crate::command::{Command, Commands};
use crate::icon;
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::{Button, Pose, empty, error_box, icon_button, note_box, pending, posed};

pub(super) fn messages(ui: &mut Ui, state: &State, commands: &Commands) {
    heading(ui, "Messages");
    let tokens = Tokens::of(ui.visuals());
    let framed = |ui: &mut Ui, name: &str, content: &mut dyn FnMut(&mut Ui)| {
        let frame = Frame::new().fill(tokens.panel).corner_radius(6);
        frame.show(ui, |ui| {
            ui.push_id(name, |ui| {
                ui.set_min_size(vec2(ui.available_width(), 160.0));
                ui.set_max_height(160.0);
                content(ui);
            });
        });
    };
    ui.columns(3, |columns| {
        if let [left, middle, right] = columns {
            framed(left, "empty", &mut |ui| {
                let text = "A simulation makes bronze, silver and gold from the samples";
                let next = Command::PickWorkspace;
                empty(ui, state, commands, icon::PLAY, "Not simulated yet", text, Some(&next));
            });
            framed(middle, "good", &mut |ui| {
                let text = "No row broke the contract or a rule";
                empty(ui, state, commands, icon::PASSED, "Nothing in quarantine", text, None);
            });
            framed(right, "pending", &mut |ui| pending(ui, "Reading the last simulation…"));
        }
    });
    let error = RpcError::new(ErrorCode::Unavailable, "samples/trades_20260302.csv could not be opened")
        .with_help("Put the file back, or choose another sample in the source");
    let dismiss = Command::Dismiss(1);
    error_box(
        ui,
        state,
        commands,
        "The rules could not be counted",
        &error,
        Some(&Command::Retry),
        Some(&dismiss),
    );
    note_box(
        ui,
        Some(icon::HISTORY),
        |ui| {
            icon_button(ui, icon::CLOSE, "Close the note");
        },
        |ui| {
            ui.label("Unsaved edits of the last session are back: pipelines/trades.yaml");
        },
    );
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| question(ui, tokens));
        Frame::menu(ui.style()).show(ui, menu);
        Frame::popup(ui.style()).show(ui, |ui| {
            ui.set_width(200.0);
            ui.label("Make bronze, silver and gold from the samples");
        });
    });
}

fn menu(ui: &mut Ui) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for (sign, text, keys, pose) in [
            (icon::PLAY, "Simulate", "F5", None),
            (icon::SAVE, "Save document", "Ctrl+S", Some(Pose::Hovered)),
            (icon::RELOAD, "Read again", "", None),
        ] {
            let button = Button::new(text).icon(sign).quiet().role(Role::MenuItem);
            posed(ui, pose, |ui| button.min_width(200.0).shortcut(Some(keys.to_owned())).show(ui));
        }
    });
}

fn question(ui: &mut Ui, tokens: &Tokens) {
    Frame::window(ui.style()).show(ui, |ui| {
        ui.set_width(400.0);
        ui.spacing_mut().item_spacing.y = 8.0;
        let title = "Publish a breaking change?";
        ui.label(RichText::new(title).font(theme::title()).color(tokens.text_strong));
        ui.label("Tables, columns or keys that readers rely on go away or change their type.");
        ui.horizontal(|ui| {
            Button::new("Publish anyway").icon(icon::PUBLISH).primary().show(ui);
            Button::new("Cancel").show(ui);
        });
    });
}
