//! Chooses the column that a field takes, the likeliest first, each with why.

use egui::{Popup, RichText, ScrollArea, Ui};
use touchstone_compiler::{TargetField, rank_sources};
use touchstone_spec::Field;

use super::map::Mapped;
use super::proposals::{percent, reasons};
use super::silver::Table;
use crate::data::type_icon;
use crate::icon;
use crate::theme::{self, Tokens};
use crate::widgets::{Button, ListRow};

/// A button that opens the list of columns.
pub(super) fn column(table: &Table<'_>, mapped: &Mapped, field: &Field, ui: &mut Ui) {
    let button = Button::new("Choose column…").icon(icon::TABLE).quiet().show(ui);
    Popup::menu(&button).width(340.0).show(|ui| {
        let tokens = Tokens::of(ui.visuals());
        ui.set_max_width(340.0);
        let heading = format!("Columns for {}, the likeliest first", mapped.name);
        ui.label(RichText::new(heading).font(theme::small()).color(tokens.text_subdued));
        let target = TargetField {
            name: mapped.name.clone(),
            data_type: field.data_type.clone(),
            description: field.description.clone(),
            ..TargetField::default()
        };
        let ranked = rank_sources(table.columns, &target);
        ScrollArea::vertical().max_height(320.0).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for suggestion in &ranked {
                let is_taken = field.from.as_ref() == Some(&suggestion.source);
                let row = ListRow::new(&suggestion.source, is_taken);
                let known = table.columns.iter().find(|column| column.name == suggestion.source);
                let row = match known {
                    Some(known) => row
                        .icon(type_icon(&known.data_type), tokens.text_subdued)
                        .detail(percent(suggestion.score), tokens.text_subdued)
                        .detail(known.data_type.to_string(), tokens.text_disabled),
                    None => row,
                };
                let name = format!("Take {} {}", suggestion.source, percent(suggestion.score));
                let response = row.name(name).show(ui).response;
                let clicked = response.clicked();
                response.on_hover_text(reasons(suggestion));
                if clicked {
                    table.map_to(&suggestion.source, &mapped.name);
                    ui.close();
                }
            }
        });
    });
}
