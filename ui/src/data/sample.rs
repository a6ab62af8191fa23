//! A source's sample: records as they are in the file, with what was found out about each column.

use std::borrow::Cow;

use egui::{Frame, Margin, Panel, RichText, Ui};
use touchstone_protocol::{
    ColumnSummary, DataRef, EvidenceView, PipelineState, PipelineView, ProfileView, RejectView,
};
use touchstone_spec::DataType;

use super::{Rows, RowsOf, paged};
use crate::command::{Command, Commands};
use crate::icon;
use crate::state::{Pipeline, State};
use crate::text;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::grid::{Cell, Grid, GridColumn, Listed};
use crate::widgets::{Button, empty, state_icon};

pub(crate) fn sample(
    state: &State,
    commands: &Commands,
    listed: &PipelineState,
    view: &PipelineView,
    pipeline: &Pipeline,
    ui: &mut Ui,
) {
    let Some(source) = pipeline.shown_source() else {
        let (title, text) = if view.sources.is_empty() {
            ("No sources", "This pipeline reads only tables of other pipelines")
        } else {
            ("No sample file", "Add `sample:` with the path of a file to one of its sources")
        };
        empty(ui, state, commands, icon::FILE, title, text, None);
        return;
    };
    let data = DataRef::Sample { pipeline: listed.name.clone(), source: source.to_owned() };
    let profile = state.data.profiles.get(&data);
    if profile.is_none() {
        commands.send(Command::Data(super::Command::NeedProfile(data.clone())));
    }
    let profile = profile.and_then(|profile| profile.value());
    let of = RowsOf::all(data);
    let rows = state.data.rows.get(&of);
    source_line(commands, view, source, rows, ui);
    if let Some(facts) = profile
        && facts.rejected > 0
    {
        let height = (Grid::full_height(&reject_list(&facts.rejects)) + 32.0).clamp(80.0, 180.0);
        let frame = Frame::new().fill(Tokens::of(ui.visuals()).content);
        Panel::bottom("rejects").resizable(true).default_size(height).frame(frame).show(ui, |ui| {
            rejects(commands, &facts.rejects, facts.rejected, ui);
        });
    }
    let frame = Frame::new().fill(Tokens::of(ui.visuals()).panel).inner_margin(Margin::symmetric(12, 0));
    Panel::bottom("evidence").exact_size(28.0).frame(frame).show(ui, |ui| {
        let cursor: Option<(u64, usize)> = ui.data(|data| data.get_temp(cursor_id()));
        evidence_line(profile, cursor, ui);
    });
    let nothing = ("No records", "The file has no records below its header");
    let name = format!("Sample of {source}");
    ui.push_id(source, |ui| {
        let output = paged(state, commands, &of, &name, nothing, |rows| headers(rows, profile), ui);
        ui.data_mut(|data| match output.cursor {
            Some(cursor) => {
                data.insert_temp(cursor_id(), cursor);
            }
            None => data.remove::<(u64, usize)>(cursor_id()),
        });
    });
}

fn cursor_id() -> egui::Id {
    egui::Id::unique("sample cursor")
}

/// Which source, and what kind of file it is.
fn source_line(commands: &Commands, view: &PipelineView, shown: &str, rows: Option<&Rows>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
        ui.horizontal(|ui| {
            for source in view.sources.iter().filter(|source| source.sample.is_some()) {
                let is_shown = source.name == shown;
                let button = Button::new(&source.name).icon(icon::FILE).quiet().selected(is_shown);
                if button.show(ui).clicked() {
                    commands.send(Command::ShowSource(source.name.clone()));
                }
            }
            let Some(source) = view.sources.iter().find(|source| source.name == shown) else { return };
            let mut words = Vec::new();
            words.extend(source.sample.clone());
            words.push(source.format.clone());
            words.extend(rows.and_then(Rows::total).map(|total| text::count(total, "record", "records")));
            let words = RichText::new(words.join("  ·  ")).font(theme::small()).color(tokens.text_subdued);
            ui.add(egui::Label::new(words).truncate());
        });
    });
}

fn headers(rows: &Rows, profile: Option<&ProfileView>) -> Vec<GridColumn> {
    let known = profile.map(|profile| profile.columns.as_slice()).unwrap_or_default();
    let columns = rows.columns().iter().enumerate();
    let header = |(place, column): (usize, &touchstone_protocol::ColumnView)| {
        let summary: Option<&ColumnSummary> = known.get(place);
        let evidence = summary.and_then(|summary| summary.evidence.as_ref());
        let records = evidence.map_or(0, |one| one.parsed + one.failed + one.nulls);
        let promised = evidence.and_then(|one| match &one.promised {
            Some(promised) if *promised == one.inferred => None,
            Some(promised) if holds(promised, &one.inferred) => {
                Some((format!("promised {promised}"), Tone::Neutral))
            }
            Some(promised) => Some((format!("promised {promised}"), Tone::Warning)),
            None => Some(("not promised".to_owned(), Tone::Warning)),
        });
        GridColumn {
            name: column.name.clone(),
            numeric: super::is_numeric(&column.data_type),
            data: true,
            detail: Some(evidence.map_or(&column.data_type, |one| &one.inferred).to_string()),
            promised,
            nulls: evidence.map(|one| {
                let share = if records == 0 { 0.0 } else { one.nulls as f32 / records as f32 };
                (share, format!("{} null", text::share(one.nulls, records)))
            }),
            tooltip: evidence.map(|one| sentences(one).join("\n")).unwrap_or_default(),
            stretch: false,
        }
    };
    columns.map(header).collect()
}

/// Whether a column of the promised type can hold all values of the inferred one.
fn holds(promised: &DataType, inferred: &DataType) -> bool {
    match (inferred, promised) {
        (_, DataType::String) | (DataType::Date, DataType::Timestamp) => true,
        (DataType::Decimal { scale: from, .. }, DataType::Decimal { scale: to, .. }) => from <= to,
        (inferred, DataType::Decimal { .. }) => inferred.is_integer(),
        (inferred, DataType::Double) => inferred.is_numeric(),
        (inferred, promised) => inferred.widens_to(promised),
    }
}

/// What speaks for a column's type, in sentences.
fn sentences(evidence: &EvidenceView) -> Vec<String> {
    let values = evidence.parsed + evidence.failed;
    let mut words = vec![
        evidence.reason.clone(),
        format!(
            "{} of {} read as {}",
            text::number(evidence.parsed),
            text::count(values, "value", "values"),
            evidence.inferred
        ),
    ];
    if !evidence.failed_examples.is_empty() {
        words.push(format!(
            "{} do not: {}",
            text::number(evidence.failed),
            evidence.failed_examples.join(" | ")
        ));
    }
    let about = if evidence.distinct_exact { "" } else { "about " };
    words.push(format!("{about}{}", text::count(evidence.distinct, "different value", "different values")));
    words.push(text::count(evidence.nulls, "record without a value", "records without a value"));
    if let Some(promised) = &evidence.promised {
        words.push(format!("The contract promises {promised}"));
    }
    words
}

/// What is known about the column that the keyboard is at.
fn evidence_line(profile: Option<&ProfileView>, cursor: Option<(u64, usize)>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal_centered(|ui| {
        let known = cursor.and_then(|(_, column)| {
            let column = profile?.columns.get(column)?;
            Some((column, column.evidence.as_ref()?))
        });
        let small = |text: String| RichText::new(text).font(theme::small());
        match known {
            None => {
                ui.label(small("Select a cell to see what speaks for its column's type".to_owned()).weak());
            }
            Some((column, evidence)) => {
                ui.label(small(column.name.clone()).font(theme::small_strong()).color(tokens.text_strong));
                let words = small(sentences(evidence).join("  ·  ")).color(tokens.text_subdued);
                ui.add(egui::Label::new(words).truncate());
            }
        }
    });
}

/// Records that could not be read, with their place and the reason.
pub(crate) fn rejects(commands: &Commands, rejects: &[RejectView], total: u64, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
        ui.horizontal(|ui| {
            state_icon(ui, icon::WARNING, tokens.warning, "Warning");
            let mut words = format!("{} could not be read", text::count(total, "record", "records"));
            if (rejects.len() as u64) < total {
                words = format!("{words}, here the first {}", text::number(rejects.len() as u64));
            }
            ui.label(RichText::new(words).font(theme::small_strong()).color(tokens.text_strong));
        });
    });
    let output = Grid::new("reject rows", "Rejects", &reject_list(rejects)).show(ui);
    if let Some(copied) = output.copied {
        commands.send(Command::Copy(copied));
    }
}

fn reject_list(rejects: &[RejectView]) -> Listed<'_> {
    let rows = rejects.iter().map(|reject| {
        vec![
            Cell::Text(text::number(reject.record).into()),
            Cell::Text(text::number(reject.line).into()),
            Cell::Text(text::number(reject.byte).into()),
            Cell::Text(Cow::Borrowed(&reject.reason)),
            Cell::Text(Cow::Borrowed(&reject.raw)),
        ]
    });
    Listed {
        columns: vec![
            GridColumn::numbers("Record"),
            GridColumn::numbers("Line"),
            GridColumn::numbers("Byte"),
            GridColumn::words("Reason"),
            GridColumn::data("As it is in the file").stretched(),
        ],
        rows: rows.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_that_holds_all_values_is_no_warning() {
        let decimal = |scale| DataType::Decimal { precision: 18, scale };
        assert!(holds(&decimal(6), &decimal(4)) && !holds(&decimal(2), &decimal(4)));
        assert!(holds(&decimal(2), &DataType::Long) && holds(&DataType::String, &DataType::Date));
        assert!(holds(&DataType::Long, &DataType::Int) && !holds(&DataType::Int, &DataType::Long));
        assert!(!holds(&DataType::Long, &DataType::String) && !holds(&DataType::Date, &DataType::Timestamp));
    }
}
