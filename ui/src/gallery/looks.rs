//! The design tokens: colours by use, and the scale of texts.

use egui::{Color32, RichText, Sense, Stroke, StrokeKind, Ui, vec2};

use super::{caption, heading};
use crate::theme::{self, Tokens};

type Colours<'a> = Vec<(&'a str, Color32)>;

/// Every colour with its name, in groups; a token that is missing here doesn't compile.
fn named(tokens: &Tokens) -> Vec<(&'static str, Colours<'static>)> {
    let Tokens {
        dark: _,
        panel,
        content,
        raised,
        field,
        header,
        button,
        button_hovered,
        button_pressed,
        row_hovered,
        row_selected,
        line,
        line_strong,
        grid_line,
        scroll_handle,
        text,
        text_strong,
        text_subdued,
        text_disabled,
        accent,
        accent_hovered,
        on_accent,
        focus,
        link,
        text_selection,
        error,
        error_fill,
        error_line,
        warning,
        warning_fill,
        warning_line,
        success,
        success_fill,
        success_line,
        bronze,
        silver,
        gold,
        bar,
        bar_faint,
        bar_hovered,
        code_keyword,
        code_function,
        code_type,
        code_text,
        code_number,
        edge,
        edge_lit,
        edge_rows,
        edge_rule,
        null,
        shadow,
        shadow_opacity: _,
        backdrop_opacity: _,
    } = *tokens;
    vec![
        (
            "Grounds",
            vec![
                ("panel", panel),
                ("content", content),
                ("raised", raised),
                ("field", field),
                ("header", header),
                ("button", button),
                ("button hovered", button_hovered),
                ("button pressed", button_pressed),
                ("row hovered", row_hovered),
                ("row selected", row_selected),
            ],
        ),
        (
            "Lines",
            vec![
                ("line", line),
                ("line strong", line_strong),
                ("grid line", grid_line),
                ("scroll handle", scroll_handle),
                ("edge", edge),
                ("edge lit", edge_lit),
                ("edge of rows", edge_rows),
                ("edge of a rule", edge_rule),
                ("shadow", shadow),
            ],
        ),
        (
            "Texts",
            vec![
                ("text", text),
                ("strong", text_strong),
                ("subdued", text_subdued),
                ("disabled", text_disabled),
                ("null", null),
                ("link", link),
                ("on accent", on_accent),
            ],
        ),
        (
            "Attention",
            vec![
                ("accent", accent),
                ("accent hovered", accent_hovered),
                ("focus", focus),
                ("selection", text_selection),
                ("error", error),
                ("error fill", error_fill),
                ("error line", error_line),
                ("warning", warning),
                ("warning fill", warning_fill),
                ("warning line", warning_line),
                ("success", success),
                ("success fill", success_fill),
                ("success line", success_line),
            ],
        ),
        (
            "Data",
            vec![
                ("bronze", bronze),
                ("silver", silver),
                ("gold", gold),
                ("bar", bar),
                ("bar faint", bar_faint),
                ("bar hovered", bar_hovered),
                ("keyword", code_keyword),
                ("function", code_function),
                ("type", code_type),
                ("text in code", code_text),
                ("number", code_number),
            ],
        ),
    ]
}

pub(super) fn colours(ui: &mut Ui) {
    heading(ui, "Colours");
    let tokens = Tokens::of(ui.visuals());
    for (group, colours) in named(tokens) {
        caption(ui, group);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
            for (name, color) in colours {
                ui.vertical(|ui| {
                    ui.set_width(84.0);
                    ui.spacing_mut().item_spacing.y = 2.0;
                    let (rect, response) = ui.allocate_exact_size(vec2(84.0, 24.0), Sense::hover());
                    let line = Stroke::new(1.0, tokens.line_strong);
                    ui.painter().rect(rect, theme::RADIUS, color, line, StrokeKind::Inside);
                    let [red, green, blue, _] = color.to_array();
                    let hex = format!("#{red:02x}{green:02x}{blue:02x}");
                    response.on_hover_text(&hex);
                    caption(ui, name);
                });
            }
        });
    }
}

pub(super) fn texts(ui: &mut Ui) {
    heading(ui, "Texts");
    let tokens = Tokens::of(ui.visuals());
    let words = "Every row is accounted for: 1 204 in, 1 111 out";
    let fonts = [
        ("display, 26", theme::display(), tokens.text_strong),
        ("title, 17", theme::title(), tokens.text_strong),
        ("strong, 13", theme::strong(), tokens.text_strong),
        ("body, 13", theme::body(), tokens.text),
        ("small strong, 11.5", theme::small_strong(), tokens.text_subdued),
        ("small, 11.5", theme::small(), tokens.text_subdued),
        ("mono, 12", theme::mono(), tokens.text),
        ("mono small, 11", theme::mono_small(), tokens.text_subdued),
    ];
    egui::Grid::new("texts").spacing(vec2(24.0, 4.0)).show(ui, |ui| {
        for (name, font, color) in fonts {
            caption(ui, name);
            ui.label(RichText::new(words).font(font).color(color));
            ui.end_row();
        }
    });
}
