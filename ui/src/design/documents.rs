//! The documents of the workspace: as they are on disk, as the steward has them now, and what the compiler says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::{Deserialize, Serialize};
use touchstone_compiler::{Compilation, compile, recompile, recompile_part};
use touchstone_protocol::DocumentView;
use touchstone_spec::{Document, Edit, EditError, Pipeline, Severity};

use super::history::{History, KeptHistory};
use super::merging::Conflict;
use crate::remote::Remote;

/// Documents that are compiled within one frame; a workspace that opens with more is compiled frame by frame.
const AT_ONCE: usize = 8;
/// Pipelines that are compiled in each frame then.
const IN_A_FRAME: usize = 5;

/// All documents, and what compiling them together gives.
#[derive(Debug, Default)]
pub struct Documents {
    all: BTreeMap<String, OpenDocument>,
    /// How far reading them is.
    pub(crate) loading: Remote<()>,
    /// As read, by file.
    read: Vec<Document>,
    stale: BTreeSet<String>,
    compilation: Compilation,
    revision: u64,
    /// Edits of a session before, until the documents are here.
    pub(crate) restoring: Vec<Unsaved>,
}

/// One document.
#[derive(Debug, Default)]
pub struct OpenDocument {
    pub(crate) base: Option<Base>,
    pub(crate) text: String,
    pub(crate) history: History,
    pub(crate) saving: bool,
    /// Whether its file is about to go away.
    pub(crate) deleting: bool,
    /// Its file keeps its name, though the pipeline has another: there is a file of that one.
    pub(crate) keeps_file: bool,
    /// Changes outside that don't go together with those here.
    pub conflict: Option<Conflict>,
    /// Why its file can't be read, where it can't.
    pub unreadable: Option<String>,
    pipeline: Option<Pipeline>,
    revision: u64,
}

/// What is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    pub(crate) text: String,
    pub(crate) hash: String,
}

/// Edits that are not saved, to be kept over the end of the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unsaved {
    /// The file, relative to the workspace.
    pub file: String,
    /// Hash of what the edits started from. None: the file was not there.
    pub base_hash: Option<String>,
    /// What the edits started from.
    pub base_text: String,
    /// What they made of it.
    pub text: String,
    /// How, step by step.
    #[serde(default, skip_serializing_if = "KeptHistory::is_empty")]
    pub history: KeptHistory,
}

impl Documents {
    /// The document in `file`.
    pub fn get(&self, file: &str) -> Option<&OpenDocument> {
        self.all.get(file)
    }

    /// All documents with their files, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &OpenDocument)> {
        self.all.iter()
    }

    /// The document as read, with the place of everything in it.
    pub fn read(&self, file: &str) -> Option<&Document> {
        let at = self.read.binary_search_by(|one| one.file.as_str().cmp(file)).ok()?;
        self.read.get(at)
    }

    /// All documents as read, by file.
    pub fn as_read(&self) -> &[Document] {
        &self.read
    }

    /// What the compiler makes of all documents as they are now, unsaved edits included.
    pub fn compilation(&self) -> &Compilation {
        &self.compilation
    }

    /// Where the compiler would find errors in `file` if it held another text.
    pub(super) fn errors_with(&self, file: &str, text: &str) -> Vec<String> {
        let other = Document::read(file, text.to_owned());
        let with = |one: &Document| if one.file == file { other.clone() } else { one.clone() };
        let documents: Vec<Document> = self.read.iter().map(with).collect();
        let errors = compile(&documents).diagnostics.0.into_iter();
        let errors = errors.filter(|one| one.place.file == file && one.severity == Severity::Error);
        errors.map(|one| one.place.path).collect()
    }

    /// Counts the changes of any text.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The file whose document says that it is this pipeline.
    pub fn file_of(&self, pipeline: &str) -> Option<&str> {
        let is_it = |one: &OpenDocument| one.pipeline.as_ref().is_some_and(|it| it.pipeline == pipeline);
        self.all.iter().find(|(_, one)| is_it(one)).map(|(file, _)| file.as_str())
    }

    /// Whether any document differs from its file.
    pub fn is_dirty(&self) -> bool {
        self.all.values().any(OpenDocument::is_dirty)
    }

    /// All edits that are not saved.
    pub fn unsaved(&self) -> Vec<Unsaved> {
        let dirty = self.all.iter().filter(|(_, one)| one.is_dirty());
        let mut unsaved: Vec<Unsaved> = dirty
            .map(|(file, one)| Unsaved {
                file: file.clone(),
                base_hash: one.base.as_ref().map(|base| base.hash.clone()),
                base_text: one.base.as_ref().map(|base| base.text.clone()).unwrap_or_default(),
                text: one.text.clone(),
                history: one.history.kept(),
            })
            .collect();
        // What waits for the documents is not lost either.
        unsaved.extend(self.restoring.iter().cloned());
        unsaved
    }

    pub(crate) fn get_mut(&mut self, file: &str) -> Option<&mut OpenDocument> {
        self.all.get_mut(file)
    }

    pub(crate) fn files(&self) -> Vec<String> {
        self.all.keys().cloned().collect()
    }

    /// A document as its file is, without any edits.
    pub(crate) fn put_clean(&mut self, view: DocumentView) {
        self.touched(&view.file);
        let entry = self.all.entry(view.file).or_default();
        let base = Base { text: view.text.clone(), hash: view.hash };
        *entry = OpenDocument {
            base: Some(base),
            text: view.text,
            unreadable: view.unreadable,
            revision: self.revision,
            ..OpenDocument::default()
        };
    }

    /// A document that has no file yet.
    pub(crate) fn put_new(&mut self, file: &str, text: String) {
        self.touched(file);
        let document = OpenDocument { text, revision: self.revision, ..OpenDocument::default() };
        self.all.insert(file.to_owned(), document);
    }

    pub(crate) fn remove(&mut self, file: &str) {
        self.all.remove(file);
        self.touched(file);
    }

    /// Gives a document another text, as one step.
    pub(crate) fn change(&mut self, file: &str, text: String, label: &str, typing: Option<&str>, now: f64) {
        let Some(document) = self.all.get_mut(file) else { return };
        if document.text == text {
            return;
        }
        document.history.record(&document.text, &text, label, typing, now);
        document.text = text;
        // It is a text now, whatever the file holds.
        document.unreadable = None;
        self.touched(file);
    }

    /// Gives a document the text of a session before, with the steps that led to it; as one step where these are not
    /// known, or others were taken since.
    pub(crate) fn put_back(&mut self, file: &str, text: String, history: KeptHistory, now: f64) {
        let Some(document) = self.all.get_mut(file) else { return };
        let history = History::of_kept(history, &text);
        if history.undoes().is_none() || document.history != History::default() {
            self.change(file, text, "Edits of the last session", None, now);
            return;
        }
        (document.text, document.history) = (text, history);
        self.touched(file);
    }

    /// Makes edits, as one step; all or none.
    pub(crate) fn edit(
        &mut self,
        file: &str,
        edits: &[Edit],
        label: &str,
        typing: Option<&str>,
        now: f64,
    ) -> Result<(), EditError> {
        let Some(document) = self.all.get(file) else { return Ok(()) };
        let text = touchstone_spec::apply(&document.text, edits)?;
        self.change(file, text, label, typing, now);
        Ok(())
    }

    /// Gives several documents other texts, as one step.
    pub(crate) fn change_together(&mut self, texts: &[(String, String)], label: &str, now: f64) {
        let mut hasher = DefaultHasher::new();
        (label, texts).hash(&mut hasher);
        let together = hasher.finish();
        for (file, text) in texts {
            let revision = self.revision;
            self.change(file, text.clone(), label, None, now);
            if let Some(document) = self.all.get_mut(file).filter(|one| one.revision > revision) {
                document.history.is_part_of(together);
            }
        }
    }

    /// These files, and all that have unsaved edits made together with some of theirs: one without the other would
    /// contradict it.
    pub(crate) fn with_halves(&self, mut files: BTreeSet<String>) -> BTreeSet<String> {
        let dirty = self.all.iter().filter(|(_, one)| one.is_dirty());
        let unsaved: BTreeMap<&String, BTreeSet<u64>> =
            dirty.map(|(file, one)| (file, one.unsaved_together())).collect();
        loop {
            let known: BTreeSet<u64> =
                files.iter().filter_map(|file| unsaved.get(file)).flatten().copied().collect();
            let others = unsaved.iter().filter(|(file, _)| !files.contains(**file));
            let more: Vec<String> = others
                .filter(|(_, changes)| !changes.is_disjoint(&known))
                .map(|(file, _)| (*file).clone())
                .collect();
            if more.is_empty() {
                return files;
            }
            files.extend(more);
        }
    }

    /// Takes the last step back, in every document that it changed. Gives those that have gone on since, and keep it.
    pub(crate) fn undo(&mut self, file: &str) -> Vec<String> {
        let Some(document) = self.all.get(file) else { return Vec::new() };
        let Some(together) = document.history.undoes_together() else {
            self.turn(file, true);
            return Vec::new();
        };
        let is_last = |one: &OpenDocument| one.history.undoes_together() == Some(together);
        let all: Vec<String> =
            self.all.iter().filter(|(_, one)| is_last(one)).map(|(file, _)| file.clone()).collect();
        for file in all {
            self.turn(&file, true);
        }
        let keep = self.all.iter().filter(|(_, one)| one.history.holds(together));
        keep.map(|(file, _)| file.clone()).collect()
    }

    /// Does the step again that was taken back last, in every document that it changed.
    pub(crate) fn redo(&mut self, file: &str) {
        let together = self.all.get(file).and_then(|one| one.history.redoes_together());
        let is_next = |other: &String, one: &OpenDocument| {
            other == file || together.is_some() && one.history.redoes_together() == together
        };
        let all: Vec<String> =
            self.all.iter().filter(|(file, one)| is_next(file, one)).map(|(file, _)| file.clone()).collect();
        for file in all {
            self.turn(&file, false);
        }
    }

    /// One step of one document, back or on.
    fn turn(&mut self, file: &str, back: bool) {
        let Some(document) = self.all.get_mut(file) else { return };
        let (history, text) = (&mut document.history, &mut document.text);
        let turned = if back { history.undo(text) } else { history.redo(text) };
        if turned.is_some() {
            self.touched(file);
        }
    }

    /// The file that a document belongs into whose file is named after its pipeline, where that has another name now.
    pub(crate) fn file_after_rename(&self, file: &str) -> Option<String> {
        let document = self.all.get(file).filter(|one| one.is_dirty() && !one.keeps_file)?;
        self.file_for(file, &document.read(file).pipeline?.pipeline)
    }

    /// The file that a document belongs into whose pipeline is called `now`; none where that makes no difference.
    pub(crate) fn file_for(&self, file: &str, now: &str) -> Option<String> {
        let document = self.all.get(file)?;
        let base = document.base.as_ref()?;
        let (folder, stem) = file.rsplit_once('/')?;
        let (stem, ending) = stem.rsplit_once('.')?;
        let is_named_after =
            || Document::read(file, base.text.clone()).pipeline.is_some_and(|one| one.pipeline == stem);
        if now == stem || touchstone_spec::check_name(now).is_err() || !is_named_after() {
            return None;
        }
        let target = format!("{folder}/{now}.{ending}");
        (!self.all.contains_key(&target)).then_some(target)
    }

    /// A document has another file.
    pub(crate) fn put_elsewhere(&mut self, file: &str, to: &str) {
        let Some(document) = self.all.remove(file) else { return };
        self.all.insert(to.to_owned(), document);
        self.touched(file);
        self.touched(to);
    }

    fn touched(&mut self, file: &str) {
        self.revision += 1;
        self.stale.insert(file.to_owned());
        if let Some(document) = self.all.get_mut(file) {
            document.revision = self.revision;
        }
    }

    /// Whether every pipeline was compiled as it is now.
    pub fn are_compiled(&self) -> bool {
        self.stale.is_empty() && self.compilation.waiting.is_empty()
    }

    /// Reads what has changed and compiles it; nothing when nothing has.
    pub(crate) fn refresh(&mut self) {
        if self.are_compiled() {
            return;
        }
        self.read_stale();
        // Only what was edited, and what reads it.
        self.compilation = recompile(std::mem::take(&mut self.compilation), &self.read);
    }

    /// The same for one frame: where a large workspace was opened, a part of it, `first` before the others.
    pub(crate) fn refresh_in_frame(&mut self, first: Option<&str>) {
        let is_opening = self.compilation.tables.iter().next().is_none() && self.stale.len() > AT_ONCE;
        if !is_opening && self.compilation.waiting.is_empty() {
            self.refresh();
            return;
        }
        self.read_stale();
        let first: Vec<&str> = first.into_iter().collect();
        self.compilation =
            recompile_part(std::mem::take(&mut self.compilation), &self.read, &first, IN_A_FRAME);
        // What was made of the part before is not all that can be made now.
        self.revision += 1;
    }

    fn read_stale(&mut self) {
        if self.stale.is_empty() {
            return;
        }
        let stale = std::mem::take(&mut self.stale);
        let mut known: BTreeMap<String, Document> =
            std::mem::take(&mut self.read).into_iter().map(|one| (one.file.clone(), one)).collect();
        for (file, document) in &mut self.all {
            let kept = if stale.contains(file) { None } else { known.remove(file) };
            let read = kept.unwrap_or_else(|| document.read(file));
            if let Some(pipeline) = &read.pipeline
                && stale.contains(file)
            {
                document.pipeline = Some(pipeline.clone());
            }
            self.read.push(read);
        }
    }
}

impl OpenDocument {
    /// Its text as it is now.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it differs from its file.
    pub fn is_dirty(&self) -> bool {
        self.base.as_ref().is_none_or(|base| base.text != self.text)
    }

    /// The changes of several texts among its unsaved edits.
    fn unsaved_together(&self) -> BTreeSet<u64> {
        let base = self.base.as_ref().map(|base| base.text.as_str()).unwrap_or_default();
        self.history.together_between(base, &self.text)
    }

    /// Whether it has no file yet.
    pub fn is_new(&self) -> bool {
        self.base.is_none()
    }

    /// Whether it is being saved.
    pub fn is_saving(&self) -> bool {
        self.saving
    }

    /// What can be undone and redone.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The pipeline in it; the last one that could be read while the text can't.
    pub fn pipeline(&self) -> Option<&Pipeline> {
        self.pipeline.as_ref()
    }

    /// Which change of any text was its last.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    fn read(&self, file: &str) -> Document {
        match &self.unreadable {
            None => Document::read(file, self.text.clone()),
            Some(reason) => {
                let help = "save it as UTF-8 text".to_owned();
                Document::unreadable(file, reason.clone(), help)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_put_where_none_could_be_read_is_read() {
        let file = "pipelines/a.yaml";
        let mut documents = Documents::default();
        let unreadable =
            OpenDocument { unreadable: Some("it is not UTF-8".to_owned()), ..Default::default() };
        documents.all.insert(file.to_owned(), unreadable);
        documents.touched(file);
        documents.refresh();
        assert!(documents.read(file).is_some_and(|read| read.pipeline.is_none()));
        documents.change(file, "pipeline: a\n".to_owned(), "Take version 1", None, 0.0);
        documents.refresh();
        assert!(documents.read(file).is_some_and(|read| read.pipeline.is_some()));
    }
}
