//! Reads edited text back, to be sure that it says what was asked for.

use super::{
    EditError,
    build::build,
    cst::{Block, Doc, Item, Node},
};

/// The text of an edited document. What differs from `before` is read back and compared with what it shall
/// mean.
pub(crate) fn finish(before: &str, doc: &Doc) -> Result<String, EditError> {
    let after = doc.print();
    if is_sound(before, &after, doc) { Ok(after) } else { Err(EditError::Unwritable) }
}

/// Whether two values mean the same, in the same order.
pub(crate) fn same(one: &Node, other: &Node) -> bool {
    match (one, other) {
        (Node::Scalar { value: one, .. }, Node::Scalar { value: other, .. }) => one == other,
        (Node::Scalar { .. }, _) | (_, Node::Scalar { .. }) => false,
        _ => {
            one.is_sequence() == other.is_sequence()
                && one.items().len() == other.items().len()
                && one
                    .items()
                    .iter()
                    .zip(other.items())
                    .all(|(one, other)| one.name() == other.name() && same(&one.value, &other.value))
        }
    }
}

fn is_sound(before: &str, after: &str, doc: &Doc) -> bool {
    // A block scalar that keeps the blank lines behind it may take those of its neighbour.
    let keeps = ["|+", ">+", "+\n", "+\r"].iter().any(|header| after.contains(header));
    if !keeps && let Some(sound) = items_are_sound(before, after, doc) {
        return sound;
    }
    let Ok(again) = build(after) else { return false };
    match (&again.root, &doc.root) {
        (Some(again), Some(meant)) => same(again, meant),
        (again, meant) => again.is_none() && meant.is_none(),
    }
}

/// Reads back only the items whose text changed, which halves the time: an item of a block that is whole by
/// itself and stands in the column of its siblings can't change what they mean. None where the change isn't
/// inside a block.
fn items_are_sound(before: &str, after: &str, doc: &Doc) -> Option<bool> {
    let Some(Node::Block(root)) = doc.root.as_ref() else { return None };
    let mut block = root;
    let alike = |(old, new): &(u8, u8)| old == new;
    let start = before.bytes().zip(after.bytes()).take_while(alike).count();
    let shorter = before.len().min(after.len());
    let behind =
        before.bytes().rev().zip(after.bytes().rev()).take(shorter - start).take_while(alike).count();
    let end = after.len() - behind;
    let mut from = doc.head.len();
    if start < from || before == after {
        return None;
    }
    loop {
        let mut touched: Vec<(usize, &Item)> = Vec::new();
        for item in &block.items {
            let to = from + item_length(item);
            if to >= start && from <= end {
                touched.push((from, item));
            }
            from = to;
        }
        if let [(item_start, item)] = touched.as_slice()
            && let Node::Block(inner) = &item.value
            && inner.items.first().is_some_and(|first| first.indent.len() == inner.column)
        {
            let value_start = item_start + head_length(item);
            if start > value_start && end < item_start + item_length(item) {
                (block, from) = (inner, value_start);
                continue;
            }
        }
        return items_read_as_meant(block, &touched);
    }
}

fn items_read_as_meant(block: &Block, touched: &[(usize, &Item)]) -> Option<bool> {
    let first = touched.first()?;
    if first.1.indent.len() != block.column {
        return None;
    }
    let mut text = String::new();
    for (_, item) in touched {
        item.print(&mut text);
    }
    let Ok(again) = build(&text) else { return Some(false) };
    let Some(Node::Block(again)) = again.root else { return Some(false) };
    Some(
        again.column == block.column
            && again.sequence == block.sequence
            && again.items.len() == touched.len()
            && again
                .items
                .iter()
                .zip(touched)
                .all(|(again, (_, meant))| again.name() == meant.name() && same(&again.value, &meant.value)),
    )
}

/// Bytes of an item before its value.
fn head_length(item: &Item) -> usize {
    item.lead.len() + item.indent.len() + item.key.as_ref().map_or(0, |key| key.raw.len()) + item.sep.len()
}

fn item_length(item: &Item) -> usize {
    head_length(item) + node_length(&item.value) + item.tail.len() + item.comma.len()
}

fn node_length(node: &Node) -> usize {
    let items = || node.items().iter().map(item_length).sum::<usize>();
    match node {
        Node::Scalar { raw, .. } => raw.len(),
        Node::Block(block) => items() + block.end.len(),
        Node::Flow(flow) => items() + flow.end.len() + 2,
    }
}
