//! Where every column comes from, read off the typed trees.

mod build;
mod names;
mod render;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use touchstone_spec::{Layer, TableName};

pub use names::LineageTarget;

/// Tables and columns, and how data goes from one to the other.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Lineage {
    /// Source files and tables, each with its columns, upstream first.
    pub tables: Vec<LineageTable>,
    /// Which table is made from which.
    pub table_edges: Vec<TableEdge>,
    /// Which column goes into which.
    pub column_edges: Vec<ColumnEdge>,
    /// What was asked for, when this is a part of a larger lineage.
    pub focus: Option<Focus>,
}

/// What a part of a lineage was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Focus {
    /// The table or column.
    pub target: LineageTarget,
    /// Which way.
    pub direction: Direction,
}

/// Which way lineage is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To what it is made from.
    Up,
    /// To what is made from it.
    Down,
}

/// A source file or a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LineageNode {
    /// The files of a source.
    File {
        /// Pipeline of the source.
        pipeline: String,
        /// Name of the source.
        source: String,
    },
    /// A bronze, silver or gold table.
    Table {
        /// Its name.
        name: TableName,
    },
}

impl LineageNode {
    pub(crate) fn table(name: &TableName) -> Self {
        Self::Table { name: name.clone() }
    }

    /// Files first, then bronze, silver and gold.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::File { .. } => 0,
            Self::Table { name } => match name.layer {
                Layer::Bronze => 1,
                Layer::Silver => 2,
                Layer::Gold => 3,
            },
        }
    }
}

impl std::fmt::Display for LineageNode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { pipeline, source } => write!(f, "{pipeline}.file.{source}"),
            Self::Table { name } => write!(f, "{name}"),
        }
    }
}

/// A node with its columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineageTable {
    /// The node.
    pub node: LineageNode,
    /// Its columns, in order.
    pub columns: Vec<String>,
}

/// One table made from another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TableEdge {
    /// What is read.
    pub from: LineageNode,
    /// What is made.
    pub to: LineageNode,
}

/// A column of a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineageColumn {
    /// The node.
    pub node: LineageNode,
    /// The column.
    pub column: String,
}

impl std::fmt::Display for LineageColumn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.node, self.column)
    }
}

/// One column that goes into another, or decides which rows a table has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ColumnEdge {
    /// What is read.
    pub from: LineageColumn,
    /// Table that it goes into.
    pub to: LineageNode,
    /// Column that it goes into; none when it decides about rows.
    pub column: Option<String>,
    /// How.
    pub kind: EdgeKind,
    /// The expression, as the steward wrote it where it is one column's.
    pub text: String,
}

/// How a column goes into a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeKind {
    /// Its values make the column's values.
    Value,
    /// It finds the row that a value is looked up in.
    LookupKey,
    /// It decides which rows there are.
    Filter,
    /// It decides which rows go together.
    Join,
    /// It decides which rows make a group.
    Group,
    /// It decides which of several rows with one key stays.
    Deduplication,
    /// It decides which rows come first, where only the first ones stay.
    Order,
    /// A rule looks at it: whether rows are quarantined, or the run stops.
    Rule,
}

impl EdgeKind {
    /// Whether its values go into the column's values. The other edges decide which rows there are, or which row a
    /// value is taken from.
    pub fn is_value(self) -> bool {
        self == Self::Value
    }
}

impl std::fmt::Display for EdgeKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Value => "value",
            Self::LookupKey => "lookup key",
            Self::Filter => "filter",
            Self::Join => "join",
            Self::Group => "group",
            Self::Deduplication => "de-duplication",
            Self::Order => "order",
            Self::Rule => "rule",
        })
    }
}

impl Lineage {
    /// The same with the pipelines for which `goes` holds taken out and `others` put in. What a pipeline makes is its own.
    pub(crate) fn replaced(mut self, goes: impl Fn(&str) -> bool, others: Self) -> Self {
        self.tables.retain(|table| !goes(table.node.pipeline()));
        self.table_edges.retain(|edge| !goes(edge.to.pipeline()));
        self.column_edges.retain(|edge| !goes(edge.to.pipeline()));
        self.tables.extend(others.tables);
        self.table_edges.extend(others.table_edges);
        self.column_edges.extend(others.column_edges);
        // Stable sorts know the two sorted runs, and merge them.
        self.tables.sort_by(|a, b| (a.node.rank(), &a.node).cmp(&(b.node.rank(), &b.node)));
        self.table_edges.sort();
        self.column_edges.sort();
        self
    }

    /// What the table or column is made from, directly and indirectly.
    #[must_use]
    pub fn up(&self, target: &LineageTarget) -> Self {
        self.reached(target, Direction::Up)
    }

    /// What is made from the table or column, directly and indirectly.
    #[must_use]
    pub fn down(&self, target: &LineageTarget) -> Self {
        self.reached(target, Direction::Down)
    }

    /// The edges from a column, or to it.
    pub(crate) fn next<'lineage>(
        &'lineage self,
        column: &LineageColumn,
        direction: Direction,
    ) -> impl Iterator<Item = &'lineage ColumnEdge> + use<'lineage> {
        let column = column.clone();
        self.column_edges.iter().filter(move |edge| match direction {
            Direction::Up => edge.to == column.node && edge.column.as_deref() == Some(&column.column),
            Direction::Down => edge.from == column,
        })
    }

    fn reached(&self, target: &LineageTarget, direction: Direction) -> Self {
        let mut columns: BTreeSet<LineageColumn> = BTreeSet::new();
        let mut nodes: BTreeSet<LineageNode> = BTreeSet::new();
        let mut edges: BTreeSet<&ColumnEdge> = BTreeSet::new();
        let mut waiting: Vec<LineageColumn> = Vec::new();
        let mut waiting_nodes: Vec<LineageNode> = Vec::new();
        match target {
            LineageTarget::Column(column) => waiting.push(column.clone()),
            LineageTarget::Table(node) => waiting_nodes.push(node.clone()),
        }
        while let Some(node) = waiting_nodes.pop() {
            if !nodes.insert(node.clone()) {
                continue;
            }
            for edge in &self.table_edges {
                match direction {
                    Direction::Up if edge.to == node => waiting_nodes.push(edge.from.clone()),
                    Direction::Down if edge.from == node => waiting_nodes.push(edge.to.clone()),
                    _ => {}
                }
            }
        }
        if matches!(target, LineageTarget::Table(_)) {
            // All that flows between the tables that were reached.
            edges.extend(
                self.column_edges
                    .iter()
                    .filter(|edge| nodes.contains(&edge.from.node) && nodes.contains(&edge.to)),
            );
        }
        while let Some(column) = waiting.pop() {
            if !columns.insert(column.clone()) {
                continue;
            }
            nodes.insert(column.node.clone());
            for edge in self.next(&column, direction) {
                edges.insert(edge);
                match (direction, &edge.column) {
                    (Direction::Up, _) => waiting.push(edge.from.clone()),
                    (Direction::Down, Some(to)) => {
                        waiting.push(LineageColumn { node: edge.to.clone(), column: to.clone() });
                    }
                    (Direction::Down, None) => {
                        nodes.insert(edge.to.clone());
                    }
                }
            }
        }
        let is_table = matches!(target, LineageTarget::Table(_));
        let tables = self
            .tables
            .iter()
            .filter(|table| nodes.contains(&table.node))
            .map(|table| LineageTable {
                node: table.node.clone(),
                columns: table
                    .columns
                    .iter()
                    .filter(|name| {
                        is_table
                            || columns.contains(&LineageColumn {
                                node: table.node.clone(),
                                column: (*name).clone(),
                            })
                    })
                    .cloned()
                    .collect(),
            })
            .collect();
        Self {
            tables,
            table_edges: self
                .table_edges
                .iter()
                .filter(|edge| nodes.contains(&edge.from) && nodes.contains(&edge.to))
                .cloned()
                .collect(),
            column_edges: self.column_edges.iter().filter(|edge| edges.contains(edge)).cloned().collect(),
            focus: Some(Focus { target: target.clone(), direction }),
        }
    }
}
