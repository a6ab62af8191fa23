//! How a cell is drawn, read aloud and copied: nulls, empty and unprintable texts are told apart.

use std::borrow::Cow;

use egui::{Align, Painter, Rect, Stroke, StrokeKind, vec2};

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
        Cell::Text(text) | Cell::Toned(text, _) | Cell::Icon(_, _, text) => text,
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
