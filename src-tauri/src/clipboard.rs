//! Copies to the system's clipboard: a web view lets a page do that only in the middle of a key press, and some never.

use tauri::AppHandle;
use tokio::sync::oneshot;
use touchstone_protocol::{ErrorCode, RpcError};

/// Puts a text on the clipboard.
pub(crate) async fn copy(app: &AppHandle, text: String) -> Result<(), RpcError> {
    let (done, copied) = oneshot::channel();
    let work = move || {
        // That nobody waits for the answer any more is no failure.
        drop(done.send(put(&text)));
    };
    app.run_on_main_thread(work).map_err(|error| failed(&error.to_string()))?;
    copied.await.unwrap_or_else(|_| Err("the window is closing".to_owned())).map_err(|reason| failed(&reason))
}

fn failed(reason: &str) -> RpcError {
    RpcError::new(ErrorCode::Failed, format!("the clipboard can't be written to: {reason}"))
        .with_help("try it again")
}

/// Web view and clipboard share a toolkit here, on X11 and Wayland alike.
#[cfg(target_os = "linux")]
fn put(text: &str) -> Result<(), String> {
    let display = gtk::gdk::Display::default().ok_or("there is no display")?;
    let clipboard = gtk::Clipboard::default(&display).ok_or("the display has none")?;
    clipboard.set_text(text);
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn put(text: &str) -> Result<(), String> {
    let copied = arboard::Clipboard::new().and_then(|mut clipboard| clipboard.set_text(text.to_owned()));
    copied.map_err(|error| error.to_string())
}
