//! All commands with their keys, by where they work, to be searched.

use egui::{Role, Sense, TextEdit, Ui, WidgetInfo, vec2};
use touchstone_compiler::fuzzy_match;

use super::Command as Own;
use super::view::{card, heading, send, subdued};
use crate::command::{Command, Commands};
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::draw_line;

/// Keys that no command of the menu has: lists and grids take them.
const OTHERS: [(&str, &str); 8] = [
    ("Move through lists, grids and trees", "↑ ↓ ← →"),
    ("Move to the next or the previous part of the window", "Tab, Shift+Tab"),
    ("Press what is in focus", "Enter, Space"),
    ("Close a question, a list, a field", "Esc"),
    ("Beginning and end of a grid", "Ctrl+Home, Ctrl+End"),
    ("Select more cells", "Shift+arrows"),
    ("Copy the selected cells", "Ctrl+C"),
    ("Completion while typing", "Ctrl+Space"),
];

pub(super) fn shortcuts(state: &State, commands: &Commands, ui: &mut Ui) {
    let mut filter = state.settings.filter.clone();
    let field = TextEdit::singleline(&mut filter)
        .hint_text(crate::widgets::hint("Search commands and keys"))
        .desired_width(360.0);
    let field = ui.add(field);
    field.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::TextInput, true, "Search shortcuts");
        info.current_text_value = Some(filter.clone());
        info
    });
    if field.changed() {
        send(commands, Own::FilterShortcuts(filter));
    }
    let wanted = state.settings.filter.trim();
    let is_shown = |text: &str, keys: &str| {
        wanted.is_empty()
            || fuzzy_match(wanted, text).is_some()
            || keys.to_lowercase().contains(&wanted.to_lowercase())
    };
    let mut groups: Vec<(&str, Vec<(String, String)>)> = Vec::new();
    for (room, all) in Command::by_room() {
        let mut rows = Vec::new();
        for offer in all.iter().map(Command::offer) {
            let Some(keys) = offer.shortcut.map(|keys| ui.ctx().format_shortcut(&keys)) else { continue };
            if is_shown(offer.text, &keys) {
                rows.push((offer.text.trim_end_matches('…').to_owned(), keys));
            }
        }
        groups.push((room, rows));
    }
    let others = OTHERS.iter().filter(|(text, keys)| is_shown(text, keys));
    groups.push((
        "Lists, grids and texts",
        others.map(|(text, keys)| ((*text).to_owned(), (*keys).to_owned())).collect(),
    ));
    groups.retain(|(_, rows)| !rows.is_empty());
    if groups.is_empty() {
        subdued(ui, "No command is named like this");
    }
    for (room, rows) in &groups {
        heading(ui, room);
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (text, keys) in rows {
                row(ui, text, keys);
            }
        });
    }
}

fn row(ui: &mut Ui, text: &str, keys: &str) {
    let tokens = Tokens::of(ui.visuals());
    let size = vec2(ui.available_width(), theme::ROW_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, format!("{text}: {keys}")));
    let taken = draw_line(ui.painter(), rect, egui::Align::Max, keys, theme::mono(), tokens.text_subdued);
    let place = rect.with_max_x(taken.left() - 12.0);
    draw_line(ui.painter(), place, egui::Align::Min, text, theme::body(), tokens.text);
}
