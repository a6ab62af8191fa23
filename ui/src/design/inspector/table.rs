//! What silver and gold tables have in common: rules that fail, partitions, columns; and tables of other pipelines.

use egui::{RichText, Ui};
use touchstone_compiler::KnownTable;
use touchstone_spec::{DataType, DocPath, OnFailure, TableName, edits};

use super::fields::{chips, heading, labelled_choice, problems};
use super::open;
use crate::data::type_icon;
use crate::design::view::Desk;
use crate::design::{Command, Node, Pane};
use crate::icon;
use crate::theme::Tokens;
use crate::widgets::{Button, ListRow};

const ON_FAILURE: [(&str, OnFailure); 3] = [
    ("Quarantine the rows that break a rule", OnFailure::Quarantine),
    ("Warn, and load all rows", OnFailure::Warn),
    ("Halt before the table is written", OnFailure::Halt),
];

/// Buttons that lead to where a table is made and checked.
pub(super) fn doors(desk: &Desk<'_>, node: &Node, ui: &mut Ui) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let text = if matches!(node, Node::Gold(_)) { "Open query" } else { "Open mappings" };
        if Button::new(text).icon(icon::MAPPING).primary().show(ui).clicked() {
            open(desk, node);
        }
        if Button::new("Open rules").icon(icon::RULES).show(ui).clicked() {
            desk.send(Command::Select(node.clone()));
            desk.send(Command::ShowPane(Pane::Rules));
        }
    });
    ui.add_space(6.0);
}

/// The key, of the columns that there are.
pub(super) fn key(desk: &Desk<'_>, node: &Node, key: &[String], columns: &[String], ui: &mut Ui) {
    let path = node.path();
    if let Some(wanted) = chips(ui, "Key: columns that together name a row", key, columns) {
        desk.change(format!("Change the key of {}", node.text()), edits::set_key(&path, &wanted));
    }
    problems(desk, ui, &path.key("key").to_string());
}

pub(super) fn on_failure(desk: &Desk<'_>, node: &Node, chosen: OnFailure, ui: &mut Ui) {
    let path = node.path();
    let text = ON_FAILURE.iter().find(|(_, one)| *one == chosen).map_or("", |one| one.0);
    let texts = ON_FAILURE.map(|(text, _)| text);
    let now = labelled_choice(ui, "When a rule fails", text, "", &texts);
    if let Some((_, one)) = now.and_then(|at| ON_FAILURE.get(at)) {
        let label = format!("Change what happens when a rule of {} fails", node.text());
        desk.change(label, edits::set_on_failure(&path, *one));
    }
    problems(desk, ui, &path.key("on_failure").to_string());
}

/// The partitions, of the transforms that the columns' types allow.
pub(super) fn partitions(
    desk: &Desk<'_>,
    node: &Node,
    chosen: &[String],
    known: Option<&KnownTable>,
    ui: &mut Ui,
) {
    let path = node.path();
    let mut offered = Vec::new();
    for column in known.map(|known| known.columns.as_slice()).unwrap_or_default() {
        offered.extend(transforms(&column.name, column.data_type.as_ref()));
    }
    if let Some(wanted) = chips(ui, "Partitions", chosen, &offered) {
        let label = format!("Change the partitions of {}", node.text());
        desk.change(label, edits::set_partition_by(&path, &wanted));
    }
    problems(desk, ui, &path.key("partition_by").to_string());
}

fn transforms(column: &str, data_type: Option<&DataType>) -> Vec<String> {
    let of = |names: &[&str]| names.iter().map(|name| format!("{name}({column})")).collect::<Vec<_>>();
    match data_type {
        Some(DataType::Date | DataType::Timestamp | DataType::Timestamptz) => of(&["month", "year", "day"]),
        Some(DataType::Boolean) => vec![column.to_owned()],
        Some(DataType::String | DataType::Int | DataType::Long) => {
            vec![column.to_owned(), format!("bucket(16, {column})")]
        }
        _ => Vec::new(),
    }
}

/// The columns with their types; a click shows where a silver field is made.
pub(super) fn columns(desk: &Desk<'_>, node: &Node, known: Option<&KnownTable>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let columns = known.map(|known| known.columns.as_slice()).unwrap_or_default();
    heading(ui, &crate::text::count(columns.len() as u64, "field", "fields"));
    if columns.is_empty() {
        let words = "What it makes is not known yet";
        ui.label(RichText::new(words).color(tokens.text_subdued));
    }
    let is_silver = matches!(node, Node::Silver(_));
    for column in columns {
        let text = column.data_type.as_ref().map(DataType::to_string);
        let sign = column.data_type.as_ref().map_or(icon::CIRCLE, type_icon);
        let color = if column.nullable { tokens.text_disabled } else { tokens.text };
        let mut row = ListRow::new(&column.name, false).icon(sign, color);
        let mark = if column.nullable { "" } else { " *" };
        let kind = text.clone().unwrap_or_else(|| "unknown".to_owned());
        row = row.detail(format!("{kind}{mark}"), tokens.text_subdued);
        let path: DocPath = node.path().key("fields").key(&column.name);
        if is_silver && !desk.diagnostics_at(&path.to_string()).is_empty() {
            row = row.detail(icon::ERROR.to_string(), tokens.error);
        }
        let row = row.name(format!("Field {}: {kind}", column.name)).show(ui).response;
        let row = match &column.description {
            Some(about) => row.on_hover_text(about),
            None => row,
        };
        if row.clicked() && !matches!(node, Node::Other(_)) {
            open(desk, node);
            if is_silver {
                desk.send(Command::SelectField(Some(column.name.clone())));
            }
        }
    }
}

/// A table of another pipeline: what it is, and the way there.
pub(super) fn other(desk: &Desk<'_>, table: &TableName, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let node = Node::Other(table.clone());
    let known = desk.state.design.compilation().tables.get(table);
    if let Some(about) = known.and_then(|known| known.description.as_deref()) {
        ui.label(about.trim());
        ui.add_space(4.0);
    }
    if let Some(known) = known.filter(|known| !known.key.is_empty()) {
        let key = format!("Key: {}", known.key.join(", "));
        ui.label(RichText::new(key).color(tokens.text_subdued));
        ui.add_space(4.0);
    }
    let text = format!("Open pipeline {}", table.pipeline);
    if Button::new(&text).icon(icon::OPEN).show(ui).clicked() {
        open(desk, &node);
    }
    columns(desk, &node, known, ui);
}
