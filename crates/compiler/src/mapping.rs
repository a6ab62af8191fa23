//! Fields of a silver table: a column or an expression, in the declared type, with what stands for no value.

use touchstone_spec::{ContractField, DataType, DocPath, Field, check_name, snake_case};

use crate::{
    ColumnRef, Expr, ExprKind, FieldPlan, Function,
    catalog::View,
    finding::{At, Finding, Reporter, suggest},
    literal,
    names::NameUse,
    syntax::parse_expression,
    typing::{
        Typer,
        convert::{self, Declared},
        scope::{Scope, needs_quotes},
    },
};

/// What the fields of one table may name.
pub(crate) struct Mapping<'pipeline> {
    pub(crate) view: View<'pipeline>,
    pub(crate) scope: Scope,
    pub(crate) contract: &'pipeline [ContractField],
}

impl Mapping<'_> {
    pub(crate) fn filter(&self, text: &str, path: &DocPath, reporter: &mut Reporter<'_>) -> Option<Expr> {
        // The filter comes before the fields: it sees the source's columns alone.
        let scope =
            Scope { relations: self.scope.relations.iter().skip(1).cloned().collect(), hints: Vec::new() };
        let mut findings = Vec::new();
        let typed = match parse_expression(text) {
            Ok(node) => {
                let mut checker = Typer::new(&scope, Some(self.view));
                checker.place = "a silver table";
                let typed = checker.condition(&node, "the filter");
                findings = checker.findings;
                reporter.name_within(path, text, checker.names);
                typed
            }
            Err(finding) => {
                findings.push(finding);
                None
            }
        };
        reporter.within(path, findings);
        typed
    }

    pub(crate) fn field(
        &self,
        name: &str,
        field: &Field,
        path: &DocPath,
        reporter: &mut Reporter<'_>,
    ) -> Option<FieldPlan> {
        if let Err(reason) = check_name(name) {
            reporter.at_key(
                path,
                Finding::error(At::START, "invalid-name", format!("`{name}` is not a name: {reason}"))
                    .help(format!("write `{}`", snake_case(name))),
            );
        }
        let (typed, source_text, value_path) = match (&field.from, &field.expr) {
            (Some(from), None) => {
                (self.from(from, &path.key("from"), reporter), from.clone(), path.key("from"))
            }
            (None, Some(text)) => {
                (self.expression(text, &path.key("expr"), reporter), text.clone(), path.key("expr"))
            }
            (both, _) => {
                if !reporter.was_broken(path) {
                    let message = if both.is_some() {
                        format!("field `{name}` has both `from` and `expr`")
                    } else {
                        format!("field `{name}` has neither `from` nor `expr`")
                    };
                    reporter.at_key(
                        path,
                        Finding::error(At::START, "field-source", message)
                            .help("give one of `from: <column>` and `expr: <expression>`"),
                    );
                }
                return None;
            }
        };
        let typed = typed?;
        let typed = match &field.data_type {
            Some(wanted) => match declare(typed, wanted, &source_text, field.from.is_some()) {
                Ok(typed) => typed,
                Err(finding) => {
                    reporter.at_value(&path.key("type"), finding);
                    return None;
                }
            },
            None if matches!(typed.literal(), Some(crate::Literal::Null)) => {
                reporter.at_value(
                    &value_path,
                    Finding::error(
                        At::START,
                        "wrong-type",
                        format!("field `{name}` is always null and has no type"),
                    )
                    .help("add `type: …`"),
                );
                return None;
            }
            None => typed,
        };
        if typed.data_type.is_nested() || typed.data_type == DataType::Binary {
            reporter.at_value(
                &value_path,
                Finding::error(
                    At::START,
                    "unsupported-type",
                    format!("fields of type {} aren't supported yet", typed.data_type),
                )
                .help("make it string"),
            );
            return None;
        }
        let expr = match &field.if_missing {
            Some(value) => if_missing(typed, &value.to_string(), &path.key("if_missing"), reporter)?,
            None => typed,
        };
        // Name errors are reported above; the field is still known to the ones below it.
        Some(FieldPlan { name: name.to_owned(), expr, required: field.required, source_text })
    }

    fn from(&self, from: &str, path: &DocPath, reporter: &mut Reporter<'_>) -> Option<Expr> {
        let folded: Vec<&ContractField> =
            self.contract.iter().filter(|column| column.name.to_lowercase() == from.to_lowercase()).collect();
        let found = self.contract.iter().find(|column| column.name == from).or(match folded.as_slice() {
            [column] => Some(*column),
            _ => None,
        });
        if let Some(column) = found {
            let owner = self.scope.relations.get(1).and_then(|source| source.owner.as_ref());
            let decl = owner.map(|owner| owner.column(&column.name));
            reporter.names.extend(decl.map(|decl| NameUse::whole(path.clone(), decl)));
            return Some(Expr {
                kind: ExprKind::Column(ColumnRef::source(&column.name)),
                data_type: column.data_type.clone(),
                nullable: !column.required,
            });
        }
        let source = self.scope.relations.get(1);
        if source.is_some_and(|source| source.open) {
            return None;
        }
        let finding =
            Finding::error(At::START, "unknown-column", format!("the contract has no column `{from}`"));
        let names = || self.contract.iter().map(|column| column.name.as_str());
        let is_field = self
            .scope
            .relations
            .first()
            .is_some_and(|fields| fields.columns.iter().any(|column| column.name == from));
        let help = if is_field {
            Some(format!("`{from}` is a field above; write `expr: {from}`"))
        } else if from.contains(['(', '*', '+', '|']) && parse_expression(from).is_ok() {
            Some("write an expression behind `expr:`; `from:` takes the name of a column".to_owned())
        } else {
            suggest(from, names(), "columns")
        };
        reporter.at_value(path, finding.maybe_help(help));
        None
    }

    fn expression(&self, text: &str, path: &DocPath, reporter: &mut Reporter<'_>) -> Option<Expr> {
        let (typed, findings) = match parse_expression(text) {
            Ok(node) => {
                let mut checker = Typer::new(&self.scope, Some(self.view));
                checker.place = "a silver table";
                let typed = checker.expr(&node);
                let mut findings = checker.findings;
                reporter.name_within(path, text, checker.names);
                let typed = typed.filter(|typed| match crate::nesting::check(typed) {
                    Ok(()) => true,
                    Err(finding) => {
                        findings.push(finding);
                        false
                    }
                });
                (typed, findings)
            }
            Err(finding) => (None, vec![finding]),
        };
        reporter.within(path, findings);
        typed
    }
}

/// The value in the type that the field declares.
pub(crate) fn declare(typed: Expr, wanted: &DataType, text: &str, is_column: bool) -> Result<Expr, Finding> {
    let typed = match convert::widen(typed, wanted) {
        Ok(typed) => return Ok(typed),
        Err(typed) => typed,
    };
    let found = typed.data_type.clone();
    let column = if is_column && needs_quotes(text) { format!("\"{text}\"") } else { text.to_owned() };
    match convert::declared(&found, wanted) {
        Declared::Converts => Ok(convert::cast(typed, wanted)),
        Declared::Lossy => {
            let help = if found == DataType::String && matches!(wanted, DataType::Date) {
                format!(
                    "write `expr: to_date({column}, 'yyyy-MM-dd')`, or give the contract's column the type date"
                )
            } else {
                format!("write `expr: cast({column} as {wanted})` if that is meant")
            };
            Err(Finding::error(
                At::START,
                "lossy-conversion",
                format!("the value is {found}, and making it {wanted} can lose something"),
            )
            .help(help))
        }
        Declared::Impossible => Err(Finding::error(
            At::START,
            "wrong-type",
            format!("the value is {found}, which can't be made {wanted}"),
        )
        .help(format!("write `type: {found}`, or leave `type` out"))),
    }
}

/// `coalesce(value, constant)`
fn if_missing(typed: Expr, text: &str, path: &DocPath, reporter: &mut Reporter<'_>) -> Option<Expr> {
    let data_type = typed.data_type.clone();
    let Some(constant) = literal::read(text, &data_type) else {
        reporter.at_value(
            path,
            Finding::error(
                At::START,
                "wrong-literal",
                format!("`{text}` is not a value of type {data_type}"),
            )
            .help(format!("write {}", literal::example(&data_type))),
        );
        return None;
    };
    let constant = Expr::constant(constant, data_type.clone());
    Some(Expr {
        kind: ExprKind::Call { function: Function::Coalesce, arguments: vec![typed, constant] },
        data_type,
        nullable: false,
    })
}
