//! The window: how it comes, what it takes, how it goes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::json;
use tauri::{
    DragDropEvent, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Window, WindowEvent,
};
use tokio::sync::watch;
use touchstone_studio::PersonFolders;

use crate::arguments::Arguments;
use crate::geometry::Geometry;
use crate::rpc::{self, Desk};
use crate::{dialogs, keys};

/// Name of the window, as the capability knows it.
const LABEL: &str = "studio";
/// What the window is called until its page gives it a name.
const TITLE: &str = "Touchstone";
/// How long the page may take for one answer; a page that hangs answers no more.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a page that answers is asked whether it has remembered what isn't saved.
const QUESTIONS: u32 = 400;
/// How long to wait before it is asked again.
const PAUSE: Duration = Duration::from_millis(50);

/// Whether the window is about to go.
#[derive(Default)]
struct Leaving(AtomicBool);

/// Opens the window; returns when the person has closed it.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let folders = PersonFolders::find();
    let geometry = Geometry::load(folders.as_ref());
    tauri::Builder::default()
        .manage(Desk::new(arguments.workspace.clone(), folders))
        .manage(geometry)
        .manage(Leaving::default())
        .register_uri_scheme_protocol(keys::SCHEME, |context, request| {
            keys::page(context.webview_label(), request.uri().path())
        })
        .invoke_handler(tauri::generate_handler![rpc::rpc, keys::keep_keys, keys::leave_keys])
        .on_window_event(happened)
        .setup(|app| {
            let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
                .title(TITLE)
                .inner_size(1280.0, 800.0)
                .min_inner_size(960.0, 600.0)
                .visible(false)
                .on_document_title_changed(|window, title| {
                    window.state::<Desk>().shows(&title);
                    if let Err(problem) = window.set_title(&title) {
                        eprintln!("warning: the window's title could not be set: {problem}");
                    }
                })
                .build()?;
            app.state::<Geometry>().restore(&window)?;
            window.show()?;
            Ok(())
        })
        .run(tauri::generate_context!())
        .context("the window could not be opened")
}

fn happened(window: &Window, event: &WindowEvent) {
    if window.label() == keys::LABEL {
        if matches!(event, WindowEvent::Destroyed) {
            window.state::<Desk>().question.closed();
        }
        return;
    }
    let geometry = window.state::<Geometry>();
    match event {
        WindowEvent::Moved(_) | WindowEvent::Resized(_) => {
            // A place that the system doesn't tell is not remembered.
            drop(geometry.look(window));
        }
        WindowEvent::Focused(false) => geometry.keep(),
        WindowEvent::CloseRequested { api, .. } => {
            geometry.keep();
            api.prevent_close();
            leave(window);
        }
        WindowEvent::DragDrop(event) => drop_files(window, event),
        _ => {}
    }
}

/// Has the page say what isn't saved, so that it is there again at the next start; then the window goes.
fn leave(window: &Window) {
    let Some(page) = window.get_webview_window(LABEL) else { return };
    if window.state::<Leaving>().0.swap(true, Ordering::Relaxed) {
        // It is about to, or its question waits for an answer.
        return;
    }
    tauri::async_runtime::spawn(async move {
        if all_is_kept(&page).await || dialogs::lets_go(&page).await {
            page.state::<Desk>().studio.stop_jobs();
            go(&page);
        } else {
            page.state::<Leaving>().0.store(false, Ordering::Relaxed);
        }
    });
}

/// Asks the page until it has nothing any more that would be lost with it; false where it can't come to that.
///
/// It is asked at least twice. The web view hands on one key at a time, the next when the page has done with the one
/// before; so what was typed before the question may reach the page after it, but never after the next one: between two
/// answers that know of nothing new, no key was waiting.
async fn all_is_kept(page: &WebviewWindow) -> bool {
    for question in 0..QUESTIONS {
        match tokio::time::timeout(PATIENCE, is_kept(page, question == 0)).await {
            Ok(true) => return true,
            Ok(false) => tokio::time::sleep(PAUSE).await,
            Err(_) => return false,
        }
    }
    false
}

async fn is_kept(page: &WebviewWindow, is_first: bool) -> bool {
    let (answer, mut answered) = watch::channel(None);
    let script = format!("globalThis.touchstone?.leave?.({is_first}) ?? true");
    let asked = page.eval_with_callback(script, move |is_kept| {
        answer.send_replace(Some(is_kept != "false"));
    });
    match asked {
        Ok(()) => answered.wait_for(Option::is_some).await.map_or(true, |is_kept| is_kept.unwrap_or(true)),
        // A page that can't be asked can't keep anything either.
        Err(_) => true,
    }
}

fn go(page: &WebviewWindow) {
    // A window that can't be closed in this way goes with the program.
    if page.destroy().is_err() {
        page.app_handle().exit(0);
    }
}

/// Hands files that are held over the window, or dropped onto it, to the page by their paths.
fn drop_files(window: &Window, event: &DragDropEvent) {
    let script = match event {
        DragDropEvent::Enter { .. } => "hover(true)".to_owned(),
        DragDropEvent::Leave => "hover(false)".to_owned(),
        DragDropEvent::Drop { paths, .. } => {
            let paths: Vec<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
            format!("drop_files({})", json!(paths))
        }
        _ => return,
    };
    let Some(page) = window.get_webview_window(LABEL) else { return };
    if let Err(problem) = page.eval(format!("globalThis.touchstone?.{script}")) {
        eprintln!("warning: what is dropped could not be handed to the page: {problem}");
    }
}
