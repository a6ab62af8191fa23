//! What the names in a workspace's texts mean: every place that names a table, a column, a source, with what is named
//! there.
//!
//! The places are gathered where names are resolved, so that what is renamed is what the compiler has found, and never
//! a word that looks alike.

mod dqdl;
mod place;

use std::{ops::Range, sync::Arc};

use sqlparser::{
    ast::{self, Ident},
    tokenizer::{Location, Span},
};
use touchstone_spec::{DocPath, TableName};

use crate::typing::scope::ScopeRelation;
pub(crate) use dqdl::{Token, in_rules};
pub(crate) use place::in_text;

/// Something that has a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Decl {
    /// A source of a pipeline.
    Source(String, String),
    /// A column of a source's contract.
    SourceColumn(String, String, String),
    Table(TableName),
    Column(TableName, String),
    /// A name that a query gives one of its columns, by its number in the query.
    Local(usize),
}

/// Who has columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owner {
    Source(String, String),
    Table(TableName),
}

impl Owner {
    pub(crate) fn column(&self, name: &str) -> Decl {
        match self {
            Self::Source(pipeline, source) => {
                Decl::SourceColumn(pipeline.clone(), source.clone(), name.to_owned())
            }
            Self::Table(table) => Decl::Column(table.clone(), name.to_owned()),
        }
    }
}

/// What gives a column its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) decl: Decl,
    /// Whether an item without an alias lies in between, which can keep the name by getting one.
    pub(crate) is_kept: bool,
    /// The number of that item in the query.
    pub(crate) item: Option<usize>,
    /// The column whose value it is; none for what is computed.
    pub(crate) value: Option<Decl>,
}

impl Origin {
    /// A column by its own name.
    pub(crate) fn own(decl: Decl) -> Self {
        Self { value: Some(decl.clone()), decl, is_kept: false, item: None }
    }
}

/// How a name is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// The whole value of a key.
    Whole,
    /// A name as it is, inside quotes or brackets.
    Plain,
    /// The dotted name of a table, inside quotes.
    Dotted,
    /// A word of an expression.
    Word,
    /// The dotted name of a table in FROM.
    Table,
    /// What stands in front of a column, and how FROM writes the table.
    Qualifier(Vec<String>),
    /// An item without an alias, by its number; the range is where one would stand.
    Bare(usize),
    /// The alias of an item that is a column, with what stands before it.
    Alias {
        alias: String,
        /// Its number in the query.
        number: usize,
        /// The column's own name.
        column: String,
    },
    /// Where a query gives a name; the own name of the column that it is given to.
    Given(Option<String>),
}

/// A name at a place of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) from: Location,
    pub(crate) to: Location,
    pub(crate) origin: Arc<Origin>,
    pub(crate) form: Form,
}

impl Named {
    fn of(span: Span, origin: Arc<Origin>, form: Form) -> Self {
        Self { from: span.start, to: span.end, origin, form }
    }

    /// A column.
    pub(crate) fn column(span: Span, origin: &Arc<Origin>) -> Self {
        Self::of(span, Arc::clone(origin), Form::Word)
    }

    /// What stands in front of a column, where it names a table or a source and no alias.
    pub(crate) fn qualifier(parts: &[Ident], relation: &ScopeRelation) -> Option<Self> {
        let (decl, written) = relation.named.as_deref()?;
        let (first, last) = (parts.first()?, parts.last()?);
        if let Decl::Source(_, name) = decl
            && !first.value.eq_ignore_ascii_case(name)
        {
            return None;
        }
        let span = Span { start: first.span.start, end: last.span.end };
        Some(Self::of(span, Arc::new(Origin::own(decl.clone())), Form::Qualifier(written.clone())))
    }

    /// A name written as text; none where the text is put together.
    pub(crate) fn text(node: &ast::Expr, decl: Decl) -> Option<Self> {
        match node {
            ast::Expr::Nested(inner) => Self::text(inner, decl),
            ast::Expr::Value(value) => {
                let form = if matches!(decl, Decl::Table(_)) { Form::Dotted } else { Form::Plain };
                let inner = |location: Location, by: i64| Location {
                    column: location.column.saturating_add_signed(by),
                    ..location
                };
                let span = Span { start: inner(value.span.start, 1), end: inner(value.span.end, -1) };
                Some(Self::of(span, Arc::new(Origin::own(decl)), form))
            }
            _ => None,
        }
    }

    /// A table in FROM.
    pub(crate) fn table(name: &ast::ObjectName, table: TableName) -> Option<Self> {
        let ident = |part: &ast::ObjectNamePart| part.as_ident().map(|ident| ident.span);
        let (first, last) = (ident(name.0.first()?)?, ident(name.0.last()?)?);
        let span = Span { start: first.start, end: last.end };
        Some(Self::of(span, Arc::new(Origin::own(Decl::Table(table))), Form::Table))
    }

    /// A name that a query gives, to the column of this name where it is one.
    pub(crate) fn given(alias: &Ident, origin: &Arc<Origin>, column: Option<&str>) -> Self {
        Self::of(alias.span, Arc::clone(origin), Form::Given(column.map(str::to_owned)))
    }

    /// Behind an item without an alias that has its name from `origin`.
    pub(crate) fn bare(name: Span, origin: &Arc<Origin>, number: usize) -> Self {
        Self::of(Span { start: name.end, end: name.end }, Arc::clone(origin), Form::Bare(number))
    }

    /// The alias of an item that is the column of `origin`.
    pub(crate) fn alias(
        name: Span,
        alias: &Ident,
        origin: &Arc<Origin>,
        number: usize,
        column: &str,
    ) -> Self {
        let span = Span { start: name.end, end: alias.span.end };
        let (alias, column) = (alias.value.clone(), column.to_owned());
        Self::of(span, Arc::clone(origin), Form::Alias { alias, number, column })
    }
}

/// A name at a place of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NameUse {
    /// The text.
    pub(crate) path: DocPath,
    /// Its part, in bytes.
    pub(crate) range: Range<usize>,
    pub(crate) origin: Arc<Origin>,
    pub(crate) form: Form,
    /// The quote of the rules that the place stands in.
    pub(crate) quote: Option<char>,
}

impl NameUse {
    /// The whole value at `path`.
    pub(crate) fn whole(path: DocPath, decl: Decl) -> Self {
        Self { path, range: 0..0, origin: Arc::new(Origin::own(decl)), form: Form::Whole, quote: None }
    }

    /// A part of the value at `path`.
    pub(crate) fn part(path: DocPath, range: Range<usize>, decl: Decl) -> Self {
        Self { range, form: Form::Plain, ..Self::whole(path, decl) }
    }
}

/// A column of a gold table, and what gives it its name.
#[derive(Debug, Clone)]
pub(crate) struct GoldOutput {
    pub(crate) table: TableName,
    pub(crate) column: String,
    pub(crate) origin: Option<Arc<Origin>>,
    /// The query.
    pub(crate) path: DocPath,
}

/// What the names in one document mean.
#[derive(Debug, Clone)]
pub(crate) struct DocumentNames {
    pub(crate) file: String,
    pub(crate) pipeline: String,
    pub(crate) uses: Vec<NameUse>,
    pub(crate) outputs: Vec<GoldOutput>,
}
