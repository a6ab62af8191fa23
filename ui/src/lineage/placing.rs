//! Where tables stand: each at the height of what it is linked to, none on another.

use super::order::Order;

/// Room between two tables of a layer.
const GAP: f32 = 20.0;
/// Room that a bend takes.
const BEND: f32 = 10.0;
/// Room between a bend and its neighbours.
const BEND_GAP: f32 = 6.0;
/// Passes over all layers.
const PASSES: usize = 6;

/// The middle of each table and bend, from the top; `heights` are the tables'. Layers keep their order.
pub(super) fn middles(order: &Order, heights: &[f32]) -> Vec<f32> {
    let count = order.layers.iter().map(Vec::len).sum();
    let height = |node: usize| heights.get(node).copied().unwrap_or(BEND);
    let mut middles = vec![0.0_f32; count];
    for layer in &order.layers {
        let mut top = 0.0;
        for node in layer {
            let bottom = top + height(*node);
            middles[*node] = f32::midpoint(top, bottom);
            top = bottom + GAP;
        }
    }
    let apart = |upper: usize, lower: usize| {
        let is_bend = upper >= order.tables || lower >= order.tables;
        f32::midpoint(height(upper), height(lower)) + if is_bend { BEND_GAP } else { GAP }
    };
    let depth = order.layers.len();
    for pass in 0..=PASSES {
        let is_last = pass == PASSES;
        let to_right = pass % 2 == 0;
        for at in 0..depth {
            let layer = &order.layers[if to_right { at } else { depth - 1 - at }];
            let wanted: Vec<f32> = layer
                .iter()
                .map(|node| {
                    let (before, behind) = (order.before.get(*node), order.behind.get(*node));
                    let linked: &[&[usize]] = match (is_last, to_right) {
                        (true, _) => &[before, behind],
                        (false, true) => &[before],
                        (false, false) => &[behind],
                    };
                    let (mut sum, mut number) = (0.0, 0.0_f32);
                    for other in linked.iter().copied().flatten() {
                        sum += middles[*other];
                        number += 1.0;
                    }
                    if number > 0.0 { sum / number } else { middles[*node] }
                })
                .collect();
            spread(layer, &wanted, &apart, &mut middles);
        }
    }
    let top = order.layers.iter().filter_map(|layer| layer.first());
    let top = top.map(|node| middles[*node] - height(*node) / 2.0).fold(f32::INFINITY, f32::min);
    if top.is_finite() {
        for middle in &mut middles {
            *middle -= top;
        }
    }
    middles
}

/// Puts a layer as near as it can be to where each wants to be, in order and apart: the least sum of squares, found by
/// pooling neighbours that push each other.
fn spread(layer: &[usize], wanted: &[f32], apart: &dyn Fn(usize, usize) -> f32, middles: &mut [f32]) {
    // Without the distances that must lie between them, only the order is left to be kept.
    let mut offsets = Vec::with_capacity(layer.len());
    let mut offset = 0.0;
    for (at, node) in layer.iter().enumerate() {
        if at > 0 {
            offset += apart(layer[at - 1], *node);
        }
        offsets.push(offset);
    }
    let mut pools: Vec<(f32, usize)> = Vec::with_capacity(layer.len());
    for (want, offset) in wanted.iter().zip(&offsets) {
        let mut pool = (want - offset, 1);
        while let Some(before) = pools.last().copied() {
            if before.0 <= pool.0 {
                break;
            }
            pools.pop();
            let number = before.1 + pool.1;
            pool = ((before.0 * before.1 as f32 + pool.0 * pool.1 as f32) / number as f32, number);
        }
        pools.push(pool);
    }
    let mut at = 0;
    for (place, number) in pools {
        for _ in 0..number {
            middles[layer[at]] = place + offsets[at];
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lineage::graph::Link;

    #[test]
    fn tables_stand_at_the_height_of_what_they_are_linked_to_and_never_on_each_other() {
        let links: Vec<Link> = [(0, 3), (1, 3), (2, 4), (3, 5), (4, 5)]
            .iter()
            .map(|(from, to)| Link { from: *from, to: *to })
            .collect();
        let levels = [0, 0, 0, 1, 1, 2];
        let heights = [40.0, 200.0, 40.0, 60.0, 300.0, 44.0];
        let mut order = Order::new(&levels, &links);
        while order.step() {}
        let middles = middles(&order, &heights);
        for layer in &order.layers {
            for pair in layer.windows(2) {
                let upper = middles[pair[0]] + heights[pair[0]] / 2.0;
                let lower = middles[pair[1]] - heights[pair[1]] / 2.0;
                assert!(lower - upper >= GAP - 0.01, "{upper} {lower}");
            }
        }
        let between = f32::midpoint(middles[3], middles[4]);
        assert!((middles[5] - between).abs() < 1.0, "{middles:?}");
    }
}
