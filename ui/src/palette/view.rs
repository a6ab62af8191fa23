//! What the palette looks like: a field, and below it what was found, moved through by keys alone.

use egui::{
    Align, Align2, Area, FontId, Frame, Id, Key, Margin, Modal, Modifiers, Order, Rect, Response, RichText,
    Role, ScrollArea, Sense, TextEdit, Ui, UiKind, WidgetInfo, accesskit, pos2,
    text::{LayoutJob, TextFormat},
    vec2,
};

use super::items::offered;
use super::{COMMANDS, Command as Own, Found, Item, OBJECTS, Palette};
use crate::command::{Command, Commands};
use crate::icon;
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::{as_dialog, draw_line, line, put};

const WIDTH: f32 = 640.0;
const ROW: f32 = 28.0;
const HEADING: f32 = 24.0;
/// Rows that a page up or down moves by.
const PAGE: usize = 8;

fn send(commands: &Commands, command: Own) {
    commands.send(Command::Palette(command));
}

/// The palette, while it is open.
pub(crate) fn palette(state: &State, commands: &Commands, ui: &Ui) {
    let Some(palette) = &state.palette else { return };
    let tokens = Tokens::of(ui.visuals());
    let screen = ui.ctx().content_rect();
    let id = Id::unique("palette");
    let area = Area::new(id)
        .kind(UiKind::Modal)
        .order(Order::Foreground)
        .anchor(Align2::CENTER_TOP, vec2(0.0, (screen.height() * 0.1).min(96.0)));
    let modal = Modal::new(id).area(area).backdrop_color(tokens.backdrop());
    let frame = Frame::popup(ui.style()).inner_margin(Margin::same(0)).corner_radius(8);
    let shown = modal.frame(frame).show(ui.ctx(), |ui| {
        as_dialog(ui, "Command palette");
        ui.set_width(WIDTH.min(screen.width() - 32.0));
        ui.spacing_mut().item_spacing.y = 0.0;
        let keys = keys(palette, commands, ui);
        field(palette, commands, id, ui);
        let top = ui.cursor().top();
        ui.painter().hline(ui.max_rect().x_range(), top, egui::Stroke::new(1.0, tokens.line));
        list(state, palette, commands, id, keys, (screen.height() * 0.62).min(460.0), ui);
        footer(palette, ui);
    });
    if shown.backdrop_response.clicked() {
        send(commands, Own::Close);
    }
}

/// Takes the keys that move through the list, before the field sees them; true when another row is selected.
fn keys(palette: &Palette, commands: &Commands, ui: &Ui) -> bool {
    let rows = palette.found.len();
    let last = rows.saturating_sub(1);
    let at = palette.selected;
    let mut to = None;
    ui.input_mut(|input| {
        let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
        if pressed(Key::ArrowDown) {
            to = Some(if at >= last { 0 } else { at + 1 });
        }
        if pressed(Key::ArrowUp) {
            to = Some(at.checked_sub(1).unwrap_or(last));
        }
        if pressed(Key::PageDown) {
            to = Some((at + PAGE).min(last));
        }
        if pressed(Key::PageUp) {
            to = Some(at.saturating_sub(PAGE));
        }
        if pressed(Key::Enter) {
            send(commands, Own::Take(at));
        }
        if pressed(Key::Escape) {
            send(commands, Own::Close);
        }
        // Nothing else can be reached while it's open.
        pressed(Key::Tab);
    });
    if let Some(to) = to {
        send(commands, Own::Select(to));
    }
    to.is_some()
}

fn field(palette: &Palette, commands: &Commands, id: Id, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
        ui.horizontal(|ui| {
            let sign = RichText::new(icon::FIND).size(16.0).color(tokens.text_subdued);
            ui.add(egui::Label::new(sign).selectable(false));
            let mut query = palette.query.clone();
            let name = id.with("field");
            // Before it is drawn: what is typed in its first frame is for it.
            ui.memory_mut(|memory| memory.request_focus(name));
            let field = TextEdit::singleline(&mut query)
                .id(name)
                .frame(Frame::NONE)
                .align(Align2::LEFT_CENTER)
                .min_size(vec2(0.0, 26.0))
                .font(FontId::proportional(15.0))
                .desired_width(f32::INFINITY)
                .hint_text(crate::widgets::hint("Search commands, pipelines, tables, columns, rules…"));
            let field = ui.add(field);
            name_field(&field, palette, id);
            if field.changed() {
                send(commands, Own::Edit(query));
            }
        });
    });
}

/// A field with a list of which one row is selected, for those who hear it.
fn name_field(field: &Response, palette: &Palette, id: Id) {
    field.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::TextInput, true, "Search everything");
        info.current_text_value = Some(palette.query.clone());
        info
    });
    let active = palette.found.get(palette.selected).map(|found| row_id(id, found));
    field.ctx.accesskit_node_builder(field.id, |node| {
        node.set_role(accesskit::Role::EditableComboBox);
        node.set_expanded(true);
        node.push_controlled(id.with("list").accesskit_id());
        if let Some(active) = active {
            node.set_active_descendant(active.accesskit_id());
        }
    });
}

fn row_id(id: Id, found: &Found) -> Id {
    id.with(("row", found.item))
}

fn list(
    state: &State,
    palette: &Palette,
    commands: &Commands,
    id: Id,
    moved: bool,
    height: f32,
    ui: &mut Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    let output = ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            Frame::new().inner_margin(Margin::same(6)).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                if palette.found.is_empty() {
                    ui.add_space(12.0);
                    ui.vertical_centered(|ui| {
                        let words = format!("Nothing is named like “{}”", palette.query.trim());
                        ui.label(RichText::new(words).color(tokens.text_subdued));
                    });
                    ui.add_space(12.0);
                }
                for (at, found) in palette.found.iter().enumerate() {
                    let Some(item) = palette.item(at) else { continue };
                    if let Some(heading) = found.heading {
                        let size = vec2(ui.available_width(), HEADING);
                        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
                        let place = rect.shrink2(vec2(8.0, 0.0));
                        let font = theme::small_strong();
                        draw_line(ui.painter(), place, Align::Min, heading, font, tokens.text_subdued);
                    }
                    let is_selected = at == palette.selected;
                    let response = row(state, item, found, is_selected, id, ui);
                    if is_selected && (moved || at == 0) {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() {
                        send(commands, Own::Take(at));
                    } else if response.hovered()
                        && ui.input(|input| input.pointer.is_moving())
                        && !is_selected
                    {
                        send(commands, Own::Select(at));
                    }
                }
            });
        });
    ui.ctx().accesskit_node_builder(id.with("list"), |node| {
        node.set_role(accesskit::Role::ListBox);
        node.set_label("Found");
        let rect = output.inner_rect;
        node.set_bounds(accesskit::Rect {
            x0: rect.left().into(),
            y0: rect.top().into(),
            x1: rect.right().into(),
            y1: rect.bottom().into(),
        });
    });
}

fn row(state: &State, item: &Item, found: &Found, is_selected: bool, id: Id, ui: &mut Ui) -> Response {
    let tokens = Tokens::of(ui.visuals());
    let size = vec2(ui.available_width(), ROW);
    let (_, rect) = ui.allocate_space(size);
    let response = ui.interact(rect, row_id(id, found), Sense::CLICK);
    let command = offered(item);
    let obstacle = command.and_then(|command| state.obstacle(command));
    let keys = command.and_then(|command| command.offer().shortcut);
    let keys = keys.map(|keys| ui.ctx().format_shortcut(&keys)).unwrap_or_default();
    response.widget_info(|| {
        let parts = [item.text.as_str(), item.kind.word(), obstacle.as_deref().unwrap_or(&item.place), &keys];
        let name = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        WidgetInfo::selected(Role::ListBoxOption, obstacle.is_none(), is_selected, name)
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let painter = ui.painter();
    if is_selected {
        painter.rect_filled(rect, theme::RADIUS, tokens.row_selected);
    }
    let (color, sign_color) = match (&obstacle, item.layer) {
        (Some(_), _) => (tokens.text_disabled, tokens.text_disabled),
        (None, Some(layer)) => (tokens.text, tokens.layer(layer)),
        (None, None) => (tokens.text, tokens.text_subdued),
    };
    let sign = Rect::from_min_size(pos2(rect.left() + 6.0, rect.top()), vec2(24.0, ROW));
    draw_line(painter, sign, Align::Center, &item.icon.to_string(), FontId::proportional(15.0), sign_color);
    let inner =
        Rect::from_min_max(pos2(sign.right() + 6.0, rect.top()), pos2(rect.right() - 10.0, rect.bottom()));
    let right = if keys.is_empty() {
        inner.right()
    } else {
        draw_line(painter, inner, Align::Max, &keys, theme::small(), tokens.text_subdued).left() - 12.0
    };
    let name = painter.layout_job(name(tokens, item, found, color, (right - inner.left()) * 0.7));
    let name_width = name.size().x;
    put(painter, inner, Align::Min, name, color);
    let (words, color) = match &obstacle {
        Some(obstacle) => (obstacle.as_str(), tokens.warning),
        None => (item.place.as_str(), tokens.text_subdued),
    };
    let left = inner.left() + name_width + 12.0;
    if !words.is_empty() && right - left > 40.0 {
        let place = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
        let words = line(painter, words, theme::small(), color, place.width());
        put(painter, place, Align::Min, words, color);
    }
    response
}

/// The name, with what matched standing out.
fn name(tokens: &Tokens, item: &Item, found: &Found, color: egui::Color32, width: f32) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width.max(0.0);
    job.wrap.max_rows = 1;
    job.wrap.break_anywhere = true;
    let mut at = 0;
    let plain = TextFormat::simple(theme::body(), color);
    let matched = TextFormat::simple(theme::strong(), tokens.link);
    for range in &found.ranges {
        job.append(item.text.get(at..range.start).unwrap_or_default(), 0.0, plain.clone());
        job.append(item.text.get(range.clone()).unwrap_or_default(), 0.0, matched.clone());
        at = range.end;
    }
    job.append(item.text.get(at..).unwrap_or_default(), 0.0, plain);
    job
}

fn footer(palette: &Palette, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let top = ui.cursor().top();
    ui.painter().hline(ui.max_rect().x_range(), top, egui::Stroke::new(1.0, tokens.line));
    Frame::new().inner_margin(Margin::symmetric(14, 6)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 16.0;
            let prefix = palette.query.trim_start().chars().next().map(String::from).unwrap_or_default();
            for (sign, words) in [
                ("↑ ↓", "move"),
                ("Enter", "open or do"),
                (COMMANDS, "commands only"),
                (OBJECTS, "objects only"),
                ("Esc", "close"),
            ] {
                let is_on = sign == prefix;
                let color = if is_on { tokens.link } else { tokens.text_subdued };
                ui.label(RichText::new(format!("{sign}  {words}")).font(theme::small()).color(color));
            }
        });
    });
}
