//! `lineage`: where tables and columns come from and where they go.

use std::{path::PathBuf, process::ExitCode};

use serde_json::json;
use touchstone_studio::{ErrorCode, RpcError};

use super::open;
use crate::{
    Outcome,
    arguments::{LineageFormat, LineageOptions},
    output,
};

/// Shows the lineage of everything, or of a table or column up, down or both ways.
pub(crate) fn lineage(folder: Option<PathBuf>, options: &LineageOptions) -> Outcome {
    let (_, workspace) = open(folder)?;
    let whole = &workspace.compilation.lineage;
    let Some(name) = &options.target else {
        if options.up || options.down {
            return Err(RpcError::new(
                ErrorCode::Failed,
                "--up and --down need a table or a column to start from",
            )
            .with_help("for example: touchstone lineage trades.gold.sector_exposure --up"));
        }
        write(whole, options.format)?;
        return Ok(ExitCode::SUCCESS);
    };
    let target = whole.find(name).map_err(|reason| {
        let blocked = workspace.compilation.diagnostics.has_errors();
        let error = RpcError::new(ErrorCode::NotFound, reason);
        if blocked {
            error.with_help("pipelines with errors have no lineage; `touchstone check` shows the errors")
        } else {
            error
        }
    })?;
    match (options.up, options.down, options.format) {
        (true, _, format) => write(&whole.up(&target), format)?,
        (_, true, format) => write(&whole.down(&target), format)?,
        (_, _, LineageFormat::Text) => {
            write(&whole.up(&target), options.format)?;
            output::line("");
            write(&whole.down(&target), options.format)?;
        }
        (_, _, LineageFormat::Json) => {
            output::json(
                &json!({ "up": whole.up(&target).to_json(), "down": whole.down(&target).to_json() }),
            )?;
        }
        (_, _, LineageFormat::Dot) => {
            return Err(RpcError::new(ErrorCode::Failed, "one graph shows one direction")
                .with_help("add --up or --down, or leave the target out to draw everything"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn write(lineage: &touchstone_studio::compiler::Lineage, format: LineageFormat) -> Result<(), RpcError> {
    match format {
        LineageFormat::Text => output::line(lineage.to_text().trim_end()),
        LineageFormat::Dot => output::line(lineage.to_dot().trim_end()),
        LineageFormat::Json => output::json(&lineage.to_json())?,
    }
    Ok(())
}
