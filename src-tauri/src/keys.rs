//! Access keys are typed here: in a window of its own, whose page is no part of the studio's and whose words go straight
//! to the system's keychain.
#![expect(
    clippy::let_underscore_must_use,
    reason = "of an asynchronous command Tauri's macro makes such a line"
)]

use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use tauri::http::{Response, StatusCode, header};
use tauri::utils::config::WebviewUrl;
use tauri::{Manager as _, Url, WebviewWindow, WebviewWindowBuilder};
use tokio::sync::oneshot;
use touchstone_protocol::{ErrorCode, RpcError};
use touchstone_studio::KeyPair;

use crate::rpc::Desk;

/// Name of the window, as its capability knows it.
pub(crate) const LABEL: &str = "keys";
/// Scheme of its page's address: another origin than the studio's page.
pub(crate) const SCHEME: &str = "touchstone-keys";

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src ipc: http://ipc.localhost; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What is asked for, while the window is open.
#[derive(Default)]
pub(crate) struct Question(Mutex<Option<Asked>>);

struct Asked {
    environment: String,
    answer: oneshot::Sender<Result<Value, RpcError>>,
}

impl Question {
    fn asked(&self) -> std::sync::MutexGuard<'_, Option<Asked>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn environment(&self) -> Option<String> {
        self.asked().as_ref().map(|asked| asked.environment.clone())
    }

    /// Gives the answer, if one is still awaited.
    fn answer(&self, result: Result<Value, RpcError>) {
        if let Some(asked) = self.asked().take() {
            // The page that asked may have gone.
            drop(asked.answer.send(result));
        }
    }

    /// The window has closed: without an answer, it is that the person didn't want to.
    pub(crate) fn closed(&self) {
        self.answer(Err(RpcError::new(ErrorCode::Cancelled, "no keys were entered")));
    }
}

/// Asks the person for the keys of an environment; gives the settings as they are once the keys are kept.
pub(crate) async fn ask(studio: &WebviewWindow, desk: &Desk, environment: String) -> Result<Value, RpcError> {
    desk.studio.takes_keys(&environment).await?;
    if let Some(open) = studio.get_webview_window(LABEL) {
        // It may be behind the studio's window; that it can't be brought forward changes nothing.
        drop(open.set_focus());
        return Err(RpcError::new(ErrorCode::Unavailable, "access keys are being asked for already")
            .with_help("answer or close that window first"));
    }
    let (answer, answered) = oneshot::channel();
    *desk.question.asked() = Some(Asked { environment: environment.clone(), answer });
    if let Err(error) = open(studio, &environment) {
        desk.question.closed();
        return Err(RpcError::new(
            ErrorCode::Failed,
            format!("no window could be opened for the keys: {error}"),
        )
        .with_help(format!("enter them in a terminal: `touchstone env keys {environment}`")));
    }
    answered.await.unwrap_or_else(|_| Err(RpcError::new(ErrorCode::Cancelled, "the window was closed")))
}

fn open(studio: &WebviewWindow, environment: &str) -> tauri::Result<()> {
    let mut address =
        Url::parse(&format!("{SCHEME}://localhost/form.html")).map_err(tauri::Error::InvalidUrl)?;
    address.query_pairs_mut().append_pair("environment", environment);
    WebviewWindowBuilder::new(studio, LABEL, WebviewUrl::CustomProtocol(address))
        .title(format!("Access keys for {environment}"))
        .parent(studio)?
        .inner_size(520.0, 460.0)
        .min_inner_size(360.0, 320.0)
        .center()
        .build()
        .map(drop)
}

/// The window's page.
pub(crate) fn page(label: &str, path: &str) -> Response<&'static [u8]> {
    let (status, kind, body): (_, _, &[u8]) = match path {
        // Nobody else has a use for it.
        _ if label != LABEL => (StatusCode::FORBIDDEN, "text/plain", b""),
        "/form.html" => (StatusCode::OK, "text/html; charset=utf-8", include_bytes!("keys/form.html")),
        "/form.css" => (StatusCode::OK, "text/css; charset=utf-8", include_bytes!("keys/form.css")),
        "/form.js" => (StatusCode::OK, "text/javascript; charset=utf-8", include_bytes!("keys/form.js")),
        _ => (StatusCode::NOT_FOUND, "text/plain", b""),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(POLICY));
    response
}

/// Keeps what the person typed; an error is for the window that they typed it into.
#[tauri::command]
pub(crate) async fn keep_keys(
    window: WebviewWindow,
    desk: tauri::State<'_, Desk>,
    id: String,
    secret: String,
    token: String,
) -> Result<(), RpcError> {
    let Some(environment) = desk.question.environment() else {
        return Err(RpcError::new(ErrorCode::Failed, "nobody asks for keys any more"));
    };
    let pair = KeyPair::new(&id, &secret, Some(&token))?;
    let settings = desk.studio.put_keys(&environment, pair).await?;
    let settings = serde_json::to_value(settings)
        .map_err(|error| RpcError::new(ErrorCode::Failed, format!("the settings can't be written: {error}")));
    desk.question.answer(settings);
    close(&window)
}

/// The person doesn't want to.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "Tauri hands it over")]
pub(crate) fn leave_keys(window: WebviewWindow) -> Result<(), RpcError> {
    close(&window)
}

fn close(window: &WebviewWindow) -> Result<(), RpcError> {
    window
        .destroy()
        .map_err(|error| RpcError::new(ErrorCode::Failed, format!("the window stays open: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_window_for_keys_gets_its_page() {
        assert_eq!(page(LABEL, "/form.html").status(), 200);
        assert_eq!(page("studio", "/form.html").status(), 403);
        assert_eq!(page(LABEL, "/../rpc.rs").status(), 404);
        let policy = page(LABEL, "/form.js").headers()[header::CONTENT_SECURITY_POLICY].clone();
        assert!(policy.to_str().unwrap().starts_with("default-src 'none'"));
    }

    #[test]
    fn each_window_may_call_its_own_commands_alone() {
        let capability = |text: &str| {
            let read: Value = serde_json::from_str(text).unwrap();
            (read["windows"].clone(), read["permissions"].clone())
        };
        let studio = capability(include_str!("../capabilities/studio.json"));
        assert_eq!(studio, (serde_json::json!(["studio"]), serde_json::json!(["allow-rpc"])));
        let keys = capability(include_str!("../capabilities/keys.json"));
        let own = serde_json::json!(["allow-keep-keys", "allow-leave-keys"]);
        assert_eq!(keys, (serde_json::json!([LABEL]), own));
    }
}
