//! The canvas: a bar, the cards with their connections, and beside them the inspector.

use egui::{
    CentralPanel, EventFilter, Frame, Id, Key, Margin, Modifiers, Panel, Pos2, Rect, Response, Role, Sense,
    Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::command::selected;
use super::edges::Line;
use super::graph::{EdgeKind, Graph};
use super::layout::{Plan, arrange, free_place};
use super::stage::Stage;
use super::{Command, Looks, card, menu, question};
use crate::command::Command as AppCommand;
use crate::design::view::Desk;
use crate::design::{Command as DesignCommand, Node, inspector};
use crate::icon;
use crate::theme::Tokens;
use crate::widgets::{draw_line, empty, icon_button, is_focus_seen, marked, state_icon};

/// Room between two layers.
const BETWEEN: f32 = 48.0;
/// How near to a line the pointer takes hold of it.
const NEAR: f32 = 6.0;
const PORT: f32 = 5.0;

/// Cards and lines in their places.
struct Drawing {
    graph: Graph,
    rects: Vec<Rect>,
    lines: Vec<Line>,
}

pub(in crate::design) fn canvas(desk: &Desk<'_>, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    question::question(desk, ui);
    let frame = Frame::new().fill(tokens.panel);
    if desk.state.design.canvas.has_details(ui.ctx()) {
        if super::is_narrow(ui.ctx()) {
            CentralPanel::default().frame(frame).show(ui, |ui| inspector::inspector(desk, ui));
            return;
        }
        crate::keep::keep_panel(ui, "inspector");
        let panel = Panel::right("inspector").resizable(true).default_size(320.0).size_range(272.0..=760.0);
        panel.frame(frame).show(ui, |ui| inspector::inspector(desk, ui));
    }
    CentralPanel::default().frame(Frame::new().fill(tokens.content)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let drawing = Drawing::of(desk);
        let looks = desk.state.design.canvas.looks(desk.file);
        let mut rect = ui.available_rect_before_wrap();
        // What the bar takes; it needs to know how large cards are drawn.
        rect.min.y += 35.0;
        let chosen = selected(desk.state, desk.file);
        let stage = Stage::new(rect, looks.view, drawing.all(), drawing.around(&chosen));
        menu::toolbar(desk, &stage, ui);
        told(desk, &looks, ui);
        if drawing.graph.cards.is_empty() {
            let text = "A pipeline begins with a source: a file as it arrives. Add one from a sample";
            let next = Command::AskSource.send();
            empty(ui, desk.state, desk.commands, icon::PIPELINE, "Nothing here yet", text, Some(&next));
            return;
        }
        let stage = Stage { rect: ui.available_rect_before_wrap(), ..stage };
        cards(desk, &drawing, &stage, &looks, &chosen, ui);
    });
}

/// Why something can't be done, and what can be done instead.
fn told(desk: &Desk<'_>, looks: &Looks, ui: &mut Ui) {
    let Some(text) = &looks.told else { return };
    let tokens = Tokens::of(ui.visuals());
    Frame::new().fill(tokens.warning_fill).inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            state_icon(ui, icon::WARNING, tokens.warning, "Note");
            let width = ui.available_width() - 36.0;
            ui.allocate_ui(vec2(width, 0.0), |ui| {
                ui.set_width(width);
                ui.add(egui::Label::new(text).wrap());
            });
            if icon_button(ui, icon::CLOSE, "Close note").clicked() {
                desk.commands.send(Command::Tell(None).send());
            }
        });
    });
}

impl Drawing {
    fn of(desk: &Desk<'_>) -> Self {
        let graph = Graph::of(desk);
        let ranks: Vec<usize> = graph.cards.iter().map(|card| card.rank).collect();
        let heights: Vec<f32> = graph.cards.iter().map(card::height).collect();
        let moved = &desk.shown.positions;
        // What was made aside of the others leaves them where they are.
        let is_aside: Vec<bool> = graph
            .cards
            .iter()
            .map(|card| desk.shown.aside.contains(&card.node) && moved.contains_key(&card.node))
            .collect();
        let mut forward = graph.forward();
        forward.retain(|at| !is_aside[graph.edges[*at].from] && !is_aside[graph.edges[*at].to]);
        let edges: Vec<(usize, usize)> =
            forward.iter().map(|at| (graph.edges[*at].from, graph.edges[*at].to)).collect();
        let arranged = arrange(&Plan { ranks: &ranks, heights: &heights, edges: &edges, aside: &is_aside });
        let column = |rank: usize| rank as f32 * (card::WIDTH + BETWEEN);
        let rects: Vec<Rect> = graph
            .cards
            .iter()
            .enumerate()
            .map(|(at, card)| {
                let size = vec2(card::WIDTH, heights[at]);
                let home = pos2(column(ranks[at]), arranged.middles[at] - heights[at] / 2.0);
                Rect::from_min_size(moved.get(&card.node).copied().unwrap_or(home), size)
            })
            .collect();
        let mut lines: Vec<Line> = graph
            .edges
            .iter()
            .map(|edge| Line::through(&[rects[edge.from].right_center(), rects[edge.to].left_center()]))
            .collect();
        for (way, at) in arranged.ways.iter().zip(forward) {
            let edge = &graph.edges[at];
            let is_moved = |card: usize| moved.contains_key(&graph.cards[card].node);
            if way.is_empty() || is_moved(edge.from) || is_moved(edge.to) {
                continue;
            }
            let mut points = vec![rects[edge.from].right_center()];
            for (step, y) in way.iter().enumerate() {
                let left = column(ranks[edge.from] + 1 + step);
                points.extend([pos2(left, *y), pos2(left + card::WIDTH, *y)]);
            }
            points.push(rects[edge.to].left_center());
            lines[at] = Line::through(&points);
        }
        Self { graph, rects, lines }
    }

    fn all(&self) -> Rect {
        self.rects.iter().fold(Rect::NOTHING, |all, rect| all.union(*rect))
    }

    /// What surrounds these cards.
    fn around(&self, nodes: &[Node]) -> Option<Rect> {
        let found = nodes.iter().filter_map(|node| self.graph.find(node)).map(|at| self.rects[at]);
        found.reduce(Rect::union)
    }

    /// Where a new card stands free of the others, as near to a place as can be.
    fn free(&self, corner: Pos2) -> Pos2 {
        let height = self.rects.iter().map(Rect::height).fold(card::TALL, f32::max);
        free_place(Rect::from_min_size(corner, vec2(card::WIDTH, height)), &self.rects)
    }

    /// The card under a point of the canvas.
    fn card_at(&self, pos: Pos2) -> Option<usize> {
        self.rects.iter().rposition(|rect| rect.contains(pos))
    }

    /// The card next to one, in a direction: near, and more straight ahead than aside.
    fn neighbour(&self, from: usize, key: Key) -> Option<usize> {
        let way = match key {
            Key::ArrowLeft => vec2(-1.0, 0.0),
            Key::ArrowRight => vec2(1.0, 0.0),
            Key::ArrowUp => vec2(0.0, -1.0),
            _ => vec2(0.0, 1.0),
        };
        let start = self.rects[from].center();
        let cost = |at: usize| {
            let to = self.rects[at].center() - start;
            let (ahead, aside) = (to.dot(way), to.dot(way.rot90()).abs());
            let limit = if way.x == 0.0 { aside * 0.5 } else { 1.0 };
            (ahead > limit.max(1.0)).then_some(ahead + 2.0 * aside)
        };
        let others = (0..self.rects.len()).filter(|at| *at != from);
        let costs = others.filter_map(|at| Some((at, cost(at)?)));
        costs.min_by(|one, other| one.1.total_cmp(&other.1)).map(|(at, _)| at)
    }
}

/// The card that a line is being drawn from, kept while the pointer is down.
fn connecting() -> Id {
    Id::unique("canvas connecting")
}

/// The place that the card had which is being dragged.
fn moving() -> Id {
    Id::unique("canvas moving")
}

fn cards(desk: &Desk<'_>, drawing: &Drawing, stage: &Stage, looks: &Looks, chosen: &[Node], ui: &mut Ui) {
    let (rect, mut ground) = ui.allocate_exact_size(stage.rect.size(), Sense::click_and_drag());
    ground.widget_info(|| WidgetInfo::labeled(Role::Group, true, "Canvas"));
    ui.set_clip_rect(rect.intersect(ui.clip_rect()));
    dots(ui, stage);
    along_with(desk, rect, ui);
    let lit = lit(drawing, chosen, ui);
    lines(desk, drawing, stage, looks, &lit, ui);
    // The ground lies under the lines, and is asked first where the pointer is.
    if let Some(view) = stage.moved(ui, &mut ground) {
        desk.commands.send(Command::View(view).send());
    }
    if ground.clicked() {
        let pointer = ground.interact_pointer_pos();
        let near = pointer.and_then(|pos| line_at(drawing, stage, pos));
        desk.commands.send(match near {
            Some(at) => {
                let edge = &drawing.graph.edges[at];
                let node = |at: usize| drawing.graph.cards[at].node.clone();
                Command::SelectEdge(node(edge.from), node(edge.to)).send()
            }
            None => Command::Select(Node::Pipeline).send(),
        });
    }
    menu::ground(desk, &ground);
    let from: Option<Node> = ui.data(|data| data.get_temp(connecting()));
    let targets = from.as_ref().map(|node| menu::targets(desk, &drawing.graph, node)).unwrap_or_default();
    for at in 0..drawing.rects.len() {
        one_card(desk, drawing, stage, at, chosen, &targets, ui);
    }
    let mut drawn = false;
    for at in 0..drawing.rects.len() {
        drawn |= port(desk, drawing, stage, at, chosen, ui);
    }
    // Where the card went away in the middle of it.
    if from.is_some() && !drawn && !ui.input(|input| input.pointer.any_down()) {
        ui.data_mut(|data| data.remove::<Node>(connecting()));
    }
}

fn dots(ui: &Ui, stage: &Stage) {
    const STEP: f32 = 24.0;
    if stage.scale() < 0.5 {
        return;
    }
    let color = Tokens::of(ui.visuals()).line_strong;
    let seen = stage.to_screen.inverse() * stage.rect;
    let first = (seen.min / STEP).to_vec2().ceil() * STEP;
    let mut y = first.y;
    while y < seen.max.y {
        let mut x = first.x;
        while x < seen.max.x {
            ui.painter().circle_filled(stage.at(pos2(x, y)), 1.0, color);
            x += STEP;
        }
        y += STEP;
    }
}

/// The cards whose lines are lit: those selected, and the one under the pointer.
fn lit(drawing: &Drawing, chosen: &[Node], ui: &Ui) -> Vec<usize> {
    let mut lit: Vec<usize> = chosen.iter().filter_map(|node| drawing.graph.find(node)).collect();
    let hovered: Option<Node> = ui.data(|data| data.get_temp(Id::unique("canvas hovered")));
    lit.extend(hovered.and_then(|node| drawing.graph.find(&node)));
    lit
}

fn line_at(drawing: &Drawing, stage: &Stage, pos: Pos2) -> Option<usize> {
    let distances = drawing.lines.iter().map(|line| line.on(stage).distance(pos)).enumerate();
    let near = distances.min_by(|one, other| one.1.total_cmp(&other.1));
    near.filter(|(_, distance)| *distance <= NEAR).map(|(at, _)| at)
}

fn lines(desk: &Desk<'_>, drawing: &Drawing, stage: &Stage, looks: &Looks, lit: &[usize], ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let order = |at: &usize| {
        lit.contains(&drawing.graph.edges[*at].from) || lit.contains(&drawing.graph.edges[*at].to)
    };
    let mut all: Vec<usize> = (0..drawing.lines.len()).collect();
    all.sort_by_key(order);
    for at in all {
        let edge = &drawing.graph.edges[at];
        let (from, to) = (&drawing.graph.cards[edge.from].node, &drawing.graph.cards[edge.to].node);
        let line = drawing.lines[at].on(stage);
        let is_chosen = looks.edge.as_ref().is_some_and(|(one, other)| one == from && other == to);
        // It is taken hold of at its middle, by the keyboard too.
        let place = Rect::from_center_size(line.middle(), vec2(14.0, 14.0));
        let id = Id::unique(("connection", desk.file, from, to));
        let response = ui.interact(place, id, Sense::click());
        let name = format!("Connection from {} to {}", from.text(), to.text());
        response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_chosen, &name));
        if response.clicked() {
            desk.commands.send(Command::SelectEdge(from.clone(), to.clone()).send());
        }
        let deletes = response.has_focus() && take_delete(ui);
        if deletes {
            desk.commands.send(Command::SelectEdge(from.clone(), to.clone()).send());
            desk.commands.send(Command::Remove.send());
        }
        menu::edge(desk, from, to, &response);
        let is_under = response.hovered()
            || ui.ctx().pointer_hover_pos().is_some_and(|pos| {
                stage.rect.contains(pos)
                    && drawing.card_at(stage.on_canvas(pos)).is_none()
                    && line_at(drawing, stage, pos) == Some(at)
            });
        let (width, color) = match (is_chosen || response.has_focus(), order(&at), is_under) {
            (true, ..) => (2.5, tokens.focus),
            (false, true, _) => (2.0, tokens.link),
            (false, false, true) => (2.0, tokens.text_subdued),
            (false, false, false) => (1.5, tokens.scroll_handle),
        };
        line.draw(ui.painter(), Stroke::new(width, color), edge.kind == EdgeKind::Lookup);
        if is_chosen || is_under || response.has_focus() {
            ui.painter().circle(line.middle(), 4.0, tokens.content, Stroke::new(1.5, color));
        }
        let words = match edge.kind {
            EdgeKind::Rows => format!("{} is made from {}", to.text(), from.text()),
            EdgeKind::Lookup => format!("{} looks values up in {}", to.text(), from.text()),
        };
        response.on_hover_text(words);
    }
}

/// That the rows on the cards are of another pipeline's simulation: of which, and when it was.
fn along_with(desk: &Desk<'_>, rect: Rect, ui: &Ui) {
    let Some(run) = desk.known.and_then(|known| known.last_run()) else { return };
    let Some(other) = &run.along_with else { return };
    let words = format!("Rows from the simulation of {other}  ·  {}", crate::text::time(&run.started_at));
    let line =
        Rect::from_min_max(rect.left_bottom() + vec2(12.0, -28.0), rect.right_bottom() - vec2(12.0, 8.0));
    let color = Tokens::of(ui.visuals()).text_subdued;
    draw_line(ui.painter(), line, egui::Align::Min, &words, crate::theme::small(), color);
}

fn take_delete(ui: &Ui) -> bool {
    ui.input_mut(|input| {
        input.consume_key(Modifiers::NONE, Key::Delete) || input.consume_key(Modifiers::NONE, Key::Backspace)
    })
}

/// What the keyboard does to the card that it is at.
fn keys(desk: &Desk<'_>, drawing: &Drawing, stage: &Stage, at: usize, ui: &Ui) {
    let node = &drawing.graph.cards[at].node;
    let id = card::id(desk.file, node);
    if !ui.memory(|memory| memory.has_focus(id)) {
        return;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    for key in [Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown] {
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key))
            && let Some(next) = drawing.neighbour(at, key)
        {
            let next_node = drawing.graph.cards[next].node.clone();
            ui.memory_mut(|memory| memory.request_focus(card::id(desk.file, &next_node)));
            desk.commands.send(Command::Select(next_node).send());
            if let Some(view) = stage.showing(drawing.rects[next]) {
                desk.commands.send(Command::View(view).send());
            }
        }
    }
    // Enter would count as a click otherwise.
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)) {
        open(desk, node);
    }
    if take_delete(ui) {
        if !selected(desk.state, desk.file).contains(node) {
            desk.commands.send(Command::Select(node.clone()).send());
        }
        desk.commands.send(Command::Remove.send());
    }
}

fn open(desk: &Desk<'_>, node: &Node) {
    desk.commands.send(Command::Select(node.clone()).send());
    desk.commands.send(AppCommand::Design(DesignCommand::Open(node.clone())));
}

fn one_card(
    desk: &Desk<'_>,
    drawing: &Drawing,
    stage: &Stage,
    at: usize,
    chosen: &[Node],
    targets: &[Node],
    ui: &mut Ui,
) {
    let one = &drawing.graph.cards[at];
    let node = &one.node;
    keys(desk, drawing, stage, at, ui);
    let rect = stage.place(drawing.rects[at]);
    let response = ui.interact(rect, card::id(desk.file, node), Sense::click_and_drag());
    let is_selected = chosen.contains(node);
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_selected, one.name()));
    if response.drag_started() {
        // What is in sight stays where it is while things are moved.
        desk.commands.send(Command::View(stage.zoomed(1.0)).send());
        let from = desk.shown.positions.get(node).copied();
        ui.data_mut(|data| data.insert_temp(moving(), from));
    }
    if response.dragged() {
        let to = drawing.rects[at].min + response.drag_delta() / stage.scale();
        desk.send(DesignCommand::MoveCard(node.clone(), to));
    }
    if response.drag_stopped() {
        let from = ui.data_mut(|data| data.remove_temp::<Option<Pos2>>(moving()));
        desk.send(DesignCommand::CardMoved(node.clone(), from.flatten()));
    }
    if response.double_clicked() {
        open(desk, node);
    } else if response.clicked() {
        let also = ui.input(|input| input.modifiers.command || input.modifiers.shift);
        response.request_focus();
        desk.commands.send(if also {
            Command::AlsoSelect(node.clone()).send()
        } else {
            Command::Select(node.clone()).send()
        });
    }
    menu::card(desk, &drawing.graph, node, &response);
    let hovered = Id::unique("canvas hovered");
    if response.hovered() {
        ui.data_mut(|data| data.insert_temp(hovered, node.clone()));
    } else if ui.data(|data| data.get_temp::<Node>(hovered)).as_ref() == Some(node) {
        ui.data_mut(|data| data.remove::<Node>(hovered));
    }
    if ui.is_rect_visible(rect.expand(4.0)) {
        let look = card::Look {
            selected: is_selected,
            hovered: response.hovered(),
            focused: is_focus_seen(ui, &response),
            target: targets.contains(node),
        };
        card::draw(ui, stage, one, rect, look);
    }
    if !response.dragged() {
        about(desk, one, response);
    }
}

/// All that is known of a card, where the pointer rests on it.
fn about(desk: &Desk<'_>, one: &super::graph::Card, response: Response) {
    response.on_hover_ui(|ui| {
        let tokens = Tokens::of(ui.visuals());
        ui.set_max_width(340.0);
        ui.label(egui::RichText::new(one.node.text()).font(crate::theme::strong()).color(tokens.text_strong));
        if let Some(description) = &one.description {
            ui.label(description.trim());
        }
        let facts = &one.facts;
        let rows = facts.rows.map(|rows| crate::text::count(rows, "row", "rows"));
        let words: Vec<String> =
            [rows, facts.rules(), facts.aside(&one.node)].into_iter().flatten().collect();
        if !words.is_empty() {
            let of = facts.along_with.as_ref().map(|other| format!(" (that of {other})"));
            let words = format!("Last simulation{}: {}", of.unwrap_or_default(), words.join(", "));
            ui.label(egui::RichText::new(words).color(tokens.text_subdued));
        }
        let problems = desk.diagnostics();
        let problems = problems.filter(|one_of| crate::design::place::belongs(&one_of.place.path, &one.node));
        for problem in problems.take(4) {
            let color = tokens.tone_text(crate::theme::Tone::of_severity(problem.severity));
            ui.label(marked(&problem.message, color, color));
        }
    });
}

/// The plus at the right of a card: a click adds the next table, a line drawn from it connects. True while it is drawn.
fn port(desk: &Desk<'_>, drawing: &Drawing, stage: &Stage, at: usize, chosen: &[Node], ui: &mut Ui) -> bool {
    let node = &drawing.graph.cards[at].node;
    let Some(text) = menu::next_text(node) else { return false };
    let tokens = Tokens::of(ui.visuals());
    let center = stage.place(drawing.rects[at]).right_center();
    let reach = (PORT + 4.0) * stage.scale().clamp(0.7, 1.2);
    let rect = Rect::from_center_size(center, vec2(2.0 * reach, 2.0 * reach));
    let id = card::id(desk.file, node).with("port");
    let response = ui.interact(rect, id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &text));
    // What several selected tables give together, where this is one of them.
    let together = || {
        if chosen.contains(node) && chosen.len() > 1 { chosen.to_vec() } else { vec![node.clone()] }
    };
    if response.clicked() {
        desk.commands.send(Command::AddFrom(together(), None).send());
    }
    if response.drag_started() {
        desk.commands.send(Command::View(stage.zoomed(1.0)).send());
        ui.data_mut(|data| data.insert_temp(connecting(), node.clone()));
    }
    let is_drawn = response.dragged();
    let color = card::color(tokens, node);
    if let Some(pos) = ui.ctx().pointer_latest_pos().filter(|_| is_drawn) {
        let line = Line::through(&[center, pos]);
        line.draw(ui.painter(), Stroke::new(2.0, tokens.focus), false);
        ui.painter().circle_filled(pos, 4.0, tokens.focus);
    }
    if response.drag_stopped() {
        ui.data_mut(|data| data.remove::<Node>(connecting()));
        if let Some(pos) = ui.ctx().pointer_latest_pos().filter(|pos| stage.rect.contains(*pos)) {
            let pos = stage.on_canvas(pos);
            match drawing.card_at(pos) {
                Some(to) if to == at => {}
                Some(to) => {
                    let to = drawing.graph.cards[to].node.clone();
                    for from in together() {
                        desk.commands.send(Command::Connect(from, to.clone()).send());
                    }
                }
                None => {
                    let corner = drawing.free(pos - vec2(0.0, card::TALL / 2.0));
                    desk.commands.send(Command::AddFrom(together(), Some(corner)).send());
                }
            }
        }
    }
    let is_near = ui.ctx().pointer_hover_pos().is_some_and(|pos| {
        stage.place(drawing.rects[at]).expand2(vec2(12.0, 0.0)).contains(pos) && stage.rect.contains(pos)
    });
    let is_large = is_near || response.hovered() || response.has_focus() || is_drawn;
    let radius = if is_large { reach } else { 4.0 * stage.scale().clamp(0.6, 1.2) };
    let stroke = Stroke::new(1.5, if response.has_focus() { tokens.focus } else { color });
    let fill = if response.hovered() || is_drawn { color } else { tokens.content };
    ui.painter().circle(center, radius, fill, stroke);
    if is_large {
        let ink = if response.hovered() || is_drawn { tokens.content } else { color };
        let font = egui::FontId::proportional(radius * 1.3);
        draw_line(ui.painter(), rect, egui::Align::Center, &icon::ADD.to_string(), font, ink);
    }
    if !is_drawn {
        response.on_hover_text(format!("{text}\nDraw a line from here to connect"));
    }
    is_drawn
}
