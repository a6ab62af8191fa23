//! Rules for a form: read, written back, changed one by one in their text.

#![expect(clippy::unwrap_used, reason = "a test stops where it can't go on")]

mod common;

use std::fmt::Write;

use common::{SECURITIES, compile_all};
use proptest::prelude::*;
use touchstone_compiler::{
    ColumnFacts, Comparison, RuleCondition, RuleForm, RuleInput, RuleValue, SimpleRule, add_rule,
    check_rules, move_rule, read_rule, read_rules, remove_rule, replace_rule, rule_kind, rule_kinds,
    suggest_rules,
};
use touchstone_spec::{DataType, Layer, TableName};

const RULES: &str = r#"Rules = [
  # what names a row
  IsPrimaryKey "security_id",
  ColumnValues "lot" between 0 and 1000 with threshold >= 0.9 where "isin is not null",
  (IsComplete "isin") or (ColumnLength "sectr" = 12), # either
  Nonsense "lot",
  ColumnValues "sector" in ["Energy", NULL]
]
"#;

#[test]
fn rules_are_found_with_their_place_their_words_and_what_is_wrong() {
    let tables = compile_all(&[SECURITIES]).tables;
    let table = TableName::new("securities", Layer::Silver, "securities");
    let read = check_rules(RULES, &table, &tables);
    let mut page = String::new();
    for rule in &read.rules {
        let words = rule.form.as_ref().map(RuleForm::in_words).unwrap_or_default();
        let bound = if rule.rule.is_some() { "bound" } else { "not bound" };
        writeln!(page, "{}\n  {bound}, wrong: {}\n  {words}", &RULES[rule.range.clone()], rule.is_wrong)
            .unwrap();
    }
    for finding in &read.findings {
        writeln!(page, "{} at »{}«", finding.message, &RULES[finding.range.clone()]).unwrap();
    }
    insta::assert_snapshot!(page);
    let unclosed = read_rules("Rules = [ IsComplete \"a\", IsUnique \"b");
    assert_eq!(unclosed.rules.iter().filter(|rule| rule.form.is_some()).count(), 1);
    assert_eq!(unclosed.findings.len(), 1, "{:?}", unclosed.findings);
}

#[test]
fn every_type_of_rule_is_described() {
    let mut page = String::new();
    for kind in rule_kinds() {
        let form = read_rule(kind.example).unwrap();
        assert_eq!(form.to_dqdl().as_deref(), Ok(kind.example));
        let RuleForm::Simple(rule) = &form else { panic!("{}", kind.example) };
        assert_eq!(rule_kind(&rule.kind), Some(kind));
        writeln!(
            page,
            "{}: {}\n  {}\n  {}\n  {}",
            kind.name,
            kind.title,
            kind.description,
            kind.example,
            form.in_words()
        )
        .unwrap();
        for parameter in kind.parameters {
            let optional = if parameter.is_optional { ", optional" } else { "" };
            writeln!(page, "    {}: {:?}{optional}", parameter.label, parameter.input).unwrap();
        }
    }
    insta::assert_snapshot!(page);
}

#[test]
fn a_form_says_what_it_still_needs() {
    let rule = |kind: &str, columns: &[&str], condition: Option<RuleCondition>| {
        RuleForm::Simple(SimpleRule {
            kind: kind.to_owned(),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            condition,
            ..SimpleRule::default()
        })
        .to_dqdl()
    };
    let condition =
        |comparison, values: &[RuleValue]| Some(RuleCondition { comparison, values: values.to_vec() });
    let told: Vec<Result<String, String>> = vec![
        rule("", &[], None),
        rule("IsComplete", &[], None),
        rule("IsComplete", &["a", "b"], None),
        rule("IsComplete", &["a"], condition(Comparison::Equal, &[RuleValue::Null])),
        rule("RowCount", &["a"], condition(Comparison::Greater, &[RuleValue::Number("0".to_owned())])),
        rule("ColumnValues", &["a"], None),
        rule("ColumnValues", &["a"], condition(Comparison::In, &[])),
        rule("ColumnValues", &["a"], condition(Comparison::Between, &[RuleValue::Number("1".to_owned())])),
        rule("ColumnValues", &["a"], condition(Comparison::Equal, &[RuleValue::Number("1e5".to_owned())])),
        rule("ColumnValues", &["a"], condition(Comparison::Matches, &[RuleValue::Text("[a".to_owned())])),
        rule("ColumnValues", &["a"], condition(Comparison::Equal, &[RuleValue::Text("a\\".to_owned())])),
        rule("ReferentialIntegrity", &["a"], None),
        RuleForm::All(Vec::new()).to_dqdl(),
    ];
    let told: Vec<String> = told.into_iter().map(Result::unwrap_err).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn the_comparisons_fit_the_type_of_the_column() {
    let words = |data_type: DataType| -> Vec<String> {
        let fits = |comparison: &Comparison| RuleInput::Value.value(*comparison, Some(&data_type)).is_some();
        let all = RuleInput::Value.comparisons(Some(&data_type));
        assert!(all.iter().all(fits));
        all.into_iter().map(|comparison| comparison.sign().to_owned()).collect()
    };
    assert!(words(DataType::String).contains(&"matches".to_owned()));
    assert!(!words(DataType::Date).contains(&"matches".to_owned()));
    assert_eq!(words(DataType::Boolean), ["=", "!=", "in", "not in"]);
}

#[test]
fn a_rule_moves_with_its_comments_and_all_else_stays() {
    let text = r#"Rules = [
  # what names a row
  IsPrimaryKey "a",
  ColumnValues "b" > 0, # agreed with Mara

  (IsComplete "c")
    and (IsUnique "c"),
  RowCount > 0 # any
]
"#;
    let down = move_rule(text, 0, 1).unwrap();
    assert_eq!(
        down,
        r#"Rules = [
  ColumnValues "b" > 0, # agreed with Mara
  # what names a row
  IsPrimaryKey "a",

  (IsComplete "c")
    and (IsUnique "c"),
  RowCount > 0 # any
]
"#
    );
    assert_eq!(move_rule(&down, 1, 0).unwrap(), text);
    let first = move_rule(text, 3, 0).unwrap();
    assert!(
        first.starts_with("Rules = [\n  RowCount > 0, # any\n  # what names a row\n  IsPrimaryKey"),
        "{first}"
    );
    assert!(first.ends_with("and (IsUnique \"c\")\n]\n"), "{first}");
    assert_eq!(move_rule(&first, 0, 3).unwrap(), text);
    let inline = "Rules = [ IsUnique \"a\", RowCount > 0 ]";
    assert_eq!(move_rule(inline, 1, 0).unwrap(), "Rules = [ RowCount > 0, IsUnique \"a\" ]");
    assert_eq!(move_rule(text, 2, 2).unwrap(), text);
    assert!(move_rule(text, 0, 4).is_err());
}

#[test]
fn one_rule_is_added_replaced_and_removed_and_the_others_stay() {
    let mut page = String::new();
    let mut show =
        |what: &str, text: Result<String, String>| writeln!(page, "== {what}\n{}", text.unwrap()).unwrap();
    show("empty", add_rule("", None, "RowCount > 0"));
    show("empty list", add_rule("Rules = []", None, "RowCount > 0"));
    show("empty lines", add_rule("Rules = [\n]\n", None, "RowCount > 0"));
    show("inline", add_rule("Rules = [ IsUnique \"a\" ]", None, "RowCount > 0"));
    show("trailing comma", add_rule("Rules = [\n    IsUnique \"a\", # one\n]", None, "RowCount > 0"));
    show("comment", add_rule("Rules = [\n    IsUnique \"a\" # one\n]", None, "RowCount > 0"));
    show("first", add_rule(RULES, Some(0), "RowCount > 0"));
    show("last", add_rule(RULES, None, "RowCount > 0"));
    show("replaced", replace_rule(RULES, 2, "IsComplete \"isin\""));
    show("without the third", remove_rule(RULES, 2));
    show("without the last", remove_rule(RULES, 4));
    show("inline without the first", remove_rule("Rules = [ IsUnique \"a\", RowCount > 0 ]", 0));
    show("inline without the last", remove_rule("Rules = [ IsUnique \"a\", RowCount > 0 ]", 1));
    show("without any", remove_rule("Rules = [\n  IsUnique \"a\"\n]", 0));
    insta::assert_snapshot!(page);
    assert!(add_rule("nonsense", None, "RowCount > 0").is_err());
    assert!(remove_rule(RULES, 9).is_err());
}

fn facts(name: &str, data_type: &str) -> ColumnFacts {
    ColumnFacts {
        name: name.to_owned(),
        data_type: data_type.parse().unwrap(),
        rows: 1204,
        nulls: 0,
        distinct: 900,
        distinct_exact: true,
        min: None,
        max: None,
        length: None,
        values: Vec::new(),
        shapes: Vec::new(),
        identifier: None,
    }
}

#[test]
fn a_profile_speaks_for_rules() {
    let counted =
        |values: &[(&str, u64)]| values.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect();
    let bounds = |min: &str, max: &str| (Some(min.to_owned()), Some(max.to_owned()));
    let mut columns = vec![
        ColumnFacts { distinct: 1204, ..facts("trade_id", "string") },
        ColumnFacts {
            distinct: 1204,
            shapes: counted(&[("AA-999.99", 1204)]),
            ..facts("reference", "string")
        },
        ColumnFacts { identifier: Some("ISIN".to_owned()), nulls: 4, ..facts("isin", "string") },
        ColumnFacts {
            distinct: 3,
            values: counted(&[("BUY", 700), ("SELL", 500), ("", 4)]),
            ..facts("side", "string")
        },
        ColumnFacts {
            distinct: 1,
            values: counted(&[("USD", 1000)]),
            nulls: 204,
            ..facts("currency", "string")
        },
        ColumnFacts { length: Some((8, 8)), ..facts("Desk Code", "string") },
        ColumnFacts { distinct_exact: false, distinct: 1204, ..facts("remarks", "string") },
        ColumnFacts { nulls: 1204, distinct: 0, ..facts("nothing", "string") },
        facts("trade_date", "date"),
    ];
    for (name, data_type, (min, max)) in [
        ("price", "decimal(18,6)", bounds("0.01", "99.5")),
        ("fee", "decimal(18,6)", bounds("0", "99.5")),
        ("weight", "double", bounds("0", "1")),
        ("change", "double", bounds("-4.5", "2")),
        ("loss", "long", bounds("-4", "-1")),
    ] {
        columns.push(ColumnFacts { min, max, ..facts(name, data_type) });
    }
    let existing = "Rules = [ IsComplete \"fee\" ]";
    let made = suggest_rules(&columns, &["trade_id".to_owned()], false, existing);
    let deduplicated = suggest_rules(&columns, &["trade_id".to_owned()], true, existing);
    let others = made.iter().filter(|rule| rule.text != "IsPrimaryKey \"trade_id\"");
    assert!(deduplicated.iter().eq(others), "what de-duplication makes true is no suggestion");
    assert!(!made.iter().any(|rule| rule.text == "IsComplete \"fee\""));
    let mut page = String::new();
    for rule in made {
        assert_eq!(read_rule(&rule.text), Some(rule.form));
        writeln!(page, "{}\n  {}", rule.text, rule.evidence).unwrap();
    }
    insta::assert_snapshot!(page);
    assert_eq!(suggest_rules(&[], &[], true, ""), []);
}

fn word() -> impl Strategy<Value = String> {
    "[a-z][a-z_0-9]{0,5}"
}

fn value() -> impl Strategy<Value = RuleValue> {
    prop_oneof![
        "-?[0-9]{1,4}(\\.[0-9]{1,3})?".prop_map(RuleValue::Number),
        "[ -~äé\n]{0,8}".prop_map(RuleValue::Text),
        Just(RuleValue::Null),
        Just(RuleValue::Empty),
        Just(RuleValue::Blank),
    ]
}

fn condition() -> impl Strategy<Value = RuleCondition> {
    (proptest::sample::select(Comparison::ALL.to_vec()), proptest::collection::vec(value(), 1..4)).prop_map(
        |(comparison, mut values)| {
            match comparison {
                Comparison::In | Comparison::NotIn => {}
                Comparison::Between | Comparison::NotBetween => values.resize(2, RuleValue::Null),
                Comparison::Matches | Comparison::NotMatches => {
                    values = vec![RuleValue::Text("[A-Z]{2}\\.\"x".to_owned())];
                }
                _ => values.truncate(1),
            }
            RuleCondition { comparison, values }
        },
    )
}

fn simple() -> impl Strategy<Value = RuleForm> {
    (
        proptest::sample::select(rule_kinds().to_vec()),
        proptest::collection::vec(word(), 1..3),
        condition(),
        proptest::option::of(condition()),
        proptest::option::of("[ -~]{1,12}"),
    )
        .prop_map(|(kind, mut columns, condition, threshold, filter)| {
            let has = |wanted: fn(RuleInput) -> bool| {
                kind.parameters.iter().any(|parameter| wanted(parameter.input))
            };
            if !has(|input| input == RuleInput::Columns) {
                let one = has(|input| {
                    matches!(input, RuleInput::Column | RuleInput::NumberColumn | RuleInput::TextColumn)
                });
                columns.truncate(usize::from(one));
            }
            let takes_condition = has(|input| {
                matches!(input, RuleInput::Number | RuleInput::Count | RuleInput::Share | RuleInput::Value)
            });
            let reference = has(|input| input == RuleInput::OtherColumns)
                .then(|| ("silver.other".to_owned(), columns.clone()));
            RuleForm::Simple(SimpleRule {
                kind: kind.name.to_owned(),
                columns,
                reference,
                condition: takes_condition.then_some(condition),
                threshold: threshold.filter(|_| has(|input| input == RuleInput::Threshold)),
                filter: filter.filter(|filter| !filter.ends_with('\\')),
            })
        })
}

fn form() -> impl Strategy<Value = RuleForm> {
    simple().prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..3).prop_map(RuleForm::All),
            proptest::collection::vec(inner, 2..3).prop_map(RuleForm::Any),
        ]
    })
}

/// The rules of a text, each to the byte.
fn pieces(text: &str) -> Vec<String> {
    read_rules(text).rules.into_iter().map(|rule| text[rule.range].to_owned()).collect()
}

proptest! {
    #[test]
    fn what_a_form_writes_is_read_back(form in form()) {
        match form.to_dqdl() {
            Ok(text) => {
                prop_assert_eq!(read_rule(&text), Some(form.clone()), "{}", text);
                prop_assert!(!form.in_words().is_empty());
            }
            // The one thing that DQDL can't write.
            Err(reason) => prop_assert!(reason.contains("ends with"), "{reason}"),
        }
    }

    #[test]
    fn edits_leave_the_other_rules_to_the_byte(
        forms in proptest::collection::vec(simple(), 1..5),
        (inline, comments, trailing) in any::<(bool, bool, bool)>(),
        at in 0_usize..5,
        new in simple(),
    ) {
        let texts: Vec<String> = forms.iter().filter_map(|form| form.to_dqdl().ok()).collect();
        let (Ok(new), false) = (new.to_dqdl(), texts.is_empty()) else { return Ok(()) };
        let separator = match (inline, comments) {
            (true, _) => ", ",
            (false, false) => ",\n  ",
            (false, true) => ", # why\n  ",
        };
        let end = if trailing { "," } else { "" };
        let text = if inline {
            format!("Rules = [ {}{end} ]", texts.join(separator))
        } else {
            format!("Rules = [\n  {}{end}\n]\n", texts.join(separator))
        };
        prop_assert_eq!(pieces(&text), texts.clone());
        let at = at.min(texts.len());
        let mut wanted = texts.clone();
        wanted.insert(at, new.clone());
        prop_assert_eq!(pieces(&add_rule(&text, Some(at), &new).unwrap()), wanted);
        if at < texts.len() {
            let mut wanted = texts.clone();
            wanted[at] = new.clone();
            prop_assert_eq!(pieces(&replace_rule(&text, at, &new).unwrap()), wanted);
            let mut wanted = texts.clone();
            wanted.remove(at);
            let removed = remove_rule(&text, at).unwrap();
            prop_assert_eq!(pieces(&removed), wanted, "{}", removed);
            prop_assert!(read_rules(&removed).findings.is_empty());
        }
    }

    #[test]
    fn no_text_panics(text in "(Rules = \\[)?[ -~\n#\"\\[\\],é]{0,40}", index in 0_usize..4) {
        for rule in read_rules(&text).rules {
            prop_assert!(text.get(rule.range.clone()).is_some_and(|rule| !rule.is_empty()), "{:?}", rule.range);
        }
        for changed in [add_rule(&text, Some(index), "RowCount > 0"), replace_rule(&text, index, "x"), remove_rule(&text, index)] {
            prop_assert!(changed.is_ok() || changed.is_err_and(|reason| !reason.is_empty()));
        }
    }
}
