//! The panel at the side: what the selected table or column is, how it is made, and what it's made from.

use egui::{Align, Frame, Label, Layout, Margin, RichText, ScrollArea, Ui};
use touchstone_compiler::{EdgeKind, LineageNode, LineageTarget};
use touchstone_spec::{Pipeline, TableName};

use super::graph::{Graph, Spot};
use super::map::Map;
use super::{Command, Goal, Tab, Tier, breaks, edges};
use crate::command::{Command as AppCommand, Commands};
use crate::icon;
use crate::state::State;
use crate::text;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::{
    Button, FactRow, ListRow, TabHeading, command_button, empty, icon_button, name_label, tabs,
};

/// Rows of a list that are shown.
const SHOWN: usize = 40;

pub(super) fn send(commands: &Commands, command: Command) {
    commands.send(AppCommand::Lineage(command));
}

pub(super) fn side(state: &State, commands: &Commands, ui: &mut Ui) {
    let lineage = &state.lineage;
    let tokens = Tokens::of(ui.visuals());
    let Some(target) = &lineage.selected else {
        let text = "What it is made from and what is made from it is lit, and told here";
        empty(ui, state, commands, icon::LINEAGE, "Select a table or a column", text, None);
        return;
    };
    ui.spacing_mut().item_spacing.y = 0.0;
    Frame::new().inner_margin(Margin { left: 12, right: 6, top: 8, bottom: 0 }).show(ui, |ui| {
        heading(state, commands, target, ui);
    });
    Frame::new().inner_margin(Margin::symmetric(4, 0)).show(ui, |ui| {
        let tab = |text| TabHeading { text, count: None, tone: Tone::Neutral, tooltip: String::new() };
        let shown = usize::from(lineage.tab == Tab::Impact);
        if let Some(chosen) = tabs(ui, &[tab("About"), tab("Impact")], shown) {
            let tab = if chosen == 0 { Tab::About } else { Tab::Impact };
            send(commands, Command::ShowTab(tab));
        }
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 0.5, egui::Stroke::new(1.0, tokens.line));
    ScrollArea::vertical().id_salt(lineage.tab == Tab::About).auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| match lineage.tab {
            Tab::About => about(state, commands, target, ui),
            Tab::Impact => breaks::breaks(state, commands, target, ui),
        });
    });
}

fn heading(state: &State, commands: &Commands, target: &LineageTarget, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let (node, name) = match target {
        LineageTarget::Table(node) => (node, name_of(node)),
        LineageTarget::Column(column) => (&column.node, column.column.as_str()),
    };
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icon::CLOSE, "Clear the selection").clicked() {
                send(commands, Command::Select(None));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                name_label(ui, name, &theme::title(), tokens.text_strong);
            });
        });
    });
    let what = match target {
        LineageTarget::Table(node) => format!("{} of {}", kind_of(node), node.pipeline()),
        LineageTarget::Column(_) => format!("Column of {node}"),
    };
    ui.add(Label::new(RichText::new(what).font(theme::small()).color(tokens.text_subdued)).truncate());
    ui.add_space(8.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
        let open = AppCommand::Lineage(Command::OpenInDesign(target.clone()));
        command_button(ui, state, commands, &open, |button| button);
        let is_only = state.lineage.filter.only.is_some();
        let only = AppCommand::Lineage(Command::Only(!is_only));
        command_button(ui, state, commands, &only, |button| button.selected(is_only));
    });
    ui.add_space(4.0);
}

fn name_of(node: &LineageNode) -> &str {
    match node {
        LineageNode::File { source, .. } => source,
        LineageNode::Table { name } => &name.table,
    }
}

fn kind_of(node: &LineageNode) -> String {
    match Tier::of(node) {
        Tier::Source => "Source".to_owned(),
        tier => format!("{} table", tier.text()),
    }
}

/// A heading with room above it.
pub(super) fn section(ui: &mut Ui, text: &str) {
    let tokens = Tokens::of(ui.visuals());
    ui.add_space(12.0);
    ui.label(RichText::new(text).font(theme::small_strong()).color(tokens.text_subdued));
    ui.add_space(2.0);
}

/// An expression on a ground of its own.
fn code(ui: &mut Ui, text: &str) {
    let tokens = Tokens::of(ui.visuals());
    let frame = Frame::new().fill(tokens.field).corner_radius(4).inner_margin(Margin::symmetric(8, 6));
    frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.label(RichText::new(text.trim()).font(theme::mono()).color(tokens.text));
    });
    ui.add_space(4.0);
}

fn about(state: &State, commands: &Commands, target: &LineageTarget, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let (node, column) = match target {
        LineageTarget::Table(node) => (node, None),
        LineageTarget::Column(column) => (&column.node, Some(column.column.as_str())),
    };
    let documents = &state.design.documents;
    let document = documents.file_of(node.pipeline()).and_then(|file| documents.get(file));
    let pipeline = document.and_then(|document| document.pipeline());
    if let Some(text) = described(state, node, column, pipeline) {
        ui.label(RichText::new(text).color(tokens.text));
        ui.add_space(8.0);
    }
    let fact = |ui: &mut Ui, name: &str, value: &str| FactRow::new(name, value).show(ui);
    fact(ui, "Pipeline", node.pipeline());
    fact(ui, "Owner", pipeline.and_then(|pipeline| pipeline.owner.as_deref()).unwrap_or("nobody is named"));
    let map = state.lineage.map.as_ref().map(|(_, map)| map);
    let Some((map, spot)) = map.and_then(|map| Some((map, map.graph.spot(target)?))) else {
        ui.add_space(8.0);
        ui.label(RichText::new("It isn't in the picture").color(tokens.text_subdued));
        if !state.lineage.filter.is_plain() {
            let all = AppCommand::Lineage(Command::ClearFilter);
            command_button(ui, state, commands, &all, Button::quiet);
        }
        return;
    };
    if let Spot::Column(at) = spot
        && let Some(data_type) = map.graph.columns.get(at).and_then(|column| column.data_type.as_ref())
    {
        FactRow::new("Type", data_type).mono().show(ui);
    }
    table_facts(state, node, column, ui);
    if let Some(way) = &map.way {
        let told = |(tables, columns): (usize, usize)| {
            if (tables, columns) == (0, 0) {
                return "nothing".to_owned();
            }
            let tables = text::count(tables as u64, "table", "tables");
            format!("{}, {tables}", text::count(columns as u64, "column", "columns"))
        };
        FactRow::new("Made from", told(way.up)).tooltip("Directly and indirectly".to_owned()).show(ui);
        FactRow::new("Goes into", told(way.down)).tooltip("Directly and indirectly".to_owned()).show(ui);
    }
    match spot {
        Spot::Column(at) => about_column(commands, map, at, ui),
        Spot::Table(at) => about_table(commands, map, at, ui),
    }
    ui.add_space(8.0);
    let way = AppCommand::Lineage(Command::See(Goal::Way));
    command_button(ui, state, commands, &way, Button::quiet);
}

/// What it means, as its pipeline tells.
fn described(
    state: &State,
    node: &LineageNode,
    column: Option<&str>,
    pipeline: Option<&Pipeline>,
) -> Option<String> {
    match (node, column) {
        (LineageNode::Table { name }, column) if name.layer != touchstone_spec::Layer::Bronze => {
            let table = state.design.compilation().tables.get(name)?;
            match column {
                Some(column) => table.column(column)?.description.clone(),
                None => table.description.clone(),
            }
        }
        (node, column) => {
            let touchstone_spec::Source::File(source) = pipeline?.sources.get(name_of(node))?;
            match column {
                Some(column) => {
                    source.contract.iter().find(|field| field.name == column)?.description.clone()
                }
                None => source.description.clone(),
            }
        }
    }
}

fn table_facts(state: &State, node: &LineageNode, column: Option<&str>, ui: &mut Ui) {
    let LineageNode::Table { name } = node else { return };
    let Some(table) = known(state, name) else { return };
    match column {
        Some(column) => {
            if table.key.iter().any(|one| one == column) {
                FactRow::new("Key", "part of the key").show(ui);
            }
            if let Some(known) = table.column(column) {
                FactRow::new("Can be null", if known.nullable { "yes" } else { "no" }).show(ui);
            }
        }
        None if !table.key.is_empty() => {
            FactRow::new("Key", table.key.join(", ")).mono().show(ui);
        }
        None => {}
    }
}

fn known<'a>(state: &'a State, name: &TableName) -> Option<&'a touchstone_compiler::KnownTable> {
    state.design.compilation().tables.get(name)
}

fn about_column(commands: &Commands, map: &Map, at: usize, ui: &mut Ui) {
    let graph = &map.graph;
    let home = home(graph, Spot::Column(at));
    let of = |edges: &[usize]| -> Vec<usize> { edges.to_vec() };
    let into = of(graph.into.get(at));
    let mut expressions: Vec<&str> = Vec::new();
    for edge in into.iter().filter_map(|edge| graph.edges.get(*edge)) {
        if !expressions.contains(&edge.text.trim()) {
            expressions.push(edge.text.trim());
        }
    }
    if !expressions.is_empty() {
        section(ui, if expressions.len() == 1 { "Expression" } else { "Expressions" });
        for text in expressions {
            code(ui, text);
        }
    }
    let up = into.iter().filter_map(|edge| graph.edges.get(*edge));
    let up = up.map(|edge| (Spot::Column(edge.from), detail(edge.kind, None)));
    list(commands, graph, home, "Directly upstream", up, ui);
    let down = graph.out_of.get(at).iter().filter_map(|edge| graph.edges.get(*edge));
    let down = down.map(|edge| {
        let to = edge.column.map_or(Spot::Table(edge.to), Spot::Column);
        (to, detail(edge.kind, Some(&edge.text)))
    });
    list(commands, graph, home, "Directly downstream", down, ui);
    if let Some(table) = graph.columns.get(at).map(|column| column.table) {
        about_rows(commands, graph, home, table, ui);
    }
}

/// Columns that decide which rows a table has, which is in each of its values.
fn about_rows(commands: &Commands, graph: &Graph, home: &str, table: usize, ui: &mut Ui) {
    let rows = graph.about_rows.get(table).iter().filter_map(|edge| graph.edges.get(*edge));
    let rows = rows.map(|edge| (Spot::Column(edge.from), edges::words(&edge.text, edge.kind)));
    list(commands, graph, home, "What decides about its rows", rows, ui);
}

fn about_table(commands: &Commands, map: &Map, at: usize, ui: &mut Ui) {
    let graph = &map.graph;
    let home = home(graph, Spot::Table(at));
    let up = graph.links_in.get(at).iter().filter_map(|link| graph.links.get(*link));
    list(
        commands,
        graph,
        home,
        "Directly upstream",
        up.map(|link| (Spot::Table(link.from), String::new())),
        ui,
    );
    let down = graph.links_out.get(at).iter().filter_map(|link| graph.links.get(*link));
    list(
        commands,
        graph,
        home,
        "Directly downstream",
        down.map(|link| (Spot::Table(link.to), String::new())),
        ui,
    );
    about_rows(commands, graph, home, at, ui);
    let columns = graph.tables.get(at).map(|table| table.columns.clone()).unwrap_or_default();
    let columns = columns.map(|column| {
        let data_type = graph.columns.get(column).and_then(|column| column.data_type.clone());
        (Spot::Column(column), data_type.unwrap_or_default())
    });
    list(commands, graph, home, "Columns", columns, ui);
}

fn detail(kind: EdgeKind, text: Option<&str>) -> String {
    match (kind, text) {
        (EdgeKind::Value, _) => String::new(),
        (EdgeKind::Rule, Some(_)) => "rule".to_owned(),
        (kind, _) => kind.to_string(),
    }
}

/// Tables and columns that lead on when they are clicked.
fn list(
    commands: &Commands,
    graph: &Graph,
    home: &str,
    title: &str,
    spots: impl Iterator<Item = (Spot, String)>,
    ui: &mut Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    let mut rows: Vec<(Spot, String)> = Vec::new();
    for (spot, detail) in spots {
        match rows.iter_mut().find(|(known, _)| *known == spot) {
            Some((_, known)) if !detail.is_empty() && !known.contains(&detail) => {
                *known = if known.is_empty() { detail } else { format!("{known}, {detail}") };
            }
            Some(_) => {}
            None => rows.push((spot, detail)),
        }
    }
    if rows.is_empty() {
        return;
    }
    section(ui, &format!("{title}  {}", text::number(rows.len() as u64)));
    ui.push_id(title, |ui| {
        for (spot, detail) in rows.iter().take(SHOWN) {
            link(commands, graph, home, *spot, detail, tokens, ui);
        }
    });
    if rows.len() > SHOWN {
        let more = text::count((rows.len() - SHOWN) as u64, "more", "more");
        ui.label(RichText::new(format!("and {more}")).font(theme::small()).color(tokens.text_subdued));
    }
}

/// The pipeline that something belongs to.
fn home(graph: &Graph, spot: Spot) -> &str {
    let table = graph.table_of(spot).and_then(|table| graph.tables.get(table));
    table.map_or("", |table| table.node.pipeline())
}

fn link(
    commands: &Commands,
    graph: &Graph,
    home: &str,
    spot: Spot,
    detail: &str,
    tokens: &Tokens,
    ui: &mut Ui,
) {
    let tier = graph.table_of(spot).and_then(|table| graph.tables.get(table)).map(|table| table.tier);
    let color = tier.and_then(Tier::layer).map_or(tokens.text_subdued, |layer| tokens.layer(layer));
    let sign = if matches!(spot, Spot::Table(_)) { icon::TABLE } else { icon::COLUMN };
    let name = graph.name(spot);
    // What is of the same pipeline needs no more words.
    let short = name.strip_prefix(home).and_then(|rest| rest.strip_prefix('.')).unwrap_or(&name);
    let mut row = ListRow::new(short, false).icon(sign, color).name(format!("Go to {name}"));
    if !detail.is_empty() {
        row = row.detail(detail, tokens.text_subdued).folding();
    }
    let response = row.show(ui).response;
    if response.clicked()
        && let Some(target) = graph.target(spot)
    {
        send(commands, Command::Show(target));
    }
    let about = if detail.is_empty() { name } else { format!("{name}\n{detail}") };
    response.on_hover_text(about);
}
