//! A file that no pipeline names yet: what it is, and its rows; from here it becomes a pipeline.

use egui::{Align, Frame, Key, Layout, Margin, RichText, TextEdit, Ui};
use touchstone_protocol::{DataRef, FileView, ProfileView};

use super::{Command as HomeCommand, Drafting, Naming, ways_in};
use crate::command::{Command, Commands};
use crate::data;
use crate::icon;
use crate::remote::Remote;
use crate::state::State;
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::{
    Alternative, Button, as_heading, command_button, error_box, line, name_line, pending, progress,
    state_icon,
};

pub(crate) fn file(state: &State, commands: &Commands, path: &str, ui: &mut Ui) {
    let Some(known) = state.home.files.get(path) else {
        commands.send(Command::Home(HomeCommand::NeedFile(path.to_owned())));
        pending(ui, "Reading…");
        return;
    };
    if let Some(error) = known.error() {
        Frame::new().inner_margin(Margin::same(12)).show(ui, |ui| {
            let again = Command::Home(HomeCommand::NeedFile(path.to_owned()));
            let title = "The file could not be read";
            error_box(ui, state, commands, title, error, Some(&again), None);
        });
    }
    let Some(view) = known.value() else {
        if known.error().is_none() {
            pending(ui, "Reading…");
        }
        return;
    };
    header(state, commands, path, view, ui);
    let data = DataRef::File { path: path.to_owned() };
    let profile = state.data.profiles.get(&data).and_then(Remote::value).unwrap_or(&view.profile);
    data::notes(&profile.notes, ui);
    if profile.rejected > 0 {
        data::rejects_below(state, commands, &profile.rejects, profile.rejected, ui);
    }
    let name = format!("Rows of {}", view.name);
    let nothing = ("No records", "The file has no records below its header");
    data::grid(state, commands, &data, &data::Options::new(&name, nothing), ui);
    if let Some(naming) = &state.home.naming {
        name_pipeline(state, commands, naming, ui);
    }
}

/// Where there are no dialogs, the path of the file to look at is typed.
pub(crate) fn question(state: &State, commands: &Commands, ui: &Ui) {
    let Some(path) = &state.home.look_path else { return };
    let tokens = Tokens::of(ui.visuals());
    let is_left = crate::widgets::dialog(ui, "look at a file", |ui| {
        ui.set_width(480.0);
        crate::widgets::title(ui, "Look at a file");
        let words = "A CSV file on the computer that the studio runs on; or close this, and drop a file of yours onto \
                     the window.";
        ui.label(words);
        let label = ui.label(RichText::new("Path of a file").color(tokens.text_subdued));
        let mut typed = path.clone();
        let field = TextEdit::singleline(&mut typed).desired_width(f32::INFINITY).font(theme::mono());
        let field = ui
            .add(field.hint_text(crate::widgets::hint("e.g. /home/you/data/file.csv")))
            .labelled_by(label.id);
        if field.changed() {
            commands.send(Command::Home(HomeCommand::EditLookPath(typed)));
        }
        let look = Command::Home(HomeCommand::LookAtPath);
        if entered(&field, path, ui) {
            commands.send(look.clone());
        }
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            command_button(ui, state, commands, &look, Button::primary);
            let leave = Command::Home(HomeCommand::LeaveLooking);
            command_button(ui, state, commands, &leave, |button| button);
        });
    });
    if is_left {
        commands.send(Command::Home(HomeCommand::LeaveLooking));
    }
}

/// Whether Enter was pressed in the field, which has the keyboard while nothing else has.
fn entered(field: &egui::Response, text: &str, ui: &Ui) -> bool {
    // Before the keyboard comes back to it: it has lost it only until then.
    let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if ui.memory(|memory| memory.focused().is_none()) {
        crate::widgets::type_over(field, text);
    }
    is_entered
}

/// How far data is read that is being read as a whole; or the way to read all of what is known in part. From the right.
pub(crate) fn reading(state: &State, commands: &Commands, data: &DataRef, name: &str, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let is_part = |profile: &ProfileView| !profile.complete;
    if let Some(job) = state.home.reading.get(data) {
        let stop = Command::Home(HomeCommand::StopReading(data.clone()));
        command_button(ui, state, commands, &stop, Button::quiet);
        let fraction = job.progress.value().map_or(0.0, |view| view.fraction);
        progress(ui, &format!("Reading {name}"), fraction, 96.0);
        let words = format!("Reading all of it  {:.0} %", fraction * 100.0);
        ui.label(RichText::new(words).font(theme::small()).color(tokens.text_subdued));
    } else if state.data.profiles.get(data).and_then(Remote::value).is_some_and(is_part) {
        let read = Command::Home(HomeCommand::ReadWhole(data.clone()));
        command_button(ui, state, commands, &read, Button::quiet);
    }
}

fn header(state: &State, commands: &Commands, path: &str, view: &FileView, ui: &mut Ui) {
    Frame::new().inner_margin(Margin { left: 16, right: 12, top: 12, bottom: 8 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            // From the right: a long name gives way to what can be done with the file.
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let make = Command::Home(HomeCommand::NamePipeline(path.to_owned()));
                command_button(ui, state, commands, &make, Button::primary);
                reading(state, commands, &DataRef::File { path: path.to_owned() }, &view.name, ui);
                ui.add_space(8.0);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| named(path, view, ui));
            });
        });
        data::dialect(ui, &view.format, &view.format_evidence);
        let is_its = |one: &&Drafting| one.files.iter().any(|file| file == path);
        if let Some(drafting) = state.home.drafting.as_ref().filter(is_its) {
            ui.horizontal(|ui| {
                being_made(drafting, ui);
                let stop = Command::Home(HomeCommand::StopMaking);
                command_button(ui, state, commands, &stop, Button::quiet);
            });
        }
    });
}

/// The file's name, cut in its middle where there is no room for all of it, and how large it is.
fn named(path: &str, view: &FileView, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let bytes = text::bytes(view.bytes);
    let size = line(ui.painter(), &bytes, theme::small(), tokens.text_subdued, f32::INFINITY).size().x;
    let width = (ui.available_width() - size - 2.0 * ui.spacing().item_spacing.x).max(0.0);
    let galley = name_line(ui.painter(), &view.name, &theme::title(), tokens.text_strong, width);
    let name = ui.add(egui::Label::new(galley)).on_hover_text(path);
    as_heading(&name, &view.name, 2);
    ui.label(RichText::new(bytes).font(theme::small()).weak());
}

/// That a pipeline is being made, which takes as long as reading the whole file does, and how far it is.
pub(crate) fn being_made(drafting: &Drafting, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    progress(ui, &format!("Making {}", drafting.pipeline), drafting.fraction(), 96.0);
    let words = RichText::new(drafting.words()).font(theme::small()).color(tokens.text_subdued);
    ui.add(egui::Label::new(words).truncate());
}

/// What is known of a file's columns.
pub(crate) fn profile<'a>(state: &'a State, path: &str) -> Option<&'a ProfileView> {
    let data = DataRef::File { path: path.to_owned() };
    let first_sight = || state.home.files.get(path).and_then(Remote::value).map(|view| &view.profile);
    state.data.profiles.get(&data).and_then(Remote::value).or_else(first_sight)
}

/// Which key the pipeline will have, and why; others can be chosen.
fn key(state: &State, commands: &Commands, naming: &Naming, ui: &mut Ui) {
    let Some(profile) = profile(state, &naming.path) else { return };
    let tokens = Tokens::of(ui.visuals());
    match &naming.key {
        None => key_of(profile, "", ui),
        Some(key) => {
            let words = format!("Key: {}, as you chose; {}", key.join(" + "), evidence_of(profile, key));
            ui.add(egui::Label::new(RichText::new(words).color(tokens.text)).wrap());
        }
    }
    let proposed = profile.keys.iter().find(|key| key.identifies).map(|key| key.columns.clone());
    let before = naming.key.clone().or(proposed).unwrap_or_default();
    let alternatives: Vec<Alternative> = profile
        .columns
        .iter()
        .map(|column| {
            let evidence = evidence_of(profile, std::slice::from_ref(&column.name));
            Alternative::new(&column.name).detail(evidence)
        })
        .collect();
    let mut chosen = before.clone();
    ui.label(RichText::new("Columns of the key").color(tokens.text_subdued));
    crate::design::several(ui, "Column of the key", &mut chosen, &alternatives);
    if chosen != before {
        commands.send(Command::Home(HomeCommand::ChooseKey(chosen)));
    }
}

/// Whether columns name each record of a file, as far as that was counted.
fn evidence_of(profile: &ProfileView, key: &[String]) -> String {
    let repeats = profile.keys.iter().find(|known| known.columns == key).map(|known| known.repeats);
    let of_column = || {
        let [name] = key else { return None };
        let column = profile.columns.iter().find(|column| column.name == *name)?;
        let evidence = column.evidence.as_ref().filter(|evidence| evidence.distinct_exact)?;
        Some((evidence.parsed + evidence.failed).saturating_sub(evidence.distinct))
    };
    match repeats.or_else(of_column) {
        Some(0) if profile.complete => "unique".to_owned(),
        Some(0) => "unique so far".to_owned(),
        Some(many) => format!("repeats {}", text::count(many, "time", "times")),
        None if key.len() > 1 => "a simulation counts how often they repeat together".to_owned(),
        None => String::new(),
    }
}

/// Which key the records of a file have, and why; `file` names it where there are others.
pub(crate) fn key_of(profile: &ProfileView, file: &str, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let key = profile.keys.iter().find(|key| key.identifies);
    let (sign, color, name) = match key {
        Some(key) if key.repeats == 0 => (icon::KEY, tokens.text_subdued, "Note"),
        _ => (icon::WARNING, tokens.warning, "Warning"),
    };
    let words = match key {
        Some(key) if key.repeats == 0 => {
            format!("Key{file}: {}. Evidence: {}.", key.columns.join(" + "), key.reason)
        }
        Some(key) => format!(
            "Key{file}: {}, although {}. Of rows with one key the last stays, the others are left out as duplicates and \
             kept to look at. If that is wrong, choose another key.",
            key.columns.join(" + "),
            key.reason
        ),
        None => {
            format!(
                "No key{file}: no column is an identifier. Until you set one, rows are not de-duplicated."
            )
        }
    };
    ui.horizontal_top(|ui| {
        state_icon(ui, sign, color, name);
        ui.add(egui::Label::new(RichText::new(words).color(tokens.text)).wrap());
    });
}

/// A pipeline is made in a workspace: where none is open, the way to one leads on to the pipeline.
fn needs_workspace(state: &State, commands: &Commands, file: &str, ui: &mut Ui) {
    ui.label(format!(
        "A pipeline belongs to a workspace: a folder with your pipelines and their samples. Make or open one, and it \
         goes on with {file}."
    ));
    ui.add_space(4.0);
    ways_in(state, commands, ui);
    ui.add_space(4.0);
    command_button(ui, state, commands, &Command::Home(HomeCommand::LeaveNaming), |button| button);
}

fn name_pipeline(state: &State, commands: &Commands, naming: &Naming, ui: &Ui) {
    let tokens = Tokens::of(ui.visuals());
    let is_left = crate::widgets::dialog(ui, "name pipeline", |ui| {
        ui.set_width(400.0);
        crate::widgets::title(ui, "Make a pipeline");
        let file = naming.path.rsplit(['/', '\\']).next().unwrap_or(&naming.path);
        if state.open_workspace().is_none() {
            needs_workspace(state, commands, file, ui);
            return;
        }
        ui.label(format!(
            "From {file}: the file is copied into the workspace's samples, its structure becomes the contract of a \
             source, and a silver table takes over every column."
        ));
        key(state, commands, naming, ui);
        let label = ui.label(RichText::new("Name").color(tokens.text_subdued));
        let mut name = naming.name.clone();
        let field = TextEdit::singleline(&mut name).desired_width(f32::INFINITY).font(theme::mono());
        let field = ui.add(field).labelled_by(label.id);
        if field.changed() {
            commands.send(Command::Home(HomeCommand::EditName(name)));
        }
        let make = Command::Home(HomeCommand::MakePipeline);
        if entered(&field, &naming.name, ui) {
            commands.send(make.clone());
        }
        let drafting = state.home.drafting.as_ref();
        match (drafting, state.obstacle(&make)) {
            (Some(drafting), _) => {
                ui.horizontal(|ui| being_made(drafting, ui));
            }
            (None, Some(obstacle)) => {
                ui.label(RichText::new(obstacle).font(theme::small()).color(tokens.warning));
            }
            (None, None) => {}
        }
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            command_button(ui, state, commands, &make, Button::primary);
            if drafting.is_some() {
                let stop = Command::Home(HomeCommand::StopMaking);
                command_button(ui, state, commands, &stop, |button| button);
            }
            let leave = if drafting.is_some() { HomeCommand::WorkOn } else { HomeCommand::LeaveNaming };
            command_button(ui, state, commands, &Command::Home(leave), |button| button);
        });
    });
    if is_left {
        commands.send(Command::Home(HomeCommand::LeaveNaming));
    }
}
