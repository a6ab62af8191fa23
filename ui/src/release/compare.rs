//! Two versions of a pipeline side by side: field by field, or line by line.

use egui::{Align, Frame, Layout, Margin, RichText, ScrollArea, Sense, Ui, vec2};
use touchstone_protocol::{CompareVersions, ComparisonView};
use touchstone_spec::{Hunk, LineChange, text_diff};

use super::changes::differences;
use super::{Command as Own, Comparison};
use crate::App;
use crate::command::{Command, Commands, Section};
use crate::state::{Pipeline, State};
use crate::theme::{self, Tokens, Tone};
use crate::widgets::{
    Alternative, Button, Choice, badge, command_button, draw_line, empty, error_box, pending,
};
use crate::{icon, text};

/// Lines around each difference that are shown too.
const CONTEXT: usize = 3;
/// Height of a line of text.
const LINE: f32 = 18.0;

impl App {
    pub(super) fn compare(&mut self, before: Option<u64>, after: Option<u64>) {
        let Some(pipeline) = self.state.selected.clone() else { return };
        let as_text = self.state.release.comparison.as_ref().is_some_and(|one| one.as_text);
        self.show_section(Section::Publish);
        self.state.release.comparison =
            Some(Comparison { pipeline: pipeline.clone(), before, after, as_text, ..Comparison::default() });
        let environment = self.state.environment.clone();
        self.fetch(CompareVersions { pipeline, environment, before, after }, move |state| {
            let shown = state.release.comparison.as_mut();
            shown.filter(|one| (one.before, one.after) == (before, after)).map(|one| &mut one.answer)
        });
    }
}

pub(super) fn comparison(
    state: &State,
    commands: &Commands,
    pipeline: &Pipeline,
    comparison: &Comparison,
    ui: &mut Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin { left: 16, right: 12, top: 4, bottom: 10 }).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        ui.horizontal(|ui| {
            let (before, after) = (comparison.before, comparison.after);
            side(commands, pipeline, "Older side", before, |before| Own::Compare { before, after }, true, ui);
            ui.label(RichText::new("→").color(tokens.text_subdued));
            side(commands, pipeline, "Newer side", after, |after| Own::Compare { before, after }, false, ui);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let close = Command::Release(Own::CloseComparison);
                command_button(ui, state, commands, &close, Button::quiet);
            });
        });
        ui.horizontal(|ui| {
            for as_text in [false, true] {
                let command = Command::Release(Own::CompareAsText(as_text));
                let is_shown = comparison.as_text == as_text;
                command_button(ui, state, commands, &command, |button| button.quiet().selected(is_shown));
            }
            if let Some(view) = comparison.answer.value() {
                badge(ui, &view.class.to_string(), Tone::of_change(view.class));
                let words = text::count(view.diff.changes.len() as u64, "difference", "differences");
                ui.label(RichText::new(words).color(tokens.text_subdued));
            }
        });
    });
    if let Some(error) = comparison.answer.error() {
        Frame::new().inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
            let again = Own::Compare { before: comparison.before, after: comparison.after };
            let again = Command::Release(again);
            error_box(ui, state, commands, "The versions could not be compared", error, Some(&again), None);
        });
    }
    match comparison.answer.value() {
        None if comparison.answer.is_pending() => pending(ui, "Comparing…"),
        None => {}
        Some(view) if comparison.as_text => lines(state, commands, view, ui),
        Some(view) if view.diff.changes.is_empty() => {
            let text = "Both say the same, field by field";
            empty(ui, state, commands, icon::PASSED, "No differences", text, None);
        }
        Some(view) => {
            if let Some(place) = differences(commands, &view.diff.changes, comparison.change, ui) {
                commands.send(Command::Release(Own::ShowComparedChange(place)));
            }
        }
    }
}

/// Which version stands on a side.
fn side(
    commands: &Commands,
    pipeline: &Pipeline,
    name: &str,
    chosen: Option<u64>,
    compare: impl Fn(Option<u64>) -> Own,
    is_older: bool,
    ui: &mut Ui,
) {
    let title = |version: Option<u64>| match version {
        Some(version) => format!("Version {version}"),
        None if is_older => "Before the first".to_owned(),
        None => "The document now".to_owned(),
    };
    let versions = pipeline.history.value().map(Vec::as_slice).unwrap_or_default();
    let all: Vec<Option<u64>> =
        std::iter::once(None).chain(versions.iter().map(|one| Some(one.version))).collect();
    let alternatives: Vec<Alternative> = all.iter().map(|one| Alternative::new(title(*one))).collect();
    let shown = title(chosen);
    if let Some(version) = Choice::new(name, &shown, &alternatives).show(ui).and_then(|place| all.get(place))
    {
        commands.send(Command::Release(compare(*version)));
    }
}

/// Both documents line by line, only what differs and some lines around it.
fn lines(state: &State, commands: &Commands, view: &ComparisonView, ui: &mut Ui) {
    let (Some(before), Some(after)) = (&view.before_text, &view.after_text) else {
        let text = "Only the fields of these versions were kept, not their text";
        empty(ui, state, commands, icon::FILE, "No text to compare", text, None);
        return;
    };
    let hunks = text_diff(before, after, CONTEXT);
    if hunks.is_empty() {
        empty(ui, state, commands, icon::PASSED, "No differences", "Both texts are the same", None);
        return;
    }
    ScrollArea::both().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (place, hunk) in hunks.iter().enumerate() {
            if place > 0 {
                ui.add_space(10.0);
            }
            self::hunk(ui, hunk);
        }
    });
}

fn hunk(ui: &mut Ui, hunk: &Hunk) {
    let tokens = Tokens::of(ui.visuals());
    for line in &hunk.lines {
        let (sign, tone) = match line.change {
            LineChange::Same => (" ", Tone::Neutral),
            LineChange::Removed => ("−", Tone::Error),
            LineChange::Added => ("+", Tone::Success),
        };
        let galley = ui.painter().layout_no_wrap(line.text.clone(), theme::mono(), tokens.text);
        let width = (galley.size().x + 120.0).max(ui.available_width());
        let (rect, response) = ui.allocate_exact_size(vec2(width, LINE), Sense::hover());
        let spoken = match line.change {
            LineChange::Same => line.text.clone(),
            LineChange::Removed => format!("Removed: {}", line.text),
            LineChange::Added => format!("Added: {}", line.text),
        };
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &spoken));
        if !ui.is_rect_visible(rect) {
            continue;
        }
        if tone != Tone::Neutral {
            ui.painter().rect_filled(rect, 0, tokens.tone_fill(tone));
        }
        let number = |number: Option<usize>| number.map_or_else(String::new, |number| number.to_string());
        let column = |from: f32, to: f32| rect.with_min_x(rect.left() + from).with_max_x(rect.left() + to);
        for (place, text) in
            [(column(0.0, 40.0), number(line.before)), (column(40.0, 80.0), number(line.after))]
        {
            draw_line(ui.painter(), place, Align::Max, &text, theme::mono_small(), tokens.text_subdued);
        }
        let color = if tone == Tone::Neutral { tokens.text_subdued } else { tokens.tone_text(tone) };
        draw_line(ui.painter(), column(88.0, 104.0), Align::Min, sign, theme::mono(), color);
        let color = if tone == Tone::Neutral { tokens.text_subdued } else { tokens.text };
        let pos = egui::pos2(rect.left() + 104.0, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley_with_override_text_color(pos, galley, color);
    }
}
