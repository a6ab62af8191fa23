//! Environments: where metadata is published, and the registry that opens there.

use std::sync::Arc;

use touchstone_aws::{AwsSettings, DynamoStore};
use touchstone_protocol::{ErrorCode, RpcError};
use touchstone_registry::{ErrorKind, Registry, SqliteStore, StoreError};

use crate::{
    Studio,
    config::EnvironmentConfig,
    workspace::{Workspace, count},
};

/// Opens the registry of an environment.
///
/// # Errors
/// When the environment isn't configured or its store can't be opened.
pub(crate) async fn open_registry(workspace: &Workspace, environment: &str) -> Result<Registry, RpcError> {
    match workspace.config.environment(environment)? {
        None => {
            let store = SqliteStore::open(&workspace.registry_file())
                .await
                .map_err(|error| store_error(&error, None))?;
            Ok(Registry::new(Arc::new(store)))
        }
        Some(config) => {
            let store = DynamoStore::connect(&aws_settings(config))
                .await
                .map_err(|error| store_error(&error, Some(environment)))?;
            Ok(Registry::new(Arc::new(store)))
        }
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

/// Creates an environment's table. Gives what was done, a line each.
///
/// # Errors
/// When the environment isn't configured, AWS can't be reached or refuses, or a table of another shape stands there.
pub async fn init_environment(workspace: &Workspace, name: &str) -> Result<Vec<String>, RpcError> {
    match workspace.config.environment(name)? {
        None => {
            open_registry(workspace, name).await?;
            Ok(vec![format!("{} is ready; `local` needs nothing else", workspace.registry_file().display())])
        }
        Some(config) => {
            let failed = |error| store_error(&error, Some(name));
            let store = DynamoStore::connect(&aws_settings(config)).await.map_err(failed)?;
            let setup = store.init_table().await.map_err(failed)?;
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
    studio: &Studio,
    workspace: &Workspace,
    name: &str,
) -> Result<Vec<String>, RpcError> {
    let mut notes = Vec::new();
    if let Some(config) = workspace.config.environment(name)? {
        let failed = |error| store_error(&error, Some(name));
        let store = DynamoStore::connect(&aws_settings(config)).await.map_err(failed)?;
        let state = store.check().await.map_err(failed)?;
        let protection = if state.deletion_protection { "on" } else { "off" };
        notes.push(format!(
            "  {} items, {} bytes, deletion protection {protection}",
            state.items, state.bytes
        ));
    }
    let registry = studio.registry(workspace, name).await?;
    let pipelines = registry.pipelines().await.map_err(|error| store_error(&error, Some(name)))?;
    let location = workspace.config.environments().into_iter().find(|environment| environment.name == name);
    let mut lines = vec![format!(
        "{name} ({}) answers: {}",
        location.map_or_else(String::new, |environment| environment.location),
        count(pipelines.len(), "published pipeline")
    )];
    lines.extend(notes);
    Ok(lines)
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
