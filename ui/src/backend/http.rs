//! The back end behind `touchstone serve`: every request is one POST to the place where the page came from.

use js_sys::{Array, Promise};
use serde::Deserialize;
use serde_json::Value;
use touchstone_protocol::{ErrorCode, Request, RpcError};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    AddEventListenerOptions, Blob, BlobPropertyBag, HtmlAnchorElement, RequestInit, Response, Url, Window,
};

use super::{Backend, Reply};

/// Address of the requests.
const ADDRESS: &str = "/rpc";

/// The server that the page came from.
pub(crate) struct Http {
    window: Window,
}

/// What the server writes.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Ok(Value),
    Error(RpcError),
}

impl Http {
    /// None where the page came from no server.
    pub(crate) fn find() -> Option<Self> {
        let window = web_sys::window()?;
        let scheme = window.location().protocol().ok()?;
        matches!(scheme.as_str(), "http:" | "https:").then_some(Self { window })
    }

    fn offer(&self, name: &str, text: &str) -> Result<(), JsValue> {
        let document = self.window.document().ok_or(JsValue::NULL)?;
        let kind = BlobPropertyBag::new();
        kind.set_type("text/plain;charset=utf-8");
        let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &kind)?;
        let address = Url::create_object_url_with_blob(&blob)?;
        let link = document.create_element("a")?.dyn_into::<HtmlAnchorElement>()?;
        link.set_href(&address);
        link.set_download(name);
        link.click();
        // The browser has taken hold of the bytes with the click.
        Url::revoke_object_url(&address)
    }
}

impl Backend for Http {
    fn send(&self, request: Request, reply: Reply) {
        let window = self.window.clone();
        spawn_local(async move {
            if matches!(request, Request::AwaitChanges(_)) {
                until_seen(&window).await;
            }
            let answer = ask(&window, &request).await;
            // Into an app that has stopped an answer would only bring a second error, in the place of the first.
            if !crate::web::has_stopped() {
                reply(answer);
            }
        });
    }

    fn download(&self, name: &str, text: &str) -> bool {
        self.offer(name, text).is_ok()
    }
}

/// Waits until the person looks at the page. A browser keeps some six connections to one server, for all its tabs: those
/// that nobody looks at must not hold one of them for as long as nothing changes.
async fn until_seen(window: &Window) {
    let Some(document) = window.document() else { return };
    while document.hidden() {
        let options = AddEventListenerOptions::new();
        options.set_once(true);
        let seen = Promise::new(&mut |resolve, _| {
            let listened = document.add_event_listener_with_callback_and_add_event_listener_options(
                "visibilitychange",
                &resolve,
                &options,
            );
            if listened.is_err() {
                drop(resolve.call0(&JsValue::NULL));
            }
        });
        if JsFuture::from(seen).await.is_err() {
            return;
        }
    }
}

async fn ask(window: &Window, request: &Request) -> Result<Value, RpcError> {
    let body = serde_json::to_string(request).map_err(|error| failed(&error.to_string()))?;
    let text = post(window, &body).await.map_err(|_| gone())?;
    match serde_json::from_str::<Answer>(&text) {
        Ok(Answer::Ok(value)) => Ok(value),
        Ok(Answer::Error(error)) => Err(error),
        Err(error) => Err(failed(&error.to_string())),
    }
}

async fn post(window: &Window, body: &str) -> Result<String, JsValue> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&body.into());
    let request = web_sys::Request::new_with_str_and_init(ADDRESS, &init)?;
    request.headers().set("content-type", "application/json")?;
    let response: Response = JsFuture::from(window.fetch_with_request(&request)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?;
    text.as_string().ok_or(text)
}

fn gone() -> RpcError {
    RpcError::new(ErrorCode::Unavailable, "Touchstone can't be reached: `touchstone serve` may have ended").with_help(
        "Try again; if it has ended, start it once more and open the link that it prints. What was saved is kept",
    )
}

fn failed(reason: &str) -> RpcError {
    RpcError::new(
        ErrorCode::Failed,
        format!("The answer of `touchstone serve` can't be understood: {reason}"),
    )
    .with_help("Reload the page")
}
