//! A document that can't be read: nothing but its text is changed, what would change it is off and says why.

#![expect(clippy::expect_used, reason = "a test stops where it can't go on")]

mod support;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use support::design::{Disk, designing, designing_at};
use support::{Window, click, picture, press, sees, settle, state};
use touchstone_ui::design::{CanvasCommand, Command, Node, Pane};

const TRADES: &str = "pipelines/trades.yaml";
const REASON: &str = "The YAML can't be read at line 1: correct it there";

fn send(harness: &mut Window<'_>, command: Command) {
    support::command(harness, touchstone_ui::command::Command::Design(command));
}

fn text(harness: &Window<'_>) -> String {
    state(harness).design.documents.get(TRADES).expect("a document").text().to_owned()
}

/// A window with a pipeline that was read, and can't be any more.
fn broken(disk: &Disk, pane: Pane, node: Node) -> Window<'static> {
    let mut harness = designing(disk);
    breaks(&mut harness, pane, node);
    harness
}

fn breaks(harness: &mut Window<'_>, pane: Pane, node: Node) {
    send(harness, Command::Select(node));
    send(harness, Command::ShowPane(Pane::Yaml));
    harness.get_by_role(Role::MultilineTextInput).focus();
    settle(harness);
    press(harness, Modifiers::CTRL, Key::Home);
    harness.get_by_role(Role::MultilineTextInput).type_text("][\n");
    settle(harness);
    send(harness, Command::ShowPane(pane));
    assert!(text(harness).starts_with("][\n"));
}

fn is_off(harness: &Window<'_>, role: Role, beginning: &str) -> bool {
    let node = harness
        .get_by(|node| node.role() == role && node.label().is_some_and(|label| label.starts_with(beginning)));
    node.accesskit_node().is_disabled()
}

fn row(harness: &Window<'_>, start: &str) -> Rect {
    let row = harness.get_by(|node| {
        node.role() == Role::ListItem && node.label().is_some_and(|label| label.starts_with(start))
    });
    row.rect()
}

fn click_row(harness: &mut Window<'_>, start: &str) {
    let place = row(harness, start).center();
    click_at(harness, place);
}

fn click_at(harness: &mut Window<'_>, place: egui::Pos2) {
    harness.hover_at(place);
    harness.drag_at(place);
    harness.drop_at(place);
    settle(harness);
}

fn drag(harness: &mut Window<'_>, from: egui::Pos2, to: egui::Pos2) {
    carry(harness, from, to);
    assert!(!egui::DragAndDrop::has_any_payload(&harness.ctx), "nothing is carried");
    harness.drop_at(to);
    settle(harness);
}

fn carry(harness: &mut Window<'_>, from: egui::Pos2, to: egui::Pos2) {
    harness.hover_at(from);
    harness.run_steps(2);
    harness.drag_at(from);
    harness.run_steps(2);
    harness.hover_at(from.lerp(to, 0.5));
    harness.run_steps(2);
    harness.hover_at(to);
    harness.run_steps(2);
}

/// What the pointer is told at a place.
fn told(harness: &mut Window<'_>, place: egui::Pos2) -> bool {
    harness.hover_at(place);
    settle(harness);
    sees(harness, REASON)
}

fn silver() -> Node {
    Node::Silver("trades".to_owned())
}

#[test]
fn mappings_are_looked_at_and_not_changed() {
    let disk = Disk::with_samples();
    // Two columns that no field takes: suggestions.
    let whole = disk.text(TRADES);
    let half: Vec<&str> = whole.lines().filter(|line| !line.trim_start().starts_with("trader:")).collect();
    disk.write_unseen(TRADES, half.join("\n"));
    let mut harness = broken(&disk, Pane::Mappings, silver());
    let before = text(&harness);
    picture(&mut harness, "unreadable mappings");
    for button in ["Take all", "Refuse all", "Take Trader to trader", "Refuse Trader to trader"] {
        assert!(is_off(&harness, Role::Button, button), "{button}");
        let place = harness.get_by_role_and_label(Role::Button, button).rect().center();
        click_at(&mut harness, place);
        assert!(told(&mut harness, place), "{button}");
    }
    // What would be dropped isn't carried, neither from a row nor from where its line begins.
    let (column, field) = (row(&harness, "Column Side").center(), row(&harness, "Field isin").center());
    drag(&mut harness, column, field);
    let port = egui::pos2(row(&harness, "Column Side").right() + 12.0, column.y);
    drag(&mut harness, port, field);
    let above = row(&harness, "Field trade_id").center();
    drag(&mut harness, field, above);
    // Keys choose, and change nothing.
    click_row(&mut harness, "Column Side");
    click_row(&mut harness, "Field isin");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert!(!sees(&harness, "Map Side to isin"));
    // The list of fields is short enough to be seen to its end.
    click(&mut harness, Role::Button, "Only unmapped");
    let place = harness.get_by_role_and_label(Role::Button, "New field").rect().center();
    click_at(&mut harness, place);
    assert!(is_off(&harness, Role::Button, "New field") && told(&mut harness, place));
    assert_eq!(text(&harness), before);
    assert!(state(&harness).notices.is_empty(), "nothing was tried in vain");
    // From here one comes to the place of the error.
    click(&mut harness, Role::Button, "Show the line");
    assert_eq!(state(&harness).design.pane, Pane::Yaml);
    // Once it can be read, everything goes on.
    send(&mut harness, Command::Undo);
    send(&mut harness, Command::ShowPane(Pane::Mappings));
    assert!(!is_off(&harness, Role::Button, "New field"));
    let column = row(&harness, "Column Trader").center();
    carry(&mut harness, column, field);
    assert!(egui::DragAndDrop::has_any_payload(&harness.ctx), "a column is carried again");
}

#[test]
fn a_query_is_looked_at_and_not_changed() {
    let mut harness = broken(&Disk::with_samples(), Pane::Mappings, Node::Gold("sector_exposure".to_owned()));
    let before = text(&harness);
    assert!(is_off(&harness, Role::MultilineTextInput, "Query"));
    picture(&mut harness, "unreadable query");
    click_row(&mut harness, "Insert prices.silver.prices");
    click_row(&mut harness, "Gives sector");
    assert!(!sees(&harness, "New name"));
    let place = harness.get_by_role_and_label(Role::MultilineTextInput, "Query").rect().center();
    assert!(told(&mut harness, place));
    assert_eq!(text(&harness), before);
}

#[test]
fn rules_are_looked_at_and_not_changed() {
    let mut harness = broken(&Disk::with_samples(), Pane::Rules, silver());
    let before = text(&harness);
    assert!(is_off(&harness, Role::RadioButton, "Warn") && !is_off(&harness, Role::RadioButton, "Text"));
    for button in ["Add rule…", "Remove rule", "Duplicate rule", "Move rule down"] {
        assert!(is_off(&harness, Role::Button, button), "{button}");
    }
    picture(&mut harness, "unreadable rules");
    for place in [
        harness.get_by_role_and_label(Role::RadioButton, "Warn").rect().center(),
        harness.get_by_role_and_label(Role::Button, "Add rule…").rect().center(),
        harness.get_by_role_and_label(Role::Button, "Remove rule").rect().center(),
    ] {
        click_at(&mut harness, place);
        assert!(told(&mut harness, place));
    }
    click_row(&mut harness, "Rule 2: ");
    press(&mut harness, Modifiers::NONE, Key::Delete);
    click(&mut harness, Role::RadioButton, "Text");
    assert!(is_off(&harness, Role::MultilineTextInput, "Rules of "));
    picture(&mut harness, "unreadable rules as text");
    click_row(&mut harness, "Rule 3: ");
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert_eq!(text(&harness), before);
    assert!(state(&harness).notices.is_empty(), "nothing was tried in vain");
    send(&mut harness, Command::Undo);
    assert!(!is_off(&harness, Role::MultilineTextInput, "Rules of "));
}

#[test]
fn commands_that_would_change_it_say_why_they_do_not() {
    let mut harness = broken(&Disk::with_samples(), Pane::Canvas, silver());
    picture(&mut harness, "unreadable canvas");
    let changing = || {
        let canvas = [CanvasCommand::AskSource, CanvasCommand::AddSilver, CanvasCommand::Remove];
        let design = [Command::NewField, Command::NewRule, Command::RenameSelected];
        canvas.map(Command::Canvas).into_iter().chain(design).map(touchstone_ui::command::Command::Design)
    };
    for command in changing() {
        assert_eq!(state(&harness).obstacle(&command).as_deref(), Some(REASON), "{command:?}");
    }
    // From the keys as well.
    let before = text(&harness);
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::B);
    assert_eq!(harness.query_all_by_role(Role::Dialog).count(), 0, "nothing is asked for in vain");
    assert_eq!(text(&harness), before);
    send(&mut harness, Command::Undo);
    for command in changing() {
        assert_ne!(state(&harness).obstacle(&command).as_deref(), Some(REASON), "{command:?}");
    }
}

#[test]
fn it_looks_right_in_a_large_window_too() {
    for pane in [Pane::Mappings, Pane::Rules] {
        let mut harness = designing_at(&Disk::with_samples(), vec2(1920.0, 1080.0));
        harness.ctx.set_theme(egui::Theme::Light);
        breaks(&mut harness, pane, silver());
        assert!(sees(&harness, "The text can't be read"));
        picture(&mut harness, &format!("unreadable large {pane:?}").to_lowercase());
    }
}
