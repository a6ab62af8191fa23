//! Publishing: what it would change, field by field; the message; the button; the versions so far.

use std::borrow::Cow;

use egui::{Align, Frame, Id, Layout, Margin, Panel, RichText, ScrollArea, Stroke, TextEdit, Ui, Vec2, vec2};
use touchstone_protocol::{CheckState, CheckView, PublishPlan, PublishedView, TouchView, VersionView};

use super::changes::differences;
use super::{compare, roll_back, take};
use crate::command::{Command, Commands};
use crate::state::{Pipeline, State};
use crate::theme::{self, Tokens, Tone};
use crate::widgets::grid::Grid;
use crate::widgets::page::scrolled;
use crate::widgets::{Button, badge, command_button, empty, error_box, pending, state_icon};
use crate::{design, shell};
use crate::{icon, text};

/// Width and height in which the differences have room beside the history.
const ROOMY: Vec2 = vec2(560.0, 360.0);
/// Height of the differences where the page scrolls.
const COMPARED: f32 = 280.0;
/// Height of the note that there are none.
const NOTHING: f32 = 144.0;

pub(crate) fn publish(state: &State, commands: &Commands, pipeline: &Pipeline, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    if ui.available_width() < ROOMY.x || ui.available_height() < ROOMY.y {
        return on_one_page(state, commands, pipeline, ui);
    }
    let frame = Frame::new().fill(tokens.panel).inner_margin(Margin::same(12));
    crate::keep::keep_panel(ui, "history");
    let widest = (ui.available_width() * 0.45).clamp(160.0, 480.0);
    let panel = Panel::right("history").default_size(324.0_f32.min(widest));
    panel.size_range(240.0_f32.min(widest)..=widest).frame(frame).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            // The scroll bar has a place of its own.
            ui.set_max_width(ui.available_width() - 8.0);
            if let Some(plan) = pipeline.plan.value() {
                checklist(&plan.checklist, state.unsaved_document().is_some(), ui);
            }
            history(state, commands, pipeline, ui);
        });
    });
    environments(state, commands, ui);
    roll_back::dialog(state, commands, ui);
    take::dialog(state, commands, ui);
    if let Some(comparison) = state.release.comparison_of(state.selected.as_deref()) {
        compare::comparison(state, commands, pipeline, comparison, ui);
        return;
    }
    obstacles(state, commands, pipeline, ui);
    let Some(plan) = pipeline.plan.value() else { return };
    let form = form_frame(ui);
    Panel::bottom("form").resizable(false).frame(form).show(ui, |ui| {
        publish_form(state, commands, pipeline, plan, ui);
    });
    summary(plan, ui);
    would_change(state, commands, pipeline, plan, ui);
}

/// All of it below each other, where there is no room beside: a small window, or large text.
fn on_one_page(state: &State, commands: &Commands, pipeline: &Pipeline, ui: &mut Ui) {
    roll_back::dialog(state, commands, ui);
    take::dialog(state, commands, ui);
    scrolled(ui, "publishing", |ui| {
        environments(state, commands, ui);
        let width = ui.available_width();
        if let Some(comparison) = state.release.comparison_of(state.selected.as_deref()) {
            ui.allocate_ui(vec2(width, COMPARED), |ui| {
                compare::comparison(state, commands, pipeline, comparison, ui);
            });
        } else {
            obstacles(state, commands, pipeline, ui);
            if let Some(plan) = pipeline.plan.value() {
                summary(plan, ui);
                let height =
                    if plan.diff.changes.is_empty() && plan.problems.is_empty() { NOTHING } else { COMPARED };
                ui.allocate_ui(vec2(width, height), |ui| {
                    ui.set_min_size(vec2(width, height));
                    would_change(state, commands, pipeline, plan, ui);
                });
                form_frame(ui).show(ui, |ui| publish_form(state, commands, pipeline, plan, ui));
            }
        }
        Frame::new().inner_margin(Margin::symmetric(16, 12)).show(ui, |ui| {
            if let Some(plan) = pipeline.plan.value() {
                checklist(&plan.checklist, state.unsaved_document().is_some(), ui);
            }
            history(state, commands, pipeline, ui);
        });
    });
}

fn form_frame(ui: &Ui) -> Frame {
    Frame::new().fill(Tokens::of(ui.visuals()).panel).inner_margin(Margin::symmetric(16, 12))
}

/// What keeps it from being compared, or from being what is seen elsewhere.
fn obstacles(state: &State, commands: &Commands, pipeline: &Pipeline, ui: &mut Ui) {
    if let Some(file) = state.unsaved_document() {
        unsaved(state, commands, file, ui);
    }
    if let Some(error) = pipeline.plan.error() {
        Frame::new().inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
            let title = "The difference could not be made";
            error_box(ui, state, commands, title, error, Some(&Command::Retry), None);
        });
    }
    if pipeline.plan.value().is_none() && pipeline.plan.is_pending() {
        pending(ui, "Comparing with what is published…");
    }
}

/// What publishing would change, or the problems that keep it from being published.
fn would_change(state: &State, commands: &Commands, pipeline: &Pipeline, plan: &PublishPlan, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    if !plan.problems.is_empty() {
        let listed = shell::listed(&plan.problems, tokens);
        let output = Grid::new("problems", "Problems", &listed).show(ui);
        if let Some(copied) = output.copied {
            commands.send(Command::Copy(copied));
        }
    } else if plan.diff.changes.is_empty() {
        let text = match state.unsaved_document() {
            None => "The document is what is published",
            Some(_) => "What is saved is what is published",
        };
        empty(ui, state, commands, icon::PASSED, "No differences", text, None);
    } else {
        touched(&plan.touches, state.selected.as_deref().unwrap_or_default(), ui);
        if let Some(place) = differences(commands, &plan.diff.changes, pipeline.change, ui) {
            commands.send(Command::ShowChange(place));
        }
    }
}

/// What is seen elsewhere is not what would be published.
fn unsaved(state: &State, commands: &Commands, file: &str, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let strip = Frame::new().fill(tokens.warning_fill).corner_radius(theme::RADIUS);
    Frame::new().inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
        strip.inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
            ui.horizontal(|ui| {
                state_icon(ui, icon::WARNING, tokens.warning, "Warning");
                // The button has its place; the words take what is left.
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let save = Command::Design(design::Command::Save);
                    command_button(ui, state, commands, &save, |button| button);
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        let told =
                            format!("The edits of {file} are not saved; what is saved is compared here");
                        ui.add(egui::Label::new(RichText::new(told).color(tokens.text_strong)).truncate());
                    });
                });
            });
        });
    });
}

/// The field for the message; the keys of the publish command lead to it.
pub(crate) fn message_field() -> Id {
    Id::unique("publish message")
}

fn environments(state: &State, commands: &Commands, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    let Some(workspace) = state.open_workspace() else { return };
    Frame::new().inner_margin(Margin { left: 16, right: 12, top: 8, bottom: 4 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new("Environment").color(tokens.text_subdued));
            for environment in &workspace.environments {
                let is_chosen = environment.name == state.environment;
                let button = Button::new(&environment.name).quiet().selected(is_chosen);
                if button.show(ui).on_hover_text(&environment.location).clicked() {
                    commands.send(Command::ChooseEnvironment(environment.name.clone()));
                }
            }
            let chosen = workspace.environments.iter().find(|one| one.name == state.environment);
            if let Some(chosen) = chosen {
                let location = RichText::new(&chosen.location).font(theme::small());
                ui.add(egui::Label::new(location.color(tokens.text_subdued)).truncate());
            }
        });
    });
}

/// From which version to which, and what that means for readers.
fn summary(plan: &PublishPlan, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin { left: 16, right: 12, top: 4, bottom: 10 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            let words = match &plan.current {
                _ if !plan.problems.is_empty() => "Problems keep it from being published".to_owned(),
                Some(version) if plan.diff.changes.is_empty() => {
                    format!("Version {} is current", version.version)
                }
                Some(version) => format!("Version {} → {}", version.version, plan.next_version),
                None => "First version".to_owned(),
            };
            let words = RichText::new(words).font(theme::strong()).color(tokens.text_strong);
            ui.add(egui::Label::new(words).truncate());
            let differences = plan.diff.changes.len() as u64;
            if differences > 0 {
                badge(ui, &plan.class.to_string(), Tone::of_change(plan.class));
                let words = RichText::new(text::count(differences, "difference", "differences"));
                ui.add(egui::Label::new(words.color(tokens.text_subdued)).truncate());
            }
        });
    });
}

fn publish_form(state: &State, commands: &Commands, pipeline: &Pipeline, plan: &PublishPlan, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.spacing_mut().item_spacing.y = 6.0;
    let obstacle = state.obstacle(&Command::Publish);
    let label = ui.label(RichText::new("Message").color(tokens.text_subdued));
    // Large text leaves no room for both on one line: then the button goes below.
    ui.horizontal_wrapped(|ui| {
        let text = format!("Publish version {}", plan.next_version);
        let width = ui.available_width();
        let width = if width < 360.0 { width - 16.0 } else { width - 196.0 };
        let mut message = pipeline.message.clone();
        let field = TextEdit::singleline(&mut message)
            .id(message_field())
            .desired_width(width)
            .hint_text(crate::widgets::hint("Why you publish, for history and audit trail"));
        let field = ui.add_enabled(!pipeline.publishing.is_pending(), field).labelled_by(label.id);
        if field.changed() {
            commands.send(Command::EditMessage(message));
        }
        let offer = Command::Publish.offer();
        let button = Button::new(&text).icon(offer.icon).primary().enabled(obstacle.is_none());
        let response = button.show(ui).on_hover_ui(|ui| {
            ui.label(offer.tooltip);
            if let Some(keys) = offer.shortcut {
                ui.label(RichText::new(ui.ctx().format_shortcut(&keys)).font(theme::small()).weak());
            }
        });
        if response.clicked() {
            commands.send(Command::Publish);
        }
    });
    ui.horizontal_wrapped(|ui| match (&obstacle, pipeline.publishing.answer()) {
        (_, crate::remote::Answer::Done(published)) if holds(state, plan, published) => {
            state_icon(ui, icon::PASSED, tokens.success, "Good");
            let words = format!(
                "Version {} is published; it is event {} of the audit trail",
                published.version.version, published.audit_sequence
            );
            ui.label(RichText::new(words).color(tokens.success));
            // The document is another one still, and the next publishing would bring it back.
            if published.version.rollback_of.is_some() && !plan.diff.changes.is_empty() {
                let take = super::Command::AskTake(published.version.version);
                let button = Button::new("Take into the document…").icon(take.offer().icon).quiet();
                if button.show(ui).on_hover_text(take.offer().tooltip).clicked() {
                    commands.send(Command::Release(take));
                }
            }
        }
        (Some(obstacle), _) => {
            ui.label(RichText::new(obstacle).color(tokens.text_subdued));
        }
        (None, _) => {
            let to = &state.environment;
            let keys = Command::Publish.offer().shortcut;
            let keys = keys.map(|keys| format!("  ·  {} publishes", ui.ctx().format_shortcut(&keys)));
            let words = format!("Publishes to {to}, all of it or none{}", keys.unwrap_or_default());
            ui.label(RichText::new(words).color(tokens.text_subdued));
        }
    });
}

/// Whether what was published last is still what there is: nothing differs, and nothing is wrong.
fn holds(state: &State, plan: &PublishPlan, published: &PublishedView) -> bool {
    let Some(pipeline) = state.selected_pipeline() else { return false };
    pipeline.message.is_empty()
        && pipeline.plan.error().is_none()
        && state.unsaved_document().is_none()
        && plan.problems.is_empty()
        // A roll-back leaves the document as it is.
        && (plan.content_hash == pipeline.published_hash || published.version.rollback_of.is_some())
        && plan.current.as_ref().is_some_and(|current| current.version == published.version.version)
}

fn history(state: &State, commands: &Commands, pipeline: &Pipeline, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.label(RichText::new("History").font(theme::small_strong()).color(tokens.text_subdued));
    ui.add_space(8.0);
    if let Some(error) = pipeline.history.error() {
        let title = "The history could not be read";
        error_box(ui, state, commands, title, error, Some(&Command::Retry), None);
    }
    match pipeline.history.value() {
        None => {
            if pipeline.history.is_pending() {
                ui.label(RichText::new("Reading…").color(tokens.text_subdued));
            }
        }
        Some(versions) if versions.is_empty() => {
            ui.label(RichText::new("Not published yet").color(tokens.text_subdued));
        }
        Some(versions) => {
            for (place, version) in versions.iter().enumerate() {
                ui.push_id(version.version, |ui| version_card(state, commands, ui, version, place == 0));
            }
        }
    }
}

/// The check of the checklist that looks at the last simulation.
const SIMULATION: &str = "Simulation";

/// What a careful person would look at; what holds for the saved document holds for no edits of it.
fn checklist(checks: &[CheckView], is_edited: bool, ui: &mut Ui) {
    if checks.is_empty() {
        return;
    }
    let tokens = Tokens::of(ui.visuals());
    ui.label(RichText::new("Checklist").font(theme::small_strong()).color(tokens.text_subdued));
    ui.add_space(8.0);
    for (place, check) in checks.iter().enumerate() {
        if place > 0 {
            ui.add_space(8.0);
        }
        shell::check(ui, &as_edited(check, is_edited));
    }
    ui.add_space(20.0);
}

/// The check as it stands for a document with edits that aren't saved.
fn as_edited(check: &CheckView, is_edited: bool) -> Cow<'_, CheckView> {
    if !is_edited || check.title != SIMULATION || check.state != CheckState::Passed {
        return Cow::Borrowed(check);
    }
    let detail = "Of the saved document, without the edits: simulate again".to_owned();
    Cow::Owned(CheckView { state: CheckState::Warning, detail, ..check.clone() })
}

/// Gold and silver columns that the differences reach.
fn touched(touches: &[TouchView], home: &str, ui: &mut Ui) {
    if touches.is_empty() {
        return;
    }
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin { left: 16, right: 12, top: 0, bottom: 10 }).show(ui, |ui| {
        let title = format!("Reaches {} downstream", text::count(touches.len() as u64, "column", "columns"));
        let header =
            egui::CollapsingHeader::new(RichText::new(title).color(tokens.warning)).id_salt("touches");
        header.show(ui, |ui| {
            ScrollArea::vertical().id_salt("touched").max_height(120.0).auto_shrink([false, true]).show(
                ui,
                |ui| {
                    for touch in touches {
                        ui.horizontal_wrapped(|ui| {
                            // As the differences name them: those of other pipelines with their pipeline.
                            let own = touch.column.strip_prefix(home).and_then(|rest| rest.strip_prefix('.'));
                            let column = own.unwrap_or(&touch.column);
                            ui.label(RichText::new(column).font(theme::mono()).color(tokens.text));
                            let owner =
                                touch.owner.as_ref().map(|owner| format!(", {owner}")).unwrap_or_default();
                            let because = format!("because of {}{owner}", touch.because);
                            let because =
                                RichText::new(because).font(theme::small()).color(tokens.text_subdued);
                            ui.label(because);
                        });
                    }
                },
            );
        });
    });
}

fn version_card(state: &State, commands: &Commands, ui: &mut Ui, version: &VersionView, is_current: bool) {
    let tokens = Tokens::of(ui.visuals());
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.style_mut().interaction.selectable_labels = true;
        ui.horizontal(|ui| {
            let title = format!("Version {}", version.version);
            ui.label(RichText::new(title).font(theme::strong()).color(tokens.text_strong));
            if let Some(old) = version.rollback_of {
                badge(ui, &format!("roll-back to {old}"), Tone::Neutral);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                badge(ui, &version.class.to_string(), Tone::of_change(version.class));
            });
        });
        ui.label(&version.message);
        let words = format!("{}  ·  {}", version.author, text::time(&version.published_at));
        ui.label(RichText::new(words).font(theme::small()).color(tokens.text_subdued));
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let number = version.version;
            let before = number.checked_sub(1).filter(|before| *before > 0);
            // Before the first there was nothing to compare with: what differs from it now.
            let compare = match before {
                Some(_) => super::Command::Compare { before, after: Some(number) },
                None => super::Command::Compare { before: Some(number), after: None },
            };
            let mut offered = vec![compare];
            if !is_current {
                offered.push(super::Command::AskRollBack(number));
            }
            offered.push(super::Command::AskTake(number));
            for command in offered {
                let name = format!("{} (version {number})", command.offer().text);
                let command = Command::Release(command);
                command_button(ui, state, commands, &command, |button| {
                    button.quiet().text_only().name(&name)
                });
            }
        });
    });
    ui.add_space(8.0);
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top(), Stroke::new(1.0, tokens.line));
    ui.add_space(8.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simulation_of_the_saved_document_proves_nothing_of_its_edits() {
        let check = |title: &str| CheckView {
            title: title.to_owned(),
            state: CheckState::Passed,
            detail: "of the document as it is".to_owned(),
        };
        assert_eq!(as_edited(&check(SIMULATION), false).state, CheckState::Passed);
        let edited = check(SIMULATION);
        let edited = as_edited(&edited, true);
        assert_eq!(edited.state, CheckState::Warning);
        assert!(!edited.detail.contains("as it is"), "{}", edited.detail);
        assert_eq!(as_edited(&check("Audit chain"), true).state, CheckState::Passed);
    }
}
