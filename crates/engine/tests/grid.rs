//! The grid shows what is there: pages, orders, filters and searches equal a naive implementation over the file.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use std::{
    fmt::Write,
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use proptest::prelude::*;
use tempfile::TempDir;
use touchstone_engine::{
    BadCell, CellCounts, CellPlace, ErrorKind, Filter, Grid, GridFile, GridHit, GridMemory, GridQuery,
    GridView, Sort, Test, TextLengths, ValueCount, grid_unwatched,
};
use touchstone_spec::{ContractField, CsvFormat, DataType};

struct Sample {
    folder: TempDir,
    format: CsvFormat,
    types: Vec<ContractField>,
    memory: GridMemory,
}

impl Sample {
    fn new(text: &str, types: Vec<ContractField>) -> Self {
        let sample = Self {
            folder: tempfile::tempdir().unwrap(),
            format: CsvFormat { null_values: vec!["N/A".to_owned()], ..CsvFormat::default() },
            types,
            memory: GridMemory::default(),
        };
        sample.write(text);
        sample
    }

    fn write(&self, text: &str) {
        fs::write(self.path(), text).unwrap();
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("sample.csv")
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    fn cached(&self) -> Vec<String> {
        let entries = fs::read_dir(self.cache())
            .map(|entries| entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect());
        entries.unwrap_or_default()
    }

    fn file<'a>(&'a self, path: &'a Path) -> GridFile<'a> {
        GridFile { path, format: &self.format, types: &self.types, first: None }
    }

    fn grid(&self) -> Grid {
        Grid::of_csv(&self.file(&self.path()), &self.cache(), &self.memory, &grid_unwatched).unwrap()
    }
}

fn field(name: &str, data_type: DataType) -> ContractField {
    ContractField::new(name, data_type)
}

fn filter(column: usize, test: Test) -> Filter {
    Filter { column, test }
}

fn view(grid: &Grid, query: &GridQuery) -> GridView {
    grid.view(query, &grid_unwatched).unwrap()
}

fn filtered(grid: &Grid, column: usize, test: Test) -> Vec<u32> {
    let query = GridQuery { filters: vec![filter(column, test)], ..GridQuery::default() };
    rows_of(&view(grid, &query))
}

fn rows_of(view: &GridView) -> Vec<u32> {
    (0..view.len()).map(|position| view.row(position).unwrap()).collect()
}

/// All rows of a view, fetched in pages.
fn pages(grid: &Grid, view: &GridView, size: u64) -> Vec<Vec<Option<String>>> {
    let mut rows = Vec::new();
    while (rows.len() as u64) < view.len() {
        let page = grid.page(view, rows.len() as u64, size, None).unwrap();
        assert_eq!(page.total, view.len());
        assert!(!page.rows.is_empty());
        rows.extend(page.rows);
    }
    rows
}

/// A field as a CSV file has it: quoted where it must be, and where it is empty but there.
fn written(cell: Option<&str>) -> String {
    match cell {
        None => String::new(),
        Some(text) if text.is_empty() || text.contains([',', '"', '\n', '\r']) => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Some(text) => text.to_owned(),
    }
}

fn text_of(rows: &[Vec<Option<String>>]) -> String {
    let mut text = "name,number,day\n".to_owned();
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| written(cell.as_deref())).collect();
        text += &cells.join(",");
        text.push('\n');
    }
    text
}

fn types() -> Vec<ContractField> {
    let mut day = field("day", DataType::Date);
    day.format = Some("dd/MM/yyyy".to_owned());
    vec![field("name", DataType::String), field("number", DataType::Int), day]
}

/// What a naive reader takes a cell for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Naive {
    Value(i64, String),
    Bad,
    Null,
}

fn naive(column: usize, cell: Option<&str>) -> Naive {
    let Some(text) = cell.filter(|text| *text != "N/A") else { return Naive::Null };
    match column {
        0 => Naive::Value(0, text.to_owned()),
        _ if text.is_empty() => Naive::Null,
        1 => text.parse::<i32>().map_or(Naive::Bad, |number| Naive::Value(number.into(), String::new())),
        _ => {
            let parts: Vec<&str> = text.split('/').collect();
            let [day, month, year] = parts[..] else { return Naive::Bad };
            let lengths = [day.len(), month.len(), year.len()] == [2, 2, 4];
            let numbers = [day, month, year].map(str::parse::<i64>);
            let [Ok(day), Ok(month), Ok(year)] = numbers else { return Naive::Bad };
            if lengths && (1..=12).contains(&month) && (1..=28).contains(&day) {
                Naive::Value(year * 10_000 + month * 100 + day, String::new())
            } else {
                Naive::Bad
            }
        }
    }
}

fn passes(test: &Test, column: usize, cell: Option<&str>) -> bool {
    let value = naive(column, cell);
    let lower = cell.map(str::to_lowercase);
    let same = |wanted: &str| {
        cell == Some(wanted) || matches!(&value, Naive::Value(..)) && value == naive(column, Some(wanted))
    };
    let is_value = matches!(value, Naive::Value(..));
    match test {
        Test::Is { value } => same(value),
        Test::IsNot { value } => !same(value),
        Test::OneOf { values } => values.iter().any(|value| same(value)),
        Test::Contains { value } => lower.is_some_and(|text| text.contains(&value.to_lowercase())),
        Test::StartsWith { value } => lower.is_some_and(|text| text.starts_with(&value.to_lowercase())),
        Test::Matches { value } => cell.is_some_and(|text| regex::Regex::new(value).unwrap().is_match(text)),
        Test::Less { value: than } => is_value && value < naive(column, Some(than)),
        Test::Greater { value: than } => is_value && value > naive(column, Some(than)),
        Test::AtLeast { value: least } => is_value && value >= naive(column, Some(least)),
        Test::AtMost { value: greatest } => is_value && value <= naive(column, Some(greatest)),
        Test::Between { from, to } => {
            is_value && value >= naive(column, Some(from)) && value <= naive(column, Some(to))
        }
        Test::IsNull => value == Naive::Null,
        Test::IsNotNull => value != Naive::Null,
        // Where they are values: in a column of texts.
        Test::IsEmpty => column == 0 && cell == Some(""),
        Test::IsBlank => column == 0 && cell.is_some_and(|text| !text.is_empty() && text.trim().is_empty()),
        Test::IsBad => value == Naive::Bad,
    }
}

fn naive_view(rows: &[Vec<Option<String>>], query: &GridQuery) -> Vec<u32> {
    let cell = |row: usize, column: usize| rows[row][column].as_deref();
    let mut kept: Vec<usize> = (0..rows.len())
        .filter(|row| {
            query.filters.iter().all(|filter| passes(&filter.test, filter.column, cell(*row, filter.column)))
                && query.find.as_ref().is_none_or(|find| {
                    let find = find.to_lowercase();
                    (0..3).any(|column| {
                        cell(*row, column).is_some_and(|text| text.to_lowercase().contains(&find))
                    })
                })
        })
        .collect();
    kept.sort_by(|one, other| {
        let compared = query.sort.iter().map(|sort| {
            let (one, other) =
                (naive(sort.column, cell(*one, sort.column)), naive(sort.column, cell(*other, sort.column)));
            let values = matches!((&one, &other), (Naive::Value(..), Naive::Value(..)));
            if sort.descending && values { other.cmp(&one) } else { one.cmp(&other) }
        });
        compared.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    kept.into_iter().map(|row| u32::try_from(row).unwrap()).collect()
}

fn a_cell(column: usize) -> BoxedStrategy<Option<String>> {
    let value = match column {
        0 => prop_oneof![
            "[a-cA-CäÄ ,\"\n]{0,4}".prop_map(|text| text.replace('\r', "")),
            Just("N/A".to_owned()),
            Just("  ".to_owned()),
        ]
        .boxed(),
        1 => prop_oneof![
            (-20..20_i32).prop_map(|number| number.to_string()),
            Just("3000000000".to_owned()),
            Just("x".to_owned()),
            Just(String::new()),
            Just("N/A".to_owned()),
        ]
        .boxed(),
        _ => prop_oneof![
            (1..30_u32, 1..14_u32, 2020..2023_u32)
                .prop_map(|(day, month, year)| format!("{:02}/{month:02}/{year}", day.min(28))),
            Just("2021-01-01".to_owned()),
            Just("N/A".to_owned()),
        ]
        .boxed(),
    };
    prop_oneof![5 => value.prop_map(Some), 1 => Just(None)].boxed()
}

fn a_test(column: usize) -> BoxedStrategy<Test> {
    let text = || "[a-cA-CäÄ0-9/]{0,2}";
    let value = move || match column {
        0 => "[a-cÄ]{0,2}".boxed(),
        1 => (-20..20_i32).prop_map(|number| number.to_string()).boxed(),
        _ => (1..28_u32, 1..13_u32).prop_map(|(day, month)| format!("{day:02}/{month:02}/2021")).boxed(),
    };
    prop_oneof![
        value().prop_map(|value| Test::Is { value }),
        value().prop_map(|value| Test::IsNot { value }),
        prop::collection::vec(value(), 0..4).prop_map(|values| Test::OneOf { values }),
        text().prop_map(|value| Test::Contains { value }),
        text().prop_map(|value| Test::StartsWith { value }),
        text().prop_map(|value| Test::Matches { value: format!("^{value}") }),
        value().prop_map(|value| Test::Less { value }),
        value().prop_map(|value| Test::Greater { value }),
        value().prop_map(|value| Test::AtLeast { value }),
        value().prop_map(|value| Test::AtMost { value }),
        (value(), value()).prop_map(|(from, to)| Test::Between { from, to }),
        Just(Test::IsNull),
        Just(Test::IsNotNull),
        Just(Test::IsEmpty),
        Just(Test::IsBlank),
        Just(Test::IsBad),
    ]
    .boxed()
}

/// The reader takes a line of blanks for no record, and one with three missing fields is `,,`, which is one.
fn a_row() -> impl Strategy<Value = Vec<Option<String>>> {
    (a_cell(0), a_cell(1), a_cell(2)).prop_map(|(name, number, day)| vec![name, number, day])
}

fn a_query() -> impl Strategy<Value = GridQuery> {
    let sort = (0..3_usize, any::<bool>()).prop_map(|(column, descending)| Sort { column, descending });
    let filter =
        (0..3_usize).prop_flat_map(|column| a_test(column).prop_map(move |test| Filter { column, test }));
    (
        prop::collection::vec(sort, 0..3),
        prop::collection::vec(filter, 0..3),
        prop::option::weighted(0.3, "[a-cÄ1/]{1,2}"),
    )
        .prop_map(|(sort, filters, find)| GridQuery { sort, filters, find })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pages_orders_filters_and_searches_equal_a_naive_implementation(
        rows in prop::collection::vec(a_row(), 0..40),
        queries in prop::collection::vec(a_query(), 1..6),
        size in 1..17_u64,
        text in "[a-cÄ1]{1,2}",
    ) {
        let sample = Sample::new(&text_of(&rows), types());
        let grid = sample.grid();
        prop_assert_eq!(grid.file_note().unwrap().rejected, 0);
        prop_assert_eq!(&pages(&grid, &grid.all(), size), &rows);
        for query in queries {
            let expected = naive_view(&rows, &query);
            let view = view(&grid, &query);
            prop_assert_eq!(&rows_of(&view), &expected, "{:?}", query);
            let shown: Vec<_> = expected.iter().map(|row| rows[*row as usize].clone()).collect();
            prop_assert_eq!(&pages(&grid, &view, size), &shown);
            // Jumping from hit to hit meets every cell with the text, in both directions.
            let lower = text.to_lowercase();
            let hits: Vec<GridHit> = shown
                .iter()
                .enumerate()
                .flat_map(|(position, row)| row.iter().enumerate().map(move |cell| (position as u64, cell)))
                .filter(|(_, (_, cell))| cell.as_ref().is_some_and(|cell| cell.to_lowercase().contains(&lower)))
                .map(|(position, (column, _))| GridHit { position, column })
                .collect();
            for forward in [true, false] {
                let (mut met, mut at) = (Vec::new(), None);
                while let Some(hit) = grid.find(&view, &text, at, forward, &grid_unwatched).unwrap() {
                    met.push(hit);
                    at = Some(hit);
                }
                if !forward {
                    met.reverse();
                }
                prop_assert_eq!(&met, &hits);
            }
            let mut rows_hit: Vec<u64> = hits.iter().map(|hit| hit.position).collect();
            rows_hit.dedup();
            prop_assert_eq!(grid.count(&view, &text, &grid_unwatched).unwrap(), rows_hit.len() as u64);
        }
    }
}

#[test]
fn a_long_file_is_whole_across_blocks_and_row_groups() {
    const ROWS: u32 = 150_000;
    let mut text = "id,group,amount\n".to_owned();
    for row in 0..ROWS {
        writeln!(text, "{row},g{},{}.{:02}", row % 7, (row * 7_919) % 100_003, row % 100).unwrap();
    }
    let amount = field("amount", DataType::Decimal { precision: 18, scale: 2 });
    let sample = Sample::new(&text, vec![field("id", DataType::Long), amount]);
    let grid = sample.grid();
    assert_eq!(grid.len(), u64::from(ROWS));
    // Pages that cross blocks (4,096 rows) and row groups (65,536 rows), and the last one.
    for first in [0_u32, 4_000, 8_190, 65_500, 131_000, ROWS - 60] {
        let page = grid.page(&grid.all(), first.into(), 100, Some(&[0])).unwrap();
        let expected: Vec<_> =
            (first..ROWS.min(first + 100)).map(|row| vec![Some(row.to_string())]).collect();
        assert_eq!(page.rows, expected);
        assert_eq!(page.records[0].record, u64::from(first) + 1);
        assert_eq!(page.records[0].line, u64::from(first) + 2);
        let start = usize::try_from(page.records[0].byte).unwrap();
        assert!(text[start..].starts_with(&format!("{first},")));
    }
    let by_amount = GridQuery {
        sort: vec![Sort { column: 1, descending: false }, Sort { column: 2, descending: true }],
        filters: vec![filter(2, Test::Greater { value: "50000".to_owned() })],
        find: None,
    };
    let ordered = view(&grid, &by_amount);
    let cents = |row: u32| u64::from((row * 7_919) % 100_003) * 100 + u64::from(row % 100);
    let mut expected: Vec<u32> = (0..ROWS).filter(|row| cents(*row) > 5_000_000).collect();
    expected.sort_by_key(|row| (row % 7, std::cmp::Reverse(cents(*row))));
    assert_eq!(rows_of(&ordered), expected);
    let page = grid.page(&ordered, 20_000, 300, Some(&[0])).unwrap();
    let shown: Vec<u32> = page.rows.iter().map(|row| row[0].as_ref().unwrap().parse().unwrap()).collect();
    assert_eq!(shown, expected[20_000..20_300]);
    assert_eq!(page.row_ids, shown);
    assert_eq!(ordered.position(expected[777]), Some(777));

    let hit = grid.find(&grid.all(), "140000,", None, true, &grid_unwatched).unwrap();
    assert_eq!(hit, None, "a text doesn't reach over two cells");
    let hit = grid.find(&grid.all(), "149999", None, false, &grid_unwatched).unwrap();
    assert_eq!(hit, Some(GridHit { position: 149_999, column: 0 }));
}

#[test]
fn nulls_empties_blanks_and_bad_cells_are_told_apart() {
    let text = "name,number,day\na,1,01/02/2021\n,,\n\"\",\"\",\n\"  \",  ,\nN/A,N/A,N/A\nä,x,31/02/2021\n";
    let mut types = types();
    types[2].required = true;
    let sample = Sample::new(text, types);
    let grid = sample.grid();
    for (column, test, expected) in [
        (0, Test::IsNull, vec![1, 4]),
        (0, Test::IsNotNull, vec![0, 2, 3, 5]),
        (0, Test::IsEmpty, vec![2]),
        (0, Test::IsBlank, vec![3]),
        (0, Test::IsBad, vec![]),
        // An empty text is no number but no value either.
        (1, Test::IsNull, vec![1, 2, 4]),
        (1, Test::IsEmpty, vec![]),
        (1, Test::IsBlank, vec![]),
        // Blanks aren't a number unless the format trims.
        (1, Test::IsBad, vec![3, 5]),
        (2, Test::IsBad, vec![1, 2, 3, 4, 5]),
    ] {
        assert_eq!(filtered(&grid, column, test.clone()), expected, "{column} {test:?}");
    }
    let page = grid.page(&grid.all(), 1, 9, None).unwrap();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(page.rows[0], [None, None, None]);
    assert_eq!(page.rows[1], [text(""), text(""), None]);
    assert_eq!(page.rows[2], [text("  "), text("  "), None]);
    let mut places: Vec<CellPlace> = (0..3).map(|column| CellPlace { row: 3, column }).collect();
    places.insert(1, CellPlace { row: 1, column: 1 });
    assert_eq!(page.null_markers, places);
    let bad =
        |row, column, reason: &str| BadCell { place: CellPlace { row, column }, reason: reason.to_owned() };
    let missing = "there is no value, and the contract requires one";
    assert!(page.bad.contains(&bad(0, 2, missing)) && page.bad.contains(&bad(3, 2, missing)));
    assert!(page.bad.contains(&bad(4, 1, "`x` is not a whole number of 32 bits (int)")));
    assert!(page.bad.contains(&bad(
        4,
        2,
        "`31/02/2021` is not a date of the form dd/MM/yyyy: February 2021 has 28 days"
    )));
}

#[test]
fn quoted_line_breaks_are_text_and_ragged_records_are_counted() {
    let sample = Sample::new("name,number,day\n\"two\nlines\",1,\nshort,2\nlong,3,4,5\nlast,6,\n", types());
    let grid = sample.grid();
    let note = grid.file_note().unwrap();
    assert_eq!((note.loaded, note.rejected, note.complete), (2, 2, true));
    assert_eq!(
        note.rejects.iter().map(|reject| reject.raw.as_str()).collect::<Vec<_>>(),
        ["short,2", "long,3,4,5"]
    );
    let page = grid.page(&grid.all(), 0, 10, Some(&[1, 0])).unwrap();
    assert_eq!(page.rows[0], [Some("1".to_owned()), Some("two\nlines".to_owned())]);
    let places: Vec<(u64, u64)> = page.records.iter().map(|place| (place.record, place.line)).collect();
    assert_eq!(places, [(1, 2), (4, 6)]);
}

#[test]
fn a_changed_file_is_read_again_and_the_old_copy_goes() {
    let sample = Sample::new("name,number,day\na,1,\n", types());
    assert_eq!(sample.grid().len(), 1);
    let first = sample.cached();
    assert_eq!(first.len(), 1);
    assert_eq!(sample.grid().len(), 1);
    assert_eq!(sample.cached(), first, "an unchanged file isn't read again");
    // Of the same length, and perhaps within one tick of the clock.
    sample.write("name,number,day\nb,2,\n");
    let grid = sample.grid();
    assert_eq!(grid.cell(0, 0).unwrap().as_deref(), Some("b"));
    let second = sample.cached();
    assert!(second.len() == 1 && second != first, "{second:?}");
    // Types need no reading; another dialect does.
    let retyped = grid.with_types(&sample.format, &[field("name", DataType::Int)]);
    assert_eq!(retyped.page(&retyped.all(), 0, 1, None).unwrap().bad.len(), 1);
    assert_eq!(sample.cached(), second);
    let semicolons = CsvFormat { delimiter: ';', ..sample.format.clone() };
    let path = sample.path();
    let file = GridFile { format: &semicolons, ..sample.file(&path) };
    let other = Grid::of_csv(&file, &sample.cache(), &sample.memory, &grid_unwatched).unwrap();
    assert_eq!(other.columns().len(), 1);
    assert_eq!(sample.cached().len(), 2);
}

#[test]
fn a_damaged_copy_is_made_again() {
    let sample = Sample::new("name,number,day\na,1,\n", types());
    drop(sample.grid());
    let stored = sample.cache().join(&sample.cached()[0]);
    fs::write(&stored, "PAR1").unwrap();
    assert_eq!(sample.grid().cell(0, 0).unwrap().as_deref(), Some("a"));
}

#[test]
fn cancelling_leaves_no_file_and_no_view() {
    let mut text = "name,number,day\n".to_owned();
    for row in 0..40_000 {
        writeln!(text, "n{row},{row},").unwrap();
    }
    let sample = Sample::new(&text, types());
    let stop = |_| ControlFlow::Break(());
    let path = sample.path();
    let stopped = Grid::of_csv(&sample.file(&path), &sample.cache(), &sample.memory, &stop);
    assert_eq!(stopped.unwrap_err().kind, ErrorKind::Cancelled);
    assert!(sample.cached().is_empty());
    let grid = sample.grid();
    let sort = GridQuery { sort: vec![Sort { column: 0, descending: false }], ..GridQuery::default() };
    assert_eq!(grid.view(&sort, &stop).unwrap_err().kind, ErrorKind::Cancelled);
    assert_eq!(view(&grid, &sort).len(), 40_000);
}

#[test]
fn a_first_look_holds_the_first_records() {
    let sample = Sample::new("name,number,day\na,1,\nb\nc,3,\nd,4,\n", types());
    let path = sample.path();
    let file = GridFile { first: Some(3), ..sample.file(&path) };
    let grid = Grid::of_csv(&file, &sample.cache(), &sample.memory, &grid_unwatched).unwrap();
    let note = grid.file_note().unwrap();
    assert_eq!((note.loaded, note.rejected, note.complete), (2, 1, false));
    assert_eq!(sample.grid().len(), 3, "the whole is another copy");
}

#[test]
fn what_cannot_be_asked_is_answered_with_the_reason() {
    let mut types = types();
    types[1].format = Some("dd".to_owned());
    types[2].format = Some("qq".to_owned());
    let sample = Sample::new("name,number,day\na,1,x\n", types);
    let grid = sample.grid();
    let about: Vec<_> = grid.columns().cloned().collect();
    assert!(about[2].problem.as_ref().is_some_and(|problem| problem.contains("qq")), "{about:?}");
    assert_eq!(about[2].data_type, DataType::String, "it is read as text");
    let ask = |column, test| {
        let query = GridQuery { filters: vec![filter(column, test)], ..GridQuery::default() };
        grid.view(&query, &grid_unwatched).unwrap_err()
    };
    let error = ask(1, Test::Less { value: "ten".to_owned() });
    assert_eq!(error.place, "filter on `number`");
    assert!(error.reason.contains("`ten` is not a whole number"), "{error}");
    let error = ask(0, Test::Matches { value: "(".to_owned() });
    assert!(error.reason.contains("unclosed group"), "{error}");
    assert!(ask(9, Test::IsNull).reason.contains("no column 10"));
    let missing = Grid::of_csv(
        &sample.file(Path::new("nowhere.csv")),
        &sample.cache(),
        &sample.memory,
        &grid_unwatched,
    );
    assert_eq!(missing.unwrap_err().place, "nowhere.csv");
}

#[test]
fn long_texts_are_cut_and_can_be_had_whole() {
    let long = "ä".repeat(5_000);
    let sample = Sample::new(&format!("name,number,day\n{long},1,\n"), types());
    let grid = sample.grid();
    let page = grid.page(&grid.all(), 0, 1, None).unwrap();
    assert_eq!(page.cut, [CellPlace { row: 0, column: 0 }]);
    assert_eq!(page.rows[0][0].as_ref().unwrap().chars().count(), 2_000);
    assert_eq!(grid.cell(0, 0).unwrap(), Some(long));
}

#[tokio::test]
async fn tables_of_every_snapshot_are_shown_as_they_were() {
    let pipeline = "pipeline: p\nsources:\n  s:\n    kind: file\n    format: { csv: {} }\n    sample: s.csv\n    contract:\n      - { name: id, type: string, required: true }\n      - { name: price, type: \"decimal(10,2)\" }\n      - { name: day, type: date }\n      - { name: at, type: timestamp }\n      - { name: ok, type: boolean }\nsilver:\n  t:\n    from: s\n    key: [id]\n    fields:\n      id: { from: id }\n      price: { from: price }\n      day: { from: day }\n      at: { from: at }\n      ok: { from: ok }\n";
    let first = "id,price,day,at,ok\na,10.50,2021-01-02,2021-01-02T03:04:05,true\nb,9.00,,,false\nc,,2020-01-02,,\nd,x,,,\n";
    let workspace = support::Workspace::new(&[("s.csv", first)], &[pipeline]);
    workspace.run().await;
    workspace.write("s.csv", "id,price,day,at,ok\nz,1.00,,,\n");
    workspace.run().await;
    let warehouse = workspace.warehouse().await;
    let name = support::name("p.silver.t");
    let memory = GridMemory::default();
    let open = async |snapshot| Grid::of_table(&warehouse, &name, snapshot, &memory).await;
    let now = open(None).await.unwrap();
    assert_eq!(now.len(), 1);
    let snapshots = warehouse.snapshots(&name).await.unwrap();
    let before = open(Some(snapshots.last().unwrap().id.parse().unwrap())).await.unwrap();
    let query = GridQuery { sort: vec![Sort { column: 1, descending: false }], ..GridQuery::default() };
    let rows = pages(&before, &view(&before, &query), 2);
    let shown: Vec<String> = rows
        .iter()
        .map(|row| row.iter().map(|cell| cell.as_deref().unwrap_or("∅")).collect::<Vec<_>>().join("|"))
        .collect();
    assert_eq!(
        shown,
        ["b|9.00|∅|∅|false", "a|10.50|2021-01-02|2021-01-02 03:04:05|true", "c|∅|2020-01-02|∅|∅"]
    );
    assert_eq!(filtered(&before, 1, Test::Is { value: "9".to_owned() }), [1]);
    assert_eq!(filtered(&before, 2, Test::Less { value: "2021-01-01".to_owned() }), [2]);
    assert_eq!(filtered(&before, 4, Test::IsNull), [2]);
    let quarantine = Grid::of_table(&warehouse, &support::name("p.silver.t_quarantine"), None, &memory).await;
    assert!(quarantine.unwrap().is_empty(), "the second run had nothing to put there");
    assert_eq!(open(Some(1)).await.unwrap_err().kind, ErrorKind::Missing);
}

fn counted(values: &[ValueCount]) -> Vec<(&str, u64)> {
    values.iter().map(|value| (value.text.as_str(), value.count)).collect()
}

#[test]
fn blanks_that_the_format_drops_tell_no_values_apart() {
    let mut sample = Sample::new("name\n B03\nB03\nB03  \nA1\n", vec![field("name", DataType::String)]);
    let profile = |sample: &Sample| {
        let grid = sample.grid();
        let profile = grid.profile(&grid.all(), 0, &grid_unwatched).unwrap();
        let values: Vec<_> = profile.top_values.into_iter().map(|one| (one.text, one.count)).collect();
        (profile.distinct, profile.min, values)
    };
    assert_eq!(profile(&sample).0, 4, "as they are written");
    sample.format.trim = true;
    let (distinct, least, values) = profile(&sample);
    assert_eq!((distinct, least.as_deref()), (2, Some("A1")));
    assert_eq!(values, [("B03".to_owned(), 3), ("A1".to_owned(), 1)]);
}

#[test]
fn a_profile_says_what_is_in_a_column() {
    let mut text = "name,number,day\n".to_owned();
    for row in 0..100_000 {
        writeln!(text, "N{},{},{:02}/{:02}/2021", row % 3, row % 1_000, row % 28 + 1, row % 12 + 1).unwrap();
    }
    text += "\"\",\"\",\n,,\nN/A,N/A,\n\" \",x,\nNx,twelve,31/02/2021\n";
    let sample = Sample::new(&text, types());
    let grid = sample.grid();
    let profile = |column| grid.profile(&grid.all(), column, &grid_unwatched).unwrap();
    let name = profile(0);
    let counts =
        CellCounts { rows: 100_005, nulls: 1, null_markers: 1, empties: 1, blanks: 1, bad: 0, misread: 0 };
    assert_eq!((name.counts, name.exact, name.distinct), (counts, true, 4));
    assert_eq!(counted(&name.top_values), [("N0", 33_334), ("N1", 33_333), ("N2", 33_333), ("Nx", 1)]);
    assert_eq!(counted(&name.shapes), [("A9", 100_000), ("Aa", 1)]);
    assert_eq!((name.distinct, name.distinct_shapes), (4, 2));
    assert_eq!((name.min.as_deref(), name.max.as_deref()), (Some("N0"), Some("Nx")));
    assert_eq!(name.lengths, Some(TextLengths { min: 2, max: 2, mean: 2.0 }));
    assert!(name.histogram.is_empty() && name.mean.is_none());

    let number = profile(1);
    assert_eq!((number.counts.bad, number.counts.null_markers, number.distinct), (2, 2, 1_002));
    let CellCounts { rows, nulls, null_markers, empties, blanks, misread, .. } = number.counts;
    assert_eq!(
        rows,
        100_000 + nulls + null_markers + empties + blanks + misread,
        "every row is counted once"
    );
    assert_eq!((number.min.as_deref(), number.max.as_deref()), (Some("0"), Some("999")));
    assert_eq!(number.mean, Some(499.5));
    assert_eq!(number.histogram.len(), 20);
    assert!(number.histogram.iter().all(|bin| bin.count == 5_000), "{:?}", number.histogram);
    assert_eq!(number.top_values.len(), 50);
    let bad: Vec<_> = number.bad_values.iter().map(|bad| (bad.row, bad.text.as_deref())).collect();
    assert_eq!(bad, [(100_003, Some("x")), (100_004, Some("twelve"))]);

    let day = profile(2);
    assert_eq!((day.min.as_deref(), day.max.as_deref()), (Some("01/01/2021"), Some("28/12/2021")));
    assert_eq!(day.histogram.iter().map(|bin| bin.count).sum::<u64>(), 100_000);
    assert!(day.bad_values[0].reason.contains("February 2021 has 28 days"));

    // Every bar shows as many rows as it counts.
    for (column, profile) in [(1, &number), (2, &day)] {
        for bin in profile.histogram.iter().step_by(9) {
            let filters = vec![
                filter(column, Test::AtLeast { value: bin.from.clone() }),
                filter(column, Test::Less { value: bin.to.clone() }),
            ];
            let query = GridQuery { filters, ..GridQuery::default() };
            assert_eq!(view(&grid, &query).len(), bin.count, "{bin:?}");
        }
    }

    // Of a view, only its rows count.
    let query = GridQuery {
        filters: vec![filter(0, Test::Is { value: "N1".to_owned() })],
        sort: vec![Sort { column: 1, descending: true }],
        find: None,
    };
    let some = view(&grid, &query);
    let name = grid.profile(&some, 0, &grid_unwatched).unwrap();
    assert_eq!(counted(&name.top_values), [("N1", 33_333)]);
    assert_eq!(name.counts.rows, 33_333);

    let summary = grid.summary(&grid.all(), false, &grid_unwatched).unwrap();
    assert_eq!(summary[0].counts, counts);
    assert_eq!(counted(&summary[0].top_values)[..2], [("N0", 33_334), ("N1", 33_333)]);
    assert!(summary[0].histogram.is_empty() && summary[1].top_values.is_empty());
    assert_eq!(summary[1].histogram, number.histogram, "a header shows what the panel shows");
    let quick = grid.summary(&grid.all(), true, &grid_unwatched).unwrap();
    assert!(!quick[1].exact && quick[1].counts.rows <= 65_536 && quick[1].counts.rows > 50_000);
}
