//! Theme and size of text.

use egui::{Slider, ThemePreference, Ui};

use super::view::{heading, subdued};
use crate::command::{Command, Commands};
use crate::design::segmented;
use crate::keep::{LARGEST_TEXT, SMALLEST_TEXT};
use crate::shell::Command as Shell;
use crate::state::State;
use crate::widgets::command_button;

pub(super) fn appearance(state: &State, commands: &Commands, ui: &mut Ui) {
    let send = |command| commands.send(Command::Shell(command));
    heading(ui, "Theme");
    let all = [ThemePreference::System, ThemePreference::Dark, ThemePreference::Light];
    let texts = ["As the system has it", "Dark", "Light"];
    let now = all.iter().position(|one| *one == state.person.theme).unwrap_or_default();
    ui.horizontal(|ui| {
        if let Some(theme) = segmented(ui, "Theme", &texts, &[], now).and_then(|at| all.get(at)) {
            send(Shell::Theme(*theme));
        }
    });
    ui.add_space(8.0);
    heading(ui, "Text size");
    ui.horizontal_wrapped(|ui| {
        let mut size = state.person.text_size;
        let slider = Slider::new(&mut size, SMALLEST_TEXT..=LARGEST_TEXT).step_by(10.0).suffix(" %");
        let slider = ui.add(slider);
        slider.widget_info(|| egui::WidgetInfo::slider(true, f64::from(size), "Text size in per cent"));
        // The slider would run away under the pointer if the size changed while it is dragged.
        if slider.drag_stopped() || (slider.changed() && !slider.dragged()) {
            send(Shell::TextSize(size));
        }
        for command in [Shell::Smaller, Shell::Larger, Shell::NormalSize] {
            command_button(ui, state, commands, &Command::Shell(command), |button| button);
        }
    });
    subdued(ui, "Everything grows and shrinks along with the text");
}
