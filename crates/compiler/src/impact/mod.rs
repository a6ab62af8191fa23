//! What breaks, or gives other values or rows, when a table or a column changes.

mod render;
mod trial;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use touchstone_spec::{DataType, Document};

use crate::{ColumnEdge, Compilation, EdgeKind, Lineage, LineageColumn, LineageNode, LineageTarget};
use trial::Trial;

/// A change that somebody thinks of making.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImpactChange {
    /// It is taken out.
    Drop,
    /// It gets another name, and nothing that names it is changed.
    Rename(String),
    /// A column gets another type.
    Retype(DataType),
}

/// What a change does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Impact {
    /// What would change.
    pub target: LineageTarget,
    /// How.
    pub change: ImpactChange,
    /// Columns that are touched, the worst first, then by name. The target itself isn't among them.
    pub columns: Vec<AffectedColumn>,
    /// Tables that are touched, the worst first, upstream first.
    pub tables: Vec<AffectedTable>,
    /// The pipelines of these, the worst first.
    pub pipelines: Vec<AffectedPipeline>,
}

/// How badly something is touched; the worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImpactSeverity {
    /// Its values or its type can be others.
    ChangesValues,
    /// It can have other rows, as a filter, key, join, group or rule looks at the target.
    ChangesRows,
    /// It can't be made any more.
    Breaks,
}

/// A column that is touched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AffectedColumn {
    /// The column.
    pub column: LineageColumn,
    /// How badly.
    pub severity: ImpactSeverity,
    /// Why, in one sentence without a full stop.
    pub reason: String,
    /// The edges from the target to it.
    pub path: Vec<ColumnEdge>,
}

/// A table that is touched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AffectedTable {
    /// The table.
    pub node: LineageNode,
    /// How badly, by the worst of its reasons.
    pub severity: ImpactSeverity,
    /// Why, the worst first, each in one sentence without a full stop.
    pub reasons: Vec<String>,
}

/// A pipeline that is touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffectedPipeline {
    /// Its name.
    pub name: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// How badly, by the worst of its tables.
    pub severity: ImpactSeverity,
}

/// What `change` to `target` does. The change is tried on the documents where it can be: what then doesn't compile breaks,
/// for the reason that the compiler gives. Without documents (a published lineage), what names a dropped or renamed
/// column breaks. `compilation` is the one of `documents`.
pub fn impact(
    documents: &[Document],
    compilation: &Compilation,
    target: &LineageTarget,
    change: &ImpactChange,
) -> Impact {
    let trial = Trial::of(documents, compilation, target, change);
    let reach = Reach::of(&compilation.lineage, target);
    let mut found = Finder {
        lineage: &compilation.lineage,
        target,
        change,
        trial: &trial,
        reach: &reach,
        tables: BTreeMap::new(),
        unmade: BTreeSet::new(),
    };
    let mut columns = found.columns();
    found.compiled();
    found.tables_below();
    columns.sort_by(|a, b| {
        b.severity
            .cmp(&a.severity)
            .then_with(|| order(&a.column.node).cmp(&order(&b.column.node)))
            .then_with(|| a.column.column.cmp(&b.column.column))
    });
    let mut tables: Vec<AffectedTable> = found
        .tables
        .into_iter()
        .map(|(node, mut reasons)| {
            reasons.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
            let severity = reasons.first().map_or(ImpactSeverity::ChangesValues, |(severity, _)| *severity);
            let mut told = BTreeSet::new();
            let reasons = reasons
                .into_iter()
                .map(|(_, reason)| reason)
                .filter(|reason| told.insert(reason.clone()))
                .collect();
            AffectedTable { node, severity, reasons }
        })
        .collect();
    tables.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| order(&a.node).cmp(&order(&b.node))));
    let pipelines = pipelines(documents, &tables);
    Impact { target: target.clone(), change: change.clone(), columns, tables, pipelines }
}

/// Upstream first, then by name.
fn order(node: &LineageNode) -> (u8, &LineageNode) {
    (node.rank(), node)
}

fn pipelines(documents: &[Document], tables: &[AffectedTable]) -> Vec<AffectedPipeline> {
    let mut worst: BTreeMap<&str, ImpactSeverity> = BTreeMap::new();
    for table in tables {
        let place = worst.entry(table.node.pipeline()).or_insert(table.severity);
        *place = table.severity.max(*place);
    }
    let owner = |name: &str| {
        let pipelines = documents.iter().filter_map(|document| document.pipeline.as_ref());
        pipelines.into_iter().find(|pipeline| pipeline.pipeline == name)?.owner.clone()
    };
    let mut found: Vec<AffectedPipeline> = worst
        .into_iter()
        .map(|(name, severity)| AffectedPipeline { name: name.to_owned(), owner: owner(name), severity })
        .collect();
    found.sort_by_key(|pipeline| std::cmp::Reverse(pipeline.severity));
    found
}

/// The columns downstream of the target, each with the edge by which it was reached first.
struct Reach<'lineage> {
    starts: BTreeSet<LineageColumn>,
    /// Columns in the order in which they were reached.
    columns: Vec<LineageColumn>,
    through: BTreeMap<LineageColumn, &'lineage ColumnEdge>,
    /// Edges that decide about rows, and start at a column that was reached.
    about_rows: Vec<&'lineage ColumnEdge>,
}

impl<'lineage> Reach<'lineage> {
    fn of(lineage: &'lineage Lineage, target: &LineageTarget) -> Self {
        let mut edges: BTreeMap<&LineageColumn, Vec<&ColumnEdge>> = BTreeMap::new();
        for edge in &lineage.column_edges {
            edges.entry(&edge.from).or_default().push(edge);
        }
        let starts: BTreeSet<LineageColumn> = match target {
            LineageTarget::Column(column) => BTreeSet::from([column.clone()]),
            LineageTarget::Table(node) => lineage
                .tables
                .iter()
                .filter(|table| table.node == *node)
                .flat_map(|table| &table.columns)
                .map(|column| LineageColumn { node: node.clone(), column: column.clone() })
                .collect(),
        };
        let mut reach = Self {
            starts: starts.clone(),
            columns: Vec::new(),
            through: BTreeMap::new(),
            about_rows: Vec::new(),
        };
        let mut waiting: VecDeque<LineageColumn> = starts.into_iter().collect();
        while let Some(column) = waiting.pop_front() {
            for edge in edges.get(&column).into_iter().flatten() {
                let Some(to) = &edge.column else {
                    reach.about_rows.push(edge);
                    continue;
                };
                let next = LineageColumn { node: edge.to.clone(), column: to.clone() };
                if !reach.starts.contains(&next) && !reach.through.contains_key(&next) {
                    reach.through.insert(next.clone(), edge);
                    reach.columns.push(next.clone());
                    waiting.push_back(next);
                }
            }
        }
        reach
    }

    /// The edges from the target to a column.
    fn path(&self, column: &LineageColumn) -> Vec<ColumnEdge> {
        let mut path = Vec::new();
        let mut current = column;
        while let Some(edge) = self.through.get(current) {
            path.push((*edge).clone());
            current = &edge.from;
        }
        path.reverse();
        path
    }
}

struct Finder<'impact> {
    lineage: &'impact Lineage,
    target: &'impact LineageTarget,
    change: &'impact ImpactChange,
    trial: &'impact Trial,
    reach: &'impact Reach<'impact>,
    tables: BTreeMap<LineageNode, Vec<(ImpactSeverity, String)>>,
    /// Tables that don't compile, so that what reads them doesn't either.
    unmade: BTreeSet<LineageNode>,
}

impl Finder<'_> {
    /// A table doesn't compile.
    fn unmade(&mut self, node: &LineageNode, reason: String) {
        self.unmade.insert(node.clone());
        self.tell(node, ImpactSeverity::Breaks, reason);
    }

    fn tell(&mut self, node: &LineageNode, severity: ImpactSeverity, reason: String) {
        self.tables.entry(node.clone()).or_default().push((severity, reason));
    }

    /// Whether what uses a column directly is broken by the change alone.
    fn takes_away(&self, column: &LineageColumn) -> bool {
        !self.trial.was_made
            && self.reach.starts.contains(column)
            && !matches!(self.change, ImpactChange::Retype(_))
            // A file's column and the bronze column of the same name are one.
            && !matches!(column.node, LineageNode::File { .. })
    }

    fn columns(&mut self) -> Vec<AffectedColumn> {
        let mut broken: BTreeSet<&LineageColumn> = BTreeSet::new();
        let mut found = Vec::new();
        for column in &self.reach.columns {
            let Some(edge) = self.reach.through.get(column) else { continue };
            // A type that a published table can't follow stops that table, not the ones that read it.
            let mut is_unmade = true;
            let (severity, reason) = if let Some(reason) = self.trial.broken_column(column) {
                (ImpactSeverity::Breaks, reason)
            } else if broken.contains(&edge.from) {
                (ImpactSeverity::Breaks, format!("it is made from {}, which breaks", edge.from))
            } else if self.takes_away(&edge.from) || self.trial.loses(column) {
                (ImpactSeverity::Breaks, format!("it is made from {}", edge.from))
            } else if let Some((from, to)) = self.trial.type_change(column) {
                let evolves = from.widens_to(&to);
                let reason = if evolves {
                    format!("its type becomes {to}, was {from}")
                } else {
                    format!("its type becomes {to}, was {from}, which a published table can't follow")
                };
                is_unmade = false;
                (if evolves { ImpactSeverity::ChangesValues } else { ImpactSeverity::Breaks }, reason)
            } else {
                let how =
                    if edge.kind == EdgeKind::LookupKey { "it is looked up by" } else { "it is made from" };
                (ImpactSeverity::ChangesValues, format!("{how} {}", edge.from))
            };
            if severity == ImpactSeverity::Breaks && is_unmade {
                broken.insert(column);
                self.unmade.insert(column.node.clone());
            }
            let what = match severity {
                ImpactSeverity::Breaks => format!("`{}` breaks: {reason}", column.column),
                _ => format!("`{}` can have other values: {reason}", column.column),
            };
            self.tell(&column.node, severity, what);
            let path = self.reach.path(column);
            found.push(AffectedColumn { column: column.clone(), severity, reason, path });
        }
        for edge in &self.reach.about_rows {
            // What a table does with its own columns is no news when it goes as a whole.
            if matches!(self.target, LineageTarget::Table(node) if *node == edge.to) {
                continue;
            }
            let is_broken = broken.contains(&edge.from) || self.takes_away(&edge.from);
            let what = if edge.kind == EdgeKind::Rule {
                format!("the rule `{}` looks at {}", edge.text, edge.from)
            } else {
                format!("{} looks at {}", article(edge.kind), edge.from)
            };
            if is_broken {
                self.unmade(&edge.to, what);
            } else {
                self.tell(&edge.to, ImpactSeverity::ChangesRows, what);
            }
        }
        found
    }

    /// What doesn't compile with the change, and isn't reached by a value.
    fn compiled(&mut self) {
        for (column, reason) in self.trial.broken_columns() {
            if !self.reach.through.contains_key(column) {
                self.unmade(&column.node, format!("`{}` breaks: {reason}", column.column));
            }
        }
        for (node, reason) in self.trial.broken_tables() {
            self.unmade(node, reason.clone());
        }
        if let LineageTarget::Table(node) = self.target
            && !self.trial.was_made
            && !matches!(self.change, ImpactChange::Retype(_))
        {
            let readers: Vec<LineageNode> = self
                .lineage
                .table_edges
                .iter()
                .filter(|edge| edge.from == *node)
                .map(|edge| edge.to.clone())
                .collect();
            for reader in readers {
                self.unmade(&reader, format!("it reads {node}"));
            }
        }
    }

    /// What reads a table that can't be made can't be made either; what reads other rows can have other rows.
    fn tables_below(&mut self) {
        for (node, above) in self.below(self.unmade.clone()) {
            self.unmade(&node, format!("it reads {above}, which breaks"));
        }
        let is_other = |(severity, _): &(ImpactSeverity, String)| *severity == ImpactSeverity::ChangesRows;
        let others = self.tables.iter().filter(|(_, reasons)| reasons.iter().any(is_other));
        let others = others.map(|(node, _)| node.clone()).collect();
        for (node, above) in self.below(others) {
            if !self.unmade.contains(&node) {
                self.tell(
                    &node,
                    ImpactSeverity::ChangesRows,
                    format!("it reads {above}, which can have other rows"),
                );
            }
        }
    }

    /// The tables downstream of these that aren't among them, each with the one that it was reached from.
    fn below(&self, starts: BTreeSet<LineageNode>) -> Vec<(LineageNode, LineageNode)> {
        let mut found = Vec::new();
        let mut waiting: VecDeque<LineageNode> = starts.iter().cloned().collect();
        let mut done = starts;
        while let Some(node) = waiting.pop_front() {
            for edge in self.lineage.table_edges.iter().filter(|edge| edge.from == node) {
                if done.insert(edge.to.clone()) {
                    found.push((edge.to.clone(), node.clone()));
                    waiting.push_back(edge.to.clone());
                }
            }
        }
        found
    }
}

fn article(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Filter => "the filter",
        EdgeKind::Join => "a join",
        EdgeKind::Group => "a group",
        EdgeKind::Deduplication => "the key",
        EdgeKind::Order => "the order of a limit",
        EdgeKind::Rule => "a rule",
        EdgeKind::LookupKey => "a lookup",
        EdgeKind::Value => "a value",
    }
}
