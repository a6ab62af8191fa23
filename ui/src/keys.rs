//! What was done first is done first: where frames are slow, words, commands and clicks come in one frame, and are taken
//! in turn, a frame each.
//!
//! A frame takes the keys of commands before any field sees what was typed, moves the keyboard on once however often Tab
//! was pressed, and gives all that is typed to the field that had the keyboard when it began. Without turns, a message
//! would be published without its last letters, and the end of one name stand in the next field.

use egui::accesskit::Action;
use egui::{Context, Event, Key, Plugin, RawInput};

/// Holds what is not yet in turn until the next frame.
#[derive(Default)]
pub(crate) struct Turns {
    waiting: Vec<Event>,
}

impl Plugin for Turns {
    fn debug_name(&self) -> &'static str {
        "turns"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        let mut events = std::mem::take(&mut self.waiting);
        events.append(&mut input.events);
        let is_new = ctx
            .memory(|memory| memory.focused().is_some_and(|focused| !memory.had_focus_last_frame(focused)));
        if let Some(next) = next_turn(&events, is_new) {
            self.waiting = events.split_off(next);
            ctx.request_repaint();
        }
        input.events = events;
    }
}

/// What an event means for those after it in the same frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// For who has the keyboard.
    Typing,
    /// Typing, which egui would move the keyboard by until it knows which keys are a field's own: its second frame.
    Arrow,
    /// A command, or what moves the keyboard on.
    Key,
    /// Presses something.
    Press,
    /// Neither here nor there.
    Other,
}

/// Whether it is one of the keys in the top row, which type nothing.
pub(crate) fn is_function(key: Key) -> bool {
    key.name().len() > 1 && key.name().starts_with('F')
}

fn kind(event: &Event) -> Kind {
    match event {
        Event::Text(_) | Event::Paste(_) | Event::Cut | Event::Copy | Event::Ime(_) => Kind::Typing,
        Event::Key { pressed: true, key, modifiers, .. } => {
            let moves_on = matches!(key, Key::Tab | Key::Enter | Key::Escape);
            if modifiers.ctrl || modifiers.alt || modifiers.command || moves_on || is_function(*key) {
                Kind::Key
            } else if !modifiers.any()
                && matches!(key, Key::ArrowLeft | Key::ArrowRight | Key::ArrowUp | Key::ArrowDown)
            {
                Kind::Arrow
            } else {
                Kind::Typing
            }
        }
        Event::PointerButton { .. } => Kind::Press,
        Event::AccessKitActionRequest(request) => match request.action {
            Action::SetValue | Action::ReplaceSelectedText => Kind::Typing,
            Action::Focus | Action::Click => Kind::Press,
            _ => Kind::Other,
        },
        _ => Kind::Other,
    }
}

/// Where the events begin that are for the next frame; `is_new` says that a field got the keyboard only in the last.
fn next_turn(events: &[Event], is_new: bool) -> Option<usize> {
    let (mut typed, mut keyed, mut pressed) = (false, false, false);
    events.iter().position(|event| {
        let kind = kind(event);
        let waits = match kind {
            Kind::Typing => keyed || pressed,
            Kind::Arrow => keyed || pressed || is_new,
            Kind::Key => typed || keyed || pressed,
            Kind::Press => typed || keyed,
            Kind::Other => false,
        };
        typed |= matches!(kind, Kind::Typing | Kind::Arrow);
        keyed |= kind == Kind::Key;
        pressed |= kind == Kind::Press;
        waits
    })
}

#[cfg(test)]
mod tests {
    use egui::{Modifiers, PointerButton, pos2};

    use super::*;

    fn key(key: Key, modifiers: Modifiers) -> Event {
        Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
    }

    fn press(pressed: bool) -> Event {
        let (pos, modifiers) = (pos2(1.0, 1.0), Modifiers::NONE);
        Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers }
    }

    /// How many events each frame takes.
    fn frames(mut events: Vec<Event>) -> Vec<usize> {
        let mut frames = Vec::new();
        while !events.is_empty() {
            let count = next_turn(&events, false).unwrap_or(events.len());
            assert!(count > 0, "each frame goes on");
            events.drain(..count);
            frames.push(count);
        }
        frames
    }

    #[test]
    fn what_was_typed_is_there_before_a_command_and_after_a_click_the_field_is_another() {
        let text = || Event::Text("a".to_owned());
        let publish = || key(Key::Enter, Modifiers::COMMAND);
        assert_eq!(frames(vec![text(), text(), publish()]), [2, 1]);
        assert_eq!(frames(vec![text(), press(true), press(false), text()]), [1, 2, 1]);
        assert_eq!(
            frames(vec![key(Key::K, Modifiers::COMMAND), text(), key(Key::Escape, Modifiers::NONE)]),
            [1, 1, 1]
        );
        assert_eq!(
            frames(vec![text(), key(Key::Tab, Modifiers::NONE), key(Key::Tab, Modifiers::NONE)]),
            [1, 1, 1]
        );
    }

    #[test]
    fn a_click_is_one_and_so_is_a_word() {
        let down = key(Key::ArrowDown, Modifiers::NONE);
        assert_eq!(frames(vec![press(true), press(false), press(true), press(false)]), [4]);
        assert_eq!(frames(vec![Event::PointerGone, Event::Text("a".to_owned()), down.clone()]), [3]);
        assert_eq!(next_turn(&[Event::Text("a".to_owned()), down], true), Some(1), "the field is new");
    }
}
