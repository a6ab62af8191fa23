//! A table side by side with an earlier run: what was added, removed and changed, and in which columns.

use std::borrow::Cow;

use egui::{Align, Frame, Layout, Margin, RichText, Ui};
use touchstone_protocol::{DiffRow, RowChange, RunDiffView, RunView};
use touchstone_spec::TableName;

use super::{Diff, DiffOf};
use crate::command::{Command, Commands};
use crate::remote::Remote;
use crate::state::State;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::grid::{Cell, Grid, GridColumn, GridRows};
use crate::widgets::{Alternative, Button, Choice, empty, error_box, pending};
use crate::{data, icon, text};

/// Rows beyond those in sight that are fetched too.
const AHEAD: u64 = 40;

pub(super) fn changes(state: &State, commands: &Commands, run: &RunView, table: &TableName, ui: &mut Ui) {
    let prove = &state.prove;
    if !prove.runs.contains_key(&run.pipeline) {
        send(commands, super::Command::NeedRuns(run.pipeline.clone()));
    }
    if let Some(error) = prove.runs.get(&run.pipeline).and_then(Remote::error) {
        Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
            let title = "Earlier runs could not be listed";
            let again = Command::Prove(super::Command::NeedRuns(run.pipeline.clone()));
            error_box(ui, state, commands, title, error, Some(&again), None);
        });
    }
    let of = DiffOf { table: table.clone(), before: prove.compared_with.clone(), kind: prove.change };
    // The totals are the same whichever kind of row is shown: they stay while the rows are on their way.
    let whole = DiffOf { kind: None, ..of.clone() };
    let known = prove.diffs.get(&of);
    let summary = known.and_then(Diff::summary);
    let summary = summary.or_else(|| prove.diffs.get(&whole)?.summary());
    // Beside nothing all would be new.
    if let Some(summary) = summary.filter(|summary| summary.before.is_some()) {
        totals(state, commands, run, summary, ui);
    }
    let Some(diff) = known else {
        send(commands, super::Command::NeedDiff(of, 0));
        pending(ui, "Comparing…");
        return;
    };
    if let Some(error) = diff.error() {
        Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
            let title = "The runs could not be compared";
            error_box(ui, state, commands, title, error, Some(&Command::Retry), None);
        });
    }
    let Some(summary) = diff.summary() else {
        if diff.is_pending() {
            pending(ui, "Comparing…");
        } else if diff.error().is_none() {
            send(commands, super::Command::NeedDiff(of, 0));
        }
        return;
    };
    if summary.before.is_none() {
        let text = "From the next simulation on, what it changes is shown here";
        empty(ui, state, commands, icon::HISTORY, "Nothing to compare with yet", text, None);
        return;
    }
    if summary.total == 0 {
        let (title, text) = match prove.change {
            None => ("No differences", "Every row is as it was"),
            Some(RowChange::Added) => ("No rows added", "Every row was there before"),
            Some(RowChange::Removed) => ("No rows removed", "Every row of before is still there"),
            Some(RowChange::Changed) => {
                ("No rows changed", "Rows that are in both runs have the same values")
            }
        };
        empty(ui, state, commands, icon::PASSED, title, text, None);
        return;
    }
    let rows = Compared::new(diff, summary);
    let output = Grid::new("changes", &format!("Changes of {table}"), &rows).show(ui);
    let wanted = output.visible.start.saturating_sub(AHEAD)..(output.visible.end + AHEAD).min(summary.total);
    for page in diff.missing(&wanted) {
        send(commands, super::Command::NeedDiff(of.clone(), page));
    }
    if let Some(copied) = output.copied {
        commands.send(Command::Copy(copied));
    }
}

fn send(commands: &Commands, command: super::Command) {
    commands.send(Command::Prove(command));
}

/// How many rows of each kind, each a switch; the run that is compared with; what changed about the columns.
fn totals(state: &State, commands: &Commands, run: &RunView, summary: &RunDiffView, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin::symmetric(16, 8)).show(ui, |ui| {
        ui.horizontal(|ui| {
            let kinds = [
                (None, "All", summary.added + summary.removed + summary.changed),
                (Some(RowChange::Added), "Added", summary.added),
                (Some(RowChange::Removed), "Removed", summary.removed),
                (Some(RowChange::Changed), "Changed", summary.changed),
            ];
            for (kind, name, rows) in kinds {
                let text = format!("{name} {}", text::number(rows));
                let is_shown = state.prove.change == kind;
                if Button::new(&text).quiet().selected(is_shown).show(ui).clicked() {
                    send(commands, super::Command::ShowChange(kind));
                }
            }
            let same = format!("{} the same", text::count(summary.same, "row", "rows"));
            ui.label(RichText::new(same).color(tokens.text_subdued));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                older_run(state, commands, run, summary, ui);
            });
        });
        let by = if summary.key.is_empty() {
            "Rows are compared as a whole: the table has no key".to_owned()
        } else {
            format!("Rows are matched by {}", summary.key.join(", "))
        };
        let words = std::iter::once(by).chain(summary.schema_changes.iter().cloned());
        let words = words.collect::<Vec<_>>().join("  ·  ");
        ui.label(RichText::new(words).font(theme::small()).color(tokens.text_subdued));
    });
}

fn older_run(state: &State, commands: &Commands, run: &RunView, summary: &RunDiffView, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let known = state.prove.runs.get(&run.pipeline);
    let Some(runs) = known.and_then(Remote::value) else {
        if known.is_some_and(Remote::is_pending) {
            ui.label(RichText::new("Listing earlier runs…").color(tokens.text_subdued));
        }
        return;
    };
    let older: Vec<&RunView> = runs.iter().filter(|one| one.id != summary.after).collect();
    let chosen = older.iter().find(|one| Some(&one.id) == summary.before.as_ref());
    let title = chosen.map_or_else(|| "an earlier run".to_owned(), |one| text::time(&one.started_at));
    let alternative = |one: &&RunView| {
        let alternative = Alternative::new(text::time(&one.started_at));
        match &one.along_with {
            Some(other) => alternative.detail(format!("of {other}")),
            None => alternative,
        }
    };
    let alternatives: Vec<Alternative> = older.iter().map(alternative).collect();
    let choice = Choice::new("Run to compare with", &title, &alternatives).width(176.0);
    if let Some(one) = choice.show(ui).and_then(|place| older.get(place)) {
        send(commands, super::Command::CompareWith(Some(one.id.clone())));
    }
    ui.label(RichText::new("Compared with the run of").color(tokens.text_subdued));
}

/// Differing rows as a grid: a sign, then each column, with before and after where they differ.
struct Compared<'a> {
    columns: Vec<GridColumn>,
    diff: &'a Diff,
    total: u64,
}

impl<'a> Compared<'a> {
    fn new(diff: &'a Diff, summary: &RunDiffView) -> Self {
        let mut columns = vec![GridColumn::words("Change")];
        for (place, column) in summary.columns.iter().enumerate() {
            let changed = summary.changed_in.get(place).copied().unwrap_or_default();
            let promised =
                (changed > 0).then(|| (format!("{} changed", text::number(changed)), Tone::Warning));
            columns.push(GridColumn { promised, ..data::table_header(column) });
        }
        Self { columns, diff, total: summary.total }
    }
}

impl GridRows for Compared<'_> {
    fn columns(&self) -> &[GridColumn] {
        &self.columns
    }

    fn len(&self) -> u64 {
        self.total
    }

    fn cell(&self, row: u64, column: usize) -> Cell<'_> {
        match self.diff.row(row) {
            None => Cell::Pending,
            Some(row) => cell(row, column),
        }
    }
}

fn cell(row: &DiffRow, column: usize) -> Cell<'_> {
    let (word, tone) = match row.kind {
        RowChange::Added => ("Added", Tone::Success),
        RowChange::Removed => ("Removed", Tone::Error),
        RowChange::Changed => ("Changed", Tone::Warning),
    };
    let Some(place) = column.checked_sub(1) else {
        return Cell::Toned(Cow::Borrowed(word), tone);
    };
    let of =
        |side: &'_ Option<Vec<Option<String>>>| side.as_ref().and_then(|cells| cells.get(place).cloned());
    match (of(&row.before), of(&row.after)) {
        (Some(before), Some(after)) if before != after => {
            let shown = |value: Option<String>| value.unwrap_or_else(|| "null".to_owned());
            Cell::Toned(format!("{} → {}", shown(before), shown(after)).into(), Tone::Warning)
        }
        (_, Some(Some(value))) if row.kind == RowChange::Changed => Cell::Text(value.into()),
        (_, Some(Some(value))) | (Some(Some(value)), None) => Cell::Toned(value.into(), tone),
        (_, Some(None)) | (Some(None), None) => Cell::Null,
        (None, None) => Cell::Blank,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_value_shows_both_sides() {
        let side = |values: [Option<&str>; 2]| Some(values.map(|value| value.map(str::to_owned)).to_vec());
        let row = DiffRow {
            kind: RowChange::Changed,
            before: side([Some("T1"), Some("10.00")]),
            after: side([Some("T1"), None]),
        };
        assert_eq!(cell(&row, 0), Cell::Toned("Changed".into(), Tone::Warning));
        assert_eq!(cell(&row, 1), Cell::Text("T1".into()));
        assert_eq!(cell(&row, 2), Cell::Toned("10.00 → null".into(), Tone::Warning));
        let added = DiffRow { kind: RowChange::Added, before: None, after: side([Some("T2"), None]) };
        assert_eq!(cell(&added, 1), Cell::Toned("T2".into(), Tone::Success));
        assert_eq!(cell(&added, 2), Cell::Null);
    }
}
