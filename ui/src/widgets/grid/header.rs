//! The header that stays in sight: name, type and nulls of each column, and its edge to drag.

use egui::{Align, CursorIcon, Id, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{GridColumn, PADDING, widths};
use crate::theme::{self, Tokens, Tone};
use crate::widgets::draw_line;

const NAME: f32 = 24.0;
const DETAIL: f32 = 16.0;
const NULLS: f32 = 18.0;

pub(super) fn height(columns: &[GridColumn]) -> f32 {
    let detail = if columns.iter().any(|column| column.detail.is_some()) { DETAIL } else { 0.0 };
    let promised = if columns.iter().any(|column| column.promised.is_some()) { DETAIL } else { 0.0 };
    let nulls = if columns.iter().any(|column| column.nulls.is_some()) { NULLS } else { 0.0 };
    NAME + detail + promised + nulls
}

pub(super) fn show(
    ui: &Ui,
    id: Id,
    columns: &[GridColumn],
    lefts: &[f32],
    offset: f32,
    rect: Rect,
    gutter: f32,
) {
    let tokens = Tokens::of(ui.visuals());
    ui.painter().rect_filled(rect, 0, tokens.header);
    let line = Stroke::new(1.0, tokens.line_strong);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, line);
    let clip = rect.with_min_x(rect.left() + gutter).intersect(ui.clip_rect());
    let painter = ui.painter().with_clip_rect(clip);
    let left = rect.left() + gutter - offset;
    for (place, column) in columns.iter().enumerate() {
        let cell = Rect::from_min_max(
            pos2(left + lefts[place], rect.top()),
            pos2(left + lefts[place + 1], rect.bottom()),
        );
        let seen = cell.intersect(clip);
        if !seen.is_positive() {
            continue;
        }
        let response = ui.interact(seen, id.with(("header", place)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, spoken(column)));
        let inner = cell.shrink2(vec2(PADDING, 0.0));
        let align = if column.numeric { Align::Max } else { Align::Min };
        let name = Rect::from_min_size(inner.min, vec2(inner.width(), NAME));
        draw_line(&painter, name, align, &column.name, theme::small_strong(), tokens.text_strong);
        let mut y = name.bottom() - 3.0;
        let lines = [
            column.detail.as_ref().map(|detail| (detail, Tone::Neutral)),
            column.promised.as_ref().map(|(text, tone)| (text, *tone)),
        ];
        for (text, tone) in lines.into_iter().flatten() {
            let place = Rect::from_min_size(pos2(inner.left(), y), vec2(inner.width(), DETAIL));
            draw_line(&painter, place, align, text, theme::mono_small(), tokens.tone_text(tone));
            y = place.bottom();
        }
        if let Some((share, text)) = &column.nulls {
            let place = Rect::from_min_size(pos2(inner.left(), y), vec2(inner.width(), NULLS - 4.0));
            draw_line(&painter, place, align, text, theme::small(), tokens.text_subdued);
            let bar = Rect::from_min_max(
                pos2(cell.left(), cell.bottom() - 3.0),
                pos2(cell.right() - 1.0, cell.bottom() - 1.0),
            );
            painter.rect_filled(
                bar.with_min_x(bar.right() - bar.width() * share.clamp(0.0, 1.0)),
                0,
                tokens.null,
            );
        }
        painter.vline(cell.right() - 0.5, cell.y_range().shrink(6.0), Stroke::new(1.0, tokens.line));
        if !column.tooltip.is_empty() {
            response.on_hover_text(&column.tooltip);
        }
        let edge =
            Rect::from_x_y_ranges(cell.right() - 4.0..=cell.right() + 3.0, rect.y_range()).intersect(clip);
        if edge.is_positive() {
            let edge = ui.interact(edge, id.with(("edge", place)), Sense::click_and_drag());
            if edge.hovered() || edge.dragged() {
                ui.set_cursor_icon(CursorIcon::ResizeColumn);
            }
            if edge.double_clicked() {
                widths::forget(ui, id, columns);
            } else if edge.dragged() {
                widths::widen(ui, id, columns, place, edge.drag_delta().x);
            }
        }
    }
}

fn spoken(column: &GridColumn) -> String {
    let detail = column.detail.as_ref().map(|detail| format!(", {detail}")).unwrap_or_default();
    let promised = column.promised.as_ref().map(|(text, _)| format!(", {text}")).unwrap_or_default();
    let nulls = column.nulls.as_ref().map(|(_, text)| format!(", {text}")).unwrap_or_default();
    format!("{}{detail}{promised}{nulls}", column.name)
}
