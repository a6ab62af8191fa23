//! DQDL's grammar: `Rules = [ … ]`, rules with their parameters, conditions, thresholds and filters.

use std::ops::Range;

use super::{
    GLUE_ONLY, KNOWN,
    lexer::{Kind, Token, tokens},
};
use crate::{
    CompareOp,
    finding::{At, Finding},
};

/// A rule whose columns aren't looked up yet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ParsedRule {
    pub(super) text: String,
    pub(super) at: At,
    pub(super) check: ParsedCheck,
    pub(super) filter: Option<(String, At)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum ParsedCheck {
    Simple {
        kind: String,
        parameters: Vec<(String, At)>,
        condition: Option<Box<ParsedCondition>>,
        threshold: Option<Box<ParsedCondition>>,
    },
    Composite {
        all: bool,
        rules: Vec<ParsedRule>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum ParsedCondition {
    Compare(CompareOp, Operand),
    Between { low: Operand, high: Operand, negated: bool },
    In { values: Vec<Operand>, negated: bool },
    Matches { pattern: String, at: At, negated: bool },
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Operand {
    pub(super) value: OperandValue,
    pub(super) at: At,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum OperandValue {
    Number(String),
    Text(String),
    Null,
    Empty,
    Blank,
}

/// A ruleset as far as it can be read, with the places of its parts in bytes.
#[derive(Debug, Default)]
pub(super) struct ParsedText {
    /// Where the list begins: behind `[`.
    pub(super) open: Option<usize>,
    /// Where it ends: the `]`.
    pub(super) close: Option<usize>,
    pub(super) pieces: Vec<Piece>,
    pub(super) findings: Vec<Finding>,
}

/// What stands between two commas.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) range: Range<usize>,
    /// The comma behind it.
    pub(super) comma: Option<usize>,
    /// None when it can't be read.
    pub(super) rule: Option<ParsedRule>,
}

/// Deepest nesting of composite rules.
const DEPTH_LIMIT: usize = 16;

/// The rules of a text. A rule that can't be read is reported and left out.
pub(super) fn parse(text: &str) -> (Vec<ParsedRule>, Vec<Finding>) {
    let read = parse_text(text);
    (read.pieces.into_iter().filter_map(|piece| piece.rule).collect(), read.findings)
}

/// The same with every piece's place.
pub(super) fn parse_text(text: &str) -> ParsedText {
    let (tokens, stopped) = tokens(text);
    let mut parser = Parser { tokens, position: 0, end: end_of(text) };
    let mut read = ParsedText::default();
    parser.ruleset(&mut read);
    if let Some(stopped) = stopped {
        // What is missing behind the place where reading stopped is no news.
        let before = |finding: &Finding| finding.at < stopped.at && finding.at != parser.end;
        read.findings.retain(before);
        if let Some(last) = read.pieces.last_mut().filter(|last| last.comma.is_none()) {
            last.rule = None;
        }
        read.findings.push(stopped);
    }
    read
}

fn end_of(text: &str) -> At {
    let text = text.trim_end();
    At {
        line: text.lines().count().max(1),
        column: text.lines().last().map_or(0, |line| line.chars().count()) + 1,
    }
}

struct Parser {
    tokens: Vec<Token>,
    position: usize,
    end: At,
}

type Parsed<T> = Result<T, Finding>;

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.position)
    }

    fn at(&self) -> At {
        self.peek().map_or(self.end, |token| token.at)
    }

    fn is_sign(&self, sign: &str) -> bool {
        self.peek().is_some_and(|token| token.kind == Kind::Sign && token.text == sign)
    }

    fn is_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.kind == Kind::Word && token.text.eq_ignore_ascii_case(word))
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let is = self.is_sign(sign);
        self.position += usize::from(is);
        is
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is = self.is_word(word);
        self.position += usize::from(is);
        is
    }

    fn expected<T>(&self, what: &str, help: &str) -> Parsed<T> {
        let found = self.peek().map_or("the end".to_owned(), |token| format!("`{}`", token.text));
        Err(Finding::error(self.at(), "bad-rule", format!("{what} is expected here, not {found}")).help(help))
    }

    fn sign(&mut self, sign: &str, help: &str) -> Parsed<()> {
        if self.take_sign(sign) { Ok(()) } else { self.expected(&format!("`{sign}`"), help) }
    }

    fn ruleset(&mut self, read: &mut ParsedText) {
        const SHAPE: &str = "rules are written: Rules = [ IsComplete \"id\", RowCount > 0 ]";
        let opening = if self.take_word("Rules") {
            self.sign("=", SHAPE).and_then(|()| self.sign("[", SHAPE))
        } else if self.is_word("Analyzers") {
            Err(Finding::error(self.at(), "unsupported-rule", "analyzers are Glue's and don't run here yet")
                .help("remove the analyzers; keep `Rules = [ … ]`"))
        } else {
            self.expected("`Rules`", SHAPE)
        };
        if let Err(finding) = opening {
            read.findings.push(finding);
            return;
        }
        read.open = Some(self.end_before());
        while !self.is_sign("]") {
            let start = self.position;
            let rule = match self.rule(0) {
                Ok(rule) => Some(rule),
                Err(finding) => {
                    read.findings.push(finding);
                    self.skip_rule();
                    None
                }
            };
            if !self.is_sign(",") && !self.is_sign("]") {
                let finding = self
                    .expected::<()>("`,` or `]`", "rules are separated by commas, and `]` closes the list");
                read.findings.extend(finding.err());
                self.skip_rule();
            }
            // A comma too many is no piece.
            if self.position > start {
                let range = self.bytes_from(start);
                let comma = self.peek().filter(|token| token.text == ",").map(|token| token.range.start);
                read.pieces.push(Piece { range, comma, rule });
            }
            if self.peek().is_none() {
                return;
            }
            self.take_sign(",");
        }
        read.close = self.peek().map(|token| token.range.start);
        self.position += 1;
        if self.peek().is_some() {
            read.findings.extend(
                self.expected::<()>("the end", "`]` closes the list of rules; remove what stands behind it")
                    .err(),
            );
        }
    }

    /// Where the last token that was taken ends.
    fn end_before(&self) -> usize {
        let before = self.position.checked_sub(1).and_then(|before| self.tokens.get(before));
        before.map_or(0, |token| token.range.end)
    }

    /// The bytes of the tokens since `start`.
    fn bytes_from(&self, start: usize) -> Range<usize> {
        let first = self.tokens.get(start).map_or(0, |token| token.range.start);
        first..self.end_before().max(first)
    }

    /// Goes to the comma behind the rule, or to what closes the list.
    fn skip_rule(&mut self) {
        let mut depth = 0_usize;
        while let Some(token) = self.peek() {
            if token.kind == Kind::Sign {
                match token.text.as_str() {
                    "[" | "(" | "{" => depth += 1,
                    "]" | "," if depth == 0 => return,
                    "]" | ")" | "}" => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            self.position += 1;
        }
    }

    fn rule(&mut self, depth: usize) -> Parsed<ParsedRule> {
        if depth > DEPTH_LIMIT {
            return Err(Finding::error(self.at(), "too-deep", "rules are nested too deep")
                .help("write several rules"));
        }
        let (start, at) = (self.position, self.at());
        let (check, filter) = if self.is_sign("(") { (self.composite(depth)?, None) } else { self.simple()? };
        Ok(ParsedRule { text: self.text_from(start), at, check, filter })
    }

    /// The tokens since `start` in one line.
    fn text_from(&self, start: usize) -> String {
        let mut text = String::new();
        for token in self.tokens.iter().take(self.position).skip(start) {
            if token.spaced && !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&token.text);
        }
        text
    }

    /// `(rule) and (rule) …`
    fn composite(&mut self, depth: usize) -> Parsed<ParsedCheck> {
        const SHAPE: &str = "composite rules are written: (IsComplete \"a\") or (IsComplete \"b\")";
        let mut rules = Vec::new();
        let mut all = None;
        loop {
            self.sign("(", SHAPE)?;
            rules.push(self.rule(depth + 1)?);
            self.sign(")", SHAPE)?;
            let is_and = self.is_word("and");
            if !is_and && !self.is_word("or") {
                break;
            }
            if all.is_some_and(|all| all != is_and) {
                return Err(Finding::error(self.at(), "bad-rule", "`and` and `or` stand side by side here")
                    .help("put one of them into brackets: ((…) and (…)) or (…)"));
            }
            all = Some(is_and);
            self.position += 1;
        }
        Ok(ParsedCheck::Composite { all: all.unwrap_or(true), rules })
    }

    fn simple(&mut self) -> Parsed<(ParsedCheck, Option<(String, At)>)> {
        let Some(token) = self.peek().filter(|token| token.kind == Kind::Word).cloned() else {
            return self
                .expected("a rule", "a rule begins with its type, such as IsComplete or ColumnValues");
        };
        let kind = token.text;
        if !KNOWN.contains(&kind.as_str()) {
            return Err(unknown_rule(&kind, token.at));
        }
        self.position += 1;
        let mut parameters = Vec::new();
        while let Some(Token { kind: Kind::Text(text), at, .. }) = self.peek() {
            parameters.push((text.clone(), *at));
            self.position += 1;
            // Glue lets commas stand between the columns of a key.
            if self.is_sign(",")
                && kind == "IsPrimaryKey"
                && self.tokens.get(self.position + 1).is_some_and(|next| matches!(next.kind, Kind::Text(_)))
            {
                self.position += 1;
            }
        }
        let mut condition = None;
        if self.begins_condition() {
            condition = Some(self.condition()?);
        }
        let (mut threshold, mut filter) = (None, None);
        loop {
            if filter.is_none() && self.take_word("where") {
                match self.peek() {
                    Some(Token { kind: Kind::Text(text), at, .. }) => filter = Some((text.clone(), *at)),
                    _ => return self.expected("a condition in quotes", "write where \"quantity > 0\""),
                }
                self.position += 1;
            } else if threshold.is_none() && self.is_word("with") {
                self.position += 1;
                if !self.take_word("threshold") {
                    return self.expected("`threshold`", "write with threshold > 0.95");
                }
                threshold = Some(self.condition()?);
            } else {
                break;
            }
        }
        let (condition, threshold) = (condition.map(Box::new), threshold.map(Box::new));
        Ok((ParsedCheck::Simple { kind, parameters, condition, threshold }, filter))
    }

    fn begins_condition(&self) -> bool {
        let sign = ["=", "<", ">", "<=", ">=", "!=", "<>", "!"].iter().any(|sign| self.is_sign(sign));
        sign || ["between", "in", "matches", "not"].iter().any(|word| self.is_word(word))
    }

    fn condition(&mut self) -> Parsed<ParsedCondition> {
        const SHAPE: &str =
            "a condition is = > < >= <= != with a value, between a and b, in [a, b], or matches \"pattern\"";
        let compare = [
            ("=", CompareOp::Equal),
            ("!=", CompareOp::NotEqual),
            ("<>", CompareOp::NotEqual),
            ("<=", CompareOp::LessOrEqual),
            (">=", CompareOp::GreaterOrEqual),
            ("<", CompareOp::Less),
            (">", CompareOp::Greater),
        ];
        for (sign, op) in compare {
            if self.take_sign(sign) {
                return Ok(ParsedCondition::Compare(op, self.operand()?));
            }
        }
        let negated = self.take_word("not");
        if self.take_word("between") {
            let low = self.operand()?;
            if !self.take_word("and") {
                return self.expected("`and`", "write between 1 and 5; both ends are exclusive, as in Glue");
            }
            return Ok(ParsedCondition::Between { low, high: self.operand()?, negated });
        }
        if self.take_word("in") {
            self.sign("[", "write in [\"a\", \"b\"]")?;
            let mut values = Vec::new();
            while !self.is_sign("]") {
                values.push(self.operand()?);
                if !self.take_sign(",") && !self.is_sign("]") {
                    return self.expected("`,` or `]`", "write in [\"a\", \"b\"]");
                }
            }
            self.position += 1;
            return Ok(ParsedCondition::In { values, negated });
        }
        if self.take_word("matches") {
            if let Some(Token { kind: Kind::Text(pattern), at, .. }) = self.peek() {
                let condition = ParsedCondition::Matches { pattern: pattern.clone(), at: *at, negated };
                self.position += 1;
                return Ok(condition);
            }
            return self.expected("a pattern in quotes", "write matches \"[A-Z]{2}.*\"");
        }
        self.expected("a condition", SHAPE)
    }

    fn operand(&mut self) -> Parsed<Operand> {
        let at = self.at();
        let next_is_call = self.tokens.get(self.position + 1).is_some_and(|next| next.text == "(");
        let value = match self.peek() {
            Some(Token { kind: Kind::Text(text), .. }) => OperandValue::Text(text.clone()),
            Some(Token { kind: Kind::Number, text, .. }) => OperandValue::Number(text.clone()),
            Some(Token { kind: Kind::Word, .. }) if self.is_word("null") => OperandValue::Null,
            Some(Token { kind: Kind::Word, .. }) if self.is_word("empty") => OperandValue::Empty,
            Some(Token { kind: Kind::Word, .. }) if self.is_word("whitespaces_only") => OperandValue::Blank,
            Some(token) if token.text == "(" || token.kind == Kind::Word && next_is_call => {
                return Err(Finding::error(at, "unsupported-rule", "values computed at the time of the run (now(), last(), avg(last(10))) don't run here yet")
                    .help("write the value out"));
            }
            _ => {
                return self.expected(
                    "a value",
                    "values are numbers, text and dates in quotes, NULL, EMPTY and WHITESPACES_ONLY",
                );
            }
        };
        self.position += 1;
        Ok(Operand { value, at })
    }
}

fn unknown_rule(kind: &str, at: At) -> Finding {
    if GLUE_ONLY.contains(&kind) {
        return Finding::error(
            at,
            "unsupported-rule",
            format!("`{kind}` is a rule of Glue that Touchstone doesn't run yet"),
        )
        .help(format!("remove it here, and keep it in Glue; the rules that run are {}", KNOWN.join(", ")));
    }
    let finding = Finding::error(at, "unknown-rule", format!("there is no rule `{kind}`"));
    match touchstone_spec::nearest(kind, KNOWN) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help(format!("the rules are {}", KNOWN.join(", "))),
    }
}
