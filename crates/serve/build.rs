//! Puts the page of `cargo xtask ui` into the program, where there is one.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What `cargo xtask ui` makes.
const PAGE: &str = "../../ui/dist";

fn main() -> Result<(), Box<dyn Error>> {
    let page = Path::new(&env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets it")?).join(PAGE);
    // A folder that isn't there would have this run, and all that follows, at every build.
    fs::create_dir_all(&page)?;
    println!("cargo::rerun-if-changed={}", page.display());
    let mut files = Vec::new();
    // Without its WASM it is no page: another front door may have put its own excuse there.
    if page.join("touchstone_ui_bg.wasm").is_file() {
        for entry in fs::read_dir(&page)? {
            files.push(entry?.path());
        }
        files.retain(|path| path.is_file());
        files.sort();
    }
    let target = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets it")?).join("page_files.rs");
    fs::write(target, listed(&files)?)?;
    Ok(())
}

fn listed(files: &[PathBuf]) -> Result<String, Box<dyn Error>> {
    let mut list = "&[\n".to_owned();
    for path in files {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or("a file's name is not UTF-8")?;
        let path = path.canonicalize()?;
        let path = path.to_str().ok_or("the page's folder is not UTF-8")?;
        writeln!(list, "    ({name:?}, include_bytes!({path:?}).as_slice()),")?;
    }
    list.push_str("]\n");
    Ok(list)
}
