//! Widths of columns: from what is in them at first, then as the person drags them.

use std::collections::BTreeMap;

use egui::{Color32, Id, Ui};

use super::{Cell, GridColumn, GridRows, PADDING, cell::null_text, header};
use crate::theme;
use crate::widgets::printable;

pub(super) const NARROWEST: f32 = 56.0;
const WIDEST: f32 = 320.0;
const WIDEST_FITTED: f32 = 900.0;
/// Rows that are measured.
pub(super) const MEASURED: usize = 60;

/// Width of the numbers at the left.
pub(super) fn gutter(ui: &Ui, rows: &dyn GridRows) -> f32 {
    let last = rows.len().saturating_sub(1);
    let digits = rows.number(last).map_or(6, |number| number.chars().count()).max(4);
    text_width(ui, &"0".repeat(digits), theme::mono_small()) + 2.0 * PADDING
}

/// Widths of all columns; those that stretch share what is left of `available`.
pub(super) fn of_columns(
    ui: &Ui,
    id: Id,
    rows: &dyn GridRows,
    available: f32,
    first_row: u64,
    given: Option<&BTreeMap<String, f32>>,
) -> Vec<f32> {
    let columns = rows.columns();
    let key = key(id, rows);
    let kept: Option<Vec<f32>> = ui.data(|data| data.get_temp(key));
    let mut widths = kept.unwrap_or_else(|| {
        let of = |(place, column): (usize, &GridColumn)| {
            let given = given.and_then(|given| given.get(&column.name)).copied();
            let widest = if column.sentences { WIDEST_FITTED } else { WIDEST };
            given.unwrap_or_else(|| measured(ui, rows, place, first_row).clamp(NARROWEST, widest))
        };
        let widths = columns.iter().enumerate().map(of).collect::<Vec<_>>();
        // Rows on their way say nothing about widths: measure again once they are here.
        if rows.len() > 0 && !columns.is_empty() && rows.cell(first_row, 0) != Cell::Pending {
            ui.data_mut(|data| data.insert_temp(key, widths.clone()));
        }
        widths
    });
    if ui.data(|data| data.get_temp::<bool>(key.with("sized"))).is_none() {
        share(columns, &mut widths, available);
        // Something of the others is seen beside them.
        let told = columns.iter().zip(&mut widths).filter(|(column, _)| column.sentences);
        told.for_each(|(_, width)| *width = width.min((available * 0.75).max(WIDEST)));
    }
    let stretched = columns.iter().filter(|column| column.stretch).count();
    let left = available - widths.iter().sum::<f32>();
    if stretched > 0 && left > 0.0 {
        let share = left / stretched as f32;
        let grown = columns.iter().zip(&mut widths).filter(|(column, _)| column.stretch);
        grown.for_each(|(_, width)| *width += share);
    }
    widths
}

/// Makes the widest of those that give way narrower, until all columns have room or nothing is left to give.
fn share(columns: &[GridColumn], widths: &mut [f32], available: f32) {
    let mut room = available;
    let mut shared = Vec::new();
    for (column, width) in columns.iter().zip(widths.iter()) {
        if column.shared { shared.push(*width) } else { room -= *width }
    }
    shared.sort_by(f32::total_cmp);
    let mut left = shared.len();
    for width in shared {
        let most = (room / left as f32).max(NARROWEST);
        if width > most {
            for (_, width) in columns.iter().zip(widths).filter(|(column, _)| column.shared) {
                *width = width.min(most);
            }
            return;
        }
        room -= width;
        left -= 1;
    }
}

/// Changes the width of a column; gives what it is now.
pub(super) fn change(
    ui: &Ui,
    id: Id,
    rows: &dyn GridRows,
    column: usize,
    to: impl FnOnce(f32) -> f32,
) -> Option<f32> {
    let key = key(id, rows);
    let mut widths = ui.data(|data| data.get_temp::<Vec<f32>>(key))?;
    let width = widths.get_mut(column)?;
    *width = to(*width).max(NARROWEST / 2.0);
    let width = *width;
    ui.data_mut(|data| {
        data.insert_temp(key, widths);
        data.insert_temp(key.with("sized"), true);
    });
    Some(width)
}

/// The width that shows a column's values in sight whole, within reason.
pub(super) fn fitted(ui: &Ui, rows: &dyn GridRows, column: usize, first_row: u64) -> f32 {
    measured(ui, rows, column, first_row).clamp(NARROWEST, WIDEST_FITTED)
}

fn key(id: Id, rows: &dyn GridRows) -> Id {
    let id = id.with(("widths", rows.stamp()));
    rows.columns().iter().fold(id, |id, column| id.with(&column.name))
}

fn measured(ui: &Ui, rows: &dyn GridRows, place: usize, first_row: u64) -> f32 {
    let Some(column) = rows.columns().get(place) else { return NARROWEST };
    let font = if column.data { theme::mono() } else { theme::body() };
    let mut width = text_width(ui, &column.name, theme::small_strong()) + header::signs_width(column);
    if let Some(detail) = &column.detail {
        width = width.max(text_width(ui, detail, theme::mono_small()) + header::icon_width(column));
    }
    if let Some((promised, _)) = &column.promised {
        width = width.max(text_width(ui, promised, theme::mono_small()));
    }
    if let Some((_, nulls)) = &column.nulls {
        width = width.max(text_width(ui, nulls, theme::small()));
    }
    for row in first_row..rows.len().min(first_row + MEASURED as u64) {
        let cell = match rows.cell(row, place) {
            Cell::Text(text) | Cell::Toned(text, _) | Cell::Differing(text, _) | Cell::Bad(text, _) => {
                text_width(ui, &text, font.clone())
            }
            Cell::NullText(text) => text_width(ui, &null_text(&text), theme::mono_small()),
            Cell::Icon(_, _, text) => text_width(ui, &text, font.clone()) + 22.0,
            Cell::Null | Cell::Failed | Cell::Pending | Cell::Blank => 0.0,
        };
        width = width.max(cell);
    }
    width + 2.0 * PADDING + 4.0
}

fn text_width(ui: &Ui, text: &str, font: egui::FontId) -> f32 {
    const LETTERS: usize = 400;
    let text: String = text.chars().take(LETTERS).collect();
    // As the cell is drawn.
    let text = printable(ui.painter(), &text).into_owned();
    ui.painter().layout_no_wrap(text, font, Color32::PLACEHOLDER).size().x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_columns_give_way_where_not_all_have_room() {
        let columns =
            [GridColumn::words("a"), GridColumn::data("b").shared(), GridColumn::data("c").shared()];
        let shared = |mut widths: [f32; 3], available: f32| {
            share(&columns, &mut widths, available);
            widths.map(|width| format!("{width}")).join(" ")
        };
        assert_eq!(shared([100.0, 300.0, 80.0], 500.0), "100 300 80");
        assert_eq!(shared([100.0, 300.0, 80.0], 400.0), "100 220 80");
        assert_eq!(shared([100.0, 300.0, 280.0], 400.0), "100 150 150");
        assert_eq!(shared([100.0, 300.0, 280.0], 120.0), "100 56 56");
    }
}
