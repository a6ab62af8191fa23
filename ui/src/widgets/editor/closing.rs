//! Brackets that a completion put behind the cursor: who types one all the same types over it.

use egui::{Event, Id, Key, Modifiers, Ui, text::CCursorRange, text_edit::TextEditState};

use super::byte_of;

/// Where such brackets stand, the innermost last: by the bytes from each to the end of the text, which stay the same
/// while something is typed before them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Closing(Vec<usize>);

fn place(id: Id) -> Id {
    id.with("closing brackets")
}

/// A completion was put in, and the cursor into it.
pub(super) fn accepted(ui: &Ui, id: Id, text: &str, cursor: usize) {
    if text.get(cursor..).is_some_and(|rest| rest.starts_with(')')) {
        ui.data_mut(|data| data.get_temp_mut_or_default::<Closing>(place(id)).0.push(text.len() - cursor));
    }
}

/// Makes a bracket that is typed before one that a completion put there a step over that one.
pub(super) fn type_over(ui: &Ui, id: Id, text: &str) {
    let Some(mut closing) = ui.data(|data| data.get_temp::<Closing>(place(id))) else { return };
    let cursor = TextEditState::load(ui.ctx(), id).and_then(|state| state.cursor.char_range());
    let cursor = cursor.filter(CCursorRange::is_empty).map(|range| byte_of(text, range.primary.index.0));
    let has_focus = ui.memory(|memory| memory.has_focus(id));
    let Some(rest) = cursor.map(|at| text.len() - at).filter(|_| has_focus) else {
        ui.data_mut(|data| data.remove::<Closing>(place(id)));
        return;
    };
    let bracket = |rest: usize| text.get(text.len() - rest..).is_some_and(|rest| rest.starts_with(')'));
    closing.0.retain(|one| *one <= rest && bracket(*one));
    ui.input_mut(|input| closing.step_over(rest, &mut input.events));
    ui.data_mut(|data| data.insert_temp(place(id), closing));
}

impl Closing {
    /// `rest` bytes stand behind the cursor before these events.
    fn step_over(&mut self, mut rest: usize, events: &mut [Event]) {
        for event in events {
            match event {
                Event::Text(typed) if typed == ")" && self.0.last() == Some(&rest) => {
                    self.0.pop();
                    rest -= 1;
                    *event = Event::Key {
                        key: Key::ArrowRight,
                        physical_key: None,
                        pressed: true,
                        repeat: false,
                        modifiers: Modifiers::NONE,
                    };
                }
                // What is typed stands before the cursor.
                Event::Text(_) | Event::Key { pressed: false, .. } | Event::PointerMoved(_) => {}
                // Where the cursor is after another key is known when it was handled.
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Vec<Event> {
        text.chars().map(|letter| Event::Text(letter.to_string())).collect()
    }

    /// What of it is left as text.
    fn left(events: &[Event]) -> String {
        let texts = events.iter().filter_map(|event| match event {
            Event::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    #[test]
    fn only_brackets_that_a_completion_put_there_are_typed_over() {
        // `upper(trim(|))`, then `a` and three brackets, all within one frame.
        let mut closing = Closing(vec![1, 2]);
        let mut events = typed("a)))");
        closing.step_over(2, &mut events);
        assert_eq!((left(&events).as_str(), closing), ("a)", Closing(Vec::new())));
        // Farther from the end, it is another one.
        let mut closing = Closing(vec![1]);
        let mut events = typed(")");
        closing.step_over(3, &mut events);
        assert_eq!((left(&events).as_str(), closing), (")", Closing(vec![1])));
    }

    #[test]
    fn behind_another_key_nobody_knows_where_the_cursor_is() {
        let mut events = vec![Event::Key {
            key: Key::Backspace,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        }];
        events.extend(typed(")"));
        Closing(vec![1]).step_over(1, &mut events);
        assert_eq!(left(&events), ")");
    }
}
