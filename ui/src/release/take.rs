//! Taking a published version's text into the document: an edit like any other, undone in one step and saved by its person.

use egui::{RichText, Ui, vec2};
use touchstone_protocol::{CompareVersions, ComparisonView, ErrorCode, RpcError};
use touchstone_spec::{Change, Document, diff};

use super::Command as Own;
use super::changes::differences;
use crate::App;
use crate::command::{Command, Commands};
use crate::remote::Remote;
use crate::state::State;
use crate::theme::Tokens;
use crate::widgets::{Button, command_button, error_box, state_icon};
use crate::{icon, text};

/// Height of the difference that the dialog shows at once.
const SHOWN_HEIGHT: f32 = 148.0;

/// A version whose text is to be taken into the document.
#[derive(Debug, Default)]
pub struct Take {
    /// The pipeline.
    pub pipeline: String,
    /// The version.
    pub version: u64,
    /// The document's file.
    pub file: String,
    /// What the version says.
    pub wanted: Remote<Wanted>,
}

/// What a version says, beside the document as it is edited.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Its text, as its steward wrote it.
    pub text: String,
    /// What becomes of the document, field by field; none where one of the two can't be read.
    pub changes: Option<Vec<Change>>,
}

impl Take {
    /// Why it can't be taken now; none when it can.
    pub(super) fn obstacle(&self, state: &State) -> Option<String> {
        let Some(document) = state.design.documents.get(&self.file) else {
            return Some(format!("{} is gone", self.file));
        };
        if document.is_saving() {
            return Some("The document is being saved".to_owned());
        }
        if document.conflict.is_some() {
            return Some("Decide first about the changes outside".to_owned());
        }
        match self.wanted.value() {
            None => Some("Its text is being read".to_owned()),
            Some(wanted) if wanted.text == document.text() => {
                Some("The document says exactly this already".to_owned())
            }
            Some(_) => None,
        }
    }
}

impl App {
    pub(super) fn ask_take(&mut self, version: u64) {
        let Some(pipeline) = self.state.selected.clone() else { return };
        let Some(file) = self.state.design_file().map(str::to_owned) else { return };
        let ticket = self.ticket();
        let mut wanted = Remote::default();
        wanted.begin(ticket);
        self.state.release.take = Some(Take { pipeline: pipeline.clone(), version, file, wanted });
        // Beside nothing, so that it can be read whatever became of the document.
        let environment = self.state.environment.clone();
        let call = CompareVersions { pipeline, environment, before: None, after: Some(version) };
        self.call(call, move |app, result| {
            let Some(take) = &mut app.state.release.take else { return };
            let documents = &app.state.design.documents;
            let now = documents.read(&take.file).and_then(|read| read.pipeline.as_ref());
            let wanted = result.and_then(|view: ComparisonView| {
                let text = view.after_text.ok_or_else(|| {
                    RpcError::new(
                        ErrorCode::NotFound,
                        "only the fields of this version were kept, not its text",
                    )
                })?;
                let then = Document::read("", text.clone()).pipeline;
                let changes = now.zip(then.as_ref()).map(|(now, then)| diff(Some(now), then).changes);
                Ok(Wanted { text, changes })
            });
            take.wanted.finish(ticket, wanted);
        });
    }

    pub(super) fn take(&mut self) {
        if self.state.obstacle(&Command::Release(Own::Take)).is_some() {
            return;
        }
        let Some(take) = self.state.release.take.take() else { return };
        let Some(wanted) = take.wanted.value() else { return };
        self.put_text(&take.file, wanted.text.clone(), &format!("Take version {}", take.version));
        self.state.release.comparison = None;
        let told = format!("says what version {} says; nothing is written until you save it", take.version);
        self.tell(&take.file, &told, true);
    }
}

pub(super) fn dialog(state: &State, commands: &Commands, ui: &Ui) {
    let Some(take) = &state.release.take else { return };
    let is_left = crate::widgets::dialog(ui, "take version", |ui| {
        ui.set_width((ui.ctx().content_rect().width() - 96.0).clamp(240.0, 880.0));
        crate::widgets::title(ui, &format!("Take version {} into the document?", take.version));
        ui.label(format!(
            "{} gets the text that version {} of {} was published from, comments included, as an edit: one undo \
             takes it back, and nothing is written until you save it.",
            take.file, take.version, take.pipeline
        ));
        becomes(state, commands, take, ui);
        if state.design.documents.get(&take.file).is_some_and(crate::design::OpenDocument::is_dirty) {
            let tokens = Tokens::of(ui.visuals());
            ui.horizontal_top(|ui| {
                state_icon(ui, icon::WARNING, tokens.warning, "Warning");
                ui.label(
                    "The document has edits that are not saved. They give way too; one undo brings them back.",
                );
            });
        }
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            command_button(ui, state, commands, &Command::Release(Own::Take), Button::primary);
            command_button(ui, state, commands, &Command::Release(Own::CloseTake), |button| button);
            if take.wanted.is_pending() {
                ui.spinner();
            }
        });
    });
    if is_left {
        commands.send(Command::Release(Own::CloseTake));
    }
}

/// What becomes of the document.
fn becomes(state: &State, commands: &Commands, take: &Take, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    if let Some(error) = take.wanted.error() {
        let again = Command::Release(Own::AskTake(take.version));
        error_box(ui, state, commands, "Its text could not be read", error, Some(&again), None);
    }
    let Some(wanted) = take.wanted.value() else { return };
    let is_same = state.design.documents.get(&take.file).is_some_and(|now| now.text() == wanted.text);
    let words = match &wanted.changes {
        _ if is_same => "The document says exactly this already".to_owned(),
        None => "One of the two can't be read field by field; the whole text gives way".to_owned(),
        Some(changes) if changes.is_empty() => "Only comments or layout differ".to_owned(),
        Some(changes) => text::count(changes.len() as u64, "difference", "differences"),
    };
    ui.label(RichText::new(words).color(tokens.text_subdued));
    if let Some(changes) = wanted.changes.as_ref().filter(|changes| !changes.is_empty() && !is_same) {
        ui.push_id("take difference", |ui| {
            ui.allocate_ui(vec2(ui.available_width(), SHOWN_HEIGHT), |ui| {
                differences(commands, changes, None, ui);
            });
        });
    }
}
