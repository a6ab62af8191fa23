//! The lineage: a way is lit, walked along, searched and asked what breaks on it.

#![expect(clippy::expect_used, reason = "what fails here fails the test")]

mod support;

use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use support::design::{Disk, designing, designing_at};
use support::{Window, click, picture, press, sees, settle};
use touchstone_compiler::{ImpactSeverity, LineageTarget};
use touchstone_ui::command::{Command as AppCommand, Place};
use touchstone_ui::lineage::{Change, Command, Goal, Kind, State, Tab};

const NOTIONAL: &str = "trades.silver.trades.notional";
const GROSS: &str = "trades.gold.sector_exposure.gross_notional";
const PX: &str = "trades.bronze.trades.Px";

fn command(harness: &mut Window<'_>, command: Command) {
    harness.state_mut().as_mut().expect("an app").command(AppCommand::Lineage(command));
    settle(harness);
}

fn lineage<'a>(harness: &'a Window<'_>) -> &'a State {
    &harness.state().as_ref().expect("an app").state().lineage
}

fn target(harness: &Window<'_>, name: &str) -> LineageTarget {
    let app = harness.state().as_ref().expect("an app");
    app.state().design.compilation().lineage.find(name).expect("a table or column")
}

fn selected(harness: &Window<'_>) -> Option<String> {
    lineage(harness).selected.as_ref().map(ToString::to_string)
}

/// The window with the lineage open, looked at from near enough to read columns, around `name`.
fn at(name: &str) -> Window<'static> {
    let mut harness = designing_at(&Disk::with_samples(), vec2(1920.0, 1080.0));
    go(&mut harness, name);
    harness
}

fn go(harness: &mut Window<'_>, name: &str) {
    let target = target(harness, name);
    command(harness, Command::Show(target));
    command(harness, Command::Select(None));
}

#[test]
fn a_click_on_a_column_lights_its_whole_way_and_escape_lights_nothing() {
    let mut harness = at(NOTIONAL);
    assert_eq!(lineage(&harness).lit(), Vec::<String>::new());
    click(&mut harness, Role::TreeItem, NOTIONAL);
    assert_eq!(selected(&harness).as_deref(), Some(NOTIONAL));
    let lit = lineage(&harness).lit();
    for on_the_way in [
        PX,
        "trades.bronze.trades.Qty",
        "trades.file.trades.Px",
        NOTIONAL,
        GROSS,
        "trades.gold.sector_exposure",
    ] {
        assert!(lit.iter().any(|name| name == on_the_way), "{on_the_way} in {lit:?}");
    }
    for beside_it in ["trades.bronze.trades.Trader", "trades.silver.trades.trader", "prices.silver.prices"] {
        assert!(!lit.iter().any(|name| name == beside_it), "{beside_it} in {lit:?}");
    }
    // The panel tells how it is made and where it goes.
    assert!(sees(&harness, "quantity * price"));
    assert!(sees(&harness, "equity-data@example.com"));
    assert!(sees(&harness, "decimal(18,2)"));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(selected(&harness), None);
    assert_eq!(lineage(&harness).lit(), Vec::<String>::new());
}

#[test]
fn it_opens_near_enough_to_read_the_columns_of_the_pipeline_one_comes_from() {
    let mut harness = designing(&Disk::with_samples());
    harness.state_mut().as_mut().expect("an app").command(AppCommand::Select("trades".to_owned()));
    settle(&mut harness);
    harness.state_mut().as_mut().expect("an app").command(AppCommand::Go(Place::Lineage));
    settle(&mut harness);
    picture(&mut harness, "lineage-opened");
    assert_eq!(selected(&harness), None);
    click(&mut harness, Role::TreeItem, GROSS);
    assert_eq!(selected(&harness).as_deref(), Some(GROSS));
    // From another pipeline one comes to its tables.
    command(&mut harness, Command::Select(None));
    harness.state_mut().as_mut().expect("an app").command(AppCommand::Select("prices".to_owned()));
    settle(&mut harness);
    harness.state_mut().as_mut().expect("an app").command(AppCommand::Go(Place::Lineage));
    settle(&mut harness);
    let seen = harness.query_all_by_label_contains("prices.silver.prices.").next().is_some();
    assert!(seen, "the columns of prices are in sight");
}

#[test]
fn columns_that_are_folded_by_themselves_are_told_of() {
    let disk = Disk::with_samples();
    let columns: Vec<String> = (0..61).map(|at| format!("c{at}")).collect();
    let of = |form: &dyn Fn(&str) -> String| columns.iter().map(|name| form(name)).collect::<String>();
    let wide = format!(
        "pipeline: wide\nsources:\n  wide:\n    kind: file\n    format: {{ csv: {{}} }}\n    contract:\n{}silver:\n  wide:\n    \
         from: wide\n    fields:\n{}",
        of(&|name| format!("      - {{ name: {name}, type: string }}\n")),
        of(&|name| format!("      {name}: {{ from: {name} }}\n")),
    );
    disk.write("pipelines/wide.yaml", Some(wide));
    let mut harness = designing_at(&disk, vec2(1920.0, 1080.0));
    harness.state_mut().as_mut().expect("an app").command(AppCommand::Go(Place::Lineage));
    settle(&mut harness);
    // Source, bronze and silver.
    let told = "Columns of 3 tables are folded; the sign on a card unfolds them";
    assert!(sees(&harness, told));
    picture(&mut harness, "lineage-folded");
    command(&mut harness, Command::ShowTablesOnly(true));
    assert!(!sees(&harness, "tables are folded"), "no columns are shown at all");
    command(&mut harness, Command::ShowTablesOnly(false));
    command(&mut harness, Command::OpenAll(true));
    assert!(!sees(&harness, "tables are folded"));
}

#[test]
fn a_click_on_a_table_lights_the_tables_on_its_way() {
    let mut harness = at("trades.silver.trades");
    click(&mut harness, Role::TreeItem, "trades.silver.trades");
    let lit = lineage(&harness).lit();
    for name in ["trades.file.trades", "trades.bronze.trades", "securities.silver.securities", GROSS] {
        assert!(lit.iter().any(|one| one == name), "{name} in {lit:?}");
    }
    assert!(!lit.iter().any(|one| one == "prices.silver.prices"), "{lit:?}");
    assert!(sees(&harness, "What decides about its rows"));
}

#[test]
fn the_keys_walk_along_the_edges_and_enter_lights() {
    let mut harness = at(NOTIONAL);
    harness.get_by_role_and_label(Role::TreeItem, PX).focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    assert!(
        harness
            .get_by_role_and_label(Role::TreeItem, "trades.silver.trades.price")
            .accesskit_node()
            .is_focused()
    );
    assert_eq!(selected(&harness), None, "walking lights nothing");
    press(&mut harness, Modifiers::NONE, Key::ArrowLeft);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    assert!(
        harness
            .get_by_role_and_label(Role::TreeItem, "trades.bronze.trades.Qty")
            .accesskit_node()
            .is_focused()
    );
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(selected(&harness).as_deref(), Some("trades.bronze.trades.Qty"));
    // Along what is lit to the end, which comes into sight.
    press(&mut harness, Modifiers::NONE, Key::ArrowLeft);
    assert!(
        harness.get_by_role_and_label(Role::TreeItem, "trades.file.trades.Qty").accesskit_node().is_focused()
    );
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(selected(&harness), None);
}

#[test]
fn what_is_looked_for_is_found_one_after_the_other() {
    let mut harness = at(NOTIONAL);
    press(&mut harness, Modifiers::COMMAND, Key::F);
    let field = harness.get_all_by_role(Role::TextInput).find(|node| node.accesskit_node().is_focused());
    field.expect("the field has the keyboard").type_text("gross");
    settle(&mut harness);
    assert!(sees(&harness, "found"));
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(selected(&harness).as_deref(), Some(GROSS));
    assert!(sees(&harness, "1 of "));
    let first = selected(&harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    press(&mut harness, Modifiers::SHIFT, Key::Enter);
    assert_eq!(selected(&harness), first);
    command(&mut harness, Command::EditFind("no such thing".to_owned()));
    assert!(sees(&harness, "Nowhere"));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(lineage(&harness).find.is_none());
}

#[test]
fn it_is_told_what_breaks_and_whom_to_ask() {
    let mut harness = at("securities.silver.securities.sector");
    click(&mut harness, Role::TreeItem, "securities.silver.securities.sector");
    click(&mut harness, Role::Tab, "Impact");
    let impact = lineage(&harness).impact().expect("an answer");
    let broken = |name: &str| {
        let tables = impact.tables.iter().filter(|table| table.severity == ImpactSeverity::Breaks);
        tables.into_iter().any(|table| table.node.to_string() == name)
    };
    assert!(broken("trades.silver.trades") && broken("trades.gold.sector_exposure"), "{impact:?}");
    assert!(sees(&harness, "trades.silver.trades breaks"));
    assert!(sees(&harness, "equity-data@example.com"));
    // A name that nothing follows breaks as much; a type is only tried once it is one.
    click(&mut harness, Role::RadioButton, "Change type");
    assert!(lineage(&harness).impact().is_none());
    assert!(sees(&harness, "Type the new type"));
    let change = Change { kind: Kind::Retype, data_type: "int".to_owned(), ..Change::default() };
    command(&mut harness, Command::EditChange(change));
    assert!(lineage(&harness).impact().is_some());
    // Arrows choose here too. What is touched leads on.
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    assert!(!harness.get_by_role_and_label(Role::RadioButton, "Change type").is_focused());
    click(&mut harness, Role::RadioButton, "Remove");
    click(&mut harness, Role::ListItem, "trades.silver.trades breaks");
    assert_eq!(selected(&harness).as_deref(), Some("trades.silver.trades"));
}

#[test]
fn the_panel_leads_along_the_way_and_into_the_design() {
    let mut harness = at(NOTIONAL);
    click(&mut harness, Role::TreeItem, NOTIONAL);
    click(&mut harness, Role::ListItem, &format!("Go to {GROSS}"));
    assert_eq!(selected(&harness).as_deref(), Some(GROSS));
    click(&mut harness, Role::ListItem, &format!("Go to {NOTIONAL}"));
    click(&mut harness, Role::Button, "Open in design");
    let state = harness.state().as_ref().expect("an app").state();
    assert_eq!(state.place, Place::Pipeline("trades".to_owned()));
    assert_eq!(state.design.shown("pipelines/trades.yaml").field.as_deref(), Some("notional"));
    // And back: what is selected in the design is shown in the lineage.
    command(&mut harness, Command::Select(None));
    command(&mut harness, Command::ShowThis);
    assert_eq!(selected(&harness).as_deref(), Some(NOTIONAL));
}

#[test]
fn layers_and_pipelines_are_hidden_and_shown_again() {
    let mut harness = at(NOTIONAL);
    let (all, edges) = lineage(&harness).size();
    click(&mut harness, Role::Button, "Filter…");
    click(&mut harness, Role::CheckBox, "Bronze");
    let (fewer, bridged) = lineage(&harness).size();
    assert!(fewer < all && bridged < edges && bridged > 0);
    click(&mut harness, Role::CheckBox, "prices");
    assert!(lineage(&harness).size().0 < fewer);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    click(&mut harness, Role::Button, "Remove without bronze");
    click(&mut harness, Role::Button, "Remove without prices");
    assert_eq!(lineage(&harness).size(), (all, edges));
    // Only the way of what is selected.
    let gross = target(&harness, GROSS);
    command(&mut harness, Command::Show(gross));
    click(&mut harness, Role::Button, "Only this way");
    let (way, _) = lineage(&harness).size();
    assert!(way > 3 && way < all);
    click(&mut harness, Role::Button, "Show everything");
    assert_eq!(lineage(&harness).size(), (all, edges));
}

#[test]
fn cards_are_opened_and_closed_and_tables_shown_alone() {
    let mut harness = at(NOTIONAL);
    assert!(sees(&harness, NOTIONAL));
    click(&mut harness, Role::Button, "Close trades.silver.trades");
    assert!(!sees(&harness, NOTIONAL));
    click(&mut harness, Role::Button, "Open trades.silver.trades");
    assert!(sees(&harness, NOTIONAL));
    click(&mut harness, Role::RadioButton, "Tables");
    assert!(!sees(&harness, NOTIONAL));
    assert!(sees(&harness, "trades.silver.trades"));
    // What is looked for is shown, if it is a column.
    command(&mut harness, Command::EditFind("gross".to_owned()));
    command(&mut harness, Command::FindAgain(false));
    assert!(!lineage(&harness).tables_only);
    assert!(sees(&harness, GROSS));
}

#[test]
fn a_change_of_the_documents_is_followed_and_what_has_errors_is_left_out() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    go(&mut harness, NOTIONAL);
    let (before, _) = lineage(&harness).size();
    let text = disk.text("pipelines/trades.yaml");
    disk.write("pipelines/trades.yaml", Some(text.replace("quantity * price", "quantty * price")));
    settle(&mut harness);
    assert!(lineage(&harness).size().0 < before);
    assert!(sees(&harness, "Without trades"));
    disk.write(
        "pipelines/trades.yaml",
        Some(
            text.replace("      notional: {", "      amount: {")
                .replace("-notional, notional", "-amount, amount")
                .replace("sum(notional)", "sum(amount)"),
        ),
    );
    settle(&mut harness);
    assert_eq!(lineage(&harness).size().0, before);
    assert!(sees(&harness, "trades.silver.trades.amount"));
}

#[test]
fn the_picture_is_moved_by_the_minimap_the_wheel_and_the_keys() {
    let mut harness = designing(&Disk::with_samples());
    go(&mut harness, NOTIONAL);
    let before = lineage(&harness).camera;
    harness.get_by_role_and_label(Role::Group, "Minimap").click();
    settle(&mut harness);
    let there = lineage(&harness).camera;
    assert_ne!(there.center, before.center);
    assert!((there.zoom - before.zoom).abs() < f32::EPSILON);
    press(&mut harness, Modifiers::SHIFT, Key::Num1);
    let all = lineage(&harness).camera;
    assert!(all.zoom < before.zoom);
    click(&mut harness, Role::Button, "Zoom in");
    assert!(lineage(&harness).camera.zoom > all.zoom);
    command(&mut harness, Command::See(Goal::All));
    assert_eq!(lineage(&harness).camera, all);
}

#[test]
fn what_is_written_on_edges_covers_no_card_and_stands_at_loops_too() {
    for size in [vec2(1280.0, 800.0), vec2(1920.0, 1080.0)] {
        let mut harness = designing_at(&Disk::with_samples(), size);
        let (mut written, mut loops) = (0, 0);
        for column in [NOTIONAL, "trades.silver.trades.quantity", "trades.silver.trades.sector", GROSS] {
            let column = target(&harness, column);
            command(&mut harness, Command::Show(column.clone()));
            picture(&mut harness, &format!("lineage-labels-{}-{column}", size.x));
            let cards: Vec<_> = harness.get_all_by_role(Role::TreeItem).map(|card| card.rect()).collect();
            for label in harness.query_all_by_label_contains("On the edge: ") {
                written += 1;
                let place = label.rect();
                let covered = cards.iter().find(|card| card.intersects(place));
                assert!(covered.is_none(), "{column}: {:?} at {place:?}", label.accesskit_node().label());
            }
            loops += harness.query_all_by_label("On the edge: quantity * price").count();
            let sum = harness.query_by_label("On the edge: sum(notional)").map(|label| label.rect().center());
            if let Some(place) = sum {
                harness.hover_at(place);
                settle(&mut harness);
                assert!(
                    sees(&harness, &format!("{NOTIONAL} → {GROSS}")),
                    "the pointer is told the whole edge"
                );
            }
        }
        assert!(written > 2 && loops > 0, "{written} {loops}");
    }
}

#[test]
fn a_name_with_much_beside_it_has_the_line_for_itself() {
    let mut harness = designing(&Disk::with_samples());
    let table = target(&harness, "trades.gold.sector_exposure");
    command(&mut harness, Command::Show(table));
    picture(&mut harness, "lineage-about-rows");
    let heights = |harness: &Window<'_>, name: &str| -> Vec<f32> {
        let rows = harness.query_all_by_role_and_label(Role::ListItem, name);
        rows.map(|row| row.rect().height()).collect()
    };
    // Once with the rule that it is the key of, which stands beneath, and once with its type beside it.
    let of_key = heights(&harness, "Go to trades.gold.sector_exposure.currency");
    assert!(of_key.iter().any(|height| *height > 36.0), "{of_key:?}");
    assert!(of_key.iter().any(|height| *height < 28.0), "{of_key:?}");
}

/// Pictures to look at; nothing is asserted but that they can be drawn.
#[test]
fn pictures() {
    if std::env::var_os("TOUCHSTONE_PICTURES").is_none() {
        return;
    }
    for (size, name) in [(vec2(1280.0, 800.0), "1280"), (vec2(1920.0, 1080.0), "1920")] {
        let mut harness = designing_at(&Disk::with_samples(), size);
        go(&mut harness, NOTIONAL);
        picture(&mut harness, &format!("lineage-{name}-near"));
        command(&mut harness, Command::See(Goal::All));
        picture(&mut harness, &format!("lineage-{name}-all"));
        let column = target(&harness, NOTIONAL);
        command(&mut harness, Command::Show(column));
        picture(&mut harness, &format!("lineage-{name}-lit"));
        command(&mut harness, Command::See(Goal::Way));
        picture(&mut harness, &format!("lineage-{name}-way"));
        command(&mut harness, Command::ShowTab(Tab::Impact));
        command(&mut harness, Command::EditFind("notional".to_owned()));
        picture(&mut harness, &format!("lineage-{name}-impact"));
        harness.state_mut().as_mut().expect("an app").command(AppCommand::ToggleTheme);
        settle(&mut harness);
        command(&mut harness, Command::Only(true));
        picture(&mut harness, &format!("lineage-{name}-only"));
        command(&mut harness, Command::ShowTablesOnly(true));
        command(&mut harness, Command::ClearFilter);
        command(&mut harness, Command::See(Goal::All));
        picture(&mut harness, &format!("lineage-{name}-tables"));
    }
}

#[test]
fn the_palettes_escape_leaves_what_is_lit() {
    let mut harness = at(NOTIONAL);
    click(&mut harness, Role::TreeItem, NOTIONAL);
    press(&mut harness, Modifiers::COMMAND, Key::K);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!sees(&harness, "Command palette"));
    assert_eq!(selected(&harness).as_deref(), Some(NOTIONAL));
}
