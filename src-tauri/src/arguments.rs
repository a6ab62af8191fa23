//! What the person wrote behind `touchstone-studio`.

use std::ffi::OsString;
use std::path::PathBuf;

/// Shown for `--help`.
pub(crate) const HELP: &str = "\
The studio's window: open a workspace, look at its samples, simulate, publish.

Usage: touchstone-studio [OPTIONS] [WORKSPACE]

Arguments:
  [WORKSPACE]         Folder of the workspace to open; without it, the window asks

Options:
      --plain-drawing  Draw without shared graphics memory, where the window stays blank
  -h, --help           Print help
  -V, --version        Print version

Environment:
  TOUCHSTONE_LOG=rpc   Write a line to standard error for each request
";

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Help,
    Version,
    Open(Arguments),
}

/// How the window is to be opened.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// Workspace to open.
    pub(crate) workspace: Option<PathBuf>,
    /// Whether to draw without shared graphics memory.
    pub(crate) plain_drawing: bool,
}

impl Arguments {
    pub(crate) fn read(words: impl IntoIterator<Item = OsString>) -> Result<Asked, String> {
        let mut arguments = Self::default();
        for word in words {
            match word.to_str() {
                Some("-h" | "--help") => return Ok(Asked::Help),
                Some("-V" | "--version") => return Ok(Asked::Version),
                Some("--plain-drawing") => arguments.plain_drawing = true,
                Some(option) if option.starts_with('-') => {
                    return Err(format!("there is no option {option}"));
                }
                _ if arguments.workspace.is_some() => {
                    return Err("one workspace can be opened at a time".to_owned());
                }
                _ => arguments.workspace = Some(PathBuf::from(word)),
            }
        }
        Ok(Asked::Open(arguments))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Asked, String> {
        Arguments::read(words.iter().map(OsString::from))
    }

    #[test]
    fn a_workspace_and_options_are_read() {
        assert_eq!(read(&[]), Ok(Asked::Open(Arguments::default())));
        let arguments = Arguments { workspace: Some("samples".into()), plain_drawing: true };
        assert_eq!(read(&["--plain-drawing", "samples"]), Ok(Asked::Open(arguments)));
        assert_eq!(read(&["samples", "--version"]), Ok(Asked::Version));
    }

    #[test]
    fn what_is_not_understood_is_said() {
        assert_eq!(read(&["--nope"]), Err("there is no option --nope".to_owned()));
        assert!(read(&["one", "two"]).is_err());
    }
}
