//! From lines and columns of a text to its bytes.

use std::ops::Range;

use sqlparser::tokenizer::Location;
use touchstone_spec::DocPath;

use super::{NameUse, Named};

/// The byte of a place in a text; its end for a place behind it.
fn offset(text: &str, place: Location) -> usize {
    let line = usize::try_from(place.line).unwrap_or(1).max(1);
    let column = usize::try_from(place.column).unwrap_or(1).max(1);
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    start + rest.char_indices().nth(column - 1).map_or(rest.len(), |(offset, _)| offset)
}

pub(super) fn range(text: &str, named: &Named) -> Range<usize> {
    offset(text, named.from)..offset(text, named.to)
}

/// The names of the text at `path`, by their bytes.
pub(crate) fn in_text(path: &DocPath, text: &str, names: Vec<Named>) -> Vec<NameUse> {
    names
        .into_iter()
        .map(|named| NameUse {
            path: path.clone(),
            range: range(text, &named),
            origin: named.origin,
            form: named.form,
            quote: None,
        })
        .collect()
}
