//! The arrows of the design, checked over `cargo metadata`: which room may depend on which, and what none of the
//! lower rooms may pull in.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also outside its #[test] function")]

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// What may depend on what, as the design lists it. A missing arrow is fine, another one is not.
const ARROWS: &[(&str, &[&str])] = &[
    ("touchstone-spec", &[]),
    ("touchstone-compiler", &["touchstone-spec"]),
    ("touchstone-ingest", &["touchstone-spec"]),
    ("touchstone-engine", &["touchstone-compiler", "touchstone-ingest"]),
    ("touchstone-registry", &["touchstone-compiler"]),
    ("touchstone-aws", &["touchstone-registry"]),
    ("touchstone-protocol", &["touchstone-compiler", "touchstone-spec"]),
    (
        "touchstone-studio",
        &["touchstone-engine", "touchstone-registry", "touchstone-aws", "touchstone-protocol"],
    ),
    ("touchstone-keychain", &["touchstone-studio"]),
    // A room of its own: the command stays thin, and a test reads the traffic with a keychain that it knows.
    ("touchstone-serve", &["touchstone-studio"]),
    ("touchstone-cli", &["touchstone-studio", "touchstone-keychain", "touchstone-serve"]),
    ("touchstone-desktop", &["touchstone-studio", "touchstone-keychain"]),
    ("touchstone-ui", &["touchstone-protocol", "touchstone-compiler", "touchstone-spec"]),
    ("touchstone-ui-bench", &["touchstone-ui", "touchstone-protocol", "touchstone-spec"]),
    ("touchstone-tests", &[]),
    ("xtask", &[]),
    ("xtask-bindgen", &[]),
];

/// Shortcuts along those arrows: a room names the types that the rooms below it hand up.
const SHORTCUTS: &[(&str, &[&str])] = &[
    ("touchstone-engine", &["touchstone-spec"]),
    ("touchstone-registry", &["touchstone-spec"]),
    ("touchstone-studio", &["touchstone-compiler", "touchstone-ingest", "touchstone-spec"]),
    ("touchstone-cli", &["touchstone-protocol"]),
    ("touchstone-desktop", &["touchstone-protocol"]),
];

/// The rooms that draw; tauri and egui stay in them.
const SCREENS: &[&str] = &["touchstone-desktop", "touchstone-ui", "touchstone-ui-bench"];

/// The rooms that build for wasm32 and neither read nor write anything.
const PURE: &[&str] = &["touchstone-spec", "touchstone-compiler", "touchstone-protocol", "touchstone-ui"];

/// Crates that draw, by name or by the name's beginning up to a dash.
const DRAWING: &[&str] = &["tauri", "wry", "tao", "egui", "eframe", "epaint"];

/// Crates that do input, output or scheduling, in the same way.
const INPUT_OUTPUT: &[&str] = &[
    "polars",
    "tokio",
    "async-std",
    "async-io",
    "mio",
    "hyper",
    "reqwest",
    "ureq",
    "rustls",
    "sqlx",
    "rusqlite",
    "libsqlite3",
    "iceberg",
    "opendal",
    "object_store",
    "parquet",
    "aws",
    "keyring",
    "tempfile",
    "notify",
    "rfd",
];

const DESKTOP: &str = "x86_64-unknown-linux-gnu";
const PAGE: &str = "wasm32-unknown-unknown";

/// Names of packages, and what each depends on, dev-dependencies left out.
#[derive(Default)]
struct Graph {
    members: BTreeSet<String>,
    /// Between workspace members, as their manifests say.
    declared: BTreeMap<String, BTreeSet<String>>,
    /// Between all packages, as resolved; a name stands for all its versions.
    resolved: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// What is built on one platform.
    fn of_workspace(platform: &str) -> Self {
        let manifest = root().join("Cargo.toml");
        let filter = ["--filter-platform".to_owned(), platform.to_owned()];
        let metadata = MetadataCommand::new().manifest_path(manifest).other_options(filter).exec().unwrap();
        let mut graph = Self::default();
        for package in metadata.workspace_packages() {
            graph.members.insert(package.name.to_string());
            let declared = package.dependencies.iter().filter(|one| one.kind != DependencyKind::Development);
            graph.declared.insert(package.name.to_string(), declared.map(|one| one.name.clone()).collect());
        }
        for node in &metadata.resolve.as_ref().unwrap().nodes {
            let to = graph.resolved.entry(metadata[&node.id].name.to_string()).or_default();
            for dependency in &node.deps {
                if dependency.dep_kinds.iter().any(|one| one.kind != DependencyKind::Development) {
                    to.insert(metadata[&dependency.pkg].name.to_string());
                }
            }
        }
        graph
    }

    #[cfg(test)]
    fn made_up(arrows: &[(&str, &[&str])]) -> Self {
        let arrows: BTreeMap<String, BTreeSet<String>> = arrows
            .iter()
            .map(|(from, to)| ((*from).to_owned(), to.iter().map(|one| (*one).to_owned()).collect()))
            .collect();
        Self { members: arrows.keys().cloned().collect(), declared: arrows.clone(), resolved: arrows }
    }

    /// A shortest way from a package to one that `is_it` accepts, if there is any.
    fn way_to(&self, from: &str, is_it: impl Fn(&str) -> bool) -> Option<String> {
        let mut seen = BTreeSet::from([from.to_owned()]);
        let mut ways = vec![vec![from.to_owned()]];
        while !ways.is_empty() {
            let mut longer = Vec::new();
            for way in ways {
                let next = way.last().and_then(|last| self.resolved.get(last)).into_iter().flatten();
                for to in next {
                    let mut way = way.clone();
                    way.push(to.clone());
                    if is_it(to) {
                        return Some(way.join(" → "));
                    }
                    if seen.insert(to.clone()) {
                        longer.push(way);
                    }
                }
            }
            ways = longer;
        }
        None
    }
}

/// The repository. Asked for when the test runs, not when it's built: clones may share one target folder.
fn root() -> PathBuf {
    Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap()).parent().unwrap().to_owned()
}

/// `tokio` and `tokio-util` are of the family `tokio`; `tokioX` is not.
fn is_of(families: &[&str], name: &str) -> bool {
    families.iter().any(|family| {
        name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
    })
}

/// Arrows between rooms that the design doesn't list, and rooms that it doesn't know.
fn unlisted_arrows(graph: &Graph) -> Vec<String> {
    let allowed: BTreeMap<&str, BTreeSet<&str>> = ARROWS
        .iter()
        .map(|(from, to)| {
            let shortcuts = SHORTCUTS.iter().filter(|one| one.0 == *from).flat_map(|one| one.1.iter());
            (*from, to.iter().chain(shortcuts).copied().collect())
        })
        .collect();
    let mut broken = Vec::new();
    for member in &graph.members {
        let Some(allowed) = allowed.get(member.as_str()) else {
            broken
                .push(format!("{member} is not in the design: add it to DESIGN and to ARROWS, or remove it"));
            continue;
        };
        for to in graph.declared.get(member).into_iter().flatten() {
            if graph.members.contains(to) && !allowed.contains(to.as_str()) {
                broken.push(format!("{member} → {to}: the design has no such arrow"));
            }
        }
    }
    broken
}

fn drawing_below_the_screens(graph: &Graph) -> Vec<String> {
    let below = graph.members.iter().filter(|member| !SCREENS.contains(&member.as_str()));
    below
        .filter_map(|member| graph.way_to(member, |name| is_of(DRAWING, name)))
        .map(|way| format!("{way}: only src-tauri and ui draw"))
        .collect()
}

/// The AWS SDK is named by `aws` alone, and reached through it alone.
fn sdk_outside_aws(graph: &Graph) -> Vec<String> {
    let sdk = |name: &str| name.starts_with("aws-sdk-") || name == "aws-config";
    let mut without_aws = Graph { resolved: graph.resolved.clone(), ..Graph::default() };
    without_aws.resolved.remove("touchstone-aws");
    let others = graph.members.iter().filter(|member| *member != "touchstone-aws");
    others
        .filter_map(|member| without_aws.way_to(member, sdk))
        .map(|way| format!("{way}: only touchstone-aws may use the AWS SDK"))
        .collect()
}

fn input_output_in_pure_rooms(graph: &Graph) -> Vec<String> {
    PURE.iter()
        .filter_map(|room| graph.way_to(room, |name| is_of(INPUT_OUTPUT, name)))
        .map(|way| format!("{way}: spec, compiler, protocol and ui do no I/O"))
        .collect()
}

/// Lines of non-test code that reach for files, the network, processes or threads.
fn input_output_in_source(file: &str, source: &str) -> Vec<String> {
    const REACHES: &[&str] = &[
        "std::fs",
        "std::net",
        "std::process",
        "std::thread",
        "std::env::",
        "std::io::stdin",
        "std::io::stdout",
    ];
    source
        .lines()
        .enumerate()
        .take_while(|(_, line)| !line.contains("#[cfg(test)]"))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .filter(|(_, line)| REACHES.iter().any(|reach| line.contains(reach)))
        .map(|(place, line)| format!("{file}:{}: {}: this room does no I/O", place + 1, line.trim()))
        .collect()
}

fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "broken arrows:\n  {}", broken.join("\n  "));
}

#[test]
fn rooms_depend_only_on_what_the_design_lists() {
    assert_none(&unlisted_arrows(&Graph::of_workspace(DESKTOP)));
}

#[test]
fn only_the_screens_draw() {
    assert_none(&drawing_below_the_screens(&Graph::of_workspace(DESKTOP)));
}

#[test]
fn only_aws_talks_to_aws() {
    assert_none(&sdk_outside_aws(&Graph::of_workspace(DESKTOP)));
}

#[test]
fn pure_rooms_depend_on_no_input_or_output() {
    for platform in [DESKTOP, PAGE] {
        assert_none(&input_output_in_pure_rooms(&Graph::of_workspace(platform)));
    }
}

#[test]
fn pure_rooms_contain_no_input_or_output() {
    let root = root();
    let mut folders: Vec<_> = ["crates/spec/src", "crates/compiler/src", "crates/protocol/src", "ui/src"]
        .iter()
        .map(|folder| root.join(folder))
        .collect();
    let mut broken = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
            if path.is_dir() && !is_test {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
                let name = path.strip_prefix(&root).unwrap().display().to_string();
                broken.extend(input_output_in_source(&name, &fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn shortcuts_follow_the_arrows() {
    let design = Graph::made_up(ARROWS);
    for (from, shortcuts) in SHORTCUTS {
        for to in *shortcuts {
            assert!(design.way_to(from, |name| name == *to).is_some(), "{from} → {to} is no shortcut");
        }
    }
}

#[test]
fn an_unlisted_arrow_is_found() {
    let graph = Graph::made_up(&[
        ("touchstone-spec", &["touchstone-compiler", "serde"]),
        ("touchstone-compiler", &[]),
        ("touchstone-extra", &[]),
    ]);
    let broken = unlisted_arrows(&graph);
    assert_eq!(broken.len(), 2, "{broken:?}");
    assert!(broken.iter().any(|one| one.starts_with("touchstone-spec → touchstone-compiler")));
    assert!(broken.iter().any(|one| one.starts_with("touchstone-extra is not in the design")));
}

#[test]
fn drawing_below_the_screens_is_found() {
    let graph = Graph::made_up(&[
        ("touchstone-studio", &["some-crate"]),
        ("some-crate", &["egui_extras"]),
        ("touchstone-ui", &["egui"]),
    ]);
    let graph = Graph { members: ["touchstone-studio", "touchstone-ui"].map(str::to_owned).into(), ..graph };
    assert_eq!(
        drawing_below_the_screens(&graph),
        ["touchstone-studio → some-crate → egui_extras: only src-tauri and ui draw"]
    );
}

#[test]
fn the_sdk_outside_aws_is_found() {
    let fine: &[(&str, &[&str])] = &[
        ("touchstone-studio", &["touchstone-aws"]),
        ("touchstone-aws", &["aws-sdk-dynamodb", "aws-config"]),
    ];
    assert_eq!(sdk_outside_aws(&Graph::made_up(fine)), [] as [&str; 0]);
    let direct = Graph::made_up(&[fine[1], ("touchstone-studio", &["touchstone-aws", "aws-sdk-s3"])]);
    assert_eq!(sdk_outside_aws(&direct).len(), 1);
    let hidden = Graph {
        members: ["touchstone-cli".to_owned()].into(),
        ..Graph::made_up(&[("touchstone-cli", &["wrapper"]), ("wrapper", &["aws-config"])])
    };
    assert_eq!(sdk_outside_aws(&hidden).len(), 1);
}

#[test]
fn input_and_output_in_pure_rooms_are_found() {
    let graph = Graph::made_up(&[
        ("touchstone-spec", &["serde"]),
        ("touchstone-compiler", &["touchstone-spec", "quiet"]),
        ("quiet", &["tokio-util"]),
        ("touchstone-engine", &["polars"]),
    ]);
    let broken = input_output_in_pure_rooms(&graph);
    assert_eq!(broken.len(), 1, "{broken:?}");
    assert!(broken[0].starts_with("touchstone-compiler → quiet → tokio-util"));

    let source =
        "// std::fs is named here only\nlet text = std::fs::read(path);\n#[cfg(test)]\nuse std::fs;\n";
    assert_eq!(input_output_in_source("a.rs", source).len(), 1);
}
