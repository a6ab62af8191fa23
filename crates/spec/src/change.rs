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
    /// Name that a field had before; `path` has its new one, `before` and `after` are both names. None: it was not
    /// renamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
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

impl Change {
    /// Its place for people, of a renamed field with both names.
    pub fn told(&self) -> String {
        match (self.path_before(), self.path.rsplit_once('.')) {
            (Some(before), Some((_, name))) => format!("{before} → {name}"),
            _ => self.path.clone(),
        }
    }

    /// The path with the name that a renamed field had before; none where nothing was renamed.
    pub fn path_before(&self) -> Option<String> {
        let name = self.renamed_from.as_ref()?;
        let (table, _) = self.path.rsplit_once('.')?;
        Some(format!("{table}.{name}"))
    }
}

impl SpecDiff {
    /// The places of the changes that break readers, at most `limit` of them and then how many more there are.
    pub fn breaking(&self, limit: usize) -> Vec<String> {
        let breaking = self.changes.iter().filter(|change| change.class == ChangeClass::Breaking);
        let mut told: Vec<String> = breaking.map(Change::told).collect();
        // One more line is no longer than the line that says that there is one.
        if told.len() > limit + 1 {
            let more = told.len() - limit;
            told.truncate(limit);
            told.push(format!("… and {more} more"));
        }
        told
    }

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
            let renamed = if are_fields(path) { renames(old, new) } else { Vec::new() };
            for (key, old_value) in old {
                let Some((_, name)) = renamed.iter().find(|(before, _)| *before == key) else {
                    compare(&path.key(key), old_value, new.get(key).unwrap_or(&Value::Null), changes);
                    continue;
                };
                let place = path.key(*name);
                changes.push(Change {
                    path: place.to_string(),
                    renamed_from: Some((*key).clone()),
                    before: key.as_str().into(),
                    after: name.as_str().into(),
                    class: ChangeClass::Breaking,
                });
                compare(&place, old_value, new.get(*name).unwrap_or(&Value::Null), changes);
            }
            let is_told =
                |key: &String| old.contains_key(key) || renamed.iter().any(|(_, name)| *name == key);
            for (key, new_value) in new.iter().filter(|(key, _)| !is_told(key)) {
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
            renamed_from: None,
            before: before.clone(),
            after: after.clone(),
            class: classify(path, before, after),
        }),
    }
}

/// Whether these are the fields of a silver table.
fn are_fields(path: &DocPath) -> bool {
    let [Segment::Key(layer), Segment::Key(_), Segment::Key(part)] = path.0.as_slice() else { return false };
    layer == "silver" && part == "fields"
}

/// Fields by their names, or what is said of one.
type Fields = serde_json::Map<String, Value>;

/// Fields under a new name, with the old one first: one that went and one that came are made the same way, and no other
/// that went or came is.
fn renames<'doc>(old: &'doc Fields, new: &'doc Fields) -> Vec<(&'doc String, &'doc String)> {
    let made = |all: &'doc Fields, others: &Fields| -> Vec<(&'doc String, Fields)> {
        let alone = all.iter().filter(|(name, _)| !others.contains_key(*name));
        alone.filter_map(|(name, field)| Some((name, making(field)?))).collect()
    };
    let (gone, come) = (made(old, new), made(new, old));
    let mut found = Vec::new();
    for (before, making) in &gone {
        let mut alike = come.iter().filter(|(_, other)| other == making);
        let is_only = gone.iter().filter(|(_, other)| other == making).count() == 1;
        if let (Some((after, _)), None, true) = (alike.next(), alike.next(), is_only) {
            found.push((*before, *after));
        }
    }
    found
}

/// How a field is made, without what is said of it; none where nothing says it.
fn making(field: &Value) -> Option<Fields> {
    let mut making = field.as_object()?.clone();
    making.remove("description");
    making.remove("required");
    let is_said = |key: &str| making.get(key).is_some_and(|value| !value.is_null());
    (is_said("from") || is_said("expr")).then_some(making)
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
            .replace("type: int }\n      old: { from: px }", "type: long }\n      new: { from: id }");
        insta::assert_json_snapshot!(diff(Some(&read(BEFORE)), &read(&after)));
    }

    #[test]
    fn a_field_under_a_new_name_is_a_rename_where_nothing_else_can_be_meant() {
        let told = |from: &str, to: &str| -> Vec<String> {
            assert!(BEFORE.contains(from), "{from}");
            let changes = diff(Some(&read(BEFORE)), &read(&BEFORE.replace(from, to))).changes;
            let told = changes.iter().map(|change| {
                let old = change.path_before().unwrap_or_else(|| change.before.to_string());
                format!("{} {old} -> {}", change.class, change.path)
            });
            told.collect()
        };
        let renamed = "breaking silver.trades.fields.old -> silver.trades.fields.new";
        assert_eq!(told("      old: { from: px }", "      new: { from: px }"), [renamed]);
        // What else changed about it is told beside it.
        assert_eq!(
            told("      old: { from: px }", "      new: { from: px, required: true, description: it }"),
            [
                renamed,
                "compatible null -> silver.trades.fields.new.required",
                "none null -> silver.trades.fields.new.description",
            ]
        );
        // Made another way, or by two: nobody knows.
        for to in ["      new: { from: id }", "      new: { from: px }\n      also: { from: px }"] {
            let told = told("      old: { from: px }", to);
            assert!(told.iter().any(|one| one.ends_with("-> silver.trades.fields.old")), "{told:?}");
            assert!(told.iter().any(|one| one.starts_with("compatible null")), "{told:?}");
        }
        // Two that went may both be it.
        let two = "px: { from: px, type: int }\n      old: { from: px }";
        let before = BEFORE.replace(two, "a: { from: px }\n      b: { from: px }");
        let after = BEFORE.replace(two, "c: { from: px }");
        let changes = diff(Some(&read(&before)), &read(&after)).changes;
        assert!(changes.iter().all(|change| change.renamed_from.is_none()), "{changes:?}");
    }

    #[test]
    fn all_that_breaks_is_named_and_a_long_list_says_how_long() {
        let after = BEFORE
            .replace("      old: { from: px }", "      new: { from: px }")
            .replace("type: int", "type: string");
        let difference = diff(Some(&read(BEFORE)), &read(&after.replace("key: [id]", "key: [px]")));
        let all = ["silver.trades.fields.px.type", "silver.trades.fields.old → new", "silver.trades.key"];
        assert_eq!(difference.breaking(3), all);
        assert_eq!(difference.breaking(2), all, "instead of a line that says `1 more`");
        assert_eq!(difference.breaking(1), [all[0], "… and 2 more"]);
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
