//! Two snapshots of a table side by side: rows that came, went and changed, and columns that did.
//!
//! Rows are matched by the table's key; rows that share one are matched in their order. Without a key whole rows are
//! counted: one that stands twice before and once after is one row that stayed and one that went. A row has changed
//! when a value differs in a column that both snapshots have; a column that came or went is told of as such and changes
//! no row.

mod columns;
mod rows;

use serde::{Deserialize, Serialize};
use touchstone_spec::TableName;

use crate::{Cancelled, EngineError, ErrorKind, SnapshotInfo, Table, Warehouse, cancel::go_on};
pub use columns::{ColumnChange, ComparedColumn};
use rows::Match;

/// Which snapshots are compared, and how their rows are matched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareOptions {
    /// Id of the snapshot before, or of the run that made it; when absent, the newest one before `after` that another run made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Id of the snapshot after, or of the run that made it; when absent, the current one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Columns that name a row, where the table itself has no key: the group columns of a gold table
    /// ([`crate::group_columns`]), say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowChange {
    /// Only the snapshot after has it.
    Added,
    /// Only the snapshot before has it.
    Removed,
    /// Both have its key, with other values.
    Changed,
    /// Both have it.
    Same,
}

/// How many rows became what: `before = removed + changed + same`, `after = added + changed + same`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeCounts {
    /// Rows that only the snapshot after has.
    pub added: u64,
    /// Rows that only the snapshot before has.
    pub removed: u64,
    /// Rows whose values differ.
    pub changed: u64,
    /// Rows that are the same.
    pub same: u64,
}

/// What a comparison found, without the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonSummary {
    /// The table.
    pub table: TableName,
    /// The snapshot before; none when the table was made for the first time, and all rows are new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<SnapshotInfo>,
    /// The snapshot after.
    pub after: SnapshotInfo,
    /// Columns by which rows were matched; empty when whole rows were counted.
    pub key: Vec<String>,
    /// How many rows became what.
    pub counts: ChangeCounts,
    /// All columns of both snapshots: those of the one after in its order, then those that went.
    pub columns: Vec<ComparedColumn>,
}

/// One row of a comparison. Values stand in the order of [`ComparisonSummary::columns`]; a column that a snapshot
/// doesn't have gives none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedRow {
    /// What became of it.
    pub change: RowChange,
    /// Its values before, as text; none for null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Vec<Option<String>>>,
    /// Its values after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<Option<String>>>,
    /// Columns whose values differ, as places in [`ComparisonSummary::columns`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<usize>,
}

/// Some rows of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedPage {
    /// The rows, ordered by their key.
    pub rows: Vec<ComparedRow>,
    /// How many rows there are of the kinds asked for.
    pub total: u64,
}

/// A comparison, kept for paging.
#[derive(Debug)]
pub struct Comparison {
    summary: ComparisonSummary,
    before: Option<Table>,
    after: Table,
    /// In the order of their keys.
    matches: Vec<Match>,
}

/// Compares two snapshots of a table.
///
/// # Errors
/// When the table or a snapshot isn't there or can't be read, when `options.key` names a column that a snapshot lacks,
/// or when the caller cancels.
pub async fn compare(
    warehouse: &Warehouse,
    table: &TableName,
    options: &CompareOptions,
    cancelled: Cancelled<'_>,
) -> Result<Comparison, EngineError> {
    let place = table.to_string();
    let snapshots = warehouse.snapshots(table).await?;
    let named = |id: &str| {
        let named = |snapshot: &SnapshotInfo| snapshot.id == id || snapshot.run_id.as_deref() == Some(id);
        snapshots.iter().position(named).ok_or_else(|| {
            EngineError::new(
                ErrorKind::Missing,
                &place,
                format!("the table has no snapshot {id}, and no run of this id wrote it"),
                "choose one of its snapshots",
            )
        })
    };
    let at = match &options.after {
        Some(id) => Some(named(id)?),
        None => snapshots.iter().position(|snapshot| snapshot.current),
    };
    let Some((at, info)) = at.and_then(|at| Some((at, snapshots.get(at)?.clone()))) else {
        return Err(EngineError::new(
            ErrorKind::Missing,
            &place,
            "the table has no rows yet",
            format!("simulate the pipeline `{}` first", table.pipeline),
        ));
    };
    let before_info = match &options.before {
        Some(id) => snapshots.get(named(id)?).cloned(),
        // Snapshots come newest first.
        None => snapshots.iter().skip(at + 1).find(|snapshot| snapshot.run_id != info.run_id).cloned(),
    };
    let after = warehouse.read_snapshot(table, &info.id).await?;
    go_on(cancelled, &place)?;
    let before = match &before_info {
        Some(before) => Some(warehouse.read_snapshot(table, &before.id).await?),
        None => None,
    };
    go_on(cancelled, &place)?;
    let key =
        key(warehouse, table, options, (&info, &after), before_info.as_ref().zip(before.as_ref())).await?;
    let found = rows::matches(before.as_ref(), &after, &key, cancelled, &place)?;
    let columns = columns::compared(before.as_ref(), &after, &key, &found, cancelled, &place)?;
    Ok(Comparison {
        summary: ComparisonSummary {
            table: table.clone(),
            before: before_info,
            after: info,
            key,
            counts: columns.counts,
            columns: columns.columns,
        },
        before,
        after,
        matches: columns.matches,
    })
}

/// Columns by which rows are matched: the table's key when both snapshots know it, else those that the caller names.
async fn key(
    warehouse: &Warehouse,
    table: &TableName,
    options: &CompareOptions,
    (info, after): (&SnapshotInfo, &Table),
    before: Option<(&SnapshotInfo, &Table)>,
) -> Result<Vec<String>, EngineError> {
    let has = |table: &Table, key: &[String]| {
        key.iter().all(|name| table.columns.iter().any(|column| column.name == *name))
    };
    let own = warehouse.key(table, &info.id).await?;
    if !own.is_empty() && before.is_none_or(|(_, before)| has(before, &own)) {
        return Ok(own);
    }
    let both = has(after, &options.key) && before.is_none_or(|(_, before)| has(before, &options.key));
    // A key that only one of them has can't match rows: whole rows are counted then.
    Ok(if both { options.key.clone() } else { Vec::new() })
}

impl Comparison {
    /// What was found.
    pub fn summary(&self) -> &ComparisonSummary {
        &self.summary
    }

    /// `limit` rows of these kinds (of all kinds, when none is named), from row `offset` of them.
    ///
    /// # Errors
    /// When a value can't be written as text, which is a fault of ours.
    pub fn page(
        &self,
        kinds: &[RowChange],
        offset: usize,
        limit: usize,
    ) -> Result<ComparedPage, EngineError> {
        let wanted = |row: &&Match| kinds.is_empty() || kinds.contains(&row.change);
        let total = self.matches.iter().filter(wanted).count() as u64;
        let shown: Vec<&Match> = self.matches.iter().filter(wanted).skip(offset).take(limit).collect();
        let before: Vec<Option<usize>> = shown.iter().map(|row| row.before).collect();
        let after: Vec<Option<usize>> = shown.iter().map(|row| row.after).collect();
        let before = columns::texts_before(&self.summary.columns, self.before.as_ref(), &before)?;
        let after = columns::texts_after(&self.summary.columns, &self.after, &after)?;
        let rows = shown
            .iter()
            .zip(before)
            .zip(after)
            .map(|((row, before), after)| ComparedRow {
                change: row.change,
                before: row.before.is_some().then_some(before),
                after: row.after.is_some().then_some(after),
                changed: row.changed.iter().map(|place| usize::from(*place)).collect(),
            })
            .collect();
        Ok(ComparedPage { rows, total })
    }
}
