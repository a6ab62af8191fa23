//! The order of rows by their values.
//!
//! A column's order is kept as one number per row, its rank, with equal ranks for equal values. Rows are then ordered
//! by counting ranks, column after column, which keeps rows that are equal in the order they had.

use touchstone_spec::DataType;

use super::{
    Column, Work,
    cells::{Cell, Key, key},
    files::Rows,
};
use crate::EngineError;

/// Ranks of rows that have a bad text, and of those without a value: behind all values.
const BAD: u32 = u32::MAX - 1;
const NULL: u32 = u32::MAX;

/// The rank of every row in the order of one column.
#[derive(Debug)]
pub(super) struct Ranks {
    ranks: Vec<u32>,
    /// How many different values there are.
    distinct: u32,
}

/// Values of some rows, as they are read.
struct Keys {
    small: Vec<(i64, u32)>,
    wide: Vec<(i128, u32)>,
    bytes: Vec<u8>,
    spans: Vec<Text>,
    bad: Vec<u32>,
}

/// One text: its first eight bytes, which decide most comparisons, and where all of it stands.
struct Text {
    head: u64,
    start: usize,
    length: u32,
    row: u32,
}

impl Keys {
    fn new() -> Self {
        Self { small: Vec::new(), wide: Vec::new(), bytes: Vec::new(), spans: Vec::new(), bad: Vec::new() }
    }

    fn push(&mut self, row: u32, cell: Cell<'_>) {
        match cell {
            Cell::Null => {}
            Cell::Bad => self.bad.push(row),
            Cell::Value(value) => match key(value) {
                None => {}
                Some(Key::Small(key)) => self.small.push((key, row)),
                Some(Key::Wide(key)) => self.wide.push((key, row)),
                Some(Key::Bytes(text)) => {
                    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
                    self.spans.push(Text { head: head(&text), start: self.bytes.len(), length, row });
                    self.bytes.extend_from_slice(&text);
                }
            },
        }
    }

    fn append(&mut self, other: &mut Self) {
        let shift = self.bytes.len();
        self.small.append(&mut other.small);
        self.wide.append(&mut other.wide);
        self.bytes.append(&mut other.bytes);
        self.spans.extend(other.spans.drain(..).map(|text| Text { start: text.start + shift, ..text }));
        self.bad.append(&mut other.bad);
    }
}

/// The first eight bytes as a number that is ordered as they are.
fn head(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (slot, byte) in bytes.iter_mut().zip(text) {
        *slot = *byte;
    }
    u64::from_be_bytes(bytes)
}

impl Ranks {
    /// Reads a column and ranks its rows.
    pub(super) fn of(rows: &Rows, column: &Column, work: &Work<'_>) -> Result<Self, EngineError> {
        let parts = rows.scan(&[column.place], &rows.spans(), work, Keys::new, |keys, first, arrays| {
            let Some(array) = arrays.first() else { return Ok(()) };
            let mut row = first;
            column.reading.each_cell(array, &column.about.data_type, |cell| {
                keys.push(row, cell);
                row += 1;
            })
        })?;
        let mut keys = Keys::new();
        for mut part in parts {
            keys.append(&mut part);
        }
        work.advance(0)?;
        let mut ranks =
            Self { ranks: vec![NULL; usize::try_from(rows.len()).unwrap_or(usize::MAX)], distinct: 0 };
        for row in &keys.bad {
            ranks.set(*row, BAD);
        }
        match column.about.data_type {
            DataType::String | DataType::Binary => {
                let bytes = &keys.bytes;
                let text = |text: &Text| {
                    bytes
                        .get(text.start..text.start + usize::try_from(text.length).unwrap_or(0))
                        .unwrap_or_default()
                };
                keys.spans.sort_unstable_by(|one, other| {
                    one.head.cmp(&other.head).then_with(|| text(one).cmp(text(other)))
                });
                ranks.assign(
                    &keys.spans,
                    |text| text.row,
                    |one, other| one.head == other.head && text(one) == text(other),
                );
            }
            _ => {
                keys.small.sort_unstable();
                ranks.assign(&keys.small, |(_, row)| *row, |one, other| one.0 == other.0);
                keys.wide.sort_unstable();
                ranks.assign(&keys.wide, |(_, row)| *row, |one, other| one.0 == other.0);
            }
        }
        Ok(ranks)
    }

    fn set(&mut self, row: u32, rank: u32) {
        if let Some(slot) = usize::try_from(row).ok().and_then(|row| self.ranks.get_mut(row)) {
            *slot = rank;
        }
    }

    fn assign<T>(&mut self, sorted: &[T], row: impl Fn(&T) -> u32, same: impl Fn(&T, &T) -> bool) {
        let mut before: Option<&T> = None;
        for key in sorted {
            if before.is_none_or(|before| !same(before, key)) {
                self.distinct += 1;
            }
            before = Some(key);
            self.set(row(key), self.distinct - 1);
        }
    }

    /// Puts rows in order; rows of one rank stay as they stand.
    pub(super) fn order(&self, rows: &[u32], descending: bool) -> Vec<u32> {
        let slot = |row: &u32| {
            let rank =
                usize::try_from(*row).ok().and_then(|row| self.ranks.get(row)).copied().unwrap_or(NULL);
            let slot = match rank {
                NULL => self.distinct + 1,
                BAD => self.distinct,
                rank if descending => self.distinct - 1 - rank,
                rank => rank,
            };
            usize::try_from(slot).unwrap_or(usize::MAX)
        };
        let distinct = usize::try_from(self.distinct).unwrap_or(usize::MAX);
        // Few rows of many: counting would cost more than comparing.
        if rows.len() < distinct / 16 {
            let mut ordered = rows.to_vec();
            ordered.sort_by_key(slot);
            return ordered;
        }
        let mut starts = vec![0_usize; distinct + 3];
        for row in rows {
            if let Some(start) = starts.get_mut(slot(row) + 1) {
                *start += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut ordered = vec![0; rows.len()];
        for row in rows {
            if let Some(start) = starts.get_mut(slot(row)) {
                if let Some(place) = ordered.get_mut(*start) {
                    *place = *row;
                }
                *start += 1;
            }
        }
        ordered
    }
}
