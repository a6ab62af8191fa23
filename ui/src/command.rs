//! Everything that a person can do, each with its text, tooltip and shortcut together.

use std::cell::RefCell;
use std::ops::Range;

use egui::{Key, KeyboardShortcut, Modifiers};
use touchstone_spec::TableName;

use crate::icon;

/// A tab of a pipeline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tab {
    /// The source's sample with the inferred types.
    #[default]
    Sample,
    /// Simulations and their tables.
    Simulate,
    /// The difference from what is published, and the history.
    Publish,
    /// What is wrong with it.
    Problems,
}

impl Tab {
    /// All tabs, in order.
    pub const ALL: [Self; 4] = [Self::Sample, Self::Simulate, Self::Publish, Self::Problems];

    /// Its heading.
    pub fn text(self) -> &'static str {
        match self {
            Self::Sample => "Sample",
            Self::Simulate => "Simulate",
            Self::Publish => "Publish",
            Self::Problems => "Problems",
        }
    }
}

/// Whose rows: those of a source's sample, or of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowsOf {
    /// Records of a sample.
    Sample {
        /// The pipeline.
        pipeline: String,
        /// Its source.
        source: String,
    },
    /// Rows of a table in the local warehouse.
    Table(TableName),
}

/// What is shown of the table that is selected in a simulation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TablePart {
    /// Its rows.
    #[default]
    Rows,
    /// Its quarantined rows.
    Quarantine,
    /// Results of its rules.
    Rules,
    /// Records that could not be read.
    Rejects,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Choose a workspace in the system's dialog.
    PickWorkspace,
    /// Change the path in the start page's field.
    EditPath(String),
    /// Open the workspace at that path.
    OpenPath,
    /// Read the workspace's files again.
    Reload,
    /// Show the pipelines.
    ShowPipelines,
    /// Show the audit trail.
    ShowAudit,
    /// Select a pipeline.
    Select(String),
    /// Select the pipeline after this one.
    NextPipeline,
    /// Select the pipeline before this one.
    PreviousPipeline,
    /// Show a tab of the pipeline.
    ShowTab(Tab),
    /// Show another source's sample.
    ShowSource(String),
    /// Start a simulation.
    Simulate,
    /// Ask the running simulation to stop.
    CancelSimulation,
    /// Select a table of the simulation.
    ShowTable(TableName),
    /// Show another part of that table.
    ShowPart(TablePart),
    /// Choose where to publish.
    ChooseEnvironment(String),
    /// Look at one of the differences whole.
    ShowChange(usize),
    /// Change the message.
    EditMessage(String),
    /// Publish, or ask first when readers would break.
    Publish,
    /// Publish although readers break.
    ConfirmPublish,
    /// Close the dialog, change nothing.
    CloseDialog,
    /// Rows have come into view.
    NeedRows(RowsOf, Range<u64>),
    /// Ask again for what could not be fetched.
    Retry,
    /// Close an error.
    Dismiss(u64),
    /// Put a text on the clipboard.
    Copy(String),
    /// Show the other theme.
    ToggleTheme,
}

/// How a command is offered.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    /// On the button and in the menu.
    pub text: &'static str,
    /// More about it.
    pub tooltip: &'static str,
    /// The icon, to be drawn with any text font.
    pub icon: char,
    /// The keys.
    pub shortcut: Option<KeyboardShortcut>,
}

const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

#[expect(clippy::unnecessary_wraps, reason = "offers without keys say None")]
const fn keys(modifiers: Modifiers, key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(modifiers, key))
}

impl Command {
    /// What the menu lists, in groups; keys work everywhere.
    pub fn menu() -> Vec<Vec<Self>> {
        vec![
            vec![Self::PickWorkspace, Self::Reload],
            vec![Self::Simulate, Self::CancelSimulation, Self::Publish],
            Tab::ALL.map(Self::ShowTab).to_vec(),
            vec![Self::NextPipeline, Self::PreviousPipeline],
            vec![Self::ShowPipelines, Self::ShowAudit, Self::ToggleTheme],
        ]
    }

    /// How it is offered.
    pub fn offer(&self) -> Offer {
        let offer = |text, tooltip, icon, shortcut| Offer { text, tooltip, icon, shortcut };
        match self {
            Self::PickWorkspace => offer(
                "Open workspace…",
                "Choose the folder of a workspace",
                icon::OPEN,
                keys(Modifiers::COMMAND, Key::O),
            ),
            Self::OpenPath => offer("Open", "Open the workspace at this path", icon::OPEN, None),
            Self::EditPath(_) => offer("Path", "", icon::NOTHING, None),
            Self::Reload => {
                offer("Reload", "Read the workspace's files again", icon::RELOAD, keys(CTRL_SHIFT, Key::R))
            }
            Self::ShowPipelines => {
                offer("Pipelines", "Show the pipelines", icon::PIPELINE, keys(CTRL_SHIFT, Key::P))
            }
            Self::ShowAudit => offer(
                "Audit trail",
                "Who published what, when and why",
                icon::HISTORY,
                keys(CTRL_SHIFT, Key::A),
            ),
            Self::Select(_) => offer("Select", "", icon::PIPELINE, None),
            Self::NextPipeline => {
                offer("Next pipeline", "", icon::PIPELINE, keys(Modifiers::ALT, Key::ArrowDown))
            }
            Self::PreviousPipeline => {
                offer("Previous pipeline", "", icon::PIPELINE, keys(Modifiers::ALT, Key::ArrowUp))
            }
            Self::ShowTab(Tab::Sample) => {
                offer("Show sample", "Records of the sample", icon::FILE, keys(Modifiers::COMMAND, Key::Num1))
            }
            Self::ShowTab(Tab::Simulate) => offer(
                "Show simulation",
                "The last simulation and its tables",
                icon::TABLE,
                keys(Modifiers::COMMAND, Key::Num2),
            ),
            Self::ShowTab(Tab::Publish) => offer(
                "Show publishing",
                "What publishing would change, and the history",
                icon::PUBLISH,
                keys(Modifiers::COMMAND, Key::Num3),
            ),
            Self::ShowTab(Tab::Problems) => offer(
                "Show problems",
                "What is wrong with the pipeline",
                icon::WARNING,
                keys(Modifiers::COMMAND, Key::Num4),
            ),
            Self::ShowSource(_) => offer("Source", "", icon::FILE, None),
            Self::Simulate => offer(
                "Run simulation",
                "Run bronze, silver and gold on this computer",
                icon::PLAY,
                keys(Modifiers::NONE, Key::F5),
            ),
            Self::CancelSimulation => offer(
                "Cancel simulation",
                "Stop the simulation; nothing half-written stays",
                icon::STOP,
                keys(Modifiers::SHIFT, Key::F5),
            ),
            Self::ShowTable(_) => offer("Table", "", icon::TABLE, None),
            Self::ShowPart(TablePart::Rows) => offer("Rows", "", icon::TABLE, None),
            Self::ShowPart(TablePart::Quarantine) => offer("Quarantine", "", icon::TABLE, None),
            Self::ShowPart(TablePart::Rules) => offer("Rules", "", icon::TABLE, None),
            Self::ShowPart(TablePart::Rejects) => offer("Rejects", "", icon::TABLE, None),
            Self::ChooseEnvironment(_) => offer("Environment", "", icon::NOTHING, None),
            Self::ShowChange(_) => offer("Difference", "", icon::NOTHING, None),
            Self::EditMessage(_) => offer("Message", "", icon::NOTHING, None),
            Self::Publish => offer(
                "Publish…",
                "Publish the pipeline's metadata with this message",
                icon::PUBLISH,
                keys(Modifiers::COMMAND, Key::Enter),
            ),
            Self::ConfirmPublish => {
                offer("Publish anyway", "Readers of the old structure break", icon::PUBLISH, None)
            }
            Self::CloseDialog => offer("Cancel", "Change nothing", icon::CLOSE, None),
            Self::NeedRows(..) => offer("Rows", "", icon::NOTHING, None),
            Self::Retry => offer("Try again", "Ask again for what could not be fetched", icon::RELOAD, None),
            Self::Dismiss(_) => offer("Dismiss", "Close this message", icon::CLOSE, None),
            Self::Copy(_) => offer("Copy", "Copy the whole message", icon::COPY, None),
            Self::ToggleTheme => {
                offer("Dark or light", "Show the other theme", icon::MOON, keys(CTRL_SHIFT, Key::T))
            }
        }
    }

    /// Second keys of some commands, for hands that know them from elsewhere.
    pub(crate) fn other_keys() -> [(KeyboardShortcut, Self); 1] {
        [(KeyboardShortcut::new(Modifiers::COMMAND, Key::R), Self::Simulate)]
    }
}

/// Where panels put the commands that a person gives; the app takes them after the frame.
#[derive(Debug, Default)]
pub struct Commands(RefCell<Vec<Command>>);

impl Commands {
    /// Has the app do `command` after this frame.
    pub fn send(&self, command: Command) {
        self.0.borrow_mut().push(command);
    }

    /// All commands so far, in order.
    pub fn take(&self) -> Vec<Command> {
        self.0.take()
    }
}
