//! Takes a document's text apart, without losing a byte, along the events of the YAML parser.

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};
use serde_json::Value;

use super::{
    EditError,
    cst::{Block, Doc, Flow, Item, Key, Layout, Node},
};
use crate::tree::{DEPTH_LIMIT, resolve};

/// Takes `text` apart.
///
/// Refuses what isn't YAML, and what can't be edited safely: anchors, aliases, tags, several documents,
/// complex keys, line ends of a lone carriage return.
pub(crate) fn build(text: &str) -> Result<Doc, EditError> {
    let line_end = if text.find('\n').is_some_and(|at| text[..at].ends_with('\r')) { "\r\n" } else { "\n" };
    let ended = text.is_empty() || text.ends_with('\n');
    let whole = if ended { text.to_owned() } else { format!("{text}{line_end}") };
    if let Some(at) = lone_return(&whole) {
        return Err(unsupported(&whole, at, "a line that ends in a lone carriage return"));
    }
    let offsets = if whole.is_ascii() {
        Vec::new()
    } else {
        whole.char_indices().map(|(at, _)| at).chain([whole.len()]).collect()
    };
    let layout = Layout { line_end, step: 0, dash_step: usize::MAX, ended };
    let builder =
        Builder { text: &whole, offsets, at: 0, parser: Parser::new_from_str(&whole), layout, depth: 0 };
    builder.document()
}

fn lone_return(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    bytes
        .iter()
        .enumerate()
        .find(|(at, byte)| **byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'))
        .map(|(at, _)| at)
}

fn line_of(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or(text).matches('\n').count() + 1
}

fn unsupported(text: &str, at: usize, what: &str) -> EditError {
    EditError::Unsupported { line: line_of(text, at), what: what.to_owned() }
}

struct Builder<'text> {
    text: &'text str,
    /// Byte offset of each character; empty where all are single bytes.
    offsets: Vec<usize>,
    /// Everything before it is in the tree.
    at: usize,
    parser: Parser<'text, StrInput<'text>>,
    layout: Layout,
    depth: usize,
}

/// What surrounds a value.
#[derive(Clone, Copy)]
enum Around {
    Root,
    Flow,
    /// A block whose keys or dashes stand at this column.
    Mapping(usize),
    Sequence(usize),
}

type Next<'text> = (Event<'text>, usize, usize);

impl<'text> Builder<'text> {
    fn document(mut self) -> Result<Doc, EditError> {
        let mut doc = Doc { head: String::new(), root: None, foot: String::new(), layout: self.layout };
        loop {
            let (event, start, end) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
                Event::Scalar(ref text, ScalarStyle::Plain, 0, None) if text.is_empty() => {}
                event if doc.root.is_none() => {
                    let first = self.skip_head()?;
                    doc.head = self.take(first);
                    doc.root = Some(self.node((event, start, end), Around::Root)?);
                }
                _ => return Err(unsupported(self.text, start, "a second document (`---`)")),
            }
        }
        let rest = self.take(self.text.len());
        self.check_gap(&rest, self.text.len() - rest.len())?;
        if doc.root.is_some() {
            doc.foot = rest;
        } else {
            doc.head.push_str(&rest);
        }
        doc.layout = self.layout;
        if doc.layout.step == 0 {
            doc.layout.step = 2;
        }
        if doc.layout.dash_step == usize::MAX {
            doc.layout.dash_step = 2;
        }
        Ok(doc)
    }

    fn next(&mut self) -> Result<Next<'text>, EditError> {
        match self.parser.next() {
            Some(Ok((event, span))) => {
                Ok((event, self.offset(span.start.index()), self.offset(span.end.index())))
            }
            Some(Err(error)) => {
                Err(EditError::Unreadable { line: error.marker().line(), message: error.info().to_owned() })
            }
            None => Ok((Event::StreamEnd, self.text.len(), self.text.len())),
        }
    }

    fn offset(&self, index: usize) -> usize {
        if self.offsets.is_empty() {
            index.min(self.text.len())
        } else {
            self.offsets.get(index).copied().unwrap_or(self.text.len())
        }
    }

    /// The text from here up to `end`.
    fn take(&mut self, end: usize) -> String {
        let end = end.max(self.at);
        let piece = self.text.get(self.at..end).unwrap_or_default().to_owned();
        self.at = end;
        piece
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(b'\n')
    }

    /// First byte from `at` on that isn't a blank.
    fn blanks(&self, mut at: usize) -> usize {
        while matches!(self.byte(at), b' ' | b'\t') && at < self.text.len() {
            at += 1;
        }
        at
    }

    /// Behind the line end of the line that `at` stands on.
    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |length| at + length + 1)
    }

    /// Whether only blanks and a comment follow on this line.
    fn line_is_over(&self, at: usize) -> bool {
        let next = self.blanks(at);
        match self.byte(next) {
            b'\n' | b'\r' => true,
            b'#' => next > at || next == 0 || self.byte(next - 1) == b'\n',
            _ => false,
        }
    }

    /// First byte from `at` on that is neither white space nor comment.
    fn skip(&self, mut at: usize) -> usize {
        loop {
            if at >= self.text.len() {
                return self.text.len();
            }
            if self.line_is_over(at) {
                at = self.line_end(at);
            } else {
                return self.blanks(at);
            }
        }
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |before| before + 1)
    }

    /// Where the first line of the root begins. Above it, comments, blank lines and one `---` may stand.
    fn skip_head(&self) -> Result<usize, EditError> {
        let mut at = self.text.strip_prefix('\u{feff}').map_or(0, |_| '\u{feff}'.len_utf8());
        at = self.skip(at);
        if self.text[at..].starts_with("---") && self.line_is_over(at + 3) {
            at = self.skip(self.line_end(at));
        }
        if self.text[at..].starts_with('%') || self.text[at..].starts_with("---") {
            return Err(unsupported(self.text, at, "a YAML directive or document marker"));
        }
        Ok(self.line_start(at))
    }

    /// Between values only white space and comments may stand: anything else we don't know how to keep.
    fn check_gap(&self, gap: &str, at: usize) -> Result<(), EditError> {
        let mut rest = gap;
        while !rest.is_empty() {
            let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}']);
            if trimmed.starts_with('#') {
                rest = trimmed.find('\n').map_or("", |end| &trimmed[end..]);
            } else if trimmed.is_empty() {
                return Ok(());
            } else {
                let place = at + gap.len() - trimmed.len();
                let word: String = trimmed.chars().take(12).take_while(|c| !c.is_whitespace()).collect();
                return Err(unsupported(self.text, place, &format!("`{word}` at this place")));
            }
        }
        Ok(())
    }

    /// The gap up to `end`, checked.
    fn gap(&mut self, end: usize) -> Result<String, EditError> {
        let at = self.at;
        let gap = self.take(end);
        self.check_gap(&gap, at)?;
        Ok(gap)
    }

    fn node(&mut self, (event, start, end): Next<'text>, around: Around) -> Result<Node, EditError> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(unsupported(self.text, start, "such deep nesting"));
        }
        let node = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_marks(anchor, tag.is_some(), start)?;
                self.scalar(&text, style, start, end, around)
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_marks(anchor, tag.is_some(), start)?;
                if self.byte(start) == b'[' && !self.stands_after_dash(start) {
                    self.flow(true, start)
                } else {
                    self.block_sequence(around)
                }
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_marks(anchor, tag.is_some(), start)?;
                if self.byte(start) == b'{' {
                    self.flow(false, start)
                } else if matches!(around, Around::Flow) {
                    Err(unsupported(self.text, start, "a pair without braces inside brackets"))
                } else {
                    self.block_mapping(around)
                }
            }
            Event::Alias(_) => Err(unsupported(self.text, start, "an alias (`*name`)")),
            _ => Err(EditError::Unreadable {
                line: line_of(self.text, start),
                message: "the document ends in the middle".to_owned(),
            }),
        };
        self.depth -= 1;
        node
    }

    /// The parser reports a block sequence behind its first dash, where a flow sequence may stand.
    fn stands_after_dash(&self, start: usize) -> bool {
        let at = self.skip(self.at);
        at < start && self.byte(at) == b'-'
    }

    fn refuse_marks(&self, anchor: usize, tag: bool, start: usize) -> Result<(), EditError> {
        if anchor > 0 {
            return Err(unsupported(self.text, start, "an anchor (`&name`)"));
        }
        if tag {
            return Err(unsupported(self.text, start, "a tag (`!name`)"));
        }
        Ok(())
    }

    /// The cursor stands at the scalar's beginning, or before an empty one.
    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        start: usize,
        end: usize,
        around: Around,
    ) -> Result<Node, EditError> {
        if style == ScalarStyle::Plain && text.is_empty() {
            return Ok(Node::Scalar { raw: String::new(), value: Value::Null });
        }
        let (from, to) = match style {
            ScalarStyle::Plain => {
                let length = self.text.get(start..end).unwrap_or_default().trim_end().len();
                (start, start + length)
            }
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => (start, self.quoted_end(start)),
            ScalarStyle::Literal | ScalarStyle::Folded => self.block_scalar(around),
        };
        if from != self.at {
            return Err(unsupported(self.text, self.at.min(from), "what stands before this value"));
        }
        let value = match style {
            ScalarStyle::Plain => resolve(text),
            _ => Value::String(text.to_owned()),
        };
        Ok(Node::Scalar { raw: self.take(to), value })
    }

    fn quoted_end(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let quote = self.byte(start);
        let mut at = start + 1;
        while at < bytes.len() {
            match bytes[at] {
                b'\\' if quote == b'"' => at += 2,
                byte if byte == quote => {
                    if quote == b'\'' && self.byte(at + 1) == b'\'' {
                        at += 2;
                    } else {
                        return at + 1;
                    }
                }
                _ => at += 1,
            }
        }
        bytes.len()
    }

    /// A block scalar from its `|` or `>` to the end of its last line.
    fn block_scalar(&self, around: Around) -> (usize, usize) {
        let start = self.at;
        let header_end = self.line_end(start);
        let header = self.text[start..header_end].split('#').next().unwrap_or_default();
        let parent = match around {
            Around::Root | Around::Flow => None,
            Around::Mapping(column) | Around::Sequence(column) => Some(column),
        };
        let given = header.chars().find_map(|digit| digit.to_digit(10));
        let mut indent = given.map(|digit| parent.unwrap_or(0) + digit as usize);
        let keep = header.contains('+');
        let (mut at, mut end) = (header_end, header_end);
        while at < self.text.len() {
            let next = self.line_end(at);
            let line = self.text[at..next].trim_end_matches(['\r', '\n']);
            let blanks = line.len() - line.trim_start_matches(' ').len();
            if blanks == line.len() {
                // A line of more blanks than the indentation is text.
                if keep || indent.is_some_and(|indent| blanks > indent) {
                    end = next;
                }
            } else {
                let least = indent.unwrap_or_else(|| parent.map_or(0, |column| column + 1));
                if blanks < least {
                    break;
                }
                indent = indent.or(Some(blanks));
                end = next;
            }
            at = next;
        }
        (start, end)
    }

    fn flow(&mut self, sequence: bool, start: usize) -> Result<Node, EditError> {
        if start != self.at {
            return Err(unsupported(self.text, self.at, "what stands before this bracket"));
        }
        self.at += 1;
        let mut items: Vec<Item> = Vec::new();
        loop {
            let next = self.next()?;
            if matches!(next.0, Event::SequenceEnd | Event::MappingEnd) {
                let close = self.skip(self.at);
                if !matches!(self.byte(close), b']' | b'}') {
                    return Err(unsupported(self.text, close, "what stands before the closing bracket"));
                }
                let mut end = self.gap(close)?;
                self.at += 1;
                // A comment behind the last item belongs to it.
                if let Some(last) = items.last_mut().filter(|item| item.comma.is_empty()) {
                    let line = end.find(['\r', '\n']).unwrap_or(end.len());
                    if end[..line].contains('#') {
                        end[..line].clone_into(&mut last.tail);
                        end.replace_range(..line, "");
                    }
                }
                return Ok(Node::Flow(Flow { sequence, items, end }));
            }
            let first = self.skip(self.at);
            let indent = self.gap(first)?;
            let (key, sep) = if sequence {
                (None, String::new())
            } else {
                let key = self.key(&next, first)?;
                let colon = self.skip(self.at);
                let sep = if self.byte(colon) == b':' { self.take(colon + 1) } else { String::new() };
                (Some(key), sep)
            };
            let value = if sequence { next } else { self.next()? };
            let (sep, value) = self.value(sep, value, Around::Flow)?;
            let after = self.skip(self.at);
            let (mut tail, mut comma) = (String::new(), String::new());
            if self.byte(after) == b',' {
                tail = self.gap(after)?;
                let behind = if self.line_is_over(after + 1) && self.byte(self.blanks(after + 1)) == b'#' {
                    let end = self.line_end(after + 1);
                    after + 1 + self.text[after + 1..end].trim_end_matches(['\r', '\n']).len()
                } else {
                    after + 1
                };
                comma = self.take(behind);
            }
            items.push(Item { lead: String::new(), indent, key, sep, value, tail, comma });
        }
    }

    fn key(&mut self, (event, start, end): &Next<'text>, first: usize) -> Result<Key, EditError> {
        let Event::Scalar(text, style, anchor, tag) = event else {
            return Err(unsupported(self.text, *start, "a key that is no text"));
        };
        self.refuse_marks(*anchor, tag.is_some(), *start)?;
        let to = match style {
            ScalarStyle::Plain if !text.is_empty() => {
                start + self.text.get(*start..*end).unwrap_or_default().trim_end().len()
            }
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => self.quoted_end(*start),
            _ => return Err(unsupported(self.text, *start, "a key of this kind")),
        };
        if *start != first || first != self.at {
            return Err(unsupported(self.text, self.at.min(*start), "what stands before this key"));
        }
        Ok(Key { raw: self.take(to), text: text.to_string() })
    }

    /// A value behind `sep` (a colon or a dash, or nothing), with the whole of what stands between.
    fn value(
        &mut self,
        mut sep: String,
        next: Next<'text>,
        around: Around,
    ) -> Result<(String, Node), EditError> {
        let empty = matches!(&next.0, Event::Scalar(text, ScalarStyle::Plain, 0, None) if text.is_empty());
        if !empty {
            let collection = matches!(next.0, Event::SequenceStart(..) | Event::MappingStart(..));
            let first = self.skip(self.at);
            let flow = matches!(self.byte(first), b'[' | b'{');
            let stop = if collection && !flow && self.line_is_over(self.at) {
                // Comments on lines of their own belong to the first item.
                self.line_end(self.at)
            } else {
                first
            };
            sep.push_str(&self.gap(stop)?);
        }
        Ok((sep, self.node(next, around)?))
    }

    /// Lines above an item, and the blanks before it. The first item may follow a dash on its line.
    fn above(&mut self) -> Result<(String, String), EditError> {
        let first = self.skip(self.at);
        let line = self.line_start(first);
        let lead = if line > self.at { self.gap(line)? } else { String::new() };
        Ok((lead, self.gap(first)?))
    }

    fn column(&self, at: usize) -> usize {
        at - self.line_start(at)
    }

    fn note_step(&mut self, around: Around, column: usize, sequence: bool) {
        if let Around::Mapping(parent) = around {
            if sequence && self.layout.dash_step == usize::MAX {
                self.layout.dash_step = column.saturating_sub(parent);
            } else if !sequence && self.layout.step == 0 {
                self.layout.step = column.saturating_sub(parent);
            }
        }
    }

    fn block_mapping(&mut self, around: Around) -> Result<Node, EditError> {
        let mut items = Vec::new();
        let mut column = None;
        loop {
            let next = self.next()?;
            if matches!(next.0, Event::MappingEnd) {
                break;
            }
            let (lead, indent) = self.above()?;
            let here = self.at;
            let key = self.key(&next, here)?;
            let column = *column.get_or_insert_with(|| self.column(here));
            let colon = self.blanks(self.at);
            if self.byte(colon) != b':' {
                return Err(unsupported(self.text, here, "a key without a `:` behind it"));
            }
            let sep = self.take(colon + 1);
            let next = self.next()?;
            let (sep, value) = self.value(sep, next, Around::Mapping(column))?;
            let tail = self.tail(&value)?;
            items.push(Item { lead, indent, key: Some(key), sep, value, tail, comma: String::new() });
        }
        let column = column.unwrap_or(0);
        self.note_step(around, column, false);
        let end = self.end(column);
        Ok(Node::Block(Block { sequence: false, column, items, end }))
    }

    fn block_sequence(&mut self, around: Around) -> Result<Node, EditError> {
        let mut items = Vec::new();
        let mut column = None;
        loop {
            let next = self.next()?;
            if matches!(next.0, Event::SequenceEnd) {
                break;
            }
            let (lead, indent) = self.above()?;
            let here = self.at;
            if self.byte(here) != b'-' {
                return Err(unsupported(self.text, here, "an item without a dash"));
            }
            let column = *column.get_or_insert_with(|| self.column(here));
            let sep = self.take(here + 1);
            let (sep, value) = self.value(sep, next, Around::Sequence(column))?;
            let tail = self.tail(&value)?;
            items.push(Item { lead, indent, key: None, sep, value, tail, comma: String::new() });
        }
        let column = column.unwrap_or(0);
        self.note_step(around, column, true);
        // Dashes may stand as far left as the key above them; a comment there is the next key's.
        let least =
            if matches!(around, Around::Mapping(parent) if parent == column) { column + 1 } else { column };
        let end = self.end(least);
        Ok(Node::Block(Block { sequence: true, column, items, end }))
    }

    /// The rest of the line behind a value that ends on it.
    fn tail(&mut self, value: &Node) -> Result<String, EditError> {
        let whole_lines = match value {
            Node::Block(_) => true,
            Node::Scalar { raw, .. } => raw.starts_with(['|', '>']),
            Node::Flow(_) => false,
        };
        if whole_lines {
            return Ok(String::new());
        }
        self.gap(self.line_end(self.at))
    }

    /// Comment lines below the last item, indented by at least `least`.
    fn end(&mut self, least: usize) -> String {
        let (mut at, mut end) = (self.at, self.at);
        while at < self.text.len() && self.line_is_over(at) {
            let next = self.line_end(at);
            let first = self.blanks(at);
            if self.byte(first) == b'#' {
                if first - at < least {
                    break;
                }
                end = next;
            }
            at = next;
        }
        self.take(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const ODD: &str = "# héad\r\n---\npipeline: tradés # ü comment\r\n\r\na: { \"x y\": 'q', z: [1, 2 , é],\n  k: v } # c\nb:\n- one # é\n- n: 1\n  m: multi\n    line # c\n# of c\nc:\n# what\nd: |\n  foo\n    bar\n\n# e\n\"e\" : 'it''s\n  two' # z\nf: >-\n  x é\n\n\ng: {a, b: , c: ~,}\nh: [ # one\n  x, # two\n  y # three\n  # four\n]\ni:\n    - - 1\n      # in\n      - 2\n    -\n      [3]\n    # after\n  # odd\nj: |+\n  keep\n\nk:\n  |2-\n    x\n  # no comment\nl:\n  x: {}\n  y:  # empty\n# last";

    #[test]
    fn the_pieces_are_the_text_and_mean_the_same() {
        let tail = ["", "\n", "\r\n", "\n\n# end\n"];
        for tail in tail {
            let text = format!("{ODD}{tail}");
            let doc = build(&text).unwrap();
            assert_eq!(doc.print(), text);
            let (root, _) = crate::tree::parse(&text).unwrap();
            assert_eq!(doc.value(), root.map(|root| root.to_json()));
        }
    }

    #[test]
    fn what_cannot_be_kept_is_refused_with_its_line() {
        let line = |text: &str| match build(text) {
            Err(EditError::Unsupported { line, .. } | EditError::Unreadable { line, .. }) => line,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(line("a: 1\nb: &x 2\n"), 2);
        assert_eq!(line("a: &x 2\nb: *x\n"), 1);
        assert_eq!(line("a: 1\nb: !!str 2\n"), 2);
        assert_eq!(line("a: 1\nb: ! 2\n"), 2);
        assert_eq!(line("a: 1\n---\nb: 2\n"), 3);
        assert_eq!(line("%YAML 1.2\n---\nb: 2\n"), 1);
        assert_eq!(line("a: 1\n? b\n: 2\n"), 2);
        assert_eq!(line("a: [x: y]\n"), 1);
        assert_eq!(line("a: 1\rb: 2\n"), 1);
        assert_eq!(line("a: 1\nb: {\n"), 3);
    }
}
