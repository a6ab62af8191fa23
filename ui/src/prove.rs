//! Simulations: progress, control totals, rules, quarantine, what changed since the last run, where a cell came from.

mod job;
mod view;

pub(crate) use view::simulate;

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
    pub(crate) fn apply_prove(&mut self, command: Command) {
        match command {}
    }
}
