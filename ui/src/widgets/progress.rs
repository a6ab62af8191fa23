//! A bar that fills: how much of something is done.

use egui::{Response, Role, Sense, Ui, WidgetInfo, vec2};

use crate::theme::Tokens;

/// A bar filled to `fraction`, 0 to 1.
pub(crate) fn progress(ui: &mut Ui, name: &str, fraction: f32, width: f32) -> Response {
    let tokens = Tokens::of(ui.visuals());
    let (rect, response) = ui.allocate_exact_size(vec2(width, 6.0), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = Some(f64::from(fraction));
        info
    });
    ui.painter().rect_filled(rect, 3, tokens.button_pressed);
    let filled = rect.with_max_x(rect.left() + rect.width() * fraction.clamp(0.0, 1.0));
    ui.painter().rect_filled(filled, 3, tokens.accent_hovered);
    response
}
