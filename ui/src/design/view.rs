//! What the design of a pipeline looks like.

use egui::Ui;

use crate::command::Commands;
use crate::icon;
use crate::state::{Pipeline, State};
use crate::widgets::empty;

pub(crate) fn design(state: &State, commands: &Commands, _pipeline: &Pipeline, ui: &mut Ui) {
    empty(ui, state, commands, icon::PIPELINE, "Design", "", None);
}
