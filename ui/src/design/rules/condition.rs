//! A condition as a form: how it is compared, and with what.

use egui::{Id, Key, RichText, Ui, vec2};
use touchstone_compiler::{ColumnFacts, Comparison, RuleCondition, RuleInput, RuleValue, ValueInput};
use touchstone_spec::DataType;

use super::draft::compared;
use super::fields::{Shown, value};
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::{Alternative, Button, CheckRow, Chip, Choice};

/// Values of the sample that are offered for a list.
const OFFERED: usize = 12;

/// What a condition is about.
pub(super) struct Asked<'a> {
    pub(super) id: Id,
    /// Its name in the form.
    pub(super) name: &'a str,
    pub(super) input: RuleInput,
    pub(super) data_type: Option<&'a DataType>,
    /// What the sample says of the column.
    pub(super) facts: Option<&'a ColumnFacts>,
}

pub(super) fn condition(ui: &mut Ui, asked: &Asked<'_>, condition: &mut RuleCondition) {
    let comparisons = asked.input.comparisons(asked.data_type);
    let is_list = matches!(condition.comparison, Comparison::In | Comparison::NotIn);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 4.0);
        let alternatives: Vec<Alternative> =
            comparisons.iter().map(|one| Alternative::new(one.words()).detail(one.sign())).collect();
        let choice = Choice::new(asked.name, condition.comparison.words(), &alternatives).width(176.0);
        if let Some(one) = choice.show(ui).and_then(|at| comparisons.get(at)) {
            *condition = compared(*one, asked.input, asked.data_type, &condition.values);
        }
        if !is_list {
            let count = condition.values.len();
            let between = matches!(condition.comparison, Comparison::Between | Comparison::NotBetween);
            for (place, one) in condition.values.iter_mut().enumerate() {
                if place > 0 {
                    ui.label("and");
                }
                single(ui, asked, condition.comparison, place, count, one);
            }
            if between {
                let tokens = Tokens::of(ui.visuals());
                let words = RichText::new("both excluded").font(theme::small()).color(tokens.text_subdued);
                ui.label(words);
            }
        }
    });
    if is_list {
        list(ui, asked, &mut condition.values);
    }
}

/// One value, as its type is typed.
fn single(
    ui: &mut Ui,
    asked: &Asked<'_>,
    comparison: Comparison,
    place: usize,
    count: usize,
    now: &mut RuleValue,
) {
    let name = match (place, count) {
        (0, 1) => format!("{}: value", asked.name),
        (0, _) => format!("{}: from", asked.name),
        _ => format!("{}: to", asked.name),
    };
    let input = asked.input.value(comparison, asked.data_type).unwrap_or(ValueInput::Text);
    let written = match &*now {
        RuleValue::Number(text) | RuleValue::Text(text) => text.clone(),
        special => {
            // `NULL` and its like stand for themselves until they are taken out.
            if Chip::new(word(special)).removable().show(ui).removed {
                *now = RuleValue::Text(String::new());
            }
            return;
        }
    };
    if input == ValueInput::Boolean {
        let both = [Alternative::new("true"), Alternative::new("false")];
        if let Some(one) =
            Choice::new(&name, &written, &both).width(96.0).show(ui).and_then(|at| both.get(at))
        {
            *now = RuleValue::Text(one.text.clone());
        }
        return;
    }
    let shown = if input == ValueInput::Share { Shown::Percent } else { Shown::AsIs };
    let width = match input {
        ValueInput::Pattern => ui.available_width().max(160.0) - 20.0,
        ValueInput::Text => 140.0,
        ValueInput::Timestamp => 184.0,
        ValueInput::Date => 120.0,
        ValueInput::Share => 64.0,
        ValueInput::Number | ValueInput::Count | ValueInput::Boolean => 88.0,
    };
    let typed = value(ui, asked.id.with(place), &name, &written, hint(input), shown, width);
    if input == ValueInput::Share {
        ui.label("%");
    }
    if let Some(typed) = typed {
        *now = of_text(asked, input, &typed);
    }
}

fn of_text(asked: &Asked<'_>, input: ValueInput, typed: &str) -> RuleValue {
    match input {
        ValueInput::Pattern | ValueInput::Text | ValueInput::Boolean => RuleValue::Text(typed.to_owned()),
        ValueInput::Date | ValueInput::Timestamp => RuleValue::Text(typed.trim().to_owned()),
        _ if asked.input == RuleInput::Value => RuleValue::typed(typed, asked.data_type),
        ValueInput::Number | ValueInput::Count | ValueInput::Share => {
            RuleValue::Number(typed.trim().to_owned())
        }
    }
}

fn hint(input: ValueInput) -> &'static str {
    match input {
        ValueInput::Number | ValueInput::Count => "e.g. 0",
        ValueInput::Share => "e.g. 98",
        ValueInput::Text => "text",
        ValueInput::Date => "e.g. 2026-03-02",
        ValueInput::Timestamp => "e.g. 2026-03-02 18:05:00",
        ValueInput::Boolean => "e.g. true",
        ValueInput::Pattern => "e.g. [A-Z]{2}[0-9]+",
    }
}

/// What is shown for a value of a list.
fn word(value: &RuleValue) -> &str {
    match value {
        RuleValue::Number(text) | RuleValue::Text(text) => text,
        RuleValue::Null => "null",
        RuleValue::Empty => "empty",
        RuleValue::Blank => "blank",
    }
}

/// Values of a list: those that were chosen, those of the sample to tick, and a field for others.
fn list(ui: &mut Ui, asked: &Asked<'_>, values: &mut Vec<RuleValue>) {
    let tokens = Tokens::of(ui.visuals());
    let read = |text: &str| {
        let input = asked.input.value(Comparison::In, asked.data_type).unwrap_or(ValueInput::Text);
        of_text(asked, input, text)
    };
    let facts = asked.facts.filter(|_| asked.input == RuleInput::Value);
    let offered: Vec<(&str, u64, RuleValue)> = facts
        .into_iter()
        .flat_map(|facts| facts.values.iter().take(OFFERED))
        .filter(|(text, _)| !text.trim().is_empty())
        .map(|(text, count)| (text.as_str(), *count, read(text)))
        .collect();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        let is_ticked = |value: &RuleValue| offered.iter().any(|(.., one)| one == value);
        let mut removed = None;
        for (place, one) in values.iter().enumerate() {
            let is_special = !matches!(one, RuleValue::Number(_) | RuleValue::Text(_));
            if is_special || is_ticked(one) {
                continue;
            }
            ui.push_id(place, |ui| {
                if Chip::new(word(one)).removable().show(ui).removed {
                    removed = Some(place);
                }
            });
        }
        if let Some(removed) = removed {
            values.remove(removed);
        }
        add(ui, asked, values, &read);
    });
    if asked.input == RuleInput::Value {
        specials(ui, asked, values);
    }
    if offered.is_empty() {
        return;
    }
    let heading = match facts {
        Some(facts) if facts.distinct > offered.len() as u64 => "Most frequent values of the sample",
        _ => "Values of the sample",
    };
    ui.label(RichText::new(heading).font(theme::small()).color(tokens.text_subdued));
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (text, count, one) in &offered {
            let at = values.iter().position(|value| value == one);
            let row = CheckRow::new(text, at.is_some()).detail(text::number(*count)).mono();
            if row.show(ui).clicked() {
                match at {
                    Some(at) => {
                        values.remove(at);
                    }
                    None => values.push(one.clone()),
                }
            }
        }
    });
}

/// A field for a value more.
fn add(ui: &mut Ui, asked: &Asked<'_>, values: &mut Vec<RuleValue>, read: &dyn Fn(&str) -> RuleValue) {
    let (id, text_id) = (asked.id.with("add"), asked.id.with("added text"));
    let mut text: String = ui.data(|data| data.get_temp(text_id)).unwrap_or_default();
    let name = format!("{}: add a value", asked.name);
    if let Some(typed) = value(ui, id, &name, &text, "Another value", Shown::AsIs, 120.0) {
        text = typed;
    }
    let is_entered = ui.memory(|memory| memory.had_focus_last_frame(id) || memory.has_focus(id))
        && ui.input(|input| input.key_pressed(Key::Enter));
    let is_given = !text.trim().is_empty();
    let is_clicked =
        Button::new("Add").name(&format!("Add to {}", asked.name)).enabled(is_given).show(ui).clicked();
    if is_given && (is_entered || is_clicked) {
        let one = read(&text);
        if !values.contains(&one) {
            values.push(one);
        }
        text.clear();
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    ui.data_mut(|data| data.insert_temp(text_id, text));
}

/// Nulls, empty texts and blanks, which are no values that can be typed.
fn specials(ui: &mut Ui, asked: &Asked<'_>, values: &mut Vec<RuleValue>) {
    let mut all = vec![RuleValue::Null];
    if asked.data_type.is_none_or(|data_type| *data_type == DataType::String) {
        all.extend([RuleValue::Empty, RuleValue::Blank]);
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let tokens = Tokens::of(ui.visuals());
        ui.label(RichText::new("And").font(theme::small()).color(tokens.text_subdued));
        for one in all {
            let at = values.iter().position(|value| *value == one);
            if Button::new(word(&one)).selected(at.is_some()).show(ui).clicked() {
                match at {
                    Some(at) => {
                        values.remove(at);
                    }
                    None => values.push(one),
                }
            }
        }
    });
}
