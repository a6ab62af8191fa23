//! What was read otherwise than it is written in a file, such as a name that stands twice in its header.

use egui::{Frame, Label, Margin, Ui};

use crate::icon;
use crate::text::sentence;
use crate::theme::Tokens;
use crate::widgets::{marked_small, state_icon};

/// One line; where the pointer rests on it, all of them.
pub(crate) fn notes(notes: &[String], ui: &mut Ui) {
    let Some(first) = notes.first() else { return };
    let tokens = Tokens::of(ui.visuals());
    let words = match notes.len() - 1 {
        0 => sentence(first),
        more => format!("{}; and {more} more", sentence(first)),
    };
    Frame::new().inner_margin(Margin::symmetric(12, 2)).show(ui, |ui| {
        ui.horizontal(|ui| {
            state_icon(ui, icon::WARNING, tokens.warning, "Note");
            let line = ui.add(Label::new(marked_small(&words, tokens.text)).truncate());
            let all: Vec<String> = notes.iter().map(|note| sentence(note).replace('`', "")).collect();
            line.on_hover_text(all.join("\n"));
        });
    });
}
