//! Arrows that come while a field has only just got the keyboard.
//!
//! Not before a field's second frame does egui know which keys are the field's own: until then an arrow would lead to
//! the next widget, out of the text. Where frames are slow, whole words are typed in that time; so arrows wait for it.

use egui::accesskit::Action;
use egui::{Context, Event, Key, Plugin, RawInput};

/// Holds such arrows, and what comes after them, for a frame.
#[derive(Default)]
pub(crate) struct Arrows {
    waiting: Vec<Event>,
}

impl Plugin for Arrows {
    fn debug_name(&self) -> &'static str {
        "arrows"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        let mut events = std::mem::take(&mut self.waiting);
        events.append(&mut input.events);
        let is_new = ctx
            .memory(|memory| memory.focused().is_some_and(|focused| !memory.had_focus_last_frame(focused)));
        let mut moves = is_new || events.iter().any(asks_for_focus);
        let arrow = events.iter().position(|event| {
            moves |= matches!(event, Event::PointerButton { .. });
            moves && is_arrow(event)
        });
        if let Some(arrow) = arrow {
            self.waiting = events.split_off(arrow);
            ctx.request_repaint();
        }
        input.events = events;
    }
}

fn asks_for_focus(event: &Event) -> bool {
    matches!(event, Event::AccessKitActionRequest(request) if request.action == Action::Focus)
}

fn is_arrow(event: &Event) -> bool {
    let Event::Key { key, pressed: true, modifiers, .. } = event else { return false };
    !modifiers.any() && matches!(key, Key::ArrowLeft | Key::ArrowRight | Key::ArrowUp | Key::ArrowDown)
}
