//! The window around the rooms: bar, list of pipelines, tabs, problems, questions, errors.

mod apply;
mod bar;
mod check;
mod command;
mod dialog;
mod messages;
mod pipeline;
mod pipelines;
mod problems;
mod status;
mod tabs;
mod window;

use egui::{Response, Role, WidgetInfo};

use crate::design::Unsaved;

pub(crate) use bar::mark;
pub(crate) use check::check;
pub use command::Command;
pub(crate) use pipelines::outcome_text;
pub(crate) use problems::listed;
pub use problems::{Grouping, View as Problems};
pub(crate) use window::{bound, shortcuts, window};

/// What is chosen here.
#[derive(Debug, Default)]
pub struct State {
    /// Whether the list of pipelines is put away.
    pub is_list_hidden: bool,
    /// Only pipelines that match this are listed.
    pub filter: String,
    /// How the list of problems is looked at.
    pub problems: Problems,
    /// Files whose unsaved edits came back, until that is dismissed.
    pub restored: Vec<String>,
    /// Edits that another studio left of files that this one has edits of too: one step back in these documents' history,
    /// and kept until they are saved.
    pub others_left: Vec<Unsaved>,
    /// How many other studios have the workspace open.
    pub others: usize,
}

/// Names a field that no label stands beside.
fn name_field(field: &Response, name: &str, text: &str) {
    field.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::TextInput, true, name);
        info.current_text_value = Some(text.to_owned());
        info
    });
}
