//! A rule while it is edited: what the form has, which the document holds as text as soon as it is whole.

use touchstone_compiler::{
    Comparison, RuleCondition, RuleForm, RuleInput, RuleKind, RuleValue, SimpleRule, read_rule, read_rules,
    rule_kind,
};
use touchstone_spec::DataType;

use super::RulesOf;

/// A rule while it is edited.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Whose rule.
    pub of: RulesOf,
    /// Its place; none while it is not in the document.
    pub index: Option<usize>,
    /// Its text in the document that the draft belongs to.
    pub written: String,
    /// What the form has.
    pub content: Content,
}

/// What is edited.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A form.
    Form(SimpleRule),
    /// DQDL, where no form has it.
    Text(String),
}

impl Content {
    /// How a rule that is written so is edited: as a form, where that says all that the text says.
    pub(super) fn of(text: &str) -> Self {
        match read_rule(text) {
            Some(RuleForm::Simple(rule)) if says_all(text, &rule) => Self::Form(rule),
            _ => Self::Text(text.to_owned()),
        }
    }

    /// The rule in DQDL, or what it still needs.
    pub(super) fn to_dqdl(&self) -> Result<String, String> {
        match self {
            Self::Form(rule) => match missing(rule) {
                Some(missing) => Err(missing.to_owned()),
                None => RuleForm::Simple(rule.clone()).to_dqdl(),
            },
            Self::Text(text) => {
                let text = text.trim();
                let read = read_rules(&format!("Rules = [\n{text}\n]"));
                match read.rules.len() {
                    _ if text.is_empty() => Err("write a rule".to_owned()),
                    1 if is_enclosed(text) => Ok(text.to_owned()),
                    _ => Err("write one rule, without the list around it".to_owned()),
                }
            }
        }
    }
}

/// Whether nothing of the text is lost by the form: no comment, no word that it doesn't have.
fn says_all(text: &str, rule: &SimpleRule) -> bool {
    let is_known = rule_kind(&rule.kind).is_some();
    let written = RuleForm::Simple(rule.clone()).to_dqdl();
    let has_comment = text.lines().any(|line| line.trim_start().starts_with('#') || line.contains(" #"));
    is_known
        && !has_comment
        && written.is_ok_and(|written| read_rule(&written) == Some(RuleForm::Simple(rule.clone())))
}

/// Whether brackets and quotes end where the text ends, so that the list around it stays a list.
fn is_enclosed(text: &str) -> bool {
    let mut depth = 0_i32;
    let mut quote = None;
    let mut is_escaped = false;
    for letter in text.chars() {
        match (quote, letter) {
            (Some(open), letter) => {
                if letter == open && !is_escaped {
                    quote = None;
                }
                is_escaped = letter == '\\' && !is_escaped;
            }
            (None, '"' | '\'') => quote = Some(letter),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth -= 1,
            // A comment would take the comma behind the rule along.
            (None, '#') => return false,
            (None, ',') if depth == 0 => return false,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0 && quote.is_none()
}

/// What a form still needs that only shows in empty fields.
fn missing(rule: &SimpleRule) -> Option<&'static str> {
    let is_empty = |value: &RuleValue| matches!(value, RuleValue::Number(text) if text.trim().is_empty());
    let conditions = [rule.condition.as_ref(), rule.threshold.as_ref()];
    if conditions.into_iter().flatten().any(|condition| condition.values.iter().any(is_empty)) {
        return Some("give a number");
    }
    let is_open = |condition: &RuleCondition| {
        !matches!(
            condition.comparison,
            Comparison::Equal | Comparison::NotEqual | Comparison::In | Comparison::NotIn
        ) && condition.values.iter().any(|value| matches!(value, RuleValue::Text(text) if text.is_empty()))
    };
    if conditions.into_iter().flatten().any(is_open) {
        return Some("give a value");
    }
    rule.filter.as_ref().filter(|filter| filter.trim().is_empty()).map(|_| "say which rows the rule looks at")
}

/// A new rule of this type, or one that becomes of this type: what both take is kept.
pub(super) fn as_kind(
    kind: &RuleKind,
    before: &SimpleRule,
    type_of: &dyn Fn(&str) -> Option<DataType>,
) -> SimpleRule {
    let mut rule =
        SimpleRule { kind: kind.name.to_owned(), filter: before.filter.clone(), ..SimpleRule::default() };
    let input_before = rule_kind(&before.kind).and_then(condition_input);
    for parameter in kind.parameters {
        match parameter.input {
            RuleInput::Column | RuleInput::NumberColumn | RuleInput::TextColumn => {
                let kept = before.columns.iter().find(|column| {
                    type_of(column).is_none_or(|data_type| parameter.input.takes_column(&data_type))
                });
                rule.columns = vec![kept.cloned().unwrap_or_default()];
            }
            RuleInput::Columns => rule.columns.clone_from(&before.columns),
            RuleInput::OtherColumns => rule.reference.clone_from(&before.reference),
            RuleInput::Threshold => rule.threshold.clone_from(&before.threshold),
            RuleInput::Filter => {}
            input if parameter.is_optional || input_before == Some(input) => {
                rule.condition = before.condition.clone().filter(|_| input_before == Some(input));
            }
            _ => {}
        }
        let is_condition =
            !parameter.input.comparisons(None).is_empty() && parameter.input != RuleInput::Threshold;
        if is_condition && !parameter.is_optional && rule.condition.is_none() {
            let data_type = rule.columns.first().and_then(|column| type_of(column));
            rule.condition = Some(first_condition(parameter.input, data_type.as_ref()));
        }
    }
    rule
}

/// The parameter that is the rule's own condition.
fn condition_input(kind: &RuleKind) -> Option<RuleInput> {
    let mut inputs = kind.parameters.iter().map(|parameter| parameter.input);
    inputs.find(|input| {
        matches!(input, RuleInput::Number | RuleInput::Count | RuleInput::Share | RuleInput::Value)
    })
}

/// The condition that a form begins with: the likeliest comparison, its values still to be given.
pub(super) fn first_condition(input: RuleInput, data_type: Option<&DataType>) -> RuleCondition {
    let comparisons = input.comparisons(data_type);
    let likely = match input {
        RuleInput::Share | RuleInput::Threshold => Comparison::GreaterOrEqual,
        _ => comparisons.first().copied().unwrap_or(Comparison::Greater),
    };
    compared(likely, input, data_type, &[])
}

/// The condition with another comparison; values are kept as far as it takes them.
pub(super) fn compared(
    comparison: Comparison,
    input: RuleInput,
    data_type: Option<&DataType>,
    before: &[RuleValue],
) -> RuleCondition {
    let is_number = input != RuleInput::Value || data_type.is_some_and(DataType::is_numeric);
    let nothing = if is_number { RuleValue::Number(String::new()) } else { RuleValue::Text(String::new()) };
    let is_plain = |value: &&RuleValue| matches!(value, RuleValue::Number(_) | RuleValue::Text(_));
    let is_given = |value: &&RuleValue| !matches!(value, RuleValue::Number(text) | RuleValue::Text(text) if text.is_empty());
    let values = match comparison {
        Comparison::In | Comparison::NotIn => before.iter().filter(is_given).cloned().collect(),
        Comparison::Between | Comparison::NotBetween => {
            let mut kept = before.iter().filter(is_plain).take(2).cloned().collect::<Vec<_>>();
            kept.resize(2, nothing);
            kept
        }
        Comparison::Matches | Comparison::NotMatches => {
            let text = before.iter().find_map(|value| match value {
                RuleValue::Text(text) => Some(text.clone()),
                _ => None,
            });
            vec![RuleValue::Text(text.unwrap_or_default())]
        }
        _ => vec![before.iter().find(is_plain).cloned().unwrap_or(nothing)],
    };
    RuleCondition { comparison, values }
}

/// `98` of the share `0.98`, to the last digit.
pub(super) fn percent_of(share: &str) -> String {
    shifted(share, 2)
}

/// `0.98` of `98` percent.
pub(super) fn share_of(percent: &str) -> String {
    shifted(percent, -2)
}

/// The number with its point moved; what is no number stays as it is.
fn shifted(number: &str, places: i32) -> String {
    let number = number.trim();
    let (sign, digits) = match number.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", number),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = !(whole.is_empty() && part.is_empty())
        && whole.chars().chain(part.chars()).all(|letter| letter.is_ascii_digit());
    if !is_number {
        return number.to_owned();
    }
    let all = format!("{whole}{part}");
    let point = i32::try_from(whole.len()).unwrap_or_default() + places;
    let (whole, part) = match usize::try_from(point) {
        Ok(point) if point >= all.len() => (format!("{all}{}", "0".repeat(point - all.len())), String::new()),
        Ok(point) => {
            (all.get(..point).unwrap_or_default().to_owned(), all.get(point..).unwrap_or_default().to_owned())
        }
        Err(_) => (String::new(), format!("{}{all}", "0".repeat(point.unsigned_abs() as usize))),
    };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    match part.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_shown_in_percent_to_the_last_digit() {
        let pairs = [("0.98", "98"), ("1", "100"), ("0.005", "0.5"), ("0.98765", "98.765"), ("0", "0")];
        for (share, percent) in pairs {
            assert_eq!(percent_of(share), percent);
            assert_eq!(share_of(percent), share);
        }
        assert_eq!(percent_of("1.0"), "100");
        assert_eq!(share_of("7"), "0.07");
        assert_eq!(share_of("about 7"), "about 7");
        assert_eq!(share_of(""), "");
    }

    #[test]
    fn a_rule_is_a_form_only_where_the_form_says_all_of_it() {
        assert!(matches!(Content::of("ColumnValues \"a\" > 0"), Content::Form(_)));
        let texts = [
            "(IsComplete \"a\") and (IsUnique \"a\")",
            "CustomSql \"select 1\" > 0",
            "ColumnValues \"a\" in [ \"x\", # the first\n \"y\" ]",
        ];
        for text in texts {
            assert_eq!(Content::of(text), Content::Text(text.to_owned()));
            let is_whole = Content::of(text).to_dqdl().is_ok();
            assert_eq!(is_whole, !text.contains('#'), "{text}");
        }
    }

    #[test]
    fn what_is_typed_for_one_rule_stays_one_rule() {
        for wrong in [
            "",
            "IsUnique \"a\", RowCount > 0",
            "IsUnique \"a\" ]",
            "IsUnique \"a",
            "RowCount > 0 # any",
            "(",
        ] {
            assert!(Content::Text(wrong.to_owned()).to_dqdl().is_err(), "{wrong}");
        }
        let pattern = "ColumnValues \"a\" matches \"[A-Z],\\\"[0-9]\"";
        assert_eq!(Content::Text(format!(" {pattern}\n")).to_dqdl().as_deref(), Ok(pattern));
    }

    #[test]
    fn another_type_of_rule_keeps_what_both_take() {
        let type_of = |column: &str| match column {
            "price" => Some(DataType::Double),
            _ => Some(DataType::String),
        };
        let kind = |name: &str| rule_kind(name).unwrap();
        let Content::Form(rule) = Content::of("Completeness \"isin\" >= 0.9 where \"price > 0\"") else {
            panic!()
        };
        let unique = as_kind(kind("Uniqueness"), &rule, &type_of);
        let dqdl = RuleForm::Simple(unique).to_dqdl();
        assert_eq!(dqdl.as_deref(), Ok("Uniqueness \"isin\" >= 0.9 where \"price > 0\""));
        // A share is no length, and text has no sum.
        let length = as_kind(kind("ColumnLength"), &rule, &type_of);
        assert_eq!(length.columns, ["isin"]);
        assert_eq!(Content::Form(length).to_dqdl(), Err("give a number".to_owned()));
        assert_eq!(as_kind(kind("Sum"), &rule, &type_of).columns, [""]);
        let whole = as_kind(kind("IsComplete"), &rule, &type_of);
        let dqdl = RuleForm::Simple(whole).to_dqdl();
        assert_eq!(dqdl.as_deref(), Ok("IsComplete \"isin\" where \"price > 0\""));
        let plain = as_kind(kind("ReferentialIntegrity"), &rule, &type_of);
        assert_eq!(plain.condition, Some(rule.condition.clone().unwrap()));
    }

    #[test]
    fn another_comparison_keeps_the_values_that_it_takes() {
        let number = |text: &str| RuleValue::Number(text.to_owned());
        let between = compared(Comparison::Between, RuleInput::Count, None, &[number("1")]);
        assert_eq!(between.values, [number("1"), number("")]);
        let list = compared(Comparison::In, RuleInput::Count, None, &between.values);
        assert_eq!(list.values, [number("1")]);
        let one = compared(Comparison::Less, RuleInput::Count, None, &[number("3"), number("4")]);
        assert_eq!(one.values, [number("3")]);
        let text = Some(&DataType::String);
        let null = compared(Comparison::Equal, RuleInput::Value, text, &[RuleValue::Null]);
        assert_eq!(null.values, [RuleValue::Text(String::new())]);
    }
}
