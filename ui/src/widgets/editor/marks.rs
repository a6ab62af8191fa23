//! What stands beside and beneath a text: line numbers, and lines under what is wrong.

use std::sync::Arc;

use egui::{
    Align2, Galley, Id, Pos2, Rect, Response, Shape, Stroke, Ui, pos2,
    text::{CCursor, CharIndex},
    vec2,
};
use touchstone_compiler::TextFinding;

use crate::theme::{self, Tokens, Tone};
use crate::widgets::marked;

/// A text where it is drawn.
pub(super) struct Place<'a> {
    pub(super) galley: &'a Arc<Galley>,
    pub(super) pos: Pos2,
    pub(super) text: &'a str,
}

impl Place<'_> {
    /// Where the character at a byte stands.
    pub(super) fn rect_of(&self, byte: usize) -> Rect {
        let character =
            self.text.get(..byte).map_or_else(|| self.text.chars().count(), |it| it.chars().count());
        let cursor = CCursor { index: CharIndex(character), prefer_next_row: true };
        self.galley.pos_from_cursor(cursor).translate(self.pos.to_vec2())
    }

    /// Where the text of a row ends that something stands in.
    fn end_of_row(&self, at: Rect) -> f32 {
        let middle = at.center().y - self.pos.y;
        let row = self.galley.rows.iter().find(|row| (row.pos.y..row.pos.y + row.size.y).contains(&middle));
        row.map_or(at.right(), |row| self.pos.x + row.pos.x + row.size.x)
    }
}

/// Width of the line numbers of a text, in points.
pub(super) fn gutter_width(ui: &Ui, text: &str) -> i8 {
    let lines = text.lines().count().max(1).to_string();
    let digit = ui.fonts_mut(|fonts| fonts.glyph_width(&theme::mono_small(), '0'));
    #[expect(clippy::cast_possible_truncation, reason = "a few digits")]
    let width = (digit * lines.len().max(2) as f32 + 14.0).ceil() as i8;
    width
}

/// Draws the number of each line in sight.
pub(super) fn numbers(ui: &Ui, place: &Place<'_>, rect: Rect, width: f32) {
    let tokens = Tokens::of(ui.visuals());
    let painter = ui.painter();
    let clip = ui.clip_rect();
    // They stay where the text is scrolled to the right, and lie over it.
    let left = rect.left().max(clip.left());
    let right = left + width;
    if left > rect.left() {
        let ground = Rect::from_x_y_ranges(left..=right + 6.0, rect.y_range()).shrink2(vec2(0.0, 1.0));
        painter.rect_filled(ground.with_min_x(left + 1.0), 0, tokens.field);
    }
    let (mut line, mut starts) = (0, true);
    for row in &place.galley.rows {
        if starts {
            line += 1;
        }
        let y = place.pos.y + row.pos.y + row.size.y / 2.0;
        if starts && y > clip.top() - 20.0 && y < clip.bottom() + 20.0 {
            let color = tokens.text_disabled;
            painter.text(pos2(right, y), Align2::RIGHT_CENTER, line, theme::mono_small(), color);
        }
        starts = row.ends_with_newline;
    }
    painter.vline(right + 6.0, rect.y_range().shrink(1.0), Stroke::new(1.0, tokens.line));
}

/// Brings the cursor out from under the line numbers after it moved.
pub(super) fn beside_numbers(ui: &Ui, id: Id, at: Rect, cursor: usize, width: f32) {
    let place = id.with("cursor beside numbers");
    if ui.data(|data| data.get_temp(place)) == Some(cursor) {
        return;
    }
    ui.data_mut(|data| data.insert_temp(place, cursor));
    let reach = at.with_min_x(at.left() - width - 14.0);
    if reach.left() < ui.clip_rect().left() {
        ui.scroll_to_rect(reach, None);
    }
}

/// Draws a wave under each finding in sight; the pointer on it brings the message.
pub(super) fn underline(
    ui: &Ui,
    place: &Place<'_>,
    findings: &[TextFinding],
    clip: Rect,
    response: &Response,
) {
    let tokens = Tokens::of(ui.visuals());
    let painter = ui.painter_at(clip.expand(2.0).intersect(ui.clip_rect()));
    let mut pointed = Vec::new();
    for finding in findings {
        let color = tokens.tone_text(Tone::of_severity(finding.severity));
        let start = place.rect_of(finding.range.start);
        let end = place.rect_of(finding.range.end);
        let same_row = (start.top() - end.top()).abs() < 1.0;
        let right = if same_row { end.left() } else { place.end_of_row(start) };
        let rect = Rect::from_min_max(start.min, pos2(right.max(start.left() + 6.0), start.bottom()));
        if !rect.intersects(ui.clip_rect()) {
            continue;
        }
        painter.add(wave(rect, Stroke::new(1.2, color)));
        if response.hover_pos().is_some_and(|pointer| rect.contains(pointer)) {
            pointed.push(finding);
        }
    }
    if !pointed.is_empty() {
        response.clone().on_hover_ui_at_pointer(|ui| {
            for finding in pointed {
                let color = tokens.tone_text(Tone::of_severity(finding.severity));
                ui.label(marked(&finding.message, color, color));
                if let Some(help) = &finding.help {
                    ui.label(marked(help, tokens.text_subdued, tokens.text));
                }
            }
        });
    }
}

fn wave(rect: Rect, stroke: Stroke) -> Shape {
    const STEP: f32 = 3.0;
    let mut points = Vec::new();
    let (mut x, mut low) = (rect.left(), true);
    while x <= rect.right() {
        points.push(pos2(x, rect.bottom() - if low { 1.0 } else { 3.0 }));
        x += STEP;
        low = !low;
    }
    Shape::line(points, stroke)
}

#[cfg(test)]
mod tests {
    use egui::{Color32, FontId};

    use super::*;

    #[test]
    fn a_wave_over_several_rows_ends_with_the_text_of_the_first() {
        egui::__run_test_ui(|ui| {
            let text = "]\na row that is much longer than the other";
            let font = FontId::monospace(12.0);
            let galley = ui.fonts_mut(|fonts| fonts.layout_no_wrap(text.to_owned(), font, Color32::WHITE));
            let pos = pos2(100.0, 40.0);
            let place = Place { galley: &galley, pos, text };
            let (first, second) = (place.rect_of(0), place.rect_of(2));
            assert!((place.end_of_row(first) - place.rect_of(1).left()).abs() < 1.0);
            assert!((place.end_of_row(second) - galley.rect.right() - pos.x).abs() < 1.0);
        });
    }
}
