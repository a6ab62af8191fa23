//! The question of a rename: the new name, every place that changes, and whether it is done everywhere.

use egui::text::{LayoutJob, TextFormat};
use egui::{Key, Label, RichText, ScrollArea, TextEdit, Ui};
use touchstone_compiler::{OutputNames, Rename, RenameError, RenamePlace, RenameTarget};

use super::Renaming;
use crate::command::{Command as AppCommand, Commands};
use crate::design::Command;
use crate::design::view::segmented;
use crate::icon;
use crate::state::State;
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::{Button, command_button, marked, marked_small, state_icon, title};

/// Characters of a line that stand before a name, at most.
const LEAD: usize = 28;
/// Characters of a line that stand behind it, at most.
const REST: usize = 48;

pub(in crate::design) fn question(state: &State, commands: &Commands, ui: &mut Ui) {
    let Some(renaming) = &state.design.renaming else { return };
    let is_left = crate::widgets::dialog(ui, "rename", |ui| {
        let room = ui.ctx().content_rect().size();
        ui.set_width((room.x - 80.0).min(640.0));
        title(ui, &format!("Rename {} {}", renaming.target.kind(), renaming.target.name()));
        let has_name = name(state, commands, renaming, ui);
        match &renaming.found {
            None => {}
            Some(Err(error)) => refused(error, ui),
            Some(Ok(found)) => {
                ui.spacing_mut().item_spacing.y = 6.0;
                outputs(commands, renaming, found, ui);
                notes(state, renaming, found, ui);
                places(found, (room.y * 0.4).max(72.0), ui);
            }
        }
        answers(state, commands, renaming, has_name, ui);
    });
    if is_left {
        commands.send(AppCommand::Design(Command::CloseQuestion));
    }
}

fn small(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text).font(theme::small()).color(Tokens::of(ui.visuals()).text_subdued)
}

/// The new name; whether the keyboard is in it.
fn name(state: &State, commands: &Commands, renaming: &Renaming, ui: &mut Ui) -> bool {
    let caption = small(ui, "New name");
    let label = ui.label(caption);
    let mut to = renaming.to.clone();
    let field = TextEdit::singleline(&mut to).desired_width(f32::INFINITY).font(theme::mono());
    let field = ui.add(field).labelled_by(label.id);
    // Asked before the keyboard is brought back.
    let enters = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    // Where it was typed already, Enter takes it.
    if renaming.here.is_none() && ui.memory(|memory| memory.focused().is_none()) {
        field.request_focus();
    }
    if field.changed() {
        commands.send(AppCommand::Design(Command::EditRename { to, outputs: renaming.outputs }));
    }
    let everywhere = AppCommand::Design(Command::RenameEverywhere);
    if enters && state.obstacle(&everywhere).is_none() {
        commands.send(everywhere);
    }
    field.has_focus() || enters
}

fn refused(error: &RenameError, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal_top(|ui| {
        state_icon(ui, icon::ERROR, tokens.error, "Error");
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add(Label::new(marked(&error.reason, tokens.text, tokens.text_strong)).wrap());
            if let Some(help) = &error.help {
                ui.add(Label::new(marked_small(help, tokens.text_subdued)).wrap());
            }
        });
    });
}

/// What becomes of queries' columns that have their name from it.
fn outputs(commands: &Commands, renaming: &Renaming, found: &Rename, ui: &mut Ui) {
    let is_asked = !found.kept.is_empty() || renaming.outputs == OutputNames::Follow;
    if is_asked {
        let caption = small(ui, "Columns of queries that have their name from it");
        ui.label(caption);
        let texts = ["Keep their name", "Get the new name"];
        let tooltips = ["By an alias: what reads them stays as it is", "And so on to what reads them"];
        let chosen = usize::from(renaming.outputs == OutputNames::Follow);
        let tooltips = tooltips.map(str::to_owned);
        let now = ui.horizontal(|ui| segmented(ui, "Columns of queries", &texts, &tooltips, chosen)).inner;
        if let Some(now) = now.filter(|now| *now != chosen) {
            let outputs = if now == 1 { OutputNames::Follow } else { OutputNames::Keep };
            commands.send(AppCommand::Design(Command::EditRename { to: renaming.to.clone(), outputs }));
        }
    }
    let list = |columns: &[(touchstone_spec::TableName, String)]| {
        columns.iter().map(|(table, column)| format!("{table}.{column}")).collect::<Vec<_>>().join(", ")
    };
    let told = match (found.kept.is_empty(), found.followed.is_empty()) {
        (true, true) => return,
        (false, true) => format!("{} keeps its name", list(&found.kept)),
        (true, false) => format!("{} gets the new name too", list(&found.followed)),
        (false, false) => {
            format!("{} keeps its name; {} gets the new one", list(&found.kept), list(&found.followed))
        }
    };
    let told = small(ui, told);
    ui.add(Label::new(told).wrap());
}

fn notes(state: &State, renaming: &Renaming, found: &Rename, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let documents = &state.design.documents;
    let file = match &renaming.target {
        RenameTarget::Pipeline { pipeline } => documents.file_of(pipeline),
        _ => None,
    };
    let moves = file.and_then(|file| documents.file_for(file, &renaming.to));
    let moves = moves.map(|to| format!("Saving gives its file the name `{to}`"));
    let unread = found
        .unread
        .iter()
        .map(|place| format!("{} has errors ({place}): names in it may have been missed", place.file));
    for (sign, color, text) in found
        .notes
        .iter()
        .cloned()
        .chain(moves)
        .map(|note| (icon::INFO, tokens.text_subdued, note))
        .chain(unread.map(|text| (icon::WARNING, tokens.warning, text)))
    {
        ui.horizontal_top(|ui| {
            state_icon(ui, sign, color, "Note");
            ui.add(Label::new(marked(&text, tokens.text, tokens.text_strong)).wrap());
        });
    }
}

fn places(found: &Rename, height: f32, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    egui::Frame::new().fill(tokens.field).corner_radius(theme::RADIUS).inner_margin(8).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        ScrollArea::vertical().max_height(height).show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            for (at, document) in found.documents.iter().enumerate() {
                if at > 0 {
                    ui.add_space(6.0);
                }
                let count = text::count(document.places.len() as u64, "place", "places");
                let heading = RichText::new(format!("{}  ·  {count}", document.file));
                ui.label(heading.font(theme::small_strong()).color(tokens.text_subdued));
                for place in &document.places {
                    let label = Label::new(line_of(place, tokens)).truncate().selectable(false);
                    ui.add(label);
                }
            }
        });
    });
}

/// The line, with what goes and what comes.
fn line_of(place: &RenamePlace, tokens: &Tokens) -> LayoutJob {
    let mut job = LayoutJob::default();
    let plain = |color| TextFormat::simple(theme::mono(), color);
    job.append(
        &format!("{:>4}  ", place.place.line),
        0.0,
        TextFormat::simple(theme::mono_small(), tokens.text_disabled),
    );
    let (before, behind) = around(place);
    job.append(&before, 0.0, plain(tokens.text_subdued));
    let gone = TextFormat {
        strikethrough: egui::Stroke::new(1.0, tokens.error),
        background: tokens.error_fill,
        ..plain(tokens.text)
    };
    job.append(&place.before, 0.0, gone);
    let come = TextFormat { background: tokens.success_fill, ..plain(tokens.text_strong) };
    job.append(&place.after, 0.0, come);
    job.append(&behind, 0.0, plain(tokens.text_subdued));
    job
}

/// What stands on the line before and behind the name; nothing where it isn't known at which column it stands.
fn around(place: &RenamePlace) -> (String, String) {
    let line: Vec<char> = place.line.chars().collect();
    let start = place.place.column.saturating_sub(1);
    let length = place.before.chars().count();
    let is_there =
        line.get(start..start + length).is_some_and(|part| part.iter().collect::<String>() == place.before);
    if !is_there {
        return (String::new(), String::new());
    }
    let text = |part: &[char]| part.iter().collect::<String>();
    let before = text(line.get(..start).unwrap_or_default());
    let before = before.trim_start();
    let before = match before.chars().count().checked_sub(LEAD) {
        Some(over) if over > 0 => format!("…{}", before.chars().skip(over).collect::<String>()),
        _ => before.to_owned(),
    };
    let behind = text(line.get(start + length..).unwrap_or_default());
    let behind = if behind.chars().count() > REST {
        format!("{}…", behind.chars().take(REST).collect::<String>())
    } else {
        behind
    };
    (before, behind)
}

fn answers(state: &State, commands: &Commands, renaming: &Renaming, has_name: bool, ui: &mut Ui) {
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        let everywhere = AppCommand::Design(Command::RenameEverywhere);
        let count = match &renaming.found {
            Some(Ok(found)) => found.places().count(),
            _ => 0,
        };
        let places = text::count(count as u64, "place", "places");
        let words =
            if count == 0 { "Rename everywhere".to_owned() } else { format!("Rename everywhere ({places})") };
        let obstacle = state.obstacle(&everywhere);
        let button = Button::new(&words).icon(icon::CHECK).primary().enabled(obstacle.is_none());
        let button = button.show(ui);
        if button.clicked() {
            commands.send(everywhere);
        }
        if renaming.here.is_some() {
            let here = AppCommand::Design(Command::RenameHere);
            command_button(ui, state, commands, &here, |button| button);
        }
        let close = AppCommand::Design(Command::CloseQuestion);
        let cancel = command_button(ui, state, commands, &close, |button| button);
        if !has_name && ui.memory(|memory| memory.focused().is_none()) {
            if obstacle.is_none() { button.request_focus() } else { cancel.request_focus() }
        }
    });
}

#[cfg(test)]
mod tests {
    use touchstone_spec::Place;

    use super::*;

    #[test]
    fn a_long_line_is_cut_around_the_name() {
        let line = format!("        key: [{}close, {}]", "a, ".repeat(30), "b, ".repeat(30));
        let column = line.find("close").unwrap() + 1;
        let place = RenamePlace {
            place: Place { line: 3, column, ..Place::default() },
            line,
            before: "close".to_owned(),
            after: "last".to_owned(),
        };
        let (before, behind) = around(&place);
        assert!(before.starts_with('…') && before.ends_with("a, "), "{before}");
        assert_eq!((before.chars().count(), behind.chars().count()), (LEAD + 1, REST + 1));
        let moved = RenamePlace { place: Place { column: 1, ..place.place.clone() }, ..place };
        assert_eq!(around(&moved), (String::new(), String::new()));
    }
}
