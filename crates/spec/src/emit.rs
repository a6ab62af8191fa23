//! Writes JSON values as the YAML that a steward would write: short mappings on one line, long text as a block.

use serde_json::{Map, Value};

/// `value` as a YAML document. What `Document::read` reads back is the same value.
pub(crate) fn emit(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(object) => block_mapping(&mut out, object, 0),
        other => {
            out.push_str(&flow(other));
            out.push('\n');
        }
    }
    out
}

/// Longest mapping or sequence that is written on one line, in characters.
const FLOW_LIMIT: usize = 100;

fn block_mapping(out: &mut String, object: &Map<String, Value>, indent: usize) {
    for (key, value) in object {
        pad(out, indent);
        out.push_str(&scalar(key));
        out.push(':');
        block_value(out, value, indent);
    }
}

/// A value behind `key:`, with the line break that ends it.
fn block_value(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::String(text) if fits_block(text) => {
            out.push_str(if text.ends_with('\n') { " |\n" } else { " |-\n" });
            for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
                if !line.is_empty() {
                    pad(out, indent + 2);
                    out.push_str(line);
                }
                out.push('\n');
            }
        }
        Value::Object(object) if !fits_line(value, indent) => {
            out.push('\n');
            block_mapping(out, object, indent + 2);
        }
        Value::Array(items) if !fits_line(value, indent) => {
            out.push('\n');
            for item in items {
                pad(out, indent + 2);
                out.push_str("- ");
                out.push_str(&flow(item));
                out.push('\n');
            }
        }
        other => {
            out.push(' ');
            out.push_str(&flow(other));
            out.push('\n');
        }
    }
}

/// Whether a value is short and simple enough for one line: scalars, or one level of mappings around them.
pub(crate) fn fits_line(value: &Value, indent: usize) -> bool {
    let simple = match value {
        Value::Object(object) => {
            object.values().all(|inner| match inner {
                Value::Object(nested) => nested.values().all(|leaf| !leaf.is_object()),
                Value::Array(items) => items.iter().all(is_scalar),
                _ => true,
            }) && indent > 0
        }
        Value::Array(items) => items.iter().all(is_scalar),
        _ => true,
    };
    simple && !holds_lines(value) && indent + flow(value).chars().count() <= FLOW_LIMIT
}

fn is_scalar(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

pub(crate) fn holds_lines(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\n'),
        Value::Array(items) => items.iter().any(holds_lines),
        Value::Object(object) => object.values().any(holds_lines),
        _ => false,
    }
}

pub(crate) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(object) if object.is_empty() => "{}".to_owned(),
        Value::Object(object) => {
            let parts: Vec<String> =
                object.iter().map(|(key, value)| format!("{}: {}", scalar(key), flow(value))).collect();
            format!("{{ {} }}", parts.join(", "))
        }
        // As the reader knows it: without an exponent.
        Value::Number(number) => match number.as_i64() {
            Some(whole) => whole.to_string(),
            None => number.as_f64().unwrap_or_default().to_string(),
        },
        other => other.to_string(),
    }
}

/// A text as a literal block keeps it only if no line begins oddly and every character can be printed.
fn fits_block(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\n', '\t'])
        && !text.ends_with("\n\n")
        && !text.trim().is_empty()
        && text.chars().all(|character| character == '\n' || !(character.is_control() || is_break(character)))
        && !text.lines().any(|line| line.trim().is_empty() && !line.is_empty())
}

/// Characters beside the line feed that some YAML readers take for a line break or a byte order mark.
pub(crate) fn is_break(character: char) -> bool {
    matches!(character, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// A text without quotes where YAML can only read it as that text, else in double quotes.
pub(crate) fn scalar(text: &str) -> String {
    let plain = text.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '_' | '/'))
        && text.chars().all(|character| {
            character.is_alphanumeric()
                || matches!(character, '_' | ' ' | '.' | '/' | '(' | ')' | '@' | '+' | '-' | '*')
        })
        && !text.ends_with(' ')
        // The parser takes a dash on its own before a bracket for the beginning of a list.
        && !text.ends_with(" -")
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if plain {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            other if other.is_control() || is_break(other) => {
                quoted.extend(format!("\\u{:04x}", u32::from(other)).chars());
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::emit;
    use crate::tree;

    proptest! {
        #[test]
        fn any_text_is_read_back(key in "\\PC{1,12}", text in "(\\PC|\n|\t|\r|\u{85}){0,40}", word in "[a-z0-9:#, -]{0,12}") {
            let value = json!({ "a": { key.clone(): text, "b": [word.clone(), { "c": word }] }, "d": 1, "e": true });
            let written = emit(&value);
            let (root, findings) = tree::parse(&written).map_err(|error| TestCaseError::fail(format!("{error:?}\n{written}")))?;
            prop_assert_eq!(findings, vec![]);
            prop_assert_eq!(root.unwrap().to_json(), value, "{}", written);
        }
    }
}
