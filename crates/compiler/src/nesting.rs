//! A limit on how deep a compiled tree nests, so that every JSON reader can read it back.

use serde::Serialize;
use serde_json::Value;

use crate::finding::{At, Finding};

/// `serde_json` reads 128 levels; a plan in a published item stands some levels deep itself.
const LEVELS: usize = 100;

/// An error when `tree` nests too deep.
pub(crate) fn check(tree: &impl Serialize) -> Result<(), Finding> {
    let value = serde_json::to_value(tree).unwrap_or_default();
    if depth(&value) <= LEVELS {
        return Ok(());
    }
    Err(Finding::error(At::START, "too-deep", "this nests too deep to be published")
        .help("make a field, or a common table expression (`with …`), of an inner part"))
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(entries) => 1 + entries.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
