//! A row with a box to tick, and at the right what is worth knowing about it.

use egui::{Align, Color32, FontId, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{draw_line, focus_ring, is_hovered};
use crate::icon;
use crate::theme::{self, ROW_HEIGHT, Tokens};

/// A row to be shown.
pub(crate) struct CheckRow<'a> {
    text: &'a str,
    ticked: bool,
    detail: Option<String>,
    mono: bool,
}

impl<'a> CheckRow<'a> {
    pub(crate) fn new(text: &'a str, ticked: bool) -> Self {
        Self { text, ticked, detail: None, mono: false }
    }

    pub(crate) fn detail(mut self, detail: String) -> Self {
        self.detail = Some(detail);
        self
    }

    /// Its text is data.
    pub(crate) fn mono(mut self) -> Self {
        self.mono = true;
        self
    }

    /// Clicked: it is to be ticked, or no longer.
    pub(crate) fn show(self, ui: &mut Ui) -> Response {
        let tokens = Tokens::of(ui.visuals());
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
        let (text, is_value) = match self.text {
            "" => ("empty", false),
            blank if blank.trim().is_empty() => ("blank", false),
            text => (text, true),
        };
        let is_enabled = ui.is_enabled();
        response.widget_info(|| {
            let name =
                self.detail.as_ref().map_or_else(|| text.to_owned(), |detail| format!("{text} {detail}"));
            WidgetInfo::selected(Role::CheckBox, is_enabled, self.ticked, name)
        });
        if ui.is_rect_visible(rect) {
            let fill = if is_hovered(ui, &response) { tokens.row_hovered } else { Color32::TRANSPARENT };
            ui.painter().rect_filled(rect, theme::RADIUS, fill);
            let place = Rect::from_min_size(rect.min + vec2(4.0, 0.0), vec2(18.0, rect.height()));
            draw_box(ui, place, self.ticked, tokens.text_subdued);
            let mut right = rect.right() - 6.0;
            if let Some(detail) = &self.detail {
                let place = Rect::from_min_max(pos2(rect.left(), rect.top()), pos2(right, rect.bottom()));
                let color = tokens.text_subdued;
                right =
                    draw_line(ui.painter(), place, Align::Max, detail, theme::small(), color).left() - 8.0;
            }
            let place = Rect::from_min_max(pos2(rect.left() + 28.0, rect.top()), pos2(right, rect.bottom()));
            let font = if self.mono { theme::mono() } else { theme::body() };
            let color = if is_value { tokens.text } else { tokens.null };
            draw_line(ui.painter(), place, Align::Min, text, font, color);
            focus_ring(ui, &response);
        }
        response
    }
}

/// The box itself; `color` is that of one that is not ticked.
pub(super) fn draw_box(ui: &Ui, place: Rect, ticked: bool, color: Color32) {
    let color = if ticked { Tokens::of(ui.visuals()).link } else { color };
    let sign = if ticked { icon::TICKED } else { icon::UNTICKED };
    draw_line(ui.painter(), place, Align::Center, &sign.to_string(), FontId::proportional(15.0), color);
}
