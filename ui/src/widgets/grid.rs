//! The one table of rows and columns: fixed header, only what is in sight is drawn, moved through by keys or pointer.

mod cell;
mod header;
mod keys;
mod widths;

use std::borrow::Cow;
use std::ops::Range;

use egui::{
    Align, Id, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use crate::theme::{self, Tokens, Tone};

/// Height of a row of data.
pub(crate) const GRID_ROW_HEIGHT: f32 = 22.0;
/// Space at both sides of a cell's text.
const PADDING: f32 = 8.0;

/// A column, as its header shows it.
#[derive(Debug, Clone, Default)]
pub(crate) struct GridColumn {
    pub(crate) name: String,
    /// Numbers stand at the right.
    pub(crate) numeric: bool,
    /// Whether its cells are data, and not words of ours.
    pub(crate) data: bool,
    /// Second line: the type.
    pub(crate) detail: Option<String>,
    /// Third line: the type that was promised, with the tone of what that means.
    pub(crate) promised: Option<(String, Tone)>,
    /// Last line: share of nulls, 0 to 1, and how it's written.
    pub(crate) nulls: Option<(f32, String)>,
    /// More about it, while the pointer is on the header.
    pub(crate) tooltip: String,
    /// Takes the room that the others leave.
    pub(crate) stretch: bool,
}

/// A cell, as it's drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    /// A value.
    Text(Cow<'a, str>),
    /// A value that asks for attention, or for less of it.
    Toned(Cow<'a, str>, Tone),
    /// A value with a sign before it.
    Icon(char, egui::Color32, Cow<'a, str>),
    /// No value.
    Null,
    /// On its way.
    Pending,
    /// Could not be fetched.
    Failed,
    /// Nothing to show.
    Blank,
}

/// What the grid shows.
pub(crate) trait GridRows {
    fn columns(&self) -> &[GridColumn];
    fn len(&self) -> u64;
    /// What names the row at its left.
    fn number(&self, _row: u64) -> Option<Cow<'_, str>> {
        None
    }
    fn cell(&self, row: u64, column: usize) -> Cell<'_>;
}

/// A grid to be shown.
pub(crate) struct Grid<'a> {
    salt: &'a str,
    name: &'a str,
    rows: &'a dyn GridRows,
    selects: Selects,
    numbered: bool,
}

/// What is selected by a click or the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Selects {
    Cells,
    /// Whole rows, and which one is.
    Rows(Option<u64>),
}

/// What was seen and done.
#[derive(Debug, Default)]
pub(crate) struct GridOutput {
    /// Rows in sight.
    pub(crate) visible: Range<u64>,
    /// Row that was selected now.
    pub(crate) selected: Option<u64>,
    /// Cell that the keyboard is at: row and column.
    pub(crate) cursor: Option<(u64, usize)>,
    /// Text to put on the clipboard.
    pub(crate) copied: Option<String>,
}

impl<'a> Grid<'a> {
    /// `name` is read aloud; `salt` tells it from others.
    pub(crate) fn new(salt: &'a str, name: &'a str, rows: &'a dyn GridRows) -> Self {
        Self { salt, name, rows, selects: Selects::Cells, numbered: false }
    }

    /// Whole rows are selected, not cells.
    pub(crate) fn select_rows(mut self, selected: Option<u64>) -> Self {
        self.selects = Selects::Rows(selected);
        self
    }

    /// The rows have numbers at their left.
    pub(crate) fn numbered(mut self) -> Self {
        self.numbered = true;
        self
    }

    /// Height that header and rows take, without any scrolling.
    pub(crate) fn full_height(rows: &dyn GridRows) -> f32 {
        header::height(rows.columns()) + rows.len() as f32 * GRID_ROW_HEIGHT + 2.0
    }

    pub(crate) fn show(self, ui: &mut Ui) -> GridOutput {
        let outer = ui.available_rect_before_wrap();
        let id = ui.make_persistent_id(self.salt);
        let mut output = GridOutput::default();
        ui.scope_builder(UiBuilder::new().max_rect(outer).id_salt(self.salt), |ui| {
            output = self.show_in(ui, outer, id);
        });
        ui.advance_cursor_after_rect(outer);
        output
    }

    fn show_in(&self, ui: &mut Ui, outer: Rect, id: Id) -> GridOutput {
        let columns = self.rows.columns();
        let header_height = header::height(columns);
        let gutter = if self.numbered { widths::gutter(ui, self.rows) } else { 0.0 };
        let body = Rect::from_min_max(outer.min + vec2(gutter, header_height), outer.max);
        let widths = widths::of_columns(ui, id, self.rows, body.width());
        let mut lefts = Vec::with_capacity(widths.len() + 1);
        let mut x = 0.0;
        for width in &widths {
            lefts.push(x);
            x += width;
        }
        lefts.push(x);

        let mut output = GridOutput::default();
        let mut offset = vec2(0.0, 0.0);
        ui.scope_builder(UiBuilder::new().max_rect(body), |ui| {
            ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
            let scroll =
                ScrollArea::both().id_salt("body").auto_shrink(false).show_viewport(ui, |ui, viewport| {
                    self.body(ui, id, viewport, &lefts, &mut output);
                });
            offset = scroll.state.clamped_offset();
        });
        header::show(
            ui,
            id,
            columns,
            &lefts,
            offset.x,
            outer.with_max_y(outer.top() + header_height),
            gutter,
        );
        if self.numbered {
            self.numbers(
                ui,
                outer.with_max_x(outer.left() + gutter).with_min_y(body.top()),
                offset.y,
                &output.visible,
            );
        }
        output
    }

    fn body(&self, ui: &mut Ui, id: Id, viewport: Rect, lefts: &[f32], output: &mut GridOutput) {
        let tokens = Tokens::of(ui.visuals());
        let columns = self.rows.columns();
        let total = self.rows.len();
        let origin = ui.max_rect().min;
        let width = lefts.last().copied().unwrap_or_default();
        ui.set_min_size(vec2(width, total as f32 * GRID_ROW_HEIGHT));
        let visible = visible_rows(viewport, total);
        output.visible = visible.clone();

        let clip = ui.clip_rect();
        let response = ui.interact(clip, id, Sense::click());
        let name = self.name;
        response.widget_info(|| {
            WidgetInfo::labeled(
                Role::Grid,
                true,
                format!("{name}, {total} {}", if total == 1 { "row" } else { "rows" }),
            )
        });
        let at = |pointer: egui::Pos2| {
            let row = ((pointer.y - origin.y) / GRID_ROW_HEIGHT).floor();
            let column =
                lefts.windows(2).position(|edge| (edge[0]..edge[1]).contains(&(pointer.x - origin.x)));
            (row >= 0.0 && row < total as f32).then(|| (whole(row), column))
        };
        let hovered = response.hover_pos().and_then(at).map(|(row, _)| row);

        let before: Option<(u64, usize)> = ui.data(|data| data.get_temp(id));
        let mut cursor = before.filter(|(row, column)| *row < total && *column < columns.len());
        if response.clicked() {
            response.request_focus();
            if let Some((row, column)) = response.interact_pointer_pos().and_then(at) {
                cursor = Some((row, column.unwrap_or_default()));
                output.selected = Some(row);
            }
        }
        if response.has_focus() && total > 0 {
            let page = usize::try_from(whole(clip.height() / GRID_ROW_HEIGHT).max(1)).unwrap_or(1);
            // Where whole rows are selected, the selection is where the keyboard is.
            let start = match self.selects {
                Selects::Rows(selected) => (selected.unwrap_or_default().min(total - 1), 0),
                Selects::Cells => cursor.unwrap_or_default(),
            };
            let moved = keys::moved(ui, &response, start, total, columns.len(), page);
            if moved != start {
                let (row, column) = moved;
                let edges = lefts.get(column).copied().zip(lefts.get(column + 1).copied());
                let (left, right) = edges.unwrap_or_default();
                let cell = Rect::from_x_y_ranges(left..=right, 0.0..=GRID_ROW_HEIGHT);
                let cell = cell.translate(origin.to_vec2() + vec2(0.0, row as f32 * GRID_ROW_HEIGHT));
                ui.scroll_to_rect(cell, None);
                output.selected = Some(row);
            }
            cursor = Some(moved);
            if let (true, Some((row, column))) = (keys::copies(ui), cursor) {
                output.copied = cell::copy_text(&self.rows.cell(row, column));
            }
        }
        ui.data_mut(|data| match cursor {
            Some(cursor) => {
                data.insert_temp(id, cursor);
            }
            None => data.remove::<(u64, usize)>(id),
        });
        output.cursor = cursor;

        let painter = ui.painter().clone();
        for row in visible {
            let top = origin.y + row as f32 * GRID_ROW_HEIGHT;
            let line = Rect::from_min_max(pos2(clip.left(), top), pos2(clip.right(), top + GRID_ROW_HEIGHT));
            let is_selected = self.selects == Selects::Rows(Some(row));
            if is_selected {
                painter.rect_filled(line, 0, tokens.row_selected);
            } else if hovered == Some(row) {
                painter.rect_filled(line, 0, tokens.row_hovered);
            }
            for (place, column) in columns.iter().enumerate() {
                let cell = Rect::from_min_max(
                    pos2(origin.x + lefts[place], top),
                    pos2(origin.x + lefts[place + 1], top + GRID_ROW_HEIGHT),
                );
                if cell.intersects(clip) {
                    cell::draw(&painter, tokens, cell, column, &self.rows.cell(row, place));
                }
                if self.selects == Selects::Cells && response.has_focus() && cursor == Some((row, place)) {
                    let stroke = Stroke::new(2.0, tokens.focus);
                    painter.rect_stroke(cell, 2, stroke, StrokeKind::Inside);
                }
            }
            if is_selected && response.has_focus() {
                let ring = line.intersect(clip).shrink2(vec2(1.0, 0.0));
                painter.rect_stroke(ring, 2, Stroke::new(2.0, tokens.focus), StrokeKind::Inside);
            }
            painter.hline(line.x_range(), line.bottom() - 0.5, Stroke::new(1.0, tokens.grid_line));
            let row_response = ui.interact(line.intersect(clip), id.with(("row", row)), Sense::hover());
            row_response
                .widget_info(|| WidgetInfo::selected(Role::Row, true, is_selected, self.read_aloud(row)));
        }
        // Where whole rows are selected, and none is yet, the whole grid has the keyboard.
        if response.has_focus() && self.selects == Selects::Rows(None) {
            painter.rect_stroke(clip.shrink(1.0), 2, Stroke::new(2.0, tokens.focus), StrokeKind::Inside);
        }
    }

    /// A row as one sentence: its number, then each column with its value.
    fn read_aloud(&self, row: u64) -> String {
        let number = self.rows.number(row).map_or_else(|| (row + 1).to_string(), Cow::into_owned);
        let cells = self.rows.columns().iter().enumerate().map(|(place, column)| {
            let value = self.rows.cell(row, place);
            format!("{} {}", column.name, cell::spoken(&value))
        });
        format!("Row {number}: {}", cells.collect::<Vec<_>>().join(", "))
    }

    fn numbers(&self, ui: &Ui, rect: Rect, offset: f32, visible: &Range<u64>) {
        let tokens = Tokens::of(ui.visuals());
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        painter.rect_filled(rect, 0, tokens.panel);
        for row in visible.clone() {
            let Some(number) = self.rows.number(row) else { continue };
            let top = rect.top() + row as f32 * GRID_ROW_HEIGHT - offset;
            let place = Rect::from_min_max(
                pos2(rect.left(), top),
                pos2(rect.right() - PADDING, top + GRID_ROW_HEIGHT),
            );
            super::draw_line(&painter, place, Align::Max, &number, theme::mono_small(), tokens.text_subdued);
        }
        painter.vline(rect.right() - 0.5, rect.y_range(), Stroke::new(1.0, tokens.line));
    }
}

/// A place as a number of rows; nothing is before the first.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float saturates at both ends")]
fn whole(rows: f32) -> u64 {
    rows as u64
}

fn visible_rows(viewport: Rect, total: u64) -> Range<u64> {
    let first = whole(viewport.min.y / GRID_ROW_HEIGHT);
    let last = whole((viewport.max.y / GRID_ROW_HEIGHT).ceil());
    first.min(total)..last.min(total)
}

/// Rows that are all here: results, histories, lists.
pub(crate) struct Listed<'a> {
    pub(crate) columns: Vec<GridColumn>,
    pub(crate) rows: Vec<Vec<Cell<'a>>>,
}

impl GridRows for Listed<'_> {
    fn columns(&self) -> &[GridColumn] {
        &self.columns
    }

    fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    fn cell(&self, row: u64, column: usize) -> Cell<'_> {
        let row = usize::try_from(row).ok().and_then(|row| self.rows.get(row));
        row.and_then(|cells| cells.get(column)).cloned().unwrap_or(Cell::Blank)
    }
}

impl GridColumn {
    /// A column of words.
    pub(crate) fn words(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// A column of numbers.
    pub(crate) fn numbers(name: &str) -> Self {
        Self { name: name.to_owned(), numeric: true, ..Self::default() }
    }

    /// A column of data: names, places, values.
    pub(crate) fn data(name: &str) -> Self {
        Self { name: name.to_owned(), data: true, ..Self::default() }
    }

    /// It takes the room that the others leave.
    pub(crate) fn stretched(mut self) -> Self {
        self.stretch = true;
        self
    }
}
