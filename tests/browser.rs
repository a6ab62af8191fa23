//! The page in a browser, driven as assistive technology drives it: by role and name, through the tree that the browser
//! gives to screen readers. What counts is what lands in the registry.
#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, reason = "a test fails by panicking, also outside its #[test] function")]

use serde_json::json;
use touchstone_tests::browser::{Browser, DRAWS, chromium};
use touchstone_tests::served::Served;
use touchstone_tests::touchstone;

fn open(served: &Served, arguments: &[&str]) -> Browser {
    let chromium = chromium().expect("Chromium is there; `cargo xtask test` installs it");
    let mut browser = Browser::start(&chromium, arguments);
    browser.open(served.link());
    browser
}

#[test]
fn a_steward_works_from_the_sample_to_a_published_version_by_role_and_name() {
    let served = Served::start(None);
    let mut page = open(&served, &DRAWS);

    // Open, and look at data.
    page.press("button", "Try the sample");
    page.press("listitem", "trades: ");
    page.press("tab", "Data");
    page.find("grid", "Sample of trades");
    page.find("columnheader", "Trade ID");
    page.find("gridcell", "");
    page.focus("grid", "Sample of trades");
    page.key("ArrowDown", 0);
    page.key("ArrowRight", 0);
    page.until("the keyboard is at a cell", AT_KEYBOARD, "gridcell");
    let workspace = served.made();

    // Design: the document is changed and saved.
    page.press("tab", "Design");
    page.press("radio", "YAML");
    let before = page.find("textbox", "Document as text").value;
    let after = before.replacen("owner: ", "description: Every trade of the day\nowner: ", 1);
    assert_ne!(before, after, "the sample has an owner");
    page.fill("Document as text", &after);
    page.press("button", "Save");
    page.until_true("the file is saved", || {
        let text = std::fs::read_to_string(workspace.join("pipelines/trades.yaml")).unwrap_or_default();
        text.contains("description: Every trade of the day")
    });

    // Simulate, and look at a table.
    page.press("button", "Run simulation");
    page.press("tab", "Prove");
    page.find("grid", "Rows of trades.");
    page.find("listitem", "trades: not published, simulation");

    // Publish: what is typed arrives where the keyboard is, and is read back from there.
    page.press("tab", "Publish");
    page.focus("textbox", "Message");
    page.until("the text is typed into the field", AT_KEYBOARD, "input");
    page.type_text("Reviewed with the desk");
    // Not by name: what eframe takes the keys from has the field's name and its text, a frame before the studio has it.
    page.until("the text is read back", VALUE_AT_KEYBOARD, "Reviewed with the desk");
    page.key("ArrowLeft", 0);
    page.until("the caret is followed", "document.getElementById('said').textContent", "k");
    page.press("button", "Publish version 1");
    page.find("listitem", "trades: published as version 1");
    let history = touchstone(&workspace, &["history", "trades", "--json"]).well().json();
    assert_eq!(history.as_array().map(Vec::len), Some(1), "{history:#}");
    assert_eq!(history[0]["message"], "Reviewed with the desk", "{history:#}");

    // Account, follow, settings.
    page.press("button", "Audit trail");
    page.find("heading", "Audit trail");
    page.find("row", "Row 1");
    page.press("button", "Lineage");
    page.find("button", "Close Lineage");
    page.press("button", "Settings");
    page.find("button", "Close Settings");
    page.has_no_errors();
}

#[test]
fn a_steward_works_from_an_unknown_file_to_a_published_version() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("fills.csv");
    let lines = (1..=40).map(|number| {
        // One row's price is none, and another has no venue.
        let price = if number == 7 { "n/a".to_owned() } else { format!("{number},25") };
        let venue = if number == 9 { "" } else { ["XLON", "XETR"][number % 2] };
        format!("F{number:04};{venue};{price};{:02}.03.2026\n", number % 28 + 1)
    });
    let text: String = std::iter::once("Fill ID;Venue;Px;Traded On\n".to_owned()).chain(lines).collect();
    std::fs::write(&file, text).expect("the file is written");
    let workspace = folder.path().join("desk");
    let served = Served::start(None);
    let mut page = open(&served, &DRAWS);

    // Looked at before there is any workspace.
    page.press("button", "Look at a file…");
    write(&mut page, "Path of a file", &file.to_string_lossy());
    page.press("button", "Look at it");
    page.find("columnheader", "Px");

    // A pipeline is made of it, in a workspace that is made on the way.
    page.press("button", "Make a pipeline from it…");
    page.press("button", "New workspace…");
    write(&mut page, "Folder of the new workspace", &workspace.to_string_lossy());
    page.press("button", "Create");
    page.press("button", "Make the pipeline");
    page.find("listitem", "fills: ");
    page.until_true("the document is written", || workspace.join("pipelines/fills.yaml").is_file());

    // Proved: every record is somewhere.
    page.press("button", "Run simulation");
    page.find("listitem", "fills: not published, simulation");
    page.press("tab", "Prove");
    page.find("grid", "Rows of fills.silver.");

    // Published.
    page.press("tab", "Publish");
    write(&mut page, "Message", "First version, made from the venue's file");
    page.press("button", "Publish version 1");
    page.find("listitem", "fills: published as version 1");
    page.has_no_errors();
    let history = touchstone(&workspace, &["history", "fills", "--json"]).well().json();
    assert_eq!(history[0]["message"], "First version, made from the venue's file", "{history:#}");
    let document = std::fs::read_to_string(workspace.join("pipelines/fills.yaml")).expect("the document");
    assert!(document.contains("delimiter: ';'") || document.contains("delimiter: \";\""), "{document}");
}

/// Types into a field. What eframe takes the keys from has the name of the field at the keyboard: the text is read back
/// from the field itself.
fn write(page: &mut Browser, field: &str, text: &str) {
    page.focus("textbox", field);
    page.until("the keyboard is at a field", AT_KEYBOARD, "input");
    page.type_text(text);
    page.until("the text is read back", VALUE_AT_KEYBOARD, text);
}

#[test]
fn the_studios_keys_are_kept_from_the_browser() {
    let served = Served::start(None);
    let mut page = open(&served, &DRAWS);
    page.find("button", "Try the sample");
    page.evaluate(
        "window.keys = []; \
         window.addEventListener('keydown', (event) => window.keys.push(`${event.key} ${event.defaultPrevented}`), true)",
    );
    // The first key gives a page without a screen its focus.
    page.key("Escape", 0);
    page.key("k", 2);
    page.find("dialog", "Command palette");
    for (key, modifiers) in [("F5", 0), ("j", 2), ("c", 2)] {
        page.key(key, modifiers);
    }
    let wanted = "Escape false, k true, F5 true, j false, c false";
    page.until("the studio's keys alone are kept", "window.keys.join(', ')", wanted);
}

/// What stands in the element at the keyboard.
const VALUE_AT_KEYBOARD: &str = "(() => { \
     const id = document.activeElement.getAttribute('aria-activedescendant'); \
     return id && document.getElementById(id)?.value; })()";

/// What the element at the keyboard is.
const AT_KEYBOARD: &str = "(() => { \
     const id = document.activeElement.getAttribute('aria-activedescendant'); \
     const element = id && document.getElementById(id); \
     return element && (element.getAttribute('role') ?? element.localName); })()";

#[test]
fn a_page_that_rests_asks_for_hardly_a_frame() {
    let served = Served::start(None);
    let chromium = chromium().expect("Chromium is there; `cargo xtask test` installs it");
    let mut page = Browser::start(&chromium, &DRAWS);
    let count = "window.asked = 0; \
                 const own = window.requestAnimationFrame.bind(window); \
                 window.requestAnimationFrame = (callback) => { window.asked += 1; return own(callback); };";
    page.call("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": count }));
    page.open(served.link());
    page.find("button", "Try the sample");
    let three_seconds = "new Promise((done) => { \
         const before = window.asked; setTimeout(() => done(window.asked - before), 3000); })";
    // A page that is never at rest asks sixty times a second; this one now and then.
    page.until(
        "hardly a frame is asked for",
        &format!("{three_seconds}.then((asked) => String(asked < 10))"),
        "true",
    );
    // And it wakes.
    page.press("button", "Try the sample");
    page.find("listitem", "trades: ");
}

#[test]
fn without_webgl_the_page_says_so_in_plain_html() {
    let served = Served::start(None);
    let mut page = open(&served, &["--disable-gpu", "--disable-3d-apis"]);
    page.find("heading", "WebGL 2 is missing");
    page.sees("Switch on graphics acceleration");
    page.find("button", "Reload");
}

#[test]
fn no_script_but_the_pages_own_runs() {
    let served = Served::start(None);
    let mut page = open(&served, &DRAWS);
    page.find("button", "Try the sample");
    page.has_no_errors();
    let ran = page.evaluate(
        "const script = document.createElement('script'); \
         script.textContent = 'window.intruder = true'; \
         document.body.append(script); \
         [window.intruder === true, Boolean(document.querySelector('[style*=\"left\"]'))]",
    );
    assert_eq!(
        ran,
        serde_json::json!([false, true]),
        "the policy stops scripts, and not the places of elements"
    );
}
