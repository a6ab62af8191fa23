//! What lineage looks like.

use egui::Ui;

use crate::command::Commands;
use crate::icon;
use crate::state::State;
use crate::widgets::empty;

pub(crate) fn lineage(state: &State, commands: &Commands, ui: &mut Ui) {
    empty(ui, state, commands, icon::PIPELINE, "Lineage", "", None);
}
