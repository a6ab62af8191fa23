//! The start page: what Touchstone is, workspaces opened before, and ways to begin.

use egui::{Align, Frame, Layout, Margin, RichText, ScrollArea, TextEdit, Ui};
use touchstone_protocol::{HomeView, RecentView};

use super::Command as HomeCommand;
use crate::command::{Command, Commands};
use crate::icon;
use crate::shell::mark;
use crate::state::State;
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::{Button, ListRow, command_button, error_box, icon_button, pending};

pub(crate) fn home(state: &State, commands: &Commands, ui: &mut Ui) {
    if !state.workspace.is_requested() || (state.workspace.is_pending() && state.workspace.value().is_none())
    {
        pending(ui, "Opening…");
        return;
    }
    if !state.home.view.is_requested() {
        commands.send(Command::Home(HomeCommand::NeedHome));
    }
    let tokens = Tokens::of(ui.visuals());
    let rect = ui.available_rect_before_wrap();
    let width = 560.0_f32.min(rect.width() - 48.0);
    let side = ((rect.width() - width) / 2.0).max(0.0);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.add_space((rect.height() * 0.12).clamp(16.0, 96.0));
        ui.horizontal_top(|ui| {
            ui.add_space(side);
            ui.vertical(|ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing.y = 8.0;
                ui.horizontal(|ui| {
                    mark(ui, tokens, 48.0);
                    ui.add_space(4.0);
                    ui.vertical(|ui| {
                        ui.label(
                            RichText::new("Touchstone").font(theme::display()).color(tokens.text_strong),
                        );
                        let motto = "Prove a pipeline before anybody pays for it";
                        ui.label(RichText::new(motto).color(tokens.text_subdued));
                    });
                });
                ui.add_space(12.0);
                if let Some(error) = state.workspace.error() {
                    let title = "The studio does not answer";
                    error_box(ui, state, commands, title, error, Some(&Command::Retry), None);
                }
                begin(state, commands, ui);
                ui.add_space(16.0);
                recent(state, commands, ui);
            });
        });
    });
}

fn begin(state: &State, commands: &Commands, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    // Paths are typed only where there are no dialogs, or where nobody knows yet.
    let has_dialogs = state.home.view.value().is_some_and(|view| view.has_dialogs);
    ui.label(RichText::new("Open a workspace").font(theme::strong()).color(tokens.text_strong));
    let about = "A workspace is a folder with touchstone.toml, your pipelines and their sample files";
    ui.label(RichText::new(about).color(tokens.text_subdued));
    ui.horizontal_wrapped(|ui| {
        if has_dialogs {
            command_button(ui, state, commands, &Command::PickWorkspace, Button::primary);
        }
        for command in [HomeCommand::New, HomeCommand::OpenSample, HomeCommand::LookAt] {
            if has_dialogs || command != HomeCommand::LookAt {
                command_button(ui, state, commands, &Command::Home(command), |button| button);
            }
        }
    });
    if !has_dialogs {
        let open = Command::OpenPath;
        path(state, commands, "Path of a workspace", &state.path, &Command::EditPath, &open, ui);
        if let Some(new) = &state.home.new_path {
            let edit = |path| Command::Home(HomeCommand::EditNewPath(path));
            let create = Command::Home(HomeCommand::Create);
            path(state, commands, "Folder of the new workspace", new, &edit, &create, ui);
        }
    }
    if state.opening.is_pending() {
        ui.label(RichText::new("Opening…").color(tokens.text_subdued));
    }
    let drop = "Or drop a CSV file anywhere on the window to look at it";
    ui.label(RichText::new(drop).font(theme::small()).color(tokens.text_subdued));
}

/// A path to type, and what is done with it.
fn path(
    state: &State,
    commands: &Commands,
    name: &str,
    now: &str,
    edit: &dyn Fn(String) -> Command,
    done: &Command,
    ui: &mut Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    let label = ui.label(RichText::new(name).font(theme::small()).color(tokens.text_subdued));
    ui.horizontal(|ui| {
        let mut typed = now.to_owned();
        let field = TextEdit::singleline(&mut typed)
            .desired_width(ui.available_width() - 112.0)
            .font(theme::mono())
            .hint_text("/home/you/workspace");
        let field = ui.add(field).labelled_by(label.id);
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if field.changed() {
            commands.send(edit(typed));
        }
        command_button(ui, state, commands, done, |button| button);
        if entered {
            commands.send(done.clone());
        }
    });
}

fn recent(state: &State, commands: &Commands, ui: &mut Ui) {
    if let Some(error) = state.home.view.error() {
        let again = Command::Home(HomeCommand::NeedHome);
        let title = "Workspaces opened before could not be listed";
        error_box(ui, state, commands, title, error, Some(&again), None);
    }
    let Some(HomeView { recent, version, .. }) = state.home.view.value() else { return };
    let tokens = Tokens::of(ui.visuals());
    if !recent.is_empty() {
        ui.label(RichText::new("Opened before").font(theme::small_strong()).color(tokens.text_subdued));
        let frame = Frame::new().fill(tokens.panel).corner_radius(6).inner_margin(Margin::same(4));
        frame.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            for one in recent {
                ui.push_id(&one.path, |ui| recent_row(commands, one, ui));
            }
        });
    }
    let version = RichText::new(format!("Version {version}")).font(theme::small());
    ui.label(version.color(tokens.text_disabled));
}

fn recent_row(commands: &Commands, one: &RecentView, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let size = egui::vec2(ui.available_width(), theme::CONTROL_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        if icon_button(ui, icon::CLOSE, &format!("Remove {} from the list", one.name)).clicked() {
            commands.send(Command::Home(HomeCommand::Forget(one.path.clone())));
        }
        let color = if one.exists { tokens.text_subdued } else { tokens.text_disabled };
        let when = if one.exists { text::time(&one.opened_at) } else { "not there any more".to_owned() };
        let row = ListRow::new(&one.name, false).icon(icon::OPEN, color).detail(when, color);
        let row = row.detail(one.path.clone(), tokens.text_disabled);
        let row =
            row.name(format!("{}, {}{}", one.name, one.path, if one.exists { "" } else { ", missing" }));
        let row = row.show(ui);
        if row.response.clicked() && one.exists {
            commands.send(Command::Home(HomeCommand::OpenRecent(one.path.clone())));
        }
        row.response.on_hover_text(&one.path);
    });
}
