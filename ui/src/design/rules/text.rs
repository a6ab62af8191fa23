//! The ruleset in DQDL, for those who know it.

use egui::{Frame, Id, Margin, ScrollArea, Ui};
use touchstone_compiler::{complete_rules, rule_help};
use touchstone_spec::edits;

use super::sheet::Sheet;
use crate::design::Change;
use crate::widgets::blocked;
use crate::widgets::editor::{Editor, Language, rows_in};

pub(super) fn text(sheet: &Sheet<'_>, ui: &mut Ui) {
    let path = format!("{}.rules", sheet.path);
    let shown = sheet.desk.state.design.typed(sheet.desk.file, &path, sheet.text);
    // As it is typed, the text may have blanks that the document doesn't hold: places are its own.
    let read;
    let findings = if shown == sheet.text {
        &sheet.read.findings
    } else {
        let tables = &sheet.desk.state.design.compilation().tables;
        read = touchstone_compiler::check_rules(shown, &sheet.table, tables);
        &read.findings
    };
    Frame::new().inner_margin(Margin::same(8)).show(ui, |ui| {
        let salt = ("rules as text", sheet.desk.file, sheet.of.node.text());
        let id = Id::unique(&salt);
        ScrollArea::both().id_salt(&salt).auto_shrink(false).show(ui, |ui| {
            let rows = rows_in(ui, ui.available_height());
            let name = format!("Rules of {} as text", sheet.of.node.text());
            let tables = &sheet.desk.state.design.compilation().tables;
            let complete = |text: &str, cursor: usize| complete_rules(text, cursor, &sheet.table, tables);
            let help = |text: &str, cursor: usize| rule_help(text, cursor, &sheet.table, tables);
            let editor = Editor::new(id, &name, shown, Language::Dqdl)
                .findings(findings)
                .complete(&complete)
                .help(&help)
                .multiline(rows)
                .numbered()
                .hint("Rules = [\n  IsComplete \"column\"\n]");
            let output = blocked(ui, sheet.desk.blocked().as_deref(), |ui| editor.show(ui));
            if let Some(changed) = output.changed {
                let label = format!("Edit rules of {}", sheet.of.node.text());
                let edits = edits::set_rules(&sheet.path, &changed);
                let change = Change::new(sheet.desk.file, label, edits).typed(path.clone(), changed);
                sheet.desk.commands.send(change.command());
            }
        });
    });
}
