//! Silver tables: a source's columns, fields one after the other, key, order and partitions.

use std::sync::Arc;

use indexmap::IndexMap;
use touchstone_spec::{DocPath, Layer, Pipeline, SilverTable, TableName};

use crate::{
    Column, ColumnRef, Expr, ExprKind, FieldPlan, PartitionField, Ruleset, SilverPlan, TableSchema,
    catalog::{KnownColumn, KnownTable, View},
    finding::{At, Finding, Reporter, suggest},
    mapping::Mapping,
    names::{Decl, NameUse, Owner},
    partition,
    typing::scope::{Scope, ScopeColumn, ScopeRelation, not_yet_fields},
};

/// A silver table as far as it could be understood.
#[derive(Debug)]
pub(crate) struct TypedSilver {
    /// None when something is wrong, here or in what it reads.
    pub(crate) plan: Option<SilverPlan>,
    pub(crate) known: KnownTable,
}

/// Types one silver table. Its rules and its Spark SQL come later.
pub(crate) fn compile(
    pipeline: &Pipeline,
    name: &str,
    table: &SilverTable,
    view: View<'_>,
    reporter: &mut Reporter<'_>,
) -> TypedSilver {
    let path = DocPath::root().key("silver").key(name);
    let source = relation_of_source(pipeline, table, &path, reporter);
    let fields_path = path.key("fields");
    let own = TableName::new(&pipeline.pipeline, Layer::Silver, name);
    let fields =
        ScopeRelation { owner: Some(Arc::new(Owner::Table(own.clone()))), ..ScopeRelation::default() };
    let mut mapping = Mapping {
        view,
        scope: Scope { relations: vec![fields, source], hints: Vec::new() },
        contract: pipeline
            .sources
            .get(&table.from)
            .map(touchstone_spec::Source::contract)
            .unwrap_or_default(),
    };
    let filter = match &table.filter {
        Some(text) => mapping.filter(text, &path.key("where"), reporter).map(Some),
        None => Some(None),
    };
    let mut plans = Vec::new();
    let mut complete = true;
    let mut descriptions = IndexMap::new();
    for (position, (field_name, field)) in table.fields.iter().enumerate() {
        mapping.scope.hints = not_yet_fields(Some(field_name), table.fields.keys().skip(position + 1));
        let plan = mapping.field(field_name, field, &fields_path.key(field_name), reporter);
        let data_type =
            plan.as_ref().map(|plan| plan.expr.data_type.clone()).or_else(|| field.data_type.clone());
        let nullable = plan.as_ref().is_none_or(|plan| !plan.required && plan.expr.nullable);
        if let Some(fields) = mapping.scope.relations.first_mut() {
            let name = field_name.clone();
            fields.columns.push(ScopeColumn { name, data_type, nullable, origin: None });
        }
        complete &= plan.is_some();
        descriptions.insert(field_name.clone(), field.description.clone());
        plans.extend(plan);
    }
    let known = KnownTable {
        columns: mapping
            .scope
            .relations
            .first()
            .into_iter()
            .flat_map(|fields| &fields.columns)
            .map(|column| KnownColumn {
                name: column.name.clone(),
                data_type: column.data_type.clone(),
                nullable: column.nullable,
                description: descriptions.get(&column.name).cloned().flatten(),
            })
            .collect(),
        open: reporter.was_broken(&fields_path),
        key: table.key.clone(),
        unique: Vec::new(),
        description: table.description.clone(),
    };
    if table.fields.is_empty() && !known.open {
        reporter.at_key(
            &fields_path,
            Finding::error(At::START, "empty-table", format!("silver table `{name}` has no fields"))
                .help("add fields, each with `from` or `expr`"),
        );
        complete = false;
    }
    complete &= check_columns(&table.key, &path.key("key"), "key", (&own, &known), reporter);
    complete &= check_order_by(table, &path, (&own, &known), reporter);
    let partitions =
        partition::compile(&table.partition_by, &path.key("partition_by"), (&own, &known), reporter);
    let plan = match (filter, partitions, complete && !known.open) {
        (Some(filter), Some(partition_by), true) => Some(SilverPlan {
            schema: TableSchema {
                name: own,
                columns: schema_columns(&plans, &descriptions),
                key: table.key.clone(),
                partition_by,
                description: table.description.clone(),
            },
            source: table.from.clone(),
            lookups: lookups_of(filter.iter().chain(plans.iter().map(|plan| &plan.expr))),
            filter,
            fields: plans,
            key: table.key.clone(),
            keep: table.keep,
            order_by: table.order_by.clone(),
            rules: Ruleset::default(),
            on_failure: table.on_failure,
            spark_sql: String::new(),
        }),
        _ => None,
    };
    TypedSilver { plan, known }
}

/// A column is required in the table when the steward says so: deduced from expressions, an edit that adds
/// `if_missing` would change the schema in a way that Iceberg forbids.
fn schema_columns(plans: &[FieldPlan], descriptions: &IndexMap<String, Option<String>>) -> Vec<Column> {
    plans
        .iter()
        .map(|plan| Column {
            name: plan.name.clone(),
            data_type: plan.expr.data_type.clone(),
            required: plan.required,
            description: descriptions.get(&plan.name).cloned().flatten(),
        })
        .collect()
}

fn lookups_of<'expr>(expressions: impl Iterator<Item = &'expr Expr>) -> Vec<TableName> {
    let mut tables = std::collections::BTreeSet::new();
    for expr in expressions {
        expr.visit(&mut |part| {
            if let ExprKind::Lookup { table, .. } = &part.kind {
                tables.insert(table.clone());
            }
        });
    }
    tables.into_iter().collect()
}

fn relation_of_source(
    pipeline: &Pipeline,
    table: &SilverTable,
    path: &DocPath,
    reporter: &mut Reporter<'_>,
) -> ScopeRelation {
    let sources_path = DocPath::root().key("sources");
    let mut relation = ScopeRelation {
        alias: Some(ColumnRef::SOURCE.to_owned()),
        qualifiers: vec![vec![table.from.clone()], vec![ColumnRef::SOURCE.to_owned()]],
        rank: 1,
        ..ScopeRelation::default()
    };
    if let Some(source) = pipeline.sources.get(&table.from) {
        let (pipeline, source_name) = (pipeline.pipeline.clone(), table.from.clone());
        let decl = Decl::Source(pipeline.clone(), source_name.clone());
        reporter.names.push(NameUse::whole(path.key("from"), decl.clone()));
        relation.named = Some(Arc::new((decl, vec![source_name.clone()])));
        relation.owner = Some(Arc::new(Owner::Source(pipeline, source_name)));
        relation.open = reporter.was_broken(&sources_path.key(&table.from).key("contract"));
        relation.columns = source
            .contract()
            .iter()
            .map(|field| ScopeColumn {
                name: field.name.clone(),
                data_type: Some(field.data_type.clone()),
                nullable: !field.required,
                origin: None,
            })
            .collect();
    } else {
        relation.open = true;
        if !reporter.was_broken(&sources_path) {
            let help = suggest(&table.from, pipeline.sources.keys().map(String::as_str), "sources")
                .or_else(|| Some("add it under `sources`".to_owned()));
            reporter.at_value(
                &path.key("from"),
                Finding::error(At::START, "unknown-source", format!("there is no source `{}`", table.from))
                    .maybe_help(help),
            );
        }
    }
    relation
}

/// Whether all the named columns exist and none stands twice.
pub(crate) fn check_columns(
    names: &[String],
    path: &DocPath,
    what: &str,
    (table, known): (&TableName, &KnownTable),
    reporter: &mut Reporter<'_>,
) -> bool {
    let mut right = true;
    for (index, name) in names.iter().enumerate() {
        if known.column(name).is_some() {
            let decl = Decl::Column(table.clone(), name.clone());
            reporter.names.push(NameUse::whole(path.index(index), decl));
        }
        let finding = if known.column(name).is_none() {
            if known.open {
                continue;
            }
            let help = suggest(name, known.columns.iter().map(|column| column.name.as_str()), "columns");
            Finding::error(
                At::START,
                "unknown-column",
                format!("{what} names `{name}`, and there is no such column"),
            )
            .maybe_help(help)
        } else if names.iter().take(index).any(|earlier| earlier == name) {
            Finding::error(At::START, "duplicate-name", format!("{what} names `{name}` twice"))
                .help("remove one of the two")
        } else {
            continue;
        };
        reporter.at_value(&path.index(index), finding);
        right = false;
    }
    right
}

fn check_order_by(
    table: &SilverTable,
    path: &DocPath,
    (own, known): (&TableName, &KnownTable),
    reporter: &mut Reporter<'_>,
) -> bool {
    let Some(order_by) = &table.order_by else { return true };
    let path = path.key("order_by");
    let Some(column) = known.column(order_by) else {
        if !known.open {
            let help = suggest(order_by, known.columns.iter().map(|column| column.name.as_str()), "fields");
            reporter.at_value(
                &path,
                Finding::error(At::START, "unknown-column", format!("there is no field `{order_by}`"))
                    .maybe_help(help),
            );
        }
        return known.open;
    };
    reporter.names.push(NameUse::whole(path.clone(), Decl::Column(own.clone(), order_by.clone())));
    if column.data_type.as_ref().is_some_and(|data_type| !data_type.is_ordered()) {
        reporter.at_value(
            &path,
            Finding::error(At::START, "wrong-type", format!("values of `{order_by}` have no order"))
                .help("choose a date, a number or text"),
        );
        return false;
    }
    if table.key.is_empty() {
        reporter.at_value(
            &path,
            Finding::warning(
                At::START,
                "unused-key",
                "`order_by` chooses among rows with the same key, and there is no `key`",
            )
            .help("add `key: […]`, or remove `order_by`"),
        );
    }
    true
}

/// Partition fields, for both layers.
pub(crate) type Partitions = Option<Vec<PartitionField>>;
