//! The one editor of code: colours, findings underlined at their place, completion, help with calls, line numbers.

mod closing;
mod colors;
mod help;
mod marks;
mod popup;

use std::ops::Range;

use egui::{
    EventFilter, Frame, Id, Key, Margin, Modifiers, Response, Stroke, StrokeKind, SurrenderFocusOn, TextEdit,
    Ui,
    text::{CCursor, CCursorRange},
    text_edit::TextEditState,
};
use touchstone_compiler::{Completions, SignatureHelp, TextFinding};

use crate::theme::{self, Tokens};

pub(crate) use colors::{Language, colored};

/// Asks what can stand at a byte of a text.
pub(crate) type Complete<'a> = &'a dyn Fn(&str, usize) -> Completions;
/// Asks for help with the call at a byte of a text.
pub(crate) type Help<'a> = &'a dyn Fn(&str, usize) -> Option<SignatureHelp>;

/// An editor to be shown.
pub(crate) struct Editor<'a> {
    id: Id,
    name: &'a str,
    text: &'a str,
    language: Language,
    findings: &'a [TextFinding],
    complete: Option<Complete<'a>>,
    help: Option<Help<'a>>,
    hint: &'a str,
    rows: usize,
    is_multiline: bool,
    is_numbered: bool,
    reveal: Option<usize>,
}

/// What was done in an editor.
pub(crate) struct EditorOutput {
    pub(crate) response: Response,
    /// The text, where it was changed.
    pub(crate) changed: Option<String>,
    /// The byte that the pointer is at.
    pub(crate) at_pointer: Option<usize>,
}

impl<'a> Editor<'a> {
    /// `name` is read aloud; `id` tells it from others and keeps its cursor.
    pub(crate) fn new(id: Id, name: &'a str, text: &'a str, language: Language) -> Self {
        Self {
            id,
            name,
            text,
            language,
            findings: &[],
            complete: None,
            help: None,
            hint: "",
            rows: 1,
            is_multiline: false,
            is_numbered: false,
            reveal: None,
        }
    }

    /// Underlines these.
    pub(crate) fn findings(mut self, findings: &'a [TextFinding]) -> Self {
        self.findings = findings;
        self
    }

    pub(crate) fn complete(mut self, complete: Complete<'a>) -> Self {
        self.complete = Some(complete);
        self
    }

    pub(crate) fn help(mut self, help: Help<'a>) -> Self {
        self.help = Some(help);
        self
    }

    /// What is shown while the text is empty.
    pub(crate) fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// Several lines, at least so many in height.
    pub(crate) fn multiline(mut self, rows: usize) -> Self {
        (self.is_multiline, self.rows) = (true, rows);
        self
    }

    /// The lines have numbers at their left.
    pub(crate) fn numbered(mut self) -> Self {
        self.is_numbered = true;
        self
    }

    /// Puts the cursor into this line, from one, and takes the keyboard there.
    pub(crate) fn reveal(mut self, line: Option<usize>) -> Self {
        self.reveal = line;
        self
    }

    pub(crate) fn show(self, ui: &mut Ui) -> EditorOutput {
        let tokens = Tokens::of(ui.visuals());
        let id = self.id;
        let mut text = self.text.to_owned();
        if let Some(line) = self.reveal {
            set_cursor(ui, id, start_of_line(&text, line));
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        let mut popup = popup::Popup::load(ui, id);
        let keys = popup.take_keys(ui, id, &text);
        let mut changed = false;
        if let Some(item) = keys.accepted.and_then(|at| popup.item(at)) {
            changed = accept(ui, id, &mut text, popup.replace(), &item);
            popup.close();
        }
        closing::type_over(ui, id, &text);
        let asked = self.complete.is_some()
            && ui.memory(|memory| memory.has_focus(id))
            && ui.input_mut(|input| input.consume_key(Modifiers::CTRL, Key::Space));

        let gutter = if self.is_numbered { marks::gutter_width(ui, &text) } else { 0 };
        let margin = Margin { left: if gutter > 0 { 14 + gutter } else { 8 }, right: 8, top: 5, bottom: 5 };
        let language = self.language;
        let wraps = !self.is_numbered;
        let mut layouter = |ui: &Ui, buffer: &dyn egui::TextBuffer, width: f32| {
            let mut job = colored(ui, buffer.as_str(), language);
            job.wrap.max_width = if wraps { width } else { f32::INFINITY };
            ui.fonts_mut(|fonts| fonts.layout_job(job))
        };
        let edit = if self.is_multiline {
            TextEdit::multiline(&mut text)
        } else {
            TextEdit::singleline(&mut text).clip_text(true)
        };
        let edit = edit
            .id(id)
            .font(theme::mono())
            .desired_rows(self.rows)
            .desired_width(f32::INFINITY)
            .hint_text(super::hint(self.hint).font(theme::mono()))
            .frame(Frame::new().inner_margin(margin).fill(tokens.field).corner_radius(theme::RADIUS))
            .event_filter(EventFilter {
                horizontal_arrows: true,
                vertical_arrows: true,
                tab: popup.is_open(),
                escape: popup.is_open(),
            })
            .layouter(&mut layouter);
        // A click into the list of completions doesn't take the keyboard from the text.
        let surrender = ui.ctx().options(|options| options.input_options.surrender_focus_on);
        if popup.is_under_pointer(ui, id) {
            ui.ctx().options_mut(|options| {
                options.input_options.surrender_focus_on = SurrenderFocusOn::Never;
            });
        }
        let output = edit.show(ui);
        ui.ctx().options_mut(|options| options.input_options.surrender_focus_on = surrender);

        let response = output.response.response.clone();
        ui.ctx().accesskit_node_builder(id, |node| node.set_label(self.name));
        let stroke = if super::is_focused(ui, &response) {
            Stroke::new(1.5, tokens.focus)
        } else {
            Stroke::new(1.0, tokens.line_strong)
        };
        // Scrolled, its frame stays around what is in sight.
        let seen = response.rect.intersect(ui.clip_rect());
        ui.painter().rect_stroke(seen, theme::RADIUS, stroke, StrokeKind::Inside);
        let typed = output.response.response.changed();
        changed |= typed;

        let place = marks::Place { galley: &output.galley, pos: output.galley_pos, text: &text };
        // Nothing is wrong in what isn't written yet.
        let findings = if text.is_empty() { &[] } else { self.findings };
        marks::underline(ui, &place, findings, output.text_clip_rect, &response);
        if self.is_numbered {
            marks::numbers(ui, &place, response.rect, f32::from(gutter));
        }

        let cursor = output.cursor_range.map(|range| byte_of(&text, range.primary.index.0));
        if self.reveal.is_some() {
            let at = place.rect_of(start_of_line(&text, self.reveal.unwrap_or(1)));
            ui.scroll_to_rect(at, Some(egui::Align::Center));
        }
        match cursor.filter(|_| response.has_focus()) {
            Some(cursor) => {
                if let Some(complete) = self.complete {
                    let inserted = typed
                        && ui.input(|input| {
                            input.events.iter().any(|one| matches!(one, egui::Event::Text(_)))
                        });
                    popup.update(&text, cursor, inserted, typed, asked, complete);
                }
                let at = place.rect_of(cursor);
                if self.is_numbered {
                    marks::beside_numbers(ui, id, at, cursor, f32::from(gutter));
                }
                if let Some(accepted) = popup.show(ui, id, at, keys.moved)
                    && let Some(item) = popup.item(accepted)
                {
                    changed |= accept(ui, id, &mut text, popup.replace(), &item);
                    popup.close();
                }
                if let Some(help) = self.help.and_then(|help| help(&text, cursor)) {
                    help::show(ui, id, at, &help, popup.is_open());
                }
            }
            None => popup.close(),
        }
        popup.store(ui, id);
        let pointer = ui.input(|input| input.pointer.interact_pos());
        let at_pointer = pointer.filter(|at| response.rect.contains(*at)).map(|at| {
            let cursor = output.galley.cursor_from_pos(at - output.galley_pos);
            byte_of(&text, cursor.index.0)
        });
        EditorOutput { response, changed: changed.then_some(text), at_pointer }
    }
}

/// How many rows an editor of this height has.
pub(crate) fn rows_in(ui: &Ui, height: f32) -> usize {
    let row = ui.fonts_mut(|fonts| fonts.row_height(&theme::mono()));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred at most")]
    let rows = ((height - 12.0) / row).floor().max(3.0) as usize;
    rows
}

/// Puts a name into a text, at a byte or where the cursor was last, and the cursor behind it.
pub(crate) fn insert(ui: &Ui, id: Id, text: &str, at: Option<usize>, name: &str) -> String {
    let cursor = || {
        let range = TextEditState::load(ui.ctx(), id)?.cursor.char_range()?;
        Some(byte_of(text, range.primary.index.0))
    };
    let at = at.or_else(cursor).unwrap_or(text.trim_end().len()).min(text.len());
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let space = |needed: bool| if needed { " " } else { "" };
    let touches = |letter: char, apart: &str| !letter.is_whitespace() && !apart.contains(letter);
    let front = space(before.chars().next_back().is_some_and(|letter| touches(letter, "(.")));
    let back = space(after.chars().next().is_some_and(|letter| touches(letter, "),.;")));
    let text = format!("{before}{front}{name}{back}{after}");
    let behind = before.len() + front.len() + name.len();
    set_cursor(ui, id, text.get(..behind).map_or(0, |part| part.chars().count()));
    ui.memory_mut(|memory| memory.request_focus(id));
    text
}

/// Puts a completion in place of what was typed.
fn accept(
    ui: &Ui,
    id: Id,
    text: &mut String,
    replace: Range<usize>,
    item: &touchstone_compiler::Completion,
) -> bool {
    if text.get(replace.clone()).is_none() {
        return false;
    }
    let start = replace.start;
    text.replace_range(replace, &item.insert);
    let cursor = start + item.cursor_after;
    set_cursor(ui, id, text.get(..cursor).map_or(0, |before| before.chars().count()));
    ui.memory_mut(|memory| memory.request_focus(id));
    closing::accepted(ui, id, text, cursor);
    true
}

fn set_cursor(ui: &Ui, id: Id, at: usize) {
    let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(at))));
    state.store(ui.ctx(), id);
}

/// The character that a line, from one, begins with.
fn start_of_line(text: &str, line: usize) -> usize {
    text.split_inclusive('\n').take(line.saturating_sub(1)).map(|line| line.chars().count()).sum()
}

/// The byte that a character begins at.
fn byte_of(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(byte, _)| byte)
}
