//! The query of a gold table: what it may read, its text, the columns that it gives, and its first rows as one types.

use egui::{CentralPanel, Frame, Id, Margin, Panel, RichText, ScrollArea, Ui};
use touchstone_compiler::{CheckedQuery, GoldScope, RenameTarget, check_gold, complete_gold};
use touchstone_spec::{Layer, Severity, TableName, edits};

use super::made::said;
use super::readable::{self, Insertion};
use super::{preview, toolbar};
use crate::data::type_icon;
use crate::design::view::Desk;
use crate::design::{Asked, Change, Command, Node};
use crate::icon;
use crate::text;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::editor::{Editor, Language, insert, rows_in};
use crate::widgets::{ListRow, badge, blocked};

pub(super) fn gold(desk: &Desk<'_>, name: &str, ui: &mut Ui) {
    let Some(gold) = desk.pipeline.gold.get(name) else { return };
    let tokens = Tokens::of(ui.visuals());
    let table = TableName::new(desk.name(), Layer::Gold, name);
    let path = edits::gold_path(name).key("sql").to_string();
    let text = desk.state.design.typed(desk.file, &path, &gold.sql);
    let scope = GoldScope {
        pipeline: desk.name().to_owned(),
        table: Some(name.to_owned()),
        tables: desk.state.design.compilation().tables.clone(),
    };
    let checked = check_gold(text, &scope);
    let off = desk.blocked();
    let off = off.as_deref();
    let query = Query { desk, name, path: &path, text, scope: &scope, checked: &checked, off };

    let preview = desk.preview(&table);
    toolbar::bar(
        ui,
        |ui| toolbar::tables(desk, &Node::Gold(name.to_owned()), ui),
        |ui| {
            let (words, tone) = query.verdict();
            badge(ui, &words, tone);
        },
    );
    let content = Frame::new().fill(tokens.content);
    crate::keep::keep_panel(ui, "first rows of gold");
    let height = ui.available_height();
    let panel = Panel::bottom("first rows of gold").resizable(true).default_size(height * 0.42);
    panel.size_range(height * 0.2..=height * 0.7).frame(content).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        preview::of_table(desk, &table, preview, ui);
    });
    preview::error(desk, &table, preview, ui);
    let side = Frame::new().fill(tokens.panel);
    let all = ui.available_width();
    let (width, widest) = ((all * 0.24).clamp(140.0, 300.0), (all * 0.32).max(120.0));
    let narrowest = 120.0_f32.min(widest);
    let mut insertion = None;
    crate::keep::keep_panel(ui, "readable tables");
    let panel = Panel::left("readable tables").resizable(true).default_size(width);
    panel.size_range(narrowest..=widest).frame(side).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        insertion = readable::tables(desk, &scope, &checked.reads, off, ui);
    });
    crate::keep::keep_panel(ui, "query columns");
    let panel = Panel::right("query columns").resizable(true).default_size(width);
    panel.size_range(narrowest..=widest).frame(side).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        query.columns(ui);
    });
    CentralPanel::default().frame(content).show(ui, |ui| query.editor(insertion, ui));
}

/// Height of what is wrong in a query: two lines and their next steps.
const FINDINGS: f32 = 60.0;

struct Query<'a> {
    desk: &'a Desk<'a>,
    name: &'a str,
    path: &'a str,
    text: &'a str,
    scope: &'a GoldScope,
    checked: &'a CheckedQuery,
    /// Why it can't be changed.
    off: Option<&'a str>,
}

/// Room of the bar that long lines are scrolled by.
const BAR: f32 = 12.0;

impl Query<'_> {
    fn verdict(&self) -> (String, Tone) {
        let errors = self.checked.findings.iter().filter(|one| one.severity == Severity::Error).count();
        if errors > 0 {
            return (text::count(errors as u64, "error", "errors"), Tone::Error);
        }
        let columns = self.checked.columns.len() as u64;
        (text::count(columns, "column", "columns"), Tone::Success)
    }

    fn change(&self, text: &str) {
        let label = format!("Edit the query of {}", self.name);
        let change = Change::new(self.desk.file, label, edits::set_sql(self.name, text));
        self.desk.commands.send(change.typed(self.path, text).command());
    }

    fn editor(&self, clicked: Option<Insertion>, ui: &mut Ui) {
        let findings = &self.checked.findings;
        // As high as long as there are any, and with none: what one types in stays where it is.
        if !findings.is_empty() || ui.available_height() > 4.0 * FINDINGS {
            let frame = Frame::new().inner_margin(Margin::symmetric(12, 6));
            let panel = Panel::bottom("query findings").show_separator_line(false).exact_size(FINDINGS);
            panel.frame(frame).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                    if findings.is_empty() {
                        said(ui, icon::PASSED, Tone::Success, "The query can be read", None);
                    }
                    for finding in findings {
                        let tone = Tone::of_severity(finding.severity);
                        let is_error = finding.severity == Severity::Error;
                        let sign = if is_error { icon::ERROR } else { icon::WARNING };
                        said(ui, sign, tone, &finding.message, finding.help.as_deref());
                    }
                });
            });
        }
        Frame::new().inner_margin(Margin::same(8)).show(ui, |ui| {
            let id = Id::unique(("query", self.desk.file, self.name));
            let rows = rows_in(ui, ui.available_height() - BAR);
            let complete = |text: &str, cursor: usize| complete_gold(text, cursor, self.scope);
            // The names in a query don't change what a function takes.
            let functions = touchstone_compiler::ExpressionScope::default();
            let help =
                |text: &str, cursor: usize| touchstone_compiler::signature_help(text, cursor, &functions);
            ScrollArea::both().id_salt(("query", self.name)).auto_shrink(false).show(ui, |ui| {
                let editor = Editor::new(id, "Query", self.text, Language::Sql)
                    .multiline(rows)
                    .numbered()
                    .hint("select … from silver.…")
                    .findings(findings)
                    .complete(&complete)
                    .help(&help);
                let output = blocked(ui, self.off, |ui| editor.show(ui));
                let dropped = output.response.dnd_release_payload::<Insertion>();
                let at = output.at_pointer;
                match (output.changed, clicked, dropped) {
                    (Some(changed), ..) => self.change(&changed),
                    (None, Some(Insertion(name)), _) => self.change(&insert(ui, id, self.text, None, &name)),
                    (None, None, Some(dropped)) => self.change(&insert(ui, id, self.text, at, &dropped.0)),
                    (None, None, None) => {}
                }
            });
        });
    }

    /// The columns that the query gives.
    fn columns(&self, ui: &mut Ui) {
        let tokens = Tokens::of(ui.visuals());
        readable::heading(ui, "Gives", &text::number(self.checked.columns.len() as u64));
        let columns = &self.checked.columns;
        if columns.is_empty() {
            Frame::new().inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
                let words = "The columns stand here once the query can be read";
                ui.label(RichText::new(words).font(theme::small()).color(tokens.text_subdued));
            });
        }
        ScrollArea::vertical().id_salt("gives").auto_shrink(false).show_rows(
            ui,
            theme::ROW_HEIGHT,
            columns.len(),
            |ui, shown| {
                blocked(ui, self.off, |ui| {
                    for column in columns.get(shown).unwrap_or_default() {
                        let (sign, data_type) = match &column.data_type {
                            Some(data_type) => (type_icon(data_type), data_type.to_string()),
                            None => (icon::NOT_YET, "unknown".to_owned()),
                        };
                        let row = ListRow::new(&column.name, false).icon(sign, tokens.text_subdued);
                        let row = row.detail(&data_type, tokens.text_subdued);
                        let row = row.name(format!("Gives {} {data_type}", column.name)).show(ui);
                        if row.response.on_hover_text("Rename…").clicked() {
                            let table = TableName::new(self.desk.name(), Layer::Gold, self.name);
                            let target = RenameTarget::Column { table, column: column.name.clone() };
                            self.desk.send(Command::AskRename(Box::new(Asked::about(target))));
                        }
                    }
                });
            },
        );
    }
}
