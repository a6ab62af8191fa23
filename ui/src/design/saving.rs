//! Documents come from disk and go there; what others changed meanwhile is noticed and merged, never overwritten.

use std::collections::BTreeMap;
use std::time::Duration;

use touchstone_protocol::{
    AwaitChanges, ChangesView, DeleteDocument, DocumentView, Documents as DocumentsCall, ErrorCode, RpcError,
    SaveDocument, SaveView,
};
use touchstone_spec::Source;

use super::documents::Base;
use super::merging::{self, Merged};
use super::{Choice, Command, News, OpenDocument, Question, Unsaved};
use crate::App;
use crate::command::{Place, Section};
use crate::remote::Ticket;

/// The workspace's settings, which are no document.
const SETTINGS: &str = "touchstone.toml";
/// Seconds until changes are waited for again after that failed.
const WATCH_PAUSE_SECONDS: f64 = 5.0;

impl App {
    /// What the design does before each frame: reads what has changed, asks for what is due.
    pub(crate) fn design_frame(&mut self) {
        let is_open = self.state.open_workspace().is_some();
        if is_open && !self.state.design.documents.loading.is_requested() {
            self.load_documents();
        }
        let selected = self.state.selected.as_deref();
        let first = selected.map(|name| self.state.name_in_document(name).unwrap_or(name).to_owned());
        self.state.design.documents.refresh_in_frame(first.as_deref());
        if !self.state.design.documents.are_compiled() {
            self.ctx.request_repaint();
        }
        self.forget_not_done();
        self.ask_previews();
        if let Some(at) = self.state.design.watch_again_at {
            let now = self.now();
            if now < at {
                self.ctx.request_repaint_after(Duration::from_secs_f64(at - now));
            } else {
                self.state.design.watch_again_at = None;
                self.watch(0);
            }
        }
    }

    /// Reads all documents, and from then on notices when they change.
    pub(crate) fn load_documents(&mut self) {
        let ticket = self.ticket();
        self.state.design.documents.loading.begin(ticket);
        self.call(DocumentsCall {}, move |app, result| match result {
            Ok(views) => {
                if app.state.design.documents.loading.finish(ticket, Ok(())) {
                    app.reconcile(views);
                    app.restore_waiting();
                    app.watch(0);
                }
            }
            Err(error) => {
                app.state.design.documents.loading.finish(ticket, Err(error));
            }
        });
    }

    /// Brings edits of a session before back, as soon as the documents are here.
    pub fn restore(&mut self, unsaved: Vec<Unsaved>) {
        self.state.design.documents.restoring.extend(unsaved);
        if self.state.design.documents.loading.value().is_some() {
            self.restore_waiting();
        }
    }

    fn restore_waiting(&mut self) {
        let now = self.now();
        for unsaved in std::mem::take(&mut self.state.design.documents.restoring) {
            let Unsaved { file, base_hash, base_text, text, history } = unsaved;
            let documents = &mut self.state.design.documents;
            let on_disk = documents.get(&file).and_then(|one| one.base.clone());
            match (base_hash, on_disk) {
                (_, Some(base)) if base.text == text => {
                    // It was saved, and the studio ended before it had taken note of that.
                    if documents.get(&file).is_none_or(|one| !one.is_dirty()) {
                        self.state.shell.restored.retain(|restored| *restored != file);
                    }
                }
                (hash, Some(base)) if hash.as_ref() != Some(&base.hash) => {
                    // Changed, or put there, by somebody while the studio was closed.
                    let theirs = DocumentView {
                        file: file.clone(),
                        text: base.text,
                        hash: base.hash,
                        unreadable: None,
                    };
                    let hash = hash.unwrap_or_default();
                    documents.put_clean(DocumentView { text: base_text, hash, ..theirs.clone() });
                    documents.put_back(&file, text, history, now);
                    self.changed_outside(&file, Some(theirs));
                }
                (_, Some(_)) => {
                    documents.put_back(&file, text, history, now);
                }
                // Another studio left edits of the same new document.
                (None, None) if documents.get(&file).is_some() => {
                    documents.put_back(&file, text, history, now);
                }
                (None, None) => {
                    documents.put_new(&file, text.clone());
                    documents.put_back(&file, text, history, now);
                }
                (Some(hash), None) => {
                    // Removed by somebody while the studio was closed.
                    let view = DocumentView { file: file.clone(), text: base_text, hash, unreadable: None };
                    documents.put_clean(view);
                    documents.put_back(&file, text, history, now);
                    self.changed_outside(&file, None);
                }
            }
        }
        if let Some(kept) = self.state.design.asked_before.take() {
            self.ask_rename_again(kept);
        }
    }

    fn watch(&mut self, revision: u64) {
        let ticket = self.ticket();
        self.state.design.watch = Some(ticket);
        self.call(AwaitChanges { revision, page: self.page }, move |app, result| app.watched(ticket, result));
    }

    fn watched(&mut self, ticket: Ticket, result: Result<ChangesView, RpcError>) {
        if self.state.design.watch != Some(ticket) {
            return;
        }
        match result {
            Ok(changes) => {
                self.state.shell.others = changes.others;
                self.samples_seen(&changes);
                if self.differs(&changes) {
                    self.call(DocumentsCall {}, |app, result| {
                        // When it fails, the next change or save finds out.
                        if let Ok(views) = result {
                            app.reconcile(views);
                            app.reload();
                        }
                    });
                }
                self.watch(changes.revision);
            }
            Err(error) if matches!(error.code, ErrorCode::Unsupported | ErrorCode::NoWorkspace) => {
                self.state.design.watch = None;
            }
            Err(_) => {
                let again = self.now() + WATCH_PAUSE_SECONDS;
                self.state.design.watch_again_at = Some(again);
                self.ctx.request_repaint_after(Duration::from_secs_f64(WATCH_PAUSE_SECONDS));
            }
        }
    }

    /// Which sample files there are. That one went while its pipeline was here is told, until it is back; what was missing
    /// before is told where it is looked at.
    fn samples_seen(&mut self, changes: &ChangesView) {
        self.state.design.samples.clone_from(&changes.samples);
        let before = self.state.design.missing.take();
        let mut missing = BTreeMap::new();
        for sample in &changes.missing {
            let told = match before.as_ref().map(|before| before.get(sample)) {
                None => None,
                Some(Some(told)) => *told,
                Some(None) => self.tell_missing(sample),
            };
            missing.insert(sample.clone(), told);
        }
        let back = before.into_iter().flatten().filter(|(sample, _)| !missing.contains_key(sample));
        for told in back.filter_map(|(_, told)| told) {
            self.state.notices.retain(|notice| notice.id != told);
        }
        self.state.design.missing = Some(missing);
    }

    fn tell_missing(&mut self, sample: &str) -> Option<u64> {
        let pipelines = self.state.design.documents.iter().filter_map(|(_, document)| document.pipeline());
        let reads = |pipeline: &&touchstone_spec::Pipeline| {
            let mut sources = pipeline.sources.values();
            sources.any(|Source::File(file)| file.sample.as_deref() == Some(sample))
        };
        let names: Vec<&str> = pipelines.filter(reads).map(|one| one.pipeline.as_str()).collect();
        let told = format!("{} can't be simulated, and its data is that of before", names.join(", "));
        let error = RpcError::new(ErrorCode::NotFound, told)
            .with_help("Put the file back, or choose another sample file where the source is edited");
        self.notice(format!("{sample} is gone"), error, None);
        self.state.notices.last().map(|notice| notice.id)
    }

    /// Whether the files are others than those that are known here.
    fn differs(&self, changes: &ChangesView) -> bool {
        let documents = &self.state.design.documents;
        let is_document = |file: &str| file != SETTINGS;
        let known = |file: &str| documents.get(file).and_then(|one| one.base.as_ref());
        let others = changes.files.iter().filter(|(file, _)| is_document(file));
        let mut differ = others.map(|(file, hash)| known(file).is_none_or(|base| base.hash != *hash));
        let is_there = |file: &str| changes.files.iter().any(|(one, _)| one == file);
        let gone = || documents.iter().any(|(file, one)| one.base.is_some() && !is_there(file));
        differ.any(|differs| differs) || gone()
    }

    /// Takes what is on disk: documents without edits follow it, the others are merged.
    fn reconcile(&mut self, views: Vec<DocumentView>) {
        let gone: Vec<String> = {
            let documents = self.state.design.documents.iter();
            let gone = documents
                .filter(|(file, one)| one.base.is_some() && views.iter().all(|view| view.file != **file));
            gone.map(|(file, _)| file.clone()).collect()
        };
        for view in views {
            let file = view.file.clone();
            if self.state.design.leaving.contains(&file) {
                continue;
            }
            let known = self.state.design.documents.get(&file);
            if known.is_none() {
                self.state.design.documents.put_clean(view);
            } else if known.is_some_and(|one| {
                !one.is_saving() && one.base.as_ref().is_none_or(|base| base.hash != view.hash)
            }) {
                self.changed_outside(&file, Some(view));
            }
        }
        for file in gone {
            self.changed_outside(&file, None);
        }
    }

    /// A file is another one than the document started from.
    pub(super) fn changed_outside(&mut self, file: &str, on_disk: Option<DocumentView>) {
        let now = self.now();
        let documents = &mut self.state.design.documents;
        let Some(document) = documents.get(file) else { return };
        let is_dirty = document.is_dirty();
        match on_disk {
            None if !is_dirty => self.removed_outside(file),
            None => self.ask_removed(file),
            Some(view) if view.text == document.text || view.unreadable.is_some() && !is_dirty => {
                if view.unreadable.is_some() {
                    documents.put_clean(view);
                } else if let Some(document) = documents.get_mut(file) {
                    document.base = Some(Base { text: view.text, hash: view.hash });
                    document.conflict = None;
                }
            }
            Some(view) if !is_dirty => {
                if let Some(document) = documents.get_mut(file) {
                    document.base = Some(Base { text: view.text.clone(), hash: view.hash });
                    document.unreadable = None;
                }
                documents.change(file, view.text, "Changed outside", None, now);
                self.tell(file, "was changed outside and read again", true);
            }
            Some(view) => self.merge(file, view),
        }
    }

    /// Its file is gone, and there are no edits of it: its tab closes, and that is told.
    fn removed_outside(&mut self, file: &str) {
        let documents = &mut self.state.design.documents;
        let name =
            documents.get(file).and_then(super::OpenDocument::pipeline).map(|one| one.pipeline.clone());
        documents.remove(file);
        documents.refresh();
        let Some(name) = name else { return };
        // Under another name the file may still be there.
        if self.state.design.documents.file_of(&name).is_none() {
            self.close_tab(&Place::Pipeline(name));
            self.tell(file, "was removed outside", false);
        }
    }

    /// Edits here and there: together where they can be, asked about where they can't.
    fn merge(&mut self, file: &str, view: DocumentView) {
        let now = self.now();
        let documents = &mut self.state.design.documents;
        let Some(document) = documents.get_mut(file) else { return };
        let base = document.base.as_ref().map(|base| base.text.clone()).unwrap_or_default();
        match merging::merged(&base, &document.text, &view) {
            Merged::Whole(text) => {
                document.base = Some(Base { text: view.text, hash: view.hash });
                document.conflict = None;
                documents.change(file, text, "Merge with the change outside", None, now);
                self.tell(file, "was changed outside; both changes are merged, look at them and save", true);
            }
            Merged::Contested(conflict) => {
                document.conflict = Some(conflict);
                self.state.design.question = Some(Question::Conflict(file.to_owned()));
            }
        }
    }

    fn ask_removed(&mut self, file: &str) {
        let Some(document) = self.state.design.documents.get_mut(file) else { return };
        document.conflict = Some(merging::Conflict::removed(&document.text));
        self.state.design.question = Some(Question::Conflict(file.to_owned()));
    }

    /// Takes what was chosen of a conflict.
    pub(super) fn resolve(&mut self, file: &str) {
        let now = self.now();
        self.state.design.question = None;
        let documents = &mut self.state.design.documents;
        let Some(document) = documents.get_mut(file) else { return };
        let Some(conflict) = document.conflict.take() else { return };
        let base = document.base.as_ref().map(|base| base.text.clone()).unwrap_or_default();
        let Some(view) = conflict.theirs.clone() else {
            if conflict.places.iter().any(|place| place.choice == Choice::Theirs) {
                documents.remove(file);
            } else {
                document.base = None;
            }
            return;
        };
        match conflict.resolved(&base, &document.text, &view.text) {
            Ok(text) => {
                document.base = Some(Base { text: view.text, hash: view.hash });
                documents.change(file, text, "Merge with the change outside", None, now);
            }
            Err(error) => {
                document.conflict = Some(conflict);
                let error = RpcError::new(ErrorCode::InvalidSpec, error.to_string())
                    .with_help("Mend the text in the YAML view and compare again");
                self.notice(format!("{file} could not be merged"), error, None);
            }
        }
    }

    pub(crate) fn tell(&mut self, file: &str, text: &str, can_undo: bool) {
        self.push_news(file, format!("{file} {text}"), can_undo, false);
    }

    /// Says what was done along with something else, for as long as it takes to read it.
    pub(crate) fn mention(&mut self, file: &str, text: String, can_undo: bool) {
        self.push_news(file, text, can_undo, true);
    }

    fn push_news(&mut self, file: &str, text: String, can_undo: bool, leaves: bool) {
        let id = self.ticket().0;
        let design = &mut self.state.design;
        design.news.retain(|one| one.file != file);
        // What was undone later would be another step.
        let is_of_now = leaves || can_undo;
        let revision = design.documents.get(file).filter(|_| is_of_now).map(OpenDocument::revision);
        design.news.push(News { id, file: file.to_owned(), text, can_undo, leaves, revision });
    }

    /// Writes a document that has changed into its file.
    pub(crate) fn save_document(&mut self, file: &str) {
        let to = self.state.design.documents.file_after_rename(file);
        let Some(document) = self.state.design.documents.get_mut(file) else { return };
        if !document.is_dirty() || document.saving {
            return;
        }
        if document.conflict.is_some() {
            self.state.design.question = Some(Question::Conflict(file.to_owned()));
            return;
        }
        document.saving = true;
        let text = document.text.clone();
        let base_hash = document.base.as_ref().map(|base| base.hash.clone());
        let file = file.to_owned();
        if let Some(to) = to {
            let call = SaveDocument { file: to.clone(), text: text.clone(), base_hash: None };
            self.call(call, move |app, result| app.saved_elsewhere(&file, &to, text, result));
            return;
        }
        let call = SaveDocument { file: file.clone(), text: text.clone(), base_hash };
        self.call(call, move |app, result| app.saved(&file, text, result));
    }

    pub(super) fn saved(&mut self, file: &str, text: String, result: Result<SaveView, RpcError>) {
        let Some(document) = self.state.design.documents.get_mut(file) else { return };
        document.saving = false;
        match result {
            Ok(SaveView::Saved { hash }) => {
                document.base = Some(Base { text, hash });
                // What an undo would take back is on disk now.
                self.state.design.news.retain(|news| news.file != file || !news.can_undo);
                self.state.shell.restored.retain(|restored| restored != file);
                self.reload();
                self.is_saved(file);
            }
            Ok(SaveView::Changed { on_disk }) => {
                self.not_saved(file);
                self.changed_outside(file, on_disk);
            }
            Err(error) => {
                self.not_saved(file);
                let again = crate::command::Command::Design(Command::SaveAll);
                self.notice(format!("{file} could not be saved"), error, Some(again));
            }
        }
    }

    pub(super) fn delete_document(&mut self, file: &str) {
        self.state.design.question = None;
        let Some(document) = self.state.design.documents.get_mut(file) else { return };
        let Some(base) = &document.base else {
            self.forget_document(file);
            return;
        };
        let call = DeleteDocument { file: file.to_owned(), base_hash: base.hash.clone() };
        document.deleting = true;
        let file = file.to_owned();
        self.call(call, move |app, result| match result {
            Ok(()) => app.forget_document(&file),
            Err(error) => {
                if let Some(document) = app.state.design.documents.get_mut(&file) {
                    document.deleting = false;
                }
                let again = crate::command::Command::Design(Command::Delete(file.clone()));
                app.notice(format!("{file} could not be deleted"), error, Some(again));
            }
        });
    }

    fn forget_document(&mut self, file: &str) {
        let document = self.state.design.documents.get(file);
        let name = document.and_then(super::OpenDocument::pipeline).map(|one| one.pipeline.clone());
        self.state.design.documents.remove(file);
        self.state.design.shown.remove(file);
        if let Some(name) = name {
            self.close_tab(&Place::Pipeline(name));
        }
        self.reload();
    }

    pub(super) fn draft_pipeline(&mut self, pipeline: String, files: Vec<String>) {
        if files.is_empty() {
            let file = format!("pipelines/{pipeline}.yaml");
            self.drafted(&file, format!("pipeline: {pipeline}\n"), pipeline);
            return;
        }
        let ticket = self.ticket();
        self.state.design.drafting.begin(ticket);
        self.start_draft(pipeline, files, None, Some(ticket));
    }

    pub(crate) fn drafted(&mut self, file: &str, text: String, pipeline: String) {
        self.state.design.question = None;
        if self.state.design.documents.get(file).is_some() {
            let error = RpcError::new(ErrorCode::Conflict, format!("{file} is there already"))
                .with_help("Choose another name");
            self.notice("The pipeline could not be added", error, None);
            return;
        }
        self.state.design.documents.put_new(file, text);
        self.state.design.documents.refresh();
        self.go(Place::Pipeline(pipeline));
        self.change_pipeline(|one| one.section = Section::Design);
    }
}
