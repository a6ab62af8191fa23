//! Controls that can't be used now: faint, out of the keyboard's way, and with the reason where the pointer rests.

use egui::{Sense, Ui};

/// Shows `content`; disabled, with this reason on hover, where there is one.
pub(crate) fn blocked<R>(ui: &mut Ui, reason: Option<&str>, content: impl FnOnce(&mut Ui) -> R) -> R {
    // Twice disabled is too faint to read.
    let shown = ui.add_enabled_ui(reason.is_none() || !ui.is_enabled(), content);
    if let Some(reason) = reason {
        // Above what can't be pressed, for it is asked first where the pointer is.
        let over = ui.interact(shown.response.rect, shown.response.id.with("blocked"), Sense::hover());
        over.on_hover_text_at_pointer(reason);
    }
    shown.inner
}
