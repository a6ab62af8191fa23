//! Replaces parts of a text, and leaves how the rest of it is written: quotes, line breaks, indentation.

use std::ops::Range;

use serde_json::Value;

use super::{
    EditError,
    cst::{Item, Node},
    find::Around,
    set::set,
};
use crate::{DocPath, tree};

/// A part of a text, in bytes, and what shall stand in its place.
pub(super) type Part = (Range<usize>, String);

/// Replaces the parts of the text of `item`.
pub(super) fn splice(
    item: &mut Item,
    around: Around,
    path: &DocPath,
    parts: &[Part],
) -> Result<(), EditError> {
    let Node::Scalar { raw, value: Value::String(text) } = &item.value else {
        return Err(EditError::Kind { path: path.clone(), expected: "text" });
    };
    let mut parts: Vec<&Part> = parts.iter().collect();
    parts.sort_by_key(|(range, _)| (range.start, range.end));
    let after = spliced(text, parts.iter().map(|(range, new)| (range.clone(), new.clone())))
        .ok_or_else(|| EditError::Missing { path: path.clone() })?;
    if let Some(new) = in_place(raw, text, &parts).filter(|new| reads_as(new, &after, around)) {
        item.value = Node::Scalar { raw: new, value: Value::String(after) };
        return Ok(());
    }
    set(item, around, &path.0, &Value::String(after))
}

/// The text with the parts replaced, which stand in order. None where they overlap or cut characters.
fn spliced(text: &str, parts: impl Iterator<Item = Part>) -> Option<String> {
    let mut after = String::with_capacity(text.len());
    let mut at = 0;
    for (range, new) in parts {
        after.push_str(text.get(at..range.start)?);
        after.push_str(&new);
        text.get(range.clone())?;
        at = range.end;
    }
    after.push_str(text.get(at..)?);
    Some(after)
}

/// The same in the text as written.
fn in_place(raw: &str, text: &str, parts: &[&Part]) -> Option<String> {
    let places = places(raw, text)?;
    let escaped = |new: &str| match raw.as_bytes().first() {
        Some(b'\'') => new.replace('\'', "''"),
        Some(b'"') => new.replace('\\', "\\\\").replace('"', "\\\""),
        _ => new.to_owned(),
    };
    let parts: Option<Vec<Part>> = parts
        .iter()
        .map(|(range, new)| {
            // What is put in between stands right behind what it follows.
            let before = places.iter().rev().find(|place| place.text.end <= range.start);
            let first = places.iter().find(|place| place.text.start == range.start && !range.is_empty());
            let start = match first {
                Some(first) => first.raw.start,
                None => before?.raw.end,
            };
            let end = if range.is_empty() {
                start
            } else {
                places.iter().find(|place| place.text.end == range.end)?.raw.end
            };
            Some((start..end, escaped(new)))
        })
        .collect();
    spliced(raw, parts?.into_iter())
}

/// A character that isn't blank, in the text and as written.
struct Place {
    text: Range<usize>,
    raw: Range<usize>,
}

/// Where the characters of the text stand in what is written. Blanks and line breaks are left out: YAML folds them.
fn places(raw: &str, text: &str) -> Option<Vec<Place>> {
    let first = raw.chars().next()?;
    let mut at = match first {
        '|' | '>' => raw.find('\n')? + 1,
        '\'' | '"' => 1,
        _ => 0,
    };
    let mut places = Vec::new();
    for (start, character) in text.char_indices().filter(|(_, character)| !character.is_whitespace()) {
        let (found, raw_range) = next(raw, at, first)?;
        if found != character {
            return None;
        }
        at = raw_range.end;
        places.push(Place { text: start..start + character.len_utf8(), raw: raw_range });
    }
    Some(places)
}

/// The next character from `at` on that isn't blank, with its escape.
fn next(raw: &str, mut at: usize, quote: char) -> Option<(char, Range<usize>)> {
    loop {
        let rest = raw.get(at..)?;
        let mut characters = rest.chars();
        let first = characters.next()?;
        let length = first.len_utf8();
        match (quote, first) {
            (_, blank) if blank.is_whitespace() => at += length,
            ('\'', '\'') if characters.next() == Some('\'') => return Some(('\'', at..at + 2)),
            ('"', '\\') => match characters.next()? {
                escaped @ ('"' | '\\' | '/') => return Some((escaped, at..at + 2)),
                // Escaped blanks and line breaks.
                'n' | 't' | 'r' | ' ' | '\n' | '\r' | '\t' => at += 2,
                _ => return None,
            },
            _ => return Some((first, at..at + length)),
        }
    }
}

/// Whether YAML reads `raw` at this place as the text.
fn reads_as(raw: &str, text: &str, around: Around) -> bool {
    let column = around.block_column();
    let document = match column {
        Some(column) => format!("{}k: {raw}\n", " ".repeat(column)),
        None => format!("[{raw}]\n"),
    };
    let Ok((Some(root), findings)) = tree::parse(&document) else { return false };
    let read = root.to_json();
    let read = if column.is_some() { read.get("k") } else { read.get(0) };
    findings.is_empty() && read.and_then(Value::as_str) == Some(text)
}
