//! The start page and files that are looked at.

#![expect(clippy::expect_used, reason = "a test fails by panicking, also outside its #[test] function")]

mod support;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use support::{Script, Window, click, press, sees, settle, window};
use touchstone_protocol::{DataRef, HomeView, Request};
use touchstone_ui::command::{Command, Place};

#[derive(Debug)]
struct File(&'static str);

impl egui::DroppedFile for File {
    fn path(&self) -> &std::path::Path {
        std::path::Path::new(self.0)
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Ok(vec![b'x'; 700_000])
    }
}

fn drop_file(harness: &mut Window<'_>, path: &'static str) {
    harness.input_mut().dropped_files.push(std::sync::Arc::new(File(path)));
    settle(harness);
}

fn saved(script: &Script) -> Option<String> {
    let asked = script.lock().asked.clone();
    asked.iter().find_map(|request| match request {
        Request::SaveDocument(save) => Some(save.text.clone()),
        _ => None,
    })
}

#[test]
fn a_long_name_pushes_nothing_out_of_the_bar() {
    let mut harness = window(&Script::open());
    let name = format!("{}_20260302.csv", "a_vendor_with_a_long_name".repeat(8));
    let path = format!("/data/{name}");
    harness.state_mut().as_mut().expect("an app").look_at(vec![path]);
    settle(&mut harness);
    support::picture(&mut harness, "long-name");
    let heading = harness.get_by_role_and_label(Role::Heading, &name).rect();
    let make = harness.get_by_role_and_label(Role::Button, "Make a pipeline from it…").rect();
    let panel = harness.get_by_role_and_label(Role::Button, "Column panel").rect();
    let window = harness.ctx.content_rect();
    assert!(window.contains_rect(make) && window.contains_rect(panel), "{make}, {panel} in {window}");
    assert!(heading.width() > 200.0 && heading.right() <= make.left(), "{heading} before {make}");
}

#[test]
fn before_a_pipeline_is_made_its_key_is_told_with_its_repeats() {
    let script = Script::open();
    let mut harness = window(&script);
    harness.state_mut().as_mut().expect("an app").look_at(vec!["/data/fills.csv".to_owned()]);
    settle(&mut harness);
    click(&mut harness, Role::Button, "Make a pipeline from it…");
    assert!(sees(
        &harness,
        "Key: Trade ID, although 71 of 4 998 records repeat the Trade ID of an earlier one"
    ));
    support::picture(&mut harness, "make a pipeline");
    // Another one, or more columns, with what is known of them.
    click(&mut harness, Role::ComboBox, "Column of the key");
    support::picture(&mut harness, "key columns");
    harness
        .get_by(|node| {
            node.role() == Role::ListBoxOption && node.label().is_some_and(|label| label.starts_with("Qty"))
        })
        .click();
    settle(&mut harness);
    assert!(sees(
        &harness,
        "Key: Trade ID + Qty, as you chose; a simulation counts how often they repeat together"
    ));
    click(&mut harness, Role::Button, "Remove Trade ID");
    assert!(sees(&harness, "Key: Qty, as you chose; repeats"));
    click(&mut harness, Role::Button, "Make the pipeline");
    let asked = script.lock().asked.clone();
    let keys: Vec<_> = asked
        .iter()
        .filter_map(|request| match request {
            Request::StartDraft(draft) => Some(draft.key.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(keys, [Some(vec!["Qty".to_owned()])]);
}

#[test]
fn workspaces_opened_before_are_listed_and_what_is_gone_can_be_removed() {
    let script = Script::default();
    let mut harness = window(&script);
    support::picture(&mut harness, "home");
    harness.get_by_label("Old trial, /mnt/gone/trial, missing").click();
    settle(&mut harness);
    assert_eq!(script.count("open_workspace"), 0);
    click(&mut harness, Role::Button, "Remove Old trial from the list");
    assert_eq!(script.count("forget_workspace"), 1);
    assert!(harness.query_by_label("Old trial, /mnt/gone/trial, missing").is_none());
    harness.get_by_label("Harbour Lane, /data/harbour-lane").click();
    settle(&mut harness);
    assert_eq!(script.count("open_workspace"), 1);
    assert!(sees(&harness, "Pipelines"));
}

#[test]
fn who_comes_for_the_first_time_is_shown_the_way_in() {
    let script = Script::default();
    let first = HomeView {
        recent: Vec::new(),
        has_dialogs: true,
        sample: Some("/home/mara/Touchstone sample".to_owned()),
        version: "0.1.0".to_owned(),
    };
    script.lock().home = Some(first.clone());
    let mut harness = window(&script);
    support::picture(&mut harness, "home-first");
    // The sample stands first of all that can be begun with.
    let top =
        |harness: &Window<'_>, name: &str| harness.get_by_role_and_label(Role::Button, name).rect().top();
    for other in ["Open workspace…", "New workspace…", "Look at a file…"] {
        assert!(top(&harness, "Try the sample") < top(&harness, other), "{other}");
    }
    click(&mut harness, Role::Button, "Try the sample");
    assert_eq!(script.count("open_sample_workspace"), 1);

    // Where the sample can't be had, the card says so.
    let script = Script::default();
    script.lock().home = Some(HomeView { sample: None, ..first });
    let mut harness = window(&script);
    let card = harness.get_by_role_and_label(Role::Button, "Try the sample");
    assert!(card.accesskit_node().is_disabled());
    card.click();
    settle(&mut harness);
    assert_eq!(script.count("open_sample_workspace"), 0);
}

#[test]
fn the_start_page_says_which_workspace_is_open_and_leads_back() {
    let script = Script::open();
    let mut harness = window(&script);
    let go = |harness: &mut Window<'_>, place: Place| {
        harness.state_mut().as_mut().expect("an app").command(Command::Go(place));
        settle(harness);
    };
    let trades = Place::Pipeline("trades".to_owned());
    go(&mut harness, trades.clone());
    go(&mut harness, Place::Home);
    support::picture(&mut harness, "home-open");
    click(&mut harness, Role::Button, "Go on with Harbour Lane, 4 pipelines  ·  1 error");
    assert_eq!(harness.state().as_ref().expect("an app").state().place, trades);
}

#[test]
fn the_place_for_files_lights_up_while_one_is_held_over_the_window() {
    let script = Script::default();
    let mut harness = window(&script);
    assert!(sees(&harness, "Drop a CSV file anywhere on the window"));
    harness.input_mut().hovered_files.push(egui::HoveredFile::default());
    harness.run_steps(1);
    support::picture(&mut harness, "home-drop");
    assert!(sees(&harness, "Drop to look at it. Its values"));
    assert!(!sees(&harness, "Drop a CSV file anywhere on the window"));
}

#[test]
fn a_pipeline_that_is_being_made_can_be_stopped() {
    let script = Script::open();
    let mut harness = naming(&script);
    script.lock().draft_share = Some(0.34);
    click(&mut harness, Role::Button, "Make the pipeline");
    click(&mut harness, Role::Button, "Work on meanwhile");
    support::picture(&mut harness, "making-meanwhile");
    click(&mut harness, Role::Button, "Stop making it");
    harness.run_steps(40);
    assert!(!sees(&harness, "Making fills") && !sees(&harness, "Cancelling fills"));
    assert_eq!(saved(&script), None);
    assert!(!sees(&harness, "could not be made"), "who stopped it knows");
    // Before the back end has begun, too.
    script.lock().held.insert("start_draft");
    click(&mut harness, Role::Button, "Make a pipeline from it…");
    click(&mut harness, Role::Button, "Make the pipeline");
    let stop =
        harness.query_all_by_role_and_label(Role::Button, "Stop making it").last().expect("it is offered");
    stop.click();
    settle(&mut harness);
    assert!(sees(&harness, "Cancelling fills"));
    script.release("start_draft");
    harness.run_steps(40);
    assert!(!sees(&harness, "Cancelling fills"));
    assert_eq!(saved(&script), None);
    // And it can be made after all.
    script.lock().draft_share = None;
    click(&mut harness, Role::Button, "Make the pipeline");
    assert!(saved(&script).is_some());
}

#[test]
fn where_there_are_no_dialogs_a_new_workspace_is_made_at_a_typed_path() {
    let script = Script::default();
    let mut harness = window(&script);
    click(&mut harness, Role::Button, "New workspace…");
    click(&mut harness, Role::Button, "Create");
    assert_eq!(script.count("new_workspace"), 0);
    harness.get_by_role_and_label(Role::TextInput, "Folder of the new workspace").focus();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Folder of the new workspace").type_text("/data/new");
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(script.count("new_workspace"), 1);
    assert!(sees(&harness, "Pipelines"));
}

#[test]
fn a_dropped_file_is_looked_at_read_whole_and_made_a_pipeline() {
    let script = Script::open();
    script.lock().job_steps = 1_000;
    let mut harness = window(&script);
    drop_file(&mut harness, "/data/inbox/fills.csv");
    assert!(sees(&harness, "header in line 4"));
    assert!(sees(&harness, "Rows of fills.csv, 5021 rows"));
    assert!(harness.query_by_role_and_label(Role::ProgressIndicator, "Reading fills.csv").is_some());
    support::picture(&mut harness, "file");
    click(&mut harness, Role::Button, "Stop reading");
    assert_eq!(script.count("cancel_job"), 1);
    assert!(harness.query_by_role_and_label(Role::ProgressIndicator, "Reading fills.csv").is_none());

    // A type chosen in the panel goes into the contract of the pipeline.
    harness.get_by_role_and_label(Role::Grid, "Rows of fills.csv, 5021 rows").focus();
    settle(&mut harness);
    for _ in 0..6 {
        press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    }
    press(&mut harness, Modifiers::COMMAND, Key::I);
    let double = harness.query_all_by_role_and_label(Role::Button, "Use this type").next();
    double.expect("an alternative").click_accesskit();
    settle(&mut harness);
    assert!(sees(&harness, "Px, double, "), "the header says the type that was chosen");
    // Cells that don't read as it are marked, with the reason.
    let bad = harness.get_by_label_contains("(bad: it is not a double)");
    assert!(bad.accesskit_node().label().expect("a name").starts_with("Row 3: "));
    support::picture(&mut harness, "file-chosen");
    // Sorting, and all rows again, keep the choice.
    click(&mut harness, Role::Button, "Sort by Px");
    harness
        .state_mut()
        .as_mut()
        .expect("an app")
        .command(Command::Data(touchstone_ui::data::Command::ClearThis));
    settle(&mut harness);
    assert!(sees(&harness, "(bad: it is not a double)"));
    click(&mut harness, Role::Button, "Make a pipeline from it…");
    click(&mut harness, Role::Button, "Make the pipeline");
    let text = saved(&script).expect("it was saved");
    assert!(text.contains("pipeline: fills") && text.contains("type: \"double\""), "{text}");
    let state = harness.state().as_ref().expect("an app").state();
    assert!(state.tabs.contains(&Place::Pipeline("fills".to_owned())));
}

fn with_dialogs() -> Script {
    let script = Script::default();
    script.lock().home = Some(HomeView {
        recent: vec![touchstone_protocol::RecentView {
            path: "/data/harbour-lane".to_owned(),
            name: "Harbour Lane".to_owned(),
            opened_at: "2026-03-02T14:05:09Z".to_owned(),
            exists: true,
        }],
        has_dialogs: true,
        sample: None,
        version: "0.1.0".to_owned(),
    });
    script
}

#[test]
fn a_file_becomes_a_pipeline_although_no_workspace_was_open() {
    for way in ["New workspace…", "Harbour Lane, /data/harbour-lane"] {
        let script = with_dialogs();
        let mut harness = window(&script);
        drop_file(&mut harness, "/data/inbox/fills.csv");
        click(&mut harness, Role::Button, "Sort by Px");
        click(&mut harness, Role::Button, "Make a pipeline from it…");
        assert!(sees(&harness, "A pipeline belongs to a workspace") && !sees(&harness, "Make the pipeline"));
        support::picture(&mut harness, "make a pipeline without a workspace");
        harness.get_by_label(way).click();
        settle(&mut harness);
        // It goes on where it was: the file, how it was looked at, and what was asked for.
        assert_eq!(place(&harness), Place::File("/data/inbox/fills.csv".to_owned()), "{way}");
        assert!(sees(&harness, "Px, decimal(18,6), 9.1 % null, sorted ascending"), "{way}");
        assert_eq!(script.count("open_file"), 1, "what is known of it is not asked for again");
        click(&mut harness, Role::Button, "Make the pipeline");
        assert!(saved(&script).expect("it was saved").contains("pipeline: fills"), "{way}");
    }
}

#[test]
fn where_there_are_no_dialogs_the_workspace_for_a_file_is_typed_where_it_is_asked_for() {
    let script = Script::default();
    let mut harness = window(&script);
    drop_file(&mut harness, "/data/inbox/fills.csv");
    click(&mut harness, Role::Button, "Make a pipeline from it…");
    click(&mut harness, Role::Button, "New workspace…");
    harness.get_by_role_and_label(Role::TextInput, "Folder of the new workspace").focus();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Folder of the new workspace").type_text("/data/new");
    settle(&mut harness);
    support::picture(&mut harness, "make a pipeline without dialogs");
    click(&mut harness, Role::Button, "Create");
    assert_eq!(script.count("new_workspace"), 1);
    assert_eq!(place(&harness), Place::File("/data/inbox/fills.csv".to_owned()));
    assert!(sees(&harness, "Make the pipeline"));
}

#[test]
fn files_that_were_looked_at_without_a_workspace_come_back() {
    let script = with_dialogs();
    let mut harness = window(&script);
    drop_file(&mut harness, "/data/inbox/fills.csv");
    click(&mut harness, Role::Button, "Sort by Px");
    harness.run_steps(8);
    drop(harness);
    let mut harness = window(&script);
    assert_eq!(place(&harness), Place::File("/data/inbox/fills.csv".to_owned()));
    assert!(sees(&harness, "Px, decimal(18,6), 9.1 % null, sorted ascending"));
    // Closed, it stays closed.
    press(&mut harness, Modifiers::COMMAND, Key::W);
    harness.run_steps(8);
    drop(harness);
    let harness = window(&script);
    assert_eq!(place(&harness), Place::Home);
}

#[test]
fn the_workspace_that_was_open_is_open_again() {
    let script = with_dialogs();
    let mut harness = window(&script);
    harness.get_by_label("Harbour Lane, /data/harbour-lane").click();
    settle(&mut harness);
    harness.run_steps(8);
    drop(harness);
    // The back end has ended too, and has none open by itself.
    script.lock().is_open = false;
    let harness = window(&script);
    assert!(sees(&harness, "Pipelines"));
    assert_eq!(script.count("open_workspace"), 2);
    drop(harness);
    // Where it can't be opened, that is said once and not at every start.
    script.lock().is_open = false;
    let gone = touchstone_protocol::RpcError::new(touchstone_protocol::ErrorCode::NotFound, "it is gone");
    script.lock().failing.insert("open_workspace", gone);
    let mut harness = window(&script);
    assert!(sees(&harness, "The workspace could not be opened"));
    harness.run_steps(8);
    drop(harness);
    let harness = window(&script);
    assert_eq!(place(&harness), Place::Home);
    assert!(!sees(&harness, "The workspace could not be opened"));
}

#[test]
fn a_file_without_a_path_is_sent_in_pieces() {
    let script = Script::open();
    script.lock().held.insert("upload");
    let mut harness = window(&script);
    drop_file(&mut harness, "fills.csv");
    assert!(sees(&harness, "Taking fills.csv: 0 %"));
    let asked = script.lock().asked.clone();
    let uploads = asked.iter().filter_map(|request| match request {
        Request::Upload(upload) => Some((upload.offset, upload.done, upload.data.len())),
        _ => None,
    });
    assert_eq!(uploads.collect::<Vec<_>>(), [(0, false, 524_288_usize.div_ceil(3) * 4)]);
    let is_file = |request: &Request| matches!(request, Request::Rows(rows) if matches!(rows.data, DataRef::File { .. }));
    assert!(!asked.iter().any(is_file));
}

#[test]
fn what_was_found_out_about_a_file_is_said_and_a_click_says_why() {
    let script = Script::open();
    let mut harness = window(&script);
    drop_file(&mut harness, "/data/inbox/fills.csv");
    assert!(!sees(&harness, "2,995 of 3,000 lines have 9 fields"));
    harness
        .get_by_role_and_label(
            Role::Button,
            "How it is read: delimiter \";\"  ·  windows-1252  ·  header in line 4",
        )
        .click();
    settle(&mut harness);
    assert!(sees(&harness, "2,995 of 3,000 lines have 9 fields"));
}

fn naming(script: &Script) -> Window<'static> {
    script.lock().job_steps = 1_000;
    let mut harness = window(script);
    drop_file(&mut harness, "/data/inbox/fills.csv");
    click(&mut harness, Role::Button, "Make a pipeline from it…");
    harness
}

fn place(harness: &Window<'_>) -> touchstone_ui::command::Place {
    harness.state().as_ref().expect("an app").state().place.clone()
}

#[test]
fn enter_makes_the_pipeline_and_keys_of_the_window_wait_for_the_answer() {
    let script = Script::open();
    let mut harness = naming(&script);
    press(&mut harness, Modifiers::NONE, Key::F5);
    press(&mut harness, Modifiers::COMMAND, Key::Num3);
    assert_eq!(script.count("start_simulate"), 0, "the key acted through the question");
    assert_eq!(place(&harness), Place::File("/data/inbox/fills.csv".to_owned()));
    assert!(sees(&harness, "Make the pipeline"));
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(saved(&script).expect("it was saved").contains("pipeline: fills"));
    let state = harness.state().as_ref().expect("an app").state();
    assert!(state.tabs.contains(&Place::Pipeline("fills".to_owned())), "it is opened");
}

#[test]
fn whoever_works_on_while_a_pipeline_is_made_stays_where_they_are() {
    let script = Script::open();
    let mut harness = naming(&script);
    script.lock().draft_share = Some(0.34);
    click(&mut harness, Role::Button, "Make the pipeline");
    assert!(sees(&harness, "Making fills: all of its file is read and copied  34 %"));
    support::picture(&mut harness, "making");
    click(&mut harness, Role::Button, "Work on meanwhile");
    assert!(!sees(&harness, "Make the pipeline"));
    assert!(sees(&harness, "Making fills: "), "the file says that it goes on");
    harness.state_mut().as_mut().expect("an app").command(Command::Go(Place::Audit));
    settle(&mut harness);
    assert!(harness.query_by_role_and_label(Role::ProgressIndicator, "Making of fills").is_some());
    script.lock().draft_share = None;
    harness.run_steps(40);
    assert!(saved(&script).is_some());
    assert_eq!(place(&harness), Place::Audit);
    let state = harness.state().as_ref().expect("an app").state();
    assert!(!state.tabs.contains(&Place::Pipeline("fills".to_owned())), "it waits in the list");
}

#[test]
fn where_there_are_no_dialogs_the_path_of_a_file_is_typed() {
    let script = Script::open();
    let mut harness = window(&script);
    harness.state_mut().as_mut().expect("an app").command(Command::Go(Place::Home));
    settle(&mut harness);
    click(&mut harness, Role::Button, "Look at a file…");
    harness.get_by_role_and_label(Role::TextInput, "Path of a file").type_text("/data/inbox/fills.csv");
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(place(&harness), Place::File("/data/inbox/fills.csv".to_owned()));
    assert!(sees(&harness, "Rows of fills.csv"));
}

#[test]
fn a_file_that_is_opened_again_is_told_of_as_it_is_read_there() {
    let script = Script::open();
    let mut harness = window(&script);
    let path = "/data/fills.csv".to_owned();
    harness.state_mut().as_mut().expect("an app").look_at(vec![path.clone()]);
    settle(&mut harness);
    let data = DataRef::File { path: path.clone() };
    let read = touchstone_ui::data::Command::ReadAsNull(data, "-".to_owned());
    support::command(&mut harness, Command::Data(read));
    let before = script.count("profile");
    // As the next session does, which knows how it was read.
    support::command(&mut harness, Command::Home(touchstone_ui::home::Command::NeedFile(path)));
    let asked = script.lock().asked.iter().rev().find_map(|asked| match asked {
        Request::Profile(asked) => asked.query.format.clone(),
        _ => None,
    });
    assert!(script.count("profile") > before, "what comes with the file is of another reading");
    assert_eq!(asked.expect("it is read in a format").null_values, ["-"]);
}
