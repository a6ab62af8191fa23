//! What the pointer and the keyboard do to a widget; in the gallery, where nobody points, it can be said.

use egui::{Context, Event, Id, Response, Ui};

/// How widgets look, whatever the pointer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pose {
    Hovered,
    Pressed,
    Focused,
}

fn place() -> Id {
    Id::unique("pose")
}

fn pose(ui: &Ui) -> Option<Pose> {
    ui.data(|data| data.get_temp(place()))
}

/// Shows widgets in a pose; none for what they are.
pub(crate) fn posed<R>(ui: &mut Ui, pose: Option<Pose>, content: impl FnOnce(&mut Ui) -> R) -> R {
    if let Some(pose) = pose {
        ui.data_mut(|data| data.insert_temp(place(), pose));
    }
    let shown = content(ui);
    ui.data_mut(|data| data.remove::<Pose>(place()));
    shown
}

pub(crate) fn is_hovered(ui: &Ui, response: &Response) -> bool {
    response.hovered() || pose(ui) == Some(Pose::Hovered)
}

pub(crate) fn is_pressed(ui: &Ui, response: &Response) -> bool {
    response.is_pointer_button_down_on() || pose(ui) == Some(Pose::Pressed)
}

pub(crate) fn is_focused(ui: &Ui, response: &Response) -> bool {
    response.has_focus() || pose(ui) == Some(Pose::Focused)
}

/// Whether the mark of the keyboard is shown: not while a person points, as `:focus-visible` has it.
pub(crate) fn is_focus_seen(ui: &Ui, response: &Response) -> bool {
    let points = ui.data(|data| data.get_temp(pointing())).unwrap_or(false);
    (response.has_focus() && !points) || pose(ui) == Some(Pose::Focused)
}

fn pointing() -> Id {
    Id::unique("pointing")
}

/// Notes whether a person uses the pointer or the keyboard, of what they did since the last frame.
pub(crate) fn note_hands(ctx: &Context) {
    let last = ctx.input(|input| {
        input.events.iter().rev().find_map(|event| match event {
            Event::PointerButton { pressed: true, .. } => Some(true),
            // What assistive technology asks for is as good as a key.
            Event::Key { pressed: true, .. } | Event::AccessKitActionRequest(_) => Some(false),
            _ => None,
        })
    });
    if let Some(points) = last {
        ctx.data_mut(|data| data.insert_temp(pointing(), points));
    }
}

#[cfg(test)]
mod tests {
    use egui::{Key, Modifiers, PointerButton, RawInput, Sense, pos2, vec2};

    use super::*;

    #[test]
    fn the_mark_is_shown_to_those_who_use_the_keyboard() {
        let ctx = Context::default();
        let seen = |events: Vec<Event>| {
            let mut seen = false;
            let mut output = ctx.run_ui(RawInput { events, ..RawInput::default() }, |ui| {
                note_hands(ui.ctx());
                let (_, response) = ui.allocate_exact_size(vec2(20.0, 20.0), Sense::click());
                response.request_focus();
                seen = is_focus_seen(ui, &response);
            });
            output.textures_delta.clear();
            seen
        };
        let key = |key| Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        let press = Event::PointerButton {
            pos: pos2(500.0, 500.0),
            button: PointerButton::Primary,
            pressed: true,
            modifiers: Modifiers::NONE,
        };
        assert!(seen(vec![]), "at the beginning nobody points");
        assert!(!seen(vec![press.clone()]));
        assert!(!seen(vec![]), "as long as no key is pressed");
        assert!(seen(vec![press.clone(), key(Key::ArrowDown)]));
        assert!(!seen(vec![key(Key::A), press]));
    }
}
