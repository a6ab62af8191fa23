//! Calls of functions and aggregates: arguments against the signature of the function table.

use sqlparser::ast;
use touchstone_spec::DataType;

use super::{Typer, convert};
use crate::{
    AggregateFunction, Expr, ExprKind, Function, Literal,
    finding::{At, Finding},
    function_table::{
        self, AnyFunction, FunctionEntry, Nullability, Parameter, ParameterType, Signature, foreign_name,
        known_names,
    },
};

impl Typer<'_> {
    pub(super) fn function(&mut self, call: &ast::Function) -> Option<Expr> {
        let name = call.name.to_string();
        let at = At::of(&call.name);
        if call.over.is_some() {
            return self.fail(
                Finding::error(
                    at,
                    "unsupported-sql",
                    "window functions (`over`) are not part of the portable SQL",
                )
                .help(
                    "write max_by(value, order) or min_by(value, order) with group by, and join the result",
                ),
            );
        }
        if call.filter.is_some() || call.null_treatment.is_some() || !call.within_group.is_empty() {
            return self.fail(
                Finding::error(
                    at,
                    "unsupported-sql",
                    "what stands behind this call is not part of the portable SQL",
                )
                .help("put the condition into the argument: sum(if(condition, value, null))"),
            );
        }
        let (arguments, distinct, star) = self.arguments(call, at)?;
        if name.eq_ignore_ascii_case("lookup") {
            return self.lookup(&arguments, at);
        }
        let Some(entry) = function_table::function_named(&name) else {
            return self.fail(unknown_function(&name, at));
        };
        match entry.function {
            AnyFunction::Aggregate(function) => {
                self.aggregate(entry, function, &arguments, distinct, star, at)
            }
            AnyFunction::Scalar(_) if distinct || star => self.fail(
                Finding::error(at, "wrong-argument", format!("`{name}` takes neither `*` nor `distinct`"))
                    .help(format!("it is called as {}", entry.call())),
            ),
            AnyFunction::Scalar(function) => self.call(entry, function, &arguments, at),
        }
    }

    /// A call that the parser knows by a syntax of its own.
    pub(super) fn call_named(&mut self, name: &str, arguments: &[&ast::Expr], at: At) -> Option<Expr> {
        let entry = function_table::function_named(name)?;
        match entry.function {
            AnyFunction::Scalar(function) => self.call(entry, function, arguments, at),
            AnyFunction::Aggregate(_) => None,
        }
    }

    /// The arguments, whether `distinct` stands before them, and whether `*` is the only one.
    fn arguments<'call>(
        &mut self,
        call: &'call ast::Function,
        at: At,
    ) -> Option<(Vec<&'call ast::Expr>, bool, bool)> {
        let list = match &call.args {
            ast::FunctionArguments::List(list) => list,
            ast::FunctionArguments::None => {
                return self.fail(
                    Finding::error(
                        at,
                        "unknown-function",
                        format!("`{}` is called without brackets", call.name),
                    )
                    .help("write the brackets"),
                );
            }
            ast::FunctionArguments::Subquery(_) => {
                return self.fail(
                    Finding::error(
                        at,
                        "unsupported-sql",
                        "a subquery inside an expression is not part of the portable SQL",
                    )
                    .help("join the subquery in FROM instead"),
                );
            }
        };
        let distinct = list.duplicate_treatment == Some(ast::DuplicateTreatment::Distinct);
        let mut arguments = Vec::new();
        for argument in &list.args {
            match argument {
                ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(expr)) => arguments.push(expr),
                ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Wildcard) if list.args.len() == 1 => {
                    return Some((Vec::new(), distinct, true));
                }
                _ => {
                    return self.fail(
                        Finding::error(
                            at,
                            "unsupported-sql",
                            "named arguments and `table.*` are not part of the portable SQL",
                        )
                        .help("give the arguments in the order of the signature"),
                    );
                }
            }
        }
        if !list.clauses.is_empty() {
            return self.fail(Finding::error(
                at,
                "unsupported-sql",
                "what stands behind the arguments is not part of the portable SQL",
            ));
        }
        Some((arguments, distinct, false))
    }

    fn call(
        &mut self,
        entry: &FunctionEntry,
        function: Function,
        nodes: &[&ast::Expr],
        at: At,
    ) -> Option<Expr> {
        let arguments = self.typed_arguments(entry, nodes, at)?;
        self.check_patterns(function, &arguments, nodes, at)?;
        Some(result(entry, arguments, |arguments| ExprKind::Call { function, arguments }))
    }

    fn aggregate(
        &mut self,
        entry: &FunctionEntry,
        function: AggregateFunction,
        nodes: &[&ast::Expr],
        distinct: bool,
        star: bool,
        at: At,
    ) -> Option<Expr> {
        if self.inside_aggregate {
            return self.fail(
                Finding::error(
                    at,
                    "misplaced-aggregate",
                    format!("`{}` stands inside another aggregate", entry.name()),
                )
                .help("compute the inner one in a common table expression (`with …`)"),
            );
        }
        if !self.aggregates {
            let message = format!("`{}` is an aggregate and can't stand in {}", entry.name(), self.place);
            let help = if self.place == "a WHERE condition" {
                "write the condition behind HAVING"
            } else {
                "aggregate in a gold table, with group by"
            };
            return self.fail(Finding::error(at, "misplaced-aggregate", message).help(help));
        }
        if distinct && function != AggregateFunction::Count {
            return self.fail(
                Finding::error(at, "unsupported-sql", format!("`{}(distinct …)` is not part of the portable SQL", entry.name()))
                    .help("only count takes distinct; remove it, or take distinct rows in a common table expression"),
            );
        }
        if star {
            if function != AggregateFunction::Count || distinct {
                return self.fail(
                    Finding::error(at, "wrong-argument", format!("`{}` doesn't take `*`", entry.name()))
                        .help(format!("it is called as {}", entry.call())),
                );
            }
            return Some(result(entry, Vec::new(), |arguments| ExprKind::Aggregate {
                function,
                distinct,
                arguments,
            }));
        }
        self.inside_aggregate = true;
        let arguments = self.typed_arguments(entry, nodes, at);
        self.inside_aggregate = false;
        Some(result(entry, arguments?, |arguments| ExprKind::Aggregate { function, distinct, arguments }))
    }

    /// The arguments in the types that the signature asks for, defaults filled in.
    fn typed_arguments(&mut self, entry: &FunctionEntry, nodes: &[&ast::Expr], at: At) -> Option<Vec<Expr>> {
        let signature = Signature::read(entry.signature)?;
        let typed: Vec<Option<Expr>> = nodes.iter().map(|node| self.expr(node)).collect();
        if !signature.takes(nodes.len()) {
            let message = format!("`{}` takes {}, not {}", entry.name(), signature.count(), nodes.len());
            return self.fail(
                Finding::error(at, "wrong-argument-count", message)
                    .help(format!("it is called as {}", entry.call())),
            );
        }
        let mut arguments = typed.into_iter().collect::<Option<Vec<Expr>>>()?;
        let mut fits = true;
        for (index, node) in nodes.iter().enumerate() {
            let (Some(parameter), Some(argument)) = (signature.parameter(index), arguments.get_mut(index))
            else {
                continue;
            };
            let value = std::mem::replace(argument, Expr::null(DataType::String));
            match self.argument(entry, parameter, value, node) {
                Some(value) => *argument = value,
                None => fits = false,
            }
        }
        if !fits {
            return None;
        }
        self.unify_arguments(&signature, &mut arguments, nodes, entry)?;
        for parameter in signature.parameters.iter().skip(nodes.len()) {
            arguments.push(default_of(parameter)?);
        }
        Some(arguments)
    }

    fn argument(
        &mut self,
        entry: &FunctionEntry,
        parameter: &Parameter,
        value: Expr,
        node: &ast::Expr,
    ) -> Option<Expr> {
        if parameter.literal && (value.literal().is_none() || matches!(value.literal(), Some(Literal::Null)))
        {
            return self.fail(
                Finding::error(
                    At::of_expr(node),
                    "wrong-literal",
                    format!("`{}` of `{}` is written out, not computed", parameter.name, entry.name()),
                )
                .help(format!(
                    "write {}",
                    if parameter.kind == ParameterType::String {
                        "a text in single quotes"
                    } else {
                        "a number"
                    }
                )),
            );
        }
        let wanted = match parameter.kind {
            ParameterType::String => DataType::String,
            ParameterType::Int => DataType::Int,
            ParameterType::Long => DataType::Long,
            ParameterType::Double => DataType::Double,
            ParameterType::Boolean => DataType::Boolean,
            ParameterType::DateTime if value.data_type.is_temporal() => return Some(value),
            ParameterType::Date | ParameterType::DateTime => DataType::Date,
            ParameterType::Any | ParameterType::Same => return Some(value),
            ParameterType::AnyOrdered | ParameterType::SameOrdered if value.data_type.is_ordered() => {
                return Some(value);
            }
            ParameterType::SameNumber if value.data_type.is_numeric() => return Some(value),
            ParameterType::SameNumber if matches!(value.literal(), Some(Literal::Null)) => {
                return Some(Expr::null(DataType::Int));
            }
            ParameterType::AnyOrdered | ParameterType::SameOrdered | ParameterType::SameNumber => {
                return self.wrong_argument(entry, parameter, &value, node);
            }
        };
        match convert::widen(value, &wanted) {
            Ok(value) => Some(value),
            Err(value) => self.wrong_argument(entry, parameter, &value, node),
        }
    }

    fn wrong_argument<T>(
        &mut self,
        entry: &FunctionEntry,
        parameter: &Parameter,
        value: &Expr,
        node: &ast::Expr,
    ) -> Option<T> {
        let wanted = match parameter.kind {
            ParameterType::SameNumber => "decimal(18,2)",
            ParameterType::DateTime => "date",
            other => other.describe(),
        };
        let possible = wanted.parse().is_ok_and(|wanted| convert::castable(&value.data_type, &wanted));
        let help = match (parameter.kind, &value.data_type) {
            (ParameterType::Date | ParameterType::DateTime, DataType::String)
                if value.literal().is_none() =>
            {
                format!("write to_date({node}, 'yyyy-MM-dd'), or give the contract's column the type date")
            }
            _ if possible => format!("write cast({node} as {wanted})"),
            _ => format!("it is called as {}", entry.call()),
        };
        self.fail(
            Finding::error(
                At::of_expr(node),
                "wrong-type",
                format!(
                    "`{}` of `{}` is {}, and this is {}",
                    parameter.name,
                    entry.name(),
                    parameter.kind.describe(),
                    value.data_type
                ),
            )
            .help(help),
        )
    }

    /// Brings the arguments that share a type to it.
    fn unify_arguments(
        &mut self,
        signature: &Signature,
        arguments: &mut [Expr],
        nodes: &[&ast::Expr],
        entry: &FunctionEntry,
    ) -> Option<()> {
        let shared: Vec<usize> = (0..arguments.len())
            .filter(|index| {
                signature.parameter(*index).is_some_and(|parameter| {
                    matches!(
                        parameter.kind,
                        ParameterType::Same | ParameterType::SameOrdered | ParameterType::SameNumber
                    )
                })
            })
            .collect();
        if shared.len() < 2 {
            return Some(());
        }
        let values = shared.iter().filter_map(|index| arguments.get(*index).cloned()).collect();
        let places: Vec<&ast::Expr> = shared.iter().filter_map(|index| nodes.get(*index).copied()).collect();
        let unified = self.unify(values, &places, &format!("values of one `{}`", entry.name()))?;
        for (index, value) in shared.into_iter().zip(unified) {
            if let Some(argument) = arguments.get_mut(index) {
                *argument = value;
            }
        }
        Some(())
    }
}

fn result(entry: &FunctionEntry, arguments: Vec<Expr>, kind: impl FnOnce(Vec<Expr>) -> ExprKind) -> Expr {
    let data_type =
        match (entry.result, Signature::read(entry.signature).and_then(|signature| signature.result)) {
            (Some(compute), _) => compute(&arguments),
            (None, Some(ParameterType::String)) => DataType::String,
            (None, Some(ParameterType::Int)) => DataType::Int,
            (None, Some(ParameterType::Long)) => DataType::Long,
            (None, Some(ParameterType::Double)) => DataType::Double,
            (None, Some(ParameterType::Boolean)) => DataType::Boolean,
            (None, Some(ParameterType::Date)) => DataType::Date,
            // One type for all: the last argument has it, also in `if`.
            _ => arguments.last().map_or(DataType::String, |argument| argument.data_type.clone()),
        };
    // The result of `abs` and the like has the first argument's type.
    let data_type = match entry.function {
        AnyFunction::Scalar(Function::Abs) => {
            arguments.first().map_or(data_type, |first| first.data_type.clone())
        }
        _ => data_type,
    };
    let nullable = match entry.nullable {
        Nullability::AnyArgument => arguments.iter().any(|argument| argument.nullable),
        Nullability::AllArguments => arguments.iter().all(|argument| argument.nullable),
        Nullability::Behind => arguments.iter().skip(1).any(|argument| argument.nullable),
        Nullability::Always => true,
        Nullability::Never => false,
    };
    Expr { kind: kind(arguments), data_type, nullable }
}

fn default_of(parameter: &Parameter) -> Option<Expr> {
    let text = parameter.default?;
    match parameter.kind {
        ParameterType::String => {
            Some(Expr::constant(Literal::Text(text.trim_matches('\'').to_owned()), DataType::String))
        }
        _ => text.parse().ok().map(|value| Expr::constant(Literal::Integer(value), DataType::Int)),
    }
}

fn unknown_function(name: &str, at: At) -> Finding {
    let finding = Finding::error(at, "unknown-function", format!("there is no function `{name}`"));
    match foreign_name(name) {
        Some(instead) => finding.help(format!("write {instead}")),
        None => match touchstone_spec::nearest(name, known_names()) {
            Some(near) => match function_table::function_named(near) {
                Some(entry) => finding.help(format!("did you mean {}?", entry.call())),
                None => finding.help(format!("did you mean `{near}`?")),
            },
            None => finding.help("the function reference lists what there is"),
        },
    }
}
