//! The panels with the real studio behind them, in one process: what the back end answers is what the window shows.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::path::Path;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::{Harness, kittest::Queryable as _};
use touchstone_protocol::{Call as _, OpenWorkspace, dispatch};
use touchstone_studio::Studio;
use touchstone_ui::App;
use touchstone_ui::backend::InProcess;

type Window<'a> = Harness<'a, Option<App>>;

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true if path.ends_with(".touchstone") => {}
            true => copy_folder(&path, &target),
            false => drop(std::fs::copy(&path, &target).unwrap()),
        }
    }
}

/// Draws frames until this is to be seen.
fn wait_for(window: &mut Window<'_>, text: &str) {
    let until = Instant::now() + Duration::from_mins(2);
    while window.query_all_by_label_contains(text).next().is_none() {
        assert!(Instant::now() < until, "waited for `{text}`");
        std::thread::sleep(Duration::from_millis(20));
        window.run_steps(2);
    }
}

fn press(window: &mut Window<'_>, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run_steps(3);
}

#[test]
fn the_samples_are_looked_at_simulated_and_published() {
    let workspace = tempfile::tempdir().unwrap();
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    copy_folder(&Path::new(&manifest).join("../samples"), workspace.path());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let studio = Studio::new();
    let open = OpenWorkspace { path: workspace.path().display().to_string() };
    runtime.block_on(dispatch(&*studio, open.into_request())).unwrap();

    let handle = runtime.handle().clone();
    let builder = Harness::builder().with_size(egui::vec2(1600.0, 1000.0));
    let mut window = builder.build_ui_state(
        move |ui, app: &mut Option<App>| {
            let start = || {
                let (studio, handle) = (studio.clone(), handle.clone());
                let answer = move |request, reply: touchstone_ui::backend::Reply| {
                    let studio = studio.clone();
                    handle.spawn(async move { reply(dispatch(&*studio, request).await) });
                };
                App::new(ui.ctx(), InProcess::new(answer))
            };
            app.get_or_insert_with(start).frame(ui);
        },
        None,
    );
    wait_for(&mut window, "trades: not published, not simulated");
    window.get_by_label_contains("trades: not published").click();
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    wait_for(&mut window, "Row 1: Trade ID T202602-0040118");
    wait_for(&mut window, "5 records could not be read");

    press(&mut window, Modifiers::NONE, Key::F5);
    wait_for(&mut window, "silver.trades: 2\u{202f}995 in");
    wait_for(&mut window, "trades: not published, simulation found bad rows");
    window.get_by_label_contains("silver.trades: 2\u{202f}995 in").click();
    wait_for(&mut window, "Rows of trades.silver.trades");
    wait_for(&mut window, "Row 1: trade_id T202602-");

    press(&mut window, Modifiers::COMMAND, Key::Enter);
    wait_for(&mut window, "First version");
    window.get_by_label_contains("Field silver.trades,").click();
    wait_for(&mut window, "Field fields.trade_id.from, Before , After Trade ID");
    window.get_by_role_and_label(Role::TextInput, "Message").focus();
    window.run_steps(3);
    window.get_by_role_and_label(Role::TextInput, "Message").type_text("Reviewed");
    window.run_steps(3);
    press(&mut window, Modifiers::COMMAND, Key::Enter);
    wait_for(&mut window, "Version 1 is published; it is event 1 of the audit trail");
    wait_for(&mut window, "trades: published as version 1");
    press(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::A);
    wait_for(&mut window, "What publish, Pipeline trades, Version v1, Why Reviewed");
}
