//! The palette: every command and every object by a few letters of its name.

mod items;
mod search;
mod view;

use std::sync::Arc;

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::App;
use crate::command::Offer;
use crate::icon;
use crate::state;

pub use items::{Item, Kind};
pub use search::{Found, Search};
pub(crate) use view::palette;

/// Before it, commands alone are found.
pub const COMMANDS: &str = ">";
/// Before it, objects alone are found.
pub const OBJECTS: &str = "@";

/// The open palette.
#[derive(Debug, Clone)]
pub struct Palette {
    /// What is typed.
    pub query: String,
    /// Place of the row that Enter takes.
    pub selected: usize,
    /// What there is to find.
    search: Arc<Search>,
    /// What was found, in the order that it's shown.
    pub found: Vec<Found>,
}

/// Something to do with the palette.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Open it, with something typed already.
    Open(String),
    /// Close it.
    Close,
    /// Change what is typed.
    Edit(String),
    /// Select another row.
    Select(usize),
    /// Take a row: open what it is, or do it.
    Take(usize),
}

impl Command {
    /// How it is offered.
    pub fn offer(&self) -> Offer {
        match self {
            Self::Open(query) if query.is_empty() => Offer {
                text: "Search everything…",
                tooltip: "Every command, pipeline, table, column, rule, file and setting by a few letters",
                icon: icon::FIND,
                shortcut: Some(KeyboardShortcut::new(Modifiers::COMMAND, Key::K)),
            },
            Self::Open(_) => Offer {
                text: "Search commands…",
                tooltip: "Every command by a few letters",
                icon: icon::FIND,
                shortcut: None,
            },
            Self::Close => Offer { icon: icon::CLOSE, ..Offer::unlisted("Close") },
            Self::Edit(_) | Self::Select(_) | Self::Take(_) => Offer::unlisted("Search"),
        }
    }
}

impl Palette {
    /// What is found of everything that the state knows.
    fn open(state: &state::State, query: String) -> Self {
        let search = Arc::new(Search::new(items::gather(state)));
        let mut palette = Self { query: String::new(), selected: 0, search, found: Vec::new() };
        palette.edit(query, &state.person.recent);
        palette
    }

    fn edit(&mut self, query: String, recent: &[String]) {
        self.found = self.search.find(&query, recent);
        self.query = query;
        self.selected = 0;
    }

    /// What stands in a row.
    pub fn item(&self, row: usize) -> Option<&Item> {
        self.search.item(self.found.get(row)?.item)
    }
}

impl App {
    pub(crate) fn apply_palette(&mut self, command: Command) {
        match command {
            Command::Open(query) => {
                // Workspaces opened before are known from the start page.
                if !self.state.home.view.is_requested() {
                    self.apply_home(crate::home::Command::NeedHome);
                }
                self.state.palette = Some(Palette::open(&self.state, query));
            }
            Command::Close => self.state.palette = None,
            Command::Edit(query) => {
                let recent = std::mem::take(&mut self.state.person.recent);
                if let Some(palette) = &mut self.state.palette {
                    palette.edit(query, &recent);
                }
                self.state.person.recent = recent;
            }
            Command::Select(row) => {
                if let Some(palette) = &mut self.state.palette {
                    palette.selected = row.min(palette.found.len().saturating_sub(1));
                }
            }
            Command::Take(row) => {
                let item = self.state.palette.as_ref().and_then(|palette| palette.item(row)).cloned();
                let Some(item) = item else { return };
                // What can't be done now says why, and stays in sight.
                if item.commands.first().is_some_and(|first| self.state.obstacle(first).is_some()) {
                    return;
                }
                self.state.palette = None;
                self.state.person.chose(&item.key());
                for command in item.commands {
                    self.command(command);
                }
            }
        }
    }
}
