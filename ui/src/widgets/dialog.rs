//! A question over the window: one frame and one room around what is asked, wherever it is asked.

use egui::{Frame, Id, Key, Modal, Modifiers, Ui};

use crate::theme::Tokens;

/// Shows a question; all else waits until it is answered. Gives whether it was left by Escape. A click beside it does
/// not leave it: what was typed would be lost.
pub(crate) fn dialog(ui: &Ui, name: &str, content: impl FnOnce(&mut Ui)) -> bool {
    let tokens = Tokens::of(ui.visuals());
    let modal = Modal::new(Id::unique(name)).backdrop_color(tokens.backdrop());
    let shown = modal.frame(Frame::window(ui.style())).show(ui.ctx(), |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        content(ui);
    });
    let is_asked = shown.is_top_modal && !shown.any_popup_open;
    is_asked && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
}
