//! A Rust that can build for wasm32: rustup's with the target added, or Debian's own where that can't be done.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::packages::{self, Package};
use crate::process::{answer, command, on_path, run};
use crate::project::Project;

/// The page's target.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's toolchain has the standard library's source, from which the target is built.
const DEBIAN_PACKAGES: &[Package] = &[
    Package { name: "rustc-web", why: "a compiler that comes with the standard library's source" },
    Package { name: "cargo-web", why: "the Cargo that belongs to it" },
    Package { name: "rust-web-src", why: "the standard library's source, built for wasm32" },
    Package { name: "rust-web-llvm", why: "the code generator that belongs to it" },
    Package { name: "lld-22", why: "the linker for wasm32" },
];

/// Where the compiler for the page comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum Toolchain {
    /// The toolchain that builds everything else, with its wasm32 target.
    Rustup,
    /// Debian's packages; the standard library is built along.
    Debian,
}

/// Makes sure that one of the two is there.
pub(crate) fn ensure(project: &Project, wanted: Option<Toolchain>) -> Result<Toolchain> {
    if wanted != Some(Toolchain::Debian) {
        if has_target(project) {
            return Ok(Toolchain::Rustup);
        }
        if on_path("rustup").is_some() {
            println!("The page is WASM: adding the target {TARGET} to the toolchain.");
            let added = run(command(project, "rustup").args(["target", "add", TARGET]));
            if added.is_ok() && has_target(project) {
                return Ok(Toolchain::Rustup);
            }
        }
        let next = "run `rustup target add wasm32-unknown-unknown` with a connection, then this again";
        if wanted == Some(Toolchain::Rustup) {
            bail!("the target {TARGET} can't be added: {next}");
        }
        if on_path("apt-get").is_none() {
            bail!(
                "the target {TARGET} can't be added, and this is no Debian, whose own toolchain could do: {next}"
            );
        }
        println!(
            "rustup can't add {TARGET} here. Debian's own Rust brings the standard library's source, so the page is \
             built with that instead: the same page, but the first build takes some minutes longer."
        );
    }
    packages::ensure(DEBIAN_PACKAGES)?;
    Ok(Toolchain::Debian)
}

/// Cargo from Debian's packages, with its own compiler first on PATH.
pub(crate) fn debian_cargo(project: &Project) -> Result<Command> {
    let folders = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(std::iter::once(PathBuf::from("/usr/bin")).chain(env::split_paths(&folders)))
        .context("PATH has an entry that can't be written back")?;
    let mut cargo = command(project, "/usr/bin/cargo");
    // `-Zbuild-std` is what the bootstrap switch opens; nothing else unstable is used.
    cargo.env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1").env("PATH", path);
    cargo.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO").env("CARGO_TARGET_DIR", &project.target);
    Ok(cargo)
}

fn has_target(project: &Project) -> bool {
    answer(command(project, "rustc").args(["--print", "sysroot"]))
        .is_some_and(|sysroot| Path::new(&sysroot).join("lib/rustlib").join(TARGET).join("lib").is_dir())
}
