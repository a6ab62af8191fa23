//! Edits of a document's text that leave everything else as the steward wrote it, to the byte.

mod build;
mod check;
pub(crate) mod cst;
mod find;
mod fresh;
pub(crate) mod items;
mod render;
mod set;
mod splice;
mod usual;
mod write;

use std::ops::Range;

use serde::Serialize;
use serde_json::Value;

use crate::{DocPath, Segment};

pub(crate) use build::build;
pub(crate) use check::{finish, same};
pub(crate) use find::{Around, close, item_name, names_at, open};
pub(crate) use fresh::add;
pub(crate) use set::set;
pub(crate) use write::remove;

/// One change of a document.
///
/// Items of a list whose items have a `name` (the columns of a contract) are found by name as well as by index:
/// `sources.trades.contract.Px.type`.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Gives the value at `path`. Missing mappings above it are made; a new key stands where the model has it.
    /// Of a mapping or list that is there already, only what differs is touched.
    Set {
        /// Where.
        path: DocPath,
        /// What it shall be.
        value: EditValue,
    },
    /// Writes the value at `path` afresh, in the style of the values around it.
    Replace {
        /// Where.
        path: DocPath,
        /// What it shall be.
        value: EditValue,
    },
    /// Replaces parts of the text at `path`, and leaves how the rest of it is written: quotes, line breaks, indentation.
    Splice {
        /// Where.
        path: DocPath,
        /// Byte ranges of the text that end at a character which isn't blank, and what shall stand there. What begins
        /// with blanks, and what is empty, begins right behind what it follows.
        parts: Vec<(Range<usize>, String)>,
    },
    /// Adds a key to the mapping at `path`; an error if it is there already.
    Add {
        /// The mapping.
        path: DocPath,
        /// The new key.
        key: String,
        /// Its value.
        value: EditValue,
        /// Where among its siblings.
        position: Position,
    },
    /// Adds an item to the list at `path`, which is made if it is missing.
    Insert {
        /// The list.
        path: DocPath,
        /// The new item.
        value: EditValue,
        /// Where among its siblings.
        position: Position,
    },
    /// Takes the entry or item at `path` out, with the comment lines right above it.
    Remove {
        /// Where.
        path: DocPath,
    },
    /// Takes the entry or item at `path` out if it is there.
    Clear {
        /// Where.
        path: DocPath,
    },
    /// Gives the key at `path` another name; for an item found by name, changes its `name`.
    Rename {
        /// Where.
        path: DocPath,
        /// The new name.
        to: String,
    },
    /// Moves the entry or item at `path` among its siblings, with the comment lines right above it.
    Move {
        /// Where.
        path: DocPath,
        /// Its new place.
        position: Position,
    },
    /// Puts the named entries of the mapping (or list of named items) at `path` into this order, at its
    /// beginning.
    Order {
        /// The mapping or list.
        path: DocPath,
        /// Keys or names.
        names: Vec<String>,
    },
}

/// A place among siblings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// Before all others.
    First,
    /// Behind all others.
    Last,
    /// Before the sibling of this key or name.
    Before(String),
    /// Behind the sibling of this key or name.
    After(String),
    /// At this index, from zero, among all siblings (the moved one included).
    At(usize),
    /// Where the order of the model's keys has it; last where the model knows no order.
    Usual,
}

/// A value to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct EditValue(pub(crate) Value);

impl EditValue {
    /// The value as serde sees it: a `Field`, a `SilverTable`, a text, a list of names…
    pub fn of(value: &impl Serialize) -> Result<Self, EditError> {
        serde_json::to_value(value).map(Self).map_err(|error| EditError::Value { message: error.to_string() })
    }

    /// The value as JSON.
    pub fn as_json(&self) -> &Value {
        &self.0
    }
}

impl<T: Into<Value>> From<T> for EditValue {
    fn from(value: T) -> Self {
        Self(value.into())
    }
}

/// Why a document can't be edited. Its text stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text isn't YAML.
    #[error("the document isn't valid YAML at line {line}: {message}; correct that line in the text first")]
    Unreadable {
        /// Line, from one.
        line: usize,
        /// What the reader says.
        message: String,
    },
    /// The text has YAML that can't be edited without harm.
    #[error("line {line} has {what}, which can't be kept safely; write it out, or edit the text by hand")]
    Unsupported {
        /// Line, from one.
        line: usize,
        /// What stands there.
        what: String,
    },
    /// There is nothing at this path.
    #[error("the document has no `{path}`; it may have been removed or renamed meanwhile")]
    Missing {
        /// Where.
        path: DocPath,
    },
    /// Something else stands at this path than the edit needs.
    #[error("{} is no {expected}; correct it in the text first", subject(path))]
    Kind {
        /// Where.
        path: DocPath,
        /// What the edit needs: a mapping, a list.
        expected: &'static str,
    },
    /// The name is taken.
    #[error("`{path}` exists already; choose another name")]
    Exists {
        /// Where.
        path: DocPath,
    },
    /// The value can't be written as YAML.
    #[error("the value can't be written: {message}")]
    Value {
        /// Why.
        message: String,
    },
    /// The edited text would not be read back as what was asked for.
    #[error("the change can't be written without harm to what stands around it; edit the text by hand")]
    Unwritable,
}

fn subject(path: &DocPath) -> String {
    let path = path.to_string();
    if path.is_empty() { "the document as a whole".to_owned() } else { format!("`{path}`") }
}

/// Makes the edits, one after the other, and gives the new text; all of them or none.
///
/// What no edit names keeps its bytes: comments, blank lines, order, quotes, indentation, line ends. The new
/// text is read back before it is given: it says what was asked for, or there is an error.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut doc = build(text)?;
    for edit in edits {
        write::edit(&mut doc, edit)?;
    }
    finish(text, &doc)
}

/// The path as a list of steps, for messages.
fn path_of(segments: &[Segment]) -> DocPath {
    DocPath(segments.to_vec())
}

#[cfg(test)]
pub(crate) mod properties;
#[cfg(test)]
mod tests;
