//! Control totals as a flow: every row that comes in is seen to go somewhere, from the file to gold.

use std::collections::BTreeMap;

use egui::epaint::{CubicBezierShape, Mesh, PathStroke};
use egui::{
    Align, Color32, Key, Rect, Response, Role, ScrollArea, Sense, Shape, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};
use touchstone_protocol::{RuleState, RunView, TableRunView};
use touchstone_spec::{Layer, TableName};

use crate::command::{Command, Commands, TablePart};
use crate::theme::{self, Tokens, Tone};
use crate::widgets::{draw_line, focus_ring};
use crate::{icon, text};

/// Width of the bar that stands for a table's rows.
const BAR: f32 = 12.0;
/// Height of the bar of the table with the most rows.
const TALLEST: f32 = 96.0;
/// Height of the least bar and stream: few rows among many must still be seen.
const LEAST: f32 = 2.0;
/// Room for a table's name and count above its bar.
const HEADING: f32 = 38.0;
/// Height of one line that names what left the flow.
const LOSS: f32 = 22.0;
/// Room between two tables in a column.
const GAP: f32 = 20.0;
/// Least width of a column.
const COLUMN: f32 = 220.0;
/// Space around everything.
const MARGIN: f32 = 16.0;

/// Where one table stands.
struct Node<'a> {
    table: &'a TableRunView,
    /// Column, from the left.
    depth: usize,
    /// The bar of what came in.
    bar: Rect,
    /// The part of its right side at which what was loaded leaves.
    loaded: Rect,
    /// What left the flow here, with its line.
    losses: Vec<(Loss, Rect)>,
}

/// Rows that did not go on.
struct Loss {
    word: &'static str,
    rows: u64,
    tone: Tone,
    part: Option<TablePart>,
}

/// Shows the flow of a run in the room that there is, scrolled where it takes more.
pub(super) fn flow(commands: &Commands, run: &RunView, shown: Option<&TableName>, ui: &mut Ui) {
    let (nodes, size) = laid_out(run, ui.available_width());
    ScrollArea::both().id_salt("flow").auto_shrink([false, true]).show(ui, |ui| {
        let (area, _) = ui.allocate_exact_size(size, Sense::hover());
        let origin = area.min.to_vec2();
        let nodes: Vec<Node<'_>> = nodes.into_iter().map(|node| node.moved(origin)).collect();
        streams(&nodes, ui);
        for node in &nodes {
            self::node(commands, run, node, shown == Some(&node.table.table), ui);
        }
    });
}

/// Height that the flow of a run takes.
pub(super) fn height(run: &RunView, width: f32) -> f32 {
    laid_out(run, width).1.y
}

/// Tables in columns: each right of all that it reads; in a column, in the order of the run.
fn laid_out(run: &RunView, width: f32) -> (Vec<Node<'_>>, Vec2) {
    let reads = reads(run);
    let mut depths: BTreeMap<&TableName, usize> = BTreeMap::new();
    for table in &run.tables {
        let from = reads.get(&table.table).into_iter().flatten();
        let depth = from.filter_map(|name| depths.get(name)).max().map_or(0, |depth| depth + 1);
        depths.insert(&table.table, depth);
    }
    let columns = depths.values().max().map_or(1, |depth| depth + 1);
    let column = ((width - 2.0 * MARGIN) / columns as f32).max(COLUMN);
    let most = run.tables.iter().map(|table| table.flow.rows_in).max().unwrap_or_default().max(1);
    let tall = |rows: u64| if rows == 0 { 0.0 } else { (rows as f32 / most as f32 * TALLEST).max(LEAST) };
    let mut bottoms = vec![MARGIN; columns];
    let mut nodes = Vec::with_capacity(run.tables.len());
    for table in &run.tables {
        let depth = depths.get(&table.table).copied().unwrap_or_default();
        let Some(top) = bottoms.get_mut(depth) else { continue };
        let left = MARGIN + depth as f32 * column;
        let losses = losses(table);
        let lost: f32 = losses.iter().map(|loss| tall(loss.rows)).sum();
        let bar_height = tall(table.flow.rows_in).max(tall(table.flow.loaded) + lost).max(LEAST);
        let bar = Rect::from_min_size(pos2(left, *top + HEADING), vec2(BAR, bar_height));
        let loaded = Rect::from_min_size(pos2(bar.right(), bar.top()), vec2(0.0, tall(table.flow.loaded)));
        let mut at = bar.bottom() + 4.0;
        let width = column - BAR - 40.0;
        let losses: Vec<(Loss, Rect)> = losses
            .into_iter()
            .map(|loss| {
                let place = Rect::from_min_size(pos2(bar.right() + 16.0, at), vec2(width, LOSS));
                at += LOSS;
                (loss, place)
            })
            .collect();
        *top = at + GAP;
        nodes.push(Node { table, depth, bar, loaded, losses });
    }
    let bottom = bottoms.into_iter().fold(0.0_f32, f32::max) - GAP + MARGIN;
    (nodes, vec2((column * columns as f32 + 2.0 * MARGIN).max(width), bottom))
}

/// What each table was made from. Runs of before tables told it: the tables of the layer below.
fn reads(run: &RunView) -> BTreeMap<&TableName, Vec<&TableName>> {
    let mut reads = BTreeMap::new();
    for (place, table) in run.tables.iter().enumerate() {
        let own: Vec<&TableName> = table.reads.iter().collect();
        let before = run.tables.get(..place).unwrap_or_default().iter().map(|one| &one.table);
        let guessed = before.filter(|other| match table.table.layer {
            Layer::Bronze => false,
            Layer::Silver => other.layer == Layer::Bronze && other.table == table.table.table,
            Layer::Gold => other.layer == Layer::Silver && other.pipeline == table.table.pipeline,
        });
        reads.insert(&table.table, if own.is_empty() { guessed.collect() } else { own });
    }
    reads
}

fn losses(table: &TableRunView) -> Vec<Loss> {
    let flow = table.flow;
    let loss = |word, rows, tone, part| Loss { word, rows, tone, part };
    let all = [
        loss("rejected", flow.rejected, Tone::Error, Some(TablePart::Rejects)),
        loss("filtered", flow.filtered, Tone::Neutral, None),
        loss("deduplicated", flow.deduplicated, Tone::Neutral, None),
        loss("quarantined", flow.quarantined, Tone::Warning, Some(TablePart::Quarantine)),
    ];
    all.into_iter().filter(|loss| loss.rows > 0).collect()
}

impl Node<'_> {
    fn moved(mut self, by: Vec2) -> Self {
        self.bar = self.bar.translate(by);
        self.loaded = self.loaded.translate(by);
        for (_, place) in &mut self.losses {
            *place = place.translate(by);
        }
        self
    }
}

/// The streams between the tables, and those that leave the flow.
fn streams(nodes: &[Node<'_>], ui: &Ui) {
    let tokens = Tokens::of(ui.visuals());
    let painter = ui.painter();
    for node in nodes {
        let color = tokens.layer(node.table.table.layer).gamma_multiply(0.35);
        let mut entry = BTreeMap::new();
        for from in nodes.iter().filter(|from| feeds(from, node)) {
            let to_color = color;
            let from_color = tokens.layer(from.table.table.layer).gamma_multiply(0.35);
            // What gold groups is fewer rows than it read: the stream narrows to them.
            let height = from.loaded.height().min(node.bar.height()).max(LEAST);
            let at: &mut f32 = entry.entry(node.depth).or_insert(node.bar.top());
            let end = Rect::from_min_size(pos2(node.bar.left(), *at), vec2(0.0, height));
            painter.add(band(from.loaded, end, from_color, to_color));
        }
        let mut at = node.loaded.bottom();
        for (loss, place) in &node.losses {
            let share = loss.rows as f32 / node.table.flow.rows_in.max(1) as f32;
            let height = (node.bar.height() * share).max(LEAST);
            let start = pos2(node.bar.right(), at + height / 2.0);
            at += height;
            let end = pos2(place.left() - 2.0, place.center().y);
            let middle = start.x.midpoint(end.x);
            let points = [start, pos2(middle, start.y), pos2(middle, end.y), end];
            let stroke = PathStroke::new(1.5, tokens.tone_text(loss.tone).gamma_multiply(0.7));
            painter.add(CubicBezierShape::from_points_stroke(points, false, Color32::TRANSPARENT, stroke));
        }
    }
}

fn feeds(from: &Node<'_>, to: &Node<'_>) -> bool {
    if to.table.reads.is_empty() {
        let (from, to) = (&from.table.table, &to.table.table);
        match to.layer {
            Layer::Bronze => false,
            Layer::Silver => {
                from.layer == Layer::Bronze && from.table == to.table && from.pipeline == to.pipeline
            }
            Layer::Gold => from.layer == Layer::Silver && from.pipeline == to.pipeline,
        }
    } else {
        to.table.reads.contains(&from.table.table)
    }
}

/// A band from the right side of one bar to the left side of another, its edges eased like a ribbon.
fn band(from: Rect, to: Rect, from_color: Color32, to_color: Color32) -> Shape {
    const STEPS: u32 = 24;
    let mut mesh = Mesh::default();
    for step in 0..=STEPS {
        let share = step as f32 / STEPS as f32;
        let eased = share * share * (3.0 - 2.0 * share);
        let x = egui::lerp(from.right()..=to.left(), share);
        let color = from_color.lerp_to_gamma(to_color, share);
        mesh.colored_vertex(pos2(x, egui::lerp(from.top()..=to.top(), eased)), color);
        mesh.colored_vertex(pos2(x, egui::lerp(from.bottom()..=to.bottom(), eased)), color);
        if step > 0 {
            let last = 2 * step + 1;
            mesh.add_triangle(last - 3, last - 2, last - 1);
            mesh.add_triangle(last - 2, last - 1, last);
        }
    }
    Shape::mesh(mesh)
}

/// One table: its name and counts, its bar, and what left the flow there; each can be chosen.
fn node(commands: &Commands, run: &RunView, node: &Node<'_>, is_shown: bool, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let table = node.table;
    let name = text::table(&table.table, Some(&run.pipeline));
    let width = node.losses.first().map_or(COLUMN - 60.0, |(_, place)| place.width() + 16.0);
    let heading = Rect::from_min_max(
        pos2(node.bar.left(), node.bar.top() - HEADING),
        pos2(node.bar.left() + width, node.bar.top() - 2.0),
    );
    let response =
        chosen(ui, heading.union(node.bar), ("table", &table.table), is_shown, &spoken(&name, table));
    if is_shown || response.hovered() {
        let fill = if is_shown { tokens.row_selected } else { tokens.row_hovered };
        ui.painter().rect_filled(heading.expand2(vec2(6.0, 2.0)), theme::RADIUS, fill);
    }
    let failed = table.rules.iter().filter(|rule| rule.state == RuleState::Failed).count();
    let [first, second] = [heading.with_max_y(heading.center().y), heading.with_min_y(heading.center().y)];
    let taken = draw_line(ui.painter(), first, Align::Min, &name, theme::strong(), tokens.text_strong);
    let sign = match (table.rules.len(), failed) {
        (0, _) => None,
        (_, 0) => Some((icon::PASSED, tokens.success)),
        _ => Some((icon::FAILED, tokens.error)),
    };
    if let Some((sign, color)) = sign {
        let place = Rect::from_min_size(pos2(taken.right() + 6.0, first.top()), vec2(16.0, first.height()));
        let font = egui::FontId::proportional(14.0);
        draw_line(ui.painter(), place, Align::Center, &sign.to_string(), font, color);
    }
    let words = if table.flow.loaded == table.flow.rows_in {
        text::count(table.flow.loaded, "row", "rows")
    } else {
        format!("{} of {}", text::number(table.flow.loaded), text::count(table.flow.rows_in, "row", "rows"))
    };
    draw_line(ui.painter(), second, Align::Min, &words, theme::small(), tokens.text_subdued);
    ui.painter().rect_filled(node.bar, 2, tokens.layer(table.table.layer));
    if !table.adds_up() {
        let stroke = Stroke::new(2.0, tokens.error);
        ui.painter().rect_stroke(node.bar.expand(2.0), 2, stroke, StrokeKind::Outside);
    }
    focus_ring(ui, &response);
    if response.clicked() {
        commands.send(Command::ShowTable(table.table.clone()));
    }
    response.on_hover_text(spoken(&name, table));
    for (loss, place) in &node.losses {
        let words = format!("{} {}", text::number(loss.rows), loss.word);
        let response = chosen(ui, *place, (loss.word, &table.table), false, &format!("{name}: {words}"));
        if response.hovered() && loss.part.is_some() {
            ui.painter().rect_filled(*place, theme::RADIUS, tokens.row_hovered);
        }
        let place = place.shrink2(vec2(4.0, 0.0));
        draw_line(ui.painter(), place, Align::Min, &words, theme::small(), tokens.tone_text(loss.tone));
        focus_ring(ui, &response);
        if response.clicked() {
            commands.send(Command::ShowTable(table.table.clone()));
            if let Some(part) = loss.part {
                commands.send(Command::ShowPart(part));
            }
        }
    }
}

/// A place that can be clicked, and chosen by the keys.
fn chosen(ui: &mut Ui, place: Rect, salt: (&str, &TableName), is_shown: bool, name: &str) -> Response {
    let id = ui.scope_id().with(salt.0).with(salt.1.to_string());
    let mut response = ui.interact(place, id, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_shown, name));
    if response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        response.flags.insert(egui::response::Flags::FAKE_PRIMARY_CLICKED);
    }
    response
}

/// The totals of a table as a sentence.
fn spoken(name: &str, table: &TableRunView) -> String {
    let flow = table.flow;
    let mut words = vec![
        format!("{name}: {} in", text::number(flow.rows_in)),
        format!("{} loaded", text::number(flow.loaded)),
    ];
    words.extend(losses(table).iter().map(|loss| format!("{} {}", text::number(loss.rows), loss.word)));
    words.push(if table.adds_up() { "adds up".to_owned() } else { "does not add up".to_owned() });
    if !table.rules.is_empty() {
        let passed = table.rules.iter().filter(|rule| rule.state == RuleState::Passed).count();
        words.push(format!("{passed} of {} rules passed", table.rules.len()));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use egui::Pos2;
    use touchstone_protocol::{FlowView, RunOutcome};

    use super::*;

    fn table(layer: Layer, name: &str, reads: &[TableName], flow: FlowView) -> TableRunView {
        TableRunView {
            table: TableName::new("trades", layer, name),
            reads: reads.to_vec(),
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
            started_at: String::new(),
            duration_ms: 1,
            outcome: RunOutcome::Succeeded,
            message: None,
            tables,
        }
    }

    #[test]
    fn tables_stand_right_of_what_they_read_and_never_on_each_other() {
        let bronze = FlowView { rows_in: 3_000, loaded: 2_995, rejected: 5, ..FlowView::default() };
        let silver = FlowView {
            rows_in: 2_995,
            loaded: 2_916,
            deduplicated: 71,
            quarantined: 8,
            ..FlowView::default()
        };
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
        let (nodes, size) = laid_out(&run, 900.0);
        assert_eq!(nodes.iter().map(|node| node.depth).collect::<Vec<_>>(), [0, 0, 1, 2]);
        let all = |node: &Node<'_>| node.losses.iter().fold(node.bar, |all, (_, place)| all.union(*place));
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
}
