//! The window: bar, list of pipelines, tabs, what the tab shows, problems, questions.

use egui::{CentralPanel, Context, Frame, Key, KeyboardShortcut, Margin, Modifiers, Panel, Ui};

use super::{bar, dialog, pipeline, pipelines, problems, status, tabs};
use crate::command::{Command, Commands, Place};
use crate::keep::keep_panel;
use crate::state::State;
use crate::theme::Tokens;
use crate::widgets::page::{is_narrow, is_short};
use crate::widgets::{Part, part};
use crate::{account, design, home, lineage, palette, settings};

/// Takes the keys that commands are bound to, before any widget sees them.
pub(crate) fn shortcuts(state: &State, commands: &Commands, ctx: &Context) {
    if state.palette.is_some() {
        // Its own keys are taken where it is drawn; the key that opens it closes it.
        let open = Command::Palette(palette::Command::Open(String::new()));
        if open.offer().shortcut.is_some_and(|keys| ctx.input_mut(|input| input.consume_shortcut(&keys))) {
            commands.send(Command::Palette(palette::Command::Close));
        }
        return;
    }
    if state.dialog.is_some() {
        if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            commands.send(Command::CloseDialog);
        }
        return;
    }
    // What a question is asked about stays as it is until it's answered.
    if ctx.memory(|memory| memory.top_modal_layer().is_some()) {
        return;
    }
    // What is typed elsewhere than into the document has steps of its own.
    let has_own_steps = ctx.text_edit_focused() && state.section() != Some(crate::command::Section::Design);
    for (keys, command) in bound(state) {
        let is_step = matches!(command, Command::Design(design::Command::Undo | design::Command::Redo));
        if is_step && has_own_steps {
            continue;
        }
        if ctx.input_mut(|input| input.consume_shortcut(&keys)) {
            // Who leads there by keys works there by keys.
            let leads = match &command {
                Command::ShowSection(_) | Command::Design(design::Command::ShowPane(_)) => true,
                Command::Go(place) => *place != Place::Home,
                _ => false,
            };
            commands.send(command);
            if leads {
                commands.send(Command::Shell(super::Command::ToContent));
            }
        }
    }
}

/// All keys that commands are bound to now, in the order in which they are tried.
pub(crate) fn bound(state: &State) -> Vec<(KeyboardShortcut, Command)> {
    let own = Command::menu().into_iter().flatten().chain(Command::of_rooms(state));
    let own = own.filter_map(|command| command.offer().shortcut.map(|keys| (keys, command)));
    let mut bound: Vec<_> = own.chain(Command::other_keys()).collect();
    // A match ignores keys held beyond those asked for: the most demanding come first.
    bound.sort_by_key(|(keys, _)| {
        let held = keys.modifiers;
        std::cmp::Reverse(u8::from(held.shift) + u8::from(held.alt) + u8::from(held.command))
    });
    bound
}

/// The whole window.
pub(crate) fn window(state: &State, commands: &Commands, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let edge = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(8, 0));
    let height = if is_short(ui.ctx()) { 36.0 } else { 44.0 };
    Panel::top("bar").exact_size(height).frame(edge).show(ui, |ui| bar::bar(state, commands, ui));
    if state.open_workspace().is_some() || state.has_messages() {
        Panel::bottom("status")
            .exact_size(26.0)
            .frame(edge)
            .show(ui, |ui| status::status(state, commands, ui));
    }
    if state.open_workspace().is_some() && !state.shell.is_list_hidden {
        let list = Frame::new().fill(tokens.panel).inner_margin(Margin::same(8));
        keep_panel(ui, "pipelines");
        // Large text leaves less room: what is worked at comes first.
        let widest = (ui.available_width() * 0.34).clamp(180.0, 480.0);
        let (wide, least) = if is_narrow(ui.ctx()) { (144.0, 120.0) } else { (264.0, 180.0) };
        let panel = Panel::left("pipelines").default_size(wide).size_range(least..=widest);
        panel.frame(list).show(ui, |ui| {
            part(ui, Part::Pipelines);
            pipelines::pipelines(state, commands, ui);
        });
    }
    if state.open_workspace().is_some() && state.problems {
        let frame = Frame::new().fill(tokens.panel);
        keep_panel(ui, "problems");
        let room = ui.available_height();
        let tallest = (room * if room < 480.0 { 0.45 } else { 0.8 }).clamp(184.0, 640.0);
        let panel = Panel::bottom("problems").resizable(true).default_size(200.0_f32.min(tallest));
        let panel = panel.size_range(88.0..=tallest);
        panel.frame(frame).show(ui, |ui| problems::problems(state, commands, ui));
    }
    if !state.tabs.is_empty() {
        Panel::top("tabs").exact_size(32.0).frame(edge).show(ui, |ui| tabs::tabs(state, commands, ui));
    }
    let content = Frame::new().fill(tokens.content);
    CentralPanel::default().frame(content).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        // A pipeline's begins below its sections.
        if !matches!(state.place, Place::Pipeline(_)) {
            part(ui, Part::Content);
        }
        match &state.place {
            Place::Settings => settings::settings(state, commands, ui),
            Place::Home => home::home(state, commands, ui),
            Place::File(path) => home::file(state, commands, path, ui),
            _ if state.open_workspace().is_none() => home::home(state, commands, ui),
            Place::Pipeline(_) => pipeline::pipeline(state, commands, ui),
            Place::Lineage => lineage::lineage(state, commands, ui),
            Place::Audit => account::audit(state, commands, ui),
        }
    });
    dialog::dialog(state, commands, ui);
    home::overlay(state, ui.ctx());
    home::question(state, commands, ui);
    design::question(state, commands, ui);
    settings::question(state, commands, ui);
    palette::palette(state, commands, ui);
}
