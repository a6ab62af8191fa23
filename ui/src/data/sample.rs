//! A source's sample: records as they are in the file, and those that could not be read.

use egui::{RichText, Ui};
use touchstone_protocol::{DataRef, PipelineState, PipelineView};

use super::{Options, grid};
use crate::command::{Command, Commands};
use crate::icon;
use crate::state::{Pipeline, State};
use crate::theme::{self, Tokens};
use crate::widgets::{Button, empty};

pub(crate) fn sample(
    state: &State,
    commands: &Commands,
    listed: &PipelineState,
    view: &PipelineView,
    pipeline: &Pipeline,
    ui: &mut Ui,
) {
    let Some(source) = pipeline.shown_source() else {
        if view.sources.is_empty() && listed.errors > 0 {
            let text = "The document has errors, and what it reads isn't known before they are mended";
            let problems = Command::ToggleProblems;
            empty(ui, state, commands, icon::ERROR, "Sources not known", text, Some(&problems));
            return;
        }
        let (title, text) = if view.sources.is_empty() {
            ("No sources", "This pipeline reads only tables of other pipelines")
        } else {
            ("No sample file", "Add `sample:` with the path of a file to one of its sources")
        };
        empty(ui, state, commands, icon::FILE, title, text, None);
        return;
    };
    let data = DataRef::Sample { pipeline: listed.name.clone(), source: source.to_owned() };
    let profile = state.data.profiles.get(&data).and_then(|profile| profile.value());
    if let Some(facts) = profile
        && facts.rejected > 0
    {
        super::rejects_below(state, commands, &facts.rejects, facts.rejected, ui);
    }
    super::notes(profile.map(|facts| facts.notes.as_slice()).unwrap_or_default(), ui);
    let name = format!("Sample of {source}");
    let lead = |ui: &mut Ui| sources(state, commands, view, source, ui);
    let nothing = ("No records", "The file has no records below its header");
    grid(state, commands, &data, &Options::new(&name, nothing).lead(&lead), ui);
}

/// Which source, and what kind of file it is.
fn sources(state: &State, commands: &Commands, view: &PipelineView, shown: &str, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    for source in view.sources.iter().filter(|source| source.sample.is_some()) {
        let is_shown = source.name == shown;
        let button = Button::new(&source.name).icon(icon::FILE).quiet().selected(is_shown);
        if button.show(ui).clicked() {
            commands.send(Command::ShowSource(source.name.clone()));
        }
    }
    let Some(source) = view.sources.iter().find(|source| source.name == shown) else { return };
    let file = source.sample.as_deref().unwrap_or_default();
    let file = RichText::new(file).font(theme::small()).color(tokens.text_subdued);
    ui.add(egui::Label::new(file).truncate());
    let data = DataRef::Sample { pipeline: view.state.name.clone(), source: shown.to_owned() };
    crate::home::reading(state, commands, &data, shown, ui);
    // As it was read for what is shown, which edits may have changed.
    let profile = state.data.profiles.get(&data).and_then(|profile| profile.value());
    let format = profile.and_then(|profile| profile.format.as_deref()).unwrap_or(&source.format);
    super::dialect(ui, format, &[]);
}
