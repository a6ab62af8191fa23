//! Merges by example and at random.

use proptest::{prelude::*, sample::Index};
use serde_json::Value;

use super::*;
use crate::{
    Segment,
    edit::properties::{Scribe, at, choices, document, read, some_path, value},
};

const BASE: &str = "# Trades\npipeline: trades\ntitle: Trades\n\nsources:\n  t:\n    kind: file\n    contract:\n      # the number\n      - { name: id, type: string }\n      - { name: px, type: double }\nsilver:\n  t:\n    from: t\n    key: [id]\n    fields:\n      id: { from: id } # as it is\n      px: { from: px }\n      q: { from: px }\n";

fn ours_and_theirs(ours: &[(&str, &str)], theirs: &[(&str, &str)]) -> Merge {
    let edit = |changes: &[(&str, &str)]| {
        changes.iter().fold(BASE.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        })
    };
    merge(BASE, &edit(ours), &edit(theirs))
}

#[test]
fn both_arrive_with_their_comments() {
    let merge = ours_and_theirs(
        &[
            ("title: Trades\n", "title: Trades # ours\nowner: me\n"),
            (
                "      px: { from: px }\n",
                "      # better\n      px: { expr: px * 2 }\n      n: { expr: px }\n",
            ),
            (
                "      - { name: px, type: double }\n",
                "      - { name: px, type: float }\n      # new\n      - { name: z, type: int }\n",
            ),
            ("      q: { from: px }\n", ""),
        ],
        &[
            ("# Trades\n", "# Trades of theirs\n"),
            ("title: Trades", "title: All trades"),
            ("      # the number\n", "      # the number, ten digits\n"),
            ("name: px, type: double", "name: px, type: double, required: true"),
            ("    from: t\n", "    description: One.\n    from: t\n"),
            ("id: { from: id } # as it is", "id: { from: id, required: true } # as it is"),
            ("      px: {", "      first: { from: id }\n      px: {"),
        ],
    );
    assert_eq!(merge.conflicts, []);
    insta::assert_snapshot!(merge.text);
}

#[test]
fn what_both_changed_is_asked_about_and_can_be_resolved() {
    let merge = ours_and_theirs(
        &[
            ("title: Trades", "title: Ours"),
            ("      px: { from: px }\n", ""),
            ("key: [id]", "key: [id, px]"),
            ("q: { from: px }", "q: { expr: ours }"),
            ("- { name: id, type: string }", "- { name: id, type: int }"),
        ],
        &[
            ("title: Trades", "title: Theirs"),
            ("      px: { from: px }\n", "      px: { from: px, required: true }\n"),
            ("key: [id]", "key: [px]"),
            ("      q: { from: px }\n", ""),
            ("- { name: id, type: string }", "- { name: id, type: long }"),
        ],
    );
    let paths: Vec<String> = merge.conflicts.iter().map(|conflict| conflict.path.to_string()).collect();
    assert_eq!(
        paths,
        ["title", "sources.t.contract.id.type", "silver.t.key", "silver.t.fields.q", "silver.t.fields.px"]
    );
    let all = |side| {
        merge
            .conflicts
            .iter()
            .fold(merge.text.clone(), |text, conflict| resolve(&text, conflict, side).unwrap())
    };
    assert_eq!(all(Side::Theirs), merge.text);
    insta::assert_snapshot!(all(Side::Ours));
}

#[test]
fn an_order_that_one_side_changed_arrives_and_two_are_asked_about() {
    let (id, px, q) =
        ("      id: { from: id } # as it is\n", "      px: { from: px }\n", "      q: { from: px }\n");
    let fields = format!("{id}{px}{q}");
    let (swapped, other) = (format!("{px}{id}{q}"), format!("{q}{id}{px}"));
    let merge_one =
        ours_and_theirs(&[(&fields, &swapped)], &[(q, "      q: { from: id }\n      new: { from: px }\n")]);
    assert_eq!(merge_one.conflicts, []);
    assert!(
        merge_one.text.ends_with(&format!("{px}{id}      q: {{ from: id }}\n      new: {{ from: px }}\n")),
        "{}",
        merge_one.text
    );

    let two = ours_and_theirs(&[(&fields, &swapped)], &[(&fields, &other)]);
    assert!(two.text.ends_with(&other));
    assert_eq!(two.conflicts.len(), 1);
    assert_eq!(two.conflicts[0].kind, ConflictKind::Order);
    assert!(resolve(&two.text, &two.conflicts[0], Side::Ours).unwrap().ends_with(&swapped));
}

#[test]
fn text_that_is_no_yaml_is_merged_by_lines() {
    let broken = ours_and_theirs(&[("title: Trades", "title: Ours")], &[("key: [id]", "key: [id")]);
    assert_eq!(broken.conflicts, []);
    assert!(broken.text.contains("title: Ours") && broken.text.contains("key: [id\n"));

    let both = ours_and_theirs(
        &[("title: Trades", "title: Ours"), ("from: t\n", "from: t # ours\n")],
        &[("title: Trades", "title: [Theirs")],
    );
    assert_eq!(both.conflicts.len(), 1);
    assert_eq!(both.conflicts[0].kind, ConflictKind::Text);
    assert!(both.text.contains("title: [Theirs") && both.text.contains("from: t # ours\n"));
    let edited = both.text.replace("# Trades\n", "# Trades since\n");
    let resolved = resolve(&edited, &both.conflicts[0], Side::Ours).unwrap();
    assert!(resolved.contains("title: Ours") && resolved.contains("# ours") && resolved.contains("since"));
    assert_eq!(resolve(&edited, &both.conflicts[0], Side::Theirs).unwrap(), edited);
}

/// Random edits of one part of a document: what stands at a path is set, and comments are added.
fn edited(text: &str, path: &DocPath, new: &Value, comment: &str) -> Option<String> {
    let after = apply(text, &[Edit::Set { path: path.clone(), value: EditValue(new.clone()) }]).ok()?;
    Some(if after.ends_with('\n') && !comment.is_empty() { format!("{after}# {comment}\n") } else { after })
}

fn goes_by_keys(path: &DocPath) -> bool {
    !path.0.is_empty() && path.0.iter().all(|segment| matches!(segment, Segment::Key(_)))
}

proptest! {
    #[test]
    fn one_side_alone_is_that_side(one in document(), other in document(), choices in choices()) {
        let (base, changed) = (Scribe::document(&one, choices.clone()), Scribe::document(&other, choices));
        prop_assert_eq!(merge(&base, &changed, &base), Merge { text: changed.clone(), conflicts: vec![] });
        prop_assert_eq!(merge(&base, &base, &changed), Merge { text: changed.clone(), conflicts: vec![] });
        prop_assert_eq!(merge(&base, &changed, &changed), Merge { text: changed, conflicts: vec![] });
    }

    #[test]
    fn changes_apart_both_arrive(
        value in document(), choices in choices(), one: Index, other: Index, ours in value(), theirs in value(),
        comment in "[f-z]{2}",
    ) {
        let base = Scribe::document(&value, choices);
        let (one, other) = (some_path(&value, one), some_path(&value, other));
        // A list goes as one value.
        if !goes_by_keys(&one) || !goes_by_keys(&other) || one.0.starts_with(&other.0) || other.0.starts_with(&one.0) {
            return Ok(());
        }
        let mut model = value.clone();
        *at(&mut model, &one.0) = ours.clone();
        *at(&mut model, &other.0) = theirs.clone();
        let (Some(ours), Some(theirs)) = (edited(&base, &one, &ours, &comment), edited(&base, &other, &theirs, "")) else {
            return Ok(());
        };
        prop_assert!(tree::merge(&base, &ours, &theirs).is_some(), "{}\n{}\n{}", base, ours, theirs);
        let merged = merge(&base, &ours, &theirs);
        prop_assert_eq!(&merged.conflicts, &vec![], "{}\n{}\n{}", base, ours, theirs);
        prop_assert_eq!(read(&merged.text), model, "{}\n{}\n{}\n{}", base, ours, theirs, merged.text);
        let note = format!("# {comment}");
        prop_assert!(!ours.contains(&note) || merged.text.contains(&note), "{}\n{}\n{}\n{}", base, ours, theirs, merged.text);
    }

    /// Whatever two people do: no panic, and each conflict resolved for ours gives ours there.
    #[test]
    fn any_two_versions_merge(base in document(), ours in document(), theirs in document(), choices in choices(), more in choices()) {
        let texts = [
            Scribe::document(&base, choices.clone()),
            Scribe::document(&ours, choices),
            Scribe::document(&theirs, more),
        ];
        let merged = merge(&texts[0], &texts[1], &texts[2]);
        let mut text = merged.text.clone();
        for conflict in &merged.conflicts {
            prop_assert!(conflict.ours != conflict.theirs, "{:?}", conflict);
            text = resolve(&text, conflict, Side::Ours).map_err(|error| TestCaseError::fail(format!("{error} {conflict:?}\n{text}")))?;
        }
        if merged.conflicts.iter().all(|conflict| conflict.kind == ConflictKind::Value) {
            let mut result = read(&text);
            for conflict in &merged.conflicts {
                if let Some(ours) = &conflict.ours {
                    prop_assert_eq!(&*at(&mut result, &conflict.path.0), ours);
                }
            }
        }
    }
}
