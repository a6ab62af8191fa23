//! Text to syntax tree: the portable SQL dialect, its limits, and parse errors with their place.

use sqlparser::{
    ast::{Expr, Query},
    dialect::Dialect,
    parser::{Parser, ParserError},
    tokenizer::{Token, TokenWithSpan, Tokenizer},
};

use crate::finding::{At, Finding};

/// The dialect that both engines share: names in double quotes or backquotes, text in single quotes without
/// backslash escapes, and none of the extensions that other dialects switch on.
#[derive(Debug)]
pub(crate) struct Portable;

impl Dialect for Portable {
    fn is_delimited_identifier_start(&self, character: char) -> bool {
        matches!(character, '"' | '`')
    }

    fn is_identifier_start(&self, character: char) -> bool {
        character.is_alphabetic() || character == '_'
    }

    fn is_identifier_part(&self, character: char) -> bool {
        character.is_alphanumeric() || character == '_'
    }
}

/// Deepest nesting of brackets, `case` and prefix operators that is read: a thread's stack must bear it unoptimised.
const NESTING_LIMIT: usize = 16;
/// Deepest nesting of subqueries.
const SUBQUERY_LIMIT: usize = 6;
/// What the parser itself counts for one level of nesting, at most.
const PARSER_STEPS: usize = 8;
/// Most tokens that one expression or query may have; a longer one is generated, and belongs into a table.
const TOKEN_LIMIT: usize = 4000;

/// Reads one expression.
#[expect(clippy::redundant_closure_for_method_calls, reason = "the method alone has one lifetime too many")]
pub(crate) fn parse_expression(text: &str) -> Result<Expr, Finding> {
    parse(text, "expression", |parser| parser.parse_expr())
}

/// Reads one query.
pub(crate) fn parse_query(text: &str) -> Result<Query, Finding> {
    let query = parse(text, "query", |parser| {
        let query = parser.parse_query()?;
        // One semicolon at the end is a habit, not a mistake.
        let _ended = parser.consume_token(&Token::SemiColon);
        Ok(*query)
    })?;
    Ok(query)
}

/// The tokens of a text with their places, comments and blanks left out.
pub(crate) fn tokens(text: &str) -> Result<Vec<TokenWithSpan>, Finding> {
    let tokens = Tokenizer::new(&Portable, text)
        .tokenize_with_location()
        .map_err(|error| explain(text, &error.message, Some(error.location.into())))?;
    Ok(tokens.into_iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect())
}

fn parse<T>(
    text: &str,
    what: &str,
    read: impl FnOnce(&mut Parser<'_>) -> Result<T, ParserError>,
) -> Result<T, Finding> {
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Err(Finding::error(At::START, "syntax-error", format!("the {what} is empty"))
            .help("write it, or remove the key"));
    }
    if tokens.len() > TOKEN_LIMIT {
        return Err(Finding::error(
            At::START,
            "too-long",
            format!("the {what} has {} words and signs; at most {TOKEN_LIMIT} are read", tokens.len()),
        )
        .help("put long lists of values into a table of their own and look them up"));
    }
    if let Some(at) = too_deep(&tokens) {
        return Err(Finding::error(at, "too-deep", format!("the {what} is nested too deep here"))
            .help("make a field, or a common table expression (`with …`), of an inner part"));
    }
    let open_case = unclosed_case(&tokens);
    let mut parser = Parser::new(&Portable)
        .with_recursion_limit(NESTING_LIMIT * PARSER_STEPS)
        .with_tokens_with_locations(tokens);
    let result = read(&mut parser);
    match result {
        Err(ParserError::ParserError(_)) if open_case.is_some() => Err(case_without_end(open_case)),
        Ok(tree) => {
            let rest = parser.peek_token();
            if rest.token == Token::EOF {
                Ok(tree)
            } else if open_case.is_some() {
                Err(case_without_end(open_case))
            } else {
                let message = format!("`{}` stands behind the end of the {what}", rest.token);
                Err(Finding::error(rest.span.start.into(), "syntax-error", message)
                    .help("an operator or a comma may be missing in front of it; names with blanks stand in double quotes"))
            }
        }
        Err(ParserError::RecursionLimitExceeded) => {
            Err(Finding::error(At::START, "too-deep", format!("the {what} is nested too deep"))
                .help("make a field, or a common table expression (`with …`), of an inner part"))
        }
        Err(ParserError::ParserError(message) | ParserError::TokenizerError(message)) => {
            Err(explain(text, &message, None))
        }
    }
}

/// Where the tokens nest deeper than is read. Told before parsing, since the parser tries other readings when it meets
/// its own limit, and then blames the wrong word.
fn too_deep(tokens: &[TokenWithSpan]) -> Option<At> {
    let (mut depth, mut prefixes) = (0_usize, 0_usize);
    let mut subqueries: Vec<bool> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let word = match &token.token {
            Token::Word(word) if word.quote_style.is_none() => word.value.to_lowercase(),
            _ => String::new(),
        };
        let is_prefix = word == "not" || matches!(token.token, Token::Minus | Token::Plus);
        prefixes = if is_prefix { prefixes + 1 } else { 0 };
        match &token.token {
            Token::LParen => {
                depth += 1;
                let next = tokens.get(index + 1).map(|next| next.token.to_string().to_lowercase());
                subqueries.push(matches!(next.as_deref(), Some("select" | "with")));
            }
            Token::RParen => {
                depth = depth.saturating_sub(1);
                subqueries.pop();
            }
            _ if word == "case" => depth += 1,
            _ if word == "end" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let selects = subqueries.iter().filter(|is_subquery| **is_subquery).count();
        if depth + prefixes > NESTING_LIMIT || selects > SUBQUERY_LIMIT {
            return Some(token.span.start.into());
        }
    }
    None
}

/// The innermost `case` without its `end`, whether a bracket or the text ends before it. The parser takes such a `case`
/// for a name, and blames the word behind it.
fn unclosed_case(tokens: &[TokenWithSpan]) -> Option<At> {
    let mut open: Vec<Option<At>> = Vec::new();
    let mut after_dot = false;
    for token in tokens {
        match &token.token {
            Token::LParen => open.push(None),
            Token::RParen => {
                if let Some(Some(case)) = open.pop() {
                    return Some(case);
                }
            }
            Token::Word(word) if word.quote_style.is_none() && !after_dot => {
                if word.value.eq_ignore_ascii_case("case") {
                    open.push(Some(token.span.start.into()));
                } else if word.value.eq_ignore_ascii_case("end") && matches!(open.last(), Some(Some(_))) {
                    open.pop();
                }
            }
            _ => {}
        }
        after_dot = token.token == Token::Period;
    }
    open.into_iter().flatten().next_back()
}

fn case_without_end(at: Option<At>) -> Finding {
    Finding::error(at.unwrap_or(At::START), "syntax-error", "the `case` that begins here has no `end`")
        .help("add `end` behind its last value: case when … then … else … end")
}

/// sqlparser's message in Touchstone's words, at the place that it ends with.
fn explain(text: &str, message: &str, at: Option<At>) -> Finding {
    let (message, written) = match message.rsplit_once(" at Line: ") {
        Some((head, place)) => (head, place_of(place)),
        None => (message, None),
    };
    let at = at.or(written).unwrap_or_else(|| end_of(text));
    if let Some((expected, found)) =
        message.strip_prefix("Expected: ").and_then(|rest| rest.split_once(", found: "))
    {
        let found = if found == "EOF" { "the end".to_owned() } else { format!("`{found}`") };
        let expected = match expected {
            "an expression" | "an expression:" => "an expression".to_owned(),
            other if other.chars().all(|letter| !letter.is_lowercase()) => format!("`{other}`"),
            other => other.to_owned(),
        };
        return Finding::error(at, "syntax-error", format!("{expected} is expected here, not {found}"))
            .help("check the word in front of it, the brackets, the quotes and the commas");
    }
    let message = message.trim_end_matches('.');
    if message.starts_with("No infix parser") {
        return Finding::error(at, "syntax-error", "this sign has no meaning here")
            .help("the operators are + - * / % || = <> < <= > >= and or not");
    }
    if message.starts_with("Unterminated") {
        return Finding::error(at, "syntax-error", "a quote opens here and is never closed")
            .help("close it; a quote inside text is doubled: 'O''Neil'");
    }
    Finding::error(at, "syntax-error", format!("this can't be read: {message}"))
        .help("check the brackets, the quotes and the commas")
}

/// `3, Column: 5`
fn place_of(text: &str) -> Option<At> {
    let (line, column) = text.split_once(", Column: ")?;
    let column: String = column.chars().take_while(char::is_ascii_digit).collect();
    Some(At { line: line.trim().parse().ok()?, column: column.parse().ok()? })
}

/// Behind the last character that isn't blank.
fn end_of(text: &str) -> At {
    let text = text.trim_end();
    let line = text.lines().count().max(1);
    let column = text.lines().last().map_or(0, |last| last.chars().count()) + 1;
    At { line, column }
}
