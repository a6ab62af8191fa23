//! Control totals as a flow: every row that comes in is seen to go somewhere, from the file to gold.

#[cfg(test)]
mod tests;

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
use crate::widgets::{draw_line, draw_name, focus_ring};
use crate::{icon, text};

/// Width of the bar that stands for a table's rows.
const BAR: f32 = 12.0;
/// Heights of the bar of the table with the most rows, of which the largest is taken that leaves all in sight.
const TALLEST: [f32; 6] = [160.0, 128.0, 96.0, 72.0, 56.0, 40.0];
/// The one of them that is asked for.
const WANTED: f32 = 96.0;
/// Height of the least bar and stream: few rows among many must still be seen.
const LEAST: f32 = 2.0;
/// Room for a table's name and count above its bar.
const HEADING: f32 = 36.0;
/// Height of one line that names what left the flow.
const LOSS: f32 = 18.0;
/// Room between two tables in a column.
const GAP: f32 = 16.0;
/// Least and largest width of what is written in a column.
const WRITTEN: egui::Rangef = egui::Rangef { min: 120.0, max: 320.0 };
/// Least width between what is written in a column and the next column: there streams rise and fall.
const BETWEEN: f32 = 56.0;
/// Space around everything.
const MARGIN: f32 = 16.0;

/// Where one table stands.
struct Node<'a> {
    table: &'a TableRunView,
    name: String,
    /// Column, from the left.
    depth: usize,
    /// Its name and count.
    heading: Rect,
    /// The bar of what came in.
    bar: Rect,
    /// The part of its right side at which what was loaded leaves.
    loaded: Rect,
    /// What left the flow here, with its line.
    losses: Vec<(Loss, Rect)>,
    /// No row of it goes on: things are looked up in it.
    is_looked_up: bool,
}

/// Rows that did not go on.
struct Loss {
    word: &'static str,
    rows: u64,
    tone: Tone,
    part: TablePart,
}

/// Rows on their way from a table to one that reads it.
struct Stream {
    from: Layer,
    to: Layer,
    /// Upright lines that it goes through, from the left; level where two have the same height.
    through: Vec<Rect>,
    /// No rows are on it: values are looked up.
    is_lookup: bool,
}

/// Everything in its place.
struct Plan<'a> {
    nodes: Vec<Node<'a>>,
    streams: Vec<Stream>,
    size: Vec2,
}

impl Loss {
    /// How many, and what became of them.
    fn text(&self) -> String {
        format!("{} {}", text::number(self.rows), self.word)
    }

    /// What its rows are.
    fn about(&self) -> &'static str {
        match self.part {
            TablePart::Rejects => "Records that could not be read",
            TablePart::Filtered => "Rows that the table's filter leaves out",
            TablePart::Deduplicated => "Rows whose key another row has, which stayed",
            _ => "Rows that break the contract or a rule",
        }
    }
}

/// Shows the flow of a run in the room that there is, scrolled where it takes more.
pub(super) fn flow(commands: &Commands, run: &RunView, shown: Option<&TableName>, ui: &mut Ui) {
    let room = ui.available_size();
    let plan = fitted(run, room, &|text| name_width(ui, text));
    ScrollArea::both().id_salt("flow").auto_shrink([false, true]).show(ui, |ui| {
        let (area, _) = ui.allocate_exact_size(plan.size, Sense::hover());
        let plan = plan.moved(area.min.to_vec2());
        for stream in &plan.streams {
            let tokens = Tokens::of(ui.visuals());
            if stream.is_lookup {
                let stroke = Stroke::new(1.5, tokens.edge_rows);
                ui.painter().extend(Shape::dashed_line(&middle(&stream.through), stroke, 6.0, 4.0));
                continue;
            }
            let [from, to] = [stream.from, stream.to].map(|layer| tokens.layer(layer).gamma_multiply(0.35));
            ui.painter().add(band(&stream.through, from, to));
        }
        for node in &plan.nodes {
            leaving(node, ui);
            self::node(commands, node, shown == Some(&node.table.table), ui);
        }
    });
}

/// Height that the flow of a run takes.
pub(super) fn height(run: &RunView, ui: &Ui) -> f32 {
    laid_out(run, ui.available_width(), WANTED, &|text| name_width(ui, text)).size.y
}

fn name_width(ui: &Ui, name: &str) -> f32 {
    ui.painter().layout_no_wrap(name.to_owned(), theme::strong(), Color32::PLACEHOLDER).size().x
}

/// With bars as high as there is room for.
fn fitted<'a>(run: &'a RunView, room: Vec2, name_width: &dyn Fn(&str) -> f32) -> Plan<'a> {
    let mut plan = laid_out(run, room.x, TALLEST[0], name_width);
    for tallest in TALLEST.into_iter().skip(1) {
        if plan.size.y <= room.y {
            break;
        }
        plan = laid_out(run, room.x, tallest, name_width);
    }
    plan
}

/// Tables in columns: each right of all that it reads; in a column, in the order of the run. Nothing is written where
/// streams rise or fall, and a stream that passes a column has a place of its own there.
fn laid_out<'a>(run: &'a RunView, width: f32, tallest: f32, name_width: &dyn Fn(&str) -> f32) -> Plan<'a> {
    let reads = reads(run);
    let mut depths: BTreeMap<&TableName, usize> = BTreeMap::new();
    for table in &run.tables {
        let from = reads.get(&table.table).into_iter().flatten().copied().chain(&table.lookups);
        let depth = from.filter_map(|name| depths.get(name)).max().map_or(0, |depth| depth + 1);
        depths.insert(&table.table, depth);
    }
    let columns = depths.values().max().map_or(1, |depth| depth + 1);
    let name_of = |table: &TableRunView| text::table(&table.table, Some(&run.pipeline));
    // What is written in each column has room, as long as it isn't out of all measure.
    let mut written = vec![WRITTEN.min; columns];
    for table in &run.tables {
        let depth = depths.get(&table.table).copied().unwrap_or_default();
        if let Some(column) = written.get_mut(depth) {
            // Behind the name stands the sign of the rules.
            let lost = losses(table).into_iter().map(|loss| name_width(&loss.text()) + BAR + 24.0);
            let wanted = lost.fold(name_width(&name_of(table)) + 32.0, f32::max);
            *column = column.max(wanted).min(WRITTEN.max);
        }
    }
    let taken: f32 = written.iter().sum::<f32>() + 2.0 * MARGIN;
    let between = ((width - taken) / (columns.max(2) - 1) as f32).max(BETWEEN);
    let mut lefts = Vec::with_capacity(columns);
    let mut left = MARGIN;
    for written in &written {
        lefts.push(left);
        left += written + between;
    }
    let full_width = left - between + MARGIN;

    let most = run.tables.iter().map(|table| table.flow.rows_in).max().unwrap_or_default().max(1);
    let tall = |rows: u64| if rows == 0 { 0.0 } else { (rows as f32 / most as f32 * tallest).max(LEAST) };
    let mut bottoms = vec![12.0; columns];
    let mut nodes: Vec<Node<'a>> = Vec::with_capacity(run.tables.len());
    let mut streams = Vec::new();
    for table in &run.tables {
        let depth = depths.get(&table.table).copied().unwrap_or_default();
        let (Some(left), Some(written)) = (lefts.get(depth).copied(), written.get(depth).copied()) else {
            continue;
        };
        let node_of = |name: &TableName| nodes.iter().find(|node| node.table.table == *name);
        let read = reads.get(&table.table).into_iter().flatten().filter_map(|name| node_of(name));
        let looked_up = table.lookups.iter().filter_map(node_of);
        let mut sources: Vec<(&Node<'a>, bool)> =
            read.map(|node| (node, false)).chain(looked_up.map(|node| (node, true))).collect();
        sources.sort_by(|(one, _), (other, _)| one.bar.top().total_cmp(&other.bar.top()));
        // Streams of afar first take their places in the columns between.
        let mut ways: Vec<(Layer, Vec<Rect>)> = Vec::with_capacity(sources.len());
        let mut lookups: Vec<(Layer, Vec<Rect>)> = Vec::new();
        for (from, is_lookup) in sources {
            let level = |rect: Rect, x: f32| rect.with_min_x(x).with_max_x(x);
            let leaves = if is_lookup { line_in(from.loaded) } else { from.loaded };
            let mut through = vec![leaves, level(leaves, from.heading.right())];
            for passed in from.depth + 1..depth {
                let (Some(left), Some(bottom)) = (lefts.get(passed).copied(), bottoms.get_mut(passed)) else {
                    continue;
                };
                let height = leaves.height().min(tall(table.flow.rows_in)).max(LEAST);
                let place = Rect::from_min_size(pos2(left, *bottom), vec2(0.0, height));
                *bottom += height + GAP;
                let right = lefts.get(passed + 1).map_or(left, |next| next - between);
                through.extend([place, level(place, right)]);
            }
            let all = if is_lookup { &mut lookups } else { &mut ways };
            all.push((from.table.table.layer, through));
        }
        let Some(top) = bottoms.get_mut(depth) else { continue };
        let losses = losses(table);
        let lost: f32 = losses.iter().map(|loss| tall(loss.rows)).sum();
        let bar_height = tall(table.flow.rows_in).max(tall(table.flow.loaded) + lost).max(LEAST);
        let heading = Rect::from_min_size(pos2(left, *top), vec2(written, HEADING - 2.0));
        let bar = Rect::from_min_size(pos2(left, *top + HEADING), vec2(BAR, bar_height));
        let loaded = Rect::from_min_size(pos2(bar.right(), bar.top()), vec2(0.0, tall(table.flow.loaded)));
        let mut at = bar.bottom() + 4.0;
        let losses: Vec<(Loss, Rect)> = losses
            .into_iter()
            .map(|loss| {
                let room = vec2(written - BAR - 16.0, LOSS);
                let place = Rect::from_min_size(pos2(bar.right() + 16.0, at), room);
                at += LOSS;
                (loss, place)
            })
            .collect();
        *top = at + GAP;
        // What gold groups is fewer rows than it read: the streams narrow to them, each to its share.
        let all: f32 = ways.iter().filter_map(|(_, through)| through.first()).map(Rect::height).sum();
        let room = bar.height().min(all.max(LEAST));
        let mut at = bar.top();
        for (from, mut through) in ways {
            let share = through.first().map_or(0.0, Rect::height) / all.max(LEAST);
            let end = Rect::from_min_size(pos2(bar.left(), at), vec2(0.0, (room * share).max(LEAST)));
            at += room * share;
            through.push(end);
            streams.push(Stream { from, to: table.table.layer, through, is_lookup: false });
        }
        // Above the bar, where no rows come in.
        let end = Rect::from_min_size(pos2(bar.left(), bar.top() - 3.0), vec2(0.0, 0.0));
        for (from, mut through) in lookups {
            through.push(end);
            streams.push(Stream { from, to: table.table.layer, through, is_lookup: true });
        }
        let is_looked_up = run.tables.iter().any(|one| one.lookups.contains(&table.table))
            && !reads.values().flatten().any(|read| **read == table.table);
        nodes.push(Node { table, name: name_of(table), depth, heading, bar, loaded, losses, is_looked_up });
    }
    let bottom = bottoms.into_iter().fold(0.0_f32, f32::max) - GAP + 12.0;
    Plan { nodes, streams, size: vec2(full_width.max(width), bottom) }
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
        loss("rejected", flow.rejected, Tone::Error, TablePart::Rejects),
        loss("filtered", flow.filtered, Tone::Neutral, TablePart::Filtered),
        loss("deduplicated", flow.deduplicated, Tone::Neutral, TablePart::Deduplicated),
        loss("quarantined", flow.quarantined, Tone::Warning, TablePart::Quarantine),
    ];
    all.into_iter().filter(|loss| loss.rows > 0).collect()
}

impl Plan<'_> {
    fn moved(mut self, by: Vec2) -> Self {
        for node in &mut self.nodes {
            let all = [&mut node.heading, &mut node.bar, &mut node.loaded];
            for place in all.into_iter().chain(node.losses.iter_mut().map(|(_, place)| place)) {
                *place = place.translate(by);
            }
        }
        for place in self.streams.iter_mut().flat_map(|stream| &mut stream.through) {
            *place = place.translate(by);
        }
        self
    }
}

/// Thin lines from the end of a bar to what is said of the rows that left the flow there.
fn leaving(node: &Node<'_>, ui: &Ui) {
    let tokens = Tokens::of(ui.visuals());
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
        ui.painter().add(CubicBezierShape::from_points_stroke(points, false, Color32::TRANSPARENT, stroke));
    }
}

/// A line without rows in the middle of where rows leave.
fn line_in(loaded: Rect) -> Rect {
    Rect::from_min_size(pos2(loaded.left(), loaded.center().y), vec2(0.0, 0.0))
}

/// The middle of a band through upright lines.
fn middle(through: &[Rect]) -> Vec<egui::Pos2> {
    const STEPS: u32 = 24;
    let mut points = Vec::new();
    for (from, to) in through.iter().zip(through.iter().skip(1)) {
        for step in 0..=STEPS {
            let share = step as f32 / STEPS as f32;
            let eased = share * share * (3.0 - 2.0 * share);
            let y = egui::lerp(from.center().y..=to.center().y, eased);
            points.push(pos2(egui::lerp(from.right()..=to.left(), share), y));
        }
    }
    points
}

/// A band through upright lines, its edges eased like a ribbon.
fn band(through: &[Rect], from_color: Color32, to_color: Color32) -> Shape {
    const STEPS: u32 = 24;
    let mut mesh = Mesh::default();
    let (Some(first), Some(last)) = (through.first(), through.last()) else { return Shape::Noop };
    let whole = (last.left() - first.right()).max(1.0);
    let mut at = 0;
    for (from, to) in through.iter().zip(through.iter().skip(1)) {
        for step in 0..=STEPS {
            let share = step as f32 / STEPS as f32;
            let eased = share * share * (3.0 - 2.0 * share);
            let x = egui::lerp(from.right()..=to.left(), share);
            let color = from_color.lerp_to_gamma(to_color, ((x - first.right()) / whole).clamp(0.0, 1.0));
            mesh.colored_vertex(pos2(x, egui::lerp(from.top()..=to.top(), eased)), color);
            mesh.colored_vertex(pos2(x, egui::lerp(from.bottom()..=to.bottom(), eased)), color);
            if step > 0 {
                mesh.add_triangle(at - 2, at - 1, at);
                mesh.add_triangle(at - 1, at, at + 1);
            }
            at += 2;
        }
    }
    Shape::mesh(mesh)
}

/// One table: its name and counts, its bar, and what left the flow there; each can be chosen.
fn node(commands: &Commands, node: &Node<'_>, is_shown: bool, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let table = node.table;
    let (name, heading) = (&node.name, node.heading);
    let response =
        chosen(ui, heading.union(node.bar), ("table", &table.table), is_shown, &spoken(name, table));
    if is_shown || response.hovered() {
        let fill = if is_shown { tokens.row_selected } else { tokens.row_hovered };
        ui.painter().rect_filled(heading.expand2(vec2(6.0, 2.0)), theme::RADIUS, fill);
    }
    let failed = table.rules.iter().filter(|rule| rule.state == RuleState::Failed).count();
    let [first, second] = [heading.with_max_y(heading.center().y), heading.with_min_y(heading.center().y)];
    // Behind it stands the sign of the rules.
    let named = first.with_max_x(first.right() - 24.0);
    let taken = draw_name(ui.painter(), named, Align::Min, name, &theme::strong(), tokens.text_strong);
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
    let words = if !table.counted {
        "not known".to_owned()
    } else if table.flow.loaded == table.flow.rows_in {
        text::count(table.flow.loaded, "row", "rows")
    } else {
        format!("{} of {}", text::number(table.flow.loaded), text::count(table.flow.rows_in, "row", "rows"))
    };
    let words = if node.is_looked_up { format!("{words}  ·  for lookups") } else { words };
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
    response.on_hover_text(spoken(name, table));
    for (loss, place) in &node.losses {
        let words = loss.text();
        let spoken = format!("{name}: {words}");
        let response = chosen(ui, *place, (loss.word, &table.table), false, &spoken);
        if response.hovered() {
            ui.painter().rect_filled(*place, theme::RADIUS, tokens.row_hovered);
        }
        let place = place.shrink2(vec2(4.0, 0.0));
        draw_line(ui.painter(), place, Align::Min, &words, theme::small(), tokens.tone_text(loss.tone));
        focus_ring(ui, &response);
        if response.clicked() {
            commands.send(Command::ShowTable(table.table.clone()));
            commands.send(Command::ShowPart(loss.part));
        }
        response.on_hover_text(loss.about());
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
    if !table.counted {
        return format!("{name}: not known");
    }
    let mut words = vec![
        format!("{name}: {} in", text::number(flow.rows_in)),
        format!("{} loaded", text::number(flow.loaded)),
    ];
    words.extend(losses(table).iter().map(Loss::text));
    words.push(if table.adds_up() { "adds up".to_owned() } else { "does not add up".to_owned() });
    if !table.rules.is_empty() {
        let passed = table.rules.iter().filter(|rule| rule.state == RuleState::Passed).count();
        words.push(format!("{passed} of {} rules passed", table.rules.len()));
    }
    words.join(", ")
}
