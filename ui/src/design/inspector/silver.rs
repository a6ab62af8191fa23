//! A silver table: what it is made from, its filter, its key, what happens when a rule fails, its fields.

use egui::{Id, Ui};
use touchstone_compiler::{
    ExpressionScope, RenameTarget, check_condition, complete_expression, signature_help,
};
use touchstone_spec::{Keep, Layer, SilverTable, TableName, edits};

use super::fields::{TextField, label, labelled_choice, note, problems};
use super::table;
use crate::design::renaming::rename;
use crate::design::view::{Desk, segmented};
use crate::design::{Change, Node};
use crate::widgets::editor::{Editor, Language};

pub(super) fn silver(desk: &Desk<'_>, name: &str, ui: &mut Ui) {
    let Some(silver) = desk.pipeline.silver.get(name) else { return };
    let node = Node::Silver(name.to_owned());
    let path = node.path();
    let known = node.table(desk.name());
    let known = known.and_then(|known| desk.state.design.compilation().tables.get(&known));
    table::doors(desk, &node, ui);
    TextField::new("Name", path.clone(), name).mono().whole(desk, ui, |to| {
        touchstone_spec::check_name(to)?;
        if desk.pipeline.silver.contains_key(to) {
            return Err(format!("There is a silver table {to} already"));
        }
        let label = format!("Rename silver.{name} to {to}");
        let here = Change::new(desk.file, label, edits::rename_silver(name, to));
        let table = TableName::new(desk.name(), Layer::Silver, name);
        Ok(rename(RenameTarget::Table { table }, to, here.then_node(Node::Silver(to.to_owned()))))
    });
    let about = silver.description.as_deref().unwrap_or_default();
    TextField::new("Description", path.key("description"), about.trim_end())
        .hint("What one row is")
        .undo(format!("Describe silver.{name}"))
        .rows(2)
        .show(desk, ui, |text| edits::set_description(&path, text));
    let sources: Vec<&String> = desk.pipeline.sources.keys().collect();
    let now = labelled_choice(ui, "From", &silver.from, "Choose a source…", &sources);
    if let Some(source) = now.and_then(|at| sources.get(at)) {
        desk.change(format!("Make silver.{name} from {source}"), edits::set_from(name, source));
    }
    problems(desk, ui, &path.key("from").to_string());
    filter(desk, name, silver, ui);
    let fields: Vec<String> = silver.fields.keys().cloned().collect();
    table::key(desk, &node, &silver.key, &fields, ui);
    keep(desk, name, silver, &fields, ui);
    table::on_failure(desk, &node, silver.on_failure, ui);
    table::partitions(desk, &node, &silver.partition_by, known, ui);
    table::columns(desk, &node, known, ui);
}

/// The condition that records must meet, checked while it is typed.
fn filter(desk: &Desk<'_>, name: &str, silver: &SilverTable, ui: &mut Ui) {
    label(ui, "Filter: records for which this holds");
    let path = edits::silver_path(name).key("where").to_string();
    let stored = silver.filter.as_deref().unwrap_or_default();
    let text = desk.state.design.typed(desk.file, &path, stored);
    let tables = &desk.state.design.compilation().tables;
    let scope = ExpressionScope::of_filter(desk.pipeline, name, tables);
    let findings = match &scope {
        Some(scope) if !text.trim().is_empty() => check_condition(text, scope, "the filter").findings,
        _ => Vec::new(),
    };
    let id = Id::unique(("filter of", desk.file, name));
    let complete = |text: &str, at: usize| {
        scope.as_ref().map(|scope| complete_expression(text, at, scope)).unwrap_or_default()
    };
    let editor = Editor::new(id, "Filter", text, Language::Sql);
    let help = |text: &str, at: usize| signature_help(text, at, scope.as_ref()?);
    let editor = editor.findings(&findings).complete(&complete).help(&help);
    if let Some(changed) = editor.multiline(1).hint("all records").show(ui).changed {
        let edits = edits::set_filter(name, &changed);
        let change = Change::new(desk.file, format!("Edit the filter of silver.{name}"), edits);
        desk.commands.send(change.typed(&path, changed).command());
    }
    for finding in &findings {
        note(ui, finding.severity, &finding.message, finding.help.as_deref());
    }
    ui.add_space(4.0);
}

/// Which of the rows with one key stays.
fn keep(desk: &Desk<'_>, name: &str, silver: &SilverTable, fields: &[String], ui: &mut Ui) {
    if silver.key.is_empty() && silver.keep == Keep::Latest && silver.order_by.is_none() {
        return;
    }
    label(ui, "Of rows with one key, keep the");
    let tooltips = ["The last one", "The first one"].map(str::to_owned);
    let chosen = usize::from(silver.keep == Keep::First);
    let now = ui.horizontal(|ui| segmented(ui, "Keep", &["Latest", "First"], &tooltips, chosen)).inner;
    if let Some(now) = now
        && now != chosen
    {
        let keep = if now == 1 { Keep::First } else { Keep::Latest };
        desk.change(format!("Change which row of silver.{name} stays"), edits::set_keep(name, keep));
    }
    ui.add_space(4.0);
    let place = "its place in the file".to_owned();
    let all: Vec<&String> = std::iter::once(&place).chain(fields).collect();
    let order = silver.order_by.as_ref().unwrap_or(&place);
    if let Some(now) = labelled_choice(ui, "By", order, "", &all) {
        let field = if now == 0 { "" } else { all[now].as_str() };
        let label = format!("Change by what rows of silver.{name} stay");
        desk.change(label, edits::set_order_by(name, field));
    }
    problems(desk, ui, &edits::silver_path(name).key("order_by").to_string());
}
