//! Names as a text must write them.

use sqlparser::{ast, keywords};

use super::highlight::KEYWORDS;
use crate::{syntax::parse_expression, typing::scope::needs_quotes};

/// The name as expressions and queries write it: in double quotes where it would be read as something else.
pub fn written(name: &str) -> String {
    let is_word = KEYWORDS.contains(&name.to_lowercase().as_str());
    if needs_quotes(name) || is_word || is_reserved(name) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}

fn is_reserved(name: &str) -> bool {
    let upper = name.to_uppercase();
    let keyword = keywords::ALL_KEYWORDS.binary_search(&upper.as_str()).ok();
    let Some(keyword) = keyword.and_then(|index| keywords::ALL_KEYWORDS_INDEX.get(index)) else {
        return false;
    };
    keywords::RESERVED_FOR_COLUMN_ALIAS.contains(keyword)
        || keywords::RESERVED_FOR_TABLE_ALIAS.contains(keyword)
        || !matches!(parse_expression(name), Ok(ast::Expr::Identifier(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_need_quotes_get_them() {
        for (name, expected) in [
            ("isin", "isin"),
            ("Trade ID", "\"Trade ID\""),
            ("1st", "\"1st\""),
            ("end", "\"end\""),
            ("Order", "\"Order\""),
            ("not", "\"not\""),
            ("price", "price"),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
        ] {
            assert_eq!(written(name), expected);
        }
    }
}
