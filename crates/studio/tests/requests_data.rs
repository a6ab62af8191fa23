//! Requests about data, over the sample workspace: files, samples and tables in a grid.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::fmt::Write as _;

use support::Desk;
use touchstone_protocol::{
    ColumnProfile, DataQuery, DataRef, ErrorCode, Filter, FilterTest, Find, JobResult, JobState, OpenFile,
    Profile, Record, Rows, SortBy, StartProfile,
};
use touchstone_spec::{ContractField, CsvFormat, DataType, Layer, TableName};

fn trades() -> DataRef {
    DataRef::Sample { pipeline: "trades".to_owned(), source: "trades".to_owned() }
}

fn rows(data: DataRef, query: DataQuery, offset: u64, limit: u64) -> Rows {
    Rows { data, query, offset, limit }
}

fn only(column: &str, test: FilterTest) -> DataQuery {
    DataQuery { filters: vec![Filter { column: column.to_owned(), test }], ..DataQuery::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_is_paged_sorted_filtered_and_searched_with_the_types_of_its_contract() {
    let desk = Desk::with_samples().await;
    let all = desk.ask(rows(trades(), DataQuery::default(), 0, 10)).await.unwrap();
    assert_eq!((all.rows.len(), all.complete), (10, true));
    assert!(all.total > 2_000);
    let quantity = all.columns.iter().find(|column| column.name == "Qty").unwrap();
    assert!(matches!(quantity.data_type, DataType::Decimal { .. }), "{quantity:?}");

    let by = SortBy { column: "Qty".to_owned(), descending: true };
    let sorted = DataQuery { sort: vec![by], ..DataQuery::default() };
    let greatest = desk.ask(rows(trades(), sorted.clone(), 0, 1)).await.unwrap();
    assert_ne!(greatest.row_ids, all.row_ids[..1]);

    let side = only("Side", FilterTest::Is("BUY".to_owned()));
    let bought = desk.ask(rows(trades(), side.clone(), 0, 1_000)).await.unwrap();
    assert!(bought.total > 0 && bought.total < all.total);
    let bad = desk.ask(rows(trades(), only("Trade Dt", FilterTest::IsBad), 0, 10)).await.unwrap();
    assert!(bad.total > 0, "the sample has bad dates");
    assert_eq!(
        bad.bad.iter().filter(|cell| bad.columns[cell.column].name == "Trade Dt").count(),
        bad.rows.len()
    );

    let text = all.rows[5][0].clone().unwrap();
    let find = Find { data: trades(), query: DataQuery::default(), text, from: None, backward: false };
    let found = desk.ask(find.clone()).await.unwrap().unwrap();
    assert_eq!((found.row, found.column), (5, 0));
    let behind = desk.ask(Find { from: Some(5), ..find }).await.unwrap();
    assert!(behind.is_none_or(|found| found.row > 5));

    let unknown = desk.ask(rows(trades(), only("Sde", FilterTest::IsNull), 0, 1)).await.unwrap_err();
    assert_eq!((unknown.code, unknown.help.as_deref()), (ErrorCode::NotFound, Some("did you mean `Side`?")));
    let wrong = desk.ask(rows(trades(), only("Qty", FilterTest::Less("many".to_owned())), 0, 1)).await;
    assert!(wrong.unwrap_err().message.contains("many"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_shows_evidence_keys_and_rejects_and_a_column_its_alternatives() {
    let desk = Desk::with_samples().await;
    let profile = desk.ask(Profile { data: trades(), query: DataQuery::default() }).await.unwrap();
    assert!(profile.complete && profile.rejected > 0 && !profile.rejects.is_empty());
    assert!(!profile.keys.is_empty());
    let date = profile.columns.iter().find(|column| column.name == "Trade Dt").unwrap();
    let evidence = date.evidence.as_ref().unwrap();
    assert_eq!(evidence.promised, Some(DataType::Date));
    assert!(date.bad > 0 && date.bars.iter().any(|bar| *bar > 0.99), "{date:?}");

    let asked = ColumnProfile { data: trades(), query: DataQuery::default(), column: "Trade Dt".to_owned() };
    let column = desk.ask(asked.clone()).await.unwrap();
    assert_eq!(column.rows, profile.rows);
    assert!(!column.histogram.is_empty() && !column.top.is_empty() && !column.bad_examples.is_empty());
    let chosen: Vec<_> = column.alternatives.iter().filter(|one| one.chosen).collect();
    assert_eq!(chosen.len(), 1);
    assert_eq!(chosen[0].format.as_deref(), Some("dd/MM/yyyy"));
    let bought = ColumnProfile { query: only("Side", FilterTest::Is("BUY".to_owned())), ..asked };
    assert!(desk.ask(bought).await.unwrap().rows < column.rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_mean_no_value_are_nulls_everywhere() {
    let desk = Desk::new();
    let file = desk.folder().join("fills.csv");
    let mut text = "id,px,note\n".to_owned();
    for row in 0..300 {
        let px = if row % 5 == 0 { "-".to_owned() } else { format!("{row}.5") };
        writeln!(text, "K-{row},{px},\"  padded  \"").unwrap();
    }
    std::fs::write(&file, &text).unwrap();
    let path = file.to_string_lossy().into_owned();
    let seen = desk.ask(OpenFile { file: path.clone() }).await.unwrap();
    assert!(
        seen.format.ends_with("utf-8 · header in line 1 · null - · blanks at both ends dropped"),
        "{}",
        seen.format
    );
    let told = |words: &str| seen.format_evidence.iter().any(|line| line.contains(words));
    assert!(
        told("blanks around texts are dropped: 300 fields of note have some"),
        "{:?}",
        seen.format_evidence
    );
    assert!(told("fields may stand between \""), "{:?}", seen.format_evidence);
    assert!(seen.profile.keys[0].identifies && seen.profile.keys[0].columns == ["id"]);

    let px = &seen.profile.columns[1];
    let evidence = px.evidence.as_ref().unwrap();
    assert!((px.null_share - 0.2).abs() < 1e-6, "{}", px.null_share);
    assert_eq!((evidence.parsed, evidence.failed, evidence.nulls), (240, 0, 60));
    let data = DataRef::File { path };
    let asked = ColumnProfile { data: data.clone(), query: DataQuery::default(), column: "px".to_owned() };
    assert_eq!(desk.ask(asked).await.unwrap().nulls, 60);
    let page = desk.ask(rows(data, DataQuery::default(), 0, 10)).await.unwrap();
    let places: Vec<(usize, usize)> = page.null_texts.iter().map(|cell| (cell.row, cell.column)).collect();
    assert_eq!(places, [(0, 1), (5, 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_format_can_be_tried_before_anything_is_saved() {
    let desk = Desk::new();
    let file = desk.folder().join("codes.csv");
    std::fs::write(&file, "id;code\n1;007\n2; 12\n3;A9\n").unwrap();
    let data = DataRef::File { path: file.to_string_lossy().into_owned() };
    let read = |format: CsvFormat| DataQuery { format: Some(format), ..DataQuery::default() };
    let semicolons = CsvFormat { delimiter: ';', ..CsvFormat::default() };

    // Texts that stand for null: in rows, header and panel alike.
    let nulls = read(CsvFormat { null_values: vec!["A9".to_owned()], ..semicolons.clone() });
    let page = desk.ask(rows(data.clone(), nulls.clone(), 0, 10)).await.unwrap();
    let places: Vec<_> = page.null_texts.iter().map(|cell| (cell.row, cell.column)).collect();
    assert_eq!(places, [(2, 1)]);
    let profile = desk.ask(Profile { data: data.clone(), query: nulls.clone() }).await.unwrap();
    assert!((profile.columns[1].null_share - 1.0 / 3.0).abs() < 1e-6, "{:?}", profile.columns[1]);
    assert!(profile.format.unwrap().contains("null A9"));
    let asked = ColumnProfile { data: data.clone(), query: nulls.clone(), column: "code".to_owned() };
    assert_eq!(desk.ask(asked).await.unwrap().nulls, 1);
    let job = desk.ask(StartProfile { data: data.clone(), query: nulls.clone() }).await.unwrap();
    let Some(JobResult::Profile(whole)) = desk.end_of(job).await.result else { panic!("no profile") };
    assert!((whole.columns[1].null_share - 1.0 / 3.0).abs() < 1e-6);

    // Another delimiter, another header.
    let commas = desk.ask(rows(data.clone(), read(CsvFormat::default()), 0, 10)).await.unwrap();
    assert_eq!(commas.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["id;code"]);
    let lower = read(CsvFormat { header_row: 2, ..semicolons });
    let page = desk.ask(rows(data.clone(), lower, 0, 10)).await.unwrap();
    assert_eq!((page.total, page.columns[1].name.as_str()), (2, "007"));

    // What the file speaks for is as it was.
    let profile = desk.ask(Profile { data, query: DataQuery::default() }).await.unwrap();
    assert!(profile.columns[1].null_share.abs() < 1e-6);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_values_that_often_stand_for_null_are_named_and_none_any_more_once_they_are() {
    let desk = Desk::new();
    let file = desk.folder().join("claims.csv");
    let row = |row: u32| match row {
        3 | 9 => "-".to_owned(),
        11 => " — ".to_owned(),
        12 => "soon".to_owned(),
        row => format!("2026-01-{:02}", row % 28 + 1),
    };
    let mark = |row: u32| if row.is_multiple_of(2) { "-" } else { "—" };
    let rows: Vec<String> =
        (0..200).map(|number| format!("{number};{};{}\n", row(number), mark(number))).collect();
    std::fs::write(&file, format!("id;day;remark\n{}", rows.concat())).unwrap();
    let data = DataRef::File { path: file.to_string_lossy().into_owned() };
    let asked = |query: DataQuery| ColumnProfile { data: data.clone(), query, column: "day".to_owned() };
    let seen = desk.ask(asked(DataQuery::default())).await.unwrap();
    let like: Vec<(&str, u64)> = seen.null_like.iter().map(|one| (one.value.as_str(), one.count)).collect();
    assert_eq!((seen.misread, like), (4, vec![("-", 2), ("—", 1)]));
    let opened = desk.ask(OpenFile { file: file.to_string_lossy().into_owned() }).await.unwrap();
    let mut format = opened.csv.unwrap();
    format.null_values.push("-".to_owned());
    let read = desk.ask(asked(DataQuery { format: Some(format), ..DataQuery::default() })).await.unwrap();
    assert_eq!((read.nulls, read.misread, read.null_like.len()), (seen.nulls + 2, 2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_is_read_in_the_format_that_is_edited() {
    let desk = Desk::with_samples().await;
    let column = |query: DataQuery| ColumnProfile { data: trades(), query, column: "Side".to_owned() };
    let saved = desk.ask(column(DataQuery::default())).await.unwrap();
    let most = saved.top[0].clone();
    let format = CsvFormat {
        delimiter: ';',
        encoding: "windows-1252".to_owned(),
        header_row: 4,
        footer_rows: 1,
        null_values: vec![most.value.clone()],
        ..CsvFormat::default()
    };
    let edited = DataQuery { format: Some(format), ..DataQuery::default() };
    let read = desk.ask(column(edited.clone())).await.unwrap();
    assert_eq!((read.nulls, read.rows), (saved.nulls + most.count, saved.rows));
    assert!(read.top.iter().all(|one| one.value != most.value));
    let profile = desk.ask(Profile { data: trades(), query: edited }).await.unwrap();
    let side = profile.columns.iter().find(|one| one.name == "Side").unwrap();
    assert!((f64::from(side.null_share) - read.nulls as f64 / read.rows as f64).abs() < 1e-6);
    assert_eq!(desk.ask(column(DataQuery::default())).await.unwrap(), saved, "what is saved is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_can_be_read_as_another_type_before_anything_is_saved() {
    let desk = Desk::new();
    let file = desk.folder().join("codes.csv");
    std::fs::write(&file, "id;code\n1;007\n2;12\n3;A9\n").unwrap();
    let data = DataRef::File { path: file.to_string_lossy().into_owned() };
    let as_it_is = desk.ask(rows(data.clone(), DataQuery::default(), 0, 10)).await.unwrap();
    assert_eq!((as_it_is.columns[1].data_type.clone(), as_it_is.bad.len()), (DataType::String, 0));
    let types = vec![ContractField::new("code", DataType::Int)];
    let query = DataQuery { types, ..DataQuery::default() };
    let page = desk.ask(rows(data.clone(), query.clone(), 0, 10)).await.unwrap();
    assert_eq!(page.columns[1].data_type, DataType::Int);
    let bad: Vec<_> = page.bad.iter().map(|cell| (cell.row, cell.column)).collect();
    assert_eq!(bad, [(2, 1)]);
    assert!(page.bad[0].reason.contains("A9"), "{}", page.bad[0].reason);
    let filters = vec![Filter { column: "code".to_owned(), test: FilterTest::IsBad }];
    let only_bad = DataQuery { filters, ..query.clone() };
    assert_eq!(desk.ask(rows(data.clone(), only_bad, 0, 10)).await.unwrap().row_ids, [2]);
    let asked = ColumnProfile { data: data.clone(), query, column: "code".to_owned() };
    let column = desk.ask(asked).await.unwrap();
    assert_eq!((column.data_type, column.bad), (DataType::Int, 1));
    assert_eq!(desk.ask(rows(data, DataQuery::default(), 0, 10)).await.unwrap(), as_it_is);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_seen_at_once_without_a_workspace_and_proved_as_a_job() {
    let desk = Desk::new();
    let file = desk.folder().join("dropped.csv");
    let mut text = "id;day;amount\n".to_owned();
    for row in 0..200_000 {
        writeln!(text, "{row:08};{:02}/03/2026;{},5", row % 28 + 1, row % 977).unwrap();
    }
    // Where only a reading of the whole file sees it.
    text.push_str("00200000;31/02/2026;7,5\n");
    std::fs::write(&file, &text).unwrap();
    let path = file.to_string_lossy().into_owned();
    let seen = desk.ask(OpenFile { file: path.clone() }).await.unwrap();
    assert_eq!(seen.bytes, text.len() as u64);
    assert!(seen.format.starts_with("delimiter \";\""), "{}", seen.format);
    assert!(!seen.profile.complete && !seen.format_evidence.is_empty());
    let data = DataRef::File { path: seen.path };
    let first = desk.ask(rows(data.clone(), DataQuery::default(), 0, 5)).await.unwrap();
    assert!(!first.complete && first.total < 200_000);

    let job = desk.ask(StartProfile { data: data.clone(), query: DataQuery::default() }).await.unwrap();
    let ended = desk.end_of(job).await;
    assert_eq!(ended.state, JobState::Done, "{:?}", ended.error);
    let Some(JobResult::Profile(profile)) = ended.result else { panic!("no profile") };
    assert!(profile.complete);
    assert_eq!(profile.rows, 200_001);
    let day = profile.columns.iter().find(|column| column.name == "day").unwrap();
    assert_eq!((&day.data_type, day.bad), (&DataType::Date, 1));
    let whole = desk.ask(rows(data.clone(), DataQuery::default(), 200_000, 5)).await.unwrap();
    assert_eq!((whole.complete, whole.total, whole.rows.len()), (true, 200_001, 1));
    assert_eq!(whole.row_ids, [200_000]);
    assert_eq!(whole.bad.len(), 1);
    assert_eq!(desk.ask(Profile { data: data.clone(), query: DataQuery::default() }).await.unwrap(), profile);

    // Another file under the same name is other data.
    std::fs::write(&file, "id;day\n1;01/03/2026\n").unwrap();
    let other = desk.ask(rows(data, DataQuery::default(), 0, 5)).await.unwrap();
    assert_eq!((other.total, other.columns.len()), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_quarantine_and_rejects_are_seen_as_runs_left_them() {
    let desk = Desk::with_samples().await;
    let table = |name: &str, layer, run: Option<&String>| DataRef::Table {
        table: TableName::new("trades", layer, name),
        run: run.cloned(),
    };
    let silver = table("trades", Layer::Silver, None);
    let missing = desk.ask(rows(silver.clone(), DataQuery::default(), 0, 5)).await.unwrap_err();
    assert_eq!(missing.code, ErrorCode::NotFound);

    let first = desk.simulate("trades").await;
    let before = desk.ask(rows(silver.clone(), DataQuery::default(), 0, 5)).await.unwrap();
    assert!(before.total > 0);
    let expression = before.columns.iter().find(|column| column.name == "notional").unwrap();
    assert!(expression.expression.is_some());
    for (name, layer) in [("trades_quarantine", Layer::Silver), ("trades_rejects", Layer::Bronze)] {
        let held = desk.ask(rows(table(name, layer, None), DataQuery::default(), 0, 5)).await.unwrap();
        assert!(held.total > 0, "{name}");
    }
    desk.edit("pipelines/trades.yaml", "    order_by:", "    where: \"Side = 'BUY'\"\n    order_by:");
    let second = desk.simulate("trades").await;
    let after = desk.ask(rows(silver, DataQuery::default(), 0, 5)).await.unwrap();
    let old =
        desk.ask(rows(table("trades", Layer::Silver, Some(&first.id)), DataQuery::default(), 0, 5)).await;
    assert_eq!(old.unwrap(), before);
    assert!(after.total < before.total, "{} {}", after.total, before.total);
    let none =
        desk.ask(rows(table("trades", Layer::Silver, Some(&"x".to_owned())), DataQuery::default(), 0, 1));
    assert_eq!(none.await.unwrap_err().code, ErrorCode::NotFound);
    assert_ne!(first.id, second.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_shown_as_it_is_in_its_file() {
    let desk = Desk::with_samples().await;
    let page = desk.ask(rows(trades(), DataQuery::default(), 40, 1)).await.unwrap();
    let number = page.row_ids[0] + 1;
    let asked = Record { pipeline: "trades".to_owned(), source: "trades".to_owned(), record: number };
    let record = desk.ask(asked.clone()).await.unwrap();
    let cells: Vec<_> = record.fields.iter().map(|(_, cell)| cell.clone()).collect();
    assert_eq!(cells, page.rows[0]);
    assert!(record.raw.contains(cells[0].as_deref().unwrap()));

    let profile = desk.ask(Profile { data: trades(), query: DataQuery::default() }).await.unwrap();
    let reject = &profile.rejects[0];
    let rejected = desk.ask(Record { record: reject.record, ..asked.clone() }).await.unwrap();
    assert_eq!((rejected.raw.as_str(), rejected.fields.len()), (reject.raw.as_str(), 0));
    for record in [0, 1_000_000] {
        let none = desk.ask(Record { record, ..asked.clone() }).await.unwrap_err();
        assert_eq!(none.code, ErrorCode::NotFound);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_stands_twice_in_a_header_is_told_of_wherever_the_file_is_looked_at() {
    let desk = Desk::with_samples().await;
    let file = desk.workspace().join("samples/twice.csv");
    std::fs::write(&file, "id,px,px,\n1,2,3,4\n2,3,4,5\n").unwrap();
    let seen = desk.ask(OpenFile { file: "samples/twice.csv".to_owned() }).await.unwrap();
    assert_eq!(
        seen.profile.notes,
        [
            "the name `px` stands twice in the header; column 3 is called `px_2`",
            "column 4 has no name in the header; it is called `column_4`",
        ]
    );
}
