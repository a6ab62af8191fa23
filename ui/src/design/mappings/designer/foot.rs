//! The line below the designer: what can be done with what is selected, and how.

use egui::{Key, Modifiers, RichText, Ui};

use super::super::Command;
use super::super::silver::Table;
use super::Dragged;
use crate::icon;
use crate::theme::{self, Tokens};
use crate::widgets::Button;

/// What can be done with what is selected, and how.
pub(super) fn foot(table: &Table<'_>, dragged: Option<&Dragged>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let hint = |ui: &mut Ui, text: &str| {
        let text = RichText::new(text).font(theme::small()).color(tokens.text_subdued);
        ui.add(egui::Label::new(text).truncate());
    };
    match dragged {
        Some(Dragged::Column(column)) => {
            return hint(ui, &format!("Drop {column} on a field, or on New field"));
        }
        Some(Dragged::Field(field)) => return hint(ui, &format!("Drop {field} where it shall stand")),
        None => {}
    }
    if let Some(reason) = table.blocked {
        return hint(ui, reason);
    }
    let map = table.map;
    let line = table.view.line.as_ref().filter(|(column, field)| {
        let places = map.column(Some(column)).zip(map.field(Some(field)));
        places.is_some_and(|(column, field)| map.has(column, field))
    });
    if let Some((column, field)) = line {
        let remove = Button::new("Remove line").icon(icon::DELETE).shortcut(Some("Delete".to_owned()));
        let is_free = ui.ctx().memory(|memory| memory.focused().is_none()) || !ui.ctx().text_edit_focused();
        let deletes = is_free && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Delete));
        if remove.show(ui).clicked() || deletes {
            table.change(table.target.unmap(field));
            table.send(Command::SelectLine(None));
        }
        return hint(ui, &format!("{column}  →  {field}"));
    }
    if let (Some(column), Some(field)) = (table.column(), table.field())
        && !map.has(column, field)
    {
        let (column, field) = (&map.columns[column].name, &map.fields[field].name);
        let words = format!("Map {column} to {field}");
        let map_them = Button::new(&words).icon(icon::MAPPING).primary().shortcut(Some("Enter".to_owned()));
        if map_them.show(ui).clicked() {
            table.map_to(column, field);
        }
        return;
    }
    if let Some(column) = table.column()
        && !map.columns[column].is_used
    {
        let words = format!("Add a field for {}", map.columns[column].name);
        if Button::new(&words).icon(icon::ADD).show(ui).clicked() {
            table.add_for(&map.columns[column].name);
        }
    }
    hint(ui, "Drag a column to a field, or select both and press Enter");
}
