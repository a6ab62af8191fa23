//! What Touchstone is made of, and where it keeps things.

use egui::{CollapsingHeader, RichText, Ui};

use super::view::{card, heading, subdued};
use crate::shell::mark;
use crate::state::State;
use crate::theme::{self, Tokens};

/// What is bundled: its name, its licence in short, and the licence.
const BUNDLED: [(&str, &str, &str); 4] = [
    ("Inter", "SIL Open Font License 1.1", include_str!("../../../assets/fonts/OFL-Inter.txt")),
    (
        "JetBrains Mono",
        "SIL Open Font License 1.1",
        include_str!("../../../assets/fonts/OFL-JetBrainsMono.txt"),
    ),
    ("Noto Emoji", "SIL Open Font License 1.1", include_str!("../../../assets/fonts/OFL-NotoEmoji.txt")),
    ("Phosphor Icons", "MIT", include_str!("../../../assets/fonts/LICENSE-Phosphor.txt")),
];

pub(super) fn about(state: &State, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal(|ui| {
        mark(ui, tokens, 40.0);
        ui.vertical(|ui| {
            ui.label(RichText::new("Touchstone").font(theme::title()).color(tokens.text_strong));
            let version = state.home.view.value().map(|home| home.version.as_str());
            let version = version.unwrap_or(env!("CARGO_PKG_VERSION"));
            subdued(ui, &format!("Version {version}, licence {}", env!("CARGO_PKG_LICENSE")));
        });
    });
    ui.add_space(8.0);
    heading(ui, "Where things are kept");
    card(ui, |ui| {
        let root = state.open_workspace().map_or("WORKSPACE", |open| open.root.trim_end_matches('/'));
        for (what, place) in [
            ("Pipelines, as you write them", format!("{root}/pipelines")),
            ("Name and environments", format!("{root}/touchstone.toml")),
            ("Registry, tables, runs, layout and unsaved edits", format!("{root}/.touchstone")),
            ("Access keys", "the system's keychain, or the AWS configuration; in no file of ours".to_owned()),
        ] {
            ui.label(RichText::new(what).font(theme::small()).color(tokens.text_subdued));
            ui.add(egui::Label::new(RichText::new(place).font(theme::mono())).wrap().selectable(true));
            ui.add_space(4.0);
        }
    });
    ui.add_space(8.0);
    heading(ui, "Fonts and icons");
    for (name, licence, text) in BUNDLED {
        CollapsingHeader::new(format!("{name}: {licence}")).id_salt(name).show(ui, |ui| {
            ui.label(RichText::new(text).font(theme::mono_small()).color(tokens.text_subdued));
        });
    }
}
