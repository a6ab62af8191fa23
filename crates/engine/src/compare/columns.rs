//! Columns of two snapshots, and which of their values differ.

use polars::prelude::{IntoSeries, NewChunkedArray, Series, StringChunked};
use serde::{Deserialize, Serialize};
use touchstone_spec::DataType;

use super::{ChangeCounts, RowChange, rows::Match};
use crate::{
    Cancelled, EngineError, Table, cancel::go_on, expression::gather, keys::Keys, page::texts, types::text_of,
};

/// A column of one of the snapshots, or of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedColumn {
    /// Its name: the one after, where there is one.
    pub name: String,
    /// Its type before; none when it wasn't there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<DataType>,
    /// Its type after; none when it went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<DataType>,
    /// What became of it.
    pub change: ColumnChange,
    /// In how many of the rows that both snapshots have its value differs.
    pub changed_values: u64,
}

/// What became of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ColumnChange {
    /// It is as it was.
    Same,
    /// Only the snapshot after has it.
    Added,
    /// Only the snapshot before has it.
    Removed,
    /// Its type is another. Values are compared as text, decimals without the zeros at their end.
    Retyped,
    /// It had another name: a column of that name and this type went, and in every row that both snapshots have its
    /// values were these.
    Renamed {
        /// Its name before.
        from: String,
    },
}

impl ComparedColumn {
    /// Its name in the snapshot before.
    fn name_before(&self) -> Option<&str> {
        match &self.change {
            ColumnChange::Added => None,
            ColumnChange::Renamed { from } => Some(from),
            _ => Some(&self.name),
        }
    }
}

/// Columns, and rows with what became of them.
pub(super) struct Compared {
    pub(super) columns: Vec<ComparedColumn>,
    pub(super) matches: Vec<Match>,
    pub(super) counts: ChangeCounts,
}

/// Compares the values of the rows that match.
pub(super) fn compared(
    before: Option<&Table>,
    after: &Table,
    key: &[String],
    matches: &[Match],
    cancelled: Cancelled<'_>,
    place: &str,
) -> Result<Compared, EngineError> {
    let mut columns = union(before, after);
    let both: Vec<usize> = matches
        .iter()
        .enumerate()
        .filter(|(_, row)| row.before.is_some() && row.after.is_some())
        .map(|(at, _)| at)
        .collect();
    let rows = |side: fn(&Match) -> Option<usize>| -> Vec<Option<usize>> {
        both.iter().filter_map(|at| matches.get(*at)).map(side).collect()
    };
    let (rows_before, rows_after) = (rows(|row| row.before), rows(|row| row.after));
    let mut changed: Vec<Vec<u16>> = vec![Vec::new(); matches.len()];
    if let Some(before) = before {
        let differing = |from: &str, to: &str| -> Result<(Vec<bool>, bool), EngineError> {
            go_on(cancelled, place)?;
            let (before, after) = comparable((before, from), (after, to))?;
            let before = gather(&before, &rows_before)?;
            let after = gather(&after, &rows_after)?;
            let valued = after.null_count() < after.len();
            let before = Keys::new(&[before], rows_before.len())?;
            let after = Keys::new(&[after], rows_after.len())?;
            Ok(((0..both.len()).map(|row| !before.same(row, &after, row)).collect(), valued))
        };
        // Rows that were matched as a whole say nothing about a column that came.
        if !key.is_empty() {
            find_renamed(&mut columns, &differing)?;
        }
        for (place, column) in columns.iter_mut().enumerate() {
            let (ColumnChange::Same | ColumnChange::Retyped) = column.change else { continue };
            let (differs, _) = differing(&column.name, &column.name)?;
            for (at, differs) in both.iter().zip(differs) {
                if let (true, Some(changed), Ok(place)) =
                    (differs, changed.get_mut(*at), u16::try_from(place))
                {
                    changed.push(place);
                    column.changed_values += 1;
                }
            }
        }
    }
    let mut counts = ChangeCounts::default();
    let matches = matches
        .iter()
        .zip(changed)
        .map(|(row, changed)| {
            let change = match row.change {
                RowChange::Same if !changed.is_empty() => RowChange::Changed,
                change => change,
            };
            *match change {
                RowChange::Added => &mut counts.added,
                RowChange::Removed => &mut counts.removed,
                RowChange::Changed => &mut counts.changed,
                RowChange::Same => &mut counts.same,
            } += 1;
            Match { change, before: row.before, after: row.after, changed }
        })
        .collect();
    Ok(Compared { columns, matches, counts })
}

/// All columns: those after, then those that went.
fn union(before: Option<&Table>, after: &Table) -> Vec<ComparedColumn> {
    let Some(before) = before else {
        return after
            .columns
            .iter()
            .map(|column| ComparedColumn {
                name: column.name.clone(),
                before: None,
                after: Some(column.data_type.clone()),
                change: ColumnChange::Added,
                changed_values: 0,
            })
            .collect();
    };
    let find = |table: &Table, name: &str| {
        table.columns.iter().find(|column| column.name == name).map(|column| column.data_type.clone())
    };
    let there = after.columns.iter().map(|column| {
        let was = find(before, &column.name);
        let change = match &was {
            None => ColumnChange::Added,
            Some(was) if *was == column.data_type => ColumnChange::Same,
            Some(_) => ColumnChange::Retyped,
        };
        ComparedColumn {
            name: column.name.clone(),
            before: was,
            after: Some(column.data_type.clone()),
            change,
            changed_values: 0,
        }
    });
    let gone = before.columns.iter().filter(|column| find(after, &column.name).is_none()).map(|column| {
        ComparedColumn {
            name: column.name.clone(),
            before: Some(column.data_type.clone()),
            after: None,
            change: ColumnChange::Removed,
            changed_values: 0,
        }
    });
    there.chain(gone).collect()
}

/// In which of the rows that both have two columns differ, and whether there is a value after at all.
type Differing<'rows> = dyn Fn(&str, &str) -> Result<(Vec<bool>, bool), EngineError> + 'rows;

/// Joins a column that went and one that came where all values say that they are one.
fn find_renamed(columns: &mut Vec<ComparedColumn>, differing: &Differing<'_>) -> Result<(), EngineError> {
    let mut gone: Vec<ComparedColumn> =
        columns.iter().filter(|column| column.change == ColumnChange::Removed).cloned().collect();
    for column in columns.iter_mut().filter(|column| column.change == ColumnChange::Added) {
        for (at, candidate) in gone.iter().enumerate() {
            if candidate.before != column.after {
                continue;
            }
            let (differs, valued) = differing(&candidate.name, &column.name)?;
            if valued && !differs.contains(&true) {
                let candidate = gone.remove(at);
                column.before = candidate.before;
                column.change = ColumnChange::Renamed { from: candidate.name };
                break;
            }
        }
    }
    columns.retain(|column| column.change != ColumnChange::Removed || gone.contains(column));
    Ok(())
}

/// A column of each side as values of one type: their own, or text where the types differ.
pub(super) fn comparable(
    (before, name_before): (&Table, &str),
    (after, name_after): (&Table, &str),
) -> Result<(Series, Series), EngineError> {
    let find = |table: &Table, name: &str| {
        table
            .columns
            .iter()
            .find(|column| column.name == name)
            .map(|column| column.data_type.clone())
            .ok_or_else(|| EngineError::internal("comparison", format!("there is no column `{name}`")))
    };
    let (type_before, type_after) = (find(before, name_before)?, find(after, name_after)?);
    let (before, after) = (before.series(name_before)?, after.series(name_after)?);
    Ok(if type_before == type_after {
        (before.clone(), after.clone())
    } else {
        (plain_text(before, &type_before)?, plain_text(after, &type_after)?)
    })
}

/// Values as text; a decimal without the zeros at its end, so that another scale alone is no change.
fn plain_text(series: &Series, data_type: &DataType) -> Result<Series, EngineError> {
    let texts = text_of(series, data_type)?;
    if !matches!(data_type, DataType::Decimal { scale: 1.., .. }) {
        return Ok(texts.into_series());
    }
    let trimmed = texts.iter().map(|text| text.map(|text| text.trim_end_matches('0').trim_end_matches('.')));
    Ok(StringChunked::from_iter_options(texts.name().clone(), trimmed).into_series())
}

/// The values before of some rows, as text.
pub(super) fn texts_before(
    columns: &[ComparedColumn],
    table: Option<&Table>,
    rows: &[Option<usize>],
) -> Result<Vec<Vec<Option<String>>>, EngineError> {
    texts_of(table, rows, columns.iter().map(|column| (column.name_before(), column.before.as_ref())))
}

/// The values after of some rows, as text.
pub(super) fn texts_after(
    columns: &[ComparedColumn],
    table: &Table,
    rows: &[Option<usize>],
) -> Result<Vec<Vec<Option<String>>>, EngineError> {
    texts_of(
        Some(table),
        rows,
        columns.iter().map(|column| (Some(column.name.as_str()), column.after.as_ref())),
    )
}

fn texts_of<'columns>(
    table: Option<&Table>,
    rows: &[Option<usize>],
    columns: impl Iterator<Item = (Option<&'columns str>, Option<&'columns DataType>)>,
) -> Result<Vec<Vec<Option<String>>>, EngineError> {
    let mut shown: Vec<Vec<Option<String>>> = vec![Vec::new(); rows.len()];
    for column in columns {
        let values = match (table, column) {
            (Some(table), (Some(name), Some(data_type))) => {
                texts(&gather(table.series(name)?, rows)?, data_type)?
            }
            _ => vec![None; rows.len()],
        };
        for (row, value) in shown.iter_mut().zip(values) {
            row.push(value);
        }
    }
    Ok(shown)
}
