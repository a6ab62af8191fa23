//! What comes back after the end of the page, however it ended: layout, tabs and unsaved edits of a workspace; theme,
//! size of text and what was used last of the person.

mod layout;
mod panels;
mod person;

use std::time::Duration;

use serde_json::Value;
use touchstone_protocol::{ErrorCode, LoadState, RpcError, SaveState, StateScope};

use crate::App;
use crate::command::Command;
use crate::shell;

pub use layout::LookedAt;
pub(crate) use panels::keep_panel;
pub use person::{LARGEST_TEXT, Person, SMALLEST_TEXT};

/// Seconds from a change until it is written; what changes meanwhile goes along.
const PAUSE_SECONDS: f64 = 0.5;
/// Seconds until a write is tried again that failed.
const RETRY_SECONDS: f64 = 5.0;
/// Seconds that the window waits at most for theme and size of text before it draws anything.
const BLANK_SECONDS: f64 = 1.0;
/// The form of what is written; another number is another form.
const VERSION: u64 = 1;

type Leaving = Box<dyn FnOnce(&mut App) + Send>;

/// How far what is remembered is from what is.
#[derive(Default)]
pub(crate) struct Keeper {
    person: Scope,
    workspace: Scope,
    /// The workspace's folder.
    root: Option<String>,
    /// When to look whether something has changed.
    due: Option<f64>,
    /// What waits until the workspace's edits are safe.
    leaving: Option<Leaving>,
    /// Whether the files that were looked at without a workspace are back.
    looked_back: bool,
    /// Whether the person was told that nothing can be written.
    told: bool,
    /// Whether it was told what was remembered of the person, or that it can't be.
    knows_person: bool,
}

#[derive(Default)]
struct Scope {
    /// Whether what was remembered is here; nothing is written over it before.
    loaded: bool,
    saving: bool,
    /// What was remembered could not be read, and may be there all the same.
    unread: bool,
    /// What is remembered.
    last: Option<Value>,
}

impl Keeper {
    fn scope(&mut self, scope: StateScope) -> &mut Scope {
        match scope {
            StateScope::Person => &mut self.person,
            StateScope::Workspace => &mut self.workspace,
        }
    }
}

impl App {
    /// Something happened that may be worth remembering.
    pub(crate) fn keep_soon(&mut self) {
        if self.keeper.due.is_none() {
            self.keep_in(PAUSE_SECONDS);
        }
    }

    fn keep_in(&mut self, seconds: f64) {
        self.keeper.due = Some(self.now() + seconds);
        self.ctx.request_repaint_after(Duration::from_secs_f64(seconds));
    }

    /// Writes what has changed, once it is due.
    pub(crate) fn keep_frame(&mut self) {
        // A panel's edge is dragged without a command.
        if self.ctx.input(|input| input.pointer.any_released()) {
            self.keep_soon();
        }
        let Some(due) = self.keeper.due else { return };
        let now = self.now();
        if now < due {
            self.ctx.request_repaint_after(Duration::from_secs_f64(due - now));
            return;
        }
        self.keeper.due = None;
        self.keep(StateScope::Person);
        // While another workspace is opened, nobody knows which one the back end would write it to.
        if self.keeper.leaving.is_some() || !self.state.opening.is_pending() {
            self.keep(StateScope::Workspace);
        }
    }

    /// Has everything written that isn't yet; whether nothing is left to write.
    pub(crate) fn keep_now(&mut self) -> bool {
        let scopes = [StateScope::Person, StateScope::Workspace];
        scopes.into_iter().fold(true, |is_kept, scope| {
            // While another workspace is opened, this one's edits are safe already.
            if scope == StateScope::Person || !self.state.opening.is_pending() {
                self.keep(scope);
            }
            // Over what was remembered before nothing is written until it is here; edits wait for that.
            let waits = scope == StateScope::Workspace
                && !self.keeper.workspace.loaded
                && self.state.design.documents.is_dirty();
            is_kept && !waits && !self.keeper.scope(scope).saving
        })
    }

    fn keep(&mut self, scope: StateScope) {
        let is_known = match scope {
            StateScope::Person => true,
            StateScope::Workspace => self.state.open_workspace().is_some(),
        };
        let kept = self.keeper.scope(scope);
        let is_unread = kept.unread;
        if !kept.loaded || kept.saving || !is_known {
            return;
        }
        // What can't be read is not written over for a layout; edits that are here are worth more.
        if is_unread && !self.state.design.documents.is_dirty() {
            self.left(Ok(()));
            return;
        }
        // What was open stays remembered until it is open again, or can't be.
        if scope == StateScope::Person && self.keeper.looked_back && !self.state.opening.is_pending() {
            let workspace = self.state.open_workspace().map(|open| open.root.clone());
            // With a workspace, files are among what is open in it.
            let looked_at = workspace.is_none().then(|| LookedAt::of(&self.state));
            self.state.person.looked_at = looked_at.unwrap_or_default();
            self.state.person.workspace = workspace;
        }
        let state = match scope {
            StateScope::Person => self.state.person.to_value(),
            StateScope::Workspace => layout::taken(&self.state, &self.ctx),
        };
        let kept = self.keeper.scope(scope);
        if kept.last.as_ref() == Some(&state) {
            if scope == StateScope::Workspace {
                self.left(Ok(()));
            }
            return;
        }
        kept.saving = true;
        self.call(SaveState { scope, page: self.page, state: state.clone() }, move |app, result| {
            app.kept(scope, state, result);
        });
    }

    fn kept(&mut self, scope: StateScope, state: Value, result: Result<(), RpcError>) {
        let kept = self.keeper.scope(scope);
        kept.saving = false;
        match result {
            Ok(()) => {
                kept.last = Some(state);
                self.keeper.told = false;
                if scope == StateScope::Workspace && self.keeper.leaving.is_some() {
                    // What changed meanwhile is written too before anything is left.
                    self.keep(scope);
                }
            }
            Err(error) => {
                if scope == StateScope::Workspace && self.keeper.leaving.is_some() {
                    self.left(Err(error));
                } else if !std::mem::replace(&mut self.keeper.told, true) {
                    let title = "Unsaved edits and layout can't be kept for the case of a crash";
                    self.notice(title, error, None);
                }
                if self.keeper.due.is_none() {
                    self.keep_in(RETRY_SECONDS);
                }
            }
        }
    }

    /// Does something that leaves the workspace, once its unsaved edits are safe.
    pub(crate) fn leave(&mut self, then: impl FnOnce(&mut Self) + Send + 'static) {
        if self.state.open_workspace().is_none() || !self.keeper.workspace.loaded {
            then(self);
            return;
        }
        self.keeper.leaving = Some(Box::new(then));
        self.keep(StateScope::Workspace);
    }

    fn left(&mut self, result: Result<(), RpcError>) {
        let Some(then) = self.keeper.leaving.take() else { return };
        match result {
            // Without edits there is nothing to lose but the layout.
            Err(error) if self.state.design.documents.is_dirty() => {
                self.state.opening = crate::remote::Remote::default();
                let error = match error.help {
                    Some(_) => error,
                    None => error.with_help("Save your documents, then open the other workspace"),
                };
                self.notice("Unsaved edits can't be kept, so the workspace stays open", error, None);
            }
            _ => then(self),
        }
    }

    /// The workspace is shown: brings back what was open in it, once.
    pub(crate) fn keep_workspace(&mut self) {
        let root = self.state.open_workspace().map(|workspace| workspace.root.clone());
        if root.is_none() || self.keeper.root == root {
            return;
        }
        self.keeper.root = root;
        self.load_kept();
    }

    /// Another workspace, or the same one anew, takes the place of this one.
    pub(crate) fn forget_workspace(&mut self) {
        self.keeper.root = None;
        self.keeper.workspace = Scope::default();
        self.keeper.leaving = None;
    }

    /// Whether theme and size of text aren't known yet: all would be drawn in others, and then jump.
    pub(crate) fn awaits_person(&self) -> bool {
        let waits = !self.keeper.knows_person && self.now() < BLANK_SECONDS;
        if waits {
            self.ctx.request_repaint_after(Duration::from_secs_f64(BLANK_SECONDS));
        }
        waits
    }

    pub(crate) fn load_person(&mut self) {
        self.call(LoadState { scope: StateScope::Person, page: self.page }, |app, result| {
            app.keeper.person.loaded = result.is_ok();
            app.keeper.knows_person = true;
            match result {
                Ok(Some(state)) => {
                    app.state.person = Person::of_value(&state);
                    app.set_theme(app.state.person.theme);
                    app.set_text_size(app.state.person.text_size);
                    app.keeper.person.last = Some(state);
                }
                Ok(None) => app.keeper.person.last = Some(Person::default().to_value()),
                // Nothing but looks is lost; what can't be read is not written over.
                Err(_) => {}
            }
            app.look_back();
        });
    }

    /// Brings back the workspace that was open, or the files that were looked at without one, once it is known what
    /// they were and that the back end has none open by itself.
    pub(crate) fn look_back(&mut self) {
        let is_known = self.keeper.person.loaded && self.state.workspace.value().is_some();
        if !is_known || std::mem::replace(&mut self.keeper.looked_back, true) {
            return;
        }
        if self.state.open_workspace().is_some() {
            return;
        }
        self.put_looked_at(self.state.person.looked_at.clone());
        // Who has begun to open another one wants that.
        if let Some(path) = self.state.person.workspace.clone().filter(|_| !self.state.opening.is_pending()) {
            self.open_by(touchstone_protocol::OpenWorkspace { path });
        }
    }

    pub(crate) fn load_kept(&mut self) {
        let root = self.keeper.root.clone();
        let before = (self.state.tabs.clone(), self.state.place.clone());
        self.call(LoadState { scope: StateScope::Workspace, page: self.page }, move |app, result| {
            if app.keeper.root != root {
                return;
            }
            match result {
                Ok(state) => {
                    let is_untouched = before == (app.state.tabs.clone(), app.state.place.clone());
                    if let Some(state) = &state {
                        app.restore_layout(state, is_untouched);
                    }
                    app.keeper.workspace = Scope { loaded: true, last: state, ..Scope::default() };
                }
                Err(error) => {
                    let retry = Command::Shell(shell::Command::Restore);
                    let title = "What was open before could not be read";
                    app.notice(title, error, Some(retry));
                    app.keeper.workspace = Scope { loaded: true, unread: true, ..Scope::default() };
                }
            }
        });
    }

    fn restore_layout(&mut self, state: &Value, is_untouched: bool) {
        let restored = layout::read(state);
        let lost = restored.lost.clone();
        self.put_layout(restored, is_untouched);
        if !lost.is_empty() {
            let message = format!("It can't be read: {}", lost.join(", "));
            let error = RpcError::new(ErrorCode::Failed, message)
                .with_help("It goes on without; what is open now is remembered from here on");
            self.notice("Not all that was open before is back", error, None);
        }
    }
}
