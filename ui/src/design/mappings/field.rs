//! The selected field: its name, type and what else it has; how it is made; its first rows before and after.

use egui::{Align, Frame, Id, Key, Layout, Margin, Panel, RichText, ScrollArea, TextEdit, Ui};
use touchstone_compiler::complete_type;
use touchstone_spec::{DataType, Field, Scalar};

use super::map::Mapped;
use super::silver::Table;
use super::{made, preview};
use crate::icon;
use crate::theme::{self, Tokens};
use crate::widgets::editor::{Editor, Language};
use crate::widgets::{Button, CheckRow, blocked, icon_button, marked_small};

pub(super) fn field(table: &Table<'_>, place: usize, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let Some(mapped) = table.map.fields.get(place) else { return };
    let Some(field) = table.target.field(&mapped.name) else { return };
    let height = ui.available_height();
    let frame = Frame::new().fill(tokens.content);
    // Below that the rows would leave no room for the form.
    if height > 240.0 {
        crate::keep::keep_panel(ui, "first rows of a field");
        let panel = Panel::bottom("first rows of a field").resizable(true).default_size(height * 0.38);
        panel.size_range(height * 0.2..=height * 0.6).frame(frame).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            preview::of_field(table, place, ui);
        });
    }
    preview::error(table.desk, table.name, table.preview, ui);
    ScrollArea::vertical().id_salt(("field", &mapped.name)).auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin { left: 12, right: 12, top: 8, bottom: 12 }).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            blocked(ui, table.blocked, |ui| form(table, place, mapped, field, ui));
        });
    });
}

fn form(table: &Table<'_>, place: usize, mapped: &Mapped, field: &Field, ui: &mut Ui) {
    ui.horizontal(|ui| order(table, place, mapped, ui));
    ui.columns(2, |columns| {
        if let [left, right] = columns {
            name(table, mapped, left);
            data_type(table, mapped, field, right);
        }
    });
    ui.add_space(6.0);
    made::made(table, place, field, ui);
    ui.add_space(6.0);
    ui.columns(2, |columns| {
        if let [left, right] = columns {
            if_missing(table, mapped, field, left);
            right.spacing_mut().item_spacing.y = 0.0;
            flags(table, mapped, field, right);
        }
    });
    ui.add_space(6.0);
    description(table, mapped, field, ui);
}

/// A small heading over a control; what it names is labelled by it.
pub(super) fn caption(ui: &mut Ui, text: &str) -> egui::Response {
    let tokens = Tokens::of(ui.visuals());
    ui.label(RichText::new(text).font(theme::small()).color(tokens.text_subdued))
}

/// What is wrong with a control, beneath it.
pub(super) fn complaint(ui: &mut Ui, text: &str) {
    let tokens = Tokens::of(ui.visuals());
    ui.label(marked_small(text, tokens.error));
}

/// A text as it is typed, kept until it can be written into the document.
struct Kept(Id);

impl Kept {
    fn text(&self, ui: &Ui, written: &str) -> String {
        ui.data(|data| data.get_temp::<String>(self.0)).unwrap_or_else(|| written.to_owned())
    }

    fn keep(&self, ui: &Ui, text: String) {
        ui.data_mut(|data| data.insert_temp(self.0, text));
    }

    fn forget(&self, ui: &Ui) {
        ui.data_mut(|data| data.remove::<String>(self.0));
    }
}

/// The name, which changes when Enter is pressed or the field is left.
fn name(table: &Table<'_>, mapped: &Mapped, ui: &mut Ui) {
    let label = caption(ui, "Name");
    let written = &mapped.name;
    let kept = Kept(name_id(table.target.file, table.target.table, written));
    let mut text = kept.text(ui, written);
    let edit = TextEdit::singleline(&mut text).font(theme::mono()).desired_width(f32::INFINITY);
    let edit = edit.margin(Margin::symmetric(8, 6));
    let response = ui.add(edit).labelled_by(label.id);
    if ui.data_mut(|data| data.remove_temp::<bool>(kept.0.with("begins"))).is_some() {
        crate::widgets::type_over(&response, &text);
    }
    let problem = table.target.name_problem(written, &text);
    if response.changed() {
        kept.keep(ui, text.clone());
    }
    if response.lost_focus() {
        if ui.input(|input| input.key_pressed(Key::Escape)) || text == *written {
            kept.forget(ui);
        } else if problem.is_none() {
            kept.forget(ui);
            table.desk.send(table.target.rename(written, &text));
        }
    }
    if let Some(problem) = problem {
        complaint(ui, &problem);
    }
}

fn name_id(file: &str, table: &str, name: &str) -> Id {
    Id::unique(("field name", file, table, name))
}

/// Has the keyboard in the name of a field that is about to be, all of it selected.
pub(super) fn begin_naming(ctx: &egui::Context, file: &str, table: &str, name: &str) {
    ctx.data_mut(|data| data.insert_temp(name_id(file, table, name).with("begins"), true));
}

/// The type; empty: what its expression gives.
fn data_type(table: &Table<'_>, mapped: &Mapped, field: &Field, ui: &mut Ui) {
    caption(ui, "Type");
    let written = field.data_type.as_ref().map(ToString::to_string).unwrap_or_default();
    let kept = Kept(Id::unique(("field type", table.target.file, table.target.table, &mapped.name)));
    let text = kept.text(ui, &written);
    let gives = mapped.data_type.as_ref().map(ToString::to_string).unwrap_or_default();
    let hint = if gives.is_empty() { "as it is made".to_owned() } else { format!("{gives}, as it is made") };
    let editor = Editor::new(kept.0.with("editor"), "Type", &text, Language::Sql);
    let output = editor.complete(&complete_type).hint(&hint).show(ui);
    let text = output.changed.clone().unwrap_or(text);
    let read = read_type(&text);
    if output.changed.is_some() {
        kept.keep(ui, text.clone());
        if let Ok(data_type) = &read
            && *data_type != field.data_type
        {
            let label = format!("Set the type of {}", mapped.name);
            let typed = Some(("type", text.as_str()));
            let data_type = data_type.clone();
            table.change(table.target.set(&mapped.name, &label, typed, |field| field.data_type = data_type));
        }
    }
    match read {
        Err(problem) => complaint(ui, &problem),
        // What the document has is shown again, also after an undo.
        Ok(_) if !output.response.has_focus() => kept.forget(ui),
        Ok(read) if output.changed.is_none() && read != field.data_type => kept.forget(ui),
        Ok(_) => {}
    }
}

fn read_type(text: &str) -> Result<Option<DataType>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error: touchstone_spec::ParseTypeError| error.to_string())
}

fn if_missing(table: &Table<'_>, mapped: &Mapped, field: &Field, ui: &mut Ui) {
    let label = caption(ui, "If missing");
    let written = field.if_missing.as_ref().map(ToString::to_string).unwrap_or_default();
    let path = table.target.property_path(&mapped.name, "if_missing");
    let shown = table.desk.state.design.typed(table.desk.file, &path, &written);
    let mut text = shown.to_owned();
    let edit = TextEdit::singleline(&mut text).font(theme::mono()).desired_width(f32::INFINITY);
    let edit = edit.margin(Margin::symmetric(8, 6)).hint_text(crate::widgets::hint("null"));
    let response = ui.add(edit).labelled_by(label.id);
    let response = response.on_hover_text("The value where the result is null");
    if response.changed() {
        let label = format!("Set what {} is if missing", mapped.name);
        let value = scalar(&text, field.if_missing.as_ref());
        let typed = Some(("if_missing", text.as_str()));
        table.change(table.target.set(&mapped.name, &label, typed, |field| field.if_missing = value));
    }
}

/// What was typed, as the document had it: a number stays a number.
fn scalar(text: &str, before: Option<&Scalar>) -> Option<Scalar> {
    if text.is_empty() {
        return None;
    }
    let number = || text.trim().parse().ok().map(Scalar::Integer);
    match before {
        Some(Scalar::Integer(_)) => number().or_else(|| Some(Scalar::Text(text.to_owned()))),
        Some(Scalar::Boolean(_)) => {
            Some(text.trim().parse().map_or_else(|_| Scalar::Text(text.to_owned()), Scalar::Boolean))
        }
        _ => Some(Scalar::Text(text.to_owned())),
    }
}

fn flags(table: &Table<'_>, mapped: &Mapped, field: &Field, ui: &mut Ui) {
    let required = CheckRow::new("Required", field.required).show(ui);
    if required.on_hover_text("A row without a value goes into quarantine").clicked() {
        let is_required = !field.required;
        let verb = if is_required { "Require" } else { "Do not require" };
        let label = format!("{verb} {}", mapped.name);
        table.change(table.target.set(&mapped.name, &label, None, |field| field.required = is_required));
    }
    let key = CheckRow::new("Part of the key", mapped.is_key).show(ui);
    if key.on_hover_text("Rows with the same key are de-duplicated").clicked() {
        table.change(table.target.set_in_key(&mapped.name, !mapped.is_key));
    }
}

fn description(table: &Table<'_>, mapped: &Mapped, field: &Field, ui: &mut Ui) {
    let label = caption(ui, "Description");
    let written = field.description.as_deref().unwrap_or_default();
    let path = table.target.property_path(&mapped.name, "description");
    let mut text = table.desk.state.design.typed(table.desk.file, &path, written).to_owned();
    let edit = TextEdit::multiline(&mut text).desired_rows(2).desired_width(f32::INFINITY);
    let edit = edit.margin(Margin::symmetric(8, 5)).hint_text(crate::widgets::hint("What the field means"));
    let response = ui.add(edit).labelled_by(label.id);
    if response.changed() {
        let label = format!("Describe {}", mapped.name);
        let typed = Some(("description", text.as_str()));
        let described = text.trim_end().to_owned();
        table.change(table.target.set(&mapped.name, &label, typed, |field| {
            field.description = (!described.is_empty()).then_some(described);
        }));
    }
}

/// Moves, removes and adds fields.
fn order(table: &Table<'_>, place: usize, mapped: &Mapped, ui: &mut Ui) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let count = table.map.fields.len();
    caption(ui, &format!("Field {} of {count}", place + 1));
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| buttons(table, place, mapped, count, ui));
}

fn buttons(table: &Table<'_>, place: usize, mapped: &Mapped, count: usize, ui: &mut Ui) {
    if icon_button(ui, icon::DELETE, "Remove field").clicked() {
        table.change(table.target.remove(&mapped.name));
    }
    if icon_button(ui, icon::ADD, "Add a field below").clicked() {
        table.change(super::begun(ui.ctx(), &table.target, Some(&mapped.name)));
    }
    let mut step = |icon, name: &str, step: isize, enabled: bool| {
        let button = Button::new("").icon(icon).name(name).quiet().enabled(enabled);
        if button.show(ui).on_hover_text(name).clicked()
            && let Some(change) = table.target.step(&mapped.name, step)
        {
            table.change(change);
        }
    };
    step(icon::DOWN, "Move down", 1, place + 1 < count);
    step(icon::UP, "Move up", -1, place > 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_read_or_says_why_not() {
        assert_eq!(read_type("  "), Ok(None));
        assert_eq!(read_type(" date "), Ok(Some(DataType::Date)));
        assert!(read_type("decimal(18").is_err());
    }

    #[test]
    fn a_number_stays_a_number() {
        assert_eq!(scalar("12", Some(&Scalar::Integer(1))), Some(Scalar::Integer(12)));
        assert_eq!(scalar("n/a", Some(&Scalar::Integer(1))), Some(Scalar::Text("n/a".to_owned())));
        assert_eq!(scalar("0042", None), Some(Scalar::Text("0042".to_owned())));
        assert_eq!(scalar("", Some(&Scalar::Integer(1))), None);
    }
}
