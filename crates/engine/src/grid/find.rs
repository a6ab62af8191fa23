//! Jumping from one cell with a text to the next.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use arrow::array::Array;

use super::{
    Grid, GridHit, GridView, GridWatch, Work,
    filter::{Needle, mark},
};
use crate::EngineError;

/// Rows that have a text somewhere, as far as they were looked for.
#[derive(Debug, Clone)]
pub(super) struct Found {
    needle: Needle,
    /// By span of the rows: a bit per row.
    spans: BTreeMap<usize, Arc<Vec<bool>>>,
}

/// The text that was looked for last.
pub(super) type LastFound = Mutex<Option<Found>>;

impl Grid {
    /// The next cell whose text contains `text` (capital and small letters are the same), after the cell `from` in
    /// the direction of reading, or before it; from the view's beginning or end without `from`. None when there is
    /// no further one.
    pub fn find(
        &self,
        view: &GridView,
        text: &str,
        from: Option<GridHit>,
        forward: bool,
        watch: &GridWatch<'_>,
    ) -> Result<Option<GridHit>, EngineError> {
        let needle = Needle::new(text);
        if text.is_empty() || view.is_empty() {
            return Ok(None);
        }
        let work = Work::new(self.rows.place(), u64::from(self.rows.len()), watch);
        let from_column = from.map(|hit| hit.column);
        let step = |position: u64| {
            if forward {
                position.checked_add(1).filter(|next| *next < view.len())
            } else {
                position.checked_sub(1)
            }
        };
        let start = from.map(|hit| hit.position.min(view.len() - 1));
        let mut position = Some(start.unwrap_or(if forward { 0 } else { view.len() - 1 }));
        if view.rows.is_some() {
            // Rows in any order: all of them are looked at once.
            self.look(&needle, 0..self.rows.spans().len(), &work)?;
        }
        let (mut span, mut bits): (Option<usize>, Arc<Vec<bool>>) = (None, Arc::default());
        while let Some(at) = position {
            let Some(row) = view.row(at) else { break };
            let here = self.rows.span_of(row);
            if span != Some(here) {
                bits = self.look(&needle, here..here + 1, &work)?;
                span = Some(here);
            }
            let first = self.rows.spans().get(here).map_or(0, |span| self.rows.first_row(*span));
            let hit =
                usize::try_from(row - first).ok().and_then(|bit| bits.get(bit)).copied().unwrap_or(false);
            if hit {
                let beyond = from_column.filter(|_| start == Some(at));
                if let Some(column) = self.column_with(&needle, row, beyond, forward)? {
                    return Ok(Some(GridHit { position: at, column }));
                }
            }
            position = step(at);
        }
        Ok(None)
    }

    /// How many rows of the view have a cell that contains `text`.
    pub fn count(&self, view: &GridView, text: &str, watch: &GridWatch<'_>) -> Result<u64, EngineError> {
        if text.is_empty() {
            return Ok(0);
        }
        let needle = Needle::new(text);
        let work = Work::new(self.rows.place(), u64::from(self.rows.len()), watch);
        let spans = self.rows.spans();
        self.look(&needle, 0..spans.len(), &work)?;
        let mut hits = 0;
        match &view.rows {
            None => {
                for span in 0..spans.len() {
                    hits +=
                        self.look(&needle, span..span + 1, &work)?.iter().filter(|bit| **bit).count() as u64;
                }
            }
            Some(rows) => {
                let bits: Vec<_> = (0..spans.len())
                    .map(|span| self.look(&needle, span..span + 1, &work))
                    .collect::<Result<_, _>>()?;
                for row in rows.iter() {
                    let span = self.rows.span_of(*row);
                    let first = spans.get(span).map_or(0, |span| self.rows.first_row(*span));
                    let bit = usize::try_from(row - first).unwrap_or(usize::MAX);
                    hits +=
                        u64::from(bits.get(span).and_then(|bits| bits.get(bit)).copied().unwrap_or(false));
                }
            }
        }
        Ok(hits)
    }

    /// Looks through spans, unless that was done before. Gives the bits of the last one.
    fn look(
        &self,
        needle: &Needle,
        spans: std::ops::Range<usize>,
        work: &Work<'_>,
    ) -> Result<Arc<Vec<bool>>, EngineError> {
        let lock = || self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = match lock().as_ref() {
            Some(found) if found.needle == *needle => found.clone(),
            _ => Found { needle: needle.clone(), spans: BTreeMap::new() },
        };
        let all = self.rows.spans();
        let missing: Vec<usize> = spans.clone().filter(|span| !known.spans.contains_key(span)).collect();
        let wanted: Vec<_> = missing.iter().filter_map(|span| all.get(*span).copied()).collect();
        if !wanted.is_empty() {
            let read: Vec<usize> = self.columns.iter().map(|column| column.place).collect();
            let parts = self.rows.scan(&read, &wanted, work, Vec::new, |parts, first, arrays| {
                let rows = arrays.first().map_or(0, Array::len);
                let mut bits = vec![false; rows];
                for (column, array) in self.columns.iter().zip(arrays) {
                    mark(column, array, needle, &mut bits)?;
                }
                parts.push((first, bits));
                Ok(())
            })?;
            let mut parts: Vec<(u32, Vec<bool>)> = parts.into_iter().flatten().collect();
            parts.sort_unstable_by_key(|(first, _)| *first);
            let mut by_span: BTreeMap<usize, Vec<bool>> =
                missing.iter().map(|span| (*span, Vec::new())).collect();
            for (first, bits) in parts {
                by_span.entry(self.rows.span_of(first)).or_default().extend(bits);
            }
            known.spans.extend(by_span.into_iter().map(|(span, bits)| (span, Arc::new(bits))));
            *lock() = Some(known.clone());
        }
        let last = spans.last().and_then(|span| known.spans.get(&span));
        Ok(last.cloned().unwrap_or_default())
    }

    /// The first column (the last, backward) of a row that has the text, beyond a column if one is given.
    fn column_with(
        &self,
        needle: &Needle,
        row: u32,
        beyond: Option<usize>,
        forward: bool,
    ) -> Result<Option<usize>, EngineError> {
        let columns: Vec<usize> = (0..self.columns.len()).collect();
        let texts = self.texts(&[row], &columns)?;
        let mut hits = texts
            .iter()
            .enumerate()
            .filter(|(_, column)| column.iter().flatten().any(|text| needle.is_in(text)))
            .map(|(column, _)| column)
            .filter(|column| match beyond {
                None => true,
                Some(beyond) if forward => *column > beyond,
                Some(beyond) => *column < beyond,
            });
        Ok(if forward { hits.next() } else { hits.next_back() })
    }
}
