//! Answers about simulations: runs, what changed between them, where a cell came from.

use touchstone_protocol::{
    DiffRow, FlowView, QuarantineView, RecordView, RowChange, RuleState, RuleView, RunDiff, RunDiffView,
    RunOutcome, RunView, TableRunView, Trace, TraceStep, TracedView,
};
use touchstone_spec::{DataType, Layer, TableName};

use super::column;
use super::samples::profile;

pub(super) fn runs() -> Vec<RunView> {
    let older = |id: &str, started_at: &str| RunView {
        id: id.to_owned(),
        started_at: started_at.to_owned(),
        ..run()
    };
    vec![run(), older("run-0", "2026-03-01T09:12:44Z"), older("run-a", "2026-02-27T18:00:01Z")]
}

/// A bronze table is new in the last run: there is nothing to compare it with.
pub(super) fn diff(asked: &RunDiff) -> RunDiffView {
    let is_new = asked.table.layer == Layer::Bronze;
    let texts = |values: [&str; 3]| Some(values.map(|value| Some(value.to_owned())).to_vec());
    let all = vec![
        DiffRow { kind: RowChange::Added, before: None, after: texts(["0009221", "120.00", "Energy"]) },
        DiffRow {
            kind: RowChange::Changed,
            before: texts(["0004207", "880.10", "UNKNOWN"]),
            after: texts(["0004207", "880.10", "Technology"]),
        },
        DiffRow { kind: RowChange::Removed, before: texts(["0004999", "7.00", "Health Care"]), after: None },
    ];
    let rows: Vec<_> = all.into_iter().filter(|row| asked.kind.is_none_or(|kind| kind == row.kind)).collect();
    RunDiffView {
        before: (!is_new).then(|| asked.before.clone().unwrap_or_else(|| "run-0".to_owned())),
        after: "run-1".to_owned(),
        key: vec!["trade_id".to_owned()],
        columns: vec![
            column("trade_id", DataType::String),
            column("notional", DataType::Decimal { precision: 18, scale: 2 }),
            column("sector", DataType::String),
        ],
        schema_changes: vec!["remarks was added".to_owned()],
        added: 1,
        removed: 1,
        changed: 1,
        same: 4_978,
        changed_in: vec![0, 0, 1],
        total: rows.len() as u64,
        rows,
        offset: asked.offset,
    }
}

pub(super) fn trace(asked: &Trace) -> TracedView {
    let step = |place: &str, layer: &str, expression: Option<&str>, role: &str| TraceStep {
        place: place.to_owned(),
        layer: layer.to_owned(),
        expression: expression.map(str::to_owned),
        role: role.to_owned(),
        columns: vec!["quantity".to_owned(), "price".to_owned()],
        rows: vec![vec![Some("37".to_owned()), Some("81.01".to_owned())]],
        total: 1,
        records: Vec::new(),
    };
    let made = step(
        &format!("silver.{}", asked.table.table),
        "silver",
        Some("quantity * price"),
        asked.column.as_deref().unwrap_or("the whole row"),
    );
    let file = TraceStep {
        columns: Vec::new(),
        rows: Vec::new(),
        records: vec![RecordView {
            file: "samples/trades.csv".to_owned(),
            record: 2,
            line: 6,
            byte: 310,
            raw: "0004201;02/03/2026;04/03/2026;US0378331005;SELL;37;81,01;J.P. Morgan;".to_owned(),
            fields: Vec::new(),
        }],
        ..step("samples/trades.csv", "source", None, "the record")
    };
    TracedView {
        steps: vec![made, step("bronze.trades", "bronze", None, "the record's fields, typed"), file],
    }
}

/// The last run.
pub(crate) fn run() -> RunView {
    let name = |layer, table: &str| TableName::new("trades", layer, table);
    let part = |table, flow| TableRunView {
        table,
        flow,
        counted: true,
        reads: Vec::new(),
        lookups: Vec::new(),
        rules: Vec::new(),
        quarantine: Vec::new(),
        rejects: Vec::new(),
        lost: Vec::new(),
        duration_ms: 41,
    };
    let mut bronze = part(
        name(Layer::Bronze, "trades"),
        FlowView { rows_in: 5_022, loaded: 5_021, rejected: 1, ..FlowView::default() },
    );
    bronze.rejects = profile().rejects;
    let mut silver = part(
        name(Layer::Silver, "trades"),
        FlowView {
            rows_in: 5_021,
            loaded: 4_980,
            filtered: 20,
            deduplicated: 9,
            quarantined: 12,
            rejected: 0,
        },
    );
    silver.quarantine = vec![QuarantineView { rule: "ColumnValues \"notional\" > 0".to_owned(), rows: 12 }];
    let rule = |rule: &str, state, measured: &str, failing_rows| RuleView {
        rule: rule.to_owned(),
        state,
        measured: measured.to_owned(),
        rows: 4_992,
        failing_rows,
    };
    silver.rules = vec![
        rule("IsPrimaryKey \"trade_id\"", RuleState::Passed, "unique", 0),
        rule("ColumnValues \"notional\" > 0", RuleState::Failed, "12 rows", 12),
    ];
    let gold = part(
        name(Layer::Gold, "sector_exposure"),
        FlowView { rows_in: 4_980, loaded: 33, ..FlowView::default() },
    );
    RunView {
        id: "run-1".to_owned(),
        pipeline: "trades".to_owned(),
        along_with: None,
        started_at: "2026-03-02T14:05:09Z".to_owned(),
        duration_ms: 1_240,
        outcome: RunOutcome::SucceededWithFailures,
        message: None,
        tables: vec![bronze, silver, gold],
    }
}
