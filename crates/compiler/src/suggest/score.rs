//! How well a source column fits a field, and why.

use std::collections::BTreeMap;

use touchstone_spec::{DataType, snake_case};

use super::{
    Reason, ReasonKind, SourceColumn, TargetField,
    conversion::{Fit, fit},
    names::Words,
};

/// A source column with its name cut into words and its values folded, once for all fields.
pub(super) struct Read<'column> {
    pub(super) column: &'column SourceColumn,
    words: Words,
    values: BTreeMap<String, &'column str>,
}

impl<'column> Read<'column> {
    pub(super) fn of(column: &'column SourceColumn) -> Self {
        Self { column, words: Words::of(&column.name), values: folded(&column.values) }
    }
}

/// Score and reasons.
pub(super) struct Compared {
    pub(super) score: f64,
    pub(super) reasons: Vec<Reason>,
}

pub(super) fn compare(source: &Read<'_>, target: &TargetField) -> Compared {
    let words = Words::of(&target.name);
    let mut reasons: Vec<Reason> = Vec::new();
    let mut add = |found: Option<Reason>| reasons.extend(found);
    add(by_name(source, target, &words));
    add(by_type(source, target));
    add(by_values(source, target));
    add(by_pattern(source, target, &words));
    add(by_description(source, target, &words));
    reasons.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()).then(a.kind.cmp(&b.kind)));
    let score: f64 = reasons.iter().map(|reason| reason.weight).sum();
    Compared { score: score.clamp(0.0, 1.0), reasons }
}

fn by_name(source: &Read<'_>, target: &TargetField, words: &Words) -> Option<Reason> {
    let name = &source.column.name;
    if *name == target.name || snake_case(name) == snake_case(&target.name) {
        let how = if *name == target.name {
            "the names are the same"
        } else {
            "the names differ in case and signs only"
        };
        return Some(Reason { kind: ReasonKind::Name, text: how.to_owned(), weight: 0.85 });
    }
    let likeness = source.words.likeness(words);
    if likeness <= 0.0 {
        return None;
    }
    let text = if likeness > 0.99 {
        format!("`{name}` written out is {}", source.words.0.join(" "))
    } else {
        let shared = source.words.shared(words);
        format!(
            "the names share {}",
            shared.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
        )
    };
    Some(Reason { kind: ReasonKind::Name, text, weight: 0.65 * likeness })
}

fn by_type(source: &Read<'_>, target: &TargetField) -> Option<Reason> {
    let wanted = target.data_type.as_ref()?;
    let found = &source.column.data_type;
    let (text, weight) = match fit(source.column, wanted) {
        Fit::Same => (format!("both are {wanted}"), 0.15),
        Fit::Widens => (format!("every {found} is a {wanted}"), 0.12),
        Fit::Parses(how) => (format!("the text can be read as {wanted}: {how}"), 0.08),
        Fit::Converts => (format!("{found} can be made {wanted}"), 0.03),
        Fit::StaysText(why) => (why, -0.1),
        Fit::Loses(why) => (why, -0.25),
        Fit::Impossible => (format!("{found} can't be made {wanted}"), -0.6),
    };
    Some(Reason { kind: ReasonKind::Type, text, weight })
}

/// Most values that a list of known ones has; more of them are a sample, and one that isn't in it says nothing.
const CLOSED_LIST: usize = 20;

fn by_values(source: &Read<'_>, target: &TargetField) -> Option<Reason> {
    let known = folded(&target.values);
    if known.is_empty() || source.values.is_empty() {
        return None;
    }
    let shared: Vec<&str> = source
        .values
        .iter()
        .filter(|(value, _)| known.contains_key(*value))
        .map(|(_, written)| *written)
        .collect();
    let share = shared.len() as f64 / source.values.len().min(known.len()) as f64;
    // Two columns of booleans or of small numbers share values by chance.
    let tells = shared.iter().filter(|value| value.chars().count() > 1).count();
    if share > 0.0 && tells > 0 {
        let text = format!(
            "{} of {} known values stand in the column: {}",
            shared.len(),
            known.len(),
            shared.iter().take(3).copied().collect::<Vec<_>>().join(", ")
        );
        let weight = if shared.len() > 1 { 0.35 } else { 0.15 };
        return Some(Reason { kind: ReasonKind::Values, text, weight: weight * share });
    }
    let is_text = source.column.data_type == DataType::String;
    if shared.is_empty() && is_text && known.len() <= CLOSED_LIST && source.values.len() > 1 {
        let text = format!("none of the {} known values stands in the column", known.len());
        return Some(Reason { kind: ReasonKind::Values, text, weight: -0.15 });
    }
    None
}

fn by_pattern(source: &Read<'_>, target: &TargetField, words: &Words) -> Option<Reason> {
    if let Some(identifier) = &source.column.identifier {
        let kinds = ["isin", "cusip", "sedol", "lei"];
        let own = identifier.to_lowercase();
        if words.has(&own) {
            let text = format!("the values are {identifier}s by their check digits");
            return Some(Reason { kind: ReasonKind::Pattern, text, weight: 0.35 });
        }
        if let Some(other) = kinds.iter().find(|kind| words.has(kind)) {
            let text = format!("the values are {identifier}s, not {}s", other.to_uppercase());
            return Some(Reason { kind: ReasonKind::Pattern, text, weight: -0.4 });
        }
    }
    let (one, other) = (&source.column.shapes, &target.shapes);
    if one.is_empty() || other.is_empty() {
        return None;
    }
    let shared: Vec<&String> = one.iter().filter(|shape| other.contains(shape)).collect();
    let share = shared.len() as f64 / one.len().min(other.len()) as f64;
    let first = shared.first()?;
    let text = format!("values of both look like `{first}`");
    Some(Reason { kind: ReasonKind::Pattern, text, weight: 0.15 * share })
}

/// Words of the column's name that stand in the description, and not in the field's name.
fn by_description(source: &Read<'_>, target: &TargetField, words: &Words) -> Option<Reason> {
    let description = target.description.as_deref()?;
    let described = Words::of(description);
    let new: Vec<&str> = source
        .words
        .0
        .iter()
        .map(String::as_str)
        .filter(|word| word.chars().count() > 2 && described.has(word) && !words.has(word))
        .collect();
    let first = new.first()?;
    let share = new.len() as f64 / source.words.0.len().max(1) as f64;
    let text = format!("the description names `{first}`");
    Some(Reason { kind: ReasonKind::Description, text, weight: 0.32 * share })
}

/// Values without blanks around and in one case, each with one way in which it is written.
fn folded(values: &[String]) -> BTreeMap<String, &str> {
    let written = values.iter().map(|value| value.trim()).filter(|value| !value.is_empty());
    written.map(|value| (value.to_lowercase(), value)).collect()
}
