//! A question over the window: one frame and one room around what is asked, wherever it is asked.

use egui::{Frame, Id, Modal, ModalResponse, Ui};

use crate::theme::Tokens;

/// Shows a question; all else waits until it is answered.
pub(crate) fn dialog<T>(ui: &Ui, name: &str, content: impl FnOnce(&mut Ui) -> T) -> ModalResponse<T> {
    let tokens = Tokens::of(ui.visuals());
    let modal = Modal::new(Id::unique(name)).backdrop_color(tokens.backdrop());
    modal.frame(Frame::window(ui.style())).show(ui.ctx(), |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        content(ui)
    })
}
