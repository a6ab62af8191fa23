//! Changes of compiled tables, judged by what Iceberg lets a schema become and by what readers and writers rely on.
//!
//! - A table or a column added: compatible. Removed (a renaming is a removal and an addition, as documents have no
//!   column ids): breaking.
//! - A type widened as Iceberg allows (int to long, float to double, a decimal to more digits of the same scale):
//!   compatible. Any other change of type: breaking.
//! - Optional to required: breaking. Rows written before hold nulls, and Iceberg forbids it.
//! - Required to optional: compatible for Iceberg, breaking for a reader that counts on a value. Iceberg's rule decides,
//!   as readers of SQL tables meet nulls everywhere: compatible.
//! - Columns in another order, added required columns of a new table: compatible. A required column added to an
//!   existing table: breaking, since rows written before have no value for it.
//! - Another key: breaking; rows that were one become two, or two become one. Other partitions: compatible.

use serde_json::{Value, json};
use touchstone_spec::{Change, ChangeClass};

use crate::{Column, PartitionField, TableSchema, Transform};

/// All differences, tables in the order of `after`, removed ones behind them.
pub fn schema_changes(before: &[TableSchema], after: &[TableSchema]) -> Vec<Change> {
    let mut changes = Vec::new();
    for new in after {
        match before.iter().find(|old| old.name == new.name) {
            Some(old) => table(old, new, &mut changes),
            None => changes.push(Change {
                path: new.name.to_string(),
                renamed_from: None,
                before: Value::Null,
                after: json!(new.columns.len()),
                class: ChangeClass::Compatible,
            }),
        }
    }
    for old in before.iter().filter(|old| !after.iter().any(|new| new.name == old.name)) {
        changes.push(Change {
            path: old.name.to_string(),
            renamed_from: None,
            before: json!(old.columns.len()),
            after: Value::Null,
            class: ChangeClass::Breaking,
        });
    }
    changes
}

fn table(old: &TableSchema, new: &TableSchema, changes: &mut Vec<Change>) {
    let path = |rest: &str| format!("{}.{rest}", new.name);
    for column in &old.columns {
        let place = path(&column.name);
        match new.column(&column.name) {
            Some(after) => compare(&place, column, after, changes),
            None => changes.push(Change {
                path: place,
                renamed_from: None,
                before: json!(column.data_type),
                after: Value::Null,
                class: ChangeClass::Breaking,
            }),
        }
    }
    for column in new.columns.iter().filter(|column| old.column(&column.name).is_none()) {
        changes.push(Change {
            path: path(&column.name),
            renamed_from: None,
            before: Value::Null,
            after: json!(column.data_type),
            class: if column.required { ChangeClass::Breaking } else { ChangeClass::Compatible },
        });
    }
    if old.key != new.key {
        changes.push(Change {
            path: path("key"),
            renamed_from: None,
            before: json!(old.key),
            after: json!(new.key),
            class: ChangeClass::Breaking,
        });
    }
    if old.partition_by != new.partition_by {
        let written = |fields: &[PartitionField]| json!(fields.iter().map(partition).collect::<Vec<_>>());
        changes.push(Change {
            path: path("partition_by"),
            renamed_from: None,
            before: written(&old.partition_by),
            after: written(&new.partition_by),
            class: ChangeClass::Compatible,
        });
    }
    if old.description != new.description {
        changes.push(Change {
            path: path("description"),
            renamed_from: None,
            before: json!(old.description),
            after: json!(new.description),
            class: ChangeClass::None,
        });
    }
}

fn compare(place: &str, old: &Column, new: &Column, changes: &mut Vec<Change>) {
    let mut change = |key: &str, before: Value, after: Value, class| {
        changes.push(Change { path: format!("{place}.{key}"), renamed_from: None, before, after, class });
    };
    if old.data_type != new.data_type {
        let class = if old.data_type.widens_to(&new.data_type) {
            ChangeClass::Compatible
        } else {
            ChangeClass::Breaking
        };
        change("type", json!(old.data_type), json!(new.data_type), class);
    }
    if old.required != new.required {
        let class = if new.required { ChangeClass::Breaking } else { ChangeClass::Compatible };
        change("required", json!(old.required), json!(new.required), class);
    }
    if old.description != new.description {
        change("description", json!(old.description), json!(new.description), ChangeClass::None);
    }
}

fn partition(field: &PartitionField) -> String {
    let column = &field.column;
    match field.transform {
        Transform::Identity => column.clone(),
        Transform::Year => format!("year({column})"),
        Transform::Month => format!("month({column})"),
        Transform::Day => format!("day({column})"),
        Transform::Bucket(count) => format!("bucket({count}, {column})"),
        Transform::Truncate(width) => format!("truncate({width}, {column})"),
    }
}

#[cfg(test)]
mod tests {
    use touchstone_spec::{DataType, Layer, TableName};

    use super::*;

    fn column(name: &str, data_type: &str, required: bool) -> Column {
        Column {
            name: name.to_owned(),
            data_type: data_type.parse().unwrap_or(DataType::String),
            required,
            description: None,
        }
    }

    fn schema(name: &str, columns: Vec<Column>, key: &[&str]) -> TableSchema {
        TableSchema {
            name: TableName::new("p", Layer::Silver, name),
            columns,
            key: key.iter().map(|&name| name.to_owned()).collect(),
            partition_by: Vec::new(),
            description: None,
        }
    }

    #[test]
    fn each_change_is_judged() {
        let before = [
            schema(
                "t",
                vec![
                    column("a", "int", false),
                    column("b", "decimal(10,2)", false),
                    column("c", "long", true),
                    column("d", "string", false),
                    column("e", "string", false),
                ],
                &["a"],
            ),
            schema("gone", vec![column("a", "int", false)], &[]),
        ];
        let mut changed = schema(
            "t",
            vec![
                column("a", "long", false),
                column("b", "decimal(12,3)", false),
                column("c", "long", false),
                column("e", "string", true),
                column("f", "date", false),
                column("g", "date", true),
            ],
            &["a", "f"],
        );
        changed.partition_by = vec![PartitionField { column: "f".to_owned(), transform: Transform::Month }];
        let after = [changed, schema("new", vec![column("a", "int", true)], &[])];
        let told: Vec<String> = schema_changes(&before, &after)
            .iter()
            .map(|change| {
                format!(
                    "{:<12} {}  {} → {}",
                    change.class.to_string(),
                    change.path,
                    change.before,
                    change.after
                )
            })
            .collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn the_same_schema_is_no_change() {
        let same = [schema("t", vec![column("a", "int", false)], &["a"])];
        assert_eq!(schema_changes(&same, &same), []);
    }
}
