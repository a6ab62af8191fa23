//! The columns that an expression may name, and how a name finds one of them.

use std::sync::Arc;

use sqlparser::ast::Ident;
use touchstone_spec::{DataType, nearest};

use crate::{
    Column, ColumnRef,
    finding::{At, Finding},
    names::{Decl, Origin, Owner},
};

/// Relations whose columns may be named.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    pub(crate) relations: Vec<ScopeRelation>,
    /// Names that aren't columns here, and why.
    pub(crate) hints: Vec<(String, String)>,
}

/// One relation.
#[derive(Debug, Clone, Default)]
pub(crate) struct ScopeRelation {
    /// What [`ColumnRef::relation`] of its columns is.
    pub(crate) alias: Option<String>,
    /// Qualifiers by which its columns may be named: `t`, `silver.t` …
    pub(crate) qualifiers: Vec<Vec<String>>,
    pub(crate) columns: Vec<ScopeColumn>,
    /// Whether it may have columns that errors hid.
    pub(crate) open: bool,
    /// Relations of lower rank shadow those of higher.
    pub(crate) rank: u8,
    /// Whose columns these are, by their own names.
    pub(crate) owner: Option<Arc<Owner>>,
    /// What a name in front of a column means, where that isn't an alias of the text's own: the table or source, and the
    /// name as it is written in FROM.
    pub(crate) named: Option<Arc<(Decl, Vec<String>)>>,
}

/// One column.
#[derive(Debug, Clone)]
pub(crate) struct ScopeColumn {
    pub(crate) name: String,
    /// None where an error hid it.
    pub(crate) data_type: Option<DataType>,
    pub(crate) nullable: bool,
    /// What gives it its name, where it isn't a column of the relation's owner itself.
    pub(crate) origin: Option<Arc<Origin>>,
}

/// A column that was found. None: an error that was already reported hides it.
pub(crate) type Found = Option<(ColumnRef, DataType, bool)>;

impl Scope {
    /// Columns without a relation, as the UI and rules have them.
    pub(crate) fn of_columns(columns: &[Column]) -> Self {
        let columns = columns
            .iter()
            .map(|column| ScopeColumn {
                name: column.name.clone(),
                data_type: Some(column.data_type.clone()),
                nullable: !column.required,
                origin: None,
            })
            .collect();
        Self { relations: vec![ScopeRelation { columns, ..ScopeRelation::default() }], hints: Vec::new() }
    }

    /// The column that `parts` names.
    pub(crate) fn resolve(&self, parts: &[Ident]) -> Result<Found, Finding> {
        let Some((name, qualifier)) = parts.split_last() else { return Ok(None) };
        let at = parts.first().map_or(At::START, |first| At::from(first.span.start));
        let candidates = self.candidates(qualifier);
        if candidates.is_empty() {
            return Err(self.unknown_relation(qualifier, at));
        }
        // An exact match of any rank goes before one that differs in case.
        for exact in [true, false] {
            if !exact && name.quote_style.is_some() {
                break;
            }
            for rank in 0..=1 {
                let matches: Vec<(&ScopeRelation, &ScopeColumn)> = candidates
                    .iter()
                    .filter(|relation| relation.rank == rank)
                    .flat_map(|relation| relation.columns.iter().map(move |column| (*relation, column)))
                    .filter(|(_, column)| same(&column.name, &name.value, exact))
                    .collect();
                match matches.as_slice() {
                    [] => {}
                    [(relation, column)] => return Ok(found(relation, column)),
                    several => return Err(ambiguous(&name.value, several, at)),
                }
            }
        }
        if candidates.iter().any(|relation| relation.open) {
            return Ok(None);
        }
        Err(self.unknown_column(name, &candidates, at))
    }

    /// The relation that holds a column, and what gives the column its name.
    pub(crate) fn origin(&self, column: &ColumnRef) -> Option<(&ScopeRelation, Arc<Origin>)> {
        let relation = self.relations.iter().find(|relation| relation.alias == column.relation)?;
        let found = relation.columns.iter().find(|known| known.name == column.name)?;
        Some((relation, relation.origin(found)?))
    }

    fn candidates(&self, qualifier: &[Ident]) -> Vec<&ScopeRelation> {
        self.relations
            .iter()
            .filter(|relation| {
                qualifier.is_empty()
                    || relation.qualifiers.iter().any(|known| {
                        known.len() == qualifier.len()
                            && known
                                .iter()
                                .zip(qualifier)
                                .all(|(known, word)| known.eq_ignore_ascii_case(&word.value))
                    })
            })
            .collect()
    }

    fn unknown_relation(&self, qualifier: &[Ident], at: At) -> Finding {
        let words: Vec<&str> = qualifier.iter().map(|part| part.value.as_str()).collect();
        let name = words.join(".");
        let known: Vec<String> = self
            .relations
            .iter()
            .filter_map(|relation| relation.qualifiers.first())
            .map(|path| path.join("."))
            .collect();
        let help = if known.is_empty() {
            Some("columns are named here without a table in front".to_owned())
        } else {
            crate::finding::suggest(&name, known.iter().map(String::as_str), "tables")
        };
        Finding::error(at, "unknown-table", format!("`{name}` is not a table or alias of this query"))
            .maybe_help(help)
    }

    fn unknown_column(&self, name: &Ident, candidates: &[&ScopeRelation], at: At) -> Finding {
        let finding = Finding::error(at, "unknown-column", format!("there is no column `{}`", name.value));
        if let Some((_, why)) = self.hints.iter().find(|(hidden, _)| hidden.eq_ignore_ascii_case(&name.value))
        {
            return finding.help(why.clone());
        }
        let names: Vec<&str> = candidates
            .iter()
            .flat_map(|relation| relation.columns.iter().map(|column| column.name.as_str()))
            .collect();
        let shown = |name: &str| if needs_quotes(name) { format!("\"{name}\"") } else { name.to_owned() };
        let help = match nearest(&name.value, names.iter().copied()) {
            Some(near) if needs_quotes(near) => {
                format!("did you mean \"{near}\"? Names with blanks stand in double quotes")
            }
            Some(near) => format!("did you mean `{near}`?"),
            None if names.is_empty() => return finding,
            None if names.len() <= 12 => {
                format!(
                    "the columns here are {}",
                    names.iter().map(|name| shown(name)).collect::<Vec<_>>().join(", ")
                )
            }
            None => "text stands in single quotes, names with blanks in double quotes".to_owned(),
        };
        finding.help(help)
    }
}

impl ScopeRelation {
    /// What gives one of its columns its name.
    pub(crate) fn origin(&self, column: &ScopeColumn) -> Option<Arc<Origin>> {
        column.origin.clone().or_else(|| {
            let decl = self.owner.as_ref()?.column(&column.name);
            Some(Arc::new(Origin::own(decl)))
        })
    }
}

/// Why the names of a field, and of those below it, aren't columns for its expression.
pub(crate) fn not_yet_fields<'name>(
    itself: Option<&'name String>,
    below: impl IntoIterator<Item = &'name String>,
) -> Vec<(String, String)> {
    let own = itself.map(|name| {
        let why = "is this field itself; make it from columns of the source or from fields above it";
        (name.clone(), format!("`{name}` {why}"))
    });
    let below = below
        .into_iter()
        .map(|name| (name.clone(), format!("field `{name}` doesn't stand above this one; move it up")));
    own.into_iter().chain(below).collect()
}

/// Whether a name can only be written in quotes.
pub(crate) fn needs_quotes(name: &str) -> bool {
    !name.chars().all(|character| character.is_alphanumeric() || character == '_')
        || name.starts_with(|first: char| first.is_ascii_digit())
}

fn same(column: &str, name: &str, exact: bool) -> bool {
    if exact { column == name } else { column.to_lowercase() == name.to_lowercase() }
}

fn found(relation: &ScopeRelation, column: &ScopeColumn) -> Found {
    let data_type = column.data_type.clone()?;
    let reference = ColumnRef { relation: relation.alias.clone(), name: column.name.clone() };
    Some((reference, data_type, column.nullable))
}

fn ambiguous(name: &str, several: &[(&ScopeRelation, &ScopeColumn)], at: At) -> Finding {
    let named: Vec<String> = several
        .iter()
        .map(|(relation, column)| match relation.qualifiers.first() {
            Some(qualifier) => format!("{}.{}", qualifier.join("."), column.name),
            None => format!("\"{}\"", column.name),
        })
        .collect();
    Finding::error(at, "ambiguous-column", format!("`{name}` may be {}", named.join(" or ")))
        .help("write the one that is meant")
}
