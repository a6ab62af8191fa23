//! Where the model's order has a new key.

use super::cst::Node;
use crate::Segment;

/// The index at which `key` goes into the mapping at `path`: behind the nearest of its usual predecessors.
pub(super) fn usual_position(node: &Node, path: &[Segment], key: &str) -> usize {
    let order = usual_order(path);
    let Some(rank) = order.iter().position(|known| *known == key) else { return node.items().len() };
    node.items().iter().rposition(|item| order[..rank].contains(&item.name())).map_or_else(
        || if node.items().iter().any(|item| order.contains(&item.name())) { 0 } else { node.items().len() },
        |before| before + 1,
    )
}

/// The keys of the mapping at `path`, in the order of the model.
fn usual_order(path: &[Segment]) -> &'static [&'static str] {
    let keys: Vec<&str> = path
        .iter()
        .map(|segment| match segment {
            Segment::Key(key) => key.as_str(),
            Segment::Index(_) => "",
        })
        .collect();
    match keys.as_slice() {
        [] => &[
            "pipeline",
            "title",
            "owner",
            "description",
            "sources",
            "silver",
            "gold",
            "retention",
            "trigger",
            "alerts",
        ],
        ["sources", _] => &["kind", "description", "format", "sample", "contract", "landing"],
        ["sources", _, "format", "csv"] => {
            &["delimiter", "quote", "escape", "encoding", "header_row", "footer_rows", "null_values", "trim"]
        }
        ["sources", _, "contract", _] => &[
            "name",
            "type",
            "format",
            "decimal_mark",
            "grouping_mark",
            "negative",
            "required",
            "true_values",
            "false_values",
            "description",
        ],
        ["silver", _] => &[
            "from",
            "description",
            "where",
            "key",
            "keep",
            "order_by",
            "fields",
            "rules",
            "on_failure",
            "partition_by",
        ],
        ["silver", _, "fields", _] => &["from", "type", "expr", "if_missing", "required", "description"],
        ["gold", _] => &["description", "key", "sql", "rules", "on_failure", "partition_by"],
        ["retention"] => &["bronze", "silver", "gold"],
        ["retention", _] => &["archive_after", "to", "delete_after"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json_schema;

    /// The keys that the model takes here, from its schema.
    fn model_keys(definition: Option<&str>) -> Vec<String> {
        let schema = json_schema();
        let schema = match definition {
            Some(name) => schema["$defs"][name].clone(),
            None => schema,
        };
        let mut keys: Vec<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    }

    #[test]
    fn the_usual_order_has_every_key_of_the_model() {
        for (definition, path) in [
            (None, vec![]),
            (Some("CsvFormat"), vec!["sources", "x", "format", "csv"]),
            (Some("ContractField"), vec!["sources", "x", "contract", "x"]),
            (Some("SilverTable"), vec!["silver", "x"]),
            (Some("Field"), vec!["silver", "x", "fields", "x"]),
            (Some("GoldTable"), vec!["gold", "x"]),
            (Some("Retention"), vec!["retention"]),
            (Some("LayerRetention"), vec!["retention", "x"]),
        ] {
            let path: Vec<Segment> = path.into_iter().map(|key| Segment::Key(key.to_owned())).collect();
            let mut order: Vec<String> = usual_order(&path).iter().map(|key| (*key).to_owned()).collect();
            order.sort();
            assert_eq!(order, model_keys(definition), "{path:?}");
        }
    }
}
