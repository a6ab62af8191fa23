//! How a cell is drawn, read aloud and copied: nulls, empty and unprintable texts are told apart.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align, FontId, Galley, Painter, Rect, Stroke, StrokeKind, vec2};

use super::{Cell, GridColumn, PADDING};
use crate::theme::{self, Tokens};
use crate::widgets::{draw_line, line, printable, put};

/// Draws a cell; true where its text is cut.
pub(super) fn draw(
    painter: &Painter,
    tokens: &Tokens,
    rect: Rect,
    column: &GridColumn,
    cell: &Cell<'_>,
) -> bool {
    let inner = rect.shrink2(vec2(PADDING, 0.0));
    let align = if column.numeric { Align::Max } else { Align::Min };
    let font = if column.data { theme::mono() } else { theme::body() };
    let value = |rect: Rect, text: &str, color| {
        let galley = line(painter, &printable(painter, text), font.clone(), color, rect.width());
        let is_cut = galley.elided;
        put(painter, rect, align, galley, color);
        is_cut
    };
    match cell {
        Cell::Text(text) if let Some(word) = unseen(text) => {
            sign(painter, tokens, inner, align, word, true);
        }
        // A number is right with blanks behind it where its format drops them; its digits stand below the others'.
        Cell::Text(text) if column.numeric => return value(inner, text.trim(), tokens.text),
        Cell::Text(text) => return value(inner, text, tokens.text),
        Cell::Toned(text, tone) => return value(inner, text, tokens.tone_text(*tone)),
        Cell::Differing(text, range) => {
            let galley = differing(painter, tokens, &font, text, range, inner.width());
            let is_cut = galley.elided || galley.text().starts_with('…');
            put(painter, inner, align, galley, tokens.text);
            return is_cut;
        }
        Cell::Bad(text, _) => {
            painter.rect_filled(rect.with_max_y(rect.bottom() - 1.0), 0, tokens.error_fill);
            let corner =
                [rect.right_top(), rect.right_top() - vec2(6.0, 0.0), rect.right_top() + vec2(0.0, 6.0)];
            painter.add(egui::Shape::convex_polygon(corner.to_vec(), tokens.error_line, Stroke::NONE));
            match unseen(text) {
                Some(word) => sign(painter, tokens, inner, align, word, true),
                None => return value(inner, text, tokens.error),
            }
        }
        Cell::Icon(icon, color, text) => {
            let place = Rect::from_min_size(inner.min, vec2(16.0, inner.height()));
            let icon = icon.to_string();
            draw_line(painter, place, Align::Min, &icon, egui::FontId::proportional(14.0), *color);
            return value(inner.with_min_x(inner.left() + 22.0), text, tokens.text);
        }
        Cell::Null => sign(painter, tokens, inner, align, "null", false),
        Cell::NullText(text) => {
            sign(painter, tokens, inner, align, &printable(painter, &null_text(text)), false);
        }
        Cell::Pending => {
            let width = inner.width().min(56.0);
            let x = if column.numeric { inner.right() - width } else { inner.left() };
            let bar = Rect::from_min_size(egui::pos2(x, inner.center().y - 3.0), vec2(width, 6.0));
            painter.rect_filled(bar, 3, tokens.line);
        }
        Cell::Failed => sign(painter, tokens, inner, align, "not fetched", false),
        Cell::Blank => {}
    }
    false
}

/// The word for a text that nobody sees.
fn unseen(text: &str) -> Option<&'static str> {
    match text {
        "" => Some("empty"),
        text if text.trim().is_empty() => Some("blank"),
        _ => None,
    }
}

/// How a text that stands for 'no value' is shown.
pub(super) fn null_text(text: &str) -> String {
    format!("null · {}", unseen(text).unwrap_or(text))
}

/// Letters that are seen before a difference.
const CONTEXT: usize = 4;

/// Where a text of so many letters begins, so that the difference at `at` is seen where `room` letters are.
fn beginning(letters: usize, at: usize, room: usize) -> usize {
    if letters <= room {
        return 0;
    }
    // One is taken by the dots.
    (letters + 1 - room.max(1)).min(at.saturating_sub(CONTEXT))
}

/// A text that differs from another, with the difference brought out, and in sight.
fn differing(
    painter: &Painter,
    tokens: &Tokens,
    font: &FontId,
    text: &str,
    range: &Range<usize>,
    width: f32,
) -> Arc<Galley> {
    let letter = line(painter, "0", font.clone(), tokens.text, f32::INFINITY).size().x.max(1.0);
    let at = text.get(..range.start).map_or(0, |before| before.chars().count());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of letters in a row"
    )]
    let start = beginning(text.chars().count(), at, (width / letter) as usize);
    let from = text.char_indices().nth(start).map_or(0, |(from, _)| from);
    let mut job = LayoutJob::default();
    let mut add = |part: &str, color| {
        job.append(&printable(painter, part), 0.0, TextFormat::simple(font.clone(), color));
    };
    if start > 0 {
        add("…", tokens.text_subdued);
    }
    let split = |bytes: Range<usize>| text.get(bytes).unwrap_or_default();
    add(split(from..range.start), tokens.text_subdued);
    add(split(range.clone()), tokens.text_strong);
    add(split(range.end..text.len()), tokens.text_subdued);
    job.wrap = TextWrapping {
        max_width: width.max(0.0),
        max_rows: 1,
        break_anywhere: true,
        ..TextWrapping::default()
    };
    job.break_on_newline = false;
    painter.layout_job(job)
}

/// A word of ours in the place of a value.
fn sign(painter: &Painter, tokens: &Tokens, rect: Rect, align: Align, word: &str, framed: bool) {
    let rect = if framed { rect.shrink2(vec2(4.0, 0.0)) } else { rect };
    let taken = draw_line(painter, rect, align, word, theme::mono_small(), tokens.null);
    if framed {
        let frame = taken.expand2(vec2(4.0, 0.0));
        painter.rect_stroke(frame, 3, Stroke::new(1.0, tokens.line_strong), StrokeKind::Inside);
    }
}

pub(super) fn spoken<'a>(cell: &'a Cell<'_>) -> Cow<'a, str> {
    Cow::Borrowed(match cell {
        Cell::Text(text) if let Some(word) = unseen(text) => word,
        Cell::Text(text) | Cell::Toned(text, _) | Cell::Icon(_, _, text) | Cell::Differing(text, _) => text,
        Cell::Bad(text, reason) => {
            return Cow::Owned(format!("{} (bad: {reason})", unseen(text).unwrap_or(text)));
        }
        Cell::Null => "null",
        Cell::NullText(text) if let Some(word) = unseen(text) => return Cow::Owned(format!("null ({word})")),
        Cell::NullText(text) => return Cow::Owned(format!("null, written {text}")),
        Cell::Pending => "loading",
        Cell::Failed => "not fetched",
        Cell::Blank => "",
    })
}

/// A null is copied as nothing at all; what isn't here can't be.
pub(super) fn copy_text<'a>(cell: &'a Cell<'_>) -> Option<Cow<'a, str>> {
    match cell {
        Cell::Text(text)
        | Cell::Toned(text, _)
        | Cell::Icon(_, _, text)
        | Cell::Differing(text, _)
        | Cell::Bad(text, _)
        | Cell::NullText(text) => Some(Cow::Borrowed(text)),
        Cell::Null | Cell::Blank => Some(Cow::Borrowed("")),
        Cell::Pending | Cell::Failed => None,
    }
}

/// A value as one of several that are copied, told apart by tabs.
pub(crate) fn copy_cell(value: Option<&str>) -> Cow<'_, str> {
    super::selection::quoted(value.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_in_sight_where_its_text_is_cut() {
        // `quantity * price` and `quantity * price * fx`, in room for twelve letters.
        assert_eq!(beginning(16, 16, 12), 5);
        assert_eq!(beginning(21, 16, 12), 10);
        // What comes before it is seen as far as there is room, and all of it where there is.
        assert_eq!(beginning(40, 2, 12), 0);
        assert_eq!(beginning(16, 16, 16), 0);
        assert_eq!(beginning(100, 50, 12), 46);
        assert_eq!(beginning(10, 5, 0), 1);
    }

    #[test]
    fn nulls_empty_and_blank_texts_are_told_apart() {
        let text = |text: &'static str| Cell::Text(text.into());
        assert_eq!(spoken(&Cell::Null), "null");
        assert_eq!(spoken(&Cell::NullText("n/a".into())), "null, written n/a");
        assert_eq!(copy_text(&Cell::NullText("n/a".into())).as_deref(), Some("n/a"));
        assert_eq!(spoken(&Cell::NullText("  ".into())), "null (blank)");
        assert_eq!((null_text(""), null_text("-")), ("null · empty".to_owned(), "null · -".to_owned()));
        assert_eq!(spoken(&Cell::Bad(" ".into(), "no number".into())), "blank (bad: no number)");
        assert_eq!(copy_text(&Cell::NullText("  ".into())).as_deref(), Some("  "));
        assert_eq!(spoken(&text("")), "empty");
        assert_eq!(spoken(&text("  ")), "blank");
        assert_eq!(spoken(&text("null ")), "null ");
    }
}
