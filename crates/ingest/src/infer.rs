//! Proposes how to read a file: encoding, dialect, header, footer, types and keys, each with its evidence.
//!
//! The file's beginning decides the dialect and the header, its end the footer, and one pass over all of it the
//! types: nothing is inferred from a sample unless `max_bytes` asks for one.

use std::{
    collections::HashMap,
    io::{Cursor, Read, Seek, SeekFrom},
    ops::ControlFlow,
    path::Path,
};

use touchstone_spec::{ContractField, CsvFormat};

use crate::{
    CsvReader, IngestError, IngestErrorCode, IngestPlace, Progress, ReadLimits, ReadNote, Reject, TextBatch,
    encoding::{self as text_encoding, TextEncoding},
    input::Input,
    progress, reader,
    split::Dialect,
    unwatched,
};

mod booleans;
mod candidates;
mod chance;
mod dates;
mod decide;
mod dialect;
mod encoding;
mod evidence;
mod identifiers;
mod keys;
mod layout;
mod nulls;
mod numbers;
mod survey;

pub use dates::write_shape;
pub use evidence::{
    CandidateKey, ColumnProfile, CountedText, DialectCandidate, DialectEvidence, DuplicateKey,
    EncodingCandidate, EncodingEvidence, FooterEvidence, HeaderEvidence, IdentifierEvidence, Inference,
    NullMarker, RejectCount, TypeEvidence,
};
pub use identifiers::IdentifierKind;
use identifiers::Names;
pub use nulls::looks_like_null;
pub use survey::hash as text_hash;

/// How much of the beginning decides dialect and header, in bytes.
const BEGINNING: u64 = 512 << 10;

/// How much of the end decides the footer, in bytes; even, so that UTF-16 isn't cut inside a unit.
const TAIL: u64 = 64 << 10;

/// Records read at a time.
const BATCH: usize = 32_768;

/// Rejects that are kept as examples.
const REJECTS: usize = 20;

/// What is to be inferred from.
#[derive(Debug, Clone, Copy)]
pub enum InferSource<'file> {
    /// A file.
    Path(&'file Path),
    /// Bytes in memory.
    Bytes {
        /// The bytes.
        bytes: &'file [u8],
        /// What stands for the file in messages.
        name: &'file str,
    },
}

impl<'file> From<&'file Path> for InferSource<'file> {
    fn from(path: &'file Path) -> Self {
        Self::Path(path)
    }
}

impl<'file> From<&'file [u8]> for InferSource<'file> {
    fn from(bytes: &'file [u8]) -> Self {
        Self::Bytes { bytes, name: "bytes" }
    }
}

/// How much to look at, and who watches.
#[derive(Clone, Copy)]
pub struct InferOptions<'watcher> {
    /// Look only at about this many bytes from the beginning (whole lines); None: at the whole file.
    pub max_bytes: Option<u64>,
    /// Is told now and then how far it is, and may say to stop.
    pub progress: &'watcher dyn Fn(Progress) -> ControlFlow<()>,
}

impl Default for InferOptions<'_> {
    fn default() -> Self {
        Self { max_bytes: None, progress: &unwatched }
    }
}

impl std::fmt::Debug for InferOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InferOptions").field("max_bytes", &self.max_bytes).finish_non_exhaustive()
    }
}

/// Looks at a file and proposes how to read it.
///
/// # Errors
/// The file can't be read, is empty or isn't text, or the watcher said to stop.
pub fn infer<'file>(
    source: impl Into<InferSource<'file>>,
    options: &InferOptions<'_>,
) -> Result<Inference, IngestError> {
    Subject::new(source.into(), options)?.infer()
}

/// The file under examination.
struct Subject<'run> {
    source: InferSource<'run>,
    options: InferOptions<'run>,
    name: String,
    /// Bytes that are looked at, at most `size`.
    extent: u64,
    size: u64,
}

trait Seekable: Read + Seek + Send {}
impl<T: Read + Seek + Send> Seekable for T {}

impl<'run> Subject<'run> {
    fn new(source: InferSource<'run>, options: &InferOptions<'run>) -> Result<Self, IngestError> {
        let (name, size) = match source {
            InferSource::Bytes { bytes, name } => (name.to_owned(), bytes.len() as u64),
            InferSource::Path(path) => {
                let name = path.display().to_string();
                let file = reader::open_file(path)?;
                let about = file.metadata().map_err(|error| IngestError::reading(&name, error))?;
                (name, about.len())
            }
        };
        let mut subject = Self { source, options: *options, name, extent: size, size };
        if let Some(most) = options.max_bytes.filter(|most| *most < size) {
            subject.extent = subject.whole_lines(most)?;
        }
        Ok(subject)
    }

    /// The file from a byte on. Seekable, unlike what the reader gets.
    fn open(&self, from: u64) -> Result<Box<dyn Seekable>, IngestError> {
        let failed = |error| IngestError::reading(&self.name, error);
        let mut stream: Box<dyn Seekable> = match self.source {
            InferSource::Path(path) => Box::new(reader::open_file(path)?),
            InferSource::Bytes { bytes, .. } => Box::new(Cursor::new(bytes.to_vec())),
        };
        stream.seek(SeekFrom::Start(from)).map_err(failed)?;
        Ok(stream)
    }

    fn read(&self, from: u64, length: u64) -> Result<Vec<u8>, IngestError> {
        if let InferSource::Bytes { bytes, .. } = self.source {
            let from = usize::try_from(from).unwrap_or(usize::MAX);
            let rest = bytes.get(from..).unwrap_or_default();
            let length = usize::try_from(length).unwrap_or(usize::MAX).min(rest.len());
            return Ok(rest.get(..length).unwrap_or_default().to_vec());
        }
        let mut bytes = Vec::new();
        self.open(from)?
            .take(length)
            .read_to_end(&mut bytes)
            .map_err(|error| IngestError::reading(&self.name, error))?;
        Ok(bytes)
    }

    /// The greatest number of bytes up to `most` after which a line ends.
    fn whole_lines(&self, most: u64) -> Result<u64, IngestError> {
        let most = most.max(1024).min(self.size);
        let from = most.saturating_sub(TAIL);
        let window = self.read(from, most.saturating_sub(from))?;
        let end = memchr::memrchr(b'\n', &window).map(|at| from.saturating_add(at as u64).saturating_add(1));
        let beginning = self.read(0, TAIL.min(self.size))?;
        // In UTF-16 a line feed has two bytes.
        let wide = text_encoding::wide_label(&beginning).is_some();
        Ok(end.map_or(most, |end| if wide { end.saturating_add(end % 2).min(self.size) } else { end }))
    }

    fn infer(&self) -> Result<Inference, IngestError> {
        let head = self.read(0, BEGINNING.min(self.extent))?;
        self.refuse_other_than_text(&head)?;
        let tick = |_| self.tell(0, 0);
        let encoding = encoding::survey(self.open(0)?.take(self.extent), &self.name, &tick)?;
        let text = TextEncoding::named(&encoding.encoding, &[])?;
        let whole = head.len() as u64 == self.extent;
        let beginning = rewritten(head, &text);
        let judged = dialect::judge(&beginning, whole);
        let header = layout::header(judged.dialect, judged.columns, &beginning, whole, &text);
        let (footer_rows, mut footer) = self.footer(judged.dialect, judged.columns, &text)?;
        let mut format = CsvFormat {
            delimiter: char::from(judged.dialect.delimiter),
            quote: judged.dialect.quote.map(char::from),
            escape: judged.dialect.escape.map(char::from),
            encoding: encoding.encoding.clone(),
            header_row: header.row,
            footer_rows,
            ..CsvFormat::default()
        };
        // The part that is read ends before the footer.
        let complete = self.extent == self.size;
        let reading = CsvFormat { footer_rows: if complete { footer_rows } else { 0 }, ..format.clone() };
        let pass = self.pass(&reading)?;
        let decision = decide::decide(&pass.names, &pass.surveys, &format);
        format.null_values = decision.null_values;
        format.trim = decision.trim;
        footer.records = pass.totals.footer;
        let contract: Vec<ContractField> =
            decision.columns.iter().map(|column| column.inferred.clone()).collect();
        Ok(Inference {
            format,
            contract,
            encoding,
            dialect: judged.evidence,
            header,
            preamble: pass.preamble,
            footer,
            candidate_keys: pass.keys.finish(
                &pass.names,
                |column, hash| pass.surveys.get(column)?.text_of(hash).map(crate::value::shortened),
                |column| chance::span(pass.surveys.get(column)?),
            ),
            columns: decision.columns,
            notes: pass.notes,
            records: pass.totals.records_read,
            rejected: pass.totals.rejected,
            reject_counts: pass.reject_counts,
            rejects: pass.rejects,
            bytes: pass.totals.bytes,
            complete,
        })
    }

    fn tell(&self, bytes: u64, records: u64) -> Result<(), IngestError> {
        let progress = Progress { bytes, total_bytes: Some(self.extent), records };
        progress::tell(self.options.progress, progress, &self.name)
    }

    fn refuse_other_than_text(&self, head: &[u8]) -> Result<(), IngestError> {
        let refuse = |code, reason: String, next: &str| {
            Err(IngestError::new(code, IngestPlace::file(&self.name), reason, next))
        };
        let blank = head.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(head);
        if blank.iter().all(u8::is_ascii_whitespace) && head.len() as u64 == self.size {
            let reason = if head.is_empty() { "the file is empty" } else { "the file has only blank lines" };
            return refuse(
                IngestErrorCode::EmptyFile,
                reason.to_owned(),
                "check that it was exported and copied completely",
            );
        }
        if let Some(kind) = text_encoding::known_binary(head) {
            return refuse(
                IngestErrorCode::BinaryFile,
                format!("this looks like {}", kind.what),
                kind.next_step,
            );
        }
        let beginning = head.get(..head.len().min(64 << 10)).unwrap_or_default();
        // Hive and Unix tools separate by control characters.
        let count = |byte: u8| memchr::memchr_iter(byte, beginning).count();
        let exempt = [0x01, 0x1F].into_iter().find(|byte| count(*byte) > count(0).saturating_mul(4));
        if text_encoding::wide_label(beginning).is_none() && text_encoding::looks_binary(beginning, exempt) {
            return refuse(
                IngestErrorCode::BinaryFile,
                "this looks like a binary file, not text".to_owned(),
                "export it as delimited text (CSV) first",
            );
        }
        Ok(())
    }

    fn footer(
        &self,
        dialect: Dialect,
        columns: usize,
        encoding: &TextEncoding,
    ) -> Result<(u64, FooterEvidence), IngestError> {
        let from = self.size.saturating_sub(TAIL);
        let from = from.saturating_sub(from % 2);
        let tail = rewritten(self.read(from, self.size.saturating_sub(from))?, encoding);
        let mut tail = tail.as_slice();
        if from > 0 {
            // The first line is cut.
            let next = dialect.line(tail, true).map_or(tail.len(), |(_, next)| next);
            tail = tail.get(next..).unwrap_or_default();
        }
        Ok(layout::footer(dialect, columns, tail, encoding))
    }

    fn pass(&self, format: &CsvFormat) -> Result<Pass, IngestError> {
        let stream = Box::new(self.open(0)?.take(self.extent));
        let limits = ReadLimits { raw: 1 << 10, ..ReadLimits::default() };
        let mut reader = CsvReader::from_reader(stream, &self.name, Some(self.extent), format, limits)?;
        let names = reader.columns().to_vec();
        let mut pass = Pass {
            surveys: names.iter().map(|_| survey::Survey::default()).collect(),
            keys: keys::Keys::new(names.len()),
            preamble: reader.preamble().to_vec(),
            notes: reader.notes().to_vec(),
            names,
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(8),
            rejects: Vec::new(),
            reject_counts: Vec::new(),
            totals: crate::ReadTotals::default(),
        };
        let mut records = 0_u64;
        while let Some(batch) = reader.next_batch(BATCH)? {
            records = records.saturating_add(batch.rows() as u64).saturating_add(batch.rejects.len() as u64);
            pass.take(batch);
            self.tell(reader.bytes_read(), records)?;
        }
        pass.choose_keys();
        pass.totals = reader.finish();
        Ok(pass)
    }
}

/// What one pass over the records gathers.
struct Pass {
    names: Vec<String>,
    threads: usize,
    surveys: Vec<survey::Survey>,
    keys: keys::Keys,
    preamble: Vec<crate::PreambleLine>,
    notes: Vec<ReadNote>,
    rejects: Vec<Reject>,
    reject_counts: Vec<RejectCount>,
    totals: crate::ReadTotals,
}

impl Pass {
    fn take(&mut self, batch: TextBatch) {
        let columns = self.surveys.len();
        let mut hashes: Vec<Vec<u64>> = vec![Vec::new(); columns];
        let share = columns.div_ceil(self.threads).max(1);
        // Columns don't touch each other: each thread has some of them.
        std::thread::scope(|scope| {
            let parts =
                self.surveys.chunks_mut(share).zip(batch.columns.chunks(share)).zip(hashes.chunks_mut(share));
            for ((surveys, texts), hashes) in parts {
                let batch = &batch;
                let work = move || {
                    for ((survey, texts), hashes) in surveys.iter_mut().zip(texts).zip(hashes) {
                        let places = batch.record_numbers.iter().zip(&batch.lines);
                        hashes.extend(texts.iter().zip(places).map(|(text, (record, line))| {
                            survey.add(text, survey::Place { record: *record, line: *line })
                        }));
                    }
                };
                if batch.rows() < 1_000 {
                    work();
                } else {
                    scope.spawn(work);
                }
            }
        });
        self.keys.add(&hashes, &batch.record_numbers);
        if self.keys.wants_choice() {
            self.choose_keys();
        }
        for reject in batch.rejects {
            match self.reject_counts.iter_mut().find(|count| count.code == reject.reason.code) {
                Some(count) => count.records = count.records.saturating_add(1),
                None => self.reject_counts.push(RejectCount { code: reject.reason.code, records: 1 }),
            }
            if self.rejects.len() < REJECTS {
                self.rejects.push(reject);
            }
        }
    }

    fn choose_keys(&mut self) {
        if !self.keys.is_chosen() {
            let parts: Vec<keys::Part> =
                self.names.iter().zip(&self.surveys).map(|(name, survey)| part(name, survey)).collect();
            self.keys.choose(&parts);
        }
    }
}

/// What a column can be in a key, by its name and the first of its values.
fn part(name: &str, survey: &survey::Survey) -> keys::Part {
    let (mut values, mut fractions, mut whole, mut dates, mut uuids) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    let mut forms: HashMap<String, u32> = HashMap::new();
    for kept in survey.kept().into_iter().filter(|kept| !nulls::is_known(&kept.text)).take(200) {
        values += 1;
        let shape = dates::shape(&kept.text);
        if !dates::FORMS.of_shape(&shape).is_empty() || dates::FORMS.iso_timestamps(&shape).is_some() {
            dates += 1;
        } else if numbers::is_number(&kept.text) {
            let zero = kept.text.len() > 1 && kept.text.starts_with('0');
            let marked = kept.text.contains(['.', ',', '(', '-']);
            fractions += u32::from(marked);
            whole += u32::from(!marked && !zero);
        }
        uuids += u32::from(kept.text.len() == 36 && survey::is_uuid(&kept.text));
        *forms.entry(form_of_code(&shape)).or_default() += 1;
    }
    // A name says nothing against a fraction: `Ref. rate` is a quantity.
    let most = |count: u32| count.saturating_mul(10) >= values;
    let names = identifiers::names(name);
    if values < 2 || survey.max_length > 60 || most(fractions) {
        return keys::Part::None;
    }
    match names {
        Names::Record => return keys::Part::Identifier,
        Names::Holder => return keys::Part::Holder,
        Names::Contact => return keys::Part::Text,
        Names::Nothing => {}
    }
    if dates.saturating_mul(2) > values {
        return keys::Part::Date;
    }
    if whole.saturating_mul(2) > values {
        return keys::Part::Number;
    }
    // A code has digits or only capitals, no blanks, and nearly always the same form.
    let is_code = |form: &str| {
        !form.contains([' ', '@']) && (form.contains('9') || (form.contains('A') && !form.contains('a')))
    };
    let codes = forms.iter().filter(|(form, _)| is_code(form)).map(|(_, count)| *count).max();
    let codes = codes.unwrap_or(0).max(uuids);
    if codes.saturating_mul(10) >= values.saturating_mul(9) { keys::Part::Code } else { keys::Part::Text }
}

/// A shape in which it makes no difference how many digits follow each other: `K-7` and `K-12` are of one form.
fn form_of_code(shape: &str) -> String {
    let mut form = String::with_capacity(shape.len());
    for letter in shape.chars() {
        if letter != '9' || !form.ends_with('9') {
            form.push(letter);
        }
    }
    form
}

/// Bytes as the splitter takes them.
fn rewritten(bytes: Vec<u8>, encoding: &TextEncoding) -> Vec<u8> {
    const MARK: &[u8] = "\u{FEFF}".as_bytes();
    let mut text = if matches!(encoding, TextEncoding::Wide { .. }) {
        let mut input = Input::new(Box::new(Cursor::new(bytes)), encoding);
        match input.more() {
            Ok(()) => input.window().to_vec(),
            // Memory doesn't fail to be read.
            Err(_) => Vec::new(),
        }
    } else {
        bytes
    };
    if text.starts_with(MARK) {
        text.drain(..MARK.len());
    }
    text
}

#[cfg(test)]
mod tests;
