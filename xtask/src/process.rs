//! Running other programs: what is run is shown, and a failure names the command.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::project::Project;

/// A command in the repository's root folder.
pub(crate) fn command(project: &Project, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(&project.root);
    command
}

/// Cargo, building into the one target folder.
pub(crate) fn cargo(project: &Project) -> Command {
    let mut command = command(project, env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.env("CARGO_TARGET_DIR", &project.target);
    // What Cargo told xtask about itself would make build scripts believe that their surroundings changed.
    for (name, _) in env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            command.env_remove(name);
        }
    }
    command
}

/// Shows the command, runs it, and fails when it does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    println!("$ {line}");
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if status.success() {
        return Ok(());
    }
    bail!("`{line}` failed ({status}); its own message is above")
}

/// What a command that needn't be shown prints; nothing when it can't be run or fails.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok().filter(|output| output.status.success())?;
    // Java writes its version to standard error.
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    Some(String::from_utf8_lossy(&text).trim().to_owned())
}

/// Where a program is on PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&name)).find(|path| path.is_file())
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The command as one would type it.
fn shown(command: &Command) -> String {
    let quoted = |text: &OsStr| {
        let text = text.to_string_lossy();
        if text.is_empty() || text.contains([' ', '"', '\'', '*', '$', ';']) {
            format!("'{text}'")
        } else {
            text.into_owned()
        }
    };
    let program = PathBuf::from(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(quoted(name)).chain(command.get_args().map(quoted)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    #[test]
    fn bytes_become_hexadecimal() {
        assert_eq!(super::hex(&[0, 10, 255]), "000aff");
    }

    #[test]
    fn commands_are_shown_as_one_types_them() {
        let mut command = Command::new("/usr/bin/touchstone");
        command.args(["publish", "-m", "First version", ""]);
        assert_eq!(super::shown(&command), "touchstone publish -m 'First version' ''");
    }
}
