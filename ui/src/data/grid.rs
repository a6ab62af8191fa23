//! Data as a grid: any room shows samples, files and tables with it.

use egui::{Frame, Margin, Panel, Popup, PopupCloseBehavior, Response, SetOpenCommand, Ui, UiBuilder};
use touchstone_protocol::{DataQuery, DataRef};

use super::command::Command as DataCommand;
use super::paged::Paged;
use super::{Row, Rows, RowsOf, View, column, filter, find, toolbar};
use crate::command::{Command, Commands};
use crate::icon;
use crate::remote::Remote;
use crate::state::State;
use crate::theme::Tokens;
use crate::widgets::grid::{Grid, GridOutput, Header, Jump};
use crate::widgets::{Button, empty, error_box, pending};

/// Rows beyond those in sight that are fetched too.
const AHEAD: u64 = 40;

/// How a room shows data.
pub(crate) struct Options<'a> {
    /// What is read aloud: `Sample of trades`.
    pub(crate) name: &'a str,
    /// What is said where there are no rows at all: what is missing, and why.
    pub(crate) nothing: (&'a str, &'a str),
    /// At the left of the line above the grid.
    pub(crate) lead: Option<&'a dyn Fn(&mut Ui)>,
    /// What follows where the keyboard's cell is, asked in every frame.
    pub(crate) cursor: Option<&'a Follow<'a>>,
}

/// What follows from where the keyboard's cell is.
pub(crate) type Follow<'a> = dyn Fn(&CellAt<'_>) -> Option<Command> + 'a;

/// The cell that the keyboard is at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CellAt<'a> {
    /// Where its row is stored, from zero.
    pub(crate) row: u64,
    /// Name of its column.
    pub(crate) column: &'a str,
}

impl<'a> Options<'a> {
    pub(crate) fn new(name: &'a str, nothing: (&'a str, &'a str)) -> Self {
        Self { name, nothing, lead: None, cursor: None }
    }

    pub(crate) fn lead(mut self, lead: &'a dyn Fn(&mut Ui)) -> Self {
        self.lead = Some(lead);
        self
    }

    pub(crate) fn cursor(mut self, cursor: &'a Follow<'a>) -> Self {
        self.cursor = Some(cursor);
        self
    }
}

/// Shows data, with everything to sort, filter, find and understand it; takes all the room there is.
pub(crate) fn grid(state: &State, commands: &Commands, data: &DataRef, options: &Options<'_>, ui: &mut Ui) {
    let none = View::default();
    let view = state.data.views.get(data).unwrap_or(&none);
    if !state.data.profiles.contains_key(data) {
        send(commands, DataCommand::NeedProfile(data.clone()));
    }
    ui.push_id(data, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        toolbar::toolbar(state, commands, data, view, options, ui);
        if view.find.is_some() || view.go_to.is_some() {
            let shown = state.data.shown_rows(data).map(|(_, rows)| rows);
            let id = |row: u64| match shown?.row(row) {
                Row::Known { id, .. } => id,
                Row::Pending | Row::Failed => None,
            };
            find::bars(commands, data, view, &id, ui);
        }
        if view.panel
            && let Some(name) = &view.column
        {
            let frame = Frame::new().fill(Tokens::of(ui.visuals()).panel);
            crate::keep::keep_panel(ui, "column");
            let panel = Panel::right("column").resizable(true).default_size(304.0).size_range(240.0..=560.0);
            panel.frame(frame).show(ui, |ui| column::panel(state, commands, data, view, name, ui));
        }
        let frame = Frame::new().fill(Tokens::of(ui.visuals()).content);
        egui::CentralPanel::default().frame(frame).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            rows(state, commands, data, view, options, ui);
        });
    });
}

pub(super) fn send(commands: &Commands, command: DataCommand) {
    commands.send(Command::Data(command));
}

fn rows(state: &State, commands: &Commands, data: &DataRef, view: &View, options: &Options<'_>, ui: &mut Ui) {
    let asked = RowsOf { data: data.clone(), query: view.query.clone() };
    let first = 0..1;
    let Some(awaited) = state.data.rows.get(&asked) else {
        send(commands, DataCommand::NeedRows(asked, first));
        pending(ui, "Reading…");
        return;
    };
    if let Some(error) = awaited.error() {
        Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
            let title = "Some rows could not be fetched";
            error_box(ui, state, commands, title, error, Some(&Command::Retry), None);
        });
    }
    // Where the rows can't be fetched either, that says it.
    let profile = state.data.profiles.get(data).and_then(Remote::error);
    if let Some(error) = profile.filter(|_| awaited.error().is_none()) {
        Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
            let title = "The columns could not be counted";
            error_box(ui, state, commands, title, error, Some(&Command::Retry), None);
        });
    }
    // What is in sight may be the answer to the question before.
    let Some((query, shown)) = state.data.shown_rows(data) else { return };
    if awaited.total().is_none() && !awaited.missing(&first).is_empty() {
        send(commands, DataCommand::NeedRows(asked.clone(), first.clone()));
    }
    match shown.total() {
        None => {
            if awaited.error().is_none() {
                pending(ui, "Reading…");
            }
        }
        Some(0) => {
            if !shown.missing(&first).is_empty() {
                send(commands, DataCommand::NeedRows(asked, first));
            }
            // What there would be, and the filters, are still in the header.
            let of = RowsOf { data: data.clone(), query: query.clone() };
            let place = ui.available_rect_before_wrap();
            let header = known(state, commands, &of, shown, view, options, ui);
            let below = place.with_min_y((place.top() + header).min(place.bottom()));
            ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
                if super::query::is_plain(query) {
                    empty(ui, state, commands, icon::TABLE, options.nothing.0, options.nothing.1, None);
                } else {
                    let text = "No row passes the filters";
                    let clear = Command::Data(DataCommand::ClearThis);
                    empty(ui, state, commands, icon::FILTER, "Nothing left", text, Some(&clear));
                }
            });
        }
        Some(_) => {
            let of = RowsOf { data: data.clone(), query: query.clone() };
            known(state, commands, &of, shown, view, options, ui);
        }
    }
}

/// Shows what there is; gives the height that header and rows take.
fn known(
    state: &State,
    commands: &Commands,
    of: &RowsOf,
    rows: &Rows,
    view: &View,
    options: &Options<'_>,
    ui: &mut Ui,
) -> f32 {
    let data = &of.data;
    let profile = state.data.profiles.get(data).and_then(|profile| profile.value());
    let promises = matches!(data, DataRef::Sample { .. });
    let chosen = match data {
        DataRef::File { path } => state.data.chosen.get(path),
        _ => None,
    };
    let paged = Paged::new(rows, profile, &view.query, &view.hidden, chosen, promises);
    let jump = view.jump.and_then(|jump| {
        let column = paged.shown.iter().position(|place| *place == jump.column).unwrap_or_default();
        // Not into rows that are about to give way to others.
        (of.query == view.query).then_some(Jump { serial: jump.serial, row: jump.row, column })
    });
    let grid = Grid::new("rows", options.name, &paged).numbered().leads().widths(&view.widths).jump(jump);
    let output = grid.approximate(!rows.is_complete()).show(ui);
    let wanted = output.visible.start.saturating_sub(AHEAD)..output.visible.end + AHEAD;
    if !rows.missing(&wanted).is_empty() {
        send(commands, DataCommand::NeedRows(of.clone(), wanted));
    }
    heads(state, commands, of, view, &paged, &output, ui);
    if output.cursor != view.cursor {
        send(commands, DataCommand::Cursor(data.clone(), output.cursor));
    }
    if let Some((column, width)) = output.resized
        && let Some(column) = paged.columns.get(column)
    {
        send(commands, DataCommand::Resize(data.clone(), column.name.clone(), width));
    }
    if let Some(copied) = &output.copied {
        commands.send(Command::Copy(copied.clone()));
    }
    if let Some((selection, header)) = &output.copies {
        let columns = paged.shown.get(selection.columns.clone()).unwrap_or_default().to_vec();
        let rows = selection.rows.clone();
        send(commands, DataCommand::CopyCells(of.clone(), rows, columns, *header));
    }
    if let (Some((row, column)), Some(cursor)) = (output.cursor, options.cursor)
        && let Row::Known { id, .. } = rows.row(row)
        && let Some(column) = paged.columns.get(column)
        && let Some(command) = cursor(&CellAt { row: id.unwrap_or(row), column: &column.name })
    {
        commands.send(command);
    }
    Grid::full_height(&paged)
}

/// What is done on headers: a click explains the column, its buttons sort and filter, a right click shows more.
fn heads(
    state: &State,
    commands: &Commands,
    of: &RowsOf,
    view: &View,
    paged: &Paged<'_>,
    output: &GridOutput,
    ui: &Ui,
) {
    let data = &of.data;
    for header in &output.headers {
        let Some(place) = paged.shown.get(header.column) else { continue };
        let Some(column) = paged.rows.columns().get(*place) else { continue };
        let name = &column.name;
        if header.response.clicked() {
            send(commands, DataCommand::Explain(data.clone(), name.clone()));
        }
        if header.sort.as_ref().is_some_and(Response::clicked) {
            let add = ui.input(|input| input.modifiers.shift);
            send(commands, DataCommand::Sort(data.clone(), name.clone(), None, add));
        }
        menu(commands, data, &view.query, name, &header.response);
        let is_asked = view.asks_filter.as_ref() == Some(name);
        if let Some(popup) = filter_popup(header, is_asked) {
            popup.show(|ui| filter::form(state, commands, data, view, column, ui));
        }
        if is_asked {
            send(commands, DataCommand::FilterShown(data.clone()));
        }
    }
}

fn filter_popup(header: &Header, is_asked: bool) -> Option<Popup<'_>> {
    let response = header.filter.as_ref()?;
    let set = if is_asked { Some(SetOpenCommand::Bool(true)) } else { None };
    let set = set.or_else(|| response.clicked().then_some(SetOpenCommand::Toggle));
    let popup = Popup::from_response(response).open_memory(set).width(280.0);
    Some(popup.close_behavior(PopupCloseBehavior::CloseOnClickOutside))
}

fn menu(commands: &Commands, data: &DataRef, query: &DataQuery, name: &str, header: &Response) {
    Popup::context_menu(header).width(220.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let sorted = query.sort.iter().find(|one| one.column == name).map(|one| one.descending);
        let sort = |descending| DataCommand::Sort(data.clone(), name.to_owned(), Some(descending), false);
        let is_filtered = super::query::test_of(query, name).is_some();
        let mut entries: Vec<(&str, char, bool, Command)> = vec![
            ("Sort ascending", icon::ASCENDING, sorted == Some(false), Command::Data(sort(false))),
            ("Sort descending", icon::DESCENDING, sorted == Some(true), Command::Data(sort(true))),
        ];
        let filter = DataCommand::AskFilter(data.clone(), name.to_owned());
        entries.push(("Filter…", icon::FILTER, is_filtered, Command::Data(filter)));
        if is_filtered {
            let clear = DataCommand::Filter(data.clone(), name.to_owned(), None);
            entries.push(("Remove filter", icon::FILTER, false, Command::Data(clear)));
        }
        let explain = DataCommand::Explain(data.clone(), name.to_owned());
        entries.push(("Everything about the column", icon::SIDE, false, Command::Data(explain)));
        entries.push(("Copy its name", icon::COPY, false, Command::Copy(name.to_owned())));
        let hide = DataCommand::Hide(data.clone(), name.to_owned(), true);
        entries.push(("Hide column", icon::HIDDEN, false, Command::Data(hide)));
        for (text, icon, selected, command) in entries {
            let button = Button::new(text).icon(icon).quiet().selected(selected);
            let button = button.role(egui::Role::MenuItem).min_width(212.0).shortcut(Some(String::new()));
            if button.show(ui).clicked() {
                commands.send(command);
                ui.close();
            }
        }
    });
}
