//! The egui front end: a library that runs in the Tauri webview, in a browser, and natively for tests and development.
//!
//! Each room (`home`, `data`, `design`, `prove`, `release`, `lineage`, `account`, `settings`) holds its part of the state,
//! its commands, what the app does on them, and its views; `shell` is the window around them, `palette` the list of
//! everything in it, and `keep` what comes back after a crash.
//! It goes one way: the views read the [`state::State`] and send [`command::Command`]s; the [`App`] applies them, asks
//! the [`backend::Backend`], and puts the answers back into the state. Nothing here waits, and nothing does I/O.

pub mod accessibility;
pub mod account;
mod answers;
mod app;
pub mod backend;
pub mod command;
pub mod data;
pub mod design;
pub mod gallery;
pub mod home;
mod icon;
pub mod keep;
mod keys;
pub mod lineage;
mod outside;
pub mod palette;
pub mod prove;
pub mod release;
pub mod remote;
pub mod settings;
pub mod shell;
pub mod state;
mod text;
mod theme;
mod widgets;

#[cfg(target_arch = "wasm32")]
mod web;

pub use app::App;
