//! Rules that the sample speaks for: taken or refused one by one, or taken all at once.

use egui::{Align, Frame, Label, Layout, Margin, RichText, ScrollArea, Ui};
use touchstone_compiler::{RuleSuggestion, suggest_rules};
use touchstone_spec::Layer;

use super::facts::facts;
use super::form::headline;
use super::sheet::Sheet;
use super::{Command, Side};
use crate::design::Command as DesignCommand;
use crate::icon;
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::{Button, icon_button, marked};

/// Suggestions that were neither taken nor refused.
pub(super) fn open(sheet: &Sheet<'_>, ui: &Ui) -> Vec<RuleSuggestion> {
    let Some(answer) = sheet.answer() else { return Vec::new() };
    let facts = facts(ui, &answer.page);
    let key = sheet.known.map(|known| known.key.as_slice()).unwrap_or_default();
    let refused = &sheet.desk.state.design.refused;
    let is_open = |one: &RuleSuggestion| !refused.contains(&(sheet.table.clone(), one.text.clone()));
    let deduplicates = sheet.table.layer == Layer::Silver;
    suggest_rules(&facts, key, deduplicates, sheet.text).into_iter().filter(is_open).collect()
}

pub(super) fn suggestions(sheet: &Sheet<'_>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let all = open(sheet, ui);
    let obstacle = sheet.obstacle();
    Frame::new().inner_margin(Margin { left: 12, right: 12, top: 8, bottom: 4 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            headline(ui, "Suggestions");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icon::CLOSE, "Close the suggestions").clicked() {
                    sheet.send(Command::Show(Side::Rule));
                }
                let take = Button::new("Take all").icon(icon::CHECK).enabled(obstacle.is_none());
                if all.len() > 1 && with_reason(take.show(ui), obstacle.as_deref()).clicked() {
                    let texts: Vec<&str> = all.iter().map(|one| one.text.as_str()).collect();
                    let rules = text::count(texts.len() as u64, "suggested rule", "suggested rules");
                    sheet.add(&texts, &format!("Add {rules}"));
                }
            });
        });
        let about = "What holds for the records that were read; tomorrow's file may differ";
        ui.label(RichText::new(about).font(theme::small()).color(tokens.text_subdued));
    });
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        if all.is_empty() {
            Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
                let words = if sheet.answer().is_some() {
                    "Nothing more to suggest"
                } else {
                    "Suggestions come with the first records"
                };
                ui.label(RichText::new(words).color(tokens.text_subdued));
            });
        }
        for one in &all {
            card(sheet, one, obstacle.as_deref(), ui);
        }
    });
}

/// The response of a button, with why it can't be pressed.
fn with_reason(response: egui::Response, reason: Option<&str>) -> egui::Response {
    match reason {
        Some(reason) => response.on_hover_text(reason),
        None => response,
    }
}

fn card(sheet: &Sheet<'_>, one: &RuleSuggestion, obstacle: Option<&str>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let words = one.form.in_words();
    let spoken = words.replace('`', "");
    let frame = Frame::new().inner_margin(Margin::symmetric(12, 6));
    frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.horizontal_top(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let refuse = icon_button(ui, icon::CLOSE, &format!("Refuse: {spoken}"));
                if refuse.clicked() {
                    sheet.desk.send(DesignCommand::Refuse(vec![(sheet.table.clone(), one.text.clone())]));
                }
                let name = format!("Take: {spoken}");
                let take = Button::new("Take").name(&name).enabled(obstacle.is_none()).show(ui);
                if take.on_hover_text(obstacle.unwrap_or(&one.text)).clicked() {
                    sheet.add(&[&one.text], &format!("Add rule {}", super::sheet::first_words(&one.text)));
                }
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    let mut job = marked(&words, tokens.text, tokens.text_strong);
                    job.wrap.max_width = ui.available_width();
                    ui.add(Label::new(job).wrap());
                    let evidence = crate::text::sentence(&one.evidence.replace('`', ""));
                    let evidence = RichText::new(evidence).font(theme::small()).color(tokens.text_subdued);
                    ui.add(Label::new(evidence).wrap());
                });
            });
        });
    });
}
