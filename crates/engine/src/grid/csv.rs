//! A CSV file as a Parquet file of texts, made once and kept until the CSV file changes.
//!
//! Every column is text exactly as it stands in the file: null for an unquoted empty field, the empty text for a
//! quoted one, blanks as blanks. Three columns in front say where each record is. Types aren't in it, so that another
//! type costs no second reading.

use std::{
    fs::{self, File},
    io::{BufWriter, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use arrow::{
    array::{ArrayRef, RecordBatch, StringArray, UInt64Array},
    buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer},
    datatypes::{DataType as ArrowType, Field, Schema},
};
use parquet::{
    arrow::ArrowWriter,
    basic::Compression,
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties},
    },
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use touchstone_ingest::{CsvReader, Reject, TextBatch, TextColumn};
use touchstone_spec::CsvFormat;

use super::{Work, files::BLOCK_ROWS};
use crate::{EngineError, ErrorKind, bronze::ingest_error};

/// Changes when files of an older Touchstone can't be used any more.
const VERSION: &str = "1";

/// Key of the note that holds a [`FileNote`].
pub(super) const NOTE: &str = "touchstone.grid";

/// Columns that say where a record is: number, line, byte.
pub(super) const PLACE_COLUMNS: usize = 3;

/// Records read at once; between batches the work can be cancelled.
const BATCH_RECORDS: usize = 16_384;

/// Rows of a row group, unless the texts are long.
const GROUP_ROWS: usize = 16 * BLOCK_ROWS;

/// Bytes of a row group at most: an array of texts can't hold more than two gibibytes.
const GROUP_BYTES: usize = 256 << 20;

/// Rejected records that are kept as examples.
const REJECTS: usize = 100;

/// How much of a file's beginning and end its identity holds, in bytes.
const PROBE: u64 = 64 << 10;

/// An unfinished file older than this belongs to nobody any more.
const ABANDONED: Duration = Duration::from_hours(24);

/// What is known about the records of a file beside their texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNote {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Records that could be read: the rows of the grid.
    pub loaded: u64,
    /// Records that couldn't.
    pub rejected: u64,
    /// The first of those, at most a hundred.
    pub rejects: Vec<Reject>,
    /// Whether these are all records of the file.
    pub complete: bool,
    /// What was read otherwise than it is written: names of columns that are empty or stand twice.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// The Parquet file for a CSV file; written if it isn't there. With `first`, of so many records only.
pub(super) fn stored(
    path: &Path,
    format: &CsvFormat,
    first: Option<u64>,
    folder: &Path,
    work: &Work<'_>,
) -> Result<PathBuf, EngineError> {
    let identity = Identity::of(path)?;
    let names = identity.names(format, first);
    let target = folder.join(format!("{}.parquet", names.full));
    if target.exists() {
        return Ok(target);
    }
    fs::create_dir_all(folder).map_err(|error| EngineError::io(folder, &error))?;
    let partial = Partial(folder.join(format!("{}.{}.partial", names.full, uuid::Uuid::new_v4())));
    write(path, format, first, &partial.0, work)?;
    if Identity::of(path)? != identity {
        return Err(EngineError::new(
            ErrorKind::Input,
            path.display().to_string(),
            "the file was changed while it was read",
            "open it again when it is complete",
        ));
    }
    fs::rename(&partial.0, &target).map_err(|error| EngineError::io(&target, &error))?;
    remove_stale(folder, &names);
    Ok(target)
}

/// A file that goes away again, unless it was renamed.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}

/// What tells one state of a file from another.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Identity {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
    /// Its beginning and end: clocks of network shares are coarse.
    probe: Vec<u8>,
}

/// The name of a stored file, part by part: which file, in which state, read how.
struct Names {
    file: String,
    state: String,
    full: String,
}

impl Identity {
    fn of(path: &Path) -> Result<Self, EngineError> {
        let failed = |error: std::io::Error| EngineError::io(path, &error);
        let mut file = File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if about.is_dir() {
            return Err(failed(std::io::ErrorKind::IsADirectory.into()));
        }
        let mut probe = Vec::new();
        (&mut file).take(PROBE).read_to_end(&mut probe).map_err(failed)?;
        file.seek(SeekFrom::Start(about.len().saturating_sub(PROBE))).map_err(failed)?;
        (&mut file).take(PROBE).read_to_end(&mut probe).map_err(failed)?;
        Ok(Self {
            path: path.canonicalize().map_err(failed)?,
            length: about.len(),
            modified: about.modified().ok(),
            probe,
        })
    }

    fn names(&self, format: &CsvFormat, first: Option<u64>) -> Names {
        // Null values and trimming belong to the types.
        let reading = CsvFormat { null_values: Vec::new(), trim: false, ..format.clone() };
        let file = short_hash(&[self.path.as_os_str().as_encoded_bytes()]);
        let state =
            short_hash(&[&self.length.to_le_bytes(), format!("{:?}", self.modified).as_bytes(), &self.probe]);
        let way = short_hash(&[VERSION.as_bytes(), format!("{reading:?}{first:?}").as_bytes()]);
        let full = format!("{file}-{state}-{way}");
        Names { file, state, full }
    }
}

fn short_hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(10).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Removes what was stored of earlier states of this file, and what crashes left behind. What can't be removed is only
/// waste.
fn remove_stale(folder: &Path, names: &Names) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let earlier = name.ends_with(".parquet")
            && name.starts_with(&format!("{}-", names.file))
            && !name.starts_with(&format!("{}-{}-", names.file, names.state));
        let age = entry.metadata().and_then(|about| about.modified()).ok().and_then(|at| at.elapsed().ok());
        let abandoned = name.ends_with(".partial") && age.is_some_and(|age| age > ABANDONED);
        if earlier || abandoned {
            fs::remove_file(entry.path()).ok();
        }
    }
}

fn write(
    path: &Path,
    format: &CsvFormat,
    first: Option<u64>,
    target: &Path,
    work: &Work<'_>,
) -> Result<(), EngineError> {
    let name = path.display().to_string();
    let unreadable = |error: touchstone_ingest::IngestError| ingest_error(path, &name, &error);
    let unwritable =
        |error: parquet::errors::ParquetError| EngineError::warehouse(target.display().to_string(), &error);
    let mut reader = CsvReader::open(path, format).map_err(unreadable)?;
    let schema = Arc::new(schema(reader.columns().len()));
    let file = File::create_new(target).map_err(|error| EngineError::io(target, &error))?;
    let mut writer = ArrowWriter::try_new(BufWriter::new(file), Arc::clone(&schema), Some(properties()))
        .map_err(unwritable)?;
    let mut note = FileNote {
        columns: reader.columns().to_vec(),
        loaded: 0,
        rejected: 0,
        rejects: Vec::new(),
        complete: true,
        notes: reader.notes().iter().map(|note| note.message.clone()).collect(),
    };
    let mut before = 0;
    loop {
        let left = first.map_or(u64::MAX, |first| first.saturating_sub(note.loaded + note.rejected));
        if left == 0 {
            note.complete = false;
            break;
        }
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(BATCH_RECORDS);
        let Some(mut batch) = reader.next_batch(wanted).map_err(unreadable)? else { break };
        work.advance(reader.bytes_read() - before)?;
        before = reader.bytes_read();
        note.loaded += batch.rows() as u64;
        note.rejected += batch.rejects.len() as u64;
        let room = REJECTS.saturating_sub(note.rejects.len());
        note.rejects.extend(std::mem::take(&mut batch.rejects).into_iter().take(room));
        let rows = record_batch(&schema, batch)
            .map_err(|error| EngineError::internal(name.clone(), error.to_string()))?;
        writer.write(&rows).map_err(unwritable)?;
    }
    let text = serde_json::to_string(&note)
        .map_err(|error| EngineError::internal(name.clone(), error.to_string()))?;
    writer.append_key_value_metadata(KeyValue::new(NOTE.to_owned(), text));
    let file = writer.into_inner().map_err(unwritable)?;
    let flushed = file.into_inner().map_err(std::io::IntoInnerError::into_error);
    flushed.and_then(|file| file.sync_all()).map_err(|error| EngineError::io(target, &error))
}

/// Columns go by position: names of a CSV file may be anything.
fn schema(columns: usize) -> Schema {
    let places = ["record", "line", "byte"].map(|name| Field::new(name, ArrowType::UInt64, false));
    let texts = (1..=columns).map(|number| Field::new(format!("column_{number}"), ArrowType::Utf8, true));
    Schema::new(places.into_iter().chain(texts).collect::<Vec<_>>())
}

/// Plain pages that hold one block each: what is decoded for a page of the grid is little more than what is shown.
fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_max_row_group_bytes(Some(GROUP_BYTES))
        .set_data_page_row_count_limit(BLOCK_ROWS)
        .set_data_page_size_limit(GROUP_BYTES)
        .build()
}

fn record_batch(schema: &Arc<Schema>, batch: TextBatch) -> Result<RecordBatch, arrow::error::ArrowError> {
    let mut arrays: Vec<ArrayRef> = [batch.record_numbers, batch.lines, batch.byte_offsets]
        .map(|numbers| Arc::new(UInt64Array::from(numbers)) as ArrayRef)
        .to_vec();
    for column in &batch.columns {
        arrays.push(Arc::new(text_array(column)?));
    }
    RecordBatch::try_new(Arc::clone(schema), arrays)
}

fn text_array(column: &TextColumn) -> Result<StringArray, arrow::error::ArrowError> {
    // A batch holds little more than 64 MiB of text.
    let offsets = column.offsets().iter().map(|offset| i32::try_from(*offset).unwrap_or(i32::MAX));
    StringArray::try_new(
        OffsetBuffer::new(ScalarBuffer::from(offsets.collect::<Vec<i32>>())),
        Buffer::from(column.values().as_bytes()),
        Some(NullBuffer::from(column.present().to_vec())),
    )
}
