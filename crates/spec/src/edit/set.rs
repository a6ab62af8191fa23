//! Makes a value mean something else, and touches only what differs.

use serde_json::{Map, Value};

use super::{
    EditError, Position,
    cst::{Item, Node},
    find::{Around, child, item_name},
    fresh::{add, makes_room, needs_blank, replace},
    items, path_of,
    render::{block_note, scalar_like},
};
use crate::Segment;

pub(super) fn set_at(
    item: &mut Item,
    around: Around,
    done: &mut Vec<Segment>,
    rest: &[Segment],
    value: &Value,
) -> Result<(), EditError> {
    let Some((segment, rest)) = rest.split_first() else {
        return set(item, around, done, value);
    };
    if let Some(index) = child(&item.value, segment) {
        let inner = around.below(&item.value);
        done.push(segment.clone());
        makes_room(item, around, value);
        let inner = if matches!(item.value, Node::Block(_)) { around.below(&item.value) } else { inner };
        if let Some(item) = item.value.items_mut().and_then(|items| items.get_mut(index)) {
            set_at(item, inner, done, rest, value)?;
        }
        done.pop();
        return Ok(());
    }
    let empty = item.value.is_null();
    let mut path = done.clone();
    path.push(segment.clone());
    path.extend_from_slice(rest);
    let value = wrap(&path, rest, value)?;
    match segment {
        Segment::Key(key) if empty || item.value.is_mapping() => {
            add(item, around, done, Some(key), &value, &Position::Usual)
        }
        // A column of a contract that isn't there yet.
        Segment::Key(name) if item.value.is_sequence() => {
            if rest.is_empty() && value.get("name").and_then(Value::as_str) == Some(name) {
                add(item, around, done, None, &value, &Position::Last)
            } else {
                Err(EditError::Missing { path: path_of(&path) })
            }
        }
        Segment::Index(index) if empty || item.value.is_sequence() => {
            if *index == item.value.items().len() {
                add(item, around, done, None, &value, &Position::Last)
            } else {
                Err(EditError::Missing { path: path_of(&path) })
            }
        }
        Segment::Key(_) => Err(EditError::Kind { path: path_of(done), expected: "mapping" }),
        Segment::Index(_) => Err(EditError::Kind { path: path_of(done), expected: "list" }),
    }
}

/// `value` inside the mappings that `rest` names.
fn wrap(path: &[Segment], rest: &[Segment], value: &Value) -> Result<Value, EditError> {
    rest.iter().rev().try_fold(value.clone(), |value, segment| match segment {
        Segment::Key(key) => Ok(Value::Object(Map::from_iter([(key.clone(), value)]))),
        Segment::Index(0) => Ok(Value::Array(vec![value])),
        Segment::Index(_) => Err(EditError::Missing { path: path_of(path) }),
    })
}

/// Makes the value of `item` mean `value`, and touches only what differs.
pub(crate) fn set(item: &mut Item, around: Around, path: &[Segment], value: &Value) -> Result<(), EditError> {
    if item.value.means(value) {
        return Ok(());
    }
    match (&item.value, value) {
        (node, Value::Object(object))
            if node.is_mapping() && !object.is_empty() && !node.items().is_empty() =>
        {
            set_mapping(item, around, path, object)
        }
        (node, Value::Array(values))
            if node.is_sequence() && !values.is_empty() && !node.items().is_empty() =>
        {
            set_sequence(item, around, path, values)
        }
        (Node::Scalar { .. }, value) if !value.is_object() && !value.is_array() => {
            set_scalar(item, around, value)
        }
        _ => replace(item, around, path, value),
    }
}

fn set_mapping(
    item: &mut Item,
    around: Around,
    path: &[Segment],
    object: &Map<String, Value>,
) -> Result<(), EditError> {
    for (key, value) in object {
        if !item.value.get(key).is_some_and(|item| item.value.means(value)) {
            makes_room(item, around, value);
        }
    }
    let inner = around.below(&item.value);
    let mut before: Option<&String> = None;
    for (key, value) in object {
        let mut path = path.to_vec();
        if let Some(index) = item.value.position(key) {
            path.push(Segment::Key(key.clone()));
            if let Some(child) = item.value.items_mut().and_then(|items| items.get_mut(index)) {
                set(child, inner, &path, value)?;
            }
        } else {
            let position = before.map_or(Position::First, |key| Position::After(key.clone()));
            add(item, around, &path, Some(key), value, &position)?;
        }
        before = Some(key);
    }
    let mut index = item.value.items().len();
    while index > 0 {
        index -= 1;
        let items = item.value.items();
        let name = items[index].name().to_owned();
        // A key that stands twice is one too many.
        if !object.contains_key(&name) || item.value.position(&name) != Some(index) {
            items::remove(&mut item.value, index, around.layout);
        }
    }
    Ok(())
}

fn set_sequence(
    item: &mut Item,
    around: Around,
    path: &[Segment],
    values: &[Value],
) -> Result<(), EditError> {
    let inner = around.below(&item.value);
    let alike = |node: &Node, value: &Value| {
        node.means(value)
            || matches!((item_name(node), value.get("name").and_then(Value::as_str)), (Some(old), Some(new)) if old == new)
    };
    for (index, value) in values.iter().enumerate() {
        let found = item.value.items().iter().skip(index).position(|item| alike(&item.value, value));
        let mut path = path.to_vec();
        if let Some(found) = found {
            items::shift(&mut item.value, index + found, index, around.layout);
        } else {
            let is_kept = item
                .value
                .items()
                .get(index)
                .is_none_or(|old| values[index..].iter().any(|value| alike(&old.value, value)));
            if is_kept {
                add(item, around, &path, None, value, &Position::At(index))?;
                continue;
            }
        }
        path.push(Segment::Index(index));
        if let Some(child) = item.value.items_mut().and_then(|items| items.get_mut(index)) {
            set(child, inner, &path, value)?;
        }
    }
    while item.value.items().len() > values.len() {
        items::remove(&mut item.value, values.len(), around.layout);
    }
    Ok(())
}

fn set_scalar(item: &mut Item, around: Around, value: &Value) -> Result<(), EditError> {
    let Node::Scalar { raw, .. } = &item.value else { return Err(EditError::Unwritable) };
    let column = if around.root { None } else { around.column };
    let new = scalar_like(raw, value, column, around.layout);
    let was_block = raw.starts_with(['|', '>']);
    let is_block = new.starts_with(['|', '>']) && new.ends_with('\n');
    let mut new = new;
    match (was_block, is_block) {
        (true, false) => item.tail = format!("{}{}", block_note(raw), around.layout.line_end),
        (false, true) => {
            let note = item.tail.trim_end();
            if !note.is_empty() {
                let header = new.find(['\r', '\n']).unwrap_or(0);
                new.insert_str(header, note);
            }
            item.tail.clear();
        }
        _ => {}
    }
    needs_blank(item, around);
    item.value = Node::Scalar { raw: new, value: value.clone() };
    Ok(())
}
