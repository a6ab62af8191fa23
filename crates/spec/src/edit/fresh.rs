//! Writes values and items that weren't there before.

use serde_json::{Map, Value};

use super::{
    EditError, Position,
    build::build,
    cst::{Block, Item, Key, Layout, Node},
    find::{Around, place},
    items,
    render::{Shape, block_item, block_note, literal},
    usual::usual_position,
};
use crate::{
    Segment,
    emit::{flow, scalar},
};

/// A value on the key's line stands behind a blank.
pub(super) fn needs_blank(item: &mut Item, around: Around) {
    if item.key.is_some() && item.sep.is_empty() {
        item.sep.push(':');
    }
    let needs = item.key.is_some() || item.sep.starts_with('-');
    if needs && !item.sep.ends_with([' ', '\t', '\n']) && !around.root {
        item.sep.push(' ');
    }
}

/// Writes the value of `item` afresh, with the comment beside the old one.
pub(super) fn replace(
    item: &mut Item,
    around: Around,
    path: &[Segment],
    value: &Value,
) -> Result<(), EditError> {
    let layout = around.layout;
    if !around.in_block() {
        needs_blank(item, around);
        item.value = one_line(value)?;
        return Ok(());
    }
    if around.root {
        let old = std::mem::replace(&mut item.value, Node::Scalar { raw: String::new(), value: Value::Null });
        if let Node::Block(block) = &old {
            item.tail = block.end.clone() + &item.tail;
        }
        item.value = match value {
            Value::Object(object) if !object.is_empty() => {
                let mut items = Vec::new();
                for (key, value) in object {
                    let path = [Segment::Key(key.clone())];
                    items.push(new_item(layout, 0, Some(&scalar(key)), value, &path, Shape::Free)?);
                }
                Node::Block(Block { sequence: false, column: 0, items, end: String::new() })
            }
            other => {
                if !item.tail.starts_with(['\n', '\r']) {
                    item.tail.insert_str(0, layout.line_end);
                }
                one_line(other)?
            }
        };
        return Ok(());
    }
    let column = around.column.unwrap_or(0);
    let shape = match &item.value {
        Node::Flow(flow) if !flow.items.is_empty() => Shape::Flow,
        Node::Block(_) => Shape::Block,
        _ => Shape::Free,
    };
    let key = item.key.as_ref().map(|key| key.raw.clone());
    let mut new = new_item(layout, column, key.as_deref(), value, path, shape)?;

    let mut notes: Vec<String> = comments(&item.sep);
    match &item.value {
        Node::Scalar { raw, .. } if raw.starts_with(['|', '>']) => notes.extend(comments(block_note(raw))),
        _ => {}
    }
    notes.extend(comments(&item.tail));
    if !notes.is_empty() {
        let note = format!("  {}", notes.remove(0));
        if !new.tail.is_empty() {
            new.tail = format!("{note}{}", layout.line_end);
        } else if new.sep.ends_with('\n') {
            new.sep = format!("{}{note}{}", new.sep.trim_end(), layout.line_end);
        } else if let Node::Scalar { raw, .. } = &mut new.value {
            let header = raw.find(['\r', '\n']).unwrap_or(0);
            raw.insert_str(header, &note);
        } else {
            notes.insert(0, note.trim_start().to_owned());
        }
    }
    for note in notes {
        item.lead.extend([" ".repeat(column).as_str(), &note, layout.line_end]);
    }
    // Comments below the last item stand on, but text of several lines would take them in.
    if let Node::Block(old) = &item.value {
        let ends_in_lines = ends_in_lines(&new.value);
        match &mut new.value {
            // At the key's column, where they aren't taken in by the text above either.
            _ if ends_in_lines => item.lead.push_str(&indented(&old.end, column)),
            Node::Block(block) => block.end.clone_from(&old.end),
            _ => new.tail.push_str(&old.end),
        }
    }
    item.sep = new.sep;
    item.value = new.value;
    item.tail = new.tail;
    Ok(())
}

/// Whether what follows may be taken for a line of the last text.
fn ends_in_lines(node: &Node) -> bool {
    match node {
        Node::Scalar { raw, .. } => raw.starts_with(['|', '>']),
        Node::Block(block) => block.items.last().is_some_and(|item| ends_in_lines(&item.value)),
        Node::Flow(_) => false,
    }
}

/// The lines of a gap, with its comments at `column`.
fn indented(gap: &str, column: usize) -> String {
    gap.split_inclusive('\n')
        .map(|line| match line.trim_start_matches([' ', '\t']) {
            comment if comment.starts_with('#') => " ".repeat(column) + comment,
            _ => line.to_owned(),
        })
        .collect()
}

/// The comments in a gap, each without its blanks.
fn comments(gap: &str) -> Vec<String> {
    gap.lines().filter_map(|line| line.find('#').map(|at| line[at..].trim_end().to_owned())).collect()
}

/// A value in brackets, or a scalar on one line.
fn one_line(value: &Value) -> Result<Node, EditError> {
    let doc = build(&(flow(value) + "\n")).map_err(|_| EditError::Unwritable)?;
    Ok(doc.root.unwrap_or(Node::Scalar { raw: String::new(), value: Value::Null }))
}

fn new_item(
    layout: Layout,
    column: usize,
    key: Option<&str>,
    value: &Value,
    path: &[Segment],
    shape: Shape,
) -> Result<Item, EditError> {
    let text = block_item(layout, column, key, value, path, shape);
    let doc = build(&text).map_err(|_| EditError::Unwritable)?;
    match doc.root {
        Some(Node::Block(mut block)) => block.items.pop().ok_or(EditError::Unwritable),
        _ => Err(EditError::Unwritable),
    }
}

/// Adds an entry (with a key) or an item to the collection that `item` holds.
pub(crate) fn add(
    item: &mut Item,
    around: Around,
    path: &[Segment],
    key: Option<&String>,
    value: &Value,
    position: &Position,
) -> Result<(), EditError> {
    let layout = around.layout;
    let is_bare = match &item.value {
        Node::Scalar { .. } => true,
        Node::Block(block) => block.items.is_empty(),
        Node::Flow(flow) => flow.items.is_empty() && !flow.end.contains('#') && around.in_block(),
    };
    if is_bare {
        let whole = match key {
            Some(key) => Value::Object(Map::from_iter([(key.clone(), value.clone())])),
            None => Value::Array(vec![value.clone()]),
        };
        return replace(item, around, path, &whole);
    }
    makes_room(item, around, value);
    let index = match (position, key) {
        (Position::Usual, Some(key)) => usual_position(&item.value, path, key),
        _ => place(&item.value, path, position, None)?,
    };
    let mut child_path = path.to_vec();
    child_path.push(key.map_or(Segment::Index(index), |key| Segment::Key(key.clone())));
    let new = match &item.value {
        Node::Block(block) => {
            let shape = shape_of_siblings(block, index, value);
            let key = key.map(|key| scalar(key));
            new_item(layout, block.column, key.as_deref(), value, &child_path, shape)?
        }
        _ => Item {
            lead: String::new(),
            indent: String::new(),
            sep: if key.is_some() { ": ".to_owned() } else { String::new() },
            key: key.map(|key| Key { raw: scalar(key), text: key.clone() }),
            value: one_line(value)?,
            tail: String::new(),
            comma: String::new(),
        },
    };
    items::insert(&mut item.value, index, new, layout);
    Ok(())
}

/// How the nearest sibling of the same kind is written.
fn shape_of_siblings(block: &Block, index: usize, value: &Value) -> Shape {
    let alike = |item: &&Item| match value {
        Value::Object(_) => item.value.is_mapping() && !item.value.items().is_empty(),
        Value::Array(_) => item.value.is_sequence() && !item.value.items().is_empty(),
        _ => false,
    };
    let nearest = block.items[..index.min(block.items.len())]
        .iter()
        .rev()
        .find(alike)
        .or_else(|| block.items.iter().skip(index).find(alike));
    match nearest.map(|item| &item.value) {
        // Keys of one mapping have little in common; entries by name have.
        Some(Node::Flow(_)) if matches!(value, Value::Object(_)) => Shape::Flow,
        Some(Node::Block(_)) if matches!(value, Value::Object(_)) => Shape::Block,
        _ => Shape::Free,
    }
}

/// Text of several lines doesn't read well inside brackets: a mapping on one line becomes one of several.
pub(super) fn makes_room(item: &mut Item, around: Around, value: &Value) {
    let Some(column) = around.column else { return };
    let Node::Flow(flow) = &item.value else { return };
    let layout = around.layout;
    if flow.sequence
        || flow.items.is_empty()
        || !reads_as_lines(value, layout)
        || item.value.text().contains('\n')
    {
        return;
    }
    let behind_dash = item.key.is_none();
    let inner = if behind_dash { column + 2 } else { column + layout.step };
    let mut items = flow.items.clone();
    for (position, item) in items.iter_mut().enumerate() {
        item.indent = if position == 0 && behind_dash { String::new() } else { " ".repeat(inner) };
        if item.sep.is_empty() {
            item.sep.push(':');
        } else if !item.sep.ends_with([' ', '\t']) && item.value.text() != "" {
            item.sep.push(' ');
        }
        layout.line_end.clone_into(&mut item.tail);
        item.comma.clear();
    }
    item.value = Node::Block(Block { sequence: false, column: inner, items, end: String::new() });
    if behind_dash {
        "- ".clone_into(&mut item.sep);
        if let (note, Node::Block(block)) = (item.tail.trim_end().to_owned(), &mut item.value)
            && let Some(first) = block.items.first_mut()
        {
            first.tail.insert_str(0, &note);
        }
    } else {
        item.sep = format!(":{}{}", item.tail.trim_end(), layout.line_end);
    }
    item.tail.clear();
}

fn reads_as_lines(value: &Value, layout: Layout) -> bool {
    match value {
        Value::String(text) => text.contains('\n') && literal(text, 0, layout, "").is_some(),
        Value::Array(items) => items.iter().any(|item| reads_as_lines(item, layout)),
        Value::Object(object) => object.values().any(|value| reads_as_lines(value, layout)),
        _ => false,
    }
}
