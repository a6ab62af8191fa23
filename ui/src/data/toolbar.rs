//! The line above a grid: what it shows, how it is sorted and filtered, and what can be done with it.

use egui::{Align, Frame, Layout, Margin, RichText, Ui};
use touchstone_protocol::{DataQuery, DataRef};

use super::command::Command as DataCommand;
use super::grid::{Options, send};
use super::{Rows, RowsOf, View, query};
use crate::command::{Command, Commands};
use crate::icon;
use crate::remote::Remote;
use crate::state::State;
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::{Chip, command_icon};

pub(super) fn toolbar(
    state: &State,
    commands: &Commands,
    data: &DataRef,
    view: &View,
    options: &Options<'_>,
    ui: &mut Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin { left: 12, right: 8, top: 3, bottom: 3 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let panel = Command::Data(DataCommand::TogglePanel);
                command_icon(ui, state, commands, &panel, view.panel);
                command_icon(ui, state, commands, &Command::Data(DataCommand::GoTo), view.go_to.is_some());
                command_icon(ui, state, commands, &Command::Data(DataCommand::Find), view.find.is_some());
                ui.add_space(4.0);
                let mut words = how_many(state, data, &view.query);
                if state.data.profiles.get(data).is_some_and(Remote::is_pending) {
                    words = format!("Counting columns…  {words}");
                }
                ui.label(RichText::new(words).font(theme::small()).color(tokens.text_subdued));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    if let Some(lead) = options.lead {
                        lead(ui);
                    }
                });
            });
        });
        if !query::is_plain(&view.query) || !view.hidden.is_empty() {
            chips(commands, data, view, ui);
        }
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 0.5, egui::Stroke::new(1.0, tokens.line));
}

/// `4 980 of 5 021 rows`, and what goes on.
fn how_many(state: &State, data: &DataRef, asked: &DataQuery) -> String {
    let of = |query: DataQuery| state.data.rows.get(&RowsOf { data: data.clone(), query });
    let Some(rows) = of(asked.clone()) else { return String::new() };
    let Some(total) = rows.total() else {
        return if rows.error().is_some() { "Rows of before".to_owned() } else { "Reading…".to_owned() };
    };
    let so_far = if rows.is_complete() { "" } else { " so far" };
    let all = of(asked.reading()).or_else(|| of(DataQuery::default())).and_then(Rows::total);
    match all {
        Some(all) if all != total => {
            format!("{} of {}{so_far}", text::number(total), text::count(all, "row", "rows"))
        }
        _ => format!("{}{so_far}", text::count(total, "row", "rows")),
    }
}

/// One chip for each sort and filter; its cross takes it away.
fn chips(commands: &Commands, data: &DataRef, view: &View, ui: &mut Ui) {
    ui.add_space(2.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
        for sort in &view.query.sort {
            let sign = if sort.descending { icon::DESCENDING } else { icon::ASCENDING };
            let chip = Chip::new(&sort.column).icon(sign).removable().show(ui);
            let command =
                |descending| DataCommand::Sort(data.clone(), sort.column.clone(), Some(descending), true);
            if chip.removed {
                send(commands, command(sort.descending));
            } else if chip.clicked {
                send(commands, command(!sort.descending));
            }
        }
        for filter in &view.query.filters {
            let words = query::in_words(filter);
            let chip = Chip::new(&words).icon(icon::FILTER).removable().show(ui);
            if chip.removed {
                send(commands, DataCommand::Filter(data.clone(), filter.column.clone(), None));
            } else if chip.clicked {
                send(commands, DataCommand::AskFilter(data.clone(), filter.column.clone()));
            }
        }
        if let Some(search) = &view.query.search {
            let words = format!("some cell holds {search}");
            if Chip::new(&words).icon(icon::FIND).removable().show(ui).removed {
                send(commands, DataCommand::Search(data.clone(), None));
            }
        }
        if !view.hidden.is_empty() {
            let words = format!("{} hidden", text::count(view.hidden.len() as u64, "column", "columns"));
            let names = view.hidden.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
            if Chip::new(&words).icon(icon::HIDDEN).tooltip(&names).removable().show(ui).removed {
                send(commands, DataCommand::ShowAll(data.clone()));
            }
        }
    });
}
