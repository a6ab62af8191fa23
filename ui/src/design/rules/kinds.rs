//! The types of rules, with what each means: one is chosen for a new rule.

use egui::{
    Align, Frame, Label, Layout, Margin, RichText, Role, ScrollArea, Sense, TextEdit, Ui, UiBuilder,
    WidgetInfo,
};
use touchstone_compiler::{RuleInput, RuleKind, SimpleRule, rule_kinds};

use super::draft::as_kind;
use super::form::headline;
use super::sheet::Sheet;
use super::{Command, Content, Side};
use crate::icon;
use crate::theme::{self, Tokens};
use crate::widgets::{blocked, focus_ring, icon_button};

pub(super) fn kinds(sheet: &Sheet<'_>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin { left: 12, right: 12, top: 8, bottom: 4 }).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.horizontal(|ui| {
            headline(ui, "Add rule");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if sheet.selected.is_some()
                    && icon_button(ui, icon::CLOSE, "Close the list of rules").clicked()
                {
                    sheet.send(Command::Show(Side::Rule));
                }
            });
        });
        let mut wanted = sheet.desk.state.design.rules.wanted.clone();
        let field = TextEdit::singleline(&mut wanted)
            .id(find_field())
            .hint_text(crate::widgets::hint("Find a rule…"))
            .desired_width(f32::INFINITY);
        let field = ui.add(field);
        ui.ctx().accesskit_node_builder(field.id, |node| node.set_label("Find a rule"));
        if field.changed() {
            sheet.send(Command::Want(wanted));
        }
    });
    let obstacle = sheet.obstacle();
    let wanted = sheet.desk.state.design.rules.wanted.to_lowercase();
    let is_wanted = |kind: &&RuleKind| {
        let texts = [kind.name, kind.title, kind.description];
        wanted.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(wanted.trim()))
    };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin::symmetric(8, 0)).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let found: Vec<&RuleKind> = rule_kinds().iter().filter(is_wanted).collect();
            if found.is_empty() {
                ui.label(RichText::new("No rule of this name").color(tokens.text_subdued));
            }
            for (heading, is_row_rule) in [("About rows", true), ("About the whole table", false)] {
                let of_group: Vec<&&RuleKind> =
                    found.iter().filter(|kind| kind.is_row_rule == is_row_rule).collect();
                if of_group.is_empty() {
                    continue;
                }
                ui.add_space(6.0);
                let heading = RichText::new(heading).font(theme::small_strong()).color(tokens.text_subdued);
                ui.horizontal(|ui| {
                    ui.add_space(4.0);
                    ui.label(heading);
                });
                blocked(ui, obstacle.as_deref(), |ui| {
                    for kind in of_group {
                        let tables = &sheet.desk.state.design.compilation().tables;
                        if card(ui, kind, &kind.example_of(sheet.known, tables)) {
                            begin(sheet, kind);
                        }
                    }
                });
            }
        });
    });
}

/// The field in which a type of rule is looked for.
pub(in crate::design) fn find_field() -> egui::Id {
    egui::Id::unique("find a rule")
}

/// A new rule of this type; a column that only one can be is chosen.
fn begin(sheet: &Sheet<'_>, kind: &RuleKind) {
    let type_of = |column: &str| sheet.type_of(column);
    let mut rule = as_kind(kind, &SimpleRule::default(), &type_of);
    let takes_columns = kind.parameters.iter().any(|one| one.input == RuleInput::Columns);
    if takes_columns && kind.name == "IsPrimaryKey" {
        rule.columns = sheet.known.map(|known| known.key.clone()).unwrap_or_default();
    }
    sheet.put(None, Content::Form(rule));
}

/// A type of rule: what it demands, what that means, an example.
fn card(ui: &mut Ui, kind: &RuleKind, example: &str) -> bool {
    let tokens = Tokens::of(ui.visuals());
    let ground = ui.painter().add(egui::Shape::Noop);
    let inner = ui.scope_builder(UiBuilder::new().sense(Sense::click()), |ui| {
        Frame::new().inner_margin(Margin::symmetric(8, 6)).show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 2.0;
            let label = |ui: &mut Ui, text: RichText| ui.add(Label::new(text).selectable(false));
            label(ui, RichText::new(kind.title).font(theme::strong()).color(tokens.text_strong));
            label(
                ui,
                RichText::new(kind.description.trim_end_matches('.'))
                    .font(theme::small())
                    .color(tokens.text_subdued),
            );
            label(ui, RichText::new(example).font(theme::mono_small()).color(tokens.code_text));
        });
    });
    let response = inner.response;
    let is_on = ui.is_enabled();
    response
        .widget_info(|| WidgetInfo::labeled(Role::Button, is_on, format!("{}: {}", kind.name, kind.title)));
    let fill = match (response.is_pointer_button_down_on(), response.hovered()) {
        (true, _) => tokens.button_pressed,
        (false, true) => tokens.button_hovered,
        (false, false) => egui::Color32::TRANSPARENT,
    };
    ui.painter().set(ground, egui::epaint::RectShape::filled(response.rect, theme::RADIUS, fill));
    focus_ring(ui, &response);
    response.clicked()
}
