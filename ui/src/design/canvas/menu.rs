//! The bar above the canvas, and what a card, a connection and the ground offer on a right click.

use egui::{Align, Frame, Layout, Margin, Popup, Response, RichText, Role, Stroke, Ui};

use super::adding::{self, Connection};
use super::graph::Graph;
use super::stage::Stage;
use super::{Command, View};
use crate::command::Command as AppCommand;
use crate::design::view::Desk;
use crate::design::{Command as DesignCommand, Node, Pane};
use crate::icon;
use crate::theme::{self, Tokens};
use crate::widgets::{Button, command_button, command_icon, icon_button};

/// Width up to which there is no room for the scale in figures.
const TIGHT: f32 = 440.0;

pub(super) fn toolbar(desk: &Desk<'_>, stage: &Stage, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin::symmetric(8, 4)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let room = ui.available_width();
            for command in [Command::AskSource, Command::AddSilver, Command::AddGold] {
                let command = command.send();
                if room > 560.0 {
                    command_button(ui, desk.state, desk.commands, &command, Button::quiet);
                } else {
                    // Where there is little room the sign is a plus and the layer.
                    let offer = command.offer();
                    let short = offer.text.trim_start_matches("Add ");
                    let short = short.trim_end_matches('…').trim_end_matches(" table");
                    let obstacle = desk.state.obstacle(&command);
                    let button = Button::new(short).name(offer.text).icon(offer.icon).quiet();
                    let button = button.enabled(obstacle.is_none()).show(ui);
                    let about = obstacle.unwrap_or_else(|| offer.tooltip.to_owned());
                    if button.on_hover_text(format!("{}: {about}", offer.text)).clicked() {
                        desk.commands.send(command);
                    }
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                if !desk.state.design.canvas.has_details(ui.ctx()) {
                    let details = Command::ToggleDetails.send();
                    command_icon(ui, desk.state, desk.commands, &details, false);
                }
                let fit = Command::View(View::Fit).send();
                command_icon(ui, desk.state, desk.commands, &fit, false);
                if icon_button(ui, icon::ZOOM_IN, "Zoom in").clicked() {
                    desk.commands.send(Command::View(stage.zoomed(1.25)).send());
                }
                if room > TIGHT {
                    let percent = format!("{:.0} %", stage.scale() * 100.0);
                    let percent = RichText::new(percent).font(theme::small()).color(tokens.text_subdued);
                    ui.add_sized([40.0, 20.0], egui::Label::new(percent).selectable(false));
                }
                if icon_button(ui, icon::ZOOM_OUT, "Zoom out").clicked() {
                    desk.commands.send(Command::View(stage.zoomed(0.8)).send());
                }
                let arrange = AppCommand::Design(DesignCommand::ArrangeCards);
                command_icon(ui, desk.state, desk.commands, &arrange, false);
            });
        });
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - 0.5, Stroke::new(1.0, tokens.line));
}

/// One line of a menu; true when it was chosen.
fn entry(ui: &mut Ui, sign: char, text: &str, keys: &str) -> bool {
    let button = Button::new(text).icon(sign).quiet().role(Role::MenuItem);
    let clicked = button.min_width(224.0).shortcut(Some(keys.to_owned())).show(ui).clicked();
    if clicked {
        ui.close();
    }
    clicked
}

fn command(ui: &mut Ui, desk: &Desk<'_>, command: Command) {
    let command = command.send();
    if desk.state.obstacle(&command).is_some() {
        return;
    }
    let offer = command.offer();
    let keys = offer.shortcut.map(|keys| ui.ctx().format_shortcut(&keys)).unwrap_or_default();
    if entry(ui, offer.icon, offer.text, &keys) {
        desk.commands.send(command);
    }
}

/// What the ground offers.
pub(super) fn ground(desk: &Desk<'_>, response: &Response) {
    Popup::context_menu(response).width(232.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        command(ui, desk, Command::AskSource);
        command(ui, desk, Command::AddSilver);
        command(ui, desk, Command::AddGold);
        ui.separator();
        command(ui, desk, Command::View(View::Fit));
        if entry(ui, icon::PIPELINE, "Arrange", "") {
            desk.send(DesignCommand::ArrangeCards);
        }
    });
}

/// What a card offers.
pub(super) fn card(desk: &Desk<'_>, graph: &Graph, node: &Node, response: &Response) {
    Popup::context_menu(response).width(232.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        match node {
            Node::Other(table) if entry(ui, icon::OPEN, &format!("Open {}", table.pipeline), "Enter") => {
                desk.send(DesignCommand::Open(node.clone()));
            }
            Node::Silver(_) | Node::Gold(_) => {
                let text = if matches!(node, Node::Gold(_)) { "Open query" } else { "Open mappings" };
                if entry(ui, icon::MAPPING, text, "Enter") {
                    desk.send(DesignCommand::Open(node.clone()));
                }
                if entry(ui, icon::RULES, "Open rules", "") {
                    desk.send(DesignCommand::Select(node.clone()));
                    desk.send(DesignCommand::ShowPane(Pane::Rules));
                }
            }
            _ => {}
        }
        if let Some(text) = next_text(node)
            && entry(ui, icon::ADD, &text, "")
        {
            desk.commands.send(Command::AddFrom(vec![node.clone()], None).send());
        }
        let targets = targets(desk, graph, node);
        if !targets.is_empty() {
            ui.separator();
            for target in targets {
                if entry(ui, icon::MAPPING, &format!("Connect to {}", target.text()), "") {
                    desk.commands.send(Command::Connect(node.clone(), target).send());
                }
            }
        }
        ui.separator();
        if entry(ui, icon::FIND, "Zoom to it", "") {
            desk.commands.send(Command::Select(node.clone()).send());
            desk.commands.send(Command::View(View::Selection).send());
        }
        if !matches!(node, Node::Other(_)) && entry(ui, icon::DELETE, "Remove", "Delete") {
            desk.commands.send(Command::Select(node.clone()).send());
            desk.commands.send(Command::Remove.send());
        }
    });
}

/// What a connection offers.
pub(super) fn edge(desk: &Desk<'_>, from: &Node, to: &Node, response: &Response) {
    Popup::context_menu(response).width(232.0).show(|ui| {
        if entry(ui, icon::DELETE, "Remove connection", "Delete") {
            desk.commands.send(Command::SelectEdge(from.clone(), to.clone()).send());
            desk.commands.send(Command::Remove.send());
        }
    });
}

/// What is added from a card: `Add silver table from bronze.trades`.
pub(super) fn next_text(node: &Node) -> Option<String> {
    match node {
        Node::Source(_) | Node::Bronze(_) => Some(format!("Add silver table from {}", node.text())),
        Node::Silver(_) | Node::Gold(_) | Node::Other(_) => {
            Some(format!("Add gold table from {}", node.text()))
        }
        Node::Pipeline => None,
    }
}

/// The cards that a line from `node` can lead to.
pub(super) fn targets(desk: &Desk<'_>, graph: &Graph, node: &Node) -> Vec<Node> {
    let tables = &desk.state.design.compilation().tables;
    let leads =
        |to: &Node| !matches!(adding::connect(desk.pipeline, tables, graph, node, to), Connection::Told(_));
    graph.cards.iter().map(|card| &card.node).filter(|to| leads(to)).cloned().collect()
}
