//! The fields of a form: what is typed changes the document at once, and what is wrong with it is said below.

use egui::{Id, Key, RichText, Role, TextEdit, Ui, WidgetInfo};
use touchstone_spec::{DocPath, Edit, Severity};

use crate::design::view::Desk;
use crate::design::{Change, Command};
use crate::icon;
use crate::theme::{self, Tokens};
use crate::widgets::editor::{Complete, Editor, Language};
use crate::widgets::{Alternative, Button, CheckRow, Chip, Choice, blocked, marked_small};

/// A field of a form.
pub(in crate::design) struct TextField<'a> {
    label: &'a str,
    name: Option<String>,
    path: DocPath,
    value: &'a str,
    hint: &'a str,
    mono: bool,
    rows: usize,
    undo: String,
    complete: Option<Complete<'a>>,
}

impl<'a> TextField<'a> {
    /// `label` stands above it; `path` says where in the document its value stands.
    pub(in crate::design) fn new(label: &'a str, path: DocPath, value: &'a str) -> Self {
        let undo = format!("Edit {}", label.to_lowercase());
        Self { label, name: None, path, value, hint: "", mono: false, rows: 1, undo, complete: None }
    }

    /// What is read aloud, where the label alone doesn't say it.
    pub(in crate::design) fn name(mut self, name: String) -> Self {
        self.name = Some(name);
        self
    }

    pub(in crate::design) fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// Its text is data.
    pub(in crate::design) fn mono(mut self) -> Self {
        self.mono = true;
        self
    }

    pub(in crate::design) fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// What an undo of it is called.
    pub(in crate::design) fn undo(mut self, undo: String) -> Self {
        self.undo = undo;
        self
    }

    /// What can stand in it is offered.
    pub(in crate::design) fn complete(mut self, complete: Complete<'a>) -> Self {
        self.complete = Some(complete);
        self
    }

    /// A field whose every text can stand in the document; `edits` says what a text changes.
    pub(in crate::design) fn show(self, desk: &Desk<'_>, ui: &mut Ui, edits: impl FnOnce(&str) -> Vec<Edit>) {
        let path = self.path.to_string();
        let mut text = desk.state.design.typed(desk.file, &path, self.value).to_owned();
        if self.input(desk, ui, &mut text).changed {
            let change = Change::new(desk.file, self.undo, edits(&text)).typed(&path, text.as_str());
            desk.commands.send(change.command());
        }
        problems(desk, ui, &path);
        ui.add_space(4.0);
    }

    /// A field whose text must be read first: one that can't be stays here and is told, and the document keeps its value.
    pub(in crate::design) fn parsed(
        self,
        desk: &Desk<'_>,
        ui: &mut Ui,
        parse: impl Fn(&str) -> Result<Vec<Edit>, String>,
    ) {
        let path = self.path.to_string();
        let draft = Id::unique(("draft", desk.file, &path));
        let kept: Option<Draft> = ui.data(|data| data.get_temp(draft));
        let mut text = kept.as_ref().map_or(self.value, |kept| &kept.text).to_owned();
        let field = self.id(desk);
        let (value, undo) = (self.value.to_owned(), self.undo.clone());
        let changed = self.input(desk, ui, &mut text).changed;
        let has_focus = ui.memory(|memory| memory.has_focus(field));
        let read = parse(&text);
        if changed {
            ui.data_mut(|data| data.insert_temp(draft, Draft { text: text.clone(), value: value.clone() }));
            if let Ok(edits) = &read {
                let change = Change::new(desk.file, undo, edits.clone()).typed(&path, text.as_str());
                desk.commands.send(change.command());
            }
        } else if let Some(kept) = kept {
            let is_moot = read.is_ok() || kept.value != value;
            if !has_focus && is_moot {
                ui.data_mut(|data| data.remove::<Draft>(draft));
            }
        }
        if let Err(reason) = read {
            note(ui, Severity::Error, &format!("{reason} (not taken yet)"), None);
        }
        problems(desk, ui, &path);
        ui.add_space(4.0);
    }

    /// A field whose text is taken when it is whole: at Enter, or when the keyboard goes elsewhere.
    pub(in crate::design) fn whole(
        self,
        desk: &Desk<'_>,
        ui: &mut Ui,
        command: impl Fn(&str) -> Result<Command, String>,
    ) {
        let path = self.path.to_string();
        let draft = Id::unique(("name", desk.file, &path));
        let kept: Option<Draft> =
            ui.data(|data| data.get_temp(draft)).filter(|kept: &Draft| kept.value == self.value);
        let mut text = kept.map_or_else(|| self.value.to_owned(), |kept| kept.text);
        let value = self.value.to_owned();
        let Input { changed, lost_focus } = self.input(desk, ui, &mut text);
        let made = (text != value).then(|| command(&text));
        if changed {
            ui.data_mut(|data| data.insert_temp(draft, Draft { text: text.clone(), value: value.clone() }));
        }
        if lost_focus {
            let escaped = ui.input(|input| input.key_pressed(Key::Escape));
            if let Some(Ok(command)) = &made
                && !escaped
            {
                desk.send(command.clone());
            }
            // A name that can't be is not left standing: the field says what holds.
            ui.data_mut(|data| data.remove::<Draft>(draft));
        }
        if let Some(Err(reason)) = made {
            note(ui, Severity::Error, &reason, None);
        }
        ui.add_space(4.0);
    }

    fn id(&self, desk: &Desk<'_>) -> Id {
        Id::unique(("field", desk.file, self.path.to_string(), self.label))
    }

    /// The field itself.
    fn input(&self, desk: &Desk<'_>, ui: &mut Ui, text: &mut String) -> Input {
        blocked(ui, desk.blocked().as_deref(), |ui| self.enabled(desk, ui, text))
    }

    fn enabled(&self, desk: &Desk<'_>, ui: &mut Ui, text: &mut String) -> Input {
        let id = self.id(desk);
        let name = self.name.clone().unwrap_or_else(|| self.label.to_owned());
        label(ui, self.label);
        if self.complete.is_some() {
            let mut editor = Editor::new(id, &name, text, Language::Sql).hint(self.hint);
            if self.rows > 1 {
                editor = editor.multiline(self.rows);
            }
            if let Some(complete) = self.complete {
                editor = editor.complete(complete);
            }
            let output = editor.show(ui);
            let changed = output.changed.is_some();
            if let Some(now) = output.changed {
                *text = now;
            }
            return Input { changed, lost_focus: output.response.lost_focus() };
        }
        let edit = if self.rows > 1 { TextEdit::multiline(text) } else { TextEdit::singleline(text) };
        let font = if self.mono { theme::mono() } else { theme::body() };
        let hint = crate::widgets::hint(self.hint);
        let edit =
            edit.id(id).desired_rows(self.rows).desired_width(f32::INFINITY).font(font).hint_text(hint);
        let response = ui.add(edit);
        ui.ctx().accesskit_node_builder(id, |node| node.set_label(name));
        Input { changed: response.changed(), lost_focus: response.lost_focus() }
    }
}

/// What was done in a field.
struct Input {
    changed: bool,
    lost_focus: bool,
}

/// What was typed over which value.
#[derive(Debug, Clone, PartialEq)]
struct Draft {
    text: String,
    value: String,
}

/// What stands above a field.
pub(in crate::design) fn label(ui: &mut Ui, text: &str) {
    if !text.is_empty() {
        let color = Tokens::of(ui.visuals()).text_subdued;
        let text = RichText::new(text).font(theme::small()).color(color);
        ui.add(egui::Label::new(text).selectable(false));
    }
}

/// What stands above several fields.
pub(in crate::design) fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(10.0);
    let color = Tokens::of(ui.visuals()).text_strong;
    ui.label(RichText::new(text).font(theme::small_strong()).color(color));
    ui.add_space(2.0);
}

/// What is wrong at a path of the document and beneath it.
pub(in crate::design) fn problems(desk: &Desk<'_>, ui: &mut Ui, path: &str) {
    for problem in desk.diagnostics_at(path) {
        note(ui, problem.severity, &problem.message, problem.help.as_deref());
    }
}

/// A problem below a field.
pub(in crate::design) fn note(ui: &mut Ui, severity: Severity, message: &str, help: Option<&str>) {
    let tokens = Tokens::of(ui.visuals());
    let color = tokens.tone_text(crate::theme::Tone::of_severity(severity));
    ui.add(egui::Label::new(marked_small(message, color)).wrap().selectable(true));
    if let Some(help) = help {
        ui.add(egui::Label::new(marked_small(help, tokens.text_subdued)).wrap());
    }
}

/// A list that opens, of which one is chosen; gives the place of one that was chosen now.
pub(in crate::design) fn choice<T: AsRef<str>>(
    ui: &mut Ui,
    name: &str,
    chosen: &str,
    nothing: &str,
    all: &[T],
    width: f32,
) -> Option<usize> {
    let alternatives: Vec<Alternative> = all.iter().map(|one| Alternative::new(one.as_ref())).collect();
    let now = Choice::new(name, chosen, &alternatives).hint(nothing).width(width).show(ui);
    now.filter(|place| all.get(*place).is_some_and(|one| one.as_ref() != chosen))
}

/// The same with a label above it, as wide as there is room.
pub(in crate::design) fn labelled_choice<T: AsRef<str>>(
    ui: &mut Ui,
    name: &str,
    chosen: &str,
    nothing: &str,
    all: &[T],
) -> Option<usize> {
    label(ui, name);
    let width = ui.available_width();
    let now = choice(ui, name, chosen, nothing, all, width);
    ui.add_space(4.0);
    now
}

/// Chosen things as chips, and a list of those that can be added; gives them as they are to be.
pub(in crate::design) fn chips(
    ui: &mut Ui,
    name: &str,
    chosen: &[String],
    offered: &[String],
) -> Option<Vec<String>> {
    label(ui, name);
    let mut wanted = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
        for (place, one) in chosen.iter().enumerate() {
            if Chip::new(one).removable().show(ui).removed {
                let mut left = chosen.to_vec();
                left.remove(place);
                wanted = Some(left);
            }
        }
        let free: Vec<&String> = offered.iter().filter(|one| !chosen.contains(one)).collect();
        if free.is_empty() {
            return;
        }
        let text = if chosen.is_empty() { "Add…" } else { "" };
        let button = Button::new(text).icon(icon::ADD).quiet().name("Add").show(ui);
        let about = format!("Add to {}", name.to_lowercase());
        button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &about));
        egui::Popup::menu(&button).width(220.0).show(|ui| {
            egui::ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                for one in free {
                    let entry = Button::new(one).quiet().role(Role::MenuItem);
                    if entry.min_width(212.0).shortcut(Some(String::new())).show(ui).clicked() {
                        let mut more = chosen.to_vec();
                        more.push(one.clone());
                        wanted = Some(more);
                        ui.close();
                    }
                }
            });
        });
    });
    ui.add_space(4.0);
    wanted
}

/// Texts as chips, and a field for another; gives them as they are to be.
pub(in crate::design) fn texts(
    desk: &Desk<'_>,
    ui: &mut Ui,
    name: &str,
    path: &DocPath,
    all: &[String],
) -> Option<Vec<String>> {
    label(ui, name);
    let mut wanted = None;
    let id = Id::unique(("texts", desk.file, path.to_string()));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
        for (place, one) in all.iter().enumerate() {
            if Chip::new(one).removable().show(ui).removed {
                let mut left = all.to_vec();
                left.remove(place);
                wanted = Some(left);
            }
        }
        let mut text: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        let edit = TextEdit::singleline(&mut text).id(id.with("field")).desired_width(96.0);
        let field = ui.add(edit.font(theme::mono()).hint_text(crate::widgets::hint("add…")));
        let about = format!("Add to {}", name.to_lowercase());
        ui.ctx().accesskit_node_builder(field.id, |node| node.set_label(about));
        if field.lost_focus() && !text.is_empty() {
            if !all.contains(&text) && !ui.input(|input| input.key_pressed(Key::Escape)) {
                let mut more = all.to_vec();
                more.push(std::mem::take(&mut text));
                wanted = Some(more);
            }
            text.clear();
        }
        ui.data_mut(|data| data.insert_temp(id, text));
    });
    ui.add_space(4.0);
    wanted
}

/// A box to tick; gives what it is to be.
pub(in crate::design) fn tick(ui: &mut Ui, text: &str, ticked: bool) -> Option<bool> {
    CheckRow::new(text, ticked).show(ui).clicked().then_some(!ticked)
}
