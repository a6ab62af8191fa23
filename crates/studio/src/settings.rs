//! Settings: AWS profiles, environments in `touchstone.toml`, and the access keys that belong to them.

use std::sync::Arc;

use toml_edit::{DocumentMut, Item, Table, TableLike, value};
use touchstone_protocol::{
    CredentialSource, EnvironmentSettings, ErrorCode, ProfileSettings, RpcError, SaveEnvironment,
    SettingsView,
};

use crate::{
    config::{CONFIG_FILE, Config, EnvironmentConfig, KeySource, LOCAL},
    document::lock_workspace,
    environment::actor,
    file::{blocking, io_error, write_whole},
    keys::{KeyPair, KeyPlace},
    studio::Studio,
    workspace::Workspace,
};

impl Studio {
    /// AWS settings and environments. Never holds a secret.
    ///
    /// # Errors
    /// When no workspace is open or its settings can't be read.
    pub async fn settings_view(&self) -> Result<SettingsView, RpcError> {
        let config = match self.root() {
            Some(_) => Some(self.workspace().await?),
            None => None,
        };
        let profiles = touchstone_aws::profiles().await;
        let keys = Arc::clone(&self.keys);
        blocking(move || {
            let environments = config.iter().flat_map(|workspace| {
                workspace.config.environments.iter().map(|(name, environment)| {
                    let credentials = credential_source(environment);
                    let place = key_place(workspace, name);
                    EnvironmentSettings {
                        name: name.clone(),
                        table: environment.table.clone(),
                        region: environment.region.clone(),
                        has_keys: credentials == CredentialSource::Keychain
                            && keys.get(&place).is_ok_and(|found| found.is_some()),
                        credentials,
                        endpoint: environment.endpoint_url.clone(),
                    }
                })
            });
            Ok(SettingsView {
                profiles: profiles
                    .into_iter()
                    .map(|profile| ProfileSettings {
                        name: profile.name,
                        region: profile.region,
                        kind: profile.kind,
                    })
                    .collect(),
                regions: touchstone_aws::REGIONS.iter().map(|region| (*region).to_owned()).collect(),
                environments: environments.collect(),
                keychain_problem: keys.problem(),
                actor: actor(),
            })
        })
        .await
    }

    /// Adds or changes an environment in `touchstone.toml`; its comments and order stay.
    ///
    /// # Errors
    /// When a value can't be right or the file can't be written; it stays as it was then.
    pub async fn change_environment(&self, asked: SaveEnvironment) -> Result<SettingsView, RpcError> {
        self.edit_config(move |document| set_environment(document, &asked)).await
    }

    /// Takes an environment from `touchstone.toml`; what is published there stays.
    ///
    /// # Errors
    /// When there is none of this name, or the file can't be written.
    pub async fn drop_environment(&self, name: &str) -> Result<SettingsView, RpcError> {
        let workspace = self.workspace().await?;
        workspace.config.environment(name)?;
        let asked = name.to_owned();
        self.edit_config(move |document| remove_environment(document, &asked)).await
    }

    async fn edit_config(
        &self,
        edit: impl FnOnce(&mut DocumentMut) -> Result<(), RpcError> + Send + 'static,
    ) -> Result<SettingsView, RpcError> {
        let root = self.open_root()?;
        blocking(move || {
            let _lock = lock_workspace(&root)?;
            let path = root.join(CONFIG_FILE);
            let text = std::fs::read_to_string(&path).map_err(|error| io_error(&path, &error))?;
            // A file that is broken already says where, before anything is changed.
            Config::read(&text)?;
            let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
                RpcError::new(ErrorCode::InvalidSpec, format!("{CONFIG_FILE}: {}", error.message()))
            })?;
            edit(&mut document)?;
            let changed = document.to_string();
            Config::read(&changed)?;
            if changed == text { Ok(()) } else { write_whole(&path, changed.as_bytes()) }
        })
        .await?;
        self.forget_registries().await;
        self.settings_view().await
    }

    /// Keeps the access keys of an environment in the front door's keychain.
    ///
    /// # Errors
    /// When there is no such environment, it takes its credentials from elsewhere, or the keychain can't be used.
    pub async fn put_keys(&self, environment: &str, pair: KeyPair) -> Result<SettingsView, RpcError> {
        let place = self.place_of_keys(environment).await?;
        let keys = Arc::clone(&self.keys);
        blocking(move || Ok(keys.put(&place, &pair)?)).await?;
        self.forget_registries().await;
        self.settings_view().await
    }

    /// Takes the access keys of an environment out of the keychain.
    ///
    /// # Errors
    /// When there is no such environment, or the keychain can't be used.
    pub async fn remove_keys(&self, environment: &str) -> Result<SettingsView, RpcError> {
        let workspace = self.workspace().await?;
        workspace.config.environment(environment)?;
        let place = key_place(&workspace, environment);
        let keys = Arc::clone(&self.keys);
        blocking(move || Ok(keys.remove(&place)?)).await?;
        self.forget_registries().await;
        self.settings_view().await
    }

    /// Whether an environment takes its credentials from the keychain: before anybody is asked for a secret.
    ///
    /// # Errors
    /// When there is no such environment, or it takes them from elsewhere.
    pub async fn takes_keys(&self, environment: &str) -> Result<(), RpcError> {
        self.place_of_keys(environment).await.map(drop)
    }

    async fn place_of_keys(&self, environment: &str) -> Result<KeyPlace, RpcError> {
        let workspace = self.workspace().await?;
        let uses_keychain = workspace
            .config
            .environment(environment)?
            .is_some_and(|config| config.credentials == Some(KeySource::Keychain));
        if !uses_keychain {
            return Err(RpcError::new(
                ErrorCode::Failed,
                format!("the environment `{environment}` doesn't take its credentials from the keychain"),
            )
            .with_help(format!(
                "set `credentials = \"keychain\"` in its section of {CONFIG_FILE}, in place of `profile`"
            )));
        }
        Ok(key_place(&workspace, environment))
    }
}

pub(crate) fn key_place(workspace: &Workspace, environment: &str) -> KeyPlace {
    let root = std::fs::canonicalize(&workspace.root).unwrap_or_else(|_| workspace.root.clone());
    KeyPlace { workspace: root.to_string_lossy().into_owned(), environment: environment.to_owned() }
}

fn credential_source(environment: &EnvironmentConfig) -> CredentialSource {
    match (&environment.credentials, &environment.profile) {
        (Some(KeySource::Keychain), _) => CredentialSource::Keychain,
        (None, Some(profile)) => CredentialSource::Profile { name: profile.clone() },
        (None, None) => CredentialSource::Chain,
    }
}

fn set_environment(document: &mut DocumentMut, asked: &SaveEnvironment) -> Result<(), RpcError> {
    let refused = |reason: String, help: &str| Err(RpcError::new(ErrorCode::Failed, reason).with_help(help));
    let name = asked.name.trim();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    if name.is_empty() || name.len() > 64 || !name.chars().all(is_plain) {
        return refused(
            format!("`{}` can't be an environment's name", name.escape_debug()),
            "use letters, digits, `-` and `_`",
        );
    }
    if name == LOCAL {
        return refused(format!("`{LOCAL}` is always there"), "choose another name");
    }
    let given = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let table = asked.table.trim().to_owned();
    let (region, endpoint) = (given(&asked.region), given(&asked.endpoint));
    touchstone_aws::check_names(&table, region.as_deref(), endpoint.as_deref())
        .map_err(|reason| RpcError::new(ErrorCode::Failed, reason).with_help("correct it and save again"))?;
    let (profile, credentials) = match &asked.credentials {
        CredentialSource::Chain => (None, None),
        CredentialSource::Profile { name } if name.trim().is_empty() => {
            return refused("the profile has no name".to_owned(), "choose one of the AWS configuration");
        }
        CredentialSource::Profile { name } => (Some(name.trim().to_owned()), None),
        CredentialSource::Keychain => (None, Some("keychain".to_owned())),
    };
    let section = section(document, name)?;
    set(section, "table", Some(table));
    set(section, "region", region);
    set(section, "profile", profile);
    set(section, "credentials", credentials);
    set(section, "endpoint_url", endpoint);
    Ok(())
}

/// The section of an environment; made at the end when it isn't there.
fn section<'document>(
    document: &'document mut DocumentMut,
    name: &str,
) -> Result<&'document mut dyn TableLike, RpcError> {
    let strange = || {
        RpcError::new(ErrorCode::InvalidSpec, format!("{CONFIG_FILE}: `environments` is no section"))
            .with_help("write sections `[environments.NAME]`")
    };
    let known = document.get("environments").and_then(Item::as_table_like);
    // Comments at the end of the file belong to what stands before them, and stay there.
    let mut added = Table::new();
    if known.is_none_or(|all| !all.contains_key(name)) {
        let comments = document.trailing().as_str().unwrap_or_default().trim_end().to_owned();
        if !comments.is_empty() {
            added.decor_mut().set_prefix(format!("{comments}\n\n"));
            document.set_trailing("");
        }
    }
    let mut parent = Table::new();
    parent.set_implicit(true);
    let environments = document
        .entry("environments")
        .or_insert(Item::Table(parent))
        .as_table_like_mut()
        .ok_or_else(strange)?;
    if !environments.contains_key(name) {
        environments.insert(name, Item::Table(added));
    }
    environments.get_mut(name).and_then(Item::as_table_like_mut).ok_or_else(strange)
}

/// Sets a key to a text, or takes it away. What stands around an old value stays around the new one.
fn set(section: &mut dyn TableLike, key: &str, text: Option<String>) {
    let Some(text) = text else {
        section.remove(key);
        return;
    };
    match section.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) if old.as_str() == Some(text.as_str()) => {}
        Some(old) => {
            let around = old.decor().clone();
            *old = text.into();
            *old.decor_mut() = around;
        }
        None => {
            section.insert(key, value(text));
        }
    }
}

fn remove_environment(document: &mut DocumentMut, name: &str) -> Result<(), RpcError> {
    let removed =
        document.get_mut("environments").and_then(Item::as_table_like_mut).and_then(|all| all.remove(name));
    match removed {
        Some(_) => Ok(()),
        None => Err(RpcError::new(ErrorCode::NotFound, format!("there is no environment `{name}`"))
            .with_help("load the settings again")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &str, credentials: CredentialSource) -> SaveEnvironment {
        SaveEnvironment {
            name: name.to_owned(),
            table: "touchstone-dev".to_owned(),
            region: Some("eu-west-1".to_owned()),
            credentials,
            endpoint: None,
        }
    }

    const BEFORE: &str = "# Our firm\nname = \"Firm\" # short\n\n# Where we try things\n[environments.dev]\ntable = \"old\" # by the admins\nprofile = \"data-dev\"\n\n[environments.prod]\ntable = \"touchstone-prod\"\n";

    #[test]
    fn an_environment_changes_and_comments_and_order_stay() {
        let mut document: DocumentMut = BEFORE.parse().unwrap();
        set_environment(&mut document, &asked("dev", CredentialSource::Keychain)).unwrap();
        set_environment(&mut document, &asked("new", CredentialSource::Profile { name: "x".to_owned() }))
            .unwrap();
        assert_eq!(
            document.to_string(),
            "# Our firm\nname = \"Firm\" # short\n\n# Where we try things\n[environments.dev]\ntable = \"touchstone-dev\" # by the admins\nregion = \"eu-west-1\"\ncredentials = \"keychain\"\n\n[environments.prod]\ntable = \"touchstone-prod\"\n\n[environments.new]\ntable = \"touchstone-dev\"\nregion = \"eu-west-1\"\nprofile = \"x\"\n"
        );
        remove_environment(&mut document, "dev").unwrap();
        let left = Config::read(&document.to_string()).unwrap();
        assert!(!left.environments.contains_key("dev") && left.environments.len() == 2);
        assert!(remove_environment(&mut document, "dev").is_err());
    }

    #[test]
    fn comments_at_the_end_stay_with_what_they_are_about() {
        let before = "name = \"x\"\n\n[environments.dev]\ntable = \"old\"\n# profile = \"data-dev\"\n";
        let mut document: DocumentMut = before.parse().unwrap();
        set_environment(&mut document, &asked("prod", CredentialSource::Chain)).unwrap();
        let text = document.to_string();
        assert!(text.starts_with(before), "{text}");
        assert!(
            text.ends_with("\n\n[environments.prod]\ntable = \"touchstone-dev\"\nregion = \"eu-west-1\"\n"),
            "{text}"
        );
        // Changed again, nothing moves.
        set_environment(&mut document, &asked("prod", CredentialSource::Chain)).unwrap();
        assert_eq!(document.to_string(), text);
    }

    #[test]
    fn a_first_environment_needs_no_section_above_it() {
        let mut document: DocumentMut = "name = \"x\"\n".parse().unwrap();
        set_environment(&mut document, &asked("dev", CredentialSource::Chain)).unwrap();
        let text = document.to_string();
        assert!(!text.contains("[environments]"), "{text}");
        assert!(Config::read(&text).unwrap().environments.contains_key("dev"));
    }

    #[test]
    fn values_that_cannot_be_right_are_refused() {
        let with = |change: fn(&mut SaveEnvironment)| {
            let mut wrong = asked("dev", CredentialSource::Chain);
            change(&mut wrong);
            set_environment(&mut BEFORE.parse().unwrap(), &wrong)
        };
        assert!(with(|_| {}).is_ok());
        for wrong in [
            with(|wrong| wrong.name = "local".to_owned()),
            with(|wrong| wrong.name = "a b".to_owned()),
            with(|wrong| wrong.name = "a.b]\n[x".to_owned()),
            with(|wrong| wrong.table = "x".to_owned()),
            with(|wrong| wrong.region = Some("mars west".to_owned())),
            with(|wrong| wrong.endpoint = Some("localhost".to_owned())),
            with(|wrong| wrong.credentials = CredentialSource::Profile { name: " ".to_owned() }),
        ] {
            assert!(wrong.is_err());
        }
    }
}
