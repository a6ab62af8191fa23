//! `env`: the environments that metadata is published to.

use std::{path::PathBuf, process::ExitCode};

use touchstone_studio::{check_environment, init_environment};

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
            for text in init_environment(&workspace, &name).await? {
                output::line(text);
            }
        }
        EnvAction::Check { name } => {
            for text in check_environment(&studio, &workspace, &name).await? {
                output::line(text);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
