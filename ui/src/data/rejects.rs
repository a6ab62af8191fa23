//! Records that could not be read, with their place, the reason and what is in the file.

use std::borrow::Cow;

use egui::{Frame, Margin, RichText, Ui};
use touchstone_protocol::RejectView;

use crate::command::{Command, Commands};
use crate::icon;
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::grid::{Cell, Grid, GridColumn, Listed};
use crate::widgets::state_icon;

/// Height of the list with its heading, without scrolling.
pub(super) fn height(rejects: &[RejectView]) -> f32 {
    Grid::full_height(&listed(rejects)) + 44.0
}

/// Records that could not be read, with their place and the reason.
pub(crate) fn rejects(commands: &Commands, rejects: &[RejectView], total: u64, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
        ui.horizontal(|ui| {
            state_icon(ui, icon::WARNING, tokens.warning, "Warning");
            let mut words = format!("{} could not be read", text::count(total, "record", "records"));
            if (rejects.len() as u64) < total {
                words = format!("{words}, here the first {}", text::number(rejects.len() as u64));
            }
            ui.label(RichText::new(words).font(theme::small_strong()).color(tokens.text_strong));
        });
    });
    let output = Grid::new("reject rows", "Rejects", &listed(rejects)).show(ui);
    if let Some(copied) = output.copied {
        commands.send(Command::Copy(copied));
    }
}

fn listed(rejects: &[RejectView]) -> Listed<'_> {
    let rows = rejects.iter().map(|reject| {
        vec![
            Cell::Text(text::number(reject.record).into()),
            Cell::Text(text::number(reject.line).into()),
            Cell::Text(text::number(reject.byte).into()),
            Cell::Text(Cow::Borrowed(&reject.reason)),
            Cell::Text(Cow::Borrowed(&reject.raw)),
        ]
    });
    Listed {
        columns: vec![
            GridColumn::numbers("Record"),
            GridColumn::numbers("Line"),
            GridColumn::numbers("Byte"),
            GridColumn::words("Reason"),
            GridColumn::data("As it is in the file").stretched(),
        ],
        rows: rows.collect(),
    }
}
