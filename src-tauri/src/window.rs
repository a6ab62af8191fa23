//! The window.

use anyhow::{Context as _, Result};
use tauri::{WebviewUrl, WebviewWindowBuilder};

use crate::arguments::Arguments;
use crate::rpc::{self, Desk};

/// Name of the window, as the capability knows it.
const LABEL: &str = "studio";
/// What the window is called while no workspace is open.
pub(crate) const TITLE: &str = "Touchstone";

/// Opens the window; returns when the person has closed it.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let desk = Desk::new(arguments.workspace.clone());
    tauri::Builder::default()
        .manage(desk)
        .invoke_handler(tauri::generate_handler![rpc::rpc])
        .setup(|app| {
            WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
                .title(TITLE)
                .inner_size(1280.0, 800.0)
                .min_inner_size(960.0, 600.0)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
        .context("the window could not be opened")
}
