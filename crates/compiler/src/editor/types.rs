//! Completion of types, as contracts, fields and casts write them.

use super::{
    completion::{Collector, Completion, CompletionKind, Completions},
    tokens::{floor_boundary, run},
};

/// The types, with what they hold.
const TYPES: [(&str, &str); 15] = [
    ("string", "Text, and identifiers of any kind."),
    ("date", "A calendar date."),
    ("decimal(18,2)", "An exact number: 18 digits, 2 of them behind the point. For money and quantities."),
    ("decimal(18,6)", "An exact number with 6 digits behind the point. For prices and rates."),
    ("int", "A whole number up to about 2 billion."),
    ("long", "A whole number of up to 18 digits."),
    ("double", "A number with a fraction, not exact."),
    ("boolean", "True or false."),
    ("timestamp", "Date and time, without zone."),
    ("timestamptz", "A point in time, kept in UTC."),
    ("float", "A number with a fraction of some 7 digits, not exact."),
    ("time", "A time of day."),
    ("uuid", "A universally unique identifier."),
    ("binary", "Bytes."),
    ("list<string>", "Several values of one type."),
];

/// The types that can stand at the cursor, a byte offset of `text`; inside `list<…>`, `map<…>` and `struct<…>` the
/// inner type is completed.
pub fn complete_type(text: &str, cursor: usize) -> Completions {
    let cursor = floor_boundary(text, cursor);
    let before = text.get(..cursor).unwrap_or_default();
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    // Between the brackets of a decimal stand numbers.
    if before.rfind('(') > before.rfind(')') {
        return Completions { replace: cursor..cursor, items: Vec::new() };
    }
    let start = before.rfind(|letter: char| !is_part(letter)).map_or(0, |index| {
        index + before.get(index..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    });
    let rest = text.get(cursor..).unwrap_or_default();
    let mut end = cursor + run(rest, is_part);
    // A decimal's digits go with it.
    if let Some(behind) = text.get(end..).filter(|behind| behind.starts_with('(')) {
        end += behind.find(')').map_or(behind.len(), |index| index + 1);
    }
    let mut collector = Collector::new(text, start..end, before.get(start..).unwrap_or_default());
    all(&mut collector);
    collector.finish()
}

/// Every type, the ones that are used most first.
pub(crate) fn all(collector: &mut Collector) {
    for (index, (name, documentation)) in TYPES.iter().enumerate() {
        let rank = i32::try_from(index).unwrap_or(0);
        collector.add(Completion::plain(name, CompletionKind::Type).documented(documentation), -rank);
    }
}
