//! Compiled plans to edges.

use std::collections::{BTreeMap, BTreeSet};

use sqlparser::ast::{SelectItem, SetExpr};
use touchstone_spec::{Layer, TableName};

use super::{ColumnEdge, EdgeKind, Lineage, LineageColumn, LineageNode, LineageTable, TableEdge};
use crate::{
    Check, ColumnRef, CompiledPipeline, CompiledSource, Expr, ExprKind, GoldPlan, Relation, Rule, Ruleset,
    SilverPlan, syntax::parse_query,
};

impl Lineage {
    /// The lineage of these pipelines. The same pipelines give the same lineage, whatever their order.
    pub fn of<'plan>(pipelines: impl IntoIterator<Item = &'plan CompiledPipeline>) -> Self {
        let mut builder = Builder::default();
        for pipeline in pipelines {
            pipeline.sources.values().for_each(|source| builder.source(pipeline, source));
            pipeline.silver.values().for_each(|plan| builder.silver(plan));
            pipeline.gold.values().for_each(|plan| builder.gold(plan));
        }
        builder.finish()
    }
}

#[derive(Default)]
struct Builder {
    tables: BTreeMap<(u8, LineageNode), Vec<String>>,
    table_edges: BTreeSet<TableEdge>,
    column_edges: BTreeSet<ColumnEdge>,
}

impl Builder {
    fn finish(self) -> Lineage {
        Lineage {
            tables: self
                .tables
                .into_iter()
                .map(|((_, node), columns)| LineageTable { node, columns })
                .collect(),
            table_edges: self.table_edges.into_iter().collect(),
            column_edges: self.column_edges.into_iter().collect(),
            focus: None,
        }
    }

    fn table(&mut self, node: &LineageNode, columns: Vec<String>) {
        self.tables.insert((node.rank(), node.clone()), columns);
    }

    fn edge(
        &mut self,
        from: LineageColumn,
        to: &LineageNode,
        column: Option<&str>,
        kind: EdgeKind,
        text: &str,
    ) {
        self.table_edges.insert(TableEdge { from: from.node.clone(), to: to.clone() });
        let column = column.map(str::to_owned);
        self.column_edges.insert(ColumnEdge { from, to: to.clone(), column, kind, text: text.to_owned() });
    }

    fn source(&mut self, pipeline: &CompiledPipeline, source: &CompiledSource) {
        let file = LineageNode::File { pipeline: pipeline.name.clone(), source: source.name.clone() };
        let bronze = LineageNode::table(&TableName::new(&pipeline.name, Layer::Bronze, &source.name));
        let columns: Vec<String> = source.contract.iter().map(|field| field.name.clone()).collect();
        for column in &columns {
            let from = LineageColumn { node: file.clone(), column: column.clone() };
            self.edge(from, &bronze, Some(column), EdgeKind::Value, column);
        }
        self.table(&file, columns.clone());
        self.table(&bronze, columns);
    }

    fn silver(&mut self, plan: &SilverPlan) {
        let table = &plan.schema.name;
        let node = LineageNode::table(table);
        let bronze = LineageNode::table(&TableName::new(&table.pipeline, Layer::Bronze, &plan.source));
        self.table_edges.insert(TableEdge { from: bronze.clone(), to: node.clone() });
        let at = |column: &ColumnRef| LineageColumn {
            node: if column.relation.is_some() { bronze.clone() } else { node.clone() },
            column: column.name.clone(),
        };
        if let Some(filter) = &plan.filter {
            self.flow(filter, &at, &node, None, EdgeKind::Filter, "filter");
        }
        for field in &plan.fields {
            self.flow(&field.expr, &at, &node, Some(&field.name), EdgeKind::Value, &field.source_text);
        }
        for column in plan.key.iter().chain(plan.order_by.iter().filter(|_| !plan.key.is_empty())) {
            let from = LineageColumn { node: node.clone(), column: column.clone() };
            let edge = ColumnEdge {
                from,
                to: node.clone(),
                column: None,
                kind: EdgeKind::Deduplication,
                text: format!("key {}", plan.key.join(", ")),
            };
            self.column_edges.insert(edge);
        }
        self.rules(&plan.rules, &node);
        self.table(&node, plan.schema.columns.iter().map(|column| column.name.clone()).collect());
    }

    /// Edges from all columns of an expression.
    fn flow(
        &mut self,
        expr: &Expr,
        at: &impl Fn(&ColumnRef) -> LineageColumn,
        to: &LineageNode,
        column: Option<&str>,
        kind: EdgeKind,
        text: &str,
    ) {
        match &expr.kind {
            ExprKind::Column(reference) => {
                let from = at(reference);
                if from.node == *to {
                    // Inside one table there is no edge between tables.
                    let column = column.map(str::to_owned);
                    self.column_edges.insert(ColumnEdge {
                        from,
                        to: to.clone(),
                        column,
                        kind,
                        text: text.to_owned(),
                    });
                } else {
                    self.edge(from, to, column, kind, text);
                }
            }
            ExprKind::Lookup { table, by, key, column: looked_up } => {
                let node = LineageNode::table(table);
                self.edge(
                    LineageColumn { node: node.clone(), column: looked_up.clone() },
                    to,
                    column,
                    kind,
                    text,
                );
                self.edge(LineageColumn { node, column: by.clone() }, to, column, EdgeKind::LookupKey, text);
                self.flow(key, at, to, column, EdgeKind::LookupKey, text);
            }
            _ => {
                for operand in expr.operands() {
                    self.flow(operand, at, to, column, kind, text);
                }
            }
        }
    }

    /// Columns that rules look at decide which rows stay, or whether the table is made at all.
    fn rules(&mut self, ruleset: &Ruleset, to: &LineageNode) {
        for rule in &ruleset.rules {
            let mut own = BTreeSet::new();
            let mut others = BTreeSet::new();
            looked_at(rule, &mut own, &mut others);
            let own = own.into_iter().map(|column| LineageColumn { node: to.clone(), column });
            for from in own {
                self.column_edges.insert(ColumnEdge {
                    from,
                    to: to.clone(),
                    column: None,
                    kind: EdgeKind::Rule,
                    text: rule.text.clone(),
                });
            }
            for from in others {
                self.edge(from, to, None, EdgeKind::Rule, &rule.text);
            }
        }
    }

    fn gold(&mut self, plan: &GoldPlan) {
        let node = LineageNode::table(&plan.schema.name);
        for read in &plan.reads {
            self.table_edges.insert(TableEdge { from: LineageNode::table(read), to: node.clone() });
        }
        let texts = plan.expressions();
        let mut rows = BTreeSet::new();
        let origins = trace(&plan.query, &mut rows);
        for column in &plan.schema.columns {
            let text = texts.get(&column.name).map_or(column.name.as_str(), String::as_str);
            for from in origins.get(&column.name).into_iter().flatten() {
                self.edge(from.clone(), &node, Some(&column.name), EdgeKind::Value, text);
            }
        }
        for (from, kind) in rows {
            self.edge(from, &node, None, kind, &kind.to_string());
        }
        self.rules(&plan.rules, &node);
        self.table(&node, plan.schema.columns.iter().map(|column| column.name.clone()).collect());
    }
}

/// The columns that a rule looks at: of its own table, and of others.
fn looked_at(rule: &Rule, own: &mut BTreeSet<String>, others: &mut BTreeSet<LineageColumn>) {
    for column in rule.filter.iter().flat_map(Expr::columns) {
        own.insert(column.name.clone());
    }
    match &rule.check {
        Check::RowCount(_) | Check::ColumnCount(_) => {}
        Check::ColumnExists { column, .. }
        | Check::IsComplete { column }
        | Check::Completeness { column, .. }
        | Check::IsUnique { column }
        | Check::Uniqueness { column, .. }
        | Check::DistinctValuesCount { column, .. }
        | Check::ColumnValues { column, .. }
        | Check::ColumnLength { column, .. }
        | Check::Sum { column, .. }
        | Check::Mean { column, .. } => {
            own.insert(column.clone());
        }
        Check::IsPrimaryKey { columns } => own.extend(columns.iter().cloned()),
        Check::ReferentialIntegrity { columns, table, reference, .. } => {
            own.extend(columns.iter().cloned());
            let node = LineageNode::table(table);
            others.extend(
                reference.iter().map(|column| LineageColumn { node: node.clone(), column: column.clone() }),
            );
        }
        Check::All(rules) | Check::Any(rules) => rules.iter().for_each(|rule| looked_at(rule, own, others)),
    }
}

type Origins = BTreeMap<String, BTreeSet<LineageColumn>>;
type Rows = BTreeSet<(LineageColumn, EdgeKind)>;

/// The table columns behind each column of a relation, by its physical name; columns that decide about rows are
/// added to `rows`.
fn trace(relation: &Relation, rows: &mut Rows) -> Origins {
    match relation {
        Relation::Scan { table, alias, columns } => columns
            .iter()
            .map(|column| {
                let origin = LineageColumn { node: LineageNode::table(table), column: column.clone() };
                (format!("{alias}.{column}"), BTreeSet::from([origin]))
            })
            .collect(),
        Relation::Alias { input, alias } => trace(input, rows)
            .into_iter()
            .map(|(column, origins)| (format!("{alias}.{column}"), origins))
            .collect(),
        Relation::Filter { input, predicate } => {
            let origins = trace(input, rows);
            rows.extend(of(predicate, &origins).into_iter().map(|origin| (origin, EdgeKind::Filter)));
            origins
        }
        Relation::Join { left, right, on, residual, .. } => {
            let mut origins = trace(left, rows);
            origins.extend(trace(right, rows));
            for expr in on.iter().flat_map(|(left, right)| [left, right]).chain(residual) {
                rows.extend(of(expr, &origins).into_iter().map(|origin| (origin, EdgeKind::Join)));
            }
            origins
        }
        Relation::Aggregate { input, group_by, aggregates } => {
            let below = trace(input, rows);
            for group in group_by {
                rows.extend(of(&group.expr, &below).into_iter().map(|origin| (origin, EdgeKind::Group)));
            }
            let groups = group_by.iter().map(|group| (group.name.clone(), of(&group.expr, &below)));
            let aggregates =
                aggregates.iter().map(|aggregate| (aggregate.name.clone(), of(&aggregate.expr, &below)));
            groups.chain(aggregates).collect()
        }
        Relation::Project { input, columns } => {
            let below = trace(input, rows);
            columns.iter().map(|column| (column.name.clone(), of(&column.expr, &below))).collect()
        }
        Relation::Distinct { input } | Relation::Sort { input, .. } => trace(input, rows),
        Relation::UnionAll { inputs } => {
            let mut all = Origins::new();
            for input in inputs {
                for (column, origins) in trace(input, rows) {
                    all.entry(column).or_default().extend(origins);
                }
            }
            all
        }
        Relation::Limit { input, .. } => {
            let origins = trace(input, rows);
            ordered_by(input, &origins, rows);
            origins
        }
    }
}

/// Under a LIMIT the order decides which rows stay.
fn ordered_by(input: &Relation, origins: &Origins, rows: &mut Rows) {
    match input {
        Relation::Sort { keys, .. } => {
            for key in keys {
                let found = origins.get(&key.column.physical()).cloned().unwrap_or_default();
                rows.extend(found.into_iter().map(|origin| (origin, EdgeKind::Order)));
            }
        }
        Relation::Project { input: sorted, .. } => {
            if let Relation::Sort { input: below, .. } = sorted.as_ref() {
                let origins = trace(below, &mut Rows::new());
                ordered_by(sorted, &origins, rows);
            }
        }
        _ => {}
    }
}

fn of(expr: &Expr, below: &Origins) -> BTreeSet<LineageColumn> {
    expr.columns().iter().filter_map(|column| below.get(&column.physical())).flatten().cloned().collect()
}

impl GoldPlan {
    /// The expressions of the outermost SELECT as written, by the name that they are given there.
    pub fn expressions(&self) -> BTreeMap<String, String> {
        let Ok(query) = parse_query(&self.sql) else { return BTreeMap::new() };
        let SetExpr::Select(select) = query.body.as_ref() else { return BTreeMap::new() };
        select
            .projection
            .iter()
            .filter_map(|item| match item {
                SelectItem::ExprWithAlias { expr, alias } => Some((alias.value.clone(), expr.to_string())),
                _ => None,
            })
            .collect()
    }
}
