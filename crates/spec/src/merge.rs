//! Merges two versions of a document that were made from the same one.

mod lines;
mod tree;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{DocPath, Edit, EditError, EditValue, apply, edit};
use lines::merge_lines;

/// A merged document.
#[derive(Debug, Clone, PartialEq)]
pub struct Merge {
    /// The text: theirs, with all of ours that doesn't disagree with theirs.
    pub text: String,
    /// What the two versions disagree about.
    pub conflicts: Vec<Conflict>,
}

/// Something that both versions changed, each to something else. The merged text has theirs.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// Where; the whole document for [`ConflictKind::Text`].
    pub path: DocPath,
    /// What the values below are.
    pub kind: ConflictKind,
    /// In the version that both were made from; none where it wasn't there.
    pub base: Option<Value>,
    /// In ours; none where it was taken out.
    pub ours: Option<Value>,
    /// In theirs; none where it was taken out.
    pub theirs: Option<Value>,
}

/// What two versions can disagree about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    /// The value at a path.
    Value,
    /// The order of fields or columns: the values are lists of names.
    Order,
    /// The text itself, because one version isn't valid YAML: the values are whole texts, each with everything
    /// that the versions agree about.
    Text,
}

/// One of two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The one that is being edited here.
    Ours,
    /// The one that was found.
    Theirs,
}

/// Merges `ours` and `theirs`, both made from `base`, value by value.
///
/// Ours is written into the text of theirs, so its comments and order stay; comments that only ours changed
/// come along. Where a version isn't YAML that can be edited, lines are merged instead. Never fails: what can't
/// be merged is a conflict.
pub fn merge(base: &str, ours: &str, theirs: &str) -> Merge {
    if ours == base || ours == theirs {
        return Merge { text: theirs.to_owned(), conflicts: Vec::new() };
    }
    if theirs == base {
        return Merge { text: ours.to_owned(), conflicts: Vec::new() };
    }
    tree::merge(base, ours, theirs).unwrap_or_else(|| merge_text(base, ours, theirs))
}

fn merge_text(base: &str, ours: &str, theirs: &str) -> Merge {
    let (text, disagree) = merge_lines(base, ours, theirs, Side::Theirs);
    let mut conflicts = Vec::new();
    // Lines may fit together and yet give no YAML, or a key twice.
    let broken = !is_sound(&text) && is_sound(theirs) && is_sound(ours);
    if disagree || broken {
        let (ours, theirs) = if broken {
            (ours.to_owned(), theirs.to_owned())
        } else {
            (merge_lines(base, ours, theirs, Side::Ours).0, text.clone())
        };
        conflicts.push(Conflict {
            path: DocPath::root(),
            kind: ConflictKind::Text,
            base: Some(base.into()),
            ours: Some(ours.into()),
            theirs: Some(theirs.into()),
        });
    }
    let text = if broken { theirs.to_owned() } else { text };
    Merge { text, conflicts }
}

fn is_sound(text: &str) -> bool {
    crate::tree::parse(text).is_ok_and(|(_, findings)| findings.is_empty())
}

/// Takes one side of a conflict, in the merged text or in what became of it since.
pub fn resolve(text: &str, conflict: &Conflict, side: Side) -> Result<String, EditError> {
    let (wanted, other) = match side {
        Side::Ours => (&conflict.ours, &conflict.theirs),
        Side::Theirs => (&conflict.theirs, &conflict.ours),
    };
    let path = conflict.path.clone();
    match (conflict.kind, wanted) {
        (ConflictKind::Value, Some(value)) => {
            apply(text, &[Edit::Set { path, value: EditValue(value.clone()) }])
        }
        (ConflictKind::Value, None) => apply(text, &[Edit::Clear { path }]),
        (ConflictKind::Order, wanted) => {
            let there = edit::names_at(text, &path)?;
            let names = wanted
                .iter()
                .filter_map(Value::as_array)
                .flatten()
                .filter_map(Value::as_str)
                .filter(|name| there.iter().any(|other| other == name))
                .map(str::to_owned)
                .collect();
            apply(text, &[Edit::Order { path, names }])
        }
        (ConflictKind::Text, wanted) => {
            let whole =
                |value: &Option<Value>| value.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
            Ok(merge_lines(&whole(other), &whole(wanted), text, Side::Ours).0)
        }
    }
}

#[cfg(test)]
mod tests;
