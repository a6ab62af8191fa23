//! Puts items into collections, takes them out and moves them, with their comments and blank lines.

use super::cst::{Block, Flow, Item, Layout, Node};

/// Puts `item` at `index`.
pub(crate) fn insert(node: &mut Node, index: usize, mut item: Item, layout: Layout) {
    match node {
        Node::Scalar { .. } => {}
        Node::Block(block) => {
            let style = BlockStyle::of(block);
            if index > 0 && item.lead.is_empty() && stands_apart(block, index, &item) {
                item.lead.push_str(layout.line_end);
            }
            indent(&mut item, block.column);
            block.items.insert(index, item);
            style.settle(block, layout);
        }
        Node::Flow(flow) => {
            let style = FlowStyle::of(flow, layout);
            flow.items.insert(index, item);
            style.settle(flow);
        }
    }
}

/// Takes the item at `index` out, with the comment lines right above it. What stands apart above it stays.
pub(crate) fn remove(node: &mut Node, index: usize, layout: Layout) -> Option<Item> {
    match node {
        Node::Scalar { .. } => None,
        Node::Block(block) => {
            let style = BlockStyle::of(block);
            let item = take(block, index);
            style.settle(block, layout);
            Some(item)
        }
        Node::Flow(flow) => {
            let style = FlowStyle::of(flow, layout);
            let item = flow.items.remove(index);
            style.settle(flow);
            Some(item)
        }
    }
}

/// Moves the item at `from` so that it stands at `to` afterwards, with the comment lines right above it.
pub(crate) fn shift(node: &mut Node, from: usize, to: usize, layout: Layout) {
    if from == to {
        return;
    }
    match node {
        Node::Scalar { .. } => {}
        Node::Block(block) => {
            let style = BlockStyle::of(block);
            let apart = block.items.get(from).is_some_and(|item| stands_apart(block, from, item));
            let mut item = take(block, from);
            if apart && to > 0 {
                item.lead.insert_str(0, layout.line_end);
            }
            if apart
                && to == 0
                && let Some(first) = block.items.first_mut()
                && !starts_blank(&first.lead)
            {
                first.lead.insert_str(0, layout.line_end);
            }
            indent(&mut item, block.column);
            block.items.insert(to, item);
            style.settle(block, layout);
        }
        Node::Flow(flow) => {
            let style = FlowStyle::of(flow, layout);
            let item = flow.items.remove(from);
            flow.items.insert(to, item);
            style.settle(flow);
        }
    }
}

/// The lines of a lead that stand apart from its item, and those right above it.
fn split_lead(lead: &str) -> (&str, &str) {
    let (mut at, mut apart) = (0, 0);
    for line in lead.split_inclusive('\n') {
        at += line.len();
        if line.trim().is_empty() {
            apart = at;
        }
    }
    lead.split_at(apart)
}

fn starts_blank(lead: &str) -> bool {
    lead.split_inclusive('\n').next().is_some_and(|line| line.trim().is_empty())
}

fn without_first_blanks(lead: &str) -> &str {
    let mut at = 0;
    for line in lead.split_inclusive('\n') {
        if !line.trim().is_empty() {
            break;
        }
        at += line.len();
    }
    &lead[at..]
}

/// Takes an item out; the lines that stand apart above it go to what follows.
fn take(block: &mut Block, index: usize) -> Item {
    let mut item = block.items.remove(index);
    let (apart, own) = split_lead(&item.lead);
    let (apart, own) = (apart.to_owned(), own.to_owned());
    item.lead = own;
    let is_last = index >= block.items.len();
    let next = match block.items.get_mut(index) {
        Some(next) => &mut next.lead,
        None => &mut block.end,
    };
    if apart.contains('#') {
        let rest = if starts_blank(next) { without_first_blanks(next).to_owned() } else { next.clone() };
        *next = apart + &rest;
    } else if !apart.is_empty() && index > 0 && !is_last && !starts_blank(next) {
        next.insert_str(0, &apart);
    }
    item
}

/// How far around an item its siblings are looked at.
const NEAR: usize = 8;

/// Whether items like this one have a blank line above them around `index`.
fn stands_apart(block: &Block, index: usize, item: &Item) -> bool {
    let is_tall = |item: &Item| match &item.value {
        Node::Block(_) => true,
        Node::Scalar { raw, .. } => raw.contains('\n'),
        Node::Flow(_) => false,
    };
    let tall = is_tall(item);
    let (mut alike, mut apart) = (0, 0);
    let near = block.items.iter().take(index + NEAR).skip(index.saturating_sub(NEAR).max(1));
    for sibling in near.filter(|sibling| is_tall(sibling) == tall) {
        alike += 1;
        apart += usize::from(starts_blank(&sibling.lead));
    }
    apart * 2 > alike
}

fn indent(item: &mut Item, column: usize) {
    if item.indent.len() != column {
        item.indent = " ".repeat(column);
    }
}

/// What belongs to the places of a block, not to its items.
struct BlockStyle {
    /// The first item stands behind a dash on its line.
    inline: bool,
}

impl BlockStyle {
    fn of(block: &Block) -> Self {
        Self { inline: block.items.first().is_some_and(|item| item.indent.len() < block.column) }
    }

    fn settle(&self, block: &mut Block, layout: Layout) {
        // Only the first place differs from the others; who came or went may have changed places with it.
        for (position, item) in block.items.iter_mut().take(2).enumerate() {
            indent(item, if position == 0 && self.inline { 0 } else { block.column });
        }
        let Some(first) = block.items.first_mut() else { return };
        if starts_blank(&first.lead) {
            first.lead = without_first_blanks(&first.lead).to_owned();
        }
        if self.inline && !first.lead.is_empty() {
            let lead = std::mem::take(&mut first.lead);
            match block.items.get_mut(1) {
                Some(second) => second.lead.insert_str(0, &lead),
                None => block.end.insert_str(0, &lead),
            }
        }
        debug_assert!(
            block.end.is_empty() || block.end.ends_with(layout.line_end) || block.end.ends_with('\n')
        );
    }
}

/// What belongs to the places inside brackets, not to the items.
struct FlowStyle {
    first: String,
    further: String,
    last_comma: bool,
    /// A line break with the blanks behind it, as it stands here already.
    line_break: String,
}

impl FlowStyle {
    fn of(flow: &Flow, layout: Layout) -> Self {
        let blank = |indent: &String| !indent.contains('#');
        let first = flow.items.first().map(|item| item.indent.clone()).filter(blank);
        let further = flow.items.get(1).map(|item| item.indent.clone()).filter(blank);
        Self {
            further: further.unwrap_or_else(|| match &first {
                Some(first) if first.contains('\n') => first.clone(),
                _ => " ".to_owned(),
            }),
            first: first.unwrap_or_else(|| if flow.sequence { String::new() } else { " ".to_owned() }),
            last_comma: flow.items.last().is_some_and(|item| !item.comma.is_empty()),
            line_break: flow
                .items
                .iter()
                .map(|item| &item.indent)
                .chain([&flow.end])
                .find_map(|gap| {
                    let line = gap.rsplit_once('\n').map(|(_, line)| line)?;
                    (!line.contains('#')).then(|| format!("{}{line}", layout.line_end))
                })
                .unwrap_or_else(|| layout.line_end.to_owned()),
        }
    }

    fn settle(&self, flow: &mut Flow) {
        let last = flow.items.len().saturating_sub(1);
        let mut commented = false;
        for (position, item) in flow.items.iter_mut().enumerate() {
            if !item.indent.contains('#') {
                if position == 0 {
                    item.indent.clone_from(&self.first);
                } else if item.indent.is_empty() || item.indent == self.first {
                    item.indent.clone_from(&self.further);
                }
            }
            if item.comma.is_empty() && (position < last || self.last_comma) {
                item.comma = format!(",{}", std::mem::take(&mut item.tail));
            } else if position == last && !self.last_comma && !item.comma.is_empty() {
                item.tail.push_str(&item.comma[1..]);
                item.comma.clear();
            }
            // A comment must not swallow what follows.
            if commented && !breaks_first(&item.indent) {
                item.indent.insert_str(0, &self.line_break);
            }
            commented = item.comma.contains('#') || item.tail.contains('#');
        }
        if flow.items.is_empty() {
            if !flow.end.contains('#') {
                flow.end.clear();
            }
        } else if flow.end.is_empty() && !flow.sequence && self.first == " " {
            " ".clone_into(&mut flow.end);
        }
        if commented && !breaks_first(&flow.end) {
            flow.end.insert_str(0, &self.line_break);
        }
    }
}

fn breaks_first(gap: &str) -> bool {
    gap.trim_start_matches([' ', '\t']).starts_with(['\n', '\r'])
}
