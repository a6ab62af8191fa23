//! The lines between a source's columns and a table's fields, with the two lists that they run between.

mod between;
mod columns;
mod fields;
mod foot;
mod sides;

use egui::{
    Align, DragAndDrop, Frame, Id, Layout, Margin, Rect, RichText, Stroke, TextEdit, Ui, UiBuilder, vec2,
};

use self::between::draw_lines;
use self::columns::columns;
use self::fields::fields;
use self::foot::foot;
use self::sides::Sides;
use super::silver::Table;
use crate::icon;
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::page::is_short;

/// Height of the line that says what can be done.
const FOOTER: f32 = 36.0;
/// Room between the columns' scroll bar and the points where their lines begin, and from these to a side.
const BESIDE: f32 = 12.0;
const REACH: f32 = 9.0;

/// What is being dragged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dragged {
    /// A column, to a field.
    Column(String),
    /// A field, to another place among the fields.
    Field(String),
}

pub(super) fn designer(table: &Table<'_>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let full = ui.available_rect_before_wrap();
    let foot_height = if full.height() < 240.0 { 0.0 } else { FOOTER };
    let body = full.with_max_y(full.bottom() - foot_height);
    let gap = (body.width() * 0.2).clamp(64.0, 240.0);
    let left_width = (body.width() - gap) * 0.47;
    let left = body.with_max_x(body.left() + left_width);
    let right = body.with_min_x(body.left() + left_width + gap);
    let between = Rect::from_min_max(left.right_top(), right.left_bottom());
    let sides = Sides::new(table);
    let wheel = wheel_over(ui, between);
    let dragged = DragAndDrop::payload::<Dragged>(ui.ctx());

    let columns = ui
        .scope_builder(UiBuilder::new().max_rect(beside(left)).id_salt("columns"), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            columns(table, &sides, wheel, ui)
        })
        .inner;
    let fields = ui
        .scope_builder(UiBuilder::new().max_rect(right).id_salt("fields"), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            fields(table, &sides, wheel, dragged.as_deref(), ui)
        })
        .inner;
    draw_lines(table, &sides, &columns, &fields, between.left(), dragged.as_deref(), ui);

    let footer = full.with_min_y(body.bottom());
    ui.painter().hline(footer.x_range(), footer.top() + 0.5, Stroke::new(1.0, tokens.line));
    let layout = Layout::left_to_right(Align::Center);
    let inner = footer.shrink2(vec2(12.0, 0.0));
    ui.scope_builder(UiBuilder::new().max_rect(inner).layout(layout).id_salt("footer"), |ui| {
        if foot_height > 0.0 {
            foot(table, dragged.as_deref(), ui);
        }
    });
    ui.advance_cursor_after_rect(full);
}

fn beside(rect: Rect) -> Rect {
    rect.with_max_x(rect.right() - BESIDE)
}

/// The wheel turned over the lines scrolls both lists.
fn wheel_over(ui: &Ui, rect: Rect) -> f32 {
    if ui.rect_contains_pointer(rect) { ui.input(|input| input.smooth_scroll_delta().y) } else { 0.0 }
}

/// Heading of a list: what it is, how much of it is left to map, and a field to look for it.
fn heading(ui: &mut Ui, title: &str, detail: &str, find: &str, name: &str) -> Option<String> {
    let tokens = Tokens::of(ui.visuals());
    let mut changed = None;
    let is_short = is_short(ui.ctx());
    let high = if is_short { 3 } else { 8 };
    Frame::new().inner_margin(Margin { left: 12, right: 12, top: high, bottom: high }).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.horizontal(|ui| {
            let title = ui.label(RichText::new(title).font(theme::small_strong()).color(tokens.text));
            if is_short {
                title.on_hover_text(detail);
                changed = search(ui, find, name);
                return;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let detail = RichText::new(detail).font(theme::small()).color(tokens.text_subdued);
                ui.add(egui::Label::new(detail).truncate());
            });
        });
        if !is_short {
            changed = search(ui, find, name);
        }
    });
    changed
}

/// The field that a list is looked through by.
fn search(ui: &mut Ui, find: &str, name: &str) -> Option<String> {
    let mut wanted = find.to_owned();
    let hint = format!("{}  {name}", icon::FIND);
    let edit =
        TextEdit::singleline(&mut wanted).hint_text(crate::widgets::hint(hint)).desired_width(f32::INFINITY);
    let response = ui.add(edit);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
    response.changed().then_some(wanted)
}

fn left_over(all: usize, unmapped: usize) -> String {
    let all = text::number(all as u64);
    if unmapped == 0 { all } else { format!("{} of {all} unmapped", text::number(unmapped as u64)) }
}

fn column_id(table: &Table<'_>, name: &str) -> Id {
    Id::unique(("mapped column", table.desk.file, table.target.table, name))
}

fn field_id(table: &Table<'_>, name: &str) -> Id {
    Id::unique(("mapped field", table.desk.file, table.target.table, name))
}

fn focus(ui: &Ui, id: Id) {
    ui.memory_mut(|memory| memory.request_focus(id));
}
