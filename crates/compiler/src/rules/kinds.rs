//! The types of rules, described for a form.

use touchstone_spec::DataType;

use super::form::Comparison;

/// A type of rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleKind {
    /// Its name in DQDL.
    pub name: &'static str,
    /// What it demands, in a few words.
    pub title: &'static str,
    /// What it checks, and what breaks it.
    pub description: &'static str,
    /// A whole rule.
    pub example: &'static str,
    /// Whether single rows break it, so that they can be quarantined.
    pub is_row_rule: bool,
    /// What it takes, in order.
    pub parameters: &'static [RuleParameter],
}

/// Something that a rule takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleParameter {
    /// What a form calls it.
    pub label: &'static str,
    /// What stands in it.
    pub input: RuleInput,
    /// Whether it may be left out.
    pub is_optional: bool,
}

/// What a parameter of a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleInput {
    /// A column of any type.
    Column,
    /// A column of numbers.
    NumberColumn,
    /// A column of text.
    TextColumn,
    /// One or more columns.
    Columns,
    /// Columns of another table, as many as there are own ones.
    OtherColumns,
    /// A condition on a number.
    Number,
    /// A condition on a whole number.
    Count,
    /// A condition on a share, from 0 to 1.
    Share,
    /// A condition on the column's values.
    Value,
    /// A condition on the share of rows that must meet the rule.
    Threshold,
    /// An expression that is true for the rows that the rule looks at.
    Filter,
}

/// What is typed into a condition's field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueInput {
    /// A number.
    Number,
    /// A whole number.
    Count,
    /// A number from 0 to 1; may be shown in percent.
    Share,
    /// Text.
    Text,
    /// A date, `2026-03-02`.
    Date,
    /// A timestamp, `2026-03-02 18:05:00`.
    Timestamp,
    /// `true` or `false`
    Boolean,
    /// A regular expression that the whole text matches.
    Pattern,
}

const COMPARED: [Comparison; 10] = [
    Comparison::Greater,
    Comparison::GreaterOrEqual,
    Comparison::Less,
    Comparison::LessOrEqual,
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Between,
    Comparison::NotBetween,
    Comparison::In,
    Comparison::NotIn,
];

impl RuleInput {
    /// The comparisons that a condition may have, for a column of this type; the likeliest first. Empty when it is no
    /// condition.
    pub fn comparisons(self, data_type: Option<&DataType>) -> Vec<Comparison> {
        match self {
            Self::Number | Self::Count | Self::Share | Self::Threshold => COMPARED.to_vec(),
            Self::Value => match data_type {
                Some(DataType::String) | None => {
                    let text =
                        [Comparison::In, Comparison::NotIn, Comparison::Matches, Comparison::NotMatches];
                    let others = COMPARED.into_iter().filter(|known| !text.contains(known));
                    text.into_iter().chain(others).collect()
                }
                Some(DataType::Boolean | DataType::Uuid) => {
                    vec![Comparison::Equal, Comparison::NotEqual, Comparison::In, Comparison::NotIn]
                }
                Some(_) => COMPARED.to_vec(),
            },
            _ => Vec::new(),
        }
    }

    /// What is typed behind a comparison, for a column of this type; none when it is no condition.
    pub fn value(self, comparison: Comparison, data_type: Option<&DataType>) -> Option<ValueInput> {
        if matches!(comparison, Comparison::Matches | Comparison::NotMatches) {
            return (self == Self::Value).then_some(ValueInput::Pattern);
        }
        match self {
            Self::Number => Some(ValueInput::Number),
            Self::Count => Some(ValueInput::Count),
            Self::Share | Self::Threshold => Some(ValueInput::Share),
            Self::Value => Some(match data_type {
                Some(DataType::Date) => ValueInput::Date,
                Some(DataType::Timestamp | DataType::Timestamptz) => ValueInput::Timestamp,
                Some(DataType::Boolean) => ValueInput::Boolean,
                Some(DataType::Int | DataType::Long) => ValueInput::Count,
                Some(number) if number.is_numeric() => ValueInput::Number,
                _ => ValueInput::Text,
            }),
            _ => None,
        }
    }

    /// Whether a column of this type may be chosen.
    pub fn takes_column(self, data_type: &DataType) -> bool {
        match self {
            Self::Column | Self::Columns | Self::OtherColumns => true,
            Self::NumberColumn => data_type.is_numeric(),
            Self::TextColumn => *data_type == DataType::String,
            _ => false,
        }
    }
}

impl RuleKind {
    /// Whether it takes several columns; none when it takes no column.
    pub(crate) fn columns(&self) -> Option<bool> {
        self.parameters.iter().find_map(|parameter| match parameter.input {
            RuleInput::Column | RuleInput::NumberColumn | RuleInput::TextColumn => Some(false),
            RuleInput::Columns => Some(true),
            _ => None,
        })
    }

    /// Whether it needs a condition; none when it takes none.
    pub(crate) fn condition(&self) -> Option<bool> {
        self.parameters.iter().find_map(|parameter| match parameter.input {
            RuleInput::Number | RuleInput::Count | RuleInput::Share | RuleInput::Value => {
                Some(!parameter.is_optional)
            }
            _ => None,
        })
    }
}

/// The type of this name.
pub fn rule_kind(name: &str) -> Option<&'static RuleKind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// Every type of rule that runs here, the ones that are used most first.
pub fn rule_kinds() -> &'static [RuleKind] {
    &KINDS
}

const fn needs(label: &'static str, input: RuleInput) -> RuleParameter {
    RuleParameter { label, input, is_optional: false }
}

const fn may(label: &'static str, input: RuleInput) -> RuleParameter {
    RuleParameter { label, input, is_optional: true }
}

const COLUMN: RuleParameter = needs("Column", RuleInput::Column);
const FILTER: RuleParameter = may("Only rows where", RuleInput::Filter);
const THRESHOLD: RuleParameter = may("Share of rows that must meet it", RuleInput::Threshold);

static KINDS: [RuleKind; 14] = [
    RuleKind {
        name: "IsComplete",
        title: "Every row has a value",
        description: "No row of the column is null.",
        example: "IsComplete \"trade_id\"",
        is_row_rule: true,
        parameters: &[COLUMN, FILTER],
    },
    RuleKind {
        name: "IsUnique",
        title: "No value stands twice",
        description: "Every row has a value of its own; null rows break it too.",
        example: "IsUnique \"isin\"",
        is_row_rule: true,
        parameters: &[COLUMN, FILTER],
    },
    RuleKind {
        name: "IsPrimaryKey",
        title: "Columns name a row",
        description: "The columns together are different in every row, and none of them is null.",
        example: "IsPrimaryKey \"trade_date\" \"account_no\"",
        is_row_rule: true,
        parameters: &[needs("Columns", RuleInput::Columns), FILTER],
    },
    RuleKind {
        name: "ColumnValues",
        title: "Values meet a condition",
        description: "Every value is in a range or a list, or matches a pattern. Null rows break it, unless NULL is in the list.",
        example: "ColumnValues \"side\" in [\"BUY\", \"SELL\"]",
        is_row_rule: true,
        parameters: &[COLUMN, needs("Values", RuleInput::Value), THRESHOLD, FILTER],
    },
    RuleKind {
        name: "ColumnLength",
        title: "Text has a length",
        description: "The number of characters of every value meets the condition.",
        example: "ColumnLength \"isin\" = 12",
        is_row_rule: true,
        parameters: &[
            needs("Column", RuleInput::TextColumn),
            needs("Length", RuleInput::Count),
            THRESHOLD,
            FILTER,
        ],
    },
    RuleKind {
        name: "ReferentialIntegrity",
        title: "Values stand in another table",
        description: "The share of rows whose values stand in the other table's columns; null rows break it. Without a condition all rows must.",
        example: "ReferentialIntegrity \"isin\" \"securities.isin\" >= 0.99",
        is_row_rule: true,
        parameters: &[
            needs("Columns", RuleInput::Columns),
            needs("Columns of the other table", RuleInput::OtherColumns),
            may("Share of rows", RuleInput::Share),
            FILTER,
        ],
    },
    RuleKind {
        name: "Completeness",
        title: "A share of rows has a value",
        description: "The share of rows that aren't null meets the condition.",
        example: "Completeness \"sector\" > 0.98",
        is_row_rule: false,
        parameters: &[COLUMN, needs("Share of rows", RuleInput::Share), FILTER],
    },
    RuleKind {
        name: "Uniqueness",
        title: "A share of rows has a value of its own",
        description: "The share of rows whose value stands in no other row meets the condition.",
        example: "Uniqueness \"account_no\" > 0.9",
        is_row_rule: false,
        parameters: &[COLUMN, needs("Share of rows", RuleInput::Share), FILTER],
    },
    RuleKind {
        name: "DistinctValuesCount",
        title: "There are so many different values",
        description: "The number of different values meets the condition.",
        example: "DistinctValuesCount \"currency\" < 12",
        is_row_rule: false,
        parameters: &[COLUMN, needs("Different values", RuleInput::Count), FILTER],
    },
    RuleKind {
        name: "RowCount",
        title: "There are so many rows",
        description: "The number of rows meets the condition.",
        example: "RowCount > 0",
        is_row_rule: false,
        parameters: &[needs("Rows", RuleInput::Count), FILTER],
    },
    RuleKind {
        name: "Sum",
        title: "The sum meets a condition",
        description: "The sum of the column's numbers meets the condition.",
        example: "Sum \"notional\" > 0",
        is_row_rule: false,
        parameters: &[needs("Column", RuleInput::NumberColumn), needs("Sum", RuleInput::Number), FILTER],
    },
    RuleKind {
        name: "Mean",
        title: "The mean meets a condition",
        description: "The mean of the column's numbers meets the condition.",
        example: "Mean \"price\" between 1 and 5000",
        is_row_rule: false,
        parameters: &[needs("Column", RuleInput::NumberColumn), needs("Mean", RuleInput::Number), FILTER],
    },
    RuleKind {
        name: "ColumnCount",
        title: "There are so many columns",
        description: "The number of the table's columns meets the condition.",
        example: "ColumnCount = 12",
        is_row_rule: false,
        parameters: &[needs("Columns", RuleInput::Count), FILTER],
    },
    RuleKind {
        name: "ColumnExists",
        title: "A column exists",
        description: "The table has the column.",
        example: "ColumnExists \"isin\"",
        is_row_rule: false,
        parameters: &[COLUMN, FILTER],
    },
];
