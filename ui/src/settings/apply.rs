//! What is done on the commands of the settings.

use touchstone_protocol::{
    EnterKeys, ForgetKeys, RemoveEnvironment, RpcError, SaveEnvironment, SetUpEnvironment, Settings,
    SettingsView, TestConnection,
};

use super::{Command, Form, Part, Question};
use crate::App;
use crate::command::Place;
use crate::state::LOCAL;

impl App {
    pub(crate) fn apply_settings(&mut self, command: Command) {
        let settings = &mut self.state.settings;
        match command {
            Command::Load => self.load_settings(),
            Command::Show(part) => settings.part = part,
            Command::New => {
                settings.part = Part::Environments;
                settings.form = Some(Form::default());
                settings.saving = crate::remote::Remote::default();
                self.go(Place::Settings);
            }
            Command::Edit(name) => {
                let mut known = settings.view.value().into_iter().flat_map(|view| &view.environments);
                settings.form = known.find(|one| one.name == name).map(Form::of);
                settings.saving = crate::remote::Remote::default();
            }
            Command::Change(form) => settings.form = Some(*form),
            Command::Save => self.save_environment(),
            Command::LeaveForm => settings.form = None,
            Command::AskRemove(name) => settings.question = Some(Question::Remove(name)),
            Command::AskForget(name) => settings.question = Some(Question::Forget(name)),
            Command::CloseQuestion => settings.question = None,
            Command::Remove(name) => self.remove_environment(name),
            Command::EnterKeys(name) => self.change_keys(name, true),
            Command::Forget(name) => {
                settings.question = None;
                self.change_keys(name, false);
            }
            Command::Test(name) => {
                settings.tests.entry(name.clone()).or_default();
                self.fetch(TestConnection { environment: name.clone() }, move |state| {
                    state.settings.tests.get_mut(&name)
                });
            }
            Command::AskSetUp(name) => settings.question = Some(Question::SetUp(name)),
            Command::SetUp(name) => self.set_up(name),
            Command::FilterShortcuts(filter) => settings.filter = filter,
        }
    }

    fn set_up(&mut self, name: String) {
        self.state.settings.question = None;
        let ticket = self.ticket();
        self.state.settings.tests.entry(name.clone()).or_default().begin(ticket);
        self.call(SetUpEnvironment { environment: name.clone() }, move |app, result| {
            let is_done = result.is_ok();
            let test = app.state.settings.tests.get_mut(&name);
            if test.is_some_and(|test| test.finish(ticket, result)) && is_done {
                app.environment_changed(&name);
            }
        });
    }

    fn load_settings(&mut self) {
        self.fetch(Settings {}, |state| Some(&mut state.settings.view));
    }

    fn save_environment(&mut self) {
        let Some(form) = self.state.settings.form.clone() else { return };
        let ticket = self.ticket();
        self.state.settings.saving.begin(ticket);
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let call = SaveEnvironment {
            name: form.name.trim().to_owned(),
            table: form.table.trim().to_owned(),
            region: given(&form.region),
            credentials: form.credentials(),
            endpoint: given(&form.endpoint),
        };
        let name = call.name.clone();
        self.call(call, move |app, result| {
            let done = result.as_ref().map(|_| ()).map_err(Clone::clone);
            // What failed is told in the form, which stays.
            if !app.state.settings.saving.finish(ticket, done) {
                return;
            }
            if let Ok(view) = result {
                app.state.settings.form = None;
                app.settings_changed(&name, view);
            }
        });
    }

    fn remove_environment(&mut self, name: String) {
        self.state.settings.question = None;
        self.call(RemoveEnvironment { name: name.clone() }, move |app, result| match result {
            Ok(view) => {
                app.settings_changed(&name, view);
                if app.state.environment == name {
                    app.choose_environment(LOCAL.to_owned());
                }
            }
            Err(error) => app.notice(format!("{name} could not be removed"), error, None),
        });
    }

    fn change_keys(&mut self, name: String, enter: bool) {
        let ticket = self.ticket();
        self.state.settings.keys.entry(name.clone()).or_default().begin(ticket);
        let environment = name.clone();
        let then = move |app: &mut Self, result: Result<SettingsView, RpcError>| {
            let done = result.as_ref().map(|_| ()).map_err(Clone::clone);
            let keys = app.state.settings.keys.get_mut(&name);
            if keys.is_some_and(|keys| keys.finish(ticket, done))
                && let Ok(view) = result
            {
                app.settings_changed(&name, view);
            }
        };
        if enter {
            self.call(EnterKeys { environment }, then);
        } else {
            self.call(ForgetKeys { environment }, then);
        }
    }

    /// An environment is another one now: what is known of it is asked for anew.
    fn settings_changed(&mut self, name: &str, view: SettingsView) {
        self.state.settings.view.set(view);
        self.state.settings.tests.remove(name);
        self.environment_changed(name);
    }

    /// What is published there is asked for anew.
    fn environment_changed(&mut self, name: &str) {
        if self.state.open_workspace().is_none() {
            return;
        }
        self.load_workspace();
        if self.state.environment == name {
            self.load_audit();
            if let Some(selected) = self.state.selected.clone() {
                self.load_publication(&selected);
            }
        }
    }
}
