//! Text at 200 % in a window of 1280 by 800: every view has room for what is worked at, and nothing lies over it.

mod support;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use support::design::{Disk, designing, opened};
use support::{Script, Window, click, command, press, sees, settle, state, window};
use touchstone_protocol::{ErrorCode, RpcError};
use touchstone_ui::command::{Command, Place, Section};
use touchstone_ui::design::{Command as DesignCommand, Pane};
use touchstone_ui::shell;

/// Ten steps, as a person does it.
fn enlarge(harness: &mut Window<'_>) {
    for _ in 0..10 {
        press(harness, Modifiers::COMMAND, Key::Plus);
    }
    settle(harness);
    assert!((harness.ctx.content_rect().width() - 640.0).abs() < 1.0, "{:?}", harness.ctx.content_rect());
}

/// A pipeline's window with samples, simulation and versions, at 200 %.
fn enlarged(script: &Script) -> Window<'static> {
    for message in ["first", "rules", "prices", "sectors"] {
        script.lock().publish("mara", message);
    }
    let mut harness = window(script);
    support::select_trades(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    enlarge(&mut harness);
    harness
}

/// The same for documents.
fn enlarged_design(pane: Pane) -> Window<'static> {
    let mut harness = designing(&Disk::with_samples());
    command(&mut harness, Command::ShowSection(Section::Design));
    command(&mut harness, Command::Design(DesignCommand::ShowPane(pane)));
    enlarge(&mut harness);
    harness
}

/// Where the work is: below all bars, above the status, beside the list.
fn content(harness: &Window<'_>) -> Rect {
    let content = harness.get_by_role_and_label(Role::Region, "Content").rect();
    let window = harness.ctx.content_rect();
    assert!(window.contains_rect(content), "{content} of {window}");
    content
}

/// Widgets that are wholly in sight where the work is, and not below each other.
fn in_sight(harness: &Window<'_>, is_meant: impl Fn(Role, &str) -> bool) -> Vec<(String, Rect)> {
    let content = content(harness).expand(0.5);
    let nodes = harness.query_all_by(|node| is_meant(node.role(), &node.label().unwrap_or_default()));
    let found = nodes.map(|node| (node.accesskit_node().label().unwrap_or_default(), node.rect()));
    let found: Vec<_> =
        found.filter(|(_, rect)| rect.is_positive() && content.contains_rect(*rect)).collect();
    for (at, (name, rect)) in found.iter().enumerate() {
        for (other, with) in &found[..at] {
            let shared = rect.shrink(0.5).intersect(with.shrink(0.5));
            assert!(!shared.is_positive(), "{name} {rect} lies over {other} {with}");
        }
    }
    found
}

fn rows(harness: &Window<'_>) -> Vec<(String, Rect)> {
    in_sight(harness, |role, name| role == Role::Row && name.starts_with("Row "))
}

#[test]
fn rows_of_data_and_of_a_simulation_are_in_sight_and_headers_do_not_overlap() {
    let script = Script::open();
    let mut harness = enlarged(&script);
    command(&mut harness, Command::ShowSection(Section::Data));
    support::picture(&mut harness, "large data");
    assert!(rows(&harness).len() >= 3, "{:?}", rows(&harness));
    let above = harness.query_all_by_role(Role::ColumnHeader).map(|node| node.rect().bottom());
    let above = above.fold(0.0, f32::max);
    let first = rows(&harness)[0].1.top();
    assert!(above > 0.0 && above <= first + 0.5, "the header ends at {above}, rows begin at {first}");
    // Records that could not be read are folded, and a click from being listed.
    assert!(harness.query_by_role_and_label(Role::Button, "List rejects").is_some());
    click(&mut harness, Role::Button, "List rejects");
    assert!(sees(&harness, "As it is in the file"));
    support::picture(&mut harness, "large rejects");
    click(&mut harness, Role::Button, "Fold rejects");
    assert!(rows(&harness).len() >= 3);
    // What is looked for has its field above them.
    press(&mut harness, Modifiers::COMMAND, Key::F);
    support::picture(&mut harness, "large find");
    assert!(rows(&harness).len() >= 3, "{:?}", rows(&harness));

    command(&mut harness, Command::ShowSection(Section::Prove));
    support::picture(&mut harness, "large prove");
    assert!(rows(&harness).len() >= 3, "{:?}", rows(&harness));
}

#[test]
fn differences_versions_and_events_are_in_sight() {
    let script = Script::open();
    let mut harness = enlarged(&script);
    command(&mut harness, Command::ShowSection(Section::Publish));
    support::picture(&mut harness, "large publish");
    assert!(rows(&harness).len() >= 2, "{:?}", rows(&harness));
    command(&mut harness, Command::Go(Place::Audit));
    support::picture(&mut harness, "large audit");
    assert!(rows(&harness).len() >= 3, "{:?}", rows(&harness));
}

#[test]
fn cards_columns_fields_and_rules_are_in_sight() {
    let mut harness = enlarged_design(Pane::Canvas);
    support::picture(&mut harness, "large canvas");
    let cards = in_sight(&harness, |role, name| {
        let is_named = name.contains('.') || name.starts_with("source ");
        role == Role::ListItem && is_named && name.contains(": ")
    });
    assert!(cards.len() >= 3, "{cards:?}");
    assert!(cards.iter().all(|(_, rect)| rect.width() > 40.0), "{cards:?}");

    let mut harness = enlarged_design(Pane::Mappings);
    support::picture(&mut harness, "large mappings");
    for list in ["Column ", "Field "] {
        let rows = in_sight(&harness, |role, name| role == Role::ListItem && name.starts_with(list));
        assert!(rows.len() >= 3, "{list}: {rows:?}");
    }

    let mut harness = enlarged_design(Pane::Rules);
    support::picture(&mut harness, "large rules");
    let rules = in_sight(&harness, |role, name| role == Role::ListItem && name.starts_with("Rule "));
    assert!(rules.len() >= 3, "{rules:?}");
    assert!(rules.iter().all(|(_, rect)| rect.width() > 400.0), "{rules:?}");
    click(&mut harness, Role::RadioButton, "Text");
    support::picture(&mut harness, "large rules as text");
    let editor = harness.get_by_role(Role::MultilineTextInput).rect();
    let editor = editor.intersect(content(&harness));
    assert!(editor.width() > 400.0 && editor.height() > 140.0, "{editor}");

    let mut harness = enlarged_design(Pane::Yaml);
    support::picture(&mut harness, "large yaml");
    let editor = harness.get_by_role(Role::MultilineTextInput).rect();
    let editor = editor.intersect(content(&harness));
    assert!(editor.width() > 400.0 && editor.height() > 140.0, "{editor}");
}

#[test]
fn columns_of_the_lineage_are_in_sight() {
    let mut harness = enlarged_design(Pane::Canvas);
    command(&mut harness, Command::Go(Place::Lineage));
    support::picture(&mut harness, "large lineage");
    let minimap = harness.get_by_role_and_label(Role::Group, "Minimap").rect();
    // A table and columns of it.
    let shown = in_sight(&harness, |role, name| {
        role == Role::TreeItem && name.starts_with("trades.gold.sector_exposure.")
    });
    let shown: Vec<_> = shown.into_iter().filter(|(_, rect)| !minimap.contains(rect.center())).collect();
    assert!(shown.len() >= 3, "{shown:?}");
    let picture = content(&harness);
    assert!(picture.width() > 400.0 && picture.height() > 200.0, "{picture}");
    assert!(minimap.area() < picture.area() / 10.0, "{minimap} of {picture}");
}

#[test]
fn the_list_of_pipelines_takes_less_by_itself_is_put_away_and_remembered() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let width = |harness: &Window<'_>| {
        let list = harness.query_by_role_and_label(Role::Region, "Pipelines");
        list.map_or(0.0, |list| list.rect().width() / harness.ctx.content_rect().width())
    };
    assert!((0.18..0.25).contains(&width(&harness)), "{}", width(&harness));
    enlarge(&mut harness);
    assert!((0.15..0.25).contains(&width(&harness)), "{}", width(&harness));
    let before = content(&harness).width();
    press(&mut harness, Modifiers::COMMAND, Key::B);
    assert!(width(&harness) == 0.0 && content(&harness).width() > before + 100.0);
    // The keyboard goes round in what is left.
    press(&mut harness, Modifiers::NONE, Key::F6);
    assert!(harness.get_by_role_and_label(Role::Region, "Content").accesskit_node().is_focused());
    support::picture(&mut harness, "large without list");
    let kept = disk.script.lock().kept[1].clone().expect("the layout");
    assert_eq!(kept["list_hidden"], true);
    let again = opened(&disk);
    assert!(state(&again).shell.is_list_hidden);
    click(&mut harness, Role::Button, "List of pipelines");
    assert!(width(&harness) > 0.0);
}

#[test]
fn the_tab_that_is_shown_is_in_sight() {
    let script = Script::open();
    let mut harness = window(&script);
    for place in [Place::Audit, Place::Lineage, Place::File("/data/inbox/exposures.csv".to_owned())] {
        command(&mut harness, Command::Go(place));
    }
    command(&mut harness, Command::Go(Place::Pipeline("trades".to_owned())));
    enlarge(&mut harness);
    support::picture(&mut harness, "large tabs");
    let all = harness.get_by_role_and_label(Role::Button, "All tabs").rect();
    let tab = harness.get_by_role_and_label(Role::Tab, "Daily equity trades").rect();
    let left = harness.get_by_role_and_label(Role::Region, "Pipelines").rect().right();
    assert!(tab.left() >= left && tab.right() <= all.left() + 0.5, "{tab} between {left} and {all}");
}

#[test]
fn messages_lie_over_nothing_that_is_worked_with() {
    let script = Script::open();
    for message in ["first", "rules"] {
        script.lock().publish("mara", message);
    }
    let mut harness = window(&script);
    support::select_trades(&mut harness);
    command(&mut harness, Command::ShowSection(Section::Publish));
    let quiet = content(&harness);
    let error = |at: u32| {
        let words =
            format!("{at}: {}", "The service is not there, and says at length why that is so. ".repeat(6));
        RpcError::new(ErrorCode::Unavailable, words).with_help("Wait and try again")
    };
    for at in 0..3 {
        script.lock().failing.insert("pick_workspace", error(at));
        command(&mut harness, Command::PickWorkspace);
    }
    let is_clear = |harness: &Window<'_>| {
        let message = harness.get_by_role_and_label(Role::Region, "Messages").rect();
        let window = harness.ctx.content_rect();
        assert!(window.contains_rect(message) && message.height() <= 32.0, "{message} in {window}");
        assert!(message.width() > window.width() * 0.4, "{message} in {window}");
        assert!(message.top() >= content(harness).bottom() - 0.5, "{message} below {}", content(harness));
        let close = harness.get_by_role_and_label(Role::Button, "Dismiss").rect();
        let all = harness.get_by_role_and_label(Role::Button, "Show all 3 messages").rect();
        assert!(message.contains_rect(close) && message.contains_rect(all), "{message}: {close}, {all}");
        for name in ["Publish version 3", "Problems: 1 error"] {
            let other = harness.get_by_role_and_label(Role::Button, name).rect();
            assert!(!message.intersects(other), "{message} over {name} {other}");
        }
    };
    support::picture(&mut harness, "message");
    is_clear(&harness);
    assert_eq!(content(&harness), quiet, "nothing moved");
    enlarge(&mut harness);
    support::picture(&mut harness, "large message");
    is_clear(&harness);
    click(&mut harness, Role::Button, "Show all 3 messages");
    support::picture(&mut harness, "large messages");
    let all = harness.get_by_role_and_label(Role::Button, "Dismiss all").rect();
    assert!(harness.ctx.content_rect().contains_rect(all), "{all}");
    command(&mut harness, Command::Shell(shell::Command::DismissAll));
    assert!(harness.query_by_role_and_label(Role::Region, "Messages").is_none());
}
