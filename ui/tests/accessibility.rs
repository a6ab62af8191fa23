//! Every view can be read, reached and used by those who don't see it, don't point, or need it large.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use egui::accesskit::{Action, Node, NodeId, Role, TreeUpdate};
use egui::{Context, FullOutput, Key, Modifiers, Plugin, vec2};
use egui_kittest::kittest::Queryable as _;
use support::design::{Disk, designing_at};
use support::{Script, Window, command, press, select_trades, settle, window};
use touchstone_ui::accessibility::{self, Change, Mirror};
use touchstone_ui::command::{Command, Place, Section, TablePart};
use touchstone_ui::design::{CanvasCommand, CanvasQuestion, Command as DesignCommand, Pane};
use touchstone_ui::{palette, settings};

/// Keeps each frame's tree, which the harness takes for itself.
#[derive(Clone, Default)]
struct Trees(Arc<Mutex<Option<TreeUpdate>>>);

impl Plugin for Trees {
    fn debug_name(&self) -> &'static str {
        "trees"
    }

    fn output_hook(&mut self, _ctx: &Context, output: &mut FullOutput) {
        self.0.lock().unwrap().clone_from(&output.platform_output.accesskit_update);
    }
}

impl Trees {
    fn of(harness: &mut Window<'_>) -> Self {
        let trees = Self::default();
        harness.ctx.add_plugin(trees.clone());
        harness.run_steps(1);
        trees
    }

    fn last(&self) -> TreeUpdate {
        self.0.lock().unwrap().clone().expect("a tree")
    }

    fn nodes(&self) -> BTreeMap<NodeId, Node> {
        self.last().nodes.into_iter().collect()
    }
}

/// Opens each view in turn, and has it looked at.
fn in_every_view(size: Option<egui::Vec2>, look: &mut dyn FnMut(&str, &mut Window<'static>, &Trees)) {
    let mut start = window(&Script::default());
    let mut open = window(&Script::open());
    for harness in [&mut start, &mut open] {
        if let Some(size) = size {
            harness.set_size(size);
            settle(harness);
        }
    }
    let trees = Trees::of(&mut start);
    look("the start page", &mut start, &trees);

    let trees = Trees::of(&mut open);
    command(&mut open, Command::Select("trades".to_owned()));
    for section in Section::ALL {
        command(&mut open, Command::ShowSection(section));
        look(section.text(), &mut open, &trees);
    }
    command(&mut open, Command::Simulate);
    command(&mut open, Command::ShowSection(Section::Prove));
    for _ in 0..4 {
        settle(&mut open);
    }
    look("a simulation", &mut open, &trees);
    for part in [
        TablePart::Quarantine,
        TablePart::Filtered,
        TablePart::Deduplicated,
        TablePart::Rules,
        TablePart::Rejects,
        TablePart::Changes,
    ] {
        command(&mut open, Command::ShowPart(part));
        look(&format!("{part:?}"), &mut open, &trees);
    }
    command(&mut open, Command::ToggleProblems);
    look("problems", &mut open, &trees);
    command(&mut open, Command::ToggleProblems);
    for place in [Place::Home, Place::Lineage, Place::Audit, Place::Settings] {
        command(&mut open, Command::Go(place.clone()));
        look(&format!("{place:?}"), &mut open, &trees);
    }

    let size = size.unwrap_or(vec2(1280.0, 800.0));
    let mut design = designing_at(&Disk::with_samples(), size);
    let trees = Trees::of(&mut design);
    command(&mut design, Command::ShowSection(Section::Design));
    for pane in [Pane::Canvas, Pane::Mappings, Pane::Rules, Pane::Yaml] {
        command(&mut design, Command::Design(DesignCommand::ShowPane(pane)));
        look(&format!("{pane:?}"), &mut design, &trees);
    }
}

fn is_named(node: &Node, nodes: &BTreeMap<NodeId, Node>) -> bool {
    let has = |text: Option<&str>| text.is_some_and(|text| !text.trim().is_empty());
    let by_others = node.labelled_by().iter().filter_map(|id| nodes.get(id));
    has(node.label())
        || (node.role() == Role::Label && has(node.value()))
        || by_others.into_iter().any(|other| has(other.value()) || has(other.label()))
}

fn can_be_used(node: &Node) -> bool {
    node.supports_action(Action::Click)
        || node.supports_action(Action::Focus)
        || egui::accessibility::is_input(node.role())
}

#[test]
fn everything_that_can_be_used_has_a_role_and_a_name() {
    let mut nameless = BTreeSet::new();
    let mut seen = 0;
    in_every_view(None, &mut |view, _, trees| {
        let nodes = trees.nodes();
        // A screen reader scrolls by going to what it reads; egui's own bars are nothing to it.
        // And where a text is empty there is nothing to read.
        let is_empty = |node: &Node| node.role() == Role::Label && node.value().is_none_or(str::is_empty);
        let used = nodes
            .values()
            .filter(|node| can_be_used(node) && node.role() != Role::ScrollBar && !is_empty(node));
        for node in used {
            seen += 1;
            let has_role = !matches!(node.role(), Role::GenericContainer | Role::Unknown);
            if !has_role || !is_named(node, &nodes) {
                nameless.insert(format!("{view}: {:?} at {:?}", node.role(), node.bounds()));
            }
        }
    });
    assert!(nameless.is_empty(), "{nameless:#?}");
    assert!(seen > 200, "only {seen} were looked at");
}

#[test]
fn tab_reaches_everything_that_takes_the_keyboard() {
    let mut unreached = BTreeSet::new();
    in_every_view(None, &mut |view, harness, trees| {
        harness.ctx.memory_mut(|memory| {
            if let Some(focused) = memory.focused() {
                memory.surrender_focus(focused);
            }
        });
        harness.run_steps(1);
        let wanted: BTreeMap<NodeId, Node> = trees
            .nodes()
            .into_iter()
            .filter(|(_, node)| node.supports_action(Action::Focus) && !node.is_disabled())
            .collect();
        let mut reached = BTreeSet::new();
        for _ in 0..wanted.len() + 4 {
            harness.key_press_modifiers(Modifiers::NONE, Key::Tab);
            harness.run_steps(1);
            let at = trees.last().focus;
            reached.insert(at);
        }
        // What is scrolled out of sight when the walk begins may be gone at its end, and the other way round.
        let now = trees.nodes();
        for (id, node) in wanted.iter().filter(|(id, _)| now.contains_key(id) && !reached.contains(id)) {
            unreached.insert(format!("{view}: {:?} {:?} {id:?}", node.role(), node.label()));
        }
    });
    assert!(unreached.is_empty(), "{unreached:#?}");
}

/// Buttons of the bars above the views, and the names that stand beside them.
fn is_in_a_bar(node: &Node) -> bool {
    let names = [
        "Menu",
        "Harbour Lane",
        "Lineage",
        "Audit trail",
        "Search",
        "Reload",
        "Settings",
        "Light theme",
        "Dark theme",
        "Daily equity trades",
        "Run simulation",
        "Design",
        "Data",
        "Prove",
        "Publish",
        "Canvas",
        "Mappings",
        "Rules",
        "YAML",
        "Undo",
        "Redo",
        "Save",
        "Flow",
        "Table",
        "Where it came from",
        "Only unmapped",
        "List",
        "Text",
        "Quarantine",
        "Warn",
        "Halt",
    ];
    let text = node.label().or_else(|| node.value());
    // A tab of the window has the title of what it shows.
    text.is_some_and(|text| names.contains(&text) || text.starts_with("Table: "))
        && !(node.role() == Role::Tab && text == Some("Daily equity trades"))
}

fn overlaps(one: &Node, other: &Node) -> bool {
    let (Some(one), Some(other)) = (one.bounds(), other.bounds()) else { return false };
    let shared = one.intersect(other);
    // A text within its button is no overlap.
    let is_within = shared == one || shared == other;
    shared.width() > 1.0 && shared.height() > 1.0 && !is_within
}

#[test]
fn text_at_200_percent_leaves_what_matters_within_the_window() {
    // Twice as large on 1280 by 800 is half as much room.
    let size = vec2(640.0, 400.0);
    let mut outside = BTreeSet::new();
    let mut bars = 0;
    in_every_view(Some(size), &mut |view, harness, trees| {
        for node in trees.nodes().values() {
            // More tabs of the window than there is room for scroll, and the list beside them has them all; the one
            // that is shown is in sight.
            let scrolls = matches!(node.label(), Some("positions" | "Lineage" | "Audit trail" | "Settings"))
                && node.is_selected() != Some(true);
            let matters = (node.role() == Role::Tab && !scrolls)
                // The start page scrolls as a whole, below the workspace that is open.
                || (view != "Home" && matches!(node.label(), Some("Open")))
                || matches!(node.label(), Some("Menu" | "Publish" | "Simulate" | "Save" | "Cancel"));
            let Some(bounds) = node.bounds().filter(|_| matters) else { continue };
            let is_inside = bounds.x0 >= -0.5
                && bounds.y0 >= -0.5
                && bounds.x1 <= f64::from(size.x) + 0.5
                && bounds.y1 <= f64::from(size.y) + 0.5;
            if !is_inside {
                outside.insert(format!("{view}: {:?} {:?} at {bounds:?}", node.role(), node.label()));
            }
        }
        support::picture(harness, &format!("large {view}"));
        // What lies beneath something else can't be pressed; lists scroll, so only what stands in bars is asked for.
        let in_bars: Vec<Node> = trees.nodes().into_values().filter(is_in_a_bar).collect();
        for (place, one) in in_bars.iter().enumerate() {
            for other in &in_bars[..place] {
                if overlaps(one, other) {
                    let [one, other] =
                        [one, other].map(|node| format!("{:?} {:?}", node.label(), node.bounds()));
                    outside.insert(format!("{view}: {one} lies over {other}"));
                }
            }
        }
        bars += in_bars.len();
    });
    assert!(outside.is_empty(), "{outside:#?}");
    assert!(bars > 200, "only {bars} were looked at");
}

#[test]
fn the_page_is_told_of_every_view_and_of_nothing_twice() {
    let mut mirror = Mirror::default();
    in_every_view(None, &mut |view, harness, trees| {
        mirror.update(trees.last(), ahash::HashMap::default());
        let mut fresh = Mirror::default();
        fresh.update(trees.last(), ahash::HashMap::default());
        assert_eq!(mirror.len(), fresh.len(), "{view}");
        for key in fresh.keys() {
            assert_eq!(mirror.get(key), fresh.get(key), "{view}: {key}");
        }
        harness.run_steps(2);
        let again = mirror.update(trees.last(), ahash::HashMap::default());
        let moved = again.iter().filter(|change| !matches!(change, Change::Place(..)));
        assert_eq!(moved.collect::<Vec<_>>(), Vec::<&Change>::new(), "{view}");
    });
}

#[test]
fn a_grid_is_told_of_by_row_and_cell_and_the_cell_at_the_keyboard() {
    let script = Script::open();
    let mut harness = window(&script);
    let trees = Trees::of(&mut harness);
    select_trades(&mut harness);
    command(&mut harness, Command::ShowSection(Section::Data));
    let nodes = trees.nodes();
    let grids = nodes.iter().filter(|(_, node)| node.role() == Role::Grid);
    let (id, grid) = grids.max_by_key(|(_, grid)| grid.row_count()).expect("a grid");
    assert!(grid.row_count().is_some_and(|rows| rows > 100), "{grid:?}");
    let within = |node: &Node| -> Vec<NodeId> {
        // Containers that say nothing stand between.
        let mut found = Vec::new();
        let mut open: Vec<NodeId> = node.children().iter().rev().copied().collect();
        while let Some(id) = open.pop() {
            match nodes.get(&id) {
                Some(node) if node.role() == Role::GenericContainer => {
                    open.extend(node.children().iter().rev());
                }
                Some(_) => found.push(id),
                None => {}
            }
        }
        found
    };
    let rows = within(grid);
    let head: Vec<Role> = within(&nodes[&rows[0]]).iter().map(|id| nodes[id].role()).collect();
    assert!(head.contains(&Role::ColumnHeader), "{head:?}");
    let first = &nodes[&rows[1]];
    assert_eq!((first.role(), first.row_index()), (Role::Row, Some(1)));
    let cells = within(first);
    assert!(cells.iter().all(|id| nodes[id].role() == Role::GridCell && nodes[id].value().is_some()));
    assert_eq!(nodes[&cells[0]].column_index(), Some(0));
    assert!(rows.len() < 60, "only what is in sight: {}", rows.len());

    let grid = egui_id(&harness, *id);
    harness.ctx.memory_mut(|memory| memory.request_focus(grid));
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    let mut mirror = Mirror::default();
    let changes = mirror.update(trees.last(), ahash::HashMap::default());
    let focus = changes.iter().rev().find_map(|change| match change {
        Change::Focus(key) => *key,
        _ => None,
    });
    let cell = focus.and_then(accessibility::Key::node).expect("the keyboard is at a cell");
    assert_eq!(trees.nodes()[&cell].role(), Role::GridCell);
}

/// egui's own id of a node.
fn egui_id(harness: &Window<'_>, node: NodeId) -> egui::Id {
    harness.ctx.viewport(|viewport| {
        let widgets = &viewport.prev_pass.widgets;
        let ids = widgets.layers().flat_map(|(_, widgets)| widgets.iter().map(|widget| widget.id));
        ids.into_iter().find(|id| id.accesskit_id() == node).expect("a widget")
    })
}

#[test]
fn a_question_is_a_dialog_with_a_name_and_all_else_waits_for_it() {
    let ask = |question| Command::Design(DesignCommand::Canvas(CanvasCommand::Ask(question)));
    let source = CanvasQuestion::Source { name: "fx".to_owned(), sample: String::new(), with_silver: true };
    let nodes = vec![touchstone_ui::design::Node::Gold("sector_exposure".to_owned())];
    let questions = [
        (Command::Palette(palette::Command::Open(String::new())), "Command palette"),
        (Command::Settings(settings::Command::AskRemove("dev".to_owned())), "Remove dev?"),
        (ask(source), "Add source"),
        (ask(CanvasQuestion::Remove { nodes, made_from: Vec::new() }), "Remove gold.sector_exposure?"),
        (Command::Design(DesignCommand::AskDelete), "Delete pipelines/trades.yaml?"),
    ];
    for (question, name) in questions {
        let mut design = designing_at(&Disk::with_samples(), vec2(1280.0, 800.0));
        let trees = Trees::of(&mut design);
        command(&mut design, question);
        let mut mirror = Mirror::default();
        mirror.update(trees.last(), ahash::HashMap::default());
        let dialogs: Vec<_> = mirror
            .keys()
            .into_iter()
            .filter_map(|key| {
                let (element, _) = mirror.get(key)?;
                let is_dialog = element.attribute("role") == Some("dialog");
                is_dialog.then(|| {
                    (
                        element.attribute("aria-label").map(str::to_owned),
                        element.attribute("aria-modal").map(str::to_owned),
                    )
                })
            })
            .collect();
        assert_eq!(dialogs, [(Some(name.to_owned()), Some("true".to_owned()))]);
    }
}

#[test]
fn an_arrow_that_comes_at_once_stays_within_the_field() {
    let mut harness = window(&Script::open());
    select_trades(&mut harness);
    command(&mut harness, Command::ShowSection(Section::Publish));
    harness.get_by_role_and_label(Role::TextInput, "Message").focus();
    harness.get_by_role_and_label(Role::TextInput, "Message").type_text("k");
    harness.key_press(Key::ArrowLeft);
    settle(&mut harness);
    assert!(harness.get_by_role_and_label(Role::TextInput, "Message").is_focused());
    // Also where it comes in the next frame.
    harness.get_by_role_and_label(Role::Button, "Settings").focus();
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Message").focus();
    harness.run_steps(1);
    harness.key_press(Key::ArrowLeft);
    settle(&mut harness);
    assert!(harness.get_by_role_and_label(Role::TextInput, "Message").is_focused());
}

#[test]
fn where_the_caret_goes_is_said_however_few_frames_there_are() {
    let mut harness = window(&Script::open());
    select_trades(&mut harness);
    command(&mut harness, Command::ShowSection(Section::Publish));
    let trees = Trees::of(&mut harness);
    let mut mirror = Mirror::default();
    let mut frame = |harness: &mut Window<'_>| {
        harness.run_steps(1);
        mirror.caret_is_at(accessibility::caret(&harness.ctx));
        let changes = mirror.update(trees.last(), ahash::HashMap::default());
        changes
            .into_iter()
            .filter_map(|change| if let Change::Say(text) = change { Some(text) } else { None })
            .collect::<Vec<_>>()
    };
    harness.get_by_role_and_label(Role::TextInput, "Message").focus();
    frame(&mut harness);
    frame(&mut harness);
    let typed = "desk".chars().map(|one| egui::Event::Text(one.to_string()));
    harness.input_mut().events.extend(typed);
    assert_eq!(frame(&mut harness), Vec::<String>::new());
    assert_eq!(frame(&mut harness), Vec::<String>::new(), "what is typed isn't said again");
    harness.input_mut().events.push(egui::Event::Text("s".to_owned()));
    assert_eq!(frame(&mut harness), Vec::<String>::new());
    for said in ["s", "k"] {
        harness.key_press(Key::ArrowLeft);
        assert_eq!(frame(&mut harness), [said]);
    }
}
