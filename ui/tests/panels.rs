//! The panels, by role and name, against a back end that can be slow, failing or overtaken.

mod support;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use support::{Script, Window, click, press, sees, select_trades, settle, window};
use touchstone_protocol::{DataRef, ErrorCode, Request, RpcError};
use touchstone_ui::command::Command;

fn unavailable() -> RpcError {
    RpcError::new(ErrorCode::Unavailable, "another process holds the workspace")
        .with_help("Close it and try again")
}

#[test]
fn without_a_workspace_the_start_page_opens_one() {
    let script = Script::default();
    let mut harness = window(&script);
    assert!(sees(&harness, "Path of a workspace"));
    let field = harness.get_by_role(Role::TextInput);
    field.focus();
    field.type_text("/data/nowhere");
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(sees(&harness, "/data/nowhere is not a workspace"));
    assert!(sees(&harness, "Choose a folder that has a touchstone.toml"));
    script.lock().asked.clear();
    harness.get_by_role(Role::TextInput).focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role(Role::TextInput).type_text("/data/harbour-lane");
    settle(&mut harness);
    click(&mut harness, Role::Button, "Open");
    assert!(sees(&harness, "Harbour Lane"));
    // What went wrong before stays until it's dismissed.
    assert!(sees(&harness, "/data/nowhere is not a workspace"));
    click(&mut harness, Role::Button, "Dismiss");
    assert!(!sees(&harness, "/data/nowhere is not a workspace"));
}

#[test]
fn a_message_moves_nothing_and_is_closed_by_keys_alone() {
    let script = Script::open();
    let mut harness = window(&script);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    let grid = |harness: &Window<'_>| {
        harness.get_by_role_and_label(Role::Grid, "Sample of trades, 5021 rows").rect()
    };
    let before = grid(&harness);
    script.lock().failing.insert("start_simulate", unavailable());
    press(&mut harness, Modifiers::NONE, Key::F5);
    press(&mut harness, Modifiers::NONE, Key::F5);
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    assert_eq!(harness.query_all_by_role(Role::Alert).count(), 1, "the newest is read aloud");
    assert_eq!(grid(&harness), before);
    support::picture(&mut harness, "message");
    // All of them are shown when they are asked for, and can be put away again.
    click(&mut harness, Role::Button, "Show all 2 messages");
    assert_eq!(harness.query_all_by_role(Role::Alert).count(), 3);
    assert_eq!(grid(&harness), before);
    let buttons: Vec<_> = harness.query_all_by_label("Dismiss").map(|button| button.rect()).collect();
    let window = harness.ctx.content_rect();
    assert!(buttons.iter().all(|button| window.contains_rect(*button)), "{buttons:?}");
    support::picture(&mut harness, "messages");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(harness.query_all_by_role(Role::Alert).count(), 1);
    for left in [1, 0] {
        let mut tabs = 0;
        while harness.query_all_by_label("Dismiss").all(|button| !button.is_focused()) {
            press(&mut harness, Modifiers::NONE, Key::Tab);
            tabs += 1;
            assert!(tabs < 100, "the keyboard never comes there");
        }
        press(&mut harness, Modifiers::NONE, Key::Enter);
        assert_eq!(harness.query_all_by_role(Role::Alert).count(), left);
    }
    press(&mut harness, Modifiers::NONE, Key::F5);
    press(&mut harness, Modifiers::NONE, Key::F5);
    click(&mut harness, Role::Button, "Show all 2 messages");
    click(&mut harness, Role::Button, "Dismiss all");
    assert_eq!(harness.query_all_by_role(Role::Alert).count(), 0);
}

#[test]
fn the_list_says_whose_versions_it_tells_of_while_another_environment_is_chosen() {
    let script = Script::open();
    script.lock().publish("mara", "first");
    let mut harness = window(&script);
    assert!(
        sees(&harness, "trades: published as version 1, not simulated") && !sees(&harness, "as in local")
    );
    select_trades(&mut harness);
    support::command(&mut harness, Command::ChooseEnvironment("dev".to_owned()));
    assert!(sees(&harness, "trades: published as version 1 in local, not simulated"));
    assert!(sees(&harness, "as in local"));
    support::picture(&mut harness, "as-in-local");
}

#[test]
fn pipelines_are_listed_with_their_state_and_arrows_move_through_them() {
    let script = Script::open();
    let mut harness = window(&script);
    assert!(sees(&harness, "positions: 1 error, not published, not simulated"));
    assert!(sees(&harness, "prices: 1 warning, not published"));
    harness.get_by_label_contains("positions: ").focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    let selected = |harness: &Window<'_>| harness.state().as_ref().expect("an app").state().selected.clone();
    assert_eq!(selected(&harness).as_deref(), Some("securities"));
    assert!(harness.get_by_label_contains("securities: ").is_focused());
    press(&mut harness, Modifiers::ALT, Key::ArrowDown);
    assert_eq!(selected(&harness).as_deref(), Some("trades"));
}

#[test]
fn a_sample_is_fetched_in_pages_as_it_is_scrolled() {
    let script = Script::open();
    let mut harness = window(&script);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    assert!(sees(&harness, "Px, decimal(18,6), 9.1 % null"));
    assert!(sees(&harness, "Qty, long, contract: decimal(18,6), 0 % null"));
    let row = harness.get_by_label_contains("Row 8:");
    assert!(row.accesskit_node().label().expect("a name").contains("Px null"));
    assert!(sees(&harness, "Comment empty"));
    assert!(sees(&harness, "Comment blank"));
    assert!(sees(&harness, "1 record could not be read"));
    support::picture(&mut harness, "sample");
    let pages = |script: &Script| {
        let asked = &script.lock().asked;
        let offset = |request: &Request| match request {
            Request::Rows(rows) if matches!(&rows.data, DataRef::Sample { pipeline, .. } if pipeline == "trades") => {
                Some(rows.offset)
            }
            _ => None,
        };
        asked.iter().filter_map(offset).collect::<Vec<_>>()
    };
    assert_eq!(pages(&script), [0]);

    // To the end by keys: only the last page is fetched, and while it's on its way there are placeholders.
    script.lock().held.insert("rows");
    harness.get_by_role_and_label(Role::Grid, "Sample of trades, 5021 rows").focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::End);
    assert_eq!(pages(&script), [0, 4_800, 5_000]);
    assert!(sees(&harness, "Trade ID loading"));
    script.release("rows");
    settle(&mut harness);
    assert!(sees(&harness, "Trade ID 0009220"));
    assert!(!sees(&harness, "loading"));
}

#[test]
fn a_page_that_fails_says_so_and_can_be_asked_for_again() {
    let script = Script::open();
    script.lock().failing.insert("rows", unavailable());
    let mut harness = window(&script);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    assert!(sees(&harness, "Some rows could not be fetched"));
    let asked = script.count("rows");
    settle(&mut harness);
    assert_eq!(script.count("rows"), asked, "a failure must not be asked for again by itself");
    script.lock().failing.clear();
    click(&mut harness, Role::Button, "Try again");
    assert!(sees(&harness, "Trade ID 0004200"));
    assert!(!sees(&harness, "Some rows could not be fetched"));
}

#[test]
fn a_simulation_shows_progress_and_then_its_control_totals() {
    let script = Script::open();
    script.lock().job_steps = 40;
    let mut harness = window(&script);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    assert!(harness.query_by_role_and_label(Role::ProgressIndicator, "Simulation").is_some());
    assert!(sees(&harness, "bronze.trades: read"));
    script.lock().job_steps = 0;
    settle(&mut harness);
    assert!(harness.query_by_role_and_label(Role::ProgressIndicator, "Simulation").is_none());
    click(&mut harness, Role::Button, "Table");
    let totals = "Table silver.trades, In 5\u{202f}021, = Loaded 4\u{202f}980, + Rejected 0, + Filtered 20, \
                  + Deduplicated 9, + Quarantined 12, Adds up yes, Rules 1 of 2 passed";
    let seen: Vec<_> =
        harness.query_all_by_role(Role::Row).filter_map(|row| row.accesskit_node().label()).collect();
    assert!(seen.iter().any(|row| row.contains(totals)), "{seen:#?}");

    harness.get_by_label_contains("Row 2: Table silver.trades").click();
    settle(&mut harness);
    click(&mut harness, Role::Tab, "Quarantine 12");
    assert!(sees(&harness, "Rows 12, What they broke Every value of notional is greater than 0"));
    assert!(sees(&harness, "Rows of trades.silver.trades_quarantine, 12 rows"));
    // In red, it is the number of those that failed.
    click(&mut harness, Role::Tab, "Rules 1");
    assert!(sees(
        &harness,
        "Result Failed, Rule Every value of notional is greater than 0, Measured 12 rows, Failing rows 12"
    ));
    assert!(sees(&harness, "trades: not published, simulation found bad rows"));
    let asked = script.count("job_status");
    settle(&mut harness);
    assert_eq!(script.count("job_status"), asked, "nobody asks for a job that has ended");
}

#[test]
fn a_simulation_can_be_cancelled_even_before_the_back_end_has_begun() {
    let script = Script::open();
    {
        let mut inner = script.lock();
        inner.job_steps = 1_000;
        inner.held.insert("start_simulate");
    }
    let mut harness = window(&script);
    select_trades(&mut harness);
    harness.query_all_by_role_and_label(Role::Button, "Run simulation").next().expect("a button").click();
    settle(&mut harness);
    press(&mut harness, Modifiers::SHIFT, Key::F5);
    assert_eq!(script.count("cancel_job"), 0);
    script.release("start_simulate");
    settle(&mut harness);
    assert_eq!(script.count("cancel_job"), 1);
    assert!(harness.query_all_by_role_and_label(Role::Button, "Run simulation").next().is_some());
    assert!(!sees(&harness, "could not be simulated"));
}

#[test]
fn a_failed_simulation_stays_in_sight_and_the_last_good_one_too() {
    let script = Script::open();
    let mut harness = window(&script);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    assert!(sees(&harness, "1 of 2 rules passed"));
    script.lock().failing.insert("start_simulate", RpcError::new(ErrorCode::Failed, "the disk is full"));
    press(&mut harness, Modifiers::NONE, Key::F5);
    assert!(sees(&harness, "trades could not be simulated"));
    assert!(sees(&harness, "the disk is full"));
    assert!(sees(&harness, "1 of 2 rules passed"));
    click(&mut harness, Role::Button, "Show message");
    harness.get_by_role_and_label(Role::Button, "Copy").click();
    harness.step();
    harness.step();
    let copied = harness.output().platform_output.commands.iter().any(
        |command| matches!(command, egui::OutputCommand::CopyText(text) if text.contains("the disk is full")),
    );
    settle(&mut harness);
    assert!(copied || sees(&harness, "the disk is full"));
}

#[test]
fn a_lost_answer_about_a_job_does_not_end_it() {
    let script = Script::open();
    script.lock().job_steps = 1_000;
    let mut harness = window(&script);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    script.lock().failing.insert("job_status", unavailable());
    settle(&mut harness);
    assert!(sees(&harness, "No news: another process holds the workspace"));
    {
        let mut inner = script.lock();
        inner.failing.clear();
        inner.job_steps = 0;
    }
    settle(&mut harness);
    assert!(sees(&harness, "1 of 2 rules passed"));
}

#[test]
fn publishing_needs_a_message_and_then_shows_the_version() {
    let script = Script::open();
    let mut harness = window(&script);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    assert!(sees(&harness, "Field silver.trades.fields.notional.type, Before int, After decimal(18,2)"));
    harness.get_by_label_contains("Field silver.trades.fields.notional.type").click();
    settle(&mut harness);
    assert!(sees(&harness, "Difference, field by field, 1 row"));
    assert!(sees(&harness, "Say in the message why you publish"));
    // Without a message the keys lead to its field.
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    assert_eq!(script.count("publish"), 0);
    assert!(harness.get_by_role_and_label(Role::TextInput, "Message").is_focused());
    harness.get_by_role_and_label(Role::TextInput, "Message").type_text("First version");
    settle(&mut harness);
    // Enter alone ends the message; what can't be taken back needs the button or its keys, which stand below.
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(script.count("publish"), 0);
    assert!(sees(&harness, "all of it or none  ·  Ctrl+Enter publishes"));
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    assert!(sees(&harness, "Version 1 is published; it is event 1 of the audit trail"));
    assert!(sees(&harness, "trades: published as version 1"));
    let asked = script.lock().asked.clone();
    let publish = asked.iter().find_map(|request| match request {
        Request::Publish(publish) => Some(publish.clone()),
        _ => None,
    });
    let publish = publish.expect("it was published");
    assert_eq!((publish.message.as_str(), publish.expected_version), ("First version", None));
    assert_eq!(publish.content_hash, "c0ffee");

    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::A);
    assert!(sees(&harness, "Who you, What publish, Pipeline trades, Version v1, Why First version"));
    assert!(sees(&harness, "Audit chain holds"));
}

#[test]
fn a_conflict_loads_the_new_difference_and_keeps_the_message() {
    let script = Script::open();
    let mut harness = window(&script);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    harness.get_by_role_and_label(Role::TextInput, "Message").focus();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Message").type_text("Mine");
    settle(&mut harness);
    script.lock().publish("mara", "hers");
    click(&mut harness, Role::Button, "Publish version 1");
    assert!(sees(&harness, "Mara published version 2 in between"));
    assert!(sees(&harness, "Version 1 → 2"));
    let field = harness.get_by_role_and_label(Role::TextInput, "Message");
    assert_eq!(field.value().as_deref(), Some("Mine"));
    click(&mut harness, Role::Button, "Publish version 2");
    assert!(sees(&harness, "Version 2 is published"));
    // The error stays until it's read.
    assert!(sees(&harness, "Mara published version 2 in between"));
}

#[test]
fn a_breaking_change_asks_first_and_escape_changes_nothing() {
    let script = Script::open();
    {
        let mut inner = script.lock();
        inner.publish("mara", "first");
        inner.breaking = true;
    }
    let mut harness = window(&script);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    harness.get_by_role_and_label(Role::TextInput, "Message").focus();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Message").type_text("Narrower");
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    assert!(sees(&harness, "Publish a breaking change?"));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!sees(&harness, "Publish a breaking change?"));
    assert_eq!(script.count("publish"), 0);
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    click(&mut harness, Role::Button, "Publish anyway");
    assert!(sees(&harness, "Version 2 is published"));
}

#[test]
fn a_pipeline_with_problems_can_not_be_published_and_says_why() {
    let script = Script::open();
    let mut harness = window(&script);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    assert!(sees(&harness, "1 problem must be mended first"));
    assert!(harness.get_by_role_and_label(Role::Button, "Publish version 1").accesskit_node().is_disabled());
    assert!(harness.get_by_role_and_label(Role::Button, "Run simulation").accesskit_node().is_disabled());
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    assert!(sees(
        &harness,
        "Reason there is no column quantty in positions, Next step did you mean quantity?"
    ));
    assert!(sees(&harness, "Place pipelines/positions.yaml:31:18"));
}

#[test]
fn a_list_that_can_not_be_read_again_stays() {
    let script = Script::open();
    let mut harness = window(&script);
    script.lock().failing.insert("workspace", unavailable());
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::R);
    assert!(sees(&harness, "The list may be old"));
    assert!(sees(&harness, "trades: not published"));
    script.lock().failing.clear();
    click(&mut harness, Role::Button, "Try again");
    assert!(!sees(&harness, "The list may be old"));
}

#[test]
fn nothing_is_drawn_while_nothing_happens() {
    let script = Script::open();
    let mut harness = window(&script);
    select_trades(&mut harness);
    harness.run_steps(20);
    let delay = harness.output().viewport_output.values().map(|output| output.repaint_delay).min();
    assert_eq!(delay, Some(std::time::Duration::MAX));
}

#[test]
fn a_window_of_any_size_is_drawn() {
    let script = Script::open();
    let mut harness = window(&script);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    for tab in [Key::Num1, Key::Num2, Key::Num3, Key::Num4] {
        press(&mut harness, Modifiers::COMMAND, tab);
        for (width, height) in
            [(0.0, 0.0), (1.0, 1.0), (40.0, 900.0), (300.0, 150.0), (900.0, 40.0), (4_000.0, 2_500.0)]
        {
            harness.set_size(egui::vec2(width, height));
            settle(&mut harness);
        }
    }
    harness.set_size(egui::vec2(1280.0, 800.0));
    settle(&mut harness);
    assert!(sees(&harness, "Daily equity trades"));
}
