//! Where things are: the repository, the target folder, the user's cache.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The folders that every command works with.
pub(crate) struct Project {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    /// Downloaded tools live here, shared by all clones.
    pub(crate) tools: PathBuf,
}

impl Project {
    pub(crate) fn find() -> Result<Self> {
        // Asked for when it runs, not when it's built: clones may share one target folder.
        let start =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(env::current_dir, |folder| Ok(folder.into()))?;
        let root = start
            .ancestors()
            .find(|folder| folder.join("Cargo.lock").is_file() && folder.join("xtask").is_dir())
            .with_context(|| {
                format!("{} is not in the repository: go there and run this again", start.display())
            })?
            .to_owned();
        let cache = user_cache()?.join("touchstone");
        let target = if let Some(set) = env::var_os("CARGO_TARGET_DIR").filter(|set| !set.is_empty()) {
            env::current_dir()?.join(set)
        } else if env::var_os("CI").is_some_and(|set| set == "true") {
            // A fresh clone on the same machine starts warm.
            cache.join("target")
        } else {
            // Cargo put xtask itself into <target>/debug, wherever the user's settings say that is.
            env::current_exe()
                .ok()
                .and_then(|exe| exe.ancestors().nth(2).map(Path::to_owned))
                .filter(|folder| folder.join("CACHEDIR.TAG").is_file())
                .unwrap_or_else(|| root.join("target"))
        };
        Ok(Self { root, target, tools: cache.join("tools") })
    }

    /// The path of a binary that Cargo built.
    pub(crate) fn binary(&self, name: &str, release: bool) -> PathBuf {
        self.target
            .join(if release { "release" } else { "debug" })
            .join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}

fn user_cache() -> Result<PathBuf> {
    if let Some(set) = env::var_os("XDG_CACHE_HOME").filter(|set| !set.is_empty()) {
        return Ok(PathBuf::from(set));
    }
    let home = env::home_dir().context("no home folder is known: set HOME and run again")?;
    Ok(if cfg!(windows) { home.join("AppData").join("Local") } else { home.join(".cache") })
}
