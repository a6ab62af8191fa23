//! The rows at both sides of the lines: a column with what is known of it, a field with how it is made.

use egui::{Align, Color32, FontId, Layout, Rect, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};

use super::facts::percent;
use super::map::{Column, Made, Mapped};
use crate::data::type_icon;
use crate::icon;
use crate::theme::{self, Tokens};
use crate::widgets::{Button, draw_line, draw_name};

/// Radius of the point that a line ends in.
pub(super) const PORT: f32 = 4.0;
/// Room for the icon at the left.
const ICON: f32 = 24.0;
/// Width of a line from which on there is room at its right.
const ROOMY: f32 = 132.0;

/// The two lines of a row, without the icon's room.
struct Lines {
    upper: Rect,
    lower: Rect,
}

fn lines(rect: Rect) -> Lines {
    let inner = Rect::from_min_max(rect.min + vec2(ICON + 12.0, 3.0), rect.max - vec2(12.0, 3.0));
    let middle = inner.center().y;
    Lines { upper: inner.with_max_y(middle), lower: inner.with_min_y(middle) }
}

fn sign(ui: &Ui, rect: Rect, sign: char, color: Color32) {
    let place = Rect::from_min_size(rect.min + vec2(8.0, 0.0), vec2(ICON, rect.height()));
    let font = FontId::proportional(15.0);
    draw_line(ui.painter(), place, Align::Center, &sign.to_string(), font, color);
}

/// Something at the right of a line; gives the room that is left.
fn at_right(ui: &Ui, line: Rect, text: &str, font: FontId, color: Color32) -> Rect {
    let taken = draw_line(ui.painter(), line, Align::Max, text, font, color);
    line.with_max_x((taken.left() - 8.0).max(line.left()))
}

/// A column: name and type, the share of nulls, a value.
pub(super) fn column(
    ui: &Ui,
    rect: Rect,
    column: &Column,
    nulls: Option<f32>,
    sample: Option<&str>,
    is_selected: bool,
) {
    let tokens = Tokens::of(ui.visuals());
    let Lines { mut upper, mut lower } = lines(rect);
    sign(ui, rect, type_icon(&column.data_type), tokens.text_subdued);
    if let Some(sample) = sample.filter(|_| upper.width() > ROOMY) {
        let room = upper.with_min_x(upper.left() + upper.width() * 0.5);
        upper.max.x = at_right(ui, room, sample, theme::mono_small(), tokens.text_subdued).right();
    }
    if !column.is_used {
        lower = at_right(ui, lower, "unmapped", theme::small(), tokens.warning);
    }
    let color = if is_selected { tokens.text_strong } else { tokens.text };
    draw_name(ui.painter(), upper, Align::Min, &column.name, &theme::body(), color);
    let facts = match nulls {
        Some(share) if share > 0.0 => format!("{} · {} null", column.data_type, percent(share)),
        Some(_) => format!("{} · no nulls", column.data_type),
        None => column.data_type.to_string(),
    };
    draw_line(ui.painter(), lower, Align::Min, &facts, theme::mono_small(), tokens.text_subdued);
}

/// What is read aloud of a column.
pub(super) fn column_name(column: &Column) -> String {
    let unmapped = if column.is_used { "" } else { ", unmapped" };
    format!("Column {} {}{unmapped}", column.name, column.data_type)
}

/// A field: name and type, and how it is made.
pub(super) fn field(ui: &Ui, rect: Rect, field: &Mapped, is_selected: bool, room: f32) {
    let tokens = Tokens::of(ui.visuals());
    let Lines { mut upper, mut lower } = lines(rect);
    let (icon, color) = match (&field.data_type, field.is_key) {
        (_, true) => (icon::KEY, tokens.gold),
        (Some(data_type), false) => (type_icon(data_type), tokens.text_subdued),
        (None, false) => (icon::NOT_YET, tokens.text_disabled),
    };
    sign(ui, rect, icon, color);
    upper.max.x -= room;
    lower.max.x -= room;
    if field.errors + field.warnings > 0 {
        let (sign, color) =
            if field.errors > 0 { (icon::ERROR, tokens.error) } else { (icon::WARNING, tokens.warning) };
        upper = at_right(ui, upper, &sign.to_string(), FontId::proportional(14.0), color);
    }
    if let Some(data_type) = field.data_type.as_ref().filter(|_| upper.width() > ROOMY) {
        let place = upper.with_min_x(upper.left() + upper.width() * 0.4);
        let left = at_right(ui, place, &data_type.to_string(), theme::mono_small(), tokens.text_subdued);
        upper.max.x = left.right();
    }
    let color = if is_selected { tokens.text_strong } else { tokens.text };
    let font = if is_selected { theme::strong() } else { theme::body() };
    draw_name(ui.painter(), upper, Align::Min, &field.name, &font, color);
    let (text, font, color) = match &field.made {
        Made::Nothing => ("unmapped".to_owned(), theme::small(), tokens.warning),
        Made::From(column) => (column.clone(), theme::small(), tokens.text_subdued),
        Made::Expression(text) => {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            (format!("{} {line}", icon::FUNCTION), theme::mono_small(), tokens.text_subdued)
        }
    };
    if field.required && lower.width() > ROOMY {
        let place = lower.with_min_x(lower.left() + lower.width() * 0.5);
        lower.max.x = at_right(ui, place, "required", theme::small(), tokens.text_disabled).right();
    }
    draw_line(ui.painter(), lower, Align::Min, &text, font, color);
}

/// What is read aloud of a field.
pub(super) fn field_name(field: &Mapped) -> String {
    let data_type = field.data_type.as_ref().map(|one| format!(" {one}")).unwrap_or_default();
    let made = match &field.made {
        Made::Nothing => "unmapped".to_owned(),
        Made::From(column) => format!("from {column}"),
        Made::Expression(text) => format!("made by {text}"),
    };
    let problem = field.problem.as_ref().map(|one| format!(", {one}")).unwrap_or_default();
    let required = if field.required { ", required" } else { "" };
    format!("Field {}{data_type}, {made}{required}{problem}", field.name)
}

/// A row that is no field yet: a proposed one, or the place for a new one.
pub(super) fn ghost(ui: &Ui, rect: Rect, title: &str, detail: &str, color: Color32, room: f32) {
    let tokens = Tokens::of(ui.visuals());
    let frame = rect.shrink2(vec2(4.0, 3.0));
    let corners = [frame.left_top(), frame.right_top(), frame.right_bottom(), frame.left_bottom()];
    let path: Vec<_> = corners.into_iter().chain([frame.left_top()]).collect();
    let stroke = Stroke::new(1.0, tokens.line_strong);
    ui.painter().extend(egui::Shape::dashed_line(&path, stroke, 4.0, 4.0));
    sign(ui, rect, icon::ADD, color);
    let Lines { mut upper, mut lower } = lines(rect);
    upper.max.x -= room;
    lower.max.x -= room;
    if detail.is_empty() {
        upper = upper.union(lower);
    }
    draw_line(ui.painter(), upper, Align::Min, title, theme::body(), color);
    draw_line(ui.painter(), lower, Align::Min, detail, theme::small(), tokens.text_subdued);
}

/// Room for the two buttons of [`choice`].
pub(super) const CHOICE: f32 = 60.0;

/// The buttons that take or refuse a suggestion; gives which was pressed. `off` is why neither can be.
pub(super) fn choice(ui: &mut Ui, rect: Rect, take: &str, refuse: &str, off: Option<&str>) -> Option<bool> {
    let place = Rect::from_min_max(pos2(rect.right() - CHOICE - 8.0, rect.top()), rect.max - vec2(8.0, 0.0));
    let layout = Layout::right_to_left(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(place).layout(layout).id_salt(take), |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let mut press = |sign: char, name: &str| {
            let button = Button::new("").icon(sign).name(name).quiet().enabled(off.is_none());
            button.show(ui).on_hover_text(off.unwrap_or(name)).clicked()
        };
        let refused = press(icon::CLOSE, refuse);
        let taken = press(icon::CHECK, take);
        match (taken, refused) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    })
    .inner
}

/// Marks a row that something dragged would be dropped on.
pub(super) fn drop_frame(ui: &Ui, rect: Rect) {
    let tokens = Tokens::of(ui.visuals());
    let stroke = Stroke::new(2.0, tokens.focus);
    ui.painter().rect_stroke(rect.shrink2(vec2(2.0, 1.0)), theme::RADIUS, stroke, StrokeKind::Inside);
}
