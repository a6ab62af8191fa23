//! The canvas and the inspector beside it: cards are selected, added, connected, removed and edited, by mouse and keyboard.

#![expect(clippy::expect_used, reason = "a test's own helpers may")]

mod support;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2, pos2, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use support::design::{Disk, designing, designing_at};
use support::{Window, click, picture, press, sees, settle};
use touchstone_ui::design::{CanvasCommand, Command, Node, Pane};

const TRADES: &str = "pipelines/trades.yaml";

fn text(harness: &Window<'_>) -> String {
    let app = harness.state().as_ref().expect("an app");
    app.state().design.documents.get(TRADES).expect("a document").text().to_owned()
}

fn shown(harness: &Window<'_>) -> Option<Node> {
    let app = harness.state().as_ref().expect("an app");
    app.state().design.shown(TRADES).node.clone()
}

fn command(harness: &mut Window<'_>, command: Command) {
    let app = harness.state_mut().as_mut().expect("an app");
    app.command(touchstone_ui::command::Command::Design(command));
    settle(harness);
}

fn canvas(harness: &mut Window<'_>, of: CanvasCommand) {
    command(harness, Command::Canvas(of));
}

fn securities() -> touchstone_spec::TableName {
    "securities.silver.securities".parse().expect("a table")
}

fn silver() -> Node {
    Node::Silver("trades".to_owned())
}

fn gold() -> Node {
    Node::Gold("sector_exposure".to_owned())
}

/// Where something stands on the screen.
fn place(harness: &Window<'_>, label: &str) -> Pos2 {
    harness.get_by_label_contains(label).rect().center()
}

fn drag(harness: &mut Window<'_>, from: Pos2, to: Pos2) {
    harness.hover_at(from);
    harness.run_steps(2);
    harness.drag_at(from);
    harness.run_steps(2);
    for step in 1u8..=4 {
        harness.hover_at(from + (to - from) * (f32::from(step) / 4.0));
        harness.run_steps(2);
    }
    harness.drop_at(to);
    settle(harness);
}

fn simulated(disk: &Disk, size: egui::Vec2) -> Window<'static> {
    let mut harness = designing_at(disk, size);
    press(&mut harness, Modifiers::NONE, Key::F5);
    settle(&mut harness);
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Num1);
    harness
}

/// Cards by their names, with what follows the colon left out.
fn cards(harness: &Window<'_>) -> Vec<String> {
    let all = harness.query_all_by_role(Role::ListItem).filter_map(|node| node.accesskit_node().label());
    let mut names: Vec<String> = all
        .filter_map(|label| label.split_once(": ").map(|(name, _)| name.to_owned()))
        .filter(|name| name.contains('.') || name.starts_with("source "))
        .collect();
    names.sort();
    names
}

fn is_focused(harness: &Window<'_>, label: &str) -> bool {
    harness.get_by_label_contains(label).accesskit_node().is_focused()
}

/// Presses a button that may stand below what is in sight.
fn act(harness: &mut Window<'_>, name: &str) {
    harness.get_by_role_and_label(Role::Button, name).click_accesskit();
    settle(harness);
}

#[test]
fn what_another_pipelines_simulation_made_stands_on_the_cards() {
    let disk = Disk::with_samples();
    let along = touchstone_protocol::RunView { along_with: Some("positions".to_owned()), ..support::run() };
    disk.script.lock().run_ends = Some(along);
    let mut harness = simulated(&disk, vec2(1280.0, 800.0));
    let silver =
        "silver.trades: 4\u{202f}980 rows, 1 rule fails, 12 in quarantine, from the simulation of positions";
    assert!(sees(&harness, silver));
    picture(&mut harness, "canvas-along");
}

#[test]
fn at_twice_the_size_canvas_and_details_take_the_room_in_turn() {
    let mut harness = designing(&Disk::with_samples());
    canvas(&mut harness, CanvasCommand::Select(silver()));
    let ground = |harness: &Window<'_>| {
        harness.query_by_role_and_label(Role::Group, "Canvas").map(|canvas| canvas.rect().width())
    };
    let name = |harness: &Window<'_>| harness.query_by_role_and_label(Role::TextInput, "Name").is_some();
    assert!(ground(&harness).is_some() && name(&harness), "there is room for both");
    harness.ctx.set_zoom_factor(2.0);
    settle(&mut harness);
    let all = harness.ctx.content_rect();
    let width = ground(&harness).expect("a canvas");
    assert!(width > all.width() * 0.6, "{width} of {}", all.width());
    for button in harness.query_all_by_role(Role::Button) {
        let rect = button.rect();
        // The plus of a card that is out of sight is out of sight too.
        if !button.accesskit_node().label().is_some_and(|label| label.contains(" from ")) {
            assert!(rect.right() <= all.right() + 0.5, "{:?} {rect}", button.accesskit_node().label());
        }
    }
    picture(&mut harness, "canvas-200");
    click(&mut harness, Role::Button, "Details");
    assert!(ground(&harness).is_none() && name(&harness));
    picture(&mut harness, "canvas-200-details");
    press(&mut harness, Modifiers::COMMAND, Key::I);
    assert!(ground(&harness).is_some() && !name(&harness));
    // What is wrong is mended there.
    let path = "silver.trades.key".to_owned();
    command(&mut harness, Command::GoTo { file: TRADES.to_owned(), path, line: 1 });
    assert!(name(&harness), "{:?}", shown(&harness));
}

#[test]
fn the_pipeline_is_seen_as_cards_that_say_how_it_fared() {
    let mut harness = simulated(&Disk::with_samples(), vec2(1280.0, 800.0));
    assert_eq!(
        cards(&harness),
        [
            "bronze.trades",
            "gold.sector_exposure",
            "securities.silver.securities",
            "silver.trades",
            "source trades",
        ]
    );
    assert!(sees(&harness, "silver.trades: 4\u{202f}980 rows, 1 rule fails, 12 in quarantine"));
    assert!(sees(&harness, "bronze.trades: 5\u{202f}021 rows, 1 reject"));
    let x = |label: &str| place(&harness, label).x;
    assert!(x("source trades: ") < x("bronze.trades: ") && x("bronze.trades: ") < x("silver.trades: "));
    assert!(x("silver.trades: ") < x("gold.sector_exposure: "));
    // What is wrong is told on its card at once.
    canvas(&mut harness, CanvasCommand::Select(silver()));
    let before = text(&harness);
    command(
        &mut harness,
        Command::EditText {
            file: TRADES.to_owned(),
            text: before.replace("quantity * price", "quantity * prise"),
        },
    );
    assert!(sees(&harness, "12 in quarantine, 1 problem"));
}

#[test]
fn cards_are_reached_opened_and_removed_by_the_keyboard() {
    let mut harness = designing(&Disk::with_samples());
    let before = text(&harness);
    harness.get_by_label_contains("bronze.trades: ").click();
    settle(&mut harness);
    assert_eq!(shown(&harness), Some(Node::Bronze("trades".to_owned())));
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    assert_eq!(shown(&harness), Some(silver()));
    assert!(is_focused(&harness, "silver.trades: "));
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    assert_eq!(shown(&harness), Some(gold()));
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert!(!cards(&harness).contains(&"gold.sector_exposure".to_owned()));
    assert!(!text(&harness).contains("sector_exposure:"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&harness), before);
    harness.get_by_label_contains("silver.trades: ").focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let app = harness.state().as_ref().expect("an app");
    assert_eq!(app.state().design.pane, Pane::Mappings);
    assert_eq!(shown(&harness), Some(silver()));
}

#[test]
fn what_is_made_from_a_card_is_named_before_it_goes() {
    let mut harness = designing(&Disk::with_samples());
    let before = text(&harness);
    harness.get_by_label_contains("source trades: ").click();
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert!(sees(&harness, "silver.trades, gold.sector_exposure are made from it"));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(text(&harness), before);
    harness.get_by_label_contains("source trades: ").focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Delete);
    click(&mut harness, Role::Button, "Remove all");
    assert_eq!(cards(&harness), Vec::<String>::new());
    assert!(sees(&harness, "Nothing here yet"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&harness), before);
}

#[test]
fn a_source_is_added_from_a_sample_and_the_document_keeps_its_comments() {
    let disk = Disk::with_samples();
    let commented = disk.text(TRADES).replace("silver:\n", "# What the desks see.\nsilver:\n");
    disk.write(TRADES, Some(commented.clone()));
    let mut harness = designing(&disk);
    click(&mut harness, Role::Button, "Add source\u{2026}");
    let field = harness.get_by_label_contains("Sample file; without one");
    field.focus();
    field.type_text("samples/fx_20260302.csv");
    settle(&mut harness);
    settle(&mut harness);
    click(&mut harness, Role::Button, "Add source");
    let now = text(&harness);
    assert!(now.contains("  fx:\n    kind: file\n"), "{now}");
    assert!(now.contains("sample: samples/fx_20260302.csv"));
    assert!(now.contains("- { name: Rate, type: \"decimal(18,6)\" }"), "{now}");
    assert!(now.contains("rate: { from: Rate }") && now.contains("key: [ccy, as_of]"), "{now}");
    assert!(now.contains("# What the desks see.\nsilver:\n"));
    assert!(cards(&harness).contains(&"silver.fx".to_owned()));
    assert_eq!(shown(&harness), Some(Node::Source("fx".to_owned())));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&harness), commented);
}

#[test]
fn a_sample_that_can_not_be_read_is_told_and_the_question_stays() {
    let mut harness = designing(&Disk::with_samples());
    let before = text(&harness);
    canvas(&mut harness, CanvasCommand::AskSource);
    canvas(
        &mut harness,
        CanvasCommand::AddSource {
            name: "fx".to_owned(),
            sample: Some("samples/nowhere.csv".to_owned()),
            with_silver: true,
        },
    );
    assert!(sees(&harness, "there is no file nowhere.csv"));
    assert!(sees(&harness, "Sample file; without one"));
    assert_eq!(text(&harness), before);
}

#[test]
fn a_plus_adds_the_next_table() {
    let mut harness = designing(&Disk::with_samples());
    let before = text(&harness);
    harness.get_by_role_and_label(Role::Button, "Add gold table from silver.trades").click();
    settle(&mut harness);
    assert_eq!(shown(&harness), Some(Node::Gold("trades_summary".to_owned())));
    assert!(
        text(&harness).contains("  trades_summary:\n    sql: |\n      select trade_id, "),
        "{}",
        text(&harness)
    );
    assert!(sees(&harness, "Connection from silver.trades to gold.trades_summary"));
    let app = harness.state().as_ref().expect("an app");
    assert!(app.state().design.compilation().pipelines.contains_key("trades"), "it compiles");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&harness), before);
    canvas(&mut harness, CanvasCommand::Select(Node::Source("trades".to_owned())));
    click(&mut harness, Role::Button, "Add silver table");
    assert_eq!(shown(&harness), Some(Node::Silver("trades_2".to_owned())));
    assert!(text(&harness).contains("trade_id: { from: Trade ID, required: true }\n"));
}

#[test]
fn a_line_to_the_ground_adds_a_table_there_and_a_card_is_put_elsewhere() {
    let mut harness = designing(&Disk::with_samples());
    let from = place(&harness, "Add gold table from silver.trades");
    let ground = pos2(place(&harness, "gold.sector_exposure: ").x, 700.0);
    drag(&mut harness, from, ground);
    assert_eq!(shown(&harness), Some(Node::Gold("trades_summary".to_owned())));
    let there = harness.get_by_label_contains("gold.trades_summary: ").rect();
    assert!(there.expand(2.0).contains(ground), "{there:?} {ground:?}");
    let (from, by) = (place(&harness, "gold.sector_exposure: "), vec2(-30.0, -120.0));
    drag(&mut harness, from, from + by);
    let moved = place(&harness, "gold.sector_exposure: ");
    assert!(moved.distance(from + by) < 12.0, "{moved:?}");
    command(&mut harness, Command::ArrangeCards);
    assert!(place(&harness, "gold.sector_exposure: ").distance(from + by) > 20.0);
}

/// Where the cards of the sample stand on the screen.
fn rects(harness: &Window<'_>) -> Vec<egui::Rect> {
    let names = ["source trades: ", "bronze.trades: ", "silver.trades: ", "gold.sector_exposure: "];
    names.iter().map(|name| harness.get_by_label_contains(name).rect()).collect()
}

#[test]
fn a_card_dropped_between_others_lies_over_none_and_moves_none() {
    let mut harness = simulated(&Disk::with_samples(), vec2(1280.0, 800.0));
    let before = rects(&harness);
    // Half over the silver table.
    let from = place(&harness, "Add silver table from bronze.trades");
    drag(&mut harness, from, before[2].left_bottom() + vec2(8.0, 12.0));
    assert_eq!(shown(&harness), Some(Node::Silver("trades_2".to_owned())));
    for (now, before) in rects(&harness).iter().zip(&before) {
        // Places are on whole points.
        assert!(now.min.distance(before.min) < 2.0, "the picture stays under the pointer: {now} {before}");
    }
    let dropped = harness.get_by_label_contains("silver.trades_2: ").rect();
    for other in &before {
        assert!(!other.intersects(dropped), "{dropped:?} {other:?}");
    }
    picture(&mut harness, "canvas-dropped");
    // Without it, its place is free for another one of its name.
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    let app = harness.state().as_ref().expect("an app");
    assert!(app.state().design.shown(TRADES).positions.is_empty());
}

#[test]
fn a_card_that_was_moved_is_put_back_and_moved_again() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let (before, unedited) = (rects(&harness), text(&harness));
    let (from, by) = (place(&harness, "gold.sector_exposure: "), vec2(-30.0, 120.0));
    drag(&mut harness, from, from + by);
    let moved = rects(&harness);
    assert_ne!(moved, before);
    harness.get_by_role_and_label(Role::Button, "Undo").hover();
    settle(&mut harness);
    assert!(sees(&harness, "Undo: Move gold.sector_exposure"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(rects(&harness)[3].size(), before[3].size());
    assert!(rects(&harness)[3].center().distance(from) < 2.0, "one step, however it went there");
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert!(rects(&harness)[3].center().distance(moved[3].center()) < 2.0);
    command(&mut harness, Command::ArrangeCards);
    assert!(rects(&harness)[3].center().distance(moved[3].center()) > 20.0);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(rects(&harness)[3].center().distance(moved[3].center()) < 2.0);
    assert_eq!(text(&harness), unedited, "where cards stand is no part of the document");
}

#[test]
fn a_line_from_another_source_changes_what_a_silver_table_is_made_from() {
    let mut harness = designing(&Disk::with_samples());
    canvas(
        &mut harness,
        CanvasCommand::AddSource { name: "fills".to_owned(), sample: None, with_silver: false },
    );
    canvas(&mut harness, CanvasCommand::View(touchstone_ui::design::View::Fit));
    let from = place(&harness, "Add silver table from bronze.fills");
    let to = place(&harness, "silver.trades: ");
    drag(&mut harness, from, to);
    assert!(text(&harness).contains("silver:\n  trades:\n    from: fills\n"), "{}", text(&harness));
    assert!(sees(&harness, "Connection from bronze.fills to silver.trades"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(text(&harness).contains("silver:\n  trades:\n    from: trades\n"));
}

#[test]
fn a_line_that_means_nothing_says_what_to_do_instead() {
    let mut harness = designing(&Disk::with_samples());
    let before = text(&harness);
    canvas(&mut harness, CanvasCommand::Connect(Node::Bronze("trades".to_owned()), gold()));
    assert!(sees(&harness, "Gold is made from silver: add a silver table from trades first"));
    click(&mut harness, Role::Button, "Close note");
    assert!(!sees(&harness, "Gold is made from silver"));
    canvas(&mut harness, CanvasCommand::Connect(gold(), silver()));
    assert!(sees(&harness, "silver.trades is made from one source"));
    assert_eq!(text(&harness), before);
}

#[test]
fn a_table_is_joined_after_a_question_and_taken_out_again() {
    let mut harness = designing(&Disk::with_samples());
    let before = text(&harness);
    let securities = Node::Other(securities());
    canvas(&mut harness, CanvasCommand::Connect(securities.clone(), gold()));
    assert!(sees(&harness, "Join securities into gold.sector_exposure"));
    assert!(!sees(&harness, "sector may be trades.sector or s.sector"), "the join breaks nothing");
    click(&mut harness, Role::Button, "Add join");
    assert!(text(&harness).contains("trades.sector,"), "{}", text(&harness));
    let joined =
        "      left join securities.securities s on s.security_id = trades.security_id\n      group by";
    assert!(text(&harness).contains(joined), "{}", text(&harness));
    canvas(&mut harness, CanvasCommand::SelectEdge(securities, gold()));
    canvas(&mut harness, CanvasCommand::Remove);
    assert!(!text(&harness).contains("join"), "{}", text(&harness));
    let undo = touchstone_ui::design::Command::Undo;
    for _ in 0..2 {
        let app = harness.state_mut().as_mut().expect("an app");
        app.command(touchstone_ui::command::Command::Design(undo.clone()));
        settle(&mut harness);
    }
    assert_eq!(text(&harness), before);
    canvas(&mut harness, CanvasCommand::SelectEdge(silver(), gold()));
    canvas(&mut harness, CanvasCommand::Remove);
    assert!(sees(&harness, "The query of gold.sector_exposure stands on silver.trades"));
    assert_eq!(text(&harness), before);
}

#[test]
fn a_connection_is_selected_and_says_why_it_stays() {
    let mut harness = designing(&Disk::with_samples());
    let before = text(&harness);
    let label = "Connection from securities.silver.securities to silver.trades";
    harness.get_by_label_contains(label).focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert!(sees(
        &harness,
        "silver.trades looks values up in securities.silver.securities: change security_id, sector"
    ));
    assert_eq!(text(&harness), before);
}

#[test]
fn several_tables_make_one_gold_table() {
    let mut harness = designing(&Disk::with_samples());
    canvas(&mut harness, CanvasCommand::Select(silver()));
    harness.get_by_label_contains("securities.silver.securities: ").click_modifiers(Modifiers::COMMAND);
    settle(&mut harness);
    click(&mut harness, Role::Button, "Add gold table");
    let now = text(&harness);
    assert!(
        now.contains("from securities.securities s\n") || now.contains("from silver.trades t\n"),
        "{now}"
    );
    assert!(now.contains("left join "), "{now}");
    let app = harness.state().as_ref().expect("an app");
    assert!(app.state().design.compilation().pipelines.contains_key("trades"), "it compiles");
}

#[test]
fn the_pipeline_is_edited_beside_the_canvas() {
    let disk = Disk::with_samples();
    let commented = disk.text(TRADES).replace("owner: ", "# Ask them first.\nowner: ");
    disk.write(TRADES, Some(commented.clone()));
    let mut harness = designing(&disk);
    let field = harness.get_by_role_and_label(Role::TextInput, "Schedule");
    field.focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, "Schedule").type_text("0 6 * *");
    settle(&mut harness);
    assert!(sees(&harness, "a schedule has five fields, and this has 4"), "told as one types");
    harness.get_by_role_and_label(Role::TextInput, "Schedule").type_text(" SUN");
    settle(&mut harness);
    assert!(!sees(&harness, "a schedule has five fields"));
    assert_eq!(text(&harness), commented.replace("0 6 * * MON-FRI", "0 6 * * SUN"));
    let field = harness.get_by_role_and_label(Role::TextInput, "Bronze: delete after");
    field.focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, "Bronze: delete after").type_text("10");
    settle(&mut harness);
    assert!(sees(&harness, "10 is not a period"));
    assert!(text(&harness).contains("delete_after: 7 years"), "the document keeps its value");
    harness.get_by_role_and_label(Role::TextInput, "Bronze: delete after").type_text(" years");
    settle(&mut harness);
    assert!(text(&harness).contains("delete_after: 10 years"));
    assert!(text(&harness).contains("# Ask them first.\nowner: "));
}

#[test]
fn a_contract_is_edited_with_what_the_sample_says() {
    let mut harness = designing(&Disk::with_samples());
    let before = text(&harness);
    canvas(&mut harness, CanvasCommand::Select(Node::Bronze("trades".to_owned())));
    assert!(sees(&harness, "The sample shows 1 other type"));
    assert!(sees(&harness, "Column Settle Dt: date"));
    harness.get_by_label_contains("Column Settle Dt: ").click();
    settle(&mut harness);
    click(&mut harness, Role::Button, "Take string");
    assert!(text(&harness).contains("- { name: Settle Dt, type: string }\n"), "{}", text(&harness));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&harness), before);
    click(&mut harness, Role::Button, "Take all inferred");
    assert!(text(&harness).contains("- { name: Settle Dt, type: string }\n"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&harness), before);
    let field = harness.get_by_role_and_label(Role::TextInput, "Format");
    field.focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, "Format").type_text("qq");
    settle(&mut harness);
    assert!(text(&harness).contains("{ name: Settle Dt, type: date, format: qq }"), "{}", text(&harness));
    let row = harness.get_by_label_contains("Column Settle Dt: ").accesskit_node().label();
    let row = row.expect("a name");
    assert!(row.ends_with("1 problem"), "a pattern that isn't one is told: {row}");
    command(&mut harness, Command::Undo);
    assert_eq!(text(&harness), before);
    act(&mut harness, "Move column up");
    assert!(
        text(&harness)
            .contains("- { name: Settle Dt, type: date, format: dd/MM/yyyy }\n      - { name: Trade Dt,")
    );
    act(&mut harness, "Remove column");
    assert!(!text(&harness).contains("name: Settle Dt"));
    act(&mut harness, "Add column");
    assert!(text(&harness).contains("- { name: Column 1, type: string }"));
}

#[test]
fn a_problem_of_a_contract_leads_to_its_column() {
    let mut harness = designing(&Disk::with_samples());
    let path = "sources.trades.contract[2].format".to_owned();
    command(&mut harness, Command::GoTo { file: TRADES.to_owned(), path, line: 17 });
    assert_eq!(shown(&harness), Some(Node::Source("trades".to_owned())));
    let name = harness.get_by_role_and_label(Role::TextInput, "Name in the header");
    assert_eq!(name.accesskit_node().value().as_deref(), Some("Settle Dt"));
}

#[test]
fn tables_are_renamed_keyed_and_described_beside_the_canvas() {
    let mut harness = designing(&Disk::with_samples());
    canvas(&mut harness, CanvasCommand::Select(gold()));
    let field = harness.get_by_role_and_label(Role::TextInput, "Name");
    field.focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, "Name").type_text("Sector Exposure");
    settle(&mut harness);
    assert!(sees(&harness, "a name starts with a lower-case letter"));
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, "Name").type_text("exposure");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(shown(&harness), Some(Node::Gold("exposure".to_owned())));
    assert!(text(&harness).contains("gold:\n  exposure:\n    description: "));
    canvas(&mut harness, CanvasCommand::Select(silver()));
    click(&mut harness, Role::Button, "Remove trade_id");
    assert!(!text(&harness).contains("key: [trade_id]"));
    let field = harness.get_by_role_and_label(Role::MultilineTextInput, "Filter");
    field.focus();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Filter").type_text("Sidd = 'BUY'");
    settle(&mut harness);
    assert!(text(&harness).contains("where: Sidd = 'BUY'"), "{}", text(&harness));
    assert!(sees(&harness, "Sidd"), "an unknown column is told");
}

#[test]
fn nothing_is_drawn_again_without_a_cause() {
    let mut harness = simulated(&Disk::with_samples(), vec2(1280.0, 800.0));
    for node in [Node::Pipeline, Node::Source("trades".to_owned()), silver(), gold()] {
        canvas(&mut harness, CanvasCommand::Select(node));
        command(&mut harness, Command::SelectColumn(Some("Px".to_owned())));
        harness.run_steps(2);
        assert!(!harness.ctx.has_requested_repaint(), "{:?}", harness.ctx.repaint_causes());
    }
}

#[test]
fn every_card_has_its_form() {
    let sizes = [(vec2(1280.0, 800.0), "1280"), (vec2(1920.0, 1080.0), "1920")];
    let themes = [egui::Theme::Dark, egui::Theme::Light];
    // Without anybody to look, one of each is enough.
    let is_looked_at = std::env::var_os("TOUCHSTONE_PICTURES").is_some();
    let (sizes, themes) = if is_looked_at { (&sizes[..], &themes[..]) } else { (&sizes[..1], &themes[..1]) };
    for (size, name) in sizes {
        for theme in themes {
            let mut harness = simulated(&Disk::with_samples(), *size);
            harness.ctx.set_theme(*theme);
            settle(&mut harness);
            let look = |harness: &mut Window<'_>, what: &str, seen: &str| {
                picture(harness, &format!("canvas-{what}-{name}-{theme:?}"));
                assert!(sees(harness, seen), "{what}: {seen}");
            };
            look(&mut harness, "pipeline", "Time zone");
            let cards = [
                (silver(), "silver", "Of rows with one key, keep the"),
                (gold(), "gold", "Reads 1 table"),
                (Node::Source("trades".to_owned()), "source", "Landing: where files arrive"),
                (Node::Bronze("trades".to_owned()), "bronze", "Contract: 12 columns"),
                (Node::Other(securities()), "other", "Open pipeline securities"),
            ];
            for (node, what, seen) in cards {
                canvas(&mut harness, CanvasCommand::Select(node));
                look(&mut harness, what, seen);
            }
            canvas(&mut harness, CanvasCommand::Select(Node::Bronze("trades".to_owned())));
            command(&mut harness, Command::SelectColumn(Some("Settle Dt".to_owned())));
            look(&mut harness, "column", "Name in the header");
            canvas(&mut harness, CanvasCommand::AskSource);
            look(&mut harness, "add", "Sample file; without one");
            canvas(&mut harness, CanvasCommand::CloseQuestion);
            canvas(&mut harness, CanvasCommand::Connect(Node::Other(securities()), gold()));
            look(&mut harness, "join", "Rows belong together");
        }
    }
}
