//! Differences of a pipeline: one line each, and the one that is looked at whole, field by field.

use std::borrow::Cow;
use std::ops::Range;

use egui::{Frame, Margin, Panel, RichText, Ui};
use serde_json::{Map, Value};
use similar::{Algorithm, capture_diff_slices};
use touchstone_spec::Change;

use crate::command::{Command, Commands};
use crate::text;
use crate::theme::{self, Tokens, Tone};
use crate::widgets::grid::{Cell, Grid, GridColumn, Listed};

/// The differences as a grid; gives the place of the one that was chosen now.
pub(super) fn differences(
    commands: &Commands,
    changes: &[Change],
    selected: Option<usize>,
    ui: &mut Ui,
) -> Option<usize> {
    let shown = selected.and_then(|place| Some((place, changes.get(place)?)));
    if let Some((_, change)) = shown {
        let frame = Frame::new().fill(Tokens::of(ui.visuals()).content);
        crate::keep::keep_panel(ui, "whole");
        Panel::bottom("whole").resizable(true).default_size(220.0).frame(frame).show(ui, |ui| {
            ui.push_id(&change.path, |ui| whole(commands, change, ui));
        });
    }
    let selected = shown.map(|(place, _)| place as u64);
    let output = Grid::new("changes", "Differences", &listed(changes)).select_rows(selected).show(ui);
    if let Some(copied) = output.copied {
        commands.send(Command::Copy(copied));
    }
    output.selected.and_then(|row| usize::try_from(row).ok())
}

fn listed(changes: &[Change]) -> Listed<'_> {
    let rows = changes.iter().map(|change| {
        let what = match (change.before.is_null(), change.after.is_null()) {
            _ if change.renamed_from.is_some() => "renamed",
            (true, _) => "added",
            (_, true) => "removed",
            _ => "changed",
        };
        let [before, after] = sides(change);
        vec![
            Cell::Toned(change.class.to_string().into(), Tone::of_change(change.class)),
            Cell::Text(what.into()),
            Cell::Text(Cow::Borrowed(&change.path)),
            before,
            after,
        ]
    });
    Listed {
        columns: vec![
            GridColumn::words("Class"),
            GridColumn::words("What"),
            GridColumn::data("Field"),
            GridColumn::data("Before").shared(),
            GridColumn::data("After").shared().stretched(),
        ],
        rows: rows.collect(),
    }
}

/// Both sides of a difference on one line, what differs in sight.
fn sides(change: &Change) -> [Cell<'static>; 2] {
    if let (Some(before), Some(after)) = (rules_of(&change.before), rules_of(&change.after)) {
        return told(&before, &after);
    }
    if let (Some(before), Some(after)) = (change.before.as_str(), change.after.as_str()) {
        let mut lines = aligned(&lines(before), &lines(after)).into_iter();
        if let Some([Some(before), Some(after)]) = lines.find(|[before, after]| before != after) {
            return differing(&before, &after);
        }
    }
    [summary(&change.before), summary(&change.after)]
}

fn lines(text: &str) -> Vec<String> {
    text.trim_end().lines().map(str::to_owned).collect()
}

/// Two texts, each with what the other has not.
fn differing(before: &str, after: &str) -> [Cell<'static>; 2] {
    let head = before.chars().zip(after.chars()).take_while(|(one, other)| one == other);
    let head: usize = head.map(|(one, _)| one.len_utf8()).sum();
    let (rest, other) = (&before[head..], &after[head..]);
    let tail = rest.chars().rev().zip(other.chars().rev()).take_while(|(one, other)| one == other);
    let tail: usize = tail.map(|(one, _)| one.len_utf8()).sum();
    if head + tail == 0 {
        return [before, after].map(|text| Cell::Text(text.to_owned().into()));
    }
    [before, after].map(|text| Cell::Differing(text.to_owned().into(), head..text.len() - tail))
}

/// A value on one line: itself where it's short, else how much there is.
fn summary(value: &Value) -> Cell<'static> {
    match value {
        Value::Null => Cell::Blank,
        Value::Object(part) if size(part).is_some() => {
            Cell::Toned(size(part).unwrap_or_default().into(), Tone::Neutral)
        }
        Value::Object(_) | Value::Array(_) => {
            let mut fields = Vec::new();
            flatten("", value, &mut fields);
            match fields.as_slice() {
                [] => Cell::Toned("nothing".into(), Tone::Neutral),
                [_, _, _, _, ..] => {
                    Cell::Toned(text::count(fields.len() as u64, "entry", "entries").into(), Tone::Neutral)
                }
                few => {
                    let few = few.iter().map(|(path, text)| match path.as_str() {
                        "" => text.clone(),
                        path => format!("{path}: {text}"),
                    });
                    Cell::Text(few.collect::<Vec<_>>().join(", ").into())
                }
            }
        }
        Value::String(words) => match (rules_of(value), words.trim_end().split_once('\n')) {
            (Some(rules), _) => {
                Cell::Toned(text::count(rules.len() as u64, "rule", "rules").into(), Tone::Neutral)
            }
            (None, Some((first, _))) => Cell::Text(format!("{first} …").into()),
            (None, None) => Cell::Text(words.clone().into()),
        },
        other => Cell::Text(text::value(other).unwrap_or_default().into()),
    }
}

/// The rules of a ruleset, each as it is written.
fn rules_of(value: &Value) -> Option<Vec<String>> {
    let text = value.as_str().filter(|text| text.trim_start().starts_with("Rules"))?;
    let read = touchstone_compiler::read_rules(text);
    let rules = read.rules.iter().filter_map(|rule| text.get(rule.range.clone()));
    Some(rules.map(|rule| rule.trim().to_owned()).collect())
}

/// What became of a ruleset: what went, and what came.
fn told(before: &[String], after: &[String]) -> [Cell<'static>; 2] {
    let without = |these: &[String], others: &[String], sign: &str| {
        let gone = these.iter().filter(|one| !others.contains(one)).map(|one| format!("{sign} {one}"));
        gone.collect::<Vec<_>>().join(", ")
    };
    let (removed, added) = (without(before, after, "−"), without(after, before, "+"));
    let is_moved = removed.is_empty() && added.is_empty();
    let side = |told: String, rules: &[String]| {
        if told.is_empty() {
            Cell::Toned(text::count(rules.len() as u64, "rule", "rules").into(), Tone::Neutral)
        } else {
            Cell::Text(told.into())
        }
    };
    let after =
        if is_moved { Cell::Text("the same rules in another order".into()) } else { side(added, after) };
    [side(removed, before), after]
}

/// How large a source or a table is, in its own words.
fn size(part: &Map<String, Value>) -> Option<String> {
    let (number, one, many) = if let Some(fields) = part.get("fields").and_then(Value::as_object) {
        (fields.len(), "field", "fields")
    } else if let Some(columns) = part.get("contract").and_then(Value::as_array) {
        (columns.len(), "column", "columns")
    } else {
        (part.get("sql")?.as_str()?.trim().lines().count(), "line of SQL", "lines of SQL")
    };
    Some(text::count(number as u64, one, many))
}

/// One difference, field by field.
fn whole(commands: &Commands, change: &Change, ui: &mut Ui) {
    let tokens = Tokens::of(ui.visuals());
    Frame::new().inner_margin(Margin::symmetric(16, 6)).show(ui, |ui| {
        ui.label(RichText::new(&change.path).font(theme::mono()).color(tokens.text_strong));
    });
    let [before, after] = [&change.before, &change.after].map(|value| {
        let mut flat = Vec::new();
        flatten("", value, &mut flat);
        flat
    });
    let mut rows = Vec::new();
    for (place, (path, _)) in before.iter().chain(&after).enumerate() {
        // Lines of one text have one path, and stand together.
        if before.iter().chain(&after).take(place).any(|(earlier, _)| earlier == path) {
            continue;
        }
        let lines = |side: &[(String, String)]| -> Vec<String> {
            side.iter().filter(|one| one.0 == *path).map(|one| one.1.clone()).collect()
        };
        for sides in aligned(&lines(&before), &lines(&after)) {
            let same = sides[0] == sides[1];
            let what = match &sides {
                _ if !path.is_empty() => path.as_str(),
                _ if change.renamed_from.is_some() => "renamed",
                [None, _] => "added",
                [_, None] => "removed",
                _ if same => "",
                _ => "changed",
            };
            let cell = |text: Option<String>| match text {
                None => Cell::Blank,
                Some(text) if same => Cell::Toned(text.into(), Tone::Neutral),
                Some(text) => Cell::Text(text.into()),
            };
            let what = Cell::Toned(what.to_owned().into(), Tone::Neutral);
            let [before, after] = match sides {
                [Some(before), Some(after)] if !same => differing(&before, &after),
                sides => sides.map(cell),
            };
            rows.push(vec![what, before, after]);
        }
    }
    let listed = Listed {
        columns: vec![
            GridColumn::data("Field").shared(),
            GridColumn::data("Before").shared(),
            GridColumn::data("After").shared().stretched(),
        ],
        rows,
    };
    let output = Grid::new("fields", "Difference, field by field", &listed).show(ui);
    if let Some(copied) = output.copied {
        commands.send(Command::Copy(copied));
    }
}

/// Lines of two texts beside each other: those in both on one row, and what came in the place of others too.
fn aligned(before: &[String], after: &[String]) -> Vec<[Option<String>; 2]> {
    let mut rows = Vec::new();
    for part in capture_diff_slices(Algorithm::Myers, before, after) {
        let (old, new) = (part.old_range(), part.new_range());
        for place in 0..old.len().max(new.len()) {
            let line =
                |side: &[String], range: &Range<usize>| range.clone().nth(place).map(|at| side[at].clone());
            rows.push([line(before, &old), line(after, &new)]);
        }
    }
    rows
}

/// Every field below a value with its path; columns by their names, lists of words and lines of a text as they stand.
fn flatten(path: &str, value: &Value, fields: &mut Vec<(String, String)>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Null => {}
        Value::Object(object) => {
            for (key, value) in object {
                flatten(&below(key), value, fields);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (place, item) in items.iter().enumerate() {
                let name = item.get("name").and_then(Value::as_str);
                let mut item = item.clone();
                if let (Some(_), Some(object)) = (name, item.as_object_mut()) {
                    object.shift_remove("name");
                }
                let name = name.map_or_else(|| (place + 1).to_string(), str::to_owned);
                flatten(&below(&name), &item, fields);
            }
        }
        Value::Array(items) => {
            let words: Vec<_> = items.iter().filter_map(text::value).collect();
            fields.push((path.to_owned(), words.join(", ")));
        }
        Value::String(_) if rules_of(value).is_some() => {
            let rules = rules_of(value).unwrap_or_default();
            fields.extend(rules.into_iter().map(|rule| (path.to_owned(), rule)));
        }
        Value::String(text) if text.trim_end().contains('\n') => {
            fields.extend(text.trim_end().lines().map(|line| (path.to_owned(), line.to_owned())));
        }
        other => fields.push((path.to_owned(), text::value(other).unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_told_field_by_field() {
        let value = json!({
            "kind": "file",
            "contract": [{ "name": "Trade ID", "type": "string", "required": true }],
            "key": ["a", "b"],
            "sql": "select a\nfrom b\n",
        });
        let mut fields = Vec::new();
        flatten("", &value, &mut fields);
        let fields: Vec<_> = fields.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        assert_eq!(
            fields,
            [
                ("kind", "file"),
                ("contract.Trade ID.type", "string"),
                ("contract.Trade ID.required", "true"),
                ("key", "a, b"),
                ("sql", "select a"),
                ("sql", "from b"),
            ]
        );
        assert_eq!(summary(&json!(["failed", "halted"])), Cell::Text("failed, halted".into()));
        assert_eq!(summary(&value), Cell::Toned("1 column".into(), Tone::Neutral));
        let silver =
            json!({ "from": "t", "key": ["a"], "fields": { "a": { "from": "A", "type": "int" }, "b": {} } });
        assert_eq!(summary(&silver), Cell::Toned("2 fields".into(), Tone::Neutral));
        let gold = json!({ "sql": "select a\nfrom b\n", "rules": "Rules = [ RowCount > 0 ]" });
        assert_eq!(summary(&gold), Cell::Toned("2 lines of SQL".into(), Tone::Neutral));
        let format = json!({ "delimiter": ";", "quote": "x", "header": 1, "trim": true });
        assert_eq!(summary(&format), Cell::Toned("4 entries".into(), Tone::Neutral));
    }

    #[test]
    fn a_renamed_field_is_one_line_with_both_names() {
        let change = Change {
            path: "silver.trades.fields.cost".to_owned(),
            renamed_from: Some("price".to_owned()),
            before: "price".into(),
            after: "cost".into(),
            class: touchstone_spec::ChangeClass::Breaking,
        };
        let listed = listed(std::slice::from_ref(&change));
        assert_eq!(
            listed.rows[0][1..],
            [
                Cell::Text("renamed".into()),
                Cell::Text("silver.trades.fields.cost".into()),
                Cell::Text("price".into()),
                Cell::Text("cost".into()),
            ]
        );
    }

    #[test]
    fn what_differs_in_two_texts_is_marked() {
        let change = |before: &str, after: &str| Change {
            path: "silver.trades.fields.notional.expr".to_owned(),
            renamed_from: None,
            before: before.into(),
            after: after.into(),
            class: touchstone_spec::ChangeClass::Compatible,
        };
        let marked = |before: &str, after: &str| {
            sides(&change(before, after)).map(|cell| match cell {
                Cell::Differing(text, range) => {
                    format!("{}[{}]{}", &text[..range.start], &text[range.clone()], &text[range.end..])
                }
                other => format!("{other:?}"),
            })
        };
        assert_eq!(
            marked("quantity * price", "quantity * price * fx"),
            ["quantity * price[]", "quantity * price[ * fx]"]
        );
        assert_eq!(marked("max(größe)", "max(grüße)"), ["max(gr[ö]ße)", "max(gr[ü]ße)"]);
        assert_eq!(marked("aa", "aaa"), ["aa[]", "aa[a]"]);
        // Of several lines the first that differs.
        assert_eq!(marked("select a\nfrom b\n", "select a\nfrom c\n"), ["from [b]", "from [c]"]);
    }

    #[test]
    fn rules_are_told_one_by_one() {
        let before = json!("Rules = [\n  IsComplete \"a\",\n  ColumnValues \"b\" > 0\n]\n");
        let after = json!("Rules = [\n  IsComplete \"a\",\n  RowCount > 5,\n  ColumnValues \"b\" > 1\n]\n");
        let rules = |value| rules_of(value).unwrap();
        assert_eq!(summary(&before), Cell::Toned("2 rules".into(), Tone::Neutral));
        assert_eq!(
            told(&rules(&before), &rules(&after)),
            [
                Cell::Text("− ColumnValues \"b\" > 0".into()),
                Cell::Text("+ RowCount > 5, + ColumnValues \"b\" > 1".into())
            ]
        );
        assert_eq!(
            told(&rules(&before), &rules(&before)[..1]),
            [Cell::Text("− ColumnValues \"b\" > 0".into()), Cell::Toned("1 rule".into(), Tone::Neutral)]
        );
        let rows = aligned(&rules(&before), &rules(&after));
        let rows: Vec<_> = rows.iter().map(|row| [row[0].as_deref(), row[1].as_deref()]).collect();
        assert_eq!(
            rows,
            [
                [Some("IsComplete \"a\""), Some("IsComplete \"a\"")],
                [Some("ColumnValues \"b\" > 0"), Some("RowCount > 5")],
                [None, Some("ColumnValues \"b\" > 1")],
            ]
        );
    }
}
