//! The start page, settings, connections, and what the page wants remembered. Nothing here holds a secret.

use serde::{Deserialize, Serialize};

use crate::CheckView;

/// What the start page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeView {
    /// Workspaces opened before, newest first.
    pub recent: Vec<RecentView>,
    /// Whether the front door has the system's dialogs; else paths are typed.
    pub has_dialogs: bool,
    /// Where the sample workspace is or would be put. None: it isn't here.
    pub sample: Option<String>,
    /// Version of Touchstone.
    pub version: String,
}

/// A workspace opened before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentView {
    /// Its name when it was last open.
    pub name: String,
    /// Its folder, absolute.
    pub path: String,
    /// When it was last opened, RFC 3339 in UTC.
    pub opened_at: String,
    /// Whether it is still there.
    pub exists: bool,
}

/// Where credentials come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum CredentialSource {
    /// The AWS credential chain's default.
    Chain,
    /// A profile of the AWS configuration.
    Profile {
        /// Its name.
        name: String,
    },
    /// Access keys in the system's keychain.
    Keychain,
}

/// AWS settings and environments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsView {
    /// Profiles of the AWS configuration on this computer.
    pub profiles: Vec<ProfileSettings>,
    /// Regions to choose from.
    pub regions: Vec<String>,
    /// The workspace's environments beside `local`.
    pub environments: Vec<EnvironmentSettings>,
    /// Why the system's keychain can't be used. None: it can.
    pub keychain_problem: Option<String>,
    /// Who the audit trail will say it was.
    pub actor: String,
}

/// A profile of the AWS configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileSettings {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: Option<String>,
    /// How it gets credentials: `access keys`, `single sign-on`, `role arn:…`.
    pub kind: String,
}

/// An environment as `touchstone.toml` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentSettings {
    /// Its name.
    pub name: String,
    /// DynamoDB table.
    pub table: String,
    /// AWS region. None: the profile's.
    pub region: Option<String>,
    /// Where credentials come from.
    pub credentials: CredentialSource,
    /// Whether the keychain holds access keys for it.
    pub has_keys: bool,
    /// Address of an AWS-compatible server. None: AWS.
    pub endpoint: Option<String>,
}

/// What a connection test found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionView {
    /// Who the person is there: an ARN. None: it could not be found out.
    pub identity: Option<String>,
    /// The AWS account.
    pub account: Option<String>,
    /// What the person may do, and what is there: `Read the table`, `Publish`, `Encryption at rest`…
    pub checks: Vec<CheckView>,
    /// Whether setting the environment up would help: there is no table, or a protection is off.
    #[serde(default)]
    pub needs_set_up: bool,
    /// How long it took.
    pub duration_ms: u64,
}

/// For whom the page wants something remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateScope {
    /// The person on this computer: theme, text size.
    Person,
    /// The open workspace: layout, tabs, unsaved edits.
    Workspace,
}
