//! Both lists of the designer as they are shown: what is found, in order, and where it stands.

use std::collections::BTreeMap;

use super::super::map::Made;
use super::super::silver::Table;

/// A row at the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    Field(usize),
    /// A proposed field.
    Proposed(usize),
    /// Where a new field is dropped.
    New,
}

/// Both lists, as they are shown.
pub(super) struct Sides {
    /// Places of the columns, in order.
    pub(super) columns: Vec<usize>,
    /// Positions by place.
    pub(super) column_at: BTreeMap<usize, usize>,
    pub(super) items: Vec<Item>,
    pub(super) field_at: BTreeMap<usize, usize>,
    pub(super) proposed_at: BTreeMap<usize, usize>,
}

impl Sides {
    pub(super) fn new(table: &Table<'_>) -> Self {
        let (map, view) = (table.map, table.view);
        let holds = |text: &str, find: &str| {
            find.trim().is_empty() || text.to_lowercase().contains(&find.trim().to_lowercase())
        };
        let columns = map.columns.iter().enumerate().filter(|(_, column)| {
            holds(&column.name, &view.find_columns) && (!view.only_unmapped || !column.is_used)
        });
        let columns: Vec<usize> = columns.map(|(place, _)| place).collect();
        let fields = map.fields.iter().enumerate().filter(|(_, field)| {
            holds(&field.name, &view.find_fields) && (!view.only_unmapped || field.made == Made::Nothing)
        });
        let mut items: Vec<Item> = fields.map(|(place, _)| Item::Field(place)).collect();
        let proposed = table.open.fields.iter().enumerate();
        let proposed = proposed.filter(|(_, one)| holds(&one.name, &view.find_fields));
        items.extend(proposed.map(|(place, _)| Item::Proposed(place)));
        items.push(Item::New);
        let column_at = columns.iter().enumerate().map(|(position, place)| (*place, position)).collect();
        let (mut field_at, mut proposed_at) = (BTreeMap::new(), BTreeMap::new());
        for (position, item) in items.iter().enumerate() {
            match item {
                Item::Field(place) => _ = field_at.insert(*place, position),
                Item::Proposed(place) => _ = proposed_at.insert(*place, position),
                Item::New => {}
            }
        }
        Self { columns, column_at, items, field_at, proposed_at }
    }

    /// The uppermost field in the list.
    pub(super) fn first_field(&self) -> Option<usize> {
        self.items.iter().find_map(|item| match item {
            Item::Field(place) => Some(*place),
            _ => None,
        })
    }
}
