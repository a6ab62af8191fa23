//! A card that leads somewhere: an icon, what it is, and in one line what there is to know about it.

use egui::{Align, Color32, FontId, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::{draw_line, focus_ring, is_hovered, is_pressed};
use crate::theme::{self, Tokens};

/// Height of a card.
const HEIGHT: f32 = 52.0;

/// A card to be shown.
pub(crate) struct Card<'a> {
    title: &'a str,
    line: &'a str,
    icon: (char, Option<Color32>),
    detail: &'a str,
    name: Option<String>,
    role: Role,
    enabled: bool,
    primary: bool,
    /// Room at its right that is left to a button.
    room: f32,
}

impl<'a> Card<'a> {
    pub(crate) fn new(icon: char, title: &'a str, line: &'a str) -> Self {
        Self {
            title,
            line,
            icon: (icon, None),
            detail: "",
            name: None,
            role: Role::Button,
            enabled: true,
            primary: false,
            room: 0.0,
        }
    }

    pub(crate) fn icon_color(mut self, color: Color32) -> Self {
        self.icon.1 = Some(color);
        self
    }

    /// Something at the right.
    pub(crate) fn detail(mut self, detail: &'a str) -> Self {
        self.detail = detail;
        self
    }

    /// What is read aloud, where the title doesn't say it.
    pub(crate) fn name(mut self, name: String) -> Self {
        self.name = Some(name);
        self
    }

    pub(crate) fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    pub(crate) fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// The one thing to do next.
    pub(crate) fn primary(mut self, primary: bool) -> Self {
        self.primary = primary;
        self
    }

    pub(crate) fn room(mut self, room: f32) -> Self {
        self.room = room;
        self
    }

    pub(crate) fn show(self, ui: &mut Ui) -> Response {
        let tokens = Tokens::of(ui.visuals());
        let sense = if self.enabled { Sense::click() } else { Sense::hover() };
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEIGHT));
        let (name, enabled) = (self.name.as_deref().unwrap_or(self.title), self.enabled);
        // By what it is, not by where it stands: cards change places when more is known, and who presses one by its name
        // must not press its neighbour.
        let response = ui.interact(rect, ui.scope_id().with(name), sense);
        response.widget_info(|| WidgetInfo::labeled(self.role, enabled, name));
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let is_hovered = self.enabled && is_hovered(ui, &response);
        let is_pressed = self.enabled && is_pressed(ui, &response);
        let primary = self.primary && self.enabled;
        let fill = match (primary, is_pressed, is_hovered) {
            (true, false, true) => tokens.accent_hovered,
            (true, ..) => tokens.accent,
            (false, true, _) => tokens.button_pressed,
            (false, false, true) => tokens.button_hovered,
            (false, false, false) => tokens.panel,
        };
        let stroke = Stroke::new(1.0, if primary { fill } else { tokens.line });
        let painter = ui.painter();
        painter.rect(rect, 6, fill, stroke, StrokeKind::Inside);
        let (strong, subdued) = match (primary, self.enabled) {
            (true, _) => (tokens.on_accent, tokens.on_accent),
            (false, true) => (tokens.text_strong, tokens.text_subdued),
            (false, false) => (tokens.text_disabled, tokens.text_disabled),
        };
        let icon = self.icon.1.filter(|_| self.enabled && !primary).unwrap_or(subdued);
        let sign = Rect::from_min_size(rect.min, vec2(48.0, rect.height()));
        draw_line(painter, sign, Align::Center, &self.icon.0.to_string(), FontId::proportional(20.0), icon);
        let inner = rect.with_min_x(rect.left() + 48.0).with_max_x(rect.right() - 16.0 - self.room);
        let [above, below] = [inner.with_max_y(inner.center().y), inner.with_min_y(inner.center().y)];
        let above = above.with_min_y(above.top() + 8.0);
        let below = below.with_max_y(below.bottom() - 8.0);
        let detail = draw_line(painter, above, Align::Max, self.detail, theme::small(), subdued);
        let titled = if self.detail.is_empty() { above } else { above.with_max_x(detail.left() - 8.0) };
        draw_line(painter, titled, Align::Min, self.title, theme::strong(), strong);
        draw_line(painter, below, Align::Min, self.line, theme::small(), subdued);
        focus_ring(ui, &response);
        response
    }
}
