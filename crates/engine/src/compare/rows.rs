//! Which row of one snapshot is which row of the other.

use std::cmp::Ordering;

use polars::prelude::{IntoSeries, Series};

use super::{RowChange, columns::comparable};
use crate::{
    Cancelled, EngineError, Table,
    cancel::{ROWS_BETWEEN, go_on},
    expression::row_order,
    keys::Keys,
};

/// A row before, a row after, or both.
#[derive(Debug)]
pub(super) struct Match {
    pub(super) change: RowChange,
    pub(super) before: Option<usize>,
    pub(super) after: Option<usize>,
    /// Columns whose values differ, as places in the comparison's columns.
    pub(super) changed: Vec<u16>,
}

/// Matches rows, in the order of their keys; rows that match are taken to be the same.
pub(super) fn matches(
    before: Option<&Table>,
    after: &Table,
    key: &[String],
    cancelled: Cancelled<'_>,
    place: &str,
) -> Result<Vec<Match>, EngineError> {
    let height_after = after.frame.height();
    let Some(before) = before else {
        let all = (0..height_after).map(|row| (None, Some(row)));
        let order = ordered(&key_series(None, after, key)?);
        return Ok(sorted(all.collect(), 0, &order?));
    };
    let height_before = before.frame.height();
    let names = names(before, after, key);
    if names.is_empty() {
        let gone = (0..height_before).map(|row| (Some(row), None));
        let came = (0..height_after).map(|row| (None, Some(row)));
        return Ok(gone.chain(came).map(|(before, after)| matched(before, after)).collect());
    }
    let stacked = key_series(Some(before), after, &names)?;
    go_on(cancelled, place)?;
    let groups = Keys::new(&stacked, height_before + height_after)?.groups();
    go_on(cancelled, place)?;
    let mut sides: Vec<(Vec<usize>, Vec<usize>)> = vec![(Vec::new(), Vec::new()); groups.len()];
    for (row, group) in groups.of_row.iter().enumerate() {
        if row % ROWS_BETWEEN == 0 {
            go_on(cancelled, place)?;
        }
        if let Some((before, after)) = sides.get_mut(*group) {
            if row < height_before { before.push(row) } else { after.push(row - height_before) }
        }
    }
    let mut pairs = Vec::with_capacity(height_before.max(height_after));
    for (before, after) in sides {
        let rows = before.len().max(after.len());
        pairs.extend((0..rows).map(|place| (before.get(place).copied(), after.get(place).copied())));
    }
    Ok(sorted(pairs, height_before, &ordered(&stacked)?))
}

type Pair = (Option<usize>, Option<usize>);
type Orders = Vec<Box<dyn Fn(usize, usize) -> Ordering>>;

fn matched(before: Option<usize>, after: Option<usize>) -> Match {
    let change = match (before, after) {
        (None, _) => RowChange::Added,
        (_, None) => RowChange::Removed,
        _ => RowChange::Same,
    };
    Match { change, before, after, changed: Vec::new() }
}

/// Columns by which rows are matched: the key, or without one all that both have.
fn names(before: &Table, after: &Table, key: &[String]) -> Vec<String> {
    if !key.is_empty() {
        return key.to_vec();
    }
    let shared = |name: &str| before.columns.iter().any(|column| column.name == name);
    after.columns.iter().filter(|column| shared(&column.name)).map(|column| column.name.clone()).collect()
}

/// The values of these columns, those before on top of those after.
fn key_series(before: Option<&Table>, after: &Table, names: &[String]) -> Result<Vec<Series>, EngineError> {
    names
        .iter()
        .map(|name| {
            let Some(before) = before else { return Ok(after.series(name)?.clone()) };
            let (mut stacked, below) = comparable((before, name), (after, name))?;
            stacked.append(&below.with_name(stacked.name().clone()))?;
            Ok(stacked.rechunk().into_series())
        })
        .collect()
}

fn ordered(columns: &[Series]) -> Result<Orders, EngineError> {
    columns.iter().map(row_order).collect()
}

/// In the order of their keys; rows of one key stay as they are.
fn sorted(mut pairs: Vec<Pair>, height_before: usize, orders: &Orders) -> Vec<Match> {
    let row = |pair: &Pair| pair.0.or(pair.1.map(|row| row + height_before)).unwrap_or(0);
    pairs.sort_by(|left, right| {
        orders
            .iter()
            .map(|order| order(row(left), row(right)))
            .find(|ordering| *ordering != Ordering::Equal)
            .unwrap_or(Ordering::Equal)
    });
    pairs.into_iter().map(|(before, after)| matched(before, after)).collect()
}
