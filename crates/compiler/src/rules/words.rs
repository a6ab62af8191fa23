//! A rule in plain words.

use super::{
    form::{Comparison, RuleCondition, RuleForm, RuleValue, SimpleRule},
    kinds::rule_kind,
};

impl RuleForm {
    /// What the rule demands, in one sentence without a full stop.
    pub fn in_words(&self) -> String {
        match self {
            Self::Simple(rule) => rule.in_words(),
            Self::All(rules) => joined(rules, "; and "),
            Self::Any(rules) => joined(rules, "; or "),
        }
    }
}

fn joined(rules: &[RuleForm], word: &str) -> String {
    rules.iter().map(RuleForm::in_words).collect::<Vec<_>>().join(word)
}

impl SimpleRule {
    fn in_words(&self) -> String {
        let columns = self.columns.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ");
        let condition =
            self.condition.as_ref().map(|condition| condition.in_words(false)).unwrap_or_default();
        let share = self.condition.as_ref().map(|condition| condition.in_words(true)).unwrap_or_default();
        let text = match self.kind.as_str() {
            "IsComplete" => format!("{columns} has a value in every row"),
            "IsUnique" => format!("No value of {columns} stands twice"),
            "IsPrimaryKey" if self.columns.len() == 1 => format!("{columns} names a row"),
            "IsPrimaryKey" => format!("{columns} together name a row"),
            "ColumnValues" => format!("Every value of {columns} {condition}"),
            "ColumnLength" => format!("The length of every value of {columns} {condition}"),
            "ReferentialIntegrity" => {
                let other = self.reference.as_ref().map_or("another table", |(table, _)| table.as_str());
                let share = if share.is_empty() { "is 100 %".to_owned() } else { share };
                format!("The share of rows whose {columns} stands in `{other}` {share}")
            }
            "Completeness" => format!("The share of rows with a value of {columns} {share}"),
            "Uniqueness" => format!("The share of rows with a value of {columns} of their own {share}"),
            "DistinctValuesCount" => format!("The number of different values of {columns} {condition}"),
            "RowCount" => format!("The number of rows {condition}"),
            "ColumnCount" => format!("The number of columns {condition}"),
            "ColumnExists" => format!("There is a column {columns}"),
            "Sum" => format!("The sum of {columns} {condition}"),
            "Mean" => format!("The mean of {columns} {condition}"),
            other => rule_kind(other).map_or(other, |kind| kind.title).to_owned(),
        };
        let threshold = self.threshold.as_ref();
        let threshold = threshold
            .map(|share| format!("; the share of rows that do {}", share.in_words(true)))
            .unwrap_or_default();
        let filter = self.filter.as_ref().map(|filter| format!("; only rows where {filter} are looked at"));
        format!("{text}{threshold}{}", filter.unwrap_or_default())
    }
}

impl RuleCondition {
    fn in_words(&self, as_share: bool) -> String {
        let values: Vec<String> = self.values.iter().map(|value| value.in_words(as_share)).collect();
        let values = match self.comparison {
            Comparison::Between | Comparison::NotBetween => {
                format!("{}, both excluded", values.join(" and "))
            }
            Comparison::In | Comparison::NotIn if values.len() > 6 => {
                let first: Vec<&str> = values.iter().take(5).map(String::as_str).collect();
                format!("{} and {} more", first.join(", "), values.len() - 5)
            }
            _ => values.join(", "),
        };
        format!("{} {values}", self.comparison.words())
    }
}

impl RuleValue {
    fn in_words(&self, as_share: bool) -> String {
        match self {
            Self::Number(text) => match text.parse::<f64>() {
                Ok(share) if as_share => {
                    let percent = format!("{:.4}", share * 100.0);
                    format!("{} %", percent.trim_end_matches('0').trim_end_matches('.'))
                }
                _ => text.clone(),
            },
            Self::Text(text) => text.clone(),
            Self::Null => "no value".to_owned(),
            Self::Empty => "empty text".to_owned(),
            Self::Blank => "blanks".to_owned(),
        }
    }
}
