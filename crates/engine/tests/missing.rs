//! Why a row went to quarantine without a value: the lookup that found nothing, the value that was missing.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use support::{SECURITIES, Workspace, name};
use touchstone_compiler::CompiledPipeline;
use touchstone_engine::{LeftBecause, PreviewOptions, Previewer, never};

/// Why each record that is in quarantine is there, with these fields and rules.
async fn reasons(fields: &str, rules: &str, csv: &str) -> Vec<String> {
    let document = format!(
        "pipeline: p
sources:
  s: {{ kind: file, format: {{ csv: {{}} }}, sample: s.csv, contract: [ {{ name: id, type: int }}, {{ name: isin, type: string }}, {{ name: qty, type: int }} ] }}
silver:
  t:
    from: s
    fields:
      id: {{ from: id }}
{fields}
    rules: |
      Rules = [ {rules} ]
    on_failure: quarantine
"
    );
    let securities = "isin,name,sector\nUS1,Apple,Technology\nUS2,,\n";
    let files = [("s.csv", csv), ("samples/securities.csv", securities)];
    let workspace = Workspace::new(&files, &[&document, SECURITIES]);
    let pipelines: Vec<&CompiledPipeline> = workspace.pipelines.iter().collect();
    let options = PreviewOptions::new(workspace.folder.path(), workspace.warehouse_folder());
    let preview =
        Previewer::default().preview(&pipelines, &name("p.silver.t"), &options, &never).await.unwrap();
    let reasons = preview.left.iter().map(|left| match &left.why {
        LeftBecause::Quarantined { problems } => {
            problems.iter().map(|one| one.reason.clone()).collect::<Vec<_>>().join("; ")
        }
        other => panic!("{other:?}"),
    });
    reasons.collect()
}

const RECORDS: &str = "id,isin,qty\n1,US1,2\n2,XX9,2\n3,US2,2\n4,,2\n";

#[tokio::test]
async fn a_required_field_says_what_its_lookup_did_not_find() {
    let fields = "      sector: { expr: \"lookup('securities', isin, 'sector')\", required: true }";
    let told = reasons(fields, "RowCount > 0", RECORDS).await;
    let from = "sector has no value (from lookup('securities', isin, 'sector')): ";
    assert_eq!(
        told,
        [
            format!("{from}no row of securities has isin = XX9"),
            format!("{from}sector is empty in the row of securities whose isin is US2"),
            format!("{from}isin has no value"),
        ]
    );
}

#[tokio::test]
async fn a_rule_says_it_too_and_of_fields_that_are_made_from_such_a_field() {
    let fields = "      sector: { expr: \"upper(lookup('securities', isin, 'sector'))\" }
      label: { expr: \"concat(sector, '-', cast(qty as string))\" }";
    let told = reasons(fields, "IsComplete \"label\"", RECORDS).await;
    assert_eq!(
        told,
        [
            "label has no value: no row of securities has isin = XX9",
            "label has no value: sector is empty in the row of securities whose isin is US2",
            "label has no value: isin has no value",
        ]
    );
}

#[tokio::test]
async fn only_what_made_the_value_null_is_named() {
    // The branch that was taken, not the one beside it; and a value that is meant to be null has no reason.
    let fields = "      chosen: { expr: \"case when id = 2 then lookup('securities', isin, 'sector') else cast(qty as string) end\" }
      meant: { expr: \"nullif(id, 1)\" }";
    let csv = "id,isin,qty\n1,XX9,\n2,XX9,\n3,XX9,2\n";
    let told = reasons(fields, "IsComplete \"chosen\", IsComplete \"meant\"", csv).await;
    assert_eq!(
        told,
        [
            "chosen has no value: qty has no value; meant has no value",
            "chosen has no value: no row of securities has isin = XX9",
        ]
    );
}
