//! Tables as cards with their columns; each can be clicked, and walked to with the keys.

use egui::{
    Align, Color32, CornerRadius, FontId, Id, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2,
    vec2,
};

use super::canvas::{Canvas, Detail};
use super::graph::{Spot, Table};
use super::layout::HEADING;
use super::{Command, keys};
use crate::icon;
use crate::theme;
use crate::widgets::{focus_ring, line, name_line, put};

/// How much of a card that isn't lit is left.
const DIM: f32 = 0.4;

/// Names the widget of a table or a column.
pub(super) fn id(spot: Spot) -> Id {
    Id::unique(("lineage", spot))
}

pub(super) fn cards(canvas: &Canvas<'_>, ui: &mut Ui) {
    let seen = canvas.seen();
    let focused = ui.memory(egui::Memory::focused);
    for (at, (table, card)) in canvas.map.graph.tables.iter().zip(&canvas.map.layout.cards).enumerate() {
        // What has the keyboard keeps it, wherever the picture is moved.
        let has_focus = focused.is_some_and(|focused| {
            focused == id(Spot::Table(at)) || table.columns.clone().any(|it| focused == id(Spot::Column(it)))
        });
        if card.intersects(seen) || has_focus {
            self::card(canvas, at, table, canvas.on_screen(*card), ui);
        }
    }
}

fn card(canvas: &Canvas<'_>, at: usize, table: &Table, card: Rect, ui: &mut Ui) {
    let tokens = canvas.tokens;
    let zoom = canvas.camera.zoom;
    let spot = Spot::Table(at);
    let is_lit = canvas.map.is_lit(spot);
    let is_selected = canvas.map.lit == Some(spot);
    let tier = canvas.tier(table.tier);
    let dim = |color: Color32| if is_lit { color } else { color.gamma_multiply(DIM) };
    let heading = match canvas.detail {
        Detail::Columns => Rect::from_min_size(card.min, vec2(card.width(), HEADING * zoom)),
        _ => card,
    };
    let response = ui.interact(heading, id(spot), Sense::click());
    let is_open = canvas.map.layout.is_open(at);
    let name = table.node.to_string();
    response.widget_info(|| WidgetInfo::selected(Role::TreeItem, true, is_selected, &name));
    if canvas.detail == Detail::Blocks {
        let fill = if is_lit { tier.gamma_multiply(0.85) } else { tier.gamma_multiply(0.22) };
        ui.painter().rect_filled(card.expand(0.3), 1, fill);
        if is_selected || response.hovered() {
            let stroke = Stroke::new(1.5, tokens.focus);
            ui.painter().rect_stroke(card.expand(1.5), 2, stroke, StrokeKind::Outside);
        }
    } else {
        let border = match (is_selected, canvas.found.contains(&spot)) {
            (true, _) => Stroke::new(2.0, tokens.focus),
            (false, true) => Stroke::new(2.0, tokens.warning_line),
            (false, false) if response.hovered() => Stroke::new(1.0, tokens.text_subdued),
            (false, false) => Stroke::new(1.0, dim(tokens.line_strong)),
        };
        let fill = if is_lit { tokens.raised } else { tokens.header };
        ui.painter().rect(card, theme::RADIUS, fill, border, StrokeKind::Inside);
        let stripe = Rect::from_min_size(card.min, vec2(card.width(), (4.0 * zoom).max(2.0)));
        let round = CornerRadius { nw: theme::RADIUS, ne: theme::RADIUS, sw: 0, se: 0 };
        ui.painter().rect_filled(stripe, round, dim(tier));
    }
    match canvas.detail {
        Detail::Blocks => {}
        Detail::Names => {
            let room = card.shrink2(vec2(4.0, 2.0));
            // A closed card is named in its middle, an open one at its top, where its heading is.
            let room = room.with_max_y(room.bottom().min(room.top() + 24.0));
            if room.height() >= 8.0 {
                let font = FontId::new(11.0_f32.min(room.height()), theme::strong().family);
                let galley = line(ui.painter(), &table.name, font, Color32::PLACEHOLDER, room.width());
                let color = if is_lit { tokens.text_strong } else { tokens.text_disabled };
                put(ui.painter(), room, Align::Min, galley, color);
            }
        }
        Detail::Columns => self::heading(canvas, at, table, heading, is_lit, ui),
    }
    let response = response.on_hover_ui(|ui| about_table(canvas, table, &name, ui));
    focus_ring(ui, &response);
    act(canvas, spot, &response, ui);
    if canvas.detail == Detail::Columns && is_open {
        for (row, column) in table.columns.clone().enumerate() {
            let top = heading.bottom() + row as f32 * super::layout::ROW * zoom;
            let place =
                Rect::from_min_size(pos2(card.left(), top), vec2(card.width(), super::layout::ROW * zoom));
            let spot = Spot::Column(column);
            if place.intersects(canvas.view) || ui.memory(|memory| memory.has_focus(id(spot))) {
                self::column(canvas, spot, place, ui);
            }
        }
    }
}

/// Name and pipeline, and the sign that opens and closes the card.
fn heading(canvas: &Canvas<'_>, at: usize, table: &Table, place: Rect, is_lit: bool, ui: &mut Ui) {
    let tokens = canvas.tokens;
    let zoom = canvas.camera.zoom;
    let mut text = place.shrink2(vec2(10.0 * zoom, 0.0));
    if !canvas.state.tables_only && !table.columns.is_empty() {
        let is_open = canvas.map.layout.is_open(at);
        let sign = Rect::from_center_size(
            pos2(place.right() - 16.0 * zoom, place.center().y),
            vec2(24.0, 24.0) * zoom,
        );
        text.max.x = sign.left();
        let response = ui.interact(sign, id(Spot::Table(at)).with("open"), Sense::CLICK);
        let name = format!("{} {}", if is_open { "Close" } else { "Open" }, table.node);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        let color = if response.hovered() { tokens.text_strong } else { tokens.text_subdued };
        let sign_icon = if is_open { icon::CARET_DOWN } else { icon::CARET_RIGHT };
        let font = sized(FontId::proportional(13.0), zoom);
        let galley = line(ui.painter(), &sign_icon.to_string(), font, Color32::PLACEHOLDER, sign.width());
        put(ui.painter(), sign, Align::Center, galley, color);
        if response.clicked() {
            canvas.send(Command::Open(table.node.clone(), !is_open));
        }
    }
    let middle = place.center().y + 1.0;
    let upper = Rect::from_x_y_ranges(text.x_range(), place.top() + 4.0 * zoom..=middle + 2.0 * zoom);
    let lower = Rect::from_x_y_ranges(text.x_range(), middle..=place.bottom() - 2.0 * zoom);
    let (strong, weak) = if is_lit {
        (tokens.text_strong, tokens.text_subdued)
    } else {
        (tokens.text_disabled, tokens.text_disabled)
    };
    let galley = name_line(
        ui.painter(),
        &table.name,
        &sized(theme::strong(), zoom),
        Color32::PLACEHOLDER,
        text.width(),
    );
    put(ui.painter(), upper, Align::Min, galley, strong);
    let galley =
        line(ui.painter(), &table.about, sized(theme::small(), zoom), Color32::PLACEHOLDER, text.width());
    put(ui.painter(), lower, Align::Min, galley, weak);
}

fn column(canvas: &Canvas<'_>, spot: Spot, place: Rect, ui: &mut Ui) {
    let (tokens, zoom) = (canvas.tokens, canvas.camera.zoom);
    let graph = &canvas.map.graph;
    let Spot::Column(at) = spot else { return };
    let Some(column) = graph.columns.get(at) else { return };
    let response = ui.interact(place, id(spot), Sense::click());
    let is_selected = canvas.map.lit == Some(spot);
    response.widget_info(|| WidgetInfo::selected(Role::TreeItem, true, is_selected, graph.name(spot)));
    let is_lit = canvas.map.is_lit(spot);
    let row = place.shrink2(vec2(1.0, 0.0));
    if is_selected || response.hovered() {
        let fill = if is_selected { tokens.row_selected } else { tokens.row_hovered };
        ui.painter().rect_filled(row, 0, fill);
    }
    if is_selected {
        ui.painter().rect_filled(row.with_max_x(row.left() + 2.0), 0, tokens.focus);
    }
    if canvas.found.contains(&spot) {
        let stroke = Stroke::new(1.0, tokens.warning_line);
        ui.painter().rect_stroke(row.shrink(1.0), 2, stroke, StrokeKind::Inside);
    }
    let inner = place.shrink2(vec2(10.0 * zoom, 0.0));
    let (strong, weak) = match (is_lit, canvas.map.way.is_some()) {
        (true, true) => (tokens.text_strong, tokens.text_subdued),
        (true, false) => (tokens.text, tokens.text_disabled),
        (false, _) => (tokens.text_disabled.gamma_multiply(0.8), tokens.text_disabled.gamma_multiply(0.5)),
    };
    let mut right = inner.right();
    if let Some(data_type) = &column.data_type {
        let font = sized(theme::mono_small(), zoom * 0.92);
        let galley = line(ui.painter(), data_type, font, Color32::PLACEHOLDER, inner.width() * 0.5);
        right = put(ui.painter(), inner, Align::Max, galley, weak).left() - 8.0 * zoom;
    }
    let name = inner.with_max_x(right);
    let font = sized(FontId::proportional(12.0), zoom);
    let galley = name_line(ui.painter(), &column.name, &font, Color32::PLACEHOLDER, name.width());
    put(ui.painter(), name, Align::Min, galley, strong);
    if is_lit && canvas.map.way.is_some() {
        let dot = |x| ui.painter().circle_filled(pos2(x, place.center().y), 2.5 * zoom, tokens.edge_lit);
        let is_drawn = |edges: &[usize]| !edges.is_empty();
        if is_drawn(graph.into.get(at)) {
            dot(place.left());
        }
        if is_drawn(graph.out_of.get(at)) {
            dot(place.right());
        }
    }
    let response = response.on_hover_ui(|ui| about_column(canvas, at, ui));
    focus_ring(ui, &response);
    act(canvas, spot, &response, ui);
}

/// A click, or Enter, lights; arrows walk along the edges.
fn act(canvas: &Canvas<'_>, spot: Spot, response: &egui::Response, ui: &Ui) {
    if response.clicked() {
        response.request_focus();
        canvas.send(Command::Select(canvas.map.graph.target(spot)));
    }
    if response.has_focus() {
        keys::walk(canvas, spot, response, ui);
    }
}

fn about_table(canvas: &Canvas<'_>, table: &Table, name: &str, ui: &mut Ui) {
    let tokens = canvas.tokens;
    ui.label(egui::RichText::new(name).font(theme::strong()).color(tokens.text_strong));
    ui.label(egui::RichText::new(&table.about).font(theme::small()).color(tokens.text_subdued));
}

fn about_column(canvas: &Canvas<'_>, at: usize, ui: &mut Ui) {
    let (tokens, graph) = (canvas.tokens, &canvas.map.graph);
    ui.set_max_width(420.0);
    ui.label(
        egui::RichText::new(graph.name(Spot::Column(at))).font(theme::strong()).color(tokens.text_strong),
    );
    let data_type = graph.columns.get(at).and_then(|column| column.data_type.as_deref());
    if let Some(data_type) = data_type {
        ui.label(egui::RichText::new(data_type).font(theme::mono_small()).color(tokens.text_subdued));
    }
    let first = graph.into.get(at).first().and_then(|edge| graph.edges.get(*edge));
    if let Some(edge) = first {
        ui.label(egui::RichText::new(edge.text.trim()).font(theme::mono()).color(tokens.text));
    }
}

/// The font at this size; in half points, so that zooming makes few sizes.
fn sized(font: FontId, zoom: f32) -> FontId {
    FontId { size: ((font.size * zoom * 2.0).round() / 2.0).max(6.0), ..font }
}
