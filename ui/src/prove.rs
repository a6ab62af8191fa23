//! Simulations: progress, control totals, rules, quarantine, what changed since the last run, where a cell came from.

mod changes;
mod diff;
mod flow;
mod job;
mod trace;
mod view;

use std::collections::BTreeMap;

use touchstone_protocol::{RowChange, RunDiff, RunView, Runs, Trace, TracedView};
use touchstone_spec::TableName;

use crate::App;
use crate::command::{Offer, keys};
use crate::remote::Remote;
use crate::{command, icon, state};

pub use diff::{DIFF_PAGE_ROWS, Diff, DiffOf};
pub use job::Awaited;
pub(crate) use view::simulate;

/// Simulations that are listed.
const RUNS_LISTED: u64 = 50;

/// What is known and chosen here.
#[derive(Debug, Default)]
pub struct State {
    /// Whether control totals are shown as a table, not as a flow.
    pub totals_as_table: bool,
    /// Whether control totals are shown where they and a table have no room together.
    pub totals_open: bool,
    /// Simulations of each pipeline, newest first.
    pub runs: BTreeMap<String, Remote<Vec<RunView>>>,
    /// The older run that tables are compared with. None: the one before.
    pub compared_with: Option<String>,
    /// Only rows of this kind are compared.
    pub change: Option<RowChange>,
    /// Comparisons.
    pub diffs: BTreeMap<DiffOf, Diff>,
    /// Whether the panel with a cell's origin is shown.
    pub tracing: bool,
    /// The simulation that waits for edits to be saved.
    pub awaited: Option<Awaited>,
    /// The cell whose origin is shown, and its origin.
    pub trace: Option<Traced>,
}

/// A cell and where it came from.
#[derive(Debug, Clone)]
pub struct Traced {
    /// Which cell.
    pub cell: TracedCell,
    /// Where it came from.
    pub origin: Remote<TracedView>,
}

/// A cell of a table of the warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TracedCell {
    /// The table.
    pub table: TableName,
    /// Row as it is stored, from zero.
    pub row: u64,
    /// Name of the column.
    pub column: Option<String>,
}

/// Something to do with simulations.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Show control totals as a table, or as a flow.
    TotalsAsTable(bool),
    /// Simulations of a pipeline have come into view.
    NeedRuns(String),
    /// Compare with this run; none: the one before.
    CompareWith(Option<String>),
    /// Show only rows of this kind; none: all that differ.
    ShowChange(Option<RowChange>),
    /// A page of a comparison has come into view.
    NeedDiff(DiffOf, u64),
    /// Show or hide where the selected cell came from.
    ToggleTrace,
    /// Show where this cell came from.
    Trace(TracedCell),
}

impl Command {
    /// How it is offered.
    pub fn offer(&self) -> Offer {
        match self {
            Self::ToggleTrace => Offer {
                text: "Where it came from",
                tooltip: "Which rows and which expressions made the selected cell",
                icon: icon::LINEAGE,
                shortcut: keys(egui::Modifiers::COMMAND, egui::Key::T),
            },
            Self::TotalsAsTable(true) => Offer { icon: icon::TABLE, ..Offer::unlisted("Totals as a table") },
            Self::TotalsAsTable(false) => {
                Offer { icon: icon::PIPELINE, ..Offer::unlisted("Totals as a flow") }
            }
            Self::CompareWith(_) => Offer::unlisted("Compare with another run"),
            Self::ShowChange(_) => Offer::unlisted("Changes of one kind"),
            Self::Trace(_) | Self::NeedRuns(_) => {
                Offer { icon: icon::RELOAD, ..Offer::unlisted("Try again") }
            }
            Self::NeedDiff(..) => Offer::unlisted("Simulation"),
        }
    }

    /// Why it can't be given now; none when it can.
    pub fn obstacle(&self, state: &state::State) -> Option<String> {
        match self {
            Self::ToggleTrace if state.section() != Some(command::Section::Prove) => {
                Some("Show a simulation first".to_owned())
            }
            _ => None,
        }
    }

    /// Those that menu, palette and keys offer now.
    pub fn offered(state: &state::State) -> Vec<Self> {
        let [trace, _] = Self::of_runs();
        vec![trace, Self::TotalsAsTable(!state.prove.totals_as_table)]
    }

    /// Those of every simulation.
    pub(crate) fn of_runs() -> [Self; 2] {
        [Self::ToggleTrace, Self::TotalsAsTable(true)]
    }
}

impl App {
    pub(crate) fn apply_prove(&mut self, command: Command) {
        match command {
            Command::TotalsAsTable(is_table) => {
                let prove = &mut self.state.prove;
                prove.totals_open = !prove.totals_open || prove.totals_as_table != is_table;
                prove.totals_as_table = is_table;
            }
            Command::NeedRuns(pipeline) => self.load_runs(pipeline),
            Command::CompareWith(run) => self.state.prove.compared_with = run,
            Command::ShowChange(kind) => self.state.prove.change = kind,
            Command::NeedDiff(of, page) => self.load_diff(of, page),
            Command::ToggleTrace => {
                let prove = &mut self.state.prove;
                prove.tracing = !prove.tracing;
                prove.trace = prove.trace.take().filter(|_| prove.tracing);
            }
            Command::Trace(cell) => self.trace(cell),
        }
    }

    pub(super) fn load_runs(&mut self, pipeline: String) {
        self.state.prove.runs.entry(pipeline.clone()).or_default();
        self.fetch(Runs { pipeline: pipeline.clone(), limit: RUNS_LISTED }, move |state| {
            state.prove.runs.get_mut(&pipeline)
        });
    }

    fn load_diff(&mut self, of: DiffOf, page: u64) {
        let ticket = self.ticket();
        self.state.prove.diffs.entry(of.clone()).or_default().begin(page, ticket);
        let call = RunDiff {
            table: of.table.clone(),
            before: of.before.clone(),
            after: None,
            kind: of.kind,
            offset: page * DIFF_PAGE_ROWS,
            limit: DIFF_PAGE_ROWS,
        };
        self.call(call, move |app, result| {
            if let Some(diff) = app.state.prove.diffs.get_mut(&of) {
                diff.finish(page, ticket, result);
            }
        });
    }

    fn trace(&mut self, cell: TracedCell) {
        let ticket = self.ticket();
        let before = self.state.prove.trace.take().filter(|one| one.cell.table == cell.table);
        let mut origin = before.map(|one| one.origin).unwrap_or_default();
        origin.begin(ticket);
        self.state.prove.tracing = true;
        self.state.prove.trace = Some(Traced { cell: cell.clone(), origin });
        let asked = Trace { table: cell.table, row: cell.row, column: cell.column };
        self.call(asked, move |app, result| {
            if let Some(trace) = &mut app.state.prove.trace {
                trace.origin.finish(ticket, result);
            }
        });
    }

    /// A simulation has ended: what was compared and traced is of before.
    pub(crate) fn forget_proofs(&mut self, pipeline: &str) {
        self.state.prove.diffs.clear();
        self.state.prove.trace = None;
        if self.state.prove.runs.contains_key(pipeline) {
            self.load_runs(pipeline.to_owned());
        }
    }
}
