//! `infer` and `ingest`: what a data file holds.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use touchstone_studio::{
    ErrorCode, RpcError,
    ingest::{
        CandidateKey, ColumnProfile, InferOptions, Inference, IngestError, clean, infer as infer_file,
        unwatched,
    },
    ingest_error, source_format,
    spec::{CsvFormat, nearest},
};

use super::open;
use crate::{Outcome, arguments::IngestOptions, output};

/// Shows what a data file holds; with a column, everything about it.
pub(crate) fn infer(file: &Path, column: Option<&str>, json: bool) -> Outcome {
    let inference = infer_file(file, &InferOptions::default()).map_err(|error| ingest_error(&error))?;
    let Some(name) = column else {
        if json {
            output::json(&inference)?;
        } else {
            show(file, &inference);
        }
        return Ok(ExitCode::SUCCESS);
    };
    let profile = inference.columns.iter().find(|column| column.name == name).ok_or_else(|| {
        let names = inference.columns.iter().map(|column| column.name.as_str());
        let help = nearest(name, names.clone()).map_or_else(
            || format!("its columns are {}", names.collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        RpcError::new(ErrorCode::NotFound, format!("{} has no column `{name}`", file.display()))
            .with_help(help)
    })?;
    if json {
        output::json(profile)?;
    } else {
        show_column(profile);
    }
    Ok(ExitCode::SUCCESS)
}

fn show_column(column: &ColumnProfile) {
    output::line(format!("{}: {}", column.name, column.inferred.data_type));
    output::line(format!("  why        {}", column.reason));
    output::line(format!(
        "  records    {}: {} null{}, {} empty, {} padded",
        column.records,
        column.no_values(),
        match column.blanks {
            0 => String::new(),
            blanks => format!(" ({blanks} of them blank)"),
        },
        column.empty_texts(),
        column.padded
    ));
    let about = if column.distinct_exact { "" } else { "about " };
    output::line(format!("  distinct   {about}{}", column.distinct));
    let range = column.min_value.as_ref().or(column.min_text.as_ref());
    if let (Some(least), Some(greatest)) = (range, column.max_value.as_ref().or(column.max_text.as_ref())) {
        output::line(format!("  from, to   {least}, {greatest}"));
    }
    output::line(format!("  length     {} to {} characters", column.min_length, column.max_length));
    output::line("");
    let tried = column.evidence.iter().map(|evidence| {
        let why = evidence.reason_rejected.clone().unwrap_or_else(|| "chosen".to_owned());
        let format = evidence.format.clone().unwrap_or_default();
        vec![
            evidence.data_type.to_string(),
            format,
            evidence.parsed.to_string(),
            evidence.failed.to_string(),
            why,
        ]
    });
    output::table(&["type", "written", "#parsed", "#failed", "why"], tried.collect());
    for (title, counted) in [("frequent values", &column.top_values), ("shapes", &column.shapes)] {
        if !counted.is_empty() {
            output::line(format!("\n{title}:"));
        }
        for one in counted {
            output::line(format!("  {:>9}  {}", one.count, one.text));
        }
    }
}

fn show(file: &Path, inference: &Inference) {
    let csv = &inference.format;
    output::line(format!("{}  {} bytes", file.display(), inference.bytes));
    output::line(format!("  records    {}, {} of them rejected", inference.records, inference.rejected));
    output::line(format!("  delimiter  {}  {}", delimiter(csv), inference.dialect.reason));
    let quote = csv.quote.map_or_else(|| "none".to_owned(), String::from);
    output::line(format!("  quote      {quote}  {}", inference.quote_reason()));
    if let Some(reason) = inference.trim_reason() {
        output::line(format!("  trim       yes  {reason}"));
    }
    output::line(format!("  encoding   {}  {}", csv.encoding, inference.encoding.reason));
    output::line(format!("  header     line {}  {}", csv.header_row, inference.header.reason));
    for line in &inference.preamble {
        output::line(format!("  preamble   line {}: {}", line.line, line.text));
    }
    for record in &inference.footer.records {
        output::line(format!(
            "  footer     line {}: {}  {}",
            record.line, record.text, inference.footer.reason
        ));
    }
    if !csv.null_values.is_empty() {
        output::line(format!("  null       {}", csv.null_values.join(", ")));
    }
    for reject in inference.rejects.iter().take(10) {
        output::line(format!(
            "  reject     line {} (byte {}): {}",
            reject.line, reject.byte, reject.reason.message
        ));
    }
    for note in &inference.notes {
        output::line(format!("  note       {}", note.message));
    }
    output::line("");
    let mut titles = vec!["column", "type", "#parsed", "#failed", "#null"];
    // Parsed, failed, null and empty make all records.
    let has_empty = inference.columns.iter().any(|column| column.empty_texts() > 0);
    titles.extend(has_empty.then_some("#empty"));
    titles.extend(["#distinct", "why"]);
    output::table(&titles, inference.columns.iter().map(|column| row(column, has_empty)).collect());
    let failing: Vec<&ColumnProfile> = inference
        .columns
        .iter()
        .filter(|column| column.evidence.first().is_some_and(|chosen| chosen.failed > 0))
        .collect();
    if !failing.is_empty() {
        output::line("\nvalues that are not of their column's type:");
        for column in failing {
            for seen in column.evidence.iter().take(1).flat_map(|chosen| &chosen.failed_examples) {
                output::line(format!("  {} line {}: {}", column.name, seen.line, seen.value));
            }
        }
    }
    if !inference.candidate_keys.is_empty() {
        let none = if inference.candidate_keys.iter().any(|key| key.identifies) {
            ""
        } else {
            " (none of them is an identifier, so `touchstone new` sets no key)"
        };
        output::line(format!("\ncandidate keys{none}:"));
        for key in inference.candidate_keys.iter().take(5) {
            output::line(format!("  {}", describe(key)));
        }
    }
}

fn delimiter(csv: &CsvFormat) -> String {
    if csv.delimiter == '\t' { "tab".to_owned() } else { csv.delimiter.to_string() }
}

fn row(column: &ColumnProfile, has_empty: bool) -> Vec<String> {
    let chosen = column.evidence.first();
    let about = if column.distinct_exact { "" } else { "~" };
    let mut cells = vec![
        column.name.clone(),
        column.inferred.data_type.to_string(),
        chosen.map_or(0, |evidence| evidence.parsed).to_string(),
        chosen.map_or(0, |evidence| evidence.failed).to_string(),
        column.no_values().to_string(),
    ];
    cells.extend(has_empty.then(|| column.empty_texts().to_string()));
    cells.extend([format!("{about}{}", column.distinct), column.reason.clone()]);
    cells
}

fn describe(key: &CandidateKey) -> String {
    format!("{}: {}", key.columns.join(" + "), key.reason)
}

/// Reads a data file losslessly into two files.
pub(crate) fn ingest(folder: Option<PathBuf>, options: &IngestOptions) -> Outcome {
    let format = match &options.source {
        Some(source) => {
            let (_, workspace) = open(folder)?;
            source_format(&workspace, source)?
        }
        None => {
            infer_file(options.file.as_path(), &InferOptions::default())
                .map_err(|error| ingest_error(&error))?
                .format
        }
    };
    check_outputs(options)?;
    let mut clean_out = Output::create(&options.clean)?;
    let mut rejects_out = Output::create(&options.rejects)?;
    let totals = clean(&options.file, &format, &mut clean_out.file, &mut rejects_out.file, &unwatched)
        .map_err(|error| name_output(&error, options))?;
    clean_out.finish()?;
    rejects_out.finish()?;
    if options.json {
        output::json(&totals)?;
    } else {
        output::line(format!(
            "{} records read: {} loaded, {} rejected",
            totals.records_read, totals.loaded, totals.rejected
        ));
        output::line(format!("  {}  {} records", options.clean.display(), totals.loaded));
        output::line(format!("  {}  everything else, a line each", options.rejects.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// The three files must be three: what is read must not be overwritten, nor one output by the other.
fn check_outputs(options: &IngestOptions) -> Result<(), RpcError> {
    let same = |one: &Path, other: &Path| match (std::fs::canonicalize(one), std::fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other && one.is_file(),
        _ => std::path::absolute(one).ok() == std::path::absolute(other).ok(),
    };
    let (file, clean, rejects) = (&options.file, &options.clean, &options.rejects);
    let problem = if same(file, clean) || same(file, rejects) {
        format!("{} would be overwritten, and it is what is read", file.display())
    } else if same(clean, rejects) {
        format!("{} can't be both outputs", clean.display())
    } else {
        return Ok(());
    };
    Err(RpcError::new(ErrorCode::Failed, problem).with_help("name two other files; nothing was written"))
}

/// A file that gets its name when it is whole. What is no ordinary file (a pipe, a device) is written to directly.
struct Output {
    file: BufWriter<File>,
    path: PathBuf,
    /// Where it is written until it is whole.
    neighbour: Option<PathBuf>,
}

impl Output {
    fn create(path: &Path) -> Result<Self, RpcError> {
        let is_special = std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file());
        let neighbour = (!is_special).then(|| {
            let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            path.with_file_name(format!(".{name}.{}.part", std::process::id()))
        });
        let file = if is_special {
            File::options().write(true).open(path)
        } else {
            File::create(neighbour.as_deref().unwrap_or(path))
        };
        let file = file.map_err(|error| write_error(path, &error))?;
        Ok(Self { file: BufWriter::new(file), path: path.to_path_buf(), neighbour })
    }

    fn finish(mut self) -> Result<(), RpcError> {
        let written = self.file.flush().and_then(|()| match self.neighbour.take() {
            Some(neighbour) => std::fs::rename(neighbour, &self.path),
            None => Ok(()),
        });
        written.map_err(|error| write_error(&self.path, &error))
    }
}

impl Drop for Output {
    /// Takes away what didn't become whole.
    fn drop(&mut self) {
        if let Some(neighbour) = &self.neighbour {
            drop(std::fs::remove_file(neighbour));
        }
    }
}

fn write_error(path: &Path, error: &std::io::Error) -> RpcError {
    let help = match error.kind() {
        std::io::ErrorKind::StorageFull => "free some space on this disk, or write somewhere else",
        std::io::ErrorKind::PermissionDenied => "choose a folder that you may write to",
        std::io::ErrorKind::NotFound => "make its folder first",
        _ => "choose another place",
    };
    RpcError::new(ErrorCode::Failed, format!("{} can't be written: {error}", path.display())).with_help(help)
}

/// The reader doesn't know its writers' paths, so an error of writing names both.
fn name_output(error: &IngestError, options: &IngestOptions) -> RpcError {
    let mut named = ingest_error(error);
    let about_input = error.place().file.as_deref() == Some(&*options.file.to_string_lossy());
    if error.io_error().is_some() && !about_input {
        named.message =
            format!("{} or {}: {}", options.clean.display(), options.rejects.display(), named.message);
    }
    named
}
