//! Rows in Parquet files, one file behind the other, read by ranges of rows and by columns.
//!
//! Two ways in: [`Rows::scan`] reads ranges from end to end on all cores, and [`Rows::gather`] picks single rows by
//! blocks of a few thousand, which are remembered.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use arrow::array::{ArrayRef, NullArray};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
    },
    file::metadata::PageIndexPolicy,
};

use super::{Work, memory::GridMemory};
use crate::{EngineError, ErrorKind};

/// Rows that are decoded and remembered together. Pages of our own files hold as many.
pub(super) const BLOCK_ROWS: usize = 4_096;

/// Rows that a scan decodes at once.
const SCAN_ROWS: usize = 16_384;

/// Below this number of rows one thread is as quick as two.
const WORTH_A_THREAD: u64 = 20_000;

/// One Parquet file, opened.
#[derive(Debug)]
struct Part {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    /// For each column of the grid the file's column; none when the file was written before the column came.
    leaves: Vec<Option<usize>>,
}

/// One row group.
#[derive(Debug)]
struct Group {
    part: usize,
    number: usize,
    first: u32,
    rows: u32,
}

/// Rows of one row group that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    group: usize,
    offset: u32,
    /// How many.
    pub(super) rows: u32,
}

/// A block of [`BLOCK_ROWS`] rows, or of those that are left at the end of a row group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct BlockId {
    group: usize,
    block: usize,
}

/// All rows.
#[derive(Debug)]
pub(super) struct Rows {
    id: u64,
    place: String,
    parts: Vec<Part>,
    groups: Vec<Group>,
    len: u32,
    memory: GridMemory,
}

/// The rows that were asked for, column by column.
pub(super) struct Gathered {
    /// For each row asked for: its block, and where it stands in it.
    pub(super) places: Vec<(BlockId, usize)>,
    /// The columns asked for, by block.
    pub(super) blocks: BTreeMap<BlockId, Vec<ArrayRef>>,
}

impl Gathered {
    /// Rows that follow each other in one block: the block, the first of them, how many.
    pub(super) fn runs(&self) -> Vec<(BlockId, usize, usize)> {
        let mut runs: Vec<(BlockId, usize, usize)> = Vec::new();
        for (block, row) in &self.places {
            match runs.last_mut() {
                Some((last, start, count)) if last == block && *start + *count == *row => *count += 1,
                _ => runs.push((*block, *row, 1)),
            }
        }
        runs
    }
}

impl Rows {
    /// Opens files. `leaves` says which columns of a file the grid's columns are.
    pub(super) fn open(
        place: String,
        paths: Vec<PathBuf>,
        memory: &GridMemory,
        leaves: impl Fn(&ArrowReaderMetadata) -> Vec<Option<usize>>,
    ) -> Result<Self, EngineError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut rows =
            Self { id, place, parts: Vec::new(), groups: Vec::new(), len: 0, memory: memory.clone() };
        for path in paths {
            let metadata = open_metadata(&path)?;
            let leaves = leaves(&metadata);
            for (number, about) in metadata.metadata().row_groups().iter().enumerate() {
                let count = u32::try_from(about.num_rows()).map_err(|_| rows.too_many())?;
                let group = Group { part: rows.parts.len(), number, first: rows.len, rows: count };
                rows.len = rows.len.checked_add(count).ok_or_else(|| rows.too_many())?;
                if count > 0 {
                    rows.groups.push(group);
                }
            }
            rows.parts.push(Part { path, metadata, leaves });
        }
        Ok(rows)
    }

    fn too_many(&self) -> EngineError {
        EngineError::new(
            ErrorKind::Unsupported,
            self.place.clone(),
            format!("there are more than {} rows, the most that can be shown", u32::MAX),
            "open the table with a query engine",
        )
    }

    /// How many rows.
    pub(super) fn len(&self) -> u32 {
        self.len
    }

    /// What the rows are, for messages.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// A note of the first file's own.
    pub(super) fn note(&self, key: &str) -> Option<&str> {
        let notes = self.parts.first()?.metadata.metadata().file_metadata().key_value_metadata()?;
        notes.iter().find(|note| note.key == key)?.value.as_deref()
    }

    /// All rows, a span for each row group.
    pub(super) fn spans(&self) -> Vec<Span> {
        self.groups
            .iter()
            .enumerate()
            .map(|(group, about)| Span { group, offset: 0, rows: about.rows })
            .collect()
    }

    /// At most so many blocks, spread evenly over all rows; and whether these are all rows.
    pub(super) fn sample(&self, blocks: usize) -> (Vec<Span>, bool) {
        let all: Vec<Span> = self
            .groups
            .iter()
            .enumerate()
            .flat_map(|(group, about)| {
                let step = BLOCK_ROWS;
                (0..about.rows).step_by(step).map(move |offset| Span {
                    group,
                    offset,
                    rows: (about.rows - offset).min(u32::try_from(step).unwrap_or(u32::MAX)),
                })
            })
            .collect();
        if all.len() <= blocks {
            return (self.spans(), true);
        }
        let spread = (0..blocks).filter_map(|number| all.get(number * all.len() / blocks).copied());
        (spread.collect(), false)
    }

    /// Number of a span's first row.
    pub(super) fn first_row(&self, span: Span) -> u32 {
        self.groups.get(span.group).map_or(0, |group| group.first + span.offset)
    }

    /// The span that a row is in, of those that [`Rows::spans`] gives.
    pub(super) fn span_of(&self, row: u32) -> usize {
        self.groups.partition_point(|group| group.first <= row).saturating_sub(1)
    }

    /// Reads spans on all cores. Each thread makes a state with `new` and shows it every batch of rows together with
    /// the number of the batch's first row; the states come back in no particular order.
    pub(super) fn scan<State: Send>(
        &self,
        columns: &[usize],
        spans: &[Span],
        work: &Work<'_>,
        new: impl Fn() -> State + Sync,
        visit: impl Fn(&mut State, u32, &[ArrayRef]) -> Result<(), EngineError> + Sync,
    ) -> Result<Vec<State>, EngineError> {
        let next = AtomicUsize::new(0);
        let run = || {
            let mut state = new();
            while let Some(span) = spans.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut first = self.first_row(*span);
                let read = self.read(*span, columns, SCAN_ROWS, |arrays, rows| {
                    work.advance(u64::from(rows))?;
                    visit(&mut state, first, arrays)?;
                    first += rows;
                    Ok(())
                });
                if read.is_err() {
                    // The others needn't go on.
                    next.store(spans.len(), Ordering::Relaxed);
                    read?;
                }
            }
            Ok(state)
        };
        let rows: u64 = spans.iter().map(|span| u64::from(span.rows)).sum();
        let threads = if rows < WORTH_A_THREAD { 1 } else { threads().min(spans.len()) };
        on_threads(threads, &self.place, run)
    }

    /// The columns of these rows, from memory where they are there.
    pub(super) fn gather(&self, rows: &[u32], columns: &[usize]) -> Result<Gathered, EngineError> {
        let mut places = Vec::with_capacity(rows.len());
        let mut blocks: BTreeMap<BlockId, Vec<Option<ArrayRef>>> = BTreeMap::new();
        for row in rows {
            let group = self.span_of(*row);
            let first = self.groups.get(group).map_or(0, |about| about.first);
            let offset = usize::try_from(row.saturating_sub(first)).unwrap_or(usize::MAX);
            let id = BlockId { group, block: offset / BLOCK_ROWS };
            places.push((id, offset % BLOCK_ROWS));
            blocks.entry(id).or_insert_with(|| {
                columns.iter().map(|column| self.memory.get(&(self.id, id, *column))).collect()
            });
        }
        let missing: Vec<(BlockId, Vec<usize>)> = blocks
            .iter()
            .map(|(id, arrays)| {
                let missing = columns.iter().zip(arrays).filter(|(_, array)| array.is_none());
                (*id, missing.map(|(column, _)| *column).collect::<Vec<_>>())
            })
            .filter(|(_, columns)| !columns.is_empty())
            .collect();
        let next = AtomicUsize::new(0);
        let run = || {
            let mut read = Vec::new();
            while let Some((id, columns)) = missing.get(next.fetch_add(1, Ordering::Relaxed)) {
                read.push((*id, columns, self.block(*id, columns)?));
            }
            Ok(read)
        };
        let threads = if missing.len() < 4 { 1 } else { threads().min(missing.len()) };
        for (id, read, arrays) in on_threads(threads, &self.place, run)?.into_iter().flatten() {
            for (column, array) in read.iter().zip(arrays) {
                self.memory.put((self.id, id, *column), &array);
                let slots = blocks.get_mut(&id).into_iter().flatten();
                for (_, slot) in columns.iter().zip(slots).filter(|(asked, _)| *asked == column) {
                    *slot = Some(Arc::clone(&array));
                }
            }
        }
        let blocks =
            blocks.into_iter().map(|(id, arrays)| (id, arrays.into_iter().flatten().collect())).collect();
        Ok(Gathered { places, blocks })
    }

    fn block(&self, id: BlockId, columns: &[usize]) -> Result<Vec<ArrayRef>, EngineError> {
        let offset = u32::try_from(id.block * BLOCK_ROWS).unwrap_or(u32::MAX);
        let left = self.groups.get(id.group).map_or(0, |group| group.rows.saturating_sub(offset));
        let rows = left.min(u32::try_from(BLOCK_ROWS).unwrap_or(u32::MAX));
        let mut arrays = Vec::new();
        self.read(Span { group: id.group, offset, rows }, columns, BLOCK_ROWS, |read, _| {
            arrays = read.to_vec();
            Ok(())
        })?;
        Ok(arrays)
    }

    /// Reads a span batch by batch.
    fn read(
        &self,
        span: Span,
        columns: &[usize],
        batch_rows: usize,
        mut visit: impl FnMut(&[ArrayRef], u32) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let group = self.groups.get(span.group);
        let Some((group, part)) = group.and_then(|group| Some((group, self.parts.get(group.part)?))) else {
            return Ok(());
        };
        let leaf = |column: &usize| part.leaves.get(*column).copied().flatten();
        let mut wanted: Vec<usize> = columns.iter().filter_map(leaf).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let file = File::open(&part.path).map_err(|error| EngineError::io(&part.path, &error))?;
        let mask = ProjectionMask::leaves(part.metadata.parquet_schema(), wanted.iter().copied());
        let size = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, part.metadata.clone())
            .with_projection(mask)
            .with_row_groups(vec![group.number])
            .with_batch_size(batch_rows.min(size(span.rows)));
        if span.rows != group.rows {
            builder = builder.with_offset(size(span.offset)).with_limit(size(span.rows));
        }
        let damaged = |error: &(dyn std::error::Error + 'static)| {
            EngineError::warehouse(part.path.display().to_string(), error)
        };
        for batch in builder.build().map_err(|error| damaged(&error))? {
            let batch = batch.map_err(|error| damaged(&error))?;
            let arrays: Vec<ArrayRef> = columns
                .iter()
                .map(|column| {
                    let place = leaf(column).and_then(|leaf| wanted.binary_search(&leaf).ok());
                    let array = place.and_then(|place| batch.columns().get(place));
                    array.map_or_else(|| Arc::new(NullArray::new(batch.num_rows())) as ArrayRef, Arc::clone)
                })
                .collect();
            visit(&arrays, u32::try_from(batch.num_rows()).unwrap_or(u32::MAX))?;
        }
        Ok(())
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        self.memory.forget(self.id);
    }
}

fn open_metadata(path: &Path) -> Result<ArrowReaderMetadata, EngineError> {
    let file = File::open(path).map_err(|error| EngineError::io(path, &error))?;
    let options = ArrowReaderOptions::new().with_offset_index_policy(PageIndexPolicy::Optional);
    ArrowReaderMetadata::load(&file, options)
        .map_err(|error| EngineError::warehouse(path.display().to_string(), &error))
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(8)
}

/// The answers of `run` on so many threads; the first error if there is one.
fn on_threads<T: Send>(
    threads: usize,
    place: &str,
    run: impl Fn() -> Result<T, EngineError> + Sync,
) -> Result<Vec<T>, EngineError> {
    if threads <= 1 {
        return Ok(vec![run()?]);
    }
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(&run)).collect();
        running
            .into_iter()
            .map(|thread| {
                thread.join().unwrap_or_else(|_| Err(EngineError::internal(place, "a reading thread failed")))
            })
            .collect()
    })
}
