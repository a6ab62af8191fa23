//! The contract of a source: its columns with what the sample says of each, the selected one open to be edited.

use egui::{Frame, Margin, RichText, Stroke, Ui};
use touchstone_spec::{ContractField, DataType, Position, Source, edits};

use super::column;
use super::evidence::{self, Evidence};
use super::fields::{heading, problems};
use crate::data::type_icon;
use crate::design::Command;
use crate::design::canvas::Command as CanvasCommand;
use crate::design::view::Desk;
use crate::theme::{self, Tokens};
use crate::widgets::{Button, ListRow, error_box};
use crate::{icon, text};

pub(super) fn contract(desk: &Desk<'_>, source: &str, ui: &mut Ui) {
    let Some(Source::File(file)) = desk.pipeline.sources.get(source) else { return };
    let tokens = Tokens::of(ui.visuals());
    let contract = &file.contract;
    heading(ui, &format!("Contract: {}", text::count(contract.len() as u64, "column", "columns")));
    let evidence = Evidence::of(desk, source, file);
    if let Some(error) = evidence.error {
        let again = file.sample.clone().map(|sample| CanvasCommand::NeedInferred(sample).send());
        let title = "The sample could not be read";
        error_box(ui, desk.state, desk.commands, title, error, again.as_ref(), None);
    }
    take_all(desk, source, contract, &evidence, ui);
    let path = edits::source_path(source).key("contract");
    let mut rows = Vec::with_capacity(contract.len());
    let mut moved = 0;
    for (place, one) in contract.iter().enumerate() {
        let is_open = desk.shown.column.as_ref() == Some(&one.name);
        let at = path.index(place).to_string();
        let row = row(desk, tokens, one, &evidence, &at, is_open).show(ui);
        moved += row.step;
        if row.response.clicked() {
            desk.send(Command::SelectColumn((!is_open).then(|| one.name.clone())));
        }
        rows.push(row.response);
        if is_open {
            let frame = Frame::new().stroke(Stroke::new(1.0, tokens.line_strong)).corner_radius(6);
            frame.fill(tokens.content).inner_margin(Margin::same(10)).show(ui, |ui| {
                ui.set_min_width(ui.available_width());
                ui.push_id(("column", place), |ui| {
                    column::column(desk, source, contract, place, &evidence, ui);
                });
            });
            ui.add_space(4.0);
        }
    }
    // The focus goes from row to row.
    let at = rows.iter().position(egui::Response::has_focus);
    let to = at.and_then(|at| at.checked_add_signed(isize::try_from(moved).unwrap_or_default()));
    if let (true, Some(row)) = (moved != 0, to.and_then(|to| rows.get(to))) {
        row.request_focus();
        row.scroll_to_me(None);
    }
    if contract.is_empty() {
        problems(desk, ui, &path.to_string());
        let words = "No columns yet: take what the sample shows, or add them one by one";
        ui.label(RichText::new(words).color(tokens.text_subdued));
    }
    ui.add_space(4.0);
    if Button::new("Add column").icon(icon::ADD).quiet().show(ui).clicked() {
        let name = (1..).map(|number| format!("Column {number}"));
        let name = name.into_iter().find(|name| !contract.iter().any(|one| one.name == *name));
        let new = ContractField::new(name.unwrap_or_default(), DataType::String);
        let name = new.name.clone();
        desk.change(format!("Add column {name}"), edits::add_column(source, &new, Position::Last));
        desk.send(Command::SelectColumn(Some(name)));
    }
}

fn row<'a>(
    desk: &Desk<'_>,
    tokens: &Tokens,
    column: &'a ContractField,
    evidence: &Evidence<'_>,
    path: &str,
    is_open: bool,
) -> ListRow<'a> {
    let problems = desk.diagnostics_at(path).len();
    let color = if column.required { tokens.text } else { tokens.text_disabled };
    let mut row = ListRow::new(&column.name, is_open).icon(type_icon(&column.data_type), color);
    let mut words = vec![column.data_type.to_string()];
    if column.required {
        words.push("required".to_owned());
    }
    let share = evidence.counts(column).map(evidence::share);
    if let Some((share, tone)) = &share {
        row = row.detail(share.clone(), tokens.tone_text(*tone));
        words.push(format!("{share} read as it"));
    }
    let mark = if column.required { " *" } else { "" };
    row = row.detail(format!("{}{mark}", column.data_type), tokens.text_subdued);
    if let Some(other) = evidence.other(column) {
        row = row.detail(icon::SUGGESTION.to_string(), tokens.link);
        words.push(format!("the sample shows {}", other.data_type));
    }
    if problems > 0 {
        row = row.detail(icon::ERROR.to_string(), tokens.error);
        words.push(text::count(problems as u64, "problem", "problems"));
    }
    row.name(format!("Column {}: {}", column.name, words.join(", ")))
}

/// Takes everything that the sample shows and the contract doesn't say.
fn take_all(desk: &Desk<'_>, source: &str, contract: &[ContractField], evidence: &Evidence<'_>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    if evidence.is_pending && evidence.inferred().is_none() {
        let words = RichText::new("Reading the sample…").font(theme::small()).color(tokens.text_subdued);
        ui.label(words);
        return;
    }
    let others: Vec<(&ContractField, ContractField)> =
        contract.iter().filter_map(|one| Some((one, evidence.other(one)?))).collect();
    let missing = evidence.missing(contract);
    if others.is_empty() && missing.is_empty() {
        return;
    }
    let mut parts = Vec::new();
    if !others.is_empty() {
        parts.push(text::count(others.len() as u64, "other type", "other types"));
    }
    if !missing.is_empty() {
        parts.push(text::count(missing.len() as u64, "more column", "more columns"));
    }
    ui.horizontal_wrapped(|ui| {
        let take = Button::new("Take all inferred").icon(icon::SUGGESTION).show(ui);
        if take.on_hover_text("Every type and column that the sample shows; an undo takes it back").clicked()
        {
            let mut all: Vec<_> =
                others.iter().flat_map(|(before, after)| edits::set_column(source, before, after)).collect();
            for column in &missing {
                all.extend(edits::add_column(source, column, Position::Last));
            }
            desk.change(format!("Take what the sample of {source} shows"), all);
        }
        let words = format!("The sample shows {}", parts.join(" and "));
        ui.label(RichText::new(words).font(theme::small()).color(tokens.text_subdued));
    });
    ui.add_space(4.0);
}
