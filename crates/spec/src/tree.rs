//! The YAML text as a tree in which every key and value knows its place.

use std::fmt;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Number, Value};

/// One step into a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// Value of a mapping under this key.
    Key(String),
    /// Item of a sequence, from zero.
    Index(usize),
}

/// Where something stands in a document's structure, for example `silver.trades.fields.notional.expr`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocPath(pub Vec<Segment>);

impl DocPath {
    /// The whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// The value under `key`.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        let mut segments = self.0.clone();
        segments.push(Segment::Key(key.into()));
        Self(segments)
    }

    /// The item at `index`, from zero.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut segments = self.0.clone();
        segments.push(Segment::Index(index));
        Self(segments)
    }

    /// What holds it; none for the whole document.
    pub fn parent(&self) -> Option<Self> {
        let (_, parent) = self.0.split_last()?;
        Some(Self(parent.to_vec()))
    }
}

impl fmt::Display for DocPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) if position == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A stretch of text. Lines and columns count from one, columns in characters; the end is exclusive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// Line of the first character.
    pub line: usize,
    /// Column of the first character.
    pub column: usize,
    /// Line behind the last character.
    pub end_line: usize,
    /// Column behind the last character.
    pub end_column: usize,
}

impl From<saphyr_parser::Span> for Span {
    fn from(span: saphyr_parser::Span) -> Self {
        Self {
            line: span.start.line(),
            column: span.start.col() + 1,
            end_line: span.end.line(),
            end_column: span.end.col() + 1,
        }
    }
}

/// How a scalar is written, as far as places inside it depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Quoted,
    Literal,
    Folded,
}

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) data: Data,
}

#[derive(Debug, Clone)]
pub(crate) enum Data {
    Scalar { text: String, style: Style },
    Sequence(Vec<Node>),
    Mapping(Vec<Entry>),
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) value: Node,
}

/// A finding about the YAML itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct YamlError {
    pub(crate) span: Span,
    pub(crate) path: DocPath,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// Deepest nesting that is read; far beyond any pipeline.
pub(crate) const DEPTH_LIMIT: usize = 64;

/// Reads one YAML document. `Ok((None, _))` is an empty one. Duplicate keys are reported and their first value
/// kept.
pub(crate) fn parse(text: &str) -> Result<(Option<Node>, Vec<YamlError>), YamlError> {
    let mut reader = Reader { parser: Parser::new_from_str(text), findings: Vec::new() };
    let mut root = None;
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd => break,
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            event if root.is_none() => root = Some(reader.node(event, span, &DocPath::root())?),
            _ => {
                return Err(YamlError {
                    span,
                    path: DocPath::root(),
                    code: "yaml-documents",
                    message: "a second YAML document begins here".to_owned(),
                    help: "keep one pipeline in one file, and remove the `---` between them".to_owned(),
                });
            }
        }
    }
    Ok((root, reader.findings))
}

struct Reader<'text> {
    parser: Parser<'text, saphyr_parser::StrInput<'text>>,
    findings: Vec<YamlError>,
}

impl<'text> Reader<'text> {
    fn next(&mut self) -> Result<(Event<'text>, Span), YamlError> {
        match self.parser.next() {
            Some(Ok((event, span))) => Ok((event, span.into())),
            Some(Err(error)) => {
                let marker = *error.marker();
                let span = saphyr_parser::Span::empty(marker).into();
                Err(YamlError {
                    span,
                    path: DocPath::root(),
                    code: "yaml-syntax",
                    message: format!("not valid YAML: {}", error.info()),
                    help:
                        "look at this line and the one above it: indentation, a missing `:`, or a quote that \
                           isn't closed"
                            .to_owned(),
                })
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'text>, span: Span, path: &DocPath) -> Result<Node, YamlError> {
        if path.0.len() > DEPTH_LIMIT {
            return Err(YamlError {
                span,
                path: path.clone(),
                code: "yaml-depth",
                message: format!("nested deeper than {DEPTH_LIMIT} levels"),
                help: "check the indentation of the lines above".to_owned(),
            });
        }
        match event {
            Event::Scalar(text, style, ..) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                    ScalarStyle::Literal => Style::Literal,
                    ScalarStyle::Folded => Style::Folded,
                };
                Ok(Node { span, data: Data::Scalar { text: text.into_owned(), style } })
            }
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    let (event, item_span) = self.next()?;
                    if matches!(event, Event::SequenceEnd) {
                        return Ok(Node { span: until(span, item_span), data: Data::Sequence(items) });
                    }
                    let item = self.node(event, item_span, &path.index(items.len()))?;
                    items.push(item);
                }
            }
            Event::MappingStart(..) => self.mapping(span, path),
            Event::Alias(_) => Err(YamlError {
                span,
                path: path.clone(),
                code: "yaml-alias",
                message: "anchors and aliases (`&name`, `*name`) are not used in pipeline documents"
                    .to_owned(),
                help: "write the value out, so that a change is seen where it matters".to_owned(),
            }),
            _ => Err(YamlError {
                span,
                path: path.clone(),
                code: "yaml-syntax",
                message: "the document ends in the middle".to_owned(),
                help: "complete the value".to_owned(),
            }),
        }
    }

    fn mapping(&mut self, span: Span, path: &DocPath) -> Result<Node, YamlError> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let (event, key_span) = self.next()?;
            let key = match event {
                Event::MappingEnd => {
                    return Ok(Node { span: until(span, key_span), data: Data::Mapping(entries) });
                }
                Event::Scalar(text, ..) => text.into_owned(),
                _ => {
                    return Err(YamlError {
                        span: key_span,
                        path: path.clone(),
                        code: "yaml-key",
                        message: "a key must be a plain text".to_owned(),
                        help: "write `key: value`".to_owned(),
                    });
                }
            };
            let key_path = path.key(&key);
            let (event, value_span) = self.next()?;
            let value = self.node(event, value_span, &key_path)?;
            if let Some(first) = entries.iter().find(|entry| entry.key == key) {
                self.findings.push(YamlError {
                    span: key_span,
                    path: key_path,
                    code: "duplicate-name",
                    message: format!(
                        "`{key}` stands here a second time; the first is on line {}",
                        first.key_span.line
                    ),
                    help: "rename or remove one of the two".to_owned(),
                });
            } else {
                entries.push(Entry { key, key_span, value });
            }
        }
    }
}

fn until(start: Span, end: Span) -> Span {
    Span { end_line: end.end_line, end_column: end.end_column, ..start }
}

impl Node {
    /// The node at `path`, and the span of its key where it has one.
    pub(crate) fn find(&self, path: &[Segment]) -> Option<(&Self, Option<Span>)> {
        let (mut node, mut key_span) = (self, None);
        for segment in path {
            match (segment, &node.data) {
                (Segment::Key(key), Data::Mapping(entries)) => {
                    let entry = entries.iter().find(|entry| entry.key == *key)?;
                    (node, key_span) = (&entry.value, Some(entry.key_span));
                }
                (Segment::Index(index), Data::Sequence(items)) => {
                    (node, key_span) = (items.get(*index)?, None);
                }
                _ => return None,
            }
        }
        Some((node, key_span))
    }

    /// Takes the node at `path` out. Whether there was one.
    pub(crate) fn remove(&mut self, path: &[Segment]) -> bool {
        let Some((last, parents)) = path.split_last() else { return false };
        let mut node = self;
        for segment in parents {
            let child = match (segment, &mut node.data) {
                (Segment::Key(key), Data::Mapping(entries)) => {
                    entries.iter_mut().find(|entry| entry.key == *key).map(|entry| &mut entry.value)
                }
                (Segment::Index(index), Data::Sequence(items)) => items.get_mut(*index),
                _ => None,
            };
            match child {
                Some(child) => node = child,
                None => return false,
            }
        }
        match (last, &mut node.data) {
            (Segment::Key(key), Data::Mapping(entries)) => {
                let before = entries.len();
                entries.retain(|entry| entry.key != *key);
                entries.len() < before
            }
            (Segment::Index(index), Data::Sequence(items)) if *index < items.len() => {
                items.remove(*index);
                true
            }
            _ => false,
        }
    }

    /// The same as JSON, plain scalars resolved by YAML 1.2's core schema.
    pub(crate) fn to_json(&self) -> Value {
        match &self.data {
            Data::Scalar { text, style: Style::Plain } => resolve(text),
            Data::Scalar { text, .. } => Value::String(text.clone()),
            Data::Sequence(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Data::Mapping(entries) => Value::Object(
                entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect::<Map<_, _>>(),
            ),
        }
    }
}

/// A plain scalar by the core schema, except that a number which wouldn't be written back the same (leading
/// zeros, a plus, an exponent) stays text: identifiers must not lose a character.
pub(crate) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    if let Ok(whole) = text.parse::<i64>() {
        if whole.to_string() == text {
            return Value::Number(whole.into());
        }
    } else if text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && let Ok(number) = text.parse::<f64>()
        && number.to_string() == text
        && let Some(number) = Number::from_f64(number)
    {
        return Value::Number(number);
    }
    Value::String(text.to_owned())
}
