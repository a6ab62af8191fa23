//! How the command line writes: tables, JSON, errors, differences.

use std::io::{IsTerminal, Write};

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;
use serde_json::{Map, Value};
use touchstone_studio::{
    ErrorCode, RpcError,
    protocol::{CheckState, CheckView},
    spec::SpecDiff,
};

/// Writes a line to standard output. A reader that went away (`| head`) ends the program quietly, as other
/// programs do.
pub(crate) fn line(text: impl AsRef<str>) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = writeln!(out, "{}", printable(text.as_ref())) {
        std::process::exit(i32::from(error.kind() != std::io::ErrorKind::BrokenPipe));
    }
}

/// Writes a text as it is, for those who keep it. In a terminal what steers it is made visible.
pub(crate) fn text(text: &str) {
    let mut out = std::io::stdout().lock();
    let shown = if std::io::stdout().is_terminal() { printable(text) } else { text.to_owned() };
    if let Err(error) = out.write_all(shown.as_bytes()).and_then(|()| out.flush()) {
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
    drop(writeln!(std::io::stderr().lock(), "{}", printable(text.as_ref())));
}

/// The text with what would steer a terminal, or turn the reading direction around, made visible: a message or a
/// column name must not be able to hide a line of the audit trail.
fn printable(text: &str) -> String {
    let steers = |character: char| {
        (character.is_control() && !matches!(character, '\n' | '\t'))
            || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    text.chars()
        .map(
            |character| {
                if steers(character) { character.escape_unicode().to_string() } else { character.to_string() }
            },
        )
        .collect()
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

/// `1 event`, `2 events`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A checklist, a line per check.
pub(crate) fn checks(checks: &[CheckView]) {
    let width = checks.iter().map(|check| check.title.chars().count()).max().unwrap_or(0);
    for check in checks {
        let state = match check.state {
            CheckState::Passed => "ok",
            CheckState::Warning => "look",
            CheckState::Failed => "failed",
            CheckState::Unknown => "?",
        };
        line(format!("  {state:<7} {:<width$}  {}", check.title, check.detail));
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

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_steers_a_terminal_is_made_visible() {
        assert_eq!(
            printable("ok\u{1b}[2K\rforged\tZürich 東京\n"),
            "ok\\u{1b}[2K\\u{d}forged\tZürich 東京\n"
        );
        assert_eq!(printable("a\u{202e}b"), "a\\u{202e}b");
    }
}
