//! Rows by key: which rows have equal values in some columns. De-duplication, joins, lookups, groups and the rules
//! about uniqueness all stand on this.
//!
//! Groups are numbered in the order in which they first appear, so everything built on them keeps the order of its
//! input.

use std::collections::{HashMap, VecDeque};

use polars::prelude::{DataType as Physical, Series};

use crate::EngineError;

/// Encoded keys of the rows of some columns.
pub(crate) struct Keys {
    /// One key per row, one after the other.
    bytes: Vec<u8>,
    /// Where each row's key ends.
    ends: Vec<usize>,
    /// Whether a column of the row is null.
    nulls: Vec<bool>,
}

impl Keys {
    /// Encodes the rows. Without columns, all rows have one key; `height` says how many there are.
    pub(crate) fn new(columns: &[Series], height: usize) -> Result<Self, EngineError> {
        // One column, the usual key, needs no buffer per row.
        if let [column] = columns {
            let mut keys = Self {
                bytes: Vec::new(),
                ends: Vec::with_capacity(height),
                nulls: Vec::with_capacity(height),
            };
            encode(column, &mut keys)?;
            return Ok(keys);
        }
        let mut rows = Rows { cells: vec![Vec::new(); height], nulls: vec![false; height], next: 0 };
        for column in columns {
            rows.next = 0;
            encode(column, &mut rows)?;
        }
        let mut bytes = Vec::with_capacity(rows.cells.iter().map(Vec::len).sum());
        let mut ends = Vec::with_capacity(height);
        for cell in rows.cells {
            bytes.extend_from_slice(&cell);
            ends.push(bytes.len());
        }
        Ok(Self { bytes, ends, nulls: rows.nulls })
    }

    /// How many rows.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The key of a row.
    fn key(&self, row: usize) -> &[u8] {
        let start = if row == 0 { 0 } else { self.ends.get(row - 1).copied().unwrap_or(0) };
        self.ends.get(row).and_then(|end| self.bytes.get(start..*end)).unwrap_or_default()
    }

    /// Whether a row has the key that a row of other columns of these types has; null is equal to null.
    pub(crate) fn same(&self, row: usize, other: &Self, other_row: usize) -> bool {
        self.key(row) == other.key(other_row)
    }

    /// For each row the row of `others` with its key, null being equal to null; of several the first that no row
    /// before has taken.
    pub(crate) fn rows_in(&self, others: &Self) -> Vec<Option<usize>> {
        let mut waiting: HashMap<&[u8], VecDeque<usize>> = HashMap::new();
        for row in 0..others.len() {
            waiting.entry(others.key(row)).or_default().push_back(row);
        }
        (0..self.len()).map(|row| waiting.get_mut(self.key(row)).and_then(VecDeque::pop_front)).collect()
    }

    /// Whether a column of the row's key is null.
    pub(crate) fn has_null(&self, row: usize) -> bool {
        self.nulls.get(row).copied().unwrap_or(false)
    }

    /// The groups of equal keys.
    pub(crate) fn groups(&self) -> Groups {
        let mut numbers: HashMap<&[u8], usize> = HashMap::new();
        let mut of_row = Vec::with_capacity(self.len());
        let mut first_rows = Vec::new();
        for row in 0..self.len() {
            let group = *numbers.entry(self.key(row)).or_insert_with(|| {
                first_rows.push(row);
                first_rows.len() - 1
            });
            of_row.push(group);
        }
        Groups { of_row, first_rows }
    }

    /// Rows by key, for joins: rows whose key has a null are left out, since null equals nothing.
    pub(crate) fn index(&self) -> HashMap<&[u8], Vec<usize>> {
        let mut index: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for row in (0..self.len()).filter(|row| !self.has_null(*row)) {
            index.entry(self.key(row)).or_default().push(row);
        }
        index
    }

    /// The rows of an index that have the key of this row.
    pub(crate) fn matches<'index>(
        &self,
        row: usize,
        index: &'index HashMap<&[u8], Vec<usize>>,
    ) -> &'index [usize] {
        if self.has_null(row) { &[] } else { index.get(self.key(row)).map_or(&[], Vec::as_slice) }
    }
}

/// Rows in groups of equal keys.
pub(crate) struct Groups {
    /// Group of each row.
    pub(crate) of_row: Vec<usize>,
    /// First row of each group.
    pub(crate) first_rows: Vec<usize>,
}

impl Groups {
    /// The rows of each group, in order.
    pub(crate) fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.len()];
        for (row, group) in self.of_row.iter().enumerate() {
            if let Some(members) = members.get_mut(*group) {
                members.push(row);
            }
        }
        members
    }

    /// How many groups.
    pub(crate) fn len(&self) -> usize {
        self.first_rows.len()
    }
}

/// Takes the values of a column, row by row.
trait Sink {
    /// Appends to the key of the next row; `null` says whether the value is null.
    fn append(&mut self, null: bool, write: impl FnOnce(&mut Vec<u8>));
}

impl Sink for Keys {
    fn append(&mut self, null: bool, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.bytes);
        self.ends.push(self.bytes.len());
        self.nulls.push(null);
    }
}

/// Keys of several columns on their way: each row's so far.
struct Rows {
    cells: Vec<Vec<u8>>,
    nulls: Vec<bool>,
    next: usize,
}

impl Sink for Rows {
    fn append(&mut self, null: bool, write: impl FnOnce(&mut Vec<u8>)) {
        if let (Some(cell), Some(is_null)) = (self.cells.get_mut(self.next), self.nulls.get_mut(self.next)) {
            write(cell);
            *is_null |= null;
        }
        self.next += 1;
    }
}

/// Appends each value to its row's key: a byte that tells null from a value, then the value at its full width, text
/// with its length in front.
fn encode(column: &Series, sink: &mut impl Sink) -> Result<(), EngineError> {
    let physical = column.to_physical_repr();
    macro_rules! fixed {
        ($values:expr, $normal:expr) => {
            put($values.iter(), sink, |cell, value| cell.extend_from_slice(&$normal(value).to_le_bytes()))
        };
    }
    match physical.dtype() {
        Physical::Boolean => put(physical.bool()?.iter(), sink, |cell, value| cell.push(value.into())),
        Physical::Int32 => fixed!(physical.i32()?, std::convert::identity),
        Physical::Int64 => fixed!(physical.i64()?, std::convert::identity),
        Physical::Int128 => fixed!(physical.i128()?, std::convert::identity),
        Physical::Float32 => fixed!(physical.f32()?, |value: f32| normal(f64::from(value))),
        Physical::Float64 => fixed!(physical.f64()?, normal),
        Physical::String => {
            put(physical.str()?.iter(), sink, |cell, value| sized(cell, value.as_bytes()));
        }
        Physical::Binary => put(physical.binary()?.iter(), sink, sized),
        Physical::Null => put(std::iter::repeat_n(None, column.len()), sink, |_, (): ()| ()),
        other => return Err(EngineError::internal("keys", format!("no key can be made from {other}"))),
    }
    Ok(())
}

fn put<T>(values: impl Iterator<Item = Option<T>>, sink: &mut impl Sink, append: impl Fn(&mut Vec<u8>, T)) {
    for value in values {
        sink.append(value.is_none(), |cell| match value {
            Some(value) => {
                cell.push(1);
                append(cell, value);
            }
            None => cell.push(0),
        });
    }
}

fn sized(cell: &mut Vec<u8>, bytes: &[u8]) {
    cell.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    cell.extend_from_slice(bytes);
}

/// The two zeros are equal, and so are all NaNs.
fn normal(value: f64) -> f64 {
    if value.is_nan() {
        f64::NAN
    } else if value == 0.0 {
        0.0
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::Keys;
    use polars::prelude::{NamedFrom, Series};

    #[test]
    fn groups_are_numbered_as_they_appear_and_null_is_a_value() {
        let letters = Series::new("a".into(), &[Some("x"), None, Some("x"), Some("xy"), None]);
        let numbers = Series::new("b".into(), &[1, 2, 1, 1, 2]);
        let keys = Keys::new(&[letters, numbers], 5).unwrap();
        let groups = keys.groups();
        assert_eq!(groups.of_row, [0, 1, 0, 2, 1]);
        assert_eq!(groups.first_rows, [0, 1, 3]);
        assert!(keys.has_null(1) && !keys.has_null(0));
        assert!(keys.matches(1, &keys.index()).is_empty());
        assert_eq!(keys.matches(2, &keys.index()), [0, 2]);
    }

    #[test]
    fn the_two_zeros_are_one_key_and_so_are_all_nans() {
        let values = Series::new("a".into(), &[0.0, -0.0, f64::NAN, -f64::NAN]);
        assert_eq!(Keys::new(&[values], 4).unwrap().groups().of_row, [0, 0, 1, 1]);
    }

    #[test]
    fn one_column_and_several_are_encoded_alike() {
        let letters = Series::new("a".into(), &[Some("x"), None, Some(""), Some("x")]);
        let none = Series::new("b".into(), &[0, 0, 0, 0]);
        let one = Keys::new(std::slice::from_ref(&letters), 4).unwrap();
        let two = Keys::new(&[letters, none], 4).unwrap();
        assert_eq!(one.groups().of_row, two.groups().of_row);
        let nulls = |keys: &Keys| (0..4).map(|row| keys.has_null(row)).collect::<Vec<_>>();
        assert_eq!(nulls(&one), nulls(&two));
        assert_eq!(one.rows_in(&one), [Some(0), Some(1), Some(2), Some(3)]);
    }

    #[test]
    fn without_columns_all_rows_are_one_group() {
        assert_eq!(Keys::new(&[], 3).unwrap().groups().of_row, [0, 0, 0]);
        assert_eq!(Keys::new(&[], 0).unwrap().groups().len(), 0);
    }
}
