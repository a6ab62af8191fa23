//! A document without the fields that nothing is mapped to yet, so that the others show their first rows meanwhile.

use std::collections::BTreeSet;

use touchstone_spec::{Diagnostic, Layer, Pipeline, Severity, SilverTable, TableName, write_yaml};

use super::map;
use crate::design::Documents;

/// The compiler's word for a field that nothing is mapped to.
const UNMAPPED: &str = "field-source";
/// How often something else is left out too because it needs what was.
const ROUNDS: usize = 4;

/// What `table` can be tried with while some fields aren't mapped: they are left out, and what needs them. None where
/// anything else is wrong.
pub(in crate::design) fn without_unmapped(
    documents: &Documents,
    file: &str,
    table: &TableName,
) -> Option<String> {
    let errors: Vec<&Diagnostic> =
        documents.compilation().diagnostics.0.iter().filter(|one| is_error(one, file)).collect();
    if errors.is_empty() || errors.iter().any(|one| one.code != UNMAPPED) {
        return None;
    }
    let mut pipeline = documents.get(file)?.pipeline()?.clone();
    for silver in pipeline.silver.values_mut() {
        leave_out(silver);
    }
    for _ in 0..ROUNDS {
        let text = write_yaml(&pipeline);
        let left = documents.errors_with(file, &text);
        if left.is_empty() {
            return has(&pipeline, table).then_some(text);
        }
        let before = pipeline.clone();
        for path in &left {
            drop_part(&mut pipeline, path, table);
        }
        if pipeline == before {
            return None;
        }
    }
    None
}

pub(in crate::design) fn is_error(one: &Diagnostic, file: &str) -> bool {
    one.place.file == file && one.severity == Severity::Error
}

fn has(pipeline: &Pipeline, table: &TableName) -> bool {
    match table.layer {
        Layer::Bronze => true,
        Layer::Silver => pipeline.silver.contains_key(&table.table),
        Layer::Gold => pipeline.gold.contains_key(&table.table),
    }
}

/// Takes out the fields that are not mapped, and those that are made of them.
fn leave_out(silver: &mut SilverTable) {
    let mut gone: BTreeSet<String> = BTreeSet::new();
    for (name, field) in &silver.fields {
        let is_unmapped = field.from.is_none() && field.expr.is_none();
        let needs = |text: &String| map::names_in(text).any(|used| gone.contains(&used));
        if is_unmapped || field.expr.as_ref().is_some_and(needs) {
            gone.insert(name.clone());
        }
    }
    silver.fields.retain(|name, _| !gone.contains(name));
    silver.key.retain(|name| !gone.contains(name));
    silver.order_by.take_if(|name| gone.contains(name));
    silver.partition_by.retain(|transform| !gone.iter().any(|name| transform.contains(name.as_str())));
}

/// Takes out what is wrong at a path: another gold table, or a table's rules.
fn drop_part(pipeline: &mut Pipeline, path: &str, table: &TableName) {
    let mut parts = path.split('.');
    let (layer, name, key) = (parts.next(), parts.next(), parts.next());
    let Some(name) = name else { return };
    let is_itself = |layer| layer == table.layer && name == table.table;
    match (layer, key) {
        (Some("gold"), _) if !is_itself(Layer::Gold) => {
            pipeline.gold.shift_remove(name);
        }
        (Some("silver"), Some(rules)) if rules.starts_with("rules") => {
            if let Some(silver) = pipeline.silver.get_mut(name) {
                silver.rules = None;
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use touchstone_spec::Document;

    use super::*;

    #[test]
    fn what_needs_an_unmapped_field_is_left_out_too() {
        let text = "\
pipeline: trades
silver:
  trades:
    from: trades
    key: [trade_id, side]
    order_by: side
    partition_by: [identity(side), month(day)]
    fields:
      trade_id: { from: Trade ID }
      side: {}
      signed: { expr: \"if(side = 'SELL', 1, 2)\" }
      twice: { expr: signed * 2 }
      day: { expr: \"concat('side', Day)\" }
";
        let document = Document::read("trades.yaml", text.to_owned());
        let mut silver = document.pipeline.unwrap().silver["trades"].clone();
        leave_out(&mut silver);
        assert_eq!(silver.fields.keys().collect::<Vec<_>>(), ["trade_id", "day"]);
        assert_eq!((silver.key.as_slice(), silver.order_by), (&["trade_id".to_owned()][..], None));
        assert_eq!(silver.partition_by, ["month(day)"]);
    }
}
