//! Names of pipelines, tables and columns, and how tables are named across pipelines.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The layers of a medallion pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// Text as read.
    Bronze,
    /// Typed, mapped, checked.
    Silver,
    /// Made from silver by SQL.
    Gold,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bronze => "bronze",
            Self::Silver => "silver",
            Self::Gold => "gold",
        })
    }
}

/// One table of one pipeline. Written `pipeline.layer.table`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TableName {
    /// Pipeline that makes it.
    pub pipeline: String,
    /// Layer it stands in; for bronze, `table` is the source's name.
    pub layer: Layer,
    /// Name inside the pipeline.
    pub table: String,
}

impl TableName {
    /// Puts the three parts together.
    pub fn new(pipeline: impl Into<String>, layer: Layer, table: impl Into<String>) -> Self {
        Self { pipeline: pipeline.into(), layer, table: table.into() }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.pipeline, self.layer, self.table)
    }
}

impl From<TableName> for String {
    fn from(name: TableName) -> Self {
        name.to_string()
    }
}

impl TryFrom<String> for TableName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for TableName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('.');
        let layer = |word: &str| match word {
            "bronze" => Some(Layer::Bronze),
            "silver" => Some(Layer::Silver),
            "gold" => Some(Layer::Gold),
            _ => None,
        };
        match (parts.next(), parts.next().and_then(layer), parts.next(), parts.next()) {
            (Some(pipeline), Some(layer), Some(table), None) if !pipeline.is_empty() && !table.is_empty() => {
                Ok(Self::new(pipeline, layer, table))
            }
            _ => Err(format!(
                "`{text}` is not a table; write pipeline.layer.table, as in trades.silver.trades"
            )),
        }
    }
}

/// Longest name of a pipeline, table or field: Glue's and Athena's limit is 255, and names are joined.
const NAME_LIMIT: usize = 100;

/// Checks a name that Iceberg, Glue, Athena and Spark all take unquoted: lower-case letters, digits and
/// underscores, starting with a letter. Gives the reason when it isn't one.
pub fn check_name(name: &str) -> Result<(), String> {
    let starts_well = name.chars().next().is_some_and(|first| first.is_ascii_lowercase());
    let rest_well = name
        .chars()
        .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_');
    if name.is_empty() {
        Err("a name can't be empty".to_owned())
    } else if name.len() > NAME_LIMIT {
        Err(format!("a name has at most {NAME_LIMIT} characters"))
    } else if starts_well && rest_well {
        Ok(())
    } else {
        Err("a name starts with a lower-case letter and has only lower-case letters, digits and `_`"
            .to_owned())
    }
}

/// A valid name made from any text: `Trade Dt` becomes `trade_dt`, `ISIN` becomes `isin`.
pub fn snake_case(text: &str) -> String {
    let mut name = String::new();
    let mut previous_lower = false;
    for character in text.trim().chars() {
        let folded = fold_accent(character);
        if folded.is_empty() || !folded.chars().all(|letter| letter.is_ascii_alphanumeric()) {
            if !name.ends_with('_') && !name.is_empty() {
                name.push('_');
            }
            previous_lower = false;
        } else {
            if character.is_uppercase() && previous_lower {
                name.push('_');
            }
            name.push_str(&folded.to_ascii_lowercase());
            previous_lower = character.is_lowercase() || character.is_ascii_digit();
        }
    }
    while name.ends_with('_') {
        name.pop();
    }
    if name.is_empty() {
        "column".to_owned()
    } else if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("c_{name}")
    } else {
        name.chars().take(NAME_LIMIT).collect()
    }
}

/// Base letter of the common Latin letters with accents; other characters as they are.
fn fold_accent(character: char) -> String {
    let folded = match character {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => "a",
        'Á' | 'À' | 'Â' | 'Ä' | 'Ã' | 'Å' => "A",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'É' | 'È' | 'Ê' | 'Ë' => "E",
        'í' | 'ì' | 'î' | 'ï' => "i",
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => "o",
        'Ó' | 'Ò' | 'Ô' | 'Ö' | 'Õ' | 'Ø' => "O",
        'ú' | 'ù' | 'û' | 'ü' => "u",
        'Ú' | 'Ù' | 'Û' | 'Ü' => "U",
        'ç' => "c",
        'ñ' => "n",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        '%' => "pct",
        other => return other.to_string(),
    };
    folded.to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_made_name_is_always_valid(text in "\\PC{0,120}") {
            prop_assert_eq!(check_name(&snake_case(&text)), Ok(()));
        }
    }

    #[test]
    fn names_read_as_people_write_them() {
        for (text, expected) in [
            ("Trade Dt", "trade_dt"),
            ("ISIN", "isin"),
            ("tradeDate", "trade_date"),
            ("Stück / Menge", "stuck_menge"),
            ("1st leg", "c_1st_leg"),
            ("weight %", "weight_pct"),
            ("--", "column"),
        ] {
            assert_eq!(snake_case(text), expected);
        }
    }
}
