//! A silver table: its columns, lines and fields, and beside them the selected field or what could be mapped.

use egui::{CentralPanel, Frame, Panel, Ui};
use touchstone_compiler::SourceColumn;
use touchstone_spec::TableName;

use super::changes::Target;
use super::facts::{self, Facts};
use super::map::Map;
use super::suggestions::{self, Open, Suggested};
use super::{Command, Side, View, designer, field, proposals, toolbar};
use crate::design::view::{Desk, segmented};
use crate::design::{Change, Command as DesignCommand, Preview};
use crate::icon;
use crate::theme::Tokens;
use crate::widgets::empty;

/// Width from which on the lines and what is beside them have room together.
const NARROW: f32 = 600.0;

/// What all parts of the mapping designer look at.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub(super) desk: &'a Desk<'a>,
    pub(super) target: Target<'a>,
    pub(super) name: &'a TableName,
    pub(super) map: &'a Map,
    pub(super) facts: Facts<'a>,
    pub(super) columns: &'a [SourceColumn],
    pub(super) open: &'a Open<'a>,
    pub(super) view: &'a View,
    pub(super) preview: Option<&'a Preview>,
    /// Why nothing can be changed here.
    pub(super) blocked: Option<&'a str>,
}

impl Table<'_> {
    pub(super) fn send(&self, command: Command) {
        self.desk.send(DesignCommand::Mappings(command));
    }

    pub(super) fn change(&self, change: Change) {
        self.desk.commands.send(change.command());
    }

    /// The selected column, as a place.
    pub(super) fn column(&self) -> Option<usize> {
        self.desk.shown.column.as_deref().and_then(|name| self.map.column(Some(name)))
    }

    /// The selected field, as a place; the first where none is and nothing is suggested.
    pub(super) fn field(&self) -> Option<usize> {
        let selected = self.desk.shown.field.as_deref().and_then(|name| self.map.field(Some(name)));
        let first = || (!self.has_suggestions() && !self.map.fields.is_empty()).then_some(0);
        selected.or_else(first)
    }

    fn has_suggestions(&self) -> bool {
        self.open.len() + self.open.refused > 0
    }

    pub(super) fn select_column(&self, name: Option<&str>) {
        self.send(Command::SelectLine(None));
        self.desk.send(DesignCommand::SelectColumn(name.map(str::to_owned)));
    }

    pub(super) fn select_field(&self, name: Option<&str>) {
        self.send(Command::SelectLine(None));
        self.send(Command::ShowSide(Side::Field));
        self.desk.send(DesignCommand::SelectField(name.map(str::to_owned)));
    }

    /// Has a field take a column, both by name.
    pub(super) fn map_to(&self, column: &str, field: &str) {
        let Some(column) = self.columns.iter().find(|one| one.name == column) else { return };
        let known = self.map.field(Some(field)).and_then(|at| self.map.fields.get(at));
        let replaced = known.and_then(|known| known.made.replaced_by(&column.name));
        let told =
            replaced.map(|before| format!("`{field}` now comes from `{}`; it was `{before}`", column.name));
        self.change(self.target.map(column, field).mentioning(told));
        self.send(Command::SelectLine(Some((column.name.clone(), field.to_owned()))));
    }

    /// Adds a field for a column.
    pub(super) fn add_for(&self, column: &str) {
        let Some(column) = self.columns.iter().find(|one| one.name == column) else { return };
        let taken = self.map.fields.iter().map(|field| field.name.as_str());
        let proposed = touchstone_compiler::propose_fields(std::slice::from_ref(column), taken);
        if let Some(proposed) = proposed.first() {
            self.change(self.target.add(proposed));
            self.send(Command::SelectLine(None));
            self.send(Command::ShowSide(Side::Field));
        }
    }

    /// What the pointer is told of something, with why it can't be changed.
    pub(super) fn about(&self, about: String) -> String {
        match self.blocked {
            Some(reason) if about.is_empty() => reason.to_owned(),
            Some(reason) => format!("{about}\n{reason}"),
            None => about,
        }
    }

    /// What is shown at the right: suggestions where no field is selected.
    pub(super) fn side(&self) -> Side {
        if self.field().is_none() && self.has_suggestions() { Side::Suggestions } else { self.view.side }
    }
}

pub(super) fn silver(desk: &Desk<'_>, name: &str, ui: &mut Ui) {
    let Some(silver) = desk.pipeline.silver.get(name) else { return };
    let target = Target { file: desk.file, pipeline: desk.pipeline, table: name };
    let table_name = suggestions::name_of(desk, name);
    let map = Map::of(desk, target, ui);
    let preview = desk.preview(&table_name);
    let input = preview.and_then(|one| one.view.value()).map(|view| &view.input);
    let facts = Facts::of(desk, &silver.from, input);
    let contract = desk.pipeline.sources.get(&silver.from).map(touchstone_spec::Source::contract);
    let columns = facts::source_columns(ui, desk, &silver.from, contract.unwrap_or_default(), &facts);
    let suggested = Suggested::of(ui, desk, name, &map, &columns);
    let open = suggested.open(&table_name, &desk.state.design.refused);
    let blocked = desk.blocked();
    let table = Table {
        desk,
        target,
        name: &table_name,
        map: &map,
        facts,
        columns: &columns,
        open: &open,
        view: &desk.state.design.mappings,
        preview,
        blocked: blocked.as_deref(),
    };
    let tokens = Tokens::of(ui.visuals());
    let all = ui.available_width();
    let is_narrow = all < NARROW;
    toolbar::silver(&table, is_narrow, ui);
    if is_narrow {
        return narrow(&table, ui);
    }
    let wide = (all * 0.38).clamp(280.0, 480.0);
    // The lists need some room too, whatever the size of the text.
    let widest = (all - 320.0).max(240.0);
    let frame = Frame::new().fill(tokens.panel);
    crate::keep::keep_panel(ui, "mapping side");
    let panel = Panel::right("mapping side").resizable(true).default_size(wide);
    panel.size_range(240.0_f32.min(widest)..=widest).frame(frame).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        side(&table, ui);
    });
    CentralPanel::default().frame(Frame::new().fill(tokens.content)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        designer::designer(&table, ui);
    });
}

/// What is shown where there is room for one of them only.
pub(super) fn lines_or_side(table: &Table<'_>, ui: &mut Ui) {
    // From the right.
    let shown = usize::from(!table.view.side_alone);
    if let Some(place) = segmented(ui, "Lines or side", &["Beside", "Lines"], &[], shown) {
        table.send(Command::ShowSideAlone(place == 0));
    }
}

/// One thing after the other, where the text is large or the window small.
fn narrow(table: &Table<'_>, ui: &mut Ui) {
    ui.spacing_mut().item_spacing.y = 0.0;
    if table.view.side_alone {
        side(table, ui);
    } else {
        designer::designer(table, ui);
    }
}

fn side(table: &Table<'_>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let shown = table.side();
    let count = table.open.len();
    if table.has_suggestions() {
        Frame::new().inner_margin(egui::Margin::symmetric(12, 8)).show(ui, |ui| {
            ui.horizontal(|ui| {
                let suggestions = format!("Suggestions {}", crate::text::number(count as u64));
                let texts = ["Field", &suggestions];
                let selected = usize::from(shown == Side::Suggestions);
                match segmented(ui, "Beside the lines", &texts, &[], selected) {
                    Some(0) => {
                        table.send(Command::ShowSide(Side::Field));
                        // Without a field there would be nothing to show.
                        if table.field().is_none() {
                            let first = table.map.fields.first().map(|field| field.name.as_str());
                            table.desk.send(DesignCommand::SelectField(first.map(str::to_owned)));
                        }
                    }
                    Some(_) => table.send(Command::ShowSide(Side::Suggestions)),
                    None => {}
                }
            });
        });
        let line = ui.available_rect_before_wrap();
        ui.painter().hline(line.x_range(), line.top() - 0.5, egui::Stroke::new(1.0, tokens.line));
    }
    match (shown, table.field()) {
        (Side::Suggestions, _) => proposals::proposals(table, ui),
        (Side::Field, Some(place)) => field::field(table, place, ui),
        (Side::Field, None) => {
            let (state, commands) = (table.desk.state, table.desk.commands);
            let text = "Select a field to see and change how it is made";
            empty(ui, state, commands, icon::MAPPING, "No field selected", text, None);
        }
    }
}
