//! Where tables and columns come from and where they lead, and what breaks when one of them changes.

mod breaks;
mod camera;
mod canvas;
mod cards;
mod command;
mod edges;
mod finding;
mod graph;
mod kept;
mod keys;
mod layout;
mod map;
mod minimap;
mod order;
mod placing;
mod side;
mod steering;
mod strokes;
mod toolbar;
mod view;
mod way;

pub(crate) use kept::Kept;
pub(crate) use view::lineage;

use serde::{Deserialize, Serialize};
use touchstone_compiler::{Impact, ImpactChange, LineageTarget};

pub use camera::{Camera, Goal};
pub use command::Command;
pub use finding::Find;
pub use graph::{Filter, Tier};

/// What is known and chosen here.
#[derive(Debug, Default)]
pub struct State {
    /// The table or column whose way is lit.
    pub selected: Option<LineageTarget>,
    /// What is left out.
    pub filter: Filter,
    /// Whether only tables are shown, and not their columns.
    pub tables_only: bool,
    /// Whether the panel at the side is hidden.
    pub is_side_hidden: bool,
    /// The part of that panel that is shown.
    pub tab: Tab,
    /// What is looked for.
    pub find: Option<Find>,
    /// Where it's looked at from.
    pub camera: Camera,
    /// What is to be brought into sight.
    pub goal: Option<Goal>,
    /// What somebody comes from: a pipeline, and what is selected in its design.
    begun: (Option<String>, Option<LineageTarget>),
    /// The change whose consequences are asked for.
    pub change: Change,
    /// What it does.
    impact: Option<Answered>,
    /// Whether it is looked at from where it was looked at before the page opened anew.
    is_camera_kept: bool,
    opened: map::Opened,
    map: Option<(map::Key, map::Map)>,
    making: Option<map::Making>,
}

/// A part of the panel at the side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// What the selected table or column is.
    #[default]
    About,
    /// What breaks when it changes.
    Impact,
}

/// A change that somebody thinks of making.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Its kind.
    pub kind: Kind,
    /// The new name.
    pub name: String,
    /// The new type.
    pub data_type: String,
}

/// The kind of a change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// It is taken out.
    #[default]
    Remove,
    /// It gets another name.
    Rename,
    /// It gets another type.
    Retype,
}

/// That the columns of some tables are folded, as there are many; and how they are shown.
fn folded(state: &crate::state::State) -> Option<String> {
    let (_, map) = state.lineage.map.as_ref()?;
    let folded = map.folded();
    let tables = crate::text::count(folded as u64, "table is", "tables are");
    (folded > 0).then(|| format!("Columns of {tables} folded; the sign on a card unfolds them"))
}

impl Kind {
    /// All kinds, in order.
    pub const ALL: [Self; 3] = [Self::Remove, Self::Rename, Self::Retype];

    /// Its heading.
    pub fn text(self) -> &'static str {
        match self {
            Self::Remove => "Remove",
            Self::Rename => "Rename",
            Self::Retype => "Change type",
        }
    }
}

/// What a change does, and to what that belongs.
#[derive(Debug, Clone, PartialEq)]
struct Answered {
    revision: u64,
    impact: Impact,
}

impl Change {
    /// As the compiler takes it; why it can't be, where it can't.
    pub fn read(&self, target: &LineageTarget) -> Result<ImpactChange, String> {
        match self.kind {
            Kind::Remove => Ok(ImpactChange::Drop),
            Kind::Rename if self.name.trim().is_empty() => Err("Type the new name".to_owned()),
            Kind::Rename => Ok(ImpactChange::Rename(self.name.trim().to_owned())),
            Kind::Retype if matches!(target, LineageTarget::Table(_)) => {
                Err("A table has no type; select a column".to_owned())
            }
            Kind::Retype if self.data_type.trim().is_empty() => Err("Type the new type".to_owned()),
            Kind::Retype => match self.data_type.parse() {
                Ok(data_type) => Ok(ImpactChange::Retype(data_type)),
                Err(error) => Err(format!("{error}")),
            },
        }
    }
}

impl State {
    /// What the change that is asked for does to the selected table or column.
    pub fn impact(&self) -> Option<&Impact> {
        self.impact.as_ref().map(|answered| &answered.impact)
    }

    /// Tables and columns that are drawn as lit, by name; none while nothing is selected.
    pub fn lit(&self) -> Vec<String> {
        let Some((_, map)) = &self.map else { return Vec::new() };
        let Some(way) = &map.way else { return Vec::new() };
        let tables = (0..map.graph.tables.len()).map(graph::Spot::Table);
        let columns = (0..map.graph.columns.len()).map(graph::Spot::Column);
        tables.chain(columns).filter(|spot| way.has(*spot)).map(|spot| map.graph.name(spot)).collect()
    }

    /// How many tables are drawn, and how many edges between columns.
    pub fn size(&self) -> (usize, usize) {
        self.map.as_ref().map_or((0, 0), |(_, map)| (map.graph.tables.len(), map.graph.edges.len()))
    }

    /// Whether the picture that is shown is the one that is asked for.
    pub fn is_laid_out(&self) -> bool {
        self.map.is_some() && self.making.is_none()
    }
}

/// The pipeline that something belongs to.
fn pipeline_of(target: &LineageTarget) -> &str {
    match target {
        LineageTarget::Table(node) => node.pipeline(),
        LineageTarget::Column(column) => column.node.pipeline(),
    }
}
