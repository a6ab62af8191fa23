//! Messages: what went wrong and what came to pass. The one that matters most stands in the status bar, where it lies over
//! nothing; the others, and all of their words, are shown when they are asked for.

use std::time::Duration;

use egui::{
    Align, Context, Frame, Id, Label, Layout, Popup, PopupCloseBehavior, RectAlign, Response, Role,
    ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo,
};

use super::Command as Own;
use crate::command::{Command, Commands, Place};
use crate::design::{self, News};
use crate::icon;
use crate::state::{Notice, State};
use crate::text;
use crate::theme::{self, Tokens};
use crate::widgets::page::is_narrow;
use crate::widgets::{
    Button, command_button, error_box, error_text, icon_button, marked_small, note_box, state_icon,
};

/// As many errors are shown whole, the newest.
const SHOWN: usize = 3;
/// As many files are named of those whose edits are back.
const FILES: usize = 5;
/// Width of the list, where the window has as much.
const WIDTH: f32 = 440.0;
/// Seconds that a message stays which asks for nothing: a document without edits was read again, say. All that asks for a
/// look stays until somebody closes it.
const NEWS_SECONDS: f64 = 10.0;
/// Seconds that it stays which edits are back; the list of pipelines goes on marking them.
const RESTORED_SECONDS: f64 = 30.0;

/// What the status bar has room for: one of all.
#[derive(Clone, Copy)]
enum First<'a> {
    Error(&'a Notice),
    News(&'a News),
    Restored(&'a [String]),
}

impl State {
    /// Whether there is a message that can be closed.
    pub(super) fn has_messages(&self) -> bool {
        self.first_message().is_some()
    }

    /// How many there are.
    fn messages(&self) -> usize {
        self.notices.len() + self.shown_news().count() + usize::from(!self.shell.restored.is_empty())
    }

    /// An error before news, the newest before those that are older.
    fn first_message(&self) -> Option<First<'_>> {
        let restored = Some(self.shell.restored.as_slice()).filter(|files| !files.is_empty());
        let error = self.notices.last().map(First::Error);
        error.or_else(|| self.shown_news().last().map(First::News)).or(restored.map(First::Restored))
    }

    /// What happened to the document that is shown, and what is told wherever one is.
    fn shown_news(&self) -> impl Iterator<Item = &News> {
        let file = self.design_file().filter(|_| matches!(self.place, Place::Pipeline(_)));
        // Of a document that is gone it is told wherever one is.
        let is_gone = |news: &News| self.design.documents.get(&news.file).is_none();
        let is_past = |news: &News| {
            let now = self.design.documents.get(&news.file).map(design::OpenDocument::revision);
            news.revision.is_some_and(|of| now != Some(of))
        };
        let news = self.design.news.iter().filter(move |news| !is_past(news));
        news.filter(move |news| Some(news.file.as_str()) == file || is_gone(news))
    }
}

impl First<'_> {
    /// All that it says.
    fn text(self, state: &State) -> String {
        match self {
            Self::Error(notice) => error_text(&notice.title, &notice.error),
            Self::News(news) => news.text.clone(),
            Self::Restored(files) => {
                let told = format!("Unsaved edits of the last session are back: {}", files.join(", "));
                let left = state.shell.others_left.iter().find(|left| files.contains(&left.file));
                let left = left.map(|left| {
                    format!("\nanother studio left other edits of {}: undo shows them", left.file)
                });
                told + &left.unwrap_or_default()
            }
        }
    }

    /// Tells it from others: what comes anew is read aloud anew.
    fn id(self) -> u64 {
        match self {
            Self::Error(notice) => notice.id,
            Self::News(news) => news.id,
            Self::Restored(_) => 0,
        }
    }

    /// What closes it.
    fn dismiss(self) -> Command {
        match self {
            Self::Error(notice) => Command::Dismiss(notice.id),
            Self::News(news) => Command::Design(design::Command::DismissNews(news.id)),
            Self::Restored(_) => Command::Shell(Own::DismissRestored),
        }
    }
}

/// The message that matters most on one line, with what can be done about it, in the room that is left.
pub(super) fn line(state: &State, commands: &Commands, ui: &mut Ui) {
    let Some(first) = state.first_message() else { return };
    let tokens = Tokens::of(ui.visuals());
    let (fill, edge, sign, color, word, role) = match first {
        First::Error(_) => {
            let line = tokens.error_line.gamma_multiply(0.6);
            (tokens.error_fill, line, icon::ERROR, tokens.error, "Error", Role::Alert)
        }
        First::News(_) => (tokens.raised, tokens.line, icon::RELOAD, tokens.link, "Note", Role::Status),
        First::Restored(_) => (tokens.raised, tokens.line, icon::HISTORY, tokens.link, "Note", Role::Status),
    };
    let room = ui.available_rect_before_wrap();
    let id = Id::unique("messages");
    let place = ui.interact(room, id, Sense::hover());
    place.widget_info(|| WidgetInfo::labeled(Role::Region, true, "Messages"));
    ui.painter().rect(room, theme::RADIUS, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
    let show = ui.scope_builder(
        UiBuilder::new().accessibility_parent(id).scope_id(Id::unique("message line")),
        |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let buttons = ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let button = buttons(state, commands, first, ui);
                let builder = UiBuilder::new().id_salt(first.id()).accessibility_role(role);
                ui.scope_builder(builder.layout(Layout::left_to_right(Align::Center)), |ui| {
                    ui.add_space(8.0);
                    state_icon(ui, sign, color, word);
                    let text = first.text(state);
                    let one_line = text.replace('\n', "  ·  ");
                    let label = Label::new(marked_small(&one_line, tokens.text))
                        .truncate()
                        .show_tooltip_when_elided(false);
                    let label = ui.add(label);
                    let text = crate::text::unmarked(&text);
                    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &*text));
                    label.on_hover_text(&*text);
                });
                button
            });
            buttons.inner
        },
    );
    let is_listed = all(state, commands, &show.inner);
    let stays = is_listed || ui.rect_contains_pointer(room);
    leave(state, commands, first, stays, ui.ctx());
}

/// What can be done: from the right, close it, see all of it, and what leads on. Gives the one that shows all.
fn buttons(state: &State, commands: &Commands, first: First<'_>, ui: &mut Ui) -> Response {
    if icon_button(ui, icon::CLOSE, "Dismiss").clicked() {
        commands.send(first.dismiss());
    }
    let count = state.messages();
    let is_narrow = is_narrow(ui.ctx());
    let text = match (count, is_narrow) {
        (1, _) => "Show".to_owned(),
        (_, true) => format!("{count}…"),
        (_, false) => format!("Show all {count}"),
    };
    let name = if count == 1 { "Show message".to_owned() } else { format!("Show all {count} messages") };
    let show = Button::new(&text).name(&name).quiet().show(ui);
    match first {
        First::Error(notice) => {
            if let Some(action) = &notice.action {
                let look = |button: Button<'static>| button.quiet().icon_only(is_narrow);
                if command_button(ui, state, commands, action, look).clicked() {
                    // What fails again is told again.
                    commands.send(first.dismiss());
                }
            }
        }
        First::News(news) if news.can_undo => undo(commands, news, ui),
        First::News(_) | First::Restored(_) => {}
    }
    show
}

/// All messages above the line, as long as somebody wants to see them; whether they are shown.
fn all(state: &State, commands: &Commands, button: &Response) -> bool {
    let window = button.ctx.content_rect();
    let popup = Popup::from_toggle_button_response(button)
        .align(RectAlign::TOP_END)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .width((window.width() - 48.0).min(WIDTH))
        .frame(Frame::new());
    let shown = popup.show(|ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        heading(state, commands, ui);
        let height = window.height() * 0.6;
        // Of several the newest, which is lowest.
        ScrollArea::vertical().max_height(height).stick_to_bottom(true).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            restored(state, commands, ui);
            for news in state.shown_news() {
                told(commands, news, ui);
            }
            notices(state, commands, ui);
        });
    });
    shown.is_some()
}

/// Has what is on the line go when it was there to be read for long enough, but not from under the pointer; what waits
/// behind it has yet to be read.
fn leave(state: &State, commands: &Commands, first: First<'_>, stays: bool, ctx: &Context) {
    let now = ctx.input(|input| input.time);
    let is_over = |id: Id, seconds: f64| {
        let since = ctx.data_mut(|data| *data.get_temp_mut_or(id, now));
        let left = since + seconds - now;
        if left > 0.0 {
            ctx.request_repaint_after(Duration::from_secs_f64(left));
        }
        left <= 0.0 && !stays
    };
    let is_clean = |news: &News| state.design.documents.get(&news.file).is_some_and(|one| !one.is_dirty());
    match first {
        First::News(news) if news.leaves || (news.can_undo && is_clean(news)) => {
            if is_over(Id::unique(("news since", news.id)), NEWS_SECONDS) {
                commands.send(first.dismiss());
            }
        }
        First::Restored(files) => {
            if is_over(Id::unique(("restored since", files)), RESTORED_SECONDS) {
                commands.send(first.dismiss());
            }
        }
        First::News(_) | First::Error(_) => {}
    }
}

/// How many there are beside those that are shown, and the way to be rid of all at once.
fn heading(state: &State, commands: &Commands, ui: &mut Ui) {
    let more = state.notices.len().saturating_sub(SHOWN);
    let count = state.messages();
    if count < 2 {
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
                    0 => text::count(count as u64, "message", "messages"),
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

fn undo(commands: &Commands, news: &News, ui: &mut Ui) {
    if Button::new("Undo").icon(icon::UNDO).quiet().show(ui).clicked() {
        commands.send(Command::Design(design::Command::Undo));
        commands.send(Command::Design(design::Command::DismissNews(news.id)));
    }
}

/// What happened to a document.
fn told(commands: &Commands, news: &News, ui: &mut Ui) {
    let buttons = |ui: &mut Ui| {
        if icon_button(ui, icon::CLOSE, "Dismiss").clicked() {
            commands.send(Command::Design(design::Command::DismissNews(news.id)));
        }
        if news.can_undo {
            undo(commands, news, ui);
        }
    };
    ui.push_id(news.id, |ui| {
        raised(ui, |ui| {
            note_box(ui, Some(icon::RELOAD), buttons, |ui| {
                ui.label(crate::widgets::marked(
                    &news.text,
                    Tokens::of(ui.visuals()).text,
                    Tokens::of(ui.visuals()).text_strong,
                ));
            });
        });
    });
}
