//! The rules as sentences, each with what it found; and the ways to more of them.

use egui::{Align, Frame, Key, Layout, Margin, Modifiers, RichText, ScrollArea, Ui};
use touchstone_compiler::remove_rule;

use super::sheet::{Sheet, first_words};
use super::{Command, Side, kinds, suggestions};
use crate::design::Command as DesignCommand;
use crate::icon;
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::{Button, ListRow, blocked, state_icon};

pub(super) fn list(sheet: &Sheet<'_>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.spacing_mut().item_spacing.y = 0.0;
    // Where the whole document can't be read, that is said above.
    if let Some(obstacle) = sheet.obstacle().filter(|_| sheet.desk.blocked().is_none()) {
        Frame::new().fill(tokens.warning_fill).inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
            // All of it is read: nothing else here says what is wrong.
            ui.horizontal_top(|ui| {
                state_icon(ui, icon::WARNING, tokens.warning, "Warning");
                let told = format!("The rules can only be changed as text: {obstacle}");
                let width = ui.available_width();
                ui.vertical(|ui| {
                    ui.set_width(width);
                    ui.spacing_mut().item_spacing.y = 4.0;
                    ui.add(egui::Label::new(told).wrap());
                    let as_text = sheet.desk.shown.rules_as_text;
                    if !as_text && Button::new("Show the text").show(ui).clicked() {
                        sheet.desk.send(DesignCommand::ShowRulesAsText(true));
                    }
                });
            });
        });
    }
    if sheet.desk.shown.rules_as_text {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| rows(sheet, ui));
        return;
    }
    footer(sheet, ui);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        if sheet.read.rules.is_empty() && sheet.new_draft().is_none() {
            nothing(ui);
        } else {
            rows(sheet, ui);
        }
    });
}

fn nothing(ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.add_space((ui.available_height() * 0.3).max(24.0));
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let sign = RichText::new(icon::RULES).size(32.0).color(tokens.text_disabled);
        ui.add(egui::Label::new(sign).selectable(false));
        ui.label(RichText::new("No rules yet").font(theme::strong()).color(tokens.text_strong));
        let text = "Choose one at the right, or look at what the sample suggests";
        ui.label(RichText::new(text).color(tokens.text_subdued));
    });
}

fn rows(sheet: &Sheet<'_>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin::same(4)).show(ui, |ui| {
        let mut ids = Vec::new();
        let mut step = None;
        let is_new_shown = sheet.new_draft().is_some();
        let shows_rule = sheet.side() == Side::Rule || sheet.desk.shown.rules_as_text;
        for at in 0..sheet.read.rules.len() {
            let words = sheet.words(at);
            let found = sheet.found(at);
            let (sign, color, word) = found.sign(tokens);
            let is_selected = shows_rule && !is_new_shown && sheet.selected == Some(at);
            let mut row = ListRow::new(&words, is_selected).marked().icon(sign, color);
            let mut name = format!("Rule {}: {}, {word}", at + 1, words.replace('`', ""));
            if let super::counts::Found::Counted(counted) = &found {
                let told = sheet.counted(at, counted);
                name = format!("{name}, {told}");
                let is_failed = counted.state == touchstone_protocol::RuleState::Failed;
                // How many fail matters more than what they are of all, and how many were not looked at.
                let first = told.split("  ·  ").next().unwrap_or_default().to_owned();
                row = row.shorter(first);
                row = row.detail(told, if is_failed { tokens.error } else { tokens.text_subdued });
            }
            let shown = row.name(name).show(ui);
            ids.push(shown.response.id);
            if shown.step != 0 {
                step = at.checked_add_signed(if shown.step > 0 { 1 } else { -1 });
            }
            if shown.response.clicked() {
                // The arrows go on from here.
                shown.response.request_focus();
                sheet.select(at);
            }
            let deletes = shown.response.has_focus()
                && sheet.desk.blocked().is_none()
                && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Delete));
            if deletes {
                remove(sheet, at);
            }
            shown.response.on_hover_ui(|ui| {
                ui.label(RichText::new(words.replace('`', "")));
                ui.label(RichText::new(sheet.text_of(at)).font(theme::mono()));
            });
        }
        if let Some(next) = step
            && let Some(id) = ids.get(next)
        {
            ui.memory_mut(|memory| memory.request_focus(*id));
            sheet.select(next);
        }
        if let Some(draft) = sheet.new_draft() {
            let needs = draft.content.to_dqdl().err().unwrap_or_default();
            let row = ListRow::new("New rule", true).icon(icon::ADD, tokens.link);
            let row = row.detail(needs.clone(), tokens.warning).name(format!("New rule: {needs}"));
            row.show(ui);
        }
    });
}

/// Takes a rule out.
pub(super) fn remove(sheet: &Sheet<'_>, at: usize) {
    if let Ok(text) = remove_rule(sheet.text, at) {
        sheet.send(Command::Draft(None));
        sheet.set(&text, format!("Remove rule {}", first_words(sheet.text_of(at))), None);
    }
}

fn footer(sheet: &Sheet<'_>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let frame = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(12, 6));
    egui::Panel::bottom("ways to rules").resizable(false).frame(frame).show(ui, |ui| {
        let obstacle = sheet.obstacle();
        blocked(ui, obstacle.as_deref(), |ui| {
            ui.horizontal_wrapped(|ui| {
                let side = sheet.side();
                let add = Button::new("Add rule…").icon(icon::ADD).selected(side == Side::Add);
                if add.show(ui).clicked() {
                    sheet.send(Command::Draft(None));
                    sheet.send(Command::Show(Side::Add));
                    ui.memory_mut(|memory| memory.request_focus(kinds::find_field()));
                }
                let suggested = suggestions::open(sheet, ui).len() as u64;
                if suggested > 0 {
                    let text = text::count(suggested, "suggestion", "suggestions");
                    let button = Button::new(&text).icon(icon::SUGGESTION).quiet();
                    let button = button.selected(side == Side::Suggestions);
                    let about = "Rules that the sample speaks for, each with its evidence";
                    if button.show(ui).on_hover_text(about).clicked() {
                        sheet.send(Command::Draft(None));
                        sheet.send(Command::Show(Side::Suggestions));
                    }
                }
            })
        });
    });
}
