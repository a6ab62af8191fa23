//! The start page: no workspace is open yet.

use egui::{Align, Layout, RichText, TextEdit, Ui, UiBuilder};

use crate::command::{Command, Commands};
use crate::shell::mark;
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::{Button, command_button, error_box, pending};

pub(crate) fn home(state: &State, commands: &Commands, ui: &mut Ui) {
    if !state.workspace.is_requested() || (state.workspace.is_pending() && state.workspace.value().is_none())
    {
        pending(ui, "Opening…");
        return;
    }
    let tokens = Tokens::of(ui.visuals());
    let rect = ui.available_rect_before_wrap();
    let width = 528.0_f32.min(rect.width() - 48.0);
    let top = (rect.height() * 0.36 - 130.0).max(24.0);
    let place = egui::Rect::from_min_size(
        egui::pos2(rect.center().x - width / 2.0, rect.top() + top),
        egui::vec2(width, rect.height() - top),
    );
    ui.scope_builder(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Min)), |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        mark(ui, tokens, 48.0);
        ui.add_space(4.0);
        ui.label(RichText::new("Open a workspace").font(theme::title()).color(tokens.text_strong));
        ui.label(
            RichText::new(
                "A workspace is a folder with touchstone.toml, your pipelines and their sample files",
            )
            .color(tokens.text_subdued),
        );
        ui.add_space(8.0);
        if let Some(error) = state.workspace.error() {
            let title = "The studio does not answer";
            error_box(ui, state, commands, title, error, Some(&Command::Retry), None);
        }
        command_button(ui, state, commands, &Command::PickWorkspace, Button::primary);
        ui.add_space(8.0);
        let label = ui.label(RichText::new("Or type its path").color(tokens.text_subdued));
        ui.horizontal(|ui| {
            let mut path = state.path.clone();
            let field = TextEdit::singleline(&mut path)
                .desired_width(width - 88.0)
                .font(theme::mono())
                .hint_text("/home/you/workspace");
            let field = ui.add(field).labelled_by(label.id);
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            if field.changed() {
                commands.send(Command::EditPath(path));
            }
            command_button(ui, state, commands, &Command::OpenPath, |button| button);
            if entered {
                commands.send(Command::OpenPath);
            }
        });
        if state.opening.is_pending() {
            ui.label(RichText::new("Opening…").color(tokens.text_subdued));
        }
    });
}
