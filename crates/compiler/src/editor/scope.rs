//! What a text may name: the columns and tables around the place where it stands.

use std::collections::BTreeMap;

use touchstone_spec::{DataType, Layer, Pipeline, TableName};

use crate::{
    Column, ColumnRef, KnownColumn, KnownTable, Tables,
    typing::scope::{Scope, ScopeColumn, ScopeRelation, not_yet_fields},
};

/// What an expression may name.
#[derive(Debug, Clone, Default)]
pub struct ExpressionScope {
    /// Pipeline that the expression stands in.
    pub pipeline: String,
    /// Fields above the expression; for a rule's filter, the columns of its table.
    pub fields: Vec<KnownColumn>,
    /// Columns of the source, with the source's name.
    pub source: Option<(String, Vec<KnownColumn>)>,
    /// Whether there may be columns that errors hide: then an unknown name is no error.
    pub open: bool,
    /// The field that the expression makes, which can't name itself.
    pub itself: Option<String>,
    /// Fields that stand below, which can't be named yet.
    pub below: Vec<String>,
    /// Type that the whole expression should have, where one is declared.
    pub expected: Option<DataType>,
    /// Values that a column is known to hold, by its name: completed behind a comparison.
    pub values: BTreeMap<String, Vec<String>>,
    /// Tables for lookups.
    pub tables: Tables,
    /// Whether `lookup` may stand here.
    pub lookups: bool,
}

impl ExpressionScope {
    /// Only these columns, no lookups.
    pub fn of_columns(columns: &[Column]) -> Self {
        Self { fields: columns.iter().map(known).collect(), ..Self::default() }
    }

    /// What the expression of `field` of a silver table may name; for a field that isn't there yet, all fields. None
    /// when the pipeline has no such table.
    pub fn of_field(pipeline: &Pipeline, table: &str, field: &str, tables: &Tables) -> Option<Self> {
        let silver = pipeline.silver.get(table)?;
        let mut scope = Self::of_filter(pipeline, table, tables)?;
        let name = TableName::new(&pipeline.pipeline, Layer::Silver, table);
        let known = tables.get(&name);
        let position = silver.fields.get_index_of(field).unwrap_or(silver.fields.len());
        scope.fields = silver
            .fields
            .iter()
            .take(position)
            .map(|(above, mapping)| {
                // Errors elsewhere may have kept the table from being typed.
                known.and_then(|known| known.column(above)).cloned().unwrap_or_else(|| KnownColumn {
                    name: above.clone(),
                    data_type: mapping.data_type.clone(),
                    nullable: !mapping.required,
                    description: mapping.description.clone(),
                })
            })
            .collect();
        scope.itself = silver.fields.contains_key(field).then(|| field.to_owned());
        scope.below = silver.fields.keys().skip(position + 1).cloned().collect();
        scope.expected = silver.fields.get(field).and_then(|mapping| mapping.data_type.clone());
        Some(scope)
    }

    /// What the filter (`where`) of a silver table may name: the source's columns. None when the pipeline has no such
    /// table.
    pub fn of_filter(pipeline: &Pipeline, table: &str, tables: &Tables) -> Option<Self> {
        let silver = pipeline.silver.get(table)?;
        let source = pipeline.sources.get(&silver.from);
        let columns = source.map(touchstone_spec::Source::contract).unwrap_or_default();
        let columns = columns
            .iter()
            .map(|field| KnownColumn {
                name: field.name.clone(),
                data_type: Some(field.data_type.clone()),
                nullable: !field.required,
                description: field.description.clone(),
            })
            .collect();
        Some(Self {
            pipeline: pipeline.pipeline.clone(),
            source: Some((silver.from.clone(), columns)),
            open: source.is_none(),
            tables: tables.clone(),
            lookups: true,
            ..Self::default()
        })
    }

    /// What the filter of a rule may name: the columns of its table.
    pub fn of_rule(table: &KnownTable) -> Self {
        Self { fields: table.columns.clone(), open: table.open, ..Self::default() }
    }

    /// Every column with the text that names it here, fields first.
    pub(crate) fn named(&self) -> impl Iterator<Item = (String, &KnownColumn)> {
        let fields = self.fields.iter().map(|column| (super::column_names::written(&column.name), column));
        let source = self.source.iter().flat_map(|(_, columns)| columns).map(|column| {
            let written = super::column_names::written(&column.name);
            let is_shadowed = self.fields.iter().any(|field| field.name == column.name);
            (if is_shadowed { format!("{}.{written}", ColumnRef::SOURCE) } else { written }, column)
        });
        fields.chain(source)
    }

    /// The column that is written so, quotes and qualifier included.
    pub(crate) fn column(&self, name: &str) -> Option<&KnownColumn> {
        let all = || self.fields.iter().chain(self.source.iter().flat_map(|(_, columns)| columns));
        all()
            .find(|column| column.name == name)
            .or_else(|| all().find(|column| column.name.to_lowercase() == name.to_lowercase()))
    }

    pub(crate) fn to_scope(&self) -> Scope {
        let fields = ScopeRelation {
            columns: self.fields.iter().map(scope_column).collect(),
            open: self.open,
            ..ScopeRelation::default()
        };
        let source = self.source.as_ref().map(|(name, columns)| ScopeRelation {
            alias: Some(ColumnRef::SOURCE.to_owned()),
            qualifiers: vec![vec![name.clone()], vec![ColumnRef::SOURCE.to_owned()]],
            columns: columns.iter().map(scope_column).collect(),
            open: self.open,
            rank: 1,
            ..ScopeRelation::default()
        });
        let hints = not_yet_fields(self.itself.as_ref(), &self.below);
        Scope { relations: std::iter::once(fields).chain(source).collect(), hints }
    }
}

/// What a gold query may name.
#[derive(Debug, Clone, Default)]
pub struct GoldScope {
    /// Pipeline that the query stands in.
    pub pipeline: String,
    /// The gold table that it makes, which it can't read.
    pub table: Option<String>,
    /// Tables that it may read.
    pub tables: Tables,
}

fn known(column: &Column) -> KnownColumn {
    KnownColumn {
        name: column.name.clone(),
        data_type: Some(column.data_type.clone()),
        nullable: !column.required,
        description: column.description.clone(),
    }
}

fn scope_column(column: &KnownColumn) -> ScopeColumn {
    ScopeColumn {
        name: column.name.clone(),
        data_type: column.data_type.clone(),
        nullable: column.nullable,
        origin: None,
    }
}
