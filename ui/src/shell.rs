//! The window around the rooms: bar, list of pipelines, tabs, problems, questions, errors.

mod bar;
mod check;
mod dialog;
mod pipeline;
mod pipelines;
mod problems;
mod status;
mod tabs;
mod window;

pub(crate) use bar::mark;
pub(crate) use check::check;
pub(crate) use pipelines::outcome_text;
pub(crate) use problems::listed;
pub(crate) use window::{shortcuts, window};
