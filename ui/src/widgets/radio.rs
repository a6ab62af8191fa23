//! One of several that exclude each other, each with its name beside it.

use egui::{Align, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use super::{draw_line, focus_ring, is_hovered, line};
use crate::theme::{self, CONTROL_HEIGHT, Tokens};

/// Room of the circle, with what is between it and the name.
const SIGN: f32 = 24.0;
const RADIUS: f32 = 7.0;

/// Clicked: it is to be the one that is chosen.
pub(crate) fn radio(ui: &mut Ui, is_chosen: bool, text: &str) -> Response {
    let tokens = Tokens::of(ui.visuals());
    let room = (ui.available_width() - SIGN - 8.0).max(32.0);
    let width = line(ui.painter(), text, theme::body(), tokens.text, room).size().x;
    let size = vec2(SIGN + width + 8.0, CONTROL_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, text));
    if ui.is_rect_visible(rect) {
        let center = rect.left_center() + vec2(4.0 + RADIUS, 0.0);
        let edge = match (is_chosen, is_hovered(ui, &response)) {
            (true, _) => tokens.link,
            (false, true) => tokens.text,
            (false, false) => tokens.text_subdued,
        };
        // Empty where it is not chosen: filled it would look pressed, or as if it could not be.
        ui.painter().circle(center, RADIUS, tokens.field, Stroke::new(1.5, edge));
        if is_chosen {
            ui.painter().circle_filled(center, RADIUS - 3.5, tokens.link);
        }
        let place = Rect::from_min_max(rect.min + vec2(SIGN, 0.0), rect.max);
        draw_line(ui.painter(), place, Align::Min, text, theme::body(), tokens.text);
        focus_ring(ui, &response);
    }
    response
}
