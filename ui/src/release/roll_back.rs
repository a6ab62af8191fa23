//! Going back to an older version: asked first, then published anew as a new version.

use egui::{RichText, TextEdit, Ui, vec2};
use touchstone_protocol::{CompareVersions, RollBack as RollBackCall};
use touchstone_spec::ChangeClass;

use super::changes::differences;
use super::{Command as Own, RollBack};
use crate::App;
use crate::command::{Command, Commands};
use crate::state::State;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::{Button, badge, command_button, error_box, state_icon};
use crate::{icon, text};

/// Rows of the difference that the dialog shows at once.
const SHOWN_HEIGHT: f32 = 148.0;

impl RollBack {
    /// Whether readers break; what can't be worked out may break them too.
    fn may_break(&self) -> bool {
        self.difference.value().is_none_or(|view| view.class == ChangeClass::Breaking)
    }
}

impl App {
    pub(super) fn ask_roll_back(&mut self, version: u64) {
        let Some(pipeline) = self.state.selected.clone() else { return };
        let current = self.state.pipelines.get(&pipeline).and_then(|one| one.history.value()?.first());
        let before = current.map(|current| current.version);
        let environment = self.state.environment.clone();
        // What was typed is still there when one comes back to it.
        let release = &mut self.state.release;
        let typed = release.roll_back.take().map(|one| (one.pipeline, one.version, one.message));
        let typed = typed.or_else(|| release.roll_back_typed.take());
        let is_its = |typed: &(String, u64, String)| typed.0 == pipeline && typed.1 == version;
        let message = typed.filter(is_its).map(|typed| typed.2).unwrap_or_default();
        release.roll_back =
            Some(RollBack { pipeline: pipeline.clone(), version, message, ..RollBack::default() });
        let call = CompareVersions { pipeline: pipeline.clone(), environment, before, after: Some(version) };
        self.fetch(call, move |state| {
            let asked = state.release.roll_back.as_mut();
            asked
                .filter(|one| one.pipeline == pipeline && one.version == version)
                .map(|one| &mut one.difference)
        });
    }

    pub(super) fn roll_back(&mut self) {
        if self.state.obstacle(&Command::Release(Own::RollBack)).is_some() {
            return;
        }
        let ticket = self.ticket();
        let environment = self.state.environment.clone();
        let Some(asked) = &mut self.state.release.roll_back else { return };
        let current = self.state.pipelines.get(&asked.pipeline).and_then(|one| one.history.value()?.first());
        let Some(current) = current else { return };
        asked.progress.begin(ticket);
        let call = RollBackCall {
            pipeline: asked.pipeline.clone(),
            environment,
            version: asked.version,
            message: asked.message.trim().to_owned(),
            expected_version: current.version,
        };
        let name = asked.pipeline.clone();
        self.call(call, move |app, result| {
            match result {
                Ok(published) => {
                    // What was published before is current no more; this is.
                    if let Some(pipeline) = app.state.pipelines.get_mut(&name) {
                        pipeline.publishing.set(published);
                    }
                    app.state.release.roll_back = None;
                    app.state.release.comparison = None;
                }
                // The window stays, with what was typed.
                Err(error) => {
                    if let Some(asked) = &mut app.state.release.roll_back {
                        asked.progress.finish(ticket, Err(error));
                    }
                }
            }
            app.load_publication(&name);
            app.load_audit();
            app.load_workspace();
        });
    }
}

pub(super) fn dialog(state: &State, commands: &Commands, ui: &Ui) {
    let Some(asked) = &state.release.roll_back else { return };
    let tokens = Tokens::of(ui.visuals());
    let is_left = crate::widgets::dialog(ui, "roll back", |ui| {
        // What differs is to be read: both sides stand beside each other.
        ui.set_width((ui.ctx().content_rect().width() - 96.0).clamp(240.0, 880.0));
        let title = format!("Roll {} back to version {}?", asked.pipeline, asked.version);
        crate::widgets::title(ui, &title);
        ui.label(format!(
            "Version {} is published anew in {}, as a new version. Nothing of the history goes away. The document \
             in the workspace stays as it is; you can take the version's text into it afterwards.",
            asked.version, state.environment
        ));
        difference(state, commands, asked, ui);
        breaks(asked, ui);
        if let Some(error) = asked.progress.error() {
            error_box(
                ui,
                state,
                commands,
                &format!("{} was not rolled back", asked.pipeline),
                error,
                None,
                None,
            );
        }
        let label = ui.label(RichText::new("Message").color(tokens.text_subdued));
        let mut message = asked.message.clone();
        let field = TextEdit::singleline(&mut message)
            .desired_width(f32::INFINITY)
            .hint_text(crate::widgets::hint("Why you go back, for history and audit trail"));
        let field = ui.add_enabled(!asked.progress.is_pending(), field).labelled_by(label.id);
        if field.changed() {
            commands.send(Command::Release(Own::EditRollBackMessage(message)));
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        // Where readers break, a slip of the keys is not enough.
        if entered && !asked.may_break() {
            commands.send(Command::Release(Own::RollBack));
        }
        if ui.memory(|memory| memory.focused().is_none()) {
            field.request_focus();
        }
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            command_button(ui, state, commands, &Command::Release(Own::RollBack), Button::primary);
            command_button(ui, state, commands, &Command::Release(Own::CloseRollBack), |button| button);
            if asked.progress.is_pending() {
                ui.spinner();
            }
        });
    });
    if is_left {
        commands.send(Command::Release(Own::CloseRollBack));
    }
}

/// What going back takes away, adds and changes, and what that means for readers.
fn difference(state: &State, commands: &Commands, asked: &RollBack, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    if let Some(error) = asked.difference.error() {
        let again = Command::Release(Own::AskRollBack(asked.version));
        let title = "What it changes could not be worked out";
        error_box(ui, state, commands, title, error, Some(&again), None);
    }
    let Some(view) = asked.difference.value() else {
        if asked.difference.is_pending() {
            ui.label(RichText::new("Comparing with what is published…").color(tokens.text_subdued));
        }
        return;
    };
    ui.horizontal(|ui| {
        badge(ui, &view.class.to_string(), Tone::of_change(view.class));
        let words = text::count(view.diff.changes.len() as u64, "difference", "differences");
        ui.label(RichText::new(words).color(tokens.text_subdued));
    });
    if view.diff.changes.is_empty() {
        ui.label("Both versions say the same");
        return;
    }
    ui.push_id("roll back difference", |ui| {
        ui.allocate_ui(vec2(ui.available_width(), SHOWN_HEIGHT), |ui| {
            differences(commands, &view.diff.changes, None, ui);
        });
    });
}

/// What readers will meet, where it breaks them; beside the button, so that nothing needs a second window.
fn breaks(asked: &RollBack, ui: &mut Ui) {
    if asked.difference.is_pending() || !asked.may_break() {
        return;
    }
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal_top(|ui| {
        state_icon(ui, icon::WARNING, tokens.warning, "Warning");
        ui.vertical(|ui| {
            let title = "This is a breaking change";
            ui.label(RichText::new(title).font(theme::strong()).color(tokens.text_strong));
            ui.label(format!(
                "Version {} takes away tables, columns or keys that readers rely on, or changes their type. What \
                 reads them will fail until it is changed too.",
                asked.version
            ));
        });
    });
}
