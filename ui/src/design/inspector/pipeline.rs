//! The pipeline as a whole: name, title, owner, retention, trigger, alerts.

use egui::{RichText, Ui};
use touchstone_compiler::RenameTarget;
use touchstone_spec::{
    AlertEvent, ArchiveTier, DocPath, Edit, EditValue, LayerRetention, Period, Pipeline, Retention, edits,
};

use super::fields::{TextField, chips, choice, heading, problems};
use crate::design::Change;
use crate::design::renaming::rename;
use crate::design::view::Desk;
use crate::theme;

const EVENTS: [(&str, AlertEvent); 4] = [
    ("succeeded", AlertEvent::Succeeded),
    ("failed", AlertEvent::Failed),
    ("halted", AlertEvent::Halted),
    ("quarantined", AlertEvent::Quarantined),
];
const TIERS: [(&str, ArchiveTier); 3] = [
    ("Glacier Instant Retrieval", ArchiveTier::GlacierInstant),
    ("Glacier Flexible Retrieval", ArchiveTier::Glacier),
    ("Glacier Deep Archive", ArchiveTier::DeepArchive),
];

pub(super) fn pipeline(desk: &Desk<'_>, ui: &mut Ui) {
    let pipeline = desk.pipeline;
    let root = DocPath::root();
    let text = |value: &'_ Option<String>| value.clone().unwrap_or_default();
    let (title, owner, about) = (text(&pipeline.title), text(&pipeline.owner), text(&pipeline.description));
    let name = desk.name();
    TextField::new("Name", root.key("pipeline"), name).mono().whole(desk, ui, |to| {
        touchstone_spec::check_name(to)?;
        if desk.state.design.documents.file_of(to).is_some() {
            return Err(format!("There is a pipeline {to} already"));
        }
        let edit = Edit::Set { path: DocPath::root().key("pipeline"), value: EditValue::from(to) };
        let here = Change::new(desk.file, format!("Rename pipeline {name} to {to}"), vec![edit]);
        Ok(rename(RenameTarget::Pipeline { pipeline: name.to_owned() }, to, here))
    });
    problems(desk, ui, "pipeline");
    TextField::new("Title", root.key("title"), &title).hint("What people call it").show(
        desk,
        ui,
        edits::set_title,
    );
    TextField::new("Owner", root.key("owner"), &owner).hint("e.g. team@example.com").show(
        desk,
        ui,
        edits::set_owner,
    );
    TextField::new("Description", root.key("description"), about.trim_end())
        .hint("What it is for")
        .rows(2)
        .show(desk, ui, |text| edits::set_description(&root, text));
    trigger(desk, pipeline, ui);
    alerts(desk, pipeline, ui);
    retention(desk, pipeline, ui);
}

fn set_or_clear(path: DocPath, text: &str) -> Vec<Edit> {
    let text = text.trim();
    if text.is_empty() {
        vec![Edit::Clear { path }]
    } else {
        vec![Edit::Set { path, value: EditValue::from(text) }]
    }
}

fn trigger(desk: &Desk<'_>, pipeline: &Pipeline, ui: &mut Ui) {
    heading(ui, "Trigger");
    let trigger = pipeline.trigger.clone().unwrap_or_default();
    let path = DocPath::root().key("trigger");
    // A trigger that says nothing goes with its last key.
    let edits = |key: &str, text: &str, other: Option<&String>| {
        let whole = DocPath::root().key("trigger");
        if text.trim().is_empty() && other.is_none() {
            vec![Edit::Clear { path: whole }]
        } else {
            set_or_clear(whole.key(key), text)
        }
    };
    let cron = trigger.cron.clone().unwrap_or_default();
    TextField::new("Schedule: minute, hour, day, month, weekday", path.key("cron"), &cron)
        .name("Schedule".to_owned())
        .undo("Edit the schedule".to_owned())
        .hint("e.g. 0 6 * * MON-FRI")
        .mono()
        .show(desk, ui, |text| edits("cron", text, trigger.timezone.as_ref()));
    let zone = trigger.timezone.clone().unwrap_or_default();
    TextField::new("Time zone", path.key("timezone"), &zone)
        .hint("e.g. UTC")
        .mono()
        .show(desk, ui, |text| edits("timezone", text, trigger.cron.as_ref()));
}

fn alerts(desk: &Desk<'_>, pipeline: &Pipeline, ui: &mut Ui) {
    heading(ui, "Alerts");
    let alerts = pipeline.alerts.clone().unwrap_or_default();
    let path = DocPath::root().key("alerts");
    TextField::new("SNS topic", path.key("topic"), &alerts.topic).hint("e.g. data-ops").mono().show(
        desk,
        ui,
        |text| {
            if text.trim().is_empty() && alerts.on.is_empty() {
                vec![Edit::Clear { path: path.clone() }]
            } else {
                vec![Edit::Set { path: path.key("topic"), value: EditValue::from(text.trim()) }]
            }
        },
    );
    let name = |event: &AlertEvent| EVENTS.iter().find(|(_, one)| one == event).map(|(name, _)| *name);
    let chosen: Vec<String> = alerts.on.iter().filter_map(name).map(str::to_owned).collect();
    let all = EVENTS.map(|(name, _)| name.to_owned());
    if let Some(wanted) = chips(ui, "Outcomes that are told", &chosen, &all) {
        let mut after = pipeline.clone();
        let alerts = after.alerts.get_or_insert_default();
        alerts.on =
            EVENTS.iter().filter(|(name, _)| wanted.iter().any(|one| one == name)).map(|one| one.1).collect();
        if alerts.on.is_empty() && alerts.topic.is_empty() {
            after.alerts = None;
        }
        desk.change("Choose outcomes that are told", edits::between(pipeline, &after));
    }
    problems(desk, ui, "alerts.on");
}

fn retention(desk: &Desk<'_>, pipeline: &Pipeline, ui: &mut Ui) {
    heading(ui, "Retention");
    let retention = pipeline.retention.clone().unwrap_or_default();
    let layers = [
        ("Bronze", "bronze", &retention.bronze),
        ("Silver", "silver", &retention.silver),
        ("Gold", "gold", &retention.gold),
    ];
    for (text, key, layer) in layers {
        let path = DocPath::root().key("retention").key(key);
        let layer = layer.clone().unwrap_or_default();
        let put = |after: LayerRetention| {
            let mut whole = pipeline.clone();
            let retention = whole.retention.get_or_insert_default();
            let place = match key {
                "bronze" => &mut retention.bronze,
                "silver" => &mut retention.silver,
                _ => &mut retention.gold,
            };
            *place = (after != LayerRetention::default()).then_some(after);
            if *retention == Retention::default() {
                whole.retention = None;
            }
            edits::between(pipeline, &whole)
        };
        let period = |period: Option<Period>| period.map(|period| period.to_string()).unwrap_or_default();
        let read = |text: &str| match text.trim() {
            "" => Ok(None),
            text => text.parse::<Period>().map(Some).map_err(|error| error.to_string()),
        };
        ui.push_id(key, |ui| {
            strong(ui, text);
            ui.columns(2, |columns| {
                let fields = [
                    ("archive after", "archive_after", period(layer.archive_after)),
                    ("delete after", "delete_after", period(layer.delete_after)),
                ];
                for (ui, (label, of, value)) in columns.iter_mut().zip(fields) {
                    let field = TextField::new(label, path.key(of), &value);
                    let field = field.name(format!("{text}: {label}")).hint("e.g. 90 days");
                    let field = field.undo(format!("Edit {label} of {}", text.to_lowercase()));
                    field.parsed(desk, ui, |typed| {
                        let mut after = layer.clone();
                        let read = read(typed)?;
                        if of == "archive_after" {
                            after.archive_after = read;
                        } else {
                            after.delete_after = read;
                        }
                        Ok(put(after))
                    });
                }
            });
            if layer.archive_after.is_some() || layer.to.is_some() {
                let chosen = TIERS.iter().find(|(_, one)| Some(*one) == layer.to).map_or("", |one| one.0);
                let texts = TIERS.map(|(text, _)| text);
                let name = format!("{text}: archive");
                let width = ui.available_width();
                if let Some(place) = choice(ui, &name, chosen, "Choose an archive…", &texts, width) {
                    let after = LayerRetention { to: TIERS.get(place).map(|one| one.1), ..layer.clone() };
                    desk.change(format!("Choose the archive of {}", text.to_lowercase()), put(after));
                }
                problems(desk, ui, &path.key("to").to_string());
                ui.add_space(4.0);
            }
        });
    }
}

fn strong(ui: &mut Ui, text: &str) {
    ui.label(
        RichText::new(text).font(theme::small_strong()).color(theme::Tokens::of(ui.visuals()).text_subdued),
    );
}
