//! Publishing: checklist, difference, history, versions compared and rolled back.

mod changes;
mod compare;
mod roll_back;
mod take;
mod update;
mod view;

use touchstone_protocol::{ComparisonView, PublishedView};

use crate::App;
use crate::command::Offer;
use crate::icon;
use crate::remote::Remote;
use crate::state;

pub use take::{Take, Wanted};

pub(crate) use view::{message_field, publish};

/// What is known and chosen here.
#[derive(Debug, Default)]
pub struct State {
    /// Two versions side by side.
    pub comparison: Option<Comparison>,
    /// The roll-back that is being asked for.
    pub roll_back: Option<RollBack>,
    /// The version that is to be taken into the document.
    pub take: Option<Take>,
    /// Pipeline, version and message of one that was closed before it was done.
    pub roll_back_typed: Option<(String, u64, String)>,
}

/// Two versions side by side.
#[derive(Debug, Default)]
pub struct Comparison {
    /// The pipeline.
    pub pipeline: String,
    /// The older side. None: before the first version.
    pub before: Option<u64>,
    /// The newer side. None: the document in the workspace.
    pub after: Option<u64>,
    /// What they differ in.
    pub answer: Remote<ComparisonView>,
    /// Place of the difference that is looked at whole.
    pub change: Option<usize>,
    /// Whether the documents are shown line by line, not the differences field by field.
    pub as_text: bool,
}

/// A roll-back that is being asked for.
#[derive(Debug, Default)]
pub struct RollBack {
    /// The pipeline.
    pub pipeline: String,
    /// The version to go back to.
    pub version: u64,
    /// Why.
    pub message: String,
    /// What going back changes.
    pub difference: Remote<ComparisonView>,
    /// How far it is.
    pub progress: Remote<PublishedView>,
}

impl State {
    /// The comparison, where it is this pipeline's.
    pub(crate) fn comparison_of(&self, pipeline: Option<&str>) -> Option<&Comparison> {
        self.comparison.as_ref().filter(|one| Some(one.pipeline.as_str()) == pipeline)
    }
}

/// Something to do with versions.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Show two versions side by side.
    Compare {
        /// The older side. None: before the first version.
        before: Option<u64>,
        /// The newer side. None: the document in the workspace.
        after: Option<u64>,
    },
    /// Show what publishing would change again.
    CloseComparison,
    /// Show the documents line by line, or the differences field by field.
    CompareAsText(bool),
    /// Look at one of the compared differences whole.
    ShowComparedChange(usize),
    /// Ask whether to go back to a version.
    AskRollBack(u64),
    /// Change the roll-back's message.
    EditRollBackMessage(String),
    /// Go back.
    RollBack,
    /// Change nothing.
    CloseRollBack,
    /// Ask whether the document is to get the text of a version.
    AskTake(u64),
    /// Give it that text.
    Take,
    /// Leave the document as it is.
    CloseTake,
}

impl Command {
    /// How it is offered.
    pub fn offer(&self) -> Offer {
        let offer = |text, tooltip, icon| Offer { text, tooltip, icon, shortcut: None };
        match self {
            Self::Compare { .. } => offer(
                "Compare",
                "What this version changed; of the first, what has changed since",
                icon::HISTORY,
            ),
            Self::CloseComparison => offer("Close comparison", "Back to publishing", icon::CLOSE),
            Self::CompareAsText(true) => offer("Line by line", "Both documents as text", icon::CODE),
            Self::CompareAsText(false) => offer("Field by field", "The differences in a list", icon::TABLE),
            Self::AskRollBack(_) => {
                offer("Roll back…", "Publish this version anew, as a new version", icon::RELOAD)
            }
            Self::RollBack => offer("Roll back", "Publish it anew, as a new version", icon::RELOAD),
            Self::CloseRollBack | Self::CloseTake => offer("Cancel", "Change nothing", icon::CLOSE),
            Self::AskTake(_) => offer(
                "Take text…",
                "Give the document the text of this version, as an edit that is not saved",
                icon::UNDO,
            ),
            Self::Take => {
                offer("Take into the document", "An edit like any other: one undo takes it back", icon::UNDO)
            }
            Self::ShowComparedChange(_) | Self::EditRollBackMessage(_) => Offer::unlisted("Version"),
        }
    }

    /// Why it can't be given now; none when it can.
    pub fn obstacle(&self, state: &state::State) -> Option<String> {
        match (self, &state.release.roll_back) {
            (Self::RollBack, None) => Some("Choose a version first".to_owned()),
            (Self::RollBack | Self::CloseRollBack, Some(asked)) if asked.progress.is_pending() => {
                Some("It is being published".to_owned())
            }
            (Self::RollBack, Some(asked)) if asked.difference.is_pending() => {
                Some("What it changes is being worked out".to_owned())
            }
            (Self::RollBack, Some(asked)) if asked.message.trim().is_empty() => {
                Some("Say in the message why you go back".to_owned())
            }
            (Self::AskTake(_), _) if state.selected.is_some() => {
                let here = state.design_file().and_then(|file| state.design.documents.get(file));
                here.is_none().then(|| "The document is not here".to_owned())
            }
            (Self::Take, _) => match &state.release.take {
                Some(take) => take.obstacle(state),
                None => Some("Choose a version first".to_owned()),
            },
            (Self::Compare { .. } | Self::AskRollBack(_) | Self::AskTake(_), _)
                if state.selected.is_none() =>
            {
                Some("Select a pipeline first".to_owned())
            }
            _ => None,
        }
    }

    /// Those that menu, palette and keys offer now.
    pub fn offered(state: &state::State) -> Vec<Self> {
        let Some(pipeline) = state.selected_pipeline() else { return Vec::new() };
        let current = pipeline.history.value().and_then(|versions| versions.first());
        current
            .map(|current| Self::Compare { before: Some(current.version), after: None })
            .into_iter()
            .collect()
    }
}

impl App {
    pub(crate) fn apply_release(&mut self, command: Command) {
        match command {
            Command::Compare { before, after } => self.compare(before, after),
            Command::CloseComparison => self.state.release.comparison = None,
            Command::CompareAsText(as_text) => {
                if let Some(comparison) = &mut self.state.release.comparison {
                    comparison.as_text = as_text;
                }
            }
            Command::ShowComparedChange(place) => {
                if let Some(comparison) = &mut self.state.release.comparison {
                    comparison.change = Some(place);
                }
            }
            Command::AskRollBack(version) => self.ask_roll_back(version),
            Command::AskTake(version) => self.ask_take(version),
            Command::Take => self.take(),
            Command::CloseTake => self.state.release.take = None,
            Command::EditRollBackMessage(message) => {
                if let Some(asked) = &mut self.state.release.roll_back {
                    asked.message = message;
                }
            }
            Command::RollBack => self.roll_back(),
            Command::CloseRollBack => {
                let asked = self.state.release.roll_back.take();
                self.state.release.roll_back_typed =
                    asked.map(|one| (one.pipeline, one.version, one.message));
            }
        }
    }
}
