//! Renames that follow: a pipeline, a source, a column of its contract, a table, a column of a table gets another name
//! in every place of the workspace that means it.
//!
//! The places come from where the compiler resolved the names, and each document is edited so that everything else keeps
//! its bytes. The renamed workspace is compiled before it is given: every name in it must mean what it meant before.

mod check;
mod names;
mod target;
mod verify;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use touchstone_spec::{DocPath, Document, Edit, Place, Severity, TableName, apply};

use crate::{
    Compilation,
    compile::compile_names,
    names::{Decl, DocumentNames, Form, GoldOutput, NameUse, Origin},
};
use names::NewNames;
pub use target::RenameTarget;

/// What happens to the columns of queries that have their name from a renamed column, without an alias.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputNames {
    /// They keep their name, by an alias.
    #[default]
    Keep,
    /// They get the new name too, and so on to what reads them.
    Follow,
}

/// A rename, made but not yet written.
#[derive(Debug, Clone, Default)]
pub struct Rename {
    /// The documents that change.
    pub documents: Vec<RenamedDocument>,
    /// Columns of gold tables that keep the old name, by an alias.
    pub kept: Vec<(TableName, String)>,
    /// Columns of gold tables that get the new name too.
    pub followed: Vec<(TableName, String)>,
    /// Documents with errors, each with the place of its first: names there may have been missed.
    pub unread: Vec<Place>,
    /// What to know before it is done.
    pub notes: Vec<String>,
}

impl Rename {
    /// All places that change, in order.
    pub fn places(&self) -> impl Iterator<Item = &RenamePlace> {
        self.documents.iter().flat_map(|document| &document.places)
    }
}

/// A document that a rename changes.
#[derive(Debug, Clone)]
pub struct RenamedDocument {
    /// The file, as the document has it.
    pub file: String,
    /// What changes.
    pub edits: Vec<Edit>,
    /// The text afterwards.
    pub text: String,
    /// The places that change, from top to bottom.
    pub places: Vec<RenamePlace>,
}

/// A place that a rename changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenamePlace {
    /// Where.
    pub place: Place,
    /// The line as it is, its indentation included.
    pub line: String,
    /// What stands there now.
    pub before: String,
    /// What will stand there.
    pub after: String,
}

/// Why a rename isn't done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameError {
    /// In one sentence without a full stop.
    pub reason: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl std::fmt::Display for RenameError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for RenameError {}

impl RenameError {
    fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), help: None }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// Gives `target` the name `to`, in every document.
///
/// # Errors
/// Says why not: the name is taken or no name, the target isn't there, or a name would then mean something else.
pub fn rename(
    documents: &[Document],
    target: &RenameTarget,
    to: &str,
    outputs: OutputNames,
) -> Result<Rename, RenameError> {
    let (compilation, names) = compile_names(documents);
    check::name(documents, &names, target, to)?;
    let mut work = Renamer {
        documents,
        compilation: &compilation,
        names: &names,
        target,
        to,
        outputs,
        renamed: BTreeSet::new(),
        local: BTreeSet::new(),
        bare: None,
    };
    work.begin()?;
    work.follow();
    let renamed = work.make()?;
    verify::check(&work, &renamed)?;
    Ok(Rename {
        kept: work.columns(|origin| origin.is_kept && outputs == OutputNames::Keep),
        followed: work.columns(|origin| work.is_affected_decl(origin)),
        unread: unread(&compilation),
        notes: check::notes(documents, target, to),
        documents: renamed,
    })
}

/// The first error of each document.
fn unread(compilation: &Compilation) -> Vec<Place> {
    let mut places: BTreeMap<&str, &Place> = BTreeMap::new();
    for diagnostic in compilation.diagnostics.0.iter().filter(|found| found.severity == Severity::Error) {
        places.entry(&diagnostic.place.file).or_insert(&diagnostic.place);
    }
    places.into_values().cloned().collect()
}

/// A name that a query gives: the document, the query, and which one.
type LocalName = (String, DocPath, usize);

struct Renamer<'workspace> {
    documents: &'workspace [Document],
    compilation: &'workspace Compilation,
    names: &'workspace [DocumentNames],
    target: &'workspace RenameTarget,
    to: &'workspace str,
    outputs: OutputNames,
    /// What gets the new name: the target, and columns that have theirs from it.
    renamed: BTreeSet<Decl>,
    local: BTreeSet<LocalName>,
    /// The item that gets the new name by a new alias.
    bare: Option<LocalName>,
}

/// What changes at one place of a text.
struct Change {
    range: std::ops::Range<usize>,
    new: String,
    /// Whether the whole value is meant.
    is_whole: bool,
}

impl Renamer<'_> {
    /// What is renamed first.
    fn begin(&mut self) -> Result<(), RenameError> {
        match self.target {
            RenameTarget::Pipeline { .. } => {}
            RenameTarget::Source { pipeline, source } => {
                self.renamed.insert(Decl::Source(pipeline.clone(), source.clone()));
            }
            RenameTarget::SourceColumn { pipeline, source, column } => {
                self.renamed.insert(Decl::SourceColumn(pipeline.clone(), source.clone(), column.clone()));
            }
            RenameTarget::Table { table } => {
                self.renamed.insert(Decl::Table(table.clone()));
            }
            RenameTarget::Column { table, column } => {
                self.renamed.insert(Decl::Column(table.clone(), column.clone()));
                self.begin_output(table, column)?;
            }
        }
        Ok(())
    }

    /// Where the query of a gold table gives the column its name.
    fn begin_output(&mut self, table: &TableName, column: &str) -> Result<(), RenameError> {
        let found = self.names.iter().find_map(|document| {
            let is = |output: &&GoldOutput| output.table == *table && output.column == column;
            Some((document, document.outputs.iter().find(is)?))
        });
        let Some((document, output)) = found else { return Ok(()) };
        let origin = output.origin.as_deref();
        let item = origin.and_then(|origin| origin.item);
        match (item, origin.map(|origin| &origin.decl)) {
            (Some(number), _) => {
                self.bare = Some((document.file.clone(), output.path.clone(), number));
            }
            (None, Some(Decl::Local(number))) => {
                self.local.insert((document.file.clone(), output.path.clone(), *number));
            }
            (None, Some(Decl::Column(from, name))) => {
                return Err(RenameError::new(format!(
                    "`*` in the query gives {table} its column `{column}`"
                ))
                .help(format!("rename {from}.{name}, or write the column out: `{name} as …`")));
            }
            _ => {
                return Err(RenameError::new(format!(
                    "the query of {table} can't be read as far as `{column}`"
                ))
                .help("correct the errors in it first"));
            }
        }
        Ok(())
    }

    /// The columns of gold tables that have their name from what is renamed.
    fn follow(&mut self) {
        loop {
            let mut more: Vec<Decl> = Vec::new();
            for document in self.names {
                for output in &document.outputs {
                    let decl = Decl::Column(output.table.clone(), output.column.clone());
                    let follows = output
                        .origin
                        .as_ref()
                        .is_some_and(|origin| self.is_affected(document, &output.path, origin));
                    if follows && !self.renamed.contains(&decl) {
                        more.push(decl);
                    }
                }
            }
            if more.is_empty() {
                return;
            }
            self.renamed.extend(more);
        }
    }

    /// Whether what has its name from `origin` gets the new one.
    fn is_affected(&self, document: &DocumentNames, path: &DocPath, origin: &Origin) -> bool {
        let is_renamed = match &origin.decl {
            Decl::Local(number) => self.local.contains(&(document.file.clone(), path.clone(), *number)),
            decl => self.renamed.contains(decl),
        };
        is_renamed && self.passes(origin)
    }

    fn is_affected_decl(&self, origin: &Origin) -> bool {
        self.renamed.contains(&origin.decl) && self.passes(origin)
    }

    fn passes(&self, origin: &Origin) -> bool {
        !origin.is_kept || self.outputs == OutputNames::Follow
    }

    /// Gold columns that have their name from what is renamed.
    fn columns(&self, of: impl Fn(&Origin) -> bool) -> Vec<(TableName, String)> {
        let outputs = self.names.iter().flat_map(|document| &document.outputs);
        let found = outputs.filter(|output| {
            output.origin.as_ref().is_some_and(|origin| self.renamed.contains(&origin.decl) && of(origin))
        });
        found.map(|output| (output.table.clone(), output.column.clone())).collect()
    }

    fn make(&self) -> Result<Vec<RenamedDocument>, RenameError> {
        let new_names = NewNames::of(self.compilation, self.target, self.to);
        let mut renamed = Vec::new();
        for document in self.documents {
            let Some(names) = self.names.iter().find(|names| names.file == document.file) else { continue };
            renamed.extend(self.document(document, names, &new_names)?);
        }
        Ok(renamed)
    }

    fn document(
        &self,
        document: &Document,
        names: &DocumentNames,
        new_names: &NewNames,
    ) -> Result<Option<RenamedDocument>, RenameError> {
        let mut texts: BTreeMap<DocPath, Vec<Change>> = BTreeMap::new();
        let mut seen: BTreeSet<(&DocPath, usize, usize, &Form)> = BTreeSet::new();
        for used in &names.uses {
            if !seen.insert((&used.path, used.range.start, used.range.end, &used.form)) {
                continue;
            }
            let text = document.text_at(&used.path).unwrap_or_default();
            if let Some(change) = self.change(text, used, names, new_names)? {
                texts.entry(used.path.clone()).or_default().push(change);
            }
        }
        let mut made = Made::new(document);
        for (path, mut changes) in texts {
            changes.sort_by_key(|change| (change.range.start, change.range.end));
            made.text(&path, changes);
        }
        self.declaration(&mut made, &names.pipeline);
        if made.edits.is_empty() {
            return Ok(None);
        }
        let text = apply(&document.text, &made.edits)
            .map_err(|error| RenameError::new(format!("{} can't be changed: {error}", document.file)))?;
        let mut places = made.places;
        places.sort_by(|one, other| one.place.cmp(&other.place));
        Ok(Some(RenamedDocument { file: document.file.clone(), edits: made.edits, text, places }))
    }

    fn change(
        &self,
        text: &str,
        used: &NameUse,
        names: &DocumentNames,
        new_names: &NewNames,
    ) -> Result<Option<Change>, RenameError> {
        let old = text.get(used.range.clone()).unwrap_or_default();
        let is_affected = self.is_affected(names, &used.path, &used.origin);
        let is_bare = |number: usize| {
            self.bare.as_ref().is_some_and(|(file, path, bare)| {
                *bare == number && *file == names.file && *path == used.path
            })
        };
        let is_given =
            |number: &usize| self.local.contains(&(names.file.clone(), used.path.clone(), *number));
        let change = |new: String| Change { range: used.range.clone(), new, is_whole: false };
        let new = match (&used.form, &used.origin.decl) {
            (Form::Table | Form::Dotted, Decl::Table(table)) => {
                new_names.table(old, table, &names.pipeline, used.form == Form::Table)
            }
            (Form::Qualifier(from), Decl::Table(table)) => {
                new_names.qualifier(old, from, table, &names.pipeline)
            }
            (Form::Bare(number), _) if is_bare(*number) => {
                Some(format!(" as {}", write::word("", self.to, None)))
            }
            (Form::Bare(_), _) if is_affected && self.outputs == OutputNames::Keep => {
                Some(format!(" as {}", write::word("", self.target.name(), None)))
            }
            // An alias that says what the column is called anyway goes.
            (Form::Alias { alias, .. }, _) if is_affected && alias == self.to => Some(String::new()),
            (Form::Alias { number, column, .. }, _) if is_given(number) && column == self.to => {
                Some(String::new())
            }
            (Form::Given(Some(column)), _) if is_affected && column == self.to => None,
            (Form::Bare(_) | Form::Alias { .. }, _) => None,
            // A clause names the item that gets an alias.
            (Form::Word, _) if used.origin.item.is_some_and(is_bare) => {
                Some(write::word(old, self.to, used.quote))
            }
            _ if !is_affected => None,
            (Form::Whole, _) => {
                return Ok(Some(Change { is_whole: true, ..change(self.to.to_owned()) }));
            }
            _ if !write::is_name(old, self.target.name()) => {
                return Err(RenameError::new(format!("`{old}` at {} can't be renamed by itself", used.path))
                    .help("write the name plainly there first"));
            }
            (Form::Plain | Form::Dotted, _) => Some(write::quoted(self.to, used.quote)),
            _ => Some(write::word(old, self.to, used.quote)),
        };
        Ok(new.filter(|new| new != old).map(change))
    }

    /// Where the document itself names what is renamed.
    fn declaration(&self, made: &mut Made<'_>, pipeline: &str) {
        if self.target.pipeline() != pipeline {
            return;
        }
        let Some(path) = self.target.path() else { return };
        made.key(&path, self.target, self.to);
    }
}

/// The edits of one document.
struct Made<'document> {
    document: &'document Document,
    edits: Vec<Edit>,
    places: Vec<RenamePlace>,
}

impl<'document> Made<'document> {
    fn new(document: &'document Document) -> Self {
        Self { document, edits: Vec::new(), places: Vec::new() }
    }

    fn text(&mut self, path: &DocPath, changes: Vec<Change>) {
        let text = self.document.text_at(path).unwrap_or_default();
        for change in &changes {
            let (at, before) = if change.is_whole {
                (self.document.place(path), text)
            } else {
                let (line, column) = write::line_and_column(text, change.range.start);
                let before = text.get(change.range.clone()).unwrap_or_default();
                (self.document.place_within(path, line, column), before)
            };
            self.place(at, before, &change.new);
        }
        if let Some(whole) = changes.iter().find(|change| change.is_whole) {
            self.edits.push(Edit::Set { path: path.clone(), value: whole.new.clone().into() });
        } else {
            let parts = changes.into_iter().map(|change| (change.range, change.new)).collect();
            self.edits.push(Edit::Splice { path: path.clone(), parts });
        }
    }

    fn key(&mut self, path: &DocPath, target: &RenameTarget, to: &str) {
        if matches!(target, RenameTarget::Pipeline { .. }) {
            self.place(self.document.place(path), target.name(), to);
            self.edits.push(Edit::Set { path: path.clone(), value: to.into() });
            return;
        }
        let place = target.place(self.document, path);
        self.place(place, target.name(), to);
        self.edits.push(Edit::Rename { path: path.clone(), to: to.to_owned() });
    }

    fn place(&mut self, place: Place, before: &str, after: &str) {
        let line = self.document.text.lines().nth(place.line.saturating_sub(1)).unwrap_or_default();
        self.places.push(RenamePlace {
            place,
            line: line.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
        });
    }
}
