//! Mappings: columns are mapped to fields by hand and by suggestion, expressions checked and shown on the first rows.

#![expect(clippy::expect_used, reason = "a test's own helpers may")]

mod support;

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use support::design::{Disk, designing_at};
use support::{Window, click, picture, press, sees, settle};
use touchstone_protocol::{ErrorCode, RpcError};
use touchstone_ui::command::Command as AppCommand;
use touchstone_ui::design::{Command, Node};

const TRADES: &str = "pipelines/trades.yaml";
const SMALL: egui::Vec2 = egui::vec2(1280.0, 800.0);

fn mapping(disk: &Disk) -> Window<'static> {
    mapping_at(disk, SMALL)
}

fn mapping_at(disk: &Disk, size: egui::Vec2) -> Window<'static> {
    let mut harness = designing_at(disk, size);
    click(&mut harness, Role::RadioButton, "Mappings");
    harness
}

/// Samples in which some fields and columns are not mapped.
fn half_mapped() -> Disk {
    let disk = Disk::with_samples();
    let text = disk.text(TRADES);
    let text = text
        .replace("side: { from: Side }", "side: {} # buy or sell")
        .replace("price: { from: Px }", "price: { type: \"decimal(18,6)\" }")
        .replace("      trader: { from: Trader }\n", "");
    disk.write_unseen(TRADES, text);
    disk
}

fn send(harness: &mut Window<'_>, command: Command) {
    harness.state_mut().as_mut().expect("an app").command(AppCommand::Design(command));
    settle(harness);
}

fn text(harness: &Window<'_>) -> String {
    let app = harness.state().as_ref().expect("an app");
    app.state().design.documents.get(TRADES).expect("a document").text().to_owned()
}

fn row(harness: &Window<'_>, start: &str) -> egui::Rect {
    harness.get_by(|node| node.label().is_some_and(|label| label.starts_with(start))).rect()
}

fn click_row(harness: &mut Window<'_>, start: &str) {
    harness.get_by(|node| node.label().is_some_and(|label| label.starts_with(start))).click();
    settle(harness);
}

fn drag(harness: &mut Window<'_>, from: &str, to: &str) {
    let (from, to) = (row(harness, from).center(), row(harness, to).center());
    drag_from(harness, from, to);
}

fn drag_from(harness: &mut Window<'_>, from: egui::Pos2, to: egui::Pos2) {
    carry(harness, from, to);
    harness.drop_at(to);
    settle(harness);
}

/// The same without letting go.
fn carry(harness: &mut Window<'_>, from: egui::Pos2, to: egui::Pos2) {
    harness.hover_at(from);
    harness.run_steps(2);
    harness.drag_at(from);
    harness.run_steps(2);
    for part in [0.3, 0.7, 1.0] {
        harness.hover_at(from.lerp(to, part));
        harness.run_steps(2);
    }
}

fn type_into(harness: &mut Window<'_>, role: Role, name: &str, typed: &str) {
    harness.get_by_role_and_label(role, name).focus();
    settle(harness);
    press(harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(role, name).type_text(typed);
    settle(harness);
}

#[test]
fn a_column_is_dragged_to_a_field_and_taken_back() {
    let disk = half_mapped();
    let mut harness = mapping(&disk);
    let before = text(&harness);
    assert!(sees(&harness, "Column Side string, unmapped"));
    drag(&mut harness, "Column Side", "Field side");
    let after = text(&harness);
    let expected = before.replace("side: {} # buy or sell", "side: { from: Side }  # buy or sell");
    assert_eq!(after, expected, "nothing else is touched");
    assert!(sees(&harness, "Line from Side to side"));
    harness.get_by_role_and_label(Role::Button, "Undo").hover();
    settle(&mut harness);
    assert!(sees(&harness, "Undo: Map Side to side"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&harness), before);
    assert!(!sees(&harness, "Line from Side to side") || sees(&harness, "Suggested line from Side to side"));
}

#[test]
fn a_pane_that_gave_room_to_problems_has_it_back() {
    let disk = Disk::with_samples();
    let mut harness = mapping(&disk);
    let top = |harness: &Window<'_>| {
        let heading = harness.query_all_by_label_contains("Before and after").next();
        heading.expect("the first rows").rect().top()
    };
    let before = top(&harness);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    assert!(support::state(&harness).problems && top(&harness) < before, "{} of {before}", top(&harness));
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    assert!((top(&harness) - before).abs() < 1.0, "{} is not {before} again", top(&harness));
}

#[test]
fn what_a_dropped_column_replaces_is_told_and_can_be_undone() {
    let disk = Disk::with_samples();
    let mut harness = mapping(&disk);
    let before = text(&harness);
    let (from, to) = (row(&harness, "Column Side").center(), row(&harness, "Field isin").center());
    carry(&mut harness, from, to);
    assert!(sees(&harness, "Replace upper(trim(ISIN))"), "before it is dropped");
    support::picture(&mut harness, "replace");
    harness.drop_at(to);
    settle(&mut harness);
    assert_ne!(text(&harness), before);
    assert!(sees(&harness, "isin now comes from Side; it was upper(trim(ISIN))"));
    support::picture(&mut harness, "replaced");
    let message = harness.get_by_role_and_label(Role::Region, "Messages").rect();
    let undo = harness.query_all_by_role_and_label(Role::Button, "Undo");
    undo.into_iter().find(|button| message.contains_rect(button.rect())).expect("a way back").click();
    settle(&mut harness);
    assert_eq!(text(&harness), before);
    assert!(!sees(&harness, "now comes from"));
}

#[test]
fn a_line_is_drawn_from_the_point_where_it_begins_beside_the_scroll_bar_of_a_long_list() {
    let disk = half_mapped();
    let mut harness = mapping(&disk);
    let before = text(&harness);
    // The list is longer than its room, so that there is a bar.
    assert!(row(&harness, "Column Remarks").top() > 700.0);
    let side = row(&harness, "Column Side");
    for beside in [-8.0, 0.0, 8.0] {
        let port = side.right_center() + egui::vec2(22.0 + beside, 0.0);
        let field = row(&harness, "Field account_no").center();
        drag_from(&mut harness, port, field);
        assert_eq!(row(&harness, "Column Side"), side, "the list was scrolled");
        assert!(text(&harness).contains("account_no: { from: Side"), "{beside}: {}", text(&harness));
        press(&mut harness, Modifiers::COMMAND, Key::Z);
        assert_eq!(text(&harness), before);
    }
    support::picture(&mut harness, "mappings-ports");
}

#[test]
fn a_column_dropped_beside_all_fields_becomes_one() {
    let disk = half_mapped();
    let mut harness = mapping_at(&disk, egui::vec2(1280.0, 1400.0));
    drag(&mut harness, "Column Trader", "New field");
    assert!(text(&harness).contains("      trader: { from: Trader }\n"), "{}", text(&harness));
    assert_eq!(harness.get_by_role_and_label(Role::TextInput, "Name").value().as_deref(), Some("trader"));
}

#[test]
fn a_new_field_is_named_first_and_nothing_is_asked() {
    let disk = Disk::with_samples();
    let mut harness = mapping(&disk);
    harness.state_mut().as_mut().expect("an app").command(AppCommand::Design(Command::NewField));
    settle(&mut harness);
    let name = |harness: &Window<'_>| harness.get_by_role_and_label(Role::TextInput, "Name").value();
    assert_eq!(name(&harness).as_deref(), Some("field"));
    assert!(harness.get_by_role_and_label(Role::TextInput, "Name").is_focused());
    // All of it is selected: what is typed takes its place. That it has no value yet is no reason to ask.
    harness.get_by_role_and_label(Role::TextInput, "Name").type_text("fx");
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(!sees(&harness, "Rename field"));
    assert!(text(&harness).contains("      fx: {}\n"), "{}", text(&harness));
    assert!(!text(&harness).contains("field: {}"));
}

#[test]
fn the_keyboard_maps_and_unmaps() {
    let disk = half_mapped();
    let mut harness = mapping(&disk);
    click_row(&mut harness, "Column ISIN");
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    assert!(harness.get_by(|node| node.label().is_some_and(|it| it.starts_with("Column Side"))).is_focused());
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    for _ in 0..9 {
        press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    }
    assert!(harness.get_by(|node| node.label().is_some_and(|it| it.starts_with("Field side"))).is_focused());
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(text(&harness).contains("side: { from: Side }  # buy or sell"), "{}", text(&harness));
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert!(text(&harness).contains("side: {}  # buy or sell"), "{}", text(&harness));
}

#[test]
fn a_line_is_selected_by_a_click_and_removed() {
    let disk = Disk::with_samples();
    let mut harness = mapping(&disk);
    click_row(&mut harness, "Line from Account to account_no");
    assert!(sees(&harness, "Account  →  account_no"));
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert!(text(&harness).contains("account_no: { required: true }"), "{}", text(&harness));
    assert!(sees(&harness, "Column Account string, unmapped"));
}

#[test]
fn one_suggestion_is_taken_another_refused_and_all_the_rest_taken_at_once() {
    let disk = half_mapped();
    let mut harness = mapping(&disk);
    let before = text(&harness);
    assert!(sees(&harness, "Suggestion Side to side"));
    assert!(sees(&harness, "Suggestion Px to price"));
    assert!(sees(&harness, "Suggestion Trader to new field trader"));
    assert!(sees(&harness, "Suggested line from Side to side"));
    click(&mut harness, Role::Button, "Refuse Trader to trader");
    assert!(!sees(&harness, "Suggestion Trader"));
    assert_eq!(text(&harness), before, "a refusal changes no document");
    click(&mut harness, Role::Button, "Take Px to price");
    assert!(text(&harness).contains("from: Px"), "{}", text(&harness));
    click(&mut harness, Role::Button, "Show 1 refused again");
    click(&mut harness, Role::Button, "Take all");
    let after = text(&harness);
    assert!(after.contains("side: { from: Side }  # buy or sell"), "{after}");
    assert!(after.contains("      trader: { from: Trader }\n"), "{after}");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    let after = text(&harness);
    assert!(
        after.contains("side: {} # buy or sell")
            && after.contains("from: Px")
            && !after.contains("from: Trader")
    );
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&harness), before);
}

#[test]
fn an_expression_is_checked_while_it_is_typed() {
    let disk = Disk::with_samples();
    let mut harness = mapping(&disk);
    send(&mut harness, Command::SelectField(Some("notional".to_owned())));
    assert!(sees(&harness, "decimal(18,2)"));
    type_into(&mut harness, Role::MultilineTextInput, "Made from", "quantity * prise");
    assert!(text(&harness).contains("expr: quantity * prise"), "{}", text(&harness));
    assert!(sees(&harness, "prise"));
    assert!(sees(&harness, "did you mean"), "the nearest name is offered");
    assert!(sees(&harness, "From before the errors"), "the rows of before stay");
    assert!(sees(&harness, "First rows of notional"));
    type_into(&mut harness, Role::MultilineTextInput, "Made from", "Px");
    assert!(text(&harness).contains("from: Px"), "a column alone is taken as it is: {}", text(&harness));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&harness), disk.text(TRADES));
}

#[test]
fn a_completion_is_taken_into_the_expression() {
    let disk = Disk::with_samples();
    let mut harness = mapping(&disk);
    send(&mut harness, Command::SelectField(Some("notional".to_owned())));
    type_into(&mut harness, Role::MultilineTextInput, "Made from", "quantity * pri");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(text(&harness).contains("expr: quantity * price"), "{}", text(&harness));
}

#[test]
fn a_bracket_that_a_completion_closed_is_typed_over() {
    let disk = Disk::with_samples();
    let mut harness = mapping(&disk);
    send(&mut harness, Command::SelectField(Some("days_to_settle".to_owned())));
    type_into(&mut harness, Role::MultilineTextInput, "Made from", "date_dif");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    // Key by key, as a person types.
    for letter in "settle_date, trade_date) * 2)".chars() {
        harness.input_mut().events.push(Event::Text(letter.to_string()));
        harness.step();
    }
    settle(&mut harness);
    // The second one closes nothing that a completion opened.
    assert!(text(&harness).contains("date_diff(settle_date, trade_date) * 2)"), "{}", text(&harness));
    assert!(!text(&harness).contains("* 2))"), "{}", text(&harness));
}

#[test]
fn what_is_typed_fast_is_written_as_typed() {
    let disk = Disk::with_samples();
    let mut harness = mapping(&disk);
    send(&mut harness, Command::Select(Node::Gold("sector_exposure".to_owned())));
    let query = "select sector, count(*) as n\nfrom silver.trades\ngroup by sector";
    // However many keys come between two frames.
    for keys_in_frame in [1, 2, 3, 5, 100] {
        type_into(&mut harness, Role::MultilineTextInput, "Query", "");
        let events = query.chars().flat_map(|letter| {
            let key = |pressed| Event::Key {
                key: Key::Enter,
                physical_key: None,
                pressed,
                repeat: false,
                modifiers: Modifiers::NONE,
            };
            if letter == '\n' { vec![key(true), key(false)] } else { vec![Event::Text(letter.to_string())] }
        });
        for events in events.collect::<Vec<_>>().chunks(keys_in_frame) {
            harness.input_mut().events.extend_from_slice(events);
            harness.step();
        }
        settle(&mut harness);
        let written = text(&harness).replace("\n      ", "\n");
        assert!(written.contains(query), "{keys_in_frame} keys in a frame: {written}");
    }
}

#[test]
fn rows_before_and_after_stay_while_others_are_made() {
    let disk = Disk::with_samples();
    let mut harness = mapping(&disk);
    send(&mut harness, Command::SelectField(Some("notional".to_owned())));
    assert!(sees(&harness, "before") && sees(&harness, "after"));
    assert!(sees(&harness, "3120.25"));
    let asked = disk.script.count("preview");
    disk.script.lock().held.insert("preview");
    type_into(&mut harness, Role::MultilineTextInput, "Made from", "quantity * price * 2");
    settle(&mut harness);
    assert!(disk.script.count("preview") > asked);
    assert!(sees(&harness, "Updating…") && sees(&harness, "3120.25"));
    let broken = RpcError::new(ErrorCode::Failed, "the sample is gone").with_help("Choose another one");
    disk.script.lock().failing.insert("preview", broken);
    disk.release("preview");
    settle(&mut harness);
    assert!(sees(&harness, "The first rows could not be made") && sees(&harness, "Choose another one"));
    assert!(sees(&harness, "3120.25"), "the last good rows stay beside the error");
    disk.script.lock().failing.clear();
    click(&mut harness, Role::Button, "Try again");
    assert!(!sees(&harness, "The first rows could not be made") && sees(&harness, "3120.25"));
    let asked = disk.script.count("preview");
    settle(&mut harness);
    assert_eq!(disk.script.count("preview"), asked, "nothing is asked for twice");
}

#[test]
fn values_that_do_not_fit_are_told() {
    let disk = Disk::with_samples();
    let mut harness = mapping(&disk);
    send(&mut harness, Command::SelectField(Some("notional".to_owned())));
    type_into(&mut harness, Role::MultilineTextInput, "Made from", "quantity / price");
    assert!(sees(&harness, "3 values became null: division by zero"));
}

#[test]
fn fields_that_are_mapped_show_their_rows_while_others_are_not() {
    let disk = half_mapped();
    let mut harness = mapping(&disk);
    send(&mut harness, Command::SelectField(Some("quantity".to_owned())));
    assert!(sees(&harness, "First rows of quantity") && sees(&harness, "after"));
    let asked = disk.script.lock().asked.iter().rev().find_map(|request| match request {
        touchstone_protocol::Request::Preview(preview) => Some(preview.text.clone()),
        _ => None,
    });
    let asked = asked.expect("a preview");
    assert!(asked.contains("quantity") && !asked.contains("notional"), "{asked}");
    assert!(text(&harness).contains("side: {} # buy or sell"), "the document itself stays as it is");
}

#[test]
fn a_column_dropped_into_an_expression_adds_its_name() {
    let disk = Disk::with_samples();
    let mut harness = mapping(&disk);
    send(&mut harness, Command::SelectField(Some("quantity".to_owned())));
    type_into(&mut harness, Role::MultilineTextInput, "Made from", "Qty +");
    drag(&mut harness, "Column Px", "Made from");
    assert!(text(&harness).contains("quantity: { expr: Qty + Px }"), "{}", text(&harness));
}

#[test]
fn a_field_is_renamed_typed_required_moved_and_removed() {
    let disk = Disk::with_samples();
    let mut harness = mapping(&disk);
    let before = text(&harness);
    send(&mut harness, Command::SelectField(Some("settle_date".to_owned())));
    type_into(&mut harness, Role::TextInput, "Name", "trade_id");
    assert!(sees(&harness, "There is a field trade_id already"));
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(text(&harness), before);
    type_into(&mut harness, Role::TextInput, "Name", "settled");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(sees(&harness, "Rename everywhere (2 places)"));
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(text(&harness).contains("      settled: { from: Settle Dt }\n"), "{}", text(&harness));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&harness), before);
    send(&mut harness, Command::SelectField(Some("settle_date".to_owned())));
    click(&mut harness, Role::CheckBox, "Required");
    assert!(text(&harness).contains("settle_date: { from: Settle Dt, required: true }"));
    type_into(&mut harness, Role::TextInput, "Type", "timestam");
    assert!(sees(&harness, "timestam"));
    assert!(!text(&harness).contains("timestam,") && !text(&harness).contains("type: timestam "));
    type_into(&mut harness, Role::TextInput, "Type", "timestamp");
    assert!(text(&harness).contains("type: timestamp"), "{}", text(&harness));
    type_into(&mut harness, Role::MultilineTextInput, "Description", "When it settles.");
    assert!(text(&harness).contains("When it settles."));
    click(&mut harness, Role::Button, "Move up");
    let after = text(&harness);
    assert!(after.find("settle_date:") < after.find("trade_date:"), "{after}");
    click(&mut harness, Role::Button, "Remove field");
    assert!(!text(&harness).contains("settle_date:"));
}

#[test]
fn only_what_is_unmapped_is_shown_and_found_by_name() {
    let disk = half_mapped();
    let mut harness = mapping(&disk);
    assert!(sees(&harness, "Column ISIN") && sees(&harness, "Field isin"));
    click(&mut harness, Role::Button, "Only unmapped");
    assert!(!sees(&harness, "Column ISIN") && !sees(&harness, "Field isin"));
    assert!(sees(&harness, "Column Side") && sees(&harness, "Field side") && sees(&harness, "Field price"));
    click(&mut harness, Role::Button, "Only unmapped");
    type_into(&mut harness, Role::TextInput, "Find columns", "dt");
    assert!(sees(&harness, "Column Trade Dt") && !sees(&harness, "Column ISIN"));
}

#[test]
fn a_gold_query_is_completed_checked_and_shown() {
    let disk = Disk::with_samples();
    let mut harness = mapping(&disk);
    send(&mut harness, Command::Select(Node::Gold("sector_exposure".to_owned())));
    assert!(sees(&harness, "Gives gross_notional decimal"));
    assert!(sees(&harness, "First rows of gold.sector_exposure"));
    type_into(&mut harness, Role::MultilineTextInput, "Query", "select secto");
    assert!(sees(&harness, "From before the errors"));
    type_into(&mut harness, Role::MultilineTextInput, "Query", "select sector from silver.tra");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(text(&harness).contains("select sector from silver.trades\n"), "{}", text(&harness));
    assert!(sees(&harness, "Gives sector string") && !sees(&harness, "Gives gross_notional"));
    type_into(&mut harness, Role::MultilineTextInput, "Query", "select sektor from silver.trades");
    assert!(sees(&harness, "sektor"));
    click(&mut harness, Role::ListItem, "Insert trade_id of silver.trades");
    assert!(text(&harness).contains("silver.trades trade_id"), "{}", text(&harness));
    assert!(text(&harness).contains("# ") == disk.text(TRADES).contains("# "));
    for _ in 0..6 {
        press(&mut harness, Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(text(&harness), disk.text(TRADES));
}

#[test]
fn nothing_is_drawn_again_without_a_cause() {
    let disk = Disk::with_samples();
    let mut harness = mapping(&disk);
    send(&mut harness, Command::SelectField(Some("notional".to_owned())));
    settle(&mut harness);
    harness.run_steps(2);
    assert!(!harness.ctx.has_requested_repaint(), "{:?}", harness.ctx.repaint_causes());
}

#[test]
fn the_first_table_is_made_of_a_source() {
    let disk = Disk::with_samples();
    let text_before = disk.text(TRADES);
    let (head, rest) = text_before.split_once("silver:\n").expect("silver");
    let (_, tail) = rest.split_once("retention:").expect("retention");
    disk.write_unseen(TRADES, format!("{head}retention:{tail}"));
    let mut harness = mapping(&disk);
    click(&mut harness, Role::Button, "Add silver table");
    assert!(
        text(&harness).contains("      trade_id: { from: Trade ID, required: true }\n"),
        "{}",
        text(&harness)
    );
    assert!(sees(&harness, "Line from Trade ID to trade_id"));
}

#[test]
fn pictures() {
    if std::env::var_os("TOUCHSTONE_PICTURES").is_none() {
        return;
    }
    let sizes = [("small", SMALL), ("large", egui::vec2(1920.0, 1080.0))];
    for (size_name, size) in sizes {
        for theme in [egui::Theme::Dark, egui::Theme::Light] {
            let name = |what: &str| format!("mappings-{what}-{size_name}-{theme:?}").to_lowercase();
            let mut harness = mapping_at(&Disk::with_samples(), size);
            harness.ctx.set_theme(theme);
            settle(&mut harness);
            picture(&mut harness, &name("all"));
            send(&mut harness, Command::SelectField(Some("notional".to_owned())));
            picture(&mut harness, &name("field"));
            type_into(&mut harness, Role::MultilineTextInput, "Made from", "quantity * prise");
            picture(&mut harness, &name("error"));
            send(&mut harness, Command::Undo);
            send(&mut harness, Command::Select(Node::Gold("sector_exposure".to_owned())));
            picture(&mut harness, &name("gold"));
            let mut harness = mapping_at(&half_mapped(), size);
            harness.ctx.set_theme(theme);
            settle(&mut harness);
            picture(&mut harness, &name("suggestions"));
            if theme == egui::Theme::Dark {
                let from = row(&harness, "Column Side").center();
                harness.hover_at(from);
                harness.drag_at(from);
                harness.hover_at(from + egui::vec2(60.0, 8.0));
                harness.hover_at(row(&harness, "Field isin").center());
                harness.run_steps(4);
                picture(&mut harness, &name("drag"));
                let mut harness = mapping_at(&Disk::with_samples(), size);
                send(&mut harness, Command::SelectField(Some("notional".to_owned())));
                type_into(&mut harness, Role::MultilineTextInput, "Made from", "round(quantity * pri");
                picture(&mut harness, &name("completion"));
                send(&mut harness, Command::Undo);
                click(&mut harness, Role::Button, "Choose column…");
                picture(&mut harness, &name("choose"));
                let mut harness = mapping_at(&Disk::with_samples(), size);
                harness.ctx.set_zoom_factor(2.0);
                settle(&mut harness);
                picture(&mut harness, &name("zoomed"));
            }
        }
    }
}
