//! What is drawn: the lineage, laid out once for each compilation and filter, a bounded part of the work in each frame.

use std::collections::BTreeMap;

use touchstone_compiler::{Compilation, LineageNode, LineageTarget};

use super::graph::{Filter, Graph, Spot, Tier};
use super::layout::Layout;
use super::order::{Order, levels};
use super::way::Way;

/// How much of a layout is worked at in one frame.
const WORK: usize = 12_000;
/// With more columns than these, cards start closed.
const MANY_COLUMNS: usize = 600;
/// A card with more columns starts closed.
const LONG: usize = 60;

/// What tells one picture from another.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    /// Of the documents that were compiled.
    pub(super) revision: u64,
    pub(super) filter: Filter,
}

/// Cards that the steward opened or closed, and whether all show their columns at all.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Opened {
    pub(super) cards: BTreeMap<LineageNode, bool>,
    pub(super) columns: bool,
}

/// A picture.
#[derive(Debug, Clone)]
pub(super) struct Map {
    pub(super) graph: Graph,
    pub(super) layout: Layout,
    levels: Vec<usize>,
    order: Order,
    opened: Opened,
    /// What is lit.
    pub(super) way: Option<Way>,
    pub(super) lit: Option<Spot>,
}

/// A picture that is being made.
#[derive(Debug, Clone)]
pub(super) struct Making {
    pub(super) key: Key,
    graph: Graph,
    levels: Vec<usize>,
    order: Order,
}

impl Making {
    pub(super) fn new(key: Key, compilation: &Compilation) -> Self {
        let graph = Graph::of(compilation, &key.filter);
        let tiers: Vec<Tier> = graph.tables.iter().map(|table| table.tier).collect();
        let levels = levels(&tiers, &graph.links);
        let order = Order::new(&levels, &graph.links);
        Self { key, graph, levels, order }
    }

    /// Works at it for a while; true when it is done.
    pub(super) fn work(&mut self) -> bool {
        let mut left = WORK;
        while self.order.step() {
            left = left.saturating_sub(self.order.work());
            if left == 0 {
                return false;
            }
        }
        true
    }

    pub(super) fn finish(self, opened: &Opened) -> Map {
        let Self { graph, levels, order, .. } = self;
        let layout = Layout::new(&graph, &levels, &order, open(&graph, opened));
        Map { graph, layout, levels, order, opened: opened.clone(), way: None, lit: None }
    }
}

impl Map {
    /// Opens and closes cards; the order of the cards stays.
    pub(super) fn open(&mut self, opened: &Opened) {
        if self.opened == *opened {
            return;
        }
        self.opened = opened.clone();
        self.layout = Layout::new(&self.graph, &self.levels, &self.order, open(&self.graph, opened));
    }

    /// How many tables have their columns folded without anybody having closed them: they are many, or there are many.
    pub(super) fn folded(&self) -> usize {
        if !self.opened.columns {
            return 0;
        }
        let tables = self.graph.tables.iter().enumerate();
        let folded = tables.filter(|(at, table)| {
            let is_chosen = self.opened.cards.contains_key(&table.node);
            !table.columns.is_empty() && !is_chosen && !self.layout.is_open(*at)
        });
        folded.count()
    }

    /// Lights the way of what is selected.
    pub(super) fn light(&mut self, target: Option<&LineageTarget>) {
        let spot = target.and_then(|target| self.graph.spot(target));
        if spot != self.lit {
            self.way = spot.map(|spot| Way::of(&self.graph, spot));
            self.lit = spot;
        }
    }

    /// Whether something is to be drawn as lit: everything is while nothing is selected.
    pub(super) fn is_lit(&self, spot: Spot) -> bool {
        self.way.as_ref().is_none_or(|way| way.has(spot))
    }
}

fn open(graph: &Graph, opened: &Opened) -> Vec<bool> {
    let are_many = graph.columns.len() > MANY_COLUMNS;
    let is_open = |table: &super::graph::Table| {
        let by_itself = !are_many && table.columns.len() <= LONG;
        opened.columns && opened.cards.get(&table.node).copied().unwrap_or(by_itself)
    };
    graph.tables.iter().map(is_open).collect()
}

#[cfg(test)]
mod tests {
    use touchstone_spec::Document;

    use super::*;

    fn samples() -> Compilation {
        let texts = [
            ("positions", include_str!("../../../samples/pipelines/positions.yaml")),
            ("prices", include_str!("../../../samples/pipelines/prices.yaml")),
            ("securities", include_str!("../../../samples/pipelines/securities.yaml")),
            ("trades", include_str!("../../../samples/pipelines/trades.yaml")),
        ];
        let documents: Vec<Document> =
            texts.iter().map(|(name, text)| Document::read(format!("{name}.yaml"), *text)).collect();
        touchstone_compiler::compile(&documents)
    }

    fn made(compilation: &Compilation, filter: Filter) -> Map {
        let mut making = Making::new(Key { revision: 1, filter }, compilation);
        while !making.work() {}
        making.finish(&Opened { columns: true, ..Opened::default() })
    }

    #[test]
    fn no_card_stands_on_another_and_every_edge_goes_to_the_right() {
        let map = made(&samples(), Filter::default());
        assert!(map.graph.tables.len() > 10 && map.graph.edges.len() > 60);
        for (at, card) in map.layout.cards.iter().enumerate() {
            for other in map.layout.cards.iter().skip(at + 1) {
                assert!(!card.intersects(*other), "{card:?} {other:?}");
            }
        }
        for link in &map.graph.links {
            let (from, to) = (map.layout.cards[link.from], map.layout.cards[link.to]);
            assert!(from.right() < to.left(), "{link:?}");
        }
        for pair in map.layout.bands.windows(2) {
            assert!(pair[0].tier < pair[1].tier && pair[0].right < pair[1].left);
        }
    }

    #[test]
    fn the_same_lineage_gives_the_same_picture_with_no_more_crossings_than_as_listed() {
        let compilation = samples();
        let (one, other) = (made(&compilation, Filter::default()), made(&compilation, Filter::default()));
        assert_eq!(one.layout.cards, other.layout.cards);
        let listed = Order::new(&one.levels, &one.graph.links).crossings();
        let found = one.order.crossings();
        assert!(found <= listed, "{found} {listed}");
    }

    #[test]
    fn the_way_is_the_one_that_the_compiler_tells() {
        let compilation = samples();
        let map = made(&compilation, Filter::default());
        for table in &compilation.lineage.tables {
            let mut targets = vec![LineageTarget::Table(table.node.clone())];
            let column = |name: &String| touchstone_compiler::LineageColumn {
                node: table.node.clone(),
                column: name.clone(),
            };
            targets.extend(table.columns.iter().map(|name| LineageTarget::Column(column(name))));
            for target in targets {
                let way = Way::of(&map.graph, map.graph.spot(&target).expect("a place"));
                let (up, down) = (compilation.lineage.up(&target), compilation.lineage.down(&target));
                for (at, one) in map.graph.tables.iter().enumerate() {
                    let told =
                        [&up, &down].iter().any(|part| part.tables.iter().any(|it| it.node == one.node));
                    assert_eq!(way.tables[at], told, "{target}: {}", one.node);
                }
                for (at, one) in map.graph.edges.iter().enumerate() {
                    let from = map.graph.name(Spot::Column(one.from));
                    let to = &map.graph.tables[one.to].node;
                    let column = one.column.map(|column| map.graph.columns[column].name.clone());
                    let told = [&up, &down].iter().flat_map(|part| &part.column_edges).any(|edge| {
                        edge.from.to_string() == from
                            && edge.to == *to
                            && edge.column == column
                            && edge.kind == one.kind
                            && edge.text == one.text
                    });
                    assert_eq!(way.edges[at], told, "{target}: {from} to {to} {column:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_hidden_between_two_tables_is_bridged() {
        let compilation = samples();
        let filter = Filter { tiers: [Tier::Bronze, Tier::Silver].into(), ..Filter::default() };
        let map = made(&compilation, filter);
        assert!(map.graph.tables.iter().all(|table| matches!(table.tier, Tier::Source | Tier::Gold)));
        let target =
            compilation.lineage.find("trades.gold.sector_exposure.gross_notional").expect("a column");
        let Some(Spot::Column(column)) = map.graph.spot(&target) else { panic!("not there") };
        let into = map.graph.into.get(column).iter().map(|edge| map.graph.edges[*edge].from);
        let mut from: Vec<String> = into.map(|from| map.graph.name(Spot::Column(from))).collect();
        from.sort();
        assert_eq!(from, ["trades.file.trades.Px", "trades.file.trades.Qty"]);
    }

    #[test]
    fn a_way_alone_holds_what_is_on_it_and_nothing_else() {
        let compilation = samples();
        let target = compilation.lineage.find("trades.gold.sector_exposure.accounts").expect("a column");
        let only = Filter { only: Some(target.clone()), ..Filter::default() };
        let names: Vec<String> =
            made(&compilation, only).graph.tables.iter().map(|table| table.node.to_string()).collect();
        let up = compilation.lineage.up(&target);
        let told: Vec<String> = up.tables.iter().map(|table| table.node.to_string()).collect();
        assert_eq!(names, told);
    }
}
