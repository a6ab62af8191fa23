//! How a table differs between two simulations, fetched in pages when they come into view.

use std::collections::BTreeMap;

use touchstone_protocol::{DiffRow, RowChange, RpcError, RunDiffView};
use touchstone_spec::TableName;

use crate::remote::{Remote, Ticket};

/// Rows in one page.
pub const DIFF_PAGE_ROWS: u64 = 200;

/// Which comparison.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DiffOf {
    /// The table.
    pub table: TableName,
    /// Run of the older side. None: the one before the last.
    pub before: Option<String>,
    /// Only rows of this kind.
    pub kind: Option<RowChange>,
}

/// A comparison: its totals, and the pages that were looked at.
#[derive(Debug, Default)]
pub struct Diff {
    /// Totals and columns, of the newest page; its rows are in the pages.
    summary: Option<RunDiffView>,
    pages: BTreeMap<u64, Remote<Vec<DiffRow>>>,
}

impl Diff {
    /// Totals and columns.
    pub fn summary(&self) -> Option<&RunDiffView> {
        self.summary.as_ref()
    }

    /// Differing row number `row`, from zero.
    pub fn row(&self, row: u64) -> Option<&DiffRow> {
        let page = self.pages.get(&(row / DIFF_PAGE_ROWS))?.value()?;
        page.get(usize::try_from(row % DIFF_PAGE_ROWS).ok()?)
    }

    /// Why a page could not be fetched.
    pub fn error(&self) -> Option<&RpcError> {
        self.pages.values().find_map(Remote::error)
    }

    /// Whether any page is on its way.
    pub fn is_pending(&self) -> bool {
        self.pages.values().any(Remote::is_pending)
    }

    /// Pages to fetch so that these rows can be shown. A page that failed waits for a retry.
    pub(crate) fn missing(&self, rows: &std::ops::Range<u64>) -> Vec<u64> {
        let pages = rows.start / DIFF_PAGE_ROWS..=rows.end.saturating_sub(1) / DIFF_PAGE_ROWS;
        pages.filter(|page| !self.pages.contains_key(page)).collect()
    }

    pub(crate) fn begin(&mut self, page: u64, ticket: Ticket) {
        self.pages.entry(page).or_default().begin(ticket);
    }

    pub(crate) fn finish(&mut self, page: u64, ticket: Ticket, result: Result<RunDiffView, RpcError>) {
        let Some(slot) = self.pages.get_mut(&page) else { return };
        match result {
            Ok(mut view) => {
                if slot.finish(ticket, Ok(std::mem::take(&mut view.rows))) {
                    self.summary = Some(view);
                }
            }
            Err(error) => {
                slot.finish(ticket, Err(error));
            }
        }
    }

    /// Pages that failed are to be asked for again.
    pub(crate) fn forget_failures(&mut self) {
        self.pages.retain(|_, page| page.error().is_none());
    }
}
