//! What is remembered of the person on this computer.

use egui::ThemePreference;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::LookedAt;

/// The smallest size of text, in per cent.
pub const SMALLEST_TEXT: u32 = 80;
/// The largest size of text, in per cent.
pub const LARGEST_TEXT: u32 = 200;
/// How many choices are remembered.
const RECENT: usize = 24;

/// The person's own choices.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Dark, light, or as the system has it.
    pub theme: ThemePreference,
    /// Size of text, in per cent.
    pub text_size: u32,
    /// What was chosen from the palette, newest first.
    pub recent: Vec<String>,
    /// Files that are looked at while no workspace is open.
    pub looked_at: LookedAt,
    /// The folder of the workspace that is open.
    pub workspace: Option<String>,
}

impl Default for Person {
    fn default() -> Self {
        Self {
            theme: ThemePreference::System,
            text_size: 100,
            recent: Vec::new(),
            looked_at: LookedAt::default(),
            workspace: None,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Theme {
    Dark,
    Light,
    System,
}

#[derive(Serialize, Deserialize)]
struct Written {
    version: u64,
    theme: Theme,
    text_size: u32,
    recent: Vec<String>,
    /// Read by itself: what is strange in it costs nothing else.
    #[serde(default)]
    looked_at: Value,
    #[serde(default)]
    workspace: Option<String>,
}

impl Person {
    /// Something was chosen from the palette.
    pub(crate) fn chose(&mut self, key: &str) {
        self.recent.retain(|one| one != key);
        self.recent.insert(0, key.to_owned());
        self.recent.truncate(RECENT);
    }

    pub(super) fn to_value(&self) -> Value {
        let theme = match self.theme {
            ThemePreference::Dark => Theme::Dark,
            ThemePreference::Light => Theme::Light,
            ThemePreference::System => Theme::System,
        };
        let written = Written {
            version: super::VERSION,
            theme,
            text_size: self.text_size,
            recent: self.recent.clone(),
            looked_at: serde_json::to_value(&self.looked_at).unwrap_or_default(),
            workspace: self.workspace.clone(),
        };
        serde_json::to_value(written).unwrap_or_default()
    }

    /// As it was written; what can't be understood is as if it were not there.
    pub(super) fn of_value(value: &Value) -> Self {
        let Ok(written) = serde_json::from_value::<Written>(value.clone()) else { return Self::default() };
        let theme = match written.theme {
            Theme::Dark => ThemePreference::Dark,
            Theme::Light => ThemePreference::Light,
            Theme::System => ThemePreference::System,
        };
        let text_size = written.text_size.clamp(SMALLEST_TEXT, LARGEST_TEXT);
        let looked_at = serde_json::from_value(written.looked_at).unwrap_or_default();
        Self { theme, text_size, recent: written.recent, looked_at, workspace: written.workspace }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_written_is_read_and_what_is_strange_is_not() {
        let mut person = Person { theme: ThemePreference::Light, text_size: 150, ..Person::default() };
        for key in ["a", "b", "a"] {
            person.chose(key);
        }
        assert_eq!(person.recent, ["a", "b"]);
        assert_eq!(Person::of_value(&person.to_value()), person);
        assert_eq!(Person::of_value(&json!({ "version": 9, "theme": "blue" })), Person::default());
        assert_eq!(Person::of_value(&json!("nonsense")), Person::default());
        let strange = json!({
            "version": 1, "theme": "dark", "text_size": 110, "recent": [], "looked_at": { "tabs": 7 },
        });
        let read = Person::of_value(&strange);
        assert_eq!((read.text_size, read.looked_at), (110, LookedAt::default()));
        let huge = json!({ "version": 1, "theme": "dark", "text_size": 4000, "recent": [] });
        assert_eq!(Person::of_value(&huge).text_size, 200);
    }
}
