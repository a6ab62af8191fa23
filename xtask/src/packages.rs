//! System packages: which are missing, why each is needed, and installing them where nobody has to be asked.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::process::{answer, on_path, run};

/// A Debian package and what it is needed for.
#[derive(Clone, Copy)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) why: &'static str,
}

const fn package(name: &'static str, why: &'static str) -> Package {
    Package { name, why }
}

/// To compile anything at all.
pub(crate) const COMPILE: &[Package] = &[
    package("build-essential", "the linker and C compiler that Rust and the embedded SQLite need"),
    package("pkg-config", "finds the system libraries at build time"),
];

/// To build the studio's window and show it.
pub(crate) const WINDOW: &[Package] = &[
    package("libwebkit2gtk-4.1-dev", "the web view that the studio's window shows its page in"),
    package("zenity", "the dialog that opens a workspace, where the desktop offers none of its own"),
    package("libgl1-mesa-dri", "WebGL, also where there is no graphics card"),
];

/// To show the ui library in a native window of its own.
pub(crate) const NATIVE_WINDOW: &[Package] = &[
    package("libxkbcommon-x11-0", "the keyboard in the native development window"),
    package("libegl1", "OpenGL in the native development window"),
    package("libgl1-mesa-dri", "OpenGL, also where there is no graphics card"),
];

/// To drive the real window in a test.
pub(crate) const WINDOW_TEST: &[Package] = &[
    package("xvfb", "a display without a screen, for the test of the window"),
    package("xdotool", "clicks and types in the test of the window"),
    package("imagemagick", "takes the pictures in the test of the window"),
    package("dbus", "the session bus that the window and the keychain talk over"),
    package("gnome-keyring", "a system keychain, for the test of secrets"),
];

/// To drive the page in a browser.
pub(crate) const BROWSER_TEST: &[Package] =
    &[package("chromium", "the browser that the page is tested in, by what it tells a screen reader")];

/// To draw pictures without a display.
pub(crate) const OFF_SCREEN: &[Package] = &[
    package("libvulkan1", "drawing pictures of the window without a display"),
    package("mesa-vulkan-drivers", "the same, without a graphics card"),
];

/// Makes sure that the packages are there, where that can be known and done.
pub(crate) fn ensure(wanted: &[Package]) -> Result<()> {
    if on_path("dpkg-query").is_none() || on_path("apt-get").is_none() {
        println!("{}", advice(wanted));
        return Ok(());
    }
    let missing: Vec<Package> = wanted.iter().copied().filter(|one| !is_installed(one.name)).collect();
    if missing.is_empty() {
        println!("All {} system packages are installed.", wanted.len());
        return Ok(());
    }
    println!("Missing system packages:");
    for one in &missing {
        println!("  {:30} {}", one.name, one.why);
    }
    let names: Vec<&str> = missing.iter().map(|one| one.name).collect();
    let prefix: &[&str] = if is_root() {
        &[]
    } else if answer(Command::new("sudo").args(["-n", "true"])).is_some() {
        &["sudo", "-n"]
    } else {
        bail!(
            "these packages can't be installed without a password; install them yourself and run this again:\n\n  \
             sudo apt-get update && sudo apt-get install --yes --no-install-recommends {}\n",
            names.join(" ")
        );
    };
    let apt = |arguments: &[&str]| {
        let words: Vec<&str> = prefix
            .iter()
            .chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"].iter())
            .chain(arguments)
            .copied()
            .collect();
        run(Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()))
    };
    // An old list of packages names versions that the server no longer has.
    apt(&["update", "--quiet"])?;
    apt(&[&["install", "--quiet", "--yes", "--no-install-recommends"], names.as_slice()].concat())
}

/// What to install where there is no dpkg.
fn advice(wanted: &[Package]) -> String {
    if cfg!(windows) {
        return "Windows: the window needs the WebView2 runtime (part of Windows 11) and the build needs the MSVC \
                build tools with the C++ workload. Going on as if they were there."
            .to_owned();
    }
    if cfg!(target_os = "macos") {
        return "macOS: the build needs the Xcode command line tools (`xcode-select --install`). Going on as if they \
                were there."
            .to_owned();
    }
    let list: Vec<String> = wanted.iter().map(|one| format!("  {:30} {}", one.name, one.why)).collect();
    format!(
        "This is no Debian, so what is installed can't be checked. By their names in Debian, these are needed:\n{}\n\
         Install your system's packages of the same content. Going on as if they were there.",
        list.join("\n")
    )
}

fn is_installed(name: &str) -> bool {
    answer(Command::new("dpkg-query").args(["--show", "--showformat=${db:Status-Status}", name]))
        .is_some_and(|status| status.starts_with("installed"))
}

fn is_root() -> bool {
    answer(Command::new("id").arg("-u")).is_some_and(|id| id == "0")
}
