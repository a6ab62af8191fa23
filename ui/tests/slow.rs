//! All views with a back end that is slow, fails, or is cancelled: each says that it waits or why it failed, asks again
//! when told to and never by itself, and keeps the last good answer.
#![expect(clippy::expect_used, reason = "a test fails by panicking, also outside its #[test] function")]

mod support;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use support::design::{Disk, opened};
use support::{Window, sees, settle};
use touchstone_protocol::{DataRef, ErrorCode, ExportFormat, RpcError};
use touchstone_ui::command::{Command, Place, Section, TablePart};
use touchstone_ui::{account, data, design, home, settings};

/// A view, and a request that it can't do without.
struct View {
    method: &'static str,
    /// What leads there.
    way: Vec<Command>,
    /// What it says while it waits for the first answer.
    pending: &'static str,
    /// A word of the good answer.
    good: &'static str,
    /// What asks anew.
    anew: Command,
}

fn views() -> Vec<View> {
    let trades = || Command::Select("trades".to_owned());
    let section = |section| vec![trades(), Command::ShowSection(section)];
    let view = |method, way, pending, good, anew| View { method, way, pending, good, anew };
    let reload = || Command::Reload;
    let load = Command::Settings(settings::Command::Load);
    let need = Command::Home(home::Command::NeedHome);
    vec![
        view("pipeline", vec![trades()], "Reading the pipeline…", "What the desks bought and sold", reload()),
        view("documents", section(Section::Design), "Reading the documents…", "YAML", {
            Command::Design(design::Command::Load)
        }),
        view("rows", section(Section::Data), "", "Trade ID 0004200", reload()),
        view(
            "last_run",
            section(Section::Prove),
            "Reading the last simulation…",
            "Not simulated yet",
            reload(),
        ),
        view("plan_publish", section(Section::Publish), "", "notional", reload()),
        view("history", section(Section::Publish), "", "History", reload()),
        view("audit", vec![Command::Go(Place::Audit)], "Reading the audit trail…", "0 events", reload()),
        view("settings", vec![Command::Go(Place::Settings)], "Reading the settings…", "you are", load),
        view("home", vec![Command::Go(Place::Home)], "", "Equity research", need),
    ]
}

fn go(harness: &mut Window<'_>, way: &[Command]) {
    for command in way {
        harness.state_mut().as_mut().expect("an app").command(command.clone());
        settle(harness);
    }
}

fn broken(method: &str) -> RpcError {
    RpcError::new(ErrorCode::Unavailable, format!("{method} broke")).with_help("Wait and try again")
}

#[test]
fn what_is_slow_is_waited_for_and_then_shown() {
    for view in views() {
        let disk = Disk::with_samples();
        disk.script.lock().held.insert(view.method);
        let mut harness = opened(&disk);
        go(&mut harness, &view.way);
        if !view.pending.is_empty() {
            assert!(sees(&harness, view.pending), "{}", view.method);
            assert!(!sees(&harness, view.good) || view.method == "documents", "{}", view.method);
        }
        // The window lives on meanwhile.
        go(&mut harness, &[Command::Go(Place::Lineage)]);
        go(&mut harness, &view.way);
        disk.release(view.method);
        disk.script.release(view.method);
        settle(&mut harness);
        assert!(sees(&harness, view.good), "{}", view.method);
    }
}

#[test]
fn what_fails_says_so_and_is_asked_for_again_only_when_told_to() {
    for view in views() {
        let disk = Disk::with_samples();
        disk.script.lock().failing.insert(view.method, broken(view.method));
        let mut harness = opened(&disk);
        go(&mut harness, &view.way);
        let told = format!("{} broke", view.method);
        assert!(sees(&harness, &told), "{}", view.method);
        assert!(sees(&harness, "Wait and try again"), "{}", view.method);
        let asked = disk.script.count(view.method);
        harness.run_steps(24);
        assert_eq!(disk.script.count(view.method), asked, "{} is not asked for by itself", view.method);
        disk.script.lock().failing.clear();
        let again = harness.query_all_by_role_and_label(Role::Button, "Try again").next();
        again.unwrap_or_else(|| panic!("{} has no retry", view.method)).click();
        settle(&mut harness);
        assert!(disk.script.count(view.method) > asked, "{}", view.method);
        assert!(!sees(&harness, &told), "{}", view.method);
        assert!(sees(&harness, view.good), "{}", view.method);
    }
}

#[test]
fn the_last_good_answer_stays_while_the_next_is_made_and_when_it_fails() {
    for view in views() {
        let disk = Disk::with_samples();
        let mut harness = opened(&disk);
        go(&mut harness, &view.way);
        assert!(sees(&harness, view.good), "{}", view.method);
        disk.script.lock().held.insert(view.method);
        go(&mut harness, std::slice::from_ref(&view.anew));
        assert!(sees(&harness, view.good), "{} while it waits", view.method);
        disk.script.lock().failing.insert(view.method, broken(view.method));
        disk.release(view.method);
        disk.script.release(view.method);
        settle(&mut harness);
        assert!(sees(&harness, &format!("{} broke", view.method)), "{}", view.method);
        assert!(sees(&harness, view.good), "{} after it failed", view.method);
    }
}

#[test]
fn what_a_person_cancels_in_a_dialog_leaves_no_error_and_nothing_pending() {
    let cancelled = || RpcError::new(ErrorCode::Cancelled, "cancelled by the person");
    let commands = [
        ("pick_workspace", Command::PickWorkspace),
        ("pick_files", Command::Home(home::Command::LookAt)),
        ("open_sample_workspace", Command::Home(home::Command::OpenSample)),
    ];
    for (method, command) in commands {
        let disk = Disk::with_samples();
        disk.script.lock().failing.insert(method, cancelled());
        let mut harness = opened(&disk);
        go(&mut harness, std::slice::from_ref(&command));
        assert_eq!(disk.script.count(method), 1, "{method}");
        assert!(!sees(&harness, "cancelled by the person"), "{method}");
        let state = harness.state().as_ref().expect("an app").state();
        assert!(!state.opening.is_pending() && state.open_workspace().is_some(), "{method}");
        assert!(state.obstacle(&command).is_none(), "{method} can be done again");
    }
}

/// What answers a question that a person asked by a command, beside what a view can't do without.
struct Asked {
    method: &'static str,
    /// What leads to where it is asked.
    way: Vec<Command>,
    /// What asks it.
    ask: Vec<Command>,
    /// What is said while it is not answered.
    pending: &'static str,
    /// A word of the good answer.
    good: &'static str,
    /// A word of what was known before, which stays.
    before: &'static str,
    /// The button that asks again.
    retry: &'static str,
}

const AGAIN: &str = "Try again";

fn asked() -> Vec<Asked> {
    let trades = || Command::Select("trades".to_owned());
    let sample = || DataRef::Sample { pipeline: "trades".to_owned(), source: "trades".to_owned() };
    let rows = || vec![trades(), Command::ShowSection(Section::Data)];
    let run = || vec![trades(), Command::Simulate, Command::ShowSection(Section::Prove)];
    let file = || Command::Go(Place::File("/data/inbox/fills.csv".to_owned()));
    let find = [
        data::Command::Find,
        data::Command::EditFind(sample(), "DE".to_owned()),
        data::Command::FindNext(sample(), false),
    ];
    vec![
        Asked {
            method: "profile",
            way: vec![trades()],
            ask: vec![Command::ShowSection(Section::Data)],
            pending: "Counting columns…",
            good: "0 % null",
            before: "Trade ID 0004200",
            retry: AGAIN,
        },
        Asked {
            method: "column",
            way: rows(),
            ask: vec![Command::Data(data::Command::Explain(sample(), "Px".to_owned()))],
            pending: "Counting…",
            good: "Most frequent values",
            before: "Trade ID 0004200",
            retry: AGAIN,
        },
        Asked {
            method: "find",
            way: rows(),
            ask: find.map(Command::Data).to_vec(),
            pending: "Looking…",
            good: "Row 4\u{202f}001",
            before: "Sample of trades",
            retry: AGAIN,
        },
        Asked {
            method: "runs",
            way: run(),
            ask: vec![Command::ShowPart(TablePart::Changes)],
            pending: "Listing earlier runs…",
            good: "Compared with the run of",
            before: "the same",
            retry: AGAIN,
        },
        Asked {
            method: "run_diff",
            way: run(),
            ask: vec![Command::ShowPart(TablePart::Changes)],
            pending: "Comparing…",
            good: "Compared with the run of",
            before: "found bad rows",
            retry: AGAIN,
        },
        Asked {
            method: "open_file",
            way: Vec::new(),
            ask: vec![file()],
            pending: "Reading…",
            good: "Trade ID 0004200",
            before: "fills.csv",
            retry: AGAIN,
        },
        Asked {
            method: "start_profile",
            way: Vec::new(),
            ask: vec![file()],
            pending: "Reading all of it",
            good: "Trade ID 0004200",
            before: "Trade ID 0004200",
            retry: "Read all of it",
        },
        Asked {
            method: "export_audit",
            way: vec![Command::Go(Place::Audit)],
            ask: vec![Command::Account(account::Command::Export(ExportFormat::Csv))],
            pending: "Exporting…",
            good: "Written to /exports/audit-local.csv",
            before: "Why first",
            retry: "Export CSV…",
        },
        Asked {
            method: "delete_document",
            way: vec![trades(), Command::ShowSection(Section::Design)],
            ask: vec![Command::Design(design::Command::Delete("pipelines/trades.yaml".to_owned()))],
            pending: "Deleting…",
            good: "pipelines/positions.yaml",
            before: "pipelines/trades.yaml",
            retry: "Delete",
        },
    ]
}

fn published() -> Disk {
    let disk = Disk::with_samples();
    disk.script.lock().publish("mara", "first");
    disk
}

#[test]
fn what_was_asked_for_is_waited_for_and_then_shown() {
    for asked in asked() {
        let disk = published();
        let mut harness = opened(&disk);
        go(&mut harness, &asked.way);
        disk.script.lock().held.insert(asked.method);
        go(&mut harness, &asked.ask);
        assert!(disk.script.count(asked.method) > 0, "{} is asked for", asked.method);
        assert!(sees(&harness, asked.pending), "{} is told to be on its way", asked.method);
        assert!(sees(&harness, asked.before), "{}: what is known stays", asked.method);
        disk.release(asked.method);
        disk.script.release(asked.method);
        settle(&mut harness);
        assert!(sees(&harness, asked.good), "{}", asked.method);
        assert!(!sees(&harness, asked.pending), "{} has come", asked.method);
    }
}

#[test]
fn what_was_asked_for_and_fails_says_so_and_is_asked_for_again_only_when_told_to() {
    for asked in asked() {
        let disk = published();
        let mut harness = opened(&disk);
        go(&mut harness, &asked.way);
        disk.script.lock().failing.insert(asked.method, broken(asked.method));
        go(&mut harness, &asked.ask);
        let told = format!("{} broke", asked.method);
        assert!(sees(&harness, &told), "{}", asked.method);
        assert!(sees(&harness, "Wait and try again"), "{} has a next step", asked.method);
        assert!(!sees(&harness, asked.pending), "{} is not on its way any more", asked.method);
        assert!(sees(&harness, asked.before), "{}: what is known stays", asked.method);
        let count = disk.script.count(asked.method);
        harness.run_steps(24);
        assert_eq!(disk.script.count(asked.method), count, "{} is not asked for by itself", asked.method);
        disk.script.lock().failing.clear();
        let again = harness.query_all_by_role_and_label(Role::Button, asked.retry).last();
        again.unwrap_or_else(|| panic!("{} has no retry", asked.method)).click();
        settle(&mut harness);
        settle(&mut harness);
        assert!(disk.script.count(asked.method) > count, "{}", asked.method);
        assert!(sees(&harness, asked.good), "{}", asked.method);
    }
}
