//! One line of a checklist.

use egui::{RichText, Ui};
use touchstone_protocol::{CheckState, CheckView};

use crate::theme::Tokens;
use crate::widgets::{marked_small, state_icon};
use crate::{icon, text};

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
        ui.spacing_mut().item_spacing.x = 10.0;
        state_icon(ui, sign, color, word);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add(egui::Label::new(RichText::new(&check.title).color(tokens.text)).wrap());
            if !check.detail.is_empty() {
                let detail = marked_small(&text::with_times(&check.detail), tokens.text_subdued);
                ui.add(egui::Label::new(detail).wrap());
            }
        });
    });
}
