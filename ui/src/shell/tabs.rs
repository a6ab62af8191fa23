//! The open tabs: pipelines, files, lineage, audit trail, settings. Dragged to another place, closed by the middle button.

use egui::{
    Align, CursorIcon, FontId, Popup, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::Command as Own;
use crate::command::{Command, Commands, Place};
use crate::state::State;
use crate::theme::{self, CONTROL_HEIGHT, RADIUS, Tokens};
use crate::widgets::{Button, draw_line, focus_ring, icon_button, name_line};
use crate::{design, icon};

/// A title is cut off here.
const TITLE_WIDTH: f32 = 220.0;
/// Frames in which the tab that is shown comes into sight.
const SCROLLING: u8 = 30;
/// Room of the icon before the title, and of the cross behind it.
const SIGN: f32 = 22.0;

pub(super) fn tabs(state: &State, commands: &Commands, ui: &mut Ui) {
    ui.horizontal_centered(|ui| {
        let room = ui.available_width() - CONTROL_HEIGHT - 8.0;
        let mut rects = Vec::with_capacity(state.tabs.len());
        let mut dragged = None;
        let scroll = ScrollArea::horizontal().id_salt("tabs").max_width(room);
        let hidden = egui::containers::scroll_area::ScrollBarVisibility::AlwaysHidden;
        scroll.scroll_bar_visibility(hidden).show(ui, |ui| {
            ui.horizontal_centered(|ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                for (at, place) in state.tabs.iter().enumerate() {
                    let response = ui.push_id(place, |ui| tab(state, commands, place, ui)).inner;
                    if response.drag_stopped() || response.dragged() {
                        dragged = Some((at, response.drag_stopped()));
                    }
                    rects.push(response.rect);
                }
            });
        });
        if let Some((from, is_over)) = dragged {
            drag(commands, ui, &rects, from, is_over);
        }
        all(state, commands, ui);
    });
}

/// Shows where a dragged tab would go, and puts it there in the end.
fn drag(commands: &Commands, ui: &Ui, rects: &[Rect], from: usize, is_over: bool) {
    let Some(pointer) = ui.ctx().pointer_interact_pos() else { return };
    let before = rects.iter().filter(|rect| rect.center().x < pointer.x).count();
    let to = if before > from { before - 1 } else { before };
    if is_over {
        if to != from {
            commands.send(Command::Shell(Own::MoveTab(from, to)));
        }
        return;
    }
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    let (Some(first), Some(last)) = (rects.first(), rects.last()) else { return };
    let x = rects.get(before).map_or(last.right() + 1.0, |rect| rect.left() - 1.0);
    let mark = Rect::from_x_y_ranges(x - 1.0..=x + 1.0, first.y_range());
    ui.painter().rect_filled(mark, 1, Tokens::of(ui.visuals()).focus);
}

/// Every open tab by name: those that don't fit are reached here.
fn all(state: &State, commands: &Commands, ui: &mut Ui) {
    let more = icon_button(ui, icon::CARET_DOWN, "All tabs");
    Popup::menu(&more).width(260.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        let others = Command::Shell(Own::CloseOtherTabs(state.place.clone()));
        item(state, commands, &others, ui);
        item(state, commands, &Command::Shell(Own::CloseAllTabs), ui);
        ui.separator();
        let room = ui.ctx().content_rect().height() * 0.6;
        ScrollArea::vertical().max_height(room).min_scrolled_height(room).show(ui, |ui| {
            for place in &state.tabs {
                let text = title(state, place);
                let button = Button::new(&text).icon(icon(place)).quiet().selected(*place == state.place);
                let button = button.role(Role::MenuItem).min_width(252.0).shortcut(Some(String::new()));
                if button.show(ui).clicked() {
                    commands.send(Command::Go(place.clone()));
                    ui.close();
                }
            }
        });
    });
}

/// A command in a menu.
pub(super) fn item(state: &State, commands: &Commands, command: &Command, ui: &mut Ui) {
    let offer = command.offer();
    let obstacle = state.obstacle(command);
    let keys = offer.shortcut.map(|keys| ui.ctx().format_shortcut(&keys)).unwrap_or_default();
    let button = Button::new(offer.text).icon(offer.icon).quiet().role(Role::MenuItem).min_width(252.0);
    let response = button.shortcut(Some(keys)).enabled(obstacle.is_none()).show(ui);
    if response.clicked() {
        commands.send(command.clone());
        ui.close();
    }
    if let Some(why) = obstacle.as_deref().or(Some(offer.tooltip)).filter(|text| !text.is_empty()) {
        response.on_hover_text(why);
    }
}

fn tab(state: &State, commands: &Commands, place: &Place, ui: &mut Ui) -> Response {
    let tokens = Tokens::of(ui.visuals());
    let is_shown = *place == state.place;
    let title = title(state, place);
    let is_dirty = is_dirty(state, place);
    let text = name_line(ui.painter(), &title, &theme::body(), tokens.text, TITLE_WIDTH);
    let size = vec2(SIGN + text.size().x + SIGN + 14.0, CONTROL_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let name = if is_dirty { format!("{title}, edited") } else { title.clone() };
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, is_shown, &name));
    let (fill, color) = match (is_shown, response.hovered()) {
        (true, _) => (tokens.row_selected, tokens.text_strong),
        (false, true) => (tokens.button_hovered, tokens.text_strong),
        (false, false) => (egui::Color32::TRANSPARENT, tokens.text_subdued),
    };
    ui.painter().rect_filled(rect, RADIUS, fill);
    let sign = |place: Rect, sign: char, size: f32, color| {
        let font = FontId::proportional(size);
        draw_line(ui.painter(), place, Align::Center, &sign.to_string(), font, color);
    };
    let left = Rect::from_min_size(pos2(rect.left() + 5.0, rect.top()), vec2(SIGN, rect.height()));
    sign(left, icon(place), 14.0, color);
    let at = pos2(left.right() + 3.0, rect.center().y - text.size().y / 2.0);
    ui.painter().galley_with_override_text_color(at, text, color);
    focus_ring(ui, &response);
    if is_shown {
        let id = egui::Id::unique("tab in sight");
        // Anew where there is more or less room, too.
        let now = (place.clone(), ui.clip_rect().width().round().to_string());
        let before = ui.data(|data| data.get_temp::<((Place, String), u8)>(id));
        // Scrolling takes some frames, and where text grows so does all that it scrolls by.
        let left = before.filter(|(before, _)| *before == now).map_or(SCROLLING, |(_, left)| left);
        if left > 0 {
            let is_in_sight = left < SCROLLING
                && (ui.clip_rect().left() <= rect.left() + 0.5
                    && rect.right() - 0.5 <= ui.clip_rect().right());
            let left = if is_in_sight { 0 } else { left - 1 };
            ui.data_mut(|data| data.insert_temp(id, (now, left)));
            if !is_in_sight {
                response.scroll_to_me(None);
            }
        }
    }

    let cross =
        Rect::from_min_max(pos2(rect.right() - SIGN - 2.0, rect.top() + 3.0), rect.max - vec2(2.0, 3.0));
    let over = ui.rect_contains_pointer(rect) || response.has_focus();
    // Keys close the tab that is shown; a stop at each cross would only be in their way.
    let close = ui.interact(cross, response.id.with("close"), Sense::CLICK);
    let close_name = format!("Close {title}");
    close.widget_info(|| WidgetInfo::labeled(Role::Button, true, &close_name));
    if close.hovered() {
        ui.painter().rect_filled(cross, RADIUS, tokens.button_pressed);
    }
    if is_dirty && !close.hovered() {
        ui.painter().circle_filled(cross.center(), 3.5, tokens.warning);
    } else if is_shown || over {
        sign(
            cross,
            icon::CLOSE,
            13.0,
            if close.hovered() { tokens.text_strong } else { tokens.text_subdued },
        );
    }
    if close.clicked() || response.middle_clicked() {
        commands.send(Command::CloseTab(place.clone()));
    } else if response.clicked() {
        commands.send(Command::Go(place.clone()));
    }
    close.on_hover_text(close_name);
    response.context_menu(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for command in [
            Command::CloseTab(place.clone()),
            Command::Shell(Own::CloseOtherTabs(place.clone())),
            Command::Shell(Own::CloseAllTabs),
        ] {
            item(state, commands, &command, ui);
        }
    });
    if is_dirty {
        return response.on_hover_text(format!("{title}: edited, not saved yet"));
    }
    response
}

/// Whether what the tab shows has edits that are not saved.
fn is_dirty(state: &State, place: &Place) -> bool {
    let Place::Pipeline(name) = place else { return false };
    let listed = state.open_workspace().into_iter().flat_map(|workspace| &workspace.pipelines);
    let listed = listed.filter(|one| one.name == *name).map(|one| one.file.as_str()).next();
    let file = listed.or_else(|| state.design.documents.file_of(name));
    let document = file.and_then(|file| state.design.documents.get(file));
    document.is_some_and(design::OpenDocument::is_dirty)
}

/// The icon of a place.
fn icon(place: &Place) -> char {
    match place {
        Place::Home => icon::HOME,
        Place::Pipeline(_) => icon::PIPELINE,
        Place::File(_) => icon::FILE,
        Place::Lineage => icon::LINEAGE,
        Place::Audit => icon::HISTORY,
        Place::Settings => icon::SETTINGS,
    }
}

/// What names a place.
fn title(state: &State, place: &Place) -> String {
    match place {
        Place::Home => "Home".to_owned(),
        Place::Pipeline(name) => state.title_of(name).unwrap_or(name).to_owned(),
        Place::File(path) => path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned(),
        Place::Lineage => "Lineage".to_owned(),
        Place::Audit => "Audit trail".to_owned(),
        Place::Settings => "Settings".to_owned(),
    }
}
