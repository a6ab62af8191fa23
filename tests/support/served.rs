//! `touchstone serve` for a person of its own, who has opened nothing yet.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::binary;

/// A server that ends with the value.
pub struct Served {
    process: Child,
    link: String,
    person: TempDir,
}

impl Served {
    /// Starts it, on a workspace or without one.
    ///
    /// # Panics
    /// When it can't be started.
    pub fn start(workspace: Option<&Path>) -> Self {
        let person = tempfile::Builder::new().prefix("touchstone-person-").tempdir().expect("a folder");
        let mut command = Command::new(binary("TOUCHSTONE_CLI"));
        if let Some(workspace) = workspace {
            command.arg("--workspace").arg(workspace);
        }
        command.arg("serve").current_dir(person.path()).env("USER", "tester");
        for variable in ["TOUCHSTONE_CONFIG_DIR", "TOUCHSTONE_DOCUMENTS_DIR"] {
            command.env(variable, person.path());
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("touchstone starts");
        let mut lines = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        let link = lines.next().and_then(Result::ok).expect("the first line is the link");
        // It goes on telling of links, and ends when nobody listens.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, link, person }
    }

    /// The address that opens the page, once.
    pub fn link(&self) -> &str {
        &self.link
    }

    /// The workspace that was made for the person.
    ///
    /// # Panics
    /// When none was.
    pub fn made(&self) -> PathBuf {
        let made = std::fs::read_dir(self.person.path()).expect("the person's folder");
        let mut made = made.flatten().map(|entry| entry.path());
        made.find(|path| path.join("touchstone.toml").is_file()).expect("a workspace")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
