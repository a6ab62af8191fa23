//! The source's columns, at the left of the designer.

use egui::{DragAndDrop, Role, Ui, WidgetInfo};

use super::super::lane::{self, Lane, Scroll};
use super::super::silver::Table;
use super::super::{Command, facts, rows};
use super::sides::Sides;
use super::{Dragged, column_id, field_id, focus, heading, left_over};

pub(super) fn columns(table: &Table<'_>, sides: &Sides, wheel: f32, ui: &mut Ui) -> Lane {
    let map = table.map;
    let unmapped = map.columns.iter().filter(|column| !column.is_used).count();
    let detail = left_over(map.columns.len(), unmapped);
    let find = heading(ui, "Columns", &detail, &table.view.find_columns, "Find columns");
    if let Some(text) = find {
        table.send(Command::FindColumns(text));
    }
    let selected = table.column();
    let position = selected.and_then(|place| sides.column_at.get(&place).copied());
    let name = |place: usize| map.columns.get(place).map(|column| column.name.clone()).unwrap_or_default();
    let scroll = Scroll { wheel, selected: position.zip(selected.map(name)), dragging: false };
    lane::lane(ui, "columns", sides.columns.len(), &scroll, |ui, position, rect| {
        let Some(place) = sides.columns.get(position).copied() else { return };
        let Some(column) = map.columns.get(place) else { return };
        let is_selected = selected == Some(place);
        let output = lane::interact(ui, rect, column_id(table, &column.name), is_selected);
        let response = &output.response;
        response.widget_info(|| {
            WidgetInfo::selected(Role::ListItem, true, is_selected, rows::column_name(column))
        });
        let nulls = table.facts.nulls(&column.name);
        rows::column(ui, rect, column, nulls, table.facts.sample(&column.name), is_selected);
        if response.drag_started() && table.blocked.is_none() {
            DragAndDrop::set_payload(ui.ctx(), Dragged::Column(column.name.clone()));
        }
        if response.clicked() {
            table.select_column(Some(&column.name));
            response.request_focus();
        }
        if output.entered {
            let free = table.field().filter(|field| table.blocked.is_none() && !map.has(place, *field));
            match free {
                Some(field) if is_selected => table.map_to(&column.name, &map.fields[field].name),
                _ => table.select_column(Some(&column.name)),
            }
        }
        let next = position.checked_add_signed(output.step.signum() as isize);
        if output.step != 0
            && let Some(next) = next.and_then(|next| sides.columns.get(next))
            && let Some(next) = map.columns.get(*next)
        {
            table.select_column(Some(&next.name));
            focus(ui, column_id(table, &next.name));
        }
        if output.across > 0 {
            let field = table.field().or_else(|| sides.first_field());
            if let Some(field) = field.and_then(|place| map.fields.get(place)) {
                table.select_field(Some(&field.name));
                focus(ui, field_id(table, &field.name));
            }
        }
        output.response.on_hover_text(table.about(facts::about(column, &table.facts)));
    })
}
