//! The window around the rooms: palette, problems, tabs, the list of pipelines.

mod support;

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use support::design::{Disk, designing};
use support::{Script, Window, click, command, press, sees, settle, state, window};
use touchstone_ui::command::{Command, Place, Section};
use touchstone_ui::design::{Node, Pane};

fn search(harness: &mut Window<'_>, text: &str) {
    press(harness, Modifiers::COMMAND, Key::K);
    harness.get_by_label("Search everything").type_text(text);
    settle(harness);
}

fn rows(harness: &Window<'_>) -> Vec<String> {
    let rows = harness.query_all_by_role(Role::ListBoxOption);
    rows.filter_map(|row| row.accesskit_node().label()).collect()
}

#[test]
fn the_palette_does_commands_by_keys_alone() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    search(&mut harness, "audit");
    support::picture(&mut harness, "palette");
    let field = harness.get_by_label("Search everything");
    assert_eq!(field.accesskit_node().role(), Role::EditableComboBox);
    assert!(rows(&harness)[0].starts_with("Audit trail, command, "), "{:?}", rows(&harness));
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(state(&harness).place, Place::Audit);
    assert!(state(&harness).palette.is_none());
    // It was chosen last: it goes first.
    press(&mut harness, Modifiers::COMMAND, Key::K);
    assert!(rows(&harness)[0].starts_with("Audit trail, command"), "{:?}", rows(&harness));
    press(&mut harness, Modifiers::COMMAND, Key::K);
    assert!(state(&harness).palette.is_none());
}

#[test]
fn the_palette_finds_every_kind_of_object_and_goes_there() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    search(&mut harness, "notional");
    assert!(
        rows(&harness).iter().any(|row| row == "notional, field, trades · silver.trades"),
        "{:?}",
        rows(&harness)
    );
    support::picture(&mut harness, "palette-objects");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    search(&mut harness, "@notional trades");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(state(&harness).place, Place::Pipeline("trades".to_owned()));
    assert_eq!(state(&harness).design.pane, Pane::Mappings);
    let shown = state(&harness).design.shown("pipelines/trades.yaml").into_owned();
    assert_eq!(shown.node, Some(Node::Silver("trades".to_owned())));
    assert_eq!(shown.field.as_deref(), Some("notional"));

    for (typed, found) in [
        ("securities.yaml", "securities.yaml, file, pipelines/securities.yaml"),
        ("Trade Dt", "Trade Dt, column, trades · trades"),
        ("silver.positions", "silver.positions, table, positions"),
        ("net_notional", "net_notional, field, trades · gold.sector_exposure"),
        ("dev", "dev, environment, DynamoDB table touchstone-dev"),
        ("Appearance", "Appearance, setting, Theme and text size"),
        ("Harbour", "Harbour Lane, workspace, /data/harbour-lane"),
    ] {
        search(&mut harness, typed);
        assert!(rows(&harness).iter().any(|row| row == found), "{typed}: {:?}", rows(&harness));
        press(&mut harness, Modifiers::NONE, Key::Escape);
    }
    search(&mut harness, "IsPrimaryKey");
    assert!(rows(&harness).iter().any(|row| row.contains(", rule, ")), "{:?}", rows(&harness));
}

#[test]
fn what_cannot_be_done_says_why_and_stays() {
    let script = Script::default();
    let mut harness = window(&script);
    search(&mut harness, "run simulation");
    assert!(rows(&harness)[0].contains("Open a workspace first"), "{:?}", rows(&harness));
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(state(&harness).palette.is_some());
    assert_eq!(script.count("start_simulate"), 0);
}

#[test]
fn arrows_move_through_what_was_found_and_prefixes_narrow_it() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    assert!(rows(&harness).iter().all(|row| row.contains(", command")), "{:?}", rows(&harness));
    let selected = |harness: &Window<'_>| state(harness).palette.as_ref().expect("open").selected;
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    assert_eq!(selected(&harness), 1);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    let last = state(&harness).palette.as_ref().expect("open").found.len() - 1;
    assert_eq!(selected(&harness), last);
    // Keys of commands are not for what is behind it.
    press(&mut harness, Modifiers::NONE, Key::F5);
    assert_eq!(disk.script.count("start_simulate"), 0);
    harness.get_by_label("Search everything").type_text("zzzz");
    settle(&mut harness);
    assert!(sees(&harness, "Nothing is named like"));
}

#[test]
fn problems_of_unsaved_edits_are_listed_and_lead_to_their_place() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    assert!(harness.query_by_role_and_label(Role::Button, "Problems: no problems in documents").is_some());
    let file = "pipelines/trades.yaml".to_owned();
    let text = disk.text(&file).replace("quantity * price", "quantty * price");
    assert_ne!(text, disk.text(&file));
    let edit = touchstone_ui::design::Command::EditText { file, text };
    command(&mut harness, Command::Design(edit));
    command(&mut harness, Command::Go(Place::Audit));
    let button = harness.query_all_by_role(Role::Button).filter_map(|it| it.accesskit_node().label());
    let button = button.into_iter().find(|name| name.starts_with("Problems: 1 error")).expect("a count");
    click(&mut harness, Role::Button, &button);
    assert!(state(&harness).problems);
    support::picture(&mut harness, "problems");
    let row = harness.get_by_label_contains("silver.trades.fields.notional.expr");
    row.focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(state(&harness).place, Place::Pipeline("trades".to_owned()));
    assert_eq!(state(&harness).section(), Some(Section::Design));
    assert_eq!(state(&harness).design.pane, Pane::Mappings);
    assert_eq!(state(&harness).design.shown("pipelines/trades.yaml").field.as_deref(), Some("notional"));

    harness.get_by_role_and_label(Role::Button, "Copy all").click();
    let mut copied = String::new();
    for _ in 0..8 {
        harness.step();
        for command in &harness.output().platform_output.commands {
            if let egui::OutputCommand::CopyText(text) = command {
                copied.clone_from(text);
            }
        }
    }
    assert!(copied.contains("quantty") && copied.contains("pipelines/trades.yaml:"), "{copied}");
    harness.get_by_role_and_label(Role::TextInput, "Filter problems").focus();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Filter problems").type_text("nothing like it");
    settle(&mut harness);
    assert!(sees(&harness, "No such problems"));
}

#[test]
fn problems_are_put_together_by_pipeline_or_by_severity() {
    let script = Script::open();
    let mut harness = window(&script);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    assert!(sees(&harness, "Error: there is no column quantty in positions, did you mean quantity?"));
    click(&mut harness, Role::RadioButton, "By severity");
    assert!(harness.query_by_label("Errors").is_some());
    click(&mut harness, Role::Button, "Hide problems");
    assert!(!state(&harness).problems);
}

#[test]
fn tabs_are_moved_through_by_keys_closed_by_the_middle_button_and_dragged() {
    let script = Script::open();
    let mut harness = window(&script);
    for place in [Place::Audit, Place::Lineage, Place::Settings] {
        command(&mut harness, Command::Go(place));
    }
    let tabs = |harness: &Window<'_>| state(harness).tabs.clone();
    let positions = Place::Pipeline("positions".to_owned());
    assert_eq!(tabs(&harness), [positions.clone(), Place::Audit, Place::Lineage, Place::Settings]);
    press(&mut harness, Modifiers::CTRL, Key::Tab);
    assert_eq!(state(&harness).place, positions, "after the last comes the first");
    press(&mut harness, Modifiers::CTRL | Modifiers::SHIFT, Key::Tab);
    assert_eq!(state(&harness).place, Place::Settings);
    press(&mut harness, Modifiers::CTRL | Modifiers::SHIFT, Key::Tab);
    assert_eq!(state(&harness).place, Place::Lineage);

    let audit = harness.get_by_role_and_label(Role::Tab, "Audit trail").rect();
    let settings = harness.get_by_role_and_label(Role::Tab, "Settings").rect();
    harness.drag_at(audit.center());
    settle(&mut harness);
    harness.hover_at(settings.right_center() - egui::vec2(4.0, 0.0));
    settle(&mut harness);
    support::picture(&mut harness, "tab-dragged");
    harness.drop_at(settings.right_center() - egui::vec2(4.0, 0.0));
    settle(&mut harness);
    assert_eq!(tabs(&harness), [positions, Place::Lineage, Place::Settings, Place::Audit]);

    harness.get_by_role_and_label(Role::Tab, "Settings").click_button(egui::PointerButton::Middle);
    settle(&mut harness);
    assert!(!tabs(&harness).contains(&Place::Settings));
    click(&mut harness, Role::Button, "Close Audit trail");
    assert!(!tabs(&harness).contains(&Place::Audit));
}

#[test]
fn an_edited_tab_says_so_and_many_tabs_are_reached_by_a_list() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let file = "pipelines/trades.yaml".to_owned();
    let text = format!("# mine\n{}", disk.text(&file));
    command(&mut harness, Command::Design(touchstone_ui::design::Command::EditText { file, text }));
    assert!(harness.query_by_role_and_label(Role::Tab, "Daily equity trades, edited").is_some());
    for at in 0..30 {
        command(&mut harness, Command::Go(Place::File(format!("/data/inbox/file_{at:02}.csv"))));
    }
    support::picture(&mut harness, "many-tabs");
    let width = harness.ctx.content_rect().width();
    let all = harness.get_by_role_and_label(Role::Button, "All tabs").rect();
    assert!(all.right() <= width, "{all} of {width}");
    click(&mut harness, Role::Button, "All tabs");
    click(&mut harness, Role::MenuItem, "file_03.csv");
    assert_eq!(state(&harness).place, Place::File("/data/inbox/file_03.csv".to_owned()));
    click(&mut harness, Role::Button, "All tabs");
    click(&mut harness, Role::MenuItem, "Close others");
    assert_eq!(state(&harness).tabs.len(), 1);
}

#[test]
fn a_pipeline_has_a_menu() {
    let script = Script::open();
    let mut harness = window(&script);
    harness.get_by_label_contains("trades: ").click_secondary();
    settle(&mut harness);
    support::picture(&mut harness, "pipeline-menu");
    click(&mut harness, Role::MenuItem, "Run simulation");
    assert_eq!(state(&harness).selected.as_deref(), Some("trades"));
    assert_eq!(script.count("start_simulate"), 1);
}

#[test]
fn the_menu_has_every_command_with_its_keys() {
    let script = Script::open();
    let mut harness = window(&script);
    click(&mut harness, Role::Button, "Menu");
    support::picture(&mut harness, "menu");
    for name in [
        "Search everything…",
        "New workspace…",
        "Open workspace…",
        "Look at a file…",
        "Save",
        "Run simulation",
        "Audit trail",
        "Larger text",
    ] {
        assert!(harness.query_by_role_and_label(Role::MenuItem, name).is_some(), "{name}");
    }
}

#[test]
fn at_twice_the_size_everything_above_the_problems_is_in_reach() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    harness.ctx.set_zoom_factor(2.0);
    settle(&mut harness);
    let all = harness.ctx.content_rect();
    let widgets = [
        (Role::Button, "Hide problems"),
        (Role::Button, "Copy all"),
        (Role::TextInput, "Filter problems"),
        (Role::RadioButton, "By pipeline"),
        (Role::RadioButton, "By severity"),
        (Role::CheckBox, "Warnings"),
    ];
    let rects: Vec<_> = widgets
        .iter()
        .map(|(role, name)| (name, harness.get_by_role_and_label(*role, name).rect()))
        .collect();
    for (at, (name, rect)) in rects.iter().enumerate() {
        assert!(all.contains_rect(*rect), "{name}: {rect} of {all}");
        for (other, with) in rects.iter().skip(at + 1) {
            assert!(!rect.shrink(0.5).intersects(with.shrink(0.5)), "{name} {rect} over {other} {with}");
        }
    }
    support::picture(&mut harness, "problems-200");
}

fn key(key: Key, modifiers: Modifiers) -> Event {
    Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
}

#[test]
fn what_is_typed_after_the_palettes_key_is_for_the_palette_however_few_frames_there_are() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    let open = key(Key::K, Modifiers::COMMAND);
    let text = |text: &str| Event::Text(text.to_owned());
    harness.input_mut().events.extend([open.clone(), text("au"), text("dit")]);
    settle(&mut harness);
    assert_eq!(state(&harness).palette.as_ref().map(|palette| palette.query.as_str()), Some("audit"));
    harness.input_mut().events.extend([text("x"), key(Key::Escape, Modifiers::NONE)]);
    settle(&mut harness);
    assert!(state(&harness).palette.is_none());
    harness.input_mut().events.extend([open, key(Key::Escape, Modifiers::NONE)]);
    settle(&mut harness);
    assert!(state(&harness).palette.is_none());
}

#[test]
fn keys_lead_into_the_content_and_to_every_part_of_a_pipeline() {
    let disk = Disk::with_samples();
    let mut harness = designing(&disk);
    command(&mut harness, Command::Select("trades".to_owned()));
    command(&mut harness, Command::ShowSection(Section::Prove));
    // From another section, too.
    press(&mut harness, Modifiers::ALT, Key::Num3);
    assert_eq!(
        (state(&harness).section(), state(&harness).design.pane),
        (Some(Section::Design), Pane::Rules)
    );
    let content = |harness: &Window<'_>| {
        harness.get_by_role_and_label(Role::Region, "Content").accesskit_node().is_focused()
    };
    assert!(content(&harness), "what is next is in the pane");
    press(&mut harness, Modifiers::NONE, Key::F6);
    assert!(!content(&harness));
    assert!(harness.get_by_role_and_label(Role::Region, "Pipelines").accesskit_node().is_focused());
    press(&mut harness, Modifiers::NONE, Key::F6);
    assert!(content(&harness));
    for (wanted, found) in
        [("add rule", "Add rule"), ("add field", "Add field"), ("add gold", "Add gold table")]
    {
        search(&mut harness, wanted);
        assert!(rows(&harness)[0].starts_with(found), "{wanted}: {:?}", rows(&harness));
        press(&mut harness, Modifiers::NONE, Key::Escape);
    }
    command(&mut harness, Command::ShowSection(Section::Data));
    command(&mut harness, Command::Design(touchstone_ui::design::Command::NewRule));
    assert_eq!(state(&harness).design.pane, Pane::Rules);
    assert!(sees(&harness, "IsComplete: "), "the types of rules");
}
