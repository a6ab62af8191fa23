//! The tables and columns that a query may read; a click or a drag puts their names into it.

use egui::{Align, DragAndDrop, Frame, Id, Layout, Margin, RichText, ScrollArea, Sense, TextEdit, Ui};
use touchstone_compiler::{GoldScope, KnownColumn, KnownTable, written_name};
use touchstone_spec::{Layer, TableName};

use crate::data::type_icon;
use crate::design::view::Desk;
use crate::icon;
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::{ListRow, blocked};

/// A name to be put into the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Insertion(pub(super) String);

/// A line of the list.
enum Line<'a> {
    Table { name: &'a TableName, text: String, columns: usize },
    Column { of: String, column: &'a KnownColumn },
}

/// Heading of a list beside the query.
pub(super) fn heading(ui: &mut Ui, title: &str, detail: &str) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin { left: 12, right: 12, top: 8, bottom: 4 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(title).font(theme::small_strong()).color(tokens.text));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(detail).font(theme::small()).color(tokens.text_subdued));
            });
        });
    });
}

/// The tables that `scope` has; those of this pipeline and those that are read show their columns. `off` is why none can
/// be put into the query.
pub(super) fn tables(
    desk: &Desk<'_>,
    scope: &GoldScope,
    reads: &[TableName],
    off: Option<&str>,
    ui: &mut Ui,
) -> Option<Insertion> {
    let id = Id::unique(("readable", desk.file));
    let mut find: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    heading(ui, "Can be read", "");
    Frame::new().inner_margin(Margin { left: 12, right: 12, top: 0, bottom: 8 }).show(ui, |ui| {
        let hint = format!("{}  Find tables and columns", icon::FIND);
        let edit = TextEdit::singleline(&mut find)
            .hint_text(crate::widgets::hint(hint))
            .desired_width(f32::INFINITY);
        let response = ui.add(edit);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Find tables and columns"));
        if response.changed() {
            ui.data_mut(|data| data.insert_temp(id, find.clone()));
        }
    });
    let lines = lines(desk.name(), scope, reads, &find);
    let mut inserted = None;
    ScrollArea::vertical().id_salt("readable").auto_shrink(false).show_rows(
        ui,
        theme::ROW_HEIGHT,
        lines.len(),
        |ui, shown| {
            // As high as every row of a list, or the scroll bar would be wrong.
            ui.spacing_mut().interact_size.y = theme::ROW_HEIGHT;
            blocked(ui, off, |ui| {
                for line in lines.get(shown).unwrap_or_default() {
                    if let Some(insertion) = show(line, ui) {
                        inserted = Some(insertion);
                    }
                }
            });
        },
    );
    inserted
}

fn lines<'a>(home: &str, scope: &'a GoldScope, reads: &[TableName], find: &str) -> Vec<Line<'a>> {
    let find = find.trim().to_lowercase();
    let holds = |text: &str| find.is_empty() || text.to_lowercase().contains(&find);
    let own = scope.table.as_ref().map(|table| TableName::new(home, Layer::Gold, table));
    let mut tables: Vec<(&TableName, &KnownTable)> =
        scope.tables.iter().filter(|(name, _)| Some(*name) != own.as_ref()).collect();
    // One's own first.
    tables.sort_by_key(|(name, _)| name.pipeline != home);
    let mut lines = Vec::new();
    for (name, table) in tables {
        let text = text::table(name, Some(home));
        let is_near = name.pipeline == home || reads.contains(name);
        let is_named = holds(&text);
        let columns = table.columns.iter().filter(|column| {
            let is_found = !find.is_empty() && holds(&column.name);
            is_found || (is_near && is_named)
        });
        let columns: Vec<&KnownColumn> = columns.collect();
        if !is_named && columns.is_empty() {
            continue;
        }
        lines.push(Line::Table { name, text: text.clone(), columns: table.columns.len() });
        lines.extend(columns.into_iter().map(|column| Line::Column { of: text.clone(), column }));
    }
    lines
}

fn show(line: &Line<'_>, ui: &mut Ui) -> Option<Insertion> {
    let tokens = Tokens::of(ui.visuals());
    let (response, insertion) = match line {
        Line::Table { name, text, columns } => {
            let row = ListRow::new(text, false).icon(icon::TABLE, tokens.layer(name.layer));
            let row = row.detail(text::number(*columns as u64), tokens.text_subdued);
            (row.name(format!("Insert {text}")).show(ui).response, text.clone())
        }
        Line::Column { of, column } => {
            let data_type = column.data_type.as_ref();
            let sign = data_type.map_or(icon::NOT_YET, type_icon);
            let detail = data_type.map(ToString::to_string).unwrap_or_default();
            let row = ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                ui.add_space(16.0);
                let row = ListRow::new(&column.name, false).icon(sign, tokens.text_disabled);
                let row = row.detail(detail, tokens.text_subdued);
                row.name(format!("Insert {} of {of}", column.name)).show(ui)
            });
            let response = row.inner.response;
            let response = match &column.description {
                Some(description) => response.on_hover_text(description),
                None => response,
            };
            (response, written_name(&column.name))
        }
    };
    let clicked = response.clicked();
    if response.interact(Sense::click_and_drag()).drag_started() {
        DragAndDrop::set_payload(ui.ctx(), Insertion(insertion.clone()));
    }
    clicked.then_some(Insertion(insertion))
}

#[cfg(test)]
mod tests {
    use touchstone_compiler::Tables;
    use touchstone_spec::DataType;

    use super::*;

    fn scope() -> GoldScope {
        let column = |name: &str| KnownColumn {
            name: name.to_owned(),
            data_type: Some(DataType::String),
            ..KnownColumn::default()
        };
        let table = |names: &[&str]| KnownTable {
            columns: names.iter().map(|name| column(name)).collect(),
            ..KnownTable::default()
        };
        let name = |pipeline: &str, layer, name: &str| TableName::new(pipeline, layer, name);
        let tables = Tables::new([
            (name("prices", Layer::Silver, "prices"), table(&["isin", "close"])),
            (name("trades", Layer::Silver, "trades"), table(&["isin", "notional"])),
            (name("trades", Layer::Gold, "exposure"), table(&["sector"])),
        ]);
        GoldScope { pipeline: "trades".to_owned(), table: Some("exposure".to_owned()), tables }
    }

    fn texts(lines: &[Line<'_>]) -> Vec<String> {
        let text = |line: &Line<'_>| match line {
            Line::Table { text, .. } => text.clone(),
            Line::Column { column, .. } => format!("  {}", column.name),
        };
        lines.iter().map(text).collect()
    }

    #[test]
    fn ones_own_tables_come_first_and_the_table_itself_is_not_read() {
        let scope = scope();
        let shown = texts(&lines("trades", &scope, &[], ""));
        assert_eq!(shown, ["silver.trades", "  isin", "  notional", "prices.silver.prices"]);
        let reads = [TableName::new("prices", Layer::Silver, "prices")];
        assert_eq!(lines("trades", &scope, &reads, "").len(), 6);
        let found = texts(&lines("trades", &scope, &[], "CLO"));
        assert_eq!(found, ["prices.silver.prices", "  close"]);
    }
}
