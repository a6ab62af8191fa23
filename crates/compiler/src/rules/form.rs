//! Rules as forms: what each type of rule takes, read from DQDL and written back.

use touchstone_spec::DataType;

use super::{
    KNOWN,
    bind::split_reference,
    parser::{self, Operand, OperandValue, ParsedCheck, ParsedCondition, ParsedRule},
};
use crate::{CompareOp, regular_expression};

/// A rule as a form has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleForm {
    /// One rule.
    Simple(SimpleRule),
    /// `(…) and (…)`
    All(Vec<RuleForm>),
    /// `(…) or (…)`
    Any(Vec<RuleForm>),
}

/// One rule that isn't made of others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SimpleRule {
    /// Its type, one of [`crate::rule_kinds`].
    pub kind: String,
    /// Columns that it looks at, without quotes.
    pub columns: Vec<String>,
    /// For `ReferentialIntegrity`: the other table, as it is named here, and its columns.
    pub reference: Option<(String, Vec<String>)>,
    /// What must be met.
    pub condition: Option<RuleCondition>,
    /// The share of rows that must meet it: `with threshold > 0.9`.
    pub threshold: Option<RuleCondition>,
    /// The rows that it looks at: `where "…"`.
    pub filter: Option<String>,
}

/// What a value, a number or a share must meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleCondition {
    /// How it is compared.
    pub comparison: Comparison,
    /// With what: one value, two for `between`, any number for `in`.
    pub values: Vec<RuleValue>,
}

/// How something is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `between a and b`, both excluded
    Between,
    /// `not between a and b`
    NotBetween,
    /// `in [a, b]`
    In,
    /// `not in [a, b]`
    NotIn,
    /// `matches "pattern"`
    Matches,
    /// `not matches "pattern"`
    NotMatches,
}

/// A value in a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleValue {
    /// A number as written, without quotes.
    Number(String),
    /// Text, a date or a pattern; written in quotes.
    Text(String),
    /// `NULL`
    Null,
    /// `EMPTY`: text without characters.
    Empty,
    /// `WHITESPACES_ONLY`: text of blanks.
    Blank,
}

impl Comparison {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Equal,
        Self::NotEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Between,
        Self::NotBetween,
        Self::In,
        Self::NotIn,
        Self::Matches,
        Self::NotMatches,
    ];

    /// As DQDL writes it.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Between => "between",
            Self::NotBetween => "not between",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Matches => "matches",
            Self::NotMatches => "not matches",
        }
    }

    /// In words, as a list of choices has it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Equal => "is",
            Self::NotEqual => "is not",
            Self::Greater => "is greater than",
            Self::GreaterOrEqual => "is at least",
            Self::Less => "is less than",
            Self::LessOrEqual => "is at most",
            Self::Between => "lies between",
            Self::NotBetween => "doesn't lie between",
            Self::In => "is one of",
            Self::NotIn => "is none of",
            Self::Matches => "matches the pattern",
            Self::NotMatches => "doesn't match the pattern",
        }
    }
}

/// The forms of the rules in `text`, for one rule without the list around it. None when it can't be read.
pub fn read_rule(text: &str) -> Option<RuleForm> {
    let read = parser::parse_text(&format!("Rules = [{text}]"));
    match read.pieces.as_slice() {
        [piece] if read.findings.is_empty() => piece.rule.as_ref().map(RuleForm::of),
        _ => None,
    }
}

impl RuleForm {
    pub(super) fn of(rule: &ParsedRule) -> Self {
        match &rule.check {
            ParsedCheck::Composite { all: true, rules } => Self::All(rules.iter().map(Self::of).collect()),
            ParsedCheck::Composite { rules, .. } => Self::Any(rules.iter().map(Self::of).collect()),
            ParsedCheck::Simple { kind, parameters, condition, threshold } => {
                let mut names = parameters.iter().map(|(name, _)| name.clone());
                let (columns, reference) = if kind == "ReferentialIntegrity" {
                    let own = names.next().unwrap_or_default();
                    let columns = own.split(',').map(|name| name.trim().to_owned()).collect();
                    let reference = names.next().and_then(|text| split_reference(&text));
                    (columns, reference.map(|(table, columns)| (table.join("."), columns)))
                } else {
                    (names.collect(), None)
                };
                Self::Simple(SimpleRule {
                    kind: kind.clone(),
                    columns,
                    reference,
                    condition: condition.as_deref().map(condition_of),
                    threshold: threshold.as_deref().map(condition_of),
                    filter: rule.filter.as_ref().map(|(text, _)| text.clone()),
                })
            }
        }
    }

    /// The rule in DQDL.
    ///
    /// # Errors
    /// Says what the form still needs, or what DQDL can't write.
    pub fn to_dqdl(&self) -> Result<String, String> {
        match self {
            Self::Simple(rule) => rule.to_dqdl(),
            Self::All(rules) => composite(rules, "and"),
            Self::Any(rules) => composite(rules, "or"),
        }
    }
}

fn composite(rules: &[RuleForm], word: &str) -> Result<String, String> {
    if rules.is_empty() {
        return Err("add a rule".to_owned());
    }
    let parts: Result<Vec<String>, String> =
        rules.iter().map(|rule| rule.to_dqdl().map(|text| format!("({text})"))).collect();
    Ok(parts?.join(&format!(" {word} ")))
}

fn condition_of(parsed: &ParsedCondition) -> RuleCondition {
    let negatable = |negated: bool, plain: Comparison, not: Comparison| if negated { not } else { plain };
    match parsed {
        ParsedCondition::Compare(op, operand) => RuleCondition {
            comparison: match op {
                CompareOp::Equal => Comparison::Equal,
                CompareOp::NotEqual => Comparison::NotEqual,
                CompareOp::Less => Comparison::Less,
                CompareOp::LessOrEqual => Comparison::LessOrEqual,
                CompareOp::Greater => Comparison::Greater,
                CompareOp::GreaterOrEqual => Comparison::GreaterOrEqual,
            },
            values: vec![value_of(operand)],
        },
        ParsedCondition::Between { low, high, negated } => RuleCondition {
            comparison: negatable(*negated, Comparison::Between, Comparison::NotBetween),
            values: vec![value_of(low), value_of(high)],
        },
        ParsedCondition::In { values, negated } => RuleCondition {
            comparison: negatable(*negated, Comparison::In, Comparison::NotIn),
            values: values.iter().map(value_of).collect(),
        },
        ParsedCondition::Matches { pattern, negated, .. } => RuleCondition {
            comparison: negatable(*negated, Comparison::Matches, Comparison::NotMatches),
            values: vec![RuleValue::Text(pattern.clone())],
        },
    }
}

fn value_of(operand: &Operand) -> RuleValue {
    match &operand.value {
        OperandValue::Number(text) => RuleValue::Number(text.clone()),
        OperandValue::Text(text) => RuleValue::Text(text.clone()),
        OperandValue::Null => RuleValue::Null,
        OperandValue::Empty => RuleValue::Empty,
        OperandValue::Blank => RuleValue::Blank,
    }
}

impl SimpleRule {
    fn to_dqdl(&self) -> Result<String, String> {
        if !KNOWN.contains(&self.kind.as_str()) {
            return Err("choose a rule".to_owned());
        }
        let mut text = self.kind.clone();
        if self.kind == "ReferentialIntegrity" {
            let (table, columns) = self.reference.as_ref().ok_or("choose the other table's column")?;
            let named =
                |names: &[String]| !names.is_empty() && names.iter().all(|name| !name.trim().is_empty());
            if !named(&self.columns) || !named(columns) || table.is_empty() {
                return Err("choose a column on both sides".to_owned());
            }
            let reference = match columns.as_slice() {
                [column] => format!("{table}.{column}"),
                several => format!("{table}.{{{}}}", several.join(",")),
            };
            text = format!("{text} {} {}", quoted(&self.columns.join(","))?, quoted(&reference)?);
        } else {
            for column in &self.columns {
                text = format!("{text} {}", quoted(column)?);
            }
        }
        if let Some(condition) = &self.condition {
            text = format!("{text} {}", condition.to_dqdl()?);
        }
        if let Some(threshold) = &self.threshold {
            text = format!("{text} with threshold {}", threshold.to_dqdl()?);
        }
        if let Some(filter) = &self.filter {
            text = format!("{text} where {}", quoted(filter)?);
        }
        self.check_complete()?;
        Ok(text)
    }

    /// What the type of rule asks for.
    fn check_complete(&self) -> Result<(), String> {
        let kind = super::kinds::rule_kind(&self.kind).ok_or("choose a rule")?;
        let wanted = kind.columns();
        if self.columns.iter().any(|column| column.trim().is_empty())
            || wanted.is_some() && self.columns.is_empty()
        {
            return Err("choose a column".to_owned());
        }
        if wanted == Some(false) && self.columns.len() > 1 {
            return Err(format!("{} takes one column", self.kind));
        }
        if wanted.is_none() && !self.columns.is_empty() {
            return Err(format!("{} takes no column", self.kind));
        }
        match (kind.condition(), &self.condition) {
            (Some(true), None) => Err("choose what must be met".to_owned()),
            (None, Some(_)) => Err(format!("{} takes no condition", self.kind)),
            _ => Ok(()),
        }
    }
}

impl RuleCondition {
    fn to_dqdl(&self) -> Result<String, String> {
        let sign = self.comparison.sign();
        match (self.comparison, self.values.as_slice()) {
            (Comparison::In | Comparison::NotIn, []) => Err("add a value to the list".to_owned()),
            (Comparison::In | Comparison::NotIn, values) => {
                let values: Result<Vec<String>, String> = values.iter().map(RuleValue::to_dqdl).collect();
                Ok(format!("{sign} [{}]", values?.join(", ")))
            }
            (Comparison::Between | Comparison::NotBetween, [low, high]) => {
                Ok(format!("{sign} {} and {}", low.to_dqdl()?, high.to_dqdl()?))
            }
            (Comparison::Between | Comparison::NotBetween, _) => Err("give both bounds".to_owned()),
            (Comparison::Matches | Comparison::NotMatches, [RuleValue::Text(pattern)]) => {
                if let Err((_, message)) = regular_expression::check(pattern) {
                    return Err(message);
                }
                Ok(format!("{sign} {}", quoted(pattern)?))
            }
            (Comparison::Matches | Comparison::NotMatches, _) => Err("give a pattern".to_owned()),
            (_, [value]) => Ok(format!("{sign} {}", value.to_dqdl()?)),
            _ => Err("give one value".to_owned()),
        }
    }
}

impl RuleValue {
    /// The value as a column of this type takes it, from what was typed into a field.
    pub fn typed(text: &str, data_type: Option<&DataType>) -> Self {
        if data_type.is_some_and(DataType::is_numeric) {
            Self::Number(text.trim().to_owned())
        } else {
            Self::Text(text.to_owned())
        }
    }

    fn to_dqdl(&self) -> Result<String, String> {
        match self {
            Self::Number(text) => {
                let digits = text.strip_prefix('-').unwrap_or(text);
                let is_number = digits.starts_with(|first: char| first.is_ascii_digit())
                    && digits.chars().all(|letter| letter.is_ascii_digit() || letter == '.')
                    && digits.parse::<f64>().is_ok();
                if is_number {
                    Ok(text.clone())
                } else {
                    Err(format!("`{text}` is not a number, as in `-1234.56`"))
                }
            }
            Self::Text(text) => quoted(text),
            Self::Null => Ok("NULL".to_owned()),
            Self::Empty => Ok("EMPTY".to_owned()),
            Self::Blank => Ok("WHITESPACES_ONLY".to_owned()),
        }
    }
}

/// Text in double quotes.
fn quoted(text: &str) -> Result<String, String> {
    if text.ends_with('\\') {
        return Err(format!(
            "DQDL can't write text that ends with `\\`: `{text}`; in a pattern write [\\\\]"
        ));
    }
    Ok(format!("\"{}\"", text.replace('"', "\\\"")))
}
