//! Which table's rules are shown and how, what a failure does, and what the sample says of them as a whole.

use egui::{Align, Frame, Layout, Margin, RichText, Stroke, Ui};
use touchstone_spec::{OnFailure, edits};

use super::sheet::Sheet;
use crate::design::view::segmented;
use crate::design::{Command as DesignCommand, Node};
use crate::icon;
use crate::text;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::{Alternative, Choice, badge, blocked};

const ON_FAILURE: [(OnFailure, &str, &str); 3] = [
    (
        OnFailure::Quarantine,
        "Quarantine",
        "Rows that break a rule go to quarantine; a failed rule about the whole table is reported",
    ),
    (OnFailure::Warn, "Warn", "All rows are loaded, and failures are reported"),
    (OnFailure::Halt, "Halt", "The run stops before this table is written"),
];

pub(super) fn header(sheet: &Sheet<'_>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
        ui.horizontal(|ui| {
            // A small window, or large text: what can be chosen comes first.
            let is_narrow = ui.available_width() < 560.0;
            tables(sheet, if is_narrow { 112.0 } else { 208.0 }, ui);
            if !is_narrow {
                ui.add_space(8.0);
                let label = ui.label(RichText::new("On failure").color(tokens.text_subdued));
                label.on_hover_text("What happens to a run when a rule of this table fails");
            }
            let now = ON_FAILURE.iter().position(|one| one.0 == sheet.on_failure).unwrap_or_default();
            let tooltips = ON_FAILURE.map(|one| one.2.to_owned());
            let chosen = blocked(ui, sheet.desk.blocked().as_deref(), |ui| {
                segmented(ui, "On failure", &ON_FAILURE.map(|one| one.1), &tooltips, now)
            });
            if let Some((on_failure, word, _)) = chosen.and_then(|at| ON_FAILURE.get(at)) {
                let label = format!("{word} on failure in {}", sheet.of.node.text());
                sheet.desk.change(label, edits::set_on_failure(&sheet.path, *on_failure));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let as_text = sheet.desk.shown.rules_as_text;
                // From the right.
                let tooltips =
                    ["The ruleset in DQDL".to_owned(), "A row and a form for each rule".to_owned()];
                let chosen = segmented(ui, "Rules as", &["Text", "List"], &tooltips, usize::from(!as_text));
                if let Some(chosen) = chosen {
                    sheet.desk.send(DesignCommand::ShowRulesAsText(chosen == 0));
                }
                if !is_narrow {
                    ui.add_space(4.0);
                    summary(sheet, ui);
                }
            });
        });
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 0.5, Stroke::new(1.0, tokens.line));
}

fn tables(sheet: &Sheet<'_>, width: f32, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let tables = sheet.desk.tables();
    let color = |node: &Node| node.layer().map_or(tokens.text, |layer| tokens.layer(layer));
    let rules_of = |node: &Node| {
        let rules = match node {
            Node::Silver(name) => {
                sheet.desk.pipeline.silver.get(name).and_then(|table| table.rules.as_deref())
            }
            Node::Gold(name) => sheet.desk.pipeline.gold.get(name).and_then(|table| table.rules.as_deref()),
            _ => None,
        };
        let count = touchstone_compiler::read_rules(rules.unwrap_or_default()).rules.len();
        text::count(count as u64, "rule", "rules")
    };
    let alternatives: Vec<Alternative> = tables
        .iter()
        .map(|node| Alternative::new(node.text()).icon(icon::TABLE, color(node)).detail(rules_of(node)))
        .collect();
    let shown = sheet.of.node.text();
    let choice = Choice::new("Table", &shown, &alternatives);
    let choice = choice.icon(icon::TABLE, color(&sheet.of.node)).width(width);
    if let Some(node) = choice.show(ui).and_then(|at| tables.get(at)) {
        sheet.desk.send(DesignCommand::Select(node.clone()));
    }
}

/// How many rules pass, and in how many records that was counted.
fn summary(sheet: &Sheet<'_>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let small = |words: String| RichText::new(words).font(theme::small()).color(tokens.text_subdued);
    let is_held = sheet.preview.is_some_and(|preview| preview.is_held);
    let rules = sheet.read.rules.len();
    if let Some(answer) = sheet.answer() {
        let rows = text::number(answer.flow.rows_in);
        let (word, about) = match (answer.is_part, sheet.of.node.layer()) {
            (true, _) => (format!("first {rows} records"), "The sample has more records than were read"),
            (false, _) => (format!("{rows} records"), "All records of the sample were read"),
        };
        ui.label(small(word)).on_hover_text(about);
        let (counted, passed) = sheet.passing();
        if counted > 0 {
            let tone = if passed == counted { Tone::Success } else { Tone::Error };
            badge(ui, &format!("{passed} of {} pass", text::count(rules as u64, "rule", "rules")), tone);
        }
    }
    if is_held {
        let words = RichText::new("Mend the errors to count anew").font(theme::small()).color(tokens.warning);
        ui.label(words).on_hover_text("What is shown was counted before");
    } else if sheet.is_counting() && rules > 0 {
        ui.label(small("Counting…".to_owned()));
    }
}
