//! The one boundary to the back end, and the ways through it.

#[cfg(not(target_arch = "wasm32"))]
mod in_process;
#[cfg(target_arch = "wasm32")]
mod tauri;

use serde_json::Value;
use touchstone_protocol::{Request, RpcError};

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
}
