//! Bronze: a source's sample as text, as read, with where each record came from.

use std::path::Path;

use polars::prelude::{
    DataFrame, Int64Chunked, IntoSeries, NewChunkedArray, PlSmallStr, StringChunkedBuilder, TimeUnit,
};
use touchstone_compiler::{Column, CompiledSource};
use touchstone_ingest::{CsvReader, IngestError, IngestErrorCode, Reject};
use touchstone_spec::{DataType, nearest};

use crate::{EngineError, ErrorKind, RejectedRecord, SimulateOptions, Table, Totals, types::constant_text};

/// Records read at once; between batches the run can be cancelled.
const BATCH_RECORDS: usize = 16_384;

/// Names of the columns that tell where a record came from. `_file` alone is reserved: Iceberg's readers take it for
/// the data file that a row stands in.
pub(crate) const FILE: &str = "_source_file";
pub(crate) const RECORD: &str = "_record";
pub(crate) const LINE: &str = "_line";
pub(crate) const BYTE: &str = "_byte";
pub(crate) const LOADED_AT: &str = "_loaded_at";

/// The columns that Touchstone adds to a file's, in order.
pub(crate) const ADDED: [&str; 5] = [FILE, RECORD, LINE, BYTE, LOADED_AT];

/// Columns that the tables of rows set aside have beside a file's: of what is in quarantine the rules and what is wrong, of
/// what gave way to another row the key, the record that stayed and why.
pub(crate) const RULES: &str = "_rules";
pub(crate) const REASON: &str = "_reason";
pub(crate) const KEY: &str = "_key";
pub(crate) const KEPT_RECORD: &str = "_kept_record";

/// How much of a rejected record's text a report shows, in characters.
const RAW_SHOWN: usize = 200;

/// A source as it was read.
#[derive(Debug, Clone)]
pub(crate) struct Bronze {
    /// The columns as text, then [`ADDED`].
    pub(crate) table: Table,
    /// Number of each row's record in the file.
    pub(crate) records: Vec<u64>,
    /// For each field of the contract, its column in `table`.
    pub(crate) contract_columns: Vec<String>,
    /// Columns that the contract doesn't name.
    pub(crate) extra_columns: Vec<String>,
    /// What couldn't be read.
    pub(crate) rejects: Vec<Reject>,
    /// Where every record went.
    pub(crate) totals: Totals,
    /// Whether the file has more records than were asked for.
    pub(crate) is_part: bool,
    /// The file, relative to the workspace.
    pub(crate) file: String,
}

impl Bronze {
    /// A bronze table as the warehouse has it.
    pub(crate) fn stored(table: Table, source: &CompiledSource) -> Result<Self, EngineError> {
        let names: Vec<String> = table
            .columns
            .iter()
            .map(|column| column.name.clone())
            .take_while(|name| !ADDED.contains(&name.as_str()))
            .collect();
        let file = table.series(FILE)?.str()?.get(0).unwrap_or_default().to_owned();
        let contract_columns = contract_columns(&names, source, &file)?;
        let extra_columns = names.into_iter().filter(|name| !contract_columns.contains(name)).collect();
        let numbers = table.series(RECORD)?.i64()?.iter();
        let records: Vec<u64> =
            numbers.map(|number| number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0)).collect();
        let rows = records.len() as u64;
        Ok(Self {
            table,
            records,
            contract_columns,
            extra_columns,
            rejects: Vec::new(),
            totals: Totals::Bronze { records: rows, loaded: rows, rejected: 0, footer: 0 },
            is_part: false,
            file,
        })
    }
}

/// Reads the sample of a source. `watch` hears how many records are done, and how many there may be by the share of the
/// file that is read; it may stop the reading.
pub(crate) fn read(
    source: &CompiledSource,
    place: &str,
    options: &SimulateOptions,
    watch: &dyn Fn(u64, Option<u64>) -> Result<(), EngineError>,
) -> Result<Bronze, EngineError> {
    let sample = source.sample.as_ref().ok_or_else(|| {
        EngineError::new(
            ErrorKind::Missing,
            place,
            format!("the source `{}` has no sample file", source.name),
            format!("name one in the pipeline: sources.{}.sample", source.name),
        )
    })?;
    let path = options.workspace.join(sample);
    let mut reader =
        CsvReader::open(&path, &source.format).map_err(|error| ingest_error(&path, sample, &error))?;
    let names = column_names(reader.columns(), source);
    let contract_columns = contract_columns(&names, source, sample)?;
    let extra_columns: Vec<String> =
        names.iter().filter(|name| !contract_columns.contains(name)).cloned().collect();

    let mut builders: Vec<StringChunkedBuilder> =
        names.iter().map(|name| StringChunkedBuilder::new(name.as_str().into(), 0)).collect();
    let mut records = Vec::new();
    let mut places = Places::default();
    let mut rejects = Vec::new();
    let mut left = options.row_limit.unwrap_or(u64::MAX);
    while left > 0 {
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(BATCH_RECORDS);
        let Some(batch) = reader.next_batch(wanted).map_err(|error| ingest_error(&path, sample, &error))?
        else {
            break;
        };
        for (builder, column) in builders.iter_mut().zip(&batch.columns) {
            for text in column.iter() {
                builder.append_option(text);
            }
        }
        left = left.saturating_sub((batch.record_numbers.len() + batch.rejects.len()) as u64);
        records.extend(batch.record_numbers);
        places.lines.extend(batch.lines);
        places.bytes.extend(batch.byte_offsets);
        rejects.extend(batch.rejects);
        let done = (records.len() + rejects.len()) as u64;
        watch(done, expected(done, &reader).map(|total| total.min(options.row_limit.unwrap_or(u64::MAX))))?;
    }
    let is_part = left == 0 && reader.total_bytes().is_some_and(|bytes| reader.bytes_read() < bytes);
    let totals = reader.finish();
    let totals = Totals::Bronze {
        records: totals.records_read,
        loaded: records.len() as u64,
        rejected: rejects.len() as u64,
        footer: totals.footer.len() as u64,
    };
    let table = assemble(builders, names, (&records, &places), sample, options)?;
    Ok(Bronze {
        table,
        records,
        contract_columns,
        extra_columns,
        rejects,
        totals,
        is_part,
        file: sample.clone(),
    })
}

/// How many records the file has, if they are all as long as those that are read.
fn expected(done: u64, reader: &CsvReader) -> Option<u64> {
    let (read, total) = (u128::from(reader.bytes_read()), u128::from(reader.total_bytes()?));
    u64::try_from((u128::from(done) * total).checked_div(read)?).ok().map(|total| total.max(done))
}

/// Names of the bronze columns. Without a header the contract names them by position. The names that Touchstone adds
/// are its own.
fn column_names(header: &[String], source: &CompiledSource) -> Vec<String> {
    header
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let name = match source.contract.get(index) {
                Some(field) if source.format.header_row == 0 => &field.name,
                _ => name,
            };
            if ADDED.contains(&name.as_str()) { format!("{name}_column") } else { name.clone() }
        })
        .collect()
}

fn contract_columns(
    names: &[String],
    source: &CompiledSource,
    sample: &str,
) -> Result<Vec<String>, EngineError> {
    source
        .contract
        .iter()
        .enumerate()
        .map(|(index, field)| {
            let found = if source.format.header_row == 0 {
                names.get(index)
            } else {
                names.iter().find(|name| {
                    **name == field.name || name.strip_suffix("_column") == Some(field.name.as_str()) && field.name.starts_with('_')
                })
            };
            found.cloned().ok_or_else(|| {
                let (reason, next_step) = if source.format.header_row == 0 {
                    (
                        format!(
                            "the file breaks its contract: it has {} columns, and `{}` is promised as column {}",
                            names.len(),
                            field.name,
                            index + 1
                        ),
                        "correct the delimiter or the contract, or ask the sender for a complete file".to_owned(),
                    )
                } else {
                    let header = nearest(&field.name, names.iter().map(String::as_str));
                    (
                        format!("the file breaks its contract: it has no column `{}`", field.name),
                        match header {
                            Some(header) => format!(
                                "the header has `{header}`: correct the name in the contract, or ask the sender"
                            ),
                            None => format!(
                                "its header has: {}. Correct header_row or the contract, or ask the sender",
                                names.iter().take(20).cloned().collect::<Vec<_>>().join(", ")
                            ),
                        },
                    )
                };
                EngineError::new(ErrorKind::Contract, sample, reason, next_step)
            })
        })
        .collect()
}

/// Where records begin in their file.
#[derive(Default)]
struct Places {
    lines: Vec<u64>,
    bytes: Vec<u64>,
}

fn assemble(
    builders: Vec<StringChunkedBuilder>,
    names: Vec<String>,
    (records, places): (&[u64], &Places),
    sample: &str,
    options: &SimulateOptions,
) -> Result<Table, EngineError> {
    let height = records.len();
    let mut columns: Vec<Column> =
        names.into_iter().map(|name| column(name, DataType::String, false)).collect();
    columns.push(column(FILE, DataType::String, true));
    columns.extend([RECORD, LINE, BYTE].map(|name| column(name, DataType::Long, true)));
    columns.push(column(LOADED_AT, DataType::Timestamptz, true));
    let mut series: Vec<polars::prelude::Column> =
        builders.into_iter().map(|builder| builder.finish().into_series().into()).collect();
    series.push(constant_text(FILE, sample, height).into());
    series.push(record_series(records).into());
    series.push(record_series(&places.lines).with_name(LINE.into()).into());
    series.push(record_series(&places.bytes).with_name(BYTE.into()).into());
    series.push(
        Int64Chunked::from_vec(PlSmallStr::EMPTY, vec![options.started_at.timestamp_micros(); height])
            .into_series()
            .into_datetime(TimeUnit::Microseconds, None)
            .with_name(LOADED_AT.into())
            .into(),
    );
    Ok(Table { columns, frame: DataFrame::new(height, series)? })
}

pub(crate) fn column(name: impl Into<String>, data_type: DataType, required: bool) -> Column {
    Column { name: name.into(), data_type, required, description: None }
}

/// The numbers of records as a column.
pub(crate) fn record_series(records: &[u64]) -> polars::prelude::Series {
    Int64Chunked::from_iter_values(
        RECORD.into(),
        records.iter().map(|record| i64::try_from(*record).unwrap_or(i64::MAX)),
    )
    .into_series()
}

/// The rejects table: what couldn't be read, with all that is needed to find it in the file.
pub(crate) fn rejects_table(bronze: &Bronze) -> Result<Table, EngineError> {
    let rejects = &bronze.rejects;
    let number = |name: &str, value: &dyn Fn(&Reject) -> u64| {
        record_series(&rejects.iter().map(value).collect::<Vec<_>>()).with_name(name.into())
    };
    let text = |name: &str, value: &dyn Fn(&Reject) -> String| {
        let texts: Vec<String> = rejects.iter().map(value).collect();
        polars::prelude::StringChunked::from_iter_values(name.into(), texts.iter().map(String::as_str))
            .into_series()
    };
    let series = vec![
        constant_text(FILE, &bronze.file, rejects.len()),
        number(RECORD, &|reject| reject.record),
        number(LINE, &|reject| reject.line),
        number(BYTE, &|reject| reject.byte),
        number("_length", &|reject| reject.length),
        text("_reason", &|reject| reject.reason.message.clone()),
        text("_raw", &|reject| reject.raw.clone()),
    ];
    let columns = series
        .iter()
        .map(|series| {
            let data_type = if series.str().is_ok() { DataType::String } else { DataType::Long };
            column(series.name().as_str(), data_type, true)
        })
        .collect();
    let series = series.into_iter().map(Into::into).collect();
    Ok(Table { columns, frame: DataFrame::new(rejects.len(), series)? })
}

/// A reject as a report shows it.
pub(crate) fn rejected_record(reject: &Reject) -> RejectedRecord {
    let mut raw: String = reject.raw.chars().take(RAW_SHOWN).collect();
    if reject.raw_cut || raw.len() < reject.raw.len() {
        raw.push('…');
    }
    RejectedRecord {
        record: reject.record,
        line: reject.line,
        byte: reject.byte,
        reason: reject.reason.message.clone(),
        raw,
    }
}

/// An error of the reader, with the file as the workspace knows it.
pub(crate) fn ingest_error(path: &Path, sample: &str, error: &IngestError) -> EngineError {
    if let Some(io) = error.io_error() {
        let mut known = EngineError::io(path, io);
        sample.clone_into(&mut known.place);
        return known;
    }
    let place = match (error.place().line, &error.place().column) {
        (Some(line), _) => format!("{sample}, line {line}"),
        (None, Some(column)) => format!("{sample}, column `{column}`"),
        (None, None) => sample.to_owned(),
    };
    let kind = if error.code() == IngestErrorCode::Field { ErrorKind::Unsupported } else { ErrorKind::Input };
    EngineError::new(kind, place, error.reason(), error.next_step())
}
