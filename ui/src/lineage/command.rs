//! What can be done with lineage, and how it is offered.

use egui::{Key, Modifiers};
use touchstone_compiler::{LineageColumn, LineageNode, LineageTarget};
use touchstone_spec::{Layer, TableName};

use super::{Camera, Change, Goal, Tab, Tier};
use crate::command::{Offer, Place, Section, keys};
use crate::design::Node;
use crate::icon;
use crate::state::State;

/// Something to do here.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Show the lineage with the way of this table or column lit.
    Show(LineageTarget),
    /// Show the lineage of what is selected in the design.
    ShowThis,
    /// Light the way of a table or a column; none: light nothing in particular.
    Select(Option<LineageTarget>),
    /// Look from elsewhere.
    Look(Camera),
    /// Bring something into sight.
    See(Goal),
    /// Look from nearer (true) or from farther away.
    Zoom(bool),
    /// Show tables only, or their columns too.
    ShowTablesOnly(bool),
    /// Open or close a card.
    Open(LineageNode, bool),
    /// Open or close all cards.
    OpenAll(bool),
    /// Hide or show a pipeline's tables.
    HidePipeline(String, bool),
    /// Hide or show a layer.
    HideTier(Tier, bool),
    /// Show only the way of what is selected, or everything again.
    Only(bool),
    /// Show everything.
    ClearFilter,
    /// Hide or show the panel at the side.
    ToggleSide,
    /// Show a part of it.
    ShowTab(Tab),
    /// Change the change whose consequences are asked for.
    EditChange(Change),
    /// Look for a table or a column.
    Find,
    /// Change what is looked for.
    EditFind(String),
    /// Go to the next that is found (false), or back to the one before.
    FindAgain(bool),
    /// Look for nothing.
    CloseFind,
    /// Edit the table or the column where it is made.
    OpenInDesign(LineageTarget),
}

impl Command {
    /// How it is offered.
    pub fn offer(&self) -> Offer {
        let offer = |text, tooltip, icon, shortcut| Offer { text, tooltip, icon, shortcut };
        match self {
            Self::ShowThis => offer(
                "Show lineage",
                "Where what is selected comes from and where it leads",
                icon::LINEAGE,
                None,
            ),
            Self::See(Goal::All) => {
                offer("Fit lineage", "See everything", icon::FIT, keys(Modifiers::SHIFT, Key::Num1))
            }
            Self::See(Goal::Way) => offer(
                "Zoom to selection",
                "See the whole way of what is selected",
                icon::TARGET,
                keys(Modifiers::SHIFT, Key::Num2),
            ),
            Self::Zoom(true) => offer("Zoom in", "", icon::ZOOM_IN, None),
            Self::Zoom(false) => offer("Zoom out", "", icon::ZOOM_OUT, None),
            Self::OpenAll(true) => {
                offer("Open all tables", "Show the columns of every table", icon::UNFOLD, None)
            }
            Self::OpenAll(false) => {
                offer("Close all tables", "Show every table by its name alone", icon::FOLD, None)
            }
            Self::Only(true) => offer(
                "Only this way",
                "Hide all that isn't on the way of what is selected",
                icon::FILTER,
                None,
            ),
            Self::Only(false) | Self::ClearFilter => {
                offer("Show everything", "Take the filters away", icon::FILTER, None)
            }
            Self::ToggleSide => offer(
                "Lineage panel",
                "What the selected table or column is, and what breaks when it changes",
                icon::SIDE,
                keys(Modifiers::COMMAND, Key::I),
            ),
            Self::ShowTab(Tab::Impact) => {
                offer("Impact", "What breaks when the selected table or column changes", icon::WARNING, None)
            }
            Self::Find => offer(
                "Find table or column…",
                "Look for a name",
                icon::FIND,
                keys(Modifiers::COMMAND, Key::F),
            ),
            Self::FindAgain(false) => {
                offer("Find next", "The next name that holds it", icon::DOWN, keys(Modifiers::NONE, Key::F3))
            }
            Self::FindAgain(true) => offer(
                "Find previous",
                "The name before that holds it",
                icon::UP,
                keys(Modifiers::SHIFT, Key::F3),
            ),
            Self::OpenInDesign(_) => offer("Open in design", "Edit it where it is made", icon::MAPPING, None),
            Self::Show(_)
            | Self::Select(_)
            | Self::Look(_)
            | Self::See(Goal::Selected | Goal::Begin)
            | Self::ShowTablesOnly(_)
            | Self::Open(..)
            | Self::HidePipeline(..)
            | Self::HideTier(..)
            | Self::ShowTab(Tab::About)
            | Self::EditChange(_)
            | Self::EditFind(_)
            | Self::CloseFind => Offer::unlisted("Lineage"),
        }
    }

    /// Why it can't be given now; none when it can.
    pub fn obstacle(&self, state: &State) -> Option<String> {
        let lineage = &state.lineage;
        let reason = match self {
            Self::ShowThis if this(state).is_none() => "Select a table or a field in the design first",
            Self::See(Goal::Way) | Self::Only(true) | Self::ShowTab(Tab::Impact)
                if lineage.selected.is_none() =>
            {
                "Select a table or a column first"
            }
            Self::OpenAll(_) if lineage.tables_only => "Only tables are shown",
            Self::Only(false) | Self::ClearFilter if lineage.filter.is_plain() => "Everything is shown",
            Self::FindAgain(_) if lineage.find.as_ref().is_none_or(|find| find.text.trim().is_empty()) => {
                "Nothing is looked for"
            }
            _ => return None,
        };
        Some(reason.to_owned())
    }

    /// Those of the picture.
    pub(crate) fn of_picture() -> [Self; 13] {
        [
            Self::Find,
            Self::FindAgain(false),
            Self::FindAgain(true),
            Self::See(Goal::All),
            Self::See(Goal::Way),
            Self::Zoom(true),
            Self::Zoom(false),
            Self::OpenAll(true),
            Self::OpenAll(false),
            Self::Only(true),
            Self::ClearFilter,
            Self::ToggleSide,
            Self::ShowTab(Tab::Impact),
        ]
    }

    /// Those that menu, palette and keys offer now.
    pub fn offered(state: &State) -> Vec<Self> {
        if state.open_workspace().is_none() {
            return Vec::new();
        }
        match state.place {
            Place::Lineage => Self::of_picture().to_vec(),
            Place::Pipeline(_) if state.section() == Some(Section::Design) => vec![Self::ShowThis],
            _ => Vec::new(),
        }
    }
}

/// What is selected in the design.
pub(super) fn this(state: &State) -> Option<LineageTarget> {
    let file = state.design_file()?;
    let pipeline = &state.design.documents.get(file)?.pipeline()?.pipeline;
    let shown = state.design.shown(file);
    let node = shown.node.as_ref()?;
    let of = |layer, table: &str| LineageNode::Table { name: TableName::new(pipeline, layer, table) };
    let table = match node {
        Node::Pipeline => return None,
        Node::Source(source) => LineageNode::File { pipeline: pipeline.clone(), source: source.clone() },
        Node::Bronze(name) => of(Layer::Bronze, name),
        Node::Silver(name) => of(Layer::Silver, name),
        Node::Gold(name) => of(Layer::Gold, name),
        Node::Other(name) => LineageNode::Table { name: name.clone() },
    };
    Some(match (&shown.field, node) {
        (Some(field), Node::Silver(_)) => {
            LineageTarget::Column(LineageColumn { node: table, column: field.clone() })
        }
        _ => LineageTarget::Table(table),
    })
}
