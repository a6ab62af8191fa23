//! `cargo xtask test` and `cargo xtask ci`: everything that has to hold before a change is taken in.

use anyhow::Result;

use crate::packages::{self, BROWSER_TEST, COMPILE, OFF_SCREEN, WINDOW, WINDOW_TEST};
use crate::page;
use crate::process::{cargo, run};
use crate::project::Project;
use crate::steps::Steps;
use crate::tools;

/// Options of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only set up, and say which variables `cargo test` wants.
    #[arg(long, conflicts_with = "filter")]
    setup_only: bool,
    /// Run only tests whose names contain one of these; all that cargo test takes after `--` is understood.
    #[arg(last = true)]
    filter: Vec<String>,
}

/// All set-up that tests need, then all tests.
pub(crate) fn test(project: &Project, options: &Options) -> Result<()> {
    let mut steps = Steps::default();
    let result = test_steps(project, options, &mut steps);
    steps.print_table();
    result
}

fn test_steps(project: &Project, options: &Options, steps: &mut Steps) -> Result<()> {
    steps.perform("system packages", || {
        packages::ensure(
            &[COMPILE, WINDOW, WINDOW_TEST, BROWSER_TEST, OFF_SCREEN, &tools::packages()].concat(),
        )
    })?;
    let dynamodb = steps.perform("DynamoDB Local", || tools::dynamodb_local(project))?;
    let python = steps.perform("Iceberg reader", || tools::python_with_iceberg(project))?;
    let variables = [
        ("TOUCHSTONE_DYNAMODB_LOCAL", dynamodb),
        ("TOUCHSTONE_PYTHON", python),
        ("TOUCHSTONE_CLI", project.binary("touchstone", false)),
        ("TOUCHSTONE_STUDIO", project.binary("touchstone-studio", false)),
    ];
    if options.setup_only {
        for (name, path) in &variables {
            println!("export {name}={}", path.display());
        }
        return Ok(());
    }
    steps.perform("page", || page::build(project, &page::Options::default()))?;
    // All targets at once: building the binaries by themselves would choose other features for the
    // dependencies, and build the largest of them twice.
    steps.perform("build", || run(cargo(project).args(["build", "--workspace", "--all-targets"])))?;
    steps.perform("tests", || {
        let mut tests = cargo(project);
        // All of them, so that one run shows everything that is broken.
        tests.args(["test", "--workspace", "--no-fail-fast"]);
        tests.envs(variables);
        if !options.filter.is_empty() {
            tests.arg("--").args(&options.filter);
        }
        run(&mut tests)
    })
}

/// The linters, and the page (which holds spec, compiler and protocol to wasm32).
pub(crate) fn lint(project: &Project) -> Result<()> {
    let mut steps = Steps::default();
    let result = lint_steps(project, &mut steps);
    steps.print_table();
    result
}

fn lint_steps(project: &Project, steps: &mut Steps) -> Result<()> {
    steps.perform("format", || run(cargo(project).args(["fmt", "--all", "--check"])))?;
    steps.perform("page", || page::build(project, &page::Options::default()))?;
    steps.perform("clippy", || {
        run(cargo(project).args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    })
}
