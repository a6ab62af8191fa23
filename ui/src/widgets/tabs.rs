//! Tabs: one of several parts of a view is shown.

use egui::{Color32, Role, Sense, Ui, WidgetInfo, vec2};

use super::{focus_ring, is_hovered};
use crate::theme::{self, Tokens, Tone};

/// One tab: its text, a number beside it where that says something, and how it asks for attention.
pub(crate) struct TabHeading<'a> {
    pub(crate) text: &'a str,
    pub(crate) count: Option<u64>,
    pub(crate) tone: Tone,
    pub(crate) tooltip: String,
}

/// Shows the tabs, gives the one that was chosen.
pub(crate) fn tabs(ui: &mut Ui, tabs: &[TabHeading<'_>], selected: usize) -> Option<usize> {
    let tokens = Tokens::of(ui.visuals());
    let mut chosen = None;
    // On a second line where large text leaves no room for one.
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for (place, tab) in tabs.iter().enumerate() {
            let count = tab.count.map(crate::text::number);
            let text = ui.painter().layout_no_wrap(tab.text.to_owned(), theme::body(), Color32::PLACEHOLDER);
            let number = count.as_ref().map(|count| {
                ui.painter().layout_no_wrap(count.clone(), theme::small(), Color32::PLACEHOLDER)
            });
            let number_width = number.as_ref().map_or(0.0, |number| number.size().x + 6.0);
            let size = vec2(text.size().x + number_width + 20.0, 32.0);
            let (rect, response) = ui.allocate_exact_size(size, Sense::click());
            let is_selected = place == selected;
            let name = count.map_or_else(|| tab.text.to_owned(), |count| format!("{} {count}", tab.text));
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, is_selected, &name));
            let color = match (is_selected, is_hovered(ui, &response)) {
                (true, _) => tokens.text_strong,
                (false, true) => tokens.text,
                (false, false) => tokens.text_subdued,
            };
            let text_width = text.size().x;
            let y = rect.center().y - text.size().y / 2.0;
            ui.painter().galley(egui::pos2(rect.left() + 10.0, y), text, color);
            if let Some(number) = number {
                let pos =
                    egui::pos2(rect.left() + 16.0 + text_width, rect.center().y - number.size().y / 2.0);
                let color = if tab.tone == Tone::Neutral { color } else { tokens.tone_text(tab.tone) };
                ui.painter().galley(pos, number, color);
            }
            if is_selected {
                let line = rect.with_min_y(rect.bottom() - 2.0).shrink2(vec2(6.0, 0.0));
                ui.painter().rect_filled(line, 1, tokens.focus);
            }
            focus_ring(ui, &response);
            let clicked = response.clicked();
            if !tab.tooltip.is_empty() {
                response.on_hover_text(&tab.tooltip);
            }
            if clicked {
                chosen = Some(place);
            }
        }
    });
    chosen
}
