//! Small coloured signs: a word on a ground, a layer's dot, the icon of a state.

use egui::{Align, Color32, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};
use touchstone_spec::Layer;

use super::draw_line;
use crate::theme::{self, Tokens, Tone};

/// A word on a ground of its tone.
pub(crate) fn badge(ui: &mut Ui, text: &str, tone: Tone) -> Response {
    let tokens = Tokens::of(ui.visuals());
    let color = tokens.tone_text(tone);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), theme::small(), color);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 12.0, 18.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    let stroke = Stroke::new(1.0, tokens.tone_line(tone).gamma_multiply(0.5));
    ui.painter().rect(rect, 9, tokens.tone_fill(tone), stroke, StrokeKind::Inside);
    draw_line(ui.painter(), rect.shrink2(vec2(6.0, 0.0)), Align::Center, text, theme::small(), color);
    response
}

/// The dot that stands for a layer; the name stands beside it.
pub(crate) fn layer_dot(ui: &mut Ui, layer: Layer) {
    let tokens = Tokens::of(ui.visuals());
    let (rect, _) = ui.allocate_exact_size(vec2(10.0, theme::ROW_HEIGHT), Sense::hover());
    ui.painter().circle_filled(rect.center(), 4.0, tokens.layer(layer));
}

/// An icon in a colour, named for those who don't see it.
pub(crate) fn state_icon(ui: &mut Ui, icon: char, color: Color32, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(16.0, 18.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    draw_line(
        ui.painter(),
        rect.expand(4.0),
        Align::Center,
        &icon.to_string(),
        egui::FontId::proportional(15.0),
        color,
    );
    response
}
