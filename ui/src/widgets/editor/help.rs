//! Help with the call that is being written.

use egui::{
    Align2, Area, Frame, Id, Order, Rect, Ui, pos2,
    text::{LayoutJob, TextFormat},
};
use touchstone_compiler::SignatureHelp;

use crate::theme::{self, Tokens};

/// Shows the call's parameters above the cursor, or below it while nothing else is there.
pub(super) fn show(ui: &Ui, id: Id, at: Rect, help: &SignatureHelp, list_is_below: bool) {
    let tokens = Tokens::of(ui.visuals());
    let above = list_is_below || at.top() > ui.ctx().content_rect().top() + 96.0;
    let (pivot, pos) = if above {
        (Align2::LEFT_BOTTOM, pos2(at.left() - 12.0, at.top() - 6.0))
    } else {
        (Align2::LEFT_TOP, pos2(at.left() - 12.0, at.bottom() + 6.0))
    };
    let area = Area::new(id.with("call"))
        .order(Order::Foreground)
        .interactable(false)
        .pivot(pivot)
        .fixed_pos(pos)
        .constrain_to(ui.ctx().content_rect());
    area.show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).inner_margin(8).show(ui, |ui| {
            ui.set_max_width(440.0);
            let mut job = LayoutJob::default();
            job.wrap.max_width = 440.0;
            let active = help.active.and_then(|at| help.parameters.get(at)).cloned().unwrap_or(0..0);
            let mut append = |range: std::ops::Range<usize>, color| {
                let part = help.label.get(range).unwrap_or_default();
                job.append(part, 0.0, TextFormat::simple(theme::mono(), color));
            };
            append(0..active.start, tokens.text_subdued);
            append(active.clone(), tokens.link);
            append(active.end..help.label.len(), tokens.text_subdued);
            ui.label(job);
            let small =
                |text: &str| egui::RichText::new(text).font(theme::small()).color(tokens.text_subdued);
            ui.label(small(&help.documentation));
            if !help.example.is_empty() {
                ui.label(small(&help.example).font(theme::mono_small()));
            }
        });
    });
}
