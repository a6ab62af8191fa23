//! What could be mapped, each with its score and reasons, to be taken or refused one by one or all at once.

use egui::{
    Align, Frame, Margin, Rect, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};
use touchstone_compiler::{ProposedField, Suggestion};

use super::rows::{self, CHOICE};
use super::silver::Table;
use super::suggestions::{field_key, mapping_key};
use crate::design::Command as DesignCommand;
use crate::icon;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::{Button, blocked, draw_line, empty};

/// Height of a suggestion.
const CARD: f32 = 64.0;
/// Width of the bar that shows a score.
const BAR: f32 = 48.0;

/// A score from 0 to 1, for people; never `-0 %`.
pub(super) fn percent(score: f64) -> String {
    format!("{:.0} %", (score * 100.0).clamp(0.0, 100.0).abs())
}

/// Why a column fits a field or doesn't, one reason a line.
pub(super) fn reasons(suggestion: &Suggestion) -> String {
    let lines = suggestion.reasons.iter().map(|reason| {
        let sign = if reason.weight < 0.0 { "−" } else { "+" };
        format!("{sign} {}", reason.text)
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub(super) fn proposals(table: &Table<'_>, ui: &mut Ui) {
    let (open, desk) = (table.open, table.desk);
    if open.len() > 0 {
        Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
            ui.horizontal(|ui| {
                blocked(ui, table.blocked, |ui| {
                    let take = Button::new("Take all").icon(icon::CHECK);
                    let take = if ui.is_enabled() { take.primary() } else { take };
                    if take.show(ui).clicked() {
                        table.change(table.target.take(&open.mappings, &open.fields));
                    }
                    let refuse = Button::new("Refuse all").icon(icon::CLOSE).quiet().show(ui);
                    if refuse.clicked() {
                        desk.send(DesignCommand::Refuse(open.refusals(table.name)));
                    }
                });
            });
        });
    }
    if open.refused > 0 {
        Frame::new().inner_margin(Margin { left: 12, right: 12, top: 4, bottom: 4 }).show(ui, |ui| {
            let words = format!("Show {} refused again", crate::text::number(open.refused as u64));
            if Button::new(&words).icon(icon::UNDO).quiet().show(ui).clicked() {
                desk.send(DesignCommand::Reconsider(table.name.clone()));
            }
        });
    }
    if open.len() == 0 {
        let text = "Every column has a field, and every field a column or an expression";
        let (title, text) = if open.refused > 0 {
            ("All suggestions are refused", "Map by hand, or show them again")
        } else {
            ("Nothing left to suggest", text)
        };
        empty(ui, desk.state, desk.commands, icon::PASSED, title, text, None);
        return;
    }
    ScrollArea::vertical().id_salt("suggestions").auto_shrink(false).show_rows(
        ui,
        CARD,
        open.len(),
        |ui, shown| {
            for at in shown {
                match open.mappings.get(at) {
                    Some(suggestion) => mapping(table, suggestion, ui),
                    None => {
                        if let Some(proposed) =
                            at.checked_sub(open.mappings.len()).and_then(|at| open.fields.get(at))
                        {
                            new_field(table, proposed, ui);
                        }
                    }
                }
            }
        },
    );
}

fn mapping(table: &Table<'_>, suggestion: &Suggestion, ui: &mut Ui) {
    let (source, target) = (&suggestion.source, &suggestion.target);
    let title = format!("{source}  →  {target}");
    let first = suggestion.reasons.iter().take(2).map(|reason| reason.text.clone()).collect();
    let name = format!("Suggestion {source} to {target}, {}", percent(suggestion.score));
    let card = Card { title, reasons: first, score: Some(suggestion.score), name, source };
    let (take, refuse) = (format!("Take {source} to {target}"), format!("Refuse {source} to {target}"));
    match card.show(table, &reasons(suggestion), &take, &refuse, ui) {
        Some(true) => table.change(table.target.take(&[suggestion], &[])),
        Some(false) => {
            let refusal = (table.name.clone(), mapping_key(suggestion));
            table.desk.send(DesignCommand::Refuse(vec![refusal]));
        }
        None => {}
    }
}

fn new_field(table: &Table<'_>, proposed: &ProposedField, ui: &mut Ui) {
    let (source, name) = (&proposed.source, &proposed.name);
    let title = format!("{source}  →  new field {name}");
    let mut lines = vec![format!("No field takes it; it becomes {}", proposed.data_type)];
    lines.extend(proposed.note.clone());
    let about = lines.join("\n");
    let said = format!("Suggestion {source} to new field {name}");
    let card = Card { title, reasons: lines, score: None, name: said, source };
    let (take, refuse) = (format!("Take {source} to {name}"), format!("Refuse {source} to {name}"));
    match card.show(table, &about, &take, &refuse, ui) {
        Some(true) => table.change(table.target.take(&[], &[proposed])),
        Some(false) => {
            let refusal = (table.name.clone(), field_key(proposed));
            table.desk.send(DesignCommand::Refuse(vec![refusal]));
        }
        None => {}
    }
}

struct Card<'a> {
    title: String,
    reasons: Vec<String>,
    score: Option<f64>,
    name: String,
    source: &'a str,
}

impl Card<'_> {
    fn show(self, table: &Table<'_>, about: &str, take: &str, refuse: &str, ui: &mut Ui) -> Option<bool> {
        let tokens = Tokens::of(ui.visuals());
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), CARD), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &self.name));
        let ground = rect.shrink2(vec2(12.0, 3.0));
        let is_selected = table.desk.shown.column.as_deref() == Some(self.source);
        let fill = match (is_selected, response.hovered()) {
            (true, _) => tokens.row_selected,
            (false, true) => tokens.row_hovered,
            (false, false) => tokens.header,
        };
        let stroke = Stroke::new(1.0, tokens.line);
        ui.painter().rect(ground, 6, fill, stroke, StrokeKind::Inside);
        let inner = Rect::from_min_max(ground.min + vec2(10.0, 6.0), ground.max - vec2(CHOICE + 6.0, 6.0));
        let third = inner.height() / 3.0;
        let line =
            |at: f32| Rect::from_min_size(inner.min + vec2(0.0, at * third), vec2(inner.width(), third));
        let mut first = line(0.0);
        if let Some(score) = self.score {
            let taken = draw_line(
                ui.painter(),
                first,
                Align::Max,
                &percent(score),
                theme::small(),
                tokens.tone_text(tone(score)),
            );
            let track = Rect::from_min_max(
                egui::pos2(taken.left() - 8.0 - BAR, taken.center().y - 2.0),
                egui::pos2(taken.left() - 8.0, taken.center().y + 2.0),
            );
            ui.painter().rect_filled(track, 2, tokens.line_strong);
            #[expect(clippy::cast_possible_truncation, reason = "a score lies between 0 and 1")]
            let part = score.clamp(0.0, 1.0) as f32;
            let filled = track.with_max_x(track.left() + BAR * part);
            ui.painter().rect_filled(filled, 2, tokens.tone_text(tone(score)));
            first.max.x = track.left() - 8.0;
        }
        draw_line(ui.painter(), first, Align::Min, &self.title, theme::body(), tokens.text_strong);
        for (at, reason) in self.reasons.iter().take(2).enumerate() {
            let place = line(at as f32 + 1.0);
            draw_line(ui.painter(), place, Align::Min, reason, theme::small(), tokens.text_subdued);
        }
        crate::widgets::focus_ring(ui, &response);
        let chosen = rows::choice(ui, ground, take, refuse, table.blocked);
        let clicked = response.clicked();
        response.on_hover_ui(|ui| {
            ui.label(RichText::new(about).font(theme::small()));
        });
        if clicked {
            table.desk.send(DesignCommand::SelectColumn(Some(self.source.to_owned())));
        }
        chosen
    }
}

/// How sure a score is.
fn tone(score: f64) -> Tone {
    match score {
        0.75.. => Tone::Success,
        0.55.. => Tone::Warning,
        _ => Tone::Neutral,
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_score_is_a_percentage() {
        assert_eq!((percent(0.914).as_str(), percent(1.2).as_str()), ("91 %", "100 %"));
    }
}
