//! Writes new values the way the document around them is written.

use serde_json::{Map, Value};

use super::cst::Layout;
use crate::{
    Segment,
    emit::{fits_line, flow, holds_lines, is_break, scalar},
    tree::resolve,
};

/// How the siblings of a new value are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Block,
    Flow,
    /// No sibling to follow.
    Free,
}

/// Longest line of folded text, in characters.
const FOLD_LIMIT: usize = 110;

/// A new entry of a block mapping (`key` as written) or item of a block sequence, as whole lines.
pub(super) fn block_item(
    layout: Layout,
    column: usize,
    key: Option<&str>,
    value: &Value,
    path: &[Segment],
    shape: Shape,
) -> String {
    let writer = Writer { layout };
    let mut out = " ".repeat(column);
    if let Some(key) = key {
        out.push_str(key);
        out.push(':');
        writer.value(&mut out, value, column, path, shape);
    } else {
        out.push('-');
        writer.item(&mut out, value, column, path, shape);
    }
    out
}

struct Writer {
    layout: Layout,
}

impl Writer {
    fn mapping(
        &self,
        out: &mut String,
        object: &Map<String, Value>,
        column: usize,
        path: &[Segment],
        inline: bool,
    ) {
        for (position, (key, value)) in object.iter().enumerate() {
            if position > 0 || !inline {
                out.extend(std::iter::repeat_n(' ', column));
            }
            out.push_str(&scalar(key));
            out.push(':');
            let mut path = path.to_vec();
            path.push(Segment::Key(key.clone()));
            self.value(out, value, column, &path, Shape::Free);
        }
    }

    /// Behind `key:`, up to and with the line end.
    fn value(&self, out: &mut String, value: &Value, column: usize, path: &[Segment], shape: Shape) {
        match value {
            Value::String(text) if text.contains('\n') => {
                if let Some(block) = literal(text, column, self.layout, "") {
                    out.push(' ');
                    out.push_str(&block);
                    return;
                }
                self.line(out, value);
            }
            Value::Object(object) if !object.is_empty() && is_block(value, column, path, shape) => {
                out.push_str(self.layout.line_end);
                self.mapping(out, object, column + self.layout.step, path, false);
            }
            Value::Array(items) if !items.is_empty() && is_block(value, column, path, shape) => {
                out.push_str(self.layout.line_end);
                let column = column + self.layout.dash_step;
                for item in items {
                    out.extend(std::iter::repeat_n(' ', column));
                    out.push('-');
                    self.item(out, item, column, path, Shape::Free);
                }
            }
            _ => self.line(out, value),
        }
    }

    /// Behind a dash at `column`, up to and with the line end.
    fn item(&self, out: &mut String, value: &Value, column: usize, path: &[Segment], shape: Shape) {
        match value {
            Value::Object(object) if !object.is_empty() && (shape == Shape::Block || holds_lines(value)) => {
                out.push(' ');
                self.mapping(out, object, column + 2, path, true);
            }
            Value::String(text) if text.contains('\n') => self.value(out, value, column, path, shape),
            _ => self.line(out, value),
        }
    }

    fn line(&self, out: &mut String, value: &Value) {
        out.push(' ');
        match value {
            Value::String(text) if is_one_line(text) && plain(text, false) => out.push_str(text),
            _ => out.push_str(&flow(value)),
        }
        out.push_str(self.layout.line_end);
    }
}

fn is_block(value: &Value, column: usize, path: &[Segment], shape: Shape) -> bool {
    match shape {
        Shape::Block => true,
        Shape::Flow => holds_lines(value),
        Shape::Free => reads_best_as_block(path) || !fits_line(value, column),
    }
}

/// The parts of a pipeline that people read from top to bottom.
fn reads_best_as_block(path: &[Segment]) -> bool {
    let layer = |segment: &Segment| matches!(segment, Segment::Key(key) if matches!(key.as_str(), "sources" | "silver" | "gold"));
    match path {
        [] => true,
        [first] | [first, _] => layer(first),
        [.., Segment::Key(last)] => path.len() == 3 && matches!(last.as_str(), "fields" | "contract"),
        _ => false,
    }
}

/// A text as a literal block under a key at `column`; `note` is a comment for its first line. None where a
/// block can't hold it.
pub(super) fn literal(text: &str, column: usize, layout: Layout, note: &str) -> Option<String> {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let lines: Vec<&str> = body.split('\n').collect();
    let first = *lines.iter().find(|line| !line.is_empty())?;
    let odd = |line: &&str| !line.is_empty() && line.trim_matches([' ', '\t']).is_empty();
    let unprintable = |character: char| {
        !matches!(character, '\n' | '\t') && (character.is_control() || is_break(character))
    };
    if first.starts_with([' ', '\t'])
        || lines.last().is_some_and(|line| line.is_empty())
        || lines.last().is_some_and(odd)
        || text.chars().any(unprintable)
    {
        return None;
    }
    let mut out = String::from(if text.ends_with('\n') { "|" } else { "|-" });
    out.push_str(note);
    out.push_str(layout.line_end);
    for line in lines {
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', column + layout.step));
            out.push_str(line);
        }
        out.push_str(layout.line_end);
    }
    Some(out)
}

/// A text of one line, folded under a key at `column`.
fn folded(text: &str, column: usize, layout: Layout, note: &str) -> Option<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let fits = words.iter().all(|word| {
        !word.is_empty() && !word.chars().any(|character| character.is_control() || is_break(character))
    });
    if !fits {
        return None;
    }
    let indent = column + layout.step;
    let mut out = format!(">-{note}{}", layout.line_end);
    let mut length = 0;
    for word in words {
        let word_length = word.chars().count();
        if length > 0 && length + 1 + word_length > FOLD_LIMIT {
            out.push_str(layout.line_end);
            length = 0;
        }
        if length == 0 {
            out.extend(std::iter::repeat_n(' ', indent));
            length = indent + word_length;
        } else {
            out.push(' ');
            length += 1 + word_length;
        }
        out.push_str(word);
    }
    out.push_str(layout.line_end);
    Some(out)
}

/// The comment in the first line of a block scalar, with the blanks before it.
pub(super) fn block_note(raw: &str) -> &str {
    let line = raw.lines().next().unwrap_or_default();
    line.find(" #").map_or("", |at| &line[at..])
}

/// A scalar in the style of the one that it replaces. `column` is that of its key; none inside brackets, where
/// it must stay on one line.
pub(super) fn scalar_like(old: &str, value: &Value, column: Option<usize>, layout: Layout) -> String {
    let Value::String(text) = value else { return flow(value) };
    let note = if old.starts_with(['|', '>']) { block_note(old) } else { "" };
    if let Some(column) = column {
        if old.starts_with('>')
            && let Some(block) = folded(text, column, layout, note)
        {
            return block;
        }
        if (old.starts_with(['|', '>']) || text.contains('\n'))
            && let Some(block) = literal(text, column, layout, note)
        {
            return block;
        }
    }
    if old.starts_with('\'') && is_one_line(text) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    if old.starts_with('"') {
        return double(text);
    }
    if is_one_line(text) && plain(text, column.is_none()) { text.clone() } else { scalar(text) }
}

/// A key in the style of the one that it replaces.
pub(super) fn key_like(old: &str, text: &str) -> String {
    if old.starts_with('\'') && is_one_line(text) {
        format!("'{}'", text.replace('\'', "''"))
    } else if old.starts_with('"') {
        double(text)
    } else {
        scalar(text)
    }
}

fn is_one_line(text: &str) -> bool {
    !text.chars().any(|character| character.is_control() || is_break(character))
}

fn double(text: &str) -> String {
    let written = scalar(text);
    if written.starts_with('"') { written } else { format!("\"{written}\"") }
}

/// Whether YAML reads `text` without quotes as that text, inside brackets or outside.
fn plain(text: &str, in_flow: bool) -> bool {
    let first_fits = text.starts_with(|first: char| {
        first.is_alphanumeric() || matches!(first, '_' | '/' | '(' | '$' | '.' | '+')
    });
    let cuts_off = text.ends_with([' ', ':']) || text.contains(": ") || text.contains(" #");
    let cut_by_brackets =
        in_flow && (text.contains([',', '[', ']', '{', '}', '?', ':']) || text.ends_with(" -"));
    let ends_document = text == "..." || text.starts_with("... ");
    first_fits
        && !cuts_off
        && !cut_by_brackets
        && !ends_document
        && matches!(resolve(text), Value::String(_))
        && !matches!(text.to_ascii_lowercase().as_str(), "yes" | "no" | "on" | "off" | "y" | "n")
}
