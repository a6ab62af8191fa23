//! The semantic difference of two pipelines, field by field, with what it means for those who read the data.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{DocPath, Pipeline, Segment};

/// What a change means for readers of the tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeClass {
    /// Descriptions, owners, samples: no table changes.
    #[default]
    None,
    /// Values or structure change in a way that readers of the old structure survive.
    Compatible,
    /// A table, a column or a key that readers rely on goes away or changes its type.
    Breaking,
}

impl std::fmt::Display for ChangeClass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        })
    }
}

/// One difference. `before` is null for what was added, `after` for what was removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Where in the document, for example `silver.trades.fields.notional.type`.
    pub path: String,
    /// Value before.
    pub before: Value,
    /// Value after.
    pub after: Value,
    /// What it means.
    pub class: ChangeClass,
}

/// All differences of two pipelines.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SpecDiff {
    /// The differences, in the order of the new document, removed parts at their old place.
    pub changes: Vec<Change>,
}

impl SpecDiff {
    /// The gravest class of all changes.
    pub fn class(&self) -> ChangeClass {
        self.changes.iter().map(|change| change.class).max().unwrap_or_default()
    }
}

/// Compares two pipelines; `before` is none for a first version. Order of keys doesn't matter, order of columns
/// of a contract does not either (they are found by name).
///
/// Types of silver and gold columns that the document doesn't spell out are the compiler's knowledge: it judges
/// schema changes of compiled tables, and the graver of both verdicts counts.
pub fn diff(before: Option<&Pipeline>, after: &Pipeline) -> SpecDiff {
    let json = |pipeline: &Pipeline| serde_json::to_value(pipeline).unwrap_or_default();
    let mut changes = Vec::new();
    let before = before.map_or(Value::Null, json);
    compare(&DocPath::root(), &before, &json(after), &mut changes);
    SpecDiff { changes }
}

fn compare(path: &DocPath, before: &Value, after: &Value, changes: &mut Vec<Change>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, old_value) in old {
                compare(&path.key(key), old_value, new.get(key).unwrap_or(&Value::Null), changes);
            }
            for (key, new_value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
                compare(&path.key(key), &Value::Null, new_value, changes);
            }
        }
        (Value::Null, Value::Object(new)) if splits(path) => {
            for (key, value) in new {
                compare(&path.key(key), &Value::Null, value, changes);
            }
        }
        (Value::Array(old), Value::Array(new)) if named(old) && named(new) => {
            let find = |items: &[Value], name: &str| -> Option<Value> {
                items.iter().find(|item| item["name"].as_str() == Some(name)).cloned()
            };
            for item in old {
                let name = item["name"].as_str().unwrap_or_default();
                compare(&path.key(name), item, &find(new, name).unwrap_or(Value::Null), changes);
            }
            for item in new {
                let name = item["name"].as_str().unwrap_or_default();
                if find(old, name).is_none() {
                    compare(&path.key(name), &Value::Null, item, changes);
                }
            }
        }
        _ => changes.push(Change {
            path: path.to_string(),
            before: before.clone(),
            after: after.clone(),
            class: classify(path, before, after),
        }),
    }
}

/// Whether a newly added mapping is told key by key: the document itself and its lists of parts. A new table or
/// source is one change.
fn splits(path: &DocPath) -> bool {
    path.0.len() < 2
}

fn named(items: &[Value]) -> bool {
    !items.is_empty() && items.iter().all(|item| item["name"].is_string())
}

fn classify(path: &DocPath, before: &Value, after: &Value) -> ChangeClass {
    let keys: Vec<&str> = path
        .0
        .iter()
        .map(|segment| match segment {
            Segment::Key(key) => key.as_str(),
            Segment::Index(_) => "",
        })
        .collect();
    match keys.as_slice() {
        ["title" | "owner" | "description" | "alerts" | "retention", ..]
        | [.., "description"]
        | ["sources", _, "sample"] => ChangeClass::None,
        // A table or a field that readers know is gone.
        ["silver" | "gold"] | ["silver" | "gold", _] | ["silver", _, "fields", _] if after.is_null() => {
            ChangeClass::Breaking
        }
        // The name is the identity: another name is another pipeline.
        ["pipeline"] | ["silver" | "gold", _, "key" | "keep"] if !before.is_null() => ChangeClass::Breaking,
        ["silver", _, "fields", _, "type"] => {
            let read = |value: &Value| value.as_str().and_then(|text| text.parse::<crate::DataType>().ok());
            match (read(before), read(after)) {
                (Some(old), Some(new)) if !old.widens_to(&new) => ChangeClass::Breaking,
                _ => ChangeClass::Compatible,
            }
        }
        _ => ChangeClass::Compatible,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;

    const BEFORE: &str = r"
pipeline: trades
title: Trades
sources:
  trades:
    kind: file
    format: { csv: {} }
    contract:
      - { name: id, type: string }
      - { name: px, type: double }
silver:
  trades:
    from: trades
    key: [id]
    fields:
      id: { from: id }
      px: { from: px, type: int }
      old: { from: px }
";

    fn read(text: &str) -> Pipeline {
        Document::read("p.yaml", text).pipeline.unwrap()
    }

    #[test]
    fn each_change_has_its_class() {
        let after = BEFORE
            .replace("title: Trades", "title: All trades")
            .replace(
                "      - { name: px, type: double }\n",
                "      - { name: px, type: float }\n      - { name: q, type: int }\n",
            )
            .replace("type: int }\n      old: { from: px }", "type: long }\n      new: { from: px }");
        insta::assert_json_snapshot!(diff(Some(&read(BEFORE)), &read(&after)));
    }

    #[test]
    fn narrowing_a_type_and_changing_a_key_break() {
        let narrowed = read(&BEFORE.replace("px, type: int", "px, type: string"));
        assert_eq!(diff(Some(&read(BEFORE)), &narrowed).class(), ChangeClass::Breaking);
        let rekeyed = read(&BEFORE.replace("key: [id]", "key: [id, px]"));
        assert_eq!(diff(Some(&read(BEFORE)), &rekeyed).class(), ChangeClass::Breaking);
    }

    #[test]
    fn the_same_is_no_change_and_a_first_version_is_compatible() {
        let pipeline = read(BEFORE);
        assert_eq!(diff(Some(&pipeline), &pipeline).changes, []);
        assert_eq!(diff(None, &pipeline).class(), ChangeClass::Compatible);
    }
}
