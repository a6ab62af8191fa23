//! One page that shows the design tokens and every widget in every state: what a change of the look is judged by.

mod data;
mod looks;
mod messages;
mod states;

use egui::{Align, Context, Frame, Layout, Margin, RichText, ScrollArea, Theme, Ui};

use crate::command::Commands;
use crate::icon;
use crate::shell::mark;
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::icon_button;

/// The page.
#[derive(Debug)]
pub struct Gallery {
    state: State,
    commands: Commands,
    /// What was typed and chosen in it.
    typed: Typed,
}

/// What was typed and chosen.
#[derive(Debug)]
struct Typed {
    text: String,
    expression: String,
    rules: String,
    shown: usize,
    warnings: bool,
    size: u32,
}

impl Gallery {
    /// The page, with the studio's fonts and themes.
    pub fn new(ctx: &Context) -> Self {
        theme::install(ctx);
        let typed = Typed {
            text: "samples/trades_20260302.csv".to_owned(),
            expression: "round(quantity * prise, 2)".to_owned(),
            rules: "Rules = [\n  # what names a row\n  IsPrimaryKey \"trade_id\",\n  ColumnValues \"price\" > 0\n]".to_owned(),
            shown: 0,
            warnings: true,
            size: 120,
        };
        Self { state: State::new(), commands: Commands::default(), typed }
    }

    /// Draws it.
    pub fn show(&mut self, ui: &mut Ui) {
        let tokens = Tokens::of(ui.visuals());
        let frame = Frame::new().fill(tokens.content);
        egui::CentralPanel::default().frame(frame).show(ui, |ui| {
            ScrollArea::both().auto_shrink(false).show(ui, |ui| {
                Frame::new().inner_margin(Margin::same(24)).show(ui, |ui| {
                    ui.set_width(1216.0);
                    ui.spacing_mut().item_spacing.y = 8.0;
                    head(ui);
                    looks::colours(ui);
                    looks::texts(ui);
                    states::buttons(ui);
                    states::choices(ui, &mut self.typed);
                    states::options(ui, &mut self.typed);
                    states::rows(ui);
                    states::signs(ui);
                    data::editors(ui, &mut self.typed);
                    data::grid(ui);
                    data::charts(ui);
                    messages::messages(ui, &self.state, &self.commands);
                });
            });
        });
        // Nothing is done on commands here.
        drop(self.commands.take());
    }
}

fn head(ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal(|ui| {
        mark(ui, tokens, 40.0);
        ui.label(RichText::new("Gallery").font(theme::display()).color(tokens.text_strong));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (sign, name, other) = if tokens.dark {
                (icon::SUN, "Light theme", Theme::Light)
            } else {
                (icon::MOON, "Dark theme", Theme::Dark)
            };
            if icon_button(ui, sign, name).clicked() {
                ui.ctx().set_theme(other);
            }
        });
    });
}

/// The heading of a part.
fn heading(ui: &mut Ui, text: &str) {
    let tokens = Tokens::of(ui.visuals());
    ui.add_space(16.0);
    ui.label(RichText::new(text).font(theme::title()).color(tokens.text_strong));
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 4.0, egui::Stroke::new(1.0, tokens.line));
    ui.add_space(4.0);
}

/// A word before or above what it names.
fn caption(ui: &mut Ui, text: &str) {
    let tokens = Tokens::of(ui.visuals());
    ui.label(RichText::new(text).font(theme::small()).color(tokens.text_subdued));
}
