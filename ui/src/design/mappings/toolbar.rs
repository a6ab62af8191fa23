//! The line above the mappings: which table, what is left to map, and what can be done with all of it.

use egui::{Align, Frame, Layout, Margin, RichText, Stroke, Ui};
use touchstone_spec::edits;

use super::map::Made;
use super::silver::{Table, lines_or_side};
use super::{Command, Side};
use crate::design::view::Desk;
use crate::design::{Command as DesignCommand, Node};
use crate::icon;
use crate::text;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::{Alternative, Button, Choice, badge, blocked};

/// A line of controls with a rule beneath.
pub(super) fn bar(ui: &mut Ui, left: impl FnOnce(&mut Ui), right: impl FnOnce(&mut Ui)) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                right(ui);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.set_clip_rect(ui.clip_rect().intersect(ui.max_rect().expand(4.0)));
                    left(ui);
                });
            });
        });
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 0.5, Stroke::new(1.0, tokens.line));
}

pub(super) fn silver(table: &Table<'_>, is_narrow: bool, ui: &mut Ui) {
    let desk = table.desk;
    bar(
        ui,
        |ui| {
            tables(desk, &Node::Silver(table.target.table.to_owned()), ui);
            blocked(ui, table.blocked, |ui| sources(table, ui));
            unmapped(table, ui);
        },
        |ui| {
            if is_narrow {
                lines_or_side(table, ui);
            }
            let count = table.open.len();
            if count > 0 && table.side() != Side::Suggestions && table.blocked.is_none() {
                let words = format!("Take all {}", text::number(count as u64));
                let take = Button::new(&words).icon(icon::SUGGESTION).show(ui);
                let take = take.on_hover_text("Take every suggestion; one undo takes them all back");
                if take.clicked() {
                    table.change(table.target.take(&table.open.mappings, &table.open.fields));
                }
            }
            let only = Button::new("Only unmapped").icon(icon::FILTER).quiet();
            let only = only.icon_only(ui.available_width() < 520.0);
            let only = only.selected(table.view.only_unmapped).show(ui);
            let only = only.on_hover_text("Show only columns and fields that nothing is mapped to");
            if only.clicked() {
                table.send(Command::OnlyUnmapped(!table.view.only_unmapped));
            }
        },
    );
}

/// The tables of the pipeline, one of which is shown.
pub(super) fn tables(desk: &Desk<'_>, shown: &Node, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let color = |node: &Node| node.layer().map_or(tokens.text_subdued, |layer| tokens.layer(layer));
    let tables = desk.tables();
    let alternatives: Vec<Alternative> =
        tables.iter().map(|one| Alternative::new(one.text()).icon(icon::TABLE, color(one))).collect();
    let name = shown.text();
    let choice = Choice::new("Table", &name, &alternatives).icon(icon::TABLE, color(shown));
    let choice = choice.width(if ui.available_width() < 440.0 { 152.0 } else { 208.0 });
    if let Some(node) = choice.show(ui).and_then(|place| tables.get(place)) {
        desk.send(DesignCommand::Select(node.clone()));
    }
}

/// The source that a silver table is made from.
fn sources(table: &Table<'_>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let Some(silver) = table.target.silver() else { return };
    ui.label(RichText::new("from").color(tokens.text_subdued));
    let tone = if table.map.has_source { Tone::Neutral } else { Tone::Error };
    let from = &silver.from;
    let sources: Vec<&String> = table.desk.pipeline.sources.keys().collect();
    let alternatives: Vec<Alternative> = sources.iter().map(|one| Alternative::new(one.as_str())).collect();
    let choice = Choice::new("Source", from, &alternatives)
        .tone(tone)
        .width(if ui.available_width() < 240.0 { 96.0 } else { 144.0 });
    if let Some(source) = choice.show(ui).and_then(|place| sources.get(place)).filter(|one| **one != from) {
        let label = format!("Make {} from {source}", table.target.table);
        table.desk.change(label, edits::set_from(table.target.table, source));
    }
}

/// How many columns and fields nothing is mapped to.
fn unmapped(table: &Table<'_>, ui: &mut Ui) {
    let fields = table.map.fields.iter().filter(|field| field.made == Made::Nothing).count();
    if fields > 0 {
        let words = format!("{} unmapped", text::count(fields as u64, "field", "fields"));
        badge(ui, &words, Tone::Warning);
    }
    if !table.map.has_source {
        badge(ui, "no such source", Tone::Error);
    }
    ui.label(RichText::new("").font(theme::small()));
}
