//! The rows: drawn where they are in sight, selected by pointer and keys.

use std::borrow::Cow;
use std::ops::Range;

use egui::{
    Align, Id, PopupAnchor, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Tooltip, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

use super::view::{Space, View, whole};
use super::{Cell, GRID_ROW_HEIGHT, Grid, GridOutput, PADDING, Selects, cell, keys};
use crate::theme::{self, Tokens};

/// Rows scrolled in a frame while the pointer drags beyond an edge.
const DRAG_ROWS: f64 = 2.0;

impl Grid<'_> {
    /// The room for the rows, which has the keyboard for all of them.
    pub(super) fn room(&self, ui: &Ui, id: Id, space: &Space) -> Response {
        let total = self.rows.len();
        let response = ui.interact(space.inner, id, Sense::click_and_drag());
        response.widget_info(|| {
            let more = if self.approximate { " so far" } else { "" };
            let rows = if total == 1 { "row" } else { "rows" };
            WidgetInfo::labeled(Role::Grid, true, format!("{}, {total} {rows}{more}", self.name))
        });
        response
    }

    #[expect(clippy::too_many_arguments, reason = "one frame's view of the rows")]
    pub(super) fn body(
        &self,
        ui: &mut Ui,
        id: Id,
        response: &Response,
        space: &Space,
        lefts: &[f32],
        view: &mut View,
        output: &mut GridOutput,
    ) {
        let total = self.rows.len();
        output.focused = response.has_focus();
        self.keep_in(view);
        if let Some(jump) = self.jump
            && jump.serial != view.jumped
            && jump.row < total
        {
            view.jumped = jump.serial;
            view.cursor = Some((jump.row, jump.column.min(self.rows.columns().len().saturating_sub(1))));
            view.anchor = None;
            view.centre(space, lefts, (jump.row, jump.column));
        }
        // Where less room is left, as beside a panel that opens, the keyboard's cell stays in sight.
        let room = space.inner.size();
        if view.room.x > room.x
            && let Some(cursor) = view.cursor.filter(|(row, _)| view.row_is_in_sight(space, *row))
        {
            view.reveal(space, lefts, cursor);
        }
        view.room = room;
        self.point(ui, response, space, lefts, view, output);
        if response.has_focus() && total > 0 {
            self.press(ui, response, space, lefts, view, output);
        }
        // Rows at whole points, so that text is as sharp after a scroll as before.
        let drawn = View { top: snapped(ui, view.top), ..*view };
        let visible = visible_rows(&drawn, space, total);
        output.visible = visible.clone();
        self.draw(ui, id, response, space, lefts, &drawn, visible.clone());
        // It takes a while, and only a screen reader has a use for it.
        if ui.ctx().has_accesskit_node(id) {
            self.tell(ui, id, space, lefts, &drawn, visible);
        }
    }

    /// Rows and columns that went away take cursor and selection along.
    fn keep_in(&self, view: &mut View) {
        let (rows, columns) = (self.rows.len(), self.rows.columns().len());
        let fits = |cell: &(u64, usize)| cell.0 < rows && cell.1 < columns;
        view.cursor = view.cursor.filter(fits);
        view.anchor = view.anchor.filter(fits);
    }

    fn point(
        &self,
        ui: &Ui,
        response: &Response,
        space: &Space,
        lefts: &[f32],
        view: &mut View,
        output: &mut GridOutput,
    ) {
        let Some(pointer) = response.interact_pointer_pos() else { return };
        let is_pressed = ui.input(|input| input.pointer.primary_pressed());
        if is_pressed && response.is_pointer_button_down_on() {
            response.request_focus();
            if let Some((row, column)) = cell_at(view, space, lefts, pointer) {
                let extends = ui.input(|input| input.modifiers.shift) && self.selects == Selects::Cells;
                view.anchor = if extends { view.anchor.or(view.cursor) } else { None };
                view.cursor = Some((row, column.unwrap_or_default()));
            }
        } else if response.dragged() && self.selects == Selects::Cells {
            let below = pointer.y > space.inner.bottom();
            if below || pointer.y < space.inner.top() {
                let step = DRAG_ROWS * f64::from(GRID_ROW_HEIGHT);
                view.top += if below { step } else { -step };
                view.clamp(space);
                ui.ctx().request_repaint();
            }
            let edge = space.inner.shrink(1.0);
            if let Some((row, column)) = cell_at(view, space, lefts, edge.clamp(pointer)) {
                let to = (row, column.unwrap_or(lefts.len().saturating_sub(2)));
                if view.cursor != Some(to) {
                    view.anchor = view.anchor.or(view.cursor);
                    view.cursor = Some(to);
                }
            }
        }
        if response.clicked()
            && let Some((row, column)) = cell_at(view, space, lefts, pointer)
        {
            output.selected = Some(row);
            output.clicked = column.map(|column| (row, column));
            if response.double_clicked() {
                output.opened = output.clicked;
            }
        }
    }

    fn press(
        &self,
        ui: &Ui,
        response: &Response,
        space: &Space,
        lefts: &[f32],
        view: &mut View,
        output: &mut GridOutput,
    ) {
        let (total, columns) = (self.rows.len(), self.rows.columns().len());
        let page =
            usize::try_from(whole(f64::from(space.inner.height() / GRID_ROW_HEIGHT)).max(1)).unwrap_or(1);
        // Where whole rows are selected, the selection is where the keyboard is.
        let start = match self.selects {
            Selects::Rows(selected) => (selected.unwrap_or_default().min(total - 1), 0),
            Selects::Cells => view.cursor.unwrap_or_default(),
        };
        let keys = keys::pressed(ui, response, start, total, columns, page);
        if keys.cursor != start {
            view.anchor = if keys.extends { view.anchor.or(Some(start)) } else { None };
            view.reveal(space, lefts, keys.cursor);
            output.selected = Some(keys.cursor.0);
        }
        view.cursor = Some(keys.cursor);
        if self.selects == Selects::Cells && (keys.rows || keys.columns) {
            let (row, column) = keys.cursor;
            let (last_row, last_column) = (total - 1, columns.saturating_sub(1));
            let rows = if keys.columns { (0, last_row) } else { (row, row) };
            let across = if keys.rows { (0, last_column) } else { (column, column) };
            view.anchor = Some((rows.0, across.0));
            view.cursor = Some((rows.1, across.1));
        }
        if keys.opens {
            output.opened = view.cursor;
        }
        if let Some(header) = keys::copies(ui)
            && let Some(selection) = view.selection()
        {
            output.copied = selection.text(self.rows, header);
            if output.copied.is_none() {
                output.copies = Some((selection, header));
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one frame's view of the rows")]
    fn draw(
        &self,
        ui: &Ui,
        id: Id,
        response: &Response,
        space: &Space,
        lefts: &[f32],
        view: &View,
        visible: Range<u64>,
    ) {
        let tokens = Tokens::of(ui.visuals());
        let columns = self.rows.columns();
        let clip = space.inner.intersect(ui.clip_rect());
        let painter = ui.painter().with_clip_rect(clip);
        let left = space.inner.left() - view.left;
        let hover = response.hover_pos().and_then(|pointer| cell_at(view, space, lefts, pointer));
        let selection = view.selection().filter(|_| self.selects == Selects::Cells);
        let is_block = selection.as_ref().is_some_and(|selection| selection.size() != (1, 1));
        for row in visible {
            let top = view.y(space, row);
            let line = Rect::from_min_max(pos2(clip.left(), top), pos2(clip.right(), top + GRID_ROW_HEIGHT));
            let is_selected = self.selects == Selects::Rows(Some(row));
            if is_selected {
                painter.rect_filled(line, 0, tokens.row_selected);
            } else if hover.is_some_and(|(hovered, _)| hovered == row) {
                painter.rect_filled(line, 0, tokens.row_hovered);
            }
            for (place, column) in columns.iter().enumerate() {
                let cell = Rect::from_min_max(
                    pos2(left + lefts[place], top),
                    pos2(left + lefts[place + 1], top + GRID_ROW_HEIGHT),
                );
                if !cell.intersects(clip) {
                    continue;
                }
                let content = self.rows.cell(row, place);
                if is_block && selection.as_ref().is_some_and(|selection| selection.contains(row, place)) {
                    painter.rect_filled(cell, 0, tokens.row_selected);
                }
                let is_cut = cell::draw(&painter, tokens, cell, column, &content);
                if hover == Some((row, Some(place))) {
                    explain(ui, id, response, cell, &content, is_cut);
                }
                if view.cursor == Some((row, place)) && self.selects == Selects::Cells {
                    let color = if response.has_focus() { tokens.focus } else { tokens.line_strong };
                    let width = if response.has_focus() { 2.0 } else { 1.0 };
                    painter.rect_stroke(cell, 2, Stroke::new(width, color), StrokeKind::Inside);
                }
            }
            if is_selected && response.has_focus() {
                let ring = line.shrink2(vec2(1.0, 0.0));
                painter.rect_stroke(ring, 2, Stroke::new(2.0, tokens.focus), StrokeKind::Inside);
            }
            painter.hline(line.x_range(), line.bottom() - 0.5, Stroke::new(1.0, tokens.grid_line));
        }
        // Where whole rows are selected, and none is yet, the whole grid has the keyboard.
        if response.has_focus() && self.selects == Selects::Rows(None) {
            painter.rect_stroke(clip.shrink(1.0), 2, Stroke::new(2.0, tokens.focus), StrokeKind::Inside);
        }
    }

    /// Tells a screen reader of the rows and cells in sight, and at which of them the keyboard is.
    fn tell(&self, ui: &mut Ui, id: Id, space: &Space, lefts: &[f32], view: &View, visible: Range<u64>) {
        let columns = self.rows.columns().len();
        let clip = space.inner.intersect(ui.clip_rect());
        let left = space.inner.left() - view.left;
        let index = |row: u64| usize::try_from(row).unwrap_or(usize::MAX).saturating_add(1);
        let cell_id = |row: u64, place: usize| id.with(("cell", row, place));
        let mut rows = ui.new_child(UiBuilder::new().id_salt((id, "rows")).accessibility_parent(id));
        for row in visible.clone() {
            let top = view.y(space, row);
            let line = Rect::from_x_y_ranges(clip.x_range(), top..=top + GRID_ROW_HEIGHT);
            let is_selected = self.selects == Selects::Rows(Some(row));
            let row_id = id.with(("row", row));
            rows.interact(line.intersect(clip), row_id, Sense::hover())
                .widget_info(|| WidgetInfo::selected(Role::Row, true, is_selected, self.read_aloud(row)));
            ui.ctx().accesskit_node_builder(row_id, |node| node.set_row_index(index(row)));
            let cells = rows.new_child(UiBuilder::new().id_salt(row_id).accessibility_parent(row_id));
            for place in 0..columns {
                let across = (left + lefts[place])..=(left + lefts[place + 1]);
                let seen = Rect::from_x_y_ranges(across, line.y_range()).intersect(clip);
                if !seen.is_positive() {
                    continue;
                }
                let cell_id = cell_id(row, place);
                cells.interact(seen, cell_id, Sense::hover()).widget_info(|| WidgetInfo::new(Role::GridCell));
                ui.ctx().accesskit_node_builder(cell_id, |node| {
                    // Its value and no name: what is looked for by name is the row.
                    node.set_value(cell::spoken(&self.rows.cell(row, place)).into_owned());
                    node.set_column_index(place);
                });
            }
        }
        let at = match self.selects {
            Selects::Rows(selected) => selected.map(|row| (row, id.with(("row", row)))),
            Selects::Cells => view.cursor.map(|(row, place)| (row, cell_id(row, place))),
        };
        ui.ctx().accesskit_node_builder(id, |node| {
            node.set_row_count(index(self.rows.len()));
            node.set_column_count(columns);
            if let Some((_, inner)) = at.filter(|(row, _)| visible.contains(row)) {
                node.set_active_descendant(inner.accesskit_id());
            }
        });
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

    /// The numbers at the left; a press on one selects its row.
    pub(super) fn numbers(&self, ui: &Ui, id: Id, rect: Rect, view: &mut View, visible: &Range<u64>) {
        let tokens = Tokens::of(ui.visuals());
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        painter.rect_filled(rect, 0, tokens.panel);
        let space = super::view::space(rect, self.rows.len(), 0.0);
        let drawn = View { top: snapped(ui, view.top), ..*view };
        let selection = view.selection().filter(|_| self.selects == Selects::Cells);
        for row in visible.clone() {
            let Some(number) = self.rows.number(row) else { continue };
            let top = drawn.y(&space, row);
            let place = Rect::from_min_max(
                pos2(rect.left(), top),
                pos2(rect.right() - PADDING, top + GRID_ROW_HEIGHT),
            );
            let is_selected = selection.as_ref().is_some_and(|selection| selection.rows.contains(&row));
            let color = if is_selected { tokens.text } else { tokens.text_subdued };
            crate::widgets::draw_line(&painter, place, Align::Max, &number, theme::mono_small(), color);
        }
        painter.vline(rect.right() - 0.5, rect.y_range(), Stroke::new(1.0, tokens.line));
        if self.selects != Selects::Cells {
            return;
        }
        let response = ui.interact(rect, id.with("numbers"), Sense::CLICK | Sense::DRAG);
        let last = self.rows.columns().len().saturating_sub(1);
        if let (true, Some(pointer)) = (response.is_pointer_button_down_on(), response.interact_pointer_pos())
            && let Some(row) = drawn.row_at(&space, rect.shrink(1.0).clamp(pointer).y)
        {
            let is_new = ui.input(|input| input.pointer.primary_pressed() && !input.modifiers.shift);
            let from = if is_new { row } else { view.anchor.or(view.cursor).map_or(row, |(row, _)| row) };
            view.anchor = Some((from, 0));
            view.cursor = Some((row, last));
            ui.memory_mut(|memory| memory.request_focus(id));
        }
    }
}

/// A cell's whole value where it's cut, and why it's bad where it is.
fn explain(ui: &Ui, id: Id, response: &Response, rect: Rect, cell: &Cell<'_>, is_cut: bool) {
    const LONGEST: usize = 2_000;
    let (text, reason) = match cell {
        Cell::Bad(text, reason) => (text, Some(reason)),
        Cell::Text(text) | Cell::Toned(text, _) | Cell::Icon(_, _, text) | Cell::Differing(text, _)
            if is_cut =>
        {
            (text, None)
        }
        _ => return,
    };
    let tokens = Tokens::of(ui.visuals());
    let anchor = PopupAnchor::ParentRect(rect);
    let tooltip = Tooltip::always_open(ui.ctx().clone(), response.layer_id, id.with("cell"), anchor);
    tooltip.gap(2.0).show(|ui| {
        ui.set_max_width(480.0);
        if let Some(reason) = reason {
            ui.label(egui::RichText::new(reason.as_ref()).color(tokens.error));
        }
        if is_cut {
            let mut shown: String = text.chars().take(LONGEST).collect();
            let is_whole = shown.len() == text.len();
            if !is_whole {
                shown.push('…');
            }
            ui.label(egui::RichText::new(shown).font(theme::mono()));
            if !is_whole {
                let length = crate::text::count(text.chars().count() as u64, "character", "characters");
                let words = egui::RichText::new(format!("{length} in all")).font(theme::small());
                ui.label(words.color(tokens.text_subdued));
            }
        }
    });
}

fn snapped(ui: &Ui, points: f64) -> f64 {
    let scale = f64::from(ui.pixels_per_point());
    (points * scale).round() / scale
}

/// The row at a place, and the column where one is.
fn cell_at(view: &View, space: &Space, lefts: &[f32], pointer: Pos2) -> Option<(u64, Option<usize>)> {
    let row = view.row_at(space, pointer.y)?;
    let x = pointer.x - space.inner.left() + view.left;
    Some((row, lefts.windows(2).position(|edge| (edge[0]..edge[1]).contains(&x))))
}

fn visible_rows(view: &View, space: &Space, total: u64) -> Range<u64> {
    let height = f64::from(GRID_ROW_HEIGHT);
    let last = whole(((view.top + f64::from(space.inner.height())) / height).ceil());
    view.first_row().min(total)..last.min(total)
}
