//! The mirror, on trees made by hand.

use ahash::HashMap;
use egui::accesskit::{
    Action, Live, Node, NodeId, Rect, Role, TextPosition, TextSelection, Toggled, TreeId, TreeInfo,
    TreeUpdate,
};
use egui::emath::TSTransform;

use super::{Change, Key, Mirror, Place, Tag};

const ROOT: u64 = 1;

fn labeled(role: Role, label: &str) -> Node {
    let mut node = Node::new(role);
    node.set_label(label);
    node.set_bounds(Rect { x0: 10.0, y0: 20.0, x1: 110.4, y1: 44.0 });
    node
}

fn holding(role: Role, children: &[u64]) -> Node {
    let mut node = Node::new(role);
    node.set_children(children.iter().map(|id| NodeId(*id)).collect::<Vec<_>>());
    node
}

fn tree(nodes: &[(u64, Node)], focus: u64) -> TreeUpdate {
    TreeUpdate {
        nodes: nodes.iter().map(|(id, node)| (NodeId(*id), node.clone())).collect(),
        tree: Some(TreeInfo::new(NodeId(ROOT))),
        tree_id: TreeId::ROOT,
        focus: NodeId(focus),
    }
}

fn show(mirror: &mut Mirror, nodes: &[(u64, Node)], focus: u64) -> Vec<Change> {
    mirror.update(tree(nodes, focus), HashMap::default())
}

fn attribute(mirror: &Mirror, id: u64, name: &str) -> Option<String> {
    mirror.get(Key::Node(id)).and_then(|(element, _)| element.attribute(name)).map(str::to_owned)
}

fn n(id: u64) -> Key {
    Key::Node(id)
}

#[test]
fn a_button_is_made_named_and_placed_and_then_left_alone() {
    let mut button = labeled(Role::Button, "Simulate");
    button.add_action(Action::Focus);
    button.set_disabled();
    let nodes = [(ROOT, holding(Role::Window, &[2])), (2, button)];
    let mut mirror = Mirror::default();
    let changes = show(&mut mirror, &nodes, ROOT);
    assert_eq!(
        changes,
        [
            Change::Create(n(2), Tag::Block),
            Change::Attribute(n(2), "role", Some("button".into())),
            Change::Attribute(n(2), "aria-disabled", Some("true".into())),
            Change::Attribute(n(2), "tabindex", Some("-1".into())),
            Change::Text(n(2), "Simulate".to_owned()),
            Change::Place(n(2), Place { left: 10, top: 20, width: 100, height: 24 }),
            Change::Children(Key::Root, vec![n(2)]),
        ]
    );
    assert_eq!(show(&mut mirror, &nodes, ROOT), []);
}

#[test]
fn only_what_changed_is_touched() {
    let mut mirror = Mirror::default();
    let mut nodes = vec![
        (ROOT, holding(Role::Window, &[2, 3, 4])),
        (2, labeled(Role::Button, "Simulate")),
        (3, labeled(Role::CheckBox, "Only bad rows")),
        (4, labeled(Role::Button, "Publish")),
    ];
    show(&mut mirror, &nodes, ROOT);
    nodes[2].1.set_toggled(Toggled::True);
    assert_eq!(
        show(&mut mirror, &nodes, 3),
        [Change::Attribute(n(3), "aria-checked", Some("true".into())), Change::Focus(Some(n(3)))]
    );
    nodes[0] = (ROOT, holding(Role::Window, &[4, 3]));
    nodes.remove(1);
    assert_eq!(
        show(&mut mirror, &nodes, 3),
        [Change::Remove(n(2)), Change::Children(Key::Root, vec![n(4), n(3)])]
    );
    assert_eq!(show(&mut mirror, &nodes, ROOT), [Change::Focus(None)]);
}

#[test]
fn containers_that_say_nothing_leave_no_element() {
    let mut mirror = Mirror::default();
    let nodes = [
        (ROOT, holding(Role::Window, &[2, 3])),
        (2, holding(Role::Pane, &[4])),
        (3, holding(Role::Dialog, &[6])),
        (4, holding(Role::GenericContainer, &[5])),
        (5, labeled(Role::Button, "Open")),
        (6, labeled(Role::Button, "Cancel")),
    ];
    show(&mut mirror, &nodes, ROOT);
    assert_eq!(mirror.get(Key::Root).unwrap().1, [n(5), n(3)]);
    assert_eq!(mirror.get(n(3)).unwrap().1, [n(6)]);
    assert_eq!(attribute(&mirror, 3, "role").as_deref(), Some("dialog"));
    assert!(mirror.get(n(4)).is_none());
}

#[test]
fn what_has_nothing_to_say_leaves_no_element() {
    let mut mirror = Mirror::default();
    let mut hidden = labeled(Role::Button, "Hidden");
    hidden.set_hidden();
    let nodes = [
        (ROOT, holding(Role::Window, &[2, 3, 4, 5])),
        (2, Node::new(Role::ScrollBar)),
        (3, labeled(Role::ScrollBar, "Scroll rows down")),
        (4, Node::new(Role::Label)),
        (5, hidden),
    ];
    show(&mut mirror, &nodes, ROOT);
    assert_eq!(mirror.get(Key::Root).unwrap().1, [n(3)]);
}

#[test]
fn items_without_a_list_get_one_and_others_stand_beside_it() {
    let mut mirror = Mirror::default();
    let mut chosen = labeled(Role::ListItem, "trades: not published");
    chosen.set_toggled(Toggled::True);
    let mut tab = labeled(Role::Tab, "Data");
    tab.set_toggled(Toggled::False);
    let nodes = [
        (ROOT, holding(Role::Window, &[2, 3, 4, 5, 6])),
        (2, labeled(Role::Label, "Pipelines")),
        (3, labeled(Role::ListItem, "prices: 1 warning")),
        (4, chosen),
        (5, tab),
        (6, holding(Role::List, &[7])),
        (7, labeled(Role::ListItem, "one")),
    ];
    show(&mut mirror, &nodes, ROOT);
    assert_eq!(mirror.get(Key::Root).unwrap().1, [n(2), Key::Group(3), Key::Group(5), n(6)]);
    let (list, items) = mirror.get(Key::Group(3)).unwrap();
    assert_eq!(list.attribute("role"), Some("list"));
    assert_eq!(items, [n(3), n(4)]);
    assert_eq!(mirror.get(Key::Group(5)).unwrap().0.attribute("role"), Some("tablist"));
    assert_eq!(mirror.get(n(6)).unwrap().1, [n(7)]);
    assert_eq!(attribute(&mirror, 4, "aria-current").as_deref(), Some("true"));
    assert_eq!(attribute(&mirror, 4, "aria-label").as_deref(), Some("trades: not published"));
    assert_eq!(attribute(&mirror, 5, "aria-selected").as_deref(), Some("false"));
}

#[test]
fn a_grid_has_rows_and_cells_and_the_keyboard_is_at_a_cell() {
    let mut grid = labeled(Role::Grid, "Rows");
    grid.set_children(vec![NodeId(3)]);
    grid.set_row_count(1_000_000);
    grid.set_active_descendant(NodeId(4));
    let mut row = labeled(Role::Row, "Row 8");
    row.set_children(vec![NodeId(4)]);
    row.set_row_index(7);
    let mut cell = Node::new(Role::GridCell);
    cell.set_value("101.25");
    cell.set_column_index(0);
    let nodes = [(ROOT, holding(Role::Window, &[2])), (2, grid), (3, row), (4, cell)];
    let mut mirror = Mirror::default();
    let changes = show(&mut mirror, &nodes, 2);
    assert_eq!(changes.last(), Some(&Change::Focus(Some(n(4)))));
    assert_eq!(attribute(&mirror, 2, "aria-label").as_deref(), Some("Rows"));
    assert_eq!(attribute(&mirror, 2, "aria-rowcount").as_deref(), Some("1000000"));
    assert_eq!(attribute(&mirror, 3, "aria-rowindex").as_deref(), Some("8"));
    assert_eq!(attribute(&mirror, 4, "aria-colindex").as_deref(), Some("1"));
    assert_eq!(mirror.get(n(4)).unwrap().0.text.as_deref(), Some("101.25"));
}

fn field(text: &str, caret: usize) -> Vec<(u64, Node)> {
    let mut field = labeled(Role::TextInput, "Message");
    field.set_value(text);
    field.set_children(vec![NodeId(3)]);
    let at = TextPosition { node: NodeId(3), character_index: caret };
    field.set_text_selection(TextSelection { anchor: at, focus: at });
    let mut run = Node::new(Role::TextRun);
    run.set_value(text);
    run.set_character_lengths(
        text.chars().map(|one| u8::try_from(one.len_utf8()).unwrap()).collect::<Vec<_>>(),
    );
    vec![(ROOT, holding(Role::Window, &[2])), (2, field), (3, run)]
}

#[test]
fn a_text_field_has_its_value_and_says_what_the_caret_moves_over() {
    let mut mirror = Mirror::default();
    let changes = show(&mut mirror, &field("a😀b", 2), 2);
    assert!(changes.contains(&Change::Create(n(2), Tag::Line)), "{changes:?}");
    assert!(changes.contains(&Change::Value(n(2), "a😀b".to_owned())), "{changes:?}");
    assert!(mirror.get(n(3)).is_none());
    assert_eq!(show(&mut mirror, &field("a😀b", 1), 2), [Change::Say("😀".to_owned())]);
    let typed = show(&mut mirror, &field("ax😀b", 2), 2);
    assert!(typed.contains(&Change::Value(n(2), "ax😀b".to_owned())), "{typed:?}");
    assert!(!typed.iter().any(|change| matches!(change, Change::Say(_))), "{typed:?}");
}

#[test]
fn a_value_that_the_page_changed_is_set_again() {
    let mut mirror = Mirror::default();
    show(&mut mirror, &field("old", 0), ROOT);
    mirror.touch(n(2));
    assert_eq!(show(&mut mirror, &field("old", 0), ROOT), [Change::Value(n(2), "old".to_owned())]);
    assert_eq!(show(&mut mirror, &field("old", 0), ROOT), []);
}

#[test]
fn a_password_never_reaches_the_page() {
    let mut field = labeled(Role::PasswordInput, "Secret key");
    field.set_value("hunter2");
    field.set_description("Kept in the keychain");
    let nodes = [(ROOT, holding(Role::Window, &[2])), (2, field)];
    let changes = show(&mut Mirror::default(), &nodes, 2);
    assert!(changes.contains(&Change::Create(n(2), Tag::Password)), "{changes:?}");
    assert!(!format!("{changes:?}").contains("hunter2"), "{changes:?}");
}

#[test]
fn another_tag_is_another_element_in_the_same_place() {
    let mut mirror = Mirror::default();
    show(&mut mirror, &[(ROOT, holding(Role::Window, &[2])), (2, labeled(Role::Label, "Title"))], ROOT);
    let nodes = [(ROOT, holding(Role::Window, &[2])), (2, labeled(Role::TextInput, "Title"))];
    let changes = show(&mut mirror, &nodes, ROOT);
    assert_eq!(changes.first(), Some(&Change::Remove(n(2))));
    assert!(changes.contains(&Change::Create(n(2), Tag::Line)), "{changes:?}");
    assert_eq!(changes.last(), Some(&Change::Children(Key::Root, vec![n(2)])));
}

#[test]
fn what_is_drawn_on_a_canvas_is_placed_where_it_is_seen() {
    let nodes = [(ROOT, holding(Role::Window, &[2])), (2, labeled(Role::Button, "silver.trades"))];
    let mut mirror = Mirror::default();
    show(&mut mirror, &nodes, ROOT);
    let transform = TSTransform::new(egui::vec2(100.0, 0.0), 2.0);
    let transforms: HashMap<_, _> = [(NodeId(2), transform)].into_iter().collect();
    let changes = mirror.update(tree(&nodes, ROOT), transforms.clone());
    assert_eq!(changes, [Change::Place(n(2), Place { left: 120, top: 40, width: 201, height: 48 })]);
    assert_eq!(mirror.update(tree(&nodes, ROOT), transforms), []);
}

#[test]
fn what_is_announced_stands_as_text() {
    let mut status = labeled(Role::Status, "Drop files to look at them");
    status.set_live(Live::Polite);
    let mut bar = labeled(Role::ProgressIndicator, "Simulation of trades");
    bar.set_numeric_value(0.42);
    let nodes = [(ROOT, holding(Role::Window, &[2, 3])), (2, status), (3, bar)];
    let mut mirror = Mirror::default();
    show(&mut mirror, &nodes, ROOT);
    let (status, _) = mirror.get(n(2)).unwrap();
    assert_eq!(status.text.as_deref(), Some("Drop files to look at them"));
    assert_eq!(status.attribute("aria-live"), Some("polite"));
    assert_eq!(attribute(&mirror, 3, "aria-valuetext").as_deref(), Some("42 %"));
    assert_eq!(attribute(&mirror, 3, "aria-valuemax").as_deref(), Some("1"));
}

#[test]
fn an_elements_id_leads_back_to_it() {
    for key in [Key::Root, Key::Group(u64::MAX), Key::Node(0x1f)] {
        assert_eq!(key.to_string().parse(), Ok(key));
    }
    for text in ["", "n", "nx", "é", "touchstone"] {
        assert_eq!(text.parse::<Key>(), Err(()), "{text}");
    }
}
