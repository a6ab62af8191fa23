//! The system's dialogs, over the studio's window.

use std::path::{Path, PathBuf};

use rfd::{AsyncFileDialog, AsyncMessageDialog, MessageButtons, MessageDialogResult, MessageLevel};
use tauri::WebviewWindow;

/// What data files are called, in the dialog that chooses some.
const DATA: &[&str] = &["csv", "tsv", "txt", "psv", "dat"];

/// The folder that a person chooses.
pub(crate) async fn folder(window: &WebviewWindow, title: &str) -> Option<PathBuf> {
    let dialog = AsyncFileDialog::new().set_title(title).set_parent(window);
    dialog.pick_folder().await.map(|folder| folder.path().to_owned())
}

/// The data files that a person chooses; none when they choose none.
pub(crate) async fn files(window: &WebviewWindow) -> Vec<PathBuf> {
    let dialog = AsyncFileDialog::new().set_title("Look at data files").set_parent(window);
    let dialog = dialog.add_filter("Data files", DATA).add_filter("All files", &["*"]);
    let chosen = dialog.pick_files().await.unwrap_or_default();
    chosen.iter().map(|file| file.path().to_owned()).collect()
}

/// Where a person wants a file of this name to be written.
pub(crate) async fn place(window: &WebviewWindow, name: &str) -> Option<PathBuf> {
    // A name is a suggestion, not a way to somewhere.
    let name = Path::new(name).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let dialog = AsyncFileDialog::new().set_title("Save").set_file_name(name).set_parent(window);
    dialog.save_file().await.map(|file| ended_once(file.path()))
}

/// The dialog keeps the ending while the name before it is typed over: who types the ending too means it once. What is
/// there already is not written over, since nobody was asked about it.
fn ended_once(chosen: &Path) -> PathBuf {
    let once = chosen.file_stem().map(|stem| chosen.with_file_name(stem));
    let is_twice = |once: &PathBuf| once.extension().is_some() && once.extension() == chosen.extension();
    once.filter(|once| is_twice(once) && !once.exists()).unwrap_or_else(|| chosen.to_owned())
}

/// Whether a person closes the window although what isn't saved would be lost.
pub(crate) async fn lets_go(window: &WebviewWindow) -> bool {
    const CLOSE: &str = "Close";
    let dialog = AsyncMessageDialog::new()
        .set_level(MessageLevel::Warning)
        .set_title("Unsaved edits can't be kept")
        .set_description(
            "The page doesn't answer, or the disk takes nothing. Close the window all the same? Edits of the last seconds \
             would be lost.",
        )
        .set_buttons(MessageButtons::OkCancelCustom(CLOSE.to_owned(), "Stay".to_owned()))
        .set_parent(window);
    match dialog.show().await {
        MessageDialogResult::Ok | MessageDialogResult::Yes => true,
        MessageDialogResult::Custom(answer) => answer == CLOSE,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_typed_twice_is_meant_once() {
        for (chosen, meant) in [
            ("/nowhere/audit.csv.csv", "/nowhere/audit.csv"),
            ("/nowhere/audit.csv", "/nowhere/audit.csv"),
            ("/nowhere/audit.2026.csv", "/nowhere/audit.2026.csv"),
            ("/nowhere/audit", "/nowhere/audit"),
        ] {
            assert_eq!(ended_once(Path::new(chosen)), Path::new(meant));
        }
    }
}
