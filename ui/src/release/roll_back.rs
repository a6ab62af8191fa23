//! Going back to an older version: asked first, then published anew as a new version.

use egui::{Id, Modal, RichText, TextEdit, Ui};
use touchstone_protocol::RollBack as RollBackCall;

use super::Command as Own;
use crate::App;
use crate::command::{Command, Commands};
use crate::state::State;
use crate::theme::Tokens;
use crate::widgets::{Button, command_button};

impl App {
    pub(super) fn roll_back(&mut self) {
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
            if let Err(error) = &result {
                app.notice(format!("{name} was not rolled back"), error.clone(), None);
            }
            app.state.release.roll_back = None;
            app.state.release.comparison = None;
            app.load_publication(&name);
            app.load_audit();
            app.load_workspace();
        });
    }
}

pub(super) fn dialog(state: &State, commands: &Commands, ui: &Ui) {
    let Some(asked) = &state.release.roll_back else { return };
    let tokens = Tokens::of(ui.visuals());
    let modal = Modal::new(Id::unique("roll back")).backdrop_color(tokens.backdrop());
    let shown = modal.show(ui.ctx(), |ui| {
        ui.set_width(420.0);
        ui.spacing_mut().item_spacing.y = 8.0;
        let title = format!("Roll {} back to version {}?", asked.pipeline, asked.version);
        crate::widgets::title(ui, &title);
        ui.label(format!(
            "Version {} is published anew in {}, as a new version. Nothing of the history goes away, and the \
             document in the workspace stays as it is.",
            asked.version, state.environment
        ));
        let label = ui.label(RichText::new("Message").color(tokens.text_subdued));
        let mut message = asked.message.clone();
        let field = TextEdit::singleline(&mut message)
            .desired_width(f32::INFINITY)
            .hint_text("Why you go back, for history and audit trail");
        let field = ui.add_enabled(!asked.progress.is_pending(), field).labelled_by(label.id);
        if field.changed() {
            commands.send(Command::Release(Own::EditRollBackMessage(message)));
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if entered {
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
    if shown.should_close() {
        commands.send(Command::Release(Own::CloseRollBack));
    }
}
