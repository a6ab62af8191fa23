//! Sizes of the panels that a person can drag: known to egui by their ids, remembered by their names.

use std::collections::BTreeMap;

use egui::{Context, Id, IdMap, IdSalt, Pos2, Rect, Ui, Vec2, containers::panel::PanelState, vec2};

/// Frames that panels have to fit themselves to another room.
const FITTING: u8 = 3;

/// Width and height of panels, by name.
pub(super) type Sizes = BTreeMap<String, [f32; 2]>;

#[derive(Clone, Default)]
struct Kept {
    sizes: Sizes,
    /// How each panel was last.
    seen: IdMap<Seen>,
    /// Counts the restorings.
    restored: u32,
}

#[derive(Clone)]
struct Seen {
    restored: u32,
    /// Room that it had its share of: large text and other panels leave less.
    room: Vec2,
    /// Frames in which panels still fit themselves to the room.
    fitting: u8,
    size: Vec2,
}

fn place() -> Id {
    Id::unique("kept panels")
}

/// Remembers the size that a person gave to the panel `name`, which is shown next in `ui`. A small window, large text, or
/// a panel beside it makes it smaller for as long as that lasts.
pub(crate) fn keep_panel(ui: &Ui, name: &'static str) {
    let id = ui.scope_id().with_salt(IdSalt::new(name));
    let now = PanelState::load(ui.ctx(), id).map(|state| state.size());
    let room = ui.available_size().round();
    let given = ui.data_mut(|data| {
        let kept = data.get_temp_mut_or_default::<Kept>(place());
        let restored = kept.restored;
        let is_new = match (kept.seen.get_mut(&id), now) {
            (Some(seen), Some(now)) if seen.restored == restored && seen.room == room => {
                if seen.fitting > 0 {
                    seen.fitting -= 1;
                } else if seen.size != now {
                    kept.sizes.insert(name.to_owned(), [now.x, now.y]);
                }
                seen.size = now;
                return None;
            }
            (seen, _) => seen.is_none(),
        };
        kept.seen.insert(id, Seen { restored, room, fitting: FITTING, size: Vec2::ZERO });
        let size = kept.sizes.get(name).copied();
        // One that nobody sized has the size that its place has for it.
        (size.is_some() || !is_new).then_some(size)
    });
    match given {
        Some(Some([width, height])) => {
            let outer_rect = Rect::from_min_size(Pos2::ZERO, vec2(width, height));
            ui.data_mut(|data| data.insert_persisted(id, PanelState { outer_rect }));
        }
        Some(None) => ui.data_mut(|data| data.remove::<PanelState>(id)),
        None => {}
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
