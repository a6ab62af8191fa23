//! What can be done on the canvas, and how it is offered.

use egui::{Key, KeyboardShortcut, Modifiers, Pos2};

use super::{Join, Question, View};
use crate::command::{Offer, Place, Section};
use crate::design::{Node, Pane};
use crate::icon;
use crate::state::State;

/// Something to do on the canvas.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Select this card alone.
    Select(Node),
    /// Select a card beside those that are, or no longer.
    AlsoSelect(Node),
    /// Select the connection between two cards.
    SelectEdge(Node, Node),
    /// Show a part of the canvas.
    View(View),
    /// Ask for a source's name and sample.
    AskSource,
    /// Choose its sample in the system's dialog.
    ChooseSample,
    /// Add a source; with a sample, what that shows.
    AddSource {
        /// Its name.
        name: String,
        /// Its sample file.
        sample: Option<String>,
        /// Whether a silver table is to be made from it.
        with_silver: bool,
    },
    /// Add a silver table from the selected source.
    AddSilver,
    /// Add a gold table from the selected tables.
    AddGold,
    /// Add what is made from these cards, there.
    AddFrom(Vec<Node>, Option<Pos2>),
    /// Have a card made from another.
    Connect(Node, Node),
    /// Join a table into a gold table's query.
    Join(Join),
    /// Take out what is selected, or ask first when something is made from it.
    Remove,
    /// Take these cards out.
    RemoveCards(Vec<Node>),
    /// Ask, or change what is asked.
    Ask(Question),
    /// Answer nothing.
    CloseQuestion,
    /// Edit what is selected beside the canvas, or hide that.
    ToggleDetails,
    /// Say why something can't be done, or no longer.
    Tell(Option<String>),
    /// What a sample file shows is wanted.
    NeedInferred(String),
}

impl Command {
    /// How it is offered.
    pub fn offer(&self) -> Offer {
        let keys = |modifiers, key| Some(KeyboardShortcut::new(modifiers, key));
        let offer = |text, tooltip, icon, shortcut| Offer { text, tooltip, icon, shortcut };
        let shift_alt = Modifiers::ALT | Modifiers::SHIFT;
        match self {
            Self::View(View::Fit) => offer("Fit", "Show all cards", icon::FIT, keys(shift_alt, Key::Num0)),
            Self::View(View::Selection) => offer(
                "Zoom to selection",
                "Show the selected cards large",
                icon::FIND,
                keys(shift_alt, Key::Num9),
            ),
            Self::ToggleDetails => offer(
                "Details",
                "What is selected, to be edited beside the canvas",
                icon::SIDE,
                keys(Modifiers::COMMAND, Key::I),
            ),
            Self::AskSource => {
                offer("Add source…", "From a sample file, or empty", icon::ADD, keys(shift_alt, Key::B))
            }
            Self::AddSource { .. } => offer("Add source", "", icon::ADD, None),
            Self::ChooseSample => offer("Choose file…", "Choose a sample file", icon::OPEN, None),
            Self::AddSilver => offer(
                "Add silver table",
                "From the selected source, with a field for every column",
                icon::ADD,
                keys(shift_alt, Key::S),
            ),
            Self::AddGold => offer(
                "Add gold table",
                "From the selected tables, with a first query",
                icon::ADD,
                keys(shift_alt, Key::G),
            ),
            Self::Remove => offer("Remove", "Take out what is selected", icon::DELETE, None),
            Self::RemoveCards(_) => offer("Remove", "An undo brings them back", icon::DELETE, None),
            Self::Join(_) => offer("Add join", "Take the table into the query", icon::CHECK, None),
            Self::CloseQuestion => offer("Cancel", "Change nothing", icon::CLOSE, None),
            Self::NeedInferred(_) => offer("Try again", "Look at the sample again", icon::RELOAD, None),
            _ => Offer::unlisted("Edit"),
        }
    }

    /// Why it can't be given now; none when it can.
    pub fn obstacle(&self, state: &State) -> Option<String> {
        let file = state.design_file()?;
        let pipeline = state.design.documents.get(file).and_then(|one| one.pipeline());
        let selected = selected(state, file);
        let changes = matches!(
            self,
            Self::AskSource
                | Self::AddSource { .. }
                | Self::AddSilver
                | Self::AddGold
                | Self::Remove
                | Self::RemoveCards(_)
                | Self::Join(_)
        );
        if changes && let Some(reason) = crate::design::view::blocked(state, file) {
            return Some(reason);
        }
        let reason = match self {
            Self::AddSilver if selected.iter().all(|node| super::adding::source_of(node).is_none()) => {
                "Select a source first"
            }
            Self::AddGold if !selected.iter().any(is_readable) => "Select silver tables first",
            Self::Remove => {
                let edge = state.design.canvas.looks(file).edge.is_some();
                let removable = |node: &Node| !matches!(node, Node::Pipeline | Node::Other(_));
                if edge || selected.iter().any(removable) {
                    return None;
                }
                "Select a card first"
            }
            Self::View(View::Selection) if selected.iter().all(|node| *node == Node::Pipeline) => {
                "Select a card first"
            }
            Self::AddSource { .. } if state.design.canvas.adding.is_pending() => "The sample is being read",
            Self::AddSource { name, .. } => {
                return match touchstone_spec::check_name(name) {
                    Err(problem) => Some(problem),
                    Ok(()) if pipeline.is_some_and(|one| one.sources.contains_key(name)) => {
                        Some(format!("There is a source {name} already"))
                    }
                    Ok(()) => None,
                };
            }
            _ => return None,
        };
        Some(reason.to_owned())
    }

    /// Those that need no more words.
    pub(in crate::design) const ALL: [Self; 7] = [
        Self::AskSource,
        Self::AddSilver,
        Self::AddGold,
        Self::Remove,
        Self::ToggleDetails,
        Self::View(View::Fit),
        Self::View(View::Selection),
    ];

    /// Those that menu, palette and keys offer now.
    pub fn offered(state: &State) -> Vec<Self> {
        let is_shown = matches!(state.place, Place::Pipeline(_))
            && state.section() == Some(Section::Design)
            && state.design.pane == Pane::Canvas;
        // What adds cards is offered anywhere in a pipeline.
        let shown = if is_shown { Self::ALL.len() } else { 3 };
        let is_pipeline = matches!(state.place, Place::Pipeline(_));
        Self::ALL.into_iter().take(shown).filter(|_| is_pipeline).collect()
    }

    /// As a command of the window.
    pub(in crate::design) fn send(self) -> crate::command::Command {
        crate::command::Command::Design(crate::design::Command::Canvas(self))
    }
}

/// The cards that are selected: the one that is edited first.
pub(super) fn selected(state: &State, file: &str) -> Vec<Node> {
    let shown = state.design.shown(file);
    let looks = state.design.canvas.looks(file);
    let mut all: Vec<Node> = shown.node.iter().cloned().collect();
    all.extend(looks.also.iter().filter(|node| shown.node.as_ref() != Some(node)).cloned());
    all
}

fn is_readable(node: &Node) -> bool {
    matches!(node, Node::Silver(_) | Node::Gold(_) | Node::Other(_))
}
