//! The mappings of a table: which columns go into which fields, and how; for a gold table, its query.

mod changes;
mod designer;
mod facts;
mod field;
mod gold;
mod lane;
mod lines;
mod made;
mod map;
mod partial;
mod pick;
mod preview;
mod proposals;
mod readable;
mod rows;
mod silver;
mod suggestions;
mod toolbar;

use egui::Ui;
use serde::{Deserialize, Serialize};
use touchstone_spec::Pipeline;

pub(super) use partial::{is_error, without_unmapped};

use super::view::Desk;
use super::{Change, Node};
use crate::icon;
use crate::widgets::{Button, blocked, empty};

/// How mappings are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Text that columns are looked for by.
    pub find_columns: String,
    /// Text that fields are looked for by.
    pub find_fields: String,
    /// Whether only columns and fields are shown that nothing is mapped to.
    pub only_unmapped: bool,
    /// The line that is selected: its column and its field.
    pub line: Option<(String, String)>,
    /// What is shown beside the lines.
    pub side: Side,
    /// Whether that is shown in place of the lines, where there is room for one of them only.
    pub side_alone: bool,
}

/// What is shown beside the lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The selected field.
    #[default]
    Field,
    /// What could be mapped.
    Suggestions,
}

/// Something to do here that changes no document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Look for columns.
    FindColumns(String),
    /// Look for fields.
    FindFields(String),
    /// Show only what nothing is mapped to, or everything.
    OnlyUnmapped(bool),
    /// Select a line, by its column and its field.
    SelectLine(Option<(String, String)>),
    /// Show something else beside the lines.
    ShowSide(Side),
    /// Where there is room for one of them only: show what is beside the lines, or the lines.
    ShowSideAlone(bool),
}

impl View {
    pub(super) fn apply(&mut self, command: Command) {
        match command {
            Command::FindColumns(text) => self.find_columns = text,
            Command::FindFields(text) => self.find_fields = text,
            Command::OnlyUnmapped(only) => self.only_unmapped = only,
            Command::SelectLine(line) => self.line = line,
            Command::ShowSide(side) => self.side = side,
            Command::ShowSideAlone(alone) => self.side_alone = alone,
        }
    }
}

/// Adds an empty field to a silver table, and has the keyboard in its name as soon as it is there.
pub(super) fn with_empty_field(ctx: &egui::Context, file: &str, pipeline: &Pipeline, table: &str) -> Change {
    begun(ctx, &changes::Target { file, pipeline, table }, None)
}

/// The same, behind another field.
fn begun(ctx: &egui::Context, target: &changes::Target<'_>, after: Option<&str>) -> Change {
    let change = target.add_empty(after);
    // It is called what it is before it is anything.
    if let Some(Some(name)) = &change.field {
        field::begin_naming(ctx, target.file, target.table, name);
    }
    change
}

/// The mappings of the selected table.
pub(super) fn mappings(desk: &Desk<'_>, ui: &mut Ui) {
    match desk.table() {
        Some(Node::Silver(table)) => silver::silver(desk, &table, ui),
        Some(Node::Gold(table)) => gold::gold(desk, &table, ui),
        _ => nothing(desk, ui),
    }
}

/// No table yet: the first source's columns make one.
fn nothing(desk: &Desk<'_>, ui: &mut Ui) {
    let Some(source) = desk.pipeline.sources.keys().next() else {
        let text = "Add a source on the canvas first; its columns are mapped to fields here";
        empty(ui, desk.state, desk.commands, icon::MAPPING, "Nothing to map", text, None);
        return;
    };
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.3);
        let tokens = crate::theme::Tokens::of(ui.visuals());
        let sign = egui::RichText::new(icon::MAPPING).size(32.0).color(tokens.text_disabled);
        ui.add(egui::Label::new(sign).selectable(false));
        let title = egui::RichText::new("No table yet").font(crate::theme::strong());
        ui.label(title.color(tokens.text_strong));
        let text = format!("Make a silver table with a field for each column of {source}, and shape it here");
        ui.label(egui::RichText::new(text).color(tokens.text_subdued));
        ui.add_space(8.0);
        blocked(ui, desk.blocked().as_deref(), |ui| {
            let button = Button::new("Add silver table").icon(icon::ADD).primary();
            if button.show(ui).clicked()
                && let Some(change) = changes::silver_of_source(desk.file, desk.pipeline, source)
            {
                desk.commands.send(change.command());
            }
        });
    });
}
