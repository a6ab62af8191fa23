//! The real window under Xvfb, driven by keyboard from opening to publishing; what counts is what lands in the registry
//! and in the warehouse.
#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, reason = "a test fails by panicking, also outside its #[test] function")]

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use touchstone_tests::{binary, repository, sample_workspace, touchstone};
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask};

/// A machine that builds something else at the same time is slow.
const PATIENCE: Duration = Duration::from_mins(2);

#[test]
fn a_steward_opens_simulates_and_publishes_by_keyboard() {
    let workspace = sample_workspace();
    let window = Window::open(workspace.path());
    window.start();

    // The first pipeline of the list is shown at once; three further down are the trades.
    let pipelines = pipeline_names();
    let trades = pipelines.iter().position(|name| name == "trades").expect("the samples have trades");
    window.wait("rpc pipeline ok", 1);
    for further in 1..=trades {
        window.press("alt+Down");
        window.wait("rpc pipeline ok", further + 1);
    }
    window.wait("rpc plan_publish ok", trades + 1);

    window.press("F5");
    window.wait("rpc start_simulate ok", 1);
    window.wait_for_any(&["rpc job_status ok done", "rpc start_simulate ok done"]);
    window.wait("rpc rows ok", 1);

    // The first time there is no message yet: the keys lead to it.
    window.see_change(|window| window.press("ctrl+Return"));
    window.see_change(|window| window.type_text("Reviewed with the trading desk"));
    window.press("ctrl+Return");
    window.wait("rpc publish ok", 1);
    window.wait("rpc history ok", trades + 2);
    drop(window);

    let history = touchstone(workspace.path(), &["history", "trades", "--json"]).well().json();
    let text = history.to_string();
    assert!(text.contains("Reviewed with the trading desk"), "{history:#}");
    let audit = touchstone(workspace.path(), &["audit", "verify"]).well();
    assert!(!audit.out.is_empty(), "{audit:#?}");
    let tables = files_below(&workspace.path().join(".touchstone"), "parquet");
    assert!(!tables.is_empty(), "the simulation wrote no table");
}

#[test]
fn unsaved_edits_come_back_after_the_studio_was_killed() {
    let workspace = sample_workspace();
    let first = pipeline_names().into_iter().next().expect("the samples have pipelines");
    let document = workspace.path().join("pipelines").join(format!("{first}.yaml"));
    let before = std::fs::read_to_string(&document).expect("it is there");

    let window = Window::open(workspace.path());
    window.start();
    window.see_change(|window| window.press("alt+4"));
    window.edit("# Reviewed by hand");
    let remembered = workspace.path().join(".touchstone/studio.json");
    window.wait_until("the edit is remembered", || {
        std::fs::read_to_string(&remembered).is_ok_and(|text| text.contains(r"# Reviewed by hand\n"))
    });
    window.kill();
    assert_eq!(std::fs::read_to_string(&document).expect("it is there"), before, "nobody saved it");

    let window = Window::open(workspace.path());
    window.start();
    window.wait("rpc load_state ok", 2);
    window.has_title("^• ");
    window.press("ctrl+s");
    window.wait("rpc save_document ok", 1);
    window.has_title("^Sample investment firm");
    let saved = std::fs::read_to_string(&document).expect("it is there");
    assert!(saved.contains("# Reviewed by hand"), "{saved}");
    assert_eq!(saved.replace("# Reviewed by hand\n", ""), before, "nothing else has changed");
}

#[test]
fn an_edit_comes_back_when_the_window_was_closed_in_its_middle() {
    let workspace = sample_workspace();
    let first = pipeline_names().into_iter().next().expect("the samples have pipelines");
    let document = workspace.path().join("pipelines").join(format!("{first}.yaml"));
    let mut window = Window::open(workspace.path());
    window.start();
    window.see_change(|window| window.press("alt+4"));
    window.edit("# And once more");
    window.close();
    let window = Window::open(workspace.path());
    window.start();
    window.wait("rpc load_state ok", 2);
    window.has_title("^• ");
    window.press("ctrl+s");
    window.wait("rpc save_document ok", 1);
    let saved = std::fs::read_to_string(&document).expect("it is there");
    assert!(saved.contains("# And once more"), "{saved}");
}

/// Names of the sample pipelines, in the order of the list.
fn pipeline_names() -> Vec<String> {
    let folder = std::fs::read_dir(repository().join("samples/pipelines")).expect("the samples are there");
    let stem = |path: PathBuf| Some(path.file_stem()?.to_str()?.to_owned());
    let mut names: Vec<_> = folder.flatten().filter_map(|entry| stem(entry.path())).collect();
    names.sort();
    names
}

fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let below = entries.flatten().map(|entry| entry.path()).flat_map(|path| {
        let is_wanted = path.extension().is_some_and(|found| found == extension);
        if path.is_dir() { files_below(&path, extension) } else { Vec::from_iter(is_wanted.then_some(path)) }
    });
    below.collect()
}

/// A display of its own with the studio's window on it; both end with the value.
struct Window {
    display: String,
    log: Arc<Log>,
    studio: Group,
    _screen: Group,
    _home: tempfile::TempDir,
}

impl Window {
    fn open(workspace: &Path) -> Self {
        let studio = binary("TOUCHSTONE_STUDIO");
        let mut screen = Group::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let mut number = String::new();
        let output = screen.0.stdout.take().expect("it is piped");
        BufReader::new(output).read_line(&mut number).expect("Xvfb says which display it took");
        let display = format!(":{}", number.trim());
        assert_ne!(
            display, ":",
            "Xvfb did not start; run `cargo xtask test`, which installs what is missing"
        );

        // Nothing of the person who runs the tests: no settings, no session, no keychain.
        let home = tempfile::Builder::new().prefix("touchstone-home-").tempdir().expect("a temporary folder");
        let mut session = Command::new("dbus-run-session");
        session.arg("--").arg(studio).arg(workspace);
        session.envs([("DISPLAY", display.as_str()), ("GDK_BACKEND", "x11"), ("LIBGL_ALWAYS_SOFTWARE", "1")]);
        session.envs([("TOUCHSTONE_LOG", "rpc"), ("NO_AT_BRIDGE", "1"), ("USER", "tester")]);
        for variable in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
            session.env(variable, home.path());
        }
        session.env_remove("WAYLAND_DISPLAY").stdout(Stdio::null()).stderr(Stdio::piped());
        let mut studio = Group::start(&mut session);
        let log = Arc::new(Log::default());
        let lines = BufReader::new(studio.0.stderr.take().expect("it is piped")).lines();
        thread::spawn({
            let log = Arc::clone(&log);
            move || lines.map_while(Result::ok).for_each(|line| log.push(line))
        });
        Self { display, log, studio, _screen: screen, _home: home }
    }

    /// Waits until the workspace is shown, and gives the page the keyboard.
    fn start(&self) {
        self.wait("page ready", 1);
        self.wait("rpc open_workspace ok", 1);
        self.wait("rpc pipeline ok", 1);
        self.focus();
    }

    /// Writes a line at the beginning of the document whose text is shown.
    fn edit(&self, line: &str) {
        // Move first: what is pressed is what the pointer was seen over.
        self.see_change(|window| {
            window.xdotool(&["mousemove", "760", "420", "sleep", "0.5", "click", "1"]);
        });
        self.press("ctrl+Home");
        self.type_text(line);
        self.press("Return");
        self.has_title("^• ");
    }

    /// Waits until the window is called like this, a regular expression.
    fn has_title(&self, title: &str) {
        self.wait_until(&format!("the window's title is like {title}"), || {
            let found = Command::new("xdotool")
                .args(["search", "--onlyvisible", "--name", title])
                .env("DISPLAY", &self.display)
                .output();
            found.is_ok_and(|found| !found.stdout.is_empty())
        });
    }

    fn wait_until(&self, what: &str, is_so: impl Fn() -> bool) {
        let until = Instant::now() + PATIENCE;
        while !is_so() {
            if Instant::now() > until {
                self.give_up(&format!("waited until {what}"));
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Ends the studio in the middle of whatever it does.
    fn kill(mut self) {
        self.studio.signal("KILL");
        drop(self.studio.0.wait());
    }

    /// Closes the window as its button does, and waits until the studio has ended by itself.
    fn close(&mut self) {
        ask_to_close(&self.display);
        if !self.studio.ends_within(PATIENCE) {
            self.give_up("waited until the studio ends");
        }
    }

    /// Waits until the log has at least `times` lines that begin like this.
    fn wait(&self, line: &str, times: usize) {
        let enough = |lines: &[String]| lines.iter().filter(|one| one.starts_with(line)).count() >= times;
        if !self.log.wait_until(enough) {
            self.give_up(&format!("waited for {times} × `{line}`"));
        }
    }

    fn wait_for_any(&self, wanted: &[&str]) {
        let any = |lines: &[String]| lines.iter().any(|line| wanted.iter().any(|one| line.starts_with(one)));
        if !self.log.wait_until(any) {
            self.give_up(&format!("waited for one of {wanted:?}"));
        }
    }

    /// Gives the window the keyboard, as a window manager would.
    fn focus(&self) {
        self.xdotool(&["search", "--sync", "--onlyvisible", "--name", "Touchstone", "windowfocus", "--sync"]);
        // And the page within it: a click where nothing is.
        self.xdotool(&["mousemove", "640", "787", "click", "1"]);
    }

    fn press(&self, keys: &str) {
        self.xdotool(&["key", "--clearmodifiers", keys]);
    }

    fn type_text(&self, text: &str) {
        self.xdotool(&["type", "--delay", "30", text]);
    }

    /// Waits until what was done is to be seen, and the picture stands still again: the log doesn't tell of what
    /// happens in the page alone.
    fn see_change(&self, act: impl Fn(&Self)) {
        let before = self.rest(|_| true);
        act(self);
        self.rest(|now| now != before);
    }

    /// Waits until the picture stands still and is as wanted.
    fn rest(&self, is_wanted: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let until = Instant::now() + PATIENCE;
        let mut last = self.picture();
        while Instant::now() < until {
            thread::sleep(Duration::from_millis(500));
            let now = self.picture();
            if now == last && is_wanted(&now) {
                return now;
            }
            last = now;
        }
        self.give_up("waited for the window to show what was done");
    }

    fn picture(&self) -> Vec<u8> {
        let taken =
            Command::new("import").args(["-window", "root", "rgb:-"]).env("DISPLAY", &self.display).output();
        taken.expect("import starts; `cargo xtask test` installs it").stdout
    }

    fn xdotool(&self, arguments: &[&str]) {
        let ran = Command::new("xdotool").args(arguments).env("DISPLAY", &self.display).output();
        let ran = ran.expect("xdotool starts; `cargo xtask test` installs it");
        if !ran.status.success() {
            self.give_up(&format!("xdotool {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr)));
        }
    }

    fn give_up(&self, reason: &str) -> ! {
        let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join("desktop-failure.png");
        let mut camera = Command::new("import");
        camera.args(["-window", "root"]).arg(&picture).env("DISPLAY", &self.display);
        let seen = match camera.status() {
            Ok(status) if status.success() => format!("the window then: {}", picture.display()),
            _ => "no picture could be taken".to_owned(),
        };
        panic!("{reason}; {seen}\nits log:\n{}", self.log.text());
    }
}

/// Asks the window to close: a window manager would, and there is none.
fn ask_to_close(display: &str) {
    let search = ["search", "--onlyvisible", "--name", "Touchstone"];
    let found = Command::new("xdotool").args(search).env("DISPLAY", display).output();
    let found = found.expect("xdotool starts; `cargo xtask test` installs it").stdout;
    let (connection, _) = x11rb::connect(Some(display)).expect("the display is there");
    let atom = |name: &[u8]| {
        let asked = connection.intern_atom(false, name).expect("the display takes requests");
        asked.reply().expect("the display knows atoms").atom
    };
    let (protocols, delete) = (atom(b"WM_PROTOCOLS"), atom(b"WM_DELETE_WINDOW"));
    for window in String::from_utf8_lossy(&found).lines() {
        let window = window.parse().expect("xdotool prints numbers");
        let event = ClientMessageEvent::new(32, window, protocols, [delete, x11rb::CURRENT_TIME, 0, 0, 0]);
        let sent = connection.send_event(false, window, EventMask::NO_EVENT, event);
        sent.expect("the display takes events").check().expect("the window is there");
    }
}

/// What the studio has written to standard error so far.
#[derive(Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    grew: Condvar,
}

impl Log {
    fn push(&self, line: String) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        self.grew.notify_all();
    }

    fn wait_until(&self, enough: impl Fn(&[String]) -> bool) -> bool {
        let until = Instant::now() + PATIENCE;
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        while !enough(&lines) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            lines = self.grew.wait_timeout(lines, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    fn text(&self) -> String {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }
}

/// A process and all that it starts; they end with the value, also when the test fails.
struct Group(Child);

impl Group {
    fn start(command: &mut Command) -> Self {
        let program = command.get_program().to_owned();
        let child = command.process_group(0).stdin(Stdio::null()).spawn();
        Self(
            child.unwrap_or_else(|error| panic!("{} does not start: {error}", Path::new(&program).display())),
        )
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let ended = self.signal("TERM") && self.ends_within(Duration::from_secs(5));
        if !ended {
            self.signal("KILL");
        }
        drop(self.0.wait());
    }
}

impl Group {
    /// Sends a signal to all of them; whether there was anybody.
    fn signal(&self, name: &str) -> bool {
        let group = format!("-{}", self.0.id());
        let sent = Command::new("kill").args(["-s", name, "--", &group]).stderr(Stdio::null()).status();
        sent.is_ok_and(|status| status.success())
    }

    fn ends_within(&mut self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        while Instant::now() < until {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                return true;
            }
            thread::sleep(Duration::from_millis(20));
        }
        false
    }
}
