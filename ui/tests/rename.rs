//! Renames in the window: every place is shown, and done as a whole in every document, or here alone.

#![expect(clippy::expect_used, reason = "a test's own helpers may")]

mod support;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Vec2, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use support::design::{Disk, designing, designing_at};
use support::{Window, click, picture, press, sees, settle};
use touchstone_protocol::Request;
use touchstone_ui::command::Command as AppCommand;
use touchstone_ui::design::{CanvasCommand, Command, Node, Pane};

const TRADES: &str = "pipelines/trades.yaml";
const PRICES: &str = "pipelines/prices.yaml";
const SECURITIES: &str = "pipelines/securities.yaml";
const POSITIONS: &str = "pipelines/positions.yaml";

fn send(harness: &mut Window<'_>, command: Command) {
    harness.state_mut().as_mut().expect("an app").command(AppCommand::Design(command));
    settle(harness);
}

fn text(harness: &Window<'_>, file: &str) -> String {
    let app = harness.state().as_ref().expect("an app");
    app.state().design.documents.get(file).expect("a document").text().to_owned()
}

fn is_dirty(harness: &Window<'_>, file: &str) -> bool {
    let app = harness.state().as_ref().expect("an app");
    app.state().design.documents.get(file).expect("a document").is_dirty()
}

/// Opens a place of a document, as a problem would.
fn go(harness: &mut Window<'_>, file: &str, path: &str) {
    send(harness, Command::GoTo { file: file.to_owned(), path: path.to_owned(), line: 1 });
}

fn type_into(harness: &mut Window<'_>, label: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, label).focus();
    settle(harness);
    press(harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, label).type_text(text);
    settle(harness);
}

fn is_focused(harness: &Window<'_>, label: &str) -> bool {
    harness.get_by_label_contains(label).accesskit_node().is_focused()
}

/// The field `security_id` of the securities, typed anew and about to be taken.
fn renaming(disk: &Disk, size: Vec2) -> Window<'static> {
    let mut harness = designing_at(disk, size);
    go(&mut harness, SECURITIES, "silver.securities.fields.security_id.from");
    type_into(&mut harness, "Name", "firm_number");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness
}

/// That field renamed in all documents, none of them saved.
fn renamed(disk: &Disk) -> Window<'static> {
    let mut harness = renaming(disk, vec2(1280.0, 800.0));
    harness.get_by_label_contains("Rename everywhere (").click_accesskit();
    settle(&mut harness);
    harness
}

#[test]
fn a_name_typed_anew_is_offered_everywhere_and_one_undo_takes_it_back_everywhere() {
    let disk = Disk::with_samples();
    let mut harness = renaming(&disk, vec2(1280.0, 800.0));
    assert_eq!(text(&harness, SECURITIES), disk.text(SECURITIES), "nothing happens before the answer");
    assert!(sees(&harness, "Rename field security_id"));
    assert!(sees(&harness, "pipelines/trades.yaml  ·  1 place"));
    assert!(sees(&harness, "lookup('securities', isin, 'security_idfirm_number', 'isin')"));
    assert!(is_focused(&harness, "Rename everywhere (6 places)"), "Enter takes it");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(!sees(&harness, "Rename field security_id"));
    assert!(text(&harness, SECURITIES).contains("key: [firm_number]"));
    assert!(text(&harness, SECURITIES).contains("firm_number: { from: security_id, required: true }"));
    assert!(text(&harness, TRADES).contains("lookup('securities', isin, 'firm_number', 'isin')"));
    assert!(text(&harness, POSITIONS).contains("\"securities.firm_number\" = 1.0"));
    let name = harness.get_by_role_and_label(Role::TextInput, "Name").accesskit_node().value();
    assert_eq!(name.as_deref(), Some("firm_number"), "the field is still the one that is edited");
    let all = [SECURITIES, TRADES, PRICES, POSITIONS];
    let after = all.map(|file| text(&harness, file));
    assert!(all.iter().all(|file| is_dirty(&harness, file)));
    // Whichever of them is looked at.
    for file in [SECURITIES, TRADES] {
        go(&mut harness, file, "");
        send(&mut harness, Command::Undo);
        assert!(all.iter().all(|file| !is_dirty(&harness, file)), "{file}");
        send(&mut harness, Command::Redo);
        assert_eq!(all.map(|file| text(&harness, file)), after);
    }
    // A document that has gone on since keeps it, and that is told.
    let edited = format!("{}# mine\n", text(&harness, POSITIONS));
    send(&mut harness, Command::EditText { file: POSITIONS.to_owned(), text: edited.clone() });
    send(&mut harness, Command::Undo);
    assert_eq!(text(&harness, POSITIONS), edited);
    assert!(!is_dirty(&harness, TRADES) && !is_dirty(&harness, SECURITIES));
    assert!(sees(&harness, "pipelines/positions.yaml went on since and kept it"));
    picture(&mut harness, "rename-taken-back");
}

#[test]
fn a_file_that_is_named_after_its_pipeline_follows_it_with_saving_and_never_over_another() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let rename = |harness: &mut Window<'_>, to: &str| {
        send(harness, Command::ShowPane(Pane::Canvas));
        send(harness, Command::Canvas(CanvasCommand::Select(Node::Pipeline)));
        type_into(harness, "Name", to);
        press(harness, Modifiers::NONE, Key::Enter);
    };
    go(&mut harness, PRICES, "");
    rename(&mut harness, "market");
    assert!(sees(&harness, "Saving gives its file the name pipelines/market.yaml"));
    press(&mut harness, Modifiers::NONE, Key::Enter);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert!(disk.text("pipelines/market.yaml").starts_with("pipeline: market\n"));
    assert_eq!(disk.text(PRICES), "", "the old file is gone");
    assert!(sees(&harness, "is the file's name now, after its pipeline; it was pipelines/prices.yaml"));
    assert!(!is_dirty(&harness, "pipelines/market.yaml"));
    // What was done before can still be taken back, and the file with it.
    send(&mut harness, Command::Undo);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert!(disk.text(PRICES).starts_with("pipeline: prices\n"));
    assert_eq!(disk.text("pipelines/market.yaml"), "");

    // Somebody else has put a file there, unseen.
    disk.write_unseen("pipelines/quotes.yaml", "pipeline: other\n".to_owned());
    rename(&mut harness, "quotes");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert_eq!(disk.text("pipelines/quotes.yaml"), "pipeline: other\n");
    assert!(disk.text(PRICES).starts_with("pipeline: quotes\n"));
    assert!(sees(&harness, "keeps its name: there is a file pipelines/quotes.yaml already"));
}

#[test]
fn a_pipeline_with_a_new_name_is_simulated_under_it_and_not_published_before_it_is_saved() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    go(&mut harness, PRICES, "");
    send(&mut harness, Command::ShowPane(Pane::Canvas));
    send(&mut harness, Command::Canvas(CanvasCommand::Select(Node::Pipeline)));
    type_into(&mut harness, "Name", "market");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let app = harness.state().as_ref().expect("an app");
    let obstacle = app.state().obstacle(&AppCommand::Publish).expect("an obstacle");
    assert!(obstacle.starts_with("Save first"), "{obstacle}");
    press(&mut harness, Modifiers::NONE, Key::F5);
    let asked = disk.script.lock().asked.clone();
    let started = asked.iter().filter_map(|request| match request {
        Request::StartSimulate(start) => Some(start.pipeline.as_str()),
        _ => None,
    });
    assert_eq!(started.collect::<Vec<_>>(), ["market"]);
    assert!(disk.text("pipelines/market.yaml").starts_with("pipeline: market\n"));
}

#[test]
fn a_click_beside_a_question_leaves_it_and_what_was_typed() {
    let disk = Disk::with_samples();
    let mut harness = renaming(&disk, vec2(1280.0, 800.0));
    harness.drag_at(egui::pos2(20.0, 780.0));
    harness.drop_at(egui::pos2(20.0, 780.0));
    settle(&mut harness);
    assert!(sees(&harness, "Rename field security_id"));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!sees(&harness, "Rename field security_id"));
}

#[test]
fn a_rename_can_be_done_here_alone_or_left() {
    let disk = Disk::with_samples();
    let mut harness = renaming(&disk, vec2(1280.0, 800.0));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!sees(&harness, "Rename field security_id"));
    assert!(!is_dirty(&harness, SECURITIES));
    type_into(&mut harness, "Name", "firm_number");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    click(&mut harness, Role::Button, "Only here");
    assert!(text(&harness, SECURITIES).contains("firm_number: { from: security_id, required: true }"));
    assert!(!is_dirty(&harness, TRADES));
}

#[test]
fn saving_saves_no_half_of_a_rename() {
    let disk = Disk::with_samples();
    let mut harness = renamed(&disk);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    settle(&mut harness);
    assert!(disk.text(SECURITIES).contains("firm_number:"));
    assert!(disk.text(TRADES).contains("firm_number"), "it would name a field that is gone");
    assert!(!is_dirty(&harness, SECURITIES) && !is_dirty(&harness, TRADES));
}

#[test]
fn an_undone_rename_is_saved_whole_too_and_later_edits_are_saved_alone() {
    let disk = Disk::with_samples();
    let mut harness = renamed(&disk);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(is_dirty(&harness, SECURITIES) && is_dirty(&harness, TRADES));
    press(&mut harness, Modifiers::COMMAND, Key::S);
    settle(&mut harness);
    assert!(disk.text(SECURITIES).contains("security_id:") && !disk.text(TRADES).contains("firm_number"));

    let mut harness = renamed(&disk);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    settle(&mut harness);
    for file in [SECURITIES, TRADES] {
        let text = format!("# mine\n{}", text(&harness, file));
        send(&mut harness, Command::EditText { file: file.to_owned(), text });
    }
    press(&mut harness, Modifiers::COMMAND, Key::S);
    settle(&mut harness);
    assert!(disk.text(SECURITIES).starts_with("# mine\n"));
    assert!(!disk.text(TRADES).starts_with("# mine\n"), "the rename is saved long since");
}

#[test]
fn the_key_renames_the_field_that_is_worked_at_whatever_the_canvas_has_selected() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    for node in [Node::Pipeline, Node::Source("trades".to_owned())] {
        send(&mut harness, Command::Canvas(CanvasCommand::Select(node)));
        send(&mut harness, Command::ShowPane(Pane::Mappings));
        send(&mut harness, Command::SelectField(Some("isin".to_owned())));
        press(&mut harness, Modifiers::NONE, Key::F2);
        assert!(sees(&harness, "Rename field isin"));
        press(&mut harness, Modifiers::NONE, Key::Escape);
    }
}

#[test]
fn a_simulation_saves_no_half_of_a_rename() {
    let disk = Disk::with_samples();
    let mut harness = renamed(&disk);
    assert!(is_dirty(&harness, SECURITIES) && is_dirty(&harness, TRADES));
    let mut readers = vec![POSITIONS, PRICES, TRADES];
    readers.retain(|file| is_dirty(&harness, file));
    press(&mut harness, Modifiers::NONE, Key::F5);
    settle(&mut harness);
    assert_eq!(disk.script.count("start_simulate"), 1);
    assert!(disk.text(SECURITIES).contains("firm_number:"));
    assert!(disk.text(TRADES).contains("firm_number"), "it would name a field that is gone");
    assert!(!is_dirty(&harness, TRADES));
    assert!(sees(&harness, &format!("Saved with securities: {}", readers.join(", "))));
}

#[test]
fn the_command_asks_for_the_name_and_tells_what_stands_against_it() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let node = Node::Silver("trades".to_owned());
    send(&mut harness, Command::Canvas(CanvasCommand::Select(node)));
    press(&mut harness, Modifiers::NONE, Key::F2);
    assert!(sees(&harness, "Rename table trades"));
    assert!(is_focused(&harness, "New name"));
    type_into(&mut harness, "New name", "Deals");
    assert!(sees(&harness, "Deals can't be the name"));
    let button = harness.get_by_role_and_label(Role::Button, "Rename everywhere");
    assert!(button.accesskit_node().is_disabled());
    type_into(&mut harness, "New name", "deals");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(text(&harness, TRADES).contains("from silver.deals"), "{}", text(&harness, TRADES));
    let app = harness.state().as_ref().expect("an app");
    assert_eq!(app.state().design.shown(TRADES).node, Some(Node::Silver("deals".to_owned())));
    assert!(!app.state().design.compilation().diagnostics.has_errors());
}

#[test]
fn columns_of_queries_keep_their_name_or_get_the_new_one() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    go(&mut harness, POSITIONS, "silver.positions.fields.quantity.from");
    type_into(&mut harness, "Name", "held");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(sees(&harness, "positions.gold.holdings_valued.quantity keeps its name"));
    click(&mut harness, Role::RadioButton, "Get the new name");
    assert!(sees(&harness, "positions.gold.holdings_valued.quantity gets the new name too"));
    click(&mut harness, Role::RadioButton, "Keep their name");
    harness.get_by_label_contains("Rename everywhere (").click_accesskit();
    settle(&mut harness);
    assert!(text(&harness, POSITIONS).contains("p.held as quantity"), "{}", text(&harness, POSITIONS));
}

#[test]
fn a_column_that_a_query_gives_and_the_pipeline_itself_are_renamed() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    go(&mut harness, POSITIONS, "gold.holdings_valued.sql");
    send(&mut harness, Command::ShowPane(Pane::Mappings));
    harness.get_by_label_contains("Gives price decimal").click_accesskit();
    settle(&mut harness);
    type_into(&mut harness, "New name", "last_price");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(text(&harness, POSITIONS).contains("as last_price,"));
    assert!(text(&harness, POSITIONS).contains("Completeness \"last_price\" > 0.99"));

    go(&mut harness, PRICES, "");
    send(&mut harness, Command::ShowPane(Pane::Canvas));
    send(&mut harness, Command::Canvas(CanvasCommand::Select(Node::Pipeline)));
    type_into(&mut harness, "Name", "trades");
    assert!(sees(&harness, "There is a pipeline trades already"));
    type_into(&mut harness, "Name", "market");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(text(&harness, PRICES).starts_with("pipeline: market\n"));
    assert!(text(&harness, POSITIONS).contains("left join market.prices r"));
}

#[test]
fn another_delimiter_is_typed() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let node = Node::Source("trades".to_owned());
    send(&mut harness, Command::Canvas(CanvasCommand::Select(node)));
    harness.get_by_role_and_label(Role::ComboBox, "Delimiter: Semicolon").click_accesskit();
    settle(&mut harness);
    harness.get_by_label("Another…").click_accesskit();
    settle(&mut harness);
    type_into(&mut harness, "Character between fields", "§");
    assert!(sees(&harness, "§ is no ASCII character (not taken yet)"));
    assert!(!is_dirty(&harness, TRADES));
    type_into(&mut harness, "Character between fields", "~");
    assert!(text(&harness, TRADES).contains("delimiter: \"~\""), "{}", text(&harness, TRADES));
}

#[test]
fn pictures_of_a_rename() {
    if std::env::var_os("TOUCHSTONE_PICTURES").is_none() {
        return;
    }
    for (size, name) in [(vec2(1280.0, 800.0), "1280"), (vec2(1920.0, 1080.0), "1920")] {
        let mut harness = renaming(&Disk::with_samples(), size);
        picture(&mut harness, &format!("rename-{name}-dark"));
        harness.ctx.set_theme(egui::Theme::Light);
        settle(&mut harness);
        picture(&mut harness, &format!("rename-{name}-light"));
    }
    let mut harness = designing(&Disk::with_samples());
    go(&mut harness, POSITIONS, "silver.positions.fields.quantity.from");
    type_into(&mut harness, "Name", "held");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    picture(&mut harness, "rename-outputs");
}
