//! How a version's nodes and text are laid into items, and read back from them.
//!
//! A transaction takes 100 items, of which a publish needs four for the header, the pointer, the audit event
//! and its head. Text gets as many items as its length asks for; nodes get one item each while that fits, else
//! neighbours share an item, each filled up to [`ITEM_FILL`].

use crate::error::{ErrorKind, StoreError};
use crate::keys;
use crate::limits::{TRANSACTION_BYTES, TRANSACTION_WRITES, weight};
use crate::model::Node;
use crate::store::Item;
use serde_json::{Value, json};

/// How much of an item nodes or text may fill: the rest is for keys and wrapping.
pub(crate) const ITEM_FILL: usize = 380_000;

/// Header, current pointer, audit event, audit head.
const OTHER_WRITES: usize = 4;
/// What those four and all keys weigh at most.
const OTHER_BYTES: usize = 100_000;

/// The items of one version's content.
pub(crate) struct Packed {
    /// Bodies of the node items, each with its first node's kind and name for the key.
    pub(crate) nodes: Vec<(String, String, Value)>,
    /// Bodies of the text items.
    pub(crate) text: Vec<Value>,
}

impl Packed {
    /// The node and text items of version `version`.
    pub(crate) fn into_items(self, pipeline: &str, version: u64) -> Vec<Item> {
        let nodes = self.nodes.into_iter().enumerate().map(|(position, (kind, name, body))| {
            Item::new(keys::node(pipeline, version, position, &kind, &name), body)
        });
        let text = self
            .text
            .into_iter()
            .enumerate()
            .map(|(position, body)| Item::new(keys::text(pipeline, version, position), body));
        nodes.chain(text).collect()
    }
}

/// Lays `nodes` (as JSON) and `spec_text` into items, or says why they don't fit. `place` is for messages.
pub(crate) fn pack(
    nodes: &[Node],
    bodies: &[Value],
    spec_text: &str,
    place: &str,
) -> Result<Packed, StoreError> {
    let text: Vec<Value> = split_text(spec_text).into_iter().map(|part| json!({ "text": part })).collect();
    let weights: Vec<usize> = bodies.iter().map(weight).collect();
    for (node, weight) in nodes.iter().zip(&weights) {
        if *weight > ITEM_FILL {
            return Err(too_large(
                place,
                format!(
                    "the {} {} has {weight} bytes of metadata, and one can have {ITEM_FILL}",
                    node.kind, node.name
                ),
                "Split it into two, or shorten its expressions and descriptions",
            ));
        }
    }
    let total = weights.iter().sum::<usize>() + text.iter().map(weight).sum::<usize>();
    if total > TRANSACTION_BYTES - OTHER_BYTES {
        return Err(too_large(
            place,
            format!(
                "the pipeline has {total} bytes of metadata, and one version can have {}",
                TRANSACTION_BYTES - OTHER_BYTES
            ),
            "Split the pipeline into several; one may read another's tables as <pipeline>.<table>",
        ));
    }
    let room = TRANSACTION_WRITES.saturating_sub(OTHER_WRITES + text.len());
    let fill = if nodes.len() <= room { 0 } else { ITEM_FILL };
    let mut items: Vec<(String, String, Value)> = Vec::new();
    let mut open = Vec::new();
    let mut open_weight = 0;
    let mut open_name = None;
    for ((node, body), weight) in nodes.iter().zip(bodies).zip(weights) {
        if !open.is_empty() && open_weight + weight > fill {
            close(&mut items, &mut open, &mut open_name);
            open_weight = 0;
        }
        open_name.get_or_insert_with(|| (node.kind.code().to_owned(), node.name.clone()));
        open.push(body.clone());
        open_weight += weight;
    }
    close(&mut items, &mut open, &mut open_name);
    if items.len() > room {
        return Err(too_large(
            place,
            format!("the pipeline's {} nodes need {} items, and {room} fit", nodes.len(), items.len()),
            "Split the pipeline into several; one may read another's tables as <pipeline>.<table>",
        ));
    }
    Ok(Packed { nodes: items, text })
}

fn close(
    items: &mut Vec<(String, String, Value)>,
    open: &mut Vec<Value>,
    name: &mut Option<(String, String)>,
) {
    if let Some((kind, name)) = name.take() {
        items.push((kind, name, json!({ "nodes": std::mem::take(open) })));
    }
}

/// Cuts a text between characters, so that each part fits an item even after escaping.
fn split_text(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut filled) = (0, 0);
    for (at, character) in text.char_indices() {
        let bytes = match character {
            '"' | '\\' | '\n' | '\r' | '\t' => 2,
            control if control.is_ascii_control() => 6,
            other => other.len_utf8(),
        };
        if filled + bytes > ITEM_FILL - 100 {
            parts.push(&text[start..at]);
            (start, filled) = (at, 0);
        }
        filled += bytes;
    }
    parts.push(&text[start..]);
    parts
}

fn too_large(place: &str, reason: String, next_step: &str) -> StoreError {
    StoreError::new(ErrorKind::TooLarge, place, reason, next_step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NodeKind;

    fn nodes(count: usize, bytes: usize) -> (Vec<Node>, Vec<Value>) {
        let nodes: Vec<Node> = (0..count)
            .map(|n| Node {
                kind: NodeKind::Silver,
                name: format!("t{n}"),
                spec: json!({ "text": "x".repeat(bytes) }),
                compiled: json!({}),
            })
            .collect();
        let bodies = nodes.iter().map(|node| serde_json::to_value(node).unwrap()).collect();
        (nodes, bodies)
    }

    fn packed(count: usize, bytes: usize, text: &str) -> Result<Packed, StoreError> {
        let (nodes, bodies) = nodes(count, bytes);
        pack(&nodes, &bodies, text, "registry test, pipeline trades")
    }

    #[test]
    fn a_node_has_its_own_item_while_they_fit() {
        let packed = packed(95, 10, "text").unwrap();
        assert_eq!((packed.nodes.len(), packed.text.len()), (95, 1));
    }

    #[test]
    fn neighbours_share_an_item_when_there_are_too_many() {
        let packed = packed(2000, 1000, "text").unwrap();
        assert!(packed.nodes.len() < 10, "{}", packed.nodes.len());
        let names: Vec<String> = packed
            .nodes
            .iter()
            .flat_map(|(_, _, body)| body["nodes"].as_array().unwrap())
            .map(|node| node["name"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(names, (0..2000).map(|n| format!("t{n}")).collect::<Vec<_>>());
    }

    #[test]
    fn a_long_text_is_cut_and_nothing_is_lost() {
        let text = "ü\"\n\u{1}x".repeat(120_000);
        let parts = split_text(&text);
        assert!(parts.len() > 1);
        assert!(parts.iter().all(|part| weight(&json!({ "text": part })) <= ITEM_FILL));
        assert_eq!(parts.concat(), text);
        assert_eq!(split_text(""), vec![""]);
    }

    #[test]
    fn what_does_not_fit_says_what_to_do() {
        let messages: Vec<String> =
            [packed(1, 500_000, ""), packed(40, 100_000, ""), packed(1, 1, &"x".repeat(4_000_000))]
                .into_iter()
                .map(|result| result.err().unwrap().to_string())
                .collect();
        insta::assert_snapshot!(messages.join("\n"));
    }
}
