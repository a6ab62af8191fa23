//! Declares the commands, so that they are permission-checked, and makes sure that there is a page to embed.

use std::error::Error;
use std::fs;
use std::path::Path;

/// What `cargo xtask ui` makes.
const PAGE: &str = "../ui/dist";

/// Shown where nobody has made it: linters and tests of other crates build this one too, and need no page.
const NO_PAGE: &str = "<!doctype html>
<html lang=\"en\">
  <head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"dark light\"><title>Touchstone</title></head>
  <body>
    <h1>The page is not built</h1>
    <p>Run <code>cargo xtask ui</code>, then build touchstone-studio again.</p>
  </body>
</html>
";

fn main() -> Result<(), Box<dyn Error>> {
    let page = Path::new(PAGE);
    println!("cargo::rerun-if-changed={PAGE}");
    if !page.join("index.html").exists() {
        fs::create_dir_all(page)?;
        fs::write(page.join("index.html"), NO_PAGE)?;
    }
    if !page.join("touchstone_ui_bg.wasm").exists() {
        println!(
            "cargo::warning=there is no page in ui/dist: the window will say so. Run `cargo xtask ui` and build again"
        );
    }
    let commands = tauri_build::AppManifest::new().commands(&["rpc", "keep_keys", "leave_keys"]);
    let windows = tauri_build::WindowsAttributes::new().window_icon_path("../assets/icons/icon.ico");
    tauri_build::try_build(
        tauri_build::Attributes::new().app_manifest(commands).windows_attributes(windows),
    )?;
    Ok(())
}
