//! What is selected on the canvas, to be edited beside it: the pipeline, a source with its contract, a table.

mod column;
mod contract;
mod evidence;
pub(in crate::design) mod fields;
mod gold;
mod pipeline;
mod silver;
mod source;
mod table;

use egui::{Align, Frame, Layout, Margin, RichText, ScrollArea, Stroke, Ui};
use touchstone_spec::{Diagnostic, Severity};

use super::view::{Desk, go_to};
use super::{CanvasCommand, Command, Node, place};
use crate::icon;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::{FactRow, icon_button, layer_dot, marked, marked_small, name_label};

/// Problems that are listed at the top; all others stand at their fields.
const PROBLEMS: usize = 4;

/// What is selected; the pipeline itself where nothing is, or what was is gone.
fn selected(desk: &Desk<'_>) -> Node {
    let is_there = |node: &&Node| match node {
        Node::Pipeline => true,
        Node::Source(name) | Node::Bronze(name) => desk.pipeline.sources.contains_key(name),
        Node::Silver(name) => desk.pipeline.silver.contains_key(name),
        Node::Gold(name) => desk.pipeline.gold.contains_key(name),
        Node::Other(table) => desk.state.design.compilation().tables.get(table).is_some(),
    };
    desk.shown.node.as_ref().filter(is_there).cloned().unwrap_or(Node::Pipeline)
}

pub(super) fn inspector(desk: &Desk<'_>, ui: &mut Ui) {
    let node = selected(desk);
    header(desk, &node, ui);
    ScrollArea::vertical().id_salt(("inspector", &node)).auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin { left: 12, right: 12, top: 8, bottom: 24 }).show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 4.0;
            problems(desk, &node, ui);
            if let Some(reason) = desk.blocked() {
                let reason = RichText::new(reason).color(Tokens::of(ui.visuals()).text_strong);
                ui.add(egui::Label::new(reason).wrap());
                ui.add_space(4.0);
                ui.disable();
            }
            ui.push_id(&node, |ui| match &node {
                Node::Pipeline => pipeline::pipeline(desk, ui),
                Node::Source(name) => source::source(desk, name, ui),
                Node::Bronze(name) => contract::contract(desk, name, ui),
                Node::Silver(name) => silver::silver(desk, name, ui),
                Node::Gold(name) => gold::gold(desk, name, ui),
                Node::Other(table) => table::other(desk, table, ui),
            });
        });
    });
}

fn header(desk: &Desk<'_>, node: &Node, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin { left: 12, right: 8, top: 5, bottom: 4 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_min_height(26.0);
            if let Some(layer) = node.layer() {
                layer_dot(ui, layer);
            }
            let (title, kind) = match node {
                Node::Pipeline => (desk.name().to_owned(), "pipeline".to_owned()),
                Node::Source(name) => (name.clone(), "source".to_owned()),
                Node::Other(table) => (table.table.clone(), format!("{} of {}", table.layer, table.pipeline)),
                table => {
                    (table.name().to_owned(), table.layer().map_or(String::new(), |one| one.to_string()))
                }
            };
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icon::CLOSE, "Hide details").clicked() {
                    desk.send(Command::Canvas(CanvasCommand::ToggleDetails));
                }
                let kind = RichText::new(kind).font(theme::small()).color(tokens.text_subdued);
                ui.label(kind);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    name_label(ui, &title, &theme::strong(), tokens.text_strong);
                });
            });
        });
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 0.5, Stroke::new(1.0, tokens.line));
}

/// What is wrong with the card; a click goes where it is mended.
fn problems(desk: &Desk<'_>, node: &Node, ui: &mut Ui) {
    let of_node = |one: &&Diagnostic| match node {
        // The contract is edited with its source.
        Node::Source(_) => place::node_of(&one.place.path) == *node,
        _ => place::belongs(&one.place.path, node),
    };
    let all: Vec<&Diagnostic> = desk.diagnostics().filter(of_node).collect();
    for problem in all.iter().take(PROBLEMS) {
        let tone = Tone::of_severity(problem.severity);
        let tokens = Tokens::of(ui.visuals());
        let sign = if problem.severity == Severity::Error { icon::ERROR } else { icon::WARNING };
        let frame = Frame::new().fill(tokens.tone_fill(tone)).corner_radius(theme::RADIUS);
        frame.inner_margin(Margin::symmetric(8, 5)).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                crate::widgets::state_icon(ui, sign, tokens.tone_text(tone), "Problem");
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 1.0;
                    let message = marked(&problem.message, tokens.text, tokens.text_strong);
                    ui.add(egui::Label::new(message).wrap());
                    if let Some(help) = &problem.help {
                        ui.add(egui::Label::new(marked_small(help, tokens.text_subdued)).wrap());
                    }
                    let place = RichText::new(&problem.place.path).font(theme::mono_small());
                    if ui.link(place).clicked() {
                        desk.send(go_to(problem));
                    }
                });
            });
        });
    }
    let more = all.len().saturating_sub(PROBLEMS);
    if more > 0 {
        FactRow::new("More problems", crate::text::number(more as u64)).show(ui);
    }
    if !all.is_empty() {
        ui.add_space(4.0);
    }
}

/// Shows a table where it is made.
fn open(desk: &Desk<'_>, node: &Node) {
    desk.send(Command::Open(node.clone()));
}
