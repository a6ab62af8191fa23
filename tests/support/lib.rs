//! What the tests across crates share: the binaries, a copy of the sample workspace, running a command.

#![expect(
    clippy::expect_used,
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "support for tests: what fails here fails the test, with its reason"
)]

pub mod browser;
pub mod http;
pub mod served;
pub mod wide;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The binary whose path stands in this environment variable.
///
/// # Panics
/// When the variable isn't set: `cargo xtask test` builds the binaries and sets it.
pub fn binary(variable: &str) -> PathBuf {
    match std::env::var_os(variable) {
        Some(path) if Path::new(&path).exists() => PathBuf::from(path),
        Some(path) => panic!(
            "{variable} names {}, which isn't there; run `cargo xtask test`",
            Path::new(&path).display()
        ),
        None => panic!("{variable} isn't set; run `cargo xtask test`, which builds the binary and sets it"),
    }
}

/// The repository's root.
///
/// # Panics
/// Outside of cargo.
pub fn repository() -> PathBuf {
    // Read at run time: clones may share a target folder, and a test built in one must not look into another.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    Path::new(&manifest).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// A copy of the sample workspace that goes away with the value.
///
/// # Panics
/// When it can't be copied.
pub fn sample_workspace() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("touchstone-").tempdir().expect("a temporary folder");
    copy_folder(&repository().join("samples"), folder.path());
    folder
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the folder can be made");
    for entry in std::fs::read_dir(from).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        let Some(name) = path.file_name() else { continue };
        if name == ".touchstone" {
            continue;
        }
        let target = to.join(name);
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("the file can be copied");
        }
    }
}

/// What a command wrote and how it ended.
#[derive(Debug)]
pub struct Ran {
    /// Exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// The same, if it ended well.
    ///
    /// # Panics
    /// When it didn't; with all that it wrote.
    pub fn well(self) -> Self {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    /// Standard output as JSON.
    ///
    /// # Panics
    /// When it isn't.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("not JSON: {error}\n{self:#?}"))
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A `touchstone` command on a workspace.
pub fn command(workspace: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary("TOUCHSTONE_CLI"));
    command.arg("--workspace").arg(workspace).args(arguments);
    command.env("USER", "tester").stdin(std::process::Stdio::null());
    command
}

/// Runs `touchstone` on a workspace.
///
/// # Panics
/// When it can't be started.
pub fn touchstone(workspace: &Path, arguments: &[&str]) -> Ran {
    command(workspace, arguments).output().expect("touchstone starts").into()
}
