//! Developer commands of the Touchstone workspace: run, test, ui, dev, samples, ci.

mod project;
mod samples;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use self::project::Project;

/// Developer commands of the Touchstone workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the sample files, or check that the committed ones are what the generator writes.
    Samples(samples::Options),
}

fn main() -> ExitCode {
    match perform(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(command: Command) -> Result<()> {
    let project = Project::find()?;
    match command {
        Command::Samples(options) => samples::samples(&project, options),
    }
}
