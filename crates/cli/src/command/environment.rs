//! `env`: the environments that metadata is published to.

use std::{
    io::{BufRead, IsTerminal},
    path::PathBuf,
    process::ExitCode,
};

use touchstone_studio::{
    ErrorCode, KeyPair, RpcError,
    protocol::{CheckState, ConnectionView},
};

use super::open;
use crate::{Outcome, arguments::EnvAction, output};

/// Lists, creates or tests environments.
pub(crate) async fn environment(folder: Option<PathBuf>, action: EnvAction) -> Outcome {
    let (studio, workspace) = open(folder)?;
    match action {
        EnvAction::List => {
            let rows = workspace
                .config
                .environments()
                .into_iter()
                .map(|environment| vec![environment.name, environment.location])
                .collect();
            output::table(&["environment", "where"], rows);
        }
        EnvAction::Init { name } => {
            for text in studio.init_environment(&workspace, &name).await? {
                output::line(text);
            }
        }
        EnvAction::Check { name } => {
            for text in studio.check_environment(&workspace, &name).await? {
                output::line(text);
            }
        }
        EnvAction::Test { name, json } => {
            let found = studio.connection(&name).await?;
            if json {
                output::json(&found)?;
            } else {
                show(&name, &found);
            }
            let is_well = found.checks.iter().all(|check| check.state != CheckState::Failed);
            return Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        EnvAction::Keys { name, forget: true } => {
            studio.remove_keys(&name).await?;
            output::line(format!("the keychain holds no keys for {name} any more"));
        }
        EnvAction::Keys { name, forget: false } => {
            studio.takes_keys(&name).await?;
            studio.put_keys(&name, read_keys()?).await?;
            output::line(format!("kept in the keychain; try them with `touchstone env test {name}`"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(name: &str, found: &ConnectionView) {
    let who = found.identity.as_deref().unwrap_or("somebody unknown");
    output::line(format!("{name}: you are {who}"));
    output::checks(&found.checks);
}

/// The keys that a person types, unseen, or that a script hands in.
fn read_keys() -> Result<KeyPair, RpcError> {
    let unread = |error: std::io::Error| {
        RpcError::new(ErrorCode::Failed, format!("the keys could not be read: {error}"))
            .with_help("type them in a terminal, or hand them in on standard input")
    };
    if std::io::stdin().is_terminal() {
        output::note("Access key id: ");
        let mut id = String::new();
        std::io::stdin().lock().read_line(&mut id).map_err(unread)?;
        let secret = rpassword::prompt_password("Secret access key (not shown): ").map_err(unread)?;
        let token = rpassword::prompt_password("Session token (not shown; empty: none): ").map_err(unread)?;
        return KeyPair::new(&id, &secret, Some(&token));
    }
    let mut lines = Vec::new();
    for line in std::io::stdin().lock().lines().take(3) {
        lines.push(line.map_err(unread)?);
    }
    let part = |place: usize| lines.get(place).map_or("", String::as_str);
    KeyPair::new(part(0), part(1), Some(part(2)))
}
