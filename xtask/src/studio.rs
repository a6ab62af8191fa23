//! `cargo xtask run`: the studio on a workspace, in a window or a browser, or the command-line tour where there is no
//! display.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::packages::{self, COMPILE, WINDOW};
use crate::page;
use crate::process::{cargo, command, run};
use crate::project::Project;

/// Options of `cargo xtask run`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The workspace to open; the samples when absent.
    workspace: Option<PathBuf>,
    /// Optimise, also for the samples: a long first build, then as fast as it gets.
    #[arg(long)]
    release: bool,
    /// Show it in a browser instead of a window of its own.
    #[arg(long)]
    browser: bool,
}

pub(crate) fn open(project: &Project, options: &Options) -> Result<()> {
    let release = options.release || options.workspace.is_some();
    println!(
        "{}",
        if release {
            "Building optimised, as for real data: the first build takes long, later ones don't."
        } else {
            "Building without optimisation, which is enough for the samples. For real data, name a workspace or give \
             --release."
        }
    );
    if options.browser {
        return browser(project, options, release);
    }
    if has_display() { window(project, options, release) } else { headless(project, options, release) }
}

fn window(project: &Project, options: &Options, release: bool) -> Result<()> {
    packages::ensure(&[COMPILE, WINDOW].concat())?;
    page::build(project, &page::Options::default())?;
    build(project, "touchstone-desktop", "touchstone-studio", release)?;
    let workspace = workspace(project, options)?;
    println!("Opening {} in the studio.", workspace.display());
    run(command(project, project.binary("touchstone-studio", release)).arg(workspace))
}

/// The same page from `touchstone serve`: needs no web view, and where there is no display a tunnel leads to it.
fn browser(project: &Project, options: &Options, release: bool) -> Result<()> {
    packages::ensure(COMPILE)?;
    page::build(project, &page::Options::default())?;
    build(project, "touchstone-cli", "touchstone", release)?;
    let mut serve = command(project, project.binary("touchstone", release));
    serve.arg("--workspace").arg(workspace(project, options)?).arg("serve");
    if has_display() {
        serve.arg("--open");
    }
    run(&mut serve)
}

fn workspace(project: &Project, options: &Options) -> Result<PathBuf> {
    let workspace = options.workspace.clone().unwrap_or_else(|| project.root.join("samples"));
    Ok(std::path::absolute(workspace)?)
}

fn headless(project: &Project, options: &Options, release: bool) -> Result<()> {
    println!(
        "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so the studio's window can't open. \
         `cargo xtask run --browser` shows it in a browser, also through a tunnel."
    );
    packages::ensure(COMPILE)?;
    build(project, "touchstone-cli", "touchstone", release)?;
    let touchstone = project.binary("touchstone", release);
    let Some(workspace) = &options.workspace else {
        return tour(project, &touchstone);
    };
    // A steward's own workspace is looked at, not played with.
    let workspace = std::path::absolute(workspace)?;
    run(command(project, &touchstone).arg("--workspace").arg(&workspace).arg("check"))?;
    println!("\nGo on with: {} --workspace {} --help", touchstone.display(), workspace.display());
    Ok(())
}

/// The whole way from a dirty file to published metadata, on a copy of the samples.
fn tour(project: &Project, touchstone: &Path) -> Result<()> {
    let copy = project.target.join("tour");
    if copy.exists() {
        fs::remove_dir_all(&copy).with_context(|| format!("cannot empty {}", copy.display()))?;
    }
    copy_workspace(&project.root.join("samples"), &copy)?;
    println!("The command-line tour instead, on a copy of the samples in {}.", copy.display());
    let dirty = copy.join("samples/trades_20260302.csv").display().to_string();
    let stops: [(&str, &[&str]); 8] = [
        ("What is in a dirty file, and why we think so", &["infer", &dirty]),
        ("Whether the pipelines are sound", &["check"]),
        ("Bronze, silver and gold on this machine", &["simulate"]),
        (
            "Publishing the checked metadata",
            &["publish", "--env", "local", "-m", "First version of the samples"],
        ),
        ("What was published", &["history", "trades"]),
        ("Where the columns come from", &["lineage"]),
        ("The audit trail", &["audit"]),
        ("Whether anybody changed it", &["audit", "verify"]),
    ];
    for (what, arguments) in stops {
        println!("\n── {what}");
        run(command(project, touchstone).arg("--workspace").arg(&copy).args(arguments))?;
    }
    println!("\nThat was the tour. The copy stays in {} until the next one.", copy.display());
    Ok(())
}

fn build(project: &Project, package: &str, binary: &str, release: bool) -> Result<()> {
    let mut build = cargo(project);
    if release {
        build.args(["build", "--release", "--package", package, "--bin", binary]);
    } else {
        // What the tests build, all packages: another selection would choose other features, and build the largest
        // dependency anew.
        build.args(["build", "--workspace", "--bin", binary]);
    }
    run(&mut build)
}

fn has_display() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(all(unix, not(target_os = "macos"))) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// Copies a workspace without what a machine made in it.
fn copy_workspace(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_name() == ".touchstone" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy_workspace(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).with_context(|| format!("cannot write {}", target.display()))?;
        }
    }
    Ok(())
}
