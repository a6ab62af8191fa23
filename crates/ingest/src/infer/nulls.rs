//! Texts that often stand for 'no value'.

/// Always mean it.
const CLEAR: [&str; 17] = [
    "N/A", "n/a", "#N/A", "#N/A N/A", "#NA", "#NV", "#VALUE!", "NULL", "Null", "null", "(null)", "<null>",
    "\\N", "NaN", "nan", "NAN", "#DIV/0!",
];

/// May also be a value: a code, a country, a remark.
const UNCLEAR: [&str; 19] = [
    "NA", "na", "-", "--", "---", "–", "—", ".", "?", "n.a.", "N.A.", "n.v.", "k.A.", "nil", "None", "none",
    "NONE", "NIL", "missing",
];

/// What kind of marker a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Clear,
    Unclear,
}

pub(super) fn marker(text: &str) -> Option<Marker> {
    if text.len() > 9 {
        None
    } else if CLEAR.contains(&text) {
        Some(Marker::Clear)
    } else if UNCLEAR.contains(&text) {
        Some(Marker::Unclear)
    } else {
        None
    }
}

pub(super) fn is_known(text: &str) -> bool {
    marker(text).is_some()
}

/// Whether a text often stands for 'no value', blanks around it aside.
pub fn looks_like_null(text: &str) -> bool {
    is_known(text.trim())
}

/// All known markers.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    CLEAR.iter().chain(&UNCLEAR).copied()
}
