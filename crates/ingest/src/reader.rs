//! Reads delimited text record by record and accounts for every byte of it.

use std::{
    collections::VecDeque,
    fs::File,
    io::{Cursor, Read},
    path::Path,
};

use touchstone_spec::CsvFormat;

use crate::{
    ByteTotals, FooterRecord, IngestError, IngestErrorCode, IngestPlace, PreambleLine, ReadNote, ReadTotals,
    Reject, RejectCode, RejectReason, TextBatch, TextColumn, credentials,
    encoding::TextEncoding,
    input::Input,
    outcome::show,
    split::{Dialect, Extent, Fault, Span},
};

mod opening;
mod record;
mod single;
#[cfg(test)]
mod tests;

pub use single::RecordText;

/// Most records that a format may set aside as footer: they are held in memory.
const FOOTER_LIMIT: u64 = 10_000;

/// A batch is handed out early when its texts take more bytes than this.
const BATCH_BYTES: u64 = 64 << 20;

/// How much of a record is held in memory, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// Longest record that is read; a longer one is rejected. 16 MiB by default.
    pub record: usize,
    /// How much of a rejected record its [`Reject`] carries. 64 KiB by default.
    pub raw: usize,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self { record: 16 << 20, raw: 64 << 10 }
    }
}

/// Reads one file of delimited text, losslessly: every byte belongs to the preamble, the header, a loaded
/// record, a reject, the footer or a blank line, and [`ReadTotals`] says how many to which.
///
/// - An unquoted empty field is missing (None), a quoted one is the empty text.
/// - Line breaks and doubled quotes inside quotes are text. A quote in the middle of an unquoted field is text.
/// - A quote that opens and doesn't close rejects its line, and reading goes on with the next one.
/// - Bytes that mean nothing in the encoding reject their record; nothing becomes U+FFFD on the way.
pub struct CsvReader {
    name: String,
    input: Input,
    encoding: TextEncoding,
    dialect: Dialect,
    limits: ReadLimits,
    columns: Vec<String>,
    preamble: Vec<PreambleLine>,
    notes: Vec<ReadNote>,
    footer_rows: usize,
    held: VecDeque<Held>,
    spare: Option<Held>,
    spans: Vec<Span>,
    scratch: record::Scratch,
    at: Position,
    next_record: u64,
    totals: ReadTotals,
    total_bytes: Option<u64>,
}

impl std::fmt::Debug for CsvReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CsvReader")
            .field("name", &self.name)
            .field("columns", &self.columns)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// Where the window begins.
#[derive(Debug, Clone, Copy)]
struct Position {
    byte: u64,
    line: u64,
}

/// A record as it was found, before it is known whether it is data or footer.
#[derive(Debug, Clone, Copy)]
struct Found {
    at: Position,
    /// Bytes in the file, line end included.
    length: u64,
    fault: Option<RecordFault>,
}

#[derive(Debug, Clone, Copy)]
enum RecordFault {
    Quotes(Fault),
    TooLong,
}

/// A record kept until as many have followed as the footer has.
#[derive(Debug)]
struct Held {
    found: Found,
    bytes: Vec<u8>,
    spans: Vec<Span>,
}

impl CsvReader {
    /// Opens a file and reads up to and including its header.
    pub fn open(path: &Path, format: &CsvFormat) -> Result<Self, IngestError> {
        Self::open_with(path, format, ReadLimits::default())
    }

    /// [`CsvReader::open`] with limits of one's own.
    pub fn open_with(path: &Path, format: &CsvFormat, limits: ReadLimits) -> Result<Self, IngestError> {
        let name = path.display().to_string();
        let file = open_file(path)?;
        let size = file.metadata().ok().map(|about| about.len());
        Self::start(Box::new(file), name, size, format, limits)
    }

    /// Reads from memory. `name` stands for the file in messages.
    pub fn from_bytes(
        bytes: impl Into<Vec<u8>>,
        name: impl Into<String>,
        format: &CsvFormat,
    ) -> Result<Self, IngestError> {
        let bytes = bytes.into();
        let size = Some(bytes.len() as u64);
        Self::start(Box::new(Cursor::new(bytes)), name.into(), size, format, ReadLimits::default())
    }

    /// Reads from any stream. `name` stands for the file in messages; `size` is its length in bytes, when known.
    pub fn from_reader(
        reader: Box<dyn Read + Send>,
        name: impl Into<String>,
        size: Option<u64>,
        format: &CsvFormat,
        limits: ReadLimits,
    ) -> Result<Self, IngestError> {
        Self::start(reader, name.into(), size, format, limits)
    }

    /// Names of the columns: the header's, without blanks around, made unique; or `column_1` … without a header.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The lines above the header.
    pub fn preamble(&self) -> &[PreambleLine] {
        &self.preamble
    }

    /// What a person should know about this file, although it could be read: names made unique, and so on.
    pub fn notes(&self) -> &[ReadNote] {
        &self.notes
    }

    /// Name of the file in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Bytes of the file that have been read so far.
    pub fn bytes_read(&self) -> u64 {
        self.at.byte
    }

    /// Size of the file in bytes, when it is known.
    pub fn total_bytes(&self) -> Option<u64> {
        self.total_bytes
    }

    /// The next records, at most `max_records` of them (loaded and rejected together; at least one). None when
    /// nothing is left. A record is never split over two batches.
    pub fn next_batch(&mut self, max_records: usize) -> Result<Option<TextBatch>, IngestError> {
        let max_records = max_records.max(1);
        let room = max_records.min(65_536);
        let mut batch = TextBatch {
            columns: self.columns.iter().map(|_| TextColumn::with_capacity(room)).collect(),
            record_numbers: Vec::with_capacity(room),
            byte_offsets: Vec::with_capacity(room),
            lines: Vec::with_capacity(room),
            rejects: Vec::new(),
        };
        let begun = self.at.byte;
        while batch.rows().saturating_add(batch.rejects.len()) < max_records
            && self.at.byte.saturating_sub(begun) < BATCH_BYTES
        {
            let Some((found, extent)) = self.find()? else {
                self.end();
                break;
            };
            if self.footer_rows == 0 {
                self.take(found, extent, &mut batch);
            } else {
                self.hold(found, extent, &mut batch);
            }
        }
        Ok((batch.rows() > 0 || !batch.rejects.is_empty()).then_some(batch))
    }

    /// The control totals of what has been read. Read to the end first, or `complete` is false.
    pub fn finish(self) -> ReadTotals {
        self.totals()
    }

    /// The control totals so far.
    pub fn totals(&self) -> ReadTotals {
        let mut totals = self.totals.clone();
        totals.bytes = self.at.byte;
        totals.lines = self.at.line.saturating_sub(1);
        totals.records_read = totals.loaded.saturating_add(totals.rejected);
        totals
    }

    /// Finds the next record, stepping over blank lines. It stays in the window, unless it is too long for that.
    fn find(&mut self) -> Result<Option<(Found, Extent)>, IngestError> {
        let width = self.columns.len();
        loop {
            let window = self.input.window();
            let at_end = self.input.at_end();
            if window.is_empty() {
                if at_end {
                    return Ok(None);
                }
                self.more()?;
                continue;
            }
            if let Some(next) = self.blank_line(window, at_end) {
                let length = self.step(next, 1);
                self.totals.blank_lines = self.totals.blank_lines.saturating_add(1);
                add(&mut self.totals.byte_totals.blank, length);
                continue;
            }
            match self.dialect.record(window, at_end, Some(width), &mut self.spans) {
                Some(extent) if extent.end <= self.limits.record => {
                    let length = self.encoding.source_length(window.get(..extent.next).unwrap_or_default());
                    let fault = extent.fault.map(RecordFault::Quotes);
                    return Ok(Some((Found { at: self.at, length, fault }, extent)));
                }
                // A record of many lines that is too long loses only its first line.
                Some(extent) if extent.lines > 1 => {
                    if let Some((end, next)) = self.dialect.line(window, at_end)
                        && end <= self.limits.record
                    {
                        let length = self.encoding.source_length(window.get(..next).unwrap_or_default());
                        let fault = Some(RecordFault::TooLong);
                        let extent = Extent { end, next, lines: 1, fault: None };
                        return Ok(Some((Found { at: self.at, length, fault }, extent)));
                    }
                    return self.too_long().map(Some);
                }
                Some(_) => return self.too_long().map(Some),
                None if window.len() > self.limits.record => return self.too_long().map(Some),
                None => self.more()?,
            }
        }
    }

    /// A line with nothing on it, or with nothing but blanks where more than one field is expected: where the
    /// next one begins.
    fn blank_line(&self, window: &[u8], at_end: bool) -> Option<usize> {
        let first = window.first()?;
        let only_blanks_count = self.columns.len() > 1;
        let may_be_blank = match first {
            b'\n' | b'\r' => true,
            b' ' | b'\t' => only_blanks_count && *first != self.dialect.delimiter,
            _ => false,
        };
        if !may_be_blank {
            return None;
        }
        let (end, next) = self.dialect.line(window, at_end)?;
        let line = window.get(..end)?;
        let blank = line
            .iter()
            .all(|byte| only_blanks_count && matches!(byte, b' ' | b'\t') && *byte != self.dialect.delimiter);
        blank.then_some(next)
    }

    /// Steps over a line that is longer than a record may be, keeping only its beginning in memory.
    fn too_long(&mut self) -> Result<(Found, Extent), IngestError> {
        let at = self.at;
        let kept: Vec<u8> =
            self.input.window().iter().take(self.limits.raw.saturating_add(4)).copied().collect();
        let mut length = 0_u64;
        loop {
            let window = self.input.window();
            let at_end = self.input.at_end();
            if let Some((_, next)) = self.dialect.line(window, at_end) {
                add(&mut length, self.step(next, 1));
                break;
            }
            // The last byte may be the `\r` of a `\r\n`.
            let sure = window.len().saturating_sub(1);
            add(&mut length, self.step(sure, 0));
            self.more()?;
        }
        self.scratch.kept = kept;
        let found = Found { at, length, fault: Some(RecordFault::TooLong) };
        Ok((found, Extent { end: 0, next: 0, lines: 0, fault: None }))
    }

    /// Consumes bytes of the window; says how many bytes of the file they were.
    fn step(&mut self, bytes: usize, lines: u64) -> u64 {
        let length = self.encoding.source_length(self.input.window().get(..bytes).unwrap_or_default());
        self.input.consume(bytes);
        self.at.byte = self.at.byte.saturating_add(length);
        self.at.line = self.at.line.saturating_add(lines);
        length
    }

    /// [`CsvReader::step`] for a record whose length in the file is known.
    fn step_over(&mut self, found: &Found, extent: &Extent) {
        self.input.consume(extent.next);
        if extent.next > 0 {
            self.at.byte = self.at.byte.saturating_add(found.length);
            self.at.line = self.at.line.saturating_add(extent.lines);
        }
    }

    fn more(&mut self) -> Result<(), IngestError> {
        self.input.more().map_err(|error| IngestError::reading(&self.name, error))
    }

    /// Takes the record in the window as data.
    fn take(&mut self, found: Found, extent: Extent, batch: &mut TextBatch) {
        let bytes = if extent.next == 0 {
            self.scratch.kept.as_slice()
        } else {
            self.input.window().get(..extent.end).unwrap_or_default()
        };
        let judge = record::Judge {
            encoding: &self.encoding,
            dialect: &self.dialect,
            width: self.columns.len(),
            raw_limit: self.limits.raw,
            record_limit: self.limits.record,
            nul_seen: self.input.nul_seen(),
        };
        judge.take(
            found,
            self.next_record,
            bytes,
            &self.spans,
            &mut self.scratch.text,
            batch,
            &mut self.totals,
        );
        self.next_record = self.next_record.saturating_add(1);
        self.step_over(&found, &extent);
    }

    /// Holds the record in the window back, and takes the one that can't be footer any more.
    fn hold(&mut self, found: Found, extent: Extent, batch: &mut TextBatch) {
        let mut held =
            self.spare.take().unwrap_or_else(|| Held { found, bytes: Vec::new(), spans: Vec::new() });
        held.found = found;
        held.bytes.clear();
        if extent.next == 0 {
            held.bytes.extend_from_slice(&self.scratch.kept);
        } else {
            held.bytes.extend_from_slice(self.input.window().get(..extent.end).unwrap_or_default());
        }
        held.spans.clone_from(&self.spans);
        self.held.push_back(held);
        self.step_over(&found, &extent);
        if self.held.len() > self.footer_rows
            && let Some(data) = self.held.pop_front()
        {
            let judge = record::Judge {
                encoding: &self.encoding,
                dialect: &self.dialect,
                width: self.columns.len(),
                raw_limit: self.limits.raw,
                record_limit: self.limits.record,
                nul_seen: self.input.nul_seen(),
            };
            judge.take(
                data.found,
                self.next_record,
                &data.bytes,
                &data.spans,
                &mut self.scratch.text,
                batch,
                &mut self.totals,
            );
            self.next_record = self.next_record.saturating_add(1);
            self.spare = Some(data);
        }
    }

    /// The file has ended: what is still held is the footer.
    fn end(&mut self) {
        for held in std::mem::take(&mut self.held) {
            let shown = show(&held.bytes, &self.encoding, self.limits.record);
            add(&mut self.totals.byte_totals.footer, held.found.length);
            self.totals.footer.push(FooterRecord {
                record: self.next_record,
                line: held.found.at.line,
                byte: held.found.at.byte,
                length: held.found.length,
                text: shown.text,
                raw_bytes: shown.bytes,
            });
            self.next_record = self.next_record.saturating_add(1);
        }
        self.totals.complete = true;
    }
}

fn add(total: &mut u64, more: u64) {
    *total = total.saturating_add(more);
}

/// Opens a file for reading; a folder is an error here and not at the first read.
pub(crate) fn open_file(path: &Path) -> Result<File, IngestError> {
    let name = path.display().to_string();
    if credentials::are_in(path) {
        return Err(IngestError::new(
            IngestErrorCode::Io,
            IngestPlace::file(&name),
            "this file holds credentials, and what is read as data is shown",
            "name another file",
        ));
    }
    let about = std::fs::metadata(path).map_err(|error| IngestError::reading(&name, error))?;
    if about.is_dir() {
        return Err(IngestError::reading(&name, std::io::Error::from(std::io::ErrorKind::IsADirectory)));
    }
    File::open(path).map_err(|error| IngestError::reading(&name, error))
}
