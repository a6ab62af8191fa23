//! The audit trail: who published what, when and why, and whether the chain of events holds.

use std::borrow::Cow;

use egui::{Frame, Margin, RichText, Ui};
use touchstone_protocol::{AuditEventView, AuditView};

use crate::command::{Command, Commands};
use crate::state::State;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::grid::{Cell, Grid, GridColumn, Listed};
use crate::widgets::{badge, empty, error_box, pending};
use crate::{icon, text};

pub(crate) fn audit(state: &State, commands: &Commands, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin { left: 16, right: 12, top: 12, bottom: 10 }).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.horizontal(|ui| {
            ui.label(RichText::new("Audit trail").font(theme::title()).color(tokens.text_strong));
            ui.label(RichText::new(format!("of {}", state.environment)).color(tokens.text_subdued));
            if let Some(audit) = state.audit.value() {
                chain(ui, audit);
            }
        });
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
        }
    });
    match state.audit.value() {
        None if state.audit.is_pending() => pending(ui, "Reading the audit trail…"),
        None => {}
        Some(audit) if audit.events.is_empty() => {
            let words =
                "Every publish and roll-back is written here, each with the hash of the one before it";
            empty(ui, state, commands, icon::HISTORY, "Nothing was published yet", words, None);
        }
        Some(audit) => {
            let output = Grid::new("audit", "Audit trail", &listed(&audit.events)).show(ui);
            if let Some(copied) = output.copied {
                commands.send(Command::Copy(copied));
            }
        }
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
