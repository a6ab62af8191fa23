//! The lineage as numbers: tables, columns and edges by their place, with what the filters hide taken out.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use touchstone_compiler::{Compilation, EdgeKind, Lineage, LineageColumn, LineageNode, LineageTarget};
use touchstone_spec::Layer;

use super::way::Way;

/// Which kind of table a node is, from the left to the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The files of a source.
    Source,
    /// A bronze table.
    Bronze,
    /// A silver table.
    Silver,
    /// A gold table.
    Gold,
}

impl Tier {
    /// All, from the left to the right.
    pub const ALL: [Self; 4] = [Self::Source, Self::Bronze, Self::Silver, Self::Gold];

    /// Of which kind a node is.
    pub fn of(node: &LineageNode) -> Self {
        match node {
            LineageNode::File { .. } => Self::Source,
            LineageNode::Table { name } => match name.layer {
                Layer::Bronze => Self::Bronze,
                Layer::Silver => Self::Silver,
                Layer::Gold => Self::Gold,
            },
        }
    }

    /// Its heading.
    pub fn text(self) -> &'static str {
        match self {
            Self::Source => "Source",
            Self::Bronze => "Bronze",
            Self::Silver => "Silver",
            Self::Gold => "Gold",
        }
    }

    /// The layer; none for files.
    pub(super) fn layer(self) -> Option<Layer> {
        match self {
            Self::Source => None,
            Self::Bronze => Some(Layer::Bronze),
            Self::Silver => Some(Layer::Silver),
            Self::Gold => Some(Layer::Gold),
        }
    }
}

/// What is left out of the picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Pipelines whose tables are hidden.
    pub pipelines: BTreeSet<String>,
    /// Layers that are hidden.
    pub tiers: BTreeSet<Tier>,
    /// Only the whole way of this one is shown.
    pub only: Option<LineageTarget>,
}

impl Filter {
    /// Whether everything is shown.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    fn shows(&self, node: &LineageNode) -> bool {
        !self.pipelines.contains(node.pipeline()) && !self.tiers.contains(&Tier::of(node))
    }
}

/// A table.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) node: LineageNode,
    pub(super) tier: Tier,
    /// Its name alone.
    pub(super) name: String,
    /// What stands below its name.
    pub(super) about: String,
    /// Places of its columns.
    pub(super) columns: Range<usize>,
}

/// A column.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) table: usize,
    pub(super) name: String,
    /// Its type, where it is known.
    pub(super) data_type: Option<String>,
}

/// A column that goes into another, or decides about a table's rows.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// None: it decides about rows.
    pub(super) column: Option<usize>,
    pub(super) kind: EdgeKind,
    pub(super) text: String,
    /// The link between the tables that it runs along; none inside one table.
    pub(super) link: Option<usize>,
}

/// One table that is made from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
}

/// A table or a column, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Spot {
    Table(usize),
    Column(usize),
}

/// Lists of numbers, one list for each number, kept in one piece.
#[derive(Debug, Clone, Default)]
pub(super) struct Lists {
    starts: Vec<usize>,
    items: Vec<usize>,
}

impl Lists {
    /// The second of each pair, listed under the first; both in the order given.
    pub(super) fn of(len: usize, pairs: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let mut starts = vec![0; len + 1];
        for (at, _) in pairs.clone() {
            if let Some(count) = starts.get_mut(at + 1) {
                *count += 1;
            }
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut items = vec![0; starts.last().copied().unwrap_or_default()];
        for (at, item) in pairs {
            if let Some(place) = next.get_mut(at)
                && let Some(slot) = items.get_mut(*place)
            {
                *slot = item;
                *place += 1;
            }
        }
        Self { starts, items }
    }

    pub(super) fn get(&self, at: usize) -> &[usize] {
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(start), Some(end)) => self.items.get(*start..*end).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// Tables, columns and edges, each found by its place.
#[derive(Debug, Clone, Default)]
pub(super) struct Graph {
    pub(super) tables: Vec<Table>,
    pub(super) columns: Vec<Column>,
    pub(super) edges: Vec<Edge>,
    pub(super) links: Vec<Link>,
    /// Edges that leave a column.
    pub(super) out_of: Lists,
    /// Edges that make a column.
    pub(super) into: Lists,
    /// Edges that decide about a table's rows.
    pub(super) about_rows: Lists,
    /// Links that leave a table.
    pub(super) links_out: Lists,
    /// Links that make a table.
    pub(super) links_in: Lists,
    places: HashMap<LineageNode, usize>,
}

impl Graph {
    /// What the filter leaves of a compilation's lineage.
    pub(super) fn of(compilation: &Compilation, filter: &Filter) -> Self {
        let types = Types(compilation);
        let lineage = &compilation.lineage;
        let mut graph = Self::draw(lineage, &types, &|node| filter.shows(node));
        if let Some(only) = &filter.only
            && let Some(spot) = graph.spot(only)
        {
            let way = Way::of(&graph, spot);
            let kept: BTreeSet<&LineageNode> = graph
                .tables
                .iter()
                .enumerate()
                .filter(|(at, _)| way.tables.get(*at).copied().unwrap_or_default())
                .map(|(_, table)| &table.node)
                .collect();
            let kept: BTreeSet<LineageNode> = kept.into_iter().cloned().collect();
            graph = Self::draw(lineage, &types, &|node| filter.shows(node) && kept.contains(node));
        }
        graph
    }

    fn draw(lineage: &Lineage, types: &Types<'_>, shows: &dyn Fn(&LineageNode) -> bool) -> Self {
        let mut graph = Self::default();
        let mut places: HashMap<LineageNode, usize> = HashMap::new();
        let mut columns: HashMap<(usize, &str), usize> = HashMap::new();
        for table in lineage.tables.iter().filter(|table| shows(&table.node)) {
            let place = graph.tables.len();
            let first = graph.columns.len();
            for column in &table.columns {
                columns.insert((place, column), graph.columns.len());
                let data_type = types.of(&table.node, column);
                graph.columns.push(Column { table: place, name: column.clone(), data_type });
            }
            let (tier, name) = match &table.node {
                LineageNode::File { source, .. } => (Tier::Source, source.clone()),
                LineageNode::Table { name } => (Tier::of(&table.node), name.table.clone()),
            };
            let how_many = crate::text::count(table.columns.len() as u64, "column", "columns");
            graph.tables.push(Table {
                tier,
                name,
                about: format!("{}  ·  {how_many}", table.node.pipeline()),
                columns: first..graph.columns.len(),
                node: table.node.clone(),
            });
            places.insert(table.node.clone(), place);
        }
        let hidden = Hidden::of(lineage, &places);
        graph.link(lineage, &hidden);
        graph.connect(lineage, &hidden, &columns);
        graph.places = places;
        let (tables, columns) = (graph.tables.len(), graph.columns.len());
        let edges = || graph.edges.iter().enumerate();
        graph.out_of = Lists::of(columns, edges().map(|(at, edge)| (edge.from, at)));
        graph.into = Lists::of(columns, edges().filter_map(|(at, edge)| Some((edge.column?, at))));
        let rows = edges().filter(|(_, edge)| edge.column.is_none());
        graph.about_rows = Lists::of(tables, rows.map(|(at, edge)| (edge.to, at)));
        let links = || graph.links.iter().enumerate();
        graph.links_out = Lists::of(tables, links().map(|(at, link)| (link.from, at)));
        graph.links_in = Lists::of(tables, links().map(|(at, link)| (link.to, at)));
        graph
    }

    /// Links between tables; what is hidden between two that are shown is bridged.
    fn link(&mut self, lineage: &Lineage, hidden: &Hidden<'_>) {
        let mut links = BTreeSet::new();
        for edge in &lineage.table_edges {
            let Some(&to) = hidden.shown.get(&edge.to) else { continue };
            for from in hidden.tables_behind(&edge.from) {
                if let Some(&from) = hidden.shown.get(from)
                    && from != to
                {
                    links.insert(Link { from, to });
                }
            }
        }
        self.links = links.into_iter().collect();
    }

    fn connect(&mut self, lineage: &Lineage, hidden: &Hidden<'_>, columns: &HashMap<(usize, &str), usize>) {
        let links: HashMap<(usize, usize), usize> =
            self.links.iter().enumerate().map(|(at, link)| ((link.from, link.to), at)).collect();
        let mut known = BTreeSet::new();
        for edge in &lineage.column_edges {
            let Some(&to) = hidden.shown.get(&edge.to) else { continue };
            let column = match &edge.column {
                Some(name) => match columns.get(&(to, name.as_str())) {
                    Some(column) => Some(*column),
                    None => continue,
                },
                None => None,
            };
            for (from, kind) in hidden.columns_behind(&edge.from, edge.kind) {
                let Some(&table) = hidden.shown.get(&from.node) else { continue };
                let Some(&from) = columns.get(&(table, from.column.as_str())) else { continue };
                if !known.insert((from, to, column, kind, edge.text.as_str())) {
                    continue;
                }
                let link = links.get(&(table, to)).copied();
                self.edges.push(Edge { from, to, column, kind, text: edge.text.clone(), link });
            }
        }
    }

    /// The place of a table or a column; none while it isn't shown.
    pub(super) fn spot(&self, target: &LineageTarget) -> Option<Spot> {
        match target {
            LineageTarget::Table(node) => self.places.get(node).copied().map(Spot::Table),
            LineageTarget::Column(column) => {
                let table = self.tables.get(*self.places.get(&column.node)?)?;
                let is_it = |at: &usize| self.columns.get(*at).is_some_and(|one| one.name == column.column);
                table.columns.clone().find(is_it).map(Spot::Column)
            }
        }
    }

    /// What stands at a place.
    pub(super) fn target(&self, spot: Spot) -> Option<LineageTarget> {
        match spot {
            Spot::Table(at) => Some(LineageTarget::Table(self.tables.get(at)?.node.clone())),
            Spot::Column(at) => {
                let column = self.columns.get(at)?;
                let node = self.tables.get(column.table)?.node.clone();
                Some(LineageTarget::Column(LineageColumn { node, column: column.name.clone() }))
            }
        }
    }

    /// The table that a place belongs to.
    pub(super) fn table_of(&self, spot: Spot) -> Option<usize> {
        match spot {
            Spot::Table(at) => Some(at),
            Spot::Column(at) => self.columns.get(at).map(|column| column.table),
        }
    }

    /// `trades.silver.trades.notional`.
    pub(super) fn name(&self, spot: Spot) -> String {
        self.target(spot).map(|target| target.to_string()).unwrap_or_default()
    }
}

/// What is not shown, and what stands behind it.
struct Hidden<'a> {
    shown: &'a HashMap<LineageNode, usize>,
    tables: HashMap<&'a LineageNode, Vec<&'a LineageNode>>,
    columns: HashMap<&'a LineageColumn, Vec<(&'a LineageColumn, EdgeKind)>>,
}

impl<'a> Hidden<'a> {
    fn of(lineage: &'a Lineage, shown: &'a HashMap<LineageNode, usize>) -> Self {
        let mut hidden = Self { shown, tables: HashMap::new(), columns: HashMap::new() };
        if shown.len() == lineage.tables.len() {
            return hidden;
        }
        for edge in lineage.table_edges.iter().filter(|edge| !shown.contains_key(&edge.to)) {
            hidden.tables.entry(&edge.to).or_default().push(&edge.from);
        }
        let mut columns: HashMap<(&LineageNode, &str), Vec<(&LineageColumn, EdgeKind)>> = HashMap::new();
        for edge in lineage.column_edges.iter().filter(|edge| !shown.contains_key(&edge.to)) {
            if let Some(column) = &edge.column {
                columns.entry((&edge.to, column)).or_default().push((&edge.from, edge.kind));
            }
        }
        // Looked up by the columns as edges name them.
        for edge in &lineage.column_edges {
            if let Some(behind) = columns.get(&(&edge.from.node, edge.from.column.as_str())) {
                hidden.columns.entry(&edge.from).or_insert_with(|| behind.clone());
            }
        }
        hidden
    }

    fn tables_behind(&self, node: &'a LineageNode) -> Vec<&'a LineageNode> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut waiting = vec![node];
        while let Some(node) = waiting.pop() {
            if !seen.insert(node) {
                continue;
            }
            if self.shown.contains_key(node) {
                found.push(node);
            } else {
                waiting.extend(self.tables.get(node).into_iter().flatten());
            }
        }
        found
    }

    /// The columns that are shown behind one; a way that anywhere decides about rows or looks up does so as a whole.
    fn columns_behind(
        &self,
        column: &'a LineageColumn,
        kind: EdgeKind,
    ) -> Vec<(&'a LineageColumn, EdgeKind)> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut waiting = vec![(column, kind)];
        while let Some((column, kind)) = waiting.pop() {
            if !seen.insert((column, kind)) {
                continue;
            }
            if self.shown.contains_key(&column.node) {
                found.push((column, kind));
            } else {
                let behind = self.columns.get(column).into_iter().flatten();
                waiting.extend(
                    behind.map(|(column, before)| (*column, if kind.is_value() { *before } else { kind })),
                );
            }
        }
        found
    }
}

/// The types of columns as far as the compiler knows them.
struct Types<'a>(&'a Compilation);

impl Types<'_> {
    fn of(&self, node: &LineageNode, column: &str) -> Option<String> {
        let LineageNode::Table { name } = node else { return None };
        if name.layer == Layer::Bronze {
            let source = self.0.pipelines.get(&name.pipeline)?.sources.get(&name.table)?;
            let field = source.contract.iter().find(|field| field.name == column)?;
            return Some(field.data_type.to_string());
        }
        let data_type = self.0.tables.get(name)?.column(column)?.data_type.as_ref()?;
        Some(data_type.to_string())
    }
}
