//! `schema` and `functions`: what documents and expressions may say.

use std::process::ExitCode;

use touchstone_studio::{compiler::function_reference, spec::json_schema};

use crate::{Outcome, output};

/// Prints the JSON Schema of pipeline documents.
pub(crate) fn schema() -> Outcome {
    output::json(&json_schema())?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the function reference as Markdown.
pub(crate) fn functions() -> ExitCode {
    output::line(function_reference().trim_end());
    ExitCode::SUCCESS
}
