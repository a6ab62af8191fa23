//! The one boundary to the back end, and the ways through it.

#[cfg(target_arch = "wasm32")]
mod http;
#[cfg(not(target_arch = "wasm32"))]
mod in_process;
#[cfg(target_arch = "wasm32")]
mod tauri;

use serde_json::Value;
use touchstone_protocol::{Request, RpcError};

#[cfg(target_arch = "wasm32")]
pub(crate) use http::Http;
#[cfg(not(target_arch = "wasm32"))]
pub use in_process::InProcess;
#[cfg(target_arch = "wasm32")]
pub(crate) use tauri::Tauri;

/// Where an answer goes.
pub type Reply = Box<dyn FnOnce(Result<Value, RpcError>) + Send>;

/// Those who carry requests to the back end. Never blocks: the answer comes later, from any thread.
pub trait Backend {
    /// Has `request` answered to `reply`.
    fn send(&self, request: Request, reply: Reply);

    /// Offers a text to the person as a download; false where there is no such thing, which is wherever the back end
    /// answers `save_text` itself.
    fn download(&self, _name: &str, _text: &str) -> bool {
        false
    }

    /// Whether what is copied goes to the back end: it may write to the clipboard where a page may not.
    fn has_clipboard(&self) -> bool {
        false
    }
}

impl Backend for Box<dyn Backend> {
    fn send(&self, request: Request, reply: Reply) {
        (**self).send(request, reply);
    }

    fn download(&self, name: &str, text: &str) -> bool {
        (**self).download(name, text)
    }

    fn has_clipboard(&self) -> bool {
        (**self).has_clipboard()
    }
}
