//! A histogram: how many values lie where.

use egui::{Align, Rect, Role, Sense, Tooltip, Ui, WidgetInfo, pos2, vec2};
use touchstone_protocol::BinView;

use super::draw_line;
use crate::text;
use crate::theme::{self, Tokens};

/// Draws the bins over the whole width; gives the one that was clicked.
pub(crate) fn histogram<'a>(ui: &mut Ui, name: &str, bins: &'a [BinView], of: &str) -> Option<&'a BinView> {
    const HEIGHT: f32 = 88.0;
    const LABELS: f32 = 18.0;
    let tokens = Tokens::of(ui.visuals());
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or_default().max(1);
    let size = vec2(ui.available_width(), HEIGHT + LABELS);
    let (rect, response) = ui.allocate_exact_size(size, Sense::CLICK | Sense::HOVER);
    let highest = bins.iter().max_by_key(|bin| bin.count);
    let ends = bins.first().zip(bins.last()).map(|(first, last)| (first.low.as_str(), last.high.as_str()));
    response.widget_info(|| {
        let words = match (ends, highest) {
            (Some((low, high)), Some(highest)) => format!(
                "Histogram of {name}: {of} from {low} to {high}, most ({}) from {} to {}",
                text::number(highest.count),
                highest.low,
                highest.high
            ),
            _ => format!("Histogram of {name}"),
        };
        WidgetInfo::labeled(Role::Image, true, words)
    });
    let plot = rect.with_max_y(rect.bottom() - LABELS);
    let each = plot.width() / bins.len().max(1) as f32;
    let hovered = response.hover_pos().and_then(|pointer| {
        bins.iter().enumerate().position(|(place, _)| {
            let left = plot.left() + each * place as f32;
            (left..left + each).contains(&pointer.x)
        })
    });
    let painter = ui.painter();
    for (place, bin) in bins.iter().enumerate() {
        let left = plot.left() + each * place as f32;
        let column = Rect::from_min_max(pos2(left, plot.top()), pos2(left + each, plot.bottom()));
        let is_hovered = hovered == Some(place);
        if is_hovered {
            painter.rect_filled(column, 0, tokens.row_hovered);
        }
        if bin.count > 0 {
            let height = (plot.height() * (bin.count as f32 / most as f32)).max(1.5);
            let gap = if each >= 4.0 { 1.0 } else { 0.0 };
            let bar = Rect::from_min_max(
                pos2(left, plot.bottom() - height),
                pos2(left + (each - gap).max(1.0), plot.bottom()),
            );
            painter.rect_filled(bar, 0, if is_hovered { tokens.bar_hovered } else { tokens.bar });
        }
    }
    painter.hline(plot.x_range(), plot.bottom() + 0.5, egui::Stroke::new(1.0, tokens.line_strong));
    if let Some((low, high)) = ends {
        let labels = rect.with_min_y(rect.bottom() - LABELS);
        let half = vec2(labels.width() / 2.0 - 4.0, LABELS);
        let font = theme::mono_small;
        draw_line(
            painter,
            Rect::from_min_size(labels.min, half),
            Align::Min,
            low,
            font(),
            tokens.text_subdued,
        );
        let right = Rect::from_min_max(labels.max - half, labels.max);
        draw_line(painter, right, Align::Max, high, font(), tokens.text_subdued);
    }
    let bin = hovered.and_then(|place| bins.get(place))?;
    Tooltip::for_enabled(&response).at_pointer().gap(12.0).show(|ui| {
        let ends =
            if bin.low == bin.high { bin.low.clone() } else { format!("{} – {}", bin.low, bin.high) };
        ui.label(egui::RichText::new(ends).font(theme::mono()));
        let all: u64 = bins.iter().map(|bin| bin.count).sum();
        let share = text::share(bin.count, all);
        ui.label(format!("{}  ·  {share}", text::count(bin.count, "value", "values")));
    });
    response.clicked().then_some(bin)
}
