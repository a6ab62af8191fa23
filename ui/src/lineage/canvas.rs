//! The picture in its place on the screen: moved, zoomed, and drawn with as much as can be read.

use egui::{Align, Id, Key, Modifiers, PointerButton, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, vec2};
use touchstone_compiler::EdgeKind;

use super::graph::Spot;
use super::map::Map;
use super::strokes::{Dashes, Look, Strokes};
use super::{Camera, Command, Goal, Tier, cards, edges, minimap};
use crate::command::{Command as AppCommand, Commands};
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::draw_line;

/// From this size on columns can be read.
pub(super) const READABLE: f32 = 0.7;
/// From this size on names of tables can be read.
const NAMED: f32 = 0.2;
/// Height of the line that names the layers.
pub(super) const BANDS: f32 = 24.0;

/// How much is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Detail {
    /// A block for each table.
    Blocks,
    /// Blocks with names.
    Names,
    /// Cards with columns.
    Columns,
}

/// What all parts of the drawing look at.
pub(super) struct Canvas<'a> {
    pub(super) commands: &'a Commands,
    pub(super) state: &'a super::State,
    pub(super) map: &'a Map,
    pub(super) tokens: &'static Tokens,
    /// Where it is on the screen.
    pub(super) view: Rect,
    pub(super) camera: Camera,
    pub(super) detail: Detail,
    /// What is looked for and found.
    pub(super) found: &'a [Spot],
}

impl Canvas<'_> {
    pub(super) fn send(&self, command: Command) {
        self.commands.send(AppCommand::Lineage(command));
    }

    pub(super) fn on_screen(&self, rect: Rect) -> Rect {
        self.camera.to_screen(self.view) * rect
    }

    pub(super) fn point(&self, point: Pos2) -> Pos2 {
        self.camera.to_screen(self.view) * point
    }

    /// The part of the picture that is seen.
    pub(super) fn seen(&self) -> Rect {
        self.camera.to_screen(self.view).inverse() * self.view
    }

    pub(super) fn tier(&self, tier: Tier) -> egui::Color32 {
        tier.layer().map_or(self.tokens.text_subdued, |layer| self.tokens.layer(layer))
    }
}

/// Shows the picture in the room that there is.
pub(super) fn canvas(state: &State, commands: &Commands, map: &Map, found: &[Spot], ui: &mut Ui) {
    let lineage = &state.lineage;
    let view = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(view);
    let ground = ui.interact(view, Id::unique("lineage canvas"), Sense::click_and_drag());
    ground.widget_info(|| {
        let tables = crate::text::count(map.graph.tables.len() as u64, "table", "tables");
        let edges = crate::text::count(map.graph.edges.len() as u64, "column edge", "column edges");
        WidgetInfo::labeled(Role::Group, true, format!("Lineage, {tables}, {edges}"))
    });
    let mut camera = aimed(lineage, map, view);
    move_camera(&mut camera, &ground, view, ui);
    if lineage.goal.is_some() && lineage.making.is_none() || camera != lineage.camera {
        commands.send(AppCommand::Lineage(Command::Look(camera)));
    }
    let detail = match camera.zoom {
        READABLE.. => Detail::Columns,
        NAMED.. => Detail::Names,
        _ => Detail::Blocks,
    };
    let tokens = Tokens::of(ui.visuals());
    let canvas = Canvas { commands, state: lineage, map, tokens, view, camera, detail, found };
    ui.scope(|ui| {
        ui.set_clip_rect(ui.clip_rect().intersect(view));
        let over = edges::edges(&canvas, &ground, ui);
        cards::cards(&canvas, ui);
        edges::expressions(&canvas, ui);
        bands(&canvas, ui);
        legend(&canvas, ui);
        minimap::minimap(&canvas, ui);
        if let Some(at) = over {
            edges::about(&canvas, at, &ground);
        }
    });
    if ground.clicked() && lineage.selected.is_some() {
        canvas.send(Command::Select(None));
    }
    // egui takes the keyboard from all at Escape, also from a question above.
    let is_free = ui.memory(|memory| memory.focused().is_none() && memory.top_modal_layer().is_none());
    if is_free
        && lineage.selected.is_some()
        && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
    {
        canvas.send(Command::Select(None));
    }
}

/// The part of the view that nothing lies over.
fn clear(view: Rect) -> Rect {
    let top = view.top() + BANDS;
    let bottom = view.bottom() - minimap::size(view).y - 12.0;
    if bottom - top > view.height() / 2.0 {
        view.with_min_y(top).with_max_y(bottom)
    } else {
        view.with_min_y(top)
    }
}

/// Moved where this part of the picture is not in sight.
pub(super) fn reveal(camera: Camera, place: Rect, view: Rect) -> Camera {
    let clear = clear(view);
    let inside = Camera::of(camera.to_screen(view), clear).reveal(place, clear);
    Camera::of(inside.to_screen(clear), view)
}

/// Where it's looked at from, with what is to be seen in sight.
fn aimed(lineage: &super::State, map: &Map, view: Rect) -> Camera {
    let Some(goal) = lineage.goal.filter(|_| lineage.making.is_none()) else { return lineage.camera };
    let fit = |scene: Rect| {
        let clear = clear(view);
        Camera::of(Camera::fit(scene, clear).to_screen(clear), view)
    };
    let selected = map.lit.and_then(|spot| map.layout.place(&map.graph, spot));
    match (goal, selected) {
        (Goal::Selected, Some(place)) => reveal(lineage.camera, place, view),
        (Goal::Way, Some(_)) => {
            let lit = |table: &usize| map.is_lit(Spot::Table(*table));
            let cards = (0..map.graph.tables.len()).filter(lit).filter_map(|table| map.layout.card(table));
            fit(cards.fold(Rect::NOTHING, Rect::union))
        }
        (Goal::Selected | Goal::Way, None) => lineage.camera,
        (Goal::All | Goal::Begin, _) if map.graph.tables.is_empty() => lineage.camera,
        (Goal::All, _) => fit(map.layout.bounds),
        (Goal::Begin, _) => {
            let all = fit(map.layout.bounds);
            if lineage.tables_only || all.zoom >= READABLE { all } else { begun(lineage, map, view) }
        }
    }
}

/// Near what somebody comes from: what is selected, else the last table of the pipeline.
fn begun(lineage: &super::State, map: &Map, view: Rect) -> Camera {
    let (pipeline, target) = &lineage.begun;
    let is_home = |target: &&_| pipeline.as_deref().is_none_or(|home| home == super::pipeline_of(target));
    let selected = lineage.selected.as_ref().filter(is_home);
    let target = selected.or(target.as_ref());
    let of_pipeline = || {
        let tables = map.graph.tables.iter().enumerate();
        let tables = tables.filter(|(_, table)| Some(table.node.pipeline()) == pipeline.as_deref());
        tables.max_by_key(|(_, table)| table.tier).map(|(at, _)| Spot::Table(at))
    };
    let spot = target.and_then(|target| map.graph.spot(target)).or_else(of_pipeline);
    let part = map.layout.place(&map.graph, spot.unwrap_or(Spot::Table(0))).unwrap_or(map.layout.bounds);
    let clear = clear(view);
    Camera::of(Camera::about(part, map.layout.bounds, clear).to_screen(clear), view)
}

/// Dragging and the wheel move the picture; the wheel with Ctrl, and two fingers, zoom about the pointer.
fn move_camera(camera: &mut Camera, ground: &egui::Response, view: Rect, ui: &Ui) {
    let buttons = [PointerButton::Primary, PointerButton::Middle, PointerButton::Secondary];
    if buttons.into_iter().any(|button| ground.dragged_by(button)) {
        camera.center -= ground.drag_delta() / camera.zoom;
    }
    let Some(pointer) = ui.input(|input| input.pointer.latest_pos()).filter(|_| ground.contains_pointer())
    else {
        return;
    };
    let (factor, scrolled) = ui.input(|input| (input.zoom_delta(), input.smooth_scroll_delta));
    if factor.total_cmp(&1.0).is_ne() {
        let there = camera.to_screen(view).inverse() * pointer;
        *camera = camera.zoomed(factor);
        let now = camera.to_screen(view).inverse() * pointer;
        camera.center += there - now;
    }
    camera.center -= scrolled / camera.zoom;
}

/// The layers, named above their tables wherever these are.
fn bands(canvas: &Canvas<'_>, ui: &Ui) {
    let tokens = canvas.tokens;
    let strip = canvas.view.with_max_y(canvas.view.top() + BANDS);
    ui.painter().rect_filled(strip, 0, tokens.content);
    ui.painter().hline(strip.x_range(), strip.bottom(), Stroke::new(1.0, tokens.line));
    for band in &canvas.map.layout.bands {
        let left = canvas.point(egui::pos2(band.left, 0.0)).x;
        let right = canvas.point(egui::pos2(band.right, 0.0)).x;
        // A layer that is wider than the view is named where it's seen.
        let place = Rect::from_x_y_ranges(left.max(strip.left())..=right.min(strip.right()), strip.y_range());
        if place.width() < 12.0 {
            continue;
        }
        let color = canvas.tier(band.tier);
        ui.painter().rect_filled(place.with_min_y(strip.bottom() - 2.0), 1, color);
        if place.width() > 44.0 {
            draw_line(ui.painter(), place, Align::Center, band.tier.text(), theme::small_strong(), color);
        }
    }
}

/// What the lines mean.
fn legend(canvas: &Canvas<'_>, ui: &Ui) {
    let tokens = canvas.tokens;
    let samples = [
        (EdgeKind::Value, "makes the value"),
        (EdgeKind::Filter, "decides which rows"),
        (EdgeKind::Rule, "a rule looks at it"),
    ];
    let texts = samples.map(|(_, text)| {
        ui.painter().layout_no_wrap(text.to_owned(), theme::small(), egui::Color32::PLACEHOLDER)
    });
    let width = texts.iter().map(|text| text.size().x + 44.0).sum::<f32>() + 8.0;
    if canvas.view.width() < width + minimap::size(canvas.view).x + 48.0 {
        return;
    }
    let min = canvas.view.left_bottom() + vec2(12.0, -38.0);
    let ground = Rect::from_min_size(min, vec2(width, 26.0));
    let line = Stroke::new(1.0, tokens.line);
    ui.painter().rect(
        ground,
        theme::RADIUS,
        tokens.panel.gamma_multiply(0.94),
        line,
        egui::StrokeKind::Inside,
    );
    let mut strokes = Strokes::new(ui.pixels_per_point());
    let mut x = ground.left() + 12.0;
    for ((kind, _), text) in samples.into_iter().zip(texts) {
        let y = ground.center().y;
        let sample = Look { width: 1.75, ..look(tokens, kind, canvas.map.lit.is_some()) };
        strokes.add(&[egui::pos2(x, y), egui::pos2(x + 24.0, y)], sample);
        let size = text.size();
        ui.painter().galley(egui::pos2(x + 30.0, y - size.y / 2.0), text, tokens.text_subdued);
        x += size.x + 44.0;
    }
    ui.painter().add(strokes.shape());
}

/// How an edge of this kind is drawn.
pub(super) fn look(tokens: &Tokens, kind: EdgeKind, is_lit: bool) -> Look {
    let width = if is_lit { 1.75 } else { 1.0 };
    let (color, dashes) = match kind {
        EdgeKind::Value if is_lit => (tokens.edge_lit, Dashes::Whole),
        EdgeKind::Value => (tokens.edge, Dashes::Whole),
        EdgeKind::Rule => (tokens.edge_rule, Dashes::Dotted),
        _ => (tokens.edge_rows, Dashes::Dashed),
    };
    Look { color, width, dashes }
}
