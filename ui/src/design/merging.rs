//! Changes outside and changes here brought together; where they contradict each other, the steward chooses.

use serde_json::Value;
use touchstone_protocol::DocumentView;
use touchstone_spec::{EditError, Side, merge, resolve};

/// Changes outside that don't go together with those here.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// What is on disk. None: somebody removed the file.
    pub theirs: Option<DocumentView>,
    /// The places that were changed on both sides.
    pub places: Vec<Contested>,
}

/// One place that was changed on both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Contested {
    /// Where: `silver.trades.fields.notional`; empty for the whole document.
    pub path: String,
    /// As it is here. None: it was removed here.
    pub ours: Option<String>,
    /// As it is on disk. None: it was removed there.
    pub theirs: Option<String>,
    /// What stays.
    pub choice: Choice,
}

/// What stays of a conflict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Choice {
    /// What is here.
    #[default]
    Ours,
    /// What is on disk.
    Theirs,
}

/// What comes of bringing both together.
pub(crate) enum Merged {
    /// They go together.
    Whole(String),
    /// They contradict each other.
    Contested(Conflict),
}

impl Conflict {
    /// The file is gone, and the document has edits.
    pub(crate) fn removed(ours: &str) -> Self {
        let place = Contested {
            path: String::new(),
            ours: Some(ours.to_owned()),
            theirs: None,
            choice: Choice::Ours,
        };
        Self { theirs: None, places: vec![place] }
    }

    /// Chooses for one place, or for all.
    pub(crate) fn choose(&mut self, at: Option<usize>, choice: Choice) {
        for (place, contested) in self.places.iter_mut().enumerate() {
            if at.is_none_or(|at| at == place) {
                contested.choice = choice;
            }
        }
    }

    /// What stays at a path; what was edited since the question was asked stays as it is here.
    fn choice(&self, path: &str) -> Choice {
        self.places.iter().find(|place| place.path == path).map(|place| place.choice).unwrap_or_default()
    }

    /// The text in which everything is as it was chosen.
    pub(crate) fn resolved(&self, base: &str, ours: &str, theirs: &str) -> Result<String, EditError> {
        let merged = merge(base, ours, theirs);
        let mut text = merged.text;
        for conflict in &merged.conflicts {
            if self.choice(&conflict.path.to_string()) == Choice::Ours {
                text = resolve(&text, conflict, Side::Ours)?;
            }
        }
        Ok(text)
    }
}

/// Brings the document and what is on disk together; both were made from `base`.
pub(crate) fn merged(base: &str, ours: &str, view: &DocumentView) -> Merged {
    let merged = merge(base, ours, &view.text);
    if merged.conflicts.is_empty() {
        return Merged::Whole(merged.text);
    }
    let places = merged.conflicts.iter().map(|conflict| Contested {
        path: conflict.path.to_string(),
        ours: conflict.ours.as_ref().map(shown),
        theirs: conflict.theirs.as_ref().map(shown),
        choice: Choice::Ours,
    });
    Merged::Contested(Conflict { theirs: Some(view.clone()), places: places.collect() })
}

/// A value for people to compare.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(entries) => {
            let lines = entries.iter().map(|(key, value)| format!("{key}: {}", one_line(value)));
            lines.collect::<Vec<_>>().join("\n")
        }
        other => one_line(other),
    }
}

fn one_line(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(one_line).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "pipeline: a\ntitle: One # said so\nowner: x@example.com\n";

    fn view(text: &str) -> DocumentView {
        DocumentView {
            file: "pipelines/a.yaml".to_owned(),
            text: text.to_owned(),
            hash: "2".to_owned(),
            unreadable: None,
        }
    }

    #[test]
    fn changes_at_different_places_go_together() {
        let ours = BASE.replace("One", "Uno");
        let theirs = BASE.replace("x@", "y@");
        let Merged::Whole(text) = merged(BASE, &ours, &view(&theirs)) else { panic!("they go together") };
        assert_eq!(text, "pipeline: a\ntitle: Uno # said so\nowner: y@example.com\n");
    }

    #[test]
    fn each_contested_place_is_as_it_was_chosen_and_the_rest_is_kept() {
        let ours = BASE.replace("One", "Uno").replace("x@", "o@");
        let theirs = BASE.replace("One", "Eins").replace("x@", "t@") + "description: new\n";
        let Merged::Contested(mut conflict) = merged(BASE, &ours, &view(&theirs)) else {
            panic!("they contradict each other")
        };
        let paths: Vec<&str> = conflict.places.iter().map(|place| place.path.as_str()).collect();
        assert_eq!(paths, ["title", "owner"]);
        conflict.choose(Some(1), Choice::Theirs);
        let text = conflict.resolved(BASE, &ours, &theirs).unwrap();
        assert_eq!(text, "pipeline: a\ntitle: Uno # said so\nowner: t@example.com\ndescription: new\n");
        conflict.choose(None, Choice::Theirs);
        assert_eq!(conflict.resolved(BASE, &ours, &theirs).unwrap(), theirs);
    }
}
