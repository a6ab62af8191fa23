//! What the pointer and the keyboard do to a widget; in the gallery, where nobody points, it can be said.

use egui::{Id, Response, Ui};

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
