//! Single records by their place in the file: for somebody who asks where a row came from.

use std::{
    io::{Seek, SeekFrom},
    path::Path,
};

use touchstone_spec::CsvFormat;

use super::{CsvReader, IngestError, Input, Position, open_file, show};
use crate::{TextBatch, TextColumn};

/// A record as it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordText {
    /// Its text without the line end; bytes that mean nothing in the encoding show as U+FFFD.
    pub text: String,
    /// Whether `text` holds only the beginning.
    pub cut: bool,
    /// Bytes in the file, its line end included.
    pub length: u64,
    /// Its fields as [`CsvReader::next_batch`] gives them; none when it is a reject.
    pub values: Option<Vec<Option<String>>>,
}

impl CsvReader {
    /// The records that begin at these bytes of the file, in the order asked for; none where the file has ended
    /// before. A byte inside a record gives the rest of it: compare `values` with what was read before to learn
    /// whether the file is still the same.
    ///
    /// # Errors
    /// When the file can't be opened with this format, or not be read.
    pub fn records_at(
        path: &Path,
        format: &CsvFormat,
        bytes: &[u64],
    ) -> Result<Vec<Option<RecordText>>, IngestError> {
        let mut reader = Self::open(path, format)?;
        bytes.iter().map(|byte| reader.record_at(path, *byte)).collect()
    }

    fn record_at(&mut self, path: &Path, byte: u64) -> Result<Option<RecordText>, IngestError> {
        let mut file = open_file(path)?;
        file.seek(SeekFrom::Start(byte)).map_err(|error| IngestError::reading(&self.name, error))?;
        self.input = Input::new(Box::new(file), &self.encoding);
        self.at = Position { byte, line: 1 };
        let Some((found, extent)) = self.find()? else { return Ok(None) };
        let record = if extent.next == 0 {
            self.scratch.kept.as_slice()
        } else {
            self.input.window().get(..extent.end).unwrap_or_default()
        };
        let shown = show(record, &self.encoding, self.limits.raw);
        let mut batch = TextBatch {
            columns: self.columns.iter().map(|_| TextColumn::with_capacity(1)).collect(),
            ..TextBatch::default()
        };
        self.take(found, extent, &mut batch);
        let values = (batch.rows() == 1)
            .then(|| batch.columns.iter().map(|column| column.get(0).map(str::to_owned)).collect());
        Ok(Some(RecordText { text: shown.text, cut: shown.cut, length: found.length, values }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn found(bytes: &[u8], format: &CsvFormat) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let mut reader = CsvReader::open(file.path(), format).unwrap();
        let batch = reader.next_batch(100).unwrap().unwrap();
        assert!(batch.rows() >= 2);
        let texts = CsvReader::records_at(file.path(), format, &batch.byte_offsets).unwrap();
        for (row, text) in texts.into_iter().enumerate() {
            let text = text.unwrap();
            let read: Vec<Option<String>> =
                batch.columns.iter().map(|column| column.get(row).map(str::to_owned)).collect();
            assert_eq!(text.values, Some(read));
            assert!(text.text.contains('ä'), "{}", text.text);
        }
    }

    #[test]
    fn a_record_is_found_again_whatever_the_encoding() {
        let text = "a;b\n1;ä\n\n2;\"x\n\"\"ä\"\"\"\n3;ä";
        let format = |encoding: &str| CsvFormat {
            delimiter: ';',
            encoding: encoding.to_owned(),
            ..CsvFormat::default()
        };
        found(text.as_bytes(), &format("utf-8"));
        let wide: Vec<u8> = "\u{FEFF}"
            .chars()
            .chain(text.chars())
            .collect::<String>()
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        found(&wide, &format("utf-16le"));
        let single: Vec<u8> =
            text.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
        found(&single, &format("windows-1252"));
    }

    #[test]
    fn past_the_end_there_is_no_record() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"a,b\n1,2\n").unwrap();
        let texts = CsvReader::records_at(file.path(), &CsvFormat::default(), &[4, 8, 100]).unwrap();
        assert_eq!(texts.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, false]);
        assert_eq!(texts[0].as_ref().unwrap().text, "1,2");
    }
}
