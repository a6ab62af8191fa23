//! How a field is made: a column or an expression, checked while it is typed, with the type that comes of it.

use egui::{Align, Id, Layout, RichText, Ui};
use touchstone_compiler::{
    CheckedExpression, ExpressionScope, TextFinding, check_expression, complete_expression, signature_help,
    written_name,
};
use touchstone_spec::{Field, Severity};

use super::designer::Dragged;
use super::silver::Table;
use super::{field, map, pick};
use crate::icon;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::editor::{Editor, Language, insert};
use crate::widgets::{marked_small, state_icon};

/// Values of one column that completion offers.
const VALUES: usize = 20;

pub(super) fn made(table: &Table<'_>, place: usize, field: &Field, ui: &mut Ui) {
    let Some(mapped) = table.map.fields.get(place) else { return };
    ui.horizontal(|ui| {
        field::caption(ui, "Made from");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| pick::column(table, mapped, field, ui));
    });
    let written = map::text_of(field);
    let path = table.target.made_path(&mapped.name);
    let text = table.desk.state.design.typed(table.desk.file, &path, &written);
    let scope = scope(table, &mapped.name);
    let checked =
        if text.trim().is_empty() { CheckedExpression::default() } else { check_expression(text, &scope) };
    let id = Id::unique(("expression", table.desk.file, table.target.table, &mapped.name));
    let complete = |text: &str, cursor: usize| complete_expression(text, cursor, &scope);
    let help = |text: &str, cursor: usize| signature_help(text, cursor, &scope);
    let editor = Editor::new(id, "Made from", text, Language::Sql)
        .multiline(2)
        .hint("A column, or an expression over columns and fields above")
        .findings(&checked.findings)
        .complete(&complete)
        .help(&help);
    let output = editor.show(ui);
    // A column dropped into the text adds its name to it.
    let dropped = output.response.dnd_release_payload::<Dragged>();
    let dropped = dropped.and_then(|dragged| match &*dragged {
        Dragged::Column(column) => Some(insert(ui, id, text, output.at_pointer, &written_name(column))),
        Dragged::Field(_) => None,
    });
    if let Some(changed) = output.changed.or(dropped) {
        table.change(table.target.made_from(&mapped.name, &changed));
    }
    result(table, &mapped.name, text, &checked, ui);
}

/// What the expression may name, with values for its comparisons.
fn scope(table: &Table<'_>, name: &str) -> ExpressionScope {
    let tables = &table.desk.state.design.compilation().tables;
    let scope = ExpressionScope::of_field(table.target.pipeline, table.target.table, name, tables);
    let mut scope = scope.unwrap_or_default();
    let few = table.columns.iter().filter(|column| (1..=VALUES).contains(&column.values.len()));
    scope.values = few.map(|column| (column.name.clone(), column.values.clone())).collect();
    scope
}

/// The type of the result, or what is wrong.
fn result(table: &Table<'_>, name: &str, text: &str, checked: &CheckedExpression, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let path = touchstone_spec::edits::field_path(table.target.table, name);
    let (path, expression) = (path.to_string(), path.key("expr").to_string());
    let elsewhere: Vec<TextFinding> = table
        .desk
        .diagnostics_at(&path)
        .into_iter()
        .filter(|one| !checked.findings.iter().any(|finding| finding.message == one.message))
        .filter(|one| one.place.path != expression && one.code != "field-source")
        .map(|one| TextFinding {
            range: 0..0,
            severity: one.severity,
            code: one.code.clone(),
            message: one.message.clone(),
            help: one.help.clone(),
        })
        .collect();
    if text.trim().is_empty() {
        said(ui, icon::WARNING, Tone::Warning, "Nothing is mapped to it yet", None);
    }
    for finding in checked.findings.iter().chain(&elsewhere) {
        let tone = Tone::of_severity(finding.severity);
        let sign = if finding.severity == Severity::Error { icon::ERROR } else { icon::WARNING };
        said(ui, sign, tone, &finding.message, finding.help.as_deref());
    }
    let is_right = elsewhere.iter().all(|one| one.severity != Severity::Error);
    if let Some(data_type) = checked.data_type().filter(|_| is_right) {
        let nullable = checked.expr.as_ref().is_some_and(|expr| expr.nullable);
        let null = if nullable { ", may be null" } else { ", never null" };
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            state_icon(ui, icon::PASSED, tokens.success, "Right");
            ui.label(RichText::new("Gives").font(theme::small()).color(tokens.text_subdued));
            let text = RichText::new(data_type.to_string()).font(theme::mono_small());
            ui.label(text.color(tokens.code_type));
            ui.label(RichText::new(null).font(theme::small()).color(tokens.text_subdued));
        });
    }
}

/// A finding, with what to do about it.
pub(super) fn said(ui: &mut Ui, sign: char, tone: Tone, message: &str, help: Option<&str>) {
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(4.0, 0.0);
        let name = match tone {
            Tone::Error => "Error",
            Tone::Success => "Good",
            Tone::Warning | Tone::Neutral => "Warning",
        };
        state_icon(ui, sign, tokens.tone_text(tone), name);
        ui.vertical(|ui| {
            ui.label(marked_small(message, tokens.tone_text(tone)));
            if let Some(help) = help {
                ui.label(marked_small(help, tokens.text_subdued));
            }
        });
    });
}
