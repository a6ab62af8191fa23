//! The back end behind Tauri's one command: `invoke("rpc", { request })`.

use js_sys::{Function, JSON, Promise, Reflect};
use serde::Serialize;
use serde_json::Value;
use touchstone_protocol::{ErrorCode, Request, RpcError};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{Backend, Reply};

/// Tauri's `invoke`, as the window offers it.
pub(crate) struct Tauri {
    invoke: Function,
}

#[derive(Serialize)]
struct Arguments<'a> {
    request: &'a Request,
}

impl Tauri {
    /// None where the page isn't in Tauri's window.
    pub(crate) fn find() -> Option<Self> {
        let window: JsValue = web_sys::window()?.into();
        let core = Reflect::get(&window, &"__TAURI__".into())
            .and_then(|tauri| Reflect::get(&tauri, &"core".into()))
            .ok()?;
        let invoke = Reflect::get(&core, &"invoke".into()).ok()?.dyn_into::<Function>().ok()?;
        Some(Self { invoke })
    }

    fn promise(&self, request: &Request) -> Result<Promise, RpcError> {
        let arguments =
            serde_json::to_string(&Arguments { request }).map_err(|error| failed(&error.to_string()))?;
        let arguments = JSON::parse(&arguments).map_err(|error| described(&error))?;
        let promise = self.invoke.call2(&JsValue::NULL, &"rpc".into(), &arguments);
        promise.map(|promise| Promise::resolve(&promise)).map_err(|error| described(&error))
    }
}

impl Backend for Tauri {
    fn send(&self, request: Request, reply: Reply) {
        match self.promise(&request) {
            Ok(promise) => spawn_local(async move {
                let answer = match JsFuture::from(promise).await {
                    Ok(value) => json(&value).and_then(|text| {
                        serde_json::from_str::<Value>(&text).map_err(|error| failed(&error.to_string()))
                    }),
                    Err(error) => Err(described(&error)),
                };
                // Into an app that has stopped an answer would only bring a second error, in the place of the first.
                if !crate::web::has_stopped() {
                    reply(answer);
                }
            }),
            Err(error) => reply(Err(error)),
        }
    }

    fn has_clipboard(&self) -> bool {
        true
    }
}

fn json(value: &JsValue) -> Result<String, RpcError> {
    if value.is_undefined() {
        return Ok("null".to_owned());
    }
    JSON::stringify(value).map(String::from).map_err(|error| described(&error))
}

/// An error of the command comes as it was written; one of the bridge as a text.
fn described(error: &JsValue) -> RpcError {
    let own = json(error).ok().and_then(|text| serde_json::from_str::<RpcError>(&text).ok());
    own.unwrap_or_else(|| {
        let text = error.as_string().or_else(|| {
            let message = Reflect::get(error, &"message".into()).ok()?;
            message.as_string()
        });
        failed(&text.unwrap_or_else(|| "no reason was given".to_owned()))
    })
}

fn failed(reason: &str) -> RpcError {
    RpcError::new(ErrorCode::Failed, format!("The request did not reach the studio: {reason}"))
        .with_help("Close the window and open it again")
}
