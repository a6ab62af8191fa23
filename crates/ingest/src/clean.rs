//! Writes what was read as plain CSV, and everything else, so that nothing is lost, as JSON lines.

use std::{
    io::{self, Write},
    ops::ControlFlow,
    path::Path,
};

use serde::Serialize;
use touchstone_spec::CsvFormat;

use crate::{CsvReader, IngestError, Progress, ReadLimits, ReadTotals, Reject, progress};

/// Records read at a time.
const BATCH: usize = 8_192;

/// One line of the rejects file.
#[derive(Debug, Serialize)]
struct Line<'text> {
    /// `reject`, `preamble` or `footer`.
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u64>,
    #[serde(rename = "line")]
    begins_on: u64,
    byte: u64,
    length: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'text str>,
    /// The text, where the encoding can show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<&'text str>,
    /// The bytes in base64 (RFC 4648), where it can't.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_base64: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    raw_cut: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Reads a file and writes its records to `clean_out`, everything else to `rejects_out`.
///
/// The clean file is CSV as RFC 4180 has it: UTF-8, commas, one header row, records ended by CR LF, fields in
/// double quotes where they need them. A missing value is an empty field; an empty text is `""`, in quotes, so
/// that the two stay apart. Texts are as they stand in the source: nothing is trimmed or typed.
///
/// The rejects file has one JSON object a line, for rejects (`kind: reject`), preamble and footer: record, line,
/// byte, length, code, reason, and `raw` (text) or `raw_base64` (bytes that mean nothing in the encoding). A
/// record longer than 16 MiB has only its beginning there (`raw_cut`); its place says where the rest is.
///
/// # Errors
/// The file can't be read, an output can't be written, or the watcher said to stop.
pub fn clean(
    path: &Path,
    format: &CsvFormat,
    clean_out: &mut impl Write,
    rejects_out: &mut impl Write,
    watch: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<ReadTotals, IngestError> {
    let limits = ReadLimits::default();
    let mut reader = CsvReader::open_with(path, format, ReadLimits { raw: limits.record, ..limits })?;
    let name = reader.name().to_owned();
    let written = |error| IngestError::writing("the clean file", error);
    let rejected = |error| IngestError::writing("the rejects file", error);
    for line in reader.preamble() {
        let raw_bytes = line.raw_bytes.as_deref();
        let out = Line {
            raw: raw_bytes.is_none().then_some(line.text.as_str()),
            raw_base64: raw_bytes.map(base64),
            ..place("preamble", None, line.line, line.byte, line.length)
        };
        write_line(rejects_out, &out).map_err(rejected)?;
    }
    let mut buffer = String::new();
    write_row(&mut buffer, reader.columns().iter().map(|name| Some(name.as_str())));
    clean_out.write_all(buffer.as_bytes()).map_err(written)?;
    let mut records = 0_u64;
    while let Some(batch) = reader.next_batch(BATCH)? {
        buffer.clear();
        for row in 0..batch.rows() {
            write_row(&mut buffer, batch.columns.iter().map(|column| column.get(row)));
        }
        clean_out.write_all(buffer.as_bytes()).map_err(written)?;
        for reject in &batch.rejects {
            write_line(rejects_out, &reject_line(reject)).map_err(rejected)?;
        }
        records = records.saturating_add(batch.rows() as u64).saturating_add(batch.rejects.len() as u64);
        let at = Progress { bytes: reader.bytes_read(), total_bytes: reader.total_bytes(), records };
        progress::tell(watch, at, &name)?;
    }
    let totals = reader.finish();
    for footer in &totals.footer {
        let raw_bytes = footer.raw_bytes.as_deref();
        let out = Line {
            raw: raw_bytes.is_none().then_some(footer.text.as_str()),
            raw_base64: raw_bytes.map(base64),
            ..place("footer", Some(footer.record), footer.line, footer.byte, footer.length)
        };
        write_line(rejects_out, &out).map_err(rejected)?;
    }
    clean_out.flush().map_err(written)?;
    rejects_out.flush().map_err(rejected)?;
    Ok(totals)
}

fn place(kind: &'static str, record: Option<u64>, line: u64, byte: u64, length: u64) -> Line<'static> {
    Line {
        kind,
        record,
        begins_on: line,
        byte,
        length,
        code: None,
        reason: None,
        raw: None,
        raw_base64: None,
        raw_cut: false,
    }
}

fn reject_line(reject: &Reject) -> Line<'_> {
    Line {
        code: Some(reject.reason.code.as_str()),
        reason: Some(&reject.reason.message),
        raw: reject.raw_bytes.is_none().then_some(reject.raw.as_str()),
        raw_base64: reject.raw_bytes.as_deref().map(base64),
        raw_cut: reject.raw_cut,
        ..place("reject", Some(reject.record), reject.line, reject.byte, reject.length)
    }
}

fn write_line(out: &mut impl Write, line: &Line<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

fn write_row<'text>(out: &mut String, fields: impl Iterator<Item = Option<&'text str>>) {
    for (index, field) in fields.enumerate() {
        if index > 0 {
            out.push(',');
        }
        match field {
            None => {}
            // Blanks are quoted too, so that a line of one blank isn't taken for an empty one.
            Some(text)
                if text.is_empty()
                    || text.starts_with([' ', '\t'])
                    || text.contains([',', '"', '\r', '\n']) =>
            {
                out.push('"');
                for part in text.split_inclusive('"') {
                    out.push_str(part);
                    if part.ends_with('"') {
                        out.push('"');
                    }
                }
                out.push('"');
            }
            Some(text) => out.push_str(text),
        }
    }
    out.push_str("\r\n");
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: [char; 64] = {
        let mut digits = ['A'; 64];
        let mut index = 0;
        while index < 64 {
            digits[index] =
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[index] as char;
            index += 1;
        }
        digits
    };
    let mut text = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for group in bytes.chunks(3) {
        let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or(0));
        let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        for place in 0..4_u32 {
            let index = (bits >> (18 - 6 * place)) & 0x3F;
            let digit = usize::try_from(index).ok().and_then(|index| DIGITS.get(index)).copied();
            text.push(if usize::try_from(place).is_ok_and(|place| place > group.len()) {
                '='
            } else {
                digit.unwrap_or('=')
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unwatched;

    fn cleaned(bytes: &[u8], format: &CsvFormat) -> (String, String, ReadTotals) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("in.csv");
        std::fs::write(&path, bytes).unwrap();
        let (mut out, mut rejects) = (Vec::new(), Vec::new());
        let totals = clean(&path, format, &mut out, &mut rejects, &unwatched).unwrap();
        (String::from_utf8(out).unwrap(), String::from_utf8(rejects).unwrap(), totals)
    }

    #[test]
    fn clean_and_rejects_hold_everything() {
        let format = CsvFormat { delimiter: ';', header_row: 2, footer_rows: 1, ..CsvFormat::default() };
        let text = b"Report \xE9\na;b;c\n1;\"\";\n\"x,y\";\"say \"\"hi\"\"\";\" l\nm\"\nbad;row\n\xFF;2;3\nTOTAL;2\n";
        let (out, rejects, totals) = cleaned(text, &format);
        assert_eq!(totals.byte_totals.sum(), text.len() as u64);
        insta::assert_snapshot!(format!("{}\n{rejects}", out.replace('\r', "\\r")));

        // What was written is read back the same, and cleaned again it doesn't change.
        let (again, rejects, _) = cleaned(out.as_bytes(), &CsvFormat::default());
        assert_eq!((again, rejects), (out, String::new()));
    }

    #[test]
    fn base64_is_as_rfc_4648_has_it() {
        for (bytes, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), expected);
        }
    }

    #[test]
    fn a_full_disk_and_a_cancelled_run_say_so() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::from(io::ErrorKind::StorageFull))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("in.csv");
        std::fs::write(&path, "a,b\n1,2\n").unwrap();
        let format = CsvFormat::default();
        let error = clean(&path, &format, &mut Full, &mut Vec::new(), &unwatched).unwrap_err();
        assert!(error.to_string().starts_with("the clean file: the disk is full"), "{error}");
        let stop = |_| ControlFlow::Break(());
        let error = clean(&path, &format, &mut Vec::new(), &mut Vec::new(), &stop).unwrap_err();
        assert_eq!(error.code(), crate::IngestErrorCode::Cancelled);
    }
}
