//! From rows of a query back to the rows of the tables that made them.

use touchstone_compiler::Relation;
use touchstone_spec::TableName;

use crate::relation::{Links, Made};

/// Rows of a table that a query reads.
#[derive(Debug)]
pub(crate) struct Origin<'plan> {
    pub(crate) table: &'plan TableName,
    /// Alias of the table in the query: one table may be read twice.
    pub(crate) alias: &'plan str,
    /// Rows, each once, in order.
    pub(crate) rows: Vec<usize>,
}

impl Made {
    /// For each table that the query reads, from left to right, the rows that made these rows of its result. Rows of
    /// a group made the group's row; equal rows made the one that `distinct` keeps. `relation` is what was run.
    pub(crate) fn origins<'plan>(&self, relation: &'plan Relation, rows: &[usize]) -> Vec<Origin<'plan>> {
        let mut origins = Vec::new();
        self.collect(relation, rows.to_vec(), &mut origins);
        origins
    }

    fn collect<'plan>(&self, relation: &'plan Relation, rows: Vec<usize>, origins: &mut Vec<Origin<'plan>>) {
        if let Relation::Scan { table, alias, .. } = relation {
            origins.push(Origin { table, alias, rows });
            return;
        }
        let relations = relation.inputs();
        let mut offset = 0;
        for (place, (input, relation)) in self.inputs.iter().zip(relations).enumerate() {
            let height = input.rows.height();
            let below: Vec<usize> = match &self.links {
                Links::Scan | Links::Same => rows.clone(),
                Links::Rows(from) => rows.iter().filter_map(|row| from.get(*row).copied()).collect(),
                Links::Pairs(pairs) => rows
                    .iter()
                    .filter_map(|row| pairs.get(*row))
                    .filter_map(|(left, right)| if place == 0 { Some(*left) } else { *right })
                    .collect(),
                Links::Groups(members) => {
                    rows.iter().filter_map(|row| members.get(*row)).flatten().copied().collect()
                }
                Links::Stacked => rows
                    .iter()
                    .filter_map(|row| row.checked_sub(offset).filter(|row| *row < height))
                    .collect(),
            };
            offset += height;
            input.collect(relation, each_once(below), origins);
        }
    }
}

fn each_once(mut rows: Vec<usize>) -> Vec<usize> {
    rows.sort_unstable();
    rows.dedup();
    rows
}
