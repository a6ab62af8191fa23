//! Everything that a person can do, each with its text, tooltip and shortcut together.

use std::cell::RefCell;

use egui::{Key, KeyboardShortcut, Modifiers};
use serde::{Deserialize, Serialize};
use touchstone_spec::TableName;

use crate::state::State;
use crate::{account, data, design, home, icon, lineage, palette, prove, release, settings, shell};

/// A section of a pipeline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// How it is made: canvas, mappings, rules, queries.
    #[default]
    Design,
    /// The samples of its sources.
    Data,
    /// Simulations and their tables.
    Prove,
    /// The difference from what is published, and the history.
    Publish,
}

impl Section {
    /// All sections, in order.
    pub const ALL: [Self; 4] = [Self::Design, Self::Data, Self::Prove, Self::Publish];

    /// Its heading.
    pub fn text(self) -> &'static str {
        match self {
            Self::Design => "Design",
            Self::Data => "Data",
            Self::Prove => "Prove",
            Self::Publish => "Publish",
        }
    }
}

/// Something that can be open in the centre of the window, each in a tab of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "place", content = "of", rename_all = "snake_case")]
pub enum Place {
    /// The start page.
    #[default]
    Home,
    /// A pipeline, by name.
    Pipeline(String),
    /// A data file that no pipeline names yet, by path.
    File(String),
    /// The lineage of the workspace.
    Lineage,
    /// The audit trail.
    Audit,
    /// Settings.
    Settings,
}

/// What is shown of the table that is selected in a simulation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TablePart {
    /// Its rows.
    #[default]
    Rows,
    /// Its quarantined rows.
    Quarantine,
    /// Rows that its filter left out.
    Filtered,
    /// Rows that gave way to another with their key.
    Deduplicated,
    /// Results of its rules.
    Rules,
    /// Records that could not be read.
    Rejects,
    /// What changed since an earlier run.
    Changes,
}

impl TablePart {
    /// The table whose rows it shows, beside this one; none where it shows something else.
    pub(crate) fn table(self, of: &TableName) -> Option<TableName> {
        let ending = match self {
            Self::Rows => "",
            Self::Quarantine => "_quarantine",
            Self::Filtered => "_filtered",
            Self::Deduplicated => "_deduplicated",
            Self::Rules | Self::Rejects | Self::Changes => return None,
        };
        Some(TableName::new(of.pipeline.clone(), of.layer, format!("{}{ending}", of.table)))
    }
}

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Choose a workspace in the system's dialog.
    PickWorkspace,
    /// Change the path in the start page's field.
    EditPath(String),
    /// Open the workspace at that path.
    OpenPath,
    /// Read the workspace's files again.
    Reload,
    /// Show a place, in a tab of its own.
    Go(Place),
    /// Close a tab.
    CloseTab(Place),
    /// Close the tab that is shown.
    CloseThisTab,
    /// Show or hide the list of problems.
    ToggleProblems,
    /// Select a pipeline.
    Select(String),
    /// Select the pipeline after this one.
    NextPipeline,
    /// Select the pipeline before this one.
    PreviousPipeline,
    /// Show a section of the pipeline.
    ShowSection(Section),
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
    /// Ask again for what could not be fetched.
    Retry,
    /// Close an error.
    Dismiss(u64),
    /// Put a text on the clipboard.
    Copy(String),
    /// Show the other theme.
    ToggleTheme,
    /// Something with the window itself.
    Shell(shell::Command),
    /// Something with the list of everything.
    Palette(palette::Command),
    /// Something on the start page.
    Home(home::Command),
    /// Something with data.
    Data(data::Command),
    /// Something with the design.
    Design(design::Command),
    /// Something with simulations.
    Prove(prove::Command),
    /// Something with versions.
    Release(release::Command),
    /// Something with lineage.
    Lineage(lineage::Command),
    /// Something with the audit trail.
    Account(account::Command),
    /// Something with settings.
    Settings(settings::Command),
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

impl Offer {
    /// Something that panels send and no menu lists.
    pub fn unlisted(text: &'static str) -> Self {
        Self { text, tooltip: "", icon: icon::NOTHING, shortcut: None }
    }
}

const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

#[expect(clippy::unnecessary_wraps, reason = "offers without keys say None")]
pub(crate) const fn keys(modifiers: Modifiers, key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(modifiers, key))
}

impl Command {
    /// What the menu lists, in groups; keys work everywhere.
    pub fn menu() -> Vec<Vec<Self>> {
        vec![
            vec![Self::Palette(palette::Command::Open(String::new()))],
            vec![
                Self::Home(home::Command::New),
                Self::PickWorkspace,
                Self::Home(home::Command::LookAt),
                Self::Reload,
            ],
            vec![Self::Design(design::Command::Save), Self::Simulate, Self::CancelSimulation, Self::Publish],
            Section::ALL.map(Self::ShowSection).to_vec(),
            vec![Self::NextPipeline, Self::PreviousPipeline],
            vec![
                Self::Go(Place::Home),
                Self::Go(Place::Lineage),
                Self::Go(Place::Audit),
                Self::Go(Place::Settings),
                Self::Shell(shell::Command::ToggleList),
                Self::ToggleProblems,
            ],
            vec![
                Self::Shell(shell::Command::NextTab),
                Self::Shell(shell::Command::PreviousTab),
                Self::CloseThisTab,
            ],
            vec![
                Self::ToggleTheme,
                Self::Shell(shell::Command::Larger),
                Self::Shell(shell::Command::Smaller),
                Self::Shell(shell::Command::NormalSize),
            ],
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
            Self::Go(Place::Home) => {
                offer("Home", "Workspaces opened before", icon::HOME, keys(CTRL_SHIFT, Key::H))
            }
            Self::Go(Place::Lineage) => offer(
                "Lineage",
                "Where tables and columns come from and where they lead",
                icon::LINEAGE,
                keys(CTRL_SHIFT, Key::L),
            ),
            Self::Go(Place::Audit) => offer(
                "Audit trail",
                "Who published what, when and why",
                icon::HISTORY,
                keys(CTRL_SHIFT, Key::A),
            ),
            Self::Go(Place::Settings) => offer(
                "Settings",
                "Environments, credentials, look and keys",
                icon::SETTINGS,
                keys(Modifiers::COMMAND, Key::Comma),
            ),
            Self::Go(Place::Pipeline(_)) => {
                Offer { icon: icon::PIPELINE, ..Offer::unlisted("Open pipeline") }
            }
            Self::Go(Place::File(_)) => Offer { icon: icon::FILE, ..Offer::unlisted("Open file") },
            Self::CloseTab(_) => Offer { icon: icon::CLOSE, ..Offer::unlisted("Close tab") },
            Self::CloseThisTab => offer("Close tab", "", icon::CLOSE, keys(Modifiers::COMMAND, Key::W)),
            Self::ToggleProblems => offer(
                "Problems",
                "Show or hide the list of problems",
                icon::WARNING,
                keys(CTRL_SHIFT, Key::M),
            ),
            Self::Select(_) => offer("Select", "", icon::PIPELINE, None),
            Self::NextPipeline => {
                offer("Next pipeline", "", icon::PIPELINE, keys(Modifiers::ALT, Key::ArrowDown))
            }
            Self::PreviousPipeline => {
                offer("Previous pipeline", "", icon::PIPELINE, keys(Modifiers::ALT, Key::ArrowUp))
            }
            Self::ShowSection(Section::Design) => offer(
                "Show design",
                "Canvas, mappings, rules and queries",
                icon::PIPELINE,
                keys(Modifiers::COMMAND, Key::Num1),
            ),
            Self::ShowSection(Section::Data) => {
                offer("Show data", "Records of the samples", icon::FILE, keys(Modifiers::COMMAND, Key::Num2))
            }
            Self::ShowSection(Section::Prove) => offer(
                "Show simulation",
                "The last simulation and its tables",
                icon::TABLE,
                keys(Modifiers::COMMAND, Key::Num3),
            ),
            Self::ShowSection(Section::Publish) => offer(
                "Show publishing",
                "What publishing would change, and the history",
                icon::PUBLISH,
                keys(Modifiers::COMMAND, Key::Num4),
            ),
            Self::ShowSource(_) => offer("Source", "", icon::FILE, None),
            Self::Simulate => offer(
                "Run simulation",
                "Save edits, then run bronze, silver and gold on this computer",
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
            Self::ShowPart(TablePart::Filtered) => offer("Filtered", "", icon::TABLE, None),
            Self::ShowPart(TablePart::Deduplicated) => offer("Deduplicated", "", icon::TABLE, None),
            Self::ShowPart(TablePart::Rules) => offer("Rules", "", icon::TABLE, None),
            Self::ShowPart(TablePart::Rejects) => offer("Rejects", "", icon::TABLE, None),
            Self::ShowPart(TablePart::Changes) => offer("Changes", "", icon::TABLE, None),
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
            Self::Retry => offer("Try again", "Ask again for what could not be fetched", icon::RELOAD, None),
            Self::Dismiss(_) => offer("Dismiss", "Close this message", icon::CLOSE, None),
            Self::Copy(_) => offer("Copy", "Copy the whole message", icon::COPY, None),
            Self::ToggleTheme => {
                offer("Dark or light", "Show the other theme", icon::MOON, keys(CTRL_SHIFT, Key::T))
            }
            Self::Shell(command) => command.offer(),
            Self::Palette(command) => command.offer(),
            Self::Home(command) => command.offer(),
            Self::Data(command) => command.offer(),
            Self::Design(command) => command.offer(),
            Self::Prove(command) => command.offer(),
            Self::Release(command) => command.offer(),
            Self::Lineage(command) => command.offer(),
            Self::Account(command) => command.offer(),
            Self::Settings(command) => command.offer(),
        }
    }

    /// What the rooms offer now, for menu, palette and keys.
    pub fn of_rooms(state: &State) -> Vec<Self> {
        let mut all: Vec<Self> = shell::Command::offered(state).into_iter().map(Self::Shell).collect();
        all.extend(home::Command::offered(state).into_iter().map(Self::Home));
        all.extend(data::Command::offered(state).into_iter().map(Self::Data));
        all.extend(design::Command::offered(state).into_iter().map(Self::Design));
        all.extend(prove::Command::offered(state).into_iter().map(Self::Prove));
        all.extend(release::Command::offered(state).into_iter().map(Self::Release));
        all.extend(lineage::Command::offered(state).into_iter().map(Self::Lineage));
        all.extend(account::Command::offered(state).into_iter().map(Self::Account));
        all.extend(settings::Command::offered(state).into_iter().map(Self::Settings));
        all
    }

    /// Commands with keys, by where the keys work.
    pub(crate) fn by_room() -> Vec<(&'static str, Vec<Self>)> {
        let mut anywhere: Vec<Self> = Self::menu().concat();
        anywhere.push(Self::Shell(shell::Command::NextPart));
        anywhere.push(Self::Design(design::Command::NewPipeline));
        anywhere.push(Self::Design(design::Command::SaveAll));
        let design = design::Command::of_pipelines().into_iter().map(Self::Design).collect();
        let data = data::Command::of_grids().into_iter().map(Self::Data).collect();
        let mut lineage: Vec<Self> = lineage::Command::of_picture().into_iter().map(Self::Lineage).collect();
        lineage.push(Self::Lineage(lineage::Command::ShowThis));
        let prove = prove::Command::of_runs().into_iter().map(Self::Prove).collect();
        vec![
            ("Anywhere", anywhere),
            ("Design of a pipeline", design),
            ("Rows", data),
            ("Prove", prove),
            ("Lineage", lineage),
        ]
    }

    /// Second keys of some commands, for hands that know them from elsewhere.
    pub(crate) fn other_keys() -> [(KeyboardShortcut, Self); 5] {
        let open = |query: &str| Self::Palette(palette::Command::Open(query.to_owned()));
        [
            (KeyboardShortcut::new(CTRL_SHIFT, Key::P), open(palette::COMMANDS)),
            (KeyboardShortcut::new(Modifiers::COMMAND, Key::P), open("")),
            (KeyboardShortcut::new(Modifiers::COMMAND, Key::Equals), Self::Shell(shell::Command::Larger)),
            (KeyboardShortcut::new(Modifiers::COMMAND, Key::R), Self::Simulate),
            (KeyboardShortcut::new(Modifiers::COMMAND, Key::Y), Self::Design(design::Command::Redo)),
        ]
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
