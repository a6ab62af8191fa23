//! Many lines as one mesh: smooth at the edges, whole, dashed or dotted.

use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, Pos2, Shape, Vec2, vec2};

/// Lines that are drawn together.
pub(super) struct Strokes {
    mesh: Mesh,
    /// How wide an edge fades out.
    feather: f32,
    /// The part of a line between two gaps.
    dash: Vec<Pos2>,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) color: Color32,
    pub(super) width: f32,
    pub(super) dashes: Dashes,
}

/// Where a line is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dashes {
    Whole,
    Dashed,
    Dotted,
}

impl Strokes {
    pub(super) fn new(pixels_per_point: f32) -> Self {
        Self { mesh: Mesh::default(), feather: 1.0 / pixels_per_point.max(0.1), dash: Vec::new() }
    }

    pub(super) fn add(&mut self, points: &[Pos2], look: Look) {
        match look.dashes {
            Dashes::Whole => self.line(points, look),
            Dashes::Dashed => self.broken(points, look, 7.0, 4.0),
            Dashes::Dotted => self.broken(points, look, 2.0, 4.0),
        }
    }

    fn broken(&mut self, points: &[Pos2], look: Look, dash: f32, gap: f32) {
        let mut part = std::mem::take(&mut self.dash);
        part.clear();
        let (mut is_drawn, mut left) = (true, dash);
        for pair in points.windows(2) {
            let &[mut from, to] = pair else { continue };
            if is_drawn && part.is_empty() {
                part.push(from);
            }
            let mut length = (to - from).length();
            while length > left {
                from += (to - from) * (left / length);
                length -= left;
                if is_drawn {
                    part.push(from);
                    self.line(&part, look);
                    part.clear();
                } else {
                    part.push(from);
                }
                is_drawn = !is_drawn;
                left = if is_drawn { dash } else { gap };
            }
            left -= length;
            if is_drawn {
                part.push(to);
            }
        }
        if is_drawn {
            self.line(&part, look);
        }
        self.dash = part;
    }

    fn line(&mut self, points: &[Pos2], look: Look) {
        if points.len() < 2 {
            return;
        }
        let inner = (look.width - self.feather).max(0.0) / 2.0;
        let outer = inner + self.feather;
        // A line thinner than a pixel is a pixel's line, fainter.
        let color = if look.width < self.feather {
            look.color.gamma_multiply(look.width / self.feather)
        } else {
            look.color
        };
        let clear = Color32::TRANSPARENT;
        let Ok(first) = u32::try_from(self.mesh.vertices.len()) else { return };
        let mut across = Vec2::ZERO;
        let mut last = first;
        for (at, point) in points.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| points.get(at));
            let along = match (before, points.get(at + 1)) {
                (Some(before), Some(behind)) => *behind - *before,
                (Some(before), None) => *point - *before,
                (None, Some(behind)) => *behind - *point,
                (None, None) => Vec2::ZERO,
            };
            if along != Vec2::ZERO {
                let along = along.normalized();
                across = vec2(-along.y, along.x);
            }
            for (out, color) in [(-outer, clear), (-inner, color), (inner, color), (outer, clear)] {
                self.mesh.vertices.push(Vertex { pos: *point + across * out, uv: WHITE_UV, color });
            }
            if at > 0 {
                let (a, b) = (last, last + 4);
                for side in 0..3 {
                    self.mesh.add_triangle(a + side, a + side + 1, b + side);
                    self.mesh.add_triangle(a + side + 1, b + side + 1, b + side);
                }
                last = b;
            }
        }
    }

    pub(super) fn shape(self) -> Shape {
        Shape::mesh(self.mesh)
    }
}

/// How far a point is from a line.
pub(super) fn distance(points: &[Pos2], to: Pos2) -> f32 {
    let mut least = f32::INFINITY;
    for pair in points.windows(2) {
        let &[from, until] = pair else { continue };
        let along = until - from;
        let share = ((to - from).dot(along) / along.length_sq().max(1e-6)).clamp(0.0, 1.0);
        least = least.min((from + along * share - to).length());
    }
    least
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    fn drawn(dashes: Dashes) -> usize {
        let mut strokes = Strokes::new(1.0);
        let look = Look { color: Color32::WHITE, width: 1.0, dashes };
        strokes.add(&[pos2(0.0, 0.0), pos2(55.0, 0.0), pos2(110.0, 0.0)], look);
        assert!(strokes.mesh.is_valid());
        strokes.mesh.vertices.len()
    }

    #[test]
    fn a_whole_line_has_its_points_and_a_broken_one_its_dashes() {
        assert_eq!(drawn(Dashes::Whole), 3 * 4);
        // Ten dashes with a gap each, one of them over the bend.
        assert_eq!(drawn(Dashes::Dashed), 10 * 2 * 4 + 4 - if 55 % 11 == 0 { 4 } else { 0 });
    }

    #[test]
    fn the_distance_is_to_the_nearest_point_of_the_line() {
        let line = [pos2(0.0, 0.0), pos2(10.0, 0.0), pos2(10.0, 10.0)];
        assert!((distance(&line, pos2(5.0, 3.0)) - 3.0).abs() < 1e-4);
        assert!((distance(&line, pos2(13.0, 14.0)) - 5.0).abs() < 1e-4);
    }
}
