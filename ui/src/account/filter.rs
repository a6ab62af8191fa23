//! The filter of the audit trail: by person, pipeline and time.

use egui::{RichText, TextEdit, Ui};
use touchstone_protocol::AuditView;

use super::Command as Own;
use crate::command::{Command, Commands};
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::{Alternative, Button, Choice, command_button};

/// A day as it is typed (`2026-03-01`); none where it isn't one, or not yet.
pub(super) fn day(text: &str) -> Option<String> {
    let text = text.trim();
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let number = |part: &str, digits: usize, range: std::ops::RangeInclusive<u32>| {
        part.len() == digits
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse().is_ok_and(|number| range.contains(&number))
    };
    let is_day = number(year, 4, 1..=9999) && number(month, 2, 1..=12) && number(day, 2, 1..=31);
    is_day.then(|| text.to_owned())
}

/// Whether something is typed that is no day, or not yet.
fn is_no_day(typed: &str) -> bool {
    !typed.trim().is_empty() && day(typed).is_none()
}

pub(super) fn filter(state: &State, commands: &Commands, audit: &AuditView, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let account = &state.account;
    ui.horizontal_wrapped(|ui| {
        choice(
            commands,
            "Person",
            "everybody",
            account.filter.actor.as_ref(),
            &audit.actors,
            Own::OfActor,
            ui,
        );
        let listed =
            state.open_workspace().map(|workspace| workspace.pipelines.as_slice()).unwrap_or_default();
        let names: Vec<String> = listed.iter().map(|one| one.name.clone()).collect();
        choice(commands, "Pipeline", "all", account.filter.pipeline.as_ref(), &names, Own::OfPipeline, ui);
        typed_day(commands, "From", &account.from, Own::EditFrom, ui);
        typed_day(commands, "To", &account.to, Own::EditTo, ui);
        let is_filtered = account.filter != touchstone_protocol::AuditFilter::default();
        if is_filtered || !account.from.is_empty() || !account.to.is_empty() {
            command_button(ui, state, commands, &Command::Account(Own::ClearFilter), Button::quiet);
        }
    });
    if is_no_day(&account.from) || is_no_day(&account.to) {
        let words = "Not filtered by it: a day is written as year-month-day, as in 2026-03-01";
        ui.label(RichText::new(words).font(theme::small()).color(tokens.error));
    }
}

fn choice(
    commands: &Commands,
    name: &str,
    everything: &str,
    chosen: Option<&String>,
    all: &[String],
    command: impl Fn(Option<String>) -> Own,
    ui: &mut Ui,
) {
    ui.label(RichText::new(name).color(Tokens::of(ui.visuals()).text_subdued));
    let title = chosen.map_or(everything, String::as_str);
    let alternatives: Vec<Alternative> =
        std::iter::once(everything).chain(all.iter().map(String::as_str)).map(Alternative::new).collect();
    if let Some(place) = Choice::new(name, title, &alternatives).width(144.0).show(ui) {
        let chosen = place.checked_sub(1).and_then(|place| all.get(place)).cloned();
        commands.send(Command::Account(command(chosen)));
    }
}

fn typed_day(commands: &Commands, name: &str, typed: &str, command: impl Fn(String) -> Own, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let label = ui.label(RichText::new(name).color(tokens.text_subdued));
    let mut text = typed.to_owned();
    let color = if is_no_day(typed) { tokens.error } else { tokens.text };
    let field = TextEdit::singleline(&mut text)
        .font(theme::mono())
        .text_color(color)
        .desired_width(136.0)
        .hint_text(crate::widgets::hint("e.g. 2026-03-01"));
    let field = ui.add(field).labelled_by(label.id);
    if field.changed() {
        commands.send(Command::Account(command(text)));
    }
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn only_whole_days_filter() {
        assert_eq!(day(" 2026-03-01 ").as_deref(), Some("2026-03-01"));
        for wrong in ["", "2026", "2026-3-1", "2026-13-01", "2026-00-10", "01.03.2026", "2026-03-01-"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }
}
