//! Edits of random documents in random styles: the text says what was asked for, and keeps everything else.

use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Map, json};

use super::*;
use crate::{edit::cst::Node, tree};

/// Writes a value as some person might have: any style that YAML has, comments and blank lines anywhere.
pub(crate) struct Scribe {
    choices: Vec<u8>,
    at: usize,
    comments: usize,
    step: usize,
    dash_step: usize,
    line_end: &'static str,
}

impl Scribe {
    pub(crate) fn document(value: &Value, choices: Vec<u8>) -> String {
        let mut scribe = Self { choices, at: 0, comments: 0, step: 2, dash_step: 2, line_end: "\n" };
        scribe.step = if scribe.one_in(3) { 4 } else { 2 };
        scribe.dash_step = if scribe.one_in(3) { 0 } else { 2 };
        if scribe.one_in(4) {
            scribe.line_end = "\r\n";
        }
        let mut out = String::new();
        match value {
            Value::Object(object) if !object.is_empty() => scribe.mapping(&mut out, object, 0, false),
            other => {
                let text = scribe.flow(other, 2);
                out.push_str(&text);
                out.push_str(scribe.line_end);
            }
        }
        if scribe.one_in(4) {
            out.truncate(out.trim_end_matches(['\n', '\r']).len());
        }
        out
    }

    /// Chooses; the first choice for ever when there are no more.
    fn one_in(&mut self, choices: u8) -> bool {
        self.at += 1;
        self.choices.get(self.at).is_some_and(|choice| choice % choices == 1)
    }

    fn comment(&mut self) -> String {
        self.comments += 1;
        format!("# c{} é", self.comments)
    }

    fn above(&mut self, out: &mut String, column: usize) {
        if self.one_in(6) {
            out.push_str(self.line_end);
        }
        if self.one_in(4) {
            let comment = self.comment();
            out.push_str(&" ".repeat(column));
            out.extend([comment.as_str(), self.line_end]);
            if self.one_in(5) {
                out.push_str(self.line_end);
            }
        }
    }

    fn end_line(&mut self, out: &mut String) {
        if self.one_in(4) {
            out.push_str("  ");
            out.push_str(&self.comment());
        }
        out.push_str(self.line_end);
    }

    fn mapping(&mut self, out: &mut String, object: &Map<String, Value>, column: usize, inline: bool) {
        for (position, (key, value)) in object.iter().enumerate() {
            if position > 0 || !inline {
                self.above(out, column);
                out.push_str(&" ".repeat(column));
            }
            out.push_str(&self.scalar(key, true));
            if self.one_in(9) {
                out.push(' ');
            }
            out.push(':');
            self.value(out, value, column);
        }
        if self.one_in(6) {
            out.push_str(&" ".repeat(column));
            out.extend([self.comment().as_str(), self.line_end]);
        }
    }

    fn value(&mut self, out: &mut String, value: &Value, column: usize) {
        match value {
            Value::Object(object) if !object.is_empty() && !self.one_in(3) => {
                self.end_line(out);
                self.mapping(out, object, column + self.step, false);
            }
            Value::Array(items) if !items.is_empty() && !self.one_in(3) => {
                self.end_line(out);
                let column = column + self.dash_step;
                for item in items {
                    self.above(out, column);
                    out.push_str(&" ".repeat(column));
                    out.push('-');
                    match item {
                        Value::Object(object) if !object.is_empty() && !self.one_in(3) => {
                            out.push(' ');
                            self.mapping(out, object, column + 2, true);
                        }
                        other => self.inline(out, other, column),
                    }
                }
            }
            Value::Null if self.one_in(2) => self.end_line(out),
            other => self.inline(out, other, column),
        }
    }

    fn inline(&mut self, out: &mut String, value: &Value, column: usize) {
        out.push(' ');
        if let Value::String(text) = value
            && self.one_in(2)
        {
            let layout = cst::Layout { line_end: self.line_end, step: self.step, dash_step: 0, ended: true };
            let note = if self.one_in(3) { format!(" {}", self.comment()) } else { String::new() };
            if let Some(block) = render::literal(text, column, layout, &note) {
                out.push_str(&block);
                return;
            }
        }
        let text = self.flow(value, column + 2);
        out.push_str(&text);
        self.end_line(out);
    }

    fn gap(&mut self, column: usize, blank: &str) -> String {
        if self.one_in(6) {
            let comment = if self.one_in(2) { format!(" {}", self.comment()) } else { String::new() };
            format!("{comment}{}{}", self.line_end, " ".repeat(column + 1))
        } else {
            blank.to_owned()
        }
    }

    fn flow(&mut self, value: &Value, column: usize) -> String {
        match value {
            Value::String(text) => self.scalar(text, false),
            Value::Array(items) => {
                let blank = if self.one_in(3) { " " } else { "" };
                let mut out = format!("[{}", self.gap(column, blank));
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        out.push(',');
                        out.push_str(&self.gap(column, " "));
                    }
                    out.push_str(&self.flow(item, column));
                }
                out + &self.gap(column, blank) + "]"
            }
            Value::Object(object) => {
                let blank = if self.one_in(3) { "" } else { " " };
                let mut out = format!("{{{}", self.gap(column, blank));
                for (position, (key, item)) in object.iter().enumerate() {
                    if position > 0 {
                        out.push(',');
                        out.push_str(&self.gap(column, " "));
                    }
                    let key = self.scalar(key, true);
                    let item = self.flow(item, column);
                    out.extend([key.as_str(), ": ", &item]);
                }
                out + &self.gap(column, blank) + "}"
            }
            other => other.to_string(),
        }
    }

    fn scalar(&mut self, text: &str, is_key: bool) -> String {
        let one_line = !text.chars().any(char::is_control);
        if one_line && self.one_in(4) {
            return format!("'{}'", text.replace('\'', "''"));
        }
        if self.one_in(4) {
            return render::key_like("\"", text);
        }
        let old = if is_key { "x" } else { "" };
        if is_key {
            render::key_like(old, text)
        } else {
            render::scalar_like(
                old,
                &json!(text),
                None,
                cst::Layout { line_end: "\n", step: 2, dash_step: 2, ended: true },
            )
        }
    }
}

pub(crate) fn key() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-e]", 1 => "(Trade ID|Px \\(EUR\\)|yes|a: b|#x|é|x'y|)", 1 => Just("name".to_owned())]
}

pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{0,6}",
        "(a|b|'|\"|:|#|, | |-|\\{|\\[|0|é|%|\\?|&|\\*|!|\\|){0,8}",
        "((  )?[a-z#:'\"-]{0,6}\n){0,4}[a-z]{0,3}",
        "[ \n\ta]{0,8}",
    ]
}

pub(crate) fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => text().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
        // Never whole: a document gives whole numbers back without a fraction.
        1 => (-1000..1000_i32).prop_map(|n| json!(f64::from(n) + 0.125)),
    ]
}

pub(crate) fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((key(), inner), 0..5).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

pub(crate) fn document() -> impl Strategy<Value = Value> {
    vec((key(), value()), 0..6).prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
}

pub(crate) fn choices() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..120)
}

pub(crate) fn read(text: &str) -> Value {
    let (root, findings) = tree::parse(text).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    assert_eq!(findings, vec![], "{text}");
    root.map(|root| root.to_json()).unwrap_or_default()
}

/// Values with the order of keys.
fn exactly(value: &Value) -> String {
    value.to_string()
}

fn paths(value: &Value, path: &DocPath, found: &mut Vec<DocPath>) {
    found.push(path.clone());
    match value {
        Value::Object(object) => {
            object.iter().for_each(|(key, value)| paths(value, &path.key(key), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| paths(value, &path.index(index), found));
        }
        _ => {}
    }
}

pub(crate) fn some_path(value: &Value, index: Index) -> DocPath {
    let mut found = Vec::new();
    paths(value, &DocPath::root(), &mut found);
    index.get(&found).clone()
}

pub(crate) fn at<'value>(value: &'value mut Value, path: &[Segment]) -> &'value mut Value {
    path.iter().fold(value, |value, segment| match segment {
        Segment::Key(key) => &mut value[key.as_str()],
        Segment::Index(index) => &mut value[*index],
    })
}

/// Every item that isn't on the way to `path` has its bytes.
fn untouched(before: &Node, after: &Node, path: &[Segment]) -> Result<(), TestCaseError> {
    let Some((segment, rest)) = path.split_first() else { return Ok(()) };
    for (index, item) in before.items().iter().enumerate() {
        let on_way = match segment {
            Segment::Key(key) => item.is(key),
            Segment::Index(here) => index == *here,
        };
        let Some(other) = after.items().get(index) else {
            return Err(TestCaseError::fail("an item is gone"));
        };
        if on_way {
            untouched(&item.value, &other.value, rest)?;
        } else {
            // Comments below a block that is no more stand above what follows.
            prop_assert!(other.lead.ends_with(&item.lead));
            prop_assert_eq!(item, &cst::Item { lead: item.lead.clone(), ..other.clone() });
        }
    }
    Ok(())
}

fn comments(text: &str) -> Vec<usize> {
    let mut found: Vec<usize> = text
        .split("# c")
        .skip(1)
        .filter_map(|rest| rest.split_once(" é").and_then(|(number, _)| number.parse().ok()))
        .collect();
    found.sort_unstable();
    found
}

proptest! {
    #[test]
    fn pieces_are_the_text(value in document(), choices in choices()) {
        let text = Scribe::document(&value, choices);
        prop_assert_eq!(exactly(&read(&text)), exactly(&value), "{}", text);
        let doc = build(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(doc.print(), text.clone());
        prop_assert_eq!(exactly(&doc.value().unwrap_or_default()), exactly(&value), "{}", text);
    }

    #[test]
    fn setting_the_same_changes_nothing(value in document(), choices in choices(), index: Index) {
        let text = Scribe::document(&value, choices);
        let path = some_path(&value, index);
        let current = at(&mut value.clone(), &path.0).clone();
        prop_assert_eq!(apply(&text, &[Edit::Set { path, value: EditValue(current) }]), Ok(text));
    }

    #[test]
    fn a_value_is_set_and_the_rest_stays(value in document(), choices in choices(), index: Index, new in value()) {
        let text = Scribe::document(&value, choices);
        let path = some_path(&value, index);
        prop_assume!(!path.0.is_empty());
        let after = apply(&text, &[Edit::Set { path: path.clone(), value: EditValue(new.clone()) }])
            .map_err(|error| TestCaseError::fail(format!("{error} {path}\n{text}\n{new}")))?;
        let mut model = value.clone();
        let old = std::mem::replace(at(&mut model, &path.0), new.clone());
        prop_assert_eq!(&read(&after), &model, "{}\n{}\n{}", path, text, after);
        let (before, again) = (build(&text).unwrap(), build(&after).unwrap());
        // A mapping on one line makes room for text of several.
        if !new.to_string().contains("\\n") {
            untouched(&before.root.unwrap(), &again.root.unwrap(), &path.0)
                .map_err(|error| TestCaseError::fail(format!("{error}\n{path}\n{text}\n{after}")))?;
        }
        if !old.is_object() && !old.is_array() {
            prop_assert_eq!(comments(&text), comments(&after), "{}\n{}\n{}", path, text, after);
        }
    }

    #[test]
    fn a_value_is_replaced(value in document(), choices in choices(), index: Index, new in value()) {
        let text = Scribe::document(&value, choices);
        let path = some_path(&value, index);
        let after = apply(&text, &[Edit::Replace { path: path.clone(), value: EditValue(new.clone()) }]);
        let after = after.map_err(|error| TestCaseError::fail(format!("{error} {path}\n{text}\n{new}")))?;
        let mut model = value.clone();
        *at(&mut model, &path.0) = new;
        prop_assert_eq!(exactly(&read(&after)), exactly(&model), "{}\n{}\n{}", path, text, after);
    }

    #[test]
    fn entries_are_taken_out(value in document(), choices in choices(), indexes in vec(any::<Index>(), 1..4)) {
        let text = Scribe::document(&value, choices);
        let (mut model, mut edits) = (value.clone(), Vec::new());
        for index in indexes {
            let path = some_path(&model, index);
            let Some((last, parent)) = path.0.split_last() else { continue };
            match (last, at(&mut model, parent)) {
                (Segment::Key(key), Value::Object(object)) => { object.shift_remove(key); }
                (Segment::Index(index), Value::Array(items)) => { items.remove(*index); }
                _ => {}
            }
            edits.push(Edit::Remove { path });
        }
        let after = apply(&text, &edits).map_err(|error| TestCaseError::fail(format!("{error} {edits:?}\n{text}")))?;
        prop_assert_eq!(exactly(&read(&after)), exactly(&model), "{:?}\n{}\n{}", edits, text, after);
        if edits.len() == 1 {
            // Comments are numbered from top to bottom: those of one entry stand together.
            let (all, left) = (comments(&text), comments(&after));
            let gone: Vec<usize> = (0..all.len()).filter(|index| !left.contains(&all[*index])).collect();
            prop_assert_eq!(left.len() + gone.len(), all.len());
            prop_assert!(gone.windows(2).all(|pair| pair[1] == pair[0] + 1), "{:?} {:?}\n{}\n{}", edits, gone, text, after);
        }
    }

    #[test]
    fn entries_are_moved_and_renamed(value in document(), choices in choices(), index: Index, to: Index, name in key()) {
        let text = Scribe::document(&value, choices);
        let path = some_path(&value, index);
        let Some((last, parent)) = path.0.split_last() else { return Ok(()) };
        let mut model = value.clone();
        let mut edits = Vec::new();
        match (last, at(&mut model, parent)) {
            (Segment::Key(key), Value::Object(object)) => {
                let to = to.index(object.len());
                let from = object.keys().position(|other| other == key).unwrap();
                let mut pairs: Vec<(String, Value)> = std::mem::take(object).into_iter().collect();
                let mut pair = pairs.remove(from);
                edits.push(Edit::Move { path: path.clone(), position: Position::At(to) });
                if !pairs.iter().any(|(other, _)| *other == name) {
                    edits.push(Edit::Rename { path: path.clone(), to: name.clone() });
                    pair.0 = name;
                }
                pairs.insert(to, pair);
                *object = pairs.into_iter().collect();
            }
            (Segment::Index(from), Value::Array(items)) => {
                let to = to.index(items.len());
                let item = items.remove(*from);
                items.insert(to, item);
                edits.push(Edit::Move { path: path.clone(), position: Position::At(to) });
            }
            _ => {}
        }
        let after = apply(&text, &edits).map_err(|error| TestCaseError::fail(format!("{error} {edits:?}\n{text}")))?;
        prop_assert_eq!(exactly(&read(&after)), exactly(&model), "{:?}\n{}\n{}", edits, text, after);
        prop_assert_eq!(comments(&text), comments(&after), "{:?}\n{}\n{}", edits, text, after);
    }

    #[test]
    fn entries_are_added(value in document(), choices in choices(), index: Index, to: Index, name in key(), new in value()) {
        let text = Scribe::document(&value, choices);
        let path = some_path(&value, index);
        let mut model = value.clone();
        let edit = match at(&mut model, &path.0) {
            Value::Object(object) if !object.contains_key(&name) => {
                let to = to.index(object.len() + 1);
                object.shift_insert(to, name.clone(), new.clone());
                Edit::Add { path, key: name, value: EditValue(new), position: Position::At(to) }
            }
            Value::Array(items) => {
                let to = to.index(items.len() + 1);
                items.insert(to, new.clone());
                Edit::Insert { path, value: EditValue(new), position: Position::At(to) }
            }
            _ => return Ok(()),
        };
        let after = apply(&text, std::slice::from_ref(&edit)).map_err(|error| TestCaseError::fail(format!("{error} {edit:?}\n{text}")))?;
        prop_assert_eq!(exactly(&read(&after)), exactly(&model), "{:?}\n{}\n{}", edit, text, after);
        prop_assert_eq!(comments(&text), comments(&after), "{:?}\n{}\n{}", edit, text, after);
    }

    #[test]
    fn no_text_panics(text in "(a: b\n)?([a-z:\\-\\[\\]{}'\"|&*#>+ \r\n\té]{0,60})", new in value()) {
        if let Ok(doc) = build(&text) {
            prop_assert_eq!(doc.print(), text.clone());
        }
        let edit = Edit::Set { path: DocPath::root().key("a"), value: EditValue(new.clone()) };
        if let Ok(after) = apply(&text, &[edit]) {
            // A key that stands twice is the text's own mistake, and told as such; its first value counts.
            let read = tree::parse(&after).map_err(|error| TestCaseError::fail(format!("{error:?}\n{after}")))?;
            let value = read.0.map(|root| root.to_json()).unwrap_or_default();
            prop_assert_eq!(&value["a"], &new, "{}", after);
        }
    }

    #[test]
    fn a_key_that_stands_twice_is_edited_where_it_counts(new in value()) {
        let edit = Edit::Set { path: DocPath::root().key("a"), value: EditValue(new.clone()) };
        if let Ok(after) = apply("a: b\na:", &[edit]) {
            let read = tree::parse(&after).map_err(|error| TestCaseError::fail(format!("{error:?}\n{after}")))?;
            prop_assert_eq!(&read.0.map(|root| root.to_json()).unwrap_or_default()["a"], &new, "{}", after);
        }
    }
}
