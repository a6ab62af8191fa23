//! The form of an environment.

use egui::{Key, RichText, TextEdit, Ui};
use touchstone_protocol::SettingsView;

use super::view::{card, heading, send, subdued};
use super::{Command as Own, Form, Source};
use crate::command::{Command, Commands};
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::{Alternative, Button, Choice, Ways, command_button, error_box};

pub(super) fn form(state: &State, commands: &Commands, view: &SettingsView, ui: &mut Ui) {
    let Some(form) = &state.settings.form else { return };
    let mut new = form.clone();
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let title =
            if form.exists { format!("Environment {}", form.name) } else { "New environment".to_owned() };
        heading(ui, &title);
        ui.add_space(4.0);
        if !form.exists {
            let field = field(ui, "Name, like dev or prod", "e.g. dev", &mut new.name);
            if form.name.is_empty() && ui.memory(|memory| memory.focused().is_none()) {
                field.request_focus();
            }
        }
        field(ui, "DynamoDB table", "e.g. touchstone-dev", &mut new.table);
        label(ui, "Region");
        region(view, &mut new, ui);
        label(ui, "Credentials");
        source(view, &mut new, ui);
        field(
            ui,
            "Address of an AWS-compatible server; empty for AWS",
            "e.g. http://localhost:8000",
            &mut new.endpoint,
        );
        if let Some(error) = state.settings.saving.error() {
            error_box(ui, state, commands, "The environment could not be saved", error, None, None);
        }
        ui.add_space(8.0);
        let save = Command::Settings(Own::Save);
        ui.horizontal(|ui| {
            command_button(ui, state, commands, &save, Button::primary);
            let leave = Command::Settings(Own::LeaveForm);
            command_button(ui, state, commands, &leave, |button| button);
            if state.settings.saving.is_pending() {
                subdued(ui, "Saving…");
            } else if let Some(obstacle) = state.obstacle(&save) {
                subdued(ui, &obstacle);
            }
        });
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            send(commands, Own::LeaveForm);
        }
    });
    if new != *form {
        send(commands, Own::Change(Box::new(new)));
    }
}

fn label(ui: &mut Ui, text: &str) -> egui::Response {
    let tokens = Tokens::of(ui.visuals());
    ui.add_space(4.0);
    ui.label(RichText::new(text).font(theme::small()).color(tokens.text_subdued))
}

fn field(ui: &mut Ui, name: &str, hint: &str, text: &mut String) -> egui::Response {
    let label = label(ui, name);
    let field = TextEdit::singleline(text)
        .hint_text(crate::widgets::hint(hint))
        .desired_width(ui.available_width().min(360.0));
    ui.add(field).labelled_by(label.id)
}

fn region(view: &SettingsView, form: &mut Form, ui: &mut Ui) {
    const NONE: &str = "The profile's region";
    let title = if form.region.is_empty() { NONE } else { form.region.as_str() }.to_owned();
    let regions = view.regions.iter().map(String::as_str);
    let alternatives: Vec<Alternative> = std::iter::once(NONE).chain(regions).map(Alternative::new).collect();
    if let Some(place) = Choice::new("Region", &title, &alternatives).width(240.0).show(ui) {
        let region = place.checked_sub(1).and_then(|place| view.regions.get(place));
        form.region = region.cloned().unwrap_or_default();
    }
}

/// The ways in which credentials come.
const SOURCES: [Source; 3] = [Source::Chain, Source::Profile, Source::Keychain];

fn source(view: &SettingsView, form: &mut Form, ui: &mut Ui) {
    let mut ways = Ways::new(SOURCES.iter().position(|source| *source == form.source));
    let way = |ui: &mut Ui, ways: &mut Ways, words: &str| ways.radio(ui, words, words);
    way(ui, &mut ways, "AWS credential chain");
    subdued(ui, "Environment variables, single sign-on, the machine's role");
    ui.horizontal_wrapped(|ui| {
        way(ui, &mut ways, "A profile of the AWS configuration");
        if form.source != Source::Profile {
            return;
        }
        if view.profiles.is_empty() {
            subdued(ui, "None is configured on this computer");
        }
        let alternatives: Vec<Alternative> = view
            .profiles
            .iter()
            .map(|profile| {
                let region = profile.region.as_ref().map(|region| format!(", {region}")).unwrap_or_default();
                Alternative::new(&profile.name).detail(format!("{}{region}", profile.kind))
            })
            .collect();
        let chosen = Choice::new("Profile", &form.profile, &alternatives).width(280.0).show(ui);
        if let Some(profile) = chosen.and_then(|place| view.profiles.get(place)) {
            form.profile.clone_from(&profile.name);
        }
    });
    way(ui, &mut ways, "Access keys in the system's keychain");
    if let Some(source) = ways.chosen(ui).and_then(|at| SOURCES.get(at)) {
        form.source = *source;
    }
    if form.source == Source::Keychain {
        let words = match &view.keychain_problem {
            Some(_) => "The keychain can't be used now; see above",
            None => "After saving, 'Enter keys…' asks for them in a window of the system",
        };
        subdued(ui, words);
    }
}
