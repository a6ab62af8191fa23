//! What an editor asks while a text is being written: colours, completion, help with a call, and what is wrong where.
//!
//! All of it works on half-written texts. Places are byte ranges of the text and lie between characters.

mod call;
mod check;
mod column_names;
mod completion;
mod dqdl;
mod expression;
mod fuzzy;
mod gold;
mod highlight;
mod query_scope;
mod scope;
mod signature_help;
mod tokens;
mod types;
mod wanted;
mod yaml;

pub(crate) use check::in_text;
pub use check::{
    CheckedExpression, CheckedQuery, TextFinding, check_condition, check_expression, check_gold,
};
pub use column_names::written as written_name;
pub use completion::{Completion, CompletionKind, Completions};
pub use dqdl::{complete_rules, rule_help};
pub use expression::complete_expression;
pub use fuzzy::{FuzzyMatch, fuzzy_match};
pub use gold::complete_gold;
pub use highlight::{TokenKind, highlight, highlight_dqdl};
pub use scope::{ExpressionScope, GoldScope};
pub use signature_help::{SignatureHelp, signature_help};
pub use types::complete_type;
pub use yaml::highlight_yaml;
