//! What can be done to documents, and how it is offered.

use egui::{Key, KeyboardShortcut, Modifiers, Pos2};
use touchstone_compiler::OutputNames;
use touchstone_spec::{Edit, TableName};

use super::{Asked, CanvasCommand, Choice, Node, Pane, Question, Refusal, mappings};
use crate::command::{Offer, Place, Section};
use crate::icon;

/// Something to do here.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Change a document.
    Edit(Box<Change>),
    /// Give a document this whole text.
    EditText {
        /// Its file.
        file: String,
        /// The text.
        text: String,
    },
    /// Take the last step back.
    Undo,
    /// Do it again.
    Redo,
    /// Write the document into its file.
    Save,
    /// Write every document that has changed.
    SaveAll,
    /// Read the documents again.
    Load,
    /// Ask how a new pipeline shall be called.
    NewPipeline,
    /// Change what is asked.
    EditQuestion(Question),
    /// Choose data files for a new pipeline in the system's dialog.
    ChooseFiles,
    /// Draft a pipeline.
    Draft {
        /// Its name.
        pipeline: String,
        /// Its files; none for an empty one.
        files: Vec<String>,
    },
    /// Ask whether to delete the document.
    AskDelete,
    /// Delete the document in this file.
    Delete(String),
    /// Answer nothing, change nothing.
    CloseQuestion,
    /// Ask what a rename shall change.
    AskRename(Box<Asked>),
    /// Ask how what is selected shall be called.
    RenameSelected,
    /// Another name for what is renamed, or another choice for queries' columns.
    EditRename {
        /// The name.
        to: String,
        /// What becomes of queries' columns that have their name from it.
        outputs: OutputNames,
    },
    /// Rename everywhere.
    RenameEverywhere,
    /// Rename only where the name was changed.
    RenameHere,
    /// Look at the changes outside that don't go together with those here.
    AskConflict(String),
    /// Choose what stays of one conflict, or (none) of all.
    Choose {
        /// The document's file.
        file: String,
        /// Which conflict, from zero.
        at: Option<usize>,
        /// What stays.
        choice: Choice,
    },
    /// Take what was chosen.
    Resolve(String),
    /// Close what is told about a document.
    DismissNews(u64),
    /// Show a part of the design.
    ShowPane(Pane),
    /// Add a field to the silver table that is selected.
    NewField,
    /// Choose what a new rule of the selected table shall demand.
    NewRule,
    /// Select a card.
    Select(Node),
    /// Select a card, and show where it is edited.
    Open(Node),
    /// Select a field of the table that is mapped.
    SelectField(Option<String>),
    /// Select a column of its source.
    SelectColumn(Option<String>),
    /// Show rules as text or as a list.
    ShowRulesAsText(bool),
    /// Choose something among the rules.
    Rules(super::rules::Command),
    /// The line that was asked for is shown.
    LineShown,
    /// Show where something stands in a document.
    GoTo {
        /// The document's file.
        file: String,
        /// Where in it: `silver.trades.fields.notional.expr`.
        path: String,
        /// Line of its text, from one.
        line: usize,
    },
    /// Put a card elsewhere.
    MoveCard(Node, Pos2),
    /// A card was put elsewhere; where it was before, unless it stood as it is arranged.
    CardMoved(Node, Option<Pos2>),
    /// Put all cards where they belong.
    ArrangeCards,
    /// Refuse suggestions.
    Refuse(Vec<Refusal>),
    /// Suggest for a table again what was refused.
    Reconsider(TableName),
    /// Look at mappings otherwise.
    Mappings(mappings::Command),
    /// Something on the canvas.
    Canvas(CanvasCommand),
    /// A table's first rows have come into view.
    NeedPreview(TableName),
    /// Ask again for a table's first rows.
    RetryPreview(TableName),
}

/// A change of a document: all of it or none.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The document's file.
    pub file: String,
    /// What to do.
    pub edits: Vec<Edit>,
    /// What it is to the steward: `Map Px to price`.
    pub label: String,
    /// Where and what was typed, where it was.
    pub typed: Option<Typed>,
    /// The field that is selected afterwards, where it becomes another one.
    pub field: Option<Option<String>>,
    /// The card that is selected afterwards, where it becomes another one.
    pub node: Option<Node>,
    /// What is said once it was made, with an undo beside it.
    pub mention: Option<String>,
}

/// A text while it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Where it stands in the document.
    pub path: String,
    /// As it was typed.
    pub text: String,
}

impl Change {
    /// A change that is made at once.
    pub fn new(file: &str, label: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self {
            file: file.to_owned(),
            edits,
            label: label.into(),
            typed: None,
            field: None,
            node: None,
            mention: None,
        }
    }

    /// The same, typed.
    #[must_use]
    pub fn typed(mut self, path: impl Into<String>, text: impl Into<String>) -> Self {
        self.typed = Some(Typed { path: path.into(), text: text.into() });
        self
    }

    /// The same, with another field selected.
    #[must_use]
    pub fn then_field(mut self, field: Option<String>) -> Self {
        self.field = Some(field);
        self
    }

    /// The same, with another card selected.
    #[must_use]
    pub fn then_node(mut self, node: Node) -> Self {
        self.node = Some(node);
        self
    }

    /// The same, with what it did along with it said afterwards.
    #[must_use]
    pub fn mentioning(mut self, text: Option<String>) -> Self {
        self.mention = text;
        self
    }

    /// As a command.
    pub fn command(self) -> crate::command::Command {
        crate::command::Command::Design(Command::Edit(Box::new(self)))
    }
}

impl Command {
    /// How it is offered.
    pub fn offer(&self) -> Offer {
        let keys = |modifiers, key| Some(KeyboardShortcut::new(modifiers, key));
        let ctrl_shift = Modifiers::COMMAND | Modifiers::SHIFT;
        let offer = |text, tooltip, icon, shortcut| Offer { text, tooltip, icon, shortcut };
        match self {
            Self::Undo => {
                offer("Undo", "Take the last edit back", icon::UNDO, keys(Modifiers::COMMAND, Key::Z))
            }
            Self::Redo => offer("Redo", "Do it again", icon::REDO, keys(ctrl_shift, Key::Z)),
            Self::Save => offer("Save", "Write the document", icon::SAVE, keys(Modifiers::COMMAND, Key::S)),
            Self::SaveAll => offer(
                "Save all",
                "Write every document that has changed",
                icon::SAVE,
                keys(ctrl_shift, Key::S),
            ),
            Self::Load => offer("Try again", "Read the documents again", icon::RELOAD, None),
            Self::NewPipeline => offer(
                "New pipeline…",
                "Draft a pipeline from data files",
                icon::ADD,
                keys(Modifiers::COMMAND, Key::N),
            ),
            Self::ChooseFiles => offer("Choose files…", "Choose data files", icon::OPEN, None),
            Self::Draft { .. } => {
                offer("Draft pipeline", "Infer contracts and make one silver table each", icon::CHECK, None)
            }
            Self::AskDelete => offer("Delete pipeline…", "Delete the document's file", icon::DELETE, None),
            Self::Delete(_) => offer("Delete", "The file goes away", icon::DELETE, None),
            Self::CloseQuestion => offer("Cancel", "Change nothing", icon::CLOSE, None),
            Self::RenameSelected => offer(
                "Rename…",
                "Give what is selected another name, everywhere",
                icon::EDIT,
                keys(Modifiers::NONE, Key::F2),
            ),
            Self::RenameHere => {
                offer("Only here", "What else has the name keeps it, and may break", icon::EDIT, None)
            }
            Self::AskConflict(_) => offer("Compare…", "Choose what stays", icon::WARNING, None),
            Self::Resolve(_) => offer("Take these", "Keep what is chosen", icon::CHECK, None),
            Self::DismissNews(_) => offer("Dismiss", "Close this message", icon::CLOSE, None),
            Self::ShowPane(Pane::Canvas) => offer(
                "Show canvas",
                "Sources and tables as cards",
                icon::PIPELINE,
                keys(Modifiers::ALT, Key::Num1),
            ),
            Self::ShowPane(Pane::Mappings) => offer(
                "Show mappings",
                "How fields and queries are made",
                icon::MAPPING,
                keys(Modifiers::ALT, Key::Num2),
            ),
            Self::ShowPane(Pane::Rules) => offer(
                "Show rules",
                "What every row or table must meet",
                icon::RULES,
                keys(Modifiers::ALT, Key::Num3),
            ),
            Self::ShowPane(Pane::Yaml) => {
                offer("Show YAML", "The document's text", icon::CODE, keys(Modifiers::ALT, Key::Num4))
            }
            Self::NewField => {
                offer("Add field", "An empty one, to the silver table that is selected", icon::ADD, None)
            }
            Self::NewRule => {
                offer("Add rule…", "Choose what the rows of the selected table must meet", icon::ADD, None)
            }
            Self::ArrangeCards => offer("Arrange", "Put all cards where they belong", icon::PIPELINE, None),
            Self::RetryPreview(_) => offer("Try again", "Ask again for the first rows", icon::RELOAD, None),
            Self::Canvas(command) => command.offer(),
            Self::Edit(_)
            | Self::AskRename(_)
            | Self::EditRename { .. }
            | Self::RenameEverywhere
            | Self::EditText { .. }
            | Self::EditQuestion(_)
            | Self::Choose { .. }
            | Self::Select(_)
            | Self::Open(_)
            | Self::SelectField(_)
            | Self::SelectColumn(_)
            | Self::ShowRulesAsText(_)
            | Self::Rules(_)
            | Self::LineShown
            | Self::GoTo { .. }
            | Self::MoveCard(..)
            | Self::CardMoved(..)
            | Self::Refuse(_)
            | Self::Reconsider(_)
            | Self::Mappings(_)
            | Self::NeedPreview(_) => Offer::unlisted("Edit"),
        }
    }

    /// Why it can't be given now; none when it can.
    pub fn obstacle(&self, state: &crate::state::State) -> Option<String> {
        let document = || state.design_file().and_then(|file| state.design.documents.get(file));
        let changes = matches!(self, Self::NewField | Self::NewRule | Self::RenameSelected);
        if changes
            && let Some(reason) = state.design_file().and_then(|file| super::view::blocked(state, file))
        {
            return Some(reason);
        }
        let reason = match self {
            Self::Undo if document().is_none_or(|one| one.history().undoes().is_none()) => {
                "Nothing to take back"
            }
            Self::Redo if document().is_none_or(|one| one.history().redoes().is_none()) => {
                "Nothing to do again"
            }
            Self::Save | Self::AskDelete if document().is_none() => "Select a pipeline first",
            Self::Save if document().is_some_and(super::OpenDocument::is_saving) => "It is being saved",
            Self::Save if document().is_some_and(|one| !one.is_dirty()) => "Everything is saved",
            Self::RenameSelected if state.renamable().is_none() => {
                "Select a table, a source or a field first"
            }
            Self::RenameEverywhere => {
                return match state.design.renaming.as_ref().and_then(|renaming| renaming.found.as_ref()) {
                    None => Some("Type another name first".to_owned()),
                    Some(Err(error)) => Some(error.to_string()),
                    Some(Ok(_)) => None,
                };
            }
            Self::NewField | Self::NewRule if document().is_none_or(|one| one.pipeline().is_none()) => {
                "Select a pipeline first"
            }
            Self::NewField if state.silver_in_hand().is_none() => "Select a silver table first",
            Self::SaveAll if !state.design.documents.is_dirty() => "Everything is saved",
            Self::Draft { .. } if state.home.drafting.is_some() => "A pipeline is being made",
            Self::Draft { pipeline, .. } => {
                return match touchstone_spec::check_name(pipeline) {
                    Err(problem) => Some(problem),
                    Ok(()) if state.design.documents.file_of(pipeline).is_some() => {
                        Some(format!("There is a pipeline {pipeline} already"))
                    }
                    Ok(()) => None,
                };
            }
            Self::Canvas(command) => return command.obstacle(state),
            _ => return None,
        };
        Some(reason.to_owned())
    }

    /// Those of a pipeline's design, whatever is selected in it.
    pub(crate) fn of_pipelines() -> Vec<Self> {
        let mut all = Pane::ALL.map(Self::ShowPane).to_vec();
        all.extend([Self::NewField, Self::NewRule]);
        all.extend([Self::Undo, Self::Redo, Self::RenameSelected, Self::AskDelete]);
        all.extend(CanvasCommand::ALL.map(Self::Canvas));
        all
    }

    /// Those that menu, palette and keys offer now.
    pub fn offered(state: &crate::state::State) -> Vec<Self> {
        if state.open_workspace().is_none() {
            return Vec::new();
        }
        let mut offered = vec![Self::Save, Self::SaveAll, Self::NewPipeline];
        if !matches!(state.place, Place::Pipeline(_)) {
            return offered;
        }
        offered.extend(Pane::ALL.map(Self::ShowPane));
        offered.extend([Self::NewField, Self::NewRule]);
        match state.section() {
            Some(Section::Design) => {
                offered.extend([Self::Undo, Self::Redo, Self::RenameSelected, Self::AskDelete]);
            }
            // A column's type, and the text of a version, are taken into the document there.
            Some(Section::Data | Section::Publish) => offered.extend([Self::Undo, Self::Redo]),
            _ => {}
        }
        offered.extend(CanvasCommand::offered(state).into_iter().map(Self::Canvas));
        offered
    }
}
