//! Renames that follow: what the compiler would change everywhere is shown, and done as a whole or here alone.

mod question;

use serde::{Deserialize, Serialize};
use touchstone_compiler::{OutputNames, Rename, RenameError, RenameTarget};
use touchstone_protocol::{ErrorCode, RpcError};
use touchstone_spec::TableName;

use super::{Change, Command, Node, Pane, view};
use crate::App;
use crate::command::Place;
use crate::state::State;
pub(super) use question::question;

/// A rename that is asked about.
#[derive(Debug, Clone)]
pub struct Renaming {
    /// What.
    pub target: RenameTarget,
    /// Its new name.
    pub to: String,
    /// What becomes of queries' columns that have their name from it.
    pub outputs: OutputNames,
    /// The change that was made, to be done alone; none where the rename began elsewhere.
    pub here: Option<Change>,
    /// What it would change; none while the name is the old one.
    pub found: Option<Result<Rename, RenameError>>,
}

/// A rename that was asked about when the page went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptRenaming {
    target: RenameTarget,
    to: String,
    outputs: OutputNames,
}

/// What is to be renamed, and to what.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// What.
    pub target: RenameTarget,
    /// Its new name; its old one where it is still to be typed.
    pub to: String,
    /// The change that was made, to be done alone.
    pub here: Option<Change>,
}

impl Asked {
    /// A rename that is still to be typed.
    pub fn about(target: RenameTarget) -> Self {
        Self { to: target.name().to_owned(), target, here: None }
    }
}

/// Gives `target` another name, after a question where other places have the old one; `here` is the change without
/// them.
pub(super) fn rename(target: RenameTarget, to: &str, here: Change) -> Command {
    Command::AskRename(Box::new(Asked { target, to: to.to_owned(), here: Some(here) }))
}

impl State {
    /// What is selected in the design, as what can be renamed.
    pub fn renamable(&self) -> Option<RenameTarget> {
        let file = self.design_file()?;
        let pipeline = self.design.documents.get(file)?.pipeline()?;
        let name = pipeline.pipeline.clone();
        let shown = self.design.shown(file);
        let table = |node: &Node| node.table(&name);
        // The mappings show a table whatever was selected on the canvas.
        let in_hand = view::table_in_hand(pipeline, &shown).filter(|_| self.design.pane == Pane::Mappings);
        match (in_hand.as_ref().or(shown.node.as_ref()), self.design.pane) {
            (Some(node @ Node::Silver(silver)), Pane::Mappings) => {
                let fields = &pipeline.silver.get(silver)?.fields;
                let table = table(node)?;
                let field = shown.field.as_ref().filter(|field| fields.contains_key(*field));
                Some(match field {
                    Some(field) => RenameTarget::Column { table, column: field.clone() },
                    None => RenameTarget::Table { table },
                })
            }
            (Some(Node::Source(source) | Node::Bronze(source)), _) => {
                let contract = pipeline.sources.get(source)?.contract();
                let is_shown = |column: &&String| contract.iter().any(|known| known.name == **column);
                let (pipeline, source) = (name, source.clone());
                Some(match shown.column.as_ref().filter(is_shown) {
                    Some(column) => RenameTarget::SourceColumn { pipeline, source, column: column.clone() },
                    None => RenameTarget::Source { pipeline, source },
                })
            }
            (Some(Node::Silver(silver)), _) if !pipeline.silver.contains_key(silver) => None,
            (Some(Node::Gold(gold)), _) if !pipeline.gold.contains_key(gold) => None,
            (Some(Node::Pipeline) | None, _) => Some(RenameTarget::Pipeline { pipeline: name }),
            (Some(node), _) => Some(RenameTarget::Table { table: table(node)? }),
        }
    }
}

impl Renaming {
    /// What is kept of it over the end of the page.
    pub(crate) fn kept(&self) -> KeptRenaming {
        KeptRenaming { target: self.target.clone(), to: self.to.clone(), outputs: self.outputs }
    }

    /// What an undo of it is called.
    pub fn label(&self) -> String {
        format!("Rename {} to {}", self.target.name(), self.to)
    }
}

impl App {
    /// Asks about a rename, or does it where nothing else has the name.
    pub(super) fn ask_rename(&mut self, asked: Asked) {
        let Asked { target, to, here } = asked;
        let outputs = OutputNames::Keep;
        let mut renaming = Renaming { target, to, outputs, here, found: None };
        self.find_renamed(&mut renaming);
        let is_alone = renaming.here.is_some()
            && renaming.found.as_ref().is_some_and(|found| {
                found
                    .as_ref()
                    .is_ok_and(|found| found.places().count() <= 1 && self.is_whole(&renaming, found))
            });
        self.state.design.renaming = Some(renaming);
        if is_alone {
            self.rename_everywhere();
        }
    }

    /// Whether no document with errors can have a place that was missed: none has the name more often than was found.
    fn is_whole(&self, renaming: &Renaming, found: &Rename) -> bool {
        found.unread.iter().all(|unread| {
            let Some(document) = self.state.design.documents.get(&unread.file) else { return false };
            let places = found.documents.iter().filter(|one| one.file == unread.file);
            let places: usize = places.map(|one| one.places.len()).sum();
            words(document.text(), renaming.target.name()) <= places
        })
    }

    /// Another name, or another choice.
    pub(super) fn edit_rename(&mut self, to: String, outputs: OutputNames) {
        let Some(mut renaming) = self.state.design.renaming.take() else { return };
        (renaming.to, renaming.outputs) = (to, outputs);
        self.find_renamed(&mut renaming);
        self.state.design.renaming = Some(renaming);
    }

    /// Asks again what was asked when the page went.
    pub(super) fn ask_rename_again(&mut self, kept: KeptRenaming) {
        if self.state.design.renaming.is_none() {
            let KeptRenaming { target, to, outputs } = kept;
            let mut renaming = Renaming { target, to, outputs, here: None, found: None };
            self.find_renamed(&mut renaming);
            self.state.design.renaming = Some(renaming);
        }
    }

    fn find_renamed(&mut self, renaming: &mut Renaming) {
        self.state.design.documents.refresh();
        let documents = self.state.design.documents.as_read();
        let is_new = renaming.to != renaming.target.name();
        renaming.found = is_new.then(|| {
            touchstone_compiler::rename(documents, &renaming.target, &renaming.to, renaming.outputs)
        });
    }

    pub(super) fn rename_everywhere(&mut self) {
        let Some(mut renaming) = self.state.design.renaming.take() else { return };
        // The documents may have changed since the places were found.
        self.find_renamed(&mut renaming);
        let label = renaming.label();
        match &renaming.found {
            None => {}
            Some(Err(error)) => {
                let told = RpcError::new(ErrorCode::InvalidSpec, error.to_string());
                let told = match &error.help {
                    Some(help) => told.with_help(help),
                    None => told,
                };
                self.notice(format!("{label}: not done"), told, None);
            }
            Some(Ok(found)) => {
                let now = self.now();
                let of = |one: &touchstone_compiler::RenamedDocument| (one.file.clone(), one.text.clone());
                let texts: Vec<(String, String)> = found.documents.iter().map(of).collect();
                self.state.design.documents.change_together(&texts, &label, now);
                self.select_renamed(&renaming);
            }
        }
    }

    /// Does what was done where the rename began, and nothing else.
    pub(super) fn rename_here(&mut self) {
        if let Some(change) = self.state.design.renaming.take().and_then(|renaming| renaming.here) {
            self.apply_design(Command::Edit(Box::new(change)));
        }
    }

    /// What was selected stays so under its new name.
    fn select_renamed(&mut self, renaming: &Renaming) {
        let Some(file) = self.state.design.documents.file_of(renaming.target.pipeline()) else { return };
        let to = &renaming.to;
        let shown = self.state.design.shown.entry(file.to_owned()).or_default();
        let swap = |name: &mut Option<String>, old: &str| {
            if name.as_deref() == Some(old) {
                *name = Some(to.clone());
            }
        };
        match &renaming.target {
            RenameTarget::Pipeline { pipeline } => {
                let (old, is_listed) = (pipeline.clone(), self.state.selected_state().is_some());
                // The list knows the old name until the document is saved.
                if !is_listed {
                    self.pipeline_renamed(&old, to);
                }
            }
            RenameTarget::Column { column, .. } => swap(&mut shown.field, column),
            RenameTarget::SourceColumn { column, .. } => swap(&mut shown.column, column),
            RenameTarget::Source { source, .. } => {
                for of in [Node::Source as fn(String) -> Node, Node::Bronze] {
                    shown.renamed(&of(source.clone()), of(to.clone()));
                }
            }
            RenameTarget::Table { table } => {
                let node = |name: &str| match table.layer {
                    touchstone_spec::Layer::Gold => Node::Gold(name.to_owned()),
                    _ => Node::Silver(name.to_owned()),
                };
                shown.renamed(&node(&table.table), node(to));
                let after = TableName { table: to.clone(), ..table.clone() };
                let (old, new) = (Node::Other(table.clone()), Node::Other(after));
                for shown in self.state.design.shown.values_mut() {
                    shown.renamed(&old, new.clone());
                }
            }
        }
    }

    /// A pipeline that has another name is still the one that is looked at.
    pub(crate) fn pipeline_renamed(&mut self, old: &str, new: &str) {
        let (old_place, new_place) = (Place::Pipeline(old.to_owned()), Place::Pipeline(new.to_owned()));
        let state = &mut self.state;
        for place in state.tabs.iter_mut().chain([&mut state.place]).filter(|place| **place == old_place) {
            place.clone_from(&new_place);
        }
        if state.selected.as_deref() == Some(old) {
            state.selected = Some(new.to_owned());
        }
        let awaited = state.prove.awaited.as_mut().filter(|awaited| awaited.pipeline == old);
        let is_awaited = awaited.is_some();
        if let Some(awaited) = awaited {
            new.clone_into(&mut awaited.pipeline);
        }
        if let Some(before) = state.pipelines.remove(old) {
            // A job that has begun is the back end's, under the name it began with.
            let job = before.job.filter(|_| is_awaited);
            let known = crate::state::Pipeline { section: before.section, job, ..Default::default() };
            state.pipelines.insert(new.to_owned(), known);
            if state.selected.as_deref() == Some(new) {
                self.load_pipeline(new);
            }
        }
    }
}

/// How often a word is in a text.
fn words(text: &str, word: &str) -> usize {
    let is_end = |sign: Option<char>| sign.is_none_or(|sign| !sign.is_alphanumeric() && sign != '_');
    text.match_indices(word)
        .filter(|(at, _)| {
            let (before, after) = (text.get(..*at), text.get(at + word.len()..));
            is_end(before.and_then(|it| it.chars().next_back()))
                && is_end(after.and_then(|it| it.chars().next()))
        })
        .count()
}

impl super::Shown {
    /// A card has another name.
    fn renamed(&mut self, old: &Node, new: Node) {
        if let Some(place) = self.positions.remove(old) {
            self.positions.insert(new.clone(), place);
        }
        if self.aside.remove(old) {
            self.aside.insert(new.clone());
        }
        if self.node.as_ref() == Some(old) {
            self.node = Some(new);
        }
    }
}
