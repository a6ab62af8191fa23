//! Environments: where metadata is published, and the registry that opens there.

use std::{path::Path, sync::Arc};

use touchstone_aws::{AwsSettings, DynamoStore};
use touchstone_protocol::{ErrorCode, RpcError};
use touchstone_registry::{ErrorKind, Registry, SqliteOptions, SqliteStore, StoreError};

use crate::{
    Studio,
    config::{EnvironmentConfig, KeySource},
    file::blocking,
    settings::key_place,
    workspace::{Workspace, count},
};

impl Studio {
    /// Opens the registry of an environment.
    ///
    /// # Errors
    /// When the environment isn't configured or its store can't be opened.
    pub(crate) async fn open_registry(
        &self,
        workspace: &Workspace,
        environment: &str,
    ) -> Result<Registry, RpcError> {
        match workspace.config.environment(environment)? {
            None => Ok(Registry::new(Arc::new(open_local(workspace).await?))),
            Some(config) => {
                let store = self.dynamo(workspace, environment, config).await?;
                Ok(Registry::new(Arc::new(store)))
            }
        }
    }

    /// The store of an environment in DynamoDB, with the credentials that its settings name.
    ///
    /// # Errors
    /// When the settings can't be right, or the keychain doesn't give the keys.
    pub(crate) async fn dynamo(
        &self,
        workspace: &Workspace,
        environment: &str,
        config: &EnvironmentConfig,
    ) -> Result<DynamoStore, RpcError> {
        let settings = aws_settings(config);
        let store = match self.credentials(workspace, environment, config).await? {
            Some(credentials) => DynamoStore::connect_as(&settings, credentials).await,
            None => DynamoStore::connect(&settings).await,
        };
        store.map_err(|error| store_error(&error, Some(environment)))
    }

    /// The access keys of an environment that takes them from the keychain; none where it takes others.
    ///
    /// # Errors
    /// When the keychain has none or can't be used.
    pub(crate) async fn credentials(
        &self,
        workspace: &Workspace,
        environment: &str,
        config: &EnvironmentConfig,
    ) -> Result<Option<touchstone_aws::Credentials>, RpcError> {
        if config.credentials != Some(KeySource::Keychain) {
            return Ok(None);
        }
        let place = key_place(workspace, environment);
        let keys = Arc::clone(&self.keys);
        let found = blocking(move || Ok(keys.get(&place)?)).await?;
        let Some(pair) = found else {
            return Err(RpcError::new(
                ErrorCode::Credentials,
                format!("the keychain holds no access keys for `{environment}`"),
            )
            .with_help(format!("enter them in the settings, or with `touchstone env keys {environment}`")));
        };
        Ok(Some(pair.credentials()))
    }

    /// Creates an environment's table. Gives what was done, a line each.
    ///
    /// # Errors
    /// When the environment isn't configured, AWS can't be reached or refuses, or a table of another shape stands
    /// there.
    pub async fn init_environment(&self, workspace: &Workspace, name: &str) -> Result<Vec<String>, RpcError> {
        match workspace.config.environment(name)? {
            None => {
                open_local(workspace).await?;
                let file = workspace.registry_file();
                Ok(vec![format!("{} is ready; `local` needs nothing else", file.display())])
            }
            Some(config) => {
                let store = self.dynamo(workspace, name, config).await?;
                let setup = store.init_table().await.map_err(|error| store_error(&error, Some(name)))?;
                let first = if setup.created { "created" } else { "was there already:" };
                let mut lines = vec![format!("{first} {config}")];
                lines.extend(setup.changes.iter().map(|change| format!("  {change}")));
                lines.extend(setup.warnings.iter().map(|warning| format!("  warning: {warning}")));
                Ok(lines)
            }
        }
    }

    /// Tests whether an environment can be reached and has what it needs. Gives what was found, a line each.
    ///
    /// # Errors
    /// When it isn't configured, can't be reached, or its table has another shape.
    pub async fn check_environment(
        &self,
        workspace: &Workspace,
        name: &str,
    ) -> Result<Vec<String>, RpcError> {
        let mut notes = Vec::new();
        if let Some(config) = workspace.config.environment(name)? {
            let store = self.dynamo(workspace, name, config).await?;
            let state = store.check().await.map_err(|error| store_error(&error, Some(name)))?;
            let protection = if state.deletion_protection { "on" } else { "off" };
            notes.push(format!(
                "  {} items, {} bytes, deletion protection {protection}",
                state.items, state.bytes
            ));
        }
        let registry = self.registry(workspace, name).await?;
        let pipelines = registry.pipelines().await.map_err(|error| store_error(&error, Some(name)))?;
        let location =
            workspace.config.environments().into_iter().find(|environment| environment.name == name);
        let mut lines = vec![format!(
            "{name} ({}) answers: {}",
            location.map_or_else(String::new, |environment| environment.location),
            count(pipelines.len(), "published pipeline")
        )];
        lines.extend(notes);
        Ok(lines)
    }
}

/// The registry on this computer. In a workspace that can only be read, what is published can still be read.
///
/// # Errors
/// When the file can't be opened.
pub(crate) async fn open_local(workspace: &Workspace) -> Result<SqliteStore, RpcError> {
    open_file(&workspace.registry_file()).await.map_err(|error| store_error(&error, None))
}

async fn open_file(path: &Path) -> Result<SqliteStore, StoreError> {
    let refused = match SqliteStore::open(path).await {
        Err(error) if error.kind() == ErrorKind::ReadOnly => error,
        other => return other,
    };
    let options = SqliteOptions { read_only: true, ..SqliteOptions::default() };
    match SqliteStore::open_with(path, options).await {
        // That there is none yet is no news; why there can be none is.
        Err(error) if error.kind() == ErrorKind::NotFound => Err(refused),
        other => other,
    }
}

pub(crate) fn aws_settings(config: &EnvironmentConfig) -> AwsSettings {
    AwsSettings {
        profile: config.profile.clone(),
        region: config.region.clone(),
        endpoint_url: config.endpoint_url.clone(),
        table: config.table.clone(),
    }
}

/// A store's error for the front doors.
pub fn environment_error(error: &StoreError, environment: &str) -> RpcError {
    store_error(error, Some(environment))
}

/// A store's error for the UI. `environment` fills in the name where the next step is a command on it.
pub(crate) fn store_error(error: &StoreError, environment: Option<&str>) -> RpcError {
    let code = match error.kind() {
        ErrorKind::Conflict => ErrorCode::Conflict,
        ErrorKind::Unreachable | ErrorKind::Busy => ErrorCode::Unavailable,
        ErrorKind::Credentials => ErrorCode::Credentials,
        ErrorKind::NotFound => ErrorCode::NotFound,
        _ => ErrorCode::Failed,
    };
    let mut help = error.next_step().to_owned();
    if let Some(environment) = environment {
        help = help.replace("env init NAME", &format!("env init {environment}"));
    }
    RpcError::new(code, format!("{}: {}", error.place(), error.reason())).with_help(help)
}

/// Who is acting: the person's account on this computer.
pub fn actor() -> String {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    variable("USER")
        .or_else(|| variable("USERNAME"))
        .or_else(|| whoami::username().ok())
        .unwrap_or_else(|| "unknown".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_folder_that_refuses_says_so() {
        // Nobody may make a folder there, not even an administrator.
        let error = open_file(Path::new("/sys/touchstone/registry.db")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ReadOnly, "{}", error.reason());
        assert!(error.next_step().contains("Allow this user"), "{}", error.next_step());
    }
}
