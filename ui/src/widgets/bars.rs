//! A small distribution: bars beside each other, each a share of the highest.

use egui::{Color32, Painter, Rect, pos2};

/// Draws bars that stand on the bottom of `rect`; what is there at all is seen.
pub(crate) fn bars(painter: &Painter, rect: Rect, shares: &[f32], color: Color32) {
    const WIDEST: f32 = 10.0;
    let each = (rect.width() / shares.len().max(1) as f32).min(WIDEST);
    let gap = if each >= 4.0 { 1.0 } else { 0.0 };
    for (place, share) in shares.iter().enumerate() {
        if *share <= 0.0 {
            continue;
        }
        let height = (rect.height() * share.clamp(0.0, 1.0)).max(1.5);
        let left = rect.left() + each * place as f32;
        let bar = Rect::from_min_max(
            pos2(left, rect.bottom() - height),
            pos2(left + (each - gap).max(1.0), rect.bottom()),
        );
        painter.rect_filled(bar, 0, color);
    }
}
