//! Rules that a column's profile speaks for, each with its evidence.

use std::collections::BTreeSet;

use touchstone_spec::DataType;

use super::{
    form::{Comparison, RuleCondition, RuleForm, RuleValue, SimpleRule},
    text::read_rules,
};

/// What is known of a column's values.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnFacts {
    /// Its name in the table that the rules are for.
    pub name: String,
    /// Its type there.
    pub data_type: DataType,
    /// Rows looked at.
    pub rows: u64,
    /// Rows without a value.
    pub nulls: u64,
    /// Different values.
    pub distinct: u64,
    /// Whether `distinct` is exact.
    pub distinct_exact: bool,
    /// Least value, as rules write it: `0.5`, `2026-03-02`.
    pub min: Option<String>,
    /// Greatest value.
    pub max: Option<String>,
    /// Length of the shortest and of the longest text; none when it isn't text.
    pub length: Option<(usize, usize)>,
    /// Values with their counts, the most frequent first; all of them when there are `distinct` ones.
    pub values: Vec<(String, u64)>,
    /// Shapes with their counts, the most frequent first: `9` for a digit, `A` and `a` for letters.
    pub shapes: Vec<(String, u64)>,
    /// The kind of identifier that its check digits prove: `ISIN`, `CUSIP`, `SEDOL`, `LEI`.
    pub identifier: Option<String>,
}

/// A rule that holds for the sample.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSuggestion {
    /// The rule for a form.
    pub form: RuleForm,
    /// The rule in DQDL.
    pub text: String,
    /// What was seen, in one sentence without a full stop.
    pub evidence: String,
}

/// Most values that a list of allowed ones has.
const LIST_LIMIT: u64 = 12;
/// A value of such a list stands in so many rows on average, or it is no list.
const ROWS_PER_VALUE: u64 = 5;
/// Rows from which on a share or a shape says something.
const FEW_ROWS: u64 = 20;

/// Rules for a table with these columns, in their order. `key` names a row, where that is known, and `deduplicates`
/// says whether rows that repeat it are dropped before rules are checked; rules that stand in `existing`, the table's
/// ruleset, are left out.
pub fn suggest_rules(
    columns: &[ColumnFacts],
    key: &[String],
    deduplicates: bool,
    existing: &str,
) -> Vec<RuleSuggestion> {
    let known: Vec<RuleForm> = read_rules(existing).rules.into_iter().filter_map(|rule| rule.form).collect();
    let mut found = Suggestions { known, made: Vec::new(), texts: BTreeSet::new() };
    if let Some(rows) = columns.iter().map(|column| column.rows).max().filter(|rows| *rows > 0) {
        let condition = compared(Comparison::Greater, number("0"));
        found.add("RowCount", &[], Some(condition), None, format!("the sample has {} rows", grouped(rows)));
    }
    if !key.is_empty() && !deduplicates {
        let names: Vec<&str> = key.iter().map(String::as_str).collect();
        found.add("IsPrimaryKey", &names, None, None, "these fields are the table's key".to_owned());
    }
    for column in columns.iter().filter(|column| column.rows > 0) {
        found.of_column(column, key);
    }
    found.made
}

struct Suggestions {
    known: Vec<RuleForm>,
    made: Vec<RuleSuggestion>,
    texts: BTreeSet<String>,
}

impl Suggestions {
    fn add(
        &mut self,
        kind: &str,
        columns: &[&str],
        condition: Option<RuleCondition>,
        filter: Option<String>,
        evidence: String,
    ) {
        let rule = SimpleRule {
            kind: kind.to_owned(),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            condition,
            filter,
            ..SimpleRule::default()
        };
        // One rule of a type is enough for a column, whatever its bounds; but a list and a range are different rules.
        let is_known = self.known.iter().any(|known| match known {
            RuleForm::Simple(known) => known.kind == rule.kind && known.columns == rule.columns,
            _ => false,
        });
        let form = RuleForm::Simple(rule);
        // What DQDL can't write isn't suggested.
        if let Ok(text) = form.to_dqdl()
            && !is_known
            && self.texts.insert(text.clone())
        {
            self.made.push(RuleSuggestion { form, text, evidence });
        }
    }

    fn of_column(&mut self, column: &ColumnFacts, key: &[String]) {
        let name = column.name.as_str();
        let filled = column.rows - column.nulls.min(column.rows);
        let is_key = key == [column.name.clone()];
        if column.nulls == 0 && !key.contains(&column.name) {
            let evidence = format!("all {} rows have a value", grouped(column.rows));
            self.add("IsComplete", &[name], None, None, evidence);
        } else if column.nulls > 0
            && column.rows >= FEW_ROWS
            && column.nulls.saturating_mul(10) <= column.rows
        {
            let share = floor_percent(filled, column.rows);
            let evidence = format!("{} of {} rows have a value", grouped(filled), grouped(column.rows));
            let condition = compared(Comparison::GreaterOrEqual, number(&share));
            self.add("Completeness", &[name], Some(condition), None, evidence);
        }
        let names_rows =
            matches!(column.data_type, DataType::String | DataType::Int | DataType::Long | DataType::Uuid);
        let is_unique = column.distinct_exact && column.distinct == column.rows && column.nulls == 0;
        if is_unique && names_rows && column.rows >= FEW_ROWS && !is_key {
            let evidence = format!("all {} values are different", grouped(column.rows));
            self.add("IsUnique", &[name], None, None, evidence);
        }
        if filled == 0 {
            return;
        }
        // Null rows break a condition on values: the rule looks at the others.
        let filter = (column.nulls > 0).then(|| format!("{} is not null", crate::editor::written_name(name)));
        if let Some((values, evidence)) = list(column) {
            let condition = RuleCondition { comparison: Comparison::In, values };
            self.add("ColumnValues", &[name], Some(condition), None, evidence);
        } else if let Some((condition, evidence)) = bounds(column) {
            self.add("ColumnValues", &[name], Some(condition), filter, evidence);
        } else if let Some((pattern, evidence)) = pattern(column, filled) {
            let condition = compared(Comparison::Matches, RuleValue::Text(pattern));
            self.add("ColumnValues", &[name], Some(condition), filter, evidence);
        } else if let Some((shortest, longest)) = column.length
            && shortest == longest
            && shortest > 1
            && filled >= FEW_ROWS
        {
            let condition = compared(Comparison::Equal, number(&shortest.to_string()));
            let evidence = format!("all {} values have {shortest} characters", grouped(filled));
            self.add("ColumnLength", &[name], Some(condition), filter, evidence);
        }
    }
}

fn compared(comparison: Comparison, value: RuleValue) -> RuleCondition {
    RuleCondition { comparison, values: vec![value] }
}

fn number(text: &str) -> RuleValue {
    RuleValue::Number(text.to_owned())
}

/// The values, where they are few and each stands in many rows.
fn list(column: &ColumnFacts) -> Option<(Vec<RuleValue>, String)> {
    let is_complete = column.distinct_exact && u64::try_from(column.values.len()).ok()? >= column.distinct;
    let is_few =
        column.distinct <= LIST_LIMIT && column.distinct.saturating_mul(ROWS_PER_VALUE) <= column.rows;
    if column.data_type != DataType::String || !is_complete || !is_few || column.values.is_empty() {
        return None;
    }
    let shown = |value: &str| if value.trim().is_empty() { "blank".to_owned() } else { value.to_owned() };
    let counted: Vec<String> = column
        .values
        .iter()
        .take(4)
        .map(|(value, count)| format!("{} ({})", shown(value), grouped(*count)))
        .collect();
    let more = if column.values.len() > 4 {
        format!(" and {} more", column.values.len() - 4)
    } else {
        String::new()
    };
    let mut values: Vec<RuleValue> = column
        .values
        .iter()
        .map(|(value, _)| match value.as_str() {
            "" => RuleValue::Empty,
            blank if blank.trim().is_empty() => RuleValue::Blank,
            text => RuleValue::Text(text.to_owned()),
        })
        .collect();
    values.dedup();
    if column.nulls > 0 {
        values.push(RuleValue::Null);
    }
    let evidence = if column.values.len() == 1 {
        format!("the only value is {}", counted.join(", "))
    } else {
        format!("there are {} different values: {}{more}", column.distinct, counted.join(", "))
    };
    Some((values, evidence))
}

/// The side of zero on which all numbers lie. The sample's own range is no rule: tomorrow's file goes beyond it.
fn bounds(column: &ColumnFacts) -> Option<(RuleCondition, String)> {
    if !column.data_type.is_numeric() {
        return None;
    }
    let (min, max) = (column.min.as_ref()?, column.max.as_ref()?);
    let (least, greatest) = (min.parse::<f64>().ok()?, max.parse::<f64>().ok()?);
    let evidence = format!("the values go from {min} to {max}");
    let (comparison, bound) = if least > 0.0 {
        (Comparison::Greater, "0")
    } else if least >= 0.0 {
        (Comparison::GreaterOrEqual, "0")
    } else if greatest < 0.0 {
        (Comparison::Less, "0")
    } else {
        return None;
    };
    Some((compared(comparison, number(bound)), evidence))
}

/// A pattern that all values match.
fn pattern(column: &ColumnFacts, filled: u64) -> Option<(String, String)> {
    if column.data_type != DataType::String {
        return None;
    }
    if let Some(identifier) = &column.identifier {
        let pattern = match identifier.as_str() {
            "ISIN" => "[A-Z]{2}[A-Z0-9]{9}[0-9]",
            "CUSIP" => "[A-Z0-9*@#]{8}[0-9]",
            "SEDOL" => "[0-9B-DF-HJ-NP-TV-Z]{6}[0-9]",
            "LEI" => "[A-Z0-9]{18}[0-9]{2}",
            _ => return None,
        };
        return Some((pattern.to_owned(), format!("the values are {identifier}s by their check digits")));
    }
    let [(shape, count)] = column.shapes.as_slice() else { return None };
    if *count < filled || filled < FEW_ROWS || !shape.contains('9') {
        return None;
    }
    Some((of_shape(shape)?, format!("all {} values look like `{shape}`", grouped(filled))))
}

/// `AA99-9` as a regular expression; none for letters that have no class.
fn of_shape(shape: &str) -> Option<String> {
    let mut pattern = String::new();
    let mut letters = shape.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut count = 1;
        while letters.next_if_eq(&letter).is_some() {
            count += 1;
        }
        let class = match letter {
            '9' => "[0-9]".to_owned(),
            'A' => "[A-Z]".to_owned(),
            'a' => "[a-z]".to_owned(),
            ' ' | '-' | '_' | '/' | ':' | ',' | '#' | '@' | '%' | '&' | '=' => letter.to_string(),
            sign if sign.is_ascii_punctuation() => format!("\\{sign}"),
            _ => return None,
        };
        pattern.push_str(&class);
        if count > 1 {
            pattern = format!("{pattern}{{{count}}}");
        }
    }
    Some(pattern)
}

/// A share in hundredths, rounded down so that the sample meets it.
fn floor_percent(part: u64, whole: u64) -> String {
    let percent = u128::from(part) * 100 / u128::from(whole.max(1));
    format!("{}.{:02}", percent / 100, percent % 100)
}

/// `12,345`
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
