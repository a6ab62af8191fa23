//! A file that is named after its pipeline gets the pipeline's new name with the next saving, never over another file.

use touchstone_protocol::{DeleteDocument, ErrorCode, RpcError, SaveView};

use super::documents::Base;
use crate::App;

impl App {
    /// A document was written into a file of its pipeline's new name.
    pub(super) fn saved_elsewhere(
        &mut self,
        file: &str,
        to: &str,
        text: String,
        result: Result<SaveView, RpcError>,
    ) {
        match result {
            Ok(SaveView::Saved { hash }) => self.moved(file, to, Base { text, hash }),
            Ok(SaveView::Changed { .. }) => {
                if let Some(document) = self.state.design.documents.get_mut(file) {
                    (document.saving, document.keeps_file) = (false, true);
                }
                self.save_document(file);
                self.tell(file, &format!("keeps its name: there is a file {to} already"), false);
            }
            Err(error) => self.saved(file, text, Err(error)),
        }
    }

    /// The new file is written: the document is that one's, and the old file goes.
    fn moved(&mut self, file: &str, to: &str, base: Base) {
        let design = &mut self.state.design;
        let Some(document) = design.documents.get_mut(file) else { return };
        document.saving = false;
        let old = document.base.replace(base);
        design.documents.put_elsewhere(file, to);
        design.moved.insert(file.to_owned(), to.to_owned());
        design.news.retain(|news| news.file != file);
        if let Some(shown) = design.shown.remove(file) {
            design.shown.insert(to.to_owned(), shown);
        }
        if let Some(looks) = design.canvas.looks.remove(file) {
            design.canvas.looks.insert(to.to_owned(), looks);
        }
        self.state.shell.restored.retain(|restored| restored != file);
        let Some(old) = old else { return };
        // Until it has gone it is nobody's document.
        design.leaving.insert(file.to_owned());
        let call = DeleteDocument { file: file.to_owned(), base_hash: old.hash };
        let (file, to) = (file.to_owned(), to.to_owned());
        self.call(call, move |app, result| {
            app.state.design.leaving.remove(&file);
            match result {
                Err(error) if error.code != ErrorCode::NotFound => {
                    app.notice(format!("{file} is {to} now, and could not be removed"), error, None);
                }
                _ => app.tell(
                    &to,
                    &format!("is the file's name now, after its pipeline; it was {file}"),
                    false,
                ),
            }
            app.reload();
            app.is_saved(&file);
        });
    }
}
