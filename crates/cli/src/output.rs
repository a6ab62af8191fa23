//! How the command line writes: tables, JSON, errors, differences.

use std::io::{IsTerminal, Write};

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;
use serde_json::{Map, Value};
use touchstone_studio::{ErrorCode, RpcError, spec::SpecDiff};

/// Writes a line to standard output. A reader that went away (`| head`) ends the program quietly, as other
/// programs do.
pub(crate) fn line(text: impl AsRef<str>) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = writeln!(out, "{}", text.as_ref()) {
        std::process::exit(i32::from(error.kind() != std::io::ErrorKind::BrokenPipe));
    }
}

/// Writes an error and its next step to standard error.
pub(crate) fn error(error: &RpcError) {
    let mut text = format!("error: {}", error.message);
    if let Some(help) = &error.help {
        text.push_str("\n  help: ");
        text.push_str(help);
    }
    note(text);
}

/// Writes a line to standard error; that nobody reads it is no error.
pub(crate) fn note(text: impl AsRef<str>) {
    drop(writeln!(std::io::stderr().lock(), "{}", text.as_ref()));
}

/// Writes a value as JSON.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<(), RpcError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| {
        RpcError::new(ErrorCode::Failed, format!("the result can't be written as JSON: {error}"))
    })?;
    line(text);
    Ok(())
}

/// A table with a header; columns whose header begins with `#` hold numbers and stand to the right.
pub(crate) fn table(header: &[&str], rows: Vec<Vec<String>>) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    if !std::io::stdout().is_terminal() {
        // Scripts and logs get whole cells, however wide.
        table.set_content_arrangement(ContentArrangement::Disabled);
    }
    let cell = |text: &str, numeric: bool| {
        let cell = Cell::new(text);
        if numeric { cell.set_alignment(CellAlignment::Right) } else { cell }
    };
    let numeric: Vec<bool> = header.iter().map(|name| name.starts_with('#')).collect();
    table.set_header(
        header.iter().zip(&numeric).map(|(name, numeric)| cell(name.trim_start_matches('#'), *numeric)),
    );
    for row in rows {
        table.add_row(row.iter().zip(&numeric).map(|(text, numeric)| cell(text, *numeric)));
    }
    for text in table.lines() {
        line(text.trim_end());
    }
}

/// A difference, a line per change.
pub(crate) fn difference(difference: &SpecDiff) {
    if difference.changes.is_empty() {
        line("no differences");
        return;
    }
    for change in &difference.changes {
        let (before, after) = (short(&change.before), short(&change.after));
        let (sign, values) = match (change.before.is_null(), change.after.is_null()) {
            (true, _) => ("+", after),
            (_, true) => ("-", before),
            _ => ("~", format!("{before} → {after}")),
        };
        line(format!("  {sign} {:<10} {}: {values}", change.class.to_string(), change.path));
    }
}

/// A value in one line, cut where it is long.
fn short(value: &Value) -> String {
    const LIMIT: usize = 120;
    let text = match value {
        Value::Object(part) => return summary(part),
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    };
    if text.chars().count() > LIMIT { text.chars().take(LIMIT - 1).chain(['…']).collect() } else { text }
}

/// A part of a document that came or went as a whole: what it is and how large.
fn summary(part: &Map<String, Value>) -> String {
    let size = |key: &str| {
        part.get(key)
            .map(|inner| inner.as_object().map_or_else(|| inner.as_array().map_or(0, Vec::len), Map::len))
    };
    if let Some(columns) = size("contract") {
        return format!("a source of {columns} columns");
    }
    if let Some(fields) = size("fields") {
        return format!("a table of {fields} fields");
    }
    if part.contains_key("sql") {
        return "a table made by SQL".to_owned();
    }
    let keys: Vec<String> = part.iter().map(|(key, value)| format!("{key}: {}", short(value))).collect();
    keys.join(", ")
}
