//! The panel with everything about a column: its type and why, its distribution, its values.

use egui::{Align, Frame, Layout, Margin, RichText, ScrollArea, Ui};
use touchstone_protocol::{AlternativeView, BinView, ColumnProfileView, DataRef, FilterTest, ValueCount};
use touchstone_spec::DataType;

use super::command::Command as DataCommand;
use super::grid::send;
use super::paged::type_icon;
use super::{ColumnOf, View, query};
use crate::command::{Command, Commands};
use crate::icon;
use crate::remote::Remote;
use crate::state::State;
use crate::text;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::{
    Button, FactRow, badge, command_button, error_box, histogram, icon_button, marked, name_label, pending,
};

/// Top values and shapes that are shown.
const SHOWN: usize = 12;

pub(super) fn panel(
    state: &State,
    commands: &Commands,
    data: &DataRef,
    view: &View,
    name: &str,
    ui: &mut Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    let of = |query| ColumnOf { data: data.clone(), query, column: name.to_owned() };
    let asked = of(query::unsorted(&view.query));
    let known = state.data.columns.get(&asked);
    if known.is_none() {
        send(commands, DataCommand::NeedColumn(asked));
    }
    // While the filtered rows are counted, what was counted before stays in sight.
    let before = || {
        let query = view.answered.as_ref().map(query::unsorted).unwrap_or_default();
        state.data.columns.get(&of(query)).and_then(|before| before.value())
    };
    let profile = known.and_then(|known| known.value()).or_else(before);
    Frame::new().inner_margin(Margin { left: 12, right: 6, top: 6, bottom: 4 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icon::CLOSE, "Close panel").clicked() {
                    send(commands, DataCommand::Panel(data.clone(), false));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    if let Some(profile) = profile {
                        let sign = RichText::new(type_icon(&profile.data_type)).size(15.0);
                        ui.add(egui::Label::new(sign.color(tokens.text_subdued)).selectable(false));
                    }
                    name_label(ui, name, &theme::strong(), tokens.text_strong);
                });
            });
        });
    });
    if let Some(error) = known.and_then(Remote::error) {
        Frame::new().inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
            let title = "The column could not be read";
            error_box(ui, state, commands, title, error, Some(&Command::Retry), None);
        });
    }
    let Some(profile) = profile else {
        if known.is_none_or(|known| known.error().is_none()) {
            pending(ui, "Counting…");
        }
        return;
    };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin { left: 12, right: 12, top: 0, bottom: 16 }).show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 2.0;
            kind(profile, view, ui);
            let filter =
                |test| send(commands, DataCommand::Filter(data.clone(), name.to_owned(), Some(test)));
            counts(profile, &filter, ui);
            null_like(commands, data, profile, ui);
            distribution(profile, name, &filter, ui);
            let only = |value: &str| filter(FilterTest::Is(value.to_owned()));
            let values = ("Most frequent values", profile.top.as_slice(), profile.distinct);
            frequent(values, profile, Some(&only), ui);
            let shapes = ("Shapes", profile.shapes.as_slice(), profile.distinct_shapes);
            frequent(shapes, profile, None, ui);
            types(state, commands, data, profile, ui);
        });
    });
}

fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(12.0);
    let color = Tokens::of(ui.visuals()).text_subdued;
    let label = ui.label(RichText::new(text).font(theme::small_strong()).color(color));
    crate::widgets::as_heading(&label, text, 3);
    ui.add_space(2.0);
}

/// The type and why, and which rows were counted.
fn kind(profile: &ColumnProfileView, view: &View, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal_wrapped(|ui| {
        badge(ui, &profile.data_type.to_string(), Tone::Neutral);
        let which = match (profile.complete, query::is_plain(&query::unsorted(&view.query))) {
            (true, true) => "all rows",
            (true, false) => "rows that pass the filters",
            (false, _) => "the rows read so far",
        };
        let words = format!("over {} ({which})", text::count(profile.rows, "row", "rows"));
        ui.label(RichText::new(words).font(theme::small()).color(tokens.text_subdued));
    });
    if let Some(reason) = &profile.reason {
        ui.add_space(2.0);
        // The contract's type stands above; what was found may be another, and the reason is that one's.
        let found = profile.alternatives.iter().find(|one| one.chosen).map(|one| &one.data_type);
        if let Some(found) = found.filter(|found| **found != profile.data_type) {
            let words = format!("by the contract; the values look like {found}");
            ui.label(RichText::new(words).color(tokens.text_strong));
        }
        ui.label(marked(&text::with_counts(reason), tokens.text, tokens.text));
        // The evidence is of what the data show on their own; the counts below are of what the contract says.
        let found = profile.alternatives.iter().find(|one| one.chosen).map(|one| one.parsed + one.failed);
        let held = profile.values() + profile.misread;
        let left = found.map_or(0, |found| held.saturating_sub(found));
        if left > 0 && profile.misread > 0 && query::is_plain(&query::unsorted(&view.query)) {
            let texts = text::count(left, "text that looks", "texts that look");
            let words = format!("Aside from {texts} like no value; the contract does not say so");
            ui.label(RichText::new(words).font(theme::small()).color(tokens.text_subdued));
        }
    }
}

fn counts(profile: &ColumnProfileView, filter: &dyn Fn(FilterTest), ui: &mut Ui) {
    heading(ui, "Values");
    let part = |count: u64| {
        let share = text::share(count, profile.rows);
        if count == 0 { "0".to_owned() } else { format!("{}  ·  {share}", text::number(count)) }
    };
    let is_text = profile.data_type == DataType::String;
    let only = |ui: &mut Ui, name: &str, count: u64, tone: Tone, test: FilterTest| {
        let row = FactRow::new(name, part(count));
        let row = if count > 0 { row.tone(tone).act("Show only these") } else { row };
        if row.show(ui) {
            filter(test);
        }
    };
    let values = profile.values();
    FactRow::new("Values", part(values)).show(ui);
    let mut sum = vec![format!("{} values", text::number(values))];
    only(ui, "Null", profile.nulls, Tone::Neutral, FilterTest::IsNull);
    if is_text || profile.empties > 0 {
        only(ui, "Empty", profile.empties, Tone::Neutral, FilterTest::IsEmpty);
    }
    if is_text || profile.blanks > 0 {
        only(ui, "Blank", profile.blanks, Tone::Neutral, FilterTest::IsBlank);
    }
    if !is_text || profile.bad > 0 {
        only(ui, "Bad", profile.bad, Tone::Error, FilterTest::IsBad);
    }
    for (name, count) in [
        ("null", profile.nulls),
        ("empty", profile.empties),
        ("blank", profile.blanks),
        ("bad", profile.misread),
    ] {
        if count > 0 {
            sum.push(format!("{} {name}", text::number(count)));
        }
    }
    // Numbers that don't say how they belong together are read as a contradiction.
    let mut told = format!("{} = {}", sum.join(" + "), text::count(profile.rows, "row", "rows"));
    if profile.bad > profile.misread {
        let without = text::number(profile.bad - profile.misread);
        told = format!("{told}; {without} more are bad as they have no value, and counted there");
    }
    ui.label(RichText::new(told).font(theme::small()).color(Tokens::of(ui.visuals()).text_subdued));
    if !profile.bad_examples.is_empty() {
        let examples = profile.bad_examples.iter().take(4).cloned().collect::<Vec<_>>().join("  |  ");
        FactRow::new("  such as", examples).mono().show(ui);
    }
    let about = if profile.distinct_exact { "" } else { "about " };
    FactRow::new("Different", format!("{about}{}", text::number(profile.distinct))).show(ui);
    let facts = [("Least", &profile.min), ("Greatest", &profile.max), ("Mean", &profile.mean)];
    for (name, value) in facts {
        if let Some(value) = value {
            FactRow::new(name, value.clone()).mono().show(ui);
        }
    }
}

/// Texts that are bad and often stand for 'no value', each with the click that makes it one.
fn null_like(commands: &Commands, data: &DataRef, profile: &ColumnProfileView, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    for one in profile.null_like.iter().filter(|_| !matches!(data, DataRef::Table { .. })) {
        ui.add_space(4.0);
        let (bad, these) = (text::number(profile.misread), text::number(one.count));
        let words = match one.count {
            1 if profile.misread == 1 => format!("The bad value is “{}”", one.value),
            count if count == profile.misread => format!("All {bad} bad values are “{}”", one.value),
            _ => format!("Of {bad} bad values {these} are “{}”", one.value),
        };
        ui.label(RichText::new(format!("{words}, which often stands for no value")).color(tokens.text));
        let command = DataCommand::ReadAsNull(data.clone(), one.value.clone());
        let offer = command.offer();
        let text = format!("Read “{}” as no value", one.value);
        if Button::new(&text).icon(offer.icon).show(ui).on_hover_text(offer.tooltip).clicked() {
            send(commands, command);
        }
    }
}

fn distribution(profile: &ColumnProfileView, name: &str, filter: &dyn Fn(FilterTest), ui: &mut Ui) {
    if profile.histogram.is_empty() {
        return;
    }
    let of_lengths = profile.histogram_of == "lengths";
    heading(ui, if of_lengths { "Lengths" } else { "Distribution" });
    let mut bins: Vec<BinView> = profile.histogram.iter().map(|bin| whole(bin, &profile.data_type)).collect();
    if let Some((least, greatest)) = profile.min.as_deref().zip(profile.max.as_deref())
        && !of_lengths
    {
        within(&mut bins, least, greatest);
    }
    if let Some(bin) = histogram(ui, name, &bins, &profile.histogram_of)
        && !of_lengths
    {
        filter(FilterTest::Between(bin.low.clone(), bin.high.clone()));
    }
}

/// A bar of whole numbers ends with the last of them, not with the first of the next bar.
fn whole(bin: &BinView, data_type: &DataType) -> BinView {
    let is_whole = matches!(data_type, DataType::Int | DataType::Long);
    let last = bin.high.parse::<i64>().ok().filter(|_| is_whole).map(|high| high - 1);
    BinView { high: last.map_or_else(|| bin.high.clone(), |last| last.to_string()), ..bin.clone() }
}

/// The outer bars, whose ends are round, begin with the least value and end with the greatest.
fn within(bins: &mut [BinView], least: &str, greatest: &str) {
    // A bar without values holds neither of them.
    if let Some(first) = bins.first_mut().filter(|bin| bin.count > 0) {
        least.clone_into(&mut first.low);
    }
    if let Some(last) = bins.last_mut().filter(|bin| bin.count > 0) {
        greatest.clone_into(&mut last.high);
    }
}

/// Values with how often they are there, and how many different ones there are; where they can be chosen, a click
/// shows only these.
fn frequent(
    (title, values, different): (&str, &[ValueCount], u64),
    profile: &ColumnProfileView,
    chosen: Option<&dyn Fn(&str)>,
    ui: &mut Ui,
) {
    let Some(most) = values.iter().map(|one| one.count).max() else { return };
    heading(ui, title);
    for one in values.iter().take(SHOWN) {
        let row = FactRow::new(&one.value, text::number(one.count)).mono_name();
        let row = row.bar(one.count as f32 / most.max(1) as f32);
        let row = row.tooltip(format!("{} of the rows", text::share(one.count, profile.rows)));
        let row = if chosen.is_some() { row.act("Show only these") } else { row };
        if row.show(ui)
            && let Some(chosen) = chosen
        {
            chosen(&one.value);
        }
    }
    // Of many only the most frequent are sent.
    let more = different.max(values.len() as u64).saturating_sub(values.len().min(SHOWN) as u64);
    if more > 0 {
        let about = if profile.distinct_exact { "" } else { "about " };
        let words = format!("and {about}{} less frequent", text::number(more));
        ui.label(RichText::new(words).font(theme::small()).weak());
    }
}

/// Types that the column could take, each with what speaks for it and against.
fn types(state: &State, commands: &Commands, data: &DataRef, profile: &ColumnProfileView, ui: &mut Ui) {
    if profile.alternatives.is_empty() {
        return;
    }
    let chosen = match data {
        DataRef::File { path } => state.data.chosen.get(path).and_then(|file| file.get(&profile.name)),
        _ => None,
    };
    // A sample's type is that of its contract, as it is edited.
    let contract = match data {
        DataRef::Sample { pipeline, source } => state.promised(pipeline, source, &profile.name),
        _ => None,
    };
    heading(ui, "Types it could have");
    for (place, alternative) in profile.alternatives.iter().enumerate() {
        let is_used = match (chosen, &contract) {
            (Some(chosen), _) => chosen == alternative,
            (None, Some(contract)) => contract.data_type == alternative.data_type,
            (None, None) => alternative.chosen,
        };
        ui.push_id(place, |ui| one_type(state, commands, data, &profile.name, alternative, is_used, ui));
        ui.add_space(4.0);
    }
}

fn one_type(
    state: &State,
    commands: &Commands,
    data: &DataRef,
    column: &str,
    alternative: &AlternativeView,
    is_used: bool,
    ui: &mut Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    let stroke = egui::Stroke::new(1.0, if is_used { tokens.focus } else { tokens.line });
    let frame =
        Frame::new().fill(tokens.content).stroke(stroke).corner_radius(6).inner_margin(Margin::same(8));
    frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.horizontal(|ui| {
            let name = RichText::new(alternative.data_type.to_string()).font(theme::mono());
            ui.label(name.color(tokens.text_strong));
            let marks = [
                alternative.format.clone(),
                alternative.decimal_mark.as_ref().map(|mark| format!("decimal {mark}")),
                alternative.group_mark.as_ref().map(|mark| format!("groups {mark}")),
                (!alternative.true_values.is_empty())
                    .then(|| format!("true {}", alternative.true_values.join(" "))),
                (!alternative.false_values.is_empty())
                    .then(|| format!("false {}", alternative.false_values.join(" "))),
            ];
            let marks = marks.into_iter().flatten().collect::<Vec<_>>().join(", ");
            ui.add(egui::Label::new(RichText::new(marks).font(theme::mono_small()).weak()).truncate());
        });
        let reads = format!("{} read", text::number(alternative.parsed));
        let small = |text: String, color| RichText::new(text).font(theme::small()).color(color);
        ui.horizontal_wrapped(|ui| {
            ui.label(small(reads, tokens.text_subdued));
            if alternative.failed > 0 {
                ui.label(small(format!("{} do not", text::number(alternative.failed)), tokens.error));
                let examples = alternative.failed_examples.iter().take(3).cloned().collect::<Vec<_>>();
                let examples = RichText::new(examples.join("  |  ")).font(theme::mono_small());
                ui.label(examples.color(tokens.text_subdued));
            }
        });
        ui.label(small(text::with_counts(&alternative.reason), tokens.text_subdued));
        ui.add_space(2.0);
        let use_it = DataCommand::UseType(data.clone(), column.to_owned(), Box::new(alternative.clone()));
        if is_used {
            ui.label(small("Used".to_owned(), tokens.link));
        } else if !matches!(data, DataRef::Table { .. }) {
            command_button(ui, state, commands, &Command::Data(use_it), |button: Button<'static>| button);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outer_bars_say_nothing_beyond_the_least_and_the_greatest_value() {
        let bin =
            |low: &str, high: &str, count| BinView { low: low.to_owned(), high: high.to_owned(), count };
        let mut bins = vec![bin("0", "25", 3), bin("25", "50", 0), bin("50", "75", 1)];
        within(&mut bins, "0.0100", "62.5000");
        assert_eq!(bins, [bin("0.0100", "25", 3), bin("25", "50", 0), bin("50", "62.5000", 1)]);
        let mut alone = vec![bin("0", "25", 3)];
        within(&mut alone, "4", "9");
        assert_eq!(alone, [bin("4", "9", 3)]);
        let mut empty = vec![bin("0", "25", 0), bin("25", "50", 1)];
        within(&mut empty, "30", "40");
        assert_eq!(empty, [bin("0", "25", 0), bin("25", "40", 1)]);
    }

    #[test]
    fn bars_of_whole_numbers_end_with_what_is_in_them() {
        let bin = |low: &str, high: &str| BinView { low: low.to_owned(), high: high.to_owned(), count: 1 };
        assert_eq!(whole(&bin("20", "21"), &DataType::Int), bin("20", "20"));
        assert_eq!(whole(&bin("-50", "0"), &DataType::Long), bin("-50", "-1"));
        // Between two decimals there is always another one.
        let decimal = DataType::Decimal { precision: 18, scale: 2 };
        assert_eq!(whole(&bin("20", "21"), &decimal), bin("20", "21"));
        assert_eq!(whole(&bin("2026-01-01", "2026-02-01"), &DataType::Date), bin("2026-01-01", "2026-02-01"));
    }
}
