//! The row of a list: an icon, a name, and at the right what is worth knowing about it.

use egui::{
    Align, Color32, EventFilter, FontId, Key, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::{draw_line, draw_name, focus_ring, is_hovered, line, marked_line, put};
use crate::theme::{self, ROW_HEIGHT, Tokens};

/// Height of a second line.
const SECOND: f32 = 16.0;

/// A row to be shown.
pub(crate) struct ListRow<'a> {
    text: &'a str,
    icon: Option<(char, Color32)>,
    note: &'a str,
    details: Vec<(String, Color32)>,
    shorter: Option<String>,
    folds: bool,
    selected: bool,
    name: String,
    role: Role,
    font: FontId,
    marked: bool,
}

/// What a person did with a row.
pub(crate) struct RowResponse {
    pub(crate) response: Response,
    /// An arrow key moved on from it: up is -1, down 1.
    pub(crate) step: i32,
}

impl<'a> ListRow<'a> {
    pub(crate) fn new(text: &'a str, selected: bool) -> Self {
        Self {
            text,
            icon: None,
            note: "",
            details: Vec::new(),
            shorter: None,
            folds: false,
            selected,
            name: text.to_owned(),
            role: Role::ListItem,
            font: theme::body(),
            marked: false,
        }
    }

    pub(crate) fn icon(mut self, icon: char, color: Color32) -> Self {
        self.icon = Some((icon, color));
        self
    }

    /// Something behind the text, as far as there is room.
    pub(crate) fn note(mut self, note: &'a str) -> Self {
        self.note = note;
        self
    }

    /// Something at the right, the first given outermost.
    pub(crate) fn detail(mut self, text: impl Into<String>, color: Color32) -> Self {
        self.details.push((text.into(), color));
        self
    }

    /// What stands at the right instead of the first detail where that would cut the text.
    pub(crate) fn shorter(mut self, text: impl Into<String>) -> Self {
        self.shorter = Some(text.into());
        self
    }

    /// Where text and first detail have no room beside each other, the detail stands beneath the text.
    pub(crate) fn folding(mut self) -> Self {
        self.folds = true;
        self
    }

    /// What is read aloud.
    pub(crate) fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    pub(crate) fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// Its text is data.
    pub(crate) fn mono(mut self) -> Self {
        self.font = theme::mono();
        self
    }

    /// What stands between `` ` `` in its text is data.
    pub(crate) fn marked(mut self) -> Self {
        self.marked = true;
        self.name = self.name.replace('`', "");
        self
    }

    /// The detail that stands beneath the text.
    fn beneath(&mut self, ui: &Ui) -> Option<(String, Color32)> {
        let (detail, color) = self.details.first().filter(|_| self.folds)?;
        let width = |text: &str, font: FontId| {
            line(ui.painter(), text, font, Color32::PLACEHOLDER, f32::INFINITY).size().x
        };
        let sign = if self.icon.is_some() { 24.0 } else { 0.0 };
        let both = width(self.text, self.font.clone()) + 8.0 + width(detail, theme::small());
        let folded = (detail.clone(), *color);
        if sign + both + 16.0 <= ui.available_width() {
            return None;
        }
        self.details.remove(0);
        Some(folded)
    }

    pub(crate) fn show(mut self, ui: &mut Ui) -> RowResponse {
        let tokens = Tokens::of(ui.visuals());
        let beneath = self.beneath(ui);
        let height = if beneath.is_some() { ROW_HEIGHT + SECOND } else { ROW_HEIGHT };
        let (whole, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
        let rect = whole.with_max_y(whole.top() + ROW_HEIGHT);
        response.widget_info(|| WidgetInfo::selected(self.role, true, self.selected, &self.name));
        if ui.is_rect_visible(whole) {
            // An open list shows where its keys are, whatever opened it.
            let is_at = self.role == Role::ListBoxOption && response.has_focus();
            let fill = match (self.selected, is_at || is_hovered(ui, &response)) {
                (true, _) => tokens.row_selected,
                (false, true) => tokens.row_hovered,
                (false, false) => Color32::TRANSPARENT,
            };
            ui.painter().rect_filled(whole, theme::RADIUS, fill);
            let mut left = rect.left() + 8.0;
            if let Some((icon, color)) = self.icon {
                let place = Rect::from_min_size(pos2(left, rect.top()), vec2(16.0, rect.height()));
                draw_line(
                    ui.painter(),
                    place.expand(4.0),
                    Align::Center,
                    &icon.to_string(),
                    egui::FontId::proportional(15.0),
                    color,
                );
                left += 24.0;
            }
            let mut right = rect.right() - 8.0;
            // Its name comes first: what would leave it no room is left out.
            let named = line(ui.painter(), self.text, self.font.clone(), tokens.text, f32::INFINITY).size().x;
            for (place, (text, color)) in self.details.iter().enumerate() {
                let room = |text: &str| {
                    let width = line(ui.painter(), text, theme::small(), *color, right - left).size().x;
                    right - left - 8.0 - width
                };
                let shorter = self.shorter.as_ref().filter(|_| place == 0 && room(text) < named);
                let text = shorter.unwrap_or(text);
                let room = room(text);
                if room < named.min(72.0) {
                    continue;
                }
                let place = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
                let taken = draw_line(ui.painter(), place, Align::Max, text, theme::small(), *color);
                right = taken.left() - 8.0;
            }
            let place = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
            let color = if self.selected { tokens.text_strong } else { tokens.text };
            let taken = if self.marked {
                let galley = marked_line(ui.painter(), self.text, color, tokens.text_strong, place.width());
                put(ui.painter(), place, Align::Min, galley, color)
            } else {
                draw_name(ui.painter(), place, Align::Min, self.text, &self.font, color)
            };
            if !self.note.is_empty() && right - taken.right() > 48.0 {
                let place = place.with_min_x(taken.right() + 12.0);
                let note = crate::text::unmarked(self.note);
                draw_line(ui.painter(), place, Align::Min, &note, theme::small(), tokens.text_subdued);
            }
            if let Some((text, color)) = beneath {
                // Close to the name that it is about.
                let place = Rect::from_min_max(
                    pos2(left, rect.bottom() - 4.0),
                    pos2(rect.right() - 8.0, whole.bottom() - 4.0),
                );
                draw_line(ui.painter(), place, Align::Min, &text, theme::small(), color);
            }
            focus_ring(ui, &response);
        }
        let step = if response.has_focus() { arrow_step(ui, &response) } else { 0 };
        RowResponse { response, step }
    }
}

/// Moves the focus from one of the rows to the one `moved` further; gives the place of that one.
pub(crate) fn move_focus(rows: &[Response], moved: i32) -> Option<usize> {
    let at = rows.iter().position(Response::has_focus).filter(|_| moved != 0)?;
    let to = at.checked_add_signed(isize::try_from(moved).unwrap_or_default())?;
    let row = rows.get(to)?;
    row.request_focus();
    row.scroll_to_me(None);
    Some(to)
}

fn arrow_step(ui: &Ui, response: &Response) -> i32 {
    let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    ui.input_mut(|input| {
        let none = egui::Modifiers::NONE;
        i32::from(input.consume_key(none, Key::ArrowDown)) - i32::from(input.consume_key(none, Key::ArrowUp))
    })
}
