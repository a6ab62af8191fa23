//! The rows that break the selected rule.

use std::borrow::Cow;

use egui::{Align, Frame, Label, Layout, Margin, RichText, Stroke, Ui};
use touchstone_compiler::RuleForm;
use touchstone_protocol::{ColumnView, PreviewView, RuleState, TablePage};

use super::counts::Found;
use super::sheet::Sheet;
use crate::command::Command;
use crate::data::table_header;
use crate::icon;
use crate::text::{self, sentence};
use crate::theme::{self, Tokens};
use crate::widgets::grid::{Cell, Grid, GridColumn, Listed};
use crate::widgets::{empty, pending, state_icon};

/// Column of quarantined rows that says what is wrong with each.
const REASON: &str = "_reason";

pub(super) fn failing(sheet: &Sheet<'_>, ui: &mut Ui) {
    let Some(at) = sheet.selected else { return };
    let tokens = Tokens::of(ui.visuals());
    let found = sheet.found(at);
    let (sign, color, word) = found.sign(tokens);
    let answer = sheet.answer().zip(sheet.place_in_answer(at));
    let columns = columns_of(sheet, at);
    let rows = answer.map(|(answer, place)| rows(answer, place, &columns)).unwrap_or_default();
    Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(12, 5)).show(ui, |ui| {
        ui.horizontal(|ui| {
            state_icon(ui, sign, color, word);
            let told = match &found {
                Found::Counted(counted) if counted.state == RuleState::Failed => {
                    format!("Failed: {}", counted.measured)
                }
                Found::Counted(counted) => format!("Passed: {}", counted.measured),
                other => sentence(other.sign(tokens).2),
            };
            let left = match &found {
                Found::Counted(counted) => sheet.not_checked(at, counted),
                _ => None,
            };
            let told = match left {
                Some(left) => format!("{told}  ·  {left}: they broke the contract"),
                None => told,
            };
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let (Some(rows), Found::Counted(counted)) = (&rows, &found) {
                    let shown = rows.rows.len() as u64;
                    if shown < counted.failing_rows {
                        let words = format!("{} shown", text::count(shown, "row", "rows"));
                        ui.label(RichText::new(words).font(theme::small()).color(tokens.text_subdued));
                    }
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(RichText::new(told).color(tokens.text)).truncate());
                });
            });
        });
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 0.5, Stroke::new(1.0, tokens.line));
    let (state, commands) = (sheet.desk.state, sheet.desk.commands);
    match (rows, &found) {
        (Some(rows), _) => {
            let output =
                ui.push_id(at, |ui| Grid::new("failing rows", "Rows that break the rule", &rows).show(ui));
            if let Some(copied) = output.inner.copied {
                commands.send(Command::Copy(copied));
            }
        }
        (None, Found::Counted(counted)) if counted.failing_rows > 0 => {
            let text = "They are counted, and not among those that are shown of so many";
            empty(ui, state, commands, icon::RULES, "Its rows are further down", text, None);
        }
        (None, Found::Counted(counted)) if counted.state == RuleState::Failed => {
            let text = "The rule is about the table as a whole";
            empty(ui, state, commands, icon::RULES, "No single row breaks it", text, None);
        }
        (None, Found::Counted(_)) => {
            empty(ui, state, commands, icon::PASSED, "No row breaks it", "The sample meets the rule", None);
        }
        (None, Found::Pending) => pending(ui, "Counting…"),
        (None, Found::Wrong(_) | Found::Unknown) => {
            let text = "Rows are counted as soon as the pipeline has no errors";
            empty(ui, state, commands, icon::NOT_YET, "Not counted", text, None);
        }
    }
}

/// The columns that a rule looks at.
fn columns_of(sheet: &Sheet<'_>, at: usize) -> Vec<String> {
    fn collect(form: &RuleForm, columns: &mut Vec<String>) {
        match form {
            RuleForm::Simple(rule) => columns.extend(rule.columns.iter().cloned()),
            RuleForm::All(rules) | RuleForm::Any(rules) => {
                for rule in rules {
                    collect(rule, columns);
                }
            }
        }
    }
    let mut columns = Vec::new();
    if let Some(form) = sheet.read.rules.get(at).and_then(|rule| rule.form.as_ref()) {
        collect(form, &mut columns);
    }
    columns
}

/// Rows that break the rule at a place of the answer: of those that are loaded, else of those in quarantine. None
/// where there are none.
fn rows<'a>(answer: &'a PreviewView, place: usize, first: &[String]) -> Option<Listed<'a>> {
    let loaded = answer.failing.get(place).map(Vec::as_slice).unwrap_or_default();
    let pick = |row: &u64| answer.page.rows.get(usize::try_from(*row).ok()?);
    let loaded: Vec<&Vec<Option<String>>> = loaded.iter().filter_map(pick).collect();
    if !loaded.is_empty() {
        return Some(listed(&answer.page, &loaded, first));
    }
    let aside = answer.failing_aside.get(place).map(Vec::as_slice).unwrap_or_default();
    let pick = |row: &u64| answer.quarantined.rows.get(usize::try_from(*row).ok()?);
    let held: Vec<&Vec<Option<String>>> = aside.iter().filter_map(pick).collect();
    (!held.is_empty()).then(|| listed(&answer.quarantined, &held, &[REASON.to_owned()]))
}

/// The rows as a grid, these columns before the others.
fn listed<'a>(page: &'a TablePage, rows: &[&'a Vec<Option<String>>], first: &[String]) -> Listed<'a> {
    let is_first = |column: &&(usize, &ColumnView)| first.contains(&column.1.name);
    let all: Vec<(usize, &ColumnView)> = page.columns.iter().enumerate().collect();
    let mut order: Vec<(usize, &ColumnView)> = all.iter().filter(is_first).copied().collect();
    order.extend(all.iter().filter(|column| !is_first(column)));
    let header = |(_, column): &(usize, &ColumnView)| {
        if column.name == REASON {
            GridColumn::words("What is wrong").sentences()
        } else {
            table_header(column)
        }
    };
    let cell = |row: &'a Vec<Option<String>>, place: usize| match row.get(place) {
        Some(Some(text)) => Cell::Text(Cow::Borrowed(text.as_str())),
        Some(None) => Cell::Null,
        None => Cell::Blank,
    };
    Listed {
        columns: order.iter().map(header).collect(),
        rows: rows.iter().map(|row| order.iter().map(|(place, _)| cell(row, *place)).collect()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use touchstone_protocol::{FlowView, RuleView};
    use touchstone_spec::DataType;

    use super::*;

    fn page(names: &[&str], rows: &[&[Option<&str>]]) -> TablePage {
        let column = |name: &&str| ColumnView {
            name: (*name).to_owned(),
            data_type: DataType::String,
            expression: None,
        };
        TablePage {
            columns: names.iter().map(column).collect(),
            rows: rows.iter().map(|row| row.iter().map(|cell| cell.map(str::to_owned)).collect()).collect(),
            offset: 0,
            total: rows.len() as u64,
        }
    }

    fn answer() -> PreviewView {
        let rule = |text: &str, failing_rows| RuleView {
            rule: text.to_owned(),
            state: RuleState::Failed,
            measured: String::new(),
            rows: 2,
            failing_rows,
        };
        PreviewView {
            page: page(&["id", "side"], &[&[Some("1"), None], &[Some("2"), Some("BUY")]]),
            input: TablePage::default(),
            rules: vec![
                rule("IsComplete \"side\"", 1),
                rule("RowCount > 9", 0),
                rule("ColumnValues \"a\" > 0", 1),
            ],
            failing: vec![vec![0], Vec::new(), Vec::new()],
            quarantined: page(
                &["A", "_reason"],
                &[
                    &[Some("0"), Some("a is 0 (ColumnValues \"a\" > 0)")],
                    &[Some("-4"), Some("a is -4 (ColumnValues \"a\" > -3); x (ColumnLength \"x\" = 1)")],
                ],
            ),
            failing_aside: vec![Vec::new(), Vec::new(), vec![0]],
            flow: FlowView::default(),
            lost: Vec::new(),
            is_part: false,
        }
    }

    #[test]
    fn the_rows_that_break_a_rule_are_found_where_they_went() {
        let answer = answer();
        let loaded = rows(&answer, 0, &["side".to_owned()]).unwrap();
        assert_eq!(loaded.columns[0].name, "side", "what the rule looks at comes first");
        assert_eq!(loaded.rows, [vec![Cell::Null, Cell::Text("1".into())]]);
        let held = rows(&answer, 2, &["a".to_owned()]).unwrap();
        assert_eq!(held.columns[0].name, "What is wrong");
        assert_eq!(held.rows.len(), 1);
        assert_eq!(held.rows[0][1], Cell::Text("0".into()));
        assert!(rows(&answer, 1, &[]).is_none());
    }
}
