//! What was changed in a text, step by step, to be undone and redone.

/// Seconds within which typing at one place counts as one step.
const TYPING_SECONDS: f64 = 1.5;
/// Bytes that a history may hold; the oldest steps go first.
const BYTES_LIMIT: usize = 16 << 20;

/// One change: what stood at a place gave way to something else.
#[derive(Debug, Clone, PartialEq)]
struct Step {
    at: usize,
    removed: String,
    inserted: String,
    label: String,
    typing: Option<String>,
    time: f64,
}

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
            label: String::new(),
            typing: None,
            time: 0.0,
        })
    }

    fn bytes(&self) -> usize {
        self.removed.len() + self.inserted.len() + size_of::<Self>()
    }

    fn apply(&self, text: &mut String) {
        swap(text, self.at, &self.removed, &self.inserted);
    }

    fn take_back(&self, text: &mut String) {
        swap(text, self.at, &self.inserted, &self.removed);
    }
}

fn swap(text: &mut String, at: usize, old: &str, new: &str) {
    let range = at..at + old.len();
    if text.get(range.clone()) == Some(old) {
        text.replace_range(range, new);
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
