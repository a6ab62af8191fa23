//! Walking with the keys: along the edges to the left and right, up and down through columns and tables.

use egui::{EventFilter, Key, Modifiers, Response, Ui};

use super::canvas::{Canvas, Detail, reveal};
use super::graph::{Graph, Spot};
use super::map::Map;
use super::{Command, cards};

/// Takes the arrows on what has the keyboard; Escape lights nothing any more.
pub(super) fn walk(canvas: &Canvas<'_>, spot: Spot, response: &Response, ui: &Ui) {
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        escape: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let (arrow, is_escape) = ui.input_mut(|input| {
        let none = Modifiers::NONE;
        let arrows = [Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown];
        (arrows.into_iter().find(|key| input.consume_key(none, *key)), input.consume_key(none, Key::Escape))
    });
    if is_escape {
        if canvas.state.selected.is_some() {
            canvas.send(Command::Select(None));
        } else {
            response.surrender_focus();
        }
    }
    let has_columns = canvas.detail == Detail::Columns && !canvas.state.tables_only;
    let Some(next) = arrow.and_then(|arrow| step(canvas.map, spot, arrow, has_columns)) else { return };
    ui.memory_mut(|memory| memory.request_focus(cards::id(next)));
    let Some(place) = canvas.map.layout.place(&canvas.map.graph, next) else { return };
    let camera = reveal(canvas.camera, place, canvas.view);
    if camera != canvas.camera {
        canvas.send(Command::Look(camera));
    }
}

/// What the arrow leads to.
fn step(map: &Map, spot: Spot, arrow: Key, has_columns: bool) -> Option<Spot> {
    let graph = &map.graph;
    let is_shown =
        |spot: Spot| graph.table_of(spot).is_some_and(|table| has_columns && map.layout.is_open(table));
    let seen = |spot: Spot| match spot {
        Spot::Column(_) if !is_shown(spot) => graph.table_of(spot).map(Spot::Table),
        _ => Some(spot),
    };
    match arrow {
        Key::ArrowLeft => seen(along(map, graph, spot, true)?),
        Key::ArrowRight => seen(along(map, graph, spot, false)?),
        Key::ArrowDown => match spot {
            Spot::Table(at) if is_shown(spot) && !graph.tables.get(at)?.columns.is_empty() => {
                Some(Spot::Column(graph.tables.get(at)?.columns.start))
            }
            Spot::Table(at) => map.layout.neighbour(at, 1).map(Spot::Table),
            Spot::Column(at) => {
                let table = graph.columns.get(at)?.table;
                if graph.tables.get(table)?.columns.contains(&(at + 1)) {
                    Some(Spot::Column(at + 1))
                } else {
                    map.layout.neighbour(table, 1).map(Spot::Table)
                }
            }
        },
        _ => match spot {
            Spot::Table(at) => {
                let above = map.layout.neighbour(at, -1)?;
                let last = graph.tables.get(above)?.columns.clone().last();
                let column = last.map(Spot::Column).filter(|column| is_shown(*column));
                Some(column.unwrap_or(Spot::Table(above)))
            }
            Spot::Column(at) => {
                let table = graph.columns.get(at)?.table;
                let is_first = graph.tables.get(table)?.columns.start == at;
                Some(if is_first { Spot::Table(table) } else { Spot::Column(at - 1) })
            }
        },
    }
}

/// The first neighbour along an edge; one that is lit before the others.
fn along(map: &Map, graph: &Graph, spot: Spot, up: bool) -> Option<Spot> {
    let neighbours: Vec<Spot> = match spot {
        Spot::Table(at) => {
            let links = if up { graph.links_in.get(at) } else { graph.links_out.get(at) };
            let links = links.iter().filter_map(|link| graph.links.get(*link));
            links.map(|link| Spot::Table(if up { link.from } else { link.to })).collect()
        }
        Spot::Column(at) => {
            let edges = if up { graph.into.get(at) } else { graph.out_of.get(at) };
            let edges = edges.iter().filter_map(|edge| graph.edges.get(*edge));
            let ends = edges.map(|edge| match (up, edge.column) {
                (true, _) => Spot::Column(edge.from),
                (false, Some(column)) => Spot::Column(column),
                (false, None) => Spot::Table(edge.to),
            });
            // What stays inside the table comes last: up and down lead there.
            let own = graph.columns.get(at).map(|column| column.table);
            let (near, far): (Vec<Spot>, Vec<Spot>) = ends.partition(|end| graph.table_of(*end) == own);
            far.into_iter().chain(near).collect()
        }
    };
    let is_lit = |spot: &&Spot| map.way.as_ref().is_some_and(|way| way.has(**spot));
    neighbours.iter().find(is_lit).or(neighbours.first()).copied()
}
