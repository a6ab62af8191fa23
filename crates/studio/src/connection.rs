//! Connection tests: who somebody is in an environment, what they may do there, and whether it is kept safe. Nothing is
//! changed.

use std::time::Instant;

use touchstone_aws::DynamoStore;
use touchstone_protocol::{CheckState, CheckView, ConnectionView, RpcError};
use touchstone_registry::{ErrorKind, Registry, StoreError};

use crate::{
    config::EnvironmentConfig,
    environment::{actor, aws_settings, open_local, store_error},
    studio::Studio,
    workspace::{Workspace, count},
};

/// Audit events that a test proves; a longer chain has a command of its own.
const EVENTS_PROVED: u64 = 2_000;

fn check(title: &str, state: CheckState, detail: impl Into<String>) -> CheckView {
    CheckView { title: title.to_owned(), state, detail: detail.into() }
}

/// A failed check: the reason and the next step.
fn failed(title: &str, environment: &str, error: &StoreError) -> CheckView {
    failed_by(title, &store_error(error, Some(environment)))
}

fn failed_by(title: &str, error: &RpcError) -> CheckView {
    let help = error.help.as_ref().map(|help| format!(". {help}")).unwrap_or_default();
    check(title, CheckState::Failed, format!("{}{help}", error.message))
}

impl Studio {
    /// Asks an environment who the person is there, and what they may do.
    ///
    /// # Errors
    /// When no workspace is open or the environment isn't configured. Whatever else goes wrong is what was found.
    pub async fn connection(&self, environment: &str) -> Result<ConnectionView, RpcError> {
        let began = Instant::now();
        let workspace = self.workspace().await?;
        let mut view = match workspace.config.environment(environment)? {
            None => local(&workspace).await,
            Some(config) => self.remote(&workspace, environment, config).await,
        };
        view.duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(view)
    }

    /// Creates an environment's table where there is none, switches on what keeps it safe, and tests the connection.
    ///
    /// # Errors
    /// As [`Studio::init_environment`].
    pub async fn set_up(&self, environment: &str) -> Result<ConnectionView, RpcError> {
        let workspace = self.workspace().await?;
        self.init_environment(&workspace, environment).await?;
        // One that was opened before there was a table knows of none.
        self.forget_registries().await;
        self.connection(environment).await
    }

    async fn remote(
        &self,
        workspace: &Workspace,
        environment: &str,
        config: &EnvironmentConfig,
    ) -> ConnectionView {
        const WHO: &str = "Who you are";
        const TABLE: &str = "The table is there";
        let mut view = ConnectionView {
            identity: None,
            account: None,
            checks: Vec::new(),
            needs_set_up: false,
            duration_ms: 0,
        };
        let credentials = match self.credentials(workspace, environment, config).await {
            Ok(credentials) => credentials,
            Err(error) => {
                view.checks.push(failed_by(WHO, &error));
                return view;
            }
        };
        view.checks.push(match touchstone_aws::identity(&aws_settings(config), credentials).await {
            Ok(Some(identity)) => {
                view.identity = Some(identity.arn.clone());
                view.account = identity.account;
                check(WHO, CheckState::Passed, identity.arn)
            }
            Ok(None) => check(WHO, CheckState::Unknown, "the environment's own endpoint knows nobody"),
            // Some may use a table and not ask who they are.
            Err(error) if error.kind() == ErrorKind::Credentials => failed(WHO, environment, &error),
            Err(error) => check(WHO, CheckState::Unknown, store_error(&error, Some(environment)).message),
        });
        let store = match self.dynamo(workspace, environment, config).await {
            Ok(store) => store,
            Err(error) => {
                view.checks.push(failed_by(TABLE, &error));
                return view;
            }
        };
        let state = match store.check().await {
            Ok(state) => state,
            Err(error) => {
                view.needs_set_up = store.is_missing().await.unwrap_or(false);
                view.checks.push(failed(TABLE, environment, &error));
                return view;
            }
        };
        let items = count(usize::try_from(state.items).unwrap_or_default(), "item");
        view.checks.push(check(TABLE, CheckState::Passed, format!("{config}: {items} some hours ago")));
        view.checks.extend(rights(&store, environment).await);
        view.checks.push(if state.encrypted_with_kms {
            check("Encryption at rest", CheckState::Passed, "with a KMS key")
        } else if config.endpoint_url.is_some() {
            check("Encryption at rest", CheckState::Unknown, "the environment's own endpoint doesn't say")
        } else {
            check("Encryption at rest", CheckState::Passed, "with a key of DynamoDB's own")
        });
        let is_recoverable = store.is_recoverable().await;
        view.needs_set_up = matches!(is_recoverable, Ok(Some(false))) || !state.deletion_protection;
        view.checks.push(match is_recoverable {
            Ok(Some(true)) => check("Point-in-time recovery", CheckState::Passed, "on"),
            Ok(Some(false)) => check(
                "Point-in-time recovery",
                CheckState::Warning,
                format!(
                    "off; setting the environment up (`touchstone env init {environment}`) switches it on"
                ),
            ),
            Ok(None) => check("Point-in-time recovery", CheckState::Unknown, "this endpoint has none"),
            Err(error) => {
                let message = store_error(&error, Some(environment)).message;
                check("Point-in-time recovery", CheckState::Unknown, message)
            }
        });
        view.checks.push(if state.deletion_protection {
            check("Deletion protection", CheckState::Passed, "on")
        } else {
            let detail = format!(
                "off; setting the environment up (`touchstone env init {environment}`) switches it on"
            );
            check("Deletion protection", CheckState::Warning, detail)
        });
        let registry = Registry::new(std::sync::Arc::new(store));
        view.checks.push(chain(&registry, environment).await);
        view
    }
}

/// What the person may do with the table.
async fn rights(store: &DynamoStore, environment: &str) -> [CheckView; 2] {
    let read = match store.may_read().await {
        Ok(()) => check("Read the table", CheckState::Passed, "allowed"),
        Err(error) => failed("Read the table", environment, &error),
    };
    let write = match store.may_write().await {
        Ok(()) => check("Publish", CheckState::Passed, "allowed; nothing was written to find out"),
        Err(error) => failed("Publish", environment, &error),
    };
    [read, write]
}

/// Whether the audit chain holds. Also used by the checklist before a publish.
pub(crate) async fn chain(registry: &Registry, environment: &str) -> CheckView {
    const TITLE: &str = "Audit chain";
    let newest = touchstone_registry::AuditQuery { limit: 1, ..touchstone_registry::AuditQuery::default() };
    let unknown = |error| check(TITLE, CheckState::Unknown, store_error(&error, Some(environment)).message);
    let events = match registry.audit(&newest).await {
        Ok(page) => page.events.first().map_or(0, |event| event.sequence),
        Err(error) => return unknown(error),
    };
    if events > EVENTS_PROVED {
        let detail =
            format!("{events} events: prove them with `touchstone audit verify --env {environment}`");
        return check(TITLE, CheckState::Unknown, detail);
    }
    match registry.verify_audit().await {
        Ok(report) => match report.problems.first() {
            None => {
                let events = count(usize::try_from(events).unwrap_or(usize::MAX), "event");
                check(TITLE, CheckState::Passed, format!("holds, {events} proved"))
            }
            Some(problem) => check(TITLE, CheckState::Failed, problem.to_string()),
        },
        Err(error) => unknown(error),
    }
}

/// The registry on this computer.
async fn local(workspace: &Workspace) -> ConnectionView {
    let mut checks = Vec::new();
    match open_local(workspace).await {
        Err(error) => checks.push(failed_by("Registry", &error)),
        Ok(store) => {
            let file = workspace.relative(&workspace.registry_file());
            checks.push(check("Registry", CheckState::Passed, file));
            checks.push(permissions(workspace));
            checks.push(match store.damage().await {
                Ok(None) => check("Registry file", CheckState::Passed, "whole: every page was looked at"),
                Ok(Some(damage)) => check(
                    "Registry file",
                    CheckState::Failed,
                    format!("{damage}. Restore the file from a backup"),
                ),
                Err(error) => failed("Registry file", "local", &error),
            });
            let registry = Registry::new(std::sync::Arc::new(store));
            checks.push(chain(&registry, "local").await);
        }
    }
    ConnectionView { identity: Some(actor()), account: None, checks, needs_set_up: false, duration_ms: 0 }
}

fn permissions(workspace: &Workspace) -> CheckView {
    const TITLE: &str = "Only you can change it";
    let path = workspace.registry_file();
    match std::fs::metadata(&path) {
        Err(error) => check(TITLE, CheckState::Unknown, error.to_string()),
        Ok(metadata) if metadata.permissions().readonly() => check(
            TITLE,
            CheckState::Warning,
            "nobody can: it can only be read, and nothing be published to it",
        ),
        #[cfg(unix)]
        Ok(metadata) => {
            use std::os::unix::fs::PermissionsExt;
            let mode = metadata.permissions().mode() & 0o777;
            if mode & 0o022 == 0 {
                check(TITLE, CheckState::Passed, format!("its permissions are {mode:o}"))
            } else {
                let detail = format!(
                    "others can too: its permissions are {mode:o}; `chmod go-w {}` takes them away",
                    workspace.relative(&path)
                );
                check(TITLE, CheckState::Warning, detail)
            }
        }
        #[cfg(not(unix))]
        Ok(_) => check(TITLE, CheckState::Unknown, "this system doesn't tell"),
    }
}
