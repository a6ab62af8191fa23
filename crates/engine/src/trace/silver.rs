//! A silver table made again, with the records that its rows came from.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::DataFrame;
use touchstone_compiler::{CompiledSource, ExprKind, SilverPlan};
use touchstone_spec::{Layer, TableName};

use super::{
    ColumnUse, SourceFile, TracedLookup, TracedRow,
    tables::{changed, matched},
};
use crate::{
    Cancelled, EngineError, SnapshotInfo, Table, Warehouse,
    bronze::Bronze,
    cancel::go_on,
    expression::{Evaluator, Tables, gather, rows_with, table},
    page::texts,
    relation::take,
    silver::Passage,
};

/// A silver table as the warehouse has it, and the mapping that made it, run again.
#[derive(Debug)]
pub(super) struct MadeSilver {
    plan: SilverPlan,
    source: CompiledSource,
    snapshot: String,
    /// Rows of the snapshot.
    pub(super) stored: Table,
    /// The bronze table.
    bronze: Table,
    /// Typed columns of the source and fields of the rows that are left after de-duplication.
    rows: DataFrame,
    /// For each of these its row in bronze.
    origins: Vec<usize>,
    /// For each stored row its place in `rows`.
    from: Vec<Option<usize>>,
    /// Bronze rows that gave way to a bronze row.
    gave_way: BTreeMap<usize, Vec<usize>>,
    /// The tables that were looked into.
    tables: Tables,
    /// Their snapshots.
    snapshots: BTreeMap<TableName, String>,
}

impl MadeSilver {
    pub(super) fn fits(
        &self,
        name: &TableName,
        snapshot: &SnapshotInfo,
        plan: &SilverPlan,
        source: &CompiledSource,
    ) -> bool {
        self.snapshot == snapshot.id
            && self.plan.schema.name == *name
            && self.plan == *plan
            && self.source == *source
    }

    pub(super) async fn again(
        warehouse: &Warehouse,
        snapshot: &SnapshotInfo,
        plan: &SilverPlan,
        source: &CompiledSource,
        cancelled: Cancelled<'_>,
    ) -> Result<Self, EngineError> {
        let name = &plan.schema.name;
        let place = name.to_string();
        let stored = warehouse.read_snapshot(name, &snapshot.id).await?;
        let bronze_name = TableName::new(&name.pipeline, Layer::Bronze, &plan.source);
        let seen = warehouse.seen_by(&bronze_name, snapshot).await?.ok_or_else(|| changed(name))?;
        let bronze = warehouse.read_snapshot(&bronze_name, &seen.id).await?;
        let mut tables = Tables::new();
        let mut snapshots = BTreeMap::new();
        for lookup in &plan.lookups {
            if let Some(seen) = warehouse.seen_by(lookup, snapshot).await? {
                tables.insert(lookup.clone(), warehouse.read_snapshot(lookup, &seen.id).await?);
                snapshots.insert(lookup.clone(), seen.id);
            }
        }
        let watch = |_: u64| go_on(cancelled, &place);
        let bronze = Bronze::stored(bronze, source)?;
        let mut passage = Passage::begin(plan, source, &bronze, &tables, &watch)?;
        passage.filter(&watch)?;
        passage.map(&watch)?;
        passage.deduplicate(&watch)?;
        let from = matched(&stored, &passage.table()?)?;
        let mut gave_way: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (lost, kept) in &passage.lost {
            gave_way.entry(*kept).or_default().push(*lost);
        }
        let (rows, origins) = passage.into_rows();
        Ok(Self {
            plan: plan.clone(),
            source: source.clone(),
            snapshot: snapshot.id.clone(),
            stored,
            bronze: bronze.table,
            rows,
            origins,
            from,
            gave_way,
            tables,
            snapshots,
        })
    }

    /// Adds to these stored rows their records, those that gave way to them, and what the fields `used` looked up.
    pub(super) fn follow(
        &self,
        stored: &[usize],
        file: &SourceFile<'_>,
        usage: &dyn Fn(&str) -> ColumnUse,
        used: &BTreeSet<&str>,
        traced: &mut [TracedRow],
    ) -> Result<(), EngineError> {
        let made = stored
            .iter()
            .map(|row| self.from.get(*row).copied().flatten())
            .collect::<Option<Vec<usize>>>()
            .ok_or_else(|| changed(&self.plan.schema.name))?;
        let origins: Vec<usize> = made.iter().filter_map(|row| self.origins.get(*row).copied()).collect();
        // All records are looked up at once: the file is opened once.
        let lost: Vec<&[usize]> =
            origins.iter().map(|origin| self.gave_way.get(origin).map_or(&[][..], Vec::as_slice)).collect();
        let all: Vec<usize> =
            origins.iter().copied().chain(lost.iter().copied().flatten().copied()).collect();
        let mut records = file.records(&self.bronze, &all, usage)?.into_iter();
        for row in traced.iter_mut() {
            row.record = records.next();
        }
        for (row, lost) in traced.iter_mut().zip(&lost) {
            row.gave_way = records.by_ref().take(lost.len()).collect();
        }
        for (row, lookups) in traced.iter_mut().zip(self.lookups(&made, used)?) {
            row.lookups = lookups;
        }
        Ok(())
    }

    /// What the fields `used` looked up in other tables, row by row.
    fn lookups(&self, rows: &[usize], used: &BTreeSet<&str>) -> Result<Vec<Vec<TracedLookup>>, EngineError> {
        let mut traced: Vec<Vec<TracedLookup>> = vec![Vec::new(); rows.len()];
        let places: Vec<Option<usize>> = rows.iter().map(|row| Some(*row)).collect();
        let frame = take(&self.rows, &places)?;
        let evaluator = Evaluator { rows: &frame, tables: &self.tables };
        for field in self.plan.fields.iter().filter(|field| used.contains(field.name.as_str())) {
            let mut found = Vec::new();
            field.expr.visit(&mut |expr| {
                if let ExprKind::Lookup { table, by, key, column } = &expr.kind {
                    found.push((table, by, key, column, &expr.data_type));
                }
            });
            for (name, by, key, column, data_type) in found {
                let keys = evaluator.evaluate(key)?;
                let matches = rows_with(table(&self.tables, name)?, by, &keys)?;
                let values = gather(table(&self.tables, name)?.series(column)?, &matches)?;
                let keys = texts(&keys, &key.data_type)?;
                let values = texts(&values, data_type)?;
                for (((traced, key), row), value) in traced.iter_mut().zip(keys).zip(matches).zip(values) {
                    traced.push(TracedLookup {
                        field: field.name.clone(),
                        table: name.clone(),
                        snapshot: self.snapshots.get(name).cloned(),
                        by: by.clone(),
                        key,
                        row: row.map(|row| row as u64),
                        column: column.clone(),
                        value,
                    });
                }
            }
        }
        Ok(traced)
    }
}
