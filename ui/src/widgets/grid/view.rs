//! Where a grid is scrolled to, where its cursor is, and its scroll bars.

use egui::{CursorIcon, Id, Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::GRID_ROW_HEIGHT;
use super::selection::Selection;
use crate::theme::Tokens;

/// Room that a scroll bar takes.
pub(super) const BAR: f32 = 12.0;
const SHORTEST_HANDLE: f32 = 28.0;

/// What a grid remembers from frame to frame.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct View {
    /// Points above what is in sight. In `f64`: rows beyond the 700,000th have no exact place in an `f32`.
    pub(super) top: f64,
    /// Points left of what is in sight.
    pub(super) left: f32,
    /// Cell that the keyboard is at.
    pub(super) cursor: Option<(u64, usize)>,
    /// Where the selection began.
    pub(super) anchor: Option<(u64, usize)>,
    /// The last jump that was made.
    pub(super) jumped: u64,
    /// Room for the cells in the frame before.
    pub(super) room: Vec2,
}

/// The room for the rows, and how much there is to show in it.
pub(super) struct Space {
    /// Where cells are, without the scroll bars.
    pub(super) inner: Rect,
    pub(super) outer: Rect,
    pub(super) width: f32,
    pub(super) height: f64,
}

/// Room for columns beside the scroll bar that the rows may need.
pub(super) fn width(body: Rect, rows: u64) -> f32 {
    let is_high = rows as f64 * f64::from(GRID_ROW_HEIGHT) > f64::from(body.height()) + 0.5;
    if is_high { body.width() - BAR } else { body.width() }
}

pub(super) fn space(body: Rect, rows: u64, width: f32) -> Space {
    let height = rows as f64 * f64::from(GRID_ROW_HEIGHT);
    let mut inner = body;
    let is_wide = width > body.width() + 0.5;
    if is_wide {
        inner.max.y = (inner.max.y - BAR).max(inner.min.y);
    }
    if height > f64::from(inner.height()) + 0.5 {
        inner.max.x = (inner.max.x - BAR).max(inner.min.x);
        if !is_wide && width > inner.width() + 0.5 {
            inner.max.y = (inner.max.y - BAR).max(inner.min.y);
        }
    }
    Space { inner, outer: body, width, height }
}

/// A place as a number of rows; nothing is before the first.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float saturates at both ends")]
pub(super) fn whole(rows: f64) -> u64 {
    rows as u64
}

#[expect(clippy::cast_possible_truncation, reason = "differences within what is in sight are small")]
fn small(points: f64) -> f32 {
    points as f32
}

impl View {
    pub(super) fn first_row(&self) -> u64 {
        whole(self.top / f64::from(GRID_ROW_HEIGHT))
    }

    /// Where a row begins, which is in sight or near it.
    pub(super) fn y(&self, space: &Space, row: u64) -> f32 {
        space.inner.top() + small(row as f64 * f64::from(GRID_ROW_HEIGHT) - self.top)
    }

    /// The row at a height.
    pub(super) fn row_at(&self, space: &Space, y: f32) -> Option<u64> {
        let points = self.top + f64::from(y - space.inner.top());
        (points >= 0.0 && points < space.height).then(|| whole(points / f64::from(GRID_ROW_HEIGHT)))
    }

    pub(super) fn selection(&self) -> Option<Selection> {
        let cursor = self.cursor?;
        Some(Selection::between(self.anchor.unwrap_or(cursor), cursor))
    }

    pub(super) fn row_is_in_sight(&self, space: &Space, row: u64) -> bool {
        let y = self.y(space, row);
        y > space.inner.top() - GRID_ROW_HEIGHT && y < space.inner.bottom()
    }

    pub(super) fn clamp(&mut self, space: &Space) {
        self.top = self.top.clamp(0.0, (space.height - f64::from(space.inner.height())).max(0.0));
        self.left = self.left.clamp(0.0, (space.width - space.inner.width()).max(0.0));
    }

    /// The wheel, and what fits at most.
    pub(super) fn scroll(&mut self, ui: &Ui, id: Id, space: &Space) {
        // A nested scroll area would move too: grids stand in panels, not in scroll areas.
        let is_over =
            ui.rect_contains_pointer(space.outer) && ui.ctx().dragged_id().is_none_or(|it| it == id);
        if is_over {
            let delta: Vec2 = ui.input(egui::InputState::smooth_scroll_delta);
            self.top -= f64::from(delta.y);
            self.left -= delta.x;
        }
        self.clamp(space);
    }

    /// Scrolls as little as it takes to have the cell in sight.
    pub(super) fn reveal(&mut self, space: &Space, lefts: &[f32], (row, column): (u64, usize)) {
        let top = row as f64 * f64::from(GRID_ROW_HEIGHT);
        let below = top + f64::from(GRID_ROW_HEIGHT) - f64::from(space.inner.height());
        self.top = self.top.min(top).max(below);
        if let (Some(left), Some(right)) = (lefts.get(column), lefts.get(column + 1)) {
            self.left = self.left.max(right - space.inner.width()).min(*left);
        }
        self.clamp(space);
    }

    /// Scrolls so that the row stands in the middle, unless it's in sight already.
    pub(super) fn centre(&mut self, space: &Space, lefts: &[f32], cell: (u64, usize)) {
        let top = cell.0 as f64 * f64::from(GRID_ROW_HEIGHT);
        let height = f64::from(space.inner.height());
        if top < self.top || top + f64::from(GRID_ROW_HEIGHT) > self.top + height {
            self.top = top - height / 2.0;
        }
        self.reveal(space, lefts, cell);
    }
}

/// The scroll bars, drawn and dragged.
pub(super) fn bars(ui: &Ui, id: Id, name: &str, space: &Space, view: &mut View) {
    let shown = f64::from(space.inner.height());
    if space.height > shown + 0.5 {
        let track = Rect::from_min_max(
            pos2(space.inner.right(), space.inner.top()),
            pos2(space.outer.right(), space.inner.bottom()),
        );
        let range = space.height - shown;
        let to = bar(
            ui,
            id.with("down"),
            &format!("Scroll {name} down"),
            track,
            true,
            shown / space.height,
            view.top / range,
        );
        if let Some(to) = to {
            view.top = to * range;
        }
    }
    let shown = space.inner.width();
    if space.width > shown + 0.5 {
        let track = Rect::from_min_max(
            pos2(space.inner.left(), space.inner.bottom()),
            pos2(space.inner.right(), space.outer.bottom()),
        );
        let range = space.width - shown;
        let (part, at) = (f64::from(shown / space.width), f64::from(view.left / range));
        if let Some(to) = bar(ui, id.with("right"), &format!("Scroll {name} right"), track, false, part, at) {
            view.left = small(to) * range;
        }
    }
    view.clamp(space);
}

/// One bar: the share of what is in sight, and how far it is scrolled, 0 to 1. Gives where to, when moved.
fn bar(ui: &Ui, id: Id, name: &str, track: Rect, is_down: bool, part: f64, at: f64) -> Option<f64> {
    let tokens = Tokens::of(ui.visuals());
    let response = ui.interact(track, id, Sense::CLICK | Sense::DRAG);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ScrollBar, true, name);
        info.value = Some(at);
        info
    });
    let along = |pos: egui::Pos2| if is_down { pos.y - track.top() } else { pos.x - track.left() };
    let length = if is_down { track.height() } else { track.width() };
    let handle = small(part * f64::from(length)).max(SHORTEST_HANDLE).min(length);
    let free = (length - handle).max(1.0);
    let start = small(at) * free;
    let grab_id = id.with("grab");
    let mut to = None;
    if let (true, Some(pointer)) = (response.is_pointer_button_down_on(), response.interact_pointer_pos()) {
        let pointer = along(pointer);
        let grab = ui.data(|data| data.get_temp::<f32>(grab_id)).unwrap_or_else(|| {
            // On the handle it goes along with the pointer; beside it, its middle goes there.
            if (start..start + handle).contains(&pointer) { pointer - start } else { handle / 2.0 }
        });
        ui.data_mut(|data| data.insert_temp(grab_id, grab));
        let wanted = f64::from(((pointer - grab) / free).clamp(0.0, 1.0));
        to = (wanted - at).abs().gt(&1e-9).then_some(wanted);
    } else if ui.data(|data| data.get_temp::<f32>(grab_id)).is_some() {
        ui.data_mut(|data| data.remove::<f32>(grab_id));
    }
    let start = to.map_or(start, |to| small(to) * free);
    let is_active = response.hovered() || response.is_pointer_button_down_on();
    let thick = if is_active { 8.0 } else { 5.0 };
    let handle = if is_down {
        Rect::from_min_size(pos2(track.center().x - thick / 2.0, track.top() + start), vec2(thick, handle))
    } else {
        Rect::from_min_size(pos2(track.left() + start, track.center().y - thick / 2.0), vec2(handle, thick))
    };
    let color = if is_active { tokens.text_disabled } else { tokens.scroll_handle };
    ui.painter().rect_filled(track, 0, tokens.content);
    ui.painter().rect_filled(
        if is_down { handle.shrink2(vec2(0.0, 2.0)) } else { handle.shrink2(vec2(2.0, 0.0)) },
        4,
        color,
    );
    response.on_hover_cursor(CursorIcon::Default);
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_many_rows_has_an_exact_place() {
        let body = Rect::from_min_size(pos2(0.0, 100.0), vec2(800.0, 440.0));
        for rows in [1_000_000_u64, 4_000_000_000] {
            let space = space(body, rows, 700.0);
            let mut view = View::default();
            view.reveal(&space, &[0.0, 700.0], (rows - 1, 0));
            let last = view.y(&space, rows - 1);
            assert!((last + GRID_ROW_HEIGHT - space.inner.bottom()).abs() < 0.01, "{last}");
            assert!((view.y(&space, rows - 2) + GRID_ROW_HEIGHT - last).abs() < 0.01);
            assert_eq!(view.row_at(&space, last + 1.0), Some(rows - 1));
            assert_eq!(view.row_at(&space, last - 1.0), Some(rows - 2));
        }
    }

    #[test]
    fn a_cell_that_is_in_sight_moves_nothing() {
        let space = space(Rect::from_min_size(pos2(0.0, 0.0), vec2(200.0, 220.0)), 1_000, 900.0);
        let lefts = [0.0, 300.0, 600.0, 900.0];
        let mut view = View { top: 2_200.0, ..View::default() };
        view.reveal(&space, &lefts, (102, 0));
        assert!((view.top - 2_200.0).abs() < 1e-9 && view.left == 0.0);
        view.reveal(&space, &lefts, (99, 2));
        assert!((view.top - 2_178.0).abs() < 1e-9);
        assert!(view.left > 0.0);
    }
}
