//! Parts of the window that the keyboard goes to at once, without all that stands before them.

use egui::{Id, LayerId, Order, Response, Role, Sense, Ui, WidgetInfo};

use super::draw_ring;

/// A part of the window; the keys go from one to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// What is worked at.
    Content,
    /// The list of pipelines.
    Pipelines,
}

impl Part {
    /// What has the keyboard at its beginning.
    pub(crate) fn id(self) -> Id {
        Id::unique(("part of the window", self))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Content => "Content",
            Self::Pipelines => "Pipelines",
        }
    }
}

/// Begins a part here: what follows in `ui` is in it.
pub(crate) fn part(ui: &Ui, part: Part) -> Response {
    let place = ui.available_rect_before_wrap();
    let response = ui.interact(place, part.id(), Sense::focusable_noninteractive());
    response.widget_info(|| WidgetInfo::labeled(Role::Region, true, part.name()));
    // Over all that is in it: tables and panels would cut it.
    let over = ui.ctx().layer_painter(LayerId::new(Order::Middle, part.id()));
    draw_ring(ui, &response, &over);
    response
}
