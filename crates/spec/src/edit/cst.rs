//! A document as pieces of its text: put together again they are the text, to the byte.

use serde_json::Value;

/// A whole document.
#[derive(Debug, Clone)]
pub(crate) struct Doc {
    /// Everything above the first entry.
    pub(crate) head: String,
    /// None where the document is empty.
    pub(crate) root: Option<Node>,
    /// Everything behind a root that isn't a block.
    pub(crate) foot: String,
    pub(crate) layout: Layout,
}

/// How this document is laid out; new parts follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) line_end: &'static str,
    /// Columns from a key to the keys below it.
    pub(crate) step: usize,
    /// Columns from a key to the dashes below it.
    pub(crate) dash_step: usize,
    /// Whether the last line has its line end.
    pub(crate) ended: bool,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// As written, with what it means. A block scalar holds its header and all its lines.
    Scalar {
        raw: String,
        value: Value,
    },
    Block(Block),
    Flow(Flow),
}

/// A mapping or sequence with one item to a line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Block {
    pub(crate) sequence: bool,
    /// Column of the keys or dashes, from zero.
    pub(crate) column: usize,
    pub(crate) items: Vec<Item>,
    /// Comment lines below the last item that are indented like it.
    pub(crate) end: String,
}

/// A mapping or sequence in brackets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Flow {
    pub(crate) sequence: bool,
    pub(crate) items: Vec<Item>,
    /// White space and comments before the closing bracket.
    pub(crate) end: String,
}

/// An entry of a mapping or an item of a sequence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    /// Blank and comment lines above it (block only), each with its line end.
    pub(crate) lead: String,
    /// Blanks before it; in flow also line breaks and comments.
    pub(crate) indent: String,
    /// None in a sequence.
    pub(crate) key: Option<Key>,
    /// From the key (or the dash, inclusive) to the value. Ends in a line end where a block stands below.
    pub(crate) sep: String,
    pub(crate) value: Node,
    /// What follows the value on its line, with the line end (block); up to the comma (flow).
    pub(crate) tail: String,
    /// The comma and a comment behind it (flow only).
    pub(crate) comma: String,
}

/// A key as written and as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) raw: String,
    pub(crate) text: String,
}

impl Doc {
    pub(crate) fn print(&self) -> String {
        let mut out = self.head.clone();
        if let Some(root) = &self.root {
            root.print(&mut out);
        }
        out.push_str(&self.foot);
        if !self.layout.ended {
            let length = out.trim_end_matches(['\r', '\n']).len();
            // Only the last line end was ours.
            let kept = out[length..].strip_suffix(self.layout.line_end).map(str::len);
            if let Some(kept) = kept {
                out.truncate(length + kept);
            }
        }
        out
    }

    /// What the document says; none where it is empty.
    #[cfg(test)]
    pub(crate) fn value(&self) -> Option<Value> {
        self.root.as_ref().map(Node::to_value)
    }
}

impl Node {
    pub(crate) fn print(&self, out: &mut String) {
        match self {
            Self::Scalar { raw, .. } => out.push_str(raw),
            Self::Block(block) => {
                for item in &block.items {
                    item.print(out);
                }
                out.push_str(&block.end);
            }
            Self::Flow(flow) => {
                out.push(if flow.sequence { '[' } else { '{' });
                for item in &flow.items {
                    item.print(out);
                }
                out.push_str(&flow.end);
                out.push(if flow.sequence { ']' } else { '}' });
            }
        }
    }

    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        self.print(&mut out);
        out
    }

    pub(crate) fn items(&self) -> &[Item] {
        match self {
            Self::Scalar { .. } => &[],
            Self::Block(block) => &block.items,
            Self::Flow(flow) => &flow.items,
        }
    }

    pub(crate) fn items_mut(&mut self) -> Option<&mut Vec<Item>> {
        match self {
            Self::Scalar { .. } => None,
            Self::Block(block) => Some(&mut block.items),
            Self::Flow(flow) => Some(&mut flow.items),
        }
    }

    pub(crate) fn is_sequence(&self) -> bool {
        match self {
            Self::Scalar { .. } => false,
            Self::Block(block) => block.sequence,
            Self::Flow(flow) => flow.sequence,
        }
    }

    pub(crate) fn is_mapping(&self) -> bool {
        !matches!(self, Self::Scalar { .. }) && !self.is_sequence()
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Scalar { value: Value::Null, .. })
    }

    /// Position of the entry under `key`; the first one where a key stands twice.
    pub(crate) fn position(&self, key: &str) -> Option<usize> {
        self.items().iter().position(|item| item.is(key))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Item> {
        self.items().iter().find(|item| item.is(key))
    }

    /// What it means. Of a key that stands twice, the first counts.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Scalar { value, .. } => value.clone(),
            _ if self.is_sequence() => {
                Value::Array(self.items().iter().map(|item| item.value.to_value()).collect())
            }
            _ => {
                let mut object = serde_json::Map::new();
                for item in self.items() {
                    object.entry(item.name()).or_insert_with(|| item.value.to_value());
                }
                Value::Object(object)
            }
        }
    }

    /// Whether it means `other`, keys in any order.
    pub(crate) fn means(&self, other: &Value) -> bool {
        match (self, other) {
            (Self::Scalar { value, .. }, other) => value == other,
            (node, Value::Array(values)) if node.is_sequence() => {
                let items = node.items();
                items.len() == values.len()
                    && items.iter().zip(values).all(|(item, value)| item.value.means(value))
            }
            (node, Value::Object(object)) if node.is_mapping() => {
                let items = node.items();
                items.len() == object.len()
                    && items
                        .iter()
                        .all(|item| object.get(item.name()).is_some_and(|value| item.value.means(value)))
            }
            _ => false,
        }
    }
}

impl Item {
    pub(crate) fn print(&self, out: &mut String) {
        out.push_str(&self.lead);
        out.push_str(&self.indent);
        if let Some(key) = &self.key {
            out.push_str(&key.raw);
        }
        out.push_str(&self.sep);
        self.value.print(out);
        out.push_str(&self.tail);
        out.push_str(&self.comma);
    }

    /// Its key; empty in a sequence.
    pub(crate) fn name(&self) -> &str {
        self.key.as_ref().map_or("", |key| key.text.as_str())
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.key.as_ref().is_some_and(|key| key.text == name)
    }
}
