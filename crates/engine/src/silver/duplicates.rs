//! Rows that gave way to another with their key: to which, and why that one stayed.

use std::cmp::Ordering;

use polars::prelude::{DataFrame, IntoSeries, NewChunkedArray, Series, StringChunked};
use touchstone_compiler::{SilverPlan, TableSchema};
use touchstone_spec::{DataType, Keep};

use super::rows::rows_aside;
use crate::{
    EngineError, Table,
    bronze::{KEPT_RECORD, KEY, REASON, column, record_series},
    expression::{RowOrder, gather, row_order},
    page::texts,
};

/// Which of two rows with one key stays.
pub(super) struct Precedence {
    keep: Keep,
    /// By the field that orders them: whether a row has no value, and how two stand to each other.
    order: Option<(Vec<bool>, RowOrder<'static>)>,
}

impl Precedence {
    pub(super) fn new(keep: Keep, order_by: Option<&Series>) -> Result<Self, EngineError> {
        let order = order_by
            .map(|values| {
                let nulls = values.is_null().iter().map(|null| null == Some(true)).collect();
                Ok::<_, EngineError>((nulls, row_order(values)?))
            })
            .transpose()?;
        Ok(Self { keep, order })
    }

    /// Whether a later row takes the place of the one that stands so far. A row without an order value never takes it
    /// from one that has one.
    pub(super) fn replaces(&self, row: usize, standing: usize) -> bool {
        let latest = self.keep == Keep::Latest;
        let Some((nulls, order)) = &self.order else { return latest };
        let null = |row: usize| nulls.get(row).copied().unwrap_or(false);
        match (null(row), null(standing)) {
            (true, false) => false,
            (false, true) => true,
            _ => match (order(row, standing), latest) {
                (Ordering::Greater | Ordering::Equal, latest) => latest,
                (Ordering::Less, latest) => !latest,
            },
        }
    }
}

/// The values by which it was decided, as they were then: the rows themselves are gone from the frame.
#[derive(Debug, Clone)]
pub(super) struct Decided {
    /// Fields of the key, of the rows that gave way.
    key: Vec<Series>,
    /// The field that orders them: of the rows that gave way, and of those that stayed.
    order: Option<(Series, Series)>,
}

impl Decided {
    /// `pairs` are rows of the columns: the one that gave way, and the one that stayed.
    pub(super) fn new(
        key: &[Series],
        order_by: Option<&Series>,
        pairs: &[(usize, usize)],
    ) -> Result<Self, EngineError> {
        let lost: Vec<Option<usize>> = pairs.iter().map(|(row, _)| Some(*row)).collect();
        let kept: Vec<Option<usize>> = pairs.iter().map(|(_, row)| Some(*row)).collect();
        let key = key.iter().map(|values| gather(values, &lost)).collect::<Result<_, _>>()?;
        let order = order_by
            .map(|values| Ok::<_, EngineError>((gather(values, &lost)?, gather(values, &kept)?)))
            .transpose()?;
        Ok(Self { key, order })
    }

    /// The keys of the rows that gave way, and why the others stayed; for each whether that one is in quarantine now.
    pub(super) fn told(&self, plan: &SilverPlan, in_quarantine: &[bool]) -> Result<Vec<Told>, EngineError> {
        let count = in_quarantine.len();
        let names = plan.key.iter().zip(&self.key);
        let keys = names
            .map(|(name, values)| Ok((name, texts(&values.head(Some(count)), &type_of(&plan.schema, name))?)))
            .collect::<Result<Vec<_>, EngineError>>()?;
        let order = match (&plan.order_by, &self.order) {
            (Some(name), Some((lost, kept))) => {
                let data_type = type_of(&plan.schema, name);
                let lost = texts(&lost.head(Some(count)), &data_type)?;
                let kept = texts(&kept.head(Some(count)), &data_type)?;
                Some((name.as_str(), lost, kept))
            }
            _ => None,
        };
        let told = in_quarantine.iter().enumerate().map(|(row, in_quarantine)| {
            let key: Vec<String> = keys
                .iter()
                .map(|(name, texts)| format!("{name} = {}", value(texts, row).unwrap_or_default()))
                .collect();
            let by = order.as_ref().map(|(name, lost, stayed)| (*name, value(lost, row), value(stayed, row)));
            let mut reason = why(plan.keep, by);
            if *in_quarantine {
                reason.push_str("; it went to quarantine later");
            }
            Told { key: key.join(", "), reason }
        });
        Ok(told.collect())
    }
}

/// What is told of a row that gave way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) key: String,
    pub(crate) reason: String,
}

fn value(texts: &[Option<String>], row: usize) -> Option<&str> {
    texts.get(row).and_then(Option::as_deref)
}

fn type_of(schema: &TableSchema, name: &str) -> DataType {
    schema.column(name).map_or(DataType::String, |column| column.data_type.clone())
}

/// Why the other one stayed; `order` is the field that orders them, with the values of the one that gave way and the
/// one that stayed.
fn why(keep: Keep, order: Option<(&str, Option<&str>, Option<&str>)>) -> String {
    let place = match keep {
        Keep::Latest => "later",
        Keep::First => "earlier",
    };
    match order {
        None => format!("it stands {place} in the file"),
        Some((name, lost, kept)) if lost == kept => {
            let values = lost.map_or_else(|| "has no value".to_owned(), |text| format!("is {text}"));
            format!("{name} {values} in both, and it stands {place} in the file")
        }
        Some((name, None, Some(kept))) => format!("its {name} is {kept}, and this one has none"),
        Some((name, lost, kept)) => {
            let side = match keep {
                Keep::Latest => "after",
                Keep::First => "before",
            };
            let text = |text: Option<&str>| text.unwrap_or("no value").to_owned();
            format!("its {name} {} comes {side} {}", text(kept), text(lost))
        }
    }
}

/// The table of rows that gave way: for each its key, the record that stayed and why, then the row as it came in.
/// `pairs` are rows of bronze.
pub(crate) fn deduplicated_table(
    bronze: &Table,
    pairs: &[(usize, usize)],
    kept: &[u64],
    told: Vec<Told>,
) -> Result<Table, EngineError> {
    let rows = rows_aside(bronze, pairs.iter().map(|(row, _)| *row))?;
    let (keys, reasons): (Vec<String>, Vec<String>) =
        told.into_iter().map(|told| (told.key, told.reason)).unzip();
    let text = |name: &str, texts: &[String]| {
        StringChunked::from_iter_values(name.into(), texts.iter().map(String::as_str)).into_series()
    };
    let mut columns = vec![
        column(KEY, DataType::String, true),
        column(KEPT_RECORD, DataType::Long, true),
        column(REASON, DataType::String, true),
    ];
    let mut series = vec![
        text(KEY, &keys).into(),
        record_series(kept).with_name(KEPT_RECORD.into()).into(),
        text(REASON, &reasons).into(),
    ];
    columns.extend(rows.columns);
    series.extend(rows.frame.into_columns());
    Ok(Table { columns, frame: DataFrame::new(pairs.len(), series)? })
}

#[cfg(test)]
mod tests {
    use super::{Keep, why};

    #[test]
    fn why_a_row_stayed_is_said_as_it_was_decided() {
        let day = |lost, kept| Some(("day", lost, kept));
        for (keep, order, reason) in [
            (Keep::Latest, None, "it stands later in the file"),
            (Keep::First, None, "it stands earlier in the file"),
            (Keep::Latest, day(Some("1"), Some("2")), "its day 2 comes after 1"),
            (Keep::First, day(Some("2"), Some("1")), "its day 1 comes before 2"),
            (Keep::Latest, day(None, Some("1")), "its day is 1, and this one has none"),
            (Keep::Latest, day(Some("1"), Some("1")), "day is 1 in both, and it stands later in the file"),
            (Keep::First, day(None, None), "day has no value in both, and it stands earlier in the file"),
        ] {
            assert_eq!(why(keep, order), reason);
        }
    }
}
