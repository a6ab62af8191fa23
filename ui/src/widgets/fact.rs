//! A row of a list of facts: a name at the left, a value at the right, perhaps a bar behind them.

use egui::{Align, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{draw_line, focus_ring, is_hovered, printable};
use crate::theme::{self, Tokens, Tone};

/// A row to be shown.
pub(crate) struct FactRow<'a> {
    name: &'a str,
    value: String,
    tone: Tone,
    mono_value: bool,
    mono_name: bool,
    bar: Option<f32>,
    act: Option<&'a str>,
    tooltip: String,
}

impl<'a> FactRow<'a> {
    pub(crate) fn new(name: &'a str, value: impl Into<String>) -> Self {
        Self {
            name,
            value: value.into(),
            tone: Tone::Neutral,
            mono_value: false,
            mono_name: false,
            bar: None,
            act: None,
            tooltip: String::new(),
        }
    }

    pub(crate) fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// The value is data.
    pub(crate) fn mono(mut self) -> Self {
        self.mono_value = true;
        self
    }

    /// The name is data.
    pub(crate) fn mono_name(mut self) -> Self {
        self.mono_name = true;
        self
    }

    /// A bar behind the name, 0 to 1.
    pub(crate) fn bar(mut self, share: f32) -> Self {
        self.bar = Some(share);
        self
    }

    /// What a click does.
    pub(crate) fn act(mut self, act: &'a str) -> Self {
        self.act = Some(act);
        self
    }

    pub(crate) fn tooltip(mut self, tooltip: String) -> Self {
        self.tooltip = tooltip;
        self
    }

    /// Shows the row; true when it was clicked and does something.
    pub(crate) fn show(self, ui: &mut Ui) -> bool {
        const HEIGHT: f32 = 22.0;
        let tokens = Tokens::of(ui.visuals());
        let sense = if self.act.is_some() { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), sense);
        let (name, is_value) = match self.name {
            "" => ("empty", false),
            blank if blank.trim().is_empty() => ("blank", false),
            name => (name, true),
        };
        response.widget_info(|| {
            let role = if self.act.is_some() { Role::Button } else { Role::Label };
            let act = self.act.map(|act| format!(", {}", act.to_lowercase())).unwrap_or_default();
            WidgetInfo::labeled(role, true, format!("{} {}{act}", name.trim(), self.value))
        });
        if ui.is_rect_visible(rect) {
            if self.act.is_some() && is_hovered(ui, &response) {
                ui.painter().rect_filled(rect, theme::RADIUS, tokens.row_hovered);
            }
            if let Some(share) = self.bar {
                let width = (rect.width() * share.clamp(0.0, 1.0)).max(2.0);
                let bar = Rect::from_min_size(rect.min + vec2(0.0, 1.0), vec2(width, HEIGHT - 2.0));
                ui.painter().rect_filled(bar, 2, tokens.bar_faint);
            }
            let inner = rect.shrink2(vec2(if self.bar.is_some() { 6.0 } else { 0.0 }, 0.0));
            let font = if self.mono_value { theme::mono() } else { theme::body() };
            let color = match (self.tone, self.act) {
                (Tone::Neutral, _) => tokens.text,
                (tone, _) => tokens.tone_text(tone),
            };
            let half = inner.with_min_x(inner.left() + inner.width() * 0.35);
            let taken =
                draw_line(ui.painter(), half, Align::Max, &printable(ui.painter(), &self.value), font, color);
            let place = Rect::from_min_max(inner.min, pos2(taken.left() - 8.0, inner.bottom()));
            let font = if self.mono_name { theme::mono() } else { theme::body() };
            let color = match (self.mono_name, is_value) {
                (_, false) => tokens.null,
                (true, true) => tokens.text,
                (false, true) => tokens.text_subdued,
            };
            draw_line(ui.painter(), place, Align::Min, &printable(ui.painter(), name), font, color);
            focus_ring(ui, &response);
        }
        let clicked = response.clicked();
        let mut about = self.tooltip;
        if self.mono_name && is_value {
            about = format!("{name}\n{about}");
        }
        if let Some(act) = self.act {
            about = format!("{about}\n{act}");
        }
        let about = about.trim();
        if !about.is_empty() {
            response.on_hover_text(about);
        }
        clicked
    }
}
