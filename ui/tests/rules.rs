//! The rules of a table: read as sentences, changed in forms and as text, counted on the sample.

#![expect(clippy::expect_used, reason = "a test stops where it can't go on")]

mod support;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use support::design::{Disk, designing, designing_at};
use support::{Window, click, picture, press, sees, settle};
use touchstone_protocol::{ErrorCode, RpcError};

const TRADES: &str = "pipelines/trades.yaml";

fn rules(disk: &Disk) -> Window<'static> {
    let mut harness = designing(disk);
    click(&mut harness, Role::RadioButton, "Rules");
    harness
}

fn text(harness: &Window<'_>) -> String {
    let app = harness.state().as_ref().expect("an app");
    app.state().design.documents.get(TRADES).expect("a document").text().to_owned()
}

fn undoes(harness: &Window<'_>) -> String {
    let app = harness.state().as_ref().expect("an app");
    let history = app.state().design.documents.get(TRADES).expect("a document").history();
    history.undoes().unwrap_or_default().to_owned()
}

fn rule(harness: &mut Window<'_>, beginning: &str) {
    harness.get_by(|node| node.role() == Role::ListItem && starts(node, beginning)).click();
    settle(harness);
}

fn starts(node: &egui_kittest::kittest::AccessKitNode<'_>, beginning: &str) -> bool {
    node.label().is_some_and(|label| label.starts_with(beginning))
}

/// Types into a field in the place of what stood there.
fn type_over(harness: &mut Window<'_>, name: &str, typed: &str) {
    harness.get_by_role_and_label(Role::TextInput, name).focus();
    settle(harness);
    press(harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, name).type_text(typed);
    settle(harness);
}

/// Takes one of what a choice offers.
fn choose(harness: &mut Window<'_>, choice: &str, one: &str) {
    click(harness, Role::ComboBox, choice);
    click(harness, Role::ListBoxOption, one);
}

#[test]
fn rules_are_sentences_with_what_they_find_in_the_sample() {
    let disk = Disk::with_samples();
    let mut harness = rules(&disk);
    assert!(sees(&harness, "Rule 1: trade_id names a row, passed, always passes"));
    let failed = "Rule 2: Every value of quantity is greater than 0, failed, 2 of 17 fail  ·  11.8 %  ·  3 not checked";
    assert!(sees(&harness, failed));
    assert!(sees(&harness, "5 of 7 rules pass"));
    assert!(sees(&harness, "first 20 records"));
    // The rows that break the selected one.
    rule(&mut harness, "Rule 2: ");
    assert!(sees(&harness, "Failed: 2 rows  ·  3 not checked: they broke the contract"));
    assert!(sees(&harness, "Rows that break the rule, 2 rows"));
    assert!(sees(&harness, "0004201") && !sees(&harness, "0004202"), "two rows break it");
    rule(&mut harness, "Rule 3: ");
    assert!(sees(&harness, "No row breaks it"));
    picture(&mut harness, "rules");
}

#[test]
fn a_form_changes_its_rule_as_one_types_and_nothing_else() {
    let disk = Disk::with_samples();
    let mut harness = rules(&disk);
    let before = text(&harness);
    rule(&mut harness, "Rule 2: ");
    type_over(&mut harness, "Values: value", "25");
    assert_eq!(text(&harness), before.replace("\"quantity\" > 0,", "\"quantity\" > 25,"));
    assert_eq!(undoes(&harness), "Change rule ColumnValues quantity");
    assert!(sees(&harness, "Rule 2: Every value of quantity is greater than 25"));
    // What is not whole is kept in the form and told there; the document keeps what it had.
    type_over(&mut harness, "Values: value", "many");
    assert!(sees(&harness, "many is not a number"));
    assert!(text(&harness).contains("\"quantity\" > 25,"));
    type_over(&mut harness, "Values: value", "3.");
    assert_eq!(
        harness.get_by_role_and_label(Role::TextInput, "Values: value").value().as_deref(),
        Some("3."),
        "what is typed stays as it is typed"
    );
    choose(&mut harness, "Values: is greater than", "is at least");
    assert!(text(&harness).contains("\"quantity\" >= 3"));
    for _ in 0..9 {
        press(&mut harness, Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(text(&harness), before);
    assert_eq!(
        harness.get_by_role_and_label(Role::TextInput, "Values: value").value().as_deref(),
        Some("0"),
        "the form follows the document"
    );
}

#[test]
fn what_one_types_is_found_in_a_list_before_enter_takes_it() {
    let disk = Disk::with_samples();
    let mut harness = rules(&disk);
    rule(&mut harness, "Rule 2: ");
    click(&mut harness, Role::ComboBox, "Values: is greater than");
    harness.event(egui::Event::Text("Is at l".to_owned()));
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(text(&harness).contains("\"quantity\" >= 0"), "{}", text(&harness));
    // Typed while it is closed, it opens the list and is found there.
    harness.get_by_role_and_label(Role::ComboBox, "Values: is at least").focus();
    settle(&mut harness);
    harness.event(egui::Event::Text("is less".to_owned()));
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(text(&harness).contains("\"quantity\" < 0"), "{}", text(&harness));
}

#[test]
fn a_share_is_typed_in_percent() {
    let disk = Disk::with_samples();
    let mut harness = rules(&disk);
    rule(&mut harness, "Rule 7: ");
    let field = harness.get_by_role_and_label(Role::TextInput, "Share of rows: value");
    assert_eq!(field.value().as_deref(), Some("98"));
    type_over(&mut harness, "Share of rows: value", "99.5");
    assert!(text(&harness).contains("Completeness \"sector\" > 0.995"));
    type_over(&mut harness, "Share of rows: value", "120");
    assert!(sees(&harness, "a share is a number from 0 to 1"));
    assert!(sees(
        &harness,
        "Rule 7: The share of rows with a value of sector is greater than 120 %, has an error"
    ));
    assert!(sees(&harness, "Mend the errors to count anew"));
}

#[test]
fn a_new_rule_is_chosen_filled_in_and_counted() {
    let disk = Disk::with_samples();
    let mut harness = rules(&disk);
    let before = text(&harness);
    let asked = disk.script.count("preview");
    click(&mut harness, Role::Button, "Add rule…");
    // The keyboard is there already.
    harness.get_by_role_and_label(Role::TextInput, "Find a rule").type_text("length");
    settle(&mut harness);
    assert!(harness.query_by_label("Mean: The mean meets a condition").is_none());
    picture(&mut harness, "rules-kinds");
    click(&mut harness, Role::Button, "ColumnLength: Text has a length");
    assert!(sees(&harness, "New rule: "));
    assert_eq!(text(&harness), before, "a rule that is not whole is not in the document");
    choose(&mut harness, "Column", "currency");
    choose(&mut harness, "Length: is greater than", "is");
    assert_eq!(text(&harness), before);
    assert!(sees(&harness, "Give a number"));
    type_over(&mut harness, "Length: value", "3");
    let rules = "Completeness \"sector\" > 0.98,\n        ColumnLength \"currency\" = 3\n      ]";
    assert_eq!(text(&harness), before.replace("Completeness \"sector\" > 0.98\n      ]", rules));
    assert!(sees(&harness, "Rule 8 of 8"));
    assert!(sees(&harness, "Rule 8: The length of every value of currency is 3"));
    assert_eq!(undoes(&harness), "Add rule ColumnLength currency");
    harness.run_steps(4);
    assert!(disk.script.count("preview") > asked, "it is counted");
}

#[test]
fn a_new_rule_can_be_let_go() {
    let disk = Disk::with_samples();
    let mut harness = rules(&disk);
    let before = text(&harness);
    click(&mut harness, Role::Button, "Add rule…");
    click(&mut harness, Role::Button, "IsComplete: Every row has a value");
    assert!(sees(&harness, "New rule: choose a column"));
    click(&mut harness, Role::Button, "Cancel");
    assert!(!sees(&harness, "New rule"));
    assert_eq!(text(&harness), before);
}

#[test]
fn rules_are_duplicated_moved_and_removed() {
    let disk = Disk::with_samples();
    let mut harness = rules(&disk);
    let before = text(&harness);
    rule(&mut harness, "Rule 3: ");
    click(&mut harness, Role::Button, "Move rule up");
    let side = "        ColumnValues \"side\" in [\"BUY\", \"SELL\"],\n";
    let quantity = "        ColumnValues \"quantity\" > 0,\n";
    assert_eq!(text(&harness), before.replace(&format!("{quantity}{side}"), &format!("{side}{quantity}")));
    assert!(sees(&harness, "Rule 2 of 7"), "the selection goes along");
    click(&mut harness, Role::Button, "Duplicate rule");
    assert!(text(&harness).contains(&format!("{side}{side}{quantity}")));
    assert!(sees(&harness, "Rule 3 of 8"));
    click(&mut harness, Role::Button, "Remove rule");
    click(&mut harness, Role::Button, "Undo");
    click(&mut harness, Role::Button, "Undo");
    click(&mut harness, Role::Button, "Undo");
    assert_eq!(text(&harness), before);
    // By keyboard: the arrows go through the rules, Delete takes one out.
    rule(&mut harness, "Rule 1: ");
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    assert!(sees(&harness, "Rule 2 of 7"));
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert_eq!(text(&harness), before.replace(quantity, ""));
    assert_eq!(undoes(&harness), "Remove rule ColumnValues quantity");
}

#[test]
fn what_the_sample_speaks_for_is_taken_or_refused() {
    let disk = Disk::with_samples();
    let mut harness = rules(&disk);
    harness.get_by(|node| node.role() == Role::Button && ends(node, " suggestions")).click();
    settle(&mut harness);
    let taken = "Take: trade_date has a value in every row";
    assert!(sees(&harness, "All 20 rows have a value"), "each with its evidence");
    picture(&mut harness, "rules-suggestions");
    let refused = "has a value in every row";
    harness.get_by_role_and_label(Role::Button, &format!("Refuse: account_no {refused}")).scroll_to_me();
    settle(&mut harness);
    click(&mut harness, Role::Button, &format!("Refuse: account_no {refused}"));
    assert!(!sees(&harness, &format!("Take: account_no {refused}")));
    harness.get_by_role_and_label(Role::Button, taken).scroll_to_me();
    settle(&mut harness);
    click(&mut harness, Role::Button, taken);
    assert!(text(&harness).contains("> 0.98,\n        IsComplete \"trade_date\"\n      ]"));
    assert!(!sees(&harness, taken));
    assert_eq!(undoes(&harness), "Add rule IsComplete trade_date");
    click(&mut harness, Role::Button, "Take all");
    assert!(sees(&harness, "Nothing more to suggest"));
    assert!(!text(&harness).contains("IsComplete \"account_no\""), "what was refused stays refused");
    click(&mut harness, Role::Button, "Undo");
    assert!(text(&harness).contains("> 0.98,\n        IsComplete \"trade_date\"\n      ]"));
}

fn ends(node: &egui_kittest::kittest::AccessKitNode<'_>, ending: &str) -> bool {
    node.label().is_some_and(|label| label.ends_with(ending))
}

#[test]
fn values_of_the_sample_are_ticked_for_a_list() {
    let disk = Disk::with_samples();
    let mut harness = rules(&disk);
    rule(&mut harness, "Rule 3: ");
    assert!(harness.query_by_role_and_label(Role::CheckBox, "BUY 10").is_some());
    click(&mut harness, Role::CheckBox, "BUY 10");
    assert!(text(&harness).contains("\"side\" in [\"SELL\"]"));
    click(&mut harness, Role::Button, "null");
    type_over(&mut harness, "Values: add a value", "SHORT");
    click(&mut harness, Role::Button, "Add to Values");
    assert!(text(&harness).contains("\"side\" in [\"SELL\", NULL, \"SHORT\"]"));
    click(&mut harness, Role::Button, "Remove SHORT");
    assert!(text(&harness).contains("\"side\" in [\"SELL\", NULL]"));
}

#[test]
fn a_failure_is_handled_as_the_steward_chooses() {
    let disk = Disk::with_samples();
    let mut harness = rules(&disk);
    let before = text(&harness);
    click(&mut harness, Role::RadioButton, "Halt");
    assert_eq!(text(&harness), before.replace("on_failure: quarantine", "on_failure: halt"));
    assert_eq!(undoes(&harness), "Halt on failure in silver.trades");
}

#[test]
fn the_text_is_there_for_those_who_know_dqdl() {
    let disk = Disk::with_samples();
    let mut harness = rules(&disk);
    let before = text(&harness);
    click(&mut harness, Role::RadioButton, "Text");
    let editor = "Rules of silver.trades as text";
    harness.get_by_role_and_label(Role::MultilineTextInput, editor).focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::CTRL, Key::Home);
    harness.get_by_role_and_label(Role::MultilineTextInput, editor).type_text("# agreed with Mara\n");
    settle(&mut harness);
    let rules = "rules: |\n      # agreed with Mara\n      Rules = [\n";
    assert_eq!(text(&harness), before.replacen("rules: |\n      Rules = [\n", rules, 1));
    assert!(sees(&harness, "Rule 2: Every value of quantity"), "what they find stands beside");
    picture(&mut harness, "rules-text");
    // A list that isn't closed can't be changed rule by rule.
    press(&mut harness, Modifiers::CTRL, Key::End);
    for _ in 0..3 {
        press(&mut harness, Modifiers::NONE, Key::Backspace);
    }
    // All of it can be read, on as many lines as that takes.
    for (zoom, least) in [(1.3, 24.0), (1.0, 12.0)] {
        harness.ctx.set_zoom_factor(zoom);
        settle(&mut harness);
        let told = harness.get_by_label_contains("The rules can only be changed as text").rect();
        let right = harness.ctx.content_rect().right();
        assert!(told.height() > least && told.right() < right, "{zoom}: {told}");
    }
    picture(&mut harness, "rules-unclosed");
    click(&mut harness, Role::RadioButton, "List");
    click(&mut harness, Role::Button, "Show the text");
    assert!(sees(&harness, editor));
}

#[test]
fn rules_as_text_are_completed_with_rules_and_columns() {
    let disk = Disk::with_samples();
    let mut harness = rules(&disk);
    click(&mut harness, Role::RadioButton, "Text");
    let editor = "Rules of silver.trades as text";
    harness.get_by_role_and_label(Role::MultilineTextInput, editor).focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::MultilineTextInput, editor).type_text("Rules = [ IsComp");
    settle(&mut harness);
    assert!(sees(&harness, "IsComplete, Every row has a value"), "the rule, and what it demands");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(sees(&harness, "No row of the column is null"), "help with the rule");
    harness.get_by_role_and_label(Role::MultilineTextInput, editor).type_text("isi");
    settle(&mut harness);
    assert!(sees(&harness, "isin, string"));
    picture(&mut harness, "rules-completed");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(text(&harness).contains("Rules = [ IsComplete \"isin\""), "{}", text(&harness));
}

#[test]
fn a_rule_that_no_form_has_stays_text() {
    let disk = Disk::with_samples();
    let composite = "(IsComplete \"isin\") or (ColumnLength \"isin\" = 12)";
    disk.write_unseen(TRADES, disk.text(TRADES).replace("ColumnLength \"isin\" = 12", composite));
    let mut harness = rules(&disk);
    let before = text(&harness);
    assert!(before.contains(composite));
    rule(&mut harness, "Rule 4: isin has a value in every row; or");
    assert_eq!(text(&harness), before, "to look at a rule changes nothing");
    let editor = harness.get_by_role_and_label(Role::MultilineTextInput, "Rule in DQDL");
    assert_eq!(editor.value().as_deref(), Some(composite));
    editor.focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::CTRL, Key::End);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Rule in DQDL").type_text(" and");
    settle(&mut harness);
    assert!(sees(&harness, "has an error"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Rule in DQDL").type_text(", RowCount > 0");
    settle(&mut harness);
    assert!(sees(&harness, "Write one rule"));
    assert_eq!(text(&harness), before, "the list around it is never broken");
    // It is completed as the whole list is.
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Rule in DQDL").type_text("IsComp");
    settle(&mut harness);
    assert!(sees(&harness, "IsComplete, Every row has a value"));
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(sees(&harness, "No row of the column is null"), "help with the rule");
    harness.get_by_role_and_label(Role::MultilineTextInput, "Rule in DQDL").type_text("isi");
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(text(&harness).contains("IsComplete \"isin\""), "{}", text(&harness));
}

#[test]
fn gold_tables_have_rules_too() {
    let disk = Disk::with_samples();
    let mut harness = rules(&disk);
    let before = text(&harness);
    choose(&mut harness, "Table: silver.trades", "gold.sector_exposure");
    assert!(sees(&harness, "Rule 1: trade_date, sector, currency together name a row"));
    rule(&mut harness, "Rule 2: ");
    type_over(&mut harness, "Values: value", "10");
    assert_eq!(text(&harness), before.replace("\"gross_notional\" > 0", "\"gross_notional\" > 10"));
}

#[test]
fn a_table_without_rules_says_what_to_do() {
    let disk = Disk::with_samples();
    let whole = disk.text(TRADES);
    let (start, end) =
        (whole.find("    rules: |").expect("rules"), whole.find("    on_failure").expect("its end"));
    disk.write_unseen(TRADES, format!("{}{}", &whole[..start], &whole[end..]));
    let mut harness = rules(&disk);
    assert!(sees(&harness, "No rules yet"));
    click(&mut harness, Role::Button, "IsComplete: Every row has a value");
    choose(&mut harness, "Column", "isin");
    assert!(text(&harness).contains("    rules: |\n      Rules = [\n        IsComplete \"isin\"\n      ]\n"));
    click(&mut harness, Role::Button, "Remove rule");
    assert_eq!(text(&harness), disk.text(TRADES), "an empty list goes away");
    assert!(sees(&harness, "No rules yet"));
}

#[test]
fn a_slow_or_failing_count_keeps_the_last_good_one() {
    let disk = Disk::with_samples();
    disk.script.lock().held.insert("preview");
    let mut harness = rules(&disk);
    assert!(sees(&harness, "Rule 2: Every value of quantity is greater than 0, being counted"));
    disk.release("preview");
    settle(&mut harness);
    assert!(sees(&harness, "5 of 7 rules pass"));
    let broken = RpcError::new(ErrorCode::Failed, "the sample is gone").with_help("Put it back");
    disk.script.lock().failing.insert("preview", broken);
    rule(&mut harness, "Rule 2: ");
    type_over(&mut harness, "Values: value", "7");
    harness.run_steps(4);
    assert!(sees(&harness, "The rules could not be counted"));
    assert!(sees(&harness, "Rule 1: trade_id names a row, passed"), "the last good answer stays");
    disk.script.lock().failing.clear();
    click(&mut harness, Role::Button, "Try again");
    harness.run_steps(4);
    assert!(!sees(&harness, "The rules could not be counted"));
    assert!(sees(&harness, "Rule 2: Every value of quantity is greater than 7, failed"));
}

#[test]
fn with_large_text_no_button_lies_over_a_rule() {
    let disk = Disk::with_samples();
    let mut harness = rules(&disk);
    for zoom in [1.6, 2.0] {
        harness.ctx.set_zoom_factor(zoom);
        settle(&mut harness);
        let button = harness.get_by_role_and_label(Role::Button, "Add rule…").rect();
        let first = harness.get_by_label_contains("Rule 1: ").rect();
        let second = harness.get_by_label_contains("Rule 2: ").rect();
        assert!(button.top() >= second.bottom(), "{zoom}: {button:?} {first:?} {second:?}");
        let failing = harness.query_all_by_role(Role::Grid).map(|grid| grid.rect());
        for failing in failing {
            assert!(failing.top() >= button.bottom() && failing.height() > 60.0, "{zoom}: {failing:?}");
        }
        picture(&mut harness, &format!("rules large {zoom}"));
    }
}

#[test]
fn sentences_have_the_room_that_there_is_beside_the_text() {
    let disk = Disk::with_samples();
    let mut harness = designing_at(&disk, egui::vec2(1920.0, 1080.0));
    click(&mut harness, Role::RadioButton, "Rules");
    click(&mut harness, Role::RadioButton, "Text");
    rule(&mut harness, "Rule 3: ");
    for theme in [egui::Theme::Dark, egui::Theme::Light] {
        harness.ctx.set_theme(theme);
        settle(&mut harness);
        picture(&mut harness, &format!("rules-text-large-{theme:?}").to_lowercase());
    }
    let listed = harness.get_by(|node| node.role() == Role::ListItem && starts(node, "Rule 3: "));
    assert!(listed.rect().width() > 640.0, "{:?}", listed.rect());
    let written = harness.get_by(|node| node.role() == Role::MultilineTextInput && starts(node, "Rules of "));
    let written = written.rect();
    assert!(written.width() > 640.0, "{written}");
    // What is wrong with a row is a sentence too, and other columns are seen beside it.
    rule(&mut harness, "Rule 5: ");
    for theme in [egui::Theme::Dark, egui::Theme::Light] {
        harness.ctx.set_theme(theme);
        settle(&mut harness);
        picture(&mut harness, &format!("rules-wrong-large-{theme:?}").to_lowercase());
    }
    let header = |harness: &Window<'_>, beginning: &str| {
        harness.get_by(|node| node.role() == Role::ColumnHeader && starts(node, beginning)).rect()
    };
    let wrong = header(&harness, "What is wrong");
    assert!(wrong.width() > 400.0 && wrong.right() < written.right(), "{wrong}");
    assert!(header(&harness, "Trade ID").left() < written.right());
    // A form has the width that it needs, whatever the window.
    click(&mut harness, Role::RadioButton, "List");
    let form = harness.get_by(|node| node.role() == Role::ComboBox && starts(node, "Rule: "));
    assert!(form.rect().width() < 480.0, "{:?}", form.rect());
}

#[test]
fn it_looks_right_in_both_themes_and_sizes() {
    let disk = Disk::with_samples();
    for (size, name) in [(egui::vec2(1280.0, 800.0), "small"), (egui::vec2(1920.0, 1080.0), "large")] {
        let mut harness = designing_at(&disk, size);
        click(&mut harness, Role::RadioButton, "Rules");
        rule(&mut harness, "Rule 2: ");
        picture(&mut harness, &format!("rules-{name}-one"));
        rule(&mut harness, "Rule 5: ");
        picture(&mut harness, &format!("rules-{name}-reference"));
        press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::T);
        rule(&mut harness, "Rule 3: ");
        picture(&mut harness, &format!("rules-{name}-list"));
        harness.set_pixels_per_point(2.0);
        settle(&mut harness);
        assert!(sees(&harness, "Rule 3 of 7"), "at 200 % the form is still there");
    }
}
