//! A handful of views, drawn and compared with the pictures that were looked at last.

mod support;

use egui::{Key, Modifiers};
use egui_kittest::{SnapshotOptions, SnapshotResults};
use support::design::{Disk, designing};
use support::{Script, Window, command, press, select_trades, settle, window};
use touchstone_ui::command::{Command, Place, Section};
use touchstone_ui::design::{Command as DesignCommand, Pane};

/// Pixels that may differ by more than a shade, of a million: as in the gallery, what graphics cards make of edges. A
/// word that changes, or a widget that moves by a pixel, is more than this.
const TOLERATED: usize = 64;

fn compare(results: &mut SnapshotResults, harness: &mut Window<'_>, name: &str) {
    // Nothing is pointed at, and all that moves has come to rest.
    harness.event(egui::Event::PointerGone);
    settle(harness);
    settle(harness);
    let options = SnapshotOptions::new().threshold(0.6).max_failed_pixels(TOLERATED);
    results.add(harness.try_snapshot_options(name, &options));
}

#[test]
fn views_look_as_they_did() {
    let mut results = SnapshotResults::new();
    let mut home = window(&Script::default());
    compare(&mut results, &mut home, "view_home");

    let mut design = designing(&Disk::with_samples());
    command(&mut design, Command::ShowSection(Section::Design));
    command(&mut design, Command::Design(DesignCommand::ShowPane(Pane::Canvas)));
    compare(&mut results, &mut design, "view_canvas");
    command(&mut design, Command::Design(DesignCommand::ShowPane(Pane::Mappings)));
    compare(&mut results, &mut design, "view_mappings");
    command(&mut design, Command::Go(Place::Lineage));
    compare(&mut results, &mut design, "view_lineage");

    let mut prove = window(&Script::open());
    select_trades(&mut prove);
    press(&mut prove, Modifiers::NONE, Key::F5);
    compare(&mut results, &mut prove, "view_prove");
}
