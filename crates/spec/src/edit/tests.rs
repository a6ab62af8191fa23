//! Edits by example: what changes in the text, and that nothing else does.

use serde_json::json;

use super::*;
use crate::{
    ContractField, Field, GoldTable, LineChange, OnFailure, Pipeline, SilverTable, edits, edits::silver_path,
    text_diff,
};

const TRADES: &str = include_str!("../../../../samples/pipelines/trades.yaml");

fn path(text: &str) -> DocPath {
    DocPath(text.split('.').filter(|key| !key.is_empty()).map(|key| Segment::Key(key.to_owned())).collect())
}

fn set(at: &str, value: Value) -> Edit {
    Edit::Set { path: path(at), value: EditValue(value) }
}

/// The lines that differ, as `-` and `+`, hunk by hunk.
fn changed(before: &str, edits: &[Edit]) -> String {
    let after = apply(before, edits).unwrap();
    let mut shown = String::new();
    for hunk in text_diff(before, &after, 0) {
        if !shown.is_empty() {
            shown.push_str("…\n");
        }
        for line in hunk.lines {
            shown.push(if line.change == LineChange::Added { '+' } else { '-' });
            shown.extend([line.text.as_str(), "\n"]);
        }
    }
    shown
}

fn read(text: &str) -> Pipeline {
    let document = crate::Document::read("p.yaml", text);
    assert_eq!(document.diagnostics.0, [], "{text}");
    document.pipeline.unwrap()
}

#[test]
fn setting_what_is_there_changes_nothing() {
    let value = build(TRADES).unwrap().value().unwrap();
    let edit = Edit::Set { path: DocPath::root(), value: EditValue(value) };
    assert_eq!(apply(TRADES, &[edit]).unwrap(), TRADES);
    let pipeline = read(TRADES);
    assert_eq!(edits::between(&pipeline, &pipeline), []);
}

#[test]
fn text_of_several_lines_does_not_take_the_comment_below_it() {
    let text = "c:\n- |\n  x\na:\n  b: 1\n  # below\nd: 2\n";
    let after = apply(text, &[set("a", json!(["\nb"]))]).unwrap();
    assert_eq!(after, "c:\n- |\n  x\n# below\na:\n- |-\n\n  b\nd: 2\n");
}

#[test]
fn brackets_break_their_lines_as_the_document_does() {
    let text = "a: { b: 1 # one\r\n  }\r\nc: 2\r\n";
    let after = apply(text, &[set("a.d", json!(3))]).unwrap();
    assert_eq!(after, "a: { b: 1, # one\r\n   d: 3\r\n  }\r\nc: 2\r\n");
}

#[test]
fn a_scalar_keeps_its_style_and_its_comment() {
    let text = "a: one # first\nb: 'it''s' # second\nc: \"two\"\nd: 1\ne: # empty\nf: |\n  x\n  y\ng: {h: 1, i}\nj: >-\n  one\n  two\n";
    let edits = [
        set("a", json!("a: b")),
        set("b", json!("it's not")),
        set("c", json!("three")),
        set("d", json!(1.5)),
        set("e", json!("full")),
        set("f", json!("z\n\n  zz\n")),
        set("g.h", json!("x, y")),
        set("g.i", json!(true)),
        set("j", json!("three four")),
    ];
    insta::assert_snapshot!(apply(text, &edits).unwrap(), @r#"
    a: "a: b" # first
    b: 'it''s not' # second
    c: "three"
    d: 1.5
    e: full # empty
    f: |
      z

        zz
    g: {h: "x, y", i: true}
    j: >-
      three four
    "#);
}

#[test]
fn the_stewards_edits_touch_their_lines_only() {
    let pipeline = read(TRADES);
    let table = silver_path("trades");
    let field = |expr: &str| Field { expr: Some(expr.to_owned()), ..Field::default() };
    let column = ContractField::new("Desk (EU)", "decimal(10,2)".parse().unwrap());
    let cases: Vec<(&str, Vec<Edit>)> = vec![
        ("title", edits::set_title("All trades: by day")),
        ("description", edits::set_description(&DocPath::root(), "Trades.")),
        ("owner out", edits::set_owner("")),
        ("expr", edits::set_expr("trades", "currency", "upper(Ccy)")),
        ("long expr", edits::set_expr("trades", "currency", "case when Ccy = 'x'\n  then 1\nelse 2 end")),
        (
            "add field",
            edits::add_field("trades", "desk", &field("trim(Desk)"), Position::After("side".into())),
        ),
        ("rename field", edits::rename_field(&pipeline, "trades", "trade_id", "trade_no")),
        ("move field", edits::move_field("trades", "remarks", Position::First)),
        ("remove field", edits::remove_field("trades", "is_corrected")),
        ("key", edits::set_key(&table, &["trade_id".into(), "isin".into()])),
        ("no key", edits::set_key(&table, &[])),
        ("filter", edits::set_filter("trades", "Side <> 'X' and Qty > 0")),
        ("rules", edits::set_rules(&table, "Rules = [ IsPrimaryKey \"trade_id\" ]  \n\n")),
        ("on failure", edits::set_on_failure(&table, OnFailure::Halt)),
        ("sql", edits::set_sql("sector_exposure", "  select 1\n    from silver.trades")),
        (
            "partition",
            edits::set_partition_by(&edits::gold_path("sector_exposure"), &["year(trade_date)".into()]),
        ),
        ("add column", edits::add_column("trades", &column, Position::After("Ccy".into()))),
        (
            "change column",
            edits::set_column(
                "trades",
                &pipeline.sources["trades"].contract()[8],
                &ContractField {
                    name: "Price".into(),
                    decimal_mark: None,
                    required: false,
                    format: Some("#,##0.00".into()),
                    ..pipeline.sources["trades"].contract()[8].clone()
                },
            ),
        ),
        ("rename column", edits::rename_column(&pipeline, "trades", "Trade ID", "Trade: No")),
        ("remove column", edits::remove_column("trades", "Remarks")),
        ("rename source", edits::rename_source(&pipeline, "trades", "blotter")),
        ("landing", edits::set_landing("trades", "prod", "s3://example-data/landing/trades/")),
        (
            "add gold",
            edits::add_gold(
                "daily",
                &GoldTable {
                    sql: "select trade_date\nfrom silver.trades\n".into(),
                    key: vec!["trade_date".into()],
                    rules: None,
                    on_failure: OnFailure::Quarantine,
                    partition_by: vec![],
                    description: None,
                },
            ),
        ),
        ("remove gold", edits::remove_gold("sector_exposure")),
        (
            "add silver",
            edits::add_silver(
                "sides",
                &SilverTable {
                    fields: [("side".to_owned(), field("upper(Side)"))].into(),
                    ..pipeline.silver["trades"].clone()
                },
            ),
        ),
    ];
    let shown: Vec<String> =
        cases.iter().map(|(name, edits)| format!("== {name}\n{}", changed(TRADES, edits))).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn an_empty_document_takes_the_first_keys() {
    for text in ["", "# Trades\n", "\n\n"] {
        let edits = [
            edits::set_title("Trades"),
            vec![set("pipeline", json!("trades"))],
            vec![set("silver.trades.fields.id", json!({ "from": "ID" }))],
            edits::add_column("trades", &ContractField::new("ID", "string".parse().unwrap()), Position::Last),
        ]
        .concat();
        let after = apply(text, &edits).unwrap();
        assert_eq!(
            after,
            format!(
                "{text}pipeline: trades\ntitle: Trades\nsources:\n  trades:\n    contract:\n      - {{ name: ID, type: string }}\nsilver:\n  trades:\n    fields:\n      id: {{ from: ID }}\n"
            )
        );
    }
}

#[test]
fn comments_go_where_their_entries_go() {
    let text = "# The file.\na: 1\n\n# Section.\n\n# about b\nb: 2 # two\n# about c\nc:\n  # about d\n  d: 1\n  # about e\n  e: 2\n  # end of c\nf: [x, # ex\n  y]\n";
    insta::assert_snapshot!(
        [
            changed(text, &[Edit::Move { path: path("b"), position: Position::Last }]),
            changed(text, &[Edit::Remove { path: path("b") }]),
            changed(text, &[Edit::Rename { path: path("b"), to: "yes".into() }]),
            changed(text, &[Edit::Move { path: path("c.e"), position: Position::First }]),
            changed(text, &[Edit::Remove { path: path("c.d") }, Edit::Remove { path: path("c.e") }]),
            changed(text, &[set("c", json!({ "e": 2, "g": [1, { "h": 2 }] }))]),
            changed(text, &[set("f", json!(["y", "z", "x"]))]),
            changed(text, &[Edit::Remove { path: DocPath::root().key("f").index(0) }]),
        ]
        .join("----\n")
    );
}

#[test]
fn line_ends_and_indentation_are_followed() {
    let text = "silver:\r\n    t:\r\n        from: s\r\n        fields:\r\n            a: {from: A}\r\n        key:\r\n        - a";
    let edits = [
        set("silver.t.fields.b", json!({ "expr": "case\nend\n" })),
        set("silver.t.rules", json!("Rules = [\n]\n")),
        set("silver.t.partition_by", json!(["a".repeat(60), "b".repeat(60)])),
        Edit::Insert { path: path("silver.t.key"), value: "b".into(), position: Position::Last },
    ];
    assert_eq!(
        apply(text, &edits).unwrap().replace("\r\n", "~\n"),
        format!(
            "silver:~\n    t:~\n        from: s~\n        fields:~\n            a: {{from: A}}~\n            b:~\n                expr: |~\n                    case~\n                    end~\n        key:~\n        - a~\n        - b~\n        rules: |~\n            Rules = [~\n            ]~\n        partition_by:~\n        - {}~\n        - {}",
            "a".repeat(60),
            "b".repeat(60)
        )
    );
}

#[test]
fn what_cannot_be_done_is_said() {
    let error = |text: &str, edit: Edit| apply(text, &[edit]).unwrap_err().to_string();
    insta::assert_snapshot!(
        [
            error("a: {\n", set("a", json!(1))),
            error("a: &x 1\n", set("a", json!(1))),
            error("a: 1\n", Edit::Remove { path: path("b.c") }),
            error("a: 1\nb: 2\n", Edit::Rename { path: path("a"), to: "b".into() }),
            error("a: 1\n", set("a.b", json!(1))),
            error(
                "a: 1\n",
                Edit::Add {
                    path: DocPath::root(),
                    key: "a".into(),
                    value: 1.into(),
                    position: Position::Last
                }
            ),
            error("a: {}\n", Edit::Insert { path: path("a"), value: 1.into(), position: Position::Last }),
            error("a: [1]\n", Edit::Insert { path: path("a"), value: 1.into(), position: Position::At(3) }),
            error("a: 1\n", set("a", json!(u64::MAX))),
        ]
        .join("\n")
    );
}

#[test]
fn parts_of_a_text_are_replaced_where_they_stand() {
    let text = "a: one two # note\nb: 'it''s one'\nc: \"say \\\"one\\\" twice\"\nd: |  # lines\n     one\n\n       and one\ne: >-\n    folded\n    one here\nf: {g: one and two, h: [one]}\n";
    let splice = |at: &str, find: &str, new: &str| {
        let pipeline = build(text).unwrap().value().unwrap();
        let value = at.split('.').fold(&pipeline, |value, key| &value[key]).as_str().unwrap().to_owned();
        let start = value.rfind(find).unwrap();
        Edit::Splice { path: path(at), parts: vec![(start..start + find.len(), new.to_owned())] }
    };
    let edits = [
        splice("a", "one", "1st"),
        splice("b", "one", "Ann's"),
        splice("c", "one", "\"1\""),
        splice("d", "one", "two"),
        splice("e", "one", "two"),
        splice("f.g", "two", "three"),
    ];
    insta::assert_snapshot!(changed(text, &edits), @r#"
    -a: one two # note
    -b: 'it''s one'
    -c: "say \"one\" twice"
    +a: 1st two # note
    +b: 'it''s Ann''s'
    +c: "say \"\"1\"\" twice"
    …
    -       and one
    +       and two
    …
    -    one here
    -f: {g: one and two, h: [one]}
    +    two here
    +f: {g: one and three, h: [one]}
    "#);
    // Where the style can't hold it, the text is written anew; a part behind a word stands right behind it.
    let quoted = apply("a: one * two # note\n", &[splice("a", "one", "\"the one\"")]).unwrap();
    assert_eq!(quoted, "a: \"\\\"the one\\\" * two\" # note\n");
    let behind = Edit::Splice { path: path("a"), parts: vec![(3..3, " as x".to_owned())] };
    assert_eq!(apply("a: |\n   one\n   two\n", &[behind]).unwrap(), "a: |\n   one as x\n   two\n");
    let outside = Edit::Splice { path: path("a"), parts: vec![(1..99, String::new())] };
    assert!(matches!(apply("a: one\n", &[outside]), Err(EditError::Missing { .. })));
    let list = Edit::Splice { path: path("a"), parts: Vec::new() };
    assert!(matches!(apply("a: [one]\n", &[list]), Err(EditError::Kind { .. })));
}
