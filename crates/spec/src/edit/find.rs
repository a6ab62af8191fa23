//! Finds the part of a document that a path names.

use serde_json::Value;

use super::{
    EditError, Position,
    build::build,
    cst::{Doc, Item, Layout, Node},
    path_of,
};
use crate::{DocPath, Segment};

/// What surrounds an item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around {
    pub(crate) layout: Layout,
    /// Column of its key or dash; none inside brackets. The root's is none too, and `root` is set.
    pub(super) column: Option<usize>,
    pub(super) root: bool,
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

    /// Column of the key or dash that a value stands behind; none inside brackets.
    pub(super) fn block_column(self) -> Option<usize> {
        if self.root { Some(0) } else { self.column }
    }

    pub(crate) fn is_root(self) -> bool {
        self.root
    }

    /// Whether what stands in one place could stand in the other.
    pub(crate) fn is_like(self, other: Self) -> bool {
        self.column == other.column && self.root == other.root
    }
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

/// Index of the child that `segment` names.
pub(super) fn child(node: &Node, segment: &Segment) -> Option<usize> {
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

pub(super) fn find<'doc>(
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
pub(super) fn find_in<'doc>(
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

/// The index that `position` names; `moved` is the one that moves.
pub(super) fn place(
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
