//! What goes between the app and the window or browser around it: its name, what is dropped, what is copied.

use egui::OutputCommand;
use touchstone_protocol::CopyText;

use crate::App;
use crate::command::Place;

/// What the window is called while no workspace is open.
const NAME: &str = "Touchstone";

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

    /// Whether nothing would be lost with the page; has written what would. A window that is about to close asks until it
    /// is so, also where no frame is drawn any more.
    pub fn is_kept(&mut self) -> bool {
        self.take_answers();
        self.keep_now()
    }

    /// Has another frame drawn: something around the page is another.
    pub fn wake(&self) {
        self.ctx.request_repaint();
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
    fn what_is_copied_goes_one_way_only() {
        let text = "US0378331005".to_owned();
        let (asked, page) = copied(true);
        assert_eq!(asked, [Request::CopyText(CopyText { text: text.clone() })]);
        assert_eq!(page, []);
        assert_eq!(copied(false), (vec![], vec![OutputCommand::CopyText(text)]));
    }
}
