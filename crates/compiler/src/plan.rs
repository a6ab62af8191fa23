//! What the compiler gives: everything an engine needs to run a pipeline, with no name left to resolve.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use touchstone_spec::{ContractField, CsvFormat, DataType, Keep, OnFailure, TableName};

use crate::{ColumnRef, Expr, Ruleset};

/// A pipeline that can run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompiledPipeline {
    /// Name of the pipeline.
    pub name: String,
    /// Its sources, by name.
    pub sources: IndexMap<String, CompiledSource>,
    /// Its silver tables, by name, in an order in which each reads only tables before it.
    pub silver: IndexMap<String, SilverPlan>,
    /// Its gold tables, by name, in an order in which each reads only tables before it.
    pub gold: IndexMap<String, GoldPlan>,
    /// Tables of other pipelines that it reads, sorted.
    pub reads: Vec<TableName>,
}

impl CompiledPipeline {
    /// The schemas of all its tables, silver first.
    pub fn schemas(&self) -> impl Iterator<Item = &TableSchema> {
        self.silver.values().map(|plan| &plan.schema).chain(self.gold.values().map(|plan| &plan.schema))
    }
}

/// A source: its bronze table has the contract's columns as text, and `_source_file`, `_record`, `_line`, `_byte`,
/// `_loaded_at`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompiledSource {
    /// Name of the source, and of its bronze table.
    pub name: String,
    /// Dialect of its files.
    pub format: CsvFormat,
    /// Sample file, relative to the workspace.
    pub sample: Option<String>,
    /// Columns that a file promises, in order. With a header, columns are found by name and may stand in any order;
    /// without one, by position.
    pub contract: Vec<ContractField>,
}

/// A table's columns and keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableSchema {
    /// Name of the table.
    pub name: TableName,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Columns that together name a row; may be empty.
    pub key: Vec<String>,
    /// Partitions of the Iceberg table; may be empty.
    pub partition_by: Vec<PartitionField>,
    /// What one row is.
    pub description: Option<String>,
}

impl TableSchema {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Name of the column.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// Whether it never holds null.
    pub required: bool,
    /// What it means.
    pub description: Option<String>,
}

/// One field of an Iceberg partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionField {
    /// Column that the partition is made from.
    pub column: String,
    /// How.
    pub transform: Transform,
}

/// Iceberg's partition transforms (source: Iceberg table specification, "Partition Transforms").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// The value itself.
    Identity,
    /// Its year.
    Year,
    /// Its year and month.
    Month,
    /// Its day.
    Day,
    /// Its hash, modulo this number.
    Bucket(u32),
    /// Its first characters, or the number rounded down to a multiple.
    Truncate(u32),
}

/// How a silver table is made. The steps, in order:
/// contract (text to types; a record that breaks it is quarantined), filter, fields, de-duplication by key, rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SilverPlan {
    /// The table.
    pub schema: TableSchema,
    /// Source it is made from, of the same pipeline.
    pub source: String,
    /// Records for which this isn't true are filtered. Over the source's columns ([`ColumnRef::SOURCE`]).
    pub filter: Option<Expr>,
    /// Fields, in order; each may use those above it.
    pub fields: Vec<FieldPlan>,
    /// Fields that together name a row; no de-duplication when empty.
    pub key: Vec<String>,
    /// Which of the rows with one key stays.
    pub keep: Keep,
    /// Field by whose value the latest or first is chosen, before the order in the file.
    pub order_by: Option<String>,
    /// Quality rules.
    pub rules: Ruleset,
    /// What happens when a rule fails.
    pub on_failure: OnFailure,
    /// Tables it looks into, sorted.
    pub lookups: Vec<TableName>,
    /// The same as Spark SQL: one SELECT over the typed source `source` and the lookup tables.
    pub spark_sql: String,
}

/// How a field of a silver table is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldPlan {
    /// Name of the field.
    pub name: String,
    /// Its value, already converted to the field's type, `if_missing` included.
    pub expr: Expr,
    /// Whether a row without a value is quarantined.
    pub required: bool,
    /// The expression or the column as the steward wrote it, for reports and lineage.
    pub source_text: String,
}

/// How a gold table is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoldPlan {
    /// The table.
    pub schema: TableSchema,
    /// The query; its output columns are the schema's, by name and in order.
    pub query: Relation,
    /// The SQL as the steward wrote it.
    pub sql: String,
    /// Tables it reads, sorted.
    pub reads: Vec<TableName>,
    /// Quality rules.
    pub rules: Ruleset,
    /// What happens when a rule fails.
    pub on_failure: OnFailure,
    /// The same as Spark SQL.
    pub spark_sql: String,
}

/// A query as a tree of relational operators. Each operator's columns are named by [`ColumnRef::physical`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Rows of a table. Gives columns `alias.name`.
    Scan {
        /// Table that is read.
        table: TableName,
        /// Alias of the relation, unique in the query.
        alias: String,
        /// Columns that are used.
        columns: Vec<String>,
    },
    /// Rows of a subquery or common table expression under an alias. Takes bare columns, gives `alias.name`.
    Alias {
        /// The subquery.
        input: Box<Relation>,
        /// Its alias, unique in the query.
        alias: String,
    },
    /// Rows for which the predicate is true.
    Filter {
        /// Rows that come in.
        input: Box<Relation>,
        /// Boolean.
        predicate: Expr,
    },
    /// Pairs of rows. Gives the columns of both sides.
    Join {
        /// Left side.
        left: Box<Relation>,
        /// Right side.
        right: Box<Relation>,
        /// Which join.
        kind: JoinKind,
        /// Pairs of expressions (left side, right side) of one type that must be equal; nulls never are.
        on: Vec<(Expr, Expr)>,
        /// Further condition over the columns of both sides.
        residual: Option<Expr>,
    },
    /// One row per group. Gives the bare columns of `group_by` and `aggregates`.
    Aggregate {
        /// Rows that come in.
        input: Box<Relation>,
        /// Values that make a group (nulls are equal); none: one group of all rows, even of no rows.
        group_by: Vec<NamedExpr>,
        /// What is computed per group.
        aggregates: Vec<Aggregate>,
    },
    /// New columns, bare.
    Project {
        /// Rows that come in.
        input: Box<Relation>,
        /// The columns.
        columns: Vec<NamedExpr>,
    },
    /// Rows that differ. Nulls are equal.
    Distinct {
        /// Rows that come in.
        input: Box<Relation>,
    },
    /// Rows of all inputs, which have the same bare columns.
    UnionAll {
        /// The inputs, at least two.
        inputs: Vec<Relation>,
    },
    /// Rows in order.
    Sort {
        /// Rows that come in.
        input: Box<Relation>,
        /// Sort keys, the most significant first.
        keys: Vec<SortKey>,
    },
    /// The first rows.
    Limit {
        /// Rows that come in.
        input: Box<Relation>,
        /// How many.
        rows: u64,
    },
}

/// An expression and the name of its column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedExpr {
    /// Name of the column, bare.
    pub name: String,
    /// Its value.
    pub expr: Expr,
}

/// An aggregate and the name of its column. `expr.kind` is [`crate::ExprKind::Aggregate`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Aggregate {
    /// Name of the column, bare.
    pub name: String,
    /// The aggregate.
    pub expr: Expr,
}

/// Joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinKind {
    /// Pairs that match.
    Inner,
    /// Pairs that match, and left rows without a match with nulls on the right.
    Left,
    /// All pairs (`on` is empty).
    Cross,
}

/// One sort key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SortKey {
    /// Column that is sorted by.
    pub column: ColumnRef,
    /// Greatest first.
    pub descending: bool,
    /// Nulls first; Spark's default is first when ascending and last when descending.
    pub nulls_first: bool,
}
