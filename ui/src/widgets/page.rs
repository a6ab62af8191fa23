//! Pages that scroll where a small window, or large text, leaves them less room than they need.

use egui::{Context, Id, Rect, ScrollArea, Ui, vec2};

/// Height of a window below which there is no room for more than the work itself: a small one, or large text.
const SHORT: f32 = 520.0;
/// The same for its width.
const NARROW: f32 = 820.0;

/// Whether the window has so little height that bars give way to what is worked at.
pub(crate) fn is_short(ctx: &Context) -> bool {
    ctx.content_rect().height() < SHORT
}

/// Whether the window has so little width that bars and lists give way to what is worked at.
pub(crate) fn is_narrow(ctx: &Context) -> bool {
    ctx.content_rect().width() < NARROW
}

/// Shows something that needs this height at least; where there is less room, the page scrolls.
pub(crate) fn with_height(ui: &mut Ui, name: &str, least: f32, content: impl FnOnce(&mut Ui)) {
    if ui.available_height() >= least {
        content(ui);
        return;
    }
    scrolled(ui, name, |ui| {
        let size = vec2(ui.available_width(), least);
        ui.allocate_ui(size, |ui| {
            ui.set_min_size(size);
            content(ui);
        });
    });
}

/// A page that scrolls, and follows the keyboard.
pub(crate) fn scrolled(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().id_salt(name).auto_shrink(false).show(ui, |ui| {
        let sight = ui.clip_rect();
        content(ui);
        follow_keyboard(ui, ui.scope_id().with("keyboard"), sight);
    });
}

/// Brings what gets the keyboard into sight, once: who scrolls on is left alone.
fn follow_keyboard(ui: &Ui, place: Id, sight: Rect) {
    let focused = ui.memory(egui::Memory::focused);
    if ui.data(|data| data.get_temp::<Option<Id>>(place)) == Some(focused) {
        return;
    }
    ui.data_mut(|data| data.insert_temp(place, focused));
    let Some(response) = focused.and_then(|id| ui.ctx().read_response(id)) else { return };
    let is_here = response.layer_id == ui.layer_id() && ui.min_rect().intersects(response.rect);
    if is_here && !sight.contains_rect(response.rect) && response.rect.height() < sight.height() {
        ui.scroll_to_rect(response.rect, None);
    }
}
