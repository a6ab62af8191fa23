//! The tables that a query names, and tables taken into it and out of it, with the rest of its text left alone.

use touchstone_compiler::{Tables, highlight, written_name};
use touchstone_spec::{Layer, TableName};

/// Words that end what stands between `from` and the conditions on rows.
const CLAUSES: [&str; 6] = ["where", "group", "having", "order", "limit", "window"];
/// Words that begin another table.
const JOINS: [&str; 6] = ["join", "left", "right", "full", "inner", "cross"];
const SETS: [&str; 3] = ["union", "intersect", "except"];

/// The `from` clause of a query.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FromClause {
    pub(super) relations: Vec<Relation>,
    /// Byte behind it.
    end: usize,
    indentation: String,
}

/// A table in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Relation {
    /// As it is named: `silver.trades`; none for a subquery.
    pub(super) table: Option<String>,
    /// What its columns are called by.
    pub(super) alias: String,
    /// Bytes of its part of the clause: from `left join` to before the next.
    start: usize,
    end: usize,
}

struct Word<'a> {
    text: &'a str,
    lower: String,
    start: usize,
    end: usize,
    depth: usize,
}

fn words(sql: &str) -> Vec<Word<'_>> {
    let mut depth = 0_usize;
    let mut words = Vec::new();
    for (range, kind) in highlight(sql) {
        if kind == touchstone_compiler::TokenKind::Comment {
            continue;
        }
        let text = sql.get(range.clone()).unwrap_or_default();
        if text == ")" {
            depth = depth.saturating_sub(1);
        }
        words.push(Word { text, lower: text.to_lowercase(), start: range.start, end: range.end, depth });
        if text == "(" {
            depth += 1;
        }
    }
    words
}

/// The `from` clause; none where there is none, or the query puts several together.
pub(super) fn from_clause(sql: &str) -> Option<FromClause> {
    let words = words(sql);
    let outer = |word: &Word<'_>, of: &[&str]| word.depth == 0 && of.contains(&word.lower.as_str());
    if words.iter().any(|word| outer(word, &SETS)) {
        return None;
    }
    let from = words.iter().position(|word| outer(word, &["from"]))?;
    let behind = words.iter().enumerate().skip(from + 1);
    let last = behind.clone().find(|(_, word)| outer(word, &CLAUSES) || word.text == ";");
    let last = last.map_or(words.len(), |(at, _)| at);
    let is_join = |at: usize| {
        let is_call = words.get(at + 1).is_some_and(|next| next.text == "(") && words[at].lower != "join";
        outer(&words[at], &JOINS) && !is_call
    };
    let mut relations = Vec::new();
    let mut at = from;
    while at < last {
        let start = words[at].start;
        while at < last && (at == from || is_join(at) || words[at].lower == "outer" || words[at].text == ",")
        {
            at += 1;
        }
        let (table, alias, next) = relation(&words[..last], at);
        at = next;
        while at < last && !is_join(at) && !(words[at].depth == 0 && words[at].text == ",") {
            at += 1;
        }
        let end = words.get(at.checked_sub(1)?)?.end;
        relations.push(Relation { table, alias, start, end });
    }
    let line = sql.get(..words[from].start)?.rsplit('\n').next().unwrap_or_default();
    let indentation = line.chars().take_while(|letter| letter.is_whitespace()).collect();
    Some(FromClause { end: words.get(last - 1)?.end, relations, indentation })
}

/// The table that begins at a word, its alias, and the word behind both.
fn relation(words: &[Word<'_>], mut at: usize) -> (Option<String>, String, usize) {
    let unquoted = |text: &str| text.trim_matches('"').to_owned();
    let mut parts = Vec::new();
    let is_subquery = words.get(at).is_some_and(|word| word.text == "(");
    if is_subquery {
        let depth = words[at].depth;
        at += 1;
        while at < words.len() && words[at].depth > depth {
            at += 1;
        }
        at += 1;
    } else {
        while let Some(word) = words.get(at) {
            parts.push(unquoted(word.text));
            at += 1;
            if words.get(at).is_none_or(|next| next.text != ".") {
                break;
            }
            at += 1;
        }
    }
    if words.get(at).is_some_and(|word| word.lower == "as") {
        at += 1;
    }
    let ends = ["on", "using", ",", ";", ")"];
    let alias = words.get(at).filter(|word| {
        !ends.contains(&word.lower.as_str()) && !JOINS.contains(&word.lower.as_str()) && word.lower != "outer"
    });
    let name = parts.last().cloned().unwrap_or_default();
    match alias {
        Some(alias) => ((!is_subquery).then(|| parts.join(".")), unquoted(alias.text), at + 1),
        None => ((!is_subquery).then(|| parts.join(".")), name, at),
    }
}

/// The query with the columns that `is_meant` knows called by their table, which has been the only one.
pub(super) fn qualified(sql: &str, alias: &str, is_meant: &dyn Fn(&str) -> bool) -> String {
    let words = words(sql);
    let mut text = sql.to_owned();
    for (at, word) in words.iter().enumerate().rev() {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let behind = words.get(at + 1);
        let is_part = before.is_some_and(|one| one.text == "." || one.lower == "as")
            || behind.is_some_and(|one| one.text == "." || one.text == "(");
        // Without quotes a word of the language is no name.
        let name = word.text.trim_matches('"');
        let is_name = name != word.text || written_name(name) == name;
        if is_name && !is_part && is_meant(name) && !word.text.starts_with('\'') {
            text.insert_str(word.start, &format!("{}.", written_name(alias)));
        }
    }
    text
}

/// The query with one more table, behind the others; `join` is all of its part.
pub(super) fn with_table(sql: &str, clause: &FromClause, join: &str) -> String {
    let (before, behind) = sql.split_at_checked(clause.end).unwrap_or((sql, ""));
    format!("{before}\n{}{join}{behind}", clause.indentation)
}

/// The query without a table; none for the first, which the query stands on.
pub(super) fn without_table(sql: &str, clause: &FromClause, at: usize) -> Option<String> {
    let before = clause.relations.get(at.checked_sub(1)?)?;
    let gone = clause.relations.get(at)?;
    let mut text = sql.to_owned();
    text.replace_range(before.end..gone.end, "");
    Some(text)
}

/// A short name that none of `taken` is: `t` for `trades`, `sm` for `securities_master`.
pub(super) fn alias_for(table: &str, taken: &[String]) -> String {
    let initials: String = table.split('_').filter_map(|word| word.chars().next()).collect();
    let is_free = |alias: &String| !taken.iter().any(|one| one.eq_ignore_ascii_case(alias));
    // Two letters may be a word of the language.
    let is_word = |alias: &String| ["as", "by", "in", "is", "on", "or"].contains(&alias.as_str());
    let first = Some(initials).filter(|one| !one.is_empty() && is_free(one) && !is_word(one));
    let rest = (2..).map(|number| format!("{}{number}", table.chars().next().unwrap_or('t')));
    first.or_else(|| rest.into_iter().find(is_free)).unwrap_or_else(|| table.to_owned())
}

/// A table as the SQL of `pipeline` names it.
pub(super) fn sql_name(pipeline: &str, table: &TableName, tables: &Tables) -> String {
    if table.pipeline == pipeline {
        return format!("{}.{}", table.layer, table.table);
    }
    let short = format!("{}.{}", table.pipeline, table.table);
    match tables.find(pipeline, &short) {
        Some((found, _)) if found == *table => short,
        _ => table.to_string(),
    }
}

/// Columns by which rows of two tables belong together: the key of the right one where the left one has it too, else
/// columns of one name and one type that name something.
pub(super) fn natural_pairs(tables: &Tables, left: &TableName, right: &TableName) -> Vec<String> {
    let (Some(left), Some(right)) = (tables.get(left), tables.get(right)) else { return Vec::new() };
    let fits = |name: &str| {
        let (one, other) = (left.column(name), right.column(name));
        one.zip(other).is_some_and(|(one, other)| one.data_type == other.data_type)
    };
    if !right.key.is_empty() && right.key.iter().all(|name| fits(name)) {
        return right.key.clone();
    }
    if let Some(name) = right.unique.iter().find(|name| fits(name)) {
        return vec![name.clone()];
    }
    let identifies = |name: &str| {
        let is_key = left.key.iter().chain(&right.key).any(|one| one == name);
        is_key || ["_id", "_no", "_key", "_code"].iter().any(|end| name.ends_with(end)) || name == "isin"
    };
    right
        .columns
        .iter()
        .map(|column| &column.name)
        .filter(|name| fits(name) && identifies(name))
        .cloned()
        .collect()
}

/// A first query over tables, each joined to the first by the columns that both have; gives those, too, for which there
/// are none.
pub(super) fn first_query(pipeline: &str, tables: &Tables, read: &[TableName]) -> (String, Vec<TableName>) {
    let Some(first) = read.first() else { return (String::new(), Vec::new()) };
    let (mut joined, mut left_over) = (Vec::new(), Vec::new());
    for table in read.iter().skip(1) {
        let pairs = natural_pairs(tables, first, table);
        if pairs.is_empty() {
            left_over.push(table.clone());
        } else {
            joined.push((table, pairs));
        }
    }
    let columns = |table: &TableName| -> Vec<String> {
        let known = tables.get(table).map(|known| known.columns.as_slice()).unwrap_or_default();
        known.iter().map(|column| column.name.clone()).collect()
    };
    let name = |table: &TableName| sql_name(pipeline, table, tables);
    if joined.is_empty() {
        let mut taken: Vec<String> = columns(first).iter().map(|column| written_name(column)).collect();
        if taken.is_empty() {
            taken.push("count(*) as row_count".to_owned());
        }
        return (format!("select {}\nfrom {}\n", wrapped(&taken), name(first)), left_over);
    }
    let mut aliases = vec![alias_for(&first.table, &[])];
    let mut names = columns(first);
    let mut taken: Vec<String> =
        names.iter().map(|column| format!("{}.{}", aliases[0], written_name(column))).collect();
    let mut joins = String::new();
    for (table, pairs) in joined {
        let alias = alias_for(&table.table, &aliases);
        for column in columns(table).into_iter().filter(|column| !pairs.contains(column)) {
            let is_taken = names.contains(&column);
            let called = if is_taken { format!("{}_{column}", table.table) } else { column.clone() };
            let renamed = if is_taken { format!(" as {}", written_name(&called)) } else { String::new() };
            taken.push(format!("{alias}.{}{renamed}", written_name(&column)));
            names.push(called);
        }
        let on = pairs.iter().map(|one| written_name(one));
        let on: Vec<String> = on.map(|one| format!("{alias}.{one} = {}.{one}", aliases[0])).collect();
        joins = format!("{joins}left join {} {alias} on {}\n", name(table), on.join(" and "));
        aliases.push(alias);
    }
    let text = format!("select {}\nfrom {} {}\n{joins}", wrapped(&taken), name(first), aliases[0]);
    (text, left_over)
}

/// Names with commas, in lines that are easy to read, below each other.
fn wrapped(names: &[String]) -> String {
    const WIDTH: usize = 88;
    let mut text = String::new();
    let mut width = 7;
    for (place, name) in names.iter().enumerate() {
        if place > 0 {
            text.push(',');
            if width + name.len() > WIDTH {
                text.push_str("\n       ");
                width = 7;
            } else {
                text.push(' ');
            }
        }
        text.push_str(name);
        width += name.len() + 2;
    }
    text
}

/// Layers that a gold table can read.
pub(super) fn is_readable(layer: Layer) -> bool {
    layer != Layer::Bronze
}

#[cfg(test)]
mod tests {
    use touchstone_compiler::{GoldScope, check_gold, compile};
    use touchstone_spec::Document;

    use super::*;

    const JOINED: &str = "select p.account_no, max(r.close) as price\nfrom silver.positions p\nleft join prices.prices r\n  \
                          on r.security_id = p.security_id and left(r.currency, 3) = p.currency\nwhere p.quantity > 0\ngroup by p.account_no\n";

    fn aliases(sql: &str) -> Vec<(String, String)> {
        let clause = from_clause(sql).expect("a clause");
        clause.relations.into_iter().map(|one| (one.table.unwrap_or_default(), one.alias)).collect()
    }

    #[test]
    fn the_tables_of_a_query_are_found() {
        let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        assert_eq!(aliases("select a from silver.trades"), [pair("silver.trades", "trades")]);
        assert_eq!(aliases(JOINED), [pair("silver.positions", "p"), pair("prices.prices", "r")]);
        assert_eq!(
            aliases(
                "with x as (select 1 as a from silver.t) select a from x as y cross join (select 2 as b from z) q, w"
            ),
            [pair("x", "y"), pair("", "q"), pair("w", "w")]
        );
        assert_eq!(from_clause("select a from x union all select a from y"), None);
        assert_eq!(from_clause("select 1"), None);
        assert_eq!(from_clause("select a from"), None.or(from_clause("select a from")));
    }

    #[test]
    fn names_that_two_tables_would_have_are_called_by_their_table() {
        let is_meant = |name: &str| ["branch", "select"].contains(&name);
        let sql = "select branch, 'branch' as branch, c.branch, \"select\", sum(amount) as total -- branch\n\
                   from silver.claims c where branch <> 'x'";
        let told = "select c.branch, 'branch' as branch, c.branch, c.\"select\", sum(amount) as total -- branch\n\
                    from silver.claims c where c.branch <> 'x'";
        assert_eq!(qualified(sql, "c", &is_meant), told);
    }

    #[test]
    fn a_table_is_taken_in_behind_the_others() {
        let clause = from_clause(JOINED).expect("a clause");
        let text =
            with_table(JOINED, &clause, "left join securities.securities s on s.security_id = p.security_id");
        assert!(text.contains(
            "= p.currency\nleft join securities.securities s on s.security_id = p.security_id\nwhere"
        ));
        let simple = "  select a\n  from silver.t\n  order by a";
        let clause = from_clause(simple).expect("a clause");
        assert_eq!(
            with_table(simple, &clause, "cross join x"),
            "  select a\n  from silver.t\n  cross join x\n  order by a"
        );
    }

    #[test]
    fn a_table_is_taken_out_with_its_condition() {
        let clause = from_clause(JOINED).expect("a clause");
        let text = without_table(JOINED, &clause, 1).expect("a text");
        assert!(text.contains("from silver.positions p\nwhere p.quantity > 0"), "{text}");
        assert_eq!(without_table(JOINED, &clause, 0), None);
    }

    #[test]
    fn aliases_are_short_and_free() {
        assert_eq!(alias_for("trades", &[]), "t");
        assert_eq!(alias_for("trades", &["t".to_owned()]), "t2");
        assert_eq!(alias_for("a_s", &[]), "a2");
    }

    #[test]
    fn a_first_query_compiles() {
        let documents: Vec<Document> = [
            ("prices", include_str!("../../../../samples/pipelines/prices.yaml")),
            ("securities", include_str!("../../../../samples/pipelines/securities.yaml")),
            ("trades", include_str!("../../../../samples/pipelines/trades.yaml")),
        ]
        .map(|(name, text)| Document::read(format!("pipelines/{name}.yaml"), text.to_owned()))
        .to_vec();
        let tables = compile(&documents).tables;
        let of = |pipeline: &str| TableName::new(pipeline, Layer::Silver, pipeline);
        let read = [
            vec![of("trades")],
            vec![of("trades"), of("securities")],
            vec![of("prices"), of("securities"), of("trades")],
        ];
        for read in read {
            let (sql, left_over) = first_query("trades", &tables, &read);
            let scope = GoldScope {
                pipeline: "trades".to_owned(),
                table: Some("new".to_owned()),
                tables: tables.clone(),
            };
            let checked = check_gold(&sql, &scope);
            assert!(checked.findings.is_empty(), "{sql}\n{:?}", checked.findings);
            assert_eq!(checked.reads.len(), read.len() - left_over.len(), "{sql}");
        }
    }
}
