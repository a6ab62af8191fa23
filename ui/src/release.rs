//! Publishing: checklist, difference, history, versions compared and rolled back.

mod changes;
mod update;
mod view;

pub(crate) use view::{message_field, publish};

use crate::App;
use crate::command::Offer;

/// What is known and chosen here.
#[derive(Debug, Default)]
pub struct State {}

/// Something to do here.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {}

impl Command {
    /// How it is offered.
    pub fn offer(&self) -> Offer {
        match *self {}
    }

    /// Why it can't be given now; none when it can.
    pub fn obstacle(&self, _state: &crate::state::State) -> Option<String> {
        None
    }

    /// Those that menu, palette and keys offer now.
    pub fn offered(_state: &crate::state::State) -> Vec<Self> {
        Vec::new()
    }
}

impl App {
    pub(crate) fn apply_release(&mut self, command: Command) {
        match command {}
    }
}
