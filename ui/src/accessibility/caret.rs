//! The caret in a text that is edited: where it is, and what to read aloud when it moves.
//!
//! The text is edited on the canvas, and typed through an element of eframe's own that a screen reader can't follow the
//! caret in; nor can a field that shows it be given a selection: in some browsers it would take the keyboard along. So
//! what the caret moves over is said.

use ahash::HashMap;
use egui::Context;
use egui::accesskit::{Node, NodeId, Role, TextPosition};
use egui::text_edit::TextEditState;

use super::element;

/// Where the caret is in the text that is edited, in characters: the end that stays, and the one that moves.
///
/// In the frame in which something is typed, the tree still gives places in the text before; egui's own memory has them
/// right.
pub fn caret(ctx: &Context) -> Option<[usize; 2]> {
    let edited = ctx.memory(egui::Memory::focused)?;
    let range = TextEditState::load(ctx, edited)?.cursor.char_range()?;
    Some([range.secondary.index.0, range.primary.index.0])
}

/// A text and what is selected in it, in characters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Caret {
    text: Vec<char>,
    anchor: usize,
    focus: usize,
}

impl Caret {
    /// None where no text is edited.
    pub(super) fn of(node: &Node, nodes: &HashMap<NodeId, Node>, at: Option<[usize; 2]>) -> Option<Self> {
        if !element::tag(node.role()).is_text() || node.role() == Role::PasswordInput {
            return None;
        }
        let selection = node.text_selection()?;
        if let (Some([anchor, focus]), Some(text)) = (at, node.value()) {
            return Some(Self { text: text.chars().collect(), anchor, focus });
        }
        let runs: Vec<(NodeId, &Node)> = runs(node, nodes).collect();
        let place = |position: &TextPosition| {
            let before = runs.iter().take_while(|(id, _)| *id != position.node);
            before.map(|(_, run)| run.character_lengths().len()).sum::<usize>() + position.character_index
        };
        Some(Self {
            text: runs.iter().filter_map(|(_, run)| run.value()).flat_map(str::chars).collect(),
            anchor: place(&selection.anchor),
            focus: place(&selection.focus),
        })
    }

    fn slice(&self, from: usize, to: usize) -> String {
        let to = to.min(self.text.len());
        self.text.get(from.min(to)..to).unwrap_or_default().iter().collect()
    }

    fn line(&self, at: usize) -> (usize, usize) {
        let at = at.min(self.text.len());
        let start = self.text[..at].iter().rposition(|one| *one == '\n').map_or(0, |end| end + 1);
        let end = self.text[at..].iter().position(|one| *one == '\n').map_or(self.text.len(), |end| at + end);
        (start, end)
    }
}

fn runs<'a>(node: &'a Node, nodes: &'a HashMap<NodeId, Node>) -> impl Iterator<Item = (NodeId, &'a Node)> {
    let children = node.children().iter().filter_map(|id| nodes.get(id).map(|run| (*id, run)));
    children.filter(|(_, run)| run.role() == Role::TextRun)
}

/// What to read aloud, where the caret moved and nothing was typed.
pub(super) fn said(old: &Caret, new: &Caret) -> Option<String> {
    if old == new || old.text != new.text {
        return None;
    }
    if new.anchor != new.focus {
        let selected = new.slice(new.anchor.min(new.focus), new.anchor.max(new.focus));
        return Some(format!("{} selected", spoken(&selected)));
    }
    let line = new.line(new.focus);
    if old.line(old.focus) != line {
        return Some(spoken(&new.slice(line.0, line.1)));
    }
    let one = new.slice(new.focus, new.focus + 1);
    if old.focus.abs_diff(new.focus) <= 1 {
        return Some(spoken(&one));
    }
    let word: String =
        new.slice(new.focus, line.1).chars().take_while(|one| one.is_alphanumeric() || *one == '_').collect();
    Some(spoken(if word.is_empty() { &one } else { &word }))
}

fn spoken(text: &str) -> String {
    match text {
        "" | "\n" => "blank".to_owned(),
        " " => "space".to_owned(),
        "\t" => "tab".to_owned(),
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caret(text: &str, anchor: usize, focus: usize) -> Caret {
        Caret { text: text.chars().collect(), anchor, focus }
    }

    fn moved(text: &str, from: usize, to: usize) -> Option<String> {
        said(&caret(text, from, from), &caret(text, to, to))
    }

    #[test]
    fn what_the_caret_moves_to_is_said() {
        let text = "select é\nfrom trades";
        assert_eq!(moved(text, 0, 1).as_deref(), Some("e"));
        assert_eq!(moved(text, 5, 6).as_deref(), Some("space"));
        assert_eq!(moved(text, 0, 7).as_deref(), Some("é"));
        assert_eq!(moved(text, 7, 8).as_deref(), Some("blank"));
        assert_eq!(moved(text, 2, 11).as_deref(), Some("from trades"));
        assert_eq!(moved(text, 9, 14).as_deref(), Some("trades"));
        assert_eq!(moved(text, 3, 3), None);
    }

    #[test]
    fn what_is_selected_is_said_and_what_is_typed_is_not() {
        let old = caret("from trades", 5, 5);
        assert_eq!(said(&old, &caret("from trades", 5, 11)).as_deref(), Some("trades selected"));
        assert_eq!(said(&old, &caret("from  trades", 6, 6)), None);
    }
}
