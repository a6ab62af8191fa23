//! `touchstone.toml`: the workspace's name and the environments that metadata can be published to.

use indexmap::IndexMap;
use serde::Deserialize;
use touchstone_protocol::{EnvironmentView, ErrorCode, RpcError};
use touchstone_spec::in_plain_words;

/// Name of the file that makes a folder a workspace.
pub const CONFIG_FILE: &str = "touchstone.toml";

/// The environment that every workspace has: embedded `SQLite` on this computer.
pub const LOCAL: &str = "local";

/// What `touchstone.toml` says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name of the workspace.
    pub name: String,
    /// Environments beside `local`, by name.
    #[serde(default)]
    pub environments: IndexMap<String, EnvironmentConfig>,
}

/// Where the access keys of an environment are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeySource {
    /// In the system's keychain.
    Keychain,
}

/// A DynamoDB table that metadata is published to. Holds no secret: credentials come from the AWS credential chain.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentConfig {
    /// Name of the table.
    pub table: String,
    /// AWS region; that of the profile when absent.
    pub region: Option<String>,
    /// Profile of the AWS configuration; the credential chain's default when absent.
    pub profile: Option<String>,
    /// Where else credentials come from than from a profile or the credential chain.
    pub credentials: Option<KeySource>,
    /// Address of a DynamoDB-compatible server; AWS's own when absent.
    pub endpoint_url: Option<String>,
}

impl Config {
    /// Reads the text of a `touchstone.toml`.
    ///
    /// # Errors
    /// Names line and column, the reason, and the next step.
    pub fn read(text: &str) -> Result<Self, RpcError> {
        let config: Self = toml::from_str(text).map_err(|error| {
            let (line, column) = error.span().map_or((1, 1), |span| position(text, span.start));
            RpcError::new(ErrorCode::InvalidSpec, format!("{CONFIG_FILE}:{line}:{column}: {}", in_plain_words(error.message())))
                .with_help("a workspace has `name = \"…\"` and sections `[environments.NAME]` with `table`, `region`, `profile` or `credentials = \"keychain\"`, and `endpoint_url`")
        })?;
        if config.environments.contains_key(LOCAL) {
            return Err(RpcError::new(
                ErrorCode::InvalidSpec,
                format!("{CONFIG_FILE}: the environment `{LOCAL}` is always there and can't be defined"),
            )
            .with_help(format!("remove the section `[environments.{LOCAL}]` or give it another name")));
        }
        let both = |environment: &&EnvironmentConfig| {
            environment.profile.is_some() && environment.credentials.is_some()
        };
        if let Some((name, _)) = config.environments.iter().find(|(_, environment)| both(environment)) {
            return Err(RpcError::new(
                ErrorCode::InvalidSpec,
                format!("{CONFIG_FILE}: the environment `{name}` names both `profile` and `credentials`"),
            )
            .with_help("keep the one that its credentials come from"));
        }
        Ok(config)
    }

    /// All environments, `local` first, described for people.
    pub fn environments(&self) -> Vec<EnvironmentView> {
        let local = EnvironmentView { name: LOCAL.to_owned(), location: "this computer".to_owned() };
        let others = self.environments.iter().map(|(name, environment)| EnvironmentView {
            name: name.clone(),
            location: environment.to_string(),
        });
        std::iter::once(local).chain(others).collect()
    }

    /// The environment of this name; none for `local`.
    ///
    /// # Errors
    /// Lists the environments when there is none of this name.
    pub fn environment(&self, name: &str) -> Result<Option<&EnvironmentConfig>, RpcError> {
        if name == LOCAL {
            return Ok(None);
        }
        self.environments.get(name).map(Some).ok_or_else(|| {
            let known: Vec<String> = self.environments().into_iter().map(|environment| environment.name).collect();
            RpcError::new(ErrorCode::NotFound, format!("there is no environment `{name}` in {CONFIG_FILE}")).with_help(
                format!(
                    "the environments are {}; add a section `[environments.{name}]` with `table` and `region` for another",
                    known.join(", ")
                ),
            )
        })
    }
}

impl std::fmt::Display for EnvironmentConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DynamoDB table {}", self.table)?;
        if let Some(region) = &self.region {
            write!(f, " in {region}")?;
        }
        if let Some(endpoint_url) = &self.endpoint_url {
            write!(f, " at {endpoint_url}")?;
        }
        Ok(())
    }
}

/// Line and column, both from one, of a byte offset.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments_are_read_and_local_comes_first() {
        let config =
            Config::read("name = \"x\"\n[environments.dev]\ntable = \"t\"\nregion = \"eu-west-1\"\n")
                .unwrap();
        let names: Vec<String> =
            config.environments().into_iter().map(|e| format!("{}: {}", e.name, e.location)).collect();
        assert_eq!(names, ["local: this computer", "dev: DynamoDB table t in eu-west-1"]);
        assert!(config.environment("dev").unwrap().is_some());
        assert!(config.environment("prod").unwrap_err().help.unwrap().contains("local, dev"));
    }

    #[test]
    fn mistakes_have_a_line() {
        let error = Config::read("name = \"x\"\n[environments.dev]\ntabel = \"t\"\n").unwrap_err();
        assert!(error.message.starts_with("touchstone.toml:3:1: unknown key `tabel`"), "{}", error.message);
        let error = Config::read("name = \"x\"\n[environments.local]\ntable = \"t\"\n").unwrap_err();
        assert!(error.message.contains("always there"), "{}", error.message);
    }
}
