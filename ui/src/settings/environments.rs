//! Where metadata is published, with which credentials, and whether that works.

use egui::{Align, Layout, RichText, Ui};
use touchstone_protocol::{ConnectionView, CredentialSource, EnvironmentSettings, SettingsView};

use super::view::{card, heading, subdued};
use super::{Command as Own, form};
use crate::command::{Command, Commands};
use crate::remote::Remote;
use crate::state::{LOCAL, State};
use crate::theme::{self, Tokens, Tone};
use crate::widgets::{Button, badge, command_button, error_box, pending, state_icon};
use crate::{icon, shell, text};

pub(super) fn environments(state: &State, commands: &Commands, ui: &mut Ui) {
    let settings = &state.settings;
    if let Some(error) = settings.view.error() {
        let retry = Command::Settings(Own::Load);
        error_box(ui, state, commands, "The settings could not be read", error, Some(&retry), None);
    }
    let Some(view) = settings.view.value() else {
        if settings.view.is_pending() {
            pending(ui, "Reading the settings…");
        }
        return;
    };
    keychain(view, ui);
    if state.open_workspace().is_none() {
        subdued(ui, "Environments belong to a workspace: open one to add or change them");
        return;
    }
    local(state, commands, ui);
    for environment in &view.environments {
        let is_edited =
            settings.form.as_ref().is_some_and(|form| form.exists && form.name == environment.name);
        ui.push_id(&environment.name, |ui| {
            if is_edited {
                form::form(state, commands, view, ui);
            } else {
                one(state, commands, environment, ui);
            }
        });
    }
    if settings.form.as_ref().is_some_and(|form| !form.exists) {
        form::form(state, commands, view, ui);
    } else {
        ui.horizontal(|ui| {
            command_button(ui, state, commands, &Command::Settings(Own::New), |button| button);
        });
    }
    ui.add_space(8.0);
    heading(ui, "You");
    subdued(ui, &format!("In the audit trail you are {}", view.actor));
}

/// What keeps the keychain from being used, where something does.
fn keychain(view: &SettingsView, ui: &mut Ui) {
    let Some(problem) = &view.keychain_problem else { return };
    let tokens = Tokens::of(ui.visuals());
    let frame = egui::Frame::new().fill(tokens.warning_fill).corner_radius(6);
    frame.inner_margin(egui::Margin::symmetric(12, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            state_icon(ui, icon::WARNING, tokens.warning, "Warning");
            ui.vertical(|ui| {
                let title = "The system's keychain can't be used";
                ui.label(RichText::new(title).font(theme::strong()).color(tokens.text_strong));
                ui.label(problem);
                subdued(
                    ui,
                    "Until then credentials can come from an AWS profile or the AWS credential chain",
                );
            });
        });
    });
}

/// The environment that is always there.
fn local(state: &State, commands: &Commands, ui: &mut Ui) {
    card(ui, |ui| {
        title(state, LOCAL, ui);
        subdued(ui, "A registry on this computer, in the workspace's folder; no account is needed");
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| test_button(state, commands, LOCAL, ui));
        tested(state, commands, LOCAL, ui);
    });
}

fn one(state: &State, commands: &Commands, environment: &EnvironmentSettings, ui: &mut Ui) {
    let of = |command: fn(String) -> Own| Command::Settings(command(environment.name.clone()));
    let uses_keychain = environment.credentials == CredentialSource::Keychain;
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        title(state, &environment.name, ui);
        fact(ui, "Table", &environment.table);
        fact(ui, "Region", environment.region.as_deref().unwrap_or("the profile's"));
        if let Some(endpoint) = &environment.endpoint {
            fact(ui, "Server", endpoint);
        }
        match &environment.credentials {
            CredentialSource::Chain => fact(ui, "Credentials", "AWS credential chain"),
            CredentialSource::Profile { name } => fact(ui, "Credentials", &format!("profile {name}")),
            CredentialSource::Keychain => {
                let keys =
                    if environment.has_keys { "access keys are kept there" } else { "no access keys yet" };
                fact(ui, "Credentials", &format!("system's keychain: {keys}"));
            }
        }
        ui.add_space(6.0);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            if uses_keychain {
                let look =
                    |button: Button<'static>| if environment.has_keys { button } else { button.primary() };
                command_button(ui, state, commands, &of(Own::EnterKeys), look);
            }
            test_button(state, commands, &environment.name, ui);
            for command in [of(Own::Edit), of(Own::AskRemove)] {
                let name = format!("{} {}", command.offer().text.trim_end_matches('…'), environment.name);
                command_button(ui, state, commands, &command, |button| button.quiet().name(&name));
            }
            if uses_keychain && environment.has_keys {
                command_button(ui, state, commands, &of(Own::AskForget), Button::quiet);
            }
        });
        if state.settings.keys.get(&environment.name).is_some_and(Remote::is_pending) {
            subdued(ui, "Waiting for the window that asks for them…");
        }
        if let Some(error) = state.settings.keys.get(&environment.name).and_then(Remote::error) {
            error_box(ui, state, commands, "The access keys were not changed", error, None, None);
        }
        tested(state, commands, &environment.name, ui);
    });
}

fn title(state: &State, name: &str, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(name).font(theme::strong()).color(tokens.text_strong));
        if state.environment == name {
            badge(ui, "chosen", Tone::Neutral).on_hover_text("What is shown and published is about this one");
        }
    });
}

fn fact(ui: &mut Ui, name: &str, value: &str) {
    let tokens = Tokens::of(ui.visuals());
    ui.horizontal(|ui| {
        let label = egui::Label::new(RichText::new(name).color(tokens.text_subdued)).selectable(false);
        let (width, height) = (96.0, theme::ROW_HEIGHT - 4.0);
        ui.allocate_ui_with_layout(egui::vec2(width, height), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(width);
            ui.add(label);
        });
        ui.label(value);
    });
}

fn test_button(state: &State, commands: &Commands, environment: &str, ui: &mut Ui) {
    let command = Command::Settings(Own::Test(environment.to_owned()));
    let name = format!("Test connection to {environment}");
    command_button(ui, state, commands, &command, |button| button.name(&name));
}

/// What the last connection test found; it stays while the next one runs.
fn tested(state: &State, commands: &Commands, environment: &str, ui: &mut Ui) {
    let Some(test) = state.settings.tests.get(environment) else { return };
    ui.add_space(4.0);
    if test.is_pending() {
        subdued(ui, "Testing the connection…");
    }
    if let Some(error) = test.error() {
        let again = Command::Settings(Own::Test(environment.to_owned()));
        let title = "The connection could not be tested or set up";
        error_box(ui, state, commands, title, error, Some(&again), None);
    }
    if let Some(found) = test.value() {
        result(found, ui);
        if found.needs_set_up {
            ui.add_space(4.0);
            let command = Command::Settings(Own::AskSetUp(environment.to_owned()));
            let name = format!("Set up {environment}");
            command_button(ui, state, commands, &command, |button| button.primary().name(&name));
        }
    }
}

fn result(found: &ConnectionView, ui: &mut Ui) {
    ui.separator();
    let who = match (&found.identity, &found.account) {
        (Some(identity), Some(account)) => format!("You are {identity}, account {account}"),
        (Some(identity), None) => format!("You are {identity}"),
        (None, _) => "Who you are there could not be found out".to_owned(),
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(who);
        subdued(ui, &format!("in {}", text::duration(found.duration_ms)));
    });
    for check in &found.checks {
        shell::check(ui, check);
    }
}
