//! Settings: environments, keys that the page never sees, connection tests, look, shortcuts.

mod support;

use egui::accesskit::{Role, Toggled};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use support::{Script, Window, click, press, sees, settings::dev, settle, window};
use touchstone_protocol::{CredentialSource, ErrorCode, Request, RpcError, SaveEnvironment};

fn settings(script: &Script) -> Window<'static> {
    let mut harness = window(script);
    press(&mut harness, Modifiers::COMMAND, Key::Comma);
    harness
}

fn type_into(harness: &mut Window<'_>, name: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, name).focus();
    settle(harness);
    press(harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, name).type_text(text);
    settle(harness);
}

fn saved(script: &Script) -> Option<SaveEnvironment> {
    let asked = script.lock().asked.clone();
    asked.into_iter().rev().find_map(|one| match one {
        Request::SaveEnvironment(save) => Some(save),
        _ => None,
    })
}

#[test]
fn an_environment_is_added_with_a_profile() {
    let script = Script::open();
    let mut harness = settings(&script);
    click(&mut harness, Role::Button, "Add environment…");
    assert!(sees(&harness, "Type a name first"));
    click(&mut harness, Role::Button, "Save");
    assert!(saved(&script).is_none(), "nothing is sent before it can be right");
    type_into(&mut harness, "Name, like dev or prod", "prod");
    type_into(&mut harness, "DynamoDB table", "touchstone-prod");
    click(&mut harness, Role::RadioButton, "A profile of the AWS configuration");
    assert!(sees(&harness, "Choose a profile first"));
    click(&mut harness, Role::ComboBox, "Profile");
    click(&mut harness, Role::ListBoxOption, "data-dev");
    support::picture(&mut harness, "settings-form");
    click(&mut harness, Role::Button, "Save");
    let save = saved(&script).expect("it was saved");
    assert_eq!((save.name.as_str(), save.table.as_str(), save.region), ("prod", "touchstone-prod", None));
    assert_eq!(save.credentials, CredentialSource::Profile { name: "data-dev".to_owned() });
    assert!(sees(&harness, "profile data-dev"));
    // The workspace's list of environments is another one now.
    assert!(script.count("workspace") > 1);
}

#[test]
fn arrows_choose_among_ways_that_are_one_stop_for_tab() {
    let mut harness = settings(&Script::open());
    click(&mut harness, Role::Button, "Add environment…");
    let ways = [
        "AWS credential chain",
        "A profile of the AWS configuration",
        "Access keys in the system's keychain",
    ];
    let taken = |harness: &Window<'_>| {
        let radio = |name| harness.get_by_role_and_label(Role::RadioButton, name);
        let is_on = |name| radio(name).accesskit_node().toggled() == Some(Toggled::True);
        let on: Vec<usize> = (0..ways.len()).filter(|at| is_on(ways[*at])).collect();
        let focused: Vec<usize> = (0..ways.len()).filter(|at| radio(ways[*at]).is_focused()).collect();
        (on, focused)
    };
    // Whoever clicks one goes on by keys from there.
    click(&mut harness, Role::RadioButton, ways[2]);
    assert_eq!(taken(&harness), (vec![2], vec![2]));
    for (key, at) in [
        (Key::ArrowDown, 0),
        (Key::ArrowUp, 2),
        (Key::ArrowLeft, 1),
        (Key::ArrowLeft, 0),
        (Key::ArrowRight, 1),
    ] {
        press(&mut harness, Modifiers::NONE, key);
        assert_eq!(taken(&harness), (vec![at], vec![at]), "{key:?}");
    }
    // Tab goes on to what belongs to the way, and back to the one that is taken.
    press(&mut harness, Modifiers::NONE, Key::Tab);
    assert!(harness.get_by_role_and_label(Role::ComboBox, "Profile").is_focused());
    press(&mut harness, Modifiers::NONE, Key::Tab);
    assert_eq!(taken(&harness), (vec![1], vec![]));
    press(&mut harness, Modifiers::SHIFT, Key::Tab);
    press(&mut harness, Modifiers::SHIFT, Key::Tab);
    assert_eq!(taken(&harness), (vec![1], vec![1]));
}

#[test]
fn a_save_that_fails_keeps_the_form_and_says_why() {
    let script = Script::open();
    script.lock().environments = vec![dev()];
    let mut harness = settings(&script);
    click(&mut harness, Role::Button, "Edit dev");
    type_into(&mut harness, "DynamoDB table", "x");
    let wrong =
        RpcError::new(ErrorCode::Failed, "`x` can't be a table's name").with_help("use 3 letters or more");
    script.lock().failing.insert("save_environment", wrong);
    click(&mut harness, Role::Button, "Save");
    assert!(sees(&harness, "x can't be a table's name"));
    assert!(sees(&harness, "use 3 letters or more"));
    script.lock().failing.clear();
    type_into(&mut harness, "DynamoDB table", "touchstone-two");
    click(&mut harness, Role::Button, "Save");
    assert!(sees(&harness, "touchstone-two"));
    assert!(!sees(&harness, "can't be a table's name"));
}

#[test]
fn keys_are_entered_outside_the_page_and_forgotten_after_a_question() {
    let script = Script::open();
    script.lock().environments = vec![dev()];
    let mut harness = settings(&script);
    assert!(sees(&harness, "system's keychain: no access keys yet"));
    script.lock().held.insert("enter_keys");
    click(&mut harness, Role::Button, "Enter keys…");
    assert!(sees(&harness, "Waiting for the window that asks for them…"));
    script.release("enter_keys");
    settle(&mut harness);
    assert!(sees(&harness, "access keys are kept there"));
    click(&mut harness, Role::Button, "Forget keys…");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(script.count("forget_keys"), 0);
    click(&mut harness, Role::Button, "Forget keys…");
    click(&mut harness, Role::Button, "Forget keys");
    assert!(sees(&harness, "no access keys yet"));
}

#[test]
fn where_keys_cannot_be_typed_the_next_step_is_told() {
    let script = Script::open();
    script.lock().environments = vec![dev()];
    let error = RpcError::new(ErrorCode::Unsupported, "access keys can't be typed here")
        .with_help("enter them in a terminal: `touchstone env keys dev`");
    script.lock().failing.insert("enter_keys", error);
    let mut harness = settings(&script);
    click(&mut harness, Role::Button, "Enter keys…");
    assert!(sees(&harness, "touchstone env keys dev"));

    let script = Script::open();
    script.lock().environments = vec![dev()];
    script.lock().keychain_problem = Some("no Secret Service answers; start gnome-keyring".to_owned());
    let mut harness = settings(&script);
    assert!(sees(&harness, "The system's keychain can't be used"));
    assert!(sees(&harness, "start gnome-keyring"));
    click(&mut harness, Role::Button, "Enter keys…");
    assert_eq!(script.count("enter_keys"), 0);
}

#[test]
fn a_connection_test_says_who_one_is_what_one_may_do_and_keeps_its_answer() {
    let script = Script::open();
    script.lock().environments = vec![dev()];
    let mut harness = settings(&script);
    script.lock().held.insert("test_connection");
    click(&mut harness, Role::Button, "Test connection to dev");
    assert!(sees(&harness, "Testing the connection…"));
    script.release("test_connection");
    settle(&mut harness);
    assert!(sees(&harness, "user/mara-dev, account 123456789012"));
    assert!(sees(&harness, "Ask for dynamodb:TransactWriteItems on the table"));
    assert!(sees(&harness, "in 412 ms"));
    support::picture(&mut harness, "settings");
    let gone = RpcError::new(ErrorCode::Unavailable, "the network is gone");
    script.lock().failing.insert("test_connection", gone);
    click(&mut harness, Role::Button, "Test connection to dev");
    assert!(sees(&harness, "the network is gone"));
    assert!(sees(&harness, "user/mara-dev"), "the last good answer stays");
    script.lock().failing.clear();
    click(&mut harness, Role::Button, "Test connection");
    assert!(!sees(&harness, "the network is gone"));
    click(&mut harness, Role::Button, "Test connection to local");
    assert!(sees(&harness, "user/mara-local"));
}

#[test]
fn an_environment_without_a_table_is_set_up_after_a_question() {
    let script = Script::open();
    script.lock().environments = vec![dev()];
    script.lock().without_table = vec!["dev".to_owned()];
    let mut harness = settings(&script);
    click(&mut harness, Role::Button, "Test connection to dev");
    assert!(sees(&harness, "there is no such table"));
    click(&mut harness, Role::Button, "Set up dev");
    assert!(sees(&harness, "Set up dev?"));
    support::picture(&mut harness, "settings-set-up");
    click(&mut harness, Role::Button, "Cancel");
    assert_eq!(script.count("set_up_environment"), 0);
    click(&mut harness, Role::Button, "Set up dev");
    click(&mut harness, Role::Button, "Set up");
    assert_eq!(script.count("set_up_environment"), 1);
    assert!(!sees(&harness, "there is no such table"));
    assert!(sees(&harness, "user/mara-dev"), "what a connection test finds then");
    assert!(harness.query_by_role_and_label(Role::Button, "Set up dev").is_none());
}

#[test]
fn an_environment_is_removed_after_a_question() {
    let script = Script::open();
    script.lock().environments = vec![dev()];
    let mut harness = settings(&script);
    click(&mut harness, Role::Button, "Remove dev");
    assert!(sees(&harness, "Remove dev?"));
    support::picture(&mut harness, "settings-remove");
    click(&mut harness, Role::Button, "Cancel");
    assert_eq!(script.count("remove_environment"), 0);
    click(&mut harness, Role::Button, "Remove dev");
    click(&mut harness, Role::Button, "Remove");
    assert_eq!(script.count("remove_environment"), 1);
    assert!(!sees(&harness, "touchstone-dev"));
}

#[test]
fn settings_that_cannot_be_read_are_asked_for_again() {
    let script = Script::open();
    let gone = RpcError::new(ErrorCode::Unavailable, "the disk does not answer");
    script.lock().failing.insert("settings", gone);
    let mut harness = settings(&script);
    assert!(sees(&harness, "The settings could not be read"));
    let asked = script.count("settings");
    settle(&mut harness);
    assert_eq!(script.count("settings"), asked, "a failure is not asked for again by itself");
    script.lock().failing.clear();
    click(&mut harness, Role::Button, "Try again");
    assert!(sees(&harness, "In the audit trail you are mara@harbour-lane.example"));
}

#[test]
fn look_shortcuts_and_what_it_is_made_of() {
    let script = Script::open();
    let mut harness = settings(&script);
    harness.get_by_role_and_label(Role::ListItem, "Appearance").click();
    settle(&mut harness);
    click(&mut harness, Role::RadioButton, "Light");
    assert_eq!(harness.ctx.theme(), egui::Theme::Light);
    support::picture(&mut harness, "settings-appearance-light");
    click(&mut harness, Role::Button, "Larger text");
    assert!((harness.ctx.zoom_factor() - 1.1).abs() < 0.01);
    click(&mut harness, Role::Button, "Normal text size");
    click(&mut harness, Role::RadioButton, "Dark");

    harness.get_by_role_and_label(Role::ListItem, "Shortcuts").click();
    settle(&mut harness);
    assert!(sees(&harness, "Run simulation: F5"));
    support::picture(&mut harness, "settings-shortcuts");
    type_into(&mut harness, "Search shortcuts", "simul");
    assert!(sees(&harness, "Run simulation: F5"));
    assert!(!sees(&harness, "Audit trail: "));

    harness.get_by_role_and_label(Role::ListItem, "About").click();
    settle(&mut harness);
    assert!(sees(&harness, "Inter: SIL Open Font License 1.1"));
    assert!(sees(&harness, "/data/harbour-lane/.touchstone"));
    support::picture(&mut harness, "settings-about");
}

#[test]
fn text_at_twice_its_size_leaves_everything_in_reach() {
    let script = Script::open();
    script.lock().environments = vec![dev()];
    let mut harness = settings(&script);
    for _ in 0..10 {
        press(&mut harness, Modifiers::COMMAND, Key::Plus);
    }
    let width = harness.ctx.content_rect().width();
    for name in ["Test connection to dev", "Edit dev", "Remove dev", "Enter keys…"] {
        let rect = harness.get_by_role_and_label(Role::Button, name).rect();
        assert!(rect.left() >= 0.0 && rect.right() <= width, "{name}: {rect} of {width}");
    }
    support::picture(&mut harness, "settings-200");
}
