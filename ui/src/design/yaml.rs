//! The document's text, for those who want to see it.

use egui::{Frame, Id, Margin, ScrollArea, Ui};
use touchstone_compiler::TextFinding;

use super::Command;
use super::view::Desk;
use crate::widgets::editor::{Editor, Language, rows_in};

pub(super) fn yaml(desk: &Desk<'_>, ui: &mut Ui) {
    let text = desk.document.text();
    let findings: Vec<TextFinding> = desk
        .diagnostics()
        .map(|one| {
            let start = byte_at(text, one.place.line, one.place.column);
            TextFinding {
                range: start..end_of_word(text, start),
                severity: one.severity,
                code: one.code.clone(),
                message: one.message.clone(),
                help: one.help.clone(),
            }
        })
        .collect();
    Frame::new().inner_margin(Margin::same(8)).show(ui, |ui| {
        let id = Id::unique(("yaml", desk.file));
        ScrollArea::both().id_salt(("yaml", desk.file)).auto_shrink(false).show(ui, |ui| {
            let rows = rows_in(ui, ui.available_height());
            let editor = Editor::new(id, "Document as text", text, Language::Yaml)
                .findings(&findings)
                .multiline(rows)
                .numbered()
                .reveal(desk.shown.line);
            let output = editor.show(ui);
            if let Some(changed) = output.changed {
                desk.send(Command::EditText { file: desk.file.to_owned(), text: changed });
            }
        });
        if desk.shown.line.is_some() {
            desk.send(Command::LineShown);
        }
    });
}

/// The byte at a line and column, both from one.
pub(super) fn byte_at(text: &str, line: usize, column: usize) -> usize {
    let mut start = 0;
    for (number, content) in text.split_inclusive('\n').enumerate() {
        if number + 1 == line.max(1) {
            let within = content.trim_end_matches(['\n', '\r']);
            let at = within.char_indices().nth(column.saturating_sub(1));
            return start + at.map_or(within.len(), |(at, _)| at);
        }
        start += content.len();
    }
    text.len()
}

/// Where the word at a byte ends.
pub(super) fn end_of_word(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let ends = |letter: char| !(letter.is_alphanumeric() || letter == '_');
    let word = rest.find(ends).unwrap_or(rest.len());
    start + if word == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_and_a_column_are_a_byte() {
        let text = "größe: 1\r\nb: zwei\n";
        assert_eq!(byte_at(text, 1, 8), "größe: ".len());
        assert_eq!(byte_at(text, 2, 4), text.find("zwei").unwrap());
        assert_eq!(byte_at(text, 1, 99), "größe: 1".len());
        assert_eq!(byte_at(text, 9, 1), text.len());
        assert_eq!(text.get(byte_at(text, 2, 4)..end_of_word(text, byte_at(text, 2, 4))), Some("zwei"));
    }
}
