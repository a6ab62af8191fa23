//! What can be pressed, chosen and selected, in every state.

use egui::{RichText, Slider, TextEdit, Ui, vec2};
use touchstone_spec::Layer;

use super::{Typed, caption, heading};
use crate::design::segmented;
use crate::icon;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::{
    Alternative, Button, Card, CheckRow, Chip, Choice, FactRow, ListRow, Pose, TabHeading, Ways, badge,
    layer_dot, posed, state_icon, tabs, tick,
};

const POSES: [(&str, Option<Pose>); 4] = [
    ("normal", None),
    ("hovered", Some(Pose::Hovered)),
    ("pressed", Some(Pose::Pressed)),
    ("focused", Some(Pose::Focused)),
];

/// Makes one button, for one state.
type Make = fn() -> Button<'static>;

pub(super) fn buttons(ui: &mut Ui) {
    heading(ui, "Buttons");
    let kinds: [(&str, Make); 6] = [
        ("primary", || Button::new("Run simulation").icon(icon::PLAY).primary()),
        ("plain", || Button::new("Save").icon(icon::SAVE)),
        ("without icon", || Button::new("Cancel")),
        ("quiet", || Button::new("Reload").icon(icon::RELOAD).quiet()),
        ("icon alone", || Button::new("").icon(icon::DELETE).name("Remove").quiet()),
        ("selected", || Button::new("Flow").icon(icon::PIPELINE).quiet().selected(true)),
    ];
    egui::Grid::new("buttons").spacing(vec2(24.0, 8.0)).show(ui, |ui| {
        caption(ui, "");
        for (name, _) in POSES {
            caption(ui, name);
        }
        caption(ui, "disabled");
        ui.end_row();
        for (kind, make) in kinds {
            caption(ui, kind);
            for (_, pose) in POSES {
                posed(ui, pose, |ui| make().show(ui));
            }
            make().enabled(false).show(ui);
            ui.end_row();
        }
    });
    cards(ui);
}

/// Cards that lead somewhere, the pressed one left out: it looks as a pressed button does.
fn cards(ui: &mut Ui) {
    ui.add_space(8.0);
    let sample = || Card::new(icon::SAMPLE, "Try the sample", "A workspace with dirty files");
    let open = || Card::new(icon::OPEN, "Harbour Lane", "/data/harbour-lane").detail("Ctrl+O");
    ui.columns(5, |columns| {
        for (place, ui) in columns.iter_mut().enumerate() {
            ui.push_id(place, |ui| match place {
                0 => sample().primary(true).show(ui),
                1 => open().show(ui),
                2 => posed(ui, Some(Pose::Hovered), |ui| open().show(ui)),
                3 => posed(ui, Some(Pose::Focused), |ui| open().show(ui)),
                _ => open().enabled(false).show(ui),
            });
        }
    });
}

pub(super) fn choices(ui: &mut Ui, typed: &mut Typed) {
    heading(ui, "Choices, fields and tabs");
    let tokens = Tokens::of(ui.visuals());
    let tables: Vec<Alternative> = [("silver.trades", tokens.silver), ("gold.sector_exposure", tokens.gold)]
        .into_iter()
        .map(|(name, color)| Alternative::new(name).icon(icon::TABLE, color).detail("7 rules"))
        .collect();
    ui.horizontal(|ui| {
        for (name, pose) in [POSES[0], POSES[1], POSES[3]] {
            ui.push_id(name, |ui| {
                let choice = Choice::new("Table", "silver.trades", &tables).icon(icon::TABLE, tokens.silver);
                posed(ui, pose, |ui| choice.show(ui));
            });
        }
        Choice::new("Column", "", &tables).hint("Choose a column…").show(ui);
        Choice::new("Wrong column", "quantty", &tables).data().tone(Tone::Error).show(ui);
    });
    ui.horizontal(|ui| {
        let field = TextEdit::singleline(&mut typed.text).font(theme::mono()).desired_width(240.0);
        let field = ui.add(field);
        ui.ctx().accesskit_node_builder(field.id, |node| node.set_label("Path"));
        let mut nothing = String::new();
        let field = ui.add(
            TextEdit::singleline(&mut nothing).hint_text(crate::widgets::hint("Why is this published?")),
        );
        ui.ctx().accesskit_node_builder(field.id, |node| node.set_label("Message"));
        let mut fixed = "read only".to_owned();
        let field = ui.add_enabled(false, TextEdit::singleline(&mut fixed).desired_width(120.0));
        ui.ctx().accesskit_node_builder(field.id, |node| node.set_label("Disabled field"));
    });
    ui.horizontal(|ui| {
        let names = ["Canvas", "Mappings", "Rules", "YAML"];
        if let Some(chosen) = segmented(ui, "Parts", &names, &[], typed.shown) {
            typed.shown = chosen;
        }
        ui.add_space(24.0);
        let heading = |text, count, tone| TabHeading { text, count, tone, tooltip: String::new() };
        let all = [
            heading("Rows", Some(1_204), Tone::Neutral),
            heading("Quarantine", Some(93), Tone::Warning),
            heading("Rules", Some(7), Tone::Error),
            heading("Changes", None, Tone::Neutral),
        ];
        if let Some(chosen) = tabs(ui, &all, typed.shown) {
            typed.shown = chosen;
        }
    });
    ui.horizontal(|ui| {
        for (_, pose) in [POSES[0], POSES[1], POSES[3]] {
            posed(ui, pose, |ui| Chip::new("side is BUY").icon(icon::FILTER).removable().show(ui));
        }
        Chip::new("trade_id").show(ui);
        Chip::new("account_no").removable().tooltip("A column of the key").show(ui);
    });
}

/// Ways of which one is taken, things that are so or not, and an amount.
pub(super) fn options(ui: &mut Ui, typed: &mut Typed) {
    ui.horizontal(|ui| {
        let mut ways = Ways::new(Some(typed.shown));
        for (name, pose) in [POSES[0], POSES[1], POSES[3]] {
            posed(ui, pose, |ui| ways.radio(ui, name, name));
        }
        typed.shown = ways.chosen(ui).unwrap_or(typed.shown);
        ui.add_space(24.0);
        for (name, pose) in [POSES[0], POSES[1], POSES[3]] {
            posed(ui, pose, |ui| tick(ui, &mut typed.warnings, name));
        }
        let mut is_not = !typed.warnings;
        if tick(ui, &mut is_not, "the other way") {
            typed.warnings = !is_not;
        }
        ui.add_space(24.0);
        let slider = ui.add(Slider::new(&mut typed.size, 80..=200).step_by(10.0).suffix(" %"));
        let size = f64::from(typed.size);
        slider.widget_info(|| egui::WidgetInfo::slider(true, size, "Text size in per cent"));
    });
}

pub(super) fn rows(ui: &mut Ui) {
    heading(ui, "Rows of lists");
    let tokens = Tokens::of(ui.visuals());
    ui.columns(3, |columns| {
        if let [left, middle, right] = columns {
            left.spacing_mut().item_spacing.y = 0.0;
            let poses = [POSES[0], POSES[1], POSES[3]];
            for (name, pose) in poses {
                let row = ListRow::new("trades", false).icon(icon::NOT_YET, tokens.text_subdued);
                posed(left, pose, |ui| row.detail(name, tokens.text_subdued).show(ui));
            }
            let row = ListRow::new("positions", true).icon(icon::ERROR, tokens.error);
            row.detail("selected", tokens.text_subdued).detail("1 error", tokens.error).show(left);
            let words = "The share of rows with a value of `sector`, looked up by `isin`, is at least 98 %";
            let row = ListRow::new(words, false).marked().icon(icon::FAILED, tokens.error);
            row.detail("12 of 600 fail  ·  2.0 %", tokens.error).show(left);
            ListRow::new("account_no", false).mono().detail("string", tokens.text_subdued).show(left);

            middle.spacing_mut().item_spacing.y = 0.0;
            for (place, (_, pose)) in poses.into_iter().enumerate() {
                let row = CheckRow::new("BUY", place == 1).detail("1 204".to_owned()).mono();
                posed(middle, pose, |ui| row.show(ui));
            }
            CheckRow::new("", true).detail("3".to_owned()).mono().show(middle);
            CheckRow::new("  ", false).detail("1".to_owned()).mono().show(middle);

            right.spacing_mut().item_spacing.y = 0.0;
            FactRow::new("Rows", "1 204").show(right);
            FactRow::new("Bad values", "9").tone(Tone::Error).show(right);
            FactRow::new("Nulls", "2.3 %").tone(Tone::Warning).show(right);
            for (_, pose) in [POSES[0], POSES[1]] {
                let fact = FactRow::new("DE0007164600", "412").mono_name().bar(0.6).act("Filter by it");
                posed(right, pose, |ui| fact.show(ui));
            }
            FactRow::new("", "3").mono_name().bar(0.02).act("Filter by it").show(right);
            FactRow::new("Least", "0.250000").mono().show(right);
        }
    });
}

pub(super) fn signs(ui: &mut Ui) {
    heading(ui, "Signs");
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal(|ui| {
        for (word, tone) in [
            ("not published", Tone::Neutral),
            ("succeeded", Tone::Success),
            ("with failures", Tone::Warning),
            ("breaking", Tone::Error),
        ] {
            badge(ui, word, tone);
        }
        ui.add_space(24.0);
        for layer in [Layer::Bronze, Layer::Silver, Layer::Gold] {
            layer_dot(ui, layer);
            ui.label(RichText::new(layer.to_string()).color(tokens.text));
        }
        ui.add_space(24.0);
        for (sign, color, name) in [
            (icon::PASSED, tokens.success, "Passed"),
            (icon::FAILED, tokens.error, "Failed"),
            (icon::WARNING, tokens.warning, "Warning"),
            (icon::ERROR, tokens.error, "Error"),
            (icon::WAITING, tokens.text_subdued, "Waiting"),
            (icon::CANCELLED, tokens.text_subdued, "Cancelled"),
            (icon::CHAIN_HOLDS, tokens.success, "Chain holds"),
            (icon::CHAIN_BROKEN, tokens.error, "Chain broken"),
            (icon::SUGGESTION, tokens.link, "Suggestion"),
        ] {
            state_icon(ui, sign, color, name).on_hover_text(name);
        }
    });
}
