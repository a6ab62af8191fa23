//! What tables make of the first records, asked anew a moment after an edit.

use std::time::Duration;

use touchstone_protocol::{Preview as PreviewCall, PreviewView};
use touchstone_spec::TableName;

use super::{OpenDocument, mappings};
use crate::App;
use crate::remote::Remote;

/// Seconds after the last edit until the first rows are asked for.
const PAUSE_SECONDS: f64 = 0.25;
/// Records of the sample that are read.
const RECORDS: u64 = 1_000;

/// What a table makes of the first records.
#[derive(Debug, Default)]
pub struct Preview {
    /// The rows; the last good ones while others are made.
    pub view: Remote<PreviewView>,
    /// Whether errors of the document keep it from being made anew.
    pub is_held: bool,
    /// The document's revision that it was asked for.
    asked: Option<u64>,
    due: Option<(u64, f64)>,
    /// What is asked with in place of the document, where fields of it are not mapped yet.
    partial: Option<String>,
    /// The documents' revision when it was looked at last.
    seen: Option<u64>,
}

impl Preview {
    /// Whether another answer is awaited or about to be.
    pub fn is_pending(&self) -> bool {
        self.view.is_pending() || self.due.is_some()
    }

    /// Whether the documents have changed since it was looked at.
    pub(super) fn is_stale(&self, revision: u64) -> bool {
        self.seen != Some(revision)
    }
}

impl App {
    /// A table's first rows are in view.
    pub(super) fn need_preview(&mut self, table: &TableName) {
        let design = &mut self.state.design;
        let Some(file) = design.documents.file_of(&table.pipeline) else { return };
        let Some(revision) = design.documents.get(file).map(OpenDocument::revision) else { return };
        let has_errors =
            design.documents.compilation().diagnostics.0.iter().any(|one| mappings::is_error(one, file));
        let partial =
            if has_errors { mappings::without_unmapped(&design.documents, file, table) } else { None };
        let seen = Some(design.documents.revision());
        let preview = design.previews.entry(table.clone()).or_default();
        preview.seen = seen;
        preview.is_held = has_errors && partial.is_none();
        preview.partial = partial;
        if preview.is_held || preview.asked == Some(revision) {
            preview.due = None;
            return;
        }
        if preview.due.is_none_or(|(of, _)| of != revision) {
            let first = preview.asked.is_none();
            let now = self.ctx.input(|input| input.time);
            preview.due = Some((revision, if first { now } else { now + PAUSE_SECONDS }));
        }
    }

    /// Asks again for a table's first rows; the last good ones stay meanwhile.
    pub(super) fn retry_preview(&mut self, table: &TableName) {
        if let Some(preview) = self.state.design.previews.get_mut(table) {
            (preview.asked, preview.due) = (None, None);
        }
        self.need_preview(table);
    }

    /// Asks for the first rows that are due.
    pub(super) fn ask_previews(&mut self) {
        let now = self.now();
        let mut due_now = Vec::new();
        let mut next: Option<f64> = None;
        for (table, preview) in &mut self.state.design.previews {
            match preview.due {
                Some((revision, at)) if at <= now => {
                    preview.due = None;
                    preview.asked = Some(revision);
                    due_now.push(table.clone());
                }
                Some((_, at)) => next = Some(next.map_or(at, |next| next.min(at))),
                None => {}
            }
        }
        if let Some(at) = next {
            self.ctx.request_repaint_after(Duration::from_secs_f64(at - now));
        }
        for table in due_now {
            let documents = &self.state.design.documents;
            let Some(file) = documents.file_of(&table.pipeline).map(str::to_owned) else { continue };
            let partial = self.state.design.previews.get(&table).and_then(|one| one.partial.clone());
            let whole = || documents.get(&file).map(|one| one.text().to_owned());
            let Some(text) = partial.or_else(whole) else { continue };
            let call = PreviewCall { file, text, table: table.clone(), limit: RECORDS };
            self.fetch(call, move |state| {
                state.design.previews.get_mut(&table).map(|preview| &mut preview.view)
            });
        }
    }
}
