//! Opens a file: format checked, binary files refused, preamble and header read.

use std::collections::HashSet;

use super::{
    ByteTotals, CsvFormat, CsvReader, Dialect, FOOTER_LIMIT, IngestError, IngestErrorCode, IngestPlace,
    Input, Position, PreambleLine, Read, ReadLimits, ReadNote, ReadTotals, TextEncoding, VecDeque, add,
    record, show,
};
use crate::{encoding, split::LineEnd};

/// How much of the beginning is looked at to tell text from other things, in bytes.
const LOOK: usize = 64 << 10;

/// Records from which the number of columns is taken where there is no header.
const WIDTH_RECORDS: usize = 1_000;

impl CsvReader {
    pub(super) fn start(
        reader: Box<dyn Read + Send>,
        name: String,
        total_bytes: Option<u64>,
        format: &CsvFormat,
        limits: ReadLimits,
    ) -> Result<Self, IngestError> {
        let mut dialect = check_format(format, &name)?;
        let special: Vec<u8> =
            [Some(dialect.delimiter), dialect.quote, dialect.escape].into_iter().flatten().collect();
        let encoding = TextEncoding::named(&format.encoding, &special)?;
        let mut input = Input::new(reader, &encoding);
        input.more().map_err(|error| IngestError::reading(&name, error))?;
        check_beginning(input.window(), &encoding, dialect, &name)?;
        dialect.line_end = LineEnd::of(input.window());
        let mut opened = Self {
            name,
            input,
            encoding,
            dialect,
            limits,
            columns: Vec::new(),
            preamble: Vec::new(),
            notes: Vec::new(),
            footer_rows: usize::try_from(format.footer_rows).unwrap_or(usize::MAX),
            held: VecDeque::new(),
            spare: None,
            spans: Vec::new(),
            scratch: record::Scratch::default(),
            at: Position { byte: 0, line: 1 },
            next_record: 1,
            totals: ReadTotals { byte_totals: ByteTotals::default(), ..ReadTotals::default() },
            total_bytes,
        };
        opened.skip_byte_order_mark();
        if format.header_row == 0 {
            opened.count_columns()?;
        } else {
            opened.read_preamble(format.header_row)?;
            opened.read_header(format.header_row)?;
        }
        Ok(opened)
    }

    fn skip_byte_order_mark(&mut self) {
        const MARK: &[u8] = "\u{FEFF}".as_bytes();
        let unicode = matches!(self.encoding, TextEncoding::Utf8 | TextEncoding::Wide { .. });
        if unicode && self.input.window().starts_with(MARK) {
            self.totals.byte_totals.byte_order_mark = self.step(MARK.len(), 0);
        }
    }

    /// One whole line in the window: one past its text, and where the next begins. None at the end of the file.
    fn whole_line(&mut self) -> Result<Option<(usize, usize)>, IngestError> {
        loop {
            let window = self.input.window();
            if window.is_empty() && self.input.at_end() {
                return Ok(None);
            }
            match self.dialect.line(window, self.input.at_end()) {
                Some((end, _)) if end > self.limits.record => return Err(self.line_too_long()),
                Some(line) => return Ok(Some(line)),
                None if window.len() > self.limits.record => return Err(self.line_too_long()),
                None => self.more()?,
            }
        }
    }

    fn line_too_long(&self) -> IngestError {
        IngestError::new(
            IngestErrorCode::HeaderTooLong,
            IngestPlace::line(&self.name, self.at.line, self.at.byte),
            format!(
                "this line, at or above the header, is longer than {} MiB, so the file has no header that could \
                 be read",
                self.limits.record >> 20
            ),
            "check how the file was exported: its lines should end with a line break",
        )
    }

    fn read_preamble(&mut self, header_row: u64) -> Result<(), IngestError> {
        while self.at.line < header_row {
            let at = self.at;
            let Some((end, next)) = self.whole_line()? else {
                return Err(IngestError::new(
                    IngestErrorCode::NoHeader,
                    IngestPlace::file(&self.name),
                    format!(
                        "the header should be on line {header_row}, but the file has only {} lines",
                        at.line.saturating_sub(1)
                    ),
                    "set header_row to the header's line, or to 0 if there is none",
                ));
            };
            let shown =
                show(self.input.window().get(..end).unwrap_or_default(), &self.encoding, self.limits.record);
            let length = self.step(next, 1);
            add(&mut self.totals.byte_totals.preamble, length);
            self.preamble.push(PreambleLine {
                line: at.line,
                byte: at.byte,
                length,
                text: shown.text,
                raw_bytes: shown.bytes,
            });
        }
        Ok(())
    }

    fn read_header(&mut self, header_row: u64) -> Result<(), IngestError> {
        let at = self.at;
        let place = IngestPlace::line(&self.name, at.line, at.byte);
        let no_header = |reason: String| {
            IngestError::new(
                IngestErrorCode::NoHeader,
                place.clone(),
                reason,
                "set header_row to the header's line, or to 0 if there is none",
            )
        };
        let Some((line_end, _)) = self.whole_line()? else {
            return Err(no_header(format!(
                "the file ends before line {header_row}, where its header should be"
            )));
        };
        if line_end == 0 {
            return Err(no_header(format!("line {header_row} should be the header, but it is blank")));
        }
        let extent = loop {
            let window = self.input.window();
            match self.dialect.record(window, self.input.at_end(), None, &mut self.spans) {
                Some(extent) if extent.end <= self.limits.record => break extent,
                None if window.len() <= self.limits.record => self.more()?,
                _ => return Err(self.line_too_long()),
            }
        };
        if extent.fault.is_some() {
            return Err(no_header("the quotes in the header don't match".to_owned()));
        }
        let record = self.input.window().get(..extent.end).unwrap_or_default();
        let mut cells = Vec::with_capacity(self.spans.len());
        for span in &self.spans {
            let content = record.get(span.start..span.end).unwrap_or_default();
            let Some(text) = self.encoding.decode(content) else {
                return Err(IngestError::new(
                    IngestErrorCode::Encoding,
                    IngestPlace::line(&self.name, at.line, at.byte),
                    format!("the header holds bytes that mean nothing in {}", self.encoding.label()),
                    "set the encoding that the file was written in, such as windows-1252",
                ));
            };
            let mut cell = String::new();
            if span.folded {
                self.dialect.unfold(&text, &mut cell);
            } else {
                cell.push_str(&text);
            }
            cells.push(cell);
        }
        self.columns = name_columns(&cells, at.line, &mut self.notes);
        let length = self.step(extent.next, extent.lines);
        self.totals.byte_totals.header = length;
        Ok(())
    }

    /// Without a header the most frequent number of fields among the first records is the number of columns.
    fn count_columns(&mut self) -> Result<(), IngestError> {
        let mut widths: Vec<(usize, usize)> = Vec::new();
        loop {
            widths.clear();
            let mut seen = 0;
            let mut window = self.input.window();
            while seen < WIDTH_RECORDS && !window.is_empty() {
                let Some(extent) = self.dialect.record(window, self.input.at_end(), None, &mut self.spans)
                else {
                    break;
                };
                if extent.end > 0 && extent.fault.is_none() && extent.end <= self.limits.record {
                    let width = self.spans.len();
                    match widths.iter_mut().find(|(known, _)| *known == width) {
                        Some((_, count)) => *count += 1,
                        None => widths.push((width, 1)),
                    }
                    seen += 1;
                }
                window = window.get(extent.next..).unwrap_or_default();
            }
            if seen > 0 || self.input.at_end() {
                break;
            }
            if self.input.window().len() > self.limits.record {
                return Err(self.line_too_long());
            }
            self.more()?;
        }
        // The first of equals, so that the first record decides a tie.
        let mut best: Option<(usize, usize)> = None;
        for (width, count) in &widths {
            if best.is_none_or(|(_, most)| *count > most) {
                best = Some((*width, *count));
            }
        }
        let Some((width, _)) = best else {
            return Err(IngestError::new(
                IngestErrorCode::EmptyFile,
                IngestPlace::file(&self.name),
                "the file has no record from which the number of columns could be taken",
                "check that this is the right file",
            ));
        };
        self.columns = (1..=width).map(|position| format!("column_{position}")).collect();
        Ok(())
    }
}

/// Blanks around the names are dropped, empty names filled in, and repeated ones numbered; each change is noted.
fn name_columns(cells: &[String], line: u64, notes: &mut Vec<ReadNote>) -> Vec<String> {
    let mut note = |message: String| notes.push(ReadNote { line: Some(line), message });
    // Names that differ only in case are one name to Spark, Athena and Glue.
    let given: HashSet<String> = cells.iter().map(|cell| cell.trim().to_lowercase()).collect();
    let mut taken: HashSet<String> = HashSet::new();
    let mut names = Vec::with_capacity(cells.len());
    for (cell, position) in cells.iter().zip(1_usize..) {
        let trimmed = cell.trim();
        if trimmed.len() != cell.len() && !trimmed.is_empty() {
            note(format!("blanks around the name of column {position}, `{trimmed}`, were dropped"));
        }
        let wanted = if trimmed.is_empty() { format!("column_{position}") } else { trimmed.to_owned() };
        let mut name = wanted.clone();
        let mut copy = 2_u64;
        while taken.contains(&name.to_lowercase())
            || (name != trimmed && given.contains(&name.to_lowercase()))
        {
            name = format!("{wanted}_{copy}");
            copy = copy.saturating_add(1);
        }
        if trimmed.is_empty() {
            note(format!("column {position} has no name in the header; it is called `{name}`"));
        } else if name != trimmed {
            note(format!(
                "the name `{trimmed}` stands twice in the header; column {position} is called `{name}`"
            ));
        }
        taken.insert(name.to_lowercase());
        names.push(name);
    }
    names
}

fn check_format(format: &CsvFormat, file: &str) -> Result<Dialect, IngestError> {
    let wrong = |key: &str, reason: String| {
        IngestError::new(
            IngestErrorCode::Format,
            IngestPlace { file: Some(file.to_owned()), column: None, ..IngestPlace::default() },
            format!("the format's {key} can't be used: {reason}"),
            format!("change {key} in the source's format"),
        )
    };
    let ascii = |key: &str, character: char| match u8::try_from(character) {
        Ok(byte) if byte.is_ascii() && !matches!(byte, b'\r' | b'\n' | 0) => Ok(byte),
        _ => Err(wrong(key, format!("{character:?} isn't one ASCII character other than a line break"))),
    };
    let delimiter = ascii("delimiter", format.delimiter)?;
    let quote = format.quote.map(|quote| ascii("quote", quote)).transpose()?;
    let escape = format.escape.map(|escape| ascii("escape", escape)).transpose()?;
    if quote == Some(delimiter) {
        return Err(wrong("quote", "it is the delimiter as well".to_owned()));
    }
    if escape == Some(delimiter) {
        return Err(wrong("escape", "it is the delimiter as well".to_owned()));
    }
    if format.footer_rows > FOOTER_LIMIT {
        return Err(wrong("footer_rows", format!("at most {FOOTER_LIMIT} are supported")));
    }
    Ok(Dialect { delimiter, quote, escape: escape.filter(|_| escape != quote), line_end: LineEnd::Feed })
}

/// Refuses what isn't text in the encoding that the format names.
fn check_beginning(
    window: &[u8],
    encoding: &TextEncoding,
    dialect: Dialect,
    name: &str,
) -> Result<(), IngestError> {
    let refuse =
        |code, reason: String, next: &str| Err(IngestError::new(code, IngestPlace::file(name), reason, next));
    if window.is_empty() || window == "\u{FEFF}".as_bytes() {
        return refuse(
            IngestErrorCode::EmptyFile,
            "the file is empty".to_owned(),
            "check that it was exported and copied completely",
        );
    }
    if matches!(encoding, TextEncoding::Wide { .. }) {
        return Ok(());
    }
    if let Some(kind) = encoding::known_binary(window) {
        return refuse(IngestErrorCode::BinaryFile, format!("this looks like {}", kind.what), kind.next_step);
    }
    let head = window.get(..window.len().min(LOOK)).unwrap_or_default();
    if let Some(label) = encoding::wide_label(head) {
        return refuse(
            IngestErrorCode::Encoding,
            format!("the file is in {label}, but the format says {}", encoding.label()),
            &format!("set the format's encoding to {label}"),
        );
    }
    if !matches!(encoding, TextEncoding::Utf8) && head.starts_with("\u{FEFF}".as_bytes()) {
        return refuse(
            IngestErrorCode::Encoding,
            format!(
                "the file begins with the byte order mark of UTF-8, but the format says {}",
                encoding.label()
            ),
            "set the format's encoding to utf-8",
        );
    }
    if encoding::looks_binary(head, Some(dialect.delimiter)) {
        return refuse(
            IngestErrorCode::BinaryFile,
            "this looks like a binary file, not text".to_owned(),
            "export it as delimited text (CSV) first",
        );
    }
    Ok(())
}
