//! Which source column goes into which field.

#![expect(clippy::unwrap_used, reason = "a test stops where it can't go on")]

use std::{collections::BTreeSet, fmt::Write};

use proptest::prelude::*;
use touchstone_compiler::{
    Column, ExpressionScope, Mapping, SourceColumn, Suggestion, TargetField, check_expression,
    propose_fields, rank_sources, suggest_mappings,
};
use touchstone_spec::{check_name, snake_case};

fn source(name: &str, data_type: &str, values: &[&str]) -> SourceColumn {
    SourceColumn {
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        ..SourceColumn::new(name, data_type.parse().unwrap())
    }
}

fn target(name: &str, data_type: &str, values: &[&str]) -> TargetField {
    TargetField {
        name: name.to_owned(),
        data_type: data_type.parse().ok(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        ..TargetField::default()
    }
}

fn shown(suggestions: &[Suggestion]) -> String {
    let mut page = String::new();
    for suggestion in suggestions {
        let mapping = match &suggestion.mapping {
            Mapping::From(column) => format!("from: {column}"),
            Mapping::Expression(text) => format!("expr: {text}"),
        };
        writeln!(
            page,
            "{:.2} {} -> {} {} ({mapping})",
            suggestion.score, suggestion.source, suggestion.target, suggestion.data_type
        )
        .unwrap();
        for reason in &suggestion.reasons {
            writeln!(page, "    {:+.2} {:?}: {}", reason.weight, reason.kind, reason.text).unwrap();
        }
    }
    page
}

fn vendor() -> Vec<SourceColumn> {
    vec![
        source("TRD_DT", "string", &["02/03/2026", "17/03/2026"]),
        source("StlDt", "date", &[]),
        source("Px", "string", &["1.234,50", "99,10"]),
        source("Qty", "int", &["5", "10"]),
        source("Ccy", "string", &["USD", "EUR", "GBP"]),
        SourceColumn {
            identifier: Some("ISIN".to_owned()),
            ..source("Sec Code", "string", &["US0378331005", "DE0007164600"])
        },
        source("Acct No", "string", &["000123", "000124"]),
        source("B/S", "string", &["BUY", "SELL"]),
        source("Ctpy", "string", &["Alpha", "Beta"]),
        source("Active", "string", &["Y", "N"]),
        source("Remarks", "string", &["late"]),
    ]
}

fn fields() -> Vec<TargetField> {
    vec![
        target("trade_date", "date", &[]),
        target("settlement_date", "date", &[]),
        target("price", "decimal(18,6)", &[]),
        target("quantity", "decimal(18,2)", &[]),
        target("currency", "string", &["USD", "EUR", "CHF"]),
        target("isin", "string", &[]),
        target("account_number", "long", &[]),
        target("side", "string", &["BUY", "SELL"]),
        target("broker", "string", &[]),
        target("is_active", "boolean", &[]),
        TargetField {
            description: Some("The counterparty of the trade, as the booking system names it".to_owned()),
            ..target("dealer", "string", &[])
        },
    ]
}

#[test]
fn a_vendors_file_is_mapped_with_reasons() {
    insta::assert_snapshot!(shown(&suggest_mappings(&vendor(), &fields())));
}

#[test]
fn the_columns_for_one_field_are_ranked() {
    let ranked = rank_sources(&vendor(), &target("settle_date", "date", &[]));
    insta::assert_snapshot!(shown(&ranked[..3]));
}

#[test]
fn new_fields_are_proposed_for_columns_without_one() {
    let mut page = String::new();
    for field in propose_fields(&vendor(), ["px", "price"]) {
        writeln!(
            page,
            "{} -> {} ({:?}) {} {:?}",
            field.source, field.name, field.long_name, field.data_type, field.note
        )
        .unwrap();
    }
    insta::assert_snapshot!(page);
}

const TYPES: [&str; 9] =
    ["string", "date", "int", "long", "decimal(18,2)", "double", "boolean", "timestamp", "uuid"];
const VALUES: [&str; 14] = [
    "Y",
    "N",
    "2026-03-02",
    "02/03/2026",
    "20260302",
    "007",
    "1,234.50",
    "1.234,5",
    "12",
    "USD",
    "EUR",
    " x ",
    "",
    "O'Neil",
];
const NAMES: [&str; 16] = [
    "Trade Dt",
    "trade_date",
    "TRADE_DT",
    "px",
    "price",
    "Close Px",
    "qty",
    "Quantity",
    "id",
    "ID",
    "isin",
    "ISIN",
    "é à",
    "1st",
    "end",
    "a\"b",
];

fn sources() -> impl Strategy<Value = Vec<SourceColumn>> {
    let column = (
        proptest::sample::select(NAMES.to_vec()),
        proptest::sample::select(TYPES.to_vec()),
        proptest::collection::vec(proptest::sample::select(VALUES.to_vec()), 0..4),
    );
    proptest::collection::vec(column, 0..9).prop_map(|columns| {
        let mut names = BTreeSet::new();
        columns
            .into_iter()
            .filter(|(name, ..)| names.insert(*name))
            .map(|(name, data_type, values)| source(name, data_type, &values))
            .collect()
    })
}

fn targets() -> impl Strategy<Value = Vec<TargetField>> {
    sources().prop_map(|columns| {
        let mut names = BTreeSet::new();
        columns
            .into_iter()
            .map(|column| TargetField {
                name: snake_case(&column.name),
                data_type: Some(column.data_type),
                values: column.values,
                ..TargetField::default()
            })
            .filter(|field| names.insert(field.name.clone()))
            .collect()
    })
}

proptest! {
    #[test]
    fn suggestions_are_one_to_one_and_what_they_propose_compiles(sources in sources(), targets in targets()) {
        let suggestions = suggest_mappings(&sources, &targets);
        prop_assert_eq!(&suggestions, &suggest_mappings(&sources, &targets));
        let (mut used, mut filled) = (BTreeSet::new(), BTreeSet::new());
        let columns: Vec<Column> = sources
            .iter()
            .map(|source| Column {
                name: source.name.clone(),
                data_type: source.data_type.clone(),
                required: false,
                description: None,
            })
            .collect();
        for suggestion in &suggestions {
            prop_assert!(used.insert(&suggestion.source) && filled.insert(&suggestion.target));
            prop_assert!((0.0..=1.0).contains(&suggestion.score));
            prop_assert!(!suggestion.reasons.is_empty());
            if let Mapping::Expression(text) = &suggestion.mapping {
                let mut scope = ExpressionScope::of_columns(&columns);
                scope.expected = Some(suggestion.data_type.clone());
                let checked = check_expression(text, &scope);
                prop_assert_eq!(checked.data_type(), Some(&suggestion.data_type), "{} {:?}", text, checked.findings);
            }
        }
        // A column that has a field's very name goes there, if it can be converted at all.
        for target in &targets {
            let exact = sources.iter().find(|source| source.name == target.name);
            let possible = exact.is_some_and(|source| {
                rank_sources(std::slice::from_ref(source), target).len() == 1
            });
            if let Some(exact) = exact.filter(|_| possible) {
                prop_assert!(
                    suggestions.iter().any(|made| made.source == exact.name && made.target == target.name),
                    "{} of {suggestions:?}", target.name
                );
            }
        }
    }

    #[test]
    fn proposed_names_are_valid_and_stand_once(sources in sources(), taken in proptest::sample::subsequence(NAMES.to_vec(), 0..5)) {
        let taken: Vec<String> = taken.into_iter().map(snake_case).collect();
        let mut names: BTreeSet<String> = taken.iter().cloned().collect();
        let proposed = propose_fields(&sources, taken.iter().map(String::as_str));
        prop_assert_eq!(proposed.len(), sources.len());
        for field in proposed {
            prop_assert_eq!(check_name(&field.name), Ok(()));
            prop_assert!(names.insert(field.name));
            if let Some(long) = field.long_name {
                prop_assert_eq!(check_name(&long), Ok(()));
                prop_assert!(names.insert(long));
            }
        }
    }
}
