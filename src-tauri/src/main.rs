//! `touchstone-studio`, the desktop front door: a window with the page, and one command behind it.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod arguments;
mod clipboard;
mod dialogs;
mod geometry;
mod keys;
mod rendering;
mod rpc;
mod window;

use std::process::ExitCode;

use arguments::{Arguments, Asked};

fn main() -> ExitCode {
    match Arguments::read(std::env::args_os().skip(1)) {
        Ok(Asked::Help) => {
            print!("{}", arguments::HELP);
            ExitCode::SUCCESS
        }
        Ok(Asked::Version) => {
            println!("touchstone-studio {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Ok(Asked::Open(arguments)) => open(&arguments),
        Err(problem) => {
            eprintln!("error: {problem}\n\n{}", arguments::HELP);
            ExitCode::from(2)
        }
    }
}

fn open(arguments: &Arguments) -> ExitCode {
    if let Err(problem) = rendering::prepare(arguments) {
        eprintln!("error: {problem:#}");
        return ExitCode::FAILURE;
    }
    match window::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem:#}");
            ExitCode::FAILURE
        }
    }
}
