//! Help with the call that is being written.

use std::{fmt::Write, ops::Range};

use super::{
    call,
    scope::ExpressionScope,
    tokens::{Kind, at_cursor},
};
use crate::function_table::function_named;

/// The call around the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureHelp {
    /// The call with its parameters: `left(text string, length int) -> string`.
    pub label: String,
    /// Byte range of each parameter in the label.
    pub parameters: Vec<Range<usize>>,
    /// Which of them the cursor is in; none when there are more arguments than parameters.
    pub active: Option<usize>,
    /// What the function does, and what it gives for null.
    pub documentation: String,
    /// A call and its result.
    pub example: String,
}

/// Calls that aren't in the function table.
const SPECIAL: [(&str, &str, &str, &str); 3] = [
    (
        "lookup",
        "('table', key, 'column', 'by_column' = the table's key) -> type of the column",
        "The value of `column` in the row of `table` whose `by_column` equals `key`. Nulls: null if there is no such row or the key is null.",
        "lookup('securities', isin, 'sector', 'isin')",
    ),
    ("cast", CAST, CAST_DOCUMENTATION, "cast('1.50' as decimal(18,2)) gives 1.50"),
    ("try_cast", CAST, CAST_DOCUMENTATION, "try_cast('1.50' as decimal(18,2)) gives 1.50"),
];
const CAST: &str = "(value as type) -> type";
const CAST_DOCUMENTATION: &str = "The value in another type. Nulls: null where the value can't be one.";

/// Help with the innermost call that the cursor, a byte offset of `text`, stands in; none outside calls.
pub fn signature_help(text: &str, cursor: usize, scope: &ExpressionScope) -> Option<SignatureHelp> {
    let at = at_cursor(text, cursor);
    if at.current.as_ref().is_some_and(|token| token.kind == Kind::Comment) {
        return None;
    }
    let frames = call::frames(text, &at.before);
    let open = call::enclosing(&frames)?;
    let word = open.word.as_deref()?;
    // A cast's type stands behind `as`.
    let is_cast = matches!(word, "cast" | "try_cast");
    let behind = at.before.get(open.bracket..).unwrap_or_default();
    let argument =
        if is_cast { usize::from(behind.iter().any(|token| token.is(text, "as"))) } else { open.argument() };
    if let Some((name, signature, documentation, example)) = SPECIAL.iter().find(|(name, ..)| *name == word) {
        let mut help = help(name, signature, argument);
        (*documentation).clone_into(&mut help.documentation);
        (*example).clone_into(&mut help.example);
        if *name == "lookup"
            && let Some(table) = at.before.get(open.bracket + 1).filter(|token| token.kind == Kind::Text)
        {
            let named = table.content(text);
            if let Some((found, table)) = scope.tables.find(&scope.pipeline, &named) {
                let key = if table.key.is_empty() {
                    "no key".to_owned()
                } else {
                    format!("key {}", table.key.join(", "))
                };
                write!(help.documentation, " `{named}` is {found}, {key}.").ok()?;
            }
        }
        return Some(help);
    }
    let entry = function_named(word)?;
    let mut help = help(entry.name(), entry.signature, argument);
    help.documentation = format!("{} Nulls: {}.", entry.documentation, entry.nulls);
    help.example = if entry.example.result.is_empty() {
        entry.example.expression.to_owned()
    } else {
        format!("{} gives {}", entry.example.expression, entry.example.result)
    };
    Some(help)
}

fn help(name: &str, signature: &str, argument: usize) -> SignatureHelp {
    let label = format!("{name}{signature}");
    let start = name.len() + 1;
    let inner = label.get(start..).and_then(|rest| rest.split(") -> ").next()).unwrap_or_default();
    let mut parameters = Vec::new();
    let mut repeats = false;
    let mut position = start;
    let separator = if inner.contains(" as ") { " as " } else { ", " };
    for part in inner.split(separator).filter(|part| !part.is_empty()) {
        if part == "…" {
            repeats = true;
        } else {
            parameters.push(position..position + part.len());
        }
        position += part.len() + separator.len();
    }
    let last = parameters.len().checked_sub(1);
    let active = if argument < parameters.len() { Some(argument) } else { last.filter(|_| repeats) };
    SignatureHelp { label, parameters, active, documentation: String::new(), example: String::new() }
}
