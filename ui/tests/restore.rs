//! The end of the page without a word, and what comes back when it opens again.
#![expect(clippy::expect_used, reason = "a test fails by panicking, also outside its #[test] function")]

mod support;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use serde_json::json;
use support::design::{Disk, designing, opened};
use support::{Window, click, command, press, sees, settle, state};
use touchstone_protocol::{ErrorCode, Request, RpcError};
use touchstone_ui::command::{Command, Place, Section};
use touchstone_ui::design::rules::{self, RulesOf};
use touchstone_ui::design::{CanvasCommand, Command as DesignCommand, Node, Pane, View, mappings};
use touchstone_ui::lineage::{self, Camera, Tier};

const TRADES: &str = "pipelines/trades.yaml";
const WORKSPACE: usize = 1;

/// The page ends: nothing is told to anybody.
fn kill(harness: Window<'_>) {
    drop(harness);
}

fn type_at_start(harness: &mut Window<'_>, typed: &str) {
    harness.get_by_role_and_label(Role::MultilineTextInput, "Document as text").focus();
    settle(harness);
    press(harness, Modifiers::CTRL, Key::Home);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Document as text").type_text(typed);
    settle(harness);
}

/// Edits the document of trades, and waits until that is remembered.
fn edited(disk: &Disk) {
    let mut harness = designing(disk);
    click(&mut harness, Role::RadioButton, "YAML");
    type_at_start(&mut harness, "# mine\n");
    settle(&mut harness);
    kill(harness);
}

#[test]
fn unsaved_edits_come_back_are_told_and_can_be_undone() {
    let disk = Disk::with_samples();
    let before = disk.text(TRADES);
    edited(&disk);
    assert_eq!(disk.text(TRADES), before, "nothing was saved");

    let mut harness = opened(&disk);
    assert!(sees(&harness, "Unsaved edits of the last session are back"));
    assert_eq!(state(&harness).design.documents.get(TRADES).expect("it").text(), format!("# mine\n{before}"));
    assert!(sees(&harness, "Edited"));
    assert!(sees(&harness, "trades: edited"));
    support::picture(&mut harness, "restored");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(state(&harness).design.documents.get(TRADES).expect("it").text(), before);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert_eq!(disk.text(TRADES), format!("# mine\n{before}"));
    assert!(!sees(&harness, "Unsaved edits of the last session are back"), "they are saved now");
    kill(harness);
    // What was saved is no edit any more.
    let harness = opened(&disk);
    assert!(!sees(&harness, "Unsaved edits of the last session are back"));
    assert!(!state(&harness).design.documents.is_dirty());
}

#[test]
fn edits_that_were_saved_just_before_the_end_are_not_told_as_unsaved() {
    let disk = Disk::with_samples();
    let before = disk.text(TRADES);
    edited(&disk);
    // The file was written, and the page ended before it had taken note of that.
    disk.write(TRADES, Some(format!("# mine\n{before}")));
    let harness = opened(&disk);
    assert!(!sees(&harness, "Unsaved edits of the last session are back"));
    assert!(!state(&harness).design.documents.is_dirty());
}

#[test]
fn tabs_place_sections_selection_and_cards_come_back() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    command(&mut harness, Command::ShowSection(Section::Design));
    let node = Node::Silver("trades".to_owned());
    let design = touchstone_ui::design::Command::MoveCard(node.clone(), egui::pos2(120.0, 40.0));
    command(&mut harness, Command::Design(design));
    command(&mut harness, Command::Design(touchstone_ui::design::Command::Select(node.clone())));
    command(&mut harness, Command::Go(Place::Audit));
    command(&mut harness, Command::Select("prices".to_owned()));
    command(&mut harness, Command::ShowSection(Section::Data));
    command(&mut harness, Command::ToggleProblems);
    let tabs = state(&harness).tabs.clone();
    kill(harness);

    let harness = opened(&disk);
    let state = state(&harness);
    assert_eq!((&state.tabs, &state.place), (&tabs, &Place::Pipeline("prices".to_owned())));
    assert_eq!(state.section(), Some(Section::Data));
    assert!(state.problems);
    let shown = state.design.shown(TRADES);
    assert_eq!(shown.node.as_ref(), Some(&node));
    assert_eq!(shown.positions.get(&node), Some(&egui::pos2(120.0, 40.0)));
    assert!(!sees(&harness, "Unsaved edits of the last session are back"));
}

#[test]
fn where_canvas_and_lineage_were_looked_at_and_what_was_chosen_there_comes_back() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let design = |command| Command::Design(command);
    let view = View::At(egui::pos2(210.0, 90.0), 0.75);
    command(&mut harness, design(DesignCommand::Canvas(CanvasCommand::View(view))));
    command(&mut harness, design(DesignCommand::Select(Node::Silver("trades".to_owned()))));
    command(&mut harness, design(DesignCommand::SelectField(Some("notional".to_owned()))));
    command(
        &mut harness,
        design(DesignCommand::Mappings(mappings::Command::ShowSide(mappings::Side::Suggestions))),
    );
    let of = RulesOf { file: TRADES.to_owned(), node: Node::Silver("trades".to_owned()) };
    command(&mut harness, design(DesignCommand::Rules(rules::Command::Select(of, 1))));
    command(&mut harness, design(DesignCommand::ShowPane(Pane::Rules)));
    command(&mut harness, Command::Go(Place::Lineage));
    settle(&mut harness);
    let camera = Camera { center: egui::pos2(333.0, 222.0), zoom: 0.5 };
    command(&mut harness, Command::Lineage(lineage::Command::ShowTablesOnly(true)));
    command(&mut harness, Command::Lineage(lineage::Command::HideTier(Tier::Gold, true)));
    settle(&mut harness);
    command(&mut harness, Command::Lineage(lineage::Command::Look(camera)));
    settle(&mut harness);
    kill(harness);

    let mut harness = opened(&disk);
    settle(&mut harness);
    let now = &state(&harness).lineage;
    assert!(now.is_laid_out());
    assert!((now.camera.center - camera.center).length() < 0.01, "{:?}", now.camera);
    assert!((now.camera.zoom - camera.zoom).abs() < 0.01 && now.tables_only);
    assert!(now.filter.tiers.contains(&Tier::Gold));
    command(&mut harness, Command::Select("trades".to_owned()));
    command(&mut harness, Command::ShowSection(Section::Design));
    let now = &state(&harness).design;
    assert_eq!(now.pane, Pane::Rules);
    assert_eq!(now.canvas.looks(TRADES).view, view);
    assert_eq!(now.shown(TRADES).field.as_deref(), Some("notional"));
    assert_eq!(now.mappings.side, mappings::Side::Suggestions);
    assert!(sees(&harness, "Rule 2 of "));
}

#[test]
fn a_dragged_panel_keeps_its_width() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let edge =
        |harness: &Window<'_>| harness.get_by_label_contains("trades: not published").rect().right() + 8.0;
    let before = edge(&harness);
    harness.drag_at(egui::pos2(before, 500.0));
    settle(&mut harness);
    harness.hover_at(egui::pos2(before + 80.0, 500.0));
    settle(&mut harness);
    harness.drop_at(egui::pos2(before + 80.0, 500.0));
    settle(&mut harness);
    let dragged = edge(&harness);
    assert!(dragged > before + 40.0, "{before} {dragged}");
    kill(harness);
    let harness = opened(&disk);
    assert!((edge(&harness) - dragged).abs() < 2.0, "{} {dragged}", edge(&harness));
}

#[test]
fn an_edit_whose_file_changed_meanwhile_is_merged_and_never_written_over_it() {
    let disk = Disk::with_samples();
    edited(&disk);
    let theirs = disk.text(TRADES).replace("Daily equity trades", "Trades of the day");
    disk.write_unseen(TRADES, theirs.clone());
    let mut harness = opened(&disk);
    let text = state(&harness).design.documents.get(TRADES).expect("it").text().to_owned();
    assert_eq!(text, format!("# mine\n{theirs}"));
    assert!(sees(&harness, "both changes are merged"));
    assert_eq!(disk.text(TRADES), theirs);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert_eq!(disk.text(TRADES), format!("# mine\n{theirs}"));
}

#[test]
fn an_edit_that_contradicts_what_changed_meanwhile_is_asked_about() {
    let disk = Disk::with_samples();
    let before = disk.text(TRADES);
    let mut harness = designing(&disk);
    let text = before.replace("Daily equity trades", "Mine");
    let edit = touchstone_ui::design::Command::EditText { file: TRADES.to_owned(), text: text.clone() };
    command(&mut harness, Command::Design(edit));
    settle(&mut harness);
    kill(harness);
    let theirs = before.replace("Daily equity trades", "Theirs");
    disk.write_unseen(TRADES, theirs.clone());
    let mut harness = opened(&disk);
    assert!(sees(&harness, "pipelines/trades.yaml was changed outside"));
    assert_eq!(state(&harness).design.documents.get(TRADES).expect("it").text(), text);
    click(&mut harness, Role::Button, "Cancel");
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert_eq!(disk.text(TRADES), theirs, "nothing is written before it's decided");
}

#[test]
fn an_edit_whose_file_was_removed_meanwhile_is_asked_about() {
    let disk = Disk::with_samples();
    edited(&disk);
    disk.write(TRADES, None);
    let harness = opened(&disk);
    assert!(sees(&harness, "Somebody removed the file"));
    assert!(state(&harness).design.documents.get(TRADES).expect("it").text().starts_with("# mine"));
}

#[test]
fn every_step_of_unsaved_edits_is_undone_and_redone_after_a_crash() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let before = disk.text(TRADES);
    let mut texts = vec![before.clone()];
    for step in ["one", "two", "three", "four"] {
        let text = format!("# {step}\n{before}");
        let file = TRADES.to_owned();
        command(&mut harness, Command::Design(DesignCommand::EditText { file, text: text.clone() }));
        texts.push(text);
    }
    command(&mut harness, Command::Design(DesignCommand::Undo));
    settle(&mut harness);
    kill(harness);
    let mut harness = opened(&disk);
    command(&mut harness, Command::Select("trades".to_owned()));
    let text =
        |harness: &Window<'_>| state(harness).design.documents.get(TRADES).expect("it").text().to_owned();
    assert_eq!(text(&harness), texts[3]);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(text(&harness), texts[4]);
    for earlier in texts.iter().rev().skip(1) {
        press(&mut harness, Modifiers::COMMAND, Key::Z);
        assert_eq!(text(&harness), *earlier);
    }
    assert!(!state(&harness).design.documents.is_dirty());
}

#[test]
fn a_rename_that_is_asked_about_is_asked_again_after_a_crash() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let silver = Node::Silver("trades".to_owned());
    command(&mut harness, Command::Design(DesignCommand::Canvas(CanvasCommand::Select(silver))));
    harness.get_by_role_and_label(Role::TextInput, "Name").focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, "Name").type_text("deals");
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(sees(&harness, "Rename table trades"));
    settle(&mut harness);
    kill(harness);
    let mut harness = opened(&disk);
    assert!(sees(&harness, "Rename table trades"));
    command(&mut harness, Command::Design(DesignCommand::RenameEverywhere));
    let text = state(&harness).design.documents.get(TRADES).expect("it").text().to_owned();
    assert!(text.contains("from silver.deals"), "{text}");
}

#[test]
fn a_new_pipeline_that_has_no_file_yet_comes_back_with_its_tab() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let draft = touchstone_ui::design::Command::Draft { pipeline: "fills".to_owned(), files: Vec::new() };
    command(&mut harness, Command::Design(draft));
    settle(&mut harness);
    kill(harness);
    let harness = opened(&disk);
    assert_eq!(state(&harness).place, Place::Pipeline("fills".to_owned()));
    assert!(sees(&harness, "fills: new, not saved yet"));
    assert_eq!(disk.text("pipelines/fills.yaml"), "");
}

#[test]
fn a_new_pipeline_whose_file_somebody_else_wrote_meanwhile_is_not_written_over_it() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let draft = touchstone_ui::design::Command::Draft { pipeline: "fills".to_owned(), files: Vec::new() };
    command(&mut harness, Command::Design(draft));
    settle(&mut harness);
    kill(harness);
    let theirs = "pipeline: fills\ntitle: Theirs\n";
    disk.write_unseen("pipelines/fills.yaml", theirs.to_owned());
    let mut harness = opened(&disk);
    command(&mut harness, Command::Design(touchstone_ui::design::Command::SaveAll));
    assert!(
        disk.text("pipelines/fills.yaml").contains("title: Theirs"),
        "{}",
        disk.text("pipelines/fills.yaml")
    );
}

#[test]
fn what_cannot_be_read_is_ignored_with_a_word_and_edits_come_back_all_the_same() {
    for strange in [json!("nonsense"), json!([1, 2]), json!({ "version": 1, "tabs": { "a": 3 } })] {
        let disk = Disk::with_samples();
        disk.script.lock().kept[WORKSPACE] = Some(strange);
        let mut harness = opened(&disk);
        assert!(sees(&harness, "Not all that was open before is back"));
        click(&mut harness, Role::Button, "Dismiss");
        assert!(sees(&harness, "Pipelines"));
    }
    let disk = Disk::with_samples();
    let newer = json!({
        "version": 99, "tabs": [], "unsaved": [
            { "file": "pipelines/x.yaml", "base_hash": null, "base_text": "", "text": "pipeline: x\n" },
        ],
    });
    disk.script.lock().kept[WORKSPACE] = Some(newer);
    let harness = opened(&disk);
    assert!(sees(&harness, "the layout, which another version of Touchstone wrote"));
    assert!(state(&harness).design.documents.get("pipelines/x.yaml").is_some());
}

#[test]
fn when_it_cannot_be_asked_for_the_window_works_and_can_ask_again() {
    let disk = Disk::with_samples();
    edited(&disk);
    let gone = RpcError::new(ErrorCode::Unavailable, "the disk does not answer");
    disk.script.lock().failing.insert("load_state", gone);
    let mut harness = opened(&disk);
    assert!(sees(&harness, "What was open before could not be read"));
    assert!(!state(&harness).design.documents.is_dirty());
    disk.script.lock().failing.clear();
    click(&mut harness, Role::Button, "Try again");
    assert!(sees(&harness, "Unsaved edits of the last session are back"));
    assert!(state(&harness).design.documents.is_dirty());
}

#[test]
fn nothing_is_written_while_nothing_changes_and_a_failure_is_told_once() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    settle(&mut harness);
    let count = disk.script.count("save_state");
    harness.run_steps(40);
    assert_eq!(disk.script.count("save_state"), count);
    let frames = harness.try_run();
    assert!(frames.is_ok(), "the window comes to rest: {frames:?}");

    let full = RpcError::new(ErrorCode::Failed, "the disk is full").with_help("Make room");
    disk.script.lock().failing.insert("save_state", full);
    for _ in 0..3 {
        command(&mut harness, Command::ToggleProblems);
        settle(&mut harness);
    }
    let told = harness.query_all_by_label_contains("can't be kept for the case of a crash").count();
    assert_eq!(told, 1);
    disk.script.lock().failing.clear();
    harness.run_steps(60);
    let kept = disk.script.lock().kept[WORKSPACE].clone().expect("it is tried again");
    assert_eq!(kept["problems"], true);
}

#[test]
fn edits_are_safe_before_another_workspace_is_opened() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    click(&mut harness, Role::RadioButton, "YAML");
    disk.script.lock().held.insert("save_state");
    type_at_start(&mut harness, "# mine\n");
    command(&mut harness, Command::Home(touchstone_ui::home::Command::OpenSample));
    assert_eq!(disk.script.count("open_sample_workspace"), 0, "not before the edits are safe");
    disk.script.release("save_state");
    settle(&mut harness);
    assert_eq!(disk.script.count("open_sample_workspace"), 1);
    let asked = disk.script.lock().asked.clone();
    let opened = asked.iter().position(|one| one.method() == "open_sample_workspace").expect("asked");
    let saved = asked.iter().take(opened).rev().find_map(|one| match one {
        Request::SaveState(save) => save.state.get("unsaved").cloned(),
        _ => None,
    });
    let saved = saved.expect("it was saved").to_string();
    assert!(saved.contains("# mine"), "{saved}");

    // Where they can't be kept, the workspace stays open.
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    click(&mut harness, Role::RadioButton, "YAML");
    let full = RpcError::new(ErrorCode::Failed, "the disk is full");
    disk.script.lock().failing.insert("save_state", full);
    type_at_start(&mut harness, "# mine\n");
    command(&mut harness, Command::Home(touchstone_ui::home::Command::OpenSample));
    assert_eq!(disk.script.count("open_sample_workspace"), 0);
    assert!(sees(&harness, "so the workspace stays open"));
    assert!(state(&harness).design.documents.is_dirty());
}

#[test]
fn theme_and_size_of_text_are_the_persons() {
    let disk = Disk::with_samples();
    let mut harness = opened(&disk);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::T);
    let theme = harness.ctx.theme();
    press(&mut harness, Modifiers::COMMAND, Key::Plus);
    press(&mut harness, Modifiers::COMMAND, Key::Plus);
    assert!((harness.ctx.zoom_factor() - 1.2).abs() < 0.01);
    settle(&mut harness);
    kill(harness);
    let mut harness = opened(&disk);
    assert_eq!(harness.ctx.theme(), theme);
    assert!((harness.ctx.zoom_factor() - 1.2).abs() < 0.01);
    press(&mut harness, Modifiers::COMMAND, Key::Num0);
    assert!((harness.ctx.zoom_factor() - 1.0).abs() < 0.01);
    for _ in 0..20 {
        press(&mut harness, Modifiers::COMMAND, Key::Plus);
    }
    assert!((harness.ctx.zoom_factor() - 2.0).abs() < 0.01, "{}", harness.ctx.zoom_factor());
    let node = harness.get_by_label_contains("trades: not published");
    assert!(node.accesskit_node().label().is_some());
}

#[test]
fn a_window_that_closes_waits_until_the_edits_are_safe() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    click(&mut harness, Role::RadioButton, "YAML");
    assert!(!harness.state().as_ref().expect("an app").title().starts_with("• "));
    disk.script.lock().held.insert("save_state");
    type_at_start(&mut harness, "# mine\n");
    assert!(harness.state().as_ref().expect("an app").title().starts_with("• "), "something isn't saved");
    let mut is_kept = || harness.state_mut().as_mut().expect("an app").is_kept();
    assert!(!is_kept() && !is_kept());
    disk.script.release("save_state");
    // Not a frame is drawn meanwhile.
    assert!((0..5).any(|_| is_kept()));
    let kept = disk.script.lock().kept[WORKSPACE].clone().expect("it was written");
    assert!(kept["unsaved"].to_string().contains("# mine"), "{kept}");
}

/// What the window asks until it may close.
fn may_go(harness: &mut Window<'_>, is_first: bool, done: u64, drawn: u64) -> bool {
    harness.state_mut().as_mut().expect("an app").may_go(is_first, done, drawn)
}

#[test]
fn a_window_that_closes_waits_for_what_is_typed_and_not_here_yet() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    click(&mut harness, Role::RadioButton, "YAML");
    assert!(!may_go(&mut harness, true, 5, 5), "keys may be on their way");
    assert!(!may_go(&mut harness, false, 7, 5), "two keys came, and no frame since");
    type_at_start(&mut harness, "# mine\n");
    assert!(!may_go(&mut harness, false, 7, 6), "one was never drawn");
    let mut is_gone = false;
    for _ in 0..10 {
        is_gone = may_go(&mut harness, false, 7, 7);
        if is_gone {
            break;
        }
        harness.run_steps(1);
    }
    assert!(is_gone);
    let kept = disk.script.lock().kept[WORKSPACE].clone().expect("it was written");
    assert!(kept["unsaved"].to_string().contains("# mine"), "{kept}");
    assert!(!may_go(&mut harness, true, 7, 7), "another closing begins anew");
}

#[test]
fn a_name_that_is_being_typed_is_taken_when_the_window_closes() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    // Nothing reads it, so nothing has to be asked.
    let gold = Node::Gold("sector_exposure".to_owned());
    command(&mut harness, Command::Design(DesignCommand::Canvas(CanvasCommand::Select(gold))));
    harness.get_by_role_and_label(Role::TextInput, "Name").focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, "Name").type_text("exposure");
    settle(&mut harness);
    assert!(!state(&harness).design.documents.is_dirty(), "the field isn't left yet");
    let mut asked = 0;
    while !may_go(&mut harness, asked == 0, 5, 5) {
        harness.run_steps(1);
        asked += 1;
        assert!(asked < 10);
    }
    let kept = disk.script.lock().kept[WORKSPACE].clone().expect("it was written");
    assert!(kept["unsaved"].to_string().contains("  exposure:"), "{kept}");
}

#[test]
fn another_studio_on_the_workspace_is_told_of_and_its_edits_are_one_step_back() {
    let disk = Disk::with_samples();
    let before = disk.text(TRADES);
    let edit = |text: &str| json!({ "file": TRADES, "base_hash": before, "base_text": before, "text": format!("# {text}\n{before}") });
    let left = json!([{ "version": 1, "unsaved": [edit("theirs")] }]);
    let kept = json!({ "version": 1, "unsaved": [edit("mine")], "left": left });
    disk.script.lock().kept[WORKSPACE] = Some(kept);
    disk.meet_others(1);
    let mut harness = opened(&disk);
    assert!(sees(&harness, "Open in another studio too"));
    assert!(sees(&harness, "another studio left other edits of pipelines/trades.yaml"));
    let text =
        |harness: &Window<'_>| state(harness).design.documents.get(TRADES).expect("it").text().to_owned();
    command(&mut harness, Command::Select("trades".to_owned()));
    assert!(text(&harness).starts_with("# mine\n"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(text(&harness).starts_with("# theirs\n"));
    support::picture(&mut harness, "others");
    // They are kept until the document is saved.
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    settle(&mut harness);
    kill(harness);
    let harness = opened(&disk);
    assert_eq!(state(&harness).shell.others_left.len(), 1);
    assert!(text(&harness).starts_with("# mine\n"));
}
