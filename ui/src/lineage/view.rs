//! What the lineage looks like: a line of what is shown, the picture, and beside it what is selected.

use egui::{Align, Frame, Layout, Margin, Panel, Ui};

use super::{canvas, finding, side, toolbar};
use crate::command::{Command, Commands};
use crate::design;
use crate::icon;
use crate::state::State;
use crate::theme::Tokens;
use crate::widgets::{Button, command_button, empty, pending, state_icon};

pub(super) use toolbar::find_field;

/// Width of the view up to which an empty panel would be in the way.
const NARROW: f32 = 640.0;

pub(crate) fn lineage(state: &State, commands: &Commands, ui: &mut Ui) {
    let lineage = &state.lineage;
    let (documents, compilation) = (&state.design.documents, state.design.compilation());
    let is_empty = compilation.lineage.tables.is_empty();
    if (is_empty && documents.loading.is_pending()) || (lineage.map.is_none() && !documents.are_compiled()) {
        pending(ui, "Reading the documents…");
        return;
    }
    if is_empty {
        let (text, next) = if compilation.diagnostics.0.is_empty() {
            ("It is drawn from the pipelines of the workspace", design::Command::NewPipeline)
        } else {
            ("It is drawn from pipelines without errors, and every pipeline has some", design::Command::Load)
        };
        let next = match next {
            design::Command::Load => Command::ToggleProblems,
            other => Command::Design(other),
        };
        empty(ui, state, commands, icon::LINEAGE, "Nothing to follow yet", text, Some(&next));
        return;
    }
    let tokens = Tokens::of(ui.visuals());
    // Where there is little room, the picture has it until something is selected.
    let has_room = ui.available_width() > NARROW || lineage.selected.is_some();
    if !lineage.is_side_hidden && has_room {
        let frame = Frame::new().fill(tokens.panel);
        crate::keep::keep_panel(ui, "lineage side");
        let widest = (ui.available_width() * 0.5).clamp(220.0, 640.0);
        let panel = Panel::right("lineage side").resizable(true).default_size(320.0_f32.min(widest));
        let panel = panel.size_range(220.0..=widest);
        panel.frame(frame).show(ui, |ui| side::side(state, commands, ui));
    }
    toolbar::toolbar(state, commands, ui);
    left_out(state, commands, ui);
    let Some((_, map)) = &lineage.map else {
        pending(ui, "Laying the tables out…");
        return;
    };
    let found = lineage.find.as_ref().map(|find| finding::found(&map.graph, &find.text)).unwrap_or_default();
    if let Some(find) = &lineage.find {
        toolbar::find_bar(state, commands, find, &found, ui);
    }
    if map.graph.tables.is_empty() {
        let all = Command::Lineage(super::Command::ClearFilter);
        empty(ui, state, commands, icon::FILTER, "Everything is filtered out", "", Some(&all));
        return;
    }
    canvas::canvas(state, commands, map, &found, ui);
}

/// Pipelines that can't be drawn, as they don't compile.
fn left_out(state: &State, commands: &Commands, ui: &mut Ui) {
    let compiled = &state.design.compilation().pipelines;
    let pipelines = state.design.documents.iter().filter_map(|(_, document)| document.pipeline());
    let names: Vec<&str> = pipelines
        .map(|pipeline| pipeline.pipeline.as_str())
        .filter(|name| !name.is_empty() && !compiled.contains_key(*name))
        .collect();
    if names.is_empty() {
        return;
    }
    let tokens = Tokens::of(ui.visuals());
    Frame::new().fill(tokens.warning_fill).inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_min_width(ui.available_width());
            state_icon(ui, icon::WARNING, tokens.warning, "Warning");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if !state.problems {
                    command_button(ui, state, commands, &Command::ToggleProblems, Button::quiet);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let why = if names.len() == 1 { "it has errors" } else { "they have errors" };
                    let text = format!("Without {}: {why}", names.join(", "));
                    ui.add(egui::Label::new(text).truncate());
                });
            });
        });
    });
}
