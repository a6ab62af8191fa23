//! What is done on the commands of the window.

use egui::ThemePreference;

use super::Command;
use crate::App;
use crate::command::Place;
use crate::keep::{LARGEST_TEXT, SMALLEST_TEXT};
use crate::widgets::Part;

/// A step of the size of text, in per cent.
const TEXT_STEP: u32 = 10;

impl App {
    pub(crate) fn apply_shell(&mut self, command: Command) {
        match command {
            Command::NextTab => self.step_tab(1),
            Command::PreviousTab => self.step_tab(-1),
            Command::NextPart => {
                // A list that is put away can't have it.
                let has_list = !self.state.shell.is_list_hidden;
                let is_in_content = self.ctx.memory(|memory| memory.has_focus(Part::Content.id()));
                let next = if is_in_content && has_list { Part::Pipelines } else { Part::Content };
                self.ctx.memory_mut(|memory| memory.request_focus(next.id()));
            }
            Command::ToContent => {
                // What publishing waits for is its message.
                let publishes = self.state.section() == Some(crate::command::Section::Publish)
                    && self.state.release.comparison_of(self.state.selected.as_deref()).is_none()
                    && self.state.nothing_to_publish().is_none();
                let id = if publishes { crate::release::message_field() } else { Part::Content.id() };
                self.ctx.memory_mut(|memory| memory.request_focus(id));
            }
            Command::ToggleList => self.state.shell.is_list_hidden ^= true,
            Command::MoveTab(from, to) => {
                let tabs = &mut self.state.tabs;
                if from < tabs.len() && to < tabs.len() {
                    let tab = tabs.remove(from);
                    tabs.insert(to, tab);
                }
            }
            Command::CloseOtherTabs(place) => {
                self.state.tabs.retain(|tab| *tab == place);
                self.go(place);
            }
            Command::CloseAllTabs => {
                self.state.tabs.clear();
                self.go(Place::Home);
            }
            Command::FilterPipelines(filter) => self.state.shell.filter = filter,
            Command::FilterProblems(filter) => self.state.shell.problems.filter = filter,
            Command::ShowWarnings(shown) => self.state.shell.problems.hides_warnings = !shown,
            Command::GroupProblems(grouping) => self.state.shell.problems.grouping = grouping,
            Command::Larger => self.set_text_size(self.state.person.text_size + TEXT_STEP),
            Command::Smaller => {
                self.set_text_size(self.state.person.text_size.saturating_sub(TEXT_STEP));
            }
            Command::NormalSize => self.set_text_size(100),
            Command::TextSize(size) => self.set_text_size(size),
            Command::Theme(theme) => self.set_theme(theme),
            Command::DismissRestored => self.state.shell.restored.clear(),
            Command::DismissAll => {
                self.state.notices.clear();
                self.state.shell.restored.clear();
                self.state.design.news.clear();
            }
            Command::Restore => self.load_kept(),
        }
    }

    fn step_tab(&mut self, step: isize) {
        let tabs = &self.state.tabs;
        let at = tabs.iter().position(|tab| *tab == self.state.place);
        let to = match (at, step) {
            (Some(at), _) => (at.wrapping_add_signed(step).wrapping_add(tabs.len())) % tabs.len(),
            (None, 0..) => 0,
            (None, _) => tabs.len().saturating_sub(1),
        };
        if let Some(tab) = tabs.get(to).cloned() {
            self.go(tab);
        }
    }

    pub(crate) fn set_text_size(&mut self, size: u32) {
        let size = size.clamp(SMALLEST_TEXT, LARGEST_TEXT);
        self.state.person.text_size = size;
        self.ctx.set_zoom_factor(size as f32 / 100.0);
    }

    pub(crate) fn set_theme(&mut self, theme: ThemePreference) {
        self.state.person.theme = theme;
        self.ctx.set_theme(theme);
    }
}
