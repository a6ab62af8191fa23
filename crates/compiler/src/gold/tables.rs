//! Which tables a query reads, found before it is typed, so that tables can be put in order.

use sqlparser::ast::{Query, SetExpr, TableFactor, TableWithJoins};

/// Names of all tables in the query that aren't its own common table expressions.
pub(crate) fn tables_read(query: &Query) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    of_query(query, &[], &mut found);
    found
}

fn of_query(query: &Query, outer: &[String], found: &mut Vec<Vec<String>>) {
    let mut own = outer.to_vec();
    for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
        of_query(&cte.query, &own, found);
        own.push(cte.alias.name.value.to_lowercase());
    }
    of_body(&query.body, &own, found);
}

fn of_body(body: &SetExpr, own: &[String], found: &mut Vec<Vec<String>>) {
    let mut current = body;
    // UNION ALL nests to the left, one level per branch.
    while let SetExpr::SetOperation { left, right, .. } = current {
        of_simple(right, own, found);
        current = left;
    }
    of_simple(current, own, found);
}

fn of_simple(body: &SetExpr, own: &[String], found: &mut Vec<Vec<String>>) {
    match body {
        SetExpr::Select(select) => select.from.iter().for_each(|item| of_item(item, own, found)),
        SetExpr::Query(query) => of_query(query, own, found),
        SetExpr::SetOperation { .. } => of_body(body, own, found),
        _ => {}
    }
}

fn of_item(item: &TableWithJoins, own: &[String], found: &mut Vec<Vec<String>>) {
    for factor in std::iter::once(&item.relation).chain(item.joins.iter().map(|join| &join.relation)) {
        match factor {
            TableFactor::Table { name, .. } => {
                let parts: Vec<String> = name
                    .0
                    .iter()
                    .filter_map(|part| part.as_ident().map(|ident| ident.value.to_lowercase()))
                    .collect();
                if !matches!(parts.as_slice(), [single] if own.contains(single)) {
                    found.push(parts);
                }
            }
            TableFactor::Derived { subquery, .. } => of_query(subquery, own, found),
            TableFactor::NestedJoin { table_with_joins, .. } => of_item(table_with_joins, own, found),
            _ => {}
        }
    }
}
