//! What the script knows of workspaces and files.

use touchstone_protocol::{DocumentView, FileView, HomeView, ProfileView, RecentView};

fn recent(name: &str, path: &str, exists: bool) -> RecentView {
    RecentView {
        name: name.to_owned(),
        path: path.to_owned(),
        opened_at: "2026-03-02T14:05:09Z".to_owned(),
        exists,
    }
}

pub(super) fn home() -> HomeView {
    HomeView {
        recent: vec![
            recent("Harbour Lane", "/data/harbour-lane", true),
            recent("Equity research", "/home/mara/workspaces/equity-research", true),
            recent("Old trial", "/mnt/gone/trial", false),
        ],
        has_dialogs: false,
        sample: Some("/home/mara/Touchstone sample".to_owned()),
        version: "0.1.0".to_owned(),
    }
}

pub(super) fn forgotten() -> HomeView {
    let mut view = home();
    view.recent.pop();
    view
}

pub(super) fn file(path: &str, profile: ProfileView) -> FileView {
    FileView {
        path: path.to_owned(),
        name: path.rsplit('/').next().unwrap_or(path).to_owned(),
        bytes: 3_412_000,
        format: "delimiter \";\"  ·  windows-1252  ·  header in line 4".to_owned(),
        csv: Some(touchstone_spec::CsvFormat { delimiter: ';', ..touchstone_spec::CsvFormat::default() }),
        format_evidence: vec!["delimiter ; : 2,995 of 3,000 lines have 9 fields".to_owned()],
        profile: ProfileView { complete: false, ..profile },
    }
}

pub(super) fn draft(name: &str) -> DocumentView {
    let text = format!(
        "pipeline: {name}\nsources:\n  fills:\n    kind: file\n    format: {{ csv: {{ delimiter: \";\" }} }}\n    \
         sample: samples/fills.csv\n    contract:\n      - {{ name: Px, type: \"decimal(18,6)\", decimal_mark: \",\" \
         }}\n"
    );
    DocumentView { file: format!("pipelines/{name}.yaml"), text, hash: String::new(), unreadable: None }
}
