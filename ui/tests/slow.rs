//! All views with a back end that is slow, fails, or is cancelled: each says that it waits or why it failed, asks again
//! when told to and never by itself, and keeps the last good answer.
#![expect(clippy::expect_used, reason = "a test fails by panicking, also outside its #[test] function")]

mod support;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use support::design::Disk;
use support::{Window, sees, settle};
use touchstone_protocol::{ErrorCode, RpcError};
use touchstone_ui::App;
use touchstone_ui::command::{Command, Place, Section};
use touchstone_ui::{design, home, settings};

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

fn open(disk: &Disk) -> Window<'static> {
    let disk = disk.clone();
    let builder = egui_kittest::Harness::builder().with_size(egui::vec2(1280.0, 800.0)).with_step_dt(0.25);
    let mut harness = builder.build_ui_state(
        move |ui, app: &mut Option<App>| {
            app.get_or_insert_with(|| App::new(ui.ctx(), disk.clone())).frame(ui);
        },
        None,
    );
    settle(&mut harness);
    harness
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
        let mut harness = open(&disk);
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
        let mut harness = open(&disk);
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
        let mut harness = open(&disk);
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
        let mut harness = open(&disk);
        go(&mut harness, std::slice::from_ref(&command));
        assert_eq!(disk.script.count(method), 1, "{method}");
        assert!(!sees(&harness, "cancelled by the person"), "{method}");
        let state = harness.state().as_ref().expect("an app").state();
        assert!(!state.opening.is_pending() && state.open_workspace().is_some(), "{method}");
        assert!(state.obstacle(&command).is_none(), "{method} can be done again");
    }
}
