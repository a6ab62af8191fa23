//! Moving through a grid by keys.

use egui::{Event, EventFilter, Key, Modifiers, Response, Ui};

/// Where the cursor is after the keys of this frame.
pub(super) fn moved(
    ui: &Ui,
    response: &Response,
    start: (u64, usize),
    rows: u64,
    columns: usize,
    page: usize,
) -> (u64, usize) {
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let (mut row, mut column) = start;
    let (last_row, last_column) = (rows.saturating_sub(1), columns.saturating_sub(1));
    ui.input_mut(|input| {
        let mut presses = |modifiers, key| input.count_and_consume_key(modifiers, key);
        let (none, command) = (Modifiers::NONE, Modifiers::COMMAND);
        if presses(command, Key::Home) > 0 {
            row = 0;
        }
        if presses(command, Key::End) > 0 {
            row = last_row;
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
    (row.min(last_row), column.min(last_column))
}

/// Whether the cell is to be copied.
pub(super) fn copies(ui: &Ui) -> bool {
    ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Copy)))
}
