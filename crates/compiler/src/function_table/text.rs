//! Functions of text.

use super::{Category, FunctionEntry, Nullability, scalar};
use crate::{Expr, ExprKind, Function as F, Literal, regular_expression};

const TEXT: Category = Category::Text;

pub(super) fn entries() -> Vec<FunctionEntry> {
    vec![
        scalar(F::Upper, TEXT, &["upper", "ucase"], "(text string) -> string", "The text in capitals.", ("upper('isin')", "ISIN"), "upper({0})"),
        scalar(F::Lower, TEXT, &["lower", "lcase"], "(text string) -> string", "The text in small letters.", ("lower('USD')", "usd"), "lower({0})"),
        scalar(F::Trim, TEXT, &["trim", "btrim"], "(text string) -> string", "The text without spaces (U+0020) at both ends; tabs and other blanks stay.", ("trim('  a b ')", "a b"), "trim({0})"),
        scalar(F::Ltrim, TEXT, &["ltrim"], "(text string) -> string", "The text without spaces at its beginning.", ("ltrim('  a')", "a"), "ltrim({0})"),
        scalar(F::Rtrim, TEXT, &["rtrim"], "(text string) -> string", "The text without spaces at its end.", ("rtrim('a  ')", "a"), "rtrim({0})"),
        scalar(F::Length, TEXT, &["length", "char_length", "len"], "(text string) -> int", "How many characters the text has, blanks included.", ("length('Straße')", "6"), "char_length({0})"),
        scalar(F::Substring, TEXT, &["substring", "substr"], "(text string, start int, length int = 2147483647) -> string", "Characters from `start` on, counted from 1; a negative start counts from the end, 0 is taken as 1.", ("substring('US0378331005', 3, 9)", "037833100"), "substring({0}, {1}, {2})"),
        scalar(F::Replace, TEXT, &["replace"], "(text string, search string, replacement string) -> string", "The text with every occurrence of `search` replaced; unchanged when `search` is empty.", ("replace('1 234', ' ', '')", "1234"), "replace({0}, {1}, {2})"),
        scalar(F::Concat, TEXT, &["concat"], "(text string, …) -> string", "The texts one behind the other; `a || b` is the same.", ("concat('XNAS', ':', 'AAPL')", "XNAS:AAPL"), "concat({*})"),
        scalar(F::Lpad, TEXT, &["lpad"], "(text string, length int, pad string = ' ') -> string", "The text filled up on the left to `length` characters, or cut to it when longer.", ("lpad('2341', 10, '0')", "0000002341"), "lpad({0}, {1}, {2})"),
        scalar(F::Rpad, TEXT, &["rpad"], "(text string, length int, pad string = ' ') -> string", "The text filled up on the right to `length` characters, or cut to it when longer.", ("rpad('AB', 4, '.')", "AB.."), "rpad({0}, {1}, {2})"),
        scalar(F::Left, TEXT, &["left"], "(text string, length int) -> string", "The first characters; empty when `length` is zero or less.", ("left('US0378331005', 2)", "US"), "left({0}, {1})"),
        scalar(F::Right, TEXT, &["right"], "(text string, length int) -> string", "The last characters; empty when `length` is zero or less.", ("right('US0378331005', 1)", "5"), "right({0}, {1})"),
        scalar(F::SplitPart, TEXT, &["split_part"], "(text string, delimiter string, part int literal) -> string", "The part between delimiters, counted from 1, negative from the end; empty when there is no such part.", ("split_part('XNAS:AAPL', ':', 2)", "AAPL"), "split_part({0}, {1}, {2})"),
        scalar(F::StartsWith, TEXT, &["starts_with", "startswith"], "(text string, prefix string) -> boolean", "Whether the text begins with `prefix`.", ("starts_with('US0378331005', 'US')", "true"), "startswith({0}, {1})"),
        scalar(F::EndsWith, TEXT, &["ends_with", "endswith"], "(text string, suffix string) -> boolean", "Whether the text ends with `suffix`.", ("ends_with('trades.csv', '.csv')", "true"), "endswith({0}, {1})"),
        scalar(F::Contains, TEXT, &["contains"], "(text string, search string) -> boolean", "Whether `search` stands anywhere in the text.", ("contains('Société Générale', 'Gén')", "true"), "contains({0}, {1})"),
        scalar(F::RegexpLike, TEXT, &["regexp_like"], "(text string, pattern string literal) -> boolean", "Whether the regular expression matches anywhere; `^` and `$` tie it to both ends.", ("regexp_like('US0378331005', '^[A-Z]{2}[A-Z0-9]{9}[0-9]$')", "true"), "")
            .rendered(|arguments, sql| format!("regexp_like({}, {})", at(sql, 0), pattern(arguments))),
        scalar(F::RegexpExtract, TEXT, &["regexp_extract"], "(text string, pattern string literal, group int literal = 1) -> string", "What a group of the first match holds; group 0 is the whole match. Empty when nothing matches.", ("regexp_extract('rate 3.5%', '([0-9.]+)%', 1)", "3.5"), "")
            .rendered(|arguments, sql| format!("regexp_extract({}, {}, {})", at(sql, 0), pattern(arguments), at(sql, 2))),
        scalar(F::RegexpReplace, TEXT, &["regexp_replace"], "(text string, pattern string literal, replacement string literal) -> string", "The text with every match replaced; `$1` in the replacement is the first group.", ("regexp_replace('12-34', '([0-9]+)-([0-9]+)', '$2/$1')", "34/12"), "")
            .rendered(|arguments, sql| format!("regexp_replace({}, {}, {})", at(sql, 0), pattern(arguments), at(sql, 2))),
        scalar(F::ToDate, TEXT, &["to_date"], "(text string, pattern string literal) -> date", "The date in the text, by a pattern in the letters of Java and Spark (`dd/MM/yyyy`); for ISO dates write `cast(text as date)`.", ("to_date('02/03/2026', 'dd/MM/yyyy')", "2026-03-02"), "to_date({0}, {1})")
            .nulls(Nullability::Always, "null if the text is null or doesn't fit the pattern"),
    ]
}

fn at(sql: &[String], index: usize) -> &str {
    sql.get(index).map_or("NULL", String::as_str)
}

/// The second argument, a pattern, in Java's words.
fn pattern(arguments: &[Expr]) -> String {
    match arguments.get(1).map(|argument| &argument.kind) {
        Some(ExprKind::Literal(Literal::Text(pattern))) => {
            crate::spark::text(&regular_expression::for_java(pattern))
        }
        _ => "NULL".to_owned(),
    }
}
