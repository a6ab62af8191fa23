//! The lines between both lists: which there are, how they look, and what a click on one does.

use std::collections::BTreeSet;

use egui::{CursorIcon, DragAndDrop, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::super::lane::{self, Lane};
use super::super::lines::{self, Curve, Look};
use super::super::map::Made;
use super::super::silver::Table;
use super::super::{Command, Side, rows};
use super::sides::{Item, Sides};
use super::{Dragged, REACH};
use crate::theme::Tokens;

/// What a line stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum LineOf {
    Link(usize),
    Mapping(usize),
    Proposed(usize),
}

pub(super) fn draw_lines(
    table: &Table<'_>,
    sides: &Sides,
    columns: &Lane,
    fields: &Lane,
    left: f32,
    dragged: Option<&Dragged>,
    ui: &Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    let map = table.map;
    let right = fields.rect.left();
    let top = columns.rect.top().min(fields.rect.top());
    let bottom = columns.rect.bottom();
    let between = Rect::from_min_max(pos2(left, top), pos2(right, bottom));
    let painter = ui.painter().with_clip_rect(between.expand2(vec2(rows::PORT + 2.0, 0.0)));

    let curve = |column: usize, item: usize| {
        let (from, from_in_sight) = columns.y_in_sight(column);
        let (to, to_in_sight) = fields.y_in_sight(item);
        let curve = Curve { from: pos2(left, from), to: pos2(right, to) };
        (from_in_sight || to_in_sight).then_some((curve, from_in_sight && to_in_sight))
    };
    let mut all: Vec<(LineOf, (Curve, bool))> = Vec::new();
    let mut add = |of: LineOf, column: Option<usize>, item: Option<usize>| {
        let column = column.and_then(|place| sides.column_at.get(&place).copied());
        all.extend(column.zip(item).and_then(|(column, item)| curve(column, item)).map(|curve| (of, curve)));
    };
    for (place, link) in map.links.iter().enumerate() {
        add(LineOf::Link(place), Some(link.column), sides.field_at.get(&link.field).copied());
    }
    for (place, one) in table.open.mappings.iter().enumerate() {
        let field = map.field(Some(&one.target)).and_then(|field| sides.field_at.get(&field).copied());
        add(LineOf::Mapping(place), map.column(Some(&one.source)), field);
    }
    for (place, one) in table.open.fields.iter().enumerate() {
        let item = sides.proposed_at.get(&place).copied();
        add(LineOf::Proposed(place), map.column(Some(&one.source)), item);
    }

    let response = ui.interact(between, ui.scope_id().with("lines"), Sense::CLICK);
    let curves: Vec<Curve> = all.iter().map(|(_, (curve, _))| *curve).collect();
    let pointed = response.hover_pos().and_then(|pointer| lines::nearest(&curves, pointer));
    let pointed = pointed.and_then(|place| all.get(place)).map(|(of, _)| *of);

    let lit = table.field().map(|field| map.with_uses(field)).unwrap_or_default();
    let mut looks: Vec<(Look, LineOf, Curve)> = all
        .into_iter()
        .map(|(of, (curve, is_whole))| match look(table, of, pointed, &lit) {
            Look::AsIs | Look::Used if !is_whole => (Look::Faint, of, curve),
            look => (look, of, curve),
        })
        .collect();
    looks.sort_by_key(|(look, ..)| match look {
        Look::Faint => 0,
        Look::Related | Look::Selected => 2,
        _ => 1,
    });
    for (look, of, curve) in &looks {
        curve.draw(&painter, tokens, *look);
        // Each line has a name and a place for those who don't see it.
        let handle = Rect::from_center_size(curve.at(0.5), vec2(8.0, 8.0));
        let id = ui.scope_id().with(("line", *of));
        let is_selected = *look == Look::Selected;
        ui.interact(handle, id, Sense::hover())
            .widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_selected, name_of(table, *of)));
    }
    uses(table, sides, fields, &painter, tokens);
    ports(table, sides, (columns, left), fields, &painter, tokens);
    hold_ports(table, sides, columns, left, ui);

    if let Some(Dragged::Column(column)) = dragged {
        let position = map.column(Some(column)).and_then(|place| sides.column_at.get(&place));
        if let (Some(position), Some(pointer)) = (position, ui.input(|input| input.pointer.interact_pos())) {
            let painter = ui.ctx().layer_painter(egui::LayerId::new(egui::Order::Foreground, ui.scope_id()));
            let from = pos2(left, columns.y_in_sight(*position).0);
            let curve = Curve { from, to: pointer };
            curve.draw(&painter, tokens, Look::Dragged);
            painter.circle_filled(pointer, rows::PORT, Look::Dragged.color(tokens));
        }
    }
    if response.clicked() {
        match pointed {
            Some(LineOf::Link(place)) => select_line(table, place),
            Some(of) => {
                let source = source_of(table, of);
                table.select_column(source.as_deref());
                table.send(Command::ShowSide(Side::Suggestions));
            }
            None => table.send(Command::SelectLine(None)),
        }
    }
    if let Some(of) = pointed {
        response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text_at_pointer(about(table, of));
    }
}

fn select_line(table: &Table<'_>, place: usize) {
    let Some(link) = table.map.links.get(place) else { return };
    let names = table.map.columns.get(link.column).zip(table.map.fields.get(link.field));
    let Some((column, field)) = names else { return };
    table.select_column(Some(&column.name));
    table.select_field(Some(&field.name));
    table.send(Command::SelectLine(Some((column.name.clone(), field.name.clone()))));
}

/// How a line looks; `lit` are the fields that the selected one is made of, itself included.
fn look(table: &Table<'_>, of: LineOf, pointed: Option<LineOf>, lit: &BTreeSet<usize>) -> Look {
    if pointed == Some(of) {
        return Look::Selected;
    }
    let LineOf::Link(place) = of else { return Look::Suggested };
    let Some(link) = table.map.links.get(place) else { return Look::Faint };
    let names = table.map.columns.get(link.column).zip(table.map.fields.get(link.field));
    let is_selected = names
        .zip(table.view.line.as_ref())
        .is_some_and(|((column, field), line)| column.name == line.0 && field.name == line.1);
    if is_selected {
        return Look::Selected;
    }
    if lit.contains(&link.field) || table.column() == Some(link.column) {
        return Look::Related;
    }
    let is_quiet = table.field().is_some() || table.column().is_some();
    if link.as_is && !is_quiet { Look::AsIs } else { Look::Used }
}

fn source_of(table: &Table<'_>, of: LineOf) -> Option<String> {
    match of {
        LineOf::Link(place) => {
            let link = table.map.links.get(place)?;
            table.map.columns.get(link.column).map(|column| column.name.clone())
        }
        LineOf::Mapping(place) => table.open.mappings.get(place).map(|one| one.source.clone()),
        LineOf::Proposed(place) => table.open.fields.get(place).map(|one| one.source.clone()),
    }
}

fn name_of(table: &Table<'_>, of: LineOf) -> String {
    let source = source_of(table, of).unwrap_or_default();
    let (kind, target) = match of {
        LineOf::Link(place) => {
            let field = table.map.links.get(place).and_then(|link| table.map.fields.get(link.field));
            ("Line", field.map(|field| field.name.clone()))
        }
        LineOf::Mapping(place) => {
            ("Suggested line", table.open.mappings.get(place).map(|one| one.target.clone()))
        }
        LineOf::Proposed(place) => {
            ("Proposed line", table.open.fields.get(place).map(|one| one.name.clone()))
        }
    };
    format!("{kind} from {source} to {}", target.unwrap_or_default())
}

/// What a line stands for, while the pointer is on it.
fn about(table: &Table<'_>, of: LineOf) -> String {
    let name = name_of(table, of);
    match of {
        LineOf::Link(_) if table.blocked.is_some() => table.about(name),
        LineOf::Link(_) => format!("{name}\nClick selects it, Delete removes it"),
        LineOf::Mapping(place) => {
            let one = table.open.mappings.get(place);
            let reasons = one.map(|one| one.reasons.iter().map(|reason| reason.text.as_str()).collect());
            let reasons: Vec<&str> = reasons.unwrap_or_default();
            format!("{name}\n{}", reasons.join("\n"))
        }
        LineOf::Proposed(_) => format!("{name}\nNo field takes the column yet"),
    }
}

/// Arcs from the fields above that the selected field is made of.
fn uses(table: &Table<'_>, sides: &Sides, fields: &Lane, painter: &egui::Painter, tokens: &Tokens) {
    let Some(field) = table.field() else { return };
    let right = fields.rect.left();
    let arc = |above: usize, below: usize| {
        let (Some(above), Some(below)) = (sides.field_at.get(&above), sides.field_at.get(&below)) else {
            return;
        };
        let ((from, one), (to, other)) = (fields.y_in_sight(*above), fields.y_in_sight(*below));
        if !one && !other {
            return;
        }
        let bulge = (12.0 + (to - from).abs() * 0.12).min(40.0);
        let points = [
            pos2(right, from),
            pos2(right - bulge, from + 4.0),
            pos2(right - bulge, to - 4.0),
            pos2(right, to),
        ];
        let stroke = Stroke::new(1.5, Look::Related.color(tokens));
        let none = egui::Color32::TRANSPARENT;
        painter.add(egui::epaint::CubicBezierShape::from_points_stroke(points, false, none, stroke));
    };
    for below in table.map.with_uses(field) {
        for above in table.map.fields.get(below).map(|one| one.uses.as_slice()).unwrap_or_default() {
            arc(*above, below);
        }
    }
}

/// A line is drawn from the point where it begins, as from the column's row.
fn hold_ports(table: &Table<'_>, sides: &Sides, columns: &Lane, left: f32, ui: &Ui) {
    for (position, place) in sides.columns.iter().enumerate() {
        let (y, is_in_sight) = columns.y_in_sight(position);
        let Some(column) = table.map.columns.get(*place).filter(|_| is_in_sight) else { continue };
        let held = Rect::from_center_size(pos2(left, y), vec2(REACH * 2.0, lane::ROW - 8.0));
        let id = ui.scope_id().with(("port", &column.name));
        let mut response = ui.interact(held, id, Sense::CLICK | Sense::DRAG);
        if let Some(reason) = table.blocked {
            response = response.on_hover_text(reason);
        } else {
            response = response.on_hover_cursor(CursorIcon::Grab);
            if response.drag_started() {
                DragAndDrop::set_payload(ui.ctx(), Dragged::Column(column.name.clone()));
            }
        }
        if response.clicked() {
            table.select_column(Some(&column.name));
        }
    }
}

/// The points at which lines begin and end; hollow where none does.
fn ports(
    table: &Table<'_>,
    sides: &Sides,
    (columns, left): (&Lane, f32),
    fields: &Lane,
    painter: &egui::Painter,
    tokens: &Tokens,
) {
    let port = |x: f32, y: f32, is_full: bool, is_lit: bool| {
        let at = pos2(x, y);
        let full = if is_lit { tokens.focus } else { tokens.silver };
        if is_full {
            painter.circle(at, rows::PORT, full, Stroke::new(1.5, tokens.content));
        } else {
            painter.circle(at, rows::PORT, tokens.content, Stroke::new(1.5, tokens.warning_line));
        }
    };
    for (position, place) in sides.columns.iter().enumerate() {
        let (y, is_in_sight) = columns.y_in_sight(position);
        if let Some(column) = table.map.columns.get(*place).filter(|_| is_in_sight) {
            port(left, y, column.is_used, table.column() == Some(*place));
        }
    }
    for (position, item) in sides.items.iter().enumerate() {
        let (y, is_in_sight) = fields.y_in_sight(position);
        if let Item::Field(place) = item
            && let Some(field) = table.map.fields.get(*place).filter(|_| is_in_sight)
        {
            port(fields.rect.left(), y, field.made != Made::Nothing, table.field() == Some(*place));
        }
    }
}
