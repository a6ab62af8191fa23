//! What has to be so before a web view starts, so that it doesn't stay blank.

use crate::arguments::Arguments;

/// Switches `WebKitGTK` to drawing without shared graphics memory.
#[cfg(target_os = "linux")]
const PLAIN_DRAWING: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Checks that there is a display, and starts this program anew where the web view needs another environment.
#[cfg(target_os = "linux")]
pub(crate) fn prepare(arguments: &Arguments) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt as _;

    use anyhow::{Context as _, ensure};

    let is_set = |name| std::env::var_os(name).is_some_and(|value: std::ffi::OsString| !value.is_empty());
    ensure!(
        is_set("DISPLAY") || is_set("WAYLAND_DISPLAY"),
        "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); use `touchstone`, which needs none"
    );
    // With NVIDIA's own driver many versions of WebKitGTK leave the window blank otherwise.
    let is_risky = std::path::Path::new("/proc/driver/nvidia/version").exists();
    if (arguments.plain_drawing || is_risky) && std::env::var_os(PLAIN_DRAWING).is_none() {
        let program = std::env::current_exe().context("this program does not know where it is")?;
        let failure = std::process::Command::new(program)
            .args(std::env::args_os().skip(1))
            .env(PLAIN_DRAWING, "1")
            .exec();
        return Err(failure).context("this program could not be started anew");
    }
    let answers = gtk::init().is_ok();
    ensure!(
        answers,
        "the display that DISPLAY or WAYLAND_DISPLAY names does not answer; start Touchstone from the desktop's own session, \
         or use `touchstone`, which needs no display"
    );
    Ok(())
}

/// Elsewhere web views need nothing.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "on Linux it can fail")]
pub(crate) fn prepare(_arguments: &Arguments) -> anyhow::Result<()> {
    Ok(())
}
