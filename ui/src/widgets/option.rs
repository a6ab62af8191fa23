//! One of several ways, of which exactly one is taken; and a thing that is so or not. In the line of other widgets.

use egui::{Align, Color32, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use super::check::draw_box;
use super::{focus_ring, is_hovered, is_pressed};
use crate::theme::{self, ROW_HEIGHT, Tokens};

/// Room for the mark before the words.
const MARK: f32 = 22.0;

/// One of several ways; clicked, it is to be taken. `name` is what a screen reader says, where the words are too few.
pub(crate) fn radio(ui: &mut Ui, taken: bool, words: &str, name: &str) -> Response {
    let (rect, response, color) = line(ui, words);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, taken, name));
    let tokens = Tokens::of(ui.visuals());
    let center = rect.left_center() + vec2(9.0, 0.0);
    let ring = if taken { tokens.link } else { color };
    ui.painter().circle(center, 6.5, Color32::TRANSPARENT, Stroke::new(1.5, ring));
    if taken {
        ui.painter().circle_filled(center, 3.0, tokens.link);
    }
    focus_ring(ui, &response);
    response
}

/// A thing that is so or not; true where it was just changed.
pub(crate) fn tick(ui: &mut Ui, is_so: &mut bool, words: &str) -> bool {
    let (rect, response, color) = line(ui, words);
    let changes = response.clicked();
    *is_so ^= changes;
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, *is_so, words));
    draw_box(ui, Rect::from_min_size(rect.min, vec2(18.0, rect.height())), *is_so, color);
    focus_ring(ui, &response);
    changes
}

/// Room and words; the colour is that of the mark while it is not taken.
fn line(ui: &mut Ui, words: &str) -> (Rect, Response, Color32) {
    let tokens = Tokens::of(ui.visuals());
    let text = super::line(ui.painter(), words, theme::body(), tokens.text, f32::INFINITY);
    let size = vec2(MARK + text.size().x + 4.0, ROW_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let is_touched = is_hovered(ui, &response) || is_pressed(ui, &response);
    let color = if is_touched { tokens.text_strong } else { tokens.text };
    super::put(ui.painter(), rect.with_min_x(rect.left() + MARK), Align::Min, text, color);
    (rect, response, if is_touched { tokens.text } else { tokens.text_subdued })
}
