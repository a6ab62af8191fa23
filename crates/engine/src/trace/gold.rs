//! A gold table made again, with where its rows came from.

use touchstone_compiler::GoldPlan;
use touchstone_spec::TableName;

use super::tables::{changed, matched};
use crate::{
    Cancelled, EngineError, SnapshotInfo, Table, Warehouse,
    expression::Tables,
    gold,
    provenance::Origin,
    relation::{Made, Query},
};

/// A gold table as the warehouse has it, and the query that made it, run again.
#[derive(Debug)]
pub(super) struct MadeGold {
    plan: GoldPlan,
    snapshot: String,
    /// Rows of the snapshot.
    pub(super) stored: Table,
    made: Made,
    /// For each stored row the query's row.
    from: Vec<Option<usize>>,
    /// The snapshots that the query read.
    inputs: Vec<(TableName, Option<SnapshotInfo>)>,
}

impl MadeGold {
    pub(super) fn fits(&self, name: &TableName, snapshot: &SnapshotInfo, plan: &GoldPlan) -> bool {
        self.snapshot == snapshot.id && self.plan.schema.name == *name && self.plan == *plan
    }

    pub(super) async fn again(
        warehouse: &Warehouse,
        snapshot: &SnapshotInfo,
        plan: &GoldPlan,
        cancelled: Cancelled<'_>,
    ) -> Result<Self, EngineError> {
        let stored = warehouse.read_snapshot(&plan.schema.name, &snapshot.id).await?;
        let mut tables = Tables::new();
        let mut inputs = Vec::new();
        for name in &plan.reads {
            let seen = warehouse.seen_by(name, snapshot).await?;
            if let Some(seen) = &seen {
                tables.insert(name.clone(), warehouse.read_snapshot(name, &seen.id).await?);
            }
            inputs.push((name.clone(), seen));
        }
        let made = Query { tables: &tables, cancelled }.trace(&plan.query)?;
        let from = matched(&stored, &gold::result(plan, &made.rows)?)?;
        Ok(Self { plan: plan.clone(), snapshot: snapshot.id.clone(), stored, made, from, inputs })
    }

    /// For each table that the query reads, the rows that made these stored rows, and the snapshot they stand in.
    pub(super) fn origins(
        &self,
        rows: &[usize],
    ) -> Result<Vec<(Origin<'_>, Option<SnapshotInfo>)>, EngineError> {
        let from = rows
            .iter()
            .map(|row| self.from.get(*row).copied().flatten())
            .collect::<Option<Vec<usize>>>()
            .ok_or_else(|| changed(&self.plan.schema.name))?;
        let snapshot = |table: &TableName| {
            self.inputs.iter().find(|(name, _)| name == table).and_then(|(_, snapshot)| snapshot.clone())
        };
        Ok(self
            .made
            .origins(&self.plan.query, &from)
            .into_iter()
            .map(|origin| {
                let snapshot = snapshot(origin.table);
                (origin, snapshot)
            })
            .collect())
    }
}
