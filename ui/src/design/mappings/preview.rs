//! The first rows while one types: of a field before and after, of a table; the last good ones stay meanwhile.

use egui::{Align, Frame, Layout, Margin, Panel, RichText, Stroke, Ui};
use touchstone_protocol::{ColumnView, PreviewView, TablePage};
use touchstone_spec::TableName;

use super::made::said;
use super::silver::Table;
use crate::command::Command as AppCommand;
use crate::data::table_header;
use crate::design::view::Desk;
use crate::design::{Command as DesignCommand, Preview};
use crate::icon;
use crate::text;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::grid::{Cell, Grid, GridColumn, GridRows};
use crate::widgets::{error_box, pending, state_icon};

/// Rows whose texts tell how wide a column is.
const MEASURED: usize = 60;

/// Rows of a preview, some columns of the rows before and some of the rows after.
struct Rows<'a> {
    columns: Vec<GridColumn>,
    from: Vec<From<'a>>,
    len: usize,
}

/// Where a column's cells are.
#[derive(Clone, Copy)]
enum From<'a> {
    Page(&'a TablePage, usize),
    /// On their way.
    Awaited,
    Nowhere,
}

impl GridRows for Rows<'_> {
    fn columns(&self) -> &[GridColumn] {
        &self.columns
    }

    fn len(&self) -> u64 {
        self.len as u64
    }

    fn cell(&self, row: u64, column: usize) -> Cell<'_> {
        let Ok(row) = usize::try_from(row) else { return Cell::Blank };
        match self.from.get(column) {
            Some(From::Page(page, place)) => match page.rows.get(row).and_then(|cells| cells.get(*place)) {
                Some(Some(text)) => Cell::Text(text.into()),
                Some(None) => Cell::Null,
                None => Cell::Blank,
            },
            Some(From::Awaited) => Cell::Pending,
            Some(From::Nowhere) | None => Cell::Blank,
        }
    }

    /// Other types and longer values get other widths; values as long as those before keep theirs while one types.
    fn stamp(&self) -> u64 {
        const STEP: usize = 4;
        let mut hasher = std::hash::DefaultHasher::new();
        for (place, column) in self.columns.iter().enumerate() {
            let length = |row: usize| match self.cell(row as u64, place) {
                Cell::Text(text) => text.chars().count().div_ceil(STEP),
                _ => 0,
            };
            let longest = (0..self.len.min(MEASURED)).map(length).max();
            std::hash::Hash::hash(&(&column.detail, longest), &mut hasher);
        }
        std::hash::Hasher::finish(&hasher)
    }
}

fn column<'a>(page: &'a TablePage, name: &str) -> Option<(usize, &'a ColumnView)> {
    page.columns.iter().enumerate().find(|(_, column)| column.name == name)
}

impl<'a> Rows<'a> {
    /// What goes into a field, and what becomes of it.
    fn of_field(table: &Table<'_>, place: usize, view: &'a PreviewView, is_awaited: bool) -> Self {
        let (mut columns, mut from) = (Vec::new(), Vec::new());
        let mut add = |page: &'a TablePage, name: &str, word: &str, tone: Tone| {
            if let Some((at, known)) = column(page, name) {
                let promised = Some((word.to_owned(), tone));
                columns.push(GridColumn { promised, ..table_header(known) });
                from.push(From::Page(page, at));
            }
        };
        for source in table.map.columns_of(place) {
            if let Some(source) = table.map.columns.get(source) {
                add(&view.input, &source.name, "before", Tone::Neutral);
            }
        }
        let mapped = table.map.fields.get(place);
        for used in mapped.map(|one| one.uses.as_slice()).unwrap_or_default() {
            if let Some(used) = table.map.fields.get(*used) {
                add(&view.page, &used.name, "before", Tone::Neutral);
            }
        }
        if let Some(mapped) = mapped {
            let before = columns.len();
            let mut add = |page: &'a TablePage, name: &str| {
                if let Some((at, known)) = column(page, name) {
                    let promised = Some(("after".to_owned(), Tone::Success));
                    columns.push(GridColumn { promised, ..table_header(known) });
                    from.push(From::Page(page, at));
                }
            };
            add(&view.page, &mapped.name);
            if columns.len() == before {
                let detail = mapped.data_type.as_ref().map(ToString::to_string);
                let promised = Some(("after".to_owned(), Tone::Success));
                let name = mapped.name.clone();
                columns.push(GridColumn { name, detail, promised, data: true, ..GridColumn::default() });
                from.push(if is_awaited { From::Awaited } else { From::Nowhere });
            }
        }
        Self { columns, from, len: view.page.rows.len() }
    }

    fn of_table(view: &'a PreviewView) -> Self {
        let columns = view.page.columns.iter().map(table_header).collect::<Vec<_>>();
        let from = (0..columns.len()).map(|place| From::Page(&view.page, place)).collect();
        Self { columns, from, len: view.page.rows.len() }
    }
}

/// The first rows of a field.
pub(super) fn of_field(table: &Table<'_>, place: usize, ui: &mut Ui) {
    let Some(mapped) = table.map.fields.get(place) else { return };
    status(table.preview, "Before and after", ui);
    let Some(preview) = table.preview else { return pending(ui, "Making the first rows…") };
    if let Some(view) = preview.view.value() {
        let lost = view.lost.iter().filter(|lost| lost.field == mapped.name);
        let lost: Vec<String> = lost
            .map(|lost| {
                let values = text::count(lost.rows, "value", "values");
                format!("{values} became null: {}", lost.reason)
            })
            .collect();
        notes(&lost, ui);
    }
    let name = format!("First rows of {}", mapped.name);
    let rows = |view: &PreviewView, ui: &mut Ui| {
        let rows = Rows::of_field(table, place, view, preview.is_pending());
        let output = Grid::new("first rows", &name, &rows).show(ui);
        output.copied
    };
    body(table.desk, preview, rows, ui);
}

/// The first rows of a whole table.
pub(super) fn of_table(desk: &Desk<'_>, table: &TableName, preview: Option<&Preview>, ui: &mut Ui) {
    status(preview, "First rows", ui);
    let Some(preview) = preview else { return pending(ui, "Making the first rows…") };
    if let Some(view) = preview.view.value() {
        let lost: Vec<String> = view
            .lost
            .iter()
            .map(|lost| {
                let values = text::count(lost.rows, "value", "values");
                format!("{}: {values} became null: {}", lost.field, lost.reason)
            })
            .collect();
        notes(&lost, ui);
    }
    let name = format!("First rows of {}", text::table(table, Some(desk.name())));
    let rows = |view: &PreviewView, ui: &mut Ui| {
        let rows = Rows::of_table(view);
        let output = Grid::new("first rows of a table", &name, &rows).show(ui);
        output.copied
    };
    body(desk, preview, rows, ui);
}

fn notes(lines: &[String], ui: &mut Ui) {
    if lines.is_empty() {
        return;
    }
    Frame::new().inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
        for line in lines {
            said(ui, icon::WARNING, Tone::Warning, line, None);
        }
    });
}

/// Why there are no newer rows, above them: they stay in sight.
pub(super) fn error(desk: &Desk<'_>, table: &TableName, preview: Option<&Preview>, ui: &mut Ui) {
    // What was typed since may have mended it.
    let preview = preview.filter(|preview| !preview.is_pending() && !preview.is_held);
    let Some(error) = preview.and_then(|preview| preview.view.error()) else { return };
    let frame = Frame::new().inner_margin(Margin::symmetric(12, 8));
    Panel::bottom("first rows error").show_separator_line(false).frame(frame).show(ui, |ui| {
        let retry = AppCommand::Design(DesignCommand::RetryPreview(table.clone()));
        let title = "The first rows could not be made";
        error_box(ui, desk.state, desk.commands, title, error, Some(&retry), None);
    });
}

/// The rows, as far as there are any.
fn body(
    desk: &Desk<'_>,
    preview: &Preview,
    rows: impl FnOnce(&PreviewView, &mut Ui) -> Option<String>,
    ui: &mut Ui,
) {
    match preview.view.value() {
        Some(view) if view.page.rows.is_empty() && view.page.columns.is_empty() => {
            pending(ui, "The sample gives no rows");
        }
        Some(view) => {
            if let Some(copied) = rows(view, ui) {
                desk.commands.send(AppCommand::Copy(copied));
            }
        }
        None if preview.is_held => pending(ui, "Rows are shown once the errors are mended"),
        None if preview.is_pending() => pending(ui, "Making the first rows…"),
        None => {}
    }
}

/// What is shown, and whether it is of the document as it is.
fn status(preview: Option<&Preview>, title: &str, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_min_width(ui.available_width());
            ui.label(RichText::new(title).font(theme::small_strong()).color(tokens.text));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let (words, color) = told(preview, tokens);
                ui.label(RichText::new(words).font(theme::small()).color(color));
                if preview.is_some_and(|one| one.is_held) {
                    state_icon(ui, icon::WARNING, tokens.warning, "Warning");
                }
            });
        });
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 0.5, Stroke::new(1.0, tokens.line));
}

fn told(preview: Option<&Preview>, tokens: &Tokens) -> (String, egui::Color32) {
    let quiet = tokens.text_subdued;
    let Some(preview) = preview else { return (String::new(), quiet) };
    let view = preview.view.value();
    if preview.is_held {
        let words = if view.is_some() { "From before the errors" } else { "Errors keep it from being made" };
        return (words.to_owned(), tokens.warning);
    }
    if preview.is_pending() {
        return ("Updating…".to_owned(), quiet);
    }
    if preview.view.error().is_some() {
        let words = if view.is_some() { "From before the error" } else { "" };
        return (words.to_owned(), tokens.warning);
    }
    let Some(view) = view else { return (String::new(), quiet) };
    let rows = text::count(view.page.rows.len() as u64, "row", "rows");
    let words = if view.is_part { format!("{rows} of the sample's first records") } else { rows };
    (words, quiet)
}
