//! `cargo xtask bench ui`: how fast the window is, in figures; nothing fails because something is slow.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::packages::{self, BROWSER_TEST, COMPILE, WINDOW, WINDOW_TEST};
use crate::page;
use crate::process::{cargo, command, run};
use crate::project::Project;

/// What is measured.
#[derive(clap::Subcommand)]
pub(crate) enum Subject {
    /// The window's own work for each frame, memory, idle repaints, pages of rows from the back end, and the built
    /// page in the studio's window and in a browser.
    Ui(Options),
}

/// Options of `cargo xtask bench ui`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many things a steward does before memory is looked at again.
    #[arg(long, default_value_t = 20_000)]
    actions: usize,
    /// Writes all figures into this file, as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

pub(crate) fn bench(project: &Project, subject: &Subject) -> Result<()> {
    let Subject::Ui(options) = subject;
    let mut wanted = COMPILE.to_vec();
    if cfg!(target_os = "linux") {
        wanted.extend([WINDOW, WINDOW_TEST, BROWSER_TEST].concat());
    }
    packages::ensure(&wanted)?;
    let folder = project.target.join("bench");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut parts = Vec::new();
    let mut part = |name: &str| {
        let path = folder.join(format!("{name}.json"));
        parts.push((name.to_owned(), path.clone()));
        path
    };

    println!("\nThe window's own work, optimised, without a renderer:");
    let actions = options.actions.to_string();
    run(cargo(project)
        .args(["run", "--quiet", "--release", "--package", "touchstone-ui-bench", "--"])
        .args(["--actions", &actions, "--json"])
        .arg(part("window")))?;

    println!("\nEverything, optimised; the first time it takes long:");
    page::build(project, &page::Options::default())?;
    let examples = ["--example", "bench_rpc", "--example", "bench_page"];
    run(cargo(project).args(["build", "--release", "--workspace", "--bins"]).args(examples))?;
    let example = |name: &str| {
        project.target.join("release/examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    };

    println!("\nPages of rows from the studio:");
    run(command(project, example("bench_rpc")).arg("--json").arg(part("rpc")))?;

    if cfg!(target_os = "linux") {
        println!("\nThe built page, in the studio's window and in a browser:");
        let mut measure = command(project, example("bench_page"));
        measure.arg("--json").arg(part("page"));
        measure.env("TOUCHSTONE_CLI", project.binary("touchstone", true));
        measure.env("TOUCHSTONE_STUDIO", project.binary("touchstone-studio", true));
        run(&mut measure)?;
    }

    if let Some(json) = &options.json {
        fs::write(json, together(&parts)?).with_context(|| format!("cannot write {}", json.display()))?;
        println!("\nAll figures are in {}.", json.display());
    }
    Ok(())
}

/// The figures of all parts as one object.
fn together(parts: &[(String, PathBuf)]) -> Result<String> {
    let read =
        |(name, path): &(String, PathBuf)| -> Result<String> { Ok(format!("{name:?}: {}", text(path)?)) };
    let parts = parts.iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(format!("{{\n{}\n}}\n", parts.join(",\n")))
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
