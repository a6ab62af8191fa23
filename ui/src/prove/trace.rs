//! Where a cell came from: from its expression down to the records of the files.

use egui::{Frame, Label, Margin, RichText, ScrollArea, Ui};
use touchstone_protocol::{RecordView, TraceStep, TracedView};

use super::Traced;
use crate::command::{Command, Commands};
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::grid::{Cell, Grid, GridColumn, Listed};
use crate::widgets::{empty, error_box, icon_button, pending};
use crate::{icon, text};

/// Rows of a step that are in sight at once.
const ROWS_IN_SIGHT: f32 = 6.0;

pub(super) fn panel(state: &State, commands: &Commands, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal(|ui| {
        ui.label(RichText::new("Where it came from").font(theme::strong()).color(tokens.text_strong));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if icon_button(ui, icon::CLOSE, "Close where it came from").clicked() {
                commands.send(Command::Prove(super::Command::ToggleTrace));
            }
        });
    });
    let Some(traced) = &state.prove.trace else {
        let text = "Its expression and the rows that made it are shown here";
        empty(ui, state, commands, icon::PIPELINE, "Select a cell", text, None);
        return;
    };
    let cell = &traced.cell;
    let place = format!("row {} of {}", text::number(cell.row + 1), cell.table);
    let of = cell.column.as_ref().map_or_else(|| place.clone(), |column| format!("{column} in {place}"));
    ui.add(Label::new(RichText::new(of).font(theme::mono_small()).color(tokens.text_subdued)).truncate());
    ui.add_space(4.0);
    origin(state, commands, traced, ui);
}

fn origin(state: &State, commands: &Commands, traced: &Traced, ui: &mut Ui) {
    if let Some(error) = traced.origin.error() {
        let again = Command::Prove(super::Command::Trace(traced.cell.clone()));
        error_box(ui, state, commands, "Its origin could not be found", error, Some(&again), None);
    }
    match traced.origin.value() {
        None if traced.origin.is_pending() => pending(ui, "Following it back…"),
        None => {}
        Some(view) => {
            let faded = if traced.origin.is_pending() { 0.6 } else { 1.0 };
            ui.scope(|ui| {
                ui.multiply_opacity(faded);
                ScrollArea::vertical().auto_shrink(false).show(ui, |ui| steps(commands, view, ui));
            });
        }
    }
}

fn steps(commands: &Commands, view: &TracedView, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.spacing_mut().item_spacing.y = 8.0;
    for (place, step) in view.steps.iter().enumerate() {
        let frame = Frame::new()
            .fill(tokens.raised)
            .stroke(egui::Stroke::new(1.0, tokens.line))
            .corner_radius(6)
            .inner_margin(Margin::same(10));
        frame.show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 4.0;
            ui.push_id(place, |ui| self::step(commands, step, ui));
        });
    }
}

fn step(commands: &Commands, step: &TraceStep, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal(|ui| {
        let color = match step.layer.as_str() {
            "bronze" => tokens.bronze,
            "silver" => tokens.silver,
            "gold" => tokens.gold,
            _ => tokens.text_subdued,
        };
        let (dot, _) = ui.allocate_exact_size(egui::vec2(10.0, 18.0), egui::Sense::hover());
        ui.painter().circle_filled(dot.center(), 4.0, color);
        ui.label(RichText::new(&step.place).font(theme::strong()).color(tokens.text_strong));
        ui.label(
            RichText::new(text::count(step.total, "row", "rows"))
                .font(theme::small())
                .color(tokens.text_subdued),
        );
    });
    if !step.role.is_empty() {
        ui.label(RichText::new(&step.role).font(theme::small()).color(tokens.text_subdued));
    }
    if let Some(expression) = &step.expression {
        let code = Frame::new().fill(tokens.field).corner_radius(4).inner_margin(Margin::symmetric(8, 4));
        code.show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.label(RichText::new(expression).font(theme::mono()).color(tokens.text));
        });
    }
    if !step.rows.is_empty() {
        let columns: Vec<GridColumn> = step.columns.iter().map(|column| GridColumn::data(column)).collect();
        let cell =
            |value: &Option<String>| value.clone().map_or(Cell::Null, |value| Cell::Text(value.into()));
        let rows = step.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        let listed = Listed { columns, rows };
        // Room for the bar to scroll sideways by.
        let height = Grid::full_height(&listed).min(28.0 + ROWS_IN_SIGHT * 22.0) + 12.0;
        ui.allocate_ui(egui::vec2(ui.available_width(), height), |ui| {
            let output = Grid::new("rows", &format!("Rows of {}", step.place), &listed).show(ui);
            if let Some(copied) = output.copied {
                commands.send(Command::Copy(copied));
            }
        });
    }
    let more = step.total.saturating_sub(step.rows.len().max(step.records.len()) as u64);
    for record in &step.records {
        self::record(commands, record, ui);
    }
    if more > 0 {
        let words = format!("and {}", text::count(more, "more row", "more rows"));
        ui.label(RichText::new(words).font(theme::small()).color(tokens.text_subdued));
    }
}

/// A record as it is in its file.
fn record(commands: &Commands, record: &RecordView, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let place = format!(
        "{}, record {}, line {}, byte {}",
        record.file,
        text::number(record.record),
        text::number(record.line),
        text::number(record.byte)
    );
    ui.horizontal(|ui| {
        ui.label(RichText::new(place).font(theme::small()).color(tokens.text_subdued));
        if icon_button(ui, icon::COPY, "Copy the record").clicked() {
            commands.send(Command::Copy(record.raw.clone()));
        }
    });
    let code = Frame::new().fill(tokens.field).corner_radius(4).inner_margin(Margin::symmetric(8, 4));
    code.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        let text = record.raw.trim_end_matches(['\r', '\n']);
        ui.label(RichText::new(text).font(theme::mono_small()).color(tokens.text));
    });
}
