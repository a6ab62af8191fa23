//! Moving through a grid by keys.

use egui::{Event, EventFilter, Key, Modifiers, Response, Ui};

use crate::widgets::Part;

/// What the keys of this frame asked for.
#[derive(Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own")]
pub(super) struct Keys {
    /// Where the cursor is now.
    pub(super) cursor: (u64, usize),
    /// The selection grows instead of starting anew.
    pub(super) extends: bool,
    /// Whole rows, whole columns, everything.
    pub(super) rows: bool,
    pub(super) columns: bool,
    /// The cell is opened.
    pub(super) opens: bool,
}

/// What the keys of this frame ask for.
pub(super) fn pressed(
    ui: &Ui,
    response: &Response,
    start: (u64, usize),
    rows: u64,
    columns: usize,
    page: usize,
) -> Keys {
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let (mut row, mut column) = start;
    let (last_row, last_column) = (rows.saturating_sub(1), columns.saturating_sub(1));
    let mut keys = Keys::default();
    ui.input_mut(|input| {
        keys.extends = input.modifiers.shift;
        let mut presses = |modifiers, key| input.count_and_consume_key(modifiers, key);
        let (none, command, shift) = (Modifiers::NONE, Modifiers::COMMAND, Modifiers::SHIFT);
        if presses(command, Key::A) > 0 {
            (keys.rows, keys.columns) = (true, true);
        }
        keys.rows |= presses(shift, Key::Space) > 0;
        keys.columns |= presses(command, Key::Space) > 0;
        keys.opens = presses(none, Key::Enter) > 0;
        if presses(command, Key::Home) > 0 {
            row = 0;
        }
        if presses(command, Key::End) > 0 {
            row = last_row;
        }
        for (key, to) in [(Key::ArrowUp, 0), (Key::ArrowDown, last_row)] {
            if presses(command, key) > 0 {
                row = to;
            }
        }
        for (key, to) in [(Key::ArrowLeft, 0), (Key::ArrowRight, last_column)] {
            if presses(command, key) > 0 {
                column = to;
            }
        }
        if presses(none, Key::Home) > 0 {
            column = 0;
        }
        if presses(none, Key::End) > 0 {
            column = last_column;
        }
        row = row.saturating_sub((presses(none, Key::ArrowUp) + page * presses(none, Key::PageUp)) as u64);
        row += (presses(none, Key::ArrowDown) + page * presses(none, Key::PageDown)) as u64;
        column = column.saturating_sub(presses(none, Key::ArrowLeft));
        column += presses(none, Key::ArrowRight);
    });
    keys.cursor = (row.min(last_row), column.min(last_column));
    keys
}

/// Whether the keyboard is at the beginning of the content, and an arrow or Enter leads on from there.
pub(super) fn leads_in(ui: &Ui) -> bool {
    let content = Part::Content.id();
    if !ui.memory(|memory| memory.has_focus(content)) {
        return false;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(content, filter));
    let keys = [Key::ArrowDown, Key::ArrowUp, Key::ArrowRight, Key::ArrowLeft, Key::Enter];
    ui.input_mut(|input| keys.into_iter().any(|key| input.consume_key(Modifiers::NONE, key)))
}

/// Whether the selection is to be copied, and if so whether with the columns' names.
pub(super) fn copies(ui: &Ui) -> Option<bool> {
    ui.input_mut(|input| {
        if input.consume_key(Modifiers::COMMAND | Modifiers::SHIFT, Key::C) {
            return Some(true);
        }
        let is_asked = input.events.iter().any(|event| matches!(event, Event::Copy));
        is_asked.then_some(input.modifiers.shift)
    })
}
