//! A pipeline document: the YAML text, the pipeline in it, and what is wrong with it, each with its place.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    Diagnostic, Diagnostics, DocPath, Pipeline, Place, Segment, Severity, Span, in_plain_words, nearest,
    tree::{self, Data, Node, Style, YamlError},
};

/// A document as read. Holds as much of the pipeline as could be understood.
#[derive(Debug, Clone)]
pub struct Document {
    /// File as the steward knows it, relative to the workspace.
    pub file: String,
    /// The text as read.
    pub text: String,
    /// The pipeline, without the parts that the diagnostics name; none when the text isn't YAML or names no
    /// pipeline.
    pub pipeline: Option<Pipeline>,
    /// What is wrong, in document order.
    pub diagnostics: Diagnostics,
    root: Option<Node>,
}

/// Most findings reported for one document; more are of one cause.
const FINDING_LIMIT: usize = 100;

impl Document {
    /// Reads `text`. Never fails: what can't be understood is left out and said in the diagnostics.
    pub fn read(file: impl Into<String>, text: impl Into<String>) -> Self {
        let mut document = Self {
            file: file.into(),
            text: text.into(),
            pipeline: None,
            diagnostics: Diagnostics::default(),
            root: None,
        };
        match tree::parse(&document.text) {
            Ok((root, findings)) => {
                document.root = root;
                for finding in findings {
                    document.push_yaml(finding);
                }
            }
            Err(error) => document.push_yaml(error),
        }
        if let Some(root) = document.root.clone() {
            document.pipeline = document.decode(root);
        } else if document.diagnostics.0.is_empty() {
            document.push(
                &DocPath::root(),
                "empty-document",
                "the document is empty".to_owned(),
                Some("begin with `pipeline: <name>`".to_owned()),
            );
        }
        document.diagnostics = std::mem::take(&mut document.diagnostics).sorted();
        document
    }

    /// A document whose file can't be read as text, with the reason and the next step.
    pub fn unreadable(file: impl Into<String>, message: String, help: String) -> Self {
        let mut document = Self {
            file: file.into(),
            text: String::new(),
            pipeline: None,
            diagnostics: Diagnostics::default(),
            root: None,
        };
        document.push(&DocPath::root(), "unreadable", message, Some(help));
        document
    }

    /// The place of the value at `path`, or of the nearest part of the document that holds it.
    pub fn place(&self, path: &DocPath) -> Place {
        let span = self.find(path).map(|(node, _)| node.span);
        self.place_at(path, span)
    }

    /// The place of the key at `path`, or of the value where there is no key.
    pub fn key_place(&self, path: &DocPath) -> Place {
        let span = self.find(path).map(|(node, key)| key.unwrap_or(node.span));
        self.place_at(path, span)
    }

    /// The place of line `line`, column `column` (both from one) inside the text of the value at `path`.
    /// Exact for literal blocks (`|`) and for scalars on one line; else the beginning of the value.
    pub fn place_within(&self, path: &DocPath, line: usize, column: usize) -> Place {
        let Some((node, _)) = self.find(path) else { return self.place(path) };
        let span = node.span;
        let at = |line, column| Place { file: self.file.clone(), line, column, path: path.to_string() };
        match &node.data {
            Data::Scalar { style: Style::Plain, .. } if line <= 1 => at(span.line, span.column + column - 1),
            Data::Scalar { style: Style::Quoted, .. } if line <= 1 => at(span.line, span.column + column),
            Data::Scalar { style: Style::Literal, .. } => {
                let first = self.first_line_of_block(span);
                let indent = self
                    .text
                    .lines()
                    .skip(first - 1)
                    .find(|line| !line.trim().is_empty())
                    .map_or(0, |line| line.len() - line.trim_start_matches(' ').len());
                at(first + line.max(1) - 1, indent + column)
            }
            _ => at(span.line, span.column),
        }
    }

    /// The stretch of text that the value at `path` takes, where it is written in the document.
    pub fn span(&self, path: &DocPath) -> Option<Span> {
        self.find(path).map(|(node, _)| node.span)
    }

    /// The text of the value at `path`, where it is one.
    pub fn text_at(&self, path: &DocPath) -> Option<&str> {
        match &self.find(path)?.0.data {
            Data::Scalar { text, .. } => Some(text),
            Data::Sequence(_) | Data::Mapping(_) => None,
        }
    }

    /// Adds an error at the value at `path`.
    pub fn push(&mut self, path: &DocPath, code: &str, message: String, help: Option<String>) {
        let place = self.place(path);
        self.diagnostics.push(Diagnostic {
            place,
            severity: Severity::Error,
            code: code.to_owned(),
            message,
            help,
        });
    }

    fn find(&self, path: &DocPath) -> Option<(&Node, Option<Span>)> {
        self.root.as_ref()?.find(&path.0)
    }

    fn place_at(&self, path: &DocPath, span: Option<Span>) -> Place {
        let Some(span) = span else {
            return match path.parent() {
                Some(parent) => Place { path: path.to_string(), ..self.key_place(&parent) },
                None => Place { file: self.file.clone(), ..Place::default() },
            };
        };
        Place { file: self.file.clone(), line: span.line, column: span.column, path: path.to_string() }
    }

    /// A block's span begins at its indicator or at its text, depending on the parser's version.
    fn first_line_of_block(&self, span: Span) -> usize {
        let line = self.text.lines().nth(span.line.saturating_sub(1)).unwrap_or_default();
        let at_indicator = line.chars().nth(span.column.saturating_sub(1)) == Some('|');
        if at_indicator { span.line + 1 } else { span.line }
    }

    fn push_yaml(&mut self, error: YamlError) {
        self.diagnostics.push(Diagnostic {
            place: Place {
                file: self.file.clone(),
                line: error.span.line,
                column: error.span.column,
                path: error.path.to_string(),
            },
            severity: Severity::Error,
            code: error.code.to_owned(),
            message: error.message,
            help: Some(error.help),
        });
    }

    /// Decodes the tree; at each error the offending part is named, taken out, and the rest tried again.
    fn decode(&mut self, mut root: Node) -> Option<Pipeline> {
        if !matches!(root.data, Data::Mapping(_)) {
            self.push(
                &DocPath::root(),
                "not-a-pipeline",
                "a pipeline document is a mapping of keys to values".to_owned(),
                Some("begin with `pipeline: <name>`".to_owned()),
            );
            return None;
        }
        let mut taken_out: Vec<DocPath> = Vec::new();
        for _ in 0..FINDING_LIMIT {
            let failure = match decode_pipeline(&root) {
                Ok(pipeline) => return Some(pipeline),
                Err(failure) => failure,
            };
            let target = failure.target();
            // A key that was taken out a moment ago is missing now: one finding is enough.
            let follows =
                failure.missing.as_ref().is_some_and(|key| taken_out.contains(&failure.path.key(key)));
            if !follows {
                let written = as_written(&target, &taken_out);
                let place =
                    if failure.unknown.is_some() { self.key_place(&written) } else { self.place(&written) };
                self.diagnostics.push(Diagnostic {
                    place,
                    severity: Severity::Error,
                    code: failure.code.to_owned(),
                    message: failure.message.clone(),
                    help: failure.help.clone(),
                });
            }
            if target.0.is_empty() || !root.remove(&target.0) {
                return None;
            }
            taken_out.push(target);
        }
        None
    }
}

/// Where `path` stood before the items of sequences in `taken_out` were taken out, one after the other.
fn as_written(path: &DocPath, taken_out: &[DocPath]) -> DocPath {
    let mut written = path.clone();
    for removed in taken_out.iter().rev() {
        let Some((Segment::Index(gone), parent)) = removed.0.split_last() else { continue };
        if let Some(Segment::Index(index)) = written.0.get_mut(parent.len())
            && *index >= *gone
            && path.0.get(..parent.len()) == Some(parent)
        {
            *index += 1;
        }
    }
    written
}

struct Failure {
    path: DocPath,
    unknown: Option<String>,
    missing: Option<String>,
    code: &'static str,
    message: String,
    help: Option<String>,
}

impl Failure {
    /// The part of the document to blame and to leave out.
    fn target(&self) -> DocPath {
        match &self.unknown {
            Some(key) => self.path.key(key),
            None => self.path.clone(),
        }
    }

    fn new(path: DocPath, error: &str) -> Box<Self> {
        let quoted: Vec<&str> = error.split('`').skip(1).step_by(2).collect();
        let plain = error.split(" at line ").next().unwrap_or(error);
        let mut failure = Self {
            path,
            unknown: None,
            missing: None,
            code: "wrong-value",
            message: in_plain_words(plain),
            help: None,
        };
        if error.starts_with("unknown field") {
            let unknown = quoted.first().copied().unwrap_or_default();
            let known = quoted.get(1..).unwrap_or_default();
            // The path of an unknown key may or may not end in the key itself.
            if failure.path.0.last() == Some(&Segment::Key(unknown.to_owned())) {
                failure.path = failure.path.parent().unwrap_or_default();
            }
            failure.code = "unknown-key";
            failure.message = format!("unknown key `{unknown}`");
            failure.help = Some(match nearest(unknown, known.iter().copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("the keys here are {}", known.join(", ")),
            });
            failure.unknown = Some(unknown.to_owned());
        } else if error.starts_with("missing field") {
            let missing = quoted.first().copied().unwrap_or_default();
            failure.code = "missing-key";
            failure.message = format!("the key `{missing}` is missing");
            failure.help = Some(format!("add `{missing}: …`"));
            failure.missing = Some(missing.to_owned());
        } else if error.starts_with("unknown variant") {
            let unknown = quoted.first().copied().unwrap_or_default();
            let known = quoted.get(1..).unwrap_or_default();
            failure.message = format!("`{unknown}` is not a value of this key");
            failure.help = Some(match nearest(unknown, known.iter().copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("it takes {}", known.join(", ")),
            });
        } else if error.contains("is not a type: ") {
            let (type_message, reason) = plain.split_once(": ").unwrap_or((plain, ""));
            failure.code = "unknown-type";
            type_message.clone_into(&mut failure.message);
            failure.help = Some(reason.to_owned());
        } else if error.contains("expected a string") {
            failure.help = Some("put the value in quotes to make it text".to_owned());
        }
        Box::new(failure)
    }
}

/// The whole pipeline from the tree. The parts with a `kind` are decoded by themselves, since serde loses the
/// path inside tagged enums.
fn decode_pipeline(root: &Node) -> Result<Pipeline, Box<Failure>> {
    let Value::Object(mut json) = root.to_json() else {
        return Err(Failure::new(DocPath::root(), "a pipeline document is a mapping of keys to values"));
    };
    let sources = json.shift_remove("sources");
    let mut pipeline: Pipeline = decode_at(&DocPath::root(), Value::Object(json))?;
    let sources_path = DocPath::root().key("sources");
    match sources {
        None | Some(Value::Null) => {}
        Some(Value::Object(sources)) => {
            for (name, source) in sources {
                let path = sources_path.key(&name);
                pipeline.sources.insert(name, decode_source(&path, source)?);
            }
        }
        Some(_) => return Err(Failure::new(sources_path, "`sources` is a mapping of names to sources")),
    }
    Ok(pipeline)
}

fn decode_source(path: &DocPath, source: Value) -> Result<crate::Source, Box<Failure>> {
    let Value::Object(mut source) = source else {
        return Err(Failure::new(path.clone(), "a source is a mapping that begins with `kind`"));
    };
    match source.shift_remove("kind") {
        Some(Value::String(kind)) if kind == "file" => {
            Ok(crate::Source::File(decode_at(path, Value::Object(source))?))
        }
        Some(Value::String(kind)) => {
            Err(Failure::new(path.key("kind"), &format!("unknown variant `{kind}`, expected `file`")))
        }
        Some(_) => Err(Failure::new(path.key("kind"), "unknown variant, expected `file`")),
        None => Err(Failure::new(path.clone(), "missing field `kind`")),
    }
}

fn decode_at<T: DeserializeOwned>(base: &DocPath, value: Value) -> Result<T, Box<Failure>> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut path = base.clone();
        for segment in error.path() {
            match segment {
                serde_path_to_error::Segment::Seq { index } => path = path.index(*index),
                serde_path_to_error::Segment::Map { key } => path = path.key(key),
                // The variant of an enum written as `{ csv: … }` is a key of the document.
                serde_path_to_error::Segment::Enum { variant } => path = path.key(variant),
                serde_path_to_error::Segment::Unknown => {}
            }
        }
        Failure::new(path, &error.inner().to_string())
    })
}

/// Writes a pipeline as YAML, in the order of the model's keys.
pub fn write_yaml(pipeline: &Pipeline) -> String {
    crate::emit::emit(&model_json(pipeline))
}

/// The pipeline as a document has it: without keys that say nothing.
pub(crate) fn model_json(pipeline: &Pipeline) -> Value {
    let mut json = serde_json::to_value(pipeline).unwrap_or_default();
    for source in json["sources"].as_object_mut().into_iter().flat_map(|sources| sources.values_mut()) {
        without_usual_dialect(source);
    }
    if let Some(object) = json.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
    json
}

/// The defaults of a dialect say nothing; only what differs is written.
pub(crate) fn without_usual_dialect(source: &mut Value) {
    let defaults = serde_json::to_value(crate::CsvFormat::default()).unwrap_or_default();
    if let Some(format) = source["format"]["csv"].as_object_mut() {
        format.retain(|key, value| defaults.get(key) != Some(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> String {
        Document::read("pipelines/trades.yaml", text)
            .diagnostics
            .0
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n\n")
    }

    const GOOD: &str = r#"
pipeline: trades
title: Daily equity trades
sources:
  trades:
    kind: file
    format: { csv: { delimiter: ";", encoding: windows-1252, header_row: 4 } }
    sample: samples/trades.csv
    contract:
      - { name: Trade ID, type: string, required: true }
      - { name: Px, type: "decimal(18,6)", decimal_mark: "," }
silver:
  trades:
    from: trades
    key: [trade_id]
    keep: latest
    fields:
      trade_id: { from: Trade ID }
      sector: { expr: "lookup('securities', isin, 'sector')", if_missing: UNKNOWN }
    rules: |
      Rules = [
        IsPrimaryKey "trade_id"
      ]
gold:
  exposure:
    sql: |
      select 1
      from silver.trades
retention: { bronze: { archive_after: 90 days, to: glacier, delete_after: 7 years } }
trigger: { cron: "0 6 * * MON-FRI", timezone: America/New_York }
alerts: { topic: data-ops, on: [failed, halted] }
"#;

    #[test]
    fn a_good_document_is_read_whole() {
        let document = Document::read("p.yaml", GOOD);
        assert_eq!(document.diagnostics.0, []);
        insta::assert_json_snapshot!(document.pipeline);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let pipeline = Document::read("p.yaml", GOOD).pipeline.unwrap();
        let written = write_yaml(&pipeline);
        let again = Document::read("p.yaml", written.clone());
        assert_eq!(again.diagnostics.0, [], "{written}");
        assert_eq!(again.pipeline, Some(pipeline));
        insta::assert_snapshot!(written);
    }

    #[test]
    fn every_mistake_is_named_with_its_place_and_the_rest_is_kept() {
        let text = GOOD
            .replace("required: true", "requird: true")
            .replace("decimal(18,6)", "numbr")
            .replace("keep: latest", "keep: newest")
            .replace("from: Trade ID", "from: [Trade ID]")
            .replace("    from: trades\n", "")
            .replace("title:", "titel:");
        insta::assert_snapshot!(check(&text));
        let pipeline = Document::read("p.yaml", text).pipeline.unwrap();
        assert_eq!(pipeline.gold.len(), 1);
    }

    #[test]
    fn places_stay_right_when_items_were_taken_out() {
        let text = GOOD
            .replace("name: Trade ID, type: string", "name: Trade ID, type: tring")
            .replace("decimal(18,6)", "numbr");
        let found = Document::read("p.yaml", text).diagnostics.0;
        let lines: Vec<usize> = found.iter().map(|diagnostic| diagnostic.place.line).collect();
        assert_eq!(lines, [10, 11], "{found:?}");
    }

    #[test]
    fn broken_yaml_and_duplicates_have_a_line() {
        insta::assert_snapshot!(
            [
                check("pipeline: a\nsilver:\n  t: {from: x\n"),
                check("pipeline: a\ngold:\n  t: {sql: select 1}\n  t: {sql: select 2}\n"),
                check("pipeline: a\ngold: &g\n  t: *g\n"),
                check("- a\n"),
                check(""),
                check("title: x\n"),
                check("pipeline: a\n---\npipeline: b\n"),
                check("pipeline: a\nsources:\n  s: {kind: ftp}\n  t: {format: {csv: {delimiter: ';;'}}}\n"),
            ]
            .join("\n----\n")
        );
    }

    #[test]
    fn places_inside_text_are_exact() {
        let document = Document::read("p.yaml", GOOD);
        let place = |path: DocPath, line, column| {
            let place = document.place_within(&path, line, column);
            document
                .text
                .lines()
                .nth(place.line - 1)
                .unwrap()
                .chars()
                .skip(place.column - 1)
                .collect::<String>()
        };
        let root = DocPath::root();
        let table = root.key("silver").key("trades");
        assert_eq!(place(table.key("rules"), 2, 3), "IsPrimaryKey \"trade_id\"");
        assert_eq!(place(root.key("gold").key("exposure").key("sql"), 2, 6), "silver.trades");
        let expr = table.key("fields").key("sector").key("expr");
        assert!(place(expr, 1, 22).starts_with("isin,"));
    }
}

#[cfg(test)]
mod properties {
    use proptest::prelude::*;

    use super::Document;

    proptest! {
        #[test]
        fn no_text_panics(text in "(pipeline: a\n)?([a-z:\\-\\[\\]{}'\"|&* \n]{0,80})") {
            let document = Document::read("p.yaml", text);
            prop_assert!(document.pipeline.is_some() || document.diagnostics.has_errors());
        }
    }
}
