//! Buttons: flat, with an icon or a text or both, drawn alike everywhere.

use egui::{Color32, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::{focus_ring, is_hovered, is_pressed};
use crate::command::{Command, Commands, Offer};
use crate::state::State;
use crate::theme::{self, CONTROL_HEIGHT, RADIUS, Tokens};

/// A button to be shown.
pub(crate) struct Button<'a> {
    text: &'a str,
    name: Option<&'a str>,
    icon: Option<char>,
    weight: Weight,
    enabled: bool,
    selected: bool,
    shortcut: Option<String>,
    min_width: f32,
    role: Role,
}

/// How much a button stands out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// The one thing to do next.
    Primary,
    /// One of several things to do.
    Plain,
    /// No frame until the pointer is on it.
    Quiet,
}

impl<'a> Button<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            name: None,
            icon: None,
            weight: Weight::Plain,
            enabled: true,
            selected: false,
            shortcut: None,
            min_width: 0.0,
            role: Role::Button,
        }
    }

    /// What is read aloud, where the text doesn't say it.
    pub(crate) fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    pub(crate) fn icon(mut self, icon: char) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Where there is no room for its text: its icon alone.
    pub(crate) fn icon_only(mut self, only: bool) -> Self {
        if only {
            self.name = self.name.or(Some(self.text));
            self.text = "";
        }
        self
    }

    /// Where several stand in a narrow row: without its icon.
    pub(crate) fn text_only(mut self) -> Self {
        self.icon = None;
        self
    }

    pub(crate) fn primary(mut self) -> Self {
        self.weight = Weight::Primary;
        self
    }

    pub(crate) fn quiet(mut self) -> Self {
        self.weight = Weight::Quiet;
        self
    }

    pub(crate) fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    pub(crate) fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    pub(crate) fn shortcut(mut self, shortcut: Option<String>) -> Self {
        self.shortcut = shortcut;
        self
    }

    pub(crate) fn min_width(mut self, width: f32) -> Self {
        self.min_width = width;
        self
    }

    pub(crate) fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    pub(crate) fn show(self, ui: &mut Ui) -> Response {
        let tokens = Tokens::of(ui.visuals());
        let painter = ui.painter();
        let icon = self.icon.map(|icon| {
            painter.layout_no_wrap(icon.to_string(), egui::FontId::proportional(15.0), Color32::PLACEHOLDER)
        });
        let text = painter.layout_no_wrap(self.text.to_owned(), theme::body(), Color32::PLACEHOLDER);
        let shortcut =
            self.shortcut.map(|keys| painter.layout_no_wrap(keys, theme::small(), Color32::PLACEHOLDER));

        let gap = if icon.is_some() && !self.text.is_empty() { 6.0 } else { 0.0 };
        let icon_width = icon.as_ref().map_or(0.0, |icon| icon.size().x);
        let shortcut_width = shortcut.as_ref().map_or(0.0, |keys| keys.size().x + 24.0);
        let padding = if self.text.is_empty() { 5.0 } else { 10.0 };
        let content = icon_width + gap + text.size().x + shortcut_width;
        let size = vec2((content + 2.0 * padding).max(self.min_width).max(CONTROL_HEIGHT), CONTROL_HEIGHT);
        let sense = if self.enabled { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(size, sense);

        let name = self.name.unwrap_or(self.text);
        let (enabled, selected, role) = (self.enabled && ui.is_enabled(), self.selected, self.role);
        response.widget_info(|| {
            if selected {
                WidgetInfo::selected(role, enabled, selected, name)
            } else {
                WidgetInfo::labeled(role, enabled, name)
            }
        });
        if !ui.is_rect_visible(rect) {
            return response;
        }

        let (fill, stroke, color) = self.weight.look(ui, &response, self.enabled, self.selected);
        ui.painter().rect(rect, RADIUS, fill, stroke, StrokeKind::Inside);
        let mut x = if self.text.is_empty() || self.min_width == 0.0 || shortcut.is_none() {
            rect.center().x - content / 2.0
        } else {
            rect.left() + padding
        };
        let y = |height: f32| rect.center().y - height / 2.0;
        if let Some(icon) = icon {
            ui.painter().galley(egui::pos2(x, y(icon.size().y)), icon, color);
            x += icon_width + gap;
        }
        ui.painter().galley(egui::pos2(x, y(text.size().y)), text, color);
        if let Some(keys) = shortcut {
            let x = rect.right() - padding - keys.size().x;
            ui.painter().galley(egui::pos2(x, y(keys.size().y)), keys, tokens.text_subdued);
        }
        focus_ring(ui, &response);
        response
    }
}

impl Weight {
    fn look(self, ui: &Ui, response: &Response, enabled: bool, selected: bool) -> (Color32, Stroke, Color32) {
        let tokens = Tokens::of(ui.visuals());
        let (pressed, hovered) = (is_pressed(ui, response), is_hovered(ui, response));
        let line = |color| Stroke::new(1.0, color);
        let none = Color32::TRANSPARENT;
        match self {
            Self::Primary if !enabled => (tokens.header, line(tokens.line), tokens.text_disabled),
            Self::Plain if !enabled => (none, line(tokens.line), tokens.text_disabled),
            Self::Quiet if !enabled => (none, line(none), tokens.text_disabled),
            Self::Primary => {
                let fill = if hovered && !pressed { tokens.accent_hovered } else { tokens.accent };
                (fill, line(fill), tokens.on_accent)
            }
            _ if selected => (tokens.row_selected, line(none), tokens.text_strong),
            Self::Plain => {
                let fill = match (pressed, hovered) {
                    (true, _) => tokens.button_pressed,
                    (false, true) => tokens.button_hovered,
                    (false, false) => tokens.button,
                };
                (fill, line(tokens.line_strong), tokens.text)
            }
            Self::Quiet => match (pressed, hovered) {
                (true, _) => (tokens.button_pressed, line(none), tokens.text_strong),
                (false, true) => (tokens.button_hovered, line(none), tokens.text_strong),
                (false, false) => (none, line(none), tokens.text),
            },
        }
    }
}

/// A button for a command: its text, icon, tooltip and keys come from the command, and so does why it can't be given.
pub(crate) fn command_button<'a>(
    ui: &mut Ui,
    state: &State,
    commands: &Commands,
    command: &Command,
    look: impl FnOnce(Button<'a>) -> Button<'a>,
) -> Response {
    let offer = command.offer();
    let obstacle = state.obstacle(command);
    let button = look(Button::new(offer.text).icon(offer.icon).enabled(obstacle.is_none()));
    let tooltip = if button.text.is_empty() { offer.text } else { offer.tooltip };
    let response = button.show(ui).on_hover_ui(|ui| about(ui, &offer, tooltip, obstacle.as_deref()));
    if response.clicked() {
        commands.send(command.clone());
    }
    response
}

/// The same as an icon alone: its text is read aloud, and stands above what it does in its tooltip.
pub(crate) fn command_icon(
    ui: &mut Ui,
    state: &State,
    commands: &Commands,
    command: &Command,
    selected: bool,
) -> Response {
    let offer = command.offer();
    let obstacle = state.obstacle(command);
    let button = Button::new("").icon(offer.icon).name(offer.text).quiet().selected(selected);
    let response = button.enabled(obstacle.is_none()).show(ui);
    let response = response.on_hover_ui(|ui| {
        ui.label(egui::RichText::new(offer.text).font(theme::strong()));
        about(ui, &offer, offer.tooltip, obstacle.as_deref());
    });
    if response.clicked() {
        commands.send(command.clone());
    }
    response
}

/// What a command does, why it can't be given now, and its keys.
fn about(ui: &mut Ui, offer: &Offer, text: &str, obstacle: Option<&str>) {
    ui.set_max_width(320.0);
    if !text.is_empty() {
        ui.label(text);
    }
    if let Some(obstacle) = obstacle {
        ui.label(egui::RichText::new(obstacle).color(Tokens::of(ui.visuals()).warning));
    }
    if let Some(keys) = offer.shortcut {
        ui.label(egui::RichText::new(ui.ctx().format_shortcut(&keys)).font(theme::small()).weak());
    }
}

/// A small button that is only an icon; `name` is its tooltip and what is read aloud.
pub(crate) fn icon_button(ui: &mut Ui, icon: char, name: &str) -> Response {
    let response = Button::new("").icon(icon).name(name).quiet().show(ui);
    response.on_hover_text(name)
}
