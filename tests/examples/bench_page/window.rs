//! The real window: from the start of its process until the workspace is there, and what it does when nobody does anything.

use std::fs;
use std::io::{BufRead as _, BufReader, Lines};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use touchstone_tests::binary;

use crate::figures::{Figures, Timing};

/// Times that the window is opened.
const STARTS: usize = 5;
/// How long it is left alone.
const IDLE: Duration = Duration::from_secs(10);

pub(crate) fn measure(figures: &mut Figures, workspace: &Path) {
    let screen = Screen::start();
    let mut ready = Timing::default();
    let mut shown = Timing::default();
    for number in 0..STARTS {
        let (start, mut studio) = Studio::start(workspace, &screen);
        studio.until("page ready");
        ready.add(milliseconds(start));
        studio.until("shows Bench");
        shown.add(milliseconds(start));
        if number + 1 == STARTS {
            // WebKit goes on making the code faster that the start needed.
            thread::sleep(Duration::from_secs(15));
            let before = studio.processor_time();
            thread::sleep(IDLE);
            let ticks = studio.processor_time().saturating_sub(before);
            // Clock ticks are hundredths of a second on Linux.
            figures.count("Window: processor time of all its processes in ten idle seconds, ms", ticks * 10);
        }
    }
    figures.add("Window: start of the process to the page's first request", &ready);
    figures.add("Window: start of the process to the first frame with the workspace", &shown);
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

/// A display that every machine can have.
struct Screen {
    process: Child,
    display: String,
}

impl Screen {
    fn start() -> Self {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap_or_else(|error| panic!("Xvfb does not start: {error}"));
        let mut number = String::new();
        let told = process.stdout.take().map(|output| BufReader::new(output).read_line(&mut number));
        assert!(matches!(told, Some(Ok(1..))), "Xvfb names no display");
        Self { process, display: format!(":{}", number.trim()) }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The studio's window, for a person of its own.
struct Studio {
    process: Child,
    lines: Lines<BufReader<ChildStderr>>,
    _home: tempfile::TempDir,
}

impl Studio {
    fn start(workspace: &Path, screen: &Screen) -> (Instant, Self) {
        let home = tempfile::Builder::new().prefix("touchstone-home-").tempdir();
        let home = home.unwrap_or_else(|error| panic!("no temporary folder: {error}"));
        let mut command = Command::new("dbus-run-session");
        command.arg("--").arg(binary("TOUCHSTONE_STUDIO")).arg(workspace).process_group(0);
        command.envs([("TOUCHSTONE_LOG", "rpc"), ("NO_AT_BRIDGE", "1"), ("DISPLAY", &screen.display)]);
        command.envs([("GDK_BACKEND", "x11"), ("LIBGL_ALWAYS_SOFTWARE", "1")]).env_remove("WAYLAND_DISPLAY");
        for variable in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
            command.env(variable, home.path());
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let start = Instant::now();
        let mut process =
            command.spawn().unwrap_or_else(|error| panic!("the studio does not start: {error}"));
        let stderr = process.stderr.take().unwrap_or_else(|| panic!("its log is piped"));
        (start, Self { process, lines: BufReader::new(stderr).lines(), _home: home })
    }

    /// Reads on until a line of the log begins like this.
    fn until(&mut self, begin: &str) {
        let found = self.lines.by_ref().map_while(Result::ok).any(|line| line.starts_with(begin));
        assert!(found, "the studio ended before `{begin}`");
    }

    /// Clock ticks that it and its children have used.
    fn processor_time(&self) -> u64 {
        let group = self.process.id().to_string();
        let Ok(processes) = fs::read_dir("/proc") else { return 0 };
        let stat = |entry: fs::DirEntry| fs::read_to_string(entry.path().join("stat")).ok();
        processes
            .flatten()
            .filter_map(stat)
            .filter_map(|stat| {
                // After the name, which may hold blanks: state, parent, group; times are the 12th and 13th.
                let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
                let time = |at: usize| fields.get(at)?.parse::<u64>().ok();
                (fields.get(2) == Some(&group.as_str())).then_some(time(11)? + time(12)?)
            })
            .sum()
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        let group = format!("-{}", self.process.id());
        drop(Command::new("kill").args(["-s", "KILL", "--", &group]).status());
        drop(self.process.wait());
    }
}
