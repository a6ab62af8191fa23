//! Settings: environments and credentials, look, keys, and what Touchstone is made of.

mod about;
mod appearance;
mod apply;
mod environments;
mod form;
mod question;
mod shortcuts;
mod view;

use std::collections::BTreeMap;

use touchstone_protocol::{ConnectionView, CredentialSource, EnvironmentSettings, SettingsView};

use crate::command::Offer;
use crate::icon;
use crate::remote::Remote;
use crate::state::LOCAL;

pub(crate) use question::question;
pub(crate) use view::settings;

/// What is known and chosen here.
#[derive(Debug, Default)]
pub struct State {
    /// The part that is shown.
    pub part: Part,
    /// Environments, profiles, the keychain.
    pub view: Remote<SettingsView>,
    /// The environment that is added or changed.
    pub form: Option<Form>,
    /// Whether it's being written.
    pub saving: Remote<()>,
    /// Keys being asked for or forgotten, by environment.
    pub keys: BTreeMap<String, Remote<()>>,
    /// What connection tests found, by environment.
    pub tests: BTreeMap<String, Remote<ConnectionView>>,
    /// The question that is asked, if any.
    pub question: Option<Question>,
    /// Only shortcuts that match this.
    pub filter: String,
}

/// A part of the settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// Where metadata is published, and with which credentials.
    #[default]
    Environments,
    /// Theme and size of text.
    Appearance,
    /// All commands with their keys.
    Shortcuts,
    /// Version, licences, where things are kept.
    About,
}

impl Part {
    /// All parts, in order.
    pub const ALL: [Self; 4] = [Self::Environments, Self::Appearance, Self::Shortcuts, Self::About];

    /// Its heading.
    pub fn text(self) -> &'static str {
        match self {
            Self::Environments => "Environments",
            Self::Appearance => "Appearance",
            Self::Shortcuts => "Shortcuts",
            Self::About => "About",
        }
    }

    /// What is set there.
    pub fn about(self) -> &'static str {
        match self {
            Self::Environments => "Where metadata is published: tables, regions, credentials",
            Self::Appearance => "Theme and text size",
            Self::Shortcuts => "All commands with their keys",
            Self::About => "Version, licences, where things are kept",
        }
    }

    fn icon(self) -> char {
        match self {
            Self::Environments => icon::ENVIRONMENT,
            Self::Appearance => icon::PALETTE,
            Self::Shortcuts => icon::KEYBOARD,
            Self::About => icon::INFO,
        }
    }
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Take this environment away?
    Remove(String),
    /// Forget its access keys?
    Forget(String),
    /// Create its table, and switch on what keeps it safe?
    SetUp(String),
}

/// Where credentials come from, as a choice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Source {
    /// The AWS credential chain.
    #[default]
    Chain,
    /// A profile of the AWS configuration.
    Profile,
    /// The system's keychain.
    Keychain,
}

/// An environment while it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// Whether it is there already; its name can't be changed then.
    pub exists: bool,
    /// Its name.
    pub name: String,
    /// DynamoDB table.
    pub table: String,
    /// AWS region; empty for the profile's.
    pub region: String,
    /// Where credentials come from.
    pub source: Source,
    /// The profile, where they come from one.
    pub profile: String,
    /// Address of an AWS-compatible server; empty for AWS.
    pub endpoint: String,
}

impl Form {
    fn of(environment: &EnvironmentSettings) -> Self {
        let (source, profile) = match &environment.credentials {
            CredentialSource::Chain => (Source::Chain, String::new()),
            CredentialSource::Profile { name } => (Source::Profile, name.clone()),
            CredentialSource::Keychain => (Source::Keychain, String::new()),
        };
        Self {
            exists: true,
            name: environment.name.clone(),
            table: environment.table.clone(),
            region: environment.region.clone().unwrap_or_default(),
            source,
            profile,
            endpoint: environment.endpoint.clone().unwrap_or_default(),
        }
    }

    fn credentials(&self) -> CredentialSource {
        match self.source {
            Source::Chain => CredentialSource::Chain,
            Source::Profile => CredentialSource::Profile { name: self.profile.trim().to_owned() },
            Source::Keychain => CredentialSource::Keychain,
        }
    }

    /// Why it can't be written; the back end says the rest.
    fn obstacle(&self, known: Option<&SettingsView>) -> Option<&'static str> {
        let name = self.name.trim();
        let is_taken = || known.into_iter().flat_map(|view| &view.environments).any(|one| one.name == name);
        if name.is_empty() {
            Some("Type a name first")
        } else if name == LOCAL {
            Some("This computer is always there; choose another name")
        } else if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) {
            Some("A name has letters, digits, - and _")
        } else if !self.exists && is_taken() {
            Some("There is an environment of this name")
        } else if self.table.trim().is_empty() {
            Some("Type the name of its DynamoDB table first")
        } else if self.source == Source::Profile && self.profile.trim().is_empty() {
            Some("Choose a profile first")
        } else {
            None
        }
    }
}

/// Something to do here.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// The settings have come into view, or are asked for again.
    Load,
    /// Show a part.
    Show(Part),
    /// Add an environment.
    New,
    /// Change this one.
    Edit(String),
    /// Change what is typed.
    Change(Box<Form>),
    /// Write it.
    Save,
    /// Leave it.
    LeaveForm,
    /// Ask whether to take an environment away.
    AskRemove(String),
    /// Take it away.
    Remove(String),
    /// Have the front door ask for access keys.
    EnterKeys(String),
    /// Ask whether to forget them.
    AskForget(String),
    /// Forget them.
    Forget(String),
    /// Answer nothing, change nothing.
    CloseQuestion,
    /// Ask an environment who the person is there.
    Test(String),
    /// Ask whether to create its table, and switch on what keeps it safe.
    AskSetUp(String),
    /// Do that.
    SetUp(String),
    /// Only shortcuts that match this.
    FilterShortcuts(String),
}

impl Command {
    /// How it is offered.
    pub fn offer(&self) -> Offer {
        let offer = |text, tooltip, icon| Offer { text, tooltip, icon, shortcut: None };
        match self {
            Self::Load => offer("Try again", "Ask again for the settings", icon::RELOAD),
            Self::New => offer("Add environment…", "Another place to publish metadata to", icon::ADD),
            Self::Edit(_) => offer("Edit…", "Change table, region or credentials", icon::EDIT),
            Self::Save => offer("Save", "Write it into touchstone.toml", icon::SAVE),
            Self::LeaveForm | Self::CloseQuestion => offer("Cancel", "Change nothing", icon::CLOSE),
            Self::AskRemove(_) => {
                offer("Remove…", "Take it from touchstone.toml; what is published there stays", icon::DELETE)
            }
            Self::Remove(_) => offer("Remove", "Take it from touchstone.toml", icon::DELETE),
            Self::EnterKeys(_) => offer(
                "Enter keys…",
                "Type access keys in a window of the system; this page never sees them",
                icon::KEY,
            ),
            Self::AskForget(_) => {
                offer("Forget keys…", "Take the access keys out of the system's keychain", icon::DELETE)
            }
            Self::Forget(_) => offer("Forget keys", "Take them out of the keychain", icon::DELETE),
            Self::Test(_) => offer(
                "Test connection",
                "Who you are there, and what you may do; nothing is changed",
                icon::CONNECT,
            ),
            Self::AskSetUp(_) => offer(
                "Set up…",
                "Create the table where there is none, and switch on what keeps it safe",
                icon::ENVIRONMENT,
            ),
            Self::SetUp(_) => offer("Set up", "Create and protect the table", icon::ENVIRONMENT),
            Self::Show(_) | Self::Change(_) | Self::FilterShortcuts(_) => Offer::unlisted("Settings"),
        }
    }

    /// Why it can't be given now; none when it can.
    pub fn obstacle(&self, state: &crate::state::State) -> Option<String> {
        let settings = &state.settings;
        let is_busy = |name: &String| settings.keys.get(name).is_some_and(Remote::is_pending);
        let reason = match self {
            Self::New if state.open_workspace().is_none() => "Open a workspace first",
            Self::Save if settings.saving.is_pending() => "It is being saved",
            Self::Save => return settings.form.as_ref()?.obstacle(settings.view.value()).map(str::to_owned),
            Self::EnterKeys(name) | Self::Forget(name) if is_busy(name) => "The keychain is being asked",
            Self::EnterKeys(_) => {
                return settings.view.value().and_then(|view| view.keychain_problem.clone());
            }
            Self::AskSetUp(name) | Self::SetUp(name)
                if settings.tests.get(name).is_some_and(Remote::is_pending) =>
            {
                "It is being set up or tested"
            }
            Self::Test(name) if settings.tests.get(name).is_some_and(Remote::is_pending) => {
                "It is being tested"
            }
            _ => return None,
        };
        Some(reason.to_owned())
    }

    /// Those that menu, palette and keys offer now.
    pub fn offered(_state: &crate::state::State) -> Vec<Self> {
        vec![Self::New]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_is_missing() {
        let mut form = Form::default();
        assert_eq!(form.obstacle(None), Some("Type a name first"));
        form.name = "local".to_owned();
        assert!(form.obstacle(None).is_some());
        form.name = "prod eu".to_owned();
        assert_eq!(form.obstacle(None), Some("A name has letters, digits, - and _"));
        form.name = "prod".to_owned();
        assert_eq!(form.obstacle(None), Some("Type the name of its DynamoDB table first"));
        form.table = "touchstone-prod".to_owned();
        assert_eq!(form.obstacle(None), None);
        form.source = Source::Profile;
        assert_eq!(form.obstacle(None), Some("Choose a profile first"));
    }
}
