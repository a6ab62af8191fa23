//! The cells that are selected, and how they are copied.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use super::cell::copy_text;
use super::{Cell, GridRows};

/// Cells that are looked at to copy at once; more are fetched first.
const AT_ONCE: u64 = 20_000;

/// A block of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) rows: RangeInclusive<u64>,
    pub(crate) columns: RangeInclusive<usize>,
}

impl Selection {
    pub(super) fn between(one: (u64, usize), other: (u64, usize)) -> Self {
        Self {
            rows: one.0.min(other.0)..=one.0.max(other.0),
            columns: one.1.min(other.1)..=one.1.max(other.1),
        }
    }

    pub(super) fn contains(&self, row: u64, column: usize) -> bool {
        self.rows.contains(&row) && self.columns.contains(&column)
    }

    /// How many rows and columns.
    pub(crate) fn size(&self) -> (u64, usize) {
        (self.rows.end() - self.rows.start() + 1, self.columns.end() - self.columns.start() + 1)
    }

    /// The cells as lines of tab-separated values; none where some are not here yet.
    pub(super) fn text(&self, rows: &dyn GridRows, header: bool) -> Option<String> {
        let (how_many, _) = self.size();
        if how_many > AT_ONCE {
            return None;
        }
        if how_many == 1 && self.columns.start() == self.columns.end() && !header {
            return copy_text(&rows.cell(*self.rows.start(), *self.columns.start())).map(Cow::into_owned);
        }
        let names = rows.columns();
        let mut lines = Vec::new();
        if header {
            let names = self.columns.clone().filter_map(|column| names.get(column));
            lines.push(names.map(|column| quoted(&column.name)).collect::<Vec<_>>().join("\t"));
        }
        for row in self.rows.clone() {
            let mut line = Vec::new();
            for column in self.columns.clone() {
                let cell: Cell<'_> = rows.cell(row, column);
                line.push(quoted(&copy_text(&cell)?).into_owned());
            }
            lines.push(line.join("\t"));
        }
        Some(lines.join("\n"))
    }
}

/// A value as spreadsheets take it: quoted where it holds a tab, a line end or a quote at its beginning.
pub(super) fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains(['\t', '\n', '\r']) || text.starts_with('"') {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{GridColumn, Listed};
    use super::*;

    #[test]
    fn a_block_is_copied_as_spreadsheets_take_it() {
        let listed = Listed {
            columns: vec![GridColumn::data("Name"), GridColumn::numbers("Qty"), GridColumn::data("Note")],
            rows: vec![
                vec![Cell::Text("a\tb".into()), Cell::Text("1".into()), Cell::Null],
                vec![Cell::Text("c".into()), Cell::Pending, Cell::Blank],
            ],
        };
        let first = Selection { rows: 0..=0, columns: 0..=2 };
        assert_eq!(first.text(&listed, false).as_deref(), Some("\"a\tb\"\t1\t"));
        assert_eq!(first.text(&listed, true).as_deref(), Some("Name\tQty\tNote\n\"a\tb\"\t1\t"));
        let one = Selection::between((0, 0), (0, 0));
        assert_eq!(one.text(&listed, false).as_deref(), Some("a\tb"));
        assert_eq!(Selection { rows: 0..=1, columns: 1..=1 }.text(&listed, false), None, "not all are here");
    }
}
