//! One column of a contract: its name, its type, how its values are written, and what the sample says of it.

use egui::{RichText, Ui};
use touchstone_compiler::{RenameTarget, complete_type};
use touchstone_protocol::{AlternativeView, DataQuery, DataRef};
use touchstone_spec::{ContractField, DataType, DocPath, NegativeStyle, Position, edits};

use super::evidence::{Evidence, share};
use super::fields::{TextField, labelled_choice, problems, texts, tick};
use crate::command::Command as AppCommand;
use crate::data::{self, ColumnOf};
use crate::design::renaming::rename;
use crate::design::view::Desk;
use crate::design::{Change, Command};
use crate::theme::{self, Tokens};
use crate::widgets::{Button, FactRow, icon_button};
use crate::{icon, text};

const NEGATIVES: [(&str, Option<NegativeStyle>); 4] = [
    ("-12.5 (usual)", None),
    ("-12.5", Some(NegativeStyle::LeadingMinus)),
    ("12.5-", Some(NegativeStyle::TrailingMinus)),
    ("(12.5)", Some(NegativeStyle::Parentheses)),
];

pub(super) fn column(
    desk: &Desk<'_>,
    source: &str,
    contract: &[ContractField],
    place: usize,
    evidence: &Evidence<'_>,
    ui: &mut Ui,
) {
    let Some(column) = contract.get(place) else { return };
    let path = edits::source_path(source).key("contract").index(place);
    let name = &column.name;
    TextField::new("Name in the header", path.key("name"), name).mono().whole(desk, ui, |to| {
        if to.trim().is_empty() {
            return Err("A column has a name".to_owned());
        }
        if contract.iter().any(|one| one.name == to) {
            return Err(format!("There is a column {to} already"));
        }
        let edits = edits::rename_column(desk.pipeline, source, name, to);
        let here = Change::new(desk.file, format!("Rename column {name} to {to}"), edits);
        let target = RenameTarget::SourceColumn {
            pipeline: desk.name().to_owned(),
            source: source.to_owned(),
            column: name.clone(),
        };
        Ok(rename(target, to, here))
    });
    let set = |after: &ContractField| edits::set_column(source, column, after);
    let shown = column.data_type.to_string();
    TextField::new("Type", path.key("type"), &shown)
        .undo(format!("Change the type of {name}"))
        .complete(&|text, cursor| complete_type(text, cursor))
        .parsed(desk, ui, |text| {
            let data_type = text.trim().parse::<DataType>().map_err(|error| error.to_string())?;
            Ok(set(&ContractField { data_type, ..column.clone() }))
        });
    if let Some(required) = tick(ui, "Required: never without a value", column.required) {
        let label = format!("{} {name}", if required { "Require" } else { "No longer require" });
        desk.change(label, set(&ContractField { required, ..column.clone() }));
    }
    ui.add_space(4.0);
    written(desk, column, &path, &set, ui);
    let about = column.description.as_deref().unwrap_or_default();
    TextField::new("Description", path.key("description"), about)
        .undo(format!("Describe {name}"))
        .hint("What the column means")
        .show(desk, ui, |text| {
            let description = Some(text.to_owned()).filter(|text| !text.trim().is_empty());
            set(&ContractField { description, ..column.clone() })
        });
    said(desk, source, column, evidence, &set, ui);
    moved(desk, source, contract, place, ui);
}

/// How values of its type are written.
fn written(
    desk: &Desk<'_>,
    column: &ContractField,
    path: &DocPath,
    set: &dyn Fn(&ContractField) -> Vec<touchstone_spec::Edit>,
    ui: &mut Ui,
) {
    let name = &column.name;
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    if column.data_type.is_temporal() || column.format.is_some() {
        let format = column.format.as_deref().unwrap_or_default();
        TextField::new("Format", path.key("format"), format)
            .undo(format!("Change the format of {name}"))
            .hint("ISO 8601, or dd/MM/yyyy")
            .mono()
            .show(desk, ui, |text| set(&ContractField { format: some(text), ..column.clone() }));
    }
    let is_number = column.data_type.is_numeric();
    let sign = |text: &str| match text.chars().collect::<Vec<_>>().as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err(format!("`{text}` is more than one character")),
    };
    let text = |sign: Option<char>| sign.map(String::from).unwrap_or_default();
    if is_number || column.decimal_mark.is_some() {
        let mark = text(column.decimal_mark);
        TextField::new("Decimal mark", path.key("decimal_mark"), &mark)
            .undo(format!("Change the decimal mark of {name}"))
            .hint("e.g. .")
            .mono()
            .parsed(desk, ui, |text| Ok(set(&ContractField { decimal_mark: sign(text)?, ..column.clone() })));
    }
    if is_number || column.grouping_mark.is_some() {
        let mark = text(column.grouping_mark);
        TextField::new("Grouping mark", path.key("grouping_mark"), &mark)
            .undo(format!("Change the grouping mark of {name}"))
            .hint("none")
            .mono()
            .parsed(desk, ui, |text| {
                Ok(set(&ContractField { grouping_mark: sign(text)?, ..column.clone() }))
            });
    }
    if is_number || column.negative.is_some() {
        let chosen = NEGATIVES.iter().find(|(_, style)| *style == column.negative).map_or("", |one| one.0);
        let names = NEGATIVES.map(|(text, _)| text);
        let now = labelled_choice(ui, "Negative numbers", chosen, "", &names);
        if let Some((_, negative)) = now.and_then(|at| NEGATIVES.get(at)) {
            let label = format!("Change how {name} writes negative numbers");
            desk.change(label, set(&ContractField { negative: *negative, ..column.clone() }));
        }
        problems(desk, ui, &path.key("negative").to_string());
    }
    let is_boolean = column.data_type == DataType::Boolean;
    if is_boolean || !column.true_values.is_empty() {
        let path = path.key("true_values");
        if let Some(true_values) = texts(desk, ui, "Texts that mean true", &path, &column.true_values) {
            let label = format!("Change what is true in {name}");
            desk.change(label, set(&ContractField { true_values, ..column.clone() }));
        }
        problems(desk, ui, &path.to_string());
    }
    if is_boolean || !column.false_values.is_empty() {
        let path = path.key("false_values");
        if let Some(false_values) = texts(desk, ui, "Texts that mean false", &path, &column.false_values) {
            let label = format!("Change what is false in {name}");
            desk.change(label, set(&ContractField { false_values, ..column.clone() }));
        }
        problems(desk, ui, &path.to_string());
    }
}

/// What the sample says of it, and the types that it could have instead.
fn said(
    desk: &Desk<'_>,
    source: &str,
    column: &ContractField,
    evidence: &Evidence<'_>,
    set: &dyn Fn(&ContractField) -> Vec<touchstone_spec::Edit>,
    ui: &mut Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    let name = &column.name;
    let small = |text: String, color| RichText::new(text).font(theme::small()).color(color);
    if let Some((good, bad)) = evidence.counts(column) {
        let (percent, tone) = share((good, bad));
        let row = FactRow::new("Reads as its type", percent).tone(tone);
        row.tooltip(format!("{} read, {} do not", text::number(good), text::number(bad))).show(ui);
    }
    if let Some(reason) = evidence.reason(name) {
        ui.add(egui::Label::new(small(text::with_counts(reason), tokens.text_subdued)).wrap());
    }
    if let Some(other) = evidence.other(column) {
        let words = format!("Take {}", how(&other));
        if Button::new(&words).icon(icon::SUGGESTION).show(ui).clicked() {
            desk.change(format!("Take {} for {name}", other.data_type), set(&other));
        }
    } else if evidence.inferred().is_some() && evidence.field(name).is_none() {
        ui.label(small("The sample has no such column".to_owned(), tokens.warning));
    }
    if evidence.inferred().is_none() {
        return;
    }
    let data = DataRef::Sample { pipeline: desk.name().to_owned(), source: source.to_owned() };
    let of = ColumnOf { data, query: DataQuery::default(), column: name.clone() };
    let known = desk.state.data.columns.get(&of);
    if known.is_none() && evidence.counts(column).is_some() {
        desk.commands.send(AppCommand::Data(data::Command::NeedColumn(of)));
    }
    let alternatives = known.and_then(|known| known.value()).map(|known| known.alternatives.as_slice());
    let others = alternatives.unwrap_or_default().iter().map(|one| (one, as_alternative(column, one)));
    let mut others = others.filter(|(_, taken)| taken.data_type != column.data_type).peekable();
    if others.peek().is_some() {
        super::fields::label(ui, "It could also be");
    }
    for (one, taken) in others {
        let of = one.parsed + one.failed;
        let words = how(&taken);
        let row = FactRow::new(&words, text::share(one.parsed, of)).mono_name();
        let row = row.tooltip(text::with_counts(&one.reason));
        if row.act("Take").show(ui) {
            desk.change(format!("Take {} for {name}", one.data_type), set(&taken));
        }
    }
}

/// `date, dd/MM/yyyy`
fn how(column: &ContractField) -> String {
    let parts = [
        Some(column.data_type.to_string()),
        column.format.clone(),
        column.decimal_mark.map(|mark| format!("decimal {mark}")),
        column.grouping_mark.map(|mark| format!("groups {mark}")),
        (!column.true_values.is_empty()).then(|| format!("true {}", column.true_values.join(" "))),
        (!column.false_values.is_empty()).then(|| format!("false {}", column.false_values.join(" "))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn as_alternative(column: &ContractField, one: &AlternativeView) -> ContractField {
    let mut taken = column.clone();
    one.give_to(&mut taken);
    taken
}

/// Its place among the others, and away with it.
fn moved(desk: &Desk<'_>, source: &str, contract: &[ContractField], place: usize, ui: &mut Ui) {
    let Some(column) = contract.get(place) else { return };
    let name = &column.name;
    let path = edits::column_path(source, name);
    let to = |position| vec![touchstone_spec::Edit::Move { path: path.clone(), position }];
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let above = place.checked_sub(1).and_then(|at| contract.get(at));
        if let Some(above) = above
            && icon_button(ui, icon::UP, "Move column up").clicked()
        {
            desk.change(format!("Move {name} up"), to(Position::Before(above.name.clone())));
        }
        if let Some(below) = contract.get(place + 1)
            && icon_button(ui, icon::DOWN, "Move column down").clicked()
        {
            desk.change(format!("Move {name} down"), to(Position::After(below.name.clone())));
        }
        if icon_button(ui, icon::DELETE, "Remove column").clicked() {
            desk.change(format!("Remove column {name}"), edits::remove_column(source, name));
            desk.send(Command::SelectColumn(None));
        }
    });
}
