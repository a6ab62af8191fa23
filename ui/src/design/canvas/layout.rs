//! Where cards stand: in layers from left to right, in an order with few crossings, each near what it is connected to.

use egui::{Pos2, Rect, pos2};

/// How often the order and the places are looked at again.
const SWEEPS: usize = 8;
/// Room between two cards of one layer.
pub(super) const GAP: f32 = 24.0;
/// Room between a card that is dropped and the others.
const APART: f32 = 12.0;
/// Room that a line takes where it passes a layer.
const LINE: f32 = 12.0;

/// What is to be arranged.
pub(super) struct Plan<'a> {
    /// The layer of each card, from zero.
    pub(super) ranks: &'a [usize],
    /// The height of each card.
    pub(super) heights: &'a [f32],
    /// Which card leads to which; each to a higher layer than the one it comes from.
    pub(super) edges: &'a [(usize, usize)],
    /// Which cards take no part in it.
    pub(super) aside: &'a [bool],
}

/// Where things stand, from top to bottom.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Arranged {
    /// The middle of each card.
    pub(super) middles: Vec<f32>,
    /// Where each edge passes the layers between its ends.
    pub(super) ways: Vec<Vec<f32>>,
}

/// Cards, and the points where lines pass a layer.
struct Points {
    heights: Vec<f32>,
    layers: Vec<Vec<usize>>,
    before: Vec<Vec<usize>>,
    behind: Vec<Vec<usize>>,
}

/// Puts cards and lines where they belong. The same plan gives the same places.
pub(super) fn arrange(plan: &Plan<'_>) -> Arranged {
    let cards = plan.ranks.len();
    let depth = plan.ranks.iter().max().map_or(0, |last| last + 1);
    let mut points = Points {
        heights: plan.heights.to_vec(),
        layers: vec![Vec::new(); depth],
        before: vec![Vec::new(); cards],
        behind: vec![Vec::new(); cards],
    };
    for (card, rank) in plan.ranks.iter().enumerate().filter(|(card, _)| !plan.aside[*card]) {
        points.layers[*rank].push(card);
    }
    let mut ways = Vec::with_capacity(plan.edges.len());
    for (from, to) in plan.edges {
        let mut last = *from;
        let mut way = Vec::new();
        for rank in plan.ranks[*from] + 1..plan.ranks[*to] {
            let passing = points.heights.len();
            points.heights.push(LINE);
            points.layers[rank].push(passing);
            points.before.push(Vec::new());
            points.behind.push(Vec::new());
            points.connect(last, passing);
            way.push(passing);
            last = passing;
        }
        points.connect(last, *to);
        ways.push(way);
    }
    points.order();
    let middles = points.place();
    Arranged {
        ways: ways.iter().map(|way| way.iter().map(|point| middles[*point]).collect()).collect(),
        middles: middles.into_iter().take(cards).collect(),
    }
}

/// The corner nearest to that of `wanted` where as much room is free of `taken`.
pub(super) fn free_place(wanted: Rect, taken: &[Rect]) -> Pos2 {
    let grown: Vec<Rect> = taken.iter().map(|rect| rect.expand(APART)).collect();
    let (size, corner) = (wanted.size(), wanted.min);
    let is_free = |at: Pos2| {
        let rect = Rect::from_min_size(at, size).shrink(0.5);
        !grown.iter().any(|one| one.intersects(rect))
    };
    // Where it touches others, or stands as it is.
    let along = |own: f32, size: f32, sides: fn(&Rect) -> (f32, f32)| {
        let beside = grown.iter().map(sides).flat_map(move |(low, high)| [low - size, high]);
        std::iter::once(own).chain(beside).collect::<Vec<f32>>()
    };
    let lefts = along(corner.x, size.x, |rect| (rect.left(), rect.right()));
    let tops = along(corner.y, size.y, |rect| (rect.top(), rect.bottom()));
    let places = lefts.iter().flat_map(|left| tops.iter().map(|top| pos2(*left, *top)));
    let free = places.filter(|at| is_free(*at));
    let nearest = free.min_by(|one, other| one.distance_sq(corner).total_cmp(&other.distance_sq(corner)));
    nearest.unwrap_or(corner)
}

impl Points {
    fn connect(&mut self, from: usize, to: usize) {
        self.behind[from].push(to);
        self.before[to].push(from);
    }

    /// Finds an order with few crossings: every point goes to the middle of its neighbours, back and forth.
    fn order(&mut self) {
        let mut best = (self.crossings(), self.layers.clone());
        for sweep in 0..SWEEPS {
            let forward = sweep % 2 == 0;
            for step in 1..self.layers.len() {
                let (here, there) = if forward {
                    (step, step - 1)
                } else {
                    (self.layers.len() - 1 - step, self.layers.len() - step)
                };
                let places = self.places(there);
                let next = if forward { &self.before } else { &self.behind };
                let wanted = |point: usize, now: usize| {
                    let places: Vec<f32> = next[point].iter().map(|one| places[*one] as f32).collect();
                    if places.is_empty() {
                        now as f32
                    } else {
                        places.iter().sum::<f32>() / places.len() as f32
                    }
                };
                let mut keyed: Vec<(f32, usize)> = self.layers[here]
                    .iter()
                    .enumerate()
                    .map(|(now, point)| (wanted(*point, now), *point))
                    .collect();
                keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
                self.layers[here] = keyed.into_iter().map(|(_, point)| point).collect();
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.layers.clone());
            }
        }
        self.layers = best.1;
    }

    /// The place of every point of a layer.
    fn places(&self, layer: usize) -> Vec<usize> {
        let mut places = vec![0; self.heights.len()];
        for (place, point) in self.layers[layer].iter().enumerate() {
            places[*point] = place;
        }
        places
    }

    /// How many pairs of lines cross.
    fn crossings(&self) -> usize {
        let mut count = 0;
        for layer in 1..self.layers.len() {
            let places = self.places(layer);
            let lines: Vec<(usize, usize)> = self.layers[layer - 1]
                .iter()
                .enumerate()
                .flat_map(|(place, point)| self.behind[*point].iter().map(move |to| (place, *to)))
                .map(|(place, to)| (place, places[to]))
                .collect();
            for (at, one) in lines.iter().enumerate() {
                count += lines[at + 1..]
                    .iter()
                    .filter(|other| {
                        (one.0 < other.0 && one.1 > other.1) || (one.0 > other.0 && one.1 < other.1)
                    })
                    .count();
            }
        }
        count
    }

    /// The middle of every point: as near to its neighbours as the order and the room between cards allow.
    fn place(&self) -> Vec<f32> {
        let mut middles = vec![0.0; self.heights.len()];
        for layer in &self.layers {
            let wanted = vec![0.0; layer.len()];
            self.settle(layer, &wanted, &mut middles);
        }
        for sweep in 0..SWEEPS {
            for step in 0..self.layers.len() {
                let at = if sweep % 2 == 0 { step } else { self.layers.len() - 1 - step };
                let layer = &self.layers[at];
                let wanted: Vec<f32> = layer
                    .iter()
                    .map(|point| {
                        let next: Vec<f32> = self.before[*point]
                            .iter()
                            .chain(&self.behind[*point])
                            .map(|one| middles[*one])
                            .collect();
                        if next.is_empty() {
                            middles[*point]
                        } else {
                            next.iter().sum::<f32>() / next.len() as f32
                        }
                    })
                    .collect();
                self.settle(layer, &wanted, &mut middles);
            }
        }
        middles
    }

    /// Puts the points of a layer as near to where they want to be as can be without overlapping (isotonic regression by
    /// pooling neighbours that are in each other's way).
    fn settle(&self, layer: &[usize], wanted: &[f32], middles: &mut [f32]) {
        let mut offset = 0.0;
        let mut offsets = Vec::with_capacity(layer.len());
        for (place, point) in layer.iter().enumerate() {
            if let Some(above) = place.checked_sub(1).and_then(|above| layer.get(above)) {
                offset += f32::midpoint(self.heights[*above], self.heights[*point]) + GAP;
            }
            offsets.push(offset);
        }
        // Sum of what each pool wants, and how many are in it.
        let mut pools: Vec<(f32, usize)> = Vec::new();
        for (wanted, offset) in wanted.iter().zip(&offsets) {
            let mut pool = (wanted - offset, 1);
            while let Some(last) = pools.last()
                && last.0 / last.1 as f32 > pool.0 / pool.1 as f32
            {
                pool = (pool.0 + last.0, pool.1 + last.1);
                pools.pop();
            }
            pools.push(pool);
        }
        let settled = pools.iter().flat_map(|pool| std::iter::repeat_n(pool.0 / pool.1 as f32, pool.1));
        for ((point, offset), base) in layer.iter().zip(&offsets).zip(settled) {
            middles[*point] = base + offset;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arranged(ranks: &[usize], edges: &[(usize, usize)]) -> Arranged {
        let heights = vec![80.0; ranks.len()];
        arrange(&Plan { ranks, heights: &heights, edges, aside: &vec![false; ranks.len()] })
    }

    #[test]
    fn a_chain_is_a_straight_line() {
        let arranged = arranged(&[0, 1, 2, 3], &[(0, 1), (1, 2), (2, 3)]);
        assert!(arranged.middles.iter().all(|middle| (middle - arranged.middles[0]).abs() < 0.5));
    }

    #[test]
    fn lines_do_not_cross_where_they_need_not() {
        // The second layer stands the wrong way round in the document.
        let arranged = arranged(&[0, 0, 1, 1], &[(0, 3), (1, 2)]);
        assert!(arranged.middles[0] < arranged.middles[1]);
        assert!(arranged.middles[3] < arranged.middles[2]);
    }

    #[test]
    fn cards_of_a_layer_do_not_overlap() {
        let ranks: Vec<usize> = (0..30).map(|card| card % 3).collect();
        let edges: Vec<(usize, usize)> = (0..30)
            .filter(|card| card % 3 < 2)
            .map(|card| (card, (card + 7) % 30 / 3 * 3 + card % 3 + 1))
            .collect();
        let arranged = arranged(&ranks, &edges);
        for one in 0..30 {
            for other in (0..one).filter(|other| ranks[*other] == ranks[one]) {
                let apart = (arranged.middles[one] - arranged.middles[other]).abs();
                assert!(apart >= 80.0 + GAP - 0.5, "{one} {other} {apart}");
            }
        }
    }

    #[test]
    fn a_long_line_goes_around_the_cards_between() {
        let arranged = arranged(&[0, 1, 2], &[(0, 1), (1, 2), (0, 2)]);
        let way = &arranged.ways[2];
        assert_eq!(way.len(), 1);
        assert!((way[0] - arranged.middles[1]).abs() >= 40.0, "{way:?} {:?}", arranged.middles);
    }

    #[test]
    fn a_dropped_card_lies_over_no_other() {
        let rect = |x: f32, y: f32| Rect::from_min_size(pos2(x, y), egui::vec2(176.0, 78.0));
        let taken = [rect(0.0, 0.0), rect(224.0, 0.0), rect(224.0, 102.0)];
        // Where there is room it stays.
        assert_eq!(free_place(rect(500.0, 40.0), &taken), pos2(500.0, 40.0));
        for at in [pos2(10.0, 5.0), pos2(120.0, 60.0), pos2(230.0, 50.0)] {
            let free = free_place(rect(at.x, at.y), &taken);
            let dropped = rect(free.x, free.y).expand(APART - 1.0);
            assert!(!taken.iter().any(|one| one.intersects(dropped)), "{at} {free}");
            assert!(free.distance(at) < 250.0, "{at} {free}");
        }
    }

    #[test]
    fn a_card_aside_moves_no_other() {
        let (ranks, heights) = ([0, 1, 1], [80.0; 3]);
        let alone = arrange(&Plan {
            ranks: &ranks[..2],
            heights: &heights[..2],
            edges: &[(0, 1)],
            aside: &[false; 2],
        });
        let aside = [false, false, true];
        let with = arrange(&Plan { ranks: &ranks, heights: &heights, edges: &[(0, 1)], aside: &aside });
        assert_eq!(alone.middles[..2], with.middles[..2]);
    }

    #[test]
    fn the_same_plan_gives_the_same_places() {
        let ranks = [0, 0, 0, 1, 1, 2];
        let edges = [(0, 4), (1, 3), (2, 3), (3, 5), (4, 5)];
        assert_eq!(arranged(&ranks, &edges), arranged(&ranks, &edges));
    }
}
