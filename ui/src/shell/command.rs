//! What can be done with the window itself: tabs, the list of pipelines, problems, theme, size of text.

use egui::{Key, Modifiers, ThemePreference};

use super::problems::Grouping;
use crate::command::{Offer, Place, keys};
use crate::icon;
use crate::keep::{LARGEST_TEXT, SMALLEST_TEXT};
use crate::state::State;

/// Something to do with the window.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Show the tab at the right of this one.
    NextTab,
    /// Show the tab at the left of this one.
    PreviousTab,
    /// Have the keyboard in the next part of the window.
    NextPart,
    /// Have the keyboard where the work is.
    ToContent,
    /// Show the list of pipelines, or put it away.
    ToggleList,
    /// Put a tab elsewhere: from where, and to where.
    MoveTab(usize, usize),
    /// Close all tabs but this one.
    CloseOtherTabs(Place),
    /// Close all tabs.
    CloseAllTabs,
    /// Only pipelines that match this.
    FilterPipelines(String),
    /// Only problems that hold this.
    FilterProblems(String),
    /// Show warnings among the problems, or errors alone.
    ShowWarnings(bool),
    /// Put problems together by something else.
    GroupProblems(Grouping),
    /// Larger text, and all else with it.
    Larger,
    /// Smaller text.
    Smaller,
    /// Text as it was made.
    NormalSize,
    /// Text of this size, in per cent.
    TextSize(u32),
    /// Dark, light, or as the system has it.
    Theme(ThemePreference),
    /// Close what tells that edits are back.
    DismissRestored,
    /// Close all messages.
    DismissAll,
    /// Ask again for what was remembered.
    Restore,
}

impl Command {
    /// How it is offered.
    pub fn offer(&self) -> Offer {
        let offer = |text, tooltip, icon, shortcut| Offer { text, tooltip, icon, shortcut };
        match self {
            Self::NextTab => {
                offer("Next tab", "The tab at the right", icon::NOTHING, keys(Modifiers::CTRL, Key::Tab))
            }
            Self::PreviousTab => offer(
                "Previous tab",
                "The tab at the left",
                icon::NOTHING,
                keys(Modifiers::CTRL | Modifiers::SHIFT, Key::Tab),
            ),
            Self::NextPart => offer(
                "Next part of the window",
                "The keyboard goes between the content and the list of pipelines",
                icon::NOTHING,
                keys(Modifiers::NONE, Key::F6),
            ),
            Self::ToggleList => offer(
                "List of pipelines",
                "Show the list of pipelines, or put it away",
                icon::SIDE,
                keys(Modifiers::COMMAND, Key::B),
            ),
            Self::CloseOtherTabs(_) => offer("Close others", "Close all other tabs", icon::CLOSE, None),
            Self::CloseAllTabs => offer("Close all tabs", "", icon::CLOSE, None),
            Self::Larger => offer(
                "Larger text",
                "Text and all else a step larger",
                icon::ZOOM_IN,
                keys(Modifiers::COMMAND, Key::Plus),
            ),
            Self::Smaller => offer(
                "Smaller text",
                "Text and all else a step smaller",
                icon::ZOOM_OUT,
                keys(Modifiers::COMMAND, Key::Minus),
            ),
            Self::NormalSize => offer(
                "Normal text size",
                "Text as large as it was made",
                icon::FIND,
                keys(Modifiers::COMMAND, Key::Num0),
            ),
            Self::Theme(ThemePreference::Dark) => offer("Dark theme", "", icon::MOON, None),
            Self::Theme(ThemePreference::Light) => offer("Light theme", "", icon::SUN, None),
            Self::Theme(ThemePreference::System) => {
                offer("Theme of the system", "Dark or light, as the system has it", icon::PALETTE, None)
            }
            Self::DismissRestored => offer("Dismiss", "Close this message", icon::CLOSE, None),
            Self::DismissAll => offer("Dismiss all", "Close all messages", icon::CLOSE, None),
            Self::Restore => offer("Try again", "Ask again for what was open before", icon::RELOAD, None),
            Self::ToContent
            | Self::MoveTab(..)
            | Self::FilterPipelines(_)
            | Self::FilterProblems(_)
            | Self::ShowWarnings(_)
            | Self::GroupProblems(_)
            | Self::TextSize(_) => Offer::unlisted("Window"),
        }
    }

    /// Why it can't be given now; none when it can.
    pub fn obstacle(&self, state: &State) -> Option<String> {
        let reason = match self {
            Self::NextTab | Self::PreviousTab | Self::CloseOtherTabs(_) if state.tabs.len() < 2 => {
                "No other tab is open"
            }
            Self::DismissAll if !state.has_messages() => "There are no messages",
            Self::ToggleList if state.open_workspace().is_none() => "Open a workspace first",
            Self::CloseAllTabs if state.tabs.is_empty() => "No tab is open",
            Self::Larger if state.person.text_size >= LARGEST_TEXT => "It can't be larger",
            Self::Smaller if state.person.text_size <= SMALLEST_TEXT => "It can't be smaller",
            Self::NormalSize if state.person.text_size == 100 => "It is already",
            _ => return None,
        };
        Some(reason.to_owned())
    }

    /// Those that palette and keys offer now, beside the menu's.
    pub fn offered(_state: &State) -> Vec<Self> {
        let themes = [ThemePreference::Dark, ThemePreference::Light, ThemePreference::System];
        let mut offered = vec![Self::NextPart, Self::CloseAllTabs, Self::DismissAll];
        offered.extend(themes.map(Self::Theme));
        offered
    }
}
