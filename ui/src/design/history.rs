//! What was changed in a text, step by step, to be undone and redone.

use std::collections::BTreeSet;

use egui::Pos2;
use serde::{Deserialize, Serialize};

use super::Node;

/// Seconds within which typing at one place counts as one step.
const TYPING_SECONDS: f64 = 1.5;
/// Bytes that a history may hold; the oldest steps go first.
const BYTES_LIMIT: usize = 16 << 20;
/// Steps of a history that are kept over the end of the page, in either direction.
const KEPT_STEPS: usize = 100;
/// Bytes that these may hold.
const KEPT_BYTES: usize = 1 << 20;

/// One change: what stood at a place gave way to something else.
#[derive(Debug, Clone, Default, PartialEq)]
struct Step {
    at: usize,
    removed: String,
    inserted: String,
    label: String,
    typing: Option<String>,
    time: f64,
    /// Names a change of several texts that this is a part of.
    together: Option<u64>,
    /// Cards of the canvas that got other places by it.
    moves: Vec<CardMove>,
}

/// A card's place before and after a step; none where it stands as it is arranged.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CardMove {
    pub(crate) node: Node,
    pub(crate) from: Option<Pos2>,
    pub(crate) to: Option<Pos2>,
}

/// What is kept of a history over the end of the page: its newest steps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeptHistory {
    /// Steps that can be undone, the last one last.
    done: Vec<KeptStep>,
    /// Steps that can be redone, the next one last.
    undone: Vec<KeptStep>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KeptStep {
    at: usize,
    removed: String,
    inserted: String,
    label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    together: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    moves: Vec<KeptMove>,
}

type KeptMove = (Node, Option<[f32; 2]>, Option<[f32; 2]>);

/// The changes of one text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
    bytes: usize,
}

impl History {
    /// What an undo would take back, in words; none when there is nothing.
    pub fn undoes(&self) -> Option<&str> {
        self.done.last().map(|step| step.label.as_str())
    }

    /// What a redo would do again, in words; none when there is nothing.
    pub fn redoes(&self) -> Option<&str> {
        self.undone.last().map(|step| step.label.as_str())
    }

    /// The change of several texts that an undo would take back, if it is one.
    pub(crate) fn undoes_together(&self) -> Option<u64> {
        self.done.last()?.together
    }

    /// The change of several texts that a redo would do again, if it is one.
    pub(crate) fn redoes_together(&self) -> Option<u64> {
        self.undone.last()?.together
    }

    /// Whether a change of several texts is among what can be undone.
    pub(crate) fn holds(&self, together: u64) -> bool {
        self.done.iter().any(|step| step.together == Some(together))
    }

    /// The changes of several texts that lie between `base` and `text`, which is where the history stands: steps that led
    /// from one to the other, or were taken back. All that could be undone, where it knows no way.
    pub(crate) fn together_between(&self, base: &str, text: &str) -> BTreeSet<u64> {
        let way = |steps: &[Step], back: bool| {
            let (mut text, mut found) = (text.to_owned(), BTreeSet::new());
            for step in steps.iter().rev() {
                if text == base {
                    break;
                }
                if !step.turn(&mut text, back) {
                    return None;
                }
                found.extend(step.together);
            }
            (text == base).then_some(found)
        };
        let all = || self.done.iter().filter_map(|step| step.together).collect();
        way(&self.done, true).or_else(|| way(&self.undone, false)).unwrap_or_else(all)
    }

    /// The last step is part of a change of several texts.
    pub(crate) fn is_part_of(&mut self, together: u64) {
        if let Some(step) = self.done.last_mut() {
            step.together = Some(together);
        }
    }

    /// Cards that an undo would put back.
    pub(crate) fn undoes_moves(&self) -> Vec<CardMove> {
        self.done.last().map(|step| step.moves.clone()).unwrap_or_default()
    }

    /// Cards that a redo would move again.
    pub(crate) fn redoes_moves(&self) -> Vec<CardMove> {
        self.undone.last().map(|step| step.moves.clone()).unwrap_or_default()
    }

    /// Cards were moved, and the text stayed as it is.
    pub(crate) fn record_moves(&mut self, label: &str, moves: Vec<CardMove>) {
        self.forget_undone();
        let step = Step { label: label.to_owned(), moves, ..Step::default() };
        self.bytes += step.bytes();
        self.done.push(step);
    }

    /// A card got another place by the last step.
    pub(crate) fn adds_move(&mut self, moved: CardMove) {
        if let Some(step) = self.done.last_mut() {
            step.moves.push(moved);
            self.bytes += size_of::<CardMove>();
        }
    }

    /// `before` became `after`. `typing` names the place that is typed at: keys in quick succession make one step.
    pub(crate) fn record(&mut self, before: &str, after: &str, label: &str, typing: Option<&str>, now: f64) {
        let Some(mut step) = Step::between(before, after) else { return };
        self.forget_undone();
        label.clone_into(&mut step.label);
        step.typing = typing.map(str::to_owned);
        step.time = now;
        let goes_on = self.done.last().is_some_and(|last| {
            typing.is_some() && last.typing == step.typing && now - last.time < TYPING_SECONDS
        });
        if goes_on && let Some(last) = self.done.pop() {
            self.bytes -= last.bytes();
            let mut start = before.to_owned();
            last.take_back(&mut start);
            // Typed and deleted again: nothing happened.
            let Some(whole) = Step::between(&start, after) else { return };
            step = Step { label: last.label, typing: last.typing, time: now, ..whole };
        }
        self.bytes += step.bytes();
        self.done.push(step);
        while self.bytes > BYTES_LIMIT && self.done.len() > 1 {
            self.bytes -= self.done.remove(0).bytes();
        }
    }

    /// Takes the last step back; gives what it was.
    pub(crate) fn undo(&mut self, text: &mut String) -> Option<String> {
        let step = self.done.pop()?;
        step.take_back(text);
        let label = step.label.clone();
        self.undone.push(step);
        Some(label)
    }

    /// Does the last step that was taken back again; gives what it was.
    pub(crate) fn redo(&mut self, text: &mut String) -> Option<String> {
        let mut step = self.undone.pop()?;
        step.apply(text);
        // What is typed next is a step of its own.
        step.typing = None;
        let label = step.label.clone();
        self.done.push(step);
        Some(label)
    }

    /// What is kept over the end of the page.
    pub(crate) fn kept(&self) -> KeptHistory {
        let mut room = KEPT_BYTES;
        let mut newest = |steps: &[Step]| {
            let steps = steps.iter().rev().take(KEPT_STEPS).take_while(|step| {
                let fits = step.bytes() <= room;
                room = room.saturating_sub(step.bytes());
                fits
            });
            let mut kept: Vec<KeptStep> = steps.map(KeptStep::of).collect();
            kept.reverse();
            kept
        };
        KeptHistory { done: newest(&self.done), undone: newest(&self.undone) }
    }

    /// What was kept, as far as it leads to `text` and on from it.
    pub(crate) fn of_kept(kept: KeptHistory, text: &str) -> Self {
        let led = |steps: Vec<KeptStep>, back: bool| {
            let mut text = text.to_owned();
            let steps = steps.into_iter().rev().map(Step::from).take_while(|step| step.turn(&mut text, back));
            let mut steps: Vec<Step> = steps.collect();
            steps.reverse();
            steps
        };
        let all = kept.done.len();
        let done = led(kept.done, true);
        // Steps that only add would fit any text.
        let undone = if done.len() == all { led(kept.undone, false) } else { Vec::new() };
        let bytes = done.iter().chain(&undone).map(Step::bytes).sum();
        Self { done, undone, bytes }
    }

    fn forget_undone(&mut self) {
        self.bytes -= self.undone.drain(..).map(|step| step.bytes()).sum::<usize>();
    }
}

impl Step {
    /// What turns `before` into `after`; none when they are the same.
    fn between(before: &str, after: &str) -> Option<Self> {
        if before == after {
            return None;
        }
        let same = before.bytes().zip(after.bytes()).take_while(|(one, other)| one == other).count();
        let start =
            (0..=same).rev().find(|at| before.is_char_boundary(*at) && after.is_char_boundary(*at))?;
        let (old, new) = (before.get(start..)?, after.get(start..)?);
        let same = old.bytes().rev().zip(new.bytes().rev()).take_while(|(one, other)| one == other).count();
        let fits =
            |end: &usize| old.is_char_boundary(old.len() - end) && new.is_char_boundary(new.len() - end);
        let end = (0..=same).rev().find(fits)?;
        Some(Self {
            at: start,
            removed: old.get(..old.len() - end)?.to_owned(),
            inserted: new.get(..new.len() - end)?.to_owned(),
            ..Self::default()
        })
    }

    fn bytes(&self) -> usize {
        let moves = self.moves.len() * size_of::<CardMove>();
        self.removed.len() + self.inserted.len() + moves + size_of::<Self>()
    }

    fn apply(&self, text: &mut String) {
        self.turn(text, false);
    }

    fn take_back(&self, text: &mut String) {
        self.turn(text, true);
    }

    /// Does the step, or takes it back; whether the text was the one that it belongs to.
    fn turn(&self, text: &mut String, back: bool) -> bool {
        let (old, new) = if back { (&self.inserted, &self.removed) } else { (&self.removed, &self.inserted) };
        let range = self.at..self.at.saturating_add(old.len());
        let fits = text.get(range.clone()) == Some(old);
        if fits {
            text.replace_range(range, new);
        }
        fits
    }
}

impl CardMove {
    pub(crate) fn new(node: Node, from: Option<Pos2>, to: Option<Pos2>) -> Self {
        Self { node, from, to }
    }

    /// Whether the card stands elsewhere by it.
    pub(crate) fn is_one(&self) -> bool {
        self.from != self.to
    }
}

impl KeptHistory {
    /// Whether there is nothing to undo or redo.
    pub fn is_empty(&self) -> bool {
        self.done.is_empty() && self.undone.is_empty()
    }
}

impl KeptStep {
    fn of(step: &Step) -> Self {
        let Step { at, removed, inserted, label, together, moves, .. } = step.clone();
        let place = |at: Option<Pos2>| at.map(|at| [at.x, at.y]);
        let moves = moves.into_iter().map(|one| (one.node, place(one.from), place(one.to))).collect();
        Self { at, removed, inserted, label, together, moves }
    }
}

impl From<KeptStep> for Step {
    fn from(kept: KeptStep) -> Self {
        let KeptStep { at, removed, inserted, label, together, moves } = kept;
        let place = |at: Option<[f32; 2]>| at.map(Pos2::from);
        let moves = moves.into_iter().map(|(node, from, to)| CardMove::new(node, place(from), place(to)));
        // What is typed next is a step of its own.
        Self { at, removed, inserted, label, together, moves: moves.collect(), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(history: &mut History, text: &mut String, to: &str, typing: Option<&str>, now: f64) {
        history.record(text, to, "change", typing, now);
        to.clone_into(text);
    }

    #[test]
    fn every_step_is_taken_back_and_done_again() {
        let (mut history, mut text) = (History::default(), "größe: 1".to_owned());
        let states = ["größe: 12", "grüße: 12", "", "ü", "uü", "uuü"];
        for state in states {
            change(&mut history, &mut text, state, None, 0.0);
        }
        for state in states.iter().rev().skip(1) {
            history.undo(&mut text).unwrap();
            assert_eq!(text, **state);
        }
        history.undo(&mut text).unwrap();
        assert_eq!((text.as_str(), history.undo(&mut text.clone())), ("größe: 1", None));
        for state in states {
            history.redo(&mut text).unwrap();
            assert_eq!(text, state);
        }
        assert_eq!(history.redo(&mut text), None);
    }

    #[test]
    fn typing_is_one_step_until_one_pauses_or_goes_elsewhere() {
        let (mut history, mut text) = (History::default(), String::new());
        change(&mut history, &mut text, "a", Some("title"), 0.0);
        change(&mut history, &mut text, "ab", Some("title"), 1.0);
        change(&mut history, &mut text, "abc", Some("title"), 2.0);
        change(&mut history, &mut text, "abcd", Some("title"), 9.0);
        change(&mut history, &mut text, "abcde", Some("owner"), 9.1);
        let mut seen = Vec::new();
        while history.undo(&mut text).is_some() {
            seen.push(text.clone());
        }
        assert_eq!(seen, ["abcd", "abc", ""]);
    }

    #[test]
    fn what_was_typed_and_deleted_again_leaves_no_step() {
        let (mut history, mut text) = (History::default(), "a".to_owned());
        change(&mut history, &mut text, "ab", Some("title"), 0.0);
        change(&mut history, &mut text, "a", Some("title"), 0.1);
        assert_eq!(history.undoes(), None);
    }

    #[test]
    fn what_is_kept_is_undone_and_redone_as_before() {
        let (mut history, mut text) = (History::default(), "größe: 1".to_owned());
        for state in ["größe: 12", "grüße: 12", "ü", "uü"] {
            change(&mut history, &mut text, state, Some("title"), 0.0);
            history.done.last_mut().unwrap().typing = None;
        }
        history.undo(&mut text).unwrap();
        let kept = serde_json::to_string(&history.kept()).unwrap();
        let back = |text: &str| History::of_kept(serde_json::from_str(&kept).unwrap(), text);
        let (mut restored, mut now) = (back(&text), text.clone());
        assert_eq!(restored.bytes, history.bytes);
        restored.redo(&mut now).unwrap();
        assert_eq!(now, "uü");
        let mut seen = Vec::new();
        while restored.undo(&mut now).is_some() {
            seen.push(now.clone());
        }
        assert_eq!(seen, ["ü", "grüße: 12", "größe: 12", "größe: 1"]);
        // Of another text it says nothing.
        assert_eq!(back("else"), History::default());
    }

    #[test]
    fn where_cards_were_is_kept_with_the_steps() {
        let (mut history, mut text) = (History::default(), String::new());
        let (node, at) = (Node::Silver("trades".to_owned()), Pos2::new(3.0, 4.0));
        change(&mut history, &mut text, "a", None, 0.0);
        history.adds_move(CardMove::new(node.clone(), None, Some(at)));
        history.record_moves("Move it", vec![CardMove::new(node.clone(), Some(at), Some(at * 2.0))]);
        assert_eq!(history.undoes(), Some("Move it"));
        let kept = serde_json::to_string(&history.kept()).unwrap();
        let mut restored = History::of_kept(serde_json::from_str(&kept).unwrap(), &text);
        assert_eq!(restored.undoes_moves(), [CardMove::new(node.clone(), Some(at), Some(at * 2.0))]);
        restored.undo(&mut text).unwrap();
        assert_eq!(restored.redoes_moves(), history.undoes_moves());
        assert_eq!(restored.undoes_moves(), [CardMove::new(node, None, Some(at))]);
        restored.undo(&mut text).unwrap();
        assert_eq!(text, "");
    }

    #[test]
    fn only_the_newest_steps_are_kept() {
        let (mut history, mut text) = (History::default(), String::new());
        for step in 0..250 {
            change(&mut history, &mut text, &step.to_string(), None, 0.0);
        }
        let kept = history.kept();
        assert_eq!(kept.done.len(), KEPT_STEPS);
        assert_eq!(History::of_kept(kept, &text).done.len(), KEPT_STEPS);
        change(&mut history, &mut text, &"x".repeat(KEPT_BYTES), None, 0.0);
        assert!(history.kept().is_empty(), "one that is too large would be kept anew with each change");
    }

    #[test]
    fn a_new_change_forgets_what_was_taken_back() {
        let (mut history, mut text) = (History::default(), String::new());
        change(&mut history, &mut text, "a", None, 0.0);
        history.undo(&mut text).unwrap();
        change(&mut history, &mut text, "b", None, 0.0);
        assert_eq!(history.redo(&mut text), None);
        history.undo(&mut text).unwrap();
        assert_eq!((text.as_str(), history.bytes > 0), ("", true));
    }
}
