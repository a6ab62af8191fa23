//! Questions of the design: how a new pipeline is called, what is deleted, what stays of a conflict.

use egui::{Key, RichText, ScrollArea, TextEdit, Ui};
use touchstone_protocol::DataRef;

use super::{Choice, Command, Question};
use crate::command::{Command as AppCommand, Commands};
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::{Alternative, Button, Ways, command_button, error_box, marked_small, title};
use crate::{data, home};

/// Files whose keys are told.
const KEYS: usize = 3;

pub(crate) fn question(state: &State, commands: &Commands, ui: &mut Ui) {
    super::renaming::question(state, commands, ui);
    let Some(question) = &state.design.question else { return };
    let is_left = crate::widgets::dialog(ui, "design question", |ui| match question {
        Question::Delete(file) => delete(state, commands, file, ui),
        Question::NewPipeline { name, files } => new_pipeline(state, commands, name, files, ui),
        Question::Conflict(file) => conflict(state, commands, file, ui),
    });
    if is_left {
        commands.send(AppCommand::Design(Command::CloseQuestion));
    }
}

fn delete(state: &State, commands: &Commands, file: &str, ui: &mut Ui) {
    ui.set_width(400.0);
    title(ui, &format!("Delete {file}?"));
    ui.label(
        "The file goes away. What is published stays published, and runs and tables on this computer stay too.",
    );
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        let delete = AppCommand::Design(Command::Delete(file.to_owned()));
        command_button(ui, state, commands, &delete, Button::primary);
        safe(state, commands, ui);
    });
}

/// The answer that changes nothing is the one that Enter gives.
fn safe(state: &State, commands: &Commands, ui: &mut Ui) {
    let close = AppCommand::Design(Command::CloseQuestion);
    let cancel = command_button(ui, state, commands, &close, |button| button);
    if ui.memory(|memory| memory.focused().is_none()) {
        cancel.request_focus();
    }
}

fn new_pipeline(state: &State, commands: &Commands, name: &str, files: &str, ui: &mut Ui) {
    ui.set_width(480.0);
    let tokens = Tokens::of(ui.visuals());
    let small = |text: &str| RichText::new(text).font(theme::small()).color(tokens.text_subdued);
    title(ui, "New pipeline");
    let (mut new_name, mut new_files) = (name.to_owned(), files.to_owned());
    let label = ui.label(small("Name, in lower-case letters, digits and _"));
    let field = TextEdit::singleline(&mut new_name).desired_width(f32::INFINITY).font(theme::mono());
    let field = ui.add(field.hint_text(crate::widgets::hint("e.g. trades"))).labelled_by(label.id);
    // Before the keyboard comes back to it: it has lost it only until then.
    let enters = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if ui.memory(|memory| memory.focused().is_none()) {
        field.request_focus();
    }
    let label = ui.label(small("Data files, one a line; without any, the pipeline begins empty"));
    let edit = TextEdit::multiline(&mut new_files).desired_width(f32::INFINITY).desired_rows(3);
    let field_of_files = ui.add(edit.font(theme::mono())).labelled_by(label.id);
    let is_typed = field_of_files.has_focus();
    ui.horizontal(|ui| {
        if has_dialogs(state, commands) {
            let choose = AppCommand::Design(Command::ChooseFiles);
            command_button(ui, state, commands, &choose, |button| button);
        }
        if let Some(sample) = sample(state, files, ui) {
            if !new_files.is_empty() && !new_files.ends_with('\n') {
                new_files.push('\n');
            }
            new_files.push_str(&sample);
            if new_name.is_empty() {
                new_name = super::name_of_file(&new_files);
            }
        }
    });
    keys(state, commands, files, is_typed, ui);
    if new_name != name || new_files != files {
        let question = Question::NewPipeline { name: new_name.clone(), files: new_files.clone() };
        commands.send(AppCommand::Design(Command::EditQuestion(question)));
    }
    if let Some(error) = state.design.drafting.error() {
        error_box(ui, state, commands, "The pipeline could not be drafted", error, None, None);
    }
    ui.add_space(8.0);
    let chosen: Vec<String> =
        files.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let draft = AppCommand::Design(Command::Draft { pipeline: name.to_owned(), files: chosen });
    ui.horizontal(|ui| {
        command_button(ui, state, commands, &draft, Button::primary);
        let close = AppCommand::Design(Command::CloseQuestion);
        command_button(ui, state, commands, &close, |button| button);
    });
    if let Some(drafting) = &state.home.drafting {
        ui.horizontal(|ui| crate::home::being_made(drafting, ui));
    } else if let Some(obstacle) = state.obstacle(&draft).filter(|_| !name.is_empty()) {
        ui.label(RichText::new(obstacle).font(theme::small()).color(tokens.warning));
    }
    if enters && state.obstacle(&draft).is_none() {
        commands.send(draft);
    }
}

/// Whether the system's dialogs choose files; taken for so until it is known.
pub(super) fn has_dialogs(state: &State, commands: &Commands) -> bool {
    let home = &state.home.view;
    if home.value().is_none() && home.error().is_none() && !home.is_pending() {
        commands.send(AppCommand::Home(home::Command::NeedHome));
    }
    home.value().is_none_or(|home| home.has_dialogs)
}

/// One of the workspace's sample files that are not among `taken`, a line each.
pub(super) fn sample(state: &State, taken: &str, ui: &mut Ui) -> Option<String> {
    let is_free = |sample: &&String| taken.lines().all(|line| line.trim() != **sample);
    let free: Vec<&String> = state.design.samples.iter().filter(is_free).collect();
    if free.is_empty() {
        return None;
    }
    let alternatives: Vec<Alternative> =
        free.iter().map(|sample| Alternative::new(sample.as_str())).collect();
    let choice = crate::widgets::Choice::new("Sample of the workspace", "", &alternatives);
    let chosen = choice.hint("A sample of the workspace…").data().width(240.0).show(ui)?;
    free.get(chosen).map(|sample| (*sample).clone())
}

/// Which key the records of each file have, and why, as soon as its path isn't being typed any more.
fn keys(state: &State, commands: &Commands, files: &str, is_typed: bool, ui: &mut Ui) {
    let files: Vec<&str> = files.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    for path in files.iter().take(KEYS) {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let of = if files.len() > 1 { format!(" of {name}") } else { String::new() };
        let data = DataRef::File { path: (*path).to_owned() };
        if let Some(profile) = home::profile(state, path) {
            home::key_of(profile, &of, ui);
        } else if let Some(known) = state.data.profiles.get(&data) {
            let told = match known.error() {
                Some(error) => format!("{name}: {}", error.message),
                None => format!("Looking for the key of {name}…"),
            };
            let told = marked_small(&told, Tokens::of(ui.visuals()).text_subdued);
            ui.add(egui::Label::new(told).wrap());
        } else if !is_typed {
            commands.send(AppCommand::Data(data::Command::NeedProfile(data)));
        }
    }
}

fn conflict(state: &State, commands: &Commands, file: &str, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.set_width(720.0);
    title(ui, &format!("{file} was changed outside"));
    let Some(conflict) = state.design.documents.get(file).and_then(|one| one.conflict.as_ref()) else {
        ui.label("The changes go together again");
        safe(state, commands, ui);
        return;
    };
    let about = match &conflict.theirs {
        None => {
            "Somebody removed the file. Keep your document, and saving writes the file anew; or let it go."
        }
        Some(_) => {
            "These places were changed here and outside. Choose what stays; an undo brings your text back. \
             All other changes of both sides are kept."
        }
    };
    ui.label(RichText::new(about).color(tokens.text_subdued));
    ui.horizontal(|ui| {
        for (choice, text) in [(Choice::Ours, "All as here"), (Choice::Theirs, "All as outside")] {
            if Button::new(text).quiet().show(ui).clicked() {
                commands.send(choose(file, None, choice));
            }
        }
    });
    ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
        for (at, place) in conflict.places.iter().enumerate() {
            let path = if place.path.is_empty() { "The whole document" } else { &place.path };
            ui.label(RichText::new(path).font(theme::mono()).color(tokens.text_strong));
            let sides = [(Choice::Ours, "Here", &place.ours), (Choice::Theirs, "Outside", &place.theirs)];
            let taken = sides.iter().position(|(choice, ..)| *choice == place.choice);
            let mut ways = Ways::new(taken);
            ui.columns(2, |columns| {
                for (ui, (choice, side, text)) in columns.iter_mut().zip(sides) {
                    let name = format!("{side}: {path}");
                    let is_chosen = place.choice == choice;
                    ways.radio(ui, side, &name);
                    let text = text.as_deref().unwrap_or("removed");
                    let text: String = text.lines().take(12).collect::<Vec<_>>().join("\n");
                    let color = if is_chosen { tokens.text } else { tokens.text_subdued };
                    ui.label(RichText::new(text).font(theme::mono_small()).color(color));
                }
            });
            if let Some((choice, ..)) = ways.chosen(ui).and_then(|chosen| sides.get(chosen)) {
                commands.send(choose(file, Some(at), *choice));
            }
            ui.add_space(8.0);
        }
    });
    ui.horizontal(|ui| {
        let resolve = AppCommand::Design(Command::Resolve(file.to_owned()));
        command_button(ui, state, commands, &resolve, Button::primary);
        safe(state, commands, ui);
    });
}

fn choose(file: &str, at: Option<usize>, choice: Choice) -> AppCommand {
    AppCommand::Design(Command::Choose { file: file.to_owned(), at, choice })
}
