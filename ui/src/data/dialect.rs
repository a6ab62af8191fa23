//! How a file is read, in a line; a click on it says why.

use egui::{Frame, Label, Margin, Popup, PopupCloseBehavior, RichText, Role, Sense, Ui, WidgetInfo};

use crate::icon;
use crate::theme::{self, Tokens};
use crate::widgets::focus_ring;

/// `words` are the dialect: `delimiter ";" · windows-1252`; `evidence` is what was found out, none where it was only told.
pub(crate) fn dialect(ui: &mut Ui, words: &str, evidence: &[String]) {
    if words.is_empty() {
        return;
    }
    let tokens = Tokens::of(ui.visuals());
    let text =
        RichText::new(format!("{words}  {}", icon::CARET)).font(theme::small()).color(tokens.text_subdued);
    let response = ui.add(Label::new(text).truncate().selectable(false).sense(Sense::click()));
    let name = format!("How it is read: {words}");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    focus_ring(ui, &response);
    let popup = Popup::menu(&response).width(440.0);
    popup.close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        Frame::new().inner_margin(Margin::same(6)).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            ui.label(RichText::new("How it is read").font(theme::strong()).color(tokens.text_strong));
            for part in words.split('·') {
                ui.label(RichText::new(part.trim()).font(theme::mono_small()).color(tokens.text));
            }
            ui.add_space(4.0);
            if evidence.is_empty() {
                let told = "As the document of the pipeline says";
                ui.label(RichText::new(told).font(theme::small()).color(tokens.text_subdued));
            } else {
                ui.label(RichText::new("Why").font(theme::strong()).color(tokens.text_strong));
            }
            for reason in evidence {
                ui.label(RichText::new(reason).color(tokens.text_subdued));
            }
        });
    });
    response.on_hover_text(format!("{words}\nClick shows why"));
}
