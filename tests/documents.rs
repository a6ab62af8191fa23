//! Documents that are made from code are as the code makes them.

use touchstone_tests::{repository, sample_workspace, touchstone};

#[test]
fn the_function_reference_is_current() {
    let workspace = sample_workspace();
    let made = touchstone(workspace.path(), &["functions"]).well().out;
    let kept = std::fs::read_to_string(repository().join("docs/functions.md")).unwrap();
    assert!(kept == made, "docs/functions.md is not what `touchstone functions` prints; write it anew");
}

#[test]
fn files_and_pictures_that_the_documents_name_are_there() {
    for document in
        ["README.md", "docs/pipeline-document.md", "docs/simulate-and-publish.md", "docs/studio.md"]
    {
        let path = repository().join(document);
        let text = std::fs::read_to_string(&path).unwrap();
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let mut seen = 0;
        for target in targets.filter(|target| !target.contains("://")) {
            let file = path.parent().unwrap().join(target.split('#').next().unwrap());
            assert!(file.exists(), "{document} names {target}, which isn't there");
            seen += 1;
        }
        assert!(document != "README.md" || seen > 3, "the README names other files");
    }
}
