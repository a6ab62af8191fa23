//! Conditions of rules: numbers, shares, and values of a column's type.

use touchstone_spec::DataType;

use super::{
    bind::{Binder, Reported, Simple},
    parser::{Operand, OperandValue, ParsedCondition},
};
use crate::{
    CompareOp, Condition, Literal, ValueCondition,
    finding::{At, Finding},
    literal, regular_expression,
};

impl Binder<'_> {
    /// Neither condition nor threshold.
    pub(super) fn plain(&mut self, rule: &Simple<'_>) -> Option<()> {
        if rule.condition.is_none() && rule.threshold.is_none() {
            return Some(());
        }
        let help = match rule.kind {
            "IsComplete" => "write Completeness \"column\" > 0.98 for a share",
            "IsUnique" => "write Uniqueness \"column\" > 0.98 for a share",
            _ => "remove what stands behind the names",
        };
        self.fail(Finding::error(rule.at, "bad-rule", format!("{} takes no condition", rule.kind)).help(help))
    }

    /// The condition of a rule that has no threshold.
    pub(super) fn number(&mut self, rule: &Simple<'_>) -> Option<Condition> {
        if rule.threshold.is_some() {
            return self.fail(
                Finding::error(rule.at, "bad-rule", format!("{} takes no threshold", rule.kind))
                    .help("only ColumnValues and ColumnLength do; remove `with threshold …`"),
            );
        }
        self.number_of(rule.condition, rule)
    }

    pub(super) fn share(&mut self, rule: &Simple<'_>) -> Option<Condition> {
        let condition = self.number(rule)?;
        self.check_share(condition, rule.at)
    }

    pub(super) fn threshold(&mut self, rule: &Simple<'_>) -> Result<Option<Condition>, Reported> {
        let Some(threshold) = rule.threshold else { return Ok(None) };
        let condition = self.number_of(Some(threshold), rule).ok_or(Reported)?;
        self.check_share(condition, rule.at).map(Some).ok_or(Reported)
    }

    pub(super) fn check_share(&mut self, condition: Condition, at: At) -> Option<Condition> {
        let numbers = match &condition {
            Condition::Compare(_, value) => vec![*value],
            // An exclusive bound may well be 1.01.
            Condition::Between { .. } => Vec::new(),
            Condition::In { values, .. } => values.clone(),
        };
        if numbers.iter().all(|number| (0.0..=1.0).contains(number)) {
            return Some(condition);
        }
        self.fail(
            Finding::error(at, "wrong-literal", "a share is a number from 0 to 1")
                .help("write 0.98 for 98 percent"),
        )
    }

    pub(super) fn number_of(
        &mut self,
        condition: Option<&ParsedCondition>,
        rule: &Simple<'_>,
    ) -> Option<Condition> {
        let Some(condition) = condition else {
            return self.fail(
                Finding::error(rule.at, "bad-rule", format!("{} has no condition", rule.kind))
                    .help("write one behind it, such as > 0"),
            );
        };
        match condition {
            ParsedCondition::Compare(op, operand) => Some(Condition::Compare(*op, self.float(operand)?)),
            ParsedCondition::Between { low, high, negated } => {
                Some(Condition::Between { low: self.float(low)?, high: self.float(high)?, negated: *negated })
            }
            ParsedCondition::In { values, negated } => {
                let values: Vec<Option<f64>> = values.iter().map(|value| self.float(value)).collect();
                Some(Condition::In {
                    values: values.into_iter().collect::<Option<Vec<_>>>()?,
                    negated: *negated,
                })
            }
            ParsedCondition::Matches { at, .. } => self.fail(
                Finding::error(*at, "bad-rule", format!("{} is a number and matches no pattern", rule.kind))
                    .help("compare it with a number"),
            ),
        }
    }

    pub(super) fn float(&mut self, operand: &Operand) -> Option<f64> {
        let number = match &operand.value {
            OperandValue::Number(text) => text.parse().ok(),
            _ => None,
        };
        match number {
            Some(number) => Some(number),
            None => self.fail(
                Finding::error(operand.at, "wrong-literal", "this must be a number")
                    .help("write it without quotes"),
            ),
        }
    }

    pub(super) fn value_condition(
        &mut self,
        column: &str,
        data_type: &DataType,
        condition: &ParsedCondition,
    ) -> Option<ValueCondition> {
        match condition {
            // `= NULL` and its like are lists of one.
            ParsedCondition::Compare(op @ (CompareOp::Equal | CompareOp::NotEqual), operand)
                if !matches!(operand.value, OperandValue::Number(_) | OperandValue::Text(_)) =>
            {
                self.value_list(column, data_type, std::slice::from_ref(operand), *op == CompareOp::NotEqual)
            }
            ParsedCondition::Compare(op, operand) => {
                Some(ValueCondition::Compare(*op, self.value(column, data_type, operand)?))
            }
            ParsedCondition::Between { low, high, negated } => {
                let (low, high) = (self.value(column, data_type, low), self.value(column, data_type, high));
                Some(ValueCondition::Between { low: low?, high: high?, negated: *negated })
            }
            ParsedCondition::In { values, negated } => self.value_list(column, data_type, values, *negated),
            ParsedCondition::Matches { pattern, at, negated } => {
                if *data_type != DataType::String {
                    return self.fail(
                        Finding::error(
                            *at,
                            "wrong-type",
                            format!("patterns match string, and `{column}` is {data_type}"),
                        )
                        .help("compare it with values"),
                    );
                }
                if let Err((offset, message)) = regular_expression::check(pattern) {
                    let at = At { column: at.column + 1 + offset, ..*at };
                    return self.fail(
                        Finding::error(at, "bad-pattern", "this regular expression isn't portable")
                            .help(message),
                    );
                }
                Some(ValueCondition::Matches { pattern: pattern.clone(), negated: *negated })
            }
        }
    }

    pub(super) fn value_list(
        &mut self,
        column: &str,
        data_type: &DataType,
        operands: &[Operand],
        negated: bool,
    ) -> Option<ValueCondition> {
        let (mut values, mut null, mut empty, mut blank) = (Vec::new(), false, false, false);
        let mut right = true;
        for operand in operands {
            match operand.value {
                OperandValue::Null => null = true,
                OperandValue::Empty | OperandValue::Blank if *data_type != DataType::String => {
                    self.findings.push(
                        Finding::error(
                            operand.at,
                            "wrong-type",
                            format!("`{column}` is {data_type}, which is never empty text"),
                        )
                        .help("write NULL for no value"),
                    );
                    right = false;
                }
                OperandValue::Empty => empty = true,
                OperandValue::Blank => blank = true,
                _ => match self.value(column, data_type, operand) {
                    Some(value) => values.push(value),
                    None => right = false,
                },
            }
        }
        right.then_some(ValueCondition::In { values, null, empty, blank, negated })
    }

    pub(super) fn value(&mut self, column: &str, data_type: &DataType, operand: &Operand) -> Option<Literal> {
        let quoted = |data_type: &DataType| !data_type.is_numeric() && *data_type != DataType::Boolean;
        let (text, fits) = match &operand.value {
            OperandValue::Number(text) => (text.clone(), !quoted(data_type)),
            OperandValue::Text(text) => (text.clone(), quoted(data_type) || *data_type == DataType::Boolean),
            _ => {
                return self.fail(
                    Finding::error(
                        operand.at,
                        "wrong-literal",
                        "NULL, EMPTY and WHITESPACES_ONLY stand behind = and != and in lists",
                    )
                    .help("write in [NULL, EMPTY]"),
                );
            }
        };
        let read = if fits { literal::read(&text, data_type) } else { None };
        if let Some(value) = read {
            return Some(value);
        }
        let help = match (&operand.value, data_type) {
            (OperandValue::Number(_), DataType::String) => format!("write \"{text}\" in quotes"),
            (OperandValue::Text(_), data_type) if data_type.is_numeric() && text.parse::<f64>().is_ok() => {
                format!("write {text} without quotes")
            }
            _ => format!("write {}", literal::example(data_type)),
        };
        self.fail(
            Finding::error(
                operand.at,
                "wrong-literal",
                format!("`{text}` is not a value of `{column}`, which is {data_type}"),
            )
            .help(help),
        )
    }
}
