//! The one command of the studio's page: a request goes to the studio or to the system, and its answer back.
#![expect(
    clippy::let_underscore_must_use,
    reason = "of an asynchronous command Tauri's macro makes such a line"
)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde_json::Value;
use tauri::{Manager as _, State, WebviewWindow};
use touchstone_keychain::SystemKeychain;
use touchstone_protocol::{Call as _, ErrorCode, NewWorkspace, OpenWorkspace, Request, RpcError, SaveText};
use touchstone_studio::{
    PersonFolders, RequestLog, Studio, StudioOptions, dispatch, last_workspace, write_whole,
};

use crate::keys::Question;
use crate::{clipboard, dialogs, keys};

/// What stands behind the window.
pub(crate) struct Desk {
    pub(crate) studio: Arc<Studio>,
    pub(crate) question: Question,
    /// The workspace of the command line, until one is open.
    wanted: Mutex<Option<PathBuf>>,
    log: RequestLog,
    page_was_ready: AtomicBool,
}

impl Desk {
    pub(crate) fn new(workspace: Option<PathBuf>, folders: Option<PersonFolders>) -> Self {
        // The one that was open last is what the page will ask for, where nothing else is named.
        let likely = workspace.clone().or_else(|| last_workspace(folders.as_ref()?));
        let options = StudioOptions { folders, has_dialogs: true };
        let studio = Studio::start_with(options, Arc::new(SystemKeychain));
        if let Some(folder) = likely {
            // While the web view starts.
            let studio = Arc::clone(&studio);
            tauri::async_runtime::spawn(async move { studio.prepare(folder).await });
        }
        Self {
            studio,
            question: Question::default(),
            wanted: Mutex::new(workspace),
            log: RequestLog::from_environment(),
            page_was_ready: AtomicBool::new(false),
        }
    }

    async fn answer(&self, window: &WebviewWindow, request: Request) -> Result<Value, RpcError> {
        match request {
            Request::PickWorkspace(_) => match dialogs::folder(window, "Open workspace").await {
                Some(folder) => self.open(&folder).await,
                None => Ok(Value::Null),
            },
            Request::OpenWorkspace(OpenWorkspace { path }) => self.open(Path::new(&path)).await,
            Request::NewWorkspace(NewWorkspace { path: None, name }) => {
                let Some(folder) = dialogs::folder(window, "New workspace: choose an empty folder").await
                else {
                    return Ok(Value::Null);
                };
                let path = Some(folder.to_string_lossy().into_owned());
                self.enter(NewWorkspace { path, name }.into_request()).await
            }
            Request::NewWorkspace(_) | Request::OpenSampleWorkspace(_) => self.enter(request).await,
            // The page's first question: only now, so that the window is there while a workspace is being read,
            // and so that an error has a place to be shown.
            Request::Workspace(_) => match self.wanted() {
                Some(folder) => self.open(&folder).await,
                None => dispatch(&*self.studio, request).await,
            },
            Request::PickFiles(_) => Ok(dialogs::files(window).await.iter().map(|file| text(file)).collect()),
            Request::SaveText(SaveText { name, text }) => save(window, &name, text).await,
            Request::CopyText(copy) => {
                clipboard::copy(window.app_handle(), copy.text).await.map(|()| Value::Null)
            }
            Request::EnterKeys(asked) => keys::ask(window, self, asked.environment).await,
            request => dispatch(&*self.studio, request).await,
        }
    }

    async fn open(&self, folder: &Path) -> Result<Value, RpcError> {
        self.enter(OpenWorkspace { path: folder.to_string_lossy().into_owned() }.into_request()).await
    }

    /// Has a request answered that opens a workspace.
    async fn enter(&self, request: Request) -> Result<Value, RpcError> {
        let (method, begun) = (request.method(), Instant::now());
        let result = dispatch(&*self.studio, request).await;
        self.log.line(method, &result, begun);
        if result.is_ok() {
            *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        result
    }

    fn wanted(&self) -> Option<PathBuf> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The page has drawn what it calls by this title.
    pub(crate) fn shows(&self, title: &str) {
        self.log.say(&format!("shows {title}"));
    }

    fn page_is_ready(&self) {
        if !self.page_was_ready.swap(true, Ordering::Relaxed) {
            self.log.say("page ready");
        }
    }
}

/// The page's way to the studio.
#[tauri::command]
pub(crate) async fn rpc(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    request: Request,
) -> Result<Value, RpcError> {
    desk.page_is_ready();
    let (method, begun) = (request.method(), Instant::now());
    let result = desk.answer(&window, request).await;
    desk.log.line(method, &result, begun);
    result
}

async fn save(window: &WebviewWindow, name: &str, content: String) -> Result<Value, RpcError> {
    let Some(file) = dialogs::place(window, name).await else { return Ok(Value::Null) };
    let written = tauri::async_runtime::spawn_blocking(move || {
        write_whole(&file, content.as_bytes()).map(|()| text(&file))
    });
    written.await.unwrap_or_else(|_| Err(RpcError::new(ErrorCode::Failed, "the file was not written")))
}

fn text(path: &Path) -> Value {
    path.to_string_lossy().into_owned().into()
}
