//! Where the picture is looked at from.

use egui::{Pos2, Rect, Vec2, emath::TSTransform};

/// The point in the middle of the view, and how large things are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// In units of the picture.
    pub center: Pos2,
    /// Points of the screen for each unit.
    pub zoom: f32,
}

impl Default for Camera {
    fn default() -> Self {
        Self { center: Pos2::ZERO, zoom: 1.0 }
    }
}

/// What is to be brought into sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// Everything, as far as it can be read; else what somebody comes from.
    Begin,
    /// Everything.
    All,
    /// The selected table or column, moved as little as need be.
    Selected,
    /// All that is lit.
    Way,
}

impl Camera {
    /// How far it can be gone away, and how near.
    pub(super) const ZOOM: std::ops::RangeInclusive<f32> = 0.01..=2.0;

    pub(super) fn to_screen(self, view: Rect) -> TSTransform {
        let moved = view.center().to_vec2() - self.zoom * self.center.to_vec2();
        TSTransform::new(moved, self.zoom)
    }

    pub(super) fn of(to_screen: TSTransform, view: Rect) -> Self {
        Self { center: to_screen.inverse() * view.center(), zoom: to_screen.scaling }
    }

    /// So far away that all of `scene` is seen, and no nearer than life size.
    pub(super) fn fit(scene: Rect, view: Rect) -> Self {
        const MARGIN: f32 = 32.0;
        let room = (view.size() - Vec2::splat(2.0 * MARGIN)).max(Vec2::splat(1.0));
        let zoom = (room / scene.size().max(Vec2::splat(1.0))).min_elem();
        let zoom = zoom.min(1.0).clamp(*Self::ZOOM.start(), *Self::ZOOM.end());
        Self { center: scene.center(), zoom }
    }

    /// Near enough to read it, about a part of the picture, and with as much of the rest as there is room for.
    pub(super) fn about(part: Rect, all: Rect, view: Rect) -> Self {
        const ZOOM: f32 = 0.85;
        const MARGIN: f32 = 32.0;
        let half = (view.size() / 2.0 - Vec2::splat(MARGIN)).max(Vec2::splat(1.0)) / ZOOM;
        let within = |wanted: f32, low: f32, high: f32, half: f32| {
            if high - low <= 2.0 * half {
                f32::midpoint(low, high)
            } else {
                wanted.clamp(low + half, high - half)
            }
        };
        // Of what is higher than the view, the top.
        let middle = if part.height() > 2.0 * half.y { part.top() + half.y } else { part.center().y };
        let x = within(part.center().x, all.left(), all.right(), half.x);
        let y = within(middle, all.top(), all.bottom(), half.y);
        Self { center: Pos2::new(x, y), zoom: ZOOM }
    }

    /// Where `scene` is in sight as it is, that is enough; else it is brought to the middle, near enough to read it, with
    /// what is around it.
    pub(super) fn reveal(self, scene: Rect, view: Rect) -> Self {
        const MARGIN: f32 = 48.0;
        let mut camera = self;
        if camera.zoom < super::canvas::READABLE {
            camera = Self { center: scene.center(), zoom: 1.0 };
        }
        let room =
            (view.size() / camera.zoom - Vec2::splat(2.0 * MARGIN / camera.zoom)).max(Vec2::splat(1.0));
        let seen = Rect::from_center_size(camera.center, room);
        let place = |now: f32, low: f32, high: f32, first: f32, last: f32| {
            if first >= low && last <= high {
                now
            } else if last - first > high - low {
                // Of what is larger than the view, the beginning.
                first + (high - low) / 2.0
            } else {
                f32::midpoint(first, last)
            }
        };
        camera.center.x = place(camera.center.x, seen.left(), seen.right(), scene.left(), scene.right());
        camera.center.y = place(camera.center.y, seen.top(), seen.bottom(), scene.top(), scene.bottom());
        camera
    }

    /// Nearer or farther, about the middle of the view.
    pub(super) fn zoomed(self, factor: f32) -> Self {
        Self { zoom: (self.zoom * factor).clamp(*Self::ZOOM.start(), *Self::ZOOM.end()), ..self }
    }
}

#[cfg(test)]
mod tests {
    use egui::{pos2, vec2};

    use super::*;

    #[test]
    fn all_that_is_to_be_seen_is() {
        let view = Rect::from_min_size(pos2(300.0, 100.0), vec2(800.0, 600.0));
        let scene = Rect::from_min_max(pos2(-50.0, 0.0), pos2(4000.0, 9000.0));
        let camera = Camera::fit(scene, view);
        let on_screen = camera.to_screen(view) * scene;
        assert!(view.contains_rect(on_screen), "{on_screen}");
        let row = Rect::from_min_size(pos2(900.0, 4000.0), vec2(232.0, 20.0));
        let near = camera.reveal(row, view);
        assert!(view.contains_rect(near.to_screen(view) * row));
        assert!((near.zoom - 1.0).abs() < f32::EPSILON);
        let about = Camera::about(row, scene, view);
        assert!(about.zoom >= super::super::canvas::READABLE);
        assert!(view.contains_rect(about.to_screen(view) * row));
        // At an edge of the picture the room goes to what is beside it.
        let last = Rect::from_min_max(pos2(3800.0, 8900.0), scene.max);
        let on_screen = Camera::about(last, scene, view).to_screen(view) * last;
        assert!(on_screen.right() > view.right() - 40.0 && on_screen.bottom() > view.bottom() - 40.0);
        // What is seen already is not moved.
        assert_eq!(near.reveal(row, view), near);
        let back = Camera::of(near.to_screen(view), view);
        assert!((back.center - near.center).length() < 0.01);
    }
}
