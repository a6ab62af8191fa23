//! Rows of data, fetched in pages when they come into view.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use touchstone_protocol::{CellView, ColumnView, DataView, RpcError};

use crate::remote::{Remote, Ticket};

/// Rows in one page.
pub const PAGE_ROWS: u64 = 200;
/// Pages that are kept; those farthest from what is looked at go first.
const KEPT_PAGES: usize = 40;

/// Rows of one query over data.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    columns: Vec<ColumnView>,
    total: Option<u64>,
    complete: bool,
    pages: BTreeMap<u64, Remote<PageRows>>,
    /// Pages that show what was before the last change.
    stale: bool,
}

/// The rows of one page.
#[derive(Debug, Clone, Default)]
pub(crate) struct PageRows {
    cells: Vec<Vec<CellView>>,
    row_ids: Vec<u64>,
    bad: BTreeMap<(usize, usize), String>,
    null_texts: BTreeSet<(usize, usize)>,
    stale: bool,
}

/// One row, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub enum Row<'a> {
    /// On its way.
    Pending,
    /// Its page could not be fetched.
    Failed,
    /// Here.
    Known {
        /// One cell per column.
        cells: &'a [CellView],
        /// Where it is stored, from zero.
        id: Option<u64>,
    },
}

impl Rows {
    /// The columns, empty until the first page is here.
    pub fn columns(&self) -> &[ColumnView] {
        &self.columns
    }

    /// Rows in all, once known.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Whether the total is final.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Why a cell doesn't read as its column's type; none where it does.
    pub fn bad(&self, row: u64, column: usize) -> Option<&str> {
        let page = self.pages.get(&(row / PAGE_ROWS))?.value()?;
        let place = usize::try_from(row % PAGE_ROWS).ok()?;
        page.bad.get(&(place, column)).map(String::as_str)
    }

    /// Whether a cell's text stands for 'no value'.
    pub fn is_null_text(&self, row: u64, column: usize) -> bool {
        let page = self.pages.get(&(row / PAGE_ROWS)).and_then(Remote::value);
        let place = usize::try_from(row % PAGE_ROWS).unwrap_or(usize::MAX);
        page.is_some_and(|page| page.null_texts.contains(&(place, column)))
    }

    /// Row number `row`, from zero.
    pub fn row(&self, row: u64) -> Row<'_> {
        let Some(page) = self.pages.get(&(row / PAGE_ROWS)) else { return Row::Pending };
        let Some(rows) = page.value() else {
            return if page.error().is_some() { Row::Failed } else { Row::Pending };
        };
        let place = usize::try_from(row % PAGE_ROWS).unwrap_or(usize::MAX);
        match rows.cells.get(place) {
            Some(cells) => Row::Known { cells, id: rows.row_ids.get(place).copied() },
            None => Row::Pending,
        }
    }

    /// Why a page could not be fetched.
    pub fn error(&self) -> Option<&RpcError> {
        self.pages.values().find_map(Remote::error)
    }

    /// Whether any page is on its way.
    pub fn is_pending(&self) -> bool {
        self.pages.values().any(Remote::is_pending)
    }

    /// Pages to fetch so that the rows of `visible` can be shown. A page that failed waits for a retry.
    pub(crate) fn missing(&self, visible: &Range<u64>) -> Vec<u64> {
        let last = self.total.map_or(0, |total| total.saturating_sub(1) / PAGE_ROWS);
        let pages = visible.start / PAGE_ROWS..=(visible.end.saturating_sub(1) / PAGE_ROWS).min(last);
        let needed = |page: &u64| match self.pages.get(page) {
            None => true,
            Some(page) if page.is_pending() || page.error().is_some() => false,
            Some(page) => page.value().is_none_or(|rows| rows.stale),
        };
        pages.filter(needed).collect()
    }

    pub(crate) fn begin(&mut self, page: u64, ticket: Ticket) {
        self.pages.entry(page).or_default().begin(ticket);
        while self.pages.len() > KEPT_PAGES {
            let farthest = self.pages.keys().copied().max_by_key(|kept| kept.abs_diff(page));
            let Some(farthest) = farthest else { break };
            self.pages.remove(&farthest);
        }
    }

    pub(crate) fn finish(&mut self, page: u64, ticket: Ticket, result: Result<DataView, RpcError>) {
        let Some(slot) = self.pages.get_mut(&page) else { return };
        match result {
            Err(error) => {
                slot.finish(ticket, Err(error));
            }
            Ok(answer) => {
                let bad = answer.bad.into_iter().map(|cell| ((cell.row, cell.column), cell.reason));
                let rows = PageRows {
                    cells: answer.rows,
                    row_ids: answer.row_ids,
                    bad: bad.collect(),
                    null_texts: answer.null_texts.iter().map(|cell| (cell.row, cell.column)).collect(),
                    stale: false,
                };
                if !slot.finish(ticket, Ok(rows)) {
                    return;
                }
                if self.stale && answer.columns != self.columns {
                    // Other columns now: rows of before no longer fit below them.
                    self.pages.retain(|kept, _| *kept == page);
                }
                self.stale = false;
                self.columns = answer.columns;
                self.total = Some(answer.total);
                self.complete = answer.complete;
                let pages = answer.total.div_ceil(PAGE_ROWS).max(1);
                self.pages.retain(|kept, _| *kept < pages);
            }
        }
    }

    /// What is here was true before a change; it stays in sight until the new rows come.
    pub(crate) fn make_stale(&mut self) {
        self.stale = true;
        self.pages.retain(|_, page| page.value().is_some());
        for page in self.pages.values_mut() {
            if let Some(rows) = page.value() {
                let mut rows = rows.clone();
                rows.stale = true;
                page.set(rows);
            }
        }
    }

    /// Pages that failed are to be asked for again.
    pub(crate) fn forget_failures(&mut self) {
        self.pages.retain(|_, page| page.error().is_none());
    }
}

#[cfg(test)]
mod tests {
    use touchstone_protocol::ErrorCode;

    use super::*;

    fn page(offset: u64, total: u64, text: &str) -> DataView {
        let rows = (offset..total.min(offset + PAGE_ROWS)).map(|row| vec![Some(format!("{text}{row}"))]);
        DataView { rows: rows.collect(), offset, total, complete: true, ..DataView::default() }
    }

    fn text(rows: &Rows, row: u64) -> Option<&str> {
        match rows.row(row) {
            Row::Known { cells, .. } => cells[0].as_deref(),
            _ => None,
        }
    }

    #[test]
    fn only_what_is_seen_and_not_here_is_fetched() {
        let mut rows = Rows::default();
        assert_eq!(rows.missing(&(0..30)), [0]);
        rows.begin(0, Ticket(1));
        assert_eq!(rows.missing(&(0..30)), [] as [u64; 0]);
        rows.finish(0, Ticket(1), Ok(page(0, 1_000, "a")));
        assert_eq!(rows.total(), Some(1_000));
        assert_eq!(rows.missing(&(190..430)), [1, 2]);
        assert_eq!(rows.missing(&(990..1_100)), [4]);
        assert_eq!(text(&rows, 7), Some("a7"));
        assert!(matches!(rows.row(300), Row::Pending));
    }

    #[test]
    fn old_rows_stay_until_the_new_ones_come() {
        let mut rows = Rows::default();
        rows.begin(0, Ticket(1));
        rows.finish(0, Ticket(1), Ok(page(0, 300, "old")));
        rows.make_stale();
        assert_eq!(rows.missing(&(0..10)), [0]);
        assert_eq!(text(&rows, 3), Some("old3"));
        rows.begin(0, Ticket(2));
        assert_eq!(text(&rows, 3), Some("old3"));
        rows.finish(0, Ticket(2), Ok(page(0, 2, "new")));
        assert_eq!(text(&rows, 1), Some("new1"));
        assert_eq!(rows.total(), Some(2));
    }

    #[test]
    fn a_failed_page_waits_for_a_retry() {
        let mut rows = Rows::default();
        rows.begin(0, Ticket(1));
        rows.finish(0, Ticket(1), Err(RpcError::new(ErrorCode::Failed, "no")));
        assert!(matches!(rows.row(0), Row::Failed));
        assert_eq!(rows.missing(&(0..10)), [] as [u64; 0]);
        rows.forget_failures();
        assert_eq!(rows.missing(&(0..10)), [0]);
    }
}
