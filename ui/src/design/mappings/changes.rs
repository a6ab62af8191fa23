//! The changes that a steward makes to mappings, each one step to be undone and named so that one knows what it is.

use touchstone_compiler::{
    Mapping, ProposedField, RenameTarget, SourceColumn, Suggestion, TargetField, rank_sources, written_name,
};
use touchstone_spec::{DocPath, Edit, Field, Layer, Pipeline, Position, SilverTable, TableName, edits};

use super::map;
use crate::design::renaming::rename;
use crate::design::{Change, Command, Node};

/// The silver table whose mappings are changed.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) file: &'a str,
    pub(super) pipeline: &'a Pipeline,
    pub(super) table: &'a str,
}

impl<'a> Target<'a> {
    pub(super) fn silver(&self) -> Option<&'a SilverTable> {
        self.pipeline.silver.get(self.table)
    }

    pub(super) fn field(&self, name: &str) -> Option<&'a Field> {
        self.silver()?.fields.get(name)
    }

    fn path(&self) -> DocPath {
        edits::silver_path(self.table)
    }

    fn change(&self, label: impl Into<String>, edits: Vec<Edit>) -> Change {
        Change::new(self.file, label, edits)
    }

    /// Has a field take a column: as it is, or read as the type that the field declares.
    pub(super) fn map(&self, column: &SourceColumn, field: &str) -> Change {
        let edits = self.made_by(field, &self.conversion(column, field));
        self.change(format!("Map {} to {field}", column.name), edits).then_field(Some(field.to_owned()))
    }

    /// What is to be written into a field so that it takes the column.
    fn conversion(&self, column: &SourceColumn, field: &str) -> Mapping {
        let known = self.field(field);
        let target = TargetField {
            name: field.to_owned(),
            data_type: known.and_then(|known| known.data_type.clone()),
            description: known.and_then(|known| known.description.clone()),
            ..TargetField::default()
        };
        let ranked = rank_sources(std::slice::from_ref(column), &target);
        let found = ranked.into_iter().next().map(|one| one.mapping);
        found.unwrap_or_else(|| Mapping::From(column.name.clone()))
    }

    fn made_by(&self, field: &str, mapping: &Mapping) -> Vec<Edit> {
        match mapping {
            // A field above hides the column of its name.
            Mapping::From(column) if self.is_hidden(field, column) => {
                edits::set_expr(self.table, field, &map::written_source(column))
            }
            Mapping::From(column) => edits::set_column_of_field(self.table, field, column),
            Mapping::Expression(expression) => edits::set_expr(self.table, field, expression),
        }
    }

    /// Whether a field above `field` has the column's name.
    fn is_hidden(&self, field: &str, column: &str) -> bool {
        let Some(silver) = self.silver() else { return false };
        let at = silver.fields.get_index_of(field).unwrap_or(silver.fields.len());
        silver.fields.get_index_of(column).is_some_and(|above| above < at)
    }

    /// What is typed as the way in which a field is made: a column's name alone takes the column as it is.
    pub(super) fn made_from(&self, field: &str, text: &str) -> Change {
        let columns = self.silver().and_then(|silver| self.pipeline.sources.get(&silver.from));
        let columns = columns.map(touchstone_spec::Source::contract).unwrap_or_default();
        let typed = text.trim();
        let column =
            columns.iter().find(|column| written_name(&column.name) == typed || column.name == typed);
        let edits = match column {
            Some(column) if !self.is_hidden(field, &column.name) => {
                edits::set_column_of_field(self.table, field, &column.name)
            }
            _ => edits::set_expr(self.table, field, text),
        };
        let label = format!("Edit how {field} is made");
        self.change(label, edits).typed(self.made_path(field), text)
    }

    /// Names the text of how a field is made, `from` or `expr`, while it is typed.
    pub(super) fn made_path(&self, field: &str) -> String {
        format!("silver.{}.fields.{field}.made", self.table)
    }

    /// Takes out how a field is made; the field stays.
    pub(super) fn unmap(&self, field: &str) -> Change {
        let path = edits::field_path(self.table, field);
        let edits = vec![Edit::Clear { path: path.key("from") }, Edit::Clear { path: path.key("expr") }];
        self.change(format!("Unmap {field}"), edits)
    }

    /// Adds a field for a column that no field takes yet.
    pub(super) fn add(&self, proposed: &ProposedField) -> Change {
        let label = format!("Add {} from {}", proposed.name, proposed.source);
        self.change(label, self.added(proposed)).then_field(Some(proposed.name.clone()))
    }

    fn added(&self, proposed: &ProposedField) -> Vec<Edit> {
        let mut field = Field { required: proposed.required, ..Field::default() };
        match &proposed.mapping {
            Mapping::From(column) if self.is_hidden(&proposed.name, column) => {
                field.expr = Some(map::written_source(column));
            }
            Mapping::From(column) => field.from = Some(column.clone()),
            Mapping::Expression(expression) => field.expr = Some(expression.clone()),
        }
        edits::add_field(self.table, &proposed.name, &field, Position::Last)
    }

    /// Adds a field that nothing is mapped to yet; behind `after`, else behind all.
    pub(super) fn add_empty(&self, after: Option<&str>) -> Change {
        let name = self.free_name("field");
        let position = after.map_or(Position::Last, |after| Position::After(after.to_owned()));
        let edits = edits::add_field(self.table, &name, &Field::default(), position);
        self.change(format!("Add {name}"), edits).then_field(Some(name))
    }

    fn free_name(&self, stem: &str) -> String {
        let is_taken = |name: &str| self.field(name).is_some();
        let numbered = (2..).map(|number| format!("{stem}_{number}"));
        let mut names = std::iter::once(stem.to_owned()).chain(numbered);
        names.find(|name| !is_taken(name)).unwrap_or_else(|| stem.to_owned())
    }

    /// Takes suggestions, all as one step.
    pub(super) fn take(&self, mappings: &[&Suggestion], fields: &[&ProposedField]) -> Change {
        let mut edits = Vec::new();
        for suggestion in mappings {
            edits.extend(self.made_by(&suggestion.target, &suggestion.mapping));
        }
        for proposed in fields {
            edits.extend(self.added(proposed));
        }
        let label = match (mappings, fields) {
            ([one], []) => format!("Map {} to {}", one.source, one.target),
            ([], [one]) => format!("Add {} from {}", one.name, one.source),
            _ => format!("Take {} suggestions", mappings.len() + fields.len()),
        };
        self.change(label, edits)
    }

    /// Takes a field out, also where the table's own keys name it.
    pub(super) fn remove(&self, field: &str) -> Change {
        let mut edits = edits::remove_field(self.table, field);
        if let Some(silver) = self.silver() {
            if silver.key.iter().any(|key| key == field) {
                let key: Vec<String> = silver.key.iter().filter(|key| *key != field).cloned().collect();
                edits.extend(edits::set_key(&self.path(), &key));
            }
            if silver.order_by.as_deref() == Some(field) {
                edits.extend(edits::set_order_by(self.table, ""));
            }
        }
        self.change(format!("Remove {field}"), edits).then_field(self.neighbour(field))
    }

    /// The field that is selected once another one is gone: the one below it, else the one above.
    fn neighbour(&self, field: &str) -> Option<String> {
        let fields = &self.silver()?.fields;
        let at = fields.get_index_of(field)?;
        let below = fields.get_index(at + 1);
        let found = below.or_else(|| fields.get_index(at.checked_sub(1)?));
        found.map(|(name, _)| name.clone())
    }

    pub(super) fn rename_here(&self, field: &str, to: &str) -> Change {
        let edits = edits::rename_field(self.pipeline, self.table, field, to);
        self.change(format!("Rename {field} to {to}"), edits).then_field(Some(to.to_owned()))
    }

    /// Gives a field another name, everywhere or here alone.
    pub(super) fn rename(&self, field: &str, to: &str) -> Command {
        let here = self.rename_here(field, to);
        let table = TableName::new(&self.pipeline.pipeline, Layer::Silver, self.table);
        rename(RenameTarget::Column { table, column: field.to_owned() }, to, here)
    }

    /// Why a field can't have this name; none when it can.
    pub(super) fn name_problem(&self, field: &str, name: &str) -> Option<String> {
        if name == field {
            return None;
        }
        if self.field(name).is_some() {
            return Some(format!("There is a field {name} already"));
        }
        touchstone_spec::check_name(name).err()
    }

    /// Moves a field up (-1) or down (1); none where it is at the end.
    pub(super) fn step(&self, field: &str, step: isize) -> Option<Change> {
        let fields = &self.silver()?.fields;
        let at = fields.get_index_of(field)?.checked_add_signed(step)?;
        let (other, _) = fields.get_index(at)?;
        let position =
            if step < 0 { Position::Before(other.clone()) } else { Position::After(other.clone()) };
        let up_or_down = if step < 0 { "up" } else { "down" };
        Some(
            self.change(format!("Move {field} {up_or_down}"), edits::move_field(self.table, field, position)),
        )
    }

    /// Moves a field to where another one stands; none where that changes nothing.
    pub(super) fn put(&self, field: &str, gap: usize) -> Option<Change> {
        let fields = &self.silver()?.fields;
        let at = fields.get_index_of(field)?;
        if gap == at || gap == at + 1 {
            return None;
        }
        let position = match fields.get_index(gap) {
            Some((other, _)) => Position::Before(other.clone()),
            None => Position::Last,
        };
        Some(self.change(format!("Move {field}"), edits::move_field(self.table, field, position)))
    }

    /// Changes what else a field has. `property` names what is typed, while it is.
    pub(super) fn set(
        &self,
        name: &str,
        label: &str,
        typed: Option<(&str, &str)>,
        change: impl FnOnce(&mut Field),
    ) -> Change {
        let before = self.field(name).cloned().unwrap_or_default();
        let mut after = before.clone();
        change(&mut after);
        let edits = edits::set_field(self.table, name, &before, &after);
        let made = self.change(label, edits);
        match typed {
            Some((property, text)) => made.typed(self.property_path(name, property), text),
            None => made,
        }
    }

    pub(super) fn property_path(&self, field: &str, property: &str) -> String {
        format!("silver.{}.fields.{field}.{property}", self.table)
    }

    /// Has a field be part of the table's key, or no longer.
    pub(super) fn set_in_key(&self, field: &str, is_in: bool) -> Change {
        let mut key = self.silver().map(|silver| silver.key.clone()).unwrap_or_default();
        key.retain(|one| one != field);
        if is_in {
            key.push(field.to_owned());
        }
        let label =
            if is_in { format!("Add {field} to the key") } else { format!("Take {field} out of the key") };
        self.change(label, edits::set_key(&self.path(), &key))
    }
}

/// A silver table made from a source, with a field for each of its columns.
pub(super) fn silver_of_source(file: &str, pipeline: &Pipeline, source: &str) -> Option<Change> {
    let columns = pipeline.sources.get(source)?.contract();
    let sources: Vec<SourceColumn> = columns.iter().map(map::source_column).collect();
    let fields = touchstone_compiler::propose_fields(&sources, []).into_iter().map(|proposed| {
        let field = Field { from: Some(proposed.source), required: proposed.required, ..Field::default() };
        (proposed.name, field)
    });
    let name = touchstone_spec::snake_case(source);
    let table = SilverTable {
        from: source.to_owned(),
        filter: None,
        fields: fields.collect(),
        key: Vec::new(),
        keep: touchstone_spec::Keep::default(),
        order_by: None,
        rules: None,
        on_failure: touchstone_spec::OnFailure::default(),
        partition_by: Vec::new(),
        description: None,
    };
    let change = Change::new(file, format!("Add silver.{name}"), edits::add_silver(&name, &table));
    Some(change.then_node(Node::Silver(name)))
}

#[cfg(test)]
mod tests {
    use touchstone_spec::{DataType, Document};

    use super::*;

    const TEXT: &str = "\
pipeline: trades
sources:
  trades:
    kind: file
    format: { csv: {} }
    contract:
      - { name: Trade ID, type: string, required: true }
      - { name: Px, type: string }
      - { name: isin, type: string }
silver:
  trades:
    from: trades
    key: [trade_id]
    order_by: trade_id
    fields:
      # names the trade
      trade_id: { from: Trade ID, required: true } # never null
      isin: { expr: upper(isin) }
      price: { type: \"decimal(18,2)\" }
";

    fn read(text: &str) -> Pipeline {
        let document = Document::read("trades.yaml", text.to_owned());
        document.pipeline.unwrap_or_else(|| panic!("{:?}", document.diagnostics))
    }

    fn after(text: &str, change: impl FnOnce(Target<'_>) -> Change) -> (String, Change) {
        let pipeline = read(text);
        let change = change(Target { file: "trades.yaml", pipeline: &pipeline, table: "trades" });
        (touchstone_spec::apply(text, &change.edits).unwrap(), change)
    }

    fn column(name: &str, values: &[&str]) -> SourceColumn {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        SourceColumn { values, ..SourceColumn::new(name, DataType::String) }
    }

    #[test]
    fn a_column_is_read_as_the_type_that_the_field_declares() {
        let (text, change) = after(TEXT, |target| target.map(&column("Px", &["1.50", "12.25"]), "price"));
        assert_eq!(change.label, "Map Px to price");
        assert!(text.contains("expr: \"cast(trim(Px) as decimal(18,2))\""), "{text}");
        let (text, _) = after(TEXT, |target| target.map(&column("Px", &[]), "trade_id"));
        assert!(text.contains("trade_id: { from: Px, required: true }"), "{text}");
        assert!(text.contains("# names the trade\n") && text.contains("# never null\n"), "{text}");
    }

    #[test]
    fn a_column_that_a_field_hides_is_named_as_the_source_s() {
        let (text, _) = after(TEXT, |target| target.map(&column("isin", &[]), "price"));
        assert!(text.contains("source.isin"), "{text}");
        let read = read(&text);
        assert!(read.silver["trades"].fields["price"].from.is_none());
    }

    #[test]
    fn what_is_typed_is_a_column_or_an_expression() {
        let field = |text: &str| read(text).silver["trades"].fields["trade_id"].clone();
        let (text, _) = after(TEXT, |target| target.made_from("trade_id", " Px "));
        assert_eq!((field(&text).from.as_deref(), field(&text).expr), (Some("Px"), None));
        let (text, _) = after(&text, |target| target.made_from("trade_id", "\"Trade ID\""));
        assert_eq!(field(&text).from.as_deref(), Some("Trade ID"));
        let (text, _) = after(&text, |target| target.made_from("trade_id", "Px || 'a'"));
        assert_eq!((field(&text).from, field(&text).expr.as_deref()), (None, Some("Px || 'a'")));
        let (text, _) = after(&text, |target| target.made_from("trade_id", ""));
        assert_eq!((field(&text).from, field(&text).expr), (None, None));
        assert!(text.contains("# never null"), "{text}");
    }

    #[test]
    fn a_field_that_goes_leaves_the_key_too() {
        let (text, change) = after(TEXT, |target| target.remove("trade_id"));
        let silver = &read(&text).silver["trades"];
        assert!(silver.key.is_empty() && silver.order_by.is_none(), "{text}");
        assert_eq!(change.field, Some(Some("isin".to_owned())));
        let (text, _) = after(TEXT, |target| target.rename_here("trade_id", "id"));
        let silver = &read(&text).silver["trades"];
        assert_eq!((silver.key.as_slice(), silver.order_by.as_deref()), (&["id".to_owned()][..], Some("id")));
        assert!(text.contains("# never null"), "{text}");
    }

    #[test]
    fn fields_are_moved_one_by_one_or_into_a_gap() {
        let names = |text: &str| read(text).silver["trades"].fields.keys().cloned().collect::<Vec<_>>();
        let (text, _) = after(TEXT, |target| target.step("price", -1).unwrap());
        assert_eq!(names(&text), ["trade_id", "price", "isin"]);
        let (text, _) = after(&text, |target| target.put("trade_id", 3).unwrap());
        assert_eq!(names(&text), ["price", "isin", "trade_id"]);
        assert!(text.contains("# names the trade\n"), "{text}");
        let pipeline = read(&text);
        let target = Target { file: "trades.yaml", pipeline: &pipeline, table: "trades" };
        assert!(target.put("isin", 1).is_none() && target.put("isin", 2).is_none());
        assert!(target.step("price", -1).is_none() && target.step("trade_id", 1).is_none());
    }

    #[test]
    fn a_name_must_be_free_and_well_formed() {
        let pipeline = read(TEXT);
        let target = Target { file: "trades.yaml", pipeline: &pipeline, table: "trades" };
        assert!(target.name_problem("isin", "price").unwrap().contains("already"));
        assert!(
            target.name_problem("isin", "ISIN").is_some() && target.name_problem("isin", "isin").is_none()
        );
        assert_eq!(target.add_empty(Some("isin")).field, Some(Some("field".to_owned())));
    }

    #[test]
    fn a_source_becomes_a_table_with_all_its_columns() {
        let pipeline = read(TEXT);
        let change = silver_of_source("trades.yaml", &pipeline, "trades").unwrap();
        let text = TEXT.split("silver:").next().unwrap();
        let text = touchstone_spec::apply(text, &change.edits).unwrap();
        let silver = &read(&text).silver["trades"];
        assert_eq!(silver.fields.keys().collect::<Vec<_>>(), ["trade_id", "px", "isin"]);
        assert!(silver.fields["trade_id"].required);
    }
}
