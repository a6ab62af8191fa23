//! The open tabs: pipelines, files, lineage, audit trail, settings.

use egui::{ScrollArea, Ui};

use crate::command::{Command, Commands, Place};
use crate::icon;
use crate::state::State;
use crate::widgets::{Button, icon_button};

pub(super) fn tabs(state: &State, commands: &Commands, ui: &mut Ui) {
    ScrollArea::horizontal().id_salt("tabs").show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            for place in &state.tabs {
                let is_shown = *place == state.place;
                let text = title(state, place);
                let sign = Command::Go(place.clone()).offer().icon;
                if Button::new(&text).icon(sign).quiet().selected(is_shown).show(ui).clicked() {
                    commands.send(Command::Go(place.clone()));
                }
                if is_shown && icon_button(ui, icon::CLOSE, &format!("Close {text}")).clicked() {
                    commands.send(Command::CloseTab(place.clone()));
                }
            }
        });
    });
}

/// What names a place.
pub(crate) fn title(state: &State, place: &Place) -> String {
    match place {
        Place::Home => "Home".to_owned(),
        Place::Pipeline(name) => {
            let listed = state.open_workspace().map(|workspace| workspace.pipelines.iter());
            let listed = listed.into_iter().flatten().find(|one| one.name == *name);
            listed.and_then(|one| one.title.clone()).unwrap_or_else(|| name.clone())
        }
        Place::File(path) => path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned(),
        Place::Lineage => "Lineage".to_owned(),
        Place::Audit => "Audit trail".to_owned(),
        Place::Settings => "Settings".to_owned(),
    }
}
