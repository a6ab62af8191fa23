//! Sizes of the panels that a person can drag: known to egui by their ids, remembered by their names.

use std::collections::BTreeMap;

use egui::{Context, Id, IdMap, IdSalt, Pos2, Rect, Ui, containers::panel::PanelState, vec2};

/// Width and height of panels, by name.
pub(super) type Sizes = BTreeMap<String, [f32; 2]>;

#[derive(Clone, Default)]
struct Kept {
    sizes: Sizes,
    /// Which restoring a panel had its size from last.
    given: IdMap<u32>,
    /// Counts the restorings.
    restored: u32,
}

fn place() -> Id {
    Id::unique("kept panels")
}

/// Remembers the size of the panel `name`, which is shown next in `ui`; gives it the size that it had before.
pub(crate) fn keep_panel(ui: &Ui, name: &'static str) {
    let id = ui.scope_id().with_salt(IdSalt::new(name));
    let now = PanelState::load(ui.ctx(), id).map(|state| state.size());
    let size = ui.data_mut(|data| {
        let kept = data.get_temp_mut_or_default::<Kept>(place());
        let size = kept.sizes.get(name).copied();
        let is_given = kept.given.insert(id, kept.restored) == Some(kept.restored);
        if is_given && let Some(now) = now {
            kept.sizes.insert(name.to_owned(), [now.x, now.y]);
            return None;
        }
        size
    });
    if let Some([width, height]) = size {
        let outer_rect = Rect::from_min_size(Pos2::ZERO, vec2(width, height));
        ui.data_mut(|data| data.insert_persisted(id, PanelState { outer_rect }));
    }
}

pub(super) fn sizes(ctx: &Context) -> Sizes {
    ctx.data(|data| data.get_temp::<Kept>(place())).unwrap_or_default().sizes
}

/// Gives panels these sizes as soon as they are shown next.
pub(super) fn restore(ctx: &Context, sizes: Sizes) {
    ctx.data_mut(|data| {
        let kept = data.get_temp_mut_or_default::<Kept>(place());
        let is_size =
            |size: &[f32; 2]| size.iter().all(|side| side.is_finite() && (1.0..10_000.0).contains(side));
        kept.sizes.extend(sizes.into_iter().filter(|(_, size)| is_size(size)));
        kept.restored += 1;
    });
}
