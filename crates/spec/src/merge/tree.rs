//! Merges documents value by value, into the text of theirs.

use std::collections::HashSet;

use serde_json::Value;

use super::{Conflict, ConflictKind, Merge, Side, lines::merge_lines};
use crate::{
    DocPath, Position, Segment,
    edit::{
        Around, add, build, close,
        cst::{Item, Node},
        finish, item_name, items, open, remove, same, set,
    },
};

/// None where a version isn't a mapping that can be edited, or has a key twice.
pub(super) fn merge(base: &str, ours: &str, theirs: &str) -> Option<Merge> {
    let (mut base, mut ours) = (build(base).ok()?, build(ours).ok()?);
    let mut doc = build(theirs).ok()?;
    for doc in [&base, &ours, &doc] {
        let root = doc.root.as_ref()?;
        if !root.is_mapping() || has_double_keys(root) {
            return None;
        }
    }
    let mut merger = Merger { conflicts: Vec::new(), movable: ours.layout.line_end == doc.layout.line_end };
    doc.head = merger.note(Some(&base.head), &ours.head, &doc.head);
    let (base, _) = open(&mut base);
    let (ours, ours_around) = open(&mut ours);
    let (mut root, around) = open(&mut doc);
    let side = Theirs { around, ours: ours_around };
    let done = merger.value(&DocPath::root(), Some(&base), &ours, &mut root, side);
    close(&mut doc, root);
    done.ok()?;
    let text = finish(theirs, &doc).ok()?;
    Some(Merge { text, conflicts: merger.conflicts })
}

fn has_double_keys(node: &Node) -> bool {
    let mut keys: Vec<&str> = node.items().iter().map(Item::name).collect();
    keys.sort_unstable();
    (node.is_mapping() && keys.windows(2).any(|pair| pair[0] == pair[1]))
        || node.items().iter().any(|item| has_double_keys(&item.value))
}

struct Merger {
    conflicts: Vec<Conflict>,
    /// Whether text of ours can stand in theirs.
    movable: bool,
}

/// What surrounds an item in theirs and in ours.
#[derive(Clone, Copy)]
struct Theirs {
    around: Around,
    ours: Around,
}

impl Theirs {
    /// Text of ours fits here as it is.
    fn fits(self) -> bool {
        self.around.is_like(self.ours)
    }

    fn below(self, theirs: &Node, ours: &Node) -> Self {
        Self { around: self.around.below(theirs), ours: self.ours.below(ours) }
    }
}

/// An edit that could not be carried out.
type Failed = crate::EditError;

impl Merger {
    /// Comment and blank lines, merged; where both changed the same ones, both stay.
    fn note(&self, base: Option<&String>, ours: &str, theirs: &str) -> String {
        if !self.movable || base.is_some_and(|base| base == ours) || ours == theirs {
            return theirs.to_owned();
        }
        let base = base.map_or("", String::as_str);
        let (mut text, disagree) = merge_lines(base, ours, theirs, Side::Theirs);
        if disagree {
            let known =
                |line: &&str| !line.trim().is_empty() && !base.contains(*line) && !text.contains(*line);
            let added: String = ours.split_inclusive('\n').filter(known).collect();
            text.push_str(&added);
        }
        text
    }

    fn conflict(&mut self, path: DocPath, base: Option<&Item>, ours: Option<&Item>, theirs: Option<&Item>) {
        let value = |item: Option<&Item>| item.map(|item| item.value.to_value());
        self.conflicts.push(Conflict {
            path,
            kind: ConflictKind::Value,
            base: value(base),
            ours: value(ours),
            theirs: value(theirs),
        });
    }

    fn item(
        &mut self,
        path: &DocPath,
        base: Option<&Item>,
        ours: &Item,
        theirs: &mut Item,
        place: Theirs,
    ) -> Result<(), Failed> {
        if base.is_some_and(|base| base == ours) {
            return Ok(());
        }
        if place.fits() && place.around.in_block() {
            theirs.lead = self.note(base.map(|base| &base.lead), &ours.lead, &theirs.lead);
        }
        self.value(path, base, ours, theirs, place)
    }

    fn value(
        &mut self,
        path: &DocPath,
        base: Option<&Item>,
        ours: &Item,
        theirs: &mut Item,
        place: Theirs,
    ) -> Result<(), Failed> {
        let unchanged = |item: &Item| {
            base.is_some_and(|base| {
                base.value == item.value && base.sep == item.sep && base.tail == item.tail
            })
        };
        if unchanged(ours) {
            return Ok(());
        }
        // What theirs left alone becomes what ours made of it, comments and all.
        if unchanged(theirs) && self.movable && place.fits() && !place.around.is_root() {
            theirs.sep.clone_from(&ours.sep);
            theirs.value.clone_from(&ours.value);
            theirs.tail.clone_from(&ours.tail);
            return Ok(());
        }
        let both_named = |name: fn(&Node) -> bool| name(&ours.value) && name(&theirs.value);
        if both_named(Node::is_mapping) || both_named(has_names) {
            let known = base.filter(|base| {
                base.value.is_mapping() == ours.value.is_mapping()
                    && (base.value.is_mapping() || has_names(&base.value))
            });
            self.beside(base, ours, theirs, place);
            return self.items(path, known, ours, theirs, place);
        }
        if same(&ours.value, &theirs.value) || base.is_some_and(|base| same(&base.value, &ours.value)) {
            self.beside(base, ours, theirs, place);
            return Ok(());
        }
        if base.is_some_and(|base| same(&base.value, &theirs.value)) {
            return set(theirs, place.around, &path.0, &ours.value.to_value());
        }
        self.conflict(path.clone(), base, Some(ours), Some(theirs));
        Ok(())
    }

    /// The comment beside a value, where only ours changed it and the value stands as it stood.
    fn beside(&self, base: Option<&Item>, ours: &Item, theirs: &mut Item, place: Theirs) {
        let Some(base) = base.filter(|_| self.movable && place.fits() && place.around.in_block()) else {
            return;
        };
        let alike = |one: &Node, other: &Node| {
            matches!(
                (one, other),
                (Node::Block(_), Node::Block(_))
                    | (Node::Flow(_), Node::Flow(_))
                    | (Node::Scalar { .. }, Node::Scalar { .. })
            )
        };
        if alike(&base.value, &ours.value)
            && alike(&ours.value, &theirs.value)
            && base.tail.is_empty() == theirs.tail.is_empty()
            && ours.tail.is_empty() == theirs.tail.is_empty()
        {
            if theirs.tail == base.tail {
                theirs.tail.clone_from(&ours.tail);
            }
            if theirs.sep == base.sep {
                theirs.sep.clone_from(&ours.sep);
            }
        }
    }

    /// The items of mappings, and of lists whose items have names.
    fn items(
        &mut self,
        path: &DocPath,
        base: Option<&Item>,
        ours: &Item,
        theirs: &mut Item,
        place: Theirs,
    ) -> Result<(), Failed> {
        let known: &[Item] = base.map_or(&[], |base| base.value.items());
        let before = names(theirs.value.items());
        let inner = place.below(&theirs.value, &ours.value);
        let mut last: Option<String> = None;
        for our_item in ours.value.items() {
            let name = name(our_item).to_owned();
            let path = path.key(&name);
            let base_item = find(known, &name);
            let index = theirs.value.items().iter().position(|item| self::name(item) == name);
            let their_item =
                index.and_then(|index| theirs.value.items_mut().and_then(|items| items.get_mut(index)));
            match (base_item, their_item) {
                (base_item, Some(their_item)) => {
                    self.item(&path, base_item, our_item, their_item, inner)?;
                    last = Some(name);
                }
                (Some(base_item), None) => {
                    if !same(&base_item.value, &our_item.value) {
                        self.conflict(path, Some(base_item), Some(our_item), None);
                    }
                }
                (None, None) => {
                    self.bring(&path, our_item, last.as_deref(), theirs, place, inner)?;
                    last = Some(name);
                }
            }
        }
        for base_item in known.iter().filter(|item| find(ours.value.items(), name(item)).is_none()) {
            let items = theirs.value.items();
            let Some(index) = items.iter().position(|item| name(item) == name(base_item)) else { continue };
            if same(&base_item.value, &items[index].value) {
                remove(theirs, place.around, &path.0, index)?;
            } else {
                self.conflict(path.key(name(base_item)), Some(base_item), None, Some(&items[index]));
            }
        }
        self.order(path, known, ours.value.items(), &before, theirs, place);
        if let (Some(Node::Block(base)), Node::Block(ours), Node::Block(theirs)) =
            (base.map(|base| &base.value), &ours.value, &mut theirs.value)
            && base.column == ours.column
            && ours.column == theirs.column
        {
            theirs.end = self.note(Some(&base.end), &ours.end, &theirs.end);
        }
        Ok(())
    }

    /// Puts an item that only ours has into theirs, behind the one that it stands behind in ours.
    fn bring(
        &self,
        path: &DocPath,
        item: &Item,
        last: Option<&str>,
        theirs: &mut Item,
        place: Theirs,
        inner: Theirs,
    ) -> Result<(), Failed> {
        let position = last.map_or(Position::First, |last| Position::After(last.to_owned()));
        let layout = place.around.layout;
        let items = theirs.value.items();
        if self.movable && inner.fits() && !items.is_empty() {
            let index = last
                .and_then(|last| items.iter().position(|item| name(item) == last))
                .map_or(0, |index| index + 1);
            items::insert(&mut theirs.value, index, item.clone(), layout);
            return Ok(());
        }
        let parent = path.parent().unwrap_or_default();
        let position = if items.is_empty() { Position::Last } else { position };
        let key = item.key.as_ref().map(|key| &key.text);
        add(theirs, place.around, &parent.0, key, &item.value.to_value(), &position)
    }

    /// The order of ours, where only ours changed it.
    fn order(
        &mut self,
        path: &DocPath,
        base: &[Item],
        ours: &[Item],
        before: &[String],
        theirs: &mut Item,
        place: Theirs,
    ) {
        let (base, ours) = (names(base), names(ours));
        let sets = [&base[..], &ours[..], before].map(|names| names.iter().collect::<HashSet<_>>());
        let common = |names: &[String]| -> Vec<String> {
            names.iter().filter(|name| sets.iter().all(|set| set.contains(name))).cloned().collect()
        };
        let (was, wanted, found) = (common(&base), common(&ours), common(before));
        if wanted == was || wanted == found {
            return;
        }
        if found != was {
            if order_counts(path) {
                let list = |names: &[String]| Some(Value::from(names.to_vec()));
                self.conflicts.push(Conflict {
                    path: path.clone(),
                    kind: ConflictKind::Order,
                    base: list(&base),
                    ours: list(&ours),
                    theirs: list(before),
                });
            }
            return;
        }
        let now = names(theirs.value.items());
        let mut target: Vec<String> = ours.iter().filter(|name| now.contains(name)).cloned().collect();
        for (index, name) in now.iter().enumerate() {
            if !target.contains(name) {
                let at = now[..index]
                    .iter()
                    .rev()
                    .find_map(|above| target.iter().position(|other| other == above))
                    .map_or(0, |above| above + 1);
                target.insert(at, name.clone());
            }
        }
        for (to, wanted) in target.iter().enumerate() {
            if let Some(from) = theirs.value.items().iter().position(|item| name(item) == wanted) {
                items::shift(&mut theirs.value, from, to, place.around.layout);
            }
        }
    }
}

/// Fields may use the ones above them, and the columns of a file without header go by position.
fn order_counts(path: &DocPath) -> bool {
    matches!(path.0.last(), Some(Segment::Key(key)) if key == "fields" || key == "contract")
}

/// Whether it is a list whose items can be told apart by name.
fn has_names(node: &Node) -> bool {
    if !node.is_sequence() {
        return false;
    }
    let names: Vec<Option<&str>> = node.items().iter().map(|item| item_name(&item.value)).collect();
    let mut known: Vec<&str> = names.iter().copied().flatten().collect();
    known.sort_unstable();
    known.dedup();
    known.len() == names.len()
}

fn name(item: &Item) -> &str {
    match &item.key {
        Some(key) => &key.text,
        None => item_name(&item.value).unwrap_or_default(),
    }
}

fn names(items: &[Item]) -> Vec<String> {
    items.iter().map(|item| name(item).to_owned()).collect()
}

fn find<'item>(items: &'item [Item], wanted: &str) -> Option<&'item Item> {
    items.iter().find(|item| name(item) == wanted)
}
