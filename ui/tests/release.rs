//! Versions and the audit trail in the window: checklist, comparison, roll-back, filter, export.

mod support;

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use support::{Script, Window, click, press, sees, select_trades, settle, window};
use touchstone_protocol::{ErrorCode, Request, RpcError};

fn publishing(script: &Script) -> Window<'static> {
    let mut harness = window(script);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    harness
}

fn three_versions() -> Script {
    let script = Script::open();
    for message in ["first", "owners", "rules"] {
        script.lock().publish("mara", message);
    }
    script
}

#[test]
fn the_checklist_says_what_a_careful_person_would_look_at() {
    let script = Script::open();
    script.lock().breaking = true;
    script.lock().publish("mara", "first");
    let mut harness = publishing(&script);
    assert!(sees(&harness, "Simulation"));
    assert!(sees(&harness, "Simulate it again"));
    harness.get_by_label("Reaches 1 column downstream").click();
    settle(&mut harness);
    assert!(sees(&harness, "positions.gold.exposure.market_value"));
    assert!(sees(&harness, "because of silver.trades.notional, risk@example.com"));
    support::picture(&mut harness, "publish");
}

#[test]
fn any_two_versions_are_compared_field_by_field_and_line_by_line() {
    let script = three_versions();
    let mut harness = publishing(&script);
    click(&mut harness, Role::Button, "Compare (version 2)");
    assert!(sees(&harness, "Field owner, Before desk-1@example.com, After desk-2@example.com"));
    click(&mut harness, Role::ComboBox, "Newer side: Version 2");
    click(&mut harness, Role::ListBoxOption, "The document now");
    assert!(sees(&harness, "After desk-99@example.com"));
    click(&mut harness, Role::Button, "Line by line");
    assert!(sees(&harness, "Removed: owner: desk-1@example.com"));
    assert!(sees(&harness, "Added: owner: desk-99@example.com"));
    support::picture(&mut harness, "compare");
    script.lock().failing.insert("compare_versions", RpcError::new(ErrorCode::Unavailable, "no network"));
    click(&mut harness, Role::ComboBox, "Older side: Version 1");
    click(&mut harness, Role::ListBoxOption, "Version 2");
    assert!(sees(&harness, "The versions could not be compared"));
    script.lock().failing.clear();
    click(&mut harness, Role::Button, "Compare");
    assert!(sees(&harness, "Removed: owner: desk-2@example.com"));
    click(&mut harness, Role::Button, "Close comparison");
    assert!(sees(&harness, "Version 3 → 4"));
    // The keys of publishing lead from a comparison to the message, and not into it unseen.
    click(&mut harness, Role::Button, "Compare (version 2)");
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    assert!(sees(&harness, "Version 3 → 4"));
    assert!(harness.get_by_role_and_label(Role::TextInput, "Message").is_focused());
    assert_eq!(script.count("publish"), 0);
}

#[test]
fn a_roll_back_asks_why_and_publishes_the_old_version_anew() {
    let script = three_versions();
    let mut harness = publishing(&script);
    assert!(harness.query_by_role_and_label(Role::Button, "Roll back… (version 3)").is_none());
    click(&mut harness, Role::Button, "Roll back… (version 1)");
    assert!(sees(&harness, "Roll trades back to version 1?"));
    assert!(harness.get_by_role_and_label(Role::Button, "Roll back").accesskit_node().is_disabled());
    support::picture(&mut harness, "roll back");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!sees(&harness, "Roll trades back"));
    assert_eq!(script.count("roll_back"), 0);

    click(&mut harness, Role::Button, "Roll back… (version 1)");
    let field =
        harness.query_all_by_role_and_label(Role::TextInput, "Message").find(egui_kittest::Node::is_focused);
    field.expect("the message has the keyboard").type_text("Rules were too strict");
    settle(&mut harness);
    click(&mut harness, Role::Button, "Roll back");
    let asked = script.lock().asked.clone();
    let call = asked.iter().find_map(|request| match request {
        Request::RollBack(call) => Some(call.clone()),
        _ => None,
    });
    let call = call.expect("it was asked for");
    assert_eq!((call.version, call.expected_version, call.message.as_str()), (1, 3, "Rules were too strict"));
    assert!(sees(&harness, "roll-back to 1"));
}

#[test]
fn a_version_is_taken_into_the_document_as_an_edit_that_is_undone_and_saved_like_any_other() {
    let disk = support::design::Disk::with_samples();
    for message in ["first", "owners", "rules"] {
        disk.script.lock().publish("mara", message);
    }
    let mut harness = support::design::opened(&disk);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    let file = "pipelines/trades.yaml";
    let text = |harness: &Window<'_>| {
        let app = harness.state().as_ref().expect("the window is there");
        app.state().design.documents.get(file).expect("the document is there").text().to_owned()
    };
    let saved = disk.text(file);

    // The last one can be taken too: it may be another's than the document.
    assert!(harness.query_by_role_and_label(Role::Button, "Take text… (version 3)").is_some());
    disk.script
        .lock()
        .failing
        .insert("compare_versions", RpcError::new(ErrorCode::Unavailable, "no network"));
    click(&mut harness, Role::Button, "Take text… (version 1)");
    assert!(sees(&harness, "Its text could not be read"));
    let take = |harness: &Window<'_>| {
        harness.get_by_role_and_label(Role::Button, "Take into the document").accesskit_node().is_disabled()
    };
    assert!(take(&harness));
    disk.script.lock().failing.clear();
    click(&mut harness, Role::Button, "Take text…");
    assert!(sees(&harness, "Take version 1 into the document?"));
    assert!(sees(&harness, "Field owner, Before"), "what becomes of the document is shown");
    assert!(!sees(&harness, "edits that are not saved. They give way"));
    support::picture(&mut harness, "take version");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(text(&harness), saved, "nothing is taken by looking");

    click(&mut harness, Role::Button, "Take text… (version 1)");
    click(&mut harness, Role::Button, "Take into the document");
    assert!(text(&harness).contains("desk-1@example.com"));
    assert_eq!(disk.text(file), saved, "nothing is written");
    assert!(sees(&harness, "says what version 1 says"));

    // Over edits that are not saved it says so, and one undo brings them back.
    click(&mut harness, Role::Button, "Take text… (version 2)");
    assert!(sees(&harness, "edits that are not saved. They give way"));
    click(&mut harness, Role::Button, "Take into the document");
    assert!(text(&harness).contains("desk-2@example.com"));
    assert!(sees(&harness, "says what version 2 says"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(text(&harness).contains("desk-1@example.com"));
    assert!(!sees(&harness, "says what version 2 says"), "its undo would take another step back");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&harness), saved);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert!(disk.text(file).contains("desk-1@example.com"));

    // In a field the keys take back what was typed there.
    harness.get_by_role_and_label(Role::TextInput, "Message").focus();
    harness.event(Event::Text("why".to_owned()));
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(text(&harness).contains("desk-1@example.com"), "the document stays");

    // What is there already is not taken again.
    click(&mut harness, Role::Button, "Take text… (version 1)");
    assert!(sees(&harness, "The document says exactly this already") && take(&harness));
}

#[test]
fn what_was_rolled_back_to_is_offered_to_the_document() {
    let disk = support::design::Disk::with_samples();
    for message in ["first", "owners"] {
        disk.script.lock().publish("mara", message);
    }
    let mut harness = support::design::opened(&disk);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    click(&mut harness, Role::Button, "Roll back… (version 1)");
    let field =
        harness.query_all_by_role_and_label(Role::TextInput, "Message").find(egui_kittest::Node::is_focused);
    field.expect("the message has the keyboard").type_text("Too strict");
    settle(&mut harness);
    click(&mut harness, Role::Button, "Roll back");
    assert!(sees(&harness, "Version 3 is published"));
    click(&mut harness, Role::Button, "Take into the document…");
    assert!(sees(&harness, "Take version 3 into the document?"));
}

#[test]
fn a_roll_back_that_breaks_readers_is_one_window_that_says_so_and_keeps_what_was_typed() {
    let script = three_versions();
    script.lock().breaking = true;
    let mut harness = publishing(&script);
    click(&mut harness, Role::Button, "Roll back… (version 1)");
    assert!(sees(&harness, "breaking"), "the change class");
    assert!(harness.query_by_label_contains("gold.exposure").is_some(), "what is taken away");
    assert!(sees(&harness, "This is a breaking change") && sees(&harness, "What reads them will fail"));
    let field =
        harness.query_all_by_role_and_label(Role::TextInput, "Message").find(egui_kittest::Node::is_focused);
    field.expect("the message has the keyboard").type_text("Back");
    settle(&mut harness);
    support::picture(&mut harness, "roll back breaking");
    // A slip of the keys is not enough.
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(script.count("roll_back"), 0);
    click(&mut harness, Role::Button, "Cancel");
    assert!(!sees(&harness, "Roll trades back"));
    click(&mut harness, Role::Button, "Roll back… (version 1)");
    click(&mut harness, Role::Button, "Roll back");
    assert_eq!(script.count("roll_back"), 1);
    let message = script.lock().asked.iter().find_map(|request| match request {
        Request::RollBack(call) => Some(call.message.clone()),
        _ => None,
    });
    assert_eq!(message.as_deref(), Some("Back"), "what was typed before it was closed");
    assert!(sees(&harness, "Version 4 is published"));
}

#[test]
fn a_roll_back_that_fails_says_so_and_changes_nothing() {
    let script = three_versions();
    let mut harness = publishing(&script);
    let conflict = RpcError::new(ErrorCode::Conflict, "Mara published version 4 in between");
    script.lock().failing.insert("roll_back", conflict);
    click(&mut harness, Role::Button, "Roll back… (version 2)");
    let field =
        harness.query_all_by_role_and_label(Role::TextInput, "Message").find(egui_kittest::Node::is_focused);
    field.expect("the message has the keyboard").type_text("Back");
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(sees(&harness, "trades was not rolled back"));
    assert!(sees(&harness, "Mara published version 4 in between"));
    // It can be tried again with what was typed.
    script.lock().failing.clear();
    click(&mut harness, Role::Button, "Roll back");
    assert!(sees(&harness, "roll-back to 2"));
}

#[test]
fn the_first_version_is_compared_with_what_is_there_now() {
    let script = Script::open();
    script.lock().publish("you", "first");
    let mut harness = publishing(&script);
    click(&mut harness, Role::Button, "Compare (version 1)");
    let asked = script.lock().asked.clone();
    let sides = asked.iter().rev().find_map(|request| match request {
        Request::CompareVersions(call) => Some((call.before, call.after)),
        _ => None,
    });
    assert_eq!(sides, Some((Some(1), None)));
}

#[test]
fn where_the_audit_trail_can_not_be_read_nothing_is_said_to_hold_and_another_environment_is_a_click_away() {
    let script = three_versions();
    let mut harness = window(&script);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::A);
    assert!(sees(&harness, "chain holds") && sees(&harness, "Audit chain holds"));
    let gone = RpcError::new(ErrorCode::Unavailable, "the network is gone");
    script.lock().failing.insert("audit", gone);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::R);
    assert!(sees(&harness, "The audit trail could not be read"));
    assert!(!sees(&harness, "chain holds") && !sees(&harness, "Audit chain holds"));
    assert!(harness.query_by_role_and_label(Role::ComboBox, "Environment: local").is_some());
}

#[test]
fn the_audit_trail_is_filtered_looked_into_and_exported() {
    let script = three_versions();
    script.lock().publish("you", "mine");
    let mut harness = window(&script);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::A);
    assert!(sees(&harness, "Who mara, What publish, Pipeline trades, Version v3, Why rules"));
    click(&mut harness, Role::ComboBox, "Person: everybody");
    click(&mut harness, Role::ListBoxOption, "you");
    assert!(!sees(&harness, "Who mara"));
    assert!(sees(&harness, "Who you, What publish, Pipeline trades, Version v4"));
    click(&mut harness, Role::Button, "Export CSV…");
    assert!(sees(&harness, "Written to /exports/audit-local.csv"));
    let saved = script.lock().asked.iter().any(
        |request| matches!(request, Request::SaveText(save) if save.text == "sequence,actor\r\n1,you\r\n"),
    );
    assert!(saved, "what is shown is what is written");
    click(&mut harness, Role::Button, "Show all");

    harness.get_by_label_contains("Version v3, Why rules").click();
    settle(&mut harness);
    assert!(sees(&harness, "9f86d081884c7d659a2feaa0c55ad015"));
    support::picture(&mut harness, "audit");
    click(&mut harness, Role::Button, "What it changed");
    assert!(sees(&harness, "Field owner, Before desk-2@example.com, After desk-3@example.com"));

    // A day that is not one yet doesn't filter.
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::A);
    let field = harness.get_by_role_and_label(Role::TextInput, "From");
    field.focus();
    field.type_text("2026-03-0");
    settle(&mut harness);
    let last_filter = |script: &Script| {
        let inner = script.lock();
        let filter = inner.asked.iter().rev().find_map(|request| match request {
            Request::Audit(audit) => Some(audit.filter.clone()),
            _ => None,
        });
        filter.expect("it was asked for")
    };
    assert_eq!(last_filter(&script).from, None);
    assert!(sees(&harness, "Not filtered by it: a day is written as year-month-day"));
    harness.get_by_role_and_label(Role::TextInput, "From").type_text("2");
    settle(&mut harness);
    assert_eq!(last_filter(&script).from.as_deref(), Some("2026-03-02"));
}

#[test]
fn a_message_is_published_whole_however_few_frames_there_are() {
    let script = Script::open();
    let mut harness = publishing(&script);
    harness.get_by_role_and_label(Role::TextInput, "Message").focus();
    settle(&mut harness);
    let enter = Event::Key {
        key: Key::Enter,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::COMMAND,
    };
    let letters = "Reviewed with the desk".chars().map(|letter| Event::Text(letter.to_string()));
    harness.input_mut().events.extend(letters.chain([enter]));
    settle(&mut harness);
    assert!(sees(&harness, "Version 1 is published"));
    let published = script.lock().asked.iter().find_map(|request| match request {
        Request::Publish(publish) => Some(publish.message.clone()),
        _ => None,
    });
    assert_eq!(published.as_deref(), Some("Reviewed with the desk"));
}

#[test]
fn that_something_was_published_well_is_no_news_after_a_run_that_failed() {
    let script = Script::open();
    let mut harness = publishing(&script);
    let field = harness.query_all_by_role_and_label(Role::TextInput, "Message").next();
    field.expect("a message").focus();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Message").type_text("first");
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    assert!(sees(&harness, "Version 1 is published"));
    let mut failed = support::run();
    failed.outcome = touchstone_protocol::RunOutcome::Failed;
    script.lock().run_ends = Some(failed);
    press(&mut harness, Modifiers::NONE, Key::F5);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    assert!(sees(&harness, "Publish version 2") && !sees(&harness, "Version 1 is published"));
}

#[test]
fn with_large_text_the_parts_of_publishing_stand_below_each_other() {
    let script = Script::open();
    script.lock().breaking = true;
    script.lock().publish("mara", "first");
    let mut harness = publishing(&script);
    let width = |harness: &Window<'_>| harness.get_by_label("Checklist").rect().left();
    let before = width(&harness);
    // The keys that lead here lead to the message, which is below.
    harness.ctx.memory_mut(egui::Memory::stop_text_input);
    settle(&mut harness);
    for zoom in [1.6, 2.0] {
        harness.ctx.set_zoom_factor(zoom);
        settle(&mut harness);
        if !sees(&harness, "positions.gold.exposure.market_value") {
            harness.get_by_label("Reaches 1 column downstream").click();
            settle(&mut harness);
        }
        let touched = harness.get_by_label("positions.gold.exposure.market_value").rect();
        let grid = harness.get_by_role_and_label(Role::Grid, "Differences, 4 rows").rect();
        let message = harness.get_by_role_and_label(Role::TextInput, "Message").rect();
        let button = harness.get_by_role_and_label(Role::Button, "Publish version 2").rect();
        let checklist = harness.get_by_label("Checklist").rect();
        assert!(grid.height() > 100.0, "{zoom}: {grid:?}");
        for (upper, lower) in [(touched, grid), (grid, message), (grid, button), (button, checklist)] {
            assert!(upper.bottom() <= lower.top(), "{zoom}: {upper:?} {lower:?}");
        }
        support::picture(&mut harness, &format!("publish large {zoom}"));
        // The keys bring the message into sight.
        harness.ctx.memory_mut(egui::Memory::stop_text_input);
        settle(&mut harness);
        press(&mut harness, Modifiers::COMMAND, Key::Enter);
        let message = harness.get_by_role_and_label(Role::TextInput, "Message");
        assert!(message.is_focused());
        let window = harness.ctx.content_rect();
        assert!(window.contains_rect(message.rect()), "{zoom}: {:?}", message.rect());
        support::picture(&mut harness, &format!("message large {zoom}"));
    }
    harness.ctx.set_zoom_factor(1.0);
    settle(&mut harness);
    assert!((width(&harness) - before).abs() < 0.5, "the panels have other widths than before");
}

#[test]
fn a_breaking_publication_asks_with_all_that_breaks_named() {
    let script = Script::open();
    script.lock().breaking = true;
    script.lock().publish("mara", "first");
    let mut harness = publishing(&script);
    assert!(sees(&harness, "What renamed, Field silver.trades.fields.cost, Before price, After cost"));
    // The keys lead to the message, where there is something to publish.
    press(&mut harness, Modifiers::COMMAND, Key::Num1);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    let message = harness.get_by_role_and_label(Role::TextInput, "Message");
    assert!(message.is_focused());
    message.type_text("moved to cost");
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    assert!(sees(&harness, "Publish a breaking change?"));
    assert!(sees(&harness, "silver.trades.fields.notional.type"));
    assert!(sees(&harness, "silver.trades.fields.price → cost"));
    support::picture(&mut harness, "publish-breaking");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(script.count("publish"), 0);
}

#[test]
fn the_keys_lead_to_no_message_where_there_is_nothing_to_say() {
    let script = Script::open();
    let mut harness = window(&script);
    // It has a problem that keeps it from being published.
    harness.get_by_label_contains("positions: ").click();
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    let message = harness.query_by_role_and_label(Role::TextInput, "Message");
    assert!(message.is_none_or(|message| !message.is_focused()));
}
