//! The cards of a pipeline, what leads to what, and what is worth knowing about each.

use std::collections::{BTreeMap, BTreeSet};

use touchstone_compiler::{Compilation, GoldScope, Tables, check_gold};
use touchstone_protocol::{RuleState, TableRunView};
use touchstone_spec::{FileFormat, Layer, Pipeline, Severity, SilverTable, Source, TableName};

use crate::design::view::Desk;
use crate::design::{Node, place};
use crate::text;

/// All cards and connections.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Graph {
    pub(super) cards: Vec<Card>,
    pub(super) edges: Vec<Edge>,
}

/// One card.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Card {
    pub(super) node: Node,
    /// The layer it stands in, from zero.
    pub(super) rank: usize,
    /// Below its name: `silver · 18 fields`.
    pub(super) about: String,
    /// What it is to people, for the tooltip.
    pub(super) description: Option<String>,
    pub(super) facts: Facts,
}

/// What the last simulation and the compiler say of a card.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Facts {
    /// Rows in the table.
    pub(super) rows: Option<u64>,
    /// The pipeline whose simulation made it along, where it wasn't its own.
    pub(super) along_with: Option<String>,
    pub(super) rules_passed: usize,
    pub(super) rules_failed: usize,
    /// Rows in quarantine; records that could not be read, in bronze.
    pub(super) set_aside: u64,
    pub(super) errors: usize,
    pub(super) warnings: usize,
}

/// What leads to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: EdgeKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EdgeKind {
    /// Its rows are taken.
    Rows,
    /// Single values are looked up in it.
    Lookup,
}

impl Graph {
    pub(super) fn of(desk: &Desk<'_>) -> Self {
        let compilation = desk.state.design.compilation();
        let mut graph = Self::structure(desk.pipeline, compilation);
        let run = desk.known.and_then(|known| known.last_run());
        let diagnostics: Vec<_> = desk.diagnostics().collect();
        for card in &mut graph.cards {
            let table = card.node.table(desk.name());
            let tables = run.map(|run| run.tables.as_slice()).unwrap_or_default();
            if let Some(made) = tables.iter().find(|one| one.counted && Some(&one.table) == table.as_ref()) {
                card.facts =
                    Facts { along_with: run.and_then(|run| run.along_with.clone()), ..Facts::of(made) };
            }
            for problem in diagnostics.iter().filter(|one| place::belongs(&one.place.path, &card.node)) {
                match problem.severity {
                    Severity::Error => card.facts.errors += 1,
                    Severity::Warning => card.facts.warnings += 1,
                }
            }
        }
        graph
    }

    /// Cards and connections, without what is known of runs and problems.
    pub(super) fn structure(pipeline: &Pipeline, compilation: &Compilation) -> Self {
        let mut graph = Self::default();
        for (name, source) in &pipeline.sources {
            let Source::File(file) = source;
            let FileFormat::Csv(csv) = &file.format;
            let sample = file.sample.as_deref().and_then(|path| path.rsplit(['/', '\\']).next());
            let about = sample.map_or_else(|| format!("csv  ·  {}", csv.encoding), str::to_owned);
            let from = graph.add(Node::Source(name.clone()), about, file.description.clone());
            let columns = text::count(file.contract.len() as u64, "column", "columns");
            let to = graph.add(Node::Bronze(name.clone()), format!("bronze  ·  {columns}"), None);
            graph.edges.push(Edge { from, to, kind: EdgeKind::Rows });
        }
        for (name, table) in &pipeline.silver {
            let fields = text::count(table.fields.len() as u64, "field", "fields");
            let node = Node::Silver(name.clone());
            graph.add(node, format!("silver  ·  {fields}"), table.description.clone());
        }
        for (name, table) in &pipeline.gold {
            let known = TableName::new(&pipeline.pipeline, Layer::Gold, name);
            let known =
                compilation.tables.get(&known).map(|known| known.columns.len()).filter(|many| *many > 0);
            let about = known.map_or_else(
                || "gold".to_owned(),
                |many| format!("gold  ·  {}", text::count(many as u64, "field", "fields")),
            );
            graph.add(Node::Gold(name.clone()), about, table.description.clone());
        }
        for (reader, read, kind) in reads(pipeline, compilation) {
            let read = node_of(&pipeline.pipeline, &read);
            let from = graph.find(&read).unwrap_or_else(|| {
                let about = match &read {
                    Node::Other(table) => format!("{} of {}", table.layer, table.pipeline),
                    _ => String::new(),
                };
                let description = match &read {
                    Node::Other(table) => {
                        compilation.tables.get(table).and_then(|known| known.description.clone())
                    }
                    _ => None,
                };
                graph.add(read, about, description)
            });
            if let Some(to) = graph.find(&reader)
                && from != to
                && !graph.edges.iter().any(|one| one.from == from && one.to == to)
            {
                graph.edges.push(Edge { from, to, kind });
            }
        }
        graph.rank();
        graph
    }

    fn add(&mut self, node: Node, about: String, description: Option<String>) -> usize {
        self.cards.push(Card { node, rank: 0, about, description, facts: Facts::default() });
        self.cards.len() - 1
    }

    pub(super) fn find(&self, node: &Node) -> Option<usize> {
        self.cards.iter().position(|card| card.node == *node)
    }

    /// Every card stands to the right of what it reads; silver right of all bronze, gold right of all silver.
    fn rank(&mut self) {
        let kind = |node: &Node| match node {
            Node::Pipeline | Node::Source(_) => 0,
            Node::Bronze(_) => 1,
            Node::Silver(_) => 2,
            Node::Gold(_) => 3,
            Node::Other(_) => 4,
        };
        let mut start = 0;
        for layer in 0..=3 {
            let of_layer: Vec<usize> =
                (0..self.cards.len()).filter(|at| kind(&self.cards[*at].node) == layer).collect();
            for at in &of_layer {
                self.cards[*at].rank = start;
            }
            // Within a layer, as often as the longest way could need; a circle is an error and ends here too.
            for _ in 0..of_layer.len() {
                for edge in &self.edges {
                    if of_layer.contains(&edge.from) && of_layer.contains(&edge.to) {
                        let least = (self.cards[edge.from].rank + 1).min(start + of_layer.len());
                        self.cards[edge.to].rank = self.cards[edge.to].rank.max(least);
                    }
                }
            }
            let last = of_layer.iter().map(|at| self.cards[*at].rank).max();
            start = last.map_or(start, |last| last + 1);
        }
        for at in 0..self.cards.len() {
            if matches!(self.cards[at].node, Node::Other(_)) {
                let readers = self.edges.iter().filter(|edge| edge.from == at);
                let first = readers.map(|edge| self.cards[edge.to].rank).min().unwrap_or_default();
                self.cards[at].rank = first.saturating_sub(1);
            }
        }
    }

    /// The edges that lead to the right: the others (of a circle) bend back, and are not arranged.
    pub(super) fn forward(&self) -> Vec<usize> {
        let leads = |edge: &Edge| self.cards[edge.from].rank < self.cards[edge.to].rank;
        (0..self.edges.len()).filter(|at| leads(&self.edges[*at])).collect()
    }

    /// What is made from `node`, directly and indirectly, in order.
    pub(super) fn made_from(&self, nodes: &[Node]) -> Vec<Node> {
        let mut found: BTreeSet<usize> = nodes.iter().filter_map(|node| self.find(node)).collect();
        let first = found.clone();
        loop {
            let more: Vec<usize> = self
                .edges
                .iter()
                .filter(|edge| edge.kind == EdgeKind::Rows && found.contains(&edge.from))
                .map(|edge| edge.to)
                .filter(|to| !found.contains(to))
                .collect();
            if more.is_empty() {
                break;
            }
            found.extend(more);
        }
        found.difference(&first).map(|at| self.cards[*at].node.clone()).collect()
    }
}

/// The card of a table, seen from `pipeline`.
pub(super) fn node_of(pipeline: &str, table: &TableName) -> Node {
    match (table.pipeline == pipeline, table.layer) {
        (false, _) => Node::Other(table.clone()),
        (true, Layer::Bronze) => Node::Bronze(table.table.clone()),
        (true, Layer::Silver) => Node::Silver(table.table.clone()),
        (true, Layer::Gold) => Node::Gold(table.table.clone()),
    }
}

/// Who reads what. Also of documents that don't compile, as far as their texts say it.
fn reads(pipeline: &Pipeline, compilation: &Compilation) -> Vec<(Node, TableName, EdgeKind)> {
    let mut reads = Vec::new();
    for (name, table) in &pipeline.silver {
        let reader = Node::Silver(name.clone());
        if pipeline.sources.contains_key(&table.from) {
            let bronze = TableName::new(&pipeline.pipeline, Layer::Bronze, &table.from);
            reads.push((reader.clone(), bronze, EdgeKind::Rows));
        }
        for looked_up in lookups(table, &pipeline.pipeline, &compilation.tables).into_keys() {
            reads.push((reader.clone(), looked_up, EdgeKind::Lookup));
        }
    }
    for (name, table) in &pipeline.gold {
        let scope = GoldScope {
            pipeline: pipeline.pipeline.clone(),
            table: Some(name.clone()),
            tables: compilation.tables.clone(),
        };
        for read in check_gold(&table.sql, &scope).reads {
            reads.push((Node::Gold(name.clone()), read, EdgeKind::Rows));
        }
    }
    reads
}

/// The tables that a silver table looks into, with the fields (or the filter) that do.
pub(super) fn lookups(
    table: &SilverTable,
    pipeline: &str,
    tables: &Tables,
) -> BTreeMap<TableName, Vec<String>> {
    let mut found: BTreeMap<TableName, Vec<String>> = BTreeMap::new();
    let of_fields = table.fields.iter().map(|(name, field)| (name.as_str(), field.expr.as_deref()));
    for (name, text) in of_fields.chain([("the filter", table.filter.as_deref())]) {
        for table in text.map(looked_up).unwrap_or_default() {
            if let Some((table, _)) = tables.find(pipeline, &table) {
                found.entry(table).or_default().push(name.to_owned());
            }
        }
    }
    found
}

/// The names in `lookup('…'`: the text may not be finished.
fn looked_up(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    lower
        .match_indices("lookup")
        .filter_map(|(at, word)| {
            let rest = text.get(at + word.len()..)?.trim_start().strip_prefix('(')?;
            let rest = rest.trim_start().strip_prefix('\'')?;
            rest.split_once('\'').map(|(name, _)| name.to_owned())
        })
        .collect()
}

impl Facts {
    fn of(made: &TableRunView) -> Self {
        let failed = made.rules.iter().filter(|rule| rule.state == RuleState::Failed).count();
        Self {
            rows: Some(made.flow.loaded),
            rules_passed: made.rules.len() - failed,
            rules_failed: failed,
            set_aside: made.flow.quarantined + made.flow.rejected,
            ..Self::default()
        }
    }
}

impl Card {
    /// What is read aloud: `silver.trades: 2 916 rows, 1 rule fails, 2 problems`.
    pub(super) fn name(&self) -> String {
        let facts = &self.facts;
        let mut parts = Vec::new();
        match (facts.rows, &self.node) {
            (Some(rows), _) => parts.push(text::count(rows, "row", "rows")),
            (None, Node::Source(_)) => parts.push(self.about.clone()),
            (None, Node::Other(_)) => parts.push("of another pipeline".to_owned()),
            (None, _) => parts.push("not simulated".to_owned()),
        }
        parts.extend(facts.rules());
        parts.extend(facts.aside(&self.node));
        parts.extend(facts.along_with.iter().map(|other| format!("from the simulation of {other}")));
        parts.extend(facts.problems());
        format!("{}: {}", self.node.text(), parts.join(", "))
    }
}

impl Facts {
    pub(super) fn rules(&self) -> Option<String> {
        match (self.rules_failed, self.rules_passed) {
            (0, 0) => None,
            (0, 1) => Some("1 rule passes".to_owned()),
            (0, passed) => Some(format!("{} rules pass", text::number(passed as u64))),
            (1, _) => Some("1 rule fails".to_owned()),
            (failed, _) => Some(format!("{} rules fail", text::number(failed as u64))),
        }
    }

    pub(super) fn aside(&self, node: &Node) -> Option<String> {
        (self.set_aside > 0).then(|| match node {
            Node::Bronze(_) => text::count(self.set_aside, "reject", "rejects"),
            _ => format!("{} in quarantine", text::number(self.set_aside)),
        })
    }

    pub(super) fn problems(&self) -> Option<String> {
        let many = self.errors + self.warnings;
        (many > 0).then(|| text::count(many as u64, "problem", "problems"))
    }
}

#[cfg(test)]
mod tests {
    use touchstone_compiler::compile;
    use touchstone_spec::Document;

    use super::*;

    fn samples() -> Vec<Document> {
        [
            ("positions", include_str!("../../../../samples/pipelines/positions.yaml")),
            ("prices", include_str!("../../../../samples/pipelines/prices.yaml")),
            ("securities", include_str!("../../../../samples/pipelines/securities.yaml")),
            ("trades", include_str!("../../../../samples/pipelines/trades.yaml")),
        ]
        .map(|(name, text)| Document::read(format!("pipelines/{name}.yaml"), text.to_owned()))
        .to_vec()
    }

    fn graph(documents: &[Document], at: usize) -> Graph {
        let pipeline = documents[at].pipeline.clone().expect("a pipeline");
        Graph::structure(&pipeline, &compile(documents))
    }

    fn edges(graph: &Graph) -> Vec<String> {
        let text = |at: usize| graph.cards[at].node.text();
        let sign = |kind| if kind == EdgeKind::Rows { "->" } else { "~>" };
        let mut edges: Vec<String> = graph
            .edges
            .iter()
            .map(|one| format!("{} {} {}", text(one.from), sign(one.kind), text(one.to)))
            .collect();
        edges.sort();
        edges
    }

    #[test]
    fn every_table_is_a_card_right_of_what_it_reads() {
        let graph = graph(&samples(), 0);
        assert_eq!(
            edges(&graph),
            [
                "bronze.positions -> silver.positions",
                "prices.silver.prices -> gold.holdings_valued",
                "securities.silver.securities ~> silver.positions",
                "silver.positions -> gold.holdings_valued",
                "source positions -> bronze.positions",
            ]
        );
        for edge in &graph.edges {
            assert!(graph.cards[edge.from].rank < graph.cards[edge.to].rank, "{edge:?}");
        }
    }

    #[test]
    fn connections_stay_while_a_text_is_half_written() {
        let mut documents = samples();
        let text = documents[3].text.replace("count(*) as trades,", "coun(*) as trades,");
        let text = text.replace("'sector', 'isin')", "'sectr', 'isin')");
        documents[3] = Document::read("pipelines/trades.yaml", text);
        let edges = edges(&graph(&documents, 3));
        assert!(edges.contains(&"silver.trades -> gold.sector_exposure".to_owned()), "{edges:?}");
        assert!(edges.contains(&"securities.silver.securities ~> silver.trades".to_owned()), "{edges:?}");
    }

    #[test]
    fn a_circle_is_drawn_too() {
        let text =
            "pipeline: a\ngold:\n  x: { sql: select y from gold.y }\n  y: { sql: select x from gold.x }\n";
        let documents = vec![Document::read("pipelines/a.yaml", text.to_owned())];
        let graph = graph(&documents, 0);
        assert_eq!(graph.cards.len(), 2);
        assert!(graph.forward().len() <= graph.edges.len());
    }

    #[test]
    fn what_is_made_from_a_source_is_found() {
        let graph = graph(&samples(), 3);
        let made = graph.made_from(&[Node::Source("trades".to_owned()), Node::Bronze("trades".to_owned())]);
        assert_eq!(made, [Node::Silver("trades".to_owned()), Node::Gold("sector_exposure".to_owned())]);
    }

    #[test]
    fn a_card_says_what_there_is_to_say() {
        let mut card = graph(&samples(), 3).cards.swap_remove(2);
        assert_eq!(card.name(), "silver.trades: not simulated");
        card.facts = Facts {
            rows: Some(2_916),
            along_with: None,
            rules_failed: 1,
            rules_passed: 6,
            set_aside: 12,
            errors: 1,
            warnings: 1,
        };
        assert_eq!(
            card.name(),
            "silver.trades: 2\u{202f}916 rows, 1 rule fails, 12 in quarantine, 2 problems"
        );
        card.facts = Facts { rows: Some(1), along_with: Some("positions".to_owned()), ..Facts::default() };
        assert_eq!(card.name(), "silver.trades: 1 row, from the simulation of positions");
    }
}
