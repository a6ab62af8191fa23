//! Widths of columns: from what is in them at first, then as the person drags them.

use egui::{Color32, Id, Ui};

use super::{Cell, GridColumn, GridRows, PADDING};
use crate::theme;

const NARROWEST: f32 = 56.0;
const WIDEST: f32 = 320.0;
/// Rows that are measured.
const MEASURED_ROWS: u64 = 60;

/// Width of the numbers at the left.
pub(super) fn gutter(ui: &Ui, rows: &dyn GridRows) -> f32 {
    let last = rows.len().saturating_sub(1);
    let digits = rows.number(last).map_or(6, |number| number.len()).max(4);
    text_width(ui, &"0".repeat(digits), theme::mono_small()) + 2.0 * PADDING
}

/// Widths of all columns; those that stretch share what is left of `available`.
pub(super) fn of_columns(ui: &Ui, id: Id, rows: &dyn GridRows, available: f32) -> Vec<f32> {
    let columns = rows.columns();
    let key = key(id, columns);
    let kept: Option<Vec<f32>> = ui.data(|data| data.get_temp(key));
    let mut widths = kept.unwrap_or_else(|| {
        let widths = (0..columns.len()).map(|column| measured(ui, rows, column)).collect::<Vec<_>>();
        // Rows on their way say nothing about widths: measure again once they are here.
        if rows.len() > 0 && !columns.is_empty() && rows.cell(0, 0) != Cell::Pending {
            ui.data_mut(|data| data.insert_temp(key, widths.clone()));
        }
        widths
    });
    let stretched = columns.iter().filter(|column| column.stretch).count();
    let left = available - widths.iter().sum::<f32>();
    if stretched > 0 && left > 0.0 {
        let share = left / stretched as f32;
        let grown = columns.iter().zip(&mut widths).filter(|(column, _)| column.stretch);
        grown.for_each(|(_, width)| *width += share);
    }
    widths
}

pub(super) fn widen(ui: &Ui, id: Id, columns: &[GridColumn], column: usize, by: f32) {
    ui.data_mut(|data| {
        if let Some(mut widths) = data.get_temp::<Vec<f32>>(key(id, columns)) {
            if let Some(width) = widths.get_mut(column) {
                *width = (*width + by).max(NARROWEST / 2.0);
            }
            data.insert_temp(key(id, columns), widths);
        }
    });
}

pub(super) fn forget(ui: &Ui, id: Id, columns: &[GridColumn]) {
    ui.data_mut(|data| data.remove::<Vec<f32>>(key(id, columns)));
}

fn key(id: Id, columns: &[GridColumn]) -> Id {
    columns.iter().fold(id.with("widths"), |id, column| id.with(&column.name))
}

fn measured(ui: &Ui, rows: &dyn GridRows, place: usize) -> f32 {
    let Some(column) = rows.columns().get(place) else { return NARROWEST };
    let font = if column.data { theme::mono() } else { theme::body() };
    let mut width = text_width(ui, &column.name, theme::small_strong());
    for text in [column.detail.as_ref(), column.promised.as_ref().map(|(text, _)| text)].into_iter().flatten()
    {
        width = width.max(text_width(ui, text, theme::mono_small()));
    }
    if let Some((_, nulls)) = &column.nulls {
        width = width.max(text_width(ui, nulls, theme::small()));
    }
    for row in 0..rows.len().min(MEASURED_ROWS) {
        let cell = match rows.cell(row, place) {
            Cell::Text(text) | Cell::Toned(text, _) => text_width(ui, &text, font.clone()),
            Cell::Icon(_, _, text) => text_width(ui, &text, font.clone()) + 22.0,
            Cell::Null | Cell::Failed | Cell::Pending | Cell::Blank => 0.0,
        };
        width = width.max(cell);
    }
    (width + 2.0 * PADDING + 4.0).clamp(NARROWEST, WIDEST)
}

fn text_width(ui: &Ui, text: &str, font: egui::FontId) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER).size().x
}
