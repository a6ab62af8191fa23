//! The list of what can stand at the cursor.

use std::ops::Range;
use std::sync::Arc;

use egui::{
    Align, Area, Event, Frame, Id, InputState, Key, LayerId, Order, Rect, Role, ScrollArea, Sense, Ui,
    WidgetInfo, pos2,
    text::{LayoutJob, TextFormat},
    vec2,
};
use touchstone_compiler::{Completion, CompletionKind, Completions};

use super::Complete;
use crate::icon;
use crate::theme::{self, Tokens};
use crate::widgets::{draw_line, line};

const WIDTH: f32 = 440.0;
const ROW: f32 = 22.0;
/// Rows that are shown at once.
const SHOWN: f32 = 9.0;

/// The list, kept from frame to frame.
#[derive(Clone, Default)]
pub(super) struct Popup {
    completions: Arc<Completions>,
    selected: usize,
    open: bool,
    /// Where it was last.
    cursor: usize,
    /// The text that it was made for.
    text: Arc<str>,
}

/// What the keyboard did to the list.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) accepted: Option<usize>,
    pub(super) moved: bool,
}

impl Popup {
    pub(super) fn load(ui: &Ui, id: Id) -> Self {
        ui.data(|data| data.get_temp(id.with("completions"))).unwrap_or_default()
    }

    pub(super) fn store(self, ui: &Ui, id: Id) {
        ui.data_mut(|data| data.insert_temp(id.with("completions"), self));
    }

    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    pub(super) fn close(&mut self) {
        self.open = false;
    }

    pub(super) fn replace(&self) -> Range<usize> {
        self.completions.replace.clone()
    }

    pub(super) fn item(&self, at: usize) -> Option<Completion> {
        self.completions.items.get(at).cloned()
    }

    /// Takes the keys that move through the open list, before the text sees them.
    pub(super) fn take_keys(&mut self, ui: &Ui, id: Id, text: &str) -> Keys {
        let mut keys = Keys::default();
        self.open &= *self.text == *text;
        if !self.open || !ui.memory(|memory| memory.has_focus(id)) {
            return keys;
        }
        let len = self.completions.items.len().max(1);
        ui.input_mut(|input| {
            if take(input, &[Key::ArrowDown]) {
                (self.selected, keys.moved) = ((self.selected + 1) % len, true);
            }
            if take(input, &[Key::ArrowUp]) {
                (self.selected, keys.moved) = ((self.selected + len - 1) % len, true);
            }
            if take(input, &[Key::Enter, Key::Tab]) {
                keys.accepted = Some(self.selected);
            }
            if take(input, &[Key::Escape]) {
                self.open = false;
            }
        });
        keys
    }

    pub(super) fn is_under_pointer(&self, ui: &Ui, id: Id) -> bool {
        let layer = LayerId::new(Order::Foreground, id.with("list"));
        let pointer = ui.ctx().pointer_interact_pos();
        self.open && pointer.and_then(|at| ui.ctx().layer_id_at(at)) == Some(layer)
    }

    /// Asks anew after the text or the cursor changed.
    pub(super) fn update(
        &mut self,
        text: &str,
        cursor: usize,
        inserted: bool,
        changed: bool,
        asked: bool,
        complete: Complete<'_>,
    ) {
        let moved = cursor != self.cursor;
        self.cursor = cursor;
        if !(asked || inserted || (self.open && (changed || moved))) {
            return;
        }
        if moved && !changed && !asked {
            self.open = false;
            return;
        }
        let completions = complete(text, cursor);
        let before = text.get(..cursor).unwrap_or_default();
        // Right behind a blank or a bracket the list would only be in the way; Ctrl+Space brings it.
        let invites = completions.replace.start < cursor || before.ends_with('.') || opens_quote(before);
        // Enter behind a whole word begins a line.
        let typed = text.get(completions.replace.clone());
        let is_whole = completions.items.iter().any(|item| typed == Some(item.insert.as_str()));
        self.open = !completions.items.is_empty() && (asked || (invites && !is_whole));
        self.selected = 0;
        self.completions = Arc::new(completions);
        self.text = text.into();
    }

    /// Draws the list below the cursor; gives the item that was clicked.
    pub(super) fn show(&mut self, ui: &Ui, id: Id, at: Rect, moved: bool) -> Option<usize> {
        if !self.open || self.completions.items.is_empty() {
            return None;
        }
        let items = self.completions.clone();
        let mut clicked = None;
        let rows = (items.items.len() as f32).min(SHOWN);
        let area = Area::new(id.with("list"))
            .order(Order::Foreground)
            .fixed_pos(pos2(at.left() - 30.0, at.bottom() + 4.0))
            .constrain_to(ui.ctx().content_rect().shrink(8.0));
        area.show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).inner_margin(4).show(ui, |ui| {
                ui.set_width(WIDTH);
                ui.spacing_mut().item_spacing.y = 0.0;
                let scroll = ScrollArea::vertical().max_height(rows * ROW).auto_shrink(false);
                let scroll = scroll.min_scrolled_height(rows * ROW);
                scroll.show_rows(ui, ROW, items.items.len(), |ui, range| {
                    for place in range {
                        let Some(item) = items.items.get(place) else { continue };
                        if row(ui, item, place == self.selected, moved).clicked() {
                            clicked = Some(place);
                        }
                    }
                });
                if moved {
                    // Rows beyond the edge aren't drawn; the list goes to where the selection is.
                    let top = ui.min_rect().top() + self.selected as f32 * ROW;
                    let target = Rect::from_min_size(pos2(ui.min_rect().left(), top), vec2(WIDTH, ROW));
                    ui.scroll_to_rect(target, None);
                }
                if let Some(item) = items.items.get(self.selected).filter(|one| !one.documentation.is_empty())
                {
                    ui.separator();
                    let tokens = Tokens::of(ui.visuals());
                    let text = egui::RichText::new(&item.documentation).font(theme::small());
                    ui.add(egui::Label::new(text.color(tokens.text_subdued)).selectable(false));
                }
            });
        });
        clicked
    }
}

/// Takes one press of one of these keys. What was typed before it in the same frame isn't in the text yet, and the list
/// isn't for what it makes: then the key is the text's.
/// Whether a text ends with a quote that begins something: behind one that ends it nothing more is asked for.
fn opens_quote(text: &str) -> bool {
    let is_odd = |quote: char| text.matches(quote).count() % 2 == 1;
    ['\'', '"'].into_iter().any(|quote| text.ends_with(quote) && is_odd(quote))
}

fn take(input: &mut InputState, keys: &[Key]) -> bool {
    let is_wanted = |event: &Event| {
        matches!(event, Event::Key { key, pressed: true, modifiers, .. }
            if keys.contains(key) && modifiers.is_none())
    };
    let writes = |event: &Event| match event {
        Event::Text(_) | Event::Paste(_) | Event::Cut | Event::Ime(_) => true,
        Event::Key { key: Key::Backspace | Key::Delete | Key::Enter | Key::Tab, pressed, .. } => *pressed,
        _ => false,
    };
    let found = input.events.iter().position(|event| is_wanted(event) || writes(event));
    let found = found.filter(|at| is_wanted(&input.events[*at]));
    found.is_some_and(|at| {
        input.events.remove(at);
        true
    })
}

fn row(ui: &mut Ui, item: &Completion, is_selected: bool, moved: bool) -> egui::Response {
    let tokens = Tokens::of(ui.visuals());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let name = format!("{}, {}", item.label, item.detail);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_selected, &name));
    if is_selected && moved {
        response.scroll_to_me(None);
    }
    let fill = match (is_selected, response.hovered()) {
        (true, _) => tokens.row_selected,
        (false, true) => tokens.row_hovered,
        (false, false) => egui::Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    let (sign, color) = match item.kind {
        CompletionKind::Column => (icon::CIRCLE, tokens.code_keyword),
        CompletionKind::Table => (icon::TABLE, tokens.silver),
        CompletionKind::Function => (icon::FUNCTION, tokens.code_function),
        CompletionKind::Type => (icon::LAYERS, tokens.code_type),
        CompletionKind::Value => (icon::CHECK, tokens.code_text),
        CompletionKind::Keyword => (icon::CODE, tokens.text_subdued),
    };
    let painter = ui.painter();
    let sign_rect = Rect::from_min_size(rect.min, vec2(24.0, ROW));
    draw_line(painter, sign_rect, Align::Center, &sign.to_string(), egui::FontId::proportional(14.0), color);
    let galley = painter.layout_job(label(tokens, item));
    let label_width = galley.size().x.min(WIDTH * 0.6);
    painter.galley(pos2(rect.left() + 26.0, rect.center().y - galley.size().y / 2.0), galley, tokens.text);
    let room = rect.width() - 26.0 - label_width - 20.0;
    let detail = line(painter, &item.detail, theme::mono_small(), tokens.text_subdued, room);
    let pos = pos2(rect.right() - 6.0 - detail.size().x, rect.center().y - detail.size().y / 2.0);
    painter.galley(pos, detail, tokens.text_subdued);
    response
}

/// The label, with what matches what was typed standing out.
fn label(tokens: &Tokens, item: &Completion) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.wrap.max_width = WIDTH * 0.6;
    job.wrap.max_rows = 1;
    let mut at = 0;
    let format = |color| TextFormat::simple(theme::mono(), color);
    for range in &item.matched {
        job.append(item.label.get(at..range.start).unwrap_or_default(), 0.0, format(tokens.text));
        job.append(item.label.get(range.clone()).unwrap_or_default(), 0.0, format(tokens.link));
        at = range.end;
    }
    job.append(item.label.get(at..).unwrap_or_default(), 0.0, format(tokens.text));
    job
}
