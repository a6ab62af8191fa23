//! The design of a pipeline: its parts, and what is done with the document as a whole.

use std::borrow::Cow;

use egui::{Align, Frame, Layout, Margin, RichText, Role, Stroke, Ui, WidgetInfo, vec2};
use touchstone_spec::{Diagnostic, Edit, Pipeline, Severity, TableName};

use super::{Change, Command, Node, OpenDocument, Pane, Preview, Shown, canvas, mappings, yaml};
use crate::command::{Command as AppCommand, Commands};
use crate::icon;
use crate::state::{Pipeline as Known, State};
use crate::theme::{self, Tokens};
use crate::widgets::{
    Button, Part, Ways, command_button, empty, error_box, focus_ring, is_hovered, marked, part, pending,
    state_icon,
};

/// Width below which there is room for icons alone: a small window, or large text.
const NARROW: f32 = 520.0;

/// What all parts of the design look at.
pub(super) struct Desk<'a> {
    pub(super) state: &'a State,
    pub(super) commands: &'a Commands,
    pub(super) file: &'a str,
    pub(super) document: &'a OpenDocument,
    /// The pipeline as far as the document can be read.
    pub(super) pipeline: &'a Pipeline,
    pub(super) known: Option<&'a Known>,
    pub(super) shown: Cow<'a, Shown>,
}

impl<'a> Desk<'a> {
    pub(super) fn send(&self, command: Command) {
        self.commands.send(AppCommand::Design(command));
    }

    /// Changes the document.
    pub(super) fn change(&self, label: impl Into<String>, edits: Vec<Edit>) {
        self.commands.send(Change::new(self.file, label, edits).command());
    }

    /// Why nothing can be changed but the text; none where it can.
    pub(super) fn blocked(&self) -> Option<String> {
        blocked(self.state, self.file)
    }

    /// Name of the pipeline.
    pub(super) fn name(&self) -> &'a str {
        &self.pipeline.pipeline
    }

    /// What is wrong in the document.
    pub(super) fn diagnostics(&self) -> impl Iterator<Item = &'a Diagnostic> {
        diagnostics(self.state, self.file)
    }

    /// What is wrong at a path and beneath it.
    pub(super) fn diagnostics_at(&self, path: &str) -> Vec<&'a Diagnostic> {
        let beneath = |one: &&Diagnostic| {
            one.place
                .path
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.diagnostics().filter(beneath).collect()
    }

    /// The table whose mappings or rules are shown: the selected one, else the first that there is.
    pub(super) fn table(&self) -> Option<Node> {
        table_in_hand(self.pipeline, &self.shown)
    }

    /// What a table makes of the first records; asks for it where it has not been made of the documents as they are.
    pub(super) fn preview(&self, table: &TableName) -> Option<&'a Preview> {
        let design = &self.state.design;
        let preview = design.previews.get(table);
        let revision = design.documents.revision();
        let is_known = design.documents.file_of(&table.pipeline).is_some();
        // A command in every frame would keep the page from resting.
        if is_known && preview.is_none_or(|one| one.is_stale(revision)) {
            self.send(Command::NeedPreview(table.clone()));
        }
        preview
    }

    /// All tables of the pipeline.
    pub(super) fn tables(&self) -> Vec<Node> {
        let silver = self.pipeline.silver.keys().map(|name| Node::Silver(name.clone()));
        silver.chain(self.pipeline.gold.keys().map(|name| Node::Gold(name.clone()))).collect()
    }
}

fn diagnostics<'a>(state: &'a State, file: &'a str) -> impl Iterator<Item = &'a Diagnostic> {
    let all: &'a [Diagnostic] = &state.design.documents.compilation().diagnostics.0;
    all.iter().filter(move |one| one.place.file == file)
}

/// Why nothing can be changed in a document but its text; none where it can.
pub(super) fn blocked(state: &State, file: &str) -> Option<String> {
    if state.design.documents.read(file)?.pipeline.is_some() {
        return None;
    }
    let line = diagnostics(state, file).next().map_or(1, |first| first.place.line);
    Some(format!("The YAML can't be read at line {line}: correct it there"))
}

/// The table that is worked at: what is selected, else what is made of that, else the first.
pub(super) fn table_in_hand(pipeline: &Pipeline, shown: &Shown) -> Option<Node> {
    let is_there = |node: &&Node| match node {
        Node::Silver(name) => pipeline.silver.contains_key(name),
        Node::Gold(name) => pipeline.gold.contains_key(name),
        _ => false,
    };
    let of_source = || match shown.node.as_ref() {
        Some(Node::Source(source) | Node::Bronze(source)) => {
            let mut tables = pipeline.silver.iter();
            tables.find(|(_, table)| table.from == *source).map(|(name, _)| Node::Silver(name.clone()))
        }
        _ => None,
    };
    let first_silver = || pipeline.silver.keys().next().map(|name| Node::Silver(name.clone()));
    let first_gold = || pipeline.gold.keys().next().map(|name| Node::Gold(name.clone()));
    let selected = shown.node.as_ref().filter(is_there).cloned();
    selected.or_else(of_source).or_else(first_silver).or_else(first_gold)
}

/// The design of the selected pipeline.
pub(crate) fn design(state: &State, commands: &Commands, known: Option<&Known>, ui: &mut Ui) {
    let documents = &state.design.documents;
    if let Some(error) = documents.loading.error() {
        Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
            let retry = AppCommand::Design(Command::Load);
            error_box(ui, state, commands, "The documents could not be read", error, Some(&retry), None);
        });
    }
    let Some(file) = state.design_file() else {
        empty(ui, state, commands, icon::PIPELINE, "No pipeline selected", "Select one at the left", None);
        return;
    };
    let Some(document) = documents.get(file) else {
        if documents.loading.is_pending() {
            pending(ui, "Reading the documents…");
        } else if documents.loading.error().is_none() {
            empty(ui, state, commands, icon::FILE, "The document is gone", file, None);
        }
        return;
    };
    let shown = state.design.shown(file);
    let nothing = Pipeline::default();
    let pipeline = document.pipeline().unwrap_or(&nothing);
    let desk = Desk { state, commands, file, document, pipeline, known, shown };
    header(&desk, ui);
    part(ui, Part::Content);
    conflict(&desk, ui);
    let is_readable = documents.read(file).is_some_and(|read| read.pipeline.is_some());
    if !is_readable {
        unreadable(&desk, ui);
    }
    match state.design.pane {
        Pane::Yaml => yaml::yaml(&desk, ui),
        _ if document.pipeline().is_none() => yaml::yaml(&desk, ui),
        Pane::Mappings => mappings::mappings(&desk, ui),
        Pane::Canvas => canvas::canvas(&desk, ui),
        Pane::Rules => super::rules::rules(&desk, ui),
    }
}

fn header(desk: &Desk<'_>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
        ui.horizontal(|ui| {
            let is_narrow = ui.available_width() < NARROW;
            segments(desk, ui);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let (state, commands) = (desk.state, desk.commands);
                let save = AppCommand::Design(Command::Save);
                command_button(ui, state, commands, &save, |button| {
                    let button = button.icon_only(is_narrow);
                    if desk.document.is_dirty() { button.primary() } else { button }
                });
                ui.spacing_mut().item_spacing.x = 2.0;
                let history = desk.document.history();
                step(desk, ui, &Command::Redo, history.redoes());
                step(desk, ui, &Command::Undo, history.undoes());
                ui.add_space(8.0);
                let told = match (desk.document.is_saving(), desk.document.is_new(), desk.document.is_dirty())
                {
                    _ if desk.document.deleting => "Deleting…",
                    (true, ..) => "Saving…",
                    (false, true, _) => "Not saved yet",
                    (false, false, true) => "Edited",
                    (false, false, false) => "",
                };
                if !told.is_empty() && !is_narrow {
                    ui.label(RichText::new(told).font(theme::small()).color(tokens.text_subdued));
                }
                problems(desk, is_narrow, ui);
            });
        });
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 0.5, Stroke::new(1.0, tokens.line));
}

/// Undo or redo, named after what it takes back or does again.
fn step(desk: &Desk<'_>, ui: &mut Ui, command: &Command, what: Option<&str>) {
    let offer = command.offer();
    let button = Button::new("").icon(offer.icon).name(offer.text).quiet().enabled(what.is_some());
    let keys = offer.shortcut.map(|keys| ui.ctx().format_shortcut(&keys)).unwrap_or_default();
    let tooltip = what.map_or_else(
        || format!("{} ({keys})", offer.text),
        |what| format!("{}: {what} ({keys})", offer.text),
    );
    if button.show(ui).on_hover_text(tooltip).clicked() {
        desk.send(command.clone());
    }
}

/// How many errors and warnings the document has; a click goes to the first.
fn problems(desk: &Desk<'_>, is_narrow: bool, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let all: Vec<&Diagnostic> = desk.diagnostics().collect();
    let count = |severity| all.iter().filter(|one| one.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if errors + warnings == 0 {
        if desk.document.is_dirty() {
            state_icon(ui, icon::PASSED, tokens.success, "The pipeline compiles");
        }
        return;
    }
    let mut parts = Vec::new();
    if errors > 0 {
        parts.push(crate::text::count(errors as u64, "error", "errors"));
    }
    if warnings > 0 {
        parts.push(crate::text::count(warnings as u64, "warning", "warnings"));
    }
    let text = parts.join(", ");
    let sign = if errors > 0 { icon::ERROR } else { icon::WARNING };
    let first = all.iter().find(|one| errors == 0 || one.severity == Severity::Error);
    let button = Button::new(&text).icon(sign).quiet().icon_only(is_narrow);
    let response = button.show(ui);
    if let Some(first) = first {
        let response = response.on_hover_text(format!(
            "{text}\n{}\n{}",
            first.message.replace('`', ""),
            first.place.path
        ));
        if response.clicked() {
            desk.send(go_to(first));
        }
    }
}

/// Shows where a problem is.
pub(crate) fn go_to(problem: &Diagnostic) -> Command {
    let place = &problem.place;
    Command::GoTo { file: place.file.clone(), path: place.path.clone(), line: place.line }
}

/// The parts of the design, one of which is shown.
fn segments(desk: &Desk<'_>, ui: &mut Ui) {
    let shown = Pane::ALL.iter().position(|pane| *pane == desk.state.design.pane).unwrap_or_default();
    let texts = Pane::ALL.map(Pane::text);
    let tooltips = Pane::ALL.map(|pane| {
        let offer = Command::ShowPane(pane).offer();
        let keys = offer.shortcut.map(|keys| ui.ctx().format_shortcut(&keys)).unwrap_or_default();
        format!("{} ({keys})", offer.tooltip)
    });
    if let Some(pane) = segmented(ui, "Design", &texts, &tooltips, shown).and_then(|at| Pane::ALL.get(at)) {
        desk.send(Command::ShowPane(*pane));
    }
}

/// A slim row of alternatives, one of which holds; gives the one that was chosen.
pub(crate) fn segmented<T: AsRef<str>>(
    ui: &mut Ui,
    name: &str,
    texts: &[T],
    tooltips: &[String],
    selected: usize,
) -> Option<usize> {
    let tokens = Tokens::of(ui.visuals());
    let mut ways = Ways::new(Some(selected).filter(|at| *at < texts.len()));
    let padding = if ui.available_width() < NARROW { 12.0 } else { 20.0 };
    let frame = Frame::new().fill(tokens.header).corner_radius(6).inner_margin(2);
    frame.stroke(Stroke::new(1.0, tokens.line)).show(ui, |ui| {
        ui.push_id(name, |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (place, text) in texts.iter().enumerate() {
                let text = text.as_ref();
                let galley =
                    ui.painter().layout_no_wrap(text.to_owned(), theme::body(), egui::Color32::PLACEHOLDER);
                let size = vec2(galley.size().x + padding, 22.0);
                let (rect, response) = ui.allocate_exact_size(size, ways.sense());
                let is_selected = ways.is_taken();
                let is_on = ui.is_enabled();
                response.widget_info(|| WidgetInfo::selected(Role::RadioButton, is_on, is_selected, text));
                let (fill, color) = match (is_selected, is_hovered(ui, &response)) {
                    (true, _) => (tokens.button_pressed, tokens.text_strong),
                    (false, true) => (tokens.button_hovered, tokens.text),
                    (false, false) => (egui::Color32::TRANSPARENT, tokens.text_subdued),
                };
                ui.painter().rect_filled(rect, theme::RADIUS, fill);
                ui.painter().galley(rect.center() - galley.size() / 2.0, galley, color);
                focus_ring(ui, &response);
                ways.add(ui, &response);
                if let Some(tooltip) = tooltips.get(place).filter(|it| !it.is_empty()) {
                    response.on_hover_text(tooltip);
                }
            }
        });
    });
    ways.chosen(ui)
}

/// Says that the file was changed where the document was, as long as nothing was chosen.
fn conflict(desk: &Desk<'_>, ui: &mut Ui) {
    if desk.document.conflict.is_none() {
        return;
    }
    let tokens = Tokens::of(ui.visuals());
    bar(ui, tokens.warning_fill, |ui| {
        state_icon(ui, icon::WARNING, tokens.warning, "Warning");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let compare = AppCommand::Design(Command::AskConflict(desk.file.to_owned()));
            command_button(ui, desk.state, desk.commands, &compare, |button| button);
            let told =
                "The file was changed outside where it was edited here; nothing is saved until you choose";
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(told).truncate());
            });
        });
    });
}

fn unreadable(desk: &Desk<'_>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let Some(first) = desk.diagnostics().next() else { return };
    bar(ui, tokens.error_fill, |ui| {
        state_icon(ui, icon::ERROR, tokens.error, "Error");
        let text = format!("Line {}: {}", first.place.line, first.message);
        let text = format!("The text can't be read, so what is shown may be older. {text}");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if desk.state.design.pane != Pane::Yaml && Button::new("Show the line").show(ui).clicked() {
                desk.send(go_to(first));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(marked(&text, tokens.text, tokens.text_strong)).truncate());
            });
        });
    });
}

fn bar(ui: &mut Ui, fill: egui::Color32, content: impl FnOnce(&mut Ui)) {
    Frame::new().fill(fill).inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_min_width(ui.available_width());
            content(ui);
        });
    });
}
