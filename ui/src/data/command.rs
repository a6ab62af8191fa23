//! What can be done with data in a grid.

use std::ops::{Range, RangeInclusive};

use egui::{Key, KeyboardShortcut, Modifiers};
use touchstone_protocol::{AlternativeView, DataRef, FilterTest};

use super::{ColumnOf, RowsOf, query, shown};
use crate::command::Offer;
use crate::icon;
use crate::state::State;

/// Something to do with data.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Rows have come into view.
    NeedRows(RowsOf, Range<u64>),
    /// What is known of data's columns has come into view.
    NeedProfile(DataRef),
    /// Everything about a column has come into view.
    NeedColumn(ColumnOf),
    /// Sort by a column: up, down (`true`), or the next of up, down and not at all; beside other columns, or alone.
    Sort(DataRef, String, Option<bool>, bool),
    /// Filter by a column, or no longer.
    Filter(DataRef, String, Option<FilterTest>),
    /// Only rows that hold a text, or all again.
    Search(DataRef, Option<String>),
    /// Show all rows as stored.
    Clear(DataRef),
    /// The keyboard is at another cell.
    Cursor(DataRef, Option<(u64, usize)>),
    /// Show everything about a column.
    Explain(DataRef, String),
    /// Show or hide the panel with everything about a column.
    Panel(DataRef, bool),
    /// A column was given a width.
    Resize(DataRef, String, f32),
    /// Show a column, or hide it.
    Hide(DataRef, String, bool),
    /// Show all columns.
    ShowAll(DataRef),
    /// Change the text that is looked for.
    EditFind(DataRef, String),
    /// Look for it, downwards or upwards (`true`).
    FindNext(DataRef, bool),
    /// Close the field for it.
    CloseFind(DataRef),
    /// Change the number of the row to go to.
    EditGoTo(DataRef, String),
    /// Go to it.
    GoToRow(DataRef),
    /// Close the field for it.
    CloseGoTo(DataRef),
    /// Ask how to filter by a column.
    AskFilter(DataRef, String),
    /// The filter that was asked for is shown.
    FilterShown(DataRef),
    /// Copy cells that are not all here: rows and places of columns, with the columns' names or without.
    CopyCells(RowsOf, RangeInclusive<u64>, Vec<usize>, bool),
    /// List records that could not be read below the others, or only how many there are.
    ListRejects(bool),
    /// Read a text as 'no value', in every column of the file.
    ReadAsNull(DataRef, String),
    /// Read a column as another type.
    UseType(DataRef, String, Box<AlternativeView>),
    /// Look for a text in the data that is shown.
    Find,
    /// Look for it further down, or up (`true`).
    FindAgain(bool),
    /// Ask for a row's number.
    GoTo,
    /// Show or hide the panel of the data that is shown.
    TogglePanel,
    /// Sort the data that is shown by the column that the keyboard is at; down (`true`) or up.
    SortThis(bool),
    /// Filter it by the column that the keyboard is at.
    FilterThis,
    /// Show all of its rows as stored.
    ClearThis,
}

const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const ALT_SHIFT: Modifiers = Modifiers::ALT.plus(Modifiers::SHIFT);

impl Command {
    /// How it is offered.
    pub fn offer(&self) -> Offer {
        let offer = |text, tooltip, icon, keys: Option<(Modifiers, Key)>| Offer {
            text,
            tooltip,
            icon,
            shortcut: keys.map(|(modifiers, key)| KeyboardShortcut::new(modifiers, key)),
        };
        match self {
            Self::Find => {
                offer("Find…", "Look for a text in the data", icon::FIND, Some((Modifiers::COMMAND, Key::F)))
            }
            Self::FindAgain(false) => offer(
                "Find next",
                "The next cell that holds it",
                icon::DOWN,
                Some((Modifiers::NONE, Key::F3)),
            ),
            Self::FindAgain(true) => offer(
                "Find previous",
                "The cell before that holds it",
                icon::UP,
                Some((Modifiers::SHIFT, Key::F3)),
            ),
            Self::GoTo => {
                offer("Go to row…", "Show a row by its number", icon::ROW, Some((Modifiers::COMMAND, Key::G)))
            }
            Self::TogglePanel => offer(
                "Column panel",
                "Distribution, values and type of the column that the keyboard is at",
                icon::SIDE,
                Some((Modifiers::COMMAND, Key::I)),
            ),
            Self::SortThis(false) => offer(
                "Sort ascending",
                "Sort by the column that the keyboard is at",
                icon::ASCENDING,
                Some((ALT_SHIFT, Key::ArrowUp)),
            ),
            Self::SortThis(true) => offer(
                "Sort descending",
                "Sort by the column that the keyboard is at",
                icon::DESCENDING,
                Some((ALT_SHIFT, Key::ArrowDown)),
            ),
            Self::FilterThis => offer(
                "Filter column…",
                "Filter by the column that the keyboard is at",
                icon::FILTER,
                Some((CTRL_SHIFT, Key::F)),
            ),
            Self::ClearThis => offer("Show all rows", "Without filters, as stored", icon::CLOSE, None),
            Self::UseType(..) => offer("Use this type", "Read the column as this type", icon::CHECK, None),
            Self::ReadAsNull(..) => offer(
                "Read as no value",
                "Adds it to the texts of this file that mean no value, in every column",
                icon::CHECK,
                None,
            ),
            Self::Panel(_, false) => offer("Close panel", "", icon::CLOSE, None),
            Self::NeedRows(..) => Offer::unlisted("Rows"),
            Self::NeedProfile(_) | Self::NeedColumn(_) => Offer::unlisted("Columns"),
            _ => Offer::unlisted("Data"),
        }
    }

    /// Why it can't be given now; none when it can.
    pub fn obstacle(&self, state: &State) -> Option<String> {
        let is_listed = matches!(
            self,
            Self::Find
                | Self::FindAgain(_)
                | Self::GoTo
                | Self::TogglePanel
                | Self::SortThis(_)
                | Self::FilterThis
                | Self::ClearThis
        );
        if !is_listed {
            return None;
        }
        let Some(data) = shown(state) else { return Some("No data is shown".to_owned()) };
        let view = state.data.views.get(&data);
        let reason = match self {
            Self::FindAgain(_)
                if view.and_then(|view| view.find.as_ref()).is_none_or(|find| find.text.is_empty()) =>
            {
                "Nothing is looked for"
            }
            Self::SortThis(_) | Self::FilterThis if view.and_then(|view| view.cursor).is_none() => {
                "Select a cell of the column first"
            }
            Self::ClearThis if view.is_none_or(|view| query::is_plain(&view.query)) => {
                "All rows are shown as stored"
            }
            _ => return None,
        };
        Some(reason.to_owned())
    }

    /// Those that menu, palette and keys offer now.
    pub fn offered(state: &State) -> Vec<Self> {
        if shown(state).is_none() { Vec::new() } else { Self::of_grids().to_vec() }
    }

    /// Those of every grid of data.
    pub(crate) fn of_grids() -> [Self; 9] {
        [
            Self::Find,
            Self::FindAgain(false),
            Self::FindAgain(true),
            Self::GoTo,
            Self::TogglePanel,
            Self::SortThis(false),
            Self::SortThis(true),
            Self::FilterThis,
            Self::ClearThis,
        ]
    }
}
