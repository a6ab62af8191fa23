//! What breaks if the selected table or column changes: tried by the compiler on the documents as they are now.

use egui::{RichText, TextEdit, Ui};
use touchstone_compiler::{AffectedTable, Impact, ImpactSeverity, LineageTarget};

use super::side::{section, send};
use super::{Change, Command, Kind};
use crate::command::Commands;
use crate::icon;
use crate::state::State;
use crate::text;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::{Button, ListRow, state_icon};

pub(super) fn breaks(state: &State, commands: &Commands, target: &LineageTarget, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let change = &state.lineage.change;
    ui.label(RichText::new("What breaks if I change this").font(theme::strong()).color(tokens.text_strong));
    ui.add_space(8.0);
    asked(commands, target, change, ui);
    ui.add_space(8.0);
    match (change.read(target), state.lineage.impact()) {
        (Err(reason), _) => {
            ui.label(RichText::new(reason).color(tokens.text_subdued));
        }
        (Ok(_), Some(impact)) => answer(commands, impact, ui),
        (Ok(_), None) => {
            ui.label(RichText::new("Trying it…").color(tokens.text_subdued));
        }
    }
}

/// The change that is thought of.
fn asked(commands: &Commands, target: &LineageTarget, change: &Change, ui: &mut Ui) {
    let is_column = matches!(target, LineageTarget::Column(_));
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| is_column || *kind != Kind::Retype).collect();
    let texts: Vec<&str> = kinds.iter().map(|kind| kind.text()).collect();
    let shown = kinds.iter().position(|kind| *kind == change.kind).unwrap_or(usize::MAX);
    ui.horizontal(|ui| {
        let chosen = crate::design::segmented(ui, "Change", &texts, &[], shown);
        if let Some(kind) = chosen.and_then(|at| kinds.get(at)) {
            send(commands, Command::EditChange(Change { kind: *kind, ..change.clone() }));
        }
    });
    let (label, typed, hint) = match change.kind {
        Kind::Remove => return,
        Kind::Rename => ("New name", &change.name, "e.g. renamed"),
        Kind::Retype => ("New type", &change.data_type, "e.g. decimal(18,2)"),
    };
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        let label = ui.label(label);
        let mut typed = typed.clone();
        let edit = TextEdit::singleline(&mut typed).font(theme::mono()).hint_text(crate::widgets::hint(hint));
        let edit = ui.add(edit.desired_width(ui.available_width())).labelled_by(label.id);
        if edit.changed() {
            let mut edited = change.clone();
            match change.kind {
                Kind::Retype => edited.data_type = typed,
                Kind::Remove | Kind::Rename => edited.name = typed,
            }
            send(commands, Command::EditChange(edited));
        }
    });
}

fn answer(commands: &Commands, impact: &Impact, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let worst = impact.tables.iter().map(|table| table.severity).max();
    let (sign, color, name) = match worst {
        None => (icon::PASSED, tokens.success, "Nothing breaks"),
        Some(ImpactSeverity::Breaks) => (icon::ERROR, tokens.error, "Something breaks"),
        Some(_) => (icon::WARNING, tokens.warning, "Something changes"),
    };
    ui.horizontal_top(|ui| {
        state_icon(ui, sign, color, name);
        ui.vertical(|ui| ui.label(sentence(&impact.summary())));
    });
    for severity in [ImpactSeverity::Breaks, ImpactSeverity::ChangesRows, ImpactSeverity::ChangesValues] {
        let tables: Vec<&AffectedTable> =
            impact.tables.iter().filter(|table| table.severity == severity).collect();
        if tables.is_empty() {
            continue;
        }
        section(ui, &format!("{}  {}", sentence(&severity.to_string()), text::number(tables.len() as u64)));
        for table in tables {
            affected(commands, impact, table, tokens, ui);
        }
    }
    if !impact.pipelines.is_empty() {
        section(ui, "Pipelines and who answers for them");
        for pipeline in &impact.pipelines {
            let owner = pipeline.owner.as_deref().unwrap_or("nobody is named");
            let color = tokens.tone_text(tone(pipeline.severity));
            let name = format!("{}, {owner}, {}", pipeline.name, pipeline.severity);
            let row = ListRow::new(&pipeline.name, false).icon(icon::PIPELINE, color);
            let response = row.detail(owner, tokens.text_subdued).name(name).show(ui).response;
            if response.clicked() {
                commands.send(crate::command::Command::Select(pipeline.name.clone()));
            }
        }
        ui.add_space(8.0);
        let copy = Button::new("Copy as text").icon(icon::COPY).quiet().show(ui);
        if copy.on_hover_text("All of it, to send to those who answer for the pipelines").clicked() {
            commands.send(crate::command::Command::Copy(impact.to_text()));
        }
    }
}

/// A table that is touched, why, and the columns of it.
fn affected(commands: &Commands, impact: &Impact, table: &AffectedTable, tokens: &Tokens, ui: &mut Ui) {
    let name = table.node.to_string();
    let color = tokens.tone_text(tone(table.severity));
    let sign = if table.severity == ImpactSeverity::Breaks { icon::ERROR } else { icon::WARNING };
    let columns = impact.columns.iter().filter(|column| column.column.node == table.node).count();
    let mut row = ListRow::new(&name, false).icon(sign, color).name(format!("{name} {}", table.severity));
    if columns > 0 {
        row = row.detail(text::count(columns as u64, "column", "columns"), tokens.text_subdued);
    }
    if row.show(ui).response.clicked() {
        send(commands, Command::Show(LineageTarget::Table(table.node.clone())));
    }
    ui.indent(&name, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for reason in &table.reasons {
            let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
            ui.label(RichText::new(sentence(&reason)).font(theme::small()).color(tokens.text_subdued));
        }
    });
    ui.add_space(4.0);
}

fn tone(severity: ImpactSeverity) -> Tone {
    match severity {
        ImpactSeverity::Breaks => Tone::Error,
        ImpactSeverity::ChangesRows | ImpactSeverity::ChangesValues => Tone::Warning,
    }
}

/// With a capital where a sentence begins; what is quoted stays as it is.
fn sentence(words: &str) -> String {
    if let Some(rest) = words.strip_prefix("sql:") {
        return format!("SQL:{rest}");
    }
    text::sentence(words)
}
