//! Gold tables: a query in the portable SQL to a tree of relational operators.

mod from;
mod grouping;
mod query;
mod select;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use touchstone_spec::{DocPath, GoldTable, Layer, Pipeline, TableName, check_name, snake_case};

use crate::{
    Column, ColumnRef, ExprKind, GoldPlan, Relation, Ruleset, TableSchema,
    catalog::{KnownColumn, KnownTable, View},
    finding::{Finding, Reporter},
    names::GoldOutput,
    nesting, partition, silver,
    syntax::parse_query,
};
use query::{Output, Planner};
pub(crate) use tables::tables_read;

/// A gold table as far as it could be understood.
#[derive(Debug)]
pub(crate) struct TypedGold {
    /// None when something is wrong, here or in what it reads.
    pub(crate) plan: Option<GoldPlan>,
    pub(crate) known: KnownTable,
}

/// Types one gold table. Its rules and its Spark SQL come later.
pub(crate) fn compile(
    pipeline: &Pipeline,
    name: &str,
    table: &GoldTable,
    view: View<'_>,
    reporter: &mut Reporter<'_>,
) -> TypedGold {
    let path = DocPath::root().key("gold").key(name);
    let sql_path = path.key("sql");
    let query = match parse_query(&table.sql) {
        Ok(query) => query,
        Err(finding) => {
            reporter.within(&sql_path, vec![finding]);
            return TypedGold {
                plan: None,
                known: KnownTable { open: true, key: table.key.clone(), ..KnownTable::default() },
            };
        }
    };
    let mut planner = Planner::new(view);
    let mut result = planner.query(&query);
    for output in &result.outputs {
        if let Some(finding) = output_findings(output) {
            planner.findings.push(finding);
            result.relation = None;
        }
    }
    if let Some(relation) = &mut result.relation {
        prune(relation, &planner.columns_of_tables);
        if let Err(finding) = nesting::check(relation) {
            planner.findings.push(finding);
            result.relation = None;
        }
    }
    let own = TableName::new(&pipeline.pipeline, Layer::Gold, name);
    let reads = planner.reads.iter().cloned().collect();
    reporter.within(&sql_path, planner.findings);
    reporter.outputs.extend(result.outputs.iter().map(|output| GoldOutput {
        table: own.clone(),
        column: output.column.name.clone(),
        origin: output.column.origin.clone(),
        path: sql_path.clone(),
    }));
    reporter.name_within(&sql_path, &table.sql, planner.names);
    let known = KnownTable {
        columns: result.outputs.iter().map(known_column).collect(),
        open: result.open,
        key: table.key.clone(),
        unique: Vec::new(),
        description: table.description.clone(),
    };
    let key = silver::check_columns(&table.key, &path.key("key"), "key", (&own, &known), reporter);
    let partitions =
        partition::compile(&table.partition_by, &path.key("partition_by"), (&own, &known), reporter);
    let columns: Option<Vec<Column>> = result.outputs.iter().map(schema_column).collect();
    let plan = match (result.relation, columns, partitions, key) {
        (Some(query), Some(columns), Some(partition_by), true) => Some(GoldPlan {
            schema: TableSchema {
                name: own,
                columns,
                key: table.key.clone(),
                partition_by,
                description: table.description.clone(),
            },
            query,
            sql: table.sql.clone(),
            reads,
            rules: Ruleset::default(),
            on_failure: table.on_failure,
            spark_sql: String::new(),
        }),
        _ => None,
    };
    TypedGold { plan, known }
}

/// What a query by itself gives, for an editor.
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) columns: Vec<KnownColumn>,
    pub(crate) open: bool,
    pub(crate) reads: Vec<TableName>,
    pub(crate) findings: Vec<Finding>,
}

/// Types a query that isn't a table yet. A text that can't be read gives no columns.
pub(crate) fn describe(sql: &str, view: View<'_>) -> Described {
    let query = match parse_query(sql) {
        Ok(query) => query,
        Err(finding) => {
            return Described { columns: Vec::new(), open: true, reads: Vec::new(), findings: vec![finding] };
        }
    };
    let mut planner = Planner::new(view);
    let result = planner.query(&query);
    for output in &result.outputs {
        planner.findings.extend(output_findings(output));
    }
    Described {
        columns: result.outputs.iter().map(known_column).collect(),
        open: result.open,
        reads: planner.reads.iter().cloned().collect(),
        findings: planner.findings,
    }
}

/// What is wrong with a column as a table's column.
fn output_findings(output: &Output) -> Option<Finding> {
    if let Err(reason) = check_name(&output.column.name) {
        let finding = Finding::error(
            output.at,
            "invalid-name",
            format!("`{}` is not a name: {reason}", output.column.name),
        );
        return Some(finding.help(format!("give it another: `as {}`", snake_case(&output.column.name))));
    }
    let data_type = output.column.data_type.as_ref()?;
    let is_unsupported = data_type.is_nested() || *data_type == touchstone_spec::DataType::Binary;
    is_unsupported.then(|| {
        Finding::error(
            output.at,
            "unsupported-type",
            format!("columns of type {data_type} aren't supported yet"),
        )
    })
}

fn known_column(output: &Output) -> KnownColumn {
    KnownColumn {
        name: output.column.name.clone(),
        data_type: output.column.data_type.clone(),
        nullable: output.column.nullable,
        description: None,
    }
}

/// Gold columns are optional: whether a query can give null changes with every edit, and Iceberg forbids to make a
/// column required afterwards.
fn schema_column(output: &Output) -> Option<Column> {
    Some(Column {
        name: output.column.name.clone(),
        data_type: output.column.data_type.clone()?,
        required: false,
        description: None,
    })
}

/// Scans read the columns that are used; at least one, as rows without columns can't be counted.
fn prune(relation: &mut Relation, all: &BTreeMap<String, Vec<String>>) {
    let mut used = BTreeSet::new();
    collect(relation, &mut used);
    keep(relation, &used, all);
}

fn collect(relation: &Relation, used: &mut BTreeSet<ColumnRef>) {
    for expr in relation.expressions() {
        expr.visit(&mut |part| {
            if let ExprKind::Column(column) = &part.kind {
                used.insert(column.clone());
            }
        });
    }
    for input in relation.inputs() {
        collect(input, used);
    }
}

fn keep(relation: &mut Relation, used: &BTreeSet<ColumnRef>, all: &BTreeMap<String, Vec<String>>) {
    if let Relation::Scan { alias, columns, .. } = relation {
        let every = all.get(alias).cloned().unwrap_or_default();
        let is_used = |name: &&String| {
            used.contains(&ColumnRef { relation: Some(alias.clone()), name: (*name).clone() })
        };
        *columns = every.iter().filter(is_used).cloned().collect();
        if columns.is_empty() {
            columns.extend(every.into_iter().next());
        }
    }
    for input in relation.inputs_mut() {
        keep(input, used, all);
    }
}
