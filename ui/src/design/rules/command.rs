//! What can be chosen among the rules, and what is done on it.

use serde::{Deserialize, Serialize};

use super::Draft;
use crate::App;
use crate::design::Node;

/// Whose rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RulesOf {
    /// The document's file.
    pub file: String,
    /// The table.
    pub node: Node,
}

/// What stands beside the rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Side {
    /// The form of the selected rule.
    #[default]
    Rule,
    /// The types of rules, one of which is added.
    Add,
    /// Rules that the sample speaks for.
    Suggestions,
}

/// Something to choose here.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Select a rule, by its place.
    Select(RulesOf, usize),
    /// Show something else beside the rules.
    Show(Side),
    /// Keep what a form has, or (none) forget it.
    Draft(Option<Box<Draft>>),
    /// Look for types of rules.
    Want(String),
}

impl App {
    pub(in crate::design) fn apply_rules(&mut self, command: Command) {
        let rules = &mut self.state.design.rules;
        match command {
            Command::Select(of, at) => {
                rules.selected.insert(of, at);
                rules.side = Side::Rule;
                // A new rule that is not whole yet waits at the end of the list; leaving it lets it go.
                if rules.draft.as_ref().is_some_and(|draft| draft.index != Some(at)) {
                    rules.draft = None;
                }
            }
            Command::Show(side) => rules.side = side,
            Command::Draft(draft) => {
                rules.draft = draft.map(|draft| *draft);
                if rules.draft.is_some() {
                    rules.side = Side::Rule;
                }
            }
            Command::Want(wanted) => rules.wanted = wanted,
        }
    }
}
