//! One card: what it is called, what it is, how it fared in the last simulation, what is wrong with it.

use egui::{Align, Color32, CornerRadius, FontId, Id, Painter, Rect, Stroke, StrokeKind, Ui, pos2, vec2};
use touchstone_spec::Layer;

use super::graph::Card;
use super::stage::Stage;
use crate::design::Node;
use crate::theme::{self, Tokens};
use crate::widgets::{draw_line, draw_name, line};
use crate::{icon, text};

pub(super) const WIDTH: f32 = 176.0;
/// Height of a card with facts.
pub(super) const TALL: f32 = 78.0;
/// Below this, only names are drawn.
const SMALL: f32 = 0.45;

/// How tall a card is.
pub(super) fn height(card: &Card) -> f32 {
    if has_facts(card) { TALL } else { 54.0 }
}

fn has_facts(card: &Card) -> bool {
    !matches!(card.node, Node::Source(_) | Node::Other(_)) || card.facts.rows.is_some()
}

/// The keyboard finds a card by this.
pub(super) fn id(file: &str, node: &Node) -> Id {
    Id::unique(("card", file, node))
}

/// How a card looks now.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is seen in its own way")]
pub(super) struct Look {
    pub(super) selected: bool,
    pub(super) hovered: bool,
    pub(super) focused: bool,
    /// What is being connected can be connected to it.
    pub(super) target: bool,
}

pub(super) fn color(tokens: &Tokens, node: &Node) -> Color32 {
    node.layer().map_or(tokens.text_subdued, |layer| tokens.layer(layer))
}

fn sign(node: &Node) -> char {
    match node {
        Node::Pipeline => icon::PIPELINE,
        Node::Source(_) => icon::FILE,
        Node::Bronze(_) => icon::BRONZE,
        Node::Gold(_) => icon::GOLD,
        Node::Other(table) if table.layer == Layer::Gold => icon::GOLD,
        Node::Silver(_) | Node::Other(_) => icon::TABLE,
    }
}

/// Draws it into `rect`, on the screen.
pub(super) fn draw(ui: &Ui, stage: &Stage, card: &Card, rect: Rect, look: Look) {
    let tokens = Tokens::of(ui.visuals());
    let painter = ui.painter();
    let scale = stage.scale();
    let corner = (8.0 * scale).clamp(3.0, 12.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 3 and 12")]
    let corner = corner as u8;
    let is_other = matches!(card.node, Node::Other(_));
    let fill = match (look.selected, look.hovered, is_other) {
        (true, ..) => tokens.row_selected,
        (false, true, _) => tokens.button_hovered,
        (false, false, true) => tokens.panel,
        (false, false, false) => tokens.raised,
    };
    let stroke = match (look.target, look.selected, look.hovered) {
        (true, ..) => Stroke::new(2.0, tokens.success_line),
        (false, true, _) => Stroke::new(1.5, tokens.focus),
        (false, false, true) => Stroke::new(1.0, tokens.text_disabled),
        (false, false, false) => Stroke::new(1.0, tokens.line_strong),
    };
    painter.rect(rect, corner, fill, stroke, StrokeKind::Inside);
    let bar = Rect::from_min_max(rect.min, pos2(rect.left() + (4.0 * scale).max(2.0), rect.bottom()));
    let rounding = CornerRadius { nw: corner, sw: corner, ne: 0, se: 0 };
    let layer = color(tokens, &card.node);
    painter.rect_filled(bar, rounding, if is_other { layer.gamma_multiply(0.5) } else { layer });
    if look.focused {
        let ring = Stroke::new(2.0, tokens.focus);
        painter.rect_stroke(rect.expand(3.0), corner + 3, ring, StrokeKind::Inside);
    }
    let painter = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
    let inner = Rect::from_min_max(
        pos2(rect.left() + 14.0 * scale, rect.top() + 9.0 * scale),
        pos2(rect.right() - 12.0 * scale, rect.bottom() - 8.0 * scale),
    );
    let row = |top: f32, height: f32| {
        Rect::from_min_size(inner.min + vec2(0.0, top * scale), vec2(inner.width(), height * scale))
    };
    title(&painter, stage, tokens, card, row(0.0, 20.0), layer);
    if scale < SMALL {
        return;
    }
    let font = stage.font(theme::small());
    draw_line(&painter, row(20.0, 17.0), Align::Min, &card.about, font, tokens.text_subdued);
    if has_facts(card) {
        facts(&painter, stage, tokens, card, row(43.0, 18.0));
    }
}

fn title(painter: &Painter, stage: &Stage, tokens: &Tokens, card: &Card, row: Rect, layer: Color32) {
    let scale = stage.scale();
    let symbol = stage.font(FontId::proportional(15.0));
    let at = Rect::from_min_size(row.min, vec2(18.0 * scale, row.height()));
    draw_line(painter, at.expand(4.0), Align::Center, &sign(&card.node).to_string(), symbol.clone(), layer);
    let mut right = row.right();
    let problems = [
        (card.facts.errors, icon::ERROR, tokens.error),
        (card.facts.warnings, icon::WARNING, tokens.warning),
    ];
    for (many, sign, color) in problems.into_iter().filter(|one| one.0 > 0) {
        let place = row.with_max_x(right);
        let font = stage.font(theme::small_strong());
        let taken = draw_line(painter, place, Align::Max, &text::number(many as u64), font, color);
        let place = row.with_max_x(taken.left() - 3.0 * scale);
        let taken = draw_line(painter, place, Align::Max, &sign.to_string(), symbol.clone(), color);
        right = taken.left() - 6.0 * scale;
    }
    let place = Rect::from_min_max(row.min + vec2(25.0 * scale, 0.0), pos2(right, row.bottom()));
    let font = stage.font(theme::strong());
    draw_name(painter, place, Align::Min, card.node.name(), &font, tokens.text_strong);
}

/// Rows at the left; rules and what was set aside at the right.
fn facts(painter: &Painter, stage: &Stage, tokens: &Tokens, card: &Card, row: Rect) {
    let scale = stage.scale();
    painter.hline(row.x_range(), row.top() - 3.0 * scale, Stroke::new(1.0, tokens.line));
    let row = row.translate(vec2(0.0, 2.0 * scale));
    let font = stage.font(theme::small());
    let Some(rows) = card.facts.rows else {
        draw_line(painter, row, Align::Min, "Not simulated", font, tokens.text_disabled);
        return;
    };
    let mut right = row.right();
    let failed = card.facts.rules_failed;
    let rules = if failed > 0 {
        Some((icon::FAILED, tokens.error, failed as u64))
    } else {
        (card.facts.rules_passed > 0).then_some((
            icon::PASSED,
            tokens.success,
            card.facts.rules_passed as u64,
        ))
    };
    let aside = (card.facts.set_aside > 0).then_some((icon::ASIDE, tokens.warning, card.facts.set_aside));
    let symbol = stage.font(FontId::proportional(13.0));
    for (sign, color, many) in [rules, aside].into_iter().flatten() {
        let place = row.with_max_x(right);
        let taken = draw_line(painter, place, Align::Max, &text::number(many), font.clone(), color);
        let place = row.with_max_x(taken.left() - 3.0 * scale);
        let taken = draw_line(painter, place, Align::Max, &sign.to_string(), symbol.clone(), color);
        right = taken.left() - 9.0 * scale;
    }
    let place = row.with_max_x(right);
    let width = |words: &str| line(painter, words, font.clone(), tokens.text, f32::INFINITY).size().x;
    let words = rows_within(rows, |words| width(words) <= place.width());
    draw_line(painter, place, Align::Min, &words, font.clone(), tokens.text);
}

/// How many rows there are, as exactly as there is room for: a number that is cut is another number.
fn rows_within(rows: u64, fits: impl Fn(&str) -> bool) -> String {
    let ways = [text::count(rows, "row", "rows"), text::number(rows)];
    ways.into_iter().find(|words| fits(words)).unwrap_or_else(|| text::about(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_rows_is_shortened_and_never_cut() {
        let within = |letters: usize| rows_within(999_998, |words| words.chars().count() <= letters);
        assert_eq!(within(12), "999\u{202f}998 rows");
        assert_eq!(within(11), "999\u{202f}998");
        assert_eq!(within(6), "1.0 M");
        assert_eq!(within(0), "1.0 M");
    }
}
