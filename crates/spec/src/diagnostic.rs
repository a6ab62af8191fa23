//! What is wrong with a document: where, why, and what to do about it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Must be mended before the pipeline can run or be published.
    Error,
    /// Runs, but deserves a look.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// A place in a document. Lines and columns count from one, columns in characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// File as the steward knows it, relative to the workspace; empty for a document without a file.
    pub file: String,
    /// Line, from one; zero where the place is the whole file.
    pub line: usize,
    /// Column in characters, from one.
    pub column: usize,
    /// Where in the document's structure, for example `silver.trades.fields.notional.expr`.
    pub path: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.file.is_empty(), self.line) {
            (true, 0) => f.write_str(&self.path),
            (true, _) => write!(f, "{}:{}", self.line, self.column),
            (false, 0) => f.write_str(&self.file),
            (false, _) => write!(f, "{}:{}:{}", self.file, self.line, self.column),
        }
    }
}

/// One finding of the spec reader or the compiler.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Where it was found.
    pub place: Place,
    /// How much it matters.
    pub severity: Severity,
    /// Stable kebab-case code, for example `unknown-column`.
    pub code: String,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}\n  --> {}", self.severity, self.code, self.message, self.place)?;
        if !self.place.path.is_empty() {
            write!(f, "  ({})", self.place.path)?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

/// Diagnostics in the order found; [`Diagnostics::sorted`] puts them in document order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all of another.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether any is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// How many are of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// The same, by place, without repetitions.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.0.sort();
        self.0.dedup();
        self
    }
}

/// The candidate most like `word`, when one is near enough to be a likely slip
/// (Damerau–Levenshtein distance of at most a third of its length, case ignored).
pub fn nearest<'name>(word: &str, candidates: impl IntoIterator<Item = &'name str>) -> Option<&'name str> {
    let word = word.to_lowercase();
    let fold = |name: &str| name.to_lowercase().replace(['_', ' ', '-'], "");
    let folded = fold(&word);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&folded, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| {
            *distance <= (candidate.chars().count().max(word.chars().count()) / 3).max(1)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let names = ["trade_date", "notional", "sector"];
        assert_eq!(nearest("Trade Date", names), Some("trade_date"));
        assert_eq!(nearest("notinal", names), Some("notional"));
        assert_eq!(nearest("counterparty", names), None);
    }
}
