//! The egui front end: a library that runs in the Tauri webview, in a browser, and natively for tests and development.
//!
//! It goes one way: the views read the [`state::State`] and send [`command::Command`]s; the [`App`] applies them, asks
//! the [`backend::Backend`], and puts the answers back into the state. Nothing here waits, and nothing does I/O.

mod app;
pub mod backend;
pub mod command;
mod icon;
pub mod remote;
pub mod rows;
pub mod state;
mod text;
mod theme;
mod views;
mod widgets;

#[cfg(target_arch = "wasm32")]
mod web;

pub use app::App;
