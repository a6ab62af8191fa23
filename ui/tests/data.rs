//! Data in a grid: sorted, filtered, looked through, selected, understood.
#![expect(clippy::expect_used, reason = "a test fails by panicking, also outside its #[test] function")]

mod support;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use support::{Script, Window, click, press, sees, select_trades, settle, window};
use touchstone_protocol::{DataQuery, DataRef, ErrorCode, FilterTest, Request, RpcError};

const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

fn sample(script: &Script) -> Window<'static> {
    let mut harness = window(script);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    harness
}

/// The last query that rows were asked by.
fn query(script: &Script) -> DataQuery {
    let asked = script.lock().asked.clone();
    let rows = asked.iter().rev().find_map(|request| match request {
        Request::Rows(rows) if rows.limit > 1 => Some(rows.query.clone()),
        _ => None,
    });
    rows.expect("rows were asked for")
}

fn grid(harness: &mut Window<'_>) {
    harness.get_by_role_and_label(Role::Grid, "Sample of trades, 5021 rows").focus();
    settle(harness);
}

fn copied(harness: &mut Window<'_>, event: impl FnOnce(&mut Window<'_>)) -> Option<String> {
    event(harness);
    harness.step();
    let commands = harness.output().platform_output.commands.clone();
    commands.into_iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text),
        _ => None,
    })
}

#[test]
fn what_a_sample_holds_is_asked_anew_when_its_document_may_be_another() {
    let script = Script::open();
    let mut harness = sample(&script);
    let asked = script.count("profile");
    assert!(asked > 0);
    // As a save does, and a change outside.
    press(&mut harness, CTRL_SHIFT, Key::R);
    assert!(script.count("profile") > asked);
}

#[test]
fn texts_that_mean_no_value_are_counted_and_drawn_as_nulls() {
    let script = Script::open();
    let mut harness = sample(&script);
    grid(&mut harness);
    // The share is that of the format; what inference counted by itself is another thing.
    assert!(sees(&harness, "Px, decimal(18,6), 9.1 % null"));
    assert!(harness.query_by_label_contains("null, written SELL").is_some());
    support::picture(&mut harness, "null texts");
}

#[test]
fn a_name_that_stands_twice_in_the_header_is_told_of() {
    let script = Script::open();
    script.lock().notes = vec![
        "the name `Px` stands twice in the header; column 9 is called `Px_2`".to_owned(),
        "column 10 has no name in the header; it is called `column_10`".to_owned(),
    ];
    let mut harness = sample(&script);
    assert!(sees(&harness, "The name Px stands twice in the header; column 9 is called Px_2; and 1 more"));
    support::picture(&mut harness, "notes");
}

#[test]
fn a_button_in_the_header_sorts_and_a_chip_takes_it_back() {
    let script = Script::open();
    let mut harness = sample(&script);
    click(&mut harness, Role::Button, "Sort by Px");
    assert_eq!(query(&script).sort.iter().map(|one| one.column.as_str()).collect::<Vec<_>>(), ["Px"]);
    assert!(sees(&harness, "Px, decimal(18,6), 9.1 % null, sorted ascending"));
    // While the sorted rows are on their way, those of before stay in sight.
    script.lock().held.insert("rows");
    click(&mut harness, Role::Button, "Sort by Px");
    assert!(query(&script).sort[0].descending);
    assert!(sees(&harness, "Trade ID 0004200"));
    script.release("rows");
    settle(&mut harness);
    assert!(sees(&harness, "Row 200: Trade ID 0004399"));
    click(&mut harness, Role::Button, "Remove Px");
    assert!(!sees(&harness, "sorted descending"));
    assert!(sees(&harness, "Row 1: Trade ID 0004200"));
}

#[test]
fn values_that_are_not_listed_are_counted_although_they_are_not_sent() {
    let script = Script::open();
    let mut harness = sample(&script);
    harness.get_by_label_contains("Px, decimal(18,6)").click();
    settle(&mut harness);
    // Four of 1,180 are sent; all three shapes are.
    assert!(sees(&harness, "Different"));
    assert_eq!(harness.query_all_by_label_contains("less frequent").count(), 1);
    assert!(sees(&harness, "and 1 176 less frequent") || sees(&harness, "and 1\u{202f}176 less frequent"));
}

#[test]
fn a_click_on_a_header_selects_the_column_and_explains_it() {
    let script = Script::open();
    let mut harness = sample(&script);
    harness.get_by_label_contains("Px, decimal(18,6)").click();
    settle(&mut harness);
    assert!(sees(&harness, "Histogram of Px: ") && sees(&harness, "Numbers with a decimal comma"));
    assert!(query(&script).sort.is_empty(), "a click explains, and does not sort");
    let state = harness.state().as_ref().expect("an app").state();
    let column = state.data.views.values().find_map(|view| view.column.clone());
    assert_eq!(column.as_deref(), Some("Px"));
    // The keys sort by the column that is selected.
    press(&mut harness, Modifiers::ALT.plus(Modifiers::SHIFT), Key::ArrowDown);
    assert!(query(&script).sort.iter().any(|one| one.column == "Px" && one.descending));
}

#[test]
fn a_filter_that_fails_keeps_the_rows_of_before() {
    let script = Script::open();
    let mut harness = sample(&script);
    grid(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::End);
    press(&mut harness, CTRL_SHIFT, Key::F);
    // All comparisons stand on one line, and every value that there is room for is in sight.
    let line = ["contains", "is", "is not", "starts with", "matches"]
        .map(|name| harness.get_by_role_and_label(Role::Button, name).rect().top());
    assert!(line.iter().all(|top| (top - line[0]).abs() < 0.5), "{line:?}");
    let values: Vec<_> = harness.query_all_by_role(Role::CheckBox).map(|value| value.rect()).collect();
    assert_eq!(values.len(), 4);
    for value in values {
        let layer = harness.ctx.layer_id_at(value.center()).expect("a layer");
        assert_eq!(layer.order, egui::Order::Foreground, "{value} is out of the form");
    }
    support::picture(&mut harness, "filter-form");
    script.lock().failing.insert("rows", RpcError::new(ErrorCode::Failed, "the pattern is not closed"));
    click(&mut harness, Role::Button, "matches");
    harness.get_by_role_and_label(Role::TextInput, "Comment value").focus();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Comment value").type_text("(ok");
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(query(&script).filters[0].test, FilterTest::Matches("(ok".to_owned()));
    assert!(sees(&harness, "the pattern is not closed"));
    assert!(sees(&harness, "Trade ID 0004200"));
    script.lock().failing.clear();
    click(&mut harness, Role::Button, "Remove Comment matches (ok");
    assert!(!sees(&harness, "the pattern is not closed"));
}

#[test]
fn nothing_left_says_so_and_leads_back() {
    let script = Script::open();
    let mut harness = sample(&script);
    grid(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::End);
    press(&mut harness, CTRL_SHIFT, Key::F);
    click(&mut harness, Role::Button, "is");
    harness.get_by_role_and_label(Role::TextInput, "Comment value").focus();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Comment value").type_text("nothing");
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(sees(&harness, "No row passes the filters"));
    // The columns stay, with what they are filtered by.
    assert!(sees(&harness, "Px, decimal(18,6), 9.1 % null"));
    support::picture(&mut harness, "nothing-left");
    click(&mut harness, Role::Button, "Show all rows");
    assert!(sees(&harness, "Trade ID 0004200"));
}

#[test]
fn a_text_is_found_and_a_row_gone_to_by_keys() {
    let script = Script::open();
    let mut harness = sample(&script);
    press(&mut harness, Modifiers::COMMAND, Key::F);
    harness.get_by_role(Role::TextInput).type_text("morgan");
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(sees(&harness, "Row 4\u{202f}001  ·  41 rows hold it"));
    assert!(sees(&harness, "Row 4\u{202f}001: "));
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(sees(&harness, "Row 4\u{202f}101  ·  41 rows hold it"));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!sees(&harness, "rows hold it"));
    press(&mut harness, Modifiers::COMMAND, Key::G);
    harness.get_by_role(Role::TextInput).type_text("5 021");
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(sees(&harness, "Trade ID 0009220"));
}

#[test]
fn a_block_is_selected_by_keys_and_copied_with_names() {
    let script = Script::open();
    let mut harness = sample(&script);
    grid(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::SHIFT, Key::ArrowDown);
    press(&mut harness, Modifiers::SHIFT, Key::ArrowRight);
    let text = copied(&mut harness, |harness| harness.event(egui::Event::Copy));
    assert_eq!(text.as_deref(), Some("0004201\t02/03/2026\n0004202\t02/03/2026"));
    let with_names = egui::Event::Key {
        key: Key::C,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: CTRL_SHIFT,
    };
    let text = copied(&mut harness, |harness| harness.event(with_names));
    assert_eq!(text.as_deref(), Some("Trade ID\tTrade Dt\n0004201\t02/03/2026\n0004202\t02/03/2026"));
    // All rows: those that are not here are fetched first.
    press(&mut harness, Modifiers::COMMAND, Key::A);
    let before = script.count("rows");
    harness.event(egui::Event::Copy);
    settle(&mut harness);
    assert_eq!(script.count("rows"), before + 6);
}

#[test]
fn the_panel_says_everything_about_a_column_and_filters_by_it() {
    let script = Script::open();
    let mut harness = sample(&script);
    let bad = harness.get_by_label_contains("Row 6:").accesskit_node().label().expect("a name");
    assert!(bad.contains("Px n/a (bad: n/a is not a decimal(18,6))"), "{bad}");
    grid(&mut harness);
    for _ in 0..6 {
        press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    }
    press(&mut harness, Modifiers::COMMAND, Key::I);
    assert!(sees(
        &harness,
        "Histogram of Px: values from 0.0100 to 349.9900, most (1\u{202f}204) from 100 to 125"
    ));
    assert!(sees(&harness, "Numbers with a decimal comma"));
    support::picture(&mut harness, "data-panel");
    let sum = "4\u{202f}560 values + 456 null + 5 bad = 5\u{202f}021 rows";
    assert!(sees(&harness, "Values 4\u{202f}560  ·  90.8 %") && sees(&harness, sum));
    click(&mut harness, Role::Button, "Bad 5  ·  < 0.1 %, show only these");
    assert_eq!(query(&script).filters[0].test, FilterTest::IsBad);
    assert!(sees(&harness, "700 of 5\u{202f}021 rows"));
    // The panel follows the keyboard.
    harness.get_by_role_and_label(Role::Grid, "Sample of trades, 700 rows").focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    press(&mut harness, CTRL_SHIFT, Key::F);
    support::picture(&mut harness, "data-filter");
}

#[test]
fn a_contract_that_is_edited_is_what_its_sample_is_read_by() {
    const TRADES: &str = "pipelines/trades.yaml";
    let disk = support::design::Disk::with_samples();
    let mut harness = support::design::designing(&disk);
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    assert_eq!(query(&disk.script).types, []);
    let text = disk.text(TRADES).replacen(
        r#"type: "decimal(18,2)", decimal_mark: ",", grouping_mark: ".""#,
        "type: int",
        1,
    );
    assert_ne!(text, disk.text(TRADES));
    let edit = touchstone_ui::design::Command::EditText { file: TRADES.to_owned(), text };
    harness.state_mut().as_mut().expect("an app").command(touchstone_ui::command::Command::Design(edit));
    settle(&mut harness);
    let types = query(&disk.script).types;
    let qty = types.iter().find(|field| field.name == "Qty").expect("it is in the contract");
    assert_eq!(qty.data_type, touchstone_spec::DataType::Int);
    assert!(sees(&harness, "Qty, long, contract: int"), "the header says what the contract is now");
    assert!(sees(&harness, "(bad: it is not a int)"));
    // Saved, the contract on disk is the same again.
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert_eq!(query(&disk.script).types, []);
}

#[test]
fn a_format_that_is_edited_is_what_its_sample_is_read_in_header_and_panel_included() {
    const TRADES: &str = "pipelines/trades.yaml";
    let disk = support::design::Disk::with_samples();
    let mut harness = support::design::designing(&disk);
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    press(&mut harness, Modifiers::COMMAND, Key::I);
    assert_eq!(query(&disk.script).format, None);
    let last = |of: fn(&Request) -> Option<DataQuery>| {
        let asked = disk.script.lock().asked.clone();
        asked.iter().rev().find_map(of).expect("it was asked for")
    };
    let header = |request: &Request| match request {
        Request::Profile(asked) => Some(asked.query.clone()),
        _ => None,
    };
    let panel = |request: &Request| match request {
        Request::ColumnProfile(asked) => Some(asked.query.clone()),
        _ => None,
    };
    assert_eq!(last(header).format, None);
    let text = disk.text(TRADES).replacen("footer_rows: 1 }", "footer_rows: 1, null_values: [\"-\"] }", 1);
    assert_ne!(text, disk.text(TRADES));
    let edit = touchstone_ui::design::Command::EditText { file: TRADES.to_owned(), text };
    harness.state_mut().as_mut().expect("an app").command(touchstone_ui::command::Command::Design(edit));
    settle(&mut harness);
    for asked in [query(&disk.script), last(header), last(panel)] {
        assert_eq!(asked.format.expect("the format is that of the edit").null_values, ["-"]);
    }
    assert_eq!(disk.script.count("save_document"), 0, "nothing is saved for it");
    // Taken back, it is the saved one again.
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(last(header).format, None);
    let sample = DataRef::Sample { pipeline: "trades".to_owned(), source: "trades".to_owned() };
    let app = harness.state().as_ref().expect("an app");
    assert_eq!(app.state().data.view(&sample).expect("it is looked at").query.format, None);
}

#[test]
fn bad_values_that_often_stand_for_null_are_read_so_by_one_click() {
    const TRADES: &str = "pipelines/trades.yaml";
    let disk = support::design::Disk::with_samples();
    let mut harness = support::design::designing(&disk);
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    let sample = DataRef::Sample { pipeline: "trades".to_owned(), source: "trades".to_owned() };
    let explain = |harness: &mut Window<'_>, data: &DataRef| {
        let command = touchstone_ui::data::Command::Explain(data.clone(), "Qty".to_owned());
        harness.state_mut().as_mut().expect("an app").command(touchstone_ui::command::Command::Data(command));
        settle(harness);
    };
    explain(&mut harness, &sample);
    assert!(sees(&harness, "All 5 bad values are “-”, which often stands for no value"));
    support::picture(&mut harness, "data null-like");
    click(&mut harness, Role::Button, "Read “-” as no value");
    let text = |harness: &Window<'_>| {
        let documents = &harness.state().as_ref().expect("an app").state().design.documents;
        documents.get(TRADES).expect("it is there").text().to_owned()
    };
    assert!(text(&harness).contains("null_values: [\"-\"]"), "{}", text(&harness));
    assert_eq!(query(&disk.script).format.expect("it is read so").null_values, ["-"]);
    assert_eq!(disk.script.count("save_document"), 0);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&harness), disk.text(TRADES));
}

#[test]
fn emoji_in_data_are_drawn_and_signs_that_no_font_has_are_numbers() {
    let script = Script::open();
    let mut harness = sample(&script);
    let data =
        touchstone_protocol::DataRef::Sample { pipeline: "trades".to_owned(), source: "trades".to_owned() };
    let mut send = |command: touchstone_ui::data::Command| {
        let app = harness.state_mut().as_mut().expect("an app");
        app.command(touchstone_ui::command::Command::Data(command));
        settle(&mut harness);
    };
    // So that the comments are in sight: what no font here has makes the drawing of a test fail.
    for column in ["Trade Dt", "Settle Dt", "ISIN", "Side", "Qty"] {
        send(touchstone_ui::data::Command::Hide(data.clone(), column.to_owned(), true));
    }
    assert!(sees(&harness, "Comment ok \u{1f600} \u{2705}"));
    for theme in [egui::Theme::Dark, egui::Theme::Light] {
        harness.ctx.set_theme(theme);
        settle(&mut harness);
        support::picture(&mut harness, &format!("emoji-{theme:?}"));
    }
}

#[test]
fn a_large_sample_is_read_whole_in_the_background_once_and_can_be_stopped() {
    let script = Script::open();
    script.lock().large_samples = true;
    script.lock().job_steps = 1_000;
    let mut harness = sample(&script);
    assert_eq!(script.count("start_profile"), 1);
    assert!(harness.query_by_role_and_label(Role::ProgressIndicator, "Reading trades").is_some());
    click(&mut harness, Role::Button, "Stop reading");
    assert!(harness.query_by_role_and_label(Role::ProgressIndicator, "Reading trades").is_none());
    settle(&mut harness);
    assert_eq!(script.count("start_profile"), 1, "who stopped it is not asked again");
    click(&mut harness, Role::Button, "Read all of it");
    assert_eq!(script.count("start_profile"), 2);
}

#[test]
fn another_type_is_taken_into_the_contract_of_a_sample_by_one_click() {
    const TRADES: &str = "pipelines/trades.yaml";
    let disk = support::design::Disk::with_samples();
    let mut harness = support::design::designing_at(&disk, egui::vec2(1280.0, 1800.0));
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    grid(&mut harness);
    for _ in 0..6 {
        press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    }
    press(&mut harness, Modifiers::COMMAND, Key::I);
    assert!(sees(&harness, "Used"));
    let uses = harness.query_all_by_role_and_label(Role::Button, "Use this type").collect::<Vec<_>>();
    uses.first().expect("another type").click();
    settle(&mut harness);
    let app = harness.state().as_ref().expect("an app");
    let document = app.state().design.documents.get(TRADES).expect("a document");
    assert!(document.is_dirty());
    assert_eq!(document.history().undoes(), Some("Take double for Px"));
}

#[test]
fn arrows_lead_from_the_beginning_of_the_content_into_the_rows() {
    let script = Script::open();
    let mut harness = window(&script);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    assert!(harness.get_by_role_and_label(Role::Region, "Content").accesskit_node().is_focused());
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    let cursor = |harness: &Window<'_>| {
        let data = DataRef::Sample { pipeline: "trades".to_owned(), source: "trades".to_owned() };
        let state = harness.state().as_ref().expect("an app").state();
        state.data.view(&data).and_then(|view| view.cursor)
    };
    assert_eq!(cursor(&harness), Some((0, 0)));
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    assert_eq!(cursor(&harness), Some((1, 1)));
}
