//! Tables in layers, and in each layer in an order in which few edges cross.
//!
//! A link over several layers has a bend in each layer between, which takes a place there like a table does.
//! The order starts as the tables are listed; sweeps to the right and to the left put each next to what it is linked to,
//! then neighbours are exchanged where that takes crossings away. The best order seen is kept, so it is never worse than
//! the first.

use super::graph::{Link, Lists, Tier};

/// Sweeps to the right and back.
const SWEEPS: usize = 12;
/// Sweeps without a better order, after which it's given up.
const PATIENCE: usize = 4;
/// Rounds in which neighbours are exchanged.
const EXCHANGES: usize = 6;

/// The layer of each table: right of all that it is made from, and of all layers before its own.
pub(super) fn levels(tiers: &[Tier], links: &[Link]) -> Vec<usize> {
    let order = upstream_first(tiers.len(), links);
    let into = Lists::of(tiers.len(), links.iter().map(|link| (link.to, link.from)));
    let mut places = vec![0; tiers.len()];
    for (place, table) in order.iter().enumerate() {
        if let Some(slot) = places.get_mut(*table) {
            *slot = place;
        }
    }
    let mut levels = vec![0_usize; tiers.len()];
    let mut first = 0;
    for tier in Tier::ALL {
        let mut last = None;
        for table in order.iter().copied().filter(|table| tiers.get(*table) == Some(&tier)) {
            // A link that runs against the order is part of a circle.
            let before = into.get(table).iter().filter(|from| places[**from] < places[table]);
            let level = before.map(|from| levels[*from] + 1).max().unwrap_or_default().max(first);
            levels[table] = level;
            last = last.max(Some(level));
        }
        first = last.map_or(first, |last: usize| last + 1);
    }
    // What reads a later layer stands behind it.
    for table in order {
        let before = into.get(table).iter().filter(|from| places[**from] < places[table]);
        levels[table] = before.map(|from| levels[*from] + 1).max().unwrap_or_default().max(levels[table]);
    }
    levels
}

/// Every table behind all that it is made from, circles aside.
fn upstream_first(tables: usize, links: &[Link]) -> Vec<usize> {
    let into = Lists::of(tables, links.iter().map(|link| (link.to, link.from)));
    let mut order = Vec::with_capacity(tables);
    let mut is_seen = vec![false; tables];
    let mut path: Vec<(usize, usize)> = Vec::new();
    for start in 0..tables {
        if is_seen[start] {
            continue;
        }
        is_seen[start] = true;
        path.push((start, 0));
        while let Some((table, next)) = path.last_mut() {
            if let Some(&from) = into.get(*table).get(*next) {
                *next += 1;
                if !is_seen[from] {
                    is_seen[from] = true;
                    path.push((from, 0));
                }
            } else {
                order.push(*table);
                path.pop();
            }
        }
    }
    order
}

/// Tables and bends in layers, while their order is made better.
#[derive(Debug, Clone)]
pub(super) struct Order {
    /// Tables, then bends, by layer.
    pub(super) layers: Vec<Vec<usize>>,
    /// How many of them are tables.
    pub(super) tables: usize,
    /// The bends of each link, from the left to the right.
    pub(super) bends: Lists,
    /// What each is linked to in the layer before it, and in the one behind it.
    pub(super) before: Lists,
    pub(super) behind: Lists,
    positions: Vec<usize>,
    best: Option<(u64, Vec<Vec<usize>>)>,
    sweep: usize,
    idle: usize,
    exchange: usize,
}

impl Order {
    pub(super) fn new(levels: &[usize], links: &[Link]) -> Self {
        let tables = levels.len();
        let depth = levels.iter().max().map_or(0, |last| last + 1);
        let mut layers: Vec<Vec<usize>> = vec![Vec::new(); depth];
        for (table, level) in levels.iter().enumerate() {
            layers[*level].push(table);
        }
        let mut bends = Vec::new();
        let mut short = Vec::new();
        let mut count = tables;
        for (at, link) in links.iter().enumerate() {
            let (from, to) = (levels[link.from], levels[link.to]);
            if from >= to {
                continue;
            }
            let mut last = link.from;
            for layer in layers.iter_mut().take(to).skip(from + 1) {
                layer.push(count);
                bends.push((at, count));
                short.push((last, count));
                last = count;
                count += 1;
            }
            short.push((last, link.to));
        }
        let before = Lists::of(count, short.iter().map(|(from, to)| (*to, *from)));
        let behind = Lists::of(count, short.iter().copied());
        let bends = Lists::of(links.len(), bends.iter().copied());
        let mut order = Self {
            layers,
            tables,
            bends,
            before,
            behind,
            positions: vec![0; count],
            best: None,
            sweep: 0,
            idle: 0,
            exchange: 0,
        };
        order.number();
        order
    }

    /// How much one step looks at.
    pub(super) fn work(&self) -> usize {
        4 * self.positions.len() + 1
    }

    /// One sweep, or one round of exchanges; false when nothing is left to do.
    pub(super) fn step(&mut self) -> bool {
        if self.best.is_none() {
            self.keep();
            return self.layers.len() > 1;
        }
        if self.sweep < SWEEPS && self.idle < PATIENCE {
            self.sweep += 1;
            for layer in 1..self.layers.len() {
                self.sort(layer, true);
            }
            for layer in (0..self.layers.len().saturating_sub(1)).rev() {
                self.sort(layer, false);
            }
            self.idle = if self.keep() { 0 } else { self.idle + 1 };
            return true;
        }
        if self.exchange == 0
            && let Some((_, layers)) = &self.best
        {
            self.layers.clone_from(layers);
            self.number();
        }
        self.exchange += 1;
        let is_better = self.exchange_neighbours();
        is_better && self.exchange < EXCHANGES
    }

    /// Keeps the order if it is the best so far.
    fn keep(&mut self) -> bool {
        let crossings = self.crossings();
        let is_better = self.best.as_ref().is_none_or(|(best, _)| crossings < *best);
        if is_better {
            self.best = Some((crossings, self.layers.clone()));
        }
        is_better
    }

    fn number(&mut self) {
        for layer in &self.layers {
            for (position, node) in layer.iter().enumerate() {
                self.positions[*node] = position;
            }
        }
    }

    /// Puts each of a layer next to what it is linked to in the layer before it, or behind it.
    fn sort(&mut self, layer: usize, by_before: bool) {
        let links = if by_before { &self.before } else { &self.behind };
        let positions = &self.positions;
        let mut keyed: Vec<(f32, usize)> = self.layers[layer]
            .iter()
            .map(|node| {
                let linked = links.get(*node);
                let sum: usize = linked.iter().map(|other| positions[*other]).sum();
                let middle = if linked.is_empty() {
                    positions[*node] as f32
                } else {
                    sum as f32 / linked.len() as f32
                };
                (middle, *node)
            })
            .collect();
        // Stable: what is linked alike keeps its order.
        keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
        for (position, (_, node)) in keyed.into_iter().enumerate() {
            self.layers[layer][position] = node;
            self.positions[node] = position;
        }
    }

    /// Exchanges neighbours where that takes crossings away.
    fn exchange_neighbours(&mut self) -> bool {
        let mut is_better = false;
        for layer in 0..self.layers.len() {
            for at in 1..self.layers[layer].len() {
                let (upper, lower) = (self.layers[layer][at - 1], self.layers[layer][at]);
                let cost = |first: usize, second: usize| {
                    self.crossed(self.before.get(first), self.before.get(second))
                        + self.crossed(self.behind.get(first), self.behind.get(second))
                };
                if cost(lower, upper) < cost(upper, lower) {
                    self.layers[layer].swap(at - 1, at);
                    self.positions[upper] = at;
                    self.positions[lower] = at - 1;
                    is_better = true;
                }
            }
        }
        is_better
    }

    /// How often the links of two neighbours cross.
    fn crossed(&self, upper: &[usize], lower: &[usize]) -> usize {
        let pairs = upper.iter().flat_map(|one| lower.iter().map(move |other| (one, other)));
        pairs.filter(|(one, other)| self.positions[**one] > self.positions[**other]).count()
    }

    /// How often links cross.
    pub(super) fn crossings(&self) -> u64 {
        let mut count = 0;
        for layer in self.layers.iter().skip(1) {
            let mut ends: Vec<(usize, usize)> = Vec::new();
            for (position, node) in layer.iter().enumerate() {
                ends.extend(self.before.get(*node).iter().map(|from| (self.positions[*from], position)));
            }
            ends.sort_unstable();
            count += inversions(&ends, layer.len());
        }
        count
    }
}

/// How many pairs, sorted by their first, are in the other order by their second.
fn inversions(ends: &[(usize, usize)], len: usize) -> u64 {
    // A tree of counts: how many ends so far are at or above a position.
    let mut tree = vec![0_u64; len + 1];
    let mut count = 0;
    for (seen, (_, position)) in ends.iter().enumerate() {
        let mut above = 0;
        let mut at = position + 1;
        while at > 0 {
            above += tree[at];
            at &= at - 1;
        }
        count += seen as u64 - above;
        let mut at = position + 1;
        while at <= len {
            tree[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(pairs: &[(usize, usize)]) -> Vec<Link> {
        pairs.iter().map(|(from, to)| Link { from: *from, to: *to }).collect()
    }

    #[test]
    fn every_table_is_right_of_what_it_is_made_from_and_of_the_layers_before() {
        use Tier::{Bronze, Gold, Silver, Source};
        let tiers = [Source, Bronze, Silver, Silver, Gold, Gold];
        // The second silver table looks into the first; one gold table reads the other.
        let links = links(&[(0, 1), (1, 2), (1, 3), (2, 3), (2, 4), (4, 5)]);
        assert_eq!(levels(&tiers, &links), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_circle_is_drawn_all_the_same() {
        let tiers = [Tier::Gold, Tier::Gold];
        let found = levels(&tiers, &links(&[(0, 1), (1, 0)]));
        assert_ne!(found[0], found[1]);
    }

    #[test]
    fn crossings_are_counted_as_by_hand() {
        let levels = [0, 0, 1, 1];
        assert_eq!(Order::new(&levels, &links(&[(0, 3), (1, 2)])).crossings(), 1);
        assert_eq!(Order::new(&levels, &links(&[(0, 2), (1, 3)])).crossings(), 0);
        assert_eq!(Order::new(&levels, &links(&[(0, 2), (0, 3), (1, 2), (1, 3)])).crossings(), 1);
    }

    #[test]
    fn crossings_that_can_be_undone_are() {
        // Ten chains, each layer listed in another order.
        let mut pairs = Vec::new();
        for at in 0..10 {
            pairs.push((at, 10 + (at * 7) % 10));
            pairs.push((10 + at, 20 + (at * 3) % 10));
        }
        let levels: Vec<usize> = (0..30).map(|table| table / 10).collect();
        let mut order = Order::new(&levels, &links(&pairs));
        assert!(order.crossings() > 0);
        while order.step() {}
        assert_eq!(order.crossings(), 0);
    }
}
