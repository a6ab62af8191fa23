//! The rules of a table: as sentences with what they find in the sample, as forms, as text.

mod command;
mod condition;
mod counts;
mod draft;
mod facts;
mod failing;
mod fields;
mod form;
mod header;
mod kinds;
mod list;
mod sheet;
mod suggestions;
mod text;

use std::collections::BTreeMap;

use egui::{Frame, Margin, Panel, Ui};

pub use command::{Command, RulesOf, Side};
pub use draft::{Content, Draft};
pub(super) use kinds::find_field;

use super::Command as DesignCommand;
use super::view::Desk;
use crate::icon;
use crate::theme::Tokens;
use crate::widgets::page::with_height;
use crate::widgets::{empty, error_box};
pub(crate) use fields::several;
use sheet::Sheet;

/// What is chosen among the rules.
#[derive(Debug, Default)]
pub struct State {
    /// The rule that is selected, by table.
    selected: BTreeMap<RulesOf, usize>,
    /// What stands beside the rules.
    side: Side,
    /// What a form has that the document can't hold yet, or holds in another form.
    draft: Option<Draft>,
    /// What types of rules are looked for.
    wanted: String,
}

impl State {
    /// The rules that are selected, each by its place in its table.
    pub(crate) fn selected(&self) -> impl Iterator<Item = (&RulesOf, usize)> {
        self.selected.iter().map(|(of, at)| (of, *at))
    }

    /// Selects those of before, where no other has been selected since.
    pub(crate) fn put_selected(&mut self, selected: Vec<(RulesOf, usize)>) {
        for (of, at) in selected {
            self.selected.entry(of).or_insert(at);
        }
    }
}

/// Height in which the rules and the rows that break one have room.
const LEAST: f32 = 360.0;

/// Width from which on the rules and what is beside them have room together.
const NARROW: f32 = 560.0;
/// Height of the rules, and of the rows that break one, where all stands below each other.
const LISTED: f32 = 150.0;
/// Height of all of it.
const STACKED: f32 = 620.0;

/// The rules of the table that is selected.
pub(super) fn rules(desk: &Desk<'_>, ui: &mut Ui) {
    let Some(sheet) = Sheet::of(desk) else {
        let text = "Rules stand at silver and gold tables; add a table on the canvas";
        empty(ui, desk.state, desk.commands, icon::RULES, "No table yet", text, None);
        return;
    };
    desk.send(DesignCommand::NeedPreview(sheet.table.clone()));
    header::header(&sheet, ui);
    if let Some(error) = sheet.preview.and_then(|preview| preview.view.error()) {
        Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
            let retry = crate::command::Command::Design(DesignCommand::RetryPreview(sheet.table.clone()));
            let title = "The rules could not be counted";
            error_box(ui, desk.state, desk.commands, title, error, Some(&retry), None);
        });
    }
    if ui.available_width() < NARROW {
        narrow(&sheet, ui);
    } else {
        with_height(ui, "rules", LEAST, |ui| panels(&sheet, ui));
    }
}

/// Below each other, where there is no room beside: a small window, or large text. The text stands alone.
fn narrow(sheet: &Sheet<'_>, ui: &mut Ui) {
    if sheet.desk.shown.rules_as_text {
        with_height(ui, "rules", LISTED, |ui| text::text(sheet, ui));
        return;
    }
    let has_rows = sheet.selected.is_some() && sheet.new_draft().is_none();
    let least = if has_rows { STACKED } else { STACKED - LISTED };
    with_height(ui, "rules", least, |ui| {
        let frame = Frame::new().fill(Tokens::of(ui.visuals()).content);
        Panel::top("rules above").exact_size(LISTED).frame(frame).show(ui, |ui| list::list(sheet, ui));
        if has_rows {
            let panel = Panel::bottom("rows below").exact_size(LISTED);
            panel.frame(frame).show(ui, |ui| failing::failing(sheet, ui));
        }
        let frame = Frame::new().fill(Tokens::of(ui.visuals()).panel);
        egui::CentralPanel::default().frame(frame).show(ui, |ui| side(sheet, ui));
    });
}

fn side(sheet: &Sheet<'_>, ui: &mut Ui) {
    match sheet.side() {
        Side::Rule => form::form(sheet, ui),
        Side::Add => kinds::kinds(sheet, ui),
        Side::Suggestions => suggestions::suggestions(sheet, ui),
    }
}

fn panels(sheet: &Sheet<'_>, ui: &mut Ui) {
    let (desk, tokens) = (sheet.desk, Tokens::of(ui.visuals()));
    let (panel, content) = (Frame::new().fill(tokens.panel), Frame::new().fill(tokens.content));
    let width = ui.available_width();
    // Sentences take as much room as there is, a form only what it needs.
    let (name, wanted) = if desk.shown.rules_as_text {
        ("beside the text of rules", (width * 0.5).max(320.0))
    } else {
        ("beside the rules", (width * 0.4).clamp(320.0, 480.0))
    };
    crate::keep::keep_panel(ui, name);
    Panel::right(name)
        .resizable(true)
        .default_size(wanted)
        .size_range(240.0_f32.min(width)..=(width * 0.6).max(240.0))
        .frame(panel)
        .show(ui, |ui| {
            if desk.shown.rules_as_text {
                list::list(sheet, ui);
            } else {
                side(sheet, ui);
            }
        });
    let room = ui.available_height();
    // What a rule finds isn't what the new one would.
    if sheet.selected.is_some() && (desk.shown.rules_as_text || sheet.new_draft().is_none()) {
        crate::keep::keep_panel(ui, "rows that break a rule");
        Panel::bottom("rows that break a rule")
            .resizable(true)
            .default_size((room * 0.34).clamp(96.0, 320.0))
            .size_range(64.0_f32.min(room)..=(room * 0.7).max(64.0))
            .frame(content)
            .show(ui, |ui| failing::failing(sheet, ui));
    }
    egui::CentralPanel::default().frame(content).show(ui, |ui| {
        if desk.shown.rules_as_text {
            text::text(sheet, ui);
        } else {
            list::list(sheet, ui);
        }
    });
}
