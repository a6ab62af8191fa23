//! Rows for a grid: pages, orders, filters and searches over a table or a CSV file of any length.
//!
//! A table of the warehouse is a list of Parquet files; a CSV file is made one, once. From there on all is the same:
//! a page decodes the few thousand rows around it, an order or a filter reads the columns that it needs, and what is
//! kept of it is one number per row.

mod bins;
mod cells;
mod csv;
mod files;
mod filter;
mod find;
mod memory;
mod profile;
mod query;
mod sort;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use touchstone_ingest::{Content, ValueParser};
use touchstone_spec::{ContractField, CsvFormat, DataType, TableName};

use crate::{EngineError, ErrorKind, PageColumn, TablePage, Warehouse};
pub use bins::Bin;
use cells::Reading;
pub use csv::FileNote;
use files::Rows;
use filter::{Needle, Predicate};
pub use memory::GridMemory;
pub use profile::{BadValue, CellCounts, GridProfile, GridSummary, TextLengths, ValueCount};
use query::Work;
pub use query::{
    BadCell, CellPlace, Filter, GridColumn, GridHit, GridPage, GridProgress, GridQuery, GridView, GridWatch,
    RecordPlace, Sort, Test, grid_unwatched,
};
use sort::Ranks;

/// Longest text of a page's cell, in characters.
const CELL_CHARACTERS: usize = 2_000;

/// Orders that are remembered: four bytes per row each.
const ORDERS_KEPT: usize = 4;

/// A table or a file, row by row.
#[derive(Debug)]
pub struct Grid {
    rows: Arc<Rows>,
    columns: Vec<Column>,
    note: Option<Arc<FileNote>>,
    ranks: Mutex<Vec<(usize, Arc<Ranks>)>>,
    found: find::LastFound,
}

/// A column with the way it is read.
#[derive(Debug, Clone)]
struct Column {
    about: GridColumn,
    reading: Reading,
    /// Its place among the columns of the rows.
    place: usize,
}

/// A CSV file, how to read it, and what types its columns have.
#[derive(Debug, Clone, Copy)]
pub struct GridFile<'source> {
    /// The file.
    pub path: &'source Path,
    /// How its records and fields are read.
    pub format: &'source CsvFormat,
    /// Types of its columns, by name (by position in a file without header). The others are text.
    pub types: &'source [ContractField],
    /// Only so many records from the beginning; none: all. For a first look while the whole is being read.
    pub first: Option<u64>,
}

impl Grid {
    /// The rows of a table's snapshot; none: of the current one.
    ///
    /// # Errors
    /// When no run has made the table, it has no such snapshot, or a file of it can't be read.
    pub async fn of_table(
        warehouse: &Warehouse,
        name: &TableName,
        snapshot: Option<i64>,
        memory: &GridMemory,
    ) -> Result<Self, EngineError> {
        let files = warehouse.data_files(name, snapshot).await?;
        let ids: Vec<i32> = files.columns.iter().map(|(id, _)| *id).collect();
        let rows = Rows::open(name.to_string(), files.paths, memory, |metadata| leaves(metadata, &ids))?;
        let columns = files.columns.into_iter().enumerate().map(|(place, (_, column))| Column {
            about: GridColumn {
                name: column.name,
                data_type: column.data_type,
                required: column.required,
                problem: None,
            },
            reading: Reading::Typed,
            place,
        });
        Ok(Self::new(Arc::new(rows), columns.collect(), None))
    }

    /// The records of a CSV file. The first time, the file is read whole and stored in `folder`; `watch` hears how
    /// many bytes of it are done. A file that was changed is read again, and what was stored of it before removed.
    ///
    /// # Errors
    /// When the file can't be read in this format, changes meanwhile, or can't be stored, or the watcher says to
    /// stop; then nothing of it is kept.
    pub fn of_csv(
        file: &GridFile<'_>,
        folder: &Path,
        memory: &GridMemory,
        watch: &GridWatch<'_>,
    ) -> Result<Self, EngineError> {
        let place = file.path.display().to_string();
        let length = std::fs::metadata(file.path).map_err(|error| EngineError::io(file.path, &error))?.len();
        let store =
            || csv::stored(file.path, file.format, file.first, folder, &Work::new(&place, length, watch));
        let open = |path| {
            Rows::open(place.clone(), vec![path], memory, |metadata| {
                (0..metadata.parquet_schema().num_columns()).map(Some).collect()
            })
        };
        let note = |rows: &Rows| rows.note(csv::NOTE).and_then(|note| serde_json::from_str(note).ok());
        let path = store()?;
        let opened = open(path.clone()).ok().and_then(|rows| note(&rows).map(|note: FileNote| (rows, note)));
        let (rows, note) = if let Some(opened) = opened {
            opened
        } else {
            // A stored file that can't be read is made again.
            std::fs::remove_file(&path).map_err(|error| EngineError::io(&path, &error))?;
            let rows = open(store()?)?;
            let note = note(&rows)
                .ok_or_else(|| EngineError::internal(place.clone(), "a stored file without its note"))?;
            (rows, note)
        };
        let columns = file_columns(&note, file.format, file.types);
        Ok(Self::new(Arc::new(rows), columns, Some(Arc::new(note))))
    }

    /// The same records with other types; nothing is read.
    #[must_use]
    pub fn with_types(&self, format: &CsvFormat, types: &[ContractField]) -> Self {
        let columns = match &self.note {
            Some(note) => file_columns(note, format, types),
            None => self.columns.clone(),
        };
        Self::new(Arc::clone(&self.rows), columns, self.note.clone())
    }

    fn new(rows: Arc<Rows>, columns: Vec<Column>, note: Option<Arc<FileNote>>) -> Self {
        Self { rows, columns, note, ranks: Mutex::default(), found: Mutex::default() }
    }

    /// The columns.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = &GridColumn> {
        self.columns.iter().map(|column| &column.about)
    }

    /// How many rows there are.
    pub fn len(&self) -> u64 {
        u64::from(self.rows.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// For a file: what is known about its records, the unreadable ones among them.
    pub fn file_note(&self) -> Option<&FileNote> {
        self.note.as_deref()
    }

    /// All rows in their own order.
    pub fn all(&self) -> GridView {
        GridView { rows: None, all: self.rows.len() }
    }

    /// The rows that a query asks for. An order or filter that was asked for before is quicker.
    ///
    /// # Errors
    /// When a filter's value isn't of its column's type, there is no such column, or the watcher says to stop.
    pub fn view(&self, query: &GridQuery, watch: &GridWatch<'_>) -> Result<GridView, EngineError> {
        let mut predicates = Vec::with_capacity(query.filters.len());
        for filter in &query.filters {
            predicates.push(Predicate::new(filter, self.column(filter.column)?)?);
        }
        for sort in &query.sort {
            self.column(sort.column)?;
        }
        let needle = query.find.as_deref().filter(|text| !text.is_empty()).map(Needle::new);
        let filtered = !predicates.is_empty() || needle.is_some();
        if !filtered && query.sort.is_empty() {
            return Ok(self.all());
        }
        let passes = query.sort.len() as u64 + u64::from(filtered);
        let work = Work::new(self.rows.place(), self.len() * passes, watch);
        let mut rows = if filtered {
            self.filtered(&predicates, needle.as_ref(), &work)?
        } else {
            (0..self.rows.len()).collect()
        };
        for sort in query.sort.iter().rev() {
            rows = self.ranks(sort.column, &work)?.order(&rows, sort.descending);
        }
        Ok(GridView { rows: Some(Arc::new(rows)), all: self.rows.len() })
    }

    fn filtered(
        &self,
        predicates: &[Predicate],
        needle: Option<&Needle>,
        work: &Work<'_>,
    ) -> Result<Vec<u32>, EngineError> {
        let mut read: Vec<usize> = if needle.is_some() {
            (0..self.columns.len()).collect()
        } else {
            predicates.iter().map(|predicate| predicate.column).collect()
        };
        read.sort_unstable();
        read.dedup();
        let places: Vec<usize> =
            read.iter().filter_map(|column| self.columns.get(*column)).map(|column| column.place).collect();
        let parts =
            self.rows.scan(&places, &self.rows.spans(), work, Vec::new, |passed, first, arrays| {
                let keep = filter::passing(&self.columns, predicates, needle, &read, arrays)?;
                let rows = (first..).zip(keep).filter(|(_, keep)| *keep).map(|(row, _)| row);
                passed.push((first, rows.collect::<Vec<u32>>()));
                Ok(())
            })?;
        let mut parts: Vec<(u32, Vec<u32>)> = parts.into_iter().flatten().collect();
        parts.sort_unstable_by_key(|(first, _)| *first);
        Ok(parts.into_iter().flat_map(|(_, rows)| rows).collect())
    }

    fn ranks(&self, column: usize, work: &Work<'_>) -> Result<Arc<Ranks>, EngineError> {
        let lock = || self.ranks.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().iter().find(|(one, _)| *one == column).map(|(_, ranks)| Arc::clone(ranks));
        if let Some(known) = known {
            work.advance(self.len())?;
            return Ok(known);
        }
        let ranks = Arc::new(Ranks::of(&self.rows, self.column(column)?, work)?);
        let mut kept = lock();
        if kept.len() >= ORDERS_KEPT {
            kept.remove(0);
        }
        kept.push((column, Arc::clone(&ranks)));
        Ok(ranks)
    }

    /// `limit` rows of a view from position `from`, with these columns; none: all of them.
    ///
    /// # Errors
    /// When there is no such column, or a file can't be read any more.
    pub fn page(
        &self,
        view: &GridView,
        from: u64,
        limit: u64,
        columns: Option<&[usize]>,
    ) -> Result<GridPage, EngineError> {
        let columns: Vec<usize> =
            columns.map_or_else(|| (0..self.columns.len()).collect(), <[usize]>::to_vec);
        let row_ids = view.slice(from, limit);
        let mut page = GridPage {
            first: from,
            total: view.len(),
            rows: vec![Vec::with_capacity(columns.len()); row_ids.len()],
            records: self.records(&row_ids)?,
            ..GridPage::default()
        };
        for (column, texts) in columns.iter().zip(self.texts(&row_ids, &columns)?) {
            let about = self.column(*column)?;
            for (row, (cells, text)) in page.rows.iter_mut().zip(texts).enumerate() {
                let place = CellPlace { row, column: *column };
                if let Some(reason) = about.reading.fault(text.as_deref()) {
                    page.bad.push(BadCell { place, reason });
                }
                if text.is_some() && about.content(text.as_deref()) == Content::Null {
                    page.null_markers.push(place);
                }
                let cut = text.as_deref().and_then(|text| text.char_indices().nth(CELL_CHARACTERS));
                cells.push(match (text, cut) {
                    (Some(mut text), Some((end, _))) => {
                        page.cut.push(place);
                        text.truncate(end);
                        Some(text)
                    }
                    (text, _) => text,
                });
            }
        }
        page.columns = columns;
        page.row_ids = row_ids;
        Ok(page)
    }

    /// The whole text of one cell; none where there is no value.
    ///
    /// # Errors
    /// When there is no such column, or a file can't be read any more.
    pub fn cell(&self, row: u32, column: usize) -> Result<Option<String>, EngineError> {
        let texts = self.texts(&[row], &[column])?;
        Ok(texts.into_iter().next().and_then(|column| column.into_iter().next()).flatten())
    }

    /// Rows as a table's page has them.
    pub(crate) fn table_page(&self, offset: usize, limit: usize) -> Result<TablePage, EngineError> {
        let row_ids = self.all().slice(offset as u64, limit as u64);
        let mut rows = vec![Vec::with_capacity(self.columns.len()); row_ids.len()];
        let columns: Vec<usize> = (0..self.columns.len()).collect();
        for texts in self.texts(&row_ids, &columns)? {
            for (row, text) in rows.iter_mut().zip(texts) {
                row.push(text);
            }
        }
        let columns = self
            .columns()
            .map(|column| PageColumn { name: column.name.clone(), data_type: column.data_type.clone() });
        Ok(TablePage { columns: columns.collect(), rows, total: self.len() })
    }

    fn column(&self, column: usize) -> Result<&Column, EngineError> {
        self.columns.get(column).ok_or_else(|| {
            EngineError::new(
                ErrorKind::Input,
                self.rows.place(),
                format!("there is no column {} among {}", column + 1, self.columns.len()),
                "ask for one of the grid's columns",
            )
        })
    }

    /// The texts of these columns in these rows, column by column.
    fn texts(&self, rows: &[u32], columns: &[usize]) -> Result<Vec<Vec<Option<String>>>, EngineError> {
        let read: Vec<&Column> =
            columns.iter().map(|column| self.column(*column)).collect::<Result<_, _>>()?;
        let places: Vec<usize> = read.iter().map(|column| column.place).collect();
        let gathered = self.rows.gather(rows, &places)?;
        let mut texts: Vec<Vec<Option<String>>> =
            read.iter().map(|_| Vec::with_capacity(rows.len())).collect();
        for (block, start, count) in gathered.runs() {
            let arrays = gathered.blocks.get(&block).into_iter().flatten();
            for ((column, array), texts) in read.iter().zip(arrays).zip(&mut texts) {
                column.each_text(&array.slice(start, count), |text| texts.push(text.map(str::to_owned)))?;
            }
        }
        Ok(texts)
    }

    /// Where the records of these rows are; nothing for a table.
    fn records(&self, rows: &[u32]) -> Result<Vec<RecordPlace>, EngineError> {
        if self.note.is_none() {
            return Ok(Vec::new());
        }
        let gathered = self.rows.gather(rows, &[0, 1, 2])?;
        let numbers = gathered.places.iter().map(|(block, row)| {
            let arrays = gathered.blocks.get(block).map_or(&[][..], Vec::as_slice);
            let mut numbers = arrays.iter().map(|array| cells::number(array, *row));
            let mut next = || numbers.next().flatten().unwrap_or_default();
            RecordPlace { record: next(), line: next(), byte: next() }
        });
        Ok(numbers.collect())
    }
}

/// For each field id the file's column.
fn leaves(metadata: &ArrowReaderMetadata, ids: &[i32]) -> Vec<Option<usize>> {
    let columns = metadata.parquet_schema().columns();
    let id = |column: &parquet::schema::types::ColumnDescPtr| {
        let info = column.self_type().get_basic_info();
        info.has_id().then(|| info.id())
    };
    ids.iter().map(|wanted| columns.iter().position(|column| id(column) == Some(*wanted))).collect()
}

/// The columns of a file with the types that a contract gives them.
fn file_columns(note: &FileNote, format: &CsvFormat, types: &[ContractField]) -> Vec<Column> {
    note.columns
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let found = if format.header_row == 0 {
                types.get(index)
            } else {
                types.iter().find(|field| field.name == *name)
            };
            let text = ContractField::new(name.clone(), DataType::String);
            let parser = |field| ValueParser::new(field, format);
            let (field, parser, problem) = match found.map(|field| (field, parser(field))) {
                Some((field, Ok(reads))) => (field, Some(reads), None),
                Some((_, Err(error))) => (&text, parser(&text).ok(), Some(error.to_string())),
                None => (&text, parser(&text).ok(), None),
            };
            Column {
                about: GridColumn {
                    name: if format.header_row == 0 { field.name.clone() } else { name.clone() },
                    data_type: field.data_type.clone(),
                    required: field.required,
                    problem,
                },
                reading: match parser {
                    Some(parser) => Reading::Text { parser: Box::new(parser), required: field.required },
                    None => Reading::Typed,
                },
                place: csv::PLACE_COLUMNS + index,
            }
        })
        .collect()
}
