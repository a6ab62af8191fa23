//! The form of an environment.

use egui::{ComboBox, Key, RichText, TextEdit, Ui, WidgetInfo};
use touchstone_protocol::SettingsView;

use super::view::{card, heading, send, subdued};
use super::{Command as Own, Form, Source};
use crate::command::{Command, Commands};
use crate::state::State;
use crate::theme::{self, Tokens};
use crate::widgets::{Button, command_button, error_box};

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
            let field = field(ui, "Name, like dev or prod", "dev", &mut new.name);
            if form.name.is_empty() && ui.memory(|memory| memory.focused().is_none()) {
                field.request_focus();
            }
        }
        field(ui, "DynamoDB table", "touchstone-dev", &mut new.table);
        label(ui, "Region");
        region(view, &mut new, ui);
        label(ui, "Credentials");
        source(view, &mut new, ui);
        field(
            ui,
            "Address of an AWS-compatible server; empty for AWS",
            "http://localhost:8000",
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
    let field = TextEdit::singleline(text).hint_text(hint).desired_width(ui.available_width().min(360.0));
    ui.add(field).labelled_by(label.id)
}

fn region(view: &SettingsView, form: &mut Form, ui: &mut Ui) {
    const NONE: &str = "The profile's region";
    let title = if form.region.is_empty() { NONE } else { form.region.as_str() }.to_owned();
    let combo = ComboBox::from_id_salt("region").selected_text(&title).width(240.0).height(320.0);
    let combo = combo.show_ui(ui, |ui| {
        ui.selectable_value(&mut form.region, String::new(), NONE);
        for region in &view.regions {
            ui.selectable_value(&mut form.region, region.clone(), region);
        }
    });
    let name = format!("Region: {title}");
    combo.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &name));
}

fn source(view: &SettingsView, form: &mut Form, ui: &mut Ui) {
    let chain = "AWS credential chain";
    ui.radio_value(&mut form.source, Source::Chain, chain);
    subdued(ui, "Environment variables, single sign-on, the machine's role");
    ui.horizontal_wrapped(|ui| {
        ui.radio_value(&mut form.source, Source::Profile, "A profile of the AWS configuration");
        if form.source != Source::Profile {
            return;
        }
        if view.profiles.is_empty() {
            subdued(ui, "None is configured on this computer");
        }
        let about = |name: &str| {
            let profile = view.profiles.iter().find(|one| one.name == name)?;
            let region = profile.region.as_ref().map(|region| format!(", {region}")).unwrap_or_default();
            Some(format!("{name}: {}{region}", profile.kind))
        };
        let title = if form.profile.is_empty() { "Choose…".to_owned() } else { form.profile.clone() };
        let combo = ComboBox::from_id_salt("profile").selected_text(&title).width(200.0);
        let combo = combo.show_ui(ui, |ui| {
            for profile in &view.profiles {
                let text = about(&profile.name).unwrap_or_default();
                ui.selectable_value(&mut form.profile, profile.name.clone(), text);
            }
        });
        let name = format!("Profile: {title}");
        combo.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &name));
    });
    let keychain = "Access keys in the system's keychain";
    ui.radio_value(&mut form.source, Source::Keychain, keychain);
    if form.source == Source::Keychain {
        let words = match &view.keychain_problem {
            Some(_) => "The keychain can't be used now; see above",
            None => "After saving, 'Enter keys…' asks for them in a window of the system",
        };
        subdued(ui, words);
    }
}
