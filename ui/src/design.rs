//! The pipeline as it is written: canvas, mappings, rules, queries; edited, undone, saved.

mod canvas;
mod command;
mod documents;
mod editing;
mod history;
mod inspector;
pub mod mappings;
mod merging;
mod moving;
mod place;
mod previews;
mod question;
mod renaming;
pub mod rules;
mod saving;
mod view;
mod yaml;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use egui::Pos2;
use serde::{Deserialize, Serialize};
use touchstone_compiler::Compilation;
use touchstone_protocol::DocumentView;
use touchstone_spec::{ContractField, TableName};

use crate::remote::{Remote, Ticket};

pub use canvas::{
    Command as CanvasCommand, Inferred, Join, Looks, Question as CanvasQuestion, State as CanvasState, View,
};
pub use command::{Change, Command, Typed};
pub use documents::{Documents, OpenDocument, Unsaved};
use editing::name_of_file;
pub use history::History;
pub use merging::{Choice, Conflict};
pub use place::Node;
pub use previews::Preview;
pub(crate) use question::question;
pub(crate) use renaming::KeptRenaming;
pub use renaming::{Asked, Renaming};
pub(crate) use rules::several;
pub(crate) use view::{design, go_to, segmented};

/// What is known and chosen here.
#[derive(Debug, Default)]
pub struct State {
    /// The documents, with unsaved edits.
    pub documents: Documents,
    /// The part of the design that is shown.
    pub pane: Pane,
    /// What is selected, by file.
    pub shown: BTreeMap<String, Shown>,
    /// What tables make of the first records, by table.
    pub previews: BTreeMap<TableName, Preview>,
    /// Messages about what was not done as a document could not be read, by their ids, with its file.
    pub not_done: Vec<(u64, String)>,
    /// How mappings are looked at.
    pub mappings: mappings::View,
    /// Suggestions that were refused.
    pub refused: BTreeSet<Refusal>,
    /// What is chosen among the rules.
    pub rules: rules::State,
    /// What happened to documents from outside, until it's dismissed.
    pub news: Vec<News>,
    /// The question that is asked, if any.
    pub question: Option<Question>,
    /// The rename that is asked about, if any.
    pub renaming: Option<Renaming>,
    /// The canvas.
    pub canvas: CanvasState,
    /// The pipeline being drafted.
    pub drafting: Remote<DocumentView>,
    /// The rename to be asked about again as soon as the documents are here.
    pub(crate) asked_before: Option<KeptRenaming>,
    /// Files in the workspace's folder of samples.
    pub samples: Vec<String>,
    /// Sample files that documents name and that are gone, each with the message about it; none before it is known.
    missing: Option<BTreeMap<String, Option<u64>>>,
    /// Files that have another name since they were read, by their old one.
    moved: BTreeMap<String, String>,
    /// Files that are about to go: their documents have others.
    leaving: BTreeSet<String>,
    draft: Option<Draft>,
    /// The loop that waits for changes outside; another number ends an older one.
    watch: Option<Ticket>,
    watch_again_at: Option<f64>,
}

/// A part of the design.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pane {
    /// Sources and tables as cards.
    #[default]
    Canvas,
    /// How the fields of a table are made, or its query.
    Mappings,
    /// The rules of a table.
    Rules,
    /// The document's text.
    Yaml,
}

impl Pane {
    /// All parts, in order.
    pub const ALL: [Self; 4] = [Self::Canvas, Self::Mappings, Self::Rules, Self::Yaml];

    /// Its heading.
    pub fn text(self) -> &'static str {
        match self {
            Self::Canvas => "Canvas",
            Self::Mappings => "Mappings",
            Self::Rules => "Rules",
            Self::Yaml => "YAML",
        }
    }
}

/// What is selected in one document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// The card.
    pub node: Option<Node>,
    /// The field of the table that is mapped.
    pub field: Option<String>,
    /// The column of its source.
    pub column: Option<String>,
    /// Where cards were dragged to.
    pub positions: BTreeMap<Node, Pos2>,
    /// Those of them that were made where they stand: the others make no room for them.
    pub aside: BTreeSet<Node>,
    /// Whether rules are shown as text.
    pub rules_as_text: bool,
    /// Line of the text to be shown next, from one.
    pub line: Option<usize>,
}

impl Shown {
    /// Puts a card to a place, or where it is arranged.
    pub(crate) fn put(&mut self, node: &Node, at: Option<Pos2>) {
        match at {
            Some(at) => _ = self.positions.insert(node.clone(), at),
            None => _ = self.positions.remove(node),
        }
    }
}

/// A suggestion that was refused: the table, and what was suggested.
pub type Refusal = (TableName, String);

/// What happened to a document that nobody asked for: from outside, or along with something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Names it.
    pub id: u64,
    /// The document's file; none where it is about several.
    pub file: String,
    /// What happened.
    pub text: String,
    /// Whether an undo takes it back.
    pub can_undo: bool,
    /// Whether it goes by itself, whatever became of the document.
    pub leaves: bool,
    /// The document's revision that it is about; it goes with the next edit. None: it is about the document.
    pub revision: Option<u64>,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Delete the document in this file?
    Delete(String),
    /// Which name and files shall a new pipeline have?
    NewPipeline {
        /// Its name.
        name: String,
        /// Its files, one a line.
        files: String,
    },
    /// What of the changes outside, and of those here, shall stay in this file?
    Conflict(String),
}

/// A text as it was typed, where the document holds it in another form: without blanks at its end, say.
#[derive(Debug, Clone, PartialEq)]
struct Draft {
    file: String,
    path: String,
    text: String,
    /// The document's revision that it belongs to.
    revision: u64,
}

impl State {
    /// What the compiler makes of all documents, unsaved edits included.
    pub fn compilation(&self) -> &Compilation {
        self.documents.compilation()
    }

    /// What is selected in `file`.
    pub fn shown(&self, file: &str) -> Cow<'_, Shown> {
        self.shown.get(file).map_or_else(|| Cow::Owned(Shown::default()), Cow::Borrowed)
    }

    /// The text at `path` as it was typed; `text` where nobody types there.
    pub(crate) fn typed<'a>(&'a self, file: &str, path: &str, text: &'a str) -> &'a str {
        let draft = self.draft.as_ref().filter(|draft| draft.file == file && draft.path == path);
        let revision = self.documents.get(file).map(OpenDocument::revision);
        draft.filter(|draft| Some(draft.revision) == revision).map_or(text, |draft| &draft.text)
    }
}

impl crate::state::State {
    /// The name that a file has now, which may have had another when the list was read.
    pub(crate) fn file_now<'a>(&'a self, file: &'a str) -> &'a str {
        let moved = self.design.moved.get(file).map(String::as_str);
        moved.filter(|_| self.design.documents.get(file).is_none()).unwrap_or(file)
    }

    /// The file of the selected pipeline.
    pub fn design_file(&self) -> Option<&str> {
        let selected = self.selected.as_deref()?;
        let listed = self.selected_state().map(|one| self.file_now(&one.file));
        listed.or_else(|| self.design.documents.file_of(selected))
    }

    /// The silver table that is worked at, with the file of its pipeline.
    pub(crate) fn silver_in_hand(&self) -> Option<(&str, String)> {
        let file = self.design_file()?;
        let pipeline = self.design.documents.get(file)?.pipeline()?;
        match view::table_in_hand(pipeline, &self.design.shown(file))? {
            Node::Silver(table) => Some((file, table)),
            _ => None,
        }
    }

    /// What a contract promises of a column, as it is edited.
    pub(crate) fn promised(&self, pipeline: &str, source: &str, column: &str) -> Option<ContractField> {
        let documents = &self.design.documents;
        let document = documents.get(documents.file_of(pipeline)?)?.pipeline()?;
        document.sources.get(source)?.contract().iter().find(|field| field.name == column).cloned()
    }

    /// What a pipeline is called for people, as it is edited; none where it has no title.
    pub(crate) fn title_of(&self, pipeline: &str) -> Option<&str> {
        let listed = self.open_workspace().map(|workspace| workspace.pipelines.iter());
        let listed = listed.into_iter().flatten().find(|one| one.name == pipeline);
        let documents = &self.design.documents;
        let file = listed.map(|one| self.file_now(&one.file)).or_else(|| documents.file_of(pipeline));
        match file.and_then(|file| documents.get(file)).and_then(OpenDocument::pipeline) {
            Some(document) => document.title.as_deref(),
            None => listed?.title.as_deref(),
        }
    }

    /// The name that a pipeline of the list has in its document, which may have gone on since.
    pub(crate) fn name_in_document(&self, pipeline: &str) -> Option<&str> {
        let listed = self.open_workspace()?.pipelines.iter().find(|one| one.name == pipeline)?;
        let document = self.design.documents.get(self.file_now(&listed.file))?;
        document.pipeline().map(|one| one.pipeline.as_str())
    }
}
