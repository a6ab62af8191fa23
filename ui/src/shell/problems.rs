//! What is wrong with a pipeline: place, reason, next step.

use std::borrow::Cow;

use egui::Ui;
use touchstone_spec::{Diagnostic, Severity};

use crate::command::{Command, Commands};
use crate::icon;
use crate::state::State;
use crate::theme::{Tokens, Tone};
use crate::widgets::empty;
use crate::widgets::grid::{Cell, Grid, GridColumn, Listed};

pub(crate) fn problems(state: &State, commands: &Commands, diagnostics: &[Diagnostic], ui: &mut Ui) {
    if diagnostics.is_empty() {
        let text = "The pipeline compiles: it can be simulated and published";
        empty(ui, state, commands, icon::PASSED, "No problems", text, None);
        return;
    }
    let output = Grid::new("problems", "Problems", &listed(diagnostics, Tokens::of(ui.visuals()))).show(ui);
    if let Some(text) = output.copied {
        commands.send(Command::Copy(text));
    }
}

/// Diagnostics as a table.
pub(crate) fn listed<'a>(diagnostics: &'a [Diagnostic], tokens: &Tokens) -> Listed<'a> {
    let text = |text: &'a str| Cell::Text(Cow::Borrowed(text));
    let rows = diagnostics.iter().map(|one| {
        let (sign, word) = match one.severity {
            Severity::Error => (icon::ERROR, "Error"),
            Severity::Warning => (icon::WARNING, "Warning"),
        };
        let color = tokens.tone_text(Tone::of_severity(one.severity));
        vec![
            Cell::Icon(sign, color, word.into()),
            text(&one.message),
            one.help.as_deref().map_or(Cell::Blank, text),
            Cell::Toned(one.place.to_string().into(), Tone::Neutral),
            Cell::Toned(Cow::Borrowed(&one.place.path), Tone::Neutral),
        ]
    });
    Listed {
        columns: vec![
            GridColumn::words("Kind"),
            GridColumn::words("Reason").stretched(),
            GridColumn::words("Next step").stretched(),
            GridColumn::data("Place"),
            GridColumn::data("Path"),
        ],
        rows: rows.collect(),
    }
}
