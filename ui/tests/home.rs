//! The start page and files that are looked at.

mod support;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use support::{Script, Window, click, press, sees, settle, window};
use touchstone_protocol::{DataRef, Request};

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
    click(&mut harness, Role::Button, "Make a pipeline from it…");
    click(&mut harness, Role::Button, "Make the pipeline");
    let text = saved(&script).expect("it was saved");
    assert!(text.contains("pipeline: fills") && text.contains("type: \"double\""), "{text}");
    let state = harness.state().as_ref().expect("an app").state();
    assert!(state.tabs.contains(&touchstone_ui::command::Place::Pipeline("fills".to_owned())));
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
