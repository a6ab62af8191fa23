//! The lines between a source's columns and a table's fields, with the two lists that they run between.

use std::collections::{BTreeMap, BTreeSet};

use egui::{
    Align, DragAndDrop, Frame, Id, Key, Layout, Margin, Modifiers, Rect, RichText, Role, Sense, Stroke,
    TextEdit, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::lane::{self, Lane, RowOutput, Scroll};
use super::lines::{self, Curve, Look};
use super::map::Made;
use super::silver::Table;
use super::suggestions::{field_key, mapping_key};
use super::{Command, Side, facts, rows};
use crate::design::Command as DesignCommand;
use crate::icon;
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::Button;

/// Height of the line that says what can be done.
const FOOTER: f32 = 36.0;
/// Room between the columns and the points where their lines begin: their scroll bar is there.
const BESIDE: f32 = 8.0;

/// What is being dragged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dragged {
    /// A column, to a field.
    Column(String),
    /// A field, to another place among the fields.
    Field(String),
}

/// A row at the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Field(usize),
    /// A proposed field.
    Proposed(usize),
    /// Where a new field is dropped.
    New,
}

/// What a line stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum LineOf {
    Link(usize),
    Mapping(usize),
    Proposed(usize),
}

/// Both lists, as they are shown.
struct Sides {
    /// Places of the columns, in order.
    columns: Vec<usize>,
    /// Positions by place.
    column_at: BTreeMap<usize, usize>,
    items: Vec<Item>,
    field_at: BTreeMap<usize, usize>,
    proposed_at: BTreeMap<usize, usize>,
}

impl Sides {
    fn new(table: &Table<'_>) -> Self {
        let (map, view) = (table.map, table.view);
        let holds = |text: &str, find: &str| {
            find.trim().is_empty() || text.to_lowercase().contains(&find.trim().to_lowercase())
        };
        let columns = map.columns.iter().enumerate().filter(|(_, column)| {
            holds(&column.name, &view.find_columns) && (!view.only_unmapped || !column.is_used)
        });
        let columns: Vec<usize> = columns.map(|(place, _)| place).collect();
        let fields = map.fields.iter().enumerate().filter(|(_, field)| {
            holds(&field.name, &view.find_fields) && (!view.only_unmapped || field.made == Made::Nothing)
        });
        let mut items: Vec<Item> = fields.map(|(place, _)| Item::Field(place)).collect();
        let proposed = table.open.fields.iter().enumerate();
        let proposed = proposed.filter(|(_, one)| holds(&one.name, &view.find_fields));
        items.extend(proposed.map(|(place, _)| Item::Proposed(place)));
        items.push(Item::New);
        let column_at = columns.iter().enumerate().map(|(position, place)| (*place, position)).collect();
        let (mut field_at, mut proposed_at) = (BTreeMap::new(), BTreeMap::new());
        for (position, item) in items.iter().enumerate() {
            match item {
                Item::Field(place) => _ = field_at.insert(*place, position),
                Item::Proposed(place) => _ = proposed_at.insert(*place, position),
                Item::New => {}
            }
        }
        Self { columns, column_at, items, field_at, proposed_at }
    }
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
    draw_lines(table, &sides, &columns, &fields, dragged.as_deref(), ui);

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
    Frame::new().inner_margin(Margin { left: 12, right: 12, top: 8, bottom: 8 }).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.horizontal(|ui| {
            ui.label(RichText::new(title).font(theme::small_strong()).color(tokens.text));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let detail = RichText::new(detail).font(theme::small()).color(tokens.text_subdued);
                ui.add(egui::Label::new(detail).truncate());
            });
        });
        let mut wanted = find.to_owned();
        let hint = format!("{}  {name}", icon::FIND);
        let edit = TextEdit::singleline(&mut wanted).hint_text(hint).desired_width(f32::INFINITY);
        let response = ui.add(edit);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
        if response.changed() {
            changed = Some(wanted);
        }
    });
    changed
}

fn columns(table: &Table<'_>, sides: &Sides, wheel: f32, ui: &mut Ui) -> Lane {
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
        if response.drag_started() {
            DragAndDrop::set_payload(ui.ctx(), Dragged::Column(column.name.clone()));
        }
        if response.clicked() {
            table.select_column(Some(&column.name));
            response.request_focus();
        }
        if output.entered {
            match table.field().filter(|field| !map.has(place, *field)) {
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
            let field = table.field().or_else(|| first_field(sides));
            if let Some(field) = field.and_then(|place| map.fields.get(place)) {
                table.select_field(Some(&field.name));
                focus(ui, field_id(table, &field.name));
            }
        }
        output.response.on_hover_text(facts::about(column, &table.facts));
    })
}

fn fields(table: &Table<'_>, sides: &Sides, wheel: f32, dragged: Option<&Dragged>, ui: &mut Ui) -> Lane {
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
        match rows::choice(ui, rect, &take, &refuse) {
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
        && matches!(*dragged, Dragged::Column(_))
    {
        rows::drop_frame(ui, rect);
    }
    if let Some(dragged) = response.dnd_release_payload::<Dragged>()
        && let Dragged::Column(column) = &*dragged
    {
        table.map_to(column, &field.name);
        table.send(Command::ShowSide(Side::Field));
    }
    if response.drag_started() {
        DragAndDrop::set_payload(ui.ctx(), Dragged::Field(field.name.clone()));
    }
    if response.clicked() {
        table.select_field(Some(&field.name));
        response.request_focus();
    }
    if entered {
        table.select_field(Some(&field.name));
        if let Some(column) = table.column().filter(|column| !map.has(*column, place)) {
            table.map_to(&map.columns[column].name, &field.name);
        }
    }
    if deleted && field.made != Made::Nothing {
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
    if let Some(problem) = &field.problem {
        response.on_hover_text(problem);
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
    match rows::choice(ui, rect, &take, &refuse) {
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
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "New field"));
    let color = if response.hovered() { tokens.text } else { tokens.text_subdued };
    let free = table.column().and_then(|place| table.map.columns.get(place)).filter(|one| !one.is_used);
    let detail = match free {
        Some(column) => format!("Click makes one from {}", column.name),
        None => "Drop a column here, or click".to_owned(),
    };
    rows::ghost(ui, rect, "New field", &detail, color, 0.0);
    crate::widgets::focus_ring(ui, &response);
    drop_new(table, rect, &response, ui);
    if response.clicked() {
        match free {
            Some(column) => table.add_for(&column.name),
            None => table.change(table.target.add_empty(None)),
        }
        table.send(Command::ShowSide(Side::Field));
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

fn draw_lines(
    table: &Table<'_>,
    sides: &Sides,
    columns: &Lane,
    fields: &Lane,
    dragged: Option<&Dragged>,
    ui: &Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    let map = table.map;
    let (left, right) = (columns.rect.right() + BESIDE, fields.rect.left());
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
    ports(table, sides, columns, fields, &painter, tokens);

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
        response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text_at_pointer(about(table, of));
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

/// The points at which lines begin and end; hollow where none does.
fn ports(
    table: &Table<'_>,
    sides: &Sides,
    columns: &Lane,
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
            port(columns.rect.right() + BESIDE, y, column.is_used, table.column() == Some(*place));
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

/// What can be done with what is selected, and how.
fn foot(table: &Table<'_>, dragged: Option<&Dragged>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let hint = |ui: &mut Ui, text: &str| {
        let text = RichText::new(text).font(theme::small()).color(tokens.text_subdued);
        ui.add(egui::Label::new(text).truncate());
    };
    match dragged {
        Some(Dragged::Column(column)) => {
            return hint(ui, &format!("Drop {column} on a field, or on New field"));
        }
        Some(Dragged::Field(field)) => return hint(ui, &format!("Drop {field} where it shall stand")),
        None => {}
    }
    let map = table.map;
    let line = table.view.line.as_ref().filter(|(column, field)| {
        let places = map.column(Some(column)).zip(map.field(Some(field)));
        places.is_some_and(|(column, field)| map.has(column, field))
    });
    if let Some((column, field)) = line {
        let remove = Button::new("Remove line").icon(icon::DELETE).shortcut(Some("Delete".to_owned()));
        let is_free = ui.ctx().memory(|memory| memory.focused().is_none()) || !ui.ctx().text_edit_focused();
        let deletes = is_free && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Delete));
        if remove.show(ui).clicked() || deletes {
            table.change(table.target.unmap(field));
            table.send(Command::SelectLine(None));
        }
        return hint(ui, &format!("{column}  →  {field}"));
    }
    if let (Some(column), Some(field)) = (table.column(), table.field())
        && !map.has(column, field)
    {
        let (column, field) = (&map.columns[column].name, &map.fields[field].name);
        let words = format!("Map {column} to {field}");
        let map_them = Button::new(&words).icon(icon::MAPPING).primary().shortcut(Some("Enter".to_owned()));
        if map_them.show(ui).clicked() {
            table.map_to(column, field);
        }
        return;
    }
    if let Some(column) = table.column()
        && !map.columns[column].is_used
    {
        let words = format!("Add a field for {}", map.columns[column].name);
        if Button::new(&words).icon(icon::ADD).show(ui).clicked() {
            table.add_for(&map.columns[column].name);
        }
    }
    hint(ui, "Drag a column to a field, or select both and press Enter");
}

fn left_over(all: usize, unmapped: usize) -> String {
    let all = text::number(all as u64);
    if unmapped == 0 { all } else { format!("{} of {all} unmapped", text::number(unmapped as u64)) }
}

fn first_field(sides: &Sides) -> Option<usize> {
    sides.items.iter().find_map(|item| match item {
        Item::Field(place) => Some(*place),
        _ => None,
    })
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
