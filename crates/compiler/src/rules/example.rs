//! Examples of rules about the columns of the table that they are written for.

use touchstone_spec::DataType;

use super::kinds::{RuleInput, RuleKind};
use crate::{KnownColumn, KnownTable, Tables};

impl RuleKind {
    /// An example about the columns of `known`, and of another table of `tables` where the rule takes one; the general
    /// one where no column fits.
    pub fn example_of(&self, known: Option<&KnownTable>, tables: &Tables) -> String {
        known.and_then(|known| self.about(known, tables)).unwrap_or_else(|| self.example.to_owned())
    }

    fn about(&self, known: &KnownTable, tables: &Tables) -> Option<String> {
        let name = self.name;
        if self.name == "ColumnValues" {
            return values(known);
        }
        let input = self.parameters.iter().map(|parameter| parameter.input).find(|input| {
            matches!(
                input,
                RuleInput::Column | RuleInput::Columns | RuleInput::NumberColumn | RuleInput::TextColumn
            )
        })?;
        let key = || known.key.first().and_then(|key| known.column(key));
        let column = match name {
            "IsComplete" | "IsUnique" | "ColumnExists" | "Uniqueness" => key(),
            // What is not the key may be missing, or stand more than once.
            _ => known.columns.iter().find(|column| fits(column, input) && !known.key.contains(&column.name)),
        };
        let column = column.or_else(|| known.columns.iter().find(|column| fits(column, input)))?;
        let first = format!("\"{}\"", column.name);
        match name {
            "IsPrimaryKey" if !known.key.is_empty() => {
                let key: Vec<String> = known.key.iter().map(|column| format!("\"{column}\"")).collect();
                Some(format!("{name} {}", key.join(" ")))
            }
            "IsPrimaryKey" => Some(format!("{name} {first}")),
            "ReferentialIntegrity" => {
                let general = || (column.name.clone(), format!("other_table.{}", column.name));
                let (column, other) = reference(known, tables).unwrap_or_else(general);
                Some(format!("{name} \"{column}\" \"{other}\" >= 0.99"))
            }
            _ => {
                // What follows the column stays: it says what a condition looks like.
                let (_, rest) = self.example.split_once('"')?.1.split_once('"')?;
                Some(format!("{name} {first}{rest}"))
            }
        }
    }
}

fn fits(column: &KnownColumn, input: RuleInput) -> bool {
    match &column.data_type {
        Some(data_type) => input.takes_column(data_type),
        None => matches!(input, RuleInput::Column | RuleInput::Columns),
    }
}

/// A condition that the type of a column can meet.
fn values(known: &KnownTable) -> Option<String> {
    let of = |takes: fn(&DataType) -> bool| {
        known
            .columns
            .iter()
            .find(|column| column.data_type.as_ref().is_some_and(takes) && !known.key.contains(&column.name))
    };
    if let Some(number) = of(DataType::is_numeric) {
        return Some(format!("ColumnValues \"{}\" > 0", number.name));
    }
    let text = of(|data_type| *data_type == DataType::String)?;
    Some(format!("ColumnValues \"{}\" matches \"[A-Z]+\"", text.name))
}

/// A column, and the single key of another table that has its name and its type.
fn reference(known: &KnownTable, tables: &Tables) -> Option<(String, String)> {
    known.columns.iter().find_map(|column| {
        let (table, _) = tables.iter().find(|(_, other)| {
            let is_key = other.key.as_slice() == [column.name.clone()];
            let is_other = !std::ptr::eq(known, *other);
            is_key
                && is_other
                && other.column(&column.name).is_some_and(|one| one.data_type == column.data_type)
        })?;
        Some((column.name.clone(), format!("{}.{}", table.table, column.name)))
    })
}

#[cfg(test)]
mod tests {
    use touchstone_spec::{Document, Layer, TableName};

    use crate::{compile, rule_kind};

    #[test]
    fn examples_are_about_the_tables_own_columns() {
        let document = Document::read(
            "pipelines/kunden.yaml",
            "pipeline: kunden
sources:
  k: { kind: file, format: { csv: {} }, contract: [ { name: id, type: string }, { name: ort, type: string }, { name: saldo, type: double } ] }
silver:
  kunden: { from: k, key: [id], fields: { id: { from: id }, ort: { from: ort }, saldo: { from: saldo } } }
"
            .to_owned(),
        );
        let tables = compile(&[document]).tables;
        let known = tables.get(&TableName::new("kunden", Layer::Silver, "kunden"));
        assert!(known.is_some());
        let example =
            |kind: &str| rule_kind(kind).map(|kind| kind.example_of(known, &tables)).unwrap_or_default();
        for (kind, told) in [
            ("IsComplete", "IsComplete \"id\""),
            ("IsPrimaryKey", "IsPrimaryKey \"id\""),
            ("ColumnValues", "ColumnValues \"saldo\" > 0"),
            ("ColumnLength", "ColumnLength \"ort\" = 12"),
            ("Sum", "Sum \"saldo\" > 0"),
            ("Completeness", "Completeness \"ort\" > 0.98"),
            ("RowCount", "RowCount > 0"),
            // No other table to stand in.
            ("ReferentialIntegrity", "ReferentialIntegrity \"ort\" \"other_table.ort\" >= 0.99"),
        ] {
            assert_eq!(example(kind), told);
        }
        assert_eq!(
            rule_kind("Sum").map(|kind| kind.example_of(None, &tables)).as_deref(),
            Some("Sum \"notional\" > 0")
        );
    }
}
