//! The difference of two texts line by line, for people to read.

use serde::{Deserialize, Serialize};
use similar::{Algorithm, ChangeTag, TextDiff};

/// What happened to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineChange {
    /// It stands in both texts.
    Same,
    /// It stands in the old text only.
    Removed,
    /// It stands in the new text only.
    Added,
}

/// One line of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    /// What happened to it.
    pub change: LineChange,
    /// Its number in the old text, from one.
    pub before: Option<usize>,
    /// Its number in the new text, from one.
    pub after: Option<usize>,
    /// The line, without its line end.
    pub text: String,
}

/// Changed lines that stand together, with the lines around them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hunk {
    /// The lines, from top to bottom.
    pub lines: Vec<DiffLine>,
}

/// Compares two texts line by line. Each hunk has up to `context` unchanged lines above and below its changes.
/// Equal texts have no hunks; texts that differ in line ends differ.
pub fn text_diff(before: &str, after: &str, context: usize) -> Vec<Hunk> {
    let diff = TextDiff::configure().algorithm(Algorithm::Histogram).diff_lines(before, after);
    diff.grouped_ops(context)
        .iter()
        .map(|group| Hunk {
            lines: group
                .iter()
                .flat_map(|op| diff.iter_changes(op))
                .map(|change| DiffLine {
                    change: match change.tag() {
                        ChangeTag::Equal => LineChange::Same,
                        ChangeTag::Delete => LineChange::Removed,
                        ChangeTag::Insert => LineChange::Added,
                    },
                    before: change.old_index().map(|index| index + 1),
                    after: change.new_index().map(|index| index + 1),
                    text: change.value().trim_end_matches(['\n', '\r']).to_owned(),
                })
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn changes_that_stand_apart_are_hunks_of_their_own() {
        let before = "a\nb\nc\nd\ne\nf\ng\n";
        let after = "a\nB\nc\nd\ne\nf\ng\nh\n";
        let shown: Vec<Vec<String>> = text_diff(before, after, 1)
            .iter()
            .map(|hunk| {
                hunk.lines
                    .iter()
                    .map(|line| format!("{:?} {:?} {:?} {}", line.change, line.before, line.after, line.text))
                    .collect()
            })
            .collect();
        assert_eq!(
            shown,
            [
                vec![
                    "Same Some(1) Some(1) a",
                    "Removed Some(2) None b",
                    "Added None Some(2) B",
                    "Same Some(3) Some(3) c"
                ],
                vec!["Same Some(7) Some(7) g", "Added None Some(8) h"],
            ]
        );
        assert_eq!(text_diff(before, before, 3), []);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_off_the_whole_difference(before in "([abc]?\n){0,12}", after in "([abc]?\n){0,12}") {
            let hunks = text_diff(&before, &after, usize::MAX / 4);
            let side = |not: LineChange| -> String {
                hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.change != not).map(|line| line.text.clone() + "\n").collect()
            };
            if before != after {
                prop_assert_eq!(side(LineChange::Added), before);
                prop_assert_eq!(side(LineChange::Removed), after);
            }
        }
    }
}
