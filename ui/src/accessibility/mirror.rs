//! Keeps what a page shows of the accessibility tree, and says what to change when the tree has changed.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use ahash::{HashMap, HashSet};
use egui::accesskit::{Node, NodeId, Role, TreeUpdate};
use egui::emath::TSTransform;
use egui::{Rect, pos2};

use super::caret::{self, Caret};
use super::element::{self, Element, Tag};

/// Names an element; as text, it's the element's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// What holds all others.
    Root,
    /// What stands around items that would mean nothing without it, and begins with this node.
    Group(u64),
    /// A node of the tree.
    Node(u64),
}

impl Key {
    /// The node to which something is to be done.
    pub fn node(self) -> Option<NodeId> {
        if let Self::Node(id) = self { Some(NodeId(id)) } else { None }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("accessibility"),
            Self::Group(id) => write!(f, "g{id:x}"),
            Self::Node(id) => write!(f, "n{id:x}"),
        }
    }
}

impl FromStr for Key {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let id = |digits| u64::from_str_radix(digits, 16).map_err(|_| ());
        match text.split_at_checked(1) {
            _ if text == "accessibility" => Ok(Self::Root),
            Some(("g", digits)) => id(digits).map(Self::Group),
            Some(("n", digits)) => id(digits).map(Self::Node),
            _ => Err(()),
        }
    }
}

/// Where an element is, in whole points of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// From the left.
    pub left: i32,
    /// From the top.
    pub top: i32,
    /// At least one.
    pub width: i32,
    /// At least one.
    pub height: i32,
}

impl Place {
    #[expect(clippy::cast_possible_truncation, reason = "a float saturates at both ends")]
    fn of(rect: Rect) -> Self {
        if !rect.is_finite() || rect.is_negative() {
            return Self { width: 1, height: 1, ..Self::default() };
        }
        let (left, top) = (rect.left().round() as i32, rect.top().round() as i32);
        let (right, bottom) = (rect.right().round() as i32, rect.bottom().round() as i32);
        Self { left, top, width: (right - left).max(1), height: (bottom - top).max(1) }
    }
}

/// One thing to do to the page, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An element goes away.
    Remove(Key),
    /// An element comes; where it stands is said later.
    Create(Key, Tag),
    /// An attribute is set, or taken away.
    Attribute(Key, &'static str, Option<Cow<'static, str>>),
    /// The text in an element.
    Text(Key, String),
    /// What is typed in an element.
    Value(Key, String),
    /// Where it is.
    Place(Key, Place),
    /// What stands in an element, in order.
    Children(Key, Vec<Key>),
    /// Where the keyboard is.
    Focus(Option<Key>),
    /// Something to read aloud.
    Say(String),
}

#[derive(Debug, Default)]
struct Shown {
    element: Element,
    place: Place,
    children: Vec<Key>,
}

/// Nodes that are drawn elsewhere than their bounds say, as those on a canvas are that is panned and zoomed.
pub type Transforms = HashMap<NodeId, TSTransform>;

/// What the page shows.
#[derive(Debug, Default)]
pub struct Mirror {
    nodes: HashMap<NodeId, Node>,
    transforms: Transforms,
    shown: HashMap<Key, Shown>,
    focus: Option<Key>,
    focus_node: Option<NodeId>,
    /// Where egui has the caret, for the next update.
    caret: Option<[usize; 2]>,
    /// The text that is edited, and where the caret was shown in it.
    edited: Option<(NodeId, Caret)>,
    /// Elements whose value in the page is no longer what it was set to.
    touched: HashSet<Key>,
}

impl Mirror {
    /// Says where egui has the caret in the next tree.
    pub fn caret_is_at(&mut self, caret: Option<[usize; 2]>) {
        self.caret = caret;
    }

    /// Whether the keyboard is elsewhere in this tree than in the one that is shown.
    pub fn moves_focus(&self, update: &TreeUpdate) -> bool {
        self.focus_node != Some(update.focus)
    }

    /// What to change so that the page shows the tree.
    pub fn update(&mut self, update: TreeUpdate, transforms: Transforms) -> Vec<Change> {
        let caret = self.caret.take();
        let is_same = self.focus_node == Some(update.focus)
            && self.touched.is_empty()
            && self.nodes.len() == update.nodes.len()
            && self.transforms == transforms
            && update.nodes.iter().all(|(id, node)| self.nodes.get(id) == Some(node));
        if is_same {
            return Vec::new();
        }
        let nodes: HashMap<NodeId, Node> = update.nodes.into_iter().collect();
        let root = update.tree.map(|tree| tree.root);
        let before = std::mem::replace(&mut self.nodes, nodes);
        self.transforms = transforms;
        self.focus_node = Some(update.focus);

        let mut pass = Pass {
            nodes: &self.nodes,
            before: &before,
            transforms: &self.transforms,
            touched: std::mem::take(&mut self.touched),
            old: std::mem::take(&mut self.shown),
            new: HashMap::default(),
            recreated: HashSet::default(),
            removals: Vec::new(),
            edits: Vec::new(),
            moves: Vec::new(),
        };
        let mut top = Vec::new();
        if let Some(node) = root.and_then(|root| pass.nodes.get(&root)) {
            for child in node.children() {
                pass.visit(*child, &mut top);
            }
        }
        pass.grouped(Role::Window, &mut top);
        pass.show(Key::Root, Element::default(), Place::default(), top);

        let mut gone: Vec<Key> = pass.old.into_keys().collect();
        gone.sort_unstable();
        pass.removals.extend(gone.into_iter().map(Change::Remove));
        let mut changes = pass.removals;
        changes.append(&mut pass.edits);
        changes.append(&mut pass.moves);
        self.shown = pass.new;

        let focus = self.focused(update.focus);
        if focus != self.focus {
            self.focus = focus;
            changes.push(Change::Focus(focus));
        }
        let caret = self.nodes.get(&update.focus).and_then(|node| Caret::of(node, &self.nodes, caret));
        let edited = caret.map(|caret| (update.focus, caret));
        if let (Some((old_node, old)), Some((node, new))) = (&self.edited, &edited)
            && old_node == node
        {
            changes.extend(caret::said(old, new).map(Change::Say));
        }
        self.edited = edited;
        changes
    }

    /// The value of this element was changed in the page; what the tree says is to be set again.
    pub fn touch(&mut self, key: Key) {
        self.touched.insert(key);
    }

    /// The role of an element's node.
    pub fn role(&self, key: Key) -> Option<Role> {
        key.node().and_then(|id| self.nodes.get(&id)).map(Node::role)
    }

    /// An element as it's shown, and the elements that stand in it.
    pub fn get(&self, key: Key) -> Option<(&Element, &[Key])> {
        self.shown.get(&key).map(|shown| (&shown.element, shown.children.as_slice()))
    }

    /// All elements, in no order that means anything.
    pub fn keys(&self) -> Vec<Key> {
        let mut keys: Vec<Key> = self.shown.keys().copied().collect();
        keys.sort_unstable();
        keys
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Whether nothing is shown yet.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// The element with the keyboard: within a grid, the cell.
    fn focused(&self, focus: NodeId) -> Option<Key> {
        let inner = self.nodes.get(&focus).and_then(Node::active_descendant);
        let keys = inner.into_iter().chain([focus]).map(|id| Key::Node(id.0));
        keys.into_iter().find(|key| self.shown.contains_key(key))
    }
}

/// One walk over the tree.
struct Pass<'a> {
    nodes: &'a HashMap<NodeId, Node>,
    before: &'a HashMap<NodeId, Node>,
    transforms: &'a Transforms,
    touched: HashSet<Key>,
    old: HashMap<Key, Shown>,
    new: HashMap<Key, Shown>,
    recreated: HashSet<Key>,
    removals: Vec<Change>,
    edits: Vec<Change>,
    moves: Vec<Change>,
}

impl Pass<'_> {
    /// Shows a node and all in it; adds to `siblings` what stands where the node does.
    fn visit(&mut self, id: NodeId, siblings: &mut Vec<Key>) {
        let key = Key::Node(id.0);
        let Some(node) = self.nodes.get(&id) else { return };
        if element::is_left_out(node) || self.new.contains_key(&key) {
            return;
        }
        if element::is_transparent(node) {
            for child in node.children() {
                self.visit(*child, siblings);
            }
            return;
        }
        let mut children = Vec::new();
        for child in node.children() {
            self.visit(*child, &mut children);
        }
        self.grouped(node.role(), &mut children);
        let holds = !children.is_empty();
        let place = self.place(id, node, &children);
        // Most nodes are the same as in the frame before, and so are their elements.
        let is_same = self.before.get(&id) == Some(node)
            && !self.touched.contains(&key)
            && self.old.get(&key).is_some_and(|shown| holds != shown.children.is_empty());
        if is_same {
            self.keep(key, place, children);
        } else {
            self.show(key, element::element(node, holds), place, children);
        }
        siblings.push(key);
    }

    /// Puts what it takes around runs of items that would mean nothing without it.
    fn grouped(&mut self, role: Role, children: &mut Vec<Key>) {
        let nodes = self.nodes;
        let group_of = |key: &Key| {
            let item = key.node().and_then(|id| nodes.get(&id));
            item.and_then(|item| element::group(item.role())).filter(|group| !element::is_group(role, group))
        };
        if children.iter().all(|key| group_of(key).is_none()) {
            return;
        }
        let mut grouped = Vec::with_capacity(children.len());
        for run in children.chunk_by(|one, next| group_of(one) == group_of(next)) {
            match (run.first(), run.first().and_then(group_of)) {
                (Some(first), Some(group)) => {
                    let key = Key::Group(first.node().map_or(0, |id| id.0));
                    let place = self.around(run);
                    self.show(key, Element::of_role(group), place, run.to_vec());
                    grouped.push(key);
                }
                _ => grouped.extend_from_slice(run),
            }
        }
        *children = grouped;
    }

    fn place(&self, id: NodeId, node: &Node, children: &[Key]) -> Place {
        let Some(bounds) = node.bounds() else { return self.around(children) };
        #[expect(clippy::cast_possible_truncation, reason = "egui wrote them from f32")]
        let pos = |x: f64, y: f64| pos2(x as f32, y as f32);
        let rect = Rect::from_min_max(pos(bounds.x0, bounds.y0), pos(bounds.x1, bounds.y1));
        Place::of(self.transforms.get(&id).map_or(rect, |transform| *transform * rect))
    }

    /// What surrounds these.
    fn around(&self, keys: &[Key]) -> Place {
        let mut places = keys.iter().filter_map(|key| self.new.get(key)).map(|shown| shown.place);
        let first = places.next().unwrap_or_default();
        places.fold(first, |all, one| {
            let (left, top) = (all.left.min(one.left), all.top.min(one.top));
            let right = (all.left + all.width).max(one.left + one.width);
            let bottom = (all.top + all.height).max(one.top + one.height);
            Place { left, top, width: right - left, height: bottom - top }
        })
    }

    /// An element whose node is the same as before.
    fn keep(&mut self, key: Key, place: Place, children: Vec<Key>) {
        let Some(mut shown) = self.old.remove(&key) else { return };
        if shown.place != place {
            shown.place = place;
            self.edits.push(Change::Place(key, place));
        }
        self.arrange(key, &mut shown, children);
        self.new.insert(key, shown);
    }

    /// An element as it should be now.
    fn show(&mut self, key: Key, element: Element, place: Place, children: Vec<Key>) {
        let old = self.old.remove(&key);
        let is_other = old.as_ref().is_some_and(|old| old.element.tag != element.tag);
        if is_other {
            self.removals.push(Change::Remove(key));
            self.recreated.insert(key);
        }
        if key != Key::Root && (is_other || old.is_none()) {
            self.edits.push(Change::Create(key, element.tag));
        }
        let old = old.filter(|_| !is_other).unwrap_or_default();
        for (name, value) in &element.attributes {
            if old.element.attribute(name) != Some(value) {
                self.edits.push(Change::Attribute(key, name, Some(value.clone())));
            }
        }
        for (name, _) in &old.element.attributes {
            if element.attribute(name).is_none() {
                self.edits.push(Change::Attribute(key, name, None));
            }
        }
        if element.text != old.element.text {
            self.edits.push(Change::Text(key, element.text.clone().unwrap_or_default()));
        }
        if let Some(value) = &element.value
            && (old.element.value.as_ref() != Some(value) || self.touched.contains(&key))
        {
            self.edits.push(Change::Value(key, value.clone()));
        }
        if place != old.place {
            self.edits.push(Change::Place(key, place));
        }
        let mut shown = Shown { element, place, children: old.children };
        self.arrange(key, &mut shown, children);
        self.new.insert(key, shown);
    }

    fn arrange(&mut self, key: Key, shown: &mut Shown, children: Vec<Key>) {
        let is_other = children.iter().any(|child| self.recreated.contains(child));
        if is_other || shown.children != children {
            self.moves.push(Change::Children(key, children.clone()));
            shown.children = children;
        }
    }
}
