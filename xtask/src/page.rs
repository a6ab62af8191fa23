//! `cargo xtask ui`: the page that the studio's window and a browser show, as WASM and a little JavaScript.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};

use crate::packages::{self, COMPILE, NATIVE_WINDOW, OFF_SCREEN};
use crate::process::{cargo, hex, on_path, run};
use crate::project::Project;
use crate::wasm_toolchain::{self, Toolchain};

/// What wasm-bindgen and `ui/page/` give together.
const BOUND: [&str; 2] = ["touchstone_ui.js", "touchstone_ui_bg.wasm"];

/// Options of `cargo xtask ui`.
#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Which Rust builds the page; rustup's where it has or can add the wasm32 target, else Debian's.
    #[arg(long, value_enum)]
    toolchain: Option<Toolchain>,
    /// Make the page smaller with wasm-opt, when it is installed; takes minutes.
    #[arg(long)]
    optimize: bool,
}

pub(crate) fn build(project: &Project, options: &Options) -> Result<()> {
    check_versions(&fs::read_to_string(project.root.join("Cargo.lock")).context("cannot read Cargo.lock")?)?;
    let wasm = build_wasm(project, wasm_toolchain::ensure(project, options.toolchain)?)?;

    let dist = project.root.join("ui/dist");
    let page = page_files(&project.root.join("ui/page"))?;
    let optimize = options.optimize && on_path("wasm-opt").is_some();
    if options.optimize && !optimize {
        println!("wasm-opt is not installed (Debian: binaryen); the page stays as it is.");
    }
    let made_of = digest(&wasm, &page, optimize)?;
    let stamp = project.target.join("page").join("dist.sha256");
    let complete = page
        .iter()
        .filter_map(|path| path.file_name())
        .chain(BOUND.map(AsRef::as_ref))
        .all(|name| dist.join(name).is_file());
    if complete && fs::read_to_string(&stamp).is_ok_and(|before| before == made_of) {
        println!("The page is up to date: {}", dist.display());
        return Ok(());
    }

    // Made beside the old page and moved into place, so that a failure leaves the old one whole.
    let fresh = project.target.join("page").join("dist");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).with_context(|| format!("cannot empty {}", fresh.display()))?;
    }
    fs::create_dir_all(&fresh).with_context(|| format!("cannot create {}", fresh.display()))?;
    run(cargo(project).args(["run", "--quiet", "--package", "xtask-bindgen", "--"]).args([&wasm, &fresh]))?;
    if optimize {
        let bound = fresh.join(BOUND[1]);
        run(Command::new("wasm-opt")
            .args(["-O2", "--all-features"])
            .arg(&bound)
            .arg("--output")
            .arg(&bound))?;
    }
    for path in &page {
        fs::copy(path, fresh.join(path.file_name().unwrap_or_default()))?;
    }
    replace(&dist, &fresh)?;
    fs::write(&stamp, made_of).with_context(|| format!("cannot write {}", stamp.display()))?;
    let bytes = fs::metadata(dist.join(BOUND[1]))?.len();
    println!("The page is in {} ({:.1} MB of WASM).", dist.display(), bytes as f64 / 1e6);
    Ok(())
}

/// The module as the compiler leaves it.
fn build_wasm(project: &Project, toolchain: Toolchain) -> Result<PathBuf> {
    // A folder of its own: the other toolchain and the other profile would keep throwing each other's work away.
    let target = project.target.join(match toolchain {
        Toolchain::Rustup => "page",
        Toolchain::Debian => "page-debian",
    });
    let mut build = match toolchain {
        Toolchain::Rustup => cargo(project),
        Toolchain::Debian => wasm_toolchain::debian_cargo(project)?,
    };
    build.args(["build", "--package", "touchstone-ui", "--lib", "--profile", "page"]);
    build.args(["--target", wasm_toolchain::TARGET, "--target-dir"]).arg(&target);
    if toolchain == Toolchain::Debian {
        build.arg("-Zbuild-std=std,panic_abort");
    }
    run(&mut build)?;
    Ok(target.join(wasm_toolchain::TARGET).join("page").join("touchstone_ui.wasm"))
}

/// wasm-bindgen's two halves understand each other at the same version only.
fn check_versions(lock: &str) -> Result<()> {
    let version = |name: &str| {
        let rest = lock.split(&format!("name = \"{name}\"\nversion = \"")).nth(1);
        rest.and_then(|rest| rest.split('"').next())
            .with_context(|| format!("Cargo.lock has no package {name}"))
    };
    let (page, tool) = (version("wasm-bindgen")?, version("wasm-bindgen-cli-support")?);
    ensure!(
        page == tool,
        "Cargo.lock has wasm-bindgen {page} but wasm-bindgen-cli-support {tool}; they must be equal. Set \
         `wasm-bindgen-cli-support = \"={page}\"` in xtask/bindgen/Cargo.toml and run this again"
    );
    Ok(())
}

fn page_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|path| path.is_file());
    files.sort();
    Ok(files)
}

fn digest(wasm: &Path, page: &[PathBuf], optimize: bool) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update([u8::from(optimize)]);
    for path in std::iter::once(wasm).chain(page.iter().map(PathBuf::as_path)) {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        hash.update(path.file_name().unwrap_or_default().as_encoded_bytes());
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    Ok(hex(&hash.finalize()))
}

/// Puts the fresh folder's files in the place of the old ones.
fn replace(dist: &Path, fresh: &Path) -> Result<()> {
    if dist.exists() {
        fs::remove_dir_all(dist).with_context(|| format!("cannot empty {}", dist.display()))?;
    }
    fs::create_dir_all(dist).with_context(|| format!("cannot create {}", dist.display()))?;
    for entry in fs::read_dir(fresh)? {
        let path = entry?.path();
        if path.is_file() {
            // Copied, not moved: the target folder may be on another disk.
            let to = dist.join(path.file_name().unwrap_or_default());
            fs::copy(&path, &to).with_context(|| format!("cannot write {}", to.display()))?;
        }
    }
    Ok(())
}

/// `cargo xtask dev`: the same ui library in a native window, with the back end in the same process.
pub(crate) fn dev(project: &Project, workspace: Option<&Path>) -> Result<()> {
    packages::ensure(&[COMPILE, NATIVE_WINDOW].concat())?;
    let workspace = workspace.map_or_else(|| project.root.join("samples"), Path::to_owned);
    run(cargo(project)
        .args(["run", "--package", "touchstone-tests", "--example", "dev", "--"])
        .arg(workspace))
}

/// `cargo xtask dev --gallery`: every widget in every state, in a native window without a back end.
pub(crate) fn gallery(project: &Project) -> Result<()> {
    packages::ensure(NATIVE_WINDOW)?;
    let arguments = ["run", "--package", "touchstone-ui", "--features", "window", "--example", "gallery"];
    run(cargo(project).args(arguments))
}

/// `cargo xtask pictures`: every view as a picture.
pub(crate) fn pictures(project: &Project, folder: &Path, only: Option<&str>) -> Result<()> {
    packages::ensure(&[COMPILE, OFF_SCREEN].concat())?;
    let mut pictures = cargo(project);
    // All packages: another selection would choose other features, and build the largest dependency anew.
    pictures.args(["build", "--workspace", "--example", "pictures"]);
    run(&mut pictures)?;
    let program = project.target.join("debug/examples/pictures");
    let mut draw = Command::new(program);
    draw.arg(project.root.join("samples")).arg(std::path::absolute(folder)?).args(only);
    run(&mut draw)
}

#[cfg(test)]
mod tests {
    use super::check_versions;

    fn lock(page: &str, tool: &str) -> String {
        format!(
            "[[package]]\nname = \"wasm-bindgen\"\nversion = \"{page}\"\n\n\
             [[package]]\nname = \"wasm-bindgen-cli-support\"\nversion = \"{tool}\"\n"
        )
    }

    #[test]
    fn unequal_versions_are_refused_with_the_line_to_write() {
        assert!(check_versions(&lock("0.2.130", "0.2.130")).is_ok());
        let error = check_versions(&lock("0.2.131", "0.2.130")).unwrap_err().to_string();
        assert!(error.contains("wasm-bindgen-cli-support = \"=0.2.131\""), "{error}");
    }
}
