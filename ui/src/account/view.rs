//! The audit trail: who published what, when and why, and whether the chain of events holds.

use std::borrow::Cow;

use egui::{Align, Frame, Layout, Margin, Panel, RichText, Ui};
use touchstone_protocol::{AuditEventView, AuditFilter, AuditView, ExportFormat};

use super::{Command as Own, filter};
use crate::command::{Command, Commands};
use crate::state::State;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::grid::{Cell, Grid, GridColumn, Listed};
use crate::widgets::page::is_narrow;
use crate::widgets::{Alternative, Button, Choice, badge, command_button, empty, error_box, pending, title};
use crate::{icon, release, text};

pub(crate) fn audit(state: &State, commands: &Commands, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin { left: 16, right: 12, top: 12, bottom: 10 }).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.horizontal(|ui| {
            title(ui, "Audit trail");
            ui.label(RichText::new("of").color(tokens.text_subdued));
            environment(state, commands, ui);
            if let Some(audit) = state.audit.value() {
                // What was true before it could not be read any more isn't known now.
                if state.audit.error().is_none() {
                    chain(ui, audit);
                }
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    for format in [ExportFormat::Json, ExportFormat::Csv] {
                        let export = Command::Account(Own::Export(format));
                        let as_icon = is_narrow(ui.ctx());
                        let look = |button: Button<'static>| button.quiet().icon_only(as_icon);
                        command_button(ui, state, commands, &export, look);
                    }
                });
            }
        });
        if state.account.export.is_pending() {
            ui.label(RichText::new("Exporting…").font(theme::small()).color(tokens.text_subdued));
        } else if let Some(Some(path)) = state.account.export.value() {
            let words = RichText::new(format!("Written to {path}")).font(theme::small());
            ui.label(words.color(tokens.success));
        }
        if let Some(error) = state.audit.error() {
            let title = "The audit trail could not be read";
            error_box(ui, state, commands, title, error, Some(&Command::Retry), None);
        }
        if let Some(audit) = state.audit.value() {
            let shown = audit.events.len() as u64;
            let mut words = text::count(audit.total, "event", "events");
            if shown < audit.total {
                words = format!("The newest {} of {words}", text::number(shown));
            }
            ui.label(RichText::new(words).color(tokens.text_subdued));
            if let Some(broken) = &audit.broken {
                ui.label(RichText::new(broken).color(tokens.error));
            }
            ui.add_space(2.0);
            filter::filter(state, commands, audit, ui);
        }
    });
    match state.audit.value() {
        None if state.audit.is_pending() => pending(ui, "Reading the audit trail…"),
        None => {}
        Some(audit) if audit.events.is_empty() && state.account.filter != AuditFilter::default() => {
            let clear = Command::Account(Own::ClearFilter);
            let words = "No publish or roll-back is as the filter asks";
            empty(ui, state, commands, icon::HISTORY, "No such events", words, Some(&clear));
        }
        Some(audit) if audit.events.is_empty() => {
            let words =
                "Every publish and roll-back is written here, each with the hash of the one before it";
            empty(ui, state, commands, icon::HISTORY, "Nothing was published yet", words, None);
        }
        Some(audit) => {
            let place = audit.events.iter().position(|event| Some(event.sequence) == state.account.selected);
            if let Some(event) = place.and_then(|place| audit.events.get(place)) {
                let frame = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(16, 10));
                Panel::bottom("event").resizable(false).frame(frame).show(ui, |ui| {
                    self::event(state, commands, event, ui);
                });
            }
            let selected = place.map(|place| place as u64);
            let listed = listed(&audit.events);
            let output = Grid::new("audit", "Audit trail events", &listed).select_rows(selected).show(ui);
            let chosen = output.selected.and_then(|row| audit.events.get(usize::try_from(row).ok()?));
            if let Some(event) = chosen {
                commands.send(Command::Account(Own::ShowEvent(event.sequence)));
            }
            if let Some(copied) = output.copied {
                commands.send(Command::Copy(copied));
            }
        }
    }
}

/// The environment whose trail it is; another one can be chosen, also where this one can't be reached.
fn environment(state: &State, commands: &Commands, ui: &mut Ui) {
    let all = state.open_workspace().map(|workspace| workspace.environments.as_slice()).unwrap_or_default();
    let alternatives: Vec<Alternative> =
        all.iter().map(|one| Alternative::new(&one.name).detail(one.location.clone())).collect();
    let chosen = Choice::new("Environment", &state.environment, &alternatives).width(160.0).show(ui);
    if let Some(one) = chosen.and_then(|place| all.get(place)) {
        commands.send(Command::ChooseEnvironment(one.name.clone()));
    }
}

/// One event whole: who, when, why, its place in the chain, and what it changed.
fn event(state: &State, commands: &Commands, event: &AuditEventView, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.spacing_mut().item_spacing.y = 3.0;
    ui.horizontal(|ui| {
        let title = format!("{} of {}", event.action, event.pipeline);
        ui.label(RichText::new(title).font(theme::strong()).color(tokens.text_strong));
        if let Some(version) = event.version {
            ui.label(RichText::new(format!("version {version}")).color(tokens.text));
        }
        if let Some(class) = event.class {
            badge(ui, &class.to_string(), Tone::of_change(class));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(version) = event.version {
                let button = Button::new("What it changed").icon(icon::HISTORY);
                if button.show(ui).on_hover_text("Compare it with the version before").clicked() {
                    commands.send(Command::Select(event.pipeline.clone()));
                    let before = event.previous_version;
                    let compare = release::Command::Compare { before, after: Some(version) };
                    commands.send(Command::Release(compare));
                }
            }
        });
    });
    ui.label(&event.message);
    let words = format!("{}  ·  {}  ·  {}", event.actor, text::time(&event.time), state.environment);
    ui.label(RichText::new(words).font(theme::small()).color(tokens.text_subdued));
    let before = if event.previous_hash.is_empty() { "the first event" } else { &event.previous_hash };
    for (name, hash) in [("Hash", event.hash.as_str()), ("Before it", before)] {
        ui.horizontal(|ui| {
            let name =
                RichText::new(format!("{name:<9}")).font(theme::mono_small()).color(tokens.text_subdued);
            ui.label(name);
            ui.label(RichText::new(hash).font(theme::mono_small()).color(tokens.text_subdued));
        });
    }
}

fn chain(ui: &mut Ui, audit: &AuditView) {
    match &audit.broken {
        None => badge(ui, "chain holds", Tone::Success)
            .on_hover_text("Every event holds the hash of the one before it"),
        Some(broken) => badge(ui, "chain is broken", Tone::Error).on_hover_text(broken),
    };
}

fn listed(events: &[AuditEventView]) -> Listed<'_> {
    fn words(text: &str) -> Cell<'_> {
        Cell::Text(Cow::Borrowed(text))
    }
    let rows = events.iter().map(|event| {
        vec![
            Cell::Toned(text::number(event.sequence).into(), Tone::Neutral),
            Cell::Text(text::time(&event.time).into()),
            words(&event.actor),
            words(&event.action),
            words(&event.pipeline),
            event.version.map_or(Cell::Blank, |version| Cell::Text(format!("v{version}").into())),
            words(&event.message),
            Cell::Toned(event.hash.chars().take(12).collect::<String>().into(), Tone::Neutral),
        ]
    });
    Listed {
        columns: vec![
            GridColumn::numbers("#"),
            GridColumn::words("Time (UTC)"),
            GridColumn::words("Who"),
            GridColumn::words("What"),
            GridColumn::words("Pipeline"),
            GridColumn::words("Version"),
            GridColumn::words("Why").stretched(),
            GridColumn::data("Hash"),
        ],
        rows: rows.collect(),
    }
}
