//! Rows that come in pages, as a grid: of a sample or of a table.

use std::borrow::Cow;

use egui::Ui;
use touchstone_protocol::ColumnView;
use touchstone_spec::DataType;

use super::{Row, Rows, RowsOf};
use crate::command::{Command, Commands};
use crate::state::State;
use crate::text;
use crate::widgets::grid::{Cell, Grid, GridColumn, GridOutput, GridRows};
use crate::widgets::{empty, error_box, pending};

/// Rows beyond those in sight that are fetched too.
const AHEAD: u64 = 40;

/// Rows of a table or a sample, with headers of their columns.
pub(crate) struct Paged<'a> {
    pub(crate) columns: Vec<GridColumn>,
    pub(crate) rows: &'a Rows,
}

impl GridRows for Paged<'_> {
    fn columns(&self) -> &[GridColumn] {
        &self.columns
    }

    fn len(&self) -> u64 {
        self.rows.total().unwrap_or_default()
    }

    fn number(&self, row: u64) -> Option<Cow<'_, str>> {
        let number = match self.rows.row(row) {
            Row::Known { id: Some(id), .. } => id + 1,
            _ => row + 1,
        };
        Some(text::number(number).into())
    }

    fn cell(&self, row: u64, column: usize) -> Cell<'_> {
        match self.rows.row(row) {
            Row::Pending => Cell::Pending,
            Row::Failed => Cell::Failed,
            Row::Known { cells, .. } => match cells.get(column) {
                Some(Some(text)) if self.rows.bad(row, column).is_some() => {
                    Cell::Toned(Cow::Borrowed(text), crate::theme::Tone::Error)
                }
                Some(Some(text)) => Cell::Text(Cow::Borrowed(text)),
                Some(None) => Cell::Null,
                None => Cell::Blank,
            },
        }
    }
}

/// Whether values of this type stand at the right.
pub(crate) fn is_numeric(data_type: &DataType) -> bool {
    data_type.is_numeric()
}

/// The header of a column of a table.
pub(crate) fn table_header(column: &ColumnView) -> GridColumn {
    let expression = column.expression.as_ref().map(|text| format!("\n{text}")).unwrap_or_default();
    GridColumn {
        name: column.name.clone(),
        numeric: is_numeric(&column.data_type),
        data: true,
        detail: Some(column.data_type.to_string()),
        tooltip: format!("{} {}{expression}", column.name, column.data_type),
        ..GridColumn::default()
    }
}

fn need(of: &RowsOf, visible: std::ops::Range<u64>) -> Command {
    Command::Data(super::Command::NeedRows(of.clone(), visible))
}

/// Shows rows, and has those fetched that are in sight.
pub(crate) fn paged(
    state: &State,
    commands: &Commands,
    of: &RowsOf,
    name: &str,
    nothing: (&str, &str),
    headers: impl FnOnce(&Rows) -> Vec<GridColumn>,
    ui: &mut Ui,
) -> GridOutput {
    let Some(rows) = state.data.rows.get(of) else {
        commands.send(need(of, 0..1));
        pending(ui, "Reading…");
        return GridOutput::default();
    };
    if let Some(error) = rows.error() {
        egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 8)).show(ui, |ui| {
            let title = "Some rows could not be fetched";
            error_box(ui, state, commands, title, error, Some(&Command::Retry), None);
        });
    }
    let first = 0..1;
    match rows.total() {
        None => {
            if !rows.missing(&first).is_empty() {
                commands.send(need(of, first));
            }
            if rows.error().is_none() {
                pending(ui, "Reading…");
            }
            return GridOutput::default();
        }
        Some(0) => {
            if !rows.missing(&first).is_empty() {
                commands.send(need(of, first));
            }
            empty(ui, state, commands, crate::icon::TABLE, nothing.0, nothing.1, None);
            return GridOutput::default();
        }
        Some(_) => {}
    }
    let paged = Paged { columns: headers(rows), rows };
    let output = Grid::new("rows", name, &paged).numbered().show(ui);
    let wanted = output.visible.start.saturating_sub(AHEAD)..output.visible.end + AHEAD;
    if !rows.missing(&wanted).is_empty() {
        commands.send(need(of, wanted));
    }
    if let Some(copied) = &output.copied {
        commands.send(Command::Copy(copied.clone()));
    }
    output
}
