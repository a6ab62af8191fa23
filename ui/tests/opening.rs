//! A workspace with many pipelines is there at once, and compiled frame by frame.

#![expect(clippy::expect_used, reason = "what fails here fails the test")]

mod support;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use support::design::{Disk, opened};
use support::{Window, sees, select_trades};
use touchstone_compiler::compile;
use touchstone_ui::command::Command;
use touchstone_ui::design::Documents;

/// How many pipelines there are beside those of the sample.
const MORE: usize = 40;

fn documents<'a>(harness: &'a Window<'_>) -> &'a Documents {
    &harness.state().as_ref().expect("an app").state().design.documents
}

#[test]
fn a_large_workspace_is_compiled_frame_by_frame_what_is_looked_at_first() {
    let disk = Disk::with_samples();
    for number in 0..MORE {
        let text = format!(
            "pipeline: a{number:02}\nsources:\n  s:\n    kind: file\n    format: {{ csv: {{}} }}\n    contract: [{{ name: a, type: int }}]\nsilver:\n  s: {{ from: s, fields: {{ a: {{ from: b }} }} }}\n"
        );
        disk.write(&format!("pipelines/a{number:02}.yaml"), Some(text));
    }
    disk.script.lock().held.insert("documents");
    let mut harness = opened(&disk);
    select_trades(&mut harness);
    harness.state_mut().as_mut().expect("an app").command(Command::ToggleProblems);
    harness.run_steps(2);
    disk.release("documents");

    harness.run_steps(2);
    assert!(!documents(&harness).are_compiled());
    assert_eq!(documents(&harness).as_read().len(), MORE + 4);
    assert!(documents(&harness).compilation().pipelines.contains_key("trades"), "it is looked at");
    // Until all is known, what the back end found in the files is told, not that there is nothing.
    assert!(sees(&harness, "there is no column quantty in positions"));
    harness.get_by_role_and_label(Role::Button, "Lineage").click();
    harness.run_steps(2);
    assert!(sees(&harness, "Reading the documents…"));

    let mut frames = 0;
    while !documents(&harness).are_compiled() {
        harness.run_steps(1);
        frames += 1;
        assert!(frames <= MORE, "each frame does something");
    }
    assert!(frames > 2, "no frame does all of it");
    let whole = compile(documents(&harness).as_read());
    assert_eq!(documents(&harness).compilation().diagnostics, whole.diagnostics);
    assert_eq!(whole.diagnostics.0.len(), MORE, "{:?}", whole.diagnostics);
    harness.run_steps(4);
    assert!(!sees(&harness, "Reading the documents…") && !sees(&harness, "quantty"));
}
