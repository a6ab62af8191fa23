//! The flow is laid out so that all of it can be read.

use egui::Pos2;
use touchstone_protocol::{FlowView, RunOutcome};

use super::*;

fn table(layer: Layer, name: &str, reads: &[TableName], flow: FlowView) -> TableRunView {
    TableRunView {
        table: TableName::new("trades", layer, name),
        counted: true,
        reads: reads.to_vec(),
        lookups: Vec::new(),
        flow,
        rules: Vec::new(),
        quarantine: Vec::new(),
        rejects: Vec::new(),
        lost: Vec::new(),
        duration_ms: 1,
    }
}

fn run(tables: Vec<TableRunView>) -> RunView {
    RunView {
        id: "r".to_owned(),
        pipeline: "trades".to_owned(),
        along_with: None,
        started_at: String::new(),
        duration_ms: 1,
        outcome: RunOutcome::Succeeded,
        message: None,
        tables,
    }
}

fn width(text: &str) -> f32 {
    text.len() as f32 * 7.0
}

fn rows(rows: u64) -> FlowView {
    FlowView { rows_in: rows, loaded: rows, ..FlowView::default() }
}

/// Whether a stream covers a place.
fn crosses(stream: &Stream, place: Rect) -> bool {
    let Shape::Mesh(mesh) = band(&stream.through, Color32::WHITE, Color32::WHITE) else { return false };
    let upright = mesh.vertices.chunks(2).filter(|two| place.x_range().contains(two[0].pos.x));
    let mut upright = upright.map(|two| egui::Rangef::new(two[0].pos.y, two[1].pos.y));
    upright.any(|reach| reach.max > place.top() + 0.5 && reach.min < place.bottom() - 0.5)
}

#[test]
fn no_stream_crosses_what_is_written() {
    let name = |layer, name: &str| TableName::new("trades", layer, name);
    let lossy = FlowView { rows_in: 3_000, loaded: 2_900, deduplicated: 71, quarantined: 29, ..rows(0) };
    let run = run(vec![
        table(Layer::Bronze, "a", &[], rows(400)),
        table(Layer::Bronze, "b", &[], lossy),
        table(Layer::Silver, "a", &[name(Layer::Bronze, "a")], rows(400)),
        table(Layer::Silver, "b", &[name(Layer::Bronze, "b")], lossy),
        table(Layer::Silver, "c", &[name(Layer::Bronze, "b"), name(Layer::Silver, "a")], lossy),
        table(Layer::Gold, "g", &[name(Layer::Silver, "c"), name(Layer::Bronze, "a")], rows(415)),
        table(Layer::Gold, "h", &[name(Layer::Silver, "b")], rows(4)),
    ]);
    let plan = laid_out(&run, 1_000.0, WANTED, &width);
    assert_eq!(plan.streams.len(), 7);
    for stream in &plan.streams {
        for node in &plan.nodes {
            assert!(!crosses(stream, node.heading), "{}", node.name);
            for (loss, place) in &node.losses {
                assert!(!crosses(stream, *place), "{} {}", node.name, loss.word);
            }
        }
    }
    // The streams into a table share its bar.
    let ends: f32 = plan
        .streams
        .iter()
        .filter(|one| one.to == Layer::Gold)
        .filter_map(|one| one.through.last())
        .map(Rect::height)
        .sum();
    let bars: f32 = plan
        .nodes
        .iter()
        .filter(|one| one.table.table.layer == Layer::Gold)
        .map(|one| one.bar.height())
        .sum();
    assert!(ends <= bars + 3.0 * LEAST, "{ends} in {bars}");
}

#[test]
fn what_is_looked_up_leads_to_who_looks_it_up_and_brings_no_rows() {
    let name = |layer, name: &str| TableName::new("trades", layer, name);
    let looks = TableRunView {
        lookups: vec![name(Layer::Silver, "a")],
        ..table(Layer::Silver, "b", &[name(Layer::Bronze, "b")], rows(3_000))
    };
    let run = run(vec![
        table(Layer::Bronze, "a", &[], rows(400)),
        table(Layer::Bronze, "b", &[], rows(3_000)),
        table(Layer::Silver, "a", &[name(Layer::Bronze, "a")], rows(400)),
        looks,
    ]);
    let plan = laid_out(&run, 1_000.0, WANTED, &width);
    let lookup: Vec<&Stream> = plan.streams.iter().filter(|one| one.is_lookup).collect();
    assert_eq!((plan.streams.len(), lookup.len()), (3, 1));
    let [from, to] = [&plan.nodes[2], &plan.nodes[3]];
    assert!(from.is_looked_up && !to.is_looked_up && from.depth < to.depth);
    let points = middle(&lookup[0].through);
    assert!(points.first().is_some_and(|start| from.bar.expand(1.0).contains(*start)));
    assert!(points.last().is_some_and(|end| end.y < to.bar.top() && end.y > to.heading.bottom() - 4.0));
    // The rows of its own fill its bar.
    let stream = plan.streams.iter().find(|one| one.to == Layer::Silver && one.through.len() > 3);
    assert!(stream.is_some_and(|one| one.through.last().is_some_and(|end| end.height() > WANTED * 0.9)));
}

#[test]
fn names_have_room_and_bars_the_height_that_there_is() {
    let name = "securities.bronze.securities";
    let run = run(vec![TableRunView {
        table: TableName::new("securities", Layer::Bronze, "securities"),
        ..table(Layer::Bronze, "x", &[], rows(400))
    }]);
    let plan = laid_out(&run, 1_000.0, WANTED, &width);
    assert_eq!(plan.nodes[0].name, name);
    assert!(plan.nodes[0].heading.width() >= width(name) + 24.0);
    let height = |room: f32| fitted(&run, vec2(1_000.0, room), &width).nodes[0].bar.height();
    assert!(height(80.0) < height(140.0) && height(140.0) < height(400.0));
    assert!(fitted(&run, vec2(1_000.0, 140.0), &width).size.y <= 140.0);
}

#[test]
fn tables_stand_right_of_what_they_read_and_never_on_each_other() {
    let bronze = FlowView { rows_in: 3_000, loaded: 2_995, rejected: 5, ..FlowView::default() };
    let silver =
        FlowView { rows_in: 2_995, loaded: 2_916, deduplicated: 71, quarantined: 8, ..FlowView::default() };
    let name = |layer, name: &str| TableName::new("trades", layer, name);
    let run = run(vec![
        table(Layer::Bronze, "a", &[], bronze),
        table(Layer::Bronze, "b", &[], bronze),
        table(Layer::Silver, "a", &[name(Layer::Bronze, "a"), name(Layer::Bronze, "b")], silver),
        table(
            Layer::Gold,
            "g",
            &[name(Layer::Silver, "a")],
            FlowView { rows_in: 3, loaded: 3, ..FlowView::default() },
        ),
    ]);
    let Plan { nodes, size, .. } = laid_out(&run, 900.0, WANTED, &width);
    assert_eq!(nodes.iter().map(|node| node.depth).collect::<Vec<_>>(), [0, 0, 1, 2]);
    let all = |node: &Node<'_>| {
        node.losses.iter().fold(node.bar.union(node.heading), |all, (_, place)| all.union(*place))
    };
    for (place, one) in nodes.iter().enumerate() {
        assert!(Rect::from_min_size(Pos2::ZERO, size).contains_rect(all(one)));
        for other in &nodes[..place] {
            assert!(!all(one).intersects(all(other)));
        }
    }
    // Few rows among many are still seen.
    assert!(nodes[3].bar.height() >= LEAST);
    assert!(nodes[0].bar.height() > nodes[2].bar.height());
}
