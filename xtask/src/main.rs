//! Developer commands of the Touchstone workspace: run, test, ui, dev, pictures, samples, bench, ci.

mod bench;
mod check;
mod packages;
mod page;
mod process;
mod project;
mod samples;
mod steps;
mod studio;
mod tools;
mod wasm_toolchain;

use std::path::PathBuf;
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
    /// Build the studio and open it on the samples or another workspace.
    ///
    /// Installs missing system packages where that needs no password. Without a display, gives a tour on the
    /// command line instead.
    Run(studio::Options),
    /// Set up all that the tests need, then run them all.
    Test(check::Options),
    /// Build the page that the window and the browser show.
    Ui(page::Options),
    /// Show the ui library in a native window, with the back end in the same process.
    Dev {
        /// The workspace to open; the samples when absent.
        workspace: Option<PathBuf>,
        /// Show the gallery instead: the design tokens, and every widget in every state.
        #[arg(long, conflicts_with = "workspace")]
        gallery: bool,
    },
    /// Draw every view on the samples, off screen, at two sizes, dark and light.
    Pictures {
        /// Where to put them.
        folder: PathBuf,
        /// Only those whose names begin like this.
        only: Option<String>,
    },
    /// Write the sample files, or check that the committed ones are what the generator writes.
    Samples(samples::Options),
    /// Measure how fast something is.
    Bench {
        /// What.
        #[command(subcommand)]
        subject: bench::Subject,
    },
    /// What holds beside the tests: format and lints.
    Ci,
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
        Command::Run(options) => studio::open(&project, &options),
        Command::Test(options) => check::test(&project, &options),
        Command::Ui(options) => page::build(&project, &options),
        Command::Dev { gallery: true, .. } => page::gallery(&project),
        Command::Dev { workspace, .. } => page::dev(&project, workspace.as_deref()),
        Command::Pictures { folder, only } => page::pictures(&project, &folder, only.as_deref()),
        Command::Samples(options) => samples::samples(&project, options),
        Command::Bench { subject } => bench::bench(&project, &subject),
        Command::Ci => check::lint(&project),
    }
}
