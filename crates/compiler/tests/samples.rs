//! The sample workspace compiles without a finding.

use std::path::Path;

use touchstone_compiler::compile;
use touchstone_spec::Document;

fn samples() -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/pipelines");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    files.sort();
    files
        .into_iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "yaml"))
        .map(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Document::read(format!("pipelines/{name}"), std::fs::read_to_string(&file).unwrap_or_default())
        })
        .collect()
}

#[test]
fn the_sample_workspace_compiles() {
    let documents = samples();
    let compilation = compile(&documents);
    let told: Vec<String> = compilation.diagnostics.0.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n\n"));
    assert_eq!(compilation.pipelines.len(), documents.len());
}
