//! The lines between columns and fields: how they run, which one the pointer is on, how they look.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, epaint::CubicBezierShape, pos2};

use crate::theme::Tokens;

/// How near the pointer must be to a line.
const NEAR: f32 = 6.0;
/// Pieces that a line is cut into where its distance matters.
const PIECES: usize = 24;

/// A line from the edge of one list to the edge of the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Curve {
    pub(super) from: Pos2,
    pub(super) to: Pos2,
}

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// A column as it is.
    AsIs,
    /// A column in an expression.
    Used,
    /// Of the selected column or field.
    Related,
    /// Selected, or under the pointer.
    Selected,
    /// While others are selected.
    Faint,
    Suggested,
    /// Being drawn.
    Dragged,
}

impl Curve {
    fn points(&self) -> [Pos2; 4] {
        let reach = ((self.to.x - self.from.x) * 0.5).max(24.0);
        [self.from, pos2(self.from.x + reach, self.from.y), pos2(self.to.x - reach, self.to.y), self.to]
    }

    /// The point at a part of the way, 0 to 1.
    pub(super) fn at(&self, part: f32) -> Pos2 {
        let [a, b, c, d] = self.points();
        let rest = 1.0 - part;
        let weight =
            [rest * rest * rest, 3.0 * rest * rest * part, 3.0 * rest * part * part, part * part * part];
        let sum = a.to_vec2() * weight[0] + b.to_vec2() * weight[1] + c.to_vec2() * weight[2];
        (sum + d.to_vec2() * weight[3]).to_pos2()
    }

    /// How far a point is from the line.
    fn distance(&self, point: Pos2) -> f32 {
        let bounds = Rect::from_two_pos(self.from, self.to).expand(NEAR);
        if !bounds.contains(point) {
            return f32::INFINITY;
        }
        let mut before = self.from;
        let mut least = f32::INFINITY;
        for piece in 1..=PIECES {
            let after = self.at(piece as f32 / PIECES as f32);
            least = least.min(to_segment(point, before, after));
            before = after;
        }
        least
    }

    pub(super) fn draw(&self, painter: &Painter, tokens: &Tokens, look: Look) {
        let stroke = look.stroke(tokens);
        let shape = CubicBezierShape::from_points_stroke(self.points(), false, Color32::TRANSPARENT, stroke);
        if look == Look::Suggested {
            let points = shape.flatten(Some(0.5));
            painter.extend(Shape::dashed_line(&points, stroke, 5.0, 4.0));
        } else {
            painter.add(shape);
        }
    }
}

impl Look {
    pub(super) fn color(self, tokens: &Tokens) -> Color32 {
        match self {
            Self::AsIs => tokens.silver.gamma_multiply(0.75),
            Self::Used => tokens.silver.gamma_multiply(0.5),
            Self::Faint => tokens.silver.gamma_multiply(0.2),
            Self::Related | Self::Selected | Self::Dragged => tokens.focus,
            Self::Suggested => tokens.link.gamma_multiply(0.8),
        }
    }

    fn stroke(self, tokens: &Tokens) -> Stroke {
        let width = match self {
            Self::AsIs | Self::Suggested => 1.5,
            Self::Used | Self::Faint => 1.25,
            Self::Related | Self::Dragged => 2.0,
            Self::Selected => 2.5,
        };
        Stroke::new(width, self.color(tokens))
    }
}

fn to_segment(point: Pos2, from: Pos2, to: Pos2) -> f32 {
    let along = to - from;
    let length = along.length_sq();
    let part = if length > 0.0 { ((point - from).dot(along) / length).clamp(0.0, 1.0) } else { 0.0 };
    point.distance(from + along * part)
}

/// The line nearest to a point, where one is near.
pub(super) fn nearest(curves: &[Curve], point: Pos2) -> Option<usize> {
    let distances = curves.iter().map(|curve| curve.distance(point)).enumerate();
    let found = distances.filter(|(_, distance)| *distance <= NEAR).min_by(|a, b| a.1.total_cmp(&b.1));
    found.map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pointer_is_on_the_line_nearest_to_it() {
        let down = Curve { from: pos2(0.0, 0.0), to: pos2(100.0, 100.0) };
        let up = Curve { from: pos2(0.0, 100.0), to: pos2(100.0, 0.0) };
        let flat = Curve { from: pos2(0.0, 50.0), to: pos2(100.0, 50.0) };
        let all = [down, up, flat];
        assert_eq!(nearest(&all, down.at(0.2) + egui::vec2(1.0, 0.0)), Some(0));
        assert_eq!(nearest(&all, up.at(0.15)), Some(1));
        assert_eq!(nearest(&all, pos2(10.0, 53.0)), Some(2));
        assert_eq!(nearest(&all, pos2(50.0, 90.0)), None);
        assert_eq!(nearest(&all, pos2(-20.0, 50.0)), None);
    }

    #[test]
    fn a_line_runs_from_end_to_end() {
        let curve = Curve { from: pos2(10.0, 20.0), to: pos2(90.0, 300.0) };
        assert!(curve.at(0.0).distance(curve.from) < 0.01 && curve.at(1.0).distance(curve.to) < 0.01);
        assert!((curve.at(0.5) - pos2(50.0, 160.0)).length() < 0.01);
    }
}
