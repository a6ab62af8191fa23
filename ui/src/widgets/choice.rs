//! A choice: one of several holds, and the others come down at a click.

use egui::{
    Align, Color32, FontId, Id, Key, Modifiers, Popup, PopupCloseBehavior, Rect, Response, Role, ScrollArea,
    Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, vec2,
};

use super::{ListRow, draw_line, draw_name, focus_ring, is_hovered};
use crate::icon;
use crate::theme::{self, CONTROL_HEIGHT, ROW_HEIGHT, Tokens, Tone};

/// Alternatives from which on one can type to find one.
const MANY: usize = 12;
/// Rows of the list that are shown at once.
const SHOWN: f32 = 12.0;

/// One of the alternatives.
#[derive(Debug, Clone, Default)]
pub(crate) struct Alternative {
    pub(crate) text: String,
    /// At its right: a type, a number.
    pub(crate) detail: String,
    pub(crate) icon: Option<(char, Color32)>,
}

/// A choice to be shown.
pub(crate) struct Choice<'a> {
    name: &'a str,
    shown: &'a str,
    hint: &'a str,
    tone: Tone,
    is_data: bool,
    icon: Option<(char, Color32)>,
    width: f32,
    alternatives: &'a [Alternative],
}

impl Alternative {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    pub(crate) fn icon(mut self, icon: char, color: Color32) -> Self {
        self.icon = Some((icon, color));
        self
    }
}

impl<'a> Choice<'a> {
    /// `name` is read aloud, with what holds behind it, which is `shown`.
    pub(crate) fn new(name: &'a str, shown: &'a str, alternatives: &'a [Alternative]) -> Self {
        Self {
            name,
            shown,
            hint: "Choose…",
            tone: Tone::Neutral,
            is_data: false,
            icon: None,
            width: 160.0,
            alternatives,
        }
    }

    /// What stands there while nothing holds.
    pub(crate) fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    pub(crate) fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// What is chosen is data: a name.
    pub(crate) fn data(mut self) -> Self {
        self.is_data = true;
        self
    }

    pub(crate) fn icon(mut self, icon: char, color: Color32) -> Self {
        self.icon = Some((icon, color));
        self
    }

    /// As wide as this.
    pub(crate) fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    /// Shows it; gives the place of the one that was chosen now.
    pub(crate) fn show(self, ui: &mut Ui) -> Option<usize> {
        let size = vec2(self.width.min(ui.available_width().max(64.0)), CONTROL_HEIGHT);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let name = if self.shown.is_empty() {
            self.name.to_owned()
        } else {
            format!("{}: {}", self.name, self.shown)
        };
        let is_enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, is_enabled, &name));
        let opens = response.has_focus()
            && ui.input_mut(|input| {
                input.consume_key(Modifiers::NONE, Key::ArrowDown)
                    || input.consume_key(Modifiers::ALT, Key::ArrowDown)
            });
        if response.has_focus() {
            let filter = egui::EventFilter { vertical_arrows: true, ..egui::EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        }
        let id = Popup::default_response_id(&response);
        let was_open = Popup::is_id_open(ui.ctx(), id);
        let typed = if response.has_focus() && !was_open { typed(ui) } else { String::new() };
        if opens || !typed.is_empty() {
            Popup::open_id(ui.ctx(), id);
        }
        self.paint(ui, rect, &response, was_open || opens);
        self.list(ui, &response, was_open, &typed)
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &Response, is_open: bool) {
        let tokens = Tokens::of(ui.visuals());
        let fill = if is_hovered(ui, response) || is_open { tokens.button_hovered } else { tokens.button };
        let line = match self.tone {
            Tone::Neutral => tokens.line_strong,
            tone => tokens.tone_line(tone),
        };
        let painter = ui.painter();
        painter.rect(rect, theme::RADIUS, fill, Stroke::new(1.0, line), StrokeKind::Inside);
        let mut inner = rect.shrink2(vec2(8.0, 0.0));
        let caret = inner.with_min_x(inner.right() - 12.0);
        let sign = icon::CARET.to_string();
        draw_line(painter, caret, Align::Max, &sign, FontId::proportional(12.0), tokens.text_subdued);
        inner.max.x -= 18.0;
        if let Some((icon, color)) = self.icon {
            let place = inner.with_max_x(inner.left() + 16.0);
            draw_line(painter, place, Align::Center, &icon.to_string(), FontId::proportional(14.0), color);
            inner.min.x += 22.0;
        }
        let font = if self.is_data { theme::mono() } else { theme::body() };
        let (text, color) = match (self.shown.is_empty(), self.tone) {
            (true, _) => (self.hint, tokens.text_subdued),
            (false, Tone::Neutral) => (self.shown, tokens.text),
            (false, tone) => (self.shown, tokens.tone_text(tone)),
        };
        let font = if self.shown.is_empty() { theme::body() } else { font };
        draw_name(painter, inner, Align::Min, text, &font, color);
        focus_ring(ui, response);
    }

    /// As wide as the longest alternative, within reason.
    fn list_width(&self, ui: &Ui) -> f32 {
        let font = if self.is_data { theme::mono() } else { theme::body() };
        let of = |text: &str, font: &FontId| {
            ui.painter().layout_no_wrap(text.to_owned(), font.clone(), Color32::PLACEHOLDER).size().x
        };
        let row = |one: &Alternative| {
            let icon = if one.icon.is_some() { 24.0 } else { 0.0 };
            let detail = if one.detail.is_empty() { 0.0 } else { of(&one.detail, &theme::small()) + 8.0 };
            icon + of(&one.text, &font) + detail + 24.0
        };
        let longest = self.alternatives.iter().map(row).fold(0.0, f32::max);
        longest.clamp(self.width.max(200.0), self.width.max(420.0))
    }

    /// The list; `typed` is what was typed while it was closed, which opened it.
    fn list(&self, ui: &Ui, response: &Response, was_open: bool, typed: &str) -> Option<usize> {
        let find_id = response.id.with("find");
        if !was_open {
            ui.data_mut(|data| data.insert_temp(find_id, typed.to_owned()));
        }
        let popup = Popup::menu(response)
            .width(self.list_width(ui))
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        let chosen = popup.show(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut find: String = ui.data(|data| data.get_temp(find_id)).unwrap_or_default();
            let mut enters = None;
            if self.alternatives.len() > MANY {
                let edit = TextEdit::singleline(&mut find)
                    .id(find_id.with("text"))
                    .hint_text(crate::widgets::hint("Find…"));
                let field = ui.add(edit.desired_width(f32::INFINITY));
                ui.ctx()
                    .accesskit_node_builder(field.id, |node| node.set_label(format!("Find {}", self.name)));
                if !was_open {
                    field.request_focus();
                }
                if field.changed() {
                    ui.data_mut(|data| data.insert_temp(find_id, find.clone()));
                }
                let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                enters = is_entered.then_some(());
                ui.add_space(4.0);
            }
            let wanted = find.to_lowercase();
            let fits: Vec<(usize, &Alternative)> = self
                .alternatives
                .iter()
                .enumerate()
                .filter(|(_, one)| wanted.is_empty() || one.text.to_lowercase().contains(&wanted))
                .collect();
            let entered = enters.and_then(|()| fits.first().map(|(place, _)| *place));
            let wanted =
                if self.alternatives.len() > MANY { None } else { self.begun(ui, find_id, was_open) };
            let chosen = self.rows(ui, &fits, was_open, wanted);
            let done = entered.or(chosen);
            if done.is_some() {
                ui.close();
            }
            done
        });
        let chosen = chosen.and_then(|shown| shown.inner);
        if chosen.is_some() {
            ui.data_mut(|data| data.remove::<String>(find_id));
            response.request_focus();
        }
        chosen
    }

    /// The place of the alternative that begins as one types, where there is no field for it. What is typed after a
    /// pause begins anew.
    fn begun(&self, ui: &Ui, find_id: Id, was_open: bool) -> Option<usize> {
        const PAUSE: f64 = 1.0;
        let typed =
            if was_open { typed(ui) } else { ui.data(|data| data.get_temp(find_id)).unwrap_or_default() };
        if typed.is_empty() {
            return None;
        }
        let now = ui.input(|input| input.time);
        let kept: (String, f64) = ui.data(|data| data.get_temp(find_id)).unwrap_or_default();
        let before = if was_open && now - kept.1 < PAUSE { kept.0 } else { String::new() };
        let begun = format!("{before}{typed}").to_lowercase();
        let place = self.alternatives.iter().position(|one| one.text.to_lowercase().starts_with(&begun));
        let inside = || self.alternatives.iter().position(|one| one.text.to_lowercase().contains(&begun));
        let place = place.or_else(inside);
        ui.data_mut(|data| data.insert_temp(find_id, (begun, now)));
        place
    }

    fn rows(
        &self,
        ui: &mut Ui,
        fits: &[(usize, &Alternative)],
        was_open: bool,
        wanted: Option<usize>,
    ) -> Option<usize> {
        let tokens = Tokens::of(ui.visuals());
        let mut chosen = None;
        if fits.is_empty() {
            ui.label(egui::RichText::new("Nothing of this name").color(tokens.text_subdued));
        }
        ScrollArea::vertical().max_height(SHOWN * ROW_HEIGHT).show(ui, |ui| {
            let mut rows: Vec<Id> = Vec::with_capacity(fits.len());
            let mut step = None;
            for (at, (place, one)) in fits.iter().enumerate() {
                let is_chosen = one.text == self.shown;
                let mut row = ListRow::new(&one.text, is_chosen).role(Role::ListBoxOption);
                if self.is_data {
                    row = row.mono();
                }
                if let Some((icon, color)) = one.icon {
                    row = row.icon(icon, color);
                }
                if !one.detail.is_empty() {
                    row = row.detail(one.detail.clone(), tokens.text_subdued);
                }
                let shown = row.show(ui);
                rows.push(shown.response.id);
                let is_first = at == 0 && !fits.iter().any(|(_, one)| one.text == self.shown);
                let begins = !was_open && self.alternatives.len() <= MANY && (is_chosen || is_first);
                if wanted.map_or(begins, |wanted| wanted == *place) {
                    shown.response.request_focus();
                    shown.response.scroll_to_me(None);
                }
                if !was_open && is_chosen {
                    shown.response.scroll_to_me(Some(Align::Center));
                }
                if shown.step != 0 {
                    step = at.checked_add_signed(if shown.step > 0 { 1 } else { -1 });
                }
                if shown.response.clicked() {
                    chosen = Some(*place);
                }
            }
            // In a list that is open already; where there is a field to find by, they are the field's until a row has the
            // keyboard.
            let focused = ui.memory(egui::Memory::focused);
            if was_open && focused.is_some_and(|id| rows.contains(&id)) {
                let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
                if pressed(Key::Home) {
                    step = Some(0);
                } else if pressed(Key::End) {
                    step = rows.len().checked_sub(1);
                }
            }
            if let Some(next) = step.and_then(|at| rows.get(at)) {
                ui.memory_mut(|memory| memory.request_focus(*next));
            }
        });
        chosen
    }
}

/// What was typed in this frame; a blank alone chooses, and is no beginning of a name.
fn typed(ui: &Ui) -> String {
    let texts = ui.input(|input| {
        let texts = input.events.iter().filter_map(|event| match event {
            egui::Event::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<String>()
    });
    if texts.trim().is_empty() { String::new() } else { texts }
}
