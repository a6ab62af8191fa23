//! A gold table: the tables it reads, its query, its key, what happens when a rule fails, its columns.

use egui::{Frame, Margin, RichText, ScrollArea, Ui};
use touchstone_compiler::{GoldScope, RenameTarget, check_gold};
use touchstone_spec::{Layer, TableName, edits};

use super::fields::{TextField, choice, heading, problems};
use super::table;
use crate::design::canvas::Command as CanvasCommand;
use crate::design::renaming::rename;
use crate::design::view::Desk;
use crate::design::{Change, Node};
use crate::icon;
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::editor::{Language, colored};
use crate::widgets::{ListRow, icon_button};

pub(super) fn gold(desk: &Desk<'_>, name: &str, ui: &mut Ui) {
    let Some(gold) = desk.pipeline.gold.get(name) else { return };
    let node = Node::Gold(name.to_owned());
    let path = node.path();
    let tables = &desk.state.design.compilation().tables;
    let known = node.table(desk.name()).and_then(|known| tables.get(&known));
    table::doors(desk, &node, ui);
    TextField::new("Name", path.clone(), name).mono().whole(desk, ui, |to| {
        touchstone_spec::check_name(to)?;
        if desk.pipeline.gold.contains_key(to) {
            return Err(format!("There is a gold table {to} already"));
        }
        let label = format!("Rename gold.{name} to {to}");
        let here = Change::new(desk.file, label, edits::rename_gold(name, to));
        let table = TableName::new(desk.name(), Layer::Gold, name);
        Ok(rename(RenameTarget::Table { table }, to, here.then_node(Node::Gold(to.to_owned()))))
    });
    let about = gold.description.as_deref().unwrap_or_default();
    TextField::new("Description", path.key("description"), about.trim_end())
        .hint("What one row is")
        .undo(format!("Describe gold.{name}"))
        .rows(2)
        .show(desk, ui, |text| edits::set_description(&path, text));
    reads(desk, name, &gold.sql, ui);
    query(desk, &node, &gold.sql, ui);
    let columns = known.map(|known| known.columns.as_slice()).unwrap_or_default();
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    table::key(desk, &node, &gold.key, &names, ui);
    table::on_failure(desk, &node, gold.on_failure, ui);
    table::partitions(desk, &node, &gold.partition_by, known, ui);
    table::columns(desk, &node, known, ui);
}

/// The tables that the query reads; others are joined, and joins taken out.
fn reads(desk: &Desk<'_>, name: &str, sql: &str, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let tables = &desk.state.design.compilation().tables;
    let scope =
        GoldScope { pipeline: desk.name().to_owned(), table: Some(name.to_owned()), tables: tables.clone() };
    let reads = check_gold(sql, &scope).reads;
    heading(ui, &format!("Reads {}", text::count(reads.len() as u64, "table", "tables")));
    let to = Node::Gold(name.to_owned());
    for read in &reads {
        let from = crate::design::canvas::card_of(desk.pipeline, read);
        ui.horizontal(|ui| {
            let width = ui.available_width() - 34.0;
            ui.allocate_ui(egui::vec2(width, theme::ROW_HEIGHT), |ui| {
                let shown = text::table(read, Some(desk.name()));
                let row = ListRow::new(&shown, false).icon(icon::TABLE, tokens.layer(read.layer));
                if row.name(format!("Reads {shown}")).show(ui).response.clicked() {
                    desk.commands.send(CanvasCommand::Select(from.clone()).send());
                }
            });
            let about = format!("Take {} out of the query", text::table(read, Some(desk.name())));
            if icon_button(ui, icon::CLOSE, &about).clicked() {
                desk.commands.send(CanvasCommand::SelectEdge(from.clone(), to.clone()).send());
                desk.commands.send(CanvasCommand::Remove.send());
            }
        });
    }
    let own = TableName::new(desk.name(), Layer::Gold, name);
    let free: Vec<&TableName> = tables
        .iter()
        .map(|(table, _)| table)
        .filter(|table| !reads.contains(table) && **table != own)
        .collect();
    let names: Vec<String> = free.iter().map(|table| text::table(table, Some(desk.name()))).collect();
    let width = ui.available_width();
    if let Some(at) = choice(ui, "Join a table", "", "Join a table…", &names, width)
        && let Some(table) = free.get(at)
    {
        let from = crate::design::canvas::card_of(desk.pipeline, table);
        desk.commands.send(CanvasCommand::Connect(from, to).send());
    }
    ui.add_space(4.0);
}

/// The query to be read; it is written in its own pane.
fn query(desk: &Desk<'_>, node: &Node, sql: &str, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    heading(ui, "Query");
    let frame = Frame::new().fill(tokens.field).corner_radius(theme::RADIUS).inner_margin(Margin::same(8));
    frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ScrollArea::both().id_salt("query").max_height(160.0).show(ui, |ui| {
            if sql.trim().is_empty() {
                ui.label(RichText::new("No query yet: draw a line to it from a silver table").weak());
            } else {
                let job = colored(ui, sql.trim_end(), Language::Sql);
                ui.add(egui::Label::new(job).extend());
            }
        });
    });
    problems(desk, ui, &node.path().key("sql").to_string());
    ui.add_space(4.0);
}
