//! The gallery: every widget in every state, drawn and compared with the picture that was looked at last.

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};
use touchstone_ui::gallery::Gallery;

/// Pixels that may differ by more than a shade, of over three million. Letters and shapes are cut on the processor from
/// bundled fonts, so that the same machine draws the same picture; what remains is how different graphics cards (and
/// software in their place) blend edges. One word that changes, or a widget that moves by a pixel, is more than this.
const TOLERATED: usize = 64;

fn gallery(theme: egui::Theme) -> Harness<'static, Option<Gallery>> {
    let builder = Harness::builder().with_size(egui::vec2(1296.0, 2840.0)).with_theme(theme);
    let mut harness = builder.build_ui_state(
        |ui, gallery: &mut Option<Gallery>| gallery.get_or_insert_with(|| Gallery::new(ui.ctx())).show(ui),
        None,
    );
    harness.run_steps(4);
    harness
}

#[test]
fn every_widget_has_a_name_and_what_is_disabled_says_so() {
    let harness = gallery(egui::Theme::Dark);
    let roles = [
        Role::Button,
        Role::ComboBox,
        Role::CheckBox,
        Role::ListItem,
        Role::Tab,
        Role::RadioButton,
        Role::TextInput,
    ];
    for role in roles {
        let all: Vec<_> = harness.query_all_by_role(role).collect();
        assert!(!all.is_empty(), "{role:?}");
        for node in all {
            let name = node.accesskit_node().label().unwrap_or_default();
            assert!(!name.trim().is_empty(), "{role:?} at {:?}", node.rect());
        }
    }
    let saves = harness.query_all_by_role_and_label(Role::Button, "Save");
    let disabled: Vec<bool> = saves.map(|node| node.accesskit_node().is_disabled()).collect();
    assert_eq!(disabled, [false, false, false, false, true]);
}

#[test]
fn it_looks_as_it_did() {
    let mut results = SnapshotResults::new();
    for (theme, name) in [(egui::Theme::Dark, "gallery_dark"), (egui::Theme::Light, "gallery_light")] {
        let mut harness = gallery(theme);
        let options = SnapshotOptions::new().threshold(0.6).max_failed_pixels(TOLERATED);
        results.add(harness.try_snapshot_options(name, &options));
    }
}
