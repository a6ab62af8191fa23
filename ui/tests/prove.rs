//! Simulations in the window: the flow of rows, what changed since an earlier run, where a cell came from.

mod support;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use support::{Script, Window, click, press, sees, select_trades, settle, window};
use touchstone_protocol::{
    DataRef, ErrorCode, Filter, FilterTest, FlowView, Request, RowChange, RpcError, RunOutcome,
};

fn simulated(script: &Script) -> Window<'static> {
    let mut harness = window(script);
    select_trades(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    harness
}

#[test]
fn every_row_is_seen_to_go_somewhere() {
    let script = Script::open();
    let mut harness = simulated(&script);
    let silver = "silver.trades: 5\u{202f}021 in, 4\u{202f}980 loaded, 20 filtered, 9 deduplicated, 12 quarantined, \
                  adds up, 1 of 2 rules passed";
    assert!(harness.query_by_role_and_label(Role::Button, silver).is_some());
    support::picture(&mut harness, "prove");
    // What left the flow leads to its rows, wherever it left.
    click(&mut harness, Role::Button, "silver.trades: 9 deduplicated");
    assert!(sees(&harness, "Rows of trades.silver.trades_deduplicated, 9 rows"));
    assert!(sees(&harness, "_kept_record 2731, _reason it stands later in the file"));
    support::picture(&mut harness, "deduplicated");
    click(&mut harness, Role::Button, "silver.trades: 20 filtered");
    assert!(sees(&harness, "Rows of trades.silver.trades_filtered, 20 rows"));
    click(&mut harness, Role::Tab, "Deduplicated 9");
    assert!(sees(&harness, "Rows of trades.silver.trades_deduplicated, 9 rows"));
    click(&mut harness, Role::Button, "silver.trades: 12 quarantined");
    assert!(sees(&harness, "Rows of trades.silver.trades_quarantine, 12 rows"));
    click(&mut harness, Role::Button, "bronze.trades: 1 rejected");
    assert!(sees(&harness, "9 fields expected, 7 found"));
    // By keys too.
    harness.get_by_role_and_label(Role::Button, silver).focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(sees(&harness, "Rows of trades.silver.trades, 4980 rows"));
}

#[test]
fn what_another_pipelines_simulation_made_is_shown_and_said_to_be_of_it() {
    let script = Script::open();
    let mut ends = support::run();
    ends.along_with = Some("positions".to_owned());
    let mut upstream = ends.tables[0].clone();
    upstream.table.pipeline = "securities".to_owned();
    ends.tables.push(upstream);
    script.lock().run_ends = Some(ends);
    let mut harness = window(&script);
    harness.get_by_label_contains("securities: ").click();
    settle(&mut harness);
    select_trades(&mut harness);
    let asked_for = |of: &str| {
        let asked = &script.lock().asked;
        let is_it = |one: &&Request| matches!(one, Request::LastRun(last) if last.pipeline == of);
        asked.iter().filter(is_it).count()
    };
    assert_eq!((asked_for("securities"), asked_for("positions")), (1, 1));
    press(&mut harness, Modifiers::NONE, Key::F5);
    assert!(sees(&harness, "from the simulation of positions, which reads it  ·  2026-03-02 14:05:09"));
    assert_eq!((asked_for("securities"), asked_for("positions")), (2, 1), "one was made along with it");
    support::picture(&mut harness, "prove-along");
}

#[test]
fn columns_of_a_table_are_counted_anew_after_each_run() {
    let script = Script::open();
    // The first run leaves no tables behind.
    script.lock().failing.insert("profile", RpcError::new(ErrorCode::NotFound, "there is no such table"));
    let mut harness = simulated(&script);
    let is_known = |harness: &Window<'_>| {
        let profiles = &harness.state().as_ref().expect("an app").state().data.profiles;
        let mut tables = profiles.iter().filter(|(data, _)| matches!(data, DataRef::Table { .. }));
        tables.any(|(_, profile)| profile.value().is_some() && profile.error().is_none())
    };
    assert!(script.count("profile") > 0 && !is_known(&harness));
    script.lock().failing.clear();
    let asked = script.count("profile");
    press(&mut harness, Modifiers::NONE, Key::F5);
    assert!(script.count("profile") > asked);
    assert!(is_known(&harness), "the header says what the new run's table holds");
    // And what a run changes is not told of the run before.
    let asked = script.count("profile");
    press(&mut harness, Modifiers::NONE, Key::F5);
    assert!(script.count("profile") > asked);
}

#[test]
fn a_reason_shows_the_rows_it_is_about() {
    let script = Script::open();
    let mut harness = simulated(&script);
    click(&mut harness, Role::Button, "silver.trades: 12 quarantined");
    // As a sentence, as in the rules.
    let reason = "Row 1: Rows 12, What they broke Every value of notional is greater than 0";
    let row = |harness: &mut Window<'_>| {
        harness.get_by_role_and_label(Role::Row, reason).click();
        settle(harness);
    };
    let filters = |script: &Script| {
        let asked = &script.lock().asked;
        let rows = |request: &Request| match request {
            Request::Rows(rows) if matches!(&rows.data, DataRef::Table { table, .. } if table.table.ends_with("_quarantine")) => {
                Some(rows.query.filters.clone())
            }
            _ => None,
        };
        asked.iter().rev().find_map(rows).unwrap_or_default()
    };
    assert!(filters(&script).is_empty());
    row(&mut harness);
    support::picture(&mut harness, "quarantine-filtered");
    let test = FilterTest::Contains("ColumnValues \"notional\" > 0".to_owned());
    assert_eq!(filters(&script), [Filter { column: "_rules".to_owned(), test }]);
    assert!(sees(&harness, "_rules contains ColumnValues"));
    row(&mut harness);
    assert!(!sees(&harness, "_rules contains"), "a second time takes it back");
}

#[test]
fn what_changed_since_an_earlier_run_is_shown_side_by_side() {
    let script = Script::open();
    let mut harness = simulated(&script);
    click(&mut harness, Role::Button, "silver.trades: 12 quarantined");
    click(&mut harness, Role::Tab, "Changes");
    assert!(sees(&harness, "Change Changed, trade_id 0004207, notional 880.10, sector UNKNOWN → Technology"));
    assert!(sees(&harness, "Rows are matched by trade_id  ·  remarks was added"));
    support::picture(&mut harness, "changes");
    click(&mut harness, Role::Button, "Removed 1");
    assert!(sees(&harness, "Change Removed, trade_id 0004999"));
    assert!(!sees(&harness, "Change Added"));
    let kinds = |script: &Script| {
        let asked = &script.lock().asked;
        let kind = |request: &Request| match request {
            Request::RunDiff(diff) => Some(diff.kind),
            _ => None,
        };
        asked.iter().filter_map(kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&script), [None, Some(RowChange::Removed)]);
    click(&mut harness, Role::Button, "All 3");
    assert!(sees(&harness, "Change Added"));
    assert_eq!(kinds(&script).len(), 2, "what is known is not asked for again");
}

#[test]
fn a_first_run_is_not_all_new() {
    let script = Script::open();
    let mut harness = simulated(&script);
    click(&mut harness, Role::Button, "bronze.trades: 1 rejected");
    click(&mut harness, Role::Tab, "Changes");
    assert!(sees(&harness, "Nothing to compare with yet"));
    assert!(!sees(&harness, "Rows are matched by") && !sees(&harness, "remarks was added"));
}

#[test]
fn runs_that_can_not_be_compared_say_so_and_can_be_asked_for_again() {
    let script = Script::open();
    let mut harness = simulated(&script);
    script
        .lock()
        .failing
        .insert("run_diff", RpcError::new(ErrorCode::Unavailable, "the warehouse is in use"));
    click(&mut harness, Role::Tab, "Changes");
    assert!(sees(&harness, "The runs could not be compared"));
    let asked = script.count("run_diff");
    settle(&mut harness);
    assert_eq!(script.count("run_diff"), asked);
    script.lock().failing.clear();
    click(&mut harness, Role::Button, "Try again");
    assert!(sees(&harness, "Change Added"));
}

#[test]
fn a_cell_is_followed_back_to_its_record() {
    let script = Script::open();
    let mut harness = simulated(&script);
    click(&mut harness, Role::Button, "silver.trades: 12 quarantined");
    click(&mut harness, Role::Tab, "Rows 4\u{202f}980");
    press(&mut harness, Modifiers::COMMAND, Key::T);
    assert!(sees(&harness, "Select a cell"));
    script.lock().held.insert("trace");
    harness.get_by_role_and_label(Role::Grid, "Rows of trades.silver.trades, 4980 rows").focus();
    settle(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    assert!(sees(&harness, "Following it back…"));
    script.release("trace");
    settle(&mut harness);
    assert!(sees(&harness, "quantity * price"));
    assert!(sees(&harness, "samples/trades.csv, record 2, line 6, byte 310"));
    support::picture(&mut harness, "trace");
    let asked = |script: &Script| {
        let last = script.lock().asked.iter().rev().find_map(|request| match request {
            Request::Trace(trace) => Some((trace.row, trace.column.clone())),
            _ => None,
        });
        last.expect("it was asked for")
    };
    assert_eq!(asked(&script), (1, Some("trade_id".to_owned())));
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    assert_eq!(asked(&script), (1, Some("trade_date".to_owned())));
    let count = script.count("trace");
    settle(&mut harness);
    assert_eq!(script.count("trace"), count, "a cell is followed back once");
    press(&mut harness, Modifiers::COMMAND, Key::T);
    assert!(!sees(&harness, "samples/trades.csv, record 2"));
    let is_pressed =
        harness.get_by_role_and_label(Role::Button, "Where it came from").accesskit_node().toggled();
    assert!(is_pressed.is_none_or(|toggled| toggled == egui::accesskit::Toggled::False));
}

#[test]
fn nothing_is_good_that_a_failed_run_did_not_come_to() {
    let script = Script::open();
    let mut failed = support::run();
    failed.outcome = RunOutcome::Failed;
    let why = "bronze.trades, samples/trades.csv: no such file, and a reason that is long enough to be cut in a line";
    failed.message = Some(format!("{why}\nput the file back, or name another sample"));
    for table in &mut failed.tables {
        table.counted = false;
        table.flow = FlowView::default();
        table.rules.clear();
        table.quarantine.clear();
    }
    script.lock().run_ends = Some(failed);
    let mut harness = simulated(&script);
    support::picture(&mut harness, "failed");
    assert!(sees(&harness, why), "whole");
    assert!(sees(&harness, "put the file back, or name another sample"));
    assert!(sees(&harness, "silver.trades: not known") && !sees(&harness, "adds up"));
    click(&mut harness, Role::Button, "silver.trades: not known");
    click(&mut harness, Role::Tab, "Quarantine");
    assert!(sees(&harness, "The quarantine is not known: the run failed at bronze.trades"));
    assert!(!sees(&harness, "Nothing in quarantine"));
    support::picture(&mut harness, "failed-quarantine");
    // The bar and the list name it, and lead to it.
    click(&mut harness, Role::Button, "Problems: 1 error, 1 failed run");
    support::picture(&mut harness, "failed-problems");
    click(&mut harness, Role::Tab, "Data");
    assert!(!sees(&harness, "The quarantine is not known"));
    let problem = harness.get_by_label_contains("Error: The simulation of trades failed: bronze.trades");
    problem.click();
    settle(&mut harness);
    assert!(sees(&harness, "The quarantine is not known"));
    // A run that comes to its end takes it back.
    script.lock().run_ends = None;
    press(&mut harness, Modifiers::NONE, Key::F5);
    assert!(sees(&harness, "Problems: 1 error") && !sees(&harness, "failed run"));
}

#[test]
fn a_first_run_that_was_stopped_is_no_error() {
    let script = Script::open();
    let mut stopped = support::run();
    stopped.outcome = RunOutcome::Cancelled;
    stopped.message = Some("the simulation was cancelled".to_owned());
    for table in &mut stopped.tables {
        table.counted = false;
        (table.flow, table.duration_ms) = (FlowView::default(), 0);
        table.rules.clear();
        table.quarantine.clear();
    }
    script.lock().run_ends = Some(stopped);
    let missing = || RpcError::new(ErrorCode::NotFound, "there is no such table");
    script.lock().failing.insert("rows", missing());
    script.lock().failing.insert("profile", missing());
    let mut harness = simulated(&script);
    support::picture(&mut harness, "stopped");
    assert!(sees(&harness, "The run was stopped before bronze.trades"));
    assert_eq!(harness.query_all_by_role(Role::Alert).count(), 0, "nothing is wrong");
    assert!(!sees(&harness, "could not be fetched") && !sees(&harness, "was cancelled"));
    assert!(!sees(&harness, "not known"));
    // There are no totals to be shown, in whatever way.
    for way in ["Flow", "Table"] {
        let button = harness.get_by_role_and_label(Role::Button, way);
        assert!(button.accesskit_node().is_disabled(), "{way}");
        let place = button.rect().center();
        harness.hover_at(place);
        settle(&mut harness);
        assert!(sees(&harness, "No control totals: you stopped the run before a table was made"));
    }
    // What leads on is at hand, and leads to rows.
    script.lock().failing.clear();
    script.lock().run_ends = None;
    assert_eq!(harness.query_all_by_role_and_label(Role::Button, "Run simulation").count(), 2);
    press(&mut harness, Modifiers::NONE, Key::F5);
    assert!(sees(&harness, "Row 1:"));
    assert!(!harness.get_by_role_and_label(Role::Button, "Flow").accesskit_node().is_disabled());
}

#[test]
fn with_large_text_totals_and_rows_take_the_room_in_turn() {
    let script = Script::open();
    let mut harness = simulated(&script);
    let silver = "silver.trades: 5\u{202f}021 in";
    for zoom in [1.6, 2.0] {
        harness.ctx.set_zoom_factor(zoom);
        settle(&mut harness);
        let window = harness.ctx.content_rect();
        let row = harness.get_by_label_contains("Row 1:").rect();
        let grid = harness.get_by(|node| {
            node.role() == Role::Grid && node.label().is_some_and(|label| label.starts_with("Rows of "))
        });
        let grid = grid.rect();
        // Three rows, as much of the header as that costs.
        assert!(grid.height() > 66.0, "{zoom}: {grid:?}");
        assert!(window.contains_rect(row), "{zoom}: {row:?}");
        support::picture(&mut harness, &format!("prove large {zoom}"));
        assert!(!sees(&harness, silver));
        click(&mut harness, Role::Button, "Flow");
        assert!(window.contains_rect(harness.get_by_label_contains(silver).rect()));
        assert!(!sees(&harness, "Row 1:"));
        support::picture(&mut harness, &format!("flow large {zoom}"));
        harness.get_by_label_contains(silver).click();
        settle(&mut harness);
        assert!(sees(&harness, "Rows of trades.silver.trades, 4980 rows"));
    }
    harness.ctx.set_zoom_factor(1.0);
    settle(&mut harness);
    assert!(sees(&harness, silver) && sees(&harness, "Rows of trades.silver.trades, 4980 rows"));
}
