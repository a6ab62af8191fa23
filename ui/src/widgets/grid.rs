//! The one table of rows and columns: fixed header, only what is in sight is drawn, moved through by keys or pointer.
//!
//! It scrolls by itself, in rows and not in points: a million rows are higher than an `f32` can place exactly.

mod body;
mod cell;
mod header;
mod keys;
mod selection;
mod view;
mod widths;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use egui::{Rect, Response, Role, Ui, UiBuilder, vec2};

use crate::theme::Tone;

pub(crate) use cell::copy_cell;
pub(crate) use selection::Selection;
use view::View;

/// Height of a row of data.
pub(crate) const GRID_ROW_HEIGHT: f32 = 22.0;
/// Rows that keep their room, as much of the header as that costs.
const LEAST_ROWS: f32 = 3.0;
/// Space at both sides of a cell's text.
const PADDING: f32 = 8.0;

/// A column, as its header shows it.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of a header, and any may go with any")]
pub(crate) struct GridColumn {
    pub(crate) name: String,
    /// Numbers stand at the right.
    pub(crate) numeric: bool,
    /// Whether its cells are data, and not words of ours.
    pub(crate) data: bool,
    /// Sign of its type, before the second line.
    pub(crate) icon: Option<char>,
    /// Second line: the type.
    pub(crate) detail: Option<String>,
    /// Third line: the type that was promised, with the tone of what that means.
    pub(crate) promised: Option<(String, Tone)>,
    /// Distribution: each bar's share of the highest, 0 to 1.
    pub(crate) bars: Vec<f32>,
    /// Last line: share of nulls, 0 to 1, and how it's written.
    pub(crate) nulls: Option<(f32, String)>,
    /// How the rows are sorted by it, where they can be.
    pub(crate) sort: Option<Sorted>,
    /// Whether rows are filtered by it, where they can be.
    pub(crate) filter: Option<bool>,
    /// More about it, while the pointer is on the header.
    pub(crate) tooltip: String,
    /// Takes the room that the others leave.
    pub(crate) stretch: bool,
    /// Gives way where not all columns have room.
    pub(crate) shared: bool,
    /// Holds sentences.
    pub(crate) sentences: bool,
}

/// How rows are sorted by a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sorted {
    /// Not by this one; its button would.
    Not,
    /// By this one, and its place among those that rows are sorted by, where there are several.
    By { descending: bool, place: Option<usize> },
}

/// A cell, as it's drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    /// A value.
    Text(Cow<'a, str>),
    /// A value that asks for attention, or for less of it.
    Toned(Cow<'a, str>, Tone),
    /// One of two values, and the bytes in which it differs from the other: these are seen where it is cut.
    Differing(Cow<'a, str>, std::ops::Range<usize>),
    /// A value that doesn't read as its column's type, and why.
    Bad(Cow<'a, str>, Cow<'a, str>),
    /// A value with a sign before it.
    Icon(char, egui::Color32, Cow<'a, str>),
    /// No value.
    Null,
    /// A text that stands for 'no value'.
    NullText(Cow<'a, str>),
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
    /// Tells rows that are all here from others that come in their place: their columns get other widths.
    fn stamp(&self) -> u64 {
        0
    }
}

/// A grid to be shown.
pub(crate) struct Grid<'a> {
    salt: &'a str,
    name: &'a str,
    rows: &'a dyn GridRows,
    selects: Selects,
    numbered: bool,
    widths: Option<&'a BTreeMap<String, f32>>,
    jump: Option<Jump>,
    approximate: bool,
    leads: bool,
}

/// What is selected by a click or the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Selects {
    Cells,
    /// Whole rows, and which one is.
    Rows(Option<u64>),
}

/// A cell to bring into sight, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Jump {
    /// Tells it from the jump before.
    pub(crate) serial: u64,
    pub(crate) row: u64,
    pub(crate) column: usize,
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
    /// Cell that was clicked now.
    pub(crate) clicked: Option<(u64, usize)>,
    /// Cell that was opened now, by Enter or a double click.
    pub(crate) opened: Option<(u64, usize)>,
    /// Text to put on the clipboard.
    pub(crate) copied: Option<String>,
    /// Cells to put on the clipboard that are not all here yet, and whether with the columns' names.
    pub(crate) copies: Option<(Selection, bool)>,
    /// The selected cells.
    pub(crate) selection: Option<Selection>,
    /// The headers in sight.
    pub(crate) headers: Vec<Header>,
    /// Column whose width was changed now, and to what.
    pub(crate) resized: Option<(usize, f32)>,
    /// Whether the keyboard is in it.
    pub(crate) focused: bool,
}

/// A header in sight.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) column: usize,
    pub(crate) response: Response,
    /// The button that sorts by it.
    pub(crate) sort: Option<Response>,
    /// The button for its filter.
    pub(crate) filter: Option<Response>,
}

impl<'a> Grid<'a> {
    /// `name` is read aloud; `salt` tells it from others.
    pub(crate) fn new(salt: &'a str, name: &'a str, rows: &'a dyn GridRows) -> Self {
        Self {
            salt,
            name,
            rows,
            selects: Selects::Cells,
            numbered: false,
            widths: None,
            jump: None,
            approximate: false,
            leads: false,
        }
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

    /// Widths that columns were given before.
    pub(crate) fn widths(mut self, widths: &'a BTreeMap<String, f32>) -> Self {
        self.widths = Some(widths);
        self
    }

    /// A cell to bring into sight, once.
    pub(crate) fn jump(mut self, jump: Option<Jump>) -> Self {
        self.jump = jump;
        self
    }

    /// From the beginning of the content, arrows lead into it.
    pub(crate) fn leads(mut self) -> Self {
        self.leads = true;
        self
    }

    /// More rows may follow.
    pub(crate) fn approximate(mut self, approximate: bool) -> Self {
        self.approximate = approximate;
        self
    }

    /// Height that header and rows take, without any scrolling.
    pub(crate) fn full_height(rows: &dyn GridRows) -> f32 {
        header::Lines::all(rows.columns()).height(rows.columns()) + rows.len() as f32 * GRID_ROW_HEIGHT + 2.0
    }

    pub(crate) fn show(self, ui: &mut Ui) -> GridOutput {
        let outer = ui.available_rect_before_wrap();
        let id = ui.make_persistent_id(self.salt);
        let mut output = GridOutput::default();
        ui.scope_builder(UiBuilder::new().max_rect(outer).id_salt(self.salt), |ui| {
            ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
            output = self.show_in(ui, outer, id);
        });
        ui.advance_cursor_after_rect(outer);
        output
    }

    fn show_in(&self, ui: &mut Ui, outer: Rect, id: egui::Id) -> GridOutput {
        let columns = self.rows.columns();
        // A few of them with their scroll bar, as far as there are so many.
        let least = LEAST_ROWS.min(self.rows.len() as f32) * GRID_ROW_HEIGHT + view::BAR;
        let lines = header::Lines::within(columns, outer.height(), least);
        let header_height = lines.height(columns).min(outer.height());
        let gutter = if self.numbered { widths::gutter(ui, self.rows) } else { 0.0 };
        let body = Rect::from_min_max(outer.min + vec2(gutter, header_height), outer.max);
        let before: View = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        let mut view = before;
        let widths = widths::of_columns(
            ui,
            id,
            self.rows,
            view::width(body, self.rows.len()),
            view.first_row(),
            self.widths,
        );
        let mut lefts = Vec::with_capacity(widths.len() + 1);
        let mut x = 0.0;
        for width in &widths {
            lefts.push(x);
            x += width;
        }
        lefts.push(x);

        let mut output = GridOutput::default();
        let space = view::space(body, self.rows.len(), x);
        view.scroll(ui, id, &space);
        if self.leads && self.rows.len() > 0 && keys::leads_in(ui) {
            ui.memory_mut(|memory| memory.request_focus(id));
            let first = (view.first_row(), 0);
            view.cursor.get_or_insert(first);
        }
        let room = self.room(ui, id, &space);
        // Before the rows, as it's read before them.
        let head =
            UiBuilder::new().id_salt((id, "head")).accessibility_parent(id).accessibility_role(Role::Row);
        let head = ui.new_child(head);
        ui.ctx().accesskit_node_builder(head.unique_id(), |node| node.set_row_index(0));
        self.body(ui, id, &room, &space, &lefts, &mut view, &mut output);
        view::bars(ui, id, self.name, &space, &mut view);
        let header_rect = outer.with_max_y(outer.top() + header_height);
        output.cursor = view.cursor;
        let first_row = view.first_row();
        header::show(&head, id, self, &lefts, view.left, first_row, header_rect, lines, gutter, &mut output);
        self.select_column(ui, id, &mut view, &output);
        if self.numbered {
            let gutter = outer.with_max_x(outer.left() + gutter).with_min_y(body.top());
            self.numbers(ui, id, gutter.with_max_y(space.inner.bottom()), &mut view, &output.visible);
        }
        output.cursor = view.cursor;
        output.selection = view.selection();
        if view != before {
            ui.data_mut(|data| data.insert_temp(id, view));
            ui.ctx().request_repaint();
        }
        output
    }
}

impl Grid<'_> {
    /// A click on a header selects its column, with Shift all columns from the one before.
    fn select_column(&self, ui: &Ui, id: egui::Id, view: &mut View, output: &GridOutput) {
        let Some(last) = self.rows.len().checked_sub(1).filter(|_| self.selects == Selects::Cells) else {
            return;
        };
        let Some(header) = output.headers.iter().find(|header| header.response.clicked()) else { return };
        let extends = ui.input(|input| input.modifiers.shift);
        let from =
            view.anchor.or(view.cursor).filter(|_| extends).map_or(header.column, |(_, column)| column);
        view.anchor = Some((last, from));
        view.cursor = Some((0, header.column));
        ui.memory_mut(|memory| memory.request_focus(id));
    }
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

    fn stamp(&self) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        for cell in self.rows.iter().take(widths::MEASURED).flatten() {
            std::hash::Hash::hash(&cell::spoken(cell), &mut hasher);
        }
        std::hash::Hasher::finish(&hasher)
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

    /// It gives way where not all columns have room; until a person sizes them.
    pub(crate) fn shared(mut self) -> Self {
        self.shared = true;
        self
    }

    /// It holds sentences: as wide as the longest, as far as there is room.
    pub(crate) fn sentences(mut self) -> Self {
        self.sentences = true;
        self
    }

    /// It takes the room that the others leave.
    pub(crate) fn stretched(mut self) -> Self {
        self.stretch = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_rows_in_a_list_get_widths_of_their_own() {
        let listed = |word: &'static str| Listed {
            columns: vec![GridColumn::words("What")],
            rows: vec![vec![Cell::Text(word.into())]],
        };
        assert_eq!(listed("added").stamp(), listed("added").stamp());
        assert_ne!(listed("added").stamp(), listed("changed").stamp());
    }
}
