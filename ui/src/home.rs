//! The start page: workspaces opened before, a new one, the sample, a file to look at.

mod drafting;
mod files;
mod load;
mod uploads;
mod view;

use std::collections::BTreeMap;

use egui::{Key, KeyboardShortcut, Modifiers};
use touchstone_protocol::{DataRef, FileView, HomeView};

use crate::command::Offer;
use crate::icon;
use crate::remote::Remote;
use crate::state::Job;

pub use drafting::Drafting;
pub(crate) use files::{being_made, file, key_of, profile, question, reading};
pub(crate) use uploads::overlay;
pub(crate) use view::home;
use view::ways_in;

/// What is known and chosen here.
#[derive(Debug, Default)]
pub struct State {
    /// What the start page shows.
    pub view: Remote<HomeView>,
    /// Files at first sight, by path.
    pub files: BTreeMap<String, Remote<FileView>>,
    /// Files and samples that are being read as a whole.
    pub reading: BTreeMap<DataRef, Job>,
    /// Dropped files on their way to the back end, by their ids: name, and share that has arrived.
    pub uploads: BTreeMap<u64, (String, f32)>,
    /// Folder of the workspace to be made, while it is asked for.
    pub new_path: Option<String>,
    /// Name of the pipeline to be made of a file, while it is asked for.
    pub naming: Option<Naming>,
    /// The pipeline being made.
    pub drafting: Option<Drafting>,
    /// Path of a file to look at, while it is asked for.
    pub look_path: Option<String>,
}

/// A pipeline to be made of a file; while no workspace is open, one is asked for first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// The file.
    pub path: String,
    /// The name, as typed so far.
    pub name: String,
    /// Columns that were chosen for its key; none: those that are proposed.
    pub key: Option<Vec<String>>,
}

/// Something to do here.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// The start page has come into view.
    NeedHome,
    /// Open a workspace that was open before.
    OpenRecent(String),
    /// Take one from the list.
    Forget(String),
    /// Make a new workspace.
    New,
    /// Change the folder that it's made in.
    EditNewPath(String),
    /// Make it there.
    Create,
    /// Leave it.
    LeaveNew,
    /// Open the sample workspace.
    OpenSample,
    /// Choose files to look at.
    LookAt,
    /// Change the path of the file to look at.
    EditLookPath(String),
    /// Look at it.
    LookAtPath,
    /// Look at none.
    LeaveLooking,
    /// A file has come into view.
    NeedFile(String),
    /// Read it as a whole.
    ReadWhole(DataRef),
    /// Stop reading it.
    StopReading(DataRef),
    /// Ask for the name of the pipeline to be made of a file.
    NamePipeline(String),
    /// Change the name.
    EditName(String),
    /// Choose the columns of its key.
    ChooseKey(Vec<String>),
    /// Make it.
    MakePipeline,
    /// Close the question while it's being made.
    WorkOn,
    /// Cancel the making of it.
    StopMaking,
    /// Leave it.
    LeaveNaming,
}

impl Command {
    /// How it is offered.
    pub fn offer(&self) -> Offer {
        let offer = |text, tooltip, icon| Offer { text, tooltip, icon, shortcut: None };
        match self {
            Self::OpenRecent(_) => offer("Open", "Open this workspace", icon::OPEN),
            Self::Forget(_) => offer("Remove", "Take it from this list; its folder stays", icon::CLOSE),
            Self::New => offer("New workspace…", "Make a workspace in a new folder", icon::NEW_FOLDER),
            Self::Create => offer("Create", "Make the workspace in this folder", icon::NEW_FOLDER),
            Self::OpenSample => {
                offer("Try the sample", "A workspace that shows everything, with dirty files", icon::SAMPLE)
            }
            Self::LookAt => Offer {
                shortcut: Some(KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::O)),
                ..offer("Look at a file…", "A CSV file: its structure, its values, what is wrong", icon::FILE)
            },
            Self::NeedHome | Self::NeedFile(_) => offer("Try again", "Ask again for it", icon::RELOAD),
            Self::ReadWhole(_) => offer("Read all of it", "Prove the types over every record", icon::PLAY),
            Self::StopReading(_) => offer("Stop reading", "What was read so far stays", icon::STOP),
            Self::NamePipeline(_) => {
                offer("Make a pipeline from it…", "With this structure as its contract", icon::PIPELINE)
            }
            Self::MakePipeline => offer("Make the pipeline", "", icon::PIPELINE),
            Self::LookAtPath => offer("Look at it", "", icon::FILE),
            Self::StopMaking => offer("Stop making it", "Nothing of it stays", icon::STOP),
            Self::WorkOn => {
                offer("Work on meanwhile", "It goes on, and is in the list when it is made", icon::CLOSE)
            }
            Self::LeaveNew | Self::LeaveNaming | Self::LeaveLooking => {
                offer("Cancel", "Change nothing", icon::CLOSE)
            }
            _ => Offer::unlisted("Home"),
        }
    }

    /// Why it can't be given now; none when it can.
    pub fn obstacle(&self, state: &crate::state::State) -> Option<String> {
        let home = &state.home;
        let is_open = state.open_workspace().is_some();
        let reason = match self {
            Self::OpenRecent(_) | Self::OpenSample | Self::New | Self::Create
                if state.opening.is_pending() =>
            {
                "A workspace is being opened"
            }
            Self::Create if home.new_path.as_ref().is_none_or(|path| path.trim().is_empty()) => {
                "Type the path of a folder first"
            }
            Self::OpenSample if home.view.value().is_some_and(|view| view.sample.is_none()) => {
                "The sample is not installed here"
            }
            Self::MakePipeline if !is_open => "Open a workspace first",
            Self::NamePipeline(_) | Self::MakePipeline if home.drafting.is_some() => "It is being made",
            Self::StopMaking if home.drafting.as_ref().is_some_and(|one| one.job.cancelling) => {
                "It is being cancelled"
            }
            Self::LookAtPath if home.look_path.as_ref().is_none_or(|path| path.trim().is_empty()) => {
                "Type the path of a file first"
            }
            Self::MakePipeline => {
                let name = home.naming.as_ref().map(|naming| naming.name.trim()).unwrap_or_default();
                let taken = state.open_workspace().into_iter().flat_map(|open| &open.pipelines);
                if name.is_empty() {
                    "Type a name first"
                } else if taken.into_iter().any(|one| one.name == name) {
                    "There is a pipeline of this name"
                } else if let Err(reason) = touchstone_spec::check_name(name) {
                    return Some(reason);
                } else {
                    return None;
                }
            }
            Self::ReadWhole(data) if home.reading.contains_key(data) => "It is being read",
            _ => return None,
        };
        Some(reason.to_owned())
    }

    /// Those that menu, palette and keys offer now.
    pub fn offered(state: &crate::state::State) -> Vec<Self> {
        let mut offered = vec![Self::LookAt, Self::New, Self::OpenSample];
        if let crate::command::Place::File(path) = &state.place {
            offered.push(Self::NamePipeline(path.clone()));
        }
        offered
    }
}
