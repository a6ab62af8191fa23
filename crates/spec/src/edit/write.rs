//! Carries one edit out on a document taken apart.

use serde_json::{Map, Number, Value};

use super::{
    Edit, EditError,
    cst::{Doc, Item, Node},
    find::{Around, child, close, find, find_in, open, place},
    fresh::{add, replace},
    items,
    render::key_like,
    set::set_at,
    splice::splice,
};
use crate::{DocPath, Segment};

/// Carries `edit` out. On an error, `doc` is of no more use.
pub(super) fn edit(doc: &mut Doc, edit: &Edit) -> Result<(), EditError> {
    let (mut root, around) = open(doc);
    let mut done: Vec<Segment> = Vec::new();
    match edit {
        Edit::Set { path, value } => {
            let value = exact(&value.0)?;
            let is_so = find(&mut root, around, path).is_ok_and(|(item, _)| item.value.means(&value));
            if !is_so {
                set_at(&mut root, around, &mut done, &path.0, &value)?;
            }
        }
        Edit::Replace { path, value } => {
            let value = exact(&value.0)?;
            let (item, around) = find(&mut root, around, path)?;
            replace(item, around, &path.0, &value)?;
        }
        Edit::Splice { path, parts } => {
            let (item, around) = find(&mut root, around, path)?;
            splice(item, around, path, parts)?;
        }
        Edit::Add { path, key, value, position } => {
            let value = exact(&value.0)?;
            let item = match find(&mut root, around, path) {
                Ok((item, _)) if !item.value.is_null() => item,
                Ok(_) | Err(EditError::Missing { .. }) => {
                    let path = path.key(key);
                    set_at(&mut root, around, &mut done, &path.0, &value)?;
                    close(doc, root);
                    return Ok(());
                }
                Err(error) => return Err(error),
            };
            if !item.value.is_mapping() {
                return Err(EditError::Kind { path: path.clone(), expected: "mapping" });
            }
            if item.value.position(key).is_some() {
                return Err(EditError::Exists { path: path.key(key) });
            }
            let (item, around) = find(&mut root, around, path)?;
            add(item, around, &path.0, Some(key), &value, position)?;
        }
        Edit::Insert { path, value, position } => {
            let value = exact(&value.0)?;
            match find(&mut root, around, path) {
                Ok((item, around)) if !item.value.is_null() => {
                    if !item.value.is_sequence() {
                        return Err(EditError::Kind { path: path.clone(), expected: "list" });
                    }
                    add(item, around, &path.0, None, &value, position)?;
                }
                Ok(_) | Err(EditError::Missing { .. }) => {
                    set_at(&mut root, around, &mut done, &path.0, &Value::Array(vec![value]))?;
                }
                Err(error) => return Err(error),
            }
        }
        Edit::Remove { path } => {
            let (holder, around, index) = find_in(&mut root, around, path)?;
            let parent = path.parent().unwrap_or_default();
            remove(holder, around, &parent.0, index)?;
        }
        Edit::Clear { path } => match find_in(&mut root, around, path) {
            Ok((holder, around, index)) => {
                let parent = path.parent().unwrap_or_default();
                remove(holder, around, &parent.0, index)?;
            }
            Err(EditError::Missing { .. }) => {}
            Err(error) => return Err(error),
        },
        Edit::Rename { path, to } => {
            let (holder, around, index) = find_in(&mut root, around, path)?;
            let parent = path.parent().unwrap_or_default();
            rename(holder, around, &parent, index, to)?;
        }
        Edit::Move { path, position } => {
            let (holder, around, from) = find_in(&mut root, around, path)?;
            let parent = path.parent().unwrap_or_default();
            let to = place(&holder.value, &parent.0, position, Some(from))?;
            items::shift(&mut holder.value, from, to, around.layout);
        }
        Edit::Order { path, names } => {
            let (item, around) = find(&mut root, around, path)?;
            for (to, name) in names.iter().enumerate() {
                let from = child(&item.value, &Segment::Key(name.clone()))
                    .ok_or_else(|| EditError::Missing { path: path.key(name) })?;
                items::shift(&mut item.value, from, to, around.layout);
            }
        }
    }
    close(doc, root);
    Ok(())
}

/// The value with numbers as YAML gives them back: whole ones without a fraction.
fn exact(value: &Value) -> Result<Value, EditError> {
    Ok(match value {
        Value::Number(number) if !number.is_i64() => {
            let refuse = || EditError::Value { message: format!("the number {number} is too large") };
            if number.is_u64() {
                return Err(refuse());
            }
            let float = number.as_f64().ok_or_else(refuse)?;
            // As text both are the same number.
            match format!("{float}").parse::<i64>() {
                Ok(whole) => Value::Number(whole.into()),
                Err(_) => Value::Number(Number::from_f64(float).ok_or_else(refuse)?),
            }
        }
        Value::Array(items) => Value::Array(items.iter().map(exact).collect::<Result<_, _>>()?),
        Value::Object(object) => Value::Object(
            object
                .iter()
                .map(|(key, value)| Ok((key.clone(), exact(value)?)))
                .collect::<Result<Map<_, _>, EditError>>()?,
        ),
        other => other.clone(),
    })
}

pub(crate) fn remove(
    item: &mut Item,
    around: Around,
    path: &[Segment],
    index: usize,
) -> Result<(), EditError> {
    let sequence = item.value.is_sequence();
    if item.value.items().len() > 1 {
        items::remove(&mut item.value, index, around.layout);
        return Ok(());
    }
    if matches!(item.value, Node::Flow(_)) {
        items::remove(&mut item.value, index, around.layout);
        return Ok(());
    }
    let empty = if sequence { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
    replace(item, around, path, &empty)
}

fn rename(
    holder: &mut Item,
    around: Around,
    parent: &DocPath,
    index: usize,
    to: &str,
) -> Result<(), EditError> {
    let taken = child(&holder.value, &Segment::Key(to.to_owned()));
    if taken == Some(index) {
        return Ok(());
    }
    if taken.is_some() {
        return Err(EditError::Exists { path: parent.key(to) });
    }
    let inner = around.below(&holder.value);
    let Some(item) = holder.value.items_mut().and_then(|items| items.get_mut(index)) else {
        return Err(EditError::Missing { path: parent.clone() });
    };
    if let Some(key) = &mut item.key {
        key.raw = key_like(&key.raw, to);
        to.clone_into(&mut key.text);
        if item.sep.is_empty() {
            item.sep.push(':');
        }
        return Ok(());
    }
    let path = parent.index(index).key("name");
    set_at(item, inner, &mut parent.index(index).0, &[Segment::Key("name".to_owned())], &Value::from(to))
        .map_err(|error| match error {
            EditError::Kind { .. } => EditError::Kind { path, expected: "name" },
            error => error,
        })
}
