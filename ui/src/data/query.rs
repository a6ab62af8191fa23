//! How data is sorted and filtered: changed by headers, chips and links, and said in words.

use touchstone_protocol::{AlternativeView, DataQuery, Filter, FilterTest, SortBy};
use touchstone_spec::ContractField;

/// Sorts by a column: ascending, then descending, then not at all; or as `descending` says. `add` keeps what is sorted
/// by already before it.
pub(crate) fn sort(query: &mut DataQuery, column: &str, descending: Option<bool>, add: bool) {
    let place = query.sort.iter().position(|one| one.column == column);
    let now = place.and_then(|place| query.sort.get(place)).map(|one| one.descending);
    let next = match (descending, now) {
        (Some(wanted), Some(now)) if wanted == now => None,
        (Some(wanted), _) => Some(wanted),
        (None, None) => Some(false),
        (None, Some(false)) => Some(true),
        (None, Some(true)) => None,
    };
    if !add {
        query.sort.retain(|one| one.column == column);
    }
    let place = query.sort.iter().position(|one| one.column == column);
    match (place, next) {
        (Some(place), None) => {
            query.sort.remove(place);
        }
        (Some(place), Some(descending)) => {
            if let Some(one) = query.sort.get_mut(place) {
                one.descending = descending;
            }
        }
        (None, Some(descending)) => query.sort.push(SortBy { column: column.to_owned(), descending }),
        (None, None) => {}
    }
}

/// Filters by a column, in the place of what it was filtered by before.
pub(crate) fn filter(query: &mut DataQuery, column: &str, test: Option<FilterTest>) {
    let place = query.filters.iter().position(|one| one.column == column);
    match (place, test) {
        (Some(place), Some(test)) => {
            if let Some(one) = query.filters.get_mut(place) {
                one.test = test;
            }
        }
        (Some(place), None) => {
            query.filters.remove(place);
        }
        (None, Some(test)) => query.filters.push(Filter { column: column.to_owned(), test }),
        (None, None) => {}
    }
}

/// What a column is filtered by.
pub(crate) fn test_of<'a>(query: &'a DataQuery, column: &str) -> Option<&'a FilterTest> {
    query.filters.iter().find(|one| one.column == column).map(|one| &one.test)
}

/// A filter in words.
pub(crate) fn in_words(filter: &Filter) -> String {
    let column = &filter.column;
    match &filter.test {
        FilterTest::Is(value) => format!("{column} is {}", value_in_words(value)),
        FilterTest::IsNot(value) => format!("{column} is not {}", value_in_words(value)),
        FilterTest::OneOf(values) => match values.as_slice() {
            [] => format!("{column} is none of the values"),
            [one] => format!("{column} is {}", value_in_words(one)),
            [one, other] => format!("{column} is {} or {}", value_in_words(one), value_in_words(other)),
            [one, rest @ ..] => {
                format!("{column} is {} or one of {} more", value_in_words(one), rest.len())
            }
        },
        FilterTest::Contains(text) => format!("{column} contains {}", value_in_words(text)),
        FilterTest::StartsWith(text) => format!("{column} starts with {}", value_in_words(text)),
        FilterTest::Matches(pattern) => format!("{column} matches {pattern}"),
        FilterTest::Less(value) => format!("{column} < {value}"),
        FilterTest::Greater(value) => format!("{column} > {value}"),
        FilterTest::Between(low, high) => format!("{column} from {low} to {high}"),
        FilterTest::IsNull => format!("{column} is null"),
        FilterTest::IsNotNull => format!("{column} is not null"),
        FilterTest::IsEmpty => format!("{column} is empty"),
        FilterTest::IsBlank => format!("{column} is blank"),
        FilterTest::IsBad => format!("{column} is bad"),
    }
}

fn value_in_words(value: &str) -> String {
    if value.is_empty() {
        "empty".to_owned()
    } else if value.trim().is_empty() {
        "blank".to_owned()
    } else {
        value.chars().take(40).collect()
    }
}

/// Whether all rows are shown, as stored.
pub(crate) fn is_plain(query: &DataQuery) -> bool {
    query.sort.is_empty() && query.filters.is_empty() && query.search.is_none()
}

/// A column as one of the types that it could have.
pub(crate) fn as_type(column: &str, one: &AlternativeView) -> ContractField {
    let mut field = ContractField::new(column, one.data_type.clone());
    one.give_to(&mut field);
    field
}

/// The same rows in any order: what counts of a column are made over.
pub(crate) fn unsorted(query: &DataQuery) -> DataQuery {
    DataQuery { sort: Vec::new(), ..query.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorts(query: &DataQuery) -> Vec<String> {
        query
            .sort
            .iter()
            .map(|one| format!("{}{}", one.column, if one.descending { "↓" } else { "↑" }))
            .collect()
    }

    #[test]
    fn a_header_sorts_up_then_down_then_not() {
        let mut query = DataQuery::default();
        sort(&mut query, "px", None, false);
        assert_eq!(sorts(&query), ["px↑"]);
        sort(&mut query, "px", None, false);
        assert_eq!(sorts(&query), ["px↓"]);
        sort(&mut query, "qty", None, true);
        assert_eq!(sorts(&query), ["px↓", "qty↑"]);
        sort(&mut query, "px", None, true);
        assert_eq!(sorts(&query), ["qty↑"]);
        sort(&mut query, "isin", None, false);
        assert_eq!(sorts(&query), ["isin↑"]);
        sort(&mut query, "isin", Some(true), false);
        assert_eq!(sorts(&query), ["isin↓"]);
    }

    #[test]
    fn a_column_has_one_filter() {
        let mut query = DataQuery::default();
        filter(&mut query, "px", Some(FilterTest::Greater("5".to_owned())));
        filter(&mut query, "px", Some(FilterTest::IsBad));
        assert_eq!(query.filters.iter().map(in_words).collect::<Vec<_>>(), ["px is bad"]);
        filter(&mut query, "px", None);
        assert!(is_plain(&query));
    }
}
