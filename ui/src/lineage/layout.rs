//! The picture without the drawing: where cards, columns and edges are, in units of its own.

use std::ops::Range;

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use super::graph::{Graph, Spot, Tier};
use super::order::Order;
use super::placing;

/// Width of a card.
pub(super) const WIDTH: f32 = 232.0;
/// Height of its heading.
pub(super) const HEADING: f32 = 44.0;
/// Height of a column's row.
pub(super) const ROW: f32 = 20.0;
/// Room below the last column.
const FOOT: f32 = 6.0;
/// Room between two layers, for the edges.
const BETWEEN: f32 = 136.0;
/// How far an edge inside a table swings out at most.
const SWING: f32 = 72.0;

/// A layer, or several that hold tables of one kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Band {
    pub(super) tier: Tier,
    pub(super) left: f32,
    pub(super) right: f32,
}

/// Where a link passes a layer between.
#[derive(Debug, Clone, Copy)]
struct Bend {
    left: f32,
    right: f32,
    y: f32,
}

/// Where everything is.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// The cards.
    pub(super) cards: Vec<Rect>,
    /// Which of them show their columns.
    pub(super) open: Vec<bool>,
    /// The tables of each layer, from the top.
    pub(super) layers: Vec<Vec<usize>>,
    pub(super) bands: Vec<Band>,
    pub(super) bounds: Rect,
    /// What edges and links keep within.
    pub(super) edge_bounds: Vec<Rect>,
    pub(super) link_bounds: Vec<Rect>,
    bends: Vec<Bend>,
    bends_of: Vec<Range<usize>>,
}

impl Layout {
    pub(super) fn new(graph: &Graph, levels: &[usize], order: &Order, open: Vec<bool>) -> Self {
        let heights: Vec<f32> = graph
            .tables
            .iter()
            .zip(&open)
            .map(|(table, open)| {
                let is_open = *open && !table.columns.is_empty();
                HEADING + if is_open { table.columns.len() as f32 * ROW + FOOT } else { 0.0 }
            })
            .collect();
        let middles = placing::middles(order, &heights);
        let left = |level: usize| level as f32 * (WIDTH + BETWEEN);
        let cards: Vec<Rect> = levels
            .iter()
            .zip(&middles)
            .zip(&heights)
            .map(|((level, middle), height)| {
                Rect::from_min_size(pos2(left(*level), middle - height / 2.0), vec2(WIDTH, *height))
            })
            .collect();
        let is_table = |node: &&usize| **node < order.tables;
        let layers = order.layers.iter().map(|layer| layer.iter().filter(is_table).copied().collect());
        let mut layout = Self {
            bounds: cards.iter().fold(Rect::NOTHING, |all, card| all.union(*card)),
            cards,
            open,
            layers: layers.collect(),
            bands: Vec::new(),
            edge_bounds: Vec::new(),
            link_bounds: Vec::new(),
            bends: Vec::new(),
            bends_of: Vec::new(),
        };
        for (at, link) in graph.links.iter().enumerate() {
            let start = layout.bends.len();
            let first = levels.get(link.from).copied().unwrap_or_default() + 1;
            for (step, bend) in order.bends.get(at).iter().enumerate() {
                let left = left(first + step);
                let y = middles.get(*bend).copied().unwrap_or_default();
                layout.bends.push(Bend { left, right: left + WIDTH, y });
            }
            layout.bends_of.push(start..layout.bends.len());
        }
        layout.bands = bands(graph, &layout);
        layout.edge_bounds = (0..graph.edges.len())
            .map(|at| {
                layout.edge_ends(graph, at).map_or(Rect::NOTHING, |(a, b, link)| layout.within(a, b, link))
            })
            .collect();
        layout.link_bounds = (0..graph.links.len())
            .map(|at| {
                layout.link_ends(graph, at).map_or(Rect::NOTHING, |(a, b)| layout.within(a, b, Some(at)))
            })
            .collect();
        layout
    }

    pub(super) fn card(&self, table: usize) -> Option<Rect> {
        self.cards.get(table).copied()
    }

    pub(super) fn is_open(&self, table: usize) -> bool {
        self.open.get(table).copied().unwrap_or_default()
    }

    /// The heading of a table, or the row of a column: the table's heading while its columns aren't shown.
    pub(super) fn place(&self, graph: &Graph, spot: Spot) -> Option<Rect> {
        let table = graph.table_of(spot)?;
        let card = self.card(table)?;
        let heading = Rect::from_min_size(card.min, vec2(card.width(), HEADING));
        match spot {
            Spot::Column(column) if self.is_open(table) => {
                let row = column.checked_sub(graph.tables.get(table)?.columns.start)?;
                let top = heading.bottom() + row as f32 * ROW;
                Some(Rect::from_min_size(pos2(card.left(), top), vec2(card.width(), ROW)))
            }
            _ => Some(heading),
        }
    }

    /// Where an edge starts and ends, and the link that it runs along.
    pub(super) fn edge_ends(&self, graph: &Graph, at: usize) -> Option<(Pos2, Pos2, Option<usize>)> {
        let edge = graph.edges.get(at)?;
        let from = self.place(graph, Spot::Column(edge.from))?.right_center();
        let to = self.place(graph, edge.column.map_or(Spot::Table(edge.to), Spot::Column))?;
        let to = if edge.link.is_none() { to.right_center() } else { to.left_center() };
        Some((from, to, edge.link))
    }

    pub(super) fn link_ends(&self, graph: &Graph, at: usize) -> Option<(Pos2, Pos2)> {
        let link = graph.links.get(at)?;
        let from = self.place(graph, Spot::Table(link.from))?.right_center();
        let to = self.place(graph, Spot::Table(link.to))?.left_center();
        Some((from, to))
    }

    fn bends(&self, link: Option<usize>) -> &[Bend] {
        let range = link.and_then(|link| self.bends_of.get(link)).cloned().unwrap_or_default();
        self.bends.get(range).unwrap_or_default()
    }

    fn within(&self, from: Pos2, to: Pos2, link: Option<usize>) -> Rect {
        let mut rect = Rect::from_two_pos(from, to);
        if link.is_none() {
            rect.max.x += SWING;
        }
        for bend in self.bends(link) {
            rect.extend_with(pos2(bend.left, bend.y));
            rect.extend_with(pos2(bend.right, bend.y));
        }
        rect
    }

    /// The line of an edge as points, close enough together to look round at this zoom.
    pub(super) fn trace(&self, from: Pos2, to: Pos2, link: Option<usize>, zoom: f32, points: &mut Vec<Pos2>) {
        points.clear();
        points.push(from);
        if link.is_none() {
            let swing = (20.0 + (to.y - from.y).abs() * 0.2).min(SWING);
            let steps = 10_u16;
            for step in 1..=steps {
                let share = f32::from(step) / f32::from(steps);
                let out = 4.0 * share * (1.0 - share) * swing;
                let eased = share * share * (3.0 - 2.0 * share);
                points.push(pos2(from.x + out, egui::lerp(from.y..=to.y, eased)));
            }
            return;
        }
        let mut last = from;
        for bend in self.bends(link) {
            ease(last, pos2(bend.left, bend.y), zoom, points);
            last = pos2(bend.right, bend.y);
            points.push(last);
        }
        ease(last, to, zoom, points);
    }

    /// The table that stands `step` below or above another in its layer.
    pub(super) fn neighbour(&self, table: usize, step: isize) -> Option<usize> {
        let layer = self.layers.iter().find(|layer| layer.contains(&table))?;
        let at = layer.iter().position(|one| *one == table)?;
        layer.get(at.checked_add_signed(step)?).copied()
    }
}

/// An S from one point to another that leaves and comes in level.
fn ease(from: Pos2, to: Pos2, zoom: f32, points: &mut Vec<Pos2>) {
    let Vec2 { x, y } = (to - from) * zoom;
    if y.abs() < 0.5 {
        points.push(to);
        return;
    }
    let steps = ((x.abs() + y.abs()) / 14.0).clamp(4.0, 18.0).round();
    let mut step = 1.0;
    while step <= steps {
        let share = step / steps;
        let eased = share * share * (3.0 - 2.0 * share);
        points.push(pos2(egui::lerp(from.x..=to.x, share), egui::lerp(from.y..=to.y, eased)));
        step += 1.0;
    }
}

/// Layers that follow each other and hold tables of one kind.
fn bands(graph: &Graph, layout: &Layout) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    for layer in &layout.layers {
        let Some(first) = layer.first() else { continue };
        let (Some(table), Some(card)) = (graph.tables.get(*first), layout.card(*first)) else { continue };
        match bands.last_mut() {
            Some(band) if band.tier == table.tier => band.right = card.right(),
            _ => bands.push(Band { tier: table.tier, left: card.left(), right: card.right() }),
        }
    }
    bands
}
