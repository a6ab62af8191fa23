//! The header that stays in sight: name, type, distribution and nulls of each column, and its edge to drag.

use egui::{
    Align, CursorIcon, FontId, Id, Painter, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo,
    accesskit::SortDirection, pos2, vec2,
};

use super::{GridColumn, GridOutput, Header, PADDING, Sorted, widths};
use crate::icon;
use crate::theme::{self, Tokens};
use crate::widgets::{draw_line, draw_name};

const NAME: f32 = 24.0;
const DETAIL: f32 = 16.0;
const BARS: f32 = 22.0;
const NULLS: f32 = 18.0;
/// Room for a sign beside the name.
const SIGN: f32 = 18.0;

/// What a header shows below names and types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lines {
    bars: bool,
    promised: bool,
    nulls: bool,
}

impl Lines {
    /// All that there is of these columns.
    pub(super) fn all(columns: &[GridColumn]) -> Self {
        Self {
            bars: columns.iter().any(|column| !column.bars.is_empty()),
            promised: columns.iter().any(|column| column.promised.is_some()),
            nulls: columns.iter().any(|column| column.nulls.is_some()),
        }
    }

    /// As much as leaves the rows so much of the height: they come first, and a tooltip has the rest.
    pub(super) fn within(columns: &[GridColumn], height: f32, rows: f32) -> Self {
        let mut lines = Self::all(columns);
        for line in [Self::without_bars, Self::without_promised, Self::without_nulls] {
            if lines.height(columns) + rows > height {
                lines = line(lines);
            }
        }
        lines
    }

    fn without_bars(self) -> Self {
        Self { bars: false, ..self }
    }

    fn without_promised(self) -> Self {
        Self { promised: false, ..self }
    }

    fn without_nulls(self) -> Self {
        Self { nulls: false, ..self }
    }

    pub(super) fn height(self, columns: &[GridColumn]) -> f32 {
        let line = |height: f32, is_there: bool| if is_there { height } else { 0.0 };
        NAME + line(DETAIL, columns.iter().any(|column| column.detail.is_some()))
            + line(DETAIL, self.promised)
            + line(BARS, self.bars)
            + line(NULLS, self.nulls)
    }
}

/// Room beside the name for the signs of sorting and filtering.
pub(super) fn signs_width(column: &GridColumn) -> f32 {
    let filter = if column.filter.is_some() { SIGN } else { 0.0 };
    filter + if column.sort.is_some() { SIGN } else { 0.0 }
}

pub(super) fn icon_width(column: &GridColumn) -> f32 {
    if column.icon.is_some() { SIGN } else { 0.0 }
}

#[expect(clippy::too_many_arguments, reason = "one frame's view of the header")]
pub(super) fn show(
    ui: &Ui,
    id: Id,
    grid: &super::Grid<'_>,
    lefts: &[f32],
    offset: f32,
    first_row: u64,
    rect: Rect,
    lines: Lines,
    gutter: f32,
    output: &mut GridOutput,
) {
    let columns = grid.rows.columns();
    let tokens = Tokens::of(ui.visuals());
    ui.painter().rect_filled(rect, 0, tokens.header);
    let clip = rect.with_min_x(rect.left() + gutter).intersect(ui.clip_rect());
    let painter = ui.painter().with_clip_rect(clip);
    let left = rect.left() + gutter - offset;
    let at_cursor = output.focused.then_some(output.cursor).flatten().map(|(_, column)| column);
    for (place, column) in columns.iter().enumerate() {
        let cell = Rect::from_min_max(
            pos2(left + lefts[place], rect.top()),
            pos2(left + lefts[place + 1], rect.bottom()),
        );
        let seen = cell.intersect(clip);
        if !seen.is_positive() {
            continue;
        }
        let sense = if column.sort.is_some() { Sense::CLICK } else { Sense::hover() };
        let response = ui.interact(seen, id.with(("header", place)), sense);
        response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, spoken(column)));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_column_index(place);
            if let Some(Sorted::By { descending, .. }) = column.sort {
                let direction = if descending { SortDirection::Descending } else { SortDirection::Ascending };
                node.set_sort_direction(direction);
            }
        });
        if column.sort.is_some() && response.hovered() {
            painter.rect_filled(cell, 0, tokens.button);
        }
        let (sort, filter) = draw(ui, &painter, id, place, column, lines, cell, clip, &response);
        if at_cursor == Some(place) {
            painter.hline(cell.x_range(), cell.bottom() - 1.0, Stroke::new(2.0, tokens.focus));
        }
        painter.vline(cell.right() - 0.5, cell.y_range().shrink(6.0), Stroke::new(1.0, tokens.line));
        let response =
            if column.tooltip.is_empty() { response } else { response.on_hover_text(&column.tooltip) };
        output.headers.push(Header { column: place, response, sort, filter });
        edge(ui, id, grid, place, cell, clip, first_row, output);
    }
    let line = Stroke::new(1.0, tokens.line_strong);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, line);
}

/// One header; gives its buttons that sort and filter.
#[expect(clippy::too_many_arguments, reason = "one frame's view of one header")]
fn draw(
    ui: &Ui,
    painter: &Painter,
    id: Id,
    place: usize,
    column: &GridColumn,
    lines: Lines,
    cell: Rect,
    clip: Rect,
    header: &Response,
) -> (Option<Response>, Option<Response>) {
    let tokens = Tokens::of(ui.visuals());
    let inner = cell.shrink2(vec2(PADDING, 0.0));
    let align = if column.numeric { Align::Max } else { Align::Min };
    // The signs stand opposite to the text, at the left of numbers.
    let mut name = Rect::from_min_size(inner.min, vec2(inner.width(), NAME));
    let room = |name: &mut Rect| {
        let rect = if column.numeric {
            let rect = name.with_max_x(name.left() + SIGN);
            name.min.x += SIGN;
            rect
        } else {
            let rect = name.with_min_x(name.right() - SIGN);
            name.max.x -= SIGN;
            rect
        };
        rect.shrink2(vec2(0.0, 3.0))
    };
    let mut filter = None;
    if let Some(is_filtered) = column.filter {
        let rect = room(&mut name);
        let seen = rect.intersect(clip);
        if seen.is_positive() {
            let response = ui.interact(seen, id.with(("filter", place)), Sense::CLICK);
            response
                .widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Filter {}", column.name)));
            let is_shown = is_filtered || header.contains_pointer() || response.hovered();
            if response.hovered() {
                painter.rect_filled(rect, theme::RADIUS, tokens.button_hovered);
            }
            if is_shown {
                let color = if is_filtered { tokens.link } else { tokens.text_subdued };
                let sign = icon::FILTER.to_string();
                draw_line(painter, rect, Align::Center, &sign, FontId::proportional(13.0), color);
            }
            filter = Some(response.on_hover_text(format!("Filter {}", column.name)));
        }
    }
    let sort = column.sort.and_then(|sorted| {
        let rect = room(&mut name);
        let seen = rect.intersect(clip);
        seen.is_positive()
            .then(|| sort_button(ui, painter, id.with(("sort", place)), column, sorted, rect, seen))
    });
    draw_name(painter, name, align, &column.name, &theme::small_strong(), tokens.text_strong);

    let mut y = name.bottom() - 3.0;
    if let Some(detail) = &column.detail {
        let mut line = Rect::from_min_size(pos2(inner.left(), y), vec2(inner.width(), DETAIL));
        y = line.bottom();
        if let Some(sign) = column.icon {
            let text = sign.to_string();
            let place = if column.numeric { line } else { line.with_max_x(line.left() + SIGN - 4.0) };
            if column.numeric {
                let taken = draw_line(
                    painter,
                    line.with_min_x(line.left() + SIGN),
                    align,
                    detail,
                    theme::mono_small(),
                    tokens.text_subdued,
                );
                let place = Rect::from_min_max(
                    pos2(taken.left() - SIGN, place.top()),
                    pos2(taken.left() - 4.0, place.bottom()),
                );
                draw_line(painter, place, Align::Min, &text, FontId::proportional(13.0), tokens.text_subdued);
                line.max.x = line.min.x;
            } else {
                draw_line(painter, place, Align::Min, &text, FontId::proportional(13.0), tokens.text_subdued);
                line.min.x += SIGN;
            }
        }
        if line.width() > 0.0 {
            draw_line(painter, line, align, detail, theme::mono_small(), tokens.text_subdued);
        }
    }
    if let Some((text, tone)) = column.promised.as_ref().filter(|_| lines.promised) {
        let place = Rect::from_min_size(pos2(inner.left(), y), vec2(inner.width(), DETAIL));
        draw_line(painter, place, align, text, theme::mono_small(), tokens.tone_text(*tone));
    }
    // From the bottom, so that all columns' distributions stand on one line.
    let mut bottom = cell.bottom() - 3.0;
    if let Some((share, text)) = column.nulls.as_ref().filter(|_| lines.nulls) {
        let place = Rect::from_min_max(pos2(inner.left(), bottom - NULLS + 4.0), pos2(inner.right(), bottom));
        draw_line(painter, place, align, text, theme::small(), tokens.text_subdued);
        let bar = Rect::from_min_max(
            pos2(cell.left(), cell.bottom() - 3.0),
            pos2(cell.right() - 1.0, cell.bottom() - 1.0),
        );
        let filled = bar.with_min_x(bar.right() - bar.width() * share.clamp(0.0, 1.0));
        painter.rect_filled(filled, 0, tokens.null);
        bottom -= NULLS - 2.0;
    }
    if lines.bars && !column.bars.is_empty() {
        let place = Rect::from_min_max(pos2(inner.left(), bottom - BARS + 4.0), pos2(inner.right(), bottom));
        crate::widgets::bars(painter, place, &column.bars, tokens.bar);
    }
    (sort, filter)
}

/// The button that sorts: it stands there always, and shows how the rows are sorted.
fn sort_button(
    ui: &Ui,
    painter: &Painter,
    id: Id,
    column: &GridColumn,
    sorted: Sorted,
    rect: Rect,
    seen: Rect,
) -> Response {
    let tokens = Tokens::of(ui.visuals());
    let name = format!("Sort by {}", column.name);
    let response = ui.interact(seen, id, Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.hovered() {
        painter.rect_filled(rect, theme::RADIUS, tokens.button_hovered);
    }
    let (sign, color) = match sorted {
        Sorted::Not if response.hovered() => (icon::ASCENDING.to_string(), tokens.text_strong),
        Sorted::Not => (icon::ASCENDING.to_string(), tokens.text_disabled),
        Sorted::By { descending, place } => {
            let mut sign = if descending { icon::DOWN } else { icon::UP }.to_string();
            sign.extend(place.map(|place| (place + 1).to_string()));
            (sign, tokens.link)
        }
    };
    let room = rect.expand2(vec2(4.0, 0.0));
    draw_line(painter, room, Align::Center, &sign, FontId::proportional(12.0), color);
    response.on_hover_text(format!("{name}: up, down, not at all\nShift+click sorts further"))
}

/// The edge at the right of a column: dragged it changes the width, a double click fits it.
#[expect(clippy::too_many_arguments, reason = "one frame's view of one edge")]
fn edge(
    ui: &Ui,
    id: Id,
    grid: &super::Grid<'_>,
    place: usize,
    cell: Rect,
    clip: Rect,
    first_row: u64,
    output: &mut GridOutput,
) {
    let edge = Rect::from_x_y_ranges(cell.right() - 4.0..=cell.right() + 3.0, cell.y_range()).intersect(clip);
    if !edge.is_positive() {
        return;
    }
    let edge = ui.interact(edge, id.with(("edge", place)), Sense::CLICK | Sense::DRAG);
    if edge.hovered() || edge.dragged() {
        ui.set_cursor_icon(CursorIcon::ResizeColumn);
        let line = Stroke::new(2.0, Tokens::of(ui.visuals()).focus);
        ui.painter().with_clip_rect(clip).vline(cell.right() - 0.5, cell.y_range(), line);
    }
    let width = if edge.double_clicked() {
        let fitted = widths::fitted(ui, grid.rows, place, first_row);
        widths::change(ui, id, grid.rows, place, |_| fitted)
    } else if edge.dragged() {
        widths::change(ui, id, grid.rows, place, |width| width + edge.drag_delta().x)
    } else {
        None
    };
    if let Some(width) = width {
        output.resized = Some((place, width));
    }
}

fn spoken(column: &GridColumn) -> String {
    let detail = column.detail.as_ref().map(|detail| format!(", {detail}")).unwrap_or_default();
    let promised = column.promised.as_ref().map(|(text, _)| format!(", {text}")).unwrap_or_default();
    let nulls = column.nulls.as_ref().map(|(_, text)| format!(", {text}")).unwrap_or_default();
    let sorted = match column.sort {
        Some(Sorted::By { descending: true, .. }) => ", sorted descending",
        Some(Sorted::By { descending: false, .. }) => ", sorted ascending",
        Some(Sorted::Not) | None => "",
    };
    let filtered = if column.filter == Some(true) { ", filtered" } else { "" };
    format!("{}{detail}{promised}{nulls}{sorted}{filtered}", column.name)
}
