//! Edges: which are seen, how they are told apart, and what is written on them.

use egui::{Align, Pos2, Rect, Response, RichText, Stroke, StrokeKind, Ui, vec2};
use touchstone_compiler::EdgeKind;

use super::canvas::{Canvas, Detail, look};
use super::graph::Spot;
use super::strokes::{Strokes, distance};
use crate::theme;
use crate::widgets::put;

/// How near the pointer must be to an edge.
const NEAR: f32 = 5.0;
/// With more edges at the selection, none is written on.
const MANY: usize = 16;
/// How much of an edge that isn't lit is left.
const DIM: f32 = 0.35;

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
    let mut taken: Vec<Rect> = Vec::new();
    let mut written: Vec<(&str, EdgeKind, usize)> = Vec::new();
    let mut points = Vec::new();
    for at in at {
        let Some(edge) = map.graph.edges.get(at) else { continue };
        let own = map.graph.columns.get(edge.from).map(|column| column.name.as_str());
        // A column that is taken over as it is needs no words; an expression over several columns is told once.
        let is_plain = edge.kind.is_value() && own == Some(edge.text.trim());
        let once = (edge.text.as_str(), edge.kind, edge.column.unwrap_or(usize::MAX));
        if is_plain || edge.link.is_none() || written.contains(&once) {
            continue;
        }
        let Some((from, to, link)) = map.layout.edge_ends(&map.graph, at) else { continue };
        trace(canvas, from, to, link, &mut points);
        let text = words(&edge.text, edge.kind);
        let galley = crate::widgets::line(ui.painter(), &text, theme::mono_small(), tokens.text, 280.0);
        let size = galley.size() + vec2(12.0, 6.0);
        let places = [2, 3, 1].into_iter().filter_map(|part| points.get(points.len() * part / 4));
        let mut places = places.map(|middle| Rect::from_center_size(*middle, size));
        let is_free = |place: &Rect| {
            canvas.view.contains_rect(*place)
                && !taken.iter().any(|other| other.expand(2.0).intersects(*place))
        };
        let Some(place) = places.find(is_free) else { continue };
        let border = Stroke::new(1.0, look(tokens, edge.kind, true).color.gamma_multiply(0.7));
        ui.painter().rect(place, theme::RADIUS, tokens.raised, border, StrokeKind::Inside);
        put(ui.painter(), place.shrink2(vec2(6.0, 0.0)), Align::Min, galley, tokens.text);
        taken.push(place);
        written.push(once);
    }
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
