//! Rows, columns and profiles of the script's sample and tables.

use touchstone_protocol::{
    CellPlace, ColumnSummary, ColumnView, DataView, EvidenceView, KeyView, ProfileView, RejectView,
};
use touchstone_spec::{DataType, TableName};

use super::column;

pub(super) const DECIMAL: DataType = DataType::Decimal { precision: 18, scale: 6 };
pub(super) const TRADES: u64 = 5_021;

fn sample_columns() -> Vec<ColumnView> {
    vec![
        column("Trade ID", DataType::String),
        column("Trade Dt", DataType::Date),
        column("Settle Dt", DataType::Date),
        column("ISIN", DataType::String),
        column("Side", DataType::String),
        column("Qty", DataType::Long),
        column("Px", DECIMAL),
        column("Broker", DataType::String),
        column("Comment", DataType::String),
    ]
}

pub(super) fn sample(offset: u64, limit: u64) -> DataView {
    let row = |row: u64| {
        let text = |text: &str| Some(text.to_owned());
        vec![
            Some(format!("{:07}", 4_200 + row)),
            text("02/03/2026"),
            text("04/03/2026"),
            text(if row.is_multiple_of(3) { "DE0007164600" } else { "US0378331005" }),
            text(if row.is_multiple_of(2) { "BUY" } else { "SELL" }),
            Some((row * 37 % 12_000).to_string()),
            if row % 11 == 7 { None } else { Some(format!("{},{:02}", 80 + row % 90, row % 100)) },
            text(if row.is_multiple_of(5) { "Société Générale" } else { "J.P. Morgan" }),
            text(match row % 4 {
                0 => "",
                1 => "  ",
                2 => "agreed by phone,\nsecond line",
                _ if row == 7 => "ok \u{1f600} \u{2705} \u{1f44d}\u{1f3fd}, \u{1f0a1}",
                _ => "ok",
            }),
        ]
    };
    let rows: Vec<_> = (offset..(offset + limit).min(TRADES)).collect();
    DataView {
        columns: sample_columns(),
        row_ids: rows.clone(),
        rows: rows.into_iter().map(row).collect(),
        bad: Vec::new(),
        null_texts: vec![CellPlace { row: 3, column: 4 }],
        offset,
        total: TRADES,
        complete: true,
    }
}

pub(super) fn profile() -> ProfileView {
    let evidence = |column: &ColumnView| EvidenceView {
        inferred: column.data_type.clone(),
        promised: Some(if column.name == "Qty" { DECIMAL } else { column.data_type.clone() }),
        parsed: if column.name == "Px" { 4_560 } else { TRADES },
        failed: if column.name == "Px" { 5 } else { 0 },
        failed_examples: if column.name == "Px" { vec!["n/a".to_owned()] } else { Vec::new() },
        nulls: 0,
        distinct: 180,
        distinct_exact: true,
        reason: "Most values read as this type".to_owned(),
    };
    let summary = |column: ColumnView| ColumnSummary {
        evidence: Some(evidence(&column)),
        null_share: if column.name == "Px" { 456.0 / TRADES as f32 } else { 0.0 },
        name: column.name,
        data_type: column.data_type,
        bad: 0,
        bars: vec![0.2, 1.0, 0.6],
    };
    ProfileView {
        format: None,
        rows: TRADES,
        complete: true,
        keys: vec![KeyView {
            columns: vec!["Trade ID".to_owned()],
            repeats: 71,
            identifies: true,
            reason: "71 of 4 998 records repeat the Trade ID of an earlier one".to_owned(),
        }],
        columns: sample_columns().into_iter().map(summary).collect(),
        rejects: vec![RejectView {
            record: 2_210,
            line: 2_214,
            byte: 190_877,
            reason: "9 fields expected, 7 found".to_owned(),
            raw: "0006410;02/03/2026;;US0378331005;BUY;100".to_owned(),
        }],
        rejected: 1,
        notes: Vec::new(),
    }
}

pub(super) fn table(name: &TableName, offset: u64, limit: u64) -> DataView {
    let ends = |ending| name.table.ends_with(ending);
    let total = match () {
        () if ends("_quarantine") => 12,
        () if ends("_filtered") => 20,
        () if ends("_deduplicated") => 9,
        () => 4_980,
    };
    let mut columns = vec![
        column("trade_id", DataType::String),
        column("trade_date", DataType::Date),
        column("quantity", DataType::Long),
        column("notional", DataType::Decimal { precision: 18, scale: 2 }),
        column("sector", DataType::String),
    ];
    let why = [("_key", DataType::String), ("_kept_record", DataType::Long), ("_reason", DataType::String)];
    if ends("_deduplicated") {
        columns.splice(0..0, why.map(|(name, data_type)| column(name, data_type)));
    }
    let gave_way = |row: u64| {
        let kept = 2_731 + row * 31;
        let key = format!("trade_id = {:07}", 4_200 + row);
        let reason = "it stands later in the file".to_owned();
        [key, kept.to_string(), reason].map(Some)
    };
    let is_duplicate = ends("_deduplicated");
    let row = |row: u64| {
        let mut values = if is_duplicate { gave_way(row).to_vec() } else { Vec::new() };
        values.extend([
            Some(format!("{:07}", 4_200 + row)),
            Some("2026-03-02".to_owned()),
            Some((row * 37 % 12_000).to_string()),
            Some(format!("{}.{:02}", row * 3_120 % 1_000_000, row % 100)),
            (!row.is_multiple_of(9)).then(|| "Technology".to_owned()),
        ]);
        values
    };
    let rows = offset..(offset + limit).min(total);
    DataView {
        columns,
        row_ids: rows.clone().collect(),
        rows: rows.map(row).collect(),
        bad: Vec::new(),
        null_texts: Vec::new(),
        offset,
        total,
        complete: true,
    }
}
