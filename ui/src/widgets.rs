//! The widgets that all views are made of; each has a role and a name, and shows where the keyboard is.

mod badge;
mod bars;
mod blocked;
mod button;
mod card;
mod check;
mod chip;
mod choice;
mod dialog;
pub(crate) mod editor;
mod empty;
mod error;
mod fact;
pub(crate) mod grid;
mod histogram;
mod option;
pub(crate) mod page;
mod part;
mod pose;
mod progress;
mod row;
mod tabs;

pub(crate) use badge::{badge, layer_dot, state_icon};
pub(crate) use bars::bars;
pub(crate) use blocked::blocked;
pub(crate) use button::{Button, command_button, command_icon, icon_button};
pub(crate) use card::Card;
pub(crate) use check::CheckRow;
pub(crate) use chip::Chip;
pub(crate) use choice::{Alternative, Choice};
pub(crate) use dialog::dialog;
pub(crate) use empty::{empty, pending};
pub(crate) use error::{error_box, error_text, note_box};
pub(crate) use fact::FactRow;
pub(crate) use histogram::histogram;
pub(crate) use option::{Ways, tick};
pub(crate) use part::{Part, part};
pub(crate) use pose::{Pose, is_focus_seen, is_focused, is_hovered, is_pressed, note_hands, posed};

pub(crate) use progress::progress;
pub(crate) use row::{ListRow, move_focus};
pub(crate) use tabs::{TabHeading, tabs};

use std::borrow::Cow;

use egui::{
    Align, CornerRadius, FontId, Galley, Painter, Pos2, Rect, Response, StrokeKind, Ui, UiKind,
    text::{LayoutJob, TextFormat},
};

use crate::theme::{self, Tokens};

/// What a view or a question is about.
pub(crate) fn title(ui: &mut Ui, text: &str) -> Response {
    let color = Tokens::of(ui.visuals()).text_strong;
    let words = egui::RichText::new(text).font(crate::theme::title()).color(color);
    let label = ui.add(egui::Label::new(words).truncate());
    as_heading(&label, text, 2);
    as_dialog(ui, text);
    label
}

/// What a field shows while it is empty: italic, so that nobody takes it for a value.
pub(crate) fn hint(words: impl Into<String>) -> egui::RichText {
    egui::RichText::new(words).italics()
}

/// Names the question that this stands in, where it stands in one; a screen reader then knows that all else waits.
pub(crate) fn as_dialog(ui: &Ui, name: &str) {
    let mut around = Some(ui.stack());
    while let Some(one) = around {
        if one.kind() == Some(UiKind::Modal) {
            ui.ctx().accesskit_node_builder(one.unique_id, |node| {
                node.set_label(name);
                node.set_modal();
            });
            return;
        }
        around = one.parent.as_ref();
    }
}

/// Has a text read as a heading, by which a screen reader finds its way.
pub(crate) fn as_heading(label: &Response, text: &str, level: usize) {
    label.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Heading, true, text));
    label.ctx.accesskit_node_builder(label.id, |node| node.set_level(level));
}

/// Has the keyboard in a field with all of its text selected, so that typing takes its place.
pub(crate) fn type_over(field: &Response, text: &str) {
    let mut state = egui::text_edit::TextEditState::load(&field.ctx, field.id).unwrap_or_default();
    let end = egui::text::CCursor::new(text.chars().count());
    let all = egui::text::CCursorRange::two(egui::text::CCursor::new(0), end);
    state.cursor.set_char_range(Some(all));
    state.store(&field.ctx, field.id);
    field.request_focus();
}

/// Marks where the keyboard is, for those who use it: a click leaves no mark.
pub(crate) fn focus_ring(ui: &Ui, response: &Response) {
    draw_ring(ui, response, ui.painter());
}

/// The same with another painter.
fn draw_ring(ui: &Ui, response: &Response, painter: &Painter) {
    if is_focus_seen(ui, response) {
        let tokens = Tokens::of(ui.visuals());
        let stroke = egui::Stroke::new(2.0, tokens.focus);
        let radius = CornerRadius::same(theme::RADIUS);
        painter.rect_stroke(response.rect.shrink(1.0), radius, stroke, StrokeKind::Inside);
    }
}

/// One line of text that ends in `…` where it would not fit.
pub(crate) fn line(
    painter: &Painter,
    text: &str,
    font: FontId,
    color: egui::Color32,
    width: f32,
) -> std::sync::Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap.max_width = width.max(0.0);
    job.wrap.max_rows = 1;
    job.wrap.break_anywhere = true;
    painter.layout_job(job)
}

/// A name on one line, cut in its middle where it would not fit: long names often differ at their ends.
pub(crate) fn name_line(
    painter: &Painter,
    name: &str,
    font: &FontId,
    color: egui::Color32,
    width: f32,
) -> std::sync::Arc<Galley> {
    let whole = line(painter, name, font.clone(), color, f32::INFINITY);
    if whole.size().x <= width {
        return whole;
    }
    let letters: Vec<char> = name.chars().collect();
    let of = |kept: usize| line(painter, &without_middle(&letters, kept), font.clone(), color, f32::INFINITY);
    // The most letters that fit lie between these.
    let (mut fits, mut too_many) = (0, letters.len());
    while fits + 1 < too_many {
        let kept = usize::midpoint(fits, too_many);
        if of(kept).size().x <= width { fits = kept } else { too_many = kept }
    }
    if fits < 2 { line(painter, name, font.clone(), color, width) } else { of(fits) }
}

/// A name in a row of its own, cut in its middle where it would not fit; resting on it shows all of it.
pub(crate) fn name_label(ui: &mut Ui, name: &str, font: &FontId, color: egui::Color32) -> Response {
    let galley = name_line(ui.painter(), name, font, color, ui.available_width());
    let is_cut = galley.text() != name;
    let (rect, response) = ui.allocate_exact_size(galley.size(), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, name));
    ui.painter().galley(rect.min, galley, color);
    if is_cut { response.on_hover_text(name) } else { response }
}

/// A name of which so many letters are kept, at both of its ends.
fn without_middle(letters: &[char], kept: usize) -> String {
    let (head, tail) = (kept.div_ceil(2), kept / 2);
    let end = letters.iter().skip(letters.len().saturating_sub(tail));
    letters.iter().take(head).chain(&['…']).chain(end).collect()
}

/// Draws a name, cut in its middle where it would not fit.
pub(crate) fn draw_name(
    painter: &Painter,
    rect: Rect,
    align: Align,
    name: &str,
    font: &FontId,
    color: egui::Color32,
) -> Rect {
    put(painter, rect, align, name_line(painter, name, font, color, rect.width()), color)
}

/// The text on one line, with signs for what can't be seen, and the numbers of signs that no font here draws.
pub(crate) fn printable<'a>(painter: &Painter, text: &'a str) -> Cow<'a, str> {
    printed(text, |sign| painter.fonts_mut(|fonts| fonts.has_glyph(&theme::mono(), sign)))
}

fn printed(text: &str, is_drawn: impl Fn(char) -> bool) -> Cow<'_, str> {
    // Letters that no font here has are drawn by the web view; signs are boxes where the system has no font for them.
    let is_sign = |c: char| ('\u{1f000}'..'\u{1fb00}').contains(&c);
    if !text.contains(|c: char| c.is_control() || is_sign(c)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\n' => shown.push('↵'),
            '\t' => shown.push('→'),
            c if c.is_control() => shown.push('\u{fffd}'),
            c if is_sign(c) && !is_drawn(c) => shown.extend(format!("[U+{:X}]", u32::from(c)).chars()),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// A sentence, what stands between `` ` `` in it set as data.
pub(crate) fn marked(text: &str, color: egui::Color32, data: egui::Color32) -> LayoutJob {
    marked_in(text, &(theme::body(), color), &(theme::mono(), data))
}

/// The same in a secondary text.
pub(crate) fn marked_small(text: &str, color: egui::Color32) -> LayoutJob {
    marked_in(text, &(theme::small(), color), &(theme::mono_small(), color))
}

fn marked_in(text: &str, words: &(FontId, egui::Color32), data: &(FontId, egui::Color32)) -> LayoutJob {
    let mut job = LayoutJob::default();
    for (place, part) in text.split('`').enumerate() {
        let (font, color) = if place % 2 == 1 { data.clone() } else { words.clone() };
        job.append(part, 0.0, TextFormat { valign: Align::Center, ..TextFormat::simple(font, color) });
    }
    job
}

/// The same on one line that ends in `…` where it would not fit.
pub(crate) fn marked_line(
    painter: &Painter,
    text: &str,
    color: egui::Color32,
    data: egui::Color32,
    width: f32,
) -> std::sync::Arc<Galley> {
    let mut job = marked(text, color, data);
    job.wrap.max_width = width.max(0.0);
    job.wrap.max_rows = 1;
    job.wrap.break_anywhere = true;
    job.break_on_newline = false;
    painter.layout_job(job)
}

/// Draws a line into a rectangle, centred vertically; gives what it took.
pub(crate) fn draw_line(
    painter: &Painter,
    rect: Rect,
    align: Align,
    text: &str,
    font: FontId,
    color: egui::Color32,
) -> Rect {
    put(painter, rect, align, line(painter, text, font, color, rect.width()), color)
}

/// Draws a line that is laid out already.
pub(crate) fn put(
    painter: &Painter,
    rect: Rect,
    align: Align,
    galley: std::sync::Arc<Galley>,
    color: egui::Color32,
) -> Rect {
    let x = match align {
        Align::Min => rect.left(),
        Align::Center => rect.center().x - galley.size().x / 2.0,
        Align::Max => rect.right() - galley.size().x,
    };
    let pos = Pos2::new(x, rect.center().y - galley.size().y / 2.0);
    let taken = Rect::from_min_size(pos, galley.size());
    painter.galley(pos, galley, color);
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_at_their_ends_are_told_apart_when_they_are_cut() {
        let cut = |name: &str| without_middle(&name.chars().collect::<Vec<_>>(), 11);
        assert_eq!(cut("column_with_a_longish_name_17"), "column…me_17");
        assert_ne!(cut("column_with_a_longish_name_17"), cut("column_with_a_longish_name_18"));
    }

    #[test]
    fn what_cannot_be_seen_has_a_sign_and_what_no_font_draws_its_number() {
        let is_drawn = |sign| sign == '\u{1f600}';
        assert_eq!(printed("a\r\nb\tc\u{1}", is_drawn), "a↵b→c\u{fffd}");
        assert_eq!(printed("ok \u{1f600} \u{1f0a1}", is_drawn), "ok \u{1f600} [U+1F0A1]");
    }
}
