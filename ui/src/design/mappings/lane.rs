//! One side of the lines: a list of rows of one height, of which only those in sight are drawn, and where they stand.

use egui::{
    Color32, EventFilter, Id, Key, Modifiers, Rect, Response, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    pos2, vec2,
};

use crate::theme::{self, Tokens};

/// Height of a row.
pub(super) const ROW: f32 = 40.0;
/// Room at the edge in which a dragged column or field scrolls the list.
const EDGE: f32 = 28.0;
/// Points that it is scrolled by in one frame.
const SPEED: f32 = 10.0;

/// Where the rows of a list stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lane {
    /// The part of it in sight.
    pub(super) rect: Rect,
    pub(super) offset: f32,
    pub(super) count: usize,
}

impl Lane {
    /// Height of a row's middle; beyond the edges for rows out of sight.
    pub(super) fn y(&self, position: usize) -> f32 {
        self.rect.top() - self.offset + (position as f32 + 0.5) * ROW
    }

    /// The same, at the edge for rows out of sight.
    pub(super) fn y_in_sight(&self, position: usize) -> (f32, bool) {
        let y = self.y(position);
        let is_in_sight = y >= self.rect.top() && y <= self.rect.bottom();
        (y.clamp(self.rect.top(), self.rect.bottom()), is_in_sight)
    }

    /// The gap between rows that is next to a height: 0 before the first row.
    pub(super) fn gap_at(&self, y: f32) -> usize {
        let rows = ((y - self.rect.top() + self.offset) / ROW).round().max(0.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative, and small"
        )]
        let gap = rows as usize;
        gap.min(self.count)
    }
}

/// How a list is scrolled from outside.
#[derive(Debug, Clone, Default)]
pub(super) struct Scroll {
    /// Turned over the lines: both sides scroll.
    pub(super) wheel: f32,
    /// The row that is selected, and its name: comes into sight when it is another one.
    pub(super) selected: Option<(usize, String)>,
    /// Whether something is dragged that may be dropped out of sight.
    pub(super) dragging: bool,
}

/// Shows a list; `row` draws the one at a position into its place.
pub(super) fn lane(
    ui: &mut Ui,
    salt: &str,
    count: usize,
    scroll: &Scroll,
    mut row: impl FnMut(&mut Ui, usize, Rect),
) -> Lane {
    let id = ui.make_persistent_id(("lane", salt));
    let revealed = scroll.selected.as_ref().map(|(_, name)| name.clone()).unwrap_or_default();
    let is_new = ui.data(|data| data.get_temp::<String>(id)).is_none_or(|before| before != revealed);
    if is_new {
        ui.data_mut(|data| data.insert_temp(id, revealed));
    }
    let output = ScrollArea::vertical().id_salt(salt).auto_shrink(false).show_viewport(ui, |ui, viewport| {
        let height = count as f32 * ROW;
        ui.set_height(height.max(viewport.height()));
        let origin = ui.min_rect().min;
        let width = ui.available_width();
        let place = |position: usize| {
            Rect::from_min_size(pos2(origin.x, origin.y + position as f32 * ROW), vec2(width, ROW))
        };
        let keeps = scroll.selected.as_ref().map(|(position, _)| *position);
        for position in in_sight(viewport.top(), viewport.bottom(), count, keeps) {
            row(ui, position, place(position));
        }
        if is_new && let Some((position, _)) = &scroll.selected {
            ui.scroll_to_rect(place(*position), None);
        }
        if scroll.wheel != 0.0 {
            ui.scroll_with_delta(vec2(0.0, scroll.wheel));
        }
        if scroll.dragging {
            follow_drag(ui, ui.clip_rect());
        }
    });
    Lane { rect: output.inner_rect, offset: output.state.clamped_offset().y, count }
}

/// Positions of the rows to draw: those in sight, one beyond at both ends, and the selected one with its neighbours, so
/// that the keyboard can go there.
fn in_sight(top: f32, bottom: f32, count: usize, keeps: Option<usize>) -> Vec<usize> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and small")]
    let row_at = |y: f32| (y / ROW).floor().max(0.0) as usize;
    let first = row_at(top).saturating_sub(1);
    let last = (row_at(bottom) + 2).min(count);
    let mut rows: Vec<usize> = (first..last).collect();
    if let Some(kept) = keeps {
        let near = kept.saturating_sub(1)..(kept + 2).min(count);
        rows.extend(near.filter(|row| !(first..last).contains(row)));
    }
    rows
}

fn follow_drag(ui: &Ui, clip: Rect) {
    let Some(pointer) = ui.input(|input| input.pointer.interact_pos()).filter(|at| clip.contains(*at)) else {
        return;
    };
    let delta = if pointer.y < clip.top() + EDGE {
        SPEED
    } else if pointer.y > clip.bottom() - EDGE {
        -SPEED
    } else {
        return;
    };
    ui.scroll_with_delta(vec2(0.0, delta));
    ui.ctx().request_repaint();
}

/// What was done on a row.
pub(super) struct RowOutput {
    pub(super) response: Response,
    /// Up is -1, down 1.
    pub(super) step: i32,
    /// Left is -1, right 1.
    pub(super) across: i32,
    pub(super) entered: bool,
    pub(super) deleted: bool,
}

/// Lets a row be clicked, dragged and moved through by the keys, and draws its ground.
pub(super) fn interact(ui: &Ui, rect: Rect, id: Id, is_selected: bool) -> RowOutput {
    let has_focus = ui.memory(|memory| memory.has_focus(id));
    let mut keys = [false; 6];
    if has_focus {
        let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        // Enter would be a click too.
        let wanted = [Key::ArrowUp, Key::ArrowDown, Key::ArrowLeft, Key::ArrowRight, Key::Enter, Key::Delete];
        keys = ui.input_mut(|input| wanted.map(|key| input.consume_key(Modifiers::NONE, key)));
    }
    let [up, down, left, right, entered, deleted] = keys;
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let tokens = Tokens::of(ui.visuals());
    let fill = match (is_selected, response.hovered()) {
        (true, _) => tokens.row_selected,
        (false, true) => tokens.row_hovered,
        (false, false) => Color32::TRANSPARENT,
    };
    let ground = rect.shrink2(vec2(0.0, 1.0));
    ui.painter().rect_filled(ground, theme::RADIUS, fill);
    if response.has_focus() {
        let stroke = Stroke::new(2.0, tokens.focus);
        ui.painter().rect_stroke(ground.shrink(1.0), theme::RADIUS, stroke, StrokeKind::Inside);
    }
    RowOutput {
        response,
        step: i32::from(down) - i32::from(up),
        across: i32::from(right) - i32::from(left),
        entered,
        deleted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rows_in_sight_are_drawn_and_those_the_keyboard_may_go_to() {
        let rows = in_sight(4_000.0, 4_400.0, 200, Some(3));
        assert_eq!(rows, (99..112).chain([2, 3, 4]).collect::<Vec<_>>());
        assert_eq!(in_sight(0.0, 400.0, 2, None), [0, 1]);
        assert_eq!(in_sight(7_900.0, 8_300.0, 200, Some(199)).last(), Some(&199));
    }

    #[test]
    fn a_row_out_of_sight_is_at_the_edge() {
        let rect = Rect::from_min_size(pos2(0.0, 100.0), vec2(200.0, 400.0));
        let lane = Lane { rect, offset: 80.0, count: 50 };
        assert_eq!(lane.y_in_sight(0), (100.0, false));
        assert_eq!(lane.y_in_sight(3), (160.0, true));
        assert_eq!(lane.y_in_sight(40), (500.0, false));
        assert_eq!((lane.gap_at(101.0), lane.gap_at(159.0), lane.gap_at(9_000.0)), (2, 3, 50));
    }
}
