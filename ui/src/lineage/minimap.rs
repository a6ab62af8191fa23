//! Everything in small, with a frame around what is seen; the frame can be dragged.

use egui::epaint::Mesh;
use egui::{Id, Key, Modifiers, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};

use super::canvas::Canvas;
use super::graph::Spot;
use super::{Camera, Command};
use crate::theme;
use crate::widgets::focus_ring;

/// Room that it takes, where there is enough.
const SIZE: Vec2 = Vec2::new(176.0, 120.0);

/// Room that it takes of a picture: less of a small one.
pub(super) fn size(view: Rect) -> Vec2 {
    if view.height() < 3.0 * SIZE.y || view.width() < 3.0 * SIZE.x { SIZE * 0.6 } else { SIZE }
}

/// Where it lies over the picture; none where there is no room, or nothing to be shown.
pub(super) fn place(canvas: &Canvas<'_>) -> Option<Rect> {
    let size = size(canvas.view);
    let has_room = canvas.view.width() >= 2.0 * size.x && canvas.view.height() >= 2.0 * size.y;
    let is_shown = canvas.map.graph.tables.len() >= 2 && has_room;
    is_shown.then(|| Rect::from_min_size(canvas.view.max - size - vec2(12.0, 12.0), size))
}

pub(super) fn minimap(canvas: &Canvas<'_>, ui: &mut Ui) {
    let (map, tokens) = (canvas.map, canvas.tokens);
    let bounds = map.layout.bounds;
    let Some(place) = place(canvas) else { return };
    let response = ui.interact(place, Id::unique("lineage minimap"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Group, true, "Minimap"));
    let line = Stroke::new(1.0, tokens.line_strong);
    ui.painter().rect(place, theme::RADIUS, tokens.panel.gamma_multiply(0.94), line, StrokeKind::Inside);
    let inner = place.shrink(6.0);
    let scale = (inner.size() / bounds.size().max(Vec2::splat(1.0))).min_elem();
    let corner = inner.center() - bounds.size() * scale / 2.0;
    let to_map =
        |rect: Rect| Rect::from_min_size(corner + (rect.min - bounds.min) * scale, rect.size() * scale);
    let mut mesh = Mesh::default();
    for (at, (table, card)) in map.graph.tables.iter().zip(&map.layout.cards).enumerate() {
        let color = canvas.tier(table.tier);
        let color = if map.is_lit(Spot::Table(at)) { color } else { color.gamma_multiply(0.25) };
        let block = to_map(*card);
        mesh.add_colored_rect(Rect::from_min_size(block.min, block.size().max(vec2(1.5, 1.0))), color);
    }
    ui.painter().add(Shape::mesh(mesh));
    let seen = to_map(canvas.seen()).intersect(place.shrink(1.0));
    if seen.is_positive() && !canvas.seen().contains_rect(bounds) {
        ui.painter().rect(
            seen,
            1,
            tokens.focus.gamma_multiply(0.12),
            Stroke::new(1.0, tokens.focus),
            StrokeKind::Inside,
        );
    }
    focus_ring(ui, &response);
    let mut center = canvas.camera.center;
    if let Some(pointer) = response.interact_pointer_pos()
        && (response.dragged() || response.clicked())
    {
        center = bounds.min + (pointer - corner) / scale;
    }
    if response.has_focus() {
        let filter = egui::EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..egui::EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let step = canvas.seen().size() / 4.0;
        let arrows = [
            (Key::ArrowLeft, vec2(-step.x, 0.0)),
            (Key::ArrowRight, vec2(step.x, 0.0)),
            (Key::ArrowUp, vec2(0.0, -step.y)),
            (Key::ArrowDown, vec2(0.0, step.y)),
        ];
        for (key, by) in arrows {
            if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
                center += by;
            }
        }
    }
    if center != canvas.camera.center {
        canvas.send(Command::Look(Camera { center, ..canvas.camera }));
    }
    response.on_hover_text("Drag to look elsewhere");
}
