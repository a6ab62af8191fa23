//! Lines between cards: smooth, around what stands between, found by the pointer.

use egui::epaint::CubicBezierShape;
use egui::{Color32, Painter, Pos2, Stroke, vec2};

use super::stage::Stage;

/// A line, as pieces that go over into each other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line(Vec<[Pos2; 4]>);

impl Line {
    /// A line through points; it leaves and arrives level.
    pub(super) fn through(points: &[Pos2]) -> Self {
        let pieces = points.windows(2).map(|ends| match ends {
            [from, to] => {
                let across = (to.x - from.x).abs();
                // Backwards it takes a wider bend.
                let pull = if to.x < from.x { across.max(80.0) } else { (across * 0.5).max(16.0) };
                [*from, *from + vec2(pull, 0.0), *to - vec2(pull, 0.0), *to]
            }
            _ => [Pos2::ZERO; 4],
        });
        Self(pieces.collect())
    }

    /// On the screen.
    pub(super) fn on(&self, stage: &Stage) -> Self {
        Self(self.0.iter().map(|piece| piece.map(|point| stage.at(point))).collect())
    }

    pub(super) fn draw(&self, painter: &Painter, stroke: Stroke, dashed: bool) {
        if dashed {
            let shapes = egui::Shape::dashed_line(&self.points(), stroke, 5.0, 4.0);
            painter.extend(shapes);
            return;
        }
        for piece in &self.0 {
            painter.add(CubicBezierShape::from_points_stroke(*piece, false, Color32::TRANSPARENT, stroke));
        }
    }

    /// Its middle, where it is taken hold of.
    pub(super) fn middle(&self) -> Pos2 {
        let points = self.points();
        points.get(points.len() / 2).copied().unwrap_or_default()
    }

    /// How far a point is from it.
    pub(super) fn distance(&self, from: Pos2) -> f32 {
        let points = self.points();
        let ends = points.windows(2).filter_map(|ends| Some((*ends.first()?, *ends.get(1)?)));
        ends.map(|(one, other)| distance(from, one, other)).fold(f32::INFINITY, f32::min)
    }

    fn points(&self) -> Vec<Pos2> {
        const STEPS: u8 = 20;
        let mut points = Vec::with_capacity(self.0.len() * usize::from(STEPS) + 1);
        for piece in &self.0 {
            let first = usize::from(!points.is_empty());
            points.extend((0..=STEPS).skip(first).map(|step| at(piece, f32::from(step) / f32::from(STEPS))));
        }
        points
    }
}

fn at(piece: &[Pos2; 4], share: f32) -> Pos2 {
    let [from, out, into, to] = piece.map(Pos2::to_vec2);
    let rest = 1.0 - share;
    let level = out * (3.0 * rest * rest * share) + into * (3.0 * rest * share * share);
    (from * rest.powi(3) + level + to * share.powi(3)).to_pos2()
}

fn distance(point: Pos2, one: Pos2, other: Pos2) -> f32 {
    let along = other - one;
    let length = along.length_sq();
    let share = if length > 0.0 { ((point - one).dot(along) / length).clamp(0.0, 1.0) } else { 0.0 };
    point.distance(one + along * share)
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    #[test]
    fn a_line_is_found_near_it_and_not_far_from_it() {
        let line = Line::through(&[pos2(0.0, 0.0), pos2(100.0, 80.0), pos2(200.0, 80.0)]);
        assert!(line.distance(pos2(50.0, 40.0)) < 1.0);
        assert!(line.distance(pos2(150.0, 82.0)) < 3.0);
        assert!(line.distance(pos2(0.0, 80.0)) > 30.0);
        let middle = line.middle();
        assert!(line.distance(middle) < 0.1);
    }

    #[test]
    fn a_line_back_has_its_ends_where_they_belong() {
        let line = Line::through(&[pos2(200.0, 0.0), pos2(0.0, 100.0)]);
        assert!(line.distance(pos2(200.0, 0.0)) < 0.1 && line.distance(pos2(0.0, 100.0)) < 0.1);
    }
}
