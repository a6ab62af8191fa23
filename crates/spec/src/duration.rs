//! Periods such as `90 days` and `7 years`, as retention rules write them.

use std::{fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A whole number of calendar units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// How many units, at least one.
    pub count: u32,
    /// Of what.
    pub unit: PeriodUnit,
}

/// The unit of a [`Period`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeriodUnit {
    /// Days.
    Day,
    /// Months, counted as 30 days where days are needed.
    Month,
    /// Years, counted as 365 days where days are needed.
    Year,
}

impl Period {
    /// The period in days, the unit of S3's lifecycle rules.
    pub fn days(self) -> u64 {
        u64::from(self.count)
            * match self.unit {
                PeriodUnit::Day => 1,
                PeriodUnit::Month => 30,
                PeriodUnit::Year => 365,
            }
    }
}

/// Why a text isn't a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a period; write a number and days, months or years, for example `90 days`")]
pub struct ParsePeriodError(String);

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            PeriodUnit::Day => "day",
            PeriodUnit::Month => "month",
            PeriodUnit::Year => "year",
        };
        write!(f, "{} {unit}{}", self.count, if self.count == 1 { "" } else { "s" })
    }
}

impl FromStr for Period {
    type Err = ParsePeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParsePeriodError(text.to_owned());
        let (count, unit) = text.trim().split_once(' ').ok_or_else(error)?;
        let count: u32 = count.parse().map_err(|_| error())?;
        let unit = match unit.trim() {
            "day" | "days" => PeriodUnit::Day,
            "month" | "months" => PeriodUnit::Month,
            "year" | "years" => PeriodUnit::Year,
            _ => return Err(error()),
        };
        if count == 0 { Err(error()) } else { Ok(Self { count, unit }) }
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Period {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Period".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A number and days, months or years, for example `90 days`.",
            "pattern": "^[1-9]\\d* (days?|months?|years?)$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Period;

    #[test]
    fn periods_are_read_and_written() {
        for text in ["1 day", "90 days", "6 months", "7 years"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        for text in ["", "days", "0 days", "-1 days", "7 fortnights"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
