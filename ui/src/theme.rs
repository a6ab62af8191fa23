//! The look: design tokens for dark and light, and how egui's style follows from them.

use std::sync::Arc;

use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke,
    Style, TextStyle, Theme, Vec2, Visuals, style::WidgetVisuals, vec2,
};
use touchstone_protocol::RunOutcome;
use touchstone_spec::{ChangeClass, Layer, Severity};

#[path = "../../assets/theme/dark.rs"]
mod dark;
#[path = "../../assets/theme/light.rs"]
mod light;

/// Height of a row in lists and grids.
pub(crate) const ROW_HEIGHT: f32 = 24.0;
/// Height of a button, a field, a tab.
pub(crate) const CONTROL_HEIGHT: f32 = 26.0;
/// Rounding of buttons, fields and rows.
pub(crate) const RADIUS: u8 = 4;

/// A colour for each use; the two themes in `assets/theme` give the values.
pub(crate) struct Tokens {
    pub(crate) dark: bool,

    pub(crate) panel: Color32,
    pub(crate) content: Color32,
    pub(crate) raised: Color32,
    pub(crate) field: Color32,
    pub(crate) header: Color32,
    pub(crate) button: Color32,
    pub(crate) button_hovered: Color32,
    pub(crate) button_pressed: Color32,
    pub(crate) row_hovered: Color32,
    pub(crate) row_selected: Color32,
    pub(crate) line: Color32,
    pub(crate) line_strong: Color32,
    pub(crate) grid_line: Color32,
    pub(crate) scroll_handle: Color32,

    pub(crate) text: Color32,
    pub(crate) text_strong: Color32,
    pub(crate) text_subdued: Color32,
    pub(crate) text_disabled: Color32,

    pub(crate) accent: Color32,
    pub(crate) accent_hovered: Color32,
    pub(crate) on_accent: Color32,
    pub(crate) focus: Color32,
    pub(crate) link: Color32,
    pub(crate) text_selection: Color32,

    pub(crate) error: Color32,
    pub(crate) error_fill: Color32,
    pub(crate) error_line: Color32,
    pub(crate) warning: Color32,
    pub(crate) warning_fill: Color32,
    pub(crate) warning_line: Color32,
    pub(crate) success: Color32,
    pub(crate) success_fill: Color32,
    pub(crate) success_line: Color32,

    pub(crate) bronze: Color32,
    pub(crate) silver: Color32,
    pub(crate) gold: Color32,

    pub(crate) bar: Color32,
    pub(crate) bar_faint: Color32,
    pub(crate) bar_hovered: Color32,
    pub(crate) code_keyword: Color32,
    pub(crate) code_function: Color32,
    pub(crate) code_type: Color32,
    pub(crate) code_text: Color32,
    pub(crate) code_number: Color32,

    pub(crate) edge: Color32,
    pub(crate) edge_lit: Color32,
    pub(crate) edge_rows: Color32,
    pub(crate) edge_rule: Color32,

    pub(crate) null: Color32,
    pub(crate) shadow: Color32,
    pub(crate) shadow_opacity: u8,
    pub(crate) backdrop_opacity: u8,
}

/// A colour as it is written: `0xRR_GGBB`.
#[expect(clippy::cast_possible_truncation, reason = "each part is one byte of the number")]
const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

/// How much something asks for attention; each tone has a text, a fill and a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Neutral,
    Success,
    Warning,
    Error,
}

impl Tone {
    pub(crate) fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
        }
    }

    pub(crate) fn of_outcome(outcome: RunOutcome) -> Self {
        match outcome {
            RunOutcome::Succeeded => Self::Success,
            RunOutcome::SucceededWithFailures => Self::Warning,
            RunOutcome::Halted | RunOutcome::Failed => Self::Error,
            RunOutcome::Cancelled => Self::Neutral,
        }
    }

    pub(crate) fn of_change(class: ChangeClass) -> Self {
        match class {
            ChangeClass::None => Self::Neutral,
            ChangeClass::Compatible => Self::Success,
            ChangeClass::Breaking => Self::Error,
        }
    }
}

impl Tokens {
    /// The tokens of the theme that is shown.
    pub(crate) fn of(visuals: &Visuals) -> &'static Self {
        if visuals.dark_mode { &dark::TOKENS } else { &light::TOKENS }
    }

    pub(crate) fn layer(&self, layer: Layer) -> Color32 {
        match layer {
            Layer::Bronze => self.bronze,
            Layer::Silver => self.silver,
            Layer::Gold => self.gold,
        }
    }

    pub(crate) fn tone_text(&self, tone: Tone) -> Color32 {
        match tone {
            Tone::Neutral => self.text_subdued,
            Tone::Success => self.success,
            Tone::Warning => self.warning,
            Tone::Error => self.error,
        }
    }

    pub(crate) fn tone_fill(&self, tone: Tone) -> Color32 {
        match tone {
            Tone::Neutral => self.button,
            Tone::Success => self.success_fill,
            Tone::Warning => self.warning_fill,
            Tone::Error => self.error_fill,
        }
    }

    pub(crate) fn tone_line(&self, tone: Tone) -> Color32 {
        match tone {
            Tone::Neutral => self.line_strong,
            Tone::Success => self.success_line,
            Tone::Warning => self.warning_line,
            Tone::Error => self.error_line,
        }
    }

    /// Behind a dialog.
    pub(crate) fn backdrop(&self) -> Color32 {
        self.shadow.gamma_multiply_u8(self.backdrop_opacity)
    }

    fn soft_shadow(&self) -> Shadow {
        Shadow {
            offset: [0, 4],
            blur: 16,
            spread: 0,
            color: self.shadow.gamma_multiply_u8(self.shadow_opacity),
        }
    }
}

/// Body text.
pub(crate) fn body() -> FontId {
    FontId::new(13.0, FontFamily::Proportional)
}

/// Body text that stands out.
pub(crate) fn strong() -> FontId {
    FontId::new(13.0, semibold())
}

/// Secondary text.
pub(crate) fn small() -> FontId {
    FontId::new(11.5, FontFamily::Proportional)
}

/// Secondary text that stands out: headings of columns and sections.
pub(crate) fn small_strong() -> FontId {
    FontId::new(11.5, semibold())
}

/// Title of a view.
pub(crate) fn title() -> FontId {
    FontId::new(17.0, semibold())
}

/// The product's own name, on the start page.
pub(crate) fn display() -> FontId {
    FontId::new(26.0, semibold())
}

/// Data.
pub(crate) fn mono() -> FontId {
    FontId::new(12.0, FontFamily::Monospace)
}

/// Types, hashes, places.
pub(crate) fn mono_small() -> FontId {
    FontId::new(11.0, FontFamily::Monospace)
}

fn semibold() -> FontFamily {
    FontFamily::Name("semibold".into())
}

/// Fonts and both themes; the system says which one is shown until the person chooses.
pub(crate) fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    ctx.set_style_of(Theme::Dark, style(&dark::TOKENS));
    ctx.set_style_of(Theme::Light, style(&light::TOKENS));
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let files: [(&str, &'static [u8]); 5] = [
        ("inter", include_bytes!("../../assets/fonts/Inter-Regular.otf")),
        ("inter semibold", include_bytes!("../../assets/fonts/Inter-SemiBold.otf")),
        ("jetbrains mono", include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf")),
        ("phosphor", include_bytes!("../../assets/fonts/Phosphor.ttf")),
        ("noto emoji", include_bytes!("../../assets/fonts/NotoEmoji-Regular.ttf")),
    ];
    for (name, bytes) in files {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let family = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    fonts
        .families
        .insert(FontFamily::Proportional, family(&["inter", "phosphor", "jetbrains mono", "noto emoji"]));
    fonts
        .families
        .insert(FontFamily::Monospace, family(&["jetbrains mono", "inter", "phosphor", "noto emoji"]));
    fonts
        .families
        .insert(semibold(), family(&["inter semibold", "phosphor", "jetbrains mono", "noto emoji"]));
    fonts
}

fn style(tokens: &Tokens) -> Style {
    let mut style = Style { visuals: visuals(tokens), ..Style::default() };
    style.text_styles = [
        (TextStyle::Small, small()),
        (TextStyle::Body, body()),
        (TextStyle::Button, body()),
        (TextStyle::Heading, title()),
        (TextStyle::Monospace, mono()),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(8.0, 4.0);
    spacing.button_padding = vec2(8.0, 4.0);
    spacing.interact_size = Vec2::new(24.0, CONTROL_HEIGHT);
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(4);
    spacing.icon_spacing = 6.0;
    spacing.combo_width = 120.0;
    spacing.tooltip_width = 420.0;
    spacing.scroll.floating = true;
    spacing.scroll.bar_width = 10.0;
    spacing.scroll.floating_width = 6.0;
    // Room of their own, where there is something to scroll: they lie on nothing that is to be read.
    spacing.scroll.floating_allocated_width = 10.0;
    spacing.scroll.foreground_color = false;
    spacing.scroll.dormant_handle_opacity = 0.5;
    spacing.scroll.dormant_background_opacity = 0.0;
    spacing.scroll.fade.strength = 0.0;
    // What is worth copying says so itself; across labels nothing is marked.
    style.interaction.selectable_labels = false;
    style.interaction.multi_widget_text_select = false;
    style.interaction.tooltip_delay = 0.35;
    // Nothing moves by itself: the picture that is drawn is the state that is.
    style.animation_time = 0.0;
    style.scroll_animation = egui::style::ScrollAnimation::none();
    style.visuals.text_cursor.blink = false;
    style
}

fn visuals(tokens: &Tokens) -> Visuals {
    let mut visuals = if tokens.dark { Visuals::dark() } else { Visuals::light() };
    let radius = CornerRadius::same(RADIUS);
    let line = |color| Stroke::new(1.0, color);
    let widget = |fill, border, text| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: line(border),
        corner_radius: radius,
        fg_stroke: line(text),
        expansion: 0.0,
    };
    visuals.widgets.noninteractive = widget(tokens.panel, tokens.line, tokens.text);
    visuals.widgets.inactive = widget(tokens.button, tokens.line_strong, tokens.text);
    visuals.widgets.inactive.bg_fill = tokens.scroll_handle;
    visuals.widgets.hovered = widget(tokens.button_hovered, tokens.line_strong, tokens.text_strong);
    visuals.widgets.hovered.bg_fill = tokens.text_disabled;
    visuals.widgets.active = widget(tokens.button_pressed, tokens.focus, tokens.text_strong);
    visuals.widgets.active.bg_fill = tokens.text_subdued;
    visuals.widgets.open = widget(tokens.button_hovered, tokens.line_strong, tokens.text_strong);
    visuals.selection.bg_fill = tokens.text_selection;
    visuals.selection.stroke = line(tokens.focus);
    visuals.hyperlink_color = tokens.link;
    // What fields show while they are empty.
    visuals.weak_text_color = Some(tokens.null);
    visuals.text_edit_bg_color = Some(tokens.field);
    visuals.faint_bg_color = tokens.header;
    visuals.extreme_bg_color = tokens.field;
    visuals.code_bg_color = tokens.header;
    visuals.warn_fg_color = tokens.warning;
    visuals.error_fg_color = tokens.error;
    visuals.panel_fill = tokens.panel;
    visuals.window_fill = tokens.raised;
    visuals.window_stroke = line(tokens.line_strong);
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.menu_corner_radius = CornerRadius::same(6);
    visuals.window_shadow = tokens.soft_shadow();
    visuals.popup_shadow = tokens.soft_shadow();
    visuals.text_cursor.stroke = Stroke::new(2.0, tokens.focus);
    visuals.interact_cursor = Some(egui::CursorIcon::PointingHand);
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast of two colours as WCAG 2 defines it.
    fn contrast(one: Color32, other: Color32) -> f32 {
        let luminance = |color: Color32| {
            let linear = egui::Rgba::from(color);
            0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b() + 0.05
        };
        let (one, other) = (luminance(one), luminance(other));
        one.max(other) / one.min(other)
    }

    #[test]
    fn every_family_draws_signs_as_well_as_letters() {
        let ctx = Context::default();
        install(&ctx);
        let mut seen = 0;
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            for font in [body(), strong(), mono()] {
                for sign in
                    ['a', 'ß', 'Ω', 'Ж', '→', '☎', '⭐', '✅', '❤', '\u{1f600}', '\u{1f9a9}', '\u{1f1fa}']
                {
                    assert!(ui.fonts_mut(|fonts| fonts.has_glyph(&font, sign)), "{sign} in {font:?}");
                    seen += 1;
                }
            }
        });
        output.textures_delta.clear();
        assert_ne!(seen, 0);
    }

    #[test]
    fn text_can_be_read_on_what_it_stands_on() {
        for tokens in [&dark::TOKENS, &light::TOKENS] {
            let grounds = [
                tokens.panel,
                tokens.content,
                tokens.raised,
                tokens.field,
                tokens.header,
                tokens.row_hovered,
                tokens.row_selected,
            ];
            let texts = [
                ("text", tokens.text),
                ("strong", tokens.text_strong),
                ("subdued", tokens.text_subdued),
                ("null", tokens.null),
                ("error", tokens.error),
                ("warning", tokens.warning),
                ("success", tokens.success),
                ("bronze", tokens.bronze),
                ("silver", tokens.silver),
                ("gold", tokens.gold),
                ("link", tokens.link),
                ("keyword", tokens.code_keyword),
                ("function", tokens.code_function),
                ("type", tokens.code_type),
                ("text in code", tokens.code_text),
                ("number", tokens.code_number),
            ];
            for ground in grounds {
                for (name, text) in texts {
                    let contrast = contrast(text, ground);
                    assert!(contrast >= 4.5, "dark: {}, {name} on {ground:?}: {contrast}", tokens.dark);
                }
            }
            for tone in [Tone::Success, Tone::Warning, Tone::Error] {
                assert!(contrast(tokens.tone_text(tone), tokens.tone_fill(tone)) >= 4.5, "{tone:?}");
            }
            for accent in [tokens.accent, tokens.accent_hovered] {
                assert!(contrast(tokens.on_accent, accent) >= 4.5, "dark: {}, {accent:?}", tokens.dark);
            }
            for button in [tokens.button, tokens.button_hovered, tokens.button_pressed] {
                assert!(contrast(tokens.text, button) >= 4.5, "dark: {}, {button:?}", tokens.dark);
            }
            // What shows the keyboard's place is no text: three to one, as WCAG asks.
            for ground in grounds {
                assert!(contrast(tokens.focus, ground) >= 3.0, "dark: {}, {ground:?}", tokens.dark);
            }
        }
    }
}
