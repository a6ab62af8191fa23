//! Completion and help in rules as text: types of rules, columns, what may follow, and the conditions in quotes.

use std::ops::Range;

use touchstone_spec::{DataType, TableName};

use super::{
    completion::{Collector, Completion, CompletionKind, Completions},
    expression::complete_expression,
    scope::ExpressionScope,
    signature_help::SignatureHelp,
};
use crate::{KnownTable, RuleInput, RuleKind, Tables, rule_kind, rule_kinds};

/// What can stand at the cursor, a byte offset of a ruleset's text. Works on any text; gives nothing in comments.
pub fn complete_rules(text: &str, cursor: usize, table: &TableName, tables: &Tables) -> Completions {
    let cursor = boundary(text, cursor);
    let known = tables.get(table);
    let read = Read::of(text, cursor);
    match &read.at {
        At::Comment => Completions { replace: cursor..cursor, items: Vec::new() },
        At::Quoted { start, quote } => quoted(text, cursor, *start, *quote, &read, (table, known, tables)),
        At::Plain(replace) => {
            let typed = text.get(replace.start..cursor).unwrap_or_default();
            let mut collector = Collector::new(text, replace.clone(), typed);
            plain(&read, known, &mut collector);
            collector.finish()
        }
    }
}

/// Help with the rule of `table` that the cursor stands in; none outside rules.
pub fn rule_help(text: &str, cursor: usize, table: &TableName, tables: &Tables) -> Option<SignatureHelp> {
    let read = Read::of(text, boundary(text, cursor));
    if matches!(read.at, At::Comment) {
        return None;
    }
    let kind = read.kind()?;
    let mut label = kind.name.to_owned();
    let mut parameters = Vec::new();
    for parameter in kind.parameters {
        let word = parameter.label.to_lowercase();
        let shown = match parameter.input {
            RuleInput::Column | RuleInput::NumberColumn | RuleInput::TextColumn => "\"column\"".to_owned(),
            RuleInput::Columns => "\"column\" …".to_owned(),
            RuleInput::OtherColumns => "\"table.column\"".to_owned(),
            RuleInput::Threshold => "with threshold …".to_owned(),
            RuleInput::Filter => "where \"…\"".to_owned(),
            _ => format!("condition on {word}"),
        };
        let shown = if parameter.is_optional { format!("[{shown}]") } else { shown };
        label.push(' ');
        parameters.push(label.len()..label.len() + shown.len());
        label.push_str(&shown);
    }
    let is_reference = kind.parameters.iter().any(|parameter| parameter.input == RuleInput::OtherColumns);
    let active = kind.parameters.iter().position(|parameter| match parameter.input {
        RuleInput::Filter => read.part == Part::Filter,
        RuleInput::Threshold => read.part == Part::Threshold,
        RuleInput::Columns => read.part == Part::Columns && (read.columns == 0 || !is_reference),
        RuleInput::Column | RuleInput::NumberColumn | RuleInput::TextColumn => {
            read.part == Part::Columns && read.columns == 0
        }
        RuleInput::OtherColumns => read.part == Part::Columns && read.columns == 1,
        _ => read.part == Part::Condition,
    });
    Some(SignatureHelp {
        label,
        parameters,
        active,
        documentation: format!("{}. {}", kind.title, kind.description),
        example: kind.example_of(tables.get(table), tables),
    })
}

fn boundary(text: &str, cursor: usize) -> usize {
    let mut cursor = cursor.min(text.len());
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    cursor
}

/// What the cursor stands in.
#[derive(Debug)]
enum At {
    Comment,
    /// A text in quotes that begins behind the quote.
    Quoted {
        start: usize,
        quote: char,
    },
    /// The word that the cursor touches; empty between words.
    Plain(Range<usize>),
}

/// The part of a rule that the cursor stands in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Columns,
    Condition,
    Threshold,
    Filter,
}

/// The text up to the cursor.
#[derive(Debug)]
struct Read {
    at: At,
    /// Whether the list of rules is open.
    is_open: bool,
    /// The rule's type as written.
    rule: Option<String>,
    /// Columns that stand before the cursor.
    columns: usize,
    /// Words and signs behind the columns; whether the condition is whole.
    is_whole: bool,
    part: Part,
    /// The filter and the threshold that stand there already.
    used: Vec<Part>,
}

impl Read {
    fn of(text: &str, cursor: usize) -> Self {
        let mut read = Self {
            at: At::Plain(cursor..cursor),
            is_open: false,
            rule: None,
            columns: 0,
            is_whole: false,
            part: Part::Columns,
            used: Vec::new(),
        };
        let before = text.get(..cursor).unwrap_or_default();
        let mut depth = 0_usize;
        let mut characters = before.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            match character {
                '#' => {
                    let end = before.get(at..).and_then(|rest| rest.find('\n')).map(|end| at + end);
                    let Some(end) = end else {
                        read.at = At::Comment;
                        return read;
                    };
                    while characters.next_if(|(at, _)| *at < end).is_some() {}
                }
                '"' | '\'' => {
                    let start = at + 1;
                    let mut is_closed = false;
                    while let Some((_, inner)) = characters.next() {
                        if inner == '\\' {
                            characters.next_if(|(_, next)| *next == character);
                        } else if inner == character {
                            is_closed = true;
                            break;
                        }
                    }
                    if !is_closed {
                        read.at = At::Quoted { start, quote: character };
                        return read;
                    }
                    read.quoted();
                }
                '[' => {
                    if read.is_open {
                        depth += 1;
                    }
                    read.is_open = true;
                }
                ']' if depth > 0 => {
                    depth -= 1;
                    read.is_whole = true;
                }
                ']' => read.is_open = false,
                ',' | ')' if depth == 0 => read.begin(),
                letter if letter.is_alphabetic() || letter == '_' => {
                    let mut end = at + letter.len_utf8();
                    while let Some((at, next)) =
                        characters.next_if(|(_, next)| next.is_alphanumeric() || *next == '_')
                    {
                        end = at + next.len_utf8();
                    }
                    if end == cursor {
                        let rest = text.get(cursor..).unwrap_or_default();
                        let more = rest.chars().take_while(|next| next.is_alphanumeric() || *next == '_');
                        read.at = At::Plain(at..cursor + more.map(char::len_utf8).sum::<usize>());
                        return read;
                    }
                    read.word(before.get(at..end).unwrap_or_default());
                }
                digit if digit.is_ascii_digit() => read.is_whole = true,
                '=' | '<' | '>' | '!' if read.is_open && read.part == Part::Columns => {
                    read.part = Part::Condition;
                }
                _ => {}
            }
        }
        read
    }

    /// A new rule.
    fn begin(&mut self) {
        (self.rule, self.columns, self.is_whole) = (None, 0, false);
        self.part = Part::Columns;
        self.used.clear();
    }

    fn quoted(&mut self) {
        match self.part {
            Part::Columns => self.columns += 1,
            _ => self.is_whole = true,
        }
    }

    fn word(&mut self, word: &str) {
        if !self.is_open {
            return;
        }
        match word.to_lowercase().as_str() {
            // Between the rules of a composite one.
            "and" | "or" if self.rule.is_none() => {}
            _ if self.rule.is_none() => self.rule = Some(word.to_owned()),
            "where" => self.go_on(Part::Filter),
            "with" => self.go_on(Part::Threshold),
            "between" | "in" | "matches" | "not" if self.part == Part::Columns => {
                self.part = Part::Condition;
            }
            "null" | "empty" | "whitespaces_only" => self.is_whole = true,
            _ => {}
        }
    }

    fn go_on(&mut self, part: Part) {
        (self.part, self.is_whole) = (part, false);
        self.used.push(part);
    }

    fn kind(&self) -> Option<&'static RuleKind> {
        rule_kind(self.rule.as_deref()?)
    }
}

/// Outside quotes: a rule, or what may follow in it.
fn plain(read: &Read, known: Option<&KnownTable>, collector: &mut Collector) {
    if !read.is_open {
        collector.snippet("Rules", "Rules = [\n  |\n]", "The list of rules of this table.", 0);
        return;
    }
    let Some(rule) = &read.rule else {
        for kind in rule_kinds() {
            collector.add(new_rule(kind), 0);
        }
        return;
    };
    let Some(kind) = rule_kind(rule) else { return };
    let condition = kind.condition();
    match read.part {
        Part::Columns => {
            let takes = kind.parameters.iter().filter(|one| is_column(one.input)).count();
            if read.columns < takes || kind.columns() == Some(true) {
                for column in columns_of(kind, read.columns, known) {
                    let item = column_item(column).inserting(format!("\"{}\"", column.name));
                    collector.add(item, 40);
                }
            }
            if condition.is_some() && read.columns >= takes {
                conditions(kind, collector);
            }
        }
        Part::Condition | Part::Threshold if !read.is_whole => {
            if read.part == Part::Threshold {
                collector.snippet("threshold", "threshold > |", "Share of rows that must meet it.", 40);
            }
            for (word, about) in
                [("NULL", "No value"), ("EMPTY", "The empty text"), ("WHITESPACES_ONLY", "Blanks only")]
            {
                collector.keyword(word, about, 0);
            }
            collector.keyword("and", "The other bound", 0);
        }
        Part::Condition | Part::Threshold | Part::Filter => {}
    }
    let may_end = read.is_whole || condition != Some(true);
    if may_end && (read.columns > 0 || kind.columns().is_none()) {
        let takes = |input: RuleInput| kind.parameters.iter().any(|one| one.input == input);
        if takes(RuleInput::Threshold) && !read.used.contains(&Part::Threshold) {
            let about = "The rule holds where this share of the rows meets it.";
            collector.snippet("with threshold", "with threshold > |", about, 10);
        }
        if takes(RuleInput::Filter) && !read.used.contains(&Part::Filter) {
            collector.snippet("where", "where \"|\"", "Only rows for which this holds.", 10);
        }
    }
}

fn new_rule(kind: &RuleKind) -> Completion {
    let takes_columns = kind.parameters.iter().any(|one| is_column(one.input));
    let (insert, back) = match (takes_columns, kind.condition()) {
        (true, Some(true)) => (format!("{} \"\" ", kind.name), 2),
        (true, _) => (format!("{} \"\"", kind.name), 1),
        (false, _) => (format!("{} > ", kind.name), 0),
    };
    Completion {
        cursor_after: insert.len() - back,
        insert,
        detail: kind.title.to_owned(),
        documentation: format!("{} Example: {}", kind.description, kind.example),
        ..Completion::plain(kind.name, CompletionKind::Function)
    }
}

fn conditions(kind: &RuleKind, collector: &mut Collector) {
    let is_value = kind.parameters.iter().any(|one| one.input == RuleInput::Value);
    collector.snippet("between", "between | and ", "Between two bounds, both exclusive.", 20);
    collector.snippet("not between", "not between | and ", "Outside of two bounds.", 0);
    if is_value {
        collector.snippet("in", "in [\"|\"]", "One of these values.", 20);
        collector.snippet("not in", "not in [\"|\"]", "None of these values.", 0);
        collector.snippet("matches", "matches \"|\"", "The whole text matches a regular expression.", 20);
        collector.snippet("not matches", "not matches \"|\"", "No text matches it.", 0);
    } else {
        collector.snippet("in", "in [|]", "One of these numbers.", 0);
    }
}

fn is_column(input: RuleInput) -> bool {
    matches!(
        input,
        RuleInput::Column
            | RuleInput::NumberColumn
            | RuleInput::TextColumn
            | RuleInput::Columns
            | RuleInput::OtherColumns
    )
}

/// The columns that a rule can take in this place.
fn columns_of<'table>(
    kind: &RuleKind,
    place: usize,
    known: Option<&'table KnownTable>,
) -> Vec<&'table crate::KnownColumn> {
    let mut inputs = kind.parameters.iter().map(|one| one.input).filter(|input| is_column(*input));
    let input = match inputs.clone().next() {
        Some(RuleInput::Columns) if !inputs.clone().any(|input| input == RuleInput::OtherColumns) => {
            Some(RuleInput::Columns)
        }
        _ => inputs.nth(place),
    };
    let Some(input) = input.filter(|input| *input != RuleInput::OtherColumns) else { return Vec::new() };
    let fits = |column: &&crate::KnownColumn| {
        column.data_type.as_ref().is_none_or(|data_type| input.takes_column(data_type))
    };
    let columns = known.map(|known| known.columns.as_slice()).unwrap_or_default();
    columns.iter().filter(fits).collect()
}

fn column_item(column: &crate::KnownColumn) -> Completion {
    let detail = column.data_type.as_ref().map_or_else(|| "unknown type".to_owned(), DataType::to_string);
    Completion::plain(&column.name, CompletionKind::Column)
        .detailed(detail)
        .documented(column.description.as_deref().unwrap_or_default())
}

/// Inside quotes: a column, a column of another table, or a condition.
fn quoted(
    text: &str,
    cursor: usize,
    start: usize,
    quote: char,
    read: &Read,
    (table, known, tables): (&TableName, Option<&KnownTable>, &Tables),
) -> Completions {
    let rest = text.get(start..).unwrap_or_default();
    let closing =
        rest.find([quote, '\n']).filter(|end| rest.get(*end..).is_some_and(|at| at.starts_with(quote)));
    let end = closing.map_or(cursor, |end| start + end).max(cursor);
    let nothing = Completions { replace: cursor..cursor, items: Vec::new() };
    let Some(kind) = read.kind() else { return nothing };
    if read.part == Part::Filter {
        let inner = text.get(start..end).unwrap_or_default();
        let Some(known) = known.filter(|_| !inner.contains('\\')) else { return nothing };
        let mut found = complete_expression(inner, cursor - start, &ExpressionScope::of_rule(known));
        found.replace = found.replace.start + start..found.replace.end + start;
        for item in &mut found.items {
            let escaped = |part: &str| part.replace(quote, &format!("\\{quote}"));
            item.cursor_after = escaped(item.insert.get(..item.cursor_after).unwrap_or_default()).len();
            item.insert = escaped(&item.insert);
        }
        return found;
    }
    if read.part != Part::Columns {
        return nothing;
    }
    let typed = text.get(start..cursor).unwrap_or_default();
    let is_reference = kind.parameters.iter().any(|one| one.input == RuleInput::OtherColumns);
    let mut collector = Collector::new(text, start..end, typed);
    if closing.is_none() {
        collector.closing = if quote == '"' { "\"" } else { "'" };
    }
    if is_reference && read.columns == 1 {
        for (name, other) in tables.iter().filter(|(name, _)| *name != table) {
            let short = short_name(name, table, tables);
            for column in &other.columns {
                let label = format!("{short}.{}", column.name);
                let item = Completion { label: label.clone(), ..column_item(column) };
                let is_unique = other.key == [column.name.clone()] || other.unique.contains(&column.name);
                collector.add(item.inserting(label), if is_unique { 40 } else { 0 });
            }
        }
        return collector.finish();
    }
    for column in columns_of(kind, read.columns, known) {
        collector.add(column_item(column), 0);
    }
    collector.finish()
}

/// The shortest name that finds a table from where the rule stands.
fn short_name(name: &TableName, from: &TableName, tables: &Tables) -> String {
    let candidates = [name.table.clone(), format!("{}.{}", name.pipeline, name.table)];
    let finds = |text: &String| tables.find(&from.pipeline, text).is_some_and(|(found, _)| found == *name);
    candidates.into_iter().find(finds).unwrap_or_else(|| name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KnownColumn;

    fn tables() -> (TableName, Tables) {
        let column = |name: &str, data_type: &str| KnownColumn {
            name: name.to_owned(),
            data_type: data_type.parse().ok(),
            ..KnownColumn::default()
        };
        let trades: TableName = "trades.silver.trades".parse().unwrap();
        let securities: TableName = "securities.silver.securities".parse().unwrap();
        let of = |columns: Vec<KnownColumn>, key: &[&str]| KnownTable {
            columns,
            key: key.iter().map(|name| (*name).to_owned()).collect(),
            ..KnownTable::default()
        };
        let own = of(vec![column("isin", "string"), column("notional", "decimal(18,2)")], &["isin"]);
        let other = of(vec![column("isin", "string"), column("lot", "int")], &["isin"]);
        (trades.clone(), Tables::new([(trades, own), (securities, other)]))
    }

    /// The labels at `|`, and the text with the first one taken, the cursor as `|`.
    fn completed(text: &str) -> (Vec<String>, String) {
        let (table, tables) = tables();
        let cursor = text.find('|').unwrap();
        let text = text.replacen('|', "", 1);
        let found = complete_rules(&text, cursor, &table, &tables);
        let mut taken = text.clone();
        if let Some(first) = found.items.first() {
            let mut insert = first.insert.clone();
            insert.insert(first.cursor_after, '|');
            taken.replace_range(found.replace.clone(), &insert);
        }
        (found.items.into_iter().map(|item| item.label).collect(), taken)
    }

    #[test]
    fn what_can_stand_in_a_rule_is_offered() {
        for (text, labels, taken) in [
            ("|", vec!["Rules"], "Rules = [\n  |\n]"),
            ("Rules = [ Prim| ]", vec!["IsPrimaryKey"], "Rules = [ IsPrimaryKey \"|\" ]"),
            ("Rules = [ RowC| ]", vec!["RowCount"], "Rules = [ RowCount > | ]"),
            ("Rules = [ Completen|", vec!["Completeness"], "Rules = [ Completeness \"|\" "),
            ("Rules = [ IsComplete \"i|\" ]", vec!["isin", "notional"], "Rules = [ IsComplete \"isin|\" ]"),
            ("Rules = [ IsComplete \"is|", vec!["isin"], "Rules = [ IsComplete \"isin\"|"),
            ("Rules = [ Sum \"|\" > 1 ]", vec!["notional"], "Rules = [ Sum \"notional|\" > 1 ]"),
            ("Rules = [ ColumnLength \"|\" = 1 ]", vec!["isin"], "Rules = [ ColumnLength \"isin|\" = 1 ]"),
            (
                "Rules = [ RowCount > 1, ReferentialIntegrity \"isin\" \"securities.i|\" ]",
                vec!["securities.isin"],
                "Rules = [ RowCount > 1, ReferentialIntegrity \"isin\" \"securities.isin|\" ]",
            ),
            (
                "Rules = [ ColumnValues \"isin\" mat| ]",
                vec!["matches", "not matches"],
                "Rules = [ ColumnValues \"isin\" matches \"|\" ]",
            ),
            (
                "Rules = [ ColumnValues \"isin\" in [\"a\", \"b\"] wher| ]",
                vec!["where"],
                "Rules = [ ColumnValues \"isin\" in [\"a\", \"b\"] where \"|\" ]",
            ),
            (
                "Rules = [ IsUnique \"isin\" where \"noti|onal > 0\" ]",
                vec!["notional"],
                "Rules = [ IsUnique \"isin\" where \"notional| > 0\" ]",
            ),
            ("Rules = [ # IsC|\n]", vec![], "Rules = [ # IsC\n]"),
            (
                "Rules = [ ColumnValues \"isin\" = \"US|\" ]",
                vec![],
                "Rules = [ ColumnValues \"isin\" = \"US\" ]",
            ),
        ] {
            let (found, after) = completed(text);
            assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), labels, "{text}");
            assert_eq!(after, taken, "{text}");
        }
    }

    #[test]
    fn help_says_what_the_rule_takes_and_where_the_cursor_is() {
        let (table, tables) = tables();
        let active = |text: &str| {
            let cursor = text.find('|').unwrap();
            let help = rule_help(&text.replacen('|', "", 1), cursor, &table, &tables)?;
            Some(help.label.get(help.parameters.get(help.active?)?.clone())?.to_owned())
        };
        assert_eq!(active("Rules = [ IsComplete \"|\" ]").as_deref(), Some("\"column\""));
        assert_eq!(active("Rules = [ IsUnique \"a\" where \"|\" ]").as_deref(), Some("[where \"…\"]"));
        assert_eq!(
            active("Rules = [ ReferentialIntegrity \"a\" \"|\" ]").as_deref(),
            Some("\"table.column\"")
        );
        assert_eq!(active("Rules = [ ColumnValues \"a\" > | ]").as_deref(), Some("condition on values"));
        assert_eq!(rule_help("Rules = [ ", 10, &table, &tables), None);
        let help = rule_help("Rules = [ RowCount > 1 ]", 20, &table, &tables).unwrap();
        assert!(help.documentation.contains("rows") && help.label.starts_with("RowCount "), "{help:?}");
        let help = rule_help("Rules = [ IsUnique \"a\" ]", 22, &table, &tables).unwrap();
        assert_eq!(help.example, "IsUnique \"isin\"");
        let help = rule_help("Rules = [ ReferentialIntegrity \"a\" ]", 34, &table, &tables).unwrap();
        assert_eq!(help.example, "ReferentialIntegrity \"isin\" \"securities.isin\" >= 0.99");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text in "(Rules = \\[|IsUnique|\"|'|\\\\|where|,|\\]|#|\n|ü|[a-z ]){0,12}", cursor in 0..80_usize) {
            let (table, tables) = tables();
            let found = complete_rules(&text, cursor, &table, &tables);
            proptest::prop_assert!(text.get(found.replace.clone()).is_some());
            let _help = rule_help(&text, cursor, &table, &tables);
        }
    }
}
