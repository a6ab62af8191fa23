//! Arguments that are right by their type and may still be wrong: patterns, units, positions.

use sqlparser::ast;
use touchstone_spec::DataType;

use super::Typer;
use crate::{
    Expr, Function, Literal, date_pattern,
    finding::{At, Finding, suggest},
    function_table, regular_expression,
};

impl Typer<'_> {
    /// Patterns, units and positions that the signature can't tell right from wrong.
    pub(super) fn check_patterns(
        &mut self,
        function: Function,
        arguments: &[Expr],
        nodes: &[&ast::Expr],
        at: At,
    ) -> Option<()> {
        let text = |index: usize| match arguments.get(index).and_then(Expr::literal) {
            Some(Literal::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let whole = |index: usize| match arguments.get(index).and_then(Expr::literal) {
            Some(Literal::Integer(value)) => *value,
            _ => 0,
        };
        let place = |index: usize| nodes.get(index).map_or(at, |node| At::of_expr(node));
        match function {
            Function::RegexpLike | Function::RegexpExtract | Function::RegexpReplace => {
                let groups = match regular_expression::check(&text(1)) {
                    Ok(groups) => groups,
                    Err((offset, message)) => {
                        let start = place(1);
                        // One for the opening quote.
                        let at = At { column: start.column + 1 + offset, ..start };
                        return self.fail(
                            Finding::error(at, "bad-pattern", "this regular expression isn't portable")
                                .help(message),
                        );
                    }
                };
                if function == Function::RegexpReplace
                    && let Err(message) = regular_expression::check_replacement(&text(2), groups)
                {
                    return self.fail(
                        Finding::error(place(2), "bad-pattern", message).help("groups are `$1` to `$9`"),
                    );
                }
                if function == Function::RegexpExtract
                    && usize::try_from(whole(2)).map_or(true, |group| group > groups)
                {
                    let message = format!("there is no group {}; the pattern has {groups}", whole(2));
                    return self.fail(
                        Finding::error(place(2), "bad-pattern", message).help("group 0 is the whole match"),
                    );
                }
            }
            Function::ToDate => {
                if let Err(error) = date_pattern::check(&text(1), &DataType::Date) {
                    let finding = if error.warning {
                        Finding::warning(place(1), "bad-date-pattern", error.message)
                    } else {
                        Finding::error(place(1), "bad-date-pattern", error.message)
                    };
                    self.findings.push(finding.help(error.help));
                    return error.warning.then_some(());
                }
            }
            Function::DateTrunc if !function_table::UNITS.contains(&text(0).as_str()) => {
                let help = suggest(&text(0), function_table::UNITS, "units");
                return self.fail(
                    Finding::error(
                        place(0),
                        "wrong-literal",
                        format!("`{}` is not a unit of date_trunc", text(0)),
                    )
                    .maybe_help(help),
                );
            }
            Function::SplitPart if whole(2) == 0 => {
                return self.fail(
                    Finding::error(
                        place(2),
                        "wrong-literal",
                        "parts are counted from 1, or from -1 at the end",
                    )
                    .help("write 1 for the first part"),
                );
            }
            _ => {}
        }
        Some(())
    }
}
