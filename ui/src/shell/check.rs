//! One line of a checklist.

use egui::{RichText, Ui};
use touchstone_protocol::{CheckState, CheckView};

use crate::icon;
use crate::theme::{self, Tokens};
use crate::widgets::state_icon;

/// What was checked, what came of it, and the next step.
pub(crate) fn check(ui: &mut Ui, check: &CheckView) {
    let tokens = Tokens::of(ui.visuals());
    let (sign, color, word) = match check.state {
        CheckState::Passed => (icon::PASSED, tokens.success, "Passed"),
        CheckState::Warning => (icon::WARNING, tokens.warning, "Warning"),
        CheckState::Failed => (icon::FAILED, tokens.error, "Failed"),
        CheckState::Unknown => (icon::NOT_YET, tokens.text_subdued, "Unknown"),
    };
    ui.horizontal_top(|ui| {
        state_icon(ui, sign, color, word);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.label(RichText::new(&check.title).color(tokens.text));
            if !check.detail.is_empty() {
                let detail = RichText::new(&check.detail).font(theme::small()).color(tokens.text_subdued);
                ui.add(egui::Label::new(detail).wrap());
            }
        });
    });
}
