//! What forms of rules are made of: headings, fields that keep what is typed, columns to choose.

use egui::{Align, Color32, Id, Layout, RichText, TextEdit, Ui};
use touchstone_compiler::{KnownTable, RuleInput};

use super::draft::{percent_of, share_of};
use crate::data::type_icon;
use crate::icon;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::{Alternative, Chip, Choice, icon_button};

/// A field's name above it; true when the part of the rule is taken out.
pub(super) fn label(ui: &mut Ui, text: &str, is_optional: bool) -> bool {
    let tokens = Tokens::of(ui.visuals());
    let mut removed = false;
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 18.0;
        ui.label(RichText::new(text).font(theme::small()).color(tokens.text_subdued));
        if is_optional {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                removed = icon_button(ui, icon::CLOSE, &format!("Remove: {text}")).clicked();
            });
        }
    });
    removed
}

/// How a value is shown in its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    AsIs,
    /// A share from 0 to 1, in percent.
    Percent,
}

impl Shown {
    fn show(self, value: &str) -> String {
        match self {
            Self::AsIs => value.to_owned(),
            Self::Percent => percent_of(value),
        }
    }

    fn read(self, typed: &str) -> String {
        match self {
            Self::AsIs => typed.to_owned(),
            Self::Percent => share_of(typed),
        }
    }
}

/// A field for one value; gives the value when it was changed. What is typed stays as it is, `98.` too.
pub(super) fn value(
    ui: &mut Ui,
    id: Id,
    name: &str,
    value: &str,
    hint: &str,
    shown: Shown,
    width: f32,
) -> Option<String> {
    let typed_id = id.with("typed");
    let typed: Option<String> = ui.data(|data| data.get_temp(typed_id));
    let mut text = typed.filter(|typed| shown.read(typed) == value).unwrap_or_else(|| shown.show(value));
    let edit = TextEdit::singleline(&mut text).id(id).desired_width(width).font(theme::mono());
    let edit = edit.align(egui::Align2::LEFT_CENTER);
    let field = ui.add(edit.hint_text(crate::widgets::hint(hint)));
    ui.ctx().accesskit_node_builder(id, |node| node.set_label(name));
    if field.changed() {
        let read = shown.read(&text);
        ui.data_mut(|data| data.insert_temp(typed_id, text));
        return (read != value).then_some(read);
    }
    None
}

/// The columns that a parameter may take.
pub(super) fn columns(known: Option<&KnownTable>, input: RuleInput, color: Color32) -> Vec<Alternative> {
    let all = known.map(|known| known.columns.as_slice()).unwrap_or_default();
    let fits = all.iter().filter(|column| column.data_type.as_ref().is_none_or(|it| input.takes_column(it)));
    fits.map(|column| {
        let one = Alternative::new(&column.name);
        match &column.data_type {
            Some(data_type) => one.detail(data_type.to_string()).icon(type_icon(data_type), color),
            None => one,
        }
    })
    .collect()
}

/// One column.
pub(super) fn column(ui: &mut Ui, name: &str, now: &str, all: &[Alternative]) -> Option<String> {
    let is_known = all.iter().any(|one| one.text == now);
    let tone = if now.is_empty() || is_known { Tone::Neutral } else { Tone::Error };
    let choice = Choice::new(name, now, all).hint("Choose a column…").data().tone(tone);
    let chosen = choice.width(ui.available_width()).show(ui)?;
    all.get(chosen).map(|one| one.text.clone())
}

/// Several columns.
pub(crate) fn several(ui: &mut Ui, name: &str, now: &mut Vec<String>, all: &[Alternative]) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
        let mut removed = None;
        for (place, column) in now.iter().enumerate() {
            ui.push_id(place, |ui| {
                if Chip::new(column).removable().show(ui).removed {
                    removed = Some(place);
                }
            });
        }
        if let Some(removed) = removed {
            now.remove(removed);
        }
        let others: Vec<Alternative> = all.iter().filter(|one| !now.contains(&one.text)).cloned().collect();
        let choice = Choice::new(name, "", &others).hint("Add a column…").data().width(160.0);
        if let Some(one) = choice.show(ui).and_then(|at| others.get(at)) {
            now.push(one.text.clone());
        }
    });
}
