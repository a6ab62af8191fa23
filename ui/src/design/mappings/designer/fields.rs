//! The table's fields, at the right of the designer, with those proposed and the place for a new one.

use egui::{DragAndDrop, Id, Rect, Role, Sense, Stroke, Ui, WidgetInfo};

use super::super::lane::{self, Lane, RowOutput, Scroll};
use super::super::map::Made;
use super::super::silver::Table;
use super::super::suggestions::{field_key, mapping_key};
use super::super::{Command, Side, rows};
use super::sides::{Item, Sides};
use super::{Dragged, column_id, field_id, focus, heading, left_over};
use crate::design::Command as DesignCommand;
use crate::design::mappings::begun;
use crate::theme::Tokens;

pub(super) fn fields(
    table: &Table<'_>,
    sides: &Sides,
    wheel: f32,
    dragged: Option<&Dragged>,
    ui: &mut Ui,
) -> Lane {
    let map = table.map;
    let unmapped = map.fields.iter().filter(|field| field.made == Made::Nothing).count();
    let detail = left_over(map.fields.len(), unmapped);
    let find = heading(ui, "Fields", &detail, &table.view.find_fields, "Find fields");
    if let Some(text) = find {
        table.send(Command::FindFields(text));
    }
    let selected = table.field();
    let position = selected.and_then(|place| sides.field_at.get(&place).copied());
    let name = |place: usize| map.fields.get(place).map(|field| field.name.clone()).unwrap_or_default();
    let scroll = Scroll { wheel, selected: position.zip(selected.map(name)), dragging: dragged.is_some() };
    let lane = lane::lane(ui, "fields", sides.items.len(), &scroll, |ui, position, rect| {
        match sides.items.get(position) {
            Some(Item::Field(place)) => field_row(table, sides, position, *place, rect, ui),
            Some(Item::Proposed(place)) => proposed_row(table, *place, rect, ui),
            Some(Item::New) => new_row(table, rect, ui),
            None => {}
        }
    });
    if let Some(Dragged::Field(field)) = dragged {
        move_field(table, sides, &lane, field, ui);
    }
    lane
}

fn field_row(table: &Table<'_>, sides: &Sides, position: usize, place: usize, rect: Rect, ui: &mut Ui) {
    let map = table.map;
    let Some(field) = map.fields.get(place) else { return };
    let is_selected = table.field() == Some(place);
    let output = lane::interact(ui, rect, field_id(table, &field.name), is_selected);
    output
        .response
        .widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_selected, rows::field_name(field)));
    let suggestion = table.open.mappings.iter().find(|one| one.target == field.name);
    let room = if suggestion.is_some() { rows::CHOICE } else { 0.0 };
    rows::field(ui, rect, field, is_selected, room);
    if let Some(suggestion) = suggestion {
        let (source, target) = (&suggestion.source, &suggestion.target);
        let (take, refuse) = (format!("Take {source} for {target}"), format!("Refuse {source} for {target}"));
        match rows::choice(ui, rect, &take, &refuse, table.blocked) {
            Some(true) => table.change(table.target.take(&[suggestion], &[])),
            Some(false) => {
                let refusal = (table.name.clone(), mapping_key(suggestion));
                table.desk.send(DesignCommand::Refuse(vec![refusal]));
            }
            None => {}
        }
    }
    let RowOutput { response, step, across, entered, deleted } = output;
    if let Some(dragged) = response.dnd_hover_payload::<Dragged>()
        && let Dragged::Column(column) = &*dragged
    {
        rows::drop_frame(ui, rect);
        if let Some(before) = field.made.replaced_by(column) {
            response.show_tooltip_text(format!("Replace {before}"));
        }
    }
    if let Some(dragged) = response.dnd_release_payload::<Dragged>()
        && let Dragged::Column(column) = &*dragged
    {
        table.map_to(column, &field.name);
        table.send(Command::ShowSide(Side::Field));
    }
    if response.drag_started() && table.blocked.is_none() {
        DragAndDrop::set_payload(ui.ctx(), Dragged::Field(field.name.clone()));
    }
    if response.clicked() {
        table.select_field(Some(&field.name));
        response.request_focus();
    }
    if entered {
        table.select_field(Some(&field.name));
        let free = table.column().filter(|column| table.blocked.is_none() && !map.has(*column, place));
        if let Some(column) = free {
            table.map_to(&map.columns[column].name, &field.name);
        }
    }
    if deleted && table.blocked.is_none() && field.made != Made::Nothing {
        table.change(table.target.unmap(&field.name));
        table.send(Command::SelectLine(None));
    }
    if step != 0
        && let Some(next) = position.checked_add_signed(step.signum() as isize)
        && let Some(Item::Field(next)) = sides.items.get(next)
        && let Some(next) = map.fields.get(*next)
    {
        table.select_field(Some(&next.name));
        focus(ui, field_id(table, &next.name));
    }
    if across < 0 {
        let column = table.column().or_else(|| sides.columns.first().copied());
        if let Some(column) = column.and_then(|place| map.columns.get(place)) {
            table.select_column(Some(&column.name));
            focus(ui, column_id(table, &column.name));
        }
    }
    let about =
        table.about(field.problem.as_ref().map(|problem| problem.replace('`', "")).unwrap_or_default());
    if !about.is_empty() {
        response.on_hover_text(about);
    }
}

fn proposed_row(table: &Table<'_>, place: usize, rect: Rect, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let Some(proposed) = table.open.fields.get(place) else { return };
    let id = Id::unique(("proposed field", table.desk.file, table.target.table, &proposed.source));
    let response = ui.interact(rect, id, Sense::click());
    let name = format!("Proposed field {} from {}", proposed.name, proposed.source);
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &name));
    let detail = format!("from {}", proposed.source);
    rows::ghost(ui, rect, &proposed.name, &detail, tokens.link, rows::CHOICE);
    let (take, refuse) =
        (format!("Add {} from {}", proposed.name, proposed.source), format!("Refuse {}", proposed.name));
    match rows::choice(ui, rect, &take, &refuse, table.blocked) {
        Some(true) => table.change(table.target.add(proposed)),
        Some(false) => {
            let refusal = (table.name.clone(), field_key(proposed));
            table.desk.send(DesignCommand::Refuse(vec![refusal]));
        }
        None => {}
    }
    drop_new(table, rect, &response, ui);
    if response.clicked() {
        table.select_column(Some(&proposed.source));
        table.send(Command::ShowSide(Side::Suggestions));
    }
}

fn new_row(table: &Table<'_>, rect: Rect, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let id = Id::unique(("new field", table.desk.file, table.target.table));
    let is_off = table.blocked.is_some();
    let response = ui.interact(rect, id, if is_off { Sense::hover() } else { Sense::click() });
    response.widget_info(|| WidgetInfo::labeled(Role::Button, !is_off, "New field"));
    let color = match (is_off, response.hovered()) {
        (true, _) => tokens.text_disabled,
        (false, true) => tokens.text,
        (false, false) => tokens.text_subdued,
    };
    let free = table.column().and_then(|place| table.map.columns.get(place)).filter(|one| !one.is_used);
    let detail = match free {
        _ if is_off => String::new(),
        Some(column) => format!("Click makes one from {}", column.name),
        None => "Drop a column here, or click".to_owned(),
    };
    rows::ghost(ui, rect, "New field", &detail, color, 0.0);
    crate::widgets::focus_ring(ui, &response);
    drop_new(table, rect, &response, ui);
    if response.clicked() {
        match free {
            Some(column) => table.add_for(&column.name),
            None => {
                table.change(begun(ui.ctx(), &table.target, None));
            }
        }
        table.send(Command::ShowSide(Side::Field));
    }
    if let Some(reason) = table.blocked {
        response.on_hover_text(reason);
    }
}

/// A column dropped here becomes a field of its own.
fn drop_new(table: &Table<'_>, rect: Rect, response: &egui::Response, ui: &Ui) {
    if let Some(dragged) = response.dnd_hover_payload::<Dragged>()
        && matches!(*dragged, Dragged::Column(_))
    {
        rows::drop_frame(ui, rect);
    }
    if let Some(dragged) = response.dnd_release_payload::<Dragged>()
        && let Dragged::Column(column) = &*dragged
    {
        table.add_for(column);
    }
}

/// A field is dragged to another place: shows where, and moves it there when it's dropped.
fn move_field(table: &Table<'_>, sides: &Sides, lane: &Lane, field: &str, ui: &Ui) {
    let is_plain = table.view.find_fields.trim().is_empty() && !table.view.only_unmapped;
    let Some(pointer) = ui.input(|input| input.pointer.interact_pos()).filter(|_| is_plain) else { return };
    if !lane.rect.contains(pointer) {
        return;
    }
    let count = table.map.fields.len();
    let gap = lane.gap_at(pointer.y).min(count).min(sides.items.len());
    let y = lane.y(gap) - lane::ROW / 2.0;
    let tokens = Tokens::of(ui.visuals());
    let stroke = Stroke::new(2.0, tokens.focus);
    ui.painter().hline(lane.rect.x_range().shrink(4.0), y, stroke);
    if ui.input(|input| input.pointer.any_released())
        && let Some(change) = table.target.put(field, gap)
    {
        table.change(change);
    }
}
