//! One of several ways, of which exactly one is taken; and a thing that is so or not. In the line of other widgets.

use egui::{
    Align, Color32, EventFilter, Id, Key, Modifiers, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo,
    vec2,
};

use super::check::draw_box;
use super::{focus_ring, is_hovered, is_pressed};
use crate::theme::{self, ROW_HEIGHT, Tokens};

/// Room for the mark before the words.
const MARK: f32 = 22.0;

/// Several ways of which one is taken: one stop for Tab, and arrows take the next, round and round.
pub(crate) struct Ways {
    taken: Option<usize>,
    shown: Vec<Id>,
    chosen: Option<usize>,
    step: Option<(usize, bool)>,
}

impl Ways {
    /// `taken` is the place of the one that is taken.
    pub(crate) fn new(taken: Option<usize>) -> Self {
        Self { taken, shown: Vec::new(), chosen: None, step: None }
    }

    /// Whether the next one to be shown is taken.
    pub(crate) fn is_taken(&self) -> bool {
        self.taken == Some(self.shown.len())
    }

    /// What the next one to be shown senses.
    pub(crate) fn sense(&self) -> Sense {
        if self.taken.unwrap_or_default() == self.shown.len() { Sense::click() } else { Sense::CLICK }
    }

    /// Takes in one that was just shown.
    pub(crate) fn add(&mut self, ui: &Ui, response: &Response) {
        let place = self.shown.len();
        self.shown.push(response.id);
        if response.clicked() {
            self.chosen = Some(place);
        }
        if !response.has_focus() {
            return;
        }
        let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::ArrowDown) || pressed(Key::ArrowRight) {
            self.step = Some((place, true));
        } else if pressed(Key::ArrowUp) || pressed(Key::ArrowLeft) {
            self.step = Some((place, false));
        }
    }

    /// One of the ways. `name` is what a screen reader says, where the words are too few.
    pub(crate) fn radio(&mut self, ui: &mut Ui, words: &str, name: &str) -> Response {
        let taken = self.is_taken();
        let (rect, response, color) = line(ui, words, self.sense());
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, taken, name));
        let tokens = Tokens::of(ui.visuals());
        let center = rect.left_center() + vec2(9.0, 0.0);
        let ring = if taken { tokens.link } else { color };
        ui.painter().circle(center, 6.5, Color32::TRANSPARENT, Stroke::new(1.5, ring));
        if taken {
            ui.painter().circle_filled(center, 3.0, tokens.link);
        }
        focus_ring(ui, &response);
        self.add(ui, &response);
        response
    }

    /// The one that was chosen now; it has the keyboard from now on.
    pub(crate) fn chosen(self, ui: &Ui) -> Option<usize> {
        let count = self.shown.len();
        let stepped = self.step.map(|(at, forward)| (at + if forward { 1 } else { count - 1 }) % count);
        let chosen = self.chosen.or(stepped)?;
        let id = *self.shown.get(chosen)?;
        ui.memory_mut(|memory| memory.request_focus(id));
        Some(chosen)
    }
}

/// A thing that is so or not; true where it was just changed.
pub(crate) fn tick(ui: &mut Ui, is_so: &mut bool, words: &str) -> bool {
    let (rect, response, color) = line(ui, words, Sense::click());
    let changes = response.clicked();
    *is_so ^= changes;
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, *is_so, words));
    draw_box(ui, Rect::from_min_size(rect.min, vec2(18.0, rect.height())), *is_so, color);
    focus_ring(ui, &response);
    changes
}

/// Room and words; the colour is that of the mark while it is not taken.
fn line(ui: &mut Ui, words: &str, sense: Sense) -> (Rect, Response, Color32) {
    let tokens = Tokens::of(ui.visuals());
    let text = super::line(ui.painter(), words, theme::body(), tokens.text, f32::INFINITY);
    let size = vec2(MARK + text.size().x + 4.0, ROW_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, sense);
    let is_touched = is_hovered(ui, &response) || is_pressed(ui, &response);
    let color = if is_touched { tokens.text_strong } else { tokens.text };
    super::put(ui.painter(), rect.with_min_x(rect.left() + MARK), Align::Min, text, color);
    (rect, response, if is_touched { tokens.text } else { tokens.text_subdued })
}
