//! The one command: a request of the page goes to the studio, and its answer back.
#![expect(
    clippy::let_underscore_must_use,
    reason = "of an asynchronous command Tauri's macro makes such a line"
)]

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rfd::AsyncFileDialog;
use serde_json::Value;
use tauri::{State, WebviewWindow};
use touchstone_protocol::{Call as _, OpenWorkspace, Request, RpcError};
use touchstone_studio::{Studio, dispatch};

use crate::window::TITLE;

/// What stands behind the window.
pub(crate) struct Desk {
    studio: Arc<Studio>,
    /// The workspace of the command line, until one is open.
    wanted: Mutex<Option<PathBuf>>,
    log: Log,
}

impl Desk {
    pub(crate) fn new(workspace: Option<PathBuf>) -> Self {
        Self { studio: Studio::new(), wanted: Mutex::new(workspace), log: Log::new() }
    }

    async fn answer(&self, window: &WebviewWindow, request: Request) -> Result<Value, RpcError> {
        match request {
            Request::PickWorkspace(_) => match pick_folder(window).await {
                Some(folder) => self.open(window, folder).await,
                None => Ok(Value::Null),
            },
            Request::OpenWorkspace(OpenWorkspace { path }) => self.open(window, PathBuf::from(path)).await,
            // The page's first question: only now, so that the window is there while a workspace is being read,
            // and so that an error has a place to be shown.
            Request::Workspace(_) => match self.wanted() {
                Some(folder) => self.open(window, folder).await,
                None => dispatch(&*self.studio, request).await,
            },
            request => dispatch(&*self.studio, request).await,
        }
    }

    async fn open(&self, window: &WebviewWindow, folder: PathBuf) -> Result<Value, RpcError> {
        let begun = Instant::now();
        let request = OpenWorkspace { path: folder.display().to_string() }.into_request();
        let result = dispatch(&*self.studio, request).await;
        self.log.line("open_workspace", &result, begun);
        if let Ok(workspace) = &result {
            *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = None;
            let name = workspace.get("name").and_then(Value::as_str).unwrap_or_default();
            if let Err(problem) = window.set_title(&format!("{TITLE} – {name}")) {
                eprintln!("warning: the window's title could not be set: {problem}");
            }
        }
        result
    }

    fn wanted(&self) -> Option<PathBuf> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The page's way to the studio.
#[tauri::command]
pub(crate) async fn rpc(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    request: Request,
) -> Result<Value, RpcError> {
    desk.log.page_is_ready();
    let (method, begun) = (request.method(), Instant::now());
    let result = desk.answer(&window, request).await;
    desk.log.line(method, &result, begun);
    result
}

async fn pick_folder(window: &WebviewWindow) -> Option<PathBuf> {
    let dialog = AsyncFileDialog::new().set_title("Open workspace").set_parent(window);
    dialog.pick_folder().await.map(|folder| folder.path().to_owned())
}

/// Lines on standard error, for those who follow what happens: methods and outcomes, never what was in them.
struct Log {
    is_on: bool,
    page_was_ready: AtomicBool,
}

impl Log {
    fn new() -> Self {
        let is_on =
            std::env::var("TOUCHSTONE_LOG").is_ok_and(|topics| topics.split(',').any(|topic| topic == "rpc"));
        Self { is_on, page_was_ready: AtomicBool::new(false) }
    }

    fn page_is_ready(&self) {
        if self.is_on && !self.page_was_ready.swap(true, Ordering::Relaxed) {
            eprintln!("page ready");
        }
    }

    fn line(&self, method: &str, result: &Result<Value, RpcError>, begun: Instant) {
        if !self.is_on {
            return;
        }
        let outcome = match result {
            // How far a job is says more than that the question was answered.
            Ok(answer) if method.contains("job") || method == "start_simulate" => {
                format!("ok {}", answer.get("state").and_then(Value::as_str).unwrap_or_default())
            }
            Ok(_) => "ok".to_owned(),
            Err(error) => format!("failed {:?}", error.code),
        };
        eprintln!("rpc {method} {outcome} {} ms", begun.elapsed().as_millis());
    }
}
