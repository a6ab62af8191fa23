//! What could be mapped: columns for fields that nothing is mapped to, and fields for columns that none takes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use egui::{Id, Ui};
use touchstone_compiler::{
    Comparison, ProposedField, RuleForm, RuleValue, SourceColumn, Suggestion, TargetField, propose_fields,
    read_rules, suggest_mappings,
};
use touchstone_spec::{Layer, SilverTable, TableName};

use super::map::{Made, Map};
use crate::design::Refusal;
use crate::design::view::Desk;

/// All that is suggested for a table.
#[derive(Debug, Default)]
pub(super) struct Suggested {
    /// Columns for fields.
    pub(super) mappings: Vec<Suggestion>,
    /// Fields for columns.
    pub(super) fields: Vec<ProposedField>,
}

/// What of it is left, as nobody has refused it.
pub(super) struct Open<'a> {
    pub(super) mappings: Vec<&'a Suggestion>,
    pub(super) fields: Vec<&'a ProposedField>,
    /// How many were refused.
    pub(super) refused: usize,
}

/// What suggestions are made of.
#[derive(Clone, PartialEq)]
struct Question {
    sources: Vec<SourceColumn>,
    targets: Vec<TargetField>,
    free: Vec<SourceColumn>,
    taken: Vec<String>,
}

impl Suggested {
    /// The suggestions for a table; made anew only when what they are made of changes.
    pub(super) fn of(
        ui: &Ui,
        desk: &Desk<'_>,
        table: &str,
        map: &Map,
        columns: &Arc<Vec<SourceColumn>>,
    ) -> Arc<Self> {
        type Kept = (u64, Arc<Vec<SourceColumn>>, Arc<Question>, Arc<Suggested>);
        let Some(silver) = desk.pipeline.silver.get(table) else { return Arc::default() };
        let id = Id::unique(("suggestions", desk.file, table));
        let revision = desk.state.design.documents.revision();
        let before = ui.data(|data| data.get_temp::<Kept>(id));
        if let Some((of, with, _, suggested)) = &before
            && *of == revision
            && Arc::ptr_eq(with, columns)
        {
            return Arc::clone(suggested);
        }
        // Most edits change nothing of what is compared.
        let question = Question::new(silver, map, columns);
        let (question, suggested) = match before {
            Some((_, _, of, suggested)) if *of == question => (of, suggested),
            _ => {
                let suggested = Arc::new(question.answer());
                (Arc::new(question), suggested)
            }
        };
        let kept: Kept = (revision, Arc::clone(columns), question, Arc::clone(&suggested));
        ui.data_mut(|data| data.insert_temp(id, kept));
        suggested
    }

    /// Without what was refused; a field is proposed for a column only while the column is suggested for none.
    pub(super) fn open<'a>(&'a self, table: &TableName, refused: &BTreeSet<Refusal>) -> Open<'a> {
        let has_any = refused.iter().any(|(of, _)| of == table);
        let is_refused = |what: &dyn Fn() -> String| has_any && refused.contains(&(table.clone(), what()));
        let (mut mappings, mut fields) = (Vec::new(), Vec::new());
        let mut count = 0;
        for one in &self.mappings {
            if is_refused(&|| mapping_key(one)) {
                count += 1;
            } else {
                mappings.push(one);
            }
        }
        for one in &self.fields {
            if is_refused(&|| field_key(one)) {
                count += 1;
            } else if !mappings.iter().any(|mapping| mapping.source == one.source) {
                fields.push(one);
            }
        }
        Open { mappings, fields, refused: count }
    }
}

impl Open<'_> {
    pub(super) fn len(&self) -> usize {
        self.mappings.len() + self.fields.len()
    }

    /// Names all that is left, to be refused.
    pub(super) fn refusals(&self, table: &TableName) -> Vec<Refusal> {
        let mappings = self.mappings.iter().map(|one| mapping_key(one));
        let keys = mappings.chain(self.fields.iter().map(|one| field_key(one)));
        keys.map(|key| (table.clone(), key)).collect()
    }
}

/// Names a column for a field.
pub(super) fn mapping_key(one: &Suggestion) -> String {
    format!("{} → {}", one.source, one.target)
}

/// Names a field for a column.
pub(super) fn field_key(one: &ProposedField) -> String {
    format!("{} → new field", one.source)
}

/// The silver table of this name.
pub(super) fn name_of(desk: &Desk<'_>, table: &str) -> TableName {
    TableName::new(desk.name(), Layer::Silver, table)
}

impl Question {
    fn new(silver: &SilverTable, map: &Map, columns: &[SourceColumn]) -> Self {
        let mut values = values_of_rules(silver.rules.as_deref().unwrap_or_default());
        let unmapped = map.fields.iter().filter(|field| field.made == Made::Nothing);
        let targets = unmapped.map(|field| TargetField {
            name: field.name.clone(),
            data_type: silver.fields.get(&field.name).and_then(|one| one.data_type.clone()),
            description: silver.fields.get(&field.name).and_then(|one| one.description.clone()),
            values: values.remove(&field.name).unwrap_or_default(),
            shapes: Vec::new(),
        });
        let targets: Vec<TargetField> = targets.collect();
        let taken_as_is: BTreeSet<usize> =
            map.links.iter().filter(|link| link.as_is).map(|link| link.column).collect();
        let is_free = |place: usize| map.columns.get(place).is_some_and(|one| !one.is_used);
        let places = columns.iter().enumerate();
        Self {
            // Without a field to fill, nothing need be compared.
            sources: if targets.is_empty() {
                Vec::new()
            } else {
                let left = places.clone().filter(|(place, _)| !taken_as_is.contains(place));
                left.map(|(_, column)| column.clone()).collect()
            },
            targets,
            free: places.filter(|(place, _)| is_free(*place)).map(|(_, column)| column.clone()).collect(),
            taken: map.fields.iter().map(|field| field.name.clone()).collect(),
        }
    }

    fn answer(&self) -> Suggested {
        Suggested {
            mappings: suggest_mappings(&self.sources, &self.targets),
            fields: propose_fields(&self.free, self.taken.iter().map(String::as_str)),
        }
    }
}

/// Values that rules name for columns: `ColumnValues "side" in ["BUY", "SELL"]`.
fn values_of_rules(rules: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for rule in read_rules(rules).rules {
        let Some(RuleForm::Simple(rule)) = rule.form else { continue };
        let (Some(column), Some(condition)) = (rule.columns.first(), &rule.condition) else { continue };
        let names_values = matches!(condition.comparison, Comparison::In | Comparison::Equal);
        if rule.kind != "ColumnValues" || !names_values {
            continue;
        }
        let texts = condition.values.iter().filter_map(|value| match value {
            RuleValue::Number(text) | RuleValue::Text(text) => Some(text.clone()),
            RuleValue::Null | RuleValue::Empty | RuleValue::Blank => None,
        });
        found.entry(column.clone()).or_default().extend(texts);
    }
    found
}

#[cfg(test)]
mod tests {
    use touchstone_spec::DataType;

    use super::*;

    #[test]
    fn values_that_a_rule_names_speak_for_a_column() {
        let rules = "Rules = [ ColumnValues \"side\" in [\"BUY\", \"SELL\"], IsComplete \"side\" ]";
        let values = values_of_rules(rules);
        assert_eq!(values["side"], ["BUY", "SELL"]);
    }

    #[test]
    fn a_field_is_proposed_only_where_the_column_is_suggested_for_none() {
        let column = |name: &str| SourceColumn::new(name, DataType::String);
        let target = TargetField { name: "trade_id".to_owned(), ..TargetField::default() };
        let columns = vec![column("Trade ID"), column("Remarks")];
        let question = Question {
            sources: columns.clone(),
            targets: vec![target],
            free: columns,
            taken: vec!["trade_id".to_owned()],
        };
        let suggested = question.answer();
        let table = TableName::new("trades", Layer::Silver, "trades");
        let open = suggested.open(&table, &BTreeSet::new());
        assert_eq!((open.mappings.len(), open.fields.len(), open.refused), (1, 1, 0));
        assert_eq!(open.fields[0].name, "remarks");
        let refused = BTreeSet::from([(table.clone(), mapping_key(open.mappings[0]))]);
        let open = suggested.open(&table, &refused);
        assert_eq!((open.mappings.len(), open.fields.len(), open.refused), (0, 2, 1));
        let all: BTreeSet<Refusal> = open.refusals(&table).into_iter().chain(refused).collect();
        assert_eq!(suggested.open(&table, &all).len(), 0);
    }
}
