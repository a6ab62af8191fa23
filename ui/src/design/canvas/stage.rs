//! Where the canvas stands on the screen, and how large: panned and zoomed as `egui::Scene` does it, but drawn at the size
//! that is seen, so that text is sharp and a screen reader knows the places.

use egui::emath::TSTransform;
use egui::{FontId, Pos2, Rangef, Rect, Response, Scene, Ui, Vec2, vec2};

use super::View;

/// How small and how large cards can be.
const ZOOM: Rangef = Rangef { min: 0.25, max: 2.0 };
/// How large cards are at most where all of them are to be seen.
const FIT: f32 = 1.25;
/// Room around the cards.
const MARGIN: f32 = 20.0;

/// The canvas on the screen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stage {
    pub(super) rect: Rect,
    pub(super) to_screen: TSTransform,
}

impl Stage {
    /// The stage that shows what is to be seen: `all` cards, or the `selected` ones.
    pub(super) fn new(rect: Rect, view: View, all: Rect, selected: Option<Rect>) -> Self {
        let fitted = |part: Rect| {
            let room = (rect.size() - Vec2::splat(2.0 * MARGIN)).max(vec2(1.0, 1.0));
            let scale = (room / part.size().max(vec2(1.0, 1.0))).min_elem();
            (part.center(), scale.clamp(ZOOM.min, FIT))
        };
        let (center, scale) = match view {
            View::At(center, scale) => (center, ZOOM.clamp(scale)),
            View::Selection => fitted(selected.unwrap_or(all)),
            View::Fit => fitted(all),
        };
        let shift = rect.center().to_vec2() - center.to_vec2() * scale;
        // On whole points, so that lines are sharp.
        Self { rect, to_screen: TSTransform::new(shift.round(), scale) }
    }

    pub(super) fn scale(&self) -> f32 {
        self.to_screen.scaling
    }

    pub(super) fn place(&self, rect: Rect) -> Rect {
        self.to_screen * rect
    }

    pub(super) fn at(&self, pos: Pos2) -> Pos2 {
        self.to_screen * pos
    }

    pub(super) fn on_canvas(&self, pos: Pos2) -> Pos2 {
        self.to_screen.inverse() * pos
    }

    /// A font at the size that is seen; in half points, so that there are not too many. Text shrinks later than the cards
    /// do, as long as there is room.
    pub(super) fn font(&self, font: FontId) -> FontId {
        let scaled = font.size * self.scale();
        let size = scaled.max((font.size * 0.85).min(scaled * 1.3));
        FontId { size: (size * 2.0).round().max(8.0) / 2.0, ..font }
    }

    /// Pans and zooms by what the pointer did; gives what is to be seen then.
    pub(super) fn moved(&self, ui: &Ui, response: &mut Response) -> Option<View> {
        let mut to_screen = self.to_screen;
        Scene::new().zoom_range(ZOOM).register_pan_and_zoom(ui, response, &mut to_screen);
        (response.changed() && to_screen != self.to_screen)
            .then(|| View::At(to_screen.inverse() * self.rect.center(), to_screen.scaling))
    }

    /// What is to be seen when it becomes so much larger.
    pub(super) fn zoomed(&self, by: f32) -> View {
        View::At(self.on_canvas(self.rect.center()), ZOOM.clamp(self.scale() * by))
    }

    /// What is to be seen so that `rect` is in sight; none where it is.
    pub(super) fn showing(&self, rect: Rect) -> Option<View> {
        let seen = self.to_screen.inverse() * self.rect.shrink(8.0);
        if seen.contains_rect(rect) {
            return None;
        }
        let push = |low: f32, high: f32, from: f32, to: f32| {
            if low < from {
                low - from
            } else if high > to {
                high - to
            } else {
                0.0
            }
        };
        let by = vec2(
            push(rect.left(), rect.right(), seen.left(), seen.right()),
            push(rect.top(), rect.bottom(), seen.top(), seen.bottom()),
        );
        Some(View::At(self.on_canvas(self.rect.center()) + by, self.scale()))
    }
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    fn rect(x: f32, y: f32, width: f32, height: f32) -> Rect {
        Rect::from_min_size(pos2(x, y), vec2(width, height))
    }

    #[test]
    fn everything_fits() {
        let screen = rect(100.0, 50.0, 800.0, 600.0);
        for all in [rect(0.0, 0.0, 2_000.0, 100.0), rect(-50.0, 20.0, 100.0, 50.0), rect(0.0, 0.0, 0.0, 0.0)]
        {
            let stage = Stage::new(screen, View::Fit, all, None);
            assert!(screen.contains_rect(stage.place(all)), "{all:?}");
            assert!(stage.scale() <= FIT && stage.scale() >= ZOOM.min);
        }
    }

    #[test]
    fn a_card_out_of_sight_comes_into_sight() {
        let screen = rect(0.0, 0.0, 400.0, 300.0);
        let all = rect(0.0, 0.0, 4_000.0, 300.0);
        let stage = Stage::new(screen, View::At(pos2(200.0, 150.0), 1.0), all, None);
        let card = rect(3_000.0, 10.0, 184.0, 76.0);
        let view = stage.showing(card).expect("another part");
        let stage = Stage::new(screen, view, all, None);
        assert!(screen.contains_rect(stage.place(card)));
        assert_eq!(stage.showing(card), None);
    }
}
