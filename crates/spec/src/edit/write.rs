//! Carries one edit out on a document taken apart.

use serde_json::{Map, Number, Value};

use super::{
    Edit, EditError, Position,
    build::build,
    cst::{Block, Doc, Item, Key, Layout, Node},
    items, path_of,
    render::{Shape, block_item, block_note, key_like, literal, scalar_like},
    usual::usual_position,
};
use crate::{
    DocPath, Segment,
    emit::{flow, scalar},
};

/// What surrounds an item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around {
    pub(crate) layout: Layout,
    /// Column of its key or dash; none inside brackets. The root's is none too, and `root` is set.
    column: Option<usize>,
    root: bool,
}

impl Around {
    pub(crate) fn below(self, node: &Node) -> Self {
        let column = match node {
            Node::Block(block) => Some(block.column),
            Node::Flow(_) | Node::Scalar { .. } => None,
        };
        Self { column, root: false, ..self }
    }

    pub(crate) fn in_block(self) -> bool {
        self.root || self.column.is_some()
    }

    pub(crate) fn is_root(self) -> bool {
        self.root
    }

    /// Whether what stands in one place could stand in the other.
    pub(crate) fn is_like(self, other: Self) -> bool {
        self.column == other.column && self.root == other.root
    }
}

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

/// The root of a document as an item, and what surrounds it.
pub(crate) fn open(doc: &mut Doc) -> (Item, Around) {
    let root = Item {
        lead: String::new(),
        indent: String::new(),
        key: None,
        sep: String::new(),
        value: doc.root.take().unwrap_or(Node::Scalar { raw: String::new(), value: Value::Null }),
        tail: std::mem::take(&mut doc.foot),
        comma: String::new(),
    };
    (root, Around { layout: doc.layout, column: None, root: true })
}

/// Puts the root back.
pub(crate) fn close(doc: &mut Doc, root: Item) {
    doc.foot = root.tail;
    doc.root = match root.value {
        Node::Scalar { raw, .. } if raw.is_empty() => None,
        root => Some(root),
    };
}

/// Keys of the mapping, or names of the items of the list, at `path`.
pub(crate) fn names_at(text: &str, path: &DocPath) -> Result<Vec<String>, EditError> {
    let mut doc = build(text)?;
    let (mut root, around) = open(&mut doc);
    let (item, _) = find(&mut root, around, path)?;
    let name = |item: &Item| match &item.key {
        Some(key) => Some(key.text.clone()),
        None => item_name(&item.value).map(str::to_owned),
    };
    Ok(item.value.items().iter().filter_map(name).collect())
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

/// Index of the child that `segment` names.
fn child(node: &Node, segment: &Segment) -> Option<usize> {
    match segment {
        Segment::Index(index) if node.is_sequence() => (*index < node.items().len()).then_some(*index),
        Segment::Index(_) => None,
        Segment::Key(name) if node.is_sequence() => {
            node.items().iter().position(|item| item_name(&item.value) == Some(name))
        }
        Segment::Key(key) => node.position(key),
    }
}

/// The `name` of an item of a list.
pub(crate) fn item_name(node: &Node) -> Option<&str> {
    match &node.get("name")?.value {
        Node::Scalar { value: Value::String(name), .. } => Some(name),
        _ => None,
    }
}

fn find<'doc>(
    root: &'doc mut Item,
    mut around: Around,
    path: &DocPath,
) -> Result<(&'doc mut Item, Around), EditError> {
    let mut item = root;
    for segment in &path.0 {
        let missing = || EditError::Missing { path: path.clone() };
        let index = child(&item.value, segment).ok_or_else(missing)?;
        around = around.below(&item.value);
        item = item.value.items_mut().and_then(|items| items.get_mut(index)).ok_or_else(missing)?;
    }
    Ok((item, around))
}

/// The item that holds `path`, and the index of `path` in it.
fn find_in<'doc>(
    root: &'doc mut Item,
    around: Around,
    path: &DocPath,
) -> Result<(&'doc mut Item, Around, usize), EditError> {
    let missing = || EditError::Missing { path: path.clone() };
    let (last, _) = path.0.split_last().ok_or_else(missing)?;
    let (holder, around) = find(root, around, &path.parent().unwrap_or_default())
        .map_err(|error| if matches!(error, EditError::Missing { .. }) { missing() } else { error })?;
    let index = child(&holder.value, last).ok_or_else(missing)?;
    Ok((holder, around, index))
}

fn set_at(
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

/// A value on the key's line stands behind a blank.
fn needs_blank(item: &mut Item, around: Around) {
    if item.key.is_some() && item.sep.is_empty() {
        item.sep.push(':');
    }
    let needs = item.key.is_some() || item.sep.starts_with('-');
    if needs && !item.sep.ends_with([' ', '\t', '\n']) && !around.root {
        item.sep.push(' ');
    }
}

/// Writes the value of `item` afresh, with the comment beside the old one.
fn replace(item: &mut Item, around: Around, path: &[Segment], value: &Value) -> Result<(), EditError> {
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
    // Comments below the last item stand on.
    if let Node::Block(old) = &item.value {
        match &mut new.value {
            Node::Block(block) => block.end.clone_from(&old.end),
            _ if new.tail.is_empty() => item.lead.push_str(&old.end),
            _ => new.tail.push_str(&old.end),
        }
    }
    item.sep = new.sep;
    item.value = new.value;
    item.tail = new.tail;
    Ok(())
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
fn makes_room(item: &mut Item, around: Around, value: &Value) {
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

/// The index that `position` names; `moved` is the one that moves.
fn place(
    node: &Node,
    path: &[Segment],
    position: &Position,
    moved: Option<usize>,
) -> Result<usize, EditError> {
    let length = node.items().len() - usize::from(moved.is_some());
    let named = |name: &String| {
        child(node, &Segment::Key(name.clone()))
            .ok_or_else(|| EditError::Missing { path: path_of(path).key(name) })
            // Where it stands once the moved one is taken out.
            .map(|index| index - usize::from(moved.is_some_and(|moved| moved < index)))
    };
    match position {
        Position::First => Ok(0),
        Position::Last | Position::Usual => Ok(length),
        Position::Before(name) => named(name),
        Position::After(name) => Ok((named(name)? + 1).min(length)),
        Position::At(index) if *index <= length => Ok(*index),
        Position::At(index) => Err(EditError::Missing { path: path_of(path).index(*index) }),
    }
}
