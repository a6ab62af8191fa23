//! The start page: what Touchstone is, ways to begin, workspaces opened before, and where a file can be dropped.

use egui::{Align2, RichText, Role, ScrollArea, Sense, Shape, Stroke, TextEdit, Ui, WidgetInfo, vec2};
use touchstone_protocol::{HomeView, RecentView, WorkspaceView};

use super::Command as HomeCommand;
use crate::command::{Command, Commands, Place};
use crate::icon;
use crate::shell::mark;
use crate::state::State;
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::{Card, as_heading, command_button, error_box, icon_button, pending};

/// Widest that the page becomes.
const WIDEST: f32 = 880.0;
/// Width from which on there are two columns.
const TWO_COLUMNS: f32 = 680.0;
/// Height below which there is no room for much air.
const LOW: f32 = 480.0;
/// Workspaces opened before that are offered beside something else.
const FEW: usize = 4;
/// Between the columns.
const GUTTER: f32 = 32.0;
/// Height of the place where files are dropped.
const DROP: f32 = 96.0;

/// Whether the start page is what is shown.
pub(super) fn is_shown(state: &State) -> bool {
    match &state.place {
        Place::Home => true,
        Place::Settings | Place::File(_) => false,
        _ => state.open_workspace().is_none(),
    }
}

pub(crate) fn home(state: &State, commands: &Commands, ui: &mut Ui) {
    if !state.workspace.is_requested() || (state.workspace.is_pending() && state.workspace.value().is_none())
    {
        pending(ui, "Opening…");
        return;
    }
    let view = &state.home.view;
    if !view.is_requested() {
        commands.send(Command::Home(HomeCommand::NeedHome));
    }
    // What can be done here, and what was opened before, is known with the first answer.
    if view.value().is_none() && view.error().is_none() {
        pending(ui, "Opening…");
        return;
    }
    let rect = ui.available_rect_before_wrap();
    let width = WIDEST.min(rect.width() - 48.0);
    let is_low = rect.height() < LOW;
    let side = ((rect.width() - width) / 2.0).max(0.0);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.add_space(if is_low { 8.0 } else { (rect.height() * 0.1).clamp(16.0, 96.0) });
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.add_space(side);
            ui.vertical(|ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
                page(state, commands, is_low, ui);
            });
        });
    });
}

fn page(state: &State, commands: &Commands, is_low: bool, ui: &mut Ui) {
    title(ui);
    ui.add_space(if is_low { 8.0 } else { 24.0 });
    if let Some(error) = state.workspace.error() {
        let title = "The studio does not answer";
        error_box(ui, state, commands, title, error, Some(&Command::Retry), None);
        ui.add_space(16.0);
    }
    if let Some(open) = state.open_workspace() {
        now_open(state, commands, open, ui);
        ui.add_space(16.0);
    }
    let width = ui.available_width();
    if width >= TWO_COLUMNS {
        let left = ((width - GUTTER) * 0.42).round();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GUTTER;
            for (width, part) in [(left, begin as Part), (width - GUTTER - left, recent as Part)] {
                ui.vertical(|ui| {
                    ui.set_width(width);
                    ui.spacing_mut().item_spacing.x = 8.0;
                    part(state, commands, ui);
                });
            }
        });
    } else {
        begin(state, commands, ui);
        ui.add_space(16.0);
        recent(state, commands, ui);
    }
    ui.add_space(16.0);
    drop_place(state, ui);
    if let Some(view) = state.home.view.value() {
        let tokens = Tokens::of(ui.visuals());
        ui.add_space(8.0);
        let version = RichText::new(format!("Version {}", view.version)).font(theme::small());
        ui.label(version.color(tokens.text_subdued));
    }
    ui.add_space(24.0);
}

type Part = fn(&State, &Commands, &mut Ui);

fn title(ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal(|ui| {
        mark(ui, tokens, 56.0);
        ui.add_space(8.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            let name = RichText::new("Touchstone").font(theme::display()).color(tokens.text_strong);
            let name = ui.label(name);
            as_heading(&name, "Touchstone", 1);
            let motto = "Prove a pipeline before anybody pays for it";
            ui.label(RichText::new(motto).color(tokens.text_subdued));
        });
    });
}

fn heading(ui: &mut Ui, text: &str) {
    let tokens = Tokens::of(ui.visuals());
    let label = ui.label(RichText::new(text).font(theme::small_strong()).color(tokens.text_subdued));
    as_heading(&label, text, 2);
}

/// The workspace that is open, and the way back into it.
fn now_open(state: &State, commands: &Commands, open: &WorkspaceView, ui: &mut Ui) {
    heading(ui, "Open now");
    let pipelines = text::count(open.pipelines.len() as u64, "pipeline", "pipelines");
    let errors: usize = open.pipelines.iter().map(|one| one.errors).sum();
    let detail = match errors {
        0 => pipelines,
        _ => format!("{pipelines}  ·  {}", text::count(errors as u64, "error", "errors")),
    };
    let tokens = Tokens::of(ui.visuals());
    let card = Card::new(icon::LAYERS, &open.name, &open.root).detail(&detail).icon_color(tokens.gold);
    let card = card.name(format!("Go on with {}, {detail}", open.name)).show(ui);
    if card.clicked() {
        let tab = state.tabs.iter().rev().find(|place| **place != Place::Home).cloned();
        let first = || open.pipelines.first().map(|one| Place::Pipeline(one.name.clone()));
        match state.selected.clone().map(Place::Pipeline).or(tab).or_else(first) {
            Some(place) => commands.send(Command::Go(place)),
            None => commands.send(Command::Go(Place::Lineage)),
        }
    }
}

/// The ways to a workspace for somebody who needs one where they are.
pub(super) fn ways_in(state: &State, commands: &Commands, ui: &mut Ui) {
    if !state.home.view.is_requested() {
        commands.send(Command::Home(HomeCommand::NeedHome));
    }
    let has_dialogs = state.home.view.value().is_some_and(|view| view.has_dialogs);
    action(state, commands, &Command::Home(HomeCommand::New), true, ui);
    if has_dialogs {
        action(state, commands, &Command::PickWorkspace, false, ui);
    } else {
        paths(state, commands, ui);
    }
    let recent = state.home.view.value().map(|view| view.recent.as_slice()).unwrap_or_default();
    let mut recent = recent.iter().filter(|one| one.exists).take(FEW).peekable();
    if recent.peek().is_some() {
        ui.add_space(8.0);
        heading(ui, "Opened before");
    }
    for one in recent {
        ui.push_id(&one.path, |ui| recent_card(commands, one, false, ui));
    }
    if state.opening.is_pending() {
        pending(ui, "Opening…");
    }
}

/// Where there are no dialogs: a workspace's path to type, and a folder for a new one.
fn paths(state: &State, commands: &Commands, ui: &mut Ui) {
    path(state, commands, "Path of a workspace", &state.path, &Command::EditPath, &Command::OpenPath, ui);
    if let Some(new) = &state.home.new_path {
        let edit = |path| Command::Home(HomeCommand::EditNewPath(path));
        let create = Command::Home(HomeCommand::Create);
        path(state, commands, "Folder of the new workspace", new, &edit, &create, ui);
    }
}

/// What one can begin with.
fn begin(state: &State, commands: &Commands, ui: &mut Ui) {
    // Paths are typed only where there are no dialogs, or where nobody knows yet.
    let has_dialogs = state.home.view.value().is_some_and(|view| view.has_dialogs);
    let is_new_here = state.home.view.value().is_some_and(|view| view.recent.is_empty());
    heading(ui, "Start");
    let sample = Command::Home(HomeCommand::OpenSample);
    let mut offered = vec![Command::Home(HomeCommand::New)];
    if has_dialogs {
        offered.insert(0, Command::PickWorkspace);
    }
    offered.push(Command::Home(HomeCommand::LookAt));
    // Who comes for the first time tries the sample; who has worked here opens what they have.
    offered.insert(if is_new_here { 0 } else { offered.len() }, sample.clone());
    for (place, command) in offered.iter().enumerate() {
        let is_first = place == 0 && state.open_workspace().is_none() && (is_new_here || has_dialogs);
        action(state, commands, command, is_first, ui);
    }
    if !has_dialogs {
        paths(state, commands, ui);
    }
    if state.opening.is_pending() {
        pending(ui, "Opening…");
    }
}

/// A command as a card: what it does stands there, and why it can't be given.
fn action(state: &State, commands: &Commands, command: &Command, is_first: bool, ui: &mut Ui) {
    let offer = command.offer();
    let obstacle = state.obstacle(command);
    let line = obstacle.as_deref().unwrap_or(offer.tooltip);
    let keys = offer.shortcut.map(|keys| ui.ctx().format_shortcut(&keys)).unwrap_or_default();
    let card = Card::new(offer.icon, offer.text, line).detail(&keys).enabled(obstacle.is_none());
    if card.primary(is_first).show(ui).clicked() {
        commands.send(command.clone());
    }
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
            .desired_width((ui.available_width() - 96.0).max(80.0))
            .font(theme::mono())
            .hint_text(crate::widgets::hint("e.g. /home/you/workspace"));
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

/// Workspaces opened before.
fn recent(state: &State, commands: &Commands, ui: &mut Ui) {
    // What is open stands above.
    let open = state.open_workspace().map(|open| open.root.as_str());
    let is_all_open = |view: &HomeView| {
        !view.recent.is_empty() && view.recent.iter().all(|one| open == Some(one.path.as_str()))
    };
    if state.home.view.error().is_none() && state.home.view.value().is_some_and(is_all_open) {
        return;
    }
    heading(ui, "Opened before");
    if let Some(error) = state.home.view.error() {
        let again = Command::Home(HomeCommand::NeedHome);
        let title = "Workspaces opened before could not be listed";
        error_box(ui, state, commands, title, error, Some(&again), None);
    }
    let Some(view) = state.home.view.value() else { return };
    if view.recent.is_empty() {
        let tokens = Tokens::of(ui.visuals());
        let about = "Nothing yet. A workspace is a folder with touchstone.toml, your pipelines and their sample \
                     files; those that you open are listed here.";
        ui.label(RichText::new(about).color(tokens.text_subdued));
    }
    for one in view.recent.iter().filter(|one| open != Some(one.path.as_str())) {
        ui.push_id(&one.path, |ui| recent_card(commands, one, true, ui));
    }
}

fn recent_card(commands: &Commands, one: &RecentView, can_forget: bool, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let when = if one.exists { text::time(&one.opened_at) } else { "not there any more".to_owned() };
    let card = Card::new(icon::OPEN, &one.name, &one.path).detail(&when).enabled(one.exists);
    let card = card.room(if can_forget { 32.0 } else { 0.0 });
    let name = format!("{}, {}{}", one.name, one.path, if one.exists { "" } else { ", missing" });
    let card = card.role(Role::ListItem).icon_color(tokens.text_subdued).name(name).show(ui);
    if can_forget {
        let place = card.rect.with_min_x(card.rect.right() - 40.0).shrink2(vec2(6.0, 12.0));
        ui.scope_builder(egui::UiBuilder::new().max_rect(place), |ui| {
            if icon_button(ui, icon::CLOSE, &format!("Remove {} from the list", one.name)).clicked() {
                commands.send(Command::Home(HomeCommand::Forget(one.path.clone())));
            }
        });
    }
    if card.clicked() {
        commands.send(Command::Home(HomeCommand::OpenRecent(one.path.clone())));
    }
    card.on_hover_text(&one.path);
}

/// Where a file can be dropped; lights up while one is held over the window.
fn drop_place(state: &State, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let is_held = ui.input(|input| !input.raw.hovered_files.is_empty());
    let words = if is_held { "Drop to look at it" } else { "Drop a CSV file anywhere on the window" };
    let about = if state.open_workspace().is_some() {
        "Its values, its inferred contract and what is wrong with it; then make a pipeline from it"
    } else {
        "Its values, its inferred contract and what is wrong with it, at once and on this computer"
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), DROP), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{words}. {about}")));
    let (fill, line, sign) = if is_held {
        (tokens.row_selected, Stroke::new(2.0, tokens.focus), tokens.focus)
    } else {
        (tokens.content, Stroke::new(1.0, tokens.line_strong), tokens.text_subdued)
    };
    let painter = ui.painter();
    painter.rect_filled(rect, 6, fill);
    let inner = rect.shrink(1.0);
    let around =
        [inner.left_top(), inner.right_top(), inner.right_bottom(), inner.left_bottom(), inner.left_top()];
    painter.extend(Shape::dashed_line(&around, line, 6.0, 4.0));
    let at = |y: f32| rect.center_top() + vec2(0.0, y);
    let icon = egui::FontId::proportional(22.0);
    painter.text(at(26.0), Align2::CENTER_CENTER, icon::FILE, icon, sign);
    for (y, text, font, color) in [
        (52.0, words, theme::strong(), tokens.text_strong),
        (72.0, about, theme::small(), tokens.text_subdued),
    ] {
        let galley = crate::widgets::line(painter, text, font, color, rect.width() - 32.0);
        painter.galley(at(y) - galley.size() / 2.0, galley, color);
    }
}
