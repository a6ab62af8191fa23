//! A chip: something that is in force, and can be taken away.

use egui::{Align, FontId, Key, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::{draw_line, focus_ring, is_hovered};
use crate::icon;
use crate::theme::{self, Tokens};

/// A chip to be shown.
pub(crate) struct Chip<'a> {
    text: &'a str,
    icon: Option<char>,
    tooltip: &'a str,
    removable: bool,
}

/// What was done with it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ChipOutput {
    pub(crate) clicked: bool,
    /// Its cross was clicked, or Delete pressed on it.
    pub(crate) removed: bool,
}

impl<'a> Chip<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, icon: None, tooltip: "", removable: false }
    }

    pub(crate) fn icon(mut self, icon: char) -> Self {
        self.icon = Some(icon);
        self
    }

    pub(crate) fn tooltip(mut self, tooltip: &'a str) -> Self {
        self.tooltip = tooltip;
        self
    }

    pub(crate) fn removable(mut self) -> Self {
        self.removable = true;
        self
    }

    pub(crate) fn show(self, ui: &mut Ui) -> ChipOutput {
        const HEIGHT: f32 = 22.0;
        const SIGN: f32 = 18.0;
        let tokens = Tokens::of(ui.visuals());
        let text = super::line(ui.painter(), self.text, theme::small(), tokens.text, 320.0);
        let before = if self.icon.is_some() { SIGN } else { 0.0 };
        let behind = if self.removable { SIGN } else { 0.0 };
        let size = vec2(text.size().x + before + behind + 14.0, HEIGHT);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let is_enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, self.text));
        let fill = if is_hovered(ui, &response) { tokens.button_hovered } else { tokens.button };
        let line = Stroke::new(1.0, tokens.line_strong);
        ui.painter().rect(rect, 11, fill, line, StrokeKind::Inside);
        let sign = |place: Rect, sign: char, color| {
            draw_line(
                ui.painter(),
                place,
                Align::Center,
                &sign.to_string(),
                FontId::proportional(13.0),
                color,
            );
        };
        let inner = rect.shrink2(vec2(7.0, 0.0));
        if let Some(icon) = self.icon {
            sign(inner.with_max_x(inner.left() + SIGN - 4.0), icon, tokens.text_subdued);
        }
        let place = Rect::from_min_max(inner.min + vec2(before, 0.0), inner.max - vec2(behind, 0.0));
        super::put(ui.painter(), place, Align::Min, text, tokens.text);
        let mut output = ChipOutput { clicked: response.clicked(), removed: false };
        if self.removable {
            let place = rect.with_min_x(rect.right() - SIGN - 4.0);
            let cross = ui.interact(place, response.id.with("remove"), Sense::CLICK);
            let name = format!("Remove {}", self.text);
            cross.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, &name));
            let color = if cross.hovered() { tokens.text_strong } else { tokens.text_subdued };
            sign(place, icon::CLOSE, color);
            output.removed = cross.clicked();
            if response.has_focus() {
                output.removed |= ui.input_mut(|input| {
                    input.consume_key(egui::Modifiers::NONE, Key::Delete)
                        || input.consume_key(egui::Modifiers::NONE, Key::Backspace)
                });
            }
            cross.on_hover_text(name);
        }
        focus_ring(ui, &response);
        if !self.tooltip.is_empty() {
            response.on_hover_text(self.tooltip);
        }
        output
    }
}
