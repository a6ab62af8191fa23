//! The design of a pipeline: documents are edited, undone, saved and merged, and nothing is lost on the way.
#![expect(clippy::expect_used, reason = "a test fails by panicking, also outside its #[test] function")]

mod support;

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use support::design::{Disk, designing};
use support::{Window, click, press, sees, settle};
use touchstone_protocol::{ErrorCode, Request, RpcError};
use touchstone_ui::design::{CanvasCommand, Change, Command, Node, Pane, Question, Unsaved};

const TRADES: &str = "pipelines/trades.yaml";

fn yaml(harness: &mut Window<'_>) {
    click(harness, Role::RadioButton, "YAML");
}

fn text(harness: &Window<'_>, file: &str) -> String {
    let app = harness.state().as_ref().expect("an app");
    app.state().design.documents.get(file).expect("a document").text().to_owned()
}

/// Types into the document's text, in front of everything.
fn type_at_start(harness: &mut Window<'_>, typed: &str) {
    harness.get_by_role_and_label(Role::MultilineTextInput, "Document as text").focus();
    settle(harness);
    press(harness, Modifiers::CTRL, Key::Home);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Document as text").type_text(typed);
    settle(harness);
}

#[test]
fn typing_is_undone_redone_and_saved() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    yaml(&mut harness);
    let before = disk.text(TRADES);
    type_at_start(&mut harness, "# mine\n");
    assert_eq!(text(&harness, TRADES), format!("# mine\n{before}"));
    assert!(sees(&harness, "Edited"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&harness, TRADES), before);
    assert!(!sees(&harness, "Edited"));
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::Y);
    assert_eq!(text(&harness, TRADES), format!("# mine\n{before}"));
    assert_eq!(disk.text(TRADES), before, "nothing is written before it's saved");
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert_eq!(disk.text(TRADES), format!("# mine\n{before}"));
    assert!(!sees(&harness, "Edited"));
}

#[test]
fn a_problem_of_the_pipeline_itself_puts_the_caret_on_its_line() {
    let wrongs =
        [("0 6 * * MON-FRI", "0 6 * *"), ("America/New_York", "Mars/Olympus"), ("90 days", "ninety days")];
    for (right, wrong) in wrongs {
        let disk = Disk::with_samples();
        disk.write_unseen(TRADES, disk.text(TRADES).replace(right, wrong));
        let mut harness = designing(&disk);
        press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
        let rows = harness.query_all_by_role(Role::ListItem);
        let is_problem = |label: String| label.starts_with("Error: ");
        let mut rows = rows.filter(|row| row.accesskit_node().label().is_some_and(is_problem));
        rows.next().unwrap_or_else(|| panic!("{wrong} is not among the problems")).click();
        drop(rows);
        settle(&mut harness);
        harness.event(egui::Event::Text("# here ".to_owned()));
        settle(&mut harness);
        let text = text(&harness, TRADES);
        let line = text.lines().find(|line| line.contains("# here ")).expect("it was typed");
        assert!(line.starts_with("# here ") && line.contains(wrong), "{line}");
    }
}

#[test]
fn what_is_wrong_is_known_at_once_and_found_by_a_click() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    yaml(&mut harness);
    type_at_start(&mut harness, "colour: red\n");
    assert!(sees(&harness, "1 error"));
    let app = harness.state().as_ref().expect("an app");
    let diagnostics = &app.state().design.compilation().diagnostics;
    assert!(
        diagnostics.0.iter().any(|one| one.place.file == TRADES && one.place.line == 1),
        "{diagnostics:?}"
    );
}

#[test]
fn a_save_that_fails_is_told_and_can_be_tried_again() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    yaml(&mut harness);
    type_at_start(&mut harness, "# mine\n");
    let full = RpcError::new(ErrorCode::Failed, "the disk is full").with_help("Make room and save again");
    disk.script.lock().failing.insert("save_document", full);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert!(sees(&harness, "pipelines/trades.yaml could not be saved"));
    assert!(sees(&harness, "Make room and save again"));
    assert!(sees(&harness, "Edited"));
    disk.script.lock().failing.clear();
    click(&mut harness, Role::Button, "Save all");
    assert!(disk.text(TRADES).starts_with("# mine\n"));
}

#[test]
fn a_slow_save_is_shown_and_not_sent_twice() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    yaml(&mut harness);
    type_at_start(&mut harness, "# mine\n");
    disk.script.lock().held.insert("save_document");
    press(&mut harness, Modifiers::COMMAND, Key::S);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert!(sees(&harness, "Saving…"));
    assert_eq!(disk.script.count("save_document"), 1);
    // What is typed meanwhile is kept, and is not saved yet.
    type_at_start(&mut harness, "# more\n");
    disk.release("save_document");
    settle(&mut harness);
    assert!(disk.text(TRADES).starts_with("# mine\n"));
    assert!(sees(&harness, "Edited"));
}

#[test]
fn a_change_outside_is_followed_where_nothing_was_edited() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let changed = disk.text(TRADES).replace("Daily equity trades", "Trades of the day");
    disk.write(TRADES, Some(changed.clone()));
    settle(&mut harness);
    assert_eq!(text(&harness, TRADES), changed);
    assert!(sees(&harness, "pipelines/trades.yaml was changed outside and read again"));
    click(&mut harness, Role::Button, "Dismiss");
    assert!(!sees(&harness, "was changed outside"));
    // What asks for nothing goes by itself, so that it lies over nothing for long.
    disk.write(TRADES, Some(changed.replace("Trades of the day", "Trades")));
    settle(&mut harness);
    assert!(sees(&harness, "was changed outside and read again"));
    harness.run_steps(60);
    assert!(sees(&harness, "was changed outside"), "but not from under the pointer");
    harness.event(egui::Event::PointerGone);
    harness.run_steps(4);
    assert!(!sees(&harness, "was changed outside"));
    // A file more is there without a word.
    disk.write("pipelines/new.yaml", Some("pipeline: new\n".to_owned()));
    settle(&mut harness);
    assert_eq!(text(&harness, "pipelines/new.yaml"), "pipeline: new\n");
    disk.write("pipelines/new.yaml", None);
    settle(&mut harness);
    let app = harness.state().as_ref().expect("an app");
    assert!(app.state().design.documents.get("pipelines/new.yaml").is_none());
}

#[test]
fn changes_on_both_sides_are_merged_and_an_undo_brings_ones_own_text_back() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let before = disk.text(TRADES);
    edit_title(&mut harness, "Trades");
    let mine = text(&harness, TRADES);
    // Found out when it's saved.
    disk.write_unseen(TRADES, before.replace("topic: data-ops", "topic: desk"));
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert!(sees(&harness, "both changes are merged"));
    let merged = text(&harness, TRADES);
    assert!(merged.contains("title: Trades\n") && merged.contains("topic: desk"), "{merged}");
    assert!(disk.text(TRADES).contains("Daily equity trades"), "nothing is overwritten");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&harness, TRADES), mine);
    press(&mut harness, Modifiers::COMMAND, Key::Y);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert_eq!(disk.text(TRADES), merged);
}

fn edit_title(harness: &mut Window<'_>, title: &str) {
    let edits = touchstone_spec::edits::set_title(title);
    let change = touchstone_ui::design::Change::new(TRADES, "Title", edits);
    harness.state_mut().as_mut().expect("an app").command(change.command());
    settle(harness);
}

#[test]
fn where_both_sides_changed_the_same_the_steward_chooses() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let before = disk.text(TRADES);
    edit_title(&mut harness, "Trades");
    let theirs = before.replace("Daily equity trades", "Trades of the day").replace("data-ops", "desk");
    disk.write(TRADES, Some(theirs));
    settle(&mut harness);
    assert!(sees(&harness, "pipelines/trades.yaml was changed outside"));
    assert!(sees(&harness, "Trades of the day"));
    // Put off: nothing is saved until it's decided.
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert_eq!(disk.script.count("save_document"), 0);
    click(&mut harness, Role::RadioButton, "Outside: title");
    click(&mut harness, Role::Button, "Take these");
    let merged = text(&harness, TRADES);
    assert!(merged.contains("title: Trades of the day\n") && merged.contains("topic: desk"), "{merged}");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(text(&harness, TRADES).contains("title: Trades\n"));
}

#[test]
fn a_file_that_was_removed_outside_is_kept_while_it_has_edits() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    edit_title(&mut harness, "Trades");
    disk.write(TRADES, None);
    settle(&mut harness);
    assert!(sees(&harness, "Somebody removed the file"));
    click(&mut harness, Role::Button, "Take these");
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert!(disk.text(TRADES).contains("title: Trades\n"));
}

#[test]
fn a_pipeline_whose_file_was_removed_outside_is_closed_and_told() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    disk.write(TRADES, None);
    settle(&mut harness);
    assert!(sees(&harness, "pipelines/trades.yaml was removed outside"));
    let app = harness.state().as_ref().expect("an app");
    assert!(!app.state().tabs.contains(&touchstone_ui::command::Place::Pipeline("trades".to_owned())));
}

#[test]
fn edits_come_back_after_the_page_was_lost() {
    let disk = Disk::with_samples();
    let unsaved = {
        let mut harness = designing(&disk);
        edit_title(&mut harness, "Trades");
        harness.state().as_ref().expect("an app").state().design.documents.unsaved()
    };
    assert_eq!(unsaved.len(), 1);
    let kept = serde_json::to_string(&unsaved).expect("JSON");
    // Meanwhile somebody changed something else.
    disk.write_unseen(TRADES, disk.text(TRADES).replace("data-ops", "desk"));
    let mut harness = designing(&disk);
    let unsaved: Vec<Unsaved> = serde_json::from_str(&kept).expect("what was kept");
    harness.state_mut().as_mut().expect("an app").restore(unsaved);
    settle(&mut harness);
    let merged = text(&harness, TRADES);
    assert!(merged.contains("title: Trades\n") && merged.contains("topic: desk"), "{merged}");
    assert!(sees(&harness, "Edited"));
}

#[test]
fn a_new_pipeline_is_drafted_and_unsaved_until_it_is_saved() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    press(&mut harness, Modifiers::COMMAND, Key::N);
    assert!(sees(&harness, "New pipeline"));
    assert!(!sees(&harness, "a name starts with"), "nobody is told off before typing");
    harness.get_by_label_contains("Name, in lower-case letters, digits and _").type_text("fx rates");
    settle(&mut harness);
    assert!(sees(&harness, "a name starts with a lower-case letter"));
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_label_contains("Name, in lower-case letters, digits and _").type_text("fx_rates");
    settle(&mut harness);
    let files = harness.get_by_label_contains("Data files, one a line");
    files.focus();
    files.type_text("samples/nowhere.csv");
    settle(&mut harness);
    assert_eq!(disk.script.count("profile"), 0, "a path is not looked at while it's typed");
    click(&mut harness, Role::Button, "Draft pipeline");
    assert!(sees(&harness, "there is no file nowhere.csv"));
    harness.get_by_label_contains("Data files, one a line").focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_label_contains("Data files, one a line").type_text("samples/fx.csv");
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Tab);
    assert!(sees(&harness, "Key: Trade ID, although "), "which key it will have, and why");
    support::picture(&mut harness, "new-pipeline");
    click(&mut harness, Role::Button, "Draft pipeline");
    assert!(sees(&harness, "Not saved yet"));
    assert_eq!(disk.text("pipelines/fx_rates.yaml"), "");
    // Every section is there from the start, and says what it waits for.
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    assert!(sees(&harness, "Its data, simulations and versions are those of the saved document"));
    support::picture(&mut harness, "draft-data");
    press(&mut harness, Modifiers::COMMAND, Key::Num1);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert!(disk.text("pipelines/fx_rates.yaml").contains("title: Drafted"));
}

#[test]
fn a_document_is_deleted_after_a_question() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    harness.state_mut().as_mut().expect("an app").command(design(Command::AskDelete));
    settle(&mut harness);
    assert!(sees(&harness, "Delete pipelines/trades.yaml?"));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!disk.text(TRADES).is_empty());
    harness.state_mut().as_mut().expect("an app").command(design(Command::AskDelete));
    settle(&mut harness);
    click(&mut harness, Role::Button, "Delete");
    assert_eq!(disk.text(TRADES), "");
}

fn design(command: Command) -> touchstone_ui::command::Command {
    touchstone_ui::command::Command::Design(command)
}

#[test]
fn documents_that_can_not_be_read_are_asked_for_again() {
    let disk = Disk::with_samples();
    disk.script.lock().failing.insert(
        "documents",
        RpcError::new(ErrorCode::Unavailable, "the folder can't be read").with_help("Check its rights"),
    );
    let mut harness = designing(&disk);
    assert!(sees(&harness, "The documents could not be read"));
    disk.script.lock().failing.clear();
    click(&mut harness, Role::Button, "Try again");
    assert!(!sees(&harness, "The documents could not be read"));
    yaml(&mut harness);
    assert!(text(&harness, TRADES).starts_with("pipeline: trades"));
}

#[test]
fn a_problem_leads_to_its_place() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let go = |path: &str, line| Command::GoTo { file: TRADES.to_owned(), path: path.to_owned(), line };
    harness.state_mut().as_mut().expect("an app").command(design(go("trigger.cron", 75)));
    settle(&mut harness);
    let editor = harness.get_by_role_and_label(Role::MultilineTextInput, "Document as text");
    assert!(editor.accesskit_node().is_focused());
}

#[test]
fn what_is_simulated_is_what_is_seen() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    yaml(&mut harness);
    type_at_start(&mut harness, "# mine\n");
    disk.script.lock().held.insert("save_document");
    press(&mut harness, Modifiers::NONE, Key::F5);
    assert_eq!(disk.script.count("start_simulate"), 0, "the edits come first");
    assert!(sees(&harness, "Simulating…"));
    // Another pipeline's simulation would take the place of the one that waits.
    press(&mut harness, Modifiers::ALT, Key::ArrowUp);
    press(&mut harness, Modifiers::NONE, Key::F5);
    disk.script.lock().held.clear();
    disk.release("save_document");
    settle(&mut harness);
    assert!(disk.text(TRADES).starts_with("# mine\n"));
    let asked = disk.script.lock().asked.clone();
    let started = asked.iter().filter_map(|request| match request {
        Request::StartSimulate(start) => Some(start.pipeline.as_str()),
        _ => None,
    });
    assert_eq!(started.collect::<Vec<_>>(), ["trades"]);
}

#[test]
fn edits_that_can_not_be_saved_are_not_simulated() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    yaml(&mut harness);
    type_at_start(&mut harness, "# mine\n");
    let full = RpcError::new(ErrorCode::Failed, "the disk is full");
    disk.script.lock().failing.insert("save_document", full);
    press(&mut harness, Modifiers::NONE, Key::F5);
    click(&mut harness, Role::Button, "Show all 2 messages");
    assert!(sees(&harness, "trades was not simulated") && sees(&harness, "the disk is full"));
    assert!(!sees(&harness, "Simulating…"));
    assert_eq!(disk.script.count("start_simulate"), 0);
}

#[test]
fn an_error_that_is_not_saved_yet_keeps_from_simulating() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    yaml(&mut harness);
    type_at_start(&mut harness, "colour: red\n");
    assert!(harness.query_by_role_and_label(Role::Region, "Problems").is_none());
    press(&mut harness, Modifiers::NONE, Key::F5);
    assert_eq!(disk.script.count("save_document") + disk.script.count("start_simulate"), 0);
    assert!(sees(&harness, "trades can't be simulated: mend its 1 error first, listed in Problems"));
    assert!(support::state(&harness).problems, "the way to the errors is open");
    support::picture(&mut harness, "not-simulated");
}

#[test]
fn of_other_pipelines_only_what_is_read_is_saved_for_a_simulation() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    yaml(&mut harness);
    type_at_start(&mut harness, "# mine\n");
    for typed in ["# names\n", "# rates\n"] {
        press(&mut harness, Modifiers::ALT, Key::ArrowUp);
        yaml(&mut harness);
        type_at_start(&mut harness, typed);
    }
    press(&mut harness, Modifiers::ALT, Key::ArrowDown);
    press(&mut harness, Modifiers::ALT, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::F5);
    assert_eq!(disk.script.count("start_simulate"), 1);
    assert!(disk.text(TRADES).starts_with("# mine\n"));
    assert!(disk.text("pipelines/securities.yaml").starts_with("# names\n"), "trades looks up in it");
    assert!(!disk.text("pipelines/prices.yaml").starts_with("# rates\n"), "trades knows nothing of prices");
    assert!(text(&harness, "pipelines/prices.yaml").starts_with("# rates\n"));
    assert!(sees(&harness, "Saved with trades: pipelines/securities.yaml"));
}

#[test]
fn nothing_is_published_while_edits_are_not_saved() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    yaml(&mut harness);
    type_at_start(&mut harness, "# mine\n");
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    assert!(sees(&harness, "The edits of pipelines/trades.yaml are not saved"));
    assert!(!sees(&harness, "of the document as it is"));
    harness.get_by_role_and_label(Role::TextInput, "Message").focus();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Message").type_text("Reviewed");
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    assert_eq!(disk.script.count("publish"), 0);
    harness.get_all_by_label("Save").last().expect("a button beside the warning").click();
    settle(&mut harness);
    assert!(disk.text(TRADES).starts_with("# mine\n"));
    assert!(!sees(&harness, "are not saved"));
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    assert_eq!(disk.script.count("publish"), 1);
}

fn press_event(key: Key, modifiers: Modifiers) -> Event {
    Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
}

#[test]
fn what_was_typed_is_saved_and_stays_in_its_field_however_few_frames_there_are() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let owner = harness.get_by_role_and_label(Role::TextInput, "Owner").rect().center();
    let field = harness.get_by_role_and_label(Role::TextInput, "Title");
    let before = field.value().unwrap_or_default();
    field.focus();
    settle(&mut harness);
    let letters = |text: &str| text.chars().map(|one| Event::Text(one.to_string())).collect::<Vec<_>>();
    let press = |pressed| Event::PointerButton {
        pos: owner,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    // All of it between two frames.
    let mut events = vec![press_event(Key::End, Modifiers::NONE)];
    events.extend(letters(" of all desks"));
    events.extend([Event::PointerMoved(owner), press(true), press(false)]);
    events.push(press_event(Key::End, Modifiers::NONE));
    events.extend(letters(".uk"));
    events.push(press_event(Key::S, Modifiers::COMMAND));
    harness.input_mut().events.extend(events);
    settle(&mut harness);
    let saved = disk.text(TRADES);
    assert!(saved.contains(&format!("title: {before} of all desks")), "{saved}");
    assert!(saved.contains("owner: equity-data@example.com.uk\n"), "{saved}");
}

#[test]
fn a_document_that_can_not_be_read_is_changed_in_its_text_alone_and_says_so() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let is_disabled = |harness: &Window<'_>| {
        harness.get_by_role_and_label(Role::TextInput, "Owner").accesskit_node().is_disabled()
    };
    send(&mut harness, Command::Canvas(CanvasCommand::Select(Node::Pipeline)));
    assert!(!is_disabled(&harness));
    yaml(&mut harness);
    type_at_start(&mut harness, "][\n");
    send(&mut harness, Command::ShowPane(Pane::Canvas));
    support::picture(&mut harness, "blocked");
    assert!(is_disabled(&harness));
    assert!(sees(&harness, "The YAML can't be read at line 1: correct it there"));
    // So is what is chosen from lists, wherever it is.
    let is_off = |harness: &Window<'_>, beginning: &str| {
        let is_it = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
            node.role() == Role::ComboBox && node.label().is_some_and(|label| label.starts_with(beginning))
        };
        harness.get_by(is_it).accesskit_node().is_disabled()
    };
    send(&mut harness, Command::Canvas(CanvasCommand::Select(Node::Silver("trades".to_owned()))));
    send(&mut harness, Command::ShowPane(Pane::Mappings));
    assert!(is_off(&harness, "Source: ") && !is_off(&harness, "Table: "));
    let source = harness.get_by_role_and_label(Role::ComboBox, "Source: trades").rect().center();
    harness.hover_at(source);
    settle(&mut harness);
    assert!(sees(&harness, "The YAML can't be read at line 1: correct it there"));
    support::picture(&mut harness, "blocked-mappings");
    send(&mut harness, Command::ShowPane(Pane::Rules));
    harness.get_by_label_contains("Rule 2: ").click();
    settle(&mut harness);
    assert!(is_off(&harness, "Rule: "));
    support::picture(&mut harness, "blocked-rules");
    send(&mut harness, Command::ShowPane(Pane::Canvas));
    send(&mut harness, Command::Canvas(CanvasCommand::Select(Node::Pipeline)));
    // What is tried all the same is told once, and no longer than it is so.
    let owner = |owner: &str| {
        Command::Edit(Box::new(Change::new(TRADES, "Edit owner", touchstone_spec::edits::set_owner(owner))))
    };
    send(&mut harness, owner("a"));
    send(&mut harness, owner("b"));
    let told = harness.state().as_ref().expect("an app").state().notices.len();
    assert_eq!(told, 1);
    assert!(sees(&harness, "Edit owner: not done"));
    send(&mut harness, Command::Undo);
    assert!(!is_disabled(&harness));
    assert!(!sees(&harness, "Edit owner: not done"));
}

#[test]
fn a_name_that_can_not_be_is_marked_and_not_left_standing() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    send(&mut harness, Command::Canvas(CanvasCommand::Select(Node::Pipeline)));
    harness.get_by_role_and_label(Role::TextInput, "Name").focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, "Name").type_text("trades@@@;;");
    settle(&mut harness);
    let value = |harness: &Window<'_>| {
        harness.get_by_role_and_label(Role::TextInput, "Name").accesskit_node().value()
    };
    assert_eq!(value(&harness).as_deref(), Some("trades@@@;;"));
    assert!(sees(&harness, "a name starts with a lower-case letter"));
    press(&mut harness, Modifiers::NONE, Key::Tab);
    assert_eq!(value(&harness).as_deref(), Some("trades"), "what holds");
    assert!(!text(&harness, TRADES).contains("@@@"));
}

fn send(harness: &mut Window<'_>, command: Command) {
    let command = touchstone_ui::command::Command::Design(command);
    harness.state_mut().as_mut().expect("an app").command(command);
    settle(harness);
}

#[test]
fn a_sample_that_goes_while_its_pipeline_is_here_is_told_until_it_is_back() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    assert!(!sees(&harness, "is gone"));
    disk.lose_samples(&["samples/prices.csv"]);
    settle(&mut harness);
    settle(&mut harness);
    assert!(sees(&harness, "samples/prices.csv is gone"));
    assert!(sees(&harness, "prices can't be simulated, and its data is that of before"));
    assert!(sees(&harness, "Put the file back"));
    support::picture(&mut harness, "sample-gone");
    disk.lose_samples(&[]);
    settle(&mut harness);
    settle(&mut harness);
    assert!(!sees(&harness, "is gone"));
}

#[test]
fn a_new_pipeline_takes_samples_of_the_workspace_from_a_list() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    send(&mut harness, Command::NewPipeline);
    // There are no dialogs here.
    assert!(!sees(&harness, "Choose files"));
    support::click(&mut harness, Role::ComboBox, "Sample of the workspace");
    support::click(&mut harness, Role::ListBoxOption, "samples/prices.csv");
    let asked = || {
        let app = harness.state().as_ref().expect("an app");
        app.state().design.question.clone()
    };
    let expected =
        Question::NewPipeline { name: "prices".to_owned(), files: "samples/prices.csv".to_owned() };
    assert_eq!(asked(), Some(expected));
    support::picture(&mut harness, "new-pipeline-samples");
    // What is taken is not offered again.
    support::click(&mut harness, Role::ComboBox, "Sample of the workspace");
    let free: Vec<_> = harness.query_all_by_role(Role::ListBoxOption).collect();
    assert_eq!(free.len(), 1);
}
