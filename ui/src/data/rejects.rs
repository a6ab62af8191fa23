//! Records that could not be read, with their place, the reason and what is in the file.

use std::borrow::Cow;

use egui::{Align, Frame, Layout, Margin, Panel, RichText, Stroke, Ui};
use touchstone_protocol::RejectView;

use super::command::Command as DataCommand;
use crate::command::{Command, Commands};
use crate::icon;
use crate::state::State;
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::grid::{Cell, Grid, GridColumn, Listed};
use crate::widgets::page::is_short;
use crate::widgets::{icon_button, state_icon};

/// Height of the list with its heading, without scrolling.
fn height(rejects: &[RejectView]) -> f32 {
    Grid::full_height(&listed(rejects)) + 44.0
}

/// The same below the records that could be read: as a list, or folded where they need the height themselves.
pub(crate) fn rejects_below(
    state: &State,
    commands: &Commands,
    rejects: &[RejectView],
    total: u64,
    ui: &mut Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    let frame = Frame::new().fill(tokens.content);
    let is_listed = state.data.rejects.unwrap_or(!is_short(ui.ctx()));
    let fold = |ui: &mut Ui| {
        let (sign, name) =
            if is_listed { (icon::CARET_DOWN, "Fold rejects") } else { (icon::CARET_RIGHT, "List rejects") };
        if icon_button(ui, sign, name).clicked() {
            commands.send(Command::Data(DataCommand::ListRejects(!is_listed)));
        }
    };
    if is_listed {
        let room = ui.available_height();
        let default = height(rejects).clamp(80.0, 180.0).min(room * 0.5);
        crate::keep::keep_panel(ui, "rejects");
        let panel = Panel::bottom("rejects").resizable(true).default_size(default);
        panel.size_range(48.0_f32.min(room)..=(room * 0.8).max(48.0)).frame(frame).show(ui, |ui| {
            heading(rejects, total, fold, ui);
            listing(commands, rejects, ui);
        });
    } else {
        Panel::bottom("folded rejects").resizable(false).frame(frame).show(ui, |ui| {
            heading(rejects, total, fold, ui);
            let line = ui.min_rect();
            ui.painter().hline(line.x_range(), line.top() + 0.5, Stroke::new(1.0, tokens.line));
        });
    }
}

/// Records that could not be read, with their place and the reason.
pub(crate) fn rejects(commands: &Commands, rejects: &[RejectView], total: u64, ui: &mut Ui) {
    heading(rejects, total, |_| {}, ui);
    listing(commands, rejects, ui);
}

fn heading(rejects: &[RejectView], total: u64, right: impl FnOnce(&mut Ui), ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin { left: 12, right: 8, top: 2, bottom: 2 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_min_width(ui.available_width());
            state_icon(ui, icon::WARNING, tokens.warning, "Warning");
            let mut words = format!("{} could not be read", text::count(total, "record", "records"));
            if (rejects.len() as u64) < total {
                words = format!("{words}, here the first {}", text::number(rejects.len() as u64));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                right(ui);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let words = RichText::new(words).font(theme::small_strong()).color(tokens.text_strong);
                    ui.add(egui::Label::new(words).truncate());
                });
            });
        });
    });
}

fn listing(commands: &Commands, rejects: &[RejectView], ui: &mut Ui) {
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
