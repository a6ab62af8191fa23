//! What the parsers and the type checker find in one text, before it is known where in a document the text stands.

use sqlparser::{
    ast::{Expr, Query, Select, SetExpr, Spanned, TableFactor},
    tokenizer::Location,
};
use touchstone_spec::{Diagnostic, DocPath, Document, Place, Severity};

use crate::names::{self, GoldOutput, NameUse, Named};

/// A place inside one text: line and column from one, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl At {
    /// The beginning of the text.
    pub(crate) const START: Self = Self { line: 1, column: 1 };

    /// Where a small part of the syntax tree begins; the beginning of the text when the tree doesn't know.
    pub(crate) fn of(node: &impl Spanned) -> Self {
        Self::from(node.span().start)
    }

    /// Where an expression begins. A chain of operators nests as deep as it is long: it is followed without recursion.
    pub(crate) fn of_expr(node: &Expr) -> Self {
        let mut first = node;
        while let Expr::BinaryOp { left, .. } = first {
            first = left;
        }
        Self::of(first)
    }

    /// Where a query begins.
    pub(crate) fn of_query(query: &Query) -> Self {
        match &query.with {
            Some(with) => Self::from(with.with_token.0.span.start),
            None => Self::of_body(&query.body),
        }
    }

    /// Where a SELECT begins.
    pub(crate) fn of_select(select: &Select) -> Self {
        Self::from(select.select_token.0.span.start)
    }

    /// Where a query begins, behind its common table expressions.
    pub(crate) fn of_body(body: &SetExpr) -> Self {
        let mut first = body;
        loop {
            match first {
                SetExpr::SetOperation { left, .. } => first = left,
                SetExpr::Select(select) => return Self::of_select(select),
                SetExpr::Query(query) => return Self::of_query(query),
                other => return Self::of(other),
            }
        }
    }

    /// Where an item of FROM begins.
    pub(crate) fn of_factor(factor: &TableFactor) -> Self {
        match factor {
            TableFactor::Table { name, .. } => Self::of(name),
            TableFactor::Derived { subquery, .. } => Self::of_query(subquery),
            TableFactor::NestedJoin { table_with_joins, .. } => Self::of_factor(&table_with_joins.relation),
            other => Self::of(other),
        }
    }
}

impl From<Location> for At {
    fn from(location: Location) -> Self {
        let count = |number: u64| usize::try_from(number).unwrap_or(1).max(1);
        Self { line: count(location.line), column: count(location.column) }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) at: At,
    pub(crate) severity: Severity,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Finding {
    /// An error without a fix.
    pub(crate) fn error(at: At, code: &'static str, message: impl Into<String>) -> Self {
        Self { at, severity: Severity::Error, code, message: message.into(), help: None }
    }

    /// A warning without a fix.
    pub(crate) fn warning(at: At, code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(at, code, message) }
    }

    /// The same with what to do about it.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with what to do about it, where something is known.
    #[must_use]
    pub(crate) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// The finding at its place.
    pub(crate) fn into_diagnostic(self, place: Place) -> Diagnostic {
        Diagnostic {
            place,
            severity: self.severity,
            code: self.code.to_owned(),
            message: self.message,
            help: self.help,
        }
    }
}

/// Collects the diagnostics of one document.
#[derive(Debug)]
pub(crate) struct Reporter<'document> {
    pub(crate) document: &'document Document,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What the names in the document mean.
    pub(crate) names: Vec<NameUse>,
    /// What gives the columns of its gold tables their names.
    pub(crate) outputs: Vec<GoldOutput>,
}

impl<'document> Reporter<'document> {
    pub(crate) fn new(document: &'document Document) -> Self {
        Self { document, diagnostics: Vec::new(), names: Vec::new(), outputs: Vec::new() }
    }

    /// Adds a finding about the value at `path` as a whole.
    pub(crate) fn at_value(&mut self, path: &DocPath, finding: Finding) {
        self.diagnostics.push(finding.into_diagnostic(self.document.place(path)));
    }

    /// Adds a finding about the key at `path`.
    pub(crate) fn at_key(&mut self, path: &DocPath, finding: Finding) {
        self.diagnostics.push(finding.into_diagnostic(self.document.key_place(path)));
    }

    /// Adds findings in the text at `path`, each at its own place.
    pub(crate) fn within(&mut self, path: &DocPath, findings: Vec<Finding>) {
        for finding in findings {
            let place = self.document.place_within(path, finding.at.line, finding.at.column);
            self.diagnostics.push(finding.into_diagnostic(place));
        }
    }

    /// Adds what the names in the text at `path` mean.
    pub(crate) fn name_within(&mut self, path: &DocPath, text: &str, names: Vec<Named>) {
        self.names.extend(names::in_text(path, text, names));
    }

    /// Whether the reader of the document found an error at or below `path`, so that what is missing there is no
    /// news.
    pub(crate) fn was_broken(&self, path: &DocPath) -> bool {
        broken_at(self.document, path)
    }

    /// Whether anything found so far is an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Whether the reader found an error at or below `path`.
pub(crate) fn broken_at(document: &Document, path: &DocPath) -> bool {
    let prefix = path.to_string();
    document.diagnostics.0.iter().any(|diagnostic| {
        diagnostic.severity == Severity::Error
            && diagnostic
                .place
                .path
                .strip_prefix(&prefix)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    })
}

/// `did you mean …?`, or the list of what there is when nothing is near and the list is short.
pub(crate) fn suggest<'name>(
    word: &str,
    candidates: impl IntoIterator<Item = &'name str>,
    what: &str,
) -> Option<String> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    match touchstone_spec::nearest(word, candidates.iter().copied()) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if candidates.is_empty() => None,
        None if candidates.len() <= 12 => Some(format!("the {what} here are {}", candidates.join(", "))),
        None => Some(format!("there are {} {what} here; check the spelling", candidates.len())),
    }
}
