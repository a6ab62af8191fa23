//! Edges: which are seen, how they are told apart, and what is written on them.

use egui::{
    Align, Pos2, Rangef, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};
use touchstone_compiler::EdgeKind;

use super::canvas::{BANDS, Canvas, Detail, look};
use super::graph::Spot;
use super::minimap;
use super::strokes::{Strokes, distance};
use crate::theme;
use crate::widgets::put;

/// How near the pointer must be to an edge.
const NEAR: f32 = 5.0;
/// With more edges at the selection, none is written on.
const MANY: usize = 16;
/// How much of an edge that isn't lit is left.
const DIM: f32 = 0.35;
/// Width of what is written on an edge, at most and at least.
const WIDEST: f32 = 292.0;
const NARROWEST: f32 = 72.0;
/// Room around it.
const PADDING: Vec2 = Vec2::new(6.0, 3.0);

/// Draws the edges; gives the one that the pointer is on.
pub(super) fn edges(canvas: &Canvas<'_>, ground: &Response, ui: &Ui) -> Option<usize> {
    let (map, seen) = (canvas.map, canvas.seen());
    let (graph, layout) = (&map.graph, &map.layout);
    let has_selection = map.way.is_some();
    let is_lit = |bits: fn(&super::way::Way) -> &[bool], at: usize| {
        map.way.as_ref().is_some_and(|way| bits(way).get(at).copied().unwrap_or_default())
    };
    let shows_columns = canvas.detail == Detail::Columns;
    let is_closed = |table: usize| !shows_columns || !layout.is_open(table);
    let is_of_column = matches!(map.lit, Some(Spot::Column(_)));
    let pointer = ground.hover_pos().filter(|_| ground.hovered());
    let mut strokes = Strokes::new(ui.pixels_per_point());
    let mut points: Vec<Pos2> = Vec::new();
    let mut nearest = (NEAR, None);

    // What isn't lit lies below what is.
    for (at, _) in layout.link_bounds.iter().enumerate().filter(|(_, it)| it.intersects(seen)) {
        let Some(link) = graph.links.get(at) else { continue };
        let lit = is_lit(|way| &way.links, at);
        let is_told_by_columns = lit && is_of_column && !canvas.state.tables_only;
        if !is_closed(link.from) || !is_closed(link.to) || is_told_by_columns || (has_selection && lit) {
            continue;
        }
        let Some((from, to)) = layout.link_ends(graph, at) else { continue };
        trace(canvas, from, to, Some(at), &mut points);
        let mut look = look(canvas.tokens, EdgeKind::Value, false);
        if has_selection {
            look.color = look.color.gamma_multiply(DIM);
        }
        strokes.add(&points, look);
    }
    for lit in [false, true] {
        for (at, _) in layout.edge_bounds.iter().enumerate().filter(|(_, it)| it.intersects(seen)) {
            let Some(edge) = graph.edges.get(at) else { continue };
            if is_lit(|way| &way.edges, at) != lit {
                continue;
            }
            let from_table = graph.columns.get(edge.from).map_or(edge.to, |column| column.table);
            let shown = match edge.link {
                // Inside a table they are shown for what is selected alone, and where they can be told apart.
                None => lit && shows_columns && layout.is_open(edge.to),
                Some(_) if lit && is_of_column => true,
                Some(_) => !is_closed(from_table) || !is_closed(edge.to),
            };
            if !shown || canvas.state.tables_only {
                continue;
            }
            let Some((from, to, link)) = layout.edge_ends(graph, at) else { continue };
            trace(canvas, from, to, link, &mut points);
            if let Some(pointer) = pointer {
                let apart = distance(&points, pointer);
                if apart < nearest.0 {
                    nearest = (apart, Some(at));
                }
            }
            let mut look = look(canvas.tokens, edge.kind, lit);
            if has_selection && !lit {
                look.color = look.color.gamma_multiply(DIM);
            } else if !lit && edge.kind != EdgeKind::Value {
                look.color = look.color.gamma_multiply(0.6);
            }
            strokes.add(&points, look);
        }
    }
    for (at, _) in layout.link_bounds.iter().enumerate().filter(|(_, it)| it.intersects(seen)) {
        let Some(link) = graph.links.get(at) else { continue };
        let is_told_by_columns = is_of_column && !canvas.state.tables_only;
        let is_drawn = is_closed(link.from) && is_closed(link.to) && !is_told_by_columns;
        if !is_lit(|way| &way.links, at) || !is_drawn {
            continue;
        }
        let Some((from, to)) = layout.link_ends(graph, at) else { continue };
        trace(canvas, from, to, Some(at), &mut points);
        strokes.add(&points, look(canvas.tokens, EdgeKind::Value, true));
    }
    if let Some(at) = nearest.1
        && let (Some(edge), Some((from, to, link))) = (graph.edges.get(at), layout.edge_ends(graph, at))
    {
        trace(canvas, from, to, link, &mut points);
        let mut look = look(canvas.tokens, edge.kind, true);
        look.width = 2.5;
        strokes.add(&points, look);
    }
    ui.painter().add(strokes.shape());
    nearest.1
}

fn trace(canvas: &Canvas<'_>, from: Pos2, to: Pos2, link: Option<usize>, points: &mut Vec<Pos2>) {
    canvas.map.layout.trace(from, to, link, canvas.camera.zoom, points);
    let to_screen = canvas.camera.to_screen(canvas.view);
    for point in points.iter_mut() {
        *point = to_screen * *point;
    }
}

/// What the edge is, as the pointer is on it.
pub(super) fn about(canvas: &Canvas<'_>, at: usize, ground: &Response) {
    let graph = &canvas.map.graph;
    let Some(edge) = graph.edges.get(at) else { return };
    let tokens = canvas.tokens;
    let from = graph.name(Spot::Column(edge.from));
    let to = graph.name(edge.column.map_or(Spot::Table(edge.to), Spot::Column));
    let to = if edge.column.is_none() { format!("rows of {to}") } else { to };
    ground.clone().on_hover_ui_at_pointer(|ui| {
        ui.set_max_width(420.0);
        ui.label(RichText::new(edge.kind.to_string()).font(theme::small_strong()).color(tokens.text_subdued));
        ui.label(RichText::new(edge.text.trim()).font(theme::mono()).color(tokens.text_strong));
        ui.label(RichText::new(format!("{from} → {to}")).font(theme::small()).color(tokens.text_subdued));
    });
}

/// Writes on the edges at the selected column how it is made, and what is made of it.
pub(super) fn expressions(canvas: &Canvas<'_>, ui: &Ui) {
    let map = canvas.map;
    let Some(Spot::Column(column)) = map.lit.filter(|_| canvas.detail == Detail::Columns) else { return };
    let at: Vec<usize> =
        map.graph.into.get(column).iter().chain(map.graph.out_of.get(column)).copied().collect();
    if canvas.state.tables_only || at.len() > MANY {
        return;
    }
    let tokens = canvas.tokens;
    // Names on cards, what is written already and what lies over the picture stay free.
    // At a card's sides are the points where its edges end.
    let cards = map.layout.cards.iter().map(|card| canvas.on_screen(*card).expand2(vec2(4.0, 0.0)));
    let mut taken: Vec<Rect> = cards.filter(|card| card.intersects(canvas.view)).collect();
    taken.extend(minimap::place(canvas));
    let within = canvas.view.with_min_y(canvas.view.top() + BANDS);
    let mut written: Vec<(&str, EdgeKind, usize)> = Vec::new();
    let mut points = Vec::new();
    for at in at {
        let Some(edge) = map.graph.edges.get(at) else { continue };
        let own = map.graph.columns.get(edge.from).map(|column| column.name.as_str());
        // A column that is taken over as it is needs no words; an expression over several columns is told once.
        let is_plain = edge.kind.is_value() && own == Some(edge.text.trim());
        let once = (edge.text.as_str(), edge.kind, edge.column.unwrap_or(usize::MAX));
        let is_drawn = edge.link.is_some() || map.layout.is_open(edge.to);
        if is_plain || !is_drawn || written.contains(&once) {
            continue;
        }
        let Some((from, to, link)) = map.layout.edge_ends(&map.graph, at) else { continue };
        trace(canvas, from, to, link, &mut points);
        let text = words(&edge.text, edge.kind);
        let laid_out =
            |width| crate::widgets::line(ui.painter(), &text, theme::mono_small(), tokens.text, width);
        let size = laid_out(WIDEST).size() + 2.0 * PADDING;
        let Some(place) = best(&points, size, within, &taken) else { continue };
        let galley = laid_out(place.width() - 2.0 * PADDING.x);
        let border = Stroke::new(1.0, look(tokens, edge.kind, true).color.gamma_multiply(0.7));
        ui.painter().rect(place, theme::RADIUS, tokens.raised, border, StrokeKind::Inside);
        put(ui.painter(), place.shrink2(vec2(PADDING.x, 0.0)), Align::Min, galley, tokens.text);
        let label = ui.interact(place, ui.scope_id().with(("on edge", at)), Sense::hover());
        label.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("On the edge: {text}")));
        taken.push(place);
        written.push(once);
    }
}

/// The place on a line with the most room for something of this size, the nearest to its middle of several.
fn best(points: &[Pos2], size: Vec2, within: Rect, taken: &[Rect]) -> Option<Rect> {
    const PLACES: usize = 16;
    let mut found: Option<Rect> = None;
    for step in 1..PLACES {
        // From the middle to both ends by turns.
        let away = step / 2;
        let part = if step % 2 == 0 { PLACES / 2 + away } else { PLACES / 2 - away };
        let at = part as f32 / PLACES as f32 * points.len().saturating_sub(1) as f32;
        let Some(place) = along(points, at).and_then(|at| room(at, size, within, taken)) else { continue };
        if found.is_none_or(|known| place.width() > known.width() + 1.0) {
            found = Some(place);
        }
        if place.width() >= size.x {
            break;
        }
    }
    found
}

/// The point at a place between the first, which is 0, and the last.
fn along(points: &[Pos2], at: f32) -> Option<Pos2> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and small")]
    let before = at.floor() as usize;
    let (from, to) = (points.get(before)?, points.get(before + 1).or(points.last())?);
    Some(*from + (*to - *from) * at.fract())
}

/// Room around a point for something of this size or, where there is less, narrower; none where too little is left.
fn room(at: Pos2, size: Vec2, within: Rect, taken: &[Rect]) -> Option<Rect> {
    const APART: f32 = 3.0;
    let rows = Rangef::point(at.y).expand(size.y / 2.0);
    if !within.contains(pos2(at.x, rows.min)) || !within.contains(pos2(at.x, rows.max)) {
        return None;
    }
    let (mut left, mut right) = (within.left() + APART, within.right() - APART);
    for other in taken.iter().map(|other| other.expand(APART)).filter(|one| one.y_range().intersects(rows)) {
        if other.right() <= at.x {
            left = left.max(other.right());
        } else if other.left() >= at.x {
            right = right.min(other.left());
        } else {
            return None;
        }
    }
    let width = size.x.min(right - left);
    if width < size.x.min(NARROWEST) {
        return None;
    }
    let start = (at.x - width / 2.0).min(right - width).max(left);
    Some(Rect::from_x_y_ranges(start..=start + width, rows))
}

/// An expression on one line, with what it does where that isn't the value.
pub(super) fn words(text: &str, kind: EdgeKind) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let kind_text = kind.to_string();
    match kind {
        EdgeKind::Value => text,
        _ if text == kind_text => text,
        _ => format!("{kind_text}: {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: Rect = Rect::from_min_max(Pos2::ZERO, Pos2::new(1000.0, 500.0));

    fn card(left: f32, right: f32) -> Rect {
        Rect::from_min_max(pos2(left, 100.0), pos2(right, 300.0))
    }

    #[test]
    fn what_is_written_on_an_edge_keeps_between_the_cards() {
        let cards = [card(0.0, 200.0), card(336.0, 568.0)];
        let points = [pos2(200.0, 150.0), pos2(268.0, 200.0), pos2(336.0, 250.0)];
        let short = best(&points, vec2(100.0, 20.0), VIEW, &cards).unwrap();
        assert_eq!(short, Rect::from_center_size(points[1], vec2(100.0, 20.0)));
        let long = best(&points, vec2(280.0, 20.0), VIEW, &cards).unwrap();
        assert_eq!((long.left(), long.right()), (203.0, 333.0));
        // Between cards that are close it is left out.
        let close = [card(0.0, 240.0), card(300.0, 568.0)];
        assert_eq!(best(&points, vec2(280.0, 20.0), VIEW, &close), None);
        assert!(best(&points, vec2(50.0, 20.0), VIEW, &close).is_some());
    }

    #[test]
    fn it_goes_where_the_line_has_more_room_and_never_on_another() {
        // At its end the line has left the cards behind.
        let points = [pos2(220.0, 150.0), pos2(220.0, 250.0), pos2(220.0, 350.0)];
        let cards = [card(0.0, 200.0), card(300.0, 568.0)];
        let first = best(&points, vec2(200.0, 20.0), VIEW, &cards).unwrap();
        assert!(first.top() >= 300.0 && first.width() >= 200.0, "{first:?}");
        let second = best(&points, vec2(200.0, 20.0), VIEW, &[cards[0], cards[1], first]);
        assert!(second.is_none_or(|second| !second.intersects(first)), "{second:?}");
        assert_eq!(room(pos2(500.0, 2.0), vec2(100.0, 20.0), VIEW, &[]), None, "cut by the edge of the view");
    }
}
