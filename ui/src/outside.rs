//! What goes between the app and the window or browser around it: its name, what is dropped, what is copied.

use egui::{Context, Key, Modifiers, OutputCommand};
use touchstone_protocol::CopyText;

use crate::App;
use crate::command::Place;
use crate::keys::is_function;
use crate::shell;

/// What the window is called while no workspace is open.
const NAME: &str = "Touchstone";

/// How far a page is that is about to go.
#[derive(Debug, Default)]
pub(crate) struct Parting {
    /// What a person had done to the page when it was asked last.
    asked: Option<u64>,
    /// The frame in which the field that had the keyboard was left.
    left: Option<u64>,
}

/// Has another frame drawn, from outside of one.
pub(crate) fn wake(ctx: &Context) {
    ctx.request_repaint();
    #[cfg(target_arch = "wasm32")]
    crate::web::frames::now();
}

impl App {
    /// What the window is called now; a dot stands before it while something isn't saved.
    pub fn title(&self) -> String {
        let Some(workspace) = self.state.open_workspace() else { return NAME.to_owned() };
        let mark = if self.state.design.documents.is_dirty() { "• " } else { "" };
        format!("{mark}{} – {NAME}", workspace.name)
    }

    /// Looks at files whose paths are known.
    pub fn look_at(&mut self, paths: Vec<String>) {
        for path in paths {
            self.go(Place::File(path));
        }
        self.wake();
    }

    /// Whether the page may go with the window: all that a person has done to it has reached the app, and all that isn't
    /// saved is written. A window that is about to close asks until it is so.
    ///
    /// `done` counts the keys, clicks and texts that came to the page, `drawn` those that came before the last frame.
    pub fn may_go(&mut self, is_first: bool, done: u64, drawn: u64) -> bool {
        if is_first {
            self.parting = Parting::default();
        }
        // Nothing new since the last question: nothing waits on its way to the page.
        let rests = self.parting.asked.replace(done) == Some(done) && drawn == done;
        if !rests {
            self.parting.left = None;
        } else if self.parting.left.is_none() {
            // A name is taken when its field is left.
            if let Some(field) = self.ctx.memory(egui::Memory::focused) {
                self.ctx.memory_mut(|memory| memory.surrender_focus(field));
                self.parting.left = Some(self.ctx.cumulative_frame_nr());
            }
        }
        let has_left = self.parting.left.is_none_or(|frame| self.ctx.cumulative_frame_nr() > frame);
        if !(rests && has_left) {
            self.wake();
            return false;
        }
        self.is_kept()
    }

    /// Whether nothing would be lost with the page; has written what would, also where no frame is drawn any more.
    pub fn is_kept(&mut self) -> bool {
        self.take_answers();
        self.keep_now()
    }

    /// Whether keys that are pressed with others held are a command's, and not the browser's. Those of the clipboard are
    /// never: by them the browser says what is copied and pasted.
    pub fn has_keys(&self, held: Modifiers, key: Key) -> bool {
        let types = !(held.command || held.ctrl || held.alt || is_function(key));
        let is_clipboard = held.command && matches!(key, Key::C | Key::X | Key::V);
        !types
            && !is_clipboard
            && shell::bound(&self.state)
                .iter()
                .any(|(keys, _)| keys.logical_key == key && held.matches_logically(keys.modifiers))
    }

    /// Has another frame drawn: something around the page is another.
    pub fn wake(&self) {
        wake(&self.ctx);
    }

    /// Hands what is copied to the back end, where it has the better clipboard.
    pub(crate) fn hand_on_copies(&mut self) {
        if !self.backend.has_clipboard() {
            return;
        }
        let commands = self.ctx.output_mut(|output| std::mem::take(&mut output.commands));
        let mut others = Vec::new();
        for command in commands {
            match command {
                OutputCommand::CopyText(text) => self.call(CopyText { text }, |app, result| {
                    if let Err(error) = result {
                        app.notice("It could not be copied", error, None);
                    }
                }),
                other => others.push(other),
            }
        }
        // In the same frame nobody else gives any.
        self.ctx.output_mut(|output| output.commands = others);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use egui::{Context, RawInput};
    use touchstone_protocol::Request;

    use super::*;
    use crate::backend::{Backend, Reply};
    use crate::command::Command;

    struct Desk {
        asked: Arc<Mutex<Vec<Request>>>,
        has_clipboard: bool,
    }

    impl Backend for Desk {
        fn send(&self, request: Request, _reply: Reply) {
            self.asked.lock().unwrap().push(request);
        }

        fn has_clipboard(&self) -> bool {
            self.has_clipboard
        }
    }

    fn copied(has_clipboard: bool) -> (Vec<Request>, Vec<OutputCommand>) {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let ctx = Context::default();
        let mut app = App::new(&ctx, Desk { asked: Arc::clone(&asked), has_clipboard });
        app.command(Command::Copy("US0378331005".to_owned()));
        let mut output = ctx.run_ui(RawInput::default(), |ui| app.frame(ui));
        output.textures_delta.clear();
        let mut asked = asked.lock().unwrap().clone();
        asked.retain(|request| matches!(request, Request::CopyText(_)));
        (asked, output.platform_output.commands)
    }

    #[test]
    fn keys_of_commands_are_kept_and_those_that_type_or_copy_are_not() {
        let ctx = Context::default();
        let app = App::new(&ctx, Desk { asked: Arc::default(), has_clipboard: true });
        let (command, shift) = (Modifiers::COMMAND, Modifiers::SHIFT);
        for key in [Key::K, Key::P, Key::O, Key::Plus, Key::Equals, Key::Minus, Key::Num0, Key::W, Key::R] {
            assert!(app.has_keys(command, key), "{key:?}");
        }
        assert!(app.has_keys(Modifiers::NONE, Key::F5) && app.has_keys(Modifiers::CTRL, Key::Tab));
        assert!(app.has_keys(Modifiers { ctrl: true, command: true, ..shift }, Key::T));
        for key in [Key::C, Key::X, Key::V, Key::A, Key::J] {
            assert!(!app.has_keys(command, key), "{key:?}");
        }
        assert!(!app.has_keys(Modifiers::NONE, Key::K) && !app.has_keys(shift, Key::F));
    }

    #[test]
    fn what_is_copied_goes_one_way_only() {
        let text = "US0378331005".to_owned();
        let (asked, page) = copied(true);
        assert_eq!(asked, [Request::CopyText(CopyText { text: text.clone() })]);
        assert_eq!(page, []);
        assert_eq!(copied(false), (vec![], vec![OutputCommand::CopyText(text)]));
    }
}
