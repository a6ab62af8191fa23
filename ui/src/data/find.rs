//! Fields above a grid: a text to look for, a row to go to.

use egui::{Align, Frame, Id, Key, Layout, Margin, Modifiers, RichText, TextEdit, Ui};
use touchstone_protocol::DataRef;

use super::command::Command as DataCommand;
use super::grid::send;
use super::{Find, View};
use crate::command::Commands;
use crate::icon;
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::page::is_narrow;
use crate::widgets::{Button, icon_button};

/// Names the field for the text, so that the keys lead there.
pub(super) fn field() -> Id {
    Id::unique("find in data")
}

/// Names the field for the row's number.
pub(super) fn row_field() -> Id {
    Id::unique("go to row")
}

/// `id` is the number of a row among all of the file, where its place is another by now.
pub(super) fn bars(
    commands: &Commands,
    data: &DataRef,
    view: &View,
    id: &dyn Fn(u64) -> Option<u64>,
    ui: &mut Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    let frame = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(12, 4));
    if let Some(find) = &view.find {
        frame.show(ui, |ui| find_bar(commands, data, view, find, id, ui));
    }
    if let Some(number) = &view.go_to {
        frame.show(ui, |ui| go_to_bar(commands, data, number, ui));
    }
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 0.5, egui::Stroke::new(1.0, tokens.line));
}

fn find_bar(
    commands: &Commands,
    data: &DataRef,
    view: &View,
    find: &Find,
    id: &dyn Fn(u64) -> Option<u64>,
    ui: &mut Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal(|ui| {
        ui.set_min_width(ui.available_width());
        let is_narrow = is_narrow(ui.ctx());
        let mut wanted = find.text.clone();
        let edit = TextEdit::singleline(&mut wanted)
            .id(field())
            .desired_width(if is_narrow { 160.0 } else { 240.0 })
            .hint_text(crate::widgets::hint("Find in the rows"));
        let edit = ui.add(edit);
        let (next, previous, close) = keys(ui, &edit);
        if edit.changed() {
            send(commands, DataCommand::EditFind(data.clone(), wanted));
        }
        let has_text = !find.text.is_empty();
        let arrow = |ui: &mut Ui, icon, name| {
            let button = Button::new("").icon(icon).name(name).quiet().enabled(has_text);
            button.show(ui).on_hover_text(name).clicked()
        };
        let up = arrow(ui, icon::UP, "Find previous");
        let down = arrow(ui, icon::DOWN, "Find next");
        if up || previous {
            send(commands, DataCommand::FindNext(data.clone(), true));
        }
        if down || next {
            send(commands, DataCommand::FindNext(data.clone(), false));
        }
        let is_only = view.query.search.as_ref() == Some(&find.text);
        let only =
            Button::new("Only these rows").icon(icon::FILTER).quiet().icon_only(is_narrow).selected(is_only);
        if only.enabled(has_text).show(ui).clicked() {
            let text = (!is_only).then(|| find.text.clone());
            send(commands, DataCommand::Search(data.clone(), text));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icon::CLOSE, "Close the search").clicked() || close {
                send(commands, DataCommand::CloseFind(data.clone()));
            }
            if !has_text || find.asked != find.text {
                return;
            }
            if find.found.error().is_some()
                && Button::new("Try again").icon(icon::RELOAD).quiet().show(ui).clicked()
            {
                send(commands, DataCommand::FindNext(data.clone(), false));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let (words, is_bad) = came_of(find, id);
                let color = if is_bad { tokens.warning } else { tokens.text_subdued };
                ui.add(egui::Label::new(RichText::new(words).font(theme::small()).color(color)).truncate());
            });
        });
    });
}

/// What came of looking, and whether it deserves attention.
fn came_of(find: &Find, id: &dyn Fn(u64) -> Option<u64>) -> (String, bool) {
    if let Some(error) = find.found.error() {
        let help = error.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        return (format!("{}{help}", error.message), true);
    }
    if find.found.is_pending() {
        return ("Looking…".to_owned(), false);
    }
    let found = match find.found.value() {
        None => return (String::new(), false),
        Some(None) => return ("Nowhere".to_owned(), true),
        Some(Some(found)) => found.row,
    };
    // The number beside the row is that of the file, and stays when rows are sorted.
    let place = text::number(found + 1);
    let row = match id(found) {
        Some(id) if id != found => format!("Row {}, place {place} as shown", text::number(id + 1)),
        _ => format!("Row {place}"),
    };
    let rows = find.hits.value().map(|hits| text::count(*hits, "row holds it", "rows hold it"));
    (rows.map_or_else(|| row.clone(), |rows| format!("{row}  ·  {rows}")), false)
}

/// Enter, Shift+Enter and Escape in a field that has the keyboard.
fn keys(ui: &Ui, field: &egui::Response) -> (bool, bool, bool) {
    if !field.has_focus() && !field.lost_focus() {
        return (false, false, false);
    }
    let (previous, next, close) = ui.input_mut(|input| {
        (
            input.consume_key(Modifiers::SHIFT, Key::Enter),
            input.consume_key(Modifiers::NONE, Key::Enter),
            input.consume_key(Modifiers::NONE, Key::Escape),
        )
    });
    if next || previous {
        field.request_focus();
    }
    (next, previous, close)
}

fn go_to_bar(commands: &Commands, data: &DataRef, number: &str, ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.set_min_width(ui.available_width());
        let label = ui.label("Row");
        let mut wanted = number.to_owned();
        let edit = TextEdit::singleline(&mut wanted)
            .id(row_field())
            .desired_width(120.0)
            .hint_text(crate::widgets::hint("Its number"));
        let edit = ui.add(edit).labelled_by(label.id);
        let (go, _, close) = keys(ui, &edit);
        if edit.changed() {
            send(commands, DataCommand::EditGoTo(data.clone(), wanted));
        }
        let has_number = number.chars().any(|c| c.is_ascii_digit());
        if Button::new("Go").enabled(has_number).show(ui).clicked() || (go && has_number) {
            send(commands, DataCommand::GoToRow(data.clone()));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icon::CLOSE, "Close").clicked() || close {
                send(commands, DataCommand::CloseGoTo(data.clone()));
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use touchstone_protocol::FoundView;

    use super::*;

    #[test]
    fn a_row_is_called_by_the_number_beside_it_and_its_place_is_told() {
        let mut find = Find::default();
        find.found.set(Some(FoundView { row: 645_258, column: 3 }));
        let told = |find: &Find, id: Option<u64>| came_of(find, &|_| id).0.replace('\u{202f}', " ");
        assert_eq!(told(&find, Some(750_123)), "Row 750 124, place 645 259 as shown");
        assert_eq!(told(&find, Some(645_258)), "Row 645 259");
        assert_eq!(told(&find, None), "Row 645 259");
        find.hits.set(1);
        assert_eq!(told(&find, Some(1)), "Row 2, place 645 259 as shown  ·  1 row holds it");
    }
}
