//! The edits that a steward makes, by what they mean: each gives what [`apply`](crate::apply) takes.
//!
//! Names in expressions, SQL and rules aren't touched by a rename here: the compiler's `rename` follows them.

use serde::Serialize;
use serde_json::Value;

use crate::{
    ContractField, CsvFormat, DocPath, Edit, EditValue, Field, GoldTable, Keep, OnFailure, Pipeline,
    Position, Segment, SilverTable, Source, document::model_json,
};

/// What turns `before` into `after`: any change made on the model, as edits of what differs only.
///
/// An entry under another name is one removed and one added; where it keeps its comments matters, use the
/// `rename_…` functions.
pub fn between(before: &Pipeline, after: &Pipeline) -> Vec<Edit> {
    let mut edits = Vec::new();
    compare(&DocPath::root(), &model_json(before), &model_json(after), &mut edits);
    edits
}

/// What turns the part `before` at `path` into `after`: of a field, a contract's column, a table…
pub fn between_at<T: Serialize>(path: &DocPath, before: &T, after: &T) -> Vec<Edit> {
    let mut edits = Vec::new();
    compare(path, &json(before), &json(after), &mut edits);
    edits
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn compare(path: &DocPath, before: &Value, after: &Value, edits: &mut Vec<Edit>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for key in old.keys().filter(|key| !new.contains_key(*key)) {
                edits.push(Edit::Clear { path: path.key(key) });
            }
            let mut last: Option<&String> = None;
            for (key, value) in new {
                match old.get(key) {
                    Some(before) => compare(&path.key(key), before, value, edits),
                    // Names have an order of the steward's; the model's keys have their usual one.
                    None if names_are_free(path) && !old.is_empty() => edits.push(Edit::Add {
                        path: path.clone(),
                        key: key.clone(),
                        value: EditValue(value.clone()),
                        position: last.map_or(Position::First, |last| Position::After(last.clone())),
                    }),
                    None => edits.push(Edit::Set { path: path.key(key), value: EditValue(value.clone()) }),
                }
                last = Some(key);
            }
            let stay = |key: &&String| old.contains_key(*key) && new.contains_key(*key);
            if names_are_free(path) && !old.keys().filter(stay).eq(new.keys().filter(stay)) {
                edits.push(Edit::Order { path: path.clone(), names: new.keys().cloned().collect() });
            }
        }
        _ if before == after => {}
        _ => edits.push(Edit::Set { path: path.clone(), value: EditValue(after.clone()) }),
    }
}

/// Whether the keys of the mapping at `path` are the steward's, not the model's.
fn names_are_free(path: &DocPath) -> bool {
    let keys: Vec<&str> = path
        .0
        .iter()
        .map(|segment| match segment {
            Segment::Key(key) => key.as_str(),
            Segment::Index(_) => "",
        })
        .collect();
    matches!(
        keys.as_slice(),
        ["sources" | "silver" | "gold"] | ["silver", _, "fields"] | ["sources", _, "landing", "environments"]
    )
}

/// Where a source stands.
pub fn source_path(source: &str) -> DocPath {
    DocPath::root().key("sources").key(source)
}

/// Where a column of a source's contract stands; it is found by its name.
pub fn column_path(source: &str, column: &str) -> DocPath {
    source_path(source).key("contract").key(column)
}

/// Where a silver table stands.
pub fn silver_path(table: &str) -> DocPath {
    DocPath::root().key("silver").key(table)
}

/// Where a field of a silver table stands.
pub fn field_path(table: &str, field: &str) -> DocPath {
    silver_path(table).key("fields").key(field)
}

/// Where a gold table stands.
pub fn gold_path(table: &str) -> DocPath {
    DocPath::root().key("gold").key(table)
}

fn set(path: DocPath, value: impl Into<EditValue>) -> Vec<Edit> {
    vec![Edit::Set { path, value: value.into() }]
}

/// Sets an optional text; an empty one is taken out.
fn set_text(path: DocPath, text: &str) -> Vec<Edit> {
    let text = prose(text);
    if text.is_empty() { vec![Edit::Clear { path }] } else { set(path, text) }
}

fn set_names(path: DocPath, names: &[String]) -> Vec<Edit> {
    if names.is_empty() { vec![Edit::Clear { path }] } else { set(path, names.to_vec()) }
}

/// Sets text that reads best with its own lines: SQL and rules.
fn set_lines(path: DocPath, text: &str) -> Vec<Edit> {
    let text = prose(text);
    if text.is_empty() { vec![Edit::Clear { path }] } else { set(path, text.trim_end().to_owned() + "\n") }
}

/// The text without what no one sees: blanks at the ends of lines, blank lines around it, indentation that all
/// lines share. Several lines end in a line break.
fn prose(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let full = |line: &&&str| !line.is_empty();
    let shared = lines
        .iter()
        .filter(full)
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    let lines: Vec<&str> = lines.into_iter().map(|line| line.get(shared..).unwrap_or_default()).collect();
    let text = lines.join("\n");
    let text = text.trim_end().trim_start_matches('\n');
    if text.contains('\n') { format!("{text}\n") } else { text.trim().to_owned() }
}

/// Sets the title; an empty one is taken out.
pub fn set_title(title: &str) -> Vec<Edit> {
    set_text(DocPath::root().key("title"), title)
}

/// Sets the owner; an empty one is taken out.
pub fn set_owner(owner: &str) -> Vec<Edit> {
    set_text(DocPath::root().key("owner"), owner)
}

/// Sets the description of the whole document, or of what stands at `path`; an empty one is taken out.
pub fn set_description(path: &DocPath, description: &str) -> Vec<Edit> {
    set_text(path.key("description"), description)
}

/// Adds a source, behind the others.
pub fn add_source(name: &str, source: &Source) -> Vec<Edit> {
    let mut source = json(source);
    crate::document::without_usual_dialect(&mut source);
    add(DocPath::root().key("sources"), name, EditValue(source))
}

/// Takes a source out.
pub fn remove_source(name: &str) -> Vec<Edit> {
    vec![Edit::Remove { path: source_path(name) }]
}

/// Gives a source another name, also where silver tables are made from it.
pub fn rename_source(pipeline: &Pipeline, name: &str, to: &str) -> Vec<Edit> {
    let mut edits = vec![Edit::Rename { path: source_path(name), to: to.to_owned() }];
    for (table, _) in pipeline.silver.iter().filter(|(_, table)| table.from == name) {
        edits.extend(set_from(table, to));
    }
    edits
}

/// Sets the sample file of a source; an empty path is taken out.
pub fn set_sample(source: &str, sample: &str) -> Vec<Edit> {
    set_text(source_path(source).key("sample"), sample)
}

/// Sets where the files of a source arrive in one environment; an empty address is taken out.
pub fn set_landing(source: &str, environment: &str, address: &str) -> Vec<Edit> {
    set_text(source_path(source).key("landing").key("environments").key(environment), address)
}

/// Changes the dialect of a source's files.
pub fn set_csv_format(source: &str, before: &CsvFormat, after: &CsvFormat) -> Vec<Edit> {
    between_at(&source_path(source).key("format").key("csv"), before, after)
}

/// Writes a source's whole contract: columns that were there keep their comments and places as far as can be.
pub fn set_contract(source: &str, contract: &[ContractField]) -> Vec<Edit> {
    set(source_path(source).key("contract"), json(&contract))
}

/// Adds a column to a source's contract.
pub fn add_column(source: &str, column: &ContractField, position: Position) -> Vec<Edit> {
    vec![Edit::Insert { path: source_path(source).key("contract"), value: EditValue(json(column)), position }]
}

/// Changes a column of a source's contract: its type, format, marks, whether it is required… `before` and
/// `after` may differ in the name.
pub fn set_column(source: &str, before: &ContractField, after: &ContractField) -> Vec<Edit> {
    between_at(&column_path(source, &before.name), &nameless(before), &nameless(after))
        .into_iter()
        .chain(
            (before.name != after.name)
                .then(|| Edit::Rename { path: column_path(source, &before.name), to: after.name.clone() }),
        )
        .collect()
}

fn nameless(column: &ContractField) -> ContractField {
    ContractField { name: String::new(), ..column.clone() }
}

/// Gives a column of a contract another name, also where fields take it as it is.
pub fn rename_column(pipeline: &Pipeline, source: &str, column: &str, to: &str) -> Vec<Edit> {
    let mut edits = vec![Edit::Rename { path: column_path(source, column), to: to.to_owned() }];
    for (table, silver) in pipeline.silver.iter().filter(|(_, table)| table.from == source) {
        for (name, _) in silver.fields.iter().filter(|(_, field)| field.from.as_deref() == Some(column)) {
            edits.extend(set(field_path(table, name).key("from"), to));
        }
    }
    edits
}

/// Takes a column out of a contract.
pub fn remove_column(source: &str, column: &str) -> Vec<Edit> {
    vec![Edit::Remove { path: column_path(source, column) }]
}

/// Adds a silver table, behind the others.
pub fn add_silver(name: &str, table: &SilverTable) -> Vec<Edit> {
    add(DocPath::root().key("silver"), name, EditValue(json(table)))
}

/// Takes a silver table out.
pub fn remove_silver(name: &str) -> Vec<Edit> {
    vec![Edit::Remove { path: silver_path(name) }]
}

/// Gives a silver table another name.
pub fn rename_silver(name: &str, to: &str) -> Vec<Edit> {
    vec![Edit::Rename { path: silver_path(name), to: to.to_owned() }]
}

/// Sets the source that a silver table is made from.
pub fn set_from(table: &str, source: &str) -> Vec<Edit> {
    set(silver_path(table).key("from"), source)
}

/// Sets the condition that records must meet; an empty one is taken out.
pub fn set_filter(table: &str, condition: &str) -> Vec<Edit> {
    set_text(silver_path(table).key("where"), condition)
}

/// Sets which of the rows with one key stays.
pub fn set_keep(table: &str, keep: Keep) -> Vec<Edit> {
    set(silver_path(table).key("keep"), json(&keep))
}

/// Sets the field whose greatest or smallest value stays; an empty name is taken out.
pub fn set_order_by(table: &str, field: &str) -> Vec<Edit> {
    set_text(silver_path(table).key("order_by"), field)
}

/// Sets the fields that together name a row, of the table at `table` (silver or gold).
pub fn set_key(table: &DocPath, key: &[String]) -> Vec<Edit> {
    set_names(table.key("key"), key)
}

/// Sets the rules of the table at `table` (silver or gold); an empty text is taken out.
pub fn set_rules(table: &DocPath, rules: &str) -> Vec<Edit> {
    set_lines(table.key("rules"), rules)
}

/// Sets what happens when a rule of the table at `table` (silver or gold) fails.
pub fn set_on_failure(table: &DocPath, on_failure: OnFailure) -> Vec<Edit> {
    set(table.key("on_failure"), json(&on_failure))
}

/// Sets the partition transforms of the table at `table` (silver or gold).
pub fn set_partition_by(table: &DocPath, transforms: &[String]) -> Vec<Edit> {
    set_names(table.key("partition_by"), transforms)
}

/// Adds a field to a silver table.
pub fn add_field(table: &str, name: &str, field: &Field, position: Position) -> Vec<Edit> {
    vec![Edit::Add {
        path: silver_path(table).key("fields"),
        key: name.to_owned(),
        value: EditValue(json(field)),
        position,
    }]
}

/// Changes a field: what differs between `before` and `after`.
pub fn set_field(table: &str, name: &str, before: &Field, after: &Field) -> Vec<Edit> {
    between_at(&field_path(table, name), before, after)
}

/// Has a field made by an expression; a column that it took as it was is let go.
pub fn set_expr(table: &str, field: &str, expr: &str) -> Vec<Edit> {
    let path = field_path(table, field);
    let mut edits = vec![Edit::Clear { path: path.key("from") }];
    edits.extend(set_text(path.key("expr"), expr));
    edits
}

/// Has a field take a column of the contract as it is; an expression that made it is let go.
pub fn set_column_of_field(table: &str, field: &str, column: &str) -> Vec<Edit> {
    let path = field_path(table, field);
    let mut edits = vec![Edit::Clear { path: path.key("expr") }];
    edits.extend(set(path.key("from"), column));
    edits
}

/// Gives a field another name, also in the table's key and `order_by`.
pub fn rename_field(pipeline: &Pipeline, table: &str, field: &str, to: &str) -> Vec<Edit> {
    let mut edits = vec![Edit::Rename { path: field_path(table, field), to: to.to_owned() }];
    if let Some(silver) = pipeline.silver.get(table) {
        for (index, _) in silver.key.iter().enumerate().filter(|(_, name)| *name == field) {
            edits.extend(set(silver_path(table).key("key").index(index), to));
        }
        if silver.order_by.as_deref() == Some(field) {
            edits.extend(set_order_by(table, to));
        }
    }
    edits
}

/// Takes a field out.
pub fn remove_field(table: &str, field: &str) -> Vec<Edit> {
    vec![Edit::Remove { path: field_path(table, field) }]
}

/// Moves a field among its siblings.
pub fn move_field(table: &str, field: &str, position: Position) -> Vec<Edit> {
    vec![Edit::Move { path: field_path(table, field), position }]
}

/// Puts the fields of a silver table into this order.
pub fn order_fields(table: &str, names: &[String]) -> Vec<Edit> {
    vec![Edit::Order { path: silver_path(table).key("fields"), names: names.to_vec() }]
}

/// Adds a gold table, behind the others.
pub fn add_gold(name: &str, table: &GoldTable) -> Vec<Edit> {
    add(DocPath::root().key("gold"), name, EditValue(json(table)))
}

/// Takes a gold table out.
pub fn remove_gold(name: &str) -> Vec<Edit> {
    vec![Edit::Remove { path: gold_path(name) }]
}

/// Gives a gold table another name.
pub fn rename_gold(name: &str, to: &str) -> Vec<Edit> {
    vec![Edit::Rename { path: gold_path(name), to: to.to_owned() }]
}

/// Sets the SQL of a gold table.
pub fn set_sql(table: &str, sql: &str) -> Vec<Edit> {
    // The key must stay, even over a text that is empty for the moment.
    let text = prose(sql);
    let text = if text.is_empty() { text } else { text.trim_end().to_owned() + "\n" };
    set(gold_path(table).key("sql"), text)
}

fn add(path: DocPath, key: &str, value: EditValue) -> Vec<Edit> {
    vec![Edit::Add { path, key: key.to_owned(), value, position: Position::Last }]
}
