//! Messages: what went wrong and what came to pass, over a corner of the page, so that nothing moves under the pointer.

use std::time::Duration;

use egui::{Align2, Area, Context, Frame, Id, Order, Rect, Role, ScrollArea, Ui};

use super::Command as Own;
use crate::command::{Command, Commands, Place};
use crate::design::{self, News};
use crate::icon;
use crate::state::State;
use crate::text;
use crate::widgets::page::is_short;
use crate::widgets::{Button, error_box, icon_button, note_box};

/// As many errors are shown, the newest.
const SHOWN: usize = 3;
/// As many files are named of those whose edits are back.
const FILES: usize = 5;
/// Width, where the page has as much.
const WIDTH: f32 = 440.0;
/// Distance from the edges of the page.
const EDGE: f32 = 12.0;
/// Seconds that it stays that a document without edits was read again: undo takes it back after that too. All that asks
/// for a look stays until somebody closes it.
const NEWS_SECONDS: f64 = 10.0;
/// Seconds that it stays which edits are back; the list of pipelines goes on marking them.
const RESTORED_SECONDS: f64 = 30.0;

impl State {
    /// Whether there is a message that can be closed.
    pub(super) fn has_messages(&self) -> bool {
        !self.notices.is_empty() || !self.shell.restored.is_empty() || self.shown_news().next().is_some()
    }

    /// What happened from outside to the document that is shown.
    fn shown_news(&self) -> impl Iterator<Item = &News> {
        let file = self.design_file().filter(|_| matches!(self.place, Place::Pipeline(_)));
        // Of a document that is gone it is told wherever one is.
        let is_gone = |news: &News| self.design.documents.get(&news.file).is_none();
        self.design.news.iter().filter(move |news| Some(news.file.as_str()) == file || is_gone(news))
    }
}

/// All messages that nobody has dismissed, the newest lowest, over the lower right corner of `page`.
pub(super) fn messages(state: &State, commands: &Commands, page: Rect, ctx: &Context) {
    if !state.has_messages() {
        return;
    }
    let room = page.shrink(EDGE);
    let (width, height) = most(room, is_short(ctx));
    let area = Area::new(Id::unique("messages"))
        .order(Order::Middle)
        .pivot(Align2::RIGHT_BOTTOM)
        .fixed_pos(room.right_bottom())
        .constrain_to(room)
        .role(Role::Region)
        .accessible_name("Messages");
    let shown = area.show(ctx, |ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = 8.0;
        let scroll = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
        // Of several the newest, which is lowest.
        let are_several = state.notices.len() + state.shown_news().count() > 1;
        scroll.stick_to_bottom(are_several).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            heading(state, commands, ui);
            restored(state, commands, ui);
            for news in state.shown_news() {
                told(commands, news, ui);
            }
            notices(state, commands, ui);
        });
    });
    let is_read = ctx.rect_contains_pointer(shown.response.layer_id, shown.response.rect);
    leave(state, commands, is_read, ctx);
    // Placed by the size that it had: a message more is seen in its place one frame later.
    let rect = shown.response.rect;
    if rect.height() <= room.height() && (rect.bottom() - room.bottom()).abs() > 1.0 {
        ctx.request_repaint();
    }
}

/// Width and height that messages take at most: a third of the page, and of its height where that is small.
fn most(room: Rect, is_short: bool) -> (f32, f32) {
    let width = (room.width() * 0.6).min(WIDTH);
    let share = if is_short { 0.33 } else { 0.5 };
    (width, (room.area() / 3.0 / width.max(1.0)).min(room.height() * share))
}

/// Has news go that was there to be read for long enough, but not from under the pointer.
fn leave(state: &State, commands: &Commands, is_read: bool, ctx: &Context) {
    let now = ctx.input(|input| input.time);
    let is_over = |id: Id, seconds: f64| {
        let since = ctx.data_mut(|data| *data.get_temp_mut_or(id, now));
        let left = since + seconds - now;
        if left > 0.0 {
            ctx.request_repaint_after(Duration::from_secs_f64(left));
        }
        left <= 0.0 && !is_read
    };
    let is_clean = |news: &News| state.design.documents.get(&news.file).is_some_and(|one| !one.is_dirty());
    for news in state.shown_news().filter(|news| news.can_undo && is_clean(news)) {
        if is_over(Id::unique(("news since", news.id)), NEWS_SECONDS) {
            commands.send(Command::Design(design::Command::DismissNews(news.id)));
        }
    }
    if !state.shell.restored.is_empty()
        && is_over(Id::unique(("restored since", &state.shell.restored)), RESTORED_SECONDS)
    {
        commands.send(Command::Shell(Own::DismissRestored));
    }
}

/// How many there are beside those that are shown, and the way to be rid of all at once.
fn heading(state: &State, commands: &Commands, ui: &mut Ui) {
    let more = state.notices.len().saturating_sub(SHOWN);
    let others = state.shown_news().count() + usize::from(!state.shell.restored.is_empty());
    if state.notices.len() + others < 2 {
        return;
    }
    raised(ui, |ui| {
        note_box(
            ui,
            None,
            |ui| {
                let all = Own::DismissAll;
                let button = Button::new(all.offer().text).icon(icon::CLOSE).quiet();
                if button.show(ui).clicked() {
                    commands.send(Command::Shell(all));
                }
            },
            |ui| {
                let told = match more {
                    0 => text::count((state.notices.len() + others) as u64, "message", "messages"),
                    _ => format!("{} before these", text::count(more as u64, "error", "errors")),
                };
                ui.weak(told);
            },
        );
    });
}

/// A message lies over the page, and looks it.
fn raised(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    Frame::new().corner_radius(6).shadow(ui.visuals().popup_shadow).show(ui, content);
}

/// Errors that nobody has dismissed, of many the newest.
fn notices(state: &State, commands: &Commands, ui: &mut Ui) {
    for notice in state.notices.iter().skip(state.notices.len().saturating_sub(SHOWN)) {
        ui.push_id(notice.id, |ui| {
            let dismiss = Command::Dismiss(notice.id);
            let action = notice.action.as_ref();
            raised(ui, |ui| {
                error_box(ui, state, commands, &notice.title, &notice.error, action, Some(&dismiss));
            });
        });
    }
}

/// Says that edits of the last session are back, and where.
fn restored(state: &State, commands: &Commands, ui: &mut Ui) {
    let files = &state.shell.restored;
    if files.is_empty() {
        return;
    }
    let buttons = |ui: &mut Ui| {
        if icon_button(ui, icon::CLOSE, "Dismiss").clicked() {
            commands.send(Command::Shell(Own::DismissRestored));
        }
    };
    raised(ui, |ui| {
        note_box(ui, Some(icon::HISTORY), buttons, |ui| {
            ui.label("Unsaved edits of the last session are back:");
            for file in files.iter().take(FILES) {
                let button = Button::new(file).icon(icon::PIPELINE).quiet();
                if button.show(ui).clicked() {
                    let (file, path) = (file.clone(), String::new());
                    commands.send(Command::Design(design::Command::GoTo { file, path, line: 1 }));
                }
                if state.shell.others_left.iter().any(|left| left.file == *file) {
                    ui.weak("another studio left other edits of it: undo shows them");
                }
            }
            let more = files.len().saturating_sub(FILES);
            if more > 0 {
                ui.weak(format!("and {} more", text::number(more as u64)));
            }
        });
    });
}

/// What happened to a document from outside.
fn told(commands: &Commands, news: &News, ui: &mut Ui) {
    let send = |command| commands.send(Command::Design(command));
    let buttons = |ui: &mut Ui| {
        if icon_button(ui, icon::CLOSE, "Dismiss").clicked() {
            send(design::Command::DismissNews(news.id));
        }
        if news.can_undo && Button::new("Undo").icon(icon::UNDO).quiet().show(ui).clicked() {
            send(design::Command::Undo);
            send(design::Command::DismissNews(news.id));
        }
    };
    ui.push_id(news.id, |ui| {
        raised(ui, |ui| {
            note_box(ui, Some(icon::RELOAD), buttons, |ui| {
                ui.label(format!("{} {}", news.file, news.text));
            });
        });
    });
}
