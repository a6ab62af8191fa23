//! What is mapped to what in a silver table: columns, fields, and the lines between them, as the document has them now.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use egui::{Id, Ui};
use touchstone_compiler::{ColumnRef, SourceColumn, TokenKind, highlight, written_name};
use touchstone_spec::{ContractField, DataType, Field, Layer, Severity, TableName};

use super::changes::Target;
use crate::design::view::Desk;

/// A silver table's mappings.
#[derive(Debug, Default)]
pub(super) struct Map {
    /// The source's columns, in order.
    pub(super) columns: Vec<Column>,
    /// The table's fields, in order.
    pub(super) fields: Vec<Mapped>,
    /// Which column goes into which field.
    pub(super) links: Vec<Link>,
    /// Whether there is such a source.
    pub(super) has_source: bool,
}

/// A column of the source.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) data_type: DataType,
    pub(super) required: bool,
    pub(super) description: Option<String>,
    /// Whether any field takes it.
    pub(super) is_used: bool,
}

/// A field and how it is made.
#[derive(Debug, Clone)]
pub(super) struct Mapped {
    pub(super) name: String,
    /// Its type, as far as it is known.
    pub(super) data_type: Option<DataType>,
    pub(super) made: Made,
    /// Fields above that its expression names, as places.
    pub(super) uses: Vec<usize>,
    pub(super) is_key: bool,
    pub(super) required: bool,
    pub(super) errors: usize,
    pub(super) warnings: usize,
    /// The first thing that is wrong with it.
    pub(super) problem: Option<String>,
}

/// How a field is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Made {
    Nothing,
    /// A column as it is.
    From(String),
    Expression(String),
}

impl Made {
    /// What is lost where the field takes this column instead, on one line; none where nothing is.
    pub(super) fn replaced_by(&self, column: &str) -> Option<String> {
        let text = match self {
            Self::Nothing => return None,
            Self::From(same) if same == column => return None,
            Self::From(other) => other,
            Self::Expression(text) => text,
        };
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// A column that goes into a field, both as places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) column: usize,
    pub(super) field: usize,
    /// Whether the field takes the column as it is.
    pub(super) as_is: bool,
}

impl Map {
    /// The mappings of a table; made anew only when a document has changed.
    pub(super) fn of(desk: &Desk<'_>, target: Target<'_>, ui: &Ui) -> Arc<Self> {
        type Kept = (u64, Arc<Map>);
        let id = Id::unique(("mappings", target.file, target.table));
        let revision = desk.state.design.documents.revision();
        if let Some((of, map)) = ui.data(|data| data.get_temp::<Kept>(id))
            && of == revision
        {
            return map;
        }
        let map = Arc::new(Self::new(desk, target));
        ui.data_mut(|data| data.insert_temp::<Kept>(id, (revision, Arc::clone(&map))));
        map
    }

    fn new(desk: &Desk<'_>, target: Target<'_>) -> Self {
        let Some(silver) = target.silver() else { return Self::default() };
        let source = target.pipeline.sources.get(&silver.from);
        let contract = source.map(touchstone_spec::Source::contract).unwrap_or_default();
        let mut map = Self::drawn(contract, silver.fields.iter());
        map.has_source = source.is_some();
        let name = TableName::new(desk.name(), Layer::Silver, target.table);
        let known = desk.state.design.compilation().tables.get(&name);
        let problems = problems(desk, target.table);
        for field in &mut map.fields {
            if let Some(column) = known.and_then(|known| known.column(&field.name)) {
                field.data_type = column.data_type.clone().or(field.data_type.take());
            }
            field.is_key = silver.key.contains(&field.name);
            if let Some(problem) = problems.get(&field.name) {
                (field.errors, field.warnings) = (problem.errors, problem.warnings);
                field.problem = Some(problem.first.clone());
            }
        }
        map
    }

    fn drawn<'a>(contract: &[ContractField], fields: impl Iterator<Item = (&'a String, &'a Field)>) -> Self {
        let columns = contract.iter().map(|column| Column {
            name: column.name.clone(),
            data_type: column.data_type.clone(),
            required: column.required,
            description: column.description.clone(),
            is_used: false,
        });
        let mut map = Self { columns: columns.collect(), has_source: true, ..Self::default() };
        let places: BTreeMap<&str, usize> =
            contract.iter().enumerate().map(|(place, column)| (column.name.as_str(), place)).collect();
        let mut above: BTreeMap<String, usize> = BTreeMap::new();
        for (place, (name, field)) in fields.enumerate() {
            let (mut columns, mut uses) = (BTreeSet::new(), BTreeSet::new());
            let made = match (&field.from, &field.expr) {
                (Some(from), _) => {
                    columns.extend(places.get(from.as_str()));
                    Made::From(from.clone())
                }
                (None, Some(text)) => {
                    for name in names(text) {
                        match name.find(&places, &above) {
                            Some(Named::Column(column)) => _ = columns.insert(column),
                            Some(Named::Field(field)) => _ = uses.insert(field),
                            None => {}
                        }
                    }
                    Made::Expression(text.clone())
                }
                (None, None) => Made::Nothing,
            };
            let as_is = matches!(made, Made::From(_));
            map.links.extend(columns.iter().map(|column| Link { column: *column, field: place, as_is }));
            map.fields.push(Mapped {
                name: name.clone(),
                data_type: field.data_type.clone(),
                made,
                uses: uses.into_iter().collect(),
                is_key: false,
                required: field.required,
                errors: 0,
                warnings: 0,
                problem: None,
            });
            above.insert(name.clone(), place);
        }
        for link in &map.links {
            if let Some(column) = map.columns.get_mut(link.column) {
                column.is_used = true;
            }
        }
        map
    }

    pub(super) fn column(&self, name: Option<&str>) -> Option<usize> {
        self.columns.iter().position(|column| Some(column.name.as_str()) == name)
    }

    pub(super) fn field(&self, name: Option<&str>) -> Option<usize> {
        self.fields.iter().position(|field| Some(field.name.as_str()) == name)
    }

    /// Places of the columns that go into a field itself.
    pub(super) fn columns_of(&self, field: usize) -> impl Iterator<Item = usize> {
        self.links.iter().filter(move |link| link.field == field).map(|link| link.column)
    }

    /// A field and all fields above that it is made of.
    pub(super) fn with_uses(&self, field: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::from([field]);
        let mut left = vec![field];
        while let Some(next) = left.pop() {
            let uses = self.fields.get(next).map(|field| field.uses.as_slice()).unwrap_or_default();
            left.extend(uses.iter().copied().filter(|one| found.insert(*one)));
        }
        found
    }

    pub(super) fn has(&self, column: usize, field: usize) -> bool {
        self.links.iter().any(|link| link.column == column && link.field == field)
    }
}

struct Problems {
    errors: usize,
    warnings: usize,
    first: String,
}

/// What is wrong with the fields of a table, by field.
fn problems(desk: &Desk<'_>, table: &str) -> BTreeMap<String, Problems> {
    let mut found: BTreeMap<String, Problems> = BTreeMap::new();
    let prefix = format!("silver.{table}.fields.");
    for one in desk.diagnostics() {
        let Some(rest) = one.place.path.strip_prefix(&prefix) else { continue };
        let name = rest.split(['.', '[']).next().unwrap_or_default();
        let problem = found.entry(name.to_owned()).or_insert_with(|| Problems {
            errors: 0,
            warnings: 0,
            first: one.message.clone(),
        });
        match one.severity {
            Severity::Error => problem.errors += 1,
            Severity::Warning => problem.warnings += 1,
        }
    }
    found
}

/// A name in an expression.
#[derive(Debug, PartialEq, Eq)]
struct Name {
    qualifier: Option<String>,
    text: String,
    is_quoted: bool,
}

enum Named {
    Column(usize),
    Field(usize),
}

impl Name {
    /// What it means: a field above goes before a column, and `source.` before a name says the column.
    fn find(&self, columns: &BTreeMap<&str, usize>, above: &BTreeMap<String, usize>) -> Option<Named> {
        let field = || above.get(&self.text).copied().map(Named::Field);
        if self.qualifier.is_none()
            && let Some(field) = field()
        {
            return Some(field);
        }
        let column = columns.get(self.text.as_str()).copied();
        let folded = || {
            let is_it = |name: &&&str| name.eq_ignore_ascii_case(&self.text);
            columns.keys().find(is_it).and_then(|name| columns.get(*name)).copied()
        };
        column.or_else(|| if self.is_quoted { None } else { folded() }).map(Named::Column)
    }
}

/// The names of columns and fields in an expression; half-written ones too.
fn names(text: &str) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    let mut ends_at = None;
    for (range, kind) in highlight(text) {
        let Some(token) = text.get(range.clone()) else { continue };
        if kind != TokenKind::Name {
            continue;
        }
        let inner = token.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
        let name = inner.map_or_else(|| token.to_owned(), |inner| inner.replace("\"\"", "\""));
        let follows_point = ends_at.is_some_and(|end| text.get(end..range.start) == Some("."));
        let qualifier = if follows_point { found.pop().map(|before| before.text) } else { None };
        found.push(Name { qualifier, text: name, is_quoted: inner.is_some() });
        ends_at = Some(range.end);
    }
    found
}

/// The names in an expression, without what stands before their points.
pub(super) fn names_in(text: &str) -> impl Iterator<Item = String> {
    names(text).into_iter().filter(|name| name.qualifier.is_none()).map(|name| name.text)
}

/// The column of the source, even where a field above has its name.
pub(super) fn written_source(column: &str) -> String {
    format!("{}.{}", ColumnRef::SOURCE, written_name(column))
}

/// A column of which the contract is all that is known.
pub(super) fn source_column(column: &ContractField) -> SourceColumn {
    SourceColumn { required: column.required, ..SourceColumn::new(&column.name, column.data_type.clone()) }
}

/// How a field is made, as an expression.
pub(super) fn text_of(field: &Field) -> String {
    match (&field.from, &field.expr) {
        (Some(from), _) => written_name(from),
        (None, Some(text)) => text.clone(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(from: Option<&str>, expr: Option<&str>) -> Field {
        Field { from: from.map(str::to_owned), expr: expr.map(str::to_owned), ..Field::default() }
    }

    fn map(fields: &[(&str, Field)]) -> Map {
        let column = |name: &str| ContractField::new(name, DataType::String);
        let contract = ["Trade ID", "Px", "Qty", "ISIN", "isin"].map(column);
        let fields: Vec<(String, Field)> =
            fields.iter().map(|(name, field)| ((*name).to_owned(), field.clone())).collect();
        Map::drawn(&contract, fields.iter().map(|(name, field)| (name, field)))
    }

    fn links(map: &Map) -> Vec<(usize, usize, bool)> {
        map.links.iter().map(|link| (link.column, link.field, link.as_is)).collect()
    }

    #[test]
    fn lines_follow_the_names_in_expressions() {
        let map = map(&[
            ("trade_id", field(Some("Trade ID"), None)),
            ("notional", field(None, Some("px * \"Qty\" -- Trade ID"))),
            ("half", field(None, Some("concat(notional, 'Px', \"Trade ID"))),
            ("empty", field(None, None)),
        ]);
        assert_eq!(links(&map), [(0, 0, true), (1, 1, false), (2, 1, false)]);
        assert_eq!(map.fields[2].uses, [1]);
        assert_eq!(map.with_uses(2).into_iter().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(map.fields[3].made, Made::Nothing);
        let free: Vec<&str> = map.columns.iter().filter(|one| !one.is_used).map(|one| &*one.name).collect();
        assert_eq!(free, ["ISIN", "isin"]);
    }

    #[test]
    fn a_field_hides_the_column_of_its_name_below_it() {
        let map = map(&[
            ("isin", field(None, Some("upper(isin)"))),
            ("again", field(None, Some("isin"))),
            ("raw", field(None, Some("source.isin || trades.\"ISIN\""))),
        ]);
        assert_eq!(links(&map), [(4, 0, false), (3, 2, false), (4, 2, false)]);
        assert_eq!(map.fields[1].uses, [0]);
    }

    #[test]
    fn a_column_is_written_so_that_it_is_read_again() {
        assert_eq!(text_of(&field(Some("Trade ID"), None)), "\"Trade ID\"");
        assert_eq!(written_source("isin"), "source.isin");
    }
}
