//! Records of a source as they stand in its file.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use touchstone_compiler::CompiledSource;
use touchstone_ingest::{CsvReader, RecordText};

use super::ColumnUse;
use crate::{
    EngineError, Table,
    bronze::{ADDED, BYTE, FILE, LINE, RECORD},
    silver::table_rows,
};

/// A record of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// The file, relative to the workspace.
    pub file: String,
    /// Number of the record, counted from one after the header.
    pub record: u64,
    /// Line on which it begins, counted from one; none when a run of an earlier version didn't keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Byte at which it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byte: Option<u64>,
    /// Its text as it stands in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether `text` holds only the beginning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub text_cut: bool,
    /// Why there is no text: the file is gone, or another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_text: Option<String>,
    /// Its fields as they were read, in the order of the file.
    pub fields: Vec<SourceField>,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceField {
    /// Name of the column.
    pub name: String,
    /// Its text as read; none when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What it has to do with the cell.
    #[serde(rename = "use")]
    pub usage: ColumnUse,
}

/// The file that the rows of a bronze table came from.
pub(crate) struct SourceFile<'source> {
    workspace: PathBuf,
    source: &'source CompiledSource,
}

impl<'source> SourceFile<'source> {
    pub(crate) fn new(workspace: &Path, source: &'source CompiledSource) -> Self {
        Self { workspace: workspace.to_owned(), source }
    }

    /// The records of some rows of a table with bronze columns: bronze itself, or a quarantine. Columns behind the
    /// added ones aren't the file's.
    pub(crate) fn records(
        &self,
        table: &Table,
        rows: &[usize],
        usage: &dyn Fn(&str) -> ColumnUse,
    ) -> Result<Vec<SourceRecord>, EngineError> {
        let rows = table_rows(table, &rows.iter().map(|row| Some(*row)).collect::<Vec<_>>())?;
        let has = |name: &str| rows.columns.iter().any(|column| column.name == name);
        let numbers = |name: &str| -> Result<Vec<Option<u64>>, EngineError> {
            if !has(name) {
                return Ok(vec![None; rows.frame.height()]);
            }
            let values = rows.series(name)?.i64()?.iter();
            Ok(values.map(|value| value.and_then(|value| u64::try_from(value).ok())).collect())
        };
        let files = rows.series(FILE)?.str()?.clone();
        let (records, lines, bytes) = (numbers(RECORD)?, numbers(LINE)?, numbers(BYTE)?);
        let own: Vec<&str> = rows
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .take_while(|name| !ADDED.contains(name))
            .collect();
        let mut found: Vec<SourceRecord> = files
            .iter()
            .zip(records)
            .zip(lines.into_iter().zip(bytes))
            .map(|((file, record), (line, byte))| SourceRecord {
                file: file.unwrap_or_default().to_owned(),
                record: record.unwrap_or(0),
                line,
                byte,
                text: None,
                text_cut: false,
                no_text: None,
                fields: Vec::new(),
            })
            .collect();
        for name in own {
            let texts = rows.series(name)?.str()?.clone();
            for (record, text) in found.iter_mut().zip(texts.iter()) {
                record.fields.push(SourceField {
                    name: name.to_owned(),
                    text: text.map(str::to_owned),
                    usage: usage(name),
                });
            }
        }
        self.add_texts(&mut found);
        Ok(found)
    }

    /// Reads the texts again. They are the same file's only if they still have the fields that were read then.
    fn add_texts(&self, records: &mut [SourceRecord]) {
        let Some(file) = records.first().map(|record| record.file.clone()) else { return };
        let bytes: Vec<u64> = records.iter().map(|record| record.byte.unwrap_or(u64::MAX)).collect();
        let texts = match CsvReader::records_at(&self.workspace.join(&file), &self.source.format, &bytes) {
            Ok(texts) => texts,
            Err(error) => {
                for record in records {
                    record.no_text = Some(format!("the file can't be read again: {}", error.reason()));
                }
                return;
            }
        };
        for (record, text) in records.iter_mut().zip(texts) {
            match text.filter(|text| is_same(record, text)) {
                Some(text) => {
                    record.text = Some(text.text);
                    record.text_cut = text.cut;
                }
                None if record.byte.is_none() => {
                    record.no_text =
                        Some("simulate again: this run didn't keep where its records stand".to_owned());
                }
                None => record.no_text = Some("the file was changed after the run".to_owned()),
            }
        }
    }
}

fn is_same(record: &SourceRecord, text: &RecordText) -> bool {
    text.values.as_ref().is_some_and(|values| {
        values.len() == record.fields.len()
            && values.iter().zip(&record.fields).all(|(value, field)| *value == field.text)
    })
}
