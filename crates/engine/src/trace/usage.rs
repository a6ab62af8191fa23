//! Which columns have to do with a cell, read off the lineage.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use touchstone_compiler::{Lineage, LineageNode};
use touchstone_spec::TableName;

/// What a column has to do with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnUse {
    /// Nothing.
    None,
    /// It decides which rows went into the cell: a filter, a join, a group, a key.
    Rows,
    /// Its values went into the cell's value: computed with, or looked up by.
    Value,
}

/// Columns of one table that something is asked about.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted(BTreeMap<String, ColumnUse>);

impl Wanted {
    /// One column, for its values.
    pub(crate) fn value(column: &str) -> Self {
        Self(BTreeMap::from([(column.to_owned(), ColumnUse::Value)]))
    }

    /// Several columns, for their values.
    pub(crate) fn all(columns: &[String]) -> Self {
        Self(columns.iter().map(|column| (column.clone(), ColumnUse::Value)).collect())
    }

    /// What a column has to do with it.
    pub(crate) fn usage(&self, column: &str) -> ColumnUse {
        self.0.get(column).copied().unwrap_or(ColumnUse::None)
    }

    fn add(&mut self, column: &str, usage: ColumnUse) -> bool {
        let known = self.0.entry(column.to_owned()).or_insert(ColumnUse::None);
        let grows = usage > *known;
        *known = usage.max(*known);
        grows
    }

    /// Adds the columns of `table` itself that its wanted columns are made from.
    pub(crate) fn within(mut self, lineage: &Lineage, table: &TableName) -> Self {
        let node = LineageNode::Table { name: table.clone() };
        loop {
            let mut grew = false;
            for edge in lineage.column_edges.iter().filter(|edge| edge.to == node && edge.from.node == node) {
                let usage = match &edge.column {
                    Some(column) => self.usage(column),
                    None => ColumnUse::Rows,
                };
                grew |= self.add(&edge.from.column, usage);
            }
            if !grew {
                return self;
            }
        }
    }

    /// The columns of `from` that the wanted columns of `table` are made from.
    pub(crate) fn below(&self, lineage: &Lineage, table: &TableName, from: &TableName) -> Self {
        let to = LineageNode::Table { name: table.clone() };
        let node = LineageNode::Table { name: from.clone() };
        let mut below = Self::default();
        for edge in lineage.column_edges.iter().filter(|edge| edge.to == to && edge.from.node == node) {
            let usage = match &edge.column {
                Some(column) => self.usage(column),
                None => ColumnUse::Rows,
            };
            if usage > ColumnUse::None {
                below.add(&edge.from.column, usage);
            }
        }
        below
    }

    /// The columns whose values go in.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        self.0
            .iter()
            .filter(|(_, usage)| **usage == ColumnUse::Value)
            .map(|(name, _)| name.as_str())
            .collect()
    }
}
